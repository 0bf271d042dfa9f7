"""numpy_ops.linear against torch_ops, literal loops, and central differences."""

import numpy as np
import pytest
import torch
from compare import assert_same
from hypothesis import given
from hypothesis import strategies as st

from course_lib import numpy_ops, torch_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.linear import CASES
from course_lib.parity.runner import run_case

LINEAR = [case for case in CASES if case.operation == "linear"]


def linear_loops(x, weight, bias):
    """Spell the formula out, one product at a time."""
    y = np.zeros((*x.shape[:-1], weight.shape[0]))
    for index in np.ndindex(*x.shape[:-1]):
        for o in range(weight.shape[0]):
            y[(*index, o)] = 0.0 if bias is None else bias[o]
            for i in range(weight.shape[1]):
                y[(*index, o)] += weight[o, i] * x[(*index, i)]
    return y


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("case", LINEAR, ids=str)
def test_linear_matches_its_loops(case):
    inputs = case.inputs(np.random.default_rng(seed=1))
    assert_same(numpy_ops.linear(*inputs), linear_loops(*inputs))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_linear_and_flatten_pass_gradcheck(case):
    inputs = case.inputs(np.random.default_rng(seed=2))
    gradcheck(getattr(numpy_ops, case.operation), inputs, rtol=1e-6)


@pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])
def test_grad_x_is_left_out_on_request(side):
    rng = np.random.default_rng(seed=3)
    arrays = [rng.standard_normal(shape) for shape in ((2, 5), (2, 7), (5, 7), (5,))]
    if side is torch_ops:
        arrays = [torch.from_numpy(a) for a in arrays]
    full = side.linear_backward(*arrays)
    partly = side.linear_backward(*arrays, needs_grad_x=False)
    assert partly.grad_x is None
    assert_same(partly.grad_weight, full.grad_weight)
    assert_same(partly.grad_bias, full.grad_bias)


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_linear_is_linear_and_its_backward_is_the_adjoint(n, width, out, seed):
    rng = np.random.default_rng(seed)
    x, other = rng.standard_normal((2, n, width))
    weight, grad_y = rng.standard_normal((out, width)), rng.standard_normal((n, out))
    together = numpy_ops.linear(2 * x - other, weight)
    apart = 2 * numpy_ops.linear(x, weight) - numpy_ops.linear(other, weight)
    np.testing.assert_allclose(together, apart, rtol=0, atol=1e-12)
    grads = numpy_ops.linear_backward(grad_y, x, weight)
    product = np.sum(grad_y * numpy_ops.linear(x, weight))
    np.testing.assert_allclose(np.sum(grads.grad_x * x), product, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.sum(grads.grad_weight * weight), product, rtol=0, atol=1e-12)


def test_flatten_reads_the_last_axis_fastest():
    x = np.random.default_rng(seed=4).standard_normal((2, 3, 5, 7))
    y = numpy_ops.flatten(x)
    assert y.shape == (2, 105)
    for n, c, i, j in np.ndindex(*x.shape):
        assert y[n, (c * 5 + i) * 7 + j] == x[n, c, i, j]


def test_flatten_copies():
    x = np.random.default_rng(seed=5).standard_normal((2, 3, 5))
    assert not np.shares_memory(numpy_ops.flatten(x), x)
    grad_y = numpy_ops.flatten(x)
    assert not np.shares_memory(numpy_ops.flatten_backward(grad_y, x), grad_y)
