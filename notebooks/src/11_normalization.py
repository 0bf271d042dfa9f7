# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 11. Normalize numbers among their companions
#
# **You will** build batch norm forward and backward, fold it away, meet its relatives, and find out
# when a batch of two ruins it, and what is known about why it helps.
# **You need** convolutional layers (notebook 4), the ReLU (7) and backpropagation (8). **Time** 75 min, CPU.
#
# A small CNN with **batch norm**, a layer that keeps numbers in scale, has learned to read
# handwritten digits. Now it shall read 500 new ones, 20 at a time. Once they come shuffled. Once they
# come sorted by class, as files lie in folders: first all zeros, then all ones. Same weights, same digits.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from torch.nn import functional

from course_lib import datasets, numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.gradcheck import gradcheck
from course_lib.lessons.normalization import experiments, figures, live
from course_lib.training import mean_std

rng = np.random.default_rng(seed=0)
SEEDS = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same digits in two orders
# Here are the first 20 digits of both orders. Each network was trained on shuffled digits, and nobody has touched it
# since. We count how many of 500 digits three such networks (three seeds) read right.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
digits, asked = datasets.load("digits"), experiments.in_two_orders(seeds=SEEDS)
by_class = np.argsort(digits.y_test, kind="stable")
shuffled, in_order = list(asked.values())[:2]
plots.describe(
    figures.show_opening(
        digits.x_test[:20, 0], digits.x_test[by_class[:20], 0], shuffled, in_order
    ),
    "Twenty handwritten digits of all classes, and twenty zeros. Below, test accuracy of three "
    "networks: above 0.9 for shuffled digits, between 0.2 and 0.25 for the same digits sorted by "
    "class. Guessing would give 0.1.",
)
assert min(shuffled) > 0.85 and max(in_order) < 0.4

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nothing was broken
# No error, no warning, and no weight has changed. Yet three of four digits that were read right
# are read wrong, because of the digits *next to them*.
#
# So in this network the answer for an image does not depend on this image alone. Something inside
# compares it with its neighbors in the batch. This something, batch norm, stands in a large part of all CNNs,
# and it makes them learn faster. **With whom does a network compare a number, and what does
# it gain by it?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A place among others
# One channel, on two images of two pixels: 3 and 5, 7 and 9. Is 9 a lot? Their mean is 6. They lie
# 3, 1, 1, 3 away, and the mean square of these is 5, so the **spread** is $\sqrt 5 = 2.24$. The 9
# lies $3/2.24 = 1.34$ spreads above the mean.
#
# Mean and spread are taken from the **companions** of the 9, itself among them. A norm replaces each
# number by its *place among its companions*.
#
# **Predict:** all four times 10, plus 100. What becomes of the 1.34?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
numbers = np.array([3.0, 5.0, 7.0, 9.0])
for channel in (numbers, 10 * numbers + 100):
    print(channel, np.round((channel - channel.mean()) / channel.std(), 2))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It stays: mean and spread grow along. No scale gets through.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 10", "eq 15", "Batch Normalization: Stabilizing Training"]
# ## Batch norm
# For each channel $c$, over all images and pixels of the batch:
#
# $$\hat x = \frac{x - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}}, \qquad y = \gamma_c\, \hat x + \beta_c$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$, $\hat x$, $y$ | input, normalized, output | (N, C, H, W) |
# | $\mu$, $\sigma^2$ | mean, variance of each channel | (C,) |
# | $\gamma$, $\beta$ | learned scale and shift | (C,) |
# | $m = N\,H\,W$ | companions of each number | one number |
# | $\varepsilon$ | 0.00001, so that nothing is divided by 0 | one number |
#
# The variance is the *biased* one: it divides by $m$. A common textbook form leaves ε out. Then a channel that is 7
# everywhere, as a convolution with bias 7 makes it of black images, gives 0/0.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In NumPy
# The companions are chosen by one line: the axes over which is averaged.


