"""Poolings whose windows cover the whole image: adaptive and global."""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import (
    check_adaptive_pool,
    check_global_pool_grad,
    check_images,
    check_pool_grad,
)
from course_lib.numpy_ops.precision import at_least_float32, narrowed

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "global_max_pool2d",
    "global_max_pool2d_backward",
]


def adaptive_avg_pool2d(
    x: NDArray, *, output_size: int | tuple[int | None, int | None] | None
) -> NDArray:
    """Average an image of any size down, or up, to one fixed size.

    y[n, c, i, j] = mean of x[n, c, floor(i*H / H_out) : ceil((i + 1)*H / H_out), columns alike]

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.
    output_size : int or None or (int or None, int or None)
        H_out and W_out, in pixels; one int means a square, None keeps the size of that axis.

    Returns
    -------
    y : (N, C, H_out, W_out)
        One mean a window. Windows overlap where H_out does not divide H.

    Raises
    ------
    TypeError
        If `x` is not floating point, or a size is not an int.
    ValueError
        If a size is below 1, or `x` has no pixels.

    References
    ----------
    `torch.nn.AdaptiveAvgPool2d`; He et al., 2015, arXiv:1406.4729, section 2.2 (pooling to a
    fixed size).

    Examples
    --------
    >>> x = np.arange(5.0).reshape(1, 1, 1, 5)
    >>> adaptive_avg_pool2d(x, output_size=(1, 2))[0, 0]  # windows 0 1 2 and 2 3 4
    array([[1., 3.]])
    """
    sizes = check_adaptive_pool("adaptive_avg_pool2d", x, output_size)
    y = at_least_float32(x)
    # Windows are products of ranges, so their mean is one along H and one along W.
    for axis, num_windows in enumerate(sizes, start=2):
        start, stop = _adaptive_windows(x.shape[axis], num_windows)
        # Neighboring windows differ by a pixel in size, and may share one.
        y = _sum_ranges(y, axis, start, stop) / _along(stop - start, axis, y.dtype)
    return narrowed(y, x)


def adaptive_avg_pool2d_backward(
    grad_y: NDArray, x: NDArray, *, output_size: int | tuple[int | None, int | None] | None
) -> NDArray:
    """Send the loss gradient back through `adaptive_avg_pool2d`.

    grad_x[n, c, h, w] = sum of grad_y[n, c, i, j] / (pixels of window i, j) over the windows
    that hold pixel (h, w)

    Parameters
    ----------
    grad_y : (N, C, H_out, W_out)
        Gradient of the loss with respect to the output of `adaptive_avg_pool2d`.
    x, output_size
        The values that were passed to `adaptive_avg_pool2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `adaptive_avg_pool2d`; also if `grad_y` has another dtype than `x` or not the shape of
        the output.

    Examples
    --------
    >>> x, grad_y = np.zeros((1, 1, 1, 5)), np.array([[[[3.0, 6.0]]]])
    >>> adaptive_avg_pool2d_backward(grad_y, x, output_size=(1, 2))[0, 0]
    array([[1., 1., 3., 2., 2.]])
    """
    sizes = check_adaptive_pool("adaptive_avg_pool2d_backward", x, output_size)
    check_pool_grad("adaptive_avg_pool2d_backward", grad_y, x, sizes)
    grad = at_least_float32(grad_y)
    for axis, num_windows in enumerate(sizes, start=2):
        start, stop = _adaptive_windows(x.shape[axis], num_windows)
        grad = grad / _along(stop - start, axis, grad.dtype)
        # Seen from a pixel, the windows that hold it are a range as well.
        pixel = np.arange(x.shape[axis])
        first, end = np.searchsorted(stop, pixel, "right"), np.searchsorted(start, pixel, "right")
        grad = _sum_ranges(grad, axis, first, end)
    return narrowed(grad, grad_y)


def global_avg_pool2d(x: NDArray) -> NDArray:
    """Average each channel over the whole image.

    y[n, c] = 1 / (H*W) * sum_hw x[n, c, h, w]

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.

    Returns
    -------
    y : (N, C)
        One mean a channel.

    Raises
    ------
    TypeError
        If `x` is not floating point.
    ValueError
        If `x` does not have these four axes, or no pixels.

    References
    ----------
    Lin, Chen and Yan, 2014, Network in network, arXiv:1312.4400, section 3.2.

    Examples
    --------
    >>> global_avg_pool2d(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[1.5, 5.5]])
    """
    check_images("global_avg_pool2d", x, num_axes=2)
    return x.reshape(*x.shape[:2], -1).mean(axis=2) if x.size else np.zeros(x.shape[:2], x.dtype)


