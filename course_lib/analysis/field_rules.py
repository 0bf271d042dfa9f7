"""How each operation changes what its units see of the image, along one image axis.

A `Reach` says for every unit of a value the first and the last pixel that it sees. Reaches are
arrays of the value's rank, so whatever moves values about, such as a permutation or a slice, moves
reaches in the same way. Beyond the border they go on as inside it: padding counts as pixels.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.ops.pooling import average_options, bins, max_options
from course_lib.numpy_nn.graph.ops.reductions import all_axes
from course_lib.numpy_nn.graph.program import Step

# Where the axes stand among the arguments of a reduction, if not second.
THIRD = ("linalg_vector_norm", "norm.ScalarOpt_dim")
LONGEST_PERIOD = 1000  # units after which fields repeat, as after an enlargement
ALIKE = 1.25  # times as long a jump is the same one
OVER_ALL = ("sum", "mean", "max", "min", "any", "all")


class Reach(NamedTuple):
    """The first and last pixel that each unit sees; axes along which nothing varies have length 1.

    `jump` is the step between neighboring units, in pixels; `whole` says that every unit sees the
    whole image, and the numbers no longer count.
    """

    low: NDArray
    high: NDArray
    jump: float
    whole: bool = False


class Use(NamedTuple):
    """One step, with reaches in place of tensors (None for constants), and the tensors' shapes."""

    step: Step
    row: Operation
    arguments: tuple
    shapes: tuple
    image_size: int


def varies(reach: Reach) -> bool:
    """Tell whether units differ in what they see."""
    return reach.low.size > 1


def compressed(low: NDArray, high: NDArray, jump: float, *, whole: bool = False) -> Reach:
    """Shorten the axes along which nothing varies."""
    for axis in range(low.ndim):
        first = (slice(None),) * axis + (slice(0, 1),)
        if low.shape[axis] > 1 and (low == low[first]).all() and (high == high[first]).all():
            low, high = low[first], high[first]
    return Reach(low, high, jump, whole)


def reaches(argument: Any) -> list[Reach]:
    """List the reaches in a nested structure."""
    if isinstance(argument, Reach):
        return [argument]
    if isinstance(argument, tuple):
        return [reach for item in argument for reach in reaches(item)]
    return []


def join(found: Sequence[Reach], *, gate: bool = False) -> Reach | None:
    """Give what a unit sees that reads one unit of each; a gate leaves out who sees everything."""
    local = [reach for reach in found if not reach.whole]
    if not local or (len(local) < len(found) and not gate):
        return found[0]._replace(whole=True) if found else None
    low, high = local[0][:2]
    for reach in local[1:]:
        low, high = np.minimum(low, reach.low), np.maximum(high, reach.high)
    return Reach(low, high, _common_jump(local))


def _common_jump(found: Sequence[Reach]) -> float:
    """Give the one jump of branches that join; those in which nothing varies have none.

    An enlargement back to an odd size, such as 23 to 47, comes close to the jump it began with.
    """
    jumps = {reach.jump for reach in found if varies(reach)} or {found[0].jump}
    if max(jumps) > ALIKE * min(jumps):
        raise InvalidValue(
            "receptive_field", received=f"branches with jumps {sorted(jumps)}",
            needed="branches of one jump where they join",
            fix="check the strides of the branches")  # fmt: skip
    return min(jumps, key=lambda jump: abs(jump - round(jump)))


def each(use: Use) -> Reach | None:
    """Every unit reads the units in its place."""
    return join(reaches(use.arguments))


def gate(use: Use) -> Reach | None:
    """Every unit reads the units in its place; who sees everything only scales, but in a norm."""
    return join(reaches(use.arguments), gate=use.step.place.function != "rms_norm")


def norm(use: Use) -> Reach | None:
    """Every unit reads all units that its mean is taken over; running means are constants."""
    reach, options, shape = use.arguments[0], use.step.arguments[1:], use.shapes[0]
    if reach is None or reach.whole:
        return reach
    if use.step.operation == "native_batch_norm":
        training, axes = options[4], (0, *range(2, len(shape)))
        return _over(reach, axes, use.image_size) if training else reach
    if use.step.operation == "native_group_norm":
        low, high, jump = _over_channels(reach, options[5], shape[1])
        return _over(Reach(low, high, jump), range(2, len(shape)), use.image_size)
    return _over(reach, range(-len(options[0]), 0), use.image_size)  # layer norm, RMS norm


