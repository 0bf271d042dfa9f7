"""The course finds its notebooks wherever it is started."""

import pytest

from course_lib import workspace


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
    assert workspace.notebook_folder() == course
    monkeypatch.chdir(course)
    assert workspace.notebook_folder() == course


def test_elsewhere_they_are_found_beside_the_package(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (workspace.notebook_folder() / workspace.FIRST_NOTEBOOK).exists()


def test_all_or_the_chosen_notebooks(course):
    assert names(workspace.find_notebooks()) == ["00", "02"]
    assert names(workspace.find_notebooks(["02"])) == ["02"]


def test_unknown_number_is_named(course):
    with pytest.raises(ValueError, match="'2'; it needs one of 00, 02"):
        workspace.find_notebooks(["2"])


def test_missing_course_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workspace, "__file__", str(tmp_path / "package" / "workspace.py"))
    with pytest.raises(FileNotFoundError, match="change to the folder of the course"):
        workspace.notebook_folder()


def test_lab_starts_in_the_folder_with_the_settings_of_the_course(course, monkeypatch):
    calls = []
    monkeypatch.setattr(workspace.subprocess, "call", lambda *a, **k: calls.append((a, k)) or 0)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    monkeypatch.setattr(workspace.os, "geteuid", lambda: 1000, raising=False)
    assert workspace.open_lab(["--no-browser"]) == 0
    (((command,), options),) = calls
    assert command[1:] == ["-m", "jupyterlab", "00_start_here.ipynb", "--no-browser"]
    assert options["cwd"] == course
    first, second = options["env"]["JUPYTER_CONFIG_PATH"].split(workspace.os.pathsep)
    assert (first, second) == (str(workspace.LAB_SETTINGS), "mine")


@pytest.mark.parametrize("user, allowed", [(0, True), (1000, False)])
def test_lab_starts_for_root_too(course, monkeypatch, user, allowed):
    commands = []
    monkeypatch.setattr(workspace.subprocess, "call", lambda command, **k: commands.append(command))
    monkeypatch.setattr(workspace.os, "geteuid", lambda: user, raising=False)
    workspace.open_lab()
    assert ("--allow-root" in commands[0]) is allowed
