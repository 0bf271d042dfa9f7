"""Blocks of voxels like those of a CT scanner, drawn by a rule: nodules among vessels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from course_lib.lessons.volumes_3d.networks import segmenter

SIZE = 16  # voxels along each axis
VESSELS, NODULES = 3, 2
NUM_TRAIN, NUM_TEST = 60, 30
STEPS, BATCH_SIZE, RATE = 40, 4, 0.03
WEIGHT = 10.0  # of a nodule's voxel in the loss: there are about fifty others for each


class Volumes(NamedTuple):
    """Volumes x (N, 1, D, H, W), float32 from 0 to 1, and what each voxel is.

    `tissue` (N, 1, D, H, W) is 0 for the background, 1 for a vessel, 2 for a nodule.
    """

    x: NDArray
    tissue: NDArray


def draw_volumes(count: int, *, seed: int, size: int = SIZE) -> Volumes:
    """Draw volumes with three vessels, which run through the slices, two nodules, and noise.

    A slice shows vessels and nodules as discs of one brightness.

    Parameters
    ----------
    count : int
        Volumes.
    seed : int
        Draws places, radii and noise.
    size : int, default=16
        Voxels along each axis.

    Returns
    -------
    Volumes
        Vessels have radii from 1.2 to 2.6 voxels, nodules from 2 to 3. A nodule that finds no
        free place in 50 tries is left out.

    Examples
    --------
    >>> volumes = draw_volumes(2, seed=0)
    >>> volumes.x.shape, int(volumes.tissue.max())
    ((2, 1, 16, 16, 16), 2)
    """
    rng = np.random.default_rng([seed, 26])
    tissue = np.stack([_tissue(rng, size) for _ in range(count)])[:, None]
    brightness = 0.25 + 0.5 * (tissue > 0) + 0.15 * rng.standard_normal(tissue.shape)
    return Volumes(np.clip(brightness, 0, 1).astype(np.float32), tissue)


def _tissue(rng: np.random.Generator, size: int) -> NDArray:
    depth, row, column = np.indices((size, size, size))
    tissue = np.zeros((size, size, size), np.int64)
    for _ in range(VESSELS):
        place, tilt = rng.uniform(2, size - 3, 2), rng.uniform(-0.25, 0.25, 2)
        along = depth - size / 2
        far = (row - place[0] - tilt[0] * along) ** 2 + (column - place[1] - tilt[1] * along) ** 2
        tissue[far <= rng.uniform(1.2, 2.6) ** 2] = 1
    for _ in range(NODULES):
        for _ in range(50):
            center, radius = rng.uniform(3, size - 4, 3), rng.uniform(2, 3)
            far = (depth - center[0]) ** 2 + (row - center[1]) ** 2 + (column - center[2]) ** 2
            if not tissue[far <= (radius + 1.5) ** 2].any():
                tissue[far <= radius**2] = 2
                break
    return tissue


class Segmented(NamedTuple):
    """What a network finds in new volumes: Dice score, and marked voxels (N, 1, D, H, W)."""

    dice: float
    marks: NDArray


def dice(marks: NDArray, truth: NDArray) -> float:
    """Measure how far marked voxels and true ones agree: 2 |both| / (|marked| + |true|).

    1 is perfect, 0 is no voxel in common.

    References
    ----------
    Dice, 1945, doi:10.2307/1932409.

    Examples
    --------
    >>> dice(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    return float(2 * (marks & truth).sum() / (marks.sum() + truth.sum()))


def segment(kind: str, *, seeds: Sequence[int], width: int | None = None) -> list[Segmented]:
    """Train networks to mark the voxels of nodules, and try them on volumes they have not seen.

    Parameters
    ----------
    kind, width
        As for `networks.segmenter`.
    seeds : sequence of int
        Each draws first weights and batches; the volumes are the same.

    Returns
    -------
    list of Segmented
        One a seed. A voxel is marked above the score that serves the *training* volumes best.
    """
    train, test = draw_volumes(NUM_TRAIN, seed=0), draw_volumes(NUM_TEST, seed=1)
    x, nodules = torch.from_numpy(train.x), train.tissue == 2
    target = torch.from_numpy(nodules.astype(np.float32))
    results = []
    for seed in seeds:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = segmenter(kind, **({} if width is None else {"width": width}))
        _train(network, x, target, seed)
        with torch.inference_mode():
            limit = best_limit(network(x).numpy(), nodules)
            marks = network(torch.from_numpy(test.x)).numpy() > limit
        results.append(Segmented(dice(marks, test.tissue == 2), marks))
    return results


def _train(network: nn.Sequential, x: Tensor, target: Tensor, seed: int) -> None:
    """Train by Adam with one cycle of the rate, and leave the network in eval mode."""
    stepper = torch.optim.Adam(network.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(stepper, RATE, total_steps=STEPS)
    rng, weight = np.random.default_rng(seed), torch.tensor(WEIGHT)
    for _ in range(STEPS):
        picked = torch.from_numpy(rng.choice(len(x), BATCH_SIZE, replace=False))
        scores = network(x[picked])
        loss = functional.binary_cross_entropy_with_logits(
            scores, target[picked], pos_weight=weight
        )
        stepper.zero_grad()
        loss.backward()
        stepper.step()
        schedule.step()
    network.eval()


def best_limit(scores: NDArray, truth: NDArray) -> float:
    """Find the score above which marks have the best Dice score.

    Examples
    --------
    >>> best_limit(np.array([0.1, 0.9, 0.5]), np.array([False, True, False]))
    0.7
    """
    order = np.argsort(-scores.ravel())
    ranked, right = scores.ravel()[order], truth.ravel()[order]
    count = np.arange(1, len(ranked) + 1)
    last = int(np.argmax(2 * np.cumsum(right) / (count + right.sum())))
    return float(ranked[last : last + 2].mean())
