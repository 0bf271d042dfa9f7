"""What notebook 04 measures: a way back with one wrong line, speed and memory of a layer."""

import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from course_lib import datasets, numpy_nn, numpy_ops
from course_lib.analysis import shortest_times
from course_lib.contracts.convolution import ConvGrads
from course_lib.training import History, fit_numpy

if TYPE_CHECKING:
    import torch

CHANNELS, CLASSES, SIDE = 8, 10, 8  # of the networks; digits have 8 by 8 pixels


def flawed_backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Send a gradient back through `conv2d` with one step left out: see its last lines.

    Parameters
    ----------
    grad_y, x, weight, bias
        As for `numpy_ops.conv2d_backward`.
    stride, padding, dilation, groups : int
        As for `numpy_ops.conv2d`.
    needs_grad_x : bool, default=True
        With False `grad_x` is None.

    Returns
    -------
    ConvGrads
        The right `grad_weight` and `grad_bias`; `grad_x` of the right shape with wrong numbers.
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    grads = numpy_ops.conv2d_backward(grad_y, x, weight, bias, needs_grad_x=False, **options)
    if not needs_grad_x:
        return grads
    leftover = tuple(
        (size + 2 * padding - dilation * (kernel - 1) - 1) % stride
        for size, kernel in zip(x.shape[2:], weight.shape[2:], strict=True)
    )
    # The transposed layer is the right way back. Flipped here, it is a correlation with the
    # kernel as it is: what one writes who forgets the flip.
    turned = np.ascontiguousarray(weight[:, :, ::-1, ::-1])
    grad_x = numpy_ops.conv_transpose2d(grad_y, turned, output_padding=leftover, **options)
    return grads._replace(grad_x=grad_x)


def network(num_layers: int, *, seed: int, flawed: bool = False) -> numpy_nn.Sequential:
    """Stack 3x3 convolutions of 8 channels with ReLUs, and a dense layer to ten classes.

    Parameters
    ----------
    num_layers : int
        Convolutions, all with padding 1.
    seed : int
        Draws the weights, with He's rule.
    flawed : bool, default=False
        Whether the convolutions go back by `flawed_backward`.
    """
    generator = np.random.default_rng(seed)
    layers: list[numpy_nn.Module] = []
    for number in range(num_layers):
        channels = CHANNELS if number else 1
        layer = numpy_nn.Conv2d(channels, CHANNELS, 3, padding=1, generator=generator)
        shape = layer.weight.data.shape
        layer.weight.data = numpy_ops.he_normal(shape, generator=generator).astype(np.float32)
        if flawed:
            layer.operation_backward = flawed_backward
        layers += [layer, numpy_nn.ReLU()]
    dense = numpy_nn.Linear(CHANNELS * SIDE * SIDE, CLASSES, generator=generator)
    return numpy_nn.Sequential(*layers, numpy_nn.Flatten(), dense)


def train(
    num_layers: int,
    *,
    learning_rate: float,
    seeds: Sequence[int],
    flawed: bool = False,
    epochs: int = 4,
) -> list[History]:
    """Teach real digits to networks of `num_layers` convolutions, with momentum, in NumPy.

    Parameters
    ----------
    num_layers, flawed
        As for `network`.
    learning_rate : float
        Kept throughout.
    seeds : sequence of int
        Each chooses first weights and batches; the same ones with and without the flaw.
    epochs : int, default=4
        Passes over 1,297 digits, 32 a step.

    Returns
    -------
    list of History
        One a seed; accuracies are of 500 digits that training has not seen.
    """
    dataset = datasets.load("digits")
    return [
        fit_numpy(
            network(num_layers, seed=seed, flawed=flawed), dataset, epochs=epochs, batch_size=32,
            optimizer="momentum", learning_rate=learning_rate, seed=seed, progress=False,
        )
        for seed in seeds
    ]  # fmt: skip


def compare(
    num_layers: int, *, learning_rate: float, seeds: Sequence[int]
) -> dict[str, list[History]]:
    """Train with the right way back and with the flawed one: "right" and "flawed", a run a seed."""
    return {
        name: train(num_layers, learning_rate=learning_rate, seeds=seeds, flawed=flawed)
        for name, flawed in {"right": False, "flawed": True}.items()
    }


