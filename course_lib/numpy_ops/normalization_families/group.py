"""Group, layer and instance normalization: each sample on its own, nothing kept between calls.

twin: course_lib/torch_ops/normalization.py   test: tests/parity/test_normalization.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.checks import require_grad
from course_lib.contracts.normalization import (
    NormGrads,
    check_group_norm,
    check_instance_norm,
    check_layer_norm,
)
from course_lib.numpy_ops.normalization_families.moments import (
    along,
    as_channels,
    blocks,
    moments,
    single_or_double,
    sum_over,
)

ROW, CHANNEL = 0, 1


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
        Number of groups of neighbouring channels, a divisor of C. C of them is
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
    check_group_norm("group_norm", x, gamma, beta, num_groups=num_groups, eps=eps)
    return _normalise(x, x.shape[0] * num_groups, per_channel(gamma, x), per_channel(beta, x), eps)


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
    check_group_norm("group_norm_backward", x, gamma, beta, num_groups=num_groups, eps=eps)
    require_grad("group_norm_backward", grad_y, x.shape, x=x)
    return _channel_grads(grad_y, x, x.shape[0] * num_groups, gamma, eps)


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
    check_instance_norm("instance_norm", x, gamma, beta, eps=eps)
    num_rows = x.shape[0] * x.shape[1]
    return _normalise(x, num_rows, per_channel(gamma, x), per_channel(beta, x), eps)


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
    check_instance_norm("instance_norm_backward", x, gamma, beta, eps=eps)
    require_grad("instance_norm_backward", grad_y, x.shape, x=x)
    return _channel_grads(grad_y, x, x.shape[0] * x.shape[1], gamma, eps)


def layer_norm(
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float = 1e-5,
) -> NDArray:
    """Give each sample mean 0 and variance 1 over its last axes, then scale and shift.

    y = gamma * (x - mean) / sqrt(var + eps) + beta, with the mean and the biased variance over
    the last axes and one gamma and beta for each place in them.

    Parameters
    ----------
    x : (..., *normalized_shape)
        Floating point.
    gamma, beta : normalized_shape, default=None
        Scale and shift of each place; None is 1 and 0.
    normalized_shape : int or tuple of int
        Sizes of the last axes, over which to normalise: x.shape[1:] takes whole images.
    eps : float, default=1e-5
        Added to the variance, above 0.

    Returns
    -------
    y : as `x`
        Over a single value it is 0 * gamma + beta.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If normalized_shape is not that of the last axes, gamma or beta has another shape, or
        eps is not above 0.

    References
    ----------
    Ba, Kiros and Hinton, 2016, arXiv:1607.06450, equation 3.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0], [10.0, 30.0]]), normalized_shape=2).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    shape = check_layer_norm(
        "layer_norm", x, gamma, beta, normalized_shape=normalized_shape, eps=eps
    )
    return _normalise(x, num_samples(x, shape), gamma, beta, eps)


def layer_norm_backward(
    grad_y: NDArray,
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float = 1e-5,
) -> NormGrads:
    """Send the loss gradient back through `layer_norm`.

    The formula of `group_norm_backward`, with means over the last axes; grad_gamma and
    grad_beta sum over all other axes.

    Parameters
    ----------
    grad_y : as `x`
        Gradient of the loss with respect to the output.
    x, gamma, beta, normalized_shape, eps
        The values that were passed to `layer_norm`.

    Returns
    -------
    NormGrads
        `grad_x` as `x`, `grad_gamma` and `grad_beta` of shape normalized_shape.

    Raises
    ------
    TypeError, ValueError
        As `layer_norm`; also if `grad_y` has another dtype or shape than `x`.

    Examples
    --------
    >>> x = np.array([[1.0, 3.0]])
    >>> layer_norm_backward(np.array([[1.0, 0.0]]), x, normalized_shape=2).grad_gamma.round(3)
    array([-1.,  0.])
    """
    operation = "layer_norm_backward"
    shape = check_layer_norm(operation, x, gamma, beta, normalized_shape=normalized_shape, eps=eps)
    require_grad(operation, grad_y, x.shape, x=x)
    grad_x, z = _normalise_backward(grad_y, x, num_samples(x, shape), gamma, eps)
    leading = tuple(range(x.ndim - len(shape)))
    grads = grad_x, (grad_y * z).sum(leading), grad_y.sum(leading)
    return NormGrads(*(np.asarray(grad, x.dtype) for grad in grads))


def num_samples(x: NDArray, shape: tuple[int, ...]) -> int:
    """Count the places in front of the last axes, 1 where there are no other axes."""
    return int(np.prod(x.shape[: x.ndim - len(shape)], dtype=int))


def per_channel(parameter: NDArray | None, x: NDArray) -> NDArray | None:
    """Shape one number a channel so that it broadcasts against (N, C, ...)."""
    return None if parameter is None else parameter.reshape(-1, *[1] * (x.ndim - 2))


def _normalise(
    x: NDArray, num_rows: int, gamma: NDArray | None, beta: NDArray | None, eps: float
) -> NDArray:
    """Normalise each of `num_rows` equal parts of `x`, then scale and shift."""
    wide = single_or_double(x)
    rows = wide.reshape(num_rows, -1, 1) if x.size else wide.reshape(0, 1, 1)
    z = np.empty(rows.shape, rows.dtype)
    for block in blocks(rows, ROW):
        variance = moments(rows[block], ROW, out=z[block]).variance
        z[block] *= along(ROW, 1 / np.sqrt(variance + eps))
    y = z.reshape(x.shape)
    if gamma is not None:
        y *= gamma
    if beta is not None:
        y += beta
    return y.astype(x.dtype, copy=False)


def _normalise_backward(
    grad_y: NDArray, x: NDArray, num_rows: int, gamma: NDArray | None, eps: float
) -> tuple[NDArray, NDArray]:
    """Return grad_x and the normalised values; `gamma` broadcasts against `x`."""
    wide = single_or_double(x)
    rows = wide.reshape(num_rows, -1, 1) if x.size else wide.reshape(0, 1, 1)
    grad_z = single_or_double(grad_y) * (1 if gamma is None else gamma)
    grad_x = np.array(grad_z).reshape(rows.shape)
    z = np.empty(rows.shape, rows.dtype)
    for block in blocks(rows, ROW):
        variance = moments(rows[block], ROW, out=z[block]).variance
        inverse = along(ROW, 1 / np.sqrt(variance + eps))
        z[block] *= inverse
        size = rows.shape[1]
        slope = sum_over(ROW, grad_x[block], z[block]) / size
        grad_x[block] -= along(ROW, sum_over(ROW, grad_x[block]) / size)
        grad_x[block] -= z[block] * along(ROW, slope)
        grad_x[block] *= inverse
    return grad_x.reshape(x.shape), z.reshape(x.shape)


def _channel_grads(
    grad_y: NDArray, x: NDArray, num_rows: int, gamma: NDArray | None, eps: float
) -> NormGrads:
    """Differentiate a norm whose gamma and beta are one number a channel."""
    grad_x, z = _normalise_backward(grad_y, x, num_rows, per_channel(gamma, x), eps)
    g3 = as_channels(grad_y)
    grads = grad_x, sum_over(CHANNEL, g3, as_channels(z)), sum_over(CHANNEL, g3)
    return NormGrads(*(grad.astype(x.dtype, copy=False) for grad in grads))
