# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 29. Check what everybody says
#
# **You will** put the sentences that courses on CNNs repeat to the test, see which of them hold, under
# which condition, and learn to ask a sentence for its missing half.
# **You need** notebooks 2, 8, 9, 11 and 12. **Time** 70 min, CPU.
#
# *Deep networks fail because their gradients vanish; the shortcuts of ResNet solve that.* It stands in
# textbooks, in slides, in blog posts, and it sounds right. Before we believe it, let us look. Here is a plain
# network of 32 layers that trains badly, and its residual twin that trains well. Real digits go in, and
# slopes come back.

# %% slideshow={"slide_type": "skip"}
import numpy as np
import torch
import torch.nn.functional as F
from IPython.display import Markdown

from course_lib import numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.alexnet import experiments as alexnet
from course_lib.lessons.claims_checked import board, figures, glossary, judging, live, signals
from course_lib.lessons.claims_checked.conventions import side_by_side
from course_lib.lessons.normalization import experiments as normalization
from course_lib.lessons.residual_connections import experiments as residual

seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Thirty-two layers, before the first step
# Each line is one network: how long the gradient of each layer's weights is. The layers are 3×3
# convolutions with batch norm and ReLU.
#
# **Predict:** the plain network trains badly. How many times *smaller* is the gradient of its second layer
# than that of its last convolution?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
flows = {kind: residual.flows(kind, depth=32, seeds=seeds) for kind in ("plain", "residual")}
plots.describe(
    figures.show_slopes({kind: [one.slopes for one in several] for kind, several in flows.items()}),
    "Length of the gradient against the layer, on an axis of powers, three lines a network. In the "
    "plain network it is largest at the image and falls towards the end by a factor of a hundred. In "
    "the residual network it falls by less than ten.",
)
grown = {kind: [one.slopes[1] / one.slopes[-1] for one in flows[kind]] for kind in flows}
for kind, factors in grown.items():
    print(f"{kind:9} second layer / last:", " ".join(f"{factor:4.0f}" for factor in factors))
assert min(grown["plain"]) > 60 and max(grown["residual"]) < 15

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Nothing vanishes
# It is *larger*, a hundred times and more. In this plain network slopes do not vanish, they explode. The
# shortcuts evened them out, and the network trains: that much is true. But what they cured was not what
# everybody says. He et al. (2016a, section 4.1) wrote so themselves: vanishing is *unlikely* the cause.
#
# **Which of the sentences that everybody repeats survive a measurement, and what is missing in those that
# do not?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: collect sentences from the class first ("what do you know about CNNs for sure?"), write
# them on the board, and let the class vote on each before the quiz in the middle. Most have the seeds of
# their condition in them already.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Four verdicts
# | | verdict | meaning |
# |---|---|---|
# | ✓ | right | holds as it is said |
# | ◐ | right with a condition | holds if something is added that was left out |
# | ✗ | wrong | contradicts a definition, a count, or what was measured |
# | ○ | not shown here | may hold, but our experiments do not show it |
#
# The last one is not a polite "wrong". A network of 32 layers and 80 steps is no ImageNet. What does not show
# here may show there.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How many of each?
# The claims come from a common textbook form of this course's subject, and from what is said about it
# elsewhere. Every equation and every sentence that claims something is among them.
#
# **Predict:** what share is right just as it is said?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
by_topic = {topic: board.counts(claims) for topic, claims in board.TOPICS.items()}
plots.describe(
    figures.show_verdicts(by_topic),
    "A bar for each of four topics, made of pieces for the four verdicts. Right with a condition is "
    "the longest piece in most bars.",
)
total, numbers = board.counts(), dict(board.measure_all())
for verdict, count in total.items():
    print(f"{board.MARKS[verdict]} {verdict:23} {count:3} of {len(board.CLAIMS)}")
assert 0.15 < total["right"] / len(board.CLAIMS) < 0.25
assert total["right with a condition"] > len(board.CLAIMS) / 3

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Less than a quarter. The commonest verdict is another: most sentences are half of a sentence.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A claim is data
# A record: what is said, verdict, correct form, source, the notebook and the test that hold it. Where no
# training is needed, `measure` computes its number anew.

