"""How many images a second a training handles, measured fairly."""

from collections.abc import Callable, Mapping

from threadpoolctl import threadpool_limits

from course_lib.analysis.timing import shortest_times
from course_lib.checks import require_int
from course_lib.lessons.training_a_cnn.capstone import train_with

__all__ = ["images_per_second", "train_with"]


def images_per_second(
    steps: Mapping[str, Callable[[], object]], *, num_images: int, rounds: int = 60
) -> dict[str, float]:
    """Time training steps in turn, each on one thread, and keep the fastest of each.

    Parameters
    ----------
    steps : mapping of str to callable
        A training step of each competitor, by name.
    num_images : int
        Images in one step.
    rounds : int, default=60
        How often each has its turn.

    Returns
    -------
    dict of str to float
        Images a second, by name.

    Raises
    ------
    TypeError, ValueError
        If a number is not an int of at least 1, or there is no step.

    Examples
    --------
    >>> rates = images_per_second({"much": lambda: sum(range(99999)), "little": int}, num_images=1)
    >>> rates["little"] > rates["much"]
    True
    """
    require_int("images_per_second", "num_images", num_images, minimum=1)
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(limits=1):
            times = shortest_times(steps, rounds=rounds)
    finally:
        torch.set_num_threads(threads)
    return {name: num_images / seconds for name, seconds in times.items()}
