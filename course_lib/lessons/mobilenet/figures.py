"""Still pictures of notebook 22."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.mobilenet.relu_losses import keep
from course_lib.plots.style import INK, INPUT, KERNEL, OKABE_ITO, OUTPUT, QUIET, axes_or_new

LOOKS = {  # of networks trained on digits: color and marker
    "full": (OKABE_ITO["blue"], "o"),
    "separable": (OKABE_ITO["red"], "s"),
    "linear": (OKABE_ITO["green"], "D"),
    "ReLU6": (OKABE_ITO["purple"], "^"),
}
# By the number of lit units, 0, 1 and from 2 on.
KEPT_COLORS = (INK, OKABE_ITO["orange"], OKABE_ITO["blue"])
KEPT_NAMES = ("nothing is left", "a line is left", "all is left")


def looks_of(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give each row the look of the kind of network that its text begins with."""
    return {name: LOOKS[name.replace(",", " ").split()[0]] for name in names}


@plots.in_course_style
def show_shares(shares: Mapping[str, float], *, label: str, ax: Axes | None = None) -> Axes:
    """Draw what a network has as a share of what another has, a bar each.

    Parameters
    ----------
    shares : mapping of str to float
        By name, from top to bottom; 1 is as much as the other has.
    label : str
        What 1 stands for.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        A dotted line stands at 1.

    Examples
    --------
    >>> [text.get_text() for text in show_shares({"time": 0.5}, label="share").texts]
    ['0.50']
    """
    ax = axes_or_new(ax, width=8.6, height=1.2 + 0.6 * len(shares))
    for row, value in enumerate(shares.values()):
        ax.barh(row, value, color=OUTPUT, height=0.6)
        inside = 0.7 < value < 1  # else the number would stand on the dotted line
        ax.annotate(
            f"{value:.2f}", (value, row), xytext=(-7 if inside else 7, 0), va="center",
            textcoords="offset points", ha="right" if inside else "left", weight="bold",
            color="white" if inside else INK,
        )  # fmt: skip
    ax.axvline(1, color=INK, linestyle=":", lw=2, zorder=0)
    ax.set_yticks(range(len(shares)), list(shares))
    ax.set(xlabel=label, xlim=(0, 1.15 * max(1, *shares.values())))
    ax.set_ylim(len(shares) - 0.5, -0.5)
    return ax


@plots.in_course_style
def show_split(in_channels: int, out_channels: int, *, kernel: int = 3) -> Figure:
    """Draw the weights of a full layer and of the two it is split in, a small square each.

    Parameters
    ----------
    in_channels, out_channels : int
        Columns and rows of kernels.
    kernel : int, default=3
        Height and width of a kernel.

    Returns
    -------
    Figure
        Three axes of one scale: full, depthwise, 1 × 1.

    Examples
    --------
    >>> [len(ax.patches) for ax in show_split(2, 3).axes]
    [54, 18, 6]
    """
    panels = {
        "full: a kernel a pair": (out_channels, kernel, KERNEL),
        "depthwise: one a channel": (1, kernel, INPUT),
        "1×1: a number a pair": (out_channels, 1, OUTPUT),
    }
    chart, axes = plots.figure(columns=3, width=10.0, height=4.6)
    step = kernel + 1
    for ax, (name, (rows, side, color)) in zip(axes[0], panels.items(), strict=True):
        for row, column in np.ndindex(rows, in_channels):
            for i, j in np.ndindex(side, side):
                corner = (column * step + j, row * step + i)
                ax.add_patch(Rectangle(corner, 0.9, 0.9, facecolor=color, alpha=0.7))
        ax.set(xlim=(-0.5, in_channels * step), ylim=(out_channels * step, -0.5), aspect="equal")
        ax.set(xlabel=f"{in_channels} input channels", xticks=[], yticks=[])
        ax.set_title(name, fontsize=14)
    axes[0, 0].set_ylabel(f"{out_channels} output channels")
    return chart


@plots.in_course_style
def show_answers(answers: Mapping[str, NDArray]) -> Figure:
    """Draw what layers answer to one lit pixel, a row a layer, a picture an output channel.

    Parameters
    ----------
    answers : mapping of str to (C, H, W)
        By the name of the layer: its output, drawn from blue to red, each row on its own scale.

    Returns
    -------
    Figure
        One axes an output channel.

    Examples
    --------
    >>> len(show_answers({"a": np.ones((3, 2, 2)), "b": np.ones((3, 2, 2))}).axes)
    6
    """
    channels = len(next(iter(answers.values())))
    chart, axes = plots.figure(rows=len(answers), columns=channels, width=10.0, height=3.6)
    for line, (name, maps) in zip(axes, answers.items(), strict=True):
        limit = np.abs(maps).max()
        for ax, each in zip(line, maps, strict=True):
            ax.imshow(each, cmap="RdBu_r", vmin=-limit, vmax=limit)
            ax.set(xticks=[], yticks=[])
        line[0].set_ylabel(name.replace(" and ", "\nand "))
    for number, ax in enumerate(axes[-1], start=1):
        ax.set_xlabel(f"output {number}")
    return chart


