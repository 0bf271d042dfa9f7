"""The ways to convolve, one readable pair `forward` / `backward` a file, and the rule to choose.

All take `x` (N, C_in, H, W), `weight` (C_out, C_in / groups, K_h, K_w) and a checked
`ConvGeometry`, and leave the bias to their caller.
"""

import math
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_choice
from course_lib.contracts.convolution import (
    ConvGeometry,
    ConvGrads,
    check_conv,
    check_conv_grad,
)
from course_lib.errors import InvalidValue
from course_lib.numpy_ops.algorithms import (
    depthwise,
    depthwise_channels_last,
    fft,
    im2col,
    im2col_batch_last,
    pointwise,
    side_by_side,
    winograd,
)
from course_lib.numpy_ops.precision import at_least_float32, narrowed, sum_axis

ALGORITHMS = {
    "im2col": im2col,
    "im2col_batch_last": im2col_batch_last,
    "pointwise": pointwise,
    "depthwise": depthwise,
    "depthwise_channels_last": depthwise_channels_last,
    "winograd": winograd,
    "fft": fft,
}


def select_algorithm(
    x: NDArray, weight: NDArray, geometry: ConvGeometry, grad_y: NDArray | None = None
) -> ModuleType:
    """Pick the algorithm for a convolution: the first of these rules that fits.

    1. one tap: `pointwise`, as there are no windows to lay out;
    2. a filter sees one channel of several: `depthwise`, as each matrix product would have one
       row; with one filter a channel, at least 192 channels and at most 14 output rows and
       columns `depthwise_channels_last`, as the runs of `depthwise` would be short;
    3. 3x3 or 5x5 taps, stride 1, at least 32 channels on both sides and 14 output rows:
       `winograd`, as fewer multiplications outweigh the transforms;
    4. at least 16 images with at most 14 output rows and columns: `im2col_batch_last`, as short
       rows are slow to copy;
    5. everything else: `im2col`.

    Winograd also needs numbers that suit it (`winograd.suits`): of a moderate size, without an
    outlier, and of more precision than float16.
    """
    if pointwise.supports(weight, geometry):
        return pointwise
    if depthwise.supports(weight, geometry) and geometry.groups > 1:
        return depthwise_channels_last if _has_many_small_channels(weight, geometry) else depthwise
    if _winograd_pays(weight, geometry) and winograd.suits(x, weight, grad_y):
        return winograd
    return im2col_batch_last if _has_many_small_maps(x, weight, geometry) else im2col


def _has_many_small_channels(weight: NDArray, geometry: ConvGeometry) -> bool:
    return (
        depthwise_channels_last.supports(weight, geometry)
        and len(weight) >= depthwise_channels_last.MIN_CHANNELS
        and max(geometry.output_size) <= depthwise_channels_last.MAX_OUTPUT
    )


def _winograd_pays(weight: NDArray, geometry: ConvGeometry) -> bool:
    return (
        winograd.supports(weight, geometry)
        and min(weight.shape[:2]) >= 32
        and min(geometry.output_size) >= 14
    )


def _has_many_small_maps(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> bool:
    return (
        x.ndim == 4 and len(x) >= im2col_batch_last.MIN_IMAGES and max(geometry.output_size) <= 14
    )


def convolve(x: NDArray, weight: NDArray, bias: NDArray | None, geometry: ConvGeometry) -> NDArray:
    """Convolve checked arrays by the algorithm that `select_algorithm` picks."""
    if x.dtype == np.float16:  # sums of which would end at 65504
        wide_bias = None if bias is None else at_least_float32(bias)
        wide = convolve(at_least_float32(x), at_least_float32(weight), wide_bias, geometry)
        return narrowed(wide, x)
    y = side_by_side.forward(select_algorithm(x, weight, geometry), x, weight, geometry)
    return y if bias is None else add_bias(y, bias)


def convolve_backward(
    grad_y: NDArray, x: NDArray, weight: NDArray, geometry: ConvGeometry, *, needs_grad_x: bool
) -> ConvGrads:
    """Send the gradient back by the algorithm that `select_algorithm` picks."""
    if x.dtype == np.float16:
        wide_grad, wide_x, wide_weight = (at_least_float32(a) for a in (grad_y, x, weight))
        grads = convolve_backward(
            wide_grad, wide_x, wide_weight, geometry, needs_grad_x=needs_grad_x
        )
        return ConvGrads(*(None if grad is None else narrowed(grad, x) for grad in grads))
    algorithm = select_algorithm(x, weight, geometry, grad_y)
    grad_x, grad_weight = side_by_side.backward(
        algorithm, grad_y, x, weight, geometry, needs_grad_x=needs_grad_x
    )
    return ConvGrads(grad_x, grad_weight, sum_by_channel(grad_y))


def conv2d(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    algorithm: str,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> NDArray:
    """Convolve as `numpy_ops.conv2d` does, by the algorithm of that name.

    Raises ValueError also when the algorithm does not cover these options.

    Examples
    --------
    >>> import numpy as np
    >>> conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), algorithm="im2col")[0, 0]
    array([[4., 4.],
           [4., 4.]])
    """
    geometry = check_conv(
        "conv2d", x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    y = _named("conv2d", algorithm, weight, geometry).forward(x, weight, geometry)
    return y if bias is None else add_bias(y, bias)


def conv2d_backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    algorithm: str,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Send the gradient back as `numpy_ops.conv2d_backward` does, by the algorithm of that name."""
    geometry = check_conv(
        "conv2d_backward", x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad("conv2d_backward", grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    backward = _named("conv2d_backward", algorithm, weight, geometry).backward
    grad_x, grad_weight = backward(grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    return ConvGrads(grad_x, grad_weight, sum_by_channel(grad_y))


def add_bias(y: NDArray, bias: NDArray) -> NDArray:
    """Add one number a channel to `y` (N, C_out, ...), in place, and return it."""
    return np.add(y, bias.reshape(-1, *(1,) * (y.ndim - 2)), out=y)


def sum_by_channel(grad_y: NDArray) -> NDArray:
    """Sum `grad_y` (N, C_out, ...) over all axes but the channels: the gradient of the bias."""
    maps = grad_y.reshape(*grad_y.shape[:2], math.prod(grad_y.shape[2:]))
    return sum_axis(maps.sum(axis=2, dtype=np.result_type(maps, np.float32)), 0, grad_y.dtype)


def _named(operation: str, algorithm: str, weight: NDArray, geometry: ConvGeometry) -> ModuleType:
    chosen = ALGORITHMS[require_choice(operation, "algorithm", algorithm, ALGORITHMS)]
    if hasattr(chosen, "supports") and not chosen.supports(weight, geometry):
        raise InvalidValue(
            operation, received=f"weight with shape {weight.shape}, stride={geometry.stride}, "
            f"dilation={geometry.dilation} and groups={geometry.groups}",
            needed=f"options that algorithm={algorithm!r} covers",
            fix='use algorithm="im2col", which covers all')  # fmt: skip
    return chosen
