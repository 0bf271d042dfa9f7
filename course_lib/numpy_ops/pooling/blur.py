"""Blur pooling: smooth before taking every second pixel, so that small shifts stay small."""

import math

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import check_blur_pool, check_pool_grad
from course_lib.numpy_ops.pooling.average import spread_along, sum_along
from course_lib.numpy_ops.precision import at_least_float32, narrowed

__all__ = [
    "blur_pool2d",
    "blur_pool2d_backward",
]


def blur_pool2d(x: NDArray, *, kernel_size: int = 3, stride: int = 2) -> NDArray:
    """Smooth with a binomial filter, then keep every `stride`-th pixel.

    y[n, c, i, j] = sum_uv b[u] * b[v] * x_mirrored[n, c, S*i + u, S*j + v], with
    b[u] = binomial(K - 1, u) / 2**(K - 1)

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.
    kernel_size : int, default=3
        Number K of taps along each axis: 3 gives 1 2 1, 5 gives 1 4 6 4 1. The rims are
        mirrored by (K - 1) // 2 pixels before and K // 2 after, without repeating the rim.
    stride : int, default=2
        Step S between the pixels kept.

    Returns
    -------
    y : (N, C, H_out, W_out)
        H_out = (H - 1) // S + 1, and W_out alike.

    Raises
    ------
    TypeError
        If `x` is not floating point, or an option is not an int.
    ValueError
        If an option is below 1, or the image has no more than K // 2 pixels along an axis.

    Notes
    -----
    The paper's MaxBlurPool is a `max_pool2d` with stride 1 followed by this.

    References
    ----------
    Zhang, 2019, Making convolutional networks shift-invariant again, arXiv:1904.11486,
    section 3.

    Examples
    --------
    >>> x = np.array([[[[0.0, 4.0, 0.0, 4.0, 0.0]] * 2]])
    >>> blur_pool2d(x)[0, 0]  # a plain step of 2 would see 0 0 0
    array([[2., 2., 2.]])
    """
    geometry = check_blur_pool("blur_pool2d", x, kernel_size=kernel_size, stride=stride)
    weights, stride = _binomial(geometry.kernel[0]), geometry.stride[0]
    y = at_least_float32(x)
    # The binomial filter is a product of one along H and one along W.
    for axis, num_windows in enumerate(geometry.output_size, start=2):
        y = y.take(_mirrored(x.shape[axis], *geometry.padding[0]), axis)
        y = sum_along(y, axis, weights, stride=stride, num_windows=num_windows)
    return narrowed(y, x)


def blur_pool2d_backward(
    grad_y: NDArray, x: NDArray, *, kernel_size: int = 3, stride: int = 2
) -> NDArray:
    """Send the loss gradient back through `blur_pool2d`.

    grad_x_mirrored[n, c, S*i + u, S*j + v] adds b[u] * b[v] * grad_y[n, c, i, j]; what falls on
    the mirrored rims is added to the pixels they mirror.

    Parameters
    ----------
    grad_y : (N, C, H_out, W_out)
        Gradient of the loss with respect to the output of `blur_pool2d`.
    x, kernel_size, stride
        The values that were passed to `blur_pool2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `blur_pool2d`; also if `grad_y` has another dtype than `x` or not the shape of the
        output.

    References
    ----------
    Zhang, 2019, arXiv:1904.11486, section 3.

    Examples
    --------
    >>> x, grad_y = np.zeros((1, 1, 2, 3)), np.array([[[[4.0, 0.0]]]])
    >>> blur_pool2d_backward(grad_y, x)[0, 0]
    array([[1., 1., 0.],
           [1., 1., 0.]])
    """
    geometry = check_blur_pool("blur_pool2d_backward", x, kernel_size=kernel_size, stride=stride)
    check_pool_grad("blur_pool2d_backward", grad_y, x, geometry.output_size)
    (before, after), stride = geometry.padding[0], geometry.stride[0]
    grad, weights = at_least_float32(grad_y), _binomial(geometry.kernel[0])
    for axis in (3, 2):  # the steps of the forward pass, last one first
        size = before + x.shape[axis] + after
        grad = spread_along(grad, axis, weights, stride=stride, size=size)
        grad = _fold_mirrors(grad, axis, before, after)
    return narrowed(grad, grad_y)


def _binomial(kernel_size: int) -> list[float]:
    """Return the row of Pascal's triangle, normalized to a sum of 1."""
    order = kernel_size - 1
    return [math.comb(order, tap) / 2**order for tap in range(kernel_size)]  # exact in binary


def _mirrored(size: int, before: int, after: int) -> NDArray:
    """Index an axis with its rims mirrored: 2 1 | 0 1 2 3 | 2 1."""
    index = np.abs(np.arange(-before, size + after))  # the rim itself is not repeated
    return np.minimum(index, 2 * (size - 1) - index)


def _fold_mirrors(grad: NDArray, axis: int, before: int, after: int) -> NDArray:
    """Add the gradient of mirrored rims to the pixels they mirror, and cut the rims off."""
    head, inner, tail = np.split(grad, [before, grad.shape[axis] - after], axis)
    folded = inner.copy()  # `inner` is a view of what came in
    lead, last = (slice(None),) * axis, inner.shape[axis] - 1
    folded[(*lead, slice(1, before + 1))] += np.flip(head, axis)
    folded[(*lead, slice(last - after, last))] += np.flip(tail, axis)
    return folded
