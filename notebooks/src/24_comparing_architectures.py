# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 24. Choose a network
#
# **You will** put all networks from 1998 to 2019 on one page, measure what their numbers promise and
# what they leave out, let eight of them compete for the same money, and bring one of your own.
# **You need** notebooks 17 to 23, or at least 19, 21 and 22. **Time** 60 min, CPU.
#
# You are to build an application that says what is in a photo. EfficientNet-B0 of 2019 has less than half
# the parameters of ResNet-18, needs a fifth of its multiply-adds, and names eight points more of the
# photos right. A clear case, it seems. Let us run both on a photo before we sign.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
from torch import nn

from course_lib import live, models, plots
from course_lib.analysis import complexity, receptive_field, summary
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.comparing_architectures import experiments, figures, networks, tables
from course_lib.lessons.comparing_architectures.judging import within_budget
from course_lib.lessons.comparing_architectures.live import all_networks
from course_lib.numpy_nn.graph import from_torch
from course_lib.parity.whole import network_errors

rng = np.random.default_rng(seed=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A fifth of the work
# Four networks read one photo, 224×224 pixels, on one thread: once in PyTorch, once in our NumPy
# graph with the same weights. What counts is the ratio; milliseconds differ from machine to machine.
#
# **Predict:** B0 needs a fifth of ResNet-18's multiply-adds. Which part of its time?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
timed = ("resnet18", "efficientnet_b0", "mobilenet_v2", "squeezenet1_1")
times = experiments.photo_times(timed)
work = {name: tables.row(name).multiply_adds for name in timed}
print("compared with ResNet-18      multiply-adds   PyTorch     NumPy")
for name in timed[1:]:
    parts = work[name] / work["resnet18"], *np.divide(times[name], times["resnet18"])
    print(f"{tables.row(name).title:28}", *(f"{part:10.2f}" for part in parts))
slow = np.divide(times["efficientnet_b0"], times["resnet18"])
assert (slow > 1.4 * work["efficientnet_b0"] / work["resnet18"]).all() and slow[1] > slow[0]

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Far more than a fifth. In PyTorch it is a good part of the time, and in NumPy even more. The network
# is the same and so is the machine; only the program differs.
#
# **Which network would you take, and what do these numbers not say?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the class write down one network before the table comes, and ask again at the
# end who changed it. The point is not the winner but the sentence "for which budget?".

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Popular CNN Architectures"]
# ## Twenty-one years on one page
# One network a family, counted here; the accuracies are published. Memory is what all layers give
# for one image.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
rows = tables.all_rows()
print(tables.as_table(map(tables.row, tables.ONE_EACH), brief=True))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### All of them, and are these the published numbers?
# To the unit. Every count of parameters is compared with the published total of that network,
# multiply-adds with the published three digits, fields with the closed form of Araujo, Norris and Sim.
# Two networks stand twice: LeNet-5 and AlexNet as in their papers, and as they are built today; LeNet reads
# digits, so it has no accuracy here. Accuracies are torchvision's, one crop of each of 50,000 photos. Below
# are other forms, whose totals you will meet elsewhere.

# %% slideshow={"slide_type": "skip"}
compared = 0
for one in rows:
    published = models.facts(one.name).published
    if published is None:  # today's LeNet-5: nobody's number
        assert one.name == "lenet5" and one.parameters == 61_706
        continue
    assert one.parameters == published.parameters
    assert published.multiply_adds in (None, round(one.multiply_adds / 1e9, 3))
    assert published.receptive_field in (None, one.field)
    compared += 3 - (published.multiply_adds is None) - (published.receptive_field is None)
print(tables.as_table(rows), f"\n{compared} published numbers, all met")

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
print(tables.variants())
for form in tables.VARIANTS:
    network = tables.without_weights(form.name, **form.options)
    assert sum(p.numel() for p in network.parameters()) == form.known
for name, options, known in tables.PAPER_FIELDS:
    field = receptive_field(tables.without_weights(name, **options)).last.size
    print(f"field of {name} as in the paper: {field} pixels")
    assert field == known

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
mobile, one = tables.without_weights("mobilenet_v1"), tables.row("mobilenet_v1")
statistics = sum(b.numel() for name, b in mobile.named_buffers() if "running" in name)
print(f"MobileNetV1: {one.parameters + statistics:,} with the statistics of its norms, "
      f"{one.multiply_adds:,} multiply-adds")  # fmt: skip
assert one.parameters + statistics == 4_253_864
assert round(one.multiply_adds / 1e9, 6) == 0.568740
layers = receptive_field(tables.without_weights("vgg16")).layers
sizes = list(dict.fromkeys(layer.size for layer in layers if layer.size is not None))
print("VGG-16, layer by layer:", *sizes)
assert {3, 6, 10, 16, 24, 32, 44, 60, 76, 100, 132, 164, 212} <= set(sizes)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three charts
# ### 1. Size says nothing about work
# Each point is a network; those of one family are joined. Both axes are powers: a step of the grid
# is a factor of ten. (LeNet, a thousand times smaller, is left out.)
#
# **Predict:** does a network with more parameters have more multiply-adds?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_networks(
        [one for one in rows if one.family != "LeNet"],
        x="parameters",
        y="multiply_adds",
        names_at={"MobileNet": (-30, 12), "GoogLeNet": (-60, 10), "EfficientNet": (-120, -4)},
    ),
    "Multiply-adds against parameters on axes of powers. AlexNet lies low at the right, with as many "
    "parameters as ResNet-152 and EfficientNet-B7, which stand far above it. VGG stands on the right, "
    "a vertical line. EfficientNet rises steeply.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Used once, or at every place
