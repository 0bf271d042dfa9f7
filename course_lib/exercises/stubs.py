"""Tell an empty function from an attempt, by its compiled code."""

import dis
from types import CodeType
from typing import Any

# What is left of `def f(x): "..."`, `pass`, `...`, `return None` and `return ...`.
EMPTY = {"RESUME", "NOP", "CACHE", "COPY_FREE_VARS", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


def does_nothing(function: Any) -> bool:
    """Tell whether a function only gives back None or ..., whatever comes in.

    A function that works and forgets its `return` gives None as well, but does something.

    Examples
    --------
    >>> does_nothing(lambda image: None), does_nothing(lambda image: print(image))
    (True, False)
    """
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    steps = list(dis.get_instructions(code))
    given_back = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    # The code object of a compiled function has no steps that give anything back.
    only_constants = bool(given_back) and {step.opname for step in steps} <= EMPTY
    return only_constants and (given_back[-1] is None or given_back[-1] is ...)


def prints(function: Any) -> bool:
    """Tell whether a function calls `print` itself."""
    return "print" in getattr(getattr(function, "__code__", None), "co_names", ())
