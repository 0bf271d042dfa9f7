"""What training made of the same random numbers at several sizes."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.initialization.experiments import CLASSES, Runs
from course_lib.plots.style import CURVE_COLORS, CURVE_LINES, OUTPUT, QUIET

KNOWS_NOTHING = np.log(CLASSES)  # nats, with ten classes
SMOOTHED = 10  # steps that each point of a curve averages


def smooth(losses: NDArray) -> NDArray:
    """Average each loss (..., steps) with the nine before it.

    Examples
    --------
    >>> smooth(np.arange(12.0)).tolist()
    [4.5, 5.5, 6.5]
    """
    return np.lib.stride_tricks.sliding_window_view(losses, SMOOTHED, axis=-1).mean(axis=-1)


@plots.in_course_style
def show_losses(curves: Mapping[str, NDArray], *, ax: Axes | None = None) -> Axes:
    """Draw how losses fall, a line for each seed.

    Parameters
    ----------
    curves : mapping of str to (seeds, steps)
        Losses in nats by name; drawn as means of ten steps.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Loss against steps, with the loss of a network that knows nothing as a dotted line.

    Examples
    --------
    >>> ax = show_losses({"times 1": np.full((3, 40), 2.3)})
    >>> len(ax.lines)
    4
    """
    ax = plots.figure(height=4.2)[1][0, 0] if ax is None else ax
    for (name, losses), color, line in zip(curves.items(), CURVE_COLORS, CURVE_LINES, strict=False):
        for number, values in enumerate(smooth(losses)):
            label = name if number == 0 else None
            steps = np.arange(SMOOTHED, SMOOTHED + len(values))
            ax.plot(steps, values, color=color, linestyle=line, lw=2, label=label)
    ax.axhline(KNOWS_NOTHING, color=QUIET, linestyle=":", lw=1.5)
    ax.text(0.99, KNOWS_NOTHING + 0.05, "log 10", color="#555555", fontsize=13, ha="right",
            transform=ax.get_yaxis_transform())  # fmt: skip
    ax.set(xlabel="steps", ylabel="loss (nats)", ylim=(0, 3), xlim=(0, None))
    ax.grid(True)
    ax.legend(loc="lower left")
    return ax


@plots.in_course_style
def show_depths(losses: Mapping[int, Mapping[str, NDArray]]) -> Figure:
    """Draw the losses of networks of several depths side by side.

    Parameters
    ----------
    losses : mapping of int to mapping of str to (seeds, steps)
        By depth and initialization.

    Returns
    -------
    Figure
        A panel for each depth, on one scale.

    Examples
    --------
    >>> chart = show_depths({22: {"He": np.full((2, 20), 1.0)}})
    >>> chart.axes[0].get_title()
    '22 layers'
    """
    chart, axes = plots.figure(columns=len(losses), height=4.2)
    for ax, (depth, curves) in zip(axes[0], losses.items(), strict=True):
        show_losses(curves, ax=ax)
        ax.set_title(f"{depth} layers")
    return chart


@plots.in_course_style
def show_sweep(runs: Runs, *, ax: Axes | None = None) -> Axes:
    """Draw test accuracy against the factor on the first weights, a point for each seed.

    Parameters
    ----------
    runs : Runs
        As `experiments.train_scaled` gives them.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        With the bits that theory expects of thirty layers as a second axis above.

    Examples
    --------
    >>> runs = Runs((1.0, 2.0), np.ones((2, 3, 5)), np.full((2, 3), 0.5), np.ones((2, 3)))
    >>> ax = show_sweep(runs)
    >>> len(ax.lines)  # the mean, three seeds, and chance
    5
    """
    ax = plots.figure(height=4.4)[1][0, 0] if ax is None else ax
    factors = np.array(runs.factors)
    ax.plot(factors, runs.accuracies.mean(axis=1), color=OUTPUT, linestyle="-")
    ax.plot(factors, runs.accuracies, "o", color=OUTPUT, ms=9, alpha=0.7, linestyle="")
    ax.axhline(1 / CLASSES, color=QUIET, linestyle=":", lw=1.5)
    ax.set(xscale="log", ylim=(0, 1), xlabel="factor on PyTorch's first weights",
           ylabel="test accuracy (share)")  # fmt: skip
    ax.set_xticks(factors, [f"{factor:.3g}" for factor in factors])
    ax.minorticks_off()
    above = ax.secondary_xaxis("top")
    bits = 30 * np.log2(factors**2 / 6)
    above.set_xticks(factors, [_signed(round(value)) for value in bits])
    above.minorticks_off()
    above.set_xlabel("what theory expects of 30 layers (bits)")
    ax.grid(True)
    return ax


def _signed(value: int) -> str:
    """Write a whole number with its sign; 0 has none.

    Examples
    --------
    >>> _signed(0), _signed(18), _signed(-42)
    ('0', '+18', '−42')
    """
    return f"{value:+d}".replace("-", "−") if value else "0"
