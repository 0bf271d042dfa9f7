# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 12. Add layers that do no harm
#
# **You will** see a deep network fail at what a shallow one does easily, find out what its layers do
# to a digit and to a slope, and mend it with a plus sign.
# **You need** backpropagation (notebook 8) and batch norm (notebook 11). **Time** 70 min, CPU.
#
# A network of 8 layers learns to read 1,297 handwritten digits. Now put 24 more layers into its
# middle. It could at least do *as well*: the new layers would only have to hand on what they get.
# Both networks train on the same digits, for the same 80 steps, each at the learning rate that suits
# it best.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import models, numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.gradcheck import gradcheck
from course_lib.lessons.residual_connections import experiments, figures, live, signals
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 8 layers against 32
# Each line is one network. They differ in their first weights and in the order of the digits. The
# layers are 3×3 convolutions of 8 channels with batch norm and ReLU, and a dense layer at the end.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
trained = {("plain", d): experiments.train("plain", depth=d, seeds=seeds) for d in (8, 32)}
curves = [figures.Curve(*key, run.losses) for key, run in trained.items()]
plots.describe(
    figures.show_training(curves),
    "Training loss against step, three lines a network. With 8 layers it falls below 0.1 nats. With "
    "32 layers it falls slowly and is still above 1 after 80 steps.",
)
assert (trained["plain", 32].tails > 4 * trained["plain", 8].tails).all()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### More layers, and worse
# The deep network does not fail on *new* digits, as it would if it had learned the old ones by heart.
# It fails on the digits it trains on. So it is not overfitting, and it is not a lack of weights. This
# is called **degradation**: from some depth on, a plain network *trains* worse with every layer.
#
# **How can more layers do harm, and what would make them harmless?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A good deep network exists
# Let each new layer hand on its input, by a kernel with a single 1 in the middle. Its ReLU changes
# nothing: no number is negative.

# %% slideshow={"slide_type": "fragment"}
hand_on = np.zeros((1, 1, 3, 3))
hand_on[0, 0, 1, 1] = 1
y = x = rng.random((1, 1, 8, 8))
for _ in range(24):
    y = np.maximum(numpy_ops.conv2d(y, hand_on, padding=1), 0)
print("largest change:", np.abs(y - x).max())

# %% [markdown] slideshow={"slide_type": "skip"}
# Put into the trained shallow network, 24 such layers make a deep one that is exactly as good. (Batch
# norm stands between them in ours. Its γ and β can be set to undo what it does.)
#
# ### Your turn: do nothing, with many channels
# Which weights hand on *all* channels?


# %% slideshow={"slide_type": "skip"}
def do_nothing(channels):
    # your code: return an array of shape (channels, channels, 3, 3)
    return None


