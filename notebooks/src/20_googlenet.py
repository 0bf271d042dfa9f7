# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 20. Look with several kernels at once
#
# **You will** set kernels of three sizes side by side, put a 1×1 in front of them that saves most of
# the work, send gradients back through the whole, and rebuild GoogLeNet, the winner of 2014.
# **You need** convolution (notebook 3), backpropagation (8) and batch norm (11). **Time** 65 min, CPU.
#
# How large should a kernel be? What matters in a photo is three pixels wide here and sixty there. Christian
# Szegedy and his colleagues at Google did not choose: each layer should look with 1×1, 3×3 *and* 5×5,
# pool as well, and hand on all of it. Their budget was 1.5 billion multiply-adds an image. Let us see
# how far it goes.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import live, models, numpy_ops, plots
from course_lib.analysis import complexity, network_blocks, receptive_field
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.exercises.blocks import as_numbers
from course_lib.lessons.googlenet import experiments, figures, networks, tables
from course_lib.parity import relative_error
from course_lib.parity.whole import network_errors
from course_lib.training import accuracies_of, mean_std

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nine layers of everything
# A *naive* module joins what its 1×1, 3×3 and 5×5 give, and what comes out of a pooling, channel behind
# channel. We stack nine, with the numbers of kernels that the winner has, behind 192 channels.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
naive = tables.naive_modules()
channels = {"naive": [each.channels for each in naive],
            "as published": [plan.total for plan in tables.PLANS.values()]}  # fmt: skip
plots.describe(
    figures.show_channels(channels, list(tables.PLANS)),
    "Channels behind each of nine modules. Naive: a line that rises from 416 to 4,944. As published: "
    "from 256 to 1,024, mostly flat.",
)
spent = sum(each.multiply_adds for each in naive)
print(f"nine naive modules: {spent / 1e9:.1f} · 10⁹ multiply-adds; "
      f"the budget: {tables.PAPER_BUDGET / 1e9} · 10⁹")  # fmt: skip
assert spent > 8 * tables.PAPER_BUDGET

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Eight times the budget
# The pooling passes on all channels that came in, and new ones are added, so they can only become more.
# Each 5×5 must then look at thousands of them.
#
# The remedy sounds like a loss. Before a large kernel looks, a **1×1 convolution** mixes all channels
# into a few. Let us try it on digits among pieces of others: two small networks of two modules.
#
# * **direct**: 3×3 and 5×5 look at all 64 channels of the second module.
# * **reduced**: a 1×1 first makes 12 channels for the 3×3, and 4 for the 5×5.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From 64 channels to 4
# A third network, **direct, narrow**, gets no 1×1, but fewer channels everywhere, so that it is as cheap
# as the reduced one. All three train for two passes over 2,000 digits.
#
# **Predict:** how do the three rank in reading new digits?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
trained = {kind: experiments.train(kind, seeds=seeds) for kind in networks.KINDS}
right = {kind: accuracies_of(each, experiments.digits()) for kind, each in trained.items()}
plots.describe(
    plots.show_rows(
        right, label="share of 1,000 new digits read right", limits=(0.5, 0.75), means=True
    ),
    "Three rows of three points. Direct and reduced lie near each other around two thirds; the narrow "
    "one lies to the left of both, around 0.6.",
)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
mean = {kind: np.mean(each) for kind, each in right.items()}
assert mean["reduced"] > mean["direct"] - 0.08 and mean["reduced"] > mean["direct, narrow"] + 0.02
costs = {kind: complexity(each[0], (1, 1, 16, 16)) for kind, each in trained.items()}
for kind, cost in costs.items():
    print(f"{kind:15} {mean_std(right[kind])}   {cost.multiply_adds / 1e6:.2f} · 10⁶ multiply-adds")
