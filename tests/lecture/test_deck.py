"""Slide decks hold what the slide metadata ask for, and need nothing from outside."""

import re
from copy import deepcopy

import pytest
from nbformat import read, v4, write

from course_lib.lecture import assets, write_deck
from course_lib.lecture.deck import is_shown, slides_of
from course_lib.lecture.folds import fold, fold_output

LIVE_HTML = """<div data-figure="x"></div>
<script type="module">if (1 < 2 && "</b>") draw();</script>"""
LIVE = v4.new_output("display_data", {"text/html": LIVE_HTML})
WIDGET = v4.new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}})
PICTURE = '<img alt="a &quot;b&quot;" width="9" src="data:image/png;base64,AA==">'
FIGURE = v4.new_output("display_data", {"text/html": PICTURE, "text/plain": "Figure: a b"})
BARE_FIGURE = v4.new_output(
    "display_data", {"image/png": "AA=="}, metadata={"image/png": {"alt": 'a "b"'}}
)
NUMBER = v4.new_output("execute_result", {"text/plain": "seen 2 < 3"}, execution_count=1)


def cell(source="x", slide_type=None, tags=(), outputs=None):
    metadata = {"tags": list(tags)}
    if slide_type:
        metadata["slideshow"] = {"slide_type": slide_type}
    if outputs is None:
        return v4.new_markdown_cell(source, metadata=metadata)
    return v4.new_code_cell(source, metadata=metadata, outputs=outputs)


def deck(folder, *cells):
    path = folder / "trial.ipynb"
    write(v4.new_notebook(cells=list(cells)), path)
    return write_deck(path, folder / "out").read_text(encoding="utf-8")


def body(html):
    return html.partition("<body>")[2].partition("<script>")[0]


@pytest.mark.parametrize("slide_type", ["slide", "subslide", "fragment", "notes"])
def test_cells_with_these_slide_types_are_shown(slide_type):
    assert is_shown(cell(slide_type=slide_type))


@pytest.mark.parametrize(
    "slide_type, tags", [(None, ()), ("skip", ()), ("-", ()), ("slide", ["skip"])]
)
def test_other_cells_are_not(slide_type, tags):
    assert not is_shown(cell(slide_type=slide_type, tags=tags))


def test_folded_text_stands_open_in_the_deck(tmp_path):
    html = body(deck(tmp_path, cell(fold("It *halves*.", "Answer"), "slide")))
    assert "<em>halves</em>" in html
    assert "details" not in html


def test_folded_output_stands_open_in_the_deck(tmp_path):
    folded = [deepcopy(FIGURE), v4.new_output("stream", text="deep")]
    for output in folded:
        fold_output(output)
    html = body(deck(tmp_path, cell("draw", "slide", ["answer"], folded)))
    assert '<div class="figure"><img ' in html
    assert ">deep</pre>" in html


def test_slides_are_split_into_steps(tmp_path):
    kinds = ["slide", "fragment", "notes", "subslide", "fragment", "fragment"]
    path = tmp_path / "x.ipynb"
    write(v4.new_notebook(cells=[cell(slide_type=kind) for kind in kinds]), path)
    slides = slides_of(read(path, as_version=4).cells)
    assert [[(step.fragment, len(step.cells)) for step in slide] for slide in slides] == [
        [(False, 2), (True, 1)],
        [(False, 1), (True, 1), (True, 1)],
    ]


@pytest.mark.parametrize(
    "tags, outputs, code_shown, output_shown",
    [
        ((), [NUMBER], True, True),
        (["hide-input"], [NUMBER], False, True),
        (["hide-output"], [NUMBER], True, False),
        ((), [FIGURE, NUMBER], False, True),
        (["show-input"], [FIGURE, NUMBER], True, True),
        ((), [LIVE, NUMBER], False, True),
        (["show-input"], [LIVE, NUMBER], True, True),
        ((), [WIDGET, NUMBER], True, True),
    ],
    ids=[
        "plain",
        "hide-input",
        "hide-output",
        "figure",
        "figure-and-code",
        "live",
        "live-and-code",
        "widget",
    ],
)
def test_tags_choose_the_parts_of_a_cell(tmp_path, tags, outputs, code_shown, output_shown):
    html = body(deck(tmp_path, cell("run_me", "slide", tags, outputs)))
    assert ("run_me" in html) is code_shown
    assert ("seen 2 &lt; 3" in html) is output_shown


def test_a_live_figure_keeps_its_script_and_gets_a_place_of_its_own(tmp_path):
    html = body(deck(tmp_path, cell("draw", "slide", (), [LIVE])))
    assert '<div class="live"><div data-figure="x"' in html
    assert 'if (1 < 2 && "</b>") draw();' in html


@pytest.mark.parametrize("figure", [FIGURE, BARE_FIGURE], ids=["described", "bare"])
def test_a_figure_fills_its_slide_and_has_its_words(tmp_path, figure):
    html = body(deck(tmp_path, cell("draw", "slide", (), [figure])))
    assert html.count('<div class="figure"><img ') == 1
    assert re.search(r'alt="a &(quot|#34);b&(quot|#34);"', html) or "alt='a \"b\"'" in html


def test_deck_loads_nothing(tmp_path):
    html = deck(tmp_path, cell("# Title", "slide"))
    assert "<title>Title</title>" in html
    markup = re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.DOTALL)
    assert re.findall(r"<(?:script|link|img)[^>]*\b(?:src|href)=", markup) == []
    assert re.findall(r"url\((?!data:)[^)]*\)", "".join(assets.styles())) == []


def test_deck_is_the_same_every_time(tmp_path):
    cells = [cell("# Title", "slide"), cell("draw", "fragment", (), [FIGURE])]
    assert deck(tmp_path, *cells) == deck(tmp_path, *cells)


def test_notebook_without_slides_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"slides received trial[.]ipynb without slides"):
        deck(tmp_path, cell("# Title"))


def test_missing_extra_is_named():
    with pytest.raises(FileNotFoundError, match=r"without no-such-project; .*\[lecture\]"):
        assets.read(("no-such-project", "folder"), "file.js")


def test_script_cannot_end_its_element():
    assert assets.inline("a = '</script>'") == r"a = '<\/script>'"
