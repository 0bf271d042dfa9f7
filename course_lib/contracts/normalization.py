"""Promises of the normalizations: which inputs are valid, and what comes back."""

from math import prod
from typing import Any, NamedTuple

from course_lib.checks import require_flag, require_int, require_number, require_shape, shape_text
from course_lib.contracts.arrays import require_float
from course_lib.errors import InvalidValue


class BatchNormResult(NamedTuple):
    """Output of batch norm, with the statistics to hand to its next call.

    `running_mean` and `running_var` are None when none were given.
    """

    y: Any
    running_mean: Any
    running_var: Any


class BatchNormGrads(NamedTuple):
    """Gradients of a scalar loss with respect to the inputs of batch norm.

    `grad_gamma` and `grad_beta` are what ones and zeros would get when none were given; the
    running statistics are data and get no gradient.
    """

    grad_x: Any
    grad_gamma: Any
    grad_beta: Any


class NormGrads(NamedTuple):
    """Gradients of a scalar loss with respect to the inputs of group, layer or instance norm.

    `grad_gamma` and `grad_beta` are what ones and zeros would get when none were given.
    """

    grad_x: Any
    grad_gamma: Any
    grad_beta: Any


class BatchNormOptions(NamedTuple):
    """The checked options of batch norm, and whether it uses the batch's own statistics."""

    uses_batch: bool
    momentum: float
    eps: float


class LocalResponse(NamedTuple):
    """The checked options of local response normalization."""

    size: int
    alpha: float
    beta: float
    k: float


def check_batch_norm(
    operation: str,
    x: Any,
    running_mean: Any,
    running_var: Any,
    gamma: Any,
    beta: Any,
    *,
    training: bool,
    momentum: float,
    eps: float,
) -> BatchNormOptions:
    """Raise unless the call is valid; return its options as plain numbers."""
    statistics = {"running_mean": running_mean, "running_var": running_var}
    parameters = {"gamma": gamma, "beta": beta}
    require_float(operation, x=x, optional=statistics | parameters)
    require_channels(operation, x, minimum_axes=2, **parameters, **statistics)
    training = require_flag(operation, "training", training)
    momentum = require_number(operation, "momentum", momentum, minimum=0, maximum=1)
    eps = require_positive(operation, "eps", eps)
    _require_both_or_none(operation, **statistics)
    if running_var is not None:
        _require_not_negative(operation, running_var)
    uses_batch = training or running_mean is None
    if uses_batch:
        _require_two_values(operation, x, prod(x.shape) // max(x.shape[1], 1))
    return BatchNormOptions(uses_batch, momentum, eps)


def check_group_norm(
    operation: str, x: Any, gamma: Any, beta: Any, *, num_groups: int, eps: float
) -> tuple[int, float]:
    """Raise TypeError or ValueError unless the call is valid; return num_groups and eps."""
    require_float(operation, x=x, optional={"gamma": gamma, "beta": beta})
    require_channels(operation, x, minimum_axes=2, gamma=gamma, beta=beta)
    eps = require_positive(operation, "eps", eps)
    num_groups = require_int(operation, "num_groups", num_groups, minimum=1)
    if x.shape[1] % num_groups:
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)} and num_groups={num_groups}",
            needed=f"num_groups that divides the {x.shape[1]} channels",
            fix="choose a divisor of the number of channels")  # fmt: skip
    return num_groups, eps


def check_layer_norm(
    operation: str,
    x: Any,
    gamma: Any,
    beta: Any,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float,
) -> tuple[tuple[int, ...], float]:
    """Raise TypeError or ValueError unless the call is valid; return the shape and eps."""
    require_float(operation, x=x, optional={"gamma": gamma, "beta": beta})
    eps = require_positive(operation, "eps", eps)
    sizes = normalized_shape if isinstance(normalized_shape, tuple | list) else (normalized_shape,)
    shape = tuple(require_int(operation, "normalized_shape", s, minimum=1) for s in sizes)
    if not shape or tuple(x.shape)[-len(shape) :] != shape:
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)} and normalized_shape={shape}",
            needed="normalized_shape equal to the last axes of x",
            fix="give the sizes of the axes to normalize over, for example "
            "x.shape[1:]")  # fmt: skip
    for name, parameter in (("gamma", gamma), ("beta", beta)):
        if parameter is not None:
            require_shape(operation, name, parameter, shape, "the normalized_shape")
    return shape, eps


def check_instance_norm(operation: str, x: Any, gamma: Any, beta: Any, *, eps: float) -> float:
    """Raise TypeError or ValueError unless the call is valid; return eps."""
    require_float(operation, x=x, optional={"gamma": gamma, "beta": beta})
    require_channels(operation, x, minimum_axes=3, gamma=gamma, beta=beta)
    eps = require_positive(operation, "eps", eps)
    _require_two_values(operation, x, prod(x.shape[2:]))
    return eps


def check_local_response_norm(
    operation: str, x: Any, *, size: int, alpha: float, beta: float, k: float
) -> LocalResponse:
    """Raise TypeError or ValueError unless the call is valid; return its options."""
    require_float(operation, x=x)
    require_channels(operation, x, minimum_axes=3)
    return LocalResponse(
        require_int(operation, "size", size, minimum=1),
        require_number(operation, "alpha", alpha, minimum=0),
        require_number(operation, "beta", beta, minimum=0),
        require_positive(operation, "k", k),
    )


def require_channels(operation: str, x: Any, *, minimum_axes: int, **parameters: Any) -> None:
    """Raise unless x is (N, C, ...) and each parameter that is not None is (C,)."""
    if len(x.shape) < minimum_axes:
        needed = "x (N, C) or (N, C, H, W)" if minimum_axes == 2 else "x (N, C, L) or (N, C, H, W)"
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)}",
            needed=f"{needed}, channels in the second axis",
            fix="add the missing axes, for example x[None]")  # fmt: skip
    for name, parameter in parameters.items():
        if parameter is not None:
            why = f"one number for each channel of x {shape_text(x)}"
            require_shape(operation, name, parameter, (x.shape[1],), why)


def require_positive(operation: str, name: str, value: Any) -> float:
    """Return an option that is a number above 0, or raise TypeError or ValueError."""
    value = require_number(operation, name, value)
    if value <= 0:
        raise InvalidValue(
            operation, received=f"{name}={value}",
            needed=f"{name} above 0, to keep the division finite",
            fix="use a small positive number")  # fmt: skip
    return value


def _require_both_or_none(operation: str, **statistics: Any) -> None:
    missing = [name for name, value in statistics.items() if value is None]
    if len(missing) == 1:
        raise InvalidValue(
            operation, received=f"only one running statistic, without {missing[0]}",
            needed="running_mean and running_var together, or neither",
            fix="pass both or None for both")  # fmt: skip


def _require_not_negative(operation: str, running_var: Any) -> None:
    if bool((running_var < 0).any()):
        raise InvalidValue(
            operation, received=f"running_var with a value of {float(running_var.min()):.6g}",
            needed="variances of at least 0",
            fix="check that running_mean and running_var are not swapped")  # fmt: skip


def _require_two_values(operation: str, x: Any, values_per_channel: int) -> None:
    if values_per_channel == 1:
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)}: one value a channel to normalize "
            "over", needed="at least 2 values, for one has no variance",
            fix="use a larger batch or image, or running statistics with "
            "training=False")  # fmt: skip
