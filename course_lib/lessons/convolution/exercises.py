"""Exercises of notebook 02: convolution."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.exercises import Case, Exercise


def image_cases() -> tuple[Case, ...]:
    """Make images and kernels: one to try by hand, then oblong, single-row and whole-image ones."""
    rng = np.random.default_rng(seed=3)
    sizes = [((5, 4), (3, 2)), ((4, 7), (2, 3)), ((1, 6), (1, 3)), ((3, 5), (3, 5))]
    # No ramp: on a ramp a kernel that is flipped along one axis may give right numbers.
    pixels = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0], [0.0, 2.0, 4.0]])
    by_hand = Case("nine pixels, kernel 1 2 / 0 −1", (pixels, np.array([[1.0, 2.0], [0.0, -1.0]])))
    return (
        by_hand,
        *(
            Case(
                f"image {image}, kernel {kernel}", (rng.random(image), rng.standard_normal(kernel))
            )
            for image, kernel in sizes
        ),
    )


def row_cases() -> tuple[Case, ...]:
    """Make kernels and row lengths."""
    rng = np.random.default_rng(seed=4)
    sizes = [(3, 6), (2, 5), (1, 3), (4, 4)]
    return (
        Case("kernel 1 2, row of 4", (np.array([1.0, 2.0]), 4)),
        *(Case(f"kernel of {k}, row of {n}", (rng.standard_normal(k), n)) for k, n in sizes),
    )


# 02.correlate


def correlate(image: NDArray, kernel: NDArray) -> NDArray:
    """Multiply each window with the kernel and add up."""
    height = image.shape[0] - kernel.shape[0] + 1
    width = image.shape[1] - kernel.shape[1] + 1
    y = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            y[i, j] = (window * kernel).sum()
    return y


def correlate_one_short(image: NDArray, kernel: NDArray) -> NDArray:
    """Stop one window early: H - K instead of H - K + 1."""
    return correlate(image, kernel)[:-1, :-1]


def correlate_padded(image: NDArray, kernel: NDArray) -> NDArray:
    """Keep the size of the image by adding zeros below and to the right."""
    rows, columns = kernel.shape
    return correlate(np.pad(image, ((0, rows - 1), (0, columns - 1))), kernel)


def correlate_transposed(image: NDArray, kernel: NDArray) -> NDArray:
    """Swap the rows and columns of the kernel."""
    return correlate(image, kernel.T)


def correlate_flipped(image: NDArray, kernel: NDArray) -> NDArray:
    """Flip the kernel: a true convolution."""
    return correlate(image, kernel[::-1, ::-1])


def correlate_averages(image: NDArray, kernel: NDArray) -> NDArray:
    """Average the products instead of adding them up."""
    return correlate(image, kernel) / kernel.size


# 02.convolve


def convolve(image: NDArray, kernel: NDArray) -> NDArray:
    """Flip the kernel along both axes, then correlate."""
    return numpy_ops.cross_correlate2d(image, kernel[::-1, ::-1])


def convolve_flips_rows_only(image: NDArray, kernel: NDArray) -> NDArray:
    """Flip the kernel along one axis only."""
    return numpy_ops.cross_correlate2d(image, kernel[::-1])


def convolve_flips_image(image: NDArray, kernel: NDArray) -> NDArray:
    """Flip the image instead: right numbers, at mirrored places."""
    return numpy_ops.cross_correlate2d(image[::-1, ::-1], kernel)


def convolve_transposes(image: NDArray, kernel: NDArray) -> NDArray:
    """Swap rows and columns, which is another way of turning the kernel."""
    return numpy_ops.cross_correlate2d(image, kernel.T)


def convolve_turns_by_90(image: NDArray, kernel: NDArray) -> NDArray:
    """Turn the kernel by a quarter only."""
    return numpy_ops.cross_correlate2d(image, np.rot90(kernel))


def convolve_negates(image: NDArray, kernel: NDArray) -> NDArray:
    """Change the sign instead: right for the edge kernels, not in general."""
    return -numpy_ops.cross_correlate2d(image, kernel)


# 02.toeplitz


def toeplitz(kernel: NDArray, length: int) -> NDArray:
    """Put the kernel into each row, one place further right each time."""
    matrix = np.zeros((length - len(kernel) + 1, length))
    for i in range(len(matrix)):
        matrix[i, i : i + len(kernel)] = kernel
    return matrix


def toeplitz_circular(kernel: NDArray, length: int) -> NDArray:
    """Let the kernel wrap around the end: one row too many for each tap after the first."""
    first = np.pad(kernel, (0, length - len(kernel)))
    return np.stack([np.roll(first, i) for i in range(length)])


def toeplitz_transposed(kernel: NDArray, length: int) -> NDArray:
    """Put the kernel into the columns."""
    return toeplitz(kernel, length).T


def toeplitz_flipped(kernel: NDArray, length: int) -> NDArray:
    """Build the matrix of the true convolution."""
    return toeplitz(kernel[::-1], length)


# 02.fft_bug


def fft_convolve_wraps(image: NDArray, kernel: NDArray) -> NDArray:
    """Convolve by FFT, full size — with a bug: pixels that leave on one side come back in."""
    height = image.shape[0] + kernel.shape[0] - 1
    width = image.shape[1] + kernel.shape[1] - 1
    size = image.shape
    spectrum = np.fft.rfft2(image, size) * np.fft.rfft2(kernel, size)
    y = np.fft.irfft2(spectrum, size)
    return np.pad(y, ((0, height - size[0]), (0, width - size[1])))


def fft_convolve(image: NDArray, kernel: NDArray) -> NDArray:
    """Convolve by FFT, full size: room for the whole output, so nothing wraps around."""
    height = image.shape[0] + kernel.shape[0] - 1
    width = image.shape[1] + kernel.shape[1] - 1
    size = (height, width)
    spectrum = np.fft.rfft2(image, size) * np.fft.rfft2(kernel, size)
    return np.fft.irfft2(spectrum, size)


def fft_convolve_rows_only(image: NDArray, kernel: NDArray) -> NDArray:
    """Make room along one axis only."""
    height = image.shape[0] + kernel.shape[0] - 1
    size = (height, image.shape[1])
    y = np.fft.irfft2(np.fft.rfft2(image, size) * np.fft.rfft2(kernel, size), size)
    return np.pad(y, ((0, 0), (0, kernel.shape[1] - 1)))


def fft_correlates(image: NDArray, kernel: NDArray) -> NDArray:
    """Flip the kernel, which the FFT does not ask for."""
    return fft_convolve(image, kernel[::-1, ::-1])


def fft_valid_part(image: NDArray, kernel: NDArray) -> NDArray:
    """Return only the windows that lie inside the image."""
    return numpy_ops.convolve2d(image, kernel)


EXERCISES = [
    Exercise(
        id="02.correlate",
        prompt="Write correlate(image, kernel) with two loops over the windows.",
        solution=correlate,
        cases=image_cases(),
        hints=(
            "How often does the kernel fit along each axis? That is the shape of the result.",
            "The window at (i, j) is image[i : i + K_h, j : j + K_w].",
            "y[i, j] = (window * kernel).sum()",
        ),
        near_misses={
            "one window short": correlate_one_short,
            "padded": correlate_padded,
            "kernel transposed": correlate_transposed,
            "kernel flipped": correlate_flipped,
            "mean for sum": correlate_averages,
        },
    ),
    Exercise(
        id="02.flip",
        prompt="Convolve the row 1 2 0 3 with the kernel 1 2, flip included.",
        solution=np.array([4.0, 4.0, 3.0]),
        why="Flipped, the kernel is 2 1: 2·1 + 1·2 = 4, 2·2 + 1·0 = 4, 2·0 + 1·3 = 3.",
        hints=(
            "How many places are there for a window of 2 in a row of 4?",
            "Write the kernel backwards under the row, multiply what stands above each other, add.",
        ),
        near_misses={
            "without the flip": np.array([5.0, 2.0, 6.0]),
            "full output": np.array([1.0, 4.0, 4.0, 3.0, 6.0]),
            "one window missing": np.array([4.0, 4.0]),
            "a column": np.array([[4.0], [4.0], [3.0]]),
        },
    ),
    Exercise(
        id="02.convolve",
        prompt="Write convolve(image, kernel) with the help of numpy_ops.cross_correlate2d.",
        solution=convolve,
        cases=image_cases(),
        hints=(
            "The two differ only in how the kernel lies on the window.",
            "a[::-1] reverses the first axis of an array.",
        ),
        near_misses={
            "no flip": numpy_ops.cross_correlate2d,
            "rows only": convolve_flips_rows_only,
            "image flipped": convolve_flips_image,
            "sign changed": convolve_negates,
            "kernel transposed": convolve_transposes,
            "quarter turn": convolve_turns_by_90,
        },
    ),
    Exercise(
        id="02.why",
        prompt="Why can a network leave out the flip?",
        solution="d",
        choices={
            "a": "Without the flip there are fewer multiplications.",
            "b": "On photos both operations give the same map.",
            "c": "Flipping only changes the sign of the map, and signs do not matter.",
            "d": "Its kernels are learned: it learns the flipped numbers instead.",
        },
        why="Whatever map a flipped kernel gives, training can reach it with the kernel stored "
        "the other way round; nothing is lost but the name.",
        hints=(
            "Take a kernel that works with the flip. Which kernel does the same without?",
            "Who chooses the numbers in the kernel?",
        ),
        near_misses={"speed": "a", "always equal": "b", "sign": "c"},
    ),
    Exercise(
        id="02.merge",
        prompt="A network correlates a row with 1 2, and the result with 3 −1. Which single kernel "
        "gives the same, by one correlation?",
        solution=np.array([3.0, 5.0, -2.0]),
        why="The convolution of both kernels, in full: 1·3, then 1·(−1) + 2·3, then 2·(−1).",
        hints=(
            "Take the row a b c, the shortest one for which both steps have a result.",
            "First a + 2b and b + 2c, then 3 (a + 2b) − (b + 2c). What stands before a, b and c?",
        ),
        near_misses={
            "correlation of the two": np.array([-1.0, 1.0, 6.0]),
            "number by number": np.array([3.0, -2.0]),
            "sum of the two": np.array([4.0, 1.0]),
            "backward": np.array([-2.0, 5.0, 3.0]),
        },
    ),
    Exercise(
        id="02.toeplitz",
        prompt="Write toeplitz(kernel, length): the matrix that correlates a row with the kernel.",
        solution=toeplitz,
        cases=row_cases(),
        hints=(
            "One row of the matrix for each output, one column for each pixel of the row.",
            "Start from np.zeros((length - K + 1, length)).",
            "Row i holds the kernel in the columns i : i + K.",
        ),
        near_misses={
            "transposed": toeplitz_transposed,
            "wraps around": toeplitz_circular,
            "flipped": toeplitz_flipped,
        },
    ),
    Exercise(
        id="02.fft_bug",
        prompt="Repair fft_convolve: it shall give the full output of a convolution, every place "
        "where the two touch, of shape (H + K_h − 1, W + K_w − 1).",
        solution=fft_convolve,
        given=fft_convolve_wraps,
        cases=image_cases(),
        hints=(
            "The product of two spectra belongs to a *circular* convolution.",
            "What leaves the array on one side comes back in on the other: give it more room.",
            "The arrays under the FFT must be as large as the full output.",
        ),
        near_misses={
            "room for rows only": fft_convolve_rows_only,
            "correlates": fft_correlates,
            "valid part": fft_valid_part,
        },
    ),
]
