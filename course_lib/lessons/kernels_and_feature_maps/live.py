"""Live figures of the notebook on kernels and feature maps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops, plots
from course_lib.errors import InvalidValue
from course_lib.lessons.kernels_and_feature_maps.figures import show_output_size, show_response
from course_lib.live import Figure, Trial, pack, unpack
from course_lib.shapes import conv_output_size

MODULES = Path(__file__).with_name("live")
PRESETS = {
    "horizontal edge": ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
    "vertical edge": ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
    "diagonal edge": ((1, 1, 0), (1, 0, -1), (0, -1, -1)),
    "corner": ((1, 0, -1), (0, 0, 0), (-1, 0, 1)),
    "dot": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "sum of nine": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "as it is": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}


def kernel_editor(photo: NDArray, *, caption: str = "a photograph") -> Figure:
    """Type a 3 x 3 kernel over a photograph, or over one's own.

    Parameters
    ----------
    photo : (H, W)
        Gray levels from 0 to 1, at least 3 pixels high and wide. They are rounded to 256 levels.
    caption : str, default="a photograph"
        What the photograph shows.

    Returns
    -------
    Figure
        Controls: a kernel to start from, its nine numbers, and a button that opens a picture; the
        window follows the mouse and the arrow keys.

    Raises
    ------
    TypeError, ValueError
        As `figures.show_response`; ValueError also if the photo is smaller than the kernel.

    Examples
    --------
    >>> edit = kernel_editor(np.eye(5))
    >>> edit.state["name"], edit.state["photo"]["shape"]
    ('horizontal edge', [5, 5])
    """
    photo = np.asarray(photo, float)
    if photo.ndim != 2 or min(photo.shape) < 3:
        raise InvalidValue(
            "kernel_editor",
            received=f"a photo {photo.shape}",
            needed="gray levels (H, W), at least 3 pixels high and wide",
            fix="pass one image, for example photo[0]",
        )
    name, kernel = next(iter(PRESETS.items()))
    state = {
        "photo": pack(np.rint(255 * photo), "uint8"), "caption": caption, "presets": PRESETS,
        "name": name, "kernel": kernel,
        "row": (photo.shape[0] - 3) // 2, "column": (photo.shape[1] - 3) // 2,
    }  # fmt: skip
    words = f"The kernel {name}, three by three, and the feature map it makes of {caption}."
    still = show_response(photo, np.array(kernel, float))
    return Figure(MODULES / "kernel_editor.js", state, still=still, words=words)


def kernel_editor_numbers(state: Mapping[str, Any]) -> dict[str, NDArray]:
    """Compute with NumPy what the editor shows: the map, and how one number of it comes about."""
    photo = (unpack(state["photo"]) / np.float32(255)).astype(float)
    kernel = np.array(state["kernel"], float)
    row, column = state["row"], state["column"]
    response = numpy_ops.cross_correlate2d(photo, kernel)
    window = photo[row : row + 3, column : column + 3]
    return {
        "response": response,
        "window": window,
        "products": window * kernel,
        "sum": response[row, column],
        "total": kernel.sum(),
    }


def output_sizes() -> Figure:
    """Explore how many windows fit along an axis.

    Returns
    -------
    Figure
        Controls: size of the input, kernel, stride, padding and dilation, in pixels. The kernel
        never gets larger than what fits into the padded input.

    Examples
    --------
    >>> output_sizes()
    Live figure: Seven pixels and a kernel of three: five windows fit, each gives one output.
    """
    state = {"size": 7, "kernel": 3, "stride": 1, "padding": 0, "dilation": 1, "window": 0}
    still = show_output_size(7, 3, ax=plots.figure(height=4.0)[1][0, 0])
    words = "Seven pixels and a kernel of three: five windows fit, each gives one output."
    return Figure(MODULES / "output_sizes.js", state, still=still, words=words)


def output_sizes_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what is shown: the size, the places read, and what is in no window."""
    size, kernel, padding = (state[name] for name in ("size", "kernel", "padding"))
    options = {name: state[name] for name in ("stride", "padding", "dilation")}
    output = conv_output_size(size, kernel, **options)
    span = state["dilation"] * (kernel - 1) + 1
    starts = state["stride"] * np.arange(output)[:, None]
    unread = np.ones(size + 2 * padding)
    unread[starts + np.arange(span)] = 0
    return {
        "output": output,
        "jumps": (size + 2 * padding - span) / state["stride"],
        "windows": starts + state["dilation"] * np.arange(kernel),
        "unread": unread,
    }


TRIALS = (
    Trial(
        lambda: kernel_editor(np.random.default_rng(seed=0).random((32, 40))),
        kernel_editor_numbers,
    ),
    Trial(output_sizes, output_sizes_numbers),
)
