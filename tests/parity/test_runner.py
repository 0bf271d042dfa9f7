"""The parity run: it compares everything, and it can fail."""

import numpy as np
import pytest
import torch

from course_lib import parity, torch_ops
from course_lib.parity.cases.convolution import CASES
from course_lib.parity.report import worst_per_operation
from course_lib.parity.runner import _allowed, run_case

OBLONG = next(case for case in CASES if str(case) == "conv2d-oblong-kernel")
WINOGRAD = next(case for case in CASES if case.tolerances)


def test_rows_cover_the_operations_asked_for():
    rows = parity.run(operations=["conv2d"])
    assert {row.operation for row in rows} == {"conv2d"}
    assert len(rows) == sum(case.operation == "conv2d" for case in CASES)
    assert all(row.passed and row.gradient_error is not None for row in rows)


def test_bfloat16_is_held_against_float64():
    rows = parity.run(dtype="bfloat16", operations=["conv2d"])
    assert all(row.passed for row in rows)
    assert max(row.output_error for row in rows) > 1e-5  # it did run in low precision


def wrong_value(y):
    return y * (1 + 1e-6)


def wrong_shape(y):
    return y[:, :, :, :-1]


def wrong_dtype(y):
    return y.to(torch.float32)


def wrong_nan(y):
    return torch.full_like(y, torch.nan)


@pytest.mark.parametrize("spoil", [wrong_value, wrong_shape, wrong_dtype, wrong_nan])
def test_a_wrong_output_fails(monkeypatch, spoil):
    right = torch_ops.conv2d
    monkeypatch.setattr(torch_ops, "conv2d", lambda *a, **k: spoil(right(*a, **k)))
    row = run_case(OBLONG)
    assert not row.passed
    assert row.output_error > row.tolerance.output


@pytest.mark.parametrize("field", ["grad_x", "grad_weight", "grad_bias"])
def test_a_wrong_gradient_fails(monkeypatch, field):
    right = torch_ops.conv2d_backward

    def spoiled(*arrays, **options):
        grads = right(*arrays, **options)
        return grads._replace(**{field: getattr(grads, field) * 1.001})

    monkeypatch.setattr(torch_ops, "conv2d_backward", spoiled)
    row = run_case(OBLONG)
    assert not row.passed
    assert row.output_error <= row.tolerance.output


def test_a_missing_gradient_fails(monkeypatch):
    right = torch_ops.conv2d_backward
    monkeypatch.setattr(
        torch_ops, "conv2d_backward", lambda *a, **k: right(*a, **k)._replace(grad_x=None)
    )
    assert run_case(OBLONG).gradient_error == np.inf


@pytest.mark.parametrize(
    "options, text",
    [
        pytest.param({"dtype": "int8"}, "dtype as one of", id="dtype"),
        pytest.param({"operations": ["conv9d"]}, "operations as one of", id="operation"),
    ],
)
def test_unknown_options_are_refused(options, text):
    with pytest.raises(ValueError, match=text):
        parity.run(**options)


def test_a_missing_gpu_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="needs an NVIDIA GPU"):
        parity.run(device="cuda", operations=["conv2d"])


@pytest.mark.parametrize("dtype, allowed", [("float32", False), ("tf32", True)])
def test_tensor_float32_is_allowed_only_when_asked_for(monkeypatch, dtype, allowed):
    seen = []
    right = torch_ops.conv2d

    def spy(*arrays, **options):
        seen.append((torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32))
        return right(*arrays, **options)

    monkeypatch.setattr(torch_ops, "conv2d", spy)
    before = torch.backends.cudnn.allow_tf32
    assert all(row.passed for row in parity.run(dtype=dtype, operations=["conv2d"]))
    assert set(seen) == {(allowed, allowed)}
    assert torch.backends.cudnn.allow_tf32 == before


@pytest.mark.parametrize("dtype", parity.TOLERANCES)
@pytest.mark.parametrize("case", [OBLONG, WINOGRAD], ids=str)
def test_a_gpu_may_round_more_and_never_has_to_round_less(case, dtype):
    on_cpu, on_gpu = (_allowed(case, device, dtype) for device in ("cpu", "cuda:1"))
    assert on_gpu.output >= on_cpu.output and on_gpu.gradient >= on_cpu.gradient
    assert (on_gpu > on_cpu) == ((case, dtype) == (OBLONG, "float32"))
    assert on_cpu == case.tolerances.get(dtype, parity.TOLERANCES[dtype])


def test_cases_of_one_operation_are_merged_wherever_they_stand():
    rows = [
        parity.Row("a", "1", 1e-3, None, parity.TOLERANCES["float64"], True),
        parity.Row("b", "1", 0.0, 2e-3, parity.TOLERANCES["float64"], True),
        parity.Row("a", "2", 2e-3, 1e-4, parity.TOLERANCES["float64"], False),
    ]
    first, second = worst_per_operation(rows)
    assert (first.operation, first.case, first.output_error) == ("a", "2", 2e-3)
    assert (first.gradient_error, first.passed) == (1e-4, False)
    assert (second.operation, second.case, second.gradient_error) == ("b", "1", 2e-3)
