# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 13. Make a map smaller
#
# **You will** halve a map in five ways, send slopes back through each of them, and find out which
# way lets an answer survive when the image moves by one pixel.
# **You need** slopes and the way back (notebook 8). **Time** 55 min, CPU.
#
# A network wants to see a whole digit, but a 3×3 kernel sees three pixels. So CNNs make their maps
# smaller. Two networks with the same weights to learn halve their maps twice. One
# keeps every second pixel (**stride**), the other the largest of every 2×2 (**max pooling**). Both
# were trained on digits that stood *anywhere*. Then one digit walks through the image.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from course_lib import datasets, numpy_ops, plots, torch_ops
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.gradcheck import gradcheck
from course_lib.lessons.pooling import experiments, figures, live
from course_lib.parity import relative_error
from course_lib.training import mean_std

rng = np.random.default_rng(seed=0)
SEEDS = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One digit, seven places
# A 6 that the network with strides reads right where it stands. Neither network has seen it in
# training. Below each picture stands what they read.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
halvings = ("stride", "max")
pair = {name: experiments.trained(name, seeds=SEEDS)[0] for name in halvings}
walk = experiments.walk(pair, number=experiments.least_steady(pair["stride"]))
plots.describe(
    figures.show_walk(walk),
    "A handwritten 6 at seven places, one pixel further right each time. The network with strides "
    "reads it right in place and wrong at most other places; the network with max pooling reads it "
    "right at most of them.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How often does that happen?
# This 6 was chosen because it fails so well. So take all 500 test digits, move each to the right by one pixel,
# and count the answers that stay, right or wrong. A point is one training of three.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
measured = experiments.measure(halvings, seeds=SEEDS)
after_one = {name: shares.survived[:, 1] for name, shares in measured.items()}
assert max(after_one["stride"]) + 0.1 < min(after_one["max"])
plots.describe(
    figures.show_shares(after_one, x_label="share of answers that stay after 1 pixel"),
    "With strides about six of ten answers stay, on all three trainings. With max pooling more than "
    "nine of ten do.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One pixel, another answer
# Nobody sees a difference between the seven pictures, and in training the digits stood at all of
# these places. Yet with strides about four answers of ten change when the digit moves by a single
# pixel. With max pooling most of them stay, though not all.
#
# Both layers turn four numbers into one, and neither has a weight to learn. **Of every four numbers,
# what should be kept, so that the answer stays?**

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Pooling Methods in CNNs"]
# ## A window and one number
# **Pooling** lays windows of $K$ pixels over a map, $S$ pixels apart, and makes one number of each:
# the largest (**max pooling**) or the mean (**average pooling**). Here a row, $K = S = 2$.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
row = np.array([3.0, 1.0, 0.0, 2.0, 5.0, 5.0, -2.0, -4.0])
plots.describe(
    figures.show_windows(row, kernel_size=2, stride=2),
    "The row 3 1 0 2 5 5 minus 2 minus 4 in four windows of two. The largest of each: 3, 2, 5, minus "
    "2. The means: 2, 1, 5, minus 3.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Pooling Methods in CNNs"]
# ### The formula
# Each channel is pooled by itself, and there is nothing to learn:
#
# $$y_{ncij} = \max_{u,v}\; x_{nc,\,Si+u,\,Sj+v} \qquad\qquad
# y_{ncij} = \frac{1}{K^2} \sum_{u,v} x_{nc,\,Si+u,\,Sj+v}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | maps | (N, C, H, W) |
# | $y$ | pooled maps, $H_{out} = \lfloor (H - K)/S \rfloor + 1$ | (N, C, H_out, W_out) |
# | $K$, $S$ | side of the window, stride; often both 2 | one number each |
# | $u, v$ | place in the window, 0 to $K - 1$ | one number each |
#
# With $K = 1$ both are the bare stride: the first pixel of each block is kept.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: max pooling
# 2×2 windows with stride 2 on maps (N, C, H, W). Where H or W is odd, leave the last row or column
# away, as the floor in the formula does. (Notebook 16 will train a network with *your* function.)


# %% slideshow={"slide_type": "skip"}
def max_pool(x):
    # your code: return an array of shape (N, C, H // 2, W // 2)
    return None


check("13.max_pool", max_pool)
# hint("13.max_pool")
# solution("13.max_pool")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In NumPy, for every K and S
# All windows as a view, then `windows_of(x, K, S).max(axis=(-2, -1))`, or `mean`. Both agree with the
# package and with PyTorch.


# %% slideshow={"slide_type": "fragment"}
def windows_of(x, K, S):
    every = sliding_window_view(x, (K, K), axis=(2, 3))
    return every[:, :, ::S, ::S]  # (N, C, H_out, W_out, K, K)


# %% slideshow={"slide_type": "skip"}
x, options = rng.standard_normal((2, 3, 7, 10)), {"kernel_size": 3, "stride": 2}
for name, one_of in {"max_pool2d": np.max, "avg_pool2d": np.mean}.items():
    mine = one_of(windows_of(x, K=3, S=2), axis=(-2, -1))
    package = getattr(numpy_ops, name)(x, **options)
    twin = getattr(torch_ops, name)(torch.from_numpy(x), **options)
    assert max(relative_error(mine, package), relative_error(mine, twin)) <= 1e-12

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What should stand outside?
# A convolution pads with zeros. **Predict:** what does max pooling with a window of 3, stride 1 and
# zeros at both ends make of −3 −5 −4 −2?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
negative = np.array([-3.0, -5.0, -4.0, -2.0])
by_zeros = sliding_window_view(np.pad(negative, 1), 3).max(axis=1)
right = numpy_ops.max_pool1d(negative[None, None], kernel_size=3, stride=1, padding=1)[0, 0]
print("padded with zeros:", *by_zeros.astype(int), "   max_pool1d:", *right.astype(int))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0 −3 −2 0: at both ends a zero wins that no pixel has. So max pooling pads with minus infinity,
# which never wins. Average pooling does pad with zeros and counts them, unless you say
# `count_include_pad=False`. Behind a ReLU no number lies below 0, so there zeros do no harm to a
# maximum.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# This is the mistake in code. Repair it, for rows of any numbers.


# %% slideshow={"slide_type": "skip"}
def same_size(row):
    padded = np.pad(row, 1)
    return np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])


