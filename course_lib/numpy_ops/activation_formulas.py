"""The formulas of the activations, for pieces that fit the cache: see `chunks.in_pieces`.

Each writes to its `out`, which has the shape and dtype of x and shares no memory with the
inputs, and works there in place: a fresh array for every step would cost as much as the step. The
forms are those that NumPy computes with vector instructions. In single precision it does so for
exp, log and tanh, but not for expm1, log1p and logaddexp, which take eight times as long.

test: tests/numpy_ops/test_activation_formulas.py
"""

from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.normal_cdf import GELU_CUBIC, normal_cdf, normal_cdf_by_tanh

MISH_IS_STRAIGHT = 25.0  # from here on tanh(softplus(x)) is 1 to the last bit


def sigmoid(x: NDArray, *, out: NDArray) -> None:
    """Write 1 / (1 + exp(-x)) to `out`."""
    np.negative(x, out=out)
    with np.errstate(over="ignore"):  # where exp(-x) is infinite, 1 / (1 + inf) = 0 is right
        np.exp(out, out=out)
    out += 1
    np.divide(1, out, out=out)


def sigmoid_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y * y * (1 - y), y the sigmoid, to `out`."""
    y = np.empty_like(x)
    sigmoid(x, out=y)
    np.subtract(1, y, out=out)
    out *= y
    out *= grad_y


def tanh_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y * (1 - y**2), y the tanh, to `out`."""
    np.tanh(x, out=out)
    out *= out
    np.subtract(1, out, out=out)
    out *= grad_y


def relu(x: NDArray, *, out: NDArray) -> None:
    """Write max(x, 0) to `out`."""
    np.clip(x, 0, np.inf, out=out)  # half the time of np.maximum with a single number


def relu_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y where x > 0, else 0, to `out`; what is NaN lets it through, as in PyTorch."""
    np.multiply(grad_y, ~(x <= 0), out=out)


def bend(x: NDArray, slope: float | NDArray, *, out: NDArray) -> None:
    """Multiply by `slope` what is not positive."""
    if np.all(np.greater(slope, 0) & np.less_equal(slope, 1)):
        np.multiply(x, slope, out=out)
        np.maximum(x, out, out=out)
    else:
        bend_backward(x, x, slope, out=out)


def bend_backward(grad_y: NDArray, x: NDArray, slope: float | NDArray, *, out: NDArray) -> None:
    """Multiply `grad_y` by `slope` wherever x is not positive."""
    above = x > 0  # multiplying by it is faster than choosing with np.where
    if np.isfinite(slope).all():
        np.multiply(~above, slope, out=out, dtype=x.dtype.type)
        out += above
    else:
        out[...] = np.where(above, 1, slope)
    with np.errstate(invalid="ignore"):  # slope 0 times infinity is NaN, as IEEE says
        out *= grad_y


def elu(x: NDArray, alpha: float, *, out: NDArray) -> None:
    """Write x where x > 0, else alpha * (exp(x) - 1), to `out`."""
    exp_less_one(x, out=out)
    with np.errstate(over="ignore", invalid="ignore"):  # 0 times infinity is NaN, as IEEE says
        out *= alpha
    if np.isfinite(alpha):
        out += np.clip(x, 0, np.inf)  # one of the two halves is always 0
    else:
        np.copyto(out, x, where=x >= 0)


def elu_backward(grad_y: NDArray, x: NDArray, alpha: float, *, out: NDArray) -> None:
    """Write grad_y where x > 0, else grad_y * alpha * exp(x), to `out`."""
    np.clip(x, -np.inf, 0, out=out)
    np.exp(out, out=out)
    if alpha != 1:
        with np.errstate(over="ignore", invalid="ignore"):
            out *= alpha
        np.copyto(out, 1, where=x > 0)
    out *= grad_y


def gelu(x: NDArray, *, out: NDArray) -> None:
    """Write x * P(x), P the normal distribution, to `out`."""
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        np.multiply(x, normal_cdf(x), out=out)


def gelu_by_tanh(x: NDArray, *, out: NDArray) -> None:
    """Write x * P(x), P through tanh, to `out`."""
    with np.errstate(invalid="ignore"):
        np.multiply(x, normal_cdf_by_tanh(x), out=out)


def gelu_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y * (P(x) + x * P'(x)) to `out`."""
    np.clip(x, -50, 50, out=out)  # P' is 0 beyond, and out**2 small
    density = np.square(out)
    density *= -0.5
    np.exp(density, out=density)
    out *= density
    out /= sqrt(2 * pi)
    out += normal_cdf(x)
    out *= grad_y


