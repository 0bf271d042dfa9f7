# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 25. Read signals along one axis
#
# **You will** read motion, text, sound and DNA with the same short layer, build its causal and dilated
# forms, and find out when an MLP does better.
# **You need** the convolutional layer (notebook 4), receptive fields (notebook 5) and cross-entropy
# (notebook 14). **Time** 70 min, CPU.
#
# Four students wore a watch that measures acceleration and rotation. They stood, walked, ran and played
# badminton. There are 40 recordings of ten seconds to learn from, and 40 to be judged by. An MLP gets
# all 600 numbers of a recording at once, a CNN with a quarter of its parameters slides over them in
# short windows. Which would you bet on?

# %% slideshow={"slide_type": "skip"}
from dataclasses import replace

import numpy as np
import torch

from course_lib import datasets, numpy_ops, plots
from course_lib.analysis import complexity
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.signals_1d import experiments, figures, live, networks, signals
from course_lib.lessons.signals_1d.probe import as_causal_numbers
from course_lib.parity import relative_error
from course_lib.training import accuracies_of, mean_std

rng = np.random.default_rng(seed=0)
seeds = (0, 1, 2)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four activities
# One recording of each, and of its six channels only the first. The scale is the same for all.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
data = datasets.load("basic_motions")
first = {name: data.x_train[data.y_train == label][0, 0]
         for label, name in enumerate(data.class_names)}  # fmt: skip
