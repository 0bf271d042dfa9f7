"""Multiply-adds and memory against published totals, torch's own counter, and by hand."""

import functools
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.parametrizations import orthogonal, spectral_norm, weight_norm
from torch.utils.flop_counter import FlopCounterMode
from torchvision_oracle import NAMES, torchvision_models

from course_lib import models
from course_lib.analysis.complexity import (
    Complexity,
    LayerCounts,
    complexity,
    conv_costs,
    dense_costs,
)
from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.trace import plain_kernels, trace

PUBLISHED = {name: models.facts(name).published for name in models.list_models()}
PUBLISHED = {name: published for name, published in PUBLISHED.items() if published}

# 10⁹; torchvision evaluates B2 at 288 pixels, the paper at 260
MULTIPLY_ADDS = {
    "alexnet": (0.714, 224),
    "vgg11": (7.609, 224),
    "vgg13": (11.308, 224),
    "vgg16": (15.470, 224),
    "vgg19": (19.632, 224),
    "googlenet": (1.498, 224),
    "resnet18": (1.814, 224),
    "resnet34": (3.664, 224),
    "resnet50": (4.089, 224),
    "resnet101": (7.801, 224),
    "resnet152": (11.514, 224),
    "mobilenet_v1": (0.568740, 224),
    "mobilenet_v2": (0.301, 224),
    "efficientnet_b0": (0.386, 224),
    "efficientnet_b1": (0.687, 240),
    "efficientnet_b2": (1.088, 288),
    "efficientnet_b3": (1.827, 300),
    "efficientnet_b4": (4.394, 380),
    "efficientnet_b5": (10.266, 456),
    "efficientnet_b6": (19.068, 528),
    "efficientnet_b7": (37.746, 600),
}


def build_on_meta(name: str, **options: object) -> nn.Module:
    with torch.device("meta"):
        return models.build(name, **options)


@functools.cache
def cost_of(name: str, side: int) -> Complexity:
    """Count without auxiliary heads, as the published tables do."""
    network = build_on_meta(name, **models.facts(name).single_output)
    return complexity(network, (1, network.in_channels, side, side))


@pytest.mark.parametrize("name", MULTIPLY_ADDS)
def test_multiply_adds_are_the_published_ones(name):
    """The published numbers are rounded to 10⁶: ours round to the same, all 21 of them."""
    published, side = MULTIPLY_ADDS[name]
    counted = cost_of(name, side).multiply_adds / 1e9
    assert abs(counted - published) <= 0.0005
    assert counted == pytest.approx(published, rel=0.005)


@pytest.mark.parametrize("name", PUBLISHED)
def test_totals_are_those_of_the_published_table(name):
    published = PUBLISHED[name]
    cost = cost_of(name, published.image_size)
    assert cost.parameters == published.parameters
    if published.multiply_adds is not None:
        assert cost.multiply_adds / 1e9 == pytest.approx(published.multiply_adds, abs=0.0005)


@pytest.mark.parametrize("name", NAMES)
def test_the_published_table_is_that_of_torchvision(name):
    weights = torchvision_models().get_model_weights(name).IMAGENET1K_V1
    accuracy = weights.meta["_metrics"]["ImageNet-1K"]
    published = PUBLISHED[name]
    assert published.parameters == weights.meta["num_params"]
    assert published.multiply_adds == weights.meta["_ops"]
    assert (published.top1, published.top5) == (accuracy["acc@1"], accuracy["acc@5"])
    assert published.image_size == weights.transforms().crop_size[0]


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "mobilenet_v2", "efficientnet_b0"])
def test_multiply_adds_are_half_of_what_torchs_own_counter_counts(name):
    network = build_on_meta(name).eval()
    shape = (2, network.in_channels, 32, 32)
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.empty(shape))
    assert 2 * complexity(network, shape).multiply_adds == counter.get_total_flops()


LAYERS = [
    (nn.Conv2d(4, 6, (3, 2), stride=2, groups=2, bias=False), (2, 4, 9, 7), 2 * 6 * 4 * 3 * 2 * 6),
    (nn.Conv1d(3, 5, 4, dilation=2), (2, 3, 11), 2 * 5 * 5 * 3 * 4),
    (nn.Conv3d(1, 2, 3), (1, 1, 4, 5, 6), 2 * 2 * 3 * 4 * 27),
    (nn.ConvTranspose2d(3, 4, 2, stride=2), (1, 3, 5, 6), 5 * 6 * 3 * 4 * 4),
    (nn.Linear(7, 5), (2, 3, 7), 2 * 3 * 5 * 7),
    (nn.BatchNorm2d(3), (2, 3, 4, 5), 0),
    (nn.MaxPool2d(2), (2, 3, 4, 5), 0),
]


