"""Formulas that spare a slow function of NumPy keep its digits: held to long double."""

import numpy as np
import pytest

from course_lib import numpy_ops
from course_lib.numpy_ops.activation_formulas import exp_less_one, log_of_one_plus

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


def units_off(y, exact):
    """Tell by how many units in the last place `y` is off at most."""
    return float((abs(y - exact) / np.spacing(abs(exact).astype(y.dtype))).max())


def many(low, high, dtype):
    """Return numbers of both signs and all sizes between two powers of ten."""
    sizes = np.concatenate([np.logspace(low, high, 20_001), np.linspace(0, 10.0**high, 20_001)])
    return np.concatenate([-sizes, sizes]).astype(dtype)


@DTYPES
def test_exp_less_one(dtype):
    x = many(-30, 2.5, dtype)
    x = x[x < 0]
    y = np.empty_like(x)
    exp_less_one(x, out=y)
    assert units_off(y, np.expm1(x.astype(np.longdouble))) <= 4
    exp_less_one(np.abs(x), out=y)
    assert not y.any()


@DTYPES
def test_log_of_one_plus(dtype):
    e = np.exp(-abs(many(-30, 1.9, dtype)))
    y = e.copy()
    log_of_one_plus(y)
    assert units_off(y, np.log1p(e.astype(np.longdouble))) <= 4


def mish(x):
    return x * np.tanh(np.log1p(np.exp(x)))


def mish_slope(x):
    tanh = np.tanh(np.log1p(np.exp(x)))
    return tanh + x * (1 - tanh * tanh) / (1 + np.exp(-x))


@DTYPES
def test_mish_keeps_its_digits_on_both_sides(dtype):
    x = many(-30, 1.8, dtype)
    wide = x.astype(np.longdouble)
    assert units_off(numpy_ops.mish(x)[x != 0], mish(wide)[x != 0]) <= 8
    slope = numpy_ops.mish_backward(np.ones_like(x), x)
    exact = mish_slope(wide)
    assert abs(slope - exact).max() <= 4 * np.finfo(dtype).eps
    left = x < -3  # past the root of the slope
    assert (abs(slope - exact) / abs(exact))[left].max() <= 16 * np.finfo(dtype).eps


SMOOTH = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-abs(x))),
    "mish": mish,
}


@pytest.mark.parametrize("name", SMOOTH)
def test_float16_is_rounded_once(name):
    x = np.linspace(-12, 12, 4001).astype(np.float16)
    exact = SMOOTH[name](x.astype(float))
    y = getattr(numpy_ops, name)(x)
    assert y.dtype == np.float16
    normal = abs(exact) >= np.finfo(np.float16).tiny
    assert units_off(y[normal], exact[normal]) <= 0.51


@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.01, 1.0, 1.5])
def test_slopes_of_any_size_bend_the_negative_half(slope):
    x = np.array([-2.0, -0.0, 3.0])
    expected = np.array([-2.0 * slope, 0.0, 3.0])
    np.testing.assert_array_equal(numpy_ops.leaky_relu(x, negative_slope=slope), expected)
    both = numpy_ops.prelu(np.stack([x, x], axis=1), np.array([0.25, slope]))
    np.testing.assert_array_equal(both[:, 1], expected)
    np.testing.assert_array_equal(both[:, 0], [-0.5, 0.0, 3.0])