def global_avg_pool2d_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `global_avg_pool2d`: an equal share to each pixel.

    grad_x[n, c, h, w] = grad_y[n, c] / (H*W)

    Parameters
    ----------
    grad_y : (N, C)
        Gradient of the loss with respect to the output of `global_avg_pool2d`.
    x
        The value that was passed to `global_avg_pool2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `global_avg_pool2d`; also if `grad_y` has another dtype than `x` or not the shape of
        the output.

    Examples
    --------
    >>> global_avg_pool2d_backward(np.array([[8.0]]), np.zeros((1, 1, 2, 2)))[0, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    check_global_pool_grad("global_avg_pool2d_backward", grad_y, x)
    share = grad_y / (x.shape[2] * x.shape[3])
    # A copy, because a broadcast view has one number in many places and cannot be written to.
    return np.broadcast_to(share[:, :, None, None], x.shape).copy()


def global_max_pool2d(x: NDArray) -> NDArray:
    """Keep the largest value of each channel.

    y[n, c] = max_hw x[n, c, h, w]

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.

    Returns
    -------
    y : (N, C)
        One maximum a channel; NaN where the channel holds a NaN.

    Raises
    ------
    TypeError
        If `x` is not floating point.
    ValueError
        If `x` does not have these four axes, or no pixels.

    References
    ----------
    Oquab et al., 2015, Is object localization for free?, CVPR, section 3.

    Examples
    --------
    >>> global_max_pool2d(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[3., 7.]])
    """
    check_images("global_max_pool2d", x, num_axes=2)
    return x.max(axis=(2, 3))


def global_max_pool2d_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `global_max_pool2d`: all of it to the largest pixel.

    grad_x[n, c, h, w] = grad_y[n, c] where pixel (h, w) is the winner of its channel, else 0

    Parameters
    ----------
    grad_y : (N, C)
        Gradient of the loss with respect to the output of `global_max_pool2d`.
    x
        The value that was passed to `global_max_pool2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `global_max_pool2d`; also if `grad_y` has another dtype than `x` or not the shape of
        the output.

    Notes
    -----
    Among equal values the first in row-major order wins, among several NaN the last, as in
    `max_pool2d`.

    Examples
    --------
    >>> x = np.array([[[[1.0, 3.0], [3.0, 2.0]]]])
    >>> global_max_pool2d_backward(np.array([[5.0]]), x)[0, 0]
    array([[0., 5.],
           [0., 0.]])
    """
    check_global_pool_grad("global_max_pool2d_backward", grad_y, x)
    pixels = x.reshape(*x.shape[:2], x.shape[2] * x.shape[3])
    is_nan = np.isnan(pixels)
    # argmax finds the first NaN; the reversed view makes it the last.
    last_nan = pixels.shape[2] - 1 - is_nan[..., ::-1].argmax(axis=2)
    winner = np.where(is_nan.any(axis=2), last_nan, pixels.argmax(axis=2))
    grad_x = np.zeros(pixels.shape, x.dtype)
    np.put_along_axis(grad_x, winner[..., None], grad_y[..., None], axis=2)
    return grad_x.reshape(x.shape)


def _adaptive_windows(size: int, num_windows: int) -> tuple[NDArray, NDArray]:
    """Return the first pixel of each window and the one after its last."""
    index = np.arange(num_windows)
    return index * size // num_windows, -(-(index + 1) * size // num_windows)


def _sum_ranges(x: NDArray, axis: int, start: NDArray, stop: NDArray) -> NDArray:
    """Sum x[start[i]:stop[i]] along an axis for every i, one offset from `start` at a time."""
    total = np.zeros((*x.shape[:axis], len(start), *x.shape[axis + 1 :]), x.dtype)
    for offset in range((stop - start).max()):
        inside = start + offset < stop
        index = np.where(inside, start + offset, 0)  # 0: any pixel there is, not added
        np.add(total, x.take(index, axis), out=total, where=_along(inside, axis, bool))
    return total


def _along(values: NDArray, axis: int, dtype: np.dtype | type) -> NDArray:
    """Shape one number a window so that it broadcasts along `axis` of (N, C, H, W)."""
    return values.astype(dtype).reshape([-1 if a == axis else 1 for a in range(4)])
