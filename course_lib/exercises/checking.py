"""Compare an attempt with the solution, and say in words where they part."""

import copy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

SOLVED, WRONG, NOT_ATTEMPTED = "solved", "wrong", "not attempted"
MOST_NUMBERS_SHOWN = 20


class Verdict(NamedTuple):
    """The outcome of a check: SOLVED, WRONG or NOT_ATTEMPTED, and what the learner is told."""

    status: str
    message: str


def examine(exercise: Exercise, attempt: Any) -> Verdict:
    """Judge an attempt; an error in it is part of the verdict, never raised."""
    if attempt is None or attempt is ...:
        return _not_attempted(exercise)
    if exercise.wants_function:
        return _examine_function(exercise, attempt)
    if exercise.choices:
        return _examine_choice(exercise, attempt)
    return _examine_value(exercise, attempt)


def first_difference(received: Any, expected: NDArray, tolerance: float) -> str | None:
    """Say how `received` differs from `expected`, or None where it does not.

    Examples
    --------
    >>> first_difference([1, 2], np.array([1.0, 3.0]), 1e-6)
    'at index 1: received 2, expected 3'
    """
    try:
        array = np.asarray(received)
    except (ValueError, TypeError, RuntimeError):
        return f"received a {type(received).__name__} that is no array"
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == bool):
        return f"received {_short(received)}, expected {_kind(expected)}"
    if array.shape != expected.shape:
        return f"received {_kind(array)}, expected {_kind(expected)}"
    limit = tolerance * max(float(np.abs(expected).max(initial=0.0)), 1e-12)
    # "not <=" also catches NaN.
    wrong = ~(np.abs(array - expected) <= limit)
    if not wrong.any():
        return None
    if array.ndim == 0:
        return f"received {_number(array)}, expected {_number(expected)}"
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = index[0] if len(index) == 1 else index
    return (
        f"at index {place}: received {_number(array[index])}, expected {_number(expected[index])}"
    )


def _not_attempted(exercise: Exercise) -> Verdict:
    return Verdict(NOT_ATTEMPTED, f"{exercise.id}: not attempted yet. {exercise.prompt}")


def _solved(exercise: Exercise, detail: str) -> Verdict:
    return Verdict(SOLVED, " ".join(f"{exercise.id} ✓ {detail} {exercise.why}".split()))


def _wrong(exercise: Exercise, *lines: str) -> Verdict:
    help_line = f'hint("{exercise.id}") helps'
    return Verdict(WRONG, "\n  ".join([f"{exercise.id} ✗ {lines[0]}", *lines[1:], help_line]))


def _examine_function(exercise: Exercise, attempt: Any) -> Verdict:
    if not callable(attempt):
        return _wrong(exercise, f"received {_short(attempt)}; the answer here is a function")
    same_as_given = exercise.given is not None
    first_failure = None
    for number, case in enumerate(exercise.cases, start=1):
        received, problem = _call(attempt, case)
        if received is None and problem is None and number == 1:
            return _not_attempted(exercise)
        same_as_given = (
            same_as_given and problem is None and _repeats_given(exercise, case, received)
        )
        problem = problem or _compare(exercise, case, received)
        if problem is not None and first_failure is None:
            first_failure = (f"case {number} of {len(exercise.cases)}: {case.name}", problem)
    if same_as_given and first_failure is not None:
        return _not_attempted(exercise)
    if first_failure is not None:
        return _wrong(exercise, *first_failure, *_small_inputs(exercise, first_failure[0]))
    return _solved(exercise, f"{len(exercise.cases)} cases agree with the solution.")


def _call(function: Any, case: Case) -> tuple[Any, str | None]:
    """Call the learner's function on copies; give its result, and what went wrong if it did."""
    inputs = copy.deepcopy(case.inputs)
    try:
        received = function(*inputs)
    except Exception as error:
        return None, f"your function stopped with {type(error).__name__}: {_one_line(error)}"
    for position, (now, before) in enumerate(zip(inputs, case.inputs, strict=True), start=1):
        if isinstance(before, np.ndarray) and not np.array_equal(now, before):
            return None, f"your function changed its input number {position}; work on a copy"
    return received, None


def _compare(exercise: Exercise, case: Case, received: Any) -> str | None:
    expected = exercise.solution(*copy.deepcopy(case.inputs))
    if received is None:
        return f"received None, expected {_kind(np.asarray(expected))}; is a return missing?"
    return first_difference(received, np.asarray(expected), exercise.tolerance)


def _repeats_given(exercise: Exercise, case: Case, received: Any) -> bool:
    """Tell whether the result is that of the code the learner was given."""
    expected, problem = _call(exercise.given, case)
    return (
        problem is None
        and received is not None
        and first_difference(received, np.asarray(expected), exercise.tolerance) is None
    )


def _small_inputs(exercise: Exercise, heading: str) -> list[str]:
    """Show the inputs of the failing case where they are small enough to try by hand."""
    case = next(case for case in exercise.cases if heading.endswith(case.name))
    if sum(np.size(x) for x in case.inputs) > MOST_NUMBERS_SHOWN:
        return []
    return [f"input {n}: {_short(x)}" for n, x in enumerate(case.inputs, start=1)]


def _examine_choice(exercise: Exercise, attempt: Any) -> Verdict:
    letters = ", ".join(map(repr, exercise.choices))
    if not isinstance(attempt, str) or attempt.strip().lower() not in exercise.choices:
        return _wrong(exercise, f"received {_short(attempt)}; answer with one of {letters}")
    chosen = attempt.strip().lower()
    if chosen != exercise.solution:
        return _wrong(exercise, f"received {chosen!r}, which is not it")
    return _solved(exercise, "")


def _examine_value(exercise: Exercise, attempt: Any) -> Verdict:
    """Judge a number or array; where it is wrong is told, what is right is left to `solution`."""
    expected = np.asarray(exercise.solution)
    if callable(attempt):
        return _wrong(exercise, f"received a function, expected {_kind(expected)}")
    difference = first_difference(attempt, expected, exercise.tolerance)
    if difference is None:
        return _solved(exercise, "")
    if difference.endswith(_kind(expected)):
        return _wrong(exercise, difference)
    return _wrong(exercise, f"{difference.split(', expected ')[0]}, which is not it")


def _kind(array: NDArray) -> str:
    return "a number" if array.ndim == 0 else f"an array of shape {array.shape}"


def _number(value: Any) -> str:
    number = value.item()
    return f"{number:.6g}" if isinstance(number, float) else str(number)


def _short(value: Any) -> str:
    """Write a value on one line, cut where it gets long."""
    text = repr(value.tolist() if isinstance(value, np.ndarray) else value)
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:117]}..."


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else f"{text[:197]}..."
