"""What notebook 00 measures: the same ten lines from other starts."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets, training


def digits_cnn() -> nn.Sequential:
    """Build the CNN of the notebook, with fresh weights: images (N, 1, 8, 8) to scores (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(128, 10),
    )  # fmt: skip


def readings(seeds: Sequence[int], *, passes: int = 6) -> NDArray:
    """Train the CNN of the notebook from several starts, and let each read the 500 test digits.

    Parameters
    ----------
    seeds : sequence of int
        Each chooses first weights and the order of the images.
    passes : int, default=6
        Passes over the training images.

    Returns
    -------
    (S, 500)
        The class that each of S networks reads in each digit.
    """
    digits = datasets.load("digits")
    read = []
    for seed in seeds:
        torch.manual_seed(seed)
        cnn = digits_cnn()
        training.fit(
            cnn, digits, epochs=passes, batch_size=32, optimizer="momentum", learning_rate=0.1,
            schedule="one_cycle", device="cpu", seed=seed, progress=False,
        )  # fmt: skip
        read.append(training.predict(cnn, digits.x_test, device="cpu").argmax(axis=1))
    return np.array(read)
