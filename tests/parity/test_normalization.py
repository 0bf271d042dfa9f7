"""numpy_ops.normalization against torch_ops.normalization, loops and central differences."""

from functools import partial

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity import TOLERANCES
from course_lib.parity.cases.normalization import CASES
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
    gradcheck(partial(function, **case.options), inputs, rtol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_norms_match_their_loops(case):
    inputs = case.inputs(np.random.default_rng(seed=1))
    actual = getattr(numpy_ops, case.operation)(*inputs, **case.options)
    expected = getattr(numpy_ops, f"{case.operation}_loops")(*inputs, **case.options)
    if case.operation != "batch_norm":
        actual, expected = (actual,), (expected,)
    assert [a is None for a in actual] == [e is None for e in expected]
    for a, e in zip(actual, expected, strict=True):
        if e is not None:
            assert_same(a, e)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_batch_norm_equals_the_torch_module(training, dtype):
    rng = np.random.default_rng(seed=3)
    x, grad_y = rng.standard_normal((2, 5, 3, 7, 4)).astype(dtype)
    module = torch.nn.BatchNorm2d(3, dtype=getattr(torch, dtype))
    with torch.no_grad():
        module.running_mean.uniform_(-1, 1)
        module.running_var.uniform_(0.5, 2)
        module.weight.uniform_(0.5, 2)
        module.bias.uniform_(-1, 1)
    module.train(training)
    parameters = [module.running_mean, module.running_var, module.weight, module.bias]
    inputs = [x, *(p.detach().numpy().copy() for p in parameters)]
    result = numpy_ops.batch_norm(*inputs, training=training)
    grads = numpy_ops.batch_norm_backward(grad_y, *inputs, training=training)
    leaf = torch.from_numpy(x).requires_grad_()
    y = module(leaf)
    y.backward(torch.from_numpy(grad_y))
    expected = [y, module.running_mean, module.running_var]
    for a, e in zip(result, expected, strict=True):
        assert_same(a, e.detach().numpy())
    for a, e in zip(grads, [leaf.grad, module.weight.grad, module.bias.grad], strict=True):
        assert_same(a, e.numpy(), tolerance=TOLERANCES[dtype].gradient)
