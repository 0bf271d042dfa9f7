"""What an exercise is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One call of the learner's function: a name for it and its inputs, in order."""

    name: str
    inputs: tuple


@dataclass(frozen=True)
class Exercise:
    """One exercise, with everything that checks it and that checks the check.

    Attributes
    ----------
    id : str
        Notebook number and name: "02.correlate".
    prompt : str
        The task in one or two sentences.
    solution : callable, number, array or str
        The right answer; a str is the letter of one of `choices`.
    hints : tuple of str
        From a nudge to nearly the answer.
    near_misses : mapping of str to attempt
        Answers that are almost right, by what is wrong with them; the check must refuse each.
    cases : tuple of Case, default=()
        What a function is called with; empty for other answers.
    choices : mapping of str to str, default={}
        Letters and their texts, for a "why" with one right answer.
    why : str, default=""
        Shown with the tick and with the solution: what makes the answer right.
    given : callable, default=None
        The code that the learner starts from, where that is not an empty function: unchanged,
        it counts as not attempted.
    tolerance : float, default=1e-6
        Largest error allowed, as a share of the largest expected number.
    """

    id: str
    prompt: str
    solution: Any
    hints: tuple[str, ...]
    near_misses: Mapping[str, Any]
    cases: tuple[Case, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    given: Callable | None = None
    tolerance: float = 1e-6

    @property
    def wants_function(self) -> bool:
        """Tell whether the answer is a function."""
        return callable(self.solution)

    @property
    def stub(self) -> Any:
        """Give what the notebook holds before the learner has touched it."""
        if self.given is not None:
            return self.given
        return _untouched if self.wants_function else ...


def _untouched(*inputs: Any) -> None:
    """Do what an empty function does."""
