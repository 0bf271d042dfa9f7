"""Pooling of sequences: the thin 1-D neighbours of `numpy_ops.pooling`."""

from numpy.typing import NDArray

from course_lib.contracts.pooling import check_avg_pool, check_pool, check_pool_grad
from course_lib.numpy_ops._pooling_max import max_backward, max_of_windows
from course_lib.numpy_ops._pooling_sum import average_windows, average_windows_backward


def max_pool1d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Keep the largest value of each window of sequences.

    y[n, c, i] = max_u x_pad[n, c, S*i + D*u]

    Parameters
    ----------
    x : (N, C, L)
        Sequences, channels first, floating point.
    kernel_size, stride, padding, dilation, ceil_mode
        As for `max_pool2d`: int or tuple of one int.

    Returns
    -------
    y : (N, C, L_out)
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
    >>> max_pool1d(np.array([[[1.0, 4.0, 3.0, 2.0]]]), kernel_size=2)
    array([[[4., 3.]]])
    """
    geometry = check_pool(
        "max_pool1d", x, num_axes=1, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_of_windows(x, geometry)


def max_pool1d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Send the loss gradient back through `max_pool1d`, as `max_pool2d_backward` does.

    Parameters
    ----------
    grad_y : (N, C, L_out)
        Gradient of the loss with respect to the output of `max_pool1d`.
    x, kernel_size, stride, padding, dilation, ceil_mode
        The values that were passed to `max_pool1d`.

    Returns
    -------
    grad_x : (N, C, L)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool1d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[1.0, 4.0, 3.0, 2.0]]])
    >>> max_pool1d_backward(np.array([[[5.0, 6.0]]]), x, kernel_size=2)
    array([[[0., 5., 6., 0.]]])
    """
    geometry = check_pool(
        "max_pool1d_backward", x, num_axes=1, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool1d_backward", grad_y, x, geometry.output_size)
    return max_backward(grad_y, x, geometry)


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

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

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
