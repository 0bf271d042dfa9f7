# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 4. Build a convolutional layer, forward and backward
#
# **You will** turn one sliding kernel into a layer with batches, channels, bias and groups, lay
# it out as one matrix product, send gradients back through it, and measure what it costs.
# **You need** notebooks 2 and 3. **Time** 75 min, CPU.
#
# | here | package | test | source |
# |---|---|---|---|
# | layer, backward | `course_lib/numpy_ops/convolution.py` | `tests/parity/test_convolution.py` | arXiv:1603.07285 |
# | im2col, col2im | `course_lib/numpy_ops/unfolding.py` | `tests/parity/test_unfolding.py` | Chellapilla et al. 2006 |
# | transposed layer | `course_lib/numpy_ops/conv_transpose.py` | `tests/parity/test_conv_transpose.py` | arXiv:1603.07285, section 4 |

# %% slideshow={"slide_type": "skip"}
import tracemalloc

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from course_lib import datasets, numpy_ops, plots, torch_ops
from course_lib.analysis import complexity, shortest_times
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.gradcheck import gradcheck
from course_lib.lessons.convolutional_layer import figures, live
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)
torch.set_num_threads(1)  # speeds are compared on one thread

# %% [markdown] slideshow={"slide_type": "slide"} deck=["What is a Convolutional Layer?"]
# ## One output number, two channels
# A color photo has three maps of numbers, a map inside a network may have hundreds beside it:
# the **channels**. A filter has one small kernel *for each channel*. All products are added up to
# **one** number, and then a **bias** is added. Here: two channels, one filter, bias 1.
#
# The next picture shows them. **Predict** the number at the top left of the output before you go on.

# %% slideshow={"slide_type": "skip"}
x = np.array([[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 1], [1, 1, 0]]], float)
weight = np.array([[[[1, 0], [0, 1]], [[0, -1], [1, 0]]]], float)
y = numpy_ops.conv2d(x[None], weight, np.array([1.0]))

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] deck=["What is a Convolutional Layer?"]
_, axes = plots.figure(rows=2, columns=2, width=6.0, height=4.4)
for c in range(2):
    plots.show_numbers(x[c], title=f"input channel {c}", role="input", limit=3, ax=axes[c, 0])
    plots.show_kernel(weight[0, c], title=f"kernel for channel {c}", ax=axes[c, 1])
    plots.mark_window(axes[c, 0], row=0, column=0, height=2, width=2, color=plots.KERNEL)
plots.describe(axes[0, 0], "Two input channels of 3 by 3 numbers, the window at the top left marked "
               "in both, and a 2 by 2 kernel for each channel.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["What is a Convolutional Layer?"]
# ### Two sums and a bias make one map

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] deck=["What is a Convolutional Layer?"]
_, axes = plots.figure(columns=3, width=8.0, height=3.4)
for c in range(2):
    alone = numpy_ops.cross_correlate2d(x[c], weight[0, c])
    plots.show_numbers(alone, title=f"from channel {c}", signed=True, limit=6, ax=axes[0, c])
