"""Promises of the poolings: which input is valid, and where the windows lie."""

from typing import Any, NamedTuple

from course_lib.checks import (
    per_axis,
    require_axes,
    require_flag,
    require_int,
    require_room,
    shape_text,
)
from course_lib.contracts.arrays import require_float, require_grad
from course_lib.contracts.convolution import within
from course_lib.errors import InvalidValue
from course_lib.shapes import PooledAxis, count_pool_windows

SPATIAL_AXES = {1: "L", 2: "H, W", 3: "D, H, W"}


class PoolAxis(NamedTuple):
    """The options of a pooling along one axis."""

    kernel: int
    stride: int
    padding: tuple[int, int]
    dilation: int
    output_size: int


class PoolGeometry(NamedTuple):
    """Options of a pooling, spelled out for each spatial axis.

    `padding` holds one pair (before, after) an axis, in pixels: after, as many as the last
    window reads.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    output_size: tuple[int, ...]

    @property
    def axes(self) -> list[PoolAxis]:
        """List the same options axis by axis."""
        return [PoolAxis(*options) for options in zip(*self, strict=True)]


def check_pool(
    operation: str,
    x: Any,
    *,
    num_axes: int,
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None,
    padding: int | tuple[int, ...],
    dilation: int | tuple[int, ...] = 1,
    ceil_mode: bool,
) -> PoolGeometry:
    """Raise TypeError or ValueError unless the pooling is valid; return its geometry."""
    check_images(operation, x, num_axes=num_axes)
    kernel = per_axis(operation, "kernel_size", kernel_size, num_axes=num_axes, minimum=1)
    stride = kernel if stride is None else stride
    stride = per_axis(operation, "stride", stride, num_axes=num_axes, minimum=1)
    padding = per_axis(operation, "padding", padding, num_axes=num_axes, minimum=0)
    dilation = per_axis(operation, "dilation", dilation, num_axes=num_axes, minimum=1)
    require_flag(operation, "ceil_mode", ceil_mode)
    axes = [
        _check_axis(operation, x, PooledAxis(*numbers), ceil_mode=ceil_mode)
        for numbers in zip(x.shape[2:], kernel, stride, padding, dilation, strict=True)
    ]
    pads, sizes = zip(*axes, strict=True)
    reach = tuple(  # with `ceil_mode` a window may be longer than the padded input
        max(pixels + 2 * p, d * (k - 1) + 1)
        for pixels, p, d, k in zip(x.shape[2:], padding, dilation, kernel, strict=True)
    )
    require_room(operation, f"x with shape {shape_text(x)} and padding={padding}", reach)
    stride, dilation = within(stride, reach), within(dilation, reach)
    return PoolGeometry(kernel, stride, pads, dilation, sizes)


def check_avg_pool(
    operation: str,
    x: Any,
    *,
    num_axes: int,
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None,
    padding: int | tuple[int, ...],
    ceil_mode: bool,
    count_include_pad: bool,
) -> PoolGeometry:
    """Check an average pooling as `check_pool` does, and its own flag."""
    require_flag(operation, "count_include_pad", count_include_pad)
    return check_pool(
        operation, x, num_axes=num_axes, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode,
    )  # fmt: skip


def check_images(operation: str, x: Any, *, num_axes: int) -> None:
    """Raise unless `x` is a floating point batch with at least one channel and one pixel."""
    require_float(operation, x=x)
    require_axes(operation, "x", x, f"N, C, {SPATIAL_AXES[num_axes]}")
    if 0 in x.shape[1:]:
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)}",
            needed="at least one channel and one pixel on each axis",
            fix="check where x was cut")  # fmt: skip


def check_pool_grad(operation: str, grad_y: Any, x: Any, output_size: tuple[int, ...]) -> None:
    """Raise TypeError or ValueError unless `grad_y` fits the output of a checked pooling."""
    require_grad(operation, grad_y, (*x.shape[:2], *output_size), x=x)


def _check_axis(
    operation: str, x: Any, axis: PooledAxis, *, ceil_mode: bool
) -> tuple[tuple[int, int], int]:
    """Return the (before, after) padding and the number of windows along one axis."""
    described = f"x with shape {shape_text(x)}"
    num_windows = count_pool_windows(operation, described, axis, ceil_mode=ceil_mode)
    # Where a window starts in the padding, its first pixel is start % dilation.
    starts = range(-axis.padding, 0, axis.stride)[:num_windows]
    if any(start % axis.dilation >= axis.size for start in starts):
        raise InvalidValue(
            operation, received=f"{described}, padding={axis.padding} and "
            f"dilation={axis.dilation}: a window that reads only padding",
            needed="a pixel in each window", fix="use a smaller dilation or padding")  # fmt: skip
    last_read = (num_windows - 1) * axis.stride + axis.span
    return (axis.padding, max(0, last_read - axis.padding - axis.size)), num_windows


def check_adaptive_pool(operation: str, x: Any, output_size: Any) -> tuple[int, int]:
    """Raise unless `x` can be pooled to `output_size`; return it with None replaced by a size."""
    check_images(operation, x, num_axes=2)
    if not isinstance(output_size, tuple | list):
        output_size = (output_size, output_size)
    sizes = [
        size if wanted is None else wanted
        for wanted, size in zip(output_size, x.shape[2:], strict=False)
    ]
    sizes += output_size[2:]
    height, width = per_axis(operation, "output_size", sizes, num_axes=2, minimum=1)
    require_room(operation, f"output_size={output_size}", (*x.shape[:2], height, width))
    return height, width


def check_global_pool_grad(operation: str, grad_y: Any, x: Any) -> None:
    """Raise unless `x` is a batch of images and `grad_y` has one number a channel of each."""
    check_images(operation, x, num_axes=2)
    check_pool_grad(operation, grad_y, x, ())


def check_blur_pool(operation: str, x: Any, *, kernel_size: int, stride: int) -> PoolGeometry:
    """Raise unless `x` is large enough to be mirrored at its rims; return the geometry."""
    check_images(operation, x, num_axes=2)
    kernel_size = require_int(operation, "kernel_size", kernel_size, minimum=1)
    stride = require_int(operation, "stride", stride, minimum=1)
    before, after = (kernel_size - 1) // 2, kernel_size // 2
    if after >= min(x.shape[2:]):
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)} and kernel_size={kernel_size}",
            needed=f"at least {after + 1} pixels on each axis, to mirror {after} at the rim",
            fix="use a smaller kernel_size")  # fmt: skip
    output_size = tuple((size - 1) // stride + 1 for size in x.shape[2:])
    steps = within((stride,) * 2, tuple(x.shape[2:]))
    return PoolGeometry((kernel_size,) * 2, steps, ((before, after),) * 2, (1, 1), output_size)
