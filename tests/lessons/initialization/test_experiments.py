"""experiments: networks side by side do not meet, and the verdicts of the notebook hold."""

import numpy as np
import pytest

from course_lib.lessons.initialization import experiments, signals

HELD_BACK = (3, 4, 5)
CURE = 6**0.5


def test_networks_side_by_side_train_as_each_alone():
    options = {"steps": 3, "layers": 4}
    both = experiments.train_scaled((1.0, CURE), seeds=(0, 1), **options)
    alone = experiments.train_scaled((CURE,), seeds=(1,), **options)
    np.testing.assert_allclose(both.losses[1, 1], alone.losses[0, 0], rtol=1e-5)
    assert both.accuracies.shape == (2, 2) and (np.diff(both.losses[:, 0], axis=0) != 0).all()


def test_convolutions_side_by_side_train_as_each_alone():
    both = experiments.train_convolutional(seeds=(0, 1), depths=(4,), steps=3)
    alone = experiments.train_convolutional(seeds=(1,), depths=(4,), initializers=("He",), steps=3)
    np.testing.assert_allclose(both[4]["He"][1], alone[4]["He"][0], rtol=1e-5)
    assert both[4]["He"][1, 0] != both[4]["LeCun"][1, 0]


def test_the_best_rate_is_the_one_with_the_lowest_loss():
    rates, options = (1e-5, 1e-2), {"seeds": (0,), "steps": 30, "layers": 3}
    best = experiments.train_at_best_rate([1.0], rates=rates, **options)
    alone = experiments.train_scaled([1.0], learning_rate=1e-2, **options)
    assert best.rates.tolist() == [[1e-2]]
    np.testing.assert_array_equal(best.losses, alone.losses)


def test_orthogonal_layers_keep_every_signal_and_normal_ones_their_mean():
    bits = experiments.final_bits((16,), draws=200, layers=8)
    np.testing.assert_allclose(bits["orthogonal"], 0, atol=1e-10)
    assert np.median(bits["normal"]) < -0.3
    assert (2 ** bits["normal"]).mean() == pytest.approx(1, abs=0.3)


@pytest.mark.slow
def test_verdicts_on_the_factor_hold_on_other_seeds():
    first = experiments.train_at_best_rate((1.0, CURE), seeds=HELD_BACK, rates=(3e-4, 1e-3))
    assert first.accuracies[0].max() < 0.2 and first.losses[0, :, -20:].min() > 2.2
    assert first.accuracies[1].min() > 0.5
    for rate in (3e-4, 1e-3):
        factors = (1.0, 1.5, 2.0, CURE, 3.0, 4.0)
        runs = experiments.train_scaled(factors, seeds=HELD_BACK, learning_rate=rate)
        ahead = runs.accuracies[3] - runs.accuracies
        assert ahead[[0, 1, 5]].min() > 0.15, rate
        assert ahead[[2, 4]].mean(axis=1).min() > 0.05, rate


@pytest.mark.slow
def test_verdicts_on_depth_hold_on_other_seeds():
    losses = experiments.train_convolutional(seeds=HELD_BACK)
    last = {
        (depth, name): runs[:, -10:].mean(axis=1)
        for depth, curves in losses.items()
        for name, runs in curves.items()
    }
    assert last[22, "LeCun"].max() < 2.25 and last[30, "LeCun"].min() > 2.29
    assert last[22, "He"].max() < 1.0 and last[30, "He"].max() < 2.0


@pytest.mark.slow
def test_verdicts_on_narrow_networks_hold_on_other_draws():
    bits = experiments.final_bits((4, 16, 64), seed=3)
    medians = np.median(bits["normal"], axis=1)
    assert medians[0] < -4 and medians[0] < medians[1] < medians[2] < 1
    assert abs(bits["orthogonal"]).max() < 1e-9


def test_digits_are_scaled_to_mean_square_one():
    assert signals.mean_square(signals.digit_rows(10)) == pytest.approx(1)
