"""Run the twins on the cases and measure how far apart they are."""

import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_choice
from course_lib.errors import InvalidValue
from course_lib.parity.cases import Case, all_cases
from course_lib.parity.compare import (
    GPU_TOLERANCES,
    TOLERANCES,
    Tolerance,
    relative_error,
    to_numpy,
)
from course_lib.selection import select


class Row(NamedTuple):
    """One comparison; errors are shares of the largest reference value."""

    operation: str
    case: str
    output_error: float
    gradient_error: float | None
    tolerance: Tolerance
    passed: bool


def run(
    *,
    device: str = "cpu",
    dtype: str = "float64",
    operations: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> list[Row]:
    """Compare `torch_ops` with `numpy_ops` on every case, outputs and gradients.

    Parameters
    ----------
    device : str, default="cpu"
        Where the torch twin runs, as torch names it: "cpu", "cuda", "cuda:1".
    dtype : {"float64", "float32", "tf32", "bfloat16"}, default="float64"
        Precision of both sides. "tf32" is float32 with TensorFloat-32 allowed on the GPU, which
        "float32" forbids; bfloat16, which NumPy lacks, is held against NumPy's float64.
    operations : collection of str, default=None
        Names to compare; None means all.
    only : collection of str, default=None
        Names of cases: of these operations, compare these cases alone; None means all.

    Returns
    -------
    list of Row
        One for each case, in the order of the course.

    Raises
    ------
    ValueError
        If the dtype, an operation or a case is unknown, or the device is not there.

    Examples
    --------
    >>> rows = run(operations=["conv2d"])
    >>> all(row.passed for row in rows)
    True
    """
    require_choice("parity.run", "dtype", dtype, TOLERANCES)
    _require_device(device)
    wanted = select(all_cases(), command="parity.run", operations=operations, only=only)
    with tensor_float32(allowed=dtype == "tf32"):
        return [run_case(case, device=device, dtype=dtype) for case in wanted]


@contextmanager
def tensor_float32(*, allowed: bool) -> Iterator[None]:
    """Allow or forbid TensorFloat-32 in matrix products and cuDNN, and put both back after."""
    import torch

    switches = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [switch.allow_tf32 for switch in switches]
    try:
        for switch in switches:
            switch.allow_tf32 = allowed
        yield
    finally:
        for switch, value in zip(switches, before, strict=True):
            switch.allow_tf32 = value


def run_case(case: Case, *, device: str = "cpu", dtype: str = "float64") -> Row:
    """Compare the twins on one case."""
    from course_lib import torch_ops

    rng = np.random.default_rng(zlib.crc32(str(case).encode()))
    inputs = case.inputs(rng)
    reference = _Side(numpy_ops, case, lambda a: _cast(a, dtype))
    twin = _Side(torch_ops, case, lambda a: _tensor(_cast(a, dtype), device, dtype))
    same_dtype = dtype != "bfloat16"

    expected, actual = reference.forward(inputs), twin.forward(inputs)
    output_error = _largest_error(actual, expected, same_dtype)
    gradient_error = None
    if hasattr(numpy_ops, f"{case.operation}_backward"):
        grad_y = np.asarray(rng.standard_normal(np.shape(expected[0])))
        gradients = (side.backward(grad_y, inputs) for side in (twin, reference))
        gradient_error = _largest_error(*gradients, same_dtype)
    tolerance = _allowed(case, device, dtype)
    passed = output_error <= tolerance.output and (gradient_error or 0.0) <= tolerance.gradient
    return Row(case.operation, case.name, output_error, gradient_error, tolerance, passed)


def _allowed(case: Case, device: str, dtype: str) -> Tolerance:
    """Take the case's own tolerance, but on a GPU no smaller one than any case has there."""
    own = case.tolerances.get(dtype, TOLERANCES[dtype])
    if not device.startswith("cuda"):
        return own
    return Tolerance(*map(max, own, GPU_TOLERANCES[dtype]))


class _Side(NamedTuple):
    """One of the twins: its module, and how to turn float64 arrays into its inputs."""

    module: ModuleType
    case: Case
    convert: Any

    def forward(self, inputs: tuple[NDArray | None, ...]) -> tuple:
        function = getattr(self.module, self.case.operation)
        return _as_tuple(function(*map(self.convert, inputs), **self._options()))

    def backward(self, grad_y: NDArray, inputs: tuple[NDArray | None, ...]) -> tuple:
        function = getattr(self.module, f"{self.case.operation}_backward")
        arrays = map(self.convert, (grad_y, *inputs))
        return _as_tuple(function(*arrays, **self._options()))

    def _options(self) -> Mapping[str, Any]:
        options = self.case.options.items()
        return {k: self.convert(v) if isinstance(v, np.ndarray) else v for k, v in options}


def _as_tuple(result: Any) -> tuple:
    return result if isinstance(result, tuple) else (result,)


def _cast(array: NDArray | None, dtype: str) -> NDArray | None:
    """Round to `dtype`; bfloat16, which NumPy lacks, is kept in float64 after rounding."""
    import torch

    if array is None or not np.issubdtype(array.dtype, np.floating):
        return array
    if dtype != "bfloat16":
        return array.astype(_memory_dtype(dtype))
    return torch.from_numpy(array).bfloat16().double().numpy()


def _tensor(array: NDArray | None, device: str, dtype: str) -> Any:
    import torch

    if array is None:
        return None
    tensor = torch.from_numpy(array).to(device)
    wanted = getattr(torch, _memory_dtype(dtype))
    return tensor.to(wanted) if tensor.is_floating_point() else tensor


def _memory_dtype(dtype: str) -> str:
    return "float32" if dtype == "tf32" else dtype


def _largest_error(actual: tuple, expected: tuple, same_dtype: bool) -> float:
    """Compare field by field; a field that only one side has is an infinite error."""
    if len(actual) != len(expected):
        return float("inf")
    errors = [0.0]
    for a, e in zip(actual, expected, strict=True):
        if (a is None) != (e is None):
            return float("inf")
        if a is not None:
            errors.append(relative_error(a, to_numpy(e), same_dtype=same_dtype))
    return max(errors)


def _require_device(device: str) -> None:
    import torch

    try:
        torch.zeros(1, device=device).cpu()  # meta can be named, but holds no numbers
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as problem:
        raise InvalidValue(
            "parity.run", received=f"device={device!r}",
            needed="an NVIDIA GPU that PyTorch can use" if "cuda" in str(device)
            else "a device that PyTorch can use on this machine",
            fix='use device="cpu", or install a CUDA build of PyTorch') from problem  # fmt: skip
