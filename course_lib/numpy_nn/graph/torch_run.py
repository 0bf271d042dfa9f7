"""Torch's own outputs and gradients for a graph: its weights, its inputs, its random draws."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.hooks import copy_weight_hooks
from course_lib.numpy_nn.graph.state import attributes, changed, numbers_in
from course_lib.numpy_nn.graph.table import OPERATIONS
from course_lib.numpy_nn.graph.trace import (
    RANDOM_IN_PLACE,
    operation_name,
    plain_kernels,
)
from course_lib.unchanged import unchanged


class TorchRun:
    """A forward of a module in torch, as a graph has done it; it leaves nothing on the module.

    Parameters
    ----------
    module : torch.nn.Module
        What was traced.
    state : dict of str to array
        Weights and buffers before that forward.
    inputs, draws : sequence of arrays
        What went in, and the random numbers that the graph drew.
    modes : tuple of bool
        The mode of every layer at that forward.

    Attributes
    ----------
    changes : list of str
        Attributes, neither weights nor buffers, that the latest `outputs` has found changed.
    counters : list of tuple
        The numbers that were changed: what holds each, its place there, and its value.
    """

    def __init__(
        self, module: nn.Module, state: Mapping[str, NDArray], inputs: Sequence[NDArray],
        draws: Sequence[NDArray], modes: tuple[bool, ...],
    ) -> None:  # fmt: skip
        self.module, self._state, self.inputs = module, state, inputs
        self._draws, self._modes = draws, modes
        self.changes: list[str] = []
        self.counters: list[tuple[Any, Any, float]] = []

    def rounded(self, seed: int) -> "TorchRun":
        """Give the same run with inputs and weights a last digit higher or lower, at random."""
        generator = np.random.default_rng(seed)

        def move(x: NDArray) -> NDArray:
            if x.dtype.kind != "f":
                return x
            up, digit = generator.integers(2, size=x.shape, dtype=bool), np.finfo(x.dtype).eps
            return np.where(up, x * (1 + digit), x * (1 - digit))

        state = {name: move(array) for name, array in self._state.items()}
        inputs = list(map(move, self.inputs))
        return TorchRun(self.module, state, inputs, self._draws, self._modes)

    @torch.inference_mode(False)  # as in `trace`
    def outputs(self, updates: Sequence[str]) -> list[list[Any]]:
        """Give, for two forwards in turn, the outputs and then the buffers named in `updates`."""
        state, found = self._tensors(), []
        with self._surroundings():
            before, numbers = attributes(self.module), numbers_in(self.module)
            for _ in range(2):
                with Replay(self._draws):
                    y = functional_call(self.module, state, tensors(self.inputs))
                new = [state[name] for name in updates]
                found.append([_plain(item) for item in (*tree_leaves(y), *new)])
            self.changes = changed(before, attributes(self.module))
            self.counters = _changed_numbers(numbers, numbers_in(self.module))
        return found

    @torch.inference_mode(False)
    def gradients(
        self, grads_y: Sequence[NDArray | None], *, needs_grad_x: bool
    ) -> dict[str, NDArray]:
        """Give the gradient of each trained weight, and of each input as "input 0"."""
        state = self._tensors()
        copy_weight_hooks(self.module, state)
        leaves = [x.requires_grad_(needs_grad_x and x.is_floating_point())
                  for x in tensors(self.inputs)]  # fmt: skip
        with self._surroundings(), Replay(self._draws):
            outputs = tree_leaves(
                functional_call(self.module, state, tuple(x.clone() for x in leaves))
            )
            pairs = [
                (y, torch.from_numpy(np.array(grad, dtype=str(y.dtype).removeprefix("torch."))))
                for y, grad in zip(outputs, grads_y, strict=True)
                if grad is not None and isinstance(y, Tensor) and y.requires_grad
            ]
            torch.autograd.backward([y for y, _ in pairs], [grad for _, grad in pairs])
        named = state | {f"input {number}": x for number, x in enumerate(leaves)}
        return {name: x.grad.numpy() for name, x in named.items() if x.grad is not None}

    def _tensors(self) -> dict[str, Tensor]:
        trained = {name for name, p in self.module.named_parameters() if p.requires_grad}
        return {
            name: torch.from_numpy(np.array(array)).requires_grad_(name in trained)
            for name, array in self._state.items()
        }

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        """Run as the trace does; what goes wrong now is torch's own."""
        with unchanged(self.module), warnings.catch_warnings(), ExitStack() as contexts:
            warnings.simplefilter("ignore")  # of hooks without inputs that have gradients
            for context in plain_kernels():
                contexts.enter_context(context)
            for layer, mode in zip(self.module.modules(), self._modes, strict=True):
                layer.training = mode
            try:
                yield
            except Exception as error:
                text = (str(error) or type(error).__name__).strip().splitlines()[0]
                raise InvalidValue(
                    "from_torch",
                    received=f"a {type(self.module).__name__} that torch itself stops in: {text}",
                    needed="a module that torch runs forward and backward",
                    fix="run it in torch first, and mend what torch reports; or pass check=False",
                ) from error


class Replay(TorchDispatchMode):
    """Let torch draw the random numbers that NumPy has drawn."""

    def __init__(self, draws: Sequence[NDArray]) -> None:
        super().__init__()
        self._draws = iter(draws)

    def __torch_dispatch__(
        self, function: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Put the next draw in the place of a random operation."""
        name = operation_name(function)
        row = OPERATIONS.get(RANDOM_IN_PLACE.get(name, name))
        if row is None or not row.draws:
            return function(*args, **(kwargs or {}))
        draw = next(self._draws)
        if name in RANDOM_IN_PLACE:
            return args[0].copy_(torch.from_numpy(np.array(draw)))
        return torch.from_numpy(np.array(draw))


def tensors(arrays: Sequence[NDArray]) -> tuple[Tensor, ...]:
    """Copy arrays to torch: the module may change its inputs, and arrays may be read-only."""
    return tuple(torch.from_numpy(np.array(x, order="C")) for x in arrays)


def _changed_numbers(before: dict, after: dict) -> list[tuple[Any, Any, float]]:
    return [
        (container, key[1], value)
        for key, (container, value) in before.items()
        if key in after and after[key][1] != value
    ]


def _plain(item: Any) -> Any:
    return item.detach().cpu().numpy().copy() if isinstance(item, Tensor) else item
