"""How long calls take, measured so that they can be compared."""

import time
from collections.abc import Callable, Mapping

from course_lib.checks import require_int
from course_lib.errors import InvalidValue


def shortest_times(
    calls: Mapping[str, Callable[[], object]], *, rounds: int = 7
) -> dict[str, float]:
    """Time calls in turn and keep the shortest time of each.

    Taking turns lets a busy moment of the machine hit all alike; the shortest time is the one
    that was disturbed least. Compare the results as ratios: seconds differ from machine to machine.

    Parameters
    ----------
    calls : mapping of str to callable
        What to time, by name; called without arguments.
    rounds : int, default=7
        How often each has its turn.

    Returns
    -------
    dict of str to float
        Seconds, by name.

    Raises
    ------
    TypeError, ValueError
        If `rounds` is not an int of at least 1, or there is nothing to time.

    Examples
    --------
    >>> times = shortest_times({"little": lambda: sum(range(9)), "much": lambda: sum(range(99999))})
    >>> times["little"] < times["much"]
    True
    """
    require_int("shortest_times", "rounds", rounds, minimum=1)
    if not calls:
        raise InvalidValue(
            "shortest_times", received="no calls", needed="at least one",
            fix="pass a dict of names and functions")  # fmt: skip
    turns: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            turns[name].append(time.perf_counter() - start)
    return {name: min(seconds) for name, seconds in turns.items()}
