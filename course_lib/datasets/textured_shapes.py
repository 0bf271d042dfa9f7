"""Colored shapes: three outlines times three textures, nine classes."""

import numpy as np
from numpy.typing import NDArray

from course_lib.datasets.dataset import Dataset
from course_lib.datasets.digits import STREAMS

OUTLINES = ("disc", "square", "triangle")
TEXTURES = ("striped", "checked", "dotted")
CLASS_NAMES = tuple(f"{texture} {outline}" for outline in OUTLINES for texture in TEXTURES)

# Chosen so that the three outlines cover nearly the same area: no class is told by its size.
DISC_RADIUS, SQUARE_HALF_SIDE, TRIANGLE_INRADIUS = 0.95, 0.84, 0.74
MAX_TILT = np.deg2rad(15)
NOISE = 0.04


def textured_shapes(
    *,
    num_train: int = 2000,
    num_test: int = 1000,
    size: int = 32,
    held_out: str = "test",
    seed: int = 0,
) -> Dataset:
    """Draw colored shapes; see `load` for the options."""
    (x_train, y_train), (x_test, y_test) = (
        _draw(count, size, np.random.default_rng([seed, 20 + STREAMS[split]]))
        for split, count in (("train", num_train), (held_out, num_test))
    )
    return Dataset(
        x_train,
        y_train,
        x_test,
        y_test,
        CLASS_NAMES,
        source="drawn by course_lib.datasets",
        licence="that of course_lib, BSD-3-Clause",
    )


def _draw(count: int, size: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Draw images (N, 3, size, size); color, place, size and tilt say nothing about the class."""
    labels = rng.integers(0, len(CLASS_NAMES), count)
    rows, columns = np.mgrid[:size, :size] + 0.5
    inside = _outlines(rows, columns, labels // 3, rng)[:, None]
    bright = _textures(rows, columns, labels % 3, rng)[:, None]
    colors = rng.random((count, 3, 3, 1, 1))  # (N, which of three, RGB, 1, 1)
    colors /= colors.max(axis=2, keepdims=True)
    high, low, ground = colors[:, 0], 0.5 * colors[:, 1], 0.15 * colors[:, 2]
    slope = rng.uniform(-0.2, 0.2, (2, count, 1, 1, 1))
    light = slope[0] * (columns / size - 0.5) + slope[1] * (rows / size - 0.5)
    surface = high * bright + low * (1 - bright)
    x = surface * inside + (ground + light) * (1 - inside)
    x = x + NOISE * rng.standard_normal(x.shape)
    return np.clip(x, 0, 1).astype(np.float32), labels


def _outlines(rows: NDArray, columns: NDArray, kind: NDArray, rng: np.random.Generator) -> NDArray:
    """Give the share of each pixel that lies inside its shape: (N, H, W), from 0 to 1."""
    count, size = len(kind), rows.shape[0]
    radius = size / 32 * rng.uniform(8, 13, count)[:, None, None]
    center = rng.uniform(0.9 * radius, size - 0.9 * radius, (2, count, 1, 1))
    across, down = _turned(columns - center[0], rows - center[1], rng, count)
    disc = np.hypot(across, down) - DISC_RADIUS * radius
    square = np.maximum(abs(across), abs(down)) - SQUARE_HALF_SIDE * radius
    sides = (
        across * np.cos(a) + down * np.sin(a) for a in np.pi / 2 + np.arange(3) * 2 * np.pi / 3
    )
    triangle = np.maximum.reduce(list(sides)) - TRIANGLE_INRADIUS * radius
    distance = np.choose(kind[:, None, None], [disc, square, triangle])
    return np.clip(0.5 - distance, 0, 1)


def _textures(rows: NDArray, columns: NDArray, kind: NDArray, rng: np.random.Generator) -> NDArray:
    """Give the brightness of a texture at each pixel: (N, H, W), from 0 to 1."""
    count, size = len(kind), rows.shape[0]
    across, down = _turned(columns, rows, rng, count)
    period = size / 32 * rng.uniform(4, 6, count)[:, None, None]
    phase = rng.uniform(0, 2 * np.pi, (2, count, 1, 1))
    first = np.sin(2 * np.pi / period * across + phase[0])
    second = np.sin(2 * np.pi / period * down + phase[1])
    stripes, checks, dots = 4 * first, 6 * first * second, 5 * (first + second - 0.75)
    return 1 / (1 + np.exp(-np.choose(kind[:, None, None], [stripes, checks, dots])))


def _turned(
    across: NDArray, down: NDArray, rng: np.random.Generator, count: int
) -> tuple[NDArray, NDArray]:
    """Turn coordinates by a small random angle an image."""
    angle = rng.uniform(-MAX_TILT, MAX_TILT, count)[:, None, None]
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * across + sin * down, cos * down - sin * across
