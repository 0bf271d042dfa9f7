"""Units and the pixels below them: cones through the layers, and the ways that lead up."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.lessons.receptive_fields.figures.photos import require_unit
from course_lib.plots.style import INPUT, OUTPUT, QUIET, axes_or_new, figure, in_course_style
from course_lib.shapes import conv_output_size

PALE = "#DDDDDD"
DOT = 130  # square points


@in_course_style
def show_field_cone(
    layers: Sequence[tuple[int, int]], *, length: int, unit: int = 0, ax: Axes | None = None
) -> Axes:
    """Draw layers of a one-dimensional network as rows of units, and what one unit sees.

    Parameters
    ----------
    layers : sequence of (int, int)
        Kernel size and stride of each layer, without padding.
    length : int
        Number of input pixels.
    unit : int, default=0
        Which unit of the last layer to follow back.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on; every unit stands above the center of its field.

    Raises
    ------
    TypeError, ValueError
        If a layer does not fit, or the last one has no such unit.

    Examples
    --------
    >>> ax = show_field_cone([(3, 1), (3, 1)], length=7, unit=1)
    >>> ax.get_title()
    'one unit sees 5 of 7 pixels'
    """
    rows = [np.arange(length, dtype=float)]
    for kernel, stride in layers:
        count = conv_output_size(len(rows[-1]), kernel, stride=stride)
        first, step = rows[-1][:kernel].mean(), stride * (rows[-1][1] - rows[-1][0])
        rows.append(first + step * np.arange(count))
    require_unit(unit, len(rows[-1]))
    seen = [{unit}]
    for kernel, stride in reversed(layers):
        seen.insert(0, {stride * i + u for i in seen[0] for u in range(kernel)})
    ax = axes_or_new(ax, width=9.0, height=2.9)
    for level, (kernel, stride) in enumerate(layers):
        _draw_links(ax, rows, level, kernel, stride, seen[level + 1])
    for level, places in enumerate(rows):
        strong = INPUT if level == 0 else OUTPUT
        colors = [strong if i in seen[level] else PALE for i in range(len(places))]
        ax.scatter(places, np.full(len(places), level), s=DOT, c=colors, zorder=3)
    names = [f"layer {n}: kernel {k}, stride {s}" for n, (k, s) in enumerate(layers, start=1)]
    ax.set_yticks(range(len(rows)), ["input", *names])
    ax.set(xlabel="place (pixels)", title=f"one unit sees {len(seen[0])} of {length} pixels")
    ax.set(xlim=(-0.7, length - 0.3), ylim=(-0.4, len(layers) + 0.4))
    return ax


@in_course_style
def show_growing_cones(layers: Sequence[tuple[int, int]], *, length: int) -> Figure:
    """Follow one unit of every layer down to its pixels, a picture a layer.

    Parameters
    ----------
    layers : sequence of (int, int)
        Kernel size and stride of each layer.
    length : int
        Number of input pixels.

    Returns
    -------
    Figure
        As many axes as layers; in each, the title names layer and field.

    Examples
    --------
    >>> chart = show_growing_cones([(3, 1), (2, 2)], length=10)
    >>> [ax.get_title() for ax in chart.axes]
    ['layer 1: 3 pixels', 'layer 2: 4 pixels']
    """
    chart, axes = figure(columns=len(layers), width=9.0, height=3.2)
    for number, ax in enumerate(axes[0], start=1):
        show_field_cone(layers[:number], length=length, unit=1, ax=ax)
        seen = ax.get_title().split()[3]
        ax.set(title=f"layer {number}: {seen} pixels", ylim=(-0.4, len(layers) + 0.4))
        ax.set_yticks(range(len(layers) + 1), ["input", *map(str, range(1, len(layers) + 1))])
        ax.set_xticks([])
        ax.set_xlabel("pixels")
    axes[0, 0].set_ylabel("layer")
    return chart


@in_course_style
def show_ways(depth: int, *, ax: Axes | None = None) -> Axes:
    """Write at every place below one unit how many ways lead from there up to it.

    Parameters
    ----------
    depth : int
        Layers of kernel 3 and stride 1.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The unit on top with a 1, below it a row a layer, the pixels at the bottom.

    Examples
    --------
    >>> ax = show_ways(2)
    >>> [text.get_text() for text in ax.texts]
    ['1', '2', '3', '2', '1', '1', '1', '1', '1']
    """
    ax = axes_or_new(ax, width=9.0, height=3.2)
    ways = [np.ones(1, int)]
    for _ in range(depth):
        ways.insert(0, np.convolve(ways[0], np.ones(3, int)))
    rows = [np.arange(len(row)) - len(row) // 2 for row in ways]
    links = [
        [(x + u, level), (x, level + 1)]
        for level, above in enumerate(rows[1:])
        for x in above
        for u in (-1, 0, 1)
    ]
    ax.add_collection(LineCollection(links, colors=QUIET, linewidths=1.2, zorder=1))
    for level, (places, numbers) in enumerate(zip(rows, ways, strict=True)):
        color = INPUT if level == 0 else OUTPUT
        ax.scatter(places, np.full(len(places), level), s=620, c=color, zorder=3)
        for place, number in zip(places, numbers, strict=True):
            look = {"color": "white", "weight": "bold", "zorder": 4}
            ax.text(place, level - 0.02, str(number), ha="center", va="center", **look)
    names = [f"layer {number}" for number in range(1, depth + 1)]
    ax.set_yticks(range(depth + 1), ["pixels", *names])
    ax.set(xlabel="place (pixels from the middle)", ylim=(-0.4, depth + 0.4))
    ax.set(xlim=(-depth - 0.6, depth + 0.6), xticks=range(-depth, depth + 1))
    return ax


def _draw_links(
    ax: Axes, rows: list[NDArray], level: int, kernel: int, stride: int, strong: set[int]
) -> None:
    links = [
        ([(rows[level][stride * i + u], level), (x, level + 1)], i in strong)
        for i, x in enumerate(rows[level + 1])
        for u in range(kernel)
    ]
    for chosen, color, line in ((False, PALE, 1.0), (True, QUIET, 2.0)):
        lines = [link for link, is_strong in links if is_strong == chosen]
        ax.add_collection(LineCollection(lines, colors=color, linewidths=line, zorder=1 + chosen))
