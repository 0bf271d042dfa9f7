"""Live figure of notebook 11: whom a number is normalized with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.lessons.normalization.companions import companions_of
from course_lib.lessons.normalization.figures import as_grid, normalized, show_blocks
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")
SHAPE = (3, 4, 2, 2)  # images, channels, rows and columns of the maps
EPS = 1e-5


def companions(x: NDArray) -> Figure:
    """Choose a norm, a batch and a number, and see who is averaged with it.

    Parameters
    ----------
    x : (3, 4, 2, 2)
        Maps of three images.

    Returns
    -------
    Figure
        Controls: the norm, how many images are in the batch, and whether maps are 2×2 or 1×1;
        pointing at a number frames its companions, and a
        slider changes it.

    Examples
    --------
    >>> companions(np.arange(48.0).reshape(3, 4, 2, 2)).state["norm"]
    'batch'
    """
    state = {"x": as_grid(x), "norm": "batch", "images": 3, "side": 2, "row": 0, "column": 2}
    state["value"] = state["x"][state["row"], state["column"]]
    words = (
        "Twelve blocks of two by two numbers: three images below each other, four channels side "
        "by side, before and after batch norm. A frame holds the numbers of one channel in all "
        "three images: they are averaged together."
    )
    still = show_blocks(x, normalized(x, "batch"))
    return Figure(MODULES / "companions.js", state, still=still, words=words)


def companions_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    images, channels, rows, columns = SHAPE
    side = state["side"]
    blocks = np.array(state["x"], float).reshape(images, rows, channels, columns)
    x = blocks.transpose(0, 2, 1, 3)[: state["images"], :, :side, :side]
    place = (state["row"] // side, state["column"] // side, state["row"] % side, 0)
    members = x[companions_of(state["norm"], x.shape, place)]
    return {
        "output": as_grid(normalized(np.ascontiguousarray(x), state["norm"])),
        "count": members.size,
        "mean": members.mean(),
        "spread": np.sqrt(members.var() + EPS),
    }


TRIALS = (
    Trial(
        lambda: companions(np.random.default_rng(seed=0).integers(-9, 10, SHAPE).astype(float)),
        companions_numbers,
    ),
)
