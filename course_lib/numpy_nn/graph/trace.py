"""Run a torch module on shapes alone and write down every operation that it calls.

The module runs once on "fake" tensors, which have shapes and no values. What reaches PyTorch's
dispatcher is recorded there, below modules, functions, methods, hooks and parametrizations, so all
of them look alike. `functionalize` has rewritten in-place calls and views into operations that
make new tensors, so that no two names share memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functionalize
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_flatten, tree_unflatten

from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.calling import forward_of
from course_lib.numpy_nn.graph.hooks import remove_gradient_hooks
from course_lib.numpy_nn.graph.places import Places
from course_lib.numpy_nn.graph.program import Program, Step, Value, Weight, references
from course_lib.numpy_nn.graph.refusals import (
    not_traced,
    quietly,
    require_no_draws,
    require_plain,
)
from course_lib.numpy_nn.graph.table import OPERATIONS
from course_lib.numpy_nn.graph.unseen import UnseenChanges
from course_lib.unchanged import stirred_states, unchanged

# They ask about a tensor and make none.
QUESTIONS = ("prim.device", "_assert_tensor_metadata", "_assert_scalar", "_assert_async.msg")
# Where and how a tensor is stored makes no difference to its values.
STORAGE = ("device", "layout", "memory_format", "pin_memory", "non_blocking", "generator", "names")
# What draws into a given tensor, and the operation that stands for it in a program.
RANDOM_IN_PLACE = {
    "bernoulli_.float": "bernoulli.p",
    "uniform_": "uniform",
    "normal_": "normal_functional",
}
PLAIN = (".default", ".Tensor", ".int", ".self")  # overloads that need no mention


@torch.inference_mode(False)  # gradients are there whatever the caller has switched off
def trace(
    module: nn.Module,
    inputs: Sequence[Tensor],
    *,
    caller: str = "from_torch",
    any_output: bool = False,
    as_written: bool = False,
) -> Program:
    """Write down what one forward does; the module is left as it was.

    Parameters
    ----------
    module : torch.nn.Module
        In the mode that is wanted; it may live on any device, "meta" included.
    inputs : sequence of Tensor
        Only their shapes and dtypes matter.
    caller : str, default="from_torch"
        The function that errors name.
    any_output : bool, default=False
        Take outputs of any form, as a flat list of the tensors in them.
    as_written : bool, default=False
        Keep in-place calls, views and steps that nobody reads, as a count of the work must; such
        a program tells what is done, but its values do not tell who changed whom.

    Returns
    -------
    Program
        Only steps that the outputs, or the buffers that the module updates, depend on.

    Raises
    ------
    InvalidValue
        If the forward fails, or decides by the values in a tensor: the text says where.
    """
    require_shapes(caller, module)
    fake = FakeTensorMode(allow_non_fake_inputs=True)
    with fake:
        blank = [torch.empty(x.shape, dtype=x.dtype) for x in inputs]
        state = {name: torch.empty(t.shape, dtype=t.dtype) for name, t in named_state(module)}
    recorder = _Recorder(module, state, blank)
    forward = forward_of(module, recorder.places().begin, flat=any_output)
    with unchanged(module, parameters=False):
        remove_gradient_hooks(module)
        before = stirred_states()
        with quietly(), ExitStack() as contexts:
            for context in (fake, recorder, recorder.places(), *plain_kernels()):
                contexts.enter_context(context)
            try:
                run = forward if as_written else functionalize(forward)
                outputs, moved = run(state, blank)
            except InvalidValue:
                raise
            except (Exception, SystemExit) as error:
                raise not_traced(caller, module, inputs, error) from error
        require_no_draws(caller, module, before)
    return recorder.program(caller, outputs, moved, needed_only=not as_written)


def named_state(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Go through parameters and buffers, each tensor under its first name only."""
    yield from module.named_parameters()
    yield from module.named_buffers()


def require_shapes(caller: str, module: nn.Module) -> None:
    """Raise unless every weight has a shape: those of lazy layers have none before they run."""
    for name, tensor in named_state(module):
        if isinstance(tensor, nn.parameter.UninitializedTensorMixin):
            raise InvalidValue(
                caller, received=f"the lazy weight {name}, which has no shape yet",
                needed="weights with shapes",
                fix="run the module once in torch, so that its lazy layers take shape")  # fmt: skip


