"""numpy_ops.convolution against torch_ops.convolution, the loops, and central differences."""

from functools import partial

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops, torch_ops
from course_lib.contracts.convolution import check_conv
from course_lib.gradcheck import gradcheck
from course_lib.numpy_ops import algorithms
from course_lib.parity.cases.convolution import CASES, LARGE_CASES, SMALL_CASES
from course_lib.parity.runner import run_case


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("case", SMALL_CASES, ids=str)
def test_matches_its_loops(case):
    inputs = case.inputs(np.random.default_rng(seed=1))
    expected = getattr(numpy_ops, f"{case.operation}_loops")(*inputs, **case.options)
    assert_same(getattr(numpy_ops, case.operation)(*inputs, **case.options), expected)


@pytest.mark.parametrize("case", SMALL_CASES, ids=str)
def test_passes_gradcheck(case):
    inputs = case.inputs(np.random.default_rng(seed=2))
    operation = getattr(numpy_ops, case.operation)
    gradcheck(partial(operation, **case.options), inputs, rtol=1e-6)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_grad_x_is_left_out_on_request(rank):
    rng = np.random.default_rng(seed=3)
    x, weight = rng.standard_normal((2, 3, 4, 5, 6)[: 2 + rank]), rng.standard_normal((5, 3))
    weight = weight.reshape(5, 3, *(1,) * rank)
    grad_y = rng.standard_normal((2, 5, *x.shape[2:]))
    backward = getattr(numpy_ops, f"conv{rank}d_backward")
    full, partly = backward(grad_y, x, weight), backward(grad_y, x, weight, needs_grad_x=False)
    assert partly.grad_x is None
    assert_same(partly.grad_weight, full.grad_weight)
    assert_same(partly.grad_bias, full.grad_bias)


@pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_signatures_of_all_ranks_are_alike(side, rank):
    documented = getattr(side, f"conv{rank}d").__annotations__
    assert list(documented) == list(side.conv2d.__annotations__)


def test_an_infinity_stays_in_the_windows_that_hold_it():
    rng = np.random.default_rng(seed=4)
    x = rng.standard_normal((1, 32, 20, 21)).astype("float32")
    x[0, 3, 10, 11] = np.inf
    y = numpy_ops.conv2d(x, rng.standard_normal((33, 32, 3, 3)).astype("float32"))
    touched = np.zeros((18, 19), bool)
    touched[8:11, 9:12] = True
    np.testing.assert_array_equal(np.isfinite(y[0]), np.broadcast_to(~touched, y.shape[1:]))


@pytest.mark.parametrize("case", LARGE_CASES, ids=str)
def test_the_large_cases_are_done_by_winograd(case):
    x, weight, _ = case.inputs(np.random.default_rng(seed=5))
    geometry = check_conv(
        "conv2d", x, weight, None, num_axes=2, stride=1, dilation=1, groups=1, **case.options
    )
    assert algorithms.select_algorithm(x, weight, geometry) is algorithms.winograd
