"""Interpolation: along each axis y = M x, with a matrix M that only depends on the sizes."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_nn.graph.operation import Operation


def apply(matrices: Sequence[NDArray], x: NDArray) -> NDArray:
    """Multiply the last axes, each by its matrix."""
    for axis, matrix in zip(range(-len(matrices), 0), matrices, strict=True):
        x = np.moveaxis(np.moveaxis(x, axis, -1) @ matrix.T.astype(x.dtype), -1, axis)
    return np.ascontiguousarray(x)


def _row(num_axes: int, find: Callable, has_corners: bool) -> Operation:
    """Make a row: ATen's options are output_size, perhaps align_corners, and a scale an axis."""

    def matrices(x: NDArray, output_size: Sequence[int], *options: object) -> list[NDArray]:
        aligned = bool(options[0]) if has_corners else False
        scales = options[1:] if has_corners else options
        scales = scales or (None,) * num_axes
        return [
            find(size, out, aligned, scale)
            for size, out, scale in zip(x.shape[-num_axes:], output_size, scales, strict=True)
        ]

    def forward(x: NDArray, *options: object) -> NDArray:
        return apply(matrices(x, *options), x)

    def backward(grad_y: NDArray, x: NDArray, *options: object) -> NDArray:
        return apply([matrix.T for matrix in matrices(x, *options)], grad_y)

    return Operation(forward, backward, "resample")


def _step(size: int, out: int, aligned: bool, scale: float | None) -> float:
    """Give the distance of neighbouring outputs, in input pixels."""
    if aligned:
        return (size - 1) / (out - 1) if out > 1 else 0.0
    return 1 / scale if scale else size / out


@lru_cache
def nearest(size: int, out: int, aligned: bool, scale: float | None, shift: float = 0.0) -> NDArray:
    """Read the pixel at floor((i + shift) * step); torch reckons in float32."""
    step = np.float32(_step(size, out, False, scale))
    places = np.floor((np.arange(out, dtype=np.float32) + np.float32(shift)) * step).astype(int)
    return np.eye(size)[np.minimum(places, size - 1)]


def nearest_exact(size: int, out: int, aligned: bool, scale: float | None) -> NDArray:
    """Read the pixel that holds the centre."""
    return nearest(size, out, aligned, scale, 0.5)


@lru_cache
def linear(size: int, out: int, aligned: bool, scale: float | None) -> NDArray:
    """Mix the two nearest pixels by their distances."""
    step = _step(size, out, aligned, scale)
    places = np.arange(out) * step if aligned else (np.arange(out) + 0.5) * step - 0.5
    places = np.maximum(places, 0)
    return _taps(size, places, (0, 1), lambda distance: np.maximum(0, 1 - np.abs(distance)))


@lru_cache
def cubic(size: int, out: int, aligned: bool, scale: float | None) -> NDArray:
    """Mix four pixels by Keys' cubic with A = -0.75; beyond the edge the last pixel goes on."""
    step = _step(size, out, aligned, scale)
    places = np.arange(out) * step if aligned else (np.arange(out) + 0.5) * step - 0.5
    return _taps(size, places, (-1, 0, 1, 2), lambda distance: keys(distance, -0.75))


def _taps(size: int, places: NDArray, taps: Sequence[int], weigh: Callable) -> NDArray:
    matrix = np.zeros((len(places), size))
    first = np.floor(places).astype(int)
    for tap in taps:
        pixels = np.clip(first + tap, 0, size - 1)
        np.add.at(matrix, (np.arange(len(places)), pixels), weigh(places - first - tap))
    return matrix


def keys(distance: NDArray, a: float) -> NDArray:
    """Evaluate Keys' cubic convolution kernel (1981), 0 from distance 2 on."""
    t = np.abs(distance)
    near = ((a + 2) * t - (a + 3)) * t * t + 1
    far = ((a * t - 5 * a) * t + 8 * a) * t - 4 * a
    return np.where(t <= 1, near, np.where(t < 2, far, 0.0))


def _antialiased(radius: int, kernel: Callable) -> Callable:
    """Widen the kernel when shrinking, so that every pixel counts."""

    @lru_cache
    def find(size: int, out: int, aligned: bool, scale: float | None) -> NDArray:
        step = _step(size, out, aligned, scale)
        wide = max(step, 1.0)
        matrix = np.zeros((out, size))
        for i in range(out):
            centre = step * (i + 0.5)
            low = max(int(centre - radius * wide + 0.5), 0)
            high = min(int(centre + radius * wide + 0.5), size)
            weights = kernel((np.arange(low, high) - centre + 0.5) / wide)
            matrix[i, low:high] = weights / weights.sum()
        return matrix

    return find


TRIANGLE = _antialiased(1, lambda distance: np.maximum(0, 1 - np.abs(distance)))
CUBIC = _antialiased(2, lambda distance: keys(distance, -0.5))
TABLE = {
    **{f"upsample_nearest{n}d": _row(n, nearest, False) for n in (1, 2, 3)},
    **{f"_upsample_nearest_exact{n}d": _row(n, nearest_exact, False) for n in (1, 2, 3)},
    "upsample_linear1d": _row(1, linear, True),
    "upsample_bilinear2d": _row(2, linear, True),
    "upsample_trilinear3d": _row(3, linear, True),
    "upsample_bicubic2d": _row(2, cubic, True),
    "_upsample_bilinear2d_aa": _row(2, TRIANGLE, True),
    "_upsample_bicubic2d_aa": _row(2, CUBIC, True),
}
