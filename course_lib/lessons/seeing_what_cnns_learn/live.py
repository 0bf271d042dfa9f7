"""Live figure of notebook 27: which map survives when weights are drawn anew."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.lessons.seeing_what_cnns_learn import experiments, maps, networks
from course_lib.lessons.seeing_what_cnns_learn.figures import show_frame
from course_lib.live import Figure, Trial, pack, unpack

MODULES = Path(__file__).with_name("live")
STEPS = (0, 1, 2, 3, 5, 7, 10)  # parts drawn anew


def survivor(
    network: nn.Module | None = None,
    x: Tensor | None = None,
    *,
    place: int = 1,
    steps: Sequence[int] = STEPS,
    step: int = 4,
) -> Figure:
    """Draw more and more weights anew, and see which method's map changes.

    Parameters
    ----------
    network : torch.nn.Module, default=None
        The trained network; None loads it.
    x : (N, 3, 224, 224), default=None
        Images; None takes those of the notebook.
    place : int, default=1
        Which of them is shown; 1 is the cat.
    steps : sequence of int
        How many parts are drawn anew, from 0 on.
    step : int, default=4
        Which of the steps the figure begins with.

    Returns
    -------
    Figure
        Controls: the method, and how many parts are drawn anew.

    Examples
    --------
    >>> survivor(steps=(0, 5), step=1).state["method"]
    'guided backprop'
    """
    network = networks.trained() if network is None else network
    x = networks.inputs() if x is None else x
    made = experiments.frames(network, x, steps, place=place)
    gray = networks.as_picture(x[place]).mean(axis=0)[::2, ::2]
    state = {
        "photo": pack(np.rint(255 * gray), "uint8"),
        "maps": {name: pack(_levels(each), "uint8") for name, each in made.items()},
        "shares": [networks.share_redrawn(network, depth) for depth in steps],
        "parts": list(steps), "method": maps.METHODS[0], "step": step,
    }  # fmt: skip
    first = made[maps.METHODS[0]]
    title = f"{steps[step]} of 10 parts anew"
    words = (
        "A photograph, the map that guided backpropagation makes of the trained network, and the "
        "one it makes after most weights have been drawn by chance: they hardly differ. Bars show "
        "the rank correlation of the two, for each method."
    )
    still = show_frame(gray, first[0], first[step], title)
    return Figure(MODULES / "survivor.js", state, still=still, words=words)


def _levels(values: NDArray) -> NDArray:
    """Round maps (steps, H, W) to 256 levels, the largest value of each being 255."""
    tallest = values.max(axis=(1, 2), keepdims=True)
    return np.rint(255 * values / np.where(tallest, tallest, 1))


def survivor_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    every = {name: unpack(packed) for name, packed in state["maps"].items()}
    before, after = (every[state["method"]][step] for step in (0, state["step"]))
    alike = [maps.rank_correlation(each[0], each[state["step"]]) for each in every.values()]
    return {"before": before.ravel(), "after": after.ravel(), "alike": alike}


TRIALS = (Trial(cache(survivor), survivor_numbers),)
