"""What notebook 20 measures: accuracy and time of modules, and what auxiliary heads bring."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from course_lib import datasets
from course_lib.analysis import complexity, shortest_times
from course_lib.datasets import Dataset
from course_lib.lessons.googlenet.networks import SIZE, Deep, build, module
from course_lib.models.googlenet import PLANS
from course_lib.training import accuracy, train_on_seeds

STEPS, RATE = 125, 0.02  # two passes over 2,000 digits
HEAD_STEPS, HEAD_RATE, BATCH_SIZE = 100, 0.004, 32
HEAD_WEIGHT = 0.3  # of each auxiliary loss, section 5 of the paper
SECOND = 4  # place of the second module in a network from `build`
MODULE = "3a"  # whose time is taken
MAPS = (1, 192, 28, 28)  # what comes into it


@cache
def digits() -> Dataset:
    """Load digits among pieces of others, 16 × 16 pixels."""
    return datasets.load("cluttered_digits", size=SIZE, width=(8.0, 10.0))


@cache
def moved_digits() -> Dataset:
    """Load digits anywhere on 12 × 12 pixels: what networks without batch norm can learn soon."""
    return datasets.load("shifted_digits", size=12, width=8)


def train(kind: str, *, seeds: Sequence[int], steps: int = STEPS) -> list[nn.Module]:
    """Train small networks of Inception modules to read digits, one a seed.

    Parameters
    ----------
    kind : str
        As for `networks.build`.
    seeds : sequence of int
        Each draws the weights and the order of the images.
    steps : int, default=125
        Steps of Adam with 32 digits each; the last pass over the digits is always finished.

    Returns
    -------
    list of torch.nn.Module
        In the order of the seeds.
    """
    return train_on_seeds(
        lambda: build(kind), digits(), seeds=seeds, steps=steps, learning_rate=RATE
    )


def accuracies_with_mixtures(networks: Sequence[nn.Sequential], widths: Sequence[int]) -> NDArray:
    """Let the large kernels of trained "direct" networks see only mixtures of channels.

    The 64 channels in front of the second module are replaced, for its 3 × 3 and 5 × 5, by their
    best approximation with `width` mixtures: what a 1 × 1 without ReLU would hand on. Nothing is
    trained again.

    Parameters
    ----------
    networks : sequence of torch.nn.Sequential
        From `train`, of kind "direct"; left in eval mode, and else not changed.
    widths : sequence of int
        Numbers of mixtures, each from 1 to 64.

    Returns
    -------
    (networks, widths)
        Shares of new digits read right.
    """
    return np.array([_shares_read(network, widths) for network in networks])


def _shares_read(network: nn.Sequential, widths: Sequence[int]) -> list[float]:
    dataset, front = digits(), network.eval()[:SECOND]
    with torch.no_grad():
        seen, new = (front(torch.from_numpy(x)) for x in (dataset.x_train, dataset.x_test))
        values = seen.transpose(0, 1).flatten(1)  # (64, N * H * W)
        mixtures = torch.linalg.svd(values @ values.T).U  # the best first
        logits = [_with_mixtures(network, mixtures[:, :width])(new) for width in widths]
    return [accuracy(each.argmax(dim=1).numpy(), dataset.y_test) for each in logits]


def _with_mixtures(network: nn.Sequential, mixtures: Tensor) -> nn.Sequential:
    """Copy what follows on the maps, with kernels that see only mixtures (64, R) of them."""
    rest = deepcopy(network[SECOND:])
    for branch in (rest[0].branch2, rest[0].branch3):
        weight = branch.conv.weight  # (C_out, C_in, K, K)
        weight.copy_(torch.einsum("ockl,cr,dr->odkl", weight, mixtures, mixtures))
    return rest


def network_times(*, images: int = 32, rounds: int = 12) -> dict[str, float]:
    """Time the small networks forward on a batch, in turns, on one thread; seconds by kind."""
    networks = {kind: build(kind).eval() for kind in ("direct", "reduced")}
    x = torch.rand(images, 1, SIZE, SIZE)
    return _times({kind: _call(network, x) for kind, network in networks.items()}, rounds)


class Part(NamedTuple):
    """What one kind of layer in a module costs for one image."""

    multiply_adds: int
    seconds: float


def module_parts(*, rounds: int = 40) -> dict[str, dict[str, Part]]:
    """Take the cost of the published module 3a apart, without and with its reductions.

    All layers are timed in turns, on one thread; the pooling, which both have, is timed once.

    Parameters
    ----------
    rounds : int, default=40
        How often each layer is timed; the shortest time counts.

    Returns
    -------
    dict of str to dict of str to Part
        "direct" and "reduced", and in each "3×3", "5×5", "1×1" (all of them), "max pool", "ReLU and
        joining".
    """
    names = {"direct": False, "reduced": True}
    modules = {
        name: _convolutions(module(MAPS[1], PLANS[MODULE], reduced=reduced))
        for name, reduced in names.items()
    }
    x = torch.rand(MAPS)
    calls: dict[str, Callable[[], object]] = {"pool": _call(nn.MaxPool2d(3, 1, padding=1), x)}
    for name, layers in modules.items():
        for place, layer in enumerate(layers):
            calls[f"{name} {place}"] = _call(layer, torch.rand(1, layer.in_channels, *MAPS[2:]))
        calls[f"{name} rest"] = _call(_ReluAndJoin(), [_maps_of(layer) for layer in layers])
    seconds = _times(calls, rounds)
    return {name: _parts(name, layers, seconds) for name, layers in modules.items()}


class Ratios(NamedTuple):
    """How many times fewer multiply-adds and less time "reduced" takes than "direct"."""

    multiply_adds: float
    time: float
    time_without_pooling: float


def ratios(parts: Mapping[str, Mapping[str, Part]]) -> Ratios:
    """Compare the two modules that `module_parts` has taken apart."""
    work = [sum(part.multiply_adds for part in each.values()) for each in parts.values()]
    time = [sum(part.seconds for part in each.values()) for each in parts.values()]
    rest = [
        seconds - each["max pool"].seconds
        for seconds, each in zip(time, parts.values(), strict=True)
    ]
    return Ratios(*(direct / reduced for direct, reduced in (work, time, rest)))


def share_of_time(parts: Mapping[str, Part], kind: str) -> float:
    """Give the share of a module's time that one kind of layer takes, from 0 to 1."""
    return parts[kind].seconds / sum(part.seconds for part in parts.values())


