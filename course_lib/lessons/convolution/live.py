"""Live figures of the notebook on convolution."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.errors import InvalidValue
from course_lib.lessons.convolution.figures import show_sliding_step
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")


def sliding_kernel(image: NDArray, kernels: Mapping[str, NDArray]) -> Figure:
    """Slide a kernel over a small image, product by product.

    Parameters
    ----------
    image : (H, W)
        The input; up to 10 pixels an axis show their numbers at every padding.
    kernels : mapping of str to (K_h, K_w)
        The kernels to choose from, by name; all of one size.

    Returns
    -------
    Figure
        Controls: the kernel, whose numbers can also be typed, stride, padding and dilation; the
        window follows the mouse and the arrow keys.

    Raises
    ------
    ValueError
        If there is no kernel, they differ in size, or are larger than the image.

    Examples
    --------
    >>> slide = sliding_kernel(np.eye(5), {"all ones": np.ones((3, 3))})
    >>> slide.state["kernel"][0]
    [1.0, 1.0, 1.0]
    """
    _require_kernels(image, kernels)
    name, kernel = next(iter(kernels.items()))
    row, column = (np.subtract(image.shape, kernel.shape) // 2).tolist()
    state = {
        "image": image, "kernels": dict(kernels), "name": name, "kernel": kernel, "row": row,
        "column": column, "reached": 0, "stride": 1, "padding": 0, "dilation": 1,
    }  # fmt: skip
    state["reached"] = row * (image.shape[1] - kernel.shape[1] + 1) + column
    words = (
        f"An image of {image.shape[0]} by {image.shape[1]} pixels under the kernel {name}. The "
        f"window at row {row}, column {column} times the kernel, added up, is one number of the "
        "output; later numbers are still empty."
    )
    still = show_sliding_step(image, kernel, row=row, column=column)
    return Figure(MODULES / "sliding_kernel.js", state, still=still, words=words)


def sliding_kernel_numbers(state: Mapping[str, Any]) -> dict[str, NDArray]:
    """Compute with NumPy what the figure shows: output, window, products and sum at its place."""
    image, kernel = (np.array(state[name], float) for name in ("image", "kernel"))
    options = {name: state[name] for name in ("stride", "padding", "dilation")}
    output = numpy_ops.conv2d(image[None, None], kernel[None, None], **options)[0, 0]
    top, left = state["row"] * state["stride"], state["column"] * state["stride"]
    rows, columns = (state["dilation"] * np.arange(size) for size in kernel.shape)
    window = np.pad(image, state["padding"])[np.ix_(top + rows, left + columns)]
    products = window * kernel
    return {"output": output, "window": window, "products": products, "sum": products.sum()}


def _require_kernels(image: NDArray, kernels: Mapping[str, NDArray]) -> None:
    shapes = [np.shape(kernel) for kernel in kernels.values()]
    one_size = len(set(shapes)) == 1 and len(shapes[0]) == np.ndim(image) == 2
    if not one_size or np.any(np.greater(shapes[0], image.shape)):
        raise InvalidValue(
            "sliding_kernel",
            received=f"image {np.shape(image)} and kernels {shapes}",
            needed="an image (H, W) and at least one kernel (K_h, K_w), of one size, not "
            "larger than the image",
            fix="use kernels of one size, or a larger image",
        )


TRIALS = (
    Trial(
        lambda: sliding_kernel(
            np.arange(56.0).reshape(7, 8) % 11,
            {"edge": np.array([[1.0, 0.0, -1.0]] * 3), "thirds": np.full((3, 3), 1 / 3)},
        ),
        sliding_kernel_numbers,
    ),
)