fewer = costs["direct"].multiply_adds / costs["reduced"].multiply_adds
times = experiments.network_times()
faster = times["direct"] / times["reduced"]
print(f"reduced: {fewer:.1f} times fewer multiply-adds, {faster:.1f} times as fast")
assert costs["direct, narrow"].multiply_adds < costs["reduced"].multiply_adds and faster < 2

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### A third of the work, hardly any loss
# Reduced follows direct within a few points, which is little more than the seeds make, and the narrow one
# falls behind. So it matters *where* one saves: the same multiply-adds are better spent on
# many kernels that see mixtures than on few kernels that see everything.
#
# But the clock has hardly noticed.
#
# **What did the 1×1 throw away that nobody missed, and where has the saved time gone?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A 1×1 mixes channels
# It looks at one place only, but at all channels there. Take a place with three channels, 2, 5 and 1,
# and a 1×1 to two: the first adds the outer ones, the second takes half of the middle one.

# %% slideshow={"slide_type": "fragment"}
place = np.array([2.0, 5.0, 1.0])
mix = np.array([[1.0, 0.0, 1.0],
                [0.0, 0.5, 0.0]])  # fmt: skip
print(mix @ place)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same matrix at every place
# A 1×1 convolution uses one small matrix at all places of the maps:
#
# $$y_{n,r,i,j} = \sum_{c} A_{r,c}\; x_{n,c,i,j}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | maps that come in | (N, C_in, H, W) |
# | $A$ | weights of the 1×1 | (R, C_in) |
# | $y$ | R mixtures | (N, R, H, W) |

# %% slideshow={"slide_type": "skip"}
x = rng.standard_normal((2, 3, 4, 5))
mixed = np.einsum("rc,nchw->nrhw", mix, x)
assert relative_error(mixed, numpy_ops.conv2d(x, mix[:, :, None, None])) < 1e-12
print("a matrix at every place is a 1×1 convolution:", mixed.shape)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it saves
# A K×K convolution from $C_{in}$ to $C_{out}$ channels needs, at each of $H \cdot W$ places,
#
# $$\text{direct: } K^2\, C_{in}\, C_{out} \qquad
# \text{with } R \text{ mixtures: } \underbrace{C_{in}\, R}_{1×1} + \underbrace{K^2\, R\; C_{out}}_{K×K}$$
#
# multiply-adds. $K^2$ meets either $C_{in}$ or $R$.
#
# **Predict:** in the first module of GoogLeNet the 5×5 goes from 192 to 32 channels, with 16 mixtures.
# How many times cheaper does it get?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
places = 28 * 28
direct = 25 * 192 * 32 * places
reduced = (192 * 16 + 25 * 16 * 32) * places
print(f"{direct / 1e6:.1f} against {reduced / 1e6:.1f} · 10⁶: {direct / reduced:.1f} times")

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
savings = tables.savings()
print("all nine modules; the 1×1 behind the pooling stays in both")
for name, saved in savings.items():
    print(f"{name}  direct {saved.direct / 1e6:4.0f}   reduced {saved.reduced / 1e6:4.0f} · 10⁶"
          f"   {saved.direct / saved.reduced:.1f} times fewer")  # fmt: skip
totals = [sum(each) / 1e9 for each in zip(*savings.values(), strict=True)]
print(f"all {totals[0]:.2f} against {totals[1]:.2f} · 10⁹: {totals[0] / totals[1]:.1f} times fewer")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# A 5×5 convolution leads from 200 channels to 40 on maps of 10×10, with padding. How many multiply-adds
# does a 1×1 to 20 channels in front of it save?

# %% slideshow={"slide_type": "skip"}
saved = ...  # your number
check("20.saved", saved)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: how wide may it be?
# The wider the 1×1, the less it saves. Write the largest number of channels between at which it still
# saves multiply-adds.


# %% slideshow={"slide_type": "skip"}
def break_even(kernel, in_channels, out_channels):
    # your code: return a whole number
    return None


