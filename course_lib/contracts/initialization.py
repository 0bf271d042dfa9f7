"""Promises of the initializers: valid shapes and gains, and what the fans are called."""

from math import prod
from typing import Any, NamedTuple

from course_lib.checks import require_choice, require_int, require_number
from course_lib.errors import InvalidType, InvalidValue

NONLINEARITIES = (
    "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu",
)  # fmt: skip


class Fans(NamedTuple):
    """How many numbers an output sums up, and how many outputs an input number reaches."""

    fan_in: int
    fan_out: int


def check_weight_shape(operation: str, shape: Any) -> tuple[int, ...]:
    """Return the shape of a weight (out, in, *kernel) as ints, or raise TypeError or ValueError."""
    if not isinstance(shape, tuple | list):
        raise InvalidType(
            operation, received=f"shape={shape!r} of type {type(shape).__name__}",
            needed="shape as a tuple (out, in, *kernel)",
            fix="pass for example weight.shape")  # fmt: skip
    sizes = tuple(require_int(operation, "shape", size, minimum=1) for size in shape)
    if len(sizes) < 2:
        raise InvalidValue(
            operation, received=f"shape={sizes}",
            needed="shape (out, in, *kernel) with at least two axes",
            fix="initialize a bias with zeros instead")  # fmt: skip
    return sizes


def check_initializer(
    operation: str, shape: Any, gain: Any, generator: Any, generator_type: type
) -> tuple[tuple[int, ...], float]:
    """Return the shape and the gain, or raise unless they and the generator can be used."""
    sizes = check_weight_shape(operation, shape)
    gain = require_number(operation, "gain", gain, minimum=0.0)
    require_generator(operation, generator, generator_type)
    return sizes, gain


def require_generator(operation: str, generator: Any, generator_type: type) -> None:
    """Raise TypeError unless the generator is the kind that this side draws from."""
    if not isinstance(generator, generator_type):
        raise InvalidType(
            operation, received=f"generator of type {type(generator).__name__}",
            needed="generator as a numpy.random.Generator (in torch_ops, a torch.Generator)",
            fix="pass np.random.default_rng(seed=0) or "
            "torch.Generator().manual_seed(0)")  # fmt: skip


def check_gain(nonlinearity: Any, negative_slope: Any) -> float | None:
    """Return the slope, or raise unless the gain of this nonlinearity is known."""
    require_choice("calculate_gain", "nonlinearity", nonlinearity, NONLINEARITIES)
    if negative_slope is None:
        return None
    slope = require_number("calculate_gain", "negative_slope", negative_slope)
    if nonlinearity != "leaky_relu":
        raise InvalidValue(
            "calculate_gain", received=f"negative_slope={negative_slope} for {nonlinearity!r}",
            needed='negative_slope only with "leaky_relu"',
            fix="leave negative_slope out")  # fmt: skip
    return slope


def flat_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Give the shape of a weight laid out as a matrix: one row for each output."""
    return shape[0], prod(shape[1:])
