"""Call a module on weights that are not its own, and find the tensors in what comes back."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.func import functional_call
from torch.utils._pytree import tree_leaves


class Inside(nn.Module):
    """Hold a module, as torch calls scripted and parallel ones on given weights only so."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Any) -> Any:
        """Hand on."""
        return self.module(*inputs)


def forward_of(
    module: nn.Module, begin: Callable[[list, list], None], *, flat: bool
) -> Callable[[dict, list], Any]:
    """Make a function of weights and inputs of a module; `flat` gives a list of tensors.

    `begin` is told the trained weights, and all tensors that the forward starts from.
    """
    trained = {name for name, p in module.named_parameters() if p.requires_grad}

    def forward(state: dict[str, Tensor], inputs: list[Tensor]) -> tuple[Any, dict[str, Tensor]]:
        """Give the outputs, and the buffers that were replaced: `self.steps = self.steps + 1`."""
        begin([state[name] for name in trained], [*state.values(), *inputs])
        inside = {f"module.{name}": tensor for name, tensor in state.items()}
        outputs = functional_call(Inside(module), inside, tuple(inputs))
        after = {name: inside[f"module.{name}"] for name in state}
        moved = {name: t for name, t in after.items() if t is not state[name]}
        return tensors_in(outputs) if flat else outputs, moved

    return forward


def tensors_in(output: Any, *, levels: int = 4) -> list[Tensor]:
    """List the tensors of an output of any form: containers, and objects with attributes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from torch import zeros
    >>> len(tensors_in({"maps": [zeros(2), SimpleNamespace(y=zeros(3))], "scale": 0.5}))
    2
    """
    found = []
    for leaf in tree_leaves(output):
        if isinstance(leaf, Tensor):
            found.append(leaf)
        elif levels and not isinstance(leaf, nn.Module | type):
            inner = list(leaf) if isinstance(leaf, set) else getattr(leaf, "__dict__", None)
            found += tensors_in(inner, levels=levels - 1)
    return found
