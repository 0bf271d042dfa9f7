"""Every way to convolve against the loops and PyTorch, and the rule that picks one."""

import numpy as np
import pytest
import torch
from compare import assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy_ops.geometries import convolutions

from course_lib import numpy_ops, torch_ops
from course_lib.contracts.convolution import check_conv
from course_lib.errors import sentence
from course_lib.numpy_ops import algorithms
from course_lib.numpy_ops.algorithms import winograd
from course_lib.parity.cases.convolution import SMALL_CASES, WINOGRAD_TOLERANCES, conv2d
from course_lib.torch_ops.autograd import gradients

FLOAT32_BOUNDS = {  # what the algorithms' own pages promise, as a share of max|y|
    "im2col": 1e-6,
    "im2col_batch_last": 1e-6,
    "pointwise": 1e-6,
    "depthwise": 1e-6,
    "depthwise_channels_last": 1e-6,
    "winograd": WINOGRAD_TOLERANCES["float32"].output,
    "fft": 2e-6,
}

MORE_CASES = [
    conv2d("three-taps", x=(2, 3, 9, 14), padding=1),
    conv2d("three-taps-whole-tiles", x=(2, 3, 10, 14)),
    conv2d("three-taps-on-three-pixels", x=(2, 3, 3, 5)),
    conv2d("five-taps", x=(2, 3, 9, 14), weight=(4, 3, 5, 5), padding=(2, 3)),
    conv2d("five-taps-widest-padding", x=(1, 3, 6, 7), weight=(4, 3, 5, 5), padding=4),
    conv2d("depthwise-all-options", x=(2, 4, 9, 11), weight=(8, 1, 3, 2), groups=4,
           stride=(2, 3), dilation=(3, 2), padding=2),
    conv2d("depthwise-stride-above-kernel", x=(2, 4, 9, 11), weight=(4, 1, 2, 1), groups=4,
           stride=(3, 4)),
    conv2d("depthwise-one-filter-each", x=(2, 5, 9, 11), weight=(5, 1, 3, 2), groups=5,
           stride=(2, 3), dilation=(3, 2), padding=(2, 1)),
    conv2d("depthwise-on-one-channel", x=(2, 1, 7, 11), weight=(3, 1, 3, 3)),
]  # fmt: skip
CASES_2D = [case for case in SMALL_CASES if case.operation == "conv2d"] + MORE_CASES


def geometry_of(x, weight, options):
    defaults = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    return check_conv("conv2d", x, weight, None, num_axes=2, **(defaults | options))


def supports(name, x, weight, options):
    algorithm = algorithms.ALGORITHMS[name]
    tell = getattr(algorithm, "supports", lambda *_: True)
    return tell(weight, geometry_of(x, weight, options))


def applicable():
    """List (algorithm, case) for all cases that an algorithm covers."""
    pairs = []
    for name in algorithms.ALGORITHMS:
        for case in CASES_2D:
            x, weight, _ = case.inputs(np.random.default_rng(seed=0))
            if supports(name, x, weight, case.options):
                pairs.append(pytest.param(name, case, id=f"{name}-{case.name}"))
    return pairs


def check(name, operands, options, grad_y, *, tolerance=None):
    """Hold one algorithm, forward and backward, to PyTorch."""
    import torch

    tensors = [torch.from_numpy(a) for a in (grad_y, *operands)]
    y = algorithms.conv2d(*operands, algorithm=name, **options)
    assert_same(y, torch_ops.conv2d(*tensors[1:], **options).numpy(), tolerance=tolerance)
    grads = algorithms.conv2d_backward(grad_y, *operands, algorithm=name, **options)
    expected = torch_ops.conv2d_backward(*tensors, **options)
    for grad, wanted in zip(grads, expected, strict=True):
        assert_same(grad, wanted.numpy(), tolerance=tolerance)


def with_bias(case, seed):
    x, weight, bias = case.inputs(np.random.default_rng(seed=seed))
    return x, weight, np.zeros(len(weight)) if bias is None else bias


@pytest.mark.parametrize(("name", "case"), applicable())
def test_forward_matches_the_loops(name, case):
    operands = case.inputs(np.random.default_rng(seed=1))
    expected = numpy_ops.conv2d_loops(*operands, **case.options)
    assert_same(algorithms.conv2d(*operands, algorithm=name, **case.options), expected)


@pytest.mark.parametrize(("name", "case"), applicable())
def test_both_ways_match_torch(name, case):
    operands = with_bias(case, seed=2)
    shape = numpy_ops.conv2d(*operands, **case.options).shape
    check(name, operands, case.options, np.random.default_rng(seed=3).standard_normal(shape))


