"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest

from course_lib.lessons.efficientnet import experiments

HELD_BACK = (3, 4, 5)


def test_a_training_is_the_same_alone_and_beside_another():
    alone = experiments.grow("base", seeds=(1,), steps=2)
    beside = experiments.grow("base", seeds=(0, 1), steps=2)
    assert alone.shape == (1,) and beside.shape == (2,)
    assert alone[0] == pytest.approx(beside[1], rel=1e-2)


def test_a_training_learns():
    untrained = experiments.grow("width × 2", seeds=(0,), steps=1)
    assert 2 < untrained[0] < 4
    assert experiments.grow("width × 2", seeds=(0,), steps=30)[0] < 2


def test_parts_are_those_that_are_named():
    losses = [experiments.take_apart(parts, seeds=(0,), steps=2)[0] for parts in experiments.PARTS]
    assert len({round(float(loss), 6) for loss in losses}) == 4


@pytest.mark.parametrize("resolution", [17, 28])
def test_scenes_are_the_same_at_every_resolution(resolution):
    coarse, fine = experiments.digits(14), experiments.digits(resolution)
    assert fine.x_train.shape == (2000, 1, resolution, resolution)
    assert np.array_equal(coarse.y_train, fine.y_train)
    rows = [each.x_train[0, 0].sum(axis=1) for each in (coarse, fine)]
    middles = [(row * (np.arange(len(row)) + 0.5)).sum() / row.sum() / len(row) for row in rows]
    assert middles[0] == pytest.approx(middles[1], abs=0.06)


@pytest.mark.slow
def test_verdicts_hold_on_other_seeds():
    apart = {kind: experiments.take_apart(kind, seeds=HELD_BACK) for kind in experiments.PARTS}
    silus, relus = (
        np.mean([apart[kind], apart[f"{kind}, with gate"]]) for kind in ("SiLU", "ReLU")
    )
    assert silus < relus - 0.1
    gains = [apart[kind] - apart[f"{kind}, with gate"] for kind in ("SiLU", "ReLU")]
    assert np.mean(gains) < 0.1
    ends = {size: experiments.grow(size, seeds=HELD_BACK).mean() for size in experiments.RATES}
    assert ends["depth × 4"] > max(end for size, end in ends.items() if size != "depth × 4") + 0.1
    assert ends["all three"] > ends["width × 2"] - 0.1
