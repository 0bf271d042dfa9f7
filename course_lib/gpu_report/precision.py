"""Hold the device to NumPy: every operation and whole networks, in four precisions."""

import copy
from collections.abc import Iterator
from contextlib import nullcontext
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import models, parity
from course_lib.gpu_report.attempts import attempt
from course_lib.gpu_report.plan import CLASSES, PRECISIONS, Images, Plan
from course_lib.parity.cases import all_cases
from course_lib.parity.compare import Tolerance, relative_error, to_numpy
from course_lib.parity.report import worst_per_operation
from course_lib.parity.runner import tensor_float32

# Of a whole network: the output as a share of max|output|; of the gradients of the image and of
# every parameter the worst |difference| / |gradient|, as lengths of vectors. That is far above the
# rounding of one layer, as a ReLU whose input is turned from one sign to the other passes or stops
# a whole gradient. On a CPU these networks have at most 2e-6 and 5e-3 in float32, 2e-2 and 5e-1 in
# bfloat16; TF32 keeps three bits more than that. A gradient that is missing, or that of something
# else, has an error of 1 or more.
NETWORK_TOLERANCES = {
    "float64": Tolerance(1e-9, 1e-8),
    "float32": Tolerance(1e-5, 2e-2),
    "tf32": Tolerance(1e-2, 4e-1),
    "bfloat16": Tolerance(5e-2, 8e-1),
}


class Check(NamedTuple):
    """One operation or network in one precision; no errors where it could not be run."""

    kind: str  # "operation" or "network"
    name: str
    precision: str
    cases: int
    output_error: float | None
    gradient_error: float | None
    tolerance: Tolerance | None
    passed: bool
    note: str = ""


def check_operations(plan: Plan, device: torch.device) -> Iterator[Check]:
    """Compare the operations one by one, so that one that fails leaves the others be."""
    names = plan.operations or tuple(dict.fromkeys(c.operation for c in all_cases()))
    for precision in PRECISIONS:
        for name in names:
            yield _check_operation(name, precision, device)


def _check_operation(name: str, precision: str, device: torch.device) -> Check:
    rows, why = attempt(lambda: parity.run(device=str(device), dtype=precision, operations=[name]))
    if rows is None:
        return Check("operation", name, precision, 0, None, None, None, False, why)
    (worst,) = worst_per_operation(rows)
    return Check(
        "operation", name, precision, len(rows), worst.output_error, worst.gradient_error,
        worst.tolerance, worst.passed,
    )  # fmt: skip


def check_networks(plan: Plan, device: torch.device) -> Iterator[Check]:
    """Compare whole networks with their NumPy graphs in float64, which run once for each."""
    for images in plan.networks:
        reference, why = attempt(lambda images=images: _reference(images))
        for precision in PRECISIONS:
            if reference is None:
                yield Check("network", images.name, precision, 0, None, None, None, False, why)
            else:
                yield _check_network(images, reference, precision, device)


class _Reference(NamedTuple):
    """Weights, inputs, and what NumPy makes of them in float64."""

    network: nn.Module
    x: NDArray
    grad_y: NDArray
    y: NDArray
    grad_x: NDArray
    gradients: dict[str, NDArray]  # of the parameters that evaluation mode uses


def build_network(images: Images) -> nn.Module:
    """Build a network for these images, for `CLASSES` classes."""
    options = (
        {} if images.padding is None else {"padding": images.padding, "image_size": images.size}
    )
    return models.build(images.network, num_classes=CLASSES, **options)


def _reference(images: Images) -> _Reference:
    from course_lib.numpy_nn.graph import from_torch

    network = build_network(images).eval()
    rng = np.random.default_rng(seed=0)
    shape = (images.batch_size, images.channels, images.size, images.size)
    x = rng.standard_normal(shape, np.float32).astype(np.float64)
    graph = from_torch(copy.deepcopy(network).double(), check=False)
    y = graph.forward(x)
    grad_y = rng.standard_normal(y.shape, np.float32).astype(np.float64)
    grads = graph.backward(grad_y)
    return _Reference(network, x, grad_y, y, grads.grad_x, grads.parameters)


def _check_network(
    images: Images, reference: _Reference, precision: str, device: torch.device
) -> Check:
    allowed = NETWORK_TOLERANCES[precision]
    errors, why = attempt(lambda: _network_errors(reference, precision, device))
    if errors is None:
        return Check("network", images.name, precision, 0, None, None, allowed, False, why)
    passed = errors[0] <= allowed.output and errors[1] <= allowed.gradient  # False for NaN
    return Check("network", images.name, precision, 1, *errors, allowed, passed)


def _network_errors(
    reference: _Reference, precision: str, device: torch.device
) -> tuple[float, float]:
    dtype = torch.float64 if precision == "float64" else torch.float32
    network = copy.deepcopy(reference.network).to(device, dtype)
    x = torch.from_numpy(reference.x).to(device, dtype).requires_grad_()
    with tensor_float32(allowed=precision == "tf32"):
        with autocast(device) if precision == "bfloat16" else nullcontext():
            y = network(x)
        grad_y = torch.from_numpy(reference.grad_y).to(y)
        parameters = [network.get_parameter(name) for name in reference.gradients]
        gradients = torch.autograd.grad(y, [x, *parameters], grad_y)
    output_error = relative_error(y, reference.y, same_dtype=False)
    differences = map(_length_error, gradients, [reference.grad_x, *reference.gradients.values()])
    return output_error, float(np.max(list(differences)))  # np.max hands NaN on, max does not


def autocast(device: torch.device) -> torch.autocast:
    """Multiply in bfloat16 what gains by it, and leave the weights in float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16)


def _length_error(actual: torch.Tensor, expected: NDArray) -> float:
    difference = to_numpy(actual).astype(np.float64) - expected
    return float(np.linalg.norm(difference) / (np.linalg.norm(expected) or 1.0))
