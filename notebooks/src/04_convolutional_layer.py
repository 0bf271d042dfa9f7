# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 4. Build a convolutional layer, forward and backward
#
# **You will** turn a sliding kernel into a layer with batches, channels and groups, lay it out as
# one matrix product, measure what it costs, and send gradients back through it.
# **You need** notebooks 2 and 3. **Time** 75 min, CPU.
#
# Two programs train the same networks on real digits, from the same first weights, with the same
# steps. They differ in *one line*, in the part that works out which way each weight of a
# convolutional layer should move. In one of them that line is wrong. It raises no error, and every
# array has the right shape.

# %% slideshow={"slide_type": "skip"}
from functools import partial

import numpy as np
import torch

from course_lib import datasets, numpy_ops, plots, torch_ops
from course_lib.analysis import complexity, shortest_times
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.gradcheck import gradcheck
from course_lib.lessons.convolutional_layer import experiments, figures, live
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)
batch, bank = rng.standard_normal((2, 3, 8, 9)), rng.standard_normal((4, 3, 3, 2))  # for trials
torch.set_num_threads(1)  # speeds are compared on one thread

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two layers, four layers
# As in notebook 3, a *loss* (here in nats: notebook 16) says how wrong a network is, and training lowers
# it. Left two convolutional layers, right four; one line for each of three seeds.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
rate = {"learning_rate": 0.05, "seeds": (0, 1, 2)}
trained = {f"{n} layers": experiments.compare(n, **rate) for n in (2, 4)}
plots.describe(
    figures.show_losses(trained),
    "Training loss against steps. With two layers the right and the flawed program fall together "
    "to about 0.1, and read 96 to 98 % of unseen digits. With four layers the right one falls as "
    "before, and the flawed one soon turns, rises, and ends at 2.3 on all three seeds, reading 7 %.",
)
two, four = (experiments.shares_right(runs) for runs in trained.values())
assert min(two["right"] + two["flawed"]) > 0.9
assert min(four["right"]) > 0.85 and max(four["flawed"]) < 0.3

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The bug that trains
# With two layers the flawed program reads unseen digits as well as the right one, within two points.
# Who had only this network would have noticed nothing. With four layers it begins to learn, and then
# loses all that it had: in the end it reads 7 % of the digits, no better than guessing.
#
# So a falling loss is no proof, and a rising one does not say where to look.
# **How can we know that the way back through a layer is right?** For that we must know the way
# forward exactly, so we begin there.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["What is a Convolutional Layer?"]
# ## One output number, two channels
# A color photo has three maps of numbers, the inside of a network hundreds: the **channels**. So a
# filter has a kernel *for each channel*. All products are added up to **one** number, and then a **bias**:
# it sets the level from which an answer counts as positive.
#
# $$x_0 = \begin{pmatrix} 1 & 2 & 0 \\ 0 & 1 & 3 \\ 2 & 0 & 1 \end{pmatrix} \quad
# x_1 = \begin{pmatrix} 0 & 1 & 1 \\ 2 & 0 & 1 \\ 1 & 1 & 0 \end{pmatrix} \quad
# w_0 = \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix} \quad
# w_1 = \begin{pmatrix} 0 & -1 \\ 1 & 0 \end{pmatrix} \quad b = 1$$
#
# **Predict:** how many maps come out, and which number stands at their top left?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] deck=["What is a Convolutional Layer?"]
nine = np.array([[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 1], [1, 1, 0]]], float)
pair = np.array([[[1, 0], [0, 1]], [[0, -1], [1, 0]]], float)
plots.describe(
    figures.show_sums(nine, pair, 1.0),
    "Two input channels of 3 by 3 numbers, the window at the top left marked in both; a 2 by 2 "
    "kernel for each channel; the 2 by 2 sums of each channel; and one output, their sum plus 1.",
)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# One map, with 4 at its top left. Channel 0 gives 1·1 + 1·1 = 2, channel 1 gives −1·1 + 1·2 = 1, and the
# bias 1. The sum runs over the channels as well.

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
# A **tap** $(u, v)$ is one place of the kernel. Stride $S$, padding $P$ and dilation $D$ are those of
# notebook 3. As a program it is seven loops: image, filter, row, column; channel, tap row, tap column.

