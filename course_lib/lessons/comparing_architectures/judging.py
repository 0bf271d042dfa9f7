"""Judge networks that learners design: shape, size, cost and field, as numbers."""

from collections.abc import Callable
from functools import wraps

import torch
from torch import nn

from course_lib.analysis import complexity, receptive_field
from course_lib.exercises.stubs import does_nothing

IMAGE = (1, 3, 32, 32)
MOST_PARAMETERS, MOST_MULTIPLY_ADDS = 20_000, 2_000_000
LEAST_FIELD = 24  # pixels

Make = Callable[[int], nn.Module | None]


def within_budget(make: Make) -> Callable[[int], list[int] | None]:
    """Decorate a function that builds a network, so that it gives what `check` can compare.

    Parameters
    ----------
    make : callable
        make(num_classes) gives a `torch.nn.Module` for images (N, 3, 32, 32).

    Returns
    -------
    callable
        With the same argument, gives for two images: the output shape; then 1 for yes and 0 for no:
        at most 20,000 parameters; at most 2,000,000 multiply-adds an image; a field of at least 24
        pixels, of a layer that does not see the whole image; an output that depends on the image.
        An empty `make` is handed back as it is.

    Examples
    --------
    >>> within_budget(lambda n: nn.Sequential(nn.Flatten(), nn.Linear(3072, n)))(5)
    [2, 5, 1, 1, 0, 1]
    """
    if does_nothing(make):
        return make
    complexity(nn.Identity(), (1, 1))  # loads what PyTorch needs to trace, before any limit runs

    @wraps(make)
    def judged(num_classes: int) -> list[int] | None:
        network = make(num_classes)
        if not isinstance(network, nn.Module):
            return network
        cost = complexity(network, IMAGE)
        fields = receptive_field(network, input_shape=IMAGE).layers
        sees = max((layer.size or 0 for layer in fields), default=0)
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            y = network.eval()(torch.rand(2, *IMAGE[1:]))
        yes = (
            cost.parameters <= MOST_PARAMETERS,
            cost.multiply_adds <= MOST_MULTIPLY_ADDS,
            sees >= LEAST_FIELD,
            not torch.equal(y[0], y[1]),
        )
        return [*y.shape, *map(int, yes)]

    return judged
