# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 10. Start a deep network at the right size
#
# **You will** follow the size of a signal through thirty layers and of an error back, and compute
# before the first step whether a deep network can learn.
# **You need** the backward pass (notebook 8); variance, from school or from here. **Time** 60 min,
# CPU.
#
# Thirty dense layers with ReLU are to read 8×8 digits. Their first weights are random numbers, as
# PyTorch draws them unless it is told otherwise. And a second time: the *same* random numbers, each
# of them multiplied by 2.45 before the first step. Same digits, same order, same optimizer. It seems
# a small thing: training moves the weights anyway.

# %% slideshow={"slide_type": "skip"}
from itertools import product
from math import log2, prod, sqrt

import numpy as np
import torch

from course_lib import numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.initialization import experiments, figures, live, signals

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same numbers, 2.45 times as large
# Each line is one training of 200 steps; the three seeds are three draws of the weights. So that
# nobody suffers from a badly chosen learning rate, every network was trained with three of them,
# and only its best run is drawn.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
first = experiments.train_at_best_rate((1.0, sqrt(6)), seeds=seeds)
curves = dict(zip(("PyTorch's default", "the same, times 2.45"), first.losses, strict=True))
plots.describe(
    figures.show_losses(curves),
    "Loss against steps. With PyTorch's default weights it stays at log 10, 2.3 nats, on three "
    "seeds. With the same weights times 2.45 it falls below 1.5 on all three.",
)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
for name, accuracies in zip(curves, first.accuracies, strict=True):
    print(f"{name:21} test accuracy {np.mean(accuracies):.2f} ± {np.std(accuracies, ddof=1):.2f}")
