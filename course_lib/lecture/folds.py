"""What a saved notebook folds away: remarks for the lecturer, and answers to a prediction."""

import re

LECTURER, ANSWER = "For the lecturer", "Answer"
WHOLE = re.compile(
    rf"<details><summary>(?:{LECTURER}|{ANSWER})</summary>\n\n(.*)\n\n</details>", re.DOTALL
)


def fold(source: str, summary: str) -> str:
    r"""Fold the text of a cell behind one line, in JupyterLab, on GitHub and in nbconvert's pages.

    Examples
    --------
    >>> fold("Guess *first*.", "Answer")
    '<details><summary>Answer</summary>\n\nGuess *first*.\n\n</details>'
    """
    return f"<details><summary>{summary}</summary>\n\n{source}\n\n</details>"


def unfold(source: str) -> str:
    """Take the fold off again, for a slide or its notes; other text stays as it is.

    Examples
    --------
    >>> unfold(fold("Guess *first*.", "Answer"))
    'Guess *first*.'
    """
    whole = WHOLE.fullmatch(source)
    return whole.group(1) if whole else source
