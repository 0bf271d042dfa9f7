"""The course finds its notebooks wherever it is started."""

import pytest

from course_lib import course_folder


@pytest.fixture
def course(tmp_path, monkeypatch):
    folder = tmp_path / "course" / "notebooks"
    folder.mkdir(parents=True)
    for name in ("00_start_here", "02_convolution", "notes"):
        (folder / f"{name}.ipynb").touch()
    monkeypatch.chdir(folder.parent)
    return folder


def names(paths):
    return [path.name[:2] for path in paths]


def test_notebooks_of_the_folder_come_first(course, monkeypatch):
    assert course_folder.notebook_folder() == course
    monkeypatch.chdir(course)
    assert course_folder.notebook_folder() == course


def test_elsewhere_they_are_found_beside_the_package(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (course_folder.notebook_folder() / course_folder.FIRST_NOTEBOOK).exists()


def test_all_or_the_chosen_notebooks(course):
    assert names(course_folder.find_notebooks()) == ["00", "02"]
    assert names(course_folder.find_notebooks(["02"])) == ["02"]


def test_unknown_number_is_named(course):
    with pytest.raises(ValueError, match="'2'; it needs one of 00, 02"):
        course_folder.find_notebooks(["2"])


def test_missing_course_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(course_folder, "__file__", str(tmp_path / "package" / "course_folder.py"))
    with pytest.raises(FileNotFoundError, match="change to the folder of the course"):
        course_folder.notebook_folder()
