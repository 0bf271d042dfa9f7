# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 8. Send the error back through a network
#
# **You will** follow a slope through a graph of five numbers, send it back through dense and
# convolutional layers, and work out all 1,360 slopes of a small CNN by hand.
# **You need** convolutional layers (notebook 4) and the ReLU (notebook 7). **Time** 75 min, CPU.
#
# A small CNN with 1,360 weights is to learn 32 handwritten digits. Its **loss**, which says how wrong
# it is, stands at about 2.3. Each weight could go up or down: *which way?* You can *ask*: nudge each,
# and see what the loss does. Or you can *guess*: change all at random, and keep what helps. Both get the
# same number of looks.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from course_lib import numpy_ops, plots, torch_ops
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.gradcheck import gradcheck
from course_lib.lessons.backpropagation import experiments, figures, live, network
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Asking against guessing
# One look is one *forward pass*: all 32 digits go through the network, and the loss comes out. Each
# way gets 2,726 of them, on three networks that start from other random weights. That is two nudges for each
# weight that is asked, and six to choose how long the step shall be. Guessing finds the length of its
# steps by itself: longer after a success, shorter after a failure.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
learned = experiments.compare(seeds=(0, 1, 2))
plots.describe(
    figures.show_learning({name: learned[name] for name in ("nudging", "guessing")}),
    "Loss against forward passes. Asking each weight stays flat at 2.2 to 2.4 for 2,726 passes and "
    "then takes one small step down. Guessing falls steadily and ends near 0 on all three networks.",
)
assert 14 < 2 * 60_965_224 * 0.01 / 86_400 < 15  # days for one step of AlexNet, see below

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The careful way loses
# Asking ("nudging" in the picture) measures the exact slope of the loss for every weight. But it costs
# two passes a weight, so nearly all passes are gone before the network may take its *first* step. By
# then blind guessing has long learned the digits by heart. AlexNet (notebook 18) has 60,965,224
# weights: twice as many passes, at a hundredth of a second each, are two weeks for one step.
#
# Yet deep networks are trained by slopes, all of them, at every step. So there must be a way to have
# them for nearly nothing. **Where do all the slopes come from at once?** At the end of this notebook
# we come back to this picture.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Five numbers
# Take the smallest CNN there is. Its kernel is a single weight $w$, and it slides over an image of
# two pixels, 1 and 3. A second layer multiplies the two outputs with 4 and −1 and adds them up. The
# sum should be 5, and the loss is half of the squared error.
#
# Read from left to right: an arrow says what is done to the number at its tail.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_graph(),
    "A graph of five nodes: w = 2 leads to y0 = 2, times 1, and to y1 = 6, times 3. Both lead to "
    "s = 2, times 4 and times minus 1. s leads to L = 4.5, half of the square of s minus 5.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nudge the weight
# The **slope** $\partial L/\partial w$ says by how much $L$ rises for each unit that $w$ rises, as
# long as $w$ moves only a little. **Predict:** does $L$ rise or fall when $w$ rises? $y_0$ and $y_1$
# both grow.


# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
def loss_at(w):
    y0, y1 = 1 * w, 3 * w
    s = 4 * y0 - 1 * y1
    return (s - 5) ** 2 / 2


