# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 26. See what no single slice shows
#
# **You will** give kernels a third axis, for time or for depth: forward and backward, in clips,
# volumes and clouds of points; and find out what that axis is worth and what it costs.
# **You need** convolutional layers (notebook 4), backpropagation (8), batch norm (11). **Time** 60 min,
# CPU.
#
# A digit moves across a screen in one of eight directions. You may look at one frame, as long as you
# like. A network for images, which reads one frame at a time, has the same view. Will training help
# it?

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import numpy_ops, plots, torch_ops
from course_lib.analysis import complexity
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.exercises.blocks import as_numbers
from course_lib.gradcheck import gradcheck
from course_lib.lessons.volumes_3d import clouds, experiments, figures, live, networks, volumes
from course_lib.parity import relative_error

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two clips
# Cover all frames but the first. Which way will each digit go? (What leaves on one side comes back on
# the other, so the place of a digit tells nothing either.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
data = experiments.clips()
forward, other = experiments.whole_clip("right"), data.x_test[data.y_test == 5][0, 0]
plots.describe(
    figures.show_clips({"clip A": forward, "clip B": other}),
    "Two rows of six frames of 12 by 12 pixels, a digit in each. From frame to frame the digit of "
    "clip A moves one pixel to the right, that of clip B one pixel up and to the left.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two networks
# Both have two convolutions, and a mean over all places. In one a kernel is 1×3×3: it looks at one
# frame at a time. In the other it is 3×3×3: it reaches over three frames. Both train for 64 steps on
# 1,000 clips of the eight directions.
#
# **Predict:** how often is each right on new clips?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
right = {kind: experiments.accuracies(kind, seeds=seeds) for kind in ("per frame", "3-D")}
for kind, shares in right.items():
    print(f"{kind:9}", *(f"{share:.3f}" for share in shares))
assert max(right["per frame"]) < 0.25 and min(right["3-D"]) > 0.93
assert (experiments.STEPS, len(data.y_train), data.num_classes) == (64, 1000, 8)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Frame by frame: about once in eight, it guesses. With the third axis: nearly always.
#
# **What does a third axis in the kernel give, and what does it cost?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: hide the figure's right half with a sheet and take a vote. Somebody will say "give
# the network all frames as channels". Keep that idea for the third section: it is right, and then it
# is not.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A clip is a block
# Frames behind one another make a block: time, rows, columns. It can be cut at a frame, but at a row or a
# column as well; then time runs down the picture. Here is one clip, played forward and backward.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
cuts = {"to the right": forward, "to the left": forward[::-1]}
frame, column = 3, int(forward[3].sum(axis=0).argmax())  # through its brightest parts
row = int(forward[3].sum(axis=1).argmax())
plots.describe(
    figures.show_cuts(cuts, frame=frame, row=row, column=column),
    "Two blocks cut three ways. The frames look alike. In the cut along a row, with time down, bright "
    "pixels make streaks that slant to the right for one clip and to the left for the other.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Motion is a slanted line
# In the middle pictures the two clips are mirror images. Each bright pixel leaves a streak, and the
# streak slants to the side to which the digit goes; for a digit at rest it would go straight down.
#
# So the direction is an *edge*, in a picture that has time as one of its axes. You know what finds edges
# (notebook 3): a small kernel that lies across them. It needs an extent in time, and nothing
# else is new.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The formula
# $$y_{n,o,i,j,k} = b_o + \sum_{c,u,v,w} W_{o,c,u,v,w}\; x_{n,c,i+u,j+v,k+w}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | clips or volumes | $(N, C_{in}, D, H, W)$ |
# | $W$ | kernels | $(C_{out}, C_{in}, K_d, K_h, K_w)$ |
# | $b$ | biases | $(C_{out})$ |
# | $y$ | outputs | $(N, C_{out}, D{-}K_d{+}1, H{-}K_h{+}1, W{-}K_w{+}1)$ |
#
# $D$ is depth or time. Channels are summed over; along $D$ the kernel *slides*.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In NumPy
# For each of the $K_d K_h K_w$ taps: take the part of the block that meets it (`window`), mix the channels,
# add.


# %% slideshow={"slide_type": "fragment"}
def conv3d(x, weight):
    sizes = [n - k + 1 for n, k in zip(x.shape[2:], weight.shape[2:], strict=True)]
    y = np.zeros((len(x), len(weight), *sizes))
    for tap in np.ndindex(weight.shape[2:]):
        y += np.einsum("ncdhw,oc->nodhw", x[window(tap, sizes)], weight[:, :, *tap])
    return y


# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
def window(tap, sizes):
    return (..., *map(slice, tap, np.add(tap, sizes)))


x, weight = rng.standard_normal((2, 3, 5, 6, 7)), rng.standard_normal((4, 3, 3, 2, 3))
y = conv3d(x, weight)
twin = torch_ops.conv3d(torch.from_numpy(x), torch.from_numpy(weight))
assert max(relative_error(y, numpy_ops.conv3d(x, weight)), relative_error(y, twin)) < 1e-12
print(f"{x.shape} and {weight.shape} make {y.shape}, as our package and PyTorch have it")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A kernel on its way
# Move the kernel through the frames. The weights that meet something light up. Which bar pleases the
# kernel *right*? What does it say to a bar that rests?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.clip_kernel()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Right, left, at rest
# The kernel *right* holds 2 in a column that moves along, −1 elsewhere.
#
# To the bar that goes right its largest answer is 18: nine pixels meet a 2.
#
# **Predict:** and its largest answers to the other two?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
slanted = live.kernels()["right"][None, None]
for name, bar in live.bars().items():
    answer = conv3d(bar[None, None], slanted)
    print(f"{name:10} from {answer.min():3.0f} to {answer.max():3.0f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 6 and 0. A bar at rest meets 2, −1 and −1, which is 0 everywhere. The other direction reaches a third of
# 18, at a border. In the live figure, the kernel *change* answers to any movement and *edge* to any bar, in
# one frame.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The way back
# Each tap sends what comes back (notebook 8) to its weights, times what it saw, and to what it saw, times
# its weights.


# %% slideshow={"slide_type": "fragment"}
def conv3d_backward(grad_y, x, weight):
    grad_x, grad_weight = np.zeros_like(x), np.zeros_like(weight)
    for tap in np.ndindex(weight.shape[2:]):
        seen = window(tap, grad_y.shape[2:])
        grad_weight[:, :, *tap] = np.einsum("nodhw,ncdhw->oc", grad_y, x[seen])
        grad_x[seen] += np.einsum("nodhw,oc->ncdhw", grad_y, weight[:, :, *tap])
    return grad_x, grad_weight


# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
grad_y = rng.standard_normal(y.shape)
mine = conv3d_backward(grad_y, x, weight)
theirs = torch_ops.conv3d_backward(*(torch.from_numpy(a) for a in (grad_y, x, weight)))
assert max(relative_error(a, b) for a, b in zip(mine, theirs[:2], strict=True)) < 1e-12
error = gradcheck(conv3d, (x[:1, :, :4, :3, :4], weight), backward=conv3d_backward)
print(f"as PyTorch's autograd has it; nudging every number differs by {error:.0e} at most")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Could we have done without?
# A network for images takes three channels of color. Why not six channels of *time*? Each frame becomes a
# channel, kernels are 3×3 as always, and the first layer mixes all frames at each place. It has fewer
# weights than the 3-D network.
#
# **Predict:** will it tell the directions?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
right["frames as channels"] = experiments.accuracies("frames as channels", seeds=seeds)
plots.describe(
    plots.show_rows(right, label="test accuracy (share; dotted: guessing)", limits=(0, 1.03),
                    reference=1 / 8),
    "Test accuracy, a row a network, three points each: per frame at about one in eight, 3-D close to "
    "1, frames as channels close to 1.",
)  # fmt: skip
assert min(right["frames as channels"]) > 0.93
sizes = {k: complexity(networks.clip_network(k, num_classes=8), (1, 1, 6, 12, 12)) for k in right}
assert 2 * sizes["frames as channels"].parameters < sizes["3-D"].parameters

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It will, as well as the 3-D network, with less than half the weights. Order is what counts, and channels have one.

# %% slideshow={"slide_type": "skip"} tags=["answer"]
print("parameters:", {kind: size.parameters for kind, size in sizes.items()})

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same movement, a little later
# Clips of eight frames. In training the digit moves at once, or after one frame, and then rests. In a
# new test it rests first and moves in the last frames.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
moving = forward[None, None, :4]
plots.describe(
    figures.show_clips({"early": experiments.rest(moving, 0)[0, 0],
                        "late": experiments.rest(moving, 4)[0, 0]}),
    "Two rows of eight frames. In the upper the digit moves right in frames 0 to 3 and rests. In "
    "the lower it rests in frames 0 to 4 and then moves right.",
)  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Early and late
# Both networks are trained on early movements only.
#
# **Predict:** what do they make of late ones?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
kinds = ("frames as channels", "3-D")
moments = {kind: experiments.early_and_late(kind, seeds=seeds) for kind in kinds}
shares = {f"{kind}, {when}": getattr(moment, when)
          for kind, moment in moments.items() for when in ("early", "late")}  # fmt: skip
plots.describe(
    plots.show_rows(shares, label="test accuracy (share; dotted: guessing)", limits=(0, 1.03),
                    reference=1 / 8),
    "Test accuracy, three points a row. Frames as channels: high on early movements, far lower on "
    "late ones. 3-D: as high on late movements as on early ones.",
)  # fmt: skip
assert max(moments["frames as channels"].late) < 0.65 < 0.78 < min(moments["3-D"].late)
assert min(moments["frames as channels"].early + moments["3-D"].early) > 0.8

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### One set for every moment
# To *frames as channels* a late movement is new: each frame has weights of its own, and the last ones
# never met a movement. A 3-D kernel has *one* set for every moment. What it learned early it knows late.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### So what is new?
# Take three neighboring frames as the channels of an image. Apply one 2-D kernel of three channels. Move
# on by one frame and apply the *same* kernel. That is all there is to a 3-D convolution.

# %% slideshow={"slide_type": "skip"}
clip, kernel = rng.standard_normal((1, 1, 6, 12, 12)), rng.standard_normal((8, 1, 3, 3, 3))
sliding = [numpy_ops.conv2d(clip[:, 0, t : t + 3], kernel[:, 0]) for t in range(4)]
np.testing.assert_allclose(np.stack(sliding, axis=2), conv3d(clip, kernel))
print("a 3-D convolution is a 2-D one on three frames as channels, at every moment")

# %% [markdown] slideshow={"slide_type": "fragment"}
# So the third axis gives *sharing* along it, and with it equivariance (notebook 6): a later movement
# gives a later answer. The mean over all places makes of it the same answer.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# Trained on early movements, *frames as channels* fails on late ones, and the 3-D network does not. Why?
#
# * **a** The 3-D network has more weights.
# * **b** With frames as channels a network cannot compare two frames.
# * **c** With frames as channels each frame has weights of its own.
# * **d** The 3-D network has met late movements in training.

# %% slideshow={"slide_type": "skip"}
check("26.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: inflate a kernel
# There are many well-trained networks for images and few for clips. Carreira and Zisserman (2017) began
# theirs from an image network: each 2-D kernel is repeated along time, such that a clip in which nothing
# moves gets the answer that its frame got. Write `inflate(weight, length)`: from kernels
# $(C_{out}, C_{in}, K, K)$ to kernels $(C_{out}, C_{in}, length, K, K)$, all frames alike.


# %% slideshow={"slide_type": "skip"}
def inflate(weight, length):
    # your code: return an array with five axes
    return None


check("26.inflate", inflate)
# hint("26.inflate")
# solution("26.inflate")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The axis may be depth
# A CT scanner gives slices of a body, one behind the other. Ours is drawn by a rule, not taken from a
# patient: **vessels** run through the slices, **nodules** are balls, both equally bright, with noise. The
# task is to mark the voxels of the nodules. Above are slices, below is what they hold: nodules red, vessels
# blue.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
test = volumes.draw_volumes(volumes.NUM_TEST, seed=1)
nodules = test.tissue == 2
discs = volumes.dice(test.tissue > 0, nodules)  # of marking all that is bright
scan, tissue = test.x[7, 0], test.tissue[7, 0]
numbers = range(1, 15, 2)
plots.describe(
    figures.show_slices(scan, tissue, numbers),
    "Seven slices of a noisy volume with bright discs. Below, the vessels, blue discs that are there in "
    "every slice, and nodules, red discs that come and go within a few slices.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A score for marks
# Nodules fill about two voxels in a hundred, so "nothing anywhere" would be right nearly always. The **Dice
# score** counts only what is marked or should be:
#
# $$\text{Dice} = \frac{2\,|A \cap B|}{|A| + |B|}$$
#
# $A$ is the set of marked voxels, $B$ the set of true ones, both over all test volumes. 1 is perfect, 0 is
# no voxel in common.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Slice by slice, or through the slices
# Three networks with three convolutions each, trained on 60 volumes. *Per slice*: kernels 1×3×3. *7
# slices as channels*: the first reaches over 7 slices, the others over one. *3-D*: 3×3×3, which comes to 7
# slices as well. The last two have about as many weights.
#
# **Predict:** what can the first one score?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plans = {"per slice": 8, "7 slices as channels": 13, "3-D": 8}
found = {kind: volumes.segment(kind, seeds=seeds, width=width) for kind, width in plans.items()}
scores = {kind: [run.dice for run in runs] for kind, runs in found.items()}
plots.describe(
    plots.show_rows(scores, label="Dice score (dotted: every disc marked)", limits=(0, 1.03),
                    reference=discs),
    "Dice scores, three points a row: per slice on the dotted line below 0.3, seven slices as channels "
    "and 3-D between 0.7 and 1.",
)  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# What marking *every* disc scores: a nodule and a vessel look alike in a slice. Both others see how a disc
# goes on above and below.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output", "answer"]
print(f"nodules fill {nodules.mean():.3f} of all voxels; every disc marked has Dice {discs:.3f}")
for kind, values in scores.items():
    count = sum(p.numel() for p in networks.segmenter(kind, width=plans[kind]).parameters())
    print(f"{kind:21} {count:5,} weights, Dice", *(f"{value:.3f}" for value in values))
assert max(abs(value - discs) for value in scores["per slice"]) < 0.08 and volumes.NUM_TRAIN == 60
assert min(scores["3-D"] + scores["7 slices as channels"]) > discs + 0.3

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What they mark
# The same volume again, marks in red.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
marks = {kind: found[kind][0].marks[7, 0] for kind in ("per slice", "3-D")}
plots.describe(
    figures.show_slices(scan, tissue, numbers, marks=marks),
    "Rows from top to bottom: the slices; per slice, with most discs marked red, vessels included; 3-D, "
    "with red marks nearly where the true nodules are; the truth.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# Slices as channels do well here, since the first layer slides along the depth as well: it looks at the
# seven slices around *each* slice. What it lacks is a middle way: it must make up its mind on all seven in
# one layer, while the 3-D network goes from three to five to seven. On the seeds shown 3-D is a little
# ahead, but three seeds are too few for so small a lead. So we do not claim that it is better.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Split the kernel: (2+1)-D
# A 3×3×3 kernel has 27 taps. Tran et al. (2018) split it: first 1×3×3, within each frame, then norm and ReLU,
# then 3×1×1, along time. With $M$ channels between:
#
# $$\underbrace{9\,C_{in} M + 3\,M C_{out}}_{\text{pair}} \le 27\,C_{in} C_{out}
# \quad\Rightarrow\quad M = \left\lfloor \frac{27\,C_{in} C_{out}}{9\,C_{in} + 3\,C_{out}} \right\rfloor$$
#
# | symbol | what | example |
# |---|---|---|
# | $C_{in}, C_{out}$ | channels in and out | 64, 64 |
# | $M$ | channels between | 144 |
#
# So weights are the same, and a ReLU is gained.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The bill
# One layer with norm and ReLU, from 64 to 64 channels, on 8 frames of 28×28. *Kept* are the
# bytes that training stores for the way back (notebook 8).
#
# **Predict:** the pair with 144 channels between has as many weights as the 3-D kernel. Does it cost as
# much?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
shape, layers = (1, 64, 8, 28, 28), {}
for name, layer in {"3×3×3": networks.convolution(64, 64, (3, 3, 3)), "(2+1), M = 144": networks.pair(64, 64),
                    "(2+1), M = 64": networks.pair(64, 64, 64)}.items():  # fmt: skip
    layers[name] = torch.nn.Sequential(layer, torch.nn.BatchNorm3d(64), torch.nn.ReLU())
print(f"{'':14}  weights  mult-adds (10⁶)  kept (MB)")
for name, layer in layers.items():
    counts, kept = complexity(layer, shape), experiments.kept_bytes(layer, shape)
    weights = sum(p.numel() for p in layer.parameters() if p.ndim == 5)
    print(f"{name:14}  {weights:7,}  {counts.multiply_adds / 1e6:15.0f}  {kept / 1e6:9.1f}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# As many products, but training must *keep* far more for the way back: the 144 channels between, before
# and after their ReLU. The narrow pair, with 12 taps for 27, is cheaper in weights and products, but keeps
# more than the 3-D kernel, too.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Does it learn as well?
# The moving digits again, both kinds with matched weights, after 32 and after 64 steps.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
pairs = {("3-D", 64): right["3-D"]}
pairs |= {(kind, steps): experiments.accuracies(kind, seeds=seeds, steps=steps)
          for kind, steps in (("(2+1)-D", 64), ("3-D", 32), ("(2+1)-D", 32))}  # fmt: skip
order = [(kind, steps) for steps in (32, 64) for kind in ("3-D", "(2+1)-D")]
plots.describe(
    plots.show_rows({f"{kind}, {steps} steps": pairs[kind, steps] for kind, steps in order},
                    label="test accuracy (share)", limits=(0.4, 1.03)),
    "Test accuracy, three points a row. After 32 steps the points of both kinds are spread widely and "
    "overlap. After 64 steps all are close to 1.",
)  # fmt: skip
ends, halfway = (np.array([pairs[k, steps] for k in ("3-D", "(2+1)-D")]) for steps in (64, 32))
assert ends.min() > 0.93 and np.ptp(halfway) > np.ptp(ends) + 0.03

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### At the end, alike
# At the end both are nearly perfect; halfway the seeds lie wide apart. We cannot tell the kinds apart, which
# is no proof that they are equal. The paper found its gain with large networks on real clips.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build the pair
# Build the (2+1)-D pair as a `torch.nn.Module`, four layers, nothing behind the last: a convolution of
# 1×3×3 from `in_channels` to $M$ channels; batch norm (`BatchNorm3d`); ReLU; a convolution of 3×1×1 from $M$ to
# `out_channels`. $M$ is the number of the formula above. Paddings keep every size, strides are 1, there
# are no biases.
#
# `@as_numbers` gives your block fixed weights and an input of 4 frames of 5×6, and hands on, in this order:
# the number of parameters; channels, frames, height and width of the output; mean, smallest and largest
# output by channel.


# %% slideshow={"slide_type": "skip"}
@as_numbers(sizes=(4, 5, 6))
def block(in_channels, out_channels):
    # your code: return a torch.nn.Module
    return None


check("26.block", block)
# hint("26.block")
# solution("26.block")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The bill that grows with the cube
# On the way forward, training keeps what the way back will need: here the input of the
# network, the input of each norm and the
# output of each ReLU (notebook 8). That is a fixed number of bytes for each voxel, whatever the kernel. Let us
# ask PyTorch for it: a segmentation network like ours, 32 channels wide.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
network = networks.segmenter("3-D", width=32)
each = experiments.kept_bytes(network, (1, 1, 16, 16, 16)) / 16**3
print(f"{each:.0f} bytes a voxel: {each / 4:.0f} numbers of 4 bytes, 3 · 2 · 32 + 1")
assert round(each / 4) == 193

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What fits?
# A hospital's CT has 512×512 pixels in a slice, as a rule, and hundreds of slices.
#
# **Predict:** you have 8 GB. How long may the side of a cube be?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
longest = {axes: experiments.largest_side(each, axes=axes) for axes in (2, 3)}
print(
    f"8 GB hold an image of {longest[2]:,} or a cube of {longest[3]}; "
    f"512³ voxels take {each * 512**3 / 1e9:.0f} GB"
)
sides = np.array([32, 64, 128, 256, 512, 1024])
plots.describe(
    figures.show_memory(sides, each * sides**2, each * sides.astype(float) ** 3),
    "Gigabytes against the side, from 32 to 1024, both axes logarithmic. The image stays below 1 "
    "gigabyte. The volume rises more steeply and crosses the line of 8 gigabytes between 128 and 256.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### A little over 200
# A little over 200 voxels, for three layers and a batch of one. Twice the side is eight times the memory.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ways out
# * **Crops**: train on small cubes cut from the volume, as 3-D U-Net and most of its heirs do. What a
#   crop does not hold, the network cannot see.
# * **Go down early**: stride or pooling cuts the memory of all later layers by eight each time.
# * **Keep less**: fewer channels, numbers of 2 bytes, or compute a part anew on the way back
#   (checkpointing: time for memory).
# * **Use fewer axes**: slices as channels, if a few neighbors tell enough. Here they did.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: choose a crop
# Training keeps 2,400 bytes for every voxel of a crop. You have 6 GB (6 · 10⁹ bytes) and want two cubic crops
# in each step, with a side that is a multiple of 8. How long may the side be?

# %% slideshow={"slide_type": "skip"}
side = ...  # your number
check("26.crop", side)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Points become voxels first
# A laser scanner gives points in no order, on no grid. A convolution needs a grid: a voxel is 1 if a point
# lies in it, else 0. Now order does not matter; but most voxels are empty, and where in its voxel a point
# was is lost. Above points from the side, below a slice of voxels.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
points, labels = clouds.clouds(60, seed=5, turned=False)
samples = {name: points[np.flatnonzero(labels == k)[0]] for k, name in enumerate(clouds.SHAPES)}
grids = {name: clouds.voxels(cloud) for name, cloud in samples.items()}
print(f"200 points fill {grids['ball'].sum():.0f} of {grids['ball'].size} voxels of the ball")
plots.describe(
    figures.show_clouds(samples, grids),
    "Three clouds of points from the side: a ball, a cube, and a ring that lies flat. Below each the "
    "middle slice of its voxels: a ragged circle, a ragged square, a disc with a small hole.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ball, cube, ring
# The 3-D network of the clips, on 500 clouds that stand upright. Then it meets shapes turned any way.
#
# **Predict:** how often is it right then?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
seen = experiments.read_clouds(seeds=seeds)
plots.describe(
    plots.show_rows({"standing, as in training": seen.standing, "turned": seen.turned},
                    label="test accuracy (share; dotted: guessing)", limits=(0, 1.03),
                    reference=1 / 3),
    "Test accuracy, three points a row: standing shapes about 0.9, turned ones between 0.5 and 0.7.",
)  # fmt: skip
assert all(a > b + 0.12 for a, b in zip(*seen, strict=True)) and min(seen.standing) > 0.75
assert clouds.NUM_TRAIN == 500 and len(samples["ball"]) == 200

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Shifts, not turns
# Six times in ten: more than guessing, far less than before. A third axis gives equivariance to shifts along it, not to turns (notebook 6). Networks that
# take the points themselves, such as PointNet (Qi et al. 2017), save the empty voxels.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: voxels
# Write `voxels(points, size)`: a grid of size × size × size, axes z, y, x, with 1 where there is a point at
# least, else 0. The points $(P, 3)$ hold x, y, z, from 0 to below 1; the grid covers 0 to 1 on each axis.


# %% slideshow={"slide_type": "skip"}
def voxels(points, size):
    # your code: return an array (size, size, size)
    return None


check("26.voxels", voxels)
# hint("26.voxels")
# solution("26.voxels")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where it is used
# * **Video**: C3D (Tran et al. 2015), 3×3×3 throughout; I3D (Carreira & Zisserman 2017), inflated from an
#   image network; R(2+1)D (Tran et al. 2018).
# * **Medicine**: 3-D U-Net (Çiçek et al. 2016) and V-Net (Milletari et al. 2016), which trains on a soft
#   Dice score.
# * **Scans of rooms and roads**: VoxNet (Maturana & Scherer 2015), on voxels.
#
# In all of them layers are what you wrote above: a loop over taps, one axis more.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the axis gives, and what it costs
# It gives what a kernel gives along any axis: *neighbors* are compared, and *one set of weights* serves
# every place. The first is what single frames and slices lack; but frames as channels have it, too, and did
# as well, as long as test and training agreed on the moment. The second is what only the third axis has: a
# movement learned early is known late.
#
# It costs weights (three times those of 3×3), and above all memory: with the cube of the side. So ask first
# whether a few neighbors as channels will do.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A clip is played backward. What must a kernel do to answer as before?
# <details><summary>Answer</summary>Be turned along time too: its last slice first. Rows and columns
# stay.</details>
#
# 2. Why did *frames as channels* know early movements in two positions, after none and after one frame?
# <details><summary>Answer</summary>Both were in training. It learned each, with weights for each.</details>
#
# 3. Twice as many frames, everything else the same: what happens to the weights of a 3-D network, what to
#    its memory?
# <details><summary>Answer</summary>The weights stay, the memory doubles.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. How many weights has a 3×3×3 kernel from 16 to 32 channels, and how many a 3×3?
# <details><summary>Answer</summary>27 · 16 · 32 = 13,824 and 9 · 16 · 32 = 4,608, biases left
# out.</details>
#
# 5. Vessels run along the depth here. Would cuts along rows help a 2-D network?
# <details><summary>Answer</summary>Yes: in such a cut a vessel is a long band and a nodule a disc. A vessel
# that runs toward the reader would then be the trouble.</details>
#
# 6. Slices lie 5 mm apart, pixels 1 mm. What would you change about a 3×3×3 kernel?
# <details><summary>Answer</summary>Begin with 1×3×3 kernels and pool only rows and columns, until voxels are
# nearly cubes; or resample the volume first.</details>
#
# 7. The narrow pair has 12 taps for 27. Can it compute what every 3×3×3 kernel can?
# <details><summary>Answer</summary>No. Even without the ReLU, a sum of M products "pattern in space times
# pattern in time" is a kernel of a special kind; it needs up to 3 of them for each pair of an input and an
# output channel.</details>
#
# 8. A shuffled list of points gives the same voxels. Which network of this notebook would be disturbed by
#    shuffled *frames*?
# <details><summary>Answer</summary>All but the one that reads frame by frame and takes the mean: it never
# knew the order.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Motion is a slanted line in a cut along time; a 3-D kernel is an edge detector for it.
# * Frames as channels tell directions as well as 3-D kernels, but only at the moments they were trained on.
# * A nodule and a vessel look alike in a slice; seven slices tell them apart.
# * (2+1)-D: same weights, a ReLU more, far more to keep; no difference seen here.
# * Memory grows with the cube: 8 GB end at a side of about 200.
#
# **On your own** Predict what the 3-D network makes of clips played backward, with the labels turned around;
# then of clips with shuffled frames. Try both with `experiments.clips()`. `progress()` lists the
# exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | 3-D convolution | `numpy_ops/convolution.py` | `tests/parity/test_convolution.py` |
# | moving digits | `datasets/moving_digits.py` | `tests/datasets/test_loading.py` |
# | blocks that you build | `exercises/blocks.py` | `tests/exercises/test_blocks.py` |
# | networks, volumes, clouds | `lessons/volumes_3d` | `tests/lessons/volumes_3d` |
#
# **Sources**
# Tran et al. 2015, *Learning spatiotemporal features with 3D convolutional networks*, arXiv:1412.0767
# (section 3.1) · Carreira & Zisserman 2017, *Quo vadis, action recognition?*, arXiv:1705.07750 · Tran et
# al. 2018, *A closer look at spatiotemporal convolutions*, arXiv:1711.11248 (section 3.5) · Çiçek et al.
# 2016, *3D U-Net*, arXiv:1606.06650 · Milletari, Navab, Ahmadi 2016, *V-Net*, arXiv:1606.04797 · Maturana
# & Scherer 2015, *VoxNet*, doi:10.1109/IROS.2015.7353481 · Qi et al. 2017, *PointNet*, arXiv:1612.00593 ·
# Dice 1945, *Measures of the amount of ecologic association between species*, doi:10.2307/1932409 ·
# digits: Alpaydin & Kaynak 1998, UCI Machine Learning Repository.
#
# **Next** 27, seeing what CNNs learn.
