"""All claims, their numbers, and tables of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from course_lib.lessons.claims_checked.claims import (
    architectures,
    learning,
    norms_and_losses,
    seeing,
)
from course_lib.lessons.claims_checked.record import VERDICTS, Claim, Measured

TOPICS = {
    "seeing": seeing.CLAIMS,
    "learning": learning.CLAIMS,
    "norms and losses": norms_and_losses.CLAIMS,
    "architectures": architectures.CLAIMS,
}
CLAIMS = tuple(claim for claims in TOPICS.values() for claim in claims)
MARKS = dict(zip(VERDICTS, "✓◐✗○", strict=True))


def claim(name: str) -> Claim:
    """Find a claim by its name.

    Examples
    --------
    >>> claim("403 times").verdict
    'wrong'
    """
    return next(one for one in CLAIMS if one.name == name)


@cache
def measure_all() -> Mapping[str, Measured]:
    """Compute every number that needs no training, by the name of its claim."""
    return {one.name: one.measure() for one in CLAIMS if one.measure is not None}


def counts(claims: Iterable[Claim] = CLAIMS) -> dict[str, int]:
    """Count the verdicts, in the order of `VERDICTS`.

    Examples
    --------
    >>> counts([claim("flip"), claim("403 times")])["wrong"]
    1
    """
    found = Counter(one.verdict for one in claims)
    return {verdict: found[verdict] for verdict in VERDICTS}


def with_verdict(verdict: str) -> list[Claim]:
    """List the claims of one verdict."""
    return [one for one in CLAIMS if one.verdict == verdict]


def as_markdown(claims: Iterable[Claim], numbers: Mapping[str, Measured]) -> str:
    """Write claims as a Markdown table: what is said, what is right, number, source, place, test.

    Parameters
    ----------
    claims : iterable of Claim
        A row each.
    numbers : mapping of str to Measured
        By the name of the claim; where there is none, the notebook that trains for it is named.

    Returns
    -------
    str
        The table.

    Examples
    --------
    >>> print(as_markdown([], {}).splitlines()[0])
    | claim | verdict | correct form or condition | measured | source | held by |
    """
    lines = [
        "| claim | verdict | correct form or condition | measured | source | held by |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(one, numbers.get(one.name)) for one in claims]
    return "\n".join(lines)


def _row(one: Claim, number: Measured | None) -> str:
    measured = number.text if number else f"trained in notebook {one.held.notebook}"
    test = " ".join(_breakable(part) for part in f"tests/{one.held.test}".split("::"))
    place = f"{one.held.notebook}, *{one.held.heading}*<br>{test}"
    cells = (
        one.says,
        f"{MARKS[one.verdict]} {one.verdict}",
        one.correct,
        measured,
        one.source,
        place,
    )
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _breakable(code: str) -> str:
    """Let a long name go on in the next line, or its column leaves no room for the others."""
    return f"<code>{code.replace('/', '/<wbr>').replace('_', '&#95;<wbr>')}</code>"


def _escaped(text: str) -> str:
    """Keep what Markdown would read as its own: bars, and stars of a convolution."""
    return text.replace("|", r"\|")
