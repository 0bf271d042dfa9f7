"""Bars that compare what layers cost."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from course_lib.analysis.complexity import LayerCounts
from course_lib.errors import InvalidValue
from course_lib.plots.style import KERNEL, OKABE_ITO, QUIET, axes_or_new, in_course_style

COUNTS = ("parameters", "outputs", "multiply_adds")
COLORS, HATCHES = (KERNEL, OKABE_ITO["purple"], QUIET, OKABE_ITO["sky"]), ("", "//", "..", "xx")
ROOM = 1000  # the axis goes on behind the longest bar, by this factor, for its number


@in_course_style
def show_layer_costs(
    costs: Mapping[str, LayerCounts], *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw parameters, outputs and multiply-adds of some layers as bars on a logarithmic axis.

    Parameters
    ----------
    costs : mapping of str to LayerCounts
        The layers by name, one to four.
    title : str, default=""
        Text above.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If there is no layer, or more than there are colors.

    Examples
    --------
    >>> ax = show_layer_costs({"dense": LayerCounts(20, 4, 4, 20)})
    >>> [text.get_text() for text in ax.texts]
    ['24', '4', '20']
    """
    if not 1 <= len(costs) <= len(COLORS):
        raise InvalidValue(
            "show_layer_costs", received=f"{len(costs)} layers",
            needed=f"1 to {len(COLORS)} layers, one a color",
            fix="compare fewer at a time")  # fmt: skip
    ax = axes_or_new(ax, width=9.0, height=4.6)
    places, thickness = np.arange(len(COUNTS)), 0.8 / len(costs)
    looks = zip(costs.items(), COLORS, HATCHES, strict=False)
    for number, ((name, cost), color, hatch) in enumerate(looks):
        values = [getattr(cost, count) for count in COUNTS]
        rows = places + (number - (len(costs) - 1) / 2) * thickness
        ax.barh(
            rows, values, height=0.9 * thickness, label=name, color=color, hatch=hatch,
            edgecolor="white",
        )  # fmt: skip
        for row, value in zip(rows, values, strict=True):
            ax.text(value * 1.4, row, f"{value:,}", va="center", fontsize=12)
    longest = max(getattr(cost, count) for cost in costs.values() for count in COUNTS)
    ax.set_xscale("log")
    ax.set(xlim=(1, ROOM * longest), xlabel="count for one image (log scale)", title=title)
    ax.set_xticks(10.0 ** np.arange(0, np.log10(ROOM * longest), 2))
    ax.minorticks_off()
    ax.set_yticks(places, ["parameters", "outputs", "multiply-adds"])
    ax.invert_yaxis()
    ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.18), ncols=len(costs), fontsize=12)
    return ax
