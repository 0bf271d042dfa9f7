"""Bad input to the activations: the exact error type and text, the same from both twins."""

import numpy as np
import pytest
import torch
from compare import INVALID

from course_lib import numpy_ops, torch_ops
from course_lib.errors import sentence
from course_lib.numpy_ops import activations

SIDES = pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])
MORE_ARGUMENTS = {"prelu", "softmax", "log_softmax"}  # a weight, or an axis
PLAIN = [
    name for name in activations.__all__
    if not name.endswith("_backward") and name not in MORE_ARGUMENTS
]  # fmt: skip
FLOAT_FIX = "scale to float first, for example x.astype(float) / 255"
RESHAPE = "reshape it or check where it was made"
CHANNELS_FIX = "check that x is (N, C, ...), channels first, and the weight was made for it"
NUMBER_FIX, RANGE_FIX = "pass an int or a float", "choose a value in that range"
AXIS_FIX, LARGER = "name an axis that x has; -1 is the last", "use a larger number"


def bad(name, operation, arrays, options, error, received, needed, fix):
    """Name a call that must fail; an array is an array or not one at all."""
    return pytest.param(
        operation, arrays, options, error, (received, needed, fix), id=f"{operation}-{name}"
    )


X = np.ones((2, 3, 5))
INT = X.astype("int64")
INT_TEXT = ("x with shape (2, 3, 5) and dtype int64", "x in floating point", FLOAT_FIX)
MASKED = np.array([[0.0, 1.0], [-np.inf, -np.inf]])
ONLY_INF = (
    "x with shape (2, 2) in which a row along axis 1 holds only -inf",
    "at least one other value in each row",
    "mask fewer entries or leave the row out",
)

BAD = [bad("int64", name, [INT], {}, TypeError, *INT_TEXT) for name in PLAIN]
BAD += [
    bad("list", "relu", ["a list"], {}, TypeError, "x of type str", "x as an array or tensor",
        "convert it with np.asarray or torch.as_tensor"),
    bad("uint8", "relu", [np.ones(3, "uint8")], {}, TypeError,
        "x with shape (3,) and dtype uint8", "x in floating point", FLOAT_FIX),
    bad("bool", "sigmoid", [np.ones(3, bool)], {}, TypeError,
        "x with shape (3,) and dtype bool", "x in floating point", FLOAT_FIX),
    bad("slope-text", "leaky_relu", [X], {"negative_slope": "0.1"}, TypeError,
        "negative_slope='0.1' of type str", "negative_slope as a number", NUMBER_FIX),
    bad("slope-bool", "leaky_relu", [X], {"negative_slope": True}, TypeError,
        "negative_slope=True of type bool", "negative_slope as a number", NUMBER_FIX),
    bad("slope-nan", "leaky_relu", [X], {"negative_slope": float("nan")}, ValueError,
        "negative_slope=nan", "negative_slope from -inf to inf", RANGE_FIX),
    bad("alpha-none", "elu", [X], {"alpha": None}, TypeError,
        "alpha=None of type NoneType", "alpha as a number", NUMBER_FIX),
    bad("form-unknown", "gelu", [X], {"approximate": "erf"}, ValueError,
        "approximate='erf'", "approximate as one of 'none', 'tanh'", "choose one of these"),
    bad("beta-0", "softplus", [X], {"beta": 0}, ValueError,
        "beta=0", "beta other than 0, by which it divides", "use beta=1 for the plain softplus"),
    bad("beta-text", "softplus", [X], {"beta": "1"}, TypeError,
        "beta='1' of type str", "beta as a number", NUMBER_FIX),
    bad("threshold-nan", "softplus", [X], {"threshold": float("nan")}, ValueError,
        "threshold=nan", "threshold from -inf to inf", RANGE_FIX),
    bad("int64", "prelu", [INT, np.ones(3)], {}, TypeError, *INT_TEXT),
    bad("mixed", "prelu", [X, np.ones(3, "float32")], {}, TypeError,
        "mixed dtypes (x float64, weight float32)", "one dtype for all arrays",
        "convert them to the same dtype"),
    bad("wrong-count", "prelu", [X, np.ones(5)], {}, ValueError,
        "x with shape (2, 3, 5) and weight with shape (5,)",
        "weight with shape (1,), or (3,) for one slope a channel", CHANNELS_FIX),
    bad("two-axes", "prelu", [X, np.ones((1, 3))], {}, ValueError,
        "x with shape (2, 3, 5) and weight with shape (1, 3)",
        "weight with shape (1,), or (3,) for one slope a channel", CHANNELS_FIX),
    bad("row-with-two-slopes", "prelu", [np.ones(3), np.ones(3)], {}, ValueError,
        "x with shape (3,) and weight with shape (3,)",
        "weight with shape (1,), or (1,) for one slope a channel", CHANNELS_FIX),
]  # fmt: skip
for _name in ("softmax", "log_softmax"):
    BAD += [
        bad("int64", _name, [INT], {"axis": 1}, TypeError, *INT_TEXT),
        bad("axis-3", _name, [X], {"axis": 3}, ValueError,
            "x with shape (2, 3, 5) and axis=3", "axis from -3 to 2", AXIS_FIX),
        bad("axis-too-low", _name, [X], {"axis": -4}, ValueError,
            "axis=-4", "axis of at least -3", LARGER),
        bad("axis-float", _name, [X], {"axis": 1.0}, TypeError,
            "axis=1.0 of type float", "axis as an int", "pass a whole number"),
        bad("axis-none", _name, [X], {"axis": None}, TypeError,
            "axis=None of type NoneType", "axis as an int", "pass a whole number"),
        bad("only-inf", _name, [MASKED], {"axis": 1}, ValueError, *ONLY_INF),
    ]  # fmt: skip


def convert(side, array):
    if side is torch_ops and isinstance(array, np.ndarray):
        return torch.from_numpy(array)
    return array


@SIDES
@pytest.mark.parametrize(("operation", "arrays", "options", "error", "text"), BAD)
@pytest.mark.parametrize("suffix", ["", "_backward"], ids=["forward", "backward"])
def test_bad_input_is_explained(side, operation, arrays, options, error, text, suffix):
    received, needed, fix = text
    name = operation + suffix
    # A gradient of the right form, so that only the input can be at fault.
    grad_y = [np.ones(np.shape(arrays[0]))] if suffix else []
    inputs = [convert(side, array) for array in (*grad_y, *arrays)]
    with pytest.raises(error) as caught:
        getattr(side, name)(*inputs, **options)
    assert type(caught.value) is INVALID[error]
    assert str(caught.value) == sentence(name, received=received, needed=needed, fix=fix)


@SIDES
@pytest.mark.parametrize("operation", [*PLAIN, "prelu", "softmax", "log_softmax"])
def test_a_gradient_must_fit_the_output(side, operation):
    options = {"axis": 1} if "softmax" in operation else {}
    inputs = [X, np.ones(3)] if operation == "prelu" else [X]
    inputs = [convert(side, array) for array in inputs]
    backward = getattr(side, f"{operation}_backward")
    with pytest.raises(ValueError) as caught:
        backward(convert(side, np.ones((2, 3, 4))), *inputs, **options)
    assert str(caught.value) == sentence(
        f"{operation}_backward",
        received="grad_y with shape (2, 3, 4)",
        needed="grad_y with shape (2, 3, 5), the shape of the output",
        fix=RESHAPE,
    )
    with pytest.raises(TypeError, match=r"_backward received mixed dtypes \(grad_y float32, "):
        backward(convert(side, np.ones((2, 3, 5), "float32")), *inputs, **options)
