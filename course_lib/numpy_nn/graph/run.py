"""Run a traced network in NumPy: forward in order, backward in reverse.

A step calls one operation of the table on earlier values and on parameters. Its backward needs
only what went in and came out, so those values are all that is kept.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.plan import Plan
from course_lib.numpy_nn.graph.program import Program, Step, Value, Weight
from course_lib.numpy_nn.graph.table import OPERATIONS

_MISSING = "none"  # has no shape, so that it fits no output


class GraphGrads(NamedTuple):
    """Gradients of a scalar loss: of the input (a tuple for several) and of each parameter."""

    grad_x: Any
    parameters: dict[str, NDArray]


class Source(Protocol):
    """Where the programs come from: the torch module, seen from NumPy."""

    parameters: dict[str, NDArray]
    buffers: dict[str, NDArray]

    def layout(self) -> tuple:
        """Tell what beside the inputs decides which operations run; the modes come first."""

    def frozen(self) -> frozenset[str]:
        """Name the weights and buffers that get no gradient."""

    def arrays(self, inputs: Sequence[Any]) -> tuple[NDArray, ...]:
        """Check the inputs."""

    def program(self, inputs: Sequence[NDArray]) -> Program:
        """Trace the module for inputs of these shapes and dtypes."""

    def compare(self, graph: "Graph", ours: Sequence[list]) -> None:
        """Raise unless torch gives the same, in two forwards in turn."""

    def compare_gradients(
        self, graph: "Graph", grads_y: Sequence, ours: dict[str, NDArray], needs: bool
    ) -> None:
        """Raise unless torch gives the same gradients."""

    def hooks(self, program: Program) -> str:
        """Tell where there are hooks for gradients."""

    def require_no_hooks(self, program: Program) -> None:
        """Raise if there are hooks for gradients."""


class Graph:
    """A network as a list of NumPy steps, made by `from_torch`.

    Attributes
    ----------
    parameters : dict of str to array
        Weights under their names in the torch module; change them to change the network.
    buffers : dict of str to array
        Running statistics; batch norm in training mode replaces them.
    """

    def __init__(self, source: Source, *, generator: np.random.Generator, check: bool) -> None:
        self.parameters, self.buffers = source.parameters, source.buffers
        self._source, self._generator, self._check = source, generator, check
        self._plans: dict[Any, Plan] = {}
        self.plan: Plan | None = None
        self._values: dict[Value, Any] = {}
        self._given: Iterator[NDArray] | None = None  # draws of an earlier forward

    @property
    def program(self) -> Program | None:
        """The steps of the latest forward."""
        return None if self.plan is None else self.plan.program

    def prepare(self, *inputs: Any) -> Plan:
        """Trace the network for inputs of these shapes, unless that has been done."""
        arrays = self._source.arrays(inputs)
        layout = self._source.layout()
        key = (layout, tuple((x.shape, x.dtype.str) for x in arrays))
        if key not in self._plans:
            program, modes = self._source.program(arrays), layout[0]
            self._plans[key] = Plan(program, self._source.frozen(), modes)
        return self._plans[key]

    def forward(self, *inputs: Any, keep: bool = True) -> Any:
        """Compute the outputs, in the structure that the torch module returns.

        The first forward with inputs of a new shape, or in a new mode, traces the module and
        compares the outputs with torch's.

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
        InvalidType
            If an input is no array, or has a dtype that NumPy and the module do not share.
        InvalidValue
            If the module cannot be traced or uses an operation that is not in the table (the
            text names it and where it stands), if an operation refuses its input, or if the
            outputs are not torch's.
        """
        arrays = self._source.arrays(inputs)
        self.plan = self.prepare(*arrays)
        self.inputs = tuple(np.array(x) for x in arrays) if keep else arrays
        self.before, self.draws = {**self.parameters, **self.buffers}, []
        y = self._run(self.plan, keep=keep)
        if self._check and not self.plan.checked:
            ours = self._results()
            self._source.compare(self, (ours, self._results_of_the_next() or ours))
            self.plan.checked = True
        return y

    __call__ = forward

    def state(self, name: str) -> NDArray:
        """Give the parameter or buffer of this name."""
        return self.parameters[name] if name in self.parameters else self.buffers[name]

    def _results(self) -> list:
        """List the outputs, and what has become of the buffers."""
        return [*self.flat_outputs, *(self.state(name) for name in self.plan.program.updates)]

    def _results_of_the_next(self) -> list | None:
        """List those of another forward with the same draws; None without buffers that change."""
        if not self.plan.program.updates:
            return None
        now = dict(vars(self))
        self.parameters, self.buffers = dict(self.parameters), dict(self.buffers)
        self.before, self._given = {**self.parameters, **self.buffers}, iter(self.draws)
        self.draws = []
        try:
            self._run(self.plan, keep=False)
            return self._results()
        finally:
            vars(self).update(now)

    def backward(self, grad_y: Any, *, needs_grad_x: bool = True) -> GraphGrads:
        """Send the loss gradient back through the last `forward`.

        Parameters
        ----------
        grad_y : array, or tuple or dict of arrays
            Gradient of the loss for each output, in their structure; None where it is zero.
        needs_grad_x : bool, default=True
            With False, `grad_x` is None and not computed.

        Returns
        -------
        GraphGrads
            `grad_x` for the input (a tuple where there are several), `parameters` by torch name.
            As in torch, there is none for parameters that the outputs do not depend on, or that
            are frozen (`requires_grad=False`), or behind `no_grad`.

        Raises
        ------
        InvalidValue
            If `forward` has not run, or ran with keep=False, or the gradients do not fit the
            outputs, or are not torch's.
        """
        if self.plan is None or not self._values:
            raise InvalidValue(
                "Graph.backward",
                received="no values of a forward pass",
                needed="a forward pass that kept them",
                fix="call forward(x) first, with keep=True",
            )
        if not self._check:
            self._source.require_no_hooks(self.plan.program)
        flat = self._flat(grad_y)
        gradients = self._sent_back(flat, self.plan.wanted(needs_grad_x))
        grad_x = tuple(gradients.get(value) for value in self.plan.program.inputs)
        weights = {name: gradients.get(Weight(name)) for name in self.parameters}
        weights = {name: grad for name, grad in weights.items() if grad is not None}
        if self._check:
            self._check_gradients(flat, grad_x, weights, needs_grad_x)
        return GraphGrads(grad_x[0] if len(grad_x) == 1 else grad_x, weights)

    def _sent_back(self, grads_y: list, wanted: set) -> dict[Any, NDArray]:
        program = self.plan.program
        gradients: dict[Any, NDArray] = {}
        for output, grad in zip(program.outputs, grads_y, strict=True):
            self._collect(gradients, wanted, output, grad)
        for step in reversed(program.steps):
            grads = [gradients.pop(result, None) for result in step.results]
            if any(grad is not None for grad in grads):
                self._send_back(step, grads, gradients, wanted)
        return gradients

    def _check_gradients(
        self, grads_y: list, grad_x: tuple, weights: dict[str, NDArray], needs_grad_x: bool
    ) -> None:
        """Compare with torch's, once for each set of outputs; with hooks each time."""
        key = (needs_grad_x, tuple(grad is not None and bool(grad.any()) for grad in grads_y))
        if key in self.plan.checked_gradients and not self._source.hooks(self.plan.program):
            return
        inputs = {f"input {i}": grad for i, grad in enumerate(grad_x) if grad is not None}
        self._source.compare_gradients(self, grads_y, weights | inputs, needs_grad_x)
        self.plan.checked_gradients.add(key)

    def _run(self, plan: Plan, *, keep: bool) -> Any:
        program = plan.program
        values = self._values = dict(zip(program.inputs, self.inputs, strict=True))
        for position, step in enumerate(program.steps):
            self._forward_step(step)
            if not keep:
                for value in plan.last_use[position]:
                    values.pop(value, None)
        self.flat_outputs = [self._resolve(output) for output in program.outputs]
        for name, new in program.updates.items():
            home = self.parameters if name in self.parameters else self.buffers
            home[name] = np.array(self._resolve(new))
        if not keep:
            self._values = {}
        return program.structure([_copied(output) for output in self.flat_outputs])

    def _forward_step(self, step: Step) -> None:
        operation = OPERATIONS[step.operation]
        arguments = self._resolve(step.arguments)
        with _named(step):
            if operation.draws:
                result = self._draw(operation, arguments)
            else:
                result = operation.forward(*arguments)
        results = result if step.several else (result,)
        for value, dtype, array in zip(step.results, step.dtypes, results, strict=False):
            if value is not None:
                self._values[value] = np.asarray(array, dtype)

    def _draw(self, operation: Operation, arguments: tuple) -> NDArray:
        given = None if self._given is None else next(self._given)
        draw = operation.forward(self._generator, *arguments) if given is None else given
        self.draws.append(draw)
        return draw

    def _send_back(
        self, step: Step, grads_y: list, gradients: dict[Any, NDArray], wanted: set
    ) -> None:
        operation = OPERATIONS[step.operation]
        arguments = self._resolve(step.arguments)
        if operation.reads_result:
            results = tuple(self._values.get(value) for value in step.results)
            arguments = (results if step.several else results[0], *arguments)
        options = {}
        if operation.may_skip_grad_x:
            options["needs_grad_x"] = step.arguments[0] in wanted
        with _named(step):
            result = operation.backward(
                tuple(grads_y) if step.several else grads_y[0], *arguments, **options
            )
        grads = result if isinstance(result, tuple) else (result,)
        for target, grad in zip(step.arguments, grads, strict=False):
            self._collect(gradients, wanted, target, grad)

    def _collect(self, gradients: dict[Any, NDArray], wanted: set, target: Any, grad: Any) -> None:
        """Add a gradient to what its target has received from other uses."""
        if grad is None:
            return
        if isinstance(target, tuple):
            for item, grad_item in zip(target, grad, strict=True):
                self._collect(gradients, wanted, item, grad_item)
        elif target in wanted if isinstance(target, Value | Weight) else False:
            dtype = self._resolve(target).dtype
            if dtype.kind != "f":  # whole numbers have none
                return
            grad = np.asarray(grad, dtype)
            gradients[target] = gradients[target] + grad if target in gradients else grad

    def _resolve(self, reference: Any) -> Any:
        """Replace every Value and Weight in a nested structure by what it points to."""
        if isinstance(reference, Value):
            return self._values[reference]
        if isinstance(reference, Weight):
            return self.before[reference.name]
        if isinstance(reference, tuple):
            return tuple(map(self._resolve, reference))
        return reference

    def _flat(self, grad_y: Any) -> list:
        """List the gradients in the order of the outputs, and check that they fit."""
        program = self.plan.program
        outputs = program.outputs
        shapes = [getattr(self._resolve(output), "shape", None) for output in outputs]
        flat = list(_paired(program.structure(list(range(len(outputs)))), grad_y))
        given = [None if grad is None else getattr(grad, "shape", type(grad)) for grad in flat]
        if len(flat) == len(outputs) and all(
            g is None or g == s for g, s in zip(given, shapes, strict=True)
        ):
            return [_checked_gradient(grad) for grad in flat]
        raise InvalidValue(
            "Graph.backward",
            received=f"gradients with shapes {given}",
            needed=f"one for each output: shapes {shapes}",
            fix="pass them in the structure that forward returns, None where one is zero",
        )


