"""Still pictures of notebook 23."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.efficientnet import plan
from course_lib.models import Scaling
from course_lib.models.photos import Guess
from course_lib.plots.style import INK, INPUT, KERNEL, OKABE_ITO, OUTPUT, QUIET, axes_or_new

PALE = {"good": "#9ED9C3", "odd": "#F4B48C"}
LONGEST = 19  # letters of a label that fit beside its percentage
LOOKS = {
    "VGG": (OKABE_ITO["red"], "-", "o"),
    "ResNet": (OKABE_ITO["blue"], "--", "s"),
    "EfficientNet": (OKABE_ITO["green"], "-.", "D"),
}


class Seen(NamedTuple):
    """A picture (C, H, W), what stands above it, and what a network makes of it."""

    title: str
    picture: NDArray
    guesses: Sequence[Guess]


def short(label: str) -> str:
    """Cut a label where it is too long for its place.

    Examples
    --------
    >>> short("Mexican hairless dog (xoloitzcuintli)")
    'Mexican hairless d…'
    """
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"


@plots.in_course_style
def show_guesses(seen: Sequence[Seen], *, columns: int = 4, odd: bool = False) -> Figure:
    """Draw pictures, and under each the classes that a network names, with their probabilities.

    Parameters
    ----------
    seen : sequence of Seen
        In reading order.
    columns : int, default=4
        Pictures in a row.
    odd : bool, default=False
        True colors the bars as a warning.

    Returns
    -------
    Figure
        A bar from 0 to 100 % a class; its label stands on it.

    Examples
    --------
    >>> drawn = show_guesses([Seen("a square", np.ones((1, 4, 4)), [Guess("envelope", 0.7)])])
    >>> [text.get_text() for text in drawn.axes[1].texts]
    ['envelope', '70 %']
    """
    lines = -(-len(seen) // columns)
    bars = max(1, *(len(one.guesses) for one in seen))
    heights = [1.9 if lines == 1 else 1.45, 0.32 * bars] * lines
    drawn = plt.figure(figsize=(9, sum(heights) + 0.5 * lines), layout="constrained")
    grid = drawn.add_gridspec(2 * lines, columns, height_ratios=heights)
    for place, one in enumerate(seen):
        row, column = divmod(place, columns)
        picture = drawn.add_subplot(grid[2 * row, column])
        plots.show_image(one.picture, title=one.title, ticks=False, ax=picture)
        _draw_bars(drawn.add_subplot(grid[2 * row + 1, column]), one.guesses, bars, odd)
    return drawn


def _draw_bars(ax: Axes, guesses: Sequence[Guess], count: int, odd: bool) -> None:
    for row, (label, probability) in enumerate(guesses):
        ax.barh(row, probability, color=PALE["odd" if odd else "good"], height=0.82)
        weight = "normal" if row else "bold"
        ax.text(0.02, row, short(label), va="center", fontsize=11, weight=weight)
        share = f"{100 * probability:.0f} %" if probability >= 0.005 else "< 1 %"
        ax.text(1.0, row, share, va="center", ha="right", fontsize=11, weight=weight)
    ax.set(xlim=(0, 1), ylim=(count - 0.5, -0.5))
    ax.axis("off")


@plots.in_course_style
def show_cut(photo: NDArray, seen: Seen) -> Figure:
    """Draw a photograph with the square that a network reads, the square, and its guesses.

    Parameters
    ----------
    photo : (C, H, W)
        The whole of it.
    seen : Seen
        The square; without guesses, the bars are left out.

    Returns
    -------
    Figure
        The whole, and to its right the square and the bars.

    Examples
    --------
    >>> drawn = show_cut(np.ones((1, 40, 80)), Seen("cut", np.ones((1, 4, 4)), []))
    >>> drawn.axes[0].patches[0].get_width()  # 224 of 256 pixels of the shorter side
    35.0
    """
    columns = 3 if seen.guesses else 2
    drawn, axes = plots.figure(columns=columns, width=9.0, height=2.9)
    whole, cut, *bars = axes[0]
    plots.show_image(photo, title="the photograph", ticks=False, ax=whole)
    height, width = photo.shape[1:]
    side = min(height, width) * 224 / 256
    corner = {"row": (height - side) / 2, "column": (width - side) / 2}
    plots.mark_window(whole, **corner, height=side, width=side, color=KERNEL, line=3)
    plots.show_image(seen.picture, title=seen.title, ticks=False, ax=cut)
    if bars:
        _draw_bars(bars[0], seen.guesses, len(seen.guesses), False)
    return drawn


@plots.in_course_style
def show_growth(networks: Mapping[str, Scaling]) -> Figure:
    """Draw scaled networks as rows of boxes: a box a block, all to one scale.

    The width of a box follows the root of its channels, the height the root of the side of its
    maps.

    Parameters
    ----------
    networks : mapping of str to Scaling
        From top to bottom.

    Returns
    -------
    Figure
        Under each name stand its blocks and its multiply-adds.

    Examples
    --------
    >>> drawn = show_growth({"B0": plan.B0})
    >>> len(drawn.axes[0].patches)
    16
    """
    widest = max(
        sum(row.repeats * row.channels**0.5 for row in plan.rows(scaling)[1:-1])
        for scaling in networks.values()
    )
    drawn, axes = plots.figure(
        rows=len(networks), columns=1, width=9.0, height=1.35 * len(networks)
    )
    for ax, (name, scaling) in zip(axes[:, 0], networks.items(), strict=True):
        stages = plan.rows(scaling)[1:-1]
        _draw_blocks(ax, stages, widest)
        blocks, cost = sum(row.repeats for row in stages), plan.multiply_adds(scaling) / 1e9
        ax.text(
            -0.02 * widest, 0, f"{name}\n{blocks} blocks\n{cost:.2f} · 10⁹", ha="right", va="center"
        )
    return drawn


def _draw_blocks(ax: Axes, stages: Sequence[plan.Row], widest: float) -> None:
    left = 0.0
    for stage in stages:
        width, height = stage.channels**0.5, stage.side**0.5
        for _ in range(stage.repeats):
            box = Rectangle((left, -height / 2), width, height)
            box.set(facecolor="#EDB53A", edgecolor=INK, linewidth=0.8)
            ax.add_patch(box)
            left += width
        left += 0.006 * widest
    ax.set(xlim=(-0.16 * widest, 1.06 * widest), ylim=(-9, 9))
    ax.axis("off")


@plots.in_course_style
def show_accuracies(
    families: Mapping[str, Sequence[plots.Rival]], *, ax: Axes | None = None
) -> Axes:
    """Draw families of networks by cost and accuracy, as `plots.show_rivals`, on a log axis.

    Parameters
    ----------
    families : mapping of str to sequence of Rival
        "VGG", "ResNet", "EfficientNet", each from its cheapest network to its dearest.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Top-1 accuracy (%) against multiply-adds (10⁹).
    """
    ax = plots.show_rivals(families, LOOKS, beside=True, ax=ax)
    ax.set_xscale("log")
    ax.set_xticks([0.5, 1, 2, 5, 10, 20, 40], ["0.5", "1", "2", "5", "10", "20", "40"])
    ax.minorticks_off()
    ax.set(xlim=(0.25, 130), ylim=(66, 88))
    return ax


@plots.in_course_style
def show_block(channels: int = 80, expansion: int = 6, kernel: int = 3) -> Axes:
    """Draw an inverted bottleneck: bars of channels, and the gate that weighs the wide ones.

    Returns
    -------
    Axes
        From left to right: input, expanded, looked at, weighed, output; the shortcut below.

    Examples
    --------
    >>> [text.get_text() for text in show_block(8, 2).texts][:3]
    ['8', '16', '16']
    """
    ax = axes_or_new(None, width=9.0, height=4.2)
    wide = expansion * channels
    tall = {channels: 1.0, wide: 3.0}
    for place, count in enumerate((channels, wide, wide, wide, channels)):
        color = (INPUT, KERNEL, KERNEL, KERNEL, OUTPUT)[place]
        _draw_bar(ax, 2 * place, tall[count], color, str(count))
    steps = (
        "expand\n1×1",
        f"look\n{kernel}×{kernel},\neach\nalone",
        "× gate",
        "project\n1×1",
    )
    for place, step in enumerate(steps):
        _arrow(ax, (2 * place + 0.3, 0), (2 * place + 1.7, 0))
        ax.text(2 * place + 1, 0.12, step, ha="center", va="bottom", fontsize=12)
    purple = OKABE_ITO["purple"]
    _arrow(ax, (4.3, 1.2), (5, 0.5), bend=-0.6, color=purple)
    words = f"mean of each channel → {channels // 4} → {wide} → σ"
    ax.text(5.2, 2.1, words, ha="center", va="bottom", color=purple, weight="bold")
    _arrow(ax, (0, -0.75), (8, -0.75), bend=0.22, color=QUIET)
    ax.text(4, -2.05, "the input is added, where the shape is the same", ha="center", va="top")
    ax.set(xlim=(-0.6, 8.6), ylim=(-2.5, 2.7))
    ax.axis("off")
    return ax


def _draw_bar(ax: Axes, x: float, height: float, color: str, text: str) -> None:
    ax.add_patch(Rectangle((x - 0.25, -height / 2), 0.5, height, facecolor=color, edgecolor=INK))
    ax.text(x, height / 2 + 0.06, text, ha="center", va="bottom", weight="bold")


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    bend: float = 0.0,
    color: str = INK,
) -> None:
    arrow = FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>")
    arrow.set(mutation_scale=16, color=color, linewidth=2)
    ax.add_patch(arrow)


@plots.in_course_style
def show_gating(x: NDArray, means: NDArray, gates: NDArray) -> Figure:
    """Draw maps, the mean of each, the gate of each, and the maps times their gates.

    Parameters
    ----------
    x : (C, H, W)
        One image.
    means, gates : (C,)
        A number a channel.

    Returns
    -------
    Figure
        A row a channel.

    Examples
    --------
    >>> drawn = show_gating(np.ones((2, 2, 2)), np.ones(2), np.array([0.5, 0.25]))
    >>> plots.numbers_on(drawn.axes[3])
    ['0.5', '0.5', '0.5', '0.5']
    """
    heads = ("channel", "squeezed: mean", "excited: gate", "channel × gate")
    roles = ("input", None, "kernel", "output")
    drawn, axes = plots.figure(rows=len(x), columns=4, width=9.0, height=1.5 * len(x))
    for row, (line, channel, mean, gate) in enumerate(zip(axes, x, means, gates, strict=True)):
        cells = (channel, [[mean]], [[gate]], channel * gate)
        for ax, cell, head, role in zip(line, cells, heads, roles, strict=True):
            title, top = "" if row else head, 1.0 if role == "kernel" else float(x.max())
            plots.show_numbers(
                np.asarray(cell), title=title, role=role, limit=top, text_size=15, ax=ax
            )
    return drawn


@plots.in_course_style
def show_confidence(groups: Mapping[str, Mapping[str, float]], *, ax: Axes | None = None) -> Axes:
    """Draw how sure a network is of its first guess: a row a group, a point a picture.

    Parameters
    ----------
    groups : mapping of str to mapping of str to float
        By group and picture: a probability.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Every point carries its name.

    Examples
    --------
    >>> ax = show_confidence({"named": {"cat": 0.4}})
    >>> [text.get_text() for text in ax.texts]
    ['cat']
    """
    ax = axes_or_new(ax, width=9.0, height=1.0 + 1.2 * len(groups))
    colors = (OUTPUT, OKABE_ITO["red"])
    for row, (points, color) in enumerate(zip(groups.values(), colors, strict=False)):
        for place, (name, value) in enumerate(sorted(points.items(), key=lambda item: item[1])):
            ax.plot(value, row, "o", color=color, ms=11)
            words = ax.text(value, row - 0.12 - 0.2 * (place % 3), name)
            words.set(ha="center", va="bottom", fontsize=12)
            ax.plot([value] * 2, [row, row - 0.12 - 0.2 * (place % 3)], color=QUIET, lw=0.8)
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set(xlim=(0, 1), ylim=(len(groups) - 0.35, -0.65))
    ax.set(xlabel="probability of the first guess")
    ax.grid(True, axis="x")
    return ax
