"""A network of one unit a layer: h_k = σ(w_k h_(k−1) + b_k), where every factor is one number."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops


class Chain(NamedTuple):
    """All numbers of a chain of n units, (n,) each, and those at its end.

    Attributes
    ----------
    z, h : (n,)
        Sum and output of each unit.
    slopes : (n,)
        σ′(z).
    deltas : (n,)
        ∂L/∂z.
    grad_w : (n,)
        ∂L/∂w.
    loss, upstream : float
        L = ½ (h_n − target)² and ∂L/∂h_n.
    """

    z: NDArray
    h: NDArray
    slopes: NDArray
    deltas: NDArray
    grad_w: NDArray
    loss: float
    upstream: float


def run_chain(
    x: float, weights: Sequence[float], *, target: float, biases: Sequence[float] | None = None
) -> Chain:
    """Go forward through a chain of sigmoids, and back.

    Parameters
    ----------
    x : float
        The input.
    weights : sequence of n floats
        One for each unit.
    target : float
        What the last unit should give.
    biases : sequence of n floats, default=None
        None makes them 0.

    Returns
    -------
    Chain
        The numbers forward and backward.

    Examples
    --------
    >>> run_chain(0.0, [1.0, 1.0], target=0.0).slopes[0]
    np.float64(0.25)
    """
    n = len(weights)
    shifts = np.zeros(n) if biases is None else biases
    z, h = np.zeros(n), np.zeros(n)
    for k in range(n):
        z[k] = weights[k] * (h[k - 1] if k else x) + shifts[k]
        h[k] = numpy_ops.sigmoid(z[k : k + 1])[0]
    slopes = numpy_ops.sigmoid_backward(np.ones(n), z)
    upstream = h[-1] - target
    deltas = np.zeros(n)
    for k in reversed(range(n)):
        sent = upstream if k == n - 1 else deltas[k + 1] * weights[k + 1]
        deltas[k] = sent * slopes[k]
    grad_w = deltas * np.array([x, *h[:-1]])
    return Chain(z, h, slopes, deltas, grad_w, upstream**2 / 2, upstream)
