"""Families of networks by what they cost and how often they are right."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from course_lib.plots.style import axes_or_new, in_course_style

Look = tuple[str, str, str]  # color, line and marker


class Rival(NamedTuple):
    """A network on a chart: its name there, its multiply-adds (10⁹), its accuracy (%)."""

    name: str
    multiply_adds: float
    accuracy: float


@in_course_style
def show_rivals(
    families: Mapping[str, Sequence[Rival]],
    looks: Mapping[str, Look],
    *,
    beside: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw networks by cost and accuracy, a line a family, the names of the networks at the points.

    Parameters
    ----------
    families : mapping of str to sequence of Rival
        Each from its cheapest network to its dearest.
    looks : mapping of str to (color, line, marker)
        By the name of the family.
    beside : bool, default=False
        Whether the family's name stands to the right of its last network, not below it.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Top-1 accuracy (%) against multiply-adds (10⁹).

    Examples
    --------
    >>> families = {"VGG": [Rival("16", 15.5, 71.6)]}
    >>> ax = show_rivals(families, {"VGG": ("black", "-", "o")})
    >>> [text.get_text() for text in ax.texts]
    ['16', 'VGG']
    """
    ax = axes_or_new(ax, width=9.0, height=4.3)
    for family, rivals in families.items():
        color, line, marker = looks[family]
        x, y = [rival.multiply_adds for rival in rivals], [rival.accuracy for rival in rivals]
        ax.plot(x, y, color=color, linestyle=line, marker=marker)
        for rival in rivals:
            place = (rival.multiply_adds, rival.accuracy + 0.5)
            ax.text(*place, rival.name, ha="right", va="bottom")
        place, sides = (
            ((1.1 * x[-1], y[-1]), ("left", "center")) if beside
            else ((x[-1], y[-1] - 1.5), ("center", "top"))
        )  # fmt: skip
        ax.text(*place, family, color=color, weight="bold", ha=sides[0], va=sides[1])
    ax.set(xlabel="multiply-adds for one image (10⁹)", ylabel="top-1 accuracy (%)")
    ax.grid(True)
    return ax
