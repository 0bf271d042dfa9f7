"""What notebook 07 measures: the same CNN with ten kinds of activation, and what they cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from course_lib import numpy_ops, torch_ops
from course_lib.analysis.timing import shortest_times
from course_lib.datasets import Dataset
from course_lib.lessons.activations.network import (
    ACTIVATIONS,
    dead_share,
    digits,
    logits_of,
    make_network,
)
from course_lib.parity import relative_error
from course_lib.training import accuracy, fit

RATE = 0.02  # of Adam, at the top of one cycle: as good as .01 and .04 or better for ReLU and tanh
BATCH = 64

Function = Callable[..., NDArray]


class Run(NamedTuple):
    """A trained network, its loss (nats) before each step (T,), and its share of right answers."""

    network: nn.Sequential
    losses: NDArray
    accuracy: float


def train(
    make_activation: Callable[[], nn.Module],
    *,
    seed: int,
    epochs: int = 4,
    learning_rate: float = RATE,
    schedule: str = "one_cycle",
    brightness: float = 1.0,
) -> Run:
    """Train the CNN of the notebook with Adam, 25 steps of 64 images an epoch.

    Parameters
    ----------
    make_activation : callable
        Makes one layer, such as `nn.ReLU`.
    seed : int
        Chooses the first weights and the order of the images.
    epochs : int, default=4
        Passes over the 1,600 training images.
    learning_rate : float, default=0.02
        Highest rate of the schedule.
    schedule : str, default="one_cycle"
        As for `training.fit`.
    brightness : float, default=1.0
        What a white pixel is; 255 where somebody forgot to scale.

    Returns
    -------
    Run
        The accuracy is that on 1,000 digits which training has not seen.
    """
    dataset = _brightened(digits(), brightness)
    # `fit` judges after every epoch; a single image keeps that from costing more than the training.
    unjudged = replace(dataset, x_test=dataset.x_test[:1], y_test=dataset.y_test[:1])
    network = make_network(make_activation, seed=seed)
    history = fit(
        network, unjudged, epochs=epochs, batch_size=BATCH, optimizer="adam",
        learning_rate=learning_rate, schedule=schedule, device="cpu", seed=seed, progress=False,
    )  # fmt: skip
    right = accuracy(logits_of(network, dataset.x_test).argmax(axis=1), dataset.y_test)
    return Run(network, np.array(history.losses), right)


def compare(
    names: Sequence[str], *, seeds: Sequence[int], brightness: float = 1.0
) -> dict[str, list[Run]]:
    """Train the CNN with each activation from each seed; the first weights are the same for all."""
    return {
        name: [train(ACTIVATIONS[name], seed=seed, brightness=brightness) for seed in seeds]
        for name in names
    }


def error_against_twins(name: str, forward: Function, backward: Function) -> float:
    """Compare an activation and its backward with `numpy_ops` and with PyTorch.

    Parameters
    ----------
    name : str
        Of the operation, such as "leaky_relu"; its options keep their defaults.
    forward, backward : callable
        Written by hand: y of x, and grad_x of grad_y and x.

    Returns
    -------
    float
        The largest difference, as a share of the largest number, on 1,000 random ones.
    """
    rng = np.random.default_rng(seed=0)
    x, grad_y = 3 * rng.standard_normal(1000), rng.standard_normal(1000)
    errors = []
    for twin, wrap in ((numpy_ops, np.asarray), (torch_ops, torch.from_numpy)):
        given = wrap(grad_y), wrap(x)
        y, grad_x = getattr(twin, name)(given[1]), getattr(twin, f"{name}_backward")(*given)
        errors += [relative_error(forward(x), y), relative_error(backward(grad_y, x), grad_x)]
    return max(errors)


def error_of_prelu(backward: Function, slope_of_a: Function) -> float:
    """Compare a hand-written way back of PReLU with `numpy_ops` and PyTorch.

    Parameters
    ----------
    backward : callable
        Gives grad_x of grad_y, x and the slopes, which broadcast against x (N, C, H, W).
    slope_of_a : callable
        Gives the gradient of the slopes (C,) of grad_y and x.

    Returns
    -------
    float
        The largest difference, as a share of the largest number.
    """
    rng = np.random.default_rng(seed=0)
    grad_y, x = rng.standard_normal((2, 4, 3, 5, 2))
    slopes = np.array([0.25, 0.5, -0.1])
    mine = backward(grad_y, x, slopes.reshape(3, 1, 1)), slope_of_a(grad_y, x)
    twins = [
        numpy_ops.prelu_backward(grad_y, x, slopes),
        torch_ops.prelu_backward(*map(torch.from_numpy, (grad_y, x, slopes))),
    ]
    pairs = [pair for twin in twins for pair in zip(mine, twin, strict=True)]
    return max(relative_error(*pair) for pair in pairs)


class Sigmoid(nn.Module):
    """The sigmoid, lowered by `lowered` and then stretched upwards by `stretched`."""

    def __init__(self, *, lowered: float, stretched: float) -> None:
        super().__init__()
        self.lowered, self.stretched = lowered, stretched

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Bend `x`."""
        return self.stretched * (torch.sigmoid(x) - self.lowered)