# Within a family, yes. Between families, no: AlexNet, ResNet-152 and EfficientNet-B7 have about
# 60 million parameters each, and the last does fifty times as much work as the first. A weight of a
# dense layer is used once for an image. A weight of a convolution is used at each place.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 2. Accuracy against work
# The gray band joins the **frontier**: networks that no other beats. To *beat* is to be at least as
# good in both, work and accuracy, and better in one.
#
# **Predict:** which families are on the frontier?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_networks(rows, x="multiply_adds", y="top1", frontier=True),
    "Top-1 accuracy against multiply-adds. A gray band runs from MobileNet through all EfficientNets, "
    "left of and above everything else. ResNet lies below it, VGG far to the right, AlexNet and "
    "SqueezeNet at the bottom.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The two youngest
# Only two, the youngest: MobileNetV2, and all EfficientNets. SqueezeNet, made to be small, is beaten
# by MobileNetV2 in both. All others seem to be history.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 3. The same accuracy against memory
# What the layers give must be kept while training, and moved through memory always.
#
# **Predict:** MobileNetV2 needs a sixth of ResNet-18's multiply-adds. Less memory, too?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_networks(rows, x="activation_bytes", y="top1", frontier=True),
    "Top-1 accuracy against activation memory. The gray band now begins with AlexNet at the left and "
    "runs through SqueezeNet and two ResNets to the EfficientNets. MobileNet lies below it.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Another frontier
# More, more than twice as much, since it widens nearly every block sixfold. So the frontier is another
# one, with AlexNet and two ResNets on it, and MobileNetV2 is *beaten*, by ResNet-34. Which networks are
# history depends on what you pay with.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
for name in ("alexnet", "resnet152", "efficientnet_b7"):
    one = tables.row(name)
    print(f"{one.title:16} {one.parameters / 1e6:3.0f} million parameters, each used "
          f"{one.multiply_adds / one.parameters:3.0f} times")  # fmt: skip
judged = [one for one in rows if one.top1 is not None]
for cost in ("parameters", "multiply_adds", "activation_bytes"):
    kept = tables.on_frontier([getattr(one, cost) for one in judged], [one.top1 for one in judged])
    names = [one.title for one, keep in zip(judged, kept, strict=True) if keep]
    print(f"{cost:16}", ", ".join(names))
