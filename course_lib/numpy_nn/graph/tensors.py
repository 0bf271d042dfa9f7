"""Arithmetic, joining and reshaping of tensors as NumPy calls, and the tables of what is known.

Like `functions`: each adaptor has the signature of the torch function or method.
"""

import operator
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from course_lib.numpy_nn.graph import functions as f
from course_lib.numpy_nn.graph.vocabulary import Call, Parts, Unsupported


def add(input: Any, other: Any, alpha: float = 1) -> Call:
    f.refuse("add with alpha other than 1", alpha != 1)
    return Call("add", (input, other), {})


def subtract(input: Any, other: Any, alpha: float = 1) -> Call:
    f.refuse("sub with alpha other than 1", alpha != 1)
    return Call("subtract", (input, other), {})


def multiply(input: Any, other: Any) -> Call:
    return Call("multiply", (input, other), {})


def divide(input: Any, other: Any) -> Call:
    return Call("divide", (input, other), {})


def floor_divide(input: Any, other: Any) -> Call:
    return Call("floor_divide", (input, other), {})


def power(input: Any, exponent: float) -> Call:
    return Call("power", (input,), {"exponent": exponent})


def matmul(input: Any, other: Any) -> Call:
    return Call("matmul", (input, other), {})


def cat(tensors: Any, dim: int = 0) -> Call:
    f.refuse("cat of parts that are not picked one by one", isinstance(tensors, Parts))
    return Call("cat", tuple(tensors), {"axis": dim})


def stack(tensors: Any, dim: int = 0) -> Call:
    return Call("stack", tuple(tensors), {"axis": dim})


def pick(input: Any, index: Any) -> Any:
    if isinstance(input, Parts):
        return input.pick(index)
    if isinstance(input, tuple | list):  # known when traced, such as a tuple built in forward
        return input[index]
    indices = index if isinstance(index, tuple) else (index,)
    plain = all(i is None or i is ... or isinstance(i, int | slice) for i in indices)
    f.refuse(f"indexing with {index}", not plain)
    return Call("pick", (input,), {"index": index})


def chunk(input: Any, chunks: int, dim: int = 0) -> Parts:
    return Parts("chunk", input, {"chunks": chunks, "axis": dim})


def split(input: Any, split_size_or_sections: Any, dim: int = 0) -> Parts:
    return Parts("part", input, {"size": split_size_or_sections, "axis": dim})


def mean(input: Any, dim: Any = None, keepdim: bool = False, dtype: None = None) -> Call:
    return Call("mean", (input,), {"axis": dim, "keepdims": keepdim})


def sum(input: Any, dim: Any = None, keepdim: bool = False, dtype: None = None) -> Call:
    return Call("sum", (input,), {"axis": dim, "keepdims": keepdim})


def reshape(input: Any, *shape: Any) -> Call:
    sizes = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
    return Call("reshape", (input,), {"shape": sizes})


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Call:
    return Call("merge", (input,), {"first": start_dim, "last": end_dim})


def permute(input: Any, *dims: Any) -> Call:
    axes = dims[0] if len(dims) == 1 else dims
    return Call("permute", (input,), {"axes": tuple(axes)})


def transpose(input: Any, dim0: int, dim1: int) -> Call:
    return Call("swap_axes", (input,), {"first": dim0, "second": dim1})


def unsqueeze(input: Any, dim: int) -> Call:
    return Call("expand_axis", (input,), {"axis": dim})


def squeeze(input: Any, dim: Any = None) -> Call:
    return Call("squeeze", (input,), {"axis": dim})


def pad(
    input: Any, pad: tuple[int, ...], mode: str = "constant", value: float | None = None
) -> Call:
    f.refuse(f"pad with mode={mode!r}", mode != "constant")
    return Call("pad", (input,), {"padding": tuple(pad), "value": value or 0.0})


def size(input: Any, dim: int | None = None) -> Call:
    return Call("shape", (input,), {"axis": dim})


def attribute(input: Any, name: str) -> Call:
    if name != "shape":
        raise Unsupported(f"attribute {name}")
    return size(input)


def contiguous(input: Any, memory_format: Any = None) -> Call:
    return f.identity(input)


