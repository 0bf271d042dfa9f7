"""experiments: traces that add up, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest

from course_lib.lessons.backpropagation import experiments, network

HELD_BACK = (3, 4, 5)


def test_traces_start_at_the_same_loss_and_keep_to_their_passes():
    price = 2 * sum(a.size for a in network.fresh_weights(0, channels=1).values()) + 6
    learned = experiments.compare(seeds=(7,), passes=2 * price, images=4, channels=1)
    traces = {name: runs[0] for name, runs in learned.items()}
    assert len({trace.losses[0] for trace in traces.values()}) == 1
    assert traces["nudging"].passes.tolist() == [0, price, 2 * price]
    assert traces["guessing"].passes[-1] == 2 * price
    assert traces["backpropagation"].passes[:3].tolist() == [0, 3, 6]
    for trace in traces.values():
        assert trace.losses.shape == trace.passes.shape
        assert trace.losses[-1] < trace.losses[0]


def test_guessing_never_gets_worse():
    given = experiments.Teacher(*network.digits(4), network.fresh_weights(0, channels=1))
    trace = experiments.by_guessing(given, passes=60, generator=np.random.default_rng(seed=0))
    assert (np.diff(trace.losses) <= 0).all() and trace.losses[-1] < trace.losses[0]


def test_nudges_put_every_number_back():
    weights = {"w": np.array([2.0, 5.0])}
    experiments.central_differences(lambda: float(weights["w"].prod()), weights)
    assert weights["w"].tolist() == [2.0, 5.0]


def test_moving_leaves_the_old_weights_alone():
    weights = {"w": np.array([1.0])}
    assert experiments.moved(weights, {"w": np.array([2.0])}, 0.5)["w"].tolist() == [0.0]
    assert weights["w"].tolist() == [1.0]


def test_a_loss_that_is_never_reached_gives_none():
    trace = experiments.Trace(np.array([0, 3]), np.array([2.0, 1.0]))
    assert experiments.passes_to(trace, 0.5) is None


def test_the_right_gradient_is_not_turned():
    assert experiments.slip_error("nothing left out", seed=0) == pytest.approx((0.0, 1.0), abs=1e-5)


@pytest.mark.slow
def test_verdicts_on_three_ways_to_learn_hold_on_other_seeds():
    learned = experiments.compare(seeds=HELD_BACK)
    for nudged, guessed, sent in zip(*learned.values(), strict=True):
        assert nudged.losses[-1] > 1.5
        assert guessed.losses[-1] < 0.1
        assert 4 * experiments.passes_to(sent, 0.1) < experiments.passes_to(guessed, 0.1)


@pytest.mark.slow
def test_verdicts_on_slips_hold_on_other_seeds():
    accuracies = {
        slip: experiments.accuracies_with(slip, seeds=HELD_BACK) for slip in network.SLIPS
    }
    right = accuracies.pop("nothing left out")
    for slip, wrong in accuracies.items():
        assert min(np.subtract(right, wrong)) > 0, slip
        assert min(wrong) > 0.8, slip
        turned = [experiments.slip_error(slip, seed=s, only="K1").angle for s in HELD_BACK]
        assert min(turned) > 20, slip
    assert min(accuracies["no transpose"] + accuracies["δ overwritten"]) > 0.9
