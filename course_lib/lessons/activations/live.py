"""Live figure of notebook 07: an activation, its slope, and a number on its way through ten."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.lessons.activations.figures import show_chain
from course_lib.lessons.activations.functions import chain, value_and_slope
from course_lib.live import Figure, Trial
from course_lib.plots import number_text

MODULES = Path(__file__).with_name("live")
END = 5  # of the axis of the function, on both sides


def ten_layers(activation: str = "sigmoid", *, x: float = 1.0, weight: float = 1.0) -> Figure:
    """Drag a number, and see what ten layers of an activation make of it and of its slope.

    Parameters
    ----------
    activation : str, default="sigmoid"
        A name in `functions.FUNCTIONS`, but PReLU: here it would be a leaky ReLU.
    x : float, default=1.0
        The input to begin with, from −5 to 5.
    weight : float, default=1.0
        That of every layer, from 0.5 to 4.

    Returns
    -------
    Figure
        Controls: the activation, the input (also by dragging the point) and the weight.

    Examples
    --------
    >>> ten_layers("ReLU", x=2.0).state["x"]
    2.0
    """
    state = {"activation": activation, "x": float(x), "weight": float(weight)}
    passed = chain(activation, x, weight=weight)
    words = (
        f"{activation} and its slope, the outputs of ten layers with weight {number_text(weight)}, "
        f"and the slope through them. The input {number_text(x)} becomes "
        f"{number_text(passed.y[-1])}, and the slope through all ten is {passed.through[-1]:.0e}."
    )
    still = show_chain(activation, x, weight=weight)
    return Figure(MODULES / "ten_layers.js", state, still=still, words=words)


def ten_layers_numbers(state: Mapping[str, Any]) -> dict[str, NDArray]:
    """Compute with NumPy what the figure shows, from its values by name."""
    grid = np.arange(-10 * END, 10 * END + 1) / 10
    curve, slope = value_and_slope(state["activation"], grid)
    passed = chain(state["activation"], state["x"], weight=state["weight"])
    return {"curve": curve, "curve_slope": slope, **passed._asdict()}


TRIALS = (Trial(ten_layers, ten_layers_numbers),)
