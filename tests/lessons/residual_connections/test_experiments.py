"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest
import torch

from course_lib.lessons.residual_connections import experiments
from course_lib.lessons.residual_connections.networks import build, convolutions

HELD_BACK = (3, 4, 5)


def test_a_training_is_the_same_alone_and_beside_another():
    options = {"depth": 4, "rate": 0.1, "steps": 3}
    alone = experiments.train("residual", seeds=(1,), **options)
    beside = experiments.train("residual", seeds=(0, 1), **options)
    assert alone.losses[0] == pytest.approx(beside.losses[1], rel=1e-3)
    assert alone.losses.shape == (1, 3) and alone.accuracies.shape == (1,)


def test_a_training_begins_near_log_10_and_learns():
    run = experiments.train("plain", depth=4, seeds=(0,), rate=0.1, steps=40)
    assert 1.5 < run.losses[0, 0] < 4
    assert run.tails[0] == run.losses[0, -20:].mean() < 1
    assert run.accuracies[0] > 0.6


def test_a_network_without_a_rate_of_its_own_is_refused():
    with pytest.raises(KeyError):
        experiments.train("plain", depth=6, seeds=(0,))


def test_slopes_are_those_of_the_loss():
    flow = experiments.flows("plain", depth=4, seeds=(5,), digits=8)[0]
    assert flow.slopes.shape == (3,) and flow.mixed_up.shape == flow.means.shape == (2,)
    network = build("plain", depth=4, seeds=(5,))
    first = convolutions(network)[0].weight
    images = experiments.digits_and_copies(8)
    loss = torch.nn.functional.cross_entropy(network(images.x)[:, :, 0, 0], images.target)
    loss.backward()
    assert flow.slopes[0] == pytest.approx(first.grad.norm().item(), rel=1e-4)


def test_copies_are_smudged_and_keep_their_class():
    x, target = experiments.digits_and_copies(5)
    assert x.shape == (10, 1, 8, 8) and target[:5].tolist() == target[5:].tolist()
    assert 0.04 < (x[5:] - x[:5]).std() < 0.06


@pytest.mark.slow
def test_verdicts_on_digits_and_slopes_hold_on_other_seeds():
    plain, residual, typed = (
        experiments.flows(kind, depth=32, seeds=HELD_BACK)
        for kind in ("plain", "residual", "ReLU before adding")
    )
    assert min(flow.mixed_up[-1] for flow in plain) > 0.85
    assert max(flow.mixed_up[-1] for flow in residual) < 0.6
    assert min(flow.slopes[1] / flow.slopes[-1] for flow in plain) > 60
    assert max(flow.slopes[1] / flow.slopes[-1] for flow in residual) < 15
    assert min(flow.means[-1] for flow in typed) > 8
    layers = np.arange(2, 32)
    growth = [np.exp(-np.polyfit(layers, np.log(flow.slopes[1:]), 1)[0]) for flow in plain]
    assert all(1.1 < each < 1.25 for each in growth)


@pytest.mark.slow
def test_verdicts_on_training_hold_on_other_seeds():
    tails = {
        key: experiments.train(key[0], depth=key[1], seeds=HELD_BACK).tails
        for key in experiments.BEST_RATES
    }
    deep = tails["plain", 32]
    assert (deep > 4 * tails["plain", 8]).all()
    for kind in ("residual", "pre-activation"):
        assert (tails[kind, 32] < deep / 4).all()
    right, typed = (
        experiments.train(kind, depth=32, seeds=HELD_BACK, last_norm=False).tails
        for kind in ("residual", "ReLU before adding")
    )
    assert (typed > 2 * right).all()
    assert (tails["ReLU before adding", 32] < typed / 2).all()


@pytest.mark.slow
def test_adam_does_not_rescue_the_plain_network_on_other_seeds():
    plain, residual = (
        experiments.train(kind, depth=32, seeds=HELD_BACK, optimizer="adam").tails
        for kind in ("plain", "residual")
    )
    assert min(plain) > 4 * max(residual)