# %% slideshow={"slide_type": "fragment"}
one = board.claim("403 times")
print(one.says, one.verdict, one.correct, sep="\n")
print(one.measure().text)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Wrong, and how
# Wrong sentences are seldom wild. Nearly all go wrong in one of five ways.
#
# | how | example |
# |---|---|
# | a factor is missing | the product of slopes |
# | things are compared that do different jobs | "403 times fewer" |
# | the right name, another formula | Xavier's 1/n |
# | front and back exchanged | "deep layers learn slower" |
# | a cure is taken for the proof of its cause | shortcuts, batch norm |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A factor is missing
# For a chain of sigmoids one reads
#
# $$\frac{\partial L}{\partial w} = \prod_i \sigma'(x_i)$$
#
# It shows well why slopes shrink, but it is no slope of anything. For the first weight it is
#
# $$\frac{\partial L}{\partial w_1} = \frac{\partial L}{\partial h_n} \cdot \prod_{i \ge 2} w_i\,
# \sigma'(z_i) \cdot \sigma'(z_1) \cdot x$$
#
# All symbols are single numbers: $w_i$ weight, $z_i$ sum and $h_i = \sigma(z_i)$ output of unit $i$, $x$ input.

# %% slideshow={"slide_type": "fragment"}
print(numbers["product of slopes"].text)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: correct a formula
# Write `slope(x, weights, upstream)`: $\partial L / \partial w_1$ of such a chain without biases. `upstream`
# is $\partial L / \partial h_n$.


# %% slideshow={"slide_type": "skip"}
def slope(x, weights, upstream):
    # your code: return one number
    return None


check("29.slope", slope)
# hint("29.slope")
# solution("29.slope")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Compared with whom?
# "307,200 parameters against 760: 403 times fewer." First, that is not the quotient. Then, the one layer
# gives 100 numbers and the other 7,840. Let both do the same job, and name what is counted.

# %% slideshow={"slide_type": "fragment"}
print(numbers["403 times"].text)
print(numbers["sharing"].text)

# %% [markdown] slideshow={"slide_type": "skip"}
# So both "403" and "orders of magnitude" sell the thing short and long at once: like for like the convolution
# saves far more weights, and in products it saves much less.
#
# ### Your turn: like for like
# A page compares a dense layer of 50 units on a 64×64 RGB image with 8 filters of 3×3×3: "614,400
# weights against 216, 2,844 times fewer". Give the dense layer as many outputs as the convolution has. How many
# times more *multiply-adds* does it need?

# %% slideshow={"slide_type": "skip"}
check("29.alike", ...)  # put a number in place of ...

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A cure is no proof
# "Batch norm helps because it reduces internal covariate shift": what a layer gets drifts while layers
# before it learn. To test *because*, put the drift back: noise behind the norm, new at each step (Santurkar et
# al. 2018).
#
# **Predict:** with the noise the inputs drift more than without any norm. Does it train worse than without?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
drifts = normalization.drifting(seeds=seeds, norms=("none", "batch", "noisy batch"))
print(f"{'':12} drift of the inputs      loss after 100 steps (nats)")
for norm, run in drifts.items():
    drift, loss = (" ".join(f"{v:5.2f}" for v in values) for values in (run.drift, run.loss))
    print(f"{norm:12} {drift}        {loss}")
