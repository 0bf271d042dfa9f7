"""Live figure of notebook 26: a 3-D kernel on its way through a clip of five frames."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.lessons.volumes_3d.figures import show_explorer
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")
FRAMES = SIZE = 5
KERNEL_SIZE = 3


def bars() -> dict[str, NDArray]:
    """Draw clips (5, 5, 5) of a bar three pixels high: it goes right, left, or rests."""
    places = {"goes right": range(5), "goes left": range(4, -1, -1), "rests": [2] * 5}
    clips = {}
    for name, columns in places.items():
        clips[name] = np.zeros((FRAMES, SIZE, SIZE))
        clips[name][np.arange(FRAMES), 1:4, list(columns)] = 1
    return clips


def kernels() -> dict[str, NDArray]:
    """Make kernels (3, 3, 3): two slanted in time, a difference in time, and an edge in space."""
    slanted = np.full((3, 3, 3), -1.0)
    slanted[[0, 1, 2], :, [0, 1, 2]] = 2
    change = np.zeros((3, 3, 3))
    change[0], change[2] = -1, 1
    edge = np.zeros((3, 3, 3))
    edge[1] = [-1, 2, -1]
    return {"right": slanted, "left": slanted[:, :, ::-1].copy(), "change": change, "edge": edge}


def clip_kernel() -> Figure:
    """Choose a clip, a kernel and a place; see which numbers meet which weights.

    Returns
    -------
    Figure
        Controls: the clip, the kernel, and the frame, row and column of the output. Arrow keys
        and pointing at an output choose its place, too.

    Examples
    --------
    >>> clip_kernel().state["kernel"]
    'right'
    """
    state = {
        "clips": bars(), "kernels": kernels(), "clip": "goes right", "kernel": "right",
        "frame": 1, "row": 1, "column": 1,
    }  # fmt: skip
    state = {**state, **{name: {k: v.tolist() for k, v in state[name].items()}
                         for name in ("clips", "kernels")}}  # fmt: skip
    clip, kernel = bars()["goes right"], kernels()["right"]
    still = show_explorer(clip, kernel, clip_kernel_numbers(state)["output"])
    words = (
        "Five frames of five by five numbers, in which a bar moves right by one column a frame; "
        "three slices of a kernel, whose column of twos moves right as well; and three frames of "
        "three by three outputs, the largest where kernel and bar lie on each other."
    )
    return Figure(MODULES / "clip_kernel.js", state, still=still, words=words)


def clip_kernel_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    clip = np.array(state["clips"][state["clip"]], float)
    kernel = np.array(state["kernels"][state["kernel"]], float)
    frame, row, column = (state[name] for name in ("frame", "row", "column"))
    output = numpy_ops.conv3d(clip[None, None], kernel[None, None])[0, 0]
    window = clip[frame : frame + 3, row : row + 3, column : column + 3]
    return {
        "output": output,
        "products": window * kernel,
        "parts": (window * kernel).sum(axis=(1, 2)),
        "sum": output[frame, row, column],
    }


TRIALS = (Trial(clip_kernel, clip_kernel_numbers),)
