"""The layer on a few numbers and on a photo: channels, groups, the matrix, stamps."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import numpy_ops, plots


@plots.in_course_style
def show_sums(x: NDArray, weight: NDArray, bias: float) -> Figure:
    """Draw one filter at work: channels, their kernels, what each channel adds, and the output.

    Parameters
    ----------
    x : (C, H, W)
        A small image; its first window is marked.
    weight : (C, K_h, K_w)
        The filter, a kernel a channel.
    bias : float
        Added to the sum of all channels.

    Returns
    -------
    Figure
        One row: three pictures a channel, then the output.

    Examples
    --------
    >>> chart = show_sums(np.ones((2, 2, 2)), np.ones((2, 2, 2)), 1.0)
    >>> plots.numbers_on(chart.axes[-1])
    ['9']
    """
    height, width = weight.shape[1:]
    parts = [numpy_ops.cross_correlate2d(c, k) for c, k in zip(x, weight, strict=True)]
    sizes = [*(x.shape[2], width, parts[0].shape[1]) * len(x), parts[0].shape[1]]
    chart, axes = plots.figure(columns=len(sizes), height=2.1, width_ratios=sizes)
    for c, (row, part) in enumerate(zip(axes[0, :-1].reshape(-1, 3), parts, strict=True)):
        plots.show_numbers(x[c], title=f"channel {c}", role="input", limit=3, ax=row[0])
        plots.mark_window(row[0], row=0, column=0, height=height, width=width, color=plots.KERNEL)
        plots.show_kernel(weight[c], title="kernel", ax=row[1])
        plots.show_numbers(part, title="sums", signed=True, limit=6, ax=row[2])
    total = sum(parts) + bias
    plots.show_numbers(total, title="output", role="output", signed=True, limit=6, ax=axes[0, -1])
    return chart


@plots.in_course_style
def show_responses(photo: NDArray, maps: Mapping[str, NDArray]) -> Figure:
    """Draw a color photo (3, H, W) and three maps (H, W) that a layer makes of it, by name.

    Examples
    --------
    >>> chart = show_responses(np.zeros((3, 4, 4)), {"a": np.ones((2, 2)), "b": np.eye(2)})
    >>> [ax.get_title() for ax in chart.axes[:3]]
    ['input', 'a', 'b']
    """
    ratios = (1, *[1.35] * len(maps))  # with room for the color bars
    chart, axes = plots.figure(columns=len(ratios), height=2.1, width_ratios=ratios)
    plots.show_image(photo, title="input", role="input", ticks=False, ax=axes[0, 0])
    for ax, (name, values) in zip(axes[0, 1:], maps.items(), strict=True):
        plots.show_map(values, unit="response", title=name, role="output", ticks=False, ax=ax)
    return chart


@plots.in_course_style
def show_who_sees_whom(tables: Mapping[str, NDArray]) -> Figure:
    """Draw by name which of the input channels each output channel sees: (C_out, C_in), 1 or 0.

    Examples
    --------
    >>> len(show_who_sees_whom({"plain": np.ones((2, 2)), "depthwise": np.eye(2)}).axes)
    2
    """
    chart, axes = plots.figure(columns=len(tables), height=3.6)
    for ax, (name, table) in zip(axes[0], tables.items(), strict=True):
        plots.show_kernel(table, title=name, ax=ax)
        outputs, inputs = (range(size) for size in table.shape)
        ax.set(xlabel="input channel", ylabel="output channel", xticks=inputs, yticks=outputs)
    return chart


@plots.in_course_style
def show_matrix(matrix: NDArray, *, ax: Axes | None = None) -> Axes:
    """Draw a layer as the matrix from all its inputs to all its outputs.

    Examples
    --------
    >>> show_matrix(np.eye(4)).get_ylabel()
    'output number'
    """
    ax = plots.figure(height=2.9)[1][0, 0] if ax is None else ax
    plots.show_map(matrix, unit="weight", ax=ax)
    ax.set(aspect="auto", xlabel="input number (channel, row, column)", ylabel="output number")
    return ax


@plots.in_course_style
def show_stamps(small: NDArray, kernel: NDArray, *, stride: int) -> Figure:
    """Draw a small map, the kernel that it stamps, and the large map of all stamps added up.

    Examples
    --------
    >>> chart = show_stamps(np.ones((1, 2)), np.ones((1, 3)), stride=2)
    >>> plots.numbers_on(chart.axes[2])
    ['1', '1', '2', '1', '1']
    """
    large = numpy_ops.conv_transpose2d(small[None, None], kernel[None, None], stride=stride)[0, 0]
    sizes = (small.shape[1], kernel.shape[1], large.shape[1])
    chart, axes = plots.figure(columns=3, height=3.4, width_ratios=sizes)
    plots.show_numbers(small, title="input", role="input", ax=axes[0, 0])
    plots.show_kernel(kernel, ax=axes[0, 1])
    title = f"output {large.shape}"
    plots.show_numbers(large, title=title, role="output", signed=True, ax=axes[0, 2])
    for i, j in np.ndindex(*small.shape):
        place = {"row": i * stride, "column": j * stride}
        size = {"height": kernel.shape[0], "width": kernel.shape[1]}
        plots.mark_window(axes[0, 2], **place, **size, color=plots.KERNEL, line=2.0)
    return chart


@plots.in_course_style
def show_checkerboard(photo: NDArray, kernels: tuple[int, int], *, stride: int = 2) -> Figure:
    """Enlarge a gray photo (H, W) with flat stamps of two sizes, to see where they overlap.

    Examples
    --------
    >>> chart = show_checkerboard(np.ones((4, 4)), (3, 4))
    >>> [ax.get_title() for ax in chart.axes[:3]]
    ['input (4, 4)', 'stamps of 3×3', 'stamps of 4×4']
    """
    chart, axes = plots.figure(columns=3, height=3.4)
    title = f"input {photo.shape}"
    plots.show_image(photo, title=title, role="input", ticks=False, ax=axes[0, 0])
    for ax, size in zip(axes[0, 1:], kernels, strict=True):
        # The rim, where stamps are missing, is cut; a mean of 1 keeps the brightness.
        stamp = np.full((1, 1, size, size), (stride / size) ** 2)
        large = numpy_ops.conv_transpose2d(photo[None, None], stamp, stride=stride)[0, 0]
        inner = large[size:-size, size:-size]
        title = f"stamps of {size}×{size}"
        plots.show_image(inner.clip(0, 1), title=title, role="output", ticks=False, ax=ax)
    return chart
