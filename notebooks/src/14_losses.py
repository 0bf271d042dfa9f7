# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 14. Choose a loss by what it asks for
#
# **You will** turn scores into probabilities that survive any score, derive the slope p − y, write
# four losses forward and backward, and find out what each of them asks a network to say.
# **You need** backpropagation (notebook 8). **Time** 75 min, CPU.
#
# A bad scanner delivers handwritten digits. One scan in twenty shows an 8, and the 8s are wanted. A
# small CNN is trained with cross-entropy, the loss that everyone uses, and on unseen scans it judges
# 94 of 100 right. Then somebody asks how many of the 8s it found.

# %% slideshow={"slide_type": "skip"}
import numpy as np

from course_lib import numpy_ops, plots
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.losses import experiments, figures, live
from course_lib.lessons.losses.witnesses import witnesses
from course_lib.training import mean_std

rng = np.random.default_rng(seed=0)
SEEDS = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Is it an 8?
# Real digits of 8×8 pixels, each pixel with noise of standard deviation 0.6 (ink is 1, paper 0).
# Above, seven scans of an 8; below, seven of other digits. It is a hard question, and nobody will
# ever answer it without mistakes.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plots.describe(
    figures.show_scans(*experiments.rare_scans("test", rng)),
    "Two rows of seven noisy images of 8 by 8 pixels. In some of the upper row two bright rings can "
    "be made out, in others nothing; the lower row looks much the same.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Right 94 times in 100
# The network says a probability; from 0.5 on we take the scan for an 8. Beside it a rubber stamp
# that says "no 8" to everything and never looks. One point for each of three networks, which start
# from other weights and other noise.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
answers = {name: experiments.detect(name, seeds=SEEDS) for name in experiments.DETECTING}
plain = answers["cross-entropy"]
stamp = [experiments.Answers(np.zeros(len(a.truth)), a.truth) for a in plain]
shares = experiments.measured({"cross-entropy": plain, "rubber stamp": stamp}, ("right", "found"))
plots.describe(
    figures.show_shares(shares),
    "Left: network and rubber stamp are both right in about 0.94 of all scans. Right: the stamp "
    "finds none of the 8s, the network less than a tenth.",
)
right, found = (rows["cross-entropy"] for rows in shares.values())
assert max(found) < 0.15 and abs(np.subtract(right, 1 - stamp[0].truth.mean())).max() < 0.01

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### It hardly beats a stamp
# The network is as often right as something that never looks, and more than nine in ten 8s are
# lost. Any book has a remedy: give the rare class a *weight*, or take the *focal loss*, which was
# invented for rare objects. We shall try them all, and they will seem to work.
#
# But a loss is a request. It says what each answer costs, and training looks for the answers that
# cost least. So before we change the request we should know what it was. **What did the
# cross-entropy ask for, and is it to blame?**

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Loss Functions in CNNs: Guiding the Learning Process"]
# ## From scores to probabilities
# A network ends in scores $z$, also called *logits*, any numbers at all. To make probabilities of
# them, make them positive and share out the whole:
#
# $$p_c = \frac{e^{z_c}}{\sum_k e^{z_k}} \qquad\text{(softmax)}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $z$, $p$ | scores, probabilities | (N, C) |
# | $t$ | number of the true class | (N,) |
# | $y$ | the truth as a row: 1 at the true class, else 0 | (N, C) |
#
# The scores 2, 1, 0 become 7.39, 2.72, 1, and these, divided by 11.1, are 0.67, 0.24, 0.09.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Typed as it stands
# Add 1,000 to all three scores: the softmax should stay what it is, because $e^{z + 1000} = e^{1000} e^z$
# and the common factor cancels. **Predict:** what does the computer make of it?


# %% slideshow={"slide_type": "fragment"} tags=["answer"]
def typed_softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


with np.errstate(all="ignore"):
    print(typed_softmax(np.array([[2.0, 1.0, 0.0], [1002.0, 1001.0, 1000.0]])).round(2))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Repaired: take the largest off
