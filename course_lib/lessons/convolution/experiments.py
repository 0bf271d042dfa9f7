"""Find a patch again in the photo it was cut from; waves under a kernel; which way is fastest."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.analysis import shortest_times
from course_lib.datasets.patches import FACE_SIZE, Place, cut, man_with_camera

Operation = Callable[[NDArray, NDArray], NDArray]

WAYS: Mapping[str, Operation] = {
    "convolution": numpy_ops.convolve2d,
    "cross-correlation": numpy_ops.cross_correlate2d,
}


def best_place(image: NDArray, patch: NDArray, operation: Operation) -> Place:
    """Say where an operation answers highest.

    Parameters
    ----------
    image : (H, W)
        Where to look.
    patch : (K_h, K_w)
        What to look for; its mean is taken away, so that bright places are not preferred.
    operation : callable
        `cross_correlate2d`, `convolve2d`, or another of their form.

    Returns
    -------
    Place
        The window with the largest answer.
    """
    answers = operation(image, patch - patch.mean())
    return Place(*(int(i) for i in np.unravel_index(answers.argmax(), answers.shape)))


def misses(
    operation: Operation, *, seeds: Sequence[int], patches: int = 100, size: int = FACE_SIZE
) -> list[NDArray]:
    """Cut random patches out of the photo, search them, and measure how far off the find is.

    Parameters
    ----------
    operation : callable
        As in `best_place`.
    seeds : sequence of int
        One set of patches for each.
    patches : int, default=100
        Patches in a set.
    size : int, default=21
        Rows and columns of a patch, in pixels.

    Returns
    -------
    list of (patches,)
        Distances in pixels, one array a seed; 0 where the patch is found.
    """
    image, sets = man_with_camera(), []
    last = np.subtract(image.shape, size) + 1
    for seed in seeds:
        corners = np.random.default_rng(seed).integers(0, last, (patches, 2))
        found = [best_place(image, cut(image, Place(*at), size), operation) for at in corners]
        sets.append(np.hypot(*(np.array(found) - corners).T))
    return sets


def few_waves(image: NDArray, count: int) -> NDArray:
    """Add up only the strongest waves of an image, (H, W); its mean is always kept.

    A wave and its mirror image in the spectrum are one wave of real numbers, and are kept together.
    """
    spectrum = np.fft.fft2(image)
    strength = abs(spectrum)
    strength[0, 0] = np.inf
    weakest = np.sort(strength, axis=None)[::-1][min(2 * count, strength.size - 1)]
    return np.fft.ifft2(np.where(strength >= weakest, spectrum, 0)).real


def race(
    ways: Mapping[str, Callable[[NDArray], Operation]], sizes: Sequence[int], *, seed: int = 0
) -> dict[str, NDArray]:
    """Time several ways of the same correlation on the photo.

    Parameters
    ----------
    ways : mapping of str to callable
        What makes the way ready for a kernel, and returns what is timed, by name.
    sizes : sequence of int
        Rows and columns of the random kernels, in pixels.
    seed : int, default=0
        Where the random numbers start.

    Returns
    -------
    dict of str to (len(sizes),)
        Milliseconds, by name; comparable within one call only.
    """
    rng = np.random.default_rng(seed)
    rounds = []
    for size in sizes:
        kernel = rng.standard_normal((size, size))
        rounds.append(shortest_times({name: ready(kernel) for name, ready in ways.items()}))
    return {name: np.array([1000 * times[name] for times in rounds]) for name in ways}
