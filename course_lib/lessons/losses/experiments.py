"""What notebook 14 trains: detectors of a rare digit, and readers of all ten, under many losses."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets, numpy_ops, torch_ops, training

RARE = 8
NOISE = 0.6  # of a bad scanner: standard deviation, where ink is 1
OTHERS = 2  # every other digit is scanned twice as often as an 8: one scan in twenty is an 8
COPIES = 4  # scans of each 8, each with noise of its own
STEPS, BATCH, RATE = 400, 128, 0.01  # Adam, the rate falls in a straight line to 0
READING_STEPS = 300
VALIDATION = 300  # digits at the end of the training set that no network is trained on
TEMPERATURES = np.geomspace(0.3, 10, 200)

Loss = Callable[[Tensor, Tensor], Tensor]


def weighted(weight: float) -> Loss:
    """Make the binary cross-entropy in which a "yes" counts `weight` times."""
    factor = torch.tensor(float(weight))
    return lambda z, t: torch_ops.binary_cross_entropy_with_logits(z, t, pos_weight=factor)


def focal(gamma: float, alpha: float | None = None) -> Loss:
    """Make the binary focal loss."""
    return lambda z, t: torch_ops.binary_focal_loss(z, t, gamma=gamma, alpha=alpha)


DETECTING: dict[str, Loss] = {
    "cross-entropy": weighted(1),
    "weight 3": weighted(3),
    "weight 19": weighted(19),
    "focal γ = 2": focal(2),
    "focal γ = 2, α = 0.75": focal(2, 0.75),
}
READING: dict[str, Loss] = {
    "cross-entropy": torch_ops.cross_entropy,
    "smoothing 0.1": lambda z, t: torch_ops.cross_entropy(z, t, label_smoothing=0.1),
    "focal γ = 2": torch_ops.focal_loss,
}


class Answers(NamedTuple):
    """What a detector says of test scans: the probability of an 8, and the truth, (M,) each."""

    probability: NDArray
    truth: NDArray


class Reading(NamedTuple):
    """What a reader of ten digits says of test scans: logits (M, 10) and labels (M,)."""

    logits: NDArray
    labels: NDArray


def scan(images: NDArray, generator: np.random.Generator) -> NDArray:
    """Scan images (N, 1, 8, 8) badly: every pixel gets noise of its own.

    Examples
    --------
    >>> scan(np.zeros((2, 1, 8, 8)), np.random.default_rng(0)).dtype
    dtype('float32')
    """
    return (images + NOISE * generator.standard_normal(images.shape)).astype(np.float32)


def rare_scans(part: str, generator: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Scan every 8 of a part four times and every other digit eight times.

    Parameters
    ----------
    part : {"train", "test"}
        Of the 997 digits to train on, or of the 500 to test on.
    generator : Generator
        Draws the noise.

    Returns
    -------
    x : (M, 1, 8, 8), float32
        Scans; the 8s come first.
    is_rare : (M,), bool
        Whether it is an 8.
    """
    images, labels = _digits(part)
    rare, others = np.flatnonzero(labels == RARE), np.flatnonzero(labels != RARE)
    chosen = np.concatenate([np.repeat(rare, COPIES), np.repeat(others, COPIES * OTHERS)])
    return scan(images[chosen], generator), labels[chosen] == RARE


def detect(loss: str, *, seeds: Sequence[int], steps: int = STEPS) -> list[Answers]:
    """Train a detector of 8s from each seed, and ask it about the test scans.

    Parameters
    ----------
    loss : str
        A name in `DETECTING`.
    seeds : sequence of int
        Each draws the noise, the first weights and the batches; the same for every loss.
    steps : int, default=400
        Steps of 128 scans.

    Returns
    -------
    list of Answers
        One a seed.
    """
    return [_detect(loss, seed, steps) for seed in seeds]


@cache
def _detect(loss: str, seed: int, steps: int) -> Answers:
    generator = np.random.default_rng([seed, 14])
    x, is_rare = rare_scans("train", generator)
    x_test, truth = rare_scans("test", generator)
    target = is_rare.astype(np.float32)[:, None]
    network = train(DETECTING[loss], x, target, outputs=1, seed=seed, steps=steps)
    logits = training.predict(network, x_test, device="cpu")[:, 0]
    return Answers(numpy_ops.sigmoid(logits.astype(float)), truth)


