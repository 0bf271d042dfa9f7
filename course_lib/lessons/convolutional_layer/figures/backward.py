"""The way back of one small convolution: what a tap collects, what a pixel is sent."""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import numpy_ops, plots


@plots.in_course_style
def show_tap(x: NDArray, delta: NDArray, *, tap: tuple[int, int], stride: int) -> Figure:
    """Draw which pixels a tap has met, the δ it met them for, their products, and the sum.

    Parameters
    ----------
    x : (H, W)
        Input.
    delta : (H_out, W_out)
        Slopes at the output.
    tap : (int, int)
        Row and column in the kernel.
    stride : int
        Of the way forward.

    Returns
    -------
    Figure
        Three axes: x with the pixels outlined, δ, the products with their sum as title.

    Examples
    --------
    >>> chart = show_tap(np.eye(3), np.array([[2.0]]), tap=(1, 1), stride=1)
    >>> chart.axes[2].get_title()
    'products, sum 2'
    """
    rows, columns = delta.shape
    places = [
        (tap[0] + stride * i, tap[1] + stride * j) for i, j in np.ndindex(rows, columns)
    ]  # fmt: skip
    met = np.array([x[place] for place in places]).reshape(rows, columns)
    chart, axes = plots.figure(
        columns=3, height=3.2, width_ratios=(x.shape[1], columns + 1, columns + 1)
    )
    plots.show_numbers(x, title="input x", role="input", ax=axes[0, 0])
    for row, column in places:
        plots.mark_window(
            axes[0, 0], row=row, column=column, height=1, width=1, color=plots.KERNEL
        )  # fmt: skip
    look = {"role": "gradient", "signed": True, "limit": 6}
    plots.show_numbers(delta, title="δ", **look, ax=axes[0, 1])
    total = plots.number_text(float((met * delta).sum()))
    plots.show_numbers(met * delta, title=f"products, sum {total}", **look, ax=axes[0, 2])
    return chart


def spread_out(
    delta: NDArray, kernel: tuple[int, int], *, stride: int, shape: tuple[int, int]
) -> NDArray:
    """Put zeros between the numbers of δ and around them, for a full convolution.

    Examples
    --------
    >>> spread_out(np.array([[1.0, 2.0]]), (1, 2), stride=2, shape=(1, 4))
    array([[0., 1., 0., 2., 0.]])
    """
    spread = np.zeros((shape[0] + kernel[0] - 1, shape[1] + kernel[1] - 1))
    spread[kernel[0] - 1 :: stride, kernel[1] - 1 :: stride][: delta.shape[0], : delta.shape[1]] = (
        delta
    )
    return spread


@plots.in_course_style
def show_spread(
    delta: NDArray, kernel: NDArray, *, stride: int, shape: tuple[int, int], pixel: tuple[int, int]
) -> Figure:
    """Draw how the flipped kernel slides over the spread δ and gives the gradient of the input.

    Parameters
    ----------
    delta : (H_out, W_out)
        Slopes at the output.
    kernel : (K_h, K_w)
        As on the way forward.
    stride : int
        Of the way forward.
    shape : (int, int)
        H and W of the input.
    pixel : (int, int)
        Whose window is outlined.

    Returns
    -------
    Figure
        Three axes: the spread δ, the flipped kernel, ∂L/∂x.

    Examples
    --------
    >>> one = np.array([[1.0]])
    >>> chart = show_spread(one, np.eye(2), stride=1, shape=(2, 2), pixel=(0, 0))
    >>> plots.numbers_on(chart.axes[2])
    ['1', '0', '0', '1']
    """
    size = kernel.shape[0], kernel.shape[1]
    spread = spread_out(delta, size, stride=stride, shape=shape)
    grad_x = numpy_ops.convolve2d(spread, kernel)
    widths = (spread.shape[1], size[1], grad_x.shape[1])
    chart, axes = plots.figure(columns=3, height=3.4, width_ratios=widths)
    look = {"role": "gradient", "signed": True, "limit": 6}
    plots.show_numbers(spread, title="δ, spread out", text_size=13, **look, ax=axes[0, 0])
    row, column = pixel
    window = {"row": row, "column": column, "height": size[0], "width": size[1]}
    plots.mark_window(axes[0, 0], **window, color=plots.KERNEL)
    plots.show_kernel(kernel[::-1, ::-1], title="flipped kernel", text_size=14, ax=axes[0, 1])
    plots.show_numbers(grad_x, title="∂L/∂x", text_size=14, **look, ax=axes[0, 2])
    plots.mark_window(axes[0, 2], row=row, column=column, height=1, width=1, color=plots.KERNEL)
    return chart


@plots.in_course_style
def show_one_slope(kernel: NDArray, right: NDArray, flawed: NDArray) -> Figure:
    """Draw a kernel, and what two ways back make of a single 1 at the output.

    Examples
    --------
    >>> chart = show_one_slope(np.eye(2), np.eye(2), np.eye(2))
    >>> [ax.get_title() for ax in chart.axes]
    ['kernel', 'sent back: right', 'sent back: flawed']
    """
    chart, axes = plots.figure(
        columns=3, height=3.2, width_ratios=(kernel.shape[1], *[right.shape[1]] * 2)
    )
    plots.show_kernel(kernel, text_size=14, ax=axes[0, 0])
    for ax, name, grad in zip(axes[0, 1:], ("right", "flawed"), (right, flawed), strict=True):
        title = f"sent back: {name}"
        plots.show_numbers(
            grad, title=title, role="gradient", signed=True, limit=6, text_size=14, ax=ax
        )  # fmt: skip
    return chart
