"""The torch side of a graph: copies of the weights, programs by tracing, torch's own outputs."""

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.graph.hooks import gradient_hooks
from course_lib.numpy_nn.graph.program import Program
from course_lib.numpy_nn.graph.self_check import (
    refuse_hooks,
    require_gradients,
    require_outputs,
)
from course_lib.numpy_nn.graph.state import layout
from course_lib.numpy_nn.graph.table import OPERATIONS
from course_lib.numpy_nn.graph.torch_run import TorchRun, tensors
from course_lib.numpy_nn.graph.trace import named_state, require_shapes, trace

FLOATS = ("float32", "float64")


class TorchSource:
    """A torch module, seen from NumPy.

    Attributes
    ----------
    parameters, buffers : dict of str to array
        Copies of the weights, each tensor under its first name.
    """

    def __init__(self, module: Any) -> None:
        self.module = _checked(module)
        require_shapes("from_torch", self.module)
        self.parameters = {name: _copy(name, p) for name, p in self.module.named_parameters()}
        self.buffers = {name: _copy(name, b) for name, b in self.module.named_buffers()}

    def layout(self) -> tuple:
        """Tell what beside the inputs decides which operations run; the modes come first."""
        return layout(self.module)

    def frozen(self) -> frozenset[str]:
        """Name the weights and buffers that get no gradient."""
        trained = {name for name, p in self.module.named_parameters() if p.requires_grad}
        return frozenset({*self.parameters, *self.buffers} - trained)

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
        self._require_same_weights()
        program = trace(self.module, tensors(inputs))
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

    def _require_same_weights(self) -> None:
        """Raise if the module has other weights than when they were copied."""
        now = {name: tuple(tensor.shape) for name, tensor in named_state(self.module)}
        copied = {name: a.shape for name, a in (self.parameters | self.buffers).items()}
        if now != copied:
            names = sorted(n for n in {*now, *copied} if now.get(n) != copied.get(n))
            raise InvalidValue(
                "Graph.forward", received=f"a {type(self.module).__name__} with other weights than "
                f"when it was copied: {', '.join(names[:3])}",
                needed="the same names and shapes",
                fix="call from_torch again")  # fmt: skip

    def compare(self, graph: Any, ours: Sequence[list]) -> None:
        """Run the module in torch with the graph's weights and random draws, and compare.

        Raises
        ------
        InvalidValue
            If outputs or buffers, in either of two forwards, differ by more than rounding explains.
        """
        require_outputs(self._run(graph), ours, list(graph.plan.program.updates))

    def compare_gradients(self, graph: Any, grads_y: Sequence, ours: dict, needs: bool) -> None:
        """Send the gradients back in torch, and compare.

        Raises
        ------
        InvalidValue
            If a gradient differs by more than rounding explains.
        """
        hooks = self.hooks(graph.plan.program)
        require_gradients(self._run(graph), grads_y, ours, hooks, needs_grad_x=needs)

    def hooks(self, program: Program) -> str:
        """Tell where there are hooks for gradients, in the module or in its forward."""
        found = [*gradient_hooks(self.module), program.hooked]
        return ", ".join(filter(None, found))

    def require_no_hooks(self, program: Program) -> None:
        """Raise if there are hooks for gradients, which only torch runs."""
        if self.hooks(program):
            raise refuse_hooks(self.module, self.hooks(program))

    def _run(self, graph: Any) -> TorchRun:
        return TorchRun(self.module, graph.before, graph.inputs, graph.draws, graph.plan.modes)


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
    if isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
        raise InvalidType(
            "from_torch",
            received=f"a {type(module).__name__}, which spreads a network over devices",
            needed="the network itself",
            fix="pass its attribute module",
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
