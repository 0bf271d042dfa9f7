"""Still pictures of notebook 29."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_lib import plots
from course_lib.lessons.claims_checked.record import VERDICTS
from course_lib.plots.style import INK, OKABE_ITO

COLORS = dict(zip(VERDICTS, (OKABE_ITO[n] for n in ("green", "sky", "red", "yellow")), strict=True))
HATCHES = dict(zip(VERDICTS, ("", "..", "//", "xx"), strict=True))
LOOKS = (
    (OKABE_ITO["red"], "-", "o"), (OKABE_ITO["blue"], "--", "s"), (OKABE_ITO["black"], ":", "^"),
)  # fmt: skip


@plots.in_course_style
def show_slopes(slopes: Mapping[str, Sequence[ArrayLike]], *, ax: Axes | None = None) -> Axes:
    """Draw how long the gradient of each layer's weights is, a line a network.

    Parameters
    ----------
    slopes : mapping of str to sequence of (layers,)
        By the kind of network, at most three; a line a seed.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Powers of ten against the layer, the first one at the image.

    Examples
    --------
    >>> ax = show_slopes({"plain": [np.ones(5), np.ones(5)]})
    >>> len(ax.lines)
    2
    """
    ax = plots.figure(height=4.2)[1][0, 0] if ax is None else ax
    for (kind, several), (color, line, marker) in zip(slopes.items(), LOOKS, strict=False):
        for number, values in enumerate(several):
            layers = np.arange(1, 1 + len(np.asarray(values)))
            label = kind if number == 0 else None
            ax.plot(layers, values, line, color=color, marker=marker, ms=4, lw=1.8, label=label)
    ax.set(xlabel="layer, from the image on", ylabel="length of its gradient", yscale="log")
    ax.grid(True)
    ax.legend()
    return ax


@plots.in_course_style
def show_verdicts(counts: Mapping[str, Mapping[str, int]], *, ax: Axes | None = None) -> Axes:
    """Draw how many claims got which verdict, a bar a topic.

    Parameters
    ----------
    counts : mapping of str to mapping of str to int
        Numbers by verdict, by topic.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Bars that lie on their side, the first topic on top.

    Examples
    --------
    >>> ax = show_verdicts({"losses": {"right": 2, "wrong": 1}})
    >>> [text.get_text() for text in ax.texts]
    ['2', '1']
    """
    ax = plots.figure(height=3.6)[1][0, 0] if ax is None else ax
    ends = np.zeros(len(counts))
    for verdict in VERDICTS:
        lengths = np.array([numbers.get(verdict, 0) for numbers in counts.values()])
        if not lengths.any():
            continue
        ax.barh(
            list(counts), lengths, left=ends, color=COLORS[verdict], edgecolor=INK,
            hatch=HATCHES[verdict], label=verdict, height=0.7,
        )  # fmt: skip
        for row, (start, length) in enumerate(zip(ends, lengths, strict=True)):
            if length:
                ax.text(
                    start + length / 2, row, str(length), ha="center", va="center", color=INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                )  # fmt: skip
        ends += lengths
    ax.invert_yaxis()
    ax.set(xlabel="number of claims")
    ax.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.45, 1.0), fontsize=12)
    return ax
