"""Each layer of numpy_nn against the layer of the same name in torch.nn."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_nn, torch_ops


def layer(name, shape, *arguments, weights=False, twin=None, **options):
    """Make one row of the table: build(numpy_nn or torch.nn) and the shape of x."""

    def build(library):
        given = dict(options)
        if weights and library is numpy_nn:
            given["generator"] = np.random.default_rng(seed=1)
        if twin is not None and library is torch.nn:
            return twin()
        if "axis" in given and library is torch.nn:
            given["dim"] = given.pop("axis")
        return getattr(library, name)(*arguments, **given)

    listing = [*map(str, arguments), *(f"{k}={v}" for k, v in options.items())]
    return pytest.param(build, shape, id=f"{name}({', '.join(listing)})")


class Function(torch.nn.Module):
    """A torch function as a layer, for layers that torch.nn does not have."""

    def __init__(self, function):
        super().__init__()
        self.forward = function


SIGNALS, IMAGES, VOLUMES = (2, 6, 11), (2, 6, 7, 11), (2, 4, 5, 6, 7)
LAYERS = [
    layer("Conv1d", SIGNALS, 6, 4, 3, stride=2, dilation=2, groups=2, weights=True),
    layer("Conv2d", IMAGES, 6, 4, 3, weights=True),
    layer("Conv2d", IMAGES, 6, 4, (3, 2), stride=2, padding=1, bias=False, weights=True),
    layer("Conv2d", IMAGES, 6, 4, 3, padding=(0, 2), dilation=2, groups=2, weights=True),
    layer("Conv3d", VOLUMES, 4, 3, (2, 3, 1), padding=1, weights=True),
    layer(
        "ConvTranspose2d", IMAGES, 6, 4, 3, stride=2, padding=1, output_padding=1, groups=2,
        weights=True,
    ),
    layer("ConvTranspose2d", IMAGES, 6, 4, (3, 2), dilation=2, bias=False, weights=True),
    layer("Linear", (3, 7), 7, 5, weights=True),
    layer("Linear", (3, 7), 7, 5, bias=False, weights=True),
    layer("Flatten", IMAGES),
    layer("MaxPool1d", SIGNALS, 3, stride=2),
    layer("MaxPool2d", IMAGES, 2),
    layer("MaxPool2d", IMAGES, (3, 2), stride=2, padding=1, ceil_mode=True),
    layer("MaxPool2d", IMAGES, 3, stride=1, dilation=2),
    layer("MaxPool3d", VOLUMES, 2, padding=1),
    layer("AvgPool1d", SIGNALS, 4, padding=2),
    layer("AvgPool2d", IMAGES, (2, 3), stride=2, padding=1, ceil_mode=True),
    layer("AvgPool2d", IMAGES, 3, padding=1, count_include_pad=False),
    layer("AvgPool3d", VOLUMES, (2, 3, 2), padding=1),
    layer("AdaptiveAvgPool2d", IMAGES, (3, 4)),
    layer("GlobalAvgPool2d", IMAGES, twin=lambda: Function(lambda x: x.mean((2, 3)))),
    layer("GlobalMaxPool2d", IMAGES, twin=lambda: Function(lambda x: x.amax((2, 3)))),
    layer("BlurPool2d", IMAGES, twin=lambda: Function(torch_ops.blur_pool2d)),
    layer("ReLU", IMAGES),
    layer("Sigmoid", IMAGES),
    layer("Tanh", IMAGES),
    layer("LeakyReLU", IMAGES, 0.2),
    layer("PReLU", IMAGES),
    layer("PReLU", IMAGES, num_parameters=6, init=0.4),
    layer("ELU", IMAGES, 0.7),
    layer("SELU", IMAGES),
    layer("GELU", IMAGES),
    layer("GELU", IMAGES, approximate="tanh"),
    layer("SiLU", IMAGES),
    layer("ReLU6", IMAGES),
    layer("Hardswish", IMAGES),
    layer("Mish", IMAGES),
    # torch's own backward multiplies by a sixth in float32 even in float64.
    layer("Hardsigmoid", IMAGES, twin=lambda: Function(torch_ops.hardsigmoid)),
    layer("Softplus", IMAGES, beta=2.0, threshold=5.0),
    layer("Softmax", IMAGES, axis=1),
    layer("LogSoftmax", IMAGES, axis=-1),
    layer("BatchNorm1d", (5, 6), 6),
    layer("BatchNorm2d", IMAGES, 6, eps=1e-2, momentum=0.3),
    layer("BatchNorm2d", IMAGES, 6, affine=False),
    layer("BatchNorm3d", VOLUMES, 4),
    layer("GroupNorm", IMAGES, 3, 6),
    layer("GroupNorm", IMAGES, 2, 6, affine=False, eps=1e-3),
    layer("LayerNorm", IMAGES, (7, 11)),
    layer("LayerNorm", (3, 7), 7, elementwise_affine=False),
    layer("InstanceNorm2d", IMAGES, 6),
    layer("InstanceNorm2d", IMAGES, 6, affine=True),
    layer("LocalResponseNorm", IMAGES, 3, alpha=0.1, beta=0.6, k=2.0),
]  # fmt: skip
NEVER_TESTED_HERE = {  # parts of others, or tested in files of their own
    "Adam", "Concat", "Convolution", "CrossEntropyLoss", "Dropout", "Dropout2d", "MaxPool",
    "Module",
    "Normalization", "Operation", "Optimizer", "Parameter", "Residual", "SGD", "Sequential",
}  # fmt: skip


def test_every_layer_is_in_the_table():
    tested = {row.id.partition("(")[0] for row in LAYERS}
    assert tested == set(numpy_nn.__all__) - NEVER_TESTED_HERE


def as_twins(build):
    """Build the layer on both sides, in float64, the torch one with the NumPy weights."""
    ours = build(numpy_nn).astype("float64")
    rng = np.random.default_rng(seed=2)
    for parameter in ours.parameters():  # a gamma of ones and a beta of zeros would hide mistakes
        parameter.data = rng.standard_normal(parameter.data.shape)
    theirs = build(torch.nn).double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    return ours, theirs


@pytest.mark.parametrize("build, shape", LAYERS)
def test_layer_matches_torch(build, shape):
    rng = np.random.default_rng(seed=0)
    ours, theirs = as_twins(build)
    x = rng.standard_normal(shape)
    leaf = torch.from_numpy(x).requires_grad_()

    y, twin_y = ours(x), theirs(leaf)
    assert_same(y, twin_y)
    twin_state = theirs.state_dict()
    for name, array in ours.state_dict().items():  # batch norm moves its averages
        assert_same(array, twin_state[name])

    grad_y = rng.standard_normal(y.shape)
    twin_y.backward(torch.from_numpy(grad_y))
    assert_same(ours.backward(grad_y), leaf.grad)
    twin_grads = {name: p.grad for name, p in theirs.named_parameters()}
    grads = {name: p.grad for name, p in ours.named_parameters()}
    assert list(grads) == list(twin_grads)
    for name, grad in grads.items():
        assert_same(grad, twin_grads[name])


@pytest.mark.parametrize("features, shape", [(6, IMAGES), (4, VOLUMES)], ids=["2d", "3d"])
def test_batch_norm_matches_torch_in_eval_mode_after_training(features, shape):
    rng = np.random.default_rng(seed=0)
    ours, theirs = as_twins(lambda nn: getattr(nn, f"BatchNorm{len(shape) - 2}d")(features))
    for _ in range(3):
        x = 2 + 3 * rng.standard_normal(shape)
        ours(x)
        theirs(torch.from_numpy(x))
    ours.eval()
    theirs.eval()
    leaf = torch.from_numpy(x).requires_grad_()
    grad_y = rng.standard_normal(shape)
    twin_y = theirs(leaf)
    twin_y.backward(torch.from_numpy(grad_y))
    assert_same(ours(x), twin_y)
    assert_same(ours.backward(grad_y), leaf.grad)
    assert_same(ours.weight.grad, theirs.weight.grad)
    assert_same(ours.bias.grad, theirs.bias.grad)
    assert ours.num_batches_tracked == theirs.num_batches_tracked == 3


def test_batch_norm_goes_back_through_the_mode_of_its_forward():
    rng = np.random.default_rng(seed=0)
    layer, x = numpy_nn.BatchNorm2d(6).astype("float64"), rng.standard_normal(IMAGES)
    grad_y = rng.standard_normal(IMAGES)
    layer(x)
    expected = layer.backward(grad_y)
    layer(x)
    layer.eval()
    assert_same(layer.backward(grad_y), expected)


@pytest.mark.parametrize("name, shape", [("1d", SIGNALS), ("2d", IMAGES), ("3d", VOLUMES)])
def test_max_pooling_is_the_same_in_both_modes(name, shape):
    rng = np.random.default_rng(seed=0)
    layer = getattr(numpy_nn, f"MaxPool{name}")(3, stride=2, padding=1)
    x = rng.integers(0, 4, shape).astype(float)  # with ties
    y = layer.train()(x)
    grad_y = rng.standard_normal(y.shape)
    grad_x = layer.backward(grad_y)
    assert_same(layer.eval()(x), y, tolerance=0.0)
    assert_same(layer.backward(grad_y), grad_x)


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_max_pooling_refuses_a_gradient_of_another_shape(training):
    layer = numpy_nn.MaxPool2d(2).train(training)
    layer(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ValueError, match="max_pool2d_backward received grad_y"):
        layer.backward(np.zeros((1, 1, 4, 4)))


@pytest.mark.parametrize("name", ["Dropout", "Dropout2d"])
def test_dropout_drops_scales_and_lets_gradients_through_alike(name):
    x = np.full((20, 30, 4, 5), 2.0)
    layer = getattr(numpy_nn, name)(0.25, generator=np.random.default_rng(seed=0))
    y = layer(x)
    assert set(np.unique(y)) == {0.0, 2.0 / 0.75}
    per_map = y.reshape(600, 20)
    whole_maps = (per_map == per_map[:, :1]).all()
    assert whole_maps == (name == "Dropout2d")
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.05)
    grad_y = np.random.default_rng(seed=1).standard_normal(x.shape)
    assert_same(layer.backward(grad_y), grad_y * (y > 0) / 0.75)
    assert layer.backward(grad_y, needs_grad_x=False) is None
    assert not np.array_equal(layer(x), y)


@pytest.mark.parametrize("name", ["Dropout", "Dropout2d"])
def test_dropout_does_nothing_in_eval_mode(name):
    x = np.random.default_rng(seed=0).standard_normal(IMAGES)
    layer = getattr(numpy_nn, name)(0.25, generator=np.random.default_rng(seed=0)).eval()
    assert_same(layer(x), x, tolerance=0.0)
    assert_same(layer.backward(2 * x), 2 * x, tolerance=0.0)


@pytest.mark.parametrize("build, shape", LAYERS)
def test_first_layer_needs_no_grad_x(build, shape):
    rng = np.random.default_rng(seed=0)
    ours, x = build(numpy_nn).astype("float64"), rng.standard_normal(shape)
    grad_y = rng.standard_normal(ours(x).shape)
    ours.backward(grad_y)
    full = [p.grad for p in ours.parameters()]
    ours.zero_grad()
    assert ours.backward(grad_y, needs_grad_x=False) is None
    for parameter, grad in zip(ours.parameters(), full, strict=True):
        assert_same(parameter.grad, grad)


@pytest.mark.parametrize("build, shape", LAYERS)
def test_layer_works_in_float32_and_on_no_images(build, shape):
    ours = build(numpy_nn).eval()  # batch norm has nothing to learn from an empty batch
    x = np.zeros((0, *shape[1:]), np.float32)
    y = ours(x)
    assert y.shape[0] == 0 and y.dtype == np.float32
    grad_x = ours.backward(np.zeros(y.shape, np.float32))
    assert grad_x.shape == x.shape and grad_x.dtype == np.float32


@pytest.mark.parametrize("build, shape", LAYERS)
def test_backward_before_forward_says_so(build, shape):
    with pytest.raises(ValueError, match="call the layer on its input first"):
        build(numpy_nn).backward(np.zeros(shape))


@pytest.mark.parametrize(
    "build, fan_in",
    [
        pytest.param(
            lambda rng: numpy_nn.ConvTranspose2d(64, 4, 5, generator=rng), 100, id="transposed"
        ),
        pytest.param(
            lambda rng: numpy_nn.Conv2d(8, 64, 5, groups=2, generator=rng), 100, id="conv"
        ),
        pytest.param(lambda rng: numpy_nn.Linear(100, 640, generator=rng), 100, id="linear"),
    ],
)
def test_weights_start_as_in_torch(build, fan_in):
    made = build(np.random.default_rng(seed=0))
    bound = fan_in**-0.5
    for parameter in made.parameters():
        assert parameter.data.dtype == np.float32
        assert abs(parameter.data).max() <= bound
    # A uniform distribution has variance b^2 / 3; 6,400 draws know it to about one percent.
    assert made.weight.data.var() == pytest.approx(bound**2 / 3, rel=0.05)


@pytest.mark.parametrize(
    "build, error, text",
    [
        pytest.param(
            lambda rng: numpy_nn.Conv2d(6, 4, 3, groups=4, generator=rng),
            ValueError,
            "Conv2d received in_channels=6, out_channels=4 and groups=4",
            id="groups",
        ),
        pytest.param(
            lambda rng: numpy_nn.Conv2d(6, 4, 0, generator=rng),
            ValueError,
            "Conv2d received kernel_size=0",
            id="kernel",
        ),
        pytest.param(
            lambda rng: numpy_nn.Conv2d(6, 4, 3, generator=7),
            TypeError,
            "Conv2d received generator of type int",
            id="conv-generator",
        ),
        pytest.param(
            lambda rng: numpy_nn.Linear(6, 2.5, generator=rng),
            TypeError,
            r"Linear received out_features=2\.5 of type float",
            id="features",
        ),
        pytest.param(
            lambda rng: numpy_nn.Dropout(1.5, generator=rng), ValueError, "p=1.5", id="share"
        ),
        pytest.param(
            lambda rng: numpy_nn.Dropout2d(generator=None), TypeError, "Dropout2d", id="dropout"
        ),
        pytest.param(
            lambda rng: numpy_nn.GroupNorm(4, 6), ValueError, "num_groups=4", id="norm-groups"
        ),
        pytest.param(
            lambda rng: numpy_nn.BatchNorm1d(0), ValueError, "BatchNorm1d received", id="channels"
        ),
        *(
            pytest.param(
                lambda rng, layer=layer, sizes=sizes: getattr(numpy_nn, layer)(*sizes),
                ValueError,
                rf"{layer} received {name}=0;.* at least 1",
                id=f"no-{name}-{layer}",
            )
            for layer, sizes, name in [
                ("BatchNorm2d", (0,), "num_features"),
                ("InstanceNorm2d", (0,), "num_features"),
                ("GroupNorm", (0, 6), "num_groups"),
                ("GroupNorm", (1, 0), "num_channels"),
                ("LayerNorm", (0,), "normalized_shape"),
            ]
        ),
        pytest.param(
            lambda rng: numpy_nn.PReLU(init="small"), TypeError, "init='small'", id="slope"
        ),
        pytest.param(
            lambda rng: numpy_nn.Linear(6, 4, generator=np.random),
            TypeError,
            "Linear received generator of type module",
            id="linear-generator",
        ),
    ],
)
def test_bad_sizes_are_refused(build, error, text):
    with pytest.raises(error, match=text):
        build(np.random.default_rng(seed=0))