check("13.padding_bug", same_size)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back
# Which arrows leave a pixel (notebook 8)? In **average** pooling it counts $1/K^2$ in each of its
# windows, so that share of their slopes comes back to it. In **max** pooling only the largest pixel
# of a window has an arrow, with slope 1: the others could change a little, and nothing would happen.
#
# **Predict** what comes back here for 2×2 windows, when 8 and −4 arrive. Mind the two 4s.
#
# $$x = \begin{pmatrix} 1 & 2 & 0 & 4 \\ 3 & -2 & 4 & 1 \end{pmatrix}$$

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### To one, or to all

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
small = np.array([[1.0, 2.0, 0.0, 4.0], [3.0, -2.0, 4.0, 1.0]])
plots.describe(
    figures.show_sent_back(small, np.array([[8.0, -4.0]])),
    "Max pooling sends 8 to the 3 of the first window and minus 4 to the upper one of two 4s in the "
    "second; all else gets 0. Average pooling sends 2 to each pixel of the first window and minus 1 "
    "to each of the second.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Max pooling passes the whole slope to one pixel and nothing to three; average pooling passes a
# quarter to each. The sum is the same. The 4s are a **tie**: nudged up, either one raises the output,
# nudged down, neither lowers it. So there is no slope there, and it must be agreed: PyTorch and this
# course take the *first* of the largest, in reading order.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall vote where the −4 goes before you show it: upper 4, lower 4, both, or
# half to each. All but the third keep the sum, and any of them could have been agreed on.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: windows that overlap
# The row 2 1 6 0 3 3 1, windows of 3, stride 2. The slopes 1, 10 and 100 arrive at the three outputs.
# What are the slopes of the seven pixels?

# %% slideshow={"slide_type": "skip"}
slopes = ...  # your seven numbers, as a list
check("13.row_backward", slopes)
# hint("13.row_backward")
# solution("13.row_backward")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: back through your max pooling
# `grad_y` holds a slope for each output of `max_pool(x)`. Return the slopes of `x`, a tie to the first.


# %% slideshow={"slide_type": "skip"}
def max_pool_backward(grad_y, x):
    # your code: return an array with the shape of x
    return None


check("13.max_pool_backward", max_pool_backward)
# hint("13.max_pool_backward")
# solution("13.max_pool_backward")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In NumPy: back through any windows
# First the share of each pixel in each window; then what windows share is **added**. (In average
# pooling all shares are alike.)


# %% slideshow={"slide_type": "fragment"}
def sent_back(shares, x, S):  # shares (N, C, H_out, W_out, K, K)
    grad_x, (rows, columns, K, _) = np.zeros_like(x), shares.shape[2:]
    for u, v in np.ndindex(K, K):
        grad_x[:, :, u : u + S * rows : S, v : v + S * columns : S] += shares[..., u, v]
    return grad_x


# %% slideshow={"slide_type": "skip"}
def max_shares(grad_y, windows):
    flat = windows.reshape(*grad_y.shape, -1)
    first = flat.argmax(axis=-1)[..., None]  # the first of the largest
    return ((first == np.arange(flat.shape[-1])) * grad_y[..., None]).reshape(windows.shape)


# %% slideshow={"slide_type": "skip"}
# Whole numbers from 0 to 4, full of ties, but for the nudges: at a tie a nudge errs (notebook 8).
x = rng.integers(0, 5, (2, 3, 7, 10)).astype(float)
windows, grad_y = windows_of(x, K=3, S=2), rng.standard_normal((2, 3, 3, 4))
mine = sent_back(max_shares(grad_y, windows), x, S=2)
package = numpy_ops.max_pool2d_backward(grad_y, x, **options)
twin = torch_ops.max_pool2d_backward(*map(torch.from_numpy, (grad_y, x)), **options)
untied = rng.permutation(x.size).reshape(x.shape).astype(float)
error = gradcheck(lambda x: windows_of(x, 3, 2).max((-2, -1)), [untied],
    backward=lambda g, x: sent_back(max_shares(g, windows_of(x, 3, 2)), x, S=2))  # fmt: skip
assert max(relative_error(mine, package), relative_error(mine, twin), error) <= 1e-6
by_mean = sent_back(np.broadcast_to(grad_y[..., None, None] / 9, windows.shape), x, S=2)
assert relative_error(by_mean, numpy_ops.avg_pool2d_backward(grad_y, x, **options)) <= 1e-12

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Windows to play with
# The slopes 1, 2, 3 … arrive at the outputs. Set stride 2 and "first" and drag the map to the right,
# one pixel at a time: how many outputs stay what they were? Then the other kinds, then a window of 3
# with stride 2, where slopes add up. Look for the settings that let you drag without any output
# *disappearing* from the table.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.windows(live.MAP)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# Stride 1: then each window also stands at every place, and the outputs move along with the map, none
# is lost. With stride 2 an output disappears or appears even for the maximum. The 9 is always there,
# for some window holds it; the 8 or the 7 may go when they share a window with something larger. With
# "first", numbers vanish altogether and come back with the next pixel, so the table changes its face
# each time.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How often is there a tie?
# Two real numbers are hardly ever equal. Look at the maps that the first pooling of the trained
# network gets. **Predict:** in what share of the 2×2
# windows do several pixels share the maximum?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
for seed, model in zip(SEEDS, experiments.trained("max", seeds=SEEDS), strict=True):
    tied, (pixels, kernels) = experiments.ties(model), experiments.tie_rule_matters(model)
    print(
        f"seed {seed}: a tie in {tied.windows:.0%} of the windows, above 0 in {tied.above_zero:.0%}"
    )
    print(
        f"        last for first: slopes of pixels {pixels:.0%} off, of kernels {kernels:.0e} off"
    )
    assert tied.windows > 0.6 and tied.above_zero > 0.1 and pixels > 0.5 and kernels < 1e-4

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Does the rule matter, then?
# In more than three of four windows pixels tie. Some are zeros behind the ReLU: there the gate is shut,
# and the slope dies whichever pixel gets it. The others are *background*.
#
# The last lines compare ties to the last pixel with ties to the first. The slopes of the maps become
# quite others, since they land on other pixels. Yet the slopes of the kernels agree to seven digits,
# for the pixels tie *because* the kernel saw the same thing at both. So through either of them it is
# told the same: a rule is needed, and it hardly matters which.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Take max pooling apart
# Max pooling is two layers in one: the largest of each window *at every place*, then every second
# number is kept. The first is equivariant (notebook 6), the second **does all the harm**. A row of
# Zhang (2019), wrapped around. **Predict** both results.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
row = np.array([0.0, 0, 1, 1, 0, 0, 1, 1])
print(f"{'':6} {'row':18} {'largest at every place':24} every second")
for name, moved in {"": row, "moved": np.roll(row, 1)}.items():
    dense = np.maximum(moved, np.roll(moved, -1))
    texts = [" ".join(f"{v:.0f}" for v in values) for values in (moved, dense, dense[::2])]
    print(f"{name:6} {texts[0]:18} {texts[1]:24} {texts[2]}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0 1 0 1 becomes 1 1 1 1: the pattern has vanished. The middle column only moved.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Blur before you skip
# Which numbers are skipped depends on the shift. So first blur, with 1 2 1 divided by 4: then a number
# that is skipped still counts in its neighbors. This is **blur pooling**; the blur may follow a maximum
# (*max, blur*). **Predict:** what becomes of the two results?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for name, moved in {"row": row, "moved": np.roll(row, 1)}.items():
    dense = np.maximum(moved, np.roll(moved, -1))
    blurred = (np.roll(dense, 1) + 2 * dense + np.roll(dense, -1)) / 4
    print(f"{name:6} blurred", *(f"{v:4}" for v in blurred), "   every second", *blurred[::2])

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# They differ by 0.25 where they differed by 1. Signal processing has known this since the 1940s (the
# *sampling theorem*): before skipping, take away what changes too fast.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What skipping does to bricks
# A pavement of 128 pixels, halved twice in four ways to 32, and shown as large. **Predict:** which of
# the four will show bricks that are not there?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
photo = datasets.photo("brick", size=128, gray=True)[None]
ways = {
    "stride": lambda x: x[..., ::2, ::2].copy(),
    "max": lambda x: numpy_ops.max_pool2d(x, kernel_size=2),
    "average": lambda x: numpy_ops.avg_pool2d(x, kernel_size=2),
    "blur": numpy_ops.blur_pool2d,
}
pictures = {"photo": photo[0, 0]} | {n: way(way(photo))[0, 0] for n, way in ways.items()}
alt = ("A pavement of upright bricks. Stride: bright dashes in arcs that the photo does not have. "
       "Max: bricks with thick bright joints. Average and blur: pale, soft bricks.")  # fmt: skip
plots.describe(figures.show_halved(pictures), alt)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The stride: joints are one pixel wide, so it hits some of them and misses others, and makes arcs of
# dashes: *aliasing*. The maximum keeps every joint, and fattens it. Average and blur keep the truth
# and lose contrast. (Your own photo: `datasets.photo("my.jpg", size=128, gray=True)`.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Five ways, one network
# Three convolutions (16, 24, 24 maps) with batch norm and ReLU, two halvings, a global average, ten
# classes: 9,226 weights in each. Only the halvings differ:
#
# | name | one halving |
# |---|---|
# | stride | the convolution moves by 2 |
# | max, average | 2×2, stride 2 |
# | overlapping max | 3×3, stride 2, as in AlexNet |
# | max, blur | largest of 2×2 at every place, blur with 1 2 1 down and across, every second |
# | none | no halving at all: what it would be without |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### After one pixel
# **Predict** the order, and whether *none* keeps all its answers.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
names = ("stride", "max", "overlapping max", "average", "max, blur", "none")
measured = experiments.measure(names, seeds=SEEDS)
stay = {name: shares.survived[:, 1] for name, shares in measured.items()}
assert max(stay["stride"]) + 0.1 < min(min(v) for n, v in stay.items() if n != "stride")
assert max(stay["max"]) < min(stay["max, blur"]) and max(stay["max"]) < min(stay["none"])
assert np.mean(stay["max"]) < np.mean(stay["average"]) < np.mean(stay["max, blur"])
plots.describe(
    figures.show_shares(stay, x_label="share of answers that stay after 1 pixel", low=0.5),
    "Stride keeps about 0.6 of its answers, max and overlapping max about 0.94, average about 0.97, "
    "max with blur 0.98 to 1, no halving nearly all.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The more a halving looks at what it skips, the more answers stay. The mean is a small blur itself, so
# it beats the maximum here. With no halving nearly all answers stay, but not all: the zeros at the
# border remain in place (notebook 6).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### After two and three
# A mean of three networks each; stride is left out, it lies near 0.6 throughout. Most curves rise at
# 2: two pixels are a whole step of the first halving, so only the second one is upset. At 4 both would
# take whole steps.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
survived = {name: measured[name].survived for name in names if name != "stride"}
plots.describe(
    figures.show_by_shift(survived),
    "Share of answers that stay against the shift, for all but stride. No halving stays near 1, max "
    "and blur near 0.99, the others lie lower; max pooling is lowest, with a bump at 2 pixels.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And who reads best?
# Every network had 120 steps of 32 images. Was that too short for the stride? The last row gives it
# twice as many.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
longer = experiments.shifted("stride", seeds=SEEDS, steps=240)
print(f"{'':18} {'stay, 1 px':14} {'read right':14} multiply-adds")
for name, shares in (measured | {"stride, 240 steps": longer}).items():
    means = [mean_std(values) for values in (shares.survived[:, 1], shares.right[:, 0])]
    cost = experiments.multiply_adds(name.removesuffix(", 240 steps"))
    print(f"{name:18} {means[0]:14} {means[1]:14} {cost:13,}")
right = {name: shares.right[:, 0] for name, shares in measured.items()}
assert max(right["stride"]) + 0.1 < min(right["max"]) < min(right["max, blur"])
assert abs(np.mean(right["max"]) - np.mean(right["average"])) < 0.04  # neither is better
after = longer.survived[:, 1]
assert max(stay["stride"]) < min(after) and max(after) < min(stay["max"])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Honest figures
# The steadier of the halvings read better here, and *max, blur* leads in both columns. It is often said
# that max pooling beats average pooling; here the two read equally well within the spread. A maximum
# helps where a feature is *somewhere* in the window, a mean where all of it counts. Try both.
#
# Stride is far cheaper, since it computes only what is kept. Longer training helps it much, and it stays
# below max pooling. Without a halving the network costs six times as much as with max pooling and reads
# *worse*: its kernels then see 7 pixels, and a digit has 8. **To see further for less is what halving
# is for** (notebook 5).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Overlapping windows
# AlexNet (notebook 18) pools windows of 3 with stride 2. Its authors report that this lowers the top-1
# and top-5 error by 0.4 and 0.3 points against 2×2 windows. In our table it gains a little too, of the
# size of the spread. **Predict:** on the way back, how many slopes can meet in one pixel?

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Four. A pixel with even row and column lies in two windows down times two across, and if it is the
# largest of all four, all their slopes add up.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Windows that fit any image
# A dense layer wants a fixed number of inputs, but images come in all sizes. **Adaptive pooling** fixes
# the *output*: $m$ windows share $n$ pixels, and window $i$ goes from $\lfloor i\,n/m \rfloor$ up to,
# not including, $\lceil (i+1)\,n/m \rceil$.
#
# For 7 pixels and 3 windows: 0 to 3, 2 to 5, 4 to 7. They overlap by one pixel, so that all are alike
# in size. With $m = 1$ one window takes it all: **global pooling**, the mean or the largest of each
# map, `x.mean(axis=(2, 3))`, (N, C, H, W) → (N, C). It replaced the large dense heads of AlexNet and VGG (Lin et al. 2014).

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: adaptive pooling
# For one row (L,), averages.


# %% slideshow={"slide_type": "skip"}
def adaptive_average(row, num_windows):
    # your code: return an array of shape (num_windows,)
    return None


check("13.adaptive", adaptive_average)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does pooling give invariance?
# A common textbook form says yes. Notebook 6 showed three networks that got *worse* with each pooling.
# Two things are meant, so try both, with and without. Local: two max poolings, or no halving. Head: a
# global average, or a **dense** layer with a weight for each pixel of the maps.
#
# **Predict:** where does max pooling help, and where does it hurt?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Local and global
# The upper two networks have the dense head, the lower two the global average.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
heads = {f"{kind}, {head}": experiments.shifted(kind, seeds=SEEDS, head=head)
         for head in ("dense", "global average") for kind in ("none", "max")}  # fmt: skip
stays = {name.replace("none", "no pooling"): s.survived[:, 1] for name, s in heads.items()}
dense, dense_max, whole, whole_max = stays.values()
assert max(dense) + 0.05 < min(dense_max) and max(whole_max) < min(whole)
assert min(whole) > max(dense) + 0.1
plots.describe(
    figures.show_shares(stays, x_label="share of answers that stay after 1 pixel", low=0.5),
    "With a dense head no pooling keeps 0.7 of its answers, max pooling 0.9. With a global average "
    "no pooling keeps nearly all, max pooling 0.94.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Both stories are true
# Under a **dense** head it helps: the head weighs every pixel differently, and pooled pixels change
# less. Of such networks the textbook speaks, those of the 1990s and AlexNet.
#
# Under a **global average** it hurts: the maps would have moved along, and the average would not have
# noticed; the stride of the pooling breaks what was exact. Of such networks notebook 6 speaks.
#
# **Global pooling gives invariance. A step of two breaks it. A window softens the step: the maximum
# somewhat, the mean more, a blur most.**

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: which change?
# A network has five halvings, then global average pooling. Which change makes it most nearly invariant
# to shifts, at the same number of weights?
#
# * **a** Max pooling of 2×2 for each halving: a maximum does not care where it was.
# * **b** Global maximum for the global average: the largest number is always the same.
# * **c** A blur before each step of two: then a skipped pixel is still in its neighbors.
# * **d** Larger kernels in the convolutions: they see more of the image.

# %% slideshow={"slide_type": "skip"}
check("13.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The 6 walks again
# The digit of the beginning, and two more networks: *max, blur*, and no halving at all.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
four = ("stride", "max", "max, blur", "none")
again = {name: experiments.trained(name, seeds=SEEDS)[0] for name in four}
number = experiments.least_steady(again["stride"])
plots.describe(
    figures.show_walk(experiments.walk(again, number=number)),
    "The 6 of the beginning at seven places with the answers of four networks: those of the network "
    "with strides change from place to place.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What should be kept of four numbers?
# Something of each. A stride keeps one and forgets three, and which one depends on where the digit
# happens to stand. A maximum looks at all four, a mean blends them, and a blur blends in the neighbors
# too: the less the result depends on where the windows lie, the more answers stay.
#
# Although: steady is not right. A network that always answers 6 keeps all its answers. The digits are
# small, and one learning rate (0.01) served all. Large networks that learn from millions of photos lose
# less to a stride; modern ones halve by strided convolutions (notebook 21), and Zhang measured that a
# blur helps them too.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. How many weights has a 3×3 max pooling of 64 maps?
# <details><summary>Answer</summary>None. It has a window and a stride, nothing that is
# learned.</details>
#
# 2. A window holds 1 7 7 3, and the slope 5 arrives. What is sent back by max and by average pooling?
# <details><summary>Answer</summary>Max: 0 5 0 0, the first of the tie. Average: 1.25 to each.</details>
#
# 3. Why does max pooling pad with −∞ and not with 0?
# <details><summary>Answer</summary>A zero would win over negative numbers, and the output would be one
# that no pixel has.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Which part of max pooling is equivariant, and which is not?
# <details><summary>Answer</summary>The maximum at every place is; keeping every second number is equivariant
# to even shifts only.</details>
#
# 5. Is average pooling a convolution?
# <details><summary>Answer</summary>Yes: each channel by itself, with a kernel of 1/K² everywhere and a
# stride. Max pooling is none, since it is not linear.</details>
#
# 6. Ties were in three of four windows. Why did it not matter to which pixel the slope went?
# <details><summary>Answer</summary>Zeros are behind a shut ReLU. The others tie because the kernel saw
# the same pixels, so it gets the same slope through either.</details>
#
# 7. Max pooling made the network with the dense head steadier, and that with the global head less
# steady. Why?
# <details><summary>Answer</summary>A global average does not notice a shift of its maps, so all that is left
# to notice is the stride. A dense head notices every shift, and pooling makes it smaller.</details>
#
# 8. The map is 7×7, the head wants 3×3. Which pooling, and where is its middle window?
# <details><summary>Answer</summary>Adaptive; from pixel 2 up to, not including, 5.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Pooling makes one number of a window, channel by channel, and has no weights.
# * Back: max sends the slope to the first of the largest, average a share to each; overlaps add.
# * After one pixel about 60 % of the answers stay with strides, 94 % with max pooling, 97 % with
#   average pooling, 99 % with max and blur.
# * Max pooling does not read better than average pooling here.
# * Global pooling gives invariance; a step of two breaks it.
#
# **On your own** Blur without a maximum: `experiments.measure(("blur",), seeds=(0,))`. Predict first
# where it stands in the table, in both columns. Then bring `max_pool` and `max_pool_backward` along to
# notebook 16. `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | max pooling, ties | `numpy_ops/pooling/max.py` | `tests/parity/test_pooling.py` |
# | average pooling | `numpy_ops/pooling/average.py` | `tests/parity/test_pooling.py` |
# | adaptive and global pooling | `numpy_ops/pooling/whole.py` | `tests/parity/test_pooling.py` |
# | blur pooling | `numpy_ops/pooling/blur.py` | `tests/parity/test_pooling.py` |
# | the networks that are shifted | `lessons/pooling` | `tests/lessons/pooling` |
#
# **Sources**
# Zhang 2019, *Making convolutional networks shift-invariant again*, ICML, arXiv:1904.11486, section 3
# (max pooling taken apart, blur pooling) · Azulay and Weiss 2019, *Why do deep convolutional networks
# generalize so poorly to small image transformations?*, JMLR 20(184) · Krizhevsky, Sutskever, Hinton
# 2012, *ImageNet classification with deep convolutional neural networks*, section 3.4 (overlapping
# pooling) · Lin, Chen, Yan 2014, *Network in network*, arXiv:1312.4400, section 3.2 (global average
# pooling) · Boureau, Ponce, LeCun 2010, *A theoretical analysis of feature pooling in visual
# recognition*, ICML (when max, when average) · Shannon 1949, *Communication in the presence of noise*
# (the sampling theorem) · Photo: `datasets.photo_credit("brick")`.
#
# **Next** 14, losses: what a network should be told when it is wrong.
