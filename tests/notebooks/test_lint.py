"""The lint of notebooks finds each fault planted in a sound notebook."""

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from course_lib import live, plots
from tools import notebook_lint

PICTURE = {"text/html": '<img alt="A sum." width="5" src="data:image/png;base64,iVBORw0KGgo=">'}
HIDDEN = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
SLIDE = {"slideshow": {"slide_type": "slide"}}

TEXT = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # A title

# %% slideshow={"slide_type": "slide"}
1 + 1

# %% slideshow={"slide_type": "slide"} tags=["hide-input"]
draw()
"""


def sound_notebook():
    """Make what a build of TEXT would save."""
    code = {"execution_count": 1, "metadata": SLIDE}
    number = v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)
    figure = v4.new_output("display_data", PICTURE)
    drawn = {"execution_count": 2, "metadata": {**SLIDE, **HIDDEN}}
    cells = [
        v4.new_markdown_cell("# A title", metadata=SLIDE),
        v4.new_code_cell("1 + 1", outputs=[number], **code),
        v4.new_code_cell("draw()", outputs=[figure], **drawn),
    ]
    return v4.new_notebook(cells=cells)


def faults(folder, notebook):
    text_form, saved = folder / "text.py", folder / "saved.ipynb"
    text_form.write_text(TEXT, encoding="utf-8")
    nbformat.write(notebook, saved)
    return notebook_lint.faults(saved, text_form)


def test_sound_notebook_has_no_fault(tmp_path):
    assert faults(tmp_path, sound_notebook()) == []


def change_source(notebook):
    notebook.cells[1].source = "1 + 2"


def change_prose(notebook):
    notebook.cells[0].source = "# Another title"


def change_tags(notebook):
    notebook.cells[2].metadata.tags = []


def show_hidden_code(notebook):
    del notebook.cells[2].metadata["jupyter"]


def pair_with_jupytext(notebook):
    notebook.metadata.jupytext = {"formats": "ipynb,src//py:percent"}


def change_slide(notebook):
    notebook.cells[1].metadata.slideshow = {"slide_type": "fragment"}


def drop_cell(notebook):
    notebook.cells.pop()


def skip_a_cell(notebook):
    notebook.cells[1].execution_count = None


def run_twice(notebook):
    notebook.cells[2].execution_count = 3


def raise_error(notebook):
    notebook.cells[1].outputs = [v4.new_output("error", ename="ValueError", evalue="no")]


def warn(notebook):
    notebook.cells[1].outputs = [v4.new_output("stream", name="stderr", text="Warning: slow")]


def drop_alt_text(notebook):
    notebook.cells[2].outputs[0].data["text/html"] = '<img src="picture.png">'


def blank_alt_text(notebook):
    notebook.cells[2].outputs[0].data["text/html"] = '<img alt=" " src="picture.png">'


def show_bare_png(notebook):
    notebook.cells[2].outputs[0].data = {"image/png": "iVBORw0KGgo="}


def link_image(notebook):
    notebook.cells[0].source = "![](picture.png)"


def write_long_code(notebook):
    notebook.cells[1].source = "\n".join(["1 + 1"] * 13)


def write_long_comments(notebook):
    notebook.cells[1].source = "\n".join(["# why"] * 21)


def drop_slide_type(notebook):
    del notebook.cells[0].metadata["slideshow"]


def hide_in_live_slides(notebook):
    notebook.cells[0].metadata.slideshow = {"slide_type": "-"}


SOMEBODYS_FOLDER = "/".join(["", "home", "somebody"])


def print_path(notebook):
    notebook.cells[1].outputs[0].data["text/plain"] = f"'{SOMEBODYS_FOLDER}/course'"


def print_windows_path(notebook):
    notebook.cells[1].outputs = [v4.new_output("stream", text="saved C:\\Users\\me\\x.npz")]


def grow(notebook):
    notebook.cells[1].outputs[0].data["text/plain"] = "2" * 1_000_000


@pytest.mark.parametrize(
    "plant, words",
    [
        (change_source, "cell 2 differs from the text form"),
        (change_prose, "cell 1 differs from the text form"),
        (change_tags, "cell 3 differs from the text form"),
        (show_hidden_code, "cell 3 differs from the text form"),
        (pair_with_jupytext, "paired by jupytext"),
        (change_slide, "cell 2 differs from the text form"),
        (drop_cell, "the text form has 3 cells, the notebook 2"),
        (skip_a_cell, "not executed in order"),
        (run_twice, "not executed in order"),
        (raise_error, "cell 2 holds an error: ValueError: no"),
        (warn, "cell 2 wrote to stderr"),
        (drop_alt_text, "cell 3 shows a figure without alt text"),
        (blank_alt_text, "cell 3 shows a figure without alt text"),
        (show_bare_png, "cell 3 shows a figure without alt text"),
        (link_image, "cell 1 shows an image without alt text"),
        (write_long_code, "cell 2 has 13 lines of code"),
        (write_long_comments, "cell 2 has 0 lines of code in 21 lines"),
        (drop_slide_type, "cell 1 needs a slide type"),
        (hide_in_live_slides, "cell 1 needs a slide type"),
        (print_path, f"cell 2 prints the path {SOMEBODYS_FOLDER}"),
        (print_windows_path, "cell 2 prints the path C:\\Users"),
        (grow, "the file has 1.0 MB"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_planted_fault_is_found(tmp_path, plant, words):
    notebook = sound_notebook()
    plant(notebook)
    assert any(words in fault for fault in faults(tmp_path, notebook))


WRAPPED_PIXELS = '<img src="data:image/png;base64,AAAA\n/Y2M/lZ" alt="a dot">'


@pytest.mark.parametrize(
    "text", ["1 / 2 of 3/4", "images/s", "see https://example.org/a/b", "N/A", WRAPPED_PIXELS]
)
def test_a_slash_is_not_yet_a_path(tmp_path, text):
    notebook = sound_notebook()
    notebook.cells[1].outputs[0].data["text/plain"] = text
    assert faults(tmp_path, notebook) == []


def predicting_notebook(*, folded):
    """Make a question, the code that answers it, and the answer in words."""
    notebook = sound_notebook()
    ask, run = notebook.cells[:2]
    ask.source = "**Predict:** what is the sum?"
    prose = v4.new_markdown_cell("It is two.", metadata=SLIDE)
    if folded:
        run.metadata["jupyter"] = {"outputs_hidden": True}
        prose.source = "<details><summary>Answer</summary>\n\nIt is two.\n\n</details>"
    notebook.cells.insert(2, prose)
    return notebook


def test_an_answer_below_its_question_must_be_folded():
    assert list(notebook_lint.spoiled_prediction(predicting_notebook(folded=True))) == []
    assert list(notebook_lint.spoiled_prediction(predicting_notebook(folded=False))) == [
        "cell 2 answers the prediction of cell 1: tag it `answer`",
        "cell 3 answers the prediction of cell 1: tag it `answer`",
    ]


def test_the_next_section_answers_nothing():
    notebook = predicting_notebook(folded=True)
    notebook.cells[2].source = "## Next\n\nSomething else."
    assert list(notebook_lint.spoiled_prediction(notebook)) == []


@pytest.mark.parametrize("tags, faulty", [([], True), (["nbval-ignore-output"], False)])
def test_a_live_figure_is_not_compared(tags, faulty):
    notebook = sound_notebook()
    cell = notebook.cells[1]
    html = '<div data-figure="sliding-1234abcd"></div>'
    cell.outputs = [v4.new_output("display_data", data={"text/html": html})]
    cell.metadata["tags"] = tags
    assert bool(list(notebook_lint.compared_live_figure(notebook))) is faulty


@pytest.mark.parametrize("change, faulty", [(None, False), ("function", True)])
def test_a_live_figure_carries_the_script_as_it_stands(change, faulty):
    words, still = "A number squared.", plots.show_numbers([[9.0]])
    figure = live.Figure(
        Path(live.__file__).with_name("example.js"), {"n": 3}, still=still, words=words
    )
    html = figure._repr_html_().replace(str(change), "changed", 1)
    notebook = sound_notebook()
    notebook.cells[1].outputs = [v4.new_output("display_data", data={"text/html": html})]
    assert bool(list(notebook_lint.stale_live_figure(notebook))) is faulty


@pytest.mark.parametrize("slide_type, faulty", [("fragment", True), ("skip", False)])
def test_an_untouched_exercise_is_not_projected(slide_type, faulty):
    notebook = sound_notebook()
    cell = notebook.cells[1]
    cell.outputs = [v4.new_output("stream", text="01.sum: not attempted yet\n")]
    cell.metadata = {"slideshow": {"slide_type": slide_type}}
    assert bool(list(notebook_lint.unsolved_on_a_slide(notebook))) is faulty
