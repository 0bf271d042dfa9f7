# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 1. Find out why images ask for their own kind of network
#
# **You will** take a photo apart, measure what makes images special, count what a layer costs, and
# shuffle pixels to see which network minds.
# **You need** a little NumPy. **Time** 50 min, CPU.
#
# | here | package | test | source |
# |---|---|---|---|
# | what a layer costs | `analysis/complexity.py` | `tests/analysis/test_complexity.py` | – |
# | how alike pixels are | `lessons/images_and_cnns/experiments.py` | `tests/lessons/images_and_cnns/test_experiments.py` | Field 1987 |
# | convolution in 1, 2, 3 dimensions | `numpy_ops/convolution.py` | `tests/parity/test_convolution.py` | arXiv:1603.07285 |
# | training | `training/loop.py` | `tests/training/test_loop.py` | arXiv:1412.6980 |

# %% slideshow={"slide_type": "skip"}
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from course_lib import datasets, numpy_ops, plots, torch_ops, training
from course_lib.analysis.complexity import conv_costs, dense_costs
from course_lib.analysis.equivariance import shift_image
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.images_and_cnns import experiments, figures, live
from course_lib.parity import TOLERANCES, relative_error

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["What are Convolutional Neural Networks?"]
# ## A photo is a block of numbers
# Each pixel of a color photo holds three numbers, from 0 to 1: how much red, green and blue light.
#
# **Predict:** what is the shape of the array of a photo with 128 rows and 128 columns?

# %% slideshow={"slide_type": "fragment"}
photo = datasets.photo("astronaut", size=128)  # channels first: (C, H, W)
print(f"shape {photo.shape}, {photo.size:,} numbers from {photo.min():.2f} to {photo.max():.2f}")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=4, height=2.6)
plots.show_image(photo, title="photo", role="input", ticks=False, ax=axes[0, 0])
for ax, channel, name in zip(axes[0, 1:], photo, ("red", "green", "blue"), strict=True):
    plots.show_image(channel, title=name, ticks=False, ax=ax)
