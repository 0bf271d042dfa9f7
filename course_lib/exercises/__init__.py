"""Exercises that tell you how you did: `check`, `hint`, `solution`, `progress`.

None of them ever stops a notebook: what goes wrong is printed, so Run-all reaches the bottom.
"""

import inspect
import textwrap
from typing import Any

from course_lib.exercises import lookup, storage
from course_lib.exercises.checking import NOT_ATTEMPTED, SOLVED, WRONG, Verdict, examine
from course_lib.exercises.limits import LIMIT_SECONDS
from course_lib.exercises.record import Case, Exercise
from course_lib.terminal import say

__all__ = ["Case", "Exercise", "Unsolved", "Verdict", "check", "hint", "progress", "solution"]


class Unsolved(AssertionError):
    """Raised by `check` on request; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def check(
    exercise_id: str,
    answer: Any = None,
    *,
    record: bool = True,
    raise_on_failure: bool = False,
    seconds: float = LIMIT_SECONDS,
) -> Verdict:
    """Print ✓, or the first case that fails, or that nothing was attempted yet.

    The outcome is noted for `progress`; what was noted before never changes what is printed.

    Parameters
    ----------
    exercise_id : str
        Such as "02.correlate".
    answer : callable, number, array or str, default=None
        Your function or your result; None, ... and an empty function count as not attempted.
    record : bool, default=True
        With False nothing is noted: for a mistake that is shown on purpose.
    raise_on_failure : bool, default=False
        With True anything but a solved exercise raises, for those who grade by program.
    seconds : float, default=10
        Limit for all calls of a function together.

    Returns
    -------
    Verdict
        Its status ("solved", "wrong" or "not attempted") and the message; true where solved.
        As the last expression of a cell it shows nothing.

    Raises
    ------
    Unsolved
        An AssertionError, with `raise_on_failure=True` alone.

    Examples
    --------
    >>> verdict = check("02.flip", ...)
    02.flip: not attempted yet. Convolve the row 1 2 0 3 with the kernel 1 2, flip included.
    >>> verdict.status, bool(verdict)
    ('not attempted', False)
    """
    exercise = lookup.find(exercise_id)
    if exercise is None:
        verdict, problem = Verdict(WRONG, lookup.unknown(exercise_id)), None
    else:
        verdict = examine(exercise, answer, seconds=seconds)
        problem = _note(exercise, verdict) if record else None
    say(verdict.message)
    if problem:
        say(problem)
    if raise_on_failure and not verdict:
        raise Unsolved(verdict)
    return verdict


def _note(exercise: Exercise, verdict: Verdict) -> str | None:
    """Note an attempt; give a sentence where that failed."""
    if verdict.status == NOT_ATTEMPTED:
        return None
    return storage.note_attempt(exercise.id, solved=verdict.status == SOLVED)


def hint(exercise_id: str, number: int = 1) -> None:
    """Print a hint; later numbers say more.

    Examples
    --------
    >>> hint("02.correlate", 99)
    02.correlate has 3 hints; ask for 1 to 3.
    """
    exercise = lookup.find(exercise_id)
    if exercise is None:
        say(lookup.unknown(exercise_id))
        return
    total = len(exercise.hints)
    if not isinstance(number, int) or not 1 <= number <= total:
        say(f"{exercise.id} has {total} hints; ask for 1 to {total}.")
        return
    say(f"Hint {number} of {total}: {exercise.hints[number - 1]}")
    if number < total:
        say(f'More: hint("{exercise.id}", {number + 1})')


def solution(exercise_id: str) -> None:
    """Print the answer, and why it is right."""
    exercise = lookup.find(exercise_id)
    if exercise is None:
        say(lookup.unknown(exercise_id))
    else:
        say(solution_text(exercise))


def solution_text(exercise: Exercise) -> str:
    """Write a solution: the source of a function, or the value, then the reason."""
    if exercise.wants_function:
        answer = textwrap.dedent(inspect.getsource(exercise.solution)).rstrip()
    elif exercise.choices:
        answer = f"{exercise.solution}: {exercise.choices[exercise.solution]}"
    else:
        answer = str(exercise.solution)
    return f"{answer}\n{exercise.why}" if exercise.why else answer


def progress() -> None:
    """Print which exercises you have solved (✓), tried (✗) and not begun (·), by notebook."""
    if problem := storage.progress_problem():
        say(problem)
    states = storage.read_progress()
    marks = {storage.SOLVED: "✓", storage.TRIED: "✗"}
    for notebook, ids in lookup.exercises_by_notebook().items():
        solved = sum(states.get(id_) == storage.SOLVED for id_ in ids)
        line = "  ".join(f"{marks.get(states.get(id_), '·')} {id_}" for id_ in ids)
        say(f"{notebook}: {solved} of {len(ids)} solved   {line}")
