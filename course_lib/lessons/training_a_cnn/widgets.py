"""Widgets of the notebooks on training."""

from collections.abc import Mapping

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course_lib.errors import InvalidValue
from course_lib.plots import show_curves
from course_lib.widgets.explorer import Explorer

LARGEST_AVERAGE = 20  # steps


def learning_curves(curves: Mapping[tuple[str, float], NDArray]) -> Explorer:
    """Look through the loss curves of many trainings, one optimizer and rate at a time.

    Parameters
    ----------
    curves : mapping of (optimizer, learning rate) to (steps,)
        The loss of every step, in nats; every optimizer with the same rates, all equally long.

    Returns
    -------
    Explorer
        Controls: `optimizer`, `rate`, and `average`, the number of steps to average over.

    Raises
    ------
    ValueError
        If there are no curves, or one of an optimizer and a rate is missing.

    Examples
    --------
    >>> falling = np.linspace(2.3, 0.1, 50)
    >>> look = learning_curves({("sgd", 0.1): falling, ("sgd", 0.3): falling / 2})
    >>> look.controls["rate"].value = 0.3
    >>> look
    Widget with sliders; it needs a running kernel. Now: sgd, rate 0.3: the loss goes from 1.15
    to 0.0949, averaged over the last 5 steps.
    """
    optimizers = list(dict.fromkeys(optimizer for optimizer, _ in curves))
    rates = sorted({rate for _, rate in curves})
    _require_grid(curves, optimizers, rates)
    lowest, highest = _limits(curves)

    def draw(optimizer: str, rate: float, average: int) -> Axes:
        losses = curves[optimizer, rate]
        step = np.arange(1, len(losses) + 1)
        lines = {"each step": losses, f"average of {average}": running_mean(losses, average)}
        title = f"{optimizer}, learning rate {rate:.2g}"
        ax = show_curves(
            step, lines, x_label="step", y_label="loss (nats)", title=title, log_y=True
        )
        ax.set_ylim(lowest, highest)
        return ax

    def describe(optimizer: str, rate: float, average: int) -> str:
        losses = curves[optimizer, rate]
        return (
            f"{optimizer}, rate {rate:.2g}: the loss goes from {losses[0]:.3g} to "
            f"{losses[-average:].mean():.3g}, averaged over the last {average} steps."
        )

    controls = {
        "optimizer": ipywidgets.Dropdown(options=optimizers, description="optimizer"),
        "rate": ipywidgets.SelectionSlider(
            options=[(f"{rate:.2g}", rate) for rate in rates], description="rate"
        ),
        "average": ipywidgets.IntSlider(5, 1, LARGEST_AVERAGE, description="average"),
    }
    return Explorer(controls, draw, describe)


def running_mean(values: NDArray, width: int) -> NDArray:
    """Average each value with the `width` - 1 before it, or as many as there are.

    Examples
    --------
    >>> running_mean(np.array([4.0, 2.0, 0.0]), 2)
    array([4., 3., 1.])
    """
    sums = np.cumsum(np.concatenate([np.zeros(1), values]))
    stop = np.arange(1, len(values) + 1)
    start = np.maximum(stop - width, 0)
    return (sums[stop] - sums[start]) / (stop - start)


def _limits(curves: Mapping[tuple[str, float], NDArray]) -> tuple[float, float]:
    """Choose one scale for all curves, so that they can be compared."""
    values = np.concatenate(list(curves.values()))
    shown = values[np.isfinite(values) & (values > 0)]
    return max(float(shown.min()), 1e-4), min(float(shown.max()), 100.0)


def _require_grid(
    curves: Mapping[tuple[str, float], NDArray], optimizers: list[str], rates: list[float]
) -> None:
    missing = [(o, r) for o in optimizers for r in rates if (o, r) not in curves]
    if not curves or missing:
        raise InvalidValue(
            "learning_curves", received=f"{len(curves)} curves, without {missing}",
            needed="one curve for every optimizer and learning rate",
            fix="train the missing ones")  # fmt: skip
