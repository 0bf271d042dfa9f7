# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Popular CNN Architectures"]
# # 17. Rebuild the reader of 1998
#
# **You will** rebuild LeNet-5 layer by layer, count its 60,000 weights as its authors did, and find
# out which of the changes made since matters.
# **You need** the convolutional layer (notebook 4), first weights (10), losses (14) and training (16).
# **Time** 60 min, CPU.
#
# In 1998 a CNN read several million bank checks a day. Its name has stayed: LeNet-5 is still the
# first network of many courses. But the LeNet-5 that is taught is not the one of the paper. Five
# parts were exchanged on the way, mostly without a word. Here both read the same real digits,
# beside a dense network of the same size.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import analysis, live, models, numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.lenet import experiments, figures, networks
from course_lib.parity import relative_error
from course_lib.parity.whole import network_errors

rng = np.random.default_rng(seed=0)
SEEDS = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three networks of 60,000 weights
# Handwritten digits, within 3 pixels of the middle. Each network sees 250 batches of 16, every digit twice. Below, a point is a network
# that started from other random weights, and a bar is the mean. The dense network has one hidden layer of 58 units:
# it gets 1,024 loose pixels and knows nothing of neighbors.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
opening = experiments.accuracies(experiments.OPENING, seeds=SEEDS)
shown = experiments.digits().x_test[:10, 0]
plots.describe(
    figures.show_opening((shown + 0.1) / 1.275, opening),
    "Ten handwritten digits. Below, the share of digits read right by three networks: dense about "
    "0.75, LeNet-5 of 1998 about 0.65, today's LeNet-5 above 0.9.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
for name, shares in opening.items():
    print(f"{name:16} {np.mean(shares):.3f} ± {np.std(shares, ddof=1):.3f} (3 seeds)")
dense, old, new = map(np.array, opening.values())
assert (old < dense - 0.03).all() and (new > dense + 0.05).all()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The famous one comes last
# Today's LeNet-5 is far ahead, on every seed. But the network of the paper, with its convolutions,
# loses to a dense layer that knows nothing of images. It *did* read checks, so its design cannot be
# hopeless; yet something in it does not work here.
#
# **Which of the five changes heals it?** Many would say: the ReLU. Some would say: max pooling. To
# find out, we must first know the network part by part. Then we change one part at a time.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The network of the paper
# An image of 32×32 pixels goes in. The letters are the paper's: C for convolution, S for subsampling,
# F for fully connected. The drawing is made from the module itself.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
lenet = models.build("lenet5_original")
blocks = analysis.network_blocks(lenet, (1, 1, 32, 32))
plots.describe(
    plots.show_architecture(blocks),
    "Seven boxes: C1, 6 maps of 28 by 28; S2, 6 of 14 by 14; C3, 16 of 10 by 10; S4, 16 of 5 by 5; "
    "C5, 120 numbers; F6, 84; output, 10.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# | layer | what it does | output (C, H, W) |
# |---|---|---|
# | C1 | convolution 5×5, squash | (6, 28, 28) |
# | S2 | trained subsampling 2×2, squash | (6, 14, 14) |
# | C3 | convolution 5×5 after a table, squash | (16, 10, 10) |
# | S4 | trained subsampling 2×2, squash | (16, 5, 5) |
# | C5 | convolution 5×5, squash | (120, 1, 1) |
# | F6 | dense, squash | (84,) |
# | output | distance to ten drawn digits | (10,) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Parameters and connections
# The paper counts twice. A **parameter** is a number that training may change. A **connection** is an
# arrow from a number to a number: each output of C1 has one to each of its 25 pixels, and one to its
# bias. A map shares its kernel, so many connections carry the same parameter.
#
# C1 makes 6 maps of 28×28 with kernels of 5×5. **Predict:** how many parameters has it, how many
# connections?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
parameters = 6 * (5 * 5 + 1)
print(f"parameters   6 · (25 + 1)           = {parameters:,}")
print(f"connections  6 · 28 · 28 · (25 + 1) = {28 * 28 * parameters:,}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 156 and 122,304. Each parameter works at 784 places. Without sharing, C1 alone would have twice the
# weights of the whole network.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: count connections
# A convolution turns 4 maps of 12×12 pixels into 10 maps, with kernels of 3×3 and no padding. How
# many connections has it, biases included?

# %% slideshow={"slide_type": "skip"}
connections = ...  # your number
check("17.connections", connections)
# hint("17.connections")
# solution("17.connections")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A subsampling that learns
# S2 adds up each square of four, as mean pooling does. But then each map has two numbers of its own, and a squash $f$
# follows:
#
# $$y_{ncij} = f\Big(w_c \sum_{u,v \in \{0,1\}} x_{nc,\,2i+u,\,2j+v} + b_c\Big)$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$, $y$ | maps before, after | (N, C, H, W), (N, C, H/2, W/2) |
# | $w$, $b$ | one coefficient, one bias a map | (C,), (C,) |
#
# With a small $w$ it blurs; with a large one it answers yes or no. 6 maps: **12** parameters.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Forward and backward, before the squash


# %% slideshow={"slide_type": "skip"}
def subsampled(x, w, b):
    n, c, h, width = x.shape
    sums = x.reshape(n, c, h // 2, 2, width // 2, 2).sum(axis=(3, 5))
    return sums * w[:, None, None] + b[:, None, None], sums


def subsampled_backward(delta, w, sums):
    grad_x = (delta * w[:, None, None]).repeat(2, axis=2).repeat(2, axis=3)
    return grad_x, (delta * sums).sum(axis=(0, 2, 3)), delta.sum(axis=(0, 2, 3))


# %% [markdown] slideshow={"slide_type": "skip"}
# Each of the four pixels of a square gets the same slope, because each was added once. The coefficient
# collects δ times its sum from all places and all images. The package and autograd agree:

# %% slideshow={"slide_type": "skip"}
layer = models.lenet.Subsampling(3).double()
x, delta = rng.standard_normal((2, 3, 4, 6)), rng.standard_normal((2, 3, 2, 3))
w, b = (p.detach().numpy().ravel() for p in layer.coefficient.parameters())
image = torch.tensor(x, requires_grad=True)
layer(image).backward(torch.tensor(delta))
y, sums = subsampled(x, w, b)
grad_x, grad_w, grad_b = subsampled_backward(delta, w, sums)
trained = [p.grad.numpy().ravel() for p in layer.coefficient.parameters()]
pairs = [(y, layer(image).detach().numpy()), (grad_x, image.grad.numpy())]
assert max(relative_error(*p) for p in [*pairs, (grad_w, trained[0]), (grad_b, trained[1])]) < 1e-12
print("S2 forward and backward as PyTorch has them: yes")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: S2 with its squash
# $f(a) = 1.7159 \tanh(2a/3)$.


# %% slideshow={"slide_type": "skip"}
def subsample(x, coefficient, bias):
    # your code: return an array (N, C, H/2, W/2)
    return None


check("17.subsample", subsample)
# hint("17.subsample")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# This should give the slope of each coefficient, before the squash. It runs, and it is wrong.


# %% slideshow={"slide_type": "skip"}
def coefficient_slopes(grad_y, x):
    n, c, h, w = x.shape
    sums = x.reshape(n, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5))
    return (grad_y * sums).sum(axis=(1, 2, 3))


check("17.way_back", coefficient_slopes)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A squash made for ±1
# The paper squashes with $f(a) = 1.7159\,\tanh(\tfrac{2}{3}a)$. The odd numbers have one purpose:
# $f(1) = 1$ and $f(-1) = -1$. The codes that the output compares with are ±1, and there $f$ is still
# steep: a plain tanh reaches ±1 only at infinity, where it has no slope left.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_squash(),
    "Two S-shaped curves. The scaled tanh passes through (1, 1) and (-1, -1) and flattens at 1.72; "
    "the plain tanh flattens at 1.",
)
assert abs(1.7159 * np.tanh(2 / 3) - 1) < 1e-4

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Who reads whom
# C3 has 16 maps, and S2 offers 6. Today every map would read all six. The paper lets most of them
# read three or four, after a table. Orange means: here is a kernel of 5×5.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
table = networks.connection_table().numpy()
plots.describe(
    figures.show_table(table),
    "A grid of 6 rows, maps of S2, and 16 columns, maps of C3. Columns 0 to 5 have three filled "
    "cells, columns 6 to 14 four, column 15 all six.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two reasons, one of them a hope
# The paper gives two reasons. The first is cost: fewer connections. The second "more importantly"
# is that maps which read different things are forced to *become* different. The first can be counted, the second is
# a hypothesis. **Predict:** how many parameters has C3 with the table, how many with all cells
# filled?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
kernels = int(table.sum())
for name, count in {"table": kernels, "all cells": table.size}.items():
    held = 25 * count + 16
    print(f"{name:9} {count} kernels · 25 + 16 biases = {held:,}; connections {100 * held:,}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 1,516 against 2,416. The table saves 900 parameters, and 90,000 of 241,600 connections: more than a
# third. In 1998 this was training time of days. Whether it makes maps differ, we shall see.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build C3 from its description
# `table` (O, C) has a 1 where output map o reads map c. `kernels` holds one kernel for each 1, row by
# row of the table: so a layer has exactly as many weights as it needs. `bias` is (O,). No squash.


# %% slideshow={"slide_type": "skip"}
def table_conv(x, kernels, bias, table):
    # your code: return an array (N, O, H - K_h + 1, W - K_w + 1)
    return None


check("17.table", table_conv)
# hint("17.table")
# solution("17.table")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ten drawn digits
# F6 has 84 units, because 84 = 7 · 12 is a small picture. Someone drew each digit on it, ink +1,
# paper −1. An output says how far F6 is from a drawing; the nearest one is the answer:
#
# $$y_{nk} = -\sum_{j=1}^{84} (x_{nj} - c_{kj})^2$$
#
# with F6 as $x$ (N, 84), the drawings as $c$ (10, 84), and $y$ (N, 10). The paper calls them RBF units. Nothing
# in them is trained.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
codes = models.lenet.digit_codes().numpy()
plots.describe(figures.show_codes(codes), "Ten stylized digits, 0 to 9, on 7 by 12 pixels each.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A linear layer in disguise
# Multiply the square out: $-|x-c_k|^2 = 2\,c_k \cdot x - |x|^2 - |c_k|^2$. The middle term is the
# same for all ten classes. So is the last: every drawing has 84 entries of ±1, so $|c_k|^2 = 84$. What
# all classes share does not change a softmax (notebook 14). **Predict:** which dense layer gives the same
# probabilities?

# %% slideshow={"slide_type": "skip"} tags=["answer"]
f6 = rng.uniform(-1.7, 1.7, size=(5, 84))
distances = -((f6[:, None] - codes) ** 2).sum(axis=2)
linear = f6 @ (2 * codes).T
gap = abs(numpy_ops.softmax(distances, axis=1) - numpy_ops.softmax(linear, axis=1)).max()
print(f"largest |code|² − 84: {abs((codes**2).sum(axis=1) - 84).max():.0f}")
assert gap < 1e-12

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The one with the weights $2c_k$, no biases, *frozen*. So "distances against a linear layer" is
# really a question of **drawn against trained**: today's output has the same form, but its 840 weights
# and 10 biases learn.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: which layer?
# The ten codes are frozen, 84 numbers of ±1 each. Which layer, after a softmax, gives the same
# probabilities as minus the squared distance of $x$ to each code?
#
# * **a** None: a squared distance is not linear, so no linear layer can do it.
# * **b** A frozen linear layer with weights 2 · code and no bias.
# * **c** A frozen linear layer with weights code and no bias.
# * **d** A frozen linear layer with weights −2 · code and no bias.

# %% slideshow={"slide_type": "skip"}
check("17.codes", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Every layer beside its paper
# Counted from the module, and as section II.B of the paper prints it.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
counted = experiments.count_layers(lenet)
print(f"{'':6} {'output':>12} {'parameters':>11} {'paper':>7} {'connections':>12} {'paper':>8}")
for one in counted:
    said = experiments.PUBLISHED.get(one.name)
    shape = "×".join(map(str, one.shape))
    beside = ("", "") if said is None else (f"{said[0]:,}", f"{said[1]:,}")
    print(f"{one.name:6} {shape:>12} {one.parameters:11,} {beside[0]:>7} "
          f"{one.connections:12,} {beside[1]:>8}")  # fmt: skip
    assert said is None or said == one[2:]
totals = tuple(sum(column) for column in list(zip(*counted, strict=True))[2:])
print(f"total  {'':12} {totals[0]:11,} {60_000:7,} {totals[1]:12,} {340_908:8,}")
assert totals == experiments.PUBLISHED_TOTAL

# %% [markdown] slideshow={"slide_type": "fragment"}
# 60,000 parameters and 340,908 connections, to the last one. Four of five parameters sit in C5. (The output
# is in the paper's total, but not in its list of counts.)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Look inside
# Choose a block with a click or with the arrow keys, and choose what the bars show. Which block costs
# most multiply-adds, and which first sees the whole image?

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
live.architecture(lenet, (1, 1, 32, 32), title="LeNet-5 of 1998")

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# C3 costs most, 150,000 multiply-adds, though it has only 1,516 parameters; C5 has 32 times as many and costs a
# third. A weight of a convolution is used at every place. C5 is the first to see all 32 pixels: one
# of its kernels covers a whole map of S4.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The one that is taught
# | part | 1998 | today | parameters |
# |---|---|---|---|
# | C3 | table | all cells | +900 |
# | S2, S4 | trained subsampling, squash | max pooling | −44 |
# | squash | 1.7159 tanh(2a/3) | ReLU | 0 |
# | output | ten drawings | linear | +850 |
# | first weights | uniform, ±2.4/F | normal, variance 2/F | 0 |
#
# F is the number of inputs of a unit. The last row stands in Appendix A of the paper and in no drawing of
# the network; so it is easily forgotten.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
modern = sum(p.numel() for p in models.build("lenet5").parameters())
print(f"60,000 + 900 − 44 + 850 = {60_000 + 900 - 44 + 850:,}; today's module has {modern:,}")
assert modern == 60_000 + 900 - 44 + 850 == networks.parameters(networks.build(networks.TODAY))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Both, in NumPy
# The same weights, outputs and all gradients, with NumPy alone.

# %% slideshow={"slide_type": "fragment"}
for name in ("lenet5_original", "lenet5"):
    torch.manual_seed(0)
    network = models.build(name).double()
    errors = network_errors(network, torch.randn(2, 1, 32, 32).double())
    assert max(errors.values()) < 1e-10
print("outputs and gradients agree to 10 digits: both networks")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One change at a time
# Now the question. We take the network of 1998 and exchange *one* of its five parts for
# today's. Everything else stays, the 250 batches and the seeds too.
#
# **Predict:** which of the five helps? Which does nothing?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The network of 1998 with one part of today
# The dotted line is the network of 1998 as it is.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
single = experiments.accuracies(experiments.ONE_CHANGE, seeds=SEEDS)
shown = {"as in 1998": opening["LeNet-5 of 1998"], **single}
plots.describe(
    figures.show_accuracies(shown, start="as in 1998"),
    "Six rows of accuracies. As in 1998: about 0.65; full table: the same. Max pooling, ReLU, "
    "trained output and larger first weights: each between 0.8 and 0.95.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
for name, shares in single.items():
    gain = np.subtract(shares, old)
    print(
        f"{name:20} {np.mean(shares):.3f} ± {np.std(shares, ddof=1):.3f}  gains {gain.mean():+.3f}"
    )
table_gain, *gains = (np.subtract(shares, old) for shares in single.values())
assert table_gain.mean() < 0.12 and np.min(gains) > 0.05

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **Any of four.** Max pooling alone heals it. So does the ReLU alone, and the trained output alone,
# and larger first weights alone, though these change nothing but the numbers that training begins
# with. Only the full table does little: 900 more weights, and hardly a better reader.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### How sure is that?
# On three more seeds, which are not shown, max pooling, the trained output and the
# larger first weights again gain 0.12 or more each. The ReLU gains only 0.08 to 0.11 there, so it
# depends on luck. The full table gains 0.03 to 0.12: little, and not always nothing.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The wrong question
# "Which one?" has no answer, because the gains do not add up. Each of the four gives more than half of
# what all five together give. Parts that are so different and heal alike point to
# one illness, and each is a way around it.
#
# Whoever swaps a single part, sees accuracy jump, and writes "max pooling makes the difference", has
# measured rightly and concluded wrongly. The cheapest change hints at the illness: only the *first
# weights* were other.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall vote before the figure, and note the votes. Nearly nobody names the
# first weights. Then ask what an experiment would have to look like that could tell the causes apart.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the digits become alike
# A unit adds up F inputs. Suppose that they differ from digit to digit with standard deviation $s$, each for
# itself. Weights drawn uniformly from $\pm 2.4/F$ have the standard deviation $2.4/(\sqrt3\,F)$, and the sum gets
#
# $$s \cdot \sqrt{F} \cdot \frac{2.4}{\sqrt 3\, F} = \frac{1.39}{\sqrt F}\, s$$
#
# C5 has F = 400, F6 has F = 120. **Predict:** what is left of the differences after both?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
factors = {name: 2.4 / np.sqrt(3 * F) for name, F in {"C5": 400, "F6": 120}.items()}
print(*(f"{name}: times {factor:.3f}" for name, factor in factors.items()))
print(f"both: times {np.prod(list(factors.values())):.4f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Less than a hundredth. Dividing by the *root* of F, as notebook 10 does, gives a variance of
# 1/F, and then the factor is 1 in every layer.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Before any training
# How much 200 digits differ from each other in each layer: the standard deviation over the digits,
# averaged over the units. Both are the network of 1998; only the first weights differ.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
starts = {"±2.4 / F, as in 1998": networks.YEAR_1998, "variance 1 / F": experiments.ROOTED}
spreads = {name: experiments.spreads(version, seed=0) for name, version in starts.items()}
plots.describe(
    figures.show_spreads(spreads),
    "Two lines over image, C1, S2, C3, S4, C5, F6, on a logarithmic axis. With the weights of 1998 "
    "the differences fall below 0.01 at F6; with variance 1/F they stay above 0.1.",
)
small, large = (values["F6"] for values in spreads.values())
assert 20 * small < large

# %% [markdown] slideshow={"slide_type": "fragment"}
# At F6 all digits look nearly alike, while the drawings want ±1. On the way back the slopes pass the same small
# weights. It is the vanishing of notebook 9, in a network of six layers.

# %% [markdown] slideshow={"slide_type": "skip"}
# What is known here and what is not: that larger first weights *alone* heal the network is measured. That
# the other three changes help *because* they lead around the same illness is a hypothesis; the test
# is whether they still help once it is cured. And the paper is not refuted: its authors trained
# for 20 passes over 60,000 digits, image by image, with a step length for each weight from second
# derivatives. That method can do with small slopes; 250 batches of Adam cannot.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same changes in a healthy network
# Once more one change at a time; but now the network of 1998 starts with weights of variance 1/F. The dotted
# line is this healthy network. **Predict:** how much do max pooling and the trained output still
# gain?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
second = experiments.accuracies(experiments.SECOND_CHANGE, seeds=SEEDS)
healthy = single["larger first weights"]
shown = {"1998, healthy start": healthy, **second, "today": opening["today"]}
plots.describe(
    figures.show_accuracies(shown, start="1998, healthy start"),
    "Four rows, all between 0.8 and 0.95: the healthy network of 1998, with max pooling, with a "
    "trained output, and today's network.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
for name, shares in {**second, "today": opening["today"]}.items():
    print(f"{name:15} {np.mean(shares):.3f}  gains {np.mean(shares) - np.mean(healthy):+.3f}")
late = {name: np.mean(shares) - np.mean(healthy) for name, shares in second.items()}
early = {name: np.mean(single[name]) - np.mean(old) for name in late}
assert all(late[name] < 0.75 * early[name] for name in late)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### What made the difference
# In the healthy network max pooling gains a tenth of what it gained in the sick one, the trained
# output a third. Most of the distance between the paper's network and today's was never in its
# drawing: it was in **how training begins**. What is left belongs to all the rest together, and the table of C3 has next to no part in it.
#
# Although: this is one data set, one budget, Adam. On all 60,000 digits of MNIST and with hours of time the paper's own
# network errs on fewer than 1 of 100. A part that is not needed there may be what saves you here.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: larger checks
# Your checks are scanned with 48×48 pixels. C1 to S4 stay as they are; the kernels of C5 become as
# large as the maps of S4, so that it still gives 120 maps of 1×1. How many parameters has C5?

# %% slideshow={"slide_type": "skip"}
parameters_of_c5 = ...  # your number
check("17.larger", parameters_of_c5)
# hint("17.larger")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Differs from the paper
# * The drawings of the output are redrawn in the manner of the paper's Figure 3.
# * Outputs are *minus* the distance, so that the largest one wins, and the loss is cross-entropy. The
#   paper's equation 9 adds a constant to it that keeps distances from growing.
# * Training: Adam, twice over 2,000 digits; not a second-order method, 20 times over 60,000.
# * Our digits are 8×8 scans enlarged, not MNIST.
#
# **What came after:** ReLU and dropout at a thousand times the size (AlexNet, notebook 18), small
# kernels only (VGG, 19), and with batch norm (11) networks that hardly mind how they begin.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why has S2 twelve parameters and 5,880 connections?
# <details><summary>Answer</summary>Two numbers for each of 6 maps; but each of 6 · 14 · 14 outputs has
# 4 pixels and a bias: 1,176 · 5.</details>
#
# 2. C5 is called a convolution, F6 is called dense. Both read everything. Why the two names?
# <details><summary>Answer</summary>C5 has kernels of 5×5 on maps of 5×5. On a larger image it would
# give maps larger than 1×1; F6 could not run at all.</details>
#
# 3. Which five parts were exchanged since 1998?
# <details><summary>Answer</summary>The table of C3, trained subsampling, the scaled tanh, the drawn
# output, and the first weights.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why is 1.7159 tanh(2a/3) better than tanh(a) if the targets are ±1?
# <details><summary>Answer</summary>It reaches ±1 at a = ±1, where it is still steep. A plain tanh would
# push its sums toward infinity, where no slope is left.</details>
#
# 5. The distance to ten drawings and a linear layer: what is the difference, after a softmax?
# <details><summary>Answer</summary>Only that the drawings are not trained. Their distances are a linear
# layer with weights 2c, up to what all classes share.</details>
#
# 6. You swap one part, and accuracy rises from .65 to .90. What do you know about the cause?
# <details><summary>Answer</summary>That this part is sufficient here. Not that it is necessary, and not that the old one was the
# illness: three other parts do the same.</details>
#
# 7. How would you test whether two changes cure the same illness?
# <details><summary>Answer</summary>Make both. If together they gain hardly more than one alone, they
# overlap.</details>
#
# 8. Why does F inputs ask for weights of the size 1/√F, not 1/F?
# <details><summary>Answer</summary>Differences with random signs add up like √F, not like F, because
# many cancel.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * LeNet-5 of 1998, layer by layer: 156 + 12 + 1,516 + 32 + 48,120 + 10,164 = 60,000 parameters,
#   340,908 connections. Today's has 61,706.
# * Trained subsampling, a table of who reads whom, a squash made for ±1, ten drawings.
# * The drawings are a frozen linear layer.
# * Any of four changes heals the network in this budget; the table does nearly nothing. What it
#   lacked was a good start.
#
# **On your own** Give the network of 1998 four times the budget: `experiments.accuracies({"1998":
# networks.YEAR_1998}, seeds=(0,), steps=1000)`. Predict first whether time alone heals it. `progress()`
# lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | both networks | `models/lenet.py` | `tests/models/test_families.py` |
# | the five parts | `lessons/lenet/networks.py` | `tests/lessons/lenet/test_networks.py` |
# | counts, experiments | `lessons/lenet/experiments.py` | `tests/lessons/lenet/test_experiments.py` |
# | the drawing | `plots/architecture.py` | `tests/plots/test_architecture.py` |
# | NumPy with the same weights | `numpy_nn/graph` | `tests/models/test_numpy_graphs.py` |
#
# **Sources**
# LeCun, Bottou, Bengio, Haffner 1998, *Gradient-based learning applied to document recognition*,
# Proceedings of the IEEE 86(11): section II.B (the network and all its counts), Figure 2, Table I (the
# table of C3), Figure 3 (the drawings), equation 7 (the distance), Appendix A (squash and first
# weights), abstract (the checks) · LeCun, Bottou, Orr, Müller 1998, *Efficient backprop* (weights by the
# root of F) · Alpaydin and Kaynak 1998, *Optical recognition of handwritten digits*, UCI (the digits).
#
# **Next** 18, AlexNet: the same idea with a thousand times the weights.
