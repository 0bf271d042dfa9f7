"""Random geometries of every convolution and algorithm, forward and backward, against PyTorch.

PyTorch's own functions are asked, not the twins, and every algorithm that supports a geometry has
to agree: a shortcut that holds for most sizes only does not get through.
"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from compare import assert_same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_lib import numpy_ops
from course_lib.contracts.convolution import check_conv
from course_lib.numpy_ops import algorithms

FEW, MANY = (
    settings(max_examples=n, deadline=None, suppress_health_check=list(HealthCheck))
    for n in (60, 2500)  # for each of the four operations
)
UPPER = {"kernel": 5, "stride": 4, "dilation": 3, "padding": 7}
# PyTorch says that an even kernel costs it a copy for "same".
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
# Winograd takes square kernels of 3 or 5 only, and pointwise 1: chance alone would rarely say so.
KERNELS = (1, 3, 5, None)


@st.composite
def geometries(draw, num_axes):
    """Draw the shapes of x and weight, and options that fit them, each axis on its own."""

    def per_axis(name, minimum=1):
        return tuple(draw(st.integers(minimum, UPPER[name])) for _ in range(num_axes))

    side = draw(st.sampled_from(KERNELS))
    kernel = per_axis("kernel") if side is None else (side,) * num_axes
    stride, dilation = (
        (1,) * num_axes if draw(st.booleans()) else per_axis(name)
        for name in ("stride", "dilation")
    )
    is_same = draw(st.booleans()) and max(stride) == 1  # as PyTorch has it
    padding = "same" if is_same else per_axis("padding", minimum=0)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    zeros = spans if is_same else [2 * p for p in padding]
    smallest = [max(1, span - pixels) for span, pixels in zip(spans, zeros, strict=True)]
    size = [draw(st.integers(least, least + 7)) for least in smallest]
    groups, width_in, width_out = (draw(st.integers(1, 3)) for _ in range(3))
    x = (draw(st.integers(0, 3)), width_in * groups, *size)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return x, (width_out * groups, width_in, *kernel), options


def operands(*shapes):
    rng = np.random.default_rng(seed=sum(map(sum, shapes)))
    return [rng.standard_normal(shape) for shape in shapes]


def by_torch(function, arrays, options):
    """Return the output, a gradient for it, and the gradients of all inputs by autograd."""
    leaves = [torch.from_numpy(a).requires_grad_() for a in arrays]
    y = function(*leaves, **options)
    grad_y = torch.from_numpy(np.random.default_rng(seed=0).standard_normal(y.shape))
    grads = torch.autograd.grad(y, leaves, grad_y)
    return y.detach().numpy(), grad_y.numpy(), [grad.numpy() for grad in grads]


def check_public(name, arrays, options):
    y, grad_y, grads = by_torch(getattr(F, name), arrays, options)
    assert_same(getattr(numpy_ops, name)(*arrays, **options), y)
    actual = getattr(numpy_ops, f"{name}_backward")(grad_y, *arrays, **options)
    for grad, expected in zip(actual, grads, strict=True):
        assert_same(grad, expected)
    return y, grad_y, grads


def check_algorithms(arrays, y, grad_y, grads, options):
    """Hold every algorithm that supports the geometry to the results; count them."""
    x, weight, bias = arrays
    num_axes = x.ndim - 2
    geometry = check_conv("conv", x, weight, None, num_axes=num_axes, **options)
    if num_axes == 1:  # to all algorithms a signal is an image of one column
        x, weight, grad_y = (a[..., None] for a in (x, weight, grad_y))
        geometry = geometry.with_plain_axis(1)
    count = 0
    for algorithm in algorithms.ALGORITHMS.values():
        if not getattr(algorithm, "supports", lambda *_: True)(weight, geometry):
            continue
        count += 1
        actual = algorithm.forward(x, weight, geometry).reshape(y.shape)
        assert_same(algorithms.add_bias(actual, bias), y)
        both = algorithm.backward(grad_y, x, weight, geometry)
        _, alone = algorithm.backward(grad_y, x, weight, geometry, needs_grad_x=False)
        for grad, expected in zip((*both, alone), (*grads[:2], grads[1]), strict=True):
            assert_same(grad.reshape(expected.shape), expected)
    return count


def check_convolution(geometry):
    x_shape, weight_shape, options = geometry
    arrays = operands(x_shape, weight_shape, weight_shape[:1])
    results = check_public(f"conv{len(x_shape) - 2}d", arrays, options)
    assert check_algorithms(arrays, *results, options) >= 2


@st.composite
def transposed(draw):
    """Draw a `conv_transpose2d` whose output has pixels left."""
    x, weight, options = draw(geometries(2))
    options["padding"] = (0, 0) if options["padding"] == "same" else options["padding"]
    axes = list(zip(options["stride"], options["dilation"], strict=True))
    options["output_padding"] = tuple(draw(st.integers(0, max(pair) - 1)) for pair in axes)
    full = [
        (h - 1) * s + d * (k - 1) + 1 for h, k, (s, d) in zip(x[2:], weight[2:], axes, strict=True)
    ]
    options["padding"] = tuple(
        min(p, (pixels - 1) // 2) for p, pixels in zip(options["padding"], full, strict=True)
    )
    width_out = weight[0] // options["groups"]
    return x, (x[1], width_out, *weight[2:]), options


def check_transposed(geometry):
    x, weight, options = geometry
    arrays = operands(x, weight, (weight[1] * options["groups"],))
    check_public("conv_transpose2d", arrays, options)


CHECKS = {
    "conv1d": (geometries(1), check_convolution),
    "conv2d": (geometries(2), check_convolution),
    "conv3d": (geometries(3), check_convolution),
    "conv_transpose2d": (transposed(), check_transposed),
}


def run(name, budget):
    strategy, check = CHECKS[name]
    budget(given(geometry=strategy)(lambda geometry: check(geometry)))()


@pytest.mark.parametrize("name", CHECKS)
def test_any_geometry_matches_torch(name):
    run(name, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_thousands_of_geometries_match_torch(name):
    run(name, MANY)


@pytest.mark.parametrize(
    ("x", "stride", "padding"),
    [
        ((1, 2, 3, 3), 2, 1),
        ((2, 1, 2, 2), (3, 1), (1, 0)),
        ((2, 3, 5, 7), (2, 1), (2, 0)),
        ((2, 1, 3), 2, 1),
        ((1, 2, 3, 3, 3), 2, 1),
    ],
    ids=str,
)
def test_one_tap_that_keeps_the_size_by_stride_and_padding(x, stride, padding):
    weight = (2, x[1], *(1,) * (len(x) - 2))
    arrays = operands(x, weight, (2,))
    options = {"stride": stride, "padding": padding}
    y, *_ = check_public(f"conv{len(x) - 2}d", arrays, options)
    assert y.shape[2:] == x[2:]
