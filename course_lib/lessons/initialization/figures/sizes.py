"""How large signals and slopes are, layer by layer, in networks that were just drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.initialization.signals import LAYERS, Signals, next_size
from course_lib.plots.style import CURVE_COLORS, CURVE_LINES, GRADIENT, INK, OUTPUT, QUIET

BITS = "mean square (bits: log₂)"
TILES_A_ROW = 10


@plots.in_course_style
def show_sums(sums: Mapping[int, NDArray]) -> Figure:
    """Draw how widely sums of random numbers scatter, a panel for each number of summands.

    Parameters
    ----------
    sums : mapping of int to (K,)
        Many draws of a sum, by how many numbers it adds up.

    Returns
    -------
    Figure
        Histograms on one horizontal scale; bars mark one standard deviation to each side.

    Examples
    --------
    >>> chart = show_sums({4: np.array([-2.0, 2.0]), 16: np.array([-4.0, 4.0])})
    >>> [ax.get_title() for ax in chart.axes]
    ['n = 4: spread 2.0', 'n = 16: spread 4.0']
    """
    chart, axes = plots.figure(columns=len(sums), height=3.4)
    end = max(abs(z).max() for z in sums.values())
    for ax, (count, z) in zip(axes[0], sums.items(), strict=True):
        ax.hist(z, bins=np.linspace(-end, end, 61), color=OUTPUT, density=True)
        ax.plot([-z.std(), z.std()], [0, 0], color=INK, lw=6, solid_capstyle="butt", clip_on=False)
        ax.set(title=f"n = {count}: spread {z.std():.1f}", xlabel="sum z", yticks=[])
        ax.spines["left"].set_visible(False)
    return chart


@plots.in_course_style
def show_sizes(
    measured: Mapping[str, Sequence[Signals]],
    theory: Mapping[str, float],
    *,
    backward: bool = False,
) -> Figure:
    """Draw the mean square of the sums layer by layer, and if wanted that of the slopes.

    Parameters
    ----------
    measured : mapping of str to sequence of Signals
        One for each seed, by the name of the initialization.
    theory : mapping of str to float
        Bits a layer, by the same names; drawn as a dashed line.
    backward : bool, default=False
        Add a panel of the slopes δ.

    Returns
    -------
    Figure
        Bits against the layer, one or two panels.

    Examples
    --------
    >>> one = Signals(np.ones(3), np.ones(3), np.ones(3))
    >>> len(show_sizes({"He": [one, one]}, {"He": 0.0}).axes[0].lines)
    3
    """
    panels = ["sums z, on the way forward", "slopes δ, on the way back"][: 1 + backward]
    chart, axes = plots.figure(columns=len(panels), height=4.2)
    for panel, (ax, title) in enumerate(zip(axes[0], panels, strict=True)):
        for (name, runs), color in zip(measured.items(), CURVE_COLORS, strict=False):
            for run in runs:
                bits, layers = np.log2(run[panel]), np.arange(1, len(run[panel]) + 1)
                ax.plot(layers, bits, color=color, lw=1.6, linestyle="-")
            steps = layers - 1 if panel == 0 else layers[-1] - layers
            line = theory[name] * steps
            ax.plot(layers, line, "--", color=INK, lw=1.6)
            _name_line(ax, name, (layers, line), mirrored=panel == 1, color=color)
        ax.set(xlabel="layer", ylabel=BITS, title=title)
        ax.margins(y=0.14)
        ax.grid(True)
    return chart


def _name_line(
    ax: Axes, name: str, line: tuple[NDArray, NDArray], *, mirrored: bool, color: str
) -> None:
    """Write a name on the empty side of a line: below a steep one, above the end of a flat one."""
    layers, bits = line
    lost = -bits.min() / len(layers)
    ends = 0 if mirrored else -1
    place = len(layers) // 2 if lost > 1.5 else ends
    shift = (8 if mirrored else -8, -14) if lost > 1.5 else (0, 9 if lost < 0.2 else 24)
    look = {"ha": "left" if mirrored else "right", "color": color, "fontsize": 13, "weight": "bold"}
    ax.annotate(name, (layers[place], bits[place]), shift, textcoords="offset points", **look)


@plots.in_course_style
def show_gradients(runs: Sequence[Signals], *, ax: Axes | None = None) -> Axes:
    """Draw, layer by layer, the sizes of the sums, of the slopes, and of the gradients of weights.

    Parameters
    ----------
    runs : sequence of Signals
        One for each seed.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Bits against the layer.

    Examples
    --------
    >>> ax = show_gradients([Signals(np.ones(3), np.ones(3), np.ones(3))])
    >>> [text.get_text() for text in ax.get_legend().texts]
    ['sums z', 'slopes δ', 'gradients ∂L/∂W']
    """
    ax = plots.figure(height=4.2)[1][0, 0] if ax is None else ax
    looks = ((OUTPUT, "-", "sums z"), (GRADIENT, "--", "slopes δ"), (INK, "-.", "gradients ∂L/∂W"))
    for number, run in enumerate(runs):
        layers = np.arange(1, len(run.sums) + 1)
        for sizes, (color, line, name) in zip(run, looks, strict=True):
            label = name if number == 0 else None
            ax.plot(layers, np.log2(sizes), color=color, linestyle=line, lw=2, label=label)
    ax.set(xlabel="layer", ylabel=BITS)
    ax.grid(True)
    ax.legend(loc="upper center", ncols=3)
    ax.margins(y=0.2)
    return ax


@plots.in_course_style
def show_tanh(gains: Sequence[float], *, largest: float = 10.0) -> Figure:
    """Draw what a tanh layer makes of a mean square, and where thirty of them lead.

    Parameters
    ----------
    gains : sequence of float
        The weights have variance gain²/n.
    largest : float, default=10
        End of the axes on the left.

    Returns
    -------
    Figure
        Left the mean square one layer later, with the diagonal on which it stays; right the mean
        square layer by layer, from 1 on.

    Examples
    --------
    >>> len(show_tanh([1.0, 3.0]).axes)
    2
    """
    chart, axes = plots.figure(columns=2, height=4.2)
    sizes = np.linspace(0, largest, 101)
    for gain, color, line in zip(gains, CURVE_COLORS, CURVE_LINES, strict=False):
        after = [next_size(size, gain=gain) for size in sizes]
        axes[0, 0].plot(sizes, after, color=color, linestyle=line, label=f"gain {gain:.3g}")
        walk = [1.0]
        for _ in range(LAYERS - 1):
            walk.append(next_size(walk[-1], gain=gain))
        axes[0, 1].plot(np.arange(1, LAYERS + 1), walk, color=color, linestyle=line)
    axes[0, 0].plot(sizes, sizes, color=QUIET, linestyle=":", label="stays")
    axes[0, 0].set(xlabel="mean square of z", ylabel="one layer later", ylim=(0, largest))
    axes[0, 0].legend(loc="upper left", fontsize=12)
    axes[0, 1].set(xlabel="layer", ylabel="mean square of z", yscale="log", ylim=(0.01, 20))
    for ax in axes[0]:
        ax.grid(True)
    return chart


@plots.in_course_style
def show_widths(bits: Mapping[str, NDArray], widths: Sequence[int]) -> Figure:
    """Draw what thirty linear layers leave of a signal, a point for each network.

    Parameters
    ----------
    bits : mapping of str to (widths, draws)
        log₂ of the final mean square, by the name of the initialization.
    widths : sequence of int
        Numbers a layer.

    Returns
    -------
    Figure
        A panel for each initialization, a row for each width; bars mark the medians.

    Examples
    --------
    >>> chart = show_widths({"normal": np.zeros((2, 3)), "orthogonal": np.zeros((2, 3))}, [4, 16])
    >>> [len(ax.lines) for ax in chart.axes]
    [5, 5]
    """
    chart, axes = plots.figure(columns=len(bits), height=3.4)
    rows = np.arange(len(widths))
    end = 1.1 * max(abs(values).max() for values in bits.values()) or 1.0
    for ax, (name, values) in zip(axes[0], bits.items(), strict=True):
        for row, draws in enumerate(values):
            ax.plot(draws, np.full(len(draws), row), "o", color=OUTPUT, ms=9, alpha=0.4)
            ax.plot(2 * [np.median(draws)], [row - 0.3, row + 0.3], "-", color=INK, lw=3)
        ax.axvline(0, color=QUIET, linestyle=":", lw=1.5)
        ax.set(title=name, xlabel="after 30 layers (bits)", xlim=(-end, end / 2),
               yticks=rows, ylim=(len(rows) - 0.5, -0.5))  # fmt: skip
        ax.set_yticklabels([f"width {width}" for width in widths])
    return chart


@plots.in_course_style
def show_scale(sums: NDArray, deltas: NDArray, limit: float) -> Figure:
    """Draw the sums of thirty layers of 64 numbers as tiles, their slopes, and the sizes of both.

    Parameters
    ----------
    sums, deltas : (layers, 64)
        Sums z and slopes δ of one digit.
    limit : float
        The number at the end of the colors.

    Returns
    -------
    Figure
        Two strips of tiles, and the mean squares in bits.

    Examples
    --------
    >>> len(show_scale(np.ones((30, 64)), np.ones((30, 64)), 3.0).axes)
    3
    """
    chart, axes = plots.figure(columns=3, height=3.0, width_ratios=[1.1, 1.1, 1])
    strips = (("sums z, layers 1 to 30", sums), ("slopes δ, layers 1 to 30", deltas))
    for ax, (title, numbers) in zip(axes[0], strips, strict=False):
        ax.imshow(_tiled(numbers), cmap="RdBu_r", vmin=-limit, vmax=limit)
        ax.set(title=title, xticks=[], yticks=[])
    layers = np.arange(1, len(sums) + 1)
    for numbers, color, line in ((sums, OUTPUT, "-"), (deltas, GRADIENT, "--")):
        bits = np.log2(np.maximum((numbers**2).mean(axis=1), np.finfo(float).tiny))
        axes[0, 2].plot(layers, bits, color=color, linestyle=line)
    axes[0, 2].set(xlabel="layer", ylabel="mean square (bits)")
    return chart


def _tiled(numbers: NDArray) -> NDArray:
    """Lay (layers, 64) out as tiles of 8×8, ten in a row, with a gap of one pixel."""
    rows = -(-len(numbers) // TILES_A_ROW)
    board = np.full((9 * rows - 1, 9 * TILES_A_ROW - 1), np.nan)
    for number, values in enumerate(numbers):
        row, column = divmod(number, TILES_A_ROW)
        board[9 * row : 9 * row + 8, 9 * column : 9 * column + 8] = values.reshape(8, 8)
    return board