check("20.break_even", break_even)
# hint("20.break_even")
# solution("20.break_even")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why nobody missed them
# Perhaps 64 channels do not say 64 different things. The trained *direct* networks, which never had a
# 1×1, can tell. Of the 64 maps in front of their second module take the $R$ mixtures that restore all 64
# best (by singular values). Its 3×3 and 5×5 now see only these. **Nothing is trained again.**
#
# **Predict:** how many mixtures do the large kernels need to read as well as before?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
widths = (1, 2, 4, 8, 16, 32, 64)
with_mixtures = experiments.accuracies_with_mixtures(trained["direct"], widths)
plots.describe(
    figures.show_mixtures(widths, with_mixtures),
    "Share of digits read right against the number of mixtures. Three lines rise from 1 to about 16 "
    "mixtures and are nearly flat from there to 64.",
)
kept = dict(zip(widths, with_mixtures.mean(axis=0), strict=True))
print("means ", *(f"{width}: {share:.2f}  " for width, share in kept.items()))
assert kept[16] > kept[64] - 0.06 and kept[1] < kept[64] - 0.1

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Many channels, few messages
# About 16, a quarter. The channels repeat each other: each is a sum over the same few things, so a
# few mixtures tell nearly all of it. The 1×1 does not throw *things* away, it throws away that they are
# said several times.
#
# And a 1×1 that is trained does better than these mixtures, for two reasons: it learns which mixtures
# the kernel behind it can use, and a ReLU follows it. So 4 and 12 were enough.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where has the time gone?
# Now GoogLeNet's own first module, 3a: 192 channels of 28×28, one image, one thread, PyTorch. We time
# each kind of layer by itself, in the direct module and in the reduced one.
#
# **Predict:** which kind of layer will take the most time in the reduced module?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
parts = experiments.module_parts()
plots.describe(
    figures.show_parts(parts),
    "Two pairs of bars. Multiply-adds: the reduced module has 42 % of the direct one, both nearly "
    "all in 3×3, 5×5 and 1×1. Time: the reduced one has far more than 42 %, and its largest part is "
    "the max pooling.",
)
fewer, faster, without_pooling = experiments.ratios(parts)
print(f"{fewer:.1f} times fewer multiply-adds, {faster:.1f} times as fast, "
      f"{without_pooling:.1f} times without the pooling")  # fmt: skip
assert experiments.share_of_time(parts["reduced"], "max pool") > 0.15 and without_pooling > 1.2

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The layer that multiplies nothing
# The max pooling, on the machine that made this page. It has no weights and no multiply-adds. Each output
# compares nine numbers, one after the other, while a convolution is a matrix product, for which processors
# are built.
#
# What is left without it does get faster, roughly as was counted. But the pooling is the same in both
# modules: what does not shrink sets the floor (Amdahl's law). **Multiply-adds are not time.**

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# A module with reductions needs 2.4 times fewer multiply-adds, and takes much more than 1 / 2.4 of the
# time. Why?
#
# * **a** A processor needs more time for a 1×1 than for a 5×5 of the same channels.
# * **b** The 1×1 convolutions add more multiply-adds than were counted.
# * **c** Layers that multiply nothing take time as well, and they did not shrink.
# * **d** Fewer parameters need longer training.

# %% slideshow={"slide_type": "skip"}
check("20.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Popular CNN Architectures"]
# ## The Inception module
# Four branches read the same input. All keep height and width, by padding, so that their outputs fit on
# top of each other: they are joined channel behind channel. This is module 3a, drawn from its numbers.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_module(192, tables.PLANS["3a"]),
    "From the input with 192 channels four arrows lead up: a 1×1 to 64; a 1×1 to 96, then a 3×3 to "
    "128; a 1×1 to 16, then a 5×5 to 32; a max pooling, then a 1×1 to 32. A box above joins them to "
    "256 channels.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Joining, and the way back
