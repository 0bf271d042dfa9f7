"""The norms at any magnitude: from subnormal numbers to the largest, held to long double.

A slice is what one mean is taken of; each norm looks at the same slices through its own shape.
"""

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops

DTYPES = {"float16": 3e-3, "float32": 2e-5, "float64": 1e-12}
SIZES = [(4, 6, 5), (2, 3, 3000)]  # slices, channels and pixels; more pixels than a run has
NORMS = ["batch", "group", "layer", "instance"]


def magnitudes(dtype):
    limits = np.finfo(dtype)
    root = float(limits.max) ** 0.5  # where squares overflow
    return {
        "subnormal": float(limits.smallest_subnormal),
        "squares vanish": float(limits.tiny) ** 0.5 / 8,
        "plain": 101.3,
        "squares overflow": 3 * root,
        "sums overflow": float(limits.max) / 3,
        "largest": float(limits.max),
    }


def slices(kind, size, value, dtype):
    """Lay numbers of one magnitude out as (slices, channels, pixels)."""
    rng = np.random.default_rng(seed=0)
    x = np.full(size, value, dtype)
    if kind == "nearly constant":
        x[..., ::3] = np.nextafter(x[0, 0, 0], dtype(0))
    elif kind == "of both signs":
        x *= rng.choice([-1, 1], size).astype(dtype)
    elif kind == "one other":
        x[:, 1, 2] = 0
    return x


def normalize(name, grad_y, x, *, eps=1e-5):
    """Return y and grad_x of a norm, as (slices, channels, pixels)."""
    if name == "batch":
        turned = [np.ascontiguousarray(a.swapaxes(0, 1)) for a in (grad_y, x)]
        y = numpy_ops.batch_norm(turned[1], None, None, eps=eps).y
        grads = numpy_ops.batch_norm_backward(*turned, None, None, eps=eps)
        return y.swapaxes(0, 1), grads.grad_x.swapaxes(0, 1)
    if name == "instance":
        flat = [a.reshape(1, len(x), -1) for a in (grad_y, x)]
        y = numpy_ops.instance_norm(flat[1], eps=eps)
        grads = numpy_ops.instance_norm_backward(*flat, eps=eps)
        return y.reshape(x.shape), grads.grad_x.reshape(x.shape)
    options = {"num_groups": 1} if name == "group" else {"normalized_shape": x.shape[1:]}
    y = getattr(numpy_ops, f"{name}_norm")(x, **options, eps=eps)
    return y, getattr(numpy_ops, f"{name}_norm_backward")(grad_y, x, **options, eps=eps).grad_x


def reference(grad_y, x, eps=1e-5):
    wide, g = x.astype(np.longdouble), grad_y.astype(np.longdouble)
    wide = wide - wide[:, :1, :1]  # exact where all numbers are nearly the same
    wide -= wide.mean(axis=(1, 2), keepdims=True)
    deviation = np.sqrt((wide * wide).mean(axis=(1, 2), keepdims=True) + eps)
    z = wide / deviation
    slope = (g * z).mean(axis=(1, 2), keepdims=True)
    return z, (g - g.mean(axis=(1, 2), keepdims=True) - z * slope) / deviation


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", ["nearly constant", "of both signs", "one other"])
@pytest.mark.parametrize("magnitude", magnitudes("float32"))
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NORMS)
def test_a_norm_of_any_magnitude_matches_long_double(name, dtype, magnitude, kind, size):
    if np.finfo(dtype).maxexp == np.finfo(np.longdouble).maxexp:
        pytest.skip("no wider floating point on this machine")
    kind_of_number = np.dtype(dtype).type
    x = slices(kind, size, magnitudes(dtype)[magnitude], kind_of_number)
    grad_y = np.random.default_rng(seed=1).standard_normal(size).astype(dtype)
    limits, expected = np.finfo(dtype), reference(grad_y, x)
    grain = 400 * float(limits.smallest_subnormal)  # of what is not normal, times the slope
    for actual, wide in zip(normalize(name, grad_y, x), expected, strict=True):
        assert actual.dtype == x.dtype
        close = np.abs(actual - wide) <= 20 * DTYPES[dtype] * np.abs(wide).max() + grain
        assert close.all()


