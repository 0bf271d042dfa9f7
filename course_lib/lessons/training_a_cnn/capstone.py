"""Train a CNN that is made of the reader's own functions."""

import time
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets
from course_lib.checks import require_int
from course_lib.errors import InvalidValue
from course_lib.lessons.training_a_cnn.parts import PARTS, fault_of, is_open
from course_lib.training import accuracy, batches

FILTERS, KERNEL, HIDDEN, CLASSES = 8, 3, 64, 10
POOLED = (8 - KERNEL + 1) // 2  # pixels on each side of a map after pooling
BATCH, MOMENTUM = 8, 0.9
MEAN, SPREAD = 0.3, 0.4  # of the pixels, about: centered images need fewer steps
Weights = dict[str, NDArray]


class Trained(NamedTuple):
    """What became of a training with the reader's own functions.

    Attributes
    ----------
    test_accuracy : float
        Share of the 500 test digits that are read right.
    own : tuple of str
        Names of the parts that were the reader's.
    from_package : tuple of str
        Names of the parts that stood in.
    losses : list of float
        Loss of each step, in nats.
    seconds : float
        How long the training took.
    """

    test_accuracy: float
    own: tuple[str, ...]
    from_package: tuple[str, ...]
    losses: list[float]
    seconds: float

    def __str__(self) -> str:
        yours = f"{len(self.own)} of {len(PARTS)} parts yours: {', '.join(self.own) or 'none'}"
        return f"{self.test_accuracy:.1%} of 500 unseen digits read right; {yours}"


