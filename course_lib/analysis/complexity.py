"""What a network costs: parameters, multiply-adds and activation memory, layer by layer.

`dense_costs` and `conv_costs` count a layer by formula, before any network is built; `complexity`
counts the layers of a network that is there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from course_lib.checks import require_int
from course_lib.errors import InvalidType
from course_lib.shapes import conv_output_size

CONVOLUTIONS = (
    nn.Conv1d, nn.Conv2d, nn.Conv3d,
    nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d,
)  # fmt: skip
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


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

    `parameters` are those of the whole module, layers that did not run included.
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


def complexity(module: nn.Module, input_shape: tuple[int, ...]) -> Complexity:
    """Count what one forward pass in eval mode costs.

    Parameters
    ----------
    module : torch.nn.Module
        Any network whose forward takes one tensor. It is not changed: the pass runs on shapes
        alone, without memory for the values.
    input_shape : tuple of int
        Shape of the input with its batch axis, such as (1, 3, 224, 224).

    Returns
    -------
    Complexity
        One `LayerCost` for each call of a layer (a module without children, or with parameters
        of its own), and the totals.

    Raises
    ------
    TypeError, ValueError
        If `input_shape` is not a tuple of whole numbers from 1 on, or the module refuses it.

    Notes
    -----
    Multiply-adds follow the convention of the published tables: convolutions and linear layers
    count one for each product of a weight with an input value, biases, norms, activations,
    pooling and additions count nothing. A convolution costs N * C_out * C_in / groups * K_h * K_w
    for each output pixel; one "FLOP" of the ResNet paper is one multiply-add, other papers count
    two. What a forward does outside of layers (sums, concatenations, `torch.nn.functional`) is
    not seen.

    Activation memory is an upper bound of what training keeps: layers that work in place or hand
    their input on count as if they made a new output.

    References
    ----------
    He et al. 2016, arXiv:1512.03385, Table 1 ("FLOPs (multiply-adds)").

    Examples
    --------
    >>> cost = complexity(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), (1, 3, 10, 12))
    >>> cost.parameters, cost.multiply_adds, cost.activation_bytes  # 216 * 80; 2 * 640 * 4
    (224, 17280, 5120)
    """
    shape = _checked_shape(input_shape)
    tensors = dict(module.named_parameters()) | dict(module.named_buffers())
    stand_ins = {name: tensor.to("meta") for name, tensor in tensors.items()}
    dtype = next((t.dtype for t in stand_ins.values() if t.is_floating_point()), torch.float32)
    with _recorded(module) as layers, eval_mode(module), torch.no_grad(), torch.device("meta"):
        functional_call(module, stand_ins, (torch.empty(shape, dtype=dtype),))
    return Complexity(
        tuple(layers),
        sum(p.numel() for p in module.parameters()),
        sum(layer.multiply_adds for layer in layers),
        sum(layer.activation_bytes for layer in layers),
    )


def count_multiply_adds(layer: nn.Module, output: Tensor, source: Tensor) -> int:
    """Count the products of a weight with a value in one call of a layer.

    Examples
    --------
    >>> count_multiply_adds(nn.Linear(4, 3), torch.zeros(2, 3), torch.zeros(2, 4))
    24
    """
    if isinstance(layer, nn.Linear):
        return output.numel() * layer.in_features
    if isinstance(layer, TRANSPOSED):  # each input value meets a whole kernel
        return source.numel() * layer.weight[0].numel()
    if isinstance(layer, CONVOLUTIONS):
        return output.numel() * layer.weight[0].numel()
    return 0


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


def _checked_shape(input_shape: Any) -> tuple[int, ...]:
    if not isinstance(input_shape, tuple | list):
        raise InvalidType(
            "complexity", received=f"input_shape={input_shape!r}",
            needed="a tuple with the batch axis, such as (1, 3, 224, 224)",
            fix="write the shape as a tuple")  # fmt: skip
    return tuple(require_int("complexity", "input_shape", n, minimum=1) for n in input_shape)


@contextmanager
def _recorded(module: nn.Module) -> Iterator[list[LayerCost]]:
    """Collect a `LayerCost` for every call of a layer while the context is open."""
    layers: list[LayerCost] = []
    seen: set[nn.Module] = set()
    handles = [
        layer.register_forward_hook(_recorder(name, layers, seen))
        for name, layer in module.named_modules()
        if not list(layer.children()) or list(layer.parameters(recurse=False))
    ]
    try:
        yield layers
    finally:
        for handle in handles:
            handle.remove()


def _recorder(
    name: str, layers: list[LayerCost], seen: set[nn.Module]
) -> Callable[[nn.Module, Any, Any], None]:
    def record(layer: nn.Module, inputs: Any, output: Any) -> None:
        tensors = [t for t in _flat(output) if isinstance(t, Tensor)]
        own = 0 if layer in seen else sum(p.numel() for p in layer.parameters(recurse=False))
        seen.add(layer)
        multiply_adds = (
            count_multiply_adds(layer, tensors[0], inputs[0]) if inputs and tensors else 0
        )
        size = sum(prod(t.shape) * t.element_size() for t in tensors)
        shape = tuple(tensors[0].shape) if tensors else ()
        layers.append(LayerCost(name, type(layer).__name__, shape, own, multiply_adds, size))

    return record


def _flat(output: Any) -> list[Any]:
    return list(output) if isinstance(output, tuple | list) else [output]


@contextmanager
def eval_mode(module: nn.Module) -> Iterator[None]:
    """Switch to eval mode, and afterwards give each layer back the mode it had."""
    modes = {layer: layer.training for layer in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for layer, training in modes.items():
            layer.training = training
