"""A network as a row of boxes, drawn from what `analysis.network_blocks` finds in it."""

from collections.abc import Sequence
from math import log2
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_lib.plots.style import INK, axes_or_new, in_course_style

if TYPE_CHECKING:
    from course_lib.analysis import Block

COLORS = {
    "convolution": "#F3CF80", "block": "#EDB53A", "pooling": "#D9D9D9", "dense": "#E5BFD4",
}  # fmt: skip
MOST_LEVEL = 7  # boxes whose words fit beside each other; those of more stand upright


@in_course_style
def show_architecture(blocks: "Sequence[Block]", *, ax: Axes | None = None) -> Axes:
    """Draw each block as a box: as high as its maps, as wide as its channels are many.

    The height follows the square root of the map's height in pixels, the width the logarithm of
    the channels, so that the first layers and the last can both be seen.

    Parameters
    ----------
    blocks : sequence of Block
        As `network_blocks` gives them.
    ax : matplotlib Axes, default=None
        Where to draw; None starts a figure that fits a slide.

    Returns
    -------
    Axes
        Names stand above the boxes, output shapes (C × H × W) below.

    Examples
    --------
    >>> from torch import nn
    >>> from course_lib.analysis import network_blocks
    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    >>> ax = show_architecture(network_blocks(net, (1, 1, 28, 28)))
    >>> [" ".join(text.get_text().split()) for text in ax.texts]
    ['conv 5×5', '6 × 24 × 24', 'max pool 2×2', '6 × 12 × 12']
    """
    ax = axes_or_new(ax, width=9.0, height=4.2)
    upright = len(blocks) > MOST_LEVEL
    tallest = max(_side(block) for block in blocks)
    widest = max(_channels(block) for block in blocks)
    for place, block in enumerate(blocks):
        height = max(0.06, (_side(block) / tallest) ** 0.5)
        width = max(0.12, 0.8 * log2(1 + _channels(block)) / log2(1 + widest))
        ax.add_patch(
            FancyBboxPatch(
                (place - width / 2, -height / 2), width, height,
                boxstyle="square,pad=0", facecolor=COLORS[block.kind], edgecolor=INK, linewidth=1.2,
            )
        )  # fmt: skip
        _write(ax, place, block, height, upright=upright)
    ax.plot([-0.7, len(blocks) - 0.3], [0, 0], color=INK, linewidth=1, zorder=0)
    ax.set(xlim=(-0.8, len(blocks) - 0.2), ylim=(-1.05, 1.15) if upright else (-0.75, 0.8))
    ax.set_axis_off()
    return ax


def _write(ax: Axes, place: int, block: "Block", height: float, *, upright: bool) -> None:
    """Write the name above a box and the shape below it."""
    name = f"{block.count} × {block.name}" if block.count > 1 else block.name
    shape = " × ".join(map(str, block.output_shape))
    size, turn = (11, 90) if upright else (12, 0)
    if not upright:
        name = name.replace(" ", "\n") if len(name) > 10 else name
        shape = shape.replace(" × ", "\n× ") if len(shape) > 10 else shape
    ax.text(place, height / 2 + 0.04, name, ha="center", va="bottom", fontsize=size, rotation=turn)
    ax.text(place, -height / 2 - 0.04, shape, ha="center", va="top", fontsize=size, rotation=turn)


def _side(block: "Block") -> int:
    """Height of the maps in pixels; numbers without a place count as one pixel."""
    return block.output_shape[1] if len(block.output_shape) > 1 else 1


def _channels(block: "Block") -> int:
    return block.output_shape[0]
