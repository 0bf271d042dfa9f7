"""Live figures of the notebook on receptive fields."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from course_lib.analysis.receptive_field import LayerField, ReceptiveFields
from course_lib.errors import InvalidValue
from course_lib.lessons.receptive_fields.figures import field_box, show_field, units_over
from course_lib.live import Figure, Trial
from course_lib.plots import figure as new_figure

MODULES = Path(__file__).with_name("live")
JPEG_QUALITY = 75


def receptive_field(photo: NDArray, fields: ReceptiveFields) -> Figure:
    """Choose a layer, and see what one of its units sees of a photo.

    Parameters
    ----------
    photo : (H, W), (1, H, W) or (3, H, W)
        Values from 0 to 1.
    fields : ReceptiveFields
        The layers, from `analysis.receptive_field.receptive_field`.

    Returns
    -------
    Figure
        Controls: the layer; mouse and arrow keys move the unit, which keeps its place on the
        photo when the layer changes.

    Raises
    ------
    ValueError
        If there is no layer.

    Examples
    --------
    >>> layer = LayerField("conv1", "Conv2d", size=5, jump=2, start=1.0, padding=1)
    >>> look = receptive_field(np.zeros((20, 30)), ReceptiveFields((layer,)))
    >>> look.state["layer"], look.state["y"], look.state["x"]
    (1, 9.5, 14.5)
    """
    if not fields.layers:
        raise InvalidValue(
            "receptive_field", received="no layers", needed="at least one LayerField",
            fix="pass what analysis.receptive_field.receptive_field gave")  # fmt: skip
    height, width = np.shape(photo)[-2:]
    state = {
        "photo": {"src": _jpeg(photo), "height": height, "width": width},
        "layers": [layer._asdict() for layer in fields.layers],
        "layer": 1 + len(fields.layers) // 2, "y": (height - 1) / 2, "x": (width - 1) / 2,
    }  # fmt: skip
    field = fields.layers[state["layer"] - 1]
    row, column = _unit(field, state, (height, width))
    still = new_figure(width=5.0, height=3.6)[1][0, 0]
    gray = photo if np.ndim(photo) == 2 else np.mean(photo, axis=0)  # a third of the bytes
    show_field(gray, field, row=row, column=column, ax=still)
    sees = "the whole image" if field.size is None else f"{field.size} by {field.size} pixels"
    words = f"A photo, and on it what a unit of layer {field.name} sees: {sees}."
    return Figure(MODULES / "receptive_field.js", state, still=still, words=words)


def receptive_field_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what is shown: units, the chosen one, its field, its share of padding."""
    size = (state["photo"]["height"], state["photo"]["width"])
    field = LayerField(**state["layers"][state["layer"] - 1])
    unit = _unit(field, state, size)
    box, top, left = field_box(field, unit, size)
    seen = np.ones(box)
    rows, columns = top + np.arange(box[0]), left + np.arange(box[1])
    seen[(rows < 0) | (rows >= size[0])] = 0
    seen[:, (columns < 0) | (columns >= size[1])] = 0
    return {
        "units": units_over(field, size), "unit": unit, "size": box, "first": (top, left),
        "outside": 1 - seen.mean(),
    }  # fmt: skip


def _unit(field: LayerField, state: Mapping[str, Any], size: tuple[int, int]) -> tuple[int, ...]:
    """Find the unit whose field has its center nearest to the place."""
    if field.size is None:
        return (0, 0)
    places = (int(np.floor((state[k] - field.start) / field.jump + 0.5)) for k in ("y", "x"))
    counts = units_over(field, size)
    return tuple(min(max(k, 0), n - 1) for k, n in zip(places, counts, strict=True))


def _jpeg(photo: NDArray) -> str:
    """Write a photo as the address of a picture: a twentieth of its numbers."""
    levels = np.rint(255 * np.asarray(photo, float)).astype(np.uint8)
    pixels = levels.transpose(1, 2, 0) if levels.ndim == 3 else levels[:, :, None]
    picture = Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[:, :, 0])
    file = io.BytesIO()
    picture.save(file, format="jpeg", quality=JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


TRIALS = (
    Trial(
        lambda: receptive_field(
            np.random.default_rng(seed=0).random((3, 24, 33)),
            ReceptiveFields(
                (
                    LayerField("conv1", "Conv2d", size=3, jump=1, start=0.0, padding=1),
                    LayerField("pool", "MaxPool2d", size=4, jump=2, start=0.5, padding=1),
                    LayerField("conv2", "Conv2d", size=12, jump=8, start=0.5, padding=5),
                    LayerField("flatten", "Flatten", None, None, None, None),
                )
            ),
        ),
        receptive_field_numbers,
    ),
)
