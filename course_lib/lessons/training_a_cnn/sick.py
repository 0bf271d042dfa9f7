"""Trainings with a fault in them, and what three quick checks find."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets, training
from course_lib.training.command import small_cnn

BATCH, RATE = 32, 0.005
FIFTY, MOST_STEPS = 50, 150


class Run(NamedTuple):
    """One training: what its owner sees, and what a test would tell.

    Attributes
    ----------
    losses : (T,)
        Loss of each step, in nats.
    train_accuracy, test_accuracy : float
        Share of right answers on the images trained on, and on 500 others.
    """

    losses: NDArray
    train_accuracy: float
    test_accuracy: float


class Climb(NamedTuple):
    """What the three rungs of the ladder show.

    Attributes
    ----------
    first_loss : float
        Loss before any step, in nats.
    steps_to_fifty : int or None
        Steps until 50 images are known by heart; None where 150 were not enough.
    test_accuracy : float
        Share of 500 unseen digits read right after the training on all.
    """

    first_loss: float
    steps_to_fifty: int | None
    test_accuracy: float


def fresh_cnn(seed: int) -> nn.Sequential:
    """Build the CNN of the notebook for digits, with weights drawn from a seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return small_cnn(1, (8, 8), num_classes=10)


def labels_in_place_and_slipped(
    seeds: Sequence[int], *, images: int = 100, epochs: int = 75
) -> dict[str, list[Run]]:
    """Train on the right labels, and on labels that have slipped to the next image.

    Parameters
    ----------
    seeds : sequence of int
        Each chooses first weights and the order of the images.
    images : int, default=100
        Training images.
    epochs : int, default=75
        Passes over them.

    Returns
    -------
    dict of str to list of Run
        "in place" and "slipped", a run for each seed.
    """
    faults = {"in place": "nothing", "slipped": SLIPPED}
    return {
        name: [_run(fault, seed=seed, images=images, epochs=epochs) for seed in seeds]
        for name, fault in faults.items()
    }


def _run(fault: str, *, seed: int, images: int, epochs: int) -> Run:
    digits, trainer = datasets.load("digits"), _Trainer(fault, seed)
    x, labels = (each[:images] for each in _images_and_labels(fault))
    losses = trainer.train(x, labels, epochs=epochs, seed=seed)
    read = training.predict(trainer.model, x.numpy(), device="cpu").argmax(axis=1)
    known = training.accuracy(read, labels.numpy())
    unseen = training.predict(trainer.model, digits.x_test, device="cpu").argmax(axis=1)
    return Run(np.array(losses), known, training.accuracy(unseen, digits.y_test))


def _images_and_labels(fault: str) -> tuple[torch.Tensor, torch.Tensor]:
    digits = datasets.load("digits")
    labels = torch.from_numpy(digits.y_train)
    return torch.from_numpy(digits.x_train), labels.roll(1) if fault == SLIPPED else labels


SLIPPED = "labels slipped by one"
FAULTS = (
    "nothing",
    "last layer 100 times too loud",
    "old gradients kept",
    "rate 50 times too large",
    SLIPPED,
    "convolutions do not learn",
)


def climb(fault: str, *, seed: int, epochs: int = 4) -> Climb:
    """Take a training with a fault up the sanity ladder.

    Parameters
    ----------
    fault : str
        One of `FAULTS`.
    seed : int
        Chooses first weights and the order of the images.
    epochs : int, default=4
        Passes over all training images on the last rung.

    Returns
    -------
    Climb
        First loss, steps to learn 50 images by heart, test accuracy.
    """
    x, labels = _images_and_labels(fault)
    with torch.no_grad():
        first_loss = nn.functional.cross_entropy(_sick_cnn(fault, seed)(x), labels).item()
    few = _Trainer(fault, seed)
    tries = range(1, MOST_STEPS + 1)
    steps = next((n for n in tries if few.knows_after_step(x[:FIFTY], labels[:FIFTY])), None)
    every = _run(fault, seed=seed, images=len(x), epochs=epochs)
    return Climb(first_loss, steps, every.test_accuracy)


def climb_table(climbs: Mapping[str, Sequence[Climb]]) -> str:
    """Write what each rung showed, a line for each fault, a number for each seed.

    Examples
    --------
    >>> print(climb_table({"nothing": [Climb(2.31, None, 0.956)]}))
    fault                              1: first loss   2: steps to 50   3: unseen read
    nothing                                      2.3                –             0.96
    """
    lines = [f"{'fault':30}{'1: first loss':>18}{'2: steps to 50':>17}{'3: unseen read':>17}"]
    for fault, runs in climbs.items():
        one = " ".join(f"{run.first_loss:.1f}" for run in runs)
        two = " ".join(f"{run.steps_to_fifty or '–'}" for run in runs)
        three = " ".join(f"{run.test_accuracy:.2f}" for run in runs)
        lines.append(f"{fault:30}{one:>18}{two:>17}{three:>17}")
    return "\n".join(lines)


def _sick_cnn(fault: str, seed: int) -> nn.Sequential:
    model = fresh_cnn(seed)
    if fault == "last layer 100 times too loud":
        with torch.no_grad():
            model[-1].weight *= 100
    if fault == "convolutions do not learn":
        model[:6].requires_grad_(False)
    return model


class _Trainer:
    """A network and its optimizer, with one fault."""

    def __init__(self, fault: str, seed: int) -> None:
        self.model = _sick_cnn(fault, seed)
        rate = 50 * RATE if fault == "rate 50 times too large" else RATE
        self.forgets = fault != "old gradients kept"
        learning = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.Adam(learning, lr=rate)

    def train(
        self, x: torch.Tensor, labels: torch.Tensor, *, epochs: int, seed: int
    ) -> list[float]:
        order = training.batches(len(x), batch_size=BATCH, epochs=epochs, seed=seed)
        return [self.step(x[picked], labels[picked]) for _, _, picked in order]

    def step(self, x: torch.Tensor, labels: torch.Tensor) -> float:
        loss = nn.functional.cross_entropy(self.model(x), labels)
        if self.forgets:
            self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def knows_after_step(self, x: torch.Tensor, labels: torch.Tensor) -> bool:
        self.step(x, labels)
        with torch.no_grad():
            return bool((self.model(x).argmax(dim=1) == labels).all())
