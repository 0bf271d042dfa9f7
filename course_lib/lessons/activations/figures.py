"""Still pictures of notebook 07."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.activations.experiments import Costs, Dead, Run
from course_lib.lessons.activations.functions import chain, tents, value_and_slope
from course_lib.plots.style import CURVE_COLORS, CURVE_LINES, GRADIENT, INPUT, OUTPUT, QUIET
from course_lib.training import mean_std

SMOOTHED = 10  # steps that a loss curve is averaged over


@plots.in_course_style
def show_accuracies(accuracies: Mapping[str, Sequence[float]], *, ax: Axes | None = None) -> Axes:
    """Draw a row a network and a point a seed, with mean and spread written beside them.

    Parameters
    ----------
    accuracies : mapping of str to sequence of float
        Shares of right answers, by the name of the network.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Test accuracy from 0 to 1; a dotted line at 0.1, blind guessing.

    Examples
    --------
    >>> ax = show_accuracies({"one layer": [0.31], "five layers": [0.7, 0.8]})
    >>> [text.get_text() for text in ax.texts]
    ['0.310', '0.750 ± 0.071']
    """
    label = "test accuracy (share; dotted: guessing)"
    ax = plots.show_rows(accuracies, label=label, limits=(0, 1), reference=0.1, ax=ax)
    for row, values in enumerate(accuracies.values()):
        text = mean_std(values) if len(values) > 1 else f"{values[0]:.3f}"
        ax.text(1.02, row, text, va="center", fontsize=13)
    return ax


@plots.in_course_style
def show_functions(names: Sequence[str], *, gates: bool = False, end: float = 5.0) -> Figure:
    """Draw activations side by side, each with its slope dashed, on the same axes.

    Parameters
    ----------
    names : sequence of str
        As in `functions.FUNCTIONS`.
    gates : bool, default=False
        Draw f(x) / x too: the share of x that is let through.
    end : float, default=5.0
        Of the horizontal axis, on both sides.

    Returns
    -------
    Figure
        One axes a function.

    Examples
    --------
    >>> len(show_functions(["sigmoid", "tanh"]).axes)
    2
    """
    chart, axes = plots.figure(columns=len(names), height=3.8)
    x = np.linspace(-end, end, 1000)  # without 0, where f(x) / x is nothing
    for ax, name in zip(axes[0], names, strict=True):
        value, slope = value_and_slope(name, x)
        ax.plot(x, value, color=OUTPUT, label="f(x)")
        ax.plot(x, slope, color=GRADIENT, linestyle="--", label="slope f′(x)")
        if gates:
            ax.plot(x, value / x, color=INPUT, linestyle=":", label="gate g(x)")
        ax.set(title=name, xlabel="x", ylim=(-1.4, 3.2), xlim=(-end, end))
        ax.grid(True)
    axes[0, 0].set_ylabel("f(x) and its slope")
    chart.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return chart


@plots.in_course_style
def show_bends(x: NDArray, terms: Mapping[str, NDArray]) -> Axes:
    """Draw scaled ReLUs and what they add up to.

    Parameters
    ----------
    x : (L,)
        Where.
    terms : mapping of str to (L,)
        Each ReLU times its factor, by its formula; at most four.

    Returns
    -------
    Axes
        The terms thin, their sum thick.

    Examples
    --------
    >>> ax = show_bends(np.arange(3.0), {"relu(x)": np.arange(3.0)})
    >>> len(ax.lines)
    2
    """
    ax = plots.figure(width=8.0, height=3.8)[1][0, 0]
    looks = zip(terms.items(), CURVE_COLORS, CURVE_LINES[1:], strict=False)
    for (name, values), color, line in looks:
        ax.plot(x, values, color=color, linestyle=line, lw=1.8, label=name)
    ax.plot(x, np.sum(list(terms.values()), axis=0), color="#222222", lw=4, label="their sum")
    ax.set(xlabel="x", ylabel="y", ylim=(-4.2, 4.2))
    ax.grid(True)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


@plots.in_course_style
def show_tents(depths: Sequence[int]) -> Figure:
    """Draw the line from 0 to 1 after so many folds.

    Parameters
    ----------
    depths : sequence of int
        Layers of two ReLUs, a panel each.

    Returns
    -------
    Figure
        One axes a depth, with the number of straight pieces as title.

    Examples
    --------
    >>> [ax.get_title().splitlines()[1] for ax in show_tents([1, 3]).axes]
    ['2 pieces', '8 pieces']
    """
    chart, axes = plots.figure(columns=len(depths), height=2.7)
    x = np.arange(2 ** (max(depths) + 1) + 1) / 2 ** (max(depths) + 1)  # holds every corner
    for ax, depth in zip(axes[0], depths, strict=True):
        y = tents(x, depth)
        pieces = 1 + int((np.diff(np.sign(np.diff(y))) != 0).sum())
        ax.plot(x, y, color=OUTPUT, lw=2 if depth < 6 else 0.5)
        layers = "1 layer" if depth == 1 else f"{depth} layers"
        ax.set(title=f"{layers}\n{pieces:,} pieces", xlabel="x", yticks=(0, 1), ylim=(-0.05, 1.05))
    axes[0, 0].set_ylabel("y")
    return chart


@plots.in_course_style
def show_chain(name: str, x: float, *, weight: float) -> Figure:
    """Draw an activation and its slope, and one number on its way through ten layers.

    Parameters
    ----------
    name : str
        As in `functions.FUNCTIONS`.
    x : float
        The input of the first layer.
    weight : float
        Of every layer.

    Returns
    -------
    Figure
        The function with the ten places it is used at; the outputs; the slope through the layers.

    Examples
    --------
    >>> len(show_chain("tanh", 1.0, weight=1.0).axes)
    3
    """
    chart, axes = plots.figure(columns=3, height=3.6)
    grid, passed = np.linspace(-5, 5, 501), chain(name, x, weight=weight)
    layers = np.arange(1, len(passed.y) + 1)
    value, slope = value_and_slope(name, grid)
    axes[0, 0].plot(grid, value, color=INPUT)
    axes[0, 0].plot(grid, slope, color=GRADIENT, linestyle="--")
    axes[0, 0].plot(passed.z, passed.y, "o", color=OUTPUT)
    axes[0, 0].set(xlabel="w · x", ylabel="f and, dashed, its slope", xlim=(-5, 5), ylim=(-1.5, 4),
                   xticks=(-5, 0, 5))  # fmt: skip
    axes[0, 1].barh(layers, passed.y, color=OUTPUT)
    axes[0, 1].set(xlabel="output", ylabel="layer", yticks=layers, ylim=(10.6, 0.4))
    shown = np.where(passed.through == 0, np.nan, np.abs(passed.through))
    axes[0, 2].semilogy(layers, shown, "o-", color=GRADIENT)
    axes[0, 2].set(xlabel="n (layers)", ylabel="slope of layers 1 to n", ylim=(1e-12, 1e6),
                   xticks=(1, 4, 7, 10))  # fmt: skip
    axes[0, 2].grid(True)
    return chart


@plots.in_course_style
def show_losses(panels: Sequence[Mapping[str, Sequence[Run]]]) -> Figure:
    """Draw how the loss fell, averaged over ten steps and all seeds.

    Parameters
    ----------
    panels : sequence of mapping of str to sequence of Run
        Up to seven activations a panel, each with a run a seed.

    Returns
    -------
    Figure
        A panel each, on the same axes.

    Examples
    --------
    >>> run = Run(None, np.linspace(2.3, 1.0, 20), 0.5)
    >>> len(show_losses([{"ReLU": [run]}]).axes[0].lines)
    1
    """
    chart, axes = plots.figure(columns=len(panels), height=4.2)
    window = np.ones(SMOOTHED) / SMOOTHED
    for ax, runs_of in zip(axes[0], panels, strict=True):
        curves = {
            name: np.convolve(np.mean([run.losses for run in runs], axis=0), window, "valid")
            for name, runs in runs_of.items()
        }
        steps = SMOOTHED + np.arange(len(next(iter(curves.values()))))
        plots.show_curves(steps, curves, x_label="step", y_label="loss (nats)", ax=ax)
        ax.set(ylim=(0, 2.6), xlim=(0, None))
        ax.legend(loc="lower left", fontsize=11)
    return chart


@plots.in_course_style
def show_dead(found: Mapping[float, Sequence[Dead]]) -> Figure:
    """Draw the share of dead channels and the accuracy against the learning rate.

    Parameters
    ----------
    found : mapping of float to sequence of Dead
        As `experiments.dead_units` gives it; a value a seed.

    Returns
    -------
    Figure
        Two axes, a point a seed.

    Examples
    --------
    >>> chart = show_dead({0.01: [Dead(0.1, 0.6)], 0.1: [Dead(0.9, 0.1)]})
    >>> [ax.get_ylabel() for ax in chart.axes]
    ['channels that are dead (share)', 'test accuracy (share)']
    """
    chart, axes = plots.figure(columns=2, height=3.6)
    labels = ("channels that are dead (share)", "test accuracy (share)")
    looks = zip(axes[0], ("share", "accuracy"), labels, (GRADIENT, OUTPUT), strict=True)
    for ax, field, label, color in looks:
        for rate, several in found.items():
            values = [getattr(one, field) for one in several]
            ax.semilogx(np.full(len(values), rate), values, "o", color=color, ms=10, alpha=0.75)
        ax.set(xlabel="learning rate of Adam", ylabel=label, ylim=(-0.04, 1.04))
        ax.set_xticks(list(found), [f"{rate:g}" for rate in found])
        ax.minorticks_off()
        ax.grid(True)
    return chart


@plots.in_course_style
def show_costs(costs: Costs) -> Axes:
    """Draw the time of each activation as a multiple of the ReLU's.

    Parameters
    ----------
    costs : Costs
        As `experiments.costs` gives them.

    Returns
    -------
    Axes
        Two bars an activation, for NumPy and PyTorch, and the convolution as a dotted line.

    Examples
    --------
    >>> ax = show_costs(Costs({"ReLU": 1.0}, {"ReLU": 1.0}, 20.0))
    >>> len(ax.patches)
    2
    """
    ax = plots.figure(height=3.9)[1][0, 0]
    rows = np.arange(len(costs.numpy))
    for shift, (side, ratios, color) in zip(
        (-0.2, 0.2), (("NumPy", costs.numpy, INPUT), ("PyTorch", costs.torch, OUTPUT)), strict=True
    ):
        ax.barh(rows + shift, list(ratios.values()), height=0.38, color=color, label=side)
    ax.axvline(costs.convolution, color=QUIET, linestyle=":", label="a 3 × 3 convolution")
    ax.set(xscale="log", xlabel="time for as many numbers (multiples of ReLU, logarithmic)",
           yticks=rows, ylim=(len(rows) - 0.4, -0.6))  # fmt: skip
    ax.set_yticklabels(list(costs.numpy))
    ax.set_xticks((1, 2, 5, 10, 20), ("1", "2", "5", "10", "20"))
    ax.minorticks_off()
    ax.set_axisbelow(True)
    ax.grid(True, axis="x")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax
