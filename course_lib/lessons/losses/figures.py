"""Still pictures of notebook 14."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import numpy_ops, plots
from course_lib.lessons.losses.experiments import (
    Answers,
    Confidence,
    calibration,
    false_alarms,
    found,
    honest,
)
from course_lib.plots.style import CURVE_LINES, OKABE_ITO, QUIET

COLORS = dict(
    zip(
        ("cross-entropy", "weight 3", "weight 19", "focal γ = 2", "focal γ = 2, α = 0.75"),
        (OKABE_ITO[name] for name in ("blue", "orange", "red", "green", "purple")),
        strict=True,
    )
)
FEWEST = 25  # answers that a point of the calibration plot needs


@plots.in_course_style
def show_scans(x: NDArray, is_rare: NDArray) -> Figure:
    """Draw scans in two rows: above some that show the rare digit, below some that do not.

    Parameters
    ----------
    x : (M, 1, 8, 8)
        Scans.
    is_rare : (M,), bool
        Which of them show it.

    Returns
    -------
    Figure
        Two rows of seven images.

    Examples
    --------
    >>> chart = show_scans(np.zeros((20, 1, 8, 8)), np.arange(20) < 10)
    >>> len(chart.axes)
    14
    """
    chart, axes = plots.figure(rows=2, columns=7, height=2.9)
    rows = ((np.flatnonzero(is_rare), "8"), (np.flatnonzero(~is_rare), "no 8"))
    for row, (places, name) in enumerate(rows):
        # Scans of one digit lie side by side: take seven that are far apart.
        for ax, place in zip(axes[row], places[:: len(places) // 7], strict=False):
            gray = np.clip((x[place, 0] + 1) / 3, 0, 1)  # noise reaches beyond black and white
            plots.show_image(gray, ax=ax, title=name, ticks=False)
    return chart


@plots.in_course_style
def show_shares(panels: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """Draw shares, a row a method and a point a seed, one panel a kind of share.

    Parameters
    ----------
    panels : mapping of str to mapping of str to sequence of float
        By the label of the panel: the shares of every method, by its name; the same names in all.

    Returns
    -------
    Figure
        The panels side by side, each from 0 to 1.

    Examples
    --------
    >>> chart = show_shares({"right": {"a": [0.5]}, "found": {"a": [0.1]}})
    >>> [ax.get_xlabel() for ax in chart.axes]
    ['right', 'found']
    """
    names = list(next(iter(panels.values())))
    chart, axes = plots.figure(columns=len(panels), height=1.5 + 0.42 * len(names))
    for ax, (label, methods) in zip(axes[0], panels.items(), strict=True):
        for row, name in enumerate(names):
            color = COLORS.get(name.split(" at ")[0], QUIET)
            values = methods[name]
            ax.plot(values, np.full(len(values), row), "o", color=color, ms=10, alpha=0.8)
        _of_shares(ax, xlabel=label, xlim=(-0.04, 1.04), ylim=(len(names) - 0.5, -0.5))
        ax.set_yticks(range(len(names)), names if ax is axes[0, 0] else [""] * len(names))
    return chart


@plots.in_course_style
def show_coin(chance: float, *, ax: Axes | None = None) -> Axes:
    """Draw what three losses charge for an answer p, on average, and where each is least.

    Parameters
    ----------
    chance : float
        How often the truth is "yes".
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Mean loss against the answer, each as a share of what the answer 0.5 costs.

    Examples
    --------
    >>> len(show_coin(0.05).lines)
    6
    """
    ax = plots.figure(height=4.0)[1][0, 0] if ax is None else ax
    p = np.linspace(0.0005, 0.9995, 2000)
    losses = {
        "cross-entropy": -chance * np.log(p) - (1 - chance) * np.log(1 - p),
        "squared error": chance * (1 - p) ** 2 + (1 - chance) * p**2,
        "distance |t − p|": chance * (1 - p) + (1 - chance) * p,
    }
    shown = {name: values / np.interp(0.5, p, values) for name, values in losses.items()}
    plots.show_curves(
        p, shown, x_label="answer p, given to every scan",
        y_label="mean loss (share of that at p = 0.5)", legend_place="upper left", ax=ax,
    )  # fmt: skip
    for line, values in zip(list(ax.lines), shown.values(), strict=True):
        least = np.argmin(values)
        ax.plot(p[least], values[least], "o", color=line.get_color(), ms=11, clip_on=False)
    ax.set(xlim=(0, 1), ylim=(0, 2))
    ax.legend(loc="lower right")
    return ax


@plots.in_course_style
def show_focal(gamma: float, *, p: float = 0.9) -> Figure:
    """Draw the focal loss and its gradient against p_t, beside those of cross-entropy.

    Parameters
    ----------
    gamma : float
        Focus.
    p : float, default=0.9
        Answer to mark.

    Returns
    -------
    Figure
        Left the loss, right its gradient for the logit.

    Examples
    --------
    >>> [ax.get_ylabel() for ax in show_focal(2.0).axes]
    ['loss (nats)', 'pull on the score']
    """
    chart, axes = plots.figure(columns=2, height=3.8)
    right = np.linspace(0.01, 0.99, 99)
    labels, limits = ("loss (nats)", "pull on the score"), ((0, 4.7), (0, 1.65))
    for panel, ax in enumerate(axes[0]):
        curves = {
            "cross-entropy": focal_curve(right, 0.0)[panel],
            f"focal, γ = {gamma:g}": focal_curve(right, gamma)[panel],
        }
        plots.show_curves(right, curves, x_label="p_t, probability of the truth",
                          y_label=labels[panel], ax=ax, legend_place="upper right")  # fmt: skip
        height = focal_curve(np.array([p]), gamma)[panel][0]
        ax.plot(p, height, "o", color=OKABE_ITO["orange"], ms=10, clip_on=False)
        ax.set(xlim=(0, 1), ylim=limits[panel])
    return chart


def focal_curve(right: NDArray, gamma: float) -> tuple[NDArray, NDArray]:
    """Give loss and pull at probabilities of the truth: what the loss is, how fast z lowers it.

    Parameters
    ----------
    right : (K,)
        Probabilities p_t, above 0 and below 1.
    gamma : float
        Focus.

    Returns
    -------
    loss, pull : (K,)
        In nats, and in nats for each unit of the logit.

    Examples
    --------
    >>> focal_curve(np.array([0.5]), 0.0)[1]
    array([0.5])
    """
    z, yes = np.log(right / (1 - right)), np.ones_like(right)
    options = {"gamma": gamma, "alpha": None, "reduction": "none"}
    loss = numpy_ops.binary_focal_loss(z, yes, **options)
    return loss, -numpy_ops.binary_focal_loss_backward(yes, z, yes, **options)


@plots.in_course_style
def show_asked_for(settings: Mapping[str, Mapping[str, float]], *, ax: Axes | None = None) -> Axes:
    """Draw which answer each loss asks for, against the true chance.

    Parameters
    ----------
    settings : mapping of str to mapping
        Options of `experiments.honest` by the name of the loss; at most seven.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The answer that costs least against the chance of "yes".

    Examples
    --------
    >>> len(show_asked_for({"γ = 2": {"gamma": 2}}).lines)
    2
    """
    ax = plots.figure(height=4.4, width=7)[1][0, 0] if ax is None else ax
    p = np.linspace(0.002, 0.998, 500)
    for (name, options), color, line in zip(
        settings.items(), OKABE_ITO.values(), CURVE_LINES, strict=False
    ):
        ax.plot(honest(p, **options), p, color=color, linestyle=line, label=name)
    ax.axhline(0.5, color=QUIET, lw=1.2)
    ax.legend(loc="lower right")
    return _of_shares(ax, xlabel="true chance of yes", ylabel="answer p that costs least")


@plots.in_course_style
def show_tradeoff(
    answers: Mapping[str, Sequence[Answers]], *, ring: tuple[str, float] | None = None
) -> Figure:
    """Draw 8s found against false alarms for every threshold, a panel a seed.

    Parameters
    ----------
    answers : mapping of str to sequence of Answers
        By the name of the loss, one a seed.
    ring : tuple of str and float, default=None
        Name of a loss, and another threshold at which to mark its curve with a ring.

    Returns
    -------
    Figure
        A curve a loss, with a point where the threshold is 0.5.

    Examples
    --------
    >>> given = Answers(np.array([0.9, 0.1]), np.array([True, False]))
    >>> len(show_tradeoff({"cross-entropy": [given]}).axes)
    1
    """
    seeds = len(next(iter(answers.values())))
    chart, axes = plots.figure(columns=seeds, height=3.9)
    for seed, ax in enumerate(axes[0]):
        for (name, runs), line in zip(answers.items(), CURVE_LINES, strict=False):
            color, thresholds = COLORS[name], np.linspace(0, 1, 400)
            curve = _cost_and_find(runs[seed], thresholds)
            ax.plot(*curve, color=color, linestyle=line, lw=2, label=name)
            half = _cost_and_find(runs[seed], [0.5])
            ax.plot(*half, "o", color=color, ms=10, clip_on=False, zorder=3)
        if ring is not None:
            place = _cost_and_find(answers[ring[0]][seed], [ring[1]])
            ax.plot(*place, "o", color=COLORS[ring[0]], ms=17, mfc="none", mew=2.5, zorder=4,
                    label=f"{ring[0]} at {ring[1]:g}")  # fmt: skip
        _of_shares(ax, xlim=(0, 0.5), title=f"seed {seed}")
    axes[0, 0].set_ylabel("8s found (share)")
    axes[0, seeds // 2].set_xlabel("false alarms (share of the other digits)")
    axes[0, -1].legend(loc="lower right", fontsize=11)
    return chart


def _cost_and_find(answers: Answers, thresholds: Iterable[float]) -> NDArray:
    """Give false alarms and 8s found at each threshold, of shape (2, thresholds)."""
    return np.transpose([(false_alarms(answers, t), found(answers, t)) for t in thresholds])


@plots.in_course_style
def show_calibration(
    answers: Mapping[str, Sequence[Answers]], settings: Mapping[str, Mapping[str, float]]
) -> Figure:
    """Draw what detectors said against what came true, and what their loss asks for.

    Parameters
    ----------
    answers : mapping of str to sequence of Answers
        By the name of the loss; the seeds are taken together.
    settings : mapping of str to mapping
        Options of `experiments.honest` for each of them.

    Returns
    -------
    Figure
        A panel a loss: points as measured, a line as derived, and the diagonal.

    Examples
    --------
    >>> given = Answers(np.full(60, 0.3), np.arange(60) < 18)
    >>> len(show_calibration({"cross-entropy": [given]}, {"cross-entropy": {}}).axes)
    1
    """
    chart, axes = plots.figure(columns=len(answers), height=3.5)
    p = np.linspace(0.002, 0.998, 300)
    for ax, (name, runs) in zip(axes[0], answers.items(), strict=True):
        said = np.concatenate([run.probability for run in runs])
        truth = np.concatenate([run.truth for run in runs])
        rows = calibration(said, truth)
        rows = rows[rows[:, 2] >= FEWEST]
        ax.plot([0, 1], [0, 1], color=QUIET, lw=1.2)
        ax.plot(p, honest(p, **settings[name]), "--", color=COLORS[name], lw=2)
        ax.plot(rows[:, 0], rows[:, 1], "o", color=COLORS[name], ms=9, clip_on=False)
        _of_shares(ax, xlabel="probability it said", title=name.replace(", ", "\n"))
        ax.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1], aspect="equal")
    axes[0, 0].set_ylabel("share that were 8s")
    return chart


@plots.in_course_style
def show_confidence(rows: Mapping[str, Sequence[Confidence]]) -> Axes:
    """Draw how often readers are right, and how sure they are, a row a way of training.

    Parameters
    ----------
    rows : mapping of str to sequence of Confidence
        For each way of training its readers.

    Returns
    -------
    Axes
        An arrow a seed, from the share right to the confidence.

    Examples
    --------
    >>> show_confidence({"cross-entropy": [Confidence(0.5, 0.8, 0.3)]}).get_xlabel()
    'share right (dot) and mean confidence (arrowhead)'
    """
    ax = plots.figure(height=1.2 + 0.52 * len(rows))[1][0, 0]
    for row, pairs in enumerate(rows.values()):
        for seed, (right, sure, _) in enumerate(pairs):
            y = row + 0.22 * (seed - (len(pairs) - 1) / 2)
            color = OKABE_ITO["red"] if sure > right else OKABE_ITO["blue"]
            look = {"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (sure, y), (right, y), arrowprops=look)
            ax.plot(right, y, "o", color=color, ms=6)
    ax.set_yticks(range(len(rows)), list(rows))
    label = "share right (dot) and mean confidence (arrowhead)"
    return _of_shares(ax, xlabel=label, ylim=(len(rows) - 0.5, -0.5))


def _of_shares(ax: Axes, **settings: Any) -> Axes:
    """Let both axes run from 0 to 1, where the settings say nothing else, on a grid."""
    ax.set(**({"xlim": (0, 1), "ylim": (0, 1)} | settings))
    ax.grid(True)
    return ax
