"""Progress: nothing in it is ever lost, and it has no say in a check."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from course_lib import exercises
from course_lib.exercises import locking, storage

RIGHT, WRONG = np.array([4.0, 4.0, 3.0]), np.array([5.0, 2.0, 6.0])


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path):
    path = tmp_path / "folder" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    return path


def entries(path):
    return json.loads(path.read_text("utf-8"))["exercises"]


def test_what_was_solved_stays_solved_and_attempts_are_counted(file, monkeypatch):
    monkeypatch.setenv("COURSE_LEARNER", "Ada")
    for answer in (WRONG, RIGHT, WRONG):
        exercises.check("02.flip", answer)
    exercises.check("02.why", "a")
    exercises.check("02.correlate", ...)
    assert storage.read_progress() == {"02.flip": "solved", "02.why": "tried"}
    content = json.loads(file.read_text("utf-8"))
    assert (content["version"], content["name"]) == (2, "Ada")
    assert {id_: entry["attempts"] for id_, entry in content["exercises"].items()} == {
        "02.flip": 2, "02.why": 1}  # fmt: skip
    for entry in content["exercises"].values():
        first, last = (datetime.fromisoformat(entry[name]) for name in ("first", "last"))
        assert first <= last
        assert last.utcoffset() is not None


def test_the_first_time_stays_and_the_last_one_moves(file):
    exercises.check("02.flip", WRONG)
    early = "2020-01-01T00:00:00+00:00"
    content = json.loads(file.read_text("utf-8"))
    content["exercises"]["02.flip"] |= {"first": early, "last": early}
    file.write_text(json.dumps(content))
    exercises.check("02.flip", RIGHT)
    entry = entries(file)["02.flip"]
    assert entry["first"] == early != entry["last"]


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


IDS = [f"{notebook:02}.a{number}" for notebook in range(4) for number in range(5)]


def note_all(ids=IDS):
    for id_ in ids:
        assert storage.note_attempt(id_, solved=True) is None


@pytest.mark.parametrize(
    "damage, num_kept",
    [
        pytest.param(lambda raw: raw[:-2], 20, id="last-byte"),
        pytest.param(lambda raw: raw[1:], 20, id="first-byte"),
        pytest.param(lambda raw: raw.replace(b": {", b" {", 2), 19, id="two-colons"),
        pytest.param(lambda raw: raw[: raw.index(b'"02.a0"')], 10, id="half"),
        pytest.param(lambda raw: raw.replace(b"attempts", b"\xff\xfe\x00", 1), 19, id="bytes"),
        pytest.param(lambda raw: b"[" * 100_000, 0, id="nested"),
        pytest.param(lambda raw: b"[]", 0, id="list"),
        pytest.param(lambda raw: b'{"exercises": 3}', 0, id="number"),
        pytest.param(lambda raw: b"{}", 0, id="empty"),
    ],
)
def test_a_damaged_file_is_set_aside_and_said_and_what_is_whole_in_it_stays(
    file, damage, num_kept, capsys
):
    note_all()
    file.write_bytes(damage(file.read_bytes()))
    damaged = file.read_bytes()
    exercises.progress()
    assert "is damaged" in capsys.readouterr().out
    exercises.check("06.why", "a")
    aside = file.with_name("progress.damaged-1.json")
    assert f"the damaged file is now {aside}" in capsys.readouterr().out
    assert aside.read_bytes() == damaged
    assert len(set(entries(file)) & set(IDS)) == num_kept
    assert "06.why" in entries(file)
    exercises.check("06.why", "a")
    assert "damaged" not in capsys.readouterr().out


def test_a_second_damaged_file_does_not_replace_the_first(file):
    for content in ("{first", "{second"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
        storage.note_attempt("02.flip", solved=True)
    asides = [file.with_name(f"progress.damaged-{k}.json").read_text() for k in (1, 2)]
    assert asides == ["{first", "{second"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_of_an_editor_does_no_harm(file, encoding):
    note_all()
    file.write_text(file.read_text("utf-8"), encoding=encoding)
    assert set(storage.read_progress()) == set(IDS)
    assert storage.note_attempt("06.why", solved=True) is None
    assert set(entries(file)) == {*IDS, "06.why"}


def test_what_is_not_known_stays(file):
    note_all()
    content = json.loads(file.read_text("utf-8"))
    content["course"] = "spring"
    content["exercises"][IDS[0]] = {"state": {"of": "another form"}}
    content["exercises"][IDS[1]] = "solved"
    file.write_text(json.dumps(content))
    exercises.check("06.why", "a")
    after = json.loads(file.read_text("utf-8"))
    assert after.pop("name") == content.pop("name")
    assert after["exercises"].pop("06.why")["attempts"] == 1
    assert after == content
    assert set(storage.read_progress()) == {*IDS[1:], "06.why"}


@pytest.mark.parametrize("version", [b"3", b"2.5", b'"2027"', b"[3]", b"null"])
def test_a_file_of_a_newer_version_is_left_as_it_is(file, capsys, version):
    note_all()
    newer = file.read_bytes().replace(b'"version": 2', b'"version": ' + version)
    file.write_bytes(newer)
    exercises.check("02.flip", RIGHT)
    out = capsys.readouterr().out
    assert out.startswith("02.flip ✓")
    assert "was written by a newer version of the course and is left as it is; update" in out
    exercises.progress()
    assert "cannot be read" in capsys.readouterr().out
    assert file.read_bytes() == newer


def test_an_unreadable_file_is_not_taken_for_an_empty_one(file, monkeypatch, capsys):
    note_all()
    before = file.read_bytes()

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(storage.Path, "read_bytes", refuse)
    exercises.check("02.flip", RIGHT)
    monkeypatch.undo()
    assert "could not be noted" in capsys.readouterr().out
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_written_stops_nothing_and_is_said(monkeypatch, tmp_path, capsys):
    (tmp_path / "occupied").write_text("a file, not a folder")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "occupied" / "progress.json"))
    exercises.check("02.flip", RIGHT)
    first, said = capsys.readouterr().out.splitlines()
    assert first.startswith("02.flip ✓")
    assert said.startswith("(This could not be noted in your record of progress: ")


def test_a_full_disk_leaves_the_old_file(file, monkeypatch):
    storage.note_attempt("02.flip", solved=True)
    before = file.read_bytes()

    def full_disk(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    assert "No space left on device" in storage.note_attempt("02.why", solved=True)
    assert file.read_bytes() == before
    assert {path.name for path in file.parent.iterdir()} == {
        "progress.json", ".progress.json.lock"}  # fmt: skip


NOTE = """
import sys, json
from course_lib.exercises import storage
for id_ in json.loads(sys.argv[1]):
    storage.note_attempt(id_, solved=True)
