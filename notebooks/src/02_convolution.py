# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 2. Slide a small window over an image
#
# **You will** compute a convolution by hand, in loops, as a matrix and by FFT, and find out which
# way is fastest for which kernel.
# **You need** images as arrays (notebook 1) and a little NumPy. **Time** 60 min, CPU.
#
# | here | package | test | source |
# |---|---|---|---|
# | cross-correlation, convolution | `numpy_ops/correlation.py` | `tests/parity/test_correlation.py` | Goodfellow et al. 2016, eq. 9.4–9.6 |
# | the layer form | `numpy_ops/convolution.py` | `tests/parity/test_convolution.py` | arXiv:1603.07285 |
# | the FFT way | `numpy_ops/algorithms/fft.py` | `tests/numpy_ops/test_algorithms.py` | arXiv:1312.5851 |

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from scipy import sparse

from course_lib import datasets, numpy_ops, plots, torch_ops
from course_lib.analysis import shortest_times
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.convolution import figures, live
from course_lib.parity import TOLERANCES, relative_error

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional Layer: Deep Dive"]
# ## Nine pixels
# An image is a table of numbers. A **kernel** is a smaller table of numbers.
#
# 1. Lay the kernel on the top left corner of the image.
# 2. Multiply each pixel with the number that lies on it.
# 3. Add up. That sum is one number of the output.
# 4. Move the kernel one pixel on, and start again.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
image = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0], [0.0, 2.0, 4.0]])
kernel = np.array([[1.0, 0.0], [2.0, -1.0]])
chart, axes = plots.figure(columns=2, width=6.5, height=2.8)
plots.show_numbers(image, title="input, 3 × 3", role="input", ax=axes[0, 0])
plots.show_kernel(kernel, title="kernel, 2 × 2", ax=axes[0, 1])
plots.describe(chart, "An input of nine numbers beside a kernel of four: 1, 0, 2, minus 1.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Predict** before you go on: how many numbers does the output have, and what is the first one?

# %% slideshow={"slide_type": "fragment"}
numpy_ops.cross_correlate2d(image, kernel)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
step = figures.show_sliding_step(image, kernel, row=0, column=1)
plots.describe(step, "The window at the top right of the input, times the kernel, gives four "
               "products. Their sum is the second number of the output.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall do the four sums aloud. The colors stay for the whole course:
# blue is an input, orange a kernel, green an output. The usual wrong answer is 3 × 3 for the
# output. Ask where the kernel would have to hang over the edge.

# %% [markdown] slideshow={"slide_type": "skip"}
# The kernel fits twice along each axis, so the output is 2 × 2. Each output number saw only four
# pixels, and all of them were computed with the *same* four weights. These are the two ideas behind
# every convolutional neural network (CNN): look locally, and share the weights.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 1", "eq 12", "2D Convolution Operation"]
# ## The formula
# $$y_{ij} = \sum_{u=0}^{K_h-1} \sum_{v=0}^{K_w-1} k_{uv}\; x_{i+u,\, j+v}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | input image | $(H, W)$ |
# | $k$ | kernel | $(K_h, K_w)$ |
# | $y$ | output | $(H - K_h + 1,\; W - K_w + 1)$ |
# | $i, j$ | where the window stands | one pair for each output number |
# | $u, v$ | where we are inside the window | one pair for each kernel number |

# %% [markdown] slideshow={"slide_type": "skip"}
# Read it aloud: *the output at $(i, j)$ is the sum of kernel number times pixel, over the window
# that starts at $(i, j)$*. The first row and the first column have the number 0, as in Python.
#
# This formula stands in the deck twice, as equations 1 and 12. The deck calls it *convolution*.
# Its exact name is **cross-correlation**. Further down we see what a convolution is, and how much
# the difference matters. A layer of a network adds channels, a bias, stride and padding to this
# formula (notebook 4).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: write it
# Two loops over the windows are enough. `check` tells you how far you got.


# %% slideshow={"slide_type": "fragment"}
def correlate(image, kernel):
    # your code: return y of shape (H - K_h + 1, W - K_w + 1)
    return None


# %% slideshow={"slide_type": "fragment"}
check("02.correlate", correlate)
# hint("02.correlate")
# solution("02.correlate")


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same without loops
# `sliding_window_view` lists all windows without copying a pixel. `einsum` multiplies each of them
# with the kernel and adds up.


# %% slideshow={"slide_type": "fragment"}
def by_windows(image, kernel):
    windows = sliding_window_view(image, kernel.shape)  # (H_out, W_out, K_h, K_w)
    return np.einsum("ijuv,uv->ij", windows, kernel)


by_windows(image, kernel)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two libraries, one result
# Every operation of the course exists twice: in NumPy, to be read, and in PyTorch, to be fast on a
# GPU. Both get the same input. Only rounding may differ.

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
x, k = rng.standard_normal((40, 60)), rng.standard_normal((5, 3))
y = numpy_ops.cross_correlate2d(x, k)
twin_y = torch_ops.cross_correlate2d(torch.from_numpy(x), torch.from_numpy(k))
error, tolerance = relative_error(twin_y, y), TOLERANCES["float64"].output
assert error <= tolerance
print(f"shape {y.shape}, largest error {error:.0e}, tolerance {tolerance:.0e}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Watch it slide
# A real handwritten digit, 8 × 8 pixels. The kernel subtracts the right column of its window from the
# left one.

# %% [markdown] slideshow={"slide_type": "skip"}
# **Predict** before you touch the figure: where is the output 0, where is it largest? Then try stride
# 2 (the window jumps two pixels) and padding 1 (a border of zeros): what happens to the size of the
# output? The mouse and the arrow keys move the window, Tab goes from one control to the next, and the
# nine numbers of the kernel can be typed.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
digit = np.round(16 * datasets.load("digits").x_train[0, 0]).astype(float)
left_minus_right = np.array([[1.0, 0.0, -1.0]] * 3)
blur, point = np.full((3, 3), 1 / 9), np.array([[-1.0] * 3, [-1.0, 8.0, -1.0], [-1.0] * 3])
live.sliding_kernel(
    digit,
    {
        "left − right": left_minus_right,
        "top − bottom": left_minus_right.T,
        "mean": blur,
        "dot": point,
    },
)

# %% [markdown] slideshow={"slide_type": "skip"}
# Where all pixels of the window are equal the products of this kernel cancel: the output is 0. It is
# largest where bright stands left of dark. Stride 2 leaves out every other window, so the map has half
# the rows and columns. Padding 1 gives this kernel room at the rim, and the map gets as large as the
# input.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the figure is live on the slide, too. Press ↺ and then ▶ slide, so that the hall
# sees the map grow. Stop on a window of equal pixels: the products cancel. A clicker still turns the
# slides; after a click into the figure, Escape gives the arrow keys back to them.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why would anyone flip?
# Clap your hands in a canyon. Every clap sends out an echo, and all echoes add up.
#
# Signal: 1 0 0 2 (a clap, silence, silence, a clap twice as loud). Echo of one clap: 4 2 1.
#
# **Predict:** what does a microphone record?

# %% slideshow={"slide_type": "fragment"}
claps, echo = np.array([1.0, 0.0, 0.0, 2.0]), np.array([4.0, 2.0, 1.0])
np.convolve(claps, echo)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Each clap sends out its own echo
# One row a clap, one column a moment. All rows add up to the recording.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
sent = np.array([np.convolve(np.eye(4)[n] * claps[n], echo) for n in range(4)])
chart, axes = plots.figure(rows=2, height=4.2, height_ratios=[4, 1])
plots.show_numbers(sent, title="echoes sent out", ax=axes[0, 0])
plots.show_numbers(sent.sum(0), title="recorded: the sum of each column",
                   role="output", ax=axes[1, 0])  # fmt: skip
plots.describe(chart, "Four rows. The first clap sends out 4 2 1 at once, the last clap, twice as "
               "loud, sends out 8 4 2 three steps later. The recording is the sum.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 1", "eq 12"]
# ## Convolution is the sum of echoes
# Look at one column of that table. What we hear *now* is this clap times the first echo number,
# plus the clap *before* times the second, plus the one before that times the third:
#
# $$(x * k)_n = \sum_u k_u\; x_{n-u}$$
#
# $x$ has shape $(L)$, $k$ has $(K)$. Before the first clap and after the last there is silence: $x$
# outside the row counts as 0. The **full** output, with every place where the two touch, has
# $(L + K - 1)$.
#
# The minus sign is the flip: the window moves forward, the kernel is read backwards.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And cross-correlation?
# It reads the kernel forwards: $\sum_u k_u\; x_{n+u}$. **Predict** what it makes of the claps.

# %% slideshow={"slide_type": "fragment"}
np.correlate(claps, echo, mode="full")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The first number belongs to moment −2, two moments before the first clap: the echo comes *before* its
# clap. For sound that is nonsense. For a network it does not matter, as we are about to see.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: by hand
# Convolve the row 1 2 0 3 with the kernel 1 2. Flip included; keep only the places where the kernel
# lies inside the row.

# %% slideshow={"slide_type": "fragment"}
answer = ...  # such as [1, 2, 3]
check("02.flip", answer)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 1", "eq 12", "Kernels/Filters: The Feature Detectors"]
# ## The flip in two dimensions
# $$(x * k)_{ij} = \sum_u \sum_v k_{uv}\; x_{i-u,\, j-v}$$
#
# Both axes are read backwards. That is the same as turning the kernel by 180° first, and then
# correlating. `numpy_ops.convolve2d` does it. It keeps only the places where the kernel lies inside the
# image; the first of them is number (0, 0).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
kernel = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
chart, axes = plots.figure(columns=2, width=6.5, height=2.3)
plots.show_kernel(kernel, title="kernel", ax=axes[0, 0])
plots.show_kernel(kernel[::-1, ::-1], title="turned by 180°", ax=axes[0, 1])
plots.describe(chart, "A kernel 1 2 3, 4 5 6 beside itself turned by 180 degrees: 6 5 4, 3 2 1.")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Kernels/Filters: The Feature Detectors"]
# ### The edge detectors of the deck
# Used with equation 1 of the deck, they are cross-correlations. **Predict:** what changes if we
# convolve instead?

# %% slideshow={"slide_type": "fragment"} deck=["Kernels/Filters: The Feature Detectors"]
horizontal_edge = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]])
vertical_edge = horizontal_edge.T
photo = np.round(255 * datasets.photo("camera", size=128, gray=True)[0])  # gray levels
for name, kernel in {"horizontal": horizontal_edge, "vertical": vertical_edge}.items():
    deck_map = numpy_ops.cross_correlate2d(photo, kernel)
    true_map = numpy_ops.convolve2d(photo, kernel)
    largest_sum = abs(deck_map + true_map).max()
    print(f"{name} edges: largest |cross-correlation + convolution| = {largest_sum:g}")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps: Capturing Spatial Patterns"]