# The number $x = 3$ goes two ways, $2x$ and $x^2$, which are *joined*: $y = (6, 9)$. The loss has slopes
# $(5, 1)$ there. Nudge $x$ by a small $\varepsilon$: the first part moves by $2\varepsilon$, the second by
# $6\varepsilon$, and the loss by $5 \cdot 2\varepsilon + 1 \cdot 6\varepsilon$.
#
# **Predict:** what is the slope of the loss for $x$?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
grad_y = np.array([5.0, 1.0])
first, second = np.split(grad_y, 2)  # cut where it was joined
print(first * 2 + second * 2 * 3)  # add where x was shared

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It is 16. **Joined forward, cut backward. Shared forward, added backward.**

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: back through two branches
# Two 1×1 convolutions without bias read the same x (N, C, H, W). Their weights are a (A, C) and b (B, C),
# and their outputs are joined, a's first. Write the gradient of x.


# %% slideshow={"slide_type": "skip"}
def join_backward(grad_y, x, a, b):
    # your code: return an array of the shape of x
    return None


check("20.join_backward", join_backward)
# hint("20.join_backward")
# solution("20.join_backward")


# %% slideshow={"slide_type": "skip"}
BRANCHES = (["1"], ["to 3", "3"], ["to 5", "5"], ["pooled"])  # names of weights, in their order
POOL = {"kernel_size": 3, "stride": 1, "padding": 1}