"""


def test_kernels_at_once_keep_the_notes_of_each_other(file):
    command = [sys.executable, "-c", NOTE]
    kernels = [subprocess.Popen([*command, json.dumps(IDS[k::3])]) for k in range(3)]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0, 0]
    assert set(storage.read_progress()) == set(IDS)


def test_threads_at_once_keep_the_notes_of_each_other(file):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda id_: storage.note_attempt(id_, solved=True), IDS))
    assert set(storage.read_progress()) == set(IDS)


def test_a_lock_that_is_never_given_back_does_not_stop_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(locking, "PATIENCE_SECONDS", 0.1)
    with locking.locked(tmp_path / "a"), locking.locked(tmp_path / "a"):
        pass


def test_the_home_folder_may_be_written_as_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("COURSE_PROGRESS", "~/mine.json")
    note_all()
    assert set(entries(tmp_path / "mine.json")) == set(IDS)


@pytest.mark.parametrize(
    "place, written",
    [
        ("mine.json", "mine.json"),
        ("./a/../b/c/mine.json", "b/c/mine.json"),
        ("no/such/folder/mine", "no/such/folder/mine"),
        ("é ½.json", "é ½.json"),
        ("n" * 250, "n" * 250),
    ],
    ids=["relative", "dots", "missing-parents", "letters", "long"],
)
def test_any_name_of_a_file_will_do(monkeypatch, tmp_path, place, written):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    monkeypatch.setenv("COURSE_PROGRESS", place)
    note_all()
    assert set(entries(tmp_path / written)) == set(IDS)
    assert set(storage.read_progress()) == set(IDS)


@pytest.mark.parametrize(
    "place", ["{}", "~nobody-of-this-name/p.json", "{}/file/p.json", "{}/" + 300 * "n", ".", "/"],
    ids=["folder", "no-such-home", "below-a-file", "too-long", "here", "root"],
)  # fmt: skip
def test_a_place_that_takes_no_record_is_said_and_stops_nothing(
    monkeypatch, tmp_path, place, capsys
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_PROGRESS", place.format(tmp_path))
    assert exercises.check("02.flip", RIGHT)
    assert "(This could not be noted in your record of progress: " in capsys.readouterr().out
    exercises.progress()
    assert "02: 0 of 7 solved" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_a_device_keeps_no_record_and_stays_what_it_is(monkeypatch, tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "pipe"))
    exercises.check("02.flip", RIGHT)
    exercises.progress()
    shown = capsys.readouterr().out
    assert "record" not in shown and "02: 0 of 7 solved" in shown
    assert [path.name for path in tmp_path.iterdir() if path.is_fifo()] == ["pipe"]


def test_where_no_home_is_known_no_folder_is_named_after_it(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.setattr(storage, "user_data_path", lambda name: Path("~/.local/share") / name)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    assert "names no home folder" in storage.note_attempt("02.flip", solved=True)
    assert list(tmp_path.iterdir()) == []


def test_the_default_place_is_the_readers_data_folder(monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    path = storage.progress_path()
    assert (path.parent.name, path.name) == ("course_lib", "progress.json")
