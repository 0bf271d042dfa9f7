"""glossary: each term stands in the notebook that is named, and in none before it."""

from functools import cache
from pathlib import Path

import jupytext
import pytest

from course_lib import contents
from course_lib.lessons.claims_checked import glossary

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


@cache
def prose():
    """Read what the notebooks say, by number, but for this lesson's own."""
    texts = {}
    for source in contents.text_forms(NOTEBOOKS):
        cells = jupytext.read(source, fmt="py:percent").cells
        texts[source.name[:2]] = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    return {number: text for number, text in texts.items() if number != "29"}


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.word)
def test_the_notebook_is_the_first_that_uses_the_term(term):
    using = [number for number, text in prose().items() if glossary.pattern(term).search(text)]
    assert using and min(using) == term.notebook


def test_terms_are_in_order_and_different():
    words = [term.word.lower() for term in glossary.TERMS]
    assert words == sorted(set(words))


def test_a_word_inside_another_is_not_found():
    term = glossary.Term("loss", "", "03")
    assert glossary.pattern(term).search("two Losses")
    assert not glossary.pattern(term).search("glossary")
