"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest
from torch import nn

from course_lib.lessons.mobilenet import experiments

HELD_BACK = (3, 4, 5)


def test_a_training_repeats_itself_and_learns():
    first, again = (experiments.train("full", width=8, seeds=(0,), steps=40) for _ in range(2))
    assert first.tails == again.tails and first.accuracies == again.accuracies
    assert first.tails[0] < 2.0
    assert 0.15 < first.accuracies[0] <= 1
    assert first.multiply_adds == 259_520


def test_bottlenecks_train_alone_as_beside_each_other():
    options = {"channels": 4, "steps": 2}
    alone = experiments.train_bottlenecks("linear", seeds=(1,), **options)
    beside = experiments.train_bottlenecks("linear", seeds=(0, 1), **options)
    assert alone.tails[0] == pytest.approx(beside.tails[1], rel=1e-2)


def test_a_report_has_costs_and_spreads():
    run = experiments.Trained(np.array([0.5, 0.7]), np.array([0.9, 0.8]), 1234)
    assert experiments.report({"one": run}).splitlines()[1].split() == [
        "one", "1,234", "0.600", "±", "0.141", "0.850", "±", "0.071",
    ]  # fmt: skip


def test_times_are_a_ratio():
    large, small = nn.Conv2d(64, 64, 5, padding=2), nn.Conv2d(64, 4, 1)
    assert experiments.times_faster(large, small, (1, 64, 28, 28), rounds=5) > 2


@pytest.mark.slow
def test_verdicts_on_separable_layers_hold_on_other_seeds():
    full, same_width, same_cost = (
        experiments.train(kind, width=width, seeds=HELD_BACK).accuracies
        for kind, width in (("full", 8), ("separable", 8), ("separable", 22))
    )
    assert full.min() > same_width.max()
    assert full.mean() > same_width.mean() + 0.03
    assert abs(full.mean() - same_cost.mean()) < 0.03


@pytest.mark.slow
def test_much_of_the_loss_at_equal_width_is_time_on_other_seeds():
    lost = {}
    for steps in (300, 900):
        full, split = (
            experiments.train(kind, width=8, seeds=HELD_BACK, steps=steps).accuracies.mean()
            for kind in ("full", "separable")
        )
        lost[steps] = full - split
    assert 0.005 < lost[900] < 0.6 * lost[300]


@pytest.mark.slow
def test_verdicts_on_linear_bottlenecks_hold_on_other_seeds():
    gains = {}
    for channels in (4, 8):
        linear, bent = (
            experiments.train_bottlenecks(kind, channels=channels, seeds=HELD_BACK)
            for kind in ("linear", "ReLU6")
        )
        assert linear.tails.mean() < bent.tails.mean()
        gains[channels] = linear.accuracies.mean() - bent.accuracies.mean()
    assert gains[4] > 0.05 and gains[8] > 0.01
    assert gains[4] > gains[8] + 0.02


@pytest.mark.slow
def test_without_shortcuts_the_activation_costs_more():
    linear, bent = (
        experiments.train_bottlenecks(kind, channels=8, seeds=HELD_BACK, shortcut=False).accuracies
        for kind in ("linear", "ReLU6")
    )
    assert linear.mean() > bent.mean() + 0.05
