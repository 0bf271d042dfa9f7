"""A row for each network or method, and a point in it for each seed."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_lib.plots.style import INK, OUTPUT, QUIET, axes_or_new, in_course_style

Look = tuple[str, str]  # color and marker


@in_course_style
def show_rows(
    values: Mapping[str, Sequence[float]],
    *,
    label: str,
    limits: tuple[float, float] | None = None,
    looks: Mapping[str, Look] | None = None,
    means: bool = False,
    reference: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a row for each name, and a point in it for each seed.

    Parameters
    ----------
    values : mapping of str to sequence of float
        A value a seed, by the text of the row, from top to bottom.
    label : str
        What they are, with the unit.
    limits : (float, float), default=None
        Ends of the axis; None fits them to the values.
    looks : mapping of str to (color, marker), default=None
        By the text of the row; a row that is not named has green circles.
    means : bool, default=False
        Whether a bar stands at the mean of each row.
    reference : float, default=None
        Where a dotted line is drawn through all rows, such as the value of guessing.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The first name on top.

    Examples
    --------
    >>> ax = show_rows({"one": [0.9, 0.8], "two": [0.5]}, label="accuracy (share)")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['one', 'two']
    """
    count = len(values)
    ax = axes_or_new(ax, width=9.0, height=1.1 + 0.5 * count)
    for row, (name, numbers) in enumerate(values.items()):
        color, marker = (looks or {}).get(name, (OUTPUT, "o"))
        ax.plot(numbers, np.full(len(numbers), row), marker, color=color, ms=10, alpha=0.75)
        if means:
            ax.plot([np.mean(numbers)] * 2, [row - 0.3, row + 0.3], "-", color=INK, lw=3)
    if reference is not None:
        ax.axvline(reference, color=QUIET, linestyle=":", lw=2)
    ax.set(xlabel=label, xlim=limits, ylim=(count - 0.5, -0.5))
    ax.set_yticks(range(count), list(values))
    ax.grid(True)
    return ax
