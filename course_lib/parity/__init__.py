"""Hold the twins to each other: run both on the same inputs and report the differences."""

from course_lib.parity.compare import TOLERANCES, relative_error
from course_lib.parity.runner import Row, run

__all__ = ["TOLERANCES", "Row", "relative_error", "run"]
