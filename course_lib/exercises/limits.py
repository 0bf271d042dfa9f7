"""Call code that may stop, exit or never end, and come back whatever it does."""

import contextvars
import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

LIMIT_SECONDS = 10.0
STEP_SECONDS = 0.05
TRIES = 20


class OutOfTime(BaseException):
    """Raised inside code that has run for too long; no `except Exception` there catches it."""


def call_within(seconds: float, function: Callable, *inputs: Any) -> Any:
    """Give what `function(*inputs)` gives, or raise what it raises, after `seconds` at the latest.

    The call has a thread of its own, as signals that could interrupt it are missing on Windows and
    reach only the main thread elsewhere.

    Parameters
    ----------
    seconds : float
        Limit of the call.
    function : callable
        Called with `inputs`.

    Raises
    ------
    OutOfTime
        If the call has not come back. It is then told to stop; one that catches everything, or
        waits inside compiled code, goes on in the background and its result is dropped.
    BaseException
        Whatever the function raised, `SystemExit` too.

    Examples
    --------
    >>> call_within(1.0, max, 3, 5)
    5
    """
    if seconds <= 0:
        raise OutOfTime
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["result"] = function(*inputs)
        except BaseException as error:
            outcome["error"] = error

    # So that settings of the caller, such as np.errstate, hold inside the call too.
    settings = contextvars.copy_context()
    thread = threading.Thread(target=settings.run, args=(run,), daemon=True)
    thread.start()
    try:
        _wait(thread, seconds)
    finally:
        if thread.is_alive():
            _stop(thread)
    if "result" in outcome:
        return outcome["result"]
    raise outcome.get("error", OutOfTime())


def _wait(thread: threading.Thread, seconds: float) -> None:
    """Wait in small steps: on Windows, Ctrl-C does not get through to a long wait."""
    end = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < end:
        thread.join(STEP_SECONDS)


def _stop(thread: threading.Thread) -> None:
    """Raise OutOfTime inside a thread, again where it is caught, and give up after a second."""
    raise_inside = ctypes.pythonapi.PyThreadState_SetAsyncExc
    for _ in range(TRIES):
        raise_inside(ctypes.c_ulong(thread.ident), ctypes.py_object(OutOfTime))
        thread.join(STEP_SECONDS)
        if not thread.is_alive():
            return
