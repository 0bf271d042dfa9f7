"""Three ways to say how well a patch fits a place, and how often each of them finds it again."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.datasets.patches import FACE_SIZE, Place, cut, man_with_camera


class Answers(NamedTuple):
    """Maps of the answers of one patch, each (H_out, W_out)."""

    as_it_is: NDArray
    sum_0: NDArray
    sum_0_by_contrast: NDArray


def contrast(image: NDArray, shape: tuple[int, int]) -> NDArray:
    """Measure ‖x − mean of x‖ of every window x.

    Parameters
    ----------
    image : (H, W)
        Where the windows lie.
    shape : tuple of two int
        Rows and columns of a window.

    Returns
    -------
    (H_out, W_out)
        The root of the sum of squared distances from the window's mean.

    Notes
    -----
    The sum of squares less n times the squared mean; the mean of the image is taken away first, so
    that little is lost to rounding.
    """
    centered, ones = image - image.mean(), np.ones(shape)
    sums = numpy_ops.cross_correlate2d(centered, ones)
    squares = numpy_ops.cross_correlate2d(centered**2, ones)
    return np.sqrt(np.maximum(squares - sums**2 / ones.size, 0))


def answers(image: NDArray, patch: NDArray) -> Answers:
    """Search a patch in three ways.

    Parameters
    ----------
    image : (H, W)
        Where to look.
    patch : (K_h, K_w)
        What to look for; not all of it equal.

    Returns
    -------
    Answers
        Of the patch as a kernel, of the patch less its mean, and of the latter divided by the
        contrasts of window and patch: then 1 is the most there can be, and a plain window gives 0.
    """
    return _answers(image, patch, contrast(image, patch.shape))


def _answers(image: NDArray, patch: NDArray, contrasts: NDArray) -> Answers:
    kernel = patch - patch.mean()
    fits = numpy_ops.cross_correlate2d(image, kernel)
    window_sums = numpy_ops.cross_correlate2d(image, np.ones(patch.shape))
    plain = contrasts < 1e-9 * max(contrasts.max(), 1e-300)
    scale = np.where(plain, np.inf, contrasts * np.linalg.norm(kernel))
    return Answers(fits + patch.mean() * window_sums, fits, fits / scale)


def peaks(maps: Answers) -> list[Place]:
    """Say where each of the three answers highest."""
    corners = (np.unravel_index(each.argmax(), each.shape) for each in maps)
    return [Place(int(row), int(column)) for row, column in corners]


def times_found(
    *, seeds: Sequence[int], patches: int = 100, size: int = FACE_SIZE
) -> dict[str, list[int]]:
    """Cut random patches out of the photo of notebook 2, and count how many each way finds.

    Parameters
    ----------
    seeds : sequence of int
        One set of patches for each.
    patches : int, default=100
        Patches in a set.
    size : int, default=21
        Rows and columns of a patch, in pixels.

    Returns
    -------
    dict of str to list of int
        For each way, how many patches of each set have their largest answer where they were cut.
    """
    image = man_with_camera()
    contrasts, last = contrast(image, (size, size)), np.subtract(image.shape, size) + 1
    found: dict[str, list[int]] = {name: [] for name in Answers._fields}
    for seed in seeds:
        corners = np.random.default_rng(seed).integers(0, last, (patches, 2)).tolist()
        hits = np.array([
            np.equal(peaks(_answers(image, cut(image, Place(*at), size), contrasts)), at).all(1)
            for at in corners
        ])  # fmt: skip
        for name, count in zip(found, hits.sum(0).tolist(), strict=True):
            found[name].append(count)
    return found
