"""What notebook 27 measures: which maps survive, what they point at, and small steps that count."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.analysis import activation_maximization
from course_lib.lessons.seeing_what_cnns_learn import maps, networks

ALL = len(networks.PARTS)
DEPTHS = (1, 5, ALL)
QUARTERS = 4
GRAY_LEVEL = 1 / 128  # one of 256, in units of the network's input
SHIFT, ROUGHNESS = 8, 100.0  # of `climb`: pixels, and price of unlike neighbors


def survival(
    network: nn.Module,
    x: Tensor,
    *,
    depths: Iterable[int] = DEPTHS,
    seeds: Iterable[int] = (0, 1, 2),
) -> dict[str, NDArray]:
    """Draw weights anew, make the maps again, and tell how much of their order is left.

    Parameters
    ----------
    network : torch.nn.Module
        The trained network.
    x : (N, 3, 224, 224)
        Images; each is asked about the class that the trained network ranks first.
    depths : iterable of int
        How many of `networks.PARTS` are drawn anew.
    seeds : iterable of int
        Draw the weights.

    Returns
    -------
    dict of str to (depths, seeds)
        By method, the rank correlation with the trained network's maps, a mean over the images.
    """
    target, seeds = networks.first_guesses(network, x), tuple(seeds)
    before = maps.explain(network, x, target)
    found: dict[str, list] = {name: [] for name in maps.METHODS}
    for depth in depths:
        others = [networks.redrawn(network, depth, x=x, seed=seed) for seed in seeds]
        likely = [maps.likeness(before, maps.explain(each, x, target)) for each in others]
        for name in maps.METHODS:
            found[name].append([each[name] for each in likely])
    return {name: np.array(values) for name, values in found.items()}


def asked_otherwise(network: nn.Module, x: Tensor, *, seeds: Iterable[int]) -> dict[str, list]:
    """Ask about classes drawn by chance instead; tell how alike the maps are, by method and seed.

    Parameters
    ----------
    network, x
        As for `survival`.
    seeds : iterable of int
        Draw the classes.

    Returns
    -------
    dict of str to list of float
        Rank correlation with the maps of the first guess, a mean over the images.
    """
    before = maps.explain(network, x, networks.first_guesses(network, x))
    classes = [np.random.default_rng(seed).integers(0, 1000, len(x)) for seed in seeds]
    likely = [
        maps.likeness(before, maps.explain(network, x, torch.from_numpy(each))) for each in classes
    ]
    return {name: [each[name] for each in likely] for name in maps.METHODS}


class Collage(NamedTuple):
    """Four photographs in one image (1, 3, 224, 224), from top left to bottom right."""

    x: Tensor
    names: tuple[str, ...]
    target: Tensor  # (4,): the first guess for each photograph alone


def collage(network: nn.Module, names: Sequence[str] = networks.PHOTOS, *, seed: int) -> Collage:
    """Lay four photographs, each 112 pixels wide, into the quarters of an image, in any order."""
    order = [names[k] for k in np.random.default_rng(seed).permutation(len(names))[:QUARTERS]]
    x = networks.inputs(order)
    small = nn.functional.avg_pool2d(x, 2)
    rows = [torch.cat(list(pair), dim=2) for pair in (small[:2], small[2:])]
    return Collage(torch.cat(rows, dim=1)[None], tuple(order), networks.first_guesses(network, x))


def quarters(values: NDArray) -> NDArray:
    """Tell which share of a map (N, 28, 28) lies in each quarter of the image: (N, 4)."""
    half = values.shape[-1] // 2
    sums = values.reshape(-1, 2, half, 2, half).sum(axis=(2, 4)).reshape(-1, QUARTERS)
    return sums / sums.sum(axis=1, keepdims=True)


def pointing(
    network: nn.Module, names: Sequence[str] = networks.PHOTOS, *, seeds: Iterable[int]
) -> dict[str, list[float]]:
    """Ask about each photograph of a collage; tell which share of the map lies in its quarter.

    Parameters
    ----------
    network : torch.nn.Module
        The trained network.
    names : sequence of str
        Photographs to choose from.
    seeds : iterable of int
        Draw the order; a collage each.

    Returns
    -------
    dict of str to list of float
        By method, a mean over the four questions for each seed. A map that knows nothing of the
        question has 1/4.
    """
    found: dict[str, list[float]] = {name: [] for name in maps.METHODS}
    for seed in seeds:
        made = collage(network, names, seed=seed)
        each = maps.explain(network, made.x.repeat(QUARTERS, 1, 1, 1), made.target)
        for name, values in each.items():
            found[name].append(float(np.diagonal(quarters(values)).mean()))
    return found


class Nudge(NamedTuple):
    """How far the first guess's score fell, image by image, and how many kept their name."""

    falls: NDArray
    kept: int


def nudge(network: nn.Module, x: Tensor, *, levels: float, signs: Tensor) -> Nudge:
    """Move every value of the images by some gray levels of 256, up or down as `signs` says.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode.
    x : (N, C, H, W)
        Images.
    levels : float
        How far each value moves.
    signs : (N, C, H, W)
        −1 or 1.

    Returns
    -------
    Nudge
        Fall of the score of the first guess.
    """
    with torch.no_grad():
        scores, moved = network(x), network(x + levels * GRAY_LEVEL * signs)
    best = scores.argmax(dim=1, keepdim=True)
    falls = (scores.gather(1, best) - moved.gather(1, best))[:, 0]
    return Nudge(falls.numpy(), int((moved.argmax(dim=1, keepdim=True) == best).sum()))


