"""Trace a torch module and write each traced call as a NumPy step."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import fx, nn

from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.graph.modules import MODULES
from course_lib.numpy_nn.graph.run import Graph, Step, Value, Weight
from course_lib.numpy_nn.graph.tensors import FUNCTIONS, METHODS, NAMED_FUNCTIONS
from course_lib.numpy_nn.graph.vocabulary import Call, Unsupported


def translate(module: nn.Module, generator: np.random.Generator) -> Graph:
    """Build the graph of `module`; see `from_torch`."""
    if not isinstance(module, nn.Module):
        raise InvalidType(
            "from_torch", received=f"a {type(module).__name__}", needed="a torch.nn.Module",
            fix="pass the network itself, not its weights or its class")  # fmt: skip
    return _Translator(module).graph(generator)


class _Tracer(fx.Tracer):
    """Keep the layers in MODULES whole; look into everything else."""

    def is_leaf_module(self, module: nn.Module, qualified_name: str) -> bool:
        return type(module) in MODULES or super().is_leaf_module(module, qualified_name)


class _Translator:
    """Walk over the traced nodes once, and remember what each stands for."""

    def __init__(self, module: nn.Module) -> None:
        self.weights_of = module
        # torch.fx looks into the module it is given, so a bare layer is put into a container.
        self.module = nn.Sequential(module) if type(module) in MODULES else module
        self.steps: list[Step] = []
        self.inputs: list[str] = []
        self.outputs: Any = None
        self.meaning: dict[fx.Node, Any] = {}
        # A tensor that two layers share has one name and one gradient: the first.
        self.names = {
            id(tensor): name
            for listing in (module.named_buffers(), module.named_parameters())
            for name, tensor in listing
        }

    def graph(self, generator: np.random.Generator) -> Graph:
        for node in self._trace().nodes:
            self._visit(node)
        return Graph(
            self.steps,
            inputs=self.inputs,
            outputs=self.outputs,
            parameters=_copies(self.weights_of.named_parameters()),
            buffers=_copies(self.weights_of.named_buffers()),
            generator=generator,
        )

    def _trace(self) -> fx.Graph:
        try:
            return _Tracer().trace(self.module)
        except (fx.proxy.TraceError, TypeError) as error:
            raise InvalidValue(
                "from_torch", received=f"a {type(self.module).__name__} that torch.fx cannot trace "
                f"({error})", needed="a forward without branches that depend on the data",
                fix="move the branch out of forward, or pass the parts one by one",
            ) from error  # fmt: skip

    def _visit(self, node: fx.Node) -> None:
        if node.op == "placeholder":
            self._placeholder(node)
        elif node.op == "output":
            self.outputs = self._resolve(node.args[0])
        elif node.op == "get_attr":
            self.meaning[node] = self._constant(node.target)
        else:
            self._call(node, self._adaptor(node))

    def _placeholder(self, node: fx.Node) -> None:
        if node.args:  # an input with a default: the default is used
            self.meaning[node] = node.args[0]
            return
        self.inputs.append(node.name)
        self.meaning[node] = Value(node.name)

    def _adaptor(self, node: fx.Node) -> Callable:
        if node.op == "call_module":
            layer = self.module.get_submodule(node.target)
            adaptor, called = MODULES.get(type(layer)), f"module {type(layer).__name__}"
            if adaptor is not None:
                return lambda *args: adaptor(layer, self._weights(layer), *args)
        elif node.op == "call_method":
            adaptor, called = METHODS.get(node.target), f"method {node.target}"
        else:
            name = getattr(node.target, "__name__", str(node.target))
            called = f"function {name}"
            adaptor = FUNCTIONS.get(node.target) or NAMED_FUNCTIONS.get(name)
            if hasattr(node.target, "_fields"):  # a named tuple of outputs is kept as it is
                adaptor = node.target
        if adaptor is None:
            raise Unsupported(f"{called} (node {node.name})")
        return adaptor

    def _call(self, node: fx.Node, adaptor: Callable) -> None:
        try:
            result = adaptor(*self._resolve(node.args), **self._resolve(node.kwargs))
        except TypeError as error:
            raise Unsupported(f"node {node.name}, called in a way not covered: {error}") from error
        if isinstance(result, Call):
            self.steps.append(Step(node.name, result.operation, result.arrays, result.options))
            result = Value(node.name)
        self.meaning[node] = result
        if _changes_its_input(node, self.module) and isinstance(node.args[0], fx.Node):
            self.meaning[node.args[0]] = result  # later readers see the changed values

    def _resolve(self, argument: Any) -> Any:
        """Replace nodes by what they stand for, inside tuples, lists, dicts and slices too."""
        if isinstance(argument, fx.Node):
            return self.meaning[argument]
        if isinstance(argument, slice):
            return slice(*map(self._resolve, (argument.start, argument.stop, argument.step)))
        if isinstance(argument, dict):
            return {key: self._resolve(item) for key, item in argument.items()}
        if isinstance(argument, tuple | list):
            items = [self._resolve(item) for item in argument]
            named = hasattr(argument, "_fields")
            return type(argument)(*items) if named else tuple(items)
        return argument

    def _weights(self, layer: nn.Module) -> Callable[[str], Weight | None]:
        """Name the parameter or buffer `attribute` of a layer, or None where it has none."""

        def weight(attribute: str) -> Weight | None:
            tensor = getattr(layer, attribute, None)
            return None if tensor is None else Weight(self.names[id(tensor)])

        return weight

    def _constant(self, target: str) -> Any:
        owner, _, attribute = target.rpartition(".")
        value = getattr(self.module.get_submodule(owner), attribute)
        if isinstance(value, torch.Tensor):
            if id(value) in self.names:
                return Weight(self.names[id(value)])
            return value.detach().cpu().numpy().copy()
        return value


def _copies(named: Any) -> dict[str, np.ndarray]:
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in named}


def _changes_its_input(node: fx.Node, module: nn.Module) -> bool:
    """Tell whether a call works in place: `relu(x, inplace=True)`, `x += y`, `x.add_(y)`."""
    if node.op == "call_module":
        return bool(getattr(module.get_submodule(node.target), "inplace", False))
    if node.op == "call_method":
        return node.target.endswith("_") and not node.target.endswith("__")
    in_place = node.kwargs.get("inplace", False) or getattr(node.target, "__name__", "") in (
        "iadd", "isub", "imul", "itruediv", "add_", "relu_",
    )  # fmt: skip
    return bool(in_place)
