"""What notebook 25 measures: five kinds of signal, each read by convolutions and by an MLP."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from course_lib import datasets
from course_lib.datasets import Dataset
from course_lib.lessons.signals_1d import networks, signals
from course_lib.training import accuracies_of, train_on_seeds

PLAIN, DILATED = (1,) * 6, (1, 2, 4, 8, 16, 32)


class Reader(NamedTuple):
    """How a network is made and trained: its rate is the best tried on seeds 10 and 11."""

    make: Callable[[], nn.Sequential]
    rate: float
    steps: int
    batch_size: int = 32


MOTION_READERS = {
    "CNN": Reader(networks.motion_cnn, 0.01, 150, 20),
    "MLP": Reader(lambda: networks.mlp(600, 4, hidden=16), 0.03, 150, 20),
}
SYMBOL_READERS = {
    "plain": Reader(lambda: networks.first_symbol_reader(PLAIN), 0.01, 250),
    "dilated": Reader(lambda: networks.first_symbol_reader(DILATED), 0.01, 250),
    "MLP": Reader(lambda: networks.mlp(512, 8, hidden=9), 0.01, 250),
}
SOUND_READERS = {
    "1-D CNN, wave": Reader(networks.wave_cnn, 0.03, 100),
    "2-D CNN, spectrogram": Reader(networks.picture_cnn, 0.01, 100),
    "MLP, wave": Reader(lambda: networks.mlp(1024, 4, hidden=16), 0.01, 300),
    "MLP, spectrogram": Reader(lambda: networks.mlp(33 * 31, 4, hidden=16), 0.01, 300),
}
GENOME_READERS = {
    "scanner": Reader(networks.scanner, 0.01, 300),
    "MLP": Reader(lambda: networks.mlp(400, 2, hidden=16), 0.01, 300),
}


def num_parameters(reader: Reader) -> int:
    """Count the parameters of a reader's network."""
    return sum(parameter.numel() for parameter in reader.make().parameters())


def motions() -> Dataset:
    """Load the recordings of the watch, each channel with mean 0 and spread 1 in training."""
    data = datasets.load("basic_motions")
    middle = data.x_train.mean(axis=(0, 2), keepdims=True)
    spread = data.x_train.std(axis=(0, 2), keepdims=True)
    return replace(
        data, x_train=(data.x_train - middle) / spread, x_test=(data.x_test - middle) / spread
    )


def train(reader: Reader, dataset: Dataset, *, seeds: Sequence[int]) -> list[nn.Module]:
    """Train a reader's network from each seed, by Adam with one cycle of its rate."""
    return train_on_seeds(
        reader.make, dataset, seeds=seeds, steps=reader.steps, batch_size=reader.batch_size,
        learning_rate=reader.rate,
    )  # fmt: skip


def shares_right(
    readers: dict[str, Reader], data: dict[str, Dataset] | Dataset, *, seeds: Sequence[int]
) -> dict[str, list[float]]:
    """Train each reader from each seed and give its shares of right answers on the test set.

    `data` is one data set for all, or one for each by the name of the reader.
    """
    own = data if isinstance(data, dict) else dict.fromkeys(readers, data)
    return {
        name: accuracies_of(train(reader, own[name], seeds=seeds), own[name])
        for name, reader in readers.items()
    }


def sounds_for(readers: dict[str, Reader], *, seed: int = 0) -> dict[str, Dataset]:
    """Give each reader of sounds the form that it reads."""
    forms = signals.sounds(seed=seed)
    return {name: forms["waves" if "wave" in name else "pictures"] for name in readers}


def first_symbol(
    kind: str, *, seeds: Sequence[int], steps: int | None = None, place: int = 0
) -> list[float]:
    """Train networks to name the first of 64 symbols when the last has come.

    Every batch is drawn afresh, so nothing can be learned by heart.

    Parameters
    ----------
    kind : {"plain", "dilated", "MLP"}
        Which of `SYMBOL_READERS`.
    seeds : sequence of int
        Each chooses weights and sequences.
    steps : int, default=None
        Steps of Adam; None is as many as the reader has.
    place : int, default=0
        Which symbol to name instead of the first, 0 to 63.

    Returns
    -------
    list of float
        Share right of 1,000 fresh sequences, one a seed; guessing gives 1/8.
    """
    reader = SYMBOL_READERS[kind]
    return [_first_symbol(reader, seed, steps or reader.steps, place) for seed in seeds]


