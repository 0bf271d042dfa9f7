"""What a checked claim is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

RIGHT = "right"
CONDITION = "right with a condition"
WRONG = "wrong"
OPEN = "not shown here"
VERDICTS = (RIGHT, CONDITION, WRONG, OPEN)


class Measured(NamedTuple):
    """A number as text, and whether it bears out the verdict."""

    text: str
    agrees: bool


class Held(NamedTuple):
    """Where a claim is shown, and what keeps it true.

    Attributes
    ----------
    notebook : str
        Number of the notebook, such as "09".
    heading : str
        Heading of the cell in it.
    test : str
        File below `tests/` and name of the test: "test_shapes.py::test_conv_output_size".
    """

    notebook: str
    heading: str
    test: str


@dataclass(frozen=True)
class Claim:
    """A sentence or formula as it is commonly said, and what becomes of it.

    Attributes
    ----------
    name : str
        Short and unique.
    says : str
        As it is commonly said.
    verdict : str
        One of `VERDICTS`.
    correct : str
        The form or the condition under which it is right, or what is known.
    source : str
        Paper, with equation, table or section.
    held : Held
        Notebook and test of this course.
    items : tuple of str, default=()
        Slides and equations of the source material that say it; empty for what is said elsewhere.
    measure : callable, default=None
        Computes the number now; None where that takes a training, which the notebook named in
        `held` runs.
    """

    name: str
    says: str
    verdict: str
    correct: str
    source: str
    held: Held
    items: tuple[str, ...] = ()
    measure: Callable[[], Measured] | None = None
