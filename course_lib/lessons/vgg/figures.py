"""Pictures of notebook 19: cleaned photos, points a seed, shares of a network, windows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib import plots
from course_lib.plots.style import CURVE_COLORS, axes_or_new, in_course_style

if TYPE_CHECKING:
    from course_lib.analysis import Block

MEASURES = {
    "parameters": ("parameters", 1e6, "parameters (10⁶)"),
    "multiply-adds": ("multiply_adds", 1e9, "multiply-adds (10⁹)"),
    "memory": ("activation_bytes", 1e6, "memory (10⁶ bytes)"),
}


@in_course_style
def show_photos(photos: Mapping[str, NDArray]) -> Figure:
    """Draw gray pictures (H, W) beside each other, from 0, black, to 1, white, names above."""
    chart, axes = plots.figure(columns=len(photos), width=9.0, height=3.5)
    for ax, (name, photo) in zip(axes[0], photos.items(), strict=True):
        ax.imshow(photo, cmap="gray", vmin=0, vmax=1)
        ax.set_title(name, fontsize=14)
        ax.set_axis_off()
    return chart


@in_course_style
def show_shares(blocks: "Sequence[Block]", names: Sequence[str]) -> Figure:
    """Draw what each block has of three things: parameters, multiply-adds, memory.

    Parameters
    ----------
    blocks : sequence of Block
        As `analysis.network_blocks` gives them.
    names : sequence of str
        How to call them, from top to bottom.

    Returns
    -------
    Figure
        Three charts of bars with one axis of names, the percentage of the total at each bar.
    """
    chart, axes = plots.figure(columns=3, width=9.0, height=3.8)
    for ax, (title, (field, unit, label)) in zip(axes[0], MEASURES.items(), strict=True):
        values = np.array([getattr(block, field) for block in blocks], float)
        ax.barh(range(len(values)), values / unit, color=plots.KERNEL, edgecolor=plots.INK)
        for place, value in enumerate(values):
            ax.text(value / unit, place, f" {value / values.sum():.0%}", va="center", fontsize=12)
        ax.set(xlabel=label, title=title, xlim=(0, 1.3 * values.max() / unit))
        ax.set_yticks(range(len(values)), names if ax is axes[0, 0] else [""] * len(values))
        ax.set_ylim(len(values) - 0.4, -0.6)
    return chart


@in_course_style
def show_windows() -> Figure:
    """Draw the 5 × 5 pixels behind one unit of two 3 × 3 layers, and the 3 × 3 units between."""
    chart, axes = plots.figure(columns=3, width=9.0, height=3.3)
    sides = {"input: 5×5": 5, "first layer: 3×3": 3, "second layer: one unit": 1}
    colors = (plots.INPUT, plots.KERNEL, plots.OUTPUT)
    for ax, (title, side), color in zip(axes[0], sides.items(), colors, strict=True):
        edge = (5 - side) / 2
        for place in range(side * side):
            corner = (edge + place % side, edge + place // side)
            ax.add_patch(Rectangle(corner, 1, 1, facecolor=color, alpha=0.35, edgecolor=plots.INK))
        if side > 1:
            ax.add_patch(
                Rectangle((edge, edge), 3, 3, fill=False, edgecolor=plots.INK, linewidth=4)
            )
        ax.set(xlim=(-0.1, 5.1), ylim=(5.1, -0.1), aspect="equal")
        ax.set_title(title, fontsize=14)
        ax.set_axis_off()
    return chart


@in_course_style
def show_fields(fields: Mapping[str, Sequence[int]], *, ax: Axes | None = None) -> Axes:
    """Draw the receptive field against the number of convolutions passed, a line a network."""
    ax = axes_or_new(ax, width=8.6, height=4.4)
    for (name, sizes), color, marker in zip(fields.items(), CURVE_COLORS, "os^D", strict=False):
        ax.plot(range(1, len(sizes) + 1), sizes, color=color, marker=marker, label=name)
        ax.annotate(name, (len(sizes), sizes[-1]), xytext=(8, -4), textcoords="offset points")
    ax.axhline(224, color=plots.QUIET, linestyle="--", linewidth=1.5)
    ax.text(1, 228, "side of the image", fontsize=12, color=plots.INK)
    ax.set(xlabel="convolution", ylabel="receptive field (pixels)", xlim=(0.5, 18.5), ylim=(0, 280))
    ax.set_xticks(range(1, 17))
    return ax