check("12.do_nothing", do_nothing)
# hint("12.do_nothing")
# solution("12.do_nothing")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Gradient descent does not find it
# So the good weights are there, and training does not come near them. Doing nothing is not easy for a
# layer: 576 weights in each must take just the right values, and the first ones are random. What do
# 30 *random* layers do to a digit?
#
# Let us follow two images: a digit, and a copy of it with a little noise, a **smudge**. Any reader of
# digits must see that they are the same. We measure how far apart the two are after each block, as a
# share of how far two *different* digits are: 0 means the same, 1 means total strangers.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A digit and its smudged copy
# On the way back we measure the length of the slopes $\partial L/\partial W$ of each layer, as in
# notebook 9. The networks are fresh: not a step is taken.
#
# **Predict:** in the first layers of the deep network, are the slopes smaller or larger than in the
# last? Many textbooks say that slopes vanish in deep networks.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
flows = {"plain": experiments.flows("plain", depth=32, seeds=seeds)}
slopes_of = "gradient of the weights (length)"
plots.describe(
    figures.show_flows(flows, back=slopes_of),
    "Two plots for three plain networks of 32 layers. Left: the distance of a digit and its smudged "
    "copy rises from 0.15 to nearly 1 over 15 blocks. Right: the length of the gradient falls from "
    "about 50 in the first layers to 0.5 in the last, evenly on a logarithmic axis.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Larger, about a hundred times. With batch norm these slopes do not vanish, they **explode**. And the
# left side shows the same thing forward: every block pulls digit and copy further apart, until at the
# end the copy is as far away as any stranger. What reaches the dense layer has nothing to do with
# what was written.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Both are one number
# A small difference $\mathrm{d}x$ goes forward through a layer by its slopes, and a slope goes back
# through the same slopes. So both grow alike. By how much? Follow one number $z$ that batch norm has
# made: mean 0, variance 1.
#
# * The ReLU cuts off its lower half. Its variance sinks from 1 to ½ − 1/(2π) = 0.34.
# * The next batch norm makes it 1 again: it *divides* by √0.34.
# * A difference meets an open ReLU half of the time, so its square is halved, and then it is divided
#   by 0.34 as well: ½ / 0.34 = 1.47.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Squeezed and stretched, 30 times
# For a million numbers $z$, then measured in our networks.

# %% slideshow={"slide_type": "fragment"}
z = rng.standard_normal(1_000_000)
variance = np.maximum(z, 0).var()
growth = np.sqrt((z > 0).mean() / variance)
print(f"variance {variance:.2f}, growth {growth:.2f} a layer, {growth**30:.0f} in 30 layers")
assert abs(growth - np.sqrt(np.pi / (np.pi - 1))) < 0.01

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
layers = np.arange(2, 32)
measured = [np.exp(-np.polyfit(layers, np.log(f.slopes[1:]), 1)[0]) for f in flows["plain"]]
print("measured:", *(f"{each:.2f}" for each in measured), "a layer")
assert all(1.1 < each < 1.25 for each in measured)

# %% [markdown] slideshow={"slide_type": "skip"}
# The formula, $\sqrt{\pi/(\pi - 1)} = 1.21$ a layer, holds for layers of very many channels (Yang et
# al. 2019 derive it). Ours have 8 and come near. Larger or smaller first weights do not help, for batch
# norm divides by whatever they make.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: collect hands for "smaller" and "larger" before you show the picture. Nearly all
# will say smaller, as the textbooks do. Let the surprise stand before you explain it.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Residual Networks (ResNets)", "eq 11"]
# ## Make doing nothing easy
# If handing on is what a layer finds hard, then *give* it: lead the input around the layers, and let
# them learn only what is to be **added** to it.
#
# $$y = \mathrm{ReLU}\big(F(x) + x\big)$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$, $y$ | input and output of the block | (N, C, H, W), both |
# | $F$ | the **branch**: convolution, norm, ReLU, convolution, norm | gives (N, C, H, W) |
# | $+\,x$ | the **shortcut**, without weights | |
#
# What the layers learn, $F$, is what is left between what comes in and what should go out: the
# *residual*. To do nothing, all weights need only be 0, and small weights do little.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A block, plain and residual
# The way around comes back *before* the last ReLU. There is a reason for this, to which we return.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_blocks("plain", "residual"),
    "Two rows of boxes. Plain: conv, norm, ReLU, conv, norm, ReLU. Residual: the same, but an arc "
    "leads from the input around the first five boxes to a plus sign in front of the last ReLU.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back: plus one
# Four blocks stand in a row; at the present input their branches have the slopes 0.3, −0.2, 0.1 and
# −0.4. A shortcut makes each of them $1 + F'$, for slopes of two ways add (notebook 8).
#
# **Predict:** how large is the slope of the residual chain, about?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
branch_slopes = np.array([0.3, -0.2, 0.1, -0.4])
print("plain   ", np.prod(branch_slopes).round(4))
print("residual", np.prod(1 + branch_slopes).round(4))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# About 0.7. Multiplied out it has 16 terms, one for each way: around or through, at each block. One
# way goes around them all, with the slope **1**.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Residual Networks (ResNets)"]
# ### For a whole block
# Let $s = F(x) + x$ and $y = \mathrm{ReLU}(s)$. The slopes at the sum are
# $\delta = \frac{\partial L}{\partial y} \odot [s > 0]$. Two arrows lead from $x$ to $s$, so two terms
# come back and add up:
#
# $$\frac{\partial L}{\partial x} \;=\; \underbrace{\delta}_{\text{around: } +1}
# \;+\; \underbrace{\Big(\frac{\partial F}{\partial x}\Big)^{\!\top} \delta}_{\text{through the branch}}$$
#
# $\frac{\partial L}{\partial x}$, $\frac{\partial L}{\partial y}$, $s$ and δ have the shape of $x$, (N, C,
# H, W). The bracket stands for the backward pass of the branch: whatever it is, we have it from
# notebook 8. The shortcut costs one addition forward, and one backward.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Forward in NumPy
# Batch norm is left out here to keep the eye on the shortcut.


# %% slideshow={"slide_type": "fragment"}
def branch(x, K1, K2):
    z = numpy_ops.conv2d(x, K1, padding=1)
    return z, numpy_ops.conv2d(np.maximum(z, 0), K2, padding=1)


def block(x, K1, K2):
    return np.maximum(branch(x, K1, K2)[1] + x, 0)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Backward in NumPy
# `+ delta` in the last line is all that the shortcut asks for. (`numpy_nn.Residual` does the same.)


# %% slideshow={"slide_type": "fragment"}
def block_backward(grad_y, x, K1, K2):
    z, added = branch(x, K1, K2)
    delta = grad_y * (added + x > 0)  # back through the last ReLU
    second = numpy_ops.conv2d_backward(delta, np.maximum(z, 0), K2, padding=1)
    first = numpy_ops.conv2d_backward(second.grad_x * (z > 0), x, K1, padding=1)
    return first.grad_x + delta, first.grad_weight, second.grad_weight


# %% slideshow={"slide_type": "skip"}
x, K1, K2 = (rng.standard_normal(shape) for shape in ((2, 3, 4, 5), (3, 3, 3, 3), (3, 3, 3, 3)))
grad_y = rng.standard_normal(x.shape)
assert gradcheck(block, [x, K1, K2], backward=block_backward) <= 1e-6  # against nudges
tensors = [torch.from_numpy(array).requires_grad_() for array in (x, K1, K2)]
h = torch.relu(torch.nn.functional.conv2d(tensors[0], tensors[1], padding=1))
y = torch.relu(torch.nn.functional.conv2d(h, tensors[2], padding=1) + tensors[0])
y.backward(torch.from_numpy(grad_y))
mine = block_backward(grad_y, x, K1, K2)
assert max(relative_error(a, t.grad) for a, t in zip(mine, tensors, strict=True)) <= 1e-12
print("as nudges and PyTorch have it:", *(grad.shape for grad in mine))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# Two blocks $y = x + w_2\,\mathrm{ReLU}(w_1 x)$ in a row, each with single numbers for weights:
# $w_1 = 2,\ w_2 = \frac12$, then $w_1 = 1,\ w_2 = -\frac14$. The input is 1.5. What is the slope of
# the last output for the input?

# %% slideshow={"slide_type": "skip"}
slope = ...  # your number
check("12.slope", slope)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: back through a dense block
# $y = \mathrm{ReLU}\big(x + \mathrm{ReLU}(x\,W_1^\top)\,W_2^\top\big)$, with $x$ (N, D), $W_1$ (H, D)
# and $W_2$ (D, H). Return $\partial L/\partial x$.


# %% slideshow={"slide_type": "skip"}
def dense_block_backward(grad_y, x, W1, W2):
    # your code: return an array with the shape of x
    return None


check("12.block_backward", dense_block_backward)
# hint("12.block_backward")
# solution("12.block_backward")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Turn the shortcut up
# Digits and their copies go forward through a chain of dense blocks, and slopes come back. Each block
# is $y = \mathrm{ReLU}(F(x) + s\,x)$: plain for $s = 0$, residual for $s = 1$.
#
# Think first, then try it: is half a shortcut, $s = 0.5$, half as good?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.through_blocks(signals.random_chain(num_blocks=12), blocks=12)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# Much less than half. With $s = 0.5$ the copy ends as far away as in the plain chain, and the slopes
# arrive about half as long, where the whole shortcut makes them an eighth. What comes around shrinks
# by half at *every* block, so after twelve of them $0.5^{12}$ is left, and that is nothing. The
# shortcut has to be an identity. (He et al. 2016b trained networks with scaled and with gated
# shortcuts, and all of them did worse.)
#
# Then change the depth. Both plain curves keep climbing with every block; the residual ones
# climb fast at first and then slowly.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why it slows down
# A sum of independent things grows like this: after $l$ blocks it is made of $l + 1$ parts of roughly
# equal size, and its variance is roughly $l + 1$. The next branch begins with a norm, so it adds a part
# of size 1 *whatever comes in*. To the tenth block's input that is a change of about a tenth in
# variance, to the hundredth's a hundredth.
#
# So each further block changes less. A plain block replaces everything, every time: differences
# grow like $1.21^{2l}$ there. In a residual chain their square grows like the product of $(1 + c/l)$
# with some $c$, which is a power of $l$. From exploding to merely growing: that is
# what the plus sign does at the start.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The deep network again, with shortcuts
# The same measures as before, in convolutional networks of 32 layers. They have the same numbers of
# weights, drawn from the same seeds; only the arcs are new.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
flows["residual"] = experiments.flows("residual", depth=32, seeds=seeds)
plots.describe(
    figures.show_flows(flows, back=slopes_of),
    "The two plots again. Plain: the distance rises to nearly 1, slopes differ by a hundred from the "
    "first layers to the last. Residual: the distance stays at 0.3 to 0.45, and the slopes are "
    "within a factor of 10.",
)
for kind, runs in flows.items():
    far, ratio = ([f.mixed_up[-1] for f in runs], [f.slopes[1] / f.slopes[-1] for f in runs])
    assert max(far) < 0.6 if kind == "residual" else min(far) > 0.85
    assert max(ratio) < 15 if kind == "residual" else min(ratio) > 60

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And does it train?
# **Predict:** the residual network of 32 layers against the plain one of 8: worse, equal, better?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
trained |= {("residual", d): experiments.train("residual", depth=d, seeds=seeds) for d in (8, 32)}
curves = [figures.Curve(*key, run.losses) for key, run in trained.items()]
plots.describe(
    figures.show_training(curves),
    "Training loss against step. The residual networks of 8 and of 32 layers fall below 0.15 nats "
    "like the plain one of 8 layers; the plain one of 32 layers stays above 1.",
)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output", "answer"]
for (kind, depth), run in trained.items():
    print(f"{kind:8} {depth:2} layers: loss at the end {run.tails.round(3)}, "
          f"test accuracy {run.accuracies.round(3)}")  # fmt: skip
assert (trained["residual", 32].tails < trained["plain", 32].tails / 4).all()
assert trained["residual", 32].tails.max() < 0.3

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# About equal, and far better than its plain twin: the degradation is gone. It is not *better* than 8
# layers, and why should it be? These digits are small and easy, and 8 layers are enough for them. On
# a million photographs He et al. (2016a) found what we cannot show here: plain networks of 18 and 34
# layers had 27.9 and 28.5 % errors, residual ones 27.9 and 25.0 %. There the added layers paid.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 11"]
# ## A form that looks right
# A common textbook form is $y = f(W x) + x$, with an activation $f$, here ReLU. It differs in two
# places: the shortcut goes around a *single* layer, and the ReLU comes *before* the addition.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_blocks("residual", "ReLU before adding"),
    "Residual: an arc around conv, norm, ReLU, conv, norm to a plus in front of a ReLU. ReLU before "
    "adding: two arcs, each around conv, norm and ReLU; after the last plus comes nothing.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What can it add?
# A ReLU gives nothing negative. **Predict:** what becomes of the mean of all numbers, block after block?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
flows["ReLU before adding"] = experiments.flows("ReLU before adding", depth=32, seeds=seeds)
print("mean of all numbers after block", *(f"{b:5}" for b in (0, 3, 6, 9, 12, 15)))
for kind in ("residual", "ReLU before adding"):
    means = np.mean([flow.means for flow in flows[kind]], axis=0)
    print(f"{kind:31}", *(f"{mean:5.1f}" for mean in means[::3]))
assert min(flow.means[-1] for flow in flows["ReLU before adding"]) > 8

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It only rises: by 0.4, the mean of a ReLU, at each of 30 additions. No layer can ever take anything
# away. In the right form $F$ ends in a norm and may be negative, so the block can add and subtract;
# the ReLU after it still lets the sum creep up, but slower.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Run beside the right form
# All with 32 layers. The networks above have one more batch norm in front of the dense layer. As
# books write the formula there is none, so each form runs with and without it, each at its best rate.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
names = {"residual": "ReLU(F(x) + x)", "ReLU before adding": "f(W x) + x"}
forms = {("residual", True): trained["residual", 32]}
typed = "ReLU before adding"
for kind, norm in (("residual", False), (typed, False), (typed, True)):
    forms[kind, norm] = experiments.train(kind, depth=32, seeds=seeds, last_norm=norm)
rows = {f"{names[kind]}\n{'with' if norm else 'no'} last norm": (kind, forms[kind, norm].tails)
        for kind, norm in sorted(forms, reverse=True)}  # fmt: skip
plots.describe(figures.show_tails(rows), "Training loss of four networks, three seeds each. Without "
               "a last norm the textbook form ends far higher than the right form; with a last "
               "norm both are low.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
for (kind, norm), run in forms.items():
    print(f"{names[kind]:14} {'with' if norm else 'no':4} last norm: first loss "
          f"{run.losses[:, 0].round(1)}, at the end {run.tails.round(3)}")  # fmt: skip
bare = forms["ReLU before adding", False]
assert (bare.tails > 2 * forms["residual", False].tails).all() and min(bare.losses[:, 0]) > 5
assert (bare.tails > 2 * forms["ReLU before adding", True].tails).all()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Worse as written, and why
# As written, the textbook form trains much worse than the right one, on every seed. But its slopes
# are healthy, and its copies stay closer together than in the right form. So neither explains it.
# What hurts is the size: sums with a mean of 12 arrive at a dense layer that expects 1, and the first
# loss lies between 14 and 26 nats.
#
# One norm in front of the dense layer takes the mean away, and the form trains well. So it is not
# hopeless; it lacks a part. He et al. (2016b, Table 2) measured "ReLU before addition" on
# CIFAR-10, with 110 layers: 7.84 % errors against 6.61 %.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Residual Networks (ResNets)"]
# ## Pre-activation: clear the way
# In the right form one thing still stands on the way around: the ReLU after each addition. Move norm
# and ReLU to the *front* of each convolution, and it is gone:
#
# $$x_{l+1} = x_l + F_l(x_l) \qquad\Longrightarrow\qquad x_L = x_l + \sum_{k=l}^{L-1} F_k(x_k)$$
#
# All $x_l$ have the same shape. The output of any block is the output of any earlier one plus what
# was added since, and a slope comes from the end to any block with a path of exactly 1.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same boxes, in another order
# Follow the arc from left to right: what stands on it, or behind the plus?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_blocks("residual", "pre-activation"),
    "Residual: conv, norm, ReLU, conv, norm, plus, ReLU, the arc ends at the plus. Pre-activation: "
    "norm, ReLU, conv, norm, ReLU, conv, plus: nothing stands behind the plus.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Does it help at 32 layers?
# What the blocks add up has met no norm, so one norm and one ReLU stand in front of the dense layer.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
trained["pre-activation", 32] = experiments.train("pre-activation", depth=32, seeds=seeds)
assert (trained["pre-activation", 32].tails < trained["plain", 32].tails / 4).all()
rows = {f"{kind}, {depth} layers": (kind, run.tails) for (kind, depth), run in trained.items()}
plots.describe(
    figures.show_tails(rows),
    "Training loss at the end, three seeds each: plain with 8 layers, residual with 8 and 32 layers "
    "and pre-activation with 32 layers all lie below 0.2; plain with 32 layers lies above 1.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# It trains as the residual network does; on three seeds we cannot tell which is better, and at this
# depth we should not expect to. The published gain is small too, 6.61 to 6.37 % with 110 layers, and
# larger only for very deep networks (He et al. 2016b).

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Residual Networks (ResNets)"]
# ## When the shapes differ
# $F(x) + x$ needs two equal shapes. But networks halve the image and double the channels now and
# then, and there $x$ has to be fitted. The usual way is a **projection**: a 1×1 convolution with the
# stride of the block, which turns the channels at each second pixel into as many as are needed.
#
# $$y = \mathrm{ReLU}\big(F(x) + W_s x\big)$$
#
# | symbol | shape |
# |---|---|
# | $x$ | (N, C_in, H, W) |
# | $W_s$ | (C_out, C_in, 1, 1), stride 2 |
# | $F(x)$, $W_s x$, $y$ | (N, C_out, ⌈H/2⌉, ⌈W/2⌉) |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it costs
# The first such block of ResNet-18 leads from 64 to 128 channels. **Predict:** which share of its
# parameters sits in the shortcut: 4, 20 or 50 %?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
resnet_block = models.build("resnet18").layer2[0]
parts = {name: sum(p.numel() for p in part.parameters())
         for name, part in resnet_block.named_children()}  # fmt: skip
for name, count in parts.items():
    if count:
        print(f"{name:10} {count:8,}")
share = parts["downsample"] / sum(parts.values())
print(f"shortcut: {share:.1%} of {sum(parts.values()):,}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 4 %: the projection has 128 · 64 = 8,192 weights and 256 numbers of its batch norm, a ninth of what a 3×3
# kernel would have. It also breaks the free way around: here the path has the slope $W_s$ and no
# longer 1. So it stands only where it must, at three of the eight blocks of ResNet-18.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: count one
# A block leads from 32 channels of 16×16 pixels to 64 channels of 8×8. Its shortcut is a 1×1
# convolution of stride 2 without bias, then batch norm. How many parameters has the shortcut?

# %% slideshow={"slide_type": "skip"}
parameters = ...  # your number
check("12.projection", parameters)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a shortcut for free
# He et al. also tried a shortcut without any parameter: take every second pixel, from the first, and
# put channels of zeros *behind* those that are there. (ResNet-34 made 25.03 % errors with it and
# 24.52 % with projections: nearly the same.)


# %% slideshow={"slide_type": "skip"}
def free_shortcut(x, channels):
    # your code: (N, C, H, W) in, (N, channels, ⌈H/2⌉, ⌈W/2⌉) out
    return None


check("12.free_shortcut", free_shortcut)
# hint("12.free_shortcut")
# solution("12.free_shortcut")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Residual Networks (ResNets)"]
# ## What shortcuts do not explain
# "Residual networks solve the vanishing gradient" is what many books say. In our plain networks
# nothing vanished. He et al. say so themselves (2016a, section 4.1): theirs had batch norm and
# healthy slopes, and they think vanishing an *unlikely* cause.
#
# Is it the exploding, then? That can be tried. **Adam** (notebook 16) divides each slope by its own
# recent size, so it takes equally long steps in all layers, whatever the lengths of their slopes.
#
# **Predict:** if the lengths are the whole trouble, what will Adam do for the plain network?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Steps of equal length

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
rows = {f"{kind}, by descent": (kind, trained[kind, 32].tails) for kind in ("plain", "residual")}
for kind in ("plain", "residual"):
    run = experiments.train(kind, depth=32, seeds=seeds, optimizer="adam")
    rows[f"{kind}, by Adam"] = (kind, run.tails)
plots.describe(
    figures.show_tails(rows),
    "Training loss of networks of 32 layers, three seeds each. Plain: above 1 by plain descent and "
    "by Adam. Residual: about 0.06 by both.",
)
assert min(rows["plain, by Adam"][1]) > 4 * max(rows["residual, by Adam"][1])

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It would have to rescue it, and it does not. So the *length* of the slopes is not the whole trouble.
# What Adam cannot mend is the other half of the picture: digit and copy end as strangers. A step that
# helps the one then need not help the other.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Known, and supposed
# * **Known** here: degradation is real; slopes that vanish are not its cause; shortcuts keep
#   alike images alike, and the slopes within a small factor; then depth 32 trains.
# * **Supposed:** slopes of deep plain networks resemble white noise (*shattered gradients*, Balduzzi
#   et al. 2017); a residual network works like many short ones at once (Veit et al. 2016); shortcuts
#   smooth the landscape of the loss (Li et al. 2018). They may be sides of one thing.
# * **Not controlled** here: 80 steps are few. With many more the plain network goes on learning.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# A textbook says: deep plain networks train badly because their gradients vanish. Which observation
# speaks against it?
#
# * **a** Residual networks reach a lower training loss within the same steps.
# * **b** A plain network of 8 layers trains as well as a residual one.
# * **c** With batch norm the slopes of a plain network's first layers are its largest.
# * **d** A deeper network has more weights, and so more slopes to compute.

# %% slideshow={"slide_type": "skip"}
check("12.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why more layers did harm
# A random layer does not do *nothing*: it squeezes and stretches, and 30 of them tear apart what
# belongs together. Each plain layer would have to learn to hand on before the network can learn
# anything else. The shortcut turns this around: a block that has learned nothing yet hands on its
# input, nearly, and adds a little. Harmless is where it *begins*.
#
# Although: harmless is not yet useful. On these digits 32 layers were no better than 8. What depth is
# good for shows on harder tasks, in notebook 21.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A deeper network has a higher *test* error. Is that degradation?
# <details><summary>Answer</summary>Not yet: it may overfit. Degradation means that the error on the
# training data is higher, too.</details>
#
# 2. All weights of a residual block are 0. What does it do to an input that is nowhere negative?
# <details><summary>Answer</summary>Nothing: ReLU(0 + x) = x. A plain block would give 0.</details>
#
# 3. Twenty residual blocks in a row: through how many ways does a slope come back?
# <details><summary>Answer</summary>2²⁰, about a million: around or through, at each block. One goes
# around all of them.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why does the ReLU stand after the addition, not in front of it?
# <details><summary>Answer</summary>In front of it, the branch could only add, never subtract, and the
# sums would rise from block to block.</details>
#
# 5. Does a shortcut of strength ½ train half as well?
# <details><summary>Answer</summary>After twelve blocks it hands on a part of 0.5¹², about 1/4000: it
# behaves like a plain chain.</details>
#
# 6. What does a shortcut cost in multiply-adds where the shapes agree, and where they differ?
# <details><summary>Answer</summary>None, only an addition for each number; else
# C_out · C_in · H_out · W_out for the projection.</details>
#
# 7. A residual network trains better than a plain one. Does that prove that slopes vanished in it?
# <details><summary>Answer</summary>No. A cure does not prove a cause: here they exploded, and Adam,
# which evens out their lengths, was no cure.</details>
#
# 8. What would happen in the residual network without any batch norm in its branches?
# <details><summary>Answer</summary>With He's weights each branch is as large as its input, so the
# variance would double at every block: 2¹⁵ after 15. Start the branches small, or at 0.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Degradation: a plain network of 32 layers *trains* worse than one of 8.
# * In it, with batch norm, slopes explode by 1.2 a layer, and a digit ends as far from its smudged
#   copy as from a stranger.
# * $y = \mathrm{ReLU}(F(x) + x)$; on the way back $\delta$ goes around unchanged, and what comes
#   through the branch is added.
# * The branch must be able to subtract. Where shapes differ, a 1×1 convolution fits them.
# * The cure works, and its full reason is not settled.
#
# **On your own** Predict how deep a *plain* network may be before it degrades, then try
# `experiments.train("plain", depth=14, seeds=(0, 1), rate=0.1)` and others. `progress()` lists the
# exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `block`, `block_backward` | `numpy_nn/containers.py` | `tests/numpy_nn/test_layers.py` |
# | the projection | `models/resnet.py` | `tests/models/test_families.py` |
# | pre-activation | `models/preact_resnet.py` | `tests/models/test_families.py` |
# | deep networks, the chain | `lessons/residual_connections` | `tests/lessons/residual_connections` |
#
# **Sources**
# He, Zhang, Ren, Sun 2016a, *Deep residual learning for image recognition*, arXiv:1512.03385
# (equations 1 and 2, section 4.1, Table 2 for plain and residual 18 and 34, Table 3 for shortcuts) ·
# He et al. 2016b, *Identity mappings in deep residual networks*, arXiv:1603.05027 (Table 1 for scaled
# and gated shortcuts, Table 2 for the place of the ReLU) · Yang et al. 2019, *A mean field theory of
# batch normalization*, arXiv:1902.08129 (the factor 1.21) · Balduzzi et al. 2017, *The shattered
# gradients problem*, arXiv:1702.08591 · Veit et al. 2016, *Residual networks behave like ensembles of
# relatively shallow networks*, arXiv:1605.06431 · Li et al. 2018, *Visualizing the loss landscape of
# neural nets*, arXiv:1712.09913.
#
# **Next** 13, pooling: making maps smaller.
