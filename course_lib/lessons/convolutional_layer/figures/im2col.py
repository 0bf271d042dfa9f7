"""A convolution drawn as the matrix product that computes it: which window is which column."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_int
from course_lib.errors import InvalidValue
from course_lib.plots.images import mark_window, show_numbers
from course_lib.plots.numbers import number_text
from course_lib.plots.style import INK, INPUT, KERNEL, OUTPUT, frame, in_course_style

WIDTH, HEIGHT = 9.0, 4.9  # in units of 100 displayed pixels
MOST_CHANNELS, MOST_FILTERS, MOST_TAPS, MOST_COLUMNS = 2, 3, 9, 20
# Left, bottom, width, height of each part, in the same units.
INPUTS, COLUMNS = (0.15, 2.1, 3.9, 2.35), (4.45, 1.95, 4.4, 2.5)
WEIGHT, PRODUCT = (0.15, 0.3, 3.9, 0.95), (4.45, 0.3, 4.4, 0.95)
GAP = 0.2  # between channels
MOST_COLUMNS_WRITTEN = 12
# As the cells of `show_numbers`: from dark gray, on which white can be read, to white.
PALE_GRAY = LinearSegmentedColormap.from_list("pale gray", ["0.25", "1.0"])


@in_course_style
def show_im2col_step(
    x: NDArray,
    weight: NDArray,
    *,
    column: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Figure:
    """Draw im2col and the product after it, and follow one window into its column.

    Parameters
    ----------
    x : (C_in, H, W)
        One image, at most 2 channels.
    weight : (C_out, C_in, K_h, K_w)
        At most 3 filters of at most 9 taps, counted over all channels.
    column : int
        Which window to mark, from 0, in reading order.
    stride, padding, dilation : int
        As for `numpy_ops.conv2d`; at most 20 windows may come out.

    Returns
    -------
    Figure
        Axes: the padded channels, the columns, the weight as a matrix, the output as a matrix.

    Raises
    ------
    TypeError, ValueError
        As `numpy_ops.conv2d`; also if there is no such column, or too much to draw.

    Examples
    --------
    >>> step = show_im2col_step(np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)), column=3)
    >>> [ax.get_title() for ax in step.axes]
    ['channel 0', 'columns (4, 4)', 'weight (1, 4)', 'output (1, 4) = weight × columns']
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    y = numpy_ops.conv2d(np.asarray(x, float)[None], np.asarray(weight, float), **options)
    columns = numpy_ops.im2col(np.asarray(x, float)[None], kernel_size=weight.shape[2:], **options)[
        0
    ]
    _require_drawable(x, weight, columns, column)
    # Places are fixed, so that nothing jumps from step to step.
    chart = plt.figure(figsize=(WIDTH, HEIGHT), layout="none")
    first = tuple(stride * k for k in divmod(column, y.shape[3]))
    _draw_channels(chart, x, padding)
    for ax in chart.axes:
        _mark_taps(ax, first, weight.shape[2:], dilation)
    filters, product = weight.reshape(len(weight), -1), y.reshape(len(weight), -1)
    _draw_columns(_axes_at(chart, *COLUMNS), columns, column)
    _draw_matrix(_axes_at(chart, *WEIGHT), filters, f"weight {filters.shape}", "kernel")
    title = f"output {product.shape} = weight × columns"
    _draw_matrix(_axes_at(chart, *PRODUCT), product, title, "output")
    mark_window(chart.axes[-1], row=0, column=column, height=len(weight), width=1, color=OUTPUT)
    _draw_signs(chart)
    return chart


def _require_drawable(x: NDArray, weight: NDArray, columns: NDArray, column: int) -> None:
    sizes = (len(x), len(weight), *columns.shape)
    most = (MOST_CHANNELS, MOST_FILTERS, MOST_TAPS, MOST_COLUMNS)
    if any(size > limit for size, limit in zip(sizes, most, strict=True)):
        raise InvalidValue(
            "show_im2col_step", received=f"{sizes[0]} channels, {sizes[1]} filters and columns "
            f"{columns.shape}",
            needed=f"at most {most[0]} channels, {most[1]} filters and columns {most[2:]}",
            fix="use a smaller image or kernel")  # fmt: skip
    if not 0 <= require_int("show_im2col_step", "column", column, minimum=0) < sizes[3]:
        raise InvalidValue(
            "show_im2col_step", received=f"column={column}",
            needed=f"column from 0 to {sizes[3] - 1}",
            fix="choose a window that exists")  # fmt: skip


