"""Files that are whole or not there: the one way in which the course replaces a file."""

import os
import secrets
import stat
from pathlib import Path

NAME_LETTERS = 40  # of up to four bytes each, of the 255 that a name may have


def is_device(path: str | Path) -> bool:
    """Tell whether there is something else than a file or folder: /dev/null, a terminal, a pipe."""
    path = Path(path)
    return path.exists() and not (path.is_file() or path.is_dir())


def replace_file(path: str | Path, content: bytes) -> None:
    """Put `content` at `path` in one move: write beside, flush to the disk, rename.

    A reader finds the old file or the new one, never half. A link stays a link: the file that it
    leads to is replaced. A new file gets the permissions that any program's file gets; an old one
    keeps its own. A device or pipe, such as /dev/null, is written to and stays.

    Parameters
    ----------
    path : str or Path
        The file; its folder must be there.
    content : bytes
        All of it.

    Raises
    ------
    OSError
        If it cannot be written; then the old file is unharmed and nothing is left beside it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     replace_file(f"{folder}/a.txt", b"all of it")
    ...     os.listdir(folder)
    ['a.txt']
    """
    if is_device(path):
        Path(path).write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    # Of the name a part, as a name that just fits would not with more letters.
    beside = target.with_name(f".{target.name[:NAME_LETTERS]}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Created as every file is, so that the system takes the umask off; a temporary file of the
    # standard library could be read by its owner alone.
    handle = os.open(beside, flags, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            os.chmod(beside, stat.S_IMODE(target.stat().st_mode))
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
