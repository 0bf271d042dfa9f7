"""Which input pixels a unit can see, layer by layer, and which it really uses."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from course_lib.analysis.complexity import align, eval_mode
from course_lib.analysis.field_rules import (
    INPUT_FIELD,
    WHOLE_IMAGE,
    Field,
    field_after_call,
    field_after_layer,
)
from course_lib.checks import require_int
from course_lib.errors import InvalidValue


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
        """The last layer that does not see the whole image."""
        return next(layer for layer in reversed(self.layers) if layer.size is not None)

    def __str__(self) -> str:
        """Write the table, numbers aligned to the right."""
        head = ("layer", "type", "size", "jump", "start", "padding")
        rows = [(*layer[:2], *_numbers(layer[2:])) for layer in self.layers]
        return align([head, *rows])


def receptive_field(module: nn.Module, *, axis: int = 0) -> ReceptiveFields:
    """Compute the theoretical receptive field of every layer.

    Through a window of kernel K, stride S, padding P, dilation D:
    size' = size + D * (K - 1) * jump, jump' = jump * S, padding' = padding + P * jump.

    Parameters
    ----------
    module : torch.nn.Module
        A network that `torch.fx` can trace, with one image as input. It is not changed; branches
        that only run while training are left out.
    axis : int, default=0
        Image axis: 0 is height, 1 is width.

    Returns
    -------
    ReceptiveFields
        One `LayerField` a step of the traced graph.

    Raises
    ------
    TypeError, ValueError
        If `axis` is negative, the module cannot be traced, holds an operation whose field is not
        known, or joins branches of different jumps.

    Notes
    -----
    Where branches join, the field is the smallest that holds all of theirs: the largest one, for
    branches centered alike. A branch that has seen the whole image and only *scales* another one,
    as squeeze-and-excitation does, is left out, and norms count as if they looked at one pixel,
    as in the published values.

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
    if fx.Tracer().is_leaf_module(module, ""):  # a bare torch layer: keep it in one piece
        module = nn.Sequential(module)
    with eval_mode(module):
        graph = _traced(module)
    fields: dict[fx.Node, Field] = {}
    rows = []
    for node in graph.nodes:
        if node.op in ("output", "get_attr"):
            continue
        fields[node], kind = _field_of(node, fields, module, axis)
        if node.op != "placeholder" and kind != "getitem":
            name = node.target if node.op == "call_module" else node.name
            rows.append(_row(name, kind, fields[node]))
    return ReceptiveFields(tuple(rows))


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
    x = torch.randn(input_shape, generator=generator, dtype=weight.dtype).to(weight.device)
    x.requires_grad_()
    with eval_mode(module), torch.enable_grad():
        y = module(x)
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


def _traced(module: nn.Module) -> fx.Graph:
    try:
        return fx.Tracer().trace(module)
    except (fx.proxy.TraceError, TypeError) as problem:
        raise InvalidValue(
            "receptive_field", received=f"{type(module).__name__}, which torch.fx cannot trace "
            f"({problem})", needed="a forward without decisions that depend on values",
            fix="pass a part of it that has none") from problem  # fmt: skip


def _field_of(
    node: fx.Node, fields: dict[fx.Node, Field], module: nn.Module, axis: int
) -> tuple[Field, str]:
    """Return the field after a node, and what to call it."""
    if node.op == "placeholder":
        return INPUT_FIELD, "input"
    sources = [fields[source] for source in node.all_input_nodes if source in fields]
    if node.op == "call_module":
        layer = module.get_submodule(node.target)
        return field_after_layer(layer, sources, axis), type(layer).__name__
    name = node.target if isinstance(node.target, str) else node.target.__name__
    return field_after_call(name, node.args, node.kwargs, sources, axis), name


def _row(name: str, kind: str, field: Field) -> LayerField:
    if field is WHOLE_IMAGE:
        return LayerField(name, kind, None, None, None, None)
    start = (field.size - 1) / 2 - field.padding
    return LayerField(name, kind, field.size, field.jump, start, field.padding)


def _numbers(values: Sequence[float | None]) -> list[str]:
    return ["whole" if value is None else f"{value:g}" for value in values]
