"""What was measured: learning in three ways, and slips."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.lessons.backpropagation.experiments import SlipError, Trace
from course_lib.plots.style import GRADIENT, OKABE_ITO, OUTPUT, QUIET

LOOKS = {  # of the ways to learn: color and line
    "nudging": (OKABE_ITO["red"], "-"),
    "guessing": (OKABE_ITO["blue"], "--"),
    "backpropagation": (OKABE_ITO["green"], "-."),
}
KNOWS_NOTHING = np.log(10)  # nats, with ten classes


@plots.in_course_style
def show_learning(traces: Mapping[str, Sequence[Trace]], *, ax: Axes | None = None) -> Axes:
    """Draw how the loss falls with the forward passes used, a line a seed.

    Parameters
    ----------
    traces : mapping of str to sequence of Trace
        Some of "nudging", "guessing" and "backpropagation", as `experiments.compare` gives them.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Loss (nats) against forward passes, on a logarithmic axis.

    Examples
    --------
    >>> trace = Trace(np.array([0, 3]), np.array([2.3, 1.0]))
    >>> len(show_learning({"guessing": [trace]}).lines)
    3
    """
    ax = plots.figure(height=4.2)[1][0, 0] if ax is None else ax
    for name, runs in traces.items():
        color, line = LOOKS[name]
        for number, run in enumerate(runs):
            ax.plot(
                np.maximum(run.passes, 1), run.losses, color=color, linestyle=line, lw=2,
                drawstyle="steps-post", label=name if number == 0 else None,
            )  # fmt: skip
            ax.plot(run.passes[-1], run.losses[-1], "o", color=color, ms=8, clip_on=False)
    ax.axhline(KNOWS_NOTHING, color=QUIET, linestyle=":", lw=1.5)
    ax.text(9500, KNOWS_NOTHING + 0.05, "log 10", color="#555555", fontsize=13, ha="right")
    ax.set(xscale="log", xlabel="forward passes used (each grid line ten times as many)",
           ylabel="loss (nats)", xlim=(1, 10_000), ylim=(0, 2.75))  # fmt: skip
    ax.grid(True)
    ax.legend(loc="lower left")
    return ax


@plots.in_course_style
def show_slips(
    errors: Mapping[str, Sequence[SlipError]], accuracies: Mapping[str, Sequence[float]]
) -> Figure:
    """Draw, for each slip, how far it turns the gradient, and how well the network learns with it.

    Parameters
    ----------
    errors : mapping of str to sequence of SlipError
        A value a seed.
    accuracies : mapping of str to sequence of float
        A value a seed, under the same names.

    Returns
    -------
    Figure
        Two axes with a row a slip and a point a seed.

    Examples
    --------
    >>> chart = show_slips({"none": [SlipError(0.0, 1.0)]}, {"none": [0.95]})
    >>> [ax.get_xlabel() for ax in chart.axes]
    ['gradient of K1 turned by (degrees)', 'test accuracy (share)']
    """
    chart, axes = plots.figure(columns=2, height=3.4)
    angles = {name: [error.angle for error in found] for name, found in errors.items()}
    for ax, values, label, limits, color in (
        (axes[0, 0], angles, "gradient of K1 turned by (degrees)", (-5, 125), GRADIENT),
        (axes[0, 1], accuracies, "test accuracy (share)", (0.78, 1), OUTPUT),
    ):
        looks = dict.fromkeys(values, (color, "o"))
        plots.show_rows(values, label=label, limits=limits, looks=looks, ax=ax)
    axes[0, 1].set_yticklabels([])
    return chart
