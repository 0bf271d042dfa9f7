"""Real handwritten digits: as they are, moved about on a larger canvas, and among clutter."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_finite
from course_lib.datasets.dataset import Dataset
from course_lib.datasets.resample import paste
from course_lib.errors import InvalidValue

SOURCE = (
    "scikit-learn load_digits: 1,797 digits by 43 people, from E. Alpaydin and C. Kaynak, 1998, "
    "Optical Recognition of Handwritten Digits, UCI Machine Learning Repository"
)
LICENSE = "CC BY 4.0 (UCI); as distributed with scikit-learn, BSD-3-Clause"
CLASS_NAMES = tuple("0123456789")
DIGIT_SIZE = 8
NUM_TRAIN, NUM_VALIDATION = 997, 300  # and the other 500 for the test

# Each split draws from its own stream: asking for more test images changes no training image.
STREAMS = {"train": 0, "validation": 1, "test": 2}


class Pool(NamedTuple):
    """Digits (N, 8, 8), float32 from 0 to 1, that one split draws from, and their labels."""

    images: NDArray
    labels: NDArray


@cache
def pools() -> dict[str, Pool]:
    """Split the 1,797 digits, always the same way, into three pools that share no image."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(1234).permutation(len(digits.target))
    images = (digits.images[order] / 16).astype(np.float32)
    labels = digits.target[order].astype(np.int64)
    ends = (NUM_TRAIN, NUM_TRAIN + NUM_VALIDATION)
    parts = zip(np.split(images, ends), np.split(labels, ends), strict=True)
    return {split: Pool(*part) for split, part in zip(STREAMS, parts, strict=True)}


def digits() -> Dataset:
    """Load the 8 x 8 digits: 1,297 to train on, 500 to test on.

    The last 300 of the training images are the ones that the larger data sets use for validation.
    """
    train, validation, test = pools().values()
    return Dataset(
        x_train=np.concatenate([train.images, validation.images])[:, None],
        y_train=np.concatenate([train.labels, validation.labels]),
        x_test=test.images[:, None].copy(),
        y_test=test.labels.copy(),
        class_names=CLASS_NAMES,
        source=SOURCE,
        licence=LICENSE,
    )


def shifted_digits(
    *,
    num_train: int = 2000,
    num_test: int = 1000,
    size: int = 28,
    width: float | tuple[float, float] = (14, 20),
    train_shift: float | None = None,
    test_shift: float | None = None,
    held_out: str = "test",
    seed: int = 0,
) -> Dataset:
    """Draw digits, each at a random place on a (size, size) canvas; see `load` for the options."""
    splits = [("train", num_train, train_shift), (held_out, num_test, test_shift)]
    widths = _width_range(width, size)
    (x_train, y_train), (x_test, y_test) = (
        _shifted(split, count, shift, size=size, widths=widths, seed=seed)
        for split, count, shift in splits
    )
    source = f"{SOURCE}; moved to random places by course_lib"
    return Dataset(x_train, y_train, x_test, y_test, CLASS_NAMES, source, LICENSE)


def cluttered_digits(
    *,
    num_train: int = 2000,
    num_test: int = 1000,
    size: int = 32,
    width: float | tuple[float, float] = (16, 22),
    held_out: str = "test",
    seed: int = 0,
) -> Dataset:
    """Draw digits, tilted and noisy, among pieces of others; see `load` for the options."""
    widths = _width_range(width, size)
    (x_train, y_train), (x_test, y_test) = (
        _cluttered(split, count, size=size, widths=widths, seed=seed)
        for split, count in (("train", num_train), (held_out, num_test))
    )
    source = f"{SOURCE}; moved, tilted and mixed with pieces of other digits by course_lib"
    return Dataset(x_train, y_train, x_test, y_test, CLASS_NAMES, source, LICENSE)


