"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest
import torch

from course_lib.lessons.regularization import experiments
from course_lib.lessons.regularization.experiments import METHODS, Method, Watched

HELD_BACK = (3, 4, 5)


def test_images_are_other_ones_for_each_network_and_split():
    parts = {
        s: experiments.images(s, seeds=(0, 1), count=50) for s in ("train", "test", "validation")
    }
    assert parts["train"].x.shape == (50, 2, 16, 16) and parts["train"].target.shape == (50, 2)
    assert not torch.equal(parts["train"].x[:, 0], parts["train"].x[:, 1])
    assert not torch.equal(parts["test"].x, parts["validation"].x)
    alone = experiments.images("train", seeds=(1,), count=50)
    assert torch.equal(alone.x[:, 0], parts["train"].x[:, 1])


@pytest.mark.parametrize("down, right", [(0, 0), (2, -1), (-3, 4)])
def test_images_are_moved_and_what_comes_in_is_zero(down, right):
    x = torch.rand(1, 1, 6, 7) + 1
    moved = experiments.moved(x, torch.tensor([[[down, right]]]))[0, 0]
    for row in range(6):
        for column in range(7):
            inside = 0 <= row - down < 6 and 0 <= column - right < 7
            expected = x[0, 0, row - down, column - right] if inside else 0
            assert moved[row, column] == expected


def test_each_image_is_moved_by_its_own_way():
    x = torch.rand(3, 2, 5, 5)
    by = torch.tensor([[[0, 1], [1, 0]], [[-2, 0], [0, 0]], [[1, 1], [0, -1]]])
    together = experiments.moved(x, by)
    for n in range(3):
        for k in range(2):
            alone = experiments.moved(x[n : n + 1, k : k + 1], by[n : n + 1, k : k + 1])
            assert torch.equal(together[n, k], alone[0, 0])


def test_a_training_learns_its_images():
    run = experiments.train(Method(num_images=20), seeds=(0,), steps=60)
    assert run.train.shape == run.test.shape == (1,) and run.watched is None
    assert run.train[0] == 1 and run.test[0] < 0.6


@pytest.mark.parametrize("name", METHODS)
def test_every_method_trains(name):
    run = experiments.train(METHODS[name]._replace(num_images=10), seeds=(0, 1), steps=2)
    assert run.train.shape == (2,)


def test_a_training_is_watched():
    watched = experiments.train(Method(num_images=20), seeds=(0, 1), steps=6, look_every=3).watched
    assert watched.steps.tolist() == [0, 3, 6]
    assert all(each.shape == (3, 2) for each in watched[1:])
    assert (watched.train_loss[-1] < watched.train_loss[0]).all()


def test_random_labels_are_the_same_labels_in_another_order():
    target = torch.arange(40).reshape(20, 2)
    shuffled = experiments._shuffled(target, [np.random.default_rng(s) for s in (0, 1)])
    assert not torch.equal(shuffled, target)
    assert torch.equal(shuffled.sort(dim=0).values, target)


def test_weight_decay_makes_weights_smaller():
    losses = []
    for decay in (0.0, 100.0):
        run = experiments.train(
            Method(num_images=10, decay=decay), seeds=(0,), steps=20, look_every=20
        )
        losses.append(run.watched.train_loss[-1, 0])
    assert losses[1] > losses[0]  # forced to be small, the weights cannot be as certain


def test_early_stopping_goes_back_to_the_lowest_validation_loss():
    looks = np.array([[5.0, 1.0], [2.0, 3.0], [4.0, 0.5]])
    share = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    watched = Watched(np.array([0, 20, 40]), looks, looks, share, share)
    stopped = experiments.stop_early(watched)
    assert stopped.steps.tolist() == [20, 40]
    assert stopped.early.tolist() == [0.3, 0.6] and stopped.end.tolist() == [0.5, 0.6]


def test_outputs_under_dropout_have_the_mean_and_variance_of_the_formulas():
    x, w = np.array([1.0, 2.0, -3.0]), np.array([2.0, 0.5, 1.0])
    rng = np.random.default_rng(0)
    outputs = experiments.output_draws(x, w, p=0.2, draws=200_000, rng=rng)
    assert outputs.mean() == pytest.approx(w @ x, abs=0.02)
    assert outputs.var() == pytest.approx(0.25 * (w**2 @ x**2), rel=0.02)


@pytest.mark.slow
def test_verdicts_hold_on_other_seeds():
    runs = {
        name: experiments.train(method, seeds=HELD_BACK, look_every=20 if name == "nothing" else 0)
        for name, method in METHODS.items()
    }
    base = runs["nothing"].test
    gains = {name: run.test - base for name, run in runs.items()}
    assert min(runs["nothing"].train) > 0.99 and max(base) < 0.55
    assert min(gains["moved by ±1"]) > 0.2 and min(gains["moved by ±4"]) > 0.35
    assert min(gains["dropout ½"]) > -0.05 and gains["dropout ½"].mean() > 0.02
    assert (gains["dropout ½"] < gains["moved by ±1"]).all()
    assert gains["spatial dropout 0.2"].mean() < gains["dropout ½"].mean() - 0.03
    for name in ("weight decay", "label smoothing 0.1", "spatial dropout 0.2"):
        assert abs(gains[name].mean()) < 0.09
    stopped = experiments.stop_early(runs["nothing"].watched)
    assert (stopped.early < stopped.end).all() and np.mean(stopped.end - stopped.early) > 0.08


@pytest.mark.slow
def test_random_labels_are_learned_too_on_other_seeds():
    by_chance = experiments.train(Method(shuffled=True), seeds=HELD_BACK)
    assert min(by_chance.train) > 0.97 and max(by_chance.test) < 0.2