def plain_kernels() -> tuple:
    """Keep attention and LSTM in pieces, compiled modules uncompiled."""
    return (
        sdpa_kernel(SDPBackend.MATH),
        _without_mkldnn(),
        torch.compiler.set_stance("force_eager"),
    )


@contextmanager
def _without_mkldnn() -> Iterator[None]:
    before = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)
    try:
        yield
    finally:
        torch._C._set_mkldnn_enabled(before)


class _Recorder(TorchDispatchMode):
    """Turn every operation that reaches the dispatcher into a step."""

    def __init__(
        self, module: nn.Module, state: dict[str, Tensor], inputs: Sequence[Tensor]
    ) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.updates: dict[str, Any] = {}
        self.inputs = tuple(Value(number) for number in range(len(inputs)))
        self._count = len(inputs)
        self._alive = [*inputs, *state.values()]  # an id means one tensor only while it lives
        self._meaning: dict[int, Any] = {
            id(tensor): reference for tensor, reference in zip(inputs, self.inputs, strict=True)
        }
        for tensors in (state, dict(module.named_parameters()), dict(module.named_buffers())):
            self._meaning |= {id(tensor): Weight(name) for name, tensor in tensors.items()}
        self._buffers: dict[int, str] = {}  # names of those that have a new value
        self._same_as: dict[int, Tensor] = {}
        self._places = Places(module, UnseenChanges(self._stands_for, self._change_unseen))

    def places(self) -> "Places":
        """Give the context that keeps track of modules and functions."""
        return self._places

    def __torch_dispatch__(
        self, function: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Run the operation on shapes, and record it."""
        result = function(*args, **(kwargs or {}))
        name = operation_name(function)
        if name == "copy_":  # the end of the forward: a changed buffer or input is written back
            self._write(self._same_as.get(id(args[0]), args[0]), self._refer(args[1]))
        elif name not in QUESTIONS:
            arguments = self._refer(in_order_of_schema(function, args, kwargs or {}))
            if name == "_convolution":  # of torch.jit.trace; what follows chooses among kernels
                name, arguments = "convolution", arguments[:9]
            self._record(_new_tensor_name(name), arguments, result, changed=_changed(name, args))
            if name[-1:] == "_" and not torch.is_grad_enabled():
                self._set_values(args[0], arguments[0])
        if name == "alias":
            self._same_as[id(result)] = args[0]
        return result

    def _record(
        self, name: str, arguments: tuple, result: Any, changed: tuple[Tensor, ...]
    ) -> None:
        tensors = (*(result if isinstance(result, tuple | list) else (result,)), *changed)
        self.steps.append(
            Step(
                operation=name,
                arguments=arguments,
                results=tuple(self._name(tensor) for tensor in tensors),
                dtypes=tuple(_dtype(t.dtype) for t in tensors if isinstance(t, Tensor)),
                shapes=tuple(tuple(t.shape) for t in tensors if isinstance(t, Tensor)),
                several=isinstance(result, tuple | list),
                differentiable=torch.is_grad_enabled(),
                place=self._places.now(),
            )
        )

    def _stands_for(self, tensor: Tensor) -> Any:
        """Tell what a tensor of the forward stands for at the moment."""
        return self._meaning.get(id(_inner(tensor)))

    def _change_unseen(self, tensor: Tensor, before: Any) -> None:
        if before is not None:
            self._set_values(_inner(tensor), before)

    def _set_values(self, tensor: Tensor, before: Any) -> None:
        """Let a tensor have the values that it has now, and the gradient that it had before.

        What has read it since its values were made, inside of one function, reads that as well.
        """
        values = self._refer(tensor)
        with torch.enable_grad():
            self._record("set_values", (before, values), tensor, changed=())
        step, new = self.steps.pop(), self._refer(tensor)
        made = next(i for i, s in reversed(list(enumerate(self.steps))) if values in s.results)
        later = [_with(s, values, new) for s in self.steps[made + 1 :]]
        self.steps[made + 1 :] = [step, *later]

    def _name(self, tensor: Any) -> Value | None:
        if not isinstance(tensor, Tensor):
            return None
        value = Value(self._count)
        self._count += 1
        self._alive.append(tensor)
        self._write(tensor, value)
        return value

    def _write(self, tensor: Tensor, value: Any) -> None:
        """Let a tensor stand for a value from now on; a buffer gets a new one."""
        before = self._meaning.get(id(tensor))
        if isinstance(before, Weight):
            self._buffers[id(tensor)] = before.name
        if id(tensor) in self._buffers:
            self.updates[self._buffers[id(tensor)]] = value
        self._meaning[id(tensor)] = value

    def _refer(self, argument: Any) -> Any:
        """Replace tensors by what they stand for, dtypes by their names."""
        if isinstance(argument, Tensor):
            known = self._meaning.get(id(argument))
            return _constant(argument) if known is None else known
        if isinstance(argument, torch.dtype):
            return _dtype(argument)
        if isinstance(argument, tuple | list):
            return tuple(self._refer(item) for item in argument)
        return argument

    def program(
        self, caller: str, outputs: Any, moved: dict[str, Tensor], *, needed_only: bool
    ) -> Program:
        """Cut what the outputs do not need, and put the program together."""
        leaves, form = tree_flatten(outputs)
        for leaf in leaves:
            require_plain(caller, leaf)
        results = tuple(self._refer(leaf) for leaf in leaves)
        self.updates |= {name: self._refer(tensor) for name, tensor in moved.items()}
        read = (*results, *self.updates.values())
        return Program(
            steps=_needed(self.steps, read) if needed_only else tuple(self.steps),
            inputs=self.inputs,
            outputs=results,
            structure=partial(tree_unflatten, treespec=form),
            updates=self.updates,
            calls=tuple(self._places.finished),
            hooked=self._places.hooked,
        )


def operation_name(function: Any) -> str:
    """Name an ATen operation, its overload only where that changes the arguments.

    Examples
    --------
    >>> operation_name(torch.ops.aten.add.Tensor), operation_name(torch.ops.aten.mean.dim)
    ('add', 'mean.dim')
    """
    name = str(function).removeprefix("aten.")
    return next((name.removesuffix(plain) for plain in PLAIN if name.endswith(plain)), name)


def _new_tensor_name(name: str) -> str:
    """Name the operation that makes a new tensor where `name` changes one in place.

    Operations that are written in C++ of others, such as LSTM and attention, are taken apart below
    `functionalize`, which so does not see what they change.
    """
    base, dot, overload = name.partition(".")
    return RANDOM_IN_PLACE.get(name, base.removesuffix("_") + dot + overload)


def _changed(name: str, args: tuple) -> tuple[Tensor, ...]:
    """Give the running statistics that batch norm replaces, which its schema does not tell."""
    if name == "native_batch_norm" and args[5] and args[3] is not None:
        return args[3], args[4]
    return ()


def in_order_of_schema(function: Any, args: tuple, kwargs: dict[str, Any]) -> tuple:
    """Give all arguments in the order of the schema, defaults filled in, storage left out."""
    parameters = function._schema.arguments
    given = dict(zip((p.name for p in parameters), args, strict=False)) | kwargs
    return tuple(given.get(p.name, p.default_value) for p in parameters if p.name not in STORAGE)


def _needed(steps: Sequence[Step], outputs: Sequence[Any]) -> tuple[Step, ...]:
    """Keep the steps whose results are read in the end, going backwards, and every random draw.

    A draw that nobody reads still moves the generator on, for those that come after it.
    """
    read = set(references(tuple(outputs)))
    kept = []
    for step in reversed(steps):
        if _draws(step) or any(result in read for result in step.results):
            read |= set(references(step.arguments))
            results = tuple(result if result in read else None for result in step.results)
            kept.append(step._replace(results=results))
    return tuple(reversed(kept))


def _draws(step: Step) -> bool:
    row = OPERATIONS.get(step.operation)
    return row is not None and row.draws


def _with(step: Step, old: Value, new: Value) -> Step:
    """Let a step read another value."""

    def replaced(argument: Any) -> Any:
        if isinstance(argument, tuple):
            return tuple(map(replaced, argument))
        return new if isinstance(argument, Value) and argument == old else argument

    return step._replace(arguments=replaced(step.arguments))


def _inner(tensor: Tensor) -> Tensor:
    """Take the wrapping of `functionalize` off, with all changes through views applied."""
    if not torch._C._functorch.is_functionaltensor(tensor):
        return tensor
    torch._sync(tensor)
    return torch._C._functorch._unwrap_functional_tensor(tensor, True)


def _constant(tensor: Tensor) -> np.ndarray:
    """Copy the values of a real tensor, such as an attribute that is neither buffer nor weight."""
    with _disable_current_modes():
        return tensor.detach().cpu().numpy().copy()


def _dtype(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
