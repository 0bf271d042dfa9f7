"""How far a layer or network is from moving its output along with its input.

Equivariant: shift the input and the output shifts too, f(Sx) = S f(x). Invariant: it does not
change at all, f(Sx) = f(x).
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import per_axis, require_int
from course_lib.errors import InvalidValue


def shift_image(x: NDArray, shift: int | tuple[int, int], *, fill: float | None = None) -> NDArray:
    """Move images down and right by whole pixels.

    Parameters
    ----------
    x : (..., H, W)
        Images or maps.
    shift : int or (int, int)
        Pixels down and right; negative moves up and left. An int moves both ways.
    fill : float, default=None
        Value of the pixels that come in; None wraps around: what leaves on one side comes back
        on the other.

    Returns
    -------
    (..., H, W)
        A copy.

    Examples
    --------
    >>> shift_image(np.array([[1, 2, 3]]), (0, 1))
    array([[3, 1, 2]])
    >>> shift_image(np.array([[1, 2, 3]]), (0, 1), fill=0)
    array([[0, 1, 2]])
    """
    down, right = shift if isinstance(shift, tuple) else (shift, shift)
    moved = np.roll(x, (down, right), axis=(-2, -1))
    if fill is not None:
        moved[..., _entered(down), :] = fill
        moved[..., _entered(right)] = fill
    return moved


def equivariance_error(
    function: Callable[[Any], Any],
    x: NDArray,
    *,
    shift: int | tuple[int, int],
    stride: int = 1,
    border: int = 0,
) -> float:
    """Measure how far f(shifted x) is from shifted f(x).

    ||f(Sx) - S f(x)|| / ||f(x)||, with circular shifts S. Where the function lowers the
    resolution by `stride`, the output should move by shift / stride; if that is no whole number
    the nearest whole shift of the output is compared, above and below, and the better one counts.

    Parameters
    ----------
    function : callable
        Takes (N, C, H, W), returns maps (N, C', H', W'); a torch module is called without
        gradients.
    x : (N, C, H, W)
        Images.
    shift : int or (int, int)
        Pixels down and right.
    stride : int, default=1
        Input pixels a pixel of the output: the product of the strides inside.
    border : int, default=0
        Output pixels left out on each side: there circular shifts and padding meet.

    Returns
    -------
    float
        0 for an equivariant function; about 1.4 for outputs that have nothing in common.

    Raises
    ------
    ValueError
        If `border` leaves nothing, or the output is not a batch of maps.

    References
    ----------
    Azulay and Weiss, 2019, JMLR 20(184); Zhang, 2019, arXiv:1904.11486.

    Examples
    --------
    >>> x = np.random.default_rng(seed=0).random((1, 1, 8, 8))
    >>> equivariance_error(np.sqrt, x, shift=1)
    0.0
    """
    shifts = per_axis("equivariance_error", "shift", shift, num_axes=2, minimum=-max(x.shape))
    require_int("equivariance_error", "stride", stride, minimum=1)
    require_int("equivariance_error", "border", border, minimum=0)
    y, y_of_shifted = call(function, x), call(function, shift_image(x, shifts))
    if y.ndim != 4 or 2 * border >= min(y.shape[2:]):
        raise InvalidValue(
            "equivariance_error", received=f"an output with shape {y.shape} and border={border}",
            needed="maps (N, C, H, W) that are larger than the border",
            fix="stop before the dense head, or use a smaller border")  # fmt: skip
    errors = [
        _distance(y_of_shifted, shift_image(y, (down, right)), y, border)
        for down in _whole_shifts(shifts[0], stride)
        for right in _whole_shifts(shifts[1], stride)
    ]
    return min(errors)


def invariance_error(
    function: Callable[[Any], Any],
    x: NDArray,
    *,
    shift: int | tuple[int, int],
    fill: float | None = None,
) -> float:
    """Measure how much the output changes when the input shifts.

    ||f(Sx) - f(x)|| / ||f(x)||.

    Parameters
    ----------
    function : callable
        As for `equivariance_error`; any output shape.
    x : (N, C, H, W)
        Images.
    shift : int or (int, int)
        Pixels down and right.
    fill : float, default=None
        As for `shift_image`.

    Returns
    -------
    float
        0 for an invariant function.

    Examples
    --------
    >>> x = np.random.default_rng(seed=0).random((1, 1, 8, 8))
    >>> invariance_error(lambda x: x.max(axis=(2, 3)), x, shift=(2, 3))
    0.0
    """
    y = call(function, x)
    return _distance(call(function, shift_image(x, shift, fill=fill)), y, y, 0)


def call(function: Callable[[Any], Any], x: NDArray) -> NDArray:
    """Call a NumPy function, or a torch module without gradients, on a copy of an array."""
    inputs = np.array(x, order="C")  # a function may work in place
    if "torch" not in sys.modules:
        return function(inputs)
    import torch

    from course_lib.unchanged import unchanged, unchanged_in

    if not isinstance(function, torch.nn.Module):
        with unchanged_in(function):
            return function(inputs)
    parameter = next(function.parameters(), None)
    tensor = torch.from_numpy(inputs)
    with unchanged(function), torch.no_grad():
        return function(tensor if parameter is None else tensor.to(parameter)).cpu().numpy()


def _entered(shift: int) -> slice:
    """Where pixels came in after a shift."""
    return slice(0, shift) if shift >= 0 else slice(shift, None)


def _whole_shifts(shift: int, stride: int) -> set[int]:
    return {shift // stride, -(-shift // stride)}


def _distance(a: NDArray, b: NDArray, scale: NDArray, border: int) -> float:
    inside = (..., slice(border, -border), slice(border, -border)) if border else ...
    norm = np.linalg.norm(scale[inside])
    return float(np.linalg.norm(a[inside] - b[inside]) / (norm or 1.0))
