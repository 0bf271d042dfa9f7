"""What notebook 17 counts and measures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets, training
from course_lib.lessons.lenet import networks
from course_lib.lessons.lenet.networks import (
    TODAY,
    YEAR_1998,
    Version,
    build,
    build_dense,
)

STEPS, BATCH = 250, 16
# The best of 0.002, 0.004 and 0.008 on validation digits, within half a point, for the network of
# 1998, with either start, and for today's.
RATE = 4e-3

ROOTED = YEAR_1998._replace(start="by root")
OPENING: dict[str, Version | None] = {"dense": None, "LeNet-5 of 1998": YEAR_1998, "today": TODAY}
ONE_CHANGE = {
    "full table": YEAR_1998._replace(table="full"),
    "max pooling": YEAR_1998._replace(pooling="max"),
    "ReLU": YEAR_1998._replace(activation="relu"),
    "trained output": YEAR_1998._replace(output="linear"),
    "larger first weights": ROOTED,
}
SECOND_CHANGE = {
    "max pooling": ROOTED._replace(pooling="max"),
    "trained output": ROOTED._replace(output="linear"),
}

# LeCun et al. 1998, section II.B: trainable parameters and connections, as the text prints them.
PUBLISHED = {
    "C1": (156, 122_304),
    "S2": (12, 5_880),
    "C3": (1_516, 151_600),
    "S4": (32, 2_000),
    "C5": (48_120, 48_120),
    "F6": (10_164, 10_164),
}
PUBLISHED_TOTAL = (60_000, 340_908)


class Counted(NamedTuple):
    """A layer of LeNet-5: its output (C, H, W), its trainable parameters, its connections."""

    name: str
    shape: tuple[int, int, int]
    parameters: int
    connections: int


def count_layers(network: nn.Module) -> list[Counted]:
    """Count the parameters and connections of each layer of the network of 1998.

    Each output of a convolution or dense layer has a connection to each of its inputs and one to
    its bias; a subsampling unit has 4 + 1; an output unit has one for each number of F6.

    Parameters
    ----------
    network : torch.nn.Module
        As `models.build("lenet5_original")` gives it.

    Returns
    -------
    list of Counted
        C1, S2, C3, S4, C5, F6 and the output.

    Examples
    --------
    >>> from course_lib import models
    >>> counted = count_layers(models.build("lenet5_original"))
    >>> sum(layer.parameters for layer in counted), sum(layer.connections for layer in counted)
    (60000, 340908)
    """
    shapes: dict[str, tuple[int, ...]] = {}
    names = ("c1", "s2", "c3", "s4", "c5", "f6", "output")
    hooks = [
        getattr(network, name).register_forward_hook(
            lambda _, __, y, name=name: shapes.update({name: tuple(y.shape[1:])})
        )
        for name in names
    ]
    with torch.no_grad():
        network(torch.zeros(1, 1, 32, 32))
    for hook in hooks:
        hook.remove()
    counted = []
    for name in names:
        layer = getattr(network, name)
        channels, height, width = (*shapes[name], 1, 1)[:3]
        held = sum(p.numel() for p in layer.parameters())
        if name in ("s2", "s4"):
            connections = channels * height * width * (4 + 1)
        elif name == "output":
            connections = layer.codes.numel()
        else:
            connections = held * height * width
        counted.append(Counted(name.upper(), (channels, height, width), held, connections))
    return counted


@cache
def digits(*, held_out: str = "test") -> datasets.Dataset:
    """Draw 2,000 digits to train on and 1,000 to judge by, in the paper's grays.

    They are 18 to 22 pixels wide, within 3 pixels of the middle of 32 × 32.
    """
    drawn = datasets.load(
        "shifted_digits", size=32, width=(18, 22), train_shift=3, test_shift=3,
        num_train=2000, num_test=1000, held_out=held_out,
    )  # fmt: skip
    return replace(drawn, x_train=as_ink(drawn.x_train), x_test=as_ink(drawn.x_test))


def as_ink(x: NDArray) -> NDArray:
    """Stretch gray levels from 0 … 1 to −0.1 … 1.175, as in section II.B of the paper."""
    return (1.275 * x - 0.1).astype(np.float32)


def accuracies(
    versions: Mapping[str, Version | None],
    *,
    seeds: Sequence[int],
    steps: int = STEPS,
    learning_rate: float = RATE,
    held_out: str = "test",
) -> dict[str, list[float]]:
    """Train each version from each seed and read the held-out digits.

    Parameters
    ----------
    versions : mapping of str to Version
        By name; None stands for the dense network.
    seeds : sequence of int
        Each chooses first weights and the order of the digits.
    steps : int, default=250
        Steps of Adam on 16 digits at least, with one cycle of the rate; an epoch is 125.
    learning_rate : float, default=0.004
        Highest rate of the cycle.
    held_out : {"test", "validation"}, default="test"
        Which digits to judge by.

    Returns
    -------
    dict of str to list of float
        Share of 1,000 digits that are read right, a value a seed.
    """
    dataset = digits(held_out=held_out)
    found = {}
    for name, version in versions.items():
        trained = training.train_on_seeds(
            build_dense if version is None else partial(build, version),
            dataset, seeds=seeds, steps=steps, batch_size=BATCH, learning_rate=learning_rate,
        )  # fmt: skip
        found[name] = training.accuracies_of(trained, dataset)
    return found


def spreads(version: Version, *, seed: int, images: int = 200) -> dict[str, float]:
    """Measure how much the digits differ from each other in each layer, before any training.

    Parameters
    ----------
    version : Version
        Which network; its weights are drawn from `seed`.
    seed : int
        Chooses the first weights.
    images : int, default=200
        Training digits that are compared.

    Returns
    -------
    dict of str to float
        For the image and for each layer after its squash: the standard deviation over the digits,
        averaged over the layer's units.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build(version)
    x = torch.from_numpy(digits().x_train[:images])
    found = {"image": float(x.std(dim=0).mean())}
    squashes = (networks.ScaledTanh, nn.ReLU)
    names = iter(("C1", "S2", "C3", "S4", "C5", "F6"))
    pools = (nn.AvgPool2d, nn.MaxPool2d)
    with torch.no_grad():
        for layer in list(network)[:-1]:
            x = layer(x)
            if isinstance(layer, (*squashes, *pools)):
                found[next(names)] = float(x.std(dim=0).mean())
    return found
