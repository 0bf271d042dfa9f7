# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 7. Put a bend between layers
#
# **You will** melt five layers into one, see what a bend changes, write nine activations with their
# slopes, and break them: by overflow, by dead units, by saturation.
# **You need** the convolutional layer (notebook 4). **Time** 70 min, CPU.
#
# Two networks are to read handwritten digits, each digit somewhere on a canvas of 12 × 12 pixels.
# Both have four convolutions and one dense layer, 8,570 weights, and both learn from the same
# images in the same order. Between the layers of the second one stands $\max(x, 0)$, which has no
# weights at all. Beside them stands a single dense layer, with a sixth of the weights. It cannot
# have a chance, can it?

# %% slideshow={"slide_type": "skip"}
import math

import numpy as np
import torch
from torch.nn import functional

from course_lib import numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.activations import experiments, figures, live, network, typed
from course_lib.lessons.activations.functions import FUNCTIONS, tents

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Five layers against one
# 1,000 digits that no network has seen. Each deep network learned from three random starts, so it has three
# points. The single layer needs no luck: its **loss**, the number that says how wrong it is, has one
# lowest value, and here it is at that value.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
single = experiments.best_affine_map()
learned = experiments.compare(("no activation", "ReLU"), seeds=seeds)
deep, bends = ([run.accuracy for run in runs] for runs in learned.values())
rows = {"1 layer, 1,450 weights": [single.accuracy], "5 layers, 8,570 weights": deep,
        "with max(x, 0) between": bends}  # fmt: skip
plots.describe(
    figures.show_accuracies(rows),
    "Test accuracy. One dense layer reads about 0.3 of the digits, five layers without anything "
    "between them as many, and the same five layers with max(x, 0) between them 0.7 to 0.8.",
)
assert max(deep) < single.accuracy + 0.05 and min(bends) > single.accuracy + 0.15

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Depth was worth nothing
# Five layers with 8,570 weights read no more digits than one layer with 1,450. More training does not help
# them, as you will see, and nor would a hundred layers. Yet four times $\max(x, 0)$, which learns
# nothing, more than doubles what they read.
#
# Such a function between two layers is called an **activation**. There are dozens of them, and
# nearly as many opinions. **What must an activation do so that depth counts, and how much
# does it matter which one you take?** At the end we come back to this picture, with nine of them.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two layers on one number
# The first layer makes $h = 3x + 1$ of $x$. The second makes $y = 2h - 5$ of that. Put one into the
# other:
#
# $$y = 2\,(3x + 1) - 5 = 6x - 3$$
#
# That is one layer again, with the weight 6 and the bias −3. A line of a line is a line. With many
# numbers the lines become matrices, and nothing else changes:
#
# $$W_2\,(W_1 x + b_1) + b_2 = \underbrace{(W_2 W_1)}_{W:\ (O,\, I)}\,x
# + \underbrace{(W_2 b_1 + b_2)}_{b:\ (O,)}$$
#
# Here $x$ is a column of I numbers, $W_1$ is (H, I), $W_2$ is (O, H), and each bias has as many numbers as
# its layer has outputs. A map of the form $Wx + b$ is called **affine**. However large H is, O · I + O numbers say all.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: melt two layers
# $$W_1 = \begin{pmatrix} 1 & 2 \\ 0 & 3 \end{pmatrix},\quad b_1 = \begin{pmatrix} 1 \\ -1 \end{pmatrix},
# \qquad W_2 = \begin{pmatrix} 2 & -1 \end{pmatrix},\quad b_2 = 4$$
#
# Which two weights and which bias has the one layer that does the same?

# %% slideshow={"slide_type": "skip"}
melted = ...  # a list: the first weight, the second weight, the bias
check("07.collapse", melted)
# hint("07.collapse")
# solution("07.collapse")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Four convolutions are a matrix, too
# A convolution multiplies and adds, so it is affine as well: notebook 6 wrote it as a matrix. Then the
# five layers of our network are *one* matrix of 10 × 144 numbers and ten constants. You can read
# them off without looking inside:
#
# * A black image: all that comes out are the constants.
# * One white pixel, all others black: less the constants, this is the column of that pixel.
#
# 145 questions, 1,450 numbers. **Predict:** we answer the 1,000 test digits with the matrix alone. By how much
# will it differ from the network?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 8,570 weights, 1,450 numbers