plots.describe(
    figures.show_recordings(first, rate=10, label="acceleration (units of the watch)"),
    "Four curves over ten seconds. Badminton: irregular high peaks. Running: a steady strong swing, "
    "about one a second. Standing: flat. Walking: a small swing.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two readers
# The CNN has two convolutions of 7 readings and a mean over time, the MLP one hidden layer. Each is
# trained from three seeds, at the rate that suited it best on two others.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
motions = experiments.motions()
trained = {name: experiments.train(reader, motions, seeds=seeds)
           for name, reader in experiments.MOTION_READERS.items()}  # fmt: skip
shares = {name: accuracies_of(models, motions) for name, models in trained.items()}
plots.describe(
    plots.show_rows(shares, label="recordings named right (share; dotted: guessing)",
                    limits=(0, 1.02), reference=0.25),
    "Two rows of three points. The CNN names all recordings right or nearly so on every seed, the "
    "MLP between 0.8 and 0.9.",
)  # fmt: skip
assert min(shares["CNN"]) > 0.94 and max(shares["MLP"]) < min(shares["CNN"]) - 0.04

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
known = replace(motions, x_test=motions.x_train, y_test=motions.y_train)
for name, models in trained.items():
    parameters = experiments.num_parameters(experiments.MOTION_READERS[name])
    print(f"{name}: {parameters:5,} parameters, right of the 40 it learned from "
          f"{mean_std(accuracies_of(models, known))}, of 40 others {mean_std(shares[name])}")  # fmt: skip
assert np.mean(accuracies_of(trained["MLP"], known)) > 0.97

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### More weights, less learned
# The MLP knows its 40 recordings by heart and misses several of the others. It has a weight of its own
# for each moment. A swing of the arm that came at second 3 tells it nothing about the same swing at
# second 5, and no two recordings begin at the same point of a step.
#
# **What does a convolution know about time that the MLP must learn anew for every moment? And is
# there a signal for which that knowledge is wrong?**

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: let the class write down a signal for which the MLP should win. The long-range
# task in the middle of this notebook is one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One axis
# A signal has channels and one axis, so a batch has the shape $(N, C, L)$. All that you know of the
# convolutional layer holds, with one index instead of two. Two things are new here, because time has a
# direction and is long:
#
# * **Causal:** an output may see the present and the past, but not the future.
# * **Dilated:** the taps lie $D$ steps apart, so that few weights see far.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### On five numbers
# The signal is 1 2 4 8 16, the weights are 10 and 1: ten times the past, once the present. With
# dilation 1 the past is the step before, with dilation 2 the one before that. In front stand zeros.
#
# **Predict:** what are the outputs at the last step, with dilation 1 and with 2?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
x = np.array([1.0, 2, 4, 8, 16])
for dilation in (1, 2):
    padded = np.concatenate([np.zeros(dilation), x])
    print(f"dilation {dilation}:", 10 * padded[: len(x)] + 1 * x)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 96 = 10 · 8 + 16, and 56 = 10 · 4 + 16. As many zeros go in front as the first tap looks back, so
# no output sees ahead.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The formula
# $$y_{n,o,t} \;=\; b_o + \sum_{c} \sum_{u=0}^{K-1} w_{o,c,u}\; x_{n,c,\,t - D\,(K-1-u)}$$
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | signals; 0 where the step is below 0 | $(N, C_{in}, L)$ |
# | $w$, $b$ | weights and biases | $(C_{out}, C_{in}, K)$, $(C_{out},)$ |
# | $y$ | output, as long as the input | $(N, C_{out}, L)$ |
# | $K$, $D$ | taps, and steps from one to the next | numbers |
#
# The last tap, $u = K-1$, meets the present.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Forward, in NumPy
# A product of matrices for each tap, added up.


# %% slideshow={"slide_type": "fragment"}
def causal(x, w, D):
    reach, L = D * (w.shape[2] - 1), x.shape[2]
    padded = np.pad(x, ((0, 0), (0, 0), (reach, 0)))  # zeros in front only
    return sum(w[:, :, u] @ padded[:, :, u * D : u * D + L] for u in range(w.shape[2]))


# %% [markdown] slideshow={"slide_type": "skip"}
# ### Backward, in NumPy
# Each tap sends its share back to where it read. What lands on the zeros in front is dropped.


# %% slideshow={"slide_type": "skip"}
def causal_backward(grad_y, x, w, D):
    reach, L, grad_w = D * (w.shape[2] - 1), x.shape[2], np.zeros_like(w)
    padded = np.pad(x, ((0, 0), (0, 0), (reach, 0)))
    grad_padded = np.zeros_like(padded)
    for u in range(w.shape[2]):
        seen = slice(u * D, u * D + L)
        grad_w[:, :, u] = np.einsum("not,nct->oc", grad_y, padded[:, :, seen])
        grad_padded[:, :, seen] += w[:, :, u].T @ grad_y
    return grad_padded[:, :, reach:], grad_w


# %% slideshow={"slide_type": "skip"}
x, w, grad_y = (rng.standard_normal(shape) for shape in ((2, 3, 11), (5, 3, 4), (2, 5, 11)))
y, (grad_x, grad_w) = causal(x, w, 2), causal_backward(grad_y, x, w, 2)
layer = networks.CausalConv1d(3, 5, 4, dilation=2, bias=False).double()
layer.weight.data, leaf = torch.from_numpy(w), torch.from_numpy(x).requires_grad_()
layer(leaf).backward(torch.from_numpy(grad_y))
front = np.pad(x, ((0, 0), (0, 0), (6, 0)))
theirs = numpy_ops.conv1d_backward(grad_y, front, w, dilation=2)
pairs = [(y, numpy_ops.conv1d(front, w, dilation=2)), (y, layer(leaf).detach()),
         (grad_x, theirs.grad_x[:, :, 6:]), (grad_x, leaf.grad),
         (grad_w, theirs.grad_weight), (grad_w, layer.weight.grad)]  # fmt: skip
assert max(relative_error(*pair) for pair in pairs) < 1e-12
print("outputs and both gradients agree with the package and with PyTorch")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: repair a layer
# This layer gives as many outputs as inputs, but its outputs know the future. Repair it for one
# channel: `x` has the shape (L,) and `weight` (K,).


# %% slideshow={"slide_type": "skip"}
def causal_layer(x, weight, dilation):
    reach = dilation * (len(weight) - 1)
    front = reach // 2
    padded = np.concatenate([np.zeros(front), x, np.zeros(reach - front)])
    return sum(
        weight[tap] * padded[tap * dilation : tap * dilation + len(x)] for tap in range(len(weight))
    )


check("25.causal", causal_layer)
# hint("25.causal")
# solution("25.causal")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Text: a channel for each letter
# A text becomes a signal when each letter gets a channel, 1 where it stands and 0 elsewhere
# (**one-hot**). Here is the beginning of Lewis Carroll's *Jabberwocky*.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
start = "twas brillig and the"
channels = signals.one_hot(signals.as_numbers(start)[None], num_symbols=len(signals.ALPHABET))[0]
plots.describe(
    figures.show_letters(channels, start, signals.ALPHABET),
    "A grid of 25 channels, the blank and 24 letters, by 20 places of the text. Each column has one "
    "dark cell, in the row of its letter.",
)
assert channels.shape == (25, 20)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Guess the next letter
# At every letter two networks must name the *next* one:
#
# * **A** one layer of 3 taps, padded on both sides,
# * **B** three causal layers of 2 taps, dilations 1, 2, 4.
#
# **Predict:** which has the lower loss? Which can recite?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
leaking = experiments.learn_poem(networks.next_letter_leaking, seed=0)
honest = experiments.learn_poem(lambda: networks.next_letter((1, 2, 4)), seed=0)
for name, poet in {"A, both sides": leaking, "B, causal    ": honest}.items():
    text = experiments.recite(poet.network, "twas b", num_letters=30)
    print(f"{name}  loss {poet.loss:.4f} nats   {text}")
    assert signals.POEM.startswith(text[:16]) == (poet is honest)
assert leaking.loss < 0.01 < honest.loss < 0.06

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A has the lower loss, and cannot recite. Its third tap *reads the answer*, one step to the right. When
# it must go on alone, that place is padding. This is a **leak**: no loss shows it, only use does.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What can be known from a few letters?
# A causal network whose field is $n$ letters cannot do better than someone who counts, in this poem,
# which letter follows which $n$ letters. Where the same letters are followed now by one, now by another,
# some doubt is left, and the mean of that doubt is a floor for the loss:
#
# $$\text{loss} \;\ge\; H(\text{next} \mid \text{last } n) = -\frac1M \sum_{t} \ln p(\text{letter}_{t+1} \mid \text{letters}_{t-n+1 \ldots t})$$
#
# Here $M$ is the number of guesses and $p$ is counted in the poem. No training is needed for it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Counted and trained
# Networks with 1, 2 and 3 causal layers of 2 taps, whose fields are 2, 4 and 8 letters.
#
# **Predict:** how near do they come to their floors?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
fields = {2: (1,), 4: (1, 2), 8: (1, 2, 4)}
floor = np.array([signals.least_loss(n) for n in fields])
poets = {n: [experiments.learn_poem(lambda: networks.next_letter(dilations), seed=seed).loss  # noqa: B023
             for seed in seeds] for n, dilations in fields.items()}  # fmt: skip
reached = np.array([np.mean(losses) for losses in poets.values()])
plots.describe(
    plots.show_curves(np.array(list(fields)), {"trained": reached, "counted floor": floor},
                      x_label="field (letters)", y_label="loss (nats a letter)", markers=True,
                      log_x=True),
    "Loss against the field. Both curves fall from about 0.95 at 2 letters to 0.2 at 4 and nearly 0 "
    "at 8, and lie on each other.",
)  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### One curve, not two
# So near that the curves cover each other. What limits these networks is not their training and not the
# number of their weights, but how far back they see. (The poem is also the exam: they learn by heart,
# which is what makes the floor exact.)

# %% slideshow={"slide_type": "skip"} tags=["answer", "nbval-ignore-output"]
for n, least in zip(fields, floor, strict=True):
    print(f"{n} letters: at least {least:.3f}, reached {np.round(poets[n], 3)}")
    assert all(least - 1e-4 < loss < least + 0.04 for loss in poets[n])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See far with few weights
# A layer of $K$ taps with dilation $D$ looks back $D(K-1)$ steps further than the layer below. So the
# field of a stack is
#
# $$\text{field} = 1 + (K-1) \sum_l D_l$$
#
# With $D = 1$ it grows by the same amount each time. If $D$ *doubles* from layer to layer, the field
# doubles, too, and the weights are as many as before. Moreover, with 2 taps exactly one
# way leads from each step of the field to the output.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Try it
# When does the tree have holes? How many layers of dilation 1 reach all 32 steps?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
live.causal_field()

# %% [markdown] slideshow={"slide_type": "skip"}
# Holes appear when the dilation grows faster than the taps allow: with 2 taps it may double, with 3 taps
# triple. With dilation 1 it takes 31 layers to reach 32 steps, with doubling five: 1 + 1 + 2 + 4 + 8 + 16.
# And without causal padding half of the tree lies in the future: that is the leak.
#
# ### Your turn: a field by hand
# Three causal layers of 4 taps have dilations 1, 4 and 16. How many steps does an output see, the
# present one included?

# %% slideshow={"slide_type": "skip"}
steps = ...  # your number
check("25.field", steps)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: hear a quarter of a second
# WaveNet (van den Oord et al. 2016) writes sound reading by reading, with layers of 2 taps and
# dilations 1, 2, 4, …, 512, then again 1, 2, 4, …, 512, and so on. Sound has 16,000 readings a second
# there. How many such rounds of ten layers see at least 0.25 seconds?

# %% slideshow={"slide_type": "skip"}
rounds = ...  # your number
check("25.seconds", rounds)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Remember the first symbol
# 64 random symbols come one by one, of 8 kinds. When the last has come, say which was the *first*.
# Every batch is drawn afresh, so nothing can be learned by heart. Three readers, of about as many
# parameters:
#
# * **plain:** 6 causal layers of 3 taps, dilation 1 in each.
# * **dilated:** the same layers with dilations 1, 2, 4, 8, 16, 32.
# * **MLP:** all 64 symbols at once.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Plain, dilated, MLP
# **Predict:** who finds it out? Compute the two fields first.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
reads = {kind: experiments.first_symbol(kind, seeds=seeds) for kind in experiments.SYMBOL_READERS}
plots.describe(
    plots.show_rows(reads, label="first symbol named right (share; dotted: guessing)",
                    limits=(0, 1.02), reference=1 / 8),
    "Three rows of three points: plain at one eighth, dilated twice at one and once near two thirds, "
    "the MLP at one.",
)  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Out of sight, and a surprise
# The plain stack sees 13 steps and guesses. Dilated, as many weights see 127, and can know it, though
# one of three seeds has not got there yet. But the best reader is the **MLP**, and it is no accident: the first symbol always stands at the *same place*. The
# MLP has a weight for that place and needs to find nothing else. The convolution, which treats all
# steps alike, must hand the symbol on through six layers.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer", "nbval-ignore-output"]
for kind, dilations in {"plain": experiments.PLAIN, "dilated": experiments.DILATED}.items():
    print(f"{kind:8} field {1 + 2 * sum(dilations):3}", end="  ")
    print(f"{experiments.num_parameters(experiments.SYMBOL_READERS[kind]):,} parameters, "
          f"right {np.round(reads[kind], 2)}")  # fmt: skip
print(f"MLP {'':15} {experiments.num_parameters(experiments.SYMBOL_READERS['MLP']):,} parameters, "
      f"right {np.round(reads['MLP'], 2)}")  # fmt: skip
assert 1 + 2 * sum(experiments.PLAIN) == 13 and 1 + 2 * sum(experiments.DILATED) == 127
assert max(reads["plain"]) < 0.2 and min(reads["dilated"]) > 0.4 and min(reads["MLP"]) > 0.95

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: build the block
# Deep causal networks are made of residual blocks (Bai et al. 2018). Build one as a `torch.nn.Module`
# with as many channels out as in. **Branch:** a causal convolution with `kernel` taps and `dilation`,
# ReLU, a second causal convolution with the same taps and dilation. Both have a bias. **Then** the input is
# added to the branch, and ReLU ends the block. The output is as long as the input.
#
# `@as_causal_numbers` gives your block fixed weights and hands on, in this order: the number of
# parameters; channels and steps of the output; mean, smallest and largest output by channel; the first
# and the last step that change when step 9 of the input does.


# %% slideshow={"slide_type": "skip"}
@as_causal_numbers
def block(channels, kernel, dilation):
    # your code: return a torch.nn.Module
    return None


check("25.block", block)
# hint("25.block")
# solution("25.block")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Sound: one axis or two?
# A call is a low and a high tone. It *glides* from one to the other or *steps*, up or down, anywhere in a
# quarter of a second of noise. Above is the wave, below the **spectrogram**: which frequencies sound
# when, yellow where they are strong.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
waves, kinds = signals.calls(40, seed=0)
one_each = np.stack([waves[kinds == kind][0, 0] for kind in range(4)])
plots.describe(
    figures.show_sounds(one_each, signals.SOUNDS),
    "Four columns. The waves look like noise that is a little stronger in the middle. In the "
    "spectrograms a bright line rises, falls, or jumps up or down between two levels.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A spectrogram is a convolution
# Cut the wave into windows of 64 readings, one every 32, and measure how much of each frequency is in
# a window: the size of its Fourier transform.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
wave = one_each[0]
starts = range(0, len(wave) - 63, 32)
fade = np.hanning(65)[:-1]  # windows begin and end softly
columns = [np.abs(np.fft.rfft(fade * wave[start : start + 64])) for start in starts]
picture = np.stack(columns, axis=1)
print("wave", wave.shape, "→ picture (frequencies, windows)", picture.shape)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
angle = 2 * np.pi * np.outer(np.arange(33), np.arange(64)) / 64
filters = np.concatenate([np.cos(angle), np.sin(angle)])[:, None] * fade
y = numpy_ops.conv1d(wave[None, None].astype(float), filters, stride=32)[0]
assert relative_error(np.hypot(y[:33], y[33:]), picture) < 1e-6
assert relative_error(signals.spectrogram(wave), picture) < 1e-6
print("the same picture from a 1-D convolution: filters", filters.shape, "with stride 32")

# %% [markdown] slideshow={"slide_type": "skip"}
# So the Fourier transform of windows is a convolutional layer whose filters are fixed waves, faded at
# both ends, followed by √(cosine² + sine²).
#
# ### Your turn: the size of a picture
# Write the shape, `[frequencies, windows]`, of the spectrogram of any sound. The window is even, and only
# whole windows count.


# %% slideshow={"slide_type": "skip"}
def spectrogram_shape(samples, window, hop):
    # your code: return a list of two numbers
    return None


check("25.spectrogram", spectrogram_shape)
# hint("25.spectrogram")
# solution("25.spectrogram")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four readers of sound
# A 1-D CNN on the wave, a 2-D CNN on the logarithm of the spectrogram, and an MLP on each. The CNNs
# train for 100 steps, the MLPs for 300, with three or four times the parameters.
#
# **Predict:** order the four.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
readers = experiments.SOUND_READERS
own = experiments.sounds_for(readers)
heard = experiments.shares_right(readers, own, seeds=seeds)
plots.describe(
    plots.show_rows(heard, label="sounds named right (share; dotted: guessing)",
                    limits=(0, 1.02), reference=0.25),
    "Four rows. Both CNNs lie near 1. The MLP on the wave lies near one quarter, the MLP on the "
    "spectrogram between 0.65 and 0.85.",
)  # fmt: skip
assert [reader.steps for reader in readers.values()] == [100, 100, 300, 300]
assert min(heard["1-D CNN, wave"] + heard["2-D CNN, spectrogram"]) > 0.93
assert max(heard["MLP, wave"]) < 0.4 and 0.5 < max(heard["MLP, spectrogram"]) < 0.9

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Sliding pays
# Both CNNs name nearly all. The MLP on the wave guesses: one reading later, every number is another. The
# spectrogram helps the MLP, because it has thrown the phase away. But *where* the line lies still counts.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What each costs
# **Predict:** which of the two CNNs needs more multiply-adds?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer", "nbval-ignore-output"]
costs = {}
print(f"{'':21} {'parameters':>10}  mult-adds  right (share)")
for name, reader in readers.items():
    network, shape = experiments.fresh(reader, seed=0), own[name].x_train[:1].shape
    costs[name] = complexity(network, shape).multiply_adds
    print(f"{name:21} {experiments.num_parameters(reader):10,}  {costs[name]:9,}  "
          f"{mean_std(heard[name])}")  # fmt: skip
assert 2 * costs["1-D CNN, wave"] < costs["2-D CNN, spectrogram"]

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The 2-D one, three times as many, though its input is no larger: it slides along two axes. One often hears
# that sound needs a spectrogram. On this task it does not: the wave does as well, for less. (That says
# nothing about speech, or about fewer sounds to learn from.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### It has built its own spectrogram
# The first layer of the 1-D CNN has 16 filters of 32 readings. Which frequencies does each let through,
# before and after training? Between the white lines lie all tones that occur.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
reader = readers["1-D CNN, wave"]
after = experiments.train(reader, own["1-D CNN, wave"], seeds=(0,))[0]
frequencies, tuned = experiments.filter_spectra(after)
untuned = experiments.filter_spectra(experiments.fresh(reader, seed=0))[1]
plots.describe(
    figures.show_filter_spectra(frequencies, {"before": untuned, "after": tuned}),
    "Two panels of 16 rows. Before training the filters let through broad patches anywhere between "
    "0 and 2,000 Hz; after it, most have one narrow band, and the strongest "
    "frequencies climb like stairs from 400 to about 1,500 Hz.",
)
peaks = frequencies[tuned.argmax(axis=1)]
assert 330 < peaks.min() and peaks.max() < 1700

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Tuned to narrow bands
# Nobody told it what a frequency is. Most filters have become short waves, tuned to narrow
# bands side by side, where the calls are. Training found much of what the Fourier transform is given by hand.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## DNA: a filter that can be read
# Proteins find their place on DNA by a short **motif**. We hide one of 10 letters in half of 800
# sequences of 100; one letter of ten is left to chance. The other half has the *same letters in random
# order*. So counting letters is of no use.
#
# The scanner: 4 filters of 12 letters, the largest answer of each, a dense layer. That is the detector of
# DeepBind (Alipanahi et al. 2015).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Scanner against MLP
# **Predict:** the MLP has 31 times as many parameters. Where does it end?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
genomes = signals.genomes(seed=0)
scanners = experiments.train(experiments.GENOME_READERS["scanner"], genomes, seeds=seeds)
found = {"scanner": accuracies_of(scanners, genomes)}
mlp = {"MLP": experiments.GENOME_READERS["MLP"]}
found |= experiments.shares_right(mlp, genomes, seeds=seeds)
plots.describe(
    plots.show_rows(found, label="sequences named right (share; dotted: guessing)",
                    limits=(0, 1.02), reference=0.5),
    "Two rows: the scanner near 0.9, the MLP at one half, where guessing is.",
)  # fmt: skip
assert min(found["scanner"]) > 0.8 and max(found["MLP"]) < 0.6

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It guesses. To the MLP the motif is another word at each of 91 places, and it has met each of them a
# handful of times. The scanner has one word to learn, from all of them.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer", "nbval-ignore-output"]
sizes = {name: experiments.num_parameters(reader)
         for name, reader in experiments.GENOME_READERS.items()}  # fmt: skip
for name, right in found.items():
    print(f"{name:7} {sizes[name]:5,} parameters, right {mean_std(right)}")
places = signals.NUM_BASES - len(signals.MOTIF) + 1
assert sizes["MLP"] // sizes["scanner"] == 31 and places == 91
assert len(genomes.y_train) == 800 and len(signals.MOTIF) == 10
print(
    f"{places} places, about {len(genomes.y_train) / 2 / places:.0f} sequences with the motif at each"
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What has it found?
# Take the filter that speaks most for the motif, and line up the test sequences at the place where it
# answers most. A letter is as high as it is sure: 2 bits where no other ever stands. Between the
# dotted lines lies the filter.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
seen = experiments.strongest_filter(scanners[0], genomes)
word = "".join(signals.BASES[base] for base in seen.letters.argmax(axis=0))
plots.describe(
    figures.show_logo(seen.letters, margin=4),
    "A sequence logo: tall letters spell GATTGCAACT, partly beyond an end of the filter; all other "
    "places are nearly empty.",
)
assert signals.MOTIF in word

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The word that we planted
# It spells the word that we planted. The filter needs not hold all of it: the letters it does hold are
# enough to find the place, and what stands *beside* them comes to light when we line the sequences up.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
for network in scanners:
    letters = experiments.strongest_filter(network, genomes).letters
    sure = figures.information(letters) > 0.5
    print("".join(signals.BASES[base] if clear else "·"
                  for base, clear in zip(letters.argmax(axis=0), sure, strict=True)))  # fmt: skip
print("planted:", signals.MOTIF)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When to slide
# A convolution over time knows one thing from the start: *a pattern means the same whenever it
# comes*. Motion, sound and motifs are of that kind, so few examples are enough, while the MLP must meet every pattern at
# every place.
#
# Where the *place* is the meaning, as with the first symbol, that knowledge is no help, and the MLP wins. And
# a convolution knows nothing beyond its field: seeing far has to be built, by dilation or by pooling.
#
# Although: the recordings do not say which student wore the watch. Whether the CNN would know *your* walk,
# they cannot tell.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# A box on a ship measures the waves and tells each minute how rough the sea is. You have 40 minutes to
# learn from. Why a CNN with a mean over time, and not an MLP?
#
# * **a** An MLP cannot learn 40 examples by heart.
# * **b** A convolution sees the whole minute at once.
# * **c** A wave means the same whenever it comes, and the MLP would have to learn it anew for each
#   moment.
# * **d** An MLP cannot tell which reading came first.

# %% slideshow={"slide_type": "skip"}
check("25.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. A causal layer has 5 taps and dilation 3. How many zeros go in front?
# <details><summary>Answer</summary>12: the first tap looks 3 · 4 steps back.</details>
#
# 2. Must a network be causal to tell running from walking?
# <details><summary>Answer</summary>No: the whole recording is there. Causal is for what is asked while it
# goes on.</details>
#
# 3. What does the largest answer over time throw away?
# <details><summary>Answer</summary>Where the motif stands, and how often.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why does the loss of the leaking network not betray it, not even on new text?
# <details><summary>Answer</summary>New text holds its own next letters as well, so copying works there,
# too. Only when the future does not exist yet does it fail.</details>
#
# 5. Dilations 1, 3, 9 with 2 taps: how many inputs reach an output, and how long is the field?
# <details><summary>Answer</summary>8 of 14: each layer doubles the ways, and the field is
# 1 + 1 + 3 + 9.</details>
#
# 6. In the text, could the letters be numbered 1 to 25 in *one* channel instead?
# <details><summary>Answer</summary>It would say that b lies between a and c, and that c (4) is twice a (2). Letters
# have no such order.</details>
#
# 7. A spectrogram is an image. Is a shift along its frequency axis as harmless as one along time?
# <details><summary>Answer</summary>In our calls yes. In speech less so: a shifted vowel may be another.
# Sharing weights along frequency is an assumption.</details>
#
# 8. Why did we give the DNA without motif the same letters in another order?
# <details><summary>Answer</summary>Else counting letters would help a little, and we could not tell
# whether a word was found.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Causal: all padding in front. A leak has a fine loss and no use.
# * Field $1 + (K-1)\sum D$: doubling dilations see far with the same weights.
# * A field of $n$ letters has a floor for its loss that one can count.
# * A spectrogram is a fixed 1-D convolution; a trained one tunes its own.
# * A motif scanner can be read.
# * Where the place is the meaning, the MLP wins.
#
# **On your own** `experiments.first_symbol("plain", seeds=(0,), place=30)` asks for another symbol (the
# first has place 0). From which place on will the plain stack know it? `progress()` lists what you have
# solved.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | 1-D convolution, both ways | `numpy_ops/convolution.py` | `tests/parity/test_convolution.py` |
# | the recordings of the watch | `datasets/motions.py` | `tests/datasets/test_motions.py` |
# | causal layers, readers | `lessons/signals_1d/networks.py` | `tests/lessons/signals_1d` |
# | sounds, DNA, the poem and its floor | `lessons/signals_1d/signals.py` | `tests/lessons/signals_1d` |
#
# **Sources**
# Waibel et al. 1989, *Phoneme recognition using time-delay neural networks*, IEEE Transactions on
# Acoustics, Speech and Signal Processing 37(3): 1-D convolution over time before it had that name · van
# den Oord et al. 2016, *WaveNet*, arXiv:1609.03499 (section 2.1: dilated causal convolutions) · Bai,
# Kolter, Koltun 2018, *An empirical evaluation of generic convolutional and recurrent networks for sequence
# modeling*, arXiv:1803.01271 (section 3: the residual block, there with weight norm and dropout) ·
# Zhang, Zhao, LeCun 2015, *Character-level convolutional networks for text classification*,
# arXiv:1509.01626 · Alipanahi et al. 2015, *Predicting the sequence specificities of DNA- and RNA-binding
# proteins by deep learning*, Nature Biotechnology 33 · Schneider & Stephens 1990, *Sequence logos*, Nucleic
# Acids Research 18 · Bagnall et al. 2018, *The UEA multivariate time series classification archive*,
# arXiv:1811.00075 (BasicMotions) · Carroll 1871, *Through the Looking-Glass*.
#
# **Next** 26, volumes and video: three axes.
