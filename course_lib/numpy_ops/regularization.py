"""Dropout in plain NumPy, forward beside backward.

Inverted dropout: what is kept grows while training, so nothing has to change afterwards.

twin: course_lib/torch_ops/regularization.py   test: tests/parity/test_regularization.py
symbols: course_lib/shapes.py
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.regularization import (
    DropoutResult,
    check_dropout,
    check_dropout_grad,
    keep_scale,
)

__all__ = [  # noqa: RUF022 (in the order of the course)
    "dropout",
    "dropout_backward",
    "dropout2d",
    "dropout2d_backward",
]


def dropout(
    x: NDArray,
    *,
    p: float = 0.5,
    training: bool = True,
    generator: np.random.Generator | None = None,
    mask: NDArray | None = None,
) -> DropoutResult:
    """Set each value to zero with probability p, and scale up the rest.

    y = x * mask / (1 - p), so that the expected value of y is x

    Parameters
    ----------
    x : any shape
        Floating point.
    p : float, default=0.5
        Probability to drop a value, from 0 to 1; with 1 nothing is left.
    training : bool, default=True
        With False nothing is dropped or scaled, and generator and mask are not used.
    generator : numpy.random.Generator, default=None
        Draws the mask; needed when training without a mask.
    mask : the shape of x, bool, default=None
        True where x is kept; given, it is used instead of drawing one.

    Returns
    -------
    DropoutResult
        `y` (the shape of x) and `mask`, which `dropout_backward` needs.

    Raises
    ------
    TypeError
        If x is not floating point, mask not bool, or another argument has the wrong type.
    ValueError
        If p is outside [0, 1], the mask has the wrong shape, or neither generator nor mask is
        given in training.

    Notes
    -----
    The paper scales the weights down after training instead; this form, with the same
    expectation, is the one of PyTorch.

    References
    ----------
    Srivastava et al., 2014, Dropout: a simple way to prevent neural networks from overfitting,
    JMLR 15, sections 4 and 10.

    Examples
    --------
    >>> dropout(np.ones(4), p=0.5, mask=np.array([True, False, False, True])).y
    array([2., 0., 0., 2.])
    """
    shape, p = check_dropout(
        "dropout", x, p=p, training=training, generator=generator,
        generator_type=np.random.Generator, mask=mask, whole_channels=False,
    )  # fmt: skip
    return _dropout(x, shape, p, training, generator, mask)


def dropout_backward(
    grad_y: NDArray, x: NDArray, *, p: float = 0.5, training: bool = True, mask: NDArray
) -> NDArray:
    """Send the loss gradient back through `dropout`.

    grad_x = grad_y * mask / (1 - p)

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `dropout`.
    x, p, training
        The values that were passed to `dropout`.
    mask : the shape of x, bool
        The mask that `dropout` returned.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `dropout`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> mask = np.array([True, False])
    >>> dropout_backward(np.array([3.0, 3.0]), np.array([5.0, 7.0]), p=0.5, mask=mask)
    array([6., 0.])
    """
    p = check_dropout_grad(
        "dropout_backward", grad_y, x, p=p, training=training, mask=mask, whole_channels=False
    )
    return _thin(grad_y, mask, p) if training else grad_y.copy()


def dropout2d(
    x: NDArray,
    *,
    p: float = 0.5,
    training: bool = True,
    generator: np.random.Generator | None = None,
    mask: NDArray | None = None,
) -> DropoutResult:
    """Set whole channels to zero with probability p, and scale up the rest.

    y[n, c] = x[n, c] * mask[n, c] / (1 - p); neighboring pixels tell the same story, so dropping
    single ones would hide little

    Parameters
    ----------
    x : (N, C, H, W)
        Feature maps, floating point.
    p : float, default=0.5
        Probability to drop a channel, from 0 to 1; with 1 nothing is left.
    training : bool, default=True
        With False nothing is dropped or scaled, and generator and mask are not used.
    generator : numpy.random.Generator, default=None
        Draws the mask; needed when training without a mask.
    mask : (N, C, 1, 1), bool, default=None
        True where a channel is kept; given, it is used instead of drawing one.

    Returns
    -------
    DropoutResult
        `y` (N, C, H, W) and `mask` (N, C, 1, 1), which `dropout2d_backward` needs.

    Raises
    ------
    TypeError, ValueError
        As `dropout`; also if x has not four axes.

    References
    ----------
    Tompson et al., 2015, Efficient object localization using convolutional networks,
    arXiv:1411.4280, section 3.2.

    Examples
    --------
    >>> mask = np.array([True, False]).reshape(1, 2, 1, 1)
    >>> dropout2d(np.ones((1, 2, 1, 3)), p=0.5, mask=mask).y
    array([[[[2., 2., 2.]],
    <BLANKLINE>
            [[0., 0., 0.]]]])
    """
    shape, p = check_dropout(
        "dropout2d", x, p=p, training=training, generator=generator,
        generator_type=np.random.Generator, mask=mask, whole_channels=True,
    )  # fmt: skip
    return _dropout(x, shape, p, training, generator, mask)


def dropout2d_backward(
    grad_y: NDArray, x: NDArray, *, p: float = 0.5, training: bool = True, mask: NDArray
) -> NDArray:
    """Send the loss gradient back through `dropout2d`.

    grad_x[n, c] = grad_y[n, c] * mask[n, c] / (1 - p)

    Parameters
    ----------
    grad_y : (N, C, H, W)
        Gradient of the loss with respect to the output of `dropout2d`.
    x, p, training
        The values that were passed to `dropout2d`.
    mask : (N, C, 1, 1), bool
        The mask that `dropout2d` returned.

    Returns
    -------
    grad_x : (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As `dropout2d`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> x, mask = np.ones((1, 1, 1, 2)), np.ones((1, 1, 1, 1), bool)
    >>> dropout2d_backward(np.ones((1, 1, 1, 2)), x, p=0.75, mask=mask)
    array([[[[4., 4.]]]])
    """
    p = check_dropout_grad(
        "dropout2d_backward", grad_y, x, p=p, training=training, mask=mask, whole_channels=True
    )
    return _thin(grad_y, mask, p) if training else grad_y.copy()


def _dropout(
    x: NDArray,
    shape: tuple[int, ...],
    p: float,
    training: bool,
    generator: np.random.Generator | None,
    mask: NDArray | None,
) -> DropoutResult:
    if not training:
        return DropoutResult(x.copy(), np.ones(shape, bool))
    if mask is None:
        generator = cast(np.random.Generator, generator)  # check_dropout has asked for one
        mask = np.asarray(generator.random(shape) >= p)
    else:
        mask = mask.copy()
    return DropoutResult(_thin(x, mask, p), mask)


def _thin(values: NDArray, mask: NDArray, p: float) -> NDArray:
    kept = np.multiply(values, mask, out=np.empty_like(values))
    return np.multiply(kept, keep_scale(p), out=kept)
