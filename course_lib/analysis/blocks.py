"""A network as its paper draws it: a row of blocks, with what each costs and sees."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import nn

from course_lib.analysis.complexity import LayerCost, align, complexity
from course_lib.analysis.receptive_field import receptive_field
from course_lib.numpy_nn.graph.trace import trace
from course_lib.unchanged import evaluated

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
POOLS = {"MaxPool": "max pool", "AvgPool": "mean pool"}
# What stands between the layers of a drawing and is not drawn: it belongs to the layer before it.
SMALL = re.compile(
    r"(Norm|Dropout|Flatten|Identity|LU|Tanh|[Ss]igmoid|[Ss]wish|Mish|Softplus|Softmax)\d*d?$"
)


class Block(NamedTuple):
    """One box of a drawing: a layer with what follows it, or a block of layers, or several alike.

    `name` says what it is, such as "conv 3×3" or "BasicBlock"; `kind` is "convolution", "pooling",
    "dense" or "block"; `path` is the first module's name in the network; `count` how many boxes
    alike, one after the other, are drawn as one. `output_shape` is that of one image, without the
    batch axis. `sees` is the receptive field in pixels, None where it is the whole image.
    """

    name: str
    kind: str
    path: str
    count: int
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int
    sees: int | None


class Blocks(tuple[Block, ...]):
    """The blocks in the order in which they run; `str` makes a table of them."""

    __slots__ = ()

    def __str__(self) -> str:
        """Write the table, numbers aligned to the right."""
        head = ("block", "output", "parameters", "multiply-adds", "sees (px)")
        rows = [
            (
                f"{block.count} × {block.name}" if block.count > 1 else block.name,
                " × ".join(map(str, block.output_shape)),
                f"{block.parameters:,}",
                f"{block.multiply_adds:,}",
                "all" if block.sees is None else str(block.sees),
            )
            for block in self
        ]
        return align([head, *rows])


def network_blocks(module: nn.Module, input_shape: tuple[int, ...]) -> Blocks:
    """Sum a network up in blocks, as its paper draws it.

    A block is a module that `nn.Sequential`s alone stand around, such as a convolution or a
    residual block. What has no size of its own, such as an activation or a norm, is counted with
    the block before it; neighbors of one name and one output shape become one block, and so do a
    depthwise convolution and the 1×1 behind it.

    Parameters
    ----------
    module : torch.nn.Module
        Any network that `complexity` takes. It is not changed.
    input_shape : tuple of int
        Shape of one image with its batch axis of 1, such as (1, 3, 224, 224).

    Returns
    -------
    Blocks
        The parameters and multiply-adds of all blocks add up to those of `complexity`, parameters
        of layers that do not run left out.

    Raises
    ------
    TypeError, ValueError
        As `complexity` and `receptive_field`.

    Examples
    --------
    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    ...                     nn.Linear(6 * 12 * 12, 10))
    >>> print(network_blocks(net, (1, 1, 28, 28)))
    block               output  parameters  multiply-adds  sees (px)
    conv 5×5       6 × 24 × 24         156         86,400          5
    max pool 2×2   6 × 12 × 12           0              0          6
    linear                  10       8,650          8,640        all
    """
    cost = complexity(module, input_shape)
    fields = receptive_field(module, input_shape=input_shape).layers
    seen = {field.name: field.size for field in fields}
    shapes = _output_shapes(module, input_shape)
    found: list[Block] = []
    ran = [row for row in cost.layers if row.name in shapes or _part(module, row.name) is None]
    for path, layers in _by_path(module, ran):
        name, kind = _name_of(_part(module, path))
        shape = shapes.get(path, layers[-1].output_shape)[1:]
        sees = next((seen[x.name] for x in reversed(layers) if x.name in seen), None)
        block = Block(name, kind, path, 1, shape, *_sums(layers), sees)
        if kind or not found:
            found.append(block)
        else:  # what is small changes neither shape nor field of the box it is counted with
            found[-1] = _joined([block, found[-1]])
    return Blocks(_runs(_separable(found)))


def _separable(blocks: list[Block]) -> Iterator[Block]:
    """Draw a depthwise convolution and the 1×1 behind it as one box, as MobileNet's paper does."""
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None and block.name == "conv 1×1":
            name = waiting.name.replace("depthwise", "separable")
            waiting, block = None, _joined([waiting, block])._replace(name=name, count=1)
        elif waiting is not None:
            yield waiting
            waiting = None
        if block.name.startswith("depthwise"):
            waiting = block
        else:
            yield block
    if waiting is not None:
        yield waiting


