"""A network on one page: its layers, what they cost and see, and the published totals beside."""

import torch
from torch import nn

from course_lib import models
from course_lib.analysis.complexity import Complexity, LayerCost, align, complexity
from course_lib.analysis.receptive_field import LayerField, ReceptiveFields, receptive_field
from course_lib.errors import InvalidValue
from course_lib.models import Published

HEAD = ("layer", "type", "output", "parameters", "multiply-adds", "memory (MiB)", "sees (px)")


def summary(name: str | nn.Module, input_shape: tuple[int, ...] | None = None) -> str:
    """Write the layer table of a network, its totals, and the published ones.

    Parameters
    ----------
    name : str or torch.nn.Module
        One of `course_lib.models.list_models()`, or a network of your own.
    input_shape : tuple of int, default=None
        Shape of the input with its batch axis; None means one image of the published size. A
        network of your own needs it.

    Returns
    -------
    str
        One line a layer, with output shape, parameters, multiply-adds, size of the output and
        receptive field along the height; then the totals.

    Raises
    ------
    TypeError, ValueError
        If the name is unknown, a network of your own comes without a shape, or the network
        refuses it.

    Examples
    --------
    >>> print(summary("lenet5").splitlines()[1])
    features.0       Conv2d   (1, 6, 28, 28)         156        117,600          0.02          5
    >>> print(summary(nn.Sequential(nn.Conv2d(1, 4, 3)), (1, 1, 8, 8)).splitlines()[1])
    0        Conv2d  (1, 4, 6, 6)          40          1,296          0.00          3
    """
    if isinstance(name, nn.Module):
        return _summary_of(name, input_shape)
    facts = models.facts(name)
    with torch.device("meta"):  # shapes only: nothing is drawn, nothing is stored
        network = models.build(name, **facts.single_output)
    shape = input_shape or (1, network.in_channels, *network.image_size)
    cost = complexity(network, shape)
    last, table = _table(receptive_field(network), cost)
    return f"{table}\n\n{_totals(facts.published, cost, last, shape)}"


def _summary_of(network: nn.Module, input_shape: tuple[int, ...] | None) -> str:
    if input_shape is None:
        raise InvalidValue(
            "summary", received="a network of your own without the shape of its input",
            needed="the shape with its batch axis, such as (1, 3, 224, 224)",
            fix="pass it as input_shape, or after --input")  # fmt: skip
    cost = complexity(network, input_shape)
    last, table = _table(receptive_field(network, input_shape=input_shape), cost)
    return f"{table}\n\n{_totals(None, cost, last, input_shape)}"


def parse_shape(text: str) -> tuple[int, ...]:
    """Read a shape from the command line.

    Examples
    --------
    >>> parse_shape("1,3,224,224")
    (1, 3, 224, 224)
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InvalidValue(
            "summary", received=f"input {text!r}",
            needed="whole numbers with commas, such as 1,3,224,224",
            fix="write N,C,H,W without spaces") from None  # fmt: skip


def _table(fields: ReceptiveFields, cost: Complexity) -> tuple[LayerField | None, str]:
    sizes: dict[str, list[str]] = {}
    for layer in fields.layers:  # a layer that is called twice has two rows of one name
        sizes.setdefault(layer.name, []).append("all" if layer.size is None else str(layer.size))
    seen = [sizes[layer.name].pop(0) if sizes.get(layer.name) else "-" for layer in cost.layers]
    rows = [HEAD, *(_row(layer, sees) for layer, sees in zip(cost.layers, seen, strict=True))]
    seen_part = any(layer.size is not None for layer in fields.layers)
    return (fields.last if seen_part else None), align(rows)


def _row(layer: LayerCost, sees: str) -> tuple[str, ...]:
    return (
        layer.name,
        layer.type,
        str(layer.output_shape),
        f"{layer.parameters:,}",
        f"{layer.multiply_adds:,}",
        f"{layer.activation_bytes / 2**20:.2f}",
        sees,
    )


def _totals(
    published: Published | None, cost: Complexity, last: LayerField | None, shape: tuple[int, ...]
) -> str:
    """Put our totals and the published ones side by side."""
    rows = [
        ("total", "here", "published"),
        ("parameters", f"{cost.parameters:,}", _published(published, "parameters", ",")),
        (
            "multiply-adds (10⁶)",
            f"{cost.multiply_adds / 1e6:,.3f}",
            _published(published, "multiply_adds", ",.0f", scale=1e3),
        ),
        (
            "receptive field (px)",
            f"{last.size}" if last else "all",
            _published(published, "receptive_field", "d"),
        ),
        ("activations (MiB)", f"{cost.activation_bytes / 2**20:.1f}", "-"),
        ("top-1 accuracy (%)", "-", _published(published, "top1", "g")),
        ("top-5 accuracy (%)", "-", _published(published, "top5", "g")),
    ]
    return f"{align(rows)}\n{_footnote(published, last, shape)}"


def _published(published: Published | None, field: str, form: str, *, scale: float = 1) -> str:
    value = None if published is None else getattr(published, field)
    return "-" if value is None else format(value * scale, form)


def _footnote(published: Published | None, last: LayerField | None, shape: tuple[int, ...]) -> str:
    field = f"; the receptive field is that of {last.name}" if last else ""
    lines = [f"here: input {shape}{field}"]
    if published is not None:
        side = published.image_size
        lines.append(f"published: one image of {side} × {side}; {published.source}")
    return "\n".join(lines)
