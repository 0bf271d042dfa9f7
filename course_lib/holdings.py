"""All that a torch module holds, copied so that it can be put back in the same places."""

import random
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor

LISTS = (list, deque, bytearray)
SETS_AND_DICTS = (dict, set)
ATOMS = (bool, int, float, complex, str, bytes, frozenset, type, type(None), types.ModuleType)
# Objects of these packages are left alone: what they hold is theirs, and much.
FOREIGN = (
    *("torch", "threading", "logging", "weakref", "multiprocessing", "matplotlib", "PIL"),
    "course_lib",  # such as what a graph puts in the place of a counter, to watch it
)
HOOKS = ("_backward_hooks", "_post_accumulate_grad_hooks")


class Holdings:
    """What a module holds at one moment.

    Everything mutable that can be reached from the attributes of the module and of those inside
    it: tensors with their gradients and hooks, arrays, generators, lists, dicts and sets, and the
    attributes of objects. What only a function or a class can reach is not found.

    Parameters
    ----------
    module : torch.nn.Module
        Is not changed.
    parameters : bool, default=True
        Copy the values of parameters too.
    """

    def __init__(self, module: nn.Module, *, parameters: bool = True) -> None:
        self._values_of_parameters = parameters
        self._kept: dict[int, Any] = {}  # an id means one thing only while it lives
        self._waiting: list[Any] = [module]
        self._undo: list[Callable[[], None]] = []
        self._versions = ExitStack()
        while self._waiting:
            item = self._waiting.pop()
            if not isinstance(item, ATOMS) and id(item) not in self._kept:
                self._kept[id(item)] = item
                self._keep(item)

    def put_back(self) -> None:
        """Give everything its contents of then; what has not changed is not written to."""
        for undo in self._undo:
            undo()
        self._versions.close()  # writing back what was there is no change to autograd either

    def _keep(self, item: Any) -> None:
        if isinstance(item, nn.Module):
            self._keep_module(item)
        elif isinstance(item, Tensor):
            self._keep_tensor(item)
        elif isinstance(item, SETS_AND_DICTS):
            self._undo.append(_restorer(item, _refill))
            self._waiting += item.values() if isinstance(item, dict) else item
        elif isinstance(item, LISTS):
            self._undo.append(_restorer(item, _refill_list))
            self._waiting += item
        elif isinstance(item, tuple):
            self._waiting += item
        elif isinstance(item, np.ndarray):
            self._keep_array(item)
        elif any(isinstance(item, kind) for kind in STATES):
            self._keep_state(item)
        elif not _is_foreign(item):
            self._keep_object(item)

    def _keep_module(self, module: nn.Module) -> None:
        kind, mode = type(module), module.training

        def undo() -> None:
            if type(module) is not kind:  # a lazy layer that took shape
                module.__class__ = kind
            if module.training != mode:  # that of a scripted module is no attribute
                module.training = mode

        # Those of scripted modules are no attributes.
        held = (module.children(), module.parameters(False), module.buffers(False))
        self._waiting += [vars(module), *chain(*held)]
        self._undo.append(undo)

    def _keep_tensor(self, tensor: Tensor) -> None:
        lazy = isinstance(tensor, nn.parameter.UninitializedTensorMixin)
        if not lazy and not tensor.is_inference():
            with suppress(RuntimeError):
                self._versions.enter_context(
                    torch.autograd._unsafe_preserve_version_counter(tensor)
                )
        self._undo.append(_undo_lazy(tensor) if lazy else self._undo_values(tensor))
        if tensor.is_leaf:
            self._undo.append(_undo_gradient(tensor))
            self._waiting.append(tensor.grad)
        hooks = [getattr(tensor, name, None) for name in HOOKS]
        self._waiting += [vars(tensor), *hooks]

    def _undo_values(self, tensor: Tensor) -> Callable[[], None]:
        """Write values through an alias of the memory, as a tensor can be given another one."""
        copied = self._values_of_parameters or not isinstance(tensor, nn.Parameter)
        alias, place = tensor.data, _place(tensor)
        blank = tensor.device.type == "meta" or isinstance(tensor, FakeTensor)
        values = alias.clone() if copied and not blank else None

        def undo() -> None:
            if _place(tensor) != place:
                tensor.data = alias
            strided = alias.layout == torch.strided  # others cannot be compared
            if values is not None and not (strided and torch.equal(alias, values)):
                alias.copy_(values)

        return undo

    def _keep_array(self, array: np.ndarray) -> None:
        if array.flags.writeable:
            before = array.copy()
            self._undo.append(lambda: np.copyto(array, before, casting="no"))
        if array.dtype.hasobject:
            self._waiting += array.ravel().tolist()

    def _keep_state(self, generator: Any) -> None:
        read, write = next(ways for kind, ways in STATES.items() if isinstance(generator, kind))
        state = read(generator)
        self._undo.append(lambda: write(generator, state))

    def _keep_object(self, item: Any) -> None:
        if isinstance(getattr(item, "__dict__", None), dict):
            self._waiting.append(vars(item))
        for name in _slots(item):
            with suppress(AttributeError):
                value = getattr(item, name)
                self._waiting.append(value)
                self._undo.append(lambda name=name, value=value: _set(item, name, value))


