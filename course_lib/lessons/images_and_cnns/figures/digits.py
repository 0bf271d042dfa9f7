"""Digits in several arrangements of their pixels, and who can read them."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.plots.style import OKABE_ITO, QUIET

LOOKS = {"MLP": (OKABE_ITO["purple"], "s", "--"), "CNN": (OKABE_ITO["black"], "o", "-")}
GUESSING = 0.1  # with ten classes that are equally frequent


@plots.in_course_style
def show_tiles(images: Mapping[str, NDArray]) -> Figure:
    """Draw one or more rows of small images, each row under its own name.

    Parameters
    ----------
    images : mapping of str to (N, 1, H, W)
        Rows by name, all of the same length; gray levels from 0 to 1.

    Returns
    -------
    Figure
        A row of images for each name, which stands on its left.

    Examples
    --------
    >>> import numpy as np
    >>> chart = show_tiles({"dark": np.zeros((2, 1, 4, 4)), "light": np.ones((2, 1, 4, 4))})
    >>> [ax.get_ylabel() for ax in chart.axes]
    ['dark', '', 'light', '']
    """
    columns = len(next(iter(images.values())))
    size = {"width": min(9.0, 2.0 * columns), "height": 1.9 * len(images)}
    chart, axes = plots.figure(rows=len(images), columns=columns, **size)
    for row, (name, pictures) in zip(axes, images.items(), strict=True):
        for ax, picture in zip(row, pictures, strict=True):
            plots.show_image(picture, role="input", ticks=False, ax=ax)
        row[0].set_ylabel(name, fontsize=14)
    return chart


@plots.in_course_style
def show_readers(
    accuracies: Mapping[str, Mapping[str, Sequence[float]]], *, ax: Axes | None = None
) -> Axes:
    """Draw how well each network reads each arrangement: a line a seed, its name at the end.

    Parameters
    ----------
    accuracies : mapping of str to mapping of str to sequence of float
        For "MLP" and "CNN": shares of digits read right, a value a seed, by arrangement.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Accuracy against arrangement.

    Examples
    --------
    >>> ax = show_readers({"CNN": {"as they are": [0.9], "shuffled": [0.2]}})
    >>> [text.get_text() for text in ax.texts]
    ['CNN', 'guessing']
    """
    ax = plots.figure(width=7.5, height=3.6)[1][0, 0] if ax is None else ax
    names = list(next(iter(accuracies.values())))
    for network, found in accuracies.items():
        color, marker, line = LOOKS[network]
        for values in zip(*found.values(), strict=True):
            ax.plot(range(len(names)), values, line, marker=marker, color=color, lw=2)
        end = sum(found[names[-1]]) / len(found[names[-1]])
        ax.annotate(network, (len(names) - 1, end), (14, 0), textcoords="offset points",
                    va="center", fontsize=15, color=color)  # fmt: skip
    _finish(ax, names)
    ax.set_xlim(-0.3, len(names) - 0.6)
    return ax


@plots.in_course_style
def show_arrangements(
    cnn: Mapping[str, Sequence[float]],
    mlp: Mapping[str, Sequence[float]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw how well the CNN reads ever finer tiles: a point a seed; the MLP where it was measured.

    Parameters
    ----------
    cnn : mapping of str to sequence of float
        Shares of digits read right, a value a seed, by arrangement.
    mlp : mapping of str to sequence of float
        The same for the MLP, under some of the names.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Accuracy against arrangement.

    Examples
    --------
    >>> ax = show_arrangements({"whole": [0.9, 0.8], "tiles": [0.5, 0.6]}, {"whole": [0.4]})
    >>> [len(line.get_xdata()) for line in ax.lines[:3]]
    [2, 2, 1]
    """
    ax = plots.figure(height=4.2)[1][0, 0] if ax is None else ax
    names = list(cnn)
    for network, found in (("CNN", cnn), ("MLP", mlp)):
        color, marker, _ = LOOKS[network]
        for name, values in found.items():
            ax.plot([names.index(name)] * len(values), values, marker, color=color, alpha=0.8)
        ax.annotate(network, (0, min(found[names[0]])), (0, -22), textcoords="offset points",
                    ha="center", fontsize=15, color=color)  # fmt: skip
    _finish(ax, names)
    return ax


def _finish(ax: Axes, names: Sequence[str]) -> None:
    ax.axhline(GUESSING, color=QUIET, linestyle=":", lw=1.5)
    ax.text(-0.25, GUESSING - 0.03, "guessing", va="top", fontsize=12, color="#555555")
    ax.set_xticks(range(len(names)), [name.replace(", ", ",\n") for name in names])
    ax.tick_params(axis="x", labelsize=13)
    ax.set(ylabel="share of digits read right", ylim=(0, 1.02))
    ax.grid(True, axis="y")