up, down = loss_at(2.001), loss_at(1.999)
print(f"L = {down:.4f} at w = 1.999, {up:.4f} at w = 2.001: slope {(up - down) / 0.002:.3f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It falls, by 3 for each unit. The sum $s$ is too small, and with $w$ it grows, because $4 y_0$ gains
# more than $-y_1$ takes away. This was asking again: two passes for one slope. Now the same number
# without any nudge.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Begin at the end
# At the end the answer is known: $L$ rises with itself, $\partial L/\partial L = 1$. Now go
# *against* the arrows, and ask each number what the next one does when it rises by one unit.
#
# * $s$: half a square has the slope $s - 5 = -3$.
# * $y_0$ enters $s$ times 4, so its rise counts four times: $4 \cdot (-3) = -12$.
# * $y_1$ enters $s$ times −1: $-1 \cdot (-3) = 3$.
# * $w$ enters both. It raises $y_0$ by 1 and $y_1$ by 3, and what follows adds up:
#   $1 \cdot (-12) + 3 \cdot 3 = -3$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Forward in black, backward in red
# A negative slope says that $L$ falls when the number grows. So the two pixels disagree: the first wants
# $w$ to grow (−12), the second wants it to shrink (+9). The slope of $w$ is what is left of both
# wishes: −3, as the nudge said.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_graph(slopes=True),
    "The graph of five nodes with red arrows against the black ones. They carry minus 3 from L to "
    "s, minus 12 and 3 from s to y0 and y1, minus 12 and 9 on to w, where they add up to minus 3.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: draw the graph on the board and let the hall go back through it aloud, one arrow
# at a time. The step to wait for is the last one: some will take −12 or 9, some will multiply them.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Backpropagation and Gradients"]
# ## The chain rule
# What we did at each number $u$ is one formula. Its sum runs over all numbers $v$ to which an arrow
# leads from $u$:
#
# $$\frac{\partial L}{\partial u} = \sum_{u \to v} \frac{\partial v}{\partial u}\,
# \frac{\partial L}{\partial v}$$
#
# **Along an arrow, multiply. Where several arrows leave, add.** This line is all of
# backpropagation. The rest is bookkeeping: which arrows leave a number inside a layer?
#
# Two things to keep in mind. Each arrow is walked once, so the way back costs about as much as the
# way forward (at the end we count). And the slope on an arrow may need numbers of the way forward, as
# $s - 5$ needed $s$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: another graph, by hand
# $a = w x$, then $b = a + w$, then $L = b^2/2$, with $x = 2$ and $w = 3$. What is
# $\partial L/\partial w$?

# %% slideshow={"slide_type": "skip"}
slope = ...  # your number
check("08.graph", slope)
# hint("08.graph")
# solution("08.graph")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why backward?
# We could have swept forward as well. Let $w$ rise by one unit and carry the effect along: $y_0$
# rises by 1, $y_1$ by 3, $s$ by $4 \cdot 1 - 1 \cdot 3 = 1$ and $L$ by $-3 \cdot 1$. The same slope.
#
# | one sweep | starts from | gives |
# |---|---|---|
# | forward | one weight | the slope of *everything behind it* for this weight |
# | backward | one result | the slope of this result for *everything before it* |
#
# A network has many weights and one loss. Forward that takes a sweep a weight, backward it takes
# **one sweep in all**.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# A weather model turns 3 settings into 10,000 temperatures. You want the slope of *every* temperature
# for *every* setting. What is cheapest?
#
# * **a** One sweep backward: it always gives all slopes at once.
# * **b** It makes no difference: every arrow is crossed once, whichever way you go.
# * **c** 10,000 sweeps backward, one from each temperature.
# * **d** 3 sweeps forward, one from each setting.

# %% slideshow={"slide_type": "skip"}
check("08.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Backpropagation and Gradients"]
# ## A dense layer
# A dense layer is many such graphs at once. It takes a batch of N samples, one in each *row* of $h$,
# weighs and sums (I numbers in, O sums out), and applies an activation $f$ (notebook 7) to each sum:
#
# $$z = h\,W^\top + b, \qquad y = f(z)$$
#
# | symbol | what | shape |
# |---|---|---|
# | $h$, $y$ | input, output of the layer | (N, I), (N, O) |
# | $W$, $b$ | weights, biases | (O, I), (O,) |
# | $z$ | sums, before the activation | (N, O) |
# | $\delta = \partial L/\partial z$ | slopes of the loss at the sums | (N, O) |
#
# The name δ is a habit of the field. If δ is known, what are the slopes of $W$, $b$ and $h$?

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 6"]
# ### Which arrows leave a weight?
# The weight $W_{oi}$ multiplies $h_{ni}$ on its way to $z_{no}$, and it does so *for every sample* n.
# N arrows leave it, so we add over the batch, and all these sums are one product of matrices:
#
# $$\frac{\partial L}{\partial W_{oi}} = \sum_n \delta_{no}\, h_{ni}
# \qquad\Longrightarrow\qquad \frac{\partial L}{\partial W} = \delta^\top h$$
#
# A common textbook form is $\partial L/\partial W = \delta\, h$. **Predict:** what does NumPy make of
# it, for 10 outputs, 96 inputs and 8 samples? And for 10 samples?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for samples in (8, 10):
    delta, h = rng.standard_normal((samples, 10)), rng.standard_normal((samples, 96))
    right = delta.T @ h
    try:
        off = relative_error(delta @ h, right)
        print(f"{samples} samples: δ h is {(delta @ h).shape}, off by {off:.0%}")
    except ValueError:
        print(f"{samples} samples: δ h is refused")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# With 8 samples the inner sizes do not meet. With 10 they do: the product has the right shape, and is
# off by nearly as much as the largest slope. A shape that fits proves nothing.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which arrows leave an input?
# The input $h_{ni}$ feeds every sum of its own sample, $z_{no}$ with the weight $W_{oi}$: O arrows, so
# this time we add over the outputs. The bias $b_o$ is added once a sample: its slope is
# $\sum_n \delta_{no}$.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_shapes(),
    "Two products. The transposed delta, O by N, times h, N by I, gives the gradient of W, O by I. "
    "Delta, N by O, times W, O by I, gives the gradient of h, N by I.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 7"]
