"""numpy_ops.losses against torch_ops.losses, the loops, closed forms and central differences."""

from functools import partial

import numpy as np
import pytest
import scipy.special
import torch
from compare import assert_same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib import numpy_ops, torch_ops
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


CLASS_SCORES = hnp.arrays(np.float64, (4, 3), elements=st.floats(-50, 50))
CLASS_LABELS = hnp.arrays(np.int64, 4, elements=st.integers(0, 2))


@given(CLASS_SCORES, CLASS_LABELS, st.floats(-1e3, 1e3))
def test_shifting_all_logits_changes_nothing(logits, target, shift):
    loss = numpy_ops.cross_entropy(logits, target)
    np.testing.assert_allclose(numpy_ops.cross_entropy(logits + shift, target), loss, atol=1e-11)


@given(CLASS_SCORES, CLASS_LABELS)
@pytest.mark.parametrize("operation", ["cross_entropy", "focal_loss"])
def test_gradient_rows_sum_to_zero(operation, logits, target):
    grad = getattr(numpy_ops, f"{operation}_backward")(1.0, logits, target)
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-13)


@given(CLASS_SCORES, CLASS_LABELS)
def test_focal_loss_without_focus_is_cross_entropy(logits, target):
    for reduction in ("none", "mean", "sum"):
        assert_same(
            numpy_ops.focal_loss(logits, target, gamma=0.0, reduction=reduction),
            numpy_ops.cross_entropy(logits, target, reduction=reduction),
        )
    assert_same(
        numpy_ops.focal_loss_backward(1.0, logits, target, gamma=0.0),
        numpy_ops.cross_entropy_backward(1.0, logits, target),
    )


@given(
    hnp.arrays(np.float64, 5, elements=st.floats(-30, 30)),
    hnp.arrays(np.float64, 5, elements=st.floats(0, 1)),
)
def test_the_binary_losses_agree(logits, target):
    expected = numpy_ops.binary_cross_entropy_with_logits(logits, target)
    plain = {"gamma": 0.0, "alpha": None}
    assert_same(numpy_ops.binary_focal_loss(logits, target, **plain), expected)
    probability = 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(
        numpy_ops.binary_cross_entropy(probability, target), expected, rtol=1e-3, atol=1e-9
    )
    assert_same(
        numpy_ops.binary_focal_loss_backward(1.0, logits, target, **plain),
        numpy_ops.binary_cross_entropy_with_logits_backward(1.0, logits, target),
    )


@given(CLASS_SCORES, CLASS_LABELS)
def test_nll_of_the_log_softmax_is_cross_entropy(logits, target):
    log_p = scipy.special.log_softmax(logits, axis=1)
    expected = numpy_ops.cross_entropy(logits, target)
    np.testing.assert_allclose(numpy_ops.nll_loss(log_p, target), expected, atol=1e-12)


def test_two_classes_are_the_binary_loss():
    z, target = np.array([-3.0, 0.5, 40.0]), np.array([1, 0, 0])
    logits = np.stack([np.zeros(3), z], axis=1)
    assert_same(
        numpy_ops.cross_entropy(logits, target),
        numpy_ops.binary_cross_entropy_with_logits(z, target.astype(float)),
    )


def test_a_certain_and_wrong_answer_costs_100_nats():
    probability, target = np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0, 1.0])
    loss = numpy_ops.binary_cross_entropy(probability, target, reduction="none")
    assert_same(loss, np.array([100.0, 100.0, 0.0, 0.0]))
    grad = numpy_ops.binary_cross_entropy_backward(1.0, probability, target, reduction="sum")
    twin = torch_ops.binary_cross_entropy_backward(
        1.0, torch.from_numpy(probability), torch.from_numpy(target), reduction="sum"
    )
    assert_same(grad, twin, tolerance=1e-8)  # PyTorch holds its bound 1e-12 in float32


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_saturated_focal_losses_stay_finite(gamma):
    z, target = np.array([800.0, -800.0, 800.0, -800.0]), np.array([1.0, 0.0, 0.0, 1.0])
    logits, labels = np.stack([-z, z], axis=1), target.astype(int)
    tensors = [torch.from_numpy(a) for a in (z, target, logits, labels)]
    binary = numpy_ops.binary_focal_loss_backward(1.0, z, target, gamma=gamma)
    assert np.isfinite(binary).all()
    assert_same(torch_ops.binary_focal_loss_backward(1.0, *tensors[:2], gamma=gamma), binary)
    softmax = numpy_ops.focal_loss_backward(1.0, logits, labels, gamma=gamma)
    assert np.isfinite(softmax).all()
    assert_same(torch_ops.focal_loss_backward(1.0, *tensors[2:], gamma=gamma), softmax)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
def test_labels_may_be_of_any_integer_dtype(dtype):
    logits, target = np.eye(3), np.array([0, 2, 1])
    expected = numpy_ops.cross_entropy(logits, target)
    assert_same(numpy_ops.cross_entropy(logits, target.astype(dtype)), expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_inputs_of_any_layout_are_left_alone(case):
    first, target = case.inputs(np.random.default_rng(seed=4))
    function = getattr(numpy_ops, case.operation)
    backward = getattr(numpy_ops, f"{case.operation}_backward")
    odd = [np.flip(np.flip(a).copy()) if a.ndim else a.copy() for a in (first, target)]
    for a in odd:
        a.flags.writeable = False
    y, expected = function(*odd, **case.options), function(first, target, **case.options)
    assert_same(y, expected)
    grad = backward(expected, *odd, **case.options)
    assert_same(grad, backward(expected, first, target, **case.options))
    assert not any(np.shares_memory(grad, a) for a in (*odd, expected))
    assert_same(odd[0], first)
