"""The functional forms of layers (torch.nn.functional) as NumPy calls.

Each adaptor has the signature of the torch function it stands for, so that positional and keyword
arguments land where torch puts them, and returns the `Call` to make.
"""

from collections.abc import Callable
from typing import Any

from course_lib.numpy_nn.graph.vocabulary import Call, Unsupported


def refuse(what: str, given: Any) -> None:
    """Raise when an option is set that has no NumPy counterpart here."""
    if given:
        raise Unsupported(what)


def _plain(operation: str) -> Callable:
    """Adapt a function of one array without options."""
    return lambda input, inplace=False: Call(operation, (input,), {})


relu, relu6, selu, silu = map(_plain, ("relu", "relu6", "selu", "silu"))
sigmoid, tanh, hardswish = map(_plain, ("sigmoid", "tanh", "hardswish"))
hardsigmoid, identity, negate = map(_plain, ("hardsigmoid", "identity", "negate"))


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Call:
    return Call("leaky_relu", (input,), {"negative_slope": negative_slope})


def prelu(input: Any, weight: Any) -> Call:
    return Call("prelu", (input, weight), {})


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Call:
    return Call("elu", (input,), {"alpha": alpha})


def gelu(input: Any, approximate: str = "none") -> Call:
    return Call("gelu", (input,), {"approximate": approximate})


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Call:
    return Call("softplus", (input,), {"beta": beta, "threshold": threshold})


def softmax(input: Any, dim: int, _stacklevel: int = 3, dtype: None = None) -> Call:
    return Call("softmax", (input,), {"axis": dim})


def log_softmax(input: Any, dim: int, _stacklevel: int = 3, dtype: None = None) -> Call:
    return Call("log_softmax", (input,), {"axis": dim})


def _convolution(name: str) -> Callable:
    def adaptor(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Call:
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        return Call(name, (input, weight, bias), options)

    return adaptor


conv1d, conv2d, conv3d = map(_convolution, ("conv1d", "conv2d", "conv3d"))


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Call:
    call = conv2d(input, weight, bias, stride, padding, dilation, groups)
    options = {**call.options, "output_padding": output_padding}
    return Call("conv_transpose2d", call.arrays, options)


def linear(input: Any, weight: Any, bias: Any = None) -> Call:
    return Call("linear", (input, weight, bias), {})


def _max_pool(name: str) -> Callable:
    def adaptor(
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Call:
        refuse(f"{name} with return_indices=True", return_indices)
        options = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
        return Call(name, (input,), {**options, "dilation": dilation, "ceil_mode": ceil_mode})

    return adaptor


def _avg_pool(name: str) -> Callable:
    def adaptor(
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Call:
        refuse(f"{name} with divisor_override", divisor_override)
        options = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
        counting = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
        return Call(name, (input,), {**options, **counting})

    return adaptor


max_pool1d, max_pool2d, max_pool3d = map(_max_pool, ("max_pool1d", "max_pool2d", "max_pool3d"))
avg_pool1d, avg_pool2d, avg_pool3d = map(_avg_pool, ("avg_pool1d", "avg_pool2d", "avg_pool3d"))


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Call:
    return Call("adaptive_avg_pool2d", (input,), {"output_size": output_size})


def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Call:
    refuse("adaptive_max_pool2d with return_indices=True", return_indices)
    refuse(f"adaptive_max_pool2d with output_size={output_size}", output_size not in (1, (1, 1)))
    return Call("spatial_max", (input,), {})


def local_response_norm(
    input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Call:
    options = {"size": size, "alpha": alpha, "beta": beta, "k": k}
    return Call("local_response_norm", (input,), options)


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Call:
    arrays = (input, running_mean, running_var, weight, bias)
    return Call("batch_norm", arrays, {"training": training, "momentum": momentum, "eps": eps})


def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Call:
    options = {"normalized_shape": tuple(normalized_shape), "eps": eps}
    return Call("layer_norm", (input, weight, bias), options)


def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Call:
    return Call("group_norm", (input, weight, bias), {"num_groups": num_groups, "eps": eps})


def _dropout(name: str) -> Callable:
    def adaptor(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Call:
        if not training:
            return Call("identity", (input,), {})
        return Call(name, (input,), {"p": p, "training": True})

    return adaptor


dropout, dropout2d = map(_dropout, ("dropout", "dropout2d"))


def stochastic_depth(input: Any, p: float, mode: str, training: bool = True) -> Call:
    """Drop a whole branch, for each sample by itself or for the batch (Huang et al., 2016)."""
    if not training or p == 0.0:
        return Call("identity", (input,), {})
    return Call("stochastic_depth", (input,), {"p": p, "mode": mode})
