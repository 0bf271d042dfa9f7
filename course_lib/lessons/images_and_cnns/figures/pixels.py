"""How alike pixels are, and why a dense unit does not ask which of them are neighbors."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.images_and_cnns.experiments import pixel_correlation
from course_lib.plots.style import INPUT, KERNEL, OKABE_ITO, OUTPUT, QUIET

NUM_PAIRS = 1500  # enough to see the cloud, few enough to see through it


@plots.in_course_style
def show_pairs(
    image: NDArray, *, distances: Sequence[int], generator: np.random.Generator
) -> Figure:
    """Draw pairs of pixels as points: one pixel across, its partner to the right upward.

    Parameters
    ----------
    image : (H, W)
        Gray levels from 0 to 1.
    distances : sequence of int
        Columns between the partners, in pixels; a panel each.
    generator : numpy.random.Generator
        Chooses which pairs are drawn; r is computed from all of them.

    Returns
    -------
    Figure
        A panel for each distance, with r above it.

    Examples
    --------
    >>> ramp = np.tile(np.linspace(0, 1, 8), (4, 1))
    >>> chart = show_pairs(ramp, distances=[1, 2], generator=np.random.default_rng(seed=0))
    >>> chart.axes[0].get_title()
    '1 pixel apart: r = 1.00'
    """
    chart, axes = plots.figure(columns=len(distances), height=3.6)
    for ax, distance in zip(axes.flat, distances, strict=True):
        left, right = image[:, :-distance].ravel(), image[:, distance:].ravel()
        chosen = generator.permutation(left.size)[:NUM_PAIRS]
        ax.plot(left[chosen], right[chosen], ".", color=INPUT, ms=3, alpha=0.5)
        (r,) = pixel_correlation(image, [distance])
        unit = "pixel" if distance == 1 else "pixels"
        ax.set(title=f"{distance} {unit} apart: r = {r:.2f}", xlabel="gray level of a pixel",
               xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")  # fmt: skip
    axes[0, 0].set_ylabel("of its partner")
    return chart


@plots.in_course_style
def show_alike(
    distances: NDArray,
    photos: Mapping[str, NDArray],
    shuffled: Mapping[str, NDArray],
    *,
    named: Sequence[str],
    ax: Axes | None = None,
) -> Axes:
    """Draw correlation against distance, a line a photo, and the same photos with shuffled pixels.

    Parameters
    ----------
    distances : (D,)
        Columns between the partners, in pixels.
    photos, shuffled : mapping of str to (D,)
        Correlations of each photo, by its name.
    named : sequence of str
        Photos whose names stand beside their lines; their lines are darker.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Examples
    --------
    >>> lines = {"cat": np.array([0.9, 0.5])}
    >>> ax = show_alike(np.array([1, 2]), lines, {"cat": np.zeros(2)}, named=["cat"])
    >>> len(ax.lines)
    2
    """
    ax = plots.figure(width=8.5, height=4.2)[1][0, 0] if ax is None else ax
    for name, values in photos.items():
        picked = name in named
        ax.plot(distances, values, "o-", color=INPUT, alpha=1 if picked else 0.35,
                lw=2.5 if picked else 1.5, ms=7 if picked else 4)  # fmt: skip
        if picked:
            ax.annotate(name, (distances[-1], values[-1]), (10, 0), textcoords="offset points",
                        va="center", fontsize=13)  # fmt: skip
    for values in shuffled.values():
        ax.plot(distances, values, "s:", color=QUIET, lw=1.5, ms=4)
    ax.annotate("all of them, shuffled", (distances[-1], 0), (-4, -14), va="center", ha="right",
                textcoords="offset points", fontsize=13, color="#555555")  # fmt: skip
    ax.set_xscale("log", base=2)
    ax.set_xticks(distances, [str(distance) for distance in distances])
    ax.set(xlabel="distance (pixels)", ylabel="correlation r", ylim=(-0.15, 1.05),
           xlim=(0.9, 1.9 * distances[-1]))  # fmt: skip
    ax.minorticks_off()
    ax.grid(True)
    return ax


@plots.in_course_style
def show_sum(pixels: NDArray, weights: NDArray, order: NDArray) -> Figure:
    """Draw a dense unit before and after its pixels change places, weights moving along.

    Parameters
    ----------
    pixels, weights : (D,)
        What the unit is given, and what it multiplies it with.
    order : (D,) of int
        Where each place takes its pixel from.

    Returns
    -------
    Figure
        Two panels: pixels, weights and products as columns, and their sum.

    Examples
    --------
    >>> chart = show_sum(np.array([1, 3]), np.array([5, 2]), np.array([1, 0]))
    >>> [ax.get_title() for ax in chart.axes[:2]]
    ['as it was: sum 11', 'moved: sum 11']
    """
    chart, axes = plots.figure(columns=2, width=8, height=3.4)
    columns = zip((INPUT, KERNEL, OUTPUT), ("pixel", "weight", "product"), strict=True)
    looks = dict(enumerate(columns))
    same = np.arange(len(pixels))
    for ax, name, places in zip(axes.flat, ("as it was", "moved"), (same, order), strict=True):
        for row, pixel in enumerate(places):
            color = list(OKABE_ITO.values())[4 + pixel % 4]
            ax.plot([-0.45, 2.45], [row, row], "-", color=color, lw=26, alpha=0.35, zorder=0,
                    solid_capstyle="round")  # fmt: skip
            numbers = (pixels[pixel], weights[pixel], pixels[pixel] * weights[pixel])
            for column, (value, mark) in enumerate(zip(numbers, ("×", "=", ""), strict=True)):
                ax.text(
                    column, row, plots.number_text(value), ha="center", va="center", fontsize=16
                )
                ax.text(column + 0.5, row, mark, ha="center", va="center", fontsize=16)
        for column, (color, text) in looks.items():
            ax.text(column, -0.8, text, ha="center", color=color, fontsize=14, fontweight="bold")
        ax.set(xlim=(-0.8, 2.8), ylim=(len(pixels) - 0.4, -1.2),
               title=f"{name}: sum {pixels @ weights:g}")  # fmt: skip
        ax.axis("off")
    return chart
