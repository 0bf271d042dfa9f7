"""The notebook loop gives the same file twice, and keeps the old one when a cell fails."""

import nbformat
import pytest

from tools import notebooks

HEADER = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

"""
BODY = """\
# %% [markdown] slideshow={"slide_type": "slide"}
# # A title

# %% slideshow={"slide_type": "slide"}
import os
from ipywidgets import IntSlider
print(os.environ["OMP_NUM_THREADS"])

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
IntSlider()
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "src").mkdir()
    path = tmp_path / "src" / "98_trial.py"
    path.write_text(HEADER + BODY, encoding="utf-8")
    return path


def test_saved_notebook_is_not_paired(source):
    notebooks.make(source)
    saved = nbformat.read(notebooks.target_of(source), as_version=4)
    assert set(saved.metadata) == {"kernelspec", "language_info"}


def test_build_twice_gives_the_same_file(source):
    assert notebooks.make(source) == []
    first = notebooks.target_of(source).read_bytes()
    assert notebooks.make(source) == []
    assert notebooks.target_of(source).read_bytes() == first


def test_build_runs_on_one_thread_and_saves_no_widget(source):
    notebooks.make(source)
    saved = nbformat.read(notebooks.target_of(source), as_version=4)
    assert [cell.get("execution_count") for cell in saved.cells] == [None, 1, 2]
    assert saved.cells[1].outputs[0].text == "1\n"
    assert saved.cells[2].outputs == []


def test_failing_cell_leaves_the_old_notebook(source):
    notebooks.make(source)
    first = notebooks.target_of(source).read_bytes()
    source.write_text(HEADER + BODY.replace("IntSlider()", "1 / 0"), encoding="utf-8")
    (fault,) = notebooks.make(source)
    assert "ZeroDivisionError" in fault
    assert notebooks.target_of(source).read_bytes() == first
    assert [path.name for path in source.parent.parent.iterdir() if path.is_file()] == [
        "98_trial.ipynb"
    ]


def test_unknown_number_is_named():
    with pytest.raises(SystemExit, match="no notebook 97"):
        notebooks.sources(["97"])
