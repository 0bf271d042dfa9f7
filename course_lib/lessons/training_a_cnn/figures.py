"""Pictures of a training: which classes are confused, and how optimizers walk downhill."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib.errors import InvalidValue
from course_lib.plots.curves import MARKERS
from course_lib.plots.style import (
    CURVE_COLORS,
    CURVE_LINES,
    INK,
    QUIET,
    axes_or_new,
    figure,
    frame,
    in_course_style,
)


@in_course_style
def show_confusion(
    counts: NDArray, class_names: Sequence[str], *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a confusion matrix in images: right answers framed, mistakes the redder the more.

    Parameters
    ----------
    counts : (C, C)
        Images by true class (row) and predicted class (column).
    class_names : sequence of str
        A name for each class.
    title : str, default=""
        Text above.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `counts` is not square or has another size than `class_names`.

    Examples
    --------
    >>> ax = show_confusion(np.array([[8, 2], [0, 4]]), ["cat", "dog"])
    >>> [text.get_text() for text in ax.texts]
    ['8', '2', '4']
    """
    size = len(class_names)
    if counts.shape != (size, size):
        raise InvalidValue(
            "show_confusion", received=f"counts with shape {counts.shape} and {size} class names",
            needed="counts (C, C) and C names",
            fix="count with training.confusion_matrix")  # fmt: skip
    ax = axes_or_new(ax)
    mistakes = np.where(np.eye(size, dtype=bool), 0, counts)
    ax.imshow(mistakes, cmap="Reds", vmin=0, vmax=2 * max(1, mistakes.max()))  # pale enough to read
    for row, column in np.argwhere(counts > 0):
        ax.text(column, row, str(counts[row, column]), ha="center", va="center", color=INK)
    for k in range(size):
        box = Rectangle((k - 0.5, k - 0.5), 1, 1, fill=False, edgecolor=QUIET, linewidth=1.5)
        ax.add_patch(box)
    ticks = range(size)
    ax.set(xticks=ticks, yticks=ticks, xlabel="predicted class", ylabel="true class", title=title)
    ax.set_xticklabels(class_names)
    ax.set_yticklabels(class_names)
    frame(ax, INK, width=1.0)
    return ax


@in_course_style
def show_walks(loss: Callable[[NDArray, NDArray], NDArray], paths: Mapping[str, NDArray]) -> Figure:
    """Draw walks over a loss of two weights, each on contour lines of its own, all on one scale.

    Parameters
    ----------
    loss : callable
        Gives the loss for arrays of first and second weights.
    paths : mapping of str to (T, 2)
        The weights after each step, by the name of the walker.

    Returns
    -------
    Figure
        Up to four walks in a row.

    Examples
    --------
    >>> walk = np.array([[2.0, 1.0], [1.0, 0.5], [0.0, 0.0]])
    >>> len(show_walks(lambda a, b: a**2 + b**2, {"straight": walk}).axes)
    1
    """
    columns = min(4, len(paths))
    rows = -(-len(paths) // columns)
    chart, panels = figure(rows=rows, columns=columns, width=9.0, height=2.6 * rows)
    points = np.concatenate(list(paths.values()))
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * (high - low) + 1e-9
    grid = [np.linspace(a - m, b + m, 120) for a, b, m in zip(low, high, margin, strict=True)]
    heights = loss(*np.meshgrid(*grid))
    levels = np.linspace(0, np.sqrt(heights.max()), 9) ** 2  # denser near the bottom
    for ax, (name, path), color in zip(panels.flat, paths.items(), CURVE_COLORS, strict=False):
        ax.contour(*grid, heights, levels=levels, colors="#DDDDDD", linewidths=1)
        ax.plot(*path.T, color=color, linestyle="-", marker="o", markersize=3.5, linewidth=1.5)
        ax.plot(*path[0], "s", color=INK, markersize=7)
        ax.plot(0, 0, "+", color=INK, markersize=12)
        ax.set_title(name, loc="left")
    for ax in panels[-1]:
        ax.set_xlabel("first weight: along")
    for ax in panels[:, 0]:
        ax.set_ylabel("second: across")
    return chart


@in_course_style
def show_runs(
    x: NDArray, runs: Mapping[str, NDArray], *, x_label: str, y_label: str, log_x: bool = False
) -> Axes:
    """Draw several runs of each kind, one line a seed, the loss on a logarithmic axis.

    Parameters
    ----------
    x : (T,)
        Common positions: steps, or learning rates.
    runs : mapping of str to (S, T)
        A row for each seed, by the name of the kind.
    x_label, y_label : str
        What the axes show, with units.
    log_x : bool, default=False
        Logarithmic positions; each point is then marked.

    Returns
    -------
    Axes
        The axes drawn on.

    Examples
    --------
    >>> ax = show_runs(np.arange(3), {"a": np.ones((2, 3))}, x_label="step", y_label="loss (nats)")
    >>> len(ax.lines)
    3
    """
    ax = figure(width=8.0, height=4.0)[1][0, 0]
    looks = zip(runs.items(), CURVE_COLORS, CURVE_LINES, MARKERS, strict=False)
    for (name, values), color, line, marker in looks:
        for number, row in enumerate(values):
            ax.plot(
                x, row, color=color, linestyle=line, linewidth=2, markersize=6,
                marker=marker if log_x else "", label=None if number else name,
            )  # fmt: skip
    ax.axhline(np.log(10), color=QUIET, linestyle=":", linewidth=1.5)
    ax.text(1.01, np.log(10), "log 10", color=INK, va="center", transform=ax.get_yaxis_transform())
    ax.set(xlabel=x_label, ylabel=y_label, yscale="log", xscale="log" if log_x else "linear")
    ax.grid(True, linestyle="-")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(runs))
    return ax


