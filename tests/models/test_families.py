"""What is special about each family: connections, norms, strides, heads, scaling, starts."""

import numpy as np
import pytest
import torch
from compare import assert_same
from torch import nn

from course_lib import models
from course_lib.analysis.complexity import complexity
from course_lib.models.alexnet import response_norm
from course_lib.models.layers import ConvNormActivation, stochastic_depth
from course_lib.models.lenet import (
    QUADRUPLES,
    TRIPLES,
    DistanceOutput,
    PartialConv2d,
    ScaledTanh,
    Subsampling,
    digit_codes,
)
from course_lib.models.resnet import Bottleneck
from course_lib.models.scaling import SCALINGS, scaled_blocks


def count(layer: nn.Module) -> int:
    return sum(p.numel() for p in layer.parameters())


def test_lenet5_of_1998_has_the_parameters_of_each_layer():
    network = models.build("lenet5_original")
    layers = (network.c1, network.s2, network.c3, network.s4, network.c5, network.f6)
    assert [count(layer) for layer in layers] == [156, 12, 1516, 32, 48_120, 10_164]


def test_lenet5_of_1998_has_340908_connections():
    """A parameter of a convolution counts at each output pixel; a subsampling unit has 4 + 1."""
    network = models.build("lenet5_original")
    pixels = {"c1": 28**2, "c3": 10**2, "c5": 1, "f6": 1}
    connections = sum(count(getattr(network, name)) * n for name, n in pixels.items())
    connections += (6 * 14**2 + 16 * 5**2) * (4 + 1)
    assert connections + network.output.codes.numel() == 340_908


def test_c3_reads_the_maps_of_table_1():
    """Checked through gradients, against the columns of the table written as 0 and 1."""
    table = [
        "1000111001111011", "1100011100111101", "1110001110010111",
        "0111001111001011", "0011100111101101", "0001110011110111",
    ]  # fmt: skip
    x = torch.randn(1, 6, 5, 5, requires_grad=True)
    maps = PartialConv2d()(x).flatten()
    reads = [torch.autograd.grad(y, x, retain_graph=True)[0].abs().sum((0, 2, 3)) > 0 for y in maps]
    expected = torch.tensor([[cell == "1" for cell in row] for row in table]).T
    assert torch.equal(torch.stack(reads), expected)
    assert [len(set(t)) for t in (*TRIPLES, *QUADRUPLES)] == [3] * 6 + [4] * 9


def test_subsampling_adds_scales_and_shifts():
    layer = Subsampling(2)
    x = torch.randn(3, 2, 4, 6)
    total = x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]
    scale, shift = layer.coefficient.weight[:, :, 0], layer.coefficient.bias[:, None, None]
    assert_same(layer(x).detach(), (total * scale + shift).detach(), tolerance=1e-6)


def test_scaled_tanh_keeps_plus_and_minus_one():
    assert ScaledTanh()(torch.tensor([-1.0, 0.0, 1.0])).tolist() == pytest.approx(
        [-1, 0, 1], abs=1e-4
    )


def test_distance_output_is_the_formula_and_knows_its_own_digits():
    layer = DistanceOutput(10)
    x = np.random.default_rng(1).standard_normal((3, 84)).astype(np.float32)
    codes = layer.codes.numpy()
    expected = [
        [-sum((a - b) ** 2 for a, b in zip(row, code, strict=True)) for code in codes] for row in x
    ]
    assert_same(layer(torch.from_numpy(x)), torch.tensor(expected), tolerance=1e-5)
    assert layer(digit_codes()).argmax(1).tolist() == list(range(10))
    assert layer(digit_codes()).topk(2).values[:, 1].max() <= -4 * 5  # at least 5 pixels apart


def test_lenet5_of_1998_starts_within_its_fan_in():
    network = models.build("lenet5_original")
    for layer, fan_in in ((network.c1, 25), (network.c5, 400), (network.f6, 120)):
        largest = layer.weight.abs().max().item()
        assert 0.9 * 2.4 / fan_in < largest <= 2.4 / fan_in


def test_response_norm_is_the_formula_of_section_3_3():
    x = np.random.default_rng(2).standard_normal((1, 7, 2, 3))
    expected = np.empty_like(x)
    for i in range(7):
        window = x[:, max(0, i - 2) : min(6, i + 2) + 1]
        expected[:, i] = x[:, i] / (2 + 1e-4 * (window**2).sum(axis=1)) ** 0.75
    assert_same(response_norm()(torch.from_numpy(x)), expected, tolerance=1e-12)