FUNCTIONS: dict[Any, Callable] = {
    **dict.fromkeys((F.conv1d, torch.conv1d), f.conv1d),
    **dict.fromkeys((F.conv2d, torch.conv2d), f.conv2d),
    **dict.fromkeys((F.conv3d, torch.conv3d), f.conv3d),
    **dict.fromkeys((F.conv_transpose2d, torch.conv_transpose2d), f.conv_transpose2d),
    F.linear: f.linear,
    **dict.fromkeys((F.max_pool1d, torch.max_pool1d), f.max_pool1d),
    **dict.fromkeys((F.max_pool2d, torch.max_pool2d), f.max_pool2d),
    **dict.fromkeys((F.max_pool3d, torch.max_pool3d), f.max_pool3d),
    **dict.fromkeys((F.avg_pool1d, torch.avg_pool1d), f.avg_pool1d),
    F.avg_pool2d: f.avg_pool2d,
    F.avg_pool3d: f.avg_pool3d,
    F.adaptive_avg_pool2d: f.adaptive_avg_pool2d,
    F.adaptive_max_pool2d: f.adaptive_max_pool2d,
    F.batch_norm: f.batch_norm,
    F.layer_norm: f.layer_norm,
    F.group_norm: f.group_norm,
    F.local_response_norm: f.local_response_norm,
    **dict.fromkeys((F.relu, torch.relu, torch.relu_), f.relu),
    F.relu6: f.relu6,
    F.leaky_relu: f.leaky_relu,
    F.prelu: f.prelu,
    F.elu: f.elu,
    F.selu: f.selu,
    F.gelu: f.gelu,
    F.silu: f.silu,
    F.softplus: f.softplus,
    F.hardswish: f.hardswish,
    F.hardsigmoid: f.hardsigmoid,
    **dict.fromkeys((F.sigmoid, torch.sigmoid), f.sigmoid),
    **dict.fromkeys((F.tanh, torch.tanh), f.tanh),
    **dict.fromkeys((F.softmax, torch.softmax), f.softmax),
    **dict.fromkeys((F.log_softmax, torch.log_softmax), f.log_softmax),
    F.dropout: f.dropout,
    F.dropout2d: f.dropout2d,
    **dict.fromkeys((operator.add, operator.iadd, torch.add), add),
    **dict.fromkeys((operator.sub, operator.isub, torch.sub), subtract),
    **dict.fromkeys((operator.mul, operator.imul, torch.mul), multiply),
    **dict.fromkeys((operator.truediv, operator.itruediv, torch.div), divide),
    operator.floordiv: floor_divide,
    **dict.fromkeys((operator.neg, torch.neg), f.negate),
    **dict.fromkeys((operator.pow, torch.pow), power),
    **dict.fromkeys((operator.matmul, torch.matmul), matmul),
    **dict.fromkeys((torch.cat, torch.concat), cat),
    torch.stack: stack,
    operator.getitem: pick,
    torch.chunk: chunk,
    torch.split: split,
    torch.mean: mean,
    torch.sum: sum,
    torch.flatten: flatten,
    torch.reshape: reshape,
    torch.permute: permute,
    torch.transpose: transpose,
    torch.unsqueeze: unsqueeze,
    torch.squeeze: squeeze,
    F.pad: pad,
    getattr: attribute,
}

# Functions that other packages keep whole when traced, found by name.
NAMED_FUNCTIONS: dict[str, Callable] = {"stochastic_depth": f.stochastic_depth}

METHODS: dict[str, Callable] = {
    **dict.fromkeys(("add", "add_"), add),
    **dict.fromkeys(("sub", "sub_"), subtract),
    **dict.fromkeys(("mul", "mul_"), multiply),
    **dict.fromkeys(("div", "div_"), divide),
    "neg": f.negate,
    "pow": power,
    "matmul": matmul,
    **dict.fromkeys(("relu", "relu_"), f.relu),
    **dict.fromkeys(("sigmoid", "sigmoid_"), f.sigmoid),
    **dict.fromkeys(("tanh", "tanh_"), f.tanh),
    "softmax": f.softmax,
    "log_softmax": f.log_softmax,
    "chunk": chunk,
    "split": split,
    "mean": mean,
    "sum": sum,
    **dict.fromkeys(("reshape", "view"), reshape),
    "flatten": flatten,
    "permute": permute,
    "transpose": transpose,
    "unsqueeze": unsqueeze,
    "squeeze": squeeze,
    "size": size,
    "contiguous": contiguous,
    "clone": contiguous,
}