# $e^{1000}$ is beyond the largest float, and infinity divided by infinity is *not a number*. But what
# may be added to all scores may be subtracted as well. With $m = \max_k z_k$ the largest
# exponent is $e^0 = 1$, so nothing overflows, and the sum is at least 1, so nothing divides by 0.


# %% slideshow={"slide_type": "fragment"}
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


print(softmax(np.array([[1002.0, 1001.0, 1000.0]])).round(2))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The logarithm of nothing
# Losses need $\log p$. Of the scores 0 and −1000, the second has $p = e^{-1000}$, for a computer 0, and
# $\log 0 = -\infty$; right is a harmless −1000. Take the logarithm of the formula, not of $p$:
#
# $$\log p_c = z_c - \underbrace{\Big(m + \log \sum_k e^{z_k - m}\Big)}_{\text{log-sum-exp of } z}$$


# %% slideshow={"slide_type": "fragment"}
def log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


print(log_softmax(np.array([[0.0, -1000.0]])))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: log-sum-exp
# Write it for a batch: one number a row, finite for all finite scores.


# %% slideshow={"slide_type": "skip"}
def log_sum_exp(z):
    # your code: return an array of shape (N,)
    return None


check("14.log_sum_exp", log_sum_exp)
# hint("14.log_sum_exp")
# solution("14.log_sum_exp")

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Loss Functions in CNNs: Guiding the Learning Process"]
# ## Where −log p comes from
# Three scans, and the network gave the truth 0.9, 0.5 and 0.2. How likely did it hold *all* that
# came? The product, $0.9 \cdot 0.5 \cdot 0.2 = 0.09$: the **likelihood**. A better network makes
# the truth likelier.
#
# Of a thousand scans the product would be 0 for a computer. So take the logarithm, which turns the
# product into a sum; turn the sign, so that less is better; and divide by N, so that batches of
# different sizes can be compared:
#
# $$L = -\frac1N \sum_n \log p_{n,t_n} = -\frac1N \sum_{n,c} y_{nc} \log p_{nc}
# \qquad\text{(cross-entropy)}$$
#
# Here $(0.11 + 0.69 + 1.61)/3 = 0.80$ **nats**, the unit of natural logarithms.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it asks for
# Take a scan that tells nothing: one in twenty such scans is an 8. A network that answers $p$ to all
# of them pays $-\log p$ for one and $-\log(1 - p)$ for nineteen. **Predict:** which answer costs
# least: 0, 0.05 or 0.5? And if it paid the plain distance $|t - p|$ from the truth $t$, 0 or 1?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_coin(0.05),
    "Mean loss against the answer p. Cross-entropy and the squared error are least at p = 0.05, "
    "the distance is a rising line and is least at p = 0.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0.05, the truth about such scans. The slope $-\frac{0.05}{p} + \frac{0.95}{1 - p}$ is 0 where $p$ is
# the chance itself. **Cross-entropy asks for honest probabilities**, and so does the squared error.
# The distance does not: it asks for 0, as a stamp does.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A first suspicion
# On a bad scan the honest chance of an 8 may be 0.3. That is six times the usual, and a network that
# says 0.3 has seen a lot. Yet it lies below 0.5, so *we* wrote "no 8".
#
# The threshold 0.5 stands nowhere in the cross-entropy. It is our own decision, and it is right only
# if a lost 8 is as bad as a false alarm. Keep this in mind; first, the slopes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The slope is p − y
# For one sample $L = \log \sum_k e^{z_k} - z_t$. Nudge the score $z_c$:
#
# * the first term has the slope $e^{z_c} / \sum_k e^{z_k}$, and that is $p_c$;
# * the second has the slope −1 if $c$ is the true class, else 0: together $-y_c$.
#
# $$\frac{\partial L}{\partial z} = \underbrace{p - y}_{(N,\, C)} \cdot \frac1N$$
#
# All that the logarithm and the exponentials did has cancelled. A score is pulled exactly as hard as
# its probability is wrong, by 1 at most, and at no score does the pull die before the error does.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Forward and backward in NumPy
# `witnesses` compares with nudges of every score, `numpy_ops` and PyTorch.


# %% slideshow={"slide_type": "fragment"}
def cross_entropy(z, t):
    return -log_softmax(z)[np.arange(len(z)), t].mean()