def test_alexnet_of_2012_raises_the_biases_of_layers_2_4_5_6_7():
    network = models.build("alexnet_original", num_classes=2)
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert [layer.bias[0].item() for layer in layers] == [0, 1, 0, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(("stride_on", "strides"), [("3x3", (1, 2)), ("1x1", (2, 1))])
def test_the_stride_of_a_bottleneck_is_where_it_was_asked_for(stride_on, strides):
    with torch.device("meta"):
        network = models.build("resnet50", stride_on=stride_on)
    first = network.layer3[0]
    assert (first.conv1.stride[0], first.conv2.stride[0]) == strides
    assert first.downsample[0].stride[0] == 2
    assert network.layer1[0].conv2.stride[0] == network.layer3[1].conv2.stride[0] == 1


def test_zero_init_residual_makes_the_first_stage_keep_its_input():
    network = models.build("resnet18", zero_init_residual=True).eval()
    x = torch.rand(2, 64, 5, 7)
    assert torch.equal(network.layer1(x), x)


def test_a_bottleneck_is_the_sum_written_out():
    block = models.build("resnet50").layer2[0].eval()
    assert isinstance(block, Bottleneck)
    x = torch.randn(1, 256, 6, 4)
    y = torch.relu(block.bn1(block.conv1(x)))
    y = torch.relu(block.bn2(block.conv2(y)))
    expected = torch.relu(block.bn3(block.conv3(y)) + block.downsample(x))
    assert_same(block(x).detach(), expected.detach(), tolerance=1e-6)


def test_a_pre_activation_block_adds_to_its_unchanged_input():
    network = models.build("preact_resnet18").eval()
    inner, changing = network.layer2[1], network.layer2[0]
    x = torch.randn(1, 128, 6, 4)
    active = torch.relu(inner.activate[0](x))
    assert_same(inner(x).detach(), (x + inner.residual(active)).detach(), tolerance=1e-6)
    x = torch.randn(1, 64, 6, 4)
    active = torch.relu(changing.activate[0](x))
    expected = changing.shortcut(active) + changing.residual(active)
    assert_same(changing(x).detach(), expected.detach(), tolerance=1e-6)


def test_the_first_pre_activation_block_does_not_activate_twice():
    network = models.build("preact_resnet50")
    assert len(network.layer1[0].activate) == 0
    assert [len(stage[0].activate) for stage in (network.layer2, network.layer3)] == [2, 2]


@pytest.mark.parametrize(
    ("head", "reached", "not_reached"),
    [("aux_logits1", "inception4a", "inception4b"), ("aux_logits2", "inception4d", "inception4e")],
)
@pytest.mark.parametrize("variant", ["torchvision", "paper"])
def test_an_auxiliary_head_leaves_where_the_paper_draws_it(variant, head, reached, not_reached):
    network = models.build("googlenet", variant=variant, num_classes=5)
    logits = getattr(network(torch.randn(2, 3, 79, 79)), head)
    last = [f"{name}.branch1.conv.weight" for name in (reached, not_reached)]
    weights = [network.get_parameter(name) for name in last]
    upstream = torch.randn(2, 5)
    gradients = torch.autograd.grad(logits, weights, upstream, allow_unused=True)
    assert gradients[0].abs().max() > 0
    assert gradients[1] is None


def test_googlenet_answers_alone_in_eval_mode():
    network = models.build("googlenet", num_classes=5).eval()
    assert network(torch.randn(2, 3, 32, 32)).shape == (2, 5)


def test_shifted_padding_is_that_of_tensorflow():
    """For an even size TensorFlow pads (K - 2) / 2 before and one more after."""
    layer = ConvNormActivation(2, 3, kernel_size=5, stride=2, activation=None, shift_padding=True)
    x = torch.randn(1, 2, 8, 6)
    padded = torch.zeros(1, 2, 11, 9)
    padded[:, :, 1:9, 1:7] = x
    convolution = layer.get_submodule("0")
    expected = nn.functional.conv2d(padded, convolution.weight, stride=2)
    actual = layer.get_submodule("pad")(x)
    assert_same(convolution(actual).detach(), expected.detach(), tolerance=1e-6)
    assert expected.shape == (1, 3, 4, 3)


def test_stochastic_depth_drops_whole_images_and_keeps_the_mean():
    torch.manual_seed(3)
    x = torch.ones(4000, 2, 3)
    y = stochastic_depth(x, 0.25, "row")
    assert {round(v, 4) for v in y.unique().tolist()} == {0.0, round(1 / 0.75, 4)}
    assert (y.amin(dim=(1, 2)) == y.amax(dim=(1, 2))).all()
    assert y.mean().item() == pytest.approx(1.0, abs=0.03)
    assert torch.equal(stochastic_depth(x, 0.25, "row", training=False), x)


def test_stochastic_depth_grows_with_the_block():
    with torch.device("meta"):
        network = models.build("efficientnet_b0")
    rates = [
        m.p for m in network.modules() if hasattr(m, "p") and "stochastic" in str(type(m)).lower()
    ]
    assert rates == pytest.approx([0.2 * i / 16 for i in range(16)])


@pytest.mark.parametrize(
    ("name", "phi"), list(zip(SCALINGS, (0, 0.5, 1, 2, 3.5, 5, 6, 7), strict=True))
)
def test_released_coefficients_are_near_the_compound_rule(name, phi):
    released, rule = SCALINGS[name], models.compound_scaling(phi)
    assert released.width == pytest.approx(rule.width, rel=0.05)
    assert released.depth == pytest.approx(rule.depth, rel=0.16)
    assert released.resolution == pytest.approx(rule.resolution, rel=0.05)


def test_the_rule_about_doubles_the_cost_with_each_step():
    costs = []
    for phi in (0, 1, 2):
        scaling = models.compound_scaling(phi)
        with torch.device("meta"):
            network = models.efficientnet(scaling)
        side = scaling.resolution
        costs.append(complexity(network, (1, 3, side, side)).multiply_adds)
    assert 1.7 < costs[1] / costs[0] < 2.7
    assert 1.7 < costs[2] / costs[1] < 2.7


def test_scaled_blocks_of_b0_are_table_1():
    stages = scaled_blocks(SCALINGS["efficientnet_b0"])
    assert [len(stage) for stage in stages] == [1, 2, 2, 3, 3, 4, 1]
    assert [stage[-1].out_channels for stage in stages] == [16, 24, 40, 80, 112, 192, 320]


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "efficientnet_b0"])
def test_convolutions_start_with_variance_2_over_fan_out(name):
    torch.manual_seed(4)
    network = models.build(name)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d) and layer.weight.numel() > 20_000:
            fan_out = layer.weight.shape[0] * layer.weight[0, 0].numel()
            assert layer.weight.var().item() == pytest.approx(2 / fan_out, rel=0.1)
