"""The activations of the course, by `numpy_ops`."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.numpy_nn.graph.operation import Operation, from_reference
from course_lib.numpy_nn.graph.ops.broadcasting import sum_to


def elu(x: NDArray, alpha: float, scale: float, input_scale: float) -> NDArray:
    """Give scale * x where x > 0, and scale * alpha * (exp(input_scale * x) - 1) elsewhere."""
    return np.where(x > 0, scale * x, scale * alpha * np.expm1(input_scale * np.minimum(x, 0)))


def elu_backward(
    grad_y: NDArray, x: NDArray, alpha: float, scale: float, input_scale: float
) -> NDArray:
    """Weigh the gradient with the slope of either side."""
    below = scale * alpha * input_scale * np.exp(input_scale * np.minimum(x, 0))
    return grad_y * np.where(x > 0, scale, below)


def prelu(x: NDArray, weight: NDArray) -> NDArray:
    """Give x where x > 0, and weight * x elsewhere; the weight is shaped to broadcast."""
    return np.where(x > 0, x, weight * x)


def prelu_backward(grad_y: NDArray, x: NDArray, weight: NDArray) -> tuple[NDArray, NDArray]:
    """Sum the gradient of the slope over everything that shares it."""
    below = np.minimum(x, 0)
    return grad_y * np.where(x > 0, 1, weight), sum_to(grad_y * below, weight)


def glu(x: NDArray, axis: int) -> NDArray:
    """Let one half of the channels gate the other: a * sigmoid(b)."""
    a, b = np.split(x, 2, axis)
    return a * numpy_ops.sigmoid(b)


def glu_backward(grad_y: NDArray, x: NDArray, axis: int) -> NDArray:
    """Differentiate the product."""
    a, b = np.split(x, 2, axis)
    grad_b = numpy_ops.sigmoid_backward(grad_y * a, b)
    return np.concatenate([grad_y * numpy_ops.sigmoid(b), grad_b], axis)


def soft_shrink(x: NDArray, width: float) -> NDArray:
    """Move towards 0 by width, and stay there."""
    return np.sign(x) * np.maximum(np.abs(x) - width, 0)


def hard_shrink(x: NDArray, width: float) -> NDArray:
    """Put 0 where |x| is at most width."""
    return np.where(np.abs(x) > width, x, 0)


def shrink_backward(grad_y: NDArray, x: NDArray, width: float) -> NDArray:
    """Let the gradient through where |x| is above width."""
    return grad_y * (np.abs(x) > width)


def log_sigmoid(x: NDArray) -> tuple[NDArray, NDArray]:
    """Give log(sigmoid(x)) = -softplus(-x), and an empty buffer."""
    return -numpy_ops.softplus(-x), np.empty(0, x.dtype)


def safe_softmax(x: NDArray, axis: int, dtype: str | None = None) -> NDArray:
    """Take the softmax; a row of only -inf, where all is masked, becomes 0."""
    shifted = x - np.maximum(x.max(axis=axis, keepdims=True), np.finfo(x.dtype).min)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=axis, keepdims=True)
    return exponentials / np.where(total == 0, 1, total)


def safe_softmax_backward(
    grad_y: NDArray, y: NDArray, x: NDArray, axis: int, dtype: str | None = None
) -> NDArray:
    """grad_x = y * (grad_y - sum grad_y * y)."""
    return y * (grad_y - (grad_y * y).sum(axis=axis, keepdims=True))


def _softmax(name: str) -> Operation:
    """Make a row whose ATen arguments are x, axis and whether to widen half precision."""
    function, backward = getattr(numpy_ops, name), getattr(numpy_ops, f"{name}_backward")
    return Operation(
        lambda x, axis, widen: function(x, axis=axis),
        lambda grad_y, x, axis, widen: backward(grad_y, x, axis=axis),
        "along",
        references=(name,),
        layers=({"softmax": "Softmax", "log_softmax": "LogSoftmax"}[name],),
    )


TABLE = {
    "relu": from_reference("relu", layer="ReLU"),
    "sigmoid": from_reference("sigmoid", layer="Sigmoid"),
    "tanh": from_reference("tanh", layer="Tanh"),
    "mish": from_reference("mish", layer="Mish"),
    "silu": from_reference("silu", layer="SiLU"),
    "gelu": from_reference("gelu", options=["approximate"], layer="GELU"),
    "leaky_relu": from_reference("leaky_relu", options=["negative_slope"], layer="LeakyReLU"),
    "hardswish": from_reference("hardswish", layer="Hardswish"),
    "hardsigmoid": from_reference("hardsigmoid", layer="Hardsigmoid"),
    "softplus": from_reference("softplus", options=["beta", "threshold"], layer="Softplus"),
    "elu": Operation(elu, elu_backward, "each", references=("elu", "selu"), layers=("ELU", "SELU")),
    "_prelu_kernel": Operation(
        prelu, prelu_backward, "each", references=("prelu",), layers=("PReLU",)
    ),
    "celu": Operation(
        lambda x, alpha: elu(x, alpha, 1.0, 1 / alpha),
        lambda grad_y, x, alpha: elu_backward(grad_y, x, alpha, 1.0, 1 / alpha),
        "each",
    ),
    "softshrink": Operation(soft_shrink, shrink_backward, "each"),
    "hardshrink": Operation(hard_shrink, shrink_backward, "each"),
    "glu": Operation(glu, glu_backward, "along"),
    "log_sigmoid_forward": Operation(
        log_sigmoid, lambda grads_y, x: numpy_ops.softplus_backward(grads_y[0], -x), "each"
    ),
    "_softmax": _softmax("softmax"),
    "_log_softmax": _softmax("log_softmax"),
    "_safe_softmax": Operation(
        safe_softmax, safe_softmax_backward, "along", reads_result=True, references=("softmax",)
    ),
}
