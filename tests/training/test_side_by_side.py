"""Networks side by side: each learns as it would alone, and is judged by itself."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.datasets import Dataset
from course_lib.training.side_by_side import (
    draw_weights,
    losses_of,
    part_of,
    shares_right,
    train_side_by_side,
)


def stripes():
    """Tell bright rows from bright columns of 4 × 4 pixels, 60 noisy images each way."""
    rng = np.random.default_rng(seed=0)
    y = np.arange(120) % 2
    x = 0.3 * rng.random((120, 1, 4, 4))
    for image, label in zip(x, y, strict=True):
        place = rng.integers(4)
        image[0][(place, slice(None)) if label else (slice(None), place)] += 1
    return Dataset(x[:80].astype(np.float32), y[:80], x[80:].astype(np.float32), y[80:],
                   ("column", "row"), "", "")  # fmt: skip


def network_of(seeds):
    groups = len(seeds)
    first = nn.Conv2d(groups, 6 * groups, 3, groups=groups)
    last = nn.Conv2d(6 * groups, 2 * groups, 2, groups=groups)
    draw_weights([first, last], seeds, last=last)
    nn.init.zeros_(first.bias)
    return nn.Sequential(first, nn.ReLU(), last)


def trained(seeds, steps=60, watch=None):
    network = network_of(seeds)
    stepper = torch.optim.Adam(network.parameters(), lr=0.02)
    options = {"seeds": seeds, "steps": steps, "batch_size": 16, "watch": watch}
    return network, train_side_by_side(network, stripes(), stepper, **options)


def test_each_learns_as_it_would_alone():
    _, beside = trained((3, 4, 5), steps=5)
    for row, seed in zip(beside, (3, 4, 5), strict=True):
        _, alone = trained((seed,), steps=5)
        np.testing.assert_allclose(row, alone[0], rtol=1e-4)
    assert beside.shape == (3, 5)


def test_they_learn():
    network, losses = trained((0, 1))
    assert (losses[:, -10:].mean(axis=1) < 0.5 * losses[:, :10].mean(axis=1)).all()
    assert (shares_right(network, stripes(), networks=2) > 0.9).all()
    assert not network.training


def test_the_rate_falls_over_the_second_half():
    rates = []
    network = network_of((0,))
    stepper = torch.optim.SGD(network.parameters(), lr=0.1)
    train_side_by_side(network, stripes(), stepper, seeds=(0,), steps=4, batch_size=4,
                       watch=lambda step: rates.append(stepper.param_groups[0]["lr"]))  # fmt: skip
    assert rates == pytest.approx([0.1, 0.1, 0.1, 0.05])


def test_a_watcher_finds_the_gradients():
    seen = []
    network = network_of((0, 1))
    stepper = torch.optim.SGD(network.parameters(), lr=0.1)
    look = lambda step: seen.append((step, network[0].weight.grad.abs().max().item()))  # noqa: E731
    train_side_by_side(network, stripes(), stepper, seeds=(0, 1), steps=2, batch_size=4, watch=look)
    assert [step for step, _ in seen] == [0, 1] and all(size > 0 for _, size in seen)


def test_each_network_is_judged_by_its_own_targets():
    logits = torch.zeros(2, 20)
    logits[:, 3] = 50.0  # the first network says 3, the second nothing
    target = torch.tensor([[3, 3], [3, 3]])
    losses = losses_of(lambda x: logits, torch.zeros(2, 2, 8, 8), target)
    np.testing.assert_allclose(losses, [0.0, np.log(10)], atol=1e-6)


def test_one_right_and_one_wrong_network_are_told_apart():
    data = stripes()
    right = torch.from_numpy(data.y_test)
    scores = torch.stack([1 - right, right, right, 1 - right], dim=1).float()

    class Fixed(nn.Module):
        def forward(self, x):
            return scores

    assert shares_right(Fixed(), data, networks=2).tolist() == [1.0, 0.0]


def test_weights_have_the_spread_of_he():
    (layer, last) = (nn.Conv2d(4, 400, 5), nn.Conv2d(100, 400, 3))
    draw_weights([layer, last], (7,), last=last)
    assert layer.weight.var().item() == pytest.approx(2 / 100, rel=0.03)
    assert last.weight.var().item() == pytest.approx(1 / 900, rel=0.03)
    assert layer.weight[part_of(layer.weight, 1, 2)].shape == (200, 4, 5, 5)
