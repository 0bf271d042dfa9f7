"""Live figures of the notebook on training."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import plots
from course_lib.errors import InvalidValue
from course_lib.live import Figure, Trial, microscope, pack, unpack

__all__ = ["learning_curves", "learning_curves_numbers", "microscope", "running_mean"]

MODULES = Path(__file__).with_name("live")
AVERAGE = 5  # steps, to begin with


def learning_curves(curves: Mapping[tuple[str, float], NDArray]) -> Figure:
    """Lay the loss curves of many trainings over each other, one press a curve.

    Parameters
    ----------
    curves : mapping of (optimizer, learning rate) to (steps,)
        The loss of every step, in nats; every optimizer with the same rates, all equally long.

    Returns
    -------
    Figure
        A table of optimizers and rates whose fields show a curve or put it away, up to seven at
        once, and a control for the number of steps to average over. It begins with the smallest
        rate of the first optimizer, and every optimizer at the rate where it ends lowest.

    Raises
    ------
    ValueError
        If there are no curves, or one of an optimizer and a rate is missing.

    Examples
    --------
    >>> falling = np.linspace(2.3, 0.1, 50)
    >>> look = learning_curves({("sgd", 0.1): falling, ("sgd", 0.3): falling / 2})
    >>> look.state["optimizers"], look.state["rates"]
    (['sgd'], [0.1, 0.3])
    """
    optimizers = list(dict.fromkeys(optimizer for optimizer, _ in curves))
    rates = sorted({rate for _, rate in curves})
    _require_grid(curves, optimizers, rates)
    begin = [(0, 0), *((o, _best(curves, name, rates)) for o, name in enumerate(optimizers))]
    chosen = [
        {"optimizer": o, "rate": r, "look": k} for k, (o, r) in enumerate(dict.fromkeys(begin))
    ]
    state = {
        "optimizers": optimizers, "rates": rates,
        "losses": pack(np.array([[curves[o, r] for r in rates] for o in optimizers])),
        "chosen": chosen, "average": AVERAGE, "limits": _limits(curves),
    }  # fmt: skip
    shown = {
        f"{optimizers[one['optimizer']]}, rate {rates[one['rate']]:.2g}": curve
        for one, curve in zip(chosen, learning_curves_numbers(state)["averaged"], strict=True)
    }
    words = "The loss against the step, on a logarithmic axis. " + "; ".join(
        f"{name}: from {losses[0]:.3g} to {losses[-1]:.3g}" for name, losses in shown.items()
    )
    return Figure(MODULES / "learning_curves.js", state, still=_still(shown), words=f"{words}.")


def learning_curves_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what is shown: each chosen curve, averaged, and where it ends."""
    losses = unpack(state["losses"]).astype(float)
    averaged = [
        running_mean(losses[one["optimizer"], one["rate"]], state["average"])
        for one in state["chosen"]
    ]
    return {"averaged": averaged, "last": [curve[-1] for curve in averaged]}


def running_mean(values: NDArray, width: int) -> NDArray:
    """Average each value with the `width` - 1 before it, or as many as there are.

    Examples
    --------
    >>> running_mean(np.array([4.0, 2.0, 0.0]), 2)
    array([4., 3., 1.])
    """
    return np.array([values[max(0, k - width + 1) : k + 1].mean() for k in range(len(values))])


def _best(curves: Mapping[tuple[str, float], NDArray], optimizer: str, rates: list[float]) -> int:
    """Find the place of the rate with which an optimizer ends lowest."""
    ends = [np.mean(curves[optimizer, rate][-20:]) for rate in rates]
    return int(np.argmin(np.where(np.isfinite(ends), ends, np.inf)))


def _still(curves: Mapping[str, NDArray]) -> Any:
    steps = np.arange(1, 1 + max(map(len, curves.values())))
    ax = plots.figure(width=7.0, height=3.6)[1][0, 0]
    return plots.show_curves(
        steps, curves, x_label="step", y_label="loss (nats)", log_y=True, ax=ax
    )


def _limits(curves: Mapping[tuple[str, float], NDArray]) -> tuple[float, float]:
    """Choose one scale for all curves, so that they can be compared."""
    values = np.concatenate(list(curves.values()))
    shown = values[np.isfinite(values) & (values > 0)]
    return max(float(shown.min()), 1e-4), min(float(shown.max()), 10.0)


def _require_grid(
    curves: Mapping[tuple[str, float], NDArray], optimizers: list[str], rates: list[float]
) -> None:
    missing = [(o, r) for o in optimizers for r in rates if (o, r) not in curves]
    if not curves or missing:
        raise InvalidValue(
            "learning_curves", received=f"{len(curves)} curves, without {missing}",
            needed="one curve for every optimizer and learning rate",
            fix="train the missing ones")  # fmt: skip


def _trial() -> Figure:
    rng = np.random.default_rng(seed=0)
    falling = {
        (name, rate): 2.3 * np.exp(-np.arange(40) * rate) + 0.05 * rng.random(40)
        for name in ("sgd", "adam")
        for rate in (0.01, 0.03, 0.1, 0.3, 1.0)
    }
    return learning_curves(falling)


TRIALS = (Trial(_trial, learning_curves_numbers),)