assert first.accuracies[0].max() < 0.2 and first.accuracies[1].min() > 0.5

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nothing moves
# With the default weights the loss does not move at all, at any of the three rates: the network
# gives each class the same tenth to the end. It is not slow, it is deaf. Multiply all weights by
# one number, and it learns. At the end you will see that 2 is too little and 3 too much.
#
# Nobody has to find such a number by trying. **How large must the first random numbers be, so that
# thirty layers let a signal through, there and back?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One sum of random numbers
# A unit of a layer adds up inputs times weights: $z = w_1 h_1 + w_2 h_2 + w_3 h_3$. Take the inputs
# 2, 1, 2, and let each weight be +0.1 or −0.1, by the toss of a coin. There are eight cases, so we
# can look at all of them.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
h = np.array([2.0, 1.0, 2.0])
sums = [float(np.dot(w, h)) for w in product((0.1, -0.1), repeat=3)]
print("eight sums: ", *(f"{z:5.1f}" for z in sums))
print(f"mean {np.mean(sums):.2f}, mean of the squares {np.mean(np.square(sums)):.2f}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The mean is 0, so it says nothing about size; we measure size by the **mean square**. And 0.09 is
# $0.1^2 \cdot (2^2 + 1^2 + 2^2)$: the squares of the weights times the squares of the inputs. All
# other products are gone. Why?

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Weight Initialization Techniques"]
# ### What cancels
# The square of a sum has mixed terms, such as $2\, w_1 w_2\, h_1 h_2$. But $w_1 w_2$ is as often
# positive as negative, because the two are drawn independently with mean 0. So on average only the
# squares are left. For $n$ inputs and weights of variance $\sigma^2$:
#
# $$\mathrm{E}\big[z^2\big] = \sum_{i=1}^{n} \mathrm{E}\big[w_i^2\big]\, h_i^2
# = n\, \sigma^2 \cdot \overline{h^2}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $h$, $z$ | inputs of a layer, its sums | (N, n), (N, n_out) |
# | $W$ | weights, drawn independently, mean 0 | (n_out, n) |
# | $\sigma^2$ | variance of a weight: $\mathrm{E}[w^2]$ | one number |
# | $\overline{h^2}$ | mean square of the inputs | one number |
#
# **Predict:** a sum of 256 numbers instead of 16: how many times as wide does it scatter?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ten thousand sums
# They are drawn for each $n$, of inputs 1 with weights of variance 1. The black bar is one standard
# deviation to each side.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
scattered = {n: rng.standard_normal((10_000, n)).sum(axis=1) for n in (1, 16, 256)}
plots.describe(
    figures.show_sums(scattered),
    "Three histograms on one scale. A single number scatters by 1, a sum of 16 by 4, a sum of 256 "
    "by 16.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Four times as wide
# 4 times: the mean square grows 16 times, and the spread is its root. So a wide layer makes its
# signal larger, unless its weights are small. Only the variance of the weights counts, not whether
# they are normal, uniform or tosses of a coin.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Weight Initialization Techniques"]
# ## The ReLU takes its share
# Behind the sum stands a ReLU, and what it lets through is the input of the next layer. The sums are
# as often positive as negative. **Predict:** which share of the mean square is left behind the ReLU?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
z = rng.standard_normal((1000, 1000))
left = {"mean square": np.mean(numpy_ops.relu(z) ** 2), "variance": numpy_ops.relu(z).var()}
print(*(f"{name} {value:.2f}" for name, value in left.items()), sep="\n")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Half: the negative half becomes 0, the positive half stays as it was. (The *variance* falls to 0.34,
# because behind a ReLU the mean is no longer 0. But the formula asks for the mean square of $h$, so
# ½ is the number to use.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Layer upon layer
# So one layer, sum and ReLU, multiplies the mean square of the sums with one number, and thirty
# layers multiply with it thirty times:
#
# $$\overline{z_{l+1}^2} = \underbrace{\tfrac12\, n\, \sigma^2}_{\text{one layer}}\;
# \overline{z_l^2}$$
#
# Here $l$ numbers the layers, and $\overline{z_l^2}$ is the mean square of the sums of layer $l$: one
# number for all of them, (N, n). It does not matter any more what the single numbers are.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What PyTorch does to thirty layers
# PyTorch draws uniformly between $-1/\sqrt n$ and $1/\sqrt n$. A uniform number between $-b$ and $b$
# has variance $b^2/3$, so $\sigma^2 = 1/(3n)$. **Predict:** what is left after
# thirty layers?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
weight = torch.nn.Linear(1000, 1000).weight
assert abs(1000 * weight.var().item() - 1 / 3) < 0.01  # PyTorch keeps to it
for name, scaled in {"PyTorch's default": 1 / 3, "σ² = 1/n": 1, "σ² = 2/n": 2}.items():
    layer = scaled / 2
    bits = f"{30 * log2(layer):.0f} bits"
    print(f"{name:18} one layer times {layer:.3f}   thirty layers times {layer**30:.0e} = {bits}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Far less: each layer leaves a sixth. A **bit** is a factor of 2. −78 bits of the mean square are 39
# bits of each sum, so all digits look like 0. The cure is $\tfrac12 n \sigma^2 = 1$, so $\sigma^2 = 2/n$:
# 6 times the default's variance, and $\sqrt 6 = 2.45$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Thirty layers, measured
# 64 real digits go through thirty layers of 256 units that have just been drawn. Three draws each,
# and dashed what the formula says. Factors become straight lines, because bits add up.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
theory = {"PyTorch's default": log2(1 / 6), "LeCun": -1.0, "He": 0.0}
sent = {name: [signals.send(name, "relu", seed=seed) for seed in seeds] for name in theory}
plots.describe(
    figures.show_sizes(sent, theory),
    "Bits against the layer, three straight bundles: PyTorch's default falls to about minus 76 bits "
    "at layer 30, LeCun's 1/n to about minus 29, He's 2/n stays at 0. Dashed lines of theory lie "
    "on them.",
)

# %% slideshow={"slide_type": "skip"}
# Your turn, by hand: 24 dense ReLU layers of width 50 have weights with *standard deviation* 0.1. How
# many bits does the mean square gain (+) or lose (−) in all 24 together?
bits = ...  # your number
check("10.bits", bits)
# hint("10.bits")
# solution("10.bits")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Weight Initialization Techniques"]
# ## He's initialization
# $\sigma^2 = 2/n$ is the initialization of He and others (2015). In NumPy it is a line; the package
# draws the same numbers, and PyTorch calls it `kaiming_normal_`, after the first name.


# %% slideshow={"slide_type": "fragment"}
def he(shape, rng):
    n = prod(shape[1:])  # what one output adds up
    return sqrt(2 / n) * rng.standard_normal(shape)


print(f"spread {he((256, 128), rng).std():.3f}, and √(2/128) = {sqrt(2 / 128):.3f}")

# %% slideshow={"slide_type": "skip"}
mine, package = he((256, 128), np.random.default_rng(0)), numpy_ops.he_normal
assert np.allclose(mine, package((256, 128), generator=np.random.default_rng(0)))
twin = torch.nn.init.kaiming_normal_(torch.empty(256, 128), nonlinearity="relu")
assert abs(twin.std().item() / mine.std() - 1) < 0.03
print("numpy_ops draws the same numbers, PyTorch others of the same spread")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# Mathematicians write N(0, 2/n) and mean a *variance*; NumPy's `normal` and PyTorch's `normal_` ask
# for a *standard deviation*. Here is that slip. `normal` holds numbers with mean 0 and variance 1, of
# shape (fan_out, fan_in).


# %% slideshow={"slide_type": "skip"}
def draw(fan_in, fan_out, normal):
    variance = 2 / fan_in
    return variance * normal


check("10.draw_bug", draw)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Die or explode
# One digit, thirty layers of 64 units. Above are the sums of every layer as a tile of 8×8 numbers,
# below the slopes δ that come back from layer 30; we turn to them next.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From which factor on do the last tiles still show something?
# Guess before you move the slider. And at 3?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.scale(signals.digit_rows(1)[0])

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# A little below 2.45 the last tiles turn pale, a little above they fill with full color, because
# what seems little in one layer is raised to the 30th power: a factor of 2 on the weights loses 17
# bits, 3 gains 17. Press *other weights* at 2.45: with 64 units the thirty layers wander by a few
# bits to either side, since a mean over 64 random numbers is not yet a law. Then choose *linear*:
# nothing is halved, so the right factor is $\sqrt 3 = 1.73$.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall call factors. Start at 1 and go up slowly; stop at 1.7 and change to
# linear. Leave tanh for later: there the tiles never explode, and the slopes do.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## And back
# The error travels by $\delta^{(l)} = (\delta^{(l+1)} W^{(l+1)}) \odot f'(z^{(l)})$ (notebook 8). That
# is again a sum of random numbers, but over the *outputs* of the layer, since each number $h_i$ fed
# all of them. The ReLU's slope is 1 for half of the numbers and 0 for the others:
#
# $$\overline{\delta_{l}^2} = \tfrac12\, n_{\text{out}}\, \sigma^2 \;\overline{\delta_{l+1}^2}
# \qquad\text{beside}\qquad \overline{z_{l+1}^2} = \tfrac12\, n_{\text{in}}\, \sigma^2\;
# \overline{z_l^2}$$
#
# $\delta_l$ and $z_l$ are (N, n), one number for each unit of layer $l$; $n_{\text{in}}$ and
# $n_{\text{out}}$ are the two sizes of $W^{(l+1)}$, of shape (n_out, n_in). If they are equal, one
# choice serves both ways.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### There and back, measured
# The same networks. At layer 30 we put in random slopes of mean square 1, and follow them to the
# left.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_sizes(sent, theory, backward=True),
    "Two panels. On the left sums from layer 1 to 30 as before. On the right slopes from layer 30 "
    "back to layer 1: they fall by the same 78, 30 and 0 bits, along the lines of theory.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which layer learns least?
# The gradient of a weight is made of both: $\partial L/\partial W^{(l)}$ multiplies δ of the layer
# with the inputs of the layer. **Predict:** with weights that are too small, here $\sigma^2 = 1/n$,
# which layer has the smallest gradient: the first, the last, or one in the middle?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_gradients(sent["LeCun"]),
    "Bits against the layer. Sums fall from 0 to minus 29, slopes rise from minus 29 to 0, and the "
    "gradients of the weights lie on a flat line near minus 35.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### All layers alike
# None: they are all equally small. Where the slopes have still come a short way, the signal has
# already come a long one, and the lost bits add up to the same in every layer. Whoever compares
# layers only finds nothing wrong here. So look at the sums too.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: most will say "the first", after notebook 9. Let them add the two bit counts of
# layer 1, of layer 15 and of layer 30 on the board before the picture comes.

# %% slideshow={"slide_type": "skip"}
# Your turn, by hand: a ReLU, then a dense layer from 400 numbers to 100, drawn with He's variance
# 2/400. With what do both together multiply the mean square of δ on the way back?
factor = ...  # your number
check("10.back", factor)
# hint("10.back")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two directions, two sizes
# With more outputs than inputs the two ways want different weights: $2/n_{\text{in}}$ forward,
# $2/n_{\text{out}}$ backward. Glorot and Bengio (2010) took the middle, $2/(n_{\text{in}} +
# n_{\text{out}})$, for networks without ReLU; with it, twice that.
#
# **Predict:** widths alternate, 64, 256, 64, 256, … Which choice serves both ways best?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
widths = (64, *15 * [64, 256])
rules = {"2/n_in": ("He", 1), "2/n_out": ("He, fan-out", 1), "the middle": ("Glorot", sqrt(2))}
for rule, (name, gain) in rules.items():
    runs = [signals.send(name, "relu", seed=s, gain=gain, widths=widths) for s in seeds]
    there = np.mean([log2(run.sums[-2] / run.sums[0]) for run in runs])
    back = np.mean([log2(run.deltas[1] / run.deltas[-1]) for run in runs])
    print(f"{rule:11} there {there:5.1f} bits, back {back:5.1f} bits")
    assert (max(there, back) < -5) if rule == "the middle" else (min(there, back) > -4)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Either pure one; only the middle loses, both ways. It multiplies with $2 \cdot 64/320 = 0.4$, then with
# 1.6, and $0.4 \cdot 1.6 = 0.64$ is not 1. With a pure rule the other way has factors 4 and ¼, which
# cancel.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# Widths go 64, 256, 64, 256, … for thirty layers, and weights have He's variance $2/n_{\text{in}}$. On
# the way back layers multiply the mean square of δ with $n_{\text{out}}/n_{\text{in}}$: with 4, with ¼,
# with 4, … Does the error arrive at the first layer?
#
# * **a** No: half of the layers multiply with 4, and $4^{15}$ is a billion.
# * **b** Yes: each width stands once above and once below, so only the ends are left.
# * **c** Yes: the ReLU lets half of the slopes through, which makes up for
#   $n_{\text{out}}/n_{\text{in}}$.
# * **d** No: the way back needs weights of its own, drawn with $2/n_{\text{out}}$.

# %% slideshow={"slide_type": "skip"}
check("10.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Weight Initialization Techniques"]
# ### Who is who
# | name | variance σ² | made for | in PyTorch |
# |---|---|---|---|
# | LeCun 1998 | $1/n_{\text{in}}$ | the way forward, no ReLU | – |
# | Glorot (Xavier) 2010 | $2/(n_{\text{in}} + n_{\text{out}})$ | both ways, no ReLU | `xavier_normal_` |
# | He (Kaiming) 2015 | $2/n_{\text{in}}$ | ReLU | `kaiming_normal_` |
# | PyTorch's default | $1/(3 n_{\text{in}})$ | habit | `nn.Linear`, `nn.Conv2d` |
#
# A **gain** $g$ multiplies the weights for what an activation takes: He is LeCun with $g = \sqrt 2$.
# A common textbook form calls $N(0, 1/n)$ "Xavier". It is LeCun's, and Glorot's only where
# $n_{\text{in}} = n_{\text{out}}$.

# %% slideshow={"slide_type": "skip"}
shape = (96, 3, 11, 11)  # the first convolution of AlexNet
fans = numpy_ops.fan_in_and_fan_out(shape)
print(f"{fans}: LeCun {1 / fans.fan_in:.1e}, Glorot {2 / sum(fans):.1e}")

# %% [markdown] slideshow={"slide_type": "skip"}
# For AlexNet's first layer the two differ 16 times. And PyTorch's default? Its source calls
# `kaiming_uniform_(a=√5)`, He's rule for a leaky ReLU of slope √5 = 2.24, which no network has, and
# says in a comment why: it gives the interval from $-1/\sqrt n$ to $1/\sqrt n$, since
# $2/((1 + 5)\, n) = 1/(3n)$.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A convolution
# One output adds up a window of $K_h \times K_w$ pixels in each of $C_{\text{in}}$ maps. So for a kernel
# of shape (C_out, C_in, K_h, K_w) **fan-in** and **fan-out** are
#
# $$n_{\text{in}} = C_{\text{in}}\, K_h\, K_w, \qquad n_{\text{out}} = C_{\text{out}}\, K_h\, K_w .$$
#
# At a border the window hangs over the edge and adds up zeros. **Predict:** does that matter? Thirty
# layers, 8×8 maps, the same He weights with zeros around, and with the map continued around itself.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
slopes = {
    padding: np.array(
        [signals.bits_a_layer(signals.send_through_convolutions(seed=s, padding=padding)) for s in seeds]
    )
    for padding in ("zeros", "circular")
}  # fmt: skip
for padding, bits in slopes.items():
    print(f"{padding:10}", *(f"{value:+.2f}" for value in bits))
lost = slopes["zeros"] - slopes["circular"]
print(f"difference {np.mean(lost):+.2f} ± {np.std(lost, ddof=1):.2f} bits a layer")
assert -0.25 < lost.min() and lost.max() < -0.05

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A little: 0.1 bit a layer, three or four in thirty. 28 of 64 pixels lie on the border and add up
# six or four numbers for nine.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: in code
# A leaky ReLU multiplies negative numbers with a `slope` $a$ instead of 0. Return the standard
# deviation that keeps the mean square, for a weight of any shape (out, in, *kernel): dense, 1-D or 2-D.


# %% slideshow={"slide_type": "skip"}
def deviation(shape, slope):
    # your code: return a number
    return None


check("10.deviation", deviation)
# hint("10.deviation")
# solution("10.deviation")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## tanh has no factor
# The ReLU takes half of *any* signal. tanh does not: small sums it leaves as they are, large ones it
# cuts at ±1. So there is no factor a layer, but a curve: from the mean square of $z$ in one layer to
# that in the next, here for weights of variance $g^2/n$. Where a curve crosses the dotted diagonal,
# the mean square stays.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_tanh((1.0, 5 / 3, 3.0)),
    "Left, three curves that rise and flatten: gain 1 lies below the diagonal and touches it only "
    "at 0, gain 1.67 crosses it near 1.2, gain 3 near 6.3. Right, the mean square over 30 layers: "
    "gain 1 falls slowly from 1 to 0.02, the two others become flat within five layers.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Too large for tanh
# With gain 1 the signal dies slowly, like $1/(2l)$, because the smaller it gets the less tanh takes. At
# 5/3, PyTorch's gain for tanh, the mean square settles at 1.2. With gain 3 it settles, too, at 6.3,
# where tanh is nearly flat. **Predict:** what do the slopes δ do then: vanish, stay, or explode?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
print("gain   z: theory, measured   δ: theory, measured (bits a layer)")
for gain in (1.0, 5 / 3, 3.0):
    law = signals.theory_of_tanh(gain)
    runs = [signals.send("LeCun", "tanh", seed=seed, gain=gain) for seed in seeds]
    there = np.mean([signals.bits_a_layer(run.sums) for run in runs])
    back = -np.mean([signals.bits_a_layer(run.deltas[1:]) for run in runs])
    print(f"{gain:4.2f} {law.forward:11.2f} {there:10.2f} {law.backward:11.2f} {back:10.2f}")
    assert abs(there - law.forward) < 0.08 and abs(back - law.backward) < 0.08

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# They explode, by 0.9 bits a layer. It is often said that large weights saturate tanh, so slopes
# vanish. Most units are flat indeed, but those near 0 send back through large weights.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# (Theory here means: $z$ is taken as normal with the mean square that the curve gives, and the slope
# factor is $g^2\,\mathrm{E}[\tanh'(z)^2]$.) Try it in the live figure above: choose tanh and a factor
# of 5.2, which is gain 3. The tiles of $z$ stay, the tiles of δ fill with color from right to left.
# Even 5/3 is a compromise: forward it stands still, backward it gains a quarter of a bit a layer.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All slopes in one table
# Theory first, then the mean of three draws, in bits a layer of the way forward.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
names = {"PyTorch's default": 1 / 3, "LeCun": 1.0, "Glorot": 1.0, "He": 2.0}
print(f"{'':18} {'linear':>15} {'ReLU':>15}")
for name, scaled in names.items():
    row = f"{name:18}"
    for activation, share in {"linear": 1.0, "relu": 0.5}.items():
        runs = [signals.send(name, activation, seed=seed) for seed in seeds]
        measured = np.mean([signals.bits_a_layer(run.sums) for run in runs])
        row += f" {log2(scaled * share):7.2f} {measured:7.2f}"
        assert abs(measured - log2(scaled * share)) < 0.15
    print(row)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A mean is not a typical network
# Theory speaks of the mean over all draws, but you train *one*. Take thirty linear layers with
# $\sigma^2 = 1/n$: on average they keep the mean square exactly. And take **orthogonal** matrices,
# random ones that only turn a vector: $W W^\top = I$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Thirty networks of each width
# **Predict:** where do single networks end, narrow and wide ones? A point below is one network, the
# bar is the median of thirty.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
ends = experiments.final_bits((4, 16, 64))
plots.describe(
    figures.show_widths(ends, (4, 16, 64)),
    "Two panels. Normal weights: at width 4 the points scatter from minus 30 to plus 4 bits with "
    "the median near minus 8, at width 16 the median is near minus 4, at width 64 near 0. "
    "Orthogonal: all points lie on 0.",
)
assert np.median(ends["normal"][0]) < -4 and abs(ends["orthogonal"]).max() < 1e-9

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Narrow ones lose
# Narrow ones end far below: a few huge draws carry the mean, most lose several bits. Single layers
# multiply, and a product of luck is lopsided. Orthogonal layers leave nothing to luck (behind a ReLU
# they need the gain √2, and luck comes back).

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: design
# You need no theory where you can measure. Rescale two layers so that on *this* batch the sums of
# both have mean square 1. It works with any activation, at any width, and is the idea of LSUV
# (Mishkin and Matas 2016). Return the two numbers with which $W_1$ and $W_2$ are multiplied.


# %% slideshow={"slide_type": "skip"}
def rescale(x, W1, W2):
    # your code: z1 = x @ W1.T, then a ReLU, then z2 = h @ W2.T; return an array of two numbers
    return None


check("10.rescale", rescale)
# hint("10.rescale")
# solution("10.rescale")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 22 and 30 layers
# He and others put it to the test: ReLU networks of 22 and of 30 layers, $2/n$ against $1/n$, which
# they call "Xavier". Here in small: 3×3 convolutions with 8 channels on the 8×8 digits, 150 steps of
# Adam at 0.001, three seeds. Per layer the two differ by a single bit.
#
# **Predict:** at which depth does $1/n$ fail?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
deep = experiments.train_convolutional(seeds=seeds)
plots.describe(
    figures.show_depths(deep),
    "Two panels of loss against steps. With 22 layers both learn, He from the start, LeCun only "
    "after about 60 steps. With 30 layers He learns more slowly, and LeCun stays at log 10 on all "
    "seeds.",
)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output", "answer"]
last = {}
for depth, curves in deep.items():
    for name, losses in curves.items():
        last[depth, name] = losses[:, -10:].mean(axis=1)
        mean, spread = last[depth, name].mean(), last[depth, name].std(ddof=1)
        print(f"{depth} layers, {name:5}: loss {mean:.2f} ± {spread:.2f} over the last 10 steps")
assert last[22, "LeCun"].max() < 2.25 and last[30, "LeCun"].min() > 2.29
assert last[22, "He"].max() < 1.0 and last[30, "He"].max() < 2.0
ours, google, person = 4.94, 6.66, 5.1  # top-5 errors on ImageNet in percent: the paper's abstract
print(f"published: {ours} %, {1 - ours / google:.0%} fewer than {google} %; a person {person} %")
assert ours < person < google and round(100 * (1 - ours / google)) == 26

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### A gradual cause, a sudden effect
# At 30, on all seeds; at 22 it only starts later. That is what He and others saw on ImageNet (figures
# 2 and 3). Eight layers more cost eight bits more. Note how gradual the cause is and how sudden
# the effect. (We stop after 150 steps; what patience would do we have not measured.)
#
# It paid: with this start and PReLU (notebook 7) the authors had 4.94 % top-5 errors, the first below a
# person's 5.1 % and a quarter fewer than GoogLeNet's 6.66 % (their abstract; several networks together).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The first picture again
# The network of the beginning, with six factors on PyTorch's weights, and above them the bits that
# our formula expects of thirty layers. A point a seed, 200 steps, the learning rate 0.0003 for all (with
# 0.001, and on three other seeds, 2.45 wins as well).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
sweep = experiments.train_scaled((1.0, 1.5, 2.0, sqrt(6), 3.0, 4.0), seeds=seeds)
plots.describe(
    figures.show_sweep(sweep),
    "Test accuracy against the factor: near chance at 1 and 1.5, about 0.4 at 2, highest, about "
    "0.7, at 2.45, and down again to about 0.25 at 3 and 0.2 at 4. Above, the expected bits: minus "
    "78, minus 42, minus 18, 0, plus 18, plus 42.",
)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
for factor, accuracies in zip(sweep.factors, sweep.accuracies, strict=True):
    print(f"times {factor:4.2f}: {np.mean(accuracies):.2f} ± {np.std(accuracies, ddof=1):.2f}")
ahead = sweep.accuracies[3] - sweep.accuracies
assert ahead[[0, 1, 5]].min() > 0.15 and ahead[[2, 4]].mean(axis=1).min() > 0.05

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How large the first numbers must be
# So large that one layer multiplies the mean square by 1: $\tfrac12 n \sigma^2 = 1$ for the ReLU. Then
# thirty layers multiply by 1 as well, there and back. The peak stands where the upper axis reads 0.
#
# Although: this only opens the door. It says nothing about step 100, and a mean over draws is no
# promise for a narrow net. Batch norm (notebook 11) measures and corrects the size at *every* step,
# and residual connections (12) lead around the product. Both make deep networks less choosy.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why mean squares, and not means?
# <details><summary>Answer</summary>The mean of a sum with random weights is 0 whatever its size. The
# mean square says how large it is, and mixed terms cancel in it.</details>
#
# 2. You double the width of all layers and keep σ. What happens to thirty ReLU layers?
# <details><summary>Answer</summary>Each layer doubles the mean square: +30 bits more.</details>
#
# 3. Where does He's factor 2 come from?
# <details><summary>Answer</summary>The ReLU lets half of the mean square through, so the weights need
# twice the variance.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. All weights start at 0, which surely does not explode. Why not?
# <details><summary>Answer</summary>All units of a layer would compute the same and get the same
# gradient, here even 0: ∂L/∂W multiplies δ with inputs that are 0. Random numbers make units
# differ.</details>
#
# 5. What is the fan-in of a 5×5 convolution from 16 to 32 channels?
# <details><summary>Answer</summary>16 · 25 = 400. The fan-out is 32 · 25 = 800.</details>
#
# 6. All gradients of weights in your deep net have the same size. Is its initialization good?
# <details><summary>Answer</summary>Not necessarily: with ReLU they are equal in all layers for any σ,
# also where all are tiny. Look at the sums.</details>
#
# 7. Is Glorot's rule bad for ReLU networks of equal widths?
# <details><summary>Answer</summary>It is 1/n then and loses one bit a layer. Above, 22 layers still
# learned, only later, and thirty did not. With gain √2 it is He's.</details>
#
# 8. Why may biases start at 0?
# <details><summary>Answer</summary>They multiply nothing, so they neither enlarge nor shrink a signal,
# and units differ already by their weights.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A layer multiplies the mean square with $n_{\text{in}} \sigma^2$ times the share that the activation
#   lets through, on the way back with $n_{\text{out}} \sigma^2$ times it.
# * The ReLU lets ½ through, so $\sigma^2 = 2/n$. PyTorch's default loses 2.6 bits a layer.
# * Small weights shrink *all* gradients alike. Large ones make tanh's slopes explode.
# * One bit a layer delays 22 layers and stops thirty.
# * A mean over draws is not your network, unless it is wide or orthogonal.
#
# **On your own** He keeps the size, but the difference between digits? Send 32 digits through thirty
# ReLU layers and measure the angle between any two. Predict first: does it grow, stay or shrink?
# `progress()` lists your exercises.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `he`, LeCun, Glorot, orthogonal | `numpy_ops/initialization.py` | `tests/parity/test_initialization.py` |
# | PyTorch's default, for NumPy networks | `numpy_nn/initialization.py` | `tests/numpy_nn` |
# | sizes in each layer of any network | `analysis/gradient_flow.py` | `tests/analysis/test_gradient_flow.py` |
# | signals, trainings | `lessons/initialization` | `tests/lessons/initialization` |
#
# **Sources**
# He, Zhang, Ren, Sun 2015, *Delving deep into rectifiers*, arXiv:1502.01852 (abstract: 4.94 %;
# section 2.2: equation 10 forward; its end: one direction is enough; figures 2 and 3: 22 and 30 layers) · Glorot and Bengio
# 2010, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS (equation
# 12) · LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*, section 4.6 (1/n) · Saxe, McClelland,
# Ganguli 2014, arXiv:1312.6120 (orthogonal) · Poole et al. 2016, arXiv:1606.05340, and Schoenholz et
# al. 2017, arXiv:1611.01232 (tanh: the curve, and slopes that explode) · Hanin and Rolnick 2018, *How
# to start training*, arXiv:1803.01719 (narrow networks) · Mishkin and Matas 2016, *All you need is a
# good init*, arXiv:1511.06422 · the source of `torch.nn.Linear.reset_parameters` (a = √5).
#
# **Next** 11, normalization: measure the size at every step, and correct it.
