"""Whole networks in NumPy against PyTorch: the same weights, outputs and every gradient."""

import pytest
import torch
from compare import assert_same
from graphs import assert_graph_matches
from torch import nn

from course_lib import models
from course_lib.numpy_nn.graph import from_torch
from course_lib.parity import relative_error

# The smaller members of each family; the others differ from them in depth and width only.
SMALLER = {
    "lenet5": (1, 32),
    "lenet5_original": (1, 32),
    "alexnet": (3, 96),
    "alexnet_original": (3, 96),
    "vgg11": (3, 64),
    "vgg11_bn": (3, 64),
    "googlenet": (3, 96),
    "resnet18": (3, 64),
    "preact_resnet18": (3, 64),
    "mobilenet_v1": (3, 64),
    "mobilenet_v2": (3, 64),
    "efficientnet_b0": (3, 64),
    "efficientnet_lite0": (3, 64),
}
LARGER = {
    "vgg19_bn": (3, 64),
    "resnet50": (3, 96),
    "resnet152": (3, 64),
    "preact_resnet50": (3, 64),
    "efficientnet_b7": (3, 64),
}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def assert_network_matches(network, channels, size, *, training=False, tolerance=1e-8):
    network = network.double().train(training)
    x = torch.randn(2, channels, size, size, dtype=torch.float64)
    assert_graph_matches(network, x, tolerance=tolerance)


@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize("name", SMALLER)
def test_network_in_numpy(name, training):
    assert_network_matches(models.build(name), *SMALLER[name], training=training)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGER)
def test_larger_network_in_numpy(name):
    assert_network_matches(models.build(name), *LARGER[name])


@pytest.mark.parametrize("name", ["resnet18", "efficientnet_lite0"])
def test_float32_stays_close(name):
    network = models.build(name).eval()
    assert_graph_matches(network, torch.randn(1, 3, 64, 64), tolerance=1e-4, rounding=1e-6)


def test_a_wrong_weight_is_seen():
    network = models.build("resnet18").double().eval()
    x = torch.randn(1, 3, 64, 64, dtype=torch.float64)
    graph = from_torch(network, check=False)
    graph.parameters["layer2.0.downsample.0.weight"] = (
        1.001 * (graph.parameters["layer2.0.downsample.0.weight"])
    )
    assert relative_error(graph.forward(x.numpy()), network(x)) > 1e-8


def test_only_the_wanted_layers_train():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()).double().train()
    network[1].eval()  # a frozen batch norm
    graph = from_torch(network)
    x = torch.randn(2, 3, 6, 5, dtype=torch.float64)
    assert_same(graph.forward(x.numpy()), network(x))
    assert_same(graph.buffers["1.running_mean"], torch.zeros(4, dtype=torch.float64))
