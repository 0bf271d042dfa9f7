"""Accuracy, confusion matrix, schedules and the order of batches."""

import numpy as np
import pytest
import torch
from compare import assert_same
from sklearn import metrics as sklearn_metrics

from course_lib.training import accuracy, confusion_matrix
from course_lib.training.batches import batches, epoch_order
from course_lib.training.schedules import SCHEDULES


def test_confusion_matrix_and_accuracy_match_scikit_learn():
    rng = np.random.default_rng(seed=0)
    predicted, target = rng.integers(0, 4, 200), rng.integers(0, 3, 200)
    counts = confusion_matrix(predicted, target, num_classes=5)
    assert_same(
        counts, sklearn_metrics.confusion_matrix(target, predicted, labels=range(5)), tolerance=0.0
    )
    assert accuracy(predicted, target) == sklearn_metrics.accuracy_score(target, predicted)
    assert accuracy(predicted, target) == np.trace(counts) / 200


def test_one_class_is_enough_to_count():
    none = np.zeros(3, int)
    assert confusion_matrix(none, none, num_classes=1).tolist() == [[3]]


@pytest.mark.parametrize(
    "call, text",
    [
        pytest.param(lambda: accuracy(np.zeros(2, int), np.zeros(3, int)), r"\(2,\)", id="shapes"),
        pytest.param(
            lambda: accuracy(np.zeros(0, int), np.zeros(0, int)), "at least one", id="none"
        ),
        pytest.param(
            lambda: confusion_matrix(np.array([0, 3]), np.array([0, 1]), num_classes=3),
            "predicted with classes from 0 to 3",
            id="class",
        ),
        pytest.param(
            lambda: confusion_matrix(np.array([0, 1]), np.array([0, -1]), num_classes=3),
            "target with classes from -1 to 0",
            id="negative",
        ),
    ],
)
def test_bad_predictions_are_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()


@pytest.mark.parametrize("start", [0, 3, 4, 7])
def test_batches_go_on_where_they_stopped(start):
    options = {"batch_size": 3, "epochs": 2, "seed": 1}
    whole = [(e, s, p.tolist()) for e, s, p in batches(10, **options)]
    rest = [(e, s, p.tolist()) for e, s, p in batches(10, **options, start_step=start)]
    assert rest == whole[start:]


@pytest.mark.parametrize("batch_size", [1, 3, 5, 10, 99])
def test_batches_hold_every_image_once_an_epoch(batch_size):
    picked = {0: [], 1: []}
    for epoch, _, images in batches(10, batch_size=batch_size, epochs=2, seed=0):
        picked[epoch] += images.tolist()
    assert sorted(picked[0]) == sorted(picked[1]) == list(range(10))


def test_every_epoch_shows_every_image_once_in_another_order():
    first, second = (epoch_order(100, seed=0, epoch=epoch).tolist() for epoch in (0, 1))
    assert sorted(first) == sorted(second) == list(range(100))
    assert first != second


def test_one_cycle_matches_torch():
    steps, parameter = 50, torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    twin = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=steps, cycle_momentum=False, final_div_factor=1e12
    )
    rates, expected = [], []
    for step in range(steps):
        expected.append(optimizer.param_groups[0]["lr"])
        # torch peaks at step 0.3 * 50 - 1 and ends at step 49.
        peak = 0.3 * steps - 1
        t = 0.3 * step / peak if step <= peak else 0.3 + 0.7 * (step - peak) / (steps - 1 - peak)
        rates.append(SCHEDULES["one_cycle"](t))
        optimizer.step()
        twin.step()
    assert_same(np.array(rates), np.array(expected), tolerance=1e-10)


def test_cosine_matches_torch():
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    twin = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for step in range(20):
        assert SCHEDULES["cosine"](step / 20) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        twin.step()


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_stay_between_0_and_1(name):
    shares = [SCHEDULES[name](t) for t in np.linspace(0, 1, 101)]
    assert min(shares) >= -1e-12 and max(shares) == pytest.approx(1.0)
