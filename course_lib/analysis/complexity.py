"""What a network costs: parameters, multiply-adds and activation memory, layer by layer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from course_lib.contracts.checks import complaint, require_int

CONVOLUTIONS = (
    nn.Conv1d, nn.Conv2d, nn.Conv3d,
    nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d,
)  # fmt: skip
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


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
        raise TypeError(
            complaint(
                "complexity",
                received=f"input_shape={input_shape!r}",
                needed="a tuple with the batch axis, such as (1, 3, 224, 224)",
                fix="write the shape as a tuple",
            )
        )
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
