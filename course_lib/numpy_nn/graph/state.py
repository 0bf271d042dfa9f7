"""What a forward may depend on beside its inputs and weights: modes, attributes, counters."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.unchanged import containers, is_plain_object

OF_EVERY_MODULE = frozenset(vars(nn.Module())) | {"training"}
CONTAINERS = (tuple, list, set, frozenset, deque)
PLAIN = frozenset({int, float, complex, bool, str, bytes, type(None), torch.dtype})
DEEPEST = 4  # containers in containers, and objects in them
FEW = 64  # longer lists and larger arrays are told apart by identity alone


def layout(module: nn.Module) -> tuple:
    """Tell what a trace depends on: modes, kinds, hooks, attributes, and what is trained."""
    layers = list(module.modules())
    return (
        tuple(layer.training for layer in layers),
        tuple((type(layer), *layer._forward_hooks, *layer._forward_pre_hooks) for layer in layers),
        tuple(p is None or p.requires_grad for layer in layers for p in layer._parameters.values()),
        tuple(
            frozen_form(value)
            for layer in layers
            for name, value in vars(layer).items()
            if name not in OF_EVERY_MODULE
        ),
    )


def attributes(module: nn.Module) -> dict[str, Any]:
    """Give what a module and its parts hold beside weights and buffers, in a form to compare."""
    names = {id(layer): name for name, layer in module.named_modules()}
    return {
        f"{names[id(layer)]}.{name}".lstrip("."): frozen_form(vars(layer)[name])
        for layer in module.modules()
        for name in vars(layer)
        if name not in OF_EVERY_MODULE
    }


def frozen_form(value: Any, depth: int = 0) -> Any:
    """Turn numbers, texts, small arrays and containers of them into what can be compared.

    Examples
    --------
    >>> frozen_form([1, {"p": 0.5}])
    (1, (('p', 0.5),))
    """
    kind = type(value)
    if kind in PLAIN or (kind is tuple and all(type(item) in PLAIN for item in value)):
        return value
    if kind in CONTAINERS and depth < DEEPEST and len(value) <= FEW:
        return tuple(frozen_form(item, depth + 1) for item in value)
    if isinstance(value, dict) and depth < DEEPEST and len(value) <= FEW:
        return tuple((key, frozen_form(item, depth + 1)) for key, item in value.items())
    if isinstance(value, np.ndarray) or (isinstance(value, Tensor) and value.is_cpu):
        return (value.shape, _numbers(value))
    if depth < DEEPEST and is_plain_object(value):
        return frozen_form(vars(value), depth + 1)
    return id(value)


def _numbers(array: Any) -> Any:
    size = array.numel() if isinstance(array, Tensor) else array.size
    return str(array.tolist()) if size <= FEW else id(array)


def numbers_in(module: nn.Module) -> dict[tuple[int, Any], tuple[Any, float]]:
    """Find the plain numbers in attributes, and in lists and dicts there: where, and which.

    The key is the identity of the container and the place in it, the value both themselves.
    """
    return {
        (id(container), place): (container, value)
        for container in containers([vars(layer) for layer in module.modules()])
        if isinstance(container, dict | list)
        for place, value in _items(container)
        if type(value) in (int, float)
    }


def _items(container: dict | list) -> Iterator[tuple[Any, Any]]:
    items = container.items() if isinstance(container, dict) else enumerate(container)
    return ((place, value) for place, value in items if place not in OF_EVERY_MODULE)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name the attributes that are not what they were."""
    return [name for name in after if name not in before or after[name] != before[name]]


class Watched:
    """A number that tells when it is used for more than counting on, or shown.

    Examples
    --------
    >>> uses = []
    >>> step = Watched(3, uses) + 1
    >>> f"{step}", uses, step > 2, uses
    ('4', ['__gt__'], True, ['__gt__'])
    """

    __slots__ = ("_uses", "_value")  # and so no plain object, whose lists `unchanged` puts back

    def __init__(self, value: float, uses: list[str]) -> None:
        self._value, self._uses = value, uses

    def __add__(self, other: float) -> "Watched":
        """Count on."""
        return Watched(self._value + other, self._uses)

    __radd__ = __add__

    def __sub__(self, other: float) -> "Watched":
        """Count down."""
        return Watched(self._value - other, self._uses)

    def __format__(self, form: str) -> str:
        """Show the number."""
        return format(self._value, form)

    __str__ = __repr__ = lambda self: str(self._value)


def _use(name: str) -> Callable:
    def method(self: Watched, *others: Any) -> Any:
        self._uses.append(name)
        return getattr(self._value, name)(*(getattr(o, "_value", o) for o in others))

    return method


for _name in (
    "bool int float index hash lt le eq ne gt ge mul rmul truediv rtruediv floordiv rfloordiv "
    "mod rmod pow rpow neg abs rsub round"
).split():
    setattr(Watched, f"__{_name}__", _use(f"__{_name}__"))
