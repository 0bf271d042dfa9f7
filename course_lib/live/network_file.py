"""Networks that the microscope reads from a file."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import InvalidValue, MissingFile
from course_lib.numpy_nn import Sequential
from course_lib.training.checkpoints import FIRST_WORDS, load_checkpoint
from course_lib.training.command import small_cnn

if TYPE_CHECKING:
    from torch import nn


def read_network(path: Path) -> "nn.Module | Sequential":
    """Read a network that `torch.save(network, path)` or `course train --checkpoint` wrote.

    `torch.save` also writes a Sequential of `numpy_nn`. A file of it runs the code it holds, so it
    must be one you trust; a checkpoint does not.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds no network, or a checkpoint of another network than "small".
    """
    if not path.is_file():
        raise MissingFile(
            "microscope", received=f"{path}, which is not there", needed="a saved network",
            fix="write it with torch.save(network, path)")  # fmt: skip
    with path.open("rb") as file:
        if file.read(len(FIRST_WORDS)) == FIRST_WORDS:
            return _small_network(path, load_checkpoint(path)["model"])
    import torch

    try:
        network = torch.load(path, map_location="cpu", weights_only=False)
    except Exception as problem:  # whatever the pickle holds may go wrong
        raise _refusal(path, f"which torch.load cannot read ({problem})") from problem
    if not isinstance(network, torch.nn.Module | Sequential):
        raise _refusal(path, f"which holds a {type(network).__name__}")
    return network


def _small_network(path: Path, weights: dict[str, Any]) -> "nn.Module":
    """Rebuild the small network of `course train` around its weights."""
    shapes = {name: tuple(value.shape) for name, value in weights.items()}
    try:
        channels, (classes, features) = shapes["0.weight"][1], shapes["7.weight"]
        side = 4 * math.isqrt(features // shapes["3.weight"][0])
        network = small_cnn(channels, (side, side), num_classes=classes)
        network.load_state_dict(weights)
    except (KeyError, RuntimeError) as problem:
        raise _refusal(path, "a checkpoint of another network than small") from problem
    return network


def _refusal(path: Path, what: str) -> InvalidValue:
    return InvalidValue(
        "microscope", received=f"{path}, {what}",
        needed="a network of torch.save, or a checkpoint of `course train` with --network small "
        "and square images",
        fix="write it with torch.save(network, path)")  # fmt: skip
