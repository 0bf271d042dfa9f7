"""Average pooling in plain NumPy, forward beside backward: sum one axis at a time.

The sum over a box is the sum over its rows of the sums along each row, so K_h + K_w additions
a window do the work of K_h * K_w. Backward runs the same steps in reverse.

twin: course_lib/torch_ops/pooling/average.py   test: tests/parity/test_pooling.py
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import PoolGeometry, check_avg_pool, check_pool_grad
from course_lib.numpy_ops.precision import at_least_float32, narrowed
from course_lib.numpy_ops.windows import crop_spatial, pad_spatial

__all__ = [
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
]


def avg_pool1d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Keep the mean of each window of sequences.

    y[n, c, i] = 1 / K * sum_u x_pad[n, c, S*i + u]

    Parameters
    ----------
    x : (N, C, L)
        Sequences, channels first, floating point.
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `avg_pool2d`: int or tuple of one int.

    Returns
    -------
    y : (N, C, L_out)
        Sizes as for `avg_pool2d`.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d`.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool1d(np.array([[[1.0, 4.0, 3.0, 2.0]]]), kernel_size=2)
    array([[[2.5, 2.5]]])
    """
    geometry = check_avg_pool(
        "avg_pool1d", x, num_axes=1, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return average_windows(x, geometry, count_include_pad=count_include_pad)


def avg_pool1d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Send the loss gradient back through `avg_pool1d`, as `avg_pool2d_backward` does.

    Parameters
    ----------
    grad_y : (N, C, L_out)
        Gradient of the loss with respect to the output of `avg_pool1d`.
    x, kernel_size, stride, padding, ceil_mode, count_include_pad
        The values that were passed to `avg_pool1d`.

    Returns
    -------
    grad_x : (N, C, L)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool1d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[1.0, 4.0, 3.0, 2.0]]])
    >>> avg_pool1d_backward(np.array([[[4.0, 6.0]]]), x, kernel_size=2)
    array([[[2., 2., 3., 3.]]])
    """
    geometry = check_avg_pool(
        "avg_pool1d_backward", x, num_axes=1, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad("avg_pool1d_backward", grad_y, x, geometry.output_size)
    return average_windows_backward(grad_y, x.shape, geometry, count_include_pad=count_include_pad)


def avg_pool2d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Average each window.

    y[n, c, i, j] = 1 / (K_h*K_w) * sum_uv x_pad[n, c, S*i + u, S*j + v]

    Parameters
    ----------
    x, kernel_size, stride, padding
        As for `max_pool2d`, but padded with zeros.
    ceil_mode : bool, default=False
        Keep a last window that sticks out of the padded image, unless it starts in the padding.
        What it reads beyond the padding is not counted in its mean.
    count_include_pad : bool, default=True
        Count the padding as pixels of value 0; with False a mean is over true pixels only.

    Returns
    -------
    y : (N, C, H_out, W_out)
        H_out = (H + 2*padding - K_h) // S + 1, and W_out alike; with `ceil_mode` see
        `course_lib.shapes.pool_output_size`. Rows that do not fill a window are dropped.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`.

    References
    ----------
    LeCun et al., 1998, Gradient-based learning applied to document recognition, section II.B
    (there with a trained scale and offset); `torch.nn.AvgPool2d`.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> avg_pool2d(x, kernel_size=2)[0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    geometry = check_avg_pool(
        "avg_pool2d", x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return average_windows(x, geometry, count_include_pad=count_include_pad)


def avg_pool2d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Send the loss gradient back through `avg_pool2d`: an equal share to each pixel.

    grad_x[n, c, h, w] = sum of grad_y[n, c, i, j] / (K_h*K_w) over the windows (i, j) that hold
    pixel (h, w)

    Parameters
    ----------
    grad_y : (N, C, H_out, W_out)
        Gradient of the loss with respect to the output of `avg_pool2d`.
    x, kernel_size, stride, padding, ceil_mode, count_include_pad
        The values that were passed to `avg_pool2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d`; also if `grad_y` has another dtype than `x` or not the shape of the
        output.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.zeros((1, 1, 2, 3))
    >>> avg_pool2d_backward(np.array([[[[4.0, 8.0]]]]), x, kernel_size=2, stride=1)[0, 0]
    array([[1., 3., 2.],
           [1., 3., 2.]])
    """
    geometry = check_avg_pool(
        "avg_pool2d_backward", x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad("avg_pool2d_backward", grad_y, x, geometry.output_size)
    return average_windows_backward(grad_y, x.shape, geometry, count_include_pad=count_include_pad)


def avg_pool3d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Keep the mean of each window of volumes.

    y[n, c, h, i, j] = 1 / (K_d*K_h*K_w) * sum_tuv x_pad[n, c, S*h + t, S*i + u, S*j + v]

    Parameters
    ----------
    x : (N, C, D, H, W)
        Volumes, channels first, floating point.
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `avg_pool2d`: int or (int, int, int).

    Returns
    -------
    y : (N, C, D_out, H_out, W_out)
        Sizes as for `avg_pool2d`.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d`.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool3d(np.arange(8.0).reshape(1, 1, 2, 2, 2), kernel_size=2)
    array([[[[[3.5]]]]])
    """
    geometry = check_avg_pool(
        "avg_pool3d", x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return average_windows(x, geometry, count_include_pad=count_include_pad)


def avg_pool3d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Send the loss gradient back through `avg_pool3d`, as `avg_pool2d_backward` does.

    Parameters
    ----------
    grad_y : (N, C, D_out, H_out, W_out)
        Gradient of the loss with respect to the output of `avg_pool3d`.
    x, kernel_size, stride, padding, ceil_mode, count_include_pad
        The values that were passed to `avg_pool3d`.

    Returns
    -------
    grad_x : (N, C, D, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool3d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> x, grad_y = np.arange(8.0).reshape(1, 1, 2, 2, 2), np.full((1, 1, 1, 1, 1), 8.0)
    >>> avg_pool3d_backward(grad_y, x, kernel_size=2)[0, 0, 1]
    array([[1., 1.],
           [1., 1.]])
    """
    geometry = check_avg_pool(
        "avg_pool3d_backward", x, num_axes=3, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad("avg_pool3d_backward", grad_y, x, geometry.output_size)
    return average_windows_backward(grad_y, x.shape, geometry, count_include_pad=count_include_pad)


def average_windows(x: NDArray, geometry: PoolGeometry, *, count_include_pad: bool) -> NDArray:
    """Return the mean of each window."""
    y = pad_spatial(at_least_float32(x), geometry.padding)
    # Rows first: whole rows add up fastest, and fewer of them are left for the next axis.
    for number, axis in enumerate(geometry.axes, start=2):
        ones = (1,) * axis.kernel
        y = sum_along(y, number, ones, stride=axis.stride, num_windows=axis.output_size)
    count = _pixels_per_window(x.shape[2:], geometry, count_include_pad=count_include_pad)
    return narrowed(np.divide(y, count.astype(y.dtype)), x)


def average_windows_backward(
    grad_y: NDArray, shape: tuple[int, ...], geometry: PoolGeometry, *, count_include_pad: bool
) -> NDArray:
    """Give each pixel its share of the gradient of every window it is in."""
    count = _pixels_per_window(shape[2:], geometry, count_include_pad=count_include_pad)
    grad = at_least_float32(grad_y)
    grad = grad / count.astype(grad.dtype)
    for number, axis in reversed([*enumerate(geometry.axes, start=2)]):
        size = shape[number] + sum(axis.padding)
        grad = spread_along(grad, number, (1,) * axis.kernel, stride=axis.stride, size=size)
    # Without padding the crop is all of it, and a second copy would be wasted.
    return crop_spatial(grad, geometry.padding).astype(
        grad_y.dtype, copy=any(map(any, geometry.padding))
    )


def sum_along(
    x: NDArray, axis: int, weights: Sequence[float], *, stride: int, num_windows: int
) -> NDArray:
    """Sum windows along one axis: y[i] = sum_u weights[u] * x[stride * i + u]."""
    y = _tap(x, axis, 0, stride, num_windows) * weights[0]
    for tap, weight in enumerate(weights[1:], start=1):
        view = _tap(x, axis, tap, stride, num_windows)
        y += view if weight == 1 else view * weight  # a factor of 1 would cost an array
    return y


def spread_along(
    grad_y: NDArray, axis: int, weights: Sequence[float], *, stride: int, size: int
) -> NDArray:
    """Undo `sum_along` for gradients: grad_x[stride * i + u] += weights[u] * grad_y[i]."""
    grad_x = np.zeros((*grad_y.shape[:axis], size, *grad_y.shape[axis + 1 :]), grad_y.dtype)
    for tap, weight in enumerate(weights):
        view = _tap(grad_x, axis, tap, stride, grad_y.shape[axis])
        view += grad_y if weight == 1 else grad_y * weight  # no pixel twice within one tap
    return grad_x


def _tap(x: NDArray, axis: int, tap: int, stride: int, num_windows: int) -> NDArray:
    """View what one tap reads along an axis: one pixel for each window."""
    last = tap + stride * (num_windows - 1)
    return x[(slice(None),) * axis + (slice(tap, last + 1, stride),)]


def _pixels_per_window(
    image_size: tuple[int, ...], geometry: PoolGeometry, *, count_include_pad: bool
) -> NDArray:
    """Count the pixels by which each window divides its sum.

    Padding the user asked for counts with `count_include_pad`; what `ceil_mode` reads beyond it
    never does.
    """
    counts = []
    for size, axis in zip(image_size, geometry.axes, strict=True):
        before, _ = axis.padding
        rim = before if count_include_pad else 0
        start = np.arange(axis.output_size) * axis.stride - before
        stop = np.minimum(start + axis.kernel, size + rim)
        counts.append(stop - np.maximum(start, -rim))
    return reduce(np.multiply.outer, counts)  # (H_out, W_out)
