"""Pictures of notebook 24: networks as points, and what a doubling buys."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.lessons.comparing_architectures.tables import Row, on_frontier
from course_lib.plots.style import INK, OKABE_ITO, QUIET, axes_or_new

LOOKS = {  # of the families: color and marker
    "LeNet": (QUIET, "X"),
    "AlexNet": (OKABE_ITO["black"], "P"),
    "VGG": (OKABE_ITO["red"], "o"),
    "GoogLeNet": (OKABE_ITO["green"], "v"),
    "ResNet": (OKABE_ITO["blue"], "s"),
    "SqueezeNet": (OKABE_ITO["sky"], "<"),
    "MobileNet": (OKABE_ITO["purple"], "D"),
    "EfficientNet": (OKABE_ITO["orange"], "^"),
}
NAMES_AT = {  # where the name of a family stands beside its last point, in points
    "LeNet": (10, -4), "AlexNet": (10, -4), "VGG": (10, -4), "GoogLeNet": (-40, -24),
    "ResNet": (-2, -22), "SqueezeNet": (10, -4), "MobileNet": (-12, 10), "EfficientNet": (-70, 10),
}  # fmt: skip


class Measure(NamedTuple):
    """A quantity on an axis: its label with the unit, and whether ten times is always as far."""

    label: str
    log: bool = True


class Timed(NamedTuple):
    """A network that ran here: its title, its multiply-adds, and its time in seconds."""

    title: str
    multiply_adds: int
    seconds: float


MEASURES = {
    "parameters": Measure("parameters"),
    "multiply_adds": Measure("multiply-adds for one image"),
    "activation_bytes": Measure("activation memory for one image (bytes)"),
    "field": Measure("receptive field (pixels)"),
    "top1": Measure("top-1 accuracy (%)", log=False),
    "year": Measure("year", log=False),
}


@plots.in_course_style
def show_networks(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    frontier: bool = False,
    names_at: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw networks as points, a color and a marker a family, those of one family joined.

    Parameters
    ----------
    rows : sequence of Row
        Those without a value on one of the axes are left out.
    x, y : str
        Keys of `MEASURES`.
    frontier : bool, default=False
        Whether a gray line joins those that no other beats in x, a cost, and in y.
    names_at : mapping of str to (float, float), default=None
        By family: how far its name is from its last point, in points, where not as usual.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The name of a family stands beside the last of its points.
    """
    ax = axes_or_new(ax, width=9.0, height=4.7)
    shown = [one for one in rows if getattr(one, x) is not None and getattr(one, y) is not None]
    places = {**NAMES_AT, **(names_at or {})}
    if frontier:
        _draw_frontier(ax, [(getattr(one, x), getattr(one, y)) for one in shown])
    for family, (color, marker) in LOOKS.items():
        mine = sorted((getattr(one, x), getattr(one, y)) for one in shown if one.family == family)
        if not mine:
            continue
        ax.plot(*np.transpose(mine), color=color, marker=marker, ms=9, lw=1, alpha=0.85)
        ax.annotate(family, mine[-1], places[family], textcoords="offset points", color=INK,
                    fontsize=12, weight="bold")  # fmt: skip
    for set_scale, measure in ((ax.set_xscale, MEASURES[x]), (ax.set_yscale, MEASURES[y])):
        if measure.log:
            set_scale("log")
    ax.set(xlabel=MEASURES[x].label, ylabel=MEASURES[y].label)
    ax.margins(0.1, 0.14)
    ax.grid(True)
    return ax


def _draw_frontier(ax: Axes, points: Sequence[tuple[float, float]]) -> None:
    kept = on_frontier(*zip(*points, strict=True))
    best = sorted(point for point, keep in zip(points, kept, strict=True) if keep)
    ax.plot(*np.transpose(best), color="#BBBBBB", lw=9, solid_capstyle="round", zorder=0)


@plots.in_course_style
def show_times(panels: Mapping[str, Sequence[Timed]]) -> Figure:
    """Draw time against multiply-adds, a panel a program, all on one scale.

    The dotted line goes through the network with the least time a multiply-add: all others would
    lie on it, if a multiply-add took as long everywhere. Names stand below the panels: beside the
    points they would lie on the line.

    Parameters
    ----------
    panels : mapping of str to sequence of Timed
        By the name of the program that ran them.

    Returns
    -------
    Figure
        Panels from left to right.
    """
    chart, axes = plots.figure(columns=len(panels), width=9.0, height=4.6)
    everything = [one for timed in panels.values() for one in timed]
    longest = 1000 * max(one.seconds for one in everything)
    most = max(one.multiply_adds for one in everything) / 1e9
    for ax, (name, timed) in zip(axes[0], panels.items(), strict=True):
        quickest = min(timed, key=lambda one: one.seconds / one.multiply_adds)
        slope = 1e12 * quickest.seconds / quickest.multiply_adds
        ax.plot([0, 1.1 * most], [0, 1.1 * most * slope], ":", color=INK, lw=2)
        for one in timed:
            looks = (look for name, look in LOOKS.items() if one.title.startswith(name))
            color, marker = next(looks, (plots.OUTPUT, "o"))
            ax.plot(one.multiply_adds / 1e9, 1000 * one.seconds, marker, color=color, ms=11,
                    label=one.title)  # fmt: skip
        ax.set(xlim=(0, 1.15 * most), ylim=(0, 1.15 * longest), title=name)
        ax.set(xlabel="multiply-adds (10⁹)", ylabel="time for one photo (ms)")
        ax.grid(True)
    names = axes[0, 0].get_legend_handles_labels()
    chart.legend(*names, loc="lower center", ncols=4, frameon=False)
    chart.get_layout_engine().set(rect=(0, 0.09, 1, 0.91))
    return chart
