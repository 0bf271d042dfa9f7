"""The torch side of a graph: copies of the weights, programs by tracing, torch's own outputs."""

import inspect
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils._python_dispatch import TorchDispatchMode

from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.graph.program import Program
from course_lib.numpy_nn.graph.table import OPERATIONS
from course_lib.numpy_nn.graph.trace import (
    RANDOM_IN_PLACE,
    operation_name,
    plain_kernels,
    require_shapes,
    trace,
)
from course_lib.unchanged import unchanged

FLOATS = ("float32", "float64")
# Shares of max|output|. Where torch itself moves as far when its input is rounded, so may we.
TOLERANCES = {"float32": 1e-4, "float64": 1e-8}
ROUNDINGS = 20


class TorchSource:
    """A torch module, seen from NumPy.

    Attributes
    ----------
    parameters, buffers : dict of str to array
        Copies of the weights, each tensor under its first name.
    frozen : frozenset of str
        Names of those that get no gradient.
    """

    def __init__(self, module: Any) -> None:
        self.module = _checked(module)
        require_shapes("from_torch", self.module)
        self.parameters = {name: _copy(name, p) for name, p in self.module.named_parameters()}
        self.buffers = {name: _copy(name, b) for name, b in self.module.named_buffers()}
        trainable = {name for name, p in self.module.named_parameters() if p.requires_grad}
        self.frozen = frozenset({*self.parameters, *self.buffers} - trainable)

    def mode(self) -> tuple[bool, ...]:
        """Tell the mode of every layer, in which batch norm and dropout differ."""
        return tuple(layer.training for layer in self.module.modules())

    def arrays(self, inputs: Sequence[Any]) -> tuple[NDArray, ...]:
        """Check that the inputs are arrays of dtypes that both sides have.

        Raises
        ------
        InvalidType
            If one is no array, or has another floating dtype than float32 and float64.
        InvalidValue
            If the module takes another number of inputs.
        """
        signature = inspect.signature(self.module.forward)
        try:
            signature.bind(*inputs)
        except TypeError:
            raise InvalidValue(
                "Graph.forward",
                received=f"{len(inputs)} inputs",
                needed=f"those of {type(self.module).__name__}.forward{signature}",
                fix="pass one array for each",
            ) from None
        return tuple(map(_array, inputs))

    def program(self, inputs: Sequence[NDArray]) -> Program:
        """Trace the module, and refuse operations that the table lacks.

        Raises
        ------
        InvalidValue
            If the module cannot be traced, or an operation or dtype is not supported.
        """
        program = trace(self.module, _tensors(inputs))
        for step in program.steps:
            if step.operation not in OPERATIONS:
                raise InvalidValue(
                    "from_torch",
                    received=f"the operation {step.operation} ({step.place})",
                    needed=f"one of the {len(OPERATIONS)} ATen operations of its table",
                    fix="replace it by others, or keep that part of the network in torch",
                )
            _require_dtypes(step.dtypes, f"{step.operation} ({step.place})")
        return program

    def compare(
        self, graph: Any, before: Mapping[str, NDArray], inputs: Sequence[NDArray], y: Any
    ) -> None:
        """Run the module in torch with the graph's weights and random draws, and compare.

        Raises
        ------
        InvalidValue
            If outputs or buffers differ by more than rounding explains.
        """
        program, draws = graph.program, graph.draws
        theirs = self._torch(before, inputs, draws, program)
        ours = [*graph.flat_outputs, *(graph.state(name) for name in program.updates)]
        errors = _distances(ours, theirs)
        limits = [TOLERANCES.get(str(getattr(item, "dtype", "")), 0.0) for item in theirs]
        if all(error <= limit for error, limit in zip(errors, limits, strict=True)):
            return
        moved = [x * (1 + np.finfo(x.dtype).eps) if x.dtype.kind == "f" else x for x in inputs]
        movements = _distances(self._torch(before, moved, draws, program), theirs)
        for error, limit, movement in zip(errors, limits, movements, strict=True):
            if error > max(limit, ROUNDINGS * movement):
                raise InvalidValue(
                    "from_torch",
                    received=f"outputs that differ from torch's by {error:.1e} of the largest",
                    needed=f"a difference of at most {limit:.0e}",
                    fix="look for a forward that leaves torch, through NumPy for one, or that "
                    "does not do the same each time; or pass check=False to go on",
                )

    def _torch(
        self,
        state: Mapping[str, NDArray],
        inputs: Sequence[NDArray],
        draws: Sequence[NDArray],
        program: Program,
    ) -> list[NDArray]:
        """Give torch's outputs, flat, and the buffers it has changed."""
        tensors = {name: torch.from_numpy(np.array(array)) for name, array in state.items()}
        with unchanged(self.module), torch.no_grad(), ExitStack() as contexts:
            for context in (*plain_kernels(), Replay(draws)):
                contexts.enter_context(context)
            outputs = functional_call(self.module, tensors, _tensors(inputs))
        flat = torch.utils._pytree.tree_leaves(outputs)
        changed = [tensors[name] for name in program.updates]
        return [_plain(item) for item in (*flat, *changed)]


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