# %% slideshow={"slide_type": "skip"} tags=["answer"]
five_layers = learned["no activation"][0].network.double()
pixels = np.eye(144).reshape(144, 1, 12, 12)  # one white pixel each
constants = network.logits_of(five_layers, 0 * pixels[:1])  # (1, 10)
matrix = (network.logits_of(five_layers, pixels) - constants).T  # (10, 144)

x_test = network.digits().x_test
by_matrix = x_test.reshape(-1, 144) @ matrix.T + constants
off = abs(by_matrix - network.logits_of(five_layers, x_test)).max()
assert off < 1e-12
count = sum(weight.numel() for weight in five_layers.parameters())
assert single.loss < experiments.training_loss(five_layers)
print(f"{count:,} weights, {matrix.size + constants.size:,} numbers, differ by {off:.0e}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# By about $10^{-14}$, which is the rounding of the computer: for no image at all do they differ. So the
# lowest loss that five such layers can ever reach is that of the best single layer, the first row of the picture.
# What it lacks is an *if*: whether a pixel speaks for a 3 cannot depend on its neighbors, nor on where the
# digit stands, because a sum gives each pixel one factor for good.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: ask the hall whether a nonlinear last step, the softmax, rescues the five layers. It
# does not change which class is largest, so the border between two classes stays a flat plane.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["ReLU: The Preferred Activation in CNNs"]
# ## One bend
# The simplest *if* is a corner: let through what is positive, and put 0 for the rest.
#
# $$\mathrm{relu}(x) = \max(x, 0)$$
#
# It is called the **ReLU**, a rectified linear unit. Left and right of its corner it is a straight
# line, so a single one is poor. But a layer can move corners (by the bias), stretch them (by the weights),
# and add them up:
#
# $$y = 2\,\mathrm{relu}(x) - 4\,\mathrm{relu}(x - ½) + 2\,\mathrm{relu}(x - 1)$$
#
# **Predict:** what does $y$ look like?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three corners

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
x = np.linspace(-0.5, 1.5, 401)
terms = {
    "2 relu(x)": 2 * numpy_ops.relu(x),
    "−4 relu(x − ½)": -4 * numpy_ops.relu(x - 0.5),
    "2 relu(x − 1)": 2 * numpy_ops.relu(x - 1),
}
plots.describe(
    figures.show_bends(x, terms),
    "Three ReLUs with corners at 0, a half and 1, and their sum: a tent, 0 up to x = 0, then up to "
    "1 at a half, down to 0 at 1, and 0 from there on.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A tent. Each factor is the *change* of the slope at its corner: from 0 to 2, from 2 to −2, from
# −2 to 0. So with enough corners, one hidden layer can follow any curve as closely as you like.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: design a bump
# With corners at 1, 2, 4 and 5.5, $y$ shall be 0 up to $x = 1$, rise to 3 at $x = 2$, stay at 3 up to
# $x = 4$, fall to 0 at $x = 5.5$, and remain 0. Which factors do the four ReLUs need?

# %% slideshow={"slide_type": "skip"}
factors = ...  # a list of four numbers
check("07.trapezoid", factors)
# hint("07.trapezoid")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fold the fold
# If one hidden layer can follow any curve, why stack layers? Take the tent without its last corner, 2 relu(x) − 4 relu(x − ½), on
# the numbers from 0 to 1: it folds this line in the middle. Then feed its output to the same two ReLUs again,
# and again.
#
# A layer of 20 ReLUs has at most 20 corners, so it gives at most 21 straight pieces. **Predict:**
# how many pieces do *ten layers of two* give, with the same 20 ReLUs?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One, two, three, ten folds

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
assert tents(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), 2).tolist() == [0, 1, 0, 1, 0]
plots.describe(
    figures.show_tents((1, 2, 3, 10)),
    "The tent after one, two, three and ten layers: 2, 4, 8 and 1,024 straight pieces. The last one "
    "is so dense that it looks like a solid block.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 1,024. Each layer folds what the layers before it have folded, so the pieces *double*. Bends
# beside each other add up; bends behind each other multiply. **That is what depth can be worth**
# (trained networks use far less of it), and without a bend there is nothing to multiply: once 1 is 1.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back
# A network learns by slopes: for each number in it, how much does the loss rise if this number rises a
# little? The answer comes from the end and travels back, layer by layer (notebook 8). At an activation it
# is multiplied by one number, the slope of the function at its own input:
#
# $$y = f(x), \qquad \underbrace{\text{grad\_x}}_{\text{shape of } x}
# = \underbrace{\text{grad\_y}}_{\text{shape of } x} \odot \underbrace{f'(x)}_{\text{shape of } x}$$
#
# grad_y is the slope of the loss for $y$, and ⊙ multiplies number by number. So an activation has two jobs:
# **bend** on the way forward, **pass on** on the way back. Where $f'$ is nearly 0, nothing gets through.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Common Activation Functions in Neural Networks", "eq 2"]
# ## Squeeze: sigmoid and tanh
# The two oldest ones press every number between two ends:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}, \qquad \tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}
# = 2\,\sigma(2x) - 1$$
#
# $$\sigma' = \frac{e^{-x}}{(1 + e^{-x})^2} = \sigma\,(1 - \sigma), \qquad \tanh' = 1 - \tanh^2$$
#
# Both slopes need nothing but the output. **Predict:** at which $x$ is the slope of the sigmoid largest, and
# how large is it there?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two curves and their slopes

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_functions(["sigmoid", "tanh"]),
    "The sigmoid rises from 0 to 1, and its slope is a low bump with the top 0.25 at 0. tanh rises "
    "from minus 1 to 1, and its slope reaches 1 at 0. Beyond 4 both slopes are nearly 0.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# At 0, where σ = ½: ½ · ½ = ¼. tanh is the same curve, but half as wide and twice as high, so its
# slope there is four times as large, 1. Far from 0 both are flat. They are **saturated**.


# %% slideshow={"slide_type": "skip"}
def sigmoid(x):
    return (1 + np.tanh(x / 2)) / 2  # why not as it stands: see below


def sigmoid_backward(grad_y, x):
    return grad_y * sigmoid(x) * (1 - sigmoid(x))


def tanh_backward(grad_y, x):
    return grad_y * (1 - np.tanh(x) ** 2)


assert experiments.error_against_twins("sigmoid", sigmoid, sigmoid_backward) < 1e-12
assert experiments.error_against_twins("tanh", np.tanh, tanh_backward) < 1e-12
print("sigmoid and tanh, forward and backward: as numpy_ops and PyTorch have them")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Common Activation Functions in Neural Networks", "Better Activation Functions"]
# ## Bend: ReLU and its relatives
# They keep what is positive, with the slope 1, and differ in what they do below 0:
#
# | name | below 0 | slope there |
# |---|---|---|
# | ReLU | 0 | 0 |
# | leaky ReLU | $0.01\,x$ | 0.01 |
# | PReLU | $a\,x$, where $a$ is learned, one a channel | $a$ |
# | ELU | $e^x - 1$ | $e^x$ |
#
# At the corner itself a slope is not defined. By convention it is the one from the left.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Half of the line is straight

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_functions(["ReLU", "leaky ReLU", "PReLU", "ELU"]),
    "Four functions equal to x right of 0. Left of it the ReLU is 0, the leaky ReLU is nearly 0, "
    "the PReLU falls with slope a quarter, the ELU bends softly towards minus 1.",
)


# %% slideshow={"slide_type": "skip"}
def bent(x, a):  # a: slope below 0, fixed or learned
    return np.maximum(x, 0) + a * np.minimum(x, 0)


def bent_backward(grad_y, x, a):
    return grad_y * np.where(x > 0, 1, a)


def slope_of_a(grad_y, x):  # (N, C, H, W) → (C,): each x ≤ 0 of a channel moves y by x
    return (grad_y * np.minimum(x, 0)).sum(axis=(0, 2, 3))


for name, a in {"relu": 0, "leaky_relu": 0.01}.items():
    mine = (lambda x, a=a: bent(x, a)), (lambda g, x, a=a: bent_backward(g, x, a))
    assert experiments.error_against_twins(name, *mine) < 1e-12
assert experiments.error_of_prelu(bent_backward, slope_of_a) < 1e-12
print("ReLU, leaky ReLU and PReLU: as numpy_ops and PyTorch have them")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Gate: SiLU, GELU, hard-swish
# Look at the ReLU again: it multiplies $x$ by 1 or by 0. It is a gate that is open or shut. The newer
# ones let the gate open *gradually*:
#
# $$f(x) = x\,g(x), \qquad f'(x) = g(x) + x\,g'(x)$$
#
# | name | gate $g(x)$ |
# |---|---|
# | ReLU | 1 where $x > 0$, else 0 |
# | SiLU | $\sigma(x)$ |
# | GELU | $\Phi(x)$, the share of a normal distribution below $x$ |
# | hard-swish | $(x + 3)/6$, held between 0 and 1 |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Down, and up again
# A negative number near 0 gets through in part, so these functions *fall* before they rise. Their
# slope is below 0 for some $x$, and above 1 for others.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_functions(["SiLU", "GELU", "hard-swish"], gates=True),
    "Three gates that rise from 0 to 1. The functions dip below 0 left of 0 and approach x on the "
    "right. Their slopes dip below 0, are a half at 0, and rise above 1.",
)

