# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 5. Work out what a unit can see
#
# **You will** follow a unit of a network down to its pixels, compute the size and place of what it
# sees, hold your formulas to gradients and to published values, and measure which of these pixels
# really count.
# **You need** stride, padding and dilation (notebook 3) and the layer (notebook 4). **Time** 60 min, CPU.
#
# A network is to tell 17 from 71. The same two handwritten digits, the same ink: only their order
# differs. It has three convolutions with kernels of 3 and one *max pooling* (of each window of 4×4
# numbers keep the largest), which holds no weight at all. Does it matter where the pooling stands?

# %% slideshow={"slide_type": "skip"}
from math import prod

import numpy as np
import torch
from torch import nn

from course_lib import datasets, models, numpy_ops, plots
from course_lib.analysis.receptive_field import receptive_field
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.receptive_fields import experiments, figures, live
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The task
# Real digits of 8×8 pixels, 9 pixels of paper between them. Each pair comes in both orders, and no
# digit of the test was seen in training.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
pairs = experiments.two_digits(seed=0)
plots.describe(figures.show_two_digits(pairs), "A handwritten 1 and 7 with paper between them, "
               "and the same two digits in the other order.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer (4 minutes): before the points, ask for hands: which of the four reads 17? Most trust
# the one with the most layers behind its pooling, or see no difference. Write the votes down, do not
# explain yet, and bring them back at "Back to 17 and 71". There ask why the change is *exactly* 0, and
# wait for "the same windows". If nobody says it, lay two strips of paper under a window of 7 columns.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four networks with the same weights to learn
# Behind the third convolution the network takes the largest number of each map and decides by a
# dense layer. The pooling stands behind the first, second or third convolution, or nowhere. A point
# is one training, from one of three seeds.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
seeds = (0, 1, 2)
places = {"no pooling": None, "behind the third": 3, "behind the second": 2, "behind the first": 1}
read = {name: experiments.accuracies(place, seeds=seeds) for name, place in places.items()}
assert set(read["no pooling"] + read["behind the third"]) == {0.5}
assert min(read["behind the first"]) > 0.95
plots.describe(figures.show_readers(read), "Share of images read right. With no pooling, and with "
               "pooling behind the third convolution, 0.5 exactly on three seeds; behind the "
               "second 0.5 to 0.7; behind the first 1.0.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One layer without weights decides
# Without it the network is right in exactly half of the cases, on every seed: it does not know a
# little, it knows *nothing*. Behind the third convolution the pooling changes nothing at all. Behind
# the first it makes the network all but perfect.
#
# All four have the same weights to learn, the same images and the same 120 steps. So **why can
# one network not read 17, and why does the same layer help in one place and not in another?**

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ## Follow one unit back
# A **unit** is one number of a layer's output. Its **receptive field**, or field, is the part of the
# input that can change it. Take a row of pixels and three layers: a kernel of 3, a pooling of 2 with
# stride 2, a kernel of 3. **Predict:** how many units of the second layer does one unit of the third
# see? How many of the first, and how many pixels?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
cone = [(3, 1), (2, 2), (3, 1)]  # kernel and stride
ax = figures.show_field_cone(cone, length=14, unit=1)
plots.describe(ax, "A row of 14 pixels and three rows of units above it. From one unit at the top "
               "lines lead down to 3 units, then to 6, then to 8 blue pixels.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 3, then 6, then 8. Each of the 3 sees two units of its own, because the stride sets them two apart.
# The 6 stand side by side, so their windows overlap and add one pixel on each side.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: count aloud, row by row, from the top down. Then cover the picture and let the
# hall do a stride of 3.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same from below
# So far we counted *units*, from the top down, for one network. Now we count *pixels*: how many does
# a unit of each layer see? For that, start a cone at each layer.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart = figures.show_growing_cones(cone, length=12)
plots.describe(chart, "Three cones. A unit of layer 1 sees 3 pixels, one of layer 2 sees 4, one of "
               "layer 3 sees 8.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two ways to count, one end
# From the top down we found 3, 6, 8; from below we find 3, 4, 8. Both are right. The first numbers
# are *widths of one cone*, row by row, and they change when a layer is put on top. The second are
# *fields*, one a layer, and a new layer leaves those below as they are. Both end with the pixels that
# the last layer sees, and there they meet.
#
# The fields also show what a stride does: the pooling itself added one pixel, but the layer *after*
# it added four. A formula should say that.

# %% slideshow={"slide_type": "skip"}
# Your turn, by hand: a 3×3 convolution with stride 2, a 3×3 convolution with stride 1, a 2×2 pooling
# with stride 2. How many pixels does a unit of each of the three layers see, along one axis?
answer = ...  # such as [1, 2, 3]
check("05.by_hand", answer)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ## Size and jump
# A unit of layer $l$ sees $K_l$ units of the layer below. From the first to the last of them it is
# $K_l - 1$ steps, or $D_l (K_l - 1)$ with dilation, and each step is as long as units lie apart
# there: the *jump* $j_{l-1}$, in pixels. So the field gets that much wider. A stride sets the units
# of its own layer further apart, which matters only to the layers after it:
#
# $$r_l = r_{l-1} + D_l\,(K_l - 1)\; j_{l-1} \qquad\qquad j_l = j_{l-1}\, S_l$$
#
# | symbol | what | before the first layer |
# |---|---|---|
# | $r_l$ | **size** of the field, pixels along one axis | 1 |
# | $j_l$ | **jump**: pixels from one unit's field to the next one's | 1 |
# | $K_l, S_l, D_l$ | kernel, stride and dilation of the layer | |

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer (5 minutes): they stumble over the *old* jump, for most multiply by the stride of the
# layer itself. Let the hall do 3, pool 2, 3 at the board, a column for r and one for j. Whoever uses the
# new jump gets 1, 3, 5, 9 and not 1, 3, 4, 8; the picture of the cone decides.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ### Where the field lies
# Unit 0 of a layer uses the units from $-P_l$ on, for the padding $P_l$ stands before unit 0 of the
# layer below. Half of the kernel's reach further is the middle of its window. In pixels, the **start**
# $c_l$, the center of the first field, moves by
#
# $$c_l = c_{l-1} + \Big(\tfrac{D_l (K_l - 1)}{2} - P_l\Big)\; j_{l-1} \qquad c_0 = 0$$
#
# and unit $i$ is centered at $c_l + i\, j_l$. (A kernel of 3 without padding: unit 0 sees the pixels 0, 1
# and 2, and its center is $0 + (\tfrac22 - 0) \cdot 1 = 1$.) With the usual padding, half of the kernel's reach,
# nothing moves: unit 0 is centered on pixel 0, and half of its field lies outside of the image.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In code
# The same three lines for one layer after the other. Look at the order: size and start still use the
# jump of the layer *below*, so the jump changes last.


# %% slideshow={"slide_type": "fragment"}
def fields_of(layers):
    size, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        size += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump *= stride
    return size, jump, start


# %% slideshow={"slide_type": "skip"}
layers = [(3, 1, 1, 1), (2, 2, 0, 1), (5, 2, 2, 1), (3, 1, 1, 2)]  # K, S, P, D
network = nn.Sequential(*(nn.Conv2d(1, 1, *layer) for layer in layers))
last = receptive_field(network).last
assert (last.size, last.jump, last.start) == fields_of(layers)
print("(size, jump, start) =", fields_of(layers), "as the package has it")


# %% slideshow={"slide_type": "skip"}
# Your turn, where does it look? Write field_center: the pixel in the middle of the field of one unit
# of the last layer. Units count from 0; there is no dilation.
def field_center(layers, unit):
    # layers is a list of (kernel, stride, padding); your code: return one number
    return None


check("05.center", field_center)
# hint("05.center")
# solution("05.center")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ## All layers at once
# Put the recursion into itself. The jump before layer $l$ is the product of all strides before it:
#
# $$r_L = 1 + \sum_{l=1}^{L} D_l\,(K_l - 1) \prod_{i<l} S_i$$
#
# Without strides each kernel of 3 adds 2 pixels, however deep it stands. A stride $S$ multiplies what
# *every later layer* adds, and costs no weight.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The fields of our four networks
# Three kernels of 3, and a pooling of 4 with stride 4 nowhere, behind the third, the second, the first.
# **Predict** the four fields.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
conv, pool = (3, 1), (4, 4)  # kernel, stride
four = {"no pooling": [conv, conv, conv], "behind the third": [conv, conv, conv, pool],
        "behind the second": [conv, conv, pool, conv],
        "behind the first": [conv, pool, conv, conv]}  # fmt: skip
sizes = {}
for name, steps in four.items():
    jumps = [prod(stride for _, stride in steps[:number]) for number in range(len(steps))]
    added = [(kernel - 1) * jump for (kernel, _), jump in zip(steps, jumps, strict=True)]
    sizes[name] = 1 + sum(added)
    print(f"{name:18} 1 +", " + ".join(map(str, added)), "=", sizes[name], "pixels")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The pooling always adds its own 3 pixels. But behind the first convolution it also makes each later
# kernel add 8 and not 2; behind the third no layer is left to profit.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The four fields, over the paper between two digits
# Drawn to scale. Which of them touch both digits?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart = figures.show_two_digits(pairs, fields={str(size): size for size in sizes.values()})
plots.describe(chart, "17 and 71, with four nested windows between the two digits. The windows of 7 "
               "and 10 pixels hold paper and touch at most one digit; that of 16 reaches a few "
               "columns into both, that of 22 holds most of both.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# The paper is 9 pixels wide. To touch both digits a field must have 11 pixels, so for the two small
# fields "1 is on the left" is not a hard question but *no question*: no unit ever has both before
# it. We shall come back to this with the trained networks.


# %% slideshow={"slide_type": "skip"}
# Your turn, find the bug: this function counts from the top down, one unit, then the units it sees
# in the layer below, and so on to the pixels. Without strides it is right, with strides it gives too
# much.
def field_of(layers):  # a list of (kernel, stride), in the order in which the layers run
    size = 1
    for kernel, stride in reversed(layers):
        size = size * stride + kernel - 1
    return size


check("05.field_bug", field_of)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: large without strides
# Strides cost resolution: the last map of a pooled network is coarse. Networks that must answer for
# every pixel, or every moment of a sound, grow by dilation. Kernels of 3, no strides, dilation 1, 2,
# 4, 8 and so on: how many layers are needed for a field of at least `size` pixels? (224, by
# convolutions without dilation, takes 112.)


# %% slideshow={"slide_type": "skip"}
def layers_needed(size):
    # your code: return the number of layers
    return None


check("05.doubling", layers_needed)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does the gradient agree?
# Formulas can be wrong, so ask the network. The **gradient** of a unit with respect to a pixel says by
# how much the unit changes when the pixel does (notebook 4). Three convolutions with kernels of 3 and
# random weights, and the one unit in the middle: **predict** how many pixels have a gradient that is
# not 0.

# %% slideshow={"slide_type": "skip"}
x = rng.standard_normal((1, 1, 15, 15))
weights = [rng.standard_normal((1, 1, 3, 3)) for _ in range(3)]
gradient = np.zeros_like(x)
gradient[0, 0, 7, 7] = 1.0  # the unit in the middle, and no other
for weight in reversed(weights):
    gradient = numpy_ops.conv2d_backward(gradient, x, weight, padding=1).grad_x

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
seen = np.argwhere(gradient[0, 0])
print(f"{len(seen)} pixels, rows and columns {seen.min()} to {seen.max()}")
assert relative_error(experiments.gradient_by_torch(x, weights), gradient) <= 1e-12

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 49, the 7×7 of the formula, and PyTorch's autograd says the same. Where the gradient is *not* 0, the
# pixel is in the field. But a 0 proves nothing once a ReLU or a max pooling stands between: the unit
# may be off, or another pixel larger.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fields on a photo
# VGG-16 (notebook 19) has thirteen 3×3 convolutions in five blocks, and a pooling with stride 2 after
# each block. A unit near the cat's eyes: **predict** what the first convolution can know of the cat,
# what the seventh, and what the last.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
cat, gray = (datasets.photo("cat", size=224, gray=g) for g in (False, True))
with torch.device("meta"):  # shapes only, no weights
    vgg = models.build("vgg16")
vgg_fields = receptive_field(vgg)
named = {layer.name: layer for layer in vgg_fields.layers}
convolutions = [named[name] for name, layer in vgg.named_modules() if isinstance(layer, nn.Conv2d)]
shown = [convolutions[number] for number in (0, 6, 12)]
plots.describe(figures.show_fields(gray, shown, place=(112, 160)),
               "A cat, three times, and below it the field enlarged: nine gray pixels; the corner "
               "of an eye; most of the face.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nine pixels of fur, the corner of an eye, most of the face. The first can know an edge or a color,
# and never a cat: whatever it has learned, there is no cat in nine pixels.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
print("pixels seen by the thirteen convolutions:", *(layer.size for layer in convolutions))
print(datasets.photo_credit("cat"))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Every layer, every unit
# Move the unit, and choose another layer. At which does the field first hold a whole eye?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.receptive_field(cat, vgg_fields)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# The eye on the right is about 36 pixels wide and fits into the field of the seventh convolution, layer
# 15 of the figure, 40 pixels; the one on the left is about 55 and needs the eighth, layer 18, with 60.
# Within a block the field grows by equal steps, and after each pooling the steps double. Late units near the
# border look at more padding than photo. A field is a *limit*: what a unit does with what it sees, it
# has learned, and notebook 27 looks into that.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The classic networks
# For each the last layer *before* global pooling or flattening, where every unit sees everything. The
# last column is what Araujo, Norris and Sim (2019) print, where they print it. **Predict:** whose
# field is larger than its own image?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
printed = {"alexnet": 195, "vgg16": 212, "resnet50": 483}
names = ("lenet5_original", "alexnet", "vgg16", "vgg19", "googlenet", "resnet18", "resnet50",
         "mobilenet_v2", "efficientnet_b0")  # fmt: skip
print(f"{'network':16} image  field  jump  printed")
for name in names:
    with torch.device("meta"):
        classic = models.build(name)
    last, image = receptive_field(classic).last, classic.image_size[0]
    print(f"{name:16} {image:5}  {last.size:5}  {last.jump:4}  {printed.get(name, '')!s:>7}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# VGG-19 and all below it. (Near the border half of a field lies outside of the image.) And one row disagrees: for ResNet-50 we find 427, and 483 is printed.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who is wrong about ResNet-50?
# Nobody. A block of ResNet-50 (notebook 21) has a 1×1, a 3×3 and a 1×1 convolution, and in some blocks
# one of them has a stride of 2. The paper puts it on the *first* 1×1, torchvision and this
# course on the 3×3. **Predict:** which way sees more?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for where, flag in {"first 1×1, as published": True, "3×3, as in torchvision": False}.items():
    print(f"stride on the {where}: field {fields_of(experiments.resnet50_layers(flag))[0]}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The published one: with the stride first, the 3×3 after it already takes longer steps. But a 1×1 with
# stride 2 never looks at three of four units, so a larger field is not the better one here: which
# raises the question whether all pixels of a field matter.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Not all pixels count alike
# Follow a cone *upward*. Each number is used by three units of the next layer, so from one pixel
# several ways lead to the unit on top. Were all weights equal, their number would say how much the
# pixel counts. **Predict:** three layers of kernel 3, seven pixels. How many ways lead up from the
# middle pixel, and how many from one at the rim?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(figures.show_ways(3), "A triangle of numbers. The unit on top: 1. Below it 1 1 1, "
               "then 1 2 3 2 1, then at the pixels 1 3 6 7 6 3 1.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Seven and one. Each number is the sum of the numbers above it that its lines lead to. To reach the
# rim, every single step must go outward; to the middle there are many detours.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A walk at random
# Now choose one of the $3^n$ ways by chance, all alike. Going down, each layer moves you by −1, 0 or
# +1 pixels, so the pixel where you arrive is a sum of $n$ independent steps. Such a step has mean 0
# and a mean square, its *variance*, of $\tfrac13(1 + 0 + 1) = \tfrac23$. Variances of independent steps add
# up, and the spread is the root of their sum. So the ways are spread over the field like a **bell** with
#
# $$\text{field } r = 2n + 1 \qquad\qquad \text{spread } \sigma = \sqrt{2n/3} \quad\text{(pixels)}$$
#
# The field grows like $n$, but what counts of it only like $\sqrt n$: you walk back and forth.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: which reaches further?
# Two networks with random weights have the same field of 33 pixels. A has 16 layers of kernel 3, B
# has 4 layers of kernel 9. In which do pixels far from the middle count more?
#
# * **a** In B: a few long steps lead further away than many short ones.
# * **b** In A: each layer mixes once more, and A has four times as many.
# * **c** In neither: with equal fields, what counts is equally wide.
# * **d** In neither: with random weights all 33 pixels count alike.

# %% slideshow={"slide_type": "skip"}
check("05.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer (6 minutes): let four people walk it. Each throws a die twelve times: 1 and 2 is a
# step left, 5 and 6 a step right. Twelve steps allow 12 places to each side, and hardly anybody gets
# further than 6. The rule says a spread of √8 = 2.8.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Weights are not equal
# In a network each way has a product of weights, positive or negative, and the gradient of a pixel is
# their *sum*. They may cancel. Why should their number matter?
#
# Square the gradient. Then every pair of ways gives a term, the product of all weights on both.
# With weights drawn independently around 0, a weight that stands on only one of the two ways
# makes the mean of the whole term 0. What is left are the pairs of a way **with itself**: one positive
# term a way, all of the same mean. So
#
# $$\text{mean of (gradient)}^2 \;\propto\; \text{number of ways}$$
#
# The mean is over *networks*; Luo et al. (2016) call this map the **effective receptive field**.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One network, and forty
# Sixteen convolutions of kernel 3 with a ReLU behind each, and a field of 33×33. **Predict:** does the
# squared gradient of a single network look like a bell?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
walk = np.ones(1)
for _ in range(16):
    walk = np.convolve(walk, np.ones(3) / 3)
maps = {"one network": experiments.mean_field(16, seed=0, networks=1),
        "mean of 40 networks": experiments.mean_field(16, seed=0),
        "number of ways": np.outer(walk, walk)}  # fmt: skip
plots.describe(figures.show_shares(maps), "Three maps of 33 by 33 pixels. One network: scattered "
               "bright pixels around the middle. Mean of 40: a round bell. Number of ways: the "
               "same bell, smooth.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No: its weights are one draw, and the terms with mixed signs cancel only on average. Over forty networks
# the bell of the ways appears. The ReLU, which the argument left out, does not disturb it: it closes
# ways, but without preferring a side.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What counts grows with the root
# Fields and spreads for networks of 1 to 16 layers; each red ring is the mean of 40 networks, and
# there are three for each depth. Black bars: the rule.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
depths = np.array([1, 2, 4, 8, 16])
spreads = np.array([[experiments.spread(experiments.mean_field(int(n), seed=s)) for s in seeds]
                    for n in depths])  # fmt: skip
ax = figures.show_spreads(depths, spreads, fields=2 * depths + 1)
plots.describe(ax, "Pixels against layers. The field climbs in a straight line to 33. The measured "
               "spread lies on the bars of the rule and reaches only 3.3.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
for n, values in zip(depths, spreads, strict=True):
    rule = np.sqrt(2 * n / 3)
    print(f"{n:2} layers: spread {np.round(values, 2)}, rule {rule:.2f}, "
          f"four spreads are {4 * values.mean() / (2 * n + 1):.0%} of the field")  # fmt: skip
    assert abs(values / rule - 1).max() < 0.06

# %% [markdown] slideshow={"slide_type": "fragment"}
# The rule holds within a few percent at every depth. Four spreads hold about 95 % of a bell: that is
# the whole field at one layer, and two fifths of it at sixteen. A deep network *could* look far; with
# random weights it looks at its middle.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does training widen it?
# Luo et al. report that the effective field grew when they trained their networks. Try it: six 3×3
# convolutions with batch norm (notebook 11) learn to read digits of 8×8 pixels anywhere on 16×16.
# **Predict:** wider, narrower or the same?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
trained = [experiments.spread_after_training(seed=s) for s in seeds]
for s, (before, after, accuracy) in zip(seeds, trained, strict=True):
    print(f"seed {s}: spread {before:.2f} → {after:.2f} px, {accuracy:.0%} right")
    assert after < before and accuracy > 0.5

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Narrower, on every seed. That does not refute Luo et al., whose networks, images and tasks were
# larger. But growth is no law. Our guess: strokes of 3 or 4 pixels tell a digit of 8, so here nothing
# rewards a wide look.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Back to 17 and 71
# Show each trained network an unseen pair, swap the digits, and see how much its scores
# change. **Predict** the largest change over 150 pairs and three seeds, for fields of 7 and 10 pixels.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
for name, place in places.items():
    change = experiments.change_when_swapped(place, seeds=seeds)
    print(f"{name:18} {sizes[name]:2} px  ", *np.round(change, 3))
    assert (max(change) == 0) == (sizes[name] < 11)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Exactly 0. Every window of 7 or 10 pixels holds at most one digit, so both orders contain *the same
# windows*, only at other places. They give the same numbers, and the global maximum does not ask
# where. So one of the two orders is read right: exactly half.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Seeing, and learning to see
# The first picture again; now each network stands at its field.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ax = figures.show_readers(read, sizes=list(sizes.values()), needed=11)
plots.describe(ax, "Share read right against the field. Fields of 7 and 10, left of the line at 11 "
               "pixels: 0.5. A field of 16: 0.5 to 0.7. A field of 22: 1.0.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why the same layer helps in one place only
# A stride multiplies what every *later* layer adds. At the end there is none, so the field stays at 10
# and the order stays out of sight: no data, no training and no width can help. At the front the field
# jumps to 22, and the task becomes easy.
#
# Behind the second convolution the field of 16 does touch both digits, by about three columns each.
# The network could see the order, yet 120 steps taught it little, and on one seed nearly nothing. A
# field is a limit, not a promise: what lies at its rim has few ways to the unit.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Your own network, your own photo
# Put your module in place of this one. The last line, without its #, opens the live figure for it, and
# the path of a photo of yours may stand in place of `"cat"`.

# %% slideshow={"slide_type": "skip"}
mine = nn.Sequential(
    nn.Conv2d(3, 8, 7, stride=2, padding=3), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1),
    nn.Conv2d(8, 16, 3, padding=2, dilation=2), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1),
)  # fmt: skip
seen = receptive_field(mine).last
print(f"{seen.size} pixels, {seen.jump} pixels from unit to unit, the first at {seen.start:g}")
# live.receptive_field(datasets.photo("cat", size=224), receptive_field(mine))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. What does a 1×1 convolution with stride 2 add to the field?
# <details><summary>Answer</summary>Nothing by itself: (1 − 1) · jump = 0. But it doubles the jump, so
# every layer after it adds twice as much.</details>
#
# 2. Two layers of 3×3, or one of 5×5: which sees more?
# <details><summary>Answer</summary>Both see 5×5. Notebook 19 asks which is better.</details>
#
# 3. Does padding change the size of a field?
# <details><summary>Answer</summary>No, only its place: the first field then starts outside of the
# image.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Would the network without pooling learn 17 and 71 with ten times as many images?
# <details><summary>Answer</summary>No. Both orders give it the same numbers, so whatever it answers is
# right for one of the two.</details>
#
# 5. And with a dense layer on the whole last map in place of the global maximum?
# <details><summary>Answer</summary>Yes: a dense layer sees every place, so its field is the whole
# image. It has another weight for every place, though (notebook 6).</details>
#
# 6. A pixel's gradient is 0 in a trained CNN. Is it outside of the field?
# <details><summary>Answer</summary>Not necessarily: a ReLU on the way may be off for this image, or a
# max pooling may have chosen another number.</details>
#
# 7. You make a network four times as deep, kernels of 3 only. How much wider is what counts?
# <details><summary>Answer</summary>About twice: √4. The field is four times as wide.</details>

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ## What you saw
# * A unit cannot know what lies outside of its field: with 10 pixels, 17 and 71 are the same image.
# * Each layer adds $D(K - 1)$ jumps; a stride multiplies the jump for all *later* layers. So size,
#   jump and start follow from the layers alone.
# * What counts is a bell of spread $\sqrt{2n/3}$, on average over networks: it grows with the root of
#   the depth. In our networks training made it narrower.
#
# **On your own** Design a network of at most eight layers whose field is exactly 224, and say first
# why kernels of 3 with stride 1 can never do it. Can a dilation replace the pooling in
# `experiments.reader`?

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `fields_of` | `analysis/receptive_field.py` | `tests/analysis/test_receptive_field.py` |
# | effective field | `analysis/receptive_field.py` | `tests/analysis/test_receptive_field.py` |
# | 17 and 71, forty networks | `lessons/receptive_fields/experiments.py` | `tests/lessons/receptive_fields/test_experiments.py` |
#
# **Sources** Araujo, Norris and Sim 2019, *Computing receptive fields of convolutional neural
# networks*, Distill, doi:10.23915/distill.00021 (recursion, closed form, published fields) · Luo, Li,
# Urtasun and Zemel 2016, *Understanding the effective receptive field in deep convolutional neural
# networks*, arXiv:1701.04128 (ways, bell, growth in training) · He et al. 2016, *Deep residual
# learning for image recognition*, table 1 · Digits: Alpaydin and Kaynak 1998, UCI Machine Learning
# Repository.
#
# **Next** 6, equivariance and invariance: what happens to a map when the image moves.
