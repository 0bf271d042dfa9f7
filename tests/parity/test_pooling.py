"""numpy_ops.pooling against torch_ops.pooling, the loops, and central differences."""

from functools import partial

import numpy as np
import pytest
from compare import assert_same

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.pooling import CASES
from course_lib.parity.runner import run_case

SMOOTH = [case for case in CASES if "ties" not in case.name and "256" not in case.name]
LOOPED = [case for case in CASES if hasattr(numpy_ops, f"{case.operation}_loops")]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("case", LOOPED, ids=str)
def test_pooling_matches_its_loops(case):
    inputs = case.inputs(np.random.default_rng(seed=1))
    loops = getattr(numpy_ops, f"{case.operation}_loops")
    actual = getattr(numpy_ops, case.operation)(*inputs, **case.options)
    assert_same(actual, loops(*inputs, **case.options))


@pytest.mark.parametrize("case", SMOOTH, ids=str)
def test_pooling_passes_gradcheck(case):
    inputs = case.inputs(np.random.default_rng(seed=2))
    gradcheck(partial(getattr(numpy_ops, case.operation), **case.options), inputs, rtol=1e-6)
