"""What becomes of digits, and of slopes, in a chain of dense blocks in NumPy."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets, numpy_ops

WIDTH = 20  # numbers a layer hands on
NUM_DIGITS = 32
SMUDGE = 0.05  # standard deviation of what is added to the gray levels, 0 to 1, of a copy


class Chain(NamedTuple):
    """Digits, weights and slopes that the chain starts from.

    `images` (2 N, 64), N digits and below them their smudged copies; `first` (D, 64); `weights`
    (layers, D, D), two layers a block; and `sent` (2 N, D), the slopes that come in at the end, of
    length 1 in all.
    """

    images: NDArray
    first: NDArray
    weights: NDArray
    sent: NDArray


class Passage(NamedTuple):
    """What was measured before the first block and after each, (blocks + 1,) each.

    `mixed_up`: how far a digit is from its smudged copy, as a share of how far it is from other
    digits; `spread`: standard deviation of all numbers; `slopes`: length of the gradient.
    """

    mixed_up: NDArray
    spread: NDArray
    slopes: NDArray


def random_chain(*, num_blocks: int, seed: int = 0) -> Chain:
    """Draw real digits and He weights for a chain of blocks, in float32.

    Examples
    --------
    >>> random_chain(num_blocks=3).weights.shape
    (6, 20, 20)
    """
    rng = np.random.default_rng(seed)
    digits = datasets.load("digits").x_train[:NUM_DIGITS].reshape(NUM_DIGITS, -1)
    smudged = digits + SMUDGE * rng.standard_normal(digits.shape)
    images = np.concatenate([digits, smudged])
    first = rng.standard_normal((WIDTH, images.shape[1])) * (2 / images.shape[1]) ** 0.5
    weights = rng.standard_normal((2 * num_blocks, WIDTH, WIDTH)) * (2 / WIDTH) ** 0.5
    sent = rng.standard_normal((len(images), WIDTH))
    chain = Chain(images, first, weights, sent / np.linalg.norm(sent))
    return Chain(*(array.astype(np.float32) for array in chain))


def pass_through(chain: Chain, *, blocks: int, shortcut: float) -> Passage:
    """Send digits forward and slopes back through y = relu(F(x) + shortcut · x), block by block.

    Parameters
    ----------
    chain : Chain
        With two weights a block at least.
    blocks : int
        How many blocks to use.
    shortcut : float
        0 for a plain chain, 1 for a residual one.

    Returns
    -------
    Passage
        Measures before the first block and after each.

    Examples
    --------
    >>> chain = random_chain(num_blocks=8)
    >>> plain, residual = (pass_through(chain, blocks=8, shortcut=s) for s in (0, 1))
    >>> bool(plain.mixed_up[-1] > residual.mixed_up[-1])
    True
    """
    images, first, weights, sent = (np.asarray(array, float) for array in chain)
    z = numpy_ops.linear(images, first)
    passed = [np.maximum(_norm(z), 0)]
    for b in range(blocks):
        branch = _branch(passed[-1], *weights[2 * b : 2 * b + 2])[-1]
        passed.append(np.maximum(branch + shortcut * passed[-1], 0))
    slopes = [sent]
    for b in reversed(range(blocks)):
        pair = weights[2 * b : 2 * b + 2]
        slopes.insert(0, _block_backward(slopes[0], passed[b], pair, shortcut))
    return Passage(
        np.array([mixed_up(x) for x in passed]),
        np.array([x.std() for x in passed]),
        np.array([np.linalg.norm(slope) for slope in slopes]),
    )


def mixed_up(x: NDArray) -> float:
    """Compare how far a sample is from its copy with how far it is from the others.

    Parameters
    ----------
    x : (2 N, D)
        N samples, and below them their N copies.

    Returns
    -------
    float
        A mean distance (Euclidean) divided by another: 0 where copies are exact, 1 where they are
        as far as strangers.

    Examples
    --------
    >>> mixed_up(np.array([[0.0], [4.0], [1.0], [4.0]]))
    0.125
    """
    samples, copies = np.split(x, 2)
    own = np.linalg.norm(samples - copies, axis=1).mean()
    others = np.linalg.norm(samples[:, None] - samples, axis=2)
    return float(own / others[~np.eye(len(samples), dtype=bool)].mean())


def _norm(z: NDArray) -> NDArray:
    return numpy_ops.batch_norm(z, None, None, training=True).y


def _branch(x: NDArray, weight1: NDArray, weight2: NDArray) -> tuple[NDArray, ...]:
    """Go through F, and keep every step: its two sums, the ReLU between them, its output."""
    z1 = numpy_ops.linear(x, weight1)
    h = np.maximum(_norm(z1), 0)
    z2 = numpy_ops.linear(h, weight2)
    return z1, h, z2, _norm(z2)


def _block_backward(grad_y: NDArray, x: NDArray, pair: NDArray, shortcut: float) -> NDArray:
    weight1, weight2 = pair
    z1, h, z2, branch = _branch(x, weight1, weight2)
    delta = grad_y * (branch + shortcut * x > 0)
    grad_h = _norm_backward(delta, z2) @ weight2
    return _norm_backward(grad_h * (h > 0), z1) @ weight1 + shortcut * delta


def _norm_backward(grad_y: NDArray, z: NDArray) -> NDArray:
    return numpy_ops.batch_norm_backward(grad_y, z, None, None, training=True).grad_x