@contextmanager
def _named(step: Step) -> Iterator[None]:
    """Say in which step of which module an operation has failed."""
    try:
        yield
    except (InvalidType, InvalidValue) as error:
        error.add_note(f"in {step.operation}: {step.place}")
        raise
    except (TypeError, ValueError, IndexError, ArithmeticError) as error:
        shapes = ", ".join(map(str, step.shapes))
        raise InvalidValue(
            "Graph.forward", received=f"numbers at which {step.operation} ({step.place}), with "
            f"a result of shape {shapes}, stops: {error}",
            needed="input that NumPy can compute this operation for",
            fix="check the shapes and values that reach this line, empty ones above all",
        ) from error  # fmt: skip


def _paired(structure: Any, grads: Any) -> Iterator[Any]:
    """Go through gradients in the order of the outputs; a dict is read by its keys.

    Where the two differ in form, the gradient comes as it is, and its shape will not fit.
    """
    same_form = isinstance(grads, dict if isinstance(structure, dict) else tuple | list)
    if not isinstance(structure, dict | tuple | list) or (grads is not None and not same_form):
        yield grads
    elif isinstance(structure, dict):
        for key in structure:
            yield from _paired(structure[key], None if grads is None else grads.get(key, _MISSING))
        yield from (grads[key] for key in grads or () if key not in structure)
    else:
        given = [None] * len(structure) if grads is None else list(grads)
        for place, grad in zip_longest(structure, given, fillvalue=_MISSING):
            yield from _paired(place, grad)


def _checked_gradient(grad: Any) -> Any:
    if grad is None or (isinstance(grad, np.ndarray | np.generic) and grad.dtype.kind == "f"):
        return grad
    raise InvalidType(
        "Graph.backward", received=f"a gradient of type {type(grad).__name__} with dtype "
        f"{getattr(grad, 'dtype', None)}",
        needed="NumPy arrays of floating point numbers",
        fix="pass grad_y.numpy() for a tensor, or grad_y.astype(float)")  # fmt: skip


def _copied(output: Any) -> Any:
    """Copy an output, so that what its user does to it changes nothing that is kept."""
    return output.copy() if isinstance(output, np.ndarray) else output
