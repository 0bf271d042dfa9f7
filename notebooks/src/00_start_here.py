# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 0. Start here: train your first CNN in ten lines
#
# **You will** let a small network learn real digits, catch it at a mistake, look inside it while you
# draw, and find your way through the course.
# **You need** a little Python. **Time** 25 min, CPU, no network.
#
# Ten lines of Python are about to learn to read handwriting, from examples and nothing else: nobody
# tells them what a line or a loop is. They will soon read better than you may expect. But of the first
# ten digits that they are asked about they get one wrong. Bad luck, or can they not do better?

# %% slideshow={"slide_type": "skip"}
from pathlib import Path

import numpy as np
import torch
from IPython.display import Markdown
from torch import nn

from course_lib import contents, datasets, numpy_ops, parity, plots, training
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)
from course_lib.lessons.start_here import experiments, figures, machine
from course_lib.live import microscope

rng = np.random.default_rng(seed=0)
here = Path()  # the folder of the notebooks

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## A CNN in ten lines
# Real digits, written by hand, 8 × 8 pixels, and a network for them. Click the cell and press
# **Shift + Enter**.

# %% slideshow={"slide_type": "fragment"}
torch.manual_seed(0)
digits = datasets.load("digits")
cnn = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(128, 10),
)  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Let it learn
# The network sees 1,297 digits with the right answer, six times over, and is then asked about 500
# others. **Predict** first: how many of the 500 will it read, after how many seconds?

