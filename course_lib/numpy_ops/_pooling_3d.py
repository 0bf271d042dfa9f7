"""Pooling of volumes: the thin 3-D neighbours of `numpy_ops.pooling`."""

from numpy.typing import NDArray

from course_lib.contracts.pooling import check_avg_pool, check_pool, check_pool_grad
from course_lib.numpy_ops._pooling_max import max_backward, max_of_windows
from course_lib.numpy_ops._pooling_sum import average_windows, average_windows_backward


def max_pool3d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    dilation: int | tuple[int, int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Keep the largest value of each window of volumes.

    y[n, c, h, i, j] = max_tuv x_pad[n, c, S*h + D*t, S*i + D*u, S*j + D*v]

    Parameters
    ----------
    x : (N, C, D, H, W)
        Volumes, channels first, floating point.
    kernel_size, stride, padding, dilation, ceil_mode
        As for `max_pool2d`: int or (int, int, int).

    Returns
    -------
    y : (N, C, D_out, H_out, W_out)
        Sizes as for `max_pool2d`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool3d(np.arange(8.0).reshape(1, 1, 2, 2, 2), kernel_size=2)
    array([[[[[7.]]]]])
    """
    geometry = check_pool(
        "max_pool3d", x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_of_windows(x, geometry)


def max_pool3d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    dilation: int | tuple[int, int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Send the loss gradient back through `max_pool3d`, as `max_pool2d_backward` does.

    Parameters
    ----------
    grad_y : (N, C, D_out, H_out, W_out)
        Gradient of the loss with respect to the output of `max_pool3d`.
    x, kernel_size, stride, padding, dilation, ceil_mode
        The values that were passed to `max_pool3d`.

    Returns
    -------
    grad_x : (N, C, D, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool3d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> x, grad_y = np.arange(8.0).reshape(1, 1, 2, 2, 2), np.full((1, 1, 1, 1, 1), 5.0)
    >>> max_pool3d_backward(grad_y, x, kernel_size=2)[0, 0, 1]
    array([[0., 0.],
           [0., 5.]])
    """
    geometry = check_pool(
        "max_pool3d_backward", x, num_axes=3, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool3d_backward", grad_y, x, geometry.output_size)
    return max_backward(grad_y, x, geometry)


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

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

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
