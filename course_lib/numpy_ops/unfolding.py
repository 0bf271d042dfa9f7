"""Windows laid out as columns, columns added back, and padding: the steps of a convolution.

twin: course_lib/torch_ops/unfolding.py   test: tests/parity/test_unfolding.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.arrays import require_grad
from course_lib.contracts.unfolding import Columns, check_col2im, check_im2col, check_pad2d
from course_lib.numpy_ops.windows import add_windows, crop_spatial, pad_spatial, window_view

__all__ = [  # noqa: RUF022 (in the order of the course)
    "im2col",
    "im2col_backward",
    "col2im",
    "col2im_backward",
    "pad2d",
    "pad2d_backward",
]


def im2col(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> NDArray:
    """Lay every window of an image out as a column, so that a convolution is a matrix product.

    columns[n, (c*K_h + u)*K_w + v, i*W_out + j] = x_pad[n, c, S*i + D*u, S*j + D*v]

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.
    kernel_size : int or (int, int)
        Height K_h and width K_w of the window, in taps.
    stride : int or (int, int), default=1
        Step S between windows, in pixels.
    padding : int or (int, int), default=0
        Zeros added on both ends of each image axis, in pixels.
    dilation : int or (int, int), default=1
        Distance D between neighboring taps, in pixels.

    Returns
    -------
    columns : (N, C * K_h * K_w, H_out * W_out)
        One column for each window, the layout of `torch.nn.functional.unfold`; sizes as for
        `conv2d`.

    Raises
    ------
    TypeError
        If `x` is not floating point or an option is not an int.
    ValueError
        If `x` has not four axes, an option is out of range, or the window is larger than the
        padded image.

    References
    ----------
    Chellapilla, Puri and Simard, 2006, "High performance convolutional neural networks for
    document processing".

    Examples
    --------
    >>> im2col(np.arange(6.0).reshape(1, 1, 2, 3), kernel_size=2)[0]
    array([[0., 1.],
           [1., 2.],
           [3., 4.],
           [4., 5.]])
    """
    layout = check_im2col(
        "im2col", x, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    return _columns(x, layout)


def im2col_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> NDArray:
    """Send the loss gradient back through `im2col`: that is `col2im`.

    grad_x[n, c, h, w] is the sum of grad_y over all places of the columns that hold that pixel.

    Parameters
    ----------
    grad_y : (N, C * K_h * K_w, H_out * W_out)
        Gradient of the loss with respect to the columns.
    x, kernel_size, stride, padding, dilation
        The values that were passed to `im2col`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient of the loss with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `im2col`; also if `grad_y` has another dtype than `x` or not the shape of the columns.

    References
    ----------
    `torch.nn.Unfold` and `torch.nn.Fold`.

    Examples
    --------
    >>> x = np.zeros((1, 1, 1, 3))
    >>> im2col_backward(np.ones((1, 2, 2)), x, kernel_size=(1, 2))
    array([[[[1., 2., 1.]]]])
    """
    layout = check_im2col(
        "im2col_backward", x, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation,
    )  # fmt: skip
    require_grad("im2col_backward", grad_y, layout.columns_shape, x=x)
    return _image(grad_y, layout)


def col2im(
    columns: NDArray,
    *,
    output_size: int | tuple[int, int],
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> NDArray:
    """Add every column back onto the window it came from: the transpose of `im2col`.

    x_pad[n, c, S*i + D*u, S*j + D*v] += columns[n, (c*K_h + u)*K_w + v, i*W_out + j]; the padding
    is then cut off. Where windows overlap, terms add up: col2im(im2col(x)) is not x.

    Parameters
    ----------
    columns : (N, C * K_h * K_w, H_out * W_out)
        One column for each window, as `im2col` returns them.
    output_size : int or (int, int)
        Height H and width W of the image, in pixels.
    kernel_size, stride, padding, dilation
        As for `im2col`.

    Returns
    -------
    x : (N, C, H, W)
        The sums, the layout of `torch.nn.functional.fold`.

    Raises
    ------
    TypeError
        If `columns` is not floating point or an option is not an int.
    ValueError
        If `columns` does not fit the image and the window.

    References
    ----------
    `torch.nn.Fold`.

    Examples
    --------
    >>> col2im(np.array([[[1.0, 2.0], [10.0, 20.0]]]), output_size=(1, 3), kernel_size=(1, 2))
    array([[[[ 1., 12., 20.]]]])
    """
    layout = check_col2im(
        "col2im", columns, output_size=output_size, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation,
    )  # fmt: skip
    return _image(columns, layout)


def col2im_backward(
    grad_y: NDArray,
    columns: NDArray,
    *,
    output_size: int | tuple[int, int],
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> NDArray:
    """Send the loss gradient back through `col2im`: that is `im2col`.

    Each place of a column gets the gradient of the pixel it was added to.

    Parameters
    ----------
    grad_y : (N, C, H, W)
        Gradient of the loss with respect to the image.
    columns, output_size, kernel_size, stride, padding, dilation
        The values that were passed to `col2im`.

    Returns
    -------
    grad_columns : (N, C * K_h * K_w, H_out * W_out)
        Gradient of the loss with respect to `columns`.

    Raises
    ------
    TypeError, ValueError
        As `col2im`; also if `grad_y` has another dtype or not the shape of the image.

    References
    ----------
    `torch.nn.Fold` and `torch.nn.Unfold`.

    Examples
    --------
    >>> columns, grad_y = np.zeros((1, 2, 2)), np.array([[[[1.0, 2.0, 3.0]]]])
    >>> col2im_backward(grad_y, columns, output_size=(1, 3), kernel_size=(1, 2))
    array([[[1., 2.],
            [2., 3.]]])
    """
    layout = check_col2im(
        "col2im_backward", columns, output_size=output_size, kernel_size=kernel_size,
        stride=stride, padding=padding, dilation=dilation,
    )  # fmt: skip
    require_grad("col2im_backward", grad_y, layout.image_shape, columns=columns)
    return _columns(grad_y, layout)


def pad2d(x: NDArray, *, padding: int | tuple[int, int, int, int], value: float = 0.0) -> NDArray:
    """Surround each image with a constant, by a width of its own on every side.

    y[n, c, i, j] = x[n, c, i - top, j - left] inside, and `value` outside.

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.
    padding : int or (int, int, int, int)
        Pixels to add at (left, right, top, bottom), the order of `torch.nn.ZeroPad2d`; one int
        for all sides.
    value : float, default=0.0
        What the new pixels hold.

    Returns
    -------
    y : (N, C, H + top + bottom, W + left + right)
        A new array, also when nothing is added.

    Raises
    ------
    TypeError
        If `x` is not floating point, `padding` not an int or `value` not a number.
    ValueError
        If `x` has not four axes, or `padding` not four numbers of at least 0.

    References
    ----------
    `torch.nn.ZeroPad2d` and `torch.nn.ConstantPad2d`.

    Examples
    --------
    >>> pad2d(np.ones((1, 1, 1, 2)), padding=(0, 1, 1, 0))[0, 0]
    array([[0., 0., 0.],
           [1., 1., 0.]])
    """
    target = check_pad2d("pad2d", x, padding=padding, value=value)
    y = np.full(target.shape, target.value, x.dtype)
    crop_spatial(y, target.pairs)[...] = x
    return y


def pad2d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    padding: int | tuple[int, int, int, int],
    value: float = 0.0,
) -> NDArray:
    """Send the loss gradient back through `pad2d`: cut the padding off.

    Parameters
    ----------
    grad_y : (N, C, H + top + bottom, W + left + right)
        Gradient of the loss with respect to the padded images.
    x, padding, value
        The values that were passed to `pad2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient of the loss with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `pad2d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> x, grad_y = np.zeros((1, 1, 1, 2)), np.array([[[[1.0, 2.0, 3.0]]]])
    >>> pad2d_backward(grad_y, x, padding=(1, 0, 0, 0))
    array([[[[2., 3.]]]])
    """
    target = check_pad2d("pad2d_backward", x, padding=padding, value=value)
    require_grad("pad2d_backward", grad_y, target.shape, x=x)
    return crop_spatial(grad_y, target.pairs).copy()


def _columns(x: NDArray, layout: Columns) -> NDArray:
    geometry = layout.geometry
    windows = window_view(
        pad_spatial(x, geometry.padding),
        kernel=layout.kernel,
        stride=geometry.stride,
        dilation=geometry.dilation,
        output_size=geometry.output_size,
    )
    return windows.copy().reshape(layout.columns_shape)  # a 1x1 window would still be a view of x


def _image(columns: NDArray, layout: Columns) -> NDArray:
    geometry = layout.geometry
    n, c, *size = layout.image_shape
    padded = (length + sum(pair) for length, pair in zip(size, geometry.padding, strict=True))
    image = np.zeros((n, c, *padded), columns.dtype)
    windows = columns.reshape(n, c, *layout.kernel, *geometry.output_size)
    add_windows(image, windows, stride=geometry.stride, dilation=geometry.dilation)
    return np.ascontiguousarray(crop_spatial(image, geometry.padding))
