"""Whole networks in NumPy against PyTorch: the same weights, outputs and every gradient."""

import pytest
import torch
from compare import assert_same
from torch import nn
from torchvision_oracle import torchvision_network

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


def without_chance(network):
    """Switch off what draws random numbers, so that both sides do the same."""
    for layer in network.modules():
        if hasattr(layer, "p"):
            layer.p = 0.0
    return network


def as_tuple(y):
    return y if isinstance(y, tuple) else (y,)


def assert_network_matches(network, channels, size, *, training=False, tolerance=1e-8):
    network = without_chance(network).double().train(training)
    x = torch.randn(2, channels, size, size, dtype=torch.float64, requires_grad=True)
    graph = from_torch(network)
    expected = network(x)
    actual = graph.forward(x.detach().numpy())
    for a, e in zip(as_tuple(actual), as_tuple(expected), strict=True):
        assert_same(a, e, tolerance=tolerance)

    grads_y = tuple(torch.randn_like(y) for y in as_tuple(expected))
    torch.autograd.backward(as_tuple(expected), grads_y)
    arrays = tuple(g.numpy() for g in grads_y)
    grads = graph.backward(arrays if isinstance(expected, tuple) else arrays[0])
    assert_same(grads.grad_x, x.grad, tolerance=tolerance)
    assert_gradients_match(grads.parameters, network, tolerance)


def assert_gradients_match(actual, network, tolerance=1e-8):
    """Compare each gradient on its own scale; one that is only rounding, on the network's."""
    expected = {n: p.grad for n, p in network.named_parameters() if p.grad is not None}
    assert set(actual) == set(expected)
    rounding = 1e-12 * max(g.abs().max().item() for g in expected.values())
    for name, grad in expected.items():
        if grad.abs().max() > rounding:
            assert relative_error(actual[name], grad) <= tolerance, name
        else:
            assert abs(actual[name]).max() <= 10 * rounding, name


# Without chance, the two modes of a network differ by its batch norms only.
WITHOUT_BATCH_NORM = ("lenet5", "lenet5_original", "alexnet", "alexnet_original", "vgg11")
MODES = [
    (name, training)
    for name in SMALLER
    for training in (False, True)
    if training or name not in WITHOUT_BATCH_NORM
]


@pytest.mark.parametrize("name, training", MODES, ids=lambda value: str(value))
def test_network_in_numpy(name, training):
    assert_network_matches(models.build(name), *SMALLER[name], training=training)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGER)
def test_larger_network_in_numpy(name):
    assert_network_matches(models.build(name), *LARGER[name])


# Networks of others, which `models` does not have, and the side of their images in pixels.
OTHERS = {
    "convnext_tiny": 64,
    "densenet121": 64,
    "efficientnet_v2_s": 64,
    "inception_v3": 96,
    "mnasnet0_5": 64,
    "mobilenet_v3_small": 64,
    "regnet_y_400mf": 64,
    "resnext50_32x4d": 64,
    "shufflenet_v2_x0_5": 64,
}


@pytest.mark.parametrize("name", OTHERS)
def test_networks_of_torchvision_in_numpy(name):
    # torch keeps the slope 1/6 of its hard sigmoid in float32, even for float64 input.
    tolerance = 1e-6 if name.startswith("mobilenet_v3") else 1e-8
    network = torchvision_network(name).eval()
    assert_network_matches(network, 3, OTHERS[name], tolerance=tolerance)


def test_a_transformer_is_refused_by_name():
    with pytest.raises(ValueError, match="received function _get_relative_position_bias"):
        from_torch(torchvision_network("swin_t"))


@pytest.mark.parametrize("name", ["resnet18", "efficientnet_lite0"])
def test_float32_stays_close(name):
    network = models.build(name).eval()
    x = torch.randn(1, 3, 64, 64, requires_grad=True)
    graph = from_torch(network)
    y = network(x)
    assert_same(graph.forward(x.detach().numpy()), y, tolerance=1e-4)
    grad_y = torch.randn_like(y)
    y.backward(grad_y)
    grads = graph.backward(grad_y.numpy())
    assert_same(grads.grad_x, x.grad, tolerance=1e-4)
    assert_gradients_match(grads.parameters, network, tolerance=1e-4)


def test_a_wrong_weight_is_seen():
    network = models.build("resnet18").double().eval()
    x = torch.randn(1, 3, 64, 64, dtype=torch.float64)
    graph = from_torch(network)
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