def cross_entropy_backward(z, t):
    return (softmax(z) - np.eye(z.shape[1])[t]) / len(z)


scores, classes = 3 * rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
given = (scores, classes, "cross_entropy")
assert max(witnesses(cross_entropy, cross_entropy_backward, *given)) <= 1e-7

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# The scores of three classes are 0, log 3 and log 4, and the truth is class 1, the middle one. What are
# the three slopes $\partial L/\partial z$?

# %% slideshow={"slide_type": "skip"}
slopes = ...  # such as [0.0, 0.0, 0.0]
check("14.by_hand", slopes)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Loss Functions in CNNs: Guiding the Learning Process"]
# ## Yes or no
# Our detector has a single score $z$ a scan. Give "no" the fixed score 0, and the softmax of the
# pair $(z, 0)$ is the *sigmoid* of notebook 7:
#
# $$p = \frac{e^z}{e^z + 1} = \sigma(z), \qquad
# L = -\frac1M \sum_m \big[t_m \log p_m + (1 - t_m) \log(1 - p_m)\big]$$
#
# That is the **binary cross-entropy**. $z$, $p$ and $t$ have one shape, with M numbers in all: the
# sum runs over *questions*, not over classes. One image may ask many (is there a dog? a ball?), and
# all answers may be yes. The slope is what it was, $(p - t)/M$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From scores, not from probabilities
# $-\log \sigma(z) = \log(1 + e^{-z})$ and $-\log(1 - \sigma(z)) = \log(1 + e^z)$, so that
# $L = \log(1 + e^z) - z\,t$, and with the largest taken off
#
# $$L = \max(z, 0) - z\,t + \log\big(1 + e^{-|z|}\big)$$
#
# The truth is yes, and the score is −1000: the formula with $\log p$ meets a $p$ of 0, this one says
# 1000. Without $z\,t$ it is $\log(1 + e^z)$, the *softplus*.


# %% slideshow={"slide_type": "fragment"}
def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-abs(z)))


def binary(z, t):
    return (softplus(z) - z * t).mean()


print(binary(np.float32(-1000), 1.0))


# %% slideshow={"slide_type": "skip"}
def binary_backward(z, t):
    return (numpy_ops.sigmoid(z) - t) / z.size


z, t = rng.normal(0, 3, (5, 3)), rng.integers(0, 2, (5, 3)) * 1.0
assert max(witnesses(binary, binary_backward, z, t, "binary_cross_entropy_with_logits")) <= 1e-7

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Why not the squared error?
# It asks for honest answers as well. But its slope for the score is $2(p - t) \cdot p(1 - p)$: the
# factor of the sigmoid no longer cancels. The truth is yes, the scores are 0, −2, −5, −10.
# **Predict:** where is the pull of each loss strongest?

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
for score in (0.0, -2.0, -5.0, -10.0):
    p = float(numpy_ops.sigmoid(np.array([score]))[0])
    print(f"z {score:5.0f}   squared {2 * (p - 1) * p * (1 - p):9.5f}   cross-entropy {p - 1:6.3f}")

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# Cross-entropy pulls most where the answer is most wrong. The squared error pulls most near 0, and at
# −10 it has all but given up, with an answer that could not be more wrong.

