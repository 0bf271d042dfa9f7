"""Still pictures of notebook 12."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from numpy.typing import NDArray

from course_lib import plots
from course_lib.checks import require_choice
from course_lib.plots.style import INK, INPUT, KERNEL, OKABE_ITO, OUTPUT, QUIET

LOOKS = {  # of the kinds of networks: color, line and marker
    "plain": (OKABE_ITO["red"], "-", "o"),
    "residual": (OKABE_ITO["blue"], "--", "s"),
    "ReLU before adding": (OKABE_ITO["purple"], ":", "^"),
    "pre-activation": (OKABE_ITO["green"], "-.", "D"),
}
KNOWS_NOTHING = np.log(10)  # nats, with ten classes
SMOOTHED = 10  # steps that one point of a loss curve is the mean of


class Flow(Protocol):
    """Something measured on the way through a network: a value a block, or a layer."""

    mixed_up: NDArray
    slopes: NDArray


class Curve(NamedTuple):
    """Losses (networks, steps) of one kind of network, of one depth."""

    kind: str
    depth: int
    losses: NDArray


@plots.in_course_style
def show_training(curves: Sequence[Curve], *, ax: Axes | None = None) -> Axes:
    """Draw how the loss on training batches falls, a line a network.

    Parameters
    ----------
    curves : sequence of Curve
        The kind gives the color; the deepest network of a kind is drawn dark.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Loss (nats, the mean of 10 steps) against the step.

    Examples
    --------
    >>> ax = show_training([Curve("plain", 8, np.ones((3, 40)))])
    >>> [text.get_text() for text in ax.get_legend().texts]
    ['plain, 8 layers']
    """
    ax = plots.figure(height=4.3)[1][0, 0] if ax is None else ax
    for kind, depth, losses in curves:
        deepest = depth == max(curve.depth for curve in curves if curve.kind == kind)
        color, line, _ = LOOKS[kind]
        width = 2.8 if deepest else 1.4
        for number, row in enumerate(losses):
            means = row[: len(row) // SMOOTHED * SMOOTHED].reshape(-1, SMOOTHED).mean(axis=1)
            label = f"{kind}, {depth} layers" if number == 0 else None
            steps = SMOOTHED * (np.arange(len(means)) + 0.5)
            ax.plot(steps, means, color=color, linestyle=line, lw=width, label=label)
    ax.axhline(KNOWS_NOTHING, color=QUIET, linestyle=":", lw=1.5)
    last = max(curve.losses.shape[1] for curve in curves)
    ax.text(last, KNOWS_NOTHING + 0.06, "log 10", color="#555555", fontsize=13, ha="right")
    ax.set(xlabel="step", ylabel="training loss (nats)", xlim=(0, last), ylim=(0, 3.2))
    ax.grid(True)
    ax.legend(loc="upper right", ncols=2)
    return ax


@plots.in_course_style
def show_flows(flows: Mapping[str, Sequence[Flow]], *, back: str) -> Figure:
    """Draw what becomes of digits on the way forward, and of slopes on the way back.

    Parameters
    ----------
    flows : mapping of str to sequence of Flow
        By kind, as the keys of `LOOKS`; a line each. A Flow has `mixed_up` (blocks + 1,) and
        `slopes`, one a block or one a layer.
    back : str
        What the slopes are of: the label of their axis.

    Returns
    -------
    Figure
        Two axes: how far a digit is from its smudged copy, and length of the slopes.

    Examples
    --------
    >>> from course_lib.lessons.residual_connections.signals import Passage
    >>> passage = Passage(np.ones(4), np.ones(4), np.ones(4))
    >>> chart = show_flows({"plain": [passage]}, back="slopes")
    >>> [ax.get_ylabel() for ax in chart.axes]
    ['distance (1 = as far as a stranger)', 'slopes']
    """
    chart, axes = plots.figure(columns=2, height=4.2)
    for kind, runs in flows.items():
        color, line, _ = LOOKS[kind]
        look = {"color": color, "linestyle": line, "lw": 2}
        for number, flow in enumerate(runs):
            label = kind if number == 0 else None
            axes[0, 0].plot(flow.mixed_up, label=label, **look)
            first = 0 if len(flow.slopes) == len(flow.mixed_up) else 1
            axes[0, 1].plot(first + np.arange(len(flow.slopes)), flow.slopes, **look)
    per_block = len(flow.slopes) == len(flow.mixed_up)
    axes[0, 0].axhline(1, color=QUIET, linestyle=":", lw=1.5)
    axes[0, 0].set(
        xlabel="after block", ylabel="distance (1 = as far as a stranger)", ylim=(0, 1.3)
    )
    axes[0, 1].set(xlabel="after block" if per_block else "layer", ylabel=back, yscale="log")
    axes[0, 0].legend(loc="upper left", ncols=2)
    for ax in axes[0]:
        ax.grid(True)
    return chart


@plots.in_course_style
def show_tails(tails: Mapping[str, tuple[str, Sequence[float]]], *, ax: Axes | None = None) -> Axes:
    """Draw the training loss that networks came to, a row a network and a point a seed.

    Parameters
    ----------
    tails : mapping of str to (str, sequence of float)
        By the text of the row: the kind, for color and marker, and a loss (nats) a seed.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Rows from top to bottom, loss on a logarithmic axis.

    Examples
    --------
    >>> ax = show_tails({"plain, 8 layers": ("plain", [0.1, 0.2, 0.1])})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['plain, 8 layers']
    """
    values = {text: losses for text, (_, losses) in tails.items()}
    looks = {text: LOOKS[kind][::2] for text, (kind, _) in tails.items()}
    label = "training loss at the end (nats; dotted: knows nothing)"
    ax = plots.show_rows(values, label=label, looks=looks, reference=KNOWS_NOTHING, ax=ax)
    ax.set(xscale="log", xlim=(0.02, 4))
    return ax


# What stands on the way of each block, in order; "+" is where the way around comes back.
BLOCKS = {
    "plain": ("conv", "norm", "ReLU", "conv", "norm", "ReLU"),
    "residual": ("conv", "norm", "ReLU", "conv", "norm", "+", "ReLU"),
    "ReLU before adding": ("conv", "norm", "ReLU", "+", "conv", "norm", "ReLU", "+"),
    "pre-activation": ("norm", "ReLU", "conv", "norm", "ReLU", "conv", "+"),
}
STEP_COLORS = {"conv": KERNEL, "norm": QUIET, "ReLU": OUTPUT}


@plots.in_course_style
def show_blocks(*kinds: str) -> Figure:
    """Draw blocks, each a row that is read from left to right, with the ways around as arcs.

    Parameters
    ----------
    *kinds : {"plain", "residual", "ReLU before adding", "pre-activation"}
        Which blocks, from top to bottom.

    Returns
    -------
    Figure
        One axes, without ticks.

    Raises
    ------
    ValueError
        If a kind is unknown.

    Examples
    --------
    >>> chart = show_blocks("plain", "residual")
    >>> [text.get_text() for text in chart.axes[0].texts].count("conv")
    4
    """
    for kind in kinds:
        require_choice("show_blocks", "kind", kind, BLOCKS)
    chart, axes = plots.figure(height=0.76 * (1.5 * len(kinds) + 0.1))
    ax = axes[0, 0]
    for row, kind in enumerate(kinds):
        _draw_block(ax, kind, -1.5 * row)
    ax.set(xlim=(-2.9, 9.0), ylim=(-1.5 * (len(kinds) - 1) - 0.55, 1.05), aspect="equal")
    ax.axis("off")
    return chart


def _draw_block(ax: Axes, kind: str, y: float) -> None:
    steps = BLOCKS[kind]
    ax.text(-2.8, y, kind.replace(" before", "\nbefore"), va="center", fontsize=15, weight="bold")
    _draw_arrow(ax, (-0.45, y), (len(steps) + 0.45, y), INK)
    start = -0.2
    for x, step in enumerate(steps):
        if step != "+":
            _draw_step(ax, step, x + 0.5, y)
            continue
        over = y + 0.62
        ax.plot([start, start, x + 0.5], [y, over, over], "-", color=INPUT, lw=2.5)
        _draw_arrow(ax, (x + 0.5, over), (x + 0.5, y + 0.22), INPUT)
        ax.add_patch(
            Circle((x + 0.5, y), 0.24, facecolor="white", edgecolor=INPUT, lw=2.5, zorder=3)
        )
        ax.text(x + 0.5, y, "+", ha="center", va="center", fontsize=16, zorder=4)
        start = x + 0.8


def _draw_arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    style = "-|>,head_length=6,head_width=3"
    look = {"arrowstyle": style, "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0, "zorder": 1}
    ax.add_patch(FancyArrowPatch(start, end, **look))


def _draw_step(ax: Axes, step: str, x: float, y: float) -> None:
    box = FancyBboxPatch(
        (x - 0.38, y - 0.24), 0.76, 0.48, boxstyle="round,pad=0,rounding_size=0.08",
        facecolor="white", edgecolor=STEP_COLORS[step], lw=2.5, zorder=3,
    )  # fmt: skip
    ax.add_patch(box)
    ax.text(x, y, step, ha="center", va="center", fontsize=13, zorder=4)