def constant(use: Use) -> None:
    """Nothing is read."""
    return


def move(use: Use) -> Any:
    """Units change their places: do with the reaches what the operation does with values."""
    found = reaches(use.arguments)
    if not found:
        return None
    if any(reach.whole for reach in found):
        return found[0]._replace(whole=True)
    try:
        low, high = (
            use.row.forward(*_filled(use.step.arguments, use.arguments, use.shapes, side))
            for side in (0, 1)
        )
    except (IndexError, TypeError, ValueError):  # an index that the network computes, a free view
        unknown(use)
    jump = _moved_jump(use.step, found)
    if not use.step.several:
        # One row an image is read as a whole by what comes next; one row a pixel is not.
        result = compressed(low, high, jump)
        flat = low.ndim == 2 < len(use.shapes[0] or ()) and result.low.shape[0] == 1
        return result._replace(whole=flat)
    return tuple(compressed(a, b, jump) for a, b in zip(low, high, strict=True))


def _moved_jump(step: Step, found: Sequence[Reach]) -> float:
    """Give the jump afterwards; what is laid end to end along the image may differ in it."""
    longest = max(reach.jump for reach in found)
    if step.operation == "cat" and all(
        reach.low.shape[step.arguments[1]] > 1 for reach in found if varies(reach)
    ):
        return longest
    if step.operation in ("cat", "stack"):
        return _common_jump(found)
    return longest * _step_factor(step, found[0])


def _step_factor(step: Step, reach: Reach) -> float:
    """Tell how many times farther apart the units are afterwards."""
    if step.operation == "slice":
        return step.arguments[4] if reach.low.shape[step.arguments[1]] > 1 else 1
    shuffle = {"pixel_shuffle": -1, "pixel_unshuffle": 1}.get(step.operation)
    return 1 if shuffle is None else step.arguments[1] ** float(shuffle)


def _filled(written: Any, argument: Any, shape: Any, side: int) -> Any:
    """Put full arrays in the place of reaches; a constant tensor sees nothing, from inf to -inf."""
    if isinstance(argument, Reach):
        return np.broadcast_to(argument[side], shape)
    if isinstance(argument, tuple):
        pairs = zip(written, argument, shape, strict=True)
        return tuple(_filled(w, a, s, side) for w, a, s in pairs)
    if shape is not None and (argument is None or argument.dtype.kind == "f"):
        return np.full(shape, (np.inf, -np.inf)[side])
    return written if argument is None else argument


def reduce(use: Use) -> Reach | None:
    """Let a unit read all units along some axes."""
    reach, shape = use.arguments[0], use.shapes[0]
    if reach is None:
        return None
    name = use.step.operation
    position = 2 if name in THIRD else 1
    given = use.step.arguments[position] if position < len(use.step.arguments) else None
    axes = tuple(range(len(shape))) if name in OVER_ALL else all_axes(np.empty(shape), given)
    result = _over(reach, axes, use.image_size)
    if len(use.step.shapes[0]) < len(shape):
        kept = [size for axis, size in enumerate(result.low.shape) if axis not in axes]
        result = result._replace(low=result.low.reshape(kept), high=result.high.reshape(kept))
    return result


def along(use: Use) -> Reach | None:
    """Let a unit read all units along one axis; there are as many after as before."""
    reach = use.arguments[0]
    if reach is None:
        return None
    axis = use.step.arguments[1] % max(1, len(use.shapes[0]))
    if use.step.operation == "cumsum":
        low, high = (
            np.broadcast_to(reach.low, use.shapes[0]),
            np.broadcast_to(reach.high, use.shapes[0]),
        )
        low, high = np.minimum.accumulate(low, axis), np.maximum.accumulate(high, axis)
        return compressed(low, high, reach.jump)
    return _over(reach, (axis,), use.image_size)


