"""Live figure of notebook 29: guess the verdicts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.lessons.claims_checked.board import TOPICS, counts
from course_lib.lessons.claims_checked.figures import show_verdicts
from course_lib.lessons.claims_checked.record import VERDICTS, Measured
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")
ALL = "all topics"
NONE = -1  # not guessed yet


def guess_the_verdict(
    measured: Mapping[str, Measured], *, guesses: Sequence[int] = (), seed: int = 0
) -> Figure:
    """Ask for the verdict on every claim, and keep the score.

    Parameters
    ----------
    measured : mapping of str to Measured
        Numbers by the name of the claim.
    guesses : sequence of int, default=()
        What the first claims were already taken for: places in `VERDICTS`.
    seed : int, default=0
        Of the order of the claims.

    Returns
    -------
    Figure
        Controls: the topic; the claim, by arrow keys; a button for each verdict.
    """
    texts = {name: number.text for name, number in measured.items()}
    cards = [
        {
            "says": one.says, "topic": topic, "verdict": VERDICTS.index(one.verdict),
            "correct": one.correct, "number": texts.get(one.name, ""),
            "notebook": one.held.notebook, "source": one.source,
        }
        for topic, claims in TOPICS.items() for one in claims
    ]  # fmt: skip
    order = np.random.default_rng(seed).permutation(len(cards))
    state = {
        "claims": [cards[k] for k in order], "verdicts": VERDICTS, "topics": [ALL, *TOPICS],
        "topic": ALL, "at": 0, "guesses": [*guesses, *[NONE] * (len(cards) - len(guesses))],
    }  # fmt: skip
    words = (
        f"A quiz on {len(cards)} claims: guess the verdict of each, and see what is right. The "
        "still shows how many claims of each topic got which verdict."
    )
    still = show_verdicts({topic: counts(claims) for topic, claims in TOPICS.items()})
    return Figure(MODULES / "guess_the_verdict.js", state, still=still, words=words)


def guess_the_verdict_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    verdicts = np.array([one["verdict"] for one in state["claims"]])
    topics = np.array([one["topic"] for one in state["claims"]])
    guesses = np.array(state["guesses"])
    chosen = (topics == state["topic"]) | (state["topic"] == ALL)
    done = chosen & (guesses != NONE)
    table = np.zeros((len(VERDICTS), len(VERDICTS)), int)
    np.add.at(table, (verdicts[done], guesses[done]), 1)
    answered, right = table.sum(), np.trace(table)
    share = right / answered if answered else 0.0
    return {
        "place": chosen[: state["at"] + 1].sum(),
        "total": chosen.sum(),
        "answered": answered,
        "right": right,
        "share": share,
        "spread": np.sqrt(share * (1 - share) / answered) if answered else 0.0,
        "commonest": table.sum(axis=1).max() / answered if answered else 0.0,
        "table": table,
    }


def _trial() -> Figure:
    rng = np.random.default_rng(seed=1)
    numbers = {"BCE": Measured("7", agrees=True)}
    return guess_the_verdict(numbers, guesses=rng.integers(0, len(VERDICTS), 30).tolist())


TRIALS = (Trial(_trial, guess_the_verdict_numbers),)
