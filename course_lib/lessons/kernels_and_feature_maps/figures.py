"""What a kernel makes of a photograph, and how many windows fit along an axis."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.plots.images import show_image, show_kernel, show_map
from course_lib.plots.numbers import number_text
from course_lib.plots.style import INK, INPUT, KERNEL, OUTPUT, QUIET, axes_or_new, in_course_style
from course_lib.shapes import conv_output_size

WIDTH, HEIGHT = 9.0, 3.5  # in units of 100 displayed pixels
GAP = 1.6  # cells between the windows and the output


@in_course_style
def show_response(photo: NDArray, kernel: NDArray) -> Figure:
    """Draw a photograph, a kernel and the feature map they give.

    Parameters
    ----------
    photo : (H, W)
        Gray levels from 0 (black) to 1 (white).
    kernel : (K_h, K_w)
        The weights; not flipped, no padding.

    Returns
    -------
    Figure
        Axes from left to right: photograph, kernel, map; last the color bar.

    Raises
    ------
    TypeError, ValueError
        As `numpy_ops.cross_correlate2d`; ValueError also for values outside 0 to 1.

    Examples
    --------
    >>> chart = show_response(np.eye(5), np.ones((3, 3)))
    >>> [ax.get_title() for ax in chart.axes[:3]]
    ['input (5, 5)', 'kernel, sum 9', 'feature map (3, 3)']
    """
    y = numpy_ops.cross_correlate2d(np.asarray(photo, float), np.asarray(kernel, float))
    chart = plt.figure(figsize=(WIDTH, HEIGHT), layout="none")
    left, middle, right = (
        chart.add_axes((x / WIDTH, 0.1, width / WIDTH, 0.74))
        for x, width in ((0.1, 3.0), (3.35, 1.55), (5.1, 3.15))
    )
    show_image(photo, title=f"input {photo.shape}", role="input", ticks=False, ax=left)
    size = min(16.0, 46 / max(kernel.shape))
    total = number_text(float(np.sum(kernel)))
    show_kernel(kernel, title=f"kernel, sum {total}", text_size=size, ax=middle)
    unit = "response (white = 1)"
    title = f"feature map {y.shape}"
    show_map(y, title=title, unit=unit, role="output", ticks=False, ax=right)
    return chart


@in_course_style
def show_output_size(
    size: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    ax: Axes | None = None,
) -> Axes:
    """Draw every window along one axis, and the output number that each of them gives.

    Parameters
    ----------
    size, kernel, stride, padding, dilation : int
        As for `shapes.conv_output_size`; sizes in pixels.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Padded input on top, one row a window below, the output as a column on the right.

    Raises
    ------
    TypeError, ValueError
        As `shapes.conv_output_size`.

    Examples
    --------
    >>> ax = show_output_size(6, 3, stride=2)
    >>> print(ax.get_title())
    input 6 → output 2
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    num_outputs = conv_output_size(size, kernel, **options)
    padded = size + 2 * padding
    ax = axes_or_new(ax, width=9.0, height=4.6)
    read = _draw_windows(ax, padded, kernel, num_outputs, stride, dilation)
    _draw_axis_of_input(ax, size, padding, read)
    _add_cells(ax, [(padded + GAP, row + 1.5) for row in range(num_outputs)], OUTPUT)
    _write_labels(ax, size, padded, num_outputs, unread=not read.all())
    ax.set_title(f"input {size} → output {num_outputs}", fontsize=17)
    ax.set(xlim=(-4.2, padded + GAP + 4.4), ylim=(num_outputs + 2.0, -1.3), aspect="equal")
    ax.axis("off")
    return ax


def _draw_windows(
    ax: Axes, padded: int, kernel: int, num_outputs: int, stride: int, dilation: int
) -> NDArray:
    """Draw a row of taps for each output; tell which pixels lie under a window."""
    span = dilation * (kernel - 1) + 1
    inside = np.zeros(padded, bool)
    taps, spans = [], []
    for row in range(num_outputs):
        start = row * stride
        inside[start : start + span] = True
        taps += [(start + dilation * tap, row + 1.5) for tap in range(kernel)]
        spans.append(Rectangle((start, row + 1.5), span, 1))
    ax.add_collection(
        PatchCollection(spans, facecolor="none", edgecolor=QUIET, linewidth=1, linestyle=":")
    )
    _add_cells(ax, taps, KERNEL)
    rows = np.arange(num_outputs) + 2.0
    ax.scatter(np.full(num_outputs, padded + GAP / 2), rows, marker="$→$", color=INK, s=60, lw=0)
    return inside


def _draw_axis_of_input(ax: Axes, size: int, padding: int, read: NDArray) -> None:
    """Draw the pixels, the zeros around them, and cross out what no window covers."""
    places = np.arange(len(read))
    outside = (places < padding) | (places >= padding + size)
    _add_cells(ax, [(place, 0) for place in places[~outside]], INPUT)
    _add_cells(ax, [(place, 0) for place in places[outside]], "#EEEEEE")
    for place in places[~read]:
        # From corner to corner, but not through the middle, where a zero may stand.
        ax.plot([place + 0.05, place + 0.95], [0.95, 0.05], color=INK, linewidth=2)
    zeros = places[outside] + 0.5
    ground = {"marker": "o", "ms": 13, "color": "#EEEEEE"}
    for look in (ground, {"marker": "$0$", "ms": 8, "color": INK}):
        ax.plot(zeros, np.full(len(zeros), 0.5), linestyle="", mew=0, **look)


def _add_cells(ax: Axes, corners: list[tuple[float, float]], color: str) -> None:
    cells = [Rectangle(corner, 1, 1) for corner in corners]
    ax.add_collection(PatchCollection(cells, facecolor=color, edgecolor="white", linewidth=1.5))


def _write_labels(ax: Axes, size: int, padded: int, num_outputs: int, *, unread: bool) -> None:
    ax.text(-0.4, 0.5, f"input, {size}", color=INPUT, ha="right", va="center", fontsize=15)
    middle = 1.5 + num_outputs / 2
    ax.text(-0.4, middle, "windows", color="#8A5F00", ha="right", va="center", fontsize=15)
    ax.text(
        padded + GAP + 1.4, middle, f"output, {num_outputs}",
        color=OUTPUT, ha="left", va="center", fontsize=15,
    )  # fmt: skip
    if unread:
        ax.text(padded, -0.2, "crossed: in no window", ha="right", va="bottom", fontsize=13)
