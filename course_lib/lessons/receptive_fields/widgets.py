"""The widget of the notebook on receptive fields."""

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course_lib.analysis.receptive_field import LayerField, ReceptiveFields
from course_lib.errors import InvalidValue
from course_lib.lessons.receptive_fields.figures import field_box, show_field, units_over
from course_lib.widgets.explorer import Explorer

ROWS_OF_LIST = 8


def field_explorer(image: NDArray, fields: ReceptiveFields) -> Explorer:
    """Choose a layer from a list, and see what one of its units sees of a photo.

    Parameters
    ----------
    image : (H, W), (1, H, W) or (3, H, W)
        The photo, values from 0 to 1.
    fields : ReceptiveFields
        The layers, from `analysis.receptive_field.receptive_field`.

    Returns
    -------
    Explorer
        Controls: `layer`, by mouse or arrow keys, and `row` and `column` of the unit.

    Raises
    ------
    ValueError
        If there is no layer.

    Examples
    --------
    >>> layer = LayerField("conv1", "Conv2d", size=5, jump=2, start=1.0, padding=1)
    >>> look = field_explorer(np.zeros((20, 30)), ReceptiveFields((layer,)))
    >>> look.controls["row"].value = 0
    >>> look.controls["column"].value = 3
    >>> look
    Widget with sliders; it needs a running kernel. Now: conv1 (Conv2d): unit row 0, column 3 of
    10 by 15 sees 5 by 5 pixels, neighbors 2 pixels apart. Its field reaches over the edge.
    """
    if not fields.layers:
        raise InvalidValue(
            "field_explorer", received="no layers", needed="at least one LayerField",
            fix="pass receptive_field(network)")  # fmt: skip
    size = np.shape(image)[-2:]
    layers = fields.layers

    def limits(layer: int, row: int, column: int) -> dict[str, int]:
        height, width = units_over(layers[layer], size)
        return {"row": height - 1, "column": width - 1}

    def draw(layer: int, row: int, column: int) -> Axes:
        return show_field(image, layers[layer], row=row, column=column)

    def describe(layer: int, row: int, column: int) -> str:
        return _in_words(layers[layer], (row, column), size)

    height, width = units_over(layers[0], size)
    names = [(_name(number, layer), number) for number, layer in enumerate(layers)]
    slider = ipywidgets.IntSlider
    controls = {
        "layer": ipywidgets.Select(options=names, rows=ROWS_OF_LIST, description="layer"),
        "row": slider(height // 2, 0, height - 1, description="row"),
        "column": slider(width // 2, 0, width - 1, description="column"),
    }
    return Explorer(controls, draw, describe, limits=limits)


def _name(number: int, layer: LayerField) -> str:
    return f"{number + 1}. {layer.name} ({layer.type})"


def _in_words(layer: LayerField, unit: tuple[int, int], size: tuple[int, int]) -> str:
    if layer.size is None:
        return f"{layer.name} ({layer.type}) sees the whole image."
    counts = units_over(layer, size)
    (tall, wide), top, left = field_box(layer, unit, size)
    over = top < 0 or left < 0 or top + tall > size[0] or left + wide > size[1]
    return (
        f"{layer.name} ({layer.type}): unit row {unit[0]}, column {unit[1]} of {counts[0]} by "
        f"{counts[1]} sees {layer.size} by {layer.size} pixels, neighbors {layer.jump} pixels "
        f"apart.{' Its field reaches over the edge.' if over else ''}"
    )
