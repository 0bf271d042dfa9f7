"""A small network taken apart, to watch what each layer makes of a shifted image."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.analysis.equivariance import shift_image
from course_lib.checks import require_choice
from course_lib.errors import InvalidValue

EDGE = np.array([[1.0, 0.0, -1.0]] * 3)
FACTOR = 4  # input pixels a pixel of the small map: two halvings
NUM_SCORES = 10

# Names of the halvings, and what each does to maps (N, C, H, W) of even height and width.
HALVINGS: dict[str, Callable[[NDArray], NDArray]] = {
    "stride": lambda x: x[..., ::2, ::2].copy(),
    "max pooling": lambda x: numpy_ops.max_pool2d(x, kernel_size=2),
    "average pooling": lambda x: numpy_ops.avg_pool2d(x, kernel_size=2),
    "blur pooling": lambda x: _blur_around(x),
}


class ShiftMaps(NamedTuple):
    """What the layers give for one image.

    Attributes
    ----------
    conv : (H, W)
        Vertical edges: a 3 x 3 convolution that wraps around, then ReLU.
    small : (H // 4, W // 4)
        `conv`, halved twice.
    scores : (10,)
        A dense layer with fixed random weights on `small`.
    """

    conv: NDArray
    small: NDArray
    scores: NDArray


def shift_maps(image: NDArray, *, halving: str) -> ShiftMaps:
    """Send one image through convolution, two halvings and a dense layer.

    Parameters
    ----------
    image : (H, W)
        Gray levels, floating point; H and W are multiples of 4, at least 8.
    halving : {"stride", "max pooling", "average pooling", "blur pooling"}
        How each of two steps halves the map.

    Returns
    -------
    ShiftMaps
        The output of each layer.

    Raises
    ------
    ValueError
        If the size or `halving` is another.

    Examples
    --------
    >>> maps = shift_maps(np.eye(8), halving="stride")
    >>> maps.small.shape
    (2, 2)
    """
    require_choice("shift_maps", "halving", halving, HALVINGS)
    if np.ndim(image) != 2 or any(n < 8 or n % FACTOR for n in np.shape(image)):
        raise InvalidValue(
            "shift_maps", received=f"image with shape {np.shape(image)}",
            needed=f"image (H, W) with sides of 8 or more, multiples of {FACTOR}",
            fix="crop it")  # fmt: skip
    around = np.pad(image, 1, mode="wrap")[None, None]
    conv = numpy_ops.relu(numpy_ops.conv2d(around, EDGE.astype(around.dtype)[None, None]))
    small = HALVINGS[halving](HALVINGS[halving](conv))
    scores = dense_weight(small.size) @ small.ravel() / np.sqrt(small.size)
    return ShiftMaps(conv[0, 0], small[0, 0], scores)


def dense_weight(size: int) -> NDArray:
    """Draw the fixed weights (10, size) of the dense layer.

    Examples
    --------
    >>> dense_weight(16).shape
    (10, 16)
    """
    return np.random.default_rng(seed=0).standard_normal((NUM_SCORES, size))


def _blur_around(x: NDArray) -> NDArray:
    """Apply `blur_pool2d` to maps whose sides are joined, as circular shifts ask for."""
    around = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="wrap")
    return numpy_ops.blur_pool2d(around)[..., 1:-1, 1:-1].copy()


def moved_along(
    small: NDArray, small_of_shifted: NDArray, *, shift: tuple[int, int], stride: int
) -> NDArray:
    """Move a small map as far as the input moved, or as near to that as whole pixels allow.

    Where shift / stride is no whole number, the shifts below and above it are tried, and the one
    that comes nearer to `small_of_shifted` counts, as in `equivariance_error`.

    Parameters
    ----------
    small, small_of_shifted : (H, W)
        The map of the image, and the map of the shifted image.
    shift : (int, int)
        Pixels that the input moved down and right.
    stride : int
        Input pixels a pixel of the map.

    Returns
    -------
    (H, W)
        `small`, shifted.

    Examples
    --------
    >>> moved_along(np.array([[1, 2, 3]]), np.array([[3, 1, 2]]), shift=(0, 2), stride=2)
    array([[3, 1, 2]])
    """
    down, right = ({d // stride, -(-d // stride)} for d in shift)
    moved = [shift_image(small, (i, j)) for i in sorted(down) for j in sorted(right)]
    return min(moved, key=lambda m: float(np.linalg.norm(small_of_shifted - m)))
