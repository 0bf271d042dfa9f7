# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 2. Slide a small window over an image
#
# **You will** compute a convolution by hand, in loops, as a matrix and with waves, and find out
# which way is fastest for which kernel.
# **You need** images as arrays (notebook 1) and a little NumPy; complex numbers help at one place. **Time** 75 min, CPU.
#
# Cut a face out of a photo. Now forget where it was, and find it again: hold the piece over every
# place of the photo, and note how well it fits there. A convolutional network does nothing else in its
# first layer, and calls it *convolution*. So let us ask a function of that name.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from scipy import sparse

from course_lib import datasets, numpy_ops, plots, torch_ops
from course_lib.datasets import patches
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.convolution import experiments, figures, live
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where is the face?
# `convolve2d` is the convolution of mathematics, as in SciPy. It gets the photo and the piece. From
# the piece its own mean is subtracted first, so that bright places are not preferred. Where its
# answer is largest, there it sees the face.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
photo, WAYS = patches.man_with_camera(), experiments.WAYS  # (128, 128), gray levels from 0 to 255
face = patches.cut(photo, patches.FACE)  # (21, 21)
best = experiments.best_place(photo, face, numpy_ops.convolve2d)
plots.describe(
    plots.show_search(photo, face, {"here it is": patches.FACE, "its answer": best}),
    "A piece with the face of a man, and the photo it was cut from. One frame stands around the "
    "face. The frame at the best answer of the convolution stands on the man's shoulder.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### On his shoulder
# The face is in the photo, pixel by pixel the same, and convolution passes it by. It is not bad
# luck: here are 100 pieces cut out at random, and once more, and once more. It finds *none* of
# them. **What was it looking for?**

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
missed = {name: experiments.misses(way, seeds=(0, 1, 2)) for name, way in WAYS.items()}
for seed, off in enumerate(missed["convolution"]):
    print(f"seed {seed}: found {(off == 0).sum()} of {len(off)}, "
          f"half of them more than {int(np.median(off))} pixels off")  # fmt: skip
    assert (off > 0).all() and np.median(off) > 40

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional Layer: Deep Dive"]
# ## Nine pixels
# Begin with as few numbers as possible. An image is a table of numbers, a **kernel** a smaller one.
#
# 1. Lay the kernel on the top left corner of the image.
# 2. Multiply each pixel with the number that lies on it.
# 3. Add up. That sum is one number of the output.
# 4. Move the kernel one pixel on, and start again.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
pixels = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0], [0.0, 2.0, 4.0]])
taps = np.array([[1.0, 0.0], [2.0, -1.0]])
chart, axes = plots.figure(columns=2, width=6.5, height=2.6)
plots.show_numbers(pixels, title="input, 3 × 3", role="input", ax=axes[0, 0])
plots.show_kernel(taps, title="kernel, 2 × 2", ax=axes[0, 1])
plots.describe(chart, "An input of nine numbers, 1 2 0, 3 1 1, 0 2 4, beside a kernel of four: "
               "1 0, 2 minus 1.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How large is the output?
# **Predict:** how many numbers does it have, and which is the second one, with the kernel one pixel
# further right?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_sliding_step(pixels, taps, row=0, column=1),
    "The window at the top right of the input, 2 0, 1 1, times the kernel, gives the products 2 0, "
    "2 minus 1. Their sum, 3, is the second of four numbers of the output.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Four, and the second is 3. The kernel fits twice along each axis. Each output saw only four pixels,
# and all four were computed with the *same* four weights. These are the two ideas behind every
# convolutional neural network (CNN): look locally, and share the weights.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 1", "eq 12", "2D Convolution Operation"]
# ## The formula
# $$y_{ij} = \sum_{u=0}^{K_h-1} \sum_{v=0}^{K_w-1} k_{uv}\; x_{i+u,\, j+v}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | input image | $(H, W)$ |
# | $k$ | kernel | $(K_h, K_w)$ |
# | $y$ | output | $(H - K_h + 1,\; W - K_w + 1)$ |
# | $i, j$ | where the window starts | a pair for each output |
# | $u, v$ | where we are in the window | a pair for each kernel number |
#
# Its exact name is **cross-correlation**. Many textbooks call it *convolution*.

# %% [markdown] slideshow={"slide_type": "skip"}
# Read it aloud: *the output at $(i, j)$ is the sum of kernel number times pixel, over the window that
# starts at $(i, j)$*. Rows and columns are counted from 0, as in Python. A layer of a network adds
# channels and a bias to this formula (notebook 4), and it may jump (stride) or get a border of zeros
# (padding), as you can try below.
#
# ### Your turn: write it
# Two loops over the windows are enough. `check` tells you how far you got.


# %% slideshow={"slide_type": "skip"}
def correlate(image, kernel):
    # your code: return y of shape (H - K_h + 1, W - K_w + 1)
    return None


check("02.correlate", correlate)
# hint("02.correlate")
# solution("02.correlate")


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same without loops
# `sliding_window_view` lists all windows without copying a pixel, and `einsum` multiplies and adds.
# Each operation of the course exists in NumPy, to be read, and in PyTorch, to be fast: only rounding
# may differ.


# %% slideshow={"slide_type": "fragment"}
def by_windows(image, kernel):
    windows = sliding_window_view(image, kernel.shape)  # (H_out, W_out, K_h, K_w)
    return np.einsum("ijuv,uv->ij", windows, kernel)


twin = torch_ops.cross_correlate2d(torch.from_numpy(pixels), torch.from_numpy(taps))
assert relative_error(by_windows(pixels, taps), twin) <= 1e-12
by_windows(pixels, taps)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Watch it slide
# A handwritten digit, 8 × 8 pixels. The kernel subtracts the right column of its window from the left
# one. **Find** a window whose answer is 0, and the one with the largest answer. What do they look
# like? Then try stride 2 and padding 1.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
digit = np.round(16 * datasets.load("digits").x_train[0, 0]).astype(float)
left_minus_right = np.array([[1.0, 0.0, -1.0]] * 3)
mean, dot = np.full((3, 3), 1 / 9), 9.0 * (np.arange(9) == 4).reshape(3, 3) - 1
names = ("left − right", "top − bottom", "mean", "dot")
live.sliding_kernel(
    digit, dict(zip(names, (left_minus_right, left_minus_right.T, mean, dot), strict=True))
)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# The answer is 0 where the left and the right column add up to the same, for example where all
# pixels are equal: the products cancel. It is largest where bright stands left of dark. With stride 2
# the window jumps two pixels, so the output has half the rows and columns. Padding 1 gives the kernel
# room at the rim, and the output gets as large as the input.
#
# The mouse and the arrow keys move the window, Tab goes from one control to the next, and the nine
# numbers of the kernel can be typed. Notebook 3 is about good numbers to type.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the figure is live on the slide, too. Press ↺ and then ▶ slide, and let the hall
# say the next sum before it appears. When it gets late, leave out the waves, from "Wave in, wave out" to
# "Blur as a gain", and go on with the race. A clicker still turns the slides; after a click into the
# figure, Escape gives the arrow keys back to them.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Clap in a canyon
# Why would anyone want another operation? Clap your hands in a canyon: every clap sends out an echo,
# and all echoes add up.
#
# Claps: 1 0 0 2, that is a clap, silence, silence, a clap twice as loud.
# The echo of one clap: 4 2 1, loud at first, then fading.
#
# **Predict:** what does a microphone record?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the canyon sends back
# A row is what one clap sends out, a column is one moment.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
claps, echo = np.array([1.0, 0.0, 0.0, 2.0]), np.array([4.0, 2.0, 1.0])
sent = np.array([np.convolve(np.eye(4)[n] * claps[n], echo) for n in range(4)])
chart, axes = plots.figure(rows=2, width=7, height=3.6, height_ratios=[4, 1])
plots.show_numbers(sent, title="what each clap sends out", ax=axes[0, 0])
plots.show_numbers(sent.sum(0), title="recorded", role="output", ax=axes[1, 0])
axes[0, 0].set(yticks=range(4), yticklabels=[f"clap of {claps[n]:g}" for n in range(4)])
axes[1, 0].set(xticks=range(6), xlabel="moment")
plots.describe(chart, "Four rows. The first clap sends out 4 2 1 at once, the last one, twice as "
               "loud, 8 4 2 three moments later. Recorded is 4 2 1 8 4 2, the sum.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 1", "eq 12"]
# ## Convolution is the sum of echoes
# Stand at one moment $n$, in one column of that table. What you hear *now* is this clap times the
# first number of the echo, plus the clap *before* times the second, plus the one before that times
# the third:
#
# $$(x * k)_n = \sum_u k_u\; x_{n-u}$$
#
# $x$ has shape $(L)$ and $k$ has $(K)$. Outside the row $x$ counts as 0, and the **full** output, with
# every place where the two touch, has $(L + K - 1)$.
#
# The minus sign is the **flip**: a later number of the echo belongs to an *earlier* clap. Where
# the kernel is read forward, the signal is read backward.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And without the flip?
# Cross-correlation reads both forward: $\sum_u k_u\; x_{n+u}$. **Predict:** what does it make of the
# claps?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print("moment           ", *(f"{n:3}" for n in range(-2, 6)))
print("convolution      ", " " * 7, *(f"{y:3g}" for y in np.convolve(claps, echo)))
print("cross-correlation", *(f"{y:3g}" for y in np.correlate(claps, echo, mode="full")))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 1 2 4 2 4 8, and it begins at moment −2: the echo comes *before* its clap, growing until it is
# there. For sound that is nonsense, so whoever wants to describe sound must flip. For a network it
# does not matter, as we are about to see.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# Convolve the row 1 2 0 3 with the kernel 1 2. Flip included; keep only the places where the kernel
# lies inside the row.

# %% slideshow={"slide_type": "skip"}
answer = ...  # such as [1, 2, 3]
check("02.flip", answer)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 1", "eq 12", "Kernels/Filters: The Feature Detectors"]
# ## The flip in two dimensions
# $$(x * k)_{ij} = \sum_u \sum_v k_{uv}\; x_{i-u,\, j-v}$$
#
# Both axes are read backward. That is the same as turning the kernel by 180° first, and then
# sliding as before. `convolve2d` does so, and keeps only the places where the kernel lies inside the
# image; the first of them is number (0, 0). **Predict:** so what did it see in the shoulder?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(figures.show_turned(face), "The face, and the face turned by 180 degrees.")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### It looked for a man on his head
# So convolution did find what fits best: a dark, round shoulder with bright sky on its left, which is
# how a head looks when it is turned by 180°. Give it the turned face and it turns it back.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
turned = face[::-1, ::-1]
for name, way, piece in (
    ("convolution, face as it is", numpy_ops.convolve2d, face),
    ("convolution, turned face", numpy_ops.convolve2d, turned),
    ("cross-correlation, face as it is", numpy_ops.cross_correlate2d, face),
):
    found = experiments.best_place(photo, piece, way)
    print(f"{name:33} row {found.row}, column {found.column}")
print(f"{'the face':33} row {patches.FACE.row}, column {patches.FACE.column}")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ### Does it always matter?
# A kernel 1 0 −1 in three equal rows answers where bright stands left of dark: at vertical edges.
# **Predict:** what changes in its map if we convolve instead of correlating?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
maps = {name: way(photo, left_minus_right) for name, way in WAYS.items()}
assert np.array_equal(maps["convolution"], -maps["cross-correlation"])
chart, axes = plots.figure(columns=3, height=3.3, width_ratios=[1, 1.3, 1.3])
plots.show_image(photo / 255, title="input", role="input", ticks=False, ax=axes[0, 0])
look = {"unit": "gray levels", "role": "output", "ticks": False}
for ax, name in zip(axes[0, 1:], reversed(WAYS), strict=True):
    plots.show_map(maps[name], title=name, **look, ax=ax)
plots.describe(chart, "The man with the camera, and his vertical edges by cross-correlation and by "
               "convolution: the same map with red and blue exchanged.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Red and blue change places: bright now stands *right* of dark. Turned by 180°, this kernel is its
# own negative.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Do not take that for a rule
# Five kernels. Guess before you go on: for which of them is convolution the negative of
# cross-correlation, and for which the same?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
diagonal = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, -1.0], [0.0, -1.0, -1.0]])
corner = np.outer([1.0, 0.0, -1.0], [1.0, 0.0, -1.0])
kernels = {"edge": left_minus_right, "diagonal": diagonal, "blur": np.ones((3, 3))}
kernels |= {"corner": corner, "shuffled": np.eye(3)[[2, 0, 1]]}
chart, axes = plots.figure(columns=5, height=2.2)
for ax, (name, kernel) in zip(axes[0], kernels.items(), strict=True):
    plots.show_kernel(kernel, title=name, ax=ax)
