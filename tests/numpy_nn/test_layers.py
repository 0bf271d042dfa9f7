"""Each layer of numpy_nn against the layer of the same name in torch.nn."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_nn


def layer(name, shape, *arguments, torch_name=None, weights=False, **options):
    """Make one row of the table: build(numpy_nn or torch.nn) and the shape of x."""

    def build(library):
        given = dict(options)
        if weights and library is numpy_nn:
            given["generator"] = np.random.default_rng(seed=1)
        return getattr(library, name)(*arguments, **given)

    listing = [*map(str, arguments), *(f"{k}={v}" for k, v in options.items())]
    return pytest.param(build, shape, id=f"{name}({', '.join(listing)})")


IMAGES = (2, 6, 7, 11)
LAYERS = [
    layer("Conv2d", IMAGES, 6, 4, 3, weights=True),
    layer("Conv2d", IMAGES, 6, 4, (3, 2), stride=2, padding=1, bias=False, weights=True),
    layer("Conv2d", IMAGES, 6, 4, 3, padding=(0, 2), dilation=2, groups=2, weights=True),
    layer("Linear", (3, 7), 7, 5, weights=True),
    layer("Linear", (3, 7), 7, 5, bias=False, weights=True),
    layer("Flatten", IMAGES),
    layer("ReLU", IMAGES),
    layer("MaxPool2d", IMAGES, 2),
    layer("MaxPool2d", IMAGES, (3, 2), stride=2, padding=1, ceil_mode=True),
    layer("MaxPool2d", IMAGES, 3, stride=1, dilation=2),
]


def as_twins(build):
    """Build the layer on both sides, in float64, the torch one with the NumPy weights."""
    ours = build(numpy_nn).astype("float64")
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

    grad_y = rng.standard_normal(y.shape)
    twin_y.backward(torch.from_numpy(grad_y))
    assert_same(ours.backward(grad_y), leaf.grad)
    twin_grads = {name: p.grad for name, p in theirs.named_parameters()}
    grads = {name: p.grad for name, p in ours.named_parameters()}
    assert list(grads) == list(twin_grads)
    for name, grad in grads.items():
        assert_same(grad, twin_grads[name])


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
    ours = build(numpy_nn)
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
