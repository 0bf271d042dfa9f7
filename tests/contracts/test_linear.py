"""Bad input to linear, flatten, dropout and the initializers: exact error type and text."""

import numpy as np
import pytest
import torch
from compare import INVALID

from course_lib import numpy_ops, torch_ops
from course_lib.errors import sentence

SIDES = pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])
FLOAT_FIX = "scale to float first, for example x.astype(float) / 255"
LINEAR_NEEDS = "x (..., in_features) with in_features = weight.shape[1]"
LINEAR_FIX = "flatten images first, and check that weight is (out_features, in_features)"
RESHAPE, GAIN_FIX = "reshape it or check where it was made", "choose a value in that range"
KIND = "generator as a numpy.random.Generator (in torch_ops, a torch.Generator)"
KIND_FIX = "pass np.random.default_rng(seed=0) or torch.Generator().manual_seed(0)"
INITIALIZERS = ["lecun_normal", "xavier_normal", "xavier_uniform", "he_normal", "he_uniform",
                "orthogonal"]  # fmt: skip
X, KEEP = np.ones((2, 3, 5, 7)), np.ones((2, 3, 5, 7), bool)


def bad(name, operation, arrays, options, error, received, needed, fix):
    """Name a call that must fail; an array is an array or not one at all."""
    return pytest.param(
        operation, arrays, options, error, (received, needed, fix), id=f"{operation}-{name}"
    )


def convert(side, value):
    """Hand arrays to torch as tensors, and "generator" as a generator of this side."""
    torch_side = side is torch_ops
    if isinstance(value, str) and value == "generator":
        return torch.Generator() if torch_side else np.random.default_rng(seed=0)
    return torch.from_numpy(value) if torch_side and isinstance(value, np.ndarray) else value


BAD = [
    bad("int64", "linear", [np.ones((2, 3), int), np.ones((5, 3))], {}, TypeError,
        "x with shape (2, 3) and dtype int64", "x in floating point", FLOAT_FIX),
    bad("mixed", "linear", [np.ones((2, 3), "float32"), np.ones((5, 3))], {}, TypeError,
        "mixed dtypes (x float32, weight float64)", "one dtype for all arrays",
        "convert them to the same dtype"),
    bad("weight-transposed", "linear", [np.ones((2, 3)), np.ones((3, 5))], {}, ValueError,
        "x with shape (2, 3) and weight with shape (3, 5)", LINEAR_NEEDS, LINEAR_FIX),
    bad("images", "linear", [X, np.ones((5, 105))], {}, ValueError,
        "x with shape (2, 3, 5, 7) and weight with shape (5, 105)", LINEAR_NEEDS, LINEAR_FIX),
    bad("number", "linear", [np.ones(()), np.ones((5, 1))], {}, ValueError,
        "x with shape () and weight with shape (5, 1)", LINEAR_NEEDS, LINEAR_FIX),
    bad("flat-weight", "linear", [np.ones((2, 3)), np.ones(3)], {}, ValueError,
        "weight with shape (3,)", "weight (out_features, in_features)",
        "add the missing axis, for example weight[None]"),
    bad("bias-too-short", "linear", [np.ones((2, 3)), np.ones((5, 3)), np.ones(1)], {}, ValueError,
        "bias with shape (1,)", "bias with shape (5,), one number an output feature", RESHAPE),
    bad("int64", "flatten", [np.ones((2, 3), int)], {}, TypeError,
        "x with shape (2, 3) and dtype int64", "x in floating point", FLOAT_FIX),
    bad("one-axis", "flatten", [np.ones(3)], {}, ValueError,
        "x with shape (3,)", "x (N, ...) with at least two axes",
        "add the batch axis, for example x[None]"),
    bad("int64", "dropout", [np.ones((2, 3), int)], {"mask": KEEP[0, 0]}, TypeError,
        "x with shape (2, 3) and dtype int64", "x in floating point", FLOAT_FIX),
    bad("p-too-high", "dropout", [X], {"p": 1.5, "mask": KEEP}, ValueError,
        "p=1.5", "p from 0 to 1", GAIN_FIX),
    bad("p-negative", "dropout", [X], {"p": -0.1, "mask": KEEP}, ValueError,
        "p=-0.1", "p from 0 to 1", GAIN_FIX),
    bad("p-text", "dropout", [X], {"p": "half", "mask": KEEP}, TypeError,
        "p='half' of type str", "p as a number", "pass an int or a float"),
    bad("training-1", "dropout", [X], {"training": 1, "mask": KEEP}, TypeError,
        "training=1 of type int", "training as True or False", "pass a bool"),
    bad("mask-of-numbers", "dropout", [X], {"mask": X}, TypeError,
        "mask with dtype float64", "mask of bool, True where x is kept",
        "pass the mask that the forward pass returned"),
    bad("mask-too-small", "dropout", [X], {"mask": KEEP[:1]}, ValueError,
        "mask with shape (1, 3, 5, 7)",
        "mask with shape (2, 3, 5, 7), one value for each that is drawn", RESHAPE),
    bad("mask-of-pixels", "dropout2d", [X], {"mask": KEEP}, ValueError,
        "mask with shape (2, 3, 5, 7)",
        "mask with shape (2, 3, 1, 1), one value for each that is drawn", RESHAPE),
    bad("no-images", "dropout2d", [X[0]], {"mask": KEEP[:, :, :1, :1]}, ValueError,
        "x with shape (3, 5, 7)", "x (N, C, H, W)", "add the missing axis, for example x[None]"),
]  # fmt: skip
BAD_DRAWS = [
    bad("nothing-to-draw-from", "dropout", [X], {}, ValueError,
        "training=True with neither generator nor mask", "a generator to draw from, or a mask",
        "pass generator=..., or training=False to keep everything"),
    bad("seed", "dropout", [X], {"generator": 0}, TypeError,
        "generator of type int", KIND, KIND_FIX),
    bad("unknown", "calculate_gain", ["swish"], {}, ValueError,
        "nonlinearity='swish'",
        "nonlinearity as one of 'linear', 'conv1d', 'conv2d', 'conv3d', 'conv_transpose1d', "
        "'conv_transpose2d', 'conv_transpose3d', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'selu'",
        "choose one of these"),
    bad("slope-of-relu", "calculate_gain", ["relu"], {"negative_slope": 0.1}, ValueError,
        "negative_slope=0.1 for 'relu'", 'negative_slope only with "leaky_relu"',
        "leave negative_slope out"),
    bad("slope-text", "calculate_gain", ["leaky_relu"], {"negative_slope": "a"}, TypeError,
        "negative_slope='a' of type str", "negative_slope as a number", "pass an int or a float"),
    bad("int", "fan_in_and_fan_out", [3], {}, TypeError,
        "shape=3 of type int", "shape as a tuple (out, in, *kernel)",
        "pass for example weight.shape"),
]  # fmt: skip
for _name in INITIALIZERS:
    BAD_DRAWS += [
        bad("bias-shape", _name, [(3,)], {"generator": "generator"}, ValueError,
            "shape=(3,)", "shape (out, in, *kernel) with at least two axes",
            "initialize a bias with zeros instead"),
        bad("size-0", _name, [(3, 0)], {"generator": "generator"}, ValueError,
            "shape=0", "shape of at least 1", "use a larger number"),
        bad("size-float", _name, [(3, 2.0)], {"generator": "generator"}, TypeError,
            "shape=2.0 of type float", "shape as an int", "pass a whole number"),
        bad("gain-negative", _name, [(3, 2)], {"gain": -1.0, "generator": "generator"}, ValueError,
            "gain=-1.0", "gain from 0.0 to inf", GAIN_FIX),
        bad("seed", _name, [(3, 2)], {"generator": 0}, TypeError,
            "generator of type int", KIND, KIND_FIX),
    ]  # fmt: skip


