"""Live figure of notebook 10: thirty layers die or explode, by the size of their weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.lessons.initialization.figures import show_scale
from course_lib.lessons.initialization.signals import ACTIVATIONS, LAYERS, digit_rows
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")
WIDTH = 64
LIMIT = 3.0  # the number at the end of the colors
SHARES = {"relu": 1 / 2, "linear": 1.0, "tanh": 1.0}


def scale(digit: NDArray, *, factor: float = 1.0, activation: str = "relu") -> Figure:
    """Choose the size of all weights, and see what thirty layers make of a digit and of an error.

    Parameters
    ----------
    digit : (64,)
        What the first layer gets.
    factor : float, default=1.0
        With what PyTorch's default weights are multiplied, at the start.
    activation : {"relu", "linear", "tanh"}, default="relu"
        Behind every layer, at the start.

    Returns
    -------
    Figure
        Controls: factor, activation, and a button that draws other weights.

    Examples
    --------
    >>> scale(np.ones(64)).state["factor"]
    1.0
    """
    state = {"digit": digit, "seed": 1, "factor": factor, "activation": activation}
    shown = scale_numbers(state)
    still = show_scale(shown["sums"], shown["deltas"], LIMIT)
    words = (
        "Thirty layers as tiles of 64 numbers, once the sums on the way forward, once the slopes "
        "on the way back, and their mean squares as curves. With PyTorch's default weights both "
        "fade within a few layers; with 2.45 times as large ones they stay."
    )
    return Figure(MODULES / "scale.js", state, still=still, words=words)


def random_numbers(seed: int, count: int) -> NDArray:
    """Give the numbers from 0 to 1 that `makeRandom` of live/training.js gives ("mulberry32").

    Examples
    --------
    >>> numbers = random_numbers(1, 1000)
    >>> bool(0.45 < numbers.mean() < 0.55)
    True
    """
    steps = np.arange(1, count + 1, dtype=np.uint32)
    state = np.uint32(seed) + steps * np.uint32(0x6D2B79F5)  # of 32 bits: what is above is lost
    mixed = (state ^ (state >> 15)) * (state | 1)
    mixed ^= mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)
    return (mixed ^ (mixed >> 14)) / 2.0**32


def scale_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    factor, name = state["factor"], state["activation"]
    value, slope = ACTIVATIONS[name]
    random = 2 * random_numbers(state["seed"], (LAYERS * WIDTH + 1) * WIDTH) - 1
    weights = _rounded(random[:-WIDTH].reshape(LAYERS, WIDTH, WIDTH) / np.sqrt(WIDTH) * factor)
    h, sums = _rounded(np.array(state["digit"], float)), []
    for weight in weights:
        sums.append(_rounded(weight @ h))
        h = _rounded(value(sums[-1]))
    deltas = [_rounded(random[-WIDTH:] * np.sqrt(3))]
    for weight, z in zip(weights[:0:-1], sums[-2::-1], strict=True):
        deltas.append(_rounded(_rounded(deltas[-1] @ weight) * slope(z)))
    shown = {"sums": np.array(sums), "deltas": np.array(deltas[::-1])}
    sizes = {"forward": shown["sums"], "backward": shown["deltas"]}
    return {
        **shown,
        **{way: np.log2((numbers**2).mean(axis=1)) for way, numbers in sizes.items()},
        "theory": np.log2(factor**2 * SHARES[name] / 3),
    }


def _rounded(x: NDArray) -> NDArray:
    """Keep what float32 holds, as the figure does: wide tanh layers enlarge every difference."""
    return x.astype(np.float32).astype(float)


TRIALS = (Trial(lambda: scale(digit_rows(1)[0]), scale_numbers),)
