"""CPU times of several things measured in turns, so that a busy machine slows all alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, NamedTuple

MIN_ROUNDS = 5


class Times(NamedTuple):
    """Median CPU times in seconds: of the forward pass, and of forward and backward together."""

    forward: float
    both: float


class Contestant(NamedTuple):
    """A forward pass, and a backward pass that takes what the forward pass returned."""

    forward: Callable[[], Any]
    backward: Callable[[Any], Any]


def alternate(contestants: Mapping[str, Contestant], *, seconds: float) -> dict[str, Times]:
    """Let all contestants run once a round, for `seconds` but at least five rounds.

    A round before that is not counted: it loads code and fills caches.
    """
    for contestant in contestants.values():
        _run(contestant)
    rounds = []
    end = time.monotonic() + seconds
    while len(rounds) < MIN_ROUNDS or time.monotonic() < end:
        rounds.append({name: _run(contestant) for name, contestant in contestants.items()})
    return {
        name: Times(*(median(column) for column in zip(*(r[name] for r in rounds), strict=True)))
        for name in contestants
    }


def _run(contestant: Contestant) -> Times:
    start = time.process_time()
    result = contestant.forward()
    forward = time.process_time() - start
    contestant.backward(result)
    return Times(forward, time.process_time() - start)
