"""Checkpoints: a training, whole, in one file that is complete and unharmed or refused.

A file starts with one line, `course_lib checkpoint <version> sha256 <digest>`; the rest is what
`torch.save` wrote, and the digest is that of the rest.
"""

import hashlib
import io
from pathlib import Path
from typing import Any

from course_lib.checks import require_output_file
from course_lib.errors import InvalidValue, MissingFile
from course_lib.files import replace_file

FIRST_WORDS = b"course_lib checkpoint 1 sha256 "


def save_checkpoint(path: str | Path, state: dict[str, Any]) -> None:
    """Write a checkpoint beside `path`, make sure that it is on the disk, and rename it to `path`.

    Whenever the power fails, `path` is the old file or the new one, never half of it.

    Parameters
    ----------
    path : str or Path
        The file; its folder must be there.
    state : dict
        Tensors, numbers, texts, and lists and dicts of them.

    Raises
    ------
    ValueError
        If the folder is not there, or no file can be written at `path`.
    """
    import torch

    path = Path(path)
    require_output_file("save_checkpoint", "path", path)
    buffer = io.BytesIO()
    torch.save(state, buffer)
    payload = buffer.getvalue()
    digest = hashlib.sha256(payload).hexdigest().encode()
    replace_file(path, FIRST_WORDS + digest + b"\n" + payload)


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a checkpoint on the CPU, if every byte of it is as it was written.

    No code is run from it: only tensors, numbers, texts, lists and dicts are read.

    Raises
    ------
    ValueError
        If the file is not a checkpoint of this package, cut short, or changed.
    """
    import torch

    try:
        content = Path(path).read_bytes()
    except FileNotFoundError as problem:
        raise MissingFile(
            "load_checkpoint", received=f"{path}, which is not there", needed="a checkpoint",
            fix="check the name and the folder") from problem  # fmt: skip
    first_line, _, payload = content.partition(b"\n")
    if not first_line.startswith(FIRST_WORDS):
        raise _refusal(path, "which is not a checkpoint of course_lib.training")
    if first_line != FIRST_WORDS + hashlib.sha256(payload).hexdigest().encode():
        raise _refusal(path, "whose content does not match its sha256")
    return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)


def _refusal(path: str | Path, what: str) -> InvalidValue:
    return InvalidValue(
        "load_checkpoint", received=f"{path}, {what}", needed="a complete, unchanged checkpoint",
        fix="use an older copy, or start again with resume=False")  # fmt: skip
