"""Where progress is kept: one small JSON file in the reader's own data folder."""

import json
import os
import tempfile
from pathlib import Path

from platformdirs import user_data_path

SOLVED, TRIED = "solved", "tried"


def progress_path() -> Path:
    """Find the progress file; the environment variable COURSE_PROGRESS names another."""
    chosen = os.environ.get("COURSE_PROGRESS")
    return Path(chosen) if chosen else user_data_path("course_lib") / "progress.json"


def read_progress() -> dict[str, str]:
    """Read {exercise id: "solved" or "tried"}; a missing or broken file counts as empty."""
    try:
        content = json.loads(progress_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    entries = content.get("exercises") if isinstance(content, dict) else None
    if not isinstance(entries, dict):
        return {}
    return {id_: state for id_, state in entries.items() if state in (SOLVED, TRIED)}


def note_attempt(exercise_id: str, *, solved: bool) -> bool:
    """Note an attempt; what was solved once stays solved. False if it could not be saved."""
    entries = read_progress()
    state = SOLVED if solved or entries.get(exercise_id) == SOLVED else TRIED
    if entries.get(exercise_id) == state:
        return True
    try:
        _replace(progress_path(), {"version": 1, "exercises": entries | {exercise_id: state}})
    except OSError:
        return False
    return True


def _replace(path: Path, content: dict) -> None:
    """Write beside, flush, rename: a reader finds the old file or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
