"""The one comparison behind `course parity` and every parity test."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import dtype_name


class Tolerance(NamedTuple):
    """Largest error allowed, as a share of the largest reference value."""

    output: float
    gradient: float


TOLERANCES = {
    "float64": Tolerance(1e-9, 1e-9),
    "float32": Tolerance(1e-6, 5e-6),
    # float32 in memory, but a GPU multiplies with 11 significant bits, NVIDIA's TensorFloat-32: cut
    # off, they cost each of two factors up to 1e-3, which a sum of one product shows in full.
    "tf32": Tolerance(2e-3, 2e-3),
    # 8 significant bits: each rounding may cost 4e-3, and a gradient takes several.
    "bfloat16": Tolerance(1e-2, 2e-2),
}

# cuDNN may convolve by Winograd's transforms, which cost a digit, and adds in an order of its own.
GPU_TOLERANCES = TOLERANCES | {"float32": Tolerance(5e-6, 2e-5)}


def to_numpy(values: Any) -> NDArray:
    """Copy an array or tensor on any device to NumPy; bfloat16 becomes float32."""
    if not hasattr(values, "detach"):
        return np.asarray(values)
    values = values.detach().cpu()
    return (values.float() if dtype_name(values) == "bfloat16" else values).numpy()


def relative_error(actual: Any, expected: Any, *, same_dtype: bool = True) -> float:
    """Return max|actual - expected| / max|expected|, or infinity where they cannot be compared.

    Different shapes, different dtypes (unless `same_dtype` is False), or a NaN or infinity that
    only one side has, all count as an infinite error. Where every expected value is 0 the error
    is max|actual|.

    Examples
    --------
    >>> relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    0.2
    >>> relative_error(np.zeros((1, 3)), np.zeros(3))
    inf
    """
    if same_dtype and dtype_name(actual) != dtype_name(expected):
        return float("inf")
    actual, expected = to_numpy(actual), to_numpy(expected)
    if actual.shape != expected.shape:
        return float("inf")
    if actual.size == 0:
        return 0.0
    finite = np.isfinite(expected)
    if not np.array_equal(actual[~finite], expected[~finite], equal_nan=True):
        return float("inf")
    difference = np.abs(actual[finite].astype(float) - expected[finite]).max(initial=0.0)
    if not np.isfinite(difference):
        return float("inf")
    return float(difference / (np.abs(expected[finite]).max(initial=0.0) or 1.0))