@pytest.mark.parametrize("shape", [(4, 3, 70, 90), (8, 2, 33, 41), (3, 2, 5)], ids=str)
@pytest.mark.parametrize("sign", [1, -1], ids=["plus", "minus"])
@pytest.mark.parametrize("magnitude", magnitudes("float32"))
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_constant_becomes_zero_and_has_no_variance(dtype, magnitude, sign, shape):
    value = np.dtype(dtype).type(sign * magnitudes(dtype)[magnitude])
    x = np.full(shape, value)
    start = np.full(shape[1], 3, dtype), np.ones(shape[1], dtype)
    result = numpy_ops.batch_norm(x, *start, training=True, momentum=1.0)
    np.testing.assert_array_equal(result.running_mean, value)
    np.testing.assert_array_equal(result.running_var, 0)
    grad_y = np.random.default_rng(seed=1).standard_normal(shape).astype(dtype)
    for name in NORMS:
        y, grad_x = normalize(name, grad_y, x)
        assert not y.any()
        assert np.isfinite(grad_x).all()


@pytest.mark.parametrize(
    ("gamma", "eps"), [(1.0, 1e-45), (1.0, 1e-100), (1e37, 1e-5), (-1e38, 1e-12)]
)
def test_a_constant_is_zero_beside_any_gamma_and_eps(gamma, eps):
    x = np.full((3, 2, 5), 0.3, np.float32)
    scale = np.full(2, gamma, np.float32)
    outputs = [
        numpy_ops.batch_norm(x, None, None, scale, eps=eps).y,
        numpy_ops.group_norm(x, scale, num_groups=2, eps=eps),
        numpy_ops.instance_norm(x, scale, eps=eps),
        numpy_ops.layer_norm(x, scale[:1].repeat(5), normalized_shape=5, eps=eps),
    ]
    assert not any(y.any() for y in outputs)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_tiniest_eps_counts_beside_a_running_variance_of_zero(dtype):
    x = np.full((2, 3, 4), 7, dtype)
    mean, variance = x[0, :, 0].copy(), np.zeros(3, dtype)
    eps = 1e-10 if dtype == "float16" else 1e-60  # 0 in that precision
    assert not numpy_ops.batch_norm(x, mean, variance, eps=eps).y.any()
    grads = numpy_ops.batch_norm_backward(x, x, mean, variance, eps=eps)
    assert not grads.grad_gamma.any()


def test_a_gradient_that_cancels_may_be_larger_than_its_sum_can_be():
    grad_y = np.tile(np.array([3e38, -3e38], np.float32), (1, 2, 500))
    x = np.random.default_rng(seed=0).standard_normal(grad_y.shape).astype(np.float32)
    grads = numpy_ops.instance_norm_backward(grad_y, x)
    np.testing.assert_array_equal(grads.grad_beta, 0)
    assert_same(
        numpy_ops.batch_norm_backward(grad_y, x, None, None).grad_beta, np.zeros(2, np.float32)
    )


@pytest.mark.parametrize("name", NORMS)
def test_squares_that_vanish_are_seen_where_eps_is_as_small(name):
    x = np.random.default_rng(seed=2).standard_normal((3, 2, 50)).astype(np.float32)
    x *= np.float32(1e-24)
    grad_y = np.random.default_rng(seed=1).standard_normal(x.shape).astype(np.float32)
    z, _ = reference(grad_y, x, eps=1e-50)
    y, _ = normalize(name, grad_y, x, eps=1e-50)
    assert_same(y, z.astype(np.float32), tolerance=1e-5)


def test_running_statistics_of_the_largest_numbers():
    x = np.array([[3e38, 1e17], [1e38, -1e17], [3e38, 2e17]], np.float32)
    start = np.zeros(2, np.float32), np.ones(2, np.float32)
    result = numpy_ops.batch_norm(x, *start, training=True, momentum=1.0)
    wide = x.astype(float)
    assert_same(result.running_mean, wide.mean(axis=0).astype(np.float32), tolerance=1e-6)
    variance = [np.inf, wide[:, 1].var(ddof=1)]  # beyond the largest number of float32, and not
    assert_same(result.running_var, np.array(variance, np.float32), tolerance=1e-6)
