"""Every network of `models`: published counts, shapes, gradients, tracing, and clear errors."""

import pytest
import torch

from course_lib import models
from course_lib.models.layers import StochasticDepth
from course_lib.numpy_nn.graph.program import Weight, references
from course_lib.numpy_nn.graph.trace import trace

PARAMETERS = [
    ("lenet5_original", {}, 60_000),
    ("lenet5", {}, 61_706),
    ("alexnet_original", {"groups": 2}, 60_965_224),
    ("alexnet_original", {"groups": 1}, 62_378_344),
    ("alexnet", {}, 61_100_840),
    ("vgg11", {}, 132_863_336),
    ("vgg13", {}, 133_047_848),
    ("vgg16", {}, 138_357_544),
    ("vgg19", {}, 143_667_240),
    ("vgg11_bn", {}, 132_868_840),
    ("vgg13_bn", {}, 133_053_736),
    ("vgg16_bn", {}, 138_365_992),
    ("vgg19_bn", {}, 143_678_248),
    ("googlenet", {"variant": "paper", "aux_logits": False}, 6_998_552),
    ("googlenet", {"variant": "paper"}, 13_378_280),
    ("googlenet", {"aux_logits": False}, 6_624_904),
    ("googlenet", {}, 13_004_888),
    ("resnet18", {}, 11_689_512),
    ("resnet34", {}, 21_797_672),
    ("resnet50", {}, 25_557_032),
    ("resnet50", {"stride_on": "1x1"}, 25_557_032),
    ("resnet101", {}, 44_549_160),
    ("resnet152", {}, 60_192_808),
    ("mobilenet_v1", {}, 4_231_976),
    ("mobilenet_v1", {"width": 0.75}, 2_585_560),
    ("mobilenet_v1", {"width": 0.5}, 1_331_592),
    ("mobilenet_v1", {"width": 0.25}, 470_072),
    ("mobilenet_v2", {}, 3_504_872),
    ("efficientnet_b0", {}, 5_288_548),
    ("efficientnet_b1", {}, 7_794_184),
    ("efficientnet_b2", {}, 9_109_994),
    ("efficientnet_b3", {}, 12_233_232),
    ("efficientnet_b4", {}, 19_341_616),
    ("efficientnet_b5", {}, 30_389_784),
    ("efficientnet_b6", {}, 43_040_704),
    ("efficientnet_b7", {}, 66_347_960),
    ("efficientnet_lite0", {}, 4_652_008),
]

LIGHT = [
    ("lenet5", {"image_size": (28, 33), "padding": 2}, (28, 33)),
    ("lenet5_original", {}, (32, 32)),
    ("googlenet", {}, (47, 64)),
    ("googlenet", {"variant": "paper"}, (79, 96)),
    ("resnet18", {"in_channels": 1}, (33, 64)),
    ("preact_resnet18", {"in_channels": 2}, (33, 64)),
    ("preact_resnet50", {}, (33, 64)),
    ("mobilenet_v1", {"width": 0.25}, (33, 64)),
    ("mobilenet_v2", {"width": 0.5}, (33, 64)),
    ("efficientnet_b0", {}, (33, 64)),
    ("efficientnet_lite0", {}, (32, 64)),
]
HEAVY = [
    ("alexnet", {"dropout": 0.0}, (63, 80)),
    ("alexnet_original", {"dropout": 0.0}, (63, 80)),
    ("vgg11", {"dropout": 0.0}, (32, 40)),
    ("vgg16_bn", {"dropout": 0.0}, (32, 40)),
    ("resnet50", {"stride_on": "1x1"}, (33, 64)),
    ("resnet152", {}, (33, 64)),
    ("preact_resnet152", {}, (33, 64)),
    ("efficientnet_b7", {}, (33, 64)),
]


def build_on_meta(name: str, **options: object) -> models.ImageNetwork:
    with torch.device("meta"):
        return models.build(name, **options)


@pytest.mark.parametrize(("name", "options", "count"), PARAMETERS, ids=str)
def test_parameters_are_the_published_ones(name, options, count):
    network = build_on_meta(name, **options)
    assert sum(p.numel() for p in network.parameters()) == count


def test_mobilenet_v1_has_the_published_batch_norm_statistics():
    network = build_on_meta("mobilenet_v1")
    statistics = [b for name, b in network.named_buffers() if "running" in name]
    assert sum(b.numel() for b in statistics) == 4_253_864 - 4_231_976


@pytest.mark.parametrize(
    ("name", "options", "size"),
    [*LIGHT, *(pytest.param(*case, marks=pytest.mark.slow) for case in HEAVY)],
    ids=str,
)
def test_output_shape_and_finite_gradients_for_every_parameter(name, options, size):
    torch.manual_seed(1)
    network = models.build(name, num_classes=7, **options)
    for layer in network.modules():
        if isinstance(layer, StochasticDepth):
            layer.p = 0.0  # a block that is dropped for all images has no gradient
    outputs = network(torch.randn(3, network.in_channels, *size))
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    assert {tuple(y.shape) for y in outputs} == {(3, 7)}
    parameters = dict(network.named_parameters())
    upstream = [torch.randn(3, 7) for _ in outputs]
    gradients = torch.autograd.grad(outputs, list(parameters.values()), upstream)
    silent = [n for n, g in zip(parameters, gradients, strict=True) if not g.abs().max() > 0]
    assert silent == []
    assert all(g.isfinite().all() for g in gradients)


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", ["lenet5", "googlenet", "preact_resnet18", "efficientnet_b0"])
def test_a_traced_network_reads_every_weight(name, training):
    network = build_on_meta(name).train(training)
    program = trace(network, [torch.empty(2, network.in_channels, *network.image_size)])
    read = {source.name for step in program.steps for source in references(step.arguments)
            if isinstance(source, Weight)}  # fmt: skip
    names = set(network.state_dict())
    if not training:  # batches are not counted, and the heads of GoogLeNet do not run
        names = {n for n in names if not n.startswith("aux") and "num_batches" not in n}
    assert read == names


