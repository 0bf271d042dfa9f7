"""Three witnesses for a loss written by hand: nudges, numpy_ops and PyTorch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from course_lib import numpy_ops, torch_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity import relative_error


class Witnesses(NamedTuple):
    """How far the slopes are off those of nudges, of numpy_ops and of PyTorch."""

    nudges: float
    package: float
    twin: float


def witnesses(
    forward: Callable[[NDArray, NDArray], Any],
    backward: Callable[[NDArray, NDArray], NDArray],
    z: NDArray,
    target: NDArray,
    operation: str,
    **options: Any,
) -> Witnesses:
    """Hold a loss, averaged over the batch, and its slopes for the scores to three others.

    Parameters
    ----------
    forward : callable
        Takes scores and targets, gives the mean loss.
    backward : callable
        Takes the same, gives the slopes in the shape of the scores.
    z : float64 array
        Scores.
    target : array
        As the operation takes it.
    operation : str
        Its name in `numpy_ops` and `torch_ops`.
    **options
        Of the operation.

    Returns
    -------
    Witnesses
        The largest difference from nudges; the two others as a share of the largest slope.

    Raises
    ------
    AssertionError
        If nudges, or the loss of the package, contradict.

    Examples
    --------
    >>> z, t = np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([0.0, 1.0])[:, None] * np.ones((2, 2))
    >>> square = lambda z, t: ((z - t) ** 2).mean()
    >>> slope = lambda z, t: 2 * (z - t) / z.size
    >>> max(witnesses(square, slope, z, t, "mse_loss")) < 1e-7
    True
    """
    mine = backward(z, target)
    nudged = gradcheck(
        lambda scores: forward(scores, target), [z],
        backward=lambda grad_y, scores: grad_y * backward(scores, target),
    )  # fmt: skip
    loss = getattr(numpy_ops, operation)(z, target, **options)
    np.testing.assert_allclose(forward(z, target), loss, rtol=1e-12)
    package = getattr(numpy_ops, f"{operation}_backward")(1.0, z, target, **options)
    tensors = {name: _as_tensor(value) for name, value in options.items()}
    given = torch.from_numpy(z), torch.from_numpy(target)
    twin = getattr(torch_ops, f"{operation}_backward")(1.0, *given, **tensors)
    return Witnesses(nudged, relative_error(mine, package), relative_error(mine, twin))


def _as_tensor(value: Any) -> Any:
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value
