"""Lay the rows of a parity run out: as text, as Markdown, as JSON."""

import json
from collections.abc import Callable, Iterable

from course_lib.parity.compare import Tolerance
from course_lib.parity.runner import Row

HEADINGS = ("operation", "cases", "output error", "gradient error", "allowed", "passed")


def worst_per_operation(rows: Iterable[Row]) -> list[Row]:
    """Merge the cases of each operation: largest errors and tolerances, and whether all passed.

    Examples
    --------
    >>> from course_lib.parity import run
    >>> [(row.operation, row.passed) for row in worst_per_operation(run(operations=["conv2d"]))]
    [('conv2d', True)]
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.operation, []).append(row)
    return [_merge(group) for group in groups.values()]


def _merge(rows: list[Row]) -> Row:
    gradients = [row.gradient_error for row in rows if row.gradient_error is not None]
    return Row(
        operation=rows[0].operation,
        case=str(len(rows)),
        output_error=max(row.output_error for row in rows),
        gradient_error=max(gradients, default=None),
        tolerance=Tolerance(*map(max, zip(*(row.tolerance for row in rows), strict=True))),
        passed=all(row.passed for row in rows),
    )


def as_text(rows: Iterable[Row], *, every_case: bool = False) -> str:
    """Write a table with aligned columns, one line an operation or, if wanted, a case."""
    table = _table(rows, every_case)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table)
    return "\n".join(lines)


def as_markdown(rows: Iterable[Row], *, every_case: bool = False) -> str:
    """Write the same table in Markdown."""
    headings, *lines = _table(rows, every_case)
    table = [headings, ["---"] * len(headings), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)


def as_json(rows: Iterable[Row]) -> str:
    """Write every case as JSON, errors unrounded."""
    records = [{**row._asdict(), "tolerance": row.tolerance._asdict()} for row in rows]
    return json.dumps(records, indent=2) + "\n"


def _table(rows: Iterable[Row], every_case: bool) -> list[list[str]]:
    shown = list(rows) if every_case else worst_per_operation(rows)
    headings = ["case" if every_case and h == "cases" else h for h in HEADINGS]
    return [headings, *map(_cells, shown)]


def _cells(row: Row) -> list[str]:
    number: Callable[[float], str] = "{:.1e}".format
    gradient = "-" if row.gradient_error is None else number(row.gradient_error)
    allowed = f"{row.tolerance.output:.0e} / {row.tolerance.gradient:.0e}"
    verdict = "yes" if row.passed else "NO"
    return [row.operation, row.case, number(row.output_error), gradient, allowed, verdict]
