"""A small NumPy network as a state that network.js runs in a page."""

from typing import Any

from course_lib.errors import InvalidType
from course_lib.live.figures import pack
from course_lib.numpy_nn import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Linear,
    Module,
    Operation,
    PReLU,
    Sequential,
)

# As OPERATIONS of network.js.
OPERATIONS = (
    "adaptive_avg_pool2d", "avg_pool2d", "elu", "flatten", "gelu", "global_avg_pool2d",
    "global_max_pool2d", "hardsigmoid", "hardswish", "leaky_relu", "log_softmax", "max_pool2d",
    "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "tanh",
)  # fmt: skip
WITH_WEIGHTS = {Conv2d: "conv2d", Linear: "linear", BatchNorm2d: "batch_norm", PReLU: "prelu"}
NORM_NAMES = {
    "weight": "gamma", "bias": "beta", "running_mean": "running_mean", "running_var": "running_var",
}  # fmt: skip


def network_state(network: Sequential, *, dtype: str = "float32") -> dict[str, Any]:
    """Write a network as a state for network.js.

    Parameters
    ----------
    network : Sequential
        Layers of `numpy_nn`; a Sequential may stand in another. Dropout is left out: in the page
        the network predicts, and trains, without it.
    dtype : {"float32", "float16"}, default="float32"
        How many bits each weight keeps.

    Returns
    -------
    dict
        `layers`, a list of `op`, `options` and the packed weights by name.

    Raises
    ------
    TypeError
        If there is a layer that network.js does not have.
    ValueError
        If the dtype is none of these.

    Examples
    --------
    >>> import numpy as np
    >>> from course_lib import numpy_nn as nn
    >>> network = nn.Sequential(nn.Conv2d(1, 2, 3, generator=np.random.default_rng(0)), nn.ReLU())
    >>> state = network_state(network)
    >>> [layer["op"] for layer in state["layers"]], state["layers"][0]["weight"]["shape"]
    (['conv2d', 'relu'], [2, 1, 3, 3])
    """
    layers = [_layer(module, dtype) for module in _flat(network)]
    return {"layers": [layer for layer in layers if layer is not None]}


def _flat(module: Module) -> list[Module]:
    """List the layers in the order they run."""
    if not isinstance(module, Sequential):
        return [module]
    return [layer for child in module.children().values() for layer in _flat(child)]


def _layer(module: Module, dtype: str) -> dict[str, Any] | None:
    if isinstance(module, Dropout):
        return None
    if isinstance(module, Operation) and module.operation.__name__ in OPERATIONS:
        return {"op": module.operation.__name__, "options": dict(module.options)}
    operation = next(
        (name for kind, name in WITH_WEIGHTS.items() if isinstance(module, kind)), None
    )
    if operation is None:
        raise InvalidType(
            "network_state",
            received=f"a layer {type(module).__name__}",
            needed="layers that network.js has: convolutions, linear layers, poolings, "
            "activations and batch normalization in one Sequential",
            fix="show a part of the network that has only these",
        )
    names = NORM_NAMES if operation == "batch_norm" else {"weight": "weight", "bias": "bias"}
    arrays = module.state_dict()
    packed = {new: pack(arrays[old], dtype) for old, new in names.items() if old in arrays}
    return {"op": operation, "options": dict(getattr(module, "options", {})), **packed}