@pytest.mark.parametrize(("name", "case"), applicable())
def test_small_chunks_change_nothing(name, case, monkeypatch):
    monkeypatch.setattr(algorithms.im2col, "MIN_COLUMNS", 3)
    monkeypatch.setattr(algorithms.im2col, "MIN_POSITIONS_TO_SWAP", 1)
    for module in ("im2col", "depthwise", "winograd"):
        monkeypatch.setattr(algorithms.ALGORITHMS[module], "CHUNK_ELEMENTS", 40)
    operands = with_bias(case, seed=4)
    shape = numpy_ops.conv2d(*operands, **case.options).shape
    check(name, operands, case.options, np.random.default_rng(seed=5).standard_normal(shape))


@pytest.mark.parametrize("name", algorithms.ALGORITHMS)
def test_float32_keeps_the_promised_error(name):
    depthwise = name.startswith("depthwise")
    shape, groups = ((32, 1, 5, 5), 32) if depthwise else ((48, 32, 5, 5), 1)
    shape = (48, 32, 1, 1) if name == "pointwise" else shape
    rng = np.random.default_rng(seed=6)
    arrays = [rng.standard_normal(s) for s in ((2, 32, 30, 27), shape, shape[:1])]
    grad_y = rng.standard_normal(numpy_ops.conv2d(*arrays, groups=groups).shape)
    single = [a.astype("float32") for a in (grad_y, *arrays)]
    bound = FLOAT32_BOUNDS[name]
    y = algorithms.conv2d(*single[1:], algorithm=name, groups=groups)
    expected = numpy_ops.conv2d(*(a.astype(float) for a in single[1:]), groups=groups)
    assert_same(y, expected.astype("float32"), tolerance=bound)
    grads = algorithms.conv2d_backward(*single, algorithm=name, groups=groups)
    doubles = (a.astype(float) for a in single)
    exact = numpy_ops.conv2d_backward(*doubles, groups=groups)
    for grad, wanted in zip(grads, exact, strict=True):
        assert_same(grad, wanted.astype("float32"), tolerance=5 * bound)


