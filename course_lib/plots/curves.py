"""Curves, each with a color and a line of its own."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course_lib.errors import InvalidValue
from course_lib.plots.style import (
    CURVE_COLORS,
    CURVE_LINES,
    axes_or_new,
    in_course_style,
)

MOST_TICKS = 10  # measurements that each get a tick of their own
ARROW_STYLE = "-|>,head_length=0.7,head_width=0.35"
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]


@in_course_style
def show_curves(
    x: NDArray,
    curves: Mapping[str, NDArray],
    *,
    x_label: str,
    y_label: str,
    title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    markers: bool = False,
    legend_place: str | None = "best",
    ax: Axes | None = None,
) -> Axes:
    """Draw named curves, each with its own color *and* line style.

    Parameters
    ----------
    x : (L,)
        Common positions.
    curves : mapping of str to (L,)
        The curves by their name in the legend; at most seven.
    x_label, y_label : str
        What the axes show, with units: "time (ms)".
    title : str, default=""
        Text above.
    log_x, log_y : bool, default=False
        Logarithmic axes.
    markers : bool, default=False
        Mark each point, and up to ten of them on the axis: for measurements, not smooth lines.
    legend_place : str or None, default="best"
        Where the names stand, as `loc` of matplotlib's legend; None writes none, for names at the
        ends of the curves (`name_at_the_right`).
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If there are more curves than colors, or a curve has another length than `x`.

    Examples
    --------
    >>> ax = show_curves(np.arange(3), {"squares": np.arange(3) ** 2}, x_label="n", y_label="n²")
    >>> len(ax.lines)
    1
    """
    _require_curves(x, curves)
    ax = axes_or_new(ax, width=8.0)
    looks = zip(curves.items(), CURVE_COLORS, CURVE_LINES, MARKERS, strict=False)
    for (name, values), color, line, marker in looks:
        ax.plot(
            x, values, label=name, color=color, linestyle=line, marker=marker if markers else ""
        )
    ax.set(xlabel=x_label, ylabel=y_label, title=title)
    if log_x:
        ax.set_xscale("log", base=2)
    if log_y:
        ax.set_yscale("log")
    if markers and len(x) <= MOST_TICKS:
        ax.set_xticks(x, [f"{value:g}" for value in x])
        ax.minorticks_off()
    ax.grid(True, linestyle="-")
    ax.tick_params(labelsize=12)
    if len(curves) > 1 and legend_place is not None:
        ax.legend(loc=legend_place)
    return ax


def name_at_the_right(
    ax: Axes, ends: Mapping[str, float], x: float, *, line_of_text: float
) -> None:
    """Write names beside the ends of curves, moved down where they would cover one another.

    Parameters
    ----------
    ax : Axes
        The curves, drawn in the order of `ends` and in the colors of the course.
    ends : mapping of str to float
        Height of each end, by the name of the curve.
    x : float
        Where the names begin.
    line_of_text : float
        Least distance of two names, in units of the y-axis.
    """
    colors, above = dict(zip(ends, CURVE_COLORS, strict=False)), np.inf
    for name in sorted(ends, key=ends.__getitem__, reverse=True):
        above = min(ends[name], above - line_of_text)
        ax.text(x, above, name, color=colors[name], va="center")


def _require_curves(x: NDArray, curves: Mapping[str, NDArray]) -> None:
    if not 1 <= len(curves) <= len(CURVE_COLORS):
        raise InvalidValue(
            "show_curves", received=f"{len(curves)} curves",
            needed=f"1 to {len(CURVE_COLORS)} curves, one a color",
            fix="spread them over several axes")  # fmt: skip
    for name, values in curves.items():
        if np.shape(values) != np.shape(x):
            raise InvalidValue(
                "show_curves", received=f"curve {name!r} with shape {np.shape(values)}",
                needed=f"shape {np.shape(x)}, that of x",
                fix="evaluate the curve at every x")  # fmt: skip