def _runs(blocks: Iterable[Block]) -> Iterator[Block]:
    """Draw neighbors of one name and one output shape as one box."""
    for _, run in groupby(blocks, key=lambda block: (block.name, block.output_shape)):
        yield _joined(list(run))


def _output_shapes(module: nn.Module, input_shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Map the name of each module to the shape of what it gives at its last call."""
    x = torch.empty(input_shape, device="meta")
    with evaluated(module, parameters=False):
        program = trace(module, [x], caller="network_blocks", any_output=True)
    return {call.name: call.output_shapes[0] for call in program.calls if call.output_shapes}


def _by_path(module: nn.Module, layers: Iterable[LayerCost]) -> list[tuple[str, list[LayerCost]]]:
    """Gather the layers of each block, in the order in which the blocks begin."""
    gathered: dict[str, list[LayerCost]] = {}
    for layer in layers:
        gathered.setdefault(_path_of(module, layer.name), []).append(layer)
    return list(gathered.items())


def _path_of(module: nn.Module, name: str) -> str:
    """Follow a layer's name down to the first module that is more than a row of others."""
    parts = name.split(".") if name else []
    for depth in range(1, len(parts)):
        path = ".".join(parts[:depth])
        if type(_part(module, path)) is not nn.Sequential:
            return path
    return name


def _part(module: nn.Module, path: str) -> Any:
    """Find the module of this name; a function has none."""
    return dict(module.named_modules()).get(path)


def _name_of(part: nn.Module | None) -> tuple[str, str]:
    """Say what a block is, and of which kind; what is not drawn has no kind."""
    if part is None:
        return "function", ""
    drawn = [m for m in part.modules() if not list(m.children()) and not _is_small(m)]
    if not drawn:
        return type(part).__name__, ""
    if len(drawn) > 1:
        return type(part).__name__, "block"
    return _name_of_layer(drawn[0])


def _name_of_layer(layer: nn.Module) -> tuple[str, str]:
    kind = type(layer).__name__
    if isinstance(layer, CONVOLUTIONS):
        depthwise = 1 < layer.groups == layer.in_channels
        return f"{'depthwise' if depthwise else 'conv'} {_size(layer.kernel_size)}", "convolution"
    if isinstance(layer, nn.Linear):
        return "linear", "dense"
    if kind.startswith("AdaptiveAvgPool"):
        sides = _size(layer.output_size)
        return "global mean" if set(sides) <= {"1", "×"} else f"mean to {sides}", "pooling"
    pool = next((words for start, words in POOLS.items() if kind.startswith(start)), None)
    return (kind, "block") if pool is None else (f"{pool} {_size(layer.kernel_size)}", "pooling")


def _is_small(layer: nn.Module) -> bool:
    return SMALL.search(type(layer).__name__) is not None


def _size(kernel: Any) -> str:
    sides = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    return "×".join(map(str, sides))


def _sums(layers: list[LayerCost]) -> tuple[int, int, int]:
    return (
        sum(layer.parameters for layer in layers),
        sum(layer.multiply_adds for layer in layers),
        sum(layer.activation_bytes for layer in layers),
    )


def _joined(run: list[Block]) -> Block:
    """Make one block of several: costs add up, the last tells what comes out."""
    first, last = run[0], run[-1]
    return last._replace(
        path=first.path if first.kind else last.path,
        count=sum(block.count for block in run if block.kind),
        parameters=sum(block.parameters for block in run),
        multiply_adds=sum(block.multiply_adds for block in run),
        activation_bytes=sum(block.activation_bytes for block in run),
    )
