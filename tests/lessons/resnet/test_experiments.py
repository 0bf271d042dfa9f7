"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest
import torch

from course_lib.lessons.resnet import experiments
from course_lib.lessons.resnet.networks import build

HELD_BACK = (3, 4, 5)


def test_a_training_is_the_same_alone_and_beside_another():
    options = {"depth": 8, "rate": 0.01, "steps": 2}
    alone = experiments.train("residual", seeds=(1,), **options)
    beside = experiments.train("residual", seeds=(0, 1), **options)
    assert alone.losses[0] == pytest.approx(beside.losses[1], rel=1e-2)
    assert alone.slopes[0] == pytest.approx(beside.slopes[1], rel=1e-3)
    assert alone.losses.shape == (1, 2) and alone.accuracies.shape == (1,)


def test_a_training_learns():
    run = experiments.train("residual", depth=8, seeds=(0,), rate=0.03, steps=40)
    assert 1.5 < run.losses[0, 0] < 4
    assert run.tails[0] == run.losses[0, -20:].mean() < run.losses[0, :5].mean() - 0.3


def test_slopes_are_those_of_the_loss_before_any_step():
    run = experiments.train("plain", depth=8, seeds=(5,), rate=0.01, steps=1)
    dataset, network = experiments.digits(), build("plain", depth=8, seeds=(5,))
    picked = np.random.default_rng(5).choice(2000, experiments.BATCH_SIZE, replace=False)
    logits = network(torch.from_numpy(dataset.x_train[picked]))[:, :, 0, 0]
    target = torch.from_numpy(dataset.y_train[picked])
    torch.nn.functional.cross_entropy(logits, target).backward()
    assert run.slopes[0] == pytest.approx(network[0].weight.grad.norm().item(), rel=1e-3)


def test_a_network_without_a_rate_of_its_own_is_refused():
    with pytest.raises(KeyError):
        experiments.train("plain", depth=14, seeds=(0,))


@pytest.mark.slow
def test_verdicts_hold_on_other_seeds():
    plain, residual = (
        {d: experiments.train(kind, depth=d, seeds=HELD_BACK) for d in (8, 20, 44)}
        for kind in ("plain", "residual")
    )
    assert (plain[44].tails > plain[8].tails + 0.4).all()
    assert all((residual[d].tails < plain[d].tails - 0.15).all() for d in (20, 44))
    growth = plain[44].slopes / plain[8].slopes
    assert (growth > 4 * residual[44].slopes / residual[8].slopes).all()
    zero = experiments.train("zero start", depth=44, seeds=HELD_BACK)
    assert zero.tails.max() < residual[44].tails.min()
