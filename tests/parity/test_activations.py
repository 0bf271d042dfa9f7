"""numpy_ops.activations against torch_ops, SciPy or closed forms, and central differences."""

from functools import partial
from math import erf, exp, log, log1p, pi, sqrt, tanh

import numpy as np
import pytest
import scipy.special
import torch
from compare import assert_same
from hypothesis import given
from hypothesis import strategies as st

from course_lib import numpy_ops, torch_ops
from course_lib.gradcheck import gradcheck
from course_lib.numpy_ops import chunks
from course_lib.parity.cases.activations import CASES, OPTIONS
from course_lib.parity.runner import run_case

ELEMENTWISE = list(OPTIONS)

# The textbook formula of each activation for one number, with Python's math alone.
CLOSED_FORMS = {
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "tanh": tanh,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x, negative_slope=0.01: x if x > 0 else negative_slope * x,
    "elu": lambda x, alpha=1.0: x if x > 0 else alpha * (exp(x) - 1),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (exp(x) - 1)),
    "gelu": lambda x, approximate="none": (
        x * (1 + erf(x / sqrt(2))) / 2
        if approximate == "none"
        else x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2
    ),
    "silu": lambda x: x / (1 + exp(-x)),
    "mish": lambda x: x * tanh(log(1 + exp(x))),
    "relu6": lambda x: min(max(x, 0.0), 6.0),
    "hardswish": lambda x: x * min(max(x + 3, 0.0), 6.0) / 6,
    "hardsigmoid": lambda x: min(max(x + 3, 0.0), 6.0) / 6,
    "softplus": lambda x, beta=1.0, threshold=20.0: (
        x if beta * x > threshold else log(1 + exp(beta * x)) / beta
    ),
}

# Slope at each kink, as in torch.nn.functional.
SLOPES_AT_KINKS = {
    "relu": {0.0: 0.0},
    "leaky_relu": {0.0: 0.01},
    "elu": {0.0: 1.0},
    "selu": {0.0: 1.0507009873554805 * 1.6732632423543772},
    "relu6": {0.0: 0.0, 6.0: 0.0},
    "hardsigmoid": {-3.0: 0.0, 3.0: 0.0},
    "hardswish": {-3.0: 0.0, 3.0: 1.0},
}


def both_sides(name, *arrays, **options):
    """Call one operation on both sides; return two arrays."""
    tensors = [torch.from_numpy(a) for a in arrays]
    twin = getattr(torch_ops, name)(*tensors, **options)
    return getattr(numpy_ops, name)(*arrays, **options), twin.numpy()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("defaults", [True, False], ids=["defaults", "options"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activation_matches_its_textbook_formula(name, defaults):
    options = {} if defaults else OPTIONS[name]
    x = np.random.default_rng(seed=1).uniform(-8, 8, (5, 31))
    expected = np.array([[CLOSED_FORMS[name](float(v), **options) for v in row] for row in x])
    assert_same(getattr(numpy_ops, name)(x, **options), expected)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("sigmoid", scipy.special.expit),
        ("softmax", partial(scipy.special.softmax, axis=1)),
        ("log_softmax", partial(scipy.special.log_softmax, axis=1)),
    ],
)
def test_activation_matches_scipy(name, reference):
    x = 20 * np.random.default_rng(seed=2).standard_normal((3, 7, 5))
    options = {"axis": 1} if "softmax" in name else {}
    assert_same(getattr(numpy_ops, name)(x, **options), reference(x))