def branch(x, w, names):
    for name in names:  # pad, convolve, cut off at 0
        x = np.maximum(numpy_ops.conv2d(x, w[name], padding=w[name].shape[-1] // 2), 0)
    return x


def inputs_of(x):
    return x, x, x, numpy_ops.max_pool2d(x, **POOL)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Forward in NumPy
# `w` holds six weights by name; `BRANCHES` has the names in each branch, such as `["to 3", "3"]`; `branch`
# runs these convolutions one after the other, each with a ReLU.


# %% slideshow={"slide_type": "fragment"}
def inception(x, w):
    ways = zip(inputs_of(x), BRANCHES, strict=True)
    parts = [branch(each, w, names) for each, names in ways]
    return np.concatenate(parts, axis=1)


# %% slideshow={"slide_type": "skip"}
def branch_backward(grad_y, x, w, names, grads):
    for place in reversed(range(len(names))):
        before, weight = branch(x, w, names[:place]), w[names[place]]
        grad_z = grad_y * (branch(before, w, names[place : place + 1]) > 0)  # back through the ReLU
        back = numpy_ops.conv2d_backward(grad_z, before, weight, padding=weight.shape[-1] // 2)
        grad_y, grads[names[place]] = back.grad_x, back.grad_weight
    return grad_y


def ends_of(w):  # channels at which parts were joined
    return np.cumsum([len(w[names[-1]]) for names in BRANCHES[:3]])


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Backward in NumPy
# Cut, send each part back through its branch, add at the input.


# %% slideshow={"slide_type": "fragment"}
def inception_backward(grad_y, x, w):
    parts, grads = np.split(grad_y, ends_of(w), axis=1), {}
    ways = zip(parts, inputs_of(x), BRANCHES, strict=True)
    *backs, grad_pooled = [
        branch_backward(part, each, w, names, grads) for part, each, names in ways
    ]
    return sum(backs) + numpy_ops.max_pool2d_backward(grad_pooled, x, **POOL), grads


# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
twin = networks.module(192, tables.PLANS["3a"], reduced=True).double()  # PyTorch's, biases set to 0
convs = networks.named_convolutions(twin, ("1", "to 3", "3", "to 5", "5", "pooled"))
w = {name: conv.weight.detach().numpy() for name, conv in convs.items()}
x = torch.rand(2, 192, 7, 6, dtype=torch.float64, requires_grad=True)
y, maps = twin(x), x.detach().numpy()
grad_y = rng.standard_normal(y.shape)
y.backward(torch.from_numpy(grad_y))
grad_x, grads = inception_backward(grad_y, maps, w)
pairs = [(inception(maps, w), y.detach()), (grad_x, x.grad)]
pairs += [(grads[name], conv.weight.grad) for name, conv in convs.items()]
assert max(relative_error(*pair) for pair in pairs) < 1e-10
print(f"output and {len(pairs) - 1} gradients agree")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## GoogLeNet
# Three convolutions bring the image down to 28×28, then come nine modules, with a pooling before the
# third and the eighth, and a mean. Drawn from the network itself: a box is as high as its maps and as wide as
# its channels are many. "3 × Inception" are the modules 4a to 4c, of one shape.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
paper = tables.without_weights()
plots.describe(
    plots.show_architecture(network_blocks(paper, tables.IMAGE)),
    "A row of boxes that become lower and wider: conv 7×7, max pool, conv 1×1, conv 3×3, max pool, two "
    "Inception modules, max pool, five modules, max pool, two modules, global mean, linear.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
live.architecture(paper, tables.IMAGE, title="GoogLeNet")

# %% [markdown] slideshow={"slide_type": "skip"}
# Click a block: which one leads in multiply-adds, and which in parameters?
#
# ### Table 1
# The paper's table is one of numbers of channels. Rebuilt from the network, and counted:

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
print(tables.table_1())

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Held to the published totals
# Counted in our networks, beside the totals that are published: for the paper's plan, and by torchvision
# 0.28 for its version. (The heads are auxiliary, see below.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(f"{'parameters':24} {'counted':>11} {'published':>11}")
for variant, published in tables.PUBLISHED.items():
    for heads, total in zip((False, True), published, strict=True):
        counted = tables.count(variant=variant, heads=heads)
        print(f"{variant:12}{'with heads' if heads else '':12} {counted:11,} {total:11,}")
        assert counted == total
facts = models.facts("googlenet").published
ours = complexity(tables.without_weights(variant="torchvision"), tables.IMAGE).multiply_adds / 1e9
print(f"10⁹ multiply-adds, torchvision: {ours:.3f}, published {facts.multiply_adds}")
assert round(ours, 3) == facts.multiply_adds
alexnet = tables.alexnet_parameters()
print(f"AlexNet's {alexnet:,} are {alexnet / tables.PUBLISHED['paper'][0]:.1f} times as many")

# %% [markdown] slideshow={"slide_type": "skip"}
# The paper's form needs 1,583 million multiply-adds by the last line of the table, a little more than the
# 1.5 billion that the authors allow themselves.
#
# They also say that it "uses 12× fewer parameters" than AlexNet (section 1), and many texts conclude that it
# has 5 million. By its own table it is not quite nine times. The paper does not say how it counts.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: parameters of any row
# Write the parameters of an Inception module as in the paper, from its row of Table 1. Every convolution
# has biases.


# %% slideshow={"slide_type": "skip"}
def parameters(in_channels, ones, threes_reduced, threes, fives_reduced, fives, pooled):
    # your code: return a whole number
    return None


check("20.parameters", parameters)
# hint("20.parameters")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build the module
# Build an Inception module as a `torch.nn.Module` from a row of Table 1. **Branches,** in this order: 1×1
# to `ones` channels; 1×1 to `threes_reduced`, then 3×3 to `threes`; 1×1 to `fives_reduced`, then 5×5 to
# `fives`; max pooling 3×3 of stride 1, then 1×1 to `pooled`. Every convolution has a bias and a ReLU behind
# it, and all maps keep their size. The channels are joined in this order.
#
# `@as_numbers` gives your module fixed weights and an input and hands on: the number of parameters; the
# output's channels, height and width; mean, smallest and largest output by channel.


# %% slideshow={"slide_type": "skip"}
@as_numbers
def build(in_channels, ones, threes_reduced, threes, fives_reduced, fives, pooled):
    # your code: return a torch.nn.Module
    return None


check("20.inception", build)
# hint("20.inception")
# solution("20.inception")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a unit sees
# torchvision has a 3×3 where the paper has the 5×5 (an old slip, kept because the published weights fit
# it), and a 2×2 window in the fourth pooling. The receptive field follows the *largest* branch.
#
# **Predict:** by how much does the field shrink: a little, or by half?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
fields = {variant: receptive_field(tables.without_weights(variant=variant)).last.size
          for variant in tables.PUBLISHED}  # fmt: skip
print(fields)
# a 5×5 reaches two jumps further than a 3×3: two modules at 8 pixels, five at 16, two at 32
shrinks = 2 * (2 * 8 + 5 * 16 + 2 * 32)
print(f"{shrinks} by the kernels, {(3 - 2) * 16} by the pooling")
assert fields["paper"] - fields["torchvision"] == shrinks + 16
assert fields["torchvision"] == facts.receptive_field == 379 and fields["paper"] == 715

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nearly by half, from 715 to 379 pixels: 320 by the nine kernels, 16 by the pooling. Both are larger
# than the image of 224. Notebook 5 tells why a unit uses only a small part of its field.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A mean for the dense layers
# VGG ends with 512 maps of 7×7, and three dense layers on all their numbers. GoogLeNet takes the **mean** of
# each of its 1,024 maps, and one dense layer on 1,024 numbers (global average pooling, notebook 13).
#
# **Predict:** what would its last dense layer cost without the mean?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
with torch.device("meta"):
    vgg = models.build("vgg16")
vgg_head = sum(p.numel() for p in vgg.classifier.parameters())
print(f"VGG-16, three dense layers        {vgg_head:12,} parameters")
print(f"GoogLeNet, dense on 1,024 · 7 · 7 {1024 * 49 * 1000 + 1000:12,}")
print(f"GoogLeNet, dense on 1,024 means   {tables.cost_of('fc')[0]:12,}")
assert tables.cost_of("fc")[0] == 1024 * 1000 + 1000

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 49 times as much, seven times the whole network. The authors report that the mean, in place of dense
# layers, raised their top-1 accuracy by 0.6 points (section 5).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A mean can be opened
# Mean and dense layer only multiply and add, so they may change places: first a score for the class at
# *each* place, then the mean of the scores. The result is the same, but now one can look:
#
# $$\text{logit}_k = b_k + \sum_c W_{k,c}\,\Big(\frac{1}{HW}\sum_{i,j} x_{c,i,j}\Big)
# = b_k + \frac{1}{HW}\sum_{i,j} \underbrace{\sum_c W_{k,c}\, x_{c,i,j}}_{\text{score of class } k
# \text{ at } (i,\,j)}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | the last maps of one image | (C, H, W) |
# | $W, b$ | dense layer, K classes | (K, C), (K,) |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where it sees the digit
# The reduced network of seed 0 on new digits that it reads right: the score of the right class at each
# of the 4×4 last places. Most high scores stand on the digit, pale ones on pieces of others, and nobody told the
# network where digits are. Such *class maps* (Zhou et al. 2016) come free with a mean at the end.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
network, digits = trained["reduced"][0], experiments.digits()
x, labels = torch.from_numpy(digits.x_test[:60]), digits.y_test[:60]
maps = networks.class_maps(network, x).numpy()
logits = network(x).detach().numpy()
assert relative_error(maps.mean(axis=(2, 3)) + network[-1].bias.detach().numpy(), logits) < 1e-4
shown = np.flatnonzero(logits.argmax(axis=1) == labels)[:6]
plots.describe(
    figures.show_class_maps(digits.x_test[shown, 0], maps[shown, labels[shown]], labels[shown]),
    "Six gray images of a digit with pieces of others, and under each a map of 4×4 scores: most "
    "are high where the digit stands and near zero elsewhere.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Auxiliary heads
# Would a gradient reach the first of 22 layers? To be sure, two small classifiers hang on modules 4a and 4d
# while training. Their losses, times 0.3, are added to the last one; their gradients have a shorter way.
#
# We build six narrow modules without batch norm, with He's weights (notebook 10), and heads after the second
# and the fourth. First we measure the slope of the *first* convolution before any step, that of a head times its 0.3.
#
# **Predict:** what sends it the larger slope, the far end or one of the heads?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
headed = {text: experiments.train_deep(heads=text == "with heads", seeds=seeds)
          for text in ("without heads", "with heads")}  # fmt: skip
slopes = headed["with heads"].slopes
print("gradient's length    end   head 1   head 2")
for seed, row in zip(seeds, slopes, strict=True):
    print(f"seed {seed}             {row[0]:.3f}    {row[1]:.3f}    {row[2]:.3f}")
assert slopes[:, 0].mean() > slopes[:, 1:].mean(axis=0).max()

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Nothing to cure, nothing gained
# The far end, in the mean over seeds. With weights of the right size the gradient arrives, so heads have
# nothing to cure. Does training gain all the same? Digits anywhere on 12×12 pixels, 100 steps:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
read = {text: each.accuracies for text, each in headed.items()}
plots.describe(
    plots.show_rows(
        read, label="share of 1,000 new digits read right by the last layer", means=True
    ),
    "Two rows of three points, spread widely; the rows overlap.",
)
assert min(read["with heads"]) < max(read["without heads"])

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No gain that one could tell from luck: the rows overlap. But 100 steps are few without batch norm, so
# this says nothing about the end of a long training.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the authors found later
# In the final version of the paper they say that control experiments showed little effect, about 0.5 %,
# and that one head does as well as two (section 5). Two years on, Szegedy and others wrote that heads do
# *not* speed up early training. Near the end they help a little, as a regularizer, the more with batch
# norm in them (2016, section 4).
#
# So a popular form, "auxiliary classifiers fight vanishing gradients", was a hope. Batch norm and good
# first weights made it needless.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the budget bought
# Three networks of these years, weights of torchvision 0.28, one crop, 1,000 classes.
#
# GoogLeNet comes within two points of VGG-16 with a twentieth of the parameters and a tenth of the
# multiply-adds. But the three sets of weights were trained in different ways, by different people: read
# the table as cost, not as a contest of ideas.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(f"{'':10} {'parameters':>12} {'10⁹ multiply-adds':>18} {'top-1':>7}")
for name in ("alexnet", "vgg16", "googlenet"):
    row = models.facts(name).published
    print(f"{name:10} {row.parameters:12,} {row.multiply_adds:18.2f} {row.top1:6.1f} %")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## GoogLeNet in NumPy
# The published form in our NumPy graph, with the same weights, on an image of 64×64: output, and the
# gradients of all its parameters for a random direction.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
torch.manual_seed(0)
network = models.build("googlenet", variant="paper", aux_logits=False).double().eval()
errors = network_errors(network, torch.rand(1, 3, 64, 64, dtype=torch.float64))
assert max(errors.values()) < 1e-9
print(f"output and {len(errors) - 1} gradients: largest relative error {max(errors.values()):.0e}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Differs from the paper
# * The paper does not say how its weights start. Ours (`variant="paper"`) start from Xavier's, as in
#   a well-known replication.
# * It does not give the constants of its response normalization; ours are the usual ones.
# * `variant="torchvision"`, the default, has batch norm and no biases, no response normalization, the 3×3 in
#   the place of the 5×5, and less dropout.
# * Our small networks have batch norm where we compare modules, and two modules for nine.
# * The challenge was won by seven networks, each asked about 144 crops of an image (section 7). One
#   network with one crop does worse.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What came after
# * **Batch normalization** (Ioffe & Szegedy 2015) was first shown on an Inception network.
# * **Inception-v3** (Szegedy et al. 2016): two 3×3 for each 5×5 (notebook 19), 1×7 and 7×1 for 7×7.
# * **ResNet** (notebook 21) took the 1×1 reduction into its bottleneck.
# * **Xception** (Chollet 2017): one branch for each channel, the separable convolution of notebook 22.
# * **ResNeXt** (Xie et al. 2017): many branches, all alike, because hand-made rows like Table 1 are hard
#   to carry over to other tasks.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What was thrown away, and where the time went
# The 1×1 threw away what the channels say several times: a quarter as many mixtures told trained kernels
# nearly all. So the large kernels may look at few mixtures, and the budget pays for many kernels of
# several sizes. That, and a mean in place of dense layers, made GoogLeNet small.
#
# The time stayed with what nobody counts: pooling multiplies nothing, and did not shrink.
#
# Although: three seeds and small digits. And which share of time the pooling takes depends on the
# machine and the library; on another one the clock may follow the counts better.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why must all branches keep height and width?
# <details><summary>Answer</summary>They are joined channel behind channel, place on place. The sizes must
# be the same.</details>
#
# 2. What does the gradient do where branches were joined, and where the input was shared?
# <details><summary>Answer</summary>It is cut, each branch gets its channels. At the input what comes back
# is added.</details>
#
# 3. Why does the 1×1 stand *behind* the pooling?
# <details><summary>Answer</summary>To make fewer channels of it. The pooling itself costs no
# multiply-adds, and passes all channels on.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Is a 1×1 with R channels in front, without ReLU, able to compute what the direct 5×5 can?
# <details><summary>Answer</summary>Only if the 5×5 uses at most R mixtures of its input: merged, the two
# have a kernel of rank R across the channels. With R = C_in it can.</details>
#
# 5. With one mixture for 3×3 and 5×5, the networks still read far more than a tenth of the digits. Why?
# <details><summary>Answer</summary>The branches of the 1×1 and of the pooling still saw all 64
# channels.</details>
#
# 6. Why do the auxiliary heads cost parameters, but no work when the network is used?
# <details><summary>Answer</summary>They hang on the side: only their losses in training need them. Nothing on
# the way to the answer passes through them.</details>
#
# 7. A class map is high beside the digit. Does this prove that the network looks there?
# <details><summary>Answer</summary>No. A place of the last maps sees many pixels around it, so a score may
# come from its neighborhood.</details>
#
# 8. Where in GoogLeNet are most of the multiply-adds, and where most of the parameters?
# <details><summary>Answer</summary>The 3×3 convolution on 56×56 and module 3b on 28×28 cost
# most. Most parameters are in the last modules, with their many channels: 5b has the most.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Nine naive modules: eight times the budget. With 1×1 in front and behind the pooling: nearly within it.
# * Reduced within a few points of direct for a third of the multiply-adds; narrow, equally cheap, worse.
# * 16 of 64 mixtures were enough, without any training.
# * The pooling, with no multiply-adds, took a large part of the time.
# * Joined forward, cut backward; shared forward, added backward.
# * Table 1 to the unit: 6,998,552 parameters.
# * Auxiliary heads: no gain here.
#
# **On your own** Predict what a reduced network with 12 and *one* mixture does, and with 2 and 4. Change
# `networks.KINDS["reduced"]` by `_replace(fives_reduced=1)` and train. `progress()` lists the exercises
# you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | GoogLeNet, both variants | `models/googlenet.py` | `tests/models/test_families.py` |
# | blocks, counted and drawn | `analysis/blocks.py` | `tests/analysis/test_blocks.py` |
# | GoogLeNet in NumPy | `numpy_nn/graph` | `tests/models/test_numpy_graphs.py` |
# | taking times | `analysis/timing.py` | `tests/analysis/test_timing.py` |
# | small networks, tables | `lessons/googlenet` | `tests/lessons/googlenet` |
#
# **Sources**
# Szegedy, Liu, Jia et al. 2015, *Going deeper with convolutions*, CVPR, arXiv:1409.4842 (Figure 2: naive
# module and reductions; Table 1: the plan; section 1: budget and "12×"; section 5: mean, heads, their weight)
# · Lin, Chen, Yan 2014, *Network in network*, arXiv:1312.4400 (1×1 convolutions, global average pooling) ·
# Szegedy, Vanhoucke, Ioffe et al. 2016, *Rethinking the Inception architecture*, arXiv:1512.00567 (section
# 4: heads) · Zhou et al. 2016, *Learning deep features for discriminative localization*, arXiv:1512.04150
# (class maps) · torchvision 0.28, tables of weights · Ioffe & Szegedy 2015, arXiv:1502.03167 · Chollet 2017,
# *Xception*, arXiv:1610.02357 · Xie et al. 2017, *Aggregated residual transformations*, arXiv:1611.05431.
#
# **Next** 21, ResNet: how to train a hundred layers.
