"""One at a time: two kernels that change one file wait for each other."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from course_lib.files import NAME_LETTERS

PATIENCE_SECONDS = 5.0
STEP_SECONDS = 0.02

if sys.platform == "win32":
    import msvcrt

    def _try_to_lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_to_lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes and threads that use this function out while `path` is changed.

    A hidden file beside `path` carries the lock, as `path` itself is replaced; the system takes
    the lock back when a process dies. On a disk that knows no locks, or where somebody holds one
    for 5 seconds, the work goes on without.

    Parameters
    ----------
    path : Path
        Its folder must be there.

    Raises
    ------
    OSError
        If no file can be made in the folder.
    """
    with path.with_name(f".{path.name[:NAME_LETTERS]}.lock").open("ab") as file:
        holds = _lock(file)
        try:
            yield
        finally:
            if holds:
                _unlock(file)


def _lock(file: BinaryIO) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            _try_to_lock(file)
            return True
        except (BlockingIOError, PermissionError):  # held by another; Windows says the latter
            time.sleep(STEP_SECONDS)
        except OSError:
            return False
    return False
