"""numpy_ops.conv_transpose against torch_ops.conv_transpose, the loops, and central differences."""

from functools import partial

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.conv_transpose import CASES
from course_lib.parity.runner import run_case


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("case", CASES, ids=str)
def test_matches_its_loops(case):
    inputs = case.inputs(np.random.default_rng(seed=1))
    expected = getattr(numpy_ops, f"{case.operation}_loops")(*inputs, **case.options)
    assert_same(getattr(numpy_ops, case.operation)(*inputs, **case.options), expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_passes_gradcheck(case):
    inputs = case.inputs(np.random.default_rng(seed=2))
    operation = getattr(numpy_ops, case.operation)
    gradcheck(partial(operation, **case.options), inputs, rtol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_is_grad_x_of_a_convolution(case):
    x, weight, _ = case.inputs(np.random.default_rng(seed=3))
    y = numpy_ops.conv_transpose2d(x, weight, **case.options)
    options = {k: v for k, v in case.options.items() if k != "output_padding"}
    output = numpy_ops.conv2d(y, weight, **options)
    if output.shape != x.shape:  # an output_padding beyond the stride makes room for more windows
        assert case.name == "output-padding-below-dilation"
        x = np.pad(x, [(0, o - s) for o, s in zip(output.shape, x.shape, strict=True)])
    expected = numpy_ops.conv2d_backward(x, y, weight, **options).grad_x
    assert_same(y, expected)


def test_grad_x_is_left_out_on_request():
    rng = np.random.default_rng(seed=4)
    x, weight = rng.standard_normal((2, 3, 4, 6)), rng.standard_normal((3, 5, 3, 2))
    grad_y = rng.standard_normal((2, 5, 6, 7))
    full = numpy_ops.conv_transpose2d_backward(grad_y, x, weight)
    partly = numpy_ops.conv_transpose2d_backward(grad_y, x, weight, needs_grad_x=False)
    assert partly.grad_x is None
    assert_same(partly.grad_weight, full.grad_weight)
    assert_same(partly.grad_bias, full.grad_bias)
