"""What a saved notebook folds away: remarks for the lecturer, and answers to a prediction."""

import re
from collections.abc import Callable

from nbformat import NotebookNode

LECTURER, ANSWER = "For the lecturer", "Answer"
BLANK_LINE = " \n"  # above a folded output, whose first line JupyterLab would show
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


def fold_output(output: NotebookNode) -> None:
    """Put a blank line above an output that JupyterLab folds: it previews the first line."""
    unfold_output(output)
    _change_texts(output, lambda text: BLANK_LINE + text)


def unfold_output(output: NotebookNode) -> None:
    """Take that blank line off again, for a slide."""
    _change_texts(output, lambda text: text.removeprefix(BLANK_LINE))


def _change_texts(output: NotebookNode, change: Callable[[str], str]) -> None:
    if "text" in output:
        output.text = change(output.text)
    for kind, text in output.get("data", {}).items():
        if kind.startswith("text/"):
            output.data[kind] = change(text)
