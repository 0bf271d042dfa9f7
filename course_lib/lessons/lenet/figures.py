"""Still pictures of notebook 17."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib import plots
from course_lib.plots.style import CURVE_COLORS, INK, KERNEL, QUIET

CODE_ROWS, CODE_COLUMNS = 12, 7  # F6's 84 values as a picture


@plots.in_course_style
def show_opening(images: NDArray, found: Mapping[str, Sequence[float]]) -> Figure:
    """Draw digits in a row, and below it how many each network reads.

    Parameters
    ----------
    images : (L, H, W)
        Digits.
    found : mapping of str to sequence of float
        Accuracy by network, a value a seed.

    Returns
    -------
    Figure
        Two axes.

    Examples
    --------
    >>> len(show_opening(np.zeros((3, 8, 8)), {"one": [0.9, 0.8]}).axes)
    2
    """
    chart, axes = plots.figure(rows=2, height=3.9, height_ratios=[1.0, 2.0])
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1)), constant_values=1.0)
    plots.show_image(np.concatenate(list(padded), axis=1), ticks=False, ax=axes[0, 0])
    show_accuracies(found, ax=axes[1, 0])
    return chart


@plots.in_course_style
def show_accuracies(
    found: Mapping[str, Sequence[float]], *, start: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw a row for each network: a point a seed, a bar at their mean.

    Parameters
    ----------
    found : mapping of str to sequence of float
        Accuracy by network, a value a seed.
    start : str, default=None
        A network whose mean is drawn through all rows, to compare with.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The first network on top.

    Examples
    --------
    >>> ax = show_accuracies({"one": [0.9, 0.8]})
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['one']
    """
    label = "share of 1,000 unseen digits read right"
    reference = None if start is None else float(np.mean(found[start]))
    return plots.show_rows(
        found, label=label, limits=(0, 1), means=True, reference=reference, ax=ax
    )


@plots.in_course_style
def show_table(table: NDArray) -> Axes:
    """Draw which maps of S2 (rows) each map of C3 (columns) reads.

    Parameters
    ----------
    table : (16, 6)
        1 where a map of C3 reads a map of S2.

    Returns
    -------
    Axes
        Filled where a kernel is.

    Examples
    --------
    >>> ax = show_table(np.ones((16, 6)))
    >>> ax.get_xlabel()
    'map of C3'
    """
    ax = plots.figure(height=3.9)[1][0, 0]
    maps, read = table.shape
    for place, reads in np.ndenumerate(table):
        color = KERNEL if reads else "white"
        ax.add_patch(Rectangle(place, 1, 1, facecolor=color, edgecolor=QUIET))
    ax.set(xlim=(0, maps), ylim=(read, 0), aspect="equal", xlabel="map of C3", ylabel="map of S2")
    ax.set_xticks(np.arange(maps) + 0.5, range(maps))
    ax.set_yticks(np.arange(read) + 0.5, range(read))
    return ax


@plots.in_course_style
def show_codes(codes: NDArray) -> Figure:
    """Draw the ten pictures that the output compares with.

    Parameters
    ----------
    codes : (10, 84)
        +1 for ink, -1 for paper.

    Returns
    -------
    Figure
        An axes for each picture.

    Examples
    --------
    >>> len(show_codes(np.ones((10, 84))).axes)
    10
    """
    chart, axes = plots.figure(columns=len(codes), height=2.3)
    for digit, (ax, code) in enumerate(zip(axes[0], codes, strict=True)):
        ax.imshow(code.reshape(CODE_ROWS, CODE_COLUMNS), cmap="gray_r", vmin=-1.0, vmax=1.0)
        ax.set(xticks=[], yticks=[], title=str(digit))
    return chart


@plots.in_course_style
def show_squash() -> Axes:
    """Draw the scaled tanh, with its targets ±1 and its ceiling.

    Returns
    -------
    Axes
        The sum on the horizontal axis.

    Examples
    --------
    >>> show_squash().get_ylabel()
    'f(a)'
    """
    ax = plots.figure(width=7.0, height=3.6)[1][0, 0]
    a = np.linspace(-4, 4, 201)
    ax.plot(a, 1.7159 * np.tanh(2 * a / 3), "-", color=CURVE_COLORS[0], label="1.7159 tanh(2a/3)")
    ax.plot(a, np.tanh(a), "--", color=QUIET, label="tanh(a)")
    ax.plot([-1, 1], [-1, 1], "o", color=INK)
    ax.set(xlabel="sum a", ylabel="f(a)", ylim=(-2, 2), xlim=(-4, 4))
    ax.legend(loc="upper left")
    ax.grid(True)
    return ax


@plots.in_course_style
def show_spreads(found: Mapping[str, Mapping[str, float]]) -> Axes:
    """Draw how much the images differ in each layer, a line for each network.

    Parameters
    ----------
    found : mapping of str to mapping of str to float
        By network: layer names, and standard deviations over images.

    Returns
    -------
    Axes
        A logarithmic vertical axis.

    Examples
    --------
    >>> ax = show_spreads({"one": {"image": 0.3, "C1": 0.1}})
    >>> ax.get_yscale()
    'log'
    """
    ax = plots.figure(height=3.9)[1][0, 0]
    for (name, values), marker in zip(found.items(), "osD^", strict=False):
        ax.plot(list(values), list(values.values()), marker=marker, label=name)
    ax.set(yscale="log", ylabel="difference between digits\n(standard deviation)")
    ax.legend()
    ax.grid(True)
    return ax
