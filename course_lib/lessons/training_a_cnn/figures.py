"""Pictures of a training: which classes are confused, and how optimizers walk downhill."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
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
def show_paths(
    loss: Callable[[NDArray, NDArray], NDArray],
    paths: Mapping[str, NDArray],
    *,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw walks over a loss of two weights, on its contour lines.

    Parameters
    ----------
    loss : callable
        Gives the loss for arrays of first and second weights.
    paths : mapping of str to (T, 2)
        The weights after each step, by the name of the walker; at most seven.
    title : str, default=""
        Text above.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Examples
    --------
    >>> walk = np.array([[2.0, 1.0], [1.0, 0.5], [0.0, 0.0]])
    >>> ax = show_paths(lambda a, b: a**2 + b**2, {"straight": walk})
    >>> ax.get_xlabel()
    'first weight'
    """
    ax = axes_or_new(ax, width=8.0, height=4.0)
    points = np.concatenate(list(paths.values()))
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * (high - low) + 1e-9
    axes = [np.linspace(a - m, b + m, 120) for a, b, m in zip(low, high, margin, strict=True)]
    heights = loss(*np.meshgrid(*axes))
    levels = np.linspace(0, np.sqrt(heights.max()), 9) ** 2  # denser near the bottom
    ax.contour(*axes, heights, levels=levels, colors="#DDDDDD", linewidths=1)
    looks = zip(paths.items(), CURVE_COLORS, CURVE_LINES, MARKERS, strict=False)
    for (name, path), color, line, marker in looks:
        ax.plot(*path.T, label=name, color=color, linestyle=line, marker=marker, markersize=4)
    ax.set(xlabel="first weight", ylabel="second weight", title=title)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))  # beside, where no walk can go
    return ax
