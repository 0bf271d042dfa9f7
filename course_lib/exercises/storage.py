"""Where progress is kept: one small JSON file in the reader's own data folder.

    {"version": 2, "name": "ada", "exercises": {
     "02.flip": {"state": "solved", "attempts": 3, "first": "2026-03-01T10:02:11+01:00",
                 "last": "2026-03-01T10:09:40+01:00"}}}

`attempts` and `last` stand still once an exercise is solved. Nothing is ever wiped: entries and
names that this version does not know stay as they are, and a damaged file is set aside.
"""

import getpass
import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from course_lib.exercises.locking import locked
from course_lib.files import is_device, replace_file

SOLVED, TRIED = "solved", "tried"
VERSION = 2
KNOWN_VERSIONS = (1, VERSION)
# One entry as `json.dump` writes it, wherever it stands in a damaged file.
ENTRY = re.compile(r'"(\d\d\.\w+)"\s*:\s*(\{[^{}]*\}|"\w+")')


class Unusable(Exception):
    """The record is there but cannot be read or written; its text says why."""


def progress_path() -> Path:
    """Find the progress file; the environment variable COURSE_PROGRESS names another.

    Raises
    ------
    Unusable
        If it begins with ~ and there is no such home folder, or it names no file, as "." and "/".
    """
    chosen = os.environ.get("COURSE_PROGRESS")
    path = Path(chosen) if chosen else user_data_path("course_lib") / "progress.json"
    if not path.name:
        raise Unusable(f"{path} is a folder; set COURSE_PROGRESS to a file")
    try:
        return path.expanduser()  # that of the system too, which begins with ~ where HOME is unset
    except RuntimeError as problem:
        raise Unusable(f"{path} names no home folder; set COURSE_PROGRESS to a file") from problem


def read_progress() -> dict[str, str]:
    """Read {exercise id: "solved" or "tried"}; of a damaged file, what can be read."""
    try:
        entries = _read(progress_path())[0]["exercises"]
    except (Unusable, OSError):
        return {}
    states = {id_: _state(entry) for id_, entry in entries.items()}
    return {id_: state for id_, state in states.items() if state}


def progress_problem() -> str | None:
    """Say what is wrong with the record, if anything."""
    try:
        path = progress_path()
        _, damaged = _read(path)
    except (Unusable, OSError) as problem:
        return f"Your record of progress cannot be read: {problem}."
    return f"Your record of progress, {path}, is damaged; some may be missing." if damaged else None


def note_attempt(exercise_id: str, *, solved: bool) -> str | None:
    """Note an attempt; what was solved once stays solved.

    Returns
    -------
    str or None
        A sentence where it could not be noted, or where a damaged record was set aside.
    """
    try:
        path = progress_path()
        if is_device(path):  # /dev/null: no record is wanted
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path):
            return _note(path, exercise_id, solved)
    except (Unusable, OSError) as problem:
        return f"(This could not be noted in your record of progress: {problem}.)"


def _note(path: Path, exercise_id: str, solved: bool) -> str | None:
    content, damaged = _read(path)
    entry = content["exercises"].get(exercise_id)
    if _state(entry) == SOLVED and not damaged:
        return None
    content["exercises"][exercise_id] = _next_entry(entry, solved)
    aside = _set_aside(path) if damaged else None
    content = {"version": VERSION, "name": _name()} | content
    replace_file(path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())
    return aside and (
        f"(Your record of progress was damaged. What could be read from it was kept; the damaged "
        f"file is now {aside}.)"
    )


def _next_entry(entry: Any, solved: bool) -> dict[str, Any]:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    known = entry if isinstance(entry, dict) else {}
    if _state(entry) == SOLVED:
        return known or {"state": SOLVED}
    attempts = known.get("attempts")
    counted = attempts + 1 if isinstance(attempts, int) else 1
    changed = {"state": SOLVED if solved else TRIED, "attempts": counted, "last": now}
    return {"first": now} | known | changed


def _state(entry: Any) -> str | None:
    """Tell the state of an entry: version 1 kept it alone; unknown ones have none."""
    state = entry.get("state") if isinstance(entry, dict) else entry
    return state if state in (SOLVED, TRIED) else None


def _name() -> str:
    """Name the learner: by COURSE_LEARNER, else as the computer knows them."""
    try:
        return os.environ.get("COURSE_LEARNER") or getpass.getuser()
    except (KeyError, OSError, ImportError):  # no such variable and no list of users
        return ""


def _read(path: Path) -> tuple[dict[str, Any], bool]:
    """Read the record, or what is left of it; tell whether it is damaged."""
    try:
        raw = b"" if is_device(path) else path.read_bytes()
    except FileNotFoundError:
        raw = b""
    if not raw.strip():
        return {"exercises": {}}, False
    try:
        content = json.loads(raw)  # from bytes: with or without a BOM, UTF-16 too
        damaged = not isinstance(content["exercises"], dict)
    except (ValueError, RecursionError, KeyError, TypeError):
        damaged = True
    if damaged:
        return {"exercises": _salvage(raw)}, True
    if content.get("version", VERSION) not in KNOWN_VERSIONS:
        raise Unusable(
            f"{path} was written by a newer version of the course and is left as it is; update "
            "this one"
        )
    return content | {"version": VERSION}, False


def _salvage(raw: bytes) -> dict[str, Any]:
    """Read the entries that are whole from a damaged file."""
    found = {}
    for id_, entry in ENTRY.findall(raw.decode("utf-8", errors="replace")):
        try:
            value = json.loads(entry)
        except ValueError:
            continue
        if _state(value):
            found[id_] = value
    return found


def _set_aside(path: Path) -> Path:
    """Keep a damaged file under another name, which no earlier one has."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    return path.replace(aside)
