# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 16. Train a CNN you can trust
#
# **You will** train a CNN step by step, climb a ladder of checks, give three optimizers their own
# learning rates, look at misread digits, and at last train a CNN made of your own functions.
# **You need** the convolutional layer (notebook 4) and the way back (notebook 8). Softmax, −log p and
# slopes return in half a page. **Time** 90 min, CPU.
#
# Two people train the same CNN on the same 100 handwritten digits: the same first weights, the same
# order, the same steps. Both watch the **loss**, which says how wrong the network is, and both are
# pleased. One of the two trainings is worthless.

# %% slideshow={"slide_type": "skip"}
import tempfile
from pathlib import Path

import numpy as np
import torch

from course_lib import datasets, numpy_nn, plots, training
from course_lib.exercises import check, hint, solution  # noqa: F401 (for the reader)
from course_lib.lessons.training_a_cnn import experiments, figures, live

rng = np.random.default_rng(seed=0)
digits = datasets.load("digits")
loss = numpy_nn.CrossEntropyLoss()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two losses fall
# Three networks each, from three random starts. The dotted line is the loss of a network that knows
# nothing. Look at where both kinds end: a loss of 0.1 means that the right answers get nine tenths of
# the probability.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
runs = experiments.labels_in_place_and_slipped(seeds=(0, 1, 2))
first, second = runs["in place"], runs["slipped"]
losses = {"training A": first, "training B": second}
smooth = {n: np.array([live.running_mean(r.losses, 8) for r in of]) for n, of in losses.items()}
labels = {"x_label": "step", "y_label": "loss, mean of 8 steps (nats)"}
ax = figures.show_runs(np.arange(1, 1 + len(first[0].losses)), smooth, **labels)
plots.describe(ax, "Loss against step for two trainings, three starts each. A falls below 0.01 in 300 "
               "steps, B starts later and falls to between 0.1 and 0.3.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer (5 minutes): let the hall choose before the numbers: whose network would you pay
# for? Ask those who chose B for their reason, and those who chose A. Both curves look healthy, and that
# nobody *can* know from them is the point. Come back to it at rung 3.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which would you trust?
# A is faster, but B, too, knows its 100 digits in the end. **Predict:** what share of 500 digits
# that they have never seen does each of them read?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
for name, three in losses.items():
    known = " ".join(f"{run.train_accuracy:.2f}" for run in three)
    unseen = " ".join(f"{run.test_accuracy:.2f}" for run in three)
    print(f"{name}: of its own 100 digits {known}   of 500 unseen {unseen}")
assert min(run.train_accuracy for run in first + second) > 0.95
assert min(run.test_accuracy for run in first) > 0.85
assert max(run.test_accuracy for run in second) < 0.2

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A reads nine in ten, B one in ten: it guesses. In B's file the labels have slipped by one line, so
# each image carries the label of its neighbor, and B has learned a hundred wrong answers by
# heart. **How do you find out, early, whether a training can be trusted?**

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Basic CNN Architecture", "Key Components of CNNs"]
# ## The basic architecture
# Six kinds of parts lead from pixels to an answer.
#
# | part | layer here | what it does |
# |---|---|---|
# | input | (N, 1, 8, 8) | N gray images of 8×8 pixels, values from 0 to 1 |
# | convolution | `Conv2d` | slides learned filters over the image |
# | activation | `ReLU` | keeps what is positive |
# | pooling | `MaxPool2d` | keeps the largest of each 2×2 pixels |
# | fully connected | `Linear` | weighs all numbers of the last maps (the *features*), one sum for each class |
# | output | softmax | turns the sums into probabilities |

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Basic CNN Architecture"]
# ### One recipe, two libraries
# `numpy_nn` uses the names of `torch.nn`, so one recipe builds the network in both.


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
# Filters × (numbers in a window + 1 bias): that is how many numbers a layer learns. **Predict:** which
# of the three layers learns the most?

# %% slideshow={"slide_type": "fragment"} deck=["Forward Pass in CNNs"] tags=["hide-input", "answer"]
x = digits.x_train[:64]
print(f"{'input':10} {x.shape!s:16}")
for layer in network.layers:
    x = layer(x)
    learned = sum(parameter.data.size for parameter in layer.parameters())
    print(f"{type(layer).__name__:10} {x.shape!s:16} {learned or '':5}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The second convolution: 32 · (16 · 9 + 1) = 4,640 of 6,090. The last layer sees every feature, but
# here only 128 are left. In LeNet-5 and VGG most weights sit in the dense layers (notebooks 17, 19).

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Forward Pass in CNNs"]
# ### What the layers see
# One digit on its way through the untrained network, one of 16 channels, all maps on one scale. In
# this channel much of the map is negative (blue). The ReLU sets all of it to 0, and the pooling halves
# both sides. The features are random still; training will choose better ones.

# %% slideshow={"slide_type": "fragment"} deck=["Forward Pass in CNNs"] tags=["hide-input"]
chart = figures.show_first_maps(network.layers[:3], digits.x_train[:1], channel=0)
alt = (
    "A digit; its map with red and blue parts; the map with blue cut to zero; the map at half size."
)
plots.describe(chart, alt)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Scores, probabilities, a loss
# **Scores become probabilities.** The last layer gives each class c a score $z_c$, its *logit*. The
# **softmax** $p_c = e^{z_c} / \sum_k e^{z_k}$ makes all positive with sum 1: the scores 2, 1, 0
# become 0.67, 0.24, 0.09.
#
# **A probability becomes a loss.** For the right class take $-\log p$: 0 if the network is certain
# and right, 0.69 at $p = 1/2$, 2.30 at $p = 1/10$, and without limit as $p$ goes to 0, so being sure
# and wrong costs most. Why a logarithm? Probabilities of independent images multiply, so their
# logarithms add up, and a batch has a mean loss. With the natural logarithm the unit is the *nat*.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The slope of a loss
# The slope says how fast the loss changes when a weight grows a little. Here two classes have the
# scores $w$ and 0, and the first is right: $-\log p = \log(1 + e^{-w})$, with the slope $p - 1$. At
# $w = -1$, where $p = 0.27$, it is $-0.73$: a larger weight lowers the loss. So a step goes *against* the
# slope. The slopes of all weights are the **gradient**; *backward* finds them in one sweep (notebook 8).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
alt = "A loss that falls as its one weight grows, and its tangent at w = −1, which falls to the right."
plots.describe(figures.show_slope(-1.0), alt)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Backpropagation and Gradients", "eq 5"]
# ## One training step
# A *batch* of N images gives logits $z$ (N, C). With $p = \mathrm{softmax}(z)$ and the right
# classes $t$ (N,), the loss is a mean, and its gradient starts the way back:
#
# $$L = -\frac1N \sum_{n} \log p_{n,t_n}, \qquad
# \frac{\partial L}{\partial z_{nc}} = \frac{p_{nc} - [c = t_n]}{N}$$
#
# The bracket is 1 for the right class and 0 for the others. Every weight $W$ then moves against its
# gradient of the same shape, as far as the **learning rate** η says ($p$ less 1 for the right class is
# the slope of the picture before; notebook 14 derives it for C classes):
#
# $$W \leftarrow W - \eta\, \frac{\partial L}{\partial W}$$

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 5"]
# ### Four lines
# **Predict:** how much does one step lower the loss of these images, from about 2.3?

# %% slideshow={"slide_type": "fragment"} deck=["eq 5"] tags=["answer"]
optimizer = numpy_nn.SGD(network.parameters(), learning_rate=0.5)
x, target = digits.x_train[:64], digits.y_train[:64]

before = loss(network(x), target)
network.zero_grad()
network.backward(loss.backward(), needs_grad_x=False)
optimizer.step()
print(f"loss before: {before:.2f}, after: {loss(network(x), target):.2f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A few hundredths: a slope holds for small steps only.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In step with PyTorch
# Give PyTorch the same first weights and the same 200 batches. **Predict:** to how many digits do the
# two losses still agree after 200 steps? (Numbers have about 16 here.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
both = experiments.in_step(build, steps=200)
for step in (1, 10, 200):
    print(f"step {step:3}: NumPy {both[step - 1, 0]:.15f}   PyTorch {both[step - 1, 1]:.15f}")
assert np.abs(both[:, 0] - both[:, 1]).max() <= 1e-6 and both[-1, 0] < 0.2

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# To a dozen digits or more. Both add the same numbers in other orders, and each sum rounds a little
# differently; in 200 steps that grows, but the path is the same. So what follows is true of both.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The sanity ladder
# A network with a mistake in it often trains anyway, only worse. Three rungs, each dearer than the
# one before, tell early:
#
# 1. **The first loss** must be near $\log C$ for C classes, because nothing is known yet.
# 2. **Fifty images** must be learned by heart. If not, something is broken.
# 3. **Unseen images** must be read, after a training on all.
#
# **Predict** the first loss for ten classes, in nats.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
x, target = digits.x_train[:50], digits.y_train[:50]
fresh = [build(numpy_nn, generator=np.random.default_rng(seed)) for seed in range(5)]
first_losses = [float(loss(each(x), target)) for each in fresh]
print(f"log 10 = {np.log(10):.3f}; five fresh networks:", *(f"{each:.2f}" for each in first_losses))
assert np.abs(first_losses - np.log(10)).max() < 0.2

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# About 2.3: each class gets about 1/10, and −log(1/10) = log 10. A first loss far *above* means that
# the network is sure of something before it has seen anything.

# %% slideshow={"slide_type": "skip"}
# Your turn: a network is to tell 100 classes apart. What should its first loss be, in nats?
check("16.first_loss", ...)  # put your number in place of ...

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rung 2: fifty images by heart
# Once with the true labels, once with *shuffled* ones: there is nothing to understand, only to
# memorize. **Predict:** can the network do it, and how many more steps does it need?


# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
fifty, true = digits.x_train[:50], digits.y_train[:50]
for name, labels in {"true": true, "shuffled": rng.permutation(true)}.items():
    steps = [experiments.steps_to_memorize(build, fifty, labels, seed=seed) for seed in range(3)]
    print(f"{name:8} labels: all 50 right after {steps} steps (3 starts)")
    assert all(steps)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It can, in about twice as many steps. So rung 2 proves that the machinery works, gradients, steps and all,
# and *nothing* about understanding (Zhang et al. 2017). That is why B looked so well: it had
# climbed two rungs, and its owner had stopped there.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rung 3: digits it has never seen
# `training.fit` runs the four lines over all 1,297 training digits, 15 times (15 *epochs*). Its rate
# first rises and then falls to almost 0 (`one_cycle`): early steps are careful, late ones settle.
# **Predict** the share of 500 unseen digits that are read right.

# %% slideshow={"slide_type": "skip"}
read = []
for seed in range(3):
    torch.manual_seed(seed)
    model = build(torch.nn)
    training.fit(
        model, digits, epochs=15, batch_size=32, optimizer="momentum", learning_rate=0.1,
        schedule="one_cycle", device="cpu", seed=seed, progress=False,
    )  # fmt: skip
    read.append(training.predict(model, digits.x_test, device="cpu").argmax(axis=1))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
accuracies = [training.accuracy(one, digits.y_test) for one in read]
print("read right:", *(f"{share:.3f}" for share in accuracies), "(3 starts)")
assert min(accuracies) >= 0.965

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# About 99 of 100. One image in 500 is 0.002, so what differs between starts is a handful of images:
# a single number says little, and a gain of half a point may be luck.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
# How fast is a step? Both libraries on one thread, in float32. Neither is far ahead, because in layers
# as tiny as these most of the time goes into calling functions, not into products.
fast, fast_twin = build(numpy_nn, generator=rng), build(torch.nn)
moves = numpy_nn.SGD(fast.parameters(), learning_rate=0.01, momentum=0.9)
twin_moves = torch.optim.SGD(fast_twin.parameters(), lr=0.01, momentum=0.9)
x, target = digits.x_train[:64], digits.y_train[:64]
images = torch.from_numpy(x), torch.from_numpy(target)
both_steps = {
    "NumPy": lambda: training.training_step(fast, moves, x, target),
    "PyTorch": lambda: experiments.torch_step(fast_twin, twin_moves, *images),
}
for name, rate in experiments.images_per_second(both_steps, num_images=64).items():
    print(f"{name:8} {rate:7,.0f} images/s in training")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three ways downhill
# Plain **SGD** (stochastic gradient descent) uses the gradient $g$ of one batch. Two others
# remember. $v, m, s$ have the shape of the weight, and all start at 0.
#
# | | remembers | moves the weight by |
# |---|---|---|
# | SGD | – | $-\eta\, g$ |
# | momentum | $v \leftarrow \mu v + g$ | $-\eta\, v$ |
# | Adam | $m \leftarrow \beta_1 m + (1-\beta_1) g, \quad s \leftarrow \beta_2 s + (1-\beta_2) g^2$ | $-\eta\, \hat m / (\sqrt{\hat s} + \epsilon)$ |
#
# $\hat m = m/(1-\beta_1^t)$ and $\hat s = s/(1-\beta_2^t)$ make up for the start at 0, at step
# $t = 1, 2, \dots$ Usual: $\mu = 0.9,\ \beta_1 = 0.9,\ \beta_2 = 0.999,\ \epsilon = 10^{-8}$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A valley with two weights
# The loss $\frac12(w_1^2 + 25 w_2^2)$ is 25 times as steep across as along. Four walkers start at the
# square and want to the cross: SGD and momentum 0.5 and 0.9 at the *same* rate 0.077, Adam at 0.4.
# **Predict:** who zigzags, who overshoots, and who walks straight?


# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
paths = experiments.walks(steps=40)
chart = figures.show_walks(lambda a, b: (a**2 + 25 * b**2) / 2, paths)
plots.describe(chart, "Four walks of forty steps down a valley. SGD zigzags across it all the way, "
               "momentum 0.5 is calm after a few steps, momentum 0.9 swings widest and runs past the "
               "bottom, Adam goes diagonally, crosses the middle and bends back.")  # fmt: skip
after_ten = ", ".join(f"{abs(path[10, 1]):.2f} ({name})" for name, path in paths.items())
print(f"off the middle after ten steps: {after_ten}")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer (6 minutes): "who walks straight?" is a trap, and most walk into it with Adam. Let
# somebody follow each path with a finger. They stumble over momentum 0.9, which they know as the usual
# value: it is the usual one for *noisy* slopes, and this valley has none.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Nobody walks straight
# * **SGD** is slow along the valley and almost too fast across: each step lands on the other side.
# * **Momentum 0.5**, at the same rate: gradients that change sign cancel in $v$, those that keep it add
#   up. After ten steps it is 0.05 off the middle, SGD 0.69.
# * **Momentum 0.9** remembers too long for this valley: it swings *wider* than SGD.
# * **Adam** divides each step by the size of the weight's own gradients and so starts diagonally; what
#   $m$ remembers carries it across the middle.
#
# One valley, rates chosen by hand: it shows how they move, not which is best.

# %% slideshow={"slide_type": "skip"}
# Your turn, momentum by hand: weight 1, gradient always 2, learning rate 0.1, momentum 0.5, velocity
# 0 at the start. Where is the weight after three steps?
check("16.momentum_by_hand", ...)  # put your number in place of ...


def momentum_step(weight, grad, velocity, learning_rate, momentum):
    # your code, for arrays of any shape: return np.stack([new weight, new velocity])
    return None


def adam_moves(grads):  # of a single weight, one gradient a step
    # your code: what Adam subtracts in each step, at rate 1, betas 0.9 and 0.999, ε = 1e-8
    return None


check("16.momentum_step", momentum_step)
# hint("16.momentum_step")
# solution("16.momentum_step")
check("16.adam_moves", adam_moves)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The learning rate
# Back to the digits: three optimizers (momentum is 0.9), seven rates, 120 steps, three starts. A batch
# is a noisy judge, so each training is judged by the *mean* loss of its last 20 steps.
# **Predict:** at one rate for all three, 0.01, who is best? And at 0.3?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
curves = experiments.rate_range(seeds=(0, 1, 2))  # (optimizer, rate): losses (3, 120)
rates = np.array(experiments.RATES)
ends = {
    name: np.array([curves[name, rate][:, -20:].mean(axis=1) for rate in rates]).T
    for name in experiments.OPTIMIZERS
}
labels = {"x_label": "learning rate", "y_label": "mean loss, steps 101–120 (nats)", "log_x": True}
ax = figures.show_runs(rates, ends, **labels)
plots.describe(ax, "Loss against learning rate, three lines for each optimizer. Adam's valley lies "
               "around 0.01, momentum's around 0.1, that of plain SGD around 0.3.")  # fmt: skip

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer", "nbval-ignore-output"]
for name, values in ends.items():
    at = ", ".join(f"{rates[k]:.2g}: {values[:, k].mean():.2f}" for k in (2, 3, 4, 5))
    good = sorted({f"{rates[k]:.2g}" for k in np.flatnonzero((values < 0.5).all(axis=0))})
    print(f"{name:9} mean loss at rate {at}; below 0.5 from all starts at {', '.join(good)}")
best = {name: rates[values.argmin(axis=1)] for name, values in ends.items()}
assert (best["adam"] < best["momentum"]).all() and (best["momentum"] < best["sgd"]).all()
assert (ends["adam"][:, 2] < ends["sgd"][:, 2]).all()  # at 0.01
assert (ends["sgd"][:, 5] < np.minimum(ends["adam"], ends["momentum"])[:, 5]).all()  # at 0.32

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### One rate for all proves nothing
# At 0.01 Adam wins by far; at 0.3 plain SGD does, and the two others have learned little or nothing. Whoever
# compares at a single rate can prove what he likes. So give each its own best: then plain SGD ends
# last on all three starts, and between momentum and Adam three starts do not decide.
#
# Does Adam save the search? It forgives most here, a factor of ten between the smallest and the largest
# rate that work, momentum a factor of three. Ten times too much ruins both.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# Momentum 0.9 wants about a third of the rate of plain SGD. Why a smaller one?
#
# * **a** Gradients that keep their sign add up in $v$, so the same rate makes longer steps.
# * **b** $v$ is an average of gradients, so it is noisier than the newest one.
# * **c** Momentum also multiplies the learning rate by 0.9 at every step.
# * **d** The way back is computed twice, so every gradient counts double.

# %% slideshow={"slide_type": "skip"}
check("16.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Lay the curves over each other
# A field is a training: press it and its curve appears, while those you pressed before stay. Find the
# first rate of each optimizer that does not learn, and look how its curve differs from that of a rate
# that is too small.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.learning_curves({key: three[0] for key, three in curves.items()})

# %% [markdown] slideshow={"slide_type": "skip"}
# Adam learns nothing at 0.32, momentum nothing at 1; plain SGD still learns a little there. One field
# above, at 0.1 and 0.32, Adam and momentum learn a little too, and stay far from their best. A rate that
# is too small gives a smooth line that has hardly begun to fall. At one that is too large the loss
# jumps, at the start of Adam's 0.1 up to 6, and then stays high.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look at what is wrong
# A share of right answers hides *which* are wrong. Rows are the true classes, columns what the three
# networks of rung 3 have read: 1,500 readings. The mistakes stand off the framed diagonal.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
truth = np.tile(digits.y_test, 3)
counts = training.confusion_matrix(np.concatenate(read), truth, num_classes=10)
ax = figures.show_confusion(counts, digits.class_names)
alt = "Ten by ten classes: nearly all readings stand on the diagonal, a few mistakes beside it."
plots.describe(ax, alt)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The digits themselves
# All that at least two of the three networks misread: the truth, then the three readings.
# Would you have read them?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
wrong = np.array(read) != digits.y_test
hard = np.flatnonzero(wrong.sum(axis=0) >= 2)[:12]
titles = [f"{digits.y_test[k]}: {' '.join(str(one[k]) for one in read)}" for k in hard]
alt = "Digits that at least two of three networks misread, each under its class and the readings."
plots.describe(figures.show_misread(digits.x_test[hard], titles), alt)
print(f"misread by one, two, three networks: {np.bincount(wrong.sum(axis=0), minlength=4)[1:]}")
print("the ninth digit, a 5, is read", *(one[8] for one in read))

# %% [markdown] slideshow={"slide_type": "skip"}
# The first is an old acquaintance: the ninth test digit, of which notebook 0 asked whether a CNN can read
# it at all. There, after six passes, one of three networks did. Here, after fifteen, all three
# agree, and all three are wrong: more passes make a network surer, not always righter. Agreement is
# no proof.
#
# A misread image asks three questions. Is the *label* right? (This is a 5, though its bow is
# closed.) Could a person read the *image*? (8 × 8 pixels are few.) And only then: is it the *network*?
# Whoever enlarges the network first may be fitting somebody's typing mistakes.
#
# ### Your turn: of each class
# Of each true class, which share was recognized? `counts` is a confusion matrix such as the one above.


# %% slideshow={"slide_type": "skip"}
def recall(counts):
    # your code: return one share for each class
    return None


check("16.recall", recall)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Stop, and go on
# Long trainings get interrupted. A *checkpoint* saves the weights, the optimizer's memory, the step and
# the random state. Here Adam is stopped halfway and goes on, once from a checkpoint, once from the
# weights alone. **Predict:** how far are the losses from those of a training that never stopped?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
for seed in range(3):
    after = experiments.interrupted(seed)
    off = {n: np.abs(after[n] - after["never stopped"]) for n in ("resumed", "weights only")}
    print(f"start {seed}: off by " + ", ".join(f"{gap.max():.3g} ({n})" for n, gap in off.items()))
    assert off["resumed"].max() <= 1e-6 < off["weights only"].max()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# From the checkpoint, not at all. From the weights alone it is another training: Adam's memory is
# empty, and the images come in the first order again. (In code: `training.fit(...,
# checkpoint="mine.ckpt", resume=True)`.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Under the microscope
# A CNN with the same layers, for drawings of 28 × 28 pixels. Draw a digit, point at any number to see
# its window, kernel and sum. Then press **train** and watch the maps form.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.microscope()

# %% [markdown] slideshow={"slide_type": "skip"}
# Try three things. Draw a small digit in a corner and switch **center the drawing** off: the network
# was trained on centered digits only, so it no longer finds what it knows. Switch **backward** on and
# choose a wrong answer: the pixels turn red where less ink, blue where more ink would make that
# answer likelier. And train it: the kernels begin as noise, so the first maps are blurred copies of
# the digit, and edges appear in them as the loss falls. `live.microscope(model)` shows a network of
# your own, and `course microscope --model FILE` writes it as one page.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer (8 minutes): let somebody from the hall draw. Point at a number of the last map and
# ask who can say what it is made of; then follow its window down. Press **train** last, and talk on
# while it runs (a minute); ask which maps change first.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Six trainings on the ladder
# Now the ladder is put to the test. One training is sound, five have a fault, and all use Adam:
#
# * the weights of the last layer begin 100 times too large;
# * `zero_grad()` is forgotten, so old gradients are kept;
# * the rate is 50 times too large;
# * the labels have slipped by one line;
# * both convolutions are frozen, by a slip in the list of weights.
#
# **Predict:** which rung catches which? And which of the five does no harm?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What each rung says
# Three starts for each. "–" means: not within 150 steps.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
climbs = {f: [experiments.climb(f, seed=seed) for seed in (0, 1, 2)] for f in experiments.FAULTS}
print(experiments.climb_table(climbs))
sound, loud, kept, fast, slipped, frozen = climbs.values()
assert min(run.first_loss for run in loud) > 5
assert max(run.first_loss for run in sound + kept + fast + slipped + frozen) < 3
assert all(run.steps_to_fifty for run in sound + loud + slipped)
assert not any(run.steps_to_fifty for run in kept + fast + frozen)
assert min(run.test_accuracy for run in sound + loud) > 0.88
assert max(run.test_accuracy for run in slipped) < 0.2
assert max(run.test_accuracy for run in kept + frozen) < 0.9

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Each rung catches another fault
# **Rung 1** sees the loud layer, at once and for free. It does no harm here: Adam needs a few steps to
# calm it down. **Rung 2** sees, in seconds, that the step is broken: old gradients, a wild rate, frozen
# layers. And **only rung 3** sees slipped labels.
#
# So the answer to the first question: *climb in this order*. Cheap rungs first, for they name the
# fault; the last one judges, and nothing replaces it.
#
# Although: what costs a point or two slips through all three, such as a wrong gradient in one layer
# (notebook 8 has three of them). For that, nudge the weights.


# %% slideshow={"slide_type": "skip"}
# Your turn, find the bug: this loop should find the slope of a line, but it swings ever wider.
def fit_line(x, y, learning_rate, steps):
    slope, grad = 0.0, 0.0
    for _ in range(steps):
        error = slope * x - y
        grad += np.mean(2 * error * x)
        slope -= learning_rate * grad
    return slope


check("16.loop_bug", fit_line)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your own images
# `datasets.from_npz` takes any file with `x_train`, `y_train`, `x_test`, `y_test`, the layout in
# which many data sets are shared; `datasets.from_folder` takes a folder of pictures. Here a small
# file is written first, so that the cell runs.
#
# **Your turn:** the recipe fits 8×8 pixels. For color photos of 40 × 32 pixels and 6 classes only its
# first and its last layer change. How many numbers does the last one learn, biases included?

# %% slideshow={"slide_type": "skip"}
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "mine.npz"  # put the path of your own file here
    arrays = {name: getattr(digits, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    np.savez(path, **arrays)
    print(datasets.from_npz(path))

check("16.own_images", ...)  # put your number in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A CNN of your own functions
# You have written much of a CNN in the notebooks before this one. `train_with` puts the pieces together:
# a convolution with eight kernels, ReLU, pooling, and two dense layers with a ReLU between, trained on
# the digits with momentum.
#
# Every piece is *yours* where you bring it, and the package's where you do not. Each of yours is tried
# first. A wrong one is named, with numbers, before any training begins. With the package's pieces alone
# it reads more than 95 of 100 unseen digits after two passes. Do yours?

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Bring your functions
# Copy what you have written into a cell above and put it in place of `...`. All arrays are NumPy's. A
# number in brackets names the notebook where the function stands, or one that is nearly it; the
# others are short, and new. What you solve here, `momentum_step`, is brought already.
# Functions in a file `mine.py` come by `import mine` and `experiments.train_with(mine)`. Loops over
# windows, as in notebook 2, take five to twenty seconds. With all eleven, nothing but NumPy and your own
# lines has learned to read.
#
# | function | returns |
# |---|---|
# | `correlate(image, kernel)` (2) | one map |
# | `grad_weight(image, grad_y)` (4: `grad_weight_of`, for one map) | the slopes of that kernel |
# | `relu(z)`, `relu_backward(grad_y, z)` (8: a line each) | the output; the slopes of z |
# | `max_pool(x)`, `max_pool_backward(grad_y, x)` | the largest of each 2×2 pixels of x (N, C, H, W); the slopes of x |
# | `dense(h, W, b)`, `dense_backward(delta, h, W)` (8: the second) | h Wᵀ + b; the slopes of h, W and b |
# | `cross_entropy(z, target)`, `cross_entropy_backward(z, target)` (above) | the mean of −log p; the slopes of z |
# | `momentum_step(weight, grad, velocity, learning_rate, momentum)` | new weight and velocity, stacked |

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
mine = {
    "correlate": ..., "grad_weight": ...,
    "relu": ..., "relu_backward": ...,
    "max_pool": ..., "max_pool_backward": ...,
    "dense": ..., "dense_backward": ...,
    "cross_entropy": ..., "cross_entropy_backward": ...,
    "momentum_step": momentum_step,
}  # fmt: skip
trained = experiments.train_with(mine)
print(trained)
assert trained.test_accuracy >= 0.95

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
# 3. "At rate 0.01 Adam beats SGD." What do you ask?
# <details><summary>Answer</summary>How each does at its own best rate, and from how many
# starts.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why does every step forget the old gradients first?
# <details><summary>Answer</summary>Gradients add up. Without <code>zero_grad()</code> old batches
# would keep pulling.</details>
#
# 5. Why is `needs_grad_x=False` passed to the first backward?
# <details><summary>Answer</summary>No weight stands before the first layer, so nobody needs the
# gradient of the image.</details>
#
# 6. What do m and s do in Adam?
# <details><summary>Answer</summary>m averages the gradient, s its square. Their ratio makes the first
# steps as large as the learning rate, whatever the scale of the gradient, unless it is as small as
# ε.</details>
#
# 7. Two networks differ by half a point of accuracy on 500 test images. What do you conclude?
# <details><summary>Answer</summary>Not much: that is two or three images, about as much as another
# start changes.</details>
#
# 8. A checkpoint holds the weights alone. What is lost?
# <details><summary>Answer</summary>What the optimizer remembers, the step (so the place in the
# schedule), and the random state that orders the images.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * A training step is forward, backward, move. Momentum and Adam change the move only.
# * A falling loss proves little: slipped labels were learned by heart, too.
# * The ladder: first loss near log C, fifty images by heart, unseen images. Each rung catches what the
#   others miss.
# * Each optimizer needs its own rate; at a common one either Adam or SGD can win.
# * Look at what is misread; the share alone hides it.
#
# **On your own** Leave the ReLUs out of `build`. Predict the three rungs, then climb them. Which rung
# sees it?

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | layers | `numpy_nn/convolution.py` | `tests/numpy_nn/test_layers.py` |
# | optimizers | `numpy_nn/optimizers.py` | `tests/numpy_nn/test_optimizers.py` |
# | training loop | `training/loop.py` | `tests/training/test_loop.py` |
# | six trainings, slipped labels | `lessons/training_a_cnn/sick.py` | `tests/lessons/training_a_cnn/test_sick.py` |
# | your own functions | `lessons/training_a_cnn/capstone.py` | `tests/lessons/training_a_cnn/test_capstone.py` |
#
# **Sources**
# LeCun, Bottou, Bengio, Haffner 1998, *Gradient-based learning applied to document recognition* ·
# Sutskever, Martens, Dahl, Hinton 2013, *On the importance of initialization and momentum in deep
# learning*, section 2 · Kingma, Ba 2015, arXiv:1412.6980, algorithm 1 · Zhang, Bengio, Hardt,
# Recht, Vinyals 2017, arXiv:1611.03530 · Smith, Topin 2018, arXiv:1708.07120 (one cycle) ·
# Karpathy 2019, *A recipe for training neural networks* (the ladder) · digits: Alpaydin, Kaynak
# 1998, UCI Machine Learning Repository.
#
# **Next** 17, LeNet: the first of the classic networks.