def _restorer(container: Any, refill: Callable[[Any, Any], None]) -> Callable[[], None]:
    before = container.copy()

    def undo() -> None:
        if not _same(container, before):
            refill(container, before)

    return undo


def _same(a: Any, b: Any) -> bool:
    """Compare what is held by identity: equality is the affair of the things themselves."""
    if isinstance(a, set | bytearray):
        return a == b
    pairs = (list(a.items()), list(b.items())) if isinstance(a, dict) else (a, b)
    if len(a) != len(b):
        return False
    if isinstance(a, dict):
        return all(x[0] is y[0] and x[1] is y[1] for x, y in zip(*pairs, strict=True))
    return all(x is y for x, y in zip(*pairs, strict=True))


def _refill(container: Any, before: Any) -> None:
    """Fill it in place, as others hold on to it: a hook's handle, for one."""
    container.clear()
    container.update(before)


def _refill_list(container: Any, before: Any) -> None:
    container.clear()
    container.extend(before)


def _undo_lazy(tensor: Tensor) -> Callable[[], None]:
    """Take the shape back that a lazy weight has got."""
    kind, empty = type(tensor), tensor.data

    def undo() -> None:
        if type(tensor) is not kind:
            tensor.data = empty
            tensor.__class__ = kind

    return undo


def _undo_gradient(tensor: Tensor) -> Callable[[], None]:
    wanted, grad = tensor.requires_grad, tensor.grad
    missing = [name for name in HOOKS if getattr(tensor, name, None) is None]

    def undo() -> None:
        if tensor.is_leaf and tensor.requires_grad != wanted:
            tensor.requires_grad_(wanted)
        if tensor.grad is not grad:
            tensor.grad = grad
        for name in missing:
            if getattr(tensor, name, None):
                getattr(tensor, name).clear()

    return undo


def _place(tensor: Tensor) -> tuple:
    """Tell where in memory a tensor is, and how; sparse ones have no one place."""
    with suppress(RuntimeError, NotImplementedError):
        return tensor.shape, tensor.stride(), tensor.data_ptr()
    return (tensor.shape,)


def _is_foreign(item: Any) -> bool:
    """Tell whether what an object holds is to be left alone; functions hold nothing."""
    return type(item).__module__.partition(".")[0] in FOREIGN


def _slots(item: Any) -> Iterator[str]:
    for kind in type(item).__mro__:
        names: str | Iterable[str] = vars(kind).get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in ("__dict__", "__weakref__"):
                yield name


def _set(item: Any, name: str, value: Any) -> None:
    if getattr(item, name, None) is not value:
        object.__setattr__(item, name, value)  # a frozen dataclass refuses its own


# How the state of each kind of generator is read and written.
STATES: dict[type, tuple[Callable, Callable]] = {
    torch.Generator: (lambda g: g.get_state(), lambda g, state: g.set_state(state)),
    np.random.Generator: (
        lambda g: g.bit_generator.state,
        lambda g, state: setattr(g.bit_generator, "state", state),
    ),
    np.random.RandomState: (lambda g: g.get_state(), lambda g, state: g.set_state(state)),
    random.Random: (lambda g: g.getstate(), lambda g, state: g.setstate(state)),
}
