"""numpy_ops.convolution against torch_ops.convolution, the loops, and central differences."""

from functools import partial

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.convolution import CASES
from course_lib.parity.runner import run_case


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conv2d_matches_its_loops(case):
    inputs = case.inputs(np.random.default_rng(seed=1))
    expected = numpy_ops.conv2d_loops(*inputs, **case.options)
    assert_same(numpy_ops.conv2d(*inputs, **case.options), expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conv2d_passes_gradcheck(case):
    inputs = case.inputs(np.random.default_rng(seed=2))
    gradcheck(partial(numpy_ops.conv2d, **case.options), inputs, rtol=1e-6)


def test_grad_x_is_left_out_on_request():
    rng = np.random.default_rng(seed=3)
    x, weight = rng.standard_normal((2, 3, 7, 11)), rng.standard_normal((5, 3, 3, 2))
    grad_y = rng.standard_normal((2, 5, 5, 10))
    full = numpy_ops.conv2d_backward(grad_y, x, weight)
    partly = numpy_ops.conv2d_backward(grad_y, x, weight, needs_grad_x=False)
    assert partly.grad_x is None
    assert_same(partly.grad_weight, full.grad_weight)
    assert_same(partly.grad_bias, full.grad_bias)
