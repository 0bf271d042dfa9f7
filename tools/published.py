"""The published form of a notebook: what a learner opens, made from the text form authors edit.

Remarks to tools are taken out, hidden code is hidden, and what a learner shall not see at once (a
lecturer's cell, the answer to a prediction) is folded away.
"""

import re

from nbformat import NotebookNode

from course_lib.lecture.folds import ANSWER, LECTURER, fold, fold_output

KEPT_METADATA = ("slideshow", "tags", "deck")  # of the text form
REMARK = re.compile(r"\s*# (?:fmt: \w+|noqa\b).*$")


def publish(notebook: NotebookNode) -> NotebookNode:
    """Give every cell of a text form its published source and metadata, in place."""
    for cell in notebook.cells:
        cell.source = published_source(cell)
        cell.metadata = published_metadata(cell)
    return notebook


def published_source(cell: NotebookNode) -> str:
    """Take remarks to tools out of code; fold a lecturer's text, or an answer."""
    if cell.cell_type == "code":
        return without_remarks(cell.source)
    if is_for_lecturer(cell):
        return fold(cell.source, LECTURER)
    return fold(cell.source, ANSWER) if "answer" in tags(cell) else cell.source


def without_remarks(code: str) -> str:
    r"""Take out `# fmt:` and `# noqa`; a line that holds nothing else goes whole.

    Examples
    --------
    >>> without_remarks("# fmt: off\nimport os  # noqa: F401 (for the reader)\ndraw(  # why")
    'import os\ndraw(  # why'
    """
    pairs = [(line, REMARK.sub("", line)) for line in code.splitlines()]
    return "\n".join(kept for line, kept in pairs if kept or not line.strip())


def published_metadata(cell: NotebookNode) -> NotebookNode:
    """Keep the metadata of the text form; add what JupyterLab hides when it opens the notebook.

    JupyterLab shows the hidden output of a cell as soon as the cell is run.
    """
    kept = {key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata}
    if cell.cell_type == "code":
        hidden = {
            "source_hidden": "hide-input" in tags(cell) or is_for_lecturer(cell),
            "outputs_hidden": "answer" in tags(cell) or is_for_lecturer(cell),
        }
        hidden = {name: True for name, wanted in hidden.items() if wanted}
        kept |= {"jupyter": hidden} if hidden else {}
    return NotebookNode(kept)


def fold_outputs(cell: NotebookNode) -> None:
    """Keep JupyterLab from previewing the outputs of a cell that it folds; nbval sees past it."""
    if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
        for output in cell.outputs[:1]:
            fold_output(output)


def is_for_lecturer(cell: NotebookNode) -> bool:
    """Tell whether a cell belongs to the speaker notes."""
    return cell.metadata.get("slideshow", {}).get("slide_type") == "notes"


def tags(cell: NotebookNode) -> list[str]:
    """List the tags of a cell."""
    return cell.metadata.get("tags", [])
