"""Never slower for having more cores: work on one core beside the same work on all of them."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

import numpy as np

from course_lib import datasets, numpy_nn
from course_lib.bench.layers import CONV_LAYERS
from course_lib.bench.measure import conv_contestants
from course_lib.threads import get_num_threads, set_num_threads
from course_lib.training import fit_numpy

MIN_ROUNDS = 5


class CoreTimes(NamedTuple):
    """Median seconds on the wall clock, on one core and on all."""

    name: str
    one: float
    all: float


def time_digits(num_cores: int, *, seconds: float) -> CoreTimes:
    """Time a small network that learns digits: its products are too small to share."""
    digits = datasets.load("digits")
    return _race(
        "digits CNN, fit_numpy, 4 epochs", lambda: train_digits(digits), num_cores, seconds
    )


def time_layer(num_cores: int, *, seconds: float) -> CoreTimes:
    """Time a large convolution, forward and backward: its images are shared."""
    layer = next(layer for layer in CONV_LAYERS if layer.name == "vgg_conv3_1")
    ours = conv_contestants(layer)["ours"]
    return _race(
        "vgg_conv3_1, forward and backward",
        lambda: ours.backward(ours.forward()),
        num_cores,
        seconds,
    )


def train_digits(digits: datasets.Dataset) -> None:
    """Train a small network for four epochs."""
    generator = np.random.default_rng(seed=0)
    network = numpy_nn.Sequential(
        numpy_nn.Conv2d(1, 16, 3, padding=1, generator=generator),
        numpy_nn.ReLU(),
        numpy_nn.Conv2d(16, 16, 3, padding=1, generator=generator),
        numpy_nn.ReLU(),
        numpy_nn.MaxPool2d(2),
        numpy_nn.Flatten(),
        numpy_nn.Linear(256, 10, generator=generator),
    )
    fit_numpy(
        network, digits, epochs=4, batch_size=32, optimizer="adam", learning_rate=1e-3, seed=0,
        progress=False,
    )  # fmt: skip


def _race(name: str, run: Callable[[], None], num_cores: int, seconds: float) -> CoreTimes:
    """Run on one core and on all in turns, so that a busy machine slows both alike.

    Each change of cores is followed by a run that does not count: it calls the workers together.
    """
    before = get_num_threads()
    times: dict[int, list[float]] = {1: [], num_cores: []}
    end = time.monotonic() + seconds
    try:
        while len(times[1]) < MIN_ROUNDS or time.monotonic() < end:
            for count in times:
                set_num_threads(count)
                run()
                start = time.perf_counter()
                run()
                times[count].append(time.perf_counter() - start)
    finally:
        set_num_threads(before)
    return CoreTimes(name, median(times[1]), median(times[num_cores]))


def report_cores(num_cores: int, *, seconds: float) -> None:
    """Print how many times as fast all cores are; on one core there is nothing to compare."""
    print(f"\nWall clock, medians, one core and all {num_cores}.\n")
    print(f"{'work':36} {'one':>9} {'all':>9}  one/all")
    for measure in (time_digits, time_layer):
        row = measure(num_cores, seconds=seconds)
        one, every = 1000 * row.one, 1000 * row.all
        print(f"{row.name:36} {one:6.1f} ms {every:6.1f} ms  {one / every:.2f}", flush=True)
