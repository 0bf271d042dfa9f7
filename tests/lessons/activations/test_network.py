"""network: its size, what it is without activations, and which channels count as dead."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.lessons.activations import network


def sizes(net):
    return sum(weight.numel() for weight in net.parameters())


def test_only_prelu_has_weights_of_its_own():
    counts = {
        name: sizes(network.make_network(make, seed=0))
        for name, make in network.ACTIVATIONS.items()
    }
    assert counts.pop("PReLU") == 8570 + 4 * 16
    assert set(counts.values()) == {8570}


def test_every_activation_starts_from_the_same_weights():
    nets = [network.make_network(network.ACTIVATIONS[name], seed=3) for name in ("tanh", "PReLU")]
    first, second = ([m.weight for m in net if isinstance(m, nn.Conv2d)] for net in nets)
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def test_making_one_leaves_torch_s_own_draws_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    network.make_network(nn.ReLU, seed=0)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("name", network.ACTIVATIONS)
def test_only_a_network_without_activation_is_affine(name):
    net = network.make_network(network.ACTIVATIONS[name], seed=0).double()
    rng = np.random.default_rng(seed=0)
    one, other = rng.standard_normal((2, 1, 1, 12, 12))
    zero, both = np.zeros_like(one), one + other
    y = {k: network.logits_of(net, x) for k, x in enumerate((one, other, zero, both))}
    off = abs(y[0] + y[1] - y[2] - y[3]).max()
    assert (off < 1e-12) == (name == "no activation")


def test_dead_channels_are_those_that_are_zero_everywhere():
    net = network.make_network(nn.ReLU, seed=0)
    x = network.digits().x_test[:200]
    assert network.dead_share(net, x) < 0.2
    with torch.no_grad():
        net[0].bias[:8] = -1e3  # eight of 64 channels, and nothing else
    assert network.dead_share(net, x) >= 8 / 64
    with torch.no_grad():
        for layer in net:
            if isinstance(layer, nn.Conv2d):
                layer.bias[:] = -1e3
    assert network.dead_share(net, x) == 1
