"""Live figures of the notebook on equivariance."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.analysis.equivariance import shift_image
from course_lib.lessons.equivariance_and_invariance.experiments import (
    FACTOR,
    dense_weight,
    moved_along,
    shift_maps,
)
from course_lib.lessons.equivariance_and_invariance.figures import relative_change, show_shift
from course_lib.live import Figure, Trial, pack, unpack

MODULES = Path(__file__).with_name("live")
LARGEST_SHIFT = 8  # pixels: two whole pixels of the small map


def shift(image: NDArray) -> Figure:
    """Shift an image and watch whether the maps move along.

    Parameters
    ----------
    image : (H, W)
        Gray levels from 0 to 1; H and W are multiples of 4, at least 8. They are rounded to 256
        levels.

    Returns
    -------
    Figure
        Controls: pixels to the right and down, also by the arrow keys, and how the map gets
        smaller.

    Raises
    ------
    ValueError
        As `figures.show_shift`.

    Examples
    --------
    >>> shift(np.eye(16)).state["halving"]
    'max pooling'
    """
    still = show_shift(image, down=0, right=1)
    state = {
        "image": pack(np.rint(255 * np.asarray(image, float)), "uint8"),
        "weight": pack(dense_weight(np.size(image) // FACTOR**2)),
        "halving": "max pooling", "right": 1, "down": 0, "largest": LARGEST_SHIFT,
    }  # fmt: skip
    words = (
        "An image shifted by one pixel. The convolution map moved along: its difference is blank. "
        "After two max poolings the difference is not blank, and the scores change."
    )
    return Figure(MODULES / "shift.js", state, still=still, words=words)


def shift_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what is shown: maps, scores, differences and their shares."""
    image = (unpack(state["image"]) / np.float32(255)).astype(float)
    down, right = state["down"], state["right"]
    shown = _compare(image, down, right, state["halving"])
    along = [
        _compare(image, down, k, state["halving"])["shares"] for k in range(state["largest"] + 1)
    ]
    maps = ("shifted", "conv", "small", "conv_difference", "small_difference")
    return {name: value[None, None] if name in maps else value for name, value in shown.items()} | {
        "along": along
    }


def _compare(image: NDArray, down: int, right: int, halving: str) -> dict[str, Any]:
    moved = shift_image(image, (down, right))
    before, after = shift_maps(image, halving=halving), shift_maps(moved, halving=halving)
    expected = [
        moved_along(old, new, shift=(down, right), stride=stride)
        for old, new, stride in ((before.conv, after.conv, 1), (before.small, after.small, FACTOR))
    ]
    return {
        "shifted": moved, "conv": after.conv, "small": after.small, "scores": after.scores,
        "before": before.scores,
        "conv_difference": after.conv - expected[0],
        "small_difference": after.small - expected[1],
        "change": after.scores - before.scores,
        "shares": [
            relative_change(after.conv, expected[0]),
            relative_change(after.small, expected[1]),
            relative_change(after.scores, before.scores),
        ],
    }  # fmt: skip


TRIALS = (Trial(lambda: shift(np.random.default_rng(seed=0).random((16, 24))), shift_numbers),)
