"""The one comparison every test goes through."""

from typing import Any

from course_lib.checks import dtype_name
from course_lib.errors import InvalidType, InvalidValue
from course_lib.parity import TOLERANCES, relative_error
from course_lib.parity.compare import Tolerance

# What the builtin that a user catches really is.
INVALID = {ValueError: InvalidValue, TypeError: InvalidType}


def assert_same(actual: Any, expected: Any, *, tolerance: float | None = None) -> None:
    """Fail unless shape, dtype and values agree; by default floats leave only rounding."""
    exact = Tolerance(0.0, 0.0)  # masks and indices
    limit = TOLERANCES.get(dtype_name(expected), exact).output if tolerance is None else tolerance
    error = relative_error(actual, expected)
    assert error <= limit, (
        f"error {error:.2e} of max|expected| is above {limit:.0e}: "
        f"received {dtype_name(actual)} {tuple(actual.shape)}, "
        f"expected {dtype_name(expected)} {tuple(expected.shape)}"
    )
