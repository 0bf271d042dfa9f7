# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 3. Ask an image nine-number questions
#
# **You will** build kernels that find edges, corners, blobs and color changes, work out how large
# a feature map is, and let kernels find themselves by gradient descent.
# **You need** notebook 2. **Time** 60 min, CPU.
#
# | here | package | test | source |
# |---|---|---|---|
# | feature maps | `numpy_ops/correlation.py` | `tests/parity/test_correlation.py` | Prewitt 1970 |
# | output size | `shapes.py` | `tests/test_shapes.py` | arXiv:1603.07285, relationships 6, 15 |
# | learned kernels | `lessons/kernels_and_feature_maps/experiments.py` | `tests/lessons/kernels_and_feature_maps/test_experiments.py` | this notebook |

# %% slideshow={"slide_type": "skip"}
import itertools

import numpy as np
import torch

from course_lib import datasets, numpy_ops, plots, torch_ops
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.kernels_and_feature_maps import experiments, figures, live
from course_lib.parity import TOLERANCES, relative_error
from course_lib.shapes import conv_output_size

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## A kernel is a question
# "Is it brighter above than below?" Written as numbers: add what is above, subtract what is below.
#
# * One column asks it once: 1, 0, −1 from top to bottom. A speck of noise can fool it.
# * Three columns side by side ask it three times and add up. That is the deck's **horizontal edge
#   detector**. Prewitt published it in 1970. Lying on its side it finds **vertical edges**.

# %% slideshow={"slide_type": "fragment"} deck=["Kernels/Filters: The Feature Detectors"]
difference, three_times = np.array([1.0, 0.0, -1.0]), np.ones(3)
horizontal_edge = np.outer(difference, three_times)
vertical_edge = np.outer(three_times, difference)
horizontal_edge

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 1", "Feature Maps"]
# ### By hand: 5 × 5 with 3 × 3 gives 3 × 3
# **Predict** before you calculate: which outputs are positive?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
square = np.zeros((5, 5))
square[1:3, 1:4] = 2
chart, axes = plots.figure(columns=2, width=6.5, height=2.9)
plots.show_numbers(square, title="input, 5 × 5", role="input", ax=axes[0, 0])
plots.show_kernel(horizontal_edge, title="horizontal edge", ax=axes[0, 1])
plots.describe(chart, "A dark 5 by 5 picture with a block of 2s in rows 1 and 2, columns 1 to 3, "
               "beside the kernel 1 1 1, 0 0 0, minus 1 minus 1 minus 1.")  # fmt: skip

# %% slideshow={"slide_type": "fragment"} deck=["Feature Maps"]
answer = ...  # three rows of three, such as [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
check("03.by_hand", answer)

# %% [markdown] slideshow={"slide_type": "skip"}
# The sign tells the direction: positive where it is bright above and dark below. Compare with
# `numpy_ops.cross_correlate2d(square, horizontal_edge)` when you have your nine numbers.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ### A photo and its feature maps
# All answers of one kernel, laid out like the image, are a **feature map**.
# **Predict:** what does the horizontal edge detector make of the man's coat? Of the sky?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] deck=["Feature Maps: Capturing Spatial Patterns"]
photo = datasets.photo("camera", size=128, gray=True)[0]  # 0 is black, 1 is white
step = figures.show_response(photo, horizontal_edge)
plots.describe(step, "A man with a camera, the horizontal edge kernel, and its map: red along the "
               "lower side of bright things, blue along their upper side, white where all is "
               "equal, as in the sky.")  # fmt: skip

# %% slideshow={"slide_type": "skip"}
datasets.photo_credit("camera")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: red means the question is answered with yes, blue with the opposite. Ask for the
# coat first: inside it nothing happens, only its outline answers. Then show the kernel editor.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ## Does "higher" mean "a better match"?
# The deck says so. Let us look for a gray cross (0.6, where white is 1) with a kernel that looks like
# one.
#
# **Predict:** where is the map higher, on the cross or on the plain white wall?

