"""Who the companions of a number are, under each norm."""

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_choice

COMPANIONS = ("batch", "layer", "instance", "group", "local response")
NEIGHBORS = 3  # channels that local response norm looks at


def companions_of(
    norm: str,
    shape: tuple[int, int, int, int],
    place: tuple[int, int, int, int],
    *,
    groups: int = 2,
) -> NDArray:
    """Mark the numbers that one number is normalized with, itself among them.

    Parameters
    ----------
    norm : {"batch", "layer", "instance", "group", "local response"}
        Which norm; layer norm takes whole images.
    shape : (N, C, H, W)
        Of the maps.
    place : (n, c, i, j)
        Of the number.
    groups : int, default=2
        Of group norm, a divisor of C.

    Returns
    -------
    (N, C, H, W) of bool
        Its companions.

    Raises
    ------
    ValueError
        If the norm is another.

    Examples
    --------
    >>> for norm in COMPANIONS:
    ...     print(norm, companions_of(norm, (3, 4, 2, 2), (0, 1, 0, 0)).sum())
    batch 12
    layer 16
    instance 4
    group 8
    local response 3
    """
    require_choice("companions_of", "norm", norm, COMPANIONS)
    n, c, i, j = place
    images, channels, rows, columns = np.indices(shape)
    same_image, same_channel = images == n, channels == c
    in_group = channels * groups // shape[1] == c * groups // shape[1]
    near = (abs(channels - c) <= NEIGHBORS // 2) & (rows == i) & (columns == j)
    return {
        "batch": same_channel,
        "layer": same_image,
        "instance": same_image & same_channel,
        "group": same_image & in_group,
        "local response": same_image & near,
    }[norm]
