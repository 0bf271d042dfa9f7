"""networks: what stands side by side does not meet, and blocks add what they should."""

import pytest
import torch

from course_lib.lessons.residual_connections import networks


def randomized(kind):
    torch.manual_seed(0)
    block = networks.Block(kind, groups=1)
    for norm in (block.norm1, block.norm2):
        torch.nn.init.normal_(norm.weight)
        torch.nn.init.normal_(norm.bias)
    return block.double().eval()


def by_hand(block, kind, x):
    conv1, conv2, norm1, norm2, relu = (
        block.conv1, block.conv2, block.norm1, block.norm2, torch.relu,
    )  # fmt: skip
    if kind == "ReLU before adding":
        h = relu(norm1(conv1(x))) + x
        return relu(norm2(conv2(h))) + h
    return {
        "plain": lambda: relu(norm2(conv2(relu(norm1(conv1(x)))))),
        "residual": lambda: relu(norm2(conv2(relu(norm1(conv1(x))))) + x),
        "pre-activation": lambda: conv2(relu(norm2(conv1(relu(norm1(x)))))) + x,
    }[kind]()


@pytest.mark.parametrize("kind", networks.KINDS)
def test_a_block_is_the_formula_of_its_kind(kind):
    block, x = randomized(kind), torch.randn(2, networks.WIDTH, 4, 5, dtype=torch.float64)
    assert torch.equal(block(x), by_hand(block, kind, x))


@pytest.mark.parametrize("kind", networks.KINDS)
def test_a_network_is_the_same_alone_and_beside_another(kind):
    x = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    alone = networks.build(kind, depth=6, seeds=(4,))(x)
    beside = networks.build(kind, depth=6, seeds=(3, 4, 5))(x.expand(-1, 3, -1, -1))
    assert torch.allclose(alone[:, :, 0, 0], beside[:, 10:20, 0, 0], atol=1e-4)
    assert not torch.allclose(alone[:, :, 0, 0], beside[:, :10, 0, 0], atol=1e-2)


@pytest.mark.parametrize("kind", networks.KINDS)
def test_kinds_have_the_same_weights_and_depth_counts_the_layers(kind):
    network = networks.build(kind, depth=8, seeds=(0,))
    layers = networks.convolutions(network)
    plain = networks.convolutions(networks.build("plain", depth=8, seeds=(0,)))
    assert len(layers) == 8
    assert all(torch.equal(a.weight, b.weight) for a, b in zip(layers, plain, strict=True))


def test_blocks_are_watched_in_their_order():
    for last_norm in (False, True):
        network = networks.build("pre-activation", depth=8, seeds=(0,), last_norm=last_norm)
        seen = []
        networks.watch_blocks(network, seen.append)
        network(torch.rand(2, 1, 8, 8))
        assert [tuple(y.shape) for y in seen] == [(2, networks.WIDTH, 8, 8)] * 4


@pytest.mark.parametrize("depth", [2, 7])
def test_an_impossible_depth_is_named(depth):
    with pytest.raises(ValueError, match=rf"^build received depth={depth}"):
        networks.build("plain", depth=depth, seeds=(0,))
