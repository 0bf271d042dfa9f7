"""Patches of a photo that are searched for again: where they lie, and how they are cut."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.datasets.photos import photo


class Place(NamedTuple):
    """The upper left corner of a window, in pixels from the upper left corner of the photo."""

    row: int
    column: int


FACE, FACE_SIZE = Place(24, 50), 21  # in the man with the camera


def man_with_camera() -> NDArray:
    """Return the man with the camera in gray levels from 0 to 255, shape (128, 128)."""
    return np.round(255 * photo("camera", size=128, gray=True)[0])


def cut(image: NDArray, place: Place, size: int = FACE_SIZE) -> NDArray:
    """Cut a square window, (size, size), out of an image."""
    return image[place.row : place.row + size, place.column : place.column + size]
