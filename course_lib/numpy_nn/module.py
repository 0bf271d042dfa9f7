"""What every layer is made of: parameters with their gradients, and modules that hold them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import dtype_name, per_axis, require_flag, require_room, require_shape
from course_lib.contracts.arrays import Twin, require_float, require_own_array
from course_lib.errors import InvalidType, InvalidValue

MOST_NUMBERS = 2**31  # of one parameter: 8 GB in float32


class Parameter:
    """An array that training changes, with the gradient of the loss for it.

    Attributes
    ----------
    data : array
        The values; an optimizer changes them in place.
    grad : array of the same shape, or None
        Sum of the gradients since the last `zero_grad`; None before the first backward.

    Raises
    ------
    TypeError
        If `data` is no array of floating-point numbers.
    """

    def __init__(self, data: NDArray) -> None:
        require_float("Parameter", data=data)
        may_change = isinstance(data, np.ndarray) and data.flags.writeable
        self.data = data if may_change else np.array(data)
        self.grad: NDArray | None = None

    def add_grad(self, grad: NDArray) -> None:
        """Add a gradient, as two uses of one parameter both count."""
        require_own_array("Parameter.add_grad", "grad", grad)
        require_shape("Parameter.add_grad", "grad", grad, self.data.shape, "that of the values")
        self.grad = grad if self.grad is None else self.grad + grad


class Module(ABC):
    """A layer or a network: `forward` computes, `backward` sends the gradient back.

    `forward` keeps what its backward needs, so each `backward` belongs to the latest `forward`,
    and a module may stand in a network only once. `backward(grad_y)` adds to the `grad` of each
    parameter and returns the gradient of the input.

    Parameters and modules assigned as attributes are found by themselves and named as in
    `torch.nn`: "0.weight" is the weight of the first layer of a `Sequential`.

    Attributes
    ----------
    training : bool
        True while training, False after `eval()`; dropout and batch norm look at it.

    Examples
    --------
    >>> from course_lib.numpy_nn import Linear, ReLU, Sequential
    >>> rng = np.random.default_rng(seed=0)
    >>> net = Sequential(Linear(4, 8, generator=rng), ReLU(), Linear(8, 3, generator=rng))
    >>> net(np.ones((2, 4), np.float32)).shape
    (2, 3)
    >>> [name for name, _ in net.named_parameters()]
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    training: bool = True
    buffer_names: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def forward(self, x: NDArray) -> NDArray:
        """Compute the output for a batch `x`."""

    @abstractmethod
    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of the parameters; return that of the latest input.

        With `needs_grad_x=False` the gradient of the input may be left out and is None: nothing
        stands in front of the first layer that could use it.
        """

    def __call__(self, x: NDArray) -> NDArray:
        """Run `forward`."""
        return self.forward(x)

    def children(self) -> dict[str, "Module"]:
        """Return the modules directly inside this one, by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Module)}

    def modules(self) -> Iterator["Module"]:
        """Go through this module and all inside it."""
        yield self
        for child in self.children().values():
            yield from child.modules()

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """Go through all parameters with their names, in the order of `torch.nn`.

        A parameter that several layers share comes once, under its first name.
        """
        seen: set[Parameter] = set()
        for name, parameter in self._every_parameter(prefix):
            if parameter not in seen:
                seen.add(parameter)
                yield name, parameter

    def _every_parameter(self, prefix: str) -> Iterator[tuple[str, Parameter]]:
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value
        for name, child in self.children().items():
            yield from child._every_parameter(f"{prefix}{name}.")

    def parameters(self) -> list[Parameter]:
        """List all parameters, for an optimizer."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Forget all gradients, before the next backward."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Self:
        """Switch to training behavior, or with False to that of `eval`."""
        require_flag(f"{type(self).__name__}.train", "mode", mode)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch to the behavior for predictions: no dropout, batch norm by running averages."""
        return self.train(False)

    @contextmanager
    def evaluating(self) -> Iterator[Self]:
        """Switch to `eval()` for a while; then each module gets its own mode back."""
        modes = [(module, module.training) for module in self.modules()]
        try:
            yield self.eval()
        finally:
            for module, training in modes:
                module.training = training

    def astype(self, dtype: str | np.dtype) -> Self:
        """Convert parameters and floating-point buffers, such as running means, to `dtype`.

        Raises
        ------
        TypeError
            If `dtype` is none of floating point.
        """
        dtype = _float_dtype(f"{type(self).__name__}.astype", dtype)
        for parameter in self.parameters():
            parameter.data, parameter.grad = parameter.data.astype(dtype), None
        for module in self.modules():
            for name in module.buffer_names:
                buffer = getattr(module, name)
                if np.issubdtype(buffer.dtype, np.floating):
                    setattr(module, name, buffer.astype(dtype))
        return self

    def state_dict(self, prefix: str = "") -> dict[str, NDArray]:
        """Copy parameters and buffers, under the names that `torch.nn` gives them."""
        return {name: array.copy() for name, array in self._state(prefix).items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over parameters and buffers from arrays or tensors, such as torch's state dict.

        Raises
        ------
        ValueError
            If names or shapes are not exactly those of `state_dict()`.
        TypeError
            If `state` is no mapping, or a dtype differs: convert with `astype` first.
        """
        own, operation = self._state(), f"{type(self).__name__}.load_state_dict"
        if not isinstance(state, Mapping):
            raise InvalidType(
                operation, received=f"a state of type {type(state).__name__}",
                needed="names with their arrays or tensors",
                fix="pass the state_dict() of such a network")  # fmt: skip
        given = {name: _as_array(operation, name, value) for name, value in state.items()}
        _require_names(operation, own, given)
        for name, array in own.items():
            require_shape(operation, name, given[name], array.shape, "as this network has it")
            _require_dtype(operation, name, given[name], array)
        for name, array in own.items():
            array[...] = given[name]

    def _state(self, prefix: str = "") -> dict[str, NDArray]:
        """Map names to the arrays themselves: own parameters, own buffers, then the children."""
        state = {
            prefix + name: value.data
            for name, value in vars(self).items()
            if isinstance(value, Parameter)
        }
        state |= {prefix + name: getattr(self, name) for name in self.buffer_names}
        for name, child in self.children().items():
            state |= child._state(f"{prefix}{name}.")
        return state

    def _latest(self, name: str) -> Any:
        """Return what `forward` kept under `name`, or say that it has not run."""
        if name not in vars(self):
            raise InvalidValue(
                f"{type(self).__name__}.backward", received="no forward pass to go back through",
                needed="the input of the latest forward",
                fix="call the layer on its input first")  # fmt: skip
        return vars(self)[name]


class Operation(Module):
    """A layer without weights: one operation of `numpy_ops`, its backward and its options.

    Parameters
    ----------
    operation, operation_backward : callable
        `foo(x, *, options)` and `foo_backward(grad_y, x, *, options)`.
    options : mapping, default=None
        Keyword options for both; None means none.

    Examples
    --------
    >>> from course_lib import numpy_ops
    >>> layer = Operation(numpy_ops.relu, numpy_ops.relu_backward)
    >>> layer(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __init__(
        self,
        operation: Callable[..., NDArray],
        operation_backward: Callable[..., NDArray],
        options: Mapping[str, Any] | None = None,
    ) -> None:
        name = type(self).__name__
        require_callable(name, operation=operation, operation_backward=operation_backward)
        self.operation = operation
        self.operation_backward = operation_backward
        self.options = require_options(name, {} if options is None else options)

    def forward(self, x: NDArray) -> NDArray:
        """Apply the operation to `x`."""
        self._last_x = x
        return self.operation(x, **self.options)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Return the gradient of the latest input, or None if not needed."""
        x = self._latest("_last_x")
        if not require_needed(self, needs_grad_x):
            return None
        return self.operation_backward(grad_y, x, **self.options)


def require_needed(module: Module, needs_grad_x: bool) -> bool:
    """Return whether the gradient of the input is needed, or raise TypeError for no bool."""
    return require_flag(f"{type(module).__name__}.backward", "needs_grad_x", needs_grad_x)


def require_sizes(operation: str, shape: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a parameter as ints of Python, or raise TypeError or ValueError."""
    num_axes = len(shape) if isinstance(shape, tuple | list) else 1
    sizes = per_axis(operation, "shape", shape, num_axes=num_axes, minimum=1)
    require_parameter_room(sizes)
    return sizes


def require_parameter_room(shape: tuple[int, ...]) -> None:
    """Raise ValueError for a parameter that would fill the memory."""
    require_room("Parameter", f"shape {tuple(shape)}", shape, most=MOST_NUMBERS)


def require_callable(layer: str, /, **functions: Any) -> None:
    """Raise TypeError unless each is a function of the course, or one like it."""
    for name, function in functions.items():
        if not callable(function):
            raise InvalidType(
                layer, received=f"{name} of type {type(function).__name__}",
                needed=f"{name} as a function",
                fix="pass one such as numpy_ops.relu, without brackets")  # fmt: skip


def require_options(operation: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return keyword options as a dict of its own, or raise TypeError."""
    if not (isinstance(options, Mapping) and all(isinstance(name, str) for name in options)):
        raise InvalidType(
            operation, received=f"options of type {type(options).__name__}",
            needed="names with their values", fix='pass a dict such as {"axis": 1}')  # fmt: skip
    return dict(options)


def _float_dtype(operation: str, dtype: str | np.dtype) -> np.dtype:
    """Return a floating-point dtype of this machine's byte order, or raise TypeError."""
    try:
        # np.dtype would also take the dtype of an array, and float64 for None.
        is_one = isinstance(dtype, str | type | np.dtype)
        made = np.dtype(dtype).newbyteorder("=") if is_one else None
    except (TypeError, ValueError):
        made = None
    if made is None or made.kind != "f":
        raise InvalidType(
            operation, received=f"dtype={dtype!r}", needed="a floating-point dtype of NumPy",
            fix='choose "float32" or "float64"')  # fmt: skip
    return made


def _as_array(operation: str, name: str, value: Any) -> NDArray:
    """Return an array or tensor as an array, in a dtype that NumPy has."""
    if not hasattr(value, "detach"):
        require_own_array(operation, name, value)
        return np.asarray(value)
    require_own_array(Twin(operation), name, value)
    if dtype_name(value) == "bfloat16":
        raise InvalidType(
            operation, received=f"{name} with dtype bfloat16", needed="a dtype that NumPy has",
            fix="convert the tensors with .float()")  # fmt: skip
    return value.detach().cpu().numpy()


def _require_names(operation: str, own: Mapping, given: Mapping) -> None:
    missing, unknown = [n for n in own if n not in given], [n for n in given if n not in own]
    if missing or unknown:
        raise InvalidValue(
            operation, received=f"a state without {missing} and with unknown {unknown}",
            needed="exactly the names of this network's state_dict()",
            fix="build the same network on both sides")  # fmt: skip


def _require_dtype(operation: str, name: str, given: NDArray, own: NDArray) -> None:
    if dtype_name(given) != dtype_name(own):  # the order of the bytes is the machine's matter
        both_float = given.dtype.kind == own.dtype.kind == "f"
        raise InvalidType(
            operation, received=f"{name} with dtype {given.dtype}",
            needed=f"dtype {own.dtype}, as this network has it",
            fix=f'call astype("{dtype_name(given)}") on the network first' if both_float
            else f"convert it to {own.dtype} where it was made")  # fmt: skip
