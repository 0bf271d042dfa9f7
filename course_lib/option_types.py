"""What the options of the commands are read as; what they cannot be is said by argparse."""

import argparse
import math
from pathlib import Path


def file_path(text: str) -> Path:
    """Read a path; ~ is the home folder, also where the shell leaves it, as in --output=~/a."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(f"{text} names no home folder") from None


def amount(text: str) -> float:
    """Read a finite number from 0 on: a rate, or a time.

    Examples
    --------
    >>> amount("1e-3")
    0.001
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on, such as 0.05")
    return number
