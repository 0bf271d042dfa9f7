"""How a command is told what to look at: the same three options, with the same meaning, in each."""

import argparse
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from course_lib.checks import require_choice
from course_lib.errors import InvalidValue


class Named(Protocol):
    """A line of a table: what it is about, and its own name."""

    operation: str
    name: str


Line = TypeVar("Line", bound=Named)


def add_selection(command: argparse.ArgumentParser) -> None:
    """Describe `--operations`, `--only` and `--networks` of a command."""
    command.add_argument(
        "--operations", nargs="+", metavar="NAME",
        help="these operations alone, such as conv2d relu",
    )  # fmt: skip
    command.add_argument(
        "--only", nargs="+", metavar="CASE",
        help="of these, the cases of this name alone; a wrong name lists them",
    )  # fmt: skip
    command.add_argument(
        "--networks", nargs="*", metavar="NAME",
        help="whole networks instead: all that the command knows, or these",
    )  # fmt: skip


def refuse_beside(choice: str, options: argparse.Namespace, command: str, *names: str) -> None:
    """Raise ValueError where an option is given that `choice`, as "--networks", does not heed."""
    without = argparse.Namespace(all=False, markdown=False, device="cpu", dtype="float64")
    for name in names:
        if getattr(options, name) != getattr(without, name, None):
            raise InvalidValue(
                command, received=f"--{name} with {choice}", needed="one of them",
                fix="leave the other away")  # fmt: skip


def select(
    lines: Iterable[Line],
    *,
    command: str,
    operations: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> list[Line]:
    """Keep the lines of some operations and, of these, those of some names; None keeps all.

    Raises
    ------
    ValueError
        If there is no such operation, or no such case of the operations; it lists the choices.

    Examples
    --------
    >>> from types import SimpleNamespace as Case
    >>> cases = [Case(operation="relu", name="ties"), Case(operation="relu", name="one-pixel")]
    >>> [case.name for case in select(cases, command="parity", only=["ties"])]
    ['ties']
    """
    lines = list(lines)
    require_choices(command, "operations", operations, {line.operation for line in lines})
    lines = [line for line in lines if operations is None or line.operation in operations]
    require_choices(command, "only", only, {line.name for line in lines})
    return [line for line in lines if only is None or line.name in only]


def require_choices(
    command: str, name: str, values: Collection[str] | None, choices: Collection[str]
) -> None:
    """Raise ValueError at the first of `values` that is not one of `choices`."""
    for value in values or ():
        require_choice(command, name, value, sorted(choices))
