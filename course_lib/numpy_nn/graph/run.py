"""Run a traced network in NumPy: forward in order, backward in reverse.

A step calls one operation of `numpy_ops`, `arithmetic` or `layout` on earlier values and
parameters. Its backward needs only what went in, so those values are all that is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph import arithmetic, layout


@dataclass(frozen=True)
class Value:
    """Points to the result of a step, or to an input of the network."""

    name: str


@dataclass(frozen=True)
class Weight:
    """Points to a parameter or buffer by its name in the torch module."""

    name: str


class Step(NamedTuple):
    """One operation: `arrays` hold Values, Weights, numbers or None; `options` may too."""

    name: str
    operation: str
    arrays: tuple
    options: dict[str, Any]


class GraphGrads(NamedTuple):
    """Gradients of a scalar loss: of the input (a tuple for several) and of each parameter."""

    grad_x: Any
    parameters: dict[str, NDArray]


class Graph:
    """A network as a list of NumPy steps, made by `from_torch`.

    Attributes
    ----------
    steps : list of Step
        The operations in the order of the forward pass.
    parameters : dict of str to array
        Weights under their names in the torch module; change them to change the network.
    buffers : dict of str to array
        Running statistics; batch norm in training mode replaces them.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        *,
        inputs: Sequence[str],
        outputs: Any,
        parameters: dict[str, NDArray],
        buffers: dict[str, NDArray],
        generator: np.random.Generator,
    ) -> None:
        self.steps, self.inputs, self.outputs = list(steps), list(inputs), outputs
        self.parameters, self.buffers = parameters, buffers
        self._generator = generator
        self._values: dict[str, Any] = {}
        self._kept: dict[str, dict[str, Any]] = {}

    def forward(self, *inputs: NDArray, keep: bool = True) -> Any:
        """Compute the outputs, in the structure that the torch module returns.

        Parameters
        ----------
        *inputs : arrays
            What the module takes, in its dtype; images as (N, C, H, W).
        keep : bool, default=True
            Keep the values that `backward` needs. With False each is let go after its last use,
            so that large networks fit into memory.

        Returns
        -------
        array, or tuple or dict of arrays
            As the torch module returns.

        Raises
        ------
        ValueError
            If the number of inputs is wrong, or an operation refuses its input.
        """
        if len(inputs) != len(self.inputs):
            raise InvalidValue(
                "Graph.forward", received=f"{len(inputs)} inputs",
                needed=f"{len(self.inputs)} ({', '.join(self.inputs)})",
                fix="pass one array for each")  # fmt: skip
        self._values, self._kept = dict(zip(self.inputs, inputs, strict=True)), {}
        last_use = {} if keep else self._last_use()
        for position, step in enumerate(self.steps):
            arrays, options = self._resolve(step.arrays), self._resolve(step.options)
            self._values[step.name] = self._run(step, arrays, options)
            for name in last_use.get(position, ()):
                del self._values[name]
        y = self._resolve(self.outputs)
        if not keep:
            self._values = {}
        return y

    __call__ = forward

    def backward(self, grad_y: Any) -> GraphGrads:
        """Send the loss gradient back through the last `forward`.

        Parameters
        ----------
        grad_y : array, or tuple or dict of arrays
            Gradient of the loss for each output, in their structure; None where it is zero.

        Returns
        -------
        GraphGrads
            `grad_x` for the input (a tuple where there are several), `parameters` by torch name,
            only those that the outputs depend on.

        Raises
        ------
        ValueError
            If `forward` has not run, or ran with keep=False.
        """
        if not self._values:
            raise InvalidValue(
                "Graph.backward", received="no values of a forward pass",
                needed="a forward pass that kept them",
                fix="call forward(x) first, with keep=True")  # fmt: skip
        gradients: dict[Any, NDArray] = {}
        _collect(gradients, self.outputs, grad_y)
        for step in reversed(self.steps):
            if Value(step.name) in gradients:
                self._send_back(step, gradients.pop(Value(step.name)), gradients)
        grad_x = tuple(gradients.get(Value(name)) for name in self.inputs)
        weights = {name: gradients.get(Weight(name)) for name in self.parameters}
        return GraphGrads(
            grad_x[0] if len(grad_x) == 1 else grad_x,
            {name: grad for name, grad in weights.items() if grad is not None},
        )

    def _run(self, step: Step, arrays: tuple, options: dict[str, Any]) -> Any:
        function = find_operation(step.operation)
        if step.operation in RANDOM:
            y, mask = function(*arrays, **options, generator=self._generator)
            self._kept[step.name] = {"mask": mask}
            return y
        if step.operation != "batch_norm":
            return function(*arrays, **options)
        y, *statistics = function(*arrays, **options)
        for weight, new in zip(step.arrays[1:3], statistics, strict=True):
            if isinstance(weight, Weight):
                self.buffers[weight.name] = new
        return y

    def _send_back(self, step: Step, grad_y: NDArray, gradients: dict[Any, NDArray]) -> None:
        arrays, options = self._resolve(step.arrays), self._resolve(step.options)
        backward = find_operation(f"{step.operation}_backward")
        result = backward(grad_y, *arrays, **options, **self._kept.get(step.name, {}))
        targets = step.arrays
        if step.operation == "batch_norm":  # the running statistics get no gradient
            targets = (targets[0], *targets[3:])
        for target, grad in zip(
            targets, result if isinstance(result, tuple) else (result,), strict=False
        ):
            if grad is not None:
                _collect(gradients, target, grad)

    def _resolve(self, reference: Any) -> Any:
        """Replace every Value and Weight in a nested structure by what it points to."""
        match reference:
            case Value(name):
                return self._values[name]
            case Weight(name):
                return self.parameters[name] if name in self.parameters else self.buffers[name]
            case tuple() | list():
                items = [self._resolve(item) for item in reference]
                named = hasattr(reference, "_fields")
                return type(reference)(*items) if named else type(reference)(items)
            case dict():
                return {key: self._resolve(item) for key, item in reference.items()}
            case slice():
                return slice(*map(self._resolve, (reference.start, reference.stop, reference.step)))
        return reference

    def _last_use(self) -> dict[int, list[str]]:
        """Tell after which step each value is no longer needed."""
        last: dict[str, int] = {}
        for position, step in enumerate(self.steps):
            for name in _names((step.arrays, step.options)):
                last[name] = position
        for name in _names(self.outputs):
            last.pop(name, None)
        uses: dict[int, list[str]] = {}
        for name, position in last.items():
            uses.setdefault(position, []).append(name)
        return uses


RANDOM = ("dropout", "dropout2d", "stochastic_depth")  # these return (y, mask)


def find_operation(name: str) -> Callable:
    """Find an operation, or its backward, by name."""
    home = next(module for module in (arithmetic, layout, numpy_ops) if hasattr(module, name))
    return getattr(home, name)


def _names(reference: Any) -> list[str]:
    """List the Values in a nested structure."""
    match reference:
        case Value(name):
            return [name]
        case Weight():
            return []
        case tuple() | list():
            return [name for item in reference for name in _names(item)]
        case dict():
            return _names(list(reference.values()))
        case slice():
            return _names((reference.start, reference.stop, reference.step))
    return []


def _collect(gradients: dict[Any, NDArray], target: Any, grad: Any) -> None:
    """Add a gradient to what its target has received from other uses."""
    if grad is None:
        return
    if isinstance(target, Value | Weight):
        gradients[target] = gradients[target] + grad if target in gradients else grad
    elif isinstance(target, dict):
        for key, item in target.items():
            _collect(gradients, item, grad[key])
    elif isinstance(target, tuple | list):
        for item, grad_item in zip(target, grad, strict=True):
            _collect(gradients, item, grad_item)
