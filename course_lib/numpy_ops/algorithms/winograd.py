"""Winograd's minimal filtering: trade multiplications for additions, tile by tile.

**One dimension.** m outputs of a filter with r taps cost m*r multiplications when done directly,
and t = m + r - 1 when done so. Multiply two polynomials g (r coefficients) and h (m coefficients):
evaluate both at t points, multiply the t pairs of values, and interpolate the product from its t
values. Written as matrices this is

    product = V_t^-1 [(V_r g) * (V_m h)],    V_k[i] = (1, a_i, a_i^2, ..., a_i^(k-1))

where * is element by element. For a fixed g it is a linear map from m numbers h to t numbers. Its
transpose maps t numbers d to m numbers y, and that is the correlation y[i] = sum_u g[u] d[i + u]:

    y = A^T [(G g) * (B^T d)],    A^T = V_m^T,  G = V_r,  B^T = V_t^-T

**Two dimensions.** Do it along rows and along columns: the matrices become Kronecker products.
Images are cut into t x t tiles that step by m and overlap by r - 1. The element-by-element product
is summed over input channels, so it is one matrix product (C_out, C_in) @ (C_in, tiles) for each
of the t*t tile positions, and the four steps are

    split into tiles -> transform (B) -> multiply -> transform back (A)

Cost: t*t / (m*m) * C_out * C_in multiply-adds an output pixel instead of r*r * C_out * C_in. With
m = 4 that is 2.25 against 9 for r = 3, and 4 against 25 for r = 5. The transforms add
(t*t)^2 / (m*m) * C_in and t*t * C_out: so it pays where there are many channels.

Error: the matrices mix large and small numbers, so rounding grows with t: up to 2e-5 of max|y| in
float32 and 1e-13 in float64, for r of 3 and 5. That is a share of the largest number of a tile, so
an outlier spoils pixels that do not see it, and an infinity or NaN spreads over its tile (`suits`).

Works for square kernels of 3 or 5 taps with less padding than that, stride 1, dilation 1, one
group.

Source: Lavin and Gray, 2015, arXiv:1509.09308; Winograd, 1980, "Arithmetic complexity of
computations"; on the choice of points Barabasz et al., 2018, arXiv:1803.10986.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.algorithms.side_by_side import num_parts
from course_lib.numpy_ops.chunks import count_at_once, spans_of_rows
from course_lib.numpy_ops.reused_memory import Workspace
from course_lib.numpy_ops.windows import add_windows, window_view
from course_lib.threads import share

OUTPUT_TILE = 4
POINTS = (0.0, -1.0, 1.0, 0.5, -2.0, 2.0, -0.5)  # in this order half the error of 0, ±1, ±2
LARGEST_SHARE = 32  # of the largest number in the root mean square of an image
SHARES_CHUNKS = True  # their forward pass, among cores
CHUNK_ELEMENTS = 2**13  # channels x tiles; t*t of these are 1 MB in float32


class Matrices(NamedTuple):
    """The three transforms of one kernel size, for tiles laid out as columns."""

    data: NDArray  # B^T: tile (t*t) to t*t values
    kernel: NDArray  # G: filter (r*r) to t*t values
    output: NDArray  # A^T: t*t values to output tile (m*m)


def supports(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether the kernel is 3x3 or 5x5, with little padding and no other option."""
    return (
        tuple(weight.shape[2:]) in ((3, 3), (5, 5))
        and max(map(max, geometry.padding)) < weight.shape[2]
        and geometry.stride == geometry.dilation == (1, 1)
        and geometry.groups == 1
    )


def suits(x: NDArray, weight: NDArray, grad_y: NDArray | None = None) -> bool:
    """Tell whether rounding stays within the bound above: if not, convolve directly.

    No number of an image is above `LARGEST_SHARE` times their root mean square. Up to there the
    error of pixels that do not see it was measured to be what it is without it; at 1,000 times it
    is 20 times as large. And the largest number of each array lies so far within the range of its
    dtype, from 2e-13 to 4e9 in float32, that no product or sum on the way leaves it.
    """
    images = [x] if grad_y is None else [x, grad_y]
    return (
        weight.itemsize >= 4
        and _is_moderate(_largest(weight[None]))
        and all(_is_moderate(_largest(a)) and _is_even(a) for a in images)
    )


def _largest(images: NDArray) -> NDArray:
    """Find the largest size of a number in each image; NaN where there is one."""
    flat = images.reshape(len(images), math.prod(images.shape[1:]))
    return np.maximum(flat.max(axis=1, initial=0), -flat.min(axis=1, initial=0))


def _is_moderate(largest: NDArray) -> bool:
    """Tell whether products of two such numbers, and their sums, stay in the range."""
    limits = np.finfo(largest.dtype)
    is_large_enough = (largest == 0) | (largest > float(limits.tiny) ** (1 / 3))
    return bool((is_large_enough & (largest < float(limits.max) ** (1 / 4))).all())


