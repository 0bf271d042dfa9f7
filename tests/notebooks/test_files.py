"""Each notebook is sound, and the same as its text form."""

import pytest

from tools.notebook_lint import faults
from tools.notebooks import NOTEBOOKS, sources, target_of


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_notebook_is_sound(source):
    assert faults(target_of(source), source) == []


def test_every_notebook_has_a_text_form():
    notebooks = {path.name for path in NOTEBOOKS.glob("*.ipynb")}
    assert notebooks == {target_of(source).name for source in sources()}


def test_no_number_is_used_twice():
    numbers = [source.name[:2] for source in sources()]
    assert len(numbers) == len(set(numbers))
