"""Short videos of real handwritten digits that move, one pixel a frame, in one of 8 directions."""

import numpy as np
from numpy.typing import NDArray

from course_lib.datasets.dataset import Dataset
from course_lib.datasets.digits import DIGIT_SIZE, LICENSE, SOURCE, STREAMS, pools

DIRECTIONS = {  # by name: pixels down and right from one frame to the next
    "right": (0, 1), "down right": (1, 1), "down": (1, 0), "down left": (1, -1),
    "left": (0, -1), "up left": (-1, -1), "up": (-1, 0), "up right": (-1, 1),
}  # fmt: skip


def moving_digits(
    *,
    num_train: int = 2000,
    num_test: int = 1000,
    size: int = 12,
    frames: int = 6,
    held_out: str = "test",
    seed: int = 0,
) -> Dataset:
    """Draw videos of digits on the move; see `load` for the options.

    What leaves on one side comes back on the other, and the first place is drawn evenly. So every
    single frame has the same chances in every direction, and tells nothing of it.
    """
    (x_train, y_train), (x_test, y_test) = (
        _moving(split, count, size=size, frames=frames, seed=seed)
        for split, count in (("train", num_train), (held_out, num_test))
    )
    source = f"{SOURCE}; set in motion by course_lib"
    return Dataset(x_train, y_train, x_test, y_test, tuple(DIRECTIONS), source, LICENSE)


def _moving(
    split: str, count: int, *, size: int, frames: int, seed: int
) -> tuple[NDArray, NDArray]:
    """Draw videos (N, 1, frames, size, size) and the number of each direction (N,)."""
    rng = np.random.default_rng([seed, 20 + STREAMS[split]])
    pool = pools()[split].images
    canvas = np.zeros((count, size, size), np.float32)
    canvas[:, :DIGIT_SIZE, :DIGIT_SIZE] = pool[rng.integers(0, len(pool), count)]
    directions = rng.integers(0, len(DIRECTIONS), count)
    first = rng.integers(0, size, (count, 1, 2))
    step = np.array(list(DIRECTIONS.values()))[directions][:, None]
    corners = first + step * np.arange(frames)[:, None]  # (N, frames, 2)
    rows, columns = (
        (np.arange(size) - corners[..., axis, None]) % size for axis in (0, 1)
    )  # of the canvas, for each pixel of each frame
    n = np.arange(count)[:, None, None, None]
    return canvas[n, rows[..., :, None], columns[..., None, :]][:, None], directions
