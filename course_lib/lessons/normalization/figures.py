"""Still pictures of notebook 11."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib import numpy_ops, plots
from course_lib.lessons.normalization.companions import COMPANIONS, companions_of
from course_lib.lessons.normalization.experiments import Drift
from course_lib.plots.style import (
    CURVE_COLORS,
    CURVE_LINES,
    INK,
    INPUT,
    KERNEL,
    OUTPUT,
)

MARKERS = "osD^"
SHOWN_SHAPE, SHOWN_PLACE = (3, 4, 2, 2), (0, 1, 0, 0)  # of the picture of all norms


@plots.in_course_style
def show_opening(
    shuffled: NDArray, in_order: NDArray, right: Sequence[float], right_in_order: Sequence[float]
) -> Figure:
    """Draw digits as they come and sorted by class, and how many are read right in each order.

    Parameters
    ----------
    shuffled, in_order : (L, H, W)
        The first images of each order.
    right, right_in_order : sequence of float
        Accuracy in each order, a value a seed.

    Returns
    -------
    Figure
        Two axes of images, and one of accuracies.

    Examples
    --------
    >>> len(show_opening(np.zeros((3, 8, 8)), np.zeros((3, 8, 8)), [0.9], [0.2]).axes)
    3
    """
    shares = {"shuffled": right, "sorted": right_in_order}
    chart, axes = plots.figure(rows=3, height=3.5, height_ratios=[1.0, 1.0, 2.1])
    for ax, name, row in zip(axes[:-1, 0], shares, (shuffled, in_order), strict=True):
        strip = np.concatenate(list(np.pad(row, ((0, 0), (0, 0), (1, 1)))), axis=1)
        plots.show_image(strip, ticks=False, ax=ax)
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    label = "test accuracy (share of 500 digits; dotted: guessing)"
    plots.show_rows(shares, label=label, limits=(0, 1), reference=0.1, ax=axes[-1, 0])
    return chart


@plots.in_course_style
def show_seeds(
    x: Sequence[float],
    curves: Mapping[str, NDArray],
    *,
    x_label: str,
    y_label: str,
    log_x: bool = True,
    limits: tuple[float, float] = (0, 1),
    ax: Axes | None = None,
) -> Axes:
    """Draw measured curves, a thin line a seed and a thick one through their mean.

    Parameters
    ----------
    x : (L,)
        What was varied.
    curves : mapping of str to (L, number of seeds)
        What came out, by name; at most four.
    x_label, y_label : str
        With units.
    log_x : bool, default=True
        Spread x evenly in its logarithm.
    limits : (float, float), default=(0, 1)
        Ends of the vertical axis; what lies above is drawn at the upper one.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The names stand to the right of all curves.

    Examples
    --------
    >>> ax = show_seeds([1, 2], {"one": np.ones((2, 3))}, x_label="n", y_label="share")
    >>> len(ax.lines)
    4
    """
    ax = plots.figure(height=4.0)[1][0, 0] if ax is None else ax
    looks = zip(curves.items(), CURVE_COLORS, CURVE_LINES, MARKERS, strict=False)
    for (name, values), color, line, marker in looks:
        inside = np.minimum(values, limits[1])
        for seed in range(values.shape[1]):
            ax.plot(x, inside[:, seed], color=color, linestyle="-", lw=1, alpha=0.6)
        mean = np.minimum(np.mean(values, axis=1), limits[1])
        ax.plot(x, mean, color=color, linestyle=line, marker=marker, label=name, clip_on=False)
    if log_x:
        ax.set_xscale("log")
    ax.set_xticks(x, [f"{value:g}" for value in x])
    ax.minorticks_off()
    ax.set(xlabel=x_label, ylabel=y_label, ylim=limits)
    ax.grid(True)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


@plots.in_course_style
def show_drift(found: Mapping[str, Drift]) -> Figure:
    """Draw drift, turn of the gradient and final loss side by side, a point a seed.

    Parameters
    ----------
    found : mapping of str to Drift
        By the name of the row.

    Returns
    -------
    Figure
        Three axes.

    Examples
    --------
    >>> one = Drift(np.ones(3), np.ones(3), np.ones(3))
    >>> len(show_drift({"plain": one}).axes)
    3
    """
    chart, axes = plots.figure(columns=3, height=3.0)
    panels = (
        ("drift", "drift of the inputs\n(spreads a step)", 0.35),
        ("turn", "turn of the gradient\n(degrees a step)", 120),
        ("loss", "loss after 100 steps\n(nats)", 0.9),
    )
    for ax, (field, label, end) in zip(axes[0], panels, strict=True):
        values = {name: getattr(each, field) for name, each in found.items()}
        plots.show_rows(values, label=label, limits=(0, end), ax=ax)
    for ax in axes[0, 1:]:
        ax.set_yticklabels([])
    return chart


@plots.in_course_style
def show_norms(*, groups: int = 2) -> Figure:
    """Draw the companions of one number under each norm: 3 images, 4 channels, 2×2 pixels.

    Parameters
    ----------
    groups : int, default=2
        Of group norm.

    Returns
    -------
    Figure
        One axes a norm.

    Examples
    --------
    >>> [ax.get_title() for ax in show_norms().axes][:2]
    ['batch', 'layer']
    """
    chart, axes = plots.figure(columns=len(COMPANIONS), height=2.6)
    for ax, norm in zip(axes[0], COMPANIONS, strict=True):
        marked = companions_of(norm, SHOWN_SHAPE, SHOWN_PLACE, groups=groups)
        for place in np.ndindex(*SHOWN_SHAPE):
            color = KERNEL if marked[place] else "#EDEDED"
            ax.add_patch(Rectangle(_corner(place), 0.9, 0.9, color=color))
        ax.add_patch(Rectangle(_corner(SHOWN_PLACE), 0.9, 0.9, fill=False, ec=INK, lw=3))
        ax.set(xlim=(-0.3, 10), ylim=(8.2, -0.3), aspect="equal", title=norm)
        ax.set_xticks(1 + 2.5 * np.arange(4), [f"c{c}" for c in range(4)])
        images = [f"n{n}" for n in range(3)] if norm == COMPANIONS[0] else [""] * 3
        ax.set_yticks(1 + 2.7 * np.arange(3), images)
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
    axes[0, 2].set_xlabel(
        "a block: one channel of one image, 2×2 pixels; rows images, columns channels"
    )
    return chart


def _corner(place: tuple[int, int, int, int]) -> tuple[float, float]:
    n, c, i, j = place
    return 2.5 * c + j, 2.7 * n + i


@plots.in_course_style
def show_blocks(x: NDArray, y: NDArray) -> Figure:
    """Draw maps before and after a norm as two grids: a row of blocks an image.

    Parameters
    ----------
    x, y : (N, C, H, W)
        Input and output.

    Returns
    -------
    Figure
        Two axes.

    Examples
    --------
    >>> len(show_blocks(np.zeros((2, 3, 2, 2)), np.zeros((2, 3, 2, 2))).axes)
    2
    """
    chart, axes = plots.figure(columns=2, height=3.4)
    grids = (("input x", x, "input"), ("normalized", y, "output"))
    for ax, (title, maps, role) in zip(axes[0], grids, strict=True):
        plots.show_numbers(as_grid(maps), title=title, role=role, signed=True, text_size=11, ax=ax)
        _, c, h, w = maps.shape
        for edge in range(1, c):
            ax.axvline(edge * w - 0.5, color=INPUT if role == "input" else OUTPUT, lw=2.5)
        for edge in range(1, len(maps)):
            ax.axhline(edge * h - 0.5, color=INPUT if role == "input" else OUTPUT, lw=2.5)
    return chart


def as_grid(maps: NDArray) -> NDArray:
    """Lay maps (N, C, H, W) out as one grid (N·H, C·W).

    Examples
    --------
    >>> as_grid(np.arange(4).reshape(1, 2, 1, 2))
    array([[0, 1, 2, 3]])
    """
    n, c, h, w = maps.shape
    return maps.transpose(0, 2, 1, 3).reshape(n * h, c * w)


def normalized(x: NDArray, norm: str, *, groups: int = 2) -> NDArray:
    """Normalize x (N, C, H, W) by the batch, layer, instance or group norm, without γ and β.

    Examples
    --------
    >>> normalized(np.array([[[[1.0, 3.0]]]]), "instance").round(2)
    array([[[[-1.,  1.]]]])
    """
    if norm == "batch":
        return numpy_ops.batch_norm(x, None, None).y
    num_groups = {"layer": 1, "instance": x.shape[1], "group": groups}[norm]
    return numpy_ops.group_norm(x, num_groups=num_groups)
