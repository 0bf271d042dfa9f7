"""Local response normalization, the norm of AlexNet.

twin: course_lib/torch_ops/normalization.py   test: tests/parity/test_normalization.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.arrays import require_grad
from course_lib.contracts.normalization import check_local_response_norm
from course_lib.numpy_ops.precision import at_least_float32, narrowed

__all__ = [
    "local_response_norm",
    "local_response_norm_backward",
]


def local_response_norm(
    x: NDArray, *, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> NDArray:
    """Divide each channel by the energy of its neighbors, so that strong ones stand out.

    y[n, c] = x[n, c] / s[n, c]^beta with s[n, c] = k + alpha / size * sum_j x[n, j]^2 over the
    channels j from c - size // 2 to c + (size - 1) // 2 that exist.

    Parameters
    ----------
    x : (N, C, ...) with at least three axes
        Floating point, channels in the second axis.
    size : int
        Number of neighboring channels, at least 1.
    alpha : float, default=1e-4
        Strength, at least 0. It is divided by `size`, as in PyTorch; the paper's alpha is not.
    beta : float, default=0.75
        Exponent, at least 0.
    k : float, default=1.0
        Keeps the division finite, above 0; the paper has 2.

    Returns
    -------
    y : as `x`

    Raises
    ------
    TypeError
        If `x` is not floating point.
    ValueError
        If `x` has fewer than three axes or an option is out of range.

    References
    ----------
    Krizhevsky, Sutskever and Hinton, 2012, ImageNet Classification with Deep Convolutional
    Neural Networks, section 3.3.

    Examples
    --------
    >>> x = np.array([[[1.0], [0.0], [3.0]]])
    >>> local_response_norm(x, size=1, alpha=1.0, beta=1.0).ravel()
    array([0.5, 0. , 0.3])
    """
    operation = "local_response_norm"
    size, alpha, beta, k = check_local_response_norm(
        operation, x, size=size, alpha=alpha, beta=beta, k=k
    )
    wide = at_least_float32(x)
    energy = _energy(wide, size, alpha, k)
    return narrowed(wide * energy**-beta, x)


def local_response_norm_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> NDArray:
    """Send the loss gradient back through `local_response_norm`.

    grad_x[j] = grad_y[j] / s[j]^beta - 2 * alpha * beta / size * x[j] * sum_c grad_y[c] * x[c] /
    s[c]^(beta + 1), over the channels c whose neighborhood holds j.

    Parameters
    ----------
    grad_y : as `x`
        Gradient of the loss with respect to the output.
    x, size, alpha, beta, k
        The values that were passed to `local_response_norm`.

    Returns
    -------
    grad_x : as `x`

    Raises
    ------
    TypeError, ValueError
        As `local_response_norm`; also if `grad_y` has another dtype or shape than `x`.

    Examples
    --------
    >>> x = np.array([[[1.0], [0.0]]])
    >>> local_response_norm_backward(np.ones_like(x), x, size=1, alpha=1.0, beta=1.0).ravel()
    array([0., 1.])
    """
    operation = "local_response_norm_backward"
    size, alpha, beta, k = check_local_response_norm(
        operation, x, size=size, alpha=alpha, beta=beta, k=k
    )
    require_grad(operation, grad_y, x.shape, x=x)
    wide = at_least_float32(x)
    energy = _energy(wide, size, alpha, k)
    grad_x = grad_y * energy**-beta
    # Channel j is in the neighborhood of c the other way round, so the reach is mirrored.
    through_energy = _sum_of_neighbors(grad_x * wide / energy, (size - 1) // 2, size // 2)
    grad_x -= 2 * alpha * beta / size * wide * through_energy
    return narrowed(grad_x, x)


def _energy(x: NDArray, size: int, alpha: float, k: float) -> NDArray:
    return k + alpha / size * _sum_of_neighbors(x * x, size // 2, (size - 1) // 2)


def _sum_of_neighbors(x: NDArray, before: int, after: int) -> NDArray:
    """Sum the channels from `before` in front to `after` behind each one, one tap at a time."""
    total = np.zeros(x.shape, x.dtype)
    num_channels = x.shape[1]
    # A running sum would need fewer additions, but cancels: large channels leave their rounding.
    for offset in range(-min(before, num_channels), min(after, num_channels) + 1):
        start, stop = max(0, -offset), num_channels - max(0, offset)
        if start < stop:
            total[:, start:stop] += x[:, start + offset : stop + offset]
    return total