assert "MobileNetV2" not in names and "ResNet-34" in names
assert tables.row("efficientnet_b7").multiply_adds > 50 * tables.row("alexnet").multiply_adds
assert tables.row("mobilenet_v2").activation_bytes > 2 * tables.row("resnet18").activation_bytes

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the frontier
# Write `frontier(costs, accuracies)`. It gives the places (0, 1, …), in rising order, of the networks
# that no other beats. A network beats another if it is at least as good in both, and better in one.


# %% slideshow={"slide_type": "skip"}
def frontier(costs, accuracies):
    # your code: return a list of places
    return None


check("24.frontier", frontier)
# hint("24.frontier")
# solution("24.frontier")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Choose your axes
# Click a network, or use the arrow keys. Which axis goes best with accuracy? Look at the correlation.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
all_networks(rows)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Accuracy per multiply-add
# In that chart nothing was *varied*, so it does not tell what helped.
#
# A ratio would make choosing easy. Points of accuracy for each billion of multiply-adds:
#
# **Predict:** which network wins this race, and is that the one you want?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
ratio = {one.title: one.top1 / (one.multiply_adds / 1e9) for one in judged}
best_three = sorted(ratio, key=ratio.get, reverse=True)[:3]
for title in (*best_three, "ResNet-50", "EfficientNet-B7"):
    print(f"{title:16} {ratio[title]:6.1f} points for 10⁹ multiply-adds")
guess = 100 / 1000
print(f"guessing         {guess:6.1f} points for nothing")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# MobileNetV2, and the most accurate network comes last. The winner of all would be to *guess* one of 1,000
# classes. A ratio of totals rewards doing little. What one wants to
# know is what the *next* step buys.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a doubling buys
# Follow one family from its smallest network to its largest. From cost $c_1$ to $c_2$ there are
# $\log_2(c_2 / c_1)$ doublings, so each buys on average
#
# $$\frac{a_2 - a_1}{\log_2 (c_2 / c_1)} \quad\text{points}$$
#
# | symbol | what | unit |
# |---|---|---|
# | $a_1, a_2$ | top-1 accuracy of the smaller and the larger network | % |
# | $c_1, c_2$ | their multiply-adds for one image | 1 |

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
pairs = (("vgg11", "vgg19"), ("resnet18", "resnet152"), ("efficientnet_b0", "efficientnet_b4"),
         ("efficientnet_b4", "efficientnet_b7"))  # fmt: skip
bought = {}
for small, large in pairs:
    one, two = tables.row(small), tables.row(large)
    doublings = np.log2(two.multiply_adds / one.multiply_adds)
    bought[large] = (two.top1 - one.top1) / doublings
    print(
        f"{one.title:15} → {two.title:15} {doublings:4.1f} doublings, {bought[large]:.1f} points each"
    )
