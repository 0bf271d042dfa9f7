"""What a unit sees, as a window on a photo."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib.analysis.receptive_field import LayerField
from course_lib.checks import require_int
from course_lib.errors import InvalidValue
from course_lib.plots.images import show_image
from course_lib.plots.style import INPUT, OUTPUT, axes_or_new, figure, frame, in_course_style

MARGIN = 0.15  # of the image, drawn around it: fields reach over the edge
SHADE = 0.4  # of the light is left outside of the field


@in_course_style
def show_field(
    image: NDArray, field: LayerField, *, row: int = 0, column: int = 0, ax: Axes | None = None
) -> Axes:
    """Outline on a photo what one unit of a layer sees.

    Parameters
    ----------
    image : (H, W), (1, H, W) or (3, H, W)
        The input, as for `show_image`.
    field : LayerField
        A line of `analysis.receptive_field.receptive_field`.
    row, column : int, default=0
        Which unit of the layer, from 0.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    TypeError, ValueError
        If the image is none, or the layer has no such unit over the image.

    Examples
    --------
    >>> layer = LayerField("conv1", "Conv2d", size=5, jump=2, start=1.0, padding=1)
    >>> ax = show_field(np.zeros((20, 30)), layer, row=2, column=3)
    >>> ax.patches[-1].get_xy()
    (4.5, 2.5)
    """
    height, width = np.shape(image)[-2:]
    counts = units_over(field, (height, width))
    for index, count in zip((row, column), counts, strict=True):
        require_unit(index, count)
    size, top, left = field_box(field, (row, column), (height, width))
    if ax is None:
        # Fixed places: nothing jumps from layer to layer, and drawing takes half the time.
        ax = axes_or_new(ax, width=6.0, height=4.8)
        ax.figure.set_layout_engine("none")
        ax.set_position((0.13, 0.13, 0.85, 0.78))
    show_image(_shade_rest(np.asarray(image), top, left, size), ax=ax)
    for spine in ax.spines.values():
        spine.set_visible(False)
    frame = {"fill": False, "zorder": 4}
    ax.add_patch(Rectangle((-0.5, -0.5), width, height, edgecolor=INPUT, linewidth=3.5, **frame))
    if size[0] > height / 8:  # a dot would hide a smaller field
        ax.plot(left + (size[1] - 1) / 2, top + (size[0] - 1) / 2, "o", color=OUTPUT, markersize=9)
    box = Rectangle(
        (left - 0.5, top - 0.5), size[1], size[0], edgecolor=OUTPUT, linewidth=3, **frame
    )
    ax.add_patch(box)
    sees = "the whole image" if field.size is None else f"{field.size} × {field.size} pixels"
    ax.set_title(f"{field.name} ({field.type}) sees {sees}")
    edge_y, edge_x = MARGIN * height, MARGIN * width
    ax.set(xlim=(-edge_x, width + edge_x), ylim=(height + edge_y, -edge_y))
    return ax


@in_course_style
def show_fields(
    photo: NDArray, layers: Sequence[LayerField], *, place: tuple[float, float]
) -> Figure:
    """Draw what one unit of each layer sees: where it lies on the photo, and enlarged.

    Parameters
    ----------
    photo : (H, W), (1, H, W) or (3, H, W)
        The input, as for `show_image`.
    layers : sequence of LayerField
        Layers that do not see the whole image.
    place : (float, float)
        Row and column in pixels that the units are nearest to.

    Returns
    -------
    Figure
        One row: for each layer the photo, then what is inside the field.

    Examples
    --------
    >>> layer = LayerField("conv1", "Conv2d", size=5, jump=2, start=1.0, padding=1)
    >>> chart = show_fields(np.zeros((20, 30)), [layer], place=(10, 15))
    >>> chart.axes[0].get_title()
    '5 × 5 pixels'
    """
    height, width = np.shape(photo)[-2:]
    ratios = (width / height, 1) * len(layers)
    chart, axes = figure(columns=len(ratios), width=9.0, height=2.0, width_ratios=ratios)
    for (above, below), layer in zip(axes.reshape(-1, 2), layers, strict=True):
        row, column = (round((p - layer.start) / layer.jump) for p in place)
        show_field(photo, layer, row=row, column=column, ax=above)
        above.set(title=f"{layer.size} × {layer.size} pixels", xticks=[], yticks=[])
        above.set(xlabel="", ylabel="")
        for dot in above.lines:
            dot.set_markersize(4)  # a larger one would hide the field on so small a photo
        show_image(photo, ticks=False, ax=below)
        top, left = (k * layer.jump - layer.padding - 0.5 for k in (row, column))
        below.set(xlim=(left, left + layer.size), ylim=(top + layer.size, top), facecolor="white")
        frame(below, OUTPUT)
        below.set_title("enlarged")
    return chart


def units_over(field: LayerField, image_size: tuple[int, int]) -> tuple[int, int]:
    """Count the units along each axis whose field has its center on the image.

    Examples
    --------
    >>> units_over(LayerField("pool", "MaxPool2d", size=4, jump=2, start=0.5, padding=1), (8, 9))
    (4, 4)
    """
    if field.size is None:
        return (1, 1)
    return tuple(max(1, int((n - 1 - field.start) // field.jump) + 1) for n in image_size)


def field_box(
    field: LayerField, unit: tuple[int, int], image_size: tuple[int, int]
) -> tuple[tuple[int, int], float, float]:
    """Give the size of a unit's field (height, width), and its first row and column.

    Examples
    --------
    >>> layer = LayerField("conv1", "Conv2d", size=5, jump=2, start=1.0, padding=1)
    >>> field_box(layer, (2, 3), (20, 30))
    ((5, 5), 3, 5)
    """
    if field.size is None:
        return image_size, 0, 0
    top, left = (i * field.jump - field.padding for i in unit)
    return (field.size, field.size), top, left


def _shade_rest(image: NDArray, top: float, left: float, size: tuple[int, int]) -> NDArray:
    """Darken what of the image lies outside of the field."""
    rows, columns = (np.arange(n) for n in image.shape[-2:])
    inside = np.logical_and.outer(
        (rows >= top) & (rows < top + size[0]), (columns >= left) & (columns < left + size[1])
    )
    return np.where(inside, image, (SHADE * image).astype(image.dtype))


def require_unit(unit: int, count: int) -> None:
    """Refuse a unit that a layer does not have."""
    if require_int("show_field", "unit", unit, minimum=0) >= count:
        raise InvalidValue(
            "show_field", received=f"unit {unit} of a layer with {count}",
            needed=f"a number from 0 to {count - 1}",
            fix="choose another unit, or a larger input")  # fmt: skip
