"""Compare an attempt with the solution, and say in words where they part."""

import copy
import inspect
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.diagnosis import resemblance
from course_lib.exercises.limits import LIMIT_SECONDS, OutOfTime, call_within
from course_lib.exercises.numbers import Foreign, as_numbers, is_numeric, taken
from course_lib.exercises.record import Case, Exercise
from course_lib.exercises.stubs import does_nothing, prints
from course_lib.exercises.surroundings import kept
from course_lib.exercises.wording import kind_text, number_text, one_line, short

SOLVED, WRONG, NOT_ATTEMPTED = "solved", "wrong", "not attempted"
MOST_NUMBERS_SHOWN, MOST_COMPARED = 25, 1_000_000


class Verdict(NamedTuple):
    """The outcome of a check; true where the exercise is solved.

    Attributes
    ----------
    status : {"solved", "wrong", "not attempted"}
        What the check found.
    message : str
        What the learner is told.
    """

    status: str
    message: str

    def __bool__(self) -> bool:
        return self.status == SOLVED

    def _ipython_display_(self) -> None:
        """Show nothing as the last expression of a cell: the check has printed its message."""


def examine(exercise: Exercise, attempt: Any, *, seconds: float = LIMIT_SECONDS) -> Verdict:
    """Judge an attempt; an error in it is part of the verdict, never raised.

    Parameters
    ----------
    exercise : Exercise
        What is asked.
    attempt : Any
        The answer; None and ... are none.
    seconds : float, default=10
        Limit for all calls of a function.
    """
    if attempt is None or attempt is ...:
        return _not_attempted(exercise)
    try:
        return _examine(exercise, attempt, seconds)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # An answer may be any object, whose every method may fail, or end the program.
        what = f"received an object of class {type(attempt).__name__} that cannot be judged"
        return _wrong(exercise, f"{what}: it stopped with {type(error).__name__}")


def _examine(exercise: Exercise, attempt: Any, seconds: float) -> Verdict:
    if exercise.wants_function:
        return _examine_function(exercise, attempt, seconds)
    try:
        attempt = attempt if callable(attempt) else call_within(seconds, taken, attempt)
    except OutOfTime:
        return _wrong(exercise, f"received a {type(attempt).__name__} that could not be read "
                      f"within {seconds:g} seconds")  # fmt: skip
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
    if isinstance(received, Foreign):
        expects = f", expected {kind_text(expected)}" if received.is_array else ""
        return f"received {received.text}{expects}"
    array = as_numbers(received)
    if not is_numeric(array):
        return f"received {short(received)}, expected {kind_text(expected)}"
    if array.shape != expected.shape:
        return f"received {kind_text(array)}, expected {kind_text(expected)}"
    finite = expected[np.isfinite(expected)]  # one that overflowed would forgive all others
    limit = tolerance * max(float(np.abs(finite).max(initial=0.0)), 1e-12)
    with np.errstate(invalid="ignore"):  # infinite less infinite
        # "not" also catches NaN.
        wrong = ~((array == expected) | (np.abs(array - expected) <= limit))
    if not wrong.any():
        return None
    if array.ndim == 0:
        return f"received {number_text(array)}, expected {number_text(expected)}"
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = index[0] if len(index) == 1 else index
    numbers = f"received {number_text(array[index])}, expected {number_text(expected[index])}"
    return f"at index {place}: {numbers}"


def _not_attempted(exercise: Exercise) -> Verdict:
    return Verdict(NOT_ATTEMPTED, f"{exercise.id}: not attempted yet. {exercise.prompt}")


def _solved(exercise: Exercise, detail: str) -> Verdict:
    return Verdict(SOLVED, " ".join(f"{exercise.id} ✓ {detail} {exercise.why}".split()))


def _wrong(exercise: Exercise, *lines: str) -> Verdict:
    help_line = f'hint("{exercise.id}") helps'
    return Verdict(WRONG, "\n  ".join([f"{exercise.id} ✗ {lines[0]}", *lines[1:], help_line]))


def _examine_function(exercise: Exercise, attempt: Any, seconds: float) -> Verdict:
    if not callable(attempt):
        return _wrong(exercise, f"received {short(attempt)}; the answer here is a function")
    if does_nothing(attempt):
        return _not_attempted(exercise)
    results = _call_all(exercise, attempt, seconds)
    problems = [
        problem or _compare(exercise, case, received, attempt)
        for case, (received, problem) in zip(exercise.cases, results, strict=True)
    ]
    if not any(problems):
        return _solved(exercise, f"{len(exercise.cases)} cases agree with the solution.")
    if exercise.given is not None and _repeats(exercise, exercise.given, results):
        return _not_attempted(exercise)
    first = next(place for place, problem in enumerate(problems) if problem)
    case = exercise.cases[first]
    heading = f"case {first + 1} of {len(exercise.cases)}: {case.name}"
    details = [*_small_inputs(exercise, case), *_likeness(exercise, case, results[first][0])]
    return _wrong(exercise, heading, problems[first], *details, *_known_slip(exercise, results))


