"""SqueezeNet 1.1: its counts, its Fire module written out, its smallest image, and NumPy."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import models
from course_lib.analysis import complexity, receptive_field
from course_lib.models.squeezenet import Channels, Fire
from course_lib.numpy_nn.graph import from_torch
from course_lib.parity import relative_error


def build(**options: object) -> torch.nn.Module:
    torch.manual_seed(0)
    return models.build("squeezenet1_1", **options)


def test_it_has_a_fiftieth_of_alexnets_parameters():
    ours = sum(p.numel() for p in build().parameters())
    assert ours == models.facts("squeezenet1_1").published.parameters == 1_235_496
    assert models.facts("alexnet").published.parameters / ours == pytest.approx(50, abs=1)


def test_it_costs_what_torchvision_publishes():
    cost = complexity(build(), (1, 3, 224, 224))
    assert cost.multiply_adds / 1e9 == pytest.approx(0.349, abs=0.0005)


def test_the_last_convolution_sees_207_pixels():
    """Each window of 3 adds twice the distance of its taps, which each stride doubles."""
    distances = [1, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16, 16]  # pooling before the 2nd, 5th and 8th
    assert receptive_field(build()).last.size == 1 + sum(2 * d for d in distances) == 207


def test_a_fire_module_is_two_convolutions_of_the_squeezed_maps_side_by_side():
    torch.manual_seed(1)
    fire = Fire(3, Channels(squeezed=2, expanded=4))
    x = torch.randn(2, 3, 5, 7)
    squeezed = torch.einsum("nchw,sc->nshw", x, fire.squeeze.weight[:, :, 0, 0])
    squeezed = torch.relu(squeezed + fire.squeeze.bias[:, None, None])
    ones = torch.einsum("nshw,es->nehw", squeezed, fire.expand1x1.weight[:, :, 0, 0])
    ones = torch.relu(ones + fire.expand1x1.bias[:, None, None])
    weight, bias = fire.expand3x3.weight, fire.expand3x3.bias
    threes = torch.relu(torch.nn.functional.conv2d(squeezed, weight, bias, padding=1))
    expected = torch.cat([ones, threes], dim=1)
    assert_same(fire(x).detach(), expected.detach(), tolerance=1e-6)


def test_the_smallest_image_that_fits_is_17_pixels():
    network = build(num_classes=4).eval()
    assert network(torch.randn(1, 3, 17, 18)).shape == (1, 4)
    with pytest.raises(ValueError, match="H and W of at least 17"):
        network(torch.randn(1, 3, 17, 16))
    with pytest.raises(RuntimeError):  # what torch says without our check
        network.forward(torch.randn(1, 3, 16, 16))


def test_the_last_convolution_starts_narrow_and_the_others_as_he_says():
    network = build()
    first, last = network.features[0].weight, network.classifier[1].weight
    assert last.std().item() == pytest.approx(0.01, rel=0.02)
    assert first.std().item() == pytest.approx((2 / 27) ** 0.5, rel=0.05)
    biases = [p for name, p in network.named_parameters() if name.endswith("bias")]
    assert all((bias == 0).all() for bias in biases)


@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
def test_it_runs_in_numpy_with_every_gradient(training):
    network = build(num_classes=9, in_channels=2, dropout=0.0).double().train(training)
    x = torch.randn(2, 2, 47, 64, dtype=torch.float64, requires_grad=True)
    expected = network(x)
    graph = from_torch(network)
    assert_same(graph.forward(x.detach().numpy()), expected, tolerance=1e-10)
    grad_y = torch.randn_like(expected)
    expected.backward(grad_y)
    gradients = graph.backward(grad_y.numpy())
    assert_same(gradients.grad_x, x.grad, tolerance=1e-8)
    parameters = dict(network.named_parameters())
    assert set(gradients.parameters) == set(parameters)
    errors = [relative_error(g, parameters[n].grad) for n, g in gradients.parameters.items()]
    assert np.max(errors) <= 1e-8
