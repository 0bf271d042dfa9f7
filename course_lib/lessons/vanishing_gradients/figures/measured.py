"""What was measured: gradients by layer, signals, accuracies."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from course_lib import plots
from course_lib.plots.style import CURVE_COLORS, CURVE_LINES, GRADIENT, INK, OUTPUT, QUIET

CHANCE = 0.1  # of ten classes
LOWEST_SPREAD = 1e-7  # float32 does not tell numbers near 1 apart that are closer
LIMIT = 12  # powers of ten at either end of the colors
NO_LAYER = "#DDDDDD"  # a network that is not as deep
NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}


@plots.in_course_style
def show_depths(
    accuracies: Mapping[str, Mapping[int, Sequence[float]]], *, ax: Axes | None = None
) -> Axes:
    """Draw how well networks of several depths read digits, a point a seed.

    Parameters
    ----------
    accuracies : mapping of str to mapping of int to sequence of float
        For each kind of network and each number of hidden layers the shares read right.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Accuracy against depth.

    Examples
    --------
    >>> ax = show_depths({"sigmoid": {2: [0.9, 0.95], 30: [0.1, 0.1]}})
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['2', '30']
    """
    ax = plots.figure(height=4.0)[1][0, 0] if ax is None else ax
    depths = sorted({depth for each in accuracies.values() for depth in each})
    looks = zip(accuracies.items(), (GRADIENT, OUTPUT, INK), ("-", "--", ":"), strict=False)
    for (name, each), color, line in looks:
        xs = [depths.index(depth) for depth in each]
        ax.plot(xs, [np.mean(v) for v in each.values()], color=color, linestyle=line, label=name)
        for x, values in zip(xs, each.values(), strict=True):
            ax.plot([x] * len(values), values, "o", color=color, ms=8, alpha=0.75)
    ax.axhline(CHANCE, color=QUIET, linestyle=":", lw=1.5)
    ax.text(-0.25, CHANCE + 0.02, "guessing", color="#555555", fontsize=13)
    ax.set(xlabel="hidden layers", ylabel="test accuracy (share)", ylim=(0, 1.02),
           xlim=(-0.3, len(depths) - 0.7))  # fmt: skip
    ax.set_xticks(range(len(depths)), [str(depth) for depth in depths])
    ax.grid(True, axis="y")
    if len(accuracies) > 1:
        ax.legend(loc="center left", bbox_to_anchor=(0.02, 0.5))
    return ax


@plots.in_course_style
def show_norms(
    norms: Mapping[str, Sequence[NDArray]],
    *,
    y_label: str = "‖∂L/∂W‖ (nats per unit)",
    legend_place: str = "best",
    ax: Axes | None = None,
) -> Axes:
    """Draw the gradient of the weights by layer on a logarithmic axis, a line a seed.

    Parameters
    ----------
    norms : mapping of str to sequence of (D,)
        For each kind of network the norms of each seed; at most seven kinds.
    y_label : str
        What the vertical axis shows.
    legend_place : str, default="best"
        Where the names stand.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Norm against layer; 1 is nearest the input.

    Examples
    --------
    >>> len(show_norms({"sigmoid": [np.array([0.1, 1.0])] * 3}).lines)
    3
    """
    ax = plots.figure(height=4.0)[1][0, 0] if ax is None else ax
    looks = zip(norms.items(), (GRADIENT, *_others()), CURVE_LINES, strict=False)
    for (name, each), color, line in looks:
        for number, values in enumerate(each):
            layers = np.arange(1, len(values) + 1)
            label = name if number == 0 else None
            ax.plot(layers, values, color=color, linestyle=line, lw=2, label=label)
    ax.set(xlabel="layer (1 is nearest the image)", ylabel=y_label, yscale="log")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(True)
    if len(norms) > 1:
        ax.legend(loc=legend_place)
    return ax


def _others() -> list[str]:
    return [color for color in CURVE_COLORS if color != GRADIENT]


@plots.in_course_style
def show_flows(flows: Mapping[str, tuple[NDArray, NDArray]]) -> Figure:
    """Draw both ways through networks: gradients by layer, and how far images differ.

    Parameters
    ----------
    flows : mapping of str to (gradients, spreads)
        As `experiments.flow` gives them; the gradients of any number of layers.

    Returns
    -------
    Figure
        Left the gradients, right the spreads; below 10⁻⁷ these are drawn there.

    Examples
    --------
    >>> chart = show_flows({"a": (np.array([0.1, 1.0]), np.array([1.0, 0.1, 0.01]))})
    >>> [len(ax.lines) for ax in chart.axes]
    [1, 2]
    """
    chart, axes = plots.figure(columns=2, height=3.9)
    left, right = axes[0]
    show_norms({name: [each[0]] for name, each in flows.items()}, ax=left)
    colors = (OUTPUT,) if len(flows) == 1 else (GRADIENT, *_others())  # a color a network
    looks = zip(flows.items(), colors, CURVE_LINES, strict=False)
    for (name, (_, spreads)), color, line in looks:
        shown = np.maximum(spreads, LOWEST_SPREAD)
        right.plot(range(len(spreads)), shown, color=color, linestyle=line, lw=2, label=name)
    right.axhline(LOWEST_SPREAD, color=QUIET, linestyle=":", lw=1.5)
    right.set(xlabel="after layer (0: the images)", ylabel="images differ by", yscale="log")
    right.grid(True)
    if len(flows) > 1:
        right.legend()
    return chart


@plots.in_course_style
def show_moved(moved: NDArray, *, ax: Axes | None = None) -> Axes:
    """Draw how far training has moved each layer, a bar a layer and a point a seed.

    Parameters
    ----------
    moved : (S, D)
        ‖W − W₀‖ / ‖W₀‖.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        In percent of the first weights.

    Examples
    --------
    >>> len(show_moved(np.array([[0.01, 0.1], [0.02, 0.2]])).patches)
    2
    """
    ax = plots.figure(height=3.8)[1][0, 0] if ax is None else ax
    layers = np.arange(1, moved.shape[1] + 1)
    ax.bar(layers, 100 * moved.mean(axis=0), color=GRADIENT, alpha=0.6)
    for row in moved:
        ax.plot(layers, 100 * row, "o", color=INK, ms=6)
    ax.set(xlabel="layer (1 is nearest the image)", xticks=layers,
           ylabel="moved by (% of its first size)")  # fmt: skip
    return ax


@plots.in_course_style
def show_heat_maps(maps: Mapping[tuple[str, float], NDArray], depths: Sequence[int]) -> Figure:
    """Draw log₁₀ of the gradient by layer and depth, a panel for each activation and start.

    Parameters
    ----------
    maps : mapping of (activation, scale) to (len(depths), most layers)
        As `experiments.heat_map` gives them; rows of panels are activations, columns scales.
    depths : sequence of int
        Hidden layers of each row of a map.

    Returns
    -------
    Figure
        Blue where gradients vanish, red where they explode, gray where there is no layer.

    Examples
    --------
    >>> chart = show_heat_maps({("relu", 2.0): np.array([[0.0, np.nan], [0.0, 0.0]])}, [1, 2])
    >>> chart.axes[0].get_title()
    'variance 2/n'
    """
    activations = list(dict.fromkeys(activation for activation, _ in maps))
    scales = sorted({scale for _, scale in maps})
    chart, axes = plots.figure(rows=len(activations), columns=len(scales), height=5.0)
    for row, activation in zip(axes, activations, strict=True):
        for ax, scale in zip(row, scales, strict=True):
            picture = ax.pcolormesh(
                np.arange(1, maps[activation, scale].shape[1] + 1), depths,
                maps[activation, scale], cmap="RdBu_r", vmin=-LIMIT, vmax=LIMIT, shading="nearest",
            )  # fmt: skip
            ax.set(ylim=(max(depths) + 1, min(depths) - 1), yticks=[], xticks=[])
            ax.set_facecolor(NO_LAYER)
        row[0].set(ylabel=f"{NAMES[activation]}\ndepth", yticks=[min(depths), max(depths)])
    for ax, scale in zip(axes[0], scales, strict=True):
        ax.set_title(f"variance {scale:g}/n")
    for ax in axes[-1]:
        ax.set(xlabel="layer", xticks=[1, max(depths)])
    bar = chart.colorbar(picture, ax=axes, extend="both", ticks=range(-LIMIT, LIMIT + 1, 6))
    bar.set_label("log₁₀ ‖∂L/∂W‖")
    return chart


@plots.in_course_style
def show_cures(
    ends: Mapping[str, tuple[float, float]], accuracies: Mapping[str, Sequence[float]]
) -> Figure:
    """Draw for each recipe the gradient of its first and last layer, and how well it learns.

    Parameters
    ----------
    ends : mapping of str to (first, last)
        ‖∂L/∂W‖ of the first and of the last hidden layer, before training.
    accuracies : mapping of str to sequence of float
        A value a seed, under the same names.

    Returns
    -------
    Figure
        Two axes with a row a recipe.

    Examples
    --------
    >>> chart = show_cures({"none": (1e-9, 0.1)}, {"none": [0.1, 0.1]})
    >>> [label.get_text() for label in chart.axes[0].get_yticklabels()]
    ['none']
    """
    chart, axes = plots.figure(columns=2, height=0.95 + 0.52 * len(ends))
    left, right = axes[0]
    for row, (name, (first, last)) in enumerate(ends.items()):
        left.plot([first, last], [row, row], color=QUIET, lw=2, linestyle="-")
        left.plot(last, row, "s", color="white", mec=GRADIENT, mew=2, ms=9)
        left.plot(first, row, "o", color=GRADIENT, ms=10)
        right.plot(accuracies[name], [row] * len(accuracies[name]), "o", color=OUTPUT, ms=10,
                   alpha=0.75)  # fmt: skip
    left.set(xlabel="‖∂L/∂W‖: ● first, □ last layer", xscale="log")
    right.axvline(CHANCE, color=QUIET, linestyle=":", lw=1.5)
    right.set(xlabel="test accuracy (share)", xlim=(0, 1.02))
    for ax in (left, right):
        ax.set(yticks=range(len(ends)), ylim=(len(ends) - 0.5, -0.5))
        ax.set_yticklabels(list(ends) if ax is left else [])
        ax.grid(True)
    return chart
