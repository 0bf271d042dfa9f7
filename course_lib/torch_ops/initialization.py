"""Random weights in PyTorch, drawn from an explicit generator on its own device.

All return float64, as the twin does; cast with `.float()` to train.

twin: course_lib/numpy_ops/initialization.py (its docstrings hold for this file too)
"""

from math import sqrt
from typing import Any, cast

import torch
from torch import Tensor

from course_lib.contracts.initialization import (
    Fans,
    check_gain,
    check_initializer,
    check_weight_shape,
    flat_shape,
)

__all__ = [  # noqa: RUF022 (in the order of the course)
    "fan_in_and_fan_out",
    "calculate_gain",
    "lecun_normal",
    "xavier_normal",
    "xavier_uniform",
    "he_normal",
    "he_uniform",
    "orthogonal",
]


def fan_in_and_fan_out(shape: tuple[int, ...]) -> Fans:
    """Twin of `numpy_ops.fan_in_and_fan_out`, counted on a tensor without memory."""
    weight = torch.empty(check_weight_shape("fan_in_and_fan_out", shape), device="meta")
    return Fans(weight[0].numel(), weight[:, 0].numel())


def calculate_gain(nonlinearity: str, negative_slope: float | None = None) -> float:
    """Twin of `numpy_ops.calculate_gain`."""
    negative_slope = check_gain(nonlinearity, negative_slope)
    return float(torch.nn.init.calculate_gain(cast(Any, nonlinearity), negative_slope))


def lecun_normal(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: torch.Generator
) -> Tensor:
    """Twin of `numpy_ops.lecun_normal`."""
    shape, gain = check_initializer("lecun_normal", shape, gain, generator, torch.Generator)
    return _normal(shape, gain / sqrt(fan_in_and_fan_out(shape).fan_in), generator)


def xavier_normal(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: torch.Generator
) -> Tensor:
    """Twin of `numpy_ops.xavier_normal`."""
    shape, gain = check_initializer("xavier_normal", shape, gain, generator, torch.Generator)
    return torch.nn.init.xavier_normal_(_empty(shape, generator), gain, generator)


def xavier_uniform(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: torch.Generator
) -> Tensor:
    """Twin of `numpy_ops.xavier_uniform`."""
    shape, gain = check_initializer("xavier_uniform", shape, gain, generator, torch.Generator)
    return torch.nn.init.xavier_uniform_(_empty(shape, generator), gain, generator)


def he_normal(shape: tuple[int, ...], *, gain: float = 1.0, generator: torch.Generator) -> Tensor:
    """Twin of `numpy_ops.he_normal`."""
    shape, gain = check_initializer("he_normal", shape, gain, generator, torch.Generator)
    weight = _empty(shape, generator)
    torch.nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=generator)
    return weight.mul_(gain)


def he_uniform(shape: tuple[int, ...], *, gain: float = 1.0, generator: torch.Generator) -> Tensor:
    """Twin of `numpy_ops.he_uniform`."""
    shape, gain = check_initializer("he_uniform", shape, gain, generator, torch.Generator)
    weight = _empty(shape, generator)
    torch.nn.init.kaiming_uniform_(weight, nonlinearity="relu", generator=generator)
    return weight.mul_(gain)


def orthogonal(shape: tuple[int, ...], *, gain: float = 1.0, generator: torch.Generator) -> Tensor:
    """Twin of `numpy_ops.orthogonal`."""
    shape, gain = check_initializer("orthogonal", shape, gain, generator, torch.Generator)
    matrix = _empty(flat_shape(shape), generator)
    return torch.nn.init.orthogonal_(matrix, gain, generator).reshape(shape)


def _normal(shape: tuple[int, ...], deviation: float, generator: torch.Generator) -> Tensor:
    return _empty(shape, generator).normal_(0.0, deviation, generator=generator)


def _empty(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.empty(shape, dtype=torch.float64, device=generator.device)
