"""What a ReLU leaves of two numbers that a layer has spread over n units."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops

TURNS, POINTS = 2, 120


class Kept(NamedTuple):
    """What can be told of points (P, 2) from n units behind a ReLU.

    `lit` (P,), how many units are above 0; `found` (P, 2), the points as far as these tell: exact
    with two lit units, on a line through 0 with one, 0 with none.
    """

    lit: NDArray
    found: NDArray


def spiral(num_points: int = POINTS) -> NDArray:
    """Make points (P, 2) on a spiral of two turns around 0, within a distance of 1."""
    angle = np.linspace(0.15, 1, num_points) * TURNS * 2 * np.pi
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * (angle / angle[-1])[:, None]


def spread(units: int, *, seed: int) -> NDArray:
    """Draw the weights (units, 2) that spread two numbers, the first units the same for any n."""
    return np.random.default_rng(seed).standard_normal((units, 2))


def keep(points: NDArray, weight: NDArray) -> Kept:
    """Spread points, cut off below 0, and work back with the units that are above 0.

    Parameters
    ----------
    points : (P, 2)
        What goes in.
    weight : (n, 2)
        A row a unit.

    Returns
    -------
    Kept
        Of each point.

    References
    ----------
    Sandler et al. 2018, arXiv:1801.04381, Figure 1.

    Examples
    --------
    >>> keep(np.array([[0.5, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])).found
    array([[0.5, 2. ]])
    """
    y = numpy_ops.relu(points @ weight.T)  # (P, n)
    on = y > 0
    back = [np.linalg.pinv(weight[row]) @ each[row] for row, each in zip(on, y, strict=True)]
    return Kept(on.sum(axis=1), np.array(back))


def share_kept(units: int) -> float:
    """Give the share of points that two lit units tell, on average over all weights.

    Each unit is lit with chance 1/2. None is lit with chance 2^-n, exactly one with n 2^-n.

    Examples
    --------
    >>> share_kept(2), share_kept(3)
    (0.25, 0.5)
    """
    return 1 - (units + 1) / 2**units
