"""Speed, learning rates, twins in step and interrupted trainings; verdicts on other seeds."""

import time

import numpy as np
import pytest
import torch

from course_lib.lessons.training_a_cnn import experiments
from course_lib.lessons.training_a_cnn.experiments import images_per_second

HELD_BACK = (3, 4, 5)


def build(nn, **random):
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, **random), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(36, 10, **random),
    )  # fmt: skip


def test_rates_follow_the_time_of_a_step():
    steps = {"slow": lambda: time.sleep(0.02), "fast": lambda: time.sleep(0.005)}
    rates = images_per_second(steps, num_images=10, rounds=7)
    assert rates["slow"] <= 500 and rates["fast"] <= 2000
    assert rates["fast"] > 1.5 * rates["slow"]


def test_steps_run_on_one_thread_and_threads_come_back(monkeypatch):
    torch.set_num_threads(2)
    seen = []
    images_per_second({"a": lambda: seen.append(torch.get_num_threads())}, num_images=1, rounds=2)
    assert seen == [1, 1] and torch.get_num_threads() == 2
    torch.set_num_threads(1)


@pytest.mark.parametrize(
    "steps, options, text",
    [
        ({}, {"num_images": 1}, "no calls"),
        ({"a": int}, {"num_images": 0}, "num_images=0"),
        ({"a": int}, {"num_images": 1, "rounds": 0}, "rounds=0"),
    ],
    ids=["steps", "images", "rounds"],
)
def test_bad_options_are_refused(steps, options, text):
    with pytest.raises(ValueError, match=text):
        images_per_second(steps, **options)


def test_numpy_and_pytorch_stay_in_step():
    both = experiments.in_step(build, steps=30, seed=5)
    assert both.shape == (30, 2) and both[-1, 0] < both[0, 0]
    np.testing.assert_allclose(both[:, 0], both[:, 1], rtol=1e-10)
    assert not np.array_equal(both, experiments.in_step(build, steps=30, seed=6))


def test_a_batch_is_memorized_or_given_up():
    rng = np.random.default_rng(seed=0)
    x, labels = rng.random((6, 1, 8, 8)).astype("float32"), np.arange(6)
    steps = experiments.steps_to_memorize(build, x, labels, seed=0)
    assert steps is not None and 1 < steps < 300
    assert experiments.steps_to_memorize(build, x, labels, seed=0, most=steps) == steps
    assert experiments.steps_to_memorize(build, x, labels, seed=0, most=steps - 1) is None


def test_momentum_at_the_same_rate_calms_the_zigzag():
    paths = experiments.walks(steps=40)
    off = {name: abs(path[10, 1]) for name, path in paths.items()}
    assert off["momentum 0.5"] < 0.1 < 0.6 < off["SGD"]
    widest = {name: abs(path[10:21, 1]).max() for name, path in paths.items()}
    assert widest["momentum 0.9"] > widest["SGD"] > widest["momentum 0.5"]
    factors = [-8 * (1 - 0.077) ** 3, 1.5 * (1 - 0.077 * 25) ** 3]
    assert paths["SGD"][3] == pytest.approx(factors, rel=1e-12)


def test_all_rates_meet_the_same_weights_and_batches():
    curves = experiments.rate_range(seeds=(0, 4), steps=3)
    assert set(curves) == {(n, r) for n in experiments.OPTIMIZERS for r in experiments.RATES}
    first = {tuple(losses[:, 0]) for losses in curves.values()}
    assert len(first) == 1 and len(set(first.pop())) == 2
    assert all(losses.shape == (2, 3) for losses in curves.values())


def test_a_checkpoint_goes_on_as_if_never_stopped():
    after = experiments.interrupted(0, epochs=2)
    assert {len(losses) for losses in after.values()} == {7}
    np.testing.assert_allclose(after["resumed"], after["never stopped"], rtol=1e-6)
    assert np.abs(after["weights only"] - after["never stopped"]).max() > 1e-3


@pytest.mark.slow
def test_each_optimizer_has_its_own_rate_on_other_seeds():
    curves, rates = experiments.rate_range(seeds=HELD_BACK), experiments.RATES
    ends = {
        name: np.array([curves[name, rate][:, -20:].mean(axis=1) for rate in rates]).T
        for name in experiments.OPTIMIZERS
    }
    best = {name: values.argmin(axis=1) for name, values in ends.items()}
    assert (best["adam"] < best["momentum"]).all() and (best["momentum"] < best["sgd"]).all()
    assert (ends["adam"][:, 2] < ends["sgd"][:, 2]).all()
    assert (ends["sgd"][:, 5] < np.minimum(ends["adam"], ends["momentum"])[:, 5]).all()
    worst = np.maximum(ends["adam"].min(axis=1), ends["momentum"].min(axis=1))
    assert (ends["sgd"].min(axis=1) > worst).all()


@pytest.mark.slow
def test_checkpoints_hold_on_other_seeds():
    for seed in HELD_BACK:
        after = experiments.interrupted(seed)
        np.testing.assert_allclose(after["resumed"], after["never stopped"], rtol=1e-6)
        assert np.abs(after["weights only"] - after["never stopped"]).max() > 1e-3
