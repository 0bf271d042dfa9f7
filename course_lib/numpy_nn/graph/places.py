"""Where an operation comes from: the module that runs, the function and the line of its author."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules import module as module_hooks
from torch.overrides import TorchFunctionMode

from course_lib.numpy_nn.graph.calling import Inside, tensors_in
from course_lib.numpy_nn.graph.program import ModuleCall, Place
from course_lib.numpy_nn.graph.refusals import INNER
from course_lib.numpy_nn.graph.rewrites import CumulativeAverage, circular_pad
from course_lib.numpy_nn.graph.unseen import UnseenChanges

# They only matter on the way back.
GRADIENT_HOOKS = ("register_hook", "register_post_accumulate_grad_hook")
SETTINGS = ("requires_grad_", "retain_grad")


class Places(TorchFunctionMode):
    """Know at any time which module runs and which function its author called."""

    def __init__(self, module: nn.Module, unseen: UnseenChanges) -> None:
        super().__init__()
        self._unseen = unseen
        self._names = {id(layer): name for name, layer in module.named_modules()}
        self._stack: list[tuple[str, str, int]] = [("", type(module).__name__, 0)]
        self._averages: list[CumulativeAverage | None] = []
        self._calls = 0
        self.finished: list[ModuleCall] = []
        self._function = ""
        self._leaves: dict[int, bool] = {}
        self.hooked = ""  # where the forward registers a hook on a tensor

    def begin(self, trained: Sequence[Tensor], others: Sequence[Tensor]) -> None:
        """Learn the tensors that the forward starts from: trained weights, and all others."""
        self._leaves = {id(t): False for t in others} | {id(t): True for t in trained}
        self._unseen.begin(trained)

    def __enter__(self) -> "Places":
        self._hooks = (
            module_hooks.register_module_forward_pre_hook(self._enter_module),
            module_hooks.register_module_forward_hook(self._leave_module, always_call=True),
        )
        return super().__enter__()

    def __exit__(self, *problem: Any) -> None:
        super().__exit__(*problem)
        for hook in self._hooks:
            hook.remove()

    def __torch_function__(
        self, function: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Remember the function, and note what autograd would see otherwise."""
        before, self._function = self._function, getattr(function, "__name__", "")
        try:
            if self._function in GRADIENT_HOOKS:
                return self._hook()
            if self._function in SETTINGS:
                return args[0]
            if (
                function is torch.nn.functional.pad
                and _option(args, kwargs, 2, "mode") == "circular"
            ):
                return circular_pad(args[0], _option(args, kwargs, 1, "pad"))
            if function == Tensor.data.__set__:
                with torch.no_grad():
                    return self._unseen.call(Tensor.copy_, args, {})
            if function == Tensor.requires_grad.__get__:
                return self._requires_grad(args[0])
            function = Tensor.detach if function == Tensor.data.__get__ else function
            return self._unseen.call(function, args, kwargs or {})
        finally:
            self._function = before

    def _requires_grad(self, tensor: Tensor) -> bool:
        """Answer as in training, where inputs are data and what is computed has a gradient."""
        if id(tensor) in self._leaves:
            return self._leaves[id(tensor)]
        return tensor.is_floating_point() and torch.is_grad_enabled()

    def _hook(self) -> "_NoHook":
        self.hooked = str(self.now())
        return _NoHook()

    def now(self) -> Place:
        """Give the place of the operation that runs now."""
        return Place(*self._stack[-1], self._function, _authors_line(sys._getframe(1)))

    def _enter_module(self, layer: nn.Module, inputs: Any) -> None:
        if isinstance(layer, Inside):
            return
        self._calls += 1
        name = self._names.get(id(layer), self._stack[-1][0])
        self._stack.append((name, type(layer).__name__, self._calls))
        self._averages.append(CumulativeAverage.of(layer))

    def _leave_module(self, layer: nn.Module, inputs: Any, output: Any) -> None:
        if isinstance(layer, Inside):
            return
        name, kind, call = self._stack.pop()
        average = self._averages.pop()
        if average is not None:
            average.mend()
        tensors = tensors_in(output)
        self.finished.append(
            ModuleCall(
                name,
                kind,
                call,
                self._stack[-1][2],
                tuple(tuple(t.shape) for t in tensors),
                sum(t.numel() * t.element_size() for t in tensors),
            )
        )


def _authors_line(frame: Any) -> str:
    """Find the innermost line that is neither torch's own nor ours."""
    while frame is not None:
        if not frame.f_code.co_filename.startswith(INNER):
            return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _option(args: tuple, kwargs: dict | None, place: int, name: str) -> Any:
    return args[place] if len(args) > place else (kwargs or {}).get(name)


class _NoHook:
    """Stands for the handle of a hook that is not there while shapes run."""

    def remove(self) -> None:
        """Remove nothing."""
