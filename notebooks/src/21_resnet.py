# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 21. Build 152 layers that cost less than 19
#
# **You will** rebuild the five ResNets of 2015 number by number, see what their blocks save and what
# a stride throws away, and train deep networks with and without the shortcut.
# **You need** residual connections (notebook 12), receptive fields (notebook 5) and batch norm
# (notebook 11). **Time** 70 min, CPU.
#
# VGG, one of the best networks of 2014, has 19 layers. Plain networks were hard to make deeper: 34
# layers trained *worse* than 18. One year later networks of up to 152 layers won the ImageNet
# challenge. You would expect eight times the depth to cost eight times as much. Let us look at the bill.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch

from course_lib import live, models, plots
from course_lib.analysis import network_blocks, receptive_field, shortest_times
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.exercises.blocks import as_numbers
from course_lib.lessons.resnet import experiments, figures, reads, tables
from course_lib.parity.whole import network_errors

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Depth, cost, accuracy
# Each point is a network; the number beside it counts its layers. Right means dearer, up means more
# photographs named correctly: 50,000 of them, 1,000 classes (accuracies of torchvision's weights).

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
names = {"VGG": (11, 13, 16, 19), "ResNet": (18, 34, 50, 101, 152)}
published = {(family, depth): models.facts(f"{family.lower()}{depth}").published
             for family, depths in names.items() for depth in depths}  # fmt: skip
rivals = {family: [plots.Rival(str(d), published[family, d].multiply_adds,
                               published[family, d].top1) for d in depths]
          for family, depths in names.items()}  # fmt: skip
