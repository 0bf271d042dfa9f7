"""NumPy graphs against the torch modules they were traced from: outputs and every gradient."""

import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from compare import assert_same
from graphs import assert_graph_matches
from torch import nn

from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.graph import from_torch


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def encoder() -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(8, nhead=2, dim_feedforward=12, batch_first=True)
    return nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)


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
    "LSTM": (nn.LSTM(4, 3, num_layers=2, batch_first=True), (2, 5, 4)),
    "GRU": (nn.GRU(4, 3, bidirectional=True), (5, 2, 4)),
    "TransformerEncoder": (encoder(), (2, 5, 8)),
    "TransformerEncoder eval": (encoder().eval(), (2, 5, 8)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    layer, shape = LAYERS[name]
    # torch keeps the slope 1/6 of its hard sigmoid in float32, even for float64 input.
    tolerance = 1e-7 if name == "Hardsigmoid" else 1e-8
    assert_graph_matches(
        layer.double(), torch.randn(shape, dtype=torch.float64), tolerance=tolerance
    )


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
    assert_graph_matches(module.double(), torch.randn(2, 6, 4, 5, dtype=torch.float64))


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
    assert_graph_matches(Shared().double(), torch.randn(2, 4, 5, 6, dtype=torch.float64))


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
    assert_graph_matches(TwoInputs(), *torch.randn(2, 2, 3, dtype=torch.float64))


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
    "operation": (
        Function(lambda x, w: torch.linalg.inv(x)),
        r"linalg_inv_ex \(Function, test_graph",
    ),
    "branch": (Branches(), "Branches that decides by the values in a tensor at test_graph"),
    "selection": (Function(lambda x, w: x[x > 0]), "decides by the values"),
    "half": (Function(lambda x, w: x.half()), "_to_copy .* with dtype float16"),
    "wrong channels": (nn.Conv2d(4, 2, 3), "Given groups=1, weight of size"),
}


@pytest.mark.parametrize("module, text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_supported_is_named(module, text):
    with pytest.raises((InvalidValue, InvalidType), match=text):
        from_torch(module).forward(np.ones((2, 3, 5, 5), np.float32))


def test_an_example_tells_at_once():
    with pytest.raises(InvalidValue, match="linalg_inv_ex"):
        from_torch(REFUSED["operation"][0], np.ones((2, 3, 5, 5), np.float32))


@pytest.mark.parametrize(
    "x, text",
    [
        (torch.ones(2, 3), r"type Tensor; .* pass x\.numpy\(\)"),
        ([1.0], "type list"),
        (np.ones((2, 3), np.float16), "dtype float16"),
        (np.ones((2, 3), complex), "dtype complex128"),
    ],
    ids=["tensor", "list", "half", "complex"],
)
def test_what_is_no_array_is_refused(x, text):
    with pytest.raises(InvalidType, match=text):
        from_torch(nn.ReLU()).forward(x)


MODULES = {
    "class": (nn.Linear, r"torch\.nn\.Module"),
    "weights": ({"weight": 1}, r"torch\.nn\.Module"),
    "list": (nn.ModuleList([nn.ReLU()]), "ModuleList, which has no forward"),
    "bfloat16": (nn.Linear(2, 2).bfloat16(), "the weight weight with dtype bfloat16"),
}


@pytest.mark.parametrize("module, text", MODULES.values(), ids=MODULES)
def test_only_modules_are_taken(module, text):
    with pytest.raises(InvalidType, match=text):
        from_torch(module)


@pytest.mark.parametrize(
    "module, text", [(nn.LazyConv2d(3, 3), "lazy weight"), (nn.Linear(2, 3, device="meta"), "meta")]
)
def test_only_weights_with_values_are_taken(module, text):
    with pytest.raises(InvalidValue, match=text):
        from_torch(module)


def test_the_number_of_inputs_is_checked():
    with pytest.raises(InvalidValue, match="received 2 inputs"):
        from_torch(nn.ReLU()).forward(np.ones(2), np.ones(2))


@pytest.mark.parametrize(
    "grad_y", [np.ones((2, 2)), (np.ones((2, 3)),) * 2], ids=["shape", "count"]
)
def test_gradients_that_do_not_fit_the_outputs_are_refused(grad_y):
    graph = from_torch(nn.ReLU())
    graph.forward(np.ones((2, 3)))
    with pytest.raises(InvalidValue, match="gradients with shapes"):
        graph.backward(grad_y)


CALLS = []


class Fickle(nn.Module):
    """Does something else from the second call on."""

    def forward(self, x):
        CALLS.append(1)
        return x * min(len(CALLS), 2)


def test_the_first_outputs_are_compared_with_torch():
    with pytest.raises(InvalidValue, match=r"differ from torch's by 5\.0e-01"):
        from_torch(Fickle()).forward(np.ones((2, 3)))
    CALLS.clear()
    assert_same(from_torch(Fickle(), check=False).forward(np.ones((2, 3))), np.ones((2, 3)))


def test_the_mode_at_each_forward_counts():
    network = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout()).double()
    x = torch.randn(8, 3, dtype=torch.float64)
    graph = from_torch(network)
    assert (graph.forward(x.numpy()) == 0).any()
    network.eval()
    assert_same(
        graph.forward(2 * x.numpy()),
        nn.functional.batch_norm(
            2 * x,
            *map(
                torch.from_numpy, (graph.buffers["0.running_mean"], graph.buffers["0.running_var"])
            ),
        ),
    )
    assert len(graph._plans) == 2
    graph.forward(x.numpy())
    assert len(graph._plans) == 2


