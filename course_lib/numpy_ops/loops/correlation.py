"""The formulas of `numpy_ops.correlation` as literal loops."""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.correlation import check_correlation

__all__ = [  # noqa: RUF022 (in the order of the course)
    "cross_correlate2d_loops",
    "convolve2d_loops",
]


def cross_correlate2d_loops(image: NDArray, kernel: NDArray) -> NDArray:
    """Correlate with the formula of `cross_correlate2d` written out as loops.

    Same parameters, result and errors as `cross_correlate2d`; the oracle of its tests.

    Examples
    --------
    >>> cross_correlate2d_loops(np.array([[1.0, 2.0, 3.0]]), np.array([[0.0, 1.0]]))
    array([[2., 3.]])
    """
    y = np.zeros(check_correlation("cross_correlate2d", image, kernel), image.dtype)
    for i, j in np.ndindex(*y.shape):
        for u, v in np.ndindex(*kernel.shape):
            y[i, j] += kernel[u, v] * image[i + u, j + v]
    return y


def convolve2d_loops(image: NDArray, kernel: NDArray) -> NDArray:
    """Convolve with the formula of `convolve2d` written out as loops.

    Same parameters, result and errors as `convolve2d`; the oracle of its tests.

    Examples
    --------
    >>> convolve2d_loops(np.array([[1.0, 2.0, 3.0]]), np.array([[0.0, 1.0]]))
    array([[1., 2.]])
    """
    y = np.zeros(check_correlation("convolve2d", image, kernel), image.dtype)
    last_row, last_column = kernel.shape[0] - 1, kernel.shape[1] - 1
    for i, j in np.ndindex(*y.shape):
        for u, v in np.ndindex(*kernel.shape):
            y[i, j] += kernel[u, v] * image[i + last_row - u, j + last_column - v]
    return y
