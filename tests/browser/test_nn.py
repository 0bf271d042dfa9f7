"""nn.js is the third twin: its operations against numpy_ops on the parity cases, in a browser."""

import re
import zlib

import numpy as np
import pytest
from browser.nn_page import NN, call, open_nn

from course_lib import numpy_ops
from course_lib.live import pack
from course_lib.parity.cases import all_cases
from course_lib.parity.compare import TOLERANCES, relative_error

pytestmark = pytest.mark.browser

NAMES = set(re.findall(r"\w+", re.sub(r"//.*|from .*", "", NN.read_text(encoding="utf-8"))))
CASES = [case for case in all_cases() if case.operation in NAMES]


@pytest.fixture(scope="module")
def nn(browser):
    page = open_nn(browser.new_page())
    yield page
    page.close()


def float32(array):
    """Round to float32; labels and None stay."""
    floats = isinstance(array, np.ndarray) and array.dtype == np.float64
    return array.astype(np.float32) if floats else array


def worst_error(actual, expected):
    """Compare results by name where there are several; a name too many or too few is infinite."""
    if not isinstance(actual, dict):
        return relative_error(actual[0], np.asarray(expected, np.float32))
    if list(actual) != list(expected._fields):
        return float("inf")
    errors = []
    for found, wanted in zip(actual.values(), expected, strict=True):
        if (found is None) != (wanted is None):
            return float("inf")
        errors.append(0.0 if found is None else relative_error(found, np.asarray(wanted, "f4")))
    return max(errors)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_operation_equals_numpy_forward_and_backward(nn, case):
    rng = np.random.default_rng(zlib.crc32(str(case).encode()))
    inputs = tuple(map(float32, case.inputs(rng)))
    options = {name: float32(value) for name, value in case.options.items()}
    tolerance = case.tolerances.get("float32", TOLERANCES["float32"])

    expected = getattr(numpy_ops, case.operation)(*inputs, **options)
    assert worst_error(call(nn, case.operation, inputs, options), expected) <= tolerance.output

    first = expected[0] if isinstance(expected, tuple) else expected
    grad_y = np.asarray(rng.standard_normal(np.shape(first)), np.float32)
    backward = f"{case.operation}_backward"
    expected = getattr(numpy_ops, backward)(grad_y, *inputs, **options)
    actual = call(nn, backward, (grad_y, *inputs), options)
    assert worst_error(actual, expected) <= tolerance.gradient


def test_every_operation_has_cases_and_a_backward():
    operations = {name for name in NAMES if hasattr(numpy_ops, name) and name[-9:] != "_backward"}
    assert operations == {case.operation for case in CASES}
    assert {f"{name}_backward" for name in operations} <= NAMES


def test_a_first_layer_needs_no_gradient_of_its_input(nn):
    rng = np.random.default_rng(0)
    x, weight = (rng.standard_normal(s).astype("f4") for s in ((2, 3, 5, 4), (6, 3, 3, 2)))
    grad_y = rng.standard_normal((2, 6, 3, 3)).astype("f4")
    expected = numpy_ops.conv2d_backward(grad_y, x, weight, needs_grad_x=False)
    actual = call(nn, "conv2d_backward", (grad_y, x, weight, None), {"needs_grad_x": False})
    assert worst_error(actual, expected) <= TOLERANCES["float32"].gradient


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
def test_packed_numbers_come_back_exactly(nn, dtype):
    bits = np.arange(65536, dtype=np.uint16)
    halves = bits.view(np.float16)
    numbers = halves.astype("f4")[np.isfinite(halves)] if dtype != "uint8" else np.arange(256.0)
    found = nn.evaluate("(packed) => Array.from(nn_js.unpack(packed).data)", pack(numbers, dtype))
    np.testing.assert_array_equal(np.array(found, "f4"), numbers.astype("f4"))


def test_softmax_of_numbers_far_below_zero(nn):
    x = np.array([[-2000.0, -2001.0]], np.float32)
    expected = numpy_ops.softmax(x, axis=1)
    actual = call(nn, "softmax", (x,), {"axis": 1})
    assert worst_error(actual, expected) <= TOLERANCES["float32"].output


MISTAKES = {
    "misspelt-option": ("conv2d(x, w, null, { strides: 2 })", "does not know strides"),
    "channels": ("conv2d(x, nn_js.zeros([2, 2, 3, 3]))", "cannot put x"),
    "large-kernel": ("conv2d(x, nn_js.zeros([2, 3, 9, 3]))", "larger than the padded input"),
    "strided-same": ('conv2d(x, w, null, { padding: "same", stride: 2 })', "needs stride 1"),
    "large-window": ("max_pool2d(x, { kernel_size: 9 })", "larger than the padded input"),
    "no-axis": ("softmax(x, {})", "needs the option axis"),
    "impossible-row": ("softmax(nn_js.tensor([-Infinity], [1]), { axis: 0 })", "only −∞"),
    "one-value": ("batch_norm(nn_js.zeros([1, 3]), null, null)", "more than one number"),
    "features": ("linear(x, nn_js.zeros([2, 5]))", "cannot put x"),
    "reduction": ('mse_loss(x, x, { reduction: "max" })', "none, mean or sum"),
    "shape": ("tensor([1, 2, 3], [2, 2])", "do not fill"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told(nn, mistake):
    code, words = MISTAKES[mistake]
    text = nn.evaluate(
        f"""() => {{
          const [x, w] = [nn_js.zeros([1, 3, 5, 4]), nn_js.zeros([2, 3, 3, 3])];
          try {{ nn_js.{code}; return "no error"; }} catch (error) {{ return error.message; }}
        }}"""
    )
    assert words in text


def test_the_comparison_can_fail():
    zero = np.zeros((2, 3), np.float32)
    assert worst_error([zero + 1e-3], zero) > 0
    assert worst_error([zero.T], zero) == float("inf")
    grads = numpy_ops.linear_backward(zero, zero, np.zeros((3, 3), np.float32))
    found = {"grad_x": None, "grad_weight": grads.grad_weight, "grad_bias": grads.grad_bias}
    assert worst_error(found, grads) == float("inf")
    assert worst_error({"grad_x": zero}, grads) == float("inf")
