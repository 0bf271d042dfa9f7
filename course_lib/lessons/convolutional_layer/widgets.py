"""The widget of the notebook on the convolutional layer."""

from collections.abc import Mapping
from math import prod

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.errors import InvalidValue
from course_lib.lessons.convolutional_layer.figures import output_text, show_im2col_step
from course_lib.shapes import conv_output_size
from course_lib.widgets.explorer import Explorer

LARGEST_STRIDE, LARGEST_PADDING, LARGEST_DILATION = 3, 1, 2


def im2col_explorer(x: NDArray, weights: Mapping[str, NDArray]) -> Explorer:
    """Follow one window of an image into its column, and the column into the output.

    Parameters
    ----------
    x : (C_in, H, W)
        One small image: see `figures.show_im2col_step` for how much can be drawn.
    weights : mapping of str to (C_out, C_in, K_h, K_w)
        The weights to choose from, by name.

    Returns
    -------
    Explorer
        Controls: `weight`, `column`, `stride`, `padding` (0 for 1x1 kernels) and `dilation`.

    Raises
    ------
    ValueError
        If there are no weights, or one does not fit the image.

    Examples
    --------
    >>> look = im2col_explorer(np.ones((1, 3, 4)), {"2×2": np.ones((1, 1, 2, 2))})
    >>> look.controls["column"].value = 5
    >>> look.controls["stride"].value = 2
    >>> look.controls["column"].max
    1
    """
    _require_weights(x, weights)

    def sizes(weight: str, stride: int, padding: int, dilation: int) -> tuple[int, ...]:
        axes = zip(x.shape[1:], weights[weight].shape[2:], strict=True)
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        return tuple(conv_output_size(n, k, **options) for n, k in axes)

    def limits(
        weight: str, column: int, stride: int, padding: int, dilation: int
    ) -> dict[str, int]:
        kernel = weights[weight].shape[2:]
        padding = min(padding, LARGEST_PADDING if max(kernel) > 1 else 0)
        dilation = min(dilation, _largest_dilation(x.shape[1:], kernel, padding))
        return {
            "padding": LARGEST_PADDING if max(kernel) > 1 else 0,
            "dilation": _largest_dilation(x.shape[1:], kernel, padding),
            "column": prod(sizes(weight, stride, padding, dilation)) - 1,
        }

    def draw(weight: str, column: int, stride: int, padding: int, dilation: int) -> Figure:
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        return show_im2col_step(x, weights[weight], column=column, **options)

    def describe(weight: str, column: int, stride: int, padding: int, dilation: int) -> str:
        kernel = weights[weight].shape[2:]
        height, width = sizes(weight, stride, padding, dilation)
        row, place = divmod(column, width)
        window = _window(x, kernel, (row * stride, place * stride), padding, dilation)
        return (
            f"Weight {weight}, stride {stride}, padding {padding}, dilation {dilation}: column "
            f"{column} of {height * width} is the window for output row {row}, column {place}; "
            f"the filters give {output_text(weights[weight], window)}."
        )

    return Explorer(_controls(list(weights)), draw, describe, limits=limits)


def _controls(weights: list[str]) -> dict[str, ipywidgets.Widget]:
    slider = ipywidgets.IntSlider
    return {
        "weight": ipywidgets.Dropdown(options=weights, description="weight"),
        "column": slider(0, 0, 99, description="column"),
        "stride": slider(1, 1, LARGEST_STRIDE, description="stride"),
        "padding": slider(0, 0, LARGEST_PADDING, description="padding"),
        "dilation": slider(1, 1, LARGEST_DILATION, description="dilation"),
    }


def _largest_dilation(size: tuple[int, ...], kernel: tuple[int, ...], padding: int) -> int:
    """Spread the kernel as far as the padded image allows."""
    fits = [(n + 2 * padding - 1) // (k - 1) for n, k in zip(size, kernel, strict=True) if k > 1]
    return min([LARGEST_DILATION, *fits])


def _window(
    x: NDArray, kernel: tuple[int, ...], first: tuple[int, int], padding: int, dilation: int
) -> NDArray:
    x_pad = np.pad(x, ((0, 0), (padding,) * 2, (padding,) * 2))
    rows, columns = (
        slice(start, start + dilation * (k - 1) + 1, dilation)
        for start, k in zip(first, kernel, strict=True)
    )
    return x_pad[:, rows, columns]


def _require_weights(x: NDArray, weights: Mapping[str, NDArray]) -> None:
    shapes = [np.shape(weight) for weight in weights.values()]
    fits = [
        len(shape) == 4
        and np.ndim(x) == 3
        and shape[1] == x.shape[0]
        and np.all(np.less_equal(shape[2:], x.shape[1:]))
        for shape in shapes
    ]
    if not shapes or not all(fits):
        raise InvalidValue(
            "im2col_explorer", received=f"x {np.shape(x)} and weights {shapes}",
            needed="x (C_in, H, W) and weights (C_out, C_in, K_h, K_w), none larger",
            fix="use smaller kernels or a larger image")  # fmt: skip
