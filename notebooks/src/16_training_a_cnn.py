# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 16. Train a CNN in NumPy and in PyTorch
#
# **You will** build a complete network, take its training steps one by one, climb the sanity
# ladder before you trust it, and watch NumPy and PyTorch walk down the same path.
# **You need** the convolutional layer (notebook 4) and the backward pass (notebook 8). Softmax,
# −log p and the slope of a loss come back in half a page; notebook 14 is about losses.
# **Time** 60 min, CPU.
#
# | here | package | test | source |
# |---|---|---|---|
# | layers | `numpy_nn/` | `tests/numpy_nn/` | LeCun et al. 1998 |
# | optimizers | `numpy_nn/` | `tests/numpy_nn/` | Sutskever et al. 2013, arXiv:1412.6980 |
# | training loop | `training/` | `tests/training/` | – |

# %% slideshow={"slide_type": "skip"}
import tempfile
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch

from course_lib import datasets, numpy_nn, numpy_ops, plots, training
from course_lib.exercises import check, hint, solution  # noqa: F401 (for the reader)
from course_lib.lessons.training_a_cnn import experiments, figures, live
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)
digits = datasets.load("digits")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Basic CNN Architecture", "Key Components of CNNs"]
# ## The basic architecture
# Six kinds of parts, from pixels to an answer. Each part is a *layer*: a function with weights
# or without.
#
# | part | layer here | what it does |
# |---|---|---|
# | input | (N, 1, 8, 8) | N gray images of 8×8 pixels, values from 0 to 1 |
# | convolution | `Conv2d` | slides learned filters over the image |
# | activation | `ReLU` | keeps what is positive |
# | pooling | `MaxPool2d` | keeps the largest of each 2×2 pixels |
# | fully connected | `Linear` | weighs all features, one sum for each class |
# | output | softmax | turns the sums into probabilities |

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Basic CNN Architecture"]
# ### One recipe, two libraries
# `course_lib.numpy_nn` uses the names of `torch.nn`. So one recipe builds the network in both.
# Convolution, activation and pooling come twice: a second look at larger patterns.


# %% slideshow={"slide_type": "fragment"}
def build(nn, **random):
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, **random), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, **random), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 2 * 2, 10, **random),
    )  # fmt: skip


network = build(numpy_nn, generator=rng)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Follow the shapes
# **Predict:** which layer holds the most weights? Write down your guess, then run.

# %% slideshow={"slide_type": "fragment"} deck=["Forward Pass in CNNs"]
x = digits.x_train[:64]
print(f"{'input':10} {x.shape!s:16}")
for layer in network.layers:
    x = layer(x)
    weights = sum(parameter.data.size for parameter in layer.parameters())
    print(f"{type(layer).__name__:10} {x.shape!s:16} {weights:5} weights")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the audience compute 16·(1·9+1) = 160 and 32·(16·9+1) = 4,640 by hand.
# The second convolution holds most, although the linear layer sees every feature: here the maps
# are tiny. In LeNet-5 and VGG it is the other way round (notebooks 17 and 19).

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Forward Pass in CNNs"]
# ### What the layers see
# One digit on its way through the *untrained* network. The maps show the first of 16 channels, all
# on one scale: red above zero, blue below. Look for the places where pixels get fewer, and for what
# the ReLU takes away.

# %% slideshow={"slide_type": "fragment"} deck=["Forward Pass in CNNs"] tags=["hide-input"]
_, axes = plots.figure(columns=5, height=2.4, width_ratios=[1, 1, 1, 1, 1.3])
x = digits.x_train[:1]
plots.show_image(x[0], title="input", role="input", ticks=False, ax=axes[0, 0])
for ax, layer in zip(axes[0, 1:4], network.layers[:3], strict=True):
    x = layer(x)
    ax.imshow(x[0, 0], cmap="RdBu_r", vmin=-0.5, vmax=0.5)
    title = f"{type(layer).__name__}\n{x[0, 0].min():.2f} to {x[0, 0].max():.2f}"
    ax.set(title=title.replace("-", "−"), xticks=[], yticks=[])
