"""Whole networks of numpy_nn: containers, names, exchange of weights, and training steps."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from compare import assert_same
from torch import nn

from course_lib.gradcheck import gradcheck
from course_lib.numpy_nn import (
    SGD,
    Adam,
    Concat,
    Conv2d,
    CrossEntropyLoss,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
)


def numpy_cnn(seed=0):
    rng = np.random.default_rng(seed=seed)
    return Sequential(
        Conv2d(1, 4, 3, padding=1, generator=rng),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Linear(4 * 4 * 3, 5, generator=rng),
    ).astype("float64")


def torch_cnn(ours):
    theirs = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(48, 5)
    ).double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    return theirs


def batches(count, rng):
    return [(rng.standard_normal((6, 1, 8, 6)), rng.integers(0, 5, 6)) for _ in range(count)]


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_network_trains_in_lockstep_with_torch(optimizer):
    ours, loss = numpy_cnn(), CrossEntropyLoss()
    theirs = torch_cnn(ours)
    if optimizer == "sgd":
        moves = SGD(ours.parameters(), learning_rate=0.05, momentum=0.9, weight_decay=1e-3)
        twin = torch.optim.SGD(theirs.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
    else:
        moves = Adam(ours.parameters(), learning_rate=0.01)
        twin = torch.optim.Adam(theirs.parameters(), lr=0.01)
    for x, target in batches(20, np.random.default_rng(seed=1)):
        value = loss(ours(x), target)
        ours.zero_grad()
        ours.backward(loss.backward(), needs_grad_x=False)
        moves.step()
        twin_value = nn.functional.cross_entropy(
            theirs(torch.from_numpy(x)), torch.from_numpy(target)
        )
        twin.zero_grad()
        twin_value.backward()
        twin.step()
        assert_same(value, twin_value, tolerance=1e-12)
    state = theirs.state_dict()
    assert list(state) == list(ours.state_dict())
    for name, array in ours.state_dict().items():
        assert_same(array, state[name], tolerance=1e-9)


class BothPaths(nn.Module):
    """What Residual and Concat do, in torch."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU())
        self.shortcut = nn.Conv2d(3, 4, 1)
        self.right = nn.Conv2d(3, 2, 5, padding=2)

    def forward(self, x):
        return torch.cat([self.body(x) + self.shortcut(x), self.right(x)], dim=1)


