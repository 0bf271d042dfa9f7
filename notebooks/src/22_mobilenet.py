# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 22. Split a convolution in two
#
# **You will** take a convolution apart into a layer that looks and one that mixes, count what that
# saves, time it, and rebuild the two MobileNets made of it.
# **You need** groups and 1×1 layers (notebook 4), batch norm (11) and the bottleneck of ResNet (21).
# **Time** 70 min, CPU.
#
# A full 3×3 convolution does two jobs at once: it looks at neighbors, and it mixes channels. Do one
# after the other, and most of its multiply-adds are gone. MobileNet (2017) was built on this, for phones.
# We try it on digits that stand anywhere on 12×12 pixels. Is a fifth of the work done in a fifth of the
# time, and as well?

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import live, models, numpy_ops, plots
from course_lib.analysis import complexity, network_blocks, shortest_times
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.exercises.blocks import as_numbers
from course_lib.lessons.mobilenet import costs, experiments, figures, networks, relu_losses
from course_lib.lessons.mobilenet.live import folded
from course_lib.parity import relative_error
from course_lib.parity.whole import network_errors

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A fifth of the work
# Two networks of five layers, 8 to 32 channels. In the second the last four layers are split. Bars:
# what it has of the first one's multiply-adds, of its time for one image, and of its accuracy.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
trained = {f"{kind}, 8 channels": experiments.train(kind, width=8, seeds=seeds)
           for kind in ("full", "separable")}  # fmt: skip
full, split = (networks.build(kind, width=8, seeds=(0,)) for kind in ("full", "separable"))
whole, other = trained.values()
shares = {"multiply-adds": other.multiply_adds / whole.multiply_adds,
          "time": 1 / experiments.times_faster(full, split, (1, 1, 12, 12), rounds=100),
          "accuracy": other.accuracies.mean() / whole.accuracies.mean()}  # fmt: skip
plots.describe(
    figures.show_shares(shares, label="split network (full network = 1)"),
    "Bars: multiply-adds a fifth of the full network's, time longer, accuracy above nine tenths.",
)
assert shares["time"] > 1 > 4 * shares["multiply-adds"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### But not a fifth of the time
# Four fifths of the multiply-adds are gone. The accuracy fell by some points. And the time? One image
# takes *longer* than before.
#
# **What did the split throw away, what does that cost in accuracy, and why does the time not
# follow?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the class write down a number for each bar before the picture. Hardly anybody
# guesses the middle one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two jobs, one after the other
# A **full** layer has a kernel for each pair of an input and an output channel. A **depthwise separable**
# one is a pair of layers: the *depthwise* layer looks, one kernel a channel; the *pointwise* layer, a
# 1×1, mixes. Each small square is a weight.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_split(4, 6),
    "Three drawings for 4 input and 6 output channels. Full: 24 kernels of 3 by 3 squares. Depthwise: "
    "one row of 4 kernels. 1×1: 24 single squares.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Count the squares
# 4 channels to 6: the full layer has 4 · 6 · 9 = 216 weights, the pair 4 · 9 + 4 · 6 = 60. Each works at
# every place, so the multiply-adds shrink just as much.
#
# $$\frac{C_{in} K^2 + C_{in} C_{out}}{C_{in}\, C_{out}\, K^2} \;=\; \frac{1}{C_{out}} + \frac{1}{K^2}$$
#
# | symbol | what | here |
# |---|---|---|
# | $C_{in}$ | input channels | 4 |
# | $C_{out}$ | output channels | 6 |
# | $K$ | height and width of a kernel, pixels | 3 |
#
# $C_{in}$ and the places, $H \cdot W$, cancel: equation in section 3.1 of the paper.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Eight to nine times fewer
# **Predict:** for 3×3 kernels, what is the most that one can save, with as many channels as one likes?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print("output channels   full / separable")
for channels in (6, 16, 64, 128, 512, 1024):
    fewer = 1 / (1 / channels + 1 / 9)
    print(f"{channels:15}   {fewer:.2f}")
    assert abs(fewer - 216 / 60) < 1e-9 or channels > 6

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nine times: $1/C_{out}$ goes to 0 and $1/K^2$ stays. From 128 channels on it is 8 to 9 times, the number
# in the paper. The full layer asks for nine products a pair of channels; the pair of layers asks for one, and
# looks only once a channel.

# %% slideshow={"slide_type": "skip"}
# Your turn, by hand: a full 5×5 convolution leads from 30 channels to 100. How many times fewer
# multiply-adds has the pair of a depthwise 5×5 and a 1×1?
times = ...  # your number
check("22.by_hand", times)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Forward, in two lines and in one
# In the first sum c stands on both sides: no channel meets another. In the second there is no i and no
# j: no place meets another.


# %% slideshow={"slide_type": "fragment"} tags=["show-input"]
def depthwise(x, kernels):  # (N, C, H, W), (C, K, K) -> (N, C, H_out, W_out)
    windows = np.lib.stride_tricks.sliding_window_view(x, kernels.shape[1:], axis=(2, 3))
    return np.einsum("nchwij,cij->nchw", windows, kernels)


def pointwise(x, mix):  # (N, C_in, H, W), (C_out, C_in) -> (N, C_out, H, W)
    return np.einsum("oc,nchw->nohw", mix, x)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Backward, by the same arrows
# Each product hands the slope of its output to its two factors (notebook 8). So
#
# * the slopes of the **kernels** are windows times slopes, summed over all images and places;
# * the slope of **x** is a depthwise layer once more, on the slopes with a rim of zeros, its kernels
#   turned around;
# * the 1×1 sends slopes back through `mix.T`, and its own are slopes times inputs, summed.
#
# The notebook has them in NumPy.


# %% slideshow={"slide_type": "skip"}
def depthwise_backward(grad_y, x, kernels):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernels.shape[1:], axis=(2, 3))
    grad_kernels = np.einsum("nchw,nchwij->cij", grad_y, windows)
    rim = kernels.shape[1] - 1
    padded = np.pad(grad_y, ((0, 0), (0, 0), (rim, rim), (rim, rim)))
    return depthwise(padded, kernels[:, ::-1, ::-1]), grad_kernels


