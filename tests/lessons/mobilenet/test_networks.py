"""networks: what stands side by side does not meet, and layers are what they are called."""

import pytest
import torch
from torch import nn

from course_lib.analysis import complexity
from course_lib.lessons.mobilenet import networks

IMAGES = (1, 1, 12, 12)


@pytest.mark.parametrize(
    "make",
    [
        lambda seeds: networks.build("full", width=2, seeds=seeds),
        lambda seeds: networks.build("separable", width=2, seeds=seeds),
        lambda seeds: networks.build_bottlenecks("ReLU6", channels=2, seeds=seeds),
    ],
    ids=["full", "separable", "bottlenecks"],
)
def test_a_network_is_the_same_alone_and_beside_another(make):
    x = torch.rand(3, 1, 12, 12)
    alone = make((7,)).eval()(x)
    beside = make((4, 7)).eval()(x.repeat(1, 2, 1, 1))
    torch.testing.assert_close(beside[:, 10:], alone, rtol=1e-4, atol=1e-5)


def test_a_separable_layer_costs_what_the_formula_says():
    with torch.device("meta"):
        full, separable = (
            complexity(networks.build(kind, width=8, seeds=(0,)), IMAGES)
            for kind in networks.LAYERS
        )
    first, last = 9 * 8 * 144, 32 * 10
    places = (36, 36, 9, 9)
    pairs = ((8, 16), (16, 16), (16, 32), (32, 32))
    layers = list(zip(pairs, places, strict=True))
    assert full.multiply_adds == first + last + sum(9 * a * b * n for (a, b), n in layers)
    assert separable.multiply_adds == first + last + sum(a * (9 + b) * n for (a, b), n in layers)


def count(network, kind):
    return sum(isinstance(layer, kind) for layer in network.modules())


def test_projections_differ_by_their_activation_only():
    linear, bent = (
        networks.build_bottlenecks(projection, channels=4, seeds=(0,))
        for projection in networks.PROJECTIONS
    )
    assert count(bent, nn.ReLU6) == count(linear, nn.ReLU6) + 5
    for first, second in zip(linear.parameters(), bent.parameters(), strict=True):
        torch.testing.assert_close(first, second, rtol=0, atol=0)


@pytest.mark.parametrize("shortcut", [True, False])
def test_blocks_that_keep_the_size_add_their_input(shortcut):
    network = networks.build_bottlenecks("linear", channels=4, seeds=(0,), shortcut=shortcut)
    blocks = [layer for layer in network if isinstance(layer, networks.Bottleneck)]
    assert [block.adds for block in blocks] == [False, shortcut, False, shortcut]
    x = torch.rand(2, 4, 6, 6)
    block = blocks[1].eval()
    torch.testing.assert_close(block(x) - block.path(x), x if shortcut else 0 * x)


@pytest.mark.parametrize("make", [networks.build, networks.build_bottlenecks])
def test_an_unknown_kind_is_named(make):
    with pytest.raises(ValueError, match=r"received .*='dense'"):
        make("dense", **{"width" if make is networks.build else "channels": 4}, seeds=(0,))
