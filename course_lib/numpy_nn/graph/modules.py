"""torch.nn layers as NumPy calls.

Each adaptor takes the layer, a function that names its weights, and what the layer was called
with; it returns the `Call` to make.
"""

from collections.abc import Callable
from typing import Any

from torch import nn

from course_lib.numpy_nn.graph import functions, tensors
from course_lib.numpy_nn.graph.vocabulary import Call, Unsupported

Weights = Callable[[str], Any]


def _convolution(operation: str, *names: str) -> Callable:
    def adaptor(layer: nn.Module, weights: Weights, x: Any) -> Call:
        if layer.padding_mode != "zeros":
            raise Unsupported(f"{type(layer).__name__} with padding_mode={layer.padding_mode!r}")
        options = {name: getattr(layer, name) for name in names}
        return Call(operation, (x, weights("weight"), weights("bias")), options)

    return adaptor


CONV_OPTIONS = ("stride", "padding", "dilation", "groups")
TRANSPOSE_OPTIONS = ("stride", "padding", "output_padding", "dilation", "groups")


def _linear(layer: nn.Linear, weights: Weights, x: Any) -> Call:
    return Call("linear", (x, weights("weight"), weights("bias")), {})


def _batch_norm(layer: nn.Module, weights: Weights, x: Any) -> Call:
    if layer.momentum is None:
        raise Unsupported(f"{type(layer).__name__} with momentum=None (a cumulative average)")
    arrays = [weights(name) for name in ("running_mean", "running_var", "weight", "bias")]
    training = layer.training or layer.running_mean is None
    options = {"training": training, "momentum": layer.momentum, "eps": layer.eps}
    return Call("batch_norm", (x, *arrays), options)


def _group_norm(layer: nn.GroupNorm, weights: Weights, x: Any) -> Call:
    options = {"num_groups": layer.num_groups, "eps": layer.eps}
    return Call("group_norm", (x, weights("weight"), weights("bias")), options)


def _layer_norm(layer: nn.LayerNorm, weights: Weights, x: Any) -> Call:
    options = {"normalized_shape": tuple(layer.normalized_shape), "eps": layer.eps}
    return Call("layer_norm", (x, weights("weight"), weights("bias")), options)


def _instance_norm(layer: nn.Module, weights: Weights, x: Any) -> Call:
    if layer.track_running_stats:
        raise Unsupported(f"{type(layer).__name__} with track_running_stats=True")
    return Call("instance_norm", (x, weights("weight"), weights("bias")), {"eps": layer.eps})


def _dropout(adaptor: Callable) -> Callable:
    return lambda layer, weights, x: adaptor(x, layer.p, layer.training)


def _with(function: Callable, *attributes: str) -> Callable:
    """Call the adaptor of the function with options read from the layer."""

    def adaptor(layer: nn.Module, weights: Weights, x: Any) -> Call:
        return function(x, **{name: getattr(layer, name) for name in attributes})

    return adaptor


def _with_weight(function: Callable) -> Callable:
    return lambda layer, weights, x: function(x, weights("weight"))


def _zero_pad(layer: nn.ZeroPad2d, weights: Weights, x: Any) -> Call:
    return tensors.pad(x, layer.padding)


POOL_OPTIONS = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
AVG_POOL_OPTIONS = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

MODULES: dict[type[nn.Module], Callable] = {
    nn.Conv1d: _convolution("conv1d", *CONV_OPTIONS),
    nn.Conv2d: _convolution("conv2d", *CONV_OPTIONS),
    nn.Conv3d: _convolution("conv3d", *CONV_OPTIONS),
    nn.ConvTranspose2d: _convolution("conv_transpose2d", *TRANSPOSE_OPTIONS),
    nn.Linear: _linear,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.BatchNorm3d: _batch_norm,
    nn.GroupNorm: _group_norm,
    nn.LayerNorm: _layer_norm,
    nn.InstanceNorm1d: _instance_norm,
    nn.InstanceNorm2d: _instance_norm,
    nn.InstanceNorm3d: _instance_norm,
    nn.LocalResponseNorm: _with(functions.local_response_norm, "size", "alpha", "beta", "k"),
    nn.MaxPool1d: _with(functions.max_pool1d, *POOL_OPTIONS),
    nn.MaxPool2d: _with(functions.max_pool2d, *POOL_OPTIONS),
    nn.MaxPool3d: _with(functions.max_pool3d, *POOL_OPTIONS),
    nn.AvgPool1d: _with(functions.avg_pool1d, *AVG_POOL_OPTIONS),
    nn.AvgPool2d: _with(functions.avg_pool2d, *AVG_POOL_OPTIONS, "divisor_override"),
    nn.AvgPool3d: _with(functions.avg_pool3d, *AVG_POOL_OPTIONS, "divisor_override"),
    nn.AdaptiveAvgPool2d: _with(functions.adaptive_avg_pool2d, "output_size"),
    nn.AdaptiveMaxPool2d: _with(functions.adaptive_max_pool2d, "output_size", "return_indices"),
    nn.ReLU: _with(functions.relu),
    nn.ReLU6: _with(functions.relu6),
    nn.LeakyReLU: _with(functions.leaky_relu, "negative_slope"),
    nn.PReLU: _with_weight(functions.prelu),
    nn.ELU: _with(functions.elu, "alpha"),
    nn.SELU: _with(functions.selu),
    nn.GELU: _with(functions.gelu, "approximate"),
    nn.SiLU: _with(functions.silu),
    nn.Sigmoid: _with(functions.sigmoid),
    nn.Tanh: _with(functions.tanh),
    nn.Hardswish: _with(functions.hardswish),
    nn.Hardsigmoid: _with(functions.hardsigmoid),
    nn.Softplus: _with(functions.softplus, "beta", "threshold"),
    nn.Softmax: _with(functions.softmax, "dim"),
    nn.LogSoftmax: _with(functions.log_softmax, "dim"),
    nn.Dropout: _dropout(functions.dropout),
    nn.Dropout2d: _dropout(functions.dropout2d),
    nn.Flatten: _with(tensors.flatten, "start_dim", "end_dim"),
    nn.Identity: _with(functions.identity),
    nn.ZeroPad2d: _zero_pad,
}