def check(side, name, arguments, options, error, text):
    received, needed, fix = text
    arguments = [convert(side, value) for value in arguments]
    options = {key: convert(side, value) for key, value in options.items()}
    with pytest.raises(error) as caught:
        getattr(side, name)(*arguments, **options)
    assert type(caught.value) is INVALID[error]
    assert str(caught.value) == sentence(name, received=received, needed=needed, fix=fix)


@SIDES
@pytest.mark.parametrize(("operation", "arguments", "options", "error", "text"), BAD + BAD_DRAWS)
def test_bad_input_is_explained(side, operation, arguments, options, error, text):
    check(side, operation, arguments, options, error, text)


@SIDES
@pytest.mark.parametrize(("operation", "arguments", "options", "error", "text"), BAD)
def test_the_backward_explains_it_under_its_own_name(
    side, operation, arguments, options, error, text
):
    arguments = [np.ones((1, 1)), *arguments]
    check(side, f"{operation}_backward", arguments, options, error, text)


@SIDES
@pytest.mark.parametrize(
    ("operation", "arguments", "options", "shape"),
    [
        ("linear", [np.ones((2, 3)), np.ones((5, 3))], {}, (2, 5)),
        ("flatten", [X], {}, (2, 105)),
        ("dropout", [X], {"mask": KEEP}, (2, 3, 5, 7)),
        ("dropout2d", [X], {"mask": KEEP[:, :, :1, :1]}, (2, 3, 5, 7)),
    ],
)
def test_a_gradient_must_have_the_shape_of_the_output(side, operation, arguments, options, shape):
    wrong = (*shape[:-1], shape[-1] + 1)
    text = (
        f"grad_y with shape {wrong}",
        f"grad_y with shape {shape}, the shape of the output",
        RESHAPE,
    )
    name = f"{operation}_backward"
    check(side, name, [np.ones(wrong), *arguments], options, ValueError, text)