def train(
    loss: Loss, x: NDArray, target: NDArray, *, outputs: int, seed: int, steps: int = STEPS
) -> nn.Module:
    """Train a small CNN: one convolution with stride 2, ReLU, one dense layer.

    Parameters
    ----------
    loss : callable
        Takes logits (N, outputs) and targets, and gives a scalar.
    x : (M, 1, 8, 8), float32
        Scans.
    target : (M, ...)
        What `loss` takes.
    outputs : int
        Logits a scan.
    seed : int
        Draws the first weights and the batches.
    steps : int, default=400
        Steps of Adam, of 128 scans each.

    Returns
    -------
    Module
        The trained network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        first = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        network = nn.Sequential(first, nn.ReLU(), nn.Flatten(), nn.Linear(256, outputs))
    moves = torch.optim.Adam(network.parameters(), lr=RATE, fused=True)
    fall = torch.optim.lr_scheduler.LambdaLR(moves, lambda step: 1 - step / steps)
    generator = np.random.default_rng([seed, 15])
    images, targets = torch.from_numpy(x), torch.from_numpy(target)
    for _ in range(steps):
        picked = torch.from_numpy(generator.integers(0, len(x), BATCH))
        moves.zero_grad()
        loss(network(images[picked]), targets[picked]).backward()
        moves.step()
        fall.step()
    return network


def found(answers: Answers, threshold: float = 0.5) -> float:
    """Give the recall: the share of the 8s whose probability reaches the threshold.

    Examples
    --------
    >>> found(Answers(np.array([0.9, 0.3, 0.6]), np.array([True, True, False])))
    0.5
    """
    return float((answers.probability[answers.truth] >= threshold).mean())


def false_alarms(answers: Answers, threshold: float = 0.5) -> float:
    """Give the share of the other digits that are taken for an 8."""
    return float((answers.probability[~answers.truth] >= threshold).mean())


def share_right(answers: Answers, threshold: float = 0.5) -> float:
    """Give the accuracy: the share of all scans that are judged right."""
    return training.accuracy(answers.probability >= threshold, answers.truth)


def average_precision(answers: Answers) -> float:
    """Judge the order alone: the precision at each 8 found, from the surest down, averaged.

    Examples
    --------
    >>> order = Answers(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]))
    >>> round(average_precision(order), 3)  # 1 of 1, then 2 of 3
    0.833
    """
    order = np.argsort(-answers.probability, kind="stable")
    hits = answers.truth[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


MEASURES: dict[str, tuple[str, Callable[[Answers, float], float]]] = {
    "right": ("judged right (share)", share_right),
    "found": ("8s found (share)", found),
    "alarms": ("false alarms (share)", false_alarms),
}
Runs = Sequence[Answers]


def measured(
    detectors: Mapping[str, Runs | tuple[Runs, float]], measures: Sequence[str]
) -> dict[str, dict[str, list[float]]]:
    """Measure detectors, each at its threshold.

    Parameters
    ----------
    detectors : mapping of str to sequence of Answers, or to (sequence of Answers, threshold)
        By name; without a threshold it is 0.5.
    measures : sequence of {"right", "found", "alarms"}
        What to measure.

    Returns
    -------
    dict of str to dict of str to list of float
        By the label of the measure and the name of the detector: a share a seed.

    Examples
    --------
    >>> runs = [Answers(np.array([0.9, 0.3]), np.array([True, True]))]
    >>> measured({"plain": runs, "lower": (runs, 0.2)}, ["found"])
    {'8s found (share)': {'plain': [0.5], 'lower': [1.0]}}
    """
    pairs = {name: d if isinstance(d, tuple) else (d, 0.5) for name, d in detectors.items()}
    return {
        label: {name: [measure(a, bar) for a in runs] for name, (runs, bar) in pairs.items()}
        for label, measure in (MEASURES[key] for key in measures)
    }


def read_all(
    counts: Sequence[int], *, seeds: Sequence[int]
) -> "dict[str, list[tuple[Reading, Reading]]]":
    """Train readers with every loss on so many scans; the names are as "cross-entropy, 8,000"."""
    return {
        f"{loss}, {count:,}": read(loss, count, seeds=seeds) for count in counts for loss in READING
    }


def read(loss: str, count: int, *, seeds: Sequence[int]) -> list[tuple[Reading, Reading]]:
    """Train a reader of all ten digits from each seed.

    Parameters
    ----------
    loss : str
        A name in `READING`.
    count : int
        Scans to train on: up to 997 are of different digits; 8,000 show each digit eight times.
    seeds : sequence of int
        As for `detect`.

    Returns
    -------
    list of (Reading, Reading)
        On scans of the validation digits, to set a temperature with, and on test scans.
    """
    return [_read(loss, count, seed) for seed in seeds]


@cache
def _read(loss: str, count: int, seed: int) -> tuple[Reading, Reading]:
    generator = np.random.default_rng([seed, 16])
    images, labels = _digits("train")
    whole, rest = divmod(count, len(labels))
    everyone = np.tile(np.arange(len(labels)), whole)
    chosen = np.concatenate([everyone, generator.permutation(len(labels))[:rest]])
    x = scan(images[chosen], generator)
    network = train(READING[loss], x, labels[chosen], outputs=10, seed=seed, steps=READING_STEPS)
    readings = []
    for part in ("validation", "test"):
        images, shown = (np.tile(array, (4, 1, 1, 1)[: array.ndim]) for array in _digits(part))
        logits = training.predict(network, scan(images, generator), device="cpu")
        readings.append(Reading(logits.astype(float), shown))
    return readings[0], readings[1]


class Confidence(NamedTuple):
    """A reader's confidence, and what it was worth: shares from 0 to 1."""

    accuracy: float
    confidence: float
    error: float


