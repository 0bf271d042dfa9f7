"""Pooling in windows and over whole maps, by `numpy_ops`."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.numpy_nn.graph.operation import Operation
from course_lib.shapes import pool_output_size

MAX = {
    2: (numpy_ops.max_pool2d, numpy_ops.max_pool2d_backward),
    3: (numpy_ops.max_pool3d, numpy_ops.max_pool3d_backward),
}
AVERAGE = {
    2: (numpy_ops.avg_pool2d, numpy_ops.avg_pool2d_backward),
    3: (numpy_ops.avg_pool3d, numpy_ops.avg_pool3d_backward),
}


def max_options(
    kernel: Sequence[int], stride: Sequence[int] = (), padding: Sequence[int] = (0,),
    dilation: Sequence[int] = (1,), ceil_mode: bool = False,
) -> dict:  # fmt: skip
    """Name the options of a max pooling; no stride means that windows touch."""
    axes = len(kernel)
    return {
        "kernel_size": tuple(kernel),
        "stride": tuple(stride) or None,
        "padding": each_axis(padding, axes),
        "dilation": each_axis(dilation, axes),
        "ceil_mode": ceil_mode,
    }


def each_axis(values: Sequence[int], axes: int) -> tuple[int, ...]:
    """Let one number stand for all axes."""
    return tuple(values) * axes if len(values) == 1 else tuple(values)


def _max_row(axes: int, **named: tuple[str, ...]) -> Operation:
    """Make a row of a max pooling that also gives where each maximum stood."""
    pool, pool_backward = MAX[axes]

    def forward(x: NDArray, *options: object) -> tuple[NDArray, NDArray]:
        named = max_options(*options)
        wide, _ = with_one_window(x, named)
        y = as_batch(pool, axes)(wide, **named)
        return y, LazyPlaces(x, y.shape[-axes:], named)

    def backward(grads_y: tuple, x: NDArray, *options: object) -> NDArray:
        padded, cut = with_one_window(x, max_options(*options))
        grad = as_batch(pool_backward, axes)(grads_y[0], padded, **max_options(*options))
        return grad[cut]

    return Operation(forward, backward, "window", **named)


class LazyPlaces:
    """Where each maximum stood, as its number in the map: found only if somebody reads it."""

    def __init__(self, x: NDArray, output_size: tuple[int, ...], options: dict) -> None:
        self._x, self._output_size, self._options = x, output_size, options

    def __array__(self, dtype: object = None, copy: bool | None = None) -> NDArray:
        """Find the largest of each window, and turn its place in the window into one in the map."""
        kernel, dilation = self._options["kernel_size"], self._options["dilation"]
        stride, padding = self._options["stride"] or kernel, self._options["padding"]
        y_shape, axes = self._output_size, len(kernel)
        spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        sizes = self._x.shape[-axes:]
        ends = [
            max(0, s * (n - 1) + span - size - p)
            for s, n, span, size, p in zip(stride, y_shape, spans, sizes, padding, strict=True)
        ]
        widths = [(0, 0)] * (self._x.ndim - axes) + list(zip(padding, ends, strict=True))
        padded = np.pad(self._x, widths, constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(padded, spans, range(-axes, 0))
        steps = [slice(None, s * n, s) for s, n in zip(stride, y_shape, strict=True)]
        windows = windows[(..., *steps, *(slice(None, None, d) for d in dilation))]
        best = windows.reshape(*windows.shape[:-axes], -1).argmax(axis=-1)
        places = np.zeros(best.shape, np.int64)
        for axis, tap in enumerate(np.unravel_index(best, kernel)):
            rows = np.arange(y_shape[axis]).reshape(-1, *[1] * (axes - 1 - axis))
            places = places * sizes[axis] + rows * stride[axis] + tap * dilation[axis]
            places -= padding[axis]
        return places.astype(dtype or np.int64)


def with_one_window(x: NDArray, options: dict) -> tuple[NDArray, tuple[slice, ...]]:
    """Widen an image that is smaller than the one window `ceil_mode` allows; -inf never wins."""
    axes = len(options["kernel_size"])
    missing = [
        max(0, d * (k - 1) + 1 - size - 2 * p)
        for size, k, p, d in zip(
            x.shape[-axes:], options["kernel_size"], options["padding"], options["dilation"],
            strict=True,
        )
    ]  # fmt: skip
    cut = tuple(slice(size) for size in x.shape)
    if not any(missing):
        return x, cut
    widths = [(0, 0)] * (x.ndim - axes) + [(0, width) for width in missing]
    return np.pad(x, widths, constant_values=-np.inf), cut


def as_batch(function: Callable, axes: int) -> Callable:
    """Let a pooling also take one image without its batch axis."""

    def call(*arrays: NDArray, **options: object) -> NDArray:
        if arrays[0].ndim == axes + 2:
            return function(*arrays, **options)
        return function(*(x[None] for x in arrays), **options)[0]

    return call


def _average_row(axes: int, **named: tuple[str, ...]) -> Operation:
    pool, pool_backward = (as_batch(function, axes) for function in AVERAGE[axes])

    def forward(x: NDArray, *options: object) -> NDArray:
        names, divisor = average_options(axes, *options)
        if divisor is None:
            return pool(x, **names)
        wide, _, names = as_sums(x, names)
        return pool(wide, **names) * np.asarray(np.prod(names["kernel_size"]) / divisor, x.dtype)

    def backward(grad_y: NDArray, x: NDArray, *options: object) -> NDArray:
        names, divisor = average_options(axes, *options)
        if divisor is None:
            return pool_backward(grad_y, x, **names)
        wide, inside, names = as_sums(x, names)
        factor = np.asarray(np.prod(names["kernel_size"]) / divisor, x.dtype)
        return pool_backward(grad_y * factor, wide, **names)[inside]

    return Operation(forward, backward, "window", **named)


def average_options(
    axes: int, kernel: Sequence[int], stride: Sequence[int] = (), padding: Sequence[int] = (0,),
    ceil_mode: bool = False, count_include_pad: bool = True, divisor: int | None = None,
) -> tuple[dict, int | None]:  # fmt: skip
    """Name the options of an average pooling; the divisor, if one is given, stands beside them."""
    kernel = each_axis(kernel, axes)
    options = {
        "kernel_size": kernel,
        "stride": each_axis(stride, axes) if stride else None,
        "padding": each_axis(padding, axes),
        "ceil_mode": ceil_mode,
        "count_include_pad": count_include_pad,
    }
    return options, divisor


def as_sums(x: NDArray, options: dict) -> tuple[NDArray, tuple[slice, ...], dict]:
    """Surround x with the zeros that windows reach, so that each divides by the same number."""
    kernel, padding = options["kernel_size"], options["padding"]
    stride = options["stride"] or kernel
    widths, inside = [(0, 0)] * (x.ndim - len(kernel)), [slice(None)] * (x.ndim - len(kernel))
    for size, k, s, p in zip(x.shape[-len(kernel) :], kernel, stride, padding, strict=True):
        ceil_mode = options["ceil_mode"]
        count = pool_output_size(size, k, stride=s, padding=p, ceil_mode=ceil_mode)
        widths.append((p, max(0, (count - 1) * s + k - size - p)))
        inside.append(slice(p, p + size))
    return np.pad(x, widths), tuple(inside), {"kernel_size": kernel, "stride": stride}


def bins(size: int, count: int) -> list[slice]:
    """Cut an axis into `count` bins that cover it and may overlap by one pixel."""
    return [slice(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def _all_bins(x: NDArray, output_size: Sequence[int]) -> list[tuple[tuple, tuple]]:
    """List each output place with the part of x that it reads."""
    axes = [bins(n, m) for n, m in zip(x.shape[-len(output_size) :], output_size, strict=True)]
    return [
        ((..., *place), (..., *(axis[i] for axis, i in zip(axes, place, strict=True))))
        for place in np.ndindex(*output_size)
    ]


def adaptive_average(x: NDArray, output_size: Sequence[int]) -> NDArray:
    """Average bins, so that the output has the size asked for."""
    if len(output_size) == 2:
        return as_batch(numpy_ops.adaptive_avg_pool2d, 2)(x, output_size=tuple(output_size))
    y = np.empty((*x.shape[: -len(output_size)], *output_size), x.dtype)
    for place, part in _all_bins(x, output_size):
        y[place] = x[part].mean(axis=tuple(range(-len(output_size), 0)))
    return y


def adaptive_average_backward(grad_y: NDArray, x: NDArray, output_size: Sequence[int]) -> NDArray:
    """Share each gradient among its bin."""
    if len(output_size) == 2:
        backward = as_batch(numpy_ops.adaptive_avg_pool2d_backward, 2)
        return backward(grad_y, x, output_size=tuple(output_size))
    grad_x = np.zeros_like(x)
    spread = (..., *[None] * len(output_size))
    for place, part in _all_bins(x, output_size):
        count = np.prod(grad_x[part].shape[-len(output_size) :])
        grad_x[part] += (grad_y[place] / count)[spread]
    return grad_x


def adaptive_max(x: NDArray, output_size: Sequence[int]) -> tuple[NDArray, NDArray]:
    """Keep the largest value of each bin, and its number in the map."""
    axes = len(output_size)
    numbers = np.arange(np.prod(x.shape[-axes:])).reshape(x.shape[-axes:])
    y = np.empty((*x.shape[:-axes], *output_size), x.dtype)
    places = np.empty(y.shape, np.int64)
    for place, part in _all_bins(x, output_size):
        flat = x[part].reshape(*x.shape[:-axes], math.prod(x[part].shape[-axes:]))
        y[place] = flat.max(axis=-1)
        places[place] = numbers[part].ravel()[flat.argmax(axis=-1)]
    return y, places


def adaptive_max_backward(
    grads_y: tuple, results: tuple, x: NDArray, output_size: Sequence[int]
) -> NDArray:
    """Send each gradient to the largest value of its bin."""
    axes = len(output_size)
    places = adaptive_max(x, output_size)[1]
    maps = int(np.prod(x.shape[:-axes]))
    pixels = int(np.prod(x.shape[-axes:]))
    flat = places.reshape(maps, math.prod(output_size)) + pixels * np.arange(maps)[:, None]
    sums = np.bincount(flat.ravel(), weights=grads_y[0].ravel(), minlength=x.size)
    return sums.reshape(x.shape).astype(x.dtype, copy=False)


ADAPTIVE = Operation(
    adaptive_average, adaptive_average_backward, "bins",
    references=("adaptive_avg_pool2d",), layers=("AdaptiveAvgPool2d",),
)  # fmt: skip
ADAPTIVE_MAX = Operation(adaptive_max, adaptive_max_backward, "bins", reads_result=True)
TABLE = {
    "max_pool2d_with_indices": _max_row(
        2, references=("max_pool1d", "max_pool2d"), layers=("MaxPool1d", "MaxPool2d")
    ),
    "max_pool3d_with_indices": _max_row(3, references=("max_pool3d",), layers=("MaxPool3d",)),
    "avg_pool2d": _average_row(
        2, references=("avg_pool1d", "avg_pool2d"), layers=("AvgPool1d", "AvgPool2d")
    ),
    "avg_pool3d": _average_row(3, references=("avg_pool3d",), layers=("AvgPool3d",)),
    "_adaptive_avg_pool2d": ADAPTIVE,
    "_adaptive_avg_pool3d": ADAPTIVE,
    "adaptive_max_pool2d": ADAPTIVE_MAX,
    "adaptive_max_pool3d": ADAPTIVE_MAX,
}
