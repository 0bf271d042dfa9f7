"""Changes that autograd does not see: in place under `no_grad`, through `x.data`, `x.detach()`.

To autograd a tensor that is changed so is what it was, only with other values: its gradient goes
where it went before. Clamped weights and power iterations are written in this way.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

# What is written with an operator and changes its left side.
IN_PLACE = {"__setitem__"} | {
    f"__i{name}__"
    for name in ("add", "sub", "mul", "div", "truediv", "floordiv", "mod", "pow", "and", "or")
}
CUTS = (Tensor.detach, torch.detach)


class UnseenChanges:
    """Watch tensors whose memory may be changed behind the back of autograd.

    Parameters
    ----------
    meaning : callable
        Gives what a tensor stands for at the moment.
    changed : callable
        `changed(tensor, before)` is told of a tensor that stood for `before`.
    """

    def __init__(
        self, meaning: Callable[[Tensor], Any], changed: Callable[[Tensor, Any], None]
    ) -> None:
        self._meaning, self._changed = meaning, changed
        self._watched: dict[int, Tensor] = {}
        self._cut: dict[int, Tensor] = {}  # what autograd does not follow
        self._weights: set[int] = set()

    def begin(self, weights: Sequence[Tensor]) -> None:
        """Learn the trained weights, which nothing that autograd sees can change."""
        self._weights = {id(weight) for weight in weights}
        self.watch(weights)

    def watch(self, tensors: Sequence[Tensor]) -> None:
        """Watch these from now on."""
        self._watched |= {id(tensor): tensor for tensor in tensors if id(tensor) not in self._cut}

    def call(self, function: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Call a function, and tell which tensors it has changed unseen."""
        targets = list(tensors_in(kwargs.get("out", args[:1])))
        cut = not torch.is_grad_enabled() or any(id(target) in self._cut for target in targets)
        if cut and changes_in_place(function, kwargs):
            self.watch(targets)
            return self._compare(self._watched.values(), function, args, kwargs)
        given = tensors_in((args, tuple(kwargs.values())))
        weights = [tensor for tensor in given if id(tensor) in self._weights]
        result = self._compare(weights, function, args, kwargs)
        if cut or function in CUTS:
            self.watch(targets)
            self._cut |= {id(tensor): tensor for tensor in tensors_in(result)}
        return result

    def _compare(
        self, tensors: Iterable[Tensor], function: Callable, args: tuple, kwargs: dict[str, Any]
    ) -> Any:
        before = [(tensor, self._meaning(tensor)) for tensor in tensors]
        result = function(*args, **kwargs)
        for tensor, meaning in before:
            if self._meaning(tensor) != meaning:
                self._changed(tensor, meaning)
        return result


def changes_in_place(function: Callable, kwargs: dict[str, Any]) -> bool:
    """Tell by its name whether a function changes its first argument: `mul_`, `y[0] = 1`.

    Examples
    --------
    >>> changes_in_place(Tensor.mul_, {}), changes_in_place(Tensor.mul, {})
    (True, False)
    """
    name = getattr(function, "__name__", "")
    return name in IN_PLACE or "out" in kwargs or (name[-1:] == "_" != name[-2:-1])


def tensors_in(argument: Any) -> Iterator[Tensor]:
    """Go through the tensors of a nested structure."""
    if isinstance(argument, Tensor):
        yield argument
    elif isinstance(argument, tuple | list):
        for item in argument:
            yield from tensors_in(item)
