"""Train the network of the CNN microscope and save its weights: python -m tools.microscope_weights.

It learns from the training digits of the course alone (8 x 8 pixels), drawn anew in many ways:
turned, slanted, stretched, with thin and thick lines. About five minutes on one core.
"""

import dataclasses
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import course_lib.live
from course_lib import datasets
from course_lib.datasets.resample import sample_bilinear
from course_lib.live.ink import centered

FILE = Path(course_lib.live.__file__).with_name("microscope_weights.json")
SIZE, COPIES, EPOCHS, SEED = 28, 14, 14, 0


def main() -> None:
    """Train, print the accuracy on the test digits, and write the file."""
    import torch

    from course_lib import training
    from course_lib.live import network_state
    from course_lib.live.ink import as_drawings
    from course_lib.live.torch_network import as_numpy_network

    digits = datasets.load("digits")
    rng = np.random.default_rng(SEED)
    drawn = np.concatenate([drawings(digits.x_train[:, 0], rng) for _ in range(COPIES)])
    data = dataclasses.replace(
        digits,
        x_train=drawn[:, None],
        y_train=np.tile(digits.y_train, COPIES),
        x_test=as_drawings(digits.x_test[:, 0])[:, None],
    )
    torch.manual_seed(SEED)
    network = small_network()
    training.fit(
        network, data, epochs=EPOCHS, batch_size=64, optimizer="adam", learning_rate=4e-3,
        schedule="one_cycle", device="cpu", seed=SEED,
    )  # fmt: skip
    right = training.predict(network, data.x_test).argmax(axis=1) == data.y_test
    print(f"right on {right.mean():.1%} of {len(right)} test digits")
    state = network_state(as_numpy_network(network), dtype="float16")
    FILE.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")


def small_network() -> "torch.nn.Sequential":  # noqa: F821 (torch is imported when called)
    """Build two convolutions with ReLU and pooling, and one linear layer: 9,226 parameters."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(16 * (SIZE // 4) ** 2, 10),
    )  # fmt: skip


def drawings(digits: NDArray, rng: np.random.Generator) -> NDArray:
    """Draw each digit (N, 8, 8) once more, in its own way, and center it: (N, 28, 28)."""
    count = len(digits)
    high = rng.uniform(18, 26, count)
    wide = high * rng.uniform(0.7, 1.1, count)
    angle, slant = np.deg2rad(rng.uniform(-12, 12, count)), rng.uniform(-0.3, 0.3, count)
    away = np.arange(SIZE) + 0.5 - SIZE / 2
    down, right = away[None, :, None], away[None, None, :]
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    rows = cos * down - sin * right
    columns = sin * down + cos * right + slant[:, None, None] * rows
    per_pixel = [digits.shape[-1] / size[:, None, None] for size in (high, wide)]
    middle = (digits.shape[-1] - 1) / 2
    large = sample_bilinear(digits, per_pixel[0] * rows + middle, per_pixel[1] * columns + middle)
    steepness = rng.uniform(1.5, 5, (count, 1, 1))
    edge = rng.uniform(0.25, 0.6, (count, 1, 1))  # low: thick lines
    inked = np.clip((large - edge) * steepness + 0.5, 0, 1)
    return np.array([centered(image) for image in inked], np.float32)


if __name__ == "__main__":
    main()
