"""Ctrl-C between two steps: what is saved is whole."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, raised where its user asked for it."""


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until its user asks for it; a second one gets through at once.

    Yields
    ------
    callable
        Raises Interrupted if Ctrl-C has come since the context began.

    Notes
    -----
    Only the main thread hears of Ctrl-C. Elsewhere, and where somebody else has taken the signal
    over, nothing is held back.
    """
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(number)

    def ask() -> None:
        if came:
            raise Interrupted

    try:
        ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        before = signal.signal(signal.SIGINT, note) if ours else None
    except ValueError:  # not the main thread
        before = None
    try:
        yield ask
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)
