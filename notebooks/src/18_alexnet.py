# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 18. Take a winner apart
#
# **You will** repeat the figure that made the ReLU famous, rebuild AlexNet number by number, and take
# its novelties out one by one.
# **You need** activations (notebook 7), backpropagation (8), pooling (13), dropout (15). **Time** 70 min, CPU.
#
# In 2012 a convolutional network won the ImageNet challenge, a thousand kinds of things in
# photographs, by so much that the whole field turned around. Alex Krizhevsky, Ilya
# Sutskever and Geoffrey Hinton list its novelties, the most important first. It is the ReLU: their
# Figure 1 has a small network that learns six times as fast with it as with tanh. A small network is
# what we have, too. Let us see that with our own eyes.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from torch import nn

from course_lib import live, models, numpy_ops, plots
from course_lib.analysis import complexity, network_blocks, receptive_field
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.alexnet import experiments, figures, paper
from course_lib.parity import relative_error
from course_lib.parity.whole import network_errors
from course_lib.shapes import conv_output_size

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Figure 1, once more
# Handwritten digits, each somewhere on 12×12 pixels. Three convolutions, two max poolings and a dense
# layer learn from them by gradient descent with momentum. Each activation has the fastest of three rates, as in
# the paper, and the race ends when a quarter of the training images is read wrong.
#
# **Predict:** who comes first: ReLU, tanh or the sigmoid? By how much?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
rivals = ("ReLU", "tanh", "sigmoid")
races = {name: experiments.race(name, seeds=seeds) for name in rivals}
plots.describe(
    figures.show_race(races),
    "Training error against steps, three lines each. tanh reaches a quarter first, after about 100 "
    "steps, ReLU after about 125, and the sigmoid stays at nine tenths.",
)
fastest = {name: race.steps[race.best].mean() for name, race in races.items()}
assert fastest["tanh"] < 1.1 * fastest["ReLU"] and not np.isfinite(fastest["sigmoid"])

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The wrong one wins
# tanh. It is not six times slower, it is *faster* than the ReLU. Only the sigmoid fails, as
# expected. We have done nothing unfair: the same weights to begin with, the same digits in the same order, a
# rate of its own for each.
#
# **What is the ReLU good for, then, and which part of this network made it win?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is it the rate?
# Whoever compares two things that learn has to choose a rate for both, and a bad choice decides the
# race. So here are all rates, three seeds at each. A line joins the
# means; who never arrives counts as far as the gray band.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
plots.describe(
    figures.show_rates(races),
    "Steps to a quarter of errors against the learning rate. tanh lies below ReLU. At the largest "
    "rate ReLU networks arrive late or never, and the sigmoid arrives at no rate.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A race without a runner
# It is not the rate. Nowhere is the ReLU ahead, and tanh forgives a rate that is too large, where units
# with ReLU die (notebook 7).
#
# Every comparison wants a control in which the thing itself is missing. So let a fourth network
# start that has *no activation at all* behind its convolutions.
#
# **Predict:** where does it come in?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
races["no activation"] = experiments.race("no activation", seeds=seeds)
print("steps to a quarter of errors, at the fastest rate")
for name, race in races.items():
    arrived = ", ".join("never" if np.isinf(n) else f"{n:.0f}" for n in race.steps[race.best])
    print(f"{name:14} rate {race.rates[race.best]:4g}: {arrived}")
fastest = {name: race.steps[race.best].mean() for name, race in races.items()}
assert fastest["no activation"] < 1.1 * fastest["ReLU"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### What the race measures
# Among the first. The two max poolings bend already, and that is enough to get three quarters of these
# digits right. So the race asks who *gets going* fastest, and the more linear a network is, the better:
# tanh near 0 is the line itself. The ReLU stops about half of all slopes, and the sigmoid lets at
# most a quarter of a slope pass. That is our reading, not a proof.
#
# The authors raced on CIFAR-10, on photographs, which are far harder. They say in the caption that the
# size of the effect *varies with the network*. Here it is gone.

# %% [markdown] slideshow={"slide_type": "skip"}
# A common textbook form says that AlexNet took the ReLU against vanishing gradients. The paper does not:
# section 3.1 speaks of training time alone. What did they gain? They say that they could not have
# tried networks as large as theirs otherwise. So let us look at the network.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Architecture of AlexNet", "Popular CNN Architectures"]
# ## Eight layers
# Five convolutions and three dense layers. Drawn from the network itself:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
with torch.device("meta"):  # shapes only: no memory for 61 million numbers
    alexnet = models.build("alexnet_original")
    ungrouped = models.build("alexnet_original", groups=1)
    today = models.build("alexnet")
image = (1, 3, 224, 224)
plots.describe(
    plots.show_architecture(network_blocks(alexnet, image)),
    "AlexNet as a row of boxes: conv 11×11 on 55×55 pixels, conv 5×5 on 27×27, conv 3×3 on 13×13, a "
    "max pooling behind the first, second and fifth; then two dense layers of 4096 and one of 1000.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Layer by layer
# A ReLU follows all but the last. What each layer gives, holds, works, and sees, for one photo:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
layers = [x for x in complexity(alexnet, image).layers if x.type in ("Conv2d", "Linear")]
sides = {x.name: x.size for x in receptive_field(alexnet).layers}
names = ("conv1", "conv2", "conv3", "conv4", "conv5", "dense6", "dense7", "dense8")
print(f"{'':7}{'output':>14} {'parameters':>11} {'mult-adds':>12} {'sees (px)':>9}")
for name, each in zip(names, layers, strict=True):
    shape = " × ".join(map(str, each.output_shape[1:]))
    print(f"{name:7}{shape:>14} {each.parameters:11,} {each.multiply_adds:12,} "
          f"{sides[each.name] or 'all':>9}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three networks with one name
# Ours as published, the same without its two groups (they come below), and the *AlexNet* of today's
# libraries, which is a later one.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
costs = {"as published": complexity(alexnet, image), "no groups": complexity(ungrouped, image),
         "torchvision's": complexity(today, image)}  # fmt: skip
totals = {"as published": 60_965_224, "no groups": 62_378_344, "torchvision's": 61_100_840}
for name, cost in costs.items():
    work = cost.multiply_adds / 1e9
    print(f"{name:14} {cost.parameters:11,} parameters, {work:.3f} · 10⁹ multiply-adds")
    assert cost.parameters == totals[name]
published = models.facts("alexnet").published
print(f"torchvision prints {published.parameters:,} and {published.multiply_adds:.3f}")
assert published.parameters == totals["torchvision's"]
assert models.facts("alexnet_original").published.parameters == totals["as published"]

# %% [markdown] slideshow={"slide_type": "skip"}
# The paper speaks of 60 million. torchvision's has 64 and 192 channels in its first two layers, no groups and
# no response normalization (Krizhevsky 2014). When somebody reports a number "for AlexNet", ask which.
#
# ### Click a block
# Each with its shape, parameters, multiply-adds, memory and field.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
live.architecture(alexnet, image, title="AlexNet, 2012")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The paper does not add up
# The first convolution has images of 224 pixels, kernels of 11 and a stride of 4 (section 3.5). Its maps
# have 55×55 numbers, or the sizes of all later layers are wrong. Notebook 3 met this puzzle:
#
# $$\Big\lfloor \frac{224 - 11}{4} \Big\rfloor + 1 = 54$$
#
# Go *backwards*: $n$ windows of $K$ pixels, $S$ apart, span $(n - 1)\,S + K$.
#
# **Predict:** which image leaves not a single pixel over, in any layer?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
shrinking = {"pool 5": (3, 2), "pool 2": (3, 2), "pool 1": (3, 2), "conv1": (11, 4)}
side = 6
for layer, (kernel, stride) in shrinking.items():
    spanned = (side - 1) * stride + kernel
    print(f"{layer}: {side} windows of {kernel}, {stride} apart, span {spanned}")
    side = spanned
assert side == 227

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# One of 227 pixels. All four layers that shrink come out even there.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 224, 227 or 228?
# The authors cut pieces of 224 pixels at random out of photos of 256, and count $32 \cdot 32 \cdot 2$ of
# them, mirrored ones included (section 4.1). So 224 is no slip of the pen. Two readings give 55: zeros around
# 224 pixels, which the paper does not mention, or 227. Ours, like torchvision's, pads by 2. What ran in
# 2012 the paper cannot tell us.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
readings = {"as printed": (224, 0), "227 pixels": (227, 0), "padding 2": (224, 2)}
for name, (size, padding) in readings.items():
    first = conv_output_size(size, 11, stride=4, padding=padding)
    unused = size + 2 * padding - ((first - 1) * 4 + 11)
    print(f"{name:11} {first} × {first} numbers, of {size + 2 * padding} pixels unused: {unused}")
print((paper.PHOTO - paper.CROP) ** 2 * 2, "pieces of a photo")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two more
# Figure 2 prints how many numbers each layer gives, the abstract their sum, and section 1 says that no
# convolution has more than 1 % of the parameters. **Predict:** which of the three is right?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
counted = [int(np.prod(x.output_shape)) for x in layers]
print(f"{'':7}{'counted':>9} {'printed':>9}  share of the parameters")
for name, each, ours, printed in zip(names[:5], layers, counted, paper.NEURONS, strict=False):
    print(f"{name:7}{ours:9,} {printed:9,} {each.parameters / totals['as published']:8.1%}")
print(f"sum of all eight: counted {sum(counted):,}, Figure 2 {sum(paper.NEURONS):,}")
print(f"abstract: {paper.NEURONS_IN_ALL:,}")
assert counted[1:] == list(paper.NEURONS[1:]) and counted[0] != paper.NEURONS[0]
assert layers[2].parameters > paper.LARGEST_SHARE * totals["as published"]
assert round(sum(counted), -4) == 660_000

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The abstract, roughly. The first number of Figure 2, divided by 96 channels, is 2,640, which is no
# square map; conv3 and conv4 have 1.5 % and 1.1 %. One of the most cited papers there is has slips, so *count*.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: sizes, and a design
# Write the side of the maps after the first convolution and after each of the three poolings, for any
# image. Then: somebody wants 7×7 numbers after the third pooling, without any padding. Which is the
# smallest side of an image that gives them?


# %% slideshow={"slide_type": "skip"}
def sizes(side, padding):
    # your code: return a list of four whole numbers
    return None


smallest = ...  # your number
check("18.sizes", sizes)
check("18.seven", smallest)
# hint("18.sizes")
# solution("18.sizes")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two cards
# A GTX 580, the graphics card of the authors, has 3 GB (section 3.2). They trained on 128 photos at a
# time. What has to be kept? The weights, their gradients and their momentum; what every layer gave, and
# the gradients of that. **Predict:** does it fit on one card?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
of_weights = 3 * 4 * totals["as published"]
of_maps = 2 * paper.BATCH_SIZE * costs["as published"].activation_bytes
print(f"weights, gradients, momentum   {of_weights / 1e9:.2f} · 10⁹ bytes")
print(f"maps of 128 photos, gradients  {of_maps / 1e9:.2f} · 10⁹ bytes")
print(f"together {(of_weights + of_maps) / 1e9:.2f}, one card has {paper.CARD_BYTES / 1e9:.2f}")
assert 0.85 * paper.CARD_BYTES < of_weights + of_maps < paper.CARD_BYTES

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Hardly: nine tenths are gone before the photos and the working memory of a convolution are counted. That is our
# estimate, four bytes a number. So they cut the network in half.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who reads whom
# Each card has half of the kernels. In the second, fourth and fifth convolution a kernel reads only the
# maps of its own card, so nothing has to be sent. Dashed lines are talk between the cards.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
widths = {name: each.output_shape[1] for name, each in zip(names, layers, strict=True)}
plots.describe(
    figures.show_cards(widths),
    "Two rows of boxes, a row a card, with 48, 128, 192, 192 and 128 channels and 2048, 2048 and 500 "
    "dense outputs. Lines cross between the rows only before conv3 and before the three dense layers.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Groups, in four lines
# A convolution in $G$ groups cuts channels and filters into $G$ parts, and part reads part (notebook 4):
#
# | symbol | what | conv2 |
# |---|---|---|
# | $x$ | maps, (N, $C_{in}$, H, W) | 96 channels |
# | $w$ | weight, ($C_{out}$, $C_{in}/G$, $K$, $K$) | (256, 48, 5, 5) |


# %% slideshow={"slide_type": "fragment"}
def grouped(x, weight, groups, padding):
    pairs = zip(np.split(x, groups, axis=1), np.split(weight, groups), strict=True)
    parts = [numpy_ops.conv2d(a, w, padding=padding) for a, w in pairs]
    return np.concatenate(parts, axis=1)


# %% slideshow={"slide_type": "skip"}
x, weight = rng.standard_normal((2, 6, 8, 7)), rng.standard_normal((10, 3, 5, 5))
of_torch = nn.functional.conv2d(torch.tensor(x), torch.tensor(weight), padding=2, groups=2)
assert relative_error(grouped(x, weight, 2, 2), of_torch) < 1e-12
print("as PyTorch's groups=2; output", of_torch.shape)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it saves
# Three of eight layers have half of their weights. **Predict:** which share of all parameters is saved,
# and which share of all multiply-adds?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for key in ("parameters", "multiply_adds"):
    two, one = (getattr(costs[name], key) for name in ("as published", "no groups"))
    print(f"{key:13} {one:13,} → {two:13,}  {1 - two / one:.1%} saved")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 2 % and 36 %. The parameters sit in the dense layers, which are whole, and the work is in the convolutions.
# The maps are as many as before, half on each card.
#
# The two cards learned different things, in every run: on one the first kernels had hardly any color, on
# the other they had (section 6.1). Nobody had told them to.

# %% [markdown] slideshow={"slide_type": "skip"}
# The famous picture of the 96 first kernels (Figure 3) is not here: it takes trained weights, and none
# come with the course, which works offline. With a connection,
# `models.load_pretrained("alexnet")` fetches torchvision's, which has 64 kernels and one card.
#
# Groups outlived the two cards. Notebook 22 takes as many groups as channels.
#
# ### Your turn: by hand, and why
# A 3×3 convolution leads from 96 channels to 64, in 4 groups. How many weights has it, biases left
# out?
#
# And: the network of 2012 runs on one card today, with its two groups as they were. What do the groups
# save, against one network without groups?
#
# * **a** Half of everything: each filter sees half of the channels.
# * **b** Half of the activations: each card had half of the maps.
# * **c** A third of the multiply-adds, and very few of the parameters.
# * **d** Nothing: groups only say which card computes what.

# %% slideshow={"slide_type": "skip"}
weights = ...  # your number
check("18.groups", weights)
check("18.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A contest among channels
# Behind the first two ReLUs stands **local response normalization** (section 3.3). A number is divided
# by the energy of the $n$ channels around it, at the same pixel:
#
# $$y_c = \frac{x_c}{s_c^{\,\beta}}, \qquad s_c = k + \alpha \sum_{c' \text{ near } c} x_{c'}^2$$
#
# | symbol | what | |
# |---|---|---|
# | $x, y$ | maps before and after | (N, C, H, W) |
# | $s$ | what each number is divided by, before the power | (N, C, H, W) |
# | $n, k, \alpha, \beta$ | chosen, not learned | 5, 2, $10^{-4}$, 0.75 |
#
# Who is loud makes its neighbors quiet: a contest.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The way back
# $x_j$ acts twice: on its own $y_j$, and, through the $s_c$, on all $y_c$ near it. With the slope
# $\partial s_c / \partial x_j = 2\alpha\, x_j$ and $g = \partial L / \partial y$:
#
# $$\frac{\partial L}{\partial x_j} = \frac{g_j}{s_j^{\,\beta}} \;-\; 2\,\alpha\,\beta\; x_j
# \sum_{c \text{ near } j} \frac{g_c\, x_c}{s_c^{\,\beta + 1}}$$
#
# "Near" is mutual, because $n$ is odd. So the same sum serves both ways, and nine lines of NumPy do it (in the
# notebook). One trap: PyTorch divides α by $n$, so the paper's $10^{-4}$ is $5 \cdot 10^{-4}$ there.


# %% slideshow={"slide_type": "skip"}
def sum_near(z, n):  # (N, C, H, W): at each channel, the sum of the n around it
    padded = np.pad(z, ((0, 0), (n // 2, n // 2), (0, 0), (0, 0)))
    return sum(padded[:, first : first + z.shape[1]] for first in range(n))


def response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    return x * (k + alpha * sum_near(x**2, n)) ** -beta


def response_norm_backward(grad_y, x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    s = k + alpha * sum_near(x**2, n)
    own = grad_y * s**-beta
    return own - 2 * alpha * beta * x * sum_near(own * x / s, n)


# %% slideshow={"slide_type": "skip"}
x, grad_y = 100 * rng.standard_normal((2, 7, 3, 4)), rng.standard_normal((2, 7, 3, 4))
options = {"size": 5, "alpha": 5e-4, "beta": 0.75, "k": 2.0}
leaf = torch.tensor(x, requires_grad=True)
nn.functional.local_response_norm(leaf, **options).backward(torch.tensor(grad_y))
mine = response_norm_backward(grad_y, x)
assert relative_error(response_norm(x), numpy_ops.local_response_norm(x, **options)) < 1e-12
assert relative_error(mine, numpy_ops.local_response_norm_backward(grad_y, x, **options)) < 1e-12
assert relative_error(mine, leaf.grad) < 1e-12
print("forward and backward: as numpy_ops and PyTorch have them, with α · n for α")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How loud is loud?
# Eleven channels at one pixel, the middle one the loudest. The same numbers twice: once around 1, once
# around 1,000. **Predict:** in which panel is there a contest?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
voices = np.array([0.3, 0.4, 0.3, 0.4, 0.4, 1.0, 0.3, 0.4, 0.4, 0.3, 0.4])
plots.describe(
    figures.show_contest(voices, (1, 1000)),
    "Bars of eleven channels before and after, as shares of the largest. Around 1 nothing changes. "
    "Around 1000 the channels at both ends have become about as large as the loud one, and its "
    "two neighbors on each side are the smallest.",
)
quiet = response_norm(voices[None, :, None, None])[0, :, 0, 0] / voices
begins = np.sqrt(2 / (5 * 1e-4))  # α · 5 a² = k
print(f"around 1 all are multiplied by {quiet.min():.2f}: a contest begins at about {begins:.0f}")
assert np.ptp(quiet) < 0.001

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### In the right one only
# Next to $k = 2$ the sum needs numbers of about 63, or it does nothing but scale all channels by the same 0.59. AlexNet
# was fed raw pixels, less their mean (section 2), so large numbers were there. Feed it pixels from 0 to 1,
# as everyone does today, and the paper's constants make its normalization a constant. A
# novelty has to be taken over *with its surroundings*.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: neighbors in the map
# Instead of the channels around it, let each number compete with the n × n pixels around it in the *same* map, zeros
# outside.


# %% slideshow={"slide_type": "skip"}
def same_map(x, n, k, alpha, beta):
    # your code: (N, C, H, W) in and out
    return None


check("18.same_map", same_map)
# hint("18.same_map")
# solution("18.same_map")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Windows that overlap
# AlexNet's max pooling has windows of 3×3, 2 apart (notebook 13). **Predict:** how do the sizes change
# with windows of 2×2, side by side?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for size in (55, 27, 13):
    three, two = (conv_output_size(size, kernel, stride=2) for kernel in (3, 2))
    print(f"{size}: {three} of 3×3, {two} of 2×2, which leave out {size - 2 * two} row and column")
with torch.device("meta"):
    apart = models.build("alexnet_original").features
for place in (3, 7, 14):
    apart[place] = nn.MaxPool2d(2)
seen = {"3×3": receptive_field(alexnet.features), "2×2": receptive_field(apart)}
print({windows: field.last.size for windows, field in seen.items()}, "pixels seen after pool 5")
assert seen["3×3"].last.size == models.facts("alexnet_original").published.receptive_field == 195

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Not at all, because 55, 27 and 13 are odd. The small windows miss the last row and column each time, the large
# ones come out even, and see further. The 195 is that of Araujo, Norris and Sim (2019).

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build a stage
# The second stage, for any odd kernel: convolution to `channels` channels in two groups, padded so that the
# size stays; ReLU; response normalization over 5 channels with k = 2, β = 0.75 and a loud α = 1 (not
# divided by 5); max pooling of 3×3 with stride 2. `numbers` holds the weight (channels, C_in / 2, kernel, kernel), then
# the biases (channels,).


# %% slideshow={"slide_type": "skip"}
def stage(x, numbers, channels, kernel):
    # your code: (N, C_in, H, W) in, (N, channels, (H - 3) // 2 + 1, (W - 3) // 2 + 1) out
    return None


check("18.stage", stage)
# hint("18.stage")
# solution("18.stage")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Half of the dense units, at random
# Dropout (notebook 15) stands behind the first two dense layers: in training, half of their outputs are
# set to 0 at random. Count what has to be learned, and what there is to learn from: fifty numbers to set for each
# photo. Such a network can learn the photos by heart. Without dropout it overfitted substantially, the authors
# write, and with it training took about twice as long (section 4.2).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
dense = sum(each.parameters for each in layers[5:])
small = sum(p.numel() for p in experiments.small_alexnet((0,)).parameters())
share = dense / totals["as published"]
work = sum(each.multiply_adds for each in layers[5:]) / costs["as published"].multiply_adds
print(f"in the dense layers: {dense:,} parameters, {share:.1%}, and {work:.1%} of the work")
print(f"AlexNet: {totals['as published'] / paper.IMAGES:.0f} parameters for each training photo")
digits = len(experiments.digits().y_train)
print(f"in small, see below: {small / digits:.0f} parameters for each of {digits:,} digits")
print(f"that network is {totals['as published'] / small:,.0f} times smaller")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Architecture of AlexNet"]
# ## One out, each time
# AlexNet in small: three convolutions, two poolings, two dense layers, with ReLU, response
# normalization, windows that overlap, and dropout. Take each of the four out, put the older way in
# its place, and train for 140 steps of Adam, at the better of two rates for each.
#
# **Predict:** which loss hurts most?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
read = {change: experiments.shares_without(change, seeds=seeds) for change in experiments.CHANGES}
plots.describe(
    plots.show_rows(read, label="share of 1,000 new digits read right", means=True),
    "Six rows of three points. All four novelties together are among the lowest. tanh for ReLU and no "
    "dropout lie far to the right, and none of the four as well.",
)
whole = read["all four"].mean()
assert min(read["tanh for ReLU"].mean(), read["none of the four"].mean()) > whole + 0.1
assert read["no dropout"].mean() > whole + 0.05
assert min(read[c].mean() for c in ("pooling side by side", "no response norm")) > whole - 0.08
# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Nothing hurts
# Nothing that is said to have made AlexNet win helps here, and without all four it reads far better.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
for change, each in read.items():
    print(f"{change:22} {each.mean():.3f} ± {each.std(ddof=1):.3f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# * **Dropout** cures a network that has learned by heart. In 140 steps ours has not begun to, so dropout
#   only makes it learn more slowly.
# * **ReLU:** as in the race.
# * **Response norm** is a constant here. **Overlap:** within the noise.

# %% [markdown] slideshow={"slide_type": "skip"}
# The four are medicine, and our patient is healthy. That says little about AlexNet: it was thousands
# of times as large, and went 90 times through its photos. Where a small network has few
# images, dropout does help (notebook 15, with 200 of them and more steps). An ablation tells what a part
# does *in this network, on this task, at this budget*.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the class bet before the figure. Nearly all bet on ReLU or dropout. The point is not
# that the paper was wrong: ask what would have to be larger for each of the four to matter.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the authors measured
# The same, on ImageNet: percentage points that each novelty took off the error there. Top-1: the best guess
# is wrong. Top-5: the right class is not among the five best.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(f"{'':30} section  top-1  top-5")
for gain in paper.GAINS:
    points = [f"{p:.1f}" if p is not None else "no number" for p in gain[2:]]
    print(f"{gain.novelty:30} {gain.section:7}  {points[0]:9}  {points[1]}")
print("\ntop-5 error in % (Table 2)")
for entry, error in paper.TOP5_ERRORS.items():
    print(f"{entry:36} {error}")
gap = paper.TOP5_ERRORS["second-best entry"] - paper.TOP5_ERRORS["one AlexNet"]
explained = sum(gain.top5 or 0 for gain in paper.GAINS)
print(f"one AlexNet is {gap:.1f} points ahead; the novelties with a number: {explained:.1f}")
assert explained < gap / 2

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A third of the lead
# Gains do not add up exactly, and the ReLU and dropout have no number. Still: what was measured explains a third
# of the lead of a single AlexNet, and nearly half of *that* is twice the kernels.
#
# The rest is the thing itself: a convolutional network, as LeCun had them since 1989, eight layers
# deep, trained on 1.2 million photos, 90 times each. Why had nobody done it?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Five days, or how long?
# Products for one training: a step forward, and twice as many back (notebook 8), for all photos, 90
# times. Two cards made for games did it in a working week. Beside them *this* machine, with NumPy, one
# photo at a time, on one thread. And nobody gets a training right the first time.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
seconds = experiments.seconds_a_photo()
days = seconds * paper.IMAGES * paper.CYCLES / 86_400
products = 3 * costs["as published"].multiply_adds * paper.IMAGES * paper.CYCLES
print(f"a training: {products:.1e} multiply-adds")
print(f"two GTX 580: {paper.DAYS[0]} to {paper.DAYS[1]} days (section 5), so "
      f"{products / np.mean(paper.DAYS) / 86_400:.1e} a second")  # fmt: skip
print(f"this machine: {seconds:.2f} s a photo, {days:,.0f} days for the convolutions alone")
assert days > 2 * paper.DAYS[1]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## AlexNet in NumPy
# Groups, response normalization, overlapping pooling: the same weights in our NumPy graph, the output
# of all convolutions and the gradients of their ten arrays. (The dense layers would need more memory.)
#
# All of it in float64, for in float32 even PyTorch strays in the first layers: the maps of an untrained
# network are almost constant, so many windows of the max poolings hold near ties, and rounding picks
# another pixel, to which the whole gradient then goes.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
torch.manual_seed(0)
network = models.build("alexnet_original", num_classes=1).features.double()
x = torch.rand(1, 3, 227, 227, dtype=torch.float64)
errors = network_errors(network, x)
assert max(errors.values()) < 1e-9
print(f"output and {len(errors) - 1} gradients: largest relative error {max(errors.values()):.0e}")

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
slopes = []
for dtype in (torch.float64, torch.float32):  # the same weights, then rounded
    y, grad_y = network.to(dtype)(x.to(dtype)), torch.linspace(-1, 1, 256 * 6 * 6, dtype=dtype)
    slopes += torch.autograd.grad(y, network[0].weight, grad_y.reshape(y.shape))
strays = relative_error(slopes[1].double(), slopes[0])
assert strays > 1e-4  # rounding by itself leaves about 1e-6
print(f"PyTorch in float32, gradient of conv1: {strays:.0e}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Differs from the paper
# * Ours pads 224 pixels by 2, as torchvision does. An average pooling in front of the dense layers does nothing at this
#   size and lets others pass.
# * Dropout multiplies what is left by 2 in training. The paper halves all outputs in testing instead: the
#   same on average (notebook 15).
# * The photos' augmentation is not here: random pieces, mirrors and shifted colors, the last worth
#   over one point of top-1 error (section 4.1).
# * "One out, each time" is ours. The paper has no such table.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Impact of AlexNet on Deep Learning"]
# ### What came after
# It showed that a large data set and enough computing power let a deep network win. Not all that it is known for
# lasted:
#
# * **Gone:** response normalization (batch norm instead, notebook 11), 11×11 kernels (VGG, 19), large
#   dense layers (GoogLeNet, 20), overlapping pooling mostly.
# * **Stayed:** the ReLU and its smooth relatives, dropout before dense layers, augmentation, training on graphics cards.
# * **Returned:** groups, as the cheapest convolution of all (22), and networks cut over many cards
#   (28).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What made it win?
# None of the four, if you ask our small networks: tanh got there before the ReLU, the normalization was a
# constant, overlap within the noise, dropout a brake. Each answers to a trouble that comes with size. The
# authors' own numbers explain a third of the lead; what is left over is size, data, and
# two cards that worked for five days.
#
# Although: three seeds, one small task, 140 steps. And the ReLU may well be why so large a network
# could be trained at all. At our size nobody can tell.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why is 227 more than a guess?
# <details><summary>Answer</summary>All four layers that shrink come out even with it, from 6 back to
# the image.</details>
#
# 2. Which layers would you cut if the *file* is too large? Which if it is too *slow*?
# <details><summary>Answer</summary>The dense ones, 96 % of the parameters. The convolutions: the dense
# layers have 8 % of the multiply-adds.</details>
#
# 3. Why is a network without activation in the race at all?
# <details><summary>Answer</summary>As a control: it shows what the task asks for without the thing
# under test.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. You scale the pixels from 0…255 to 0…1 and keep the paper's constants. What becomes of response
#    normalization?
# <details><summary>Answer</summary>A factor of 0.59 for all. To keep the contest, α has to grow by
# 255².</details>
#
# 5. "ReLU trains six times faster than tanh." What is missing in this sentence?
# <details><summary>Answer</summary>Which network, which task, to which error, at which
# rates.</details>
#
# 6. Two groups: can a network with them compute what one without can?
# <details><summary>Answer</summary>Not in that layer: half of its weights are 0. The dashed
# layers mix the halves again.</details>
#
# 7. Is it a fair ablation, with one rate of two for each network?
# <details><summary>Answer</summary>Fairer than one rate for all, which would have favored whoever it
# suits. Not fair to dropout, which wants more steps.</details>
#
# 8. Which of the four would you expect to matter with 100 times as many steps on the same digits?
# <details><summary>Answer</summary>Dropout: by then the network knows the training digits by
# heart.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * The race of Figure 1 in small: tanh first, ReLU close behind, sigmoid never, and nothing at all as fast.
# * 60,965,224 parameters, rebuilt and counted; 227 comes out even; three numbers of a famous paper do not fit.
# * Groups save a third of the work and 2 % of the parameters.
# * Response normalization needs loud numbers.
# * Taken out one by one, none of the four is missed here.
#
# **On your own** Predict how the two rows move, then let `experiments.shares_without("no dropout",
# seeds=seeds, steps=1500, num_train=200)` and `"all four"` run: more steps, fewer digits. `progress()` lists
# the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | both AlexNets | `models/alexnet.py` | `tests/models/test_families.py` |
# | response normalization | `numpy_ops/normalization/local_response.py` | `tests/parity/test_normalization.py` |
# | parameters, memory | `analysis/complexity.py` | `tests/analysis/test_complexity.py` |
# | race, ablation, printed numbers | `lessons/alexnet` | `tests/lessons/alexnet` |
#
# **Sources**
# Krizhevsky, Sutskever, Hinton 2012, *ImageNet classification with deep convolutional neural networks*,
# NIPS (Figure 1 for the race, Figure 2 for the sizes, sections 3.1 to 3.5 for the novelties, 4.1 and 4.2
# against overfitting, 5 for the training, Table 2 for the errors) · Krizhevsky 2014, *One weird trick for
# parallelizing convolutional neural networks*, arXiv:1404.5997 (torchvision's channels) · torchvision
# 0.28, tables of weights (its totals) · Araujo, Norris, Sim 2019, *Computing receptive fields of
# convolutional neural networks*, Distill (195).
#
# **Next** 19, VGG: what becomes of 11×11 kernels when somebody asks why.
