# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 6. Shift the image and see what follows
#
# **You will** tell *equivariant* from *invariant*, measure both layer by layer, and train two
# networks of nearly the same size, of which only one copes with digits that have moved.
# **You need** notebooks 2 and 3 (convolution, stride, padding). **Time** 60 min, CPU.
#
# | here | package | test | source |
# |---|---|---|---|
# | the two errors | `analysis/equivariance.py` | `tests/analysis/test_equivariance.py` | Azulay, Weiss 2019 |
# | halving a map | `lessons/equivariance_and_invariance/experiments.py` | `tests/lessons/equivariance_and_invariance/test_experiments.py` | Zhang 2019 |
# | training on several seeds | `training/repeats.py` | `tests/training/test_repeats.py` | – |

# %% slideshow={"slide_type": "skip"}
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from course_lib import datasets, numpy_ops, plots, torch_ops, training
from course_lib.analysis.equivariance import equivariance_error, invariance_error, shift_image
from course_lib.exercises import check, hint, solution  # noqa: F401 (for the reader)
from course_lib.lessons.equivariance_and_invariance import experiments, figures, live

rng = np.random.default_rng(seed=0)
photo = datasets.photo("cat", size=96, gray=True)[None, :, 12:76, 36:100]  # (1, 1, 64, 64)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Key Advantages of CNNs"]
# ## Two questions about a shift
# A digit moves two pixels to the right. Then one may ask:
#
# 1. Does the *map* move two pixels to the right as well? Then the layer is **equivariant**.
# 2. Does the *answer* stay exactly the same? Then the network is **invariant**.
#
# To recognize a digit anywhere one wants an invariant answer. To say *where* it is, one needs
# equivariant maps: an invariant answer has forgotten the place.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One row
# The kernel −1 1 subtracts each pixel from its right neighbor. **Predict:** when the row moves two
# pixels to the right, what happens to the responses that are not 0, and to the largest of all?

# %% slideshow={"slide_type": "fragment"}
row = np.array([0.0, 0.0, 5.0, 3.0, 0.0, 0.0, 0.0, 0.0])
for name, x in (("row", row), ("shifted", np.roll(row, 2))):
    y = numpy_ops.conv1d(x[None, None], np.array([[[-1.0, 1.0]]]))[0, 0]
    print(
        f"{name:8} response {y.astype(int)}  largest {y.max():.0f}  sum of squares {(y**2).sum():.0f}"
    )

# %% [markdown] slideshow={"slide_type": "fragment"}
# The responses moved by two: the convolution is equivariant. Their maximum and their sum of squares
# did not change: a number taken over *all* places is invariant.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The definitions
# $$f(S_d\,x) = S_d\, f(x) \;\;\text{equivariant} \qquad\qquad f(S_d\,x) = f(x) \;\;\text{invariant}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | image | (N, C, H, W) |
# | $d$ | shift: pixels down and right | (2,) |
# | $S_d$ | moves an image; what leaves on one side comes back on the other | keeps the shape |
# | $f(x)$ | maps, or an answer | (N, C′, H′, W′), or any |
#
# An image that wraps around is not natural, but it makes the question exact: no pixel is lost.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why a convolution is equivariant
# Write the shifted row as $(S_d x)_i = x_{i-d}$ and put it into the formula:
#
# $$y'_i = \sum_u k_u\,(S_d x)_{i+u} = \sum_u k_u\, x_{(i-d)+u} = y_{i-d}$$
#
# Every place uses the same $k_u$: nothing in the sum knows where it is. That is *weight sharing*.
# With a weight of its own for each place, $k_{iu}$, the last step fails: $k_{iu} \ne k_{i-d,u}$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And the other way round
# Take any dense layer and demand that it treats all places alike: shift the input, apply it, shift
# back, and average over all shifts. **Predict:** how many different weights are left of these 25?

