"""Statistics and sums keep their digits: held to long double, over sizes and means."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops
from course_lib.numpy_ops import losses

EPS = 1e-5
MEANS = [0.0, 4095.0, 1e6]
# One slice holds all that is said; the norms look at the same numbers through other shapes.
SIZES = {"1e2": (4, 25), "4e4": (20, 2000)}
MORE = {"1e4": (40, 250), "1e6": (10, 1000, 100), "1e7": (10, 1000, 1000)}


class Norm(NamedTuple):
    """A norm over one slice: its forward and backward, and the shape that makes x one slice."""

    forward: partial
    backward: partial
    shape: tuple


def norms(shape):
    whole = (1, 1, *shape)
    n, *rest = shape
    batch = (None, None)
    return {
        "batch": Norm(
            lambda x: numpy_ops.batch_norm(x, *batch).y,
            lambda g, x: numpy_ops.batch_norm_backward(g, x, *batch),
            (n, 1, *rest),
        ),
        "group": Norm(
            partial(numpy_ops.group_norm, num_groups=1),
            partial(numpy_ops.group_norm_backward, num_groups=1),
            (1, n, *rest),
        ),
        "layer": Norm(
            partial(numpy_ops.layer_norm, normalized_shape=shape),
            partial(numpy_ops.layer_norm_backward, normalized_shape=shape),
            whole,
        ),
        "instance": Norm(numpy_ops.instance_norm, numpy_ops.instance_norm_backward, whole),
    }


NAMES = list(norms((2, 2)))


def reference(x, grad_y):
    """Normalize one slice, and send a gradient back, in long double."""
    wide, g = x.astype(np.longdouble), grad_y.astype(np.longdouble)
    centered = wide - wide.mean()
    deviation = np.sqrt((centered * centered).mean() + EPS)
    z = centered / deviation
    return z, (g - g.mean() - z * (g * z).mean()) / deviation


def check_norm(norm, x):
    grad_y = np.random.default_rng(seed=1).standard_normal(x.shape).astype(x.dtype)
    shaped = [a.reshape(norm.shape) for a in (grad_y, x)]
    z, grad_x = reference(x, grad_y)
    y = norm.forward(shaped[1])
    assert_same(y.reshape(x.shape), z.astype(x.dtype), tolerance=2e-6)
    actual = norm.backward(*shaped).grad_x
    assert_same(actual.reshape(x.shape), grad_x.astype(x.dtype), tolerance=5e-6)


def noisy(shape, mean, spread):
    noise = np.random.default_rng(seed=0).standard_normal(shape)
    return (mean + spread * noise).astype(np.float32)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("spread", [1.0, 0.01], ids="spread {}".format)
@pytest.mark.parametrize("name", NAMES)
def test_norms_of_any_mean_and_size_match_long_double(name, spread, mean, size):
    check_norm(norms(SIZES[size])[name], noisy(SIZES[size], mean, spread))


@pytest.mark.slow
@pytest.mark.parametrize("size", MORE)
@pytest.mark.parametrize("mean", [0.0, 1.0, 100.0, 101325.0, 1e6])
@pytest.mark.parametrize("name", NAMES)
def test_norms_of_up_to_ten_million_numbers_match_long_double(name, mean, size):
    check_norm(norms(MORE[size])[name], noisy(MORE[size], mean, 1.0))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("value", [0.0, -0.1, 0.3, 4095.0, 65535.0, 101325.0, 1e30])
@pytest.mark.parametrize("name", NAMES)
def test_a_constant_slice_becomes_exactly_zero(name, value, size):
    norm = norms(SIZES[size])[name]
    x = np.full(norm.shape, value, np.float32)
    assert not norm.forward(x).any()
    grads = norm.backward(noisy(norm.shape, 0.0, 1.0), x)
    assert all(np.isfinite(grad).all() for grad in grads)
    assert not grads.grad_gamma.any()


@pytest.mark.parametrize("shape", [(20000, 10), (8, 1, 512, 512), (3, 7), (100000, 2, 1)], ids=str)
@pytest.mark.parametrize("value", [0.1, 4095.0, 101325.0])
def test_a_constant_channel_has_no_running_variance(shape, value):
    x = np.full(shape, value, np.float32)
    start = np.full(shape[1], 3.0, np.float32), np.ones(shape[1], np.float32)
    result = numpy_ops.batch_norm(x, *start, training=True, momentum=1.0)
    np.testing.assert_array_equal(result.running_mean, np.float32(value))
    np.testing.assert_array_equal(result.running_var, 0)


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("shape", [(300, 5, 40), (70000, 5)], ids=str)
def test_running_statistics_match_long_double(shape, mean):
    x = noisy(shape, mean, 1.0)
    start = np.zeros(5, np.float32), np.ones(5, np.float32)
    result = numpy_ops.batch_norm(x, *start, training=True, momentum=1.0)
    wide = np.moveaxis(x.astype(np.longdouble), 1, 0).reshape(5, -1)
    one = np.float32(1)  # the spread, beside which a mean of 0 is as exact as another
    expected = (wide.mean(axis=1) + 1).astype(np.float32)
    assert_same(result.running_mean + one, expected, tolerance=2e-7)
    assert_same(result.running_var, wide.var(axis=1, ddof=1).astype(np.float32), tolerance=2e-6)


def test_layer_norm_adds_many_rows_without_losing_digits():
    x, grad_y = noisy((70000, 5), 0.0, 1.0), np.full((70000, 5), 0.1, np.float32)
    x[:50000] *= np.float32(7)  # rows differ in their spread
    wide = x.astype(np.longdouble)
    z = wide - wide.mean(axis=1, keepdims=True)
    z /= np.sqrt((z * z).mean(axis=1, keepdims=True) + EPS)
    grads = numpy_ops.layer_norm_backward(grad_y, x, normalized_shape=5)
    assert_same(grads.grad_beta, grad_y.sum(axis=0, dtype=float).astype("f4"), tolerance=2e-6)
    assert_same(grads.grad_gamma, (grad_y * z).sum(axis=0).astype("f4"), tolerance=2e-5)


def test_one_outlier_does_not_cost_the_others_their_digits():
    x = noisy((40, 250), 0.0, 1.0)
    x[0, 0] = 1e4
    check_norm(norms(x.shape)["group"], x)
    z, _ = reference(x, x)
    y = numpy_ops.group_norm(x[None], num_groups=1)[0]
    assert_same(y[1:], z[1:].astype(np.float32), tolerance=2e-6)


HALF = np.float16
LONG = 70000  # more numbers than float16 can count


def half_losses():
    rng = np.random.default_rng(seed=2)
    numbers, yes = rng.standard_normal(LONG), rng.integers(0, 2, LONG).astype(float)
    scores, labels = rng.standard_normal((LONG, 3)), rng.integers(0, 3, LONG)
    log_p = numpy_ops.log_softmax(scores, axis=1)
    return {
        "mse_loss": (numbers, yes),
        "binary_cross_entropy": (numpy_ops.sigmoid(numbers), yes),
        "binary_cross_entropy_with_logits": (numbers, yes),
        "binary_focal_loss": (numbers, yes),
        "cross_entropy": (scores, labels),
        "nll_loss": (log_p, labels),
        "focal_loss": (scores, labels),
    }


def as_half(array):
    return array.astype(HALF) if array.dtype.kind == "f" else array


def test_every_loss_is_among_them():
    names = {name for name in losses.__all__ if not name.endswith(("_backward", "_loops"))}
    assert set(half_losses()) == names


@pytest.mark.parametrize("name", half_losses())
def test_a_loss_of_many_numbers_in_float16_is_that_of_float64(name):
    inputs = [as_half(a) for a in half_losses()[name]]
    wide = [a.astype(float) if a.dtype == HALF else a for a in inputs]
    loss, backward = getattr(numpy_ops, name), getattr(numpy_ops, f"{name}_backward")
    for reduction in ("mean", "none"):
        actual = loss(*inputs, reduction=reduction)
        assert_same(actual, HALF(loss(*wide, reduction=reduction)), tolerance=1e-3)
    grad_y = HALF(60000)  # what loss scaling would bring
    actual = backward(grad_y, *inputs)
    assert actual.any()
    assert_same(actual, backward(float(grad_y), *wide).astype(HALF), tolerance=1e-3)


def test_a_sum_beyond_float16_is_infinite_without_a_warning():
    x = np.full(LONG, 2.0, HALF)
    assert numpy_ops.mse_loss(x, np.zeros_like(x), reduction="sum") == np.inf


def test_sums_over_many_rows_keep_their_digits():
    num_rows = 2**21
    grad_y = np.full((num_rows, 1), 0.1, np.float32)
    expected = np.array([num_rows * np.float64(np.float32(0.1))], np.float32)
    x, weight = np.zeros((num_rows, 1), np.float32), np.ones((1, 1), np.float32)
    bias = numpy_ops.linear_backward(grad_y, x, weight).grad_bias
    assert_same(bias, expected, tolerance=1e-6)
    signals = [a[: 2**14, :, None] for a in (grad_y, x, weight)]  # a part, as each is a product
    share = expected * np.float32(2**14 / num_rows)
    assert_same(numpy_ops.conv1d_backward(*signals).grad_bias, share, tolerance=1e-6)
    slopes = np.ones(1, np.float32)
    grads = numpy_ops.prelu_backward(grad_y, np.full_like(grad_y, -1), slopes)
    assert_same(grads.grad_weight, -expected, tolerance=1e-6)
    norm = numpy_ops.layer_norm_backward(grad_y, x, normalized_shape=1)
    assert_same(norm.grad_beta, expected, tolerance=1e-5)


def test_sums_in_float16_do_not_stop_at_2048():
    grad_y = np.ones((4096, 3), HALF)
    grads = numpy_ops.linear_backward(grad_y, np.ones((4096, 2), HALF), np.ones((3, 2), HALF))
    assert (grads.grad_bias == 4096).all() and (grads.grad_weight == 4096).all()
    norm = numpy_ops.layer_norm_backward(grad_y, np.zeros_like(grad_y), normalized_shape=3)
    assert (norm.grad_beta == 4096).all()
    many = np.zeros((1, LONG), HALF)
    assert_same(numpy_ops.softmax(many, axis=1), np.full_like(many, 1 / LONG), tolerance=1e-2)
    log_p = np.full_like(many, -np.log(LONG))
    assert_same(numpy_ops.log_softmax(many, axis=1), log_p, tolerance=1e-3)
