"""Each notebook is sound, and the same as its text form."""

import re

import pytest

from tools.notebook_lint import faults
from tools.notebooks import NOTEBOOKS, sources, target_of

ROOT = NOTEBOOKS.parent


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_notebook_is_sound(source):
    assert faults(target_of(source), source) == []


def test_every_notebook_has_a_text_form():
    notebooks = {path.name for path in NOTEBOOKS.glob("*.ipynb")}
    assert notebooks == {target_of(source).name for source in sources()}


def test_every_text_form_is_a_lesson_of_the_contents():
    assert {path.name for path in (NOTEBOOKS / "src").iterdir()} == {
        path.name for path in sources()
    }


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_its_table_names_files_that_are_there(source):
    rows = re.findall(
        r"^# \| [^|]+ \| `([^`]+)` \| `(tests/[^`]+)` \|", source.read_text("utf-8"), re.M
    )
    assert rows
    for code, test in rows:
        assert (ROOT / "course_lib" / code).exists() or (ROOT / code).exists(), code
        assert (ROOT / test).exists(), test