# %% slideshow={"slide_type": "skip"}
# Your turn: which loss? A photo may show a dog, a ball, both or neither.
# a  Softmax and cross-entropy over {dog, ball}: the larger score wins.
# b  Softmax and cross-entropy over {dog, ball}; both count as found when both pass 0.5.
# c  A sigmoid and binary cross-entropy for each: two questions of yes or no.
# d  The squared error of the two scores, because it does not force a sum of 1.
check("14.which", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Loss Functions in CNNs: Guiding the Learning Process"]
# ## The first remedy: a weight
# Let every 8 count $w$ times, as if it had been scanned $w$ times:
#
# $$L = -\big[w\, t \log p + (1 - t) \log(1 - p)\big]$$
#
# What does this ask for? Take scans with the chance $q$ of an 8. The loss is least where its slope is
# 0: $w\,q\,/\,p = (1 - q)/(1 - p)$, or
#
# $$\frac{p}{1 - p} = w \cdot \frac{q}{1 - q}$$
#
# **A weight multiplies the odds.** With $w = 19$ a scan with the chance 1 in 20, odds of 1 : 19, is to be
# answered with odds of 1 : 1, and that is $p = 0.5$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A threshold in disguise
# So "weight $w$, threshold 0.5" asks for the same decisions as "no weight, threshold
# $\frac{1}{1 + w}$": one bends the answers, the other moves the bar. For 19 the bar is 0.05.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: choose a weight
# A test for a disease shall say "ill" wherever the chance is 8 % or more, and it shall do so at
# $p \ge 0.5$. Which weight must "ill" have?

# %% slideshow={"slide_type": "skip"}
check("14.design_weight", ...)  # your number in place of ...

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: find the bug
# With many classes the weight of a sample is that of its true class, and the mean is weighted:
# $L = \sum_n w_{t_n} L_n / \sum_n w_{t_n}$. This should be the slope for the scores, from the
# probabilities $p$ of shape (N, C). It runs, it has the right shape, and it is wrong.


# %% slideshow={"slide_type": "skip"}
def weighted_gradient(p, target, weight):
    y = np.eye(p.shape[1])[target]
    return (p - y) * weight / weight[target].sum()


check("14.weighted_bug", weighted_gradient)

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Loss Functions in CNNs: Guiding the Learning Process"]
# ## The second remedy: focal loss
# Most scans are easy and soon judged right. The focal loss lets those count less. With $p_t$ for the
# probability of the *truth*:
#
# $$L = -\alpha_t\, (1 - p_t)^\gamma \log p_t$$
#
# | | truth is yes, $t = 1$ | truth is no, $t = 0$ |
# |---|---|---|
# | $p_t$ | $p$ | $1 - p$ |
# | $\alpha_t$ | $\alpha$ | $1 - \alpha$ |
#
# All have the shape of $z$. $\gamma = 0$ is the cross-entropy. $\alpha$ is a weight again, with
# $w = \alpha / (1 - \alpha)$: 0.75 means 3. The authors (Lin et al. 2017) used $\gamma = 2$ and
# $\alpha = 0.25$.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: write it
# A common textbook form is $-\sum (1 - p)^\gamma\, t \log p$. Read it with one $p$ for "yes", as for a
# detector: the factor $t$ is 0 for every "no", so false alarms are free, and a network that always says
# yes has the loss 0. It is right only over the classes of a softmax, where the sum picks out the
# true class and $p$ *is* $p_t$. Where the network says 0.9 and the truth is no, the textbook form
# charges 0, and the one with $p_t = 0.1$ charges $0.9^2 \cdot 2.30 = 1.87$ for $\gamma = 2$, before α.
#
# Write the right one: the loss of every answer, without the mean. Here $1/(1 + e^{-z})$ will do for σ.


# %% slideshow={"slide_type": "skip"}
def binary_focal(z, t, gamma, alpha):
    # your code: return an array of the shape of z
    return None


check("14.binary_focal", binary_focal)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Its slope
# With $z_t$ for the score of the truth ($z$ or $-z$) and $\partial p_t/\partial z_t = p_t(1 - p_t)$, the
# product rule gives $\partial L/\partial z_t = \alpha_t (1 - p_t)^\gamma\,[\gamma\, p_t \log p_t - (1 - p_t)]$.
# Over the classes of a softmax, with $p_t$ that of the true class, the slope is the one of the
# cross-entropy, $p - y$, times one factor a sample: `numpy_ops.focal_loss_backward`.


# %% slideshow={"slide_type": "skip"}
def focal(z, t, gamma=2.0, alpha=0.25):
    sign, alpha_t = 2 * t - 1, np.where(t == 1, alpha, 1 - alpha)
    return (alpha_t * numpy_ops.sigmoid(-sign * z) ** gamma * softplus(-sign * z)).mean()


def focal_backward(z, t, gamma=2.0, alpha=0.25):
    sign, alpha_t = 2 * t - 1, np.where(t == 1, alpha, 1 - alpha)
    p, miss = numpy_ops.sigmoid(sign * z), numpy_ops.sigmoid(-sign * z)
    slope = miss**gamma * (-gamma * p * softplus(-sign * z) - miss)
    return alpha_t * sign * slope / z.size


assert max(witnesses(focal, focal_backward, z, t, "binary_focal_loss")) <= 1e-7
print(f"said 0.9, but no: {focal(np.log(9.0), 0, alpha=0.0):.2f}")  # α_t is 1

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Turn γ
# Left the loss, right the pull on the score of the truth, both against $p_t$. Find out: with
# $\gamma = 2$, how many answers at $p_t = 0.9$ weigh as much as one at 0.1? And is there a place where
# the focal loss pulls *harder* than cross-entropy?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.focal(gamma=1.0, p=0.9, hard=0.1)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# 1,770, where the cross-entropy takes 22. The focal loss divides the easy answer by
# $(1 - 0.9)^2$, that is by 100, and the hard one by 1.23 only. Look at the pull as well: near
# $p_t = 0.1$ it is even a little *stronger* than that of the cross-entropy, and from about 0.3 on it is
# weaker. With $\gamma = 5$ nearly all that an answer above 0.6 could still learn is given up.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: set γ to 0 first, where both curves are one, and let the hall see the bars part as
# γ grows. Then move p_t to 0.5 and ask whether γ has moved the place where yes turns into no.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the focal loss asks for
# Again scans with the chance $q$ of yes, and the answer $p$ that costs least. **Predict:** does
# $\gamma$ lift the answer for a rare thing, say $q = 0.3$, above 0.5?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
asked = {"cross-entropy": {}, "focal γ = 2": {"gamma": 2}, "focal γ = 5": {"gamma": 5}}
plots.describe(
    figures.show_asked_for(asked | {"weight 19": {"weight": 19}}),
    "Answer against true chance. Cross-entropy is the diagonal. Focal curves are flatter and cross "
    "the diagonal at 0.5. The curve of weight 19 rises steeply and passes 0.5 at the chance 0.05.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It lifts it, and never above 0.5. At $q = 0.5$ yes and no cost the same, whatever γ, so all curves
# meet there. γ pushes every answer *toward* 0.5: **the focal loss asks for less confidence, and leaves
# the decision where it was.** Only α, a weight, moves the decision.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Loss Functions in CNNs: Guiding the Learning Process"]
# ## Label smoothing
# Cross-entropy with certain labels is never content: $p_t = 1$ needs infinite scores. Smoothing asks
# for a little doubt. A share $s$ of the target is spread over all C classes,
#
# $$q = (1 - s)\, y + \frac{s}{C}, \qquad L = -\sum_c q_c \log p_c, \qquad
# \frac{\partial L}{\partial z} = p - q$$
#
# The pull ends where $p = q$, at finite scores. (Why is the slope still so simple? $q$ sums to 1, and that
# is all the derivation needed.)


# %% slideshow={"slide_type": "skip"}
def smoothed(t, C, s=0.1):
    return (1 - s) * np.eye(C)[t] + s / C


def smooth(z, t):
    return -(smoothed(t, z.shape[1]) * log_softmax(z)).sum(axis=1).mean()


def smooth_backward(z, t):
    return (softmax(z) - smoothed(t, z.shape[1])) / len(z)


given = (scores, classes, "cross_entropy")
assert max(witnesses(smooth, smooth_backward, *given, label_smoothing=0.1)) <= 1e-7

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Back to the 8s: the remedies
# The detectors of the beginning again, trained with each loss: same scans, same first weights, same 400
# steps. **Predict** from what each loss asks for: which of them finds more 8s at the threshold 0.5?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
plots.describe(
    figures.show_shares(experiments.measured(answers, ("found", "alarms"))),
    "At threshold 0.5 cross-entropy and focal loss without alpha find about a tenth of the 8s, "
    "weight 3 and focal loss with alpha 0.75 a quarter, weight 19 seven tenths. False alarms grow "
    "in the same order, to about 0.22.",
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Those with a weight: 19 finds seven in ten, 3 a quarter, and α = 0.75, which is the weight 3, as many
# as 3. γ alone leaves nearly all 8s lost. It looks like a remedy, but the false alarms have come with it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The fair rival
# If a weight is a threshold in disguise, there is a rival: the *first* network, trained without any
# remedy, with its bar moved from 0.5 to $1/(1 + w)$. Nothing is trained again.
#
# Move the bar from 1 to 0, and each network draws a curve of what it finds against what that costs.
# Dots are the bar 0.5, the ring is the rival of weight 19, at 0.05. If a loss had taught its network to
# *see* better, its curve would lie above the others.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
drawn = {name: runs for name, runs in answers.items() if name != "weight 3"}
plots.describe(
    figures.show_tradeoff(drawn, ring=("cross-entropy", 0.05)),
    "Three panels, one a seed. In each the curves of four losses lie on one another; only their "
    "dots for the threshold 0.5 stand at different places along the common curve. The ring of "
    "cross-entropy at 0.05 stands near the dot of weight 19.",
)
for weight, bar in ((3, 0.25), (19, 0.05)):
    pair = {"remedy": answers[f"weight {weight}"], "rival": (plain, bar)}
    for rows in experiments.measured(pair, ("found", "alarms")).values():
        assert abs(np.subtract(*rows.values())).max() < 0.12

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Do they say what they were asked for?
# The rival does as well, and no loss has a curve of its own. So what sets them apart? Sort the answers
# into ten bins by the probability that was said, and count how many of each bin were 8s. Dots are
# measured (three seeds together, bins of 25 answers or more); the dashed line is *derived*: the chance
# at which the loss asks for this answer.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
chosen = {
    "cross-entropy": {}, "weight 19": {"weight": 19}, "focal γ = 2": {"gamma": 2},
    "focal γ = 2, α = 0.75": {"gamma": 2, "weight": 3},
}  # fmt: skip
plots.describe(
    figures.show_calibration({name: answers[name] for name in chosen}, chosen),
    "Four panels of share of 8s against probability said. Cross-entropy follows the diagonal; "
    "weight 19 stays far below it until it rises near 1; the focal losses follow an S through it. "
    "The dots lie near the derived dashed lines.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same order, other numbers
# All put the scans into about the same *order* and write other numbers beside it. The **average
# precision** judges the order alone (1 is perfect, 0.06 chance). A detector whose dots lie on the
# diagonal is **calibrated**; the mean distance is its *calibration error*.
#
# Only the cross-entropy is honest: any bar can be set *later*; the others have one built in.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
orders, errors = {}, {}
print("loss                    average precision   calibration error")
for name, runs in answers.items():
    orders[name] = [*map(experiments.average_precision, runs)]
    errors[name] = [experiments.calibration_error(*a) for a in runs]
    print(f"{name:23} {mean_std(orders[name])}       {mean_std(errors[name])}")
    assert abs(np.subtract(orders[name], orders["cross-entropy"])).max() < 0.07
best = max(errors.pop("cross-entropy"))
assert best < 0.03 and all(min(values) > best + 0.02 for values in errors.values())

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When the remedies do help
# All that was after 400 steps. Stop after 80, and compare the average precision again. **Predict:** are
# the three still alike?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
early = {}
for name in ("cross-entropy", "focal γ = 2", "weight 19"):
    runs = experiments.detect(name, seeds=SEEDS, steps=80)
    early[name] = [*map(experiments.average_precision, runs)]
    print(f"{name:14} {mean_std(early[name])}   after 400 {mean_std(orders[name])}")
for name, gain in (("focal γ = 2", 0.015), ("weight 19", 0.03)):
    assert np.subtract(early[name], early["cross-entropy"]).min() > gain

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No. Both remedies are ahead, on every seed. One explanation: with cross-entropy nineteen in twenty
# pulls say only that 8s are rare; with a remedy the few 8s are heard sooner. With time the plain loss
# arrives as well.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rarer than rare
# A detector that searches photos asks the question at about 100,000 places, and ten of them may hold
# something. Say it answers the empty places with $p_t = 0.99$ and the ten with 0.1. Below, who makes up
# the loss. With cross-entropy the easy answers drown the hard ones; *for this* the focal loss was made
# (Lin et al. 2017 report gains on photos with objects). One in twenty is not of that kind. Whether your
# problem is can be measured as above: compare curves, not dots.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
for gamma in (0, 2):
    easy, hard = figures.focal_curve(np.array([0.99, 0.1]), gamma)[0] * (100_000, 10)
    print(f"γ = {gamma}   100,000 easy answers {easy:8.2f}   10 hard ones {hard:5.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does smoothing make honest?
# It is often said that label smoothing and the focal loss improve calibration. Now readers of all ten
# digits, on the same bad scans, with 8,000 scans to learn from, or 200. A dot is the share read
# right, the arrowhead the mean confidence; an honest reader has no arrow. Look for the loss whose
# arrows are shortest, above and below.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
read = experiments.read_all((8000, 200), seeds=SEEDS)
told = {name: [experiments.confidence_of(test) for _, test in runs] for name, runs in read.items()}
plots.describe(
    figures.show_confidence(told),
    "Six rows of three arrows. With 8,000 scans cross-entropy has very short arrows to the right, "
    "smoothing and focal loss longer ones to the left. With 200 scans all point to the right: "
    "cross-entropy by more than 0.3, smoothing by about half of that or less.",
)
many, few = (told[f"smoothing 0.1, {count}"] for count in ("8,000", "200"))
assert all(c.confidence < c.accuracy - 0.03 for c in many)
assert all(c.confidence > c.accuracy + 0.05 for c in few)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Only where a network is too sure
# With 200 scans a reader knows them by heart and is far too sure. Smoothing takes confidence away,
# and that helps. With 8,000 scans it spoils what was nearly honest.
#
# A fair rival: divide all scores by one number, the **temperature** T, chosen on validation digits so
# that their cross-entropy is least. The order of the scores stays, and so does what is read.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
print("training, scans        calibration error   read right")
for count, sign in (("8,000", 1), ("200", -1)):
    told[f"divided by T, {count}"] = experiments.cooled(read[f"cross-entropy, {count}"])
    errors = []
    for name in ("cross-entropy", "smoothing 0.1", "divided by T"):
        right, _, error = np.transpose(told[f"{name}, {count}"])
        print(f"{name:13} {count:>6}   {mean_std(error):17}   {np.mean(right):.3f}")
        errors.append(error)
    assert (sign * (errors[1] - errors[0])).min() > 0.01
    assert (errors[2] < errors[1] - 0.02).all()

# %% [markdown] slideshow={"slide_type": "slide"} deck=["Loss Functions in CNNs: Guiding the Learning Process"]
# ## Which loss, when?
# | you have | take | because |
# |---|---|---|
# | one of C classes | cross-entropy of scores | honest, slope p − y |
# | questions of yes or no | binary cross-entropy of scores | the same, answer by answer |
# | a rare class | the same, and move the bar | the order is learned anyway |
# | … and no way to move the bar | a weight, α | a bar built in |
# | … and thousands of easy answers to one hard | focal loss | the easy ones would drown it |
# | a network that is too sure | a temperature; or smoothing | less confidence, same order |
# | a number to predict | squared error | asks for the mean |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Was the cross-entropy to blame?
# The picture of the beginning, and the same network with the bar at 0.05.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
given = {f"cross-entropy at {bar}": (plain, bar) for bar in (0.5, 0.05)}
plots.describe(
    figures.show_shares(experiments.measured(given, ("right", "found", "alarms"))),
    "With the bar at 0.5 the network finds less than a tenth of the 8s with hardly any false "
    "alarms; at 0.05 it finds more than seven tenths, with false alarms on a quarter of the other "
    "digits, and three quarters of all scans are judged right.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### It asked for the truth
# Cross-entropy asked for honest probabilities, and on these scans the honest chance of an 8 is seldom above
# 0.5. The network knew more than we let it say: with the bar at 0.05 it finds more than seven in ten. To
# blame was the bar, and behind it our question. "How often right?" is a poor one where nineteen in
# twenty are the same.
#
# Although: finding more 8s was never free. Each step along the curve is paid in false alarms, and no
# loss of this notebook lifted the curve. That takes better scans, more data or a better network. What
# a lost 8 is worth, no loss can know. You have to say it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. Why may you subtract the largest score before the softmax?
# <details><summary>Answer</summary>All exponentials get the same factor, and it cancels in the
# quotient.</details>
#
# 2. A detector was trained with weight 9 and says 0.5. What is the chance, if it learned what it was
# asked for?
# <details><summary>Answer</summary>0.1. The odds 1 : 1 are 9 times the honest ones, 1 : 9.</details>
#
# 3. A fresh network with 10 classes has the loss 8. Is that all right?
# <details><summary>Answer</summary>No. Who knows nothing says 0.1 and pays log 10 = 2.3. This one is sure,
# and wrong: its first scores are too large.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. You double γ. Does a detector without α find more 8s at the threshold 0.5?
# <details><summary>Answer</summary>Hardly. γ pushes answers toward 0.5, never across.</details>
#
# 5. Somebody passes probabilities to a function that wants scores. What happens?
# <details><summary>Answer</summary>No error. The softmax of numbers between 0 and 1 is nearly even: with 10
# classes the truth gets 0.23 at most, so the loss cannot fall below about 1.46.</details>
#
# 6. Why do the slopes of one sample add up to 0?
# <details><summary>Answer</summary>p and y both sum to 1. Adding a number to all scores changes
# nothing, so the loss has no slope in that direction.</details>
#
# 7. α = 0.25 as in the paper: does it make "yes" heavier?
# <details><summary>Answer</summary>No, lighter, w = 1/3. With γ = 2 the easy "no" have lost so much weight
# that "yes" would otherwise count too much.</details>
#
# 8. 100 classes, smoothing 0.2. How far does the score of the truth stand above another when the loss is
# least?
# <details><summary>Answer</summary>p = q: 0.802 for the truth, 0.002 for each other. Scores differ by
# log(0.802/0.002) = 6.0.</details>
#
# 9. A model is calibrated. Is it good?
# <details><summary>Answer</summary>Not necessarily. Who answers 0.05 to every scan is calibrated too.
# Calibration is about honesty, the order is about knowledge.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * From scores, with the largest taken off, no loss overflows.
# * Cross-entropy is −log of the likelihood; its slope is p − y.
# * A loss is a request: cross-entropy asks for honest probabilities, a weight multiplies the odds, γ
#   pushes answers toward 0.5, smoothing asks for doubt.
# * Given time, no remedy saw better; each moved a bar. Cut short, they are ahead.
# * Smoothing helps calibration where a network is too sure, else it harms.
#
# **On your own** Make 8s rarer: set `experiments.OTHERS = 10` in a fresh kernel and draw the curves of
# this notebook again. Predict first what becomes of the dots, and of the curves. `progress()` lists the
# exercises you have solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | softmax, log-sum-exp | `numpy_ops/activations.py` | `tests/parity/test_activations.py` |
# | the losses | `numpy_ops/losses/classes.py` | `tests/parity/test_losses.py` |
# | weights, focal loss | `numpy_ops/losses/focal.py` | `tests/parity/test_losses.py` |
# | detectors, readers | `lessons/losses/experiments.py` | `tests/lessons/losses/test_experiments.py` |
#
# **Sources**
# Bishop 2006, *Pattern recognition and machine learning*, sections 4.3.2 and 4.3.4 (cross-entropy from
# likelihood, its gradient) · Goodfellow, Bengio, Courville 2016, *Deep learning*, sections 4.1 and 6.2.2
# (overflow; sigmoid and softmax units) · Lin et al. 2017, *Focal loss for dense object detection*,
# equations 4 and 5 · Szegedy et al. 2016, *Rethinking the Inception architecture*, section 7 (label
# smoothing) · Guo et al. 2017, *On calibration of modern neural networks* (calibration error,
# temperature) · Müller, Kornblith, Hinton 2019, *When does label smoothing help?* · Elkan 2001, *The
# foundations of cost-sensitive learning* (weights and thresholds) · Charoenphakdee et al. 2021, *On
# focal loss for class-posterior probability estimation* (what γ asks for).
#
# **Next** 15, regularization: what to do about a network that knows 200 scans by heart.
