"""Clouds of points on the surfaces of balls, cubes and rings, and their voxels."""

import numpy as np
from numpy.typing import NDArray

from course_lib.datasets import Dataset

SHAPES = ("ball", "cube", "ring")
POINTS = 200  # in a cloud
GRID = 10  # voxels along each axis
NUM_TRAIN, NUM_TEST = 500, 300
RING, TUBE = 0.72, 0.28  # radii of a ring, and of the tube it is bent from


def clouds(count: int, *, seed: int, turned: bool) -> tuple[NDArray, NDArray]:
    """Draw clouds of 200 points in the unit cube, each on the surface of one shape.

    Parameters
    ----------
    count : int
        Clouds.
    seed : int
        Draws shapes, sizes, points and noise.
    turned : bool
        Whether each is turned to a direction of its own; else cubes stand and rings lie.

    Returns
    -------
    points : (count, 200, 3)
        x, y, z from 0 to below 1, in no order.
    shapes : (count,)
        0 ball, 1 cube, 2 ring.

    Examples
    --------
    >>> points, shapes = clouds(4, seed=0, turned=False)
    >>> points.shape, shapes.shape
    ((4, 200, 3), (4,))
    """
    rng = np.random.default_rng([seed, 27])
    shapes = rng.integers(0, len(SHAPES), count)
    points = np.stack([SURFACES[shape](rng) for shape in shapes])
    if turned:
        points = points @ _turns(rng, count)
    scale = rng.uniform(0.6, 1, (count, 1, 1))
    points = points * scale + 0.03 * rng.standard_normal(points.shape)
    return np.clip(0.5 + points / 2.8, 0, 1 - 1e-9), shapes


def _ball(rng: np.random.Generator) -> NDArray:
    points = rng.standard_normal((POINTS, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def _cube(rng: np.random.Generator) -> NDArray:
    points = rng.uniform(-1, 1, (POINTS, 3))
    points[np.arange(POINTS), rng.integers(0, 3, POINTS)] = rng.choice([-1, 1], POINTS)
    return 0.75 * points


def _ring(rng: np.random.Generator) -> NDArray:
    around, across = rng.uniform(0, 2 * np.pi, (2, POINTS))
    reach = RING + TUBE * np.cos(across)
    return np.stack([reach * np.cos(around), reach * np.sin(around), TUBE * np.sin(across)], axis=1)


SURFACES = (_ball, _cube, _ring)


def _turns(rng: np.random.Generator, count: int) -> NDArray:
    """Draw matrices (count, 3, 3) that turn, none preferred."""
    q, r = np.linalg.qr(rng.standard_normal((count, 3, 3)))
    return q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None]


def voxels(points: NDArray, size: int = GRID) -> NDArray:
    """Mark the voxels of a grid in which there is a point at least.

    Parameters
    ----------
    points : (..., P, 3)
        x, y, z from 0 to below 1.
    size : int, default=10
        Voxels along each axis.

    Returns
    -------
    (..., size, size, size)
        1 or 0, float32; axes z, y, x, as in (D, H, W).

    Examples
    --------
    >>> voxels(np.array([[0.0, 0.6, 0.9]]), 2).ravel().tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    """
    places = np.floor(points * size).astype(int)
    flat = (places[..., 2] * size + places[..., 1]) * size + places[..., 0]
    grid = np.zeros((*points.shape[:-2], size**3), np.float32)
    np.put_along_axis(grid, flat, 1.0, axis=-1)
    return grid.reshape(*points.shape[:-2], size, size, size)


def dataset(*, turned: bool) -> Dataset:
    """Give voxels of standing shapes to learn from, and of standing or turned ones to judge by."""
    (train, y_train), (test, y_test) = (
        clouds(NUM_TRAIN, seed=0, turned=False), clouds(NUM_TEST, seed=1, turned=turned),
    )  # fmt: skip
    x_train, x_test = (voxels(points)[:, None] for points in (train, test))
    return Dataset(x_train, y_train, x_test, y_test, SHAPES, "drawn by course_lib", "BSD-3-Clause")
