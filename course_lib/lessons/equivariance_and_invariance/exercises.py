"""Exercises of notebook 06: equivariance and invariance."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises import Case, Exercise


def map_cases() -> tuple[Case, ...]:
    """Make a map, the map of the shifted input, and the shift."""
    rng = np.random.default_rng(seed=6)
    by_hand = Case("one row", (np.array([[3.0, 4.0, 0.0]]), np.array([[0.0, 3.0, 1.0]]), (0, 1)))
    sizes = [((5, 7), (1, 2)), ((4, 3), (3, 1)), ((6, 6), (0, 5))]
    return (
        by_hand,
        *(
            Case(f"map {size}, shift {shift}", (rng.random(size), rng.random(size), shift))
            for size, shift in sizes
        ),
    )


def matrix_cases() -> tuple[Case, ...]:
    """Make square matrices."""
    rng = np.random.default_rng(seed=7)
    by_hand = Case("three by three", (np.arange(9.0).reshape(3, 3),))
    return (by_hand, *(Case(f"{n} by {n}", (rng.standard_normal((n, n)),)) for n in (2, 5, 8)))


def row_cases() -> tuple[Case, ...]:
    """Make rows of an even number of pixels."""
    rng = np.random.default_rng(seed=8)
    by_hand = Case("a comb", (np.array([4.0, 0.0, 4.0, 0.0, 4.0, 0.0]),))
    return (by_hand, *(Case(f"{n} pixels", (rng.random(n),)) for n in (4, 10)))


# 06.gap


def gap(y: NDArray, y_of_shifted: NDArray, shift: tuple[int, int]) -> float:
    """Compare the map of the shifted image with the shifted map."""
    moved = np.roll(y, shift, axis=(0, 1))
    return np.linalg.norm(y_of_shifted - moved) / np.linalg.norm(y)


def gap_backwards(y: NDArray, y_of_shifted: NDArray, shift: tuple[int, int]) -> float:
    """Shift the map up and left instead."""
    return gap(y, y_of_shifted, (-shift[0], -shift[1]))


def gap_without_shift(y: NDArray, y_of_shifted: NDArray, shift: tuple[int, int]) -> float:
    """Forget to shift the map: this measures invariance."""
    return gap(y, y_of_shifted, (0, 0))


def gap_in_gray_levels(y: NDArray, y_of_shifted: NDArray, shift: tuple[int, int]) -> float:
    """Forget to divide."""
    return gap(y, y_of_shifted, shift) * np.linalg.norm(y)


def gap_axes_swapped(y: NDArray, y_of_shifted: NDArray, shift: tuple[int, int]) -> float:
    """Take down for right."""
    return gap(y, y_of_shifted, shift[::-1])


# 06.share


def share(matrix: NDArray) -> NDArray:
    """Average each wrapped diagonal: entries with the same (column - row) share one weight."""
    size = len(matrix)
    offset = (np.arange(size) - np.arange(size)[:, None]) % size
    kernel = np.array([matrix[offset == d].mean() for d in range(size)])
    return kernel[offset]


def share_unwrapped(matrix: NDArray) -> NDArray:
    """Average diagonals that do not wrap around."""
    size = len(matrix)
    offset = np.arange(size) - np.arange(size)[:, None]
    y = np.empty_like(matrix)
    for d in range(1 - size, size):
        y[offset == d] = matrix[offset == d].mean()
    return y


def share_other_diagonals(matrix: NDArray) -> NDArray:
    """Follow the diagonals from right to left."""
    return share(matrix[:, ::-1])[:, ::-1]


def share_all(matrix: NDArray) -> NDArray:
    """Give all entries one weight: it commutes with shifts, but too much is lost."""
    return np.full_like(matrix, matrix.mean())


def share_sums(matrix: NDArray) -> NDArray:
    """Add up instead of averaging."""
    return share(matrix) * len(matrix)


# 06.blur_bug


def halve_late_blur(row: NDArray) -> NDArray:
    """Halve a row with less damage by shifts — with a bug: it still jumps."""
    kept = row[::2]
    return (np.roll(kept, 1) + 2 * kept + np.roll(kept, -1)) / 4


def halve(row: NDArray) -> NDArray:
    """Blur with 1 2 1, wrapped around, and only then keep every second pixel."""
    blurred = (np.roll(row, 1) + 2 * row + np.roll(row, -1)) / 4
    return blurred[::2]


def halve_odd(row: NDArray) -> NDArray:
    """Keep the other pixels."""
    return halve(np.roll(row, -1))


def halve_sum(row: NDArray) -> NDArray:
    """Forget to divide by 4."""
    return 4 * halve(row)


def halve_pairs(row: NDArray) -> NDArray:
    """Average pairs: two taps, not three."""
    return (row[::2] + row[1::2]) / 2


EXERCISES = [
    Exercise(
        id="06.share",
        prompt="Write share(matrix): replace each entry of a square matrix by the mean of its "
        "wrapped diagonal. The result commutes with every shift.",
        solution=share,
        cases=matrix_cases(),
        hints=(
            "Entries with the same (column − row) % size share one weight.",
            "Compute that offset for all entries: a matrix of numbers from 0 to size − 1.",
            "matrix[offset == d].mean() is the weight of diagonal d; index with offset to fill.",
        ),
        near_misses={
            "not wrapped": share_unwrapped,
            "other diagonals": share_other_diagonals,
            "one weight for all": share_all,
            "sum for mean": share_sums,
        },
    ),
    Exercise(
        id="06.gap",
        prompt="Write gap(y, y_of_shifted, shift): shift the map y (H, W) by shift = (down, "
        "right), wrapped around, and return the norm of its difference to y_of_shifted, "
        "divided by the norm of y.",
        solution=gap,
        cases=map_cases(),
        hints=(
            "np.roll(y, shift, axis=(0, 1)) moves down and right.",
            "np.linalg.norm(a) is the root of the sum of squares.",
        ),
        near_misses={
            "shifted back": gap_backwards,
            "not shifted": gap_without_shift,
            "not divided": gap_in_gray_levels,
            "axes swapped": gap_axes_swapped,
        },
    ),
    Exercise(
        id="06.pool_by_hand",
        prompt="Shift the row 0 3 1 0 0 2 right by one pixel, wrapped around, then take the "
        "largest of each pair.",
        solution=np.array([2.0, 3.0, 0.0]),
        why="Shifted: 2 0 3 1 0 0. Pairs: 2 0, 3 1, 0 0. Unshifted the pairs give 3 1 2: no shift "
        "of it is 2 3 0.",
        hints=(
            "What leaves on the right comes in on the left: write the shifted row down first.",
            "The shifted row is 2 0 3 1 0 0.",
        ),
        near_misses={
            "not shifted": np.array([3.0, 1.0, 2.0]),
            "shifted left": np.array([3.0, 0.0, 2.0]),
            "zeros come in": np.array([0.0, 3.0, 0.0]),
            "overlapping pairs": np.array([2.0, 3.0, 3.0, 1.0, 0.0]),
        },
    ),
    Exercise(
        id="06.smallest_shift",
        prompt="A network has layers of stride 1, 2, 1, 2 and 2. By how many pixels must the input "
        "shift to move the last map by exactly one of its pixels?",
        solution=8,
        why="Strides multiply: 1 · 2 · 1 · 2 · 2 input pixels lie under one pixel of the last map.",
        hints=(
            "After one layer of stride 2, a shift of 2 becomes a shift of 1.",
            "Two such layers need a shift of 4.",
        ),
        near_misses={"two halvings": 4, "number of layers": 5, "one layer": 2, "one pixel": 1},
    ),
    Exercise(
        id="06.blur_bug",
        prompt="Repair halve(row): it should blur with 1 2 1 (divided by 4, wrapped around), so "
        "that a shift by one pixel does less harm; yet the comb 4 0 4 0 4 0 still jumps.",
        solution=halve,
        given=halve_late_blur,
        cases=row_cases(),
        hints=(
            "What does the given code make of 4 0 4 0 4 0, and what of 0 4 0 4 0 4?",
            "After [::2] half of the pixels are gone. Can a later blur bring them back?",
        ),
        near_misses={
            "the other pixels": halve_odd,
            "sum for mean": halve_sum,
            "pairs": halve_pairs,
        },
    ),
    Exercise(
        id="06.why",
        prompt="In the CNN with two poolings, trained on centered digits, each pooling is replaced "
        "by a 3×3 max pooling with stride 1, and it is trained again. How does it read digits "
        "that have moved by 2 pixels?",
        solution="d",
        choices={
            "a": "Badly as before: a maximum takes other pixels when the digit moves.",
            "b": "Somewhat better: windows of 3 overlap, but only shifts by 3 are safe.",
            "c": "Worse: larger windows forget more of the place.",
            "d": "As well as centered ones: with stride 1 the windows move along.",
        },
        why="A maximum over a window treats all places alike, as a convolution does. With stride 1 "
        "there is a window at every place, so its map moves along; the stride was to blame.",
        hints=(
            "Which of the two breaks the equivariance: taking the largest, or leaving windows out?",
            "At stride 1, is there a place for a window that has no window?",
        ),
        near_misses={"the maximum": "a", "the window": "b", "less of the place": "c"},
    ),
]
