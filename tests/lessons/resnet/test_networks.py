"""networks: what stands side by side does not meet, and blocks add what they should."""

import pytest
import torch

from course_lib.lessons.resnet import networks


def randomized(kind, channels, stride):
    torch.manual_seed(0)
    block = networks.Block(kind, channels, stride=stride)
    for norm in (m for m in block.modules() if isinstance(m, torch.nn.BatchNorm2d)):
        torch.nn.init.normal_(norm.weight)
        torch.nn.init.normal_(norm.bias)
    return block.double().eval()


def by_hand(block, kind, x):
    relu, fitted = torch.relu, block.projection
    if kind == "pre-activation":
        active = relu(block.norm1(x))
        shortcut = x if isinstance(fitted, torch.nn.Identity) else fitted[0](active)
        return shortcut + block.conv2(relu(block.norm2(block.conv1(active))))
    y = block.norm2(block.conv2(relu(block.norm1(block.conv1(x)))))
    return relu(y) if kind == "plain" else relu(y + fitted(x))


@pytest.mark.parametrize("channels, stride", [((4, 4), 1), ((3, 5), 2)])
@pytest.mark.parametrize("kind", networks.KINDS)
def test_a_block_is_the_formula_of_its_kind(kind, channels, stride):
    block = randomized(kind, channels, stride)
    x = torch.randn(2, channels[0], 6, 4, dtype=torch.float64)
    y = block(x)
    assert torch.equal(y, by_hand(block, kind, x))
    assert y.shape == (2, channels[1], 6 // stride, 4 // stride)


@pytest.mark.parametrize("kind", networks.KINDS)
def test_a_network_is_the_same_alone_and_beside_another(kind):
    x = torch.rand(6, 1, 12, 12, generator=torch.Generator().manual_seed(0))
    alone = networks.build(kind, depth=8, seeds=(4,))(x)
    beside = networks.build(kind, depth=8, seeds=(3, 4, 5))(x.expand(-1, 3, -1, -1))
    assert torch.allclose(alone[:, :, 0, 0], beside[:, 10:20, 0, 0], atol=1e-4)
    assert not torch.allclose(alone[:, :, 0, 0], beside[:, :10, 0, 0], atol=1e-2)


@pytest.mark.parametrize("kind", networks.KINDS)
def test_kinds_have_the_same_weights_on_the_branches(kind):
    plain, other = (
        {
            name: layer.weight
            for name, layer in networks.build(which, depth=14, seeds=(0,)).named_modules()
            if isinstance(layer, torch.nn.Conv2d) and "conv" in name
        }
        for which in ("plain", kind)
    )
    assert len(plain) == 12
    assert all(torch.equal(weight, other[name]) for name, weight in plain.items())


def test_a_zero_start_hands_on_its_input():
    block = networks.Block("zero start", (4, 4))
    x = torch.rand(3, 4, 5, 6)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize("depth", [2, 10])
def test_an_impossible_depth_is_named(depth):
    with pytest.raises(ValueError, match=rf"^build received depth={depth}"):
        networks.build("plain", depth=depth, seeds=(0,))