def _is_even(images: NDArray) -> bool:
    """Tell whether each image is without an outlier."""
    flat = images.reshape(len(images), math.prod(images.shape[1:]))
    squares = np.vecdot(flat, flat) / max(flat.shape[1], 1)
    return bool((_largest(images) <= LARGEST_SHARE * np.sqrt(squares)).all())


def images_at_once(weight: NDArray, geometry: ConvGeometry) -> int:
    """Tell how many images share a product: others beside them would change its last digit."""
    count = _num_tiles(geometry)
    return count_at_once(_tile_rows_at_once(weight, count), count[0])


def evaluation(num_points: int, num_coefficients: int) -> NDArray:
    """Give the matrix that evaluates a polynomial at the first points, the last at infinity.

    The value "at infinity" is the leading coefficient.

    Examples
    --------
    >>> evaluation(3, 2) @ [1.0, 2.0]  # 1 + 2a at a = 0, -1 and infinity
    array([ 1., -1.,  2.])
    """
    powers = np.vander(POINTS[: num_points - 1], num_coefficients, increasing=True)
    at_infinity = np.zeros((1, num_coefficients))
    at_infinity[0, -1] = 1.0
    return np.concatenate([powers, at_infinity])


def transforms_1d(num_outputs: int, num_taps: int) -> Matrices:
    """Derive B^T, G and A^T for `num_outputs` outputs of a filter with `num_taps` taps.

    Examples
    --------
    >>> data, kernel, output = transforms_1d(2, 3)
    >>> d, g = np.array([1.0, 2.0, 3.0, 5.0]), np.array([1.0, 10.0, 100.0])
    >>> output @ ((kernel @ g) * (data @ d))  # 1 + 20 + 300 and 2 + 30 + 500
    array([321., 532.])
    """
    tile = num_outputs + num_taps - 1
    interpolation = np.linalg.inv(evaluation(tile, tile))  # in float64, whatever the images are
    return Matrices(
        data=interpolation.T,
        kernel=evaluation(tile, num_taps),
        output=evaluation(tile, num_outputs).T,
    )


@cache
def transforms_2d(num_taps: int, dtype: np.dtype) -> Matrices:
    """Turn the transforms of a row into those of a square, flattened row by row."""
    matrices = transforms_1d(OUTPUT_TILE, num_taps)
    return Matrices(*(np.kron(matrix, matrix).astype(dtype) for matrix in matrices))


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_out, C_in, r, r)."""
    matrices, count = transforms_2d(weight.shape[2], x.dtype), _num_tiles(geometry)
    input_tiles = _input_tiles(_pad_to_tiles(x, weight, geometry), count)
    kernels = _transform_kernels(weight, matrices)
    y = np.empty((x.shape[0], weight.shape[0], *(n * OUTPUT_TILE for n in count)), x.dtype)
    output_tiles = _output_tiles(y)

    def convolve(chunks: Sequence[tuple[slice, slice]]) -> None:
        work = Workspace(x.dtype)
        for images, rows in chunks:
            values = _transform(matrices.data, input_tiles[:, :, :, images, rows], work)
            products = work.array("products", len(kernels), len(weight), values.shape[2])
            np.matmul(kernels, values, out=products)
            target = output_tiles[:, :, :, images, rows]
            target[...] = _transform(matrices.output, products, work).reshape(target.shape)

    chunks = list(spans_of_rows(len(x), count[0], _tile_rows_at_once(weight, count)))
    share(convolve, chunks, num_parts=num_parts(x, weight, geometry))
    return np.ascontiguousarray(y[:, :, : geometry.output_size[0], : geometry.output_size[1]])


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight.

    Both go through the steps of `forward` the other way round, each one transposed.
    """
    matrices, count = transforms_2d(weight.shape[2], x.dtype), _num_tiles(geometry)
    x_pad, kernels = _pad_to_tiles(x, weight, geometry), _transform_kernels(weight, matrices)
    input_tiles = _input_tiles(x_pad, count)
    grad_tiles = _output_tiles(_grow(grad_y, [n * OUTPUT_TILE for n in count]))
    grad_x_pad = np.zeros_like(x_pad) if needs_grad_x else None
    grad_kernels = np.zeros_like(kernels)
    work, grad_work = Workspace(x.dtype), Workspace(x.dtype)
    for images, rows in spans_of_rows(len(x), count[0], _tile_rows_at_once(weight, count)):
        tiles = input_tiles[:, :, :, images, rows]
        values = _transform(matrices.data, tiles, work)
        grad_products = _transform(matrices.output.T, grad_tiles[:, :, :, images, rows], grad_work)
        grad_kernels += grad_products @ values.swapaxes(1, 2)
        if grad_x_pad is not None:
            # The values are used up, so their memory serves for the gradient.
            grad_values = np.matmul(kernels.swapaxes(1, 2), grad_products, out=values)
            grad_part = _transform(matrices.data.T, grad_values, grad_work).reshape(tiles.shape)
            _add_tiles(grad_x_pad[images], grad_part, rows)
    grad_weight = matrices.kernel.T @ grad_kernels.reshape(len(grad_kernels), -1)
    grad_weight = np.ascontiguousarray(grad_weight.T).reshape(weight.shape)
    if grad_x_pad is None:
        return None, grad_weight
    return np.ascontiguousarray(_inside(grad_x_pad, x.shape, geometry)), grad_weight


