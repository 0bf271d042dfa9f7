"""Live figures of the notebook on the convolutional layer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.errors import InvalidValue
from course_lib.lessons.convolutional_layer.figures.im2col import show_im2col_step
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")


def im2col(x: NDArray, weights: Mapping[str, NDArray]) -> Figure:
    """Follow one window of an image into its column, and the column into the output.

    Parameters
    ----------
    x : (C_in, H, W)
        One small image: see `figures.show_im2col_step` for how much can be drawn.
    weights : mapping of str to (C_out, C_in, K_h, K_w)
        The weights to choose from, by name.

    Returns
    -------
    Figure
        Controls: the weight, stride, padding (0 for 1x1 kernels) and dilation; mouse and arrow
        keys choose the window.

    Raises
    ------
    ValueError
        If there are no weights, or one does not fit the image.

    Examples
    --------
    >>> look = im2col(np.ones((1, 3, 4)), {"2×2": np.ones((1, 1, 2, 2))})
    >>> look.state["name"], look.state["row"], look.state["column"]
    ('2×2', 0, 1)
    """
    _require_weights(x, weights)
    name, weight = next(iter(weights.items()))
    still = show_im2col_step(x, weight, column=1)
    state = {
        "x": x, "weights": dict(weights), "name": name, "row": 0, "column": 1,
        "stride": 1, "padding": 0, "dilation": 1,
    }  # fmt: skip
    windows = numpy_ops.im2col(np.asarray(x, float)[None], kernel_size=weight.shape[2:])[0]
    words = (
        f"An image of {len(x)} channels with its second window marked, and the matrix of its "
        f"windows, one a column, {windows.shape[0]} by {windows.shape[1]}; below, the filters as "
        "rows of a matrix, and the output, their product."
    )
    return Figure(MODULES / "im2col.js", state, still=still, words=words)


def im2col_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what is shown: columns, filters, their product, and the chosen column."""
    x, weight = np.array(state["x"], float), np.array(state["weights"][state["name"]], float)
    options = {name: state[name] for name in ("stride", "padding", "dilation")}
    columns = numpy_ops.im2col(x[None], kernel_size=weight.shape[2:], **options)[0]
    y = numpy_ops.conv2d(x[None], weight, **options)[0]
    filters, at = weight.reshape(len(weight), -1), state["row"] * y.shape[2] + state["column"]
    padding = (state["padding"],) * 2
    return {
        "padded": np.pad(x, ((0, 0), padding, padding)), "columns": columns, "filters": filters,
        "output": y.reshape(len(weight), -1), "at": at, "sums": filters @ columns[:, at],
    }  # fmt: skip


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
            "im2col", received=f"x {np.shape(x)} and weights {shapes}",
            needed="x (C_in, H, W) and weights (C_out, C_in, K_h, K_w), none larger",
            fix="use smaller kernels or a larger image")  # fmt: skip


TRIALS = (
    Trial(
        lambda: im2col(
            np.random.default_rng(seed=0).integers(0, 10, (2, 3, 4)).astype(float),
            {
                "2×2": np.array([[[[1.0, 0], [0, -1]]] * 2, [[[0, 0.5], [3, 1]]] * 2]),
                "3×1": np.array([[[[1.0], [-2], [1]]] * 2]),
                "1×1": np.array([[1.0, 1], [1, -1]])[:, :, None, None],
            },
        ),
        im2col_numbers,
    ),
)