# ### From layer to layer
# The input $h$ of this layer was the output $f(z)$ of the layer before it, one arrow a number, with
# the slope $f'(z)$. So the δ of a layer comes from the δ of the next one, and layer by layer the
# error travels back to the image. With the layers numbered:
#
# $$\underbrace{\delta^{(l)}}_{(N,\, I)} = \big(\underbrace{\delta^{(l+1)}}_{(N,\, O)}\,
# \underbrace{W^{(l+1)}}_{(O,\, I)}\big) \odot \underbrace{f'(z^{(l)})}_{(N,\, I)}$$
#
# ⊙ multiplies number by number. With samples in columns, as many books have it, the bracket reads
# $(W^{(l+1)})^\top \delta^{(l+1)}$, and the slope of $W$ is $\delta\, h^\top$. For the ReLU, $f'$ is 1
# where $z > 0$ and 0 elsewhere: where it let a number through, it lets the slope back.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In three lines


# %% slideshow={"slide_type": "fragment"}
def dense_backward(delta, h, W):
    grad_h = delta @ W  # (N, O)(O, I): every output sends its share back
    grad_W = delta.T @ h  # (O, N)(N, I): every sample adds its share
    return grad_h, grad_W, delta.sum(axis=0)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## The first δ
# The last layer gives ten numbers $z$ for each image. The *softmax* makes ten probabilities of them,
# $p_c = e^{z_c} / \sum_k e^{z_k}$, positive and with the sum 1. The loss is $-\log p_t$, where $t$ is
# the right class:
#
# $$L = \log \sum_k e^{z_k} - z_t
# \qquad\Longrightarrow\qquad \delta_c = \frac{\partial L}{\partial z_c} = p_c - [c = t]$$
#
# because the slope of the logarithm for $z_c$ is $p_c$, and that of $-z_t$ is −1: $[c = t]$ is 1 for the
# right class and 0 for the others (notebook 14 has more of it). The loss of a batch is a mean, so there
# each δ is divided by N.
#
# **Predict:** a fresh network looks at a digit. Which of its ten δ are negative?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ten probabilities, ten slopes

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
x, target = network.digits(8)
weights = network.fresh_weights(seed=0)
logits = network.forward(x, weights).z3
plots.describe(
    figures.show_first_delta(x[3], logits[3], int(target[3])),
    "A handwritten digit, ten probabilities near 0.1 each, and ten slopes: about minus 0.9 for the "
    "right class, and for each other class its probability.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Only that of the right class: it is pulled up. Each wrong class is pushed down, as hard as the network
# believed in it. One pull, nine pushes, and the ten add up to 0: what one class gains, the others lose.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: two layers
# Put the pieces together for a network with another end: $z = x W_1^\top$, $h = \mathrm{ReLU}(z)$,
# $y = h W_2^\top$, no biases, and the loss $L = \frac12 \sum (y - \text{target})^2$, summed over the
# batch and not averaged. Return $\partial L/\partial W_1$.


# %% slideshow={"slide_type": "skip"}
def first_layer(x, target, W1, W2):
    # your code: return an array with the shape of W1
    return None


check("08.first_layer", first_layer)
# hint("08.first_layer")
# solution("08.first_layer")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A convolution
# The weights of a convolution are shared, as $w$ was in our graph, so many arrows leave each number:
#
# * a **tap** $K_{ocuv}$ is used at every place $(i, j)$ of every image n: add over n, i, j;
# * a **pixel** $x_{ncpq}$ is used by every window that covers it, in every filter: add over o, u, v.
#
# $$\frac{\partial L}{\partial K_{ocuv}} = \sum_{n,i,j} \delta_{noij}\; x_{nc,\,i+u,\,j+v}
# \qquad \frac{\partial L}{\partial x_{ncpq}} = \sum_{o,u,v} K_{ocuv}\; \delta_{no,\,p-u,\,q-v}$$
#
# The first is a correlation of $x$ with δ. The second is a *full convolution* of δ with $K$: the
# minus signs are the flip, and δ counts as 0 outside its map. Notebook 4 adds stride and padding.

# %% [markdown] slideshow={"slide_type": "skip"}
# | symbol | what | shape |
# |---|---|---|
# | $x$ | input | (N, C_in, H, W) |
# | $K$ | kernels, one set for each output channel | (C_out, C_in, K_h, K_w) |
# | $\delta$ | slopes at the output | (N, C_out, H − K_h + 1, W − K_w + 1) |
# | $n, o, c$ | image, output channel, input channel | one each |
# | $(i, j)$, $(u, v)$, $(p, q)$ | place in the output, tap of the kernel, pixel of the input | one each |
#
# ### In NumPy: forward
# `windows_of` lists all windows without copying a pixel. The letters of `einsum` are the indices of
# the formula, and a letter that does not stand behind the arrow is summed over.


# %% slideshow={"slide_type": "skip"}
def windows_of(x, K):
    return sliding_window_view(x, K.shape[2:], axis=(2, 3))  # (N, C_in, H_out, W_out, K_h, K_w)


def conv(x, K, b):
    y = np.einsum("ncijuv,ocuv->noij", windows_of(x, K), K, optimize=True)
    return y + b[:, None, None]


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Step through it
# One channel, six outputs, and the loss $\frac12 \sum (y - t)^2$, so $\delta = y - t$. Now $t$ is a
# target for each output. On the way back each δ sends δ · window to the kernel and δ · kernel to the
# pixels. Find out: which pixels collect the longest sums, and which get a single term?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.sending_back(
    image=np.array([[1.0, 0.0, 2.0, 1.0], [3.0, 1.0, 0.0, 2.0], [0.0, 2.0, 1.0, 1.0]]),
    kernel=np.array([[1.0, -1.0], [2.0, 0.0]]),
    target=np.array([[6.0, 2.0, 1.0], [2.0, 4.0, 1.0]]),
)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# The two in the middle of the middle row: four windows cover each of them, so their sums have four
# terms. A corner lies in one window only and gets one term. Point at a pixel to read its sum: tap
# $(u, v)$ of the kernel meets the δ of the window that starts $(u, v)$ *before* the pixel, and this
# counting backward is the flip of the full convolution. Then type the output as the target: every δ
# is 0, and nothing is sent back, for there is nothing to correct.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: step to the end of the way forward and ask for δ before you go on. On the way
# back stop at the second δ, −2: it adds to two pixels that the first δ has already reached. Let the
# hall say the sum of the middle pixel before you point at it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Each tap sends δ back to the pixels it met


