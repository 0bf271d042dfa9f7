# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 5. Work out what each unit of a network sees
#
# **You will** follow a unit back to its pixels, compute the size and place of its receptive field,
# check classic networks, and measure which of those pixels really count.
# **You need** stride and padding (notebook 3). **Time** 45 min, CPU.
#
# | here | package | test | source |
# |---|---|---|---|
# | size, jump, start | `analysis/receptive_field.py` | `tests/analysis/test_receptive_field.py` | Araujo et al. 2019 |
# | effective field | `analysis/receptive_field.py` | `tests/analysis/test_receptive_field.py` | Luo et al. 2016 |
# | classic networks | `models/` | `tests/models/test_families.py` | their papers |

# %% slideshow={"slide_type": "skip"}
from math import prod

import numpy as np
import torch
from torch import nn

from course_lib import datasets, models, numpy_ops, plots, training
from course_lib.analysis.receptive_field import effective_receptive_field as effective_field
from course_lib.analysis.receptive_field import field_spread, receptive_field
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.receptive_fields import figures, live
from course_lib.parity import TOLERANCES, relative_error

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ## Follow one unit back
# A **unit** is one number of a layer's output. Its **receptive field** is the part of the input that
# can change it.
#
# A layer with a kernel of 3 lets a unit see 3 numbers of the layer below. **Predict:** how many
# *pixels* does a unit of the second such layer see? And with a pooling of stride 2 in between?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ax = figures.show_field_cone([(3, 1), (2, 2), (3, 1)], length=14, unit=1)
plots.describe(ax, "A row of 14 pixels and three rows of units above it. From one unit at the top "
               "lines lead down to 3 units, then to 6, then to 8 blue pixels.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# Read from the top: 3 units, which lie 2 apart; 6 units below them; 8 pixels.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: count aloud, row by row, from the top down. Then cover the picture and let the
# hall do a stride of 3. The deck says that the first field is the filter size and that fields grow:
# both right. How fast they grow is this notebook.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: by hand
# A 3×3 convolution, a 2×2 pooling with stride 2, a 3×3 convolution: the size of the field after
# each of the three?

# %% slideshow={"slide_type": "fragment"}
answer = ...  # such as [1, 2, 3]
check("05.by_hand", answer)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ## Three numbers a layer
# $$r_l = r_{l-1} + D_l\,(K_l - 1)\; j_{l-1} \qquad j_l = j_{l-1}\, S_l \qquad
# c_l = c_{l-1} + \left(\tfrac{D_l (K_l - 1)}{2} - P_l\right) j_{l-1}$$
#
# | symbol | what, in pixels | before the first layer |
# |---|---|---|
# | $r_l$ | **size** of the field | 1 |
# | $j_l$ | **jump**: from one unit's field to the next one's | 1 |
# | $c_l$ | **start**: center of the first unit's field | 0 |
#
# All are single numbers, one of each for each layer $l$ and image axis. Kernel $K$, stride $S$,
# padding $P$, dilation $D$ belong to the layer.

# %% [markdown] slideshow={"slide_type": "skip"}
# Why: a unit of layer $l$ sees $K_l$ units of the layer below. The first and the last of them are
# $K_l - 1$ steps apart, and one step is $j_{l-1}$ pixels. So the field gets that much wider. A
# stride makes all later steps longer, not its own.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In code, and checked against the package


# %% slideshow={"slide_type": "fragment"}
def fields_of(layers):
    size, jump, start = 1, 1, 0.0
    for kernel, stride, padding in layers:
        size += (kernel - 1) * jump
        start += ((kernel - 1) / 2 - padding) * jump
        jump *= stride
    return size, jump, start


layers = [(3, 1, 1), (2, 2, 0), (5, 2, 2), (3, 1, 0)]
network = nn.Sequential(*(nn.Conv2d(1, 1, k, stride=s, padding=p) for k, s, p in layers))
print("by the recursion (size, jump, start):", fields_of(layers))
print(receptive_field(network))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: the size alone


# %% slideshow={"slide_type": "fragment"}
def field_size(layers):
    # layers is a list of (kernel, stride); your code: return the size of the field
    return None


check("05.field_size", field_size)
# hint("05.field_size")
# solution("05.field_size")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ### Closed form
# Put the recursion into itself. The jump before layer $l$ is the product of all strides before it:
#
# $$r_L = 1 + \sum_{l=1}^{L} (K_l - 1) \prod_{i<l} S_i \qquad
# c_L = \sum_{l=1}^{L} \left(\tfrac{K_l-1}{2} - P_l\right) \prod_{i<l} S_i$$
#
# Without strides every 3-pixel layer adds 2: slow. Every stride of 2 doubles the growth of *all*
# later layers: fast.

# %% slideshow={"slide_type": "fragment"}
strides = [stride for _, stride, _ in layers]
jumps = [prod(strides[:number]) for number in range(len(layers))]
size = 1 + sum((k - 1) * jump for (k, _, _), jump in zip(layers, jumps, strict=True))
start = sum(((k - 1) / 2 - p) * jump for (k, _, p), jump in zip(layers, jumps, strict=True))
print("closed form (size, jump, start):", (size, prod(strides), start))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: find the bug
# Without strides this function is right. With strides it gives too much.


# %% slideshow={"slide_type": "fragment"}
def field_of(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size


check("05.field_bug", field_of)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: how deep?
# An image has 224 pixels along an axis. How many 3×3 layers of stride 1 does it take to see all of
# it? Guess first, then write the function for any size.


# %% slideshow={"slide_type": "fragment"}
def layers_needed(size):
    # your code: the number of layers whose field is at least `size` pixels
    return None


check("05.layers_needed", layers_needed)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does the gradient agree?
# A pixel lies in the field if it can change the unit: if the **gradient** of the unit with respect
# to the pixel is not 0. The gradient says by how much the unit changes when a pixel does (notebook
# 8).
#
# **Predict:** three 3×3 layers. How many pixels have a gradient?

# %% slideshow={"slide_type": "fragment"}
x = rng.standard_normal((1, 1, 15, 15))
weights = [rng.standard_normal((1, 1, 3, 3)) for _ in range(3)]
inputs = [x]
for weight in weights:
    inputs.append(numpy_ops.conv2d(inputs[-1], weight, padding=1))
gradient = np.zeros_like(inputs.pop())
gradient[0, 0, 7, 7] = 1.0  # the unit in the middle, and no other
for before, weight in zip(reversed(inputs), reversed(weights), strict=True):
    gradient = numpy_ops.conv2d_backward(gradient, before, weight, padding=1).grad_x
seen = np.argwhere(gradient[0, 0])
print("rows and columns with a gradient: from", seen.min(0), "to", seen.max(0), len(seen), "pixels")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same by PyTorch

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
x_torch = torch.from_numpy(x).requires_grad_()
y_torch = x_torch
for weight in weights:
    y_torch = nn.functional.conv2d(y_torch, torch.from_numpy(weight), padding=1)
y_torch[0, 0, 7, 7].backward()
error, tolerance = relative_error(x_torch.grad, gradient), TOLERANCES["float64"].gradient
assert error <= tolerance
print(f"shape {gradient.shape}, largest error {error:.0e}, tolerance {tolerance:.0e}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fields on a photo
# VGG-16 has thirteen 3×3 convolutions and five poolings. **Predict:** what can a unit of the first
# layer know of the cat? And of the last one?

# %% slideshow={"slide_type": "fragment"}
cat = datasets.photo("cat", size=224)
with torch.device("meta"):  # shapes only, no weights
    vgg_fields = receptive_field(models.build("vgg16"))
convolutions = [layer for layer in vgg_fields.layers if layer.type == "Conv2d"]
print("sizes:", *(layer.size for layer in convolutions))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=3, height=2.5)
for ax, number in zip(axes[0], (1, 6, 12), strict=True):
    layer = convolutions[number]
    figures.show_field(cat, layer, row=112 // layer.jump, column=160 // layer.jump, ax=ax)
    ax.set(title=f"convolution {number + 1}: {layer.size} px", xticks=[], yticks=[])
    ax.set(xlabel="", ylabel="", xlim=(-8, cat.shape[2] + 8), ylim=(232, -8))
plots.describe(chart, "A cat, three times. The second convolution of VGG-16 sees a speck between "
               "its eyes, the seventh the bridge of its nose, the thirteenth most of "
               "its face.")  # fmt: skip

# %% slideshow={"slide_type": "skip"}
datasets.photo_credit("cat")

# %% [markdown] slideshow={"slide_type": "skip"}
# Choose a layer, by mouse or with the arrow keys, and move its unit over the photo. Photo and blue
# frame are the input; green is what the unit sees. **Predict** first: at which layer does the
# field first hold a whole eye? When does it reach over the edge?

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
live.receptive_field(cat, vgg_fields)

# %% [markdown] slideshow={"slide_type": "skip"}
# The field grows slowly within a block and doubles its pace after every pooling. Near the border
# many late units look at zeros of the padding more than at the photo.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: in a live session let the hall call out a layer. "Early layers see local
# features, deep layers global patterns", says the deck: the field gives the *limit* of what a unit
# can see. It does not say what it has learned to look at.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The classic networks
# For each: the field of the last layer that does not see the whole image. Beside it the published
# value, by the closed form of Araujo et al.
#
# **Predict:** whose field is larger than its own image?

# %% slideshow={"slide_type": "fragment"}
names = ("lenet5_original", "alexnet", "vgg16", "vgg19", "googlenet", "resnet18", "resnet50",
         "mobilenet_v2", "efficientnet_b0")  # fmt: skip
print(f"{'network':16} image  field  published  jump  larger than the image")
for name in names:
    with torch.device("meta"):
        network = models.build(name)
    last, published = receptive_field(network).last, models.facts(name).published.receptive_field
    image = network.image_size[0]
    print(f"{name:16} {image:5}  {last.size:5}  {published:9}  {last.jump:4}  {last.size > image}")

# %% [markdown] slideshow={"slide_type": "skip"}
# Most modern networks could see more than there is. A field that is larger than the image still
# helps: units near the border see all of it as well.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A table with two answers for ResNet-50
# Araujo et al. print 195 for AlexNet, 212 for VGG-16 and 483 for ResNet-50. We got another number
# for the last. In the paper the stride of a block is on its first 1×1 convolution; torchvision, and
# `course_lib.models`, have it on the 3×3. **Predict:** which way sees more?


# %% slideshow={"slide_type": "fragment"}
def resnet50(stride_on_first):
    layers = [(7, 2, 3), (3, 2, 1)]
    for blocks, stride in ((3, 1), (4, 2), (6, 2), (3, 2)):
        for number in range(blocks):
            s = stride if number == 0 else 1
            first, second = (s, 1) if stride_on_first else (1, s)
            layers += [(1, first, 0), (3, second, 1), (1, 1, 0)]
    return layers


for where, flag in {"first 1×1, as published": True, "3×3, as in torchvision": False}.items():
    print(f"stride on the {where}: field {fields_of(resnet50(flag))[0]}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# With the stride first, the 3×3 after it takes longer steps. But a strided 1×1 throws three of four
# units away unseen: a larger field is not the same as a better one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Not all pixels count alike
# In the first picture, how many *ways* lead from a pixel up to the unit? From the rim only one, from
# the middle many. If all weights are equal, the gradient of a pixel is the number of its ways.
#
# **Predict:** the shape of the gradient along a row, after ten layers of kernel 3.

# %% slideshow={"slide_type": "fragment"}
ways = {1: np.full(3, 1 / 3)}
for depth in range(2, 11):
    ways[depth] = np.convolve(ways[depth - 1], ways[1])
place = np.arange(-10, 11)
shown = {f"depth {depth}": np.pad(ways[depth], 10 - depth) for depth in (1, 3, 10)}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ax = plots.show_curves(place, shown, x_label="place in the field (pixels)", y_label="share of ways",
                       ax=plots.figure(width=7, height=3)[1][0, 0])  # fmt: skip
ax.set_xticks(range(-10, 11, 5))
plots.describe(ax, "Share of ways against place. One layer: flat over three pixels. Three layers: "
               "a hill. Ten layers: a bell, wide but almost zero in its outer third.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A bell of known width
# Each layer is a random step of −1, 0 or +1. Such a step has variance
# $\tfrac13(1 + 0 + 1) = \tfrac23$; variances of independent steps add up:
#
# $$\text{field } r = 2n + 1 \qquad \text{spread } \sigma = \sqrt{2n/3}$$
#
# for $n$ layers; all are single numbers, in pixels. The field grows like $n$, what counts of it only
# like $\sqrt n$.

# %% slideshow={"slide_type": "fragment"}
for depth in (1, 3, 10):
    places = np.arange(2 * depth + 1) - depth
    sigma = np.sqrt((ways[depth] * places**2).sum())
    print(f"{depth:2} layers: field {2 * depth + 1:2}, spread {sigma:.3f}, "
          f"√(2n/3) = {np.sqrt(2 * depth / 3):.3f}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: why do middle pixels count more?
#
# * **a** Kernels learn larger weights in their middle.
# * **b** Many ways lead from a middle pixel to the unit, and only one from a corner.
# * **c** Zero padding weakens the rim.
# * **d** ReLU switches off units that see the rim.

# %% slideshow={"slide_type": "fragment"}
check("05.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The effective receptive field
# Real kernels are not equal. Luo et al. 2016 take random images, compute the gradient of a unit in
# the middle, and average its square over the images: the **effective** receptive field.
#
# **Predict:** with random weights and ReLU, does $\sqrt{2n/3}$ still hold?


# %% slideshow={"slide_type": "fragment"}
def stack(depth, seed):
    torch.manual_seed(seed)
    layers = []
    for number in range(depth):
        conv = nn.Conv2d(1 if number == 0 else 8, 8, 3, padding=1, bias=False)
        nn.init.kaiming_normal_(conv.weight)
        layers += [conv, nn.ReLU()]
    return nn.Sequential(*layers)


def effective(network, size, seed):
    generator = torch.Generator().manual_seed(seed)
    return effective_field(network, (8, 1, size, size), generator=generator)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four depths, three seeds
# Each map is as large as the theoretical field: $2n + 1$ pixels wide.

# %% slideshow={"slide_type": "fragment"}
depths = np.array([2, 4, 8, 16])
fields = {(n, s): effective(stack(n, s), 2 * n + 1, s) for n in depths for s in range(3)}
spreads = np.array([[np.mean(field_spread(fields[n, s])) for s in range(3)] for n in depths])

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=3, height=2.7)
for ax, n in zip(axes[0], depths[[0, 2, 3]], strict=True):
    field = fields[n, 0].numpy()
    plots.show_map(field / field.max(), unit="share of the largest", title=f"{n} layers",
                   signed=False, ticks=False, role="gradient", ax=ax)  # fmt: skip
plots.describe(chart, "Three maps, each as large as its theoretical field. For 2 layers most of the "
               "5 by 5 pixels are bright. For 16 layers only a blob in the middle of 33 by 33 "
               "is.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Measured and predicted spread

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
rule = np.sqrt(2 * depths / 3)
curves = {"theoretical field / 4": (2 * depths + 1) / 4, "√(2n/3)": rule,
          "measured, mean of 3 seeds": spreads.mean(1)}  # fmt: skip
ax = plots.show_curves(depths, curves, x_label="layers n", y_label="spread (pixels)", markers=True,
                       ax=plots.figure(width=7.5, height=3.6)[1][0, 0])  # fmt: skip
plots.describe(ax, "Spread against depth. A quarter of the theoretical field rises in a straight "
               "line; the measured spread follows the square root below it.")  # fmt: skip

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
for n, values, wanted in zip(depths, spreads, rule, strict=True):
    print(f"{n:2} layers: spread {values.mean():.2f} ± {values.std():.2f}, √(2n/3) = {wanted:.2f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Does the rule hold?
# Four spreads hold about 95% of a bell. How large a share of the theoretical field is that?

# %% slideshow={"slide_type": "fragment"}
share = 4 * spreads.mean(1) / (2 * depths + 1)
print("within 10% of √(2n/3) at every depth:", "yes" if (
    abs(spreads.mean(1) / rule - 1) < 0.1).all() else "no")  # fmt: skip
print("share of the field that counts falls with depth:", "yes" if (
    np.diff(share) < 0).all() else "no")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# The rule holds for random weights: ReLU and chance change little on average. At two layers nearly the whole field counts, at 16 layers less than half of
# its width.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does training widen it?
# Luo et al. report that the effective field grew in the networks that they trained. Let us see in
# ours: six 3×3 convolutions with batch norm (notebook 11), trained to read digits at random places.
#
# **Predict:** wider, narrower, or the same?


# %% slideshow={"slide_type": "fragment"}
def six_convolutions():
    layers = []
    for number in range(6):
        conv = nn.Conv2d(1 if number == 0 else 16, 16, 3, padding=1)
        layers += [conv, nn.BatchNorm2d(16), nn.ReLU()]
    return nn.Sequential(*layers)


def spread_of(network, seed):
    return np.mean(field_spread(effective(network, 19, seed)))


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Before and after, three times

# %% slideshow={"slide_type": "fragment"}
before, after, accuracy = np.zeros(3), np.zeros(3), np.zeros(3)
for s in range(3):
    digits = datasets.load("shifted_digits", num_train=1000, num_test=300, size=16, width=8, seed=s)
    torch.manual_seed(s)
    seeing = six_convolutions()
    reader = nn.Sequential(seeing, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(16, 10))
    before[s] = spread_of(seeing, s)
    history = training.fit(reader, digits, epochs=3, batch_size=32, optimizer="adam",
                           learning_rate=0.01, schedule="one_cycle", device="cpu", seed=s,
                           progress=False)  # fmt: skip
    after[s], accuracy[s] = spread_of(seeing, s), history.test_accuracies[-1]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The verdict

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
for s in range(3):
    print(f"seed {s}: spread {before[s]:.2f} → {after[s]:.2f} pixels, accuracy {accuracy[s]:.2f}")
print(f"mean {before.mean():.2f} ± {before.std():.2f} → {after.mean():.2f} ± {after.std():.2f}")

# %% slideshow={"slide_type": "fragment"}
print("every network learned (accuracy above 0.5):", "yes" if (accuracy > 0.5).all() else "no")
print("the field grew on every seed:", "yes" if (after > before).all() else "no")

# %% [markdown] slideshow={"slide_type": "skip"}
# Here training did not widen the field. That does not refute Luo et al.: their networks, images and
# tasks were larger. It says that growth is no law. A digit of 8 pixels can be read with a small
# field, so this task gives little reason to widen it.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: a measurement that disagrees with a paper is worth a minute. Ask what should be
# changed to be fair to the paper: larger objects, a deeper network, longer training.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your own network, your own photo
# Any module that PyTorch can trace will do: put yours in place of this one. For a photo of yours,
# write its path in place of `"cat"`.

# %% slideshow={"slide_type": "fragment"}
mine = nn.Sequential(
    nn.Conv2d(3, 8, 7, stride=2, padding=3), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1),
    nn.Conv2d(8, 16, 3, padding=2, dilation=2), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1),
)  # fmt: skip
mine_fields = receptive_field(mine)
print(mine_fields)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
live.receptive_field(datasets.photo("cat", size=224), mine_fields)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. What does a 1 × 1 convolution add to the field?
# <details><summary>Answer</summary>Nothing: (1 − 1) · jump = 0.</details>
#
# 2. Two layers of 3 × 3, or one of 5 × 5: which sees more?
# <details><summary>Answer</summary>Both see 5 × 5. Notebook 19 asks which is better.</details>
#
# 3. Does padding change the size of a field?
# <details><summary>Answer</summary>No, only its place: the first field starts outside of the image.
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. A layer has dilation 4 and kernel 3. How much does it add at jump 1?
# <details><summary>Answer</summary>4 · (3 − 1) = 8.</details>
#
# 5. A network for 32-pixel images has a field of 12. What can its last convolution not know?
# <details><summary>Answer</summary>How parts that lie more than 12 pixels apart go together. Layers
# after it, such as a dense one, may still find out.</details>
#
# 6. You make a network four times as deep, 3 × 3 layers only. How much wider is what counts?
# <details><summary>Answer</summary>About twice: √4.</details>

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Receptive Fields: What Each Neuron Sees"]
# ## What you saw
# * The field of the first layer is its kernel. Each layer adds $(K - 1)$ jumps; strides multiply the
#   jump.
# * Size, jump and start follow from the layers alone, and agree with the gradient and with published
#   values. Where a stride sits inside a block changes the field.
# * What counts is a bell of spread $\sqrt{2n/3}$: it grows with the root of the depth.
# * In our networks training did not widen it.
#
# **On your own** Design a network of at most eight layers whose field is exactly 224. Replace the
# poolings of a small network by dilation and compare. Measure `effective_receptive_field` with a
# residual connection around every two layers: wider or narrower?

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources** Araujo, Norris and Sim 2019, *Computing receptive fields of convolutional neural
# networks*, Distill, doi:10.23915/distill.00021. Luo, Li, Urtasun and Zemel 2016, *Understanding the
# effective receptive field in deep convolutional neural networks*, arXiv:1701.04128. He et al. 2016,
# *Deep residual learning*, table 1.
#
# **Next** 6, equivariance and invariance: what happens to a map when the image moves.
