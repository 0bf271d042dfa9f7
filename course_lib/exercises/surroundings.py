"""What a learner's function may change around it, and must not: put back after it."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


class _Open:
    """A stream that cannot be closed by who was lent it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stream)

    def close(self) -> None:
        """Stay open."""


@contextmanager
def kept() -> Iterator[list[str]]:
    """Put back the streams, the warning filters and NumPy's functions.

    Gives a list that afterwards names what was changed in NumPy itself, such as "np.abs": an
    answer that changes it would also change what it is compared by.
    """
    changed: list[str] = []
    streams, functions = (sys.stdout, sys.stderr), dict(vars(np))
    sys.stdout, sys.stderr = (stream and _Open(stream) for stream in streams)
    try:
        with warnings.catch_warnings():
            yield changed
    finally:
        sys.stdout, sys.stderr = streams
        changed += _put_back(functions)


def _put_back(functions: dict[str, Any]) -> list[str]:
    names = [name for name, old in functions.items() if vars(np).get(name, kept) is not old]
    vars(np).update({name: functions[name] for name in names})
    return [f"np.{name}" for name in names]