def gelu_by_tanh_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y * (P(x) + x * P'(x)), P through tanh, to `out`."""
    near, share = np.clip(x, -50, 50), normal_cdf_by_tanh(x)
    np.subtract(1, share, out=out)
    out *= share
    out *= near
    out *= 1 + 3 * GELU_CUBIC * np.square(near)
    out *= 2 * sqrt(2 / pi)
    out += share
    out *= grad_y


def silu(x: NDArray, *, out: NDArray) -> None:
    """Write x / (1 + exp(-x)) to `out`."""
    np.negative(x, out=out)
    with np.errstate(over="ignore", invalid="ignore"):  # -inf / inf is NaN, as IEEE says
        np.exp(out, out=out)
        out += 1
        np.divide(x, out, out=out)


def silu_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y * s * (1 + x * (1 - s)), s the sigmoid, to `out`."""
    share = np.empty_like(x)
    sigmoid(x, out=share)
    np.subtract(1, share, out=out)
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        out *= x
        out += 1
        out *= share
    out *= grad_y


def mish(x: NDArray, *, out: NDArray) -> None:
    """Write x * tanh(log(1 + exp(x))) to `out`.

    With e = exp(x) and n = e * (e + 2), which is (1 + e)**2 - 1, the tanh is n / (n + 2).
    """
    np.clip(x, -np.inf, MISH_IS_STRAIGHT, out=out)
    np.exp(out, out=out)
    out *= out + 2
    out /= out + 2
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        out *= x


def mish_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y * (t + x * (1 - t**2) * sigmoid(x)), t the tanh, to `out`.

    With the e and n of `mish`, (1 - t**2) * sigmoid(x) is 4 * e * (1 + e) / (n + 2)**2.
    """
    near = np.clip(x, -np.inf, MISH_IS_STRAIGHT)
    e = np.exp(near)
    n = e * (e + 2)
    np.divide(e, n + 2, out=out)
    out *= (1 + e) / (n + 2)
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        out *= near
    out *= 4
    out += n / (n + 2)
    out *= grad_y


def relu6(x: NDArray, *, out: NDArray) -> None:
    """Write min(max(x, 0), 6) to `out`."""
    np.clip(x, 0, 6, out=out)


def relu6_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y where 0 < x < 6, else 0, to `out`."""
    np.multiply(grad_y, (x > 0) & (x < 6), out=out)


def hardswish(x: NDArray, *, out: NDArray) -> None:
    """Write x * hardsigmoid(x) to `out`."""
    hardsigmoid(x, out=out)
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        out *= x


def hardswish_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y times 0, then x / 3 + 1 / 2 between -3 and 3, then 1, to `out`."""
    np.divide(x, 3, out=out)
    out += 0.5
    np.copyto(out, x > 0, where=(x <= -3) | (x >= 3))
    out *= grad_y


def hardsigmoid(x: NDArray, *, out: NDArray) -> None:
    """Write min(max(x + 3, 0), 6) / 6 to `out`."""
    np.add(x, 3, out=out)
    np.clip(out, 0, 6, out=out)
    out /= 6


def hardsigmoid_backward(grad_y: NDArray, x: NDArray, *, out: NDArray) -> None:
    """Write grad_y / 6 where -3 < x < 3, else 0, to `out`."""
    np.multiply(grad_y, (x > -3) & (x < 3), out=out)
    out /= 6


def softplus(x: NDArray, beta: float, threshold: float, *, out: NDArray) -> None:
    """Write log(1 + exp(beta * x)) / beta, which cannot overflow, to `out`."""
    z = _times(x, beta)
    np.abs(z, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    log_of_one_plus(out)
    out += np.clip(z, 0, np.inf)
    out /= beta
    np.copyto(out, x, where=z > threshold)


def softplus_backward(
    grad_y: NDArray, x: NDArray, beta: float, threshold: float, *, out: NDArray
) -> None:
    """Write grad_y / (1 + exp(-beta * x)) to `out`."""
    z = _times(x, beta)
    np.negative(z, out=out)
    with np.errstate(over="ignore"):  # where exp(-z) is infinite, grad_y / inf = 0 is right
        np.exp(out, out=out)
    out += 1
    np.divide(grad_y, out, out=out)
    np.copyto(out, grad_y, where=z > threshold)


def exp_less_one(x: NDArray, *, out: NDArray) -> None:
    """Write exp(min(x, 0)) - 1 to `out`, with all digits where it is small.

    With t = tanh(x / 2) it is 2 * t / (1 - t): no digit is lost, as 1 - t is at least 1.
    """
    np.clip(x, -np.inf, 0, out=out)
    if x.dtype != np.float32:
        np.expm1(out, out=out)
        return
    out *= 0.5
    np.tanh(out, out=out)
    out /= 1 - out
    out *= 2


def log_of_one_plus(e: NDArray) -> None:
    """Replace each number e of 0 to 1 by log(1 + e), with all digits where it is small.

    The sum is rounded; what that took, `e`, is small, and log(total + e) = log(total) + e / total.
    """
    total = 1 + e
    e -= total - 1
    e /= total
    e += np.log(total, out=total)


def _times(x: NDArray, factor: float) -> NDArray:
    with np.errstate(over="ignore"):  # a product beyond the largest float is infinite
        return np.multiply(x, factor)
