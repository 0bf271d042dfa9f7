"""Picking with arrays of whole numbers, padding by reflection, unfolding: one gather for all.

Each of these reads elements of x at places that do not depend on the values of x. So the forward
picks, and the backward adds every gradient to the place that was read.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.numpy_nn.graph.operation import Operation, without_gradient
from course_lib.numpy_nn.graph.ops.broadcasting import sum_to
from course_lib.numpy_nn.graph.ops.layout import select_index
from course_lib.numpy_nn.graph.ops.reductions import norm

Index = Sequence[NDArray | None]


def add_back(grad_y: NDArray, x: NDArray, index: tuple) -> NDArray:
    """Add the gradient to the places that were read, as often as they were."""
    places = np.arange(x.size).reshape(x.shape)[index]
    sums = np.bincount(places.ravel(), weights=grad_y.ravel(), minlength=x.size)
    return sums.reshape(x.shape).astype(grad_y.dtype, copy=False)


def as_index(index: Index) -> tuple:
    """Turn None, which means the whole axis to torch, into a slice."""
    return tuple(slice(None) if item is None else item for item in index)


def gather(x: NDArray, axis: int, index: NDArray, sparse: bool = False) -> NDArray:
    """Pick along an axis, by an index for every element; a single number is a row of one."""
    if not x.ndim or not index.size:
        return np.broadcast_to(x, index.shape) if index.size else np.empty(index.shape, x.dtype)
    return np.take_along_axis(x[_cut_to(index, x, axis)], index, axis)


def gather_backward(
    grad_y: NDArray, x: NDArray, axis: int, index: NDArray, sparse: bool = False
) -> NDArray:
    """Add the gradient to the places that were read."""
    if not x.ndim or not index.size:
        return np.asarray(grad_y.sum()) if index.size else np.zeros_like(x)
    grid = list(np.indices(index.shape, sparse=True))
    grid[axis] = index
    return add_back(grad_y, x, tuple(grid))


def _cut_to(index: NDArray, x: NDArray, axis: int) -> tuple[slice, ...]:
    axis = axis % x.ndim
    return tuple(slice(None) if a == axis else slice(n) for a, n in enumerate(index.shape))


def select(x: NDArray, axis: int, index: NDArray) -> NDArray:
    """Pick slices along an axis; a single number is a row of one."""
    return np.take(x, index, axis) if x.ndim else x


def select_backward(grad_y: NDArray, x: NDArray, axis: int, index: NDArray) -> NDArray:
    """Add the gradients to the slices that were read."""
    return add_back(grad_y, x, select_index(axis, index, x)) if x.ndim else grad_y.reshape(())


def put(x: NDArray, index: Index, values: NDArray, accumulate: bool = False) -> NDArray:
    """Copy x and write, or add, values at the index."""
    y = x.copy()
    if accumulate:
        np.add.at(y, as_index(index), values)
    else:
        y[as_index(index)] = values
    return y


def put_backward(
    grad_y: NDArray, x: NDArray, index: Index, values: NDArray, accumulate: bool = False
) -> tuple:
    """Hand what was written over to values, the rest to x."""
    grad_x = grad_y.copy()
    if not accumulate:
        grad_x[as_index(index)] = 0
    return grad_x, None, sum_to(grad_y[as_index(index)], values)


def embed(weight: NDArray, index: NDArray, padding: int = -1, *_: object) -> NDArray:
    """Pick the rows of a table of vectors."""
    return weight[index]


def embed_backward(
    grad_y: NDArray, weight: NDArray, index: NDArray, padding: int = -1,
    scale_grad_by_freq: bool = False, *_: object,
) -> NDArray:  # fmt: skip
    """Add the gradients to the rows, or take the mean if told to; the padding row gets 0."""
    grad_weight = add_back(grad_y, weight, (index,))
    if scale_grad_by_freq:
        counts = np.bincount(index.ravel(), minlength=len(weight)).astype(weight.dtype)
        grad_weight /= np.maximum(counts, 1)[:, None]
    if padding >= 0:
        grad_weight[padding] = 0
    return grad_weight


def shorten_rows(weight: NDArray, index: NDArray, max_norm: float, order: float) -> NDArray:
    """Shrink the rows that are picked, and longer than max_norm, to that length."""
    y = weight.copy()
    rows = np.unique(index)
    lengths = norm(weight[rows], order, 1, True)
    y[rows] = np.where(
        lengths > max_norm, weight[rows] * (max_norm / (lengths + 1e-7)), weight[rows]
    )
    return y


def _edge(places: NDArray, size: int) -> NDArray:
    return np.clip(places, 0, size - 1)


def _mirror(places: NDArray, size: int) -> NDArray:
    return size - 1 - np.abs(size - 1 - np.abs(places))


def _pad_index(x: NDArray, padding: Sequence[int], find: Callable) -> tuple:
    """Write, for the last axes, which pixel each padded place shows."""
    index: list = [slice(None)] * x.ndim
    pairs = zip(padding[::2], padding[1::2], strict=True)
    for axis, (before, after) in enumerate(pairs, start=1):
        size = x.shape[-axis]
        index[-axis] = find(np.arange(-before, size + after), size)
    axes = len(padding) // 2
    return (*index[:-axes], *np.ix_(*index[-axes:]))


def _padding(find: Callable) -> Operation:
    return Operation(
        lambda x, padding: x[_pad_index(x, padding, find)],
        lambda grad_y, x, padding: add_back(grad_y, x, _pad_index(x, padding, find)),
        "pad",
    )


def constant_pad(x: NDArray, padding: Sequence[int], value: float = 0) -> NDArray:
    """Surround the last axes with a value, or cut where the width is negative."""
    widths = _widths(x, padding)
    x = x[
        tuple(slice(max(0, -b), n - max(0, -a)) for (b, a), n in zip(widths, x.shape, strict=True))
    ]
    return np.pad(x, [(max(0, b), max(0, a)) for b, a in widths], constant_values=value)


def constant_pad_backward(
    grad_y: NDArray, x: NDArray, padding: Sequence[int], value: float = 0
) -> NDArray:
    """Pad the gradient by the opposite: cut what was added, fill what was cut."""
    return constant_pad(grad_y, [-width for width in padding])


def _widths(x: NDArray, padding: Sequence[int]) -> list[tuple[int, int]]:
    """Spell the widths out for all axes; torch lists the last axis first."""
    pairs = list(zip(padding[::2], padding[1::2], strict=True))[::-1]
    return [(0, 0)] * (x.ndim - len(pairs)) + pairs


def unfold(x: NDArray, axis: int, size: int, step: int) -> NDArray:
    """Show overlapping pieces along an axis, as a new last axis."""
    if not x.ndim:
        return x[None][:size]
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis)
    return windows[select_index(axis, slice(None, None, step), windows[..., 0])]


def unfold_backward(grad_y: NDArray, x: NDArray, axis: int, size: int, step: int) -> NDArray:
    """Add the pieces up."""
    if not x.ndim:
        return np.asarray(grad_y.sum())
    grad_x = np.zeros_like(x)
    count = grad_y.shape[axis]
    for tap in range(size):
        index = select_index(axis, slice(tap, tap + step * (count - 1) + 1, step), x)
        grad_x[index] += grad_y[..., tap]
    return grad_x


def columns(x: NDArray, *geometry: Sequence[int]) -> NDArray:
    """Lay every window out as a column, by `numpy_ops.im2col`."""
    return numpy_ops.im2col(x, **_geometry(geometry))


def columns_backward(grad_y: NDArray, x: NDArray, *geometry: Sequence[int]) -> NDArray:
    """Add the columns back onto their windows."""
    return numpy_ops.im2col_backward(grad_y, x, **_geometry(geometry))


def from_columns(x: NDArray, output_size: Sequence[int], *geometry: Sequence[int]) -> NDArray:
    """Add columns back onto their windows, by `numpy_ops.col2im`."""
    return numpy_ops.col2im(x, output_size=output_size, **_geometry(geometry))


def from_columns_backward(
    grad_y: NDArray, x: NDArray, output_size: Sequence[int], *geometry: Sequence[int]
) -> NDArray:
    """Lay the gradient out as columns."""
    return numpy_ops.col2im_backward(grad_y, x, output_size=output_size, **_geometry(geometry))


def _geometry(values: Sequence) -> dict:
    return dict(zip(("kernel_size", "dilation", "padding", "stride"), values, strict=True))


def shuffle_channels(x: NDArray, groups: int) -> NDArray:
    """Deal the channels of the groups out in turn, as ShuffleNet does."""
    grouped = x.reshape(x.shape[0], groups, -1, *x.shape[2:])
    return grouped.swapaxes(1, 2).reshape(x.shape)


def shuffle_in(x: NDArray, factor: int) -> NDArray:
    """Turn channels into pixels: (N, C r², H, W) to (N, C, H r, W r)."""
    *batch, channels, height, width = x.shape
    x = x.reshape(*batch, channels // factor**2, factor, factor, height, width)
    n = len(batch)
    x = x.transpose(*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return x.reshape(*batch, channels // factor**2, height * factor, width * factor)


def shuffle_out(x: NDArray, factor: int) -> NDArray:
    """Turn pixels into channels: (N, C, H r, W r) to (N, C r², H, W)."""
    *batch, channels, height, width = x.shape
    x = x.reshape(*batch, channels, height // factor, factor, width // factor, factor)
    n = len(batch)
    x = x.transpose(*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return x.reshape(*batch, channels * factor**2, height // factor, width // factor)


REFLECT, REPLICATE = _padding(_mirror), _padding(_edge)
TABLE = {
    "index": Operation(
        lambda x, index: x[as_index(index)],
        lambda grad_y, x, index: add_back(grad_y, x, as_index(index)),
        "move",
    ),
    "index_select": Operation(select, select_backward, "move"),
    "gather": Operation(gather, gather_backward, "move"),
    "index_put": Operation(put, put_backward, "move"),
    "embedding": Operation(embed, embed_backward, "move"),
    "embedding_renorm": without_gradient(shorten_rows),
    "constant_pad_nd": Operation(constant_pad, constant_pad_backward, "pad", references=("pad2d",)),
    "reflection_pad1d": REFLECT,
    "reflection_pad2d": REFLECT,
    "reflection_pad3d": REFLECT,
    "replication_pad1d": REPLICATE,
    "replication_pad2d": REPLICATE,
    "replication_pad3d": REPLICATE,
    "unfold": Operation(unfold, unfold_backward, "move"),
    "im2col": Operation(columns, columns_backward, "unknown", references=("im2col",)),
    "col2im": Operation(from_columns, from_columns_backward, "unknown", references=("col2im",)),
    "channel_shuffle": Operation(
        shuffle_channels,
        lambda grad_y, x, groups: shuffle_channels(grad_y, x.shape[1] // groups),
        "move",
    ),
    "pixel_shuffle": Operation(shuffle_in, lambda grad_y, x, r: shuffle_out(grad_y, r), "move"),
    "pixel_unshuffle": Operation(shuffle_out, lambda grad_y, x, r: shuffle_in(grad_y, r), "move"),
    "tril": Operation(np.tril, lambda grad_y, x, k=0: np.tril(grad_y, k), "each"),
    "triu": Operation(np.triu, lambda grad_y, x, k=0: np.triu(grad_y, k), "each"),
}
