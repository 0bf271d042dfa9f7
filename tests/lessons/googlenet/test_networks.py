"""networks: modules see what they should, and class maps are the logits taken apart."""

import pytest
import torch
from torch import nn

from course_lib.analysis import complexity, receptive_field
from course_lib.lessons.googlenet import networks
from course_lib.models.googlenet import Branches

PLAN = Branches(5, 3, 4, 2, 6, 1)


@pytest.mark.parametrize("normed", [False, True])
@pytest.mark.parametrize("reduced", [False, True])
def test_a_module_joins_four_branches_of_the_same_size(reduced, normed):
    block = networks.module(7, PLAN, reduced=reduced, normed=normed).eval()
    y = block(torch.rand(2, 7, 6, 5))
    assert y.shape == (2, PLAN.total, 6, 5)
    assert receptive_field(block, input_shape=(1, 7, 9, 9)).last.size == 5
    assert any(isinstance(layer, nn.BatchNorm2d) for layer in block.modules()) == normed


def test_without_reduction_large_kernels_see_all_channels():
    channels = {
        conv.kernel_size[0]: conv.in_channels
        for conv in networks.module(7, PLAN, reduced=False).modules()
        if isinstance(conv, nn.Conv2d)
    }
    assert channels == {1: 7, 3: 7, 5: 7}


def test_the_narrow_network_is_as_cheap_as_the_reduced_one():
    direct, reduced, narrow = (
        complexity(networks.build(kind), (1, 1, 16, 16)).multiply_adds for kind in networks.KINDS
    )
    assert 0.9 * reduced < narrow < reduced < direct / 3


def test_class_maps_add_up_to_the_logits():
    torch.manual_seed(0)
    network = networks.build("reduced").eval()
    x = torch.rand(3, 1, 16, 16)
    maps = networks.class_maps(network, x)
    assert maps.shape == (3, 10, 4, 4)
    assert torch.allclose(maps.mean(dim=(2, 3)) + network[-1].bias, network(x), atol=1e-5)


def test_the_deep_network_has_two_heads_on_the_side():
    logits, early = networks.Deep()(torch.rand(2, 1, 12, 12))
    assert logits.shape == (2, 10)
    assert [each.shape for each in early] == [(2, 10), (2, 10)]


def test_convolutions_are_named_in_their_order_and_lose_their_biases():
    block = networks.module(7, PLAN, reduced=True)
    found = networks.named_convolutions(block, ("1", "to 3", "3", "to 5", "5", "pooled"))
    assert [conv.out_channels for conv in found.values()] == list(PLAN)
    assert all(not conv.bias.any() for conv in found.values())


def test_an_unknown_network_is_named():
    with pytest.raises(ValueError, match="received kind='wide'"):
        networks.build("wide")
