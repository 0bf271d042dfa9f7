"""Still pictures of notebook 27."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.seeing_what_cnns_learn import maps
from course_lib.plots.style import CURVE_COLORS, KERNEL, QUIET, axes_or_new, in_course_style

BRIGHTEST = 0.99  # share of a map's values below white: a few very large ones hide nothing
FINEST = 112  # rows of a map that are drawn
LONGEST = 18  # letters of a title that fit above a map
LOOKS = dict(zip(maps.METHODS, ("o", "s", "^"), strict=True))


@in_course_style
def show_panels(panels: Mapping[str, NDArray], *, columns: int = 4, side: float = 2.1) -> Figure:
    """Draw pictures (C, H, W) and maps (H, W) side by side, each under its title.

    Parameters
    ----------
    panels : mapping of str to array
        In reading order. Maps are gray, as `as_gray` makes them.
    columns : int, default=4
        Panels in a row.
    side : float, default=2.1
        Width of a panel, in units of 100 displayed pixels.

    Returns
    -------
    Figure
        Axes without ticks.

    Examples
    --------
    >>> drawn = show_panels({"photo": np.ones((3, 4, 4)), "map": np.eye(4)})
    >>> [ax.get_title() for ax in drawn.axes]
    ['photo', 'map']
    """
    rows = -(-len(panels) // columns)
    tallest = max(each.shape[-2] / each.shape[-1] for each in panels.values())
    size = {"width": min(9.0, columns * side), "height": rows * (side * tallest + 0.35)}
    drawn, axes = plots.figure(rows=rows, columns=columns, **size)
    for ax in axes.flat[len(panels) :]:
        ax.remove()
    for ax, (title, values) in zip(axes.flat, panels.items(), strict=False):
        picture = values if values.ndim == 3 else as_gray(values)
        plots.show_image(picture, title=title, ticks=False, ax=ax)
    return drawn


def as_gray(values: NDArray) -> NDArray:
    """Scale a map to 0 … 1, its smallest value black, white where a hundredth is larger.

    A map with more than 112 rows is drawn by means of 2×2 places, finer than an eye can follow.

    Examples
    --------
    >>> as_gray(np.eye(224)).shape, as_gray(np.full((2, 2), 7.0)).max()
    ((112, 112), np.float64(0.0))
    """
    if values.shape[0] > FINEST:
        height, width = (size // 2 for size in values.shape)
        values = values.reshape(height, 2, width, 2).mean(axis=(1, 3))
    low, high = values.min(), np.quantile(values, BRIGHTEST)
    span = high - low or values.max() - low  # where nearly all is black, white is the largest
    return np.clip((values - low) / span, 0, 1) if span else np.zeros_like(values)


def mosaic(kernels: NDArray, *, columns: int = 8, size: int = 7) -> NDArray:
    """Lay kernels (K, 3, K_h, K_w) side by side in one picture (3, H, W), a white line between.

    Each is scaled by its largest weight: gray is 0, a color is what it looks for.

    Examples
    --------
    >>> mosaic(np.zeros((4, 3, 3, 3)), columns=2, size=1).shape
    (3, 9, 9)
    """
    tallest = np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
    pixels = 0.5 + kernels / np.where(tallest, 2 * tallest, 1)
    pixels = pixels.repeat(size, axis=2).repeat(size, axis=3)
    framed = np.pad(pixels, ((0, 0), (0, 0), (0, size), (0, size)), constant_values=1.0)
    count, channels, height, width = framed.shape
    grid = framed.reshape(count // columns, columns, channels, height, width)
    joined = grid.transpose(2, 0, 3, 1, 4).reshape(
        channels, -1, columns * width
    )  # channels first, then rows of kernels
    return np.pad(joined, ((0, 0), (size, 0), (size, 0)), constant_values=1.0)


@in_course_style
def show_falls(picture: NDArray, falls: NDArray, *, window: int, place: tuple[int, int]) -> Figure:
    """Draw an image with one window covered, and the map of how far the score fell.

    Parameters
    ----------
    picture : (3, H, W)
        Values from 0 to 1.
    falls : (rows, columns)
        From `analysis.occlusion`, with a stride of half a window.
    window : int
        Side of the window, in pixels.
    place : (int, int)
        Row and column of `falls` whose window is shown.

    Returns
    -------
    Figure
        Two axes and a color bar.

    Examples
    --------
    >>> drawn = show_falls(np.ones((3, 8, 8)), np.eye(3), window=4, place=(1, 1))
    >>> drawn.axes[0].patches[0].get_xy()
    (1.5, 1.5)
    """
    row, column = (window // 2 * each for each in place)
    covered = np.array(picture)
    covered[:, row : row + window, column : column + window] = 0.5
    drawn, axes = plots.figure(columns=2, width=8.4, height=3.6, width_ratios=(1, 1.25))
    corner = {"row": row, "column": column, "height": window, "width": window}
    plots.show_image(covered, title="one window covered", ticks=False, ax=axes[0, 0])
    plots.mark_window(axes[0, 0], **corner, color=KERNEL, line=3)
    plots.show_map(falls, unit="fall of the score", title="all places", ticks=False, ax=axes[0, 1])
    size = {"height": 1, "width": 1}
    plots.mark_window(axes[0, 1], row=place[0], column=place[1], **size, color=KERNEL, line=3)
    return drawn


@in_course_style
def show_over(pictures: Sequence[NDArray], rough: Mapping[str, NDArray]) -> Figure:
    """Lay rough maps over gray pictures: yellow is large.

    Parameters
    ----------
    pictures : sequence of (3, H, W)
        One a map, values from 0 to 1.
    rough : mapping of str to (H', W')
        By the title above.

    Returns
    -------
    Figure
        A row of axes.

    Examples
    --------
    >>> len(show_over([np.ones((3, 8, 8))], {"cup": np.eye(2)}).axes[0].images)
    2
    """
    drawn, axes = plots.figure(columns=len(rough), width=2.2 * len(rough), height=2.5)
    for ax, picture, (title, values) in zip(axes[0], pictures, rough.items(), strict=True):
        lines = "\n".join(textwrap.wrap(title, LONGEST))
        plots.show_image(picture.mean(axis=0), title=lines, ticks=False, ax=ax)
        height, width = picture.shape[1:]
        extent = (-0.5, width - 0.5, height - 0.5, -0.5)
        ax.imshow(values, cmap="viridis", alpha=0.6, extent=extent, interpolation="bilinear")
    return drawn


@in_course_style
def show_survival(
    found: Mapping[str, NDArray], shares: Sequence[float], *, ax: Axes | None = None
) -> Axes:
    """Draw how much of each method's map is left when weights are drawn anew.

    Parameters
    ----------
    found : mapping of str to (depths, seeds)
        Rank correlations by method.
    shares : sequence of float
        Share of the parameters drawn anew at each depth.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        A line through the means of each method, and a point a seed.

    Examples
    --------
    >>> ax = show_survival({"gradient": np.array([[0.5, 0.7], [0.2, 0.2]])}, [0.3, 1.0])
    >>> [round(float(y), 2) for y in ax.lines[0].get_ydata()]
    [1.0, 0.6, 0.2]
    """
    ax = axes_or_new(ax, width=9.0, height=4.0)
    steps = range(len(shares) + 1)
    for color, (name, values) in zip(CURVE_COLORS, found.items(), strict=False):
        means = [1.0, *np.mean(values, axis=1)]
        ax.plot(steps, means, color=color, label=name)
        marker = LOOKS.get(name, "o")
        for step, each in enumerate(values, start=1):
            ax.plot([step] * len(each), each, marker, color=color, alpha=0.7)
        ax.text(len(shares) + 0.08, means[-1], name, color=color, va="center")
    ax.axhline(0, color=QUIET, lw=1, linestyle=":")
    ax.set_xticks(steps, ["0 %", *(f"{100 * share:.0f} %" for share in shares)])
    ax.set(
        xlabel="share of the parameters drawn anew", ylabel="rank correlation", ylim=(-0.4, 1.08)
    )
    ax.set(xlim=(-0.1, len(shares) + 0.9), ylim=(-0.4, 1.08))
    return ax


@in_course_style
def show_frame(picture: NDArray, before: NDArray, after: NDArray, title: str) -> Figure:
    """Draw what the live figure begins with: a photograph, and its map before and after.

    Parameters
    ----------
    picture : (H, W) or (3, H, W)
        Values from 0 to 1.
    before, after : (28, 28)
        The map of the trained network, and of the other.
    title : str
        What stands above the second map.

    Returns
    -------
    Figure
        Three axes.

    Examples
    --------
    >>> len(show_frame(np.ones((4, 4)), np.eye(3), np.eye(3), "1 part drawn anew").axes)
    3
    """
    drawn, axes = plots.figure(columns=3, width=8.4, height=3.0)
    plots.show_image(picture, title="photograph", ticks=False, ax=axes[0, 0])
    for ax, values, text in zip(axes[0, 1:], (before, after), ("trained", title), strict=True):
        ax.imshow(values, cmap="viridis", vmin=0, vmax=values.max() or 1)
        ax.set_title(text)
        ax.set(xticks=[], yticks=[])
    return drawn
