"""numpy_ops.correlation against torch_ops.correlation, the loops, and central differences."""

from functools import partial

import numpy as np
import pytest
import scipy.signal
from compare import assert_same

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.correlation import CASES
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
def test_matches_scipy(case):
    image, kernel = case.inputs(np.random.default_rng(seed=3))
    names = {"cross_correlate2d": "correlate2d", "convolve2d": "convolve2d"}
    expected = getattr(scipy.signal, names[case.operation])(image, kernel, mode="valid")
    assert_same(getattr(numpy_ops, case.operation)(image, kernel), expected)


def test_a_symmetric_kernel_hides_the_flip_and_a_slanted_one_shows_it():
    rng = np.random.default_rng(seed=4)
    image, symmetric = rng.standard_normal((6, 5)), np.array([[1.0, 2.0, 1.0]])
    both = (numpy_ops.cross_correlate2d, numpy_ops.convolve2d)
    one, other = (operation(image, symmetric) for operation in both)
    assert_same(one, other)
    one, other = (operation(image, np.array([[1.0, 2.0, 3.0]])) for operation in both)
    assert np.abs(one - other).max() > 0.1