def confidence_of(reading: Reading, *, temperature: float = 1.0) -> Confidence:
    """Compare how sure a reader is of its first choice with how often that is right.

    Parameters
    ----------
    reading : Reading
        Logits and labels.
    temperature : float, default=1
        What the logits are divided by.

    Returns
    -------
    Confidence
        Accuracy, mean confidence, and calibration error.
    """
    p = numpy_ops.softmax(reading.logits / temperature, axis=1)
    right = p.argmax(axis=1) == reading.labels
    sure = p.max(axis=1)
    return Confidence(float(right.mean()), float(sure.mean()), calibration_error(sure, right))


def calibration(probability: NDArray, happened: NDArray, *, bins: int = 10) -> NDArray:
    """Sort answers into bins by their probability; compare what was said with what happened.

    Parameters
    ----------
    probability : (M,)
        From 0 to 1.
    happened : (M,), bool
        Whether it came true.
    bins : int, default=10
        Equally wide; empty ones are left out.

    Returns
    -------
    (bins that are not empty, 3)
        Mean probability, share that came true, number of answers.

    Examples
    --------
    >>> calibration(np.array([0.1, 0.1, 0.9]), np.array([False, True, True]))
    array([[0.1, 0.5, 2. ],
           [0.9, 1. , 1. ]])
    """
    place = np.minimum((probability * bins).astype(int), bins - 1)
    rows = [
        (probability[place == k].mean(), happened[place == k].mean(), (place == k).sum())
        for k in range(bins)
        if (place == k).any()
    ]
    return np.array(rows, float)


def calibration_error(probability: NDArray, happened: NDArray, *, bins: int = 10) -> float:
    """Give the mean distance between what was said and what happened (ECE), from 0 to 1.

    Examples
    --------
    >>> round(calibration_error(np.array([0.1, 0.1, 0.9]), np.array([False, True, True])), 3)
    0.3
    """
    said, came_true, count = calibration(probability, happened, bins=bins).T
    return float(np.average(abs(said - came_true), weights=count))


def best_temperature(reading: Reading) -> float:
    """Find what to divide the logits by, so that the cross-entropy of this reading is least."""
    losses = [
        numpy_ops.cross_entropy(reading.logits / temperature, reading.labels)
        for temperature in TEMPERATURES
    ]
    return float(TEMPERATURES[np.argmin(losses)])


def cooled(runs: Sequence[tuple[Reading, Reading]]) -> list[Confidence]:
    """Divide the scores of each reader by the temperature that suits its validation scans best."""
    return [confidence_of(test, temperature=best_temperature(held)) for held, test in runs]


def honest(answer: NDArray, *, gamma: float = 0.0, weight: float = 1.0) -> NDArray:
    """Give the chance of "yes" for which a loss would have us give this answer.

    The loss of a fair judge is least where the pull of "yes", chance · weight · s(p), and the pull
    of "no", (1 - chance) · s(1 - p), are equal, with s(p) = (1 - p)^γ / p - γ (1 - p)^(γ-1) log p,
    the slope of the focal loss.

    Parameters
    ----------
    answer : any shape
        The probability p that was answered, above 0 and below 1.
    gamma : float, default=0
        Focus of the loss; 0 is cross-entropy.
    weight : float, default=1
        Weight of "yes".

    Returns
    -------
    chance : as `answer`
        The true chance behind it.

    Examples
    --------
    >>> honest(np.array([0.2, 0.5]))
    array([0.2, 0.5])
    >>> honest(np.array([0.5]), weight=19)
    array([0.05])
    """
    yes, no = weight * _steepness(answer, gamma), _steepness(1 - answer, gamma)
    return no / (yes + no)


def _steepness(p: NDArray, gamma: float) -> NDArray:
    return (1 - p) ** gamma / p - gamma * (1 - p) ** (gamma - 1) * np.log(p)


def _digits(part: str) -> tuple[NDArray, NDArray]:
    data = datasets.load("digits")
    if part == "test":
        return data.x_test, data.y_test
    cut = slice(-VALIDATION) if part == "train" else slice(-VALIDATION, None)
    return data.x_train[cut], data.y_train[cut]
