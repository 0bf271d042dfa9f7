"""Normalizations in PyTorch: its own functions forward, autograd backward.

twin: course_lib/numpy_ops/normalization (its docstrings hold for this file too)
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin, require_grad
from course_lib.contracts.normalization import (
    BatchNormGrads,
    BatchNormResult,
    LocalResponse,
    NormGrads,
    check_batch_norm,
    check_group_norm,
    check_instance_norm,
    check_layer_norm,
    check_local_response_norm,
)
from course_lib.torch_ops.autograd import gradients

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "group_norm",
    "group_norm_backward",
    "instance_norm",
    "instance_norm_backward",
    "layer_norm",
    "layer_norm_backward",
    "local_response_norm",
    "local_response_norm_backward",
]


def batch_norm(
    x: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    *,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> BatchNormResult:
    """Twin of `numpy_ops.batch_norm`."""
    uses_batch, momentum, eps = check_batch_norm(
        Twin("batch_norm"), x, running_mean, running_var, gamma, beta, training=training,
        momentum=momentum, eps=eps,
    )  # fmt: skip
    if running_mean is not None and running_var is not None:  # PyTorch changes them in place
        running_mean, running_var = running_mean.clone(), running_var.clone()
    if x.numel() == 0:
        return BatchNormResult(x.clone(), running_mean, running_var)
    wide, mean, var, weight, bias = _widened(x, running_mean, running_var, gamma, beta)
    y = F.batch_norm(wide, mean, var, weight, bias, uses_batch, momentum, eps)
    statistics = (None if a is None else a.to(x.dtype) for a in (mean, var))
    return BatchNormResult(y.to(x.dtype), *statistics)


def batch_norm_backward(
    grad_y: Tensor,
    x: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    *,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> BatchNormGrads:
    """Twin of `numpy_ops.batch_norm_backward`, computed by autograd."""
    uses_batch, momentum, eps = check_batch_norm(
        Twin("batch_norm_backward"), x, running_mean, running_var, gamma, beta, training=training,
        momentum=momentum, eps=eps,
    )  # fmt: skip
    require_grad(Twin("batch_norm_backward"), grad_y, x.shape, x=x)
    gamma, beta = _scale_and_shift(x, gamma, beta, x.shape[1:2])
    if x.numel() == 0:
        return BatchNormGrads(x.clone(), torch.zeros_like(gamma), torch.zeros_like(beta))
    mean, var = (None, None) if uses_batch else _widened(running_mean, running_var)

    def forward(*inputs: Tensor) -> Tensor:
        wide, weight, bias = _widened(*inputs)
        return F.batch_norm(wide, mean, var, weight, bias, uses_batch, momentum, eps).to(x.dtype)

    return BatchNormGrads(*gradients(forward, grad_y, x, gamma, beta))


def group_norm(
    x: Tensor,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> Tensor:
    """Twin of `numpy_ops.group_norm`."""
    num_groups, eps = check_group_norm(
        Twin("group_norm"), x, gamma, beta, num_groups=num_groups, eps=eps
    )
    return _group_norm(x, gamma, beta, num_groups, eps)


def group_norm_backward(
    grad_y: Tensor,
    x: Tensor,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> NormGrads:
    """Twin of `numpy_ops.group_norm_backward`, computed by autograd."""
    num_groups, eps = check_group_norm(
        Twin("group_norm_backward"), x, gamma, beta, num_groups=num_groups, eps=eps
    )
    require_grad(Twin("group_norm_backward"), grad_y, x.shape, x=x)

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return _group_norm(x, gamma, beta, num_groups, eps)

    parameters = _scale_and_shift(x, gamma, beta, x.shape[1:2])
    return NormGrads(*gradients(forward, grad_y, x, *parameters))


def layer_norm(
    x: Tensor,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float = 1e-5,
) -> Tensor:
    """Twin of `numpy_ops.layer_norm`."""
    shape, eps = check_layer_norm(
        Twin("layer_norm"), x, gamma, beta, normalized_shape=normalized_shape, eps=eps
    )
    return _layer_norm(x, gamma, beta, shape, eps)


def layer_norm_backward(
    grad_y: Tensor,
    x: Tensor,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float = 1e-5,
) -> NormGrads:
    """Twin of `numpy_ops.layer_norm_backward`, computed by autograd."""
    shape, eps = check_layer_norm(
        Twin("layer_norm_backward"), x, gamma, beta, normalized_shape=normalized_shape, eps=eps
    )
    require_grad(Twin("layer_norm_backward"), grad_y, x.shape, x=x)

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return _layer_norm(x, gamma, beta, shape, eps)

    return NormGrads(*gradients(forward, grad_y, x, *_scale_and_shift(x, gamma, beta, shape)))


def instance_norm(
    x: Tensor, gamma: Tensor | None = None, beta: Tensor | None = None, *, eps: float = 1e-5
) -> Tensor:
    """Twin of `numpy_ops.instance_norm`."""
    eps = check_instance_norm(Twin("instance_norm"), x, gamma, beta, eps=eps)
    return _instance_norm(x, gamma, beta, eps)


def instance_norm_backward(
    grad_y: Tensor,
    x: Tensor,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    *,
    eps: float = 1e-5,
) -> NormGrads:
    """Twin of `numpy_ops.instance_norm_backward`, computed by autograd."""
    eps = check_instance_norm(Twin("instance_norm_backward"), x, gamma, beta, eps=eps)
    require_grad(Twin("instance_norm_backward"), grad_y, x.shape, x=x)

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return _instance_norm(x, gamma, beta, eps)

    parameters = _scale_and_shift(x, gamma, beta, x.shape[1:2])
    return NormGrads(*gradients(forward, grad_y, x, *parameters))


def local_response_norm(
    x: Tensor, *, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Twin of `numpy_ops.local_response_norm`."""
    options = check_local_response_norm(
        Twin("local_response_norm"), x, size=size, alpha=alpha, beta=beta, k=k
    )
    return _local_response_norm(x, options)


