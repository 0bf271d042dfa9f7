"""Numbers in the cells of a grid, all drawn as one shape.

A matplotlib text for each number would take most of the time of a figure, and sliders would lag.
"""

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from course_lib.plots.style import INK

FONT = FontProperties(family="DejaVu Sans")  # comes with matplotlib
DARK_CELL = 0.45  # below this luminance a number is written in white


class Numbers(PathCollection):
    """The numbers of one grid; `texts` holds them row by row as they are written."""

    texts: list[str]


def number_text(value: float, *, digits: int | None = None) -> str:
    """Write a number for a cell: no needless zeros, and a true minus sign.

    Examples
    --------
    >>> number_text(-2.0), number_text(0.25), number_text(1 / 3), number_text(2, digits=1)
    ('−2', '0.25', '0.33', '2.0')
    """
    rounded = float(f"{value:.{2 if digits is None else digits}f}") + 0.0  # -0.0 becomes 0.0
    text = f"{rounded:g}" if digits is None else f"{rounded:.{digits}f}"
    return text.replace("-", "−")


def write_numbers(
    ax: Axes,
    grid: NDArray,
    *,
    digits: int | None,
    hidden: NDArray,
    colors: NDArray,
    size: float,
) -> None:
    """Write the numbers of `grid` (H, W) into its cells, on `colors` (H, W, 3), `size` points."""
    shown = np.argwhere(~hidden) if size else np.empty((0, 2), int)
    texts = [number_text(grid[i, j], digits=digits) for i, j in shown]
    dark = colors[~hidden] @ np.array([0.2126, 0.7152, 0.0722]) < DARK_CELL
    numbers = Numbers(
        [_outline(text, size) for text in texts],
        sizes=[1.0],  # the outlines are in points already
        offsets=shown[:, ::-1],
        offset_transform=ax.transData,
        facecolors=np.where(dark, "white", INK).tolist()[: len(texts)] or "none",
        linewidths=0,
        zorder=3,
    )
    numbers.set_transform(IdentityTransform())
    numbers.texts = texts
    ax.add_collection(numbers, autolim=False)


def numbers_on(ax: Axes) -> list[str]:
    """List the numbers written on axes, row by row.

    Examples
    --------
    >>> from course_lib import plots
    >>> numbers_on(plots.show_numbers(np.array([[1.0, -0.5]])))
    ['1', '−0.5']
    """
    grids = [artist for artist in ax.collections if isinstance(artist, Numbers)]
    return [text for grid in grids for text in grid.texts]


@cache
def _outline(text: str, size: float) -> Path:
    """Draw a number as a shape around its middle, in points."""
    shape = TextPath((0, 0), text, size=size, prop=FONT)
    box = shape.get_extents()
    middle = ((box.x0 + box.x1) / 2, _height_of_digits(size) / 2)
    return Path(shape.vertices - np.array(middle), shape.codes)


@cache
def _height_of_digits(size: float) -> float:
    return TextPath((0, 0), "0", size=size, prop=FONT).get_extents().y1
