"""networks: several side by side are the same as each alone, and PyTorch's own layers agree."""

import pytest
import torch
from torch.nn import functional

from course_lib.lessons.regularization.networks import Drop, Readers


def test_a_network_is_the_same_alone_and_beside_another():
    x = torch.randn(3, 2, 16, 16, generator=torch.Generator().manual_seed(0))
    beside, alone = Readers((4, 7))(x), Readers((7,))(x[:, 1:])
    assert torch.allclose(beside[1], alone[0], atol=1e-5)


def test_a_network_is_two_convolutions_and_two_dense_layers():
    network = Readers((2,))
    x = torch.randn(3, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    w, b = ({k: v[0] for k, v in each.items()} for each in (network.weights, network.biases))
    h = x
    for name in ("conv1", "conv2"):
        h = functional.conv2d(h, w[name], b[name], padding=1)
        h = functional.max_pool2d(torch.relu(h), 2)
    h = torch.relu(functional.linear(h.flatten(1), w["dense1"], b["dense1"]))
    logits = functional.linear(h, w["dense2"], b["dense2"])
    assert torch.allclose(network(x)[0], logits, atol=1e-4)
    assert sum(weight.numel() for weight in network.parameters()) == 70_842


def test_weights_have_the_variance_of_he():
    weight = Readers((0,)).weights["dense1"]
    assert weight.var().item() == pytest.approx(2 / 256, rel=0.05)


@pytest.mark.parametrize("drop", [Drop(maps=0.5), Drop(units=0.5)], ids=["maps", "units"])
def test_dropout_makes_noise_while_training_and_none_in_use(drop):
    network, x = Readers((0,), drop=drop), torch.rand(4, 1, 16, 16)
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), network(x))
    assert torch.allclose(network(x), Readers((0,))(x), atol=1e-5)
