"""Progress: kept in the reader's folder, whole or not at all, and without say in a check."""

import json

import numpy as np
import pytest

from course_lib import exercises
from course_lib.exercises import storage

RIGHT, WRONG = np.array([4.0, 4.0, 3.0]), np.array([5.0, 2.0, 6.0])


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path):
    path = tmp_path / "folder" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    return path


def test_what_was_solved_stays_solved(file):
    for answer in (WRONG, RIGHT, WRONG):
        exercises.check("02.flip", answer)
    exercises.check("02.why", "a")
    exercises.check("02.correlate", ...)
    content = json.loads(file.read_text("utf-8"))
    assert content == {"version": 1, "exercises": {"02.flip": "solved", "02.why": "tried"}}
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def test_progress_lists_each_exercise(file, capsys):
    exercises.check("02.flip", RIGHT)
    exercises.check("02.why", "a")
    capsys.readouterr()
    exercises.progress()
    lines = capsys.readouterr().out.splitlines()
    [line] = [line for line in lines if line.startswith("02: 1 of 7 solved")]
    assert "✓ 02.flip" in line
    assert "✗ 02.why" in line
    assert "· 02.correlate" in line


@pytest.mark.parametrize("answer", [..., WRONG, RIGHT], ids=["stub", "wrong", "right"])
def test_a_check_prints_the_same_whatever_was_stored(file, answer, capsys):
    exercises.check("02.flip", answer)
    first = capsys.readouterr().out
    exercises.check("02.flip", RIGHT)
    capsys.readouterr()
    exercises.check("02.flip", answer)
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"exercises": 3}', '{"exercises": {"02.flip": 7}}', b"\xff\xfe"],
    ids=repr,
)
def test_a_broken_file_counts_as_empty_and_is_replaced(file, content, capsys):
    file.parent.mkdir()
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    exercises.progress()
    assert "solved" in capsys.readouterr().out
    exercises.check("02.flip", RIGHT)
    assert storage.read_progress() == {"02.flip": "solved"}


def test_a_folder_that_cannot_be_written_stops_nothing(monkeypatch, tmp_path, capsys):
    (tmp_path / "occupied").write_text("a file, not a folder")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "occupied" / "progress.json"))
    assert storage.note_attempt("02.flip", solved=True) is False
    exercises.check("02.flip", RIGHT)
    assert capsys.readouterr().out.startswith("02.flip ✓")


def test_a_failed_write_leaves_the_old_file(file, monkeypatch):
    storage.note_attempt("02.flip", solved=True)
    before = file.read_bytes()

    def full_disk(*arguments):
        raise OSError("no space left on device")

    monkeypatch.setattr(storage.os, "fsync", full_disk)
    assert storage.note_attempt("02.why", solved=True) is False
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def test_the_default_place_is_the_readers_data_folder(monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    path = storage.progress_path()
    assert (path.parent.name, path.name) == ("course_lib", "progress.json")
