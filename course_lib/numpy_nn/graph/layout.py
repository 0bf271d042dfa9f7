"""How a network rearranges arrays between its layers: join, cut, reshape; forward and backward.

Each `foo_backward(grad_y, *inputs, **options of foo)` returns one gradient per array input, or a
single one.
"""

import math

import numpy as np
from numpy.typing import NDArray


def shape(x: NDArray, *, axis: int | None = None) -> int | tuple[int, ...]:
    """Give the shape, or the length of one axis: no gradient flows here."""
    return x.shape if axis is None else x.shape[axis]


def cat(*arrays: NDArray, axis: int) -> NDArray:
    """Join arrays along one axis."""
    return np.concatenate(arrays, axis=axis)


def cat_backward(grad_y: NDArray, *arrays: NDArray, axis: int) -> tuple[NDArray, ...]:
    """Cut the gradient where the arrays were joined."""
    ends = np.cumsum([x.shape[axis] for x in arrays])[:-1]
    return tuple(np.split(grad_y, ends, axis=axis))


def stack(*arrays: NDArray, axis: int) -> NDArray:
    """Join arrays along a new axis."""
    return np.stack(arrays, axis=axis)


def stack_backward(grad_y: NDArray, *arrays: NDArray, axis: int) -> tuple[NDArray, ...]:
    """Give each array its slice of the gradient."""
    return tuple(np.moveaxis(grad_y, axis, 0))


def pick(x: NDArray, *, index: object) -> NDArray:
    """Index with integers, slices, None or an ellipsis."""
    return x[index]


def pick_backward(grad_y: NDArray, x: NDArray, *, index: object) -> NDArray:
    """Put the gradient back where it was picked; zeros elsewhere."""
    grad_x = np.zeros(x.shape, x.dtype)
    grad_x[index] = grad_y
    return grad_x


def part(x: NDArray, *, size: int | list[int], axis: int, index: int) -> NDArray:
    """Take part `index` of `x` cut along `axis` into parts of `size` (or of the sizes listed)."""
    return x[_part_index(x, size, axis, index)]


def part_backward(
    grad_y: NDArray, x: NDArray, *, size: int | list[int], axis: int, index: int
) -> NDArray:
    """Put the gradient back into its part."""
    return pick_backward(grad_y, x, index=_part_index(x, size, axis, index))


def chunk(x: NDArray, *, chunks: int, axis: int, index: int) -> NDArray:
    """Take part `index` of `x` cut along `axis` into `chunks` parts of equal size, rounded up."""
    return part(x, size=-(-x.shape[axis] // chunks), axis=axis, index=index)


def chunk_backward(grad_y: NDArray, x: NDArray, *, chunks: int, axis: int, index: int) -> NDArray:
    """Put the gradient back into its part."""
    return part_backward(grad_y, x, size=-(-x.shape[axis] // chunks), axis=axis, index=index)


def reshape(x: NDArray, *, shape: tuple[int, ...]) -> NDArray:
    """Read the same numbers in another shape; one -1 is worked out."""
    return x.reshape(shape)


def reshape_backward(grad_y: NDArray, x: NDArray, *, shape: tuple[int, ...]) -> NDArray:
    """Give the gradient the old shape."""
    return grad_y.reshape(x.shape)


def merge(x: NDArray, *, first: int, last: int) -> NDArray:
    """Flatten the axes `first` to `last` into one."""
    first, last = first % x.ndim, last % x.ndim
    return x.reshape(*x.shape[:first], math.prod(x.shape[first : last + 1]), *x.shape[last + 1 :])


def merge_backward(grad_y: NDArray, x: NDArray, *, first: int, last: int) -> NDArray:
    """Give the gradient the old shape."""
    return grad_y.reshape(x.shape)


def permute(x: NDArray, *, axes: tuple[int, ...]) -> NDArray:
    """Reorder the axes."""
    return x.transpose(axes)


def permute_backward(grad_y: NDArray, x: NDArray, *, axes: tuple[int, ...]) -> NDArray:
    """Put the axes back."""
    return grad_y.transpose(np.argsort(np.mod(axes, x.ndim)))


def swap_axes(x: NDArray, *, first: int, second: int) -> NDArray:
    """Exchange two axes."""
    return x.swapaxes(first, second)


def swap_axes_backward(grad_y: NDArray, x: NDArray, *, first: int, second: int) -> NDArray:
    """Exchange them again."""
    return grad_y.swapaxes(first, second)


def expand_axis(x: NDArray, *, axis: int) -> NDArray:
    """Insert an axis of length 1."""
    return np.expand_dims(x, axis)


def expand_axis_backward(grad_y: NDArray, x: NDArray, *, axis: int) -> NDArray:
    """Drop the axis again."""
    return grad_y.reshape(x.shape)


def squeeze(x: NDArray, *, axis: int | tuple[int, ...] | None) -> NDArray:
    """Drop axes of length 1; as in PyTorch, a longer axis stays."""
    axes = range(x.ndim) if axis is None else np.mod(np.atleast_1d(axis), x.ndim)
    return np.squeeze(x, tuple(int(a) for a in axes if x.shape[a] == 1))


def squeeze_backward(grad_y: NDArray, x: NDArray, *, axis: int | tuple[int, ...] | None) -> NDArray:
    """Put the axes back."""
    return grad_y.reshape(x.shape)


def pad(x: NDArray, *, padding: tuple[int, ...], value: float) -> NDArray:
    """Surround the last axes with `value`; pairs (before, after), last axis first, as F.pad."""
    return np.pad(x, _pad_width(x, padding), constant_values=value)


def pad_backward(grad_y: NDArray, x: NDArray, *, padding: tuple[int, ...], value: float) -> NDArray:
    """Cut the padding off the gradient."""
    sides = zip(_pad_width(x, padding), x.shape, strict=True)
    return grad_y[tuple(slice(before, before + size) for (before, _), size in sides)]


def _pad_width(x: NDArray, padding: tuple[int, ...]) -> list[tuple[int, int]]:
    pairs = list(zip(padding[::2], padding[1::2], strict=True))[::-1]
    return [(0, 0)] * (x.ndim - len(pairs)) + pairs


def _part_index(x: NDArray, size: int | list[int], axis: int, index: int) -> tuple[slice, ...]:
    length, axis = x.shape[axis], axis % x.ndim
    sizes = (
        [min(size, length - a) for a in range(0, length, size)] if isinstance(size, int) else size
    )
    ends = np.cumsum(sizes)
    inside = slice(int(ends[index] - sizes[index]), int(ends[index]))
    return (slice(None),) * axis + (inside,)
