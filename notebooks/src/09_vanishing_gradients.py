# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 9. Follow a gradient through thirty layers
#
# **You will** find out why a deep network may learn nothing at all, compute what each layer does to
# a gradient on its way back, and get thirty layers to learn with four cures, one by one.
# **You need** activations and backpropagation (notebooks 7 and 8). **Time** 70 min, CPU.
#
# Two networks are to read handwritten digits. They are built of the same dense layers, 32 sigmoid
# *units* (outputs) each, and are trained on the same 300 batches of 64 digits. One has two such layers,
# the other has thirty. The deeper one should do at least as well: its additional layers would only have
# to pass on what they get. **Does it?**

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from torch.nn.functional import cross_entropy

from course_lib import numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.vanishing_gradients import chain, experiments, figures, live, network
from course_lib.lessons.vanishing_gradients.network import Recipe
from course_lib.parity import relative_error
from course_lib.training import mean_std

SEEDS = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two, five, ten, thirty layers
# Each network starts from three different sets of random weights, one point each. Look for the share
# of 500 unseen digits that it reads right after training. (They are trained with Adam, notebook 16,
# which fits the length of the steps to each weight. Every depth gets the best of three learning
# rates.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plain = {d: experiments.train(Recipe("sigmoid"), d, seeds=SEEDS) for d in (2, 5, 10, 30)}
without_cures = {depth: trained.accuracies for depth, trained in plain.items()}
plots.describe(
    figures.show_depths({"sigmoid": without_cures}),
    "Test accuracy against the number of hidden layers. About 0.95 with two layers, between 0.5 and "
    "0.8 with five, below 0.2 with ten; with thirty all three networks guess.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Vanishing Gradient Problem in CNNs"]
# ### More layers, less learned
# Two layers read 95 of 100 digits. Five layers are worse, ten are hardly better than guessing, and
# with thirty layers the loss stays near log 10 = 2.303, which is that of pure guessing among ten
# classes: the network gives every digit the same answer.
#
# Nothing is broken: the slopes are those of notebook 8, and the tests hold them to nudges. For many
# years this kept networks shallow.
#
# **What stops a deep network from learning, and what gets it going again?**

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
for depth, trained in plain.items():
    loss = trained.losses[:, -20:].mean()
    print(f"{depth:2} layers: accuracy {mean_std(trained.accuracies)}, training loss {loss:.3f}")