# %% slideshow={"slide_type": "fragment"}
history = training.fit(
    cnn, digits, epochs=6, batch_size=32, optimizer="momentum", learning_rate=0.1,
    schedule="one_cycle", device="cpu", seed=0, progress=False)  # fmt: skip

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
accuracy, seconds = history.test_accuracies[-1], sum(history.seconds)
print(f"{round(500 * accuracy)} of 500 right after {seconds:.1f} s of training on this machine")
assert accuracy > 0.95

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# All but about a dozen, after a few seconds. You need not understand the lines yet; notebook 16 takes
# them apart.

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: run the cell live, and let the hall guess first. Most people guess minutes.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Look at its answers
# The first ten of the 500 digits that it had never seen, each under what the network reads.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
scores = training.predict(cnn, digits.x_test, device="cpu")  # (500, 10), a score a class
read = scores.argmax(axis=1)
plots.describe(
    figures.show_digits(digits.x_test[:10], [f"reads {label}" for label in read[:10]], columns=5),
    "Ten handwritten digits of eight by eight pixels, each under the digit that the network takes "
    "it for.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One of the ten is wrong
# Which one? And the network does not only choose, it gives each class a *probability*.
# **Predict:** how sure of its answer is it there?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
probabilities = numpy_ops.softmax(scores[8], axis=0)
plots.describe(
    figures.show_answer(digits.x_test[8], probabilities, truth=5),
    "The ninth digit, a five whose lower bow is nearly closed, and ten bars. The network gives the "
    "four 0.97 and the five nearly nothing.",
)
assert digits.y_test[8] == 5 and read[8] == 4 and (read[:10] == digits.y_test[:10]).sum() == 9

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The ninth is a 5. The network reads a 4, and is almost certain. So it can be wrong without a doubt.
# **Was that bad luck, or can a CNN not read this five?**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Start again, three times
# A network starts from *random* numbers, and meets the images in random order. Three networks with
# other starts learn from the same images by the same ten lines. **Predict:** will they misread the
# same digits?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What they misread
# All digits that at least one of the three misreads. Above each its class, then what the three read.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
starts = experiments.readings(seeds=(1, 2, 3))
wrong = starts != digits.y_test
shown = np.flatnonzero(wrong.any(axis=0))[:18]
titles = [f"{digits.y_test[k]}: {' '.join(map(str, starts[:, k]))}" for k in shown]
plots.describe(
    figures.show_digits(digits.x_test[shown], titles, columns=9),
    "The digits that at least one of three networks misreads, each under its true class and what "
    "the three read. Most are misread by one network only, one by all.",
)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output", "answer"]
for row, mistakes in zip(starts, wrong, strict=True):
    print(f"{(~mistakes).mean():.1%} right; the ninth digit reads {row[8]}")
print(f"misread by at least one {wrong.any(axis=0).sum()}, by all three {wrong.all(axis=0).sum()}")
assert wrong.mean(axis=1).max() < 0.05 and len(set(starts[:, 8])) > 1
assert wrong.all(axis=0).sum() < wrong.sum(axis=1).min() / 2

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# No. Each misreads five to ten, but only one digit is misread by all. The five above is read by one of
# the three.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["answer"]
# ### Luck, then
# This CNN *can* read the five; whether it does depends on its start. That is why this course shows
# results of three starts, and why a single number says little: about 98 of 100 is a property of the
# ten lines, the misread five is not.
#
# And the 0.97? The network gives each class a *score*, and the probability tells how far apart the
# scores lie, not how often such an answer is right. Notebook 14 is about that; in notebook 16 we meet
# this five again.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look inside while you draw
# A CNN of the same kind, for drawings of 28 × 28 pixels, under a microscope. Draw a five with the mouse
# or a finger, and point at the numbers to see what they are made of. Can you draw one that it takes for
# something else?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
microscope()

# %% [markdown] slideshow={"slide_type": "skip"}
# What you see there is what the next notebooks explain: maps that filters make of the image (2 to 4),
# the window that each number has seen (5), what becomes of a map when the drawing moves (6), and
# slopes that say how each weight should change (8). `microscope(cnn)` shows the network that you have just
# trained; with 8 × 8 pixels it is easily led astray by how large and where you draw. `course
# microscope` in a terminal writes a page to be opened without Python.

# %% [markdown] slideshow={"slide_type": "slide"} deck=["What are Convolutional Neural Networks?"]
# ## What is this about?
# A **neural network** is a long formula with many adjustable numbers, its **weights**. *Training*
# adjusts them, step by step, until the formula gives the right answers for examples.
#
# A **convolutional** neural network, CNN for short, is a network for images. It looks at a small
# window of the image at a time, with the same weights for every window.
#
# This course builds CNNs twice: in **NumPy**, where you can read every line, and in **PyTorch**,
# which is fast and runs on a GPU. Every result of one is held against the other.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two libraries, one result
# Every operation of the course exists twice, under the same name: `numpy_ops.conv2d` to be read,
# `torch_ops.conv2d` to be used. Both run on the same random inputs, with numbers of about 16 digits.
# **Predict:** in which digit will the results differ?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output", "answer"]
rows = parity.run(operations=["conv2d", "max_pool2d", "relu", "linear", "cross_entropy"])
print(f"{'operation':14} {'cases':>5} {'largest error / largest number':>31}")
for name in dict.fromkeys(row.operation for row in rows):
    errors = [row.output_error for row in rows if row.operation == name]
    print(f"{name:14} {len(errors):5} {max(errors):31.0e}")
assert all(row.passed for row in rows)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# In the 14th or later, if at all: sums are taken in another order, and each rounds a little
# differently. `course parity` in a terminal does this for all operations, and
# `course parity --device cuda` on your GPU.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a notebook looks like
# * It opens with something that fails or surprises, and comes back to it at the end.
# * **Predict** means: stop, write down a guess, then run the cell, or unfold its answer. A wrong guess
#   teaches most.
# * Pictures come with words, and colors have a meaning: blue is what goes in, orange the weights of a
#   small window, green what comes out, red how it should change.
# * Figures with sliders are alive at once, here, on slides and on web pages; arrow keys work, too.
# * Cells that draw are folded. Click on the three dots to see how.
# * "Your turn" marks an exercise. The notebook runs to its end whether you took it or not.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How to read a formula
# **Accuracy** is the share of right answers. In the course it would look like this:
#
# $$a = \frac1N \sum_{n=1}^{N} [\,p_n = t_n\,]$$
#
# | symbol | what | shape |
# |---|---|---|
# | $N$ | number of images | a number |
# | $p$ | classes the network reads | $(N,)$ |
# | $t$ | true classes | $(N,)$ |
# | $[\dots]$ | 1 if true, 0 if not | |
#
# Every formula comes with the shapes of its symbols. **Predict:** what is $a$ for $p = 3\ 1\ 4\ 1$ and
# $t = 3\ 1\ 4\ 7$?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
p, t = np.array([3, 1, 4, 1]), np.array([3, 1, 4, 7])
float(np.mean(p == t))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
# A pixel of a color photo is three numbers: red, green, blue. How many numbers make a photo of 20 rows
# and 30 columns?
#
# `check(name, answer)` tells you how you did. Never mind mistakes: nothing breaks, and nobody sees
# them. Here is a wrong answer on purpose (`record=False` keeps it out of your record), and a hint.

# %% slideshow={"slide_type": "fragment"}
check("00.pixels", 600, record=False)
hint("00.pixels")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: by hand
# Now you: how many numbers make that photo? Put your answer in place of the three dots.

# %% slideshow={"slide_type": "skip"}
check("00.pixels", ...)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: in code
# Write the negative of a gray image: black (0) becomes white (1), white becomes black.


# %% slideshow={"slide_type": "skip"}
def negative(image):
    # your code: return an array of the same shape
    return None


check("00.negative", negative)
# hint("00.negative")
# solution("00.negative")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: from scores to a number
# A network gives a score for each class, `scores` of shape (N, C); it reads the class with the largest
# one. `labels` of shape (N,) are the true classes. Write the accuracy, and then try it on the network
# above: `accuracy_of(scores, digits.y_test)`.


# %% slideshow={"slide_type": "skip"}
def accuracy_of(scores, labels):
    # your code: return one number
    return None


check("00.accuracy", accuracy_of)
# hint("00.accuracy")
# solution("00.accuracy")

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your turn: why?
# Why is the network judged on images that it has not been trained with?
#
# * **a** Training images are used up after one pass.
# * **b** New images are easier, so the result looks better.
# * **c** The training images are too few to measure with.
# * **d** It may have learned the training images by heart, which says nothing about new ones.

# %% slideshow={"slide_type": "skip"}
check("00.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "skip"}
# `solution("00.negative")` shows a right answer. `progress()` lists what you have solved (✓), tried
# (✗) and not begun (·). It is kept in your own data folder, not in the course.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
progress()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three ways through the course
# The refresher is for those who know CNNs and want the parts that are often told wrong. In italics:
# still planned.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
Markdown(contents.reading_paths(here))

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
Markdown(contents.contents_table(here))

# %% [markdown] slideshow={"slide_type": "skip"}
# ### A plan for lectures
# Two notebooks fill 90 minutes: about 60 slides, one idea on each, for a minute and a quarter, which
# leaves a quarter of an hour for questions. When it gets late, leave out the waves in 2, costs and speed
# in 4, the classic networks in 5. The first lecture opens with this notebook, up to the microscope:
# ten minutes. The notebooks at home are read before the lecture that follows. Who has a semester shows
# all, two a week. Exercises are on no slide.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
Markdown(contents.lecture_plan(here))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## From equation to code to test
# Common slides on CNNs number their equations, and some of these are wrong. Here is where each is
# derived (in italics: planned), computed and tested. Notebook 29 says what is wrong, and how it reads.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
Markdown(contents.equation_map(here))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Slides and commands
# | in a terminal | does |
# |---|---|
# | `course lab` | opens JupyterLab on this notebook |
# | `course slides 02` | writes the slides of notebook 2 as one HTML file that needs no network |
# | `course parity` | compares NumPy and PyTorch on every operation |
# | `course train digits` | trains a small CNN; also on your own `.npz` file or folder of pictures |
# | `course microscope` | writes the microscope as one page |
#
# In JupyterLab the slide button in the toolbar of a notebook shows the same slides.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Your machine
# Versions, device and processors of *this* machine. If you report a problem, copy this.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
print(machine.report())

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Data that is there without a network
# Real digits, pictures generated from them, photographs. `datasets.from_npz` and
# `datasets.from_folder` take your own.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
small = {"num_train": 100, "num_test": 20}
print(f"{'digits':17} {datasets.load('digits')}")
for name in ("shifted_digits", "cluttered_digits", "shapes"):
    print(f"{name:17} {datasets.load(name, **small)}")
print(f"{'photos':17} {', '.join(datasets.photo_names())}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Questions
# Think first, then unfold.
#
# 1. What does training change?
# <details><summary>Answer</summary>The weights: the adjustable numbers of the network. The formula
# itself stays.</details>
#
# 2. Why are there results of several starts, and not one?
# <details><summary>Answer</summary>The start is random. The spread of several results tells how much
# of one result is chance.</details>
#
# 3. A network says 4 with probability .97. Is it a 4?
# <details><summary>Answer</summary>Probably, but not with .97 for sure: the ninth digit is a
# 5.</details>

# %% [markdown] slideshow={"slide_type": "skip"}
# 4. Why does every operation exist twice?
# <details><summary>Answer</summary>NumPy can be read line by line, PyTorch is fast. Since both must
# agree, each guards the other against mistakes.</details>
#
# 5. Two networks read 98 % of 500 digits. Do they read the same digits?
# <details><summary>Answer</summary>Not exactly: each misreads about ten, and most of these are read by
# the other.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Ten lines are a CNN that reads digits it has never seen, after seconds on a CPU.
# * It can be wrong and sure of itself. Another start reads the same five, so look at several.
# * Every operation is there in NumPy and in PyTorch, and both agree up to rounding.
# * Exercises tell how you did; nothing breaks.
#
# **On your own** Make the network smaller, 4 and 8 maps in place of 16 and 32 (the last layer then
# takes 32 numbers). Predict how much it loses, and try three starts: both zeros in the ten lines, of
# `manual_seed` and of `seed`, become 1, 2, 3.

# %% [markdown] slideshow={"slide_type": "skip"}
# | here | package | test |
# |---|---|---|
# | the training loop | `training/loop.py` | `tests/training/test_loop.py` |
# | other starts | `lessons/start_here/experiments.py` | `tests/lessons/start_here/test_experiments.py` |
# | the microscope | `live/microscope.js` | `tests/browser/test_microscope.py` |
# | NumPy against PyTorch | `parity` | `tests/parity` |
# | the tables | `contents.py` | `tests/test_contents.py` |
#
# **Sources** Digits: Alpaydin and Kaynak 1998, *Optical Recognition of Handwritten Digits*, UCI Machine
# Learning Repository. Equations: S. Chaki 2025, *Understanding Convolutional Neural Networks*, slides.
#
# **Next** 1, images and CNNs. Or 2, convolution, which needs nothing from it but this: an image is a
# table of numbers.
