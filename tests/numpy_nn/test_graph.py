"""NumPy graphs against the torch modules they were traced from: outputs and every gradient."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from compare import assert_same
from torch import nn

from course_lib.numpy_nn.graph import from_torch


def as_tuple(y):
    return y if isinstance(y, tuple) else (y,)


def assert_graph_matches(module, *inputs, tolerance=1e-8):
    """Compare outputs, input gradients and parameter gradients in float64."""
    module = module.double()
    graph = from_torch(module)
    leaves = [x.double().requires_grad_() for x in inputs]
    expected = module(*leaves)
    actual = graph.forward(*(x.detach().numpy() for x in leaves))
    for a, e in zip(as_tuple(actual), as_tuple(expected), strict=True):
        assert_same(a, e, tolerance=tolerance)

    grads_y = [torch.randn_like(y) for y in as_tuple(expected)]
    torch.autograd.backward(as_tuple(expected), grads_y)
    arrays = tuple(g.numpy() for g in grads_y)
    grads = graph.backward(arrays if isinstance(expected, tuple) else arrays[0])
    for a, x in zip(as_tuple(grads.grad_x), leaves, strict=True):
        assert_same(a, x.grad, tolerance=tolerance)
    parameters = dict(module.named_parameters())
    assert set(grads.parameters) == {n for n, p in parameters.items() if p.grad is not None}
    for name, grad in grads.parameters.items():
        assert_same(grad, parameters[name].grad, tolerance=tolerance)
    for name, buffer in module.named_buffers():
        if not name.endswith("num_batches_tracked"):
            assert_same(graph.buffers[name], buffer, tolerance=tolerance)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


LAYERS = {
    "Conv1d": (nn.Conv1d(6, 4, 3, 2, padding=1, groups=2), (2, 6, 11)),
    "Conv2d": (nn.Conv2d(6, 4, (3, 2), (2, 1), padding=(1, 0), dilation=(1, 2)), (2, 6, 9, 7)),
    "Conv2d same": (nn.Conv2d(6, 4, 3, padding="same", bias=False), (2, 6, 9, 7)),
    "Conv3d": (nn.Conv3d(3, 4, (2, 3, 3), padding=1), (2, 3, 5, 6, 7)),
    "ConvTranspose2d": (
        nn.ConvTranspose2d(6, 4, 3, 2, padding=1, output_padding=1, groups=2),
        (2, 6, 5, 7),
    ),
    "Linear": (nn.Linear(5, 7), (3, 5)),
    "BatchNorm1d": (nn.BatchNorm1d(5), (4, 5)),
    "BatchNorm2d": (nn.BatchNorm2d(5), (4, 5, 3, 2)),
    "BatchNorm2d eval": (nn.BatchNorm2d(5).eval(), (4, 5, 3, 2)),
    "BatchNorm2d plain": (nn.BatchNorm2d(5, affine=False), (4, 5, 3, 2)),
    "BatchNorm3d": (nn.BatchNorm3d(5), (4, 5, 3, 2, 2)),
    "GroupNorm": (nn.GroupNorm(3, 6), (2, 6, 4, 5)),
    "LayerNorm": (nn.LayerNorm((4, 5)), (2, 6, 4, 5)),
    "InstanceNorm2d": (nn.InstanceNorm2d(6, affine=True), (2, 6, 4, 5)),
    "LocalResponseNorm": (nn.LocalResponseNorm(5, k=2.0), (2, 7, 4, 5)),
    "MaxPool1d": (nn.MaxPool1d(3, 2), (2, 3, 9)),
    "MaxPool2d": (nn.MaxPool2d(3, 2, padding=1, ceil_mode=True), (2, 3, 8, 9)),
    "MaxPool3d": (nn.MaxPool3d(2), (2, 3, 4, 5, 6)),
    "AvgPool1d": (nn.AvgPool1d(3, 2), (2, 3, 9)),
    "AvgPool2d": (nn.AvgPool2d(3, 2, padding=1, count_include_pad=False), (2, 3, 8, 9)),
    "AvgPool3d": (nn.AvgPool3d(2), (2, 3, 4, 5, 6)),
    "AdaptiveAvgPool2d": (nn.AdaptiveAvgPool2d((3, 2)), (2, 3, 8, 9)),
    "AdaptiveMaxPool2d": (nn.AdaptiveMaxPool2d(1), (2, 3, 8, 9)),
    "ReLU": (nn.ReLU(), (3, 5)),
    "ReLU6": (nn.ReLU6(), (3, 5)),
    "LeakyReLU": (nn.LeakyReLU(0.2), (3, 5)),
    "PReLU": (nn.PReLU(5), (3, 5)),
    "ELU": (nn.ELU(0.7), (3, 5)),
    "SELU": (nn.SELU(), (3, 5)),
    "GELU": (nn.GELU(), (3, 5)),
    "GELU tanh": (nn.GELU("tanh"), (3, 5)),
    "SiLU": (nn.SiLU(), (3, 5)),
    "Sigmoid": (nn.Sigmoid(), (3, 5)),
    "Tanh": (nn.Tanh(), (3, 5)),
    "Hardswish": (nn.Hardswish(), (3, 5)),
    "Hardsigmoid": (nn.Hardsigmoid(), (3, 5)),
    "Softplus": (nn.Softplus(2.0), (3, 5)),
    "Softmax": (nn.Softmax(dim=1), (3, 5)),
    "LogSoftmax": (nn.LogSoftmax(dim=1), (3, 5)),
    "Dropout eval": (nn.Dropout().eval(), (3, 5)),
    "Dropout2d eval": (nn.Dropout2d().eval(), (3, 5, 2, 2)),
    "Flatten": (nn.Flatten(), (3, 5, 2)),
    "Identity": (nn.Identity(), (3, 5)),
    "ZeroPad2d": (nn.ZeroPad2d((1, 2, 0, 3)), (2, 3, 4, 5)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    layer, shape = LAYERS[name]
    # torch keeps the slope 1/6 of its hard sigmoid in float32, even for float64 input.
    tolerance = 1e-7 if name == "Hardsigmoid" else 1e-8
    assert_graph_matches(layer, torch.randn(shape), tolerance=tolerance)


class Function(nn.Module):
    """A module whose forward is the function under test."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(torch.randn(6))

    def forward(self, x):
        return self.function(x, self.weight)