def _num_tiles(geometry: ConvGeometry) -> tuple[int, int]:
    """Count the tiles that cover the output; the last ones may stick out of it."""
    h_out, w_out = geometry.output_size
    return -(-h_out // OUTPUT_TILE), -(-w_out // OUTPUT_TILE)


def _pad_to_tiles(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Add the padding, and zeros at the bottom and right until the input tiles fit."""
    overlap = weight.shape[2] - 1
    size = (n * OUTPUT_TILE + overlap for n in _num_tiles(geometry))
    x_pad = np.zeros((*x.shape[:2], *size), x.dtype)
    _inside(x_pad, x.shape, geometry)[...] = x
    return x_pad


def _inside(x_pad: NDArray, shape: tuple[int, ...], geometry: ConvGeometry) -> NDArray:
    """View the part of the padded images that holds the images themselves."""
    (top, _), (left, _) = geometry.padding
    return x_pad[:, :, top : top + shape[2], left : left + shape[3]]


def _tile_rows_at_once(weight: NDArray, count: tuple[int, int]) -> int:
    """Let a chunk fit the cache, but be no smaller than the kernels that each chunk loads anew."""
    fewer, more = sorted(weight.shape[:2])
    num_tiles = max(count_at_once(CHUNK_ELEMENTS, more), fewer)
    return count_at_once(num_tiles, count[1])


def _transform_kernels(weight: NDArray, matrices: Matrices) -> NDArray:
    """G of every filter: (C_out, C_in, r, r) as (t*t, C_out, C_in)."""
    c_out, c_in, r, _ = weight.shape
    return (matrices.kernel @ weight.reshape(c_out * c_in, r * r).T).reshape(-1, c_out, c_in)


def _transform(matrix: NDArray, tiles: NDArray, work: Workspace) -> NDArray:
    """Transform tiles (t, t, C, ...) or (t*t, C, ...) into values (elements, C, tiles)."""
    num_channels = tiles.shape[2 if tiles.ndim == 6 else 1]
    name = f"{tiles.ndim} axes"  # a view of images and the products may need memory at once
    columns = work.contiguous(f"{name}, in", tiles).reshape(matrix.shape[1], -1)
    values = work.array(f"{name}, out", len(matrix), columns.shape[1])
    np.matmul(matrix, columns, out=values)
    return values.reshape(len(matrix), num_channels, -1)


def _input_tiles(x_pad: NDArray, count: tuple[int, int]) -> NDArray:
    """View padded images by tile: (t, t, C_in, N, tile rows, tile columns), overlapping."""
    tile = x_pad.shape[2] - (count[0] - 1) * OUTPUT_TILE  # m + r - 1
    windows = window_view(
        x_pad,
        kernel=(tile, tile),
        stride=(OUTPUT_TILE, OUTPUT_TILE),
        dilation=(1, 1),
        output_size=count,
    )
    return windows.transpose(2, 3, 1, 0, 4, 5)


def _output_tiles(y: NDArray) -> NDArray:
    """View (N, C_out, H, W) by tile: (m, m, C_out, N, tile rows, tile columns)."""
    n, c_out, height, width = y.shape
    m = OUTPUT_TILE
    return y.reshape(n, c_out, height // m, m, width // m, m).transpose(3, 5, 1, 0, 2, 4)


def _add_tiles(x_pad: NDArray, tiles: NDArray, rows: slice) -> None:
    """Add tiles (t, t, C_in, N, tile rows, tile columns), which overlap, to padded images."""
    from_first_row = x_pad[:, :, rows.start * OUTPUT_TILE :]
    windows = tiles.transpose(3, 2, 0, 1, 4, 5)
    add_windows(from_first_row, windows, stride=(OUTPUT_TILE, OUTPUT_TILE), dilation=(1, 1))


def _grow(grad_y: NDArray, size: list[int]) -> NDArray:
    """Add zeros at the bottom and right up to `size`."""
    if list(grad_y.shape[2:]) == size:
        return grad_y
    grown = np.zeros((*grad_y.shape[:2], *size), grad_y.dtype)
    grown[:, :, : grad_y.shape[2], : grad_y.shape[3]] = grad_y
    return grown