# %% slideshow={"slide_type": "skip"}
gates = {  # each gate and its slope
    "silu": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "gelu": (
        lambda x: (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2,
        lambda x: np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi),
    ),
    "hardswish": (lambda x: np.clip((x + 3) / 6, 0, 1), lambda x: (abs(x) < 3) / 6),
}
for name, (g, g_slope) in gates.items():
    mine = (lambda x: x * g(x)), (lambda grad_y, x: grad_y * (g(x) + x * g_slope(x)))  # noqa: B023
    assert experiments.error_against_twins(name, *mine) < 1e-12
print("SiLU, GELU and hard-swish: as numpy_ops and PyTorch have them")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a gate of your own
# **Swish** is $y = x\,\sigma(\beta x)$ with a number β. Write its way back. For β = 1 it is the SiLU, and for
# a very large β it is the ReLU. For β = 1.702 it is close to the GELU.


# %% slideshow={"slide_type": "skip"}
def swish_backward(grad_y, x, beta):
    # your code: return an array with the shape of x
    return None


check("07.swish_backward", swish_backward)
# hint("07.swish_backward")
# solution("07.swish_backward")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Common Activation Functions in Neural Networks"]
# ## When max(αx, x) is wrong
# A common textbook form of leaky ReLU and PReLU is $f(x) = \max(\alpha x, x)$: shorter than two cases.
# What is meant is $x$ for $x > 0$ and $\alpha x$ below. **Predict:** for which of α = 0.01, 1.5 and −0.5
# do the two agree?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
x = np.array([-2.0, 2.0])
print(" α      x    meant   max(αx, x)")
for alpha in (0.01, 1.5, -0.5):
    for value, meant, short in zip(x, bent(x, alpha), np.maximum(alpha * x, x), strict=True):
        print(
            f"{alpha:5}  {value:4.0f} {meant:7.2f} {short:9.2f}{'' if meant == short else '   wrong'}"
        )

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# For all α up to 1, negative ones too. Above 1 the larger of the two is the wrong one, on *both*
# sides. So the form is fine for 0.01. But the α of a PReLU is learned, and nothing keeps it below 1.

