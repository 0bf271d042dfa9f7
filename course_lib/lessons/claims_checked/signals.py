"""Slopes on their way back through sigmoid layers."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops


def sigmoid_slopes(*, depth: int, seed: int, width: int = 32) -> NDArray:
    """Send random numbers through sigmoid layers, variance 1/n, and random slopes back.

    Parameters
    ----------
    depth : int
        Dense layers.
    seed : int
        Of numbers, weights and slopes.
    width : int, default=32
        Units a layer.

    Returns
    -------
    (depth,)
        Length of the gradient of each layer's weights, the first layer first.

    Examples
    --------
    >>> slopes = sigmoid_slopes(depth=3, seed=0)
    >>> bool(slopes[0] < slopes[1] < slopes[2])
    True
    """
    rng = np.random.default_rng(seed)
    h, kept = rng.standard_normal((64, width)), []
    for _ in range(depth):
        weight = numpy_ops.lecun_normal((width, width), generator=rng)
        kept.append((h, weight, numpy_ops.linear(h, weight)))
        h = numpy_ops.sigmoid(kept[-1][2])
    grad, sizes = rng.standard_normal(h.shape), []
    for x, weight, z in reversed(kept):
        back = numpy_ops.linear_backward(numpy_ops.sigmoid_backward(grad, z), x, weight)
        grad, sizes = back.grad_x, [np.linalg.norm(back.grad_weight), *sizes]
    return np.array(sizes)
