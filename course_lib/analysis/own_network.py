"""A network of the user's own, from a Python file that they name on the command line."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import nn

from course_lib.errors import InvalidType, InvalidValue, MissingFile


def parse_network(text: str) -> str | nn.Module:
    """Read a network from the command line: a name, or FILE.py:NAME for one of the user's own.

    Parameters
    ----------
    text : str
        With a colon, the part before it is a Python file, which is run as `python FILE.py` would
        run it: modules beside it can be imported. The part behind it names a module in it, or what
        makes one when it is called without arguments.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError
        If there is no such file, it stops with an error, there is no such name in it, or it gives
        no module.

    Examples
    --------
    >>> parse_network("resnet18")
    'resnet18'
    """
    path, colon, name = text.rpartition(":")
    if not colon:
        return text
    if not Path(path).is_file():
        raise MissingFile(
            "summary", received=f"the file {path!r}, which is not there",
            needed="FILE.py:NAME", fix="give the path of a Python file")  # fmt: skip
    found = _guarded(path, lambda: _names_in(path)).get(name)
    if found is None:
        raise InvalidValue(
            "summary", received=f"the name {name!r}, which {path} does not define",
            needed="a network, or a function or class that makes one",
            fix="write FILE.py:NAME with a name of the file")  # fmt: skip
    makes = callable(found) and not isinstance(found, nn.Module)
    network = _guarded(text, found) if makes else found
    if not isinstance(network, nn.Module):
        raise InvalidType(
            "summary", received=f"a {type(network).__name__} from {text}",
            needed="a torch.nn.Module", fix="return the network")  # fmt: skip
    return network


def _names_in(path: str) -> dict[str, Any]:
    arguments, folder = sys.argv, str(Path(path).resolve().parent)
    sys.argv = [path]  # those of this command are not meant for the file
    sys.path.insert(0, folder)
    try:
        return runpy.run_path(path)
    finally:
        sys.argv = arguments
        sys.path.remove(folder)


def _guarded(what: str, work: Callable[[], Any]) -> Any:
    """Run code of the user; what goes wrong in it is theirs, and said in a sentence."""
    try:
        return work()
    except (Exception, SystemExit) as problem:
        said = " ".join(str(problem).split())[:200]
        raise InvalidValue(
            "summary", received=f"{what}, which stopped with {type(problem).__name__}: {said}",
            needed="a file that runs, and a network that is made without arguments",
            fix="run the file with Python to see where") from problem  # fmt: skip
