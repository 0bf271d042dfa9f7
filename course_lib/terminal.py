"""What a command prints gets through: to narrow terminals, closed pipes and full disks alike."""

import codecs
import errno
import os
import sys
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from course_lib.errors import InvalidType, InvalidValue

BAD_INPUT, STOPPED, UNWRITABLE, CLOSED = 2, 130, 1, 141  # the latter as the shell counts signals
# The place is at fault, no mistake of the program.
PLACE_ERRORS = {
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM,
    errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP,
}  # fmt: skip
STEERING = ("Cc", "Cs", "Zl", "Zp")  # controls, halves of characters, ends of lines
PLAIN = {
    "×": "x", "·": "*", "−": "-", "–": "-", "—": "-", "→": "->", "←": "<-", "≥": ">=", "≤": "<=",
    "≈": "~", "√": "sqrt ", "✓": "+", "✗": "x", "…": "...", "±": "+-",
}  # fmt: skip


def run_command(name: str, work: Callable[[], int]) -> int:
    """Run a command and give its exit status; what is not its fault is at most one sentence.

    Parameters
    ----------
    name : str
        Stands before the sentence: "course parity".
    work : callable
        Prints, and returns an exit status.

    Returns
    -------
    int
        That of `work`; 2 for bad input, 130 after Ctrl-C, 141 when the reader of the output has
        closed it, 1 when it cannot be written or there is too little memory.
    """
    for stream in (sys.stdout, sys.stderr):
        _print_anything(stream)
    try:
        try:
            return work()
        finally:
            if sys.stdout is not None:  # None where the shell has closed it
                sys.stdout.flush()  # here, as what fails at the end of Python is a traceback
    except (InvalidValue, InvalidType) as problem:
        return _say(f"{name}: {problem}", BAD_INPUT)
    except KeyboardInterrupt:
        return _say(f"{name}: stopped.", STOPPED)
    except MemoryError as problem:
        said = " ".join(str(problem).split()) or "no more can be had"
        return _say(f"{name}: this takes more memory than there is ({said}).", UNWRITABLE)
    except BrokenPipeError:
        _drop_output()
        return CLOSED
    except OSError as problem:
        if problem.errno not in PLACE_ERRORS:
            raise
        _drop_output()
        place = f"{problem.filename}" if problem.filename else "the output"
        return _say(f"{name}: {place} cannot be written ({problem.strerror}).", UNWRITABLE)


def say(text: str) -> None:
    """Print text wherever it goes: what the encoding of the output lacks is written plainly."""
    try:
        print(text)
    except UnicodeEncodeError:
        print(text.encode(sys.stdout.encoding, "course_lib.plain").decode(sys.stdout.encoding))


def plain_text(text: str) -> str:
    """Write text in ASCII, as near as it goes.

    Examples
    --------
    >>> plain_text("3×3 → 10⁶ ✓ café")
    '3x3 -> 10^6 + cafe'
    """
    return "".join(_plain(character) for character in text)


def in_one_line(text: str) -> str:
    r"""Spell out what would begin a new line or steer the terminal, as names of files may.

    Examples
    --------
    >>> in_one_line("notes\n2.txt"), in_one_line("naïve.txt")
    ('notes\\n2.txt', 'naïve.txt')
    """
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in STEERING
        else character
        for character in text
    )


def _plain(character: str) -> str:
    if character in PLAIN:
        return PLAIN[character]
    wide = unicodedata.normalize("NFKD", character)
    same = "".join(PLAIN.get(part, part) for part in wide).encode("ascii", "ignore").decode()
    if unicodedata.decomposition(character).startswith("<super>"):
        return f"^{same}"
    return same or "?"


def _replace_unprintable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain_text(error.object[error.start : error.end]), error.end


codecs.register_error("course_lib.plain", _replace_unprintable)


def _print_anything(stream: TextIO) -> None:
    """Let a stream replace what its encoding lacks, as cp1252 lacks ⁶; UTF-8 lacks nothing."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="course_lib.plain")


def _say(sentence: str, status: int) -> int:
    # Where nobody can be told, the status still says it; without stderr, print takes stdout.
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(in_one_line(sentence), file=sys.stderr)
    return status


def _drop_output() -> None:
    """Send what is still waiting to be printed nowhere, or Python tries it again at its end.

    A stream that another program has put in the place of the output, as a notebook or a test does,
    is that program's own: its file stays open.
    """
    if sys.stdout is None or sys.stdout is not sys.__stdout__:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
