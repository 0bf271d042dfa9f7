# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 19. Stack small kernels
#
# **You will** let two small kernels compete with a large one, rebuild the network that has nothing
# else, and find out where its 138 million parameters and its memory sit.
# **You need** convolution (notebook 3), receptive fields (5) and ReLU (7). **Time** 60 min, CPU.
#
# In 2014 a network for photos began with kernels of 11×11 or 7×7 pixels, because small kernels see so
# little. Karen Simonyan and Andrew Zisserman of Oxford's Visual Geometry Group, VGG, used 3×3 *only*.
# Is that not a step back? Let us try it on a photo that has been spoiled.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from torch import nn

from course_lib import models, numpy_ops, plots
from course_lib.analysis import complexity, network_blocks, receptive_field
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.vgg import experiments, figures
from course_lib.live import architecture
from course_lib.parity import relative_error
from course_lib.parity.whole import network_errors

rng = np.random.default_rng(seed=0)
seeds, six_seeds = (0, 1, 2), range(6)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Every fifth pixel is lost
# A tenth of the pixels became black and a tenth white, as in a bad transmission. A network looks at 5×5
# pixels and says what the middle one was. It trains on three photos and is tried on this one.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
photo = experiments.held_back_photo()
inside = (slice(2, -2), slice(2, -2))
plots.describe(
    figures.show_photos({"as it was": photo.clean, "spoiled": photo.spoiled[inside]}),
    "An astronaut in gray, and the same photo strewn with black and white dots.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two ways to look at 25 pixels
# Both have 8 channels, and both see the same window.
#
# * **one 5×5**: a convolution of 8 to 8 channels with 1,600 weights, then ReLU.
# * **two 3×3**: a convolution and ReLU, twice, with 576 weights each, 1,152 together.
#
# In front stands a 1×1 convolution with ReLU that makes 8 channels of the pixels, and behind it one
# that makes one number of the 8.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same crops, the same steps
# A point is one network, from one of six seeds; the bar is their mean.
#
# **Predict:** which of the two cleans better?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
kinds = ("one 5×5", "two 3×3")
cleaned = {kind: experiments.clean(kind, seeds=six_seeds) for kind in kinds}
errors = {kind: each.errors for kind, each in cleaned.items()}
error_of = "error on a new photo (root of the mean square, white = 1)"
plots.describe(plots.show_rows(errors, label=error_of, means=True), "Two rows of six points. The mean "
               "error of two 3×3 lies clearly to the left of that of one 5×5, and the rows overlap.")  # fmt: skip
for kind, each in errors.items():
    print(
        f"{kind}: {each.mean():.3f} ± {each.std(ddof=1):.3f}, best {each.min():.3f}, worst {each.max():.3f}"
    )
assert errors["two 3×3"].mean() < 0.93 * errors["one 5×5"].mean()

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Fewer weights, and better
# The two small ones, on average; single seeds overlap. They have 28 % fewer weights, see the same pixels
# and train for the same 800 steps. Here is what the first seed's made.
#
# **What do two small kernels have that a large one has not, and what did a whole network of them
# cost?**

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
pictures = {"spoiled": photo.spoiled[inside]} | {k: cleaned[k].pictures[0] for k in kinds}
plots.describe(
    figures.show_photos(pictures),
    "The spoiled astronaut, and what one 5×5 and two 3×3 made of it: nearly all dots are gone, and "
    "the picture of two 3×3 has fewer spots left.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## They see the same
# One unit of the second layer sees 3×3 units of the first. Each of these sees 3×3 pixels, and
# neighbors overlap by two. Together they see 5×5.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_windows(),
    "Three grids: one green unit, the nine orange units it sees, and the 25 blue pixels that these "
    "see. Thick frames mark a window of 3×3 in the pixels and in the units.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Each layer adds two pixels
# A 3×3 kernel reaches one unit further on each side (notebook 5). So $n$ layers see $1 + 2n$ pixels
# along an axis: 3, 5, 7, … For $C$ channels in and out, without biases:
#
# | field | large kernel | stack of 3×3 | saved |
# |---|---|---|---|
# | 5×5 | $25\,C^2$ | $2 \cdot 9\,C^2 = 18\,C^2$ | 28 % |
# | 7×7 | $49\,C^2$ | $3 \cdot 9\,C^2 = 27\,C^2$ | 45 % |
# | $K \times K$ | $K^2 C^2$ | $\frac{K - 1}{2} \cdot 9\,C^2$ | |
#
# $K$ is an odd kernel size, $C^2$ stands for the pairs of an input and an output channel.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# A 7×7 convolution leads from 10 channels to 10. Three 3×3 convolutions of 10 channels see as much.
# How many weights do they save, biases left out?

# %% slideshow={"slide_type": "skip"}
saved = ...  # your number
check("19.saved", saved)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a stack for any field
# How many 3×3 convolutions see as much as one of `kernel` × `kernel`, and how many weights have they
# together?


# %% slideshow={"slide_type": "skip"}
def stack(kernel, channels):
    # your code: return two numbers, the layers and their weights
    return None


check("19.stack", stack)
# hint("19.stack")
# solution("19.stack")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is it the ReLU between?
# Take it out. Then two convolutions follow each other directly, and both only multiply and add. Put
# the second sum into the first, along one axis, with kernels $a$ and $b$ of 3 taps:
#
# $$y_i = \sum_{v} b_v \sum_{u} a_u\, x_{i + v + u} = \sum_{w} \Big(\sum_{u} a_u\, b_{w - u}\Big) x_{i + w}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | pixels | (W,) |
# | $a, b$ | taps of the first and second kernel; 0 outside | (3,) |
# | the bracket | one kernel, for $w = 0 … 4$ | (5,) |
#
# Two linear steps are one linear step, with a kernel of 5.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Two kernels merged into one
# The same on an image, with one channel: the merged kernel is the *full* convolution of the two.

# %% slideshow={"slide_type": "skip"}
x = rng.standard_normal((1, 1, 9, 8))
a, b = rng.standard_normal((2, 1, 1, 3, 3))
in_two_steps = numpy_ops.conv2d(numpy_ops.conv2d(x, a), b)
merged = numpy_ops.conv2d(a, b[..., ::-1, ::-1], padding=2)  # (1, 1, 5, 5)
print("merged kernel:", merged.shape)
assert relative_error(numpy_ops.conv2d(x, merged), in_two_steps) < 1e-12
with_relu = numpy_ops.conv2d(np.maximum(numpy_ops.conv2d(x, a), 0), b)
assert relative_error(with_relu, in_two_steps) > 0.1  # the ReLU makes the difference

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The control
# So without the ReLU the stack can do *nothing* that the 5×5 cannot: it is a 5×5 whose taps are tied
# together, 18 numbers for 25. A fair test of the ReLU is therefore to remove it and nothing else.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nothing else is changed
# **Predict:** where will the control end: with the two 3×3, or with the one 5×5?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
control = "two 3×3, no ReLU between"
errors[control] = experiments.clean(control, seeds=six_seeds).errors
plots.describe(
    plots.show_rows(errors, label=error_of, means=True),
    "Three rows of six points: two 3×3 have the smallest errors on average; without the ReLU "
    "between, the errors are larger again, about as large as those of one 5×5.",
)
assert errors["two 3×3"].mean() < 0.93 * errors[control].mean()
print(f"{control}: {errors[control].mean():.3f} ± {errors[control].std(ddof=1):.3f}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Without the ReLU the gain is gone
# On average it falls back to the 5×5 or behind it. The same weights in the same two layers lose their
# advantage when the bend between them is gone. A large kernel asks one question about 25 pixels. A stack asks small
# questions first, and *decides*, by its ReLU, what to hand on.
#
# Although: the control has fewer free numbers than the 5×5, and writing one linear map as two changes
# the way that gradient descent takes, which has nothing to do with what a network can compute.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the authors measured
# On ImageNet they replaced each pair of 3×3 layers in their column B by a single 5×5. The top-1 error
# was 7 % higher (section 4.1). They give two reasons in section 2.3: more ReLUs, so that the
# decision can be sharper, and fewer parameters, a 7×7 kernel *forced* to be built of 3×3 ones.
#
# Only a control can tell such reasons apart. Ours says that the first carries the gain, or most of it.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# Two 3×3 convolutions with no ReLU between them are to replace a 5×5 one, with C channels all the way.
# What can they compute?
#
# * **a** More than the 5×5: there are two layers, and depth always adds.
# * **b** Some of what the 5×5 can, and nothing else: two linear steps are one.
# * **c** Exactly what the 5×5 can: the fields are the same.
# * **d** Nothing that resembles it: they see only 3×3 pixels.

# %% slideshow={"slide_type": "skip"}
check("19.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Popular CNN Architectures"]
# ## A network of nothing else
# VGG has one rule: 3×3 convolutions with padding 1 and ReLU, so the maps keep their size; then max
# pooling 2×2, which halves it; then twice the channels, up to 512. Three dense layers end it.
#
# | column | 64 ch. | 128 | 256 | 512 | 512 | layers with weights |
# |---|---|---|---|---|---|---|
# | A | 1 | 1 | 2 | 2 | 2 | 11 |
# | B | 2 | 2 | 2 | 2 | 2 | 13 |
# | D | 2 | 2 | 3 | 3 | 3 | 16 |
# | E | 2 | 2 | 4 | 4 | 4 | 19 |
#
# Column C is D with three 1×1 kernels. Depth is the only thing that changes: this makes the table an
# experiment.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The drawing, from the network itself
# Boxes are as high as the maps and as wide as their channels are many: pixels are traded for channels,
# from left to right.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
names = ("vgg11", "vgg13", "vgg16", "vgg19")
with torch.device("meta"):  # shapes only: no memory for 144 million numbers
    networks = {name: models.build(name) for name in names}
image = (1, 3, 224, 224)
blocks = network_blocks(networks["vgg16"], image)
plots.describe(
    plots.show_architecture(blocks),
    "VGG-16 as a row of boxes: five groups of 3×3 convolutions, each lower and wider than the one "
    "before, with a max pooling behind each; then thin dense layers.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rebuilt, and held to the published totals
# The columns from the rule, counted by our code, beside what torchvision 0.28 publishes.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(f"{'':6} {'parameters':>12} {'published':>12}  {'10⁹ mult-adds':>13} published")
for name, network in networks.items():
    cost, published = complexity(network, image), models.facts(name).published
    print(f"{name:6} {cost.parameters:12,} {published.parameters:12,} "
          f"{cost.multiply_adds / 1e9:14.2f} {published.multiply_adds:9.2f}")  # fmt: skip
    assert cost.parameters == published.parameters

# %% [markdown] slideshow={"slide_type": "skip"}
# Source: torchvision 0.28, the tables of its weights. The paper prints the same in millions, 133, 133,
# 138 and 144 (Table 2).
#
# ### Your turn: build a block
# Two 3×3 convolutions to `channels` channels with padding 1, a ReLU after each, then max pooling 2×2.
# All parameters come in one long row, `numbers`: the first weight (channels, C_in, 3, 3), its biases
# (channels,), the second weight, its biases. Count right, or what comes out is wrong.


# %% slideshow={"slide_type": "skip"}
def block(x, numbers, channels):
    # your code: (N, C_in, H, W) in, (N, channels, H // 2, W // 2) out
    return None


check("19.block", block)
# hint("19.block")
# solution("19.block")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where 138,357,544 parameters sit
# VGG-16 has thirteen convolutions and three dense layers.
#
# **Predict:** which share of the parameters is in the thirteen convolutions? And which share of the
# multiply-adds?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
layers = complexity(networks["vgg16"], image).layers
for kind, word in (("Conv2d", "thirteen convolutions"), ("Linear", "three dense layers")):
    found = [layer for layer in layers if layer.type == kind]
    shares = [sum(getattr(each, key) for each in found) / sum(getattr(each, key) for each in layers)
              for key in ("parameters", "multiply_adds")]  # fmt: skip
    print(f"{word:22} {shares[0]:6.1%} of the parameters {shares[1]:6.1%} of the multiply-adds")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 10.6 % and 99.2 %. The convolutions do nearly all the work with a tenth of the numbers, for they use
# each weight at up to 50,176 places. A dense layer uses each of its weights once.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One layer has three quarters
# The last pooling leaves 512 maps of 7×7, and the first dense layer ties every number of them to each of
# 4,096 outputs.

# %% slideshow={"slide_type": "fragment"}
first_dense = 512 * 7 * 7 * 4096 + 4096
total = complexity(networks["vgg16"], image).parameters
print(f"{first_dense:,} of {total:,}: {first_dense / total:.1%}")
assert first_dense == next(layer.parameters for layer in layers if layer.type == "Linear")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Click a block
# Each box with its shape, parameters, multiply-adds, memory and field. Change what the bars show, and
# look for the box that leads.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
architecture(networks["vgg16"], image, title="VGG-16")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a larger image
# VGG-16 is to read images of 288×288, and its first dense layer takes all numbers that the last pooling
# leaves, as it does at 224. How many weights has that layer, biases left out?

# %% slideshow={"slide_type": "skip"}
weights = ...  # your number
check("19.larger_image", weights)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nobody needs that layer
# Average each of the 512 maps to one number, as notebook 20 will, and a single dense layer is left.
# This is the same network of convolutions:

# %% slideshow={"slide_type": "fragment"}
with torch.device("meta"):
    thin = nn.Sequential(models.build("vgg16").features, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(512, 1000))  # fmt: skip
print(f"{complexity(thin, image).parameters:,} parameters")

# %% [markdown] slideshow={"slide_type": "fragment"}
# A ninth is left. Here that is only counted: whether it reads photos as well would take a training on
# ImageNet.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Parameters late, memory early
# A training has to keep what every layer gave, because the backward pass needs it (notebook 8). So
# there are three things to pay for, and each has its own place in the network:
#
# * **parameters**, which fill the file,
# * **multiply-adds**, which take the time,
# * **memory** for the outputs of the layers, at 4 bytes a number, convolutions and their ReLUs counted
#   apart.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three bills for one image
# **Predict:** which block needs the most memory?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
drawn = [b for b in blocks if b.kind in ("convolution", "dense")]
labels = ["2 × 64", "2 × 128", "3 × 256", "3 × 512", "3 × 512", "2 × dense 4096", "dense 1000"]
plots.describe(
    figures.show_shares(drawn, labels),
    "Three bar charts over the blocks of VGG-16. Parameters: 86 % in the first two dense layers. "
    "Multiply-adds: most in the middle, 30 % each for 256 and 512 channels. Memory: most in the two "
    "first convolutions, then less with every block.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### In numbers
# The first: two layers of 64 maps with 224×224 numbers. Every pooling quarters the places and the
# channels only double, so a layer has half of what one of the block before has. For one image, and for
# a batch of 64 as one would train with:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
activations = complexity(networks["vgg16"], image).activation_bytes
conv1 = sum(layer.activation_bytes for layer in layers[:4])
print(f"activations of one image {activations / 1e6:7.0f} · 10⁶ bytes")
print(f"of these the first block {conv1 / 1e6:7.0f} · 10⁶ bytes")
print(f"activations of 64 images {64 * activations / 1e6:7.0f} · 10⁶ bytes")
print(f"parameters               {4 * total / 1e6:7.0f} · 10⁶ bytes")

# %% [markdown] slideshow={"slide_type": "fragment"}
# So a *small file* asks for fewer dense weights, and a *large batch* for smaller early maps. (A ReLU
# that works in place saves nearly half of the activations.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What each layer sees
# A convolution adds two jumps to the field and a pooling one; then the pooling doubles the jump
# (notebook 5). **Predict:** how much does the field grow by one convolution of the last block?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
fields = {}
for name, network in networks.items():
    sizes = {layer.name: layer.size for layer in receptive_field(network).layers}
    convs = [key for key, layer in network.named_modules() if isinstance(layer, nn.Conv2d)]
    fields[name] = [sizes[key] for key in convs]
pools = [key for key, layer in networks["vgg16"].named_modules() if isinstance(layer, nn.MaxPool2d)]
plots.describe(
    figures.show_fields(fields),
    "Receptive field against the number of convolutions, four rising lines. Each block is steeper "
    "than the one before. VGG-16 ends at 196 pixels, below the image's 224, VGG-19 at 252 above it.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### 32 pixels a layer
# Four poolings lie before the last block, so its units are 2⁴ = 16 pixels apart, and a 3×3 kernel adds
# two such steps. For VGG-16, poolings included:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
sizes = {layer.name: layer.size for layer in receptive_field(networks["vgg16"]).layers}
convs = [key for key, layer in networks["vgg16"].named_modules() if isinstance(layer, nn.Conv2d)]
after = [sizes[key] for key in sizes if key in convs or key in pools]
print(*after)
print({name: receptive_field(network).last.size for name, network in networks.items()})
assert after[-1] == 212 == models.facts("vgg16").published.receptive_field

# %% [markdown] slideshow={"slide_type": "fragment"}
# After the last pooling VGG-16 sees 212 pixels, as Araujo, Norris and Sim (2019) print. Depth buys
# sight: of the 13 convolutions the last three add more than the first ten.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: fields of any column
# Write the field after every convolution *and* every pooling; `plan` says how many convolutions stand
# before each pooling, such as `[1, 1, 2, 2, 2]` for column A.


# %% slideshow={"slide_type": "skip"}
def fields_of(plan):
    # your code: return a list of numbers
    return None


check("19.fields", fields_of)
# hint("19.fields")
# solution("19.fields")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does depth help?
# Columns A, B, D and E in small: three blocks with 8, 16 and 32 channels, on digits among pieces of
# others. All train for the same 120 steps. Ours have batch norm, for they shall learn in a minute; the
# paper had none.
#
# **Predict:** will each column read better than the one before?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
depths = {"A": 4, "B": 6, "D": 7, "E": 8}
read = {f"{column}: {depth} convolutions": experiments.column_accuracies(column, seeds=seeds)
        for column, depth in depths.items()}  # fmt: skip
plots.describe(
    plots.show_rows(read, label="share of 1,000 new digits read right", means=True),
    "Four rows of three points: shares of digits read right by columns A, B, D and E. B lies "
    "highest, around a half, and E lowest, around a third.",
)
assert np.mean(read["B: 6 convolutions"]) > np.mean(read["E: 8 convolutions"]) + 0.05

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer", "nbval-ignore-output"]
for column, each in read.items():
    print(f"{column:18} {np.mean(each):.3f} ± {np.std(each):.3f}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Up to a point, and here the point comes early
# No: it rises from A to B and falls again, to the lowest of all with E. At this budget, 120 steps, we do
# *not* see what the paper saw. A deeper column has more to set right and gets no more steps. The
# authors took 370,000 steps (section 3.1). In networks trained to the end, depth paid:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print("top-1 accuracy on ImageNet, one crop (torchvision 0.28)")
for name in names:
    print(f"{name}  {models.facts(name).published.top1:.2f} %   with batch norm "
          f"{models.facts(name + '_bn').published.top1:.2f} %")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The end of plain depth
# From 11 to 16 layers 2.6 points are gained, from 16 to 19 only 0.8, for a quarter more multiply-adds.
# The authors saw their error level off at 19 layers and stopped there.
#
# Training was hard, too. From random weights the deep columns did not start, so A was trained first, and
# its first four and its dense layers became the start of the others (section 3.1). He's initialization
# (notebook 10) makes that needless. But plain networks that are *much* deeper train worse again: that
# is where notebook 21 begins.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## VGG-11 in NumPy
# The same weights in our NumPy graph: the output of all its convolutions, and the gradients of the 16
# arrays of weights and biases, for a random direction.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
torch.manual_seed(0)
network = nn.Sequential(*models.build("vgg11", num_classes=1).features).double()
errors = network_errors(network, torch.rand(1, 3, 32, 32, dtype=torch.float64))
assert max(errors.values()) < 1e-9
print(f"output and {len(errors) - 1} gradients: largest relative error {max(errors.values()):.0e}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Differs from the paper
# * Our networks start from He's weights, as torchvision's do, not from a trained column A.
# * An average pooling to 7×7 stands before the dense layers. At 224 pixels it does nothing; images of
#   other sizes pass through it.
# * Column C and the column A with local response normalization are not there. (The normalization
#   brought the authors nothing, so they left it out of all others.)
# * They scaled the training images at random, and tested at several scales: the accuracies above are
#   those of torchvision's weights, with one crop.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What came after
# * **GoogLeNet** (notebook 20), of the same year, won with a twentieth of the parameters: 1×1 kernels
#   and no large dense layers.
# * **ResNet** (21) kept the 3×3 stacks, and added the shortcut that lets depth grow on.
# * **Separable kernels** (22) made each 3×3 cheaper still.
# * VGG's features stayed in use for years, for style transfer and as a measure of likeness, because the
#   network is so plain.
# * Large kernels came back: ConvNeXt (2022) uses 7×7, *depthwise*, where the $C^2$ of the cost is gone.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why small kernels won
# Two 3×3 layers see as much as a 5×5 with 28 % fewer weights, and they bend in between. The bend
# mattered: without it the gain was gone, on average. A whole network of 3×3 kernels costs few
# *parameters*, and much *work* and *memory* early, where the maps are large. What made it heavy,
# 124 of 138 million, were dense layers, which have nothing to do with the idea.
#
# Although: one task and six seeds, which overlap. And if channels do not mix, as in a depthwise layer, large kernels
# are cheap, and the sum comes out differently.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. How many 3×3 layers see 11×11 pixels?
# <details><summary>Answer</summary>Five: 1 + 2 · 5 = 11.</details>
#
# 2. Why is a stack without ReLUs no gain in what can be computed?
# <details><summary>Answer</summary>Linear steps merge into one. It is a large kernel with tied
# taps.</details>
#
# 3. Which layer of VGG-16 has most parameters, and which block most activations?
# <details><summary>Answer</summary>The first dense layer, 74 %; the first block, nearly
# half of them.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. A block with half the side and twice the channels: what becomes of the multiply-adds of a 3×3 layer
#    from C to C channels?
# <details><summary>Answer</summary>They stay: a quarter of the places, four times the pairs of
# channels.</details>
#
# 5. Batch size 1 to 64: what grows with it, parameters or activations?
# <details><summary>Answer</summary>Activations, by 64. The parameters are there once.</details>
#
# 6. Does a stack of three 3×3 use its 7×7 pixels evenly?
# <details><summary>Answer</summary>No. More ways lead from the middle to the unit than from the rim
# (notebook 5): the field is a bell, and a 7×7 kernel could weigh its corners at will.</details>
#
# 7. Is the comparison fair, with fewer weights on the winning side?
# <details><summary>Answer</summary>It favors the loser. Both saw the same crops for the same steps.
# With steps twice as long the 5×5 does a little better, the stack a little worse, and the means come
# nearer. And on small cluttered digits, which we tried first, the two kinds were equal within
# the noise: a clear gain needs a task like this one.</details>
#
# 8. The first layer of VGG has 3 input channels. Would a 5×5 or 7×7 be dear there?
# <details><summary>Answer</summary>No: the cost goes with C_in · C_out, and C_in is 3. ResNet does begin
# with a 7×7.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * $n$ layers of 3×3 see $1 + 2n$ pixels with $9nC^2$ weights.
# * Two of them cleaned photos better than a 5×5, on average; without the ReLU between they did not.
# * VGG-16: 90 % of the parameters in dense layers, 99 % of the multiply-adds in convolutions, nearly
#   half of the memory in the first block.
# * 212 pixels seen after pool 5; depth paid off up to a point.
#
# **On your own** Predict what three 3×3 do against one 7×7 on the spoiled photo. Add both to
# `experiments.KERNELS`, set `experiments.BORDER = 3`, and try. `progress()` lists the exercises you
# have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | the columns | `models/vgg.py` | `tests/models/test_networks.py` |
# | parameters, memory | `analysis/complexity.py` | `tests/analysis/test_complexity.py` |
# | fields | `analysis/receptive_field.py` | `tests/analysis/test_receptive_field.py` |
# | cleaning, small columns | `lessons/vgg` | `tests/lessons/vgg` |
#
# **Sources**
# Simonyan, Zisserman 2015, *Very deep convolutional networks for large-scale image recognition*,
# arXiv:1409.1556 (Table 1 for the columns, Table 2 for parameters, section 2.3 for the reasons, 3.1 for
# the start, 4.1 for the 5×5) · Araujo, Norris, Sim 2019, *Computing receptive fields of convolutional
# neural networks*, Distill (212) · torchvision 0.28, tables of weights (totals and accuracies) · Liu et
# al. 2022, *A ConvNet for the 2020s*, arXiv:2201.03545. The astronaut is Eileen Collins; NASA.
#
# **Next** 20, GoogLeNet: several kernels at once, and 1×1 to pay for them.
