"""Exercises of notebook 26: kernels with a third axis."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from torch import nn

from course_lib.exercises.blocks import as_numbers
from course_lib.exercises.record import Case, Exercise
from course_lib.lessons.volumes_3d.clouds import voxels

# 26.inflate


def inflate(weight: NDArray, length: int) -> NDArray:
    """Repeat each kernel along a new axis of frames, and share the sum among them."""
    return np.repeat(weight[:, :, None], length, axis=2) / length


def inflate_undivided(weight: NDArray, length: int) -> NDArray:
    """Forget that the answers of all frames add up."""
    return np.repeat(weight[:, :, None], length, axis=2)


def inflate_middle(weight: NDArray, length: int) -> NDArray:
    """Put the kernel into the middle frame alone."""
    spread = np.zeros((*weight.shape[:2], length, *weight.shape[2:]))
    spread[:, :, length // 2] = weight
    return spread


def inflate_first(weight: NDArray, length: int) -> NDArray:
    """Put the new axis before the channels."""
    return np.repeat(weight[:, None], length, axis=1) / length


def inflate_last(weight: NDArray, length: int) -> NDArray:
    """Put the new axis at the end."""
    return np.repeat(weight[..., None], length, axis=-1) / length


def inflate_divided_twice(weight: NDArray, length: int) -> NDArray:
    """Divide by the length squared."""
    return np.repeat(weight[:, :, None], length, axis=2) / length**2


# 26.voxels


def voxels_of(points: NDArray, size: int) -> NDArray:
    """Find the voxel of each point, and mark it."""
    return voxels(points, size)


def _marked(size: int, places: NDArray, value: float | None = 1.0) -> NDArray:
    """Mark voxels (z, y, x) of a grid, or count what falls in."""
    grid = np.zeros((size, size, size))
    places = np.clip(places, 0, size - 1)
    if value is None:
        np.add.at(grid, tuple(places.T), 1.0)
    else:
        grid[tuple(places.T)] = value
    return grid


def voxels_rounded(points: NDArray, size: int) -> NDArray:
    """Round where the voxel begins below."""
    return _marked(size, np.rint(points[:, ::-1] * size).astype(int))


def voxels_ends(points: NDArray, size: int) -> NDArray:
    """Take the last voxel for the end of the axis."""
    return _marked(size, np.floor(points[:, ::-1] * (size - 1)).astype(int))


def voxels_nearest_end(points: NDArray, size: int) -> NDArray:
    """Round to the nearest of `size` marks from end to end."""
    return _marked(size, np.rint(points[:, ::-1] * (size - 1)).astype(int))


def voxels_turned(points: NDArray, size: int) -> NDArray:
    """Leave the axes in the order x, y, z."""
    return _marked(size, np.floor(points * size).astype(int))


def voxels_counted(points: NDArray, size: int) -> NDArray:
    """Count the points."""
    return _marked(size, np.floor(points[:, ::-1] * size).astype(int), None)


def voxels_ceiled(points: NDArray, size: int) -> NDArray:
    """Round up."""
    return _marked(size, np.ceil(points[:, ::-1] * size).astype(int))


# 26.block


def _pair(
    before: int,
    after: int,
    *,
    middle: Callable[[int, int], int],
    between: bool = True,
    time_first: bool = False,
    padded: bool = True,
    bias: bool = False,
    space: tuple[int, int, int] = (1, 3, 3),
) -> nn.Module:
    """Build the block of the exercise, or one with a slip."""
    count = middle(before, after)
    kernels = [space, (3, 1, 1)]
    if time_first:
        kernels.reverse()
    first, second = (
        nn.Conv3d(*channels, kernel, bias=bias,
                  padding=tuple(length // 2 if padded else 0 for length in kernel))
        for channels, kernel in zip(((before, count), (count, after)), kernels, strict=True)
    )  # fmt: skip
    layers = [first, *([nn.BatchNorm3d(count), nn.ReLU()] if between else []), second]
    return nn.Sequential(*layers)


def _matched(before: int, after: int) -> int:
    return 27 * before * after // (9 * before + 3 * after)


@as_numbers(sizes=(4, 5, 6))
def block(in_channels: int, out_channels: int) -> nn.Module:
    """Look in each frame, norm and bend, then look along time."""
    middle = 27 * in_channels * out_channels // (9 * in_channels + 3 * out_channels)
    return nn.Sequential(
        nn.Conv3d(in_channels, middle, (1, 3, 3), padding=(0, 1, 1), bias=False),
        nn.BatchNorm3d(middle),
        nn.ReLU(),
        nn.Conv3d(middle, out_channels, (3, 1, 1), padding=(1, 0, 0), bias=False),
    )


def _slip(middle: Callable[[int, int], int] = _matched, **options: bool) -> Callable:
    """Make a near miss of the block."""

    def slipped(in_channels: int, out_channels: int) -> nn.Module:
        return _pair(in_channels, out_channels, middle=middle, **options)

    return as_numbers(slipped, sizes=(4, 5, 6))


BLOCK_SLIPS: Mapping[str, Callable] = {
    "as many channels between as go out": _slip(lambda before, after: after),
    "rounded up": _slip(lambda before, after: _matched(before, after) + 1),
    "in and out exchanged in the number between":
        _slip(lambda before, after: 27 * before * after // (3 * before + 9 * after)),
    "no norm and no ReLU between": _slip(between=False),
    "time before space": _slip(time_first=True),
    "no padding": _slip(padded=False),
    "with biases": _slip(bias=True),
}  # fmt: skip

EXERCISES = [
    Exercise(
        id="26.why",
        prompt="Trained on early movements, frames as channels fails on late ones, and the 3-D "
        "network does not. Why?",
        solution="c",
        choices={
            "a": "The 3-D network has more weights.",
            "b": "With frames as channels a network cannot compare two frames.",
            "c": "With frames as channels each frame has weights of its own.",
            "d": "The 3-D network has met late movements in training.",
        },
        why="What was learned for frames 0 to 4 sits in the weights of these frames; those of the "
        "last frames never saw a movement. A 3-D kernel uses one set of weights at every moment.",
        hints=(
            "Both networks name early movements: what does that rule out?",
            "Notebook 1: what does sharing of weights do for an object in another place?",
        ),
        near_misses={"more weights": "a", "no comparison": "b", "has met them": "d"},
    ),
    Exercise(
        id="26.inflate",
        prompt="Write inflate(weight, length): turn kernels for images (C_out, C_in, K, K) into "
        "kernels for clips (C_out, C_in, length, K, K), all frames alike, that answer to a clip in "
        "which nothing moves as the old ones answer to its frame.",
        solution=inflate,
        cases=(
            Case(
                "two kernels of 2 × 2, 3 frames",
                (np.array([[[[1.0, -2], [4, 3]]], [[[2, 5], [-3, 6]]]]), 3),
            ),
            Case("2 input channels, 4 frames", (np.arange(18.0).reshape(1, 2, 3, 3) - 7, 4)),
            Case("one frame", (np.array([[[[3.0, -1]]]]), 1)),
        ),
        hints=(
            "In a clip that rests each of the `length` frames gives the same sum. What must each "
            "be divided by?",
            "weight[:, :, None] has the new axis; np.repeat fills it.",
        ),
        near_misses={
            "not divided by the length": inflate_undivided,
            "in the middle frame only": inflate_middle,
            "the new axis before the input channels": inflate_first,
            "the new axis at the end": inflate_last,
            "divided by the length twice": inflate_divided_twice,
        },
    ),
    Exercise(
        id="26.block",
        prompt="Write block(in_channels, out_channels): the (2+1)-D pair as a torch.nn.Module, as "
        "the notebook describes it, with the matched number of channels between.",
        solution=block,
        cases=(
            Case("2 channels to 5", (2, 5)),
            Case("6 channels to 2", (6, 2)),
            Case("1 channel to 4", (1, 4)),
            Case("4 channels to 4", (4, 4)),
        ),
        hints=(
            "middle = 27 * in_channels * out_channels // (9 * in_channels + 3 * out_channels).",
            "nn.Conv3d takes kernel and padding as tuples: (1, 3, 3) with (0, 1, 1), and (3, 1, 1) "
            "with (1, 0, 0). No biases.",
            "nn.Sequential of four: convolution, nn.BatchNorm3d(middle), nn.ReLU(), convolution.",
        ),
        near_misses=BLOCK_SLIPS,
    ),
    Exercise(
        id="26.crop",
        prompt="Training keeps 2,400 bytes for every voxel of a crop. You have 6 GB (6 · 10⁹ "
        "bytes) and want two cubic crops a step, with a side that is a multiple of 8. How long "
        "may the side be?",
        solution=104,
        why="6 · 10⁹ / (2 · 2,400) = 1.25 million voxels in each crop; the cube root is 107.7, and "
        "104 = 13 · 8.",
        hints=(
            "How many voxels may each of the two crops have?",
            "The side is the cube root; go down to the next multiple of 8.",
        ),
        near_misses={
            "one crop": 128,
            "not a multiple of 8": 107,
            "rounded up": 112,
            "the square root": 1112,
            "a third of the voxels instead of the cube root": 416664,
            "the side of one crop, halved": 64,
        },
    ),
    Exercise(
        id="26.voxels",
        prompt="Write voxels(points, size): a grid (size, size, size), axes z, y, x, with 1 where "
        "there is a point at least, else 0. Points (P, 3) are x, y, z from 0 to below 1.",
        solution=voxels_of,
        cases=(
            Case(
                "three points, two in one voxel, 3 voxels a side",
                (np.array([[0.1, 0.4, 0.9], [0.2, 0.5, 0.95], [0.7, 0.05, 0.3]]), 3),
            ),
            Case(
                "four points, 4 voxels a side",
                (
                    np.array(
                        [[0.0, 0.74, 0.3], [0.99, 0.26, 0.5], [0.4, 0.6, 0.1], [0.4, 0.6, 0.1]]
                    ),
                    4,
                ),
            ),
            Case("one voxel", (np.array([[0.3, 0.8, 0.5]]), 1)),
        ),
        hints=(
            "Voxel k of an axis reaches from k / size to (k + 1) / size.",
            "places = np.floor(points * size).astype(int), then grid[z, y, x] = 1 with one array "
            "of places for each axis.",
        ),
        near_misses={
            "rounded to the nearest": voxels_rounded,
            "size − 1 steps instead of size": voxels_ends,
            "rounded to marks from end to end": voxels_nearest_end,
            "axes x, y, z": voxels_turned,
            "points counted": voxels_counted,
            "rounded up": voxels_ceiled,
        },
    ),
]
