"""`course train`: from a data set and the name of a network to test accuracy, in the shell."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.checks import require_int, require_number
from course_lib.errors import InvalidValue
from course_lib.training.loop import fit

if TYPE_CHECKING:
    import torch

    from course_lib.datasets import Dataset

LARGEST_SEED = 2**63 - 1  # that PyTorch takes
SMALLEST_IMAGE = 4  # pixels: two poolings must leave one


def train(options: argparse.Namespace) -> int:
    """Train as the options of `course_lib.cli.add_train` say; print one line an epoch."""
    import torch

    require_int("train", "seed", options.seed, minimum=0)
    require_number("train", "seed", options.seed, maximum=LARGEST_SEED)
    dataset = find_data(options.data, size=options.size)
    torch.manual_seed(options.seed)
    network = find_network(options.network, dataset)
    num_weights = sum(parameter.numel() for parameter in network.parameters())
    print(f"{dataset}\n{options.network}: {num_weights:,} parameters", flush=True)
    fit(
        network, dataset, epochs=options.epochs, batch_size=options.batch_size,
        optimizer=options.optimizer, learning_rate=options.learning_rate,
        schedule=options.schedule, device=options.device, seed=options.seed,
        checkpoint=options.checkpoint, resume=options.resume,
    )  # fmt: skip
    return 0


def find_data(name: str, *, size: int) -> "Dataset":
    """Load a data set of the course, an .npz file, or a folder of pictures of `size` pixels."""
    from course_lib import datasets

    try:
        path = Path(name).expanduser()
    except RuntimeError:
        path = Path(name)  # of nobody's home folder: refused below, as no such data
    if path.is_dir():
        return datasets.from_folder(path, size=size)
    if path.suffix == ".npz":
        return datasets.from_npz(path)
    return datasets.load(name)


def find_network(name: str, dataset: "Dataset") -> "torch.nn.Module":
    """Build "small" or a network of `course_lib.models` for the images of a data set."""
    from course_lib import models

    num_channels, *size = dataset.x_train.shape[1:]
    if name == "small":
        return small_cnn(num_channels, (size[0], size[1]), num_classes=dataset.num_classes)
    facts = models.facts(name)
    wanted = {"num_classes": dataset.num_classes, "in_channels": num_channels}
    wanted |= {"image_size": tuple(size), **facts.single_output}
    return models.build(name, **{k: value for k, value in wanted.items() if k in facts.options})


def small_cnn(
    in_channels: int, image_size: tuple[int, int], *, num_classes: int
) -> "torch.nn.Sequential":
    """Build the network of notebook 16 for images of any size.

    Two convolutions, each with ReLU and pooling, and one fully connected layer.

    Raises
    ------
    ValueError
        If the images are smaller than 4 x 4 pixels.

    Examples
    --------
    >>> small_cnn(1, (8, 8), num_classes=10)[-1]
    Linear(in_features=128, out_features=10, bias=True)
    """
    from torch import nn

    height, width = image_size
    if min(image_size) < SMALLEST_IMAGE:
        raise InvalidValue(
            "small_cnn", received=f"images of {height} x {width} pixels",
            needed=f"at least {SMALLEST_IMAGE} pixels on each axis",
            fix="use larger images")  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(in_channels, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * (height // 4) * (width // 4), num_classes),
    )  # fmt: skip