# %% slideshow={"slide_type": "fragment"}
def conv_backward(delta, x, K):
    grad_K = np.einsum("noij,ncijuv->ocuv", delta, windows_of(x, K))
    grad_x = np.zeros_like(x)
    rows, columns = delta.shape[2:]
    for u, v in np.ndindex(*K.shape[2:]):
        sent = np.einsum("noij,oc->ncij", delta, K[..., u, v])
        grad_x[..., u : u + rows, v : v + columns] += sent
    return grad_x, grad_K, delta.sum((0, 2, 3))


# %% slideshow={"slide_type": "skip"}
delta, h, W = arrays = [rng.standard_normal(shape) for shape in ((8, 10), (8, 96), (10, 96))]
ours = dense_backward(delta, h, W)
package = numpy_ops.linear_backward(*arrays)
twin = torch_ops.linear_backward(*map(torch.from_numpy, arrays))
assert max(map(relative_error, ours + ours, package + twin)) <= 1e-12
print("dense: as numpy_ops and PyTorch have it,", *(grad.shape for grad in ours))

small = [rng.standard_normal(shape) for shape in ((2, 3, 5, 6), (4, 3, 3, 2), (4,))]
error = gradcheck(conv, small, backward=lambda *given: conv_backward(*given[:3]))
assert error <= 1e-6
print("convolution: as nudges of every number say")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# The kernel is $\begin{pmatrix} 3 & 0 \\ 1 & -2 \end{pmatrix}$, and δ at the four outputs is
# $\begin{pmatrix} 1 & 2 \\ 0 & -1 \end{pmatrix}$. Write down $\partial L/\partial x$ for the 3×3
# input.

