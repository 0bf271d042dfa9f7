"""The widget of lesson 02."""

from collections.abc import Mapping

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.errors import InvalidValue
from course_lib.lessons.convolution.figures import show_sliding_step
from course_lib.plots import number_text
from course_lib.shapes import conv_output_size
from course_lib.widgets.explorer import Explorer

LARGEST_STRIDE, LARGEST_PADDING = 3, 2


def sliding_kernel(image: NDArray, kernels: Mapping[str, NDArray]) -> Explorer:
    """Slide a kernel over a small image, product by product.

    Parameters
    ----------
    image : (H, W)
        The input; up to 10 pixels an axis show their numbers at every padding.
    kernels : mapping of str to (K_h, K_w)
        The kernels to choose from, by name.

    Returns
    -------
    Explorer
        Controls: `kernel`, `row` and `column` of the output, `stride`, `padding`.

    Raises
    ------
    ValueError
        If there is no kernel, or one is larger than the image.

    Examples
    --------
    >>> slide = sliding_kernel(np.eye(5), {"all ones": np.ones((3, 3))})
    >>> slide.controls["stride"].value = 2
    >>> slide.controls["row"].max
    1
    """
    _require_kernels(image, kernels)

    def sizes(kernel: str, stride: int, padding: int) -> tuple[int, ...]:
        axes = zip(image.shape, kernels[kernel].shape, strict=True)
        return tuple(conv_output_size(n, k, stride=stride, padding=padding) for n, k in axes)

    def limits(kernel: str, row: int, column: int, stride: int, padding: int) -> dict[str, int]:
        height, width = sizes(kernel, stride, padding)
        return {"row": height - 1, "column": width - 1}

    def draw(kernel: str, row: int, column: int, stride: int, padding: int) -> Figure:
        place = {"row": row, "column": column, "stride": stride, "padding": padding}
        return show_sliding_step(image, kernels[kernel], **place)

    def describe(kernel: str, row: int, column: int, stride: int, padding: int) -> str:
        top, left = row * stride, column * stride
        height, width = kernels[kernel].shape
        window = np.pad(image, padding)[top : top + height, left : left + width]
        total = number_text((window * kernels[kernel]).sum())
        size = " by ".join(map(str, sizes(kernel, stride, padding)))
        return (
            f"Kernel {kernel}, stride {stride}, padding {padding}: the window for output row "
            f"{row}, column {column} gives the sum {total}; the output is {size}."
        )

    slider = ipywidgets.IntSlider
    controls = {
        "kernel": ipywidgets.Dropdown(options=list(kernels), description="kernel"),
        "row": slider(0, 0, image.shape[0] - 1, description="row"),
        "column": slider(0, 0, image.shape[1] - 1, description="column"),
        "stride": slider(1, 1, LARGEST_STRIDE, description="stride"),
        "padding": slider(0, 0, LARGEST_PADDING, description="padding"),
    }
    return Explorer(controls, draw, describe, limits=limits)


def _require_kernels(image: NDArray, kernels: Mapping[str, NDArray]) -> None:
    shapes = [np.shape(kernel) for kernel in kernels.values()]
    fits = [
        len(shape) == np.ndim(image) == 2 and np.all(np.less_equal(shape, image.shape))
        for shape in shapes
    ]
    if not shapes or not all(fits):
        raise InvalidValue(
            "sliding_kernel", received=f"image {np.shape(image)} and kernels {shapes}",
            needed="an image (H, W) and at least one kernel (K_h, K_w), none larger",
            fix="use smaller kernels or a larger image")  # fmt: skip