title = "output: both, and bias 1"
plots.show_numbers(y[0, 0], title=title, role="output", signed=True, limit=6, ax=axes[0, 2])
plots.describe(axes[0, 0], "Three maps of 2 by 2 numbers: the sums of channel 0, those of channel 1, "
               "and the output, their sum plus 1.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# Channel 0 gives 1·1 + 1·1 = 2, channel 1 gives −1·1 + 1·2 = 1, the bias 1. Together 4: one map
# comes out, not two.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional Layer: Deep Dive", "eq 1"]
# ## The layer form
# $$y_{n,o,i,j} = b_o + \sum_{c}\sum_{u}\sum_{v} w_{o,c,u,v}\;
# \tilde x_{\,n,\;c,\;S i + D u,\;S j + D v}$$
#
# | symbol | shape | what it is |
# |---|---|---|
# | $x$ | (N, C_in, H, W) | a batch of N inputs; $\tilde x$ has P rows and columns of zeros around it |
# | $w$ | (C_out, C_in, K_h, K_w) | one filter for each output channel |
# | $b$ | (C_out,) | one number for each output channel |
# | $y$ | (N, C_out, H_out, W_out) | $H_{out} = \lfloor (H + 2P - D(K_h - 1) - 1)/S \rfloor + 1$ |
#
# A **tap** $(u, v)$ is one place of the kernel. $S$ is the stride, $P$ the padding, $D$ the dilation:
# the step from one tap to the next, in pixels. Without batch and channels it is notebook 2 again.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Convolutional Layer: Deep Dive", "eq 1"]
# ### What the textbook formula leaves out
# Many texts begin with $\sum_m \sum_n I(i+m, j+n)\,K(m,n)$, here called equation (1) (Chaki 2025): a
# cross-correlation of *one* map with *one* kernel. A layer adds five things: a sum over channels, a bias, several filters, stride and
# padding. (The batch only repeats it; dilation comes below.) Build the layer from equation (1) and see
# that nothing else is missing.


# %% slideshow={"slide_type": "fragment"} deck=["eq 1"]
def layer_from_eq1(x, weight, bias, stride, padding):
    x_pad = numpy_ops.pad2d(x, padding=padding)
    maps = [
        sum(numpy_ops.cross_correlate2d(image[c], w[c]) for c in range(len(w))) + b
        for image in x_pad
        for w, b in zip(weight, bias, strict=True)
    ]
    return np.stack(maps).reshape(len(x), len(weight), *maps[0].shape)[..., ::stride, ::stride]


# %% slideshow={"slide_type": "subslide"} deck=["eq 1"]
x, weight = rng.standard_normal((2, 3, 8, 9)), rng.standard_normal((4, 3, 3, 2))
bias = rng.standard_normal(4)
y = numpy_ops.conv2d(x, weight, bias, stride=2, padding=1)
error = relative_error(layer_from_eq1(x, weight, bias, stride=2, padding=1), y)
print(f"shape {y.shape}; eq 1 with the five additions is the layer: {error <= 1e-12}")
alone = numpy_ops.cross_correlate2d(numpy_ops.pad2d(x, padding=1)[0, 0], weight[0, 0])[::2, ::2]
print(f"eq 1 on the first channel alone is off by {relative_error(alone, y[0, 0]):.0%} of max |y|")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same as seven loops
# Image, filter, row, column; channel, tap row, tap column. `np.ndindex(2, 3)` counts through all pairs:
# two loops in one line. So the four lines with `for` are seven loops. This *is* the formula.


# %% slideshow={"slide_type": "fragment"}
def seven_loops(x_pad, weight, stride):
    rows = (x_pad.shape[2] - weight.shape[2]) // stride + 1
    columns = (x_pad.shape[3] - weight.shape[3]) // stride + 1
    y = np.zeros((len(x_pad), len(weight), rows, columns), x_pad.dtype)
    for n in range(y.shape[0]):
        for o in range(y.shape[1]):
            for i, j in np.ndindex(rows, columns):
                for c, u, v in np.ndindex(*weight.shape[1:]):
                    pixel = x_pad[n, c, i * stride + u, j * stride + v]
                    y[n, o, i, j] += weight[o, c, u, v] * pixel
    return y


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The PyTorch twin
# Loops, NumPy reference and PyTorch: only rounding may differ.

# %% slideshow={"slide_type": "fragment"}
loops = seven_loops(numpy_ops.pad2d(x, padding=1), weight, stride=2) + bias[:, None, None]
tensors = [torch.from_numpy(array) for array in (x, weight, bias)]
twin = torch_ops.conv2d(*tensors, stride=2, padding=1).numpy()
for name, other in {"seven loops": loops, "PyTorch": twin}.items():
    error = relative_error(other, y)
    print(f"{name:12} shape {other.shape}, largest error ≤ 1e-12: {error <= 1e-12}")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let somebody name the seven loops aloud. Ask which loops could be swapped: all of
# them, for a sum does not care about its order. That freedom is what fast versions use.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A layer on a photo
# Three filters on a color photo, stride 2. The first sees brightness steps to the right, the
# second red minus green, the third averages. **Predict:** could equation (1), with one kernel on
# one map, make the second one?

# %% slideshow={"slide_type": "skip"}
photo = datasets.photo("cat", size=80)[None]
bank = np.zeros((3, 3, 3, 3))
bank[0, :, :, 0], bank[0, :, :, 2] = -1 / 9, 1 / 9
bank[1, 0], bank[1, 1] = 1 / 9, -1 / 9
bank[2] = 1 / 27
maps = numpy_ops.conv2d(photo, bank, np.array([0.0, 0.0, -0.5]), stride=2, padding=1)

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
_, axes = plots.figure(rows=2, columns=2, height=4.6)
shape = f"input {photo.shape[1:]}"
plots.show_image(photo[0], title=shape, role="input", ticks=False, ax=axes[0, 0])
titles = ("step to the right", "red minus green", "average, bias −0.5")
for ax, response, title in zip(axes.flat[1:], maps[0], titles, strict=True):
    plots.show_map(response, unit="response", title=title, role="output", ticks=False, ax=ax)
plots.describe(
    axes[0, 0],
    "A photo of a cat and three maps of half its height: one with red and blue lines along "
    "vertical edges, one that is red on the reddish fur, and one blurred map of brightness.",
)

# %% slideshow={"slide_type": "skip"}
print(f"{photo.shape} → {maps.shape}; photo: {datasets.photo_credit('cat')}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# "Red minus green" needs two channels in one sum: no single map can give it. The dark red column at
# the left rim of "step to the right" is no edge of the photo: there the zeros of the padding end.

# %% [markdown] slideshow={"slide_type": "skip"}
# What comes out is again (N, C, H, W), so the next layer can take it as its input.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The family: groups, 1×1, depthwise
# With **groups** $G$, channels are split into $G$ parts that do not see each other; `weight` is then
# (C_out, C_in / G, K_h, K_w), and $G$ must divide $C_{in}$ and $C_{out}$. $G = 1$ is the plain layer,
# $G = C_{in}$ is **depthwise**: a kernel for each channel. So "a filter is as deep as its input" holds
# for $G = 1$ only. A **1×1** kernel does the opposite: it mixes channels, and each pixel stays alone.
# A *multiply-add* is one product, added to a sum: the unit in which work is counted.
#
# | layer | weights | multiply-adds for an output pixel |
# |---|---|---|
# | plain | $C_{out} C_{in} K^2$ | $C_{out} C_{in} K^2$ |
# | grouped | $C_{out} C_{in} K^2 / G$ | $C_{out} C_{in} K^2 / G$ |
# | depthwise, $C_{out} = C_{in} = C$ | $C K^2$ | $C K^2$ |
# | 1×1 | $C_{out} C_{in}$ | $C_{out} C_{in}$ |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who sees whom?
# Light up one input channel at a time and look which output channels answer. **Predict** the
# picture for groups = 2.


# %% slideshow={"slide_type": "fragment"}
def who_sees_whom(groups, channels=6):
    x = np.eye(channels)[:, :, None, None]  # image n has a 1 in channel n only
    weight = np.ones((channels, channels // groups, 1, 1))
    return numpy_ops.conv2d(x, weight, groups=groups)[:, :, 0, 0].T


# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
_, axes = plots.figure(columns=3, height=3.6)
names = {1: "plain", 2: "groups=2", 6: "depthwise: groups=6"}
for ax, (groups, name) in zip(axes[0], names.items(), strict=True):
    plots.show_kernel(who_sees_whom(groups), title=name, ax=ax)
    ax.set(xlabel="input channel", ylabel="output channel")
plots.describe(
    axes[0, 0],
    "Three tables of 6 output by 6 input channels: all ones for the plain layer, two blocks of "
    "3 by 3 ones for two groups, ones on the diagonal only for depthwise.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A 1×1 layer is a matrix at every pixel
# Three lines: the same numbers from a matrix product. And a grouped layer is plain layers side by
# side.

# %% slideshow={"slide_type": "fragment"}
x = rng.standard_normal((2, 6, 5, 7))
weight = rng.standard_normal((4, 6, 1, 1))
pixels = x.reshape(2, 6, 5 * 7)  # each column one pixel, with its 6 channels
product = (weight[:, :, 0, 0] @ pixels).reshape(2, 4, 5, 7)
print("1×1 is a matrix product:", relative_error(product, numpy_ops.conv2d(x, weight)) <= 1e-12)

grouped = rng.standard_normal((4, 3, 3, 3))
halves = [numpy_ops.conv2d(x[:, 3 * g : 3 * g + 3], grouped[2 * g : 2 * g + 2]) for g in (0, 1)]
y = numpy_ops.conv2d(x, grouped, groups=2)
print("2 groups are 2 layers:", relative_error(np.concatenate(halves, axis=1), y) <= 1e-12)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# How many parameters has a 3×3 layer from 16 to 32 channels with 4 groups and a bias?

# %% slideshow={"slide_type": "skip"}
parameters = ...  # your number
check("04.parameters", parameters)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the 1×1 layer in code
# For one image: `x` is (C_in, H, W), `weight` (C_out, C_in), no loops needed.


# %% slideshow={"slide_type": "skip"}
def pointwise(x, weight):
    # your code: return y of shape (C_out, H, W)
    return None


check("04.pointwise", pointwise)
# hint("04.pointwise")
# solution("04.pointwise")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The family: dilated and transposed
# **Dilated**: the taps stand $D$ pixels apart. A $K$-tap kernel then spans $D(K-1)+1$ pixels and
# still has $K$ weights. It is a larger kernel with zeros in it.

# %% slideshow={"slide_type": "fragment"}
x, kernel = rng.standard_normal((1, 1, 12, 12)), rng.standard_normal((1, 1, 3, 3))
with_zeros = np.zeros((1, 1, 5, 5))
with_zeros[:, :, ::2, ::2] = kernel
dilated = numpy_ops.conv2d(x, kernel, dilation=2)
error = relative_error(numpy_ops.conv2d(x, with_zeros), dilated)
print(f"9 weights span 5×5 pixels; same as a 5×5 kernel with zeros: {error <= 1e-12}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Transposed: from small to large
# Each input pixel *stamps* its kernel, times its value, onto the output; stamps are $S$ apart and
# add up where they overlap: $H_{out} = (H - 1)\,S + K - 2P$. Here padding $P$ does not add zeros, it
# *cuts* $P$ rows and columns off each side. It is also called "deconvolution", but it does not undo
# anything. **Predict:** where do the stamps of a 3×3 kernel overlap at stride 2?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
small, stamp = np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((3, 3))
large = numpy_ops.conv_transpose2d(small[None, None], stamp[None, None], stride=2)[0, 0]
_, axes = plots.figure(columns=3, height=3.4, width_ratios=(2, 3, 5))
plots.show_numbers(small, title="input", role="input", ax=axes[0, 0])
plots.show_kernel(stamp, ax=axes[0, 1])
plots.show_numbers(large, title=f"output {large.shape}", role="output", signed=True, ax=axes[0, 2])
plots.describe(
    axes[0, 0],
    "A 2 by 2 input, a 3 by 3 kernel of ones and the 5 by 5 output: corners hold one input "
    "value, the middle row and column hold sums of two, and the center is the sum of all four.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Uneven overlap makes a checkerboard on enlarged images (Odena et al. 2016). A kernel size that the
# stride divides, such as 4 at stride 2, overlaps evenly.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why "transposed"?
# A convolution is linear: some matrix $A$ times the pixels. Its transpose $A^\top$ goes from output
# to input (one row of $A$ for each output number; it is drawn near the end, beside the fully connected
# layer), and is defined by $\langle A x, y\rangle = \langle x, A^\top y\rangle$ for all $x$, $y$,
# where $\langle a, b\rangle$ is the sum of all products $a_i b_i$.
# The weight is the same array; note that its first axis is now the *input* channel.

# %% slideshow={"slide_type": "fragment"}
x, weight = rng.standard_normal((2, 3, 7, 9)), rng.standard_normal((5, 3, 3, 3))
forward = numpy_ops.conv2d(x, weight, stride=2, padding=1)
y = rng.standard_normal(forward.shape)
back = numpy_ops.conv_transpose2d(y, weight, stride=2, padding=1)
print(f"{x.shape} → {y.shape} → {back.shape}")
print("⟨Ax, y⟩ = ⟨x, Aᵀy⟩:", abs((forward * y).sum() - (x * back).sum()) < 1e-9)
there_and_back = numpy_ops.conv_transpose2d(forward, weight, stride=2, padding=1)
print("Aᵀ undoes A:", np.allclose(there_and_back, x))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The family on a photo
# In reading order: the photo; a 1×1 layer that turns color to gray (with the weights of *luma*, the
# brightness of a television picture); a depthwise blur, which keeps the colors apart; vertical edges
# with dilation 4. **Predict** which output has three channels.

# %% slideshow={"slide_type": "fragment"}
luma = np.array([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1)
gray = numpy_ops.conv2d(photo, luma)
blur = numpy_ops.conv2d(photo, np.full((3, 1, 9, 9), 1 / 81), padding=4, groups=3)
step = np.array([[-1.0, 0, 1]] * 3)[None, None] / 3
edges = numpy_ops.conv2d(gray, step, padding=4, dilation=4)
print(f"1×1 {gray.shape}, depthwise {blur.shape}, dilated {edges.shape}")

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
_, axes = plots.figure(rows=2, columns=2, height=4.6)
pictures = {"input": photo, "1×1: gray": gray, "depthwise: blur": blur}
for ax, (title, picture) in zip(axes.flat, pictures.items(), strict=False):
    role = "input" if title == "input" else "output"
    plots.show_image(picture[0].clip(0, 1), title=title, role=role, ticks=False, ax=ax)
title = "dilated: edges"
plots.show_map(edges[0, 0], unit="response", title=title, role="output", ticks=False, ax=axes[1, 1])
plots.describe(axes[0, 0], "A photo of a cat; in gray from a 1×1 layer; blurred, but in color, "
               "from a depthwise layer; and thick vertical edges from a dilated layer.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# Each output has its own number of channels: 1, 3 and 1. The lines at the left and right border of
# the last one are no edges of the photo: there the image ends and the zeros of the padding begin.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One matrix product does it all
# A processor is best at multiplying large matrices (GEMM, *general matrix multiply*). So lay each
# window out as a **column**, all channels of it: **im2col**. Each filter becomes a row.
#
# $$Y = W X_{col} + b, \qquad W: (C_{out},\; C_{in}K_hK_w), \quad
# X_{col}: (C_{in}K_hK_w,\; H_{out}W_{out})$$
#
# One column, one window, one output position. Multiply-adds stay the same; pixels are copied up to
# $K_h K_w$ times.

# %% slideshow={"slide_type": "skip"}
x_small = np.array(
    [[[1, 2, 0, 3], [4, 1, 5, 2], [0, 6, 2, 1]], [[2, 0, 1, 1], [3, 2, 0, 4], [1, 1, 7, 0]]], float
)
two_filters = np.array(
    [[[[1, 0], [0, -1]], [[0, 2], [1, 0]]], [[[1, 1], [1, 1]], [[-1, -1], [-1, -1]]]], float
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two filters on two channels
# **Predict** before you look: how many columns has an image of 3×4 with 2×2 kernels, and how many rows?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chart = figures.show_im2col_step(x_small, two_filters, column=1)
plots.describe(
    chart,
    "Two channels of 3 by 4 pixels with the second window marked; an arrow to a matrix of 8 by 6 "
    "whose second column holds that window, channel by channel; below, two filters as the rows of "
    "a 2 by 8 matrix, and the 2 by 6 output with its second column marked.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: read the marked column aloud and point at the pixels: 2 0 1 5 from channel 0,
# then 0 1 2 0 from channel 1. Ask what column 2 will be, then click it in the next cell.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Explore it
# Click a column, or press ▶ slide, and watch the window. **Predict** before you move `stride` to 2: how many columns
# are left? And what does a 1×1 kernel do to the columns?

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
small_weights = {
    "2×2": two_filters,
    "3×1": rng.integers(-2, 3, (2, 2, 3, 1)).astype(float),
    "1×1": np.array([[1.0, 1.0], [1.0, -1.0]])[:, :, None, None],
}
live.im2col(x_small, small_weights)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three lines
# im2col, product, back to maps. For 1×1 kernels the columns are the image itself: no copy needed.

# %% slideshow={"slide_type": "fragment"}
x, weight = rng.standard_normal((2, 3, 8, 9)), rng.standard_normal((4, 3, 3, 2))
columns = numpy_ops.im2col(x, kernel_size=(3, 2), stride=2, padding=1)
y = numpy_ops.conv2d(x, weight, stride=2, padding=1)
by_product = (weight.reshape(4, -1) @ columns).reshape(y.shape)
unfolded = torch.nn.functional.unfold(torch.from_numpy(x), (3, 2), stride=2, padding=1)
print(f"columns {columns.shape}; equal to the layer: {relative_error(by_product, y) <= 1e-12}")
print("the same columns as torch's unfold:", np.array_equal(columns, unfolded.numpy()))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: write im2col
# For one image (C, H, W) and a kernel of height × width, stride 1, no padding.


# %% slideshow={"slide_type": "skip"}
def im2col(x, height, width):
    # your code: return columns of shape (C * height * width, number of windows)
    return None


check("04.im2col", im2col)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the memory, by hand
# How many bytes do the columns take for a float32 image 64×56×56, a 3×3 kernel and padding 1?

# %% slideshow={"slide_type": "skip"}
bytes_of_columns = ...  # your number
check("04.columns_memory", bytes_of_columns)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back
# Training needs the gradient of the loss $L$ for every number that went in. Given is
# $\delta = \partial L/\partial y$, of the shape of $y$: (N, C_out, H_out, W_out). Wanted are
# $\partial L/\partial w$, $\partial L/\partial b$ and $\partial L/\partial x$, of the shapes of $w$,
# $b$ and $x$.
#
# One rule is enough: *where a number is used many times, its gradient is the sum over all uses*,
# each time $\delta$ of the output times what the number was multiplied with.
#
# The bias is added to every output of its channel: $\displaystyle\frac{\partial L}{\partial b_o}
# = \sum_{n,i,j} \delta_{n,o,i,j}$

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The weight: correlate input and δ
# Tap $w_{o,c,u,v}$ meets the pixel $\tilde x_{n,c,Si+u,Sj+v}$ on its way to $y_{n,o,i,j}$ (with
# dilation 1). So
#
# $$\frac{\partial L}{\partial w_{o,c,u,v}} = \sum_{n,i,j} \delta_{n,o,i,j}\;
# \tilde x_{n,c,\,Si+u,\,Sj+v}$$
#
# This is again a cross-correlation: $\delta$ slides over the input as if *it* were the kernel. Its
# taps stand $S$ apart: the stride of the way forward is the *dilation* of the way back. A layer sums
# over its axis 1, the channels; here the sum runs over axis 0, the images. So the code swaps axes 0
# and 1, calls the layer, and swaps them back.


# %% slideshow={"slide_type": "fragment"}
def grad_weight_of(x_pad, grad_y, kernel, stride):
    swapped = numpy_ops.conv2d(x_pad.swapaxes(0, 1), grad_y.swapaxes(0, 1), dilation=stride)
    # Rows that no window reached, when the stride does not fit, make it too large: cut.
    return swapped.swapaxes(0, 1)[:, :, : kernel[0], : kernel[1]]


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The input: a full convolution with δ
# Which outputs used pixel $(p, q)$? Those whose window covers it: it met tap $u$ in the window that
# starts at $p - u$. Let $\delta^{\uparrow}$ be $\delta$ with $S - 1$ zeros between its numbers, so
# that windows are counted in pixels. Then
#
# $$\frac{\partial L}{\partial \tilde x_{n,c,p,q}} = \sum_{o,u,v} w_{o,c,u,v}\;
# \delta^{\uparrow}_{n,o,\,p-u,\,q-v}$$
#
# The minus signs say *flip*: a true convolution. It is *full*: $K - 1$ zeros around
# $\delta^{\uparrow}$, for a pixel at the edge has few windows. Cut the padding off, and
# $\partial L/\partial x$ is there. In the code `size` is the height and width of $\tilde x$: $\delta$ alone
# does not tell it, for a stride may leave last rows that no window reached.


# %% slideshow={"slide_type": "subslide"}
def grad_x_pad_of(grad_y, weight, stride, size):
    (k_h, k_w), (height, width) = weight.shape[2:], grad_y.shape[2:]
    spread = np.zeros((*grad_y.shape[:2], size[0] + k_h - 1, size[1] + k_w - 1))
    spread[:, :, k_h - 1 :: stride, k_w - 1 :: stride][:, :, :height, :width] = grad_y
    flipped = weight[:, :, ::-1, ::-1].swapaxes(0, 1)
    return numpy_ops.conv2d(spread, flipped)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Watch it on small numbers
# A 2×2 $\delta$ from a 3×3 kernel at stride 2, spread out and surrounded by zeros; the flipped
# kernel slides over it.

# %% slideshow={"slide_type": "skip"}
delta = np.array([[1.0, 2.0], [3.0, -1.0]])
kernel = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
spread = np.zeros((7, 7))
spread[2:5:2, 2:5:2] = delta
grad_x = grad_x_pad_of(delta[None, None], kernel[None, None], stride=2, size=(5, 5))[0, 0]

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
_, axes = plots.figure(columns=3, height=3.2, width_ratios=(2, 6, 3))
look = {"role": "gradient", "signed": True, "limit": 6}
plots.show_numbers(delta, title="δ", **look, ax=axes[0, 0])
plots.show_numbers(spread, title="δ spread, padded", text_size=13, **look, ax=axes[0, 1])
plots.show_kernel(kernel[::-1, ::-1], title="flipped kernel", text_size=16, ax=axes[0, 2])
plots.describe(axes[0, 0], "A 2 by 2 gradient; its numbers two apart in a 7 by 7 grid of zeros; the "
               "3 by 3 kernel, turned by half a turn.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Predict** the gradient of the pixel at the top left: which tap did it meet?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The gradient of the input

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ax = plots.show_numbers(grad_x, title="∂L/∂x", **look, ax=plots.figure(height=3.4)[1][0, 0])
plots.describe(ax, "The 5 by 5 gradient of the input: 1 at the top left, where one stamp lies, and "
               "5 in the middle of the top row, where two overlap.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"}
# The pixel at the top left was met by tap (0, 0) of one window only: 1 · 1. It is the picture of
# the transposed layer: every δ stamps its kernel.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Hold it to two witnesses
# The package, and PyTorch's autograd, which differentiates a program by itself. δ is random, because
# equal numbers hide mistakes: with ones and stride 1, a pixel away from the rim meets every tap once,
# and their sum is the same flipped or not. (At stride 2 a pixel meets only some taps, so this layer
# would give the mistake away.)

# %% slideshow={"slide_type": "skip"}
delta = rng.standard_normal(y.shape)
x_pad = numpy_ops.pad2d(x, padding=1)
mine = {
    "grad_x": grad_x_pad_of(delta, weight, stride=2, size=x_pad.shape[2:])[:, :, 1:-1, 1:-1],
    "grad_weight": grad_weight_of(x_pad, delta, kernel=(3, 2), stride=2),
    "grad_bias": delta.sum(axis=(0, 2, 3)),
}

# %% slideshow={"slide_type": "fragment"}
options = {"stride": 2, "padding": 1}
package = numpy_ops.conv2d_backward(delta, x, weight, bias, **options)
tensors = [torch.from_numpy(array) for array in (delta, x, weight, bias)]
twin = torch_ops.conv2d_backward(*tensors, **options)
for name, grad in mine.items():
    errors = relative_error(grad, getattr(package, name)), relative_error(grad, getattr(twin, name))
    print(f"{name:11} {grad.shape!s:13} errors ≤ 1e-12: {max(errors) <= 1e-12}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Hold it to a third witness
# `gradcheck` moves *every* number of $x$ and $w$ a little up and down and watches the loss: it
# knows nothing of the derivation. **Predict:** will it notice if the flip is forgotten?


# %% slideshow={"slide_type": "fragment"}
def layer(x, weight):
    return numpy_ops.conv2d(x, weight, stride=2)


def layer_backward(grad_y, x, weight, flip=True):
    used = weight if flip else weight[:, :, ::-1, ::-1]  # flipped twice is not flipped at all
    grad_weight = grad_weight_of(x, grad_y, weight.shape[2:], stride=2)
    return grad_x_pad_of(grad_y, used, 2, x.shape[2:]), grad_weight


# %% slideshow={"slide_type": "fragment"}
error = gradcheck(layer, (x, weight), backward=layer_backward)
print(f"with the flip: checked all {x.size + weight.size} numbers, error ≤ 1e-7: {error <= 1e-7}")
try:
    gradcheck(layer, (x, weight), backward=lambda *given: layer_backward(*given, flip=False))
except AssertionError as found:
    print("without the flip: an error that names the gradient of x:", "gradient of x" in str(found))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the gradient of the kernel
# For one channel, stride 1, no padding. `numpy_ops.cross_correlate2d` may help.


# %% slideshow={"slide_type": "skip"}
def grad_weight(image, grad_y):
    # your code: return an array with the shape of the kernel
    return None


check("04.grad_weight", grad_weight)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# This should be the gradient of the image, one channel, stride 1. Its shape is right.


# %% slideshow={"slide_type": "skip"}
def grad_image(grad_y, kernel):
    border = ((kernel.shape[0] - 1,) * 2, (kernel.shape[1] - 1,) * 2)
    return numpy_ops.cross_correlate2d(np.pad(grad_y, border), kernel)


check("04.grad_x_bug", grad_image)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional vs. Fully Connected Layers"]
# ## Beside a fully connected layer
# A fully connected layer is *any* matrix from all inputs to all outputs. A convolution is such a
# matrix too, one with much less freedom. Push unit images through the layer: each gives a column.
# **Predict:** of 80 × 108 entries, how many are different numbers, apart from 0?

# %% slideshow={"slide_type": "fragment"} deck=["Convolutional vs. Fully Connected Layers"]
weight = rng.standard_normal((5, 3, 3, 3))
units = np.eye(3 * 6 * 6).reshape(-1, 3, 6, 6)
matrix = numpy_ops.conv2d(units, weight).reshape(len(units), -1).T
used = matrix[matrix != 0]
print(f"matrix {matrix.shape}: {matrix.size:,} entries")
print(f"local:  {used.size:,} are not 0 ({used.size / matrix.size:.0%})")
print(f"shared: {np.unique(used).size} different numbers, the {weight.size} weights")

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] deck=["Convolutional vs. Fully Connected Layers"]
_, axes = plots.figure(height=4.6, width=8.0)
ax = plots.show_map(matrix, unit="weight", title="the layer as a matrix", ax=axes[0, 0])
ax.set(xlabel="input number (channel, row, column)", ylabel="output number")
plots.describe(
    ax,
    "A matrix of 80 rows and 108 columns, mostly white: short colored diagonal stripes repeat "
    "in blocks, five block rows for the filters and three block columns for the channels.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# White is 0: most inputs are out of reach. Along a diagonal the same weights repeat.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Convolutional vs. Fully Connected Layers"]
# ### What follows, and what does not
# | | convolutional | fully connected |
# |---|---|---|
# | connections | a window, all channels of the group | every input |
# | weights | shared by all positions | one for each pair |
# | weights grow with | kernel and channels | size of input times output |
# | other image sizes | fit as they are | need new weights |
# | moved input | moved output (*equivariance*) | must be learned |
#
# Some texts write "position invariance, built in": the output *moves along*, so it is not invariant.
# Notebook 6 measures this. And a dense layer does not destroy spatial information; it only has
# no notion of which pixels are neighbors.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Parameter Efficiency in Convolutional Layers"]
# ### 307,200 against 760
# Chaki 2025 compares, for a 32×32 color image, a dense layer with 100 outputs and ten 5×5 filters,
# and finds "403× fewer" parameters. **Predict:** how many numbers do the ten filters give, and how many
# weights would a dense layer need to give as many?

# %% slideshow={"slide_type": "fragment"} deck=["Parameter Efficiency in Convolutional Layers"]
inputs, outputs = 3 * 32 * 32, 10 * 28 * 28
dense, conv = inputs * 100, 10 * (3 * 5 * 5) + 10
print(f"{dense:,} / {conv} = {dense / conv:.1f}; with biases on both {(dense + 100) / conv:.1f}")
print(f"outputs: 100 against {outputs:,}; the dense layer for {outputs:,} outputs has")
times = inputs * outputs / conv
print(f"{inputs * outputs:,} weights, {times:,.0f} times those of the convolution")

# %% [markdown] slideshow={"slide_type": "fragment"} deck=["Parameter Efficiency in Convolutional Layers"]
# The ratio is 404 (403 is what you get for (307,200 − 760)/760), but it compares 100 outputs with 7,840.
# Like for like it is 31,690, for each new output of a dense layer brings 3,072 weights of its own.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Parameter Efficiency in Convolutional Layers"]
# ### Who saves the work?
# **Predict:** which of the two, the small window or the sharing, saves multiply-adds?

# %% slideshow={"slide_type": "fragment"} deck=["Parameter Efficiency in Convolutional Layers"]
work = {
    "dense, 100 outputs": inputs * 100,
    f"dense, {outputs:,} outputs": inputs * outputs,
    "a window each, not shared": outputs * 75,
    "convolution: shared": outputs * 75,
}
for name, multiply_adds in work.items():
    ratio = multiply_adds / work["convolution: shared"]
    print(f"{name:26} {multiply_adds:10,} multiply-adds, {ratio:5.2f} times the convolution")

# %% [markdown] slideshow={"slide_type": "fragment"} deck=["Parameter Efficiency in Convolutional Layers"]
# Like for like the dense layer does 41 times the work: that is what the small window saves. Sharing
# saves none of it, for each weight is used at every position. *The window saves the work, sharing
# saves the weights.* With 100 outputs the dense layer does less than the convolution with 7,840.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a layer costs
# | | count |
# |---|---|
# | parameters | $C_{out}\,(C_{in}/G)\,K_hK_w + C_{out}$ |
# | multiply-adds, forward | $N\,C_{out}H_{out}W_{out}\,(C_{in}/G)\,K_hK_w$ |
# | multiply-adds, backward | twice that: as many for $\partial L/\partial w$ as for $\partial L/\partial x$ |
# | memory to train | input and output: $N(C_{in}HW + C_{out}H_{out}W_{out})$ numbers |
# | memory of im2col | $N\,C_{in}K_hK_w\,H_{out}W_{out}$ numbers, if made all at once |
#
# One multiply-add is two floating-point operations: 1 GFLOP/s is half a billion multiply-adds a
# second.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The family, counted
# All on one image with 64 channels of 56×56, padded to keep that size. **Predict** which is
# cheapest, and what dilation costs.

# %% slideshow={"slide_type": "fragment"}
nn = torch.nn
family = {
    "plain 3×3": nn.Conv2d(64, 64, 3, padding=1),
    "dilated 3×3": nn.Conv2d(64, 64, 3, padding=2, dilation=2),
    "groups=4": nn.Conv2d(64, 64, 3, padding=1, groups=4),
    "depthwise": nn.Conv2d(64, 64, 3, padding=1, groups=64),
    "1×1": nn.Conv2d(64, 64, 1),
    "transposed 2×2": nn.ConvTranspose2d(64, 64, 2, stride=2),
}

# %% slideshow={"slide_type": "subslide"}
print(f"{'':15} {'output':>17} {'parameters':>11} {'multiply-adds':>14}")
for name, layer in family.items():
    cost = complexity(layer, (1, 64, 56, 56))
    shape = cost.layers[0].output_shape
    print(f"{name:15} {shape!s:>17} {cost.parameters:11,} {cost.multiply_adds:14,}")

# %% slideshow={"slide_type": "fragment"}
by_formula = 64 * 64 * 9 + 64, 64 * 56 * 56 * 64 * 9
plain = complexity(family["plain 3×3"], (1, 64, 56, 56))
print("the formulas above agree:", (plain.parameters, plain.multiply_adds) == by_formula)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The memory of the columns
# A batch of 8 such inputs, float32. The package makes columns for a few rows at a time, so that they
# stay in the *cache*, the small fast memory beside the processor. **Predict** how much memory that
# saves.


# %% slideshow={"slide_type": "fragment"}
def peak_megabytes(run):
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


x = rng.standard_normal((8, 64, 56, 56)).astype("float32")
weight = rng.standard_normal((64, 64, 3, 3)).astype("float32")
at_once = peak_megabytes(
    lambda: weight.reshape(64, -1) @ numpy_ops.im2col(x, kernel_size=3, padding=1)
)
in_parts = peak_megabytes(lambda: numpy_ops.conv2d(x, weight, padding=1))

# %% slideshow={"slide_type": "subslide"}
print(f"input {x.nbytes / 1e6:.1f} MB, columns {9 * x.nbytes / 1e6:.1f} MB, as computed")
print("measured peak, all at once, is above the columns:", at_once > 9 * x.nbytes / 1e6)
print("measured peak, in parts, is smaller than the columns alone:", in_parts < 9 * x.nbytes / 1e6)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
print(f"peak {at_once:.0f} MB at once, {in_parts:.0f} MB in parts")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How fast?
# Four ways to compute the same 3×3 layer, 16 → 32 channels of 28×28, on one thread:
#
# 1. **seven loops** in Python, on one of 4 images with 2 of 32 filters: 1/64 of the layer,
# 2. **windowed**: a view of all windows and `einsum`, seven loops in C,
# 3. **im2col and GEMM**,
# 4. **PyTorch**, with code written for this processor;
#
# and, as a yardstick, NumPy's product of two large matrices. PyTorch brings its own code and may even
# pass it. GFLOP/s make different amounts of work comparable. All times are for the *whole* layer: that
# of the loops is multiplied by 64, and that of the matrix product is how long its speed would need for
# the layer's multiply-adds. **Predict** the factor from each to the next.

# %% slideshow={"slide_type": "subslide"}
x = rng.standard_normal((4, 16, 28, 28)).astype("float32")
weight = rng.standard_normal((32, 16, 3, 3)).astype("float32")
x_pad, square = numpy_ops.pad2d(x, padding=1), rng.standard_normal((1024, 1024)).astype("float32")
x_torch, weight_torch = torch.from_numpy(x), torch.from_numpy(weight)


def windowed():
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (3, 3), axis=(2, 3))
    return np.einsum("nchwuv,ocuv->nohw", windows, weight)


def im2col_and_gemm():
    return weight.reshape(32, -1) @ numpy_ops.im2col(x, kernel_size=3, padding=1)


# %% slideshow={"slide_type": "subslide"}
runs = {
    "seven loops": lambda: seven_loops(x_pad[:1], weight[:2], 1),
    "windowed": windowed,
    "im2col, GEMM": im2col_and_gemm,
    "PyTorch": lambda: torch_ops.conv2d(x_torch, weight_torch, padding=1),
    "matrix product": lambda: square @ square,
}
full = 4 * 32 * 28 * 28 * 16 * 9
multiply_adds = dict(zip(runs, (full // 4 // 16, full, full, full, 1024**3), strict=True))
with threadpool_limits(limits=1):
    seconds = shortest_times(runs)
gflops = {name: 2 * multiply_adds[name] / seconds[name] / 1e9 for name in runs}

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
print(f"{'':15} {'whole layer (ms)':>17} {'GFLOP/s':>9} {'of the matrix product':>23}")
for name in runs:
    whole = float(f"{1e3 * seconds[name] * full / multiply_adds[name]:.3g}")
    share = 100 * gflops[name] / gflops["matrix product"]
    speed, share = (float(f"{value:.2g}") for value in (gflops[name], share))
    print(f"{name:15} {whole:17,g} {speed:9g} {share:22g}%")
print(f"the loops ran for {1e3 * seconds['seven loops']:.0f} ms, on 1/64 of the layer")

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"]
ax = plots.figure(height=4.2)[1][0, 0]
colors = [plots.QUIET, plots.INPUT, plots.KERNEL, plots.OUTPUT, plots.INK]
bars = ax.barh(list(gflops), list(gflops.values()), color=colors)
labels = [f"{float(f'{value:.2g}'):g}" for value in gflops.values()]
ax.bar_label(bars, labels, padding=5, fontsize=14)
ax.set(xscale="log", xlabel="GFLOP/s, each grid line ten times the one before", xlim=(3e-4, 2e3))
ax.invert_yaxis()
ax.grid(True, axis="x")
ax.set_axisbelow(True)
plots.describe(ax, "Bars on a logarithmic axis: the seven loops are by far the shortest, windowed is "
               "much longer, im2col with GEMM comes near PyTorch and the matrix product.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why is the window so slow?
# All four do the same products, and Python pays for every single one. But `windowed` runs in C, and its
# padded input has only 230 kB, so it does not wait for far memory. What differs is how many numbers
# `einsum` finds side by side before it must jump: 3 in the view, a row of the window; 9 if each window
# is copied; 784 in the columns, whose rows hold one tap for all positions. **Predict** what
# the layout alone gives, with the same `einsum`, and what GEMM adds on the same columns.

# %% slideshow={"slide_type": "skip"}
filters, columns = weight.reshape(32, -1), numpy_ops.im2col(x, kernel_size=3, padding=1)
copied = np.lib.stride_tricks.sliding_window_view(x_pad, (3, 3), axis=(2, 3)).copy()
layouts = {
    "einsum, view: runs of 3": windowed,
    "einsum, copied windows: 9": lambda: np.einsum("nchwuv,ocuv->nohw", copied, weight),
    "einsum, columns: 784": lambda: np.einsum("ok,nkp->nop", filters, columns),
    "GEMM, columns": lambda: filters @ columns,
}
with threadpool_limits(limits=1):
    times = np.array(list(shortest_times(layouts).values()))
gains = times[0] / times[2], times[2] / times[3]
assert min(gains) > 1.5, "the layout, and then GEMM, should each save time"

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
for name, time in zip(layouts, times, strict=True):
    print(f"{name:26} {1e3 * time:7.2f} ms")
print(f"columns: {gains[0]:.0f} times as fast as the view; GEMM: {gains[1]:.1f} times again")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Runs three times as long: about three times as fast, for `einsum` spends its time on starting runs.
# From the view to the columns the *layout* gives a factor of 25 to 60 in our runs; *GEMM*
# gives another 4 to 6, because it keeps a small block of numbers in registers, uses each of them
# several times, and multiplies several at once. Copying the columns, not timed here, takes about as
# long as half that product: it is paid back many times over.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# im2col copies each pixel up to nine times. Why is it still faster than `einsum` over the windows?
#
# * **a** It needs fewer multiplications.
# * **b** The columns fit into the cache and the image does not.
# * **c** The columns lie in long runs, and the matrix product reuses the numbers it has loaded.
# * **d** The matrix product leaves out multiplications with zero.

# %% slideshow={"slide_type": "skip"}
check("04.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Fewer multiply-adds, less time?
# The plain 3×3 layer with 64 channels has 64 times the multiply-adds of the depthwise one.
# **Predict** how much longer it takes in PyTorch.

# %% slideshow={"slide_type": "fragment"}
x = torch.randn(4, 64, 56, 56, generator=torch.Generator().manual_seed(0))
with torch.no_grad():
    pair = {name: family[name] for name in ("plain 3×3", "depthwise")}
    seconds = shortest_times({k: lambda layer=v: layer(x) for k, v in pair.items()})
longer = seconds["plain 3×3"] / seconds["depthwise"]
print("64 times the multiply-adds take less than 64 times as long:", longer < 64)

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
print(f"in this run: {longer:.1f} times as long")

# %% [markdown] slideshow={"slide_type": "fragment"}
# A depthwise layer does few products for each number it loads, so it waits for memory more than
# for arithmetic.
# Multiply-adds are a count of work, not a time (more in notebooks 22 and 28).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A layer takes (8, 3, 32, 32) and gives (8, 16, 30, 30). What are the shapes of weight and bias?
# <details><summary>Answer</summary>(16, 3, 3, 3) with stride 1 and no padding, and (16,).</details>
#
# 2. A kernel for each channel and no mixing: what is it called, and what is `groups`?
# <details><summary>Answer</summary>Depthwise; groups = C_in.</details>
#
# 3. Which of the two gradients needs the flip, and why?
# <details><summary>Answer</summary>That of the input: pixel p met tap u in the window that starts at
# p − u. The gradient of the weight is a plain correlation.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. What does equation (1), one map and one kernel, lack to be a layer?
# <details><summary>Answer</summary>The sum over channels, the bias, several filters, stride and padding;
# and the batch and dilation.</details>
#
# 5. Why are the columns of a 1×1 layer no copy?
# <details><summary>Answer</summary>A window is one pixel with its channels: the image, reshaped, already
# is that matrix.</details>
#
# 6. What becomes of the stride on the way back?
# <details><summary>Answer</summary>The dilation of δ: its numbers stand S apart.</details>
#
# 7. 404 times fewer parameters: also 404 times less work?
# <details><summary>Answer</summary>No: that dense layer has only 100 outputs and does less work than the
# convolution. With as many outputs it does 41 times more, because of the window.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A layer is the sliding window, summed over channels, with a bias, filter by filter.
# * Groups, depthwise, 1×1, dilated and transposed layers are the same formula, restricted or turned
#   around.
# * im2col makes it one matrix product: the same multiply-adds, run much faster.
# * ∂L/∂w correlates input and δ; ∂L/∂x is a full convolution of the spread δ with the flipped
#   kernel. Autograd and finite differences agree.
# * The small window saves work, sharing saves weights; and multiply-adds are not time.
#
# **On your own** Add `dilation` to both gradient functions and gradcheck them; time im2col against
# PyTorch for 8, 32 and 128 channels; look for the checkerboard with a 3×3 and with a 4×4 kernel.
# `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources**
# Dumoulin, Visin 2016, arXiv:1603.07285: output sizes (relationship 6; with dilation 15), section 4
# (transposed) · Chellapilla, Puri, Simard 2006, *High performance convolutional neural networks for
# document processing* (im2col) · Chetlur et al. 2014, arXiv:1410.0759, section 3 (GEMM in parts) ·
# Goodfellow, Bengio, Courville 2016, *Deep learning*, section 9.1 · Odena, Dumoulin, Olah 2016,
# *Deconvolution and checkerboard artifacts*, Distill · S. Chaki 2025, *Understanding Convolutional
# Neural Networks*, slides (equation 1, the 403) · photo: Chelsea the cat, Stefan van der Walt, CC0.
#
# **Next** 5, receptive fields: how far a unit sees.
