"""What was measured: training with and without the flaw, and the speed of four ways."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.lessons.convolutional_layer.experiments import Speed
from course_lib.plots.style import INK, INPUT, KERNEL, OKABE_ITO, OUTPUT, QUIET
from course_lib.training import History

STEPS_OF_A_POINT = 20  # over which losses are averaged
LOOKS = {"right": (OKABE_ITO["green"], "-"), "flawed": (OKABE_ITO["red"], "--")}


@plots.in_course_style
def show_losses(panels: Mapping[str, Mapping[str, Sequence[History]]]) -> Figure:
    """Draw how the training loss falls, a panel a setting, a line a seed.

    Parameters
    ----------
    panels : mapping of str to mapping of str to sequence of History
        By title, the trainings "right" and "flawed".

    Returns
    -------
    Figure
        Loss (nats, mean of 20 steps) against steps; the same scale in all panels.

    Examples
    --------
    >>> run = History(losses=[2.3] * 40, test_accuracies=[0.1])
    >>> [len(ax.lines) for ax in show_losses({"2 layers": {"right": [run]}}).axes]
    [1]
    """
    chart, axes = plots.figure(columns=len(panels), height=4.2)
    for ax, (title, sides) in zip(axes[0], panels.items(), strict=True):
        for name, runs in sides.items():
            color, line = LOOKS[name]
            for number, run in enumerate(runs):
                points = len(run.losses) // STEPS_OF_A_POINT
                losses = np.reshape(run.losses[: points * STEPS_OF_A_POINT], (points, -1))
                steps = (np.arange(points) + 0.5) * STEPS_OF_A_POINT
                label = name if number == 0 else None
                ax.plot(steps, losses.mean(axis=1), color=color, linestyle=line, label=label)
        reads = [f"{name}: {_percent(runs)} of unseen digits" for name, runs in sides.items()]
        ax.set(title=title, xlabel="\n".join(["step", *reads]), ylim=(0, 2.6))
        ax.grid(True)
    axes[0, 0].set_ylabel("training loss (nats)")
    axes[0, 0].legend(loc="center right")
    return chart


def _percent(runs: Sequence[History]) -> str:
    """Write the last test accuracies, one a run."""
    return " ".join(f"{100 * run.test_accuracies[-1]:.0f}" for run in runs) + " %"


@plots.in_course_style
def show_speeds(speeds: Mapping[str, Speed], *, ax: Axes | None = None) -> Axes:
    """Draw how many multiply-adds a second each way does, as bars on a logarithmic axis.

    Examples
    --------
    >>> ax = show_speeds({"loops": Speed(1000.0, 0.002), "GEMM": Speed(0.1, 50.0)})
    >>> [text.get_text() for text in ax.texts]
    ['0.002', '50']
    """
    ax = plots.figure(height=2.8)[1][0, 0] if ax is None else ax
    values = [speed.gflops for speed in speeds.values()]
    bars = ax.barh(list(speeds), values, color=[QUIET, INPUT, KERNEL, OUTPUT, INK][: len(values)])
    ax.bar_label(bars, [f"{float(f'{v:.2g}'):g}" for v in values], padding=5, fontsize=14)
    ax.set(
        xscale="log",
        xlabel="billions of operations a second (GFLOP/s), a multiply-add as two",
        xlim=(3e-4, 2e3),
    )
    ax.invert_yaxis()
    ax.grid(True, axis="x")
    ax.set_axisbelow(True)
    return ax
