"""Set up each layer for NumPy, PyTorch, the bare matrix product and the loops, and time them."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from course_lib import numpy_ops, torch_ops
from course_lib.bench.layers import ConvLayer, Operation
from course_lib.bench.turns import Contestant, Times, alternate
from course_lib.contracts.convolution import check_conv
from course_lib.numpy_ops import algorithms


class Row(NamedTuple):
    """What was measured for one layer; `loops_forward` is an estimate, see `time_loops`."""

    name: str
    algorithm: str
    ours: Times
    torch: Times
    product: Times | None
    loops_forward: float | None

    def ratio(self, other: Times | None) -> Times | None:
        """Say how many times as long another way takes; above 1 ours is faster."""
        if other is None:
            return None
        return Times(other.forward / self.ours.forward, other.both / self.ours.both)


def measure_layer(layer: ConvLayer, *, seconds: float) -> Row:
    """Time one convolution, without `grad_x` where it is the first layer of its network."""
    times = alternate(conv_contestants(layer), seconds=seconds)
    return Row(
        name=layer.name,
        algorithm=chosen_algorithm(layer),
        ours=times["ours"],
        torch=times["torch"],
        product=times["product"],
        loops_forward=time_loops(layer),
    )


def conv_contestants(layer: ConvLayer) -> dict[str, Contestant]:
    """Set up the three ways to do the same work."""
    arrays = _conv_arrays(layer)
    return {
        "ours": _our_conv(layer, *arrays),
        "torch": _torch_conv(layer, *arrays),
        "product": _product(layer, arrays[1], arrays[3]),
    }


def chosen_algorithm(layer: ConvLayer) -> str:
    """Name the algorithm that `conv2d` uses for this layer."""
    x, weight, _, _ = _conv_arrays(layer)
    geometry = check_conv(
        "conv2d", x, weight, None, num_axes=2, stride=layer.stride, padding=layer.padding,
        dilation=1, groups=layer.groups,
    )  # fmt: skip
    chosen = algorithms.select_algorithm(x, weight, geometry)
    return next(name for name, module in algorithms.ALGORITHMS.items() if module is chosen)


def measure_operation(operation: Operation, *, seconds: float) -> Row:
    """Time another operation; the twin stands in for PyTorch."""
    rng = np.random.default_rng(seed=0)
    inputs = [rng.standard_normal(shape, dtype=np.float32) for shape in operation.shapes]
    for k in operation.constants:
        inputs[k] = np.abs(inputs[k]) + 1  # a running variance is positive
    forward = getattr(numpy_ops, operation.operation)
    backward = getattr(numpy_ops, f"{operation.operation}_backward")
    grad_y = rng.standard_normal(_first(forward(*inputs, **operation.options)).shape)
    grad_y = grad_y.astype(np.float32)
    ours = Contestant(
        lambda: forward(*inputs, **operation.options),
        lambda _: backward(grad_y, *inputs, **operation.options),
    )
    contestants = {"ours": ours, "torch": _torch_operation(operation, inputs, grad_y)}
    times = alternate(contestants, seconds=seconds)
    return Row(operation.name, "", times["ours"], times["torch"], None, None)


def time_loops(layer: ConvLayer) -> float:
    """Estimate the seconds `conv2d_loops` would take: its time a multiply-add on a small stand-in.

    The stand-in has one image, at most two channels and 3x3 positions, and the same kernel.
    """
    channels = min(layer.channels_in, 2)
    small = layer._replace(
        batch=1,
        channels_in=channels,
        channels_out=channels,
        size=layer.kernel + 2 * layer.stride,
        padding=0,
        groups=min(layer.groups, channels),
    )
    x, weight, bias, _ = _conv_arrays(small)
    loops = Contestant(
        lambda: numpy_ops.conv2d_loops(x, weight, bias, **small.options), lambda _: None
    )
    seconds = alternate({"loops": loops}, seconds=0.0)["loops"].forward
    return seconds / small.multiply_adds * layer.multiply_adds


def _conv_arrays(layer: ConvLayer) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    rng = np.random.default_rng(seed=0)
    group_width = layer.channels_in // layer.groups
    shapes = (
        (layer.batch, layer.channels_in, layer.size, layer.size),
        (layer.channels_out, group_width, layer.kernel, layer.kernel),
        (layer.channels_out,),
        (layer.batch, layer.channels_out, layer.output_size, layer.output_size),
    )
    x, weight, bias, grad_y = (rng.standard_normal(s, dtype=np.float32) for s in shapes)
    return x, weight / np.float32(group_width**0.5 * layer.kernel), bias, grad_y


def _our_conv(
    layer: ConvLayer, x: NDArray, weight: NDArray, bias: NDArray, grad_y: NDArray
) -> Contestant:
    options = layer.options
    return Contestant(
        lambda: numpy_ops.conv2d(x, weight, bias, **options),
        lambda _: numpy_ops.conv2d_backward(
            grad_y, x, weight, bias, needs_grad_x=not layer.is_input, **options
        ),
    )


def _torch_conv(
    layer: ConvLayer, x: NDArray, weight: NDArray, bias: NDArray, grad_y: NDArray
) -> Contestant:
    tensors = [torch.from_numpy(array.copy()) for array in (x, weight, bias)]
    leaves = [t.requires_grad_() for t in tensors[1 if layer.is_input else 0 :]]
    tensor_grad_y = torch.from_numpy(grad_y)
    return Contestant(
        lambda: F.conv2d(*tensors, **layer.options),
        lambda y: torch.autograd.grad(y, leaves, tensor_grad_y),
    )


def _product(layer: ConvLayer, weight: NDArray, grad_y: NDArray) -> Contestant:
    """Make the matrix products of an im2col convolution alone, image by image, without the copy."""
    filters = weight.reshape(layer.groups, layer.channels_out // layer.groups, -1)
    positions = layer.output_size**2
    columns = np.ones((layer.groups, filters.shape[2], positions), np.float32)
    grad = grad_y[0].reshape(*filters.shape[:2], positions)

    def forward() -> None:
        for _ in range(layer.batch):
            np.matmul(filters, columns)

    def backward(_: None) -> None:
        for _ in range(layer.batch):
            np.matmul(grad, columns.swapaxes(1, 2))
            if not layer.is_input:
                np.matmul(filters.swapaxes(1, 2), grad)

    return Contestant(forward, backward)


def _torch_operation(operation: Operation, inputs: list[NDArray], grad_y: NDArray) -> Contestant:
    function = getattr(torch_ops, operation.operation)
    tensors = [torch.from_numpy(array.copy()) for array in inputs]
    leaves = [t.requires_grad_() for k, t in enumerate(tensors) if k not in operation.constants]
    tensor_grad_y = torch.from_numpy(grad_y)
    return Contestant(
        lambda: _first(function(*tensors, **operation.options)),
        lambda y: torch.autograd.grad(y, leaves, tensor_grad_y),
    )


def _first(result: object) -> object:
    return result[0] if isinstance(result, tuple) else result