def _over(reach: Reach, axes: Sequence[int], image_size: int) -> Reach:
    low = reach.low.min(axis=tuple(axes), keepdims=True)
    high = reach.high.max(axis=tuple(axes), keepdims=True)
    read_many = low.size < reach.low.size
    sees_all = read_many and low.max() <= 0 and high.min() >= image_size - 1
    return Reach(low, high, reach.jump, reach.whole or bool(sees_all))


def matrix(use: Use) -> Reach | None:
    """Let a unit read a row of one factor, a column of the other, and perhaps a bias."""
    *bias, x, other = use.arguments[: 3 if use.step.operation in ("addmm", "baddbmm") else 2]
    found = reaches(tuple(bias))
    if x is not None:
        found.append(_over(x, (-1,), use.image_size))
    if other is not None:
        axis = -2 if other.low.ndim > 1 else -1
        found.append(_over(other, (axis,), use.image_size))
    return join(found)


def convolution(use: Use) -> Reach | None:
    """Let a unit read a window of each map of its group, or the units whose windows hold it."""
    reach = use.arguments[0]
    if reach is None or reach.whole:
        return reach
    _, _, _, strides, paddings, dilations, transposed, _, groups = use.step.arguments
    kernel, output = use.shapes[1][2:], use.step.shapes[0]
    low, high, jump = _over_channels(reach, groups, output[1])
    options = (v * len(kernel) if len(v) == 1 else v for v in (strides, paddings, dilations))
    for axis, (k, s, p, d) in enumerate(zip(kernel, *options, strict=True), 2):
        units = np.arange(output[axis])[:, None]
        if transposed:
            read = (units + p - d * np.arange(k)) / s
            places = [np.where(read == np.floor(read), read, np.nan)]
        else:
            places = [units * s - p + d * np.arange(k)]
        low, high, jump = _windows(low, high, jump, axis, places[0], 1 / s if transposed else s)
    return compressed(low, high, jump)


