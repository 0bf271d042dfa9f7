"""Images and their shifted copies on their way through a network, and what it makes of them."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.analysis.equivariance import shift_image
from course_lib.lessons.equivariance_and_invariance.experiments import (
    FACTOR,
    moved_along,
    shift_maps,
)
from course_lib.plots.curves import name_at_the_right
from course_lib.plots.images import show_image
from course_lib.plots.style import (
    CURVE_COLORS,
    INK,
    OUTPUT,
    QUIET,
    axes_or_new,
    figure,
    frame,
    in_course_style,
)

WIDTH, HEIGHT = 9.0, 4.7  # in units of 100 displayed pixels
SIDE = 1.72
LINE_OF_TEXT = 0.075  # of an axis from 0 to 1


@in_course_style
def show_shift(image: NDArray, *, down: int, right: int, halving: str = "max pooling") -> Figure:
    """Draw what convolution, pooling and a dense layer make of a shifted image.

    Above: the shifted image and the output of each layer. Below: what is left of each map after
    subtracting the map of the unshifted image, moved along as far as it should have moved.

    Parameters
    ----------
    image : (H, W)
        Gray levels from 0 to 1; H and W are multiples of 4. Shifts wrap around.
    down, right : int
        The shift, in pixels.
    halving : {"stride", "max pooling", "average pooling", "blur pooling"}
        How the map is halved, twice; see `experiments.shift_maps`.

    Returns
    -------
    Figure
        Axes, above: image, convolution, small map, scores; below: unshifted image, two
        differences, change of the scores; last the color bar.

    Raises
    ------
    ValueError
        As `shift_maps`.

    Examples
    --------
    >>> chart = show_shift(np.eye(8), down=0, right=4)
    >>> [ax.get_title() for ax in chart.axes[5:7]]
    ['difference 0 %', 'difference 0 %']
    """
    before = shift_maps(image, halving=halving)
    shifted = shift_image(image, (down, right))
    after = shift_maps(shifted, halving=halving)
    shifts = {"shift": (down, right)}
    expected = [
        moved_along(before.conv, after.conv, stride=1, **shifts),
        moved_along(before.small, after.small, stride=FACTOR, **shifts),
    ]
    chart = plt.figure(figsize=(WIDTH, HEIGHT), layout="none")
    top, bottom = ([_axes_at(chart, column, y) for column in range(4)] for y in (2.62, 0.42))
    show_image(shifted, title="shifted input", role="input", ticks=False, ax=top[0])
    show_image(image, title="input", role="input", ticks=False, ax=bottom[0])
    _draw_maps(chart, top[1:3], bottom[1:3], (after.conv, after.small), expected, halving)
    _draw_scores(top[3], bottom[3], before.scores, after.scores)
    return chart


def relative_change(values: NDArray, expected: NDArray) -> float:
    """Measure ||values - expected|| / ||expected||."""
    return float(np.linalg.norm(values - expected) / (np.linalg.norm(expected) or 1.0))


def _axes_at(chart: Figure, column: int, bottom: float) -> Axes:
    left = (0.12, 2.02, 3.92, 7.08)[column]
    return chart.add_axes((left / WIDTH, bottom / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT))


def _draw_maps(
    chart: Figure,
    top: list[Axes],
    bottom: list[Axes],
    maps: tuple[NDArray, NDArray],
    expected: list[NDArray],
    halving: str,
) -> None:
    high = max(float(values.max()) for values in (*maps, *expected)) or 1.0
    scale = {"cmap": "RdBu_r", "vmin": -high, "vmax": high}
    titles = ("convolution", f"{halving} ×2")
    for above, below, values, wanted, title in zip(
        top, bottom, maps, expected, titles, strict=True
    ):
        above.imshow(values, **scale)
        above.set_title(title)
        below.imshow(values - wanted, **scale)
        below.set_title(f"difference {100 * relative_change(values, wanted):.0f} %")
        for ax in (above, below):
            ax.set(xticks=[], yticks=[])
            frame(ax, OUTPUT)
    place = chart.add_axes((5.75 / WIDTH, 0.6 / HEIGHT, 0.12 / WIDTH, 3.55 / HEIGHT))
    colors = ScalarMappable(Normalize(-high, high), cmap="RdBu_r")
    chart.colorbar(colors, cax=place, label="response (gray levels)")


def _draw_scores(top: Axes, bottom: Axes, before: NDArray, after: NDArray) -> None:
    classes = np.arange(len(before))
    high = 1.1 * max(np.abs(before).max(), np.abs(after).max(), 1e-9)
    for ax, values in ((top, after), (bottom, after - before)):
        ax.bar(classes, values, color=OUTPUT)
        ax.axhline(0, color=INK, linewidth=1)
        ax.set(xticks=[], ylim=(-high, high))
    top.plot(classes, before, linestyle="", marker="_", markersize=11, color=QUIET, mew=3)
    top.set(title="dense scores", xlabel="gray: unshifted")
    bottom.set(title=f"change {100 * relative_change(after, before):.0f} %", xlabel="score 0 to 9")


@in_course_style
def show_digits(rows: Mapping[str, NDArray]) -> Figure:
    """Draw rows of digits, dark on white.

    Parameters
    ----------
    rows : mapping of str to (N, 1, H, W)
        Images by the name of the row, as many in each.

    Returns
    -------
    Figure
        An axes a digit.

    Examples
    --------
    >>> chart = show_digits({"in the middle": np.zeros((3, 1, 4, 4))})
    >>> len(chart.axes)
    3
    """
    columns = len(next(iter(rows.values())))
    chart, axes = figure(rows=len(rows), columns=columns, height=1.35 * len(rows))
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, images, strict=True):
            show_image(1 - image, role="input", ticks=False, ax=ax)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
    return chart


@in_course_style
def show_shares(
    shares: Mapping[str, Mapping[str, Sequence[float]]], *, ax: Axes | None = None
) -> Axes:
    """Draw shares of digits read right, a row a network and a point a seed.

    Parameters
    ----------
    shares : mapping of str to mapping of str to sequence of float
        By the name of the network, and then of what it was tried on; at most three kinds.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Rows and shares.

    Examples
    --------
    >>> ax = show_shares({"a": {"middle": [0.9], "moved": [0.5]}})
    >>> [text.get_text() for text in ax.texts]
    ['middle', 'moved']
    """
    ax = axes_or_new(ax, width=9.0, height=0.9 + 0.75 * len(shares))
    for row, kinds in enumerate(shares.values()):
        for number, (kind, values) in enumerate(kinds.items()):
            color, marker = CURVE_COLORS[number], "os^"[number]
            at = row + 0.11 * (np.arange(len(values)) - (len(values) - 1) / 2)
            ax.plot(values, at, marker, color=color, ms=9, mfc="none", mew=2.2)
            if row == len(shares) - 1:  # of the networks, where the kinds lie furthest apart
                ax.text(np.mean(values), row + 0.32, kind, color=color, ha="center", va="top")
    ax.set_yticks(range(len(shares)), list(shares))
    ax.set(xlim=(0, 1.02), ylim=(len(shares) - 0.15, -0.5), xlabel="share of digits read right")
    ax.grid(True)
    return ax


@in_course_style
def show_by_shift(curves: Mapping[str, NDArray], *, ax: Axes | None = None) -> Axes:
    """Draw how well networks read digits that have moved by 0, 1, 2, ... pixels.

    Parameters
    ----------
    curves : mapping of str to (S, D)
        Shares read right by the name of the network: a row a seed, a column a shift.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        A point a seed and shift, lines through the means, names at their ends.

    Examples
    --------
    >>> ax = show_by_shift({"a": np.ones((3, 5))})
    >>> ax.get_xticks().tolist()
    [0, 1, 2, 3, 4]
    """
    ax = axes_or_new(ax, width=9.0, height=4.2)
    for values, color, marker in zip(curves.values(), CURVE_COLORS, "os^D", strict=False):
        shifts = np.arange(values.shape[1])
        ax.plot(shifts, values.mean(axis=0), color=color, linestyle=":", lw=1.5)
        ax.plot(shifts, values.T, marker, color=color, mfc="none", mew=1.8, ms=8, ls="")
    ends = {n: v[:, -1].mean() for n, v in curves.items()}
    name_at_the_right(ax, ends, shifts[-1] + 0.12, line_of_text=LINE_OF_TEXT)
    ax.set(xlabel="shift of the test digits to the right (pixels)", ylabel="share read right")
    ax.set(xticks=shifts, xlim=(-0.1, shifts[-1] + 1.2), ylim=(0, 1.03))
    ax.grid(True)
    return ax


@in_course_style
def show_by_count(
    counts: Sequence[int], curves: Mapping[str, NDArray], *, ax: Axes | None = None
) -> Axes:
    """Draw how well networks read unseen digits, against the number of training images.

    Parameters
    ----------
    counts : sequence of int
        Training images.
    curves : mapping of str to (S, D)
        Shares read right by the name of the network: a row a seed, a column a count.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        A point a seed and count, names at the right.

    Examples
    --------
    >>> ax = show_by_count([50, 250], {"a": np.ones((3, 2))})
    >>> ax.get_xscale()
    'log'
    """
    ax = axes_or_new(ax, width=9.0, height=4.2)
    for values, color, marker in zip(curves.values(), CURVE_COLORS, "os^D", strict=False):
        ax.plot(counts, values.mean(axis=0), color=color, linestyle=":", lw=1.5)
        ax.plot(counts, values.T, marker, color=color, mfc="none", mew=1.8, ms=8, ls="")
    ends = {n: v[:, -1].mean() for n, v in curves.items()}
    name_at_the_right(ax, ends, 1.12 * counts[-1], line_of_text=LINE_OF_TEXT)
    ax.set(xscale="log", xlim=(0.8 * counts[0], 2.2 * counts[-1]), ylim=(0, 1.03))
    ax.set_xticks(counts, [f"{count:,}" for count in counts])
    ax.minorticks_off()
    ax.set(xlabel="training images", ylabel="share of unseen digits read right")
    ax.grid(True)
    return ax
