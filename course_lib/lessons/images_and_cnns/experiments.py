"""How alike two pixels are, by their distance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.checks import require_int
from course_lib.errors import InvalidValue


def pixel_correlation(image: NDArray, distances: ArrayLike) -> NDArray:
    """Correlate every pixel with the one some columns to its right.

    r(d) = cov(x[i, j], x[i, j + d]) / (std(x[i, j]) * std(x[i, j + d])), over all i and j for
    which both pixels are in the image.

    Parameters
    ----------
    image : (H, W)
        One channel.
    distances : (D,) of int
        Distances in pixels, from 1 to W - 1.

    Returns
    -------
    (D,)
        Pearson's correlation: 1 where pixels rise and fall together, 0 where one says nothing
        about the other.

    Raises
    ------
    TypeError, ValueError
        If the image is not (H, W), a distance does not fit, or all pixels are equal.

    Examples
    --------
    >>> stripes = np.tile([0.0, 1.0], (3, 4))
    >>> pixel_correlation(stripes, [1, 2])
    array([-1.,  1.])
    """
    if np.ndim(image) != 2:
        raise InvalidValue(
            "pixel_correlation", received=f"image with shape {np.shape(image)}",
            needed="image (H, W)", fix="pick one channel, for example image[0]")  # fmt: skip
    return np.array([_correlation(image, distance) for distance in distances])


def _correlation(image: NDArray, distance: int) -> float:
    distance = require_int("pixel_correlation", "distance", distance, minimum=1)
    left, right = image[:, :-distance], image[:, distance:]
    if left.size < 2 or left.std() == 0 or right.std() == 0:
        raise InvalidValue(
            "pixel_correlation", received=f"distance={distance} on an image {image.shape}",
            needed="a distance below the width, and pixels that differ",
            fix="use smaller distances or another image")  # fmt: skip
    return float(np.corrcoef(left.ravel(), right.ravel())[0, 1])