def _axes_at(chart: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place in units of 100 displayed pixels."""
    return chart.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))


def _text_size(width: float, height: float) -> float:
    """Choose the size of the numbers in a cell, in points."""
    return min(16.0, 72 * height * 0.6, 72 * width * 0.45)


def _draw_channels(chart: Figure, x: NDArray, padding: int) -> None:
    left, bottom, width, height = INPUTS
    each = (width - GAP * (MOST_CHANNELS - 1)) / MOST_CHANNELS
    rows, columns = (size + 2 * padding for size in x.shape[1:])
    cell = min(each / columns, height / rows)
    for c, channel in enumerate(np.pad(x, ((0, 0), (padding,) * 2, (padding,) * 2))):
        ax = _axes_at(chart, left + c * (each + GAP), bottom, each, height)
        title = f"channel {c}" + (", padded" if padding else "")
        show_numbers(
            channel, title=title, role="input", limit=float(np.abs(x).max()),
            text_size=_text_size(cell, cell), ax=ax,
        )  # fmt: skip


def _mark_taps(ax: Axes, first: tuple[int, ...], kernel: tuple[int, ...], dilation: int) -> None:
    """Outline the pixels of a window: one box, or one a tap where they are apart."""
    height, width = kernel
    if dilation == 1:
        place = {"row": first[0], "column": first[1], "height": height, "width": width}
        mark_window(ax, **place, color=KERNEL)
        return
    for u, v in np.ndindex(height, width):
        row, column = first[0] + u * dilation, first[1] + v * dilation
        mark_window(ax, row=row, column=column, height=1, width=1, color=KERNEL)


def _draw_columns(ax: Axes, columns: NDArray, column: int) -> None:
    """Draw the columns with one of them marked; where they are many, only that one has numbers."""
    title, brightest = f"columns {columns.shape}", float(np.abs(columns).max()) or 1.0
    if columns.shape[1] <= MOST_COLUMNS_WRITTEN:
        _draw_matrix(ax, columns, title, "input")
    else:
        # Hundreds of texts would make the slider lag.
        ax.imshow(columns, cmap=PALE_GRAY, vmin=0, vmax=brightest, aspect="auto")
        ax.set(title=title, xticks=[], yticks=[])
        frame(ax, INPUT)
        for row, value in enumerate(columns[:, column]):
            ink = INK if value > 0.45 * brightest else "white"
            ax.text(column, row, number_text(value), ha="center", va="center", color=ink)
    mark_window(ax, row=0, column=column, height=len(columns), width=1, color=KERNEL)


def _draw_matrix(ax: Axes, values: NDArray, title: str, role: str) -> None:
    """Draw a matrix of numbers that fills its axes."""
    box = ax.get_position()
    rows, columns = values.shape
    size = _text_size(box.width * WIDTH / columns, box.height * HEIGHT / rows)
    show_numbers(
        values, title=title, role=role, signed=role != "input",
        limit=float(np.abs(values).max()), text_size=size, ax=ax,
    )  # fmt: skip
    ax.set_aspect("auto")


def _draw_signs(chart: Figure) -> None:
    """Point from the image to its columns, and write = before the output."""
    chart.text(4.26 / WIDTH, 0.78 / HEIGHT, "=", fontsize=20, ha="center", va="center")
    start, end = (4.1 / WIDTH, 3.25 / HEIGHT), (4.42 / WIDTH, 3.25 / HEIGHT)
    arrow = FancyArrowPatch(
        start, end, transform=chart.transFigure, arrowstyle="-|>", mutation_scale=18,
        color=INK, linewidth=2.5, shrinkA=0, shrinkB=0,
    )  # fmt: skip
    chart.add_artist(arrow)
