"""numpy_ops.normalization against torch_ops.normalization, loops and central differences."""

from functools import partial

import numpy as np
import pytest
import torch
from compare import assert_same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib import numpy_ops, torch_ops
from course_lib.gradcheck import gradcheck
from course_lib.numpy_ops.normalization.moments import CHUNK_ELEMENTS
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


# Different whole numbers, so that no slice is constant: it would have no variance to bring to 1.
VALUES = hnp.arrays(np.int64, (3, 4, 5), elements=st.integers(-999, 999), unique=True)


def moments_of(y, axes):
    return y.mean(axis=axes), y.var(axis=axes)


@given(VALUES)
def test_a_norm_leaves_mean_0_and_variance_1(x):
    x, tiny = x.astype(float), 1e-30
    results = [
        (numpy_ops.batch_norm(x, None, None, eps=tiny).y, (0, 2)),
        (numpy_ops.layer_norm(x, normalized_shape=(4, 5), eps=tiny), (1, 2)),
        (numpy_ops.instance_norm(x, eps=tiny), (2,)),
        (numpy_ops.group_norm(x, num_groups=1, eps=tiny), (1, 2)),
    ]
    for y, axes in results:
        mean, variance = moments_of(y, axes)
        np.testing.assert_allclose(mean, 0, atol=1e-9)
        np.testing.assert_allclose(variance, 1, atol=1e-9)


@given(VALUES)
def test_norms_that_are_one_another(x):
    x = x.astype(float)
    instance = numpy_ops.instance_norm(x)
    assert_same(numpy_ops.group_norm(x, num_groups=4), instance)
    layer = numpy_ops.layer_norm(x, normalized_shape=(4, 5))
    assert_same(numpy_ops.group_norm(x, num_groups=1), layer)
    as_one_batch = numpy_ops.batch_norm(x.reshape(1, 12, 5), None, None).y
    assert_same(as_one_batch.reshape(x.shape), instance)


CENTERED = [c for c in CASES if c.operation != "local_response_norm" and "empty" not in c.name]


@pytest.mark.parametrize("case", CENTERED, ids=str)
def test_a_large_offset_costs_no_digits(case):
    inputs = [
        None if a is None else a.astype("float32")
        for a in case.inputs(np.random.default_rng(seed=5))
    ]
    inputs[0] = inputs[0] + np.float32(1e4)
    wide = [None if a is None else a.astype("float64") for a in inputs]
    function = partial(getattr(numpy_ops, case.operation), **case.options)
    backward = partial(getattr(numpy_ops, f"{case.operation}_backward"), **case.options)
    is_batch = case.operation == "batch_norm"
    y, expected = function(*inputs), function(*wide)
    y, expected = (y.y, expected.y) if is_batch else (y, expected)
    assert_same(y, expected.astype("float32"), tolerance=2e-6)
    grad_y = np.random.default_rng(seed=6).standard_normal(y.shape).astype("float32")
    grads, expected = backward(grad_y, *inputs), backward(grad_y.astype("float64"), *wide)
    for grad, e in zip(grads, expected, strict=True):
        assert_same(grad, e.astype("float32"), tolerance=5e-6)


def test_several_blocks_are_one_norm():
    rng = np.random.default_rng(seed=7)
    x = rng.standard_normal((2, 7, 300, 290))
    grad_y = rng.standard_normal(x.shape)
    assert x.size > 2 * CHUNK_ELEMENTS
    expected = (x - x.mean((0, 2, 3), keepdims=True)) / np.sqrt(
        x.var((0, 2, 3), keepdims=True) + 1e-5
    )
    assert_same(numpy_ops.batch_norm(x, None, None).y, expected)
    tensors = [torch.from_numpy(a) for a in (grad_y, x)]
    for operation, options in (("batch_norm", (None, None)), ("instance_norm", ())):
        name = f"{operation}_backward"
        actual = getattr(numpy_ops, name)(grad_y, x, *options)
        for a, e in zip(actual, getattr(torch_ops, name)(*tensors, *options), strict=True):
            assert_same(a, e)


@pytest.mark.parametrize(
    ("operation", "shape", "options"),
    [
        ("group_norm", (7,), {"num_groups": 7}),
        ("layer_norm", (290,), {"normalized_shape": 290}),
        ("layer_norm", (7, 300, 290), {"normalized_shape": (7, 300, 290)}),
    ],
    ids=["group", "layer of rows", "layer of images"],
)
def test_several_blocks_are_one_norm_with_gamma(operation, shape, options):
    rng = np.random.default_rng(seed=7)
    x, grad_y = rng.standard_normal((2, 2, 7, 300, 290))
    gamma, beta = rng.standard_normal((2, *shape))
    assert x.size > 2 * CHUNK_ELEMENTS
    tensors = [torch.from_numpy(a) for a in (grad_y, x, gamma, beta)]
    y = getattr(numpy_ops, operation)(x, gamma, beta, **options)
    assert_same(y, getattr(torch_ops, operation)(*tensors[1:], **options))
    name = f"{operation}_backward"
    actual = getattr(numpy_ops, name)(grad_y, x, gamma, beta, **options)
    for a, e in zip(actual, getattr(torch_ops, name)(*tensors, **options), strict=True):
        assert_same(a, e)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_inputs_of_any_layout_are_left_alone(case):
    plain = case.inputs(np.random.default_rng(seed=8))
    odd = [None if a is None else np.flip(np.flip(a).copy()) for a in plain]
    for a in odd:
        if a is not None:
            a.flags.writeable = False
    function = partial(getattr(numpy_ops, case.operation), **case.options)
    backward = partial(getattr(numpy_ops, f"{case.operation}_backward"), **case.options)
    results, expected = as_list(function(*odd)), as_list(function(*plain))
    grad_y = np.random.default_rng(seed=9).standard_normal(expected[0].shape)
    grads = as_list(backward(grad_y, *odd))
    results += grads
    expected += as_list(backward(grad_y, *plain))
    for result, e in zip(results, expected, strict=True):
        if result is None:
            assert e is None
            continue
        assert_same(result, e)
        assert not any(a is not None and np.shares_memory(result, a) for a in (*odd, *plain))
    assert not any(np.shares_memory(grad, grad_y) for grad in grads)


def as_list(result):
    return list(result) if isinstance(result, tuple) else [result]


def test_half_precision_does_not_overflow():
    x = np.full((4, 3, 50, 40), 60.0, np.float16)
    x[0] = -60
    result = numpy_ops.batch_norm(x, np.zeros(3, "f2"), np.ones(3, "f2"), training=True)
    assert {field.dtype for field in result} == {np.dtype("float16")}
    assert_same(result.y.std(dtype=float), np.float64(1.0), tolerance=1e-2)
    assert numpy_ops.layer_norm(x, normalized_shape=(3, 50, 40)).dtype == np.float16


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_local_response_norm_equals_that_of_torch(size):
    x = np.random.default_rng(seed=9).standard_normal((2, 7, 4, 3))
    options = {"alpha": 0.7, "beta": 0.5, "k": 2.0}
    expected = torch.nn.functional.local_response_norm(torch.from_numpy(x), size, **options)
    assert_same(numpy_ops.local_response_norm(x, size=size, **options), expected)
