"""networks: side by side each is what it would be alone."""

import numpy as np
import pytest
import torch

from course_lib.lessons.normalization import networks
from course_lib.lessons.normalization.networks import Plan, build
from course_lib.lessons.normalization.training import train

PLANS = [
    Plan("none", 0, rate=0.2), Plan("batch", 0, rate=0.3), Plan("batch", 1, scale=0.5),
    Plan("4 groups", 2), Plan("layer", 1),
]  # fmt: skip
OPTIONS = {"steps": 4, "batch_size": 8, "optimizer": "gradient descent"}


@pytest.mark.parametrize("last", [1, 2])
def test_a_network_trains_among_others_as_it_does_alone(last):
    together = train(PLANS, last=last, **OPTIONS).losses
    alone = [train([plan], last=last, **OPTIONS).losses[:, 0] for plan in PLANS]
    np.testing.assert_allclose(together, np.stack(alone, axis=1), rtol=1e-3)
    assert len(np.unique(together[-1].round(3))) == len(PLANS)


def test_adam_keeps_networks_apart_too():
    together = train(PLANS, steps=4, batch_size=8).losses
    alone = train(PLANS[3:4], steps=4, batch_size=8).losses[:, 0]
    np.testing.assert_allclose(together[:, 3], alone, rtol=1e-2)


def test_the_same_seed_gives_the_same_first_weights():
    first = build([Plan("none", 3), Plan("none", 4), Plan("none", 3, scale=2.0)])[0].weight
    one, other, doubled = first.detach().reshape(3, -1)
    assert torch.equal(doubled, 2 * one) and not torch.equal(one, other)


def test_noise_comes_in_training_only():
    torch.manual_seed(0)
    x, noisy = torch.randn(64, 3, 4, 4), networks.NoisyBatchNorm(3)
    moved = noisy(x).mean(dim=(0, 2, 3))
    assert (moved.abs() > 1e-3).all() and (moved.abs() <= 0.5).all()
    assert not torch.equal(noisy(x), noisy(x))
    assert torch.equal(noisy.eval()(x), noisy(x))


def test_an_unknown_norm_is_named():
    with pytest.raises(ValueError, match=r"^build received norm="):
        build([Plan("batch norm", 0)])
