"""The inputs on which the twins are compared, one file a topic.

All axis sizes of a case differ, so a swapped axis cannot pass, and values are random.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts import TOPICS
from course_lib.parity.compare import Tolerance


@dataclass(frozen=True)
class Case:
    """One call of an operation: `inputs(rng)` gives its arrays in float64 or int64, or None.

    `tolerances` names the dtypes in which this case needs another tolerance than the usual one.
    """

    operation: str
    name: str
    inputs: Callable[[np.random.Generator], tuple[NDArray | None, ...]]
    options: Mapping[str, Any] = field(default_factory=dict)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)

    def __str__(self) -> str:
        """Name the case in test reports."""
        return f"{self.operation}-{self.name}"


def normal(*shapes: tuple[int, ...] | None) -> Callable[[np.random.Generator], tuple]:
    """Make inputs of these shapes from the standard normal distribution; None stays None."""
    return lambda rng: tuple(None if s is None else rng.standard_normal(s) for s in shapes)


def all_cases() -> list[Case]:
    """List the cases of every topic."""
    modules = (importlib.import_module(f"{__name__}.{topic}") for topic in TOPICS)
    return [case for module in modules for case in module.CASES]
