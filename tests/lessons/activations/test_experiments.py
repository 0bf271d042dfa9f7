"""experiments: small runs, and the verdicts of the notebook on seeds that it does not show."""

import numpy as np
import pytest
from torch import nn

from course_lib import numpy_ops
from course_lib.lessons.activations import experiments
from course_lib.lessons.activations.network import ACTIVATIONS

HELD_BACK = (3, 4, 5)


def test_a_run_repeats_itself():
    one, other = (experiments.train(nn.ReLU, seed=7, epochs=1) for _ in range(2))
    assert len(one.losses) == 25
    assert one.losses.tolist() == other.losses.tolist()
    assert one.accuracy == other.accuracy


def test_twins_are_told_from_a_slip():
    right = numpy_ops.tanh, numpy_ops.tanh_backward
    assert experiments.error_against_twins("tanh", *right) < 1e-12
    slip = lambda grad_y, x: grad_y * (1 - numpy_ops.tanh(x))  # noqa: E731
    assert experiments.error_against_twins("tanh", numpy_ops.tanh, slip) > 0.1
    no_sum = lambda grad_y, x: (grad_y * np.minimum(x, 0))[0].sum(axis=(1, 2))  # noqa: E731
    passed = lambda grad_y, x, a: grad_y * np.where(x > 0, 1, a)  # noqa: E731
    assert experiments.error_of_prelu(passed, no_sum) > 0.1


def test_more_search_does_not_find_a_much_better_affine_map():
    assert experiments.best_affine_map(steps=30).loss > experiments.best_affine_map(steps=60).loss


@pytest.mark.parametrize("seed", [0, 4])
def test_images_drown_in_outputs_that_are_all_positive(seed):
    shares = experiments.image_shares(seed=seed)
    assert shares["σ(x)"] < 0.02
    assert shares["4 σ(x)"] < 0.2
    assert min(shares["σ(x) − ½"], shares["4 σ(x) − 2"]) > 0.4


def test_white_of_255_saturates():
    shares = [experiments.saturated_share(brightness=white, seed=1) for white in (1, 255)]
    assert shares[0] < 0.1 and shares[1] > 0.8


def test_costs_are_multiples_of_the_relu():
    costs = experiments.costs(numbers=2**14, rounds=1)
    assert costs.numpy["ReLU"] == costs.torch["ReLU"] == 1
    assert list(costs.numpy) == list(costs.torch) == list(experiments.OPERATIONS)


@pytest.mark.slow
def test_verdicts_on_depth_and_on_nine_activations_hold_on_other_seeds():
    single = experiments.best_affine_map()
    runs = experiments.compare(tuple(ACTIVATIONS), seeds=HELD_BACK)
    right = {name: [run.accuracy for run in several] for name, several in runs.items()}
    losses = [experiments.training_loss(run.network) for run in runs["no activation"]]
    assert single.loss < min(losses)
    assert max(right["no activation"]) < single.accuracy + 0.05
    assert max(right["sigmoid"]) < 0.2
    learners = [
        several for name, several in right.items() if name not in ("no activation", "sigmoid")
    ]
    assert min(map(min, learners)) > 0.45
    assert min(right["ReLU"]) > single.accuracy + 0.15
    assert np.mean([right[n] for n in ("GELU", "SiLU", "hard-swish")]) > np.mean(right["ReLU"])
    slopes = np.concatenate([experiments.learned_slopes(run.network) for run in runs["PReLU"]])
    assert slopes.min() < 0.1 < 0.25 < slopes.max() < 1


@pytest.mark.slow
def test_verdicts_on_repaired_sigmoids_hold_on_other_seeds():
    makers = {"σ(x)": ACTIVATIONS["sigmoid"], **experiments.REPAIRED}
    right = {
        name: [experiments.train(make, seed=seed).accuracy for seed in HELD_BACK]
        for name, make in makers.items()
    }
    assert max(right["σ(x)"] + right["4 σ(x)"]) < min(right["σ(x) − ½"]) - 0.05
    assert max(right["σ(x) − ½"]) < min(right["4 σ(x) − 2"]) - 0.05


@pytest.mark.slow
def test_verdicts_on_dead_units_hold_on_other_seeds():
    dead = experiments.dead_units((0.001, 0.01, 0.03, 0.1), seeds=HELD_BACK)
    shares = [[one.share for one in several] for several in dead.values()]
    assert max(shares[0]) < 0.05 and min(shares[3]) > 0.5
    assert max(shares[1]) < min(shares[3]) - 0.3
    assert np.mean(shares[1]) < np.mean(shares[2]) < np.mean(shares[3])
    too_fast = [
        experiments.train(nn.LeakyReLU, seed=seed, **experiments.TOO_FAST) for seed in HELD_BACK
    ]
    assert max(run.accuracy for run in too_fast) < 0.4


@pytest.mark.slow
def test_verdicts_on_unscaled_images_hold_on_other_seeds():
    runs = experiments.compare(("tanh", "ReLU"), seeds=HELD_BACK, brightness=255)
    tanh, relu = ([run.accuracy for run in several] for several in runs.values())
    assert min(tanh) > max(relu) + 0.2
    assert min(run.losses[0] for run in runs["ReLU"]) > 10
    assert experiments.train(nn.ReLU, seed=3, brightness=255, epochs=16).accuracy > 0.4
