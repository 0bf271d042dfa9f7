"""Sums, means, extremes and variances along axes."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_nn.graph.operation import Operation, without_gradient

Axes = int | tuple[int, ...] | None


def all_axes(x: NDArray, axes: Axes) -> tuple[int, ...]:
    """Spell out the axes: None and () mean all, as in torch."""
    if axes is None or axes == () or not x.ndim:
        return tuple(range(x.ndim))
    return tuple(axis % x.ndim for axis in ((axes,) if isinstance(axes, int) else axes))


def count_along(x: NDArray, axes: Axes) -> int:
    """Give the number of elements that a reduction puts together."""
    return math.prod(x.shape[axis] for axis in all_axes(x, axes))


def spread(values: NDArray, x: NDArray, axes: Axes, keepdims: bool) -> NDArray:
    """Repeat what was reduced, such as a gradient, along the reduced axes."""
    if not keepdims and x.ndim:
        values = np.expand_dims(values, all_axes(x, axes))
    return np.broadcast_to(values, x.shape)


def total(x: NDArray, axes: Axes = None, keepdims: bool = False, dtype: Any = None) -> NDArray:
    """Add along axes."""
    return x.sum(axis=all_axes(x, axes), keepdims=keepdims)


def total_backward(
    grad_y: NDArray, x: NDArray, axes: Axes = None, keepdims: bool = False, dtype: Any = None
) -> NDArray:
    """Repeat the gradient along the summed axes."""
    return spread(grad_y, x, axes, keepdims)


def mean(x: NDArray, axes: Axes = None, keepdims: bool = False, dtype: Any = None) -> NDArray:
    """Average along axes."""
    if not x.size:  # of nothing it is NaN, which NumPy says with a warning
        return total(x, axes, keepdims) * (np.nan if not count_along(x, axes) else 1)
    return x.mean(axis=all_axes(x, axes), keepdims=keepdims)


def mean_backward(
    grad_y: NDArray, x: NDArray, axes: Axes = None, keepdims: bool = False, dtype: Any = None
) -> NDArray:
    """Share the gradient equally."""
    count = np.asarray(max(1, count_along(x, axes)), grad_y.dtype)
    return spread(grad_y / count, x, axes, keepdims)


def extreme_backward(
    grad_y: NDArray, y: NDArray, x: NDArray, axes: Axes = None, keepdims: bool = False
) -> NDArray:
    """Share the gradient among the elements that were the extreme."""
    is_extreme = x == spread(y, x, axes, keepdims)
    count = is_extreme.sum(axis=all_axes(x, axes), keepdims=True)
    return spread(grad_y, x, axes, keepdims) * is_extreme / count


def _picked(find: Any) -> Operation:
    """Make a row of max.dim or min.dim: the extreme along one axis and where it stands."""

    def forward(x: NDArray, axis: int, keepdims: bool = False) -> tuple[NDArray, NDArray]:
        if not x.ndim:
            return x, np.zeros((), int)
        where = find(x, axis=axis, keepdims=True)
        y = np.take_along_axis(x, where, axis)
        return (y, where) if keepdims else (y.squeeze(axis), where.squeeze(axis))

    def backward(grads_y: tuple, x: NDArray, axis: int, keepdims: bool = False) -> NDArray:
        if not x.ndim:
            return grads_y[0]
        where = find(x, axis=axis, keepdims=True)
        grad_y = grads_y[0] if keepdims else np.expand_dims(grads_y[0], axis)
        grad_x = np.zeros_like(x)
        np.put_along_axis(grad_x, where, grad_y, axis)
        return grad_x

    return Operation(forward, backward, "reduce")


def argument_of(find: Any) -> Operation:
    """Make a row of argmax or argmin."""

    def forward(x: NDArray, axis: int | None = None, keepdims: bool = False) -> NDArray:
        axis = axis if x.ndim else None
        return find(x, axis=axis, keepdims=keepdims)

    return without_gradient(forward, field="reduce")


def variance(
    x: NDArray, axes: Axes = None, correction: float | None = None, keepdims: bool = False
) -> NDArray:
    """Take the variance along axes; the divisor is count - correction."""
    ddof = 1 if correction is None else correction
    if count_along(x, axes) <= ddof:
        return total(x, axes, keepdims) * np.nan
    return x.var(axis=all_axes(x, axes), ddof=ddof, keepdims=keepdims)


def variance_backward(
    grad_y: NDArray, x: NDArray, axes: Axes = None, correction: float | None = None,
    keepdims: bool = False,
) -> NDArray:  # fmt: skip
    """grad_x = 2 (x - mean) / (count - correction) * grad_y."""
    where = all_axes(x, axes)
    count = count_along(x, axes) - (1 if correction is None else correction)
    scale = np.asarray(2 / count if count > 0 else np.nan, x.dtype)
    return spread(grad_y, x, axes, keepdims) * scale * (x - mean(x, where, keepdims=True))


def deviation_backward(
    grad_y: NDArray, y: NDArray, x: NDArray, axes: Axes = None, correction: float | None = None,
    keepdims: bool = False,
) -> NDArray:  # fmt: skip
    """Differentiate the root of the variance; where that is 0, so is the gradient."""
    with np.errstate(divide="ignore"):
        slope = np.where(y == 0, 0, 0.5 / y).astype(x.dtype, copy=False)
    return variance_backward(grad_y * slope, x, axes, correction, keepdims)


def variance_and_mean(
    x: NDArray, axes: Axes = None, correction: float | None = None, keepdims: bool = False
) -> tuple[NDArray, NDArray]:
    """Give both."""
    return variance(x, axes, correction, keepdims), mean(x, axes, keepdims)


def variance_and_mean_backward(
    grads_y: tuple, x: NDArray, axes: Axes = None, correction: float | None = None,
    keepdims: bool = False,
) -> NDArray:  # fmt: skip
    """Add the gradients of both."""
    grad_x = np.zeros_like(x)
    if grads_y[0] is not None:
        grad_x = grad_x + variance_backward(grads_y[0], x, axes, correction, keepdims)
    return grad_x if grads_y[1] is None else grad_x + mean_backward(grads_y[1], x, axes, keepdims)


def norm(
    x: NDArray, order: float = 2, axes: Axes = None, keepdims: bool = False, dtype: Any = None
) -> NDArray:
    """Take the vector norm along axes: (sum |x|^p)^(1/p); order infinity is the largest |x|."""
    where = all_axes(x, axes)
    if order in (np.inf, -np.inf):
        extreme = np.max if order > 0 else np.min
        return extreme(np.abs(x), axis=where, keepdims=keepdims)
    if order == 0:
        return (x != 0).sum(axis=where, keepdims=keepdims).astype(x.dtype)
    return (np.abs(x) ** order).sum(axis=where, keepdims=keepdims) ** (1 / order)


def norm_backward(
    grad_y: NDArray, y: NDArray, x: NDArray, order: float = 2, axes: Axes = None,
    keepdims: bool = False, dtype: Any = None,
) -> NDArray:  # fmt: skip
    """grad_x = sign(x) * |x|^(p-1) / y^(p-1) * grad_y, and 0 where the norm is 0."""
    if order == 0:
        return np.zeros_like(x)
    if order in (np.inf, -np.inf):
        return np.sign(x) * extreme_backward(grad_y, y, np.abs(x), axes, keepdims)
    y = spread(y, x, axes, keepdims)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(y == 0, 0, np.abs(x) ** (order - 1) / y ** (order - 1))
    return (spread(grad_y, x, axes, keepdims) * np.sign(x) * share).astype(x.dtype, copy=False)


def log_sum_exp(x: NDArray, axes: Axes, keepdims: bool = False) -> NDArray:
    """Give log(sum(exp(x))) along axes, shifted by the largest so that nothing overflows."""
    where = all_axes(x, axes)
    largest = x.max(axis=where, keepdims=True, initial=-np.inf)
    largest = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):  # of nothing it is -inf
        y = np.log(np.exp(x - largest).sum(axis=where, keepdims=True)) + largest
    return y if keepdims else y.squeeze(where)


def log_sum_exp_backward(
    grad_y: NDArray, y: NDArray, x: NDArray, axes: Axes, keepdims: bool = False
) -> NDArray:
    """Weigh the gradient with the softmax."""
    return spread(grad_y, x, axes, keepdims) * np.exp(x - spread(y, x, axes, keepdims))


def cumulative_sum(x: NDArray, axis: int, dtype: Any = None) -> NDArray:
    """Add up along an axis."""
    return np.cumsum(x, axis=axis) if x.ndim else x


def cumulative_sum_backward(grad_y: NDArray, x: NDArray, axis: int, dtype: Any = None) -> NDArray:
    """Add up from the other end."""
    return np.flip(np.cumsum(np.flip(grad_y, axis), axis=axis), axis) if x.ndim else grad_y


TOTAL = Operation(total, total_backward, "reduce")
MEAN = Operation(
    mean, mean_backward, "reduce", references=("global_avg_pool2d",), layers=("GlobalAvgPool2d",)
)
VARIANCE = Operation(variance, variance_backward, "reduce")
LARGEST = Operation(
    lambda x, axes=None, keepdims=False: x.max(axis=all_axes(x, axes), keepdims=keepdims),
    extreme_backward, "reduce", reads_result=True,
    references=("global_max_pool2d",),
    layers=("GlobalMaxPool2d",),
)  # fmt: skip
SMALLEST = Operation(
    lambda x, axes=None, keepdims=False: x.min(axis=all_axes(x, axes), keepdims=keepdims),
    extreme_backward, "reduce", reads_result=True,
)  # fmt: skip

TABLE = {
    "sum": Operation(
        lambda x, dtype=None: total(x), lambda g, x, dtype=None: spread(g, x, None, False), "reduce"
    ),
    "sum.dim_IntList": TOTAL,
    "mean": Operation(
        lambda x, dtype=None: mean(x), lambda g, x, dtype=None: mean_backward(g, x), "reduce"
    ),
    "mean.dim": MEAN,
    "amax": LARGEST,
    "amin": SMALLEST,
    "max": LARGEST,
    "min": SMALLEST,
    "max.dim": _picked(np.argmax),
    "min.dim": _picked(np.argmin),
    "argmax": argument_of(np.argmax),
    "argmin": argument_of(np.argmin),
    "any": without_gradient(np.any, field="reduce"),
    "all": without_gradient(np.all, field="reduce"),
    "var.correction": VARIANCE,
    "std.correction": Operation(
        lambda *arguments: np.sqrt(variance(*arguments)),
        deviation_backward,
        "reduce",
        reads_result=True,
    ),
    "var_mean.correction": Operation(variance_and_mean, variance_and_mean_backward, "reduce"),
    "linalg_vector_norm": Operation(norm, norm_backward, "reduce", reads_result=True),
    "norm.Scalar": Operation(norm, norm_backward, "reduce", reads_result=True),
    "norm.ScalarOpt_dim": Operation(norm, norm_backward, "reduce", reads_result=True),
    "logsumexp": Operation(log_sum_exp, log_sum_exp_backward, "reduce", reads_result=True),
    "cumsum": Operation(cumulative_sum, cumulative_sum_backward, "along"),
}
