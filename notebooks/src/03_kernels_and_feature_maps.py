# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 3. Ask an image nine-number questions
#
# **You will** build kernels that find edges, corners, blobs and color changes, work out how large
# a feature map is, and let kernels find themselves by gradient descent.
# **You need** cross-correlation (notebook 2). **Time** 75 min, CPU.
#
# In notebook 2 a face was cut out of a photo and slid back over it, and cross-correlation found it.
# There we had taken the mean of the piece away first, "so that bright places are not preferred".
# Leave that out: slide the face over the photo *as it is*, and look where the answer is highest. A
# high answer means a good match. Does it?

# %% slideshow={"slide_type": "skip"}
import numpy as np

from course_lib import datasets, numpy_ops, plots
from course_lib.datasets.patches import FACE, cut
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.kernels_and_feature_maps import experiments, figures, live, search
from course_lib.shapes import conv_output_size

photo = datasets.photo("camera", size=128, gray=True)[0]  # (128, 128); 0 is black, 1 is white

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The face is in the sky
# The piece on the left is the kernel: 441 gray levels from 0 to 1. See where it answers highest.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
face = cut(photo, FACE)  # (21, 21)
maps = search.answers(photo, face)
sky = search.peaks(maps)[0]
print(f"answer on the face {maps.as_it_is[FACE]:.1f}, in the sky {maps.as_it_is[sky]:.1f}")
plots.describe(
    plots.show_search(255 * photo, 255 * face, {"here it is": FACE, "highest answer": sky}),
    "A piece with the face of a man, and the photo it was cut from. The frame at the highest answer "
    "stands right of the man, around bright sky and a white tower.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### No face there, and the best answer
# Bright sky with a white tower beats the face itself, which is the same pixel by pixel, by nearly half.
# It is no accident: of 300 pieces cut out at random, this search finds not one (we shall count them at
# the end). **What does a high answer mean?**
#
# We find out with kernels of nine numbers, for there one can see what is going on. Then the face is
# found, and so are all 300 pieces.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## A kernel is a question
# "Is it brighter above than below?" Written as numbers: add what is above, subtract what is below.
#
# * One column asks it once: 1, 0, −1 from top to bottom. A speck of noise can fool it.
# * Three columns side by side ask three times and add up: the **horizontal edge detector**, published by
#   Prewitt in 1970. Lying on its side it finds **vertical edges**.

# %% slideshow={"slide_type": "fragment"} deck=["Kernels/Filters: The Feature Detectors"]
difference, three_times = np.array([1.0, 0.0, -1.0]), np.ones(3)
horizontal_edge = np.outer(difference, three_times)
vertical_edge = np.outer(three_times, difference)

# %% [markdown] slideshow={"slide_type": "skip"} deck=["eq 1", "Feature Maps"]
# ### Your turn: 5 × 5 with 3 × 3 gives 3 × 3
# Slide the horizontal edge detector over this dark picture with a bright block. Before you calculate,
# say which of the nine answers will be positive.
#
#     0 0 0 0 0
#     0 2 2 2 0
#     0 2 2 2 0
#     0 0 0 0 0
#     0 0 0 0 0

# %% slideshow={"slide_type": "skip"}
answer = ...  # three rows of three, such as [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
check("03.by_hand", answer)
# hint("03.by_hand")
# solution("03.by_hand")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ### A photo and its feature map
# All answers of one kernel, laid out like the image, are a **feature map**.
# **Predict:** what does the horizontal edge detector make of the man's coat? Of the sky?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] deck=["Feature Maps: Capturing Spatial Patterns"]
plots.describe(
    figures.show_response(photo, horizontal_edge),
    "A man with a camera, the horizontal edge kernel, and its map: red along the lower side of "
    "bright things, blue along their upper side, white where all is equal, as in sky and coat.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nothing: inside both, above is as bright as below. Only the outline of the coat answers, blue where it
# is dark below.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ## Does "higher" mean "a better match"?
# A common textbook form says so. Look for a gray cross (0.6, where white is 1) with a kernel that
# looks like one: ones on the cross, zeros around it.
#
# **Predict:** which of the two gives the higher answer, the gray cross or a plain white wall?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
cross = np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
places = {"cross": 0.6 * cross, "wall": np.ones((3, 3)), "gray wall": np.full((3, 3), 0.3)}
print(f"{'kernel':16}", *(f"{place:>9}" for place in places))
for name, kernel in {"ones and zeros": cross, "less its mean": cross - cross.mean()}.items():
    print(
        f"{name:16}",
        *(f"{round((window * kernel).sum(), 9) + 0.0:9.2f}" for window in places.values()),
    )

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The wall: all five of its white pixels count in full. Take the mean, 5/9, away from every number of
# the kernel, and walls of any brightness answer 0, because what the cross adds the corners subtract.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ### What an answer is made of
# Make a window $x$ brighter by $b$ everywhere, and stretch its contrast by $a$. Both $x$ and the kernel
# $k$ have shape $(K_h, K_w)$, and $y$ is the answer before:
#
# $$\sum_{u,v} k_{uv}\,(a\, x_{uv} + b) \;=\; a\, y \;+\; b \sum_{u,v} k_{uv}$$
#
# **Brightness** counts times the sum of the kernel. So it drops out when the numbers add up to 0, and only
# then. **Contrast** counts always: twice the contrast, twice the answer.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
blur = np.full((3, 3), 1 / 9)
for name, kernel in {"edge, sum 0": horizontal_edge, "blur, sum 1": blur}.items():
    y, brighter, stronger = (
        numpy_ops.cross_correlate2d(image, kernel)[40, 60]
        for image in (photo, photo + 0.2, 2 * photo)
    )
    print(f"{name}: y = {y:.3f}, photo + 0.2 gives {brighter:.3f}, 2 · photo {stronger:.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# The same scene in half the light: every gray level is halved. What becomes of an edge map, made by a
# kernel whose numbers add up to 0?
#
# * **a** It stays as it is, because the numbers add up to 0.
# * **b** Every answer is halved.
# * **c** Every answer sinks by the same amount.
# * **d** Answers sink where the photo was bright, and stay where it was dark.
#
# And make *any* kernel blind to brightness.


# %% slideshow={"slide_type": "skip"}
def blind_to_brightness(kernel):
    # your code: subtract one number from all of them
    return None


check("03.why", ...)  # put "a", "b", "c" or "d" in place of ...
check("03.blind_to_brightness", blind_to_brightness)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ### Take the contrast out as well
# If contrast counts, divide by it: by $\lVert x - \bar x \rVert$ of every window (subtract its mean,
# square, add up, take the root), and by the same of the kernel. What is left says only how *alike*
# the two are: 1 for the same picture in any light, 0 for nothing in common, −1 for its negative. This is
# **normalized cross-correlation**. Here for the face, which stands at row 24, column 50:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
titles = ("as it is", "less its mean", "÷ contrast")
print(f"{'kernel':16} {'on the face':>11} {'in the sky':>11} {'highest':>8}   at")
for title, answers, top in zip(titles, maps, search.peaks(maps), strict=True):
    print(f"{title:16} {answers[FACE]:11.2f} {answers[sky]:11.2f} {answers.max():8.2f}   {top[:]}")

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
# The corner kernel has the rows 1 0 −1, 0 0 0, −1 0 1. **Predict:** what does a straight side of a white
# square answer? And a slanted edge?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
corner, block = np.outer(difference, difference), np.zeros((9, 9))
block[3:7, 3:7] = 1
slope = np.tri(9)  # white below the diagonal
chart, axes = plots.figure(columns=4, height=2.5)
for pair, image in zip(axes.reshape(2, 2), (block, slope), strict=True):
    plots.show_image(image, title="input", role="input", ticks=False, ax=pair[0])
    y = numpy_ops.cross_correlate2d(image, corner)
    look = {"role": "output", "signed": True, "limit": 1, "text_size": 12}
    plots.show_numbers(y, title="its map", **look, ax=pair[1])
plots.describe(chart, "A white square and its map: groups of four 1s or minus 1s at the four "
               "corners, 0 along the sides. A slanted edge and its map: a band of 1s and minus 1s "
               "all along the edge.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Straight sides answer 0, for along them one of the two differences vanishes. But a slanted edge answers
# all the way. This kernel alone cannot tell it from a corner; that takes something non-linear, such as
# the detector of Harris and Stephens (1988), or a second layer.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Blobs
# A kernel must be about as large as what it looks for: here a disc 13 pixels wide in a kernel of
# 19 × 19, for coins from 12 to 18 pixels wide. **Predict:** which coins answer least?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
disc = np.hypot(*np.mgrid[-9:10, -9:10]) <= 6  # pixels from the middle
blob = disc / disc.sum() - ~disc / (~disc).sum()
coins = datasets.photo("coins", size=96, gray=True)[0]
coin_map = numpy_ops.cross_correlate2d(np.pad(coins, 9), blob)  # with zeros around the photo
chart, axes = plots.figure(columns=3, height=2.8, width_ratios=[1.1, 0.8, 1.4])
plots.show_image(coins, title="input", role="input", ticks=False, ax=axes[0, 0])
plots.show_kernel(blob, title="blob kernel", text_size=0, ax=axes[0, 1])
look = {"unit": "response (white = 1)", "role": "output", "ticks": False}
plots.show_map(coin_map, title="feature map", **look, ax=axes[0, 2])
plots.describe(chart, "Four rows of coins, a kernel with a positive disc in a negative surround, "
               "and the map: a red spot on most coins, pale ones on the largest, and a pale red "
               "stripe along the upper rim, with a spot in its left corner.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The largest: their own metal reaches into the ring that is subtracted. And not all that is red is a
# coin. The spot at the top left and the stripe come from the zeros around the photo: beside them
# the lighter cloth at the rim looks like a bright thing.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Blur and sharpen
# Both have the sum 1, so a plain wall stays as it is. Blur takes the fine details away (notebook 2 shows
# the waves it lets through). Sharpen adds them once more, the noise among them.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
as_it_is = np.zeros((3, 3))
as_it_is[1, 1] = 1
sharpen = 2 * as_it_is - blur
chart, axes = plots.figure(columns=3, width=8, height=3)
for ax, (title, kernel) in zip(
    axes[0], {"blur": blur, "input": as_it_is, "sharpen": sharpen}.items(), strict=True
):
    image = np.clip(numpy_ops.cross_correlate2d(photo, kernel), 0, 1)
    role = "input" if title == "input" else "output"
    plots.show_image(image, title=title, role=role, ticks=False, ax=ax)
plots.describe(chart, "The man with the camera: blurred, as he is, sharpened.")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Color transitions
# A kernel for a color image has one table *for each channel*; all products add up to one map. This one
# looks for edges in red and subtracts edges in green. **Predict:** what does it answer at an edge between
# light and dark *gray*?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
color_edge = np.stack([vertical_edge, -vertical_edge, 0 * vertical_edge])  # (3, 3, 3)
left = np.arange(6) < 3
for name, rows in {"gray": [left] * 3, "red | green": [left, ~left, 0 * left]}.items():
    picture = np.repeat(np.array(rows, float)[:, None], 5, axis=1)  # (3, 5, 6)
    answers = numpy_ops.conv2d(picture[None], color_edge[None])[0, 0]
    print(f"{name:12} map {answers.shape}, one row of it: {answers[0] + 0.0}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0: a gray edge is the same edge in all channels, so it cancels. The change from red to green answers
# twice as strongly as an edge in one channel.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three channels in, one map out
# An orange flower has more red than its dark leaves. So where red begins, from left to right, the
# answer is negative (blue), and where red ends it is positive.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
flower = datasets.photo("flower", size=72)
transition = numpy_ops.conv2d(flower[None], color_edge[None])[0, 0]
chart, axes = plots.figure(columns=2, width=7.5, height=2.9, width_ratios=[1, 1.3])
plots.show_image(flower, title="input, 3 channels", role="input", ticks=False, ax=axes[0, 0])
plots.show_map(transition, title="one feature map", **look, ax=axes[0, 1])
plots.describe(chart, "An orange flower before dark green leaves, and its color transitions: blue "
               "at the left rim of the flower, red at the right one.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## Write your own kernel
# **Find** out, by typing: what do all zeros with a 1 at the top left do? All ones with −8 in the middle?
# Which nine numbers find edges along *one* diagonal?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.kernel_editor(photo, caption="a man with a camera")

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# A single 1 at the top left copies the image, moved by one pixel. Ones around −8 ask "is the middle
# darker than its neighbors?": plain walls vanish, dots and fine lines stay. An edge detector for one
# diagonal, *diagonal edge* in the list, is the sum of a horizontal and a vertical one, cut to 1, 0 and
# −1. It asks "brighter at the top left than at the bottom right?", so the left leg of the tripod
# answers and the right one hardly.
#
# Tab goes from number to number, the arrow keys change it. The mouse shows which nine pixels a number
# of the map was made from. The button *own photo* opens a picture of yours; it stays on your machine.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall name nine numbers, type them, and ask before the map is seen. Begin with
# ones around −8. In "Explore the sizes" let them find a padding that keeps the size for kernel 5, then
# for dilation 2. When it gets late, leave out corners, blobs and blur.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional Layer: Deep Dive", "Feature Maps"]
# ## Stride, padding, dilation
# * **Padding** $P$: rows and columns of zeros around the image. Room for windows at the rim.
# * **Stride** $S$: the window jumps $S$ pixels. A smaller map for less work.
# * **Dilation** $D$: the step from one kernel number to the next. It spans $D\,(K - 1) + 1$ pixels with
#   no more weights; $D = 1$ is the plain kernel.
#
# $$y_{ij} = \sum_{u,v} k_{uv}\; \tilde x_{\,S i + D u,\; S j + D v}$$
#
# with $\tilde x$ of shape $(H + 2P, W + 2P)$, the image with its zeros.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All three at once
# Eight pixels, $K = 3$, padding 1, stride 2, dilation 2. Each row below the input is one place of the
# window, and one number of the output.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ax = plots.figure(height=3.3)[1][0, 0]
figures.show_output_size(8, 3, stride=2, padding=1, dilation=2, ax=ax)
plots.describe(ax, "Eight pixels with a zero on each side. A kernel with three numbers and gaps "
               "between them stands at three places, two pixels apart; the output has three "
               "numbers. The last zero is crossed out: it is in no window.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 13", "eq 14"]
# ### How large is the map?
# 1. The padded input has $W + 2P$ pixels, the kernel spans $D(K - 1) + 1$.
# 2. So the first window can still move $W + 2P - D(K-1) - 1$ pixels to the right.
# 3. In jumps of $S$ that makes so many **whole** jumps, and the first window counts too:
#
# $$W_{out} = \left\lfloor \frac{W + 2P - D(K - 1) - 1}{S} \right\rfloor + 1$$
#
# $\lfloor\;\rfloor$, the **floor**, leaves out the fraction: there is no half window. In the picture
# $\lfloor (8 + 2 - 4 - 1)/2 \rfloor + 1 = \lfloor 2.5 \rfloor + 1 = 3$. The height goes the same way.
# A common textbook form has neither dilation nor floor.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 13", "eq 14"]
# ## Explore the sizes
# **Find** settings with stride 1 for which the output is as large as the input. What do they have in
# common? And when is the last pixel in no window?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"] deck=["eq 13", "eq 14"]
live.output_sizes()

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# With stride 1 the padding must make up for what the kernel spans beyond one pixel: $P = D(K-1)/2$,
# which needs $D(K-1)$ to be even ("same" padding). A last pixel can be left over only with a stride of
# 2 or more, when the jumps do not come out even.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 13", "eq 14"]
# ### The AlexNet puzzle
# The first layer of a famous network, as its paper has it: images of 224 pixels, kernels of 11,
# stride 4, no padding named. Its map has 55 × 55 numbers. **Predict:** does it?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] deck=["eq 13", "eq 14"]
puzzles = {"as printed": (224, 0), "227 pixels": (227, 0), "padding 2": (224, 2)}
for name, (size, padding) in puzzles.items():
    unfloored = (size + 2 * padding - 11) / 4 + 1
    floored = conv_output_size(size, 11, stride=4, padding=padding)
    print(f"{name:11} without the floor {unfloored:.2f}, output {floored}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It does not: 54. The 55 windows of 11 pixels, 4 apart, span 54 · 4 + 11 = 227 pixels. So people use
# images of 227, or padding 2, which makes 228, with one pixel in no window.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What zeros at the rim do
# **Predict:** blur a plain white wall with padding 1. What does its corner become?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] deck=["Feature Maps"]
numpy_ops.conv2d(np.ones((1, 1, 5, 6)), blur[None, None], padding=1)[0, 0].round(2)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0.44, since zeros count as black: only 4 of 9 pixels are left in the corner, 6 of 9 at a side. It was
# zeros that answered among the coins. A network can learn from them where the rim is (notebook 6).

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: sizes
# Write the formula. Then design: which is the smallest padding with which kernel 11 and stride 4 make
# 56 numbers of 224 pixels? And find a bug: without padding `correlate_with_steps` is right, with padding
# outputs are missing.


# %% slideshow={"slide_type": "skip"}
def output_size(size, kernel, stride, padding, dilation):
    # your code: a whole number
    return None


check("03.output_size", output_size)
check("03.alexnet", ...)


# %% slideshow={"slide_type": "skip"}
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
# Show a machine a photo $x$ and the map $t$ you want. It starts from nine random numbers, and its
# **loss** is the mean squared error over the $n$ outputs:
#
# $$L = \frac1n \sum_{i,j} (y_{ij} - t_{ij})^2$$
#
# The **gradient** holds one slope for each kernel number: how fast $L$ grows with it. **Gradient
# descent** moves every number a little against its slope, again and again, at the rate $\eta$:
#
# $$k_{uv} \leftarrow k_{uv} - \eta\, \frac{\partial L}{\partial k_{uv}}$$

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### The slope of nine numbers
# The output $y_{ij} = \sum_{u,v} k_{uv}\, x_{i+u,\,j+v}$ grows with $k_{uv}$ as fast as the pixel that
# $k_{uv}$ is multiplied with, $x_{i+u,\,j+v}$. The slope of a square is twice what is squared. Together:
#
# $$\frac{\partial L}{\partial k_{uv}} = \frac2n \sum_{i,j} (y_{ij} - t_{ij})\; x_{i+u,\,j+v}$$
#
# Look at the indices: this sum is *a cross-correlation again*, of the image with the **error** $y - t$.

# %% slideshow={"slide_type": "skip"} deck=["Kernels/Filters: The Feature Detectors"]
correlate = numpy_ops.cross_correlate2d


# Bring x less its mean: where all pixels are positive, each error pushes all nine numbers the same way,
# and steps of this length go too far.
def learn_kernel(x, target, generator, num_steps=300, rate=2.0, momentum=0.9):
    kernel, velocity = 0.1 * generator.standard_normal((3, 3)), 0.0
    for _ in range(num_steps):
        error = correlate(x, kernel) - target
        # Some of the last step is kept, which saves steps: notebook 16.
        velocity = momentum * velocity + 2 / error.size * correlate(x, error)
        kernel = kernel - rate * velocity
    return kernel


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Does it find the edge detector?
# The wanted map: horizontal edges of the photo, made worse by noise of 0.1 (white is 1). Three starts.
# **Predict:** will it find the nine numbers that made the map?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"] deck=["Kernels/Filters: The Feature Detectors"]
x = photo - photo.mean()
clean = correlate(x, horizontal_edge)
found = [learn_kernel(x, clean + 0.1 * g.standard_normal(clean.shape), g)
         for g in map(np.random.default_rng, (0, 1, 2))]  # fmt: skip
chart, axes = plots.figure(columns=4, height=2.6)
plots.show_kernel(horizontal_edge, title="wanted", ax=axes[0, 0])
for ax, (seed, kernel) in zip(axes[0, 1:], enumerate(found), strict=True):
    plots.show_kernel(kernel, title=f"found, seed {seed}", digits=2, text_size=14, ax=ax)
plots.describe(chart, "The wanted kernel, and three learned ones: rows near 1, near 0, near −1.")
off = [abs(kernel - horizontal_edge).max() for kernel in found]
print("largest error of the nine numbers:", *(f"{each:.3f}" for each in off))
assert max(off) < 0.1

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nearly: each number is within 0.1 on all three seeds, as near as the noise lets it come.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## And if nobody shows it a map?
# That was a fit: we had the answer. Now a real question. A photo of bricks, cut into squares of 24 × 24
# pixels, half of them turned by 90°. A tiny network with two kernels of nine numbers is told only
# **"turned"** or **"not turned"**. It averages the positive answers of each kernel over the map, and
# decides by these two averages.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
bricks = datasets.photo("brick", size=128, gray=True)[0]
chart, axes = plots.figure(columns=3, height=2.6)
crop = bricks[30:54, 20:44]
for ax, (title, image) in zip(
    axes[0], {"bricks": bricks, "a crop": crop, "turned": np.rot90(crop)}.items(), strict=True
):
    plots.show_image(image, title=title, role="input", ticks=False, ax=ax)
plots.describe(chart, "A photo of bricks with long upright joints, a small square of it, and the "
               "same square turned by 90 degrees: its long joints lie.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Two kernels a seed
# The left half of the photo trains it, the right half tests it. **Predict:** what will the kernels look
# like?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] deck=["Kernels/Filters: The Feature Detectors"]
runs = experiments.learn_orientation(bricks, seeds=(0, 1, 2))
chart, axes = plots.figure(columns=6, width=12, height=2.6)
for pair, (seed, run) in zip(axes.reshape(3, 2), enumerate(runs), strict=True):
    for ax, kernel in zip(pair, run.after, strict=True):
        plots.show_kernel(kernel, title=f"seed {seed}", digits=1, text_size=12, ax=ax)
plots.describe(chart, "Six learned kernels, two a seed: each has one side positive and the "
               "opposite side negative, and on each seed there is one for each direction.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Edge detectors, with rough numbers: one side positive, the opposite one negative, and here one for each
# direction. Nobody has shown it an edge.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### Did the task need them?
# The control: the same network, but its kernels stay at the random numbers they had at the start. Only
# the decision behind them learns, with ten times as many steps. **Predict:** how many of the unseen crops
# does it get right? (Guessing gets half.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
frozen = experiments.learn_orientation(bricks, seeds=(0, 1, 2), train_kernels=False, num_steps=1500)
for name, trained in {"kernels learned": runs, "kernels random": frozen}.items():
    print(f"{name:15}", *(f"{run.accuracy:.2f}" for run in trained), "on seeds 0, 1, 2")
assert all(run.accuracy > 0.95 for run in runs) and all(run.accuracy < 0.9 for run in frozen)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# About as many as by guessing on two seeds; on one, random kernels happen to reach .78. With learned
# kernels all are right on every seed.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
shares = [[experiments.straight_share(k).mean() for k in (run.before, run.after)] for run in runs]
print("straight share before → after:", *(f"{one:.2f} → {other:.2f}" for one, other in shares))
assert all(one < other and other > 0.8 for one, other in shares)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# The *straight share* puts a number to what the eye sees: how much of a kernel is an edge or a line along
# one axis. Take the mean away, replace each row by its average (or each column, whichever leaves more),
# and divide the sum of the squares by that of the kernel. The two edge detectors have 1, a blur has 0,
# random numbers lie between. A single straight kernel could be chance; but on all three seeds the
# share rose.
#
# Which direction a kernel takes is left to chance, for either can answer the question: on one of three
# seeds that are not shown both kernels took the same. Nor are edges sacred: on another a kernel
# became a bright *line*, −1 2 −1, which tells the joints apart just as well. Learning finds what the task needs. What a network finds that was
# trained on a million photos is shown in notebook 27.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the gradient (hard)
# CNNs cut negative answers off: $y = \max(x \star k, 0)$, where $x \star k$ is the cross-correlation.
# What becomes of the formula under "The slope of nine numbers"? Return the gradient of the mean
# squared error of this $y$, averaged over *all* outputs.


# %% slideshow={"slide_type": "skip"}
def kernel_gradient(image, target, kernel):
    # your code: an array with the shape of the kernel
    return None


check("03.learn", kernel_gradient)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Back to the sky
# The face in three ways, and how many of 300 random pieces each way finds where they were cut.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
counts = search.times_found(seeds=(0, 1, 2))
for title, hits in zip(titles, counts.values(), strict=True):
    print(f"{title:14} found", *(f"{each:3}" for each in hits), "of 100 on seeds 0, 1, 2")
assert max(counts["as_it_is"]) == 0 and min(counts["sum_0_by_contrast"]) == 100
chart, axes = plots.figure(columns=3, height=2.9)
for ax, title, answers, top in zip(axes[0], titles, maps, search.peaks(maps), strict=True):
    plots.show_map(answers, title=title, unit="answer", role="output", ticks=False, ax=ax)
    ax.plot(top.column, top.row, marker="o", ms=11, mfc="none", mec="black", mew=2)
plots.describe(chart, "Three maps of answers, the highest one ringed. As it is: all red, highest in "
               "the sky. Less its mean and divided by contrast: red and blue, highest on the "
               "face.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a high answer means
# How *bright* the window is, times the sum of the kernel; plus how strong its *contrast* is, times how
# *alike* the two are. The sum of the face is large, so the bright sky wins. With sum 0 brightness is
# gone and the face is found, but only four in ten pieces are: the others lose against windows with
# more contrast. Divide by the contrast, and *alike* is all that is left.
#
# Although: these pieces were cut from this very photo. A face in other light, or turned a little, is
# made of other pixels. So networks ask many small questions, learn them, and normalize whole
# maps in place of windows (notebook 11).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A kernel has the rows 1 2 1, 0 0 0, −1 −2 −1. What does it ask, and what does a white wall answer?
# <details><summary>Answer</summary>Brighter above than below? The middle column counts twice. (It is
# Sobel's kernel.) The sum is 0, so the wall answers 0.</details>
#
# 2. 32 pixels, kernel 5, stride 1: which padding keeps the size?
# <details><summary>Answer</summary>2 on each side: 32 + 4 − 5 + 1 = 32.</details>
#
# 3. Is the highest value of a feature map its best match?
# <details><summary>Answer</summary>Not always: it may have most contrast or, unless the kernel adds up
# to 0, most light.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. How many feature maps do ten 5 × 5 × 3 kernels make of one color photo?
# <details><summary>Answer</summary>Ten: one a kernel. The three channels are added up.</details>
#
# 5. 7 pixels, kernel 3, stride 2 and 8 pixels, kernel 3, stride 2: which outputs?
# <details><summary>Answer</summary>3 in both cases. For 8 pixels the last one is in no window.</details>
#
# 6. How many pixels does a 3-number kernel span at dilation 4?
# <details><summary>Answer</summary>4 · 2 + 1 = 9.</details>
#
# 7. You double all numbers of a kernel. What changes in its map, and what in the normalized one?
# <details><summary>Answer</summary>The map doubles. The normalized one stays, since it is divided by the
# contrast of the kernel too.</details>
#
# 8. A kernel with the sum 0 on a photo, with padding: where is its answer most likely wrong?
# <details><summary>Answer</summary>At the rim: the zeros are black pixels that are not in the scene, so
# every bright border looks like an edge.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A kernel is a question; its answers, laid out like the image, are a feature map.
# * An answer mixes brightness, contrast and likeness. Sum 0 removes the first, division the second.
# * Edges, corners, blobs and color changes take a handful of numbers each.
# * The size of a map needs a floor: AlexNet's 224 pixels do not give 55.
# * Gradient descent finds edge detectors by itself where a task needs them.
#
# **On your own** Turn the bricks by 45° (`scipy.ndimage.rotate`, then cut the corners off) and learn
# again. Which kernels do you expect now, and can two averages still tell the crops apart? `progress()`
# lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | feature maps | `numpy_ops/correlation.py` | `tests/parity/test_correlation.py` |
# | the size of a map | `shapes.py` | `tests/test_shapes.py` |
# | searches, learned kernels | `lessons/kernels_and_feature_maps` | `tests/lessons/kernels_and_feature_maps` |
#
# **Sources** Prewitt 1970, *Object enhancement and extraction*, in Picture Processing and
# Psychopictorics. Harris and Stephens 1988, *A combined corner and edge detector*. Lewis 1995, *Fast
# normalized cross-correlation*. Dumoulin and Visin 2016, arXiv:1603.07285, relationships 6 and 15.
# Krizhevsky, Sutskever and Hinton 2012, section 3.5 (AlexNet).
#
# Photos: man with a camera, Lav Varshney, CC0; Greek coins from Pompeii, Brooklyn Museum; flower,
# vultilion on Flickr (6056698931), CC BY 2.0; bricks, CC0Textures, CC0.
#
# **Next** 4, the convolutional layer: batches, channels, bias, groups, and the way back.
