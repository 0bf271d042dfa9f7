"""Live figure of notebook 14: what γ does to the loss and to its gradient."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.lessons.losses.figures import focal_curve, show_focal
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")
RIGHT = np.arange(1, 100) / 100  # where the curves are computed


def focal(*, gamma: float = 2.0, p: float = 0.9, hard: float = 0.1) -> Figure:
    """Lay the focal loss and its pull on the score beside those of cross-entropy.

    Parameters
    ----------
    gamma : float, default=2
        Focus to begin with, from 0 to 5 in steps of 0.5.
    p : float, default=0.9
        Probability of the truth to begin with, from 0.01 to 0.99.
    hard : float, default=0.1
        That of the hard answer which is weighed against it.

    Returns
    -------
    Figure
        Controls: γ and p_t; in the curves, arrow keys change both.

    Examples
    --------
    >>> focal(gamma=1.0).state["gamma"]
    1.0
    """
    loss, pull = (values[0] for values in focal_curve(np.array([p]), gamma))
    words = (
        f"Two plots against the probability of the truth: the loss and its pull on the score, for "
        f"cross-entropy and for the focal loss with gamma {gamma:g}. At {p:g} the focal loss is "
        f"{loss:.2g} nats and its pull {pull:.2g}. Below, how many such answers weigh as much as "
        f"one at {hard:g}."
    )
    state = {"gamma": gamma, "p": p, "hard": hard}
    return Figure(MODULES / "focal.js", state, still=show_focal(gamma, p=p), words=words)


def focal_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    gamma, answers = state["gamma"], np.array([state["p"], state["hard"]], float)
    losses, pulls = focal_curve(RIGHT, gamma)
    (loss, hard_loss), (pull, _) = focal_curve(answers, gamma)
    (plain_loss, plain_hard), (plain_pull, _) = focal_curve(answers, 0.0)
    return {
        "losses": losses,
        "pulls": pulls,
        "loss": loss,
        "pull": pull,
        "plain_loss": plain_loss,
        "plain_pull": plain_pull,
        "as_hard": hard_loss / loss,
        "plain_as_hard": plain_hard / plain_loss,
    }


TRIALS = (Trial(focal, focal_numbers),)
