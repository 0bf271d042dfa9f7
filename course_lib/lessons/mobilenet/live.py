"""Live figure of notebook 22: what a ReLU leaves of a spiral."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_lib.lessons.mobilenet.figures import show_kept
from course_lib.lessons.mobilenet.relu_losses import keep, share_kept, spiral, spread
from course_lib.live import Figure, Trial, pack, unpack

MODULES = Path(__file__).with_name("live")
MOST_UNITS = 16


def folded(*, units: int = 2, seed: int = 0) -> Figure:
    """Spread a spiral over n units, cut off below 0, and work back with the lit ones.

    Parameters
    ----------
    units : int, default=2
        At first, from 1 to 16.
    seed : int, default=0
        Draws the weights.

    Returns
    -------
    Figure
        Control: the number of units.

    Examples
    --------
    >>> folded(units=3).state["units"]
    3
    """
    points, weight = spiral(), spread(MOST_UNITS, seed=seed)
    state = {"points": pack(points), "weight": pack(weight), "units": units}
    shown = folded_numbers(state)
    words = (
        f"A spiral of two turns, and what {units} units behind a ReLU tell of it: "
        f"{shown['share']:.0%} of its points are kept; the others have moved to lines through the "
        "middle, or to the middle."
    )
    still = show_kept(points, [weight[:units]])
    return Figure(MODULES / "folded.js", state, still=still, words=words)


def folded_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    points, weight = (unpack(state[name]).astype(float) for name in ("points", "weight"))
    kept = keep(points, weight[: state["units"]])
    return {
        "lit": kept.lit,
        "found": kept.found,
        "share": float((kept.lit >= 2).mean()),
        "expected": share_kept(state["units"]),
    }


TRIALS = tuple(Trial(lambda units=units: folded(units=units), folded_numbers) for units in (2, 5))
