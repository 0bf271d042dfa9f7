"""Whole networks beside PyTorch: one image through ResNet-18, and training LeNet-5."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course_lib import models, numpy_nn
from course_lib.bench.turns import Contestant, alternate
from course_lib.numpy_nn.graph import from_torch

BATCH = 64
IMAGE = (1, 3, 224, 224)


class NetworkTimes(NamedTuple):
    """CPU seconds of a run: NumPy's, and PyTorch's in the better of its memory layouts."""

    name: str
    ours: float
    torch: float


def time_resnet(*, seconds: float) -> NetworkTimes:
    """Time ResNet-18 in evaluation on one image of 224 x 224."""
    network = models.build("resnet18").eval()
    x = np.random.default_rng(seed=0).standard_normal(IMAGE, np.float32)
    graph = from_torch(network, x, check=False)

    def ours() -> None:
        graph.forward(x, keep=False)

    @torch.no_grad()
    def theirs() -> None:
        network(torch.from_numpy(x))

    return _race("ResNet-18, one image forward", ours, {"torch": theirs}, seconds)


def time_lenet(*, seconds: float) -> NetworkTimes:
    """Time a training step of LeNet-5 (modern form) with momentum, on 64 images of 32 x 32."""
    rng = np.random.default_rng(seed=0)
    x = rng.standard_normal((BATCH, 1, 32, 32), np.float32)
    target = rng.integers(0, 10, BATCH)
    contestants = {
        str(layout): _torch_step(layout, x, target)
        for layout in (torch.contiguous_format, torch.channels_last)
    }
    return _race("LeNet-5, training step", _numpy_step(x, target), contestants, seconds)


def _numpy_step(x: np.ndarray, target: np.ndarray) -> Callable[[], None]:
    network = _lenet(numpy_nn, generator=np.random.default_rng(seed=0))
    loss = numpy_nn.CrossEntropyLoss()
    optimizer = numpy_nn.SGD(network.parameters(), learning_rate=0.01, momentum=0.9)

    def step() -> None:
        loss(network(x), target)
        network.zero_grad()
        network.backward(loss.backward(), needs_grad_x=False)
        optimizer.step()

    return step


def _torch_step(
    layout: torch.memory_format, x: np.ndarray, target: np.ndarray
) -> Callable[[], None]:
    network = _lenet(nn).to(memory_format=layout)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    images, labels = torch.from_numpy(x).to(memory_format=layout), torch.from_numpy(target)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()

    return step


def _lenet(library: object, **random: np.random.Generator) -> object:
    """Build one recipe with the layers of `torch.nn` or of `numpy_nn`."""
    return library.Sequential(
        library.Conv2d(1, 6, 5, **random),
        library.ReLU(),
        library.MaxPool2d(2),
        library.Conv2d(6, 16, 5, **random),
        library.ReLU(),
        library.MaxPool2d(2),
        library.Flatten(),
        library.Linear(400, 120, **random),
        library.ReLU(),
        library.Linear(120, 84, **random),
        library.ReLU(),
        library.Linear(84, 10, **random),
    )


def _race(
    name: str, ours: Callable[[], None], others: dict[str, Callable[[], None]], seconds: float
) -> NetworkTimes:
    runs = {"ours": ours, **others}
    contestants = {key: Contestant(run, lambda result: None) for key, run in runs.items()}
    times = {key: t.forward for key, t in alternate(contestants, seconds=seconds).items()}
    return NetworkTimes(name, times["ours"], min(times[key] for key in others))


NETWORKS = {"resnet18": time_resnet, "lenet5": time_lenet}
