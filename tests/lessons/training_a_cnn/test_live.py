"""What the live figure starts with; tests/browser tries the rest."""

import numpy as np
import pytest

from course_lib.lessons.training_a_cnn import live
from course_lib.lessons.training_a_cnn.live import running_mean

FALLING = np.linspace(2.3, 0.1, 40)


def grid():
    return {(name, rate): FALLING / rate for name in ("sgd", "adam") for rate in (1.0, 2.0, 4.0)}


@pytest.mark.parametrize("width", [1, 3, 99])
def test_running_mean_averages_the_latest(width):
    values = np.random.default_rng(seed=0).random(12)
    sums = np.cumsum(values)
    sums[width:] -= np.cumsum(values)[:-width]
    expected = sums / np.minimum(np.arange(1, 13), width)
    np.testing.assert_allclose(running_mean(values, width), expected, rtol=1e-12)


def test_it_starts_with_the_best_rate_of_each_a_small_one_and_one_scale_for_all():
    state = live.learning_curves(grid()).state
    chosen = {(one["optimizer"], one["rate"]) for one in state["chosen"]}
    ends = [
        [grid()[name, rate][-1] for rate in state["rates"]] for name in state["optimizers"]
    ]  # fmt: skip
    assert chosen == {(0, 0), *((o, int(np.argmin(row))) for o, row in enumerate(ends))}
    assert len({one["look"] for one in state["chosen"]}) == len(state["chosen"])
    assert state["limits"] == [pytest.approx(0.1 / 4), pytest.approx(2.3)]


@pytest.mark.parametrize(
    "curves", [{}, {("sgd", 0.1): np.ones(3), ("adam", 0.2): np.ones(3)}], ids=["none", "missing"]
)
def test_missing_curves_are_refused(curves):
    with pytest.raises(ValueError, match="one curve for every optimizer and learning rate"):
        live.learning_curves(curves)
