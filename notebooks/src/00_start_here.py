# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 0. Start here: train your first CNN in ten lines
#
# **You will** let a small network learn real handwritten digits, look around in the course, and
# try the exercises out.
# **You need** a little Python. **Time** 20 min, CPU, no network.
#
# | here | package | test | source |
# |---|---|---|---|
# | the training loop | `training/loop.py` | `tests/training/test_loop.py` | notebook 16 |
# | the digits | `datasets/digits.py` | `tests/datasets/` | Alpaydin and Kaynak 1998 |
# | NumPy against PyTorch | `parity/` | `tests/parity/` | – |
# | this map | `contents.py` | `tests/test_contents.py` | – |

# %% slideshow={"slide_type": "skip"}
import os
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from IPython.display import Markdown
from torch import nn

from course_lib import contents, datasets, parity, plots, training
from course_lib.exercises import check, hint, progress, solution  # noqa: F401 (for the reader)

rng = np.random.default_rng(seed=0)
here = Path()  # the folder of the notebooks

# %% [markdown] slideshow={"slide_type": "subslide"} deck=["What are Convolutional Neural Networks?"]
# ## What is this about?
# A **neural network** is a long formula with many adjustable numbers, its **weights**. *Training*
# adjusts them, step by step, until the formula gives the right answers for examples.
#
# A **convolutional** neural network, CNN for short, is a network for images. It looks at a small
# window of the image at a time, with the same weights for every window.
#
# This course builds CNNs twice: in **NumPy**, where you can read every line, and in **PyTorch**,
# which is fast and runs on a GPU. Every result of one is held against the other.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A CNN in ten lines
# Real digits, written by hand, 8 × 8 pixels. The network sees some of them with the right answer,
# and is then asked about 500 others. Click the cell and press **Shift + Enter**. **Predict** first:
# how many of the 500 will be right, after how many seconds?

# %% slideshow={"slide_type": "fragment"}
torch.manual_seed(0)
digits = datasets.load("digits")
cnn = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(128, 10),
)  # fmt: skip
history = training.fit(
    cnn, digits, epochs=6, batch_size=32, optimizer="momentum", learning_rate=0.1,
    schedule="one_cycle", device="cpu", seed=0, progress=False)  # fmt: skip

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
accuracy, seconds = history.test_accuracies[-1], sum(history.seconds)
print("learned in under 10 seconds:", "yes" if seconds < 10 else "no")
print("more than 95% of 500 new digits right:", "yes" if accuracy > 0.95 else "no")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
print(f"{accuracy:.1%} right after {seconds:.1f} s on this machine")

# %% [markdown] slideshow={"slide_type": "notes"}
# For the lecturer: run the cell live, and let the hall guess first. Most people guess minutes. The
# lines are not explained here on purpose; notebook 16 takes them apart.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Look at its answers
# The first ten of the 500 digits it had never seen. Above each: what the network reads.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
read = training.predict(cnn, digits.x_test[:10], device="cpu").argmax(axis=1)
chart, axes = plots.figure(rows=2, columns=5, height=3.8)
for ax, image, label in zip(axes.flat, digits.x_test, read, strict=False):
    plots.show_image(image, title=f"reads {label}", ticks=False, ax=ax)
plots.describe(chart, "Ten handwritten digits of eight by eight pixels, each under the digit that "
               "the network takes it for.")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Was that luck?
# A network starts from random weights. So one result says little. Three starts, three results:


# %% slideshow={"slide_type": "fragment"}
def learn_again(seed):
    torch.manual_seed(seed)
    for layer in cnn:
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()  # forget everything
    return training.fit(
        cnn, digits, epochs=6, batch_size=32, optimizer="momentum", learning_rate=0.1,
        schedule="one_cycle", device="cpu", seed=seed, progress=False,
    ).test_accuracies[-1]  # fmt: skip


results = [learn_again(seed) for seed in (1, 2, 3)]
print("more than 95% right each time:", "yes" if min(results) > 0.95 else "no")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
print(f"mean {np.mean(results):.1%}, spread (standard deviation) {np.std(results):.1%}")

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
# Every formula comes with such a table, and with code that you can run.

# %% slideshow={"slide_type": "fragment"}
p, t = np.array([3, 1, 4, 1]), np.array([3, 1, 4, 7])
float(np.mean(p == t))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two libraries, one result
# Every operation of the course exists twice, under the same name: `numpy_ops.conv2d` to be read,
# `torch_ops.conv2d` to be used. Both run on the same random inputs, forward and backward. Only
# rounding may differ. **Predict:** in which digit?

