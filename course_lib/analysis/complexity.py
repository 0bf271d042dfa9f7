"""What a network costs: parameters, multiply-adds and activation memory, layer by layer.

`dense_costs` and `conv_costs` count a layer by formula, before any network is built; `complexity`
counts the layers of a network that is there.
"""

import re
from contextlib import suppress
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from course_lib.checks import require_input_shape, require_int
from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.program import Place, Program, Step, Value, Weight, references
from course_lib.numpy_nn.graph.trace import named_state, trace
from course_lib.shapes import conv_output_size
from course_lib.unchanged import evaluated


class LayerCounts(NamedTuple):
    """What a layer costs for one image, by its sizes alone.

    `weights` and `biases` are the numbers that training adjusts, `outputs` the numbers that the
    layer gives, `multiply_adds` the products of a weight with a value.
    """

    weights: int
    biases: int
    outputs: int
    multiply_adds: int

    @property
    def parameters(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases


class LayerCost(NamedTuple):
    """One call of one layer, for the whole batch.

    `activation_bytes` is the size of its output; `parameters` are counted at the first call only.
    """

    name: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int


class Complexity(NamedTuple):
    """The layers in the order in which they ran, and the totals; `str` makes a table of it.

    `parameters` are those of the whole module: layers that did not run have rows at the end, with
    an empty shape, so that every total is the sum of its column.
    """

    layers: tuple[LayerCost, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int

    def __str__(self) -> str:
        """Write the table, numbers aligned to the right."""
        return as_text(self)


def dense_costs(num_inputs: int, num_outputs: int) -> LayerCounts:
    """Count a fully connected layer: a weight for every pair of input and output.

    Parameters
    ----------
    num_inputs, num_outputs : int
        Numbers that go in and come out, for one image.

    Returns
    -------
    LayerCounts
        weights = multiply_adds = num_inputs * num_outputs, biases = num_outputs.

    Raises
    ------
    TypeError, ValueError
        If a count is not a whole number from 1 on.

    Examples
    --------
    >>> dense_costs(32 * 32 * 3, 100)
    LayerCounts(weights=307200, biases=100, outputs=100, multiply_adds=307200)
    """
    inputs = require_int("dense_costs", "num_inputs", num_inputs, minimum=1)
    outputs = require_int("dense_costs", "num_outputs", num_outputs, minimum=1)
    return LayerCounts(inputs * outputs, outputs, outputs, inputs * outputs)


def conv_costs(
    image_size: int, *, channels: int, filters: int, kernel_size: int, shared: bool = True
) -> LayerCounts:
    """Count a convolutional layer on a square image, stride 1, no padding.

    Parameters
    ----------
    image_size : int
        Height and width of the image, in pixels.
    channels, filters : int
        C_in and C_out.
    kernel_size : int
        Height and width of a filter, in pixels.
    shared : bool, default=True
        With False, every place of the image has filters and biases of its own: a locally
        connected layer, the same size without sharing.

    Returns
    -------
    LayerCounts
        Shared: weights = filters * channels * kernel_size², biases = filters, outputs =
        filters * (image_size - kernel_size + 1)². Unshared: every output has its own
        channels * kernel_size² weights and its own bias.

    Raises
    ------
    TypeError, ValueError
        If a count is not a whole number from 1 on, or the filter is larger than the image.

    Examples
    --------
    >>> conv_costs(32, channels=3, filters=10, kernel_size=5)
    LayerCounts(weights=750, biases=10, outputs=7840, multiply_adds=588000)
    """
    for name, count in (("channels", channels), ("filters", filters)):
        require_int("conv_costs", name, count, minimum=1)
    side = conv_output_size(image_size, kernel_size)
    window = channels * kernel_size**2
    outputs = filters * side**2
    sets = filters if shared else outputs
    return LayerCounts(sets * window, sets, outputs, outputs * window)


def complexity(
    module: nn.Module, input_shape: tuple[int, ...] | tuple[tuple[int, ...], ...]
) -> Complexity:
    """Count what one forward pass in eval mode costs.

    Parameters
    ----------
    module : torch.nn.Module
        Any network whose forward takes tensors. It is not changed: the pass runs on shapes
        alone, without memory for the values.
    input_shape : tuple of int, or tuple of such tuples
        Shape of the input with its batch axis, such as (1, 3, 224, 224); one shape for each where
        the module takes several. Inputs are floating point as the weights are, or whole numbers
        where the module, such as an embedding, does not run on that.

    Returns
    -------
    Complexity
        One `LayerCost` for each call of a layer (a module without children, or with parameters
        of its own), one for each function that multiplies outside of layers, one for each layer
        with parameters that did not run, and the totals.

    Raises
    ------
    InvalidType, InvalidValue
        If `input_shape` is not a tuple of whole numbers from 1 on, or the module does not run on
        it.

    Notes
    -----
    Multiply-adds follow the convention of the published tables: convolutions and products of
    matrices count one for each product of a weight with an input value, or of two values as in
    attention; biases, norms, activations, pooling and additions count nothing. A convolution costs
    N * C_out * C_in / groups * K_h * K_w for each output pixel; one "FLOP" of the ResNet paper is
    one multiply-add, other papers count two. They are counted where PyTorch dispatches them, so
    functions, keyword calls and parametrized layers count as others do.

    All work counts that is done, also what the output does not need. Parameters stand in the row
    that first reads them, or with their layer where nothing does. Activation memory is an upper
    bound of what training keeps: layers that work in place or hand their input on count as if they
    made a new output.

    References
    ----------
    He et al. 2016, arXiv:1512.03385, Table 1 ("FLOPs (multiply-adds)").

    Examples
    --------
    >>> cost = complexity(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), (1, 3, 10, 12))
    >>> cost.parameters, cost.multiply_adds, cost.activation_bytes  # 216 * 80; 2 * 640 * 4
    (224, 17280, 5120)
    """
    shapes = _checked_shapes(input_shape)
    with evaluated(module, parameters=False):
        program = _traced(module, shapes)
    layers = tuple(_Counted(module, program, shapes).rows())
    return Complexity(
        layers,
        sum(p.numel() for p in module.parameters()),
        sum(layer.multiply_adds for layer in layers),
        sum(layer.activation_bytes for layer in layers),
    )


def as_text(cost: Complexity) -> str:
    """Write a table: one line a layer, totals at the end, memory in MiB.

    Examples
    --------
    >>> print(as_text(complexity(nn.Linear(4, 3), (2, 4))))
    layer       type         output  parameters  multiply-adds  memory (MiB)
    (itself)  Linear         (2, 3)          15             24          0.00
    total                                    15             24          0.00
    """
    rows = [("layer", "type", "output", "parameters", "multiply-adds", "memory (MiB)")]
    rows += [
        (
            layer.name or "(itself)",
            layer.type,
            str(layer.output_shape),
            *_numbers(layer.parameters, layer.multiply_adds, layer.activation_bytes),
        )
        for layer in cost.layers
    ]
    totals = _numbers(cost.parameters, cost.multiply_adds, cost.activation_bytes)
    rows.append(("total", "", "", *totals))
    return align(rows)


def align(rows: list[tuple[str, ...]]) -> str:
    """Pad the cells of a table: the first column to the left, all others to the right.

    Examples
    --------
    >>> print(align([("name", "size"), ("x", "10")]))
    name  size
    x       10
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        [row[0].ljust(widths[0])]
        + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        for row in rows
    )
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _numbers(parameters: int, multiply_adds: int, activation_bytes: int) -> tuple[str, str, str]:
    return f"{parameters:,}", f"{multiply_adds:,}", f"{activation_bytes / 2**20:.2f}"


def _checked_shapes(input_shape: Any) -> list[tuple[int, ...]]:
    """Give a list of shapes, also of one."""
    given = input_shape if isinstance(input_shape, tuple | list) else ()
    if given and all(isinstance(item, tuple | list) for item in given):
        return [require_input_shape("complexity", item) for item in given]
    return [require_input_shape("complexity", input_shape)]


def _traced(module: nn.Module, shapes: list[tuple[int, ...]]) -> Program:
    """Run on floating point, or on whole numbers where the refusal asks for an index."""
    floats = (t.dtype for _, t in named_state(module) if t.is_floating_point())
    try:
        return _trace(module, shapes, next(floats, torch.float32))
    except InvalidValue as refusal:
        if not re.search("index|indices|Long", str(refusal)):
            raise
        with suppress(InvalidValue):
            return _trace(module, shapes, torch.int64)
        raise


def _trace(module: nn.Module, shapes: list[tuple[int, ...]], dtype: torch.dtype) -> Program:
    inputs = [torch.empty(shape, dtype=dtype, device="meta") for shape in shapes]
    return trace(module, inputs, caller="complexity", as_written=True, any_output=True)


class _Counted:
    """Hand the work of every step, and the weights it reads, to the layer that calls it."""

    def __init__(self, module: nn.Module, program: Program, shapes: list[tuple[int, ...]]) -> None:
        self._modules, self._program = dict(module.named_modules()), program
        self._shape: dict[Any, tuple[int, ...]] = dict(zip(program.inputs, shapes, strict=True))
        self._shape |= {Weight(name): tuple(t.shape) for name, t in named_state(module)}
        self._unread = {Weight(name) for name, _ in module.named_parameters()}
        self._calls = {call.call: call for call in program.calls}

    def rows(self) -> list[LayerCost]:
        """Give the rows of layers in the order in which they end, of functions, of the rest."""
        work: dict[Any, list[int]] = {}
        functions: dict[Any, LayerCost] = {}
        for step in self._program.steps:
            made = [value for value in step.results if value is not None]  # None is no tensor
            self._shape |= dict(zip(made, step.shapes, strict=True))
            counts = self._multiply_adds(step), self._new_parameters(step)
            owner = self._owner(step.place)
            if owner is not None:
                total = work.setdefault(owner, [0, 0])
                total[0], total[1] = total[0] + counts[0], total[1] + counts[1]
            elif any(counts):
                functions[step] = _function_cost(step, *counts)
        layers = [
            LayerCost(
                call.name, call.kind, next(iter(call.output_shapes), ()),
                *reversed(work.get(call.call, [0, 0])), call.output_bytes,
            )
            for call in self._program.calls
            if self._is_layer(call.name)
        ]  # fmt: skip
        return self._with_unread([*layers, *functions.values()])

    def _with_unread(self, rows: list[LayerCost]) -> list[LayerCost]:
        """Give the parameters that no step reads to their layer, which has a row or gets one."""
        for weight in sorted(self._unread, key=list(self._shape).index):
            name = weight.name.rpartition(".")[0].partition("parametrizations")[0].rstrip(".")
            place = next((i for i, row in enumerate(rows) if row.name == name), len(rows))
            if place == len(rows):
                kind = type(self._modules[name]).__name__
                rows.append(LayerCost(name, kind, (), 0, 0, 0))
            more = rows[place].parameters + prod(self._shape[weight])
            rows[place] = rows[place]._replace(parameters=more)
        return rows

    def _owner(self, place: Place) -> int | None:
        """Find the innermost layer around a place; a parametrization belongs to its layer."""
        call = self._calls.get(place.call)
        while call is not None and not self._is_layer(call.name):
            call = self._calls.get(call.parent)
        return None if call is None else call.call

    def _is_layer(self, name: str) -> bool:
        if "parametrizations" in name.split("."):
            return False
        layer = self._modules[name]
        children = [child for key, child in layer.named_children() if key != "parametrizations"]
        return not children or bool(list(layer.parameters(recurse=False)))

    def _multiply_adds(self, step: Step) -> int:
        count = PRODUCTS.get(step.operation)
        given = (x for x in step.arguments if isinstance(x, Value | Weight | np.ndarray))
        shapes = [x.shape if isinstance(x, np.ndarray) else self._shape[x] for x in given]
        return 0 if count is None else count(step, shapes)

    def _new_parameters(self, step: Step) -> int:
        read = self._unread & set(references(step.arguments))
        self._unread -= read
        return sum(prod(self._shape[weight]) for weight in read)


def _function_cost(step: Step, multiply_adds: int, parameters: int) -> LayerCost:
    place, shape = step.place, step.shapes[0]
    function = place.function.strip("_") or step.operation
    name = f"{place.module}.{function}" if place.module else function
    size = prod(shape) * np.dtype(step.dtypes[0]).itemsize
    return LayerCost(name, function, shape, parameters, multiply_adds, size)


def _of_convolution(step: Step, shapes: list) -> int:
    """Count a whole kernel for each output; transposed, for each input."""
    transposed = step.arguments[6]
    return prod(shapes[0] if transposed else step.shapes[0]) * prod(shapes[1][1:])


def _of_product(step: Step, shapes: list) -> int:
    """Count a row times a column for each output; a bias stands in front."""
    return prod(step.shapes[0]) * shapes[-2][-1]


# What multiplies, as torch.utils.flop_counter has it.
PRODUCTS = {
    "convolution": _of_convolution,
    **dict.fromkeys(("mm", "bmm", "addmm", "baddbmm"), _of_product),
}