def _checked(module: Any) -> nn.Module:
    if not isinstance(module, nn.Module):
        raise InvalidType(
            "from_torch",
            received=f"a {type(module).__name__}",
            needed="a torch.nn.Module",
            fix="pass the network itself, not its weights or its class",
        )
    if isinstance(module, torch.jit.ScriptModule):
        raise InvalidType(
            "from_torch",
            received="a scripted module",
            needed="a torch.nn.Module in Python",
            fix="pass the module that was scripted",
        )
    if getattr(module.forward, "__func__", None) is nn.Module.forward:
        raise InvalidType(
            "from_torch",
            received=f"a {type(module).__name__}, which has no forward",
            needed="a module that computes something",
            fix="put its parts into a torch.nn.Sequential, or a module with a forward",
        )
    return module


def _copy(name: str, tensor: Tensor) -> NDArray:
    _require_dtypes([str(tensor.dtype).removeprefix("torch.")], f"the weight {name}")
    if tensor.is_meta:
        raise InvalidValue(
            "from_torch",
            received=f"the weight {name} on the meta device, which has no values",
            needed="weights with values",
            fix="build the module on the CPU",
        )
    return tensor.detach().cpu().numpy().copy()


def _require_dtypes(dtypes: Sequence[str], where: str) -> None:
    for dtype in dtypes:
        if dtype not in FLOATS and dtype.startswith(("float", "bfloat", "complex", "q")):
            raise InvalidType(
                "from_torch",
                received=f"{where} with dtype {dtype}",
                needed="float32 or float64",
                fix="convert the module with .float() or .double()",
            )


def _array(x: Any) -> NDArray:
    if isinstance(x, Tensor) or not isinstance(x, np.ndarray):
        raise InvalidType(
            "Graph.forward",
            received=f"an input of type {type(x).__name__}",
            needed="NumPy arrays",
            fix="pass x.numpy()" if isinstance(x, Tensor) else "pass np.asarray(x)",
        )
    if x.dtype.kind not in "fiub" or (x.dtype.kind == "f" and x.dtype.itemsize not in (4, 8)):
        raise InvalidType(
            "Graph.forward",
            received=f"an input with dtype {x.dtype}",
            needed="float32 or float64, or whole numbers where the module takes them",
            fix="convert it, for example with x.astype(np.float32)",
        )
    return x.astype(x.dtype.newbyteorder("="), copy=False)


def _tensors(inputs: Sequence[NDArray]) -> tuple[Tensor, ...]:
    """Copy arrays to torch: the module may change its inputs, and arrays may be read-only."""
    return tuple(torch.from_numpy(np.array(x, order="C")) for x in inputs)


def _plain(item: Any) -> Any:
    return item.detach().cpu().numpy() if isinstance(item, Tensor) else item


def _distances(ours: Sequence[Any], theirs: Sequence[Any]) -> list[float]:
    """Give each largest difference as a share of the largest value; other shapes are infinite."""
    return [
        0.0
        if not isinstance(b, np.ndarray)
        else relative_distance(a, b)
        if np.shape(a) == b.shape
        else np.inf
        for a, b in zip(ours, theirs, strict=True)
    ]


def relative_distance(a: NDArray, b: NDArray) -> float:
    """Give max|a - b| / max|b|, where NaN equals NaN and infinity itself."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if same.all():
        return 0.0
    finite = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    worst = np.abs(a - b)[~same].max()
    return float(worst / finite) if np.isfinite(worst) and finite else np.inf
