"""What the published notebook leaves out, hides and folds away."""

import re
from pathlib import Path

import jupytext
import pytest
from nbconvert import HTMLExporter
from nbformat import v4
from nbval.plugin import get_sanitize_patterns

from course_lib.lecture.folds import unfold
from course_lib.plots.display import picture_html
from tools.published import fold_outputs, publish

SANITIZER = Path(__file__).with_name("sanitize.cfg")
SLIDES = '{"slide_type": "fragment"}'


def published(*cells):
    """Publish a text form made of (what stands after %%, source)."""
    text = "\n\n".join(f"# %% {line}\n{source}" for line, source in cells)
    return publish(jupytext.reads(text + "\n", fmt="py:percent")).cells


@pytest.mark.parametrize(
    "tags, hidden",
    [
        ([], None),
        (["hide-input"], {"source_hidden": True}),
        (["answer"], {"outputs_hidden": True}),
        (["answer", "hide-input"], {"source_hidden": True, "outputs_hidden": True}),
    ],
    ids=["plain", "hide-input", "answer", "both"],
)
def test_tags_hide_parts_of_code_cells(tags, hidden):
    (cell,) = published((f"slideshow={SLIDES} tags={tags}".replace("'", '"'), "1 + 1"))
    assert cell.metadata.get("jupyter") == hidden
    assert cell.metadata.slideshow == {"slide_type": "fragment"}


def test_remarks_to_tools_are_not_published():
    code = "import os  # noqa: F401 (for the reader)\nx = [1,  # why\n     2]  # fmt: skip"
    assert published(("", code))[0].source == "import os\nx = [1,  # why\n     2]"


@pytest.mark.parametrize(
    "line, summary",
    [
        ('[markdown] slideshow={"slide_type": "notes"}', "For the lecturer"),
        ('[markdown] tags=["answer"]', "Answer"),
    ],
)
def test_notes_and_answers_are_folded_and_unfold_for_the_deck(line, summary):
    (cell,) = published((line, "# Say *this*.\n#\n# $x^2$"))
    assert cell.source.startswith(f"<details><summary>{summary}</summary>\n\n")
    assert unfold(cell.source) == "Say *this*.\n\n$x^2$"


def test_code_for_the_lecturer_is_hidden_whole():
    (cell,) = published(('slideshow={"slide_type": "notes"}', "1 + 1"))
    assert cell.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}


def test_other_text_stays_as_it_is():
    text = "# Think.\n#\n# <details><summary>Answer</summary>Yes.</details>"
    (cell,) = published(("[markdown]", text))
    assert cell.source == unfold(cell.source) == text.replace("# ", "").replace("#", "")


def test_the_output_of_an_answer_starts_with_a_blank_line_that_nbval_does_not_see():
    (cell,) = published(('tags=["answer"]', "print(6 * 7)"))
    cell.outputs = [v4.new_output("stream", text="42\nor so")]
    for _ in range(2):  # doing it twice changes nothing
        fold_outputs(cell)
    assert cell.outputs[0].text == " \n42\nor so"
    text = cell.outputs[0].text
    for regex, replacement in get_sanitize_patterns(SANITIZER.read_text(encoding="utf-8")):
        text = re.sub(regex, replacement, text)
    assert text == "42\nor so"


def test_other_outputs_stay_as_they_are():
    (cell,) = published(("", "print(6 * 7)"))
    cell.outputs = [v4.new_output("stream", text="42\n")]
    fold_outputs(cell)
    assert cell.outputs[0].text == "42\n"


def test_a_picture_keeps_its_words_in_the_pages_of_nbconvert():
    picture = v4.new_output("display_data", {"text/html": picture_html(b"", "Teal.", width=9)})
    notebook = v4.new_notebook(cells=[v4.new_code_cell("draw()", outputs=[picture])])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert 'alt="Teal."' in page
    assert "No description has been provided" not in page


@pytest.mark.parametrize("picture", [b"\x89PNG\r\n", b"\xff\xd8\xff"], ids=["png", "jpeg"])
def test_a_picture_is_compared_by_its_words_alone(picture):
    html = picture_html(picture + bytes(range(200)), "A cup.", width=9)
    for regex, replacement in get_sanitize_patterns(SANITIZER.read_text(encoding="utf-8")):
        html = re.sub(regex, replacement, html)
    assert html == '<img alt="A cup." width="9" src="PICTURE">'