# Slope at 0 and output at 0, changed one at a time, then both: 2 tanh(x / 2).
REPAIRED: Mapping[str, Callable[[], nn.Module]] = {
    "σ(x) − ½": lambda: Sigmoid(lowered=0.5, stretched=1.0),
    "4 σ(x)": lambda: Sigmoid(lowered=0.0, stretched=4.0),
    "4 σ(x) − 2": lambda: Sigmoid(lowered=0.5, stretched=4.0),
}


def image_shares(*, seed: int) -> dict[str, float]:
    """Find how much of what leaves the fourth layer differs between images, before training.

    Parameters
    ----------
    seed : int
        Chooses the weights.

    Returns
    -------
    dict of str to float
        For the sigmoid and each repaired one: the spread of a number over the test images, as a
        share of the size of such numbers (root of the mean square).
    """
    shares = {}
    for name, make_activation in {"σ(x)": nn.Sigmoid, **REPAIRED}.items():
        behind_four = make_network(make_activation, seed=seed)[:8]
        outputs = logits_of(behind_four, digits().x_test)
        shares[name] = float(outputs.std(axis=0).mean() / np.sqrt((outputs**2).mean()))
    return shares


class Affine(NamedTuple):
    """The best single layer: its loss on the training digits (nats), its test accuracy."""

    loss: float
    accuracy: float


