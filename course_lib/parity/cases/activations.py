"""Cases for the activations."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from course_lib.parity.cases import Case, normal

SHAPES = {
    "images": (2, 3, 5, 7),
    "row": (11,),
    "empty-batch": (0, 3, 5),
}
OPTIONS = {
    "sigmoid": {},
    "tanh": {},
    "relu": {},
    "leaky_relu": {"negative_slope": 0.2},
    "elu": {"alpha": 0.7},
    "selu": {},
    "gelu": {"approximate": "tanh"},
    "silu": {},
    "mish": {},
    "relu6": {},
    "hardswish": {},
    "hardsigmoid": {},
    "softplus": {"beta": -2.5, "threshold": 3.0},
}


def spread(shape: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[NDArray]]:
    """Make an input wide enough to reach every piece of every activation.

    In steps of 1/8, which bfloat16 can hold: no rounding moves a number across a kink.
    """
    return lambda rng: (np.round(40 * np.asarray(rng.standard_normal(shape))) / 8,)


def small_number(rng: np.random.Generator) -> tuple[NDArray]:
    """Make an input without axes, where no activation has a vanishing gradient."""
    return (np.asarray(rng.uniform(-0.5, 0.5)),)


def kinks(rng: np.random.Generator) -> tuple[NDArray]:
    """Make an input of the places where pieces meet, in random order."""
    return (rng.permutation([-3.0, -0.0, 0.0, 3.0, 6.0, 8.0, 20.0]),)


def extremes(rng: np.random.Generator) -> tuple[NDArray]:
    """Make an input of numbers so far out that a careless formula overflows."""
    return (rng.permutation([-1e30, -1e4, -100.0, 100.0, 1e4, 1e30, 0.5]),)


CASES = [
    Case(operation, name, spread(shape)) for operation in OPTIONS for name, shape in SHAPES.items()
]
CASES += [Case(operation, "number", small_number) for operation in OPTIONS]
CASES += [
    Case(operation, "kinks", kinks)
    for operation in ("relu", "leaky_relu", "elu", "selu", "relu6", "hardswish", "hardsigmoid")
]
CASES += [Case(operation, "extremes", extremes) for operation in OPTIONS]
CASES += [
    Case(operation, "-".join(options), spread((2, 3, 5, 7)), options)
    for operation, options in OPTIONS.items()
    if options
]
CASES += [
    Case("prelu", "a-slope-a-channel", normal((2, 3, 5, 7), (3,))),
    Case("prelu", "one-slope", normal((2, 3, 5, 7), (1,))),
    Case("prelu", "features", normal((5, 3), (3,))),
    Case("prelu", "row", normal((11,), (1,))),
    Case("prelu", "number", normal((), (1,))),
    Case("prelu", "slope-without-axes", normal((2, 3, 5), ())),
    Case("prelu", "empty-batch", normal((0, 3, 5), (3,))),
]
CASES += [
    Case(operation, name, normal(shape), {"axis": axis})
    for operation in ("softmax", "log_softmax")
    for name, shape, axis in [
        ("scores", (3, 7), 1),
        ("channels", (2, 3, 5, 7), 1),
        ("last-axis", (2, 5, 3), -1),
        ("first-axis", (5, 2, 3), 0),
        ("row", (11,), 0),
        ("number", (), 0),
        ("one-class", (5, 1), 1),
        ("empty-batch", (0, 3), 1),
        ("no-classes", (3, 0), 1),
    ]
]
CASES += [Case(name, "extremes", extremes, {"axis": 0}) for name in ("softmax", "log_softmax")]
