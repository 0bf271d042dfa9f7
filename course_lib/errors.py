"""The errors of the course: what came, what is needed and how to fix it, in one sentence.

Whoever catches `InvalidValue` and `InvalidType` catches bad input, and no mistake of the program.
"""

from typing import Any


def sentence(operation: str, *, received: str, needed: str, fix: str) -> str:
    """Word an error: what came, what is needed, how to fix it.

    Examples
    --------
    >>> sentence("relu", received="a list", needed="an array", fix="call np.asarray first")
    'relu received a list; it needs an array; call np.asarray first.'
    """
    return f"{operation} received {received}; it needs {needed}; {fix}."


class _InThreeParts(Exception):
    """An error that is made from its three parts and keeps them as attributes."""

    def __init__(self, operation: str, *, received: str, needed: str, fix: str) -> None:
        super().__init__(sentence(operation, received=received, needed=needed, fix=fix))
        self.operation, self.received, self.needed, self.fix = operation, received, needed, fix

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is copied and unpickled by calling it with its text, which is no part.
        return _make, (type(self), self.operation, self.received, self.needed, self.fix), vars(self)


def _make(
    kind: type[_InThreeParts], operation: str, received: str, needed: str, fix: str
) -> _InThreeParts:
    return kind(operation, received=received, needed=needed, fix=fix)


class InvalidValue(_InThreeParts, ValueError):
    """A value of the right type that does not fit.

    Parameters
    ----------
    operation : str
        The function that was called, as its user writes it.
    received : str
        What came, with shapes and dtypes.
    needed : str
        What would have been right.
    fix : str
        How to get there, as an order: "use a smaller kernel".

    Examples
    --------
    >>> raise InvalidValue("f", received="-1", needed="a size above 0", fix="count the pixels")
    Traceback (most recent call last):
    course_lib.errors.InvalidValue: f received -1; it needs a size above 0; count the pixels.
    """


class InvalidType(_InThreeParts, TypeError):
    """An argument of the wrong type or dtype; made as `InvalidValue` is."""


class MissingFile(InvalidValue, FileNotFoundError):
    """A file or folder that is not where it was said to be; made as `InvalidValue` is."""
