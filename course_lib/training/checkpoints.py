"""Checkpoints: a training, whole, in one file that is complete and unharmed or refused.

A file starts with one line, `course_lib checkpoint <version> sha256 <digest>`; the rest is what
`torch.save` wrote, and the digest is that of the rest.
"""

import hashlib
import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

from course_lib.checks import require_output_file, require_path
from course_lib.errors import InvalidType, InvalidValue, MissingFile
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
        Tensors, numbers, texts, and lists and dicts of them. Numbers of NumPy come back as those
        of Python.

    Raises
    ------
    TypeError
        If something in `state` could be written but not read again: arrays, functions, objects.
    ValueError
        If the folder is not there, or no file can be written at `path`.
    """
    import torch

    path = require_path("save_checkpoint", "path", path)
    require_output_file("save_checkpoint", "path", path)
    if not isinstance(state, dict):
        raise InvalidType(
            "save_checkpoint", received=f"state of type {type(state).__name__}",
            needed="a dict of tensors, numbers and texts",
            fix='name what is to be kept, for example {"model": model.state_dict()}')  # fmt: skip
    buffer = io.BytesIO()
    torch.save(plain_state("save_checkpoint", state), buffer)
    payload = buffer.getvalue()
    digest = hashlib.sha256(payload).hexdigest().encode()
    replace_file(path, FIRST_WORDS + digest + b"\n" + payload)


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a checkpoint on the CPU, if every byte of it is as it was written.

    No code is run from it: only tensors, numbers, texts, lists and dicts are read.

    Raises
    ------
    TypeError
        If `path` is no text or Path.
    ValueError
        If the file is not there or cannot be read, is not a checkpoint of this package, cut short,
        or changed.
    """
    import torch

    path = require_path("load_checkpoint", "path", path)
    try:
        content = path.read_bytes()
    except FileNotFoundError as problem:
        raise MissingFile(
            "load_checkpoint", received=f"{path}, which is not there", needed="a checkpoint",
            fix="check the name and the folder") from problem  # fmt: skip
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise InvalidValue(
            "load_checkpoint", received=f"{str(path)[-255:]}, which cannot be read ({why})",
            needed="the file of a checkpoint",
            fix="check the name and the rights") from problem  # fmt: skip
    first_line, _, payload = content.partition(b"\n")
    if not first_line.startswith(FIRST_WORDS):
        raise _refusal(path, "which is not a checkpoint of course_lib.training")
    if first_line != FIRST_WORDS + hashlib.sha256(payload).hexdigest().encode():
        raise _refusal(path, "whose content does not match its sha256")
    try:
        return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as problem:
        raise _refusal(path, "which holds more than tensors, numbers and texts") from problem


def plain_state(operation: str, value: Any, name: str = "state") -> Any:
    """Copy lists and dicts with the numbers of NumPy as those of Python.

    Raises TypeError, naming the place, where `load_checkpoint` could not read the rest again.
    """
    if isinstance(value, dict):
        entries = {
            plain_state(operation, key, f"{name}, in the key"): plain_state(
                operation, entry, f"{name}[{key!r}]"
            )
            for key, entry in value.items()
        }
        return _like(value, entries)
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(
            plain_state(operation, entry, f"{name}[{i}]") for i, entry in enumerate(value)
        )
    if type(value) in (bool, int, float, complex, str, bytes, type(None)):
        return value
    if hasattr(value, "dtype") and getattr(value, "shape", None) == () and not _is_tensor(value):
        plain = value.item()
        if type(plain) is not type(value):  # a longdouble has no other form
            return plain_state(operation, plain, name)
    if not (_is_tensor(value) or _comes_back(value)):
        raise InvalidType(
            operation, received=f"{name} of type {type(value).__name__} for a checkpoint",
            needed="tensors, numbers, texts, and lists and dicts of them",
            fix="convert an array with torch.from_numpy, and leave out what is code")  # fmt: skip
    return value


def _like(old: dict, entries: dict) -> dict:
    """Give a dict of the kind of `old`, with what torch notes on a state dict, if that is one."""
    if not isinstance(old, OrderedDict):
        return entries
    made = OrderedDict(entries)
    vars(made).update(vars(old))  # the versions of the layers, by which torch reads old states
    return made


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _comes_back(value: Any) -> bool:
    """Try whether something of a rare kind, such as a dtype, can be read again."""
    import torch

    buffer = io.BytesIO()
    try:
        torch.save(value, buffer)
        torch.load(io.BytesIO(buffer.getvalue()), weights_only=True)
    except Exception:  # whatever its own code raises: it does not come back
        return False
    return True


def _refusal(path: str | Path, what: str) -> InvalidValue:
    return InvalidValue(
        "load_checkpoint", received=f"{path}, {what}", needed="a complete, unchanged checkpoint",
        fix="use an older copy, or start again with resume=False")  # fmt: skip
