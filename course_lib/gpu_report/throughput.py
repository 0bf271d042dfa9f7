"""Images a second: `training.fit` beside a bare PyTorch loop, with the same network."""

import time
from collections.abc import Iterator
from contextlib import nullcontext
from statistics import median
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from course_lib import datasets
from course_lib.gpu_report.attempts import Clock, attempt, peak_gigabytes, synchronize
from course_lib.gpu_report.plan import CLASSES, Images, Plan
from course_lib.gpu_report.precision import autocast, build_network
from course_lib.parity.runner import tensor_float32
from course_lib.training import fit

LEARNING_RATE = 0.01
WARM_UP_STEPS = 3
MOST_EPOCHS = 10
# A row begins only if so many seconds are left: about what it takes on a slow card.
SECONDS_TO_COMPILE, SECONDS_FOR_OTHERS = 90.0, 20.0


class Speed(NamedTuple):
    """One network trained in one way; no numbers where it could not be run."""

    network: str
    way: str
    batch_size: int
    bare: float | None = None  # images a second
    fit: float | None = None
    warm_up: float | None = None  # seconds of the first steps, compiling included
    bare_gigabytes: float | None = None
    fit_gigabytes: float | None = None
    loss: float | None = None  # after the last step of `fit`
    note: str = ""

    @property
    def share(self) -> float | None:
        """How fast `fit` is, as a share of the bare loop."""
        return None if self.fit is None or self.bare is None else self.fit / self.bare


class Data(NamedTuple):
    """As much of a data set as `fit` asks for."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def measure_speeds(plan: Plan, device: torch.device, clock: Clock) -> Iterator[Speed]:
    """Train each network in each way, as long as there is time; what is compiled comes last."""
    rows = [(images, way) for way in plan.ways for images in plan.trainings]
    data: dict[Images, Data] = {}
    for images, way in rows:
        needed = SECONDS_TO_COMPILE if way == "compile" else SECONDS_FOR_OTHERS
        if clock.left() < needed:
            yield Speed(images.name, way, images.batch_size, note="left out: the time was up")
            continue
        if images not in data:
            data[images] = make_data(images)
        speed, why = attempt(
            lambda images=images, way=way: measure_speed(
                images, data[images], way, device, seconds=plan.seconds
            )
        )
        yield speed or Speed(images.name, way, images.batch_size, note=why)


def measure_speed(
    images: Images, data: Data, way: str, device: torch.device, *, seconds: float
) -> Speed:
    """Train one network by the bare loop, then on by `fit`: compiled code serves both."""
    network = _InOneWay(build_network(images), way).to(device).train()
    with tensor_float32(allowed=way != "float32"):
        bare, bare_memory = peak_gigabytes(
            device, lambda: _BareLoop(network, data, images.batch_size, device).run(seconds)
        )
        history, fit_memory = peak_gigabytes(device, lambda: fit(
            network, data, epochs=1 + len(bare.epochs), batch_size=images.batch_size,
            optimizer="momentum", learning_rate=LEARNING_RATE, device=str(device), seed=0,
            progress=False,
        ))  # fmt: skip
    count = len(data.x_train)
    return Speed(
        images.name, way, images.batch_size,
        bare=count / median(bare.epochs),
        fit=count / median(history.seconds[1:]),
        warm_up=bare.warm_up,
        bare_gigabytes=bare_memory, fit_gigabytes=fit_memory,
        loss=history.losses[-1],
    )  # fmt: skip


def make_data(images: Images) -> Data:
    """Make one epoch of images: those of the data set over and over, or noise."""
    count = images.batch_size * images.steps
    if images.dataset is None:
        rng = np.random.default_rng(seed=0)
        shape = (count, images.channels, images.size, images.size)
        x = rng.integers(256, size=shape, dtype=np.uint8)
        y = rng.integers(CLASSES, size=count)
    else:
        dataset = datasets.load(images.dataset)
        again = np.arange(count) % len(dataset.x_train)
        x, y = dataset.x_train[again], dataset.y_train[again]
    return Data(x, y, x[: images.batch_size], y[: images.batch_size])


class _InOneWay(nn.Module):
    """A network that is run in one of the ways of `plan.WAYS`.

    For testing, `fit` calls it in eval mode, which would be compiled once more: it runs plainly.
    """

    def __init__(self, network: nn.Module, way: str) -> None:
        super().__init__()
        self.bfloat16 = way not in ("float32", "tf32")
        self.channels_last = way in ("channels-last", "compile")
        self.network = network
        if self.channels_last:
            self.network.to(memory_format=torch.channels_last)
        if way == "compile":
            self.network.compile(dynamic=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits in float32, as the loss needs them."""
        if self.channels_last:
            x = x.contiguous(memory_format=torch.channels_last)
        run = self.network if self.training else self.network.forward
        with autocast(x.device) if self.bfloat16 else nullcontext():
            logits = run(x)
        return logits.float()


class _BareTimes(NamedTuple):
    warm_up: float
    epochs: list[float]


class _BareLoop:
    """What one writes by hand: everything on the device, nothing checked, nothing kept."""

    def __init__(
        self, network: nn.Module, data: Data, batch_size: int, device: torch.device
    ) -> None:
        self.network, self.batch_size, self.device = network, batch_size, device
        self.x = torch.from_numpy(data.x_train).to(device)
        self.y = torch.from_numpy(data.y_train).to(device)
        self.scale = 255.0 if self.x.dtype == torch.uint8 else 1.0
        self.optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=0.9)

    def run(self, seconds: float) -> _BareTimes:
        """Time epochs for `seconds`, but at least two; the first steps are not among them."""
        warm_up = self._time(WARM_UP_STEPS)
        epochs: list[float] = []
        while len(epochs) < 2 or (sum(epochs) < seconds and len(epochs) < MOST_EPOCHS):
            epochs.append(self._time(None))
        return _BareTimes(warm_up, epochs)

    def _time(self, steps: int | None) -> float:
        synchronize(self.device)
        start = time.perf_counter()
        order = torch.randperm(len(self.x), device=self.device)
        for picked in order.split(self.batch_size)[:steps]:
            logits = self.network(self.x[picked].float() / self.scale)
            loss = cross_entropy(logits, self.y[picked])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        synchronize(self.device)
        return time.perf_counter() - start
