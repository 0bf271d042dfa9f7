"""Pictures of notebook 20: a module from its row, costs by part, channels, class maps."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.googlenet.experiments import Part
from course_lib.models.googlenet import Branches
from course_lib.plots.style import INK, INPUT, KERNEL, OKABE_ITO, OUTPUT, axes_or_new

PART_COLORS = {
    "3×3": OKABE_ITO["orange"], "5×5": OKABE_ITO["red"], "1×1": OKABE_ITO["sky"],
    "max pool": OKABE_ITO["purple"], "ReLU and joining": OKABE_ITO["black"],
}  # fmt: skip
BRANCH_X = (0.0, 1.0, 2.0, 3.0)
ROWS = {"input": 0.0, "first": 1.0, "second": 2.0, "joined": 3.0}
BOX_WIDTH, BOX_HEIGHT = 0.86, 0.5


@plots.in_course_style
def show_module(in_channels: int, plan: Branches, *, ax: Axes | None = None) -> Axes:
    """Draw an Inception module from its row of the table, with the channels behind each layer.

    Parameters
    ----------
    in_channels : int
        Channels of the input.
    plan : Branches
        The row.
    ax : matplotlib Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        From the input at the bottom, four branches up to the box that joins them.
    """
    ax = axes_or_new(ax, width=9.0, height=4.4)
    columns = (
        (None, ("1×1", plan.ones)),
        (("1×1", plan.threes_reduced), ("3×3", plan.threes)),
        (("1×1", plan.fives_reduced), ("5×5", plan.fives)),
        (("max pool", in_channels), ("1×1", plan.pooled)),
    )
    for x, (first, second) in zip(BRANCH_X, columns, strict=True):
        ways = [ROWS["input"], *([ROWS["first"]] if first else []), ROWS["second"], ROWS["joined"]]
        for low, high in pairwise(ways):
            _arrow(ax, x, low, high)
        for row, layer in ((ROWS["first"], first), (ROWS["second"], second)):
            if layer is not None:
                _box(ax, x, row, BOX_WIDTH, f"{layer[0]}\n→ {layer[1]}", KERNEL)
    middle, whole = np.mean(BRANCH_X), BRANCH_X[-1] + BOX_WIDTH
    _box(ax, middle, ROWS["input"], whole, f"input: {in_channels} channels", INPUT)
    parts = " + ".join(str(each) for each in (plan.ones, plan.threes, plan.fives, plan.pooled))
    _box(ax, middle, ROWS["joined"], whole, f"joined: {parts} = {plan.total} channels", OUTPUT)
    ax.set(xlim=(-0.55, BRANCH_X[-1] + 0.55), ylim=(-0.35, ROWS["joined"] + 0.35))
    ax.set_axis_off()
    return ax


def _box(ax: Axes, x: float, y: float, width: float, text: str, color: str) -> None:
    corner = (x - width / 2, y - BOX_HEIGHT / 2)
    style = "round,pad=0,rounding_size=0.06"
    box = FancyBboxPatch(
        corner, width, BOX_HEIGHT, boxstyle=style, facecolor=color, alpha=0.35, edgecolor=INK
    )
    ax.add_patch(box)
    ax.text(x, y, text, ha="center", va="center", fontsize=14)


def _arrow(ax: Axes, x: float, low: float, high: float) -> None:
    ends = ((x, low + BOX_HEIGHT / 2), (x, high - BOX_HEIGHT / 2))
    arrow = "-|>,head_length=6,head_width=3"
    ax.add_patch(FancyArrowPatch(*ends, arrowstyle=arrow, color=INK, shrinkA=0, shrinkB=0))


@plots.in_course_style
def show_parts(modules: Mapping[str, Mapping[str, Part]]) -> Figure:
    """Draw what the layers of two modules cost: multiply-adds beside time, as shares of the first.

    Parameters
    ----------
    modules : mapping of str to (mapping of str to Part)
        By the name of the row, as `experiments.module_parts` gives them; the first is 100 %.

    Returns
    -------
    Figure
        Two charts of bars with parts, one for each measure, and a legend of the parts below.
    """
    chart, axes = plots.figure(columns=2, width=9.0, height=3.6)
    titles = {"multiply_adds": "multiply-adds", "seconds": "time, one thread"}
    for ax, (field, title) in zip(axes[0], titles.items(), strict=True):
        whole = sum(getattr(part, field) for part in next(iter(modules.values())).values())
        for row, parts in enumerate(modules.values()):
            left = 0.0
            for name, part in parts.items():
                share = 100 * getattr(part, field) / whole
                ax.barh(row, share, left=left, color=PART_COLORS[name], edgecolor="white")
                left += share
            ax.text(left + 2, row, f"{left:.0f} %", va="center", weight="bold")
        ax.set(xlim=(0, 125), ylim=(len(modules) - 0.5, -0.5), title=title)
        ax.set_xlabel("share of the direct module (%)")
        ax.set_yticks(range(len(modules)), list(modules) if ax is axes[0, 0] else [])
    bars = [Patch(facecolor=color) for color in PART_COLORS.values()]
    chart.legend(bars, list(PART_COLORS), loc="outside lower center", ncols=len(bars))
    return chart


@plots.in_course_style
def show_channels(
    channels: Mapping[str, Sequence[int]], modules: Sequence[str], *, ax: Axes | None = None
) -> Axes:
    """Draw the channels behind each module, a line of points for each way to build it."""
    ax = axes_or_new(ax, width=9.0, height=3.8)
    looks = zip(("-", "--"), "os", (OKABE_ITO["red"], OUTPUT), strict=True)
    for (name, counts), (line, marker, color) in zip(channels.items(), looks, strict=True):
        ax.plot(range(len(modules)), counts, line, marker=marker, color=color)
        end = (len(modules) - 1, counts[-1])
        ax.annotate(name, end, xytext=(-8, 14), textcoords="offset points", ha="right", color=color)
    ax.set_xticks(range(len(modules)), modules)
    highest = max(max(counts) for counts in channels.values())
    ax.set(xlabel="module", ylabel="channels", ylim=(0, 1.15 * highest))
    return ax


@plots.in_course_style
def show_mixtures(widths: Sequence[int], shares: NDArray, *, ax: Axes | None = None) -> Axes:
    """Draw the share of digits read right against the number of mixtures, a line a network.

    Parameters
    ----------
    widths : sequence of int
        Numbers of mixtures, R of them.
    shares : (networks, R)
        From 0 to 1.
    ax : matplotlib Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Its first axis is logarithmic.
    """
    ax = axes_or_new(ax, width=9.0, height=3.8)
    for line, marker, each in zip(("-", "--", "-."), "os^", shares, strict=False):
        ax.plot(widths, each, line, marker=marker, color=OUTPUT)
    ax.set_xscale("log", base=2)
    ax.set_xticks(widths, [str(width) for width in widths])
    ax.set(xlabel="mixtures that 3×3 and 5×5 see", ylabel="share read right")
    return ax


@plots.in_course_style
def show_class_maps(images: NDArray, maps: NDArray, labels: Sequence[int]) -> Figure:
    """Draw images, and under each the scores of its class at each place.

    Parameters
    ----------
    images : (N, H, W)
        Gray, from 0 to 1.
    maps : (N, h, w)
        Scores; each is drawn over the whole of its image.
    labels : sequence of int
        The class of each.

    Returns
    -------
    Figure
        Two rows of N pictures; all scores have one color scale with 0 in its middle.
    """
    chart, axes = plots.figure(rows=2, columns=len(images), width=9.0, height=3.2)
    chart.set_layout_engine("compressed")  # square pictures: no gap between the rows
    limit = np.abs(maps).max()
    for column, (image, scores, label) in enumerate(zip(images, maps, labels, strict=True)):
        axes[0, column].imshow(image, cmap="gray", vmin=0, vmax=1)
        axes[0, column].set_title(f"class {label}")
        shown = axes[1, column].imshow(scores, cmap="RdBu_r", vmin=-limit, vmax=limit)
        for ax in axes[:, column]:
            ax.set_xticks([])
            ax.set_yticks([])
    chart.colorbar(shown, ax=axes[1].tolist(), label="score")
    return chart
