"""The norms of the course, by `numpy_ops`; torch's also give the statistics, which nobody reads."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.numpy_nn.graph.operation import Operation

Optional = NDArray | None


def batch_norm(
    x: NDArray, weight: Optional, bias: Optional, mean: Optional, variance: Optional,
    training: bool, momentum: float, eps: float,
) -> tuple:  # fmt: skip
    """Normalize each channel; in training the new running statistics come last."""
    result = numpy_ops.batch_norm(
        x, mean, variance, weight, bias, training=training, momentum=momentum, eps=eps
    )
    return result.y, None, None, result.running_mean, result.running_var


def batch_norm_backward(
    grads_y: tuple, x: NDArray, weight: Optional, bias: Optional, mean: Optional,
    variance: Optional, training: bool, momentum: float, eps: float,
) -> tuple:  # fmt: skip
    """Give the gradients of x, weight and bias."""
    return numpy_ops.batch_norm_backward(
        grads_y[0], x, mean, variance, weight, bias, training=training, momentum=momentum, eps=eps
    )


def layer_norm(x: NDArray, shape: tuple, weight: Optional, bias: Optional, eps: float) -> tuple:
    """Normalize over the last axes."""
    return numpy_ops.layer_norm(x, weight, bias, normalized_shape=shape, eps=eps), None, None


def layer_norm_backward(
    grads_y: tuple, x: NDArray, shape: tuple, weight: Optional, bias: Optional, eps: float
) -> tuple:
    """Give the gradients of x, weight and bias; the shape stands between them."""
    grads = numpy_ops.layer_norm_backward(
        grads_y[0], x, weight, bias, normalized_shape=shape, eps=eps
    )
    return grads[0], None, *grads[1:]


def group_norm(
    x: NDArray, weight: Optional, bias: Optional, batch: int, channels: int, pixels: int,
    groups: int, eps: float,
) -> tuple:  # fmt: skip
    """Normalize over groups of channels."""
    return numpy_ops.group_norm(x, weight, bias, num_groups=groups, eps=eps), None, None


def group_norm_backward(
    grads_y: tuple, x: NDArray, weight: Optional, bias: Optional, batch: int, channels: int,
    pixels: int, groups: int, eps: float,
) -> tuple:  # fmt: skip
    """Give the gradients of x, weight and bias."""
    return numpy_ops.group_norm_backward(grads_y[0], x, weight, bias, num_groups=groups, eps=eps)


def rms_norm(x: NDArray, shape: tuple, weight: Optional, eps: float | None) -> tuple:
    """Divide by the root mean square over the last axes."""
    inverse = _inverse_root(x, shape, eps)
    y = x * inverse
    return (y if weight is None else y * weight), inverse


def rms_norm_backward(
    grads_y: tuple, x: NDArray, shape: tuple, weight: Optional, eps: float | None
) -> tuple:
    """grad_x = (h - z mean(h z)) / rms with h = weight * grad_y and z = x / rms."""
    inverse, grad_y = _inverse_root(x, shape, eps), grads_y[0]
    z, h = x * inverse, grad_y if weight is None else grad_y * weight
    axes = tuple(range(-len(shape), 0))
    grad_x = inverse * (h - z * (h * z).mean(axis=axes, keepdims=True))
    others = tuple(range(x.ndim - len(shape)))
    return grad_x, None, None if weight is None else (grad_y * z).sum(axis=others)


def _inverse_root(x: NDArray, shape: tuple, eps: float | None) -> NDArray:
    eps = np.finfo(x.dtype).eps if eps is None else eps
    axes = tuple(range(-len(shape), 0))
    return 1 / np.sqrt((x * x).mean(axis=axes, keepdims=True) + np.asarray(eps, x.dtype))


def weight_norm(direction: NDArray, length: NDArray, axis: int = 0) -> tuple:
    """Give each slice of a weight a length of its own: g * v / |v|."""
    size = _length(direction, axis)
    return direction * (length / size), size


def weight_norm_backward(
    grads_y: tuple, direction: NDArray, length: NDArray, axis: int = 0
) -> tuple:
    """Split the gradient into its parts along v and across it."""
    grad_y, size = grads_y[0], _length(direction, axis)
    along = (grad_y * direction).sum(axis=_others(direction, axis), keepdims=True) / size
    return (grad_y - direction * (along / size)) * (length / size), along


def _length(direction: NDArray, axis: int) -> NDArray:
    others = _others(direction, axis)
    return np.sqrt((direction * direction).sum(axis=others, keepdims=True))


def _others(x: NDArray, axis: int) -> tuple[int, ...]:
    return tuple(other for other in range(x.ndim) if other != axis % x.ndim)


def _row(forward: Any, backward: Any, names: tuple[str, ...], layers: tuple[str, ...]) -> Operation:
    return Operation(forward, backward, "norm", references=names, layers=layers)


TABLE = {
    "native_batch_norm": _row(
        batch_norm,
        batch_norm_backward,
        ("batch_norm", "instance_norm"),
        ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm2d"),
    ),
    "native_layer_norm": _row(layer_norm, layer_norm_backward, ("layer_norm",), ("LayerNorm",)),
    "native_group_norm": _row(group_norm, group_norm_backward, ("group_norm",), ("GroupNorm",)),
    "_fused_rms_norm": _row(rms_norm, rms_norm_backward, (), ()),
    "_weight_norm_interface": Operation(weight_norm, weight_norm_backward, "each"),
}
