"""`load`: one door to all data sets."""

import inspect
import math
from collections.abc import Callable

from course_lib.checks import require_choice, require_finite, require_int
from course_lib.datasets.dataset import Dataset
from course_lib.datasets.digits import cluttered_digits, digits, shifted_digits
from course_lib.datasets.motions import basic_motions
from course_lib.datasets.moving_digits import moving_digits
from course_lib.datasets.textured_shapes import textured_shapes
from course_lib.errors import InvalidValue

MOST_PIXELS = 10**9  # of a part, which takes about 10 GB to draw

MAKERS: dict[str, Callable[..., Dataset]] = {
    "digits": digits,
    "shifted_digits": shifted_digits,
    "cluttered_digits": cluttered_digits,
    "shapes": textured_shapes,
    "basic_motions": basic_motions,
    "moving_digits": moving_digits,
}


def load(
    name: str,
    *,
    num_train: int | None = None,
    num_test: int | None = None,
    size: int | None = None,
    width: float | tuple[float, float] | None = None,
    train_shift: float | None = None,
    test_shift: float | None = None,
    frames: int | None = None,
    held_out: str | None = None,
    seed: int | None = None,
) -> Dataset:
    """Load a data set by name, without a network.

    The digits behind training, validation and test images are never the same.

    Parameters
    ----------
    name : str
        One of these. "digits": 1,797 real digits, (1, 8, 8). "shifted_digits": each at a random
        place of a larger canvas. "cluttered_digits": also tilted, noisy, and among pieces of
        others. "shapes": colored shapes with textures, (3, 32, 32), nine classes.
        "basic_motions": what a watch measured during four activities, (6, 100), real signals.
        "moving_digits": videos (1, 6, 12, 12) of digits that move in one of eight directions,
        which are the classes.
    num_train, num_test : int, default=None
        How many images to draw; None means 2,000 and 1,000. Not for "digits" and
        "basic_motions", which are real and have no options.
    size : int, default=None
        Height and width of the canvas, in pixels; None means 28 for shifted, 12 for moving digits,
        else 32.
    width : float or (float, float), default=None
        Width of a digit, or its range, in pixels; None means 14 to 20 for shifted, 16 to 22 for
        cluttered digits. 8 keeps the digits' own pixels, at whole-pixel places.
    train_shift, test_shift : float, default=None
        Shifted digits only: how far a digit's center may be from the middle of the canvas on
        each axis, in pixels. 0 centers all; None allows every place where the digit fits.
    frames : int, default=None
        Moving digits only: length of a video; None means 6.
    held_out : {"test", "validation"}, default=None
        Which digits `x_test` is made of; None means "test". Choose settings on "validation".
    seed : int, default=None
        Another number draws other images; None means 0.

    Returns
    -------
    Dataset
        Images (N, C, H, W) or videos (N, C, frames, H, W), float32 from 0 to 1, or signals
        (N, C, L), float32 in the units of their source; and labels (N,), int64.

    Raises
    ------
    TypeError, ValueError
        If the name is unknown, the data set has no such option, a value is out of range, or a
        stored file was changed.

    References
    ----------
    Alpaydin and Kaynak, 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository.

    Examples
    --------
    >>> load("digits")
    Dataset(1297 training and 500 test images (1, 8, 8), 10 classes)
    >>> load("shifted_digits", num_train=50, num_test=20, size=12, width=8).x_train.shape
    (50, 1, 12, 12)
    """
    require_choice("datasets.load", "name", name, MAKERS)
    options = {
        "num_train": num_train,
        "num_test": num_test,
        "size": size,
        "width": width,
        "train_shift": train_shift,
        "test_shift": test_shift,
        "frames": frames,
        "held_out": held_out,
        "seed": seed,
    }
    given = {option: value for option, value in options.items() if value is not None}
    return MAKERS[name](**_checked(name, given))


def _checked(name: str, given: dict[str, object]) -> dict[str, object]:
    """Return the options as numbers of Python, or raise where one is unknown or out of range."""
    known = list(inspect.signature(MAKERS[name]).parameters)
    for option in given:
        if option not in known:
            raise InvalidValue(
                "datasets.load", received=f"{option}={given[option]!r} for {name!r}",
                needed=f"options that {name!r} has ({', '.join(known) or 'none'})",
                fix="leave it out or choose another data set")  # fmt: skip
    least = {"num_train": 1, "num_test": 1, "size": 8, "frames": 1, "seed": 0}
    for option, minimum in least.items():
        if option in given:
            given[option] = require_int("datasets.load", option, given[option], minimum=minimum)
    for option in ("train_shift", "test_shift"):
        if option in given:
            given[option] = require_finite("datasets.load", option, given[option], minimum=0)
    if "held_out" in given:
        require_choice("datasets.load", "held_out", given["held_out"], ("test", "validation"))
    _require_room(MAKERS[name], given)
    return given


def _require_room(maker: Callable[..., Dataset], given: dict[str, object]) -> None:
    """Raise ValueError where the images would not fit the memory."""
    defaults = {k: p.default for k, p in inspect.signature(maker).parameters.items()}
    options = defaults | given
    for count in ("num_train", "num_test"):
        names = [name for name in (count, "size", "frames") if name in options]
        sizes = [options[name] for name in (*names, "size") if name in options]  # rows and columns
        if math.prod(sizes) > MOST_PIXELS:
            asked = ", ".join(f"{name}={options[name]}" for name in names)
            raise InvalidValue(
                "datasets.load", received=asked, needed=f"at most {MOST_PIXELS:,} pixels in all",
                fix="ask for fewer or smaller images")  # fmt: skip
