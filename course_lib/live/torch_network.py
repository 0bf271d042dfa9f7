"""A chain of torch layers as the same chain of numpy_nn."""

import copy
from typing import TYPE_CHECKING

import numpy as np

from course_lib import numpy_nn
from course_lib.errors import InvalidType

if TYPE_CHECKING:
    from torch import fx, nn

WINDOW = ("kernel_size", "stride", "padding")
# The options of each layer that both sides call by the same name.
OPTIONS: dict[str, tuple[str, ...]] = {
    "AdaptiveAvgPool2d": ("output_size",),
    "AvgPool2d": (*WINDOW, "ceil_mode", "count_include_pad"),
    "BatchNorm2d": ("num_features", "eps", "momentum"),
    "Conv2d": (
        "in_channels", "out_channels", *WINDOW, "dilation", "groups",
    ),
    "ELU": ("alpha",), "Flatten": (), "GELU": ("approximate",), "Hardsigmoid": (),
    "Hardswish": (), "LeakyReLU": ("negative_slope",),
    "Linear": ("in_features", "out_features"),
    "MaxPool2d": (*WINDOW, "dilation", "ceil_mode"),
    "PReLU": ("num_parameters",), "ReLU": (), "ReLU6": (), "SELU": (), "Sigmoid": (),
    "SiLU": (), "Softplus": (), "Tanh": (),
}  # fmt: skip
LEFT_OUT = ("Dropout", "Dropout2d", "Identity")  # they do nothing to a prediction


def as_numpy_network(network: "nn.Module") -> numpy_nn.Sequential:
    """Rebuild a chain of torch layers in `numpy_nn`, with their weights, to predict.

    Raises
    ------
    TypeError
        If the network branches, or has a layer that a page does not have.

    Examples
    --------
    >>> from torch import nn
    >>> len(as_numpy_network(nn.Sequential(nn.Flatten(), nn.Linear(4, 2), nn.Dropout())).layers)
    2
    """
    layers = [layer for layer in _chain(network) if type(layer).__name__ not in LEFT_OUT]
    return numpy_nn.Sequential(*(_layer(layer) for layer in layers)).eval()


def _chain(network: "nn.Module") -> "list[nn.Module]":
    """List the layers in the order they run; functions such as `torch.relu` become layers."""
    from torch import fx

    try:
        graph = fx.symbolic_trace(copy.deepcopy(network).eval()).graph
    except Exception as problem:  # a branch on the data, a compiled network: each fails in its way
        raise _refusal(f"a {type(network).__name__} that cannot be followed ({problem})") from None
    modules = dict(network.named_modules())
    before, chain = None, []
    for node in graph.nodes:
        inputs = node.all_input_nodes
        if node.op == "output":
            break
        if (
            inputs != ([] if before is None else [before])
            or len(before.users if before else ()) > 1
        ):
            raise _refusal(f"a network that is no chain, at {node.name}")
        if node.op == "call_module":
            chain.append(modules[node.target])
        elif node.op != "placeholder":
            chain.append(_as_module(node))
        before = node
    return chain


def _as_module(node: "fx.Node") -> "nn.Module":
    """Find the layer that does what a function or method does."""
    import torch
    from torch import nn
    from torch.nn import functional

    name = node.target if isinstance(node.target, str) else node.target.__name__
    same = {
        "relu": nn.ReLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
        "silu": nn.SiLU,
        "gelu": nn.GELU,
    }
    if name in same and not node.kwargs.get("approximate"):
        return same[name]()
    if name == "flatten" and (*node.args[1:], *node.kwargs.values()) == (1,):
        return nn.Flatten()
    pools = {functional.max_pool2d: nn.MaxPool2d, functional.avg_pool2d: nn.AvgPool2d,
             torch.max_pool2d: nn.MaxPool2d}  # fmt: skip
    pool = next((pools[key] for key in pools if key is node.target or key.__name__ == name), None)
    if pool is None:
        raise _refusal(f"a network that calls {name}")
    return pool(*node.args[1:], **{k: v for k, v in node.kwargs.items() if k in WINDOW})


def _layer(module: "nn.Module") -> numpy_nn.Module:
    name = type(module).__name__
    if name not in OPTIONS or not type(module).__module__.startswith("torch.nn"):
        raise _refusal(f"a layer {name}")
    options = {option: getattr(module, option) for option in OPTIONS[name]}
    if name in ("Conv2d", "Linear"):
        options |= {"bias": module.bias is not None, "generator": np.random.default_rng(0)}
    if name == "BatchNorm2d":
        options |= {"affine": module.weight is not None}
    layer = getattr(numpy_nn, name)(**options)
    weights = {key: value.detach().cpu() for key, value in module.state_dict().items()}
    single = {k: v.float() if v.is_floating_point() else v for k, v in weights.items()}
    layer.load_state_dict({key: np.asarray(value) for key, value in single.items()})
    return layer


def _refusal(received: str) -> InvalidType:
    return InvalidType(
        "microscope", received=received,
        needed=f"one layer behind the other, of {', '.join(OPTIONS)}",
        fix="look at a part of the network that is such a chain")  # fmt: skip
