"""What notebook 19 trains: small kernels against a large one, and VGG's columns in small."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets
from course_lib.checks import require_choice
from course_lib.training import accuracies_of, train_on_seeds

CHANNELS = 8
KERNELS = {"one 5×5": (5,), "two 3×3": (3, 3), "two 3×3, no ReLU between": (3, 3)}
BORDER = 2  # pixels that a window of 5 needs on each side
TRAINED_ON, TESTED_ON = ("cat", "coffee", "rocket"), "astronaut"
SIDE, CROP, BATCH_SIZE, STEPS = 192, 16, 16, 800
RATE = 0.002  # at 0.01 units die on some seeds, in any of the three
SPOILED = 0.2  # share of pixels that become black or white

# Convolutions before each of three poolings: the columns of VGG's Table 1, less two blocks.
PLANS = {"A": (1, 1, 2), "B": (2, 2, 2), "D": (2, 2, 3), "E": (2, 2, 4)}
WIDTHS = (8, 16, 32)
DEPTH_STEPS, DEPTH_RATE = 120, 0.02


class Cleaned(NamedTuple):
    """Networks that clean photos, one a seed, on a photo that none was trained on.

    `errors` (seeds,) are roots of mean squared errors, `pictures` (seeds, H, W) what each made.
    """

    errors: NDArray
    pictures: NDArray


class Spoiled(NamedTuple):
    """A photo, `spoiled` (H, W), and what should come out of it, `clean` (H - 4, W - 4)."""

    spoiled: NDArray
    clean: NDArray


@cache
def _photo(name: str) -> Tensor:
    pixels = datasets.photo(name, size=SIDE, gray=True)[0, :, :SIDE]
    return torch.from_numpy(pixels.astype(np.float32))


def spoil(x: Tensor, generator: torch.Generator) -> Tensor:
    """Make a tenth of all pixels black and a tenth white."""
    drawn = torch.rand(x.shape, generator=generator)
    y = torch.where(drawn < SPOILED / 2, torch.zeros(()), x)
    return torch.where(drawn > 1 - SPOILED / 2, torch.ones(()), y)


def held_back_photo() -> Spoiled:
    """Spoil the photo that no network is trained on, always in the same way."""
    x = _photo(TESTED_ON)
    spoiled = spoil(x, torch.Generator().manual_seed(0))
    return Spoiled(spoiled.numpy(), x[BORDER:-BORDER, BORDER:-BORDER].numpy())


def build(kind: str) -> nn.Sequential:
    """Make a network that looks at 5 × 5 pixels and gives the one in their middle.

    Parameters
    ----------
    kind : {"one 5×5", "two 3×3", "two 3×3, no ReLU between"}
        What stands between a 1 × 1 convolution to 8 channels and one back to a single number.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, 1, H, W) to (N, 1, H - 4, W - 4).

    Raises
    ------
    ValueError
        If `kind` is unknown.
    """
    kernels = KERNELS[require_choice("build", "kind", kind, KERNELS)]
    layers: list[nn.Module] = [nn.Conv2d(1, CHANNELS, 1), nn.ReLU()]
    for place, kernel in enumerate(kernels, start=1):
        layers.append(nn.Conv2d(CHANNELS, CHANNELS, kernel))
        if place == len(kernels) or "no ReLU" not in kind:
            layers.append(nn.ReLU())
    network = nn.Sequential(*layers, nn.Conv2d(CHANNELS, 1, 1))
    _draw_weights(network)
    _spread_first(network[0])
    nn.init.constant_(network[-1].bias, 0.5)  # begins with a gray picture
    return network


def _spread_first(conv: nn.Conv2d) -> None:
    """Let half of the channels begin with "brighter than t" and half with "darker than t".

    Drawn at random, several of the eight would do the same, and the luck of a seed would decide.
    """
    sign = torch.tensor([1.0, -1.0]).repeat(CHANNELS // 2)
    thresholds = torch.linspace(-0.4, 0.4, CHANNELS // 2).repeat_interleave(2)
    with torch.no_grad():
        conv.weight.copy_(sign[:, None, None, None])
        conv.bias.copy_(-sign * thresholds)


def _draw_weights(network: nn.Module) -> None:
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def clean(kind: str, *, seeds: Sequence[int], steps: int = STEPS, rate: float = RATE) -> Cleaned:
    """Train networks to clean spoiled photos, and try them on a photo they have not seen.

    Parameters
    ----------
    kind : str
        As for `build`.
    seeds : sequence of int
        Each draws the weights, the crops and the pixels that are spoiled.
    steps : int, default=800
        Steps of Adam, on 16 crops of 16 × 16 pixels each; the rate falls to 0 over the second half.
    rate : float, default=0.002
        Learning rate of the first half.

    Returns
    -------
    Cleaned
        One network a seed.
    """
    pictures = np.stack([_cleaned(kind, seed, steps, rate) for seed in seeds])
    errors = np.sqrt(((pictures - held_back_photo().clean) ** 2).mean(axis=(1, 2)))
    return Cleaned(errors, pictures)


def _cleaned(kind: str, seed: int, steps: int, rate: float) -> NDArray:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build(kind)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * min(1.0, 2 - 2 * step / steps)
        x = _crops(generator)
        error = network(spoil(x, generator) - 0.5) - x[..., BORDER:-BORDER, BORDER:-BORDER]
        optimizer.zero_grad()
        error.square().mean().backward()
        optimizer.step()
    with torch.no_grad():
        return network(torch.from_numpy(held_back_photo().spoiled)[None, None] - 0.5)[0, 0].numpy()


def _crops(generator: torch.Generator) -> Tensor:
    """Cut crops (16, 1, 16, 16) at random out of the photos to train on."""
    names = torch.randint(len(TRAINED_ON), (BATCH_SIZE,), generator=generator).tolist()
    corners = torch.randint(SIDE - CROP + 1, (BATCH_SIZE, 2), generator=generator).tolist()
    return torch.stack(
        [
            _photo(TRAINED_ON[name])[i : i + CROP, j : j + CROP]
            for name, (i, j) in zip(names, corners, strict=True)
        ]
    )[:, None]


def build_column(column: str) -> nn.Sequential:
    """Make a column of VGG's table in small: stages of 8, 16 and 32 channels, one dense layer.

    Parameters
    ----------
    column : {"A", "B", "D", "E"}
        4, 6, 7 or 8 convolutions; batch norm follows each, which the paper did not have yet.

    Returns
    -------
    torch.nn.Sequential
        Maps images (N, 1, H, W) to logits (N, 10).

    Raises
    ------
    ValueError
        If there is no such column.
    """
    layers: list[nn.Module] = []
    before = 1
    for width, repeats in zip(
        WIDTHS, PLANS[require_choice("build_column", "column", column, PLANS)], strict=True
    ):
        for _ in range(repeats):
            conv = nn.Conv2d(before, width, 3, padding=1, bias=False)
            layers += [conv, nn.BatchNorm2d(width), nn.ReLU()]
            before = width
        layers.append(nn.MaxPool2d(2))
    network = nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(before, 10))
    _draw_weights(network)
    return network


def column_accuracies(
    column: str, *, seeds: Sequence[int], steps: int = DEPTH_STEPS
) -> list[float]:
    """Train a small column on digits in clutter, 16 × 16 pixels; the share of new ones read right.

    Parameters
    ----------
    column : str
        As for `build_column`.
    seeds : sequence of int
        One network each.
    steps : int, default=120
        Steps of Adam with 32 digits each.

    Returns
    -------
    list of float
        One a seed, on 1,000 digits.
    """
    dataset = datasets.load("cluttered_digits", size=16, width=(8.0, 10.0))
    networks = train_on_seeds(
        lambda: build_column(column), dataset, seeds=seeds, steps=steps, learning_rate=DEPTH_RATE
    )
    return accuracies_of(networks, dataset)