def local_response_norm_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> Tensor:
    """Twin of `numpy_ops.local_response_norm_backward`, computed by autograd."""
    operation = Twin("local_response_norm_backward")
    options = check_local_response_norm(operation, x, size=size, alpha=alpha, beta=beta, k=k)
    require_grad(operation, grad_y, x.shape, x=x)
    return gradients(lambda x: _local_response_norm(x, options), grad_y, x)[0]


def _group_norm(
    x: Tensor, gamma: Tensor | None, beta: Tensor | None, num_groups: int, eps: float
) -> Tensor:
    wide, weight, bias = _widened(x, gamma, beta)
    wide = _from_first(wide, x, (x.shape[0], num_groups))
    return torch.group_norm(wide, num_groups, weight, bias, eps).to(x.dtype)


def _layer_norm(
    x: Tensor, gamma: Tensor | None, beta: Tensor | None, shape: tuple[int, ...], eps: float
) -> Tensor:
    wide, weight, bias = _widened(x, gamma, beta)
    wide = _from_first(wide, x, x.shape[: x.ndim - len(shape)])
    return F.layer_norm(wide, shape, weight, bias, eps).to(x.dtype)


def _instance_norm(x: Tensor, gamma: Tensor | None, beta: Tensor | None, eps: float) -> Tensor:
    if x.numel() == 0:  # which PyTorch refuses; the parameters get a gradient of 0
        return x + sum(0 * p.sum() for p in (gamma, beta) if p is not None)
    wide, weight, bias = _widened(x, gamma, beta)
    wide = _from_first(wide, x, x.shape[:2])
    return F.instance_norm(wide, weight=weight, bias=bias, eps=eps).to(x.dtype)


def _widened(*tensors: Tensor | None) -> list[Any]:
    """Bring tensors to double precision, in which no mean of single precision is rounded.

    PyTorch sums in the precision of x: of 1e6 everywhere in float32 it makes 20 instead of 0.
    """
    return [t if t is None or t.device.type == "mps" else t.double() for t in tensors]


def _from_first(wide: Tensor, x: Tensor, slices: tuple[int, ...]) -> Tensor:
    """Count each slice from its first number, which no norm sees: a constant one is then 0.

    Differences of single precision lose nothing in double; those of double would.
    """
    if wide.dtype == x.dtype or x.numel() == 0:
        return wide
    rows = wide.reshape(*slices, -1)
    return (rows - rows[..., :1].detach()).reshape(wide.shape)


def _local_response_norm(x: Tensor, options: LocalResponse) -> Tensor:
    """Compute what `F.local_response_norm` does, which has no bfloat16 on the CPU."""
    size, alpha, beta, k = options
    if x.numel() == 0:
        return x * 1
    # Beyond the channels there is nothing to sum, however many neighbors are asked for.
    before, after = (min(reach, x.shape[1]) for reach in (size // 2, (size - 1) // 2))
    around_channels = (0, 0) * (x.ndim - 2) + (before, after)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))  # float16 squares to 65504 at most
    neighbors = F.pad(wide.square(), around_channels).unfold(1, before + after + 1, 1)
    energy = k + alpha / size * neighbors.sum(-1)  # over (N, C, ..., neighbors)
    return (wide * energy**-beta).to(x.dtype)


def _scale_and_shift(
    x: Tensor, gamma: Tensor | None, beta: Tensor | None, shape: tuple[int, ...]
) -> tuple[Tensor, Tensor]:
    """Fill in ones and zeros, whose gradients are returned all the same."""
    gamma = x.new_ones(shape) if gamma is None else gamma
    return gamma, x.new_zeros(shape) if beta is None else beta
