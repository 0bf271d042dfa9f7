"""network_errors: what is compared, what is seen, and nothing is left on the network."""

import pytest
import torch
from torch import nn

from course_lib.numpy_nn.graph import run
from course_lib.parity.whole import network_errors


@pytest.fixture
def network():
    torch.manual_seed(0)
    layers = nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 2 * 3, 4)
    return nn.Sequential(*layers).double()


@pytest.fixture
def x():
    return torch.randn(5, 2, 4, 5, dtype=torch.float64)


@pytest.mark.parametrize("training", [True, False])
def test_output_input_and_every_parameter_agree(network, x, training):
    errors = network_errors(network.train(training), x)
    assert list(errors) == ["y", "x", *(name for name, _ in network.named_parameters())]
    assert max(error for name, error in errors.items() if name != "0.bias") < 1e-12


def test_a_frozen_parameter_is_left_out(network, x):
    network[0].weight.requires_grad_(False)
    assert "0.weight" not in network_errors(network, x)


@pytest.mark.parametrize("name", ["x", "4.weight"])
def test_a_wrong_gradient_is_seen(network, x, name, monkeypatch):
    backward = run.Graph.backward

    def wrong(self, grad_y):
        grads = backward(self, grad_y)
        array = grads.grad_x if name == "x" else grads.parameters[name]
        array += 1e-3
        return grads

    monkeypatch.setattr(run.Graph, "backward", wrong)
    errors = network_errors(network.eval(), x)
    assert errors.pop(name) > 1e-6
    assert max(errors.values()) < 1e-12


def test_nothing_is_left_on_the_network(network, x):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network_errors(network.train(), x)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert network.training