probabilities = numpy_ops.softmax(network(digits.x_train[:1]), axis=1)
axes[0, 4].bar(range(10), probabilities[0], color=plots.OUTPUT)
axes[0, 4].set(title="output", xlabel="class", ylabel="probability", ylim=(0, 1))
plots.describe(axes[0, 0], "A digit, its map, the map cut at zero, the pooled map, ten equal bars.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# In this channel most of the map is below zero, and the ReLU sets all of that to zero: the blue is
# gone. The pooling halves both sides. The output is flat: every class gets about one tenth, because
# the network does not know anything yet.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three ideas in half a page
# **Scores become probabilities.** The last layer gives a score $z_c$ for each class, its *logit*. The
# **softmax** $p_c = e^{z_c} / \sum_k e^{z_k}$ makes all of them positive with sum 1: the scores 2, 1, 0
# become 0.67, 0.24, 0.09.
#
# **A probability becomes a loss.** For the right class take $-\log p$: 0 if the network is certain
# and right, 0.69 at $p = 1/2$, 2.30 at $p = 1/10$, and without limit as $p$ goes to 0, so being sure
# and wrong costs most. Why the logarithm? The probabilities of independent images multiply; their
# logarithms add up, so that a batch has a mean loss. With the natural logarithm the unit is the *nat*.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The slope of a loss
# The slope tells how fast the loss changes when one weight grows a little. Where it is negative, a
# larger weight lowers the loss; so a step goes *against* the slope. A network has a slope for every
# weight, together called the **gradient**; **backward** computes all of them at once by the chain rule.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
w = np.linspace(-4, 4, 161)
loss_at, p = np.log1p(np.exp(-w)), 1 / (1 + np.exp(1))  # p at w = -1
tangent = np.where(abs(w + 1) <= 1.8, np.log1p(np.exp(1)) + (p - 1) * (w + 1), np.nan)
curves = {"loss −log p": loss_at, f"slope −{1 - p:.2f} at w = −1": tangent}
_, axes = plots.figure(width=6.0, height=3.2)
ax = plots.show_curves(w, curves, x_label="weight w", y_label="loss (nats)", ax=axes[0, 0])
ax.plot(-1, np.log1p(np.exp(1)), "o", color=plots.INK)
plots.describe(ax, "A loss that falls as its one weight grows, and the tangent where w is −1.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Here are two classes with scores $w$ and 0, and the first is right. At $w = -1$ its probability is
# 0.27 and the slope $p - 1 = -0.73$: move to the right. This "$p$ minus 1 for the right class" returns in
# the next formula.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Backpropagation and Gradients", "eq 5"]
# ## One training step
# A *batch* of N images gives logits $z$ (N, C): one score for each of C classes. With the
# probabilities $p = \mathrm{softmax}(z)$ and the right classes $t$ (N,), the **loss** is
#
# $$L = -\frac1N \sum_{n} \log p_{n,t_n} \qquad\text{(one number, in nats)}$$
#
# and its gradient starts the way back: $\partial L/\partial z_{nc} = (p_{nc} - [c = t_n])/N$, where
# the bracket is 1 for the right class and 0 for the others.
# Every weight $W$, of whatever shape, then moves a little against its gradient of the same shape:
#
# $$W \leftarrow W - \eta\, \frac{\partial L}{\partial W}, \qquad \eta \text{: the learning rate}$$

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 5"]
# ### Five lines
# Forward, forget old gradients, backward, move. Everything else in this notebook repeats these
# lines. **Predict:** does the loss on the *same* batch go up or down?

# %% slideshow={"slide_type": "fragment"} deck=["eq 5"]
loss = numpy_nn.CrossEntropyLoss()
optimizer = numpy_nn.SGD(network.parameters(), learning_rate=0.5)
x, target = digits.x_train[:64], digits.y_train[:64]

before = loss(network(x), target)  # forward
network.zero_grad()
network.backward(loss.backward(), needs_grad_x=False)  # nothing stands before the first layer
optimizer.step()
print(f"loss {before:.2f} before the step, {loss(network(x), target):.2f} after it")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Down a little. `training.training_step` in the package is these lines as a function.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: write the five lines on the board and leave them there for the hour. Ask what
# happens without `zero_grad()`; the bug hunt at the end of the notebook comes back to it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The PyTorch twin
# Give PyTorch the same weights: the names in both state dictionaries are the same. Then compare
# the loss and every gradient. In float64 only rounding may differ.


# %% slideshow={"slide_type": "fragment"}
def build_pair(seed):
    ours = build(numpy_nn, generator=np.random.default_rng(seed)).astype("float64")
    twin = build(torch.nn).double()
    twin.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    return ours, twin


ours, twin = build_pair(seed=0)
loss(ours(x.astype(float)), target)
ours.backward(loss.backward(), needs_grad_x=False)
twin_loss = torch.nn.functional.cross_entropy(twin(torch.tensor(x).double()), torch.tensor(target))
twin_loss.backward()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Every gradient agrees
# The largest difference of each, as a share of its largest number.

# %% slideshow={"slide_type": "fragment"}
pairs = zip(ours.named_parameters(), twin.parameters(), strict=True)
print(f"{'gradient of':12} {'shape':16} error ≤ 1e-12")
for (name, parameter), twin_parameter in pairs:
    error = relative_error(parameter.grad, twin_parameter.grad)
    print(f"{name:12} {parameter.grad.shape!s:16} {'yes' if error <= 1e-12 else error}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three ways downhill
# Plain **SGD** (stochastic gradient descent) uses the gradient $g$ of one batch. Two others
# remember. $v, m, s$ have the shape of the weight; all start at 0.
#
# | | remembers | moves the weight by |
# |---|---|---|
# | SGD | – | $-\eta\, g$ |
# | momentum | $v \leftarrow \mu v + g$ | $-\eta\, v$ |
# | Adam | $m \leftarrow \beta_1 m + (1-\beta_1) g, \quad s \leftarrow \beta_2 s + (1-\beta_2) g^2$ | $-\eta\, \hat m / (\sqrt{\hat s} + \epsilon)$ |
#
# $\hat m = m/(1-\beta_1^t)$ and $\hat s = s/(1-\beta_2^t)$ make up for the start at 0, at step
# $t = 1, 2, \dots$ Usual values: $\mu = 0.9,\ \beta_1 = 0.9,\ \beta_2 = 0.999,\ \epsilon = 10^{-8}$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A valley with two weights
# The loss $\frac12(w_1^2 + 25 w_2^2)$ is 25 times steeper across than along. SGD and momentum 0.5 and
# 0.9 walk at the *same* rate 0.077, Adam at 0.4. **Predict:** who zigzags, who overshoots, and who
# walks straight?


# %% slideshow={"slide_type": "fragment"}
def walk(make_optimizer):
    weights = numpy_nn.Parameter(np.array([-8.0, 1.5]))
    optimizer, path = make_optimizer([weights]), [weights.data.copy()]
    for _ in range(40):
        weights.grad = np.array([1.0, 25.0]) * weights.data
        optimizer.step()
        path.append(weights.data.copy())
    return np.array(path)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four walks

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
paths = {
    "SGD": walk(partial(numpy_nn.SGD, learning_rate=0.077)),
    "momentum 0.5": walk(partial(numpy_nn.SGD, learning_rate=0.077, momentum=0.5)),
    "momentum 0.9": walk(partial(numpy_nn.SGD, learning_rate=0.077, momentum=0.9)),
    "Adam": walk(partial(numpy_nn.Adam, learning_rate=0.4)),
}
ax = figures.show_paths(lambda a, b: (a**2 + 25 * b**2) / 2, paths, title="forty steps each")
alt = "Four walks down a valley: SGD zigzags, momentum 0.5 calms down, 0.9 swings, Adam bends."
plots.describe(ax, alt)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(f"{'':12} {'sideways at step 10':>20} {'widest in 10 to 20':>20} {'from bottom at 40':>20}")
for name, path in paths.items():
    sideways = abs(path[:, 1])
    numbers = sideways[10], sideways[10:21].max(), np.linalg.norm(path[40])
    print(f"{name:12}" + "".join(f" {number:20.3f}" for number in numbers))

# %% [markdown] slideshow={"slide_type": "fragment"}
# Nobody walks straight. For SGD this rate is slow along the valley and almost too large across it:
# every step lands on the other side. **Momentum 0.5** helps at the same rate, because gradients that
# change sign cancel in $v$ and those that keep it add up: after ten steps 0.05 sideways, against 0.69.
# **Momentum 0.9** remembers too long for this valley: it swings *wider* than SGD and runs past the
# bottom. **Adam** divides each weight's step by the size of its own gradients, so it starts diagonally,
# but what $m$ remembers carries it across the middle too. All this is one valley and rates chosen by
# hand: it shows how they move, not which is best.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: above 2/25 = 0.08 plain SGD leaves the valley; 0.077 is just below. Ask which
# momentum the hall would choose, and run 0.6 and 0.7.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same steps as `torch.optim`
# Fifty steps on random gradients: the weights stay together. *Nesterov* is momentum that looks one
# step ahead: it moves by $g + \mu v$ instead of $v$.


# %% slideshow={"slide_type": "fragment"}
def largest_gap(make_ours, make_twin):
    start, gap = rng.standard_normal((5, 3)), 0.0
    weight, leaf = numpy_nn.Parameter(start.copy()), torch.nn.Parameter(torch.tensor(start))
    optimizer, twin_optimizer = make_ours([weight]), make_twin([leaf])
    for grad in rng.standard_normal((50, 5, 3)):
        weight.grad, leaf.grad = grad, torch.from_numpy(grad)
        optimizer.step()
        twin_optimizer.step()
        gap = max(gap, abs(weight.data - leaf.detach().numpy()).max())
    return gap


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four optimizers, no difference

# %% slideshow={"slide_type": "fragment"}
ours_and_theirs = {
    "SGD": (numpy_nn.SGD, torch.optim.SGD, {}),
    "momentum": (numpy_nn.SGD, torch.optim.SGD, {"momentum": 0.9}),
    "Nesterov": (numpy_nn.SGD, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "Adam": (numpy_nn.Adam, torch.optim.Adam, {}),
}
for name, (mine, theirs, options) in ours_and_theirs.items():
    gap = largest_gap(
        partial(mine, learning_rate=0.1, **options), partial(theirs, lr=0.1, **options)
    )
    print(f"{name:9} shape (5, 3), largest error ≤ 1e-12: {'yes' if gap <= 1e-12 else gap}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: momentum
# First by hand: weight 1, gradient always 2, learning rate 0.1, momentum 0.5, velocity 0 at the
# start. Where is the weight after three steps?

# %% slideshow={"slide_type": "fragment"}
check("16.momentum_by_hand", ...)  # put your number in place of ...

# %% [markdown] slideshow={"slide_type": "skip"}
# Then in code, for arrays of any shape. Return the new weight and the new velocity, stacked.


# %% slideshow={"slide_type": "skip"}
def momentum_step(weight, grad, velocity, learning_rate, momentum):
    # your code: return np.stack([new weight, new velocity])
    return None


check("16.momentum_step", momentum_step)
# hint("16.momentum_step")
# solution("16.momentum_step")

# %% [markdown] slideshow={"slide_type": "skip"}
# And Adam for a single weight: `grads` holds its gradient in each step. Return what Adam subtracts
# in each step, with rate 1, betas 0.9 and 0.999, eps 1e-8.


# %% slideshow={"slide_type": "skip"}
def adam_moves(grads):
    # your code: return an array as long as grads
    return None


check("16.adam_moves", adam_moves)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The sanity ladder
# A network with a mistake in it often trains anyway, only worse. Three rungs tell early:
#
# 1. **The first loss** must be near $\log C$, with C classes: nothing is known yet.
# 2. **Fifty images** must be learned by heart. If not, something is broken.
# 3. **All images**: now train.
#
# **Predict** the first loss for ten classes, in nats.

# %% slideshow={"slide_type": "fragment"}
first_losses = [
    float(loss(build(numpy_nn, generator=np.random.default_rng(seed))(x), target))
    for seed in range(5)
]
mean, spread = np.mean(first_losses), np.std(first_losses)
print(f"log 10 = {np.log(10):.3f}, first loss {mean:.2f} ± {spread:.2f} (5 seeds)")
print("within 0.1 of log 10:", "yes" if abs(mean - np.log(10)) < 0.1 else "no")

# %% slideshow={"slide_type": "skip"}
check("16.first_loss", ...)  # the first loss of 100 classes, in nats

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall compute the first loss for 2, 10 and 1,000 classes. A first loss far
# above log C means that the last layer is too loud: try to multiply its weights by ten.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rung 2: fifty images by heart
# The second row gets *random* labels: there is nothing to understand, only to memorize.
# **Predict:** can the network do it? In how many more steps?


# %% slideshow={"slide_type": "fragment"}
def steps_to_memorize(target, seed):
    network = build(numpy_nn, generator=np.random.default_rng(seed))
    optimizer = numpy_nn.Adam(network.parameters(), learning_rate=0.01)
    for step in range(1, 301):
        training.training_step(network, optimizer, digits.x_train[:50], target)
        if (network(digits.x_train[:50]).argmax(axis=1) == target).all():
            return step
    return np.inf


# %% slideshow={"slide_type": "fragment"}
labels = {"true": digits.y_train[:50], "random": rng.permutation(digits.y_train[:50])}
steps = {name: [steps_to_memorize(y, seed) for seed in range(3)] for name, y in labels.items()}
for name, counts in steps.items():
    print(f"{name:6} labels all right within 300 steps:", "yes" if max(counts) <= 300 else "no")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
for name, counts in steps.items():
    print(f"{name:6} labels: {min(counts)} to {max(counts)} steps, 3 seeds")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What rung 2 proves
# It learns both by heart. So rung 2 proves that the machinery works: gradients, steps, labels.
#
# It proves *nothing* about understanding. Only images that the network has never seen can tell
# (Zhang et al. 2017, arXiv:1611.03530).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## In step: NumPy and PyTorch
# The same network, the same first weights, the same batches in the same order, real handwritten
# digits. An *epoch* is one pass through all training images, here 21 batches. **Predict:** after 200
# steps, will the two losses still agree, and to how many digits?


# %% slideshow={"slide_type": "fragment"}
def torch_step(twin, optimizer, x, target):
    loss = torch.nn.functional.cross_entropy(twin(torch.from_numpy(x)), torch.from_numpy(target))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


ours, twin = build_pair(seed=1)
momentum = numpy_nn.SGD(ours.parameters(), learning_rate=0.05, momentum=0.9)
twin_momentum = torch.optim.SGD(twin.parameters(), lr=0.05, momentum=0.9)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two hundred steps, side by side

# %% slideshow={"slide_type": "fragment"}
losses, twin_losses = [], []
for _, _, picked in training.batches(len(digits.x_train), batch_size=64, epochs=10, seed=0):
    x, target = digits.x_train[picked].astype(float), digits.y_train[picked]
    losses.append(training.training_step(ours, momentum, x, target))
    twin_losses.append(torch_step(twin, twin_momentum, x, target))

gap = abs(np.subtract(losses, twin_losses))[:200]
print(f"{len(gap)} steps, loss {losses[0]:.1f} → below 0.2:", "yes" if losses[199] < 0.2 else "no")
print("largest difference ≤ 1e-6:", "yes" if gap.max() <= 1e-6 else gap.max())

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
print(f"largest difference {gap.max():.1e}; loss at step 200: {losses[199]:.4f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One curve hides the other

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
_, axes = plots.figure(columns=2, height=3.8)
step, both = np.arange(1, 201), {"NumPy": losses[:200], "PyTorch": twin_losses[:200]}
plots.show_curves(step, both, x_label="step", y_label="loss (nats)", ax=axes[0, 0])
gaps = {"difference": np.maximum(gap, 1e-17), "one millionth": np.full(200, 1e-6)}
plots.show_curves(
    step, gaps, x_label="step", y_label="difference (nats)", log_y=True, ax=axes[0, 1]
)
alt = "Left: two loss curves fall as one. Right: their difference, far below one millionth."
plots.describe(axes[0, 0], alt)

# %% [markdown] slideshow={"slide_type": "fragment"}
# What is left between them is rounding: float64 keeps about 16 digits.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: this slide is the reason why one may trust the NumPy code. In float32 rounding is
# larger by almost nine powers of ten; say so if somebody asks for the usual precision.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: why not to the last bit?
# The losses agree to a dozen digits or more, but not always to the last bit. Why?
#
# * **a** PyTorch estimates gradients by small differences.
# * **b** PyTorch secretly computes in float32.
# * **c** They add the same numbers in other orders, and rounding depends on the order.
# * **d** Their shuffled batches differ a little.

# %% slideshow={"slide_type": "fragment"}
check("16.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How good is it?
# The test images took no part in the training. `training.fit` runs the loop you have seen, with a
# learning rate that first rises and then falls to almost 0 (`one_cycle`). Three seeds: other first
# weights, other order of images. **Predict** the share of test digits that will be right.

# %% slideshow={"slide_type": "fragment"}
accuracies = []
for seed in range(3):
    torch.manual_seed(seed)
    model = build(torch.nn)
    history = training.fit(
        model, digits, epochs=15, batch_size=32, optimizer="momentum", learning_rate=0.1,
        schedule="one_cycle", device="cpu", seed=seed, progress=False,
    )  # fmt: skip
    accuracies.append(history.test_accuracies[-1])
print("test accuracy ≥ 0.97 with each of 3 seeds:", "yes" if min(accuracies) >= 0.97 else "no")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
print(f"test accuracy {np.mean(accuracies):.3f} ± {np.std(accuracies):.3f} (3 seeds)")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which digits are confused?
# Rows are the true classes. A perfect network has numbers on the diagonal only.

# %% slideshow={"slide_type": "fragment"}
predicted = training.predict(model, digits.x_test, device="cpu").argmax(axis=1)
counts = training.confusion_matrix(predicted, digits.y_test, num_classes=10)
ax = figures.show_confusion(counts, digits.class_names, title="500 test digits (images)")
alt = "Ten by ten classes: nearly all test digits stand on the diagonal, a few mistakes beside it."
plots.describe(ax, alt)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Look at the mistakes
# Would you have read them? The title says what the network read, and what is right. A 5 read as 4
# is an old acquaintance: the ninth test digit, which a network misread in notebook 0 too.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
wrong = np.flatnonzero(predicted != digits.y_test)[:6]
columns = max(1, len(wrong))
_, axes = plots.figure(columns=columns, width=1.5 * columns, height=2.2)
for ax, k in zip(axes[0], wrong, strict=False):
    title = f"{predicted[k]}, not {digits.y_test[k]}"
    plots.show_image(digits.x_test[k], title=title, ticks=False, ax=ax)
alt = "Misread test digits, at most six, each with the class it was taken for and its true class."
plots.describe(axes[0, 0], alt)

# %% [markdown] slideshow={"slide_type": "skip"}
# Your turn: of each true class, which share was recognized? `counts` is a confusion matrix.


# %% slideshow={"slide_type": "skip"}
def recall(counts):
    # your code: return one share for each class
    return None


check("16.recall", recall)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How fast?
# Both libraries on one thread, float32, batches of 64, taking turns. **Predict** who is faster,
# and by how much: NumPy, which calls a matrix product for its convolutions, or PyTorch, which
# has code written for this processor?

# %% slideshow={"slide_type": "fragment"}
fast, fast_twin = build(numpy_nn, generator=rng), build(torch.nn)
moves = numpy_nn.SGD(fast.parameters(), learning_rate=0.01, momentum=0.9)
twin_moves = torch.optim.SGD(fast_twin.parameters(), lr=0.01, momentum=0.9)
x, target = digits.x_train[:64], digits.y_train[:64]
steps = {
    "NumPy": lambda: training.training_step(fast, moves, x, target),
    "PyTorch": lambda: torch_step(fast_twin, twin_moves, x, target),
}
speed = experiments.images_per_second(steps, num_images=64)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
for name, rate in speed.items():
    print(f"{name:8} {rate:7,.0f} images/s in training")
print(f"NumPy reaches {speed['NumPy'] / speed['PyTorch']:.2f} of PyTorch's speed in this run")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the ratio depends on the machine and on the sizes of the layers; tiny layers pay
# most for every call. Neither library uses more than one thread here.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The learning rate
# The most important number to choose. Three optimizers, eight rates each, 120 steps, one network. One
# batch makes a noisy loss, so each training is judged by the *mean* loss of its last 20 steps.
# **Predict:** is there one best rate for all three?

# %% slideshow={"slide_type": "fragment"}
settings = {"epochs": 3, "batch_size": 32, "device": "cpu", "seed": 0, "progress": False}
rates = (10.0 ** np.arange(-3, 0.6, 0.5)).tolist()
curves = {}
for name, rate in product(("sgd", "momentum", "adam"), rates):
    torch.manual_seed(0)
    model = build(torch.nn)
    history = training.fit(model, digits, optimizer=name, learning_rate=rate, **settings)
    curves[name, rate] = np.array(history.losses[:120])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three valleys

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
last = {
    name: np.array([curves[name, rate][-20:].mean() for rate in rates])
    for name in ("sgd", "momentum", "adam")
}
labels = {"x_label": "learning rate", "y_label": "mean loss, steps 101–120 (nats)"}
ax = plots.show_curves(np.array(rates), last, **labels, log_y=True, markers=True)
ax.set_xscale("log")
alt = "Three valleys over the learning rate: Adam's at the left, momentum's, then plain SGD's."
plots.describe(ax, alt)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
for name, values in last.items():
    good = [round(rate, 3) for rate, value in zip(rates, values, strict=True) if value < 0.5]
    print(f"{name:9} best rate {rates[values.argmin()]:.2g}, loss below 0.5 at {good}")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
best = {name: rates[values.argmin()] for name, values in last.items()}
in_order = best["adam"] < best["momentum"] < best["sgd"]
print("best rate of Adam < of momentum < of plain SGD:", "yes" if in_order else "no")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Each optimizer has its own scale
# Too small: the loss hardly moves. Too large: it cannot settle, or explodes. So a rate found for one
# optimizer cannot be carried over to another as it is. Momentum 0.9 adds up about the last ten
# gradients, so it wants a smaller rate than plain SGD; Adam divides the scale of the gradients away,
# so its rate is close to the length of the step itself.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Lay the curves over each other
# A field is a training: press it and its curve appears, while those you pressed before stay. Find the
# best rate of each optimizer, and the first one that explodes.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.learning_curves(curves)

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: in a live session go through the rates of one optimizer slowly, from small to
# large, and let the hall say where it starts to work and where it breaks.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Under the microscope
# A CNN with the same layers, for digits of 28 × 28 pixels. Draw one. Point at any number, and see its
# window, its kernel and its sum. Then press **train** and watch the maps form.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.microscope()

# %% [markdown] slideshow={"slide_type": "skip"}
# Try three things. Draw a small digit in a corner and switch **center the drawing** off: the network
# was trained on centered digits only, so it no longer finds what it knows. Switch **backward** on and
# choose a wrong answer: the pixels turn red where less ink, blue where more ink would make that
# answer likelier. And train it: the kernels begin as noise, so the first maps are blurred copies of
# the digit, and edges appear in them as the loss falls. `live.microscope(model)` shows a network of your
# own, and `course microscope --model FILE` writes it as one page.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your own images
# `datasets.from_npz` takes any file with `x_train`, `y_train`, `x_test`, `y_test`, the layout in
# which many data sets are shared; `datasets.from_folder` takes a folder of pictures. Here a small
# file is written first, so that the cell runs.

# %% slideshow={"slide_type": "fragment"}
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "mine.npz"  # put the path of your own file here
    arrays = {name: getattr(digits, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    np.savez(path, **arrays)
    mine = datasets.from_npz(path)
print(mine)
settings |= {"epochs": 1, "optimizer": "adam", "learning_rate": 0.003}
print(len(training.fit(build(torch.nn), mine, **settings).losses), "training steps")

# %% [markdown] slideshow={"slide_type": "skip"}
# The recipe above is made for 8×8 pixels. For 28×28 the last maps are 7×7, so the linear layer
# becomes `nn.Linear(32 * 7 * 7, 10)`. Training can be stopped and resumed to the same numbers:
# `training.fit(..., checkpoint="mine.ckpt", resume=True)`.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# This loop should find the slope of a line, but it swings ever wider. Repair it.


# %% slideshow={"slide_type": "skip"}
def fit_line(x, y, learning_rate, steps):
    slope, grad = 0.0, 0.0
    for _ in range(steps):
        error = slope * x - y
        grad += np.mean(2 * error * x)
        slope -= learning_rate * grad
    return slope


check("16.loop_bug", fit_line)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why is the first loss of ten classes near 2.3?
# <details><summary>Answer</summary>Every class gets about probability 1/10, and −log(1/10) is 2.303
# nats.</details>
#
# 2. What does it prove that a network learns 50 images by heart?
# <details><summary>Answer</summary>That gradients and steps work. Not that it has understood: random
# labels are learned too.</details>
#
# 3. Why does every step forget the old gradients first?
# <details><summary>Answer</summary>Gradients add up. Without <code>zero_grad()</code> old batches
# would keep pulling.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why is `needs_grad_x=False` passed to the first backward?
# <details><summary>Answer</summary>No weight stands before the first layer, so nobody needs the
# gradient of the image.</details>
#
# 5. What do m and s do in Adam?
# <details><summary>Answer</summary>m averages the gradient, s its square. Their ratio makes the first
# steps as large as the learning rate, whatever the scale of the gradient, unless it is as small as
# ε.</details>
#
# 6. Two networks differ by half a point of accuracy on 500 test images. What do you conclude?
# <details><summary>Answer</summary>Not much: that is two or three images, about as much as another
# seed changes.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ---
# ## What you saw
# * A CNN is a row of layers; one recipe builds it in NumPy and in PyTorch.
# * A training step is forward, backward, move. Momentum and Adam only change the move.
# * The sanity ladder: first loss near log C, fifty images by heart, then all.
# * From the same weights on the same batches, NumPy and PyTorch stay together for 200 steps.
# * Test accuracy was at least 0.97 with each of three seeds, and each optimizer has its own best
#   learning rate.
#
# **On your own** Swap max for average pooling; use `shifted_digits`; find the best rate there.

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources**
# LeCun, Bottou, Bengio, Haffner 1998, *Gradient-based learning applied to document recognition* ·
# Sutskever, Martens, Dahl, Hinton 2013, *On the importance of initialization and momentum in deep
# learning*, section 2 · Kingma, Ba 2015, arXiv:1412.6980, algorithm 1 · Zhang, Bengio, Hardt,
# Recht, Vinyals 2017, arXiv:1611.03530 · Smith, Topin 2018, arXiv:1708.07120 (one cycle) ·
# Karpathy 2019, *A recipe for training neural networks* (the ladder) · digits: Alpaydin, Kaynak
# 1998, UCI Machine Learning Repository.
#
# **Next** 17, LeNet: the first of the classic networks.
