"""Every slide of every deck fits on 1280 x 720, and the check would see one that does not."""

import os

import pytest
from browser.live_figures import EXAMPLE, STATE, example
from browser.slides import deck_faults, open_deck
from nbformat import v4, write

from course_lib.lecture import write_deck
from tools.notebooks import NOTEBOOKS

pytestmark = pytest.mark.browser

RED_DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5E"
    "rkJggg=="
)
PICTURE = f'<img alt="A red dot." width="500" src="data:image/png;base64,{RED_DOT}">'
FIGURE = v4.new_output("display_data", {"text/html": PICTURE})


def text(source, slide_type="fragment"):
    return v4.new_markdown_cell(source, metadata={"slideshow": {"slide_type": slide_type}})


def code(source, *outputs):
    metadata = {"slideshow": {"slide_type": "fragment"}, "tags": ["show-input"]}
    return v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def deck_of(folder, *cells):
    path = folder / "trial.ipynb"
    write(v4.new_notebook(cells=list(cells)), path)
    return write_deck(path, folder)


@pytest.mark.parametrize(
    "notebook", sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")), ids=lambda path: path.stem
)
def test_every_slide_fits(page, tmp_path, notebook):
    assert "\n".join(deck_faults(page, write_deck(notebook, tmp_path), style=True)) == ""


SOUND = [
    text("# A title\n\n$$y = \\sum_i w_i x_i$$\n\n* one\n* two"),
    code("draw(image)", FIGURE),
]


def test_sound_slide_has_no_fault(page, tmp_path):
    assert deck_faults(page, deck_of(tmp_path, *SOUND)) == []


WIDE = "| " + " | ".join(["wide" * 4] * 20) + " |\n|" + "---|" * 20


@pytest.mark.parametrize(
    "cells, words",
    [
        pytest.param([text("## T\n\n" + "line\n\n" * 30)], "outside", id="high"),
        pytest.param([text("## T\n\n" + "x" * 200)], "outside", id="long-word"),
        pytest.param([text('<small style="font-size: 9px">a</small>')], "too small", id="small"),
        pytest.param([text(WIDE)], "outside", id="wide-table"),
        pytest.param([code("x = 1\n" * 40)], "outside", id="much-code"),
        pytest.param(
            [text("$$" + " + ".join(["w_i x_i"] * 40) + "$$")],
            "outside",
            id="wide-formula",
        ),
        pytest.param([text("$$\\frac{1$$")], "cannot be read", id="open-formula"),
        pytest.param([text("$\\noname$")], "cannot be read", id="unknown-command"),
        pytest.param([text("$\\frac1$")], "cannot be read", id="missing-argument"),
        pytest.param([text("<br>")], "empty slide", id="empty"),
        pytest.param(
            [text('<div style="height: 40px; overflow: hidden">a<br>b<br>c</div>')],
            "clipped",
            id="clipped",
        ),
        pytest.param(
            [text('<img src="data:image/png;base64,no" alt="x" height="300">')],
            "cannot be shown",
            id="broken-image",
        ),
        pytest.param(
            [text('<img src="https://example.org/x.png" alt="x">')],
            "request to https://example.org",
            id="request",
        ),
        pytest.param([code("x = 1\n" * 22, FIGURE)], "outside", id="code-and-figure"),
    ],
)
def test_slide_that_does_not_fit_is_seen(page, tmp_path, cells, words):
    found = deck_faults(page, deck_of(tmp_path, *cells))
    assert any(words in fault for fault in found), found


@pytest.mark.parametrize(
    "cells, words",
    [
        pytest.param([text("Only words.")], "no heading", id="heading"),
        pytest.param([text("## T\n\n" + "a " * 121)], "122 words, more than 120", id="words"),
        pytest.param([text("## T\n\nSee `tests/x.py`.")], "paths of tests", id="title"),
        pytest.param([text("## T\n\nnot attempted yet")], "not attempted yet", id="exercise"),
        pytest.param(
            [text('## T\n\n<span style="color: #999">pale</span>')], "contrast of 2.8", id="pale"
        ),
        pytest.param(
            [text('## T\n\n<div class="input" style="font-size: 15px">x = 1</div>')],
            "code of 15 pixels",
            id="small-code",
        ),
    ],
)
def test_slide_that_a_hall_cannot_follow_is_seen(page, tmp_path, cells, words):
    found = deck_faults(page, deck_of(tmp_path, *cells), style=True)
    assert any(words in fault for fault in found), found


