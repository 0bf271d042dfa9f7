"""Figures of notebook 00: digits, and what networks take them for."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.plots.style import INK, QUIET


@plots.in_course_style
def show_digits(images: NDArray, titles: Sequence[str], *, columns: int) -> Figure:
    """Draw small images in rows, each under its title.

    Parameters
    ----------
    images : (N, 1, H, W)
        Gray levels from 0 to 1.
    titles : sequence of str
        A title for each.
    columns : int
        Images in a row.

    Returns
    -------
    Figure
        The images, row by row.

    Examples
    --------
    >>> chart = show_digits(np.zeros((3, 1, 8, 8)), ["a", "b", "c"], columns=2)
    >>> [ax.get_title() for ax in chart.axes]
    ['a', 'b', 'c']
    """
    rows = -(-len(images) // columns)
    chart, axes = plots.figure(
        rows=rows, columns=columns, height=0.3 + rows * (8.6 / columns + 0.4)
    )
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        plots.show_image(image, title=title, ticks=False, ax=ax)
        ax.title.set_fontsize(14)
    for ax in axes.flat[len(images) :]:
        ax.remove()
    return chart


@plots.in_course_style
def show_answer(image: NDArray, probabilities: NDArray, *, truth: int) -> Figure:
    """Draw a digit, and how probable the network finds each class.

    Parameters
    ----------
    image : (1, H, W)
        Gray levels from 0 to 1.
    probabilities : (C,)
        One a class; they add up to 1.
    truth : int
        The class that is right, named below the bars.

    Returns
    -------
    Figure
        The image, and a bar a class.

    Examples
    --------
    >>> chart = show_answer(np.zeros((1, 8, 8)), np.array([0.9, 0.1]), truth=1)
    >>> [text.get_text() for text in chart.axes[1].texts]
    ['0.90', '0.10']
    """
    chart, axes = plots.figure(columns=2, width=8, height=3.4, width_ratios=[1, 1.8])
    plots.show_image(image, role="input", ticks=False, ax=axes[0, 0])
    ax, classes = axes[0, 1], np.arange(len(probabilities))
    ax.bar(classes, probabilities, color=np.where(classes == probabilities.argmax(), INK, QUIET))
    for place, probability in zip(classes, probabilities, strict=True):
        ax.text(place, probability + 0.02, f"{probability:.2f}", ha="center", fontsize=12)
    ax.set(xlabel=f"class (it is a {truth})", ylabel="probability", ylim=(0, 1.12))
    ax.set_xticks(classes)
    return chart
