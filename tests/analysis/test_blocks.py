"""Networks as rows of blocks: nothing is lost, and what papers draw is what is found."""

import pytest
import torch
from torch import nn

from course_lib import models
from course_lib.analysis import complexity, network_blocks


def built(name):
    with torch.device("meta"):
        network = models.build(name, **models.facts(name).single_output)
    return network, (1, network.in_channels, *network.image_size)


@pytest.mark.parametrize("name", ["lenet5", "lenet5_original", "googlenet", "mobilenet_v1"])
def test_nothing_is_lost(name):
    network, shape = built(name)
    blocks, cost = network_blocks(network, shape), complexity(network, shape)
    assert sum(block.multiply_adds for block in blocks) == cost.multiply_adds
    assert sum(block.parameters for block in blocks) == sum(x.parameters for x in cost.layers)
    assert sum(block.activation_bytes for block in blocks) == cost.activation_bytes


def test_a_residual_network_is_drawn_in_its_stages():
    blocks = network_blocks(*built("resnet18"))
    assert [(b.name, b.count, b.output_shape, b.sees) for b in blocks] == [
        ("conv 7×7", 1, (64, 112, 112), 7),
        ("max pool 3×3", 1, (64, 56, 56), 11),
        ("BasicBlock", 2, (64, 56, 56), 43),
        ("BasicBlock", 2, (128, 28, 28), 99),
        ("BasicBlock", 2, (256, 14, 14), 211),
        ("BasicBlock", 2, (512, 7, 7), 435),
        ("global mean", 1, (512, 1, 1), None),
        ("linear", 1, (1000,), None),
    ]


def test_a_separable_convolution_is_one_box():
    blocks = network_blocks(*built("mobilenet_v1"))
    separable = [(b.count, b.output_shape[0]) for b in blocks if b.name == "separable 3×3"]
    assert separable == [(1, 64), (2, 128), (2, 256), (6, 512), (2, 1024)]


def test_a_depthwise_convolution_without_its_mate_stays_what_it_is():
    layers = [nn.Conv2d(4, 4, 3, padding=1, groups=4) for _ in range(2)]
    net = nn.Sequential(layers[0], nn.ReLU(), layers[1])
    (block,) = network_blocks(net, (1, 4, 9, 9))
    assert (block.name, block.count, block.output_shape) == ("depthwise 3×3", 2, (4, 9, 9))


def test_what_is_small_counts_with_the_layer_before_it():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU6(), nn.Flatten())
    (block,) = network_blocks(net, (1, 1, 5, 5))
    assert (block.name, block.kind, block.path) == ("conv 3×3", "convolution", "0")
    assert (block.parameters, block.output_shape, block.sees) == (20 + 4, (2, 3, 3), 3)
    assert block.activation_bytes == 4 * 4 * 2 * 9


def test_a_network_that_begins_with_something_small_keeps_it():
    net = nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 2, 1))
    blocks = network_blocks(net, (1, 3, 4, 4))
    assert sum(block.parameters for block in blocks) == 6 + 8


def test_the_table_counts_boxes_that_are_alike():
    text = str(network_blocks(*built("vgg16")))
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert "3 × conv 3×3 512 × 28 × 28 5,899,776 4,624,220,160 92" in rows
    assert rows[-1].endswith(" all")