# ### Exactly the negative
# Turned by 180°, an edge kernel is its own negative. So both maps show the same edges, with the
# signs exchanged.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart, axes = plots.figure(columns=3, height=3.4, width_ratios=[1, 1.3, 1.3])
plots.show_image(photo / 255, title="input", role="input", ticks=False, ax=axes[0, 0])
maps = {"cross-correlation": deck_map, "convolution": true_map}
for ax, (title, values) in zip(axes[0, 1:], maps.items(), strict=True):
    unit = "gray levels"
    plots.show_map(values, title=title, unit=unit, role="output", ticks=False, ax=ax)
plots.describe(
    chart,
    "A photograph of a man with a camera, and its vertical edges by cross-correlation and by "
    "convolution: the same map with red and blue exchanged.",
)

# %% slideshow={"slide_type": "skip"}
datasets.photo_credit("camera")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Do not take that for a rule
# **Predict:** is it the negative for every kernel? For a blur? For a corner detector?

# %% slideshow={"slide_type": "fragment"}
diagonal = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, -1.0], [0.0, -1.0, -1.0]])
corner = np.outer([1.0, 0.0, -1.0], [1.0, 0.0, -1.0])
kernels = {"edge": vertical_edge, "diagonal": diagonal, "blur": np.ones((3, 3)), "corner": corner}
kernels["shuffled"] = np.eye(3)[[2, 0, 1]]  # the rows of an identity matrix, shuffled
for name, kernel in kernels.items():
    correlated = numpy_ops.cross_correlate2d(photo, kernel)
    convolved = numpy_ops.convolve2d(photo, kernel)
    same, negative = (np.array_equal(convolved, sign * correlated) for sign in (1, -1))
    print(f"{name:8} convolution is the same: {same!s:6} the negative: {negative}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# A kernel that is unchanged by the turn gives the same map, one that becomes its negative gives
# the negative. Most kernels do neither: then the maps are truly different.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the deck says "convolution" for equations 1 and 12, as most of the field does.
# PyTorch's `conv2d` is a cross-correlation too. Say it once, clearly, then use the word as everyone
# does. Ask the "why" question of the exercises here.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: the flip in code


# %% slideshow={"slide_type": "fragment"}
def convolve(image, kernel):
    # your code: one line, with the help of numpy_ops.cross_correlate2d
    return None


check("02.convolve", convolve)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: why can a network leave out the flip?
#
# * **a** Without it there are fewer multiplications.
# * **b** Its kernels are learned: it learns the flipped numbers instead.
# * **c** On photos both give the same map.
# * **d** Flipping only changes the sign of the map, and signs do not matter.

# %% slideshow={"slide_type": "fragment"}
check("02.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three laws, and who keeps them
# In school you learned laws about products. Do they hold here? Let $f, g, h$ be rows of numbers.
#
# | law | in words |
# |---|---|
# | linear: $f * (2g + h) = 2\,(f * g) + f * h$ | mix first or mix later |
# | commutative: $f * g = g * f$ | kernel and signal may swap roles |
# | associative: $(f * g) * h = f * (g * h)$ | two kernels in a row can be merged into one |
#
# **Predict:** which of them does convolution keep, and which cross-correlation?


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Put to the test


# %% slideshow={"slide_type": "fragment"}
def correlate_rows(a, b):
    return np.correlate(a, b, mode="full")


f, g, h = rng.integers(-9, 10, (3, 6))  # whole numbers: "equal" means equal, without rounding
for op in (np.convolve, correlate_rows):
    linear = np.array_equal(op(f, 2 * g + h), 2 * op(f, g) + op(f, h))
    commutative = np.array_equal(op(f, g), op(g, f))
    associative = np.array_equal(op(op(f, g), h), op(f, op(g, h)))
    print(f"{op.__name__:14} linear {linear}, commutative {commutative}, associative {associative}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Convolution keeps all three: that is why mathematicians flip. Cross-correlation is linear only.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two small kernels make one larger one
# Correlating first with $f$, then with $g$, reads $x_{i+u+s}$ with $f_u\, g_s$. Collect all with
# $u + s$ equal: that is $f * g$ in full. So two cross-correlations are *one*, with the **convolution**
# of both kernels: here two 3 × 3 make one 5 × 5. `convolve2d` keeps only the inside, hence the border
# of 2 zeros.

# %% slideshow={"slide_type": "fragment"}
first, second = rng.standard_normal((2, 3, 3))
merged = numpy_ops.convolve2d(np.pad(first, 2), second)
twice = numpy_ops.cross_correlate2d(numpy_ops.cross_correlate2d(photo, first), second)
once = numpy_ops.cross_correlate2d(photo, merged)
print(f"merged kernel {merged.shape}, same map: {np.allclose(once, twice, rtol=0, atol=1e-9)}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# So stacking linear layers alone can compute nothing new. It even loses: two 3 × 3 kernels have 18
# numbers, one 5 × 5 has 25. A network needs something non-linear between them (notebook 7).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A very empty matrix
# Correlation is linear, so it is a matrix $T$: $y = T x$ with shapes $(L - K + 1)$,
# $(L - K + 1, L)$ and $(L)$. Here for a row of $L = 6$ pixels and the kernel 1 0 −1.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
toeplitz_example = np.array([np.correlate(column, [1.0, 0.0, -1.0]) for column in np.eye(6)]).T
ax = plots.show_numbers(toeplitz_example, title="y = T x: a Toeplitz matrix, 4 × 6", role="kernel",
                        signed=True, ax=plots.figure(width=6, height=3.8)[1][0, 0])  # fmt: skip
plots.describe(ax, "A matrix with four rows and six columns. 1, 0, minus 1 stand in each row, "
               "one column further right each time; all else is 0.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# Equal numbers along each diagonal: a **Toeplitz** matrix. Compare a *fully connected layer* (each
# output has its own weight for every input): all 24 numbers are free. A convolution has 3 free
# numbers: the rest is fixed to 0 or shared.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In two dimensions
# Number the pixels of the image row by row. Each output reads $K_h K_w$ of them, so each matrix row
# has that many entries. A *sparse* matrix stores nothing else. **Predict:** for a 3 × 3 kernel on
# 128 × 128 pixels, which share of the matrix is that?


# %% slideshow={"slide_type": "fragment"}
def as_matrix(kernel, image_shape):
    pixels = np.arange(np.prod(image_shape)).reshape(image_shape)
    read = sliding_window_view(pixels, kernel.shape).reshape(-1, kernel.size)
    rows = np.repeat(np.arange(len(read)), kernel.size)
    values = np.tile(kernel.ravel(), len(read))
    return sparse.csr_array((values, (rows, read.ravel())), shape=(len(read), pixels.size))


matrix = as_matrix(vertical_edge, photo.shape)
print(f"matrix {matrix.shape}, stored entries {matrix.nnz / np.prod(matrix.shape):.2%}")
same = np.allclose((matrix @ photo.ravel()).reshape(126, 126), by_windows(photo, vertical_edge))
print("matrix times photo equals the sliding window:", same)

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: this matrix is the bridge to everything later. Its transpose is the backward
# pass (notebook 4), and storing it densely would be a fully connected layer with almost all weights
# zero (notebook 6).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: build the matrix for one row of pixels


# %% slideshow={"slide_type": "fragment"}
def toeplitz(kernel, length):
    # your code: return an array of shape (length - K + 1, length)
    return None


check("02.toeplitz", toeplitz)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The convolution theorem
# Any image is a sum of waves. The **Fourier transform** $\mathcal F$ lists for each wave how strong it
# is and where it starts, in one complex number; the *fast* Fourier transform, FFT, is its quick form.
# The list is the **spectrum**. A convolution changes only these two, strength and start, wave by wave:
#
# $$\mathcal F(x * k) = \mathcal F(x) \cdot \mathcal F(k)$$
#
# The dot multiplies number by number: *no sliding at all*.

# %% [markdown] slideshow={"slide_type": "fragment"}
# For the FFT the image wraps around like a cylinder: what leaves on the right comes back on the left
# (a *circular* convolution). So $x$ and $k$ are first filled up with zeros to the size of the full
# output, $(H + K_h - 1,\; W + K_w - 1)$. All three spectra have this shape.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why it works
# Slide a mean of three, and the edge kernel 1 0 −1, over a pure wave. **Predict:** what comes out?

# %% slideshow={"slide_type": "fragment"}
angle = 2 * np.pi * np.arange(64) / 8  # one period is 8 pixels
wave, rows = np.cos(angle), {"mean": np.full(3, 1 / 3), "edge": np.array([1.0, 0.0, -1.0])}
for name, row in rows.items():
    after = np.convolve(wave, row, mode="valid")
    same = np.allclose(after[8:], after[:-8])
    print(f"{name}: highest point {wave.max():.2f} → {after.max():.2f}, period still 8: {same}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Waves with the same period: a weaker one from the mean, a stronger one from the edge kernel.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One complex number a wave
# Its size is the **gain**: the height of the wave is multiplied by it. Its angle is the **shift**: 360°
# are one period. **Predict:** the edge kernel answers where the wave is steepest. Which shift is that?

# %% slideshow={"slide_type": "fragment"}
around = np.exp(1j * angle[1] * np.array([1, 0, -1]))  # the wave one pixel on, here, one back
for name, row in rows.items():
    number = row @ around
    gain, shift = abs(number), np.angle(number)
    expected = gain * np.cos(angle[1:-1] + shift)  # the kernel does not fit at the two ends
    right = np.allclose(np.convolve(wave, row, mode="valid"), expected)
    print(f"{name}: gain {gain:.2f}, shift {np.degrees(shift):.0f}°; that is all it does: {right}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# A quarter of a period: the wave is steepest two pixels before its top. Take the image apart into
# waves, multiply each with its number, put them together again: that is the theorem.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In code
# Flip the kernel, since we want the cross-correlation. Transform, multiply, transform back. Keep the
# part where the kernel lies inside the image.


# %% slideshow={"slide_type": "fragment"}
def by_fft(image, kernel):
    (height, width), (k_h, k_w) = image.shape, kernel.shape
    size = (height + k_h - 1, width + k_w - 1)
    spectrum = np.fft.rfft2(image, size) * np.fft.rfft2(kernel[::-1, ::-1], size)
    return np.fft.irfft2(spectrum, size)[k_h - 1 : height, k_w - 1 : width]


large = rng.standard_normal((23, 23))
same = np.allclose(by_fft(photo, large), by_windows(photo, large), rtol=0, atol=1e-8)
print(f"FFT equals the sliding window for a kernel of {large.shape}: {same}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a blur does to the waves
# Slow waves are in the middle, fast ones at the rim. **Predict:** which of them does a 9 × 9 mean
# let through?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
waves = abs(np.fft.fftshift(np.fft.fft2(photo)))
gain = abs(np.fft.fftshift(np.fft.fft2(np.full((9, 9), 1 / 81), photo.shape)))
spectra = {"photo": np.log10(1 + waves), "9 × 9 mean": gain, "product": np.log10(1 + waves * gain)}
chart, axes = plots.figure(columns=3, height=2.8)
for ax, (title, values) in zip(axes[0], spectra.items(), strict=True):
    unit = "gain" if title == "9 × 9 mean" else "log₁₀(1 + strength)"
    plots.show_map(values, title=title, unit=unit, signed=False, ticks=False, ax=ax)
plots.describe(
    chart,
    "Three spectra with slow waves in the middle: of the photograph; of a nine by nine mean, "
    "bright in the middle only; and their product, dark at the rim: a blur removes fast waves.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The slow ones. Fast waves are the fine details, so what is left is a blurred photo.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: find the bug
# The author below wants the *full* output of a convolution, of shape
# $(H + K_h - 1,\; W + K_w - 1)$, and forgot something. The middle is right, the edges are not.


# %% slideshow={"slide_type": "fragment"}
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
# Three ways, one result. A sliding window needs $K^2$ products for each output number. So does the
# sparse matrix, which has looked up all places beforehand. The FFT hardly cares how large the kernel is.
#
# **Predict:** at 3 × 3, who wins? And at 23 × 23? Where do they cross?

# %% slideshow={"slide_type": "fragment"}
check("02.multiply_adds", ...)  # products of a 5 × 5 kernel on a 100 × 100 image, no padding

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The race


# %% slideshow={"slide_type": "fragment"}
def race(size):
    kernel = rng.standard_normal((size, size))
    matrix, pixels = as_matrix(kernel, photo.shape), photo.ravel()
    ways = {
        "sliding window": lambda: by_windows(photo, kernel),
        "sparse matrix": lambda: matrix @ pixels,
        "FFT": lambda: by_fft(photo, kernel),
    }
    return shortest_times(ways)


sizes = np.array([3, 5, 9, 13, 17, 23])
races = [race(size) for size in sizes]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Time against kernel size

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
times = {name: np.array([1000 * race[name] for race in races]) for name in races[0]}
ax = plots.show_curves(
    sizes, times, x_label="kernel size K (pixels)", y_label="time (ms)",
    title="a K × K kernel on a 128 × 128 photo", log_y=True, markers=True,
)  # fmt: skip
plots.describe(
    ax,
    "Time against kernel size. Sliding window and sparse matrix rise steeply, the FFT stays "
    "nearly flat and is the fastest for large kernels.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The verdict

# %% slideshow={"slide_type": "fragment"}
ratio = np.minimum(times["sliding window"], times["sparse matrix"]) / times["FFT"]
print("3 × 3: the FFT is slower than the better of the other two:", ratio[0] < 1)
print("23 × 23: the FFT is faster than both:", ratio[-1] > 1)

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
print(
    "better of the others / FFT:", *(f"{k}×{k} {r:.1f}" for k, r in zip(sizes, ratio, strict=True))
)
wins = [f"{k} × {k}" for k in sizes[ratio > 1]]
print("on this machine the FFT wins at", ", ".join(wins) or "none of these sizes")

# %% [markdown] slideshow={"slide_type": "skip"}
# The crossing point belongs to this machine, this image and these three programs. That small kernels
# do not need the FFT, and large ones do, holds everywhere, because of the counts: about $K^2 H W$
# products against about $H W \log_2 (H W)$ times a constant, whatever $K$ is. CNNs mostly use 3 × 3
# kernels: so they are computed directly (notebook 4).

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the sparse matrix does the same products as the window, but its table of places
# is ready made, and building it is not in the time. Ask what that costs in memory.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. An image of 32 × 32 and a kernel of 7 × 7: how large is the output?
# <details><summary>Answer</summary>26 × 26, since 32 − 7 + 1 = 26 along each axis.</details>
#
# 2. All numbers of a kernel add up to 0. What is its response on a plain wall?
# <details><summary>Answer</summary>0: every pixel of the window is the same, so the sum is that pixel
# times 0.</details>
#
# 3. Is PyTorch's `conv2d` a convolution?
# <details><summary>Answer</summary>Strictly no: it does not flip the kernel. It is a cross-correlation.
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Which kernel leaves every image as it is?
# <details><summary>Answer</summary>A single 1: as a 1 × 1 kernel, or in the middle of a 3 × 3 one, which
# then loses a border of one pixel.</details>
#
# 5. Why does the FFT way need zeros around the image?
# <details><summary>Answer</summary>The product of spectra belongs to a circular convolution: without
# room, what leaves on the right comes back on the left.</details>
#
# 6. How many different numbers are in the sparse matrix of a 3 × 3 kernel?
# <details><summary>Answer</summary>At most ten: the nine of the kernel, and 0.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * One output number is a window times the kernel, added up. All windows share the kernel.
# * CNNs compute cross-correlation and call it convolution. The flip gives convolution its laws.
# * Convolution is linear: it is a matrix, nearly empty and full of repetition.
# * In the world of waves it is a plain product, a gain and a shift for each wave. That pays for large
#   kernels.
#
# **On your own** Convolve a photo of yours: `datasets.photo("my.jpg", gray=True)`. Find a kernel that
# shifts an image by one pixel, and one that shows only the changes along a diagonal. `progress()`
# lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources** Goodfellow, Bengio and Courville 2016, *Deep Learning*, section 9.1, equations 9.4 to 9.6.
# Dumoulin and Visin 2016, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285.
# Mathieu, Henaff and LeCun 2013, *Fast training of convolutional networks through FFTs*,
# arXiv:1312.5851.
#
# **Next** 3, kernels and feature maps: what different kernels see, and what stride, padding and
# dilation do to the size of the output.
