"""Check a hand-written backward pass against central differences, element by element."""

import inspect
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.errors import InvalidType, InvalidValue


def gradcheck(
    function: Callable,
    inputs: Sequence[NDArray | None],
    *,
    backward: Callable | None = None,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    generator: np.random.Generator | None = None,
) -> float:
    """Compare every element of every gradient with a central difference.

    d loss / d x[k] is about (loss(x + eps at k) - loss(x - eps at k)) / (2 eps), with
    loss = sum(grad_y * function(*inputs)) for a random grad_y: a gradient of ones would hide a
    transposed or missing term.

    Parameters
    ----------
    function : callable
        Takes the inputs and returns y, or a tuple whose first field is y. Give its options with
        `functools.partial`.
    inputs : sequence of float64 arrays
        Where to check, away from kinks; integer arrays and None are passed on unchecked.
    backward : callable, default=None
        Takes (grad_y, *inputs) and the same options; returns one gradient, or a tuple with
        fields `grad_<parameter>`. None finds `<name>_backward` beside the function.
    eps : float, default=1e-6
        Half the distance of the difference, in units of the input.
    atol, rtol : float, default=1e-5 and 1e-3
        A gradient passes if it is within atol + rtol * |numeric|.
    generator : numpy.random.Generator, default=None
        Draws grad_y; None means seed 0.

    Returns
    -------
    float
        The largest absolute difference seen.

    Raises
    ------
    AssertionError
        If a gradient is wrong: names function, input, index, analytic and numeric value.
    TypeError
        If no array is float64: the differences need its precision.
    ValueError
        If no backward is found.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 11.5.

    Examples
    --------
    >>> from course_lib import numpy_ops
    >>> rng = np.random.default_rng(seed=0)
    >>> x, weight = rng.standard_normal((1, 2, 4, 5)), rng.standard_normal((3, 2, 2, 3))
    >>> gradcheck(partial(numpy_ops.conv2d, stride=2), (x, weight)) < 1e-8
    True
    """
    name, backward = _name_and_backward(function, backward)
    inputs = [x.copy() if isinstance(x, np.ndarray) else x for x in inputs]
    if not any(_is_float64(x) for x in inputs):
        raise InvalidType(
            "gradcheck", received=f"inputs of {name} without any float64 array",
            needed="float64 inputs", fix='convert them with x.astype("float64")')  # fmt: skip
    grad_y = (generator or np.random.default_rng(seed=0)).standard_normal(
        np.shape(_first(function(*inputs)))
    )
    analytic = _by_parameter(function, backward(grad_y, *inputs))
    worst = 0.0
    for parameter, x in zip(_parameters(function), inputs, strict=False):
        if not _is_float64(x) or analytic.get(parameter) is None:
            continue
        numeric = _central_differences(function, inputs, x, grad_y, eps)
        _compare(name, parameter, analytic[parameter], numeric, atol=atol, rtol=rtol)
        worst = max(worst, float(np.abs(analytic[parameter] - numeric).max(initial=0.0)))
    return worst


def _central_differences(
    function: Callable, inputs: list, x: NDArray, grad_y: NDArray, eps: float
) -> NDArray:
    """Nudge each element of `x`, one of `inputs`, up and down, and put it back."""
    numeric = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        value = x[index]
        losses = []
        for nudged in (value + eps, value - eps):
            x[index] = nudged
            losses.append(np.sum(grad_y * _first(function(*inputs))))
        x[index] = value
        numeric[index] = (losses[0] - losses[1]) / (2 * eps)
    return numeric


def _compare(
    name: str, parameter: str, analytic: NDArray, numeric: NDArray, *, atol: float, rtol: float
) -> None:
    if np.shape(analytic) != numeric.shape:
        raise AssertionError(
            f"{name}: the gradient of {parameter} has shape {np.shape(analytic)}, "
            f"the input has {numeric.shape}."
        )
    close = np.isclose(analytic, numeric, atol=atol, rtol=rtol)
    if not close.all():
        index = tuple(int(k) for k in np.argwhere(~close)[0])
        raise AssertionError(
            f"{name}: gradient of {parameter} at index {index}: analytic "
            f"{analytic[index]:.6g}, numeric {numeric[index]:.6g} "
            f"({(~close).sum()} of {close.size} elements differ)."
        )


def _name_and_backward(function: Callable, backward: Callable | None) -> tuple[str, Callable]:
    plain = function.func if isinstance(function, partial) else function
    name = getattr(plain, "__name__", repr(plain))
    if backward is None:
        home = getattr(plain, "__module__", None)  # ufuncs of NumPy 2.0 have none
        backward = getattr(sys.modules.get(home), f"{name}_backward", None)
    if backward is None:
        raise InvalidValue(
            "gradcheck", received=f"{name} without a backward",
            needed=f"{name}_backward in the same module, or backward=...",
            fix="pass the backward function")  # fmt: skip
    if isinstance(function, partial):
        backward = partial(backward, **function.keywords)
    return name, backward


def _parameters(function: Callable) -> list[str]:
    return list(inspect.signature(function).parameters)


def _by_parameter(function: Callable, gradients: Any) -> dict[str, NDArray]:
    """Name gradients by the parameter they belong to; a single one belongs to the first."""
    if hasattr(gradients, "_asdict"):
        return {field.removeprefix("grad_"): g for field, g in gradients._asdict().items()}
    parameters = _parameters(function)
    given = gradients if isinstance(gradients, tuple) else (gradients,)
    return dict(zip(parameters, given, strict=False))


def _first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple) else result


def _is_float64(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == np.float64