def train_with(
    mine: Any = None,
    *,
    seed: int = 0,
    epochs: int = 2,
    learning_rate: float = 0.05,
    progress: bool = True,
) -> Trained:
    """Train a CNN on the digits, in NumPy, with the reader's own functions wherever there are any.

    The network is a convolution of eight 3 x 3 kernels, ReLU, max pooling, and two dense layers
    with a ReLU between. What is missing, or not written yet, comes from the package.

    Parameters
    ----------
    mine : mapping, module or other namespace, default=None
        The reader's functions by name, as `PARTS` lists them; None, ... and an empty function count
        as not written. A mapping holds nothing else; of a namespace only these names are read.
    seed : int, default=0
        Chooses first weights and the order of the images.
    epochs : int, default=2
        Passes over the 1,297 training images.
    learning_rate : float, default=0.05
        Rate of the first step; it falls to 0 in a straight line.
    progress : bool, default=True
        Print whose parts they are, and one line an epoch.

    Returns
    -------
    Trained
        The accuracy, and which parts were whose.

    Raises
    ------
    ValueError
        Before any training, if a function is wrong, by name and with the first case in which it
        fails; or if a mapping holds a name that is none of a part.

    Examples
    --------
    >>> trained = train_with({"relu": lambda z: z * (z > 0)}, epochs=1, progress=False)
    >>> trained.own, len(trained.from_package)
    (('relu',), 10)
    """
    require_int("train_with", "epochs", epochs, minimum=1)
    own = _checked(_by_name(mine))
    parts = SimpleNamespace(**{part.name: own.get(part.name, part.package) for part in PARTS})
    from_package = tuple(part.name for part in PARTS if part.name not in own)
    if progress:
        print(f"yours: {', '.join(own) or 'none yet'}")
        print(f"from the package: {', '.join(from_package) or 'none'}")
    started, digits = time.perf_counter(), datasets.load("digits")
    x_train, x_test = (_centered(x) for x in (digits.x_train, digits.x_test))
    weights, losses = fresh_weights(seed), []
    velocity = {name: np.zeros_like(weight) for name, weight in weights.items()}
    steps = epochs * -(-len(x_train) // BATCH)
    order = batches(len(x_train), batch_size=BATCH, epochs=epochs, seed=seed)
    for _, step, picked in order:
        x, target, rate = x_train[picked], digits.y_train[picked], 1 - step / steps
        losses.append(training_step(parts, weights, velocity, x, target, learning_rate * rate))
        if progress and (4 * step + 4) // steps > 4 * step // steps:
            print(f"step {step + 1} of {steps}: loss {np.mean(losses[-20:]):.2f}")
    share = accuracy(forward(parts, weights, x_test).logits.argmax(axis=1), digits.y_test)
    return Trained(share, tuple(own), from_package, losses, time.perf_counter() - started)


def fresh_weights(seed: int) -> Weights:
    """Draw first weights, uniform within 1 / sqrt(inputs of a unit), as PyTorch does."""
    rng = np.random.default_rng(seed)
    shapes = {
        "K": (FILTERS, KERNEL, KERNEL),
        "W1": (HIDDEN, FILTERS * POOLED**2),
        "W2": (CLASSES, HIDDEN),
    }
    weights = {}
    for number, (name, shape) in enumerate(shapes.items()):
        limit = np.prod(shape[1:]) ** -0.5
        weights[name] = rng.uniform(-limit, limit, shape)
        weights[f"b{number}"] = rng.uniform(-limit, limit, shape[0])
    return weights


def training_step(
    parts: Any, w: Weights, velocity: Weights, x: NDArray, target: NDArray, learning_rate: float
) -> float:
    """Go forward, backward and one step down; weights and velocities change in place.

    Parameters
    ----------
    parts : namespace
        A function for each name of `PARTS`.
    w, velocity : dict of arrays
        Weights, as `fresh_weights` makes them, and as many velocities.
    x : (N, 1, 8, 8)
        Images.
    target : (N,)
        Their classes.
    learning_rate : float
        Length of the step.

    Returns
    -------
    float
        The loss before the step, in nats.
    """
    kept = forward(parts, w, x)
    loss = float(parts.cross_entropy(kept.logits, target))
    for name, grad in backward(parts, w, x, target, kept).items():
        stacked = parts.momentum_step(w[name], grad, velocity[name], learning_rate, MOMENTUM)
        w[name], velocity[name] = np.asarray(stacked)
    return loss


class Kept(NamedTuple):
    """What the way forward leaves for the way back."""

    z0: NDArray  # (N, 8, 6, 6)
    h0: NDArray
    rows: NDArray  # (N, 72), the pooled maps laid out
    z1: NDArray  # (N, 64)
    h1: NDArray
    logits: NDArray  # (N, 10)


def forward(parts: Any, w: Weights, x: NDArray) -> Kept:
    """Send images (N, 1, 8, 8) through the network."""
    z0 = _each_filter(parts.correlate, x, w["K"]) + w["b0"][:, None, None]
    h0 = np.asarray(parts.relu(z0))
    rows = np.asarray(parts.max_pool(h0)).reshape(len(x), -1)
    z1 = np.asarray(parts.dense(rows, w["W1"], w["b1"]))
    h1 = np.asarray(parts.relu(z1))
    return Kept(z0, h0, rows, z1, h1, np.asarray(parts.dense(h1, w["W2"], w["b2"])))


def backward(parts: Any, w: Weights, x: NDArray, target: NDArray, kept: Kept) -> Weights:
    """Send the slope of the loss back; give the slopes of all weights by name."""
    grads: Weights = {}
    delta = parts.cross_entropy_backward(kept.logits, target)
    grad_h, grads["W2"], grads["b2"] = parts.dense_backward(delta, kept.h1, w["W2"])
    delta = parts.relu_backward(grad_h, kept.z1)
    grad_rows, grads["W1"], grads["b1"] = parts.dense_backward(delta, kept.rows, w["W1"])
    pooled = np.asarray(grad_rows).reshape(len(x), FILTERS, POOLED, POOLED)
    delta = np.asarray(parts.relu_backward(parts.max_pool_backward(pooled, kept.h0), kept.z0))
    grads["K"] = _each_kernel(parts.grad_weight, x, delta)
    grads["b0"] = delta.sum(axis=(0, 2, 3))
    return grads


def _each_filter(correlate: Callable, x: NDArray, kernels: NDArray) -> NDArray:
    """Correlate with every kernel; all images at once, for they stand on one another.

    image 0   rows 0 to 7     windows that start in rows 0 to 5 are its own,
    image 1   rows 8 to 15    those of rows 6 and 7 lie half in the next image: dropped
    """
    num, _, height, width = x.shape
    tall = x.reshape(num * height, width)
    maps = np.zeros((num, len(kernels), height, width - KERNEL + 1))
    for k, kernel in enumerate(kernels):
        rows = np.zeros((num * height, width - KERNEL + 1))
        rows[: 1 - KERNEL] = correlate(tall, kernel)
        maps[:, k] = rows.reshape(num, height, -1)
    return maps[:, :, : height - KERNEL + 1]


def _each_kernel(grad_weight: Callable, x: NDArray, delta: NDArray) -> NDArray:
    """Sum the slopes of every kernel over all images, which stand on one another again."""
    num, _, height, width = x.shape
    tall = x.reshape(num * height, width)
    spread = np.zeros((num, delta.shape[1], height, delta.shape[3]))
    spread[:, :, : delta.shape[2]] = delta  # zeros where a window would lie in two images
    slopes = [
        grad_weight(tall, spread[:, k].reshape(num * height, -1)[: 1 - KERNEL])
        for k in range(delta.shape[1])
    ]
    return np.array(slopes)


def _centered(x: NDArray) -> NDArray:
    return (x.astype(float) - MEAN) / SPREAD


def _by_name(mine: Any) -> dict[str, Any]:
    """Read the reader's functions by the names of the parts."""
    names = [part.name for part in PARTS]
    if mine is None:
        return {}
    if not isinstance(mine, Mapping):
        return {name: getattr(mine, name, None) for name in names}
    if strange := [name for name in mine if name not in names]:
        raise InvalidValue(
            "train_with", received=f"a function for {', '.join(map(repr, strange))}",
            needed=f"the names {', '.join(names)}", fix="rename or drop it")  # fmt: skip
    return {name: mine.get(name) for name in names}


def _checked(brought: Mapping[str, Any]) -> dict[str, Callable]:
    """Keep what is written and right; if anything is wrong, refuse all, and name each fault."""
    own, wrong = {}, []
    for part in PARTS:
        function = brought.get(part.name)
        if is_open(function):
            continue
        own[part.name] = function
        if fault := fault_of(part, function):
            wrong.append(f"{part.call}: {fault}")
    if wrong:
        told = "".join(f"\n  {line}" for fault in wrong for line in fault.splitlines())
        raise InvalidValue(
            "train_with", received=f"wrong functions, so nothing was trained:{told}",
            needed="functions that return what the package's return",
            fix="mend them, or put ... in their place")  # fmt: skip
    return own
