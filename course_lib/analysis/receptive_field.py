"""Which input pixels a unit can see, layer by layer, and which it really uses."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.analysis.complexity import align
from course_lib.analysis.field_rules import RULES, Reach, Use, reaches, unknown
from course_lib.checks import require_input_shape, require_int
from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.program import Program, Step, Value, Weight
from course_lib.numpy_nn.graph.table import OPERATIONS
from course_lib.numpy_nn.graph.trace import named_state, trace
from course_lib.unchanged import evaluated


class LayerField(NamedTuple):
    """What a unit of one layer sees along one image axis, in input pixels.

    `size` is the receptive field, None where it is the whole image (after global pooling or
    flattening; the other fields are None as well). `jump` is the step between the fields of
    neighboring units, `start` the center of the first unit's field, `padding` how many pixels
    that field reaches beyond the image: start = (size - 1) / 2 - padding.
    """

    name: str
    type: str
    size: int | None
    jump: int | None
    start: float | None
    padding: int | None


class ReceptiveFields(NamedTuple):
    """The layers in the order in which they run; `str` makes a table of it."""

    layers: tuple[LayerField, ...]

    @property
    def last(self) -> LayerField:
        """The last layer that does not see the whole image; ValueError if there is none."""
        for layer in reversed(self.layers):
            if layer.size is not None:
                return layer
        raise InvalidValue(
            "receptive_field", received="a network in which no layer sees a part of the image",
            needed="a layer whose units look at windows", fix="look at the rows in layers"
        )  # fmt: skip

    def __str__(self) -> str:
        """Write the table, numbers aligned to the right."""
        head = ("layer", "type", "size", "jump", "start", "padding")
        rows = [(*layer[:2], *_numbers(layer[2:])) for layer in self.layers]
        return align([head, *rows])


def receptive_field(
    module: nn.Module, *, axis: int = 0, input_shape: tuple[int, ...] | None = None
) -> ReceptiveFields:
    """Compute the theoretical receptive field of every layer.

    Through a window of kernel K, stride S, padding P, dilation D:
    size' = size + D * (K - 1) * jump, jump' = jump * S, padding' = padding + P * jump.

    Parameters
    ----------
    module : torch.nn.Module
        A network with one image as input, which is not changed. Modules and functions count alike;
        the network runs once on shapes alone, in eval mode.
    axis : int, default=0
        Image axis: 0 is height, 1 is width.
    input_shape : tuple of int, default=None
        Shape of the input with its batch axis. None takes what the network says of itself
        (`in_channels` and `image_size`), or else guesses the channels by its first convolution,
        and the size.

    Returns
    -------
    ReceptiveFields
        One `LayerField` a layer, and one a function that is called outside of layers.

    Raises
    ------
    InvalidType, InvalidValue
        If `axis` is negative, the module does not run on the shape, holds an operation that cannot
        be followed, or joins branches of different jumps.

    Notes
    -----
    Each unit's first and last pixel are followed through every operation, beyond the border as
    inside. Where branches join, the field is the smallest that holds all of theirs. A branch that
    has seen the whole image and only *scales* another one, as squeeze-and-excitation does, is left
    out, as in the published values. Norms see all that they take a mean of: batch norm with its
    running statistics one unit, group, layer and instance norm the plane. Behind a transposed
    convolution or an upsampling the fields of units differ; `size` is the largest.

    References
    ----------
    Araujo, Norris, Sim, 2019: Computing receptive fields of convolutional neural networks,
    Distill, doi:10.23915/distill.00021.

    Examples
    --------
    >>> net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(1, 1, 3))
    >>> print(receptive_field(net))
    layer       type  size  jump  start  padding
    0         Conv2d     3     1      0        1
    1      MaxPool2d     4     2    0.5        1
    2         Conv2d     8     2    2.5        1
    """
    axis = require_int("receptive_field", "axis", axis, minimum=0)
    with evaluated(module, parameters=False):
        program, shape = _run(module, input_shape)
    if axis + 2 >= len(shape):
        raise InvalidValue(
            "receptive_field", received=f"axis={axis} for inputs {shape}",
            needed=f"an image axis, 0 to {len(shape) - 3}",
            fix="count the axes behind N and C")  # fmt: skip
    places = np.arange(float(shape[axis + 2]))
    places = places.reshape(-1, *[1] * (len(shape) - axis - 3))[(None,) * (axis + 2)]
    follow = _Followed(module, program, Reach(places, places, 1), shape, shape[axis + 2])
    return ReceptiveFields(tuple(follow.rows()))


def effective_receptive_field(
    module: nn.Module, input_shape: tuple[int, int, int, int], *, generator: torch.Generator
) -> Tensor:
    """Measure how much each input pixel moves the central unit: the mean squared gradient.

    Parameters
    ----------
    module : torch.nn.Module
        Maps images (N, C, H, W) to maps (N, C_out, H_out, W_out).
    input_shape : (int, int, int, int)
        Shape of the random images, standard normal; more images (N) give a smoother picture.
    generator : torch.Generator
        Source of the images and of the random weights of the output channels.

    Returns
    -------
    Tensor (H, W)
        Shares that sum to 1.

    Raises
    ------
    ValueError
        If the output of the module is not a map, or no input moves its center.

    References
    ----------
    Luo, Li, Urtasun, Zemel, 2016: Understanding the effective receptive field in deep
    convolutional neural networks, NIPS, arXiv:1701.04128, section 2.

    Examples
    --------
    >>> net = nn.Conv2d(1, 1, 3, padding=1)
    >>> field = effective_receptive_field(net, (1, 1, 5, 5), generator=torch.Generator())
    >>> (field > 0).sum().item()
    9
    """
    weight = next(module.parameters(), torch.zeros(()))
    input_shape = require_input_shape("effective_receptive_field", input_shape)
    x = torch.randn(input_shape, generator=generator, dtype=weight.dtype).to(weight.device)
    x.requires_grad_()
    with evaluated(module), torch.enable_grad():
        y = module(x.clone())  # a module may work on its input in place
        _require_map(y)
        center = y[:, :, y.shape[2] // 2, y.shape[3] // 2]
        upstream = torch.randn(center.shape, generator=generator, dtype=y.dtype).to(y.device)
        (gradient,) = torch.autograd.grad(center, x, upstream)
    power = gradient.square().mean(dim=(0, 1))
    if not power.sum() > 0:
        raise InvalidValue(
            "effective_receptive_field", received="a central unit with gradient 0 everywhere",
            needed="a unit that some input pixel moves",
            fix="use more images, or a network whose ReLUs are not all dead")  # fmt: skip
    return power / power.sum()


def field_spread(field: Tensor) -> tuple[float, float]:
    """Give the standard deviations of a field (H, W) along its rows and columns, in pixels.

    Examples
    --------
    >>> field_spread(torch.tensor([[0.5, 0.0, 0.5]]))
    (0.0, 1.0)
    """
    return _deviation(field.sum(dim=1)), _deviation(field.sum(dim=0))


def _deviation(shares: Tensor) -> float:
    shares = shares.double() / shares.double().sum()
    positions = torch.arange(len(shares), dtype=torch.float64, device=shares.device)
    mean = (shares * positions).sum()
    return float((shares * (positions - mean) ** 2).sum().sqrt())


def _require_map(y: Any) -> None:
    if not isinstance(y, Tensor) or y.ndim != 4:
        shape = tuple(y.shape) if isinstance(y, Tensor) else type(y).__name__
        raise InvalidValue(
            "effective_receptive_field", received=f"a module with output {shape}",
            needed="a module that gives maps (N, C, H, W)",
            fix="pass its convolutional part, for example network.features")  # fmt: skip


def _run(module: nn.Module, input_shape: tuple[int, ...] | None) -> tuple[Program, tuple[int, ...]]:
    """Trace the module, on the first shape that it takes."""
    weight = next(module.parameters(), torch.zeros(()))
    if input_shape is None:
        guesses = _guesses(module)
    else:
        guesses = [require_input_shape("receptive_field", input_shape)]
    for shape in guesses:
        x = torch.empty(shape, dtype=weight.dtype, device="meta")
        try:
            return trace(module, [x], caller="receptive_field", any_output=True), shape
        except InvalidValue:
            if shape == guesses[-1]:
                raise
    raise AssertionError  # there is always a guess


def _guesses(module: nn.Module) -> list[tuple[int, ...]]:
    """List shapes to try: what the network says, or what its first layer takes."""
    channels = getattr(module, "in_channels", None)
    size = getattr(module, "image_size", None)
    if isinstance(size, tuple) and isinstance(channels, int):
        return [(1, channels, *size)]
    layers = [layer for layer in module.modules() if hasattr(layer, "kernel_size")]
    convolution = next((layer for layer in layers if hasattr(layer, "in_channels")), None)
    digits = [int(d) for layer in layers[:1] for d in type(layer).__name__ if d in "123"]
    axes = digits[-1] if digits else 2
    if convolution is not None:
        channels = convolution.in_channels
    counts = [channels] if isinstance(channels, int) else [3, 1, 4, 16, 64]
    sides = {1: (256, 1024), 2: (224, 96, 32, 28, 8), 3: (48, 112)}[axes]
    return [(1, count, *[side] * axes) for count in counts for side in sides]


class _Followed:
    """Follow what units see through the steps of a program."""

    def __init__(
        self, module: nn.Module, program: Program, start: Reach, shape: tuple, image_size: int
    ) -> None:
        self._modules = dict(module.named_modules())
        self._program, self._image_size = program, image_size
        self._reach: dict[Value, Reach | None] = {program.inputs[0]: start}
        self._shape: dict[Any, tuple] = {program.inputs[0]: shape}
        self._shape |= {Weight(name): tuple(t.shape) for name, t in named_state(module)}

    def rows(self) -> list[LayerField]:
        """Give a row for each call of a layer and of a function outside of layers."""
        found: dict[Any, tuple[str, str, Reach]] = {}
        for step in self._program.steps:
            reach = self._step(step)
            if reach is not None:
                key, name, kind = self._label(step)
                if kind not in ("getitem", "size"):
                    found.pop(key, None)
                    found[key] = (name, kind, reach)
        return [_row(*entry) for entry in found.values()]

    def _step(self, step: Step) -> Reach | None:
        """Follow one step, and give the first reach that comes out."""
        row = OPERATIONS.get(step.operation)
        arguments = tuple(map(self._look_up, step.arguments))
        shapes = tuple(map(self._shape_of, step.arguments))
        use = Use(step, row, arguments, shapes, self._image_size)
        found = reaches(arguments)
        if not found:
            result = None
        elif all(reach.whole for reach in found):
            result = found[0]
        else:
            result = unknown(use) if row is None else RULES[row.field](use)
        if result is None or isinstance(result, Reach):
            result = (result,) * len(step.results)
        results = result
        for value, reach, shape in zip(step.results, results, step.shapes, strict=False):
            if value is not None:
                self._reach[value], self._shape[value] = reach, shape
        return next((reach for reach in results if reach is not None), None)

    def _look_up(self, argument: Any) -> Any:
        if isinstance(argument, Value):
            return self._reach[argument]
        if isinstance(argument, tuple):
            return tuple(map(self._look_up, argument))
        return argument if isinstance(argument, np.ndarray) else None

    def _shape_of(self, argument: Any) -> Any:
        if isinstance(argument, Value | Weight):
            return self._shape[argument]
        if isinstance(argument, tuple):
            return tuple(map(self._shape_of, argument))
        return argument.shape if isinstance(argument, np.ndarray) else None

    def _label(self, step: Step) -> tuple[Any, str, str]:
        """Name a step by its layer, or by its function and the module that calls it."""
        place = step.place
        layer = self._modules[place.module]
        if not list(layer.children()):
            return place.call, place.module or "(itself)", place.kind
        function = place.function.strip("_") or step.operation
        name = f"{place.module}.{function}" if place.module else function
        return (place.call, function, place.line), name, function


def _row(name: str, kind: str, reach: Reach) -> LayerField:
    """Describe the first unit, and the largest of all."""
    if reach.whole:
        return LayerField(name, kind, None, None, None, None)
    low, high = _line(reach)
    first = int(np.argmax(high >= low))  # the first unit that sees anything
    numbers = ((high - low).max() + 1, reach.jump, (low[first] + high[first]) / 2, -low[first])
    return LayerField(name, kind, *(int(n) if n == int(n) else float(n) for n in numbers))


def _line(reach: Reach) -> tuple[np.ndarray, np.ndarray]:
    """Give the pixels seen along the axis on which they change most, over all other axes."""
    axes = range(reach.low.ndim)
    # What sees nothing is inf in `low`, and -inf here.
    last = np.where(np.isfinite(reach.low), reach.low, -np.inf)
    ranges = [(last.max(axis) - reach.low.min(axis)).max() for axis in axes]
    others = tuple(axis for axis in axes if axis != int(np.argmax(ranges)))
    return reach.low.min(axis=others), reach.high.max(axis=others)


def _numbers(values: Sequence[float | None]) -> list[str]:
    return ["whole" if value is None else f"{value:g}" for value in values]