def best_affine_map(*, steps: int = 100) -> Affine:
    """Find the affine map with the lowest loss on the training digits.

    The loss of an affine map has a single lowest value (it is convex), so a long descent over all
    images finds what no longer training, no more layers and no other seed can beat.

    Parameters
    ----------
    steps : int, default=100
        Of L-BFGS, over all 1,600 images.

    Returns
    -------
    Affine
        Loss, and the share of the 1,000 test digits that it reads right.
    """
    dataset = digits()
    x, target = torch.from_numpy(dataset.x_train).flatten(1), torch.from_numpy(dataset.y_train)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = nn.Linear(x.shape[1], 10)
    search = torch.optim.LBFGS(layer.parameters(), max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        value = functional.cross_entropy(layer(x), target)
        value.backward()
        return value

    search.step(loss)
    network = nn.Sequential(nn.Flatten(), layer)
    logits = logits_of(network, dataset.x_test)
    return Affine(training_loss(network), accuracy(logits.argmax(axis=1), dataset.y_test))


def training_loss(network: nn.Module) -> float:
    """Give the mean loss (nats) of a network over all 1,600 training digits."""
    dataset = digits()
    logits = torch.from_numpy(logits_of(network, dataset.x_train))
    return float(functional.cross_entropy(logits, torch.from_numpy(dataset.y_train)))


def learned_slopes(network: nn.Sequential) -> NDArray:
    """Collect the slopes below 0 of all PReLUs of a network, 16 a layer."""
    weights = [layer.weight.detach() for layer in network if isinstance(layer, nn.PReLU)]
    return torch.cat(weights).numpy()


def saturated_share(*, brightness: float, seed: int) -> float:
    """Find the share of the first layer's sums, before training, with a tanh slope below 0.01.

    Places that see black pixels only are left out: their sum is 0 whatever white is.
    """
    first = make_network(nn.Tanh, seed=seed)[0]
    sums = logits_of(first, _brightened(digits(), brightness).x_test)
    return float((1 - np.tanh(sums[sums != 0]) ** 2 < 0.01).mean())


TOO_FAST = {"epochs": 2, "learning_rate": 0.1, "schedule": "constant"}


class Dead(NamedTuple):
    """After a training: the share of dead channels, and of right answers."""

    share: float
    accuracy: float


def dead_units(
    rates: Sequence[float], *, seeds: Sequence[int], epochs: int = 2
) -> dict[float, list[Dead]]:
    """Train with ReLU at constant rates and count the channels that are 0 on every test image."""
    x_test = digits().x_test
    found = {}
    for rate in rates:
        options = {"epochs": epochs, "learning_rate": rate, "schedule": "constant"}
        runs = [train(nn.ReLU, seed=seed, **options) for seed in seeds]
        found[rate] = [Dead(dead_share(run.network, x_test), run.accuracy) for run in runs]
    return found


OPERATIONS = {  # of `numpy_ops` and `torch_ops`, by the names of the notebook
    "ReLU": "relu", "leaky ReLU": "leaky_relu", "hard-swish": "hardswish", "ELU": "elu",
    "tanh": "tanh", "sigmoid": "sigmoid", "SiLU": "silu", "GELU": "gelu",
}  # fmt: skip


class Costs(NamedTuple):
    """Time of each activation as a multiple of the ReLU's, in NumPy and in PyTorch."""

    numpy: dict[str, float]
    torch: dict[str, float]
    convolution: float  # a 3 × 3 convolution of 16 channels in PyTorch, in the same unit


def costs(*, numbers: int = 2**18, rounds: int = 9) -> Costs:
    """Time each activation forward on the same float32 numbers, and compare with the ReLU.

    Parameters
    ----------
    numbers : int, default=262144
        Drawn from a normal distribution; a multiple of 16,384.
    rounds : int, default=9
        Turns of each; the shortest counts.

    Returns
    -------
    Costs
        Ratios; the convolution makes as many numbers as an activation is given.
    """
    x = np.random.default_rng(seed=0).standard_normal(numbers).astype(np.float32)
    maps = torch.from_numpy(x).reshape(-1, 16, 32, 32)
    kernel = torch.ones(16, 16, 3, 3)
    calls: dict[tuple[str, str], Callable[[], object]] = {}
    for name, operation in OPERATIONS.items():
        calls["numpy", name] = partial(getattr(numpy_ops, operation), x)
        calls["torch", name] = partial(getattr(torch_ops, operation), maps)
    calls["torch", "convolution"] = partial(functional.conv2d, maps, kernel, padding=1)
    times = shortest_times({" ".join(key): call for key, call in calls.items()}, rounds=rounds)
    ratios = {
        side: {name: times[f"{side} {name}"] / times[f"{side} ReLU"] for name in OPERATIONS}
        for side in ("numpy", "torch")
    }
    return Costs(**ratios, convolution=times["torch convolution"] / times["torch ReLU"])


def _brightened(dataset: Dataset, brightness: float) -> Dataset:
    factor = np.float32(brightness)
    return replace(dataset, x_train=dataset.x_train * factor, x_test=dataset.x_test * factor)
