"""One step of a kernel on its way over an image."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_int
from course_lib.errors import InvalidValue
from course_lib.plots.curves import ARROW_STYLE
from course_lib.plots.images import mark_window, show_image, show_kernel, show_numbers
from course_lib.plots.numbers import number_text
from course_lib.plots.style import INK, INPUT, KERNEL, OUTPUT, QUIET, in_course_style

WIDTH, HEIGHT = 9.0, 4.8  # in units of 100 displayed pixels
MOST_CELLS = 14  # along an axis, for numbers that can be read from the last row of a hall


@in_course_style
def show_sliding_step(
    image: NDArray,
    kernel: NDArray,
    *,
    row: int,
    column: int,
    stride: int = 1,
    padding: int = 0,
) -> Figure:
    """Draw how one output number comes about: window times kernel, added up.

    Outputs that come later, in reading order, are still empty.

    Parameters
    ----------
    image : (H, W)
        The input. Up to 14 pixels an axis are drawn with their numbers.
    kernel : (K_h, K_w)
        The weights; not flipped.
    row, column : int
        Which output to draw, from 0.
    stride : int, default=1
        Step between windows, in pixels.
    padding : int, default=0
        Zeros around the image, in pixels.

    Returns
    -------
    Figure
        Axes from left to right: padded input, window, kernel, products, output.

    Raises
    ------
    TypeError, ValueError
        As `numpy_ops.conv2d`; also if there is no such output.

    Examples
    --------
    >>> step = show_sliding_step(np.eye(4), np.ones((3, 3)), row=1, column=0)
    >>> [ax.get_title() for ax in step.axes]
    ['input (4, 4)', 'window', 'kernel', 'products', 'output (2, 2)']
    """
    y = _correlate(image, kernel, stride=stride, padding=padding)
    _require_output("row", row, y.shape[0])
    _require_output("column", column, y.shape[1])
    x_pad = np.pad(image, padding)
    corner = (row * stride, column * stride)
    window = x_pad[corner[0] :, corner[1] :][: kernel.shape[0], : kernel.shape[1]]
    # Places are fixed, so that nothing jumps from step to step.
    chart = plt.figure(figsize=(WIDTH, HEIGHT), layout="none")
    ax = _axes_at(chart, 0.15, 0.35, 3.75, 3.95)
    _draw_input(ax, image, padding)
    mark_window(
        ax, row=corner[0], column=corner[1], height=window.shape[0], width=window.shape[1],
        color=KERNEL,
    )  # fmt: skip
    _draw_products(chart, window, kernel, brightest=float(np.abs(image).max()))
    _draw_output(_axes_at(chart, 6.15, 0.65, 2.7, 3.35), y, row, column)
    return chart


def _correlate(image: NDArray, kernel: NDArray, *, stride: int, padding: int) -> NDArray:
    x, weight = np.asarray(image, float)[None, None], np.asarray(kernel, float)[None, None]
    return numpy_ops.conv2d(x, weight, stride=stride, padding=padding)[0, 0]


def _require_output(name: str, value: int, size: int) -> None:
    if not 0 <= require_int("show_sliding_step", name, value, minimum=0) < size:
        raise InvalidValue(
            "show_sliding_step", received=f"{name}={value}", needed=f"{name} from 0 to {size - 1}",
            fix="choose an output that exists")  # fmt: skip


def _axes_at(chart: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place in units of 100 displayed pixels."""
    return chart.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))


def _text_size(inches: float, cells: int) -> float:
    return min(16.0, 72 * inches / cells * 0.38)


def _draw_input(ax: Axes, image: NDArray, padding: int) -> None:
    x_pad = np.pad(image, padding)
    title = f"input {image.shape}" + (f", padding {padding}" if padding else "")
    if max(x_pad.shape) > MOST_CELLS:
        show_image((x_pad - x_pad.min()) / (np.ptp(x_pad) or 1.0), title=title, ticks=False, ax=ax)
    else:
        outside = np.pad(np.zeros(image.shape, bool), padding, constant_values=True)
        size = _text_size(3.75, max(x_pad.shape))
        show_numbers(x_pad, title=title, hidden=outside, text_size=size, ax=ax)
        rows, columns = np.nonzero(outside)
        # One artist for all of them: as many texts would make the slider lag.
        ax.plot(
            columns, rows, linestyle="", marker="$0$", markersize=0.75 * size, color=QUIET, mew=0
        )
    height, width = image.shape
    mark_window(ax, row=padding, column=padding, height=height, width=width, color=INPUT)


def _draw_products(chart: Figure, window: NDArray, kernel: NDArray, *, brightest: float) -> None:
    """Stack window, kernel and products in the middle."""
    size = min(13.0, _text_size(1.15, max(kernel.shape)))
    top, middle, bottom = (_axes_at(chart, 4.35, y, 1.2, 1.2) for y in (3.3, 1.75, 0.2))
    show_numbers(window, title="window", role="input", limit=brightest, text_size=size, ax=top)
    show_kernel(kernel, text_size=size, ax=middle)
    show_numbers(window * kernel, title="products", signed=True, text_size=size, ax=bottom)
    for sign, y in (("×", 2.35), ("=", 0.8)):
        chart.text(4.12 / WIDTH, y / HEIGHT, sign, fontsize=20, ha="center", va="center")


def _draw_output(ax: Axes, y: NDArray, row: int, column: int) -> None:
    later = np.arange(y.size).reshape(y.shape) > row * y.shape[1] + column
    size = _text_size(2.7, max(y.shape)) if max(y.shape) <= MOST_CELLS else 0
    show_numbers(
        y, title=f"output {y.shape}", role="output", signed=True, hidden=later,
        limit=float(np.abs(y).max()), text_size=size, ax=ax,
    )  # fmt: skip
    mark_window(ax, row=row, column=column, height=1, width=1, color=OUTPUT)
    # Beside the products; on its way up the arrow crosses only cells that are still empty.
    ax.annotate(
        f"sum = {number_text(y[row, column])}", (column, row + 0.5), textcoords="figure fraction",
        xytext=(5.68 / WIDTH, 0.16 / HEIGHT), va="bottom", fontsize=16, color=INK, zorder=10,
        arrowprops={"arrowstyle": ARROW_STYLE, "relpos": (0.5, 1.0), "color": INK,
                    "linewidth": 2.5, "shrinkA": 1, "shrinkB": 1},
    )  # fmt: skip
