"""The squared error.

twin: course_lib/torch_ops/losses.py   test: tests/parity/test_losses.py
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.losses import check_loss_grad, check_pair
from course_lib.numpy_ops.losses.common import reduce_loss, spread_grad, widened
from course_lib.numpy_ops.precision import narrowed

__all__ = [
    "mse_loss",
    "mse_loss_backward",
]


def mse_loss(prediction: NDArray, target: NDArray, *, reduction: str = "mean") -> Any:
    """Measure the squared distance between prediction and target.

    loss[k] = (prediction[k] - target[k])^2 for each element k.

    Parameters
    ----------
    prediction : any shape
        Floating point, at least one element.
    target : as `prediction`
        Of the same shape and dtype: (N,) against (N, 1) raises instead of being broadcast to a
        table of all pairs.
    reduction : {"none", "mean", "sum"}, default="mean"
        "mean" divides by the number of elements.

    Returns
    -------
    loss : scalar, or as `prediction` with reduction "none"
        In squared units of the prediction.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes differ, there are no elements, or the reduction is unknown.

    References
    ----------
    Bishop, 2006, Pattern Recognition and Machine Learning, section 1.1.

    Examples
    --------
    >>> float(mse_loss(np.array([1.0, 2.0]), np.array([1.0, 5.0])))
    4.5
    """
    check_pair("mse_loss", "prediction", prediction, target, reduction=reduction)
    p, t = widened(prediction, target)
    with np.errstate(invalid="ignore"):
        loss = np.square(p - t)
    return narrowed(reduce_loss(loss, reduction), prediction)


def mse_loss_backward(
    grad_y: Any, prediction: NDArray, target: NDArray, *, reduction: str = "mean"
) -> NDArray:
    """Send the loss gradient back through `mse_loss`.

    grad_prediction[k] = 2 * g[k] * (prediction[k] - target[k]), with g the part of grad_y that
    reaches element k.

    Parameters
    ----------
    grad_y : scalar, or as `prediction` with reduction "none"
        Gradient with respect to the loss; a plain float is fine for a scalar.
    prediction, target, reduction
        The values that were passed to `mse_loss`.

    Returns
    -------
    grad_prediction : as `prediction`
        The target is data and gets no gradient.

    Raises
    ------
    TypeError, ValueError
        As `mse_loss`; also if `grad_y` has another dtype than `prediction` or not the shape of
        the loss.

    Examples
    --------
    >>> mse_loss_backward(1.0, np.array([1.0, 2.0]), np.array([1.0, 5.0]))
    array([ 0., -3.])
    """
    operation = "mse_loss_backward"
    check_pair(operation, "prediction", prediction, target, reduction=reduction)
    check_loss_grad(operation, grad_y, prediction.shape, reduction, prediction=prediction)
    grad_y, p, t = widened(grad_y, prediction, target)
    with np.errstate(invalid="ignore"):
        grad_prediction = np.asarray(2 * (p - t))
    grad_prediction *= spread_grad(grad_y, reduction, prediction.size)
    return narrowed(grad_prediction, prediction)