# %% slideshow={"slide_type": "fragment"}
cross = np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
on_the_cross, on_a_white_wall = 0.6 * cross, np.ones((3, 3))
for name, kernel in {"as drawn": cross, "sum 0": cross - cross.mean()}.items():
    for place, window in {"cross": on_the_cross, "wall": on_a_white_wall}.items():
        print(f"kernel {name:8} on the {place:5} {plots.number_text((window * kernel).sum())}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The wall wins against the kernel as drawn: a high answer can also mean *brighter*. Take the mean
# away from the kernel, and walls of any brightness give 0.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ### Why the sum decides
# Make every pixel brighter by $b$, or multiply all by a contrast $a$. For one window
# $x$ of shape $(K_h, K_w)$, a kernel $k$ of the same shape and its answer $y$, one number:
#
# $$\sum_{u,v} k_{uv}\,(a\, x_{uv} + b) \;=\; a\, y \;+\; b \sum_{u,v} k_{uv}$$
#
# Brightness drops out exactly when the numbers add up to 0. Contrast never does.

# %% slideshow={"slide_type": "fragment"}
blur = np.full((3, 3), 1 / 9)
for name, kernel in {"edge": horizontal_edge, "blur": blur}.items():
    before = numpy_ops.cross_correlate2d(photo, kernel)
    brighter = numpy_ops.cross_correlate2d(photo + 0.2, kernel)
    stronger = numpy_ops.cross_correlate2d(2 * photo, kernel)
    change = plots.number_text((brighter - before).mean())
    print(f"{name}: photo + 0.2 adds {change} to the map; "
          f"contrast 2 doubles it: {np.allclose(stronger, 2 * before)}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# So "higher" compares matches only between windows of equal contrast. Dividing by
# $\lVert x - \bar x \rVert$ (subtract the mean $\bar x$ of the window, square, add up, take the root)
# cures that too: it is called normalized cross-correlation. CNNs do not divide window by window; they
# normalize whole maps (notebook 11).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: why?
# A photo gets brighter by the same amount everywhere. Why does its edge map stay the same?
#
# * **a** Edges have no brightness.
# * **b** The kernel has a row of zeros.
# * **c** The numbers of the kernel add up to 0.
# * **d** The kernel is small.

# %% slideshow={"slide_type": "fragment"}
check("03.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: make any kernel blind to brightness


# %% slideshow={"slide_type": "fragment"}
def blind_to_brightness(kernel):
    # your code: subtract one number from all of them
    return None


check("03.blind_to_brightness", blind_to_brightness)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## Five more questions
# | kernel | idea | sum |
# |---|---|---|
# | corner | a difference of differences: down *and* across | 0 |
# | blob | mean of a disc minus mean of what is around it | 0 |
# | blur | mean of nine | 1 |
# | sharpen | image + (image − blur): what blur took away, added once more | 1 |
# | color transition | one edge kernel a channel, with opposite signs | 0 |

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Corners
# **Predict** for a white square: what do its straight sides answer? And a slanted edge?

# %% slideshow={"slide_type": "fragment"}
corner = np.outer(difference, difference)
block = np.zeros((9, 9))
block[3:7, 3:7] = 1
slope = np.tri(9)  # white below the diagonal
on_block, on_slope = (numpy_ops.cross_correlate2d(image, corner) for image in (block, slope))
print(f"square: {np.count_nonzero(on_block)} of {on_block.size} answers are not 0")
print("along a slanted edge the largest answer is", abs(on_slope).max())

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### On a square only the corners answer

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=3, height=3.5)
plots.show_image(block, title="input", role="input", ticks=False, ax=axes[0, 0])
plots.show_kernel(corner, title="corner kernel", ax=axes[0, 1])
plots.show_numbers(on_block, title="feature map", role="output", signed=True, ax=axes[0, 2])
plots.describe(chart, "A white square, the corner kernel 1 0 minus 1, 0 0 0, minus 1 0 1, and the "
               "map: groups of four equal numbers at the four corners, 0 along the sides.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# Straight sides answer 0, for along them one of the two differences vanishes. The sign tells on which
# diagonal of the square a corner lies: 1 at the top left and the bottom right, −1 at the other two.
# But a slanted edge answers too: one kernel cannot tell it from a corner. That takes a product or a
# maximum of several maps, something non-linear, such as the detector of Harris and Stephens (1988) or
# a second layer.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Blobs
# The kernel must be about as large as what it looks for: here a disc 13 pixels wide in a kernel of
# 19 × 19, for coins from 12 to 18 pixels wide. **Predict:** what do the largest coins answer?

# %% slideshow={"slide_type": "fragment"}
distance = np.hypot(*np.mgrid[-9:10, -9:10])  # pixels from the middle
disc = distance <= 6
blob = disc / disc.sum() - ~disc / (~disc).sum()
coins = datasets.photo("coins", size=96, gray=True)[0]
# `conv2d` is the layer form of notebook 4: image and kernel get two more axes, and `padding=9`
# adds 9 rows and columns of zeros on each side, which keeps the size.
coin_map = numpy_ops.conv2d(coins[None, None], blob[None, None], padding=9)[0, 0]

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=3, height=2.8, width_ratios=[1.1, 0.8, 1.4])
plots.show_image(coins, title="input", role="input", ticks=False, ax=axes[0, 0])
plots.show_kernel(blob, title="blob kernel", text_size=0, ax=axes[0, 1])
plots.show_map(coin_map, title="feature map", unit="response (white = 1)", role="output",
               ticks=False, ax=axes[0, 2])  # fmt: skip
plots.describe(chart, "Four rows of coins, a kernel with a positive disc in a negative surround, "
               "and the map: a red spot in the middle of most coins, pale ones where a coin "
               "is large, and a pale red stripe along the upper rim, with a spot in its left "
               "corner where no coin is.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# A red spot in most coins. The largest ones answer weakly: they are larger than the disc, so their
# own metal is subtracted. And not all that is red is a coin: the spot at the top left and the stripe
# along the top come from the padding, whose zeros look like black cloth beside the lighter one (more
# on that below).

# %% slideshow={"slide_type": "skip"}
datasets.photo_credit("coins")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Blur and sharpen
# Both have the sum 1, so a wall stays as it is. **Predict:** what do they do to noise? Variances of
# independent numbers add up, each times $k^2$: how much larger or smaller does noise get? (± is over
# 3 seeds.)

# %% slideshow={"slide_type": "fragment"}
as_it_is = np.zeros((3, 3))
as_it_is[1, 1] = 1
sharpen = 2 * as_it_is - blur
for name, kernel in {"blur": blur, "sharpen": sharpen}.items():
    noise = [np.random.default_rng(seed).standard_normal((200, 200)) for seed in range(3)]
    spread = [numpy_ops.cross_correlate2d(each, kernel).std() for each in noise]
    expected = np.sqrt((kernel**2).sum())
    print(f"{name:8} noise × {np.mean(spread):.2f} ± {np.std(spread):.2f}, "
          f"expected √Σk² = {expected:.2f}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# Independent noise is multiplied by $\sqrt{\sum k^2}$, the root of that sum: blur calms it to a
# third, sharpening makes it worse.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same photo, blurred and sharpened

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=3, width=8, height=3.2)
sharpened = np.clip(numpy_ops.cross_correlate2d(photo, sharpen), 0, 1)
blurred = np.clip(numpy_ops.cross_correlate2d(photo, blur), 0, 1)
shown = {"blur": blurred, "input": photo, "sharpen": sharpened}
for ax, (title, image) in zip(axes[0], shown.items(), strict=True):
    role = "input" if title == "input" else "output"
    plots.show_image(image, title=title, role=role, ticks=False, ax=ax)
plots.describe(chart, "The man with the camera three times: blurred, as he is, and sharpened with "
               "crisper outlines.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Color transitions
# A kernel for a color image has one table **for each channel**; all products add up to one map.
# This one looks for edges in red and subtracts edges in green. **Predict:** what does it answer at
# an edge between light and dark gray?

# %% slideshow={"slide_type": "fragment"}
color_edge = np.stack([vertical_edge, -vertical_edge, 0 * vertical_edge])  # (3, 3, 3)
left = np.arange(6) < 3
colors = {"gray edge": [left, left, left], "red | green": [left, ~left, 0 * left]}
for name, rows in colors.items():
    image = np.repeat(np.array(rows, float)[:, None], 5, axis=1)  # (3, 5, 6)
    y = numpy_ops.conv2d(image[None], color_edge[None])
    print(f"{name:12} image {image.shape}, map {y.shape[1:]}, largest answer {abs(y).max():g}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three channels in, one map out

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
flower = datasets.photo("flower", size=72)
transition = numpy_ops.conv2d(flower[None], color_edge[None])[0, 0]
chart, axes = plots.figure(columns=2, width=7.5, height=2.7, width_ratios=[1, 1.3])
plots.show_image(flower, title="input, 3 channels", role="input", ticks=False, ax=axes[0, 0])
plots.show_map(transition, title="one feature map", unit="response (white = 1)", role="output",
               ticks=False, ax=axes[0, 1])  # fmt: skip
plots.describe(chart, "An orange flower before dark green leaves, and its color transitions: blue "
               "at the left rim of the flower, red at the right one.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# The edge that is the same in all channels cancels, the change of color answers. The deck says that a
# filter (a kernel with all its channels) is as deep as its input. So it is here; with groups of
# channels it is not (notebook 4).

# %% slideshow={"slide_type": "skip"}
datasets.photo_credit("flower")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the gray edge is the point. The same edge in all channels cancels. Ask which
# kernel would find blue against yellow.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## Write your own kernel
# **Predict**, then type: all zeros with a 1 at the top left. All ones with −8 in the middle. An edge
# detector for one diagonal.

# %% [markdown] slideshow={"slide_type": "skip"}
# Tab goes from number to number, the arrow keys change it. The mouse shows which nine pixels a number
# of the map was made from. The button *own photo* opens a picture of yours; it stays on your machine.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.kernel_editor(photo, caption="a man with a camera")

# %% [markdown] slideshow={"slide_type": "skip"}
# A single 1 at the top left copies the image, moved by one pixel. Ones around −8 ask "is the middle
# darker than its neighbors?": plain walls vanish, dots and fine lines stay. An edge detector for one
# diagonal, *diagonal edge* in the list, is the sum of a horizontal and a vertical one, cut to 1, 0 and
# −1. It asks "brighter at the top left than at the bottom right?", so the left leg of the tripod
# answers and the right one hardly.
#
# In code, a file of yours becomes such a photo by `datasets.photo("my_photo.jpg", size=128, gray=True)[0]`.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional Layer: Deep Dive", "Feature Maps"]
# ## Stride, padding, dilation
# * **Padding** $P$: rows and columns of zeros around the image. Room for windows at the rim.
# * **Stride** $S$: the window jumps $S$ pixels. A smaller map for less work.
# * **Dilation** $D$: the step from one kernel number to the next, in pixels. $D = 1$ is the plain
#   kernel, without gaps. It spans $D\,(K - 1) + 1$ pixels with no more weights.
#
# $$y_{ij} = \sum_{u,v} k_{uv}\; \tilde x_{\,S i + D u,\; S j + D v}$$
#
# with $\tilde x$ of shape $(H + 2P, W + 2P)$, the image with its zeros.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All three at once

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ax = plots.figure(height=3.3)[1][0, 0]
figures.show_output_size(8, 3, stride=2, padding=1, dilation=2, ax=ax)
plots.describe(ax, "Eight pixels with a zero on each side. A kernel with three numbers and gaps "
               "between them stands at three places, two pixels apart; the output has three "
               "numbers. The last zero is in no window.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 13", "eq 14"]
# ### How large is the map?
# 1. The padded input has $W + 2P$ pixels, the kernel spans $D(K - 1) + 1$.
# 2. So the first window can still move $W + 2P - D(K-1) - 1$ pixels to the right.
# 3. In jumps of $S$ that makes so many **whole** jumps, and the first window counts too:
#
# $$W_{out} = \left\lfloor \frac{W + 2P - D(K - 1) - 1}{S} \right\rfloor + 1$$
#
# All symbols are whole numbers; the height $H_{out}$ goes the same way. The deck's equations 13 and
# 14 have no dilation, and **no floor** $\lfloor\;\rfloor$.

# %% slideshow={"slide_type": "fragment"} deck=["eq 13", "eq 14"]
layers = list(itertools.product(range(5, 33), (1, 3, 5), (1, 2, 3, 4), (0, 1, 2)))
whole = [(size + 2 * padding - kernel) % stride == 0 for size, kernel, stride, padding in layers]
print(f"{len(layers)} layers: equation 13 gives a whole number for {np.mean(whole):.0%} of them")

# %% [markdown] slideshow={"slide_type": "fragment"}
# For the others the formula without the floor gives a fraction of a window. There is no such thing:
# what is left over at the end is in no window.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 13", "eq 14"]
# ### Check it against both libraries

# %% slideshow={"slide_type": "fragment"}
x, k = rng.standard_normal((1, 1, 13, 17)), rng.standard_normal((1, 1, 3, 2))
for stride, padding, dilation in itertools.product((1, 2, 3), (0, 1), (1, 2)):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    expected = tuple(conv_output_size(n, m, **options) for n, m in ((13, 3), (17, 2)))
    y = numpy_ops.conv2d(x, k, **options)
    twin_y = torch_ops.conv2d(torch.from_numpy(x), torch.from_numpy(k), **options)
    assert y.shape[2:] == twin_y.shape[2:] == expected
    assert relative_error(twin_y, y) <= TOLERANCES["float64"].output
print("NumPy, PyTorch and the formula agree for 12 settings; the last one:", y.shape[2:])

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
error, tolerance = relative_error(twin_y, y), TOLERANCES["float64"].output
print(f"shape {y.shape}, largest error {error:.0e}, tolerance {tolerance:.0e}")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 13", "eq 14"]
# ## Explore the sizes
# **Predict** before you move a slider. For which settings is the output as large as the input? When
# is the last pixel in no window?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"] deck=["eq 13", "eq 14"]
live.output_sizes()

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
ax = figures.show_output_size(6, 3, stride=2, ax=plots.figure(height=3)[1][0, 0])
plots.describe(ax, "Six pixels, a kernel of three and stride "
               "2: two windows, and the sixth pixel, crossed out, is in none of them. "
               "One and a half jumps are floored to one.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# With stride 1 and an odd kernel, padding $D(K-1)/2$ keeps the size: "same" padding. With a stride
# of 2 or more a pixel may be left over, and the floor forgets it.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 13", "eq 14"]
# ### The AlexNet puzzle
# The paper's first layer: images of 224 pixels, kernels of 11, stride 4, no padding named. Its map
# has 55 × 55 numbers. **Predict:** does it? And the first layer of a ResNet: 224 pixels, kernel 7,
# stride 2, padding 3?

# %% slideshow={"slide_type": "fragment"} deck=["eq 13", "eq 14"]
puzzles = {
    "AlexNet, as printed": (224, 11, 4, 0),
    "AlexNet, 227 pixels": (227, 11, 4, 0),
    "AlexNet, padding 2": (224, 11, 4, 2),
    "ResNet": (224, 7, 2, 3),
}
for name, (size, kernel, stride, padding) in puzzles.items():
    unfloored = (size + 2 * padding - kernel) / stride + 1
    floored = conv_output_size(size, kernel, stride=stride, padding=padding)
    print(f"{name:20} without the floor {unfloored:6.2f}, output {floored}")

# %% [markdown] slideshow={"slide_type": "fragment"} deck=["eq 13"]
# As printed it does not fit: 54.25, and so 54. The 55 windows of 11 pixels, 4 apart, span
# 54 · 4 + 11 = 227 pixels. So people use images of 227, or padding 2: 228, and one is left over.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What zeros at the rim do
# Padding is not neutral. **Predict:** blur a plain white wall with padding 1. What does its corner
# become?

# %% slideshow={"slide_type": "fragment"} deck=["Feature Maps"]
wall = np.ones((1, 1, 5, 6))
numpy_ops.conv2d(wall, blur[None, None], padding=1)[0, 0].round(2)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The zeros count as black: 4 of 9 pixels are left in the corner, 6 of 9 at a side. A network can
# even learn from that where the rim is (notebook 6).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: sizes


# %% slideshow={"slide_type": "fragment"}
def output_size(size, kernel, stride, padding, dilation):
    # your code: a whole number
    return None


check("03.output_size", output_size)

# %% slideshow={"slide_type": "fragment"}
check("03.alexnet", ...)  # kernel 11, stride 4: the smallest padding that gives 56 from 224 pixels

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: find the bug
# Without padding this function is right. With padding, outputs are missing.


# %% slideshow={"slide_type": "fragment"}
def correlate_with_steps(image, kernel, stride, padding):
    padded = np.pad(image, padding)
    height = (image.shape[0] - kernel.shape[0]) // stride + 1
    width = (image.shape[1] - kernel.shape[1]) // stride + 1
    y = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = padded[i * stride :, j * stride :][: kernel.shape[0], : kernel.shape[1]]
            y[i, j] = (window * kernel).sum()
    return y


check("03.stride_bug", correlate_with_steps)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## Nobody has to write kernels
# Show a machine a photo and the map you want. It starts from nine random numbers and improves them
# step by step. Its **loss** is the mean squared error over the $n$ outputs:
#
# $$L = \frac1n \sum_{i,j} (y_{ij} - t_{ij})^2$$
#
# $y$ and $t$ (the wanted map) have shape $(H_{out}, W_{out})$. The **gradient** holds one slope for each
# kernel number: how fast $L$ grows with it. **Gradient descent** moves every number a little
# against its slope, again and again:
#
# $$k_{uv} \leftarrow k_{uv} - \eta\, \frac{\partial L}{\partial k_{uv}} \qquad (\eta: \text{rate})$$

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### The slope of nine numbers
# $y_{ij} = \sum_{u,v} k_{uv}\, x_{i+u,\,j+v}$ grows with $k_{uv}$ as fast as the pixel beside it:
# $\partial y_{ij} / \partial k_{uv} = x_{i+u,\,j+v}$. The chain rule (outer derivative times inner one)
# gives
#
# $$\frac{\partial L}{\partial k_{uv}} = \frac2n \sum_{i,j} (y_{ij} - t_{ij})\; x_{i+u,\,j+v}$$
#
# $x$ has shape $(H, W)$, the gradient that of the kernel. **Predict** before you read on: which
# operation is this sum?

# %% [markdown] slideshow={"slide_type": "fragment"}
# A cross-correlation again: of the image with the **error** $y - t$.


# %% slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
def learn_kernel(x, target, generator, num_steps=300, rate=2.0, momentum=0.9):
    kernel, velocity = 0.1 * generator.standard_normal((1, 1, 3, 3)), 0.0
    for _ in range(num_steps):
        error = numpy_ops.conv2d(x, kernel) - target
        grads = numpy_ops.conv2d_backward(2 / error.size * error, x, kernel, needs_grad_x=False)
        velocity = momentum * velocity + grads.grad_weight
        kernel = kernel - rate * velocity
    return kernel[0, 0]


# %% [markdown] slideshow={"slide_type": "fragment"}
# `momentum` keeps some of the last step, which helps when the slope is gentle (notebook 16). The
# mean of the photo is taken away first: neighbors are alike, so otherwise all nine numbers would
# mostly be pushed the same way. `conv2d_backward` computes the gradient; how, is told in
# notebook 4. You can write it yourself below.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Does it find the edge detector?
# The wanted map is the horizontal edges of the photo, with noise added: 0.1 on a scale where white
# is 1. Three starts. **Predict:** how close do the nine numbers get?

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"] deck=["Kernels/Filters: The Feature Detectors"]
x = (photo - photo.mean())[None, None]
clean = numpy_ops.conv2d(x, horizontal_edge[None, None])
found = []
for seed in range(3):
    generator = np.random.default_rng(seed)
    target = clean + 0.1 * generator.standard_normal(clean.shape)
    found.append(learn_kernel(x, target, generator))
off = np.array([abs(kernel - horizontal_edge).max() for kernel in found])
print(f"largest error of the nine numbers: {off.mean():.3f} ± {off.std():.3f} over 3 seeds")

# %% slideshow={"slide_type": "fragment"}
print("every number within 0.1 of the edge detector, on every seed:", bool((off < 0.1).all()))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it found

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] deck=["Kernels/Filters: The Feature Detectors"]
chart, axes = plots.figure(columns=4, height=2.6)
plots.show_kernel(horizontal_edge, title="wanted", ax=axes[0, 0])
for ax, (seed, kernel) in zip(axes[0, 1:], enumerate(found), strict=True):
    plots.show_kernel(kernel, title=f"found, seed {seed}", digits=2, text_size=14, ax=ax)
plots.describe(chart, "The horizontal edge detector and three learned kernels: rows near 1, near 0 "
               "and near minus 1 on every seed.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## And if nobody shows it an edge?
# That was a fit: we had the answer. Now a real question. A photo of bricks, cut into squares of
# 24 × 24 pixels. Half of them are turned by 90°. A tiny network with two 3 × 3 kernels is told
# only **"turned"** or **"not turned"**, never what an edge is. It averages the positive answers of
# each kernel over the map, and decides by the two averages.
#
# **Predict:** what will the kernels look like?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
bricks = datasets.photo("brick", size=128, gray=True)[0]
chart, axes = plots.figure(columns=3, height=3.0)
crop = bricks[30:54, 20:44]
shown = {"bricks": bricks, "a crop": crop, "turned": np.rot90(crop)}
for ax, (title, image) in zip(axes[0], shown.items(), strict=True):
    plots.show_image(image, title=title, role="input", ticks=False, ax=ax)
plots.describe(chart, "A photo of bricks with long upright joints, a small square of it, and the "
               "same square turned by 90 degrees: its long joints lie.")  # fmt: skip

# %% slideshow={"slide_type": "skip"}
datasets.photo_credit("brick")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four seeds
# The *straight share* says how much of a kernel is an edge or a line along one axis. Subtract the mean
# of the kernel, then replace each row by its average, or each column: the larger sum of squares that
# is left, divided by that of the kernel itself, is the share. A blur has 0, the deck's detectors and a
# line such as −1 2 −1 have 1.

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"] deck=["Kernels/Filters: The Feature Detectors"]
runs = experiments.learn_orientation(bricks, seeds=range(4))
before, after = (
    np.array([experiments.straight_share(kernels).mean() for kernels in step])
    for step in ([run.before for run in runs], [run.after for run in runs])
)
accuracy = np.array([run.accuracy for run in runs])
print(f"straight share before {before.mean():.2f} ± {before.std():.2f}, "
      f"after {after.mean():.2f} ± {after.std():.2f}; "
      f"accuracy on unseen bricks {accuracy.mean():.2f} ± {accuracy.std():.2f}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The verdict

# %% slideshow={"slide_type": "fragment"}
sobel = np.outer(difference, [1, 2, 1])
print(f"straight share of the deck's detector {experiments.straight_share(horizontal_edge):.2f}, "
      f"of Sobel's {experiments.straight_share(sobel):.2f}")  # fmt: skip
print("straighter after training, on every seed:", bool((after > before).all()))
by_chance = experiments.straight_share(
    np.random.default_rng(0).standard_normal((20_000, 3, 3))
).mean()
print(f"straight share of kernels of random numbers: {by_chance:.2f}")
print("accuracy above 0.9 on every seed:", bool((accuracy > 0.9).all()))

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Did the task need them?
# The control: the same network, but its kernels stay at their random numbers. Only the decision behind
# them learns, for ten times as many steps. **Predict:** how well does it tell turned from not turned?

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
frozen = experiments.learn_orientation(bricks, seeds=range(4), train_kernels=False, num_steps=1500)
control = np.array([run.accuracy for run in frozen])
print(f"accuracy on unseen bricks: kernels learned {accuracy.mean():.2f} ± {accuracy.std():.2f}, "
      f"kernels random {control.mean():.2f} ± {control.std():.2f}")  # fmt: skip

# %% slideshow={"slide_type": "fragment"}
print("learned kernels ahead of random ones, on every seed:", bool((accuracy > control).all()))
print("random kernels below 0.9, on every seed:", bool((control < 0.9).all()))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two kernels a seed

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] deck=["Kernels/Filters: The Feature Detectors"]
chart, axes = plots.figure(rows=2, columns=4, height=4.6)
for column, run in enumerate(runs):
    for row, kernel in enumerate(run.after):
        title = f"seed {column}" if row == 0 else ""
        plots.show_kernel(kernel, title=title, digits=1, text_size=13, ax=axes[row, column])
plots.describe(chart, "Eight learned kernels, two a seed: most have one side positive and the "
               "opposite side negative, horizontal or vertical edge detectors.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# Edge detectors, from labels alone: with random kernels the task is not solved, with learned ones it
# is. Which of the two directions a kernel takes is left to chance; either can answer the question.
# Random numbers look a little like edges too, as their straight share says, so one kernel would prove
# little: all seeds together do. Another task calls for other kernels, and many kernels of large
# networks are no clean edges. What a network trained on a million photos finds is shown in notebook 27.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall predict, then show the eight kernels. The honest part matters: the
# joints between bricks are edges, so the task asks for edge detectors. Learning finds what the
# task needs, not "edges" as such.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: the gradient (hard)
# The formula stands under "The slope of nine numbers": the gradient of the mean squared error is one
# cross-correlation, times a number.


# %% slideshow={"slide_type": "fragment"}
def kernel_gradient(image, target, kernel):
    # your code: an array with the shape of the kernel
    return None


check("03.learn", kernel_gradient)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# 1. A kernel has the numbers 1 2 1, 0 0 0, −1 −2 −1. What does it ask, and what does a white wall
#    answer?
# <details><summary>Answer</summary>Brighter above than below? The middle column counts twice. (It is
# Sobel's kernel.) The sum is 0, so the wall answers 0.</details>
#
# 2. 32 pixels, kernel 5, stride 1: which padding keeps the size?
# <details><summary>Answer</summary>2 on each side: 32 + 4 − 5 + 1 = 32.</details>
#
# 3. How many pixels does a 3-number kernel span at dilation 4?
# <details><summary>Answer</summary>4 · 2 + 1 = 9.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. How many feature maps do ten 5 × 5 × 3 kernels make of one color photo?
# <details><summary>Answer</summary>Ten: one a kernel. The three channels are added up.</details>
#
# 5. 7 pixels, kernel 3, stride 2 and 8 pixels, kernel 3, stride 2: which outputs?
# <details><summary>Answer</summary>3 in both cases. For 8 pixels the last one is in no window.</details>
#
# 6. Is the highest value of a feature map always its best match?
# <details><summary>Answer</summary>No. It may be the window with most contrast, and, if the kernel does
# not add up to 0, the brightest one.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A kernel is a question; its answers, laid out like the image, are a feature map.
# * Only kernels that add up to 0 ignore brightness. None ignores contrast.
# * Edges, corners, blobs and color changes take a handful of numbers each.
# * The size of a map needs a floor: AlexNet's 224 pixels do not give 55.
# * Gradient descent finds edge detectors by itself where a task needs them.
#
# **On your own** Turn the bricks by 45° and learn again. Put the layers of a network of yours into
# `conv_output_size`. `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources** Prewitt 1970, *Object enhancement and extraction*, in Picture Processing and
# Psychopictorics. Harris and Stephens 1988, *A combined corner and edge detector*. Dumoulin and Visin
# 2016, arXiv:1603.07285, relationships 6 and 15. Krizhevsky, Sutskever and Hinton 2012, section 3.5
# (AlexNet). He et al. 2016, arXiv:1512.03385, table 1 (ResNet).
#
# **Next** 4, the convolutional layer: batches, channels, bias, groups, and the way back.
