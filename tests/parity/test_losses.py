"""numpy_ops.losses against torch_ops.losses, the loops, closed forms and central differences."""

from functools import partial

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.losses import CASES
from course_lib.parity.runner import run_case


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradients_pass_gradcheck(case):
    inputs = case.inputs(np.random.default_rng(seed=2))
    function = getattr(numpy_ops, case.operation)
    backward = getattr(numpy_ops, f"{case.operation}_backward")
    first, target = inputs
    gradcheck(
        lambda first: function(first, target, **case.options),
        (first,),
        backward=lambda grad_y, first: backward(grad_y, first, target, **case.options),
        rtol=1e-6,
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_losses_match_their_loops(case):
    first, target = case.inputs(np.random.default_rng(seed=1))
    options = dict(case.options)
    reduction = options.pop("reduction", "mean")
    expected = getattr(numpy_ops, f"{case.operation}_loops")(first, target, **options)
    is_weighted = case.operation in ("cross_entropy", "nll_loss") and "weight" in options
    has_labels = target.shape != first.shape
    total = options["weight"][target].sum() if is_weighted and has_labels else expected.size
    expected = {"none": expected, "sum": expected.sum(), "mean": expected.sum() / total}[reduction]
    assert_same(getattr(numpy_ops, case.operation)(first, target, **case.options), expected)


@pytest.mark.parametrize("num_classes", [2, 3, 10, 1000])
def test_equal_logits_cost_log_of_the_classes(num_classes):
    logits = np.full((4, num_classes), 7.5)
    loss = numpy_ops.cross_entropy(logits, np.array([0, 1, 1, 0]))
    assert_same(loss, np.log(num_classes), tolerance=1e-15)


def test_huge_logits_stay_finite():
    logits = np.array([[1000.0, 0.0], [0.0, -1000.0]], np.float32)
    loss = numpy_ops.cross_entropy(logits, np.array([1, 1]), reduction="none")
    assert_same(loss, np.array([1000.0, 1000.0], np.float32))


def test_a_masked_class_costs_nothing():
    logits = np.array([[0.0, -np.inf, 0.0]])
    target = np.array([2])
    assert_same(numpy_ops.cross_entropy(logits, target), np.log(2.0))
    grad = numpy_ops.cross_entropy_backward(1.0, logits, target)
    assert_same(grad, np.array([[0.5, 0.0, -0.5]]))


def test_options_keep_float32():
    logits = np.ones((3, 5), np.float32)
    loss = partial(numpy_ops.cross_entropy, logits, np.array([0, 1, 2]), label_smoothing=0.1)
    assert {loss(reduction=r).dtype for r in ("none", "mean", "sum")} == {np.dtype("float32")}
