"""Reshaping, turning, cutting, joining and padding."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.ops.broadcasting import sum_to

END = 2**62  # slices that go to the end are written with a huge number


def view_backward(grad_y: NDArray, x: NDArray, *_: object) -> NDArray:
    """Give the gradient the old shape."""
    return grad_y.reshape(x.shape)


def permute_backward(grad_y: NDArray, x: NDArray, axes: Sequence[int]) -> NDArray:
    """Put the axes back."""
    return grad_y.transpose(np.argsort(np.mod(axes, x.ndim)))


def transpose(x: NDArray, first: int = -1, second: int = -2) -> NDArray:
    """Exchange two axes; a vector stays as it is."""
    return x.swapaxes(first, second) if x.ndim > 1 else x


def transpose_backward(grad_y: NDArray, x: NDArray, first: int = -1, second: int = -2) -> NDArray:
    """Exchange them again."""
    return transpose(grad_y, first, second)


def squeeze(x: NDArray, axes: int | Sequence[int] | None = None) -> NDArray:
    """Drop axes of length 1; as in torch, a longer one stays."""
    axes = range(x.ndim) if axes is None else np.mod(np.atleast_1d(axes), max(x.ndim, 1))
    return np.squeeze(x, tuple(int(axis) for axis in axes if x.ndim and x.shape[axis] == 1))


def expand(x: NDArray, shape: Sequence[int], implicit: bool = False) -> NDArray:
    """Repeat axes of length 1 without copying; -1 keeps a length."""
    extra = len(shape) - x.ndim
    sizes = [x.shape[i - extra] if size == -1 else size for i, size in enumerate(shape)]
    return np.broadcast_to(x, sizes)


def select_index(axis: int, index: object, x: NDArray) -> tuple:
    """Write the index of one axis for all axes of x."""
    return (slice(None),) * (axis % x.ndim) + (index,)


def slice_of(
    x: NDArray, axis: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> tuple:
    """Write the index of a slice along one axis."""
    end = None if end is None or end >= END else end
    return select_index(axis, slice(start, end, step), x)


def put_back(grad_y: NDArray, x: NDArray, index: tuple) -> NDArray:
    """Put the gradient where it was picked; zeros elsewhere."""
    grad_x = np.zeros(x.shape, grad_y.dtype)
    grad_x[index] = grad_y
    return grad_x


def scatter_slice(x: NDArray, source: NDArray, *place: int | None) -> NDArray:
    """Copy x and put source into a slice of it."""
    y = x.copy()
    y[slice_of(x, *place)] = source
    return y


def scatter_slice_backward(
    grad_y: NDArray, x: NDArray, source: NDArray, *place: int | None
) -> tuple[NDArray, NDArray]:
    """Hand the slice to source, the rest to x."""
    index = slice_of(x, *place)
    grad_x = grad_y.copy()
    grad_x[index] = 0
    return grad_x, sum_to(grad_y[index], source)


def scatter_select(x: NDArray, source: NDArray, axis: int, index: int) -> NDArray:
    """Copy x and put source where select would read."""
    y = x.copy()
    y[select_index(axis, index, x)] = source
    return y


def scatter_select_backward(
    grad_y: NDArray, x: NDArray, source: NDArray, axis: int, index: int
) -> tuple[NDArray, NDArray]:
    """Hand the selected part to source, the rest to x."""
    where = select_index(axis, index, x)
    grad_x = grad_y.copy()
    grad_x[where] = 0
    return grad_x, sum_to(grad_y[where], source)


def split(x: NDArray, size: int | Sequence[int], axis: int = 0) -> tuple[NDArray, ...]:
    """Cut into pieces of one size, the last one smaller, or of the sizes listed."""
    if isinstance(size, int):
        ends = range(size, x.shape[axis], max(size, 1))
    else:
        ends = np.cumsum(size)[:-1]
    return tuple(np.split(x, list(ends), axis))


def split_backward(
    grads_y: Sequence, x: NDArray, size: int | Sequence[int], axis: int = 0
) -> NDArray:
    """Join the gradients; a piece nobody used has none."""
    pieces = split(x, size, axis)
    return np.concatenate(
        [np.zeros_like(p) if g is None else g for g, p in zip(grads_y, pieces, strict=True)], axis
    )


def unbind(x: NDArray, axis: int = 0) -> tuple[NDArray, ...]:
    """Take the slices along an axis apart."""
    return tuple(np.moveaxis(x, axis, 0))


def unbind_backward(grads_y: Sequence, x: NDArray, axis: int = 0) -> NDArray:
    """Stack the gradients."""
    pieces = unbind(x, axis)
    return np.stack(
        [np.zeros_like(p) if g is None else g for g, p in zip(grads_y, pieces, strict=True)], axis
    )


def join(arrays: Sequence[NDArray], axis: int = 0) -> NDArray:
    """Join along an axis; torch lets an empty vector stand for nothing."""
    return np.concatenate([x for x in arrays if x.shape != (0,)] or arrays[:1], axis)


def join_backward(grad_y: NDArray, arrays: Sequence[NDArray], axis: int = 0) -> tuple:
    """Cut the gradient where the arrays were joined."""
    sizes = [0 if x.shape == (0,) and grad_y.ndim > 1 else x.shape[axis] for x in arrays]
    pieces = np.split(grad_y, np.cumsum(sizes)[:-1], axis)
    return (tuple(p.reshape(x.shape) for p, x in zip(pieces, arrays, strict=True)),)


def stack_backward(grad_y: NDArray, arrays: Sequence[NDArray], axis: int = 0) -> tuple:
    """Give each array its slice."""
    return (tuple(np.moveaxis(grad_y, axis, 0)),)


def repeat(x: NDArray, counts: Sequence[int]) -> NDArray:
    """Lay copies side by side."""
    return np.tile(x, counts)


def repeat_backward(grad_y: NDArray, x: NDArray, counts: Sequence[int]) -> NDArray:
    """Sum over the copies."""
    shape = (1,) * (len(counts) - x.ndim) + x.shape
    pairs = [size for pair in zip(counts, shape, strict=True) for size in pair]
    return grad_y.reshape(pairs).sum(axis=tuple(range(0, len(pairs), 2))).reshape(x.shape)


def roll_backward(
    grad_y: NDArray, x: NDArray, shifts: Sequence[int], axes: Sequence[int] = ()
) -> NDArray:
    """Roll the other way."""
    return roll(grad_y, tuple(-shift for shift in shifts), axes)


def roll(x: NDArray, shifts: Sequence[int], axes: Sequence[int] = ()) -> NDArray:
    """Shift in a circle; without axes as one long row."""
    return np.roll(x, shifts, axes or None) if axes else np.roll(x, shifts[0])


def flip(x: NDArray, axes: Sequence[int]) -> NDArray:
    """Turn axes around; there is nothing to turn in a single number."""
    return np.flip(x, axes) if x.ndim else x


def restride(x: NDArray, shape: Sequence[int], strides: Sequence[int], *_: object) -> NDArray:
    """Take a change of strides that keeps the shape: it only says how memory is laid out."""
    if tuple(shape) != x.shape:
        raise InvalidValue(
            "from_torch",
            received=f"as_strided from shape {x.shape} to {tuple(shape)}",
            needed="views that reshape, permute, slice or expand",
            fix="write the view with these",
        )
    return x


def _same(x: NDArray, *_: object) -> NDArray:
    return x


def _hand_on(grad_y: NDArray, *_: object) -> NDArray:
    return grad_y


def _row(forward: object, backward: object) -> Operation:
    return Operation(forward, backward, "move")


VIEW = Operation(
    lambda x, shape: x.reshape(shape),
    view_backward,
    "move",
    references=("flatten",),
    layers=("Flatten",),
)
SAME = Operation(_same, _hand_on, "each")
SQUEEZE, TRANSPOSE = _row(squeeze, view_backward), _row(transpose, transpose_backward)
STOP = Operation(_same, None, "each")

TABLE = {
    "view": VIEW,
    "_unsafe_view": VIEW,
    "_reshape_alias": _row(lambda x, shape, strides: x.reshape(shape), view_backward),
    "reshape": VIEW,
    "clone": SAME,
    "alias": SAME,
    "lift_fresh": SAME,
    "lift_fresh_copy": SAME,
    "_to_copy": SAME,
    "detach": STOP,
    "set_values": Operation(lambda x, values: values, _hand_on, "each"),
    "as_strided": _row(restride, _hand_on),
    "as_strided_": _row(restride, _hand_on),
    "permute": _row(np.transpose, permute_backward),
    "transpose": TRANSPOSE,
    "t": TRANSPOSE,
    "unsqueeze": _row(np.expand_dims, view_backward),
    "squeeze": SQUEEZE,
    "squeeze.dim": SQUEEZE,
    "squeeze.dims": SQUEEZE,
    "expand": _row(expand, lambda grad_y, x, *_: sum_to(grad_y, x)),
    "select": _row(
        lambda x, axis, index: x[select_index(axis, index, x)],
        lambda grad_y, x, axis, index: put_back(grad_y, x, select_index(axis, index, x)),
    ),
    "slice": _row(
        lambda x, *place: x[slice_of(x, *place)],
        lambda grad_y, x, *place: put_back(grad_y, x, slice_of(x, *place)),
    ),
    "slice_scatter": _row(scatter_slice, scatter_slice_backward),
    "select_scatter": _row(scatter_select, scatter_select_backward),
    "split": _row(split, split_backward),
    "unsafe_split": _row(split, split_backward),
    "split_with_sizes": _row(split, split_backward),
    "unbind": _row(unbind, unbind_backward),
    "cat": _row(join, join_backward),
    "stack": _row(np.stack, stack_backward),
    "repeat": _row(repeat, repeat_backward),
    "flip": _row(flip, lambda grad_y, x, axes: flip(grad_y, axes)),
    "roll": _row(roll, roll_backward),
}