# %% slideshow={"slide_type": "skip"} tags=["answer"]
# A negative α breaks something else. To save memory, a way back may tell by the sign of the
# output on which side it was, and with α < 0 the output is positive on both. PyTorch refuses:
x = torch.tensor([-2.0, 2.0], requires_grad=True)
try:
    functional.leaky_relu_(1 * x, -0.5).sum().backward()  # overwrites its input with its output
except RuntimeError as refusal:
    print(str(refusal).split(".")[0])

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# A PReLU for $x$ of shape (N, C), with one slope a channel. It was tested with slopes of 0.25.


# %% slideshow={"slide_type": "skip"}
def channel_slopes(x, slopes):
    return np.maximum(slopes * x, x)


check("07.leaky_bug", channel_slopes)
# hint("07.leaky_bug")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Typed as it stands
# Three formulas as books have them, typed in PyTorch with 32-bit numbers, where $e^x$ overflows to ∞
# above $x = 88$:
#
# * sigmoid: `1 / (1 + exp(-x))`
# * tanh: `(exp(x) - exp(-x)) / (exp(x) + exp(-x))`
# * ELU: `where(x > 0, x, exp(x) - 1)`
#
# **Predict:** which of them gives a right *value* at −100 and at 100? And which a right *slope*?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print(f"{'typed':9}{'x':>6}{'value':>9}{'slope':>9}   right: value, slope")
for name, formula in typed.TYPED.items():
    for at in (-100.0, 100.0):
        got = typed.value_and_slope(formula, at)
        right = typed.value_and_slope(typed.STABLE[name], at)
        line = "".join(f"{number:9.3g}" for number in got)
        print(f"{name:9}{at:6.0f}{line}   {right[0]:9.3g}{right[1]:9.3g}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Right values, no slopes
# tanh fails at once: ∞/∞. The sigmoid at −100 is the dangerous kind: 1/(1 + ∞) is 0, as it should be, but on
# the way back 0 meets ∞, and their product is no number (NaN). A single one spoils every weight. The ELU fails
# at +100, where `where` takes $x$: both branches are computed, and 0 times the slope of the one *not* taken is NaN, too.
#
# The cure is always the same: **let no exponent be positive.**
#
# $$\sigma(x) = \frac{1}{1 + e^{-|x|}} \text{ or } \frac{e^{-|x|}}{1 + e^{-|x|}},
# \qquad \mathrm{ELU}(x) = \max(x, 0) + e^{\min(x, 0)} - 1$$


# %% slideshow={"slide_type": "skip"}
def stable_sigmoid(x):
    z = np.exp(-abs(x))
    return np.where(x >= 0, 1, z) / (1 + z)


def elu(x):
    return np.maximum(x, 0) + np.expm1(np.minimum(x, 0))  # expm1(x) is eˣ − 1, also near 0


def elu_backward(grad_y, x):
    return grad_y * np.exp(np.minimum(x, 0))


assert experiments.error_against_twins("elu", elu, elu_backward) < 1e-12
assert experiments.error_against_twins("sigmoid", stable_sigmoid, sigmoid_backward) < 1e-12
print("sigmoid at −1000 and 1000:", stable_sigmoid(np.array([-1000.0, 1000.0])))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a stable softplus
# **Softplus**, $\log(1 + e^x)$, is a ReLU with a round corner: about $x$ for large $x$, and about 0 far below 0. Typed
# as it stands, it is infinite at 100 in 32 bits, and at 710 in 64. Write it so that it is right everywhere.


# %% slideshow={"slide_type": "skip"}
def softplus(x):
    # your code: return an array with the shape of x
    return None


check("07.softplus", softplus)
# hint("07.softplus")
# solution("07.softplus")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ten layers, one number
# Drag the point, or the input. Each layer multiplies by the weight and applies the activation. On the right:
# by how much the output of layer n moves when the input moves.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.ten_layers("sigmoid", x=1.0, weight=1.0)

# %% [markdown] slideshow={"slide_type": "skip"}
# Try it, and find out:
#
# * Sigmoid, weight 1: where does the output end up, whatever the input? Can any weight save the slope?
# * tanh, weight 1: at which input is the slope through ten layers still 1? Now move a little away.
# * ReLU: what happens to the slope at $x < 0$? And at $x > 0$ with the weight 1, 0.5 and 2?
# * ELU or SiLU at $x = -1$: compare with the ReLU.
#
# With weight 1, the slope through ten layers is a product of ten slopes, so it is at most the largest slope
# to the tenth power:

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
grid = np.linspace(-10, 10, 20001)
print(f"{'':12} largest slope  to the tenth power")
for name, (_, backward) in FUNCTIONS.items():
    if name not in ("no activation", "PReLU"):
        largest = backward(np.ones_like(grid), grid).max()
        print(f"{name:12} {largest:13.2f}  {largest**10:18.2g}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why does tanh learn, and the sigmoid not?
# Ten sigmoids pass on a millionth at best. But weights can be larger than 1, so that proves nothing yet, and in our
# five layers, as you will see, tanh learns and the sigmoid does not. Yet they are the same curve, $\tanh(x/2) = 2\,\sigma(x) - 1$. Two things differ:
#
# * the **slope at 0**: ¼ for the sigmoid. Repair: $4\,\sigma(x)$.
# * the **value at 0**: ½, so that all outputs are positive. Repair: $\sigma(x) - ½$.
#
# **Predict:** which repair is enough?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Repair one, repair both
# The same network and the same first weights, with four versions of the sigmoid.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
learned |= experiments.compare(["sigmoid"], seeds=seeds)
repaired = {"σ(x)": [run.accuracy for run in learned["sigmoid"]]}
for name, make in experiments.REPAIRED.items():
    repaired[name] = [experiments.train(make, seed=seed).accuracy for seed in seeds]
plots.describe(
    figures.show_accuracies(repaired),
    "Test accuracy of four sigmoids: plain 0.1, lowered 0.35 to 0.5, steeper 0.1, both 0.6 to 0.7.",
)
assert max(repaired["σ(x)"] + repaired["4 σ(x)"]) < min(repaired["σ(x) − ½"]) - 0.05
assert max(repaired["σ(x) − ½"]) < min(repaired["4 σ(x) − 2"]) - 0.05
differing = experiments.image_shares(seed=0).items()
print("differs between images:", {name: f"{share:.1%}" for name, share in differing})

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Neither. Steeper alone does nothing, lowered alone helps in part, and only both together learn. The
# bend is the same in all four. But where no number is ever negative, sums grow, and what *differs* between images
# drowns in them: behind four fresh layers of σ it is half a percent. And slopes of ¼ send little back.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Dead units
# The ReLU has the slope 0 below its corner. A channel that is negative at every place of every image
# gives 0, gets the slope 0, and so its weights stand still. It is **dead**, unless a change of the layers before
# it wakes it up. How does it get there? By a step that was too long. **Predict:** at which learning rates will channels die, of .001, .01, .03
# and .1?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Dead after 50 steps
# Left: the share of the 64 channels that are 0 everywhere on all 1,000 test images. Right: what the
# network reads.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
dead = experiments.dead_units((0.001, 0.01, 0.03, 0.1), seeds=seeds)
plots.describe(
    figures.show_dead(dead),
    "Left: none of the channels are dead at a rate of 0.001, few at 0.01, a quarter or so at 0.03, "
    "nearly all at 0.1. Right: accuracy is highest at 0.01 and about 0.1 at a rate of 0.1.",
)
shares = [[one.share for one in several] for several in dead.values()]
assert max(shares[0]) < 0.05 and max(shares[1]) < min(shares[3]) - 0.3 and min(shares[3]) > 0.5
assert np.mean(shares[1]) < np.mean(shares[2]) < np.mean(shares[3])
leaky = [experiments.train(torch.nn.LeakyReLU, seed=seed, **experiments.TOO_FAST) for seed in seeds]
print("leaky ReLU at rate 0.1:", *(f"{run.accuracy:.3f}" for run in leaky))
assert max(run.accuracy for run in leaky) < 0.4

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# They die when steps are long: hardly any up to 0.01, nearly all at 0.1. The leaky ReLU, which cannot
# die, is often given as the cure. **At the rate of 0.1 it reads no more than the dead one.** The step was too
# long for it as well. Dead units are a symptom: lower the rate first.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# A ReLU in the first layer gives 0 for every training image. What can bring it back to life?
#
# * **a** More steps: the gradient is small there, but it adds up.
# * **b** Exchanging it for a leaky ReLU, with the weights as they are, and training on.
# * **c** A larger learning rate, so that the unit is pushed out again.
# * **d** Weights of the layer behind it that are larger, so that more slope arrives.

# %% slideshow={"slide_type": "skip"}
check("07.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Forget to divide by 255
# Images come as bytes, 0 to 255, and every course says: scale them to 0…1. Suppose you forget. The
# sums in the first layer become 255 times as large. tanh saturates there, and its slope is nearly 0. The
# ReLU does not saturate: a thousand is as good as one. **Predict:** which of the two suffers more?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### White is 255

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
bright = experiments.compare(("tanh", "ReLU"), seeds=seeds, brightness=255)
squeezed, open_ended = ([run.accuracy for run in runs] for runs in bright.values())
rows = {"tanh, white = 255": squeezed, "ReLU, white = 255": open_ended, "ReLU, white = 1": bends}
plots.describe(
    figures.show_accuracies(rows),
    "Test accuracy. With white = 255 tanh still reads 0.6, the ReLU 0.1 to 0.2. With white = 1 the "
    "ReLU reads more than 0.7.",
)
assert min(squeezed) > max(open_ended) + 0.2
flat = experiments.saturated_share(brightness=255, seed=0)
begun = {name: f"{runs[0].losses[0]:.1f}" for name, runs in bright.items()}
print(f"{flat:.0%} of the first tanh slopes are below 0.01; first loss:", begun)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The ReLU. It hands on what is 255 times too large, through all layers, so its loss begins far too high, and
# 100 steps are spent on the way down. (Given four times as many, it learns as well.) tanh cuts everything to ±1, so
# the layers behind get numbers of a good size. Saturation costs slopes, but it also protects.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does it cost?
# Times for a quarter of a million numbers, as multiples of the ReLU's. They differ between machines. What holds: an
# $e^x$ costs several times the ReLU, and hard-swish was made to avoid it. The dotted line is a
# 3 × 3 convolution of 16 channels that makes as many numbers, with 144 products for each: it costs more
# than most of them, though not always more than GELU.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
costs = experiments.costs()
plots.describe(
    figures.show_costs(costs),
    "Bars on a logarithmic axis. ReLU and leaky ReLU cost 1, the others 2 to 15 times as much in NumPy "
    "or PyTorch. A convolution costs more than most of them.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Nine on the same net
# The same 100 steps, the same first weights, the same images in the same order. To be fair: one learning
# rate and one way to draw the first weights serve them all, and both were chosen with the ReLU in mind.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
rest = [name for name in network.ACTIVATIONS if name not in learned]
learned |= experiments.compare(rest, seeds=seeds)
learned = {name: learned[name] for name in network.ACTIVATIONS}
first = {name: learned[name] for name in ("no activation", "sigmoid", "tanh", "ReLU")}
others = {name: learned[name] for name in ("ReLU", *list(learned)[4:])}
plots.describe(
    figures.show_losses([first, others]),
    "Loss against step. Left: the sigmoid stays at 2.3, no activation ends near 1.9, tanh near 0.7, "
    "ReLU near 0.5. Right: all bends and gates fall together, the gates ending lowest.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The first picture again

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
accuracies = {name: [run.accuracy for run in runs] for name, runs in learned.items()}
plots.describe(
    figures.show_accuracies({"one dense layer": [single.accuracy], **accuracies}),
    "Test accuracy. One dense layer and no activation 0.3, sigmoid 0.1, tanh 0.66 to 0.7, all others "
    "between 0.7 and 0.85, with GELU, SiLU and hard-swish a little ahead.",
)
learners = [name for name in accuracies if name not in ("no activation", "sigmoid")]
assert max(accuracies["sigmoid"]) < 0.2 and max(accuracies["no activation"]) < 0.4
assert min(min(accuracies[name]) for name in learners) > 0.45
assert np.mean([accuracies[name] for name in learners[-3:]]) > np.mean(accuracies["ReLU"])
a = np.concatenate([experiments.learned_slopes(run.network) for run in learned["PReLU"]])
print(f"slopes of the PReLUs, begun at 0.25: {a.min():.2f} to {a.max():.2f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What an activation must do
# It must **bend**, or all layers melt into one. It must hand on **numbers around 0 and slopes around 1**, or
# what the layers learn does not get through: that is where the sigmoid failed, with the same bend as tanh.
#
# Which one you take matters less. Between those that do both, the means differ by less than fifteen points, where the
# sigmoid lacks sixty. The gates come out ahead here, although with another rate
# or other first weights the order among the nearest ones may change. And the slopes that the PReLUs learned went
# below 0, but not above 1: this time max(αx, x) would have been right.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A network has 50 convolutions and no activation. How many numbers describe all it can do, for 144
#    pixels and 10 classes?
# <details><summary>Answer</summary>10 · 144 + 10 = 1,450: it is one affine map.</details>
#
# 2. Why does depth double the number of pieces, where width only adds to it?
# <details><summary>Answer</summary>A later layer folds all pieces that are there already, each at its own
# place.</details>
#
# 3. σ(x) is 0.9. What is the slope there?
# <details><summary>Answer</summary>0.9 · 0.1 = 0.09: the output alone tells it.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. "The ReLU prevents vanishing gradients." Is that true?
# <details><summary>Answer</summary>It mitigates. An open one passes on the slope 1, a shut one 0, and with small
# weights the product through many layers vanishes all the same (notebooks 9 and 10).</details>
#
# 5. A loss becomes NaN after 300 steps, though every output that was printed looked right. Where do you look?
# <details><summary>Answer</summary>At the ways back: a typed sigmoid, or a `where` whose branch not taken
# overflows.</details>
#
# 6. Half of your ReLUs are dead after the first epoch. What do you try first?
# <details><summary>Answer</summary>A lower learning rate. A leaky ReLU keeps units alive, but steps that are
# too long remain too long.</details>
#
# 7. Is max(αx, x) right for α = 0? For α = 1?
# <details><summary>Answer</summary>For both: α = 0 is the ReLU, and α = 1 is x itself, no bend at all.</details>
#
# 8. A ReLU network is fed with images that are twice as bright, and all biases are 0. What happens to its
#    outputs? And in a tanh network?
# <details><summary>Answer</summary>They double, since relu(2x) = 2 relu(x). tanh has no such rule: it
# saturates.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Without activations, five layers are one matrix: 8,570 weights do the work of 1,450.
# * Bends beside each other add up, bends behind each other multiply: 20 ReLUs make 21 pieces or 1,024.
# * On the way back an activation multiplies by its slope: at most ¼ for the sigmoid.
# * max(αx, x) holds for α ≤ 1. A positive exponent makes right values and NaN slopes.
# * Units die of long steps, and the leaky ReLU does not shorten them.
# * Saturation protected tanh where the ReLU broke down.
#
# **On your own** Train with your own activation: any `torch.nn.Module` without options goes into
# `experiments.train(MyActivation, seed=0).accuracy`. Try $\sin(x)$, $x^2$ and $|x|$. Predict the order first.
# `progress()` lists what you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `sigmoid` … `hardswish_backward` | `numpy_ops/activations.py` | `tests/parity/test_activations.py` |
# | the same as layers | `numpy_nn/activations.py` | `tests/numpy_nn/test_layers.py` |
# | ten layers, live | `lessons/activations/live.py` | `tests/lessons/activations/test_live.py` |
# | what was trained | `lessons/activations` | `tests/lessons/activations` |
#
# **Sources**
# Goodfellow, Bengio, Courville 2016, *Deep learning*, sections 6.1 (why linear layers are not enough), 6.3
# (hidden units) and 4.1 (overflow) · Nair and Hinton 2010, *Rectified linear units improve restricted Boltzmann
# machines* · Maas, Hannun, Ng 2013, *Rectifier nonlinearities improve neural network acoustic models* (leaky
# ReLU) · He, Zhang, Ren, Sun 2015, *Delving deep into rectifiers*, arXiv:1502.01852, equation 1 (PReLU) and 10
# (first weights) · Clevert, Unterthiner, Hochreiter 2016, arXiv:1511.07289 (ELU) · Hendrycks and Gimpel 2016,
# arXiv:1606.08415 (GELU, and the name SiLU) · Ramachandran, Zoph, Le 2017, *Searching for activation functions*, arXiv:1710.05941 (Swish) ·
# Howard et al. 2019, *Searching for MobileNetV3* (hard-swish) · Telgarsky 2016, *Benefits of depth in neural
# networks* (the folded tent) · Hanin and Rolnick 2019, *Deep ReLU networks have surprisingly few activation patterns* · LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*, section 4.4 (why outputs
# should be around 0).
#
# **Next** 8, backpropagation: where the slopes come from, all of them at once.