# %% slideshow={"slide_type": "skip"}
grad_x = ...  # such as [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
check("08.pixel", grad_x)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a layer that is in no book
# It has one number for each channel and multiplies the whole map with it:
# $y_{ncij} = s_c\, x_{ncij}$. (Batch norm in notebook 11 contains one.) `grad_y` is
# $\partial L/\partial y$, of the shape of $y$. What is $\partial L/\partial s$?


# %% slideshow={"slide_type": "skip"}
def channel_scale(grad_y, x):
    # your code: return an array of shape (C,)
    return None


check("08.channel_scale", channel_scale)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Backpropagation and Gradients"]
# ## A whole CNN, by hand
# | layer | weights | output | kept for the way back |
# |---|---|---|---|
# | images | | (N, 1, 8, 8) | $x$ |
# | convolution 3×3 | $K_1$ (6, 1, 3, 3), $b_1$ (6,) | (N, 6, 6, 6) | $z_1$ |
# | ReLU | | (N, 6, 6, 6) | $h_1$ |
# | convolution 3×3 | $K_2$ (6, 6, 3, 3), $b_2$ (6,) | (N, 6, 4, 4) | $z_2$ |
# | ReLU, laid out as rows | | (N, 96) | $h_2$ |
# | dense | $W$ (10, 96), $b_3$ (10,) | (N, 10) | $z_3$ |
#
# 60 + 330 + 970 = 1,360 weights and biases; here with eight real digits.


# %% slideshow={"slide_type": "skip"}
def forward(x, w):
    z1 = conv(x, w["K1"], w["b1"])
    h1 = np.maximum(z1, 0)
    z2 = conv(h1, w["K2"], w["b2"])
    h2 = np.maximum(z2, 0).reshape(len(x), -1)
    z3 = h2 @ w["W"].T + w["b3"]
    return z1, h1, z2, h2, z3


weights = network.fresh_weights(seed=0)
for name in ("b1", "b2", "b3"):  # biases that are not 0; why, you will see below
    weights[name] += 0.1 * rng.standard_normal(weights[name].shape)
kept = forward(x, weights)
print(f"loss {numpy_ops.cross_entropy(kept[-1], target):.3f} nats")

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 6", "eq 7"]
# ### Backward: one line a step
# From the last row of the table to the first. Every δ has the shape of its $z$, every slope that of its
# weight:
#
# | δ | shape | gives the slopes of |
# |---|---|---|
# | $\delta_3 = (p_c - [c = t])/N$ | (N, 10) | $W$: $\delta_3^\top h_2$, and $b_3$ |
# | $\delta_2 = \delta_3 W$, where $z_2 > 0$, else 0 | (N, 6, 4, 4) | $K_2$: $h_1$ correlated with $\delta_2$, and $b_2$ |
# | $\delta_1 = \delta_2$ convolved with $K_2$, where $z_1 > 0$, else 0 | (N, 6, 6, 6) | $K_1$: $x$ correlated with $\delta_1$, and $b_1$ |


