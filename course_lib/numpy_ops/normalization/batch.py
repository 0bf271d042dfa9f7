"""Batch normalization.

twin: course_lib/torch_ops/normalization.py   test: tests/parity/test_normalization.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.arrays import require_grad
from course_lib.contracts.normalization import (
    BatchNormGrads,
    BatchNormResult,
    check_batch_norm,
)
from course_lib.numpy_ops.normalization.moments import (
    along,
    as_channels,
    blocks,
    center,
    scale,
    sum_over,
)
from course_lib.numpy_ops.precision import at_least_float32, narrowed

__all__ = [
    "batch_norm",
    "batch_norm_backward",
]

CHANNEL = 1


def batch_norm(
    x: NDArray,
    running_mean: NDArray | None,
    running_var: NDArray | None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> BatchNormResult:
    """Give each channel mean 0 and variance 1 over the batch, then a learned scale and shift.

    y[n, c] = gamma[c] * (x[n, c] - mean[c]) / sqrt(var[c] + eps) + beta[c]

    Parameters
    ----------
    x : (N, C) or (N, C, ...)
        Floating point, channels in the second axis.
    running_mean, running_var : (C,) or None
        Statistics of past batches. They are used with training=False, and updated with
        training=True. None for both: the batch's own are always used.
    gamma, beta : (C,), default=None
        Scale and shift of each channel; None is 1 and 0.
    training : bool, default=False
        Normalize with the batch's own mean and variance, over every axis but the channels.
    momentum : float, default=0.1
        Weight of the *new* value, from 0 to 1:
        running = (1 - momentum) * running + momentum * new.
    eps : float, default=1e-5
        Added to the variance, above 0.

    Returns
    -------
    BatchNormResult
        `y` as `x`; `running_mean` and `running_var` (C,), updated in training, else copies: the
        arrays passed in are never changed. Without running statistics they are None.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit, a running variance is negative, only one running statistic is
        given, an option is out of range, or a channel has one value to take a variance of.

    Notes
    -----
    The batch is normalized with the biased variance (divide by n), the running one is unbiased
    (divide by n - 1), as in PyTorch. An empty batch gives an empty y and leaves the statistics.

    References
    ----------
    Ioffe and Szegedy, 2015, arXiv:1502.03167, algorithms 1 and 2.

    Examples
    --------
    >>> x = np.array([[1.0, 10.0], [3.0, 30.0]])
    >>> result = batch_norm(x, np.zeros(2), np.ones(2), training=True)
    >>> result.y.round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> result.running_mean, result.running_var
    (array([0.2, 2. ]), array([ 1.1, 20.9]))
    """
    uses_batch, momentum, eps = check_batch_norm(
        "batch_norm", x, running_mean, running_var, gamma, beta, training=training,
        momentum=momentum, eps=eps,
    )  # fmt: skip
    x3, running, slope = _prepare(x, running_mean, running_var, gamma)
    y = np.empty(x3.shape, x3.dtype)  # (N, C, L)
    batch = np.empty((2, x.shape[1]))  # means and variances
    for block in blocks(x3, CHANNEL):
        c = block[CHANNEL]
        if uses_batch or running is None:
            moments = center(x3[block], CHANNEL, eps, out=y[block])
            batch[:, c], factor = moments[:2], moments.factor
        else:
            factor = 1 / np.sqrt(running[1, c] + eps)
            np.subtract(x3[block], along(CHANNEL, running[0, c], x3), out=y[block])
        # The spread and gamma become one factor a channel: one pass for both.
        scale(y[block], *(along(CHANNEL, numbers, y) for numbers in (factor, slope[c])))
        if beta is not None:
            y[block] += along(CHANNEL, beta[c], y)
    y = narrowed(y, x).reshape(x.shape)
    if running is None:
        return BatchNormResult(y, None, None)
    if training and x.size:  # an empty batch has nothing to tell
        n = x.size // x.shape[1]
        batch[1] *= n / (n - 1)  # unbiased, as an estimate for other data
        running = (1 - momentum) * running + momentum * batch
    return BatchNormResult(y, *narrowed(running, x))


def batch_norm_backward(
    grad_y: NDArray,
    x: NDArray,
    running_mean: NDArray | None,
    running_var: NDArray | None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> BatchNormGrads:
    """Send the loss gradient back through `batch_norm`.

    With z = (x - mean) / sqrt(var + eps): grad_beta = sum grad_y, grad_gamma = sum grad_y * z.
    When the batch's own statistics are used they depend on x as well, and
    grad_x = gamma / sqrt(var + eps) * (grad_y - grad_beta / n - z * grad_gamma / n) with the n
    values of a channel; with running statistics only grad_y stays in the bracket.

    Parameters
    ----------
    grad_y : as `x`
        Gradient of the loss with respect to the output y of `batch_norm`.
    x, running_mean, running_var, gamma, beta, training, momentum, eps
        The values that were passed to `batch_norm`.

    Returns
    -------
    BatchNormGrads
        `grad_x` as `x`, `grad_gamma` (C,), `grad_beta` (C,).

    Raises
    ------
    TypeError, ValueError
        As `batch_norm`; also if `grad_y` has another dtype or shape than `x`.

    References
    ----------
    Ioffe and Szegedy, 2015, arXiv:1502.03167, section 3.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [6.0]])
    >>> grads = batch_norm_backward(np.ones((3, 1)), x, None, None)
    >>> np.abs(grads.grad_x).max() < 1e-12  # a shift of all outputs is taken off again
    np.True_
    >>> grads.grad_beta
    array([3.])
    """
    uses_batch, momentum, eps = check_batch_norm(
        "batch_norm_backward", x, running_mean, running_var, gamma, beta, training=training,
        momentum=momentum, eps=eps,
    )  # fmt: skip
    require_grad("batch_norm_backward", grad_y, x.shape, x=x)
    x3, running, slope = _prepare(x, running_mean, running_var, gamma)
    g3 = as_channels(grad_y)
    grad_x = np.empty(x3.shape, x3.dtype)
    grad_gamma, grad_beta = np.zeros((2, x.shape[1]), x3.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # what does not fit is infinite
        for block in blocks(x3, CHANNEL):
            c = block[CHANNEL]
            statistics = None if uses_batch or running is None else running[:, c]
            grad_gamma[c], grad_beta[c] = _block_backward(
                g3[block], x3[block], statistics, slope[c], eps, out=grad_x[block]
            )
    grads = grad_x.reshape(x.shape), grad_gamma, grad_beta
    return BatchNormGrads(*(narrowed(grad, x) for grad in grads))


def _block_backward(
    grad_y: NDArray,
    x: NDArray,
    statistics: NDArray | None,
    gamma: NDArray,
    eps: float,
    *,
    out: NDArray,
) -> tuple[NDArray, NDArray]:
    """Write grad_x of some channels to `out`; without `statistics` through those of the batch."""
    grad_beta = sum_over(CHANNEL, grad_y)
    if statistics is None:
        *_, factor, slope = center(x, CHANNEL, eps, out=out)
    else:
        np.subtract(x, along(CHANNEL, statistics[0], x), out=out)
        factor = slope = 1 / np.sqrt(statistics[1] + eps)
    grad_gamma = sum_over(CHANNEL, grad_y, out) * factor
    if statistics is None:
        n = x.size // x.shape[CHANNEL]
        # In place: `out` still holds x - mean, so there is no need for another array.
        out *= along(CHANNEL, -factor * grad_gamma / n, out)
        out -= along(CHANNEL, grad_beta / n, out)
        out += grad_y
    else:
        out[...] = grad_y
    scale(out, *(along(CHANNEL, numbers, out) for numbers in (slope, gamma)))
    return grad_gamma, grad_beta


def _prepare(
    x: NDArray, running_mean: NDArray | None, running_var: NDArray | None, gamma: NDArray | None
) -> tuple[NDArray, NDArray | None, NDArray]:
    """Bring x to (N, C, L), stack the running statistics, and fill in the scale."""
    channels = as_channels(x)
    running = None
    if running_mean is not None and running_var is not None:
        # In double precision: beside a variance of float16, eps would be rounded to 0.
        running = np.stack([running_mean, running_var]).astype(np.result_type(x, float))
    slope = np.ones(x.shape[1], channels.dtype) if gamma is None else at_least_float32(gamma)
    return channels, running, slope