def shares_right(sides: Mapping[str, Sequence[History]]) -> dict[str, list[float]]:
    """Give, by name, the test accuracy at the end of each training: a share from 0 to 1."""
    return {name: [run.test_accuracies[-1] for run in runs] for name, runs in sides.items()}


def three_filters() -> tuple[NDArray, NDArray]:
    """Make three 3x3 filters for color photos, (3, 3, 3, 3), and their biases (3,).

    They answer to a step to the right, to red minus green, and to brightness above a half.
    """
    weight = np.zeros((3, 3, 3, 3))
    weight[0, :, :, 0], weight[0, :, :, 2] = -1 / 9, 1 / 9
    weight[1, 0], weight[1, 1] = 1 / 9, -1 / 9
    weight[2] = 1 / 27
    return weight, np.array([0.0, 0.0, -0.5])


def family() -> "dict[str, torch.nn.Module]":
    """Make one layer of each kind for 64 channels; all but the transposed one keep the size."""
    from torch import nn

    return {
        "plain 3×3": nn.Conv2d(64, 64, 3, padding=1),
        "dilated 3×3": nn.Conv2d(64, 64, 3, padding=2, dilation=2),
        "groups=4": nn.Conv2d(64, 64, 3, padding=1, groups=4),
        "depthwise": nn.Conv2d(64, 64, 3, padding=1, groups=64),
        "1×1": nn.Conv2d(64, 64, 1),
        "transposed 2×2": nn.ConvTranspose2d(64, 64, 2, stride=2),
    }


def gradient_angles(num_layers: int, *, seed: int, images: int = 64) -> list[float]:
    """Measure how far the flawed way back turns the gradient of each convolution's weight.

    Parameters
    ----------
    num_layers, seed
        As for `network`; the weights are fresh.
    images : int, default=64
        Training digits in the batch.

    Returns
    -------
    list of float
        Degrees, from the first convolution to the last: 0 right, 90 nothing in common.
    """
    right, wrong = (
        _kernel_gradients(network(num_layers, seed=seed, flawed=flawed), images)
        for flawed in (False, True)
    )
    return [_angle(a, b) for a, b in zip(right, wrong, strict=True)]


def _kernel_gradients(net: numpy_nn.Sequential, images: int) -> list[NDArray]:
    dataset, loss = datasets.load("digits"), numpy_nn.CrossEntropyLoss()
    loss(net(dataset.x_train[:images]), dataset.y_train[:images])
    net.backward(loss.backward(), needs_grad_x=False)
    found = [p.grad for p in net.parameters() if p.data.ndim == 4]
    return [grad.ravel().astype(np.float64) for grad in found if grad is not None]


def _angle(a: NDArray, b: NDArray) -> float:
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


class Speed(NamedTuple):
    """How fast a layer was computed: milliseconds for the whole of it, and GFLOP/s."""

    milliseconds: float
    gflops: float


def speeds(
    ways: Mapping[str, Callable[[], object]],
    *,
    whole: int,
    counts: Mapping[str, int] | None = None,
) -> dict[str, Speed]:
    """Time ways to compute a layer, on one thread.

    Parameters
    ----------
    ways : mapping of str to callable
        What to time.
    whole : int
        Multiply-adds of the layer, to which times are scaled.
    counts : mapping of str to int, default=None
        Multiply-adds of one call, for the ways that do more or less than the layer.

    Returns
    -------
    dict of str to Speed
        By name; one multiply-add counts as two operations.
    """
    with threadpool_limits(limits=1):
        seconds = shortest_times(ways)
    done = {name: whole for name in ways} | dict(counts or {})
    return {
        name: Speed(1e3 * seconds[name] * whole / done[name], 2e-9 * done[name] / seconds[name])
        for name in ways
    }


def peak_megabytes(call: Callable[[], object]) -> float:
    """Measure the most memory that a call holds at once beyond what was there, in MB.

    Examples
    --------
    >>> 8 <= peak_megabytes(lambda: np.ones(10**6)) < 9
    True
    """
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6
