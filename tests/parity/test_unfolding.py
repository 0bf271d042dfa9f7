"""numpy_ops.unfolding against torch_ops.unfolding, the loops, and central differences."""

from functools import partial

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.unfolding import CASES
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


def test_a_convolution_is_a_matrix_product_with_the_columns():
    rng = np.random.default_rng(seed=3)
    x, weight = rng.standard_normal((2, 3, 7, 11)), rng.standard_normal((5, 3, 3, 2))
    columns = numpy_ops.im2col(x, kernel_size=(3, 2), stride=2, padding=1)
    y = (weight.reshape(5, 18) @ columns).reshape(2, 5, 4, 6)
    assert_same(y, numpy_ops.conv2d(x, weight, stride=2, padding=1))


def test_col2im_counts_how_often_a_pixel_was_read():
    columns = numpy_ops.im2col(np.ones((1, 1, 3, 4)), kernel_size=2)
    counts = numpy_ops.col2im(columns, output_size=(3, 4), kernel_size=2)[0, 0]
    assert_same(counts, np.outer([1.0, 2.0, 1.0], [1.0, 2.0, 2.0, 1.0]))


def test_a_kernel_beyond_the_image_is_told_with_both_sizes():
    text = r"x with shape \(2, 3, 4, 5\), an image of \(4, 5\) and kernel_size=\(5, 2\)"
    with pytest.raises(ValueError, match=text):
        numpy_ops.im2col(np.zeros((2, 3, 4, 5)), kernel_size=(5, 2))


def test_padding_and_cropping_undo_each_other():
    x = np.random.default_rng(seed=4).standard_normal((2, 3, 4, 5))
    y = numpy_ops.pad2d(x, padding=(1, 2, 3, 4), value=9.0)
    assert_same(numpy_ops.pad2d_backward(y, x, padding=(1, 2, 3, 4)), x)