@pytest.mark.parametrize("name", ["lenet5_original", "googlenet", "efficientnet_b0"])
def test_torch_fx_finds_a_network_that_computes_the_same(name):
    network = models.build(name).eval()
    x = torch.randn(2, network.in_channels, 32, 32)
    with torch.no_grad():
        assert torch.equal(torch.fx.symbolic_trace(network)(x), network(x))


@pytest.mark.parametrize(
    "name", ["alexnet", "alexnet_original", "vgg11", "googlenet", "resnet18", "efficientnet_b0"]
)
def test_the_smallest_image_that_fits_is_the_one_promised(name):
    network = build_on_meta(name).eval()
    side = network.minimum_size
    with torch.device("meta"), torch.no_grad():
        assert network(torch.empty(1, 3, side, side)).shape == (1, 1000)
        if side > 1:
            with pytest.raises(ValueError, match=f"H and W of at least {side}; resize or pad"):
                network(torch.empty(1, 3, side, side - 1))
            with pytest.raises(RuntimeError):  # what torch says without our check
                network.forward(torch.empty(1, 3, side - 1, side - 1))


def test_the_heads_of_the_paper_need_79_pixels():
    network = build_on_meta("googlenet", variant="paper").train()
    with torch.device("meta"), torch.no_grad():
        assert network(torch.empty(1, 3, 79, 79)).aux_logits1.shape == (1, 1000)
        with pytest.raises(RuntimeError):
            network.forward(torch.empty(1, 3, 78, 78))


BAD_IMAGES = [
    (torch.zeros(1, 3, 32, 32, dtype=torch.uint8), TypeError, "scale to float first"),
    (torch.zeros(1, 3, 32, 32, dtype=torch.float64), TypeError, "images of float32, as its"),
    (torch.zeros(3, 32, 32), ValueError, r"images \(N, 3, H, W\); add the missing axis"),
    (torch.zeros(1, 32, 32, 3), ValueError, "channels first; move or repeat the channel axis"),
    ([[1.0]], TypeError, "images as an array or tensor"),
]


@pytest.mark.parametrize(("images", "error", "text"), BAD_IMAGES, ids=range(len(BAD_IMAGES)))
def test_bad_images_are_refused_in_one_sentence(images, error, text):
    network = models.build("mobilenet_v1", width=0.25)
    with pytest.raises(error, match=f"^mobilenet_v1 received .*{text}"):
        network(images)


BAD_BUILDS = [
    ("resnet19", {}, ValueError, "name='resnet19'; it needs name as one of 'lenet5'"),
    (
        "resnet18",
        {"width": 2},
        TypeError,
        "width for 'resnet18'; it needs options out of num_classes",
    ),
    ("resnet18", {"num_classes": 0}, ValueError, "num_classes of at least 1"),
    ("resnet18", {"num_classes": 2.5}, TypeError, "num_classes as an int"),
    ("resnet50", {"stride_on": "5x5"}, ValueError, "stride_on as one of '3x3', '1x1'"),
    ("resnet18", {"zero_init_residual": 1}, TypeError, "zero_init_residual as True or False"),
    ("googlenet", {"variant": "caffe"}, ValueError, "variant as one of 'torchvision', 'paper'"),
    ("alexnet", {"dropout": 1.5}, ValueError, "dropout from 0.0 to 1.0"),
    ("alexnet_original", {"groups": 3}, ValueError, "groups as one of 1, 2"),
    ("mobilenet_v1", {"width": 0}, ValueError, "width multiplier above 0"),
    ("mobilenet_v2", {"width": -1.0}, ValueError, "width from 0.0 to inf"),
    ("lenet5", {"image_size": 15}, ValueError, "at least 16 pixels, padding included"),
    ("lenet5_original", {"num_classes": 11}, ValueError, "num_classes from 1 to 10"),
]


@pytest.mark.parametrize(
    ("name", "options", "error", "text"), BAD_BUILDS, ids=[f"{b[0]}-{b[1]}" for b in BAD_BUILDS]
)
def test_bad_options_are_refused(name, options, error, text):
    with pytest.raises(error, match=text):
        models.build(name, **options)


@pytest.mark.parametrize("name", ["lenet5", "lenet5_original"])
def test_a_fixed_size_is_named(name):
    with pytest.raises(ValueError, match="H = 32 and W = 32"):
        models.build(name)(torch.zeros(1, 1, 28, 28))


def test_the_seed_repeats_the_weights():
    torch.manual_seed(5)
    first = models.build("lenet5")
    torch.manual_seed(5)
    second = models.build("lenet5")
    assert all(
        torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True)
    )