assert min(without_cures[2]) > 0.9 and max(without_cures[30]) < 0.2
assert np.mean(without_cures[10]) < 0.4 and np.mean(without_cures[5]) < 0.9

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look at the gradients
# How large are the slopes, layer by layer, before the first step? One number for the gradient
# $G = \partial L/\partial W$ of a layer is its **norm**, the root of the sum of all squares,
# $\lVert G\rVert = \sqrt{\sum G_{oi}^2}$.
#
# **Predict:** of thirty layers, which have the smallest gradients: those near the image, or those near
# the output? By how much?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
flows = [experiments.flow(Recipe("sigmoid"), 30, seed=seed) for seed in SEEDS]
factors = [experiments.factor_per_layer(flow.gradients[1:-1]) for flow in flows]
assert all(0.15 < factor < 0.3 for factor in factors)
print("one layer multiplies the gradient by", *(f"{factor:.2f}" for factor in factors))
plots.describe(
    figures.show_norms({"sigmoid": [flow.gradients[:-1] for flow in flows]}),
    "Norm of the gradient against the layer, on a logarithmic axis, for three seeds. Straight lines "
    "rise from about 1e-19 in the first layer to about 0.1 in the thirtieth.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Those near the image, by a factor of 10¹⁸ or so. And the lines are *straight* on an axis where equal
# distances are equal factors: on the way back each layer multiplies the gradient by the same number,
# a little less than ¼.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which layers learn slowest?
# A common textbook form says: "deep layers learn much slower." Does it mean the layers deep inside, far
# from the image? We take five sigmoid layers and 300 plain steps $W \leftarrow W - \eta\,\partial
# L/\partial W$, and measure how far each layer has moved. **Predict:** the order of the bars.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
stepped = experiments.train(Recipe("sigmoid"), 5, seeds=SEEDS, rates=(0.3,), adam=False)
moved = stepped.moved[:, :-1]
assert (moved[:, :3].max(axis=1) * 3 < moved[:, -1]).all()
plots.describe(
    figures.show_moved(moved),
    "How far training has moved each of five layers, in percent. The three layers nearest the image "
    "have moved by about half a percent, the fourth by 2, the fifth by 8 percent.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It is the other way round: the layers nearest the *image* learn slowest, the first three have hardly
# moved. They are the last that the error reaches, and on each layer it has lost most of what it had.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# The last two layers of a network of ten sigmoid layers have gradients as large as in a network that
# learns. In our first picture it reads hardly any digit all the same. Why do not these two, at least,
# learn to read? Exclude what cannot be; the next section measures the answer.
#
# * **a** Their gradients are so large that every step goes too far.
# * **b** The layers below move, and with them what the last layers have learned.
# * **c** What arrives at them is nearly the same for every image.
# * **d** A gradient that has vanished once stays 0 for the whole training.

# %% slideshow={"slide_type": "skip"}
check("09.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Now follow the images forward
# The last layers do get a gradient. So why can they not learn to read by themselves, while the
# others sleep? Measure after each layer how far the images still differ: the standard deviation of each
# unit over the images, averaged over the units.
# **Predict:** what is left of the differences after thirty sigmoid layers?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_flows({"sigmoid": (flows[0].gradients[:-1], flows[0].spreads)}),
    "Two panels over the layers. Left the gradient, rising from 1e-19 to 0.1. Right how far images "
    "differ: from 0.2 at the start it falls by the same factor a layer and reaches 1e-7 after ten.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nothing. After ten layers they differ by a ten-millionth, and 32-bit numbers tell no more apart (the
# dotted line).
# So the last layers have a gradient but nothing to tell apart, and the first layers have the images
# but no gradient. Forward and backward, it is the same multiplication that shrinks both.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One unit a layer
# Where does the factor come from? Take the smallest deep network: four layers of a single unit. Each
# multiplies what it gets by its weight and applies the sigmoid, $z_k = w_k h_{k-1}$ and
# $h_k = \sigma(z_k)$, starting from $h_0 = x$. The last output should be the target $t = 1$.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
x, w, t = 0.5, [1.0, -2.0, 0.5, 1.5], 1.0
plots.describe(
    figures.show_chain(x, w, target=t),
    "A chain: x = 0.5, then four units with the weights 1, minus 2, 0.5 and 1.5 and the outputs "
    "0.62, 0.22, 0.53 and 0.69, then the loss, half of the squared difference to 1: 0.049.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And back
# As in notebook 8: start at the end, go against the arrows, multiply by what is written on each. A unit
# gives its slope $\sigma'(z)$, an arrow its weight. Read the lower row from right to left: $\delta_k =
# \partial L/\partial z_k$ gets smaller with every unit.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_chain(x, w, target=t, slopes=True),
    "The chain with red arrows back. From right to left: h minus t = minus 0.31, then slopes of 0.21, "
    "0.25, 0.17 and 0.24 with the weights 1.5, 0.5 and minus 2 between them. What has arrived: minus "
    "0.067, minus 0.025, minus 0.0022, 0.001, and for the first weight 0.00051.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 3", "Why Do Gradients Vanish?"]
# ### The whole way in one formula
# $$\frac{\partial L}{\partial w_1} \;=\;
# \underbrace{\frac{\partial L}{\partial h_n}}_{\text{upstream}}\;
# \Big(\prod_{k=2}^{n} \sigma'(z_k)\; \underbrace{w_k}_{\text{weights}}\Big)\;
# \sigma'(z_1)\; \underbrace{x}_{\text{input}}$$
#
# Here every symbol is a single number: $z_k$ the sum of unit $k$, $w_k$ its weight, $h_n$ the last
# output. It is the picture read from right to left: what arrives at the end, then a slope and a weight
# for each unit on the way, the slope of the first unit, and what $w_1$ was multiplied with.

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["eq 3"]
# ### The short form
# A common textbook form keeps only the slopes: $\;\partial L/\partial w = \prod_k \sigma'(z_k)$.
#
# **Predict:** for our chain, is this product too large or too small? And does a product of slopes know
# whether $w_1$ should go up or down?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
s = chain.run_chain(x, w, target=t)
product = 1.0
up, down = (chain.run_chain(x, [w[0] + d, *w[1:]], target=t).loss for d in (1e-4, -1e-4))
given = {"slopes": s.slopes, "weights": w[1:], "input": [x], "upstream": [s.upstream]}
for name, numbers in given.items():
    product *= np.prod(numbers)
    print(f"· {name:10}{' · '.join(f'{one:.2f}' for one in numbers):28}{product:9.5f}")
print(f"a nudge of w₁ says{'':22}{(up - down) / 2e-4:9.5f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Four times too large, here. Missing are the three weights, the input, and what arrives from above;
# with them it is what the nudge says. The slopes of a sigmoid are never negative, so the short form
# would push every weight the same way, whatever the target is.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# A chain of three sigmoid units whose sums $z_1, z_2, z_3$ all happen to be 0. The input is $x = 3$,
# the weights are $w_1 = 5$, $w_2 = 2$, $w_3 = -4$ (each unit also has a bias that makes its sum 0), and
# $\partial L/\partial h_3 = \frac12$. What is $\partial L/\partial w_1$?

# %% slideshow={"slide_type": "skip"}
slope = ...  # your number
check("09.chain", slope)
# hint("09.chain")
# solution("09.chain")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["eq 2", "eq 8", "eq 9"]
# ## A quarter at most
# The slope of the sigmoid (notebook 7) can be written with its own value:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad
# \sigma'(z) = \sigma(z)\,\big(1 - \sigma(z)\big) = \tfrac14 - \big(\sigma(z) - \tfrac12\big)^2
# \;\le\; \tfrac14$$
#
# A square is never negative, so the slope is never above ¼, and it is ¼ only at $z = 0$. It is small
# where $|z|$ is large: there the sigmoid is **saturated**. So $n$ layers let through at most
# $(\frac14)^n$ of what arrives, if the weights do not help.
#
# **Predict:** what is $(\frac14)^{10}$, roughly?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The slope, and its powers

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
print("n    " + "".join(f"{n:10}" for n in (1, 2, 5, 10, 20, 30)))
print("(¼)ⁿ " + "".join(f"{0.25**n:10.2g}" for n in (1, 2, 5, 10, 20, 30)))
plots.describe(
    figures.show_slope(),
    "Left the sigmoid, rising from 0 to 1, and its slope, a bell with its top of one quarter at z = 0. "
    "Right one quarter to the power n, falling on a logarithmic axis from 0.25 to 1e-18 at 30.",
)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# About a millionth. For comparison: 32-bit numbers cannot add less than 6·10⁻⁸ to 1, and
# $(\frac14)^{12}$ is as small. Thirty layers give 10⁻¹⁸, and that is about what the picture of our
# network shows.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The weights have a say
# The factor of a layer is $w\,\sigma'(z)$, not $\sigma'(z)$. So let every weight of a chain of thirty be
# $w$, and give each unit the bias $-w/2$: then $h = \frac12$ gives $z = 0$ again, where the slope is
# largest. **Predict:** what becomes of the gradient for $w = 2$, $w = 4$ and $w = 8$?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for weight in (2.0, 4.0, 8.0):
    s = chain.run_chain(0.5, [weight] * 30, target=1.0, biases=[-weight / 2] * 30)
    kept = s.deltas[0] / s.deltas[-1]
    print(f"w = {weight:.0f}: one unit {weight / 4:3.1f}, twenty-nine units {kept:.1e}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It vanishes, it stays, it **explodes**: a long product of equal factors is hardly ever just right. But
# large weights are no cure. They make sums large as well, and a saturated sigmoid has no slope; only
# our biases kept $z$ at 0.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Why Do Gradients Vanish?"]
# ## A whole layer
# A layer of many units does the same with matrices. In the form of notebook 8, with the layers
# numbered:
#
# $$\delta^{(l)} = \big(\delta^{(l+1)}\, W^{(l+1)}\big) \odot \sigma'(z^{(l)}), \qquad
# \frac{\partial L}{\partial W^{(l)}} = \delta^{(l)\top} h^{(l-1)}$$
#
# | symbol | what | shape here |
# |---|---|---|
# | $\delta^{(l)}$, $z^{(l)}$ | slopes at the sums, sums | (N, 32) |
# | $W^{(l)}$ | weights | (32, 32), first layer (32, 64) |
# | $h^{(l-1)}$ | input of the layer | (N, 32), first layer (N, 64) |
#
# Each weight starts as a random number with mean 0 and a variance of one divided by the inputs of its
# layer, here $1/32$. Such weights keep the length of a δ about as it is (notebook 10 shows why). The
# slopes take at least three quarters of it. That leaves ¼ or less; we measured 0.23.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The way back in NumPy
# `h[k]` is the input of layer `k`, counted from 0; `delta` starts as in notebook 8. Biases, 0 before
# training, are left out.


# %% slideshow={"slide_type": "fragment"}
def backward(delta, weights, h):
    grads = [delta.T @ h[-1]]
    for k in reversed(range(len(weights) - 1)):
        slope = h[k + 1] * (1 - h[k + 1])  # σ′ = σ (1 − σ)
        delta = (delta @ weights[k + 1]) * slope
        grads.insert(0, delta.T @ h[k])
    return grads


# %% slideshow={"slide_type": "skip"}
def forward(x, weights):
    h = [x]
    for W in weights[:-1]:
        h.append(numpy_ops.sigmoid(h[-1] @ W.T))  # (N, I)(I, O)
    return h, h[-1] @ weights[-1].T


images, target = network.digits(count=256)
weights = [layer.W for layer in network.fresh_weights(30, seed=0)]
h, logits = forward(images.astype(float), weights)
delta = (numpy_ops.softmax(logits, axis=1) - np.eye(10)[target]) / len(target)
grads = backward(delta, weights, h)

# %% slideshow={"slide_type": "skip"}
w_torch = [torch.tensor(W, requires_grad=True) for W in weights]
y = torch.from_numpy(images).double()
for W in w_torch[:-1]:
    y = torch.sigmoid(y @ W.T)
cross_entropy(y @ w_torch[-1].T, torch.from_numpy(target)).backward()
assert max(relative_error(g, W.grad) for g, W in zip(grads, w_torch, strict=True)) <= 1e-9
print("31 gradients as PyTorch has them; the first", f"{np.linalg.norm(grads[0]):.1e}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: follow δ
# Write the way back for the norms alone. You get the weights and the sums of a sigmoid network, layer by
# layer, and δ of the *last* layer; `weights[l]` belongs to layer `l` and is used on the way from `l`
# to `l − 1`. Return the norms of δ of all layers, the first layer first.


# %% slideshow={"slide_type": "skip"}
def delta_norms(weights, sums, delta):
    # your code: return an array with one norm a layer
    return None


check("09.delta_norms", delta_norms)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: how deep?
# A network multiplies a gradient by 0.2 from each layer to the one before. Its first layer shall get at
# least 1/10,000 of what the last one gets. How many layers can it have?

# %% slideshow={"slide_type": "skip"}
layers = ...  # your number
check("09.budget", layers)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Depth, activation, first weights
# Three things decide: how many layers, which activation, and how large the first weights are. The next
# picture shows all combinations. Each panel is an activation (row) and a variance of the weights
# (column; $n$ is the number of inputs of a layer). Inside a panel each line is a network: two layers on
# top, thirty at the bottom, with the first layer on the left. Blue has vanished, red has exploded.
#
# **Predict:** which panels stay white down to depth thirty?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Twelve ways to start

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
activations, scales, depths = ("sigmoid", "tanh", "relu"), (0.25, 1.0, 2.0, 4.0), range(2, 31, 2)
maps = experiments.heat_maps(activations, scales, depths, seed=0)
plots.describe(
    figures.show_heat_maps(maps, depths),
    "Twelve triangles of colors. All four for the sigmoid turn dark blue towards deep networks and "
    "first layers. Tanh is white for the variances 1/n and 2/n, blue for a quarter, light red in the "
    "first layers for four. ReLU is white for 2/n only: blue below it, red above, equally in all "
    "layers of a network.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Tanh with $1/n$ and $2/n$, and ReLU with $2/n$. For the sigmoid none of the four helps. And for the
# ReLU a factor of two in the variance decides between life and death.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Look at the signals as well
# In the ReLU panels each line has *one* color: all layers of a network have about the same gradient,
# whether it is healthy or not. So who compares only the first layer with the last would call all of
# them healthy. Look at both ways, because $\partial L/\partial W = \delta^\top h$ is a product of what
# came back, δ, and of what came forward, $h$.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
starts = {"ReLU, 1/n": Recipe("relu", 1.0), "ReLU, 2/n": Recipe("relu", 2.0)}
both = {name: experiments.flow(recipe, 30, seed=0) for name, recipe in starts.items()}
assert all(0.2 < flow.gradients[0] / flow.gradients[29] < 5 for flow in both.values())
plots.describe(
    figures.show_flows({name: (f.gradients[:-1], f.spreads) for name, f in both.items()}),
    "Two panels over the layers for ReLU networks. Left two flat lines: gradients near 1e-5 with the "
    "variance 1/n, near 0.1 with 2/n. Right how far images differ: with 1/n it falls steadily to a "
    "millionth, with 2/n it stays near 0.1.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# With variance $1/n$ a ReLU layer loses half of the signal's power (its mean square) forward, and half
# of the gradient's power backward. Layer $l$ has lost $l$ layers of the one and $30 - l$ of the other: together always
# thirty. With $2/n$ nothing is lost on either way. (Why just 2, and why tanh wants 1, notebook 10
# derives.) In a sigmoid network it is otherwise: outputs are near ½ even when all images look alike, so
# $h$ does not shrink, and the gradient shows all that δ has lost.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Thirty layers in your hand
# Choose, and see what becomes of the gradient (left) and of the images (right). Can you find a
# variance at which thirty sigmoid layers let a gradient through? Keep the curve, then switch on
# **batch norm**, which brings each sum to mean 0 and spread 1 over the batch. Guess before you switch:
# what will it do to ReLU layers of variance $2/n$? And **shortcuts**, which add the input of two layers
# to their output?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.gradient_flow(30, Recipe("sigmoid"))

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# No variance up to 4 wakes thirty sigmoid layers; batch norm does, at any of them. To ReLU layers it
# does the opposite: a gradient that was flat grows towards the image. Shortcuts alone change the ReLU
# network in another way: each addition makes the signal larger, and gradients of all layers grow
# together. Only with both switches on do both panels stay calm. (These are 16 images and layers of 16
# units, so curves are rougher than in the other pictures. The right panel ends at 10⁻⁷, since float32
# tells no more apart.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When it explodes
# ReLU with variance $4/n$: each of thirty layers doubles the power of the signal on the way forward, and
# that of the gradient on the way back. Here is the loss before each of four plain steps of rate 0.1.
# **Predict:** what follows after the first step?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
print(f"{'loss before step':17}" + "".join(f"{step:12}" for step in range(1, 5)))
for scale in (2.0, 4.0):
    losses = experiments.explode(scale, 30, seed=0, rate=0.1, steps=4)
    print(f"{f'variance {scale:.0f}/n':17}" + "".join(f"{loss:12.3g}" for loss in losses))
    assert np.isfinite(losses[-1]) == (scale == 2.0)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# One step throws the weights so far out that the next loss has 80 digits, and then there are no numbers
# left: NaN. A vanished gradient is quiet, the loss just stays. An exploding one is loud.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the emergency brake
# Where gradients explode now and then, as in recurrent networks, people *clip* them (Pascanu et al.
# 2013): if the norm of all gradients **together** is above a limit, all are shortened by the same factor,
# so that the norm becomes the limit and the direction stays. Here `gradients` is an array with a row a
# layer. (It is a brake and no cure: it cannot lengthen what has vanished.)


# %% slideshow={"slide_type": "skip"}
def clip(gradients, limit):
    # your code: return an array with the shape of gradients
    return None


check("09.clip", clip)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Vanishing Gradient Problem in CNNs"]
# ## And convolutions?
# A convolution is a layer whose weights are shared (notebook 8), so its $n$ is the number of inputs
# that *one* output adds up: $K_h K_w C_{in}$. Twenty 3×3 convolutions of 8 channels, on the same
# digits. **Predict:** will the gradients vanish more slowly, because each weight collects the slopes of
# all its places?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
convs = {
    "sigmoid, 1/n": [experiments.conv_flow("sigmoid", 1.0, 20, seed=seed) for seed in SEEDS],
    "ReLU, 2/n": [experiments.conv_flow("relu", 2.0, 20, seed=seed) for seed in SEEDS],
}
conv_factors = [experiments.factor_per_layer(norms[1:]) for norms in convs["sigmoid, 1/n"]]
assert all(0.15 < factor < 0.3 for factor in conv_factors)
print("with sigmoids a layer multiplies by", *np.round(conv_factors, 2))
plots.describe(
    figures.show_norms(convs, y_label="‖∂L/∂K‖ (nats per unit)", legend_place="lower right"),
    "Norm of the gradient of twenty convolutions. With sigmoids three straight lines rise from 1e-14 "
    "to about 0.5, with ReLU and the variance 2/n three lines are nearly flat between 0.002 and 1.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No. Sharing multiplies *all* layers alike; from layer to layer the sigmoid leaves about as little as
# in dense layers. So what we find out about those holds for CNNs.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Four cures
# Each changes a factor of the product. Here they are only used; their notebooks take them apart.
#
# | cure | what it does to the factor of a layer | notebook |
# |---|---|---|
# | another activation | slope 1 in place of ¼ at most | 7 |
# | first weights of the right size | makes up for what the activation takes | 10 |
# | batch norm | divides each sum by its spread over the batch | 11 |
# | shortcuts | open a way around two layers, with factor 1 | 12 |
#
# We start with thirty sigmoid layers and add one after the other. **Predict:** does each of them help?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One by one

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
cures = {
    "sigmoid, variance 1/n": Recipe("sigmoid", 1.0),
    "ReLU instead": Recipe("relu", 1.0),
    "… and variance 2/n": Recipe("relu", 2.0),
    "… and batch norm": Recipe("relu", 2.0, normalized=True),
    "… and shortcuts": Recipe("relu", 2.0, normalized=True, shortcuts=True),
}
runs = {"sigmoid, variance 1/n": plain[30]}
runs |= {n: experiments.train(r, 30, seeds=SEEDS) for n, r in list(cures.items())[1:]}
loss = {name: trained.losses[:, -20:].mean() for name, trained in runs.items()}
for name, trained in runs.items():
    print(f"{name:22} loss {loss[name]:.2f}  accuracy {mean_std(trained.accuracies)}")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
read = {name: trained.accuracies for name, trained in runs.items()}
start = {name: experiments.flow(recipe, 30, seed=0).gradients for name, recipe in cures.items()}
none, relu, sized, normed, _ = (accuracies.mean() for accuracies in read.values())
assert none + 0.05 < relu < sized - 0.05 and min(read["… and shortcuts"]) > 0.9
assert loss["… and batch norm"] > loss["… and variance 2/n"] + 0.2
plots.describe(
    figures.show_cures({name: (norms[0], norms[-2]) for name, norms in start.items()}, read),
    "Five rows. Left the gradient of the first and of the last layer, right test accuracy. Sigmoid: "
    "1e-19 and 0.1, guessing. ReLU: both near 1e-5, 0.1 to 0.4. With variance 2/n: both near 0.1, "
    "about 0.7. With batch norm: 70 and 0.2, about 0.6. With shortcuts: 2 and 0.3, about 0.96.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No. The activation and the first weights help, each by a good step. Batch norm makes it *worse*
# here: the loss at the end is about twice as high, and the first layer's gradient is now hundreds of
# times the last one's. With shortcuts as well, all thirty layers learn.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A cure that explodes
# Batch norm alone does not rescue thirty ReLU layers, although it is often said to. Read the picture from
# right to left: with batch norm the gradient *grows* from layer to layer, and shortcuts bend it flat.
# (The printed rule is derived below.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
ways = list(cures.items())[2:]
by_layer = {n: [experiments.flow(r, 30, seed=k).gradients[:-1] for k in SEEDS] for n, r in ways}
back = [experiments.factor_per_layer(norms[1:]) for norms in by_layer["… and batch norm"]]
rule = 1 / np.sqrt(1 - 1 / np.pi)
assert all(abs(factor / rule - 1) < 0.05 for factor in back)
print("with batch norm a layer multiplies by", *np.round(back, 2), f"(rule: {rule:.3f})")
plots.describe(
    figures.show_norms({name.removeprefix("… "): each for name, each in by_layer.items()}),
    "Norm of the gradient over thirty ReLU layers. With the variance 2/n flat, between 0.001 and 1; "
    "with batch norm rising towards the image from 0.2 to 100; with shortcuts as well only to 2.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# Where does the growth come from, and the rule? Batch norm makes the sums nearly normally distributed,
# with mean 0 and variance 1. The ReLU of such a number has the mean square ½ (half of the numbers are
# put to 0) and the mean $1/\sqrt{2\pi}$, so its *variance* is only ½ − 1/(2π): the rest is a mean that
# is the same for all images, and the next batch norm takes it away. So the next sums, with
# weights of variance $2/n$, have the variance 2 (½ − 1/(2π)) = 1 − 1/π, and batch norm divides them by
# the root of that. On the way back, weights and ReLU together leave the gradient as it is, and the
# division is left over: a factor of $1/\sqrt{1 - 1/\pi}$ a layer. (Yang et al. 2019 show that no choice of the first weights cures this.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where each does its work
# To be fair to both: batch norm on *ten sigmoid* layers, and shortcuts on thirty ReLU layers *without*
# batch norm.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
rescued = experiments.train(Recipe("sigmoid", normalized=True), 10, seeds=SEEDS).accuracies
around = experiments.train(Recipe("relu", 2.0, shortcuts=True), 30, seeds=SEEDS).accuracies
print(f"10 sigmoid layers            {mean_std(without_cures[10])}")
print(f"   … with batch norm         {mean_std(rescued)}")
print(f"30 ReLU layers, variance 2/n {mean_std(read['… and variance 2/n'])}")
print(f"   … with shortcuts          {mean_std(around)}")
assert min(rescued) > 0.85 and np.mean(around) > sized + 0.05

# %% [markdown] slideshow={"slide_type": "fragment"}
# Batch norm rescues the sigmoid: the sums hardly differ from image to image, so it divides by a small
# number, and that makes up for the ¼, forward and backward. Shortcuts help the ReLU even alone, though
# signal and gradient then grow with every addition; with batch norm inside they help more.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the order of the cures is that of history, and the hall will expect each step to
# gain. Let them vote before the picture. Who doubts the row of batch norm can try other learning
# rates: three were tried for each row, and the best is shown.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two, ten, thirty, again
# The first picture, and beside it networks of the same size with all four cures.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
cured = {
    depth: experiments.train(cures["… and shortcuts"], depth, seeds=SEEDS).accuracies
    for depth in (2, 10)
}
cured[30] = read["… and shortcuts"]
assert min(min(accuracies) for accuracies in cured.values()) > 0.9
plots.describe(
    figures.show_depths({"sigmoid": without_cures, "with all four cures": cured}),
    "The first picture with a second line: with all four cures networks of 2, 10 and 30 layers all "
    "read about 97 of 100 digits.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What stops it, and what gets it going
# A product of many factors. Each layer multiplies the gradient by its weights and slopes on the way
# back, and the differences between images on the way forward. With factors below 1 the first layers get
# no gradient, and the last layers see no image.
#
# What gets it going is whatever holds the factor near 1: slopes of 1, first weights that make up for
# the rest, sums brought to size, a way around. None is enough in every network, and one alone can do
# harm.
#
# Although: thirty layers now learn, they read these small digits no better than two. Depth has to be
# worth it (notebooks 12 and 21).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Which layers of a deep sigmoid network learn slowest, and why?
# <details><summary>Answer</summary>Those nearest the image: the error reaches them last and has been
# multiplied by w σ′, mostly below 1, once a layer.</details>
#
# 2. What is missing in ∂L/∂w₁ = Π σ′(z)?
# <details><summary>Answer</summary>The weights on the way, the input, and ∂L/∂h of the last unit.</details>
#
# 3. All layers of a network have equal gradients. Is it healthy?
# <details><summary>Answer</summary>Not for sure. They may all be 10⁻⁶, because signal and gradient both
# shrink. Look at the size, and at the activations.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why is σ′ at most ¼?
# <details><summary>Answer</summary>σ′ = σ(1 − σ) = ¼ − (σ − ½)², and a square is never
# negative.</details>
#
# 5. Adam (notebook 16), with which our networks were trained, divides each gradient by its usual size.
# Why does that not rescue thirty sigmoid layers?
# <details><summary>Answer</summary>It makes the steps long again (unless a gradient is below 10⁻⁸, which
# it adds to what it divides by), but it cannot make the last layers see anything: forward, all images have
# become the same.</details>
#
# 6. The loss is NaN after two steps. Vanishing or exploding? What is a quick test?
# <details><summary>Answer</summary>Exploding. Print the norm of each layer's gradient before the first
# step; clip, or choose smaller first weights.</details>
#
# 7. A factor of 0.95 a layer: harmless?
# <details><summary>Answer</summary>For ten layers, yes (0.6). For a hundred it is 0.006.</details>
#
# 8. Why does the same batch norm rescue sigmoids and hurt ReLUs?
# <details><summary>Answer</summary>It divides by the spread of the sums. Behind sigmoids that is small, and
# dividing makes up for the ¼. Behind well started ReLUs the factor was 1 already, and dividing
# makes it 1.21.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * On its way back a gradient meets weights and slopes, one pair a layer; σ′ ≤ ¼, so ten sigmoid
#   layers leave a millionth, thirty 10⁻¹⁸.
# * The layers nearest the image learn slowest, and the last layers see nothing of it.
# * With ReLU the gradients of all layers shrink or grow together: look at signals, too.
# * Four cures hold the factor near 1. Batch norm alone makes ReLU layers explode.
#
# **On your own** Predict from the heat map whether thirty tanh layers learn, then run
# `experiments.train(Recipe("tanh", 1.0), 30, seeds=(0,))`. With batch norm, too? `progress()` lists your
# solved exercises.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | `forward`, `backward`, the cures | `lessons/vanishing_gradients/network.py` | `tests/lessons/vanishing_gradients/test_network.py` |
# | the chain of units | `lessons/vanishing_gradients/chain.py` | `tests/lessons/vanishing_gradients/test_chain.py` |
# | what was trained and measured | `lessons/vanishing_gradients/experiments.py` | `tests/lessons/vanishing_gradients/test_experiments.py` |
# | gradients of any PyTorch network | `analysis/gradient_flow.py` | `tests/analysis/test_gradient_flow.py` |
# | σ and its slope | `numpy_ops/activations.py` | `tests/parity/test_activations.py` |
#
# **Sources**
# Hochreiter 1991, *Untersuchungen zu dynamischen neuronalen Netzen*, diploma thesis, TU München (the
# first analysis) · Bengio, Simard, Frasconi 1994, *Learning long-term dependencies with gradient
# descent is difficult*, IEEE Transactions on Neural Networks 5 · Glorot, Bengio 2010, *Understanding the
# difficulty of training deep feedforward neural networks*, AISTATS, section 4.2 (variances forward and
# backward) · Pascanu, Mikolov, Bengio 2013, *On the difficulty of training recurrent neural networks*,
# ICML (clipping) · He et al. 2015, *Delving deep into rectifiers*, ICCV, section 2.2 (variance 2/n) ·
# Ioffe, Szegedy 2015, *Batch normalization*, ICML · He et al. 2016, *Deep residual learning for image
# recognition*, CVPR · Yang et al. 2019, *A mean field theory of batch normalization*, ICLR.
#
# **Next** 10, initialization: which first weights keep both ways open, and why.