def _first_symbol(reader: Reader, seed: int, steps: int, place: int) -> float:
    network = fresh(reader, seed=seed)
    rng = np.random.default_rng(seed)

    def loss() -> torch.Tensor:
        x, target = signals.first_symbols(reader.batch_size, rng, place=place)
        return functional.cross_entropy(_last(network, x), torch.from_numpy(target))

    _descend(network, loss, rate=reader.rate, steps=steps)
    x, target = signals.first_symbols(1000, np.random.default_rng([seed, 1]), place=place)
    with torch.no_grad():
        return float((_last(network, x).argmax(dim=1).numpy() == target).mean())


def _last(network: nn.Module, x: NDArray) -> torch.Tensor:
    """Read the logits at the last step, or those of a network that has no steps."""
    logits = network(torch.from_numpy(x))
    return logits[..., -1] if logits.ndim == 3 else logits


def filter_spectra(network: nn.Sequential) -> tuple[NDArray, NDArray]:
    """Measure which frequencies each filter of a network's first layer lets through.

    Returns
    -------
    frequencies : (257,)
        From 0 to half the sample rate, Hz.
    strengths : (C_out, 257)
        Size of the Fourier transform of each filter, its largest set to 1.
    """
    filters = network[0].weight.detach().numpy()[:, 0]
    strengths = np.abs(np.fft.rfft(filters, 512))
    frequencies = np.fft.rfftfreq(512, 1 / signals.SAMPLE_RATE)
    return frequencies, strengths / strengths.max(axis=1, keepdims=True)


class Poet(NamedTuple):
    """A network that learned to guess the next letter, and its loss at the end, in nats."""

    network: nn.Module
    loss: float


def learn_poem(make: Callable[[], nn.Module], *, seed: int, steps: int = 200) -> Poet:
    """Train a network on the whole poem at once: at each letter it is asked for the next."""
    network = _make(make, seed)
    numbers = signals.as_numbers(signals.POEM)
    x = torch.from_numpy(signals.one_hot(numbers[None], num_symbols=len(signals.ALPHABET)))
    target = torch.from_numpy(numbers)

    def loss() -> torch.Tensor:
        return functional.cross_entropy(network(x)[0].T[:-1], target[1:])

    _descend(network, loss, rate=0.03, steps=steps)
    with torch.no_grad():
        return Poet(network, loss().item())


def recite(network: nn.Module, start: str, *, num_letters: int) -> str:
    """Let a network go on with a text, each time by the letter that it finds likeliest."""
    text = start
    for _ in range(num_letters):
        x = signals.one_hot(signals.as_numbers(text)[None], num_symbols=len(signals.ALPHABET))
        with torch.no_grad():
            text += signals.ALPHABET[int(network(torch.from_numpy(x))[0, :, -1].argmax())]
    return text


class Found(NamedTuple):
    """What the strongest filter of a scanner looks for.

    `weight` (4, 12) is the filter; `letters` (4, width) is how often each letter stands at each
    place around where the filter answers most, over all test sequences of class 1.
    """

    weight: NDArray
    letters: NDArray


def strongest_filter(network: nn.Sequential, dataset: Dataset, *, margin: int = 4) -> Found:
    """Find the filter that speaks most for the motif, and line up where it answers."""
    filters, head = network[0], network[-1]
    chosen = int((head.weight[1] - head.weight[0]).argmax())
    x = dataset.x_test[dataset.y_test == 1]
    with torch.no_grad():
        answers = filters(torch.from_numpy(x))[:, chosen].numpy()
    width = filters.kernel_size[0]
    padded = np.pad(x, ((0, 0), (0, 0), (margin, margin)))
    places = answers.argmax(axis=1)[:, None] + np.arange(width + 2 * margin)
    windows = padded[np.arange(len(x))[:, None], :, places]  # (N, width, 4)
    counts = windows.sum(axis=0).T
    return Found(filters.weight[chosen].detach().numpy(), counts / counts.sum(axis=0))


def fresh(reader: Reader, *, seed: int) -> nn.Module:
    """Make a reader's network as it is before training from this seed."""
    return _make(reader.make, seed)


def _make(make: Callable[[], nn.Module], seed: int) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def _descend(
    network: nn.Module, loss: Callable[[], torch.Tensor], *, rate: float, steps: int
) -> None:
    """Take steps of Adam with one cycle of the rate."""
    stepper = torch.optim.Adam(network.parameters(), lr=rate)
    cycle = torch.optim.lr_scheduler.OneCycleLR(stepper, rate, total_steps=steps)
    for _ in range(steps):
        stepper.zero_grad()
        loss().backward()
        stepper.step()
        cycle.step()