def _call_all(exercise: Exercise, function: Any, seconds: float) -> list[tuple]:
    """Call a function with every case; the limit is for all calls together."""
    results: list[tuple] = []

    def run() -> None:
        for case in exercise.cases:
            results.append(_call(function, case))

    try:
        with kept() as changed:
            call_within(seconds, run)
    except OutOfTime:
        late = (
            f"your function had not come back after {seconds:g} seconds; does a loop never end? "
            f"If it is only slow, give it more: check(..., seconds={6 * seconds:g})"
        )
        done = results[: len(exercise.cases)]  # a copy: what goes on behind may still add to it
        return done + [(None, late)] * (len(exercise.cases) - len(done))
    if changed:
        problem = f"your function changed NumPy itself ({', '.join(changed)}); leave it as it is"
        return [(None, problem)] * len(results)
    return results


def _call(function: Any, case: Case) -> tuple[Any, str | None]:
    """Call the learner's function on copies; give its result, and what went wrong if it did."""
    inputs = copy.deepcopy(case.inputs)
    try:
        received = taken(function(*inputs))
    except OutOfTime:
        raise
    except SystemExit:
        return None, "your function tried to end the whole program (SystemExit); use return"
    except BaseException as error:
        return None, f"your function stopped with {type(error).__name__}: {one_line(error)}"
    for position, (now, before) in enumerate(zip(inputs, case.inputs, strict=True), start=1):
        if isinstance(before, np.ndarray) and not np.array_equal(now, before):
            return None, f"your function changed its input number {position}; work on a copy"
    return received, None


def _compare(exercise: Exercise, case: Case, received: Any, function: Any) -> str | None:
    expected = np.asarray(exercise.solution(*copy.deepcopy(case.inputs)))
    if inspect.isgenerator(received):
        return f"received a generator, expected {kind_text(expected)}; use return, not yield"
    if inspect.iscoroutine(received):
        received.close()  # or Python warns that nobody waited for it
        return f"received a coroutine, expected {kind_text(expected)}; write def without async"
    if received is not None and received is not ...:
        return first_difference(received, expected, exercise.tolerance)
    cause = (
        "it prints, but what is printed is not given back"
        if prints(function)
        else ("is a return missing?")
    )
    return f"received {received}, expected {kind_text(expected)}; {cause}"


def _repeats(exercise: Exercise, function: Any, results: list[tuple]) -> bool:
    """Tell whether a function gives these results, and fails where they are missing."""
    compared = False
    for case, (received, problem) in zip(exercise.cases, results, strict=True):
        expected, other_problem = _call(function, case)
        if (received is None) != (expected is None) or bool(problem) != bool(other_problem):
            return False
        if received is not None:
            if not is_numeric(received):
                return False
            compared = True
            if first_difference(received, np.asarray(expected), exercise.tolerance) is not None:
                return False
    return compared


def _likeness(exercise: Exercise, case: Case, received: Any) -> list[str]:
    """Say what the result has in common with the expected one, where that may help."""
    if not is_numeric(received) or np.size(received) > MOST_COMPARED or np.iscomplexobj(received):
        return []
    expected = np.asarray(exercise.solution(*copy.deepcopy(case.inputs)), float)
    alike = resemblance(np.asarray(received) * 1.0, expected, exercise.tolerance)
    return [] if alike is None else [alike]


def _known_slip(exercise: Exercise, results: list[tuple]) -> list[str]:
    """Name the near miss that gives the same results, where there is one."""
    for name, function in exercise.near_misses.items():
        if _repeats(exercise, function, results):
            return [f"a common slip: {name}"]
    return []


def _small_inputs(exercise: Exercise, case: Case) -> list[str]:
    """Show the inputs of a case where they are small enough to try by hand."""
    if sum(np.size(x) for x in case.inputs) > MOST_NUMBERS_SHOWN:
        return []
    names = inspect.signature(exercise.solution).parameters
    inputs = [f"{name} = {short(x)}" for name, x in zip(names, case.inputs, strict=True)]
    if all(np.ndim(x) == 0 for x in case.inputs):
        return [f"with {', '.join(inputs)}"]
    return [f"with {line}" for line in inputs]


def _examine_choice(exercise: Exercise, attempt: Any) -> Verdict:
    letters = ", ".join(map(repr, exercise.choices))
    if not isinstance(attempt, str) or attempt.strip().lower() not in exercise.choices:
        shown = attempt.text if isinstance(attempt, Foreign) else short(attempt)
        return _wrong(exercise, f"received {shown}; answer with one of {letters}")
    chosen = attempt.strip().lower()
    if chosen != exercise.solution:
        return _wrong(exercise, f"received {chosen!r}, which is not it")
    return _solved(exercise, "")


def _examine_value(exercise: Exercise, attempt: Any) -> Verdict:
    """Judge a number or array; where it is wrong is told, what is right is left to `solution`."""
    expected = np.asarray(exercise.solution)
    if callable(attempt):
        return _wrong(exercise, f"received a function, expected {kind_text(expected)}")
    difference = first_difference(attempt, expected, exercise.tolerance)
    if difference is None:
        return _solved(exercise, "")
    slips = [
        f"a common slip: {name}"
        for name, value in exercise.near_misses.items()
        if first_difference(attempt, np.asarray(value), exercise.tolerance) is None
    ]
    if not difference.endswith(kind_text(expected)):
        difference = f"{difference.split(', expected ')[0]}, which is not it"
    return _wrong(exercise, difference, *slips[:1])
