"""The smallest CNN as a graph of five nodes: its numbers, and a picture of them."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch

from course_lib import plots
from course_lib.plots.style import GRADIENT, INK, KERNEL, OUTPUT

NODES = {"w": (0.6, 1.9), "y0": (3.6, 3.5), "y1": (3.6, 0.3), "s": (6.6, 1.9), "L": (9.4, 1.9)}
RADIUS = 0.42
SUBSCRIPTS = {"y0": "y₀", "y1": "y₁"}
DARK_RED = "#A84300"  # GRADIENT, dark enough for text


class GraphNumbers(NamedTuple):
    """The five nodes of the small graph by name: their values, and the slope of L for each."""

    values: dict[str, float]
    slopes: dict[str, float]


def graph_numbers(
    w: float, *, pixels: tuple[float, float], readout: tuple[float, float], target: float
) -> GraphNumbers:
    """Go forward and backward through y = w·pixel (twice), s = readout·y, L = (s − target)²/2.

    Examples
    --------
    >>> graph_numbers(2, pixels=(1, 3), readout=(4, -1), target=5).slopes["w"]
    -3
    """
    y0, y1 = w * pixels[0], w * pixels[1]
    s = readout[0] * y0 + readout[1] * y1
    values = {"w": w, "y0": y0, "y1": y1, "s": s, "L": (s - target) ** 2 / 2}
    slopes = {"L": 1, "s": s - target}
    slopes |= {"y0": slopes["s"] * readout[0], "y1": slopes["s"] * readout[1]}
    slopes["w"] = slopes["y0"] * pixels[0] + slopes["y1"] * pixels[1]
    return GraphNumbers(values, slopes)


@plots.in_course_style
def show_graph(
    w: float = 2,
    *,
    pixels: tuple[float, float] = (1, 3),
    readout: tuple[float, float] = (4, -1),
    target: float = 5,
    slopes: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the smallest CNN as a graph of five nodes, with its numbers.

    Parameters
    ----------
    w : float, default=2
        The weight that both pixels share.
    pixels, readout : pairs of float, default=(1, 3) and (4, -1)
        What w is multiplied with, and what its two outputs are.
    target : float, default=5
        What the sum should be.
    slopes : bool, default=False
        Write the slope of L for each node below it, and on each arrow what it sends back.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Values in the nodes, factors on the arrows.

    Examples
    --------
    >>> ax = show_graph(slopes=True)
    >>> [text.get_text() for text in ax.texts if "∂L/∂w" in text.get_text()]
    ['∂L/∂w = −3']
    """
    ax = plots.figure(height=4.6)[1][0, 0] if ax is None else ax
    numbers = graph_numbers(w, pixels=pixels, readout=readout, target=target)
    factors = {
        ("w", "y0"): pixels[0], ("w", "y1"): pixels[1],
        ("y0", "s"): readout[0], ("y1", "s"): readout[1],
    }  # fmt: skip
    for (start, end), factor in factors.items():
        sent = numbers.slopes[end] * factor if slopes else None
        _draw_edge(ax, NODES[start], NODES[end], f"·{_bracket(factor)}", sent)
    sent = numbers.slopes["s"] if slopes else None
    _draw_edge(ax, NODES["s"], NODES["L"], f"½(s − {plots.number_text(target)})²", sent)
    for name, (x, y) in NODES.items():
        _draw_node(ax, name, x, y, numbers, slopes=slopes)
    ax.set(xlim=(-0.4, 10.4), ylim=(-0.75, 4.85), aspect="equal")
    ax.axis("off")
    return ax


def _draw_node(
    ax: Axes, name: str, x: float, y: float, numbers: GraphNumbers, *, slopes: bool
) -> None:
    color = {"w": KERNEL, "L": INK}.get(name, OUTPUT)
    label = SUBSCRIPTS.get(name, name)
    ax.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=color, lw=3, zorder=3))
    value = plots.number_text(numbers.values[name])
    look = {"ha": "center", "zorder": 4}
    ax.text(x, y, value, va="center", fontsize=17, **look)
    ax.text(x, y + RADIUS + 0.1, label, va="bottom", fontsize=16, color=INK, **look)
    if slopes:
        text = f"∂L/∂{label} = {plots.number_text(numbers.slopes[name])}"
        # Below the node; at the top of the graph that is where the ways back run.
        place, side = (y + RADIUS + 0.5, "bottom") if name == "y0" else (y - RADIUS - 0.1, "top")
        ax.text(x, place, text, va=side, fontsize=14, color=DARK_RED, weight="bold", **look)


def _draw_edge(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], text: str, sent: float | None
) -> None:
    """Draw the way forward, what it multiplies with, and what is sent back along it."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.linalg.norm(b - a)
    across = np.array([-along[1], along[0]])
    shift = across * (0.1 if sent is not None else 0.0)
    look = {"arrowstyle": "-|>,head_length=8,head_width=4", "lw": 2, "zorder": 1}
    tail, head = a + along * (RADIUS + 0.06), b - along * (RADIUS + 0.06)
    ax.add_patch(FancyArrowPatch(tail + shift, head + shift, color=INK, **look))
    turn = np.degrees(np.arctan2(along[1], along[0]))
    look_text = {"ha": "center", "va": "center", "rotation": turn, "rotation_mode": "anchor"}
    x, y = (tail + head) / 2 + across * 0.33
    ax.text(x, y, text, fontsize=15, color=INK, **look_text)
    if sent is not None:
        ax.add_patch(FancyArrowPatch(head - shift, tail - shift, color=GRADIENT, **look))
        x, y = (tail + head) / 2 - across * 0.33
        ax.text(x, y, plots.number_text(sent), fontsize=15, color=DARK_RED, **look_text)


def _bracket(value: float) -> str:
    text = plots.number_text(value)
    return f"({text})" if value < 0 else text