FUNCTIONS = {
    "add, multiply": lambda x, w: x + x * w[:, None, None],
    "subtract, divide": lambda x, w: (x - 2.0) / (w.mul(w)[:, None, None] + 1),
    "reversed": lambda x, w: 1.0 - 2.0 * x,
    "negate, power": lambda x, w: -(x**3) + x.pow(2).mul(0.5),
    "in place": lambda x, w: x.clone().add_(x).mul_(w[:, None, None]).relu_(),
    "relu": lambda x, w: F.relu(x) + torch.relu(x) + x.relu(),
    "sigmoid, tanh": lambda x, w: torch.sigmoid(x) * x.tanh() + F.silu(x) * F.gelu(x),
    "hard": lambda x, w: F.hardswish(x) + F.hardsigmoid(x) + F.relu6(x) + F.elu(x),
    "leaky": lambda x, w: F.leaky_relu(x, 0.3) + F.prelu(x, w) + F.selu(x) + F.softplus(x),
    "softmax": lambda x, w: F.softmax(x, dim=1) + x.log_softmax(1) + torch.softmax(x, -1),
    "cat": lambda x, w: torch.cat([x, x * 2, x[:, :2]], dim=1),
    "stack": lambda x, w: torch.stack((x, x * 2), dim=1),
    "chunk": lambda x, w: x.chunk(4, dim=1)[0] * torch.chunk(x, 3, dim=1)[1],
    "split": lambda x, w: x.split([1, 2, 3], dim=1)[1] + torch.split(x, 4, dim=1)[1],
    "slices": lambda x, w: x[:, 1::2, 1:, None, -1] + x[..., 0:1, 2][:, ::2, :, None],
    "mean, sum": lambda x, w: x.mean((2, 3), keepdim=True) * x.sum(1, keepdim=True) + x.mean(),
    "flatten": lambda x, w: torch.flatten(x, 1, 2) + x.flatten(1, 2),
    "reshape": lambda x, w: x.reshape(2, -1, 5).view((2, 8, 3, 5)).reshape(x.shape[0], -1),
    "sizes": lambda x, w: x.view(x.size(0), 2, x.shape[1] // 2, 4, 5),
    "permute": lambda x, w: x.permute(0, 2, 3, 1) * w + torch.permute(x, [0, 2, 3, 1]),
    "transpose": lambda x, w: x.transpose(1, -1).contiguous() + torch.transpose(x, 3, 1),
    "squeeze": lambda x, w: x.unsqueeze(2).squeeze(2) + torch.squeeze(x[:, :, None], 2),
    "matmul": lambda x, w: torch.matmul(x, x.transpose(2, 3)) @ x,
    "pad": lambda x, w: F.pad(x, (1, 2, 0, 3)) + F.pad(x, [2, 1, 1, 2], "constant", 1.5),
    "conv": lambda x, w: F.conv2d(x, w.view(1, 6, 1, 1), None, stride=2, padding=1),
    "linear": lambda x, w: F.linear(x.mean((2, 3)), w.view(1, 6), w[:1]),
    "pools": lambda x, w: F.max_pool2d(x, 2) + F.avg_pool2d(x, 2) * F.adaptive_avg_pool2d(x, 2),
    "layer_norm": lambda x, w: F.layer_norm(x.permute(0, 2, 3, 1), (6,), w, w),
    "group_norm": lambda x, w: F.group_norm(x, 2, w, w),
    "dropout eval": lambda x, w: F.dropout(x, 0.5, training=False) * 2,
    "two outputs": lambda x, w: (x * 2, x.mean((1, 2, 3))),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_function(function):
    module = Function(function)
    assert_graph_matches(module, torch.randn(2, 6, 4, 5))


class Shared(nn.Module):
    """One convolution twice, one weight under two names, one ReLU in place."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.twin = nn.Conv2d(4, 4, 3, padding=1)
        self.twin.weight = self.conv.weight
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.conv(x)
        z = self.relu(y)
        return self.twin(self.conv(z)) + y  # y has passed the in-place ReLU


def test_shared_weights_get_one_gradient_and_in_place_is_seen_by_all():
    assert_graph_matches(Shared(), torch.randn(2, 4, 5, 6))


class Outputs(NamedTuple):
    scores: torch.Tensor
    early: torch.Tensor


class NamedOutputs(nn.Module):
    def forward(self, x):
        return Outputs(scores=x * 2, early=x + 1)


def test_named_outputs_keep_their_names():
    graph = from_torch(NamedOutputs())
    y = graph.forward(np.ones((2, 3)))
    assert isinstance(y, Outputs)
    assert_same(y.early, np.full((2, 3), 2.0))
    grads = graph.backward(Outputs(np.full((2, 3), 5.0), None))
    assert_same(grads.grad_x, np.full((2, 3), 10.0))


class TwoInputs(nn.Module):
    def forward(self, x, y):
        return x * y + x


def test_several_inputs():
    assert_graph_matches(TwoInputs(), torch.randn(2, 3), torch.randn(2, 3))


def test_values_can_be_let_go():
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    graph = from_torch(module)
    x = np.ones((5, 3), np.float32)
    assert_same(graph.forward(x, keep=False), graph.forward(x))
    graph.forward(x, keep=False)
    with pytest.raises(ValueError, match="keep=True"):
        graph.backward(np.ones((5, 2), np.float32))


@pytest.mark.parametrize("layer", [nn.Dropout(0.4), nn.Dropout2d(0.4)], ids=["plain", "2d"])
def test_dropout_in_training_uses_one_mask_for_both_ways(layer):
    graph = from_torch(layer, generator=np.random.default_rng(seed=1))
    x = np.ones((20, 30, 2, 3))
    y = graph.forward(x)
    assert 0.5 < np.mean(y > 0) < 0.7
    assert_same(graph.backward(np.ones_like(y)).grad_x, y)


def test_the_module_keeps_its_weights():
    module = nn.Linear(2, 2)
    graph = from_torch(module)
    graph.parameters["weight"][...] = 0.0
    assert module.weight.abs().min() > 0


class Branches(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


REFUSED = {
    "module": (nn.Sequential(nn.Bilinear(2, 2, 2)), "module Bilinear"),
    "function": (Function(lambda x, w: torch.cumsum(x, 1)), "function cumsum"),
    "method": (Function(lambda x, w: x.cumprod(1)), "method cumprod"),
    "padding": (nn.Conv2d(1, 1, 3, padding_mode="reflect"), "padding_mode='reflect'"),
    "branch": (Branches(), "cannot trace"),
    "index": (Function(lambda x, w: x[:, [0, 1]]), "indexing"),
}


@pytest.mark.parametrize("module, text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_supported_is_named(module, text):
    with pytest.raises(ValueError, match=text):
        from_torch(module)


def test_the_message_lists_what_is_supported():
    with pytest.raises(ValueError, match=r"modules AdaptiveAvgPool2d.*functions .*methods add"):
        from_torch(nn.Bilinear(2, 2, 2))


@pytest.mark.parametrize("module", [nn.Linear, {"weight": 1}], ids=["class", "weights"])
def test_only_modules_are_taken(module):
    with pytest.raises(TypeError, match=r"torch\.nn\.Module"):
        from_torch(module)


def test_the_number_of_inputs_is_checked():
    with pytest.raises(ValueError, match="received 2 inputs"):
        from_torch(nn.ReLU()).forward(np.ones(2), np.ones(2))