def _parts(name: str, layers: list[nn.Conv2d], seconds: dict[str, float]) -> dict[str, Part]:
    parts = dict.fromkeys(("3×3", "5×5", "1×1"), Part(0, 0.0))
    for place, layer in enumerate(layers):
        kind = f"{layer.kernel_size[0]}×{layer.kernel_size[0]}"
        work = complexity(layer, (1, layer.in_channels, *MAPS[2:])).multiply_adds
        so_far, time = parts[kind], seconds[f"{name} {place}"]
        parts[kind] = Part(so_far.multiply_adds + work, so_far.seconds + time)
    free = {"max pool": "pool", "ReLU and joining": f"{name} rest"}
    return parts | {kind: Part(0, seconds[call]) for kind, call in free.items()}


def _convolutions(block: nn.Module) -> list[nn.Conv2d]:
    return [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)]


def _maps_of(layer: nn.Conv2d) -> Tensor:
    return torch.rand(1, layer.out_channels, *MAPS[2:])


class _ReluAndJoin(nn.Module):
    def forward(self, maps: list[Tensor]) -> Tensor:
        return torch.cat([torch.relu(each) for each in maps], dim=1)


def _call(layer: nn.Module, x: Tensor | list[Tensor]) -> Callable[[], Tensor]:
    return lambda: layer(x)


def _times(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    with torch.inference_mode():
        return shortest_times(calls, rounds=rounds)


class Headed(NamedTuple):
    """Deep networks trained with or without auxiliary heads, one a seed.

    `accuracies` (seeds,) are shares of new digits read right by the last layer; `slopes`
    (seeds, 3) are lengths of the gradient of the first convolution before any step: of the loss at
    the end, and of those of the first and the second head, times their weight of 0.3.
    """

    accuracies: NDArray
    slopes: NDArray


def train_deep(*, heads: bool, seeds: Sequence[int], steps: int = HEAD_STEPS) -> Headed:
    """Train six modules without batch norm, with or without the losses of two heads.

    Parameters
    ----------
    heads : bool
        Whether the losses of the heads are added, times 0.3 each.
    seeds : sequence of int
        Each draws the weights and the batches, the same with heads and without.
    steps : int, default=100
        Steps of Adam with 32 digits each; the rate falls to 0 over the second half.

    Returns
    -------
    Headed
        One network a seed.
    """
    runs = [_deep_run(heads, seed, steps) for seed in seeds]
    accuracies, slopes = zip(*runs, strict=True)
    return Headed(np.array(accuracies), np.array(slopes))


def _deep_run(heads: bool, seed: int, steps: int) -> tuple[float, list[float]]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Deep()
    dataset = moved_digits()
    x, target = torch.from_numpy(dataset.x_train), torch.from_numpy(dataset.y_train)
    order = torch.Generator().manual_seed(seed)
    stepper = torch.optim.Adam(network.parameters(), lr=HEAD_RATE)
    slopes = _first_slopes(network, x[:200], target[:200])
    for step in range(steps):
        stepper.param_groups[0]["lr"] = HEAD_RATE * min(1.0, 2 - 2 * step / steps)
        picked = torch.randint(len(x), (BATCH_SIZE,), generator=order)
        last, *early = _losses(network, x[picked], target[picked])
        stepper.zero_grad()
        (last + HEAD_WEIGHT * sum(early) if heads else last).backward()
        stepper.step()
    with torch.no_grad():
        logits, _ = network(torch.from_numpy(dataset.x_test))
    return accuracy(logits.argmax(dim=1).numpy(), dataset.y_test), slopes


def _losses(network: Deep, x: Tensor, target: Tensor) -> list[Tensor]:
    logits, early = network(x)
    return [functional.cross_entropy(each, target) for each in (logits, *early)]


def _first_slopes(network: Deep, x: Tensor, target: Tensor) -> list[float]:
    last, *early = _losses(network, x, target)
    first = network.stem[0].conv.weight
    slopes = [
        torch.autograd.grad(each, first, retain_graph=True)[0].norm().item()
        for each in (last, *early)
    ]
    return [slopes[0], *(HEAD_WEIGHT * slope for slope in slopes[1:])]
