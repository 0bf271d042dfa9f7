"""The tables of notebook 00: what stands is linked, what does not is in italics."""

import json
import re
from pathlib import Path

import pytest

from course_lib import contents

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"


def test_there_are_thirty_notebooks_under_their_numbers():
    assert len(contents.SLUGS) == 30
    for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"):
        assert path.stem == f"{int(path.name[:2]):02}_{contents.SLUGS[int(path.name[:2])]}"


def test_numbers_lead_to_slugs_and_text_forms_to_files(tmp_path):
    assert list(contents.NUMBERS) == [f"{number:02}" for number in range(30)]
    assert contents.NUMBERS["02"] == "convolution"
    (tmp_path / "src").mkdir()
    for name in ("16_training_a_cnn.py", "02_convolution.py", "02_convolutions.py", "30_more.py"):
        (tmp_path / "src" / name).touch()
    found = [path.name for path in contents.text_forms(tmp_path)]
    assert found == ["02_convolution.py", "16_training_a_cnn.py"]


@pytest.mark.parametrize(
    "table",
    [
        contents.contents_table,
        contents.reading_paths,
        contents.lecture_plan,
        contents.equation_map,
    ],
)
def test_links_lead_to_files_and_nothing_else_is_promised(table):
    text = table(NOTEBOOKS)
    linked = re.findall(r"\]\(([^)]+)\)", text)
    assert linked
    for name in linked:
        assert (NOTEBOOKS / name).is_file()
    for number in re.findall(r"\*(\d\d)[ *]", text):
        assert not list(NOTEBOOKS.glob(f"{number}_*.ipynb"))


def test_every_notebook_is_in_the_table_of_contents_and_in_one_lecture():
    text = contents.contents_table(NOTEBOOKS)
    for number in range(30):
        assert re.search(rf"[\[*]{number:02} ", text)
    taught = [n for lecture in contents.LECTURES.values() for n in (*lecture.shown, *lecture.home)]
    assert sorted(taught) == list(range(1, 30))


def test_what_is_shown_in_a_lecture_fits_into_90_minutes():
    for lecture in contents.LECTURES.values():
        assert len(lecture.shown) == 2
    lectured = [path for path in NOTEBOOKS.glob("*.ipynb") if path.name[:2] != "00"]
    assert lectured
    for path in lectured:
        assert 25 <= contents.num_slides(path) <= 36, path.name


def test_slides_are_counted_once_however_many_steps_they_have(tmp_path):
    kinds = ["slide", "fragment", "subslide", "notes", "skip", "slide"]
    cells = [{"metadata": {"slideshow": {"slide_type": kind}}, "source": ""} for kind in kinds]
    for number in (1, 2, 4):
        path = tmp_path / f"{number:02}_{contents.SLUGS[number]}.ipynb"
        path.write_text(json.dumps({"cells": [c | {"cell_type": "code"} for c in cells]}))
    assert contents.num_slides(path) == 3
    plan = contents.lecture_plan(tmp_path)
    assert "| 6 | *03 kernels" in plan and "| 3 and more | *06 " in plan and "| – | *07 " in plan


def test_the_map_covers_the_sixteen_equations_and_names_files_that_are_there():
    # The text of the deck has no equation 4.
    numbered = sorted(n for equation in contents.EQUATIONS for n in equation.numbers)
    assert numbered == [n for n in range(1, 17) if n != 4]
    tests = re.findall(r"`(tests/[^`]+)`", contents.equation_map(NOTEBOOKS))
    assert len(tests) >= len(contents.EQUATIONS)
    for test in tests:
        assert (ROOT / test).is_file()


def test_an_empty_folder_promises_nothing(tmp_path):
    assert contents.notebook_link(2, tmp_path) == "*02 convolution*"
    assert "](" not in contents.contents_table(tmp_path)
    assert contents.find_test("numpy_ops.conv2d", tmp_path) == "–"


def test_the_map_is_the_same_from_inside_the_folder(monkeypatch):
    monkeypatch.chdir(NOTEBOOKS)
    assert contents.equation_map(Path()) == contents.equation_map(NOTEBOOKS)


def test_a_name_that_is_not_there_is_an_error():
    with pytest.raises(AttributeError, match="has no conv5d"):
        contents.find_test("numpy_ops.conv5d", ROOT)


@pytest.mark.parametrize(
    "code, test",
    [
        ("numpy_ops.conv2d", "`tests/parity/test_convolution.py`"),
        ("numpy_ops.batch_norm", "`tests/parity/test_normalization.py`"),
        ("numpy_nn.SGD", "`tests/numpy_nn/test_optimizers.py`"),
        ("shapes.conv_output_size", "`tests/test_shapes.py`"),
    ],
)
def test_tests_are_found_where_they_stand(code, test):
    assert contents.find_test(code, ROOT) == test


def test_a_notebook_that_is_just_being_saved_keeps_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr(contents.time, "sleep", lambda seconds: None)
    (tmp_path / "02_convolution.ipynb").write_text("", encoding="utf-8")
    assert contents.notebook_link(2, tmp_path) == "[02 02_convolution](02_convolution.ipynb)"