@pytest.mark.parametrize(("layer", "shape", "count"), LAYERS, ids=[str(row[0]) for row in LAYERS])
def test_single_layers_by_hand(layer, shape, count):
    cost = complexity(layer, shape)
    output = layer(torch.zeros(shape))
    assert cost.multiply_adds == count
    assert cost.layers[0].output_shape == tuple(output.shape)
    assert cost.activation_bytes == 4 * output.numel()
    assert cost.parameters == sum(p.numel() for p in layer.parameters())


class Shared(nn.Module):
    """One layer used twice, a parameter of its own, and a tensor made on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.never_used = nn.Linear(3, 2)
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return two outputs."""
        y = self.layer(self.layer(x)) * self.scale + torch.ones(4)
        return y, y.double()


def test_shared_layers_count_their_parameters_once_and_their_work_twice():
    cost = complexity(Shared(), (5, 4))
    assert [row.name for row in cost.layers] == ["layer", "layer", "", "never_used"]
    assert [row.parameters for row in cost.layers] == [20, 0, 4, 8]
    assert cost.multiply_adds == 2 * 5 * 16
    assert cost.parameters == 20 + 8 + 4
    assert [row.activation_bytes for row in cost.layers[-2:]] == [5 * 4 * (4 + 8), 0]
    assert cost.layers[-1].output_shape == ()


def test_the_module_is_left_as_it_was():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    network[2].eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    complexity(network, (1, 1, 3, 3))  # one value a channel: training mode would refuse
    assert [layer.training for layer in network] == [True, True, False]
    assert all(torch.equal(v, before[k]) for k, v in network.state_dict().items())
    assert not network[0]._forward_hooks


def test_hooks_are_removed_when_the_forward_fails():
    network = nn.Sequential(nn.Linear(4, 3))
    with pytest.raises(InvalidValue, match="complexity received a Sequential that stops"):
        complexity(network, (2, 5))
    assert not network[0]._forward_hooks
    assert network.training


class Functional(nn.Module):
    """Convolves, transposes and multiplies outside of layers."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(4, 3, 3, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Call functions, one of them with keywords."""
        y = F.conv2d(input=x, weight=self.weight, padding=1).flatten(2)
        y = F.conv_transpose2d((y @ y.mT)[:, None], self.weight[:1, :1], stride=2)
        return F.linear(y, self.weight[0, 0, 0].repeat(5, 3))


class Attention(nn.Module):
    """Holds a layer whose projection is read and never called."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Attend."""
        return self.layer(x, x, x)[0]


class Recurrent(nn.Module):
    """Returns a tuple from a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.LSTM(8, 5, batch_first=True, bidirectional=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give the sequence of outputs."""
        return self.layer(x)[0]


class Calling(nn.Module):
    """Calls a function of its layer and the input."""

    def __init__(self, layer: nn.Module, function: Callable) -> None:
        super().__init__()
        self.layer, self.function = layer, function

    def forward(self, x: torch.Tensor) -> Any:
        """Call it."""
        return self.function(self.layer, x)


class Attributes:
    """An output of an own class."""

    def __init__(self, scores: torch.Tensor, inner: object = None) -> None:
        self.scores, self.inner = scores, inner


class Square(torch.autograd.Function):
    """A function with a backward of its own."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Multiply by itself."""
        ctx.save_for_backward(x)
        return x @ x.mT

    @staticmethod
    def backward(ctx: Any, grad_y: torch.Tensor) -> torch.Tensor:
        """Not asked for."""
        return grad_y


class Constant(nn.Module):
    """Holds a kernel that is neither parameter nor buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = torch.ones(4, 3, 2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve."""
        return F.conv2d(x, self.kernel)


def small() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())


def pruned() -> nn.Module:
    layer = nn.Conv2d(3, 4, 3)
    prune.l1_unstructured(layer, "weight", 0.5)
    return layer


