"""Real photographs that come with scikit-image and scikit-learn, and the reader's own."""

import os
import struct
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from course_lib.checks import require_choice, require_flag, require_int, require_path
from course_lib.errors import InvalidValue

# Other modes, such as 16-bit gray, would be clipped by a conversion to 8 bit.
SAFE_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")
MOST_PIXELS = 178_956_970  # 537 MB in color; where Pillow takes a file for an attack
# What Pillow raises for files that are cut short or damaged, by format.
UNREADABLE = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, LookupError, MemoryError, struct.error,
    zlib.error,
)  # fmt: skip
CC_BY = "CC BY 2.0, https://creativecommons.org/licenses/by/2.0/"


class Photo(NamedTuple):
    """A photograph: its function or file, the package that has it, and whom to thank."""

    file: str
    package: str
    credit: str


PHOTOS = {
    "astronaut": Photo("astronaut", "skimage", "Eileen Collins; NASA; public domain"),
    "brick": Photo("brick", "skimage", "CC0Textures; CC0"),
    "camera": Photo("camera", "skimage", "Lav Varshney; CC0"),
    "cat": Photo("chelsea", "skimage", "Chelsea the cat, by Stefan van der Walt; CC0"),
    "china": Photo("china.jpg", "sklearn", f"danielbuechele on Flickr, 6061409035; {CC_BY}"),
    "coffee": Photo("coffee", "skimage", "Rachel Michetti, at Pikolo Espresso Bar; CC0"),
    "coins": Photo(
        "coins", "skimage", "Greek coins from Pompeii; Brooklyn Museum; no known restrictions"
    ),
    "flower": Photo("flower.jpg", "sklearn", f"vultilion on Flickr, 6056698931; {CC_BY}"),
    "motorcycle": Photo(
        "stereo_motorcycle",
        "skimage",
        "Middlebury 2014 stereo benchmark, left image; D. Scharstein and others, GCPR 2014",
    ),
    "rocket": Photo("rocket", "skimage", "DSCOVR on Falcon 9; SpaceX; public domain"),
}


def photo(name: str | Path, *, size: int | None = None, gray: bool = False) -> NDArray:
    """Read a photograph: one of the course's by name, or a file of your own by its path.

    Parameters
    ----------
    name : str or Path
        "astronaut", "brick", "camera", "cat", "china", "coffee", "coins", "flower",
        "motorcycle" or "rocket"; or a file, such as "holiday.jpg".
    size : int, default=None
        Height to scale to, in pixels; the width follows. None keeps the size.
    gray : bool, default=False
        With True, one channel: 0.299 red + 0.587 green + 0.114 blue, rounded to 256 levels.

    Returns
    -------
    (3, H, W) or (1, H, W)
        Values from 0 to 1, float64; 1 channel for gray photographs too ("brick", "camera",
        "coins").

    Raises
    ------
    TypeError, ValueError
        If there is no such photograph or file, or the file is no image of 8 bits a channel, or is
        very large, or an option is out of range.

    Examples
    --------
    >>> photo("cat").shape
    (3, 300, 451)
    >>> photo("cat", size=64, gray=True).shape
    (1, 64, 96)
    """
    require_flag("datasets.photo", "gray", gray)
    path = require_path("datasets.photo", "name", name)
    picture = _open_named(str(name)) if str(name) in PHOTOS else _open_own(path)
    if gray:
        picture = picture.convert("L")
    if size is not None:
        size = require_int("datasets.photo", "size", size, minimum=1)
        width = max(1, round(picture.width * size / picture.height))
        require_pixels(
            (width, size), f"{str(name)!r} scaled to a height of {size},", "datasets.photo"
        )
        picture = picture.resize((width, size), Image.Resampling.LANCZOS)
    return to_channels_first(picture) / 255


def photo_names() -> tuple[str, ...]:
    """List the photographs that `photo` knows by name."""
    return tuple(PHOTOS)


