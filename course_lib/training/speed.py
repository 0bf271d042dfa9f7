"""How many images a second a training handles, measured fairly."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from threadpoolctl import threadpool_limits

from course_lib.contracts.checks import require_int


def images_per_second(
    steps: Mapping[str, Callable[[], Any]], *, num_images: int, rounds: int = 7, repeats: int = 10
) -> dict[str, float]:
    """Time training steps on one thread, in turn, so that a busy moment hits all alike.

    Parameters
    ----------
    steps : mapping of str to callable
        A training step of each competitor; its first round only warms up.
    num_images : int
        Images in one step.
    rounds : int, default=7
        How often each has its turn; the median turn counts.
    repeats : int, default=10
        Steps in one turn.

    Returns
    -------
    dict of str to float
        Images a second, by competitor.

    Examples
    --------
    >>> rates = images_per_second({"nothing": lambda: None}, num_images=1, rounds=1)
    >>> rates["nothing"] > 0
    True
    """
    for name, value in {"num_images": num_images, "rounds": rounds, "repeats": repeats}.items():
        require_int("images_per_second", name, value, minimum=1)
    import torch

    turns: dict[str, list[float]] = {name: [] for name in steps}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(limits=1):
            for _ in range(rounds + 1):
                for name, step in steps.items():
                    turns[name].append(_seconds(step, repeats))
    finally:
        torch.set_num_threads(threads)
    return {
        name: num_images * repeats / statistics.median(seconds[1:])
        for name, seconds in turns.items()
    }


def _seconds(step: Callable[[], Any], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        step()
    return time.perf_counter() - start