def in_graph_mode(make: Callable, *args: Any) -> nn.Module:
    """Script or trace; torch calls both deprecated, and learners still meet them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return make(*args)


IMAGE = (2, 3, 5, 9)
UNUSUAL = {
    "functions": (Functional(), IMAGE),
    "spectral norm": (nn.Sequential(spectral_norm(nn.Conv2d(3, 4, 3))), IMAGE),
    "weight norm": (nn.Sequential(weight_norm(nn.Linear(9, 4))), IMAGE),
    "orthogonal": (nn.Sequential(orthogonal(nn.Linear(9, 4), orthogonal_map="cayley")), IMAGE),
    "pruned": (nn.Sequential(pruned()), IMAGE),
    "attention": (Attention(), (2, 7, 8)),
    "transformer": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (2, 7, 8)),
    "scaled dot products": (
        Calling(nn.Identity(), lambda _, x: F.scaled_dot_product_attention(x, x, x)), (2, 7, 8)),
    "LSTM": (Recurrent(), (2, 7, 8)),
    "GRU": (Calling(nn.GRU(8, 5, num_layers=2), lambda layer, x: layer(x)[1]), (2, 7, 8)),
    "transposed": (nn.ConvTranspose3d(4, 6, 3, stride=2, groups=2), (2, 4, 3, 5, 4)),
    "einsum": (Calling(nn.Identity(), lambda _, x: torch.einsum("bij,bkj->bik", x, x)), (2, 7, 8)),
    "vmap": (Calling(nn.Linear(8, 3), lambda layer, x: torch.vmap(layer)(x)), (2, 7, 8)),
    "nobody reads it": (Calling(nn.Linear(9, 4), lambda layer, x: (layer(x), x)[1]), IMAGE),
    "nothing comes out": (Calling(nn.Linear(9, 4), lambda layer, x: layer(x).shape[0]), IMAGE),
    "an object comes out": (Calling(nn.Linear(9, 4), lambda layer, x: Attributes(layer(x))), IMAGE),
    "a set comes out": (Calling(nn.Linear(9, 4), lambda layer, x: {layer(x)}), IMAGE),
    "own function": (Calling(nn.Linear(9, 9), lambda layer, x: Square.apply(layer(x))), IMAGE),
    "plain tensor": (Constant(), IMAGE),
    "scripted": (in_graph_mode(torch.jit.script, small()), IMAGE),
    "traced": (in_graph_mode(torch.jit.trace, small(), torch.zeros(IMAGE)), IMAGE),
    "exported": (torch.export.export(small().eval(), (torch.zeros(IMAGE),)).module(), IMAGE),
    "parallel": (nn.DataParallel(small()), IMAGE),
    "inverse": (Calling(nn.Linear(9, 5), lambda layer, x: torch.linalg.inv(layer(x))), (2, 5, 9)),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSUAL)
def test_any_module_is_counted_as_torchs_own_counter_does(name):
    network, shape = UNUSUAL[name]
    if name != "exported":
        network.eval()
    cost = complexity(network, shape)
    with ExitStack() as contexts:
        for context in plain_kernels():
            contexts.enter_context(context)
        counter = contexts.enter_context(FlopCounterMode(display=False))
        network(torch.rand(shape))
    assert 2 * cost.multiply_adds == counter.get_total_flops()
    assert cost.parameters == sum(p.numel() for p in network.parameters())
    assert cost.parameters == sum(row.parameters for row in cost.layers)


def test_objects_that_come_out_count_with_all_their_tensors():
    network = Calling(nn.Identity(), lambda _, x: Attributes(x, Attributes(x.double(), {x + 1})))
    call = trace(network, [torch.empty(2, 3)], any_output=True).calls[-1]
    assert call.output_bytes == 6 * (4 + 8 + 4)


def test_several_inputs_have_a_shape_each():
    cost = complexity(nn.Bilinear(3, 5, 4), ((2, 3), (2, 5)))
    assert cost.parameters == 3 * 5 * 4 + 4
    pair = complexity(nn.CosineSimilarity(), ((2, 3), (2, 3)))
    assert pair.layers[0].output_shape == (2,)


def test_whole_numbers_go_in_where_nothing_else_does():
    cost = complexity(nn.Sequential(nn.Embedding(11, 6), nn.Linear(6, 2)), (4, 5))
    assert [row.output_shape for row in cost.layers] == [(4, 5, 6), (4, 5, 2)]
    assert cost.multiply_adds == 4 * 5 * 6 * 2


def test_a_parametrization_belongs_to_its_layer():
    layer = spectral_norm(nn.Conv2d(3, 4, 3)).eval()
    rows = complexity(nn.Sequential(layer, nn.ReLU()), (2, 3, 5, 9)).layers
    assert [(row.name, row.parameters) for row in rows] == [("0", 3 * 4 * 9 + 4), ("1", 0)]


def test_functions_outside_of_layers_have_rows():
    rows = complexity(Functional(), (2, 3, 5, 9)).layers
    assert [row.name for row in rows] == [""]  # it has a weight of its own: one layer
    network = nn.Sequential(nn.Sequential(nn.Identity(), Functional()), nn.Flatten())
    rows = complexity(network, (2, 3, 5, 9)).layers
    assert [(row.name, row.type) for row in rows] == [
        ("0.0", "Identity"), ("0.1", "Functional"), ("1", "Flatten"),
    ]  # fmt: skip


class Products(nn.Module):
    """Has a child, and multiplies beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Take the Gram matrix."""
        y = self.layer(x)
        return y @ y.T


def test_products_beside_layers_have_rows_of_their_own():
    rows = complexity(nn.Sequential(Products()), (3, 4)).layers
    assert [(row.name, row.multiply_adds) for row in rows] == [("0.layer", 72), ("0.matmul", 54)]


def test_lazy_layers_are_refused_by_name():
    with pytest.raises(InvalidValue, match=r"the lazy weight 0\.weight"):
        complexity(nn.Sequential(nn.LazyConv2d(4, 3)), (1, 3, 8, 8))


def test_the_heads_of_googlenet_cost_parameters_but_no_work():
    with_heads = complexity(build_on_meta("googlenet"), (1, 3, 224, 224))
    without = complexity(build_on_meta("googlenet", aux_logits=False), (1, 3, 224, 224))
    assert with_heads.parameters - without.parameters == 13_004_888 - 6_624_904
    assert with_heads.multiply_adds == without.multiply_adds


def test_resolution_costs_with_its_square():
    large = complexity(build_on_meta("mobilenet_v1"), (1, 3, 224, 224)).multiply_adds
    small = complexity(build_on_meta("mobilenet_v1"), (1, 3, 128, 128)).multiply_adds
    linear = 1_024_000
    assert (large - linear) / (small - linear) == pytest.approx((224 / 128) ** 2)


@pytest.mark.parametrize(
    ("shape", "error", "text"),
    [
        (224, TypeError, "input_shape=224; it needs a tuple with the batch axis"),
        ((1, 3, 0, 9), ValueError, "input_shape of at least 1"),
        ((1, 3, 9.5, 9), TypeError, "input_shape as an int"),
    ],
    ids=["number", "zero", "fraction"],
)
def test_bad_shapes_are_refused(shape, error, text):
    with pytest.raises(error, match=text):
        complexity(nn.ReLU(), shape)


def test_the_table_ends_with_the_totals():
    text = str(complexity(models.build("lenet5"), (1, 1, 32, 32)))
    assert text.splitlines()[-1].split() == ["total", "61,706", "416,520", "0.06"]


@pytest.mark.parametrize(
    "size, channels, filters, kernel", [(9, 2, 5, 3), (7, 3, 1, 7), (8, 1, 4, 1)], ids=str
)
def test_counts_are_those_of_the_torch_layer(size, channels, filters, kernel):
    layer = nn.Conv2d(channels, filters, kernel)
    measured = complexity(layer, (1, channels, size, size))
    counted = conv_costs(size, channels=channels, filters=filters, kernel_size=kernel)
    assert counted.parameters == measured.parameters
    assert counted.multiply_adds == measured.multiply_adds
    assert counted.outputs == layer(torch.zeros(1, channels, size, size)).numel()


def test_dense_counts_are_those_of_the_torch_layer():
    measured = complexity(nn.Linear(21, 4), (1, 21))
    counted = dense_costs(21, 4)
    assert (counted.parameters, counted.multiply_adds) == (
        measured.parameters,
        measured.multiply_adds,
    )
    assert (counted.weights, counted.biases, counted.outputs) == (84, 4, 4)


def test_without_sharing_every_output_has_its_own_weights():
    local = conv_costs(256, channels=3, filters=10, kernel_size=5, shared=False)
    assert local == LayerCounts(47_628_000, 635_040, 635_040, 47_628_000)


def test_numbers_of_the_textbook_example():
    assert dense_costs(256 * 256 * 3, 1000).weights == 196_608_000
    assert conv_costs(256, channels=3, filters=10, kernel_size=5).weights == 750
    assert conv_costs(32, channels=3, filters=10, kernel_size=5).parameters == 760
    assert dense_costs(32 * 32 * 3, 7840).weights == 24_084_480


@pytest.mark.parametrize(
    "call, error",
    [
        pytest.param(lambda: dense_costs(0, 3), ValueError, id="no-input"),
        pytest.param(lambda: dense_costs(3, 2.5), TypeError, id="half-output"),
        pytest.param(
            lambda: conv_costs(4, channels=1, filters=1, kernel_size=5), ValueError, id="too-large"
        ),
        pytest.param(
            lambda: conv_costs(4, channels=0, filters=1, kernel_size=3), ValueError, id="no-channel"
        ),
    ],
)
def test_bad_sizes_are_named(call, error):
    with pytest.raises(error, match=r"received"):
        call()
