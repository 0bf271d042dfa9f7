"""`course lab` hands JupyterLab the right folder, page and settings, and keeps the door shut."""

import os
import stat

import pytest

from course_lib import lab

DOOR_OPEN = ["--ip=0.0.0.0", "--IdentityProvider.token="]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Make a course of two notebooks, with a home beside it."""
    folder = tmp_path / "course" / "notebooks"
    folder.mkdir(parents=True)
    (tmp_path / "home").mkdir()
    for name in ("00_start_here.ipynb", "02_convolution.ipynb", "notes.ipynb"):
        (folder / name).write_text(name)
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    return folder


@pytest.fixture
def started(course, monkeypatch):
    """Collect the arguments with which JupyterLab would start."""
    calls = []
    monkeypatch.setattr(lab, "launch", calls.append)
    return calls


def refuse_files(folder, monkeypatch):
    """Make a folder read-only, for the superuser too."""
    real = lab.tempfile.TemporaryFile

    def refusing(**place):
        if place["dir"] == folder:
            raise PermissionError
        return real(**place)

    monkeypatch.setattr(lab.tempfile, "TemporaryFile", refusing)


def test_lab_starts_on_the_first_notebook_with_the_settings_of_the_course(course, started):
    lab.open_lab(["--no-browser"])
    (arguments,) = started
    assert arguments[0] == "--LabApp.default_url=lab/tree/00_start_here.ipynb"
    assert arguments[-1] == "--no-browser"
    assert os.path.samefile(os.getcwd(), course)
    assert os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(lab.SETTINGS), "mine"]


@pytest.mark.parametrize("user, allowed", [(0, True), (1000, False)])
def test_lab_starts_for_root_too(started, monkeypatch, user, allowed):
    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    lab.open_lab()
    assert ("--allow-root" in started[0]) is allowed


def test_a_read_only_course_is_copied_and_work_in_the_copy_is_kept(course, tmp_path, monkeypatch):
    refuse_files(course, monkeypatch)
    (course / "00_start_here.ipynb").chmod(stat.S_IRUSR)
    own = lab.writable(course)
    assert own == tmp_path / "home" / "course-notebooks"
    assert sorted(p.name[:2] for p in own.iterdir()) == ["00", "02"]
    (own / "00_start_here.ipynb").write_text("my answers")
    assert (lab.writable(course) / "00_start_here.ipynb").read_text() == "my answers"


def test_a_writable_course_is_used_where_it_is(course, tmp_path):
    assert lab.writable(course) == course
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        DOOR_OPEN,
        ["--ip", "0.0.0.0", "--ServerApp.token="],
        ["--ServerApp.ip=*", "--IdentityProvider.token", ""],
    ],
    ids=["equals", "space", "long"],
)
def test_an_open_door_is_refused(started, options):
    with pytest.raises(ValueError, match=r"^course lab received --ip=.* without a token"):
        lab.open_lab(options)
    assert started == []


@pytest.mark.parametrize(
    "options, words",
    [
        (["--ip=0.0.0.0"], "can be reached from the network"),
        ([*DOOR_OPEN, "--PasswordIdentityProvider.hashed_password=x"], "can be reached"),
        (["--ip=127.0.0.1", "--IdentityProvider.token="], ""),
        ([], ""),
    ],
    ids=["token", "password", "own-machine", "default"],
)
def test_a_door_with_a_lock_is_spoken_of(started, capsys, options, words):
    lab.open_lab(options)
    error = capsys.readouterr().err
    assert words in error
    assert bool(error) is bool(words)


def test_missing_jupyterlab_is_named(course, monkeypatch):
    monkeypatch.setitem(lab.sys.modules, "jupyterlab.labapp", None)
    with pytest.raises(FileNotFoundError, match="extra"):
        lab.open_lab()