# %% [markdown] slideshow={"slide_type": "skip"} deck=["eq 1"]
# ### Seven loops
# Here is the formula as a program, without its bias. `np.ndindex(2, 3)` counts through all pairs, two
# loops in one line. (Many texts begin with *one* map and *one* kernel,
# $\sum_m \sum_n I(i+m, j+n)\,K(m,n)$, here called equation (1).)


# %% slideshow={"slide_type": "skip"}
def seven_loops(x_pad, weight, stride=1, dilation=1):
    reach = dilation * (np.array(weight.shape[2:]) - 1)
    sizes = (np.array(x_pad.shape[2:]) - reach - 1) // stride + 1
    y = np.zeros((len(x_pad), len(weight), *sizes), x_pad.dtype)
    for n in range(y.shape[0]):
        for o in range(y.shape[1]):
            for i, j in np.ndindex(*sizes):
                for c, u, v in np.ndindex(*weight.shape[1:]):
                    p, q = i * stride + u * dilation, j * stride + v * dilation
                    y[n, o, i, j] += weight[o, c, u, v] * x_pad[n, c, p, q]
    return y


assert np.allclose(seven_loops(batch, bank, 2), numpy_ops.conv2d(batch, bank, stride=2))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A layer on a photo
# Three filters, stride 2. The first answers to brightness that rises to the right, the second adds
# up red and subtracts green, the third averages. **Predict:** what does the second give on the
# reddish fur of a cat, and what at her yellow eyes?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
photo = datasets.photo("cat", size=80)[None]
three, levels = experiments.three_filters()
maps = numpy_ops.conv2d(photo, three, levels, stride=2, padding=1)[0]
names = ("step right", "red − green", "average − 0.5")
plots.describe(
    figures.show_responses(photo[0], dict(zip(names, maps, strict=True))),
    "A photo of a cat and three maps that a layer makes of it: one with red and blue lines along vertical "
    "edges, one that is red on the reddish fur and white at the eyes, and one blurred map of "
    "brightness.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Much on the fur, about 0 at the eyes, because yellow has as much green as red. It needs two channels
# in one sum: no single map of the photo could give it. (In the first map the left edge is dark red at
# the top, where the zeros of the padding end.) The maps are again (N, C, H, W), so the next layer can
# take them as its input.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The family: groups, depthwise, 1×1
# Most weights of a deep network link channels with channels. **Groups** save them: channels are split
# into $G$ parts that do not see each other, so each filter sees $C_{in}/G$ channels. (AlexNet used two
# groups to fit on two graphics cards: notebook 18.) $G = C_{in}$ is **depthwise**: a kernel for each
# channel, and no mixing. A **1×1** layer does the opposite: it mixes channels, each pixel by itself.
# Both together make MobileNet (notebook 22).
#
# | layer | weights = products for an output pixel |
# |---|---|
# | plain | $C_{out}\, C_{in}\, K^2$ |
# | grouped; $G$ divides $C_{in}$ and $C_{out}$ | $C_{out}\, C_{in}\, K^2 / G$ |
# | depthwise, $C_{out} = C_{in} = C$ | $C\, K^2$ |
# | 1×1 | $C_{out}\, C_{in}$ |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who sees whom?
# Light up one input channel of six at a time, and look which output channels answer. **Predict** the
# picture for two groups.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
lights = np.eye(6)[:, :, None, None]  # image n has a 1 in channel n only
seen = {
    name: numpy_ops.conv2d(lights, np.ones((6, 6 // g, 1, 1)), groups=g)[:, :, 0, 0].T
    for name, g in {"plain": 1, "groups=2": 2, "depthwise: groups=6": 6}.items()
}
plots.describe(
    figures.show_who_sees_whom(seen),
    "Three tables of 6 output by 6 input channels: all ones for the plain layer, two blocks of 3 by "
    "3 ones for two groups, ones on the diagonal only for depthwise.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a layer on a budget
# Two groups are two layers side by side, each with half of the channels. So, with groups: a 3×3 layer
# leads from 48 to 96 channels, with bias, and may have 6,000 parameters at most. Which
# is the smallest number of groups?

# %% slideshow={"slide_type": "skip"}
groups = ...  # your number
check("04.parameters", groups)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Convolutional vs. Fully Connected Layers"]
# ## Beside a fully connected layer
# A fully connected layer is *any* matrix from inputs to outputs. A convolution is linear too, so it is
# such a matrix $A$, with less freedom. With 3 channels of 6×6 and 5 filters of 3×3 it has 80 rows and
# 108 columns; an image with a single 1 gives one of them. **Predict:** how many *different* numbers stand among its 8,640 entries, apart from 0?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] deck=["Convolutional vs. Fully Connected Layers"]
five = rng.standard_normal((5, 3, 3, 3))
units = np.eye(3 * 6 * 6).reshape(-1, 3, 6, 6)
matrix = numpy_ops.conv2d(units, five).reshape(len(units), -1).T
used = matrix[matrix != 0]
print(f"{matrix.size:,} entries, {used.size:,} of them not 0, {np.unique(used).size} different")
plots.describe(
    figures.show_matrix(matrix),
    "A matrix of 80 rows and 108 columns, mostly white: short colored diagonal stripes repeat in "
    "blocks, five block rows for the filters and three block columns for the channels.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 135: the weights. White is 0, out of reach of a window (*local*: it saves work). Along a stripe one weight
# returns, at each place (*shared*: it saves weights; notebook 1 counts both).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Transposed: from small to large
# Strides make maps smaller. Networks that paint pictures, or mark every pixel of one, must make them
# large again. So turn the layer around. In the **transposed** layer each input pixel *stamps* its
# kernel, times its value, onto the output; stamps are $S$ apart and add up where they overlap:
#
# $$H_{out} = (H - 1)\,S + K - 2P$$
#
# Here padding $P$ does not add zeros, it *cuts* $P$ rows and columns off each side.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Stamps that overlap
# The input has the rows 1 2 and 3 4, the stamp is 3×3, all ones, and the stride is 2. **Predict:** how
# large is the output, and what stands in its middle?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_stamps(np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((3, 3)), stride=2),
    "A 2 by 2 input, a 3 by 3 kernel of ones and the 5 by 5 output with the four stamps outlined: "
    "corners hold one input value, the middle row and column hold sums of two, and the center is the "
    "sum of all four.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The checkerboard
# At stride 2 stamps of 3×3 overlap unevenly: some pixels get one, some two or four. So a flat stamp of 3×3 does not make flat gray from flat gray (Odena et al. 2016). With 4×4, a size
# that the stride divides, every pixel inside gets exactly four stamps.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
gray = datasets.photo("cat", size=64, gray=True)[0, 12:44, 24:56]
plots.describe(
    figures.show_checkerboard(gray, (3, 4)),
    "The eye of a cat, 32 by 32 pixels, enlarged twice: with stamps of 3 by 3 it is covered by a "
    "fine checkerboard, with stamps of 4 by 4 it is smooth.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# Weights can be learned that make up for it: ¼ ½ ¼ along both axes, times 4, is smooth with 3×3. But
# they have to be learned, and 4×4 starts out even.
#
# ### Your turn: three times as large
# A transposed layer with stride 3 shall *exactly* triple every size. Its stamps shall overlap, and
# evenly. What is the smallest kernel, and which padding does it need?

# %% slideshow={"slide_type": "skip"}
kernel_and_padding = ...  # such as (3, 1)
check("04.tripling", kernel_and_padding)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why "transposed"?
# Row $i$ of $A$ lists what output $i$ takes from each input. Read the other way, column by column, it
# lists to which outputs an input goes. The transposed layer goes back along these same links with the
# same weights: its matrix is $A^\top$. **Predict:** does $A^\top$ undo $A$? Some call it
# "deconvolution".

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
image = rng.standard_normal((1, 3, 6, 6))
there = numpy_ops.conv2d(image, five)
back = numpy_ops.conv_transpose2d(there, five)
assert relative_error(back.ravel(), matrix.T @ there.ravel()) <= 1e-12
print("Ax times Ax, added up:  ", round((there * there).sum(), 3))
print("x times AᵀAx, added up: ", round((image * back).sum(), 3))
print("Aᵀ undoes A:", np.allclose(back, image))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No: it goes back along the links (so both sums are the same), but a link with weight 3 multiplies by 3
# both ways. The weight is the same array; only its first axis is now the *input* channel. Remember this layer, it will return
# without being called.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One matrix product does it all
# A processor is best at multiplying large full matrices (GEMM, *general matrix multiply*), and $A$ is
# mostly zeros. So lay each window out as a **column**, all channels of it: **im2col**. Each filter
# becomes a row.
#
# $$Y = W X_{col} + b, \qquad W: (C_{out},\; C_{in}K_hK_w), \quad
# X_{col}: (C_{in}K_hK_w,\; H_{out}W_{out})$$
#
# One column, one window, one output position. There are as many multiply-adds (products, each added
# to a sum) as before. The price: pixels are copied up to $K_h K_w$ times.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Follow a window
# Two filters on two channels. Click a column, or press ▶ slide. Then see what stride 2 leaves, and
# what a 1×1 kernel makes of the columns.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
twelve = np.array([[1, 2, 0, 3, 4, 1, 5, 2, 0, 6, 2, 1], [2, 0, 1, 1, 3, 2, 0, 4, 1, 1, 7, 0]])
two_by_two = np.array([[[[1, 0], [0, -1]], [[0, 2], [1, 0]]], [[[1, 1], [1, 1]], [[-1, -1]] * 2]])
small_weights = {
    "2×2": two_by_two.astype(float),
    "3×1": np.array([[[[1], [0], [-1]], [[2], [1], [0]]], [[[0], [1], [0]], [[-2], [1], [1]]]])
    * 1.0,
    "1×1": np.array([[1.0, 1.0], [1.0, -1.0]])[:, :, None, None],
}
live.im2col(twelve.reshape(2, 3, 4).astype(float), small_weights)

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: press ▶ slide once and let the hall name the next column before it is marked. When
# it is late, leave out the three slides on cost and speed: the way back needs none of them.

# %% [markdown] slideshow={"slide_type": "skip"}
# Stride 2 leaves every second window along each axis, so fewer columns, and none of them changes. A 1×1
# kernel makes columns of two numbers: they are the image itself, a pixel with its channels, and
# nothing is copied. So a 1×1 layer *is* a matrix product.
#
# ### Your turn: write im2col
# For one image (C, H, W) and a kernel of height × width, stride 1, no padding.


# %% slideshow={"slide_type": "skip"}
def im2col(x, height, width):
    # your code: return columns of shape (C * height * width, number of windows)
    return None


check("04.im2col", im2col)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a layer costs
# | | count |
# |---|---|
# | parameters | $C_{out}\,(C_{in}/G)\,K_hK_w + C_{out}$ |
# | multiply-adds, forward | $N\,C_{out}H_{out}W_{out}\,(C_{in}/G)\,K_hK_w$ |
# | multiply-adds, backward | twice that: as many for $\partial L/\partial w$ as for $\partial L/\partial x$ |
# | memory to train | input and output: $N(C_{in}HW + C_{out}H_{out}W_{out})$ numbers |
# | memory of im2col | $N\,C_{in}K_hK_w\,H_{out}W_{out}$ numbers, if made all at once |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The family, counted and timed
# All on images with 64 channels of 56×56. **Predict:** which layer is cheapest, what does dilation cost,
# and does a layer with half of the multiply-adds take half of the time?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
family, maps = experiments.family(), torch.randn(4, 64, 56, 56)
costs = {name: complexity(member, (1, 64, 56, 56)) for name, member in family.items()}
with torch.no_grad():
    seconds = shortest_times({name: lambda f=f: f(maps) for name, f in family.items()}, rounds=4)
plain = "plain 3×3"
print(f"{'':15} parameters   multiply-adds  share    time")
for name, cost in costs.items():
    share, time = cost.multiply_adds / costs[plain].multiply_adds, seconds[name] / seconds[plain]
    print(f"{name:15} {cost.parameters:10,} {cost.multiply_adds:15,}  {share:.3f}  {time:6.3f}")
assert seconds["transposed 2×2"] > 0.6 * seconds[plain]

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Depthwise, because each output takes from one channel, not 64. Dilation adds no product. And time does
# not follow: the transposed layer has less than half of the products (*share*), yet takes about as
# long or longer, for it writes four times as many numbers.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
# The columns are nine times as large as the input. The package makes them for a few rows at a time.
x64 = rng.standard_normal((8, 64, 56, 56)).astype("float32")
w64 = rng.standard_normal((64, 64, 3, 3)).astype("float32")
ways = {
    "all columns at once": lambda: w64.reshape(64, -1) @ numpy_ops.im2col(x64, kernel_size=3),
    "the package, in parts": lambda: numpy_ops.conv2d(x64, w64),
}
print(
    f"input {x64.nbytes / 1e6:.1f} MB, columns {9 * 54 * 54 * 512 * 4 / 1e6:.1f} MB; most in use:"
)
peaks = {name: experiments.peak_megabytes(way) for name, way in ways.items()}
print(", ".join(f"{peak:.0f} MB with {name}" for name, peak in peaks.items()))
assert peaks["the package, in parts"] < 53.7 < peaks["all columns at once"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How fast? Four ways and a yardstick
# One 3×3 layer, 16 → 32 channels of 28×28, four images, one thread: by the **seven loops** in Python; by
# `einsum` over a view of all **windows**, seven loops in C; by **im2col and GEMM**; by **PyTorch**. The
# yardstick is the **GEMM alone**, its columns ready made. **Predict** the factors between the first
# three.

# %% slideshow={"slide_type": "skip"}
x = rng.standard_normal((4, 16, 28, 28)).astype("float32")
weight = rng.standard_normal((32, 16, 3, 3)).astype("float32")
x_pad, filters = numpy_ops.pad2d(x, padding=1), weight.reshape(32, -1)
columns = numpy_ops.im2col(x, kernel_size=3, padding=1)
in_torch = torch.from_numpy(x), torch.from_numpy(weight)
whole = 4 * 32 * 28 * 28 * 16 * 9  # multiply-adds of the layer
part = {"seven loops": whole // 64}  # on so much of it, or we would wait for minutes


def windowed():
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (3, 3), axis=(2, 3))
    return np.einsum("nchwuv,ocuv->nohw", windows, weight)


def im2col_and_gemm():
    return filters @ numpy_ops.im2col(x, kernel_size=3, padding=1)


# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
ways = {
    "seven loops": lambda: seven_loops(x_pad[:1], weight[:2]), "windowed": windowed,
    "im2col, GEMM": im2col_and_gemm, "PyTorch": lambda: torch_ops.conv2d(*in_torch, padding=1),
    "GEMM alone": lambda: filters @ columns,
}  # fmt: skip
speeds = experiments.speeds(ways, whole=whole, counts=part)
alt = "Bars on a logarithmic axis: the seven loops far behind windowed, that far behind the three others."
plots.describe(figures.show_speeds(speeds), alt)
slow, middle, fast = (speeds[name].gflops for name in list(ways)[:3])
print(f"windows / loops: {middle / slow:.0f}     im2col, GEMM / windows: {fast / middle:.0f}")
assert middle > 20 * slow and fast > 5 * middle

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why is the window so slow?
# All do the same products, on 230 kB, so nobody waits for far memory. But how many numbers does `einsum`
# find side by side? 3 in the view, 9 if windows are copied, 784 in the columns. **Predict** which gives
# more: this *layout*, or GEMM on the same columns.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
copied = np.lib.stride_tricks.sliding_window_view(x_pad, (3, 3), axis=(2, 3)).copy()
layouts = {
    "einsum, view: runs of 3": windowed,
    "einsum, copied windows: 9": lambda: np.einsum("nchwuv,ocuv->nohw", copied, weight),
    "einsum, columns: 784": lambda: np.einsum("ok,nkp->nop", filters, columns),
    "GEMM, columns": lambda: filters @ columns,
}
times = [speed.milliseconds for speed in experiments.speeds(layouts, whole=whole).values()]
for name, time in zip(layouts, times, strict=True):
    print(f"{name:26} {time:7.2f} ms {times[0] / time:5.0f}×")
layout, product = times[0] / times[2], times[2] / times[3]
assert layout > 1.5 * product > 1.5 * 1.5

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The layout, some tens to more than a hundred times, because `einsum` spends its time on starting runs.
# GEMM adds a few times more: it uses each number that it loads several times.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back
# Now for the question of the beginning. Training needs to know, for every number that went in, which
# way it should move. Given is $\delta = \partial L/\partial y$: by how much the loss $L$ rises when an
# output rises by one unit. Wanted are the same *slopes* for $w$, $b$ and $x$, each with the shape of its
# array.
#
# One rule is enough, and notebook 8 makes a whole network of it: *where a number is used many times,
# its slope is the sum over all uses*, each time δ of the output times what the number was multiplied
# with. The bias is added to every output of its channel, so
# $\displaystyle\frac{\partial L}{\partial b_o} = \sum_{n,i,j} \delta_{n,o,i,j}$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a tap collects
# An image of 5×5, a 3×3 kernel and stride 2, so there are 2×2 windows. Tap (0, 1), the middle of the
# first row, sits above one pixel in each window: the four that are outlined. It multiplied each of
# them on the way to one output, so its slope is the sum of four products.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
pixels = np.array(
    [[2, 1, 0, 3, 1], [0, 4, 2, 1, 0], [1, 2, 5, 0, 3], [3, 0, 1, 2, 2], [1, 1, 0, 4, 1.0]]
)
kernel = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
delta = np.array([[1.0, 2.0], [3.0, -1.0]])
plots.describe(
    figures.show_tap(pixels, delta, tap=(0, 1), stride=2),
    "A 5 by 5 image with four pixels outlined, two apart in both directions: 1, 3, 2 and 0; the 2 by "
    "2 slopes 1, 2, 3 and minus 1; and their products 1, 6, 6 and 0, with the sum 13.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The weight: correlate input and δ
# The picture as a formula, with channels and batch: tap $w_{o,c,u,v}$ meets the pixel
# $\tilde x_{n,c,Si+u,Sj+v}$ on its way to $y_{n,o,i,j}$ (with dilation 1). So
#
# $$\frac{\partial L}{\partial w_{o,c,u,v}} = \sum_{n,i,j} \delta_{n,o,i,j}\;
# \tilde x_{n,c,\,Si+u,\,Sj+v}$$
#
# From tap to tap the outlined pixels move along together, $S$ apart: a cross-correlation again. δ slides
# over the input as if *it* were the kernel, and the stride has become its *dilation*.


# %% slideshow={"slide_type": "fragment"}
def grad_weight_of(grad_y, x_pad, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, kernel, axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("noij,ncijuv->ocuv", grad_y, windows)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a pixel is sent
# Each window sends δ · tap back to each of its nine pixels: it *stamps* the kernel. That is the
# transposed layer, called by nobody. The middle pixel, (2, 2), lies in all four windows. **Predict** its
# slope, for the kernel rows 1 2 3, 0 1 0, −1 0 0 and the δ rows 1 2, 3 −1.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_spread(delta, kernel, stride=2, shape=(5, 5), pixel=(2, 2)),
    "The four slopes, two apart in a 7 by 7 grid of zeros with a 3 by 3 window outlined in the "
    "middle; the 3 by 3 kernel turned by half a turn; and the 5 by 5 gradient of the input, whose "
    "middle number, 6, is outlined.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It is 6, from taps (2, 2), (2, 0), (0, 2) and, in the last window, (0, 0):
# 1·0 + 2·(−1) + 3·3 − 1·1. The *later* a window starts, the *smaller* its tap: seen from a pixel, the kernel
# is flipped.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The input: δ convolved with the kernel
# A pixel $(p, q)$ met tap $u$ in the window that starts at $p - u$: in the picture pixel 2 met tap 2 in
# the window at 0, and tap 0 in the window at 2. With $\delta^{\uparrow}$ for δ with its $S - 1$ zeros in
# between,
#
# $$\frac{\partial L}{\partial \tilde x_{n,c,p,q}} = \sum_{o,u,v} w_{o,c,u,v}\;
# \delta^{\uparrow}_{n,o,\,p-u,\,q-v}$$
#
# The minus signs say *flip*: a true convolution, as in notebook 2. It is *full*, with $K - 1$ zeros
# around δ, because a pixel at the edge has few windows. The sum runs over the filters, so the two
# channel axes of the weight trade places. Cut the padding off, and $\partial L/\partial x$ is there.


# %% slideshow={"slide_type": "skip"}
def grad_x_pad_of(grad_y, weight, stride, size):  # size: rows that a stride leaves over get 0
    (k_h, k_w), (rows, columns) = weight.shape[2:], grad_y.shape[2:]
    spread = np.zeros((*grad_y.shape[:2], size[0] + k_h - 1, size[1] + k_w - 1))
    inside = spread[:, :, k_h - 1 :: stride, k_w - 1 :: stride]  # where δ belongs
    inside[:, :, :rows, :columns] = grad_y
    flipped = weight[:, :, ::-1, ::-1].swapaxes(0, 1)
    return numpy_ops.conv2d(spread, flipped)


def layer_backward(grad_y, x, weight, *, stride):
    sent = grad_x_pad_of(grad_y, weight, stride, x.shape[2:])
    return sent, grad_weight_of(grad_y, x, weight.shape[2:], stride)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three witnesses
# The package and PyTorch's *autograd*, which differentiates a program by itself, get a random δ,
# because equal numbers hide mistakes. The third witness, `gradcheck`, moves *every* number of $x$ and
# $w$ a little up and down and watches the loss. It knows nothing of our derivation. Do they agree with
# the two functions above?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
delta_y = rng.standard_normal((2, 4, 3, 4))  # of the shape of y
mine, given = layer_backward(delta_y, batch, bank, stride=2), (delta_y, batch, bank)
ours = numpy_ops.conv2d_backward(*given, stride=2)[:2]
twin = torch_ops.conv2d_backward(*map(torch.from_numpy, given), stride=2)[:2]
apart = max(map(relative_error, mine + mine, ours + twin))
assert apart <= 1e-12
print(f"largest difference from the package and from PyTorch {apart:.0e}")
error = gradcheck(partial(numpy_ops.conv2d, stride=2), (batch, bank), backward=layer_backward)
print(f"{batch.size + bank.size} numbers nudged, largest error {error:.0e}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# The gradient of the image once more, for one channel: not gathered pixel by pixel, but stamped, window
# by window. It runs, its shape is right, and it is wrong.
#
# And a question about tests: one sends δ = 1 everywhere back through a 3×3 layer with stride 1, and looks
# at pixels two and more from the rim. It passes with the flip and without. Why?
#
# * **a** Each of these pixels meets every tap once, and a sum has no order.
# * **b** At stride 1 the flip changes nothing.
# * **c** With δ = 1 the loss has no slope there.
# * **d** A kernel that has been learned is nearly symmetric.


# %% slideshow={"slide_type": "skip"}
def grad_image(grad_y, kernel, stride, shape):
    grad_x = np.zeros(shape)
    height, width = kernel.shape
    for i, j in np.ndindex(*grad_y.shape):
        row, column = i * stride, j * stride
        grad_x[row : row + height, column : column + width] += grad_y[i, j] * kernel[::-1, ::-1]
    return grad_x


check("04.grad_x_bug", grad_image)
check("04.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which line was wrong?
# Back to the two programs. `experiments.flawed_backward` is the way back of the flawed one. **Predict:**
# where will `gradcheck` find the fault, in the gradient of the weight or in that of the input? Remember
# that the two-layer network did learn.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
try:
    gradcheck(numpy_ops.conv2d, (batch, bank), backward=experiments.flawed_backward)
except AssertionError as found:
    print(*str(found).split(": ", 2), sep="\n")
    assert "gradient of x" in str(found)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# In the gradient of the input, and there in all 432 numbers. That of the weight is right, so the
# last layer of every network learns as it should.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A single 1
# Ask the flawed program with the smallest question there is: a δ of 0 everywhere but for one 1. Each
# pixel of that window should be sent the tap that it met. **Predict** what you will see.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
one, blank = np.zeros((1, 1, 3, 3)), np.zeros((1, 1, 5, 5))
one[0, 0, 1, 1] = 1
backs = (numpy_ops.conv2d_backward, experiments.flawed_backward)
right, wrong = (way(one, blank, kernel[None, None]).grad_x[0, 0] for way in backs)
plots.describe(
    figures.show_one_slope(kernel, right, wrong),
    "A 3 by 3 kernel; the right way back puts it as it is into the middle of 5 by 5 zeros, the "
    "flawed one puts it there turned by half a turn.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The kernel arrives turned by half a turn. The flawed line slides the kernel over δ *as it is*: **the
# flip was forgotten**.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why depth brings it out
# A forgotten flip leaves ∂L/∂w as it is: each layer uses what it is sent rightly, and sends wrong slopes
# on. How many degrees does each layer's gradient, first to last, point away from the right one? (Three
# seeds, with a bar between.) **Predict:** which is always right?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
for n in (2, 4):
    angles = [experiments.gradient_angles(n, seed=seed) for seed in (0, 1, 2)]
    print(f"{n} layers:", "  |  ".join(" ".join(f"{a:3.0f}°" for a in each) for each in angles))
    assert all(each[-1] < 0.1 and min(each[:-1]) > 10 for each in angles)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The last one. With two layers that is one of two, and it learns to read whatever the first one gives.
# With four, three walk off course. For the first seed 20° are enough: wrong steps lead to worse ones.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A tempting cure
# Faced with such a curve, most of us would lower the learning rate, the length of the steps: here from
# 0.05 to 0.02, for both programs. **Predict:** does the flawed one learn now, with four layers?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
slower = experiments.compare(4, learning_rate=0.02, seeds=(0, 1, 2))
plots.describe(
    figures.show_losses({"rate 0.05": trained["4 layers"], "rate 0.02": slower}),
    "Training loss with four layers. At rate 0.05 the flawed program ends at 2.3. At rate 0.02 it "
    "falls on all three seeds, ends above the right one, and reads 86 to 93 % right.",
)
ends = experiments.shares_right(slower)
assert all(a > b for a, b in zip(*ends.values(), strict=True)) and min(ends["flawed"]) > 0.4

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It does, and that is the trap: now the upper layers keep up with the harm done below. 86 to 93 % look
# like a success to those who do not know of 96 to 97. (Of three seeds not shown one ends at 57 %.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How we know
# Not by training. A wrong way back can learn, it can fail, and it can be "cured" by a smaller step.
# We know because the slopes were derived use by use, and because a witness that knows nothing of the
# derivation, the nudge, agrees for *every* number with random δ. `gradcheck` named the fault at once, on
# 432 numbers, and it would have done so in the network that learned well.
#
# A word of caution: six seeds, one data set, one shape of network. In which network a flaw shows, and
# how, is luck; that `gradcheck` finds it is not.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A layer takes (8, 3, 32, 32) and gives (8, 16, 30, 30). What are the shapes of weight and bias?
# <details><summary>Answer</summary>(16, 3, 3, 3) with stride 1 and no padding, and (16,).</details>
#
# 2. What becomes of the stride on the way back?
# <details><summary>Answer</summary>The dilation of δ: its numbers stand S apart.</details>
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
# <details><summary>Answer</summary>A window is one pixel with its channels: the image, read row by row,
# already is that matrix.</details>
#
# 6. A kernel for each channel and no mixing: what is it called, and what is `groups`?
# <details><summary>Answer</summary>Depthwise; groups = C_in.</details>
#
# 7. im2col does not save a single product. Why is it so much faster than the windows?
# <details><summary>Answer</summary>The numbers lie in long runs, and a matrix product uses each loaded
# number several times.</details>
#
# 8. Your network has one convolutional layer, and the flip is forgotten. What happens?
# <details><summary>Answer</summary>Nothing: the gradient of the image is never used. The bug waits for the
# second layer.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A layer is the sliding window, summed over channels, with a bias, filter by filter.
# * Groups, depthwise, 1×1 leave links out; the transposed layer walks them backward.
# * im2col makes it one matrix product: as many multiply-adds, run much faster.
# * ∂L/∂w correlates input and δ; ∂L/∂x is a full convolution of the spread δ with the kernel, which is
#   the transposed layer.
# * A wrong way back may train. A nudge of every number finds it.
#
# **On your own** In `grad_weight_of`, reverse both tap axes of the result. Predict which witness complains,
# and whether a network with *one* convolutional layer would still learn. `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `seven_loops`, `layer_backward` | `numpy_ops/convolution.py` | `tests/parity/test_convolution.py` |
# | `im2col` | `numpy_ops/unfolding.py` | `tests/parity/test_unfolding.py` |
# | the transposed layer | `numpy_ops/conv_transpose.py` | `tests/parity/test_conv_transpose.py` |
# | nudging | `gradcheck.py` | `tests/test_gradcheck.py` |
# | the flawed program | `lessons/convolutional_layer` | `tests/lessons/convolutional_layer` |
#
# **Sources**
# Dumoulin, Visin 2016, arXiv:1603.07285: output sizes (relationship 6; with dilation 15), section 4
# (transposed) · Chellapilla, Puri, Simard 2006, *High performance convolutional neural networks for
# document processing* (im2col) · Chetlur et al. 2014, arXiv:1410.0759, section 3 (GEMM in parts) ·
# Goodfellow, Bengio, Courville 2016, *Deep learning*, sections 9.1 and 9.5 · Odena, Dumoulin, Olah
# 2016, *Deconvolution and checkerboard artifacts*, Distill · S. Chaki 2025, *Understanding
# Convolutional Neural Networks*, slides (equation 1) · photo: Chelsea the cat, Stefan van der Walt,
# CC0.
#
# **Next** 5, receptive fields: how far a unit sees.