# %% slideshow={"slide_type": "fragment"}
def normalize(x, axes, eps=1e-5):
    mean = x.mean(axis=axes, keepdims=True)  # (1, C, 1, 1) for batch norm
    var = x.var(axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


def batch_norm(x, gamma, beta):
    return gamma[:, None, None] * normalize(x, (0, 2, 3)) + beta[:, None, None]


# %% slideshow={"slide_type": "skip"}
x = rng.normal(3, 2, (4, 3, 5, 6))  # N, C, H, W
gamma, beta = rng.normal(size=(2, 3))
ours = batch_norm(x, gamma, beta)
package = numpy_ops.batch_norm(x, np.zeros(3), np.ones(3), gamma, beta, training=True).y
by_torch = functional.batch_norm(
    *map(torch.tensor, (x, np.zeros(3), np.ones(3), gamma, beta)), training=True
)
assert np.allclose(ours, package) and np.allclose(ours, by_torch)
print("batch_norm = package = PyTorch, on maps of shape", x.shape)
with np.errstate(invalid="ignore"):
    constant = normalize(np.full((2, 1, 1, 1), 7.0), (0, 2, 3), eps=0)
print("a channel of sevens without ε:", constant.ravel())

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What are γ and β for?
# Without them each channel would have mean 0 and spread 1, and the ReLU behind would cut
# half of it, always. But perhaps the network wants a feature that fires rarely: β = −2 makes it so.
# With $\gamma_c = \sqrt{\sigma_c^2 + \varepsilon}$ and $\beta_c = \mu_c$ the network could even take the norm back.
#
# So no output is out of reach. What has changed is *who holds the scale*: before, the product
# of all weights of all layers, now one number γ a channel, one β, which training can set directly.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# One channel, two images of four pixels: 2 4 4 4 and 5 5 7 9. Batch norm in training mode, γ = 4,
# β = −1, ε = 0. What becomes of the 9?

# %% slideshow={"slide_type": "skip"}
nine = ...  # your number
check("11.by_hand", nine)
# hint("11.by_hand")
# solution("11.by_hand")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Whose mean at test time?
# A user sends one image. With whom shall it be compared? Not with whoever comes along by chance.
# So in *training mode* batch norm also keeps **running statistics** $r$ of all batches it sees, one for the mean and one
# for the variance, each of shape (C,). In *eval mode*, for use, it takes them in place of the batch's own:
#
# $$r \leftarrow (1 - \text{momentum})\; r + \text{momentum} \cdot r_{\text{batch}}$$
#
# They start at mean 0, variance 1. PyTorch's momentum, 0.1, weighs the *new* value; Keras' weighs
# the *old* one: its 0.9 is this 0.1.
#
# In eval mode each channel is only multiplied by one fixed number and shifted by another. An image is answered for itself.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two variances
# Numbers lie nearer to their *own* mean than to that of all images. So the variance of a batch comes out too small, on
# average by the factor $(m-1)/m$. So the one that is *kept* is
# divided by $m - 1$ (`ddof=1`), while the one with which the batch is normalized is divided by $m$.

# %% slideshow={"slide_type": "skip"}
mean = 0.9 * np.zeros(3) + 0.1 * x.mean(axis=(0, 2, 3))
var = 0.9 * np.ones(3) + 0.1 * x.var(axis=(0, 2, 3), ddof=1)
kept = numpy_ops.batch_norm(x, np.zeros(3), np.ones(3), training=True)
assert np.allclose(mean, kept.running_mean) and np.allclose(var, kept.running_var)
print("after one batch: running mean", mean.round(2), "running variance", var.round(2))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two momenta
# A network trains with 64 digits a step. Now and then we ask it for the test digits: with the
# statistics of a shuffled batch, and in eval mode with running ones, at two momenta.
# **Predict:** which momentum is better here, 0.1 or 0.01?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
caught = experiments.catch_up(seeds=SEEDS, momenta=(0.1, 0.01), steps=(5, 10, 20, 40, 60, 100))
curves = {"training mode": caught.training}
curves |= {f"eval, momentum {m}": shares for m, shares in caught.evaluating.items()}
labels = {"x_label": "steps of training", "y_label": "test accuracy (share)"}
plots.describe(
    figures.show_seeds(caught.steps, curves, **labels),
    "Test accuracy against steps. In training mode and in eval mode with momentum 0.1 it rises "
    "together to above 0.9. With momentum 0.01 eval mode stays behind, at about 0.4 after 20 steps.",
)
behind = (caught.training - caught.evaluating[0.01])[2]  # after 20 steps
assert np.mean(behind) > 0.1 and min(caught.evaluating[0.1][-1]) > 0.85

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0.1. After 20 steps $0.99^{20} = 82\,\%$ of what is kept with 0.01 is still the start, 0 and 1, that no digit
# has ever had. The weights are the same ones! If a network is right in training and wrong in eval,
# look at its running statistics first.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back
# In training mode mean and spread are made of the same numbers that they normalize. So nudge a
# single one, and *all* companions move. Nudge the 3 in 3, 5, 7, 9 to 3.1. **Predict:** which of the
# others fall, which rise?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
place = lambda channel: (channel - channel.mean()) / channel.std()  # noqa: E731
nudged = np.array([3.1, 5.0, 7.0, 9.0])
print("normalized ", *(f"{value:7.3f}" for value in place(numbers)))
print("moved by   ", *(f"{value:7.3f}" for value in place(nudged) - place(numbers)))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The 5 and the 7 fall, the 9 rises. The mean rises by 0.025, so all others fall alike. But the spread shrinks, which pushes
# every number away from the middle: that lifts the 9 again, and pushes the 5 down further.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three ways back
# Let $s = \sqrt{\sigma^2 + \varepsilon}$ be the spread, and $\delta_j = \partial L/\partial \hat x_j = \gamma\, \partial L/\partial y_j$ for the $m$ numbers of a channel. A number $x_k$ reaches
# the loss in three ways (notebook 8: along an arrow multiply, then add up):
#
# | way | $x_k$ moves it by | it moves $\hat x_j$ by | sends back |
# |---|---|---|---|
# | straight to $\hat x_k$ | | $1/s$ (only $j = k$) | $\delta_k/s$ |
# | the mean | $1/m$ | $-1/s$ | $-\tfrac1m \sum_j \delta_j / s$ |
# | the spread $s$ | $\hat x_k/m$ | $-\hat x_j/s$ | $-\hat x_k \tfrac1m \sum_j \delta_j \hat x_j / s$ |
#
# $$\frac{\partial L}{\partial x_k} = \frac{1}{s}\Big(\delta_k - \overline{\delta} - \hat x_k\, \overline{\delta \hat x}\Big)$$

# %% [markdown] slideshow={"slide_type": "skip"}
# A bar is a mean over the companions. Where does $\hat x_k/m$ come from? $s^2 = \tfrac1m \sum_j (x_j - \mu)^2 + \varepsilon$. If $x_k$ rises by a
# little, $s^2$ rises by $\tfrac2m (x_k - \mu)$ times that (that μ moves too changes nothing, because the distances from
# the mean add up to 0). And $s$ itself rises by $1/(2s)$ of what $s^2$ does: $\tfrac{x_k - \mu}{m\,s} = \hat x_k/m$.
#
# In the code below `grad_y` is $\partial L/\partial y$, of shape (N, C, H, W). γ and β are simpler: $y = \gamma \hat x + \beta$ uses each of them $m$ times, so
# $\partial L/\partial \gamma = \sum_j \hat x_j\, \partial L/\partial y_j$ and $\partial L/\partial \beta = \sum_j \partial L/\partial y_j$, of shape (C,).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The way back in NumPy


# %% slideshow={"slide_type": "fragment"}
def batch_norm_backward(grad_y, x, gamma, axes=(0, 2, 3)):
    z = normalize(x, axes)  # x̂
    delta = gamma[:, None, None] * grad_y
    spread = np.sqrt(x.var(axes, keepdims=True) + 1e-5)
    common, along = (part.mean(axes, keepdims=True) for part in (delta, delta * z))
    grad_x = (delta - common - z * along) / spread
    return grad_x, (grad_y * z).sum(axes), grad_y.sum(axes)


# %% slideshow={"slide_type": "skip"}
grad_y = rng.normal(size=x.shape)
ours = batch_norm_backward(grad_y, x, gamma)
package = numpy_ops.batch_norm_backward(grad_y, x, None, None, gamma, beta, training=True)
inputs = [torch.tensor(array, requires_grad=True) for array in (x, gamma, beta)]
y = functional.batch_norm(inputs[0], None, None, *inputs[1:], training=True)
autograd = torch.autograd.grad(y, inputs, torch.tensor(grad_y))
for mine, *others in zip(ours, package, autograd, strict=True):
    assert all(np.allclose(mine, other) for other in others)
gradcheck(lambda *a: numpy_ops.batch_norm(a[0], None, None, *a[1:]).y, (x[:2, :, :2, :2], gamma, beta),
          backward=lambda g, x, gamma, beta: batch_norm_backward(g, x, gamma), generator=rng)  # fmt: skip
print("the way back = package = autograd = nudges, for x, γ and β")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the norm lets through
# **Predict:** the loss rises alike with *every* number of a channel, δ = 1 everywhere: it wants all of them lower. How much
# of that wish arrives at x?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
z, ones = normalize(x, (0, 2, 3)), np.ones(3)
for wish, grad in {"δ = 1": np.ones_like(x), "δ = x̂": z, "δ random": grad_y}.items():
    arrives = batch_norm_backward(grad, x, ones)[0]
    print(f"{wish:10} sent {np.linalg.norm(grad):5.1f}   arrives {np.linalg.norm(arrives):7.3f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nothing. The norm would take a common shift off again, so it is no use asking x for one. Nor for a common stretch, which
# is what δ = x̂ asks for. The bracket subtracts just these two parts of δ; they are left to β and γ.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: other companions
# Layer norm compares each sample with itself: x is (N, D), and mean and variance are those of a *row* (eps = 1e-5,
# no γ, no β). Write the gradient of x.


# %% slideshow={"slide_type": "skip"}
def layer_norm_backward(grad_y, x): ...


check("11.backward", layer_norm_backward)
# hint("11.backward")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fold it away
# In eval mode nothing depends on the batch any more. With the factors $g_c = \gamma_c/\sqrt{\sigma_c^2 + \varepsilon}$, of shape (C_out,), a convolution ($*$) and the norm behind it are
#
# $$g_c \,\big(K_c * x + b_c - \mu_c\big) + \beta_c = (g_c K_c) * x + \big(g_c (b_c - \mu_c) + \beta_c\big)$$
#
# which is *one* convolution with other weights. The norm is gone, and not approximately. (In training this bias $b_c$ is useless:
# the mean takes it off at once. So convolutions before a batch norm usually have none.)


# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
def fold(weight, bias, mean, var, gamma, beta, eps=1e-5):
    scale = gamma / np.sqrt(var + eps)  # (C_out,)
    return weight * scale[:, None, None, None], (bias - mean) * scale + beta


weight, bias = rng.normal(size=(3, 2, 3, 3)), rng.normal(size=3)
image = rng.normal(size=(4, 2, 8, 9))
two = numpy_ops.batch_norm(numpy_ops.conv2d(image, weight, bias), mean, var, gamma, beta).y
one = numpy_ops.conv2d(image, *fold(weight, bias, mean, var, gamma, beta))
print(f"largest difference {abs(one - two).max():.0e}")
assert abs(one - two).max() < 1e-12

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the other way round
# Here batch norm stands *before* a linear layer: $y = W\,\mathrm{bn}(x) + b$, with weight (O, I), bias (O,), and `mean`, `var`,
# `gamma`, `beta` (I,), eps = 1e-5. Give the new weight with the new bias as its last column: `np.column_stack([weight, bias])`, (O, I + 1).


# %% slideshow={"slide_type": "skip"}
def fold_before(weight, bias, mean, var, gamma, beta): ...


check("11.fold_before", fold_before)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 16", "Group Normalization: Alternative to BatchNorm"]
# ## Other companions
# Why the other images at all? A number could as well be compared with numbers of *its own* image. The formula
# stays, γ and β stay one number a *channel*; only the companions change. The number in the black frame
# is normalized with all that is orange.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_norms(),
    "Five grids of blocks, 3 images down, 4 channels across, 2×2 pixels each. Orange: batch norm, "
    "one channel of all images; layer norm, all of one image; instance norm, one block; group norm, "
    "two neighboring channels of one image; local response norm, one pixel in three channels.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who asks the others
# | norm | mean over | companions $m$ | in eval mode |
# |---|---|---|---|
# | batch | N, H, W | N·H·W | running statistics |
# | layer | C, H, W | C·H·W | as in training |
# | instance | H, W | H·W | as in training |
# | group, G groups | C/G channels, H, W | (C/G)·H·W | as in training |
#
# Layer and instance norm are group norm with G = 1 and G = C. (In PyTorch, `LayerNorm` of maps has a γ for each *number*, shape (C, H, W); ours has one a channel.)
# Only batch norm mixes images. So only batch norm could fall for the sorted digits, and only batch norm can be folded away:
# the others must look at every image anew.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Change a number, and see who else moves
# Three images below each other, four channels side by side. Change a number of the last image: under which norm does the *first* image change?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.companions(rng.integers(0, 10, (3, 4, 2, 2)).astype(float))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Group norm is three lines
# Give the groups an axis of their own, average over the rest, and put the axes back.


# %% slideshow={"slide_type": "fragment"}
def group_norm(x, num_groups):
    n, c, h, w = x.shape
    parts = x.reshape(n, num_groups, c // num_groups, h, w)
    return normalize(parts, axes=(2, 3, 4)).reshape(x.shape)


# %% slideshow={"slide_type": "skip"}
maps = rng.normal(size=(2, 6, 3, 4))
assert np.allclose(group_norm(maps, 3), numpy_ops.group_norm(maps, num_groups=3))
assert np.allclose(group_norm(maps, 3), functional.group_norm(torch.tensor(maps), 3))
assert np.allclose(group_norm(maps, 6), numpy_ops.instance_norm(maps))
assert np.allclose(group_norm(maps, 1), functional.layer_norm(torch.tensor(maps), (6, 3, 4)))
print("groups of 2 channels, of 1 (instance norm), of all 6 (layer norm): as expected")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### An ancestor: local response norm
# AlexNet (notebook 18) compared a number with the same pixel of neighboring channels. It took off no
# mean and learned nothing, for α, β and k are fixed:
#
# $$y_c = x_c \Big/ \Big(k + \frac{\alpha}{n} \sum_{c'} x_{c'}^2\Big)^{\beta}$$
#
# The sum runs over the $n$ channels around $c$. Let all $x$ be 1, with $n = 3$ and α = β = k = 1: each number becomes
# $1/(1 + 3/3) = 0.5$. Make one of them 10, and its neighbors fall to $1/(1 + 102/3) = 0.03$. It is a contest: who is
# loud makes its neighbors quiet. Since batch norm hardly anyone uses it.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# This should be group norm, groups of *neighboring* channels, without γ and β. It runs, and it is wrong.


# %% slideshow={"slide_type": "skip"}
def buggy_group_norm(x, num_groups):
    n, c, h, w = x.shape
    parts = x.reshape(n, c // num_groups, num_groups, h, w)
    mean = parts.mean(axis=(1, 3, 4), keepdims=True)
    var = parts.var(axis=(1, 3, 4), keepdims=True)
    return ((parts - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)


check("11.group_bug", buggy_group_norm)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A batch of two
# Large images fill the memory, and only two fit into a batch. Our network ends in maps of 1×1 pixel,
# so there a number has one companion besides itself. **Predict:** what does batch norm make of 4 and
# 10? Of 4 and 4.5?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for pair in ([4.0, 10.0], [4.0, 4.5], [10.0, 4.0]):
    print(pair, "become", normalize(np.array(pair).reshape(2, 1, 1, 1), (0, 2, 3)).ravel().round(2))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# −1 and 1, always: each lies one spread from the middle. All that is left is *who is larger*; by how
# much is gone. And what a nudge cannot change sends no slope back.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two, eight, sixty-four
# The same network with batch norm, with group norm (4 groups), and without a norm; with Adam, which
# chooses the step of each weight by itself (notebook 16). All go twice through the same 1,297 digits, so small
# batches take more steps. Accuracy in eval mode.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
sizes = (2, 8, 64)
small = experiments.by_batch_size(seeds=SEEDS, norms=("none", "batch", "4 groups"), sizes=sizes)
names = {"none": "no norm", "batch": "batch norm", "4 groups": "group norm"}
labels = {"x_label": "digits a step", "y_label": "test accuracy (share)"}
plots.describe(
    figures.show_seeds(sizes, {names[norm]: shares for norm, shares in small.items()}, **labels),
    "Test accuracy for batches of 2, 8 and 64. Without a norm and with group norm: about 0.9, 0.9 "
    "and 0.7. Batch norm is about 0.5 at 2, and the best of the three at 8 and 64.",
)
assert small["batch"][0].max() < 0.7 < min(small["none"][0].min(), small["4 groups"][0].min())
assert small["batch"][1].min() > 0.85

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The batch, or the company?
# At 2 batch norm is far behind; no norm at all does as well as group norm. Is it the batch? If too few
# companions are the cause, then two images with 2×2 pixels at the end, eight companions, must be
# enough. And *group* norm must fail with two numbers a group: 16 channels in 8 groups, 1×1
# maps, batches of 8. **Predict:** what comes out?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
wide = experiments.by_batch_size(seeds=SEEDS, norms=("batch",), sizes=(2,), last=2)
pairs, eights = (experiments.by_batch_size(seeds=SEEDS, norms=("8 groups",), sizes=(8,), last=side) for side in (1, 2))  # fmt: skip
company = {
    "batch norm, 2 companions": small["batch"][0], "batch norm, 8 companions": wide["batch"][0],
    "group norm, 2 companions": pairs["8 groups"][0], "group norm, 8 companions": eights["8 groups"][0],
}  # fmt: skip
plots.describe(
    plots.show_rows(company, label="accuracy (dotted: guessing)", limits=(0, 1), reference=0.1),
    "Test accuracy by companions in the last layer: batch norm about 0.5 with 2 and 0.9 with 8, "
    "group norm about 0.2 with 2 and 0.9 with 8.",
)
assert all(max(v) < 0.7 if "2 c" in name else min(v) > 0.8 for name, v in company.items())

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **The company.** With eight companions both read nine of ten digits; with two both fail, group norm even at eight images
# a step. So "batch norm fails at batch 2" is too short: count $m$ in every layer.

# %% [markdown] slideshow={"slide_type": "skip"}
# (At 64 all were lower because 40 steps are few. On ImageNet, more than a million photos, Wu and He found that
# the error of batch norm rises from 8 images a step downwards, which here we do not see. Why does group norm fall lower? Probably, which we did not measure, because a pair of batch norm is at
# least another one at each step, and in eval mode running statistics bring back real sizes. A pair of group norm is always the same two channels,
# and which of them is larger depends little on the image.)
#
# ### Your turn: design
# Your images are so large that only 2 fit into a batch. Batch norm is everywhere; the last maps are 16×16. What do you expect?
#
# * **a** Every batch norm sees two numbers a channel and gives ±1: it will fail.
# * **b** It cannot fail in eval mode, because running statistics replace the batch.
# * **c** There are 512 or more a channel: it may work, though they are of 2 images only.
# * **d** More channels in each layer would give more companions.

# %% slideshow={"slide_type": "skip"}
check("11.design", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is gained: longer steps
# Now the other half of the question: why all this? The same network is trained for 120 plain steps (against the gradient, notebook 8), 32 digits each, with
# learning rates from 0.01 to 3. Where does each valley begin and end?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
rates = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
by_rate = experiments.final_losses({"rate": rates}, seeds=SEEDS, norms=tuple(names))
labels = {"x_label": "learning rate", "y_label": "loss after 120 steps (nats)"}
curves = {names[norm]: losses for norm, losses in by_rate.items()}
plots.describe(
    figures.show_seeds(rates, curves, **labels, limits=(0, 2.5)),
    "Final loss against learning rate, three valleys. Without a norm only 0.1 to 0.3 come below 1. "
    "Batch norm is below 0.6 from 0.1 up to 3. Group norm lies between them.",
)
assert (by_rate["batch"][-2:] < by_rate["none"][-2:] / 2).all()
assert (by_rate["batch"].min(axis=0) < by_rate["none"].min(axis=0)).all()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What is gained: careless first weights
# So batch norm forgives a rate ten times too large, and without a norm even the best rate does not come as low.
#
# Now Adam at one rate. The first weights, by He's rule (notebook 10), are multiplied by 0.1 to 10.
# **Predict:** where does batch norm help most, and where not at all?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
scales = (0.1, 0.3, 1.0, 3.0, 10.0)
by_scale = experiments.final_losses({"scale": scales}, seeds=SEEDS, norms=tuple(names))
labels = {"x_label": "factor on the first weights", "y_label": "loss after 120 steps (nats)"}
curves = {names[norm]: losses for norm, losses in by_scale.items()}
plots.describe(
    figures.show_seeds(scales, curves, **labels, limits=(0, 2.5)),
    "Final loss against the factor on the first weights. Without a norm the loss is lowest at 1 "
    "and leaves the picture at 10. Batch norm is lowest at 0.1, equal to no norm at 1, about 1 at 10.",
)
assert (by_scale["batch"][[0, -1]] < by_scale["none"][[0, -1]] / 2).all()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It helps at both ends, most at 10, where the loss without a norm is about 15 (drawn at the upper edge). At 1, with weights chosen with care, it gains *nothing*
# here. And "with batch norm, initialization does not matter" is too strong: from 0.1 to 10 its loss rises as well.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where this comes from
# Multiply all weights of a convolution by $a$: its outputs, their mean and their spread all grow by $a$. So (with ε left aside)
#
# $$\mathrm{BN}\big((aK) * x\big) = \mathrm{BN}(K * x)$$
#
# The forward pass does not notice the scale; only the direction of the weights counts. A step of the same length turns large
# weights by less, which explains the slow right end of the last picture.
#
# And the way back: do the slopes of large weights stay, too? That is the next exercise. What follows from it
# explains the long steps of the picture before.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: and the slope?
# All weights of a convolution (no bias) before a batch norm in training mode are multiplied by 10; ε aside. What happens?
#
# * **a** The output grows tenfold, and so does the gradient of the weights.
# * **b** The output stays, and the gradient of the weights becomes a tenth.
# * **c** The output stays, and so does the gradient of the weights.
# * **d** The output stays, and the gradient of the weights grows tenfold.

# %% slideshow={"slide_type": "skip"}
check("11.scale", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why does it help?
# The inventors had a reason. While a network learns, the inputs of a layer **drift**, because the layers before it change: *internal
# covariate shift*. A layer would have to follow a moving target, and batch norm holds it still. Many texts give that as a fact.
#
# Santurkar et al. (2018) put it to the test: let batch norm do its work, *then shift and stretch every channel at random*, differently
# at each step. The target moves worse than ever. **Predict:** if drift is what hurts, how does this network learn?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Drift put back
# All at rate 0.3, the best one without a norm. Left: how far the means of the third layer's inputs move a step. Middle: by how many degrees
# the gradient has turned after a step along it.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
kinds = {"none": "no norm", "batch": "batch norm", "noisy batch": "with noise"}
found = experiments.drifting(seeds=SEEDS, norms=tuple(kinds))
plots.describe(
    figures.show_drift({kinds[norm]: drift for norm, drift in found.items()}),
    "Three panels. Drift: near 0 with batch norm, about 0.15 without, 0.25 with noise. Turn of the "
    "gradient: about 60 degrees with batch norm, 67 with noise, 84 to 106 without. Loss: 0.2 to "
    "0.3 with batch norm, with or without noise, 0.3 to 0.7 without a norm.",
)
plain, noisy = found["none"], found["noisy batch"]
assert (noisy.drift > 1.15 * plain.drift).all() and (noisy.loss < 0.9 * plain.loss).all()
assert (noisy.turn < plain.turn - 8).all() and (8 * found["batch"].drift < plain.drift).all()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It drifts *more* than the network without a norm, and learns better, nearly as well as undisturbed batch norm. What goes along with learning here is not
# drift but the middle: with batch norm the gradient still points roughly the right way after the step.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Known, and only supposed
# | | |
# |---|---|
# | **known** (algebra) | the scale of the weights does not matter forward; slopes shrink as weights grow, so a step too long is followed by gentler ones; folding is exact |
# | **measured**, here too | larger rates; less care for first weights; gradients that turn less; drift alone does not spoil it |
# | **supposed** | that smoother gradients are *the* cause (Santurkar et al.); that it separates how long a vector of weights is from where it points; that noise from the batch helps unseen data |
# | **refuted as the whole story** | that it helps because drift is gone |
#
# Our test is one small network. And drift may still hurt where it is larger.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The first picture again
# The two rows of the beginning, and two more: the same network after `network.eval()`, and its sister with group norm. All with 20
# digits at a time.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    plots.show_rows(asked, label="test accuracy (dotted: guessing)", limits=(0, 1), reference=0.1),
    "Four rows. Batch norm in training mode: above 0.9 shuffled, 0.2 to 0.25 sorted. Batch norm in "
    "eval mode and group norm in training mode, both on sorted digits: above 0.9.",
)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
# All that was measured, mean ± spread of three seeds
for name, shares in {**asked, **company}.items():
    print(f"{name:40} accuracy {mean_std(shares)}")
print(f"eval behind training mode after 20 steps, momentum 0.01: {mean_std(behind)}")
for title, values, table in (("digits", sizes, small), ("rate", rates, by_rate), ("scale", scales, by_scale)):  # fmt: skip
    for norm, rows in table.items():
        print(f"{title:6} {names[norm]:11}", *(f"{v:g}: {mean_std(r)}  " for v, r in zip(values, rows, strict=True)))  # fmt: skip
for norm, each in found.items():
    print(f"{kinds[norm]:11}", *(f"{field} {mean_std(v)}  " for field, v in each._asdict().items()))
assert min(asked["batch norm, eval mode, sorted"]) > 0.85
assert min(asked["group norm, training mode, sorted"]) > 0.85

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### With whom it compares
# Batch norm compares a number with its channel in *the other images of the batch*. Among twenty zeros a zero is average: what makes it
# a zero is common to all, so the mean takes it off. In eval mode the company is that of the whole training, and the order does not matter. Group
# norm never looks beyond its own image.
#
# What is gained is a scale that no longer depends on all the weights before: longer steps, less care. Although: with too few companions little is left of the
# number, and *why* it helps so much is not settled.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Maps of shape (16, 32, 7, 7). How many companions has a number under batch, layer, instance norm, and 8 groups?
# <details><summary>Answer</summary>16·49 = 784; 32·49 = 1,568; 49; 4·49 = 196.</details>
#
# 2. How many learned numbers has each of them?
# <details><summary>Answer</summary>64 each: γ and β for each of 32 channels. Batch norm keeps 64 more that are not learned.</details>
#
# 3. Why has a convolution before batch norm no bias?
# <details><summary>Answer</summary>The mean takes it off; β does its work.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. You write `momentum=0.99` in PyTorch because a Keras model had it. What happens?
# <details><summary>Answer</summary>99 % of what is kept is the last batch. Write 0.01.</details>
#
# 5. You train further with the batch norms in eval mode. Which term of the way back is left?
# <details><summary>Answer</summary>Only the straight one: γ·∂L/∂y / s. Mean and spread are fixed numbers then.</details>
#
# 6. Why is batch norm with one image and maps of 1×1 an error, and with one image and maps of 8×8 not?
# <details><summary>Answer</summary>A single number has no spread. 64 pixels of one image do have one; it is then instance norm.</details>
#
# 7. Can group norm be folded into a convolution?
# <details><summary>Answer</summary>No. Its mean and spread are made of each image; there is no fixed factor.</details>
#
# 8. The running variance divides by m − 1. For m = 2, by what factor would it be too small otherwise?
# <details><summary>Answer</summary>On average by one half: (m − 1)/m.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A norm replaces a number by its place among companions; norms differ in *who they are*.
# * Batch norm asks the batch in training, running statistics in eval mode. Forget `eval()`, and the answer depends on the neighbors.
# * The way back takes off what the norm would take off: a common shift and a common stretch.
# * In eval mode it folds into the convolution, exactly.
# * Two companions leave ±1, for batch norm and group norm alike. Count m.
# * Longer steps and careless weights: measured. Why: not settled.
#
# **On your own** `experiments.in_two_orders(seeds=(0,), batch_size=100)`: predict first what sorted digits give in batches of 100, and
# of 500. `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `batch_norm` and its way back | `numpy_ops/normalization/batch.py` | `tests/parity/test_normalization.py` |
# | `group_norm`, instance norm | `numpy_ops/normalization/group.py` | `tests/parity/test_normalization.py` |
# | local response norm | `numpy_ops/normalization/local_response.py` | `tests/parity/test_normalization.py` |
# | layers with γ, β, statistics | `numpy_nn/normalization.py` | `tests/parity/test_normalization.py` |
# | what is measured | `lessons/normalization` | `tests/lessons/normalization` |
#
# **Sources**
# Ioffe, Szegedy 2015, *Batch normalization*, arXiv:1502.03167 (algorithms 1 and 2; the way back in section 3) · Wu, He 2018, *Group normalization*,
# arXiv:1803.08494 (equations 1, 2, 6, 7) · Ba, Kiros, Hinton 2016, *Layer normalization*, arXiv:1607.06450 · Ulyanov, Vedaldi, Lempitsky 2016,
# *Instance normalization*, arXiv:1607.08022 · Krizhevsky, Sutskever, Hinton 2012, section 3.3 (local response norm) · Santurkar, Tsipras, Ilyas, Madry
# 2018, *How does batch normalization help optimization?*, arXiv:1805.11604 · Zhang et al., *Dive into deep learning*, chapter on batch normalization (what is
# intuition and what is proved).
#
# **Next** 12, residual connections: a way around for what even batch norm does not get through forty layers.