# %% slideshow={"slide_type": "skip"}
def backward(x, target, w, kept):
    (z1, h1, z2, h2, z3), grads = kept, {}
    delta3 = (numpy_ops.softmax(z3, axis=1) - np.eye(10)[target]) / len(x)  # (N, 10)
    grad_h2, grads["W"], grads["b3"] = dense_backward(delta3, h2, w["W"])
    delta2 = grad_h2.reshape(z2.shape) * (z2 > 0)  # (N, 6, 4, 4)
    grad_h1, grads["K2"], grads["b2"] = conv_backward(delta2, h1, w["K2"])
    delta1 = grad_h1 * (z1 > 0)  # (N, 6, 6, 6)
    _, grads["K1"], grads["b1"] = conv_backward(delta1, x, w["K1"])
    return grads


by_hand = backward(x, target, weights, kept)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two witnesses
# Did we get all 1,360 right? One witness is the nudge. The other is PyTorch's *autograd*, which records
# the arrows of the way forward by itself and walks them backward. **Predict:** which of the two will
# agree with us to more digits?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
nudged = experiments.central_differences(lambda: network.loss_of(x, target, weights), weights)
by_torch = network.by_autograd(x, target, weights)

print(f"{'':4} {'off nudging':>13} {'off autograd':>14}")
for name, grad in by_hand.items():
    off = [abs(grad - other[name]).max() for other in (nudged, by_torch)]
    print(f"{name:4} {off[0]:13.0e} {off[1]:14.0e}")
    assert off[0] <= 1e-8 and off[1] <= 1e-14

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Autograd, to the last digits of float64: it multiplies and adds the same numbers as we do. The nudge
# agrees to ten decimals, and the fault is its own: it subtracts two losses, and the digits that they
# share are lost. So it is a judge of mistakes, which are large.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### With biases 0
# The biases above were random numbers. Most networks start with biases 0. Same code, same digits:
# **Predict:** will we and the nudge agree about $b_1$ now? If not, who is wrong?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
fresh = network.fresh_weights(seed=0)
ours = backward(x, target, fresh, forward(x, fresh))["b1"]
only_b1 = {"b1": fresh["b1"]}
asked = experiments.central_differences(lambda: network.loss_of(x, target, fresh), only_b1)["b1"]
print("b1 by hand  ", *(f"{slope:8.4f}" for slope in ours))
print("b1 by nudges", *(f"{slope:8.4f}" for slope in asked))

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# They disagree, and the nudge is wrong. On the black background all nine pixels of a window are 0, and
# with bias 0 so is $z_1$: the corner of the ReLU. Nudged up, the output rises; nudged down, it stays 0;
# so the nudge reports *half* a slope. By convention we, and autograd, take 0 there. So compare away
# from corners: that is why the biases were random.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 5", "Backpropagation and Gradients"]
# ## The step
# Every weight now moves against its slope, all at once, each array $W$ by the gradient of its own
# shape:
#
# $$W \leftarrow W - \eta\, \frac{\partial L}{\partial W}$$
#
# The **learning rate** η says how far. A weight moves by −η · slope, and the loss changes by its slope
# for each unit: as long as slopes hold, that takes η · slope² off the loss, and all weights together
# take off η · Σ slope²: the straight line in the next picture.
# **Predict:** is twice the step twice the gain?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How far a slope can be trusted

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
rates, total = np.linspace(0, 1.6, 65), sum((grad**2).sum() for grad in by_hand.values())
steps = [experiments.moved(weights, by_hand, rate) for rate in rates]
losses = np.array([network.loss_of(x, target, each) for each in steps])
curves = {"what happens": losses, "what the slopes promise": losses[0] - rates * total}
labels = {"x_label": "learning rate η of one step", "y_label": "loss after it (nats)"}
ax = plots.show_curves(rates, curves, **labels, legend_place="upper right")
ax.set_ylim(0, 1.5 * losses[0])
plots.describe(ax, "Loss after one step against the learning rate. It first falls along the straight "
               "line of the slopes, then bends away from it, turns, and rises again.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# At first, yes: the curve leaves along the line. Then it bends, turns, and rises again, because a
# slope is measured *here*, and 1,360 weights that all move change each other's slopes on the way.
# So: small steps, and fresh slopes at each. That is affordable only if slopes are cheap.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Leave a step out
# Three slips that everyone makes once, here in the way back of a convolution:
#
# | slip | right | written |
# |---|---|---|
# | no transpose | `einsum("noij,oc->ncij", …)` | `"noij,co->ncij"` |
# | no sum over the batch | add over all images | keep the last image |
# | δ overwritten | `grad_x[…] += sent` | `grad_x[…] = sent` |
#
# **Predict:** which of them stops with an error? With which will the network still learn to read
# digits?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three slips, measured
# Left: how many degrees the gradient of $K_1$ points away from the right one (at 90° the two have
# nothing in common). Right: the share of 500 unseen digits that are read right after 300 steps. One
# point a seed.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
seeds, slips = (0, 1, 2), list(network.SLIPS)
errors = {s: [experiments.slip_error(s, seed=seed, only="K1") for seed in seeds] for s in slips}
accuracies = {s: experiments.accuracies_with(s, seeds=seeds) for s in slips}
plots.describe(
    figures.show_slips(errors, accuracies),
    "Four rows. With nothing left out the gradient is not turned and accuracy is about 0.94. No "
    "transpose and overwriting turn it by 50 to 90 degrees, and accuracy is 1 or 2 points lower. "
    "Without the sum over the batch it is turned as far, and accuracy falls below 0.9.",
)
right = np.array(accuracies["nothing left out"])
assert all((right > accuracies[slip]).all() for slip in slips[1:])

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# None stops: the second convolution has as many channels in as out, so even the missing transpose
# fits. And **all of them learn**, if a little worse. Who does not know what this network can do would
# not notice.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# Why? The first and the last slip spoil only what arrives at $K_1$ and $b_1$, 60 of 1,360 numbers.
# The layers above still get their right slopes, and they learn to read whatever the first layer
# gives them, so that accuracy falls by one or two points, though on every seed. It has been found
# that fixed random numbers in place of the transposed weights can be enough (Lillicrap et al. 2016).
# The missing sum hurts most: at each step both convolutions throw 63 of 64 images away. (The
# course's tests find the same on three seeds that are not shown.)
#
# So a falling loss does not prove a gradient right. The nudge does, in seconds: it tells a slope that
# is off by a billionth from one that points tens of degrees away. Check first, then train.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# A layer with a *skip connection* (notebook 12): $y = x + \mathrm{ReLU}(x\,W^\top)$, with $x$ of shape
# (N, D) and `weight` (D, D). This should be the gradient of $x$. It runs, and it is wrong.


# %% slideshow={"slide_type": "skip"}
def skip_backward(grad_y, x, weight):
    grad_x = grad_y.copy()  # along the way around
    delta = grad_y * (x @ weight.T > 0)
    grad_x = delta @ weight  # along the way through the layer
    return grad_x


check("08.skip_bug", skip_backward)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the way back costs
# Count the multiply-adds of one image. Forward, each is a product of a weight and an input. Back, each
# such product has *two* arrows to walk: one to its weight, one to its input. So the way back should
# cost twice as much. **Predict:** is it exactly twice, less, or more?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
forward_cost = {"convolution 1": 36 * 6 * 9, "convolution 2": 16 * 6 * 54, "dense": 10 * 96}
total = sum(forward_cost.values())
sent_on = total - forward_cost["convolution 1"]  # nobody needs the slope of the image
print("multiply-adds:", *(f"{name} {cost:,}" for name, cost in forward_cost.items()))
print(f"forward {total:,}; backward {total:,} for weights + {sent_on:,} for inputs")
print(f"backward / forward = {(total + sent_on) / total:.2f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Less: nobody asks for the slopes of the image. It is at most twice for any number of weights. So one
# step, forward and backward, costs less than **three** forward passes, where asking took 2,720 for the
# same slopes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Asked, guessed, sent back
# The picture of the beginning, with the same 32 digits and the same first weights. A step of
# backpropagation is counted as three passes.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
plots.describe(
    figures.show_learning(learned),
    "The picture of the beginning with a third way: backpropagation falls near 0 within 200 forward "
    "passes on all three networks, guessing needs more than 1,000, asking takes its first step at "
    "the very end.",
)
sent, guessed = (
    [experiments.passes_to(trace, loss=0.1) for trace in learned[name]]
    for name in ("backpropagation", "guessing")
)
print(f"passes to a loss of 0.1: backpropagation {sent}, guessing {guessed}")
assert all(4 * ours < theirs for ours, theirs in zip(sent, guessed, strict=True))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where all the slopes come from
# From one sweep. The loss starts with slope 1, every arrow is walked once, and each number passes on
# to those before it what they have contributed. Nothing is asked twice, and nothing is guessed.
#
# With slopes the network learns in about a seventh of the passes that guessing needs, or fewer, although
# some steps were too long (the green line jumps up) and guessing had an easy task here: 32 digits by
# heart. The price is memory: all $z$ and $h$ must wait until the error comes back.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A number feeds three others. What is its slope?
# <details><summary>Answer</summary>The sum of three terms, one an arrow: the slope on the arrow times
# the slope of the number it leads to.</details>
#
# 2. Why must the way forward be kept?
# <details><summary>Answer</summary>The slopes on the arrows need it: ∂L/∂W needs the input h of the
# layer, the ReLU needs to know where z was positive.</details>
#
# 3. W is (10, 96), δ is (32, 10). What is the shape of h, and which product gives ∂L/∂W?
# <details><summary>Answer</summary>(32, 96); δᵀ h, (10, 32)(32, 96). The sum over the 32 samples is
# inside the product.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why is the slope of the bias of a convolution a sum over images, rows and columns?
# <details><summary>Answer</summary>It is added at each place of each image: one arrow for each, with
# slope 1.</details>
#
# 5. Your loss falls nicely. Is your backward pass right?
# <details><summary>Answer</summary>Perhaps. Networks learn even with gradients that point tens of degrees away.
# Only a comparison with nudges, or with autograd, tells.</details>
#
# 6. A ReLU got z = −2 on the way forward, and the slope 5 arrives at its output. What does it send on?
# <details><summary>Answer</summary>0. The gate was shut: a small change of z would have changed
# nothing.</details>
#
# 7. Why is nudging by 10⁻¹² worse than by 10⁻⁵?
# <details><summary>Answer</summary>The two losses then share nearly all of their 16 digits, and their
# difference is mostly rounding.</details>
#
# 8. You double the width of all layers. What becomes of (cost backward) / (cost forward)?
# <details><summary>Answer</summary>It comes nearer to 2: the first layer, which sends nothing on, becomes a
# smaller part of the whole.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Along an arrow slopes multiply, where arrows leave they add up: that is all of backpropagation.
# * Dense: $\partial L/\partial W = \delta^\top h$, with the sum over the batch inside, and
#   $\delta^{(l)} = (\delta^{(l+1)} W^{(l+1)}) \odot f'(z^{(l)})$.
# * Convolution: $\partial L/\partial K$ correlates input and δ, $\partial L/\partial x$ is a full
#   convolution of δ with $K$.
# * All 1,360 slopes of a CNN cost less than two forward passes.
# * Wrong gradients can learn. A nudge finds them.
#
# **On your own** Try `experiments.compare(seeds=(0,), channels=16)`, with 5,050 weights. Predict first
# which of the three ways gets dearer. `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `dense_backward` | `numpy_ops/linear.py` | `tests/parity/test_linear.py` |
# | `conv_backward` | `numpy_ops/convolution.py` | `tests/parity/test_convolution.py` |
# | nudging | `gradcheck.py` | `tests/test_gradcheck.py` |
# | the small CNN, its slips | `lessons/backpropagation` | `tests/lessons/backpropagation` |
#
# **Sources**
# Rumelhart, Hinton, Williams 1986, *Learning representations by back-propagating errors*, Nature 323
# (the δ recursion) · Goodfellow, Bengio, Courville 2016, *Deep learning*, sections 6.5 (chain rule on
# graphs), 9.5 (convolution) and 11.5 (nudging) · Baydin et al. 2018, *Automatic differentiation in
# machine learning: a survey*, JMLR 18 (sweeps forward and backward) · Lillicrap et al. 2016, *Random
# synaptic feedback weights support error backpropagation for deep learning*, Nature Communications 7 ·
# Rechenberg 1973, *Evolutionsstrategie* (the one-in-five rule of guessing) · Krizhevsky, Sutskever,
# Hinton 2012 (AlexNet; notebook 18 counts its weights).
#
# **Next** 9, vanishing gradients: what becomes of δ after thirty layers.
