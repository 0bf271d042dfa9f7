"""experiments: shapes and order, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest

from course_lib.lessons.normalization import experiments
from course_lib.lessons.normalization.networks import Plan
from course_lib.lessons.normalization.training import train

HELD_BACK = (3, 4, 5)
pytestmark = pytest.mark.usefixtures("one_thread")


def test_order_matters_to_batch_norm_in_training_mode_only():
    asked = experiments.in_two_orders(seeds=(7, 8), steps=30)
    _, in_order, evaluating, grouped = asked.values()
    assert [len(shares) for shares in asked.values()] == [2] * 4
    trained = train(
        [Plan(n, s) for n in ("batch", "4 groups") for s in (7, 8)], steps=30, batch_size=64
    )
    shuffled = experiments.accuracies(trained, training=False)
    np.testing.assert_allclose(np.concatenate([evaluating, grouped]), shuffled, atol=0.005)
    assert in_order.max() < 0.4


def test_momentum_does_not_touch_the_training():
    caught = experiments.catch_up(seeds=(7,), momenta=(0.1, 1.0), steps=(2, 5))
    assert caught.training.shape == caught.evaluating[1.0].shape == (2, 1)
    assert list(caught.evaluating) == [0.1, 1.0]


def test_results_come_by_norm_value_and_seed():
    losses = experiments.final_losses(
        {"rate": (0.01, 0.3)}, seeds=(7, 8, 9), norms=("none", "batch")
    )
    assert {norm: rows.shape for norm, rows in losses.items()} == {"none": (2, 3), "batch": (2, 3)}
    one = train(
        [Plan("batch", 8, rate=0.3)], steps=120, batch_size=32, optimizer="gradient descent"
    ).losses[-10:].mean()  # fmt: skip
    assert losses["batch"][1, 1] == pytest.approx(one, rel=0.1)
    assert losses["batch"][1].max() < losses["batch"][0].min()


def test_with_tiny_steps_hardly_anything_drifts_or_turns():
    still = experiments.drifting(seeds=(7,), norms=("none", "batch"), rate=1e-6, steps=3)
    for drift, turn, loss in still.values():
        assert drift[0] < 1e-4 and turn[0] < 1 and loss[0] > 1


@pytest.mark.slow
def test_verdicts_on_order_and_momentum_hold_on_other_seeds():
    shuffled, in_order, *others = experiments.in_two_orders(seeds=HELD_BACK).values()
    assert min(shuffled) > 0.85 and max(in_order) < 0.4
    assert min(min(shares) for shares in others) > 0.85
    caught = experiments.catch_up(seeds=HELD_BACK, momenta=(0.1, 0.01), steps=(20, 100))
    assert np.mean(caught.training[0] - caught.evaluating[0.01][0]) > 0.1
    assert min(caught.evaluating[0.1][-1]) > 0.85


@pytest.mark.slow
def test_verdicts_on_companions_hold_on_other_seeds():
    small = experiments.by_batch_size(
        seeds=HELD_BACK, norms=("none", "batch", "4 groups"), sizes=(2, 8)
    )
    assert small["batch"][0].max() < 0.7 < min(small["none"][0].min(), small["4 groups"][0].min())
    assert small["batch"][1].min() > 0.85
    wide = experiments.by_batch_size(seeds=HELD_BACK, norms=("batch",), sizes=(2,), last=2)
    pairs, eights = (
        experiments.by_batch_size(seeds=HELD_BACK, norms=("8 groups",), sizes=(8,), last=side)
        for side in (1, 2)
    )
    assert pairs["8 groups"].max() < 0.7
    assert min(wide["batch"].min(), eights["8 groups"].min()) > 0.8


@pytest.mark.slow
def test_verdicts_on_rates_and_scales_hold_on_other_seeds():
    norms = ("none", "batch")
    rates = experiments.final_losses({"rate": (0.1, 0.3, 1.0, 3.0)}, seeds=HELD_BACK, norms=norms)
    assert (rates["batch"][-2:] < rates["none"][-2:] / 2).all()
    assert (rates["batch"].min(axis=0) < rates["none"].min(axis=0)).all()
    scales = experiments.final_losses({"scale": (0.1, 10.0)}, seeds=HELD_BACK, norms=norms)
    assert (scales["batch"] < scales["none"] / 2).all()


@pytest.mark.slow
def test_verdicts_on_drift_hold_on_other_seeds():
    plain, quiet, noisy = experiments.drifting(
        seeds=HELD_BACK, norms=("none", "batch", "noisy batch")
    ).values()
    assert (noisy.drift > 1.15 * plain.drift).all() and (noisy.loss < 0.9 * plain.loss).all()
    assert (noisy.turn < plain.turn - 8).all() and (8 * quiet.drift < plain.drift).all()