plots.describe(
    chart,
    "Five kernels of nine numbers. Edge: three rows 1 0 −1. Diagonal: 1 1 0, 1 0 −1, "
    "0 −1 −1. Blur: nine ones. Corner: 1 0 −1, 0 0 0, −1 0 1. Shuffled: 0 0 1, 1 0 0, 0 1 0.",
)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print("largest difference from", "the same", "the negative", sep="   ")
for name, kernel in kernels.items():
    convolved, correlated = (way(photo, kernel) for way in WAYS.values())
    off = [abs(convolved - sign * correlated).max() for sign in (1, -1)]
    print(f"{name:22} {off[0]:11g} {off[1]:14g}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Edge and diagonal turn into their negatives, blur and corner stay, *shuffled* does neither, like
# most kernels: then the maps truly differ.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the flip, in code and in mind
# Write the convolution in one line, with the help of `numpy_ops.cross_correlate2d`. Then say why a
# network can leave out the flip.
#
# * **a** Without it there are fewer multiplications.
# * **b** On photos both give the same map.
# * **c** Flipping only changes the sign of the map, and signs do not matter.
# * **d** Its kernels are learned: it learns the flipped numbers instead.


# %% slideshow={"slide_type": "skip"}
def convolve(image, kernel):
    # your code: one line
    return None


check("02.convolve", convolve)
check("02.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the flip is good for
# Laws of products from school, here for rows of numbers $f, g, h$:
#
# | law | in words |
# |---|---|
# | linear: $f * (2g + h) = 2\,(f * g) + f * h$ | mix first or mix later |
# | commutative: $f * g = g * f$ | kernel and signal may swap roles |
# | associative: $(f * g) * h = f * (g * h)$ | two kernels in a row are one |
#
# **Predict:** which of them does convolution keep, and which cross-correlation?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
f, g, h = np.array([[1, 2, 0], [3, 0, -1], [0, 1, 1]])
rows = {"convolution": np.convolve, "correlation": lambda a, b: np.correlate(a, b, mode="full")}
for name, op in rows.items():
    laws = {
        "linear": (op(f, 2 * g + h), 2 * op(f, g) + op(f, h)),
        "commutative": (op(f, g), op(g, f)),
        "associative": (op(op(f, g), h), op(f, op(g, h))),
    }
    kept = {law: "kept" if np.array_equal(*both) else "broken" for law, both in laws.items()}
    print(f"{name:12}", *(f"{law} {verdict:7}" for law, verdict in kept.items()))
    print("  f with g, g with f:", *(f"{row!s:18}" for row in laws["commutative"]))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Convolution keeps all three. Cross-correlation is only linear: with its rows swapped, the result is
# read backward. So mathematicians flip.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two small kernels are one larger one
# Correlate a row with 1 1, and the result with 1 1 again: $(x_0 + x_1) + (x_1 + x_2)$, which 1 2 1 does
# at once. In general, with $f$ and then $g$, pixel $x_{i+u+s}$ arrives with the weight $f_u\, g_s$. All
# pairs with the same $u + s$ meet at one pixel, and their sum is $f * g$. So two cross-correlations
# are *one*, with the **convolution** of both kernels.
#
# So a stack of linear layers can do nothing that one could not, and less: 18 numbers against 25.
# Networks put something non-linear in between (notebook 7).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
first, second = rng.standard_normal((2, 3, 3))
merged = numpy_ops.convolve2d(np.pad(first, 2), second)  # full, thanks to a border of zeros
twice = by_windows(by_windows(photo, first), second)
once = by_windows(photo, merged)
assert relative_error(once, twice) <= 1e-12
print(f"the first answer: 3 × 3 twice {twice[0, 0]:.3f}, 5 × 5 once {once[0, 0]:.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A very empty matrix
# Correlation is linear, so it is a matrix $T$: $y = T x$ with shapes $(L - K + 1)$,
# $(L - K + 1, L)$ and $(L)$. Here for a row of $L = 6$ pixels and the kernel 1 0 −1: equal numbers
# along each diagonal, a **Toeplitz** matrix.
#
# In a *fully connected layer* all 24 numbers would be free. A convolution has 3; the others are 0 (look
# locally) or repeated (share).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
toeplitz_example = np.array([np.correlate(column, [1.0, 0.0, -1.0]) for column in np.eye(6)]).T
ax = plots.figure(width=5.5, height=3.3)[1][0, 0]
plots.show_numbers(toeplitz_example, role="kernel", signed=True, ax=ax)
ax.set(xlabel="pixel", ylabel="output", xticks=range(6), yticks=range(4))
plots.describe(ax, "A matrix with four rows and six columns. 1, 0, minus 1 stand in each row, "
               "one column further right each time; all else is 0.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In two dimensions
# Number the pixels row by row: a matrix row has one entry for each pixel that its output reads. A
# *sparse* matrix stores nothing else. **Predict:** 3 × 3 kernel, 128 × 128 pixels: which share of the
# matrix is stored?


# %% slideshow={"slide_type": "skip"} tags=["answer"]
def as_matrix(kernel, image_shape):
    number = np.arange(np.prod(image_shape)).reshape(image_shape)
    read = sliding_window_view(number, kernel.shape).reshape(-1, kernel.size)
    rows = np.repeat(np.arange(len(read)), kernel.size)
    values = np.tile(kernel.ravel(), len(read))
    return sparse.csr_array((values, (rows, read.ravel())), shape=(len(read), number.size))


matrix = as_matrix(rng.standard_normal((3, 3)), photo.shape)
print(f"matrix {matrix.shape}, {matrix.nnz:,} entries: {matrix.nnz / np.prod(matrix.shape):.3%}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 9 of the 16,384 numbers in each row, 0.055 %. Turned over (transposed), this matrix leads back through
# a convolution. Notebook 4 needs that, and shows the matrix of a whole layer.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: two kernels in one, and a matrix
# A network correlates a row with the kernel 1 2, and the result with 3 −1. Which single kernel does
# the same in one correlation?
#
# Then in code: `kernel` has K numbers, the row `length` pixels. Return the matrix $T$ whose product with
# the row is its correlation with the kernel, as in the picture above.


# %% slideshow={"slide_type": "skip"}
answer = ...  # such as [1, 2]
check("02.merge", answer)


def toeplitz(kernel, length):
    # your code: return an array of shape (length - K + 1, length)
    return None


check("02.toeplitz", toeplitz)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Wave in, wave out
# There is a third way, without any sliding. It begins with a row of pixels that is a pure wave: it
# rises and falls with a period of 8 pixels. Convolve it with a mean of three, and with 1 0 −1, which
# here subtracts the left neighbor from the right one. **Predict:** what comes out? How high, and where
# are its tops?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_waves({"mean of three": np.full(3, 1 / 3), "1 0 −1": np.array([1.0, 0.0, -1.0])}),
    "A wave of period 8 goes in. The mean gives a wave of height 0.80 with its tops at the same "
    "places, the edge kernel one of height 1.41 with its tops two pixels earlier; both have period 8.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Only two things change
# A wave of the same period. The mean makes it lower, for it adds a neighbor from further down on each
# side. The difference of two neighbors is largest where the wave rises most, a quarter of a period
# *before* its top.
#
# It cannot be otherwise. A kernel adds up shifted copies of the wave, each times a weight. Every copy
# repeats after 8 pixels, so their sum does; and a sum of sine waves of one period is again a
# sine wave of that period. So all that any kernel can do to this wave are two numbers: the **gain**,
# by which its height is multiplied, and the **shift** of its tops.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From one wave to a photo
# Every image is a sum of waves, each with its direction, its period, its height and a place for its
# tops. Here is our photo from its strongest ones. (That this always works is the theorem of Fourier,
# which we take as given.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_few_waves(photo, (1, 10, 100, 1000)),
    "The photo as a sum of 1, 10, 100 and 1,000 waves beside the photo itself: a gray stripe, a dark "
    "blot, a blurred man with ripples around him, the man with faint ripples.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### No sliding at all
# Convolution is linear: it treats each wave as if the others were not there. And to each wave it
# does only two things. So there is another way to convolve:
#
# 1. Take the image apart into waves.
# 2. Multiply the height of each by its gain, and move its tops by its shift.
# 3. Add the waves up again.
#
# Steps 1 and 3 are done by the **fast Fourier transform**, FFT for short. Step 2 is *one product for
# each wave*, whatever the size of the kernel.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The convolution theorem
# Height and place of a wave fit into *one* complex number: height is its length, the place of the
# tops its angle. Complex numbers multiply by multiplying lengths and *adding* angles, and that is just
# what gain and shift do. So step 2 is a product. With $\mathcal F(x)$, the **spectrum**, for the list of
# all these numbers:
#
# $$\mathcal F(x * k) = \mathcal F(x) \cdot \mathcal F(k)$$
#
# The dot multiplies number by number, and $\mathcal F(k)$ holds gain and shift for every wave. Here are
# the gains for the wave of the picture: 64 pixels hold it 8 times, so it is number 8.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
for name, row in {"mean of three": np.full(3, 1 / 3), "1 0 −1": np.array([1.0, 0.0, -1.0])}.items():
    print(f"{name:13} gain {abs(np.fft.fft(row, 64)[8]):.2f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### An image without a rim
# A wave goes on for ever. So to the FFT an image has no rim: what leaves on the right comes back on the
# left, and what leaves at the bottom comes back at the top. The product of spectra belongs to such
# a *circular* convolution.
#
# We want none of that. So image and kernel are first filled up with zeros to the size of the full
# output, $(H + K_h - 1,\; W + K_w - 1)$: then only zeros come back. All three spectra have this size.


# %% slideshow={"slide_type": "skip"}
def by_fft(image, kernel):
    (height, width), (k_h, k_w) = image.shape, kernel.shape
    size = (height + k_h - 1, width + k_w - 1)
    # The kernel is turned, for we want the cross-correlation, as with the other ways.
    spectrum = np.fft.rfft2(image, size) * np.fft.rfft2(kernel[::-1, ::-1], size)
    # Only the places where the kernel lies inside the image are kept.
    return np.fft.irfft2(spectrum, size)[k_h - 1 : height, k_w - 1 : width]


error = relative_error(by_fft(photo, face), by_windows(photo, face))
assert error <= 1e-12
print(f"the map of the face: {by_fft(photo, face).shape}, as by sliding")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Blur as a gain
# Waves with a long period stand in the middle of a spectrum, those with a short one at the rim.
# **Predict:** which of them does a 9 × 9 mean let through?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_blur_of_waves(photo, 9),
    "The photo; its spectrum, strong in the middle; the gain of the mean, near 1 in the middle and "
    "near 0 nearly everywhere else; and the blurred photo.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The long ones: the gain is near 1 in the middle only. Within nine pixels a short wave goes up and
# down, and its mean is nearly 0. Fine details are made of short waves, so they are gone.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# The author below wants the *full* output of a convolution, of shape
# $(H + K_h - 1,\; W + K_w - 1)$, and forgot something. The middle is right, the edges are not.


# %% slideshow={"slide_type": "skip"}
def fft_convolve(image, kernel):
    height = image.shape[0] + kernel.shape[0] - 1
    width = image.shape[1] + kernel.shape[1] - 1
    size = image.shape
    spectrum = np.fft.rfft2(image, size) * np.fft.rfft2(kernel, size)
    y = np.fft.irfft2(spectrum, size)
    return np.pad(y, ((0, height - size[0]), (0, width - size[1])))


check("02.fft_bug", fft_convolve)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which way is fastest?
# Window and matrix make $K^2$ products for each output; the matrix has looked up all places
# beforehand. The FFT hardly cares about $K$, but has much to do before and after. **Predict:** who wins
# at 3 × 3, and who at 21 × 21, the size of our face?


# %% slideshow={"slide_type": "skip"}
def by_matrix(kernel):
    matrix, x = as_matrix(kernel, photo.shape), photo.ravel()  # not timed
    return lambda: matrix @ x


sizes = np.array([3, 5, 9, 13, 21, 31])
ways = {
    "sliding window": lambda kernel: lambda: by_windows(photo, kernel),
    "sparse matrix": by_matrix,
    "FFT": lambda kernel: lambda: by_fft(photo, kernel),
}
times = experiments.race(ways, sizes)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
labels = {"x_label": "kernel size K (pixels)", "y_label": "time (ms)"}
ax = plots.show_curves(sizes, times, **labels, log_x=True, log_y=True, markers=True)
plots.describe(ax, "Time against kernel size, both logarithmic. Window and matrix rise steeply, the "
               "FFT stays nearly flat: slowest at 3 by 3, fastest at 21 by 21.")  # fmt: skip
ratio = np.minimum(times["sliding window"], times["sparse matrix"]) / times["FFT"]
assert ratio[0] < 1 < ratio[-2] and ratio[-1] > 1

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Small kernels slide, large ones do not
# Window and matrix need about $K^2 H W$ products, so a kernel three times as wide costs up to nine
# times as much. The FFT needs about $H W \log_2 (H W)$ times a constant, whatever $K$ is. Where they cross belongs to this machine, this image and these three
# programs; that they cross follows from the counts. CNNs mostly use 3 × 3 kernels, so they are
# computed directly (notebook 4).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Back to the face
# The picture of the beginning with the answers of both. Below it, the 300 random pieces, searched
# both ways.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
at = experiments.best_place(photo, face, by_fft)
places = {"cross-correlation": at, "convolution": best}
plots.describe(
    plots.show_search(photo, face, places),
    "The photo of the beginning. The frame of cross-correlation lies exactly on the face, the frame "
    "of convolution on the shoulder.",
)
for name, sets in missed.items():
    print(f"{name:18} found", *(f"{(off == 0).sum():3}" for off in sets), "of 100 on seeds 0, 1, 2")
assert all((off == 0).sum() > 25 for off in missed["cross-correlation"])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What was it looking for?
# For the face turned by 180°, since convolution reads a kernel backward, as the canyon demands.
# Without the flip the same sum finds the face, and it does not matter which way we compute it. A
# network does not care either: it would learn the turned face.
#
# Although: cross-correlation finds only about four in ten of the random pieces. All others lose
# against a place that *answers higher without being alike*. So a high answer is not yet a good match.
# What is it, then? That is where notebook 3 begins.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. An image of 32 × 32 and a kernel of 7 × 7: how large is the output?
# <details><summary>Answer</summary>26 × 26, since 32 − 7 + 1 = 26 along each axis.</details>
#
# 2. Is PyTorch's `conv2d` a convolution?
# <details><summary>Answer</summary>Strictly no: it does not flip the kernel. It is a cross-correlation.
# </details>
#
# 3. Why can no kernel turn a wave of period 8 into one of period 4?
# <details><summary>Answer</summary>It adds up shifted copies, and each of them repeats after 8 pixels
# as before. It can change height and place only.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Which kernel leaves every image as it is?
# <details><summary>Answer</summary>A single 1: as a 1 × 1 kernel, or in the middle of a 3 × 3 one, which
# then loses a border of one pixel.</details>
#
# 5. All numbers of a kernel add up to 0. What does it answer on a plain wall?
# <details><summary>Answer</summary>0: every pixel of the window is the same, so the sum is that pixel
# times 0.</details>
#
# 6. Why does the FFT way need zeros around the image?
# <details><summary>Answer</summary>The product of spectra belongs to a circular convolution: without
# room, what leaves on one side comes back on the other.</details>
#
# 7. How many different numbers are in the sparse matrix of a 3 × 3 kernel?
# <details><summary>Answer</summary>At most ten: the nine of the kernel, and 0.</details>
#
# 8. How many products does a 5 × 5 kernel need on a 100 × 100 image, and what would a 10 × 10
#    kernel need?
# <details><summary>Answer</summary>96 · 96 windows of 25 products, 230,400. The other one 91 · 91 · 100,
# 828,100: not quite four times as many, since it fits less often.</details>
#
# 9. You flip the kernel *and* the image before you correlate. What do you get?
# <details><summary>Answer</summary>The cross-correlation of the two as they were, with the map turned by
# 180°.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * One output is a window times the kernel, added up. All windows share the kernel.
# * Convolution reads the kernel backward, and so keeps the laws of products. CNNs leave out the flip
#   and keep the name.
# * Both are linear: a matrix, nearly empty and full of repetition.
# * A wave stays a wave: a kernel changes only its height and place. That pays for large kernels.
#
# **On your own** Find a kernel that moves an image two pixels to the left, and predict its gain for
# every wave *before* you compute `abs(np.fft.fft2(kernel, photo.shape))`. Then search a piece of a photo
# of yours: `datasets.photo("my.jpg", gray=True)`. `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `by_windows`, `convolve2d` | `numpy_ops/correlation.py` | `tests/parity/test_correlation.py` |
# | `by_fft` | `numpy_ops/algorithms/fft.py` | `tests/numpy_ops/test_algorithms.py` |
# | the search, the waves, the race | `lessons/convolution` | `tests/lessons/convolution` |
#
# **Sources** Goodfellow, Bengio and Courville 2016, *Deep Learning*, section 9.1, equations 9.4 to 9.6.
# Oppenheim and Schafer 2010, *Discrete-Time Signal Processing*, sections 2.3 to 2.6 (echoes, laws,
# waves). Mathieu, Henaff and LeCun 2013, *Fast training of convolutional networks through FFTs*,
# arXiv:1312.5851.
# Photo: Lav Varshney, CC0.
#
# **Next** 3, kernels and feature maps: what different kernels see, and why the face is in the sky.