# %% slideshow={"slide_type": "fragment"}
rows = parity.run(operations=["conv2d", "max_pool2d", "relu", "linear", "cross_entropy"])
print(f"{'operation':14} {'cases':>5}  largest error within tolerance")
for name in dict.fromkeys(row.operation for row in rows):
    mine = [row for row in rows if row.operation == name]
    passed = all(row.passed for row in mine)
    print(f"{name:14} {len(mine):5}  ≤ {mine[0].tolerance.output:.0e}: {'yes' if passed else 'no'}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# `course parity` in a terminal does this for all operations, and `course parity --device cuda` on
# your GPU.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a notebook looks like
# * It tells first what you will do, and ends with what you saw.
# * **Predict** means: stop, write down a guess, then run. A wrong guess teaches most.
# * A picture comes with words for those who cannot see it, and in colors that most can tell apart:
#   blue is an input, orange a kernel, green an output, red a gradient.
# * Sliders need a running kernel: *Run → Run All Cells*. A still picture stands beside them.
# * Numbers that depend on your machine are measured on your machine.
# * Most notebooks say "Your turn". Run-all reaches the bottom whether you took it or not.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
# `check(name, answer)` tells you how you did. Never mind mistakes: nothing breaks, and
# nobody sees them. Here is a wrong answer on purpose (`record=False` keeps it out of your record),
# and a hint.

# %% slideshow={"slide_type": "fragment"}
check("00.pixels", 600, record=False)

# %% slideshow={"slide_type": "fragment"}
hint("00.pixels")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: by hand
# How many numbers make a color photo of 20 rows and 30 columns? Put your answer in place of the
# three dots.

# %% slideshow={"slide_type": "fragment"}
check("00.pixels", ...)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: in code
# Write the negative of a gray image: black (0) becomes white (1), white becomes black.


# %% slideshow={"slide_type": "fragment"}
def negative(image):
    # your code: return an array of the same shape
    return None


check("00.negative", negative)
# hint("00.negative")
# solution("00.negative")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your turn: why?
# Why is the network judged on images that it has not been trained with?
#
# * **a** Training images are used up after one pass.
# * **b** It may have learned the training images by heart, which says nothing about new ones.
# * **c** Test images are easier, so the result looks better.
# * **d** There are too few training images to measure with.

# %% slideshow={"slide_type": "fragment"}
check("00.why", ...)  # put "a", "b", "c" or "d" in place of ...

# %% [markdown] slideshow={"slide_type": "skip"}
# `solution("00.negative")` shows a right answer. `progress()` lists what you have solved (✓), tried
# (✗) and not begun (·). It is kept in your own data folder, not in the course.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
progress()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three ways through the course
# * **Self-study:** notebook by notebook, exercises included.
# * **Lecture:** six times 90 minutes, with slides from the same notebooks.
# * **Refresher:** you know CNNs already and want the parts that are often told wrong.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which notebooks
# Made from what is there: in italics what is planned.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
Markdown(contents.reading_paths(here))

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "nbval-ignore-output"]
Markdown(contents.contents_table(here))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From equation to code to test
# A slide deck with numbered equations stands behind the course. Here is where each is derived (in
# italics: planned), computed and tested.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "nbval-ignore-output"]
Markdown(contents.equation_map(here))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Slides and commands
# | in a terminal | does |
# |---|---|
# | `course lab` | opens JupyterLab on this notebook |
# | `course slides 02` | writes the slides of notebook 2 as one HTML file that needs no network |
# | `course parity` | compares NumPy and PyTorch on every operation |
# | `course train digits` | trains a small CNN; also on your own `.npz` file or folder of pictures |
#
# In JupyterLab the slide button in the toolbar of a notebook shows the same slides live, with
# sliders that move.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your machine
# Versions, device and data of *this* machine. If you report a problem, copy this.

# %% slideshow={"slide_type": "fragment"} tags=["nbval-ignore-output"]
print("Python", platform.python_version(), "on", platform.system(), platform.machine())
for package in ("numpy", "torch", "scikit-learn", "scikit-image", "matplotlib", "ipywidgets"):
    print(f"{package:13} {version(package)}")
device = training.find_device("auto")
print(f"device        {torch.cuda.get_device_name() if device.type == 'cuda' else 'CPU'}")
print(f"CPU           {os.cpu_count()} cores, PyTorch uses {torch.get_num_threads()} threads")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Data that is there without a network
# Real digits, pictures generated from them, photographs. `datasets.from_npz` and
# `datasets.from_folder` take your own.

# %% slideshow={"slide_type": "fragment"}
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
# 2. Why are there three results, and not one?
# <details><summary>Answer</summary>The start is random. The spread of several results tells how much
# of one result is chance.</details>
#
# 3. Why does every operation exist twice?
# <details><summary>Answer</summary>NumPy can be read line by line, PyTorch is fast. Since both must
# agree, each guards the other against mistakes.</details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you saw
# * Ten lines are a CNN that reads digits it has never seen, after seconds on a CPU.
# * Every operation is there in NumPy and in PyTorch, and both agree up to rounding.
# * Exercises tell how you did; nothing breaks.
# * The map leads from an equation to its notebook, its code and its test.
#
# **On your own** Make the network smaller: 4 and 8 maps in place of 16 and 32. How much does it lose?

# %% [markdown] slideshow={"slide_type": "skip"}
# **Sources** Digits: Alpaydin and Kaynak 1998, *Optical Recognition of Handwritten Digits*, UCI
# Machine Learning Repository. Equations: S. Chaki 2025, *Understanding Convolutional Neural Networks*,
# slides; notebooks say where the course differs.
#
# **Next** 1, images and CNNs. Or 2, convolution, which needs nothing from it but this:
# an image is a table of numbers.