def test_residual_and_concat_match_torch():
    rng = np.random.default_rng(seed=0)
    residual = Residual(
        Sequential(Conv2d(3, 4, 3, padding=1, generator=rng), ReLU()),
        shortcut=Conv2d(3, 4, 1, generator=rng),
    )
    ours = Concat(residual, Conv2d(3, 2, 5, padding=2, generator=rng)).astype("float64")
    theirs = BothPaths().double()
    new_name = {"0.body": "body", "0.shortcut": "shortcut", "1": "right"}
    pairs = {}
    for name in ours.state_dict():
        start = next(old for old in new_name if name.startswith(old))
        pairs[name] = name.replace(start, new_name[start], 1)
    theirs.load_state_dict({pairs[k]: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    x, grad_y = rng.standard_normal((2, 3, 7, 9)), rng.standard_normal((2, 6, 7, 9))
    leaf = torch.from_numpy(x).requires_grad_()
    twin_y = theirs(leaf)
    twin_y.backward(torch.from_numpy(grad_y))
    assert_same(ours(x), twin_y)
    assert_same(ours.backward(grad_y), leaf.grad)
    twin_grads = {name: p.grad for name, p in theirs.named_parameters()}
    for name, parameter in ours.named_parameters():
        assert_same(parameter.grad, twin_grads[pairs[name]])


def test_every_gradient_of_a_small_network_passes_gradcheck():
    rng = np.random.default_rng(seed=0)
    network, x = numpy_cnn(), rng.standard_normal((2, 1, 8, 6))

    def forward(x, conv_weight, conv_bias, linear_weight, linear_bias):
        values = (conv_weight, conv_bias, linear_weight, linear_bias)
        for parameter, value in zip(network.parameters(), values, strict=True):
            parameter.data = value
        return network(x)

    def backward(grad_y, *inputs):
        forward(*inputs)
        network.zero_grad()
        return (network.backward(grad_y), *(p.grad for p in network.parameters()))

    inputs = (x, *(parameter.data for parameter in network.parameters()))
    assert gradcheck(forward, inputs, backward=backward) < 1e-7


def test_gradients_add_up_until_zero_grad():
    rng = np.random.default_rng(seed=0)
    network, x = numpy_cnn(), rng.standard_normal((2, 1, 8, 6))
    grad_y = rng.standard_normal((2, 5))
    network(x)
    network.backward(grad_y)
    once = [p.grad.copy() for p in network.parameters()]
    network.backward(grad_y)
    for parameter, grad in zip(network.parameters(), once, strict=True):
        assert_same(parameter.grad, 2 * grad)
    network.zero_grad()
    assert [p.grad for p in network.parameters()] == [None] * 4


def test_layers_below_the_first_parameters_get_no_gradient():
    rng = np.random.default_rng(seed=0)
    first = ReLU()
    network = Sequential(first, Flatten(), Linear(6, 2, generator=rng)).astype("float64")
    network(rng.standard_normal((3, 1, 2, 3)))
    first.backward = None  # calling it would fail
    assert network.backward(rng.standard_normal((3, 2)), needs_grad_x=False) is None
    assert network.layers[2].weight.grad is not None


def test_state_is_a_copy_and_loads_into_another_network():
    network, other = numpy_cnn(seed=0), numpy_cnn(seed=1)
    x = np.random.default_rng(seed=2).standard_normal((2, 1, 8, 6))
    state = network.state_dict()
    expected = network(x)
    network.parameters()[0].data += 1
    other.load_state_dict(state)
    assert_same(other(x), expected, tolerance=0.0)


@pytest.mark.parametrize(
    "change, error, text",
    [
        pytest.param(lambda s: s.pop("0.bias"), ValueError, r"without \['0.bias'\]", id="missing"),
        pytest.param(
            lambda s: s.update(extra=s["0.bias"]), ValueError, r"unknown \['extra'\]", id="unknown"
        ),
        pytest.param(
            lambda s: s.update({"0.bias": np.zeros((4, 1))}), ValueError, r"\(4, 1\)", id="shape"
        ),
        pytest.param(
            lambda s: s.update({"4.bias": np.zeros(5, np.float32)}),
            TypeError,
            "float32",
            id="dtype",
        ),
    ],
)
def test_a_state_that_does_not_fit_is_refused_whole(change, error, text):
    network, state = numpy_cnn(seed=0), numpy_cnn(seed=1).state_dict()
    before = network.state_dict()
    change(state)
    with pytest.raises(error, match=text):
        network.load_state_dict(state)
    for name, array in network.state_dict().items():
        assert_same(array, before[name], tolerance=0.0)


def test_the_plain_shortcut_hands_the_gradient_on():
    ours = Residual(ReLU())
    x, grad_y = np.array([[-1.0, 2.0]]), np.array([[3.0, 5.0]])
    assert_same(ours(x), np.array([[-1.0, 4.0]]))
    assert_same(ours.backward(grad_y), np.array([[3.0, 10.0]]))


def test_train_and_eval_reach_every_module():
    network = Sequential(Residual(Sequential(ReLU()), shortcut=ReLU()), Concat(ReLU(), ReLU()))
    assert [m.training for m in network.modules()] == [True] * 8
    assert [m.training for m in network.eval().modules()] == [False] * 8
    assert [m.training for m in network.train().modules()] == [True] * 8


RELU = ReLU()


@pytest.mark.parametrize(
    "build, error, text",
    [
        pytest.param(
            lambda: Sequential(RELU, RELU), ValueError, "the same layer twice", id="twice"
        ),
        pytest.param(
            lambda: Concat(Sequential(RELU), Residual(RELU)), ValueError, "twice", id="twice-inside"
        ),
        pytest.param(lambda: Sequential(ReLU), TypeError, "with its brackets", id="class"),
        pytest.param(lambda: Sequential(), ValueError, "no layer", id="none"),
        pytest.param(
            lambda: Residual(MaxPool2d(2))(np.zeros((1, 1, 4, 4))),
            ValueError,
            r"a body output \(1, 1, 2, 2\) and a shortcut \(1, 1, 4, 4\)",
            id="residual-shapes",
        ),
        pytest.param(
            lambda: Concat(ReLU(), MaxPool2d(2))(np.zeros((1, 1, 4, 4))),
            ValueError,
            r"branch outputs \(1, 1, 4, 4\), \(1, 1, 2, 2\)",
            id="concat-shapes",
        ),
    ],
)
def test_networks_that_cannot_work_are_refused(build, error, text):
    with pytest.raises(error, match=text):
        build()


def test_loss_needs_a_forward_first():
    with pytest.raises(ValueError, match="call the loss first"):
        CrossEntropyLoss().backward()


def test_label_smoothing_matches_torch():
    rng = np.random.default_rng(seed=0)
    logits, target = rng.standard_normal((4, 5)), rng.integers(0, 5, 4)
    ours, leaf = CrossEntropyLoss(label_smoothing=0.1), torch.tensor(logits, requires_grad=True)
    theirs = nn.CrossEntropyLoss(label_smoothing=0.1)(leaf, torch.from_numpy(target))
    theirs.backward()
    assert_same(ours(logits, target), theirs)
    assert_same(ours.backward(), leaf.grad)


def test_numpy_nn_never_imports_torch():
    code = "import course_lib.numpy_nn, sys; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