@plots.in_course_style
def show_times(
    fewer: Mapping[int, float], faster: Mapping[int, float], *, ax: Axes | None = None
) -> Axes:
    """Draw how many times fewer multiply-adds, and how many times less time, against the width.

    Parameters
    ----------
    fewer, faster : mapping of int to float
        By the number of channels: multiply-adds and times of a full block, as a multiple of those
        of a separable one.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Below the dotted line the separable block is the slower one.

    Examples
    --------
    >>> ax = show_times({8: 4.2, 16: 5.8}, {8: 0.5, 16: 0.9})
    >>> [line.get_ydata().tolist() for line in ax.lines[:2]]
    [[4.2, 5.8], [0.5, 0.9]]
    """
    ax = axes_or_new(ax, width=8.6, height=4.3)
    for values, (kind, text) in zip(
        (fewer, faster),
        (("full", "fewer multiply-adds"), ("separable", "less time")),
        strict=True,
    ):
        color, marker = LOOKS[kind]
        widths, each = list(values), list(values.values())
        ax.plot(widths, each, marker=marker, color=color, linestyle="-" if kind == "full" else "--")
        ax.text(widths[-1], each[-1] + 0.3, text, color=color, ha="right", weight="bold")
    ax.axhline(1, color=QUIET, linestyle=":", lw=2)
    ax.set_xscale("log", base=2)
    ax.set_xticks(list(fewer), [str(width) for width in fewer])
    ax.set(xlabel="channels", ylabel="full / separable (times)", ylim=(0, 10))
    ax.grid(True)
    return ax


@plots.in_course_style
def show_rates(intensities: Mapping[str, float], rates: Mapping[str, float]) -> Figure:
    """Draw multiply-adds per byte beside multiply-adds per second, a row a kind of layer.

    Parameters
    ----------
    intensities : mapping of str to float
        By kind: multiply-adds per byte.
    rates : mapping of str to float
        By kind: multiply-adds per second, as a share of the fastest.

    Returns
    -------
    Figure
        Two axes with the same rows.

    Examples
    --------
    >>> chart = show_rates({"a": 2.0, "b": 8.0}, {"a": 0.2, "b": 1.0})
    >>> [float(bar.get_width()) for bar in chart.axes[1].patches]
    [0.2, 1.0]
    """
    chart, axes = plots.figure(columns=2, width=9.6, height=3.2)
    panels = (
        (intensities, "multiply-adds per byte"),
        (rates, "multiply-adds per second (1 = fastest)"),
    )
    for ax, (values, label) in zip(axes[0], panels, strict=True):
        ax.barh(range(len(values)), list(values.values()), color=OUTPUT, height=0.6)
        for row, value in enumerate(values.values()):
            ax.text(value, row, f" {value:.2g}", va="center")
        ax.set_yticks(range(len(values)), list(values) if ax is axes[0, 0] else [""] * len(values))
        ax.set(xlabel=label, xlim=(0, 1.25 * max(values.values())), ylim=(len(values) - 0.5, -0.5))
    return chart


@plots.in_course_style
def show_blocks(blocks: Mapping[str, Sequence[int]]) -> Figure:
    """Draw blocks from top to bottom, a bar as wide as there are channels behind each layer.

    Parameters
    ----------
    blocks : mapping of str to sequence of int
        By name: the channels that come in, and behind each layer. The first and the last, which the
        shortcut joins, have a color of their own.

    Returns
    -------
    Figure
        One axes a block, of one scale.

    Examples
    --------
    >>> [int(bar.get_width()) for bar in show_blocks({"a": [24, 144, 24]}).axes[0].patches]
    [24, 144, 24]
    """
    widest = max(max(channels) for channels in blocks.values())
    chart, axes = plots.figure(columns=len(blocks), width=9.6, height=3.6)
    for ax, (name, channels) in zip(axes[0], blocks.items(), strict=True):
        ends = {0, len(channels) - 1}
        for row, width in enumerate(channels):
            color = INPUT if row in ends else KERNEL
            ax.barh(row, width, left=-width / 2, color=color, alpha=0.7, height=0.5)
            ax.text(0, row, str(width), ha="center", va="center", weight="bold")
        right = 0.6 * widest
        x = [channels[0] / 2, right, right, channels[-1] / 2]
        ax.plot(x, [0, 0, len(channels) - 1, len(channels) - 1], color=INPUT, lw=2.5)
        ax.set(xlim=(-0.55 * widest, 0.65 * widest), ylim=(len(channels) - 0.5, -0.5))
        ax.set_title(name, fontsize=14)
        ax.set_axis_off()
    return chart


@plots.in_course_style
def show_kept(points: NDArray, weights: Sequence[NDArray]) -> Figure:
    """Draw what is left of points behind a ReLU, a panel for each number of units.

    Parameters
    ----------
    points : (P, 2)
        What goes in.
    weights : sequence of (n, 2)
        The layers that spread them.

    Returns
    -------
    Figure
        One axes a layer; a point stands where the lit units put it, in a color that says how much
        they tell.

    Examples
    --------
    >>> len(show_kept(np.ones((3, 2)), [np.eye(2)]).axes)
    1
    """
    chart, axes = plots.figure(columns=len(weights), width=10.0, height=3.8)
    for ax, weight in zip(axes[0], weights, strict=True):
        lit, found = keep(points, weight)
        ax.plot(*points.T, color=QUIET, lw=1)
        for number, (color, marker) in enumerate(zip(KEPT_COLORS, "xs.", strict=True)):
            which = np.minimum(lit, 2) == number
            ax.plot(*found[which].T, marker, color=color, label=KEPT_NAMES[number], ms=7,
                    zorder=3 if number == 0 else 2)  # fmt: skip
        ax.set_title(f"{len(weight)} units: {np.mean(lit >= 2):.0%} kept", fontsize=14)
        ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), aspect="equal", xticks=[-1, 0, 1])
        ax.set(xlabel="first number", yticks=[-1, 0, 1] if ax is axes[0, 0] else [])
    axes[0, 0].set_ylabel("second number")
    chart.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="lower center", ncols=3, frameon=False
    )
    chart.get_layout_engine().set(rect=(0, 0.13, 1, 0.87))
    return chart