def pointwise_backward(grad_y, x, mix):
    return pointwise(grad_y, mix.T), np.einsum("nohw,nchw->oc", grad_y, x)


# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
# The twins: conv2d with as many groups as channels, then with a 1×1 kernel. All slopes, a random direction.
x, kernels, mix = (rng.standard_normal(shape) for shape in ((2, 4, 8, 7), (4, 3, 3), (6, 4)))
looked = numpy_ops.conv2d(x, kernels[:, None], groups=4)  # the package's
y, grad_y = pointwise(depthwise(x, kernels), mix), rng.standard_normal((2, 6, 6, 5))
grad_looked, grad_mix = pointwise_backward(grad_y, looked, mix)
mine = [y, *depthwise_backward(grad_looked, x, kernels), grad_mix]
twins = [torch.tensor(a, requires_grad=True) for a in (x, kernels, mix)]
seen = torch.nn.functional.conv2d(twins[0], twins[1][:, None], groups=4)
twin = torch.nn.functional.conv2d(seen, twins[2][:, :, None, None])
twin.backward(torch.from_numpy(grad_y))
errors = list(map(relative_error, mine, [twin.detach(), *(each.grad for each in twins)]))
assert max(errors) < 1e-12
print(f"largest relative error of the output and three gradients: {max(errors):.0e}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What was thrown away
# Light up one pixel of one input channel, and look at all six output channels, red above 0 and blue below.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
spot = np.zeros((1, 4, 5, 5))
spot[0, 0, 2, 2] = 1  # of the first of four channels
answers = {"full 3×3": numpy_ops.conv2d(spot, rng.standard_normal((6, 4, 3, 3)))[0],
           "depthwise and 1×1": pointwise(depthwise(spot, kernels), mix)[0]}  # fmt: skip
plots.describe(
    figures.show_answers(answers),
    "Two rows of six small pictures. Full 3 by 3: six patterns that have nothing in common. Depthwise "
    "and 1 by 1: the same pattern six times, stronger, weaker, or with red and blue exchanged.",
)
assert [np.linalg.matrix_rank(each.reshape(6, 9)) for each in answers.values()] == [6, 1]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Six patterns, or one
# A full layer may answer with another pattern in each output channel. The pair answers with the *same*
# pattern in all of them, only stronger, weaker or negated, because there is one kernel a channel and then a
# single number.
#
# So the pair can do nothing that a full layer cannot. In MobileNet a norm and a ReLU stand between the
# two; they bend the values, but do not bring the other patterns back.
#
# **Your turn:** write the weight of the *one* full layer that does the same as a depthwise and a pointwise
# layer with nothing between them.


# %% slideshow={"slide_type": "skip"}
def merge(kernels, mix):  # (C_in, K, K), (C_out, C_in) -> (C_out, C_in, K, K)
    # your code
    return None


check("22.merge", merge)
# hint("22.merge")
# solution("22.merge")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Popular CNN Architectures"]
# ## MobileNet: thirteen pairs
# One full 3×3, then thirteen separable layers with norm and ReLU behind each half, a mean, a dense
# layer. Where the paper's Table 1 halves the image, the depthwise half has stride 2.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
mobilenet = costs.without_weights("mobilenet_v1")
blocks = network_blocks(mobilenet, costs.IMAGE)
plots.describe(
    plots.show_architecture(blocks),
    "A row of boxes, drawn from the network: conv 3×3, then separable layers on maps of 112, 56, 28, "
    "14 and 7 pixels with 64 to 1024 channels, six of them at 14 pixels; a mean and a linear layer.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rebuilt, beside the published totals
# Counted in the network; published by keras.applications (trained parameters) and the paper (Table 4).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(blocks)
cost, published = complexity(mobilenet, costs.IMAGE), models.facts("mobilenet_v1").published
print(f"{cost.parameters:,} parameters; published {published.parameters:,}")
print(f"{cost.multiply_adds / 1e6:.0f} · 10⁶ multiply-adds; published",
      costs.PAPER_SEPARABLE.multiply_adds)  # fmt: skip
assert (
    cost.parameters == published.parameters and blocks[5].sees == published.receptive_field == 315
)
assert round(cost.multiply_adds / 1e6) == costs.PAPER_SEPARABLE.multiply_adds

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same network with full layers
# The authors trained it, too (Table 4). Top-1 is the share of ImageNet's 50,000 photographs named
# right.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
rows = {"full": (costs.full_mobilenet(), costs.PAPER_FULL),
        "separable": (mobilenet, costs.PAPER_SEPARABLE)}  # fmt: skip
print("           mult-adds (10⁶)       parameters (10⁶)     top-1 (%)")
print("           here  published       here  published      published")
for name, (network, paper) in rows.items():
    counted = complexity(network, costs.IMAGE)
    print(f"{name:9} {counted.multiply_adds / 1e6:5.0f}  {paper.multiply_adds:9}      "
          f"{counted.parameters / 1e6:5.1f}  {paper.parameters:9}      {paper.top1:9}")  # fmt: skip
    assert abs(counted.multiply_adds / 1e6 - paper.multiply_adds) < 1.5

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Who does the work?
# More than eight times fewer multiply-adds for about one point: on a phone that is a bargain.
#
# **Predict:** which share of MobileNet's multiply-adds is in the depthwise layers, the ones that *look*?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
counted = costs.shares(mobilenet)
print(f"{'':14}  multiply-adds (%)      parameters (%)")
print(f"{'':14}  here  published        here  published")
for kind, (work, weights) in counted.items():
    paper_work, paper_weights = costs.PAPER_SHARES[kind]
    print(f"{kind:14} {work:5.2f}  {paper_work:9}       {weights:5.2f}  {paper_weights:9}")
    assert abs(weights - paper_weights) < 0.006
print(f"together      {sum(w for w, _ in counted.values()):6.2f}  "
      f"{sum(w for w, _ in costs.PAPER_SHARES.values()):9.2f}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Three percent. Looking is nearly free now, and mixing is everything. (The paper's Table 2 gives the
# first layer 1.19 %; we count 1.91 %. The printed shares add up to 99.29, so two digits seem to have
# changed places.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Eight times fewer, how much faster?
# Blocks with norm and ReLU, on one image of 28×28 pixels; PyTorch on one thread.
#
# **Predict:** the multiply-adds shrink 4 to 8 times from 8 to 128 channels. And the time?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
widths = (8, 16, 32, 64, 128)
pairs = {width: (costs.full_block(width), costs.separable_block(width)) for width in widths}
fewer = {width: 1 / (1 / width + 1 / 9) for width in widths}
faster = {width: experiments.times_faster(*pair, (1, width, 28, 28), rounds=25)
          for width, pair in pairs.items()}  # fmt: skip
plots.describe(
    figures.show_times(fewer, faster),
    "Two rising curves against the channels. Fewer multiply-adds: from 4 at 8 channels to 8 at 128. "
    "Less time: from below or about 1 at 8 channels, always clearly below the first curve.",
)
lag = np.array([faster[width] / fewer[width] for width in widths])
assert np.median(lag) < 0.75 and lag[0] < 0.5 and lag.max() < 0.9

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### A count is not a stopwatch
# It shrinks far less. With 8 channels the split block has a quarter of the work and is no faster, often
# *slower*; with 128 it gains, and yet far less than 8 times. The count is exact, but time is something else.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Bytes cost, too
# A multiply-add needs numbers, and these have to come from memory. A layer's **arithmetic intensity** is
# how many multiply-adds it makes for each byte it must move at least once.
#
# $$\frac{\text{weights} \cdot H W}{4\,(C_{in} H W + \text{weights} + C_{out} H W)}$$
#
# | layer, $C$ to $C$ channels | weights | intensity if maps are large |
# |---|---|---|
# | full 3×3 | $9\,C^2$ | $9\,C / 8$ |
# | 1×1 | $C^2$ | $C / 8$ |
# | depthwise 3×3 | $9\,C$ | $9 / 8$ |
#
# $H, W$: size of the maps; 4 bytes a number. The depthwise layer fetches a number, uses it nine times and
# lets it go, however many channels there are.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Intensity and speed
# The three layers alone, 128 channels of 28×28 pixels. **Predict:** how many multiply-adds a second does
# the depthwise layer make, compared with the fastest?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
layers, maps = costs.convolutions(128), torch.rand(1, 128, 28, 28)
with torch.inference_mode():
    seconds = shortest_times({k: lambda f=f: f(maps) for k, f in layers.items()}, rounds=40)
rates = {k: layers[k].weight.numel() / seconds[k] for k in layers}
rates = {k: rate / max(rates.values()) for k, rate in rates.items()}
plots.describe(
    figures.show_rates({k: costs.intensity(f, 28) for k, f in layers.items()}, rates),
    "Bars. Multiply-adds per byte: full 3×3 83, 1×1 15, depthwise 1.1. Multiply-adds per second: "
    "full and 1×1 are near 1, the depthwise layer has a small fraction of that.",
)
assert rates["depthwise 3×3"] < 0.5 * min(rates["full 3×3"], rates["1×1"])

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A small part of it. So the 3 % of the work that look take much more than 3 % of the time, and the pair
# writes its maps twice. (At 28×28 the weights count, too: 83, not 9 · 128 / 8 = 144.)

# %% [markdown] slideshow={"slide_type": "skip"}
# Is it really the memory? Here all the maps fit into a processor's cache, so the bytes are near. What
# also counts: a kernel of nine taps is a short sum, on which wide arithmetic units cannot get going;
# each call of a layer has a price of its own, which weighs most where a layer is small; and libraries have
# been tuned for large products of matrices, which a 1×1 is. Intensity tells which of the three is slow,
# not by how much, and with another batch, processor or library it is another factor. The rule that
# remains: **measure on the machine you ship on.**
#
# ### Your turn: intensity by hand, and why
# A depthwise **5×5** convolution keeps the size of its maps. How many multiply-adds does it make for each
# byte of input and output, at 4 bytes a number? Leave its few weights out.
#
# And why does a depthwise convolution take so much more time than its share of the multiply-adds?
#
# * **a** A 3×3 window costs nine times what a 1×1 costs.
# * **b** It has too few weights to learn anything.
# * **c** It makes few multiply-adds for each number that it must fetch and store.
# * **d** Every channel needs the results of all channels before it.

# %% slideshow={"slide_type": "skip"}
per_byte = ...  # your number
check("22.intensity", per_byte)
check("22.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What it costs in accuracy
# Back to the digits. With the same 8 channels the split network had a fifth of the multiply-adds. A fair
# rival has as *many*: with 22 channels the split network costs about what the full one costs with 8.
#
# **Predict:** where does it end: with the full one, above it, or near the split one of 8?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
trained["separable, 22 channels"] = experiments.train("separable", width=22, seeds=seeds)
read = {name: each.accuracies for name, each in trained.items()}
plots.describe(
    plots.show_rows(read, label="share of 1,000 new digits read right", means=True,
                    looks=figures.looks_of(list(read))),
    "Three rows of three points. The full network with 8 channels reads about 95 percent, the separable "
    "one with 8 channels about 89, with 22 channels as much as the full one.",
)  # fmt: skip
same_width, same_cost = (read[f"separable, {width} channels"] for width in (8, 22))
assert read["full, 8 channels"].min() > same_width.max()
assert abs(read["full, 8 channels"].mean() - same_cost.mean()) < 0.03
print(experiments.report(trained))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### At equal cost, even
# With the full one. At equal *width* the split costs points, on every seed. At equal *cost* it costs
# none: what is saved buys channels, and the two come out even. That separable layers are *better* at equal
# cost is not shown here.
#
# All train for 300 steps of Adam, each kind at the best of three rates that were tried on other seeds.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### More than half of the loss was time
# The split network of 8 channels also has the largest training loss, so it may only be late. Both
# networks of 8 channels once more, with three times as many steps: more than half of what the split
# lost at equal width comes back, and a part stays lost.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
longer = {f"{kind}, 900 steps": experiments.train(kind, width=8, seeds=seeds, steps=900)
          for kind in ("full", "separable")}  # fmt: skip
print(experiments.report(longer))
at_300 = read["full, 8 channels"].mean() - same_width.mean()
at_900 = np.subtract(*(each.accuracies.mean() for each in longer.values()))
print(f"lost at equal width: {at_300:.3f} after 300 steps, {at_900:.3f} after 900")
assert 0.005 < at_900 < 0.6 * at_300

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two knobs
# Not every phone can pay for the same network. The **width multiplier** α multiplies the channels of
# every layer; the **resolution multiplier** ρ multiplies the side of the image, so of all maps. A pair then
# costs (section 3.4 of the paper)
#
# $$(\rho H)(\rho W)\,\big(9\,\alpha C_{in} + \alpha C_{in} \cdot \alpha C_{out}\big)$$
#
# | symbol | what | used |
# |---|---|---|
# | $\alpha$ | factor of all channels | 1, .75, .5, .25 |
# | $\rho$ | factor of the side | 224, 192, 160, 128 of 224 pixels |
#
# Both cut the work nearly with their *square*.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Thinner
# **Predict:** with half of the channels, α = .5, is a quarter of the parameters left, less, or more?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print(costs.widths())
small = costs.without_weights("mobilenet_v1", width=0.5)
share = sum(p.numel() for p in small.parameters()) / published.parameters
print(f"parameters left at 0.5: {share:.0%}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# More: 31 %. The dense layer has 1,000 outputs whatever α is, so it shrinks only by half, and so do the
# depthwise layers. The accuracy (published, Table 6) falls slowly at first, and then fast.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
# Smaller images: the parameters stay, for kernels do not know how large the image is (published: Table 7)
print(costs.sides())

# %% [markdown] slideshow={"slide_type": "skip"}
# Compare the last row with width 0.5 before: a quarter more multiply-adds, and 0.7 points more. Neither
# knob is clearly the better one; notebook 23 turns both, and depth, together.
#
# ### Your turn: turn both knobs
# Write the multiply-adds of a depthwise 3×3 and the 1×1 behind it on maps of size × size pixels, stride 1,
# when all channels are multiplied by `alpha` and the side by `rho`.


# %% slideshow={"slide_type": "skip"}
def knobs(in_channels, out_channels, size, alpha, rho):
    # your code: return a number
    return None


check("22.knobs", knobs)
# hint("22.knobs")
# solution("22.knobs")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Turn the block inside out
# ResNet's bottleneck is wide outside and narrow inside, because its 3×3 is dear. A depthwise 3×3 is
# nearly free, so MobileNetV2 (2018) does the opposite: **narrow outside, wide inside**. The 1×1 in front
# widens $t = 6$ times, the depthwise layer looks, the last 1×1 **projects** back.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
drawn = {"ResNet's bottleneck": (costs.resnet_bottleneck(256), 256),
         "inverted residual": (costs.inverted_residual(24), 24)}  # fmt: skip
channels = {
    name: [width, *(part.out_channels for part in block.modules()
                    if isinstance(part, torch.nn.Conv2d))]
    for name, (block, width) in drawn.items()
}  # fmt: skip
plots.describe(
    figures.show_blocks(channels),
    "Two blocks from top to bottom, bars as wide as there are channels, a line around each. ResNet: "
    "256, 64, 64, 256. Inverted residual: 24, 144, 144, 24.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it costs
# $$H W \,\big(\underbrace{C \cdot tC}_{\text{widen}} + \underbrace{9\,tC}_{\text{look}} +
# \underbrace{tC \cdot C'}_{\text{project}}\big)$$
#
# $C$ channels come in, $C'$ go out, $t$ is the **expansion**. What is carried from block to block, around
# the shortcut, has few channels: that is what a phone must keep. Both blocks as they stand in their
# networks, where the maps are 56×56:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(f"{'':20}  parameters  mult-adds (10⁶)  carried (MiB)")
for name, (block, width) in drawn.items():
    cost = complexity(block, (1, width, 56, 56))
    print(f"{name:20}  {cost.parameters:10,}  {cost.multiply_adds / 1e6:15.1f}  "
          f"{4 * width * 56**2 / 2**20:13.2f}")  # fmt: skip
assert cost.multiply_adds == 56**2 * (24 * 144 + 9 * 144 + 144 * 24)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### MobileNetV2, rebuilt
# Seventeen such blocks: a row of Table 2 is $n$ of them with $c$ channels out; the first has stride $s$. A
# 3×3 stands in front, a 1×1 to 1,280 channels behind. Published: torchvision.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
second = costs.without_weights("mobilenet_v2")
blocks = network_blocks(second, costs.IMAGE)
cost, published = complexity(second, costs.IMAGE), models.facts("mobilenet_v2").published
print(costs.rows_of_blocks(blocks))
print(f"{cost.parameters:,} parameters; published {published.parameters:,}")
print(f"{cost.multiply_adds / 1e9:.3f} · 10⁹ multiply-adds; published {published.multiply_adds}")
assert cost.parameters == published.parameters and blocks[8].sees == published.receptive_field
assert sum(b.count for b in blocks if b.kind == "block") == 17 and blocks[8].output_shape[0] == 1280
print(f"top-1 {published.top1} %, MobileNet {costs.PAPER_SEPARABLE.top1} %")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build the block
# Build `inverted(in_channels, t, c, s)` from a row of the paper's Table 2, as a `torch.nn.Module`.
# **Branch:** 1×1 convolution to t · in_channels channels, norm, ReLU6 (left away where t is 1); depthwise
# 3×3 with stride s and padding 1, norm, ReLU6; 1×1 convolution to c channels, norm, *nothing*. No
# convolution has a bias. **Shortcut:** the input is added where the shapes agree, s = 1 and c =
# in_channels, and nowhere else; nothing follows the sum. ReLU6 is ReLU that stops at 6.
#
# `@as_numbers` gives your block fixed weights and an input and hands on, in this order: the number of
# parameters; the output's channels, height and width; mean, smallest and largest output by channel.


# %% slideshow={"slide_type": "skip"}
@as_numbers
def inverted(in_channels, t, c, s):
    # your code: return a torch.nn.Module
    return None


check("22.inverted", inverted)
# hint("22.inverted")
# solution("22.inverted")

# %% [markdown] slideshow={"slide_type": "skip"}
# About half of the multiply-adds of the first MobileNet, and fewer parameters. It sees farther, for each of
# the seventeen depthwise layers widens the field. torchvision's weights name
# more of the photographs right than the paper's MobileNet. Click through the blocks: where are the maps
# that are carried, and where the multiply-adds?

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
live.architecture(second, costs.IMAGE, title="MobileNetV2")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why nothing behind the projection?
# Every other layer has a ReLU; the narrow one has none: a **linear bottleneck**. Spread two numbers over
# $n$ units and cut off what is below 0. Can the two be worked out again? Two lit units give two
# equations, so all is kept. One gives a line, none nothing.
#
# **Predict:** with 2 units of random weights, which share of the points is kept?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
points = relu_losses.spiral()
weights = [relu_losses.spread(units, seed=159) for units in (2, 3, 5, 15)]
plots.describe(
    figures.show_kept(points, weights),
    "Four panels with a spiral. With 2 units most of it has collapsed to lines through the middle or to "
    "the middle, with 3 half of it, with 5 little, with 15 units nothing.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### A quarter
# The weights drawn are typical ones. Each unit is above 0 with chance 1/2. For two of two that is 1/4. In
# general none is lit with chance $2^{-n}$ and exactly one with $n\,2^{-n}$, so
#
# $$\text{kept} = 1 - \frac{n + 1}{2^n}$$

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print("units   formula   spiral, mean of 50 draws")
for units in (2, 3, 5, 15):
    draws = [
        relu_losses.keep(points, relu_losses.spread(units, seed=s)).lit >= 2 for s in range(50)
    ]
    print(f"{units:5}   {relu_losses.share_kept(units):7.3f}   {np.mean(draws):6.2f}")
    assert abs(np.mean(draws) - relu_losses.share_kept(units)) < 0.08

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Add units
# A ReLU on *few* channels destroys, on many it does not. So bend where it is wide, not where it is
# narrow. Move the slider: from which number on is the spiral whole?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
folded(units=2, seed=159)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### On digits
# Four inverted residuals with 4 or 8 channels between them. The rivals differ in one thing: nothing
# behind the projection, or ReLU6.
#
# **Predict:** does the ReLU6 cost accuracy, and where more, with 4 or with 8 channels?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
runs = {f"{kind}, {width} channels": experiments.train_bottlenecks(kind, channels=width, seeds=seeds)
        for width in (4, 8) for kind in ("linear", "ReLU6")}  # fmt: skip
read = {name: each.accuracies for name, each in runs.items()}
plots.describe(
    plots.show_rows(read, label="share of 1,000 new digits read right", means=True,
                    looks=figures.looks_of(list(read))),
    "Four rows of three points. With 4 channels linear lies about a tenth above ReLU6, with 8 channels "
    "a few hundredths.",
)  # fmt: skip
gains = {w: np.mean(read[f"linear, {w} channels"] - read[f"ReLU6, {w} channels"]) for w in (4, 8)}
assert gains[4] > 0.05 and gains[8] > 0.01 and gains[4] > gains[8] + 0.02
print(experiments.report(runs))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The narrower, the more
# It does, and more with 4: the narrower the maps, the more a ReLU takes, as in the spiral. With 8
# channels single seeds come near each other; the means stay apart.
#
# But *lost information* and *harder training* are not told apart here. A ReLU in front of the sum also
# lets a block only add, and never take away (notebook 12).

# %% [markdown] slideshow={"slide_type": "skip"}
# ## MobileNetV2 in NumPy
# The same weights in our NumPy graph, on a small image: output, and the slopes of all parameters and of
# the image, for a random direction.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
torch.manual_seed(0)
network = models.build("mobilenet_v2", num_classes=10).double().eval()
errors = network_errors(network, torch.rand(1, 3, 64, 64, dtype=torch.float64))
assert max(errors.values()) < 1e-9
print(f"output and {len(errors) - 1} gradients: largest relative error {max(errors.values()):.0e}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Differs from the papers
# * MobileNet: Table 1 prints stride 2 for the last depthwise layer, but its maps stay 7×7. Ours has
#   stride 1.
# * He's weights at the start; the papers do not say how theirs began. Dropout in MobileNetV2 is 0.2, as in
#   torchvision; the paper has some and does not say how much.
# * MobileNetV2: channels are rounded to multiples of 8, as in the authors' code.
# * Our experiments read digits, with far cheaper networks. Published accuracies are those
#   of the paper, for V2 of torchvision's weights.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What came after
# * **Xception** (Chollet 2017) had built a large network of separable layers shortly before.
# * **ShuffleNet** (Zhang et al. 2018) put the 1×1 in groups, too, and shuffled the channels between.
# * **MobileNetV3** (Howard et al. 2019): found by a search that *measured time* on phones; hard-swish
#   (notebook 7), squeeze-and-excitation.
# * **EfficientNet** (2019): the inverted residual, scaled up. Notebook 23.
# * **ConvNeXt** (2022): depthwise 7×7, on large machines.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why a fifth of the work is not a fifth of the time
# The split throws away the freedom to see a channel in another way for each output. At equal width that
# cost points, fewer after a longer training; at equal cost nothing, for the savings buy channels. It saves multiply-adds, up to nine
# times, not bytes: the depthwise layer moves as many numbers as before and does little with each, and a
# second norm and ReLU come on top. So the clock follows in part, and best where layers are
# wide.
#
# Although: our clock is one processor and one library. On the chips that phones have today, the factor
# is another. Count to compare ideas; measure to choose.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Where does $C_{in}$ go in $1/C_{out} + 1/K^2$?
# <details><summary>Answer</summary>It cancels: the full layer and both halves of the pair have it as a
# factor.</details>
#
# 2. Why does a 7×7 kernel gain more by the split than a 3×3?
# <details><summary>Answer</summary>1/49 is left instead of 1/9, beside 1/C_out.</details>
#
# 3. Why may the inverted residual be wide inside?
# <details><summary>Answer</summary>Its 3×3 is depthwise: it costs 9 tC, not 9 (tC)².</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. α = .5 and ρ = .5: which leaves fewer parameters?
# <details><summary>Answer</summary>α. The resolution does not touch parameters.</details>
#
# 5. A depthwise layer with a stride of 2 in front of a 1×1: which of the two is cheaper by it?
# <details><summary>Answer</summary>Both, by four: the 1×1 works on the small maps.</details>
#
# 6. Could the two halves change places, 1×1 first?
# <details><summary>Answer</summary>Yes: with nothing between them that is a full layer with one pattern for
# each *output* channel, not for each input channel. In the inverted residual both orders occur: widen,
# look, project.</details>
#
# 7. Norms can be folded into the convolution before them (notebook 11). Which does that help more, the
# full block or the separable one?
# <details><summary>Answer</summary>The separable one: it has two norms, and they are a larger part of its
# time.</details>
#
# 8. An advertisement says "ten times fewer FLOPs". What do you ask?
# <details><summary>Answer</summary>How many milliseconds, on which machine, at which batch size; and how
# many points.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Looking and mixing apart: $1/C_{out} + 1/K^2$ of the multiply-adds, at most 9 times fewer for 3×3.
# * Time follows by a part only: a depthwise layer makes about one multiply-add a byte.
# * Equal width costs accuracy, less with more training; equal cost did not.
# * α and ρ: squares, but for the dense layer.
# * Inverted residual: narrow outside, wide inside, no ReLU where it is narrow: $1 - (n + 1)/2^n$.
#
# **On your own** Without shortcuts, does a ReLU6 behind the projections cost more or less? Predict, then
# try `experiments.train_bottlenecks(kind, channels=8, seeds=(0, 1), shortcut=False)` with both kinds.
# `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | both networks | `models/mobilenet.py` | `tests/models/test_families.py` |
# | depthwise, fast | `numpy_ops/algorithms/depthwise.py` | `tests/parity/test_convolution.py` |
# | pointwise, fast | `numpy_ops/algorithms/pointwise.py` | `tests/parity/test_convolution.py` |
# | blocks, counted and drawn | `analysis/blocks.py` | `tests/analysis/test_blocks.py` |
# | small networks, tables, spiral | `lessons/mobilenet` | `tests/lessons/mobilenet` |
#
# **Sources**
# Howard et al. 2017, *MobileNets*, arXiv:1704.04861 (section 3.1: separable layers; Table 1: the
# network; Table 2: shares; section 3.4 for both multipliers; Tables 4, 6 and 7: accuracies and
# costs) · Sandler et al. 2018, *MobileNetV2*, arXiv:1801.04381 (Figure 1: the spiral; Table 2: the
# network) · keras.applications, MobileNet (parameters by width) · torchvision 0.28, weights
# IMAGENET1K_V1 (MobileNetV2) · Williams, Waterman, Patterson 2009, *Roofline*,
# doi:10.1145/1498765.1498785 (intensity) · Chollet 2017, *Xception*, arXiv:1610.02357 · Zhang et al. 2018,
# *ShuffleNet*, arXiv:1707.01083 · Howard et al. 2019, *Searching for MobileNetV3*, arXiv:1905.02244 · Liu
# et al. 2022, *A ConvNet for the 2020s*, arXiv:2201.03545 · Araujo, Norris, Sim 2019,
# doi:10.23915/distill.00021 (fields).
#
# **Next** 23, EfficientNet: depth, width and resolution at once.
