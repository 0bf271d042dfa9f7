"""Pooling in plain NumPy, forward beside backward: the home of every pooling.

The 2-D ones stand here; 1-D, 3-D, blur and whole-image pooling are next door, under the same
names.

twin: course_lib/torch_ops/pooling.py   test: tests/parity/test_pooling.py
taught in: notebooks/13_pooling.ipynb   symbols: course_lib/shapes.py
"""

from numpy.typing import NDArray

from course_lib.contracts.pooling import check_avg_pool, check_pool, check_pool_grad
from course_lib.numpy_ops._pooling_1d import (
    avg_pool1d,
    avg_pool1d_backward,
    max_pool1d,
    max_pool1d_backward,
)
from course_lib.numpy_ops._pooling_3d import (
    avg_pool3d,
    avg_pool3d_backward,
    max_pool3d,
    max_pool3d_backward,
)
from course_lib.numpy_ops._pooling_blur import blur_pool2d, blur_pool2d_backward
from course_lib.numpy_ops._pooling_max import max_backward, max_of_windows
from course_lib.numpy_ops._pooling_sum import average_windows, average_windows_backward
from course_lib.numpy_ops._pooling_whole import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    global_max_pool2d_backward,
)

__all__ = [  # noqa: RUF022 (in the order of the course)
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool3d",
    "max_pool3d_backward",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "global_max_pool2d",
    "global_max_pool2d_backward",
    "blur_pool2d",
    "blur_pool2d_backward",
]


def max_pool2d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Keep the largest value of each window.

    y[n, c, i, j] = max_uv x_pad[n, c, S*i + D*u, S*j + D*v]

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.
    kernel_size : int or (int, int)
        Height K_h and width K_w of the window, in taps.
    stride : int or (int, int), default=None
        Step S between windows, in pixels; None means `kernel_size`: windows that touch.
    padding : int or (int, int), default=0
        Pixels of -inf added on both ends of each image axis, at most half the window; they
        never win.
    dilation : int or (int, int), default=1
        Distance D between neighbouring taps, in pixels.
    ceil_mode : bool, default=False
        Keep a last window that sticks out of the padded image, unless it starts in the padding.

    Returns
    -------
    y : (N, C, H_out, W_out)
        H_out = (H + 2*padding - D*(K_h - 1) - 1) // S + 1, and W_out alike; with `ceil_mode`
        see `course_lib.shapes.pool_output_size`. Rows that do not fill a window are dropped.

    Raises
    ------
    TypeError
        If `x` is not floating point, or an option has the wrong type.
    ValueError
        If an option is out of range, `padding` is above half the window, or the window is
        larger than the padded image.

    Notes
    -----
    A window that holds a NaN gives NaN.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> max_pool2d(x, kernel_size=2)[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    geometry = check_pool(
        "max_pool2d", x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_of_windows(x, geometry)


def max_pool2d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Send the loss gradient back through `max_pool2d`: all of it to the winner of each window.

    grad_x[n, c, h, w] = sum of grad_y[n, c, i, j] over the windows (i, j) that pixel (h, w) won

    Parameters
    ----------
    grad_y : (N, C, H_out, W_out)
        Gradient of the loss with respect to the output of `max_pool2d`.
    x, kernel_size, stride, padding, dilation, ceil_mode
        The values that were passed to `max_pool2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`; also if `grad_y` has another dtype than `x` or not the shape of the
        output.

    Notes
    -----
    Among equal values the first in row-major order wins, among several NaN the last, as in
    PyTorch.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 3.0], [3.0, 2.0]]]])
    >>> max_pool2d_backward(np.array([[[[5.0]]]]), x, kernel_size=2)[0, 0]
    array([[0., 5.],
           [0., 0.]])
    """
    geometry = check_pool(
        "max_pool2d_backward", x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool2d_backward", grad_y, x, geometry.output_size)
    return max_backward(grad_y, x, geometry)


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

    References
    ----------
    LeCun et al., 1998, Gradient-based learning applied to document recognition, section II.B.

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