def photo_credit(name: str) -> str:
    """Name the author and license of a photograph; show it where the photograph is shown.

    Examples
    --------
    >>> photo_credit("cat")
    'Chelsea the cat, by Stefan van der Walt; CC0'
    """
    return PHOTOS[require_choice("datasets.photo_credit", "name", name, PHOTOS)].credit


def open_image(path: Path, operation: str) -> Image.Image:
    """Read an image file, of several frames the first, as `to_eight_bits` gives it."""
    if not os.path.isfile(path):
        raise _unreadable(str(path), operation)  # a pipe, for one, would be waited for
    try:
        with warnings.catch_warnings():
            # Pillow warns long before it refuses; large photographs are welcome here.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as file:
                return to_eight_bits(file, str(path), operation)
    except InvalidValue:
        raise
    except UNREADABLE as error:
        raise _unreadable(str(path), operation) from error
    except Image.DecompressionBombError as error:
        raise _too_large(str(path), operation) from error


def to_eight_bits(picture: Image.Image, name: str, operation: str) -> Image.Image:
    """Turn a picture into 8-bit gray or RGB, upright as its camera held it, laid on white.

    Raises
    ------
    ValueError
        If it holds more than 8 bits a channel, is very large, or cannot be read whole.
    """
    if picture.mode not in SAFE_MODES:
        raise InvalidValue(
            operation, received=f"{name} with pixels of kind {picture.mode!r}",
            needed="8 bits a channel", fix="save it as an ordinary PNG or JPEG")  # fmt: skip
    require_pixels(picture.size, name, operation)
    try:
        return _on_white(ImageOps.exif_transpose(picture))
    except UNREADABLE as error:
        raise _unreadable(name, operation) from error


def require_pixels(size: tuple[int, int], name: str, operation: str) -> None:
    """Raise ValueError for a picture (width, height) that would fill the memory."""
    if size[0] * size[1] > MOST_PIXELS:
        raise _too_large(f"{name} of {size[0]} x {size[1]} pixels", operation)


def _too_large(what: str, operation: str) -> InvalidValue:
    return InvalidValue(
        operation, received=f"{what}, which is too large", needed=f"at most {MOST_PIXELS:,} pixels",
        fix="save a smaller copy or cut a part out")  # fmt: skip


def _unreadable(name: str, operation: str) -> InvalidValue:
    return InvalidValue(
        operation, received=f"{name}, which cannot be read as an image",
        needed="a complete image file",
        fix="open it in a picture viewer and save it again as PNG")  # fmt: skip


def _on_white(picture: Image.Image) -> Image.Image:
    """Lay a picture with transparent parts on white: the colors below them mean nothing."""
    mode = "L" if picture.mode in ("1", "L", "LA") else "RGB"
    if picture.mode not in ("LA", "PA", "RGBA") and "transparency" not in picture.info:
        return picture.convert(mode)
    layer = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert(mode)


def to_channels_first(picture: Image.Image) -> NDArray:
    """Turn a gray or RGB picture into an array (1, H, W) or (3, H, W), uint8."""
    pixels = np.asarray(picture)
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def _open_named(name: str) -> Image.Image:
    if PHOTOS[name].package == "sklearn":
        from sklearn.datasets import load_sample_image

        return Image.fromarray(load_sample_image(PHOTOS[name].file))
    from skimage import data

    pixels = getattr(data, PHOTOS[name].file)()
    return Image.fromarray(pixels[0] if isinstance(pixels, tuple) else pixels)


def _open_own(path: Path) -> Image.Image:
    if not os.path.isfile(path):
        raise InvalidValue(
            "datasets.photo", received=f"{str(path)[-255:]!r}, which is neither a photograph of "
            "the course nor a file", needed=f"one of {', '.join(PHOTOS)}, or the path of an image",
            fix="check the spelling and the folder")  # fmt: skip
    return open_image(path, "datasets.photo")
