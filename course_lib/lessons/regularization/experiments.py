"""What notebook 15 measures: a CNN that learns 200 images, left alone and regularized."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from course_lib import datasets
from course_lib.lessons.regularization.networks import NUM_CLASSES, SIZE, Drop, Readers

NUM_IMAGES, NUM_TEST = 200, 500
STEPS, BATCH_SIZE, RATE = 400, 50, 0.003  # of Adam; the rate falls to 0 over the second half


class Method(NamedTuple):
    """What is done against learning by heart; nothing, as it stands.

    `shift` in pixels, the farthest that an image is moved each time it is shown; `turned`, whether
    every second one is turned upside down; `drop`, the shares for dropout; `decay`, the share of
    each weight that is taken away a step, divided by the learning rate; `smoothing`, the share of
    the target that goes to all classes; `num_images`, of the training set; `shuffled`, whether its
    labels are dealt out at random.
    """

    shift: int = 0
    turned: bool = False
    drop: Drop = Drop()
    decay: float = 0.0
    smoothing: float = 0.0
    num_images: int = NUM_IMAGES
    shuffled: bool = False


METHODS = {
    "nothing": Method(),
    "moved by ±1": Method(shift=1),
    "moved by ±4": Method(shift=4),
    "dropout ½": Method(drop=Drop(units=0.5)),
    "spatial dropout 0.2": Method(drop=Drop(maps=0.2)),
    "weight decay": Method(decay=0.1),
    "label smoothing 0.1": Method(smoothing=0.1),
}


class Watched(NamedTuple):
    """Measures during a training, each (looks, networks), after `steps` (looks,) steps.

    Losses in nats. The validation images are 200 that are not trained on.
    """

    steps: NDArray
    train_loss: NDArray
    validation_loss: NDArray
    validation: NDArray
    test: NDArray


class Trained(NamedTuple):
    """Share read right of the training and of 500 test images (networks,), and what was seen."""

    train: NDArray
    test: NDArray
    watched: Watched | None


class Images(NamedTuple):
    """Images (N, networks, 16, 16) and their classes (N, networks), other ones for each network."""

    x: Tensor
    target: Tensor


def images(split: str, *, seeds: Sequence[int], count: int) -> Images:
    """Draw real digits of 8 × 8 pixels, each somewhere on a canvas of 16 × 16.

    Parameters
    ----------
    split : {"train", "validation", "test"}
        No digit is in two of them.
    seeds : sequence of int
        Each draws the images of one network.
    count : int
        How many, for each.

    Returns
    -------
    Images
        Networks stand on the second axis.
    """
    drawn = []
    for seed in seeds:
        held_out = "test" if split == "train" else split
        dataset = datasets.load(
            "shifted_digits", size=SIZE, width=8, num_train=count, num_test=count,
            held_out=held_out, seed=seed,
        )  # fmt: skip
        train = (dataset.x_train, dataset.y_train)
        drawn.append(train if split == "train" else (dataset.x_test, dataset.y_test))
    x, target = (np.stack(each, axis=1) for each in zip(*drawn, strict=True))
    return Images(torch.from_numpy(x[:, :, 0]), torch.from_numpy(target))


def train(
    method: Method, *, seeds: Sequence[int], steps: int = STEPS, look_every: int = 0
) -> Trained:
    """Train one network a seed on batches of 50 images.

    Parameters
    ----------
    method : Method
        What is done against learning by heart.
    seeds : sequence of int
        Each chooses the images, the first weights and the batches of one network.
    steps : int, default=400
        How many.
    look_every : int, default=0
        Measure after each so many steps; 0 measures at the end only.

    Returns
    -------
    Trained
        A value a network.
    """
    given = images("train", seeds=seeds, count=method.num_images)
    rngs = [np.random.default_rng([15, seed]) for seed in seeds]
    if method.shuffled:
        given = given._replace(target=_shuffled(given.target, rngs))
    test = images("test", seeds=seeds, count=NUM_TEST)
    validation = images("validation", seeds=seeds, count=NUM_IMAGES)
    network, looks = Readers(seeds, drop=method.drop), []
    stepper = torch.optim.AdamW(network.parameters(), weight_decay=method.decay)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seeds[0])  # for the masks of dropout
        for step in range(steps):
            if look_every and step % look_every == 0:
                looks.append(_look(network, given, validation, test))
            stepper.param_groups[0]["lr"] = RATE * min(1.0, 2 - 2 * step / steps)
            loss = _losses(network, _batch(given, method, rngs), method.smoothing).sum()
            stepper.zero_grad()
            loss.backward()
            stepper.step()
    watched = None
    if look_every:
        looks.append(_look(network, given, validation, test))
        at = np.append(np.arange(0, steps, look_every), steps)
        watched = Watched(at, *(np.array(each) for each in zip(*looks, strict=True)))
    return Trained(_measured(network, given)[1], _measured(network, test)[1], watched)


def _shuffled(target: Tensor, rngs: Sequence[np.random.Generator]) -> Tensor:
    columns = zip(target.numpy().T, rngs, strict=True)
    return torch.from_numpy(np.stack([rng.permutation(each) for each, rng in columns], axis=1))


def _batch(given: Images, method: Method, rngs: Sequence[np.random.Generator]) -> Images:
    """Take images for each network, and change them as the method says."""
    count, size = len(given.x), min(BATCH_SIZE, len(given.x))
    picked = torch.from_numpy(
        np.stack([r.choice(count, size, replace=False) for r in rngs], axis=1)
    )
    networks = torch.arange(len(rngs))
    x, target = given.x[picked, networks], given.target[picked, networks]
    if method.turned:
        upside_down = torch.from_numpy(np.stack([r.random(size) < 0.5 for r in rngs], axis=1))
        x = torch.where(upside_down[:, :, None, None], x.flip(2, 3), x)
    if method.shift:
        reach = method.shift
        by = np.stack([r.integers(-reach, reach + 1, (size, 2)) for r in rngs], axis=1)
        x = moved(x, torch.from_numpy(by))
    return Images(x, target)


def moved(x: Tensor, by: Tensor) -> Tensor:
    """Move each image down and to the right; what comes in is 0, what leaves is lost.

    Parameters
    ----------
    x : (N, networks, H, W)
        Images.
    by : (N, networks, 2)
        Whole pixels down and to the right, negative for up and left.

    Returns
    -------
    (N, networks, H, W)

    Examples
    --------
    >>> image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> moved(image, torch.tensor([[[0, 1]]]))
    tensor([[[[0., 1.],
              [0., 3.]]]])
    """
    n, networks, height, width = x.shape
    reach = int(by.abs().max())
    padded = functional.pad(x, (reach,) * 4)
    rows = reach - by[..., :1] + torch.arange(height)
    columns = reach - by[..., 1:] + torch.arange(width)
    first, second = torch.arange(n)[:, None, None, None], torch.arange(networks)[:, None, None]
    return padded[first, second, rows[..., :, None], columns[..., None, :]]


def _losses(network: Readers, given: Images, smoothing: float = 0.0) -> Tensor:
    """Give the mean cross-entropy of each network on its images."""
    target = given.target.T
    each = functional.cross_entropy(
        network(given.x).reshape(-1, NUM_CLASSES), target.reshape(-1),
        label_smoothing=smoothing, reduction="none",
    )  # fmt: skip
    return each.reshape(target.shape).mean(dim=1)


def _measured(network: Readers, given: Images) -> tuple[NDArray, NDArray]:
    """Give loss (nats) and share read right of each network, without dropout."""
    network.eval()
    with torch.no_grad():
        losses = _losses(network, given).numpy()
        right = network(given.x).argmax(dim=2) == given.target.T
    network.train()
    return losses, right.double().mean(dim=1).numpy()


def _look(network: Readers, given: Images, validation: Images, test: Images) -> tuple[NDArray, ...]:
    return (
        _measured(network, given)[0],
        *_measured(network, validation),
        _measured(network, test)[1],
    )


class Stopped(NamedTuple):
    """Test accuracy (networks,) at the step with the lowest validation loss, and at the end."""

    steps: NDArray
    early: NDArray
    end: NDArray


def stop_early(watched: Watched) -> Stopped:
    """Go back, for each network, to the look at which its validation loss was lowest.

    Parameters
    ----------
    watched : Watched
        Of a training.

    Returns
    -------
    Stopped
        A value a network.
    """
    best = watched.validation_loss.argmin(axis=0)
    networks = np.arange(watched.test.shape[1])
    return Stopped(watched.steps[best], watched.test[best, networks], watched.test[-1])


def output_draws(
    x: NDArray, w: NDArray, *, p: float, draws: int, rng: np.random.Generator
) -> NDArray:
    """Draw the output w · y of one unit, with dropout on its inputs, many times.

    Parameters
    ----------
    x, w : (D,)
        Inputs and weights.
    p : float
        Share that is dropped.
    draws : int
        How many masks.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    (draws,)
        One output a mask.
    """
    keep = rng.random((draws, len(x))) >= p
    return (keep * x / (1 - p)) @ w
