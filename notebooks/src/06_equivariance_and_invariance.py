# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 6. Shift the image and see what follows
#
# **You will** tell *equivariant* from *invariant*, find out which layers lose an image that moves,
# and how many examples a built-in rule is worth.
# **You need** convolution, stride and padding (notebooks 2 and 3). **Time** 60 min, CPU.
#
# A CNN learns to read handwritten digits that stand in the middle of the image. Then the digits move,
# by up to two pixels. A convolution does not care where things stand: it is the same sum of products
# at every place. So three CNNs with *exactly the same weights to learn* should all go on reading. They
# differ in one thing: how many of their layers are followed by a pooling.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from torch import nn

from course_lib import datasets, numpy_ops, plots, torch_ops, training
from course_lib.analysis.equivariance import equivariance_error, invariance_error, shift_image
from course_lib.exercises import check, hint, solution  # noqa: F401 (for the reader)
from course_lib.lessons.equivariance_and_invariance import digits, experiments, figures, live

rng = np.random.default_rng(seed=0)
photo = datasets.photo("cat", size=96, gray=True)[None, :, 12:76, 36:100]  # (1, 1, 64, 64)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The digits
# Eight pixels on a canvas of 16×16. Above as in training, below up to 2 pixels off, down and across.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
centered = digits.digits(train_shift=0, test_shift=0)
moved = digits.digits(train_shift=0, test_shift=2)
chart = figures.show_digits({"trained": centered.x_train[:7], "tested": moved.x_test[:7]})
plots.describe(chart, "Two rows of small handwritten digits, those of the upper row in the middle of "
               "their canvas, those of the lower row a little off it.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three networks that differ in their poolings
# Three convolutions, a *global maximum* (the largest number of each map, wherever it stands), ten
# classes. None, the first, or the first two convolutions are followed by a 2×2 **max pooling**: of
# each 2×2 window keep the largest number. It has no weight. A point is one training of three.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
names = ("no pooling", "one pooling", "two poolings")
networks = {name: digits.trained(number, seeds=seeds) for number, name in enumerate(names)}
shares = {name: {"in the middle": digits.accuracies(models, test_shift=0),
                 "moved": digits.accuracies(models, test_shift=2)}
          for name, models in networks.items()}  # fmt: skip
plots.describe(figures.show_shares(shares), "Share of digits read right. In the middle all three "
               "networks read more than 0.9. Moved digits: no pooling above 0.9, one pooling near "
               "0.77, two poolings near 0.35.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
for name, kinds in shares.items():
    print(f"{name:12}", *(f"{kind} {training.mean_std(v)}  " for kind, v in kinds.items()))
moved_shares = [kinds["moved"] for kinds in shares.values()]
assert min(moved_shares[0]) > max(moved_shares[1]) > min(moved_shares[1]) > max(moved_shares[2])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A pooling too many
# In the middle all three read nearly everything. Two pixels further the network without poolings
# still does; with one pooling a quarter of the digits is lost, with two it is two thirds. Same
# weights to learn, same images, same steps.
#
# It is often said that pooling makes a network *invariant to shifts*. Here each pooling does the
# contrary. **If a convolution does not care where things stand, what in this network does?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: ask who believes that pooling makes a network invariant *before* the picture of the
# three networks, and count the hands. Most go up. Come back to the count at "So does pooling help or
# hurt?".

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Key Advantages of CNNs"]
# ## Two questions about a shift
# A digit moves two pixels to the right. Then one may ask:
#
# 1. Does the *map* move two pixels to the right as well? Then the layer is **equivariant**.
# 2. Does the *answer* stay exactly the same? Then the network is **invariant**.
#
# To recognize a digit anywhere one wants an invariant answer. To say *where* it is one needs
# equivariant maps, because an invariant answer has forgotten the place.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One row
# The kernel −1 1 subtracts each pixel from its right neighbor. The row 0 0 5 3 0 0 0 0 moves two
# pixels to the right. **Predict:** what happens to the responses, and to the largest?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
row = np.array([0.0, 0.0, 5.0, 3.0, 0.0, 0.0, 0.0, 0.0])
for name, x in {"row": row, "moved": np.roll(row, 2)}.items():
    y = numpy_ops.conv1d(x[None, None], np.array([[[-1.0, 1.0]]]))[0, 0]
    print(f"{name:6} responses {y.astype(int)}  largest {y.max():.0f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The responses moved by two: equivariant. The largest is 5 both times: a number taken over *all* places
# is invariant.

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

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Convolutional vs. Fully Connected Layers"]
# ### Why a convolution is equivariant
# Write the shifted row as $(S_d x)_i = x_{i-d}$ and put it into the formula:
#
# $$y'_i = \sum_u k_u\,(S_d x)_{i+u} = \sum_u k_u\, x_{(i-d)+u} = y_{i-d}$$
#
# Every place uses the same $k_u$, so nothing in the sum knows where it is. That is *weight sharing*. A
# fully connected layer has a weight of its own for each place, $k_{iu}$, and there the last step fails,
# because $k_{iu} \ne k_{i-d,u}$. (Notebook 1 compares the two in everything else.)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Convolutional vs. Fully Connected Layers"]
# ### And the other way round
# Are there other equivariant layers? Take *any* dense layer and force it to treat all places alike:
# shift the input, apply it, shift back, and average over all shifts. **Predict:** how many different
# weights are left of these 25?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
dense = rng.integers(-9, 10, (5, 5)).astype(float)
shift = np.roll(np.eye(5), 1, axis=0)  # the matrix S: moves a row of five by one
powers = [np.linalg.matrix_power(shift, d) for d in range(5)]
shared = sum(power.T @ dense @ power for power in powers) / 5
assert np.allclose(shared @ shift, shift @ shared) and not np.allclose(dense @ shift, shift @ dense)
chart, axes = plots.figure(columns=2, width=8.0, height=3.4)
plots.show_numbers(dense, title="any dense layer", role="kernel", ax=axes[0, 0], signed=True)
plots.show_numbers(shared, title="averaged", role="kernel", ax=axes[0, 1], signed=True)
plots.describe(chart, "A table of 25 different weights, and the averaged table: each diagonal, wrapped "
               "around, repeats one number.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Five. Each diagonal holds one weight, so this *is* a convolution that wraps around (notebook 2). And
# a layer that was equivariant before equals its own average, since each averaged term is the layer
# itself. So a linear layer is equivariant **exactly when** it is a convolution. Sharing does not make
# the kernel small, though: it sees the whole row. That near pixels belong together is a second
# assumption.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the average in code
# Write that average without shift matrices, for a matrix of any size. Entries with the same
# (column − row) modulo size share one weight.


# %% slideshow={"slide_type": "skip"}
def share(matrix):
    # your code: return an array of the same shape
    return None


check("06.share", share)
# hint("06.share")
# solution("06.share")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Measure it
# The **equivariance error** compares the map of the shifted image with the shifted map:
#
# $$\frac{\lVert f(S_d x) - S_d f(x)\rVert}{\lVert f(x)\rVert}$$
#
# 0 means that the map followed exactly. Two maps that have nothing in common get $\sqrt2 \approx 1.4$: their
# products cancel on average, so the squares of their lengths add up. It is one number for a layer,
# an image and a shift.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three layers
# A photo of a cat, random kernels, a shift of 3 pixels down and 5 right. **Predict:** which of these
# follow exactly? A convolution that wraps around, one with zero padding, a ReLU.

# %% slideshow={"slide_type": "skip"}
weight = rng.standard_normal((4, 1, 3, 3))


def around(x):
    x_pad = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap")
    return numpy_ops.conv2d(x_pad, weight)


def zero_padded(x):
    return numpy_ops.conv2d(x, weight, padding=1)


# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
three = {"wraps around": around, "zero padding": zero_padded, "ReLU": numpy_ops.relu}
for name, layer in three.items():
    print(f"{name:13} {equivariance_error(layer, photo, shift=(3, 5)):.2f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The first and the last. A ReLU looks at one pixel at a time and cannot know where it is. The zeros of
# the padding, however, stay at the border when the image moves.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exact inside, broken at the border
# Where is the error of the padded convolution? Its map of the shifted photo, and what is left after
# its shifted map is taken away:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
y, y_of_shifted = (zero_padded(x)[0, 0] for x in (photo, shift_image(photo, (3, 5))))
left_over = y_of_shifted - shift_image(y, (3, 5))
same = {"unit": "response (gray levels)", "limit": abs(y).max(), "ticks": False, "role": "output"}
chart, axes = plots.figure(columns=2, width=9.0, height=3.6)
plots.show_map(y_of_shifted, title="map of the shifted photo", ax=axes[0, 0], **same)
plots.show_map(left_over, title="minus the shifted map", ax=axes[0, 1], **same)
axes[0, 0].images[0].colorbar.remove()  # one scale for both
assert equivariance_error(zero_padded, photo, shift=(3, 5), border=6) < 1e-14
plots.describe(chart, "Left: the response map of a shifted cat photo. Right, in the same colors: blank "
               "but for thin lines, where the border is and where it was.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# Lines only: where the border is, and where the border was before the shift. Inside the error is 0 to
# the last digit. So a network *can* tell where it is by looking at the zeros, and Kayhan and van Gemert
# (2020) found that real networks do so. Remember the lines: they come back.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
twin = torch_ops.conv2d(torch.from_numpy(photo), torch.from_numpy(weight), padding=1).numpy()
assert abs(twin - zero_padded(photo)).max() <= 1e-12
print("PyTorch's convolution gives the same maps, shape", twin.shape)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the error in code
# Write it yourself, for one map `y` (H, W) that wraps around.


# %% slideshow={"slide_type": "skip"}
def gap(y, y_of_shifted, shift):
    # your code: return one number
    return None


check("06.gap", gap)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Key Advantages of CNNs"]
# ## What halving breaks
# Four ways to halve a map: keep every second pixel (**stride**); keep the largest or the mean of each
# 2×2 (**max**, **average pooling**); blur a little and then keep every second one (**blur pooling**).
# Each is applied twice, so one pixel of the last map stands for 4×4 pixels of the image.
#
# A shift by 4 should move that map by one. A shift by 2 should move it by half a pixel, which no map
# can: then we try both whole shifts around it and take the *better* one. **Predict:** which shifts, from
# 0 to 8 pixels, can all four follow exactly?

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
weight -= weight.mean(axis=(2, 3), keepdims=True)  # each kernel sums to 0: it answers to edges
steps = np.arange(9)


def twice(halve):
    return lambda x: halve(halve(numpy_ops.relu(around(x))))


errors = {
    name: np.array(
        [equivariance_error(twice(f), photo, shift=(0, int(d)), stride=4) for d in steps]
    )
    for name, f in experiments.HALVINGS.items()
}

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Error against shift
# Four ways of halving, each applied twice. Look where the curves meet the axis, and in which order they
# lie between.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
ax = plots.show_curves(steps, errors, x_label="shift of the image (pixels)", markers=True,
                       y_label="equivariance error", legend_place="upper center",
                       ax=plots.figure(width=9.0, height=4.0)[1][0, 0])  # fmt: skip
ax.set_ylim(top=1.9)  # room for the names
ax.set_xticks(steps)
plots.describe(ax, "Error against shift for four ways of halving: all are zero at 0, 4 and 8 pixels "
               "and have a hump between; stride has the highest, max and average pooling middle ones, "
               "blur pooling the lowest.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
print("pixels          1     2     3     4")
for name, error in errors.items():
    print(f"{name:16}", *(f"{value:.2f}" for value in error[1:5]), sep="  ")
middle = [errors["max pooling"][1:4], errors["average pooling"][1:4]]
assert (errors["stride"][1:4] > np.max(middle, axis=0)).all()
assert (errors["blur pooling"][1:4] < np.min(middle, axis=0)).all()
assert max(error[[4, 8]].max() for error in errors.values()) < 1e-14

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0, 4 and 8. The windows of a pooling stay where they are when the image moves, so in between other
# pixels come together, and the map is a *new* one. Large networks halve five times: they follow
# multiples of 32. A bare stride is worst, and a pooling softens it, because each output looks at
# four pixels and not at one. Blurring first is best: it takes away what changes faster than the
# remaining pixels can show (Zhang 2019).

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
# This should blur with 1 2 1 before it halves a row. Yet 4 0 4 0 4 0 still becomes all 4, and shifted
# by one pixel all 0. Repaired, both become 2 2 2.


# %% slideshow={"slide_type": "skip"}
def halve(row):
    kept = row[::2]
    return (np.roll(kept, 1) + 2 * kept + np.roll(kept, -1)) / 4


check("06.blur_bug", halve)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Pooling Methods in CNNs"]
# ## Two things called pooling
# *Local* pooling with a stride halves a map. *Global* pooling takes one number over all of it. Put one
# of these on a convolution that wraps around: a global average (of squares) or maximum, a global
# maximum after a stride of 2, a dense layer. **Predict:** which answers stay the same when the photo
# moves by 2 pixels? And by 1?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
head = rng.standard_normal((10, 4 * 64 * 64))
heads = {
    "global average": lambda x: numpy_ops.global_avg_pool2d(around(x) ** 2),
    "global maximum": lambda x: numpy_ops.global_max_pool2d(around(x)),
    "stride 2, global maximum": lambda x: numpy_ops.global_max_pool2d(around(x)[:, :, ::2, ::2]),
    "dense layer": lambda x: numpy_ops.linear(numpy_ops.flatten(around(x)), head),
}
print("change of the answer when the photo moves by     1 px   2 px")
for name, f in heads.items():
    changes = [invariance_error(f, photo, shift=(0, d)) for d in (1, 2)]
    print(f"{name:48} {changes[0]:.2f}   {changes[1]:.2f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Equivariant maps and one number over *all* places: invariant. A stride in between spoils odd shifts. A
# dense layer weighs places differently.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### So does pooling help or hurt?
# | | global | local, with a stride |
# |---|---|---|
# | looks at | the whole map | a window that stays in place |
# | to shifts | **invariant**, if the map is equivariant | equivariant to whole strides only |
# | against a bare stride | | hurts less |
# | against no halving | | hurts |
#
# Notebook 1 says that an unchanged answer needs pooling: that was the global kind. Local pooling is
# used to make maps smaller and fields larger (notebook 5), and this is its price.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Shift it yourself
# Look for shifts at which the difference after two poolings goes blank. Do the dense scores ever come
# back?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.shift(photo[0, 0])

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# At multiples of 4, down and right. The scores come back only when the whole photo has gone around.
# With blur pooling the differences between are paler, with a bare stride stronger.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: go to right = 4 and let the hall see the difference vanish while the scores stay
# changed. That is the whole notebook in one picture.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Back to the digits, pixel by pixel
# The three networks of the beginning, trained on digits in the middle; now every test digit moves by
# exactly $d$ pixels to the right. With one pooling a map pixel stands for 2 pixels, with two for 4.
#
# **Predict** the curve of each network for $d$ = 0 to 4. Where does it come back?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Read at every shift
# Three trainings each; the dotted line is their mean.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
curves = {name: digits.accuracies_by_shift(m, range(5)) for name, m in networks.items()}
plots.describe(figures.show_by_shift(curves), "Share read right against shift. No pooling: flat above "
               "0.9. One pooling: down at 1 and 3 pixels, back at 2 and 4. Two poolings: low at "
               "1, 2 and 3 pixels, back to about 0.8 at 4.")  # fmt: skip
none, one, two = curves.values()
assert none.min() > 0.9 and two[:, 4].min() > two[:, 2].max()
assert one[:, 2].min() > one[:, [1, 3]].max()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The dips of the error curve. With one pooling, 2 pixels are a whole window, with two, only 4 are. In
# between the layers behind get maps that they have never met, and guess: with two poolings one network
# of three reads three quarters at 1 pixel, the others half.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let somebody draw the curve of two poolings on the board before the picture comes.
# Whoever remembers the live figure draws a hill upside down between 0 and 4.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why not all the way back?
# A shift by 4 is a whole number of windows, so two poolings should read as well as in the middle. They
# lose about one digit in nine. So one more thing knows where it is. **Predict:** which?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
wrapped = digits.accuracies_by_shift(
    digits.trained(2, seeds=seeds, padding_mode="circular"), range(5)
)
for name, values in {"zero padding": two, "wraps around": wrapped}.items():
    print(
        f"{name:13} in the middle {np.round(values[:, 0], 3)}   4 pixels {np.round(values[:, 4], 3)}"
    )
assert (wrapped[:, 0] == wrapped[:, 4]).all() and (two[:, 0] > two[:, 4]).all()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The zeros of the padding: the lines of the difference map. After two poolings the map is 4×4, and
# most of it is border. Trained again with convolutions that wrap around, the network reads exactly as
# many digits at 4 pixels as in the middle, on every seed.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Was it only that it never met them?
# A network that has never seen a moved digit can hardly know it. So train all three again, now with
# digits up to 2 pixels off the middle, the same 1,300 images. **Predict:** do the poolings still hurt?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
met = {name: {"trained in the middle": shares[name]["moved"],
              "trained on moved digits": digits.accuracies(
                  digits.trained(number, seeds=seeds, train_shift=2), test_shift=2)}
       for number, name in enumerate(names)}  # fmt: skip
plots.describe(figures.show_shares(met), "Share of moved digits read right. No pooling: above 0.9 "
               "either way. Two poolings: from about 0.35 to about 0.8 when trained on moved "
               "digits.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
for name, kinds in met.items():
    print(f"{name:12}", *(f"{kind} {training.mean_std(v)}  " for kind, v in kinds.items()))
now = [kinds["trained on moved digits"] for kinds in met.values()]
assert min(now[2]) - max(met["two poolings"]["trained in the middle"]) > 0.2
assert min(now[0]) > max(now[1]) and min(now[0]) > max(now[2])

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Less, but they do. Most of the collapse was that the network had never met such maps, and examples
# mend that. What remains is the price of learning each of the positions within a window, while the
# network without poolings knows them all from one.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: which part is to blame?
# In the CNN with two poolings, trained on centered digits, each pooling is replaced by a 3×3 max pooling
# with stride 1 (and padding 1), and it is trained again. How does it read digits that have moved by 2
# pixels?
#
# * **a** Badly as before: a maximum takes other pixels when the digit moves.
# * **b** Somewhat better: windows of 3 overlap, but only shifts by 3 are safe.
# * **c** Worse: larger windows forget more of the place.
# * **d** As well as centered ones: with stride 1 the windows move along.

# %% slideshow={"slide_type": "skip"}
check("06.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"} deck=["CNNs vs. Traditional MLPs", "Why CNNs Excel in Image Processing"]
# ## How many examples is a rule worth?
# An **MLP** (fully connected layers only, here one hidden layer) has no rule about shifts, but it can
# learn one from examples. Now training and test digits lie up to 4 pixels off, anywhere on the canvas,
# and the number of training images grows. Both networks have about 9,000 weights and train until they
# know their training images by heart.
#
# **Predict:** does the MLP reach with 1,300 images what the CNN without pooling has with 50?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Learned from 50, 250 and 1,300 images
# Compare the right end of one curve with the left end of the other.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
counts = (50, 250, 1300)
learned = {kind: [digits.learn_anywhere(kind, count, seeds=seeds) for count in counts]
           for kind in ("CNN", "MLP")}  # fmt: skip
curves = {
    kind: np.array([result.test for result in results]).T for kind, results in learned.items()
}
plots.describe(figures.show_by_count(counts, curves), "Share of unseen digits read right against "
               "the number of training images. The CNN climbs from about 0.8 to above 0.95, the "
               "MLP from about 0.1 to about 0.55.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
for kind, results in learned.items():
    for count, result in zip(counts, results, strict=True):
        print(f"{kind} {count:5,} images: unseen {training.mean_std(result.test)}, "
              f"its own at least {min(result.train):.3f}")  # fmt: skip
        assert min(result.train) > 0.97
assert min(curves["CNN"][:, 0]) > max(curves["MLP"][:, 2])
weights = [digits.num_weights(model) for model in (digits.cnn(0), digits.mlp())]
different = digits.num_distinct(centered.x_train)
print(
    f"weights: CNN {weights[0]:,}, MLP {weights[1]:,}; {different} different digits in 1,300 images"
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No, by far. The MLP must see a stroke at each place to know it there; the CNN sees it once and knows
# it everywhere. Fifty images and a rule beat 1,300 without. More steps would not help, since both read
# all their training images already.

# %% [markdown] slideshow={"slide_type": "skip"}
# To be fair: this is the best of our three CNNs against one MLP that nobody tuned, on a task made of
# shifts. The 1,300 images are drawn with replacement from few digits (the last line above counts them
# for the centered set; here the same digits also lie at different places). How the two
# compare on digits that all stand in the middle is not measured here: a rule about shifts can only help
# where things shift.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What cares where things stand?
# Not the convolutions, and not the global maximum: together they read moved digits as if nothing had
# happened. But each pooling has windows that stay in place, so a shift that is no whole number of
# windows gives the layers behind it a map that they have not met. And the zeros at the border stay in
# place too.
#
# So "CNNs are invariant to shifts" is three claims. The *layer* is equivariant: exact, away from
# borders. The *network* is invariant: if all its maps are equivariant and its head is global. A network
# with strides *learns* to be nearly invariant: from examples, as far as they go.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Your own network
# Any PyTorch module will do, and any image: `datasets.photo("my.jpg", gray=True)`. Give maps to
# `equivariance_error` (with the product of the strides), answers to `invariance_error`.

# %% slideshow={"slide_type": "skip"}
torch.manual_seed(0)
mine = nn.Sequential(  # put your own module here
    nn.Conv2d(1, 8, 5, padding=2, padding_mode="circular"), nn.ReLU(),
    nn.Conv2d(8, 8, 3, stride=2, padding=1, padding_mode="circular"),
)  # fmt: skip
my_image = photo  # and your own image (1, C, H, W)
for d in (1, 2):
    error = equivariance_error(mine, my_image, shift=d, stride=2)
    print(f"shift {d}: equivariance error {error:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Is a 3×3 convolution with stride 1 invariant to shifts?
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
# 5. You shuffle all pixels of all images in one fixed way. What becomes of the equivariance of a
# convolution?
# <details><summary>Answer</summary>It is still equivariant to shifts of what it gets. But a shift of the
# photo is no shift of the shuffled image any more, so the rule no longer fits the data (notebook 1
# measures it).</details>
#
# 6. Why is blurring before halving a help?
# <details><summary>Answer</summary>Fine detail that the coarser grid cannot hold is removed before it
# can flip between two outputs.</details>
#
# 7. A network should mark each pixel as cat or not. Equivariant or invariant?
# <details><summary>Answer</summary>Equivariant: when the cat moves, the marks must move with it. A
# global maximum would be the wrong head.</details>

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Key Advantages of CNNs"]
# ## What you saw
# * Equivariant: the map moves along. Invariant: the answer stays. A linear layer is the first exactly
#   when it is a convolution.
# * Strides, poolings and zero padding break it; a global maximum or average turns what is left of it
#   into invariance; a dense head loses it.
# * Two poolings took a CNN from .95 to .35 on digits moved by 2 pixels. Examples mend most of that.
# * Fifty images and a CNN beat 1,300 and an MLP.
#
# **On your own** A network must follow shifts by single pixels *and* end with a map a quarter as wide.
# Design it with what you have measured, predict its equivariance error at 1, 2 and 4 pixels, and
# measure it.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | the two errors | `analysis/equivariance.py` | `tests/analysis/test_equivariance.py` |
# | halving a map | `lessons/equivariance_and_invariance/experiments.py` | `tests/lessons/equivariance_and_invariance/test_experiments.py` |
# | digits that moved | `lessons/equivariance_and_invariance/digits.py` | `tests/lessons/equivariance_and_invariance/test_digits.py` |
# | training on several seeds | `training/repeats.py` | `tests/training/test_repeats.py` |
#
# **Sources** Azulay and Weiss 2019, *Why do deep convolutional networks generalize so poorly to small
# image transformations?*, JMLR 20(184) · Zhang 2019, *Making convolutional networks shift-invariant
# again*, arXiv:1904.11486 · Kayhan and van Gemert 2020, *On translation invariance in CNNs*,
# arXiv:2003.07064 · Lin, Chen and Yan 2014, *Network in network*, arXiv:1312.4400 (global average
# pooling) · Digits: Alpaydin and Kaynak 1998, UCI Machine Learning Repository. Photo: Chelsea the cat,
# by Stefan van der Walt, CC0.
#
# **Next** 7, activation functions: what stands between the convolutions.