none, noisy = drifts["none"], drifts["noisy batch"]
assert (noisy.drift > 1.15 * none.drift).all() and (noisy.loss < 0.9 * none.loss).all()
ratio = noisy.drift / none.drift
numbers["covariate shift"] = board.Measured(
    f"with noise {ratio.mean():.1f} ± {ratio.std(ddof=1):.1f} times the drift, and a lower loss",
    True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No, better, on every seed. Batch norm does reduce the drift, and it does help, but the second does not hang
# on the first.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: what follows?
# Batch norm with noise drifts more than no norm at all, and still trains better. What follows?
#
# * **a** Batch norm does not reduce the drift.
# * **b** The gain does not depend on less drift.
# * **c** Noise makes networks train better.
# * **d** No network gains anything by less drift.

# %% slideshow={"slide_type": "skip"}
check("29.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Right, with a condition
# The longest list. A condition is not a detail: it tells *when* a sentence may be used. Four examples, computed
# just now.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
for name in ("leaky maximum", "output size", "norm without ε", "eight to nine times"):
    one = board.claim(name)
    print(f"{one.says}\n   {numbers[name].text}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Find the condition
# "Two 3×3 kernels have fewer weights than one 5×5." With $C$ channels everywhere it is $18\,C^2$ against
# $25\,C^2$. But nothing says that the two must have as many channels *between* them.
#
# **Predict:** 64 channels come in and 64 go out. With how many in between does the sentence turn false: 70, 90
# or 130?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
C = 64
for M in (64, 70, 90, 130):  # 9 C M + 9 M C weights, against 25 C C
    print(f"{M:3} between: {9 * C * M + 9 * M * C:7,} against {25 * C * C:,} weights")

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# With 90. The condition is a bound on the channels in between, and the exercise asks for it.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the condition
# Write `middle(c_in, c_out)`: the largest number of channels between two 3×3 kernels,
# `c_in` → M → `c_out`, for which they have *fewer* weights than one 5×5 kernel from `c_in` to `c_out`.


# %% slideshow={"slide_type": "skip"}
def middle(c_in, c_out):
    # your code: return a whole number
    return None


check("29.middle", middle)
# hint("29.middle")
# solution("29.middle")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Find the counterexample
# "Pooling makes a network indifferent to small shifts." One example that contradicts is worth more than ten
# that agree. A row of eight numbers, max pooling by two; then the row moves one place to the right.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
row = np.array([0.0, 0, 7, 7, 0, 0, 3, 3])
for x in (row, np.roll(row, 1)):
    print(x, "→", numpy_ops.max_pool1d(x[None, None], kernel_size=2)[0, 0])
print(numbers["pooling invariant"].text)

# %% [markdown] slideshow={"slide_type": "skip"}
# Here some places kept their numbers and some did not. Can it be worse?
#
# ### Your turn: as bad as possible
# Write `still(n)`: a row of `n` numbers (`n` is even) for which *every* number behind the pooling is another
# one after the row has moved one place to the right (a 0 comes in from the left).
#
# `@judging.pooled_and_shifted` hands on two numbers: the length of your row, and how many places changed.


# %% slideshow={"slide_type": "skip"}
@judging.pooled_and_shifted
def still(n):
    # your code: return n numbers
    return None


check("29.still", still)
# hint("29.still")
# solution("29.still")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Not shown here
# "A network with ReLU learns six times faster than one with tanh." So Krizhevsky, Sutskever and Hinton measured
# in 2012 (Figure 1), on CIFAR-10. Our networks have four layers and see digits; each trains at the best of three
# rates of notebook 18.
#
# **Predict:** after how many steps is the training error below a quarter, with ReLU and with tanh?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
races = {name: alexnet.race(name, seeds=seeds, rates=(0.06,)).steps[0] for name in ("ReLU", "tanh")}
for name, steps in races.items():
    each = " ".join(f"{step:3.0f}" for step in steps)
    print(f"{name:5} {each}   mean {steps.mean():.0f} ± {steps.std(ddof=1):.0f}")
assert races["tanh"].mean() < 1.1 * races["ReLU"].mean()
numbers["six times"] = board.Measured(
    f"steps with ReLU / with tanh: {races['ReLU'].mean() / races['tanh'].mean():.1f}", True
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# tanh is as fast, or faster. That does not make the paper wrong: another network, other data, other first
# weights. It makes the sentence one about *that* experiment, not about ReLU.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: the difference between "wrong" and "not shown here" is what students find hardest. Ask what
# experiment would turn each ○ into a ✓ or a ✗, and what it would cost.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your turn: guess the verdict
# All claims in mixed order. Guess first, then read. A hint: who always says "right with a condition" gets more
# than a third. How far do you get beyond?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.guess_the_verdict(numbers)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The whole board
# All claims follow in the notebook, each with its correct form, number, source and test. Where a number needs a
# training, a test asserts the verdict on seeds that no notebook shows. Four that are wrong:

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
for name in ("Xavier", "61,706", "focal form", "multiply-adds are time"):
    print(f"{board.claim(name).says}\n   {numbers[name].text}")

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
numbers["ResNets cure vanishing"] = board.Measured(
    f"second / last slope in the plain network {np.mean(grown['plain']):.0f} ± "
    f"{np.std(grown['plain'], ddof=1):.0f}",
    min(grown["plain"]) > 1,
)
print(f"a number computed in this notebook for {len(numbers)} of {len(board.CLAIMS)} claims")
Markdown(board.as_markdown(board.with_verdict("wrong"), numbers))

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
Markdown(board.as_markdown(board.with_verdict("right with a condition"), numbers))

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
Markdown(board.as_markdown(board.with_verdict("not shown here"), numbers))

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
Markdown(board.as_markdown(board.with_verdict("right"), numbers))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Two ways to mean it
# Some sentences disagree and are both right: they use a word for two things. The weights of notebook 23 come
# from TensorFlow, and need its zeros, too.
#
# | word | in this course | elsewhere |
# |---|---|---|
# | convolution | no flip | flip (mathematics, SciPy) |
# | dilation | 1 reads neighbors | 0 does: pixels left out between |
# | weight of a dense layer | (out, in) | (in, out) (Keras) |
# | layout | channels first, NCHW | channels last, NHWC (TensorFlow) |
# | padding | the same on both sides | "same": more at the end (TensorFlow) |
# | size | floor | ceiling |
# | mean of a window | zeros at the border count | they do not |
# | variance | over N for the batch | over N − 1 (`torch.var`) |
# | momentum of a norm | weight of the new | weight of the old (Keras) |
# | ε | under the root | added to the root |
# | fan | in | out |
# | N(0, a) | a is the variance | a is the standard deviation |
# | loss of a batch | mean | sum |

# %% slideshow={"slide_type": "skip"}
x, k = np.array([[[1.0, 2, 0, 5, 3, 1, 4]]]), np.array([[[1.0, 3, -1]]])
X, K = torch.tensor(x), torch.tensor(k)
even, Even = x[..., :6], X[..., :6]
longer, Longer = np.pad(even, ((0, 0), (0, 0), (0, 1))), F.pad(Even, (0, 1))


def kept_mean(momentum):
    """Keep a mean of 0, and a batch of mean 4, in NumPy and in PyTorch."""
    four, zero, one = np.array([[3.0], [5.0]]), np.zeros(1), np.ones(1)
    y = numpy_ops.batch_norm(four, zero, one, training=True, momentum=momentum)
    running = torch.zeros(1, dtype=torch.float64)
    F.batch_norm(torch.tensor(four), running, running + 1, training=True, momentum=momentum)
    return y.running_mean, running


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Conventions
# Each line is one convention; NumPy and PyTorch agree on it, or the cell would stop. The first line is the one of
# this course.

# %% slideshow={"slide_type": "fragment"}
print(side_by_side({"no flip": (numpy_ops.conv1d(x, k), F.conv1d(X, K)),
                    "flip": (np.convolve(x[0, 0], k[0, 0], "valid")[None, None],
                             F.conv1d(X, K.flip(2)))}))  # fmt: skip

# %% slideshow={"slide_type": "skip"}
wide = {d: (numpy_ops.conv1d(x, k, dilation=d), F.conv1d(X, K, dilation=d)) for d in (2, 3)}
print(side_by_side({"2: every second pixel": wide[2], "2: two pixels left out": wide[3]}))

# %% slideshow={"slide_type": "skip"}
h, W = np.array([1.0, 2]), np.array([[1.0, 3], [5, 7]])
hT, WT = torch.tensor(h), torch.tensor(W)
print(side_by_side({"(out, in)": (W @ h, F.linear(hT, WT)), "(in, out)": (h @ W, hT @ WT)}))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where the zeros of "same" stand
# When the step is two, one zero may do. TensorFlow puts it at the end.

# %% slideshow={"slide_type": "skip"}
image = np.arange(8.0).reshape(1, 2, 2, 2)  # (N, C, H, W)
T = torch.tensor(image)
print(side_by_side({"channels first": (image.ravel(), T.flatten()),
                    "channels last": (image.transpose(0, 2, 3, 1).ravel(),
                                      T.permute(0, 2, 3, 1).flatten())}))  # fmt: skip

# %% slideshow={"slide_type": "fragment"}
print(side_by_side({
    "a zero on each side": (numpy_ops.conv1d(even, k, stride=2, padding=1),
                            F.conv1d(Even, K, stride=2, padding=1)),
    "a zero at the end": (numpy_ops.conv1d(longer, k, stride=2), F.conv1d(Longer, K, stride=2)),
}))  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What is counted
# Is a variance over N, or over N − 1? By default, NumPy's `var` is the first and PyTorch's the second.

# %% slideshow={"slide_type": "skip"}
means = {flag: (numpy_ops.avg_pool1d(x, kernel_size=3, padding=1, count_include_pad=flag),
                F.avg_pool1d(X, 3, padding=1, count_include_pad=flag)) for flag in (True, False)}  # fmt: skip
print(side_by_side({"zeros count": means[True], "zeros do not": means[False]}))
pools = {up: (numpy_ops.max_pool1d(x, kernel_size=2, ceil_mode=up),
              F.max_pool1d(X, 2, ceil_mode=up)) for up in (False, True)}  # fmt: skip
print(side_by_side({"floor": pools[False], "ceiling": pools[True]}))

# %% slideshow={"slide_type": "fragment"}
print(side_by_side({"over N": (x.var(), X.var(correction=0)),
                    "over N − 1": (x.var(ddof=1), X.var())}))  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What momentum keeps
# The momentum of a batch norm weighs the *new* mean in PyTorch, and the *old* one in Keras. So Keras' 0.99 is
# 0.01 here. The batch has mean 4, and the kept mean is 0.

# %% slideshow={"slide_type": "fragment"}
print(side_by_side({"0.1 of the new": kept_mean(0.1), "0.1 of the old": kept_mean(0.9)}))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: the other library
# Write `running(means, keep)`: the running mean after these batch means, beginning at 0, in a library where
# momentum is the share of the *old* value that is kept.


# %% slideshow={"slide_type": "skip"}
def running(means, keep):
    # your code: return one number
    return None


check("29.running", running)
# hint("29.running")
# solution("29.running")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How large first weights are
# What is the second number in $\mathcal{N}(0, a)$? In papers on first weights it is the variance, in
# `rng.normal` and `torch.normal` the standard deviation. Below, a draw 1.96 standard deviations above 0.

# %% slideshow={"slide_type": "fragment"}
z, Z = 1.96, torch.tensor(1.96)  # in standard deviations
print(side_by_side({"0.01 is the variance": (z * np.sqrt(0.01), Z * 0.01**0.5),
                    "0.01 is the spread": (z * 0.01, Z * 0.01)}))  # fmt: skip

# %% slideshow={"slide_type": "skip"}
shape = (8, 2, 3, 3)  # (C_out, C_in, K_h, K_w)
fans, kernels = numpy_ops.fan_in_and_fan_out(shape), torch.empty(shape)
print(side_by_side({"2 / fan-in": (2 / fans.fan_in, 2 / kernels[0].numel()),
                    "2 / fan-out": (2 / fans.fan_out, 2 / kernels[:, 0].numel())}))  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Where ε stands, and what a loss is of
# With numbers as small as ε it matters whether ε is under the root. And the loss of a batch is a mean, so that
# the learning rate need not change with the batch size.

# %% slideshow={"slide_type": "skip"}
small, eps = np.array([1e-3, -1e-3]), 1e-5
S = torch.tensor(small)
print(side_by_side({
    "under the root": (small / np.sqrt(small.var() + eps), S / (S.var(correction=0) + eps).sqrt()),
    "added to the root": (small / (small.std() + eps), S / (S.std(correction=0) + eps)),
}))  # fmt: skip
scores, truth = np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([0, 0])
losses = {kind: (numpy_ops.cross_entropy(scores, truth, reduction=kind),
                 F.cross_entropy(torch.tensor(scores), torch.tensor(truth), reduction=kind))
          for kind in ("mean", "sum")}  # fmt: skip
print(side_by_side(losses))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## What the words mean
# The words of this course, and the notebook that first uses each. Two of them mean two things, *momentum* and
# *convolution*: ask which.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
Markdown(glossary.as_markdown())

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How to check a claim
# 1. **What exactly is counted or compared?** Like for like, biases on both sides, the same job.
# 2. **When does it hold?** Look for the case in which it fails: α above 1, a rest in the division, a constant
#    channel, a shift by one.
# 3. **How do we know?** A count, a proof, or an experiment; and then on which data, on how many seeds, with
#    what spread?
# 4. **Is a cause claimed?** Then change the cause alone, and see.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Thirty-two layers again
# The first picture, with a third network in it: 32 dense layers with sigmoids, first weights of variance 1/n.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
drawn = {kind: [one.slopes for one in several] for kind, several in flows.items()}
drawn["sigmoids"] = [signals.sigmoid_slopes(depth=32, seed=seed) for seed in seeds]
plots.describe(
    figures.show_slopes(drawn),
    "Length of the gradient against the layer, three kinds of networks. With sigmoids it rises from "
    "nearly nothing at the image over many powers of ten. In the plain network with norms it "
    "falls by two powers, in the residual one by less than one.",
)
assert max(slopes[0] / slopes[-1] for slopes in drawn["sigmoids"]) < 1e-12

# %% [markdown] slideshow={"slide_type": "fragment"}
# Slopes do vanish, with sigmoids. Shortcuts do help, behind norms and ReLUs. Both halves of the sentence are true
# somewhere; what is wrong is the *because* between them. Less than a quarter of the sentences survived as they were. Most others lacked a condition that can be said in a
# few words. Although: some of our verdicts are about small networks and digits, and they too are only as good as
# their conditions.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. "Our method is 2 points better." What do you ask first?
# <details><summary>Answer</summary>Than whom, tuned how well; on how many seeds; and what the spread is.</details>
#
# 2. Two papers say momentum 0.9 for their batch norms. Do they do the same?
# <details><summary>Answer</summary>Only if it weighs the same thing: the old mean or the new one.</details>
#
# 3. A claim fails in your experiment. Is it wrong?
# <details><summary>Answer</summary>If it said "always", yes. Else it was not shown under your
# conditions.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Convolution is translation *invariant*: what is the quickest way to contradict it?
# <details><summary>Answer</summary>Shift an image with one bright pixel: the map shifts too, so it has
# changed.</details>
#
# 5. Why is "403 times fewer" worse than no number at all?
# <details><summary>Answer</summary>It looks exact, so nobody asks what was compared.</details>
#
# 6. A network without norm, with its learning rate at 0.1, is beaten by one with norm at 0.1. What is missing?
# <details><summary>Answer</summary>A rate chosen for each: the one may only be too fast.</details>
#
# 7. Why is every number here computed, or asserted by a test, instead of being written down?
# <details><summary>Answer</summary>A number that was typed stays when the code changes, and then it is a
# claim nobody checks.</details>
#
# 8. Which is stronger: ten networks that agree with a sentence, or one that does not?
# <details><summary>Answer</summary>Against "always", one. For "mostly", neither: there one needs
# shares and spreads.</details>
#
# 9. You guessed seven of ten verdicts right. How sure is that?
# <details><summary>Answer</summary>The spread is √(p (1 − p) / n), here some 15 points. Ten guesses say
# little, as ten test images do.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * In a deep plain network with norms, gradients explode; the famous cause was another one.
# * Of the claims less than a quarter is right as it stands, more than a third with a condition.
# * Wrong ones lack a factor, compare unlike things, or take a cure for a cause.
# * Conventions make two right sentences disagree. Two lines of code settle it.
#
# **On your own** Take a sentence on CNNs that is not on the board. Predict its verdict, write a `Claim` with a
# `measure`, and let a run decide. `progress()` lists what you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | claims and their numbers | `lessons/claims_checked/claims`, `measures` | `tests/lessons/claims_checked/test_board.py` |
# | conventions | `lessons/claims_checked/conventions.py` | `tests/lessons/claims_checked/test_conventions.py` |
# | glossary | `lessons/claims_checked/glossary.py` | `tests/lessons/claims_checked/test_glossary.py` |
# | slopes of 32 layers | `lessons/residual_connections/experiments.py` | `tests/lessons/residual_connections/test_experiments.py` |
# | drift | `lessons/normalization/experiments.py` | `tests/lessons/normalization/test_experiments.py` |
# | ReLU and tanh | `lessons/alexnet/experiments.py` | `tests/lessons/alexnet/test_experiments.py` |
# | every operation, twice | `numpy_ops`, `torch_ops` | `tests/parity` |
#
# **Sources** stand in the table, claim by claim; those of this page: He et al. 2016a, *Deep residual learning for
# image recognition*, arXiv:1512.03385 (section 4.1) · Santurkar, Tsipras, Ilyas, Madry 2018, *How does batch
# normalization help optimization?*, arXiv:1805.11604 · Krizhevsky, Sutskever, Hinton 2012, *ImageNet
# classification with deep convolutional neural networks* (Figure 1) · Glorot and Bengio 2010, *Understanding the
# difficulty of training deep feedforward neural networks*, AISTATS (equation 12) · Zhang 2019, *Making convolutional
# networks shift-invariant again*, arXiv:1904.11486 (section 3).
#
# **Next** This is the last notebook. Next is a paper of your choice, with the four questions beside it.
