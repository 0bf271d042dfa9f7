"""witnesses: right slopes pass, and each witness notices a wrong one."""

import numpy as np
import pytest

from course_lib import numpy_ops
from course_lib.lessons.losses.witnesses import witnesses

Z, T = np.random.default_rng(0).standard_normal((4, 3)), np.array([0, 2, 1, 1])


def forward(z, t):
    return -numpy_ops.log_softmax(z, axis=1)[np.arange(len(z)), t].mean()


def backward(z, t):
    return (numpy_ops.softmax(z, axis=1) - np.eye(3)[t]) / len(z)


def test_right_slopes_agree_with_all_three():
    assert max(witnesses(forward, backward, Z, T, "cross_entropy")) < 1e-7


def test_nudges_contradict_wrong_slopes():
    with pytest.raises(AssertionError, match="grad"):
        witnesses(forward, lambda z, t: backward(z, t) * len(z), Z, T, "cross_entropy")


def test_another_loss_is_noticed():
    with pytest.raises(AssertionError):
        witnesses(forward, backward, Z, T, "cross_entropy", label_smoothing=0.1)


def test_options_reach_both_twins():
    weight = np.array([1.0, 2.0, 3.0])
    share = weight[T] / weight[T].sum()

    def weighted(z, t):
        return -(share * numpy_ops.log_softmax(z, axis=1)[np.arange(len(z)), t]).sum()

    def slopes(z, t):
        return (numpy_ops.softmax(z, axis=1) - np.eye(3)[t]) * share[:, None]

    assert max(witnesses(weighted, slopes, Z, T, "cross_entropy", weight=weight)) < 1e-7