plots.describe(chart, "A portrait of an astronaut in an orange suit, and its three channels in "
               "gray: the suit is bright in red, and dark in blue.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# The three **channels** are three gray images. The orange suit is bright in red and dark in blue.
# The order of the axes is a habit: PyTorch and this course put the channel first, picture files
# put it last.

# %% slideshow={"slide_type": "skip"}
datasets.photo_credit("astronaut")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["What are Convolutional Neural Networks?"]
# ## What a convolutional neural network is
# A **neural network** is a chain of **layers**. Each layer turns numbers into other numbers, with
# **weights** that are not programmed but learned from examples.
#
# In a **convolutional** network, a CNN, most layers slide small **filters** over a grid: the same
# few weights look at every place. Notebook 2 shows how, product by product.
#
# The idea came from biology: cells in the visual cortex of cats answer to small parts of what the
# eye sees (Hubel and Wiesel 1962). Fukushima 1980 made a network of it, LeCun et al. 1989 trained
# one by gradient descent.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["What are Convolutional Neural Networks?"]
# ### Three steps that repeat
# 1. **Convolution:** a filter gives a large number where its pattern is.
# 2. **Activation:** keep what is positive (ReLU).
# 3. **Pooling:** keep the largest number of each small square.
#
# **Predict:** which parts of a photo does this filter find?

# %% slideshow={"slide_type": "fragment"}
gray = datasets.photo("camera", size=128, gray=True)
vertical_edge = np.array([[1.0, 0.0, -1.0]] * 3)
found = numpy_ops.relu(numpy_ops.conv2d(gray[None], vertical_edge[None, None]))  # (1, 1, 126, 126)
pooled = numpy_ops.max_pool2d(found, kernel_size=6)  # (1, 1, 21, 21)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=4, height=2.5, width_ratios=[1, 0.8, 1, 1])
plots.show_image(gray, title="input", role="input", ticks=False, ax=axes[0, 0])
plots.show_kernel(vertical_edge, title="filter", ax=axes[0, 1])
for ax, values, title in zip(axes[0, 2:], (found, pooled), ("after ReLU", "pooled"), strict=True):
    image = values[0, 0] / values.max()
    plots.show_image(image, title=title, role="output", ticks=False, ax=ax)
plots.describe(chart, "A man with a camera; a filter with 1 in its left column and minus 1 in its "
               "right one; bright lines where the photo gets darker to the right; the same lines "
               "on 21 by 21 pixels.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# Places where bright stands left of dark. In a CNN the nine numbers of the filter are *learned*,
# and the next layer looks for patterns in the map on the right. Photo: Lav Varshney; CC0.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: this is the whole idea in one picture. Do not explain the sums yet, notebook 2
# does. Ask what the mirrored filter would find: the other sides of the tripod.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Key Advantages of CNNs"]
# ### What CNNs are good at, said with care
# | advantage | what holds | where |
# |---|---|---|
# | few parameters | weights are shared, filters are small | below |
# | shifts | the *map* moves along with the image: **equivariance**; an unchanged answer needs pooling, and is approximate | here, 6 |
# | parts of parts | later layers see larger regions, and often find larger things | 5, 27 |
# | speed | the same small sum everywhere suits a GPU | 4, 28 |
# | results | the best in vision from about 2012 on; since 2021 vision transformers are level or ahead | 24 |

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Key Advantages of CNNs"]
# ### Equivariant, not invariant
# The deck says *translation invariance*: the output would not change when the image is shifted.
# **Predict:** does it hold for a convolution? Move the photo by 4 pixels and look.

# %% slideshow={"slide_type": "fragment"}
moved = numpy_ops.conv2d(shift_image(gray[None], 4), vertical_edge[None, None])
still = numpy_ops.conv2d(gray[None], vertical_edge[None, None])
print("the same map as before:", np.allclose(moved, still))
print("the old map, moved by 4:", np.allclose(moved[..., 4:, 4:], still[..., :-4, :-4]))

# %% [markdown] slideshow={"slide_type": "fragment"}
# The map moves with the image: that is equivariance. Notebook 6 measures how much invariance
# pooling adds, and what breaks either.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Why CNNs Excel in Image Processing"]
# ## Why images? Neighbors are alike
# Take all pairs of pixels that lie $d$ columns apart. The **correlation** $r$ says how alike they
# are: 1 if they rise and fall together, 0 if one tells nothing about the other.
#
# $$r(d) = \frac{\mathrm{cov}(x_{i,j},\; x_{i,j+d})}{\mathrm{std}(x_{i,j})\;\mathrm{std}(x_{i,j+d})}$$
#
# $x$ has shape $(H, W)$; each pair $i, j$ with $j + d < W$ counts once, so there are $H\,(W-d)$ of
# them. $r$ is one number for each distance $d$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: write it


# %% slideshow={"slide_type": "fragment"}
def correlation(image, distance):
    # your code: np.corrcoef may help
    return None


check("01.correlation", correlation)
# hint("01.correlation")
# solution("01.correlation")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ten real photos
# **Predict:** how large is $r$ for direct neighbors? At 64 pixels? And if all pixels of a photo
# are shuffled?

# %% slideshow={"slide_type": "fragment"}
photos = {name: datasets.photo(name, size=256, gray=True)[0] for name in datasets.photo_names()}
distances = 2 ** np.arange(7)
alike = np.array([experiments.pixel_correlation(image, distances) for image in photos.values()])
shuffled_photos = [rng.permutation(image.ravel()).reshape(image.shape) for image in photos.values()]
alike_shuffled = np.array(
    [experiments.pixel_correlation(image, distances) for image in shuffled_photos]
)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
curves = {"10 photos, mean": alike.mean(0), "shuffled, mean": alike_shuffled.mean(0)}
ax = plots.show_curves(distances, curves, x_label="distance (pixels)", y_label="correlation r",
                       log_x=True, markers=True,
                       ax=plots.figure(width=8, height=4)[1][0, 0])  # fmt: skip
low, high = alike.mean(0) - alike.std(0), np.minimum(alike.mean(0) + alike.std(0), 1)
ax.fill_between(distances, low, high, color=plots.INPUT, alpha=0.2)
plots.describe(ax, "Correlation against distance. For photos it falls from above 0.9 at one pixel "
               "to about 0.25 at 64; the band is one standard deviation over photos. For shuffled "
               "photos it is 0 at every distance.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# The band is one standard deviation over the ten photos, cut at 1, the largest correlation there
# can be. Which photo is least like the others?

# %% slideshow={"slide_type": "subslide"}
for name, values in zip(photos, alike, strict=True):
    print(f"{name:11} distance 1: {values[0]:.2f}   8: {values[3]:.2f}   64: {values[-1]:.2f}")
print(f"{'mean ± std':11} distance 1: {alike[:, 0].mean():.2f} ± {alike[:, 0].std():.2f}")
print(
    "shuffled, largest |r|:", "below 0.02" if abs(alike_shuffled).max() < 0.02 else "0.02 or more"
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Neighbors are alike on every photo; even on the rough wall of bricks, though less. Far pixels say
# little about each other. So a filter that looks at a small window sees most of what belongs
# together. Also, the same edge may turn up anywhere: so share the filter.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: correlation is half of the argument, "look locally". The other half, "the same
# feature at other places", is a wish that sharing grants. Shuffling keeps every pixel and destroys
# both: that is the experiment to come.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["CNNs vs. Traditional MLPs", "Why CNNs Excel in Image Processing"]
# ## Shuffle the pixels
# A **multilayer perceptron**, MLP, takes the image as one long row of numbers. Each of its **units**
# multiplies *all* of them with weights of its own and adds up: a **dense** layer. Here both networks learn to read digits, each at a random place of a 16 × 16 canvas.
#
# Then we shuffle the pixels, all images with the *same* order. Nothing is lost: the order could be
# undone.


# %% slideshow={"slide_type": "fragment"}
def with_order(dataset, order):
    def moved(x):
        return x.reshape(len(x), -1)[:, order].reshape(x.shape)

    return replace(dataset, x_train=moved(dataset.x_train), x_test=moved(dataset.x_test))


digits = [datasets.load("shifted_digits", num_train=1000, num_test=1000, size=16, width=8, seed=s)
          for s in range(3)]  # fmt: skip
mixed = [with_order(data, rng.permutation(16 * 16)) for data in digits]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Can you read them?
# **Predict:** which network notices the shuffling: the MLP, the CNN, or both?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(rows=2, columns=4, width=7, height=3.8)
for column in range(4):
    for row, data in enumerate((digits[0], mixed[0])):
        title = f"label {data.y_train[column]}" if row == 0 else "shuffled"
        plots.show_image(data.x_train[column], title=title, role="input", ticks=False,
                         ax=axes[row, column])  # fmt: skip
plots.describe(chart, "Four handwritten digits at different places of a dark canvas. Below, the "
               "same images with shuffled pixels: scattered dots that nobody can read.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two networks


# %% slideshow={"slide_type": "fragment"}
def build_mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(256, 32), nn.ReLU(), nn.Linear(32, 10))


def build_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(1),
        nn.Flatten(), nn.Linear(24, 10),
    )  # fmt: skip


for name, network in {"MLP": build_mlp(), "CNN": build_cnn()}.items():
    print(f"{name}: {sum(p.numel() for p in network.parameters()):,} parameters")

# %% [markdown] slideshow={"slide_type": "fragment"}
# `AdaptiveMaxPool2d(1)` keeps the largest number of each map: *is this pattern anywhere?*

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Train all of them
# Twelve short trainings: 2 networks × 2 kinds of images × 3 seeds. `fit` shows the network small
# batches of images, again and again, and improves its weights a little each time. Notebook 16
# explains its settings.


# %% slideshow={"slide_type": "fragment"}
def learn(build, dataset, seed):
    torch.manual_seed(seed)
    history = training.fit(
        build(), dataset, epochs=8, batch_size=32, optimizer="adam", learning_rate=0.01,
        schedule="one_cycle", device="cpu", seed=seed, progress=False,
    )  # fmt: skip
    return history.test_accuracies[-1]


networks, kinds = {"MLP": build_mlp, "CNN": build_cnn}, {"as they are": digits, "shuffled": mixed}
accuracy = {
    (name, kind): np.array([learn(build, data, seed) for seed, data in enumerate(kinds[kind])])
    for name, build in networks.items() for kind in kinds
}  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who notices?

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
for (name, kind), values in accuracy.items():
    print(f"{name} {kind:12} test accuracy {values.mean():.3f} ± {values.std():.3f} (3 seeds)")

# %% slideshow={"slide_type": "fragment"}
change = {name: accuracy[name, "shuffled"] - accuracy[name, "as they are"] for name in networks}
print("MLP: mean change below 0.05:", "yes" if abs(change["MLP"].mean()) < 0.05 else "no")
print("CNN: loses more than 0.5 on every seed:", "yes" if (change["CNN"] < -0.5).all() else "no")
ahead = accuracy["CNN", "as they are"] > accuracy["MLP", "as they are"]
print("unshuffled, the CNN is ahead on every seed:", "yes" if ahead.all() else "no")

# %% [markdown] slideshow={"slide_type": "skip"}
# The MLP learns these moving digits badly, and shuffled ones as badly: it never knew which pixels
# are neighbors. The CNN is built on that knowledge. It gains much where the knowledge is true, and
# falls to little more than guessing, one in ten, where it is not.
#
# The effect is this large because the digits move. On digits that all sit in the middle, the place
# of a pixel alone says much, and both networks do well either way. Try it under *On your own*.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the deck says that an MLP loses spatial information. Nothing is lost: the
# shuffled image holds the same numbers. What is missing is *knowledge* about which inputs belong
# together. Let the hall argue before you show the next slide.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why the MLP cannot notice
# A dense layer is $y = x W^\top + b$ with shapes $x\,(N, D)$, $W\,(M, D)$, $b\,(M)$, $y\,(N, M)$.
# Move the columns of $W$ along with the pixels, and every sum has the same terms:

# %% slideshow={"slide_type": "fragment"}
x, weight, bias = rng.random((5, 256)), rng.standard_normal((32, 256)), rng.standard_normal(32)
order = rng.permutation(256)
before = numpy_ops.linear(x, weight, bias)
after = numpy_ops.linear(x[:, order], weight[:, order], bias)
print("the same output:", np.allclose(before, after, rtol=0, atol=1e-12))

# %% [markdown] slideshow={"slide_type": "fragment"}
# For every MLP on plain images there is one just as good on shuffled images. Random first weights
# favor neither.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: why does the CNN suffer?
#
# * **a** It has fewer parameters, so it cannot learn as much.
# * **b** Shuffling destroys information, and the CNN needs more of it.
# * **c** A filter looks at neighbors, and after shuffling they have nothing in common.
# * **d** The MLP first learns to put the pixels back in order.

# %% slideshow={"slide_type": "fragment"}
check("01.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Why CNNs Outperform MLPs for Structured Data"]
# ## Count the parameters
# **Parameters** are all numbers that training adjusts: weights, and one **bias** (a number to add)
# for each unit or filter.
#
# | layer | weights | biases | outputs |
# |---|---|---|---|
# | dense, $D$ inputs, $M$ units | $D M$ | $M$ | $M$ |
# | convolution, $F$ filters $K × K$ on $C$ channels | $F C K^2$ | $F$ | $F (H-K+1)(W-K+1)$ |
#
# **Predict:** a color image of 256 × 256 goes into 1000 dense units. How many weights? And into 10
# filters of 5 × 5?

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Why CNNs Outperform MLPs for Structured Data"]
# ### Counted by the package, and by PyTorch

# %% slideshow={"slide_type": "fragment"}
dense = dense_costs(256 * 256 * 3, 1000)
conv = conv_costs(256, channels=3, filters=10, kernel_size=5)
print(f"dense       {dense.weights:,} weights, {dense.parameters:,} with biases")
print(f"convolution {conv.weights:,} weights, {conv.parameters:,} with biases")

# %% slideshow={"slide_type": "fragment"}
layers = nn.Linear(256 * 256 * 3, 1000, device="meta"), nn.Conv2d(3, 10, 5)  # "meta": no memory
print("PyTorch:", *(f"{sum(p.numel() for p in layer.parameters()):,}" for layer in layers))

# %% [markdown] slideshow={"slide_type": "fragment"}
# The deck's numbers are right, if one leaves the biases out.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: by hand
# How many parameters has a layer of 16 filters of 3 × 3 on a color image, biases included?

# %% slideshow={"slide_type": "fragment"}
check("01.weights", ...)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Why CNNs Outperform MLPs for Structured Data"]
# ### But is it a fair comparison?
# **Predict:** the two layers give how many numbers each? And which one computes more?

# %% slideshow={"slide_type": "fragment"}
local = conv_costs(256, channels=3, filters=10, kernel_size=5, shared=False)
same_size = dense_costs(256 * 256 * 3, conv.outputs)
rows = {"dense, 1000 units": dense, "convolution": conv, "the same, weights not shared": local,
        "dense, as many outputs": same_size}  # fmt: skip
for name, cost in rows.items():
    print(f"{name:29} weights {cost.weights:>15,}   outputs {cost.outputs:>7,}   "
          f"multiply-adds {cost.multiply_adds:>15,}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# Weights are not work. The convolution has far fewer weights than the dense layer, but it uses each
# of them at every place: it saves only about a factor of four in products. And it gives many more
# numbers. Asked for as many outputs, a dense layer would need more than a hundred billion weights.
#
# The middle rows tell what saves what. *Looking locally* leads from the last row to the third;
# *sharing* leads from the third to the second. Sharing saves memory, not products.

# %% slideshow={"slide_type": "fragment"}
print(f"looking locally: {same_size.weights / local.weights:,.0f} times fewer weights")
print(f"sharing:         {local.weights / conv.weights:,.0f} times fewer, 1 for each place")
print(f"products: dense, 1000 units / convolution = {dense.multiply_adds / conv.multiply_adds:.2f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The convolution really gives that shape
# In NumPy and in PyTorch, on a real photo.

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
x = datasets.photo("astronaut", size=256)[None]  # (1, 3, 256, 256)
weight, bias = rng.standard_normal((10, 3, 5, 5)), rng.standard_normal(10)
y = numpy_ops.conv2d(x, weight, bias)
twin_y = torch_ops.conv2d(*(torch.from_numpy(array) for array in (x, weight, bias)))
error, tolerance = relative_error(twin_y, y), TOLERANCES["float64"].output
assert error <= tolerance and y.size == conv.outputs
print(f"shape {y.shape}, largest error {error:.0e}, tolerance {tolerance:.0e}")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Parameter Efficiency in Convolutional Layers"]
# ## "403 times fewer parameters"
# The deck's second example: an image of 32 × 32 × 3, 100 dense units or 10 filters of 5 × 5. It
# counts 307,200 against 760 and concludes: 403 times fewer.
#
# **Predict:** is 307,200 / 760 = 403?

# %% slideshow={"slide_type": "fragment"} deck=["Parameter Efficiency in Convolutional Layers"]
dense = dense_costs(32 * 32 * 3, 100)
conv = conv_costs(32, channels=3, filters=10, kernel_size=5)
print(f"the deck's two numbers: {dense.weights:,} / {conv.parameters} = "
      f"{dense.weights / conv.parameters:.1f}")  # fmt: skip
print(f"biases in both:         {dense.parameters / conv.parameters:.1f}")
print(f"biases in neither:      {dense.weights / conv.weights:.1f}")
print(f"the difference, shared: {(dense.weights - conv.parameters) / conv.parameters:.1f}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The quotient is 404.2. To get 403 one must take the *difference* and divide that. The first line
# mixes, too: biases are in one count and not in the other.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Parameter Efficiency in Convolutional Layers"]
# ### Like for like
# 100 outputs against 7,840: what if both must give as many?

# %% slideshow={"slide_type": "fragment"}
local = conv_costs(32, channels=3, filters=10, kernel_size=5, shared=False)
same_size = dense_costs(32 * 32 * 3, conv.outputs)
for name, cost in {"unshared": local, "dense": same_size}.items():
    print(f"{name:9} with {cost.outputs:,} outputs: {cost.weights:,} weights, "
          f"{cost.weights / conv.parameters:,.0f} times those of the convolution")  # fmt: skip
print(f"products: {same_size.multiply_adds / conv.multiply_adds:.0f} times, and the dense layer "
      f"of the deck {dense.multiply_adds / conv.multiply_adds:.2f} times")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# In fact the convolution computes *more* than the 100 dense units. One ratio cannot say it all: name
# what is counted, and make both sides do the same job.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the deck's slide is a good example of a right idea with a wrong figure. The
# honest sentence is: for the same number of outputs a convolution needs four orders of magnitude
# fewer weights here, and about 41 times fewer products.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All counts in one picture

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ax = figures.show_layer_costs(
    {"convolution": conv, "dense, 100 units": dense, "dense, as many outputs": same_size},
    title="image 3 × 32 × 32, 10 filters 5 × 5",
)
plots.describe(ax, "Bars on a logarithmic axis. The convolution has 760 parameters, 7,840 outputs "
               "and 588,000 multiply-adds. 100 dense units have 307,300 parameters and 307,200 "
               "multiply-adds. A dense layer with 7,840 outputs has 24 million of each.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# **Predict** before you move a slider: what does a larger image change for each bar? A larger
# kernel? Which bar never reacts to the size of the image?

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
live.layer_costs(size=32, channels=3, filters=10, kernel=5, units=100)

# %% [markdown] slideshow={"slide_type": "skip"}
# The parameters of the convolution depend on channels, filters and kernel only. Its outputs and
# products grow with the number of pixels. In the dense layers everything grows with it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: find the bug
# On gray images this function is right. On color images it gives too few.


# %% slideshow={"slide_type": "fragment"}
def count_parameters(filters, channels, kernel_size):
    weights = filters * kernel_size * kernel_size
    biases = filters
    return weights + biases


check("01.count_bug", count_parameters)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: a hard one
# Weights $W$ work on rows `x`. Find the weights that give the same on `x[:, order]`, for *any*
# order. You have seen the line above; here say it as a function.


# %% slideshow={"slide_type": "fragment"}
def reorder_weights(weight, order):
    # your code
    return None


check("01.unshuffle", reorder_weights)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["CNNs vs. Traditional MLPs"]
# ## CNN and MLP side by side
# | | CNN | MLP |
# |---|---|---|
# | connections | to a small window | to every input |
# | weights | the same at every place | one for every pair |
# | parameters of a layer | do not depend on image size | grow with image size |
# | knows neighbors | yes, from the start | no; nothing is lost, but it must learn them |
# | parts of parts | by design: regions grow with depth | possible, not asked for |
# | shifted input | map shifts along; *not* invariant by itself | must see every place |
# | size of input | any, up to the dense head | fixed |

# %% [markdown] slideshow={"slide_type": "skip"} deck=["CNNs vs. Traditional MLPs"]
# Three rows differ from the deck. *Shifts:* it calls a CNN translation invariant; above, the map
# moved. *Neighbors:* it says that an MLP flattens spatial information away; above, the MLP worked
# as well with any order, so no information is needed from the order, and none is lost. *Size:* a
# convolution takes any size, but a dense layer at the end of a CNN does not.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Applications Beyond Image Processing"]
# ## Beyond images
# Convolution needs a grid on which neighbors mean something. It need not be an image.
#
# | grid | data | input | filter |
# |---|---|---|---|
# | 1-D | sound, sensors, text, DNA | $(N, C, L)$ | $(F, C, K)$ |
# | 2-D | photos, spectrograms | $(N, C, H, W)$ | $(F, C, K, K)$ |
# | 3-D | video, MRI and CT volumes | $(N, C, D, H, W)$ | $(F, C, K, K, K)$ |

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Applications Beyond Image Processing"]
# ### One dimension: find a word in DNA
# Four channels, one for each letter: 1 where the letter stands. A filter is the word to look for.
# **Predict:** what is the output where the word stands?


# %% slideshow={"slide_type": "fragment"}
def as_channels(word):
    return np.array([[float(letter == base) for letter in word] for base in "ACGT"])  # (4, L)


sequence = "GGCTATAAAGCCTAGATATAACG"
matches = numpy_ops.conv1d(as_channels(sequence)[None], as_channels("TATA")[None])[0, 0]
print("letters that agree at each place:", *(f"{count:.0f}" for count in matches))
print("the word begins at:", np.flatnonzero(matches == 4))

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Applications Beyond Image Processing"]
# ### Three dimensions: points need a grid first
# A laser scanner gives a list of points in no order. The deck lists point clouds under 3-D CNNs, but
# a list is no grid. Count the points in small cubes, **voxels**: then there is one.

# %% slideshow={"slide_type": "fragment"}
points = rng.standard_normal((2000, 3))
points /= np.linalg.norm(points, axis=1, keepdims=True)  # on a sphere
box = [(-1, 1)] * 3
volume = np.histogramdd(points, bins=12, range=box)[0]  # (12, 12, 12)
again = np.histogramdd(rng.permutation(points), bins=12, range=box)[0]
y = numpy_ops.conv3d(volume[None, None], rng.standard_normal((4, 1, 3, 3, 3)))
print(f"voxels {volume.shape}, output {y.shape}")
print("another order of the points, the same grid:", np.array_equal(volume, again))

# %% [markdown] slideshow={"slide_type": "skip"}
# That is how VoxNet (Maturana and Scherer 2015) classifies points. PointNet (Qi et al. 2017) takes
# the list itself, and is no 3-D CNN. Notebooks 25 and 26 train networks on signals and volumes.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: ask for data without a useful grid. A table of customers is one: shuffle its
# columns and nothing is lost, so a convolution over columns has nothing to hold on to.

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
# 3. Is a convolution invariant to shifts?
# <details><summary>Answer</summary>No, equivariant: its output moves along with the image.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Which of the two, looking locally or sharing, saves multiply-adds?
# <details><summary>Answer</summary>Looking locally. An unshared local layer has as many products as
# the convolution.</details>
#
# 5. You have a table of patients: age, weight, pulse. Would you use a 1-D CNN over its columns?
# <details><summary>Answer</summary>No. The order of the columns is arbitrary, so neighbors mean
# nothing.</details>
#
# 6. Why does a fixed shuffling of pixels lose no information?
# <details><summary>Answer</summary>It can be undone: sort the pixels back.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A photo is an array (C, H, W). A CNN slides small learned filters over such grids.
# * Neighboring pixels are alike, far ones are not: windows may be small.
# * Shuffled pixels: the MLP does not notice, the CNN does. It is built on neighborhood.
# * 750 weights against 196,608,000 is right, and unfair: count outputs and products too. "403" is
#   404.2, and like for like it is far more.
# * A convolution is equivariant, not invariant. It also works in one and three dimensions.
#
# **On your own** Repeat the shuffling with `datasets.load("digits")` (8 × 8, so adapt the networks):
# how much smaller is the effect, and why? Measure `pixel_correlation` on a photo of yours,
# `datasets.photo("my.jpg", gray=True)[0]`, and along its columns: `.T`.

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources** Hubel and Wiesel 1962, *Journal of Physiology* 160. Fukushima 1980, *Biological
# Cybernetics* 36. LeCun et al. 1989, *Neural Computation* 1(4). Field 1987, *Journal of the Optical
# Society of America A* 4 (statistics of natural images). Maturana and Scherer 2015, *VoxNet*, IROS.
# Qi et al. 2017, *PointNet*, arXiv:1612.00593. Dosovitskiy et al. 2021, *Vision transformers*,
# arXiv:2010.11929. Liu et al. 2022, *ConvNeXt*, arXiv:2201.03545.
#
# **Next** 2, convolution: what a filter computes, by hand, in loops, as a matrix and by FFT.
