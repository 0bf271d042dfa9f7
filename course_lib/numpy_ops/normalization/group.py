"""Group and instance normalization: each sample on its own, nothing kept between calls.

twin: course_lib/torch_ops/normalization.py   test: tests/parity/test_normalization.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.arrays import require_grad
from course_lib.contracts.normalization import NormGrads, check_group_norm, check_instance_norm
from course_lib.numpy_ops.normalization.moments import along, blocks, center, sum_last
from course_lib.numpy_ops.normalization.rows import ROW, as_rows, normalize
from course_lib.numpy_ops.precision import at_least_float32, narrowed

__all__ = [
    "group_norm",
    "group_norm_backward",
    "instance_norm",
    "instance_norm_backward",
]


def group_norm(
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> NDArray:
    """Give each group of channels of each sample mean 0 and variance 1, then scale and shift.

    y[n, c] = gamma[c] * (x[n, c] - mean[n, g]) / sqrt(var[n, g] + eps) + beta[c], with the mean
    and the biased variance over the C / num_groups channels of the group g of c.

    Parameters
    ----------
    x : (N, C) or (N, C, ...)
        Floating point, channels in the second axis.
    gamma, beta : (C,), default=None
        Scale and shift of each channel; None is 1 and 0.
    num_groups : int
        Number of groups of neighboring channels, a divisor of C. C of them is
        `instance_norm`, 1 takes all channels together.
    eps : float, default=1e-5
        Added to the variance, above 0.

    Returns
    -------
    y : as `x`
        A group of a single value becomes 0 * gamma + beta.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit, num_groups does not divide C, or eps is not above 0.

    References
    ----------
    Wu and He, 2018, arXiv:1803.08494, equations 1, 2, 6 and 7.

    Examples
    --------
    >>> group_norm(np.array([[1.0, 3.0, 10.0, 30.0]]), num_groups=2).round(3)
    array([[-1.,  1., -1.,  1.]])
    """
    num_groups, eps = check_group_norm("group_norm", x, gamma, beta, num_groups=num_groups, eps=eps)
    return _channel_norm(x, num_groups, gamma, beta, eps)


def group_norm_backward(
    grad_y: NDArray,
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> NormGrads:
    """Send the loss gradient back through `group_norm`.

    With z = (x - mean) / sqrt(var + eps) and h = gamma * grad_y:
    grad_x = (h - mean(h) - z * mean(h * z)) / sqrt(var + eps), means over the group;
    grad_gamma = sum grad_y * z and grad_beta = sum grad_y over all but the channels.

    Parameters
    ----------
    grad_y : as `x`
        Gradient of the loss with respect to the output.
    x, gamma, beta, num_groups, eps
        The values that were passed to `group_norm`.

    Returns
    -------
    NormGrads
        `grad_x` as `x`, `grad_gamma` (C,), `grad_beta` (C,).

    Raises
    ------
    TypeError, ValueError
        As `group_norm`; also if `grad_y` has another dtype or shape than `x`.

    References
    ----------
    Wu and He, 2018, arXiv:1803.08494; the derivation is that of batch norm.

    Examples
    --------
    >>> x = np.array([[1.0, 3.0]])
    >>> group_norm_backward(np.array([[1.0, 0.0]]), x, num_groups=1).grad_gamma.round(3)
    array([-1.,  0.])
    """
    operation = "group_norm_backward"
    num_groups, eps = check_group_norm(operation, x, gamma, beta, num_groups=num_groups, eps=eps)
    require_grad(operation, grad_y, x.shape, x=x)
    return _channel_grads(grad_y, x, num_groups, gamma, eps)


def instance_norm(
    x: NDArray, gamma: NDArray | None = None, beta: NDArray | None = None, *, eps: float = 1e-5
) -> NDArray:
    """Give each channel of each sample mean 0 and variance 1, then scale and shift.

    y[n, c] = gamma[c] * (x[n, c] - mean[n, c]) / sqrt(var[n, c] + eps) + beta[c], with the mean
    and the biased variance over the pixels of one channel of one sample.

    Parameters
    ----------
    x : (N, C, L) or (N, C, H, W) or (N, C, D, H, W)
        Floating point, with at least two pixels.
    gamma, beta : (C,), default=None
        Scale and shift of each channel; None is 1 and 0.
    eps : float, default=1e-5
        Added to the variance, above 0.

    Returns
    -------
    y : as `x`

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit, there is one pixel only, or eps is not above 0.

    References
    ----------
    Ulyanov, Vedaldi and Lempitsky, 2016, arXiv:1607.08022, equation 3.

    Examples
    --------
    >>> instance_norm(np.array([[[1.0, 3.0], [10.0, 30.0]]])).round(3)
    array([[[-1.,  1.],
            [-1.,  1.]]])
    """
    eps = check_instance_norm("instance_norm", x, gamma, beta, eps=eps)
    return _channel_norm(x, x.shape[1], gamma, beta, eps)  # a group for each channel


def instance_norm_backward(
    grad_y: NDArray,
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    eps: float = 1e-5,
) -> NormGrads:
    """Send the loss gradient back through `instance_norm`: `group_norm_backward` with C groups.

    Parameters
    ----------
    grad_y : as `x`
        Gradient of the loss with respect to the output.
    x, gamma, beta, eps
        The values that were passed to `instance_norm`.

    Returns
    -------
    NormGrads
        `grad_x` as `x`, `grad_gamma` (C,), `grad_beta` (C,).

    Raises
    ------
    TypeError, ValueError
        As `instance_norm`; also if `grad_y` has another dtype or shape than `x`.

    Examples
    --------
    >>> x = np.array([[[1.0, 3.0]]])
    >>> instance_norm_backward(np.array([[[1.0, 0.0]]]), x).grad_gamma.round(3)
    array([-1.])
    """
    eps = check_instance_norm("instance_norm_backward", x, gamma, beta, eps=eps)
    require_grad("instance_norm_backward", grad_y, x.shape, x=x)
    return _channel_grads(grad_y, x, x.shape[1], gamma, eps)


def _channel_norm(
    x: NDArray, num_groups: int, gamma: NDArray | None, beta: NDArray | None, eps: float
) -> NDArray:
    """Normalize groups of channels; gamma and beta are one number a channel."""
    if not x.size:  # no channel, no group
        return x.copy()
    rows = _by_group(x, num_groups)
    scale, offset = (
        None if parameter is None else _for_rows(parameter, rows, num_groups)
        for parameter in (gamma, beta)
    )
    return narrowed(normalize(rows, scale, offset, eps).reshape(x.shape), x)


def _channel_grads(
    grad_y: NDArray, x: NDArray, num_groups: int, gamma: NDArray | None, eps: float
) -> NormGrads:
    """Differentiate `_channel_norm`."""
    if not x.size:
        return NormGrads(x.copy(), *np.zeros((2, x.shape[1]), x.dtype))
    rows, grad_rows = _by_group(x, num_groups), _by_group(grad_y, num_groups)
    scale = _for_rows(np.ones(x.shape[1]) if gamma is None else gamma, rows, num_groups)[..., 0]
    grad_x = np.empty(rows.shape, rows.dtype)
    sums = np.empty((2, *rows.shape[:2]))  # of grad_y and of grad_y * z, over each map
    with np.errstate(over="ignore", invalid="ignore"):  # what does not fit is infinite
        for block in blocks(rows, ROW):
            of_block = scale[block], sums[:, block[ROW]]
            _row_backward(grad_rows[block], rows[block], *of_block, eps, out=grad_x[block])
    grad_beta, grad_gamma = sums.reshape(2, -1, x.shape[1]).sum(axis=1)
    grads = grad_x.reshape(x.shape), grad_gamma, grad_beta
    return NormGrads(*(narrowed(grad, x) for grad in grads))


def _row_backward(
    grad_y: NDArray, x: NDArray, scale: NDArray, sums: NDArray, eps: float, *, out: NDArray
) -> None:
    """Write grad_x of some rows (rows, B, L) to `out`, and what gamma and beta need to `sums`.

    y stays the same when a whole row is shifted or stretched, so grad_x has no part along ones
    and none along z. `scale` and each of the `sums` are one number a map, (rows, B).
    """
    *_, factor, slope = center(x, ROW, eps, out=out)  # (rows,)
    sums[:] = sum_last(grad_y), sum_last(grad_y, out) * factor[:, None]
    mean, tilt = (scale * sums).sum(axis=2) / (x.size // len(x))
    # `out` holds x - mean: with one factor it becomes the part along z, and then grad_x.
    out *= along(ROW, -tilt * factor, out)
    out -= along(ROW, mean, out)
    out += grad_y * scale[..., None].astype(out.dtype)
    out *= along(ROW, slope, out)


def _by_group(x: NDArray, num_groups: int) -> NDArray:
    """View `x` (N, C, ...) as (N * groups, C / groups, L)."""
    return as_rows(x, len(x) * num_groups, x.shape[1] // num_groups)


def _for_rows(parameter: NDArray, rows: NDArray, num_groups: int) -> NDArray:
    """Repeat one number a channel for every sample: (N * groups, C / groups, 1)."""
    of_a_sample = at_least_float32(parameter).reshape(num_groups, rows.shape[1], 1)
    return np.tile(of_a_sample, (len(rows) // num_groups, 1, 1))