plots.describe(
    figures.show_rivals(rivals),
    "Accuracy against multiply-adds. VGG with 11 to 19 layers climbs from 69 to 72 percent between 7.6 "
    "and 19.6 billion. ResNet with 18 to 152 layers lies to the left and above, from 70 percent at "
    "1.8 billion to 78 percent at 11.5 billion.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Eight times deeper, and cheaper
# VGG-19 needs 19.6 billion multiply-adds for one image and has 144 million parameters. ResNet-152
# needs 11.5 billion and has 60 million. And ResNet-18, at a tenth of VGG's cost, comes within three
# points of it.
#
# **What are these layers, that 152 of them cost less than 19, and why does the depth not ruin
# the training?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the class guess the cost of 152 layers before the picture. Who has seen
# notebook 12 may argue from the shortcut, but a shortcut makes nothing cheaper.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One plan for five networks
# Every ResNet begins with a 7×7 convolution of stride 2 and a max pool, which leave 56×56 of 224×224
# pixels. Then come four **stages** of residual blocks. Each stage after the first halves the image
# and doubles the channels. A mean over all places and one dense layer end it.
#
# What differs is the number of blocks in each stage, and the block: **basic**, with two 3×3
# convolutions, in ResNet-18 and -34; **bottleneck**, with 1×1, 3×3, 1×1, in the deeper ones.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The table of the paper, rebuilt
# Layers, parameters and multiply-adds are counted in the networks themselves. Beside them stand
# torchvision's totals.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(tables.family())

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
for depth in names["ResNet"]:
    network = tables.without_weights(f"resnet{depth}")
    assert tables.num_layers(network) == depth
    assert sum(p.numel() for p in network.parameters()) == published["ResNet", depth].parameters
print("counted layers and parameters are the published ones, to the unit")

# %% [markdown] slideshow={"slide_type": "skip"}
# The paper counts convolutions and the dense layer, so ResNet-34 has 1 + 2 · (3 + 4 + 6 + 3) + 1 of
# them. Norms, pooling and the 1×1 convolutions in shortcuts are left out.
#
# The paper itself prints other costs for the deeper three: 3.8, 7.6 and 11.3 billion (Table 1). We
# count 4.09, 7.80 and 11.51, each time 0.2 to 0.3 more. Keep this in mind: it is a trace.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### ResNet-34 as it runs
# Drawn from the network itself: a box is as high as its maps, and wider where there are more
# channels.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    plots.show_architecture(network_blocks(tables.without_weights("resnet34"), tables.IMAGE)),
    "A row of boxes: conv 7×7, max pool 3×3, 3, 4, 6 and 3 basic blocks on maps of 56, 28, 14 and 7 "
    "pixels with 64, 128, 256 and 512 channels, a global mean, a linear layer of 1000.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Click through ResNet-50
# Choose a block to see what it holds, costs and sees. In which stage sit most multiply-adds, and in
# which most parameters?

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
live.architecture(tables.without_weights("resnet50"), tables.IMAGE, title="ResNet-50")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: count layers
# A network has ResNet's first layer, four stages of 2, 5, 9 and 2 *bottlenecks*, and the dense layer.
# How many layers does it have, as the paper counts them?

# %% slideshow={"slide_type": "skip"}
layers = ...  # your number
check("21.layers", layers)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the money goes
# Here is the bill by the size of the maps that a layer gives. Dense layers cost next to nothing in
# multiply-adds (though 124 of VGG-19's 144 million parameters sit there).
#
# **Predict:** on which maps does VGG-19 spend most?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
bills = {"VGG-19": tables.bill("vgg19"), "ResNet-34": tables.bill("resnet34"),
         "ResNet-152": tables.bill("resnet152")}  # fmt: skip
plots.describe(
    figures.show_bills(bills),
    "Three bars. VGG-19: 19.6, of which 1.9 on 224, 2.8 on 112, 6.5 on 56, 6.5 on 28 and 1.9 on 14 "
    "pixels. ResNet-34: 3.7 in all, 0.1 above 56 pixels. ResNet-152: 11.5, of which 8 on 14 pixels.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### On 56 and 28 pixels
# On maps of 56 and 28 pixels, two thirds of all; and a quarter is gone before the image is as small
# as 56. ResNet spends 0.1 to get there, with one layer and a pool. That is the first saving, and it
# has nothing to do with shortcuts. Most of ResNet-152's layers work on maps of 14×14.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Halve the side, double the channels
# A 3×3 convolution from $C$ to $C$ channels has $9\,C^2$ weights, and each works at $H \cdot W$ places.
# A basic block has two:
#
# $$\text{multiply-adds} = 18\,C^2\,H\,W$$
#
# | symbol | what | first stage | last stage |
# |---|---|---|---|
# | $C$ | channels in and out | 64 | 512 |
# | $H, W$ | height and width of the maps, pixels | 56 | 7 |
#
# From stage to stage $C$ doubles and $H$ and $W$ are halved.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A basic block in each stage
# **Predict:** what does it cost in the last stage, compared with the first?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for channels, size in ((64, 56), (128, 28), (256, 14), (512, 7)):
    cost = tables.cost_of(tables.basic(channels), channels, size)
    assert cost.multiply_adds == 18 * channels**2 * size**2
    print(f"{channels:3} channels, {size:2}×{size:<2}", f"{cost.multiply_adds:,}")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The same, to the unit: four times the weights, a quarter of the places. So a block costs 0.23
# billion wherever it stands, and depth can be bought where it is wanted.

# %% [markdown] slideshow={"slide_type": "skip"}
# ResNet-34 has 16 such blocks, for 3.7 billion in all. With basic blocks 152 layers would need 75 of
# them, for 75 · 0.23 = 17 billion. That is hardly below VGG-19, and ends with 512 channels where
# ResNet-152 has 2,048. So there must be a second saving, in the block itself.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The bottleneck
# Squeeze the channels, look at the neighborhood, widen again. The expensive 3×3 meets only a
# quarter of the channels.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
Layer = figures.Layer
shapes = {
    "basic": (64, [Layer("3×3", 64), Layer("3×3", 64)]),
    "bottleneck": (256, [Layer("1×1", 64), Layer("3×3", 64), Layer("1×1", 256)]),
}
plots.describe(
    figures.show_shapes(shapes),
    "Two blocks from top to bottom. Basic: bars of 64 channels joined by two 3×3 convolutions. "
    "Bottleneck: a wide bar of 256 channels, 1×1 to 64, 3×3 to 64, 1×1 back to 256. A line leads "
    "around each block to a plus.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Count it
# Let the 3×3 work with $C$ channels, between $4C$ coming in and $4C$ going out:
#
# $$\underbrace{4C \cdot C}_{1×1} + \underbrace{9\,C^2}_{3×3} + \underbrace{C \cdot 4C}_{1×1}
# \;=\; 17\,C^2 \quad\text{a place, against}\quad 18\,C^2 \text{ of the basic block}$$
#
# Three layers for the price of two, with four times as many channels to carry things on.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Narrow, bottleneck, wide
# **Predict:** how many times dearer is a basic block that takes and gives as many channels as the
# bottleneck, 256?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
blocks = {"basic, 64 channels": (tables.basic(64), 64),
          "bottleneck, 256 → 64 → 256": (tables.bottleneck(256, 64), 256),
          "basic, 256 channels": (tables.basic(256), 256)}  # fmt: skip
print(f"{'on maps of 56×56':26}  parameters  mult-adds (10⁶)  outputs (MiB)")
for name, (block, channels) in blocks.items():
    cost = tables.cost_of(block, channels, 56)
    print(f"{name:26}  {cost.parameters:10,}  {cost.multiply_adds / 1e6:15,.0f}  "
          f"{cost.activation_bytes / 2**20:13.1f}")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 17 times: $18\,(4C)^2 = 288\,C^2$ against $17\,C^2$. But look at the last column: training must keep three
# times as much as in the narrow basic block, for the wide maps pass through norm and ReLU. A bottleneck
# saves products, not memory.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And in seconds?
# Products are not time. Here both blocks run on the same 256 channels of 14×14 pixels, four images,
# by PyTorch on one thread.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
x = torch.rand(4, 256, 14, 14)
timed = {"basic": tables.basic(256).eval(), "bottleneck": tables.bottleneck(256, 64).eval()}
with torch.inference_mode():
    times = shortest_times(
        {name: lambda block=block: block(x) for name, block in timed.items()}, rounds=30
    )
print(f"the basic block takes {times['basic'] / times['bottleneck']:.1f} times as long")
assert times["basic"] > 2 * times["bottleneck"]

# %% [markdown] slideshow={"slide_type": "skip"}
# Much faster, and on a quiet machine less than 17 times: three small convolutions keep the arithmetic units of a
# processor less busy than two large ones, and the norms, ReLUs and the addition over 256 channels cost the
# same in both.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why the shortcut must be free
# A projection from $4C$ to $4C$ channels, a 1×1 convolution in the shortcut, would have
# $4C \cdot 4C = 16\,C^2$ weights. The branch has $17\,C^2$. So a projection in every block would nearly
# double the network. In a bottleneck the identity is not a nicety, it is what makes it cheap.
#
# Projections stand only where the shape changes (notebook 12 derives them): in three blocks of
# ResNet-18 and -34, in four of the deeper ones, whose first stage must go from 64 to 256 channels.

# %% slideshow={"slide_type": "skip"}
for name in tables.PLANS:
    network = tables.without_weights(name)
    found = [part for part, _ in network.named_modules() if part.endswith("downsample")]
    print(f"{name:9}", *found)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: count any bottleneck
# Write the multiply-adds of a bottleneck that takes and gives `channels` channels, works with `width`
# channels between, and stands on maps of size × size pixels. The shortcut is the input itself.


# %% slideshow={"slide_type": "skip"}
def cost(channels, width, size):
    # your code: return a whole number
    return None


check("21.cost", cost)
# hint("21.cost")
# solution("21.cost")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build the block
# Build a bottleneck as a `torch.nn.Module` with `4 * width` channels out. **Branch:** 1×1
# convolution to `width` channels, norm, ReLU; 3×3 convolution with the stride and padding 1, norm, ReLU;
# 1×1 convolution to all channels, norm. No convolution has a bias. **Shortcut:** the input, or where the
# shape changes a 1×1 convolution with the stride, and a norm. Then the sum, then ReLU.
#
# `@as_numbers` gives your block fixed weights and an input and hands on, in this order: the number
# of parameters; the output's channels, height and width; mean, smallest and largest output by channel.


# %% slideshow={"slide_type": "skip"}
@as_numbers
def bottleneck(in_channels, width, stride):
    # your code: return a torch.nn.Module
    return None


check("21.bottleneck", bottleneck)
# hint("21.bottleneck")
# solution("21.bottleneck")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: spend a budget
# You may spend $6.0 \cdot 10^9$ multiply-adds on a network with 3, 4, $n$ and 3 bottlenecks. ResNet-50
# has $n = 6$ and costs $4.089 \cdot 10^9$; one more block in the third stage costs $0.218 \cdot 10^9$. How
# many layers can it have?

# %% slideshow={"slide_type": "skip"}
layers = ...  # your number
check("21.budget", layers)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The trace: 3.8 or 4.1 billion?
# ResNet-50 has 25,557,032 parameters in the paper's form and in torchvision's. So the weights are the
# same, and yet the costs differ. Where can multiply-adds come from, if not from weights? From *places*:
# one of the convolutions must work on larger maps.
#
# When a bottleneck halves the image, one of its layers has stride 2. In the paper it is the first 1×1. In
# torchvision it is the 3×3. (This is often called *version 1.5*.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Both, counted
# The published values: Table 1 of the paper, and torchvision.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print("             stride on the 1×1       stride on the 3×3")
print("             here   paper  sees      here  torchv.  sees")
for depth in (50, 101, 152):
    first, second = (tables.totals(f"resnet{depth}", s) for s in ("1x1", "3x3"))
    paper, today = tables.PAPER_MULTIPLY_ADDS[f"resnet{depth}"], published["ResNet", depth]
    print(f"ResNet-{depth:<4} {first.multiply_adds / 1e9:6.2f}  {paper:6}  {first.field:4}",
          f"  {second.multiply_adds / 1e9:6.2f}  {today.multiply_adds:7.2f}  {second.field:4}")  # fmt: skip
    assert abs(first.multiply_adds / 1e9 - paper) < 0.1 and second.field == today.receptive_field

# %% [markdown] slideshow={"slide_type": "fragment"}
# The trace is found: 3.86 is the paper's 3.8. And the receptive field ("sees", pixels) is *larger* in
# the paper's form. Larger field, fewer products: why would anyone change it?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which places are read?
# A 1×1 window with steps of two. We ask the slopes of a halving block, on a map of 14×14: can this place
# of the input change anything in the branch's output?
#
# **Predict:** which share of the places is read, in each form?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
read = {
    f"stride on the {s.replace('x', '×')}": reads.places_read(s)["branch"] for s in ("1x1", "3x3")
}
plots.describe(
    figures.show_places(read),
    "Two grids of 14 by 14 places. With the stride on the 1×1 only every second place of every "
    "second row is dark, one of four. With the stride on the 3×3 all are dark.",
)
assert [places.mean() for places in read.values()] == [0.25, 1]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### A quarter, or all
# A quarter, and all. In the paper's form three of four places are computed by the stage before and
# then *never looked at*: the projection in the shortcut has stride 2 on a 1×1 as well and reads the same
# quarter. With the stride on the 3×3 the branch reads everything, for 0.23 billion more.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why it sees farther, and less
# A 3×3 widens the field by $(3 - 1)$ times the distance of its neighbors in pixels of the image
# (notebook 5). Behind the stride that distance is twice as large.
#
# | halving block of stage | distance before → behind | 3×3 before the stride counts | behind it |
# |---|---|---|---|
# | 2 | 4 → 8 | 8 | 16 |
# | 3 | 8 → 16 | 16 | 32 |
# | 4 | 16 → 32 | 32 | 64 |
#
# The difference is 8 + 16 + 32 = **56** pixels: 483 − 427. The paper's field is larger, but with holes. A
# field tells how far a unit sees, not how much.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
fields = {name: receptive_field(tables.without_weights(name)).last.size
          for name in ("resnet18", "resnet34")}  # fmt: skip
difference = {tables.totals(name, "1x1").field - tables.totals(name, "3x3").field
              for name in tables.PAPER_MULTIPLY_ADDS if name not in fields}  # fmt: skip
print("ResNet-18 and -34, where there is no such choice:", *fields.values())
assert difference == {56} and list(fields.values()) == [435, 899]
print("published by Araujo et al. 2019 for the form of the paper: 483, 1027, 1507")

# %% [markdown] slideshow={"slide_type": "skip"}
# All of these fields are larger than the 224 pixels of the image; the rest of the window is padding. In
# notebook 5 you saw that a unit *uses* only a small part of its field.
#
# ### Your turn: a field by hand
# A halving bottleneck gets maps whose neighbors are 8 pixels of the image apart. By how many pixels
# does the whole block widen the field in the *paper's* form?

# %% slideshow={"slide_type": "skip"}
pixels = ...  # your number
check("21.field", pixels)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# Why does torchvision halve the image in the 3×3 and not in the first 1×1?
#
# * **a** It has fewer weights.
# * **b** The branch then reads every place of its input.
# * **c** It needs fewer multiply-adds.
# * **d** The last layer then sees a larger part of the image.

# %% slideshow={"slide_type": "skip"}
check("21.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it train?
# Cheap layers are of no use if they do not learn. The paper has a family of small networks for this
# question (section 4.2): a first convolution, three stages of $n$ basic blocks, a mean over all places, a
# dense layer. That makes $6n + 2$ layers. Ours have 8, 16 and 16 channels and read a digit that
# stands anywhere on 12×12 pixels.
#
# The **plain** network has no shortcuts. All are trained by Adam, 80 steps, each at the rate, of two or
# three tried on other seeds, that suited it best.
#
# **Predict:** which of the six will train best: plain or residual, of 8, 20 or 44 layers?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 8, 20 and 44 layers
# Points are seeds, lines join their means. Lower is better; the dotted line is a network that knows
# nothing.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
trained = {kind: {d: experiments.train(kind, depth=d, seeds=seeds) for d in (8, 20, 44)}
           for kind in ("plain", "residual")}  # fmt: skip
tails = {kind: {d: run.tails for d, run in runs.items()} for kind, runs in trained.items()}
plots.describe(
    figures.show_depths(tails, y_label="training loss at the end (nats)", chance=True),
    "Training loss against depth. Both lines rise with depth. At 8 layers plain and residual are "
    "nearest; at 20 and at 44 layers plain lies much higher than residual, at 44 near 2 nats.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The shallow residual one
# The residual one of 8 layers. With more layers both kinds end higher, the plain ones far more: at 44
# layers they have hardly learned anything, about 2 nats where knowing nothing is 2.3. With shortcuts
# 44 layers end lower than 20 without, on average. So shortcuts help much, but within 80 steps they do
# not make depth free.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output", "answer"]
for kind, runs in trained.items():
    for depth, run in runs.items():
        print(f"{kind:8} {depth:2} layers: loss {run.tails.mean():.2f} ± {run.tails.std(ddof=1):.2f}, "
              f"test accuracy {run.accuracies.mean():.2f} ± {run.accuracies.std(ddof=1):.2f}")  # fmt: skip
plain, residual = trained["plain"], trained["residual"]
assert (plain[44].tails > plain[8].tails + 0.4).all()
assert all((residual[d].tails < plain[d].tails - 0.15).all() for d in (20, 44))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What reaches the first layer
# The length of the slopes $\partial L/\partial W$ of the *first* convolution, before any step. Notebook 12
# tells why they behave so; here they are measured where the image shrinks and channels grow.
#
# **Predict:** in the deep plain network, smaller or larger than in the shallow one?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
slopes = {kind: {d: run.slopes for d, run in runs.items()} for kind, runs in trained.items()}
plots.describe(
    figures.show_depths(slopes, y_label="gradient of the first layer (length)", log_y=True),
    "Length of the first layer's gradient on a logarithmic axis. Plain: from 0.3 at 8 layers to "
    "about 100 at 44. Residual: from 0.3 to about 4.",
)
growth = {kind: by_depth[44] / by_depth[8] for kind, by_depth in slopes.items()}
assert (growth["plain"] > 4 * growth["residual"]).all()

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### They explode
# Larger, two hundred times and more, on every seed: they explode. With shortcuts a factor of about ten
# or twenty is left. That is much better, and not yet good: the first layer of the deep residual network gets
# slopes on which 8 layers would have trained otherwise.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Start by adding nothing
# The sum of a block grows because its branch adds something random from the first step on. It need not:
# the last norm of each branch has a factor γ. Set it to **0** at the start, and every block *is* its
# shortcut (Goyal et al. 2017). The branch grows in as far as training wants it. In our package it is
# `models.build("resnet50", zero_init_residual=True)`.
#
# The paper had this trouble, too: its 110 layers were warmed up at a tenth of the usual rate (section
# 4.2).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 44 layers, four ways
# Beside them **pre-activation** (notebook 12): norm and ReLU in front of each convolution, nothing
# behind the sum.
#
# **Predict:** which of the four trains best?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for kind in ("zero start", "pre-activation"):
    trained[kind] = {44: experiments.train(kind, depth=44, seeds=seeds)}
runs = {kind: by_depth[44] for kind, by_depth in trained.items()}
plots.describe(
    figures.show_kinds({kind: run.tails for kind, run in runs.items()}),
    "Training loss of four networks of 44 layers, three seeds each: plain near 2, residual and "
    "pre-activation between 1 and 1.8, zero start lowest, near 1.",
)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output", "answer"]
for kind, run in runs.items():
    print(f"{kind:14} loss {run.tails.round(2)}, first slopes {run.slopes.round(2)}, "
          f"test accuracy {run.accuracies.round(2)}")  # fmt: skip
assert runs["zero start"].tails.max() < runs["residual"].tails.min()
print("first slopes, 44 layers as a multiple of 8:",
      *(f"{kind} {ratio.round()}" for kind, ratio in growth.items()))  # fmt: skip
assert growth["plain"].min() > 150 and growth["residual"].max() < 30
assert runs["zero start"].slopes.max() < slopes["residual"][8].min()

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The zero start
# The zero start, on every seed. Its first slopes are even smaller than in the shallow network, for at the
# start a slope goes around all branches. Pre-activation does as the residual network does: on three seeds we
# cannot tell them apart, though its slopes are smaller.
#
# What is shown is the *start*: in the papers, with long training and a careful rate, all three residual forms
# get there.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What depth is good for
# Here no deep network beats the shallow one: 80 steps are few. The paper's Tables 6 and 2 show where depth
# *pays*, on CIFAR-10 and ImageNet.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
print(tables.small_family())
for kind, (less, more) in tables.PAPER_IMAGENET.items():
    print(f"ImageNet, {kind:8} 18: {less}, 34: {more}")
assert np.diff(tables.PAPER_IMAGENET["plain"]) > 0 > np.diff(tables.PAPER_IMAGENET["residual"])

# %% [markdown] slideshow={"slide_type": "fragment"}
# From 20 to 110 layers the errors fall; on ImageNet, too, where plain ones rise.
# 1,202 layers still *train* well (to less than 0.1 % errors), yet do worse on new images. The authors take it for overfitting.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## ResNet-18 in NumPy
# The same weights in our NumPy graph: outputs, and the slopes of all 62 arrays of parameters and of the
# image, for a random direction.

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
torch.manual_seed(0)
network = models.build("resnet18").double().eval()
errors = network_errors(network, torch.rand(1, 3, 64, 64, dtype=torch.float64))
assert max(errors.values()) < 1e-9
print(f"output and {len(errors) - 1} gradients: largest relative error {max(errors.values()):.0e}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Differs from the paper
# * Stride on the 3×3 of a bottleneck, as in torchvision; `stride_on="1x1"` gives the paper's form.
# * Our projections (option B) stand in ResNet-34 as well. The paper's 34 layers had both forms, with
#   zeros for the new channels in option A.
# * The published accuracies above are of torchvision's weights, one crop. The paper's errors of 18 and 34
#   layers are averages over ten crops, with option A (Table 2).
# * Its small networks have 16, 32 and 64 channels and train for 64,000 steps. Ours are thinner and
#   train for 80.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What came after
# * **Identity mappings** (He et al. 2016b): pre-activation, 1,001 layers.
# * **Wide ResNet** (Zagoruyko & Komodakis 2016): fewer blocks with more channels do as well.
# * **ResNeXt** (Xie et al. 2017): the 3×3 in groups. **DenseNet** (Huang et al. 2017): join instead of
#   add.
# * **Inverted residuals** (Sandler et al. 2018): narrow outside, wide inside. See notebook 22.
# * The block is at home outside of images, too: every layer of a transformer is $x + F(x)$.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why 152 layers cost less than 19
# For three reasons, and the shortcut is only one. The image is made small at once, with one layer.
# Each halving is paid by a doubling of channels, so depth costs the same everywhere. And a
# bottleneck gives three layers for the price of two narrow ones, a seventeenth of two wide ones. The shortcut
# makes the bottleneck possible, since a projection would double its cost, and keeps 152 of them
# trainable.
#
# Although: *trainable* is relative. Within our 80 steps 44 layers with shortcuts learned more slowly than
# 8, until their branches began at nothing.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why is ResNet-34 not called ResNet-37, with its three projections?
# <details><summary>Answer</summary>The name counts the layers on the way through the branches, and the
# first and last. Projections stand beside that way.</details>
#
# 2. A stage halves the side and keeps its channels. What does a block cost now?
# <details><summary>Answer</summary>A quarter: as many weights, a quarter of the places.</details>
#
# 3. Which of the three layers of a bottleneck is the dearest?
# <details><summary>Answer</summary>The 3×3, 9 of 17 parts; each 1×1 has 4.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. ResNet-34 and ResNet-50 have the same number of blocks. Why does the second have more parameters?
# <details><summary>Answer</summary>Its blocks cost about the same, 17 to 18. But its four projections and its
# dense layer go up to 2,048 channels instead of 512.</details>
#
# 5. The weights of a network with `stride_on="1x1"` are loaded into one with `"3x3"`. What happens?
# <details><summary>Answer</summary>They fit, all shapes agree, and no error is raised. But the outputs are
# wrong, for the layers see other places than they learned on.</details>
#
# 6. A unit has a receptive field of 1,507 pixels in an image of 224. Does it see the whole image?
# <details><summary>Answer</summary>It can be reached from everywhere, but in the paper's form through a
# coarse grid, and most of what moves it lies near its center (notebook 5).</details>
#
# 7. With γ = 0 at the start, which weights of a branch get a slope other than 0 at the first step?
# <details><summary>Answer</summary>In the branch only γ and β of the last norm: what comes back further is
# multiplied by γ = 0. At the second step γ is no longer 0.</details>
#
# 8. 1,202 layers have more errors than 110. Is that degradation?
# <details><summary>Answer</summary>No: the training error is below 0.1 %. It looks like overfitting.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * One plan, five depths: stem, four stages, mean, dense layer; counted to the published unit.
# * Halve the side, double the channels: $18\,C^2 H W$ stays the same.
# * Bottleneck: $17\,C^2$ for $4C$ channels, if the shortcut is free.
# * Stride on the 1×1: a field of 483 pixels, three of four places unread. On the 3×3: 427, all
#   read, 6 % dearer.
# * Plain networks degrade, shortcuts help much, a start at nothing helps more.
#
# **On your own** Swap depth for width: predict whether `experiments.train("residual", depth=14,
# seeds=(0, 1), rate=0.03)` ends nearer to 8 or to 20 layers, then try. `progress()` lists the exercises
# you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | the five networks | `models/resnet.py` | `tests/models/test_families.py` |
# | pre-activation | `models/preact_resnet.py` | `tests/models/test_families.py` |
# | blocks, counted and drawn | `analysis/blocks.py` | `tests/analysis/test_blocks.py` |
# | ResNet-18 in NumPy | `numpy_nn/graph` | `tests/models/test_numpy_graphs.py` |
# | small networks, tables | `lessons/resnet` | `tests/lessons/resnet` |
#
# **Sources**
# He, Zhang, Ren, Sun 2016a, *Deep residual learning for image recognition*, arXiv:1512.03385 (Table 1:
# plans and multiply-adds; Table 2: plain against residual; Figure 5: the two blocks; section 4.2 and
# Table 6: CIFAR-10) · He et al. 2016b, *Identity mappings in deep residual networks*, arXiv:1603.05027 ·
# Goyal et al. 2017, *Accurate, large minibatch SGD*, arXiv:1706.02677 (section 5.1) · Araujo, Norris,
# Sim 2019, *Computing receptive fields of convolutional neural networks*,
# doi:10.23915/distill.00021 · torchvision 0.28, weights IMAGENET1K_V1 (totals and accuracies) · Zagoruyko
# & Komodakis 2016, *Wide residual networks*, arXiv:1605.07146 · Xie et al. 2017, *Aggregated residual
# transformations*, arXiv:1611.05431 · Huang et al. 2017, *Densely connected convolutional
# networks*, arXiv:1608.06993 · Sandler et al. 2018, *MobileNetV2*, arXiv:1801.04381.
#
# **Next** 22, MobileNet: layers for a phone.