def signed_gradient(network: nn.Module, x: Tensor) -> Tensor:
    """Give the gradient of the first guess's score for each value of the images (N, C, H, W)."""
    leaf = x.detach().clone().requires_grad_()
    scores = network(leaf.clone())
    (grad,) = torch.autograd.grad(scores.amax(dim=1).sum(), leaf)
    return grad


def cosines(
    layers: int = 8, *, guided: bool, width: int = 1024, seeds: Iterable[int] = (0, 1, 2)
) -> NDArray:
    """Send two questions back through random layers; tell how alike they have become.

    Parameters
    ----------
    layers : int, default=8
        Random dense layers with ReLU, whose open half is the same for both.
    guided : bool
        Whether what is negative is dropped at each ReLU.
    width : int, default=1024
        Numbers in each layer.
    seeds : iterable of int
        Draw the weights and the two questions.

    Returns
    -------
    (seeds, layers + 1)
        Cosine between the two gradients, from the output on: about 0 at the start.
    """
    return np.array([_cosines(layers, guided, width, np.random.default_rng(s)) for s in seeds])


def _cosines(layers: int, guided: bool, width: int, rng: np.random.Generator) -> list[float]:
    one, other = rng.standard_normal((2, width))
    found = [_cosine(one, other)]
    for _ in range(layers):
        weight, is_open = rng.standard_normal((width, width)), rng.random(width) < 0.5
        one, other = ((weight @ each) * is_open for each in (one, other))
        if guided:
            one, other = (np.maximum(each, 0) for each in (one, other))
        one, other = (each / np.linalg.norm(each) for each in (one, other))
        found.append(_cosine(one, other))
    return found


def _cosine(one: NDArray, other: NDArray) -> float:
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def expected_cosines(layers: int = 8) -> NDArray:
    """Compute what `cosines` must be for guided backpropagation through endlessly wide layers.

    c' = (sqrt(1 − c²) + (π − arccos c) c) / π, from c = 0

    Returns
    -------
    (layers + 1,)
        From 0 towards 1.

    References
    ----------
    Cho and Saul, 2009, "Kernel methods for deep learning": the arc-cosine kernel of degree 1.

    Examples
    --------
    >>> expected_cosines(2).round(3)
    array([0.   , 0.318, 0.494])
    """
    found = [0.0]
    for _ in range(layers):
        c = found[-1]
        found.append(float((np.sqrt(1 - c * c) + (np.pi - np.arccos(c)) * c) / np.pi))
    return np.array(found)


def forgetting(layers: int = 8, *, seeds: Iterable[int] = (0, 1, 2)) -> dict[str, NDArray]:
    """Give the curves (layers + 1,) of `expected_cosines`, and the means of `cosines`."""
    seeds = tuple(seeds)
    measured = {
        name: cosines(layers, guided=guided, seeds=seeds).mean(axis=0)
        for name, guided in (("guided", True), ("plain gradient", False))
    }
    return {"guided, computed": expected_cosines(layers), **measured}


def climb(
    network: nn.Module, classes: Sequence[int], *, size: int = 128, steps: int = 64, seed: int = 0
) -> Tensor:
    """Climb from noise to an image for each class; neighbors are kept alike, and the image shifts.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode.
    classes : sequence of int
        The scores to make large.
    size : int, default=128
        Pixels along each side.
    steps : int, default=64
        Steps of Adam.
    seed : int, default=0
        Draws the noise and the shifts.

    Returns
    -------
    (classes, 3, size, size)
        Units of the network's input, cut to what a picture can hold.
    """
    generator = torch.Generator().manual_seed(seed)
    rows = range(len(classes))

    def score(x: Tensor) -> Tensor:
        shift = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=generator).tolist()
        rough = (x.diff(dim=2) ** 2).mean() + (x.diff(dim=3) ** 2).mean()
        scores = network(torch.roll(x, shift, dims=(2, 3)))[rows, list(classes)]
        return scores.mean() - ROUGHNESS * rough

    start = torch.Generator().manual_seed(seed)
    shape = (len(classes), 3, size, size)
    made = activation_maximization(score, shape=shape, steps=steps, generator=start)
    return made.clamp(-127 / 128, 1)


def frames(
    network: nn.Module, x: Tensor, depths: Sequence[int], *, place: int = 0, seed: int = 0
) -> dict[str, NDArray]:
    """Make the maps of one image with more and more weights drawn anew.

    Parameters
    ----------
    network, x
        As for `survival`.
    depths : sequence of int
        How many of `networks.PARTS` are drawn anew.
    place : int, default=0
        Which of the images.
    seed : int, default=0
        Draws the weights.

    Returns
    -------
    dict of str to (depths, 28, 28)
        By method.
    """
    one = x[place : place + 1]
    target = networks.first_guesses(network, one)
    others = [networks.redrawn(network, depth, x=x, seed=seed) for depth in depths]
    made = [maps.explain(each, one, target) for each in others]
    return {name: np.concatenate([each[name] for each in made]) for name in maps.METHODS}
