"""The look that all figures of the course share.

Importing this changes nothing: the settings hold inside `course_style()` only, and every function
of `course_lib.plots` draws inside it. Colors have one meaning everywhere: blue is an input,
orange a kernel or weight, green an output, red a gradient.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from typing import ParamSpec, TypeVar

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

# Okabe and Ito, 2008, Color Universal Design: told apart with every common color blindness.
OKABE_ITO = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "black": "#000000",
    "yellow": "#F0E442",
}
INPUT = OKABE_ITO["blue"]
KERNEL = OKABE_ITO["orange"]
OUTPUT = OKABE_ITO["green"]
GRADIENT = OKABE_ITO["red"]
INK = "#222222"
QUIET = "#8A8A8A"

ROLE_COLORS = {"input": INPUT, "kernel": KERNEL, "output": OUTPUT, "gradient": GRADIENT}

# Yellow is left out: a thin yellow line cannot be seen on a projector.
CURVE_COLORS = [OKABE_ITO[n] for n in ("blue", "red", "green", "purple", "orange", "sky", "black")]
CURVE_LINES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 1))]

SETTINGS = {
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 14,
    "axes.titlesize": 15,
    "axes.labelsize": 14,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 13,
    "legend.frameon": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=CURVE_COLORS, linestyle=CURVE_LINES),
    "lines.linewidth": 2.5,
    "lines.markersize": 8,
    "grid.color": "#DDDDDD",
    "image.cmap": "gray",
    "image.interpolation": "nearest",
}

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def course_style() -> AbstractContextManager:
    """Draw in the course look inside a `with` block; the reader's own settings come back after."""
    return plt.rc_context(SETTINGS)


def in_course_style(draw: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run a drawing function inside `course_style()`."""

    @wraps(draw)
    def styled(*args: Parameters.args, **options: Parameters.kwargs) -> Result:
        with course_style():
            return draw(*args, **options)

    return styled


@in_course_style
def figure(
    *,
    rows: int = 1,
    columns: int = 1,
    width: float = 9.0,
    height: float = 4.5,
    width_ratios: Sequence[float] | None = None,
    height_ratios: Sequence[float] | None = None,
) -> tuple[Figure, NDArray]:
    """Start a figure in the course look.

    Parameters
    ----------
    rows, columns : int, default=1
        Number of axes down and across.
    width, height : float, default=9.0 and 4.5
        Size in units of 100 displayed pixels; at most 9.0 by 5.0 fits a slide.
    width_ratios, height_ratios : sequence of float, default=None
        Relative sizes of the columns and rows; None makes them equal.

    Returns
    -------
    figure : matplotlib.figure.Figure
        The figure.
    axes : (rows, columns)
        Array of its axes, always two-dimensional.

    Examples
    --------
    >>> chart, axes = figure(columns=2)
    >>> axes.shape
    (1, 2)
    >>> plt.close(chart)
    """
    return plt.subplots(
        rows,
        columns,
        figsize=(width, height),
        squeeze=False,
        width_ratios=width_ratios,
        height_ratios=height_ratios,
    )


def axes_or_new(ax: Axes | None, *, width: float = 5.0, height: float = 4.5) -> Axes:
    """Return `ax`, or the axes of a new figure where it is None."""
    return figure(width=width, height=height)[1][0, 0] if ax is None else ax


def frame(ax: Axes, color: str, *, width: float = 3.0) -> None:
    """Draw the four borders of `ax` in `color`, `width` points wide."""
    for spine in ax.spines.values():
        spine.set(visible=True, color=color, linewidth=width)
