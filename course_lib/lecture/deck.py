"""Turn an executed notebook into one offline HTML deck, by its slide metadata."""

from pathlib import Path
from typing import NamedTuple

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from course_lib.errors import InvalidValue
from course_lib.files import replace_file
from course_lib.lecture import assets
from course_lib.lecture.folds import unfold, unfold_output

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = ("slide", "subslide", "fragment", "notes")
LARGEST_CODE, SMALLEST_CODE = 0.73, 0.58  # of the body text
MONO_LINE = 61.0  # characters of monospaced type as large as body text that fill a line
WIDGET = "application/vnd.jupyter.widget-view+json"


def write_deck(notebook: Path, output: Path) -> Path:
    """Write the deck of a notebook into a folder and return its path.

    A cell is shown if its slide type is slide, subslide, fragment or notes and it has no tag
    "skip". The tags "hide-input" and "hide-output" leave a part of a cell away; the code that
    draws a figure is left away unless the tag "show-input" asks for it. Live figures are live in
    the deck, too. Widgets need a running kernel and are left out.

    Parameters
    ----------
    notebook : Path
        An executed notebook.
    output : Path
        The folder for the deck; made if it is not there.

    Returns
    -------
    Path
        The file written: `output`, the name of the notebook, `.html`.

    Raises
    ------
    ValueError
        If no cell of the notebook has a slide type.
    FileNotFoundError
        If the notebook, or a package of the lecture extra, is missing.
    """
    cells = shown_cells(nbformat.read(notebook, as_version=4))
    if not cells:
        raise InvalidValue(
            "slides", received=f"{notebook.name} without slides", needed="cells with a slide type",
            fix='set slideshow={"slide_type": "slide"} on its cells')  # fmt: skip
    html = render(slides_of(cells), title_of(cells) or notebook.stem)
    output.mkdir(parents=True, exist_ok=True)
    target = output / f"{notebook.stem}.html"
    replace_file(target, html.encode())
    return target


class Step(NamedTuple):
    """The part of a slide that appears at once; a fragment waits for a key."""

    fragment: bool
    cells: list[NotebookNode]


def slides_of(cells: list[NotebookNode]) -> list[list[Step]]:
    """Group cells into slides, and each slide into the steps in which it appears."""
    slides: list[list[Step]] = []
    for cell in cells:
        slide_type = cell.metadata.slideshow.slide_type
        if slide_type in ("slide", "subslide") or not slides:
            slides.append([Step(False, [cell])])
        elif slide_type == "fragment":
            slides[-1].append(Step(True, [cell]))
        else:  # notes, which the speaker sees from the first step on
            slides[-1][0].cells.append(cell)
    return slides


def render(slides: list[list[Step]], title: str) -> str:
    """Fill the template of the deck."""
    exporter = HTMLExporter(template_name="deck", extra_template_basedirs=[str(TEMPLATES)])
    content = {"slides": slides, "deck_title": title}
    exporter.register_filter("code_size", code_size)
    exporter.register_filter("is_picture", is_picture)
    exporter.register_filter("is_live", is_live)
    html, _ = exporter.from_notebook_node(new_notebook(), resources=content)
    # Added at the end: nbconvert parses the page again, which takes long for megabytes of script.
    scripts = "\n".join(f"<script>{script}</script>" for script in assets.scripts())
    html = html.replace("<!-- styles -->", f"<style>{assets.styles()}</style>")
    return html.replace("<!-- scripts -->", scripts)


def shown_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Keep the cells and outputs that belong on slides."""
    cells = [cell for cell in notebook.cells if is_shown(cell)]
    for cell in cells:
        cell.source = unfold(cell.source)
        if cell.cell_type == "code":
            hidden = "hide-output" in tags(cell)
            cell.outputs = [] if hidden else [o for o in cell.outputs if not is_widget(o)]
            for output in cell.outputs:
                unfold_output(output)
            cell.metadata.figure = any(map(is_picture, cell.outputs))
            cell.metadata.live = any(map(is_live, cell.outputs))
            cell.metadata.code = shows_code(cell)
    return cells


def shows_code(cell: NotebookNode) -> bool:
    """Tell whether the code of a cell is on its slide; how a figure is drawn seldom is."""
    if cell.metadata.figure or cell.metadata.live:
        return "show-input" in tags(cell)
    return "hide-input" not in tags(cell)


def is_widget(output: NotebookNode) -> bool:
    """Tell whether an output is a widget, which is empty without a kernel."""
    return WIDGET in output.get("data", {})


def is_picture(output: NotebookNode) -> bool:
    """Tell whether an output is a picture, which fills what the text of its slide leaves."""
    data = output.get("data", {})
    return "image/png" in data or data.get("text/html", "").startswith("<img ")


def is_live(output: NotebookNode) -> bool:
    """Tell whether an output is a live figure, which is as high as its width asks for."""
    return output.get("data", {}).get("text/html", "").startswith("<div data-figure=")


def is_shown(cell: NotebookNode) -> bool:
    """Tell whether a cell is on a slide or in the speaker notes."""
    slide_type = cell.metadata.get("slideshow", {}).get("slide_type")
    return slide_type in SHOWN and "skip" not in tags(cell)


def tags(cell: NotebookNode) -> list[str]:
    """List the tags of a cell."""
    return cell.metadata.get("tags", [])


def code_size(text: str) -> str:
    """Choose the size of code in em so that its longest line fits; a very long one wraps.

    Examples
    --------
    >>> code_size("y = conv2d(x, weight)")
    '0.73em'
    >>> code_size("y" * 100)
    '0.61em'
    >>> code_size("y" * 200)
    '0.58em'
    """
    longest = max(map(len, text.splitlines()), default=0)
    fitting = MONO_LINE / max(longest, 1)
    return f"{max(SMALLEST_CODE, min(LARGEST_CODE, fitting)):.2f}em"


def title_of(cells: list[NotebookNode]) -> str | None:
    """Find the first heading."""
    lines = (line for cell in cells for line in cell.source.splitlines())
    return next((line.lstrip("# ") for line in lines if line.startswith("# ")), None)