@in_course_style
def show_first_maps(layers: Sequence[Callable], image: NDArray, channel: int) -> Figure:
    """Draw a digit and what the first three layers make of it, the maps on one scale.

    Parameters
    ----------
    layers : sequence of callable
        A convolution, its activation and its pooling.
    image : (1, 1, H, W)
        The digit.
    channel : int
        Which map to follow.

    Returns
    -------
    Figure
        Four pictures and one color bar.

    Examples
    --------
    >>> chart = show_first_maps([np.negative, np.abs, np.copy], np.eye(4)[None, None], channel=0)
    >>> [ax.get_title() for ax in chart.axes[:2]]
    ['input', 'convolution']
    """
    chart, axes = figure(columns=4, height=2.7)
    axes[0, 0].imshow(image[0, 0], cmap="gray", vmin=0, vmax=1)
    axes[0, 0].set_title("input")
    maps, x = [], image
    for layer in layers:
        x = layer(x)
        maps.append(x[0, channel])
    limit = np.abs(maps[0]).max()
    for ax, shown, name in zip(axes[0, 1:], maps, ("convolution", "ReLU", "pooling"), strict=True):
        picture = ax.imshow(shown, cmap="RdBu_r", vmin=-limit, vmax=limit)
        ax.set_title(name)
    for ax in axes[0]:
        ax.set(xticks=[], yticks=[])
    chart.colorbar(picture, ax=axes[0, 1:].tolist(), shrink=0.8, label="value")
    return chart


@in_course_style
def show_slope(weight: float, *, ax: Axes | None = None) -> Axes:
    """Draw −log p of the right one of two classes with scores w and 0, and its slope at a weight.

    Parameters
    ----------
    weight : float
        Where the tangent touches.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Examples
    --------
    >>> show_slope(-1.0).get_xlabel()
    'weight w'
    """
    ax = axes_or_new(ax, width=6.5, height=3.3)
    w = np.linspace(-4, 4, 161)
    here, slope = np.log1p(np.exp(-weight)), 1 / (1 + np.exp(-weight)) - 1
    near = w[np.abs(w - weight) <= 1.8]
    ax.plot(w, np.log1p(np.exp(-w)), color=CURVE_COLORS[0], linestyle="-")
    ax.plot(near, here + slope * (near - weight), color=CURVE_COLORS[1], linestyle="--")
    ax.plot(weight, here, "o", color=INK)
    text = f"slope −{-slope:.2f}"
    ax.annotate(text, (weight, here), xytext=(10, 8), textcoords="offset points")
    ax.text(-2.5, 3.3, "loss −log p", color=CURVE_COLORS[0])
    ax.set(xlabel="weight w", ylabel="loss (nats)", ylim=(0, 4.3))
    ax.grid(True, linestyle="-")
    return ax


@in_course_style
def show_misread(images: NDArray, titles: Sequence[str]) -> Figure:
    """Draw digits in rows of up to six, a title above each.

    Examples
    --------
    >>> len(show_misread(np.zeros((7, 1, 8, 8)), list("abcdefg")).axes)
    12
    """
    columns = min(6, max(1, len(images)))
    rows = max(1, -(-len(images) // columns))
    chart, axes = figure(rows=rows, columns=columns, width=1.5 * columns, height=1.9 * rows)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image[0], cmap="gray", vmin=0, vmax=1)
        ax.set_title(title)
    return chart
