"""Still pictures of notebook 21."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import NDArray

from course_lib import plots
from course_lib.plots.style import INK, INPUT, KERNEL, OKABE_ITO, QUIET, axes_or_new

LOOKS = {  # of the kinds of networks: color, line and marker, as in notebook 12
    "plain": (OKABE_ITO["red"], "-", "o"),
    "residual": (OKABE_ITO["blue"], "--", "s"),
    "zero start": (OKABE_ITO["purple"], ":", "^"),
    "pre-activation": (OKABE_ITO["green"], "-.", "D"),
}
KNOWS_NOTHING = np.log(10)  # nats, with ten classes
SIZE_COLORS = ("#D55E00", "#E69F00", "#F0E442", "#56B4E9", "#0072B2", "#004468", "#8A8A8A")


@plots.in_course_style
def show_rivals(families: Mapping[str, Sequence[plots.Rival]], *, ax: Axes | None = None) -> Axes:
    """Draw VGG and ResNet by cost and accuracy, as `plots.show_rivals`, the layers at the points.

    Parameters
    ----------
    families : mapping of str to sequence of Rival
        "VGG" and "ResNet", each from its shallowest network to its deepest.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Top-1 accuracy (%) against multiply-adds (10⁹).
    """
    looks = {"VGG": LOOKS["plain"], "ResNet": LOOKS["residual"]}
    ax = plots.show_rivals(families, looks, ax=ax)
    ax.set(xlim=(0, 22), ylim=(66, 81))
    return ax


@plots.in_course_style
def show_bills(bills: Mapping[str, Mapping[str, float]], *, ax: Axes | None = None) -> Axes:
    """Draw where networks spend their multiply-adds: a bar a network, a part a size of the maps.

    Parameters
    ----------
    bills : mapping of str to mapping of str to float
        By the name of the network: multiply-adds (10⁹) by size, as `tables.bill` gives them.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        One bar a network; the parts of at least 0.6 carry the size of their maps.

    Examples
    --------
    >>> ax = show_bills({"one": {"56": 1.0, "28": 2.0}})
    >>> [text.get_text() for text in ax.texts]
    ['56', '28', '3.0']
    """
    ax = axes_or_new(ax, width=9.0, height=0.9 + 0.75 * len(bills))
    for row, parts in enumerate(bills.values()):
        left = 0.0
        for (size, value), color in zip(parts.items(), SIZE_COLORS, strict=False):
            ax.barh(row, value, left=left, color=color, edgecolor="white", height=0.65)
            if value >= 0.6:
                white = color in SIZE_COLORS[-3:]
                ink = "white" if white else INK
                ax.text(left + value / 2, row, size, ha="center", va="center", color=ink)
            left += value
        ax.text(left + 0.2, row, f"{left:.1f}", va="center", weight="bold")
    ax.set_yticks(np.arange(len(bills)), list(bills))
    longest = max(sum(parts.values()) for parts in bills.values())
    ax.set(xlim=(0, 1.1 * longest), ylim=(len(bills) - 0.5, -0.5))
    ax.set(xlabel="multiply-adds for one image (10⁹); numbers in the bars: maps of so many pixels")
    return ax


class Layer(NamedTuple):
    """A convolution in the drawing of a block: its kernel, and the channels behind it."""

    kernel: str
    channels: int


@plots.in_course_style
def show_shapes(blocks: Mapping[str, tuple[int, Sequence[Layer]]]) -> Figure:
    """Draw blocks from top to bottom, as wide as their channels are many.

    Parameters
    ----------
    blocks : mapping of str to (int, sequence of Layer)
        By the text above: the channels that come in, then the layers.

    Returns
    -------
    Figure
        One axes a block, of one scale.

    Examples
    --------
    >>> chart = show_shapes({"a": (64, [Layer("3×3", 64)])})
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['64', '3×3', '64', '+']
    """
    chart, axes = plots.figure(columns=len(blocks), height=4.3)
    widest = max(max(start, *(layer.channels for layer in layers))
                 for start, layers in blocks.values())  # fmt: skip
    for ax, (name, (start, layers)) in zip(axes[0], blocks.items(), strict=True):
        _draw_shape(ax, start, layers, widest)
        ax.set_title(name)
    return chart


def _draw_shape(ax: Axes, start: int, layers: Sequence[Layer], widest: int) -> None:
    """Draw maps as bars, kernels between them, and the way around at the right."""
    bottom = -len(layers)
    for row, channels in enumerate([start, *(layer.channels for layer in layers)]):
        width, color = channels / widest, INPUT if row == 0 else KERNEL
        box = Rectangle((-width / 2, -row - 0.11), width, 0.22, facecolor=color, alpha=0.35)
        ax.add_patch(box)
        if row:
            arrow = "-|>,head_length=6,head_width=3"
            ends = ((0, -row + 0.89), (0, -row + 0.11))
            ax.add_patch(FancyArrowPatch(*ends, arrowstyle=arrow, color=INK, shrinkA=0, shrinkB=0))
            ax.text(0.04, -row + 0.5, layers[row - 1].kernel, va="center", fontsize=15)
        ax.text(0, -row, str(channels), ha="center", va="center", fontsize=15, weight="bold")
    ax.plot([0, 0.62, 0.62, 0.08], [0.3, 0.3, bottom - 0.4, bottom - 0.4], color=INPUT, lw=2.5)
    ax.plot([0, 0], [0.3, 0.11], color=INK)
    ax.plot([0, 0], [bottom - 0.11, bottom - 0.4], color=INK)
    ax.text(0, bottom - 0.4, "+", ha="center", va="center", fontsize=24)
    ax.set(xlim=(-0.6, 0.7), ylim=(bottom - 0.6, 0.45))
    ax.set_axis_off()


@plots.in_course_style
def show_places(read: Mapping[str, NDArray]) -> Figure:
    """Draw which places of an input are read (dark), a panel a choice.

    Parameters
    ----------
    read : mapping of str to ndarray (H, W)
        By the text above: True where the place is read.

    Returns
    -------
    Figure
        One axes a panel.

    Examples
    --------
    >>> len(show_places({"a": np.eye(3) > 0}).axes)
    1
    """
    chart, axes = plots.figure(columns=len(read), height=3.9)
    for ax, (name, places) in zip(axes[0], read.items(), strict=True):
        ax.imshow(~places, cmap="gray", vmin=-0.3, vmax=1)
        ax.set_title(name)
        ax.set(xlabel="column (pixels)", ylabel="row (pixels)")
        ax.set_xticks(np.arange(0, places.shape[1], 4))
        ax.set_yticks(np.arange(0, places.shape[0], 4))
        ax.set_xticks(np.arange(0.5, places.shape[1]), minor=True)
        ax.set_yticks(np.arange(0.5, places.shape[0]), minor=True)
        ax.grid(True, which="minor", color=QUIET, lw=0.6)
        ax.tick_params(which="minor", length=0)
    return chart


@plots.in_course_style
def show_depths(
    values: Mapping[str, Mapping[int, NDArray]],
    *,
    y_label: str,
    chance: bool = False,
    log_y: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure of trained networks against their depth, a point a seed, a line a kind.

    Parameters
    ----------
    values : mapping of str to mapping of int to (seeds,)
        By kind, as the keys of `LOOKS`, and by depth in layers.
    y_label : str
        What is drawn, with its unit.
    chance : bool, default=False
        Mark the loss of a network that knows nothing, log 10.
    log_y : bool, default=False
        Logarithmic axis.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The lines join the means (on a logarithmic axis, the geometric ones).

    Examples
    --------
    >>> ax = show_depths({"plain": {8: np.ones(3), 20: np.ones(3)}}, y_label="loss (nats)")
    >>> ax.get_xlabel()
    'depth (layers)'
    """
    ax = axes_or_new(ax, width=7.5, height=4.3)
    for kind, by_depth in values.items():
        color, line, marker = LOOKS[kind]
        depths = list(by_depth)
        middle = [np.exp(np.log(v).mean()) if log_y else np.mean(v) for v in by_depth.values()]
        ax.plot(depths, middle, color=color, linestyle=line, label=kind)
        for depth, each in by_depth.items():
            ax.plot(np.full(len(each), depth), each, marker, color=color, alpha=0.6)
    if chance:
        ax.axhline(KNOWS_NOTHING, color=QUIET, linestyle=":", lw=1.5)
        ax.text(depths[-1], KNOWS_NOTHING + 0.04, "log 10", fontsize=13, ha="right")
        ax.set_ylim(0, 2.6)
    ax.set(xlabel="depth (layers)", ylabel=y_label)
    if log_y:
        ax.set_yscale("log")
    ax.set_xticks(depths)
    ax.legend(loc="upper left" if log_y else "lower right")
    ax.grid(True)
    return ax


@plots.in_course_style
def show_kinds(tails: Mapping[str, NDArray], *, ax: Axes | None = None) -> Axes:
    """Draw the training loss that networks of one depth came to, a row a kind, a point a seed.

    Parameters
    ----------
    tails : mapping of str to (seeds,)
        By kind, as the keys of `LOOKS`: losses in nats.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Rows from top to bottom.

    Examples
    --------
    >>> ax = show_kinds({"plain": np.ones(3)})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['plain']
    """
    looks = {kind: LOOKS[kind][::2] for kind in tails}
    label = "training loss at the end (nats; dotted: knows nothing)"
    return plots.show_rows(
        tails, label=label, limits=(0, 2.5), looks=looks, reference=KNOWS_NOTHING, ax=ax
    )