@given(convolution=convolutions(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_geometry_by_any_algorithm_that_supports_it(convolution, data):
    x, weight, bias, options = convolution
    names = [name for name in algorithms.ALGORITHMS if supports(name, x, weight, options)]
    name = data.draw(st.sampled_from(names))
    y = numpy_ops.conv2d(x, weight, bias, **options)
    grad_y = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal(y.shape)
    check(name, (x, weight, bias), options, grad_y)


@given(convolution=convolutions(kernels=st.sampled_from([(3, 3), (5, 5)])))
@settings(max_examples=30, deadline=None)
def test_any_size_by_winograd(convolution):
    x, weight, bias, options = convolution
    weight = weight[:, :1].repeat(x.shape[1], axis=1)
    options = {"padding": tuple(min(p, weight.shape[2] - 1) for p in options["padding"])}
    x = np.pad(x, [(0, 0), (0, 0), (2, 2), (2, 2)], mode="wrap")
    y = numpy_ops.conv2d(x, weight, bias, **options)
    grad_y = np.random.default_rng(len(weight)).standard_normal(y.shape)
    check("winograd", (x, weight, bias), options, grad_y)


@pytest.mark.parametrize("num_taps", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("num_outputs", [1, 2, 3, 4])
def test_the_derived_transforms_correlate(num_outputs, num_taps):
    rng = np.random.default_rng(seed=7)
    d, g = rng.standard_normal(num_outputs + num_taps - 1), rng.standard_normal(num_taps)
    data, kernel, output = winograd.transforms_1d(num_outputs, num_taps)
    assert_same(output @ ((kernel @ g) * (data @ d)), np.correlate(d, g, mode="valid"))


LAYERS = {  # x, weight, options: what the rule picks
    "lenet-1": ((64, 1, 28, 28), (6, 1, 5, 5), {"padding": 2}, "im2col"),
    "lenet-2": ((64, 6, 14, 14), (16, 6, 5, 5), {}, "im2col_batch_last"),
    "alexnet-1": ((2, 3, 227, 227), (96, 3, 11, 11), {"stride": 4}, "im2col"),
    "vgg-3-1": ((2, 128, 56, 56), (256, 128, 3, 3), {"padding": 1}, "winograd"),
    "few-channels": ((2, 31, 56, 56), (64, 31, 3, 3), {"padding": 1}, "im2col"),
    "strided": ((8, 64, 56, 56), (64, 64, 3, 3), {"stride": 2, "padding": 1}, "im2col"),
    "dilated": ((8, 64, 56, 56), (64, 64, 3, 3), {"dilation": 2}, "im2col"),
    "small-maps": ((16, 64, 7, 7), (64, 64, 3, 3), {"padding": 1}, "im2col_batch_last"),
    "few-small-maps": ((15, 64, 7, 7), (64, 64, 3, 3), {"padding": 1}, "im2col"),
    "many-large-maps": ((16, 16, 28, 28), (16, 16, 3, 3), {"padding": 1}, "im2col"),
    "1x1": ((8, 64, 56, 56), (32, 64, 1, 1), {"stride": 2}, "pointwise"),
    "depthwise": ((8, 64, 28, 28), (64, 1, 3, 3), {"groups": 64}, "depthwise"),
    "depthwise-small": (
        (1, 192, 14, 14),
        (192, 1, 3, 3),
        {"groups": 192, "padding": 1},
        "depthwise_channels_last",
    ),
    "depthwise-too-large": ((1, 192, 17, 16), (192, 1, 3, 3), {"groups": 192}, "depthwise"),
    "depthwise-too-few": ((1, 191, 7, 7), (191, 1, 3, 3), {"groups": 191}, "depthwise"),
    "two-filters-each": ((1, 192, 7, 7), (384, 1, 3, 3), {"groups": 192}, "depthwise"),
    "two-groups": ((2, 64, 28, 28), (64, 32, 3, 3), {"groups": 2}, "im2col"),
}


@pytest.mark.parametrize(("x", "weight", "options", "name"), LAYERS.values(), ids=LAYERS)
def test_the_rule_picks(x, weight, options, name):
    x, weight = np.ones(x, "float32"), np.ones(weight, "float32")
    chosen = algorithms.select_algorithm(x, weight, geometry_of(x, weight, options))
    assert chosen is algorithms.ALGORITHMS[name]


@pytest.mark.parametrize("wrong", ["x", "weight", "grad_y", "float16"])
def test_the_rule_keeps_winograd_to_finite_numbers_of_enough_precision(wrong):
    x, weight = np.ones((1, 32, 16, 16)), np.ones((32, 32, 3, 3))
    arrays = {"x": x, "weight": weight, "grad_y": np.ones((1, 32, 14, 14))}
    geometry = geometry_of(x, weight, {})
    assert algorithms.select_algorithm(geometry=geometry, **arrays) is winograd
    if wrong == "float16":
        arrays = {k: array.astype("float16") for k, array in arrays.items()}
    else:
        arrays[wrong][0, 1, 2, 0] = np.nan
    assert (
        algorithms.select_algorithm(geometry=geometry_of(x, weight, {}), **arrays) is not winograd
    )


def one_pixel(x, value):
    x = x.copy()
    x[0, 1, 13, 13] = value
    return x


UNSUITED = {
    "an outlier": lambda x: one_pixel(x, 100.0),
    "an outlier in one image of two": lambda x: np.concatenate([one_pixel(x, 100.0), 1e3 * x]),
    "a large outlier": lambda x: one_pixel(x, 1e6),
    "an infinity": lambda x: one_pixel(x, np.inf),
    "not a number": lambda x: one_pixel(x, np.nan),
    "large numbers": lambda x: x * 1e10,
    "very large numbers": lambda x: x * 1e37,
    "tiny numbers": lambda x: x * 1e-14,
}
SUITED = {
    "normal": lambda x: x,
    "a peak": lambda x: one_pixel(x, 25.0),
    "zeros": np.zeros_like,
    "images of other sizes": lambda x: np.concatenate([1e5 * x, 1e-5 * x]),
    "mostly dark": lambda x: x * (np.arange(x.shape[3]) > 22),
}
BY_NUMBERS = [(True, f) for f in SUITED.values()] + [(False, f) for f in UNSUITED.values()]


@pytest.mark.parametrize("is_gradient", [False, True], ids=["x", "grad_y"])
@pytest.mark.parametrize(("expected", "change"), BY_NUMBERS, ids=[*SUITED, *UNSUITED])
def test_winograd_gets_only_numbers_that_suit_it(expected, change, is_gradient):
    x = np.random.default_rng(seed=9).standard_normal((1, 32, 26, 26)).astype("float32")
    weight, changed = np.ones((32, 32, 3, 3), "float32"), change(x).astype("float32")
    arrays = (np.resize(x, changed.shape), weight, changed) if is_gradient else (changed, weight)
    chosen = algorithms.select_algorithm(*arrays[:2], geometry_of(x, weight, {}), *arrays[2:])
    assert (chosen is winograd) == expected
    assert not winograd.suits(x, weight * np.float32(1e20))


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("outlier", [20.0, 1e3, 1e6, 1e30])
def test_one_outlier_does_not_spoil_what_does_not_see_it(kernel, outlier):
    rng = np.random.default_rng(seed=10)
    x = rng.standard_normal((1, 32, 26, 26)).astype("float32")
    weight = rng.standard_normal((32, 32, kernel, kernel)).astype("float32") / kernel
    grad_y = rng.standard_normal((1, 32, *[27 - kernel] * 2)).astype("float32")

    def backward(grad_y, x, weight):
        return numpy_ops.conv2d_backward(grad_y, x, weight).grad_x

    def error_elsewhere(convolve, images, *others):
        """Give the error outside of the outlier's windows, beside max|y| without it."""
        arrays = one_pixel(images, outlier), *others
        exact = convolve(*(a.astype(float) for a in arrays))
        error = abs(convolve(*arrays) - exact)
        windows = slice(13 - kernel + 1, 13 + kernel)
        error[:, :, windows, windows] = 0
        return error.max() / abs(convolve(images, *others)).max()

    bound = FLOAT32_BOUNDS["winograd"]
    assert error_elsewhere(numpy_ops.conv2d, x, weight) <= bound
    assert error_elsewhere(backward, grad_y, x, weight) <= 5 * bound


def test_winograd_leaves_the_ends_of_float32_to_the_direct_way():
    x = np.full((1, 32, 20, 20), 1e36, "float32")
    weight = np.full((32, 32, 3, 3), 0.25, "float32")
    y = numpy_ops.conv2d(x, weight)
    assert_same(y, np.full_like(y, 32 * 9 * 0.25e36), tolerance=1e-5)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_public_convolution_by_winograd_matches_torch(dtype):
    rng = np.random.default_rng(seed=8)
    arrays = [rng.standard_normal(s).astype(dtype) for s in ((2, 32, 15, 18), (33, 32, 3, 3))]
    assert algorithms.select_algorithm(*arrays, geometry_of(*arrays, {"padding": 1})) is winograd
    import torch

    tensors = [torch.from_numpy(a) for a in arrays]
    y = torch_ops.conv2d(*tensors, padding=1)
    tolerance = {"float64": 1e-9, "float32": FLOAT32_BOUNDS["winograd"]}[dtype]
    assert_same(numpy_ops.conv2d(*arrays, padding=1), y.numpy(), tolerance=tolerance)
    grad_y = rng.standard_normal(y.shape).astype(dtype)
    grads = numpy_ops.conv2d_backward(grad_y, *arrays, padding=1)
    expected = gradients(
        lambda x, w: torch_ops.conv2d(x, w, padding=1), torch.from_numpy(grad_y), *tensors
    )
    for grad, wanted in zip(grads, expected, strict=False):
        assert_same(grad, wanted.numpy(), tolerance=tolerance)


@pytest.mark.parametrize("name", ["pointwise", "depthwise", "winograd"])
def test_an_algorithm_that_does_not_support_the_options_says_so(name):
    x, weight = np.ones((2, 4, 9, 9)), np.ones((3, 4, 2, 3))
    expected = sentence(
        "conv2d",
        received="weight with shape (3, 4, 2, 3), stride=(1, 1), dilation=(1, 1) and groups=1",
        needed=f"options that algorithm={name!r} covers",
        fix='use algorithm="im2col", which covers all',
    )
    with pytest.raises(ValueError) as caught:
        algorithms.conv2d(x, weight, algorithm=name)
    assert str(caught.value) == expected


def test_an_unknown_algorithm_is_named():
    with pytest.raises(ValueError, match="algorithm='gemm'"):
        algorithms.conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), algorithm="gemm")


@pytest.mark.parametrize("kernel", [(1, 2), (3, 3), (4, 5), (5, 2)])
@pytest.mark.parametrize("stride", [(2, 2), (3, 1), (2, 4)])
@pytest.mark.parametrize("padding", [(0, 0), (1, 2)])
@pytest.mark.parametrize("groups", [1, 2])
def test_gradients_come_back_through_strides(kernel, stride, padding, groups):
    rng = np.random.default_rng(seed=7)
    x = rng.standard_normal((2, 6, 9, 8))
    weight = rng.standard_normal((2, 6 // groups, *kernel))  # few filters: phase by phase
    options = {"stride": stride, "padding": padding, "groups": groups}
    grad_y = rng.standard_normal(numpy_ops.conv2d(x, weight, **options).shape)
    grads = numpy_ops.conv2d_backward(grad_y, x, weight, **options)
    tensors = map(torch.from_numpy, (grad_y, x, weight))
    expected = torch_ops.conv2d_backward(*tensors, **options)
    assert_same(grads.grad_x, expected.grad_x)
    assert_same(grads.grad_weight, expected.grad_weight)
