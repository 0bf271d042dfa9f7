"""Laws that hold for every convolution, on random shapes and options."""

import numpy as np
import pytest
import scipy.signal
from compare import assert_same
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy_ops.geometries import convolutions

from course_lib import numpy_ops

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.tuples(st.integers(1, 5), st.integers(1, 6))


def image(size, seed):
    return np.random.default_rng(seed).standard_normal(size)


def inner(a, b):
    return float(np.sum(a * b))


def transposed(y, weight, size, options):
    """Transpose `conv2d`: `conv_transpose2d` with the output_padding that gives `size` back."""
    stride, padding = options["stride"], options["padding"]
    dilation = options["dilation"]
    smallest = [
        (h - 1) * s - 2 * p + d * (k - 1) + 1
        for h, s, p, d, k in zip(
            y.shape[2:], stride, padding, dilation, weight.shape[2:], strict=True
        )
    ]
    output_padding = tuple(s - least for s, least in zip(size, smallest, strict=True))
    return numpy_ops.conv_transpose2d(y, weight, output_padding=output_padding, **options)


@given(convolution=convolutions(), factor=st.floats(-3, 3), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_linear_in_the_image_and_in_the_weight(convolution, factor, seed):
    x, weight, _, options = convolution
    x2, weight2 = image(x.shape, seed), image(weight.shape, seed)
    y = numpy_ops.conv2d(x, weight, **options)
    by_image = numpy_ops.conv2d(x + factor * x2, weight, **options)
    assert_same(by_image, y + factor * numpy_ops.conv2d(x2, weight, **options))
    by_weight = numpy_ops.conv2d(x, weight + factor * weight2, **options)
    assert_same(by_weight, y + factor * numpy_ops.conv2d(x, weight2, **options))


@given(convolution=convolutions(), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_transposed_convolution_is_the_adjoint_and_the_gradient(convolution, seed):
    x, weight, _, options = convolution
    assume(len(x) > 0)
    y = numpy_ops.conv2d(x, weight, **options)
    other = image(y.shape, seed)
    back = transposed(other, weight, x.shape[2:], options)
    scale = np.linalg.norm(y) * np.linalg.norm(other)
    assert abs(inner(y, other) - inner(x, back)) <= 1e-12 * scale
    assert_same(back, numpy_ops.conv2d_backward(other, x, weight, **options).grad_x)


@given(convolution=convolutions(), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_im2col_and_col2im_are_adjoint(convolution, seed):
    x, weight, _, options = convolution
    window = {k: v for k, v in options.items() if k != "groups"} | {"kernel_size": weight.shape[2:]}
    columns = numpy_ops.im2col(x, **window)
    other = image(columns.shape, seed)
    back = numpy_ops.col2im(other, output_size=x.shape[2:], **window)
    scale = np.linalg.norm(columns) * np.linalg.norm(other)
    assert abs(inner(columns, other) - inner(x, back)) <= 1e-12 * scale


@given(kernel=SIZES, shift=st.tuples(st.integers(-4, 4), st.integers(-4, 4)), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_shifting_the_image_shifts_the_output(kernel, shift, seed):
    rng = np.random.default_rng(seed)
    x, weight = rng.standard_normal((2, 3, 9, 10)), rng.standard_normal((4, 3, *kernel))

    def circular(x):
        """Wrap the image around, so that nothing enters or leaves at the edge."""
        return numpy_ops.conv2d(
            np.pad(x, [(0, 0), (0, 0), (0, kernel[0] - 1), (0, kernel[1] - 1)], mode="wrap"), weight
        )

    shifted = circular(np.roll(x, shift, axis=(2, 3)))
    assert_same(shifted, np.roll(circular(x), shift, axis=(2, 3)))


@given(convolution=convolutions())
@settings(max_examples=40, deadline=None)
def test_a_group_is_a_convolution_of_its_own(convolution):
    x, weight, bias, options = convolution
    groups = options["groups"]
    alone = options | {"groups": 1}
    split = [np.split(a, groups, axis) for a, axis in ((x, 1), (weight, 0), (bias, 0))]
    parts = zip(*split, strict=True)
    expected = np.concatenate([numpy_ops.conv2d(*part, **alone) for part in parts], axis=1)
    assert_same(numpy_ops.conv2d(x, weight, bias, **options), expected)


@given(kernel=SIZES, more=SIZES, seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_single_images_match_scipy_and_the_flip(kernel, more, seed):
    size = tuple(k + m - 1 for k, m in zip(kernel, more, strict=True))
    x, k = image(size, seed), image(kernel, seed + 1)
    flipped = np.ascontiguousarray(k[::-1, ::-1])
    assert_same(numpy_ops.convolve2d(x, k), numpy_ops.cross_correlate2d(x, flipped))
    assert_same(numpy_ops.convolve2d(x, k), scipy.signal.convolve2d(x, k, mode="valid"))
    assert_same(numpy_ops.cross_correlate2d(x, k), scipy.signal.correlate2d(x, k, mode="valid"))


def full(x, kernel):
    """Convolve on every position where the two touch."""
    rows, columns = (k - 1 for k in kernel.shape)
    return numpy_ops.convolve2d(np.pad(x, [(rows, rows), (columns, columns)]), kernel)


@given(sizes=st.tuples(SIZES, SIZES, SIZES), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_convolution_commutes_and_associates(sizes, seed):
    a, b, c = (image(size, seed + k) for k, size in enumerate(sizes))
    assert_same(full(a, b), full(b, a))
    assert_same(full(full(a, b), c), full(a, full(b, c)))


def test_correlation_does_neither():
    rng = np.random.default_rng(seed=0)
    a, b, c = (rng.standard_normal((3, 3)) for _ in range(3))

    def correlate(x, kernel):
        return full(x, kernel[::-1, ::-1])

    assert np.abs(correlate(a, b) - correlate(b, a)).max() > 0.1
    unequal = correlate(correlate(a, b), c) - correlate(a, correlate(b, c))
    assert np.abs(unequal).max() > 0.1


@pytest.mark.parametrize("rank", [1, 3])
def test_other_ranks_agree_with_images(rank):
    rng = np.random.default_rng(seed=1)
    x, weight = rng.standard_normal((2, 3, 7, 9)), rng.standard_normal((4, 3, 2, 3))
    y = numpy_ops.conv2d(x, weight)
    if rank == 3:
        deep = numpy_ops.conv3d(x[:, :, None], weight[:, :, None])
        assert_same(deep[:, :, 0], y)
    else:
        rows = [
            sum(numpy_ops.conv1d(x[:, :, i + u], weight[:, :, u]) for u in range(2))
            for i in range(6)
        ]
        assert_same(np.stack(rows, axis=2), y)
