"""Learning-rate schedules: the share of the learning rate to use when a share t is done."""

import math
from collections.abc import Callable

from course_lib.checks import require_choice, require_finite

Schedule = Callable[[float], float]


def constant(t: float) -> float:
    """Use the full rate throughout."""
    return 1.0


def linear(t: float) -> float:
    """Fall evenly from 1 to 0.

    Examples
    --------
    >>> linear(0.25)
    0.75
    """
    return 1.0 - t


def cosine(t: float) -> float:
    """Fall from 1 to 0 along half a cosine wave.

    References
    ----------
    Loshchilov and Hutter, 2017, arXiv:1608.03983, equation 5 without restarts.

    Examples
    --------
    >>> round(cosine(0.5), 6)
    0.5
    """
    return 0.5 * (1.0 + math.cos(math.pi * t))


def one_cycle(t: float) -> float:
    """Rise from 1/25 to 1 during the first 30%, then fall to 0, both along half a cosine wave.

    References
    ----------
    Smith and Topin, 2018, arXiv:1708.07120, in the form of `torch.optim.lr_scheduler.OneCycleLR`.

    Examples
    --------
    >>> [round(one_cycle(t), 2) for t in (0.0, 0.3, 1.0)]
    [0.04, 1.0, 0.0]
    """
    if t < 0.3:
        return 1.0 - (1.0 - 1 / 25) * cosine(t / 0.3)
    return cosine((t - 0.3) / 0.7)


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "linear": linear,
    "cosine": cosine,
    "one_cycle": one_cycle,
}


def find_schedule(operation: str, schedule: str | Schedule) -> Schedule:
    """Return the schedule of that name, or a callable whose every share is checked."""
    if callable(schedule):
        name = getattr(schedule, "__name__", "schedule")

        def share(t: float) -> float:
            return require_finite(operation, f"{name}({t:g})", schedule(t), minimum=0.0)

        return share
    return SCHEDULES[require_choice(operation, "schedule", schedule, SCHEDULES)]