def _shifted(
    split: str,
    count: int,
    max_shift: float | None,
    *,
    size: int,
    widths: tuple[float, float],
    seed: int,
) -> tuple[NDArray, NDArray]:
    rng = np.random.default_rng([seed, STREAMS[split]])
    chosen = rng.integers(0, len(pools()[split].labels), count)
    images, labels = (part[chosen] for part in pools()[split])
    width = rng.uniform(*widths, count)
    if widths == (DIGIT_SIZE, DIGIT_SIZE):
        centers = _whole_pixel_places(rng, count, size=size, max_shift=max_shift)
    else:
        centers = _places(rng, width, size=size, max_shift=max_shift)
    return paste(images, size=size, width=width, centers=centers)[:, None], labels


def _cluttered(
    split: str, count: int, *, size: int, widths: tuple[float, float], seed: int
) -> tuple[NDArray, NDArray]:
    """One whole digit, two 4 x 4 pieces of other digits, uneven contrast and noise."""
    rng = np.random.default_rng([seed, 10 + STREAMS[split]])
    pool = pools()[split]
    chosen = rng.integers(0, len(pool.labels), count)
    width = rng.uniform(*widths, count)
    centers = _places(rng, width, size=size, max_shift=None)
    tilt = np.deg2rad(rng.uniform(-15, 15, count))
    x = paste(pool.images[chosen], size=size, width=width, centers=centers, angle=tilt)
    for _ in range(2):
        pieces = _pieces(pool.images[rng.integers(0, len(pool.labels), count)], rng)
        x = np.maximum(
            x,
            paste(
                pieces,
                size=size,
                width=rng.uniform(*widths, count),
                centers=rng.uniform(0, size, (count, 2)),
                angle=rng.uniform(0, 2 * np.pi, count),
            ),
        )
    x = x * rng.uniform(0.6, 1, (count, 1, 1)) + 0.1 * rng.standard_normal(x.shape)
    return np.clip(x, 0, 1).astype(np.float32)[:, None], pool.labels[chosen]


def _pieces(images: NDArray, rng: np.random.Generator) -> NDArray:
    """Cut a random 4 x 4 piece out of each image and put it in the middle of an empty one."""
    n = np.arange(len(images))[:, None, None]
    corner = rng.integers(0, DIGIT_SIZE - 4 + 1, (len(images), 2, 1))
    rows, columns = corner[:, 0] + np.arange(4), corner[:, 1] + np.arange(4)
    pieces = np.zeros_like(images)
    pieces[:, 2:6, 2:6] = images[n, rows[:, :, None], columns[:, None, :]]
    return pieces


def _places(
    rng: np.random.Generator, width: NDArray, *, size: int, max_shift: float | None
) -> NDArray:
    """Draw centers (N, 2) so that each digit lies whole on the canvas, near its middle if asked."""
    room = (size - width)[:, None] / 2
    reach = room if max_shift is None else np.minimum(room, max_shift)
    return size / 2 + rng.uniform(-1, 1, (len(width), 2)) * reach


def _whole_pixel_places(
    rng: np.random.Generator, count: int, *, size: int, max_shift: float | None
) -> NDArray:
    """Draw centers (N, 2) at which the pixels of a digit fall on pixels of the canvas."""
    middle, half = size // 2, DIGIT_SIZE // 2
    reach = size if max_shift is None else int(max_shift)
    lowest, highest = max(middle - reach, half), min(middle + reach, size - half)
    return rng.integers(lowest, highest + 1, (count, 2))


def _width_range(width: float | tuple[float, float], size: int) -> tuple[float, float]:
    pair = width if isinstance(width, tuple | list) else (width, width)
    if len(pair) != 2:
        raise InvalidValue(
            "datasets.load", received=f"width={width} with {len(pair)} numbers",
            needed="a width, or (narrowest, widest)", fix="give one number or two")  # fmt: skip
    low, high = (require_finite("datasets.load", "width", edge) for edge in pair)
    if not 4 <= low <= high <= size:
        raise InvalidValue(
            "datasets.load", received=f"width={width} and size={size}",
            needed=f"a width, or (narrowest, widest), from 4 pixels to the canvas of {size}",
            fix="make the digits smaller or the canvas larger")  # fmt: skip
    return low, high
