"""Where the small numbers come from: the slope of the sigmoid, and a chain of single units."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import numpy_ops, plots
from course_lib.lessons.vanishing_gradients.chain import Chain, run_chain
from course_lib.plots.style import GRADIENT, INK, INPUT, OUTPUT, QUIET


@plots.in_course_style
def show_slope(most: int = 30) -> Figure:
    """Draw the sigmoid with its slope, and the largest product that n such slopes can have.

    Parameters
    ----------
    most : int, default=30
        Largest n.

    Returns
    -------
    Figure
        Left σ and σ′ against z, right (¼)ⁿ against n on a logarithmic axis.

    Examples
    --------
    >>> [ax.get_xlabel() for ax in show_slope().axes]
    ['z', 'layers n']
    """
    chart, axes = plots.figure(columns=2, height=3.6)
    z = np.linspace(-8, 8, 161)
    left, right = axes[0]
    left.plot(z, numpy_ops.sigmoid(z), color=OUTPUT, linestyle="--")
    left.plot(z, numpy_ops.sigmoid_backward(np.ones_like(z), z), color=GRADIENT)
    left.axhline(0.25, color=QUIET, lw=1.2, linestyle=":")
    left.text(2.2, 0.76, "σ(z)", color=OUTPUT, ha="left", fontsize=15)
    left.text(2.2, 0.12, "σ′(z)", color=GRADIENT, ha="left", fontsize=15)
    left.text(-7.8, 0.28, "¼", fontsize=15)
    left.set(xlabel="z", ylabel="value", ylim=(-0.03, 1.03))
    n = np.arange(1, most + 1)
    right.semilogy(n, 0.25**n, "o", color=GRADIENT, ms=5)
    right.set(xlabel="layers n", ylabel="(¼)ⁿ", xlim=(0, most + 1))
    right.grid(True)
    return chart


@plots.in_course_style
def show_chain(x: float, weights: Sequence[float], *, target: float, slopes: bool = False) -> Axes:
    """Draw a chain of single sigmoid units, forward in black and, if asked, backward in red.

    Parameters
    ----------
    x, target : float
        Input, and what should come out.
    weights : sequence of float
        One for each unit.
    slopes : bool, default=False
        Show the way back: each factor, and what has arrived.

    Returns
    -------
    Axes
        The drawing.

    Examples
    --------
    >>> ax = show_chain(0.5, [1.0, 2.0], target=1.0)
    >>> ax.texts[0].get_text().splitlines()
    ['x', '0.5']
    """
    ax = plots.figure(width=9.0, height=3.0 if slopes else 2.2)[1][0, 0]
    numbers = run_chain(x, weights, target=target)
    n = len(weights)
    values = [x, *numbers.h, numbers.loss]
    names = ["x", *(f"h{_low(k)}" for k in range(1, n + 1)), "L"]
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        color = INPUT if place == 0 else INK if place == n + 1 else OUTPUT
        box = {"boxstyle": "round,pad=0.45", "facecolor": f"{color}22", "edgecolor": color, "lw": 2}
        ax.text(
            place, 0, f"{name}\n{_text(value)}", ha="center", va="center", fontsize=13, bbox=box
        )
    for place in range(n + 1):
        word = f"w{_low(place + 1)} = {weights[place]:g}" if place < n else "½(h − t)²"
        _arrow(ax, place + 0.28, place + 0.72, 0.0, INK)
        ax.text(place + 0.5, 0.28, word.replace("-", "−"), ha="center", fontsize=12,
                color="#8a5a00" if place < n else INK)  # fmt: skip
    if slopes:
        _draw_way_back(ax, x, weights, numbers)
    ax.set(xlim=(-0.4, n + 1.4), ylim=(-1.45 if slopes else -0.5, 0.6))
    ax.axis("off")
    return ax


def _draw_way_back(ax: Axes, x: float, weights: Sequence[float], numbers: Chain) -> None:
    """Write each factor at its red arrow, and ∂L/∂z under its unit."""
    n = len(weights)
    factors = [f"x = {x:g}", *(f"w{_low(k + 1)} = {weights[k]:g}" for k in range(1, n)),
               f"h − t\n= {_text(numbers.upstream)}"]  # fmt: skip
    look = {"ha": "center", "fontsize": 12, "color": GRADIENT}
    for k, words in enumerate(factors):
        _arrow(ax, k + 0.72, k + 0.28, -0.62, GRADIENT)
        ax.text(k + 0.5, -0.52, words.replace("-", "−"), va="bottom", **look)
    for k in range(1, n + 1):
        ax.text(k, -0.62, f"σ′ = {_text(numbers.slopes[k - 1])}", va="center", **look)
        delta = _text(numbers.deltas[k - 1])
        ax.text(k, -0.92, f"∂L/∂z{_low(k)}\n{delta}", va="top", **look)
    ax.text(0, -0.92, f"∂L/∂w₁\n{_text(numbers.grad_w[0])}", va="top", weight="bold", **look)


def _arrow(ax: Axes, start: float, end: float, height: float, color: str) -> None:
    ax.annotate("", (end, height), (start, height),
                arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2})  # fmt: skip


def _low(k: int) -> str:
    return str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _text(value: float) -> str:
    return f"{value:.2g}".replace("-", "−")