assert bought["resnet152"] > bought["vgg19"] > bought["efficientnet_b4"] > bought["efficientnet_b7"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ResNet's layers bought more than VGG's, because they can be trained. EfficientNet starts higher, where
# each point is harder to get, and its last doublings buy 0.2 points each. The price of the next
# point is what to look at when somebody offers you a larger network.
#
# ### Your turn: the price
# Write `doubling(cost, accuracy, more_cost, more_accuracy)`: points for each doubling.


# %% slideshow={"slide_type": "skip"}
def doubling(cost, accuracy, more_cost, more_accuracy):
    # your code: return a number of points
    return None


check("24.doubling", doubling)
# hint("24.doubling")
# solution("24.doubling")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Multiply-adds are not time
# Now the four networks of the beginning in full. If a multiply-add always took as long, all would lie
# on the dotted line through the best of them.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
panels = {
    program: [figures.Timed(tables.row(n).title, work[n], getattr(times[n], key)) for n in timed]
    for program, key in (("PyTorch", "pytorch"), ("NumPy", "numpy"))
}
plots.describe(
    figures.show_times(panels),
    "Time against multiply-adds for four networks, a panel for PyTorch and one for NumPy. ResNet-18 "
    "lies on the dotted line or close to it, MobileNetV2 and EfficientNet-B0 well above it, most of "
    "all in NumPy.",
)
cost_of_one = {n: np.divide(times[n], work[n]) for n in timed}
assert (cost_of_one["efficientnet_b0"] > 1.4 * cost_of_one["resnet18"]).all()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Waiting for memory
# ResNet's large 3×3 convolutions do many products with each number they read. The depthwise layers of
# MobileNet and EfficientNet do nine or 25, and norms and activations hardly any: such layers wait for
# memory, not for the multiplier. How badly depends on the program, because it may join such layers or
# not.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# EfficientNet-B0 has a fifth of ResNet-18's multiply-adds, but needs much more than a fifth of its time.
# Why?
#
# * **a** It has more parameters, and they must all be read.
# * **b** Its images are larger.
# * **c** It does few products with each number that it reads or writes.
# * **d** Its squeeze-and-excitation adds products that nobody counts.

# %% slideshow={"slide_type": "skip"}
check("24.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is behind an accuracy?
# ### Chance
# 50,000 photos are many, but not infinitely many. If a share $p$ of all photos of the world is named
# right, the share in a sample of $N$ strays around it by $\sqrt{p\,(1 - p) / N}$.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
google, res = tables.row("googlenet"), tables.row("resnet18")
p, photos = res.top1 / 100, 50_000
print(
    f"GoogLeNet {google.top1} %, ResNet-18 {res.top1} %: {(google.top1 - res.top1) / 100 * photos:.0f} photos apart"
)
print(f"a sample of {photos:,} strays by {100 * np.sqrt(p * (1 - p) / photos):.2f} points")

# %% [markdown] slideshow={"slide_type": "fragment"}
# So the third digit of a published accuracy tells you nothing, and neither does the second, when
# networks are compared on different photos. (On the *same* photos a difference is somewhat surer, for
# easy photos are easy for both.)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# VGG-13 with batch norm names 71.586 % of the 50,000 photos right, VGG-16 without it 71.592 %. By how
# many photos do they differ?

# %% slideshow={"slide_type": "skip"}
photos_apart = ...  # your number
check("24.photos", photos_apart)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Training
# ResNet-50 was trained again in 2021, by torchvision, with a longer and more careful recipe. Not a
# layer was changed.
#
# **Predict:** how many points did that bring?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
before = tables.row("resnet50")
after = tables.RETRAINED_RESNET50
print(
    f"ResNet-50, weights of the first recipe:  top-1 {before.top1:.3f}, top-5 {before.top5:.3f} %"
)
print(f"ResNet-50, weights of the second recipe: top-1 {after[0]:.3f}, top-5 {after[1]:.3f} %")
print(f"ResNet-152, first recipe:                top-1 {tables.row('resnet152').top1:.3f} %")
assert after[0] > tables.row("resnet152").top1 + 2

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Almost five. That is more than the step from ResNet-50 to three times as many layers. So a chart of
# published accuracies compares *recipes* as much as networks, and EfficientNets are of 2019, with
# the recipes of 2019 and with larger images from B1 on. Fair is only: the same data, the same training.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Eight networks, one budget
# So let us make it fair. Each network in small, built from the very blocks of the package: 240,000
# multiply-adds for an image, within a tenth. All see the same digits, anywhere on a canvas of 12×12
# pixels, for 126 steps of Adam, each at its best of three or four learning rates, chosen on other digits
# and other seeds.
#
# *VGG with norm* is no network of history, but a control: VGG, and behind each convolution the batch norm
# that came a year later.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who reads most digits?
# Three seeds each, 1,000 new digits; the bar is the mean.
#
# **Predict:** do they come in the order of their years? And what will the norm do to VGG?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
seeds = (0, 1, 2)
shares = experiments.accuracies(seeds=seeds)
plots.describe(
    plots.show_rows(
        shares, label="share of digits read right", limits=(0, 1), means=True, reference=0.1
    ),
    "Eight rows of three points. LeNet near 0.3, AlexNet near 0.5, VGG and GoogLeNet near 0.7. VGG "
    "with norm, ResNet, MobileNet and EfficientNet all lie between 0.75 and 0.92.",
)
normed = ("VGG with norm", "ResNet, 2015", "MobileNet, 2017", "EfficientNet, 2019")
means = {name: share.mean() for name, share in shares.items()}
assert min(means[n] for n in normed) > max(means[n] for n in means if n not in normed) + 0.03

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### The norm more than the year
# Roughly, yes. But with norm, VGG of 2014 stands among the networks of 2015 to 2019: in *this* budget
# batch norm is the great step. EfficientNet leads here, but not on three seeds that we held back, so
# between the four with norm we cannot decide.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output", "answer"]
print("network              multiply-adds  parameters   memory  share of digits read right")
for name, share in shares.items():
    cost = complexity(networks.build(name), networks.IMAGE)
    print(
        f"{name:20} {cost.multiply_adds:13,}  {cost.parameters:10,}  "
        f"{cost.activation_bytes / 1024:3.0f} KiB  {share.mean():.3f} ± {share.std(ddof=1):.3f}"
    )
    assert abs(cost.multiply_adds / 240_000 - 1) < 0.1

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One budget? Which?
# All had the same multiply-adds and the same steps. Here is what one step, forward and back, *took*.
#
# **Predict:** how many times longer does EfficientNet take than VGG with norm?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
steps = experiments.step_times()
print("time of a step, VGG = 1")
for name, seconds in steps.items():
    print(f"{name:20} {seconds / steps['VGG, 2014']:5.1f}")
assert steps["EfficientNet, 2019"] > 1.6 * steps["VGG with norm"]

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# More than twice, on the machine this was written on. So in the time of EfficientNet's 126 steps VGG with
# norm could take twice as many.
#
# **Predict:** who wins, if both have the same *time*?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same race by the clock
# VGG with norm for 252 steps, EfficientNet for 126 as before.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
longer = experiments.accuracies(["VGG with norm"], seeds=seeds, steps=experiments.MORE_STEPS)
race = {"EfficientNet, 126 steps": shares["EfficientNet, 2019"],
        "VGG with norm, 126 steps": shares["VGG with norm"],
        "VGG with norm, 252 steps": longer["VGG with norm"]}  # fmt: skip
plots.describe(
    plots.show_rows(race, label="share of digits read right", limits=(0.7, 1), means=True),
    "Three rows of three points. VGG with norm after 252 steps lies to the right of EfficientNet after "
    "126, which took as long.",
)
assert longer["VGG with norm"].mean() > shares["EfficientNet, 2019"].mean() + 0.02

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The old network, on the mean of these seeds and of three others. Nothing about the networks has changed,
# only what counts as the same budget. And this holds for tiny images on one processor; it does not say that
# VGG is better, it says that a ranking belongs to its budget.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How would you choose?
# First write the budget, then look. `tables.best` takes the most accurate network that fits.
#
# * **A phone:** an application that may grow by 20 MB, and 0.5 billion multiply-adds a photo.
# * **A laptop:** what runs fast in the program you have. Measure.
# * **A cluster:** as accurate as can be; what fits into 16 GiB while training?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### For a phone
# **Predict:** does EfficientNet-B0 fit into 20 MB?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
b0 = tables.row("efficientnet_b0")
print(f"{b0.title}: {4 * b0.parameters / 1e6:.1f} MB in float32")
phone = {"megabytes": 20, "multiply_adds": 0.5e9}
print("20 MB, 4 bytes a weight:", tables.best(rows, **phone).title)
print("20 MB, 2 bytes a weight:", tables.best(rows, **phone, bytes_a_weight=2).title)
print("1 byte, and any work:", tables.best(rows, megabytes=20, bytes_a_weight=1).title)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No, by a little, so it is MobileNetV2. Store each weight in two bytes instead of four, and B0 fits: half
# the bytes bought almost six points. With one byte, and patience, it would be B4. (What rounding the weights costs in
# accuracy must be measured.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### For a laptop
# Take the time you measured in *your* program. Here, of the four, is the most accurate one that needs at
# most so much of ResNet-18's time.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
for program in ("pytorch", "numpy"):
    limit = {n: getattr(times[n], program) / getattr(times["resnet18"], program) for n in timed}
    for most in (0.5, 1, 2):
        found = [tables.row(n) for n in timed if limit[n] <= most]
        choice = max(found, key=lambda one: one.top1).title if found else "none of the four"
        print(f"{program:8} at most {most:3} × ResNet-18: {choice}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### For a cluster
# Adam keeps four numbers for each parameter: weight, gradient, and two means. And for each image of
# the batch the outputs of all layers must wait for the way back.
#
# **Predict:** how many photos of 600×600 pixels fit, with EfficientNet-B7, into 16 GiB?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
for name in ("vgg16", "resnet50", "efficientnet_b0", "efficientnet_b7"):
    one = tables.row(name)
    most = tables.largest_batch(16, one.parameters, one.activation_bytes)
    print(f"{one.title:16} {16 * one.parameters / 2**30:4.1f} GiB for Adam, then {most:5,} images")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Four. (An upper bound of the memory: layers that work in place save some.) So the largest network needs many cards
# for one decent batch, and it is the images that fill them, not the parameters.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the largest batch
# Write `batch(gib, parameters, activation_bytes)`: how many images fit into `gib` · 2³⁰ bytes while Adam
# trains in float32 (four numbers of 4 bytes for each parameter), if each image needs
# `activation_bytes`.


# %% slideshow={"slide_type": "skip"}
def batch(gib, parameters, activation_bytes):
    # your code: return a whole number
    return None


check("24.batch", batch)
# hint("24.batch")
# solution("24.batch")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Bring your own
# Any `nn.Module` will do: change the cell below, and run what follows again.

# %% slideshow={"slide_type": "fragment"}
mine = nn.Sequential(
    nn.Conv2d(3, 16, 5, stride=2), nn.BatchNorm2d(16), nn.ReLU(),
    nn.Conv2d(16, 32, 3, stride=2), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
)  # fmt: skip
shape = (1, 3, 64, 64)
print(complexity(mine, shape).multiply_adds)

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
# in a terminal: course summary my_file.py:mine --input 1,3,64,64
print(summary(mine, shape))
live.architecture(mine, shape, title="A network of my own")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And in NumPy
# `from_torch` rebuilds your network of NumPy operations, with the same weights. `network_errors` compares
# the outputs, and the slopes of the image and of every parameter.

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
x = torch.rand(2, *shape[1:], dtype=torch.float64)
print(from_torch(mine.double().eval()).forward(x.numpy()).shape)
errors = network_errors(mine, x)
assert max(errors.values()) < 1e-9
print(f"{len(errors)} arrays compared, largest error {max(errors.values()):.0e}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build to a budget
# Write `design(num_classes)`. It makes a network for color images of 32×32 pixels, (N, 3, 32, 32), that gives
# (N, num_classes), with at most **20,000 parameters** and **2,000,000 multiply-adds** for an image
# (for up to 37 classes), in which a layer before the last mean sees at least **24 pixels**.
#
# `@within_budget` hands on, for two images: the two numbers of the output's shape, then 1 for yes and 0
# for no: parameters, multiply-adds, field, and whether the output depends on the image. Use
# `summary(design(7), (1, 3, 32, 32))` without the decorator to see more.


# %% slideshow={"slide_type": "skip"}
@within_budget
def design(num_classes):
    # your code: return a torch.nn.Module
    return None


check("24.design", design)
# hint("24.design")
# solution("24.design")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which network would you take?
# There is no best network, but there is one for a budget. Write the budget first, in what you really
# pay with: bytes to download, memory to train in, milliseconds in your program. Then take the most accurate
# that fits, with a recipe as good as the others'.
#
# And these numbers do *not* say how long it takes on your machine, how it was trained, what it does on
# *your* photos. On a new set of photos, gathered like the old, the networks tried lost 11 to 14 % (Recht
# et al. 2019), though what was better on the old ones was better on the new.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. AlexNet and ResNet-152 have about as many parameters. Why is AlexNet so much cheaper to run?
# <details><summary>Answer</summary>Most of its weights are in dense layers, and each of these is used once for
# an image.</details>
#
# 2. A network is on the frontier of multiply-adds. Is it on that of time?
# <details><summary>Answer</summary>Not necessarily: MobileNetV2 is far above the line of equal speed.</details>
#
# 3. Two networks differ by 0.1 points on 50,000 photos. Which do you take?
# <details><summary>Answer</summary>The cheaper one: 0.1 is within chance.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why is "accuracy per multiply-add" a bad measure?
# <details><summary>Answer</summary>It rewards doing nothing: who guesses has some accuracy for no
# work.</details>
#
# 5. B4 is run on images of 224 instead of 380 pixels. Which of its numbers change?
# <details><summary>Answer</summary>Multiply-adds and memory fall, to about a third. Parameters and
# receptive field stay. The accuracy falls, too; by how much must be measured.</details>
#
# 6. In our race, why did VGG get a batch norm, although it had none?
# <details><summary>Answer</summary>As a control: without it we would have called shortcuts and separable
# layers what the norm had done.</details>
#
# 7. What was not equal in that race?
# <details><summary>Answer</summary>Parameters, memory and time, and how finely the learning rate was
# chosen: three or four rates are few. And nobody asked what each does after ten times as many steps.</details>
#
# 8. Memory for training fills up with activations. What can one do without another network?
# <details><summary>Answer</summary>Smaller images or batches; numbers of two bytes; or keep only some
# outputs, and compute the others again on the way back.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * One table from 1998 to 2019, every published total met.
# * Parameters, multiply-adds and memory each have their own frontier, and their own "best" network.
# * Multiply-adds are not time, and how much they are not depends on the program.
# * A recipe alone was worth almost five points.
# * Under one budget of steps batch norm was the great step; by the clock the old network won.
#
# **On your own** A small device has 60 MB for activations. Predict which network `tables.best(rows,
# allow=lambda one: one.activation_bytes < 60e6)` names, then run it. `progress()` lists what you
# have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | networks and their published totals | `models/registry.py` | `tests/models/test_registry.py` |
# | parameters, multiply-adds, memory | `analysis/complexity.py` | `tests/analysis/test_complexity.py` |
# | receptive fields | `analysis/receptive_field.py` | `tests/analysis/test_receptive_field.py` |
# | `summary`, `course summary` | `analysis/report.py` | `tests/analysis/test_report.py` |
# | your network in NumPy | `numpy_nn/graph` | `tests/models/test_numpy_graphs.py` |
# | table, small networks, race | `lessons/comparing_architectures` | `tests/lessons/comparing_architectures` |
#
# **Sources**
# torchvision 0.28, weights IMAGENET1K_V1 (parameters, multiply-adds, accuracies) and IMAGENET1K_V2 of
# ResNet-50 (torchvision/models/resnet.py) · keras.applications (MobileNetV1) · LeCun et al. 1998,
# *Gradient-based learning applied to document recognition* (section II.B) · Krizhevsky et al. 2012,
# *ImageNet classification with deep convolutional neural networks* (Figure 2) · Araujo, Norris, Sim
# 2019, *Computing receptive fields of convolutional neural networks*, doi:10.23915/distill.00021 · Recht,
# Roelofs, Schmidt, Shankar 2019, *Do ImageNet classifiers generalize to ImageNet?*, PMLR 97 (abstract).
# The papers of the networks stand in notebooks 17 to 23.
#
# **Next** 25, signals: the same ideas in one dimension.
