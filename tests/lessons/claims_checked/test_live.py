"""live: the quiz asks every claim, and its score is counted."""

import pytest

from course_lib.lessons.claims_checked import board
from course_lib.lessons.claims_checked.live import (
    guess_the_verdict,
    guess_the_verdict_numbers,
)
from course_lib.lessons.claims_checked.record import VERDICTS


def test_every_claim_is_asked_once_and_topics_are_mixed():
    state = guess_the_verdict(board.measure_all()).state
    assert sorted(one["says"] for one in state["claims"]) == sorted(c.says for c in board.CLAIMS)
    assert len({one["topic"] for one in state["claims"][:10]}) > 2
    assert sum(bool(one["number"]) for one in state["claims"]) == len(board.measure_all())


def test_the_score_counts_what_was_guessed_in_the_topic():
    state = guess_the_verdict({}).state
    true = [one["verdict"] for one in state["claims"]]
    state["guesses"][:4] = [true[0], true[1], true[2], (true[3] + 1) % len(VERDICTS)]
    numbers = guess_the_verdict_numbers(state)
    assert (numbers["answered"], numbers["right"], numbers["share"]) == (4, 3, 0.75)
    assert numbers["spread"] == pytest.approx((0.75 * 0.25 / 4) ** 0.5)
    assert numbers["table"][true[3], (true[3] + 1) % len(VERDICTS)] >= 1
    state["topic"] = state["claims"][0]["topic"]
    same = sum(one["topic"] == state["topic"] for one in state["claims"][:4])
    assert guess_the_verdict_numbers(state)["answered"] == same
    state["guesses"] = [-1] * len(true)
    assert guess_the_verdict_numbers(state)["spread"] == 0