# %% slideshow={"slide_type": "fragment"}
dense = rng.integers(-9, 10, (5, 5)).astype(float)
shift = np.roll(np.eye(5), 1, axis=0)  # the matrix S: moves a row of five by one
powers = [np.linalg.matrix_power(shift, d) for d in range(5)]
shared = sum(power.T @ dense @ power for power in powers) / 5
print(f"commutes with S: {np.allclose(shared @ shift, shift @ shared)}, before: "
      f"{np.allclose(dense @ shift, shift @ dense)}")  # fmt: skip

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
chart, axes = plots.figure(columns=2, width=8.0, height=3.6)
plots.show_numbers(dense, title="dense: 25 weights", role="kernel", signed=True, ax=axes[0, 0])
plots.show_numbers(shared, title="averaged: 5 weights", role="kernel", signed=True, ax=axes[0, 1])
plots.describe(chart, "A table of 25 different weights, and beside it the averaged table: each "
               "diagonal, wrapped around, repeats one number, so five different weights are left.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# Each diagonal holds one weight: this matrix *is* a convolution that wraps around (notebook 2). So a
# linear layer is equivariant to all shifts exactly when it is a convolution.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall say which of the two they want for "is there a cat?" (invariant),
# for "outline the cat" (equivariant), for "reading a clock" (neither alone). The word *invariance*
# is used loosely in talks; insist on the formula.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the average in code
# Write that average without shift matrices. Entries with the same (column − row) modulo size share
# one weight.


# %% slideshow={"slide_type": "skip"}
def share(matrix):
    # your code: return an array of the same shape
    return None


check("06.share", share)
# hint("06.share")
# solution("06.share")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional vs. Fully Connected Layers"]
# ## Convolutional or fully connected?
# | | convolutional layer | fully connected layer |
# |---|---|---|
# | weights | shared by all places | one for each input and output |
# | sees | a window | the whole input |
# | number of weights | K_h · K_w · C_in · C_out, for any image size | inputs · outputs |
# | neighborhood | built in | no idea of it; nothing is lost, but it must be learned |
# | **shift of the input** | **maps shift along: equivariant** | neither; must be learned |
# | output | maps (N, C_out, H_out, W_out) | vector (N, outputs) |
#
# The deck promises *invariance* to position in the fifth row. The layer does not have it, as the
# next section measures.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["CNNs vs. Traditional MLPs"]
# ### The same for whole networks
# An **MLP** (multilayer perceptron) is made of fully connected layers only.
#
# | | CNN | MLP |
# |---|---|---|
# | connections | local, then wider layer by layer | all to all |
# | weights | shared; their number does not grow with the image | grows with every pixel |
# | layout of the image | used | any fixed order of pixels is as good |
# | simple features, then larger ones | suggested by growing windows | possible, not suggested |
# | **shifted input** | **maps follow; the answer is nearly invariant if stride and head allow** | learned from examples, place by place |
#
# Both *learn* their hierarchy; neither is given one. In the last row the deck grants translation
# invariance to every CNN. Below it is measured.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Convolutional vs. Fully Connected Layers"]
# ### Nothing is lost, only ignored
# It is often said that a dense layer keeps no spatial information. Shuffle the pixels, and the
# columns of its weights alike: **predict** by how much its output changes.

# %% slideshow={"slide_type": "fragment"}
x, weight = photo.reshape(1, -1), rng.standard_normal((10, 64 * 64))
order = rng.permutation(64 * 64)
change = abs(numpy_ops.linear(x, weight) - numpy_ops.linear(x[:, order], weight[:, order])).max()
print(f"output {(1, 10)}, largest change ≤ 1e-9: {change <= 1e-9}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Every pixel is still there, with its own weight. What is missing is any notion of which pixels are
# neighbors. Learning must find that out from examples.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Measure it
# The **equivariance error** compares the map of the shifted image with the shifted map:
#
# $$\frac{\lVert f(S_d x) - S_d f(x)\rVert}{\lVert f(x)\rVert}$$
#
# 0 means: the map followed exactly. The image is a photo of a cat, the kernels are random, the shift
# is 3 pixels down and 5 right. **Predict:** which of these are 0? A convolution that wraps around,
# one with zero padding, the same away from the border, a ReLU.

# %% slideshow={"slide_type": "subslide"}
weight = rng.standard_normal((4, 1, 3, 3))


def around(x, weight):
    x_pad = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap")
    return numpy_ops.conv2d(x_pad, weight)


layers = {
    "wraps around": lambda x: around(x, weight),
    "zero padding": lambda x: numpy_ops.conv2d(x, weight, padding=1),
    "ReLU": numpy_ops.relu,
}
for name, layer in layers.items():
    error = equivariance_error(layer, photo, shift=(3, 5))
    print(f"{name:14} {'below 1e-14' if error < 1e-14 else f'{error:.2f}'}")

# %% slideshow={"slide_type": "fragment"}
inside = equivariance_error(layers["zero padding"], photo, shift=(3, 5), border=6)
print(f"zero padding, without 6 pixels at each side: below 1e-14: {inside < 1e-14}")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Convolutional vs. Fully Connected Layers"]
# ### Exact inside, broken at the border
# The convolution is equivariant to the last digit of the computer, and so is everything that acts on
# each pixel alone. Padding with zeros breaks it, but only where the border has been or has come to.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
y, y_of_shifted = (layers["zero padding"](x)[0, 0] for x in (photo, shift_image(photo, (3, 5))))
chart, axes = plots.figure(columns=2, width=9.0, height=3.8)
plots.show_map(y_of_shifted, unit="response (gray levels)", title="map of the shifted photo",
               role="output", ax=axes[0, 0])  # fmt: skip
plots.show_map(y_of_shifted - shift_image(y, (3, 5)), unit="difference (gray levels)",
               title="minus the shifted map", role="output", ax=axes[0, 1])  # fmt: skip
plots.describe(chart, "Left: the response map of a shifted cat photo. Right: its difference to the "
               "shifted map is zero everywhere but for thin lines: the image border and the place "
               "where the border was before the shift.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# So a network *can* tell where it is by looking at the zeros at the border. Kayhan and van Gemert (2020)
# found that real networks do so.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The PyTorch twin
# The same weights in `torch_ops`. The error of the layer must be the same number.


# %% slideshow={"slide_type": "fragment"}
def twin(x):
    return torch_ops.conv2d(torch.from_numpy(x), torch.from_numpy(weight), padding=1).numpy()


y, twin_y = layers["zero padding"](photo), twin(photo)
print(f"shape {y.shape}, largest error ≤ 1e-12: {abs(y - twin_y).max() <= 1e-12}")
errors = [equivariance_error(f, photo, shift=(3, 5)) for f in (layers["zero padding"], twin)]
print(f"equivariance errors agree to 1e-12: {abs(errors[0] - errors[1]) <= 1e-12}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the error in code
# Write it yourself, for one map `y` (H, W) that wraps around.


# %% slideshow={"slide_type": "skip"}
def gap(y, y_of_shifted, shift):
    # your code: return one number
    return None


check("06.gap", gap)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Key Advantages of CNNs"]
# ## What stride and pooling break
# Four ways to halve a map: keep every second pixel (**stride**), the largest or the mean of each 2 × 2
# (**max**, **average pooling**), or blur a little before keeping every second one (**blur pooling**).
# Here each is applied twice, so one output pixel stands for 4 × 4 pixels.
#
# **Predict:** which shifts of the input, from 0 to 8 pixels, can all four follow exactly?


# %% slideshow={"slide_type": "subslide"}
edges = weight - weight.mean(axis=(2, 3), keepdims=True)  # each kernel sums to 0


def twice(halve):
    return lambda x: halve(halve(numpy_ops.relu(around(x, edges))))


shifts = np.arange(9)
errors = {
    name: np.array(
        [equivariance_error(twice(halve), photo, shift=(0, int(d)), stride=4) for d in shifts]
    )
    for name, halve in experiments.HALVINGS.items()
}
for name, error in errors.items():
    print(f"{name:16} 1 px {error[1]:.2f}   2 px {error[2]:.2f}   4 px {error[4]:.1g}")

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
ax = plots.show_curves(shifts, errors, x_label="shift of the image (pixels)",
                       y_label="equivariance error", markers=True,
                       legend_place="upper center")  # fmt: skip
ax.set_ylim(top=1.7)  # room for the names
plots.describe(ax, "Error against shift for four ways of halving: all are zero at 0, 4 and 8 pixels "
               "and have a hump between; stride has the highest, max and average pooling middle ones, "
               "blur pooling the lowest.")  # fmt: skip

# %% slideshow={"slide_type": "subslide"}
between = {name: error[[1, 2, 3]] for name, error in errors.items()}
middle = [between["max pooling"], between["average pooling"]]
print("stride worst, blur pooling best, at 1, 2 and 3 pixels:",
      (between["stride"] > np.max(middle, axis=0)).all()
      and (between["blur pooling"] < np.min(middle, axis=0)).all())  # fmt: skip
print("exact at 4 and 8 pixels:", all(error[[4, 8]].max() < 1e-14 for error in errors.values()))

# %% [markdown] slideshow={"slide_type": "fragment"}
# The windows of a pooling layer stay in place when the image moves. Only shifts by a whole number of
# windows carry over: multiples of 4 here, of 32 in many large networks. Blurring first helps: it
# removes what changes faster than the remaining pixels can show (Zhang 2019).

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# Shift the row 0 3 1 0 0 2 one pixel to the right, wrapped around, then take the largest of each pair.

# %% slideshow={"slide_type": "skip"}
pooled = ...  # your three numbers, as a list
check("06.pool_by_hand", pooled)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the smallest shift
# A network has layers of stride 1, 2, 1, 2 and 2. By how many pixels must the input move, at least, so
# that the last map moves by exactly one of its pixels?

# %% slideshow={"slide_type": "skip"}
pixels = ...  # your number
check("06.smallest_shift", pixels)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# This should blur with 1 2 1 before it halves a row. Yet 4 0 4 0 4 0 still becomes
# all 4, and shifted by one pixel all 0. Repaired, both become 2 2 2.


# %% slideshow={"slide_type": "skip"}
def halve(row):
    kept = row[::2]
    return (np.roll(kept, 1) + 2 * kept + np.roll(kept, -1)) / 4


check("06.blur_bug", halve)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where does invariance come from, then?
# From an operation over *all* places. And which layer ends even that? **Predict** the change of the
# output when the photo moves by 2 pixels.

# %% slideshow={"slide_type": "fragment"}
convolve, head = layers["wraps around"], rng.standard_normal((10, 4 * 64 * 64))
heads = {
    "global average": lambda x: numpy_ops.global_avg_pool2d(convolve(x)),
    "global maximum": lambda x: numpy_ops.global_max_pool2d(convolve(x)),
    "stride 2, global maximum": lambda x: numpy_ops.global_max_pool2d(convolve(x)[:, :, ::2, ::2]),
    "dense head": lambda x: numpy_ops.linear(numpy_ops.flatten(convolve(x)), head),
}
for name, f in heads.items():
    changes = [invariance_error(f, photo, shift=(0, d)) for d in (1, 2)]
    print(f"{name:25}", *("below 1e-12" if c < 1e-12 else f"{c:11.2f}" for c in changes))

# %% [markdown] slideshow={"slide_type": "fragment"} deck=["Pooling Methods in CNNs"]
# Columns: shift by 1 and by 2 pixels. Equivariant maps plus a global average or maximum give exact
# invariance. A stride before it spoils odd shifts. A dense head on the maps changes its answer with
# every shift: it has another weight for every place.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Shift it yourself
# First a still picture: the photo moves one pixel to the right.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart = figures.show_shift(photo[0, 0], down=0, right=1, halving="max pooling")
plots.describe(chart, "A cat's eye shifted by one pixel. The convolution map moved along: its "
               "difference is blank. After two max poolings the difference is not blank, and the "
               "ten scores of a dense layer change.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now move the sliders (Tab and arrow keys work too). Look for shifts at which the third picture below
# goes blank. Do the scores ever come back?

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
live.shift(photo[0, 0])

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: go to right = 4 and let the hall see the third difference vanish while the scores
# stay changed. That is the whole notebook in one picture: convolution equivariant, pooling so at its
# own step only, dense head not at all.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Why CNNs Excel in Image Processing"]
# ## Does it matter? Train and see
# Real handwritten digits, 8 × 8 pixels, on an empty canvas of 16 × 16. Same features, other places: just
# what images are like. **CNN**: three convolutions, a global maximum, ten classes; `poolings` of the
# first two are followed by a 2 × 2 max pooling, which has no weights. **MLP**: one hidden layer.


# %% slideshow={"slide_type": "fragment"}
def cnn(poolings):
    halve = [nn.MaxPool2d(2)] * poolings + [nn.Identity()] * (2 - poolings)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), halve[0],
        nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), halve[1],
        nn.Conv2d(24, 24, 3, padding=1), nn.ReLU(),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(24, 10),
    )  # fmt: skip


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(256, 33), nn.ReLU(), nn.Linear(33, 10))


# %% slideshow={"slide_type": "subslide"}
for name, model in {"CNN": cnn(0), "CNN, 2 poolings": cnn(2), "MLP": mlp()}.items():
    print(f"{name:16} {sum(parameter.numel() for parameter in model.parameters()):,} parameters")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Nearly the same number, and pooling adds none: whatever differs below is not size.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["CNNs vs. Traditional MLPs"]
# ### Trained in the middle, tested beside it
# All 1,300 training digits are centered; the test digits are up to 2 pixels off in each direction.
# Every network is trained from three seeds; the MLP gets three times as many steps.
# **Predict** the share of right answers: MLP, and CNN with 0, 1, 2 poolings. Guessing gives 0.10.

# %% slideshow={"slide_type": "fragment"}
small = {"size": 16, "width": 8, "num_train": 1300, "num_test": 500}  # digits keep their own pixels
near = datasets.load("shifted_digits", train_shift=0, test_shift=2, **small)
names = ("CNN, no pooling", "CNN, 1 pooling", "CNN, 2 poolings")
makers = {name: (lambda p=p: cnn(p)) for p, name in enumerate(names)} | {"MLP": mlp}
trained = {
    name: training.train_on_seeds(make, near, seeds=(0, 1, 2), steps=360 if name == "MLP" else 120)
    for name, make in makers.items()
}
scores = {name: training.accuracies_of(models, near) for name, models in trained.items()}

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
for name, values in scores.items():
    print(f"{name:16} {training.mean_std(values)}   each seed: {np.round(values, 3)}")

# %% slideshow={"slide_type": "fragment"}
for better, worse in pairwise(scores):
    ahead = min(scores[better]) > max(scores[worse])
    print(f"{better} ahead of {worse} on every seed: {'yes' if ahead else 'no'}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The same weights, the same training, and only the poolings differ. Being a CNN is not enough: what
# lies between the convolutions decides how much of the equivariance reaches the answer.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Pixel by pixel
# The same trained networks; now every test digit moves by exactly $d$ pixels to the right.

# %% slideshow={"slide_type": "fragment"}
centered = datasets.load("shifted_digits", train_shift=0, test_shift=0, **small)


def accuracy_when_shifted(model, d):
    logits = training.predict(model, shift_image(centered.x_test, (0, d)), device="cpu")
    return training.accuracy(logits.argmax(axis=1), centered.y_test)


curves = {
    name: np.array([[accuracy_when_shifted(m, d) for d in range(5)] for m in models])
    for name, models in trained.items()
}

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
ax = plots.show_curves(np.arange(5), {name: c.mean(axis=0) for name, c in curves.items()},
                       x_label="shift of the test digits (pixels)",
                       y_label="accuracy (mean of 3 seeds)", markers=True)  # fmt: skip
for line, values in zip(ax.lines[:4], curves.values(), strict=True):
    ax.fill_between(np.arange(5), values.min(axis=0), values.max(axis=0), alpha=0.2,
                    color=line.get_color(), linewidth=0)  # fmt: skip
ax.set_xticks(range(5))
plots.describe(ax, "Accuracy against shift. All four networks begin near one. Without pooling the CNN "
               "stays there; with one pooling it dips at odd shifts, with two at all shifts but 4; "
               "the MLP falls and does not come back. Bands show the seeds.")  # fmt: skip

# %% slideshow={"slide_type": "subslide"}
at = {name: values.min(axis=0) for name, values in curves.items()}
worst = {name: values.max(axis=0) for name, values in curves.items()}
print("no pooling: above 0.85 at every shift:", at["CNN, no pooling"].min() > 0.85)
print(
    "two poolings: better at 4 than at 2 pixels:",
    at["CNN, 2 poolings"][4] > worst["CNN, 2 poolings"][2],
)
print("MLP: below 0.5 from 2 pixels on:", worst["MLP"][2:].max() < 0.5)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The dips are those of the error curve above: a network that halves twice follows shifts by 4, and has
# never met what it sees at 2. What you measured on one layer decides what a trained network can do.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why do digits that moved get lost?
# Why does the CNN with two poolings fail on many digits that moved by 2 pixels?
#
# * **a** A convolution gives other responses where the digit has moved to.
# * **b** The global maximum depends on where in the map the largest number is.
# * **c** Each pooling keeps its windows in place, so a shift that is no multiple of 4 puts other
#   pixels together.
# * **d** It has fewer weights than the network without pooling.

# %% slideshow={"slide_type": "skip"}
why = ...  # "a", "b", "c" or "d"
check("06.why", why)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["CNNs vs. Traditional MLPs"]
# ## How many examples replace a built-in rule?
# An MLP *can* learn about shifts, from examples. Now training and test digits both lie up to 4 pixels
# off, and the number of training images grows. **Predict:** with 1,300 images, does the MLP reach what
# the CNN has with 50?

# %% slideshow={"slide_type": "fragment"}
counts = (50, 250, 1300)
anywhere = {"CNN": [], "MLP": []}
for count in counts:
    digits = datasets.load(
        "shifted_digits", train_shift=4, test_shift=4, **(small | {"num_train": count})
    )
    for name, make, steps in (("CNN", lambda: cnn(0), 80), ("MLP", mlp, 240)):
        models = training.train_on_seeds(make, digits, seeds=(0, 1, 2), steps=steps)
        anywhere[name].append(training.accuracies_of(models, digits))

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
for name, values in anywhere.items():
    print(
        name,
        *(f"{n}: {training.mean_std(v)}" for n, v in zip(counts, values, strict=True)),
        sep="   ",
    )

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
ax = plots.show_curves(
    np.array(counts), {n: np.mean(v, axis=1) for n, v in anywhere.items()},
                       x_label="training images", y_label="accuracy (mean of 3 seeds)",
                       markers=True)  # fmt: skip
for line, values in zip(ax.lines[:2], anywhere.values(), strict=True):
    ax.fill_between(counts, np.min(values, axis=1), np.max(values, axis=1), alpha=0.2,
                    color=line.get_color(), linewidth=0)  # fmt: skip
ax.set(xscale="log", xticks=counts, ylim=(0, 1))
ax.set_xticklabels([f"{n:,}" for n in counts])
ax.minorticks_off()
plots.describe(ax, "Accuracy against the number of training images: the CNN is far above the MLP at "
               "50, 250 and 1,300 images; both rise.")  # fmt: skip

# %% slideshow={"slide_type": "subslide"}
ahead = [min(c) > max(m) for c, m in zip(anywhere["CNN"], anywhere["MLP"], strict=True)]
print("CNN ahead on every seed, at 50, 250, 1300 images:", ahead)
print("CNN with 50 images ahead of MLP with 1300, every seed:",
      min(anywhere["CNN"][0]) > max(anywhere["MLP"][-1]))  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} deck=["Key Advantages of CNNs"]
# The MLP must see a stroke at every place to know it there. The CNN sees it once. That is what sharing
# weights buys: not a better memory, but fewer things to learn. No test digit is among the training
# digits, wherever they lie.
#
# To be fair: this is the best of our three CNNs, the one without pooling, against a single MLP that
# nobody tuned. With poolings the CNN gains less, as the curves above say.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your own network
# Any PyTorch module will do, and any image: `datasets.photo("my.jpg", gray=True)`. Give maps to
# `equivariance_error` (with the product of the strides), answers to `invariance_error`.

# %% slideshow={"slide_type": "fragment"}
torch.manual_seed(0)
mine = nn.Sequential(  # put your own module here
    nn.Conv2d(1, 8, 5, padding=2, padding_mode="circular"), nn.ReLU(),
    nn.Conv2d(8, 8, 3, stride=2, padding=1, padding_mode="circular"),
)  # fmt: skip
my_image = photo  # and your own image (1, C, H, W)
for d in (1, 2):
    error = equivariance_error(mine, my_image, shift=d, stride=2)
    print(f"shift {d}: equivariance error {'below 1e-5' if error < 1e-5 else f'{error:.2f}'}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Is a 3 × 3 convolution with stride 1 invariant to shifts?
# <details><summary>Answer</summary>No, equivariant: its map moves along.</details>
#
# 2. What turns equivariant maps into an invariant answer?
# <details><summary>Answer</summary>A number taken over all places alike: a global average or
# maximum.</details>
#
# 3. A network has a total stride of 32. Which shifts does it follow exactly?
# <details><summary>Answer</summary>Multiples of 32 pixels, away from the borders.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. When would you *not* want invariance?
# <details><summary>Answer</summary>When the place matters: finding, outlining, counting, reading a
# clock.</details>
#
# 5. Does a dense layer destroy the layout of an image?
# <details><summary>Answer</summary>No. It has no built-in idea of neighborhood, but every pixel keeps
# its own weight.</details>
#
# 6. Why is blurring before halving a help?
# <details><summary>Answer</summary>Fine detail that the coarser grid cannot hold is removed before it
# can flip between two outputs.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Equivariant: the map moves along. Invariant: the answer stays. A convolution is the first.
# * A linear layer that treats all places alike is a convolution.
# * Zero padding breaks this at the border, stride and pooling between their steps, a dense head
#   everywhere. A global maximum or average turns equivariance into invariance.
# * With nearly the same number of weights, a CNN copes with moved digits and an MLP does not; how well
#   the CNN does depends on its poolings.
#
# **On your own** Replace `MaxPool2d(2)` in `cnn` by `AvgPool2d(2)`, or the global maximum by
# `nn.AdaptiveAvgPool2d(1)` with more steps. Train on digits that moved by up to 2 pixels: do the poolings
# still hurt?

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources** Azulay and Weiss 2019, *Why do deep convolutional networks generalize so poorly to small
# image transformations?*, JMLR 20(184). Zhang 2019, *Making convolutional networks shift-invariant
# again*, arXiv:1904.11486. Kayhan and van Gemert 2020, *On translation invariance in CNNs*,
# arXiv:2003.07064. Lin, Chen and Yan 2014, *Network in network*, arXiv:1312.4400 (global average
# pooling). Digits: Alpaydin, Kaynak 1998, UCI Machine Learning Repository. Photo: Chelsea the cat, by
# Stefan van der Walt, CC0.
#
# **Next** 7, activation functions: what stands between the convolutions.
