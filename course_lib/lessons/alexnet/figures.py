"""Pictures of notebook 18: the race of three activations, two cards, a contest of channels."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib import numpy_ops, plots
from course_lib.plots.style import CURVE_COLORS, CURVE_LINES, axes_or_new, in_course_style

if TYPE_CHECKING:
    from course_lib.lessons.alexnet.experiments import Race

GOAL = 0.25
MARKERS = "os^D"
# What stands in each column of Figure 2, and whether the columns before it reach it crosswise.
COLUMNS = {
    "image": False, "conv1": True, "conv2": False, "conv3": True, "conv4": False, "conv5": False,
    "dense6": True, "dense7": True, "dense8": True,
}  # fmt: skip


@in_course_style
def show_race(races: "Mapping[str, Race]", *, ax: Axes | None = None) -> Axes:
    """Draw the training error of each activation at its fastest rate, a line a seed.

    Parameters
    ----------
    races : mapping of str to Race
        By the name of the activation; the first is solid, as in the paper.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Steps to the right, the share of images read wrong upwards, a line at a quarter.
    """
    ax = axes_or_new(ax, width=9.0, height=4.3)
    for (name, race), color, line in zip(races.items(), CURVE_COLORS, CURVE_LINES, strict=False):
        steps = np.arange(1, race.errors.shape[-1] + 1)
        for seed, errors in enumerate(race.errors[race.best]):
            label = f"{name}, rate {race.rates[race.best]:g}" if seed == 0 else None
            ax.plot(steps, errors, color=color, linestyle=line, linewidth=2, label=label)
    ax.axhline(GOAL, color=plots.QUIET, linestyle=":", linewidth=2)
    ax.text(1, GOAL + 0.015, "a quarter wrong", fontsize=12, color=plots.INK)
    ax.set(xlabel="step", ylabel="training error (share)", ylim=(0, 1), xlim=(0, steps[-1]))
    ax.legend(loc="upper right", bbox_to_anchor=(1.0, 0.86))
    ax.grid(True)
    return ax


@in_course_style
def show_rates(races: "Mapping[str, Race]", *, ax: Axes | None = None) -> Axes:
    """Draw the steps to a quarter of errors against the rate, a point a seed.

    Parameters
    ----------
    races : mapping of str to Race
        By the name of the activation.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Rates to the right; a line joins the means, and who never arrives stands on top.
    """
    ax = axes_or_new(ax, width=9.0, height=4.3)
    never = 1.15 * max(race.errors.shape[-1] for race in races.values())
    for place, (name, race) in enumerate(races.items()):
        color, line = CURVE_COLORS[place], CURVE_LINES[place]
        drawn = np.where(np.isfinite(race.steps), race.steps, never)
        shifted = np.array(race.rates) * 1.08 ** (place - 1)  # beside, not above each other
        ax.plot(shifted, drawn.mean(axis=1), color=color, linestyle=line, label=name)
        ax.plot(np.repeat(shifted, drawn.shape[1]), drawn.ravel(), MARKERS[place], color=color,
                ms=9, alpha=0.7)  # fmt: skip
    ax.axhspan(0.95 * never, 1.05 * never, color=plots.QUIET, alpha=0.2)
    ax.set(
        xscale="log", xlabel="learning rate", ylabel="steps to a quarter", ylim=(0, 1.05 * never)
    )
    rates = sorted({rate for race in races.values() for rate in race.rates})
    ax.set_xticks(rates, [f"{rate:g}" for rate in rates])
    ax.minorticks_off()
    ticks = [tick for tick in ax.get_yticks() if tick < 0.93 * never]
    ax.set_yticks([*ticks, never], [*(f"{tick:g}" for tick in ticks), "never"])
    ax.legend(loc="center right")
    ax.grid(True)
    return ax


@in_course_style
def show_cards(widths: Mapping[str, int], *, ax: Axes | None = None) -> Axes:
    """Draw who reads whom on the two cards, as Figure 2 of the paper does.

    Parameters
    ----------
    widths : mapping of str to int
        Channels of both cards together, by the name of the layer: the keys of `COLUMNS` but image.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        A row a card, a column a layer; lines that cross are talk between the cards.
    """
    ax = axes_or_new(ax, width=9.0, height=3.6)
    for column, (name, crosses) in enumerate(COLUMNS.items()):
        for card in (0, 1):
            if column:
                _draw_lines(ax, column, card, crosses=crosses)
            _draw_half(ax, column, card, name, widths)
        ax.text(column, -0.62, name, ha="center", fontsize=13)
    for card in (0, 1):
        ax.text(-0.55, 1 - card, f"card {card + 1}", ha="right", va="center", fontsize=13)
    ax.set(xlim=(-1.3, len(COLUMNS) - 0.4), ylim=(-0.75, 1.45))
    ax.set_axis_off()
    return ax


def _draw_half(ax: Axes, column: int, card: int, name: str, widths: Mapping[str, int]) -> None:
    color = plots.KERNEL if name.startswith("conv") else plots.OUTPUT if column else plots.INPUT
    ax.add_patch(Rectangle((column - 0.34, 0.8 - card), 0.68, 0.4, facecolor="white", zorder=2))
    ax.add_patch(
        Rectangle((column - 0.34, 0.8 - card), 0.68, 0.4, facecolor=color, alpha=0.35,
                  edgecolor=plots.INK, zorder=3)
    )  # fmt: skip
    text = str(widths[name] // 2) if column else "RGB"
    ax.text(column, 1 - card, text, ha="center", va="center", fontsize=13, zorder=4)


def _draw_lines(ax: Axes, column: int, card: int, *, crosses: bool) -> None:
    for source in (0, 1):
        if source == card or (crosses and column > 1):
            same = source == card
            ax.plot(
                [column - 0.66, column - 0.34], [1 - source, 1 - card], zorder=1, linewidth=2,
                color=plots.INK if same else CURVE_COLORS[1], linestyle="-" if same else "--",
            )  # fmt: skip


@in_course_style
def show_contest(x: NDArray, sizes: Sequence[float]) -> Figure:
    """Draw what response normalization with the paper's constants makes of small and large numbers.

    Parameters
    ----------
    x : (C,)
        Numbers of C channels at one place, the largest 1.
    sizes : sequence of float
        What they are multiplied with, a panel each.

    Returns
    -------
    Figure
        Bars by channel, as shares of the largest: gray before, blue after.
    """
    chart, axes = plots.figure(columns=len(sizes), width=9.0, height=3.7)
    channels = np.arange(1, len(x) + 1)
    for ax, size in zip(axes[0], sizes, strict=True):
        y = numpy_ops.local_response_norm(
            size * x[None, :, None], size=5, alpha=5e-4, beta=0.75, k=2.0
        )[0, :, 0]
        ax.bar(channels - 0.2, x, width=0.4, color=plots.QUIET, label="before")
        ax.bar(channels + 0.2, y / y.max(), width=0.4, color=CURVE_COLORS[0], label="after")
        ax.set(xlabel="channel", title=f"the largest is {size:g}", ylim=(0, 1.1))
        ax.set_xticks(channels)
    axes[0, 0].set_ylabel("share of the largest")
    axes[0, 0].legend(loc="upper left")
    return chart
