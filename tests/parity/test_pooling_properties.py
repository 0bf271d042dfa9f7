"""What pooling must do whatever the numbers: sizes, bounds, ties, NaN, shifts, gradient mass."""

import numpy as np
import pytest
import torch
from compare import assert_same
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import numpy_ops, torch_ops
from course_lib.shapes import pool_output_size

SIZES = st.integers(1, 12)
RANKS = pytest.mark.parametrize("rank", [1, 2, 3])
NAN = np.nan


@st.composite
def poolings(draw, rank):
    """Draw a batch with many ties, and options that fit it on every axis."""
    kernel = draw(st.tuples(*[st.integers(1, 4)] * rank))
    options = {
        "kernel_size": kernel,
        "stride": draw(st.tuples(*[st.integers(1, 4)] * rank)),
        "padding": tuple(draw(st.integers(0, k // 2)) for k in kernel),
        "ceil_mode": draw(st.booleans()),
    }
    sizes = tuple(draw(st.integers(k, 8)) for k in kernel)
    shape = (draw(st.integers(0, 2)), draw(st.integers(1, 2)), *sizes)
    return draw(arrays(np.float64, shape, elements=st.integers(-4, 4))), options


def both(name, *inputs, **options):
    reference = getattr(numpy_ops, name)(*inputs, **options)
    return reference, getattr(torch_ops, name)(*map(torch.from_numpy, inputs), **options)


@settings(max_examples=300, deadline=None)
@given(SIZES, st.integers(1, 5), st.integers(1, 5), st.integers(0, 3), st.integers(1, 3),
       st.booleans())  # fmt: skip
def test_output_size_is_that_of_torch(size, kernel, stride, padding, dilation, ceil_mode):
    assume(2 * padding <= kernel and dilation * (kernel - 1) < size + 2 * padding)
    y = torch.nn.functional.max_pool1d(
        torch.zeros(1, 1, size), kernel, stride, padding, dilation, ceil_mode
    )
    expected = pool_output_size(
        size, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
    )
    assert y.shape[-1] == expected


@RANKS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_max_pooling_is_that_of_torch_with_ties(rank, data):
    x, options = data.draw(poolings(rank))
    reference, twin = both(f"max_pool{rank}d", x, **options)
    assert_same(reference, twin)
    grad_y = np.random.default_rng(seed=0).standard_normal(reference.shape)
    assert_same(*both(f"max_pool{rank}d_backward", grad_y, x, **options))


@RANKS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_average_pooling_is_that_of_torch(rank, data):
    x, options = data.draw(poolings(rank))
    options["count_include_pad"] = data.draw(st.booleans())
    reference, twin = both(f"avg_pool{rank}d", x, **options)
    assert_same(reference, twin)
    grad_y = np.random.default_rng(seed=0).standard_normal(reference.shape)
    assert_same(*both(f"avg_pool{rank}d_backward", grad_y, x, **options))


@RANKS
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_mean_lies_between_smallest_and_largest(rank, data):
    x, options = data.draw(poolings(rank))
    largest = getattr(numpy_ops, f"max_pool{rank}d")(x, **options)
    smallest = -getattr(numpy_ops, f"max_pool{rank}d")(-x, **options)
    mean = getattr(numpy_ops, f"avg_pool{rank}d")(x, **options, count_include_pad=False)
    assert np.all(smallest <= mean + 1e-12)
    assert np.all(mean <= largest + 1e-12)
    assert np.all(np.isin(largest, x))


@RANKS
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_backward_neither_makes_nor_loses_gradient(rank, data):
    x, options = data.draw(poolings(rank))
    shape = getattr(numpy_ops, f"max_pool{rank}d")(x, **options).shape
    grad_y = np.random.default_rng(seed=0).standard_normal(shape)
    by_max = getattr(numpy_ops, f"max_pool{rank}d_backward")(grad_y, x, **options)
    by_mean = getattr(numpy_ops, f"avg_pool{rank}d_backward")(
        grad_y, x, **options, count_include_pad=False
    )
    np.testing.assert_allclose([by_max.sum(), by_mean.sum()], grad_y.sum(), atol=1e-10)


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_a_shift_by_one_stride_shifts_the_output_by_one(name):
    x = np.random.default_rng(seed=4).standard_normal((2, 3, 9, 11))
    y = getattr(numpy_ops, name)(x, kernel_size=3, stride=2)
    shifted = getattr(numpy_ops, name)(x[:, :, 2:, 2:], kernel_size=3, stride=2)
    assert_same(shifted, y[:, :, 1:, 1:])


def test_blur_pooling_keeps_a_constant_and_is_adjoint_to_its_backward():
    rng = np.random.default_rng(seed=5)
    assert_same(numpy_ops.blur_pool2d(np.full((2, 3, 7, 5), 4.0)), np.full((2, 3, 4, 3), 4.0))
    x, grad_y = rng.standard_normal((2, 3, 7, 5)), rng.standard_normal((2, 3, 4, 3))
    there = np.sum(numpy_ops.blur_pool2d(x) * grad_y)
    back = np.sum(x * numpy_ops.blur_pool2d_backward(grad_y, x))
    np.testing.assert_allclose(there, back, rtol=1e-12)


def test_global_pooling_is_pooling_with_a_window_of_the_whole_image():
    x = np.random.default_rng(seed=6).standard_normal((2, 3, 5, 7))
    assert_same(numpy_ops.global_avg_pool2d(x), x.mean(axis=(2, 3)))
    whole = numpy_ops.max_pool2d(x, kernel_size=(5, 7))
    assert_same(numpy_ops.global_max_pool2d(x), whole[:, :, 0, 0])


@pytest.mark.parametrize(
    "row",
    [
        pytest.param([1.0, NAN, 2.0, NAN, 3.0], id="two-nan"),
        pytest.param([-np.inf] * 5, id="only-minus-infinity"),
        pytest.param([np.inf, 1.0, np.inf, -np.inf, 0.0], id="infinities"),
        pytest.param([NAN] * 5, id="only-nan"),
    ],
)
@pytest.mark.parametrize("padding", [0, 1])
def test_max_pooling_treats_nan_and_infinity_as_torch_does(row, padding):
    x = np.array([[row] * 3])
    options = {"kernel_size": 3, "stride": 1, "padding": padding}
    reference, twin = both("max_pool1d", x, **options)
    assert_same(reference, twin)
    grad_y = np.random.default_rng(seed=7).standard_normal(reference.shape)
    assert_same(*both("max_pool1d_backward", grad_y, x, **options))
    assert_same(*both("global_max_pool2d", x[None]))
    grad_y = np.random.default_rng(seed=8).standard_normal((1, 1))
    assert_same(*both("global_max_pool2d_backward", grad_y, x[None]))


def test_infinite_gradient_reaches_the_winner_only():
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    grad_x = numpy_ops.max_pool2d_backward(np.full((1, 1, 2, 2), np.inf), x, kernel_size=2)
    assert not np.isnan(grad_x).any()
    assert np.isinf(grad_x).sum() == 4


def test_nan_stays_in_the_windows_that_hold_it():
    x = np.zeros((1, 1, 7, 5))
    x[0, 0, 0, 0] = NAN
    for name, options in {
        "avg_pool2d": {"kernel_size": 2},
        "adaptive_avg_pool2d": {"output_size": 3},
        "blur_pool2d": {},
    }.items():
        assert np.isnan(getattr(numpy_ops, name)(x, **options)).sum() == 1, name


CALLS = {
    "max_pool2d": {"kernel_size": 3, "stride": 2, "padding": 1},
    "avg_pool2d": {"kernel_size": 1},
    "adaptive_avg_pool2d": {"output_size": None},
    "global_avg_pool2d": {},
    "global_max_pool2d": {},
    "blur_pool2d": {"kernel_size": 1, "stride": 1},
}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", CALLS)
def test_any_memory_layout_works_and_is_left_alone(name, dtype):
    wide = np.random.default_rng(seed=9).permutation(2 * 3 * 7 * 11).astype(dtype) / 16
    strided = wide.reshape(11, 7, 3, 2).T[:, :, ::-1, ::2]
    strided.flags.writeable = False
    function, backward = getattr(numpy_ops, name), getattr(numpy_ops, f"{name}_backward")
    y = function(strided, **CALLS[name])
    results = [y]
    grad_y = np.random.default_rng(seed=10).standard_normal(y.shape).astype(dtype)[::-1]
    results.append(backward(grad_y, strided, **CALLS[name]))
    for result in results:
        assert result.dtype == dtype
        assert not np.shares_memory(result, wide)
        assert not np.shares_memory(result, grad_y)
    tolerance = 1e-3 if dtype == "float16" else None
    assert_same(y, function(strided.copy(), **CALLS[name]), tolerance=tolerance)
