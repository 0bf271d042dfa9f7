"""Pictures of notebook 13: digits on the move, windows over numbers, and what survives a shift."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import numpy_ops, plots
from course_lib.lessons.pooling.experiments import LARGEST_SHIFT, Walk
from course_lib.plots.curves import name_at_the_right
from course_lib.plots.style import (
    GRADIENT,
    KERNEL,
    OUTPUT,
    axes_or_new,
    in_course_style,
)


@in_course_style
def show_walk(walk: Walk) -> Figure:
    """Draw one digit at its places, and below each what the networks read.

    Parameters
    ----------
    walk : Walk
        As `experiments.walk` gives it.

    Returns
    -------
    Figure
        Axes a place; below it an answer of each network, wrong ones marked ✗.

    Examples
    --------
    >>> digit = Walk(np.zeros((7, 4, 4)), {"max": np.arange(7)}, target=3)
    >>> [ax.texts[0].get_text() for ax in show_walk(digit).axes[2:4]]
    ['2 ✗', '3']
    """
    count = len(walk.images)
    chart, axes = plots.figure(columns=count, width=9.0, height=1.6 + 0.42 * len(walk.answers))
    for place, ax in enumerate(axes[0]):
        pixels = place - LARGEST_SHIFT
        title = "in place" if pixels == 0 else f"{pixels:+d} px".replace("-", "−")
        plots.show_image(1 - walk.images[place], title=title, role="input", ticks=False, ax=ax)
        for line, (name, seen) in enumerate(walk.answers.items()):
            below = {"y": -0.22 - 0.32 * line, "transform": ax.transAxes, "va": "center"}
            ax.text(0.5, s=_read(seen[place], walk.target), ha="center", fontsize=18, **below)
            if place == 0:
                ax.text(-0.15, s=name, ha="right", fontsize=15, **below)
    return chart


def _read(answer: int, target: int) -> str:
    return f"{answer}" if answer == target else f"{answer} ✗"


@in_course_style
def show_shares(
    shares: Mapping[str, Sequence[float]],
    *,
    x_label: str,
    low: float = 0.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw shares, a row a network and a point a seed.

    Parameters
    ----------
    shares : mapping of str to sequence of float
        By the name of the network.
    x_label : str
        Share of what.
    low : float, default=0
        Where the axis begins.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The first network above.

    Examples
    --------
    >>> ax = show_shares({"a": [0.9, 0.8], "b": [0.5]}, x_label="share")
    >>> [line.get_xdata().tolist() for line in ax.lines]
    [[0.9, 0.8], [0.5]]
    """
    return plots.show_rows(shares, label=x_label, limits=(low, 1.01), ax=ax)


@in_course_style
def show_by_shift(survived: Mapping[str, NDArray], *, ax: Axes | None = None) -> Axes:
    """Draw the share of answers that survive a shift of 0, 1, 2, 3 pixels, averaged over seeds.

    Parameters
    ----------
    survived : mapping of str to (models, 4)
        By the name of the network.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        A curve a network, its name at its end.
    """
    ax = axes_or_new(ax, width=9.0, height=4.2)
    shifts = np.arange(LARGEST_SHIFT + 1)
    curves = {name: values.mean(axis=0) for name, values in survived.items()}
    plots.show_curves(shifts, curves, x_label="shift (pixels)", markers=True, ax=ax,
                      y_label="share of answers that stay", legend_place=None)  # fmt: skip
    ax.set(xticks=shifts, xlim=(-0.1, shifts[-1] + 1.1))
    ax.set_ylim(top=1.01)
    ends = {name: means[-1] for name, means in curves.items()}
    name_at_the_right(ax, ends, shifts[-1] + 0.12, line_of_text=0.075 * np.ptp(ax.get_ylim()))
    return ax


@in_course_style
def show_windows(row: NDArray, *, kernel_size: int, stride: int) -> Axes:
    """Draw a row of numbers, its windows, and the largest and the mean of each.

    Parameters
    ----------
    row : (L,)
        The input.
    kernel_size, stride : int
        Width of the windows and step between them, in pixels.

    Returns
    -------
    Axes
        The row above, a bracket for each window, then maxima and means.

    Examples
    --------
    >>> ax = show_windows(np.array([1.0, 3, 2, 2]), kernel_size=2, stride=2)
    >>> [text.get_text() for text in ax.texts][-6:]
    ['max', '3', '2', 'mean', '2', '2']
    """
    options = {"kernel_size": kernel_size, "stride": stride}
    maxima = numpy_ops.max_pool1d(row[None, None], **options)[0, 0]
    means = numpy_ops.avg_pool1d(row[None, None], **options)[0, 0]
    ax = axes_or_new(None, width=9.0, height=2.4)
    for place, value in enumerate(row):
        ax.text(place, 0, plots.number_text(value), ha="center", va="center", fontsize=22)
    for window in range(len(maxima)):
        first = window * stride
        y = -0.45 - 0.13 * (window % 2)
        ax.plot([first - 0.35, first + kernel_size - 0.65], [y, y], "-", color=KERNEL, lw=4)
    for y, name, values in ((-1.1, "max", maxima), (-1.75, "mean", means)):
        ax.text(-0.8, y, name, ha="right", va="center", fontsize=17, color=OUTPUT)
        for window, value in enumerate(values):
            center = window * stride + (kernel_size - 1) / 2
            ax.text(center, y, plots.number_text(value), ha="center", va="center", fontsize=22,
                    color=OUTPUT)  # fmt: skip
    ax.set(xlim=(-2, len(row)), ylim=(-2.1, 0.5))
    ax.axis("off")
    return ax