def _over_channels(reach: Reach, groups: int, channels: int) -> tuple[NDArray, NDArray, float]:
    """Let every channel of a group see what all of the group see."""
    low, high = reach.low, reach.high
    if low.shape[1] == 1 or groups == 1:
        return low.min(axis=1, keepdims=True), high.max(axis=1, keepdims=True), reach.jump
    shape = (low.shape[0], groups, -1, *low.shape[2:])
    low, high = low.reshape(shape).min(axis=2), high.reshape(shape).max(axis=2)
    return low.repeat(channels // groups, 1), high.repeat(channels // groups, 1), reach.jump


def _windows(
    low: NDArray, high: NDArray, jump: float, axis: int, places: NDArray, factor: float
) -> tuple[NDArray, NDArray, float]:
    """Read `places` (units, taps) along an axis; NaN is no place.

    Units that read nothing, as between the pixels of a transposed convolution that are farther
    apart than its kernel is long, see from inf to -inf.
    """
    if low.shape[axis] == 1:
        return low, high, jump
    none = np.isnan(places).reshape(*places.shape, *[1] * (low.ndim - 1 - axis))
    return (
        np.where(none, np.inf, _at(low, axis, places, jump)).min(axis + 1),
        np.where(none, -np.inf, _at(high, axis, places, jump)).max(axis + 1),
        jump * factor,
    )


def _at(values: NDArray, axis: int, places: NDArray, jump: float) -> NDArray:
    """Read at places along an axis, beyond the ends as if it went on evenly, period by period."""
    size = values.shape[axis]
    period = Fraction(jump).limit_denominator(LONGEST_PERIOD).denominator
    period = period if period <= size else 1
    wanted = np.nan_to_num(places).astype(int)
    periods = -(np.minimum(wanted, 0) // period) + np.minimum(size - 1 - wanted, 0) // period
    slope = np.expand_dims(_slope(values, axis, jump), axis)
    moved = (periods * period).reshape(*places.shape, *[1] * (values.ndim - 1 - axis))
    return values.take(wanted + periods * period, axis) - np.rint(moved * slope)


def _slope(values: NDArray, axis: int, jump: float) -> NDArray:
    """Give the mean step along an axis, in whole jumps where it is about that."""
    others = tuple(i for i in range(values.ndim) if i != axis)
    seeing = np.isfinite(values).all(others).nonzero()[0]
    if seeing.size < 2:
        return np.zeros_like(values.take([0], axis))
    first, last = (values.take([i], axis) for i in seeing[[0, -1]])
    slope = (last - first) / (seeing[-1] - seeing[0])
    jumps = np.rint(slope / jump)
    return np.where(np.abs(slope / jump - jumps) < 0.25, jumps * jump, slope)


def window(use: Use) -> Reach | None:
    """Let a unit read a window of its own map."""
    reach, options = use.arguments[0], use.step.arguments[1:]
    if reach is None or reach.whole:
        return reach
    if use.step.operation.startswith("max"):
        named = max_options(*options)
    else:
        named = average_options(int(use.step.operation[-2]), *options)[0]
    kernel = named["kernel_size"]
    strides, dilations = named["stride"] or kernel, named.get("dilation", (1,) * len(kernel))
    low, high, jump = reach[:3]
    for axis, k, s, p, d in zip(
        range(-len(kernel), 0), kernel, strides, named["padding"], dilations, strict=True
    ):
        units = np.arange(use.step.shapes[0][axis])[:, None]
        places = units * s - p + d * np.arange(k)
        low, high, jump = _windows(low, high, jump, axis % low.ndim, places, s)
    return compressed(low, high, jump)


def pad(use: Use) -> Reach | None:
    """Units are added around, or cut off where the width is negative."""
    reach, widths = use.arguments[0], use.step.arguments[1]
    if reach is None or reach.whole:
        return reach
    low, high, jump = reach[:3]
    for number, (before, after) in enumerate(zip(widths[::2], widths[1::2], strict=True), 1):
        axis = low.ndim - number
        places = np.arange(-before, use.shapes[0][axis] + after)[:, None]
        low, high, jump = _windows(low, high, jump, axis, places, 1)
    return compressed(low, high, jump)


def parts(use: Use) -> Reach | None:
    """Let a unit read a bin of its own map, as adaptive pooling cuts it."""
    reach, sizes = use.arguments[0], use.step.arguments[1]
    if reach is None or reach.whole:
        return reach
    result = reach
    for axis, count in zip(range(-len(sizes), 0), sizes, strict=True):
        low, high = result.low, result.high
        size = low.shape[axis]
        if size == 1:
            continue
        cut = bins(size, count)
        every = (slice(None),) * (axis % low.ndim)
        result = Reach(
            np.concatenate([low[(*every, b)].min(axis, keepdims=True) for b in cut], axis),
            np.concatenate([high[(*every, b)].max(axis, keepdims=True) for b in cut], axis),
            reach.jump * size / count,
        )
    return compressed(*result[:3], whole=result.low.size < reach.low.size and set(sizes) == {1})


def resample(use: Use) -> Reach | None:
    """Let a unit read the units that its interpolation weighs."""
    reach, (sizes, *options) = use.arguments[0], use.step.arguments[1:]
    if reach is None or reach.whole:
        return reach
    low, high, jump = reach[:3]
    for position, axis in enumerate(range(-len(sizes), 0)):
        size = low.shape[axis]
        if size == 1:
            continue
        probe = np.eye(size).reshape(
            size, 1, *[size if a == axis else 1 for a in range(-len(sizes), 0)]
        )
        out = [sizes[position] if a == axis else 1 for a in range(-len(sizes), 0)]
        weighs = use.row.forward(probe, tuple(out), *options).reshape(size, -1).T != 0
        places = np.where(weighs, np.arange(size), np.nan)
        low, high, jump = _windows(low, high, jump, axis % low.ndim, places, size / sizes[position])
    return compressed(low, high, jump)


def unknown(use: Use) -> None:
    """Refuse by name."""
    raise InvalidValue(
        "receptive_field", received=f"the operation {use.step.operation} ({use.step.place})",
        needed="an operation with a rule for receptive fields",
        fix="pass the part of the network before it")  # fmt: skip


RULES: dict[str, Callable[[Use], Any]] = {
    "each": each,
    "gate": gate,
    "norm": norm,
    "constant": constant,
    "move": move,
    "reduce": reduce,
    "along": along,
    "matrix": matrix,
    "convolution": convolution,
    "window": window,
    "pad": pad,
    "bins": parts,
    "resample": resample,
    "unknown": unknown,
}