def test_running_statistics_and_the_count_of_batches_move():
    graph = assert_graph_matches(nn.BatchNorm2d(3).double(), torch.randn(4, 3, 2, 5).double())
    assert graph.buffers["num_batches_tracked"] == 1


class Frozen(nn.Module):
    """A backbone without gradients, a detached shortcut, and one through `.data`."""

    def __init__(self):
        super().__init__()
        self.backbone, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)
        self.head.bias.requires_grad_(False)

    def forward(self, x):
        with torch.no_grad():
            features = self.backbone(x).relu_()
        return self.head(features.mean((2, 3))) + x.detach().sum() + x.data.mean()


def test_no_gradient_flows_where_torch_sends_none():
    network = Frozen().double()
    x = torch.randn(2, 3, 5, 6, dtype=torch.float64)
    graph = assert_graph_matches(network, x)
    grads = graph.backward(np.ones((2, 2)))
    assert grads.grad_x is None
    assert set(grads.parameters) == {"head.weight"}


def test_the_gradient_of_the_input_can_be_left_out():
    graph = from_torch(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()))
    y = graph.forward(np.ones((2, 1, 4, 5), np.float32))
    grads = graph.backward(np.ones_like(y), needs_grad_x=False)
    assert grads.grad_x is None
    assert set(grads.parameters) == {"0.weight", "0.bias"}


class Shortcut(nn.Module):
    """A shortcut that shares memory with what an in-place call changes."""

    def __init__(self, shortcut):
        super().__init__()
        self.shortcut, self.conv = shortcut, nn.Conv2d(3, 3, 1)

    def forward(self, x):
        x = self.conv(x)
        skip = self.shortcut(x)
        F.relu_(x)
        y = self.conv(x)
        y += skip.view_as(y)
        y[:, 1:].flatten(2).mul_(0.5)
        return y * 2


SHORTCUTS = {"same": nn.Identity(), "dropout": nn.Dropout().eval(), "view": nn.Flatten(2)}


@pytest.mark.parametrize("shortcut", SHORTCUTS.values(), ids=SHORTCUTS)
def test_in_place_calls_are_seen_by_everything_that_shares_memory(shortcut):
    assert_graph_matches(Shortcut(shortcut).double(), torch.randn(2, 3, 4, 5).double())


def test_hooks_count():
    layer = nn.Conv2d(3, 4, 3).double()
    layer.register_forward_hook(lambda module, inputs, output: output * 2)
    layer.register_forward_pre_hook(lambda module, inputs: (inputs[0] + 1,))
    assert_graph_matches(layer, torch.randn(2, 3, 4, 5).double())


class Nasty(nn.Module):
    """Keeps what it sees, starts in place, and holds tensors that are no buffers."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        self.norm.eval()
        self.mean, self.seen, self.count, self.log = torch.zeros(3, 1, 1), None, torch.zeros(()), []

    def forward(self, x):
        self.count += 1
        self.latest = x
        self.seen = self.conv(x.sub_(self.mean))
        self.log.append(self.seen)
        return self.norm(self.seen)


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_is_left_on_the_module(fails):
    network = Nasty()
    hook = network.conv.register_forward_hook(lambda module, inputs, output: None)
    network.conv.weight.grad = torch.ones_like(network.conv.weight)
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    x = np.ones((2, 4 if fails else 3, 5, 5), np.float32)
    if fails:
        with pytest.raises(InvalidValue, match="stops on inputs"):
            from_torch(network).forward(x)
    else:
        from_torch(network).forward(x)
    assert (x == 1).all()
    assert (network.seen, network.log, network.count.item()) == (None, [], 0.0)
    assert not hasattr(network, "latest")
    assert network.training
    assert not network.norm.training
    assert list(network.conv._forward_hooks) == [hook.id]
    assert (network.conv.weight.grad == 1).all()
    assert all(torch.equal(tensor, state[name]) for name, tensor in network.state_dict().items())


class Shown(nn.Module):
    """Returns what it computes with, beside the result."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Give 2x and its square."""
        y = 2 * x
        return y, y * y


def test_outputs_can_be_changed_before_the_way_back():
    graph = from_torch(Shown())
    y, _ = graph.forward(np.ones((2, 3)))
    y[...] = 7.0
    assert_same(graph.backward((None, np.ones((2, 3)))).grad_x, np.full((2, 3), 8.0))


@pytest.mark.parametrize(
    "x",
    [np.ones((2, 3))[::-1], np.ones((2, 3), ">f8"), np.broadcast_to(np.ones(3), (2, 3))],
    ids=["backwards", "big-endian", "read-only"],
)
def test_any_layout_in_memory_will_do(x):
    assert_same(from_torch(nn.Sigmoid()).forward(x), np.full((2, 3), 0.7310585786300049))


def test_importing_the_graph_does_not_import_torch():
    code = "import sys, course_lib.numpy_nn.graph; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