@pytest.mark.parametrize("defaults", [True, False], ids=["defaults", "options"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activation_passes_gradcheck(name, defaults):
    options = {} if defaults else OPTIONS[name]
    # Offsets of 1/3 keep clear of the kinks, which lie on whole and half numbers.
    rng = np.random.default_rng(seed=3)
    x = rng.integers(-9, 9, (2, 3, 5, 7)) + rng.choice([1 / 3, 2 / 3], (2, 3, 5, 7))
    gradcheck(partial(getattr(numpy_ops, name), **options), [x], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("shape", [(3,), (1,), ()], ids=str)
def test_prelu_passes_gradcheck_and_matches_its_formula(shape):
    rng = np.random.default_rng(seed=4)
    x, weight = rng.standard_normal((2, 3, 5, 7)), np.asarray(rng.uniform(-1, 1, shape))
    gradcheck(numpy_ops.prelu, (x, weight), rtol=1e-6)
    expected = np.empty_like(x)
    for n, c, i, j in np.ndindex(*x.shape):
        slope = weight[c] if shape == (3,) else weight.item()
        expected[n, c, i, j] = x[n, c, i, j] if x[n, c, i, j] > 0 else slope * x[n, c, i, j]
    assert_same(numpy_ops.prelu(x, weight), expected)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_passes_gradcheck(name, axis):
    x = np.random.default_rng(seed=5).standard_normal((3, 5, 4))
    gradcheck(partial(getattr(numpy_ops, name), axis=axis), [x], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", SLOPES_AT_KINKS)
def test_slope_at_a_kink_is_that_of_torch(name):
    x = np.array(list(SLOPES_AT_KINKS[name]))
    expected = np.array(list(SLOPES_AT_KINKS[name].values()))
    grad_y = np.random.default_rng(seed=6).standard_normal(x.shape)
    for grad_x in both_sides(f"{name}_backward", grad_y, x):
        assert_same(grad_x, grad_y * expected)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize("defaults", [True, False], ids=["defaults", "options"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activation_is_finite_for_every_finite_input(name, defaults, dtype):
    options = {} if defaults else OPTIONS[name]
    largest = float(np.finfo(dtype).max)
    x = np.array([-largest, -largest / 5, -1e4, -100, 0, 100, 1e4, largest / 5, largest], dtype)
    grad_y = np.linspace(-1, 1, x.size, dtype=dtype)
    for y in both_sides(name, x, **options):
        assert y.dtype == x.dtype
        # Only selu may leave the range: it multiplies by 1.05.
        assert np.isfinite(y[:-1] if name == "selu" else y).all()
    for grad_x in both_sides(f"{name}_backward", grad_y, x, **options):
        assert grad_x.dtype == x.dtype
        assert np.isfinite(grad_x).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_softmax_of_extremes_is_right(dtype):
    largest = np.finfo(dtype).max
    x = np.array([[largest, -largest, 0], [1e30, 1e30, -1e30]], dtype)
    expected = np.array([[1, 0, 0], [0.5, 0.5, 0]], dtype)
    for y in both_sides("softmax", x, axis=1):
        assert_same(y, expected)
    for y in both_sides("log_softmax", x[1:], axis=1):
        assert_same(y, np.array([[-log(2), -log(2), -2e30]], dtype))
    for name in ("softmax_backward", "log_softmax_backward"):
        for grad_x in both_sides(name, np.ones_like(x) / 3, x, axis=1):
            assert np.isfinite(grad_x).all()


def test_tails_keep_their_digits():
    x = np.array([-30.0])
    assert_same(numpy_ops.sigmoid(x), np.array([exp(-30.0)]), tolerance=1e-12)
    assert_same(numpy_ops.softplus(x), np.array([log1p(exp(-30.0))]), tolerance=1e-12)
    assert_same(numpy_ops.elu(x / 1e10), np.array([-3e-9 + 4.5e-18]), tolerance=1e-12)
    assert_same(numpy_ops.gelu(x / 3), np.array([-10 * 7.619853024160526e-24]), tolerance=1e-12)
    y = numpy_ops.log_softmax(np.array([0.0, -800.0]), axis=0)
    assert_same(y, np.array([0.0, -800.0]), tolerance=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf], ids=str)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_nan_and_infinity_pass_through_alike(name, value):
    x = np.array([value, 0.5])
    y, twin = both_sides(name, x)
    assert_same(y, twin)
    assert np.isnan(y[0]) or not np.isnan(value)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("value", [np.nan, np.inf], ids=str)
def test_a_row_with_nan_or_infinity_is_nan(name, value):
    x = np.array([[value, 0.5, 1.0], [0.5, -np.inf, 1.0]])
    y, twin = both_sides(name, x, axis=1)
    assert np.isnan(y[0, 0])
    assert_same(y, twin)


@given(
    st.lists(st.floats(-50, 50), min_size=1, max_size=9),
    st.floats(-1e3, 1e3),
    st.sampled_from(["softmax", "log_softmax"]),
)
def test_softmax_ignores_a_shift_and_sums_to_one(scores, shift, name):
    x = np.array(scores)
    operation = getattr(numpy_ops, name)
    y = operation(x, axis=0)
    assert_same(operation(x + shift, axis=0), y, tolerance=1e-9)
    total = y.sum() if name == "softmax" else np.exp(y).sum()
    assert abs(total - 1) < 1e-12


@given(st.floats(-1e300, 1e300))
def test_identities_between_activations(number):
    x = np.array([number, 1.0])
    assert_same(numpy_ops.sigmoid(x) + numpy_ops.sigmoid(-x), np.ones(2), tolerance=1e-15)
    assert_same(numpy_ops.relu(x) - numpy_ops.relu(-x), x)
    assert_same(numpy_ops.softplus(x) - numpy_ops.softplus(-x), x, tolerance=1e-8)
    assert_same(numpy_ops.gelu(x) - numpy_ops.gelu(-x), x, tolerance=1e-12)
    assert_same(numpy_ops.silu(x) - numpy_ops.silu(-x), x, tolerance=1e-12)


def test_a_high_threshold_keeps_softplus_exact():
    x = np.array([-60.0, 30.0, 60.0, 1e30])
    expected = np.logaddexp(0, x)
    for y in both_sides("softplus", x, threshold=1e6):
        assert_same(y, expected, tolerance=1e-15)


def test_options_do_not_change_the_dtype():
    x = np.linspace(-3, 3, 7, dtype="float32")
    slope = np.float64(0.25)
    assert numpy_ops.leaky_relu(x, negative_slope=slope).dtype == x.dtype
    assert numpy_ops.elu_backward(x, x, alpha=slope).dtype == x.dtype
    assert numpy_ops.softplus(x, beta=slope).dtype == x.dtype


IN_PIECES = [
    *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish"),
    *("relu6", "hardswish", "hardsigmoid", "softplus"),
]


@pytest.mark.parametrize("num_threads", [1, 3])
@pytest.mark.parametrize("name", IN_PIECES)
def test_large_arrays_are_done_in_pieces_whatever_their_layout(monkeypatch, name, num_threads):
    monkeypatch.setattr(chunks, "PIECE", 7)
    monkeypatch.setattr(chunks, "SHARED", 20)
    monkeypatch.setattr(chunks, "get_num_threads", lambda: num_threads)
    rng = np.random.default_rng(seed=4)
    x, grad_y = rng.standard_normal((2, 5, 11)), rng.standard_normal((2, 5, 11))
    odd = [np.asfortranarray(a)[::-1] for a in (grad_y, x)]
    tensors = [torch.from_numpy(a[::-1].copy()) for a in (grad_y, x)]
    y = getattr(numpy_ops, name)(odd[1])
    assert y.flags.c_contiguous
    assert_same(y, getattr(torch_ops, name)(tensors[1]).numpy())
    expected = getattr(torch_ops, f"{name}_backward")(*tensors)
    assert_same(getattr(numpy_ops, f"{name}_backward")(*odd), expected.numpy())
