"""Live figure of notebook 15: mean and variance of a unit whose inputs are dropped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.lessons.regularization.figures import running, show_draws
from course_lib.live import Figure, Trial, pack, unpack

MODULES = Path(__file__).with_name("live")


def dropping(x: NDArray, w: NDArray, *, p: float = 0.5, draws: int = 400, seed: int = 0) -> Figure:
    """Drop inputs of one unit at random, and compare its mean and variance with the formulas.

    Parameters
    ----------
    x, w : (D,)
        Inputs and weights.
    p : float, default=0.5
        Share dropped at first, from 0 to 0.9 in steps of 0.1.
    draws : int, default=400
        Masks that may be drawn.
    seed : int, default=0
        Chooses their random numbers: an input is kept where its number is at least p.

    Returns
    -------
    Figure
        Controls: p; how many masks are drawn; play.

    Examples
    --------
    >>> dropping(np.ones(2), np.ones(2), p=0.3).state["p"]
    0.3
    """
    chances = np.random.default_rng(seed).random((draws, len(x)))
    state = {
        "x": [float(each) for each in x], "w": [float(each) for each in w],
        "chances": pack(chances), "p": p, "drawn": draws,
    }  # fmt: skip
    shown = dropping_numbers(state)
    outputs = np.diff(shown["means"] * np.arange(1, draws + 1), prepend=0.0)
    still = show_draws(outputs, mean=shown["mean"], variance=shown["variance"])
    words = (
        f"A row of {len(x)} inputs, some of them dropped, and two plots against the number of "
        f"masks drawn. The mean of the output settles at {shown['mean']:.3g}, the output without "
        f"dropout; its variance settles at {shown['variance']:.3g}, as the formula says."
    )
    return Figure(MODULES / "dropping.js", state, still=still, words=words)


def dropping_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    x, w, p = np.array(state["x"]), np.array(state["w"]), state["p"]
    keep = unpack(state["chances"])[: state["drawn"]] >= p
    y = keep * x / (1 - p)
    means, variances = running(y @ w)
    return {
        "keep": keep[-1].astype(int),
        "y": y[-1],
        "output": y[-1] @ w,
        "means": means,
        "variances": variances,
        "mean": w @ x,
        "variance": p / (1 - p) * (w**2 @ x**2),
    }


TRIALS = (
    Trial(
        lambda: dropping(np.array([1.0, 2.0, 0.5]), np.array([1.0, -0.5, 2.0]), draws=40, seed=3),
        dropping_numbers,
    ),
)
