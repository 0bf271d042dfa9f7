# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 15. Keep a network from learning by heart
#
# **You will** see a network learn 200 images by heart, derive what dropout does to a number and to a
# sum, and measure what six remedies are worth.
# **You need** backpropagation (notebook 8) and losses (notebook 14). **Time** 60 min, CPU.
#
# A small CNN is shown 200 handwritten digits until it reads every one of them. You could think it has
# learned to read. Then it gets 500 digits that it has never seen. And to be sure what "reads" means,
# a second network gets the same 200 images with their labels dealt out *at random*, so that there is
# nothing in them to be learned at all.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.regularization import experiments, figures, live
from course_lib.lessons.regularization.experiments import METHODS, Method, train
from course_lib.lessons.regularization.networks import Readers
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Six of the 200
# Real digits of 8×8 pixels, each somewhere on a canvas of 16×16. The new ones are
# drawn from other digits of the same collection: no image is in both sets.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
x, labels = experiments.images("train", seeds=(0,), count=200)
plots.describe(
    figures.show_images([*x[:6, 0].numpy()], [f"a {label}" for label in labels[:6, 0]]),
    "Six black squares with one small white handwritten digit each, at six different places.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Read, or remembered?
# The network: two 3×3 convolutions of 16 channels, each pooled by 2, then dense layers of 256 and 10;
# 400 steps of Adam with 50 images each. Each row has three networks, with other images and weights.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
trained = {"nothing": train(METHODS["nothing"], seeds=seeds, look_every=20)}
by_chance = train(Method(shuffled=True), seeds=seeds)
plots.describe(
    figures.show_gaps({"true labels": trained["nothing"], "labels at random": by_chance}),
    "Two rows of three pairs of points. With true labels all training images are read right, and "
    "about 0.4 of the new ones. With random labels also all training images, and 0.1 of the new.",
)
assert min(trained["nothing"].train) > 0.99 and max(trained["nothing"].test) < 0.55
assert min(by_chance.train) > 0.97 and max(by_chance.test) < 0.2

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### It can learn anything by heart
# The random labels are learned too, all of them. So a perfect score on the training images says nothing
# about reading: this network has 70,842 weights, enough to remember 200 images one by one. From the true
# labels it has learned *something*, for 4 in 10 new digits are right and not 1 in 10. The distance
# between the two points is the **gap**, and to have a gap is called **overfitting**.
#
# **What makes a network that could remember everything learn what holds for new digits?**

# %% slideshow={"slide_type": "skip"}
print(f"{sum(weight.numel() for weight in Readers((0,)).parameters()):,} weights")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Regularization
# Anything that is done for the *new* images, even if it makes the training images harder, is called
# **regularization**. The remedies take hold at different places:
#
# | where | remedy |
# |---|---|
# | images | augmentation |
# | numbers inside | dropout, spatial dropout |
# | weights | weight decay |
# | targets | label smoothing |
# | time | early stopping |
#
# All are in every textbook. We take them one by one, and measure each on the same 200 images, with the
# same first weights and the same number of steps.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Images: say what does not matter
# A 7 stays a 7 when it moves. You know that; the network does not, and 200 images are too few to find
# it out. So tell it: move each image a little *every time* it is shown. This is **augmentation**.
# The label stays, and no image comes twice.


# %% slideshow={"slide_type": "skip"}
def move(image, down, right):
    moved = np.zeros_like(image)
    height, width = image.shape
    rows, columns = np.arange(height) - down, np.arange(width) - right
    inside = np.ix_((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    moved[inside] = image[np.ix_(rows[inside[0].ravel()], columns[inside[1].ravel()])]
    return moved


# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
image = x[0, 0].numpy()
places = torch.from_numpy(rng.integers(-4, 5, (1, 6, 2)))
theirs = experiments.moved(x[:1].expand(1, 6, -1, -1), places)[0]
mine = [move(image, *place) for place in places[0].numpy()]
assert np.array_equal(np.array(mine), theirs.numpy())
plots.describe(
    figures.show_images(mine, ["{:+d}, {:+d}".format(*place) for place in places[0].tolist()]),
    "The same digit six times, moved by up to four pixels; here and there a part of it is cut off.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### By one pixel, by four
# **Predict:** a single pixel in each direction, what is it worth: nothing much, or a lot?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for name in ("moved by ±1", "moved by ±4"):
    trained[name] = train(METHODS[name], seeds=seeds)
plots.describe(
    figures.show_gaps(trained),
    "New images read right: about 0.4 with nothing, 0.7 moved by one pixel, 0.85 moved by four. "
    "Training images stay near 1.",
)
gains = {name: run.test - trained["nothing"].test for name, run in trained.items()}
assert min(gains["moved by ±1"]) > 0.2 and min(gains["moved by ±4"]) > 0.35

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A lot: one pixel takes more than half of the gap away, and four pixels most of it. We made 9 images of each,
# and 81. They are no new handwriting, so why do they help that much? Because place was what the
# network had remembered instead of shape, and now place tells it nothing.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A false promise
# Augmentation tells the network what does *not* matter, and it believes everything. Here every second
# image, besides being moved, is turned upside down, and keeps its label.
#
# **Predict:** does still more variety help still more?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
turned = train(Method(shift=4, turned=True), seeds=seeds)
plots.describe(
    figures.show_gaps({"moved by ±4": trained["moved by ±4"], "moved and turned": turned}),
    "Two rows. Moved and turned, fewer new images are read right than moved alone.",
)
assert (turned.test < trained["moved by ±4"].test - 0.02).all()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No, it does harm, on every seed. A 6 upside down *is* a 9, so half of the time the network is told that a 9
# is called 6. And the other digits do not come upside down in use, so to learn them that way is work for
# nothing. Augment by what may happen and does not matter, not by what can be computed.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: design
# You have 300 photographs of street signs, among them "left turn only" and "right turn only", in sunshine
# and in rain, some a little tilted. Which augmentation *hurts*?
#
# * **a** Move each photograph by up to a tenth of its width.
# * **b** Mirror every second photograph, left for right.
# * **c** Turn each photograph by up to 5 degrees.
# * **d** Make each photograph darker or brighter by up to a third.

# %% slideshow={"slide_type": "skip"}
check("15.design", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Numbers: dropout
# Nothing can be remembered by one number alone if that number may be missing tomorrow. **Dropout** sets
# each number inside the network to 0 with probability $p$, anew at every step. Take the number 6 and
# $p = \frac13$: twice in three times 6 goes on, once 0 does, and that makes 4 on average. The next
# layer would get less in training than later, in use.
#
# So what is kept is made larger, 6 / (1 − ⅓) = 9. Now the average is ⅔ · 9 + ⅓ · 0 = 6, as it should be.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### For each number
# $$y = \frac{m}{1 - p}\, x, \qquad m = 1 \text{ with probability } 1 - p, \text{ else } 0$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$, $y$ | numbers inside the network, before and after | any, both the same |
# | $m$ | the **mask**, drawn for each number by itself | the shape of $x$ |
# | $p$ | share that is dropped | one number |
#
# This form is called *inverted* dropout, as it scales while training. In the paper the weights are
# multiplied by $1 - p$ afterwards; the average is the same, but in use the network has to be changed.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Expectation and variance
# $y$ has two possible values, so both are short sums:
#
# $$E[y] = (1 - p)\,\frac{x}{1 - p} + p \cdot 0 = x$$
#
# $$E[y^2] = (1 - p)\,\frac{x^2}{(1 - p)^2} = \frac{x^2}{1 - p}$$
#
# $$\mathrm{Var}[y] = E[y^2] - E[y]^2 = \frac{x^2}{1 - p} - x^2 = \frac{p}{1 - p}\, x^2$$
#
# Half dropped, $p = \tfrac12$, the spread of a number is as large as the number itself. The mean stays, and noise
# comes in.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A million sixes
# With p = ⅓ the formulas say 6, and ½ · 36 = 18.

# %% slideshow={"slide_type": "fragment"}
p = 1 / 3
mask = rng.random(1_000_000) >= p
sixes = 6 * mask / (1 - p)
print(f"mean {sixes.mean():.1f}, variance {sixes.var():.1f}")
assert abs(sixes.mean() - 6) < 0.03 and abs(sixes.var() - 18) < 0.1

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Forward and backward
# The mask is a number that multiplies, no more. So the slope of $y$ for $x$ is $m / (1 - p)$, with
# *the same* mask: what was dropped on the way forward gets no slope on the way back.


# %% slideshow={"slide_type": "fragment"}
def dropout(x, p, rng):
    mask = rng.random(x.shape) >= p
    return x * mask / (1 - p), mask


def dropout_backward(grad_y, mask, p):
    return grad_y * mask / (1 - p)


# %% slideshow={"slide_type": "skip"}
given, grad_y = rng.standard_normal((2, 4, 5))
y, mask = dropout(given, 0.25, rng)
theirs = numpy_ops.dropout(given, p=0.25, mask=mask).y
tensor = torch.from_numpy(given).requires_grad_()
(tensor * torch.from_numpy(mask) / 0.75).backward(torch.from_numpy(grad_y))
mine = dropout_backward(grad_y, mask, 0.25)
assert relative_error(y, theirs) <= 1e-12 and relative_error(mine, tensor.grad) <= 1e-12
print("as numpy_ops and PyTorch's slopes have it:", mine.shape)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Training and use
# Noise is for training. In use nothing is dropped, and nothing has to be scaled. In PyTorch a layer is
# told by `train()` and `eval()`; forget the second, and the same input gives another answer each time.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
torch.manual_seed(0)
layer, ones = torch.nn.Dropout(p=0.5), torch.ones(8)
print("train", *layer.train()(ones).tolist(), "| again", *layer(ones).tolist())
print("eval ", *layer.eval()(ones).tolist())
assert torch.equal(layer(ones), ones)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A sum of dropped numbers
# The next layer adds: $s = \sum_d w_d\, y_d$, with $w$ and $y$ of shape (D,). Masks are drawn
# independently, so means add, and variances add:
#
# $$E[s] = \sum_d w_d x_d, \qquad \mathrm{Var}[s] = \frac{p}{1 - p} \sum_d w_d^2 x_d^2$$
#
# Draw masks, and watch both settle. **Try:** where does the variance go when p goes from 0.5 to 0.8?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.dropping(np.array([1.0, 2.0, 3.0, 0.5]), np.array([1.0, -2.0, 1.0, 2.0]))

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# To four times as much: $p/(1-p)$ is 1 at 0.5, and 4 at 0.8. The mean does not move, but it needs
# more masks until it settles.
#
# ### Your turn: by hand
# A unit adds up two inputs, 3 with weight 2 and 4 with weight 1, after dropout with p = 0.2. What is the
# variance of its output?

# %% slideshow={"slide_type": "skip"}
variance = ...  # your number
check("15.variance", variance)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Noise is a price
# Let the loss be the squared error of that sum, $(t - s)^2$, with a target $t$. The mean of a square is
# the square of the mean plus the variance, so on average training sees
#
# $$E\big[(t - s)^2\big] = \Big(t - \sum_d w_d x_d\Big)^2 + \frac{p}{1 - p} \sum_d w_d^2 x_d^2$$
#
# The first part is the loss without dropout. The second is a **price on weights**: the larger a weight,
# and the larger what it is multiplied with, the more it costs. To rely on one input is dear,
# and to share the work among many is cheap.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One strong input or four
# Two units give the same sum, 4, and it is the right one. **Predict:** which of them pays more for p = ½,
# and how many times as much?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for name, w in (("one of four", [4, 0, 0, 0]), ("all four", [1, 1, 1, 1])):
    sums = experiments.output_draws(np.ones(4), np.array(w), p=0.5, draws=200_000, rng=rng)
    price = 0.5 / (1 - 0.5) * np.square(w).sum()
    print(f"{name:11}  mean loss {np.mean((4 - sums) ** 2):5.1f}   price {price:4.1f}")
    assert abs(np.mean((4 - sums) ** 2) - price) < 0.1

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The first, four times as much: 16 against 4. (The formula is exact for one linear unit with a squared
# error; Wager and others 2013 derive what holds beyond. That dropout works *because* of this price, or
# because it trains many thinned networks at once, is supposed, not known.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does dropout help?
# Dropout stands in front of both dense layers, with p = ½.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
trained["dropout ½"] = train(METHODS["dropout ½"], seeds=seeds)
plots.describe(
    figures.show_gaps({name: trained[name] for name in ("nothing", "dropout ½", "moved by ±1")}),
    "New images read right: about 0.4 with nothing, 0.5 with dropout, 0.7 moved by one pixel.",
)
gain = trained["dropout ½"].test - trained["nothing"].test
assert min(gain) > -0.05 and gain.mean() > 0.02
assert (trained["dropout ½"].test < trained["moved by ±1"].test).all()

# %% [markdown] slideshow={"slide_type": "fragment"}
# It does, by about a tenth on these three seeds. It is no sure thing: the course's tests train three
# others and ask for a gain on average only. It does less than a single pixel of augmentation, because
# noise knows nothing about digits: it only makes remembering dear.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Spatial dropout
# In a convolution's output, neighboring pixels say nearly the same. Drop one, and its neighbors tell
# what it was. So drop whole maps: one mask number for each image and channel,
#
# $$y_{n,c,h,w} = \frac{m_{n,c}}{1 - p}\, x_{n,c,h,w}$$
#
# with $x$, $y$ of shape (N, C, H, W) and $m$ (N, C), stretched over height and width. Here, after both
# convolutions, p = 0.2. **Predict:** will it help as dropout did?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
trained["spatial dropout 0.2"] = train(METHODS["spatial dropout 0.2"], seeds=seeds)
names = ("nothing", "spatial dropout 0.2", "dropout ½")
plots.describe(
    figures.show_gaps({name: trained[name] for name in names}),
    "New images read right: nothing and spatial dropout both about 0.4, dropout 0.5.",
)
spatial_gain = trained["spatial dropout 0.2"].test - trained["nothing"].test
assert spatial_gain.mean() < gain.mean() - 0.03

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No. There are only 16 maps, each finds something of its own, and without three of them a digit is hard
# to see. It was made for networks with hundreds of maps (Tompson and others 2015). And what is remembered
# here sits in the dense layers, behind it.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: spatial dropout
# `chances` (N, C) are random numbers from 0 to 1. Keep map c of image n where its chance is at least p.


# %% slideshow={"slide_type": "skip"}
def spatial(x, chances, p):
    # your code: return an array with the shape of x, (N, C, H, W)
    return None


check("15.spatial", spatial)
# hint("15.spatial")
# solution("15.spatial")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: ask many times
# What if you leave dropout *on* in use, ask M times and take the mean of the probabilities? This is
# **Monte Carlo dropout** (Gal and Ghahramani 2016): how much the answers differ says something about how
# sure the network is. Do it for one linear layer: scores $W y$ for each mask, softmax, mean.


# %% slideshow={"slide_type": "skip"}
def monte_carlo(x, weight, masks, p):
    # your code: x (D,), weight (C, D), masks (M, D) of True and False; return (C,)
    return None


check("15.monte_carlo", monte_carlo)
# hint("15.monte_carlo")
# solution("15.monte_carlo")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Weights: weight decay
# Dropout puts a price on weights by way of noise. It can be put on them directly,
#
# $$L' = L + \frac{\lambda}{2} \sum_k w_k^2, \qquad
# \frac{\partial L'}{\partial w} = \frac{\partial L}{\partial w} + \lambda w$$
#
# ($w$ are all weights, in whatever shapes; λ is one number.) A step of plain descent with the rate η is
# then
#
# $$w \leftarrow w - \eta \Big(\frac{\partial L}{\partial w} + \lambda w\Big)
# = (1 - \eta\lambda)\, w - \eta\, \frac{\partial L}{\partial w}$$
#
# The price in the loss is the same as letting every weight **decay** by the share ηλ at each step.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### With Adam it is not the same
# **Adam** (notebook 16) divides each slope by its recent size. A price in the loss is part of the slope,
# so it is divided as well: weights with large slopes hardly pay. **AdamW** takes the decay out of the
# slope, as a factor on $w$ (*decoupled*).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two weights of pure noise
# Two weights start at 1. Their slopes are pure noise, one a thousand times larger than the other's.
# **Predict:** which of them will shrink, in each of the two ways?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
sizes = torch.tensor([10.0, 0.01])
for optimizer in (torch.optim.Adam, torch.optim.AdamW):
    w = torch.ones(2, requires_grad=True)
    stepper = optimizer([w], lr=0.001, weight_decay=0.3)
    for noise in rng.standard_normal((2000, 2)):
        w.grad = sizes * torch.from_numpy(noise).float()
        stepper.step()
    print(f"{optimizer.__name__:6} large slopes {w[0]:.1f}   small slopes {w[1]:.1f}")
    assert (abs(w[0] - w[1]) > 0.4) == (optimizer is torch.optim.Adam)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# With Adam, only the one with the small slopes: its price is large beside them, and the other does not
# feel it. With AdamW both shrink alike, to about $(1 - 0.0003)^{2000} = 0.55$. So `Adam` and
# `AdamW` are two remedies, although the argument `weight_decay` has one name.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Time: stop early
# The training loss falls until there is nothing left to learn but the single images. So hold back some
# images, **validation** images, look at their loss every 20 steps, and keep the weights of the look at
# which it was lowest. Ours are 200 more digits.
#
# **Predict:** where is the lowest loss, and how many new digits are read right there?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
watched = trained["nothing"].watched
plots.describe(
    figures.show_watched(watched),
    "Left: training loss falls to 0; validation loss is lowest within the first 100 steps and then "
    "rises to about 3.5. Right: the share of new images read right rises for 100 steps, then stays; "
    "at the lowest validation loss it is far lower than at the end.",
)
stopped = experiments.stop_early(watched)
assert (stopped.early < stopped.end).all() and np.mean(stopped.end - stopped.early) > 0.08

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It is lowest almost at once, on one seed even before the first step, and there far fewer digits are read
# right than at the end. While the loss rises, the network still gets better at reading. To stop at the lowest loss *hurts* here, on every seed.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two questions, two answers
# The loss asks how *certain* wrong answers are, the share only how *many* there are. A network that
# has learned everything by heart is certain of everything, so its mistakes cost ever more. Stop by
# what you want in the end: by the loss if you need honest probabilities (notebook 14), by the share if you
# need right answers. On the right, the share stays where it is, so to stop by it would
# have lost nothing here, and won nothing.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: patience
# Losses go up and down, so one does not stop at the first rise. Write a rule with **patience**: stop at the
# first look at which the lowest loss so far is `patience` looks old, or at the last look. Equal is not
# lower. Return the look at which it stops and the look whose weights it keeps, counted from 0.


# %% slideshow={"slide_type": "skip"}
def stop_at(losses, patience):
    # your code: return (look, best)
    return None


check("15.patience", stop_at)
# hint("15.patience")
# solution("15.patience")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# The validation loss rises from step 120 on, and the share of validation images that are read right
# rises too. How can that be?
#
# * **a** The loss is computed with dropout, the share without.
# * **b** The learning rate is too large, so the weights overshoot.
# * **c** There is a mistake: a rising loss means more wrong answers.
# * **d** Wrong answers are given with ever more certainty, and cost ever more.

# %% slideshow={"slide_type": "skip"}
check("15.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Targets: label smoothing
# A network that is asked for certainty gives certainty. Label smoothing (notebook 14) asks for a little
# doubt: 0.1 of the target is spread over all classes, 0.91 for the right one. It cannot be reached by
# ever larger scores, so the scores stay small.
#
# Now all remedies together. **Predict** which are worth more than a twentieth.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All of them

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for name in METHODS.keys() - trained.keys():
    trained[name] = train(METHODS[name], seeds=seeds)
in_order = sorted(METHODS, key=lambda name: -trained[name].test.mean())
plots.describe(
    figures.show_gaps({name: trained[name] for name in ("nothing", *in_order) if name in trained}),
    "New images read right, from top to bottom: nothing 0.4; moved by four pixels 0.85 and by one 0.7; "
    "dropout 0.5; label smoothing, weight decay and spatial dropout all about 0.4.",
)
for name in ("weight decay", "label smoothing 0.1", "spatial dropout 0.2"):
    assert abs(np.mean(trained[name].test - trained["nothing"].test)) < 0.09

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output", "answer"]
base = trained["nothing"].test
print(f"nothing: training {trained['nothing'].train.mean():.2f}, new {base.mean():.2f}")
for name, new in [*((n, trained[n].test) for n in METHODS), ("early stopping", stopped.early)]:
    gain = new - base
    print(f"{name:20} {gain.mean():+.3f} ± {gain.std(ddof=1):.3f} on new images")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Augmentation, and dropout. Weight decay and label smoothing change next to nothing here, and early
# stopping by the loss is a loss. One strength was tried for each; others would shift the numbers
# a little.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What makes it learn what holds
# Not a smaller appetite. With every remedy the networks could still read all of their 200 images, or
# nearly all; only what they learned from them differed. What helped most was *knowledge*: that a digit stays the same when it
# moves. Dropout makes remembering dear, and won a tenth. To keep weights or scores
# small won next to nothing.
#
# Although: this is one small network, 200 images, and digits at random places, for which moving is the
# very thing to know. On a million photographs label smoothing was worth 0.2 percentage points
# of error (Szegedy et al. 2016, section 7), and there that is worth having. Start with augmentation, whatever the task.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: before the last figure, have everybody write down an order of the six remedies. Many
# will put weight decay and early stopping too high, for these are the ones that books begin with.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A network reads all its training images. What do you know about new ones?
# <details><summary>Answer</summary>Nothing. It reads them all with random labels, too.</details>
#
# 2. What becomes of mean and variance of a number 5 under dropout with p = 0.8?
# <details><summary>Answer</summary>The mean stays 5; the variance is 4 · 25 = 100.</details>
#
# 3. Why must the way back use the mask of the way forward?
# <details><summary>Answer</summary>A number that was dropped had no part in the loss, so its slope
# is 0. A new mask would send slopes to the wrong numbers.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why does nothing have to be scaled in use?
# <details><summary>Answer</summary>What was kept was scaled up while training, so the next layer has
# always seen the same mean.</details>
#
# 5. Dropout in front of a batch norm: what is wrong in use?
# <details><summary>Answer</summary>Batch norm has learned running variances *with* the noise of
# dropout. In use the noise is gone, so it divides by too much.</details>
#
# 6. When is a price λ/2 · Σ w² in the loss the same as weight decay, and when not?
# <details><summary>Answer</summary>The same for plain descent. Not for Adam, which divides the price by
# the size of the slopes.</details>
#
# 7. You choose the step with the best *test* accuracy and report that accuracy. What is wrong?
# <details><summary>Answer</summary>The test images have had a part in the choice, so they are no longer
# new. Choose on validation images.</details>
#
# 8. Why are validation images never augmented, and why are they not taken from augmented training images?
# <details><summary>Answer</summary>They stand for what comes in use. And a moved copy of a training image
# is no new digit: the network has seen it.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * 200 images are learned by heart, with random labels as well: training accuracy proves nothing.
# * Inverted dropout keeps the mean and adds the variance $\frac{p}{1-p} x^2$. To a linear unit it is a
#   price on weights.
# * Augmentation won far more than all the others; it must promise only what is true.
# * Weight decay, label smoothing and spatial dropout did next to nothing *here*; stopping at the lowest
#   validation loss did harm.
#
# **On your own** Predict what dropout adds on top of augmentation, then try
# `train(METHODS["moved by ±4"]._replace(drop=METHODS["dropout ½"].drop), seeds=(0, 1, 2))`.
# `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `dropout`, `spatial` | `numpy_ops/regularization.py` | `tests/parity/test_regularization.py` |
# | dropout as a layer | `numpy_nn/regularization.py` | `tests/numpy_nn/test_layers.py` |
# | weight decay | `numpy_nn/optimizers.py` | `tests/numpy_nn/test_optimizers.py` |
# | the networks of 200 images | `lessons/regularization` | `tests/lessons/regularization` |
#
# **Sources**
# Srivastava et al. 2014, *Dropout: a simple way to prevent neural networks from overfitting*, JMLR 15
# (section 4, and section 10 for the scaling) · Tompson et al. 2015, *Efficient object localization using
# convolutional networks*, arXiv:1411.4280 (section 3.2, spatial dropout) · Gal, Ghahramani 2016, *Dropout
# as a Bayesian approximation*, arXiv:1506.02142 · Wager, Wang, Liang 2013, *Dropout training as adaptive
# regularization*, arXiv:1307.1493 · Loshchilov, Hutter 2019, *Decoupled weight decay regularization*,
# arXiv:1711.05101 (Algorithm 2) · Zhang et al. 2017, *Understanding deep learning requires rethinking
# generalization*, arXiv:1611.03530 (random labels) · Szegedy et al. 2016, *Rethinking the Inception
# architecture*, arXiv:1512.00567 (section 7, label smoothing) · Prechelt 1998, *Early stopping – but when?* ·
# Li et al. 2019, *Understanding the disharmony between dropout and batch normalization by variance
# shift*, arXiv:1801.05134 · Goodfellow, Bengio, Courville 2016, *Deep learning*, chapter 7.
#
# **Next** 16, training a whole CNN.
