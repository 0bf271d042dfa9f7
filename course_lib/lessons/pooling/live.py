"""Live figure of notebook 13: pooling windows over a small map, forward and on the way back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.analysis.equivariance import shift_image
from course_lib.lessons.pooling.figures import show_explorer
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")


def windows(image: NDArray) -> Figure:
    """Choose a pooling and its windows, drag the map, and see which slopes come back.

    Parameters
    ----------
    image : (H, W)
        Whole numbers from 0 to 9, at least 4 pixels along each axis.

    Returns
    -------
    Figure
        Controls: the kind of pooling, window, stride and padding in pixels. The map can be
        dragged; pointing at an output shows its window.

    Examples
    --------
    >>> windows(np.eye(4)).state["kind"]
    'max'
    """
    state = {
        "image": np.asarray(image, float), "kind": "max", "kernel": 2, "stride": 2, "padding": 0,
        "down": 0, "right": 0, "row": 0, "column": 0,
    }  # fmt: skip
    shown = windows_numbers(state)
    still = show_explorer(*(shown[name] for name in ("input", "output", "slopes", "grad_x")))
    words = (
        f"A map of {image.shape[0]} by {image.shape[1]} numbers, the largest of each window of two "
        "by two, the slopes 1, 2, 3 and so on that arrive at these outputs, and the map of slopes "
        "that goes back: each slope lands on the largest number of its window, all else is 0."
    )
    return Figure(MODULES / "windows.js", state, still=still, words=words)


def windows_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    image = np.array(state["image"], float)
    x = shift_image(image, (state["down"], state["right"]))
    y, unmoved = (_pooled(array, state) for array in (x, image))
    slopes = np.arange(1.0, y.size + 1).reshape(y.shape)
    only = np.zeros_like(slopes)
    only[state["row"], state["column"]] = slopes[state["row"], state["column"]]
    return {
        "input": x,
        "output": y,
        "slopes": slopes,
        "grad_x": _sent_back(slopes, x, state),
        "share": _sent_back(only, x, state),
        "unchanged": int((y == unmoved).sum()),
    }


def _options(state: Mapping[str, Any]) -> dict[str, int]:
    first = state["kind"] == "first (stride)"
    return {
        "kernel_size": 1 if first else state["kernel"],
        "stride": state["stride"],
        "padding": 0 if first else state["padding"],
    }


def _pooled(x: NDArray, state: Mapping[str, Any]) -> NDArray:
    pool = numpy_ops.avg_pool2d if state["kind"] == "average" else numpy_ops.max_pool2d
    return pool(x[None, None], **_options(state))[0, 0]


def _sent_back(slopes: NDArray, x: NDArray, state: Mapping[str, Any]) -> NDArray:
    average = state["kind"] == "average"
    back = numpy_ops.avg_pool2d_backward if average else numpy_ops.max_pool2d_backward
    return back(slopes[None, None], x[None, None], **_options(state))[0, 0]


MAP = np.array([
    [0, 0, 0, 0, 0, 0], [0, 2, 7, 5, 0, 0], [0, 0, 0, 8, 1, 0],
    [0, 0, 6, 3, 0, 0], [0, 4, 9, 4, 4, 0], [0, 0, 0, 0, 0, 0],
], float)  # fmt: skip
TRIALS = (Trial(lambda: windows(MAP), windows_numbers),)
