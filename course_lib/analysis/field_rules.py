"""How each operation changes a receptive field, along one image axis."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from torch import nn

from course_lib.errors import InvalidValue


class Field(NamedTuple):
    """A receptive field in input pixels: the first unit sees -padding … -padding + size - 1."""

    size: int
    jump: int
    padding: int


INPUT_FIELD = Field(size=1, jump=1, padding=0)
WHOLE_IMAGE = Field(size=-1, jump=-1, padding=-1)  # told apart by identity, never by value

WINDOWS = (
    nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d,
    nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d,
)  # fmt: skip
GLOBAL_LAYERS = (
    nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d,
    nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d, nn.Flatten,
)  # fmt: skip
PADS = (
    nn.ZeroPad1d, nn.ZeroPad2d, nn.ZeroPad3d, nn.ConstantPad1d, nn.ConstantPad2d,
    nn.ConstantPad3d, nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReflectionPad3d,
    nn.ReplicationPad1d, nn.ReplicationPad2d, nn.ReplicationPad3d,
)  # fmt: skip
PIXELWISE_LAYERS = (
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.SELU, nn.GELU, nn.SiLU, nn.Sigmoid,
    nn.Tanh, nn.Hardswish, nn.Hardsigmoid, nn.Softplus, nn.Softmax, nn.LogSoftmax, nn.Identity,
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LocalResponseNorm, nn.GroupNorm,
    nn.LayerNorm, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d,
    nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.Linear,
)  # fmt: skip

GATES = ("mul", "mul_", "multiply")
JOINS = ("add", "add_", "iadd", "sub", "sub_", "truediv", "div", "cat", "concat", "stack", *GATES)
PIXELWISE_CALLS = (
    "relu", "relu_", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh",
    "hardswish", "hardsigmoid", "softplus", "softmax", "log_softmax", "dropout", "dropout2d",
    "stochastic_depth", "chunk", "split", "neg", "batch_norm", "layer_norm", "group_norm",
    "instance_norm", "local_response_norm", "contiguous", "clone", "exp", "log", "sqrt", "pow",
    "square", "permute", "abs", "clamp", "size", "getattr",
)  # fmt: skip
GLOBAL_CALLS = ("flatten", "adaptive_avg_pool2d", "adaptive_max_pool2d", "adaptive_avg_pool1d")
POOL_CALLS = ("max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d")
REDUCTIONS = ("mean", "sum", "amax", "max")


def window(
    field: Field, *, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Field:
    """Slide a window over the units that see `field`.

    Examples
    --------
    >>> window(INPUT_FIELD, kernel=7, stride=2, padding=3)
    Field(size=7, jump=2, padding=3)
    """
    return Field(
        size=field.size + dilation * (kernel - 1) * field.jump,
        jump=field.jump * stride,
        padding=field.padding + padding * field.jump,
    )


def join(fields: Sequence[Field], *, gate: bool = False) -> Field:
    """Give the smallest field that holds all; of a gate, the whole-image branches are left out.

    Examples
    --------
    >>> join([Field(size=5, jump=2, padding=2), Field(size=9, jump=2, padding=4)])
    Field(size=9, jump=2, padding=4)
    """
    local = [field for field in fields if field is not WHOLE_IMAGE]
    if not local or (len(local) < len(fields) and not gate):
        return WHOLE_IMAGE
    if len({field.jump for field in local}) > 1:
        raise InvalidValue(
            "receptive_field", received="branches with jumps "
            f"{sorted({field.jump for field in local})}",
            needed="branches of one jump where they join",
            fix="check the strides of the branches")  # fmt: skip
    padding = max(field.padding for field in local)
    end = max(field.size - field.padding for field in local)
    return Field(size=end + padding, jump=local[0].jump, padding=padding)


def field_after_layer(layer: nn.Module, sources: Sequence[Field], axis: int) -> Field:
    """Give the field after a torch layer, or raise ValueError naming the layer."""
    field = join(sources)
    if isinstance(layer, GLOBAL_LAYERS):
        return WHOLE_IMAGE
    if field is WHOLE_IMAGE or isinstance(layer, PIXELWISE_LAYERS):
        return field
    if isinstance(layer, WINDOWS):
        return _after_window_layer(field, layer, axis)
    if isinstance(layer, PADS):
        return field._replace(padding=field.padding + _first_pad(layer.padding, axis) * field.jump)
    raise _unknown(type(layer).__name__)


def field_after_call(
    name: str, args: Sequence[Any], options: dict[str, Any], sources: Sequence[Field], axis: int
) -> Field:
    """Give the field after a function or method, or raise ValueError naming it."""
    field = join(sources, gate=name in GATES)
    if name in GLOBAL_CALLS:
        return WHOLE_IMAGE
    if field is WHOLE_IMAGE or name in JOINS or name in PIXELWISE_CALLS:
        return field
    if name == "getitem" and not isinstance(args[1], tuple):
        return field  # one piece of a chunk or split
    if name in POOL_CALLS:
        return _after_pool_call(field, args, options, axis)
    if name == "pad":
        return field._replace(padding=field.padding + _first_pad(args[1], axis) * field.jump)
    if name in REDUCTIONS:
        return _after_reduction(field, args, options)
    raise _unknown(name)


def _after_window_layer(field: Field, layer: nn.Module, axis: int) -> Field:
    kernel = _along(layer.kernel_size, axis)
    dilation = _along(getattr(layer, "dilation", 1), axis)
    padding = layer.padding
    if isinstance(padding, str):  # "valid" or "same"
        padding = dilation * (kernel - 1) // 2 if padding == "same" else 0
    return window(
        field,
        kernel=kernel,
        stride=_along(layer.stride, axis),
        padding=_along(padding, axis),
        dilation=dilation,
    )


def _after_pool_call(
    field: Field, args: Sequence[Any], options: dict[str, Any], axis: int
) -> Field:
    given = dict(zip(("kernel_size", "stride", "padding"), args[1:], strict=False)) | options
    kernel = _along(given["kernel_size"], axis)
    stride = given.get("stride") or kernel
    return window(
        field,
        kernel=kernel,
        stride=_along(stride, axis),
        padding=_along(given.get("padding", 0), axis),
        dilation=_along(given.get("dilation", 1), axis),
    )


def _after_reduction(field: Field, args: Sequence[Any], options: dict[str, Any]) -> Field:
    """Keep the field in a reduction over channels; one over image axes sees everything."""
    axes = args[1] if len(args) > 1 else options.get("dim", options.get("axis"))
    axes = [axes] if isinstance(axes, int) else axes
    return field if axes is not None and list(axes) == [1] else WHOLE_IMAGE


def _along(option: Any, axis: int) -> int:
    return option[axis] if isinstance(option, tuple | list) else option


def _first_pad(pads: Sequence[int] | int, axis: int) -> int:
    """Give the pixels before the image; pads come last axis first, two numbers an axis."""
    if isinstance(pads, int):
        return pads
    pairs = list(pads[::2])[::-1]
    missing = max(0, 2 - len(pairs)) if len(pads) != 2 else 0
    padded = [0] * missing + pairs
    return padded[axis] if axis < len(padded) else 0


def _unknown(name: str) -> InvalidValue:
    layers = ", ".join(kind.__name__ for kind in (*WINDOWS, *GLOBAL_LAYERS, *PADS))
    calls = ", ".join((*JOINS, *POOL_CALLS, *GLOBAL_CALLS, *REDUCTIONS, "pad"))
    return InvalidValue(
        "receptive_field", received=f"the operation {name}",
        needed=f"an operation whose field is known: {layers}; {calls}; or one that works pixel by "
        "pixel",
        fix="pass the part of the network before it")  # fmt: skip