def test_code_is_never_smaller_than_a_hall_can_read(page, tmp_path):
    cells = [text("## T"), code("# why\nfor line in lines:  # " + "x" * 75)]
    assert deck_faults(page, deck_of(tmp_path, *cells), style=True) == []
    size = page.evaluate("getComputedStyle(document.querySelector('.input')).fontSize")
    assert float(size.removesuffix("px")) >= 20


def test_a_full_slide_is_shrunk_until_it_fits(page, tmp_path):
    deck = deck_of(tmp_path, text("## Title\n\n" + "A line of text.\n\n" * 11))
    assert deck_faults(page, deck) == []
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.page')).fontSize)")
    assert 23 <= size < 30


def test_a_very_long_line_wraps(page, tmp_path):
    assert deck_faults(page, deck_of(tmp_path, code("x" * 200))) == []


def test_alt_text_and_notes_reach_the_deck(page, tmp_path):
    extra = [text("Wait.", "notes"), text("Never.", "skip")]
    open_deck(page, deck_of(tmp_path, *SOUND, *extra))
    assert page.get_by_alt_text("A red dot.").count() == 1
    assert page.evaluate("Reveal.getSlideNotes()").strip() == "<p>Wait.</p>"
    assert "Never." not in page.content()


def figure_cell(figure):
    output = v4.new_output("display_data", {"text/html": figure._repr_html_()})
    metadata = {"slideshow": {"slide_type": "fragment"}}
    return v4.new_code_cell("live.figure()", outputs=[output], metadata=metadata)


def test_a_live_figure_lives_on_its_slide(page, tmp_path):
    deck = deck_of(
        tmp_path, text("## Live", "slide"), figure_cell(example()), text("After.", "slide")
    )
    assert deck_faults(page, deck) == []
    page.evaluate("Reveal.slide(0, 0, 1000)")
    slider, slide = page.get_by_role("slider"), "Reveal.getIndices().h"
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    assert (page.evaluate(STATE), page.evaluate(slide)) == ({"n": 6}, 0)
    page.keyboard.press("PageDown")
    assert page.evaluate(slide) == 1
    page.keyboard.press("PageUp")
    slider.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert (page.evaluate(STATE), page.evaluate(slide)) == ({"n": 6}, 1)


def test_a_live_figure_is_made_narrower_until_it_fits(page, tmp_path):
    tall = showing(tmp_path, "<div style='height: 30em'>tall</div>")
    deck = deck_of(tmp_path, text("## Live\n\n" + "A line.\n\n" * 2), figure_cell(tall))
    assert deck_faults(page, deck) == []
    width = page.evaluate("document.querySelector('.live').getBoundingClientRect().width")
    assert 0.72 * 1152 <= width < 1152


SHOWS = """import {{ makeFigure }} from "{figure_js}";
const render = (context) => {{ makeFigure(context, {{ html: "{html}" }}); }};
export default {{ render, numbers: render }};
"""


def showing(folder, html):
    """Make a live figure that shows this HTML."""
    module = folder / "shows.js"
    figure_js = os.path.relpath(EXAMPLE.with_name("figure.js"), folder)
    module.write_text(SHOWS.format(figure_js=f"./{figure_js}", html=html), encoding="utf-8")
    return example(module)


@pytest.mark.parametrize(
    "html, words",
    [
        pytest.param("<div style='height: 60em'>tall</div>", "outside", id="high"),
        pytest.param("<p style='font-size: 9px'>small</p>", "too small", id="small"),
        pytest.param(
            "<div class='cell' style='width: 3em'>" + "x" * 20 + "</div>", "clipped", id="clipped"
        ),
    ],
)
def test_a_fault_inside_a_live_figure_is_seen(page, tmp_path, html, words):
    found = deck_faults(page, deck_of(tmp_path, figure_cell(showing(tmp_path, html))))
    assert any(words in fault for fault in found), found
