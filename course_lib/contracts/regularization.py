"""Promises of dropout: which input and mask are valid, and what the results are called."""

from typing import Any, NamedTuple

from course_lib.checks import dtype_name, require_axes, require_flag, require_number, require_shape
from course_lib.contracts.arrays import require_float, require_grad, require_own_array
from course_lib.contracts.initialization import require_generator
from course_lib.errors import InvalidType, InvalidValue


class DropoutResult(NamedTuple):
    """The thinned input, and which of its values were kept: the backward pass needs to know."""

    y: Any
    mask: Any


def check_dropout(
    operation: str,
    x: Any,
    *,
    p: Any,
    training: Any,
    generator: Any,
    generator_type: type,
    mask: Any,
    whole_channels: bool,
) -> tuple[tuple[int, ...], float]:
    """Raise TypeError or ValueError unless dropout is valid; return the shape of its mask and p."""
    shape, p = _check_input(operation, x, p, training, whole_channels)
    if generator is not None:
        require_generator(operation, generator, generator_type)
    if mask is not None:
        _check_mask(operation, mask, shape)
    if training and generator is None and mask is None:
        raise InvalidValue(
            operation, received="training=True with neither generator nor mask",
            needed="a generator to draw from, or a mask",
            fix="pass generator=..., or training=False to keep everything")  # fmt: skip
    return shape, p


def check_dropout_grad(
    operation: str, grad_y: Any, x: Any, *, p: Any, training: Any, mask: Any, whole_channels: bool
) -> float:
    """Raise TypeError or ValueError unless `grad_y` and `mask` fit the dropout of `x`; return p."""
    shape, p = _check_input(operation, x, p, training, whole_channels)
    _check_mask(operation, mask, shape)
    require_grad(operation, grad_y, tuple(x.shape), x=x)
    return p


def keep_scale(p: float) -> float:
    """Give the factor that makes up for the share p that is dropped; 0 where nothing is left."""
    return 0.0 if p == 1 else 1 / (1 - p)


def _check_input(
    operation: str, x: Any, p: Any, training: Any, whole_channels: bool
) -> tuple[tuple[int, ...], float]:
    require_float(operation, x=x)
    if whole_channels:
        require_axes(operation, "x", x, "N, C, H, W")
    p = require_number(operation, "p", p, minimum=0, maximum=1)
    require_flag(operation, "training", training)
    return ((*x.shape[:2], 1, 1) if whole_channels else tuple(x.shape)), p


def _check_mask(operation: str, mask: Any, shape: tuple[int, ...]) -> None:
    require_own_array(operation, "mask", mask)
    if dtype_name(mask) != "bool":
        raise InvalidType(
            operation, received=f"mask with dtype {dtype_name(mask)}",
            needed="mask of bool, True where x is kept",
            fix="pass the mask that the forward pass returned")  # fmt: skip
    require_shape(operation, "mask", mask, shape, "one value for each that is drawn")
