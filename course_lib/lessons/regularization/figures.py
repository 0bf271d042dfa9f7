"""Still pictures of notebook 15."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.plots.style import INK, INPUT, OKABE_ITO, OUTPUT, QUIET

TEST_COLOR = OKABE_ITO["red"]


class Accuracies(Protocol):
    """Shares read right of training and test images, one a network."""

    train: NDArray
    test: NDArray


class Watched(Protocol):
    """Measures (looks, networks) during a training, after `steps` (looks,) steps."""

    steps: NDArray
    train_loss: NDArray
    validation_loss: NDArray
    validation: NDArray
    test: NDArray


@plots.in_course_style
def show_gaps(rows: Mapping[str, Accuracies], *, ax: Axes | None = None) -> Axes:
    """Draw training and test accuracy of some networks, a row a method, joined by a line.

    Parameters
    ----------
    rows : mapping of str to Accuracies
        By the text of the row; a pair of points a network.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Rows from top to bottom; a dotted line at the mean test accuracy of the first.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> ax = show_gaps({"nothing": SimpleNamespace(train=np.ones(3), test=np.full(3, 0.4))})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['nothing']
    """
    ax = plots.figure(height=1.3 + 0.55 * len(rows))[1][0, 0] if ax is None else ax
    for row, each in enumerate(rows.values()):
        heights = row + 0.2 * (np.arange(len(each.train)) - (len(each.train) - 1) / 2)
        ax.hlines(heights, each.test, each.train, color=QUIET, lw=1.5)
        for values, color, marker, label in (
            (each.train, INPUT, "o", "training images"),
            (each.test, TEST_COLOR, "D", "new images"),
        ):
            ax.plot(values, heights, linestyle="", marker=marker, color=color, ms=7,
                    label=None if row else label)  # fmt: skip
    ax.axvline(np.mean(next(iter(rows.values())).test), color=QUIET, linestyle=":", lw=1.5)
    ax.set(xlabel="share of images read right", xlim=(0, 1.02), ylim=(len(rows) - 0.5, -0.5))
    ax.set_yticks(range(len(rows)), list(rows))
    ax.grid(True, axis="x")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return ax


@plots.in_course_style
def show_images(images: Sequence[NDArray], labels: Sequence[str]) -> Figure:
    """Draw small images in one row, each with a word below.

    Parameters
    ----------
    images : sequence of (H, W)
        Gray levels from 0 to 1.
    labels : sequence of str
        One an image.

    Returns
    -------
    Figure
        An axis an image.

    Examples
    --------
    >>> len(show_images([np.zeros((4, 4))] * 2, ["2", "7"]).axes)
    2
    """
    chart, axes = plots.figure(columns=len(images), height=2.2)
    for ax, image, label in zip(axes[0], images, labels, strict=True):
        ax.imshow(image, cmap="gray", vmin=0, vmax=1)
        ax.set_xlabel(label)
        ax.set_xticks([])
        ax.set_yticks([])
    return chart


@plots.in_course_style
def show_watched(watched: Watched) -> Figure:
    """Draw losses and accuracies during a training, a line a network.

    Parameters
    ----------
    watched : Watched
        Of some networks; a square marks the lowest validation loss of each.

    Returns
    -------
    Figure
        Two axes: losses, and shares read right.
    """
    chart, axes = plots.figure(columns=2, height=4.2)
    lowest, networks = watched.validation_loss.argmin(axis=0), range(watched.test.shape[1])
    curves = (
        (axes[0, 0], watched.train_loss, INPUT, "-", "training"),
        (axes[0, 0], watched.validation_loss, TEST_COLOR, "--", "validation"),
        (axes[0, 1], watched.test, TEST_COLOR, "--", "new images"),
    )
    for ax, values, color, line, name in curves:
        lines = ax.plot(watched.steps, values, color=color, linestyle=line, lw=2)
        lines[0].set_label(name)
        if name != "training":
            ax.plot(watched.steps[lowest], values[lowest, networks], "s", color=INK, ms=8,
                    label="lowest validation loss")  # fmt: skip
        ax.grid(True)
        ax.set(xlabel="step", xlim=(0, watched.steps[-1]))
    axes[0, 0].set(ylabel="loss (nats)", ylim=(0, None))
    axes[0, 1].set(ylabel="share of new images read right", ylim=(0, 1))
    axes[0, 0].legend(loc="center right", bbox_to_anchor=(1, 0.3))
    axes[0, 1].legend(loc="upper left")
    return chart


@plots.in_course_style
def show_draws(outputs: NDArray, *, mean: float, variance: float) -> Figure:
    """Draw mean and variance of the outputs so far, against how many masks were drawn.

    Parameters
    ----------
    outputs : (draws,)
        Of one unit, a value a mask.
    mean, variance : float
        What the formulas say; dotted lines.

    Returns
    -------
    Figure
        Two axes: mean, and variance (biased, of the outputs so far).

    Examples
    --------
    >>> chart = show_draws(np.array([1.0, 3.0]), mean=2.0, variance=1.0)
    >>> [ax.get_ylabel() for ax in chart.axes]
    ['mean of the output', 'variance of the output']
    """
    chart, axes = plots.figure(columns=2, height=3.8)
    shown = zip(axes[0], running(outputs), (mean, variance), ("mean", "variance"), strict=True)
    for ax, values, formula, name in shown:
        ax.plot(np.arange(1, len(outputs) + 1), values, color=OUTPUT)
        ax.axhline(formula, color=INK, linestyle=":", lw=2)
        ax.set(xlabel="masks drawn", ylabel=f"{name} of the output", xlim=(1, len(outputs)))
        ax.set_ylim(min(0, 1.1 * values.min()), 1.7 * max(formula, 1e-9))
        ax.grid(True)
    return chart


def running(outputs: NDArray) -> tuple[NDArray, NDArray]:
    """Compute mean and biased variance of the first 1, 2, … outputs."""
    counts = np.arange(1, len(outputs) + 1)
    means = np.cumsum(outputs) / counts
    return means, np.cumsum(outputs**2) / counts - means**2
