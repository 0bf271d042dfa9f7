# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 1. Find out why images ask for their own kind of network
#
# **You will** take photos apart, measure what sets images apart from other tables of numbers, count
# what a layer costs, and shuffle pixels until a network gives up.
# **You need** a little NumPy, and no networks. **Time** 50 min, CPU.
#
# Two networks learn to read handwritten digits, each somewhere on a dark canvas. Then a prank: the
# pixels of *all* images change places, in one common order. You can no longer read a single digit,
# but nothing is lost: the order could be undone. Each network learns anew on the shuffled images. One
# does not even notice. The other falls from nine right answers in ten to guessing.

# %% slideshow={"slide_type": "skip"}
from itertools import pairwise

import numpy as np
from torch import nn

from course_lib import datasets, numpy_ops, plots
from course_lib.analysis.complexity import conv_costs, dense_costs
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.images_and_cnns import experiments, figures, live

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the networks get to see
# Above, four digits as they are, below the same four after the prank. Every pixel is still there.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
rows = {name: experiments.digits(name, seed=0).x_test[:4] for name in ("as they are", "shuffled")}
plots.describe(
    figures.show_tiles(rows),
    "Four handwritten digits at different places of a dark canvas. Below, the same images with "
    "shuffled pixels: scattered dots that nobody can read.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["CNNs vs. Traditional MLPs"]
# ### Two networks
# The first network is a **multilayer perceptron**, MLP. It takes the image as one long row of 256
# numbers, and each of its 32 *units* weighs all of them at once. The second is a **convolutional
# neural network**, CNN. It slides small *filters* of 3 × 3 pixels over the image.
#
# Each learns from 1,000 images and then reads 1,000 others, with three different starts. The MLP gets
# 30 passes over its images, the CNN only 8.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who notices?
# **Predict:** which of the two is it that falls from nine in ten to guessing?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
ends, seeds = ("as they are", "shuffled"), (0, 1, 2)
read = {name: experiments.accuracies(name, ends, seeds=seeds) for name in ("MLP", "CNN")}
plots.describe(
    figures.show_readers(read),
    "The share of digits read right. The MLP stays at about 0.45 with shuffled pixels, on all three "
    "seeds. The CNN falls from about 0.93 to 0.08 to 0.15, which is guessing.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
for name, found in read.items():
    for kind, values in found.items():
        print(f"{name} {kind:12}", *(f"{value:.3f}" for value in values), "(3 seeds)")
loss = {name: np.subtract(*(found[kind] for kind in ends)) for name, found in read.items()}
assert abs(loss["MLP"]).max() < 0.08 and loss["CNN"].min() > 0.6
assert np.subtract(read["CNN"]["as they are"], read["MLP"]["as they are"]).min() > 0.3

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The better one suffers
# The CNN notices. As long as the pixels lie where they belong it is far ahead of the MLP. When they
# are shuffled it is far behind, although its images hold the very same numbers as before.
#
# So the CNN must *know* something about images before it has seen the first one, and the prank has
# made it false. The MLP does not know it: it gains nothing from it, and has nothing to lose.
#
# **What does a CNN know about images?** To answer that we look at images first, then at filters.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall vote before the curve, MLP or CNN, and give a reason. That people can
# no longer read the digits, just as the CNN, is worth a minute: our eyes believe in neighbors, too.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["What are Convolutional Neural Networks?"]
# ## A photo is a block of numbers
# Each pixel of a color photo holds three numbers from 0 to 1: how much red, green and blue light.
# **Predict:** what is the shape of the array of a photo with 128 rows and 128 columns?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
photo = datasets.photo("astronaut", size=128)
print(photo.shape, f"{photo.size:,} numbers from {photo.min():.0f} to {photo.max():.0f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# (3, 128, 128): channels, rows, columns. PyTorch and this course put the channel first.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three channels
# A **channel** is an image by itself. The orange suit is bright in red and dark in blue, because
# orange light is much red and hardly any blue.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=4, height=2.6)
plots.show_image(photo, title="photo", role="input", ticks=False, ax=axes[0, 0])
for ax, channel, name in zip(axes[0, 1:], photo, ("red", "green", "blue"), strict=True):
    plots.show_image(channel, title=name, ticks=False, ax=ax)
plots.describe(chart, "A portrait of an astronaut in an orange suit, and its three channels in "
               "gray: the suit is bright in red, and dark in blue.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Why CNNs Excel in Image Processing"]
# ## Are neighbors alike?
# Take a pixel, and its partner some columns to the right. If the partner had nothing to do with it,
# knowing one would not help to guess the other. In the picture every point is such a pair, from a
# gray photo: one pixel across, its partner upward. Look how the cloud opens.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
camera = datasets.photo("camera", size=256, gray=True)[0]
plots.describe(
    figures.show_pairs(camera, distances=(1, 8, 64), generator=rng),
    "Three clouds of points. For pixels 1 apart they lie along the diagonal, at 8 apart the cloud "
    "is wider, at 64 apart it fills most of the square.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Why CNNs Excel in Image Processing"]
# ### One number for a cloud
# The **correlation** $r$ says how near the cloud is to a line: 1 if both pixels rise and fall
# together, 0 if one tells nothing (on a straight line) about the other.
#
# $$r(d) = \frac{\mathrm{mean}\big[(a - \bar a)(b - \bar b)\big]}{\mathrm{std}(a)\;\mathrm{std}(b)},
# \qquad a = x_{i,j},\quad b = x_{i,j+d}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | gray image | $(H, W)$ |
# | $a$, $b$ | pixels and partners; $\bar a$, $\bar b$ their means | $(H,\, W-d)$ |
# | $r(d)$ | correlation at distance $d$ | a number |
#
# Mean and std both divide by the number of pairs, $H\,(W-d)$.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: write it


# %% slideshow={"slide_type": "skip"}
def correlation(image, distance):
    # your code: return one number
    return None


check("01.correlation", correlation)
# hint("01.correlation")
# solution("01.correlation")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ten photos
# An astronaut, bricks, a man with a camera, a cat, a palace, coffee, coins, a flower, a motorcycle, a
# rocket. **Predict:** in how many of the ten is $r(1)$ above 0.9? And what becomes of $r$ when all
# pixels of a photo are shuffled?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
photos = {name: datasets.photo(name, size=256, gray=True)[0] for name in datasets.photo_names()}
mixed = {name: rng.permutation(x.ravel()).reshape(x.shape) for name, x in photos.items()}
distances, r = 2 ** np.arange(7), experiments.pixel_correlation
alike, alike_mixed = (
    {name: r(image, distances) for name, image in images.items()} for images in (photos, mixed)
)
ax = figures.show_alike(distances, alike, alike_mixed, named=["brick", "china"])
plots.describe(ax, "Correlation against distance, a line a photo. Nearly all begin above 0.9 at 1 "
               "pixel and fall. The bricks begin at 0.7 and reach 0 at 8 pixels, the palace in China "
               "falls to 0.56 at 64. For shuffled photos r is 0 at every distance.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
for name, values in alike.items():
    print(f"{name:11} distance 1: {values[0]:.2f}   8: {values[3]:.2f}   64: {values[-1]:.2f}")
largest = max(abs(values).max() for values in alike_mixed.values())
print(f"shuffled    largest |r| {largest:.2f}")
assert largest < 0.02 and min(alike, key=lambda name: alike[name][0]) == "brick"

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# In nine; only the bricks, whose surface is rough, have .69. Direct neighbors are much alike, because
# most of them lie on the same thing. Far pixels say less about each other
# (at 16 pixels the curve of the bricks rises once more, for there the next brick begins).
# After shuffling nothing is left, $r = 0$: no pixel has to do with the next.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# So here is a first thing that one can know about images: **what belongs together lies together**. A
# filter that looks at a small window sees most of what has to do with that place. And since a thing
# may lie anywhere in the image, a filter that is useful at one place is useful at the others.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["What are Convolutional Neural Networks?"]
# ## What a convolutional neural network is
# A **neural network** is a chain of **layers**. Each layer turns numbers into other numbers, with
# **weights** that nobody writes down: they are learned from examples.
#
# In a **convolutional** network, a CNN, most layers slide small filters over a grid: few weights,
# and the same ones at every place. Notebook 2 shows how, product by product.
#
# The idea came from biology: cells in the visual cortex of cats answer to small parts of what the
# eye sees (Hubel and Wiesel 1962). Fukushima made a network of it in 1980, LeCun and others trained
# one by gradient descent in 1989.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["What are Convolutional Neural Networks?"]
# ### Three steps that repeat
# 1. **Convolution:** lay a filter on each window, multiply, add up: large where its pattern is.
# 2. **Activation:** keep what is positive (ReLU).
# 3. **Pooling:** keep the largest number of each small square.
#
# The filter here has 1 in its left column, 0 in the middle and −1 in its right column.
# **Predict:** which parts of the photo will be bright?

# %% slideshow={"slide_type": "skip"}
gray = datasets.photo("camera", size=128, gray=True)
vertical_edge = np.array([[1.0, 0.0, -1.0]] * 3)
found = numpy_ops.relu(numpy_ops.conv2d(gray[None], vertical_edge[None, None]))  # (1, 1, 126, 126)
pooled = numpy_ops.max_pool2d(found, kernel_size=6)  # (1, 1, 21, 21)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
chart, axes = plots.figure(columns=4, height=2.5, width_ratios=[1, 0.8, 1, 1])
plots.show_image(gray, title="input", role="input", ticks=False, ax=axes[0, 0])
plots.show_kernel(vertical_edge, title="filter", ax=axes[0, 1])
for ax, values, title in zip(axes[0, 2:], (found, pooled), ("after ReLU", "pooled"), strict=True):
    image = values[0, 0] / values.max()
    plots.show_image(image, title=title, role="output", ticks=False, ax=ax)
plots.describe(chart, "A man with a camera; a filter with 1 in its left column and minus 1 in its "
               "right one; bright lines where the photo gets darker to the right; the same lines "
               "on 21 by 21 pixels.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Edges where bright stands left of dark, such as the left side of the coat: there the left column
# adds much and the right one takes little away. In a CNN the nine numbers of the filter are
# *learned*, and the next layer looks for patterns in the map on the right.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: this is the whole idea in one picture. Leave the sums to notebook 2. Ask what the
# mirrored filter would find: the other sides of the coat and of the tripod.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["CNNs vs. Traditional MLPs"]
# ## Why the MLP cannot notice
# A unit of a **dense** layer multiplies every pixel with a weight of its own and adds everything up.
# Let the pixels change places, and let each weight move *along with its pixel*. A sum does not care
# about the order of its terms.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
three, weights, order = np.array([5, 1, 3]), np.array([2, -4, 1]), np.array([1, 2, 0])
plots.describe(
    figures.show_sum(three, weights, order),
    "Three pixels 5, 1, 3 with weights 2, minus 4, 1 give 10, minus 4, 3: sum 9. In another order, "
    "each pixel together with its weight, the same three products give the same sum.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["CNNs vs. Traditional MLPs"]
# ### All 256 of them
# A dense layer is $y = x W^\top + b$, with $x\,(N, D)$, $W\,(M, D)$, $b\,(M)$ and $y\,(N, M)$. Moving
# the columns of $W$ along with the pixels should give the same $y$.

# %% slideshow={"slide_type": "skip"}
x, weight, bias = rng.random((5, 256)), rng.standard_normal((32, 256)), rng.standard_normal(32)
order = rng.permutation(256)
before = numpy_ops.linear(x, weight, bias)
after = numpy_ops.linear(x[:, order], weight[:, order], bias)
print(f"largest difference {abs(after - before).max():.0e}, largest output {abs(before).max():.0f}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# It does: no output changes by more than rounding, about $10^{-14}$. So for every MLP on plain images
# there is one just as good on shuffled images, and training, which begins at random weights, finds
# either as easily. *Flattening* an image loses nothing; but who its neighbors are no MLP has ever known.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the way back
# A dense layer has learned on shuffled images, `x[:, order]`, and `weight` is what came out. The
# prank is over. Give it the weights for plain `x`, without learning again. (Careful: the line above
# went the other way.)


# %% slideshow={"slide_type": "skip"}
def unshuffle(weight, order):
    # your code: return an array of the shape of weight
    return None


check("01.unshuffle", unshuffle)
# hint("01.unshuffle")
# solution("01.unshuffle")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a gentler prank
# In all images the 16 *rows* change places, in one common order. The pixels inside a row stay as they
# are. Which filter can still find what it found before?
#
# * **a** One of 1 × 3 pixels, which lies along a row.
# * **b** One of 3 × 1 pixels, which stands across three rows.
# * **c** Both, because no pixel is lost.
# * **d** Neither, because a filter needs the whole image in order.

# %% slideshow={"slide_type": "skip"}
check("01.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Shuffle a little
# If neighbors are what a CNN counts on, it should matter how many of them a prank tears apart. So cut
# the images into tiles and shuffle only the *tiles*. Inside a tile, everybody keeps their neighbors.
# And one more order of pixels, which tears nobody apart: the mirror.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
sets = {name: experiments.digits(name, seed=0).x_test[2] for name in experiments.ARRANGEMENTS}
chart, axes = plots.figure(columns=len(sets), height=2.2)
for ax, (name, image) in zip(axes.flat, sets.items(), strict=True):
    plots.show_image(image, title=name.replace(", ", ",\n"), role="input", ticks=False, ax=ax)
plots.describe(chart, "One digit in six arrangements: as it is, mirrored, in shuffled tiles of 8, 4 "
               "and 2 pixels, and in single shuffled pixels. It gets harder to recognize from left "
               "to right.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How much can a CNN stand?
# **Predict:** what does the CNN lose by the mirror? And does it break at one size of tiles, or fall
# step by step? (The MLP needs no new training: the proof above holds for every order.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
between = [name for name in experiments.ARRANGEMENTS if name not in ends]
measured = read["CNN"] | experiments.accuracies("CNN", between, seeds=seeds)
cnn = {name: measured[name] for name in experiments.ARRANGEMENTS}
plots.describe(
    figures.show_arrangements(cnn, read["MLP"]),
    "The share of digits that the CNN reads, a point a seed. As they are and mirrored about 0.94, in "
    "tiles of 8 pixels about 0.75, of 4 about 0.3, of 2 about 0.2, shuffled about 0.1. The MLP "
    "stands at about 0.45 at both ends.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
for name, values in cnn.items():
    print(f"CNN {name:13}", *(f"{value:.3f}" for value in values), "(3 seeds)")
finer = [cnn[name] for name in cnn if name != "mirrored"]
assert all(min(np.subtract(*pair)) > 0 for pair in pairwise(finer))
assert abs(np.subtract(cnn["mirrored"], cnn["as they are"])).max() < 0.05

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### What a CNN knows
# The mirror costs nothing: neighbors stay neighbors, and mirrored filters can be learned as well. With
# the tiles the CNN falls step by step, on every seed: the smaller the tiles, the more neighbors are torn
# apart.
#
# So that is what a CNN knows before it has seen an image: **neighbors belong together**, and
# **what may stand here may stand there**, so one filter does for all places. Where this is true, it
# reads twice as many digits as the MLP from the same 1,000 images. Where it is false, it would be
# better off without.

# %% [markdown] slideshow={"slide_type": "skip"}
# To be fair: the digits move about here, and that is why the gap is so large. If all of them sat in
# the middle, the place of a pixel alone would say much. And two things are mixed in what the CNN knows:
# its filters are *small*, which the tiles put to the test, and they are *shared* by all places.
# Notebook 6 tests the sharing by itself, with digits at places where no network has seen one.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Why CNNs Outperform MLPs for Structured Data"]
# ## Count the parameters
# **Parameters** are what training adjusts: weights, and one **bias** (a number to add) a unit or
# filter. A $K × K$ filter fits into an image at $(H-K+1)(W-K+1)$ places.
#
# | layer | weights | biases | outputs |
# |---|---|---|---|
# | dense, $D$ inputs, $M$ units | $D M$ | $M$ | $M$ |
# | convolution, $F$ filters $K × K$ on $C$ channels | $F C K^2$ | $F$ | $F (H-K+1)(W-K+1)$ |
#
# **Predict:** a color image of 256 × 256 goes into 1,000 dense units. How many weights? And into 10
# filters of 5 × 5?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
dense = dense_costs(256 * 256 * 3, 1000)
conv = conv_costs(256, channels=3, filters=10, kernel_size=5)
for name, cost in {"dense": dense, "convolution": conv}.items():
    print(f"{name:11} {cost.weights:11,} weights, {cost.parameters:11,} with biases")
layers = nn.Linear(256 * 256 * 3, 1000, device="meta"), nn.Conv2d(3, 10, 5)  # "meta": no memory
counted = [sum(p.numel() for p in layer.parameters()) for layer in layers]
assert counted == [dense.parameters, conv.parameters]  # PyTorch counts the same

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nearly 200 million, because each unit has a weight for each of 196,608 numbers; and 750, because a
# filter has 5 · 5 weights for each of 3 channels, wherever it stands. PyTorch's layers have the same
# numbers.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# How many parameters does a layer of 16 filters of 3 × 3 on a color image have, biases included?

# %% slideshow={"slide_type": "skip"}
check("01.weights", ...)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Why CNNs Outperform MLPs for Structured Data"]
# ### But is it fair?
# One layer gives 1,000 numbers, the other a map for each filter. And weights are not work: a filter
# uses each of its weights at every place. **Predict:** by what factor does the dense layer have more
# *multiply-adds* (products of a weight and a number)?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
local = conv_costs(256, channels=3, filters=10, kernel_size=5, shared=False)
same_size = dense_costs(256 * 256 * 3, conv.outputs)
kinds = {"convolution": conv, "dense, 1,000 units": dense,
         "same job, filters not shared": local, "same job, dense": same_size}  # fmt: skip
print(f"{'':28} {'weights':>15} {'outputs':>8} {'multiply-adds':>15}")
for name, cost in kinds.items():
    print(f"{name:28} {cost.weights:15,} {cost.outputs:8,} {cost.multiply_adds:15,}")
ratios = dense.weights / conv.weights, dense.multiply_adds / conv.multiply_adds
print("dense / convolution: {:,.0f} times the weights, {:.2f} times the products".format(*ratios))
assert local.weights == conv.weights * 252**2 and local.multiply_adds == conv.multiply_adds

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# By about 4, although it has 262,144 times the weights. And it gives 635 times fewer numbers: asked for
# the same job, a dense layer would need more than 10¹¹ weights.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Parameter Efficiency in Convolutional Layers"]
# ### What saves what
# Three rows of the table do the same job. *Local* means: windows as in the convolution, but filters that
# are not shared, each place has its own.
#
# | step | weights | multiply-adds |
# |---|---|---|
# | dense → local: look at a window only | 2,621 times fewer | 2,621 times fewer |
# | local → convolution: share the filters | 252² = 63,504 times fewer, one for each place | as many |
#
# Looking locally saves work. Sharing saves memory, and not a single product. Notebook 4 counts on
# from here.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Parameter Efficiency in Convolutional Layers"]
# ### Your own layer
# A smaller image, 3 × 32 × 32. Before you move a slider: which bars will grow with the size of the
# image, and which one will never react to it?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.layer_costs(size=32, channels=3, filters=10, kernel=5, units=100)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# The parameters of the convolution never react: they depend on channels, filters and kernel only. Its
# outputs and products grow with the number of pixels, and in the dense layers everything does.

# %% [markdown] slideshow={"slide_type": "skip"} deck=["Parameter Efficiency in Convolutional Layers"]
# ### Beware of one ratio
# From such counts one reads that a convolution needs "about 400 times fewer parameters". Where does
# that come from? From the figure above as it opens: 307,200 weights of 100 dense units, against 760
# parameters of 10 filters.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"] deck=["Parameter Efficiency in Convolutional Layers"]
hundred, small = (
    dense_costs(3 * 32 * 32, 100),
    conv_costs(32, channels=3, filters=10, kernel_size=5),
)
alike_job = dense_costs(3 * 32 * 32, small.outputs)
print(f"as quoted     {hundred.weights:10,} / {small.parameters} = "
      f"{hundred.weights / small.parameters:,.1f}   for {hundred.outputs} and {small.outputs:,} outputs")  # fmt: skip
print(f"like for like {alike_job.parameters:10,} / {small.parameters} = "
      f"{alike_job.parameters / small.parameters:,.0f}   for {small.outputs:,} outputs each")  # fmt: skip
print(f"256 × 256: dense / local {same_size.weights / local.weights:,.0f} times the weights and the "
      f"products, local / convolution {local.weights / conv.weights:,.0f} times the weights")  # fmt: skip
print(f"products, like for like: {alike_job.multiply_adds / small.multiply_adds:.0f} times")

# %% [markdown] slideshow={"slide_type": "skip"}
# The quotient compares layers that do different jobs, and leaves the biases out on one side only. Like
# for like the factor is far larger in weights, and far smaller in products. One ratio cannot say it
# all: name what is counted, and let both sides do the same job.
#
# ### Your turn: find the bug
# On gray images this function is right. On color images it gives too few.


# %% slideshow={"slide_type": "skip"}
def count_parameters(filters, channels, kernel_size):
    weights = filters * kernel_size * kernel_size
    biases = filters
    return weights + biases


check("01.count_bug", count_parameters)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["CNNs vs. Traditional MLPs"]
# ## CNN and MLP side by side
# | | CNN | MLP |
# |---|---|---|
# | connections | to a small window | to every input |
# | weights | the same at every place | one for every pair |
# | parameters of a layer | do not depend on image size | grow with image size |
# | knows neighbors | from the start | no, must learn them |
# | shifted input | its map shifts along | must see every place |
# | size of input | any, up to a dense layer at the end | fixed |

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Key Advantages of CNNs"]
# ### What CNNs are good at, said with care
# | advantage | what holds | where |
# |---|---|---|
# | few parameters | filters are small and shared | here |
# | shifts | the *map* moves along with the image: **equivariance**. An unchanged answer, **invariance**, is another thing | 6 |
# | parts of parts | later layers see larger regions, and often find larger things | 5, 27 |
# | speed | the same small sum everywhere suits a GPU | 4, 28 |
# | results | the best in vision from about 2012 on; since 2021 vision transformers are level or ahead | 24 |

# %% [markdown] slideshow={"slide_type": "skip"} deck=["Key Advantages of CNNs"]
# About shifts one often reads that CNNs are "translation invariant". A convolution is not: shift the
# image, and its map shifts too. The CNN above ends by taking the largest number of each whole map, and
# *that* throws the place away. The many small poolings of deeper CNNs do something else, and even
# break equivariance. Notebook 6 measures both.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Applications Beyond Image Processing"]
# ## Beyond images
# What a CNN knows can be true of other data: they must lie on a grid on which neighbors belong
# together. Here are the shapes of a *batch*, $N$ examples at once, of $C$ channels each, and of
# $F$ filters:
#
# | grid | data | input | filter |
# |---|---|---|---|
# | 1-D | sound, sensors, text, DNA | $(N, C, L)$ | $(F, C, K)$ |
# | 2-D | photos, spectrograms | $(N, C, H, W)$ | $(F, C, K, K)$ |
# | 3-D | video, MRI and CT volumes | $(N, C, D, H, W)$ | $(F, C, K, K, K)$ |

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Applications Beyond Image Processing"]
# ### One dimension: find a word in DNA
# Four channels, one for each letter: 1 where the letter stands, 0 elsewhere. A filter is the word to
# look for. **Predict:** what is the output where the word stands, and what elsewhere?


# %% slideshow={"slide_type": "skip"}
def as_channels(word):
    return np.array([[float(letter == base) for letter in word] for base in "ACGT"])  # (4, L)


sequence = "GGCTATAAAGCCTAGATATAACG"
matches = numpy_ops.conv1d(as_channels(sequence)[None], as_channels("TATA")[None])[0, 0]

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print(sequence, "is searched for TATA")
print("".join(f"{count:.0f}" for count in matches), "letters agree from here on")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The number of letters that agree, since each is 1 · 1 and all else is 0. So it is 4 where the word
# stands, and smaller elsewhere. So the answer says not only *whether* the word fits, but how well.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: design a filter
# Real signals in DNA have places where any letter will do; biologists write N for them. Write the
# filter that answers with the length of the word exactly where the word stands, for words such as
# CNNGT.


# %% slideshow={"slide_type": "skip"}
def motif(word):
    # your code: return an array of shape (4, len(word)), rows in the order A, C, G, T
    return None


check("01.motif", motif)
# hint("01.motif")
# solution("01.motif")

# %% [markdown] slideshow={"slide_type": "skip"} deck=["Applications Beyond Image Processing"]
# ### Three dimensions: points need a grid first
# A laser scanner gives a list of points, in no order. A list is no grid, so no filter can slide over
# it. Count the points in small cubes, **voxels**: now there is a grid, and it does not depend on the
# order of the list. That is how VoxNet (Maturana and Scherer 2015) classifies points. PointNet (Qi and
# others 2017) takes the list itself, and is no 3-D CNN. Notebooks 25 and 26 train networks on signals
# and volumes.

# %% slideshow={"slide_type": "skip"}
points = rng.standard_normal((2000, 3))
points /= np.linalg.norm(points, axis=1, keepdims=True)  # on a sphere
box = [(-1, 1)] * 3
volume = np.histogramdd(points, bins=12, range=box)[0]
again = np.histogramdd(rng.permutation(points), bins=12, range=box)[0]
y = numpy_ops.conv3d(volume[None, None], rng.standard_normal((4, 1, 3, 3, 3)))
assert np.array_equal(volume, again)
print(f"{len(points)} points, voxels {volume.shape}, output of four filters {y.shape}")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: ask for data without a useful grid. A table of customers is one: shuffle its
# columns and nothing changes, so a filter over columns has nothing to hold on to.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. What is the shape of a batch of 8 gray images of 28 × 28?
# <details><summary>Answer</summary>(8, 1, 28, 28): images, channels, rows, columns.</details>
#
# 2. An image gets twice as high and twice as wide. What happens to the weights of a convolution, and
# to those of a dense layer?
# <details><summary>Answer</summary>Nothing, and four times as many.</details>
#
# 3. All images are turned upside down, for training and for test. What will the CNN lose?
# <details><summary>Answer</summary>Next to nothing: all neighbors stay neighbors.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Which of the two, looking locally or sharing, saves multiply-adds?
# <details><summary>Answer</summary>Looking locally. A local layer without sharing has as many products
# as the convolution.</details>
#
# 5. You have a table of patients: age, weight, pulse. Would you use a 1-D CNN over its columns?
# <details><summary>Answer</summary>No. The order of the columns is arbitrary, so neighbors mean
# nothing.</details>
#
# 6. Why does a fixed shuffling of pixels lose no information?
# <details><summary>Answer</summary>It can be undone: put the pixels back.</details>
#
# 7. Each image is shuffled in an order of its *own*. Does the MLP mind now?
# <details><summary>Answer</summary>Yes. Its weights can follow one order, not a new one for each
# image. What is left to learn from is how many pixels are bright.</details>
#
# 8. Two photos have the same r(1). Do they look alike?
# <details><summary>Answer</summary>Not necessarily: the astronaut, the cat, the palace and the coffee
# all have .96. It only says how alike direct neighbors are.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A photo is an array (C, H, W). A CNN slides small learned filters over such grids.
# * In photos neighbors are alike and far pixels less so; shuffling ends that.
# * An MLP cannot notice an order of pixels. A CNN counts on it: mirrored images cost it nothing, ever
#   finer shuffled tiles nearly everything.
# * 750 weights against 196,608,000 is right, and no fair race: looking locally saves work, sharing
#   saves memory.
# * The same filters work on any grid whose neighbors belong together.
#
# **On your own** The CNN had 8 passes over the images, the MLP 30. With 60 passes on shuffled images,
# will the CNN catch up? Predict, then try
# `experiments.accuracies("CNN", ["shuffled"], seeds=(0,), passes={"CNN": 60})`.

# %% [markdown] slideshow={"slide_type": "skip"}
# Or measure `experiments.pixel_correlation` on a photo of yours, `datasets.photo("my.jpg",
# gray=True)[0]`, and along its columns: `.T`. `progress()` lists the exercises you have solved.
#
# | here | package | test |
# |---|---|---|
# | correlation, shuffled digits | `lessons/images_and_cnns/experiments.py` | `tests/lessons/images_and_cnns/test_experiments.py` |
# | what a layer costs | `analysis/complexity.py` | `tests/analysis/test_complexity.py` |
# | filters in 1, 2, 3 dimensions | `numpy_ops/convolution.py` | `tests/parity/test_convolution.py` |
# | the dense layer | `numpy_ops/linear.py` | `tests/parity/test_linear.py` |
# | training | `training/loop.py` | `tests/training/test_loop.py` |
#
# **Sources** Hubel and Wiesel 1962, *Journal of Physiology* 160 · Fukushima 1980, *Biological
# Cybernetics* 36 · LeCun and others 1989, *Neural Computation* 1(4) · Field 1987, *Journal of the
# Optical Society of America A* 4 (statistics of natural images) · Maturana and Scherer 2015, *VoxNet*,
# IROS · Qi and others 2017, *PointNet*, arXiv:1612.00593 · Dosovitskiy and others 2021, *Vision
# transformers*, arXiv:2010.11929 · Liu and others 2022, *ConvNeXt*, arXiv:2201.03545.
# Photos: astronaut Eileen Collins, NASA, public domain · man with a camera, Lav Varshney, CC0.
#
# **Next** 2, convolution: what a filter computes, by hand, in loops, as a matrix and by FFT.
