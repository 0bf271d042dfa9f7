"""What a traced network is made of: steps in their order, on values, weights and constants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Value:
    """Points to an array that a step makes, or to an input of the network."""

    number: int


@dataclass(frozen=True)
class Weight:
    """Points to a parameter or buffer by its name in the torch module."""

    name: str


class Place(NamedTuple):
    """Where in the module a step comes from.

    `call` counts the calls of modules, so that two uses of one layer can be told apart; `function`
    is what the author wrote, such as "flatten", while the step itself may be a "view"; `line` is
    "file.py:12", or empty where the call stands in torch's own code.
    """

    module: str
    kind: str
    call: int
    function: str
    line: str

    def __str__(self) -> str:
        """Name the module and the line, for an error."""
        module = f"{self.module} ({self.kind})" if self.module else self.kind
        return f"{module}, {self.line}" if self.line else module


class Step(NamedTuple):
    """One operation of ATen, PyTorch's library of tensor operations.

    `arguments` are all arguments of its schema in their order, with Values and Weights in place
    of tensors; `results` the values it makes (None where nobody reads one) with their `dtypes`
    and `shapes`; `differentiable` is False under `no_grad`.
    """

    operation: str
    arguments: tuple
    results: tuple[Value | None, ...]
    dtypes: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    several: bool
    differentiable: bool
    place: Place


class ModuleCall(NamedTuple):
    """One call of a module: its number, that of the call around it, the sizes of its outputs."""

    name: str
    kind: str
    call: int
    parent: int
    output_shapes: tuple[tuple[int, ...], ...]
    output_bytes: int


@dataclass(frozen=True)
class Program:
    """A network as a list of steps.

    `inputs` are the values of the arrays that go in, `outputs` what comes out, as a flat list of
    Values, Weights and plain numbers that `structure` puts into the form the module returns;
    `updates` the new values of buffers, such as running means; `calls` those of the modules, in
    the order in which they ended; `hooked` the place where the forward registers a hook for
    gradients, or empty.
    """

    steps: tuple[Step, ...]
    inputs: tuple[Value, ...]
    outputs: tuple[Any, ...]
    structure: Callable[[list], Any]
    updates: dict[str, Any]
    calls: tuple[ModuleCall, ...]
    hooked: str


def references(argument: Any) -> Iterator[Value | Weight]:
    """Go through the Values and Weights of a nested structure.

    Examples
    --------
    >>> list(references((Value(3), [Weight("bias"), 1.0])))
    [Value(number=3), Weight(name='bias')]
    """
    if isinstance(argument, Value | Weight):
        yield argument
    elif isinstance(argument, tuple | list):
        for item in argument:
            yield from references(item)
