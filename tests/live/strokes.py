"""Digits drawn as strokes of a pen: drawings that no network was trained on."""

from itertools import pairwise

import numpy as np

SIZE = 28


def arc(center, radii, start, end, count=24):
    """Place points on an ellipse, angles in degrees, clockwise from the right."""
    turn = np.deg2rad(np.linspace(start, end, count))
    return np.stack([center[0] + radii[0] * np.cos(turn), center[1] + radii[1] * np.sin(turn)], 1)


def line(*corners):
    """Place points along straight pieces from corner to corner."""
    pieces = [
        np.linspace(a, b, 12)[(0 if k == 0 else 1) :] for k, (a, b) in enumerate(pairwise(corners))
    ]
    return np.concatenate(pieces)


def joined(*parts):
    return np.concatenate(parts)


# Ways to write each digit, as strokes in a unit box: x to the right, y down.
WAYS = {
    0: [[arc((0.5, 0.5), (0.36, 0.5), -90, 270)], [arc((0.5, 0.5), (0.28, 0.5), -60, 300)]],
    1: [[line((0.5, 0), (0.5, 1))], [line((0.28, 0.25), (0.55, 0), (0.55, 1))]],
    2: [[joined(arc((0.5, 0.28), (0.36, 0.28), -170, 35), line((0.8, 0.44), (0.12, 1), (0.9, 1)))]],
    3: [
        [
            joined(
                arc((0.45, 0.25), (0.36, 0.25), -150, 80),
                arc((0.45, 0.74), (0.4, 0.26), -80, 150),
            )
        ]
    ],
    4: [[line((0.6, 0), (0.1, 0.65), (0.95, 0.65)), line((0.7, 0.35), (0.7, 1))]],
    5: [
        [joined(line((0.85, 0), (0.25, 0), (0.2, 0.42)), arc((0.45, 0.68), (0.4, 0.31), -120, 140))]
    ],
    6: [[joined(line((0.7, 0), (0.35, 0.3)), arc((0.5, 0.7), (0.34, 0.3), -150, -510))]],
    7: [[line((0.1, 0), (0.9, 0), (0.4, 1))]],
    8: [[joined(arc((0.5, 0.25), (0.3, 0.25), 90, 450), arc((0.5, 0.74), (0.37, 0.25), -90, 270))]],
    9: [
        [joined(arc((0.5, 0.3), (0.33, 0.3), -20, 340), line((0.82, 0.3), (0.75, 1)))],
        [joined(arc((0.48, 0.28), (0.33, 0.28), 0, 360), arc((0.2, 0.55), (0.61, 0.45), -30, 70))],
    ],
}


def points_of(digit, rng):
    """Write a digit in some way: strokes of points on a pad of 28 x 28 pixels, anywhere on it."""
    ways = WAYS[digit]
    high = rng.uniform(13, 20)
    wide = high * rng.uniform(0.6, 0.9)
    slant, turn = rng.uniform(-0.2, 0.2), np.deg2rad(rng.uniform(-8, 8))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    strokes = []
    for stroke in ways[rng.integers(len(ways))]:
        wave = np.sin(np.linspace(0, rng.uniform(2, 7), len(stroke)) + rng.uniform(0, 6))
        points = (stroke + 0.03 * wave[:, None] * rng.standard_normal(2) - 0.5) * [wide, high]
        points[:, 0] -= slant * points[:, 1]
        strokes.append(points @ rotation.T)
    everything = np.concatenate(strokes)
    low, top = everything.min(axis=0), everything.max(axis=0)
    corner = rng.uniform(2, np.maximum(SIZE - 2 - (top - low), 2.01))
    return [points - low + corner for points in strokes]
