"""What was measured: readers that see too little, and the pixels that count."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.datasets import Dataset
from course_lib.plots.images import mark_window, show_image
from course_lib.plots.style import (
    GRADIENT,
    INK,
    INPUT,
    OUTPUT,
    QUIET,
    axes_or_new,
    figure,
    in_course_style,
)

GUESSING = 0.5


@in_course_style
def show_two_digits(data: Dataset, *, fields: Mapping[str, int] | None = None) -> Figure:
    """Draw one pair of digits in both orders, and windows as large as the given fields.

    Parameters
    ----------
    data : Dataset
        As `experiments.two_digits` gives it.
    fields : mapping of str to int, default=None
        Sizes in pixels by name, drawn to scale around the middle of the second image.

    Returns
    -------
    Figure
        Two axes, a number each.

    Examples
    --------
    >>> from course_lib.lessons.receptive_fields.experiments import two_digits
    >>> chart = show_two_digits(two_digits(seed=0, num_train=2, num_test=2))
    >>> [ax.get_title() for ax in chart.axes]
    ['17', '71']
    """
    chart, axes = figure(rows=2, height=3.6) if fields is None else figure(columns=2, height=3.5)
    for ax, image, name in zip(axes.flat, data.x_train[:2], data.class_names, strict=True):
        show_image(1 - image, title=name, role="input", ticks=False, ax=ax)
        ink = np.flatnonzero(image[0].sum(axis=0))
        gaps = np.diff(ink)
        middle = ink[gaps.argmax()] + gaps.max() / 2
        for label, size in (fields or {}).items():
            top, left = (image.shape[1] - size) / 2, middle + 0.5 - size / 2
            mark_window(ax, row=top, column=left, height=size, width=size, color=OUTPUT, line=2.5)
            at = (middle, top - 1.5 if size > image.shape[1] else 3.5)
            ax.text(*at, label, color=INK, fontsize=12, ha="center", va="center")
        if fields:
            ax.set(ylim=(19, -12))
    return chart


@in_course_style
def show_readers(
    accuracies: Mapping[str, Sequence[float]], *, sizes: Sequence[int] | None = None,
    needed: int | None = None, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw the accuracy of networks, a point a seed.

    Parameters
    ----------
    accuracies : mapping of str to sequence of float
        Share of right answers by the name of the network, a value a seed.
    sizes : sequence of int, default=None
        The field of each network in pixels: where given, the networks stand at it.
    needed : int, default=None
        The smallest field that touches both digits; a line marks it.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        A row a network, or accuracy against field.

    Examples
    --------
    >>> ax = show_readers({"small": [0.5, 0.5], "large": [1.0, 0.9]}, sizes=[7, 22])
    >>> ax.get_xlabel()
    'field of the last layer before the global maximum (pixels)'
    """
    ax = axes_or_new(ax, width=9.0, height=2.8 if sizes is None else 3.8)
    by_size = sizes is not None
    for place, (name, values) in zip(sizes or range(len(accuracies)), accuracies.items(),
                                     strict=True):  # fmt: skip
        at = np.full(len(values), place) + 0.12 * (np.arange(len(values)) - 1)
        points = (at, values) if by_size else (values, at)
        ax.plot(*points, "o", color=OUTPUT, ms=9, mfc="none", mew=2.2, clip_on=False)
        if by_size:
            name = name.replace(" ", "\n", 1)
            ax.text(place, min(values) - 0.04, name, ha="center", va="top", fontsize=12)
    share = {"label": "share of 300 unseen images read right (guessing: 0.5)"}
    if by_size:
        ax.axhline(GUESSING, color=QUIET, linestyle=":")
        if needed:
            ax.axvline(needed, color=INPUT, linestyle="--")
            ax.text(needed + 0.2, 0.98, f"{needed} pixels: both digits", color=INPUT, va="top")
        ax.set(
            xlabel="field of the last layer before the global maximum (pixels)",
            ylabel="share read right",
        )
        ax.set(ylim=(0.28, 1.04), xlim=(5, 24), xticks=range(6, 25, 2))
    else:
        ax.axvline(GUESSING, color=QUIET, linestyle=":")
        ax.set_yticks(range(len(accuracies)), list(accuracies))
        ax.set(xlim=(0.4, 1.02), ylim=(len(accuracies) - 0.5, -0.5), xlabel=share["label"])
    ax.grid(True)
    return ax


@in_course_style
def show_shares(fields: Mapping[str, NDArray], *, titles: bool = True) -> Figure:
    """Draw effective fields at one scale of pixels, each from white to its own largest share.

    Parameters
    ----------
    fields : mapping of str to (size, size)
        Shares by title; the largest sets the scale of pixels for all.
    titles : bool, default=True
        Write the names above.

    Returns
    -------
    Figure
        An axes a field, and one color bar.

    Examples
    --------
    >>> chart = show_shares({"a": np.eye(3), "b": np.eye(9)})
    >>> chart.axes[0].get_xlim() == chart.axes[1].get_xlim()
    True
    """
    chart, axes = figure(columns=len(fields), height=3.3)
    reach = max(len(field) for field in fields.values()) / 2
    for ax, (name, field) in zip(axes[0], fields.items(), strict=True):
        half = len(field) / 2
        shown = ax.imshow(field / field.max(), cmap="viridis", vmin=0, vmax=1,
                          extent=(-half, half, half, -half))  # fmt: skip
        ax.set(xlim=(-reach, reach), ylim=(reach, -reach), title=name if titles else "")
        ax.set(xlabel="pixels from the middle")
        ax.tick_params(labelsize=11)
    axes[0, 0].set_ylabel("pixels")
    chart.colorbar(shown, ax=axes[0, -1], label="share of the largest", shrink=0.8)
    return chart


@in_course_style
def show_spreads(
    depths: NDArray, spreads: NDArray, *, fields: NDArray | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the measured spread of fields against depth, and the rule for it.

    Parameters
    ----------
    depths : (L,)
        Numbers of layers.
    spreads : (L, S)
        Measured spreads in pixels, a column a seed.
    fields : (L,), default=None
        Theoretical fields in pixels, drawn as well.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Pixels against layers.

    Examples
    --------
    >>> ax = show_spreads(np.array([1, 2]), np.ones((2, 3)))
    >>> [text.get_text() for text in ax.texts]
    ['√(2n/3)', 'measured']
    """
    ax = axes_or_new(ax, width=9.0, height=3.8)
    last = depths[-1]
    if fields is not None:
        ax.plot(depths, fields, "s", color=INPUT, mfc="none", mew=2)
        ax.text(last + 0.4, fields[-1], "field\n2n + 1", color=INPUT, va="center")
    ax.plot(depths, np.sqrt(2 * depths / 3), "_", color=INK, ms=26, mew=2)
    ax.plot(depths, spreads, "o", color=GRADIENT, mfc="none", mew=1.8, ms=7)
    ax.text(last + 0.4, np.sqrt(2 * last / 3) - (1.2 if fields is not None else 0.25), "√(2n/3)")
    ax.text(last + 0.4, spreads[-1].mean() + (1.2 if fields is not None else 0.2), "measured",
            color="#A84300")  # fmt: skip
    ax.set(xlabel="layers n", ylabel="pixels", xticks=depths, xlim=(0, last + 3), ylim=(0, None))
    ax.grid(True)
    return ax