@in_course_style
def show_sent_back(x: NDArray, grad_y: NDArray) -> Figure:
    """Draw a map, the slopes that arrive, and what max and average pooling send back.

    Parameters
    ----------
    x : (H, W)
        The map; windows are 2x2 with stride 2.
    grad_y : (H / 2, W / 2)
        Slopes of the outputs.

    Returns
    -------
    Figure
        Axes: input, slopes at the outputs, slopes at the inputs of max and of average pooling.

    Examples
    --------
    >>> chart = show_sent_back(np.array([[1.0, 3], [2, 3]]), np.array([[8.0]]))
    >>> [plots.numbers_on(ax) for ax in chart.axes[2:]]
    [['0', '8', '0', '0'], ['2', '2', '2', '2']]
    """
    given = (grad_y[None, None], x[None, None])
    by_max = numpy_ops.max_pool2d_backward(*given, kernel_size=2)[0, 0]
    by_average = numpy_ops.avg_pool2d_backward(*given, kernel_size=2)[0, 0]
    pictures = [
        (x, "input x", "input"), (grad_y, "∂L/∂y", "gradient"),
        (by_max, "max: ∂L/∂x", "gradient"), (by_average, "average: ∂L/∂x", "gradient"),
    ]  # fmt: skip
    widths = [2, 1, 2, 2]
    chart, axes = plots.figure(columns=4, width=9.0, height=2.7, width_ratios=widths)
    for ax, (array, title, role) in zip(axes[0], pictures, strict=True):
        plots.show_numbers(array, title=title, role=role, signed=role == "gradient", ax=ax)
        if array.shape == x.shape:
            for row, column in np.ndindex(*grad_y.shape):
                color = KERNEL if role == "input" else GRADIENT
                plots.mark_window(
                    ax, row=2 * row, column=2 * column, height=2, width=2, color=color, line=2.0
                )
    return chart


@in_course_style
def show_explorer(image: NDArray, y: NDArray, grad_y: NDArray, grad_x: NDArray) -> Figure:
    """Draw the still of the pooling explorer: a map, its pooled map, and both slopes.

    Parameters
    ----------
    image, grad_x : (H, W)
        Input and its slopes.
    y, grad_y : (H_out, W_out)
        Output and its slopes.

    Returns
    -------
    Figure
        Four axes in the order x, y, ∂L/∂y, ∂L/∂x.
    """
    pictures = [
        (image, "input x", "input"), (y, "output y", "output"), (grad_y, "∂L/∂y", "gradient"),
        (grad_x, "∂L/∂x", "gradient"),
    ]  # fmt: skip
    widths = [array.shape[1] for array, _, _ in pictures]
    chart, axes = plots.figure(columns=4, width=9.0, height=2.9, width_ratios=widths)
    for ax, (array, title, role) in zip(axes[0], pictures, strict=True):
        plots.show_numbers(array, title=title, role=role, signed=role == "gradient", text_size=13,
                           ax=ax)  # fmt: skip
    return chart


@in_course_style
def show_halved(pictures: Mapping[str, NDArray]) -> Figure:
    """Draw a photo and its halved copies side by side, each as large as the first.

    Parameters
    ----------
    pictures : mapping of str to (H, W)
        Gray levels from 0 to 1, by name.

    Returns
    -------
    Figure
        Axes a picture.

    Examples
    --------
    >>> chart = show_halved({"a": np.ones((4, 4)), "b": np.ones((2, 2))})
    >>> [ax.get_title() for ax in chart.axes]
    ['a', 'b']
    """
    chart, axes = plots.figure(columns=len(pictures), width=9.0, height=2.6)
    for ax, (name, picture) in zip(axes[0], pictures.items(), strict=True):
        role = "input" if ax is axes[0, 0] else "output"
        plots.show_image(picture, title=name, role=role, ticks=False, ax=ax)
    return chart
