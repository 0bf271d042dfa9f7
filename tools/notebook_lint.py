"""What can be wrong with a notebook file, each as one sentence."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

import course_lib
from course_lib.live.figures import script_of
from tools.published import publish

COURSE_LIB = Path(course_lib.__file__).parent
LARGEST_FILE = 1_000_000
MOST_CODE_LINES = 12
MOST_LINES = 20
SLIDE_TYPES = ("slide", "subslide", "fragment", "skip", "notes")
IMAGES = ("image/png", "image/jpeg", "image/svg+xml")
WORDLESS = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=.\w)")  # an image, and nothing in its alt
PREDICT = re.compile(r"\*\*Predict")
NEW_THOUGHT = re.compile(r"^#+ |\*\*Predict", re.MULTILINE)
ABSOLUTE_PATH = re.compile(
    r"""(?:^|[\s"'(=])(/[\w.-]+/[\w.-]+|[A-Za-z]:\\\w[^\s]*)""", re.MULTILINE
)
LIVE = re.compile(r'data-figure="(\w+)-[0-9a-f]{8}"')
# Bytes as letters, of a picture or in the state of a live figure: any path there is chance.
PACKED = re.compile(r"data:[\w/]+;base64,[^\"]*|JSON\.parse\(.*?\)\);", re.DOTALL)


def faults(notebook: Path, text_form: Path) -> list[str]:
    """List all that is wrong with a notebook and its text form."""
    saved = nbformat.read(notebook, as_version=4)
    found = [fault for check in CHECKS for fault in check(saved)]
    return [*found, *drift(saved, publish(jupytext.read(text_form))), *too_large(notebook)]


def drift(notebook: NotebookNode, text: NotebookNode) -> Iterator[str]:
    """Compare the cells of a notebook with those that its text form would be published as."""
    if "jupytext" in notebook.metadata:
        yield "paired by jupytext, so JupyterLab may refuse to open it: run `make notebooks`"
    if len(notebook.cells) != len(text.cells):
        yield f"the text form has {len(text.cells)} cells, the notebook {len(notebook.cells)}"
    for number, pair in enumerate(zip(notebook.cells, text.cells, strict=False), start=1):
        here, there = map(_compared, pair)
        if here != there:
            yield f"cell {number} differs from the text form: run `make notebooks`"


def _compared(cell: NotebookNode) -> tuple:
    return cell.cell_type, cell.source, cell.metadata


def too_large(path: Path) -> Iterator[str]:
    """Hold the file below a megabyte."""
    size = path.stat().st_size
    if size >= LARGEST_FILE:
        yield f"the file has {size / 1e6:.1f} MB; keep it under {LARGEST_FILE / 1e6:.0f} MB"


def not_in_order(notebook: NotebookNode) -> Iterator[str]:
    """Require that all code cells were run once, top to bottom, from a fresh kernel."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        yield f"not executed in order from a fresh kernel: execution counts {counts}"


def bad_output(notebook: NotebookNode) -> Iterator[str]:
    """Allow neither errors nor warnings in the saved outputs."""
    for number, output in _outputs(notebook):
        if output.output_type == "error":
            yield f"cell {number} holds an error: {output.ename}: {output.evalue}"
        elif output.get("name") == "stderr":
            yield f"cell {number} wrote to stderr: {output.text.strip()[:80]}"


def no_alt_text(notebook: NotebookNode) -> Iterator[str]:
    """Require words for every image, where JupyterLab and nbconvert show them: in an element."""
    for number, output in _outputs(notebook):
        data = output.get("data", {})
        if any(kind in data for kind in IMAGES) or WORDLESS.search(data.get("text/html", "")):
            yield f"cell {number} shows a figure without alt text: use plots.describe"
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown" and WORDLESS.search(cell.source):
            yield f"cell {number} shows an image without alt text"


def long_code(notebook: NotebookNode) -> Iterator[str]:
    """Keep code cells short; what is longer moves into course_lib."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        lines = cell.source.splitlines()
        code = [line for line in lines if line.strip() and not line.strip().startswith("#")]
        if len(code) > MOST_CODE_LINES or len(lines) > MOST_LINES:
            yield f"cell {number} has {len(code)} lines of code in {len(lines)} lines; move some"


def no_slide_type(notebook: NotebookNode) -> Iterator[str]:
    """Require slide metadata on every cell ("-" would hide the cell in live slides)."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.metadata.get("slideshow", {}).get("slide_type") not in SLIDE_TYPES:
            yield f"cell {number} needs a slide type, one of {', '.join(SLIDE_TYPES)}"


def spoiled_prediction(notebook: NotebookNode) -> Iterator[str]:
    """Fold what answers a prediction: the outputs of the next code cell, and the prose after it."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "markdown" or not PREDICT.search(cell.source):
            continue
        after = list(enumerate(notebook.cells[number:], start=number + 1))
        for other, following in _answering(after):
            told = following.cell_type == "markdown" or following.outputs
            if told and not is_folded(following) and not starts_anew(following):
                yield f"cell {other} answers the prediction of cell {number}: tag it `answer`"


def _answering(after: list[tuple[int, NotebookNode]]) -> list[tuple[int, NotebookNode]]:
    """Pick the first code cell with an output and the prose that follows it, up to a heading."""
    for place, (_, cell) in enumerate(after):
        if starts_anew(cell):
            return []
        if cell.cell_type == "code" and cell.outputs:
            return after[place : place + 2]
    return []


def is_folded(cell: NotebookNode) -> bool:
    """Tell whether a saved cell shows nothing of an answer."""
    if cell.cell_type == "markdown":
        return cell.source.startswith("<details>")
    return cell.metadata.get("jupyter", {}).get("outputs_hidden", False)


def starts_anew(cell: NotebookNode) -> bool:
    """Tell whether a cell begins a section, or asks the next question."""
    return cell.cell_type == "markdown" and bool(NEW_THOUGHT.search(cell.source))


def unsolved_on_a_slide(notebook: NotebookNode) -> Iterator[str]:
    """Project no exercise that says "not attempted yet": the hall has not had its turn."""
    for number, output in _outputs(notebook):
        slide_type = notebook.cells[number - 1].metadata.get("slideshow", {}).get("slide_type")
        if "not attempted yet" in str(output) and slide_type not in ("skip", "notes"):
            yield f"cell {number} would project an untouched exercise: make it `skip`"


def compared_live_figure(notebook: NotebookNode) -> Iterator[str]:
    """Live figures that nbval would compare: their script differs after every change of it."""
    for number, output in _outputs(notebook):
        tags = notebook.cells[number - 1].metadata.get("tags", [])
        live = LIVE.search(output.get("data", {}).get("text/html", ""))
        if live and "nbval-ignore-output" not in tags:
            yield f"cell {number}: a live figure; tag it `nbval-ignore-output`"


def stale_live_figure(notebook: NotebookNode) -> Iterator[str]:
    """Live figures saved with another script than their modules give today."""
    for number, output in _outputs(notebook):
        html = output.get("data", {}).get("text/html", "")
        for name in LIVE.findall(html):
            modules = list(COURSE_LIB.glob(f"**/live/{name}.js"))
            if not any(script_of(module) in html for module in modules):
                yield f"cell {number}: {name}.js or a part of it has changed: run `make notebooks`"


def absolute_path(notebook: NotebookNode) -> Iterator[str]:
    """Allow no path of the author's machine in an output."""
    for number, output in _outputs(notebook):
        text = output.get("text", "") + "\n".join(_texts(output.get("data", {})))
        for path in ABSOLUTE_PATH.findall(PACKED.sub("", text)):
            yield f"cell {number} prints the path {path}"


def _texts(data: dict) -> Iterator[str]:
    return (value for kind, value in data.items() if kind.startswith("text/"))


def _outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            yield number, output


CHECKS: tuple[Callable[[NotebookNode], Iterator[str]], ...] = (
    not_in_order,
    bad_output,
    no_alt_text,
    long_code,
    no_slide_type,
    absolute_path,
    compared_live_figure,
    stale_live_figure,
    spoiled_prediction,
    unsolved_on_a_slide,
)
