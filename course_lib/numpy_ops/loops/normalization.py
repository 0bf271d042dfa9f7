"""The formulas of the normalizations as literal loops over samples, channels and places."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "batch_norm_loops",
    "group_norm_loops",
    "instance_norm_loops",
    "layer_norm_loops",
    "local_response_norm_loops",
]


def batch_norm_loops(
    x: NDArray,
    running_mean: NDArray | None,
    running_var: NDArray | None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[NDArray, NDArray | None, NDArray | None]:
    """Normalize with the formula of `batch_norm` written out, one channel after the other.

    Same parameters and results as `batch_norm`, for valid calls.

    Examples
    --------
    >>> batch_norm_loops(np.array([[1.0], [3.0]]), None, None)[0].round(3)
    array([[-1.],
           [ 1.]])
    """
    y = np.zeros_like(x)
    new_mean = None if running_mean is None else running_mean.copy()
    new_var = None if running_var is None else running_var.copy()
    for c in range(x.shape[1]):
        values = [float(x[n, c, *place]) for n, *place in np.ndindex(x.shape[0], *x.shape[2:])]
        if (training or new_mean is None) and values:
            mean, var = mean_and_variance(values)
        elif new_mean is not None and new_var is not None:
            mean, var = new_mean[c], new_var[c]
        if training and new_mean is not None and new_var is not None and values:
            unbiased = var * len(values) / (len(values) - 1)
            new_mean[c] = (1 - momentum) * new_mean[c] + momentum * mean
            new_var[c] = (1 - momentum) * new_var[c] + momentum * unbiased
        for n, *place in np.ndindex(x.shape[0], *x.shape[2:]):
            z = (x[n, c, *place] - mean) / sqrt(var + eps)
            y[n, c, *place] = scale_and_shift(z, gamma, beta, (c,))
    return y, new_mean, new_var


def group_norm_loops(
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> NDArray:
    """Normalize with the formula of `group_norm` written out.

    Examples
    --------
    >>> group_norm_loops(np.array([[1.0, 3.0, 10.0, 30.0]]), num_groups=2).round(3)
    array([[-1.,  1., -1.,  1.]])
    """
    y = np.zeros_like(x)
    width = x.shape[1] // num_groups
    for n, g in np.ndindex(x.shape[0], num_groups):
        members = [(n, g * width + c, *place) for c, *place in np.ndindex(width, *x.shape[2:])]
        mean, var = mean_and_variance([float(x[k]) for k in members])
        for k in members:
            y[k] = scale_and_shift((x[k] - mean) / sqrt(var + eps), gamma, beta, (k[1],))
    return y


def instance_norm_loops(
    x: NDArray, gamma: NDArray | None = None, beta: NDArray | None = None, *, eps: float = 1e-5
) -> NDArray:
    """Normalize with the formula of `instance_norm` written out.

    Examples
    --------
    >>> instance_norm_loops(np.array([[[1.0, 3.0]]])).round(3)
    array([[[-1.,  1.]]])
    """
    y = np.zeros_like(x)
    for n, c in np.ndindex(*x.shape[:2]):
        places = list(np.ndindex(*x.shape[2:]))
        mean, var = mean_and_variance([float(x[n, c, *place]) for place in places])
        for place in places:
            z = (x[n, c, *place] - mean) / sqrt(var + eps)
            y[n, c, *place] = scale_and_shift(z, gamma, beta, (c,))
    return y


def layer_norm_loops(
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float = 1e-5,
) -> NDArray:
    """Normalize with the formula of `layer_norm` written out.

    Examples
    --------
    >>> layer_norm_loops(np.array([[1.0, 3.0]]), normalized_shape=2).round(3)
    array([[-1.,  1.]])
    """
    y = np.zeros_like(x)
    num_last = len(normalized_shape) if isinstance(normalized_shape, tuple) else 1
    leading, last = x.shape[: x.ndim - num_last], x.shape[x.ndim - num_last :]
    for sample in np.ndindex(*leading):
        mean, var = mean_and_variance([float(x[*sample, *place]) for place in np.ndindex(*last)])
        for place in np.ndindex(*last):
            z = (x[*sample, *place] - mean) / sqrt(var + eps)
            y[*sample, *place] = scale_and_shift(z, gamma, beta, place)
    return y


def local_response_norm_loops(
    x: NDArray, *, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> NDArray:
    """Normalize with the formula of `local_response_norm` written out.

    Examples
    --------
    >>> x = np.array([[[1.0], [0.0], [3.0]]])
    >>> local_response_norm_loops(x, size=1, alpha=1.0, beta=1.0).ravel()
    array([0.5, 0. , 0.3])
    """
    y = np.zeros_like(x)
    for n, c, *place in np.ndindex(*x.shape):
        energy = 0.0
        for j in range(c - size // 2, c + (size - 1) // 2 + 1):
            if 0 <= j < x.shape[1]:
                energy += float(x[n, j, *place]) ** 2
        y[n, c, *place] = x[n, c, *place] / (k + alpha / size * energy) ** beta
    return y


def mean_and_variance(values: list[float]) -> tuple[float, float]:
    """Return the mean and the biased variance: divided by n, not n - 1."""
    mean = sum(values) / len(values)
    return mean, sum((value - mean) ** 2 for value in values) / len(values)


def scale_and_shift(
    z: float, gamma: NDArray | None, beta: NDArray | None, index: tuple[int, ...]
) -> float:
    """Apply the gamma and beta at `index`; None leaves z as it is."""
    scaled = z if gamma is None else gamma[index] * z
    return scaled if beta is None else scaled + beta[index]
