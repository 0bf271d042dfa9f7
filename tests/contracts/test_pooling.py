"""Bad input to the poolings: the exact error type and text, the same from both twins."""

import itertools

import numpy as np
import pytest
import torch
from compare import INVALID

from course_lib import numpy_ops, torch_ops
from course_lib.errors import sentence

X = (2, 3, 7, 11)
K2 = {"kernel_size": 2}
SHAPE = "x with shape (2, 3, 7, 11)"
LARGER, WHOLE = "use a larger number", "pass a whole number"
ONE_PER_AXIS = "give one number for each axis"
HALF = "padding of at most half the window"
NOT_EMPTY = "at least one channel and one pixel on each axis"
SIDES = pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])


def bad(name, operation, x, options, error, received, needed, fix):
    """Name a call that must fail; x is a shape, a (shape, dtype), or not an array."""
    return pytest.param(
        operation, x, options, error, (received, needed, fix), id=f"{operation}-{name}"
    )


BAD = [
    bad("not-an-array", "max_pool2d", "a list", K2, TypeError, "x of type str",
        "x as an array or tensor", "convert it with np.asarray or torch.as_tensor"),
    bad("uint8", "max_pool2d", (X, "uint8"), K2, TypeError, f"{SHAPE} and dtype uint8",
        "x in floating point", "scale to float first, for example x.astype(float) / 255"),
    bad("int64", "avg_pool2d", (X, "int64"), K2, TypeError, f"{SHAPE} and dtype int64",
        "x in floating point", "scale to float first, for example x.astype(float) / 255"),
    bad("no-batch-axis", "max_pool2d", (3, 7, 11), K2, ValueError, "x with shape (3, 7, 11)",
        "x (N, C, H, W)", "add the missing axis, for example x[None]"),
    bad("image-given", "max_pool1d", X, K2, ValueError, SHAPE, "x (N, C, L)",
        "remove or merge the extra axes"),
    bad("image-given", "avg_pool3d", X, K2, ValueError, SHAPE, "x (N, C, D, H, W)",
        "add the missing axis, for example x[None]"),
    bad("no-pixel", "max_pool2d", (2, 3, 0, 11), K2, ValueError, "x with shape (2, 3, 0, 11)",
        NOT_EMPTY, "check where x was cut"),
    bad("no-channel", "global_avg_pool2d", (2, 0, 7, 11), {}, ValueError,
        "x with shape (2, 0, 7, 11)", NOT_EMPTY, "check where x was cut"),
    bad("kernel-0", "max_pool2d", X, {"kernel_size": 0}, ValueError, "kernel_size=0",
        "kernel_size of at least 1", LARGER),
    bad("kernel-0", "avg_pool2d", X, {"kernel_size": (2, 0)}, ValueError, "kernel_size=0",
        "kernel_size of at least 1", LARGER),
    bad("kernel-float", "max_pool2d", X, {"kernel_size": 2.0}, TypeError,
        "kernel_size=2.0 of type float", "kernel_size as an int", WHOLE),
    bad("kernel-triple", "max_pool2d", X, {"kernel_size": (2, 2, 2)}, ValueError,
        "kernel_size=(2, 2, 2) with 3 numbers", "kernel_size as one int or 2, one a spatial axis",
        ONE_PER_AXIS),
    bad("stride-0", "max_pool2d", X, {**K2, "stride": 0}, ValueError, "stride=0",
        "stride of at least 1", LARGER),
    bad("stride-0", "avg_pool2d", X, {**K2, "stride": (1, 0)}, ValueError, "stride=0",
        "stride of at least 1", LARGER),
    bad("stride-negative", "max_pool3d", (2, 3, 4, 5, 6), {**K2, "stride": -1}, ValueError,
        "stride=-1", "stride of at least 1", LARGER),
    bad("padding-negative", "max_pool2d", X, {**K2, "padding": -1}, ValueError, "padding=-1",
        "padding of at least 0", LARGER),
    bad("padding-above-half", "max_pool2d", X, {"kernel_size": 3, "padding": 2}, ValueError,
        "padding=2 with a window of 3", HALF, "use padding <= 1"),
    bad("padding-above-half", "avg_pool2d", X, {"kernel_size": (4, 3), "padding": 2}, ValueError,
        "padding=2 with a window of 3", HALF, "use padding <= 1"),
    bad("padding-above-half", "avg_pool1d", (2, 3, 9), {"kernel_size": 1, "padding": 1}, ValueError,
        "padding=1 with a window of 1", HALF, "use padding <= 0"),
    bad("padding-same", "max_pool2d", X, {**K2, "padding": "same"}, TypeError,
        "padding='same' of type str", "padding as an int", WHOLE),
    bad("dilation-0", "max_pool2d", X, {**K2, "dilation": 0}, ValueError, "dilation=0",
        "dilation of at least 1", LARGER),
    bad("ceil-mode-1", "max_pool2d", X, {**K2, "ceil_mode": 1}, TypeError,
        "ceil_mode=1 of type int", "ceil_mode as True or False", "pass a bool"),
    bad("count-include-pad-none", "avg_pool2d", X, {**K2, "count_include_pad": None}, TypeError,
        "count_include_pad=None of type NoneType", "count_include_pad as True or False",
        "pass a bool"),
    bad("window-too-large", "max_pool2d", X, {"kernel_size": 8}, ValueError,
        f"{SHAPE}: a window that spans 8 pixels on a padded axis of 7",
        "a window no larger than the padded input", "use a smaller kernel_size or dilation"),
    bad("window-too-large", "avg_pool2d", X, {"kernel_size": 12, "padding": 2}, ValueError,
        f"{SHAPE}: a window that spans 12 pixels on a padded axis of 11",
        "a window no larger than the padded input", "use a smaller kernel_size or dilation"),
    bad("dilated-too-far", "max_pool1d", (2, 3, 9), {"kernel_size": 3, "dilation": 5}, ValueError,
        "x with shape (2, 3, 9): a window that spans 11 pixels on a padded axis of 9",
        "a window no larger than the padded input", "use a smaller kernel_size or dilation"),
    bad("only-padding", "max_pool1d", (2, 3, 1), {**K2, "padding": 1, "dilation": 2}, ValueError,
        "x with shape (2, 3, 1), padding=1 and dilation=2: a window that reads only padding",
        "a pixel in each window", "use a smaller dilation or padding"),
    bad("size-0", "adaptive_avg_pool2d", X, {"output_size": (0, 2)}, ValueError, "output_size=0",
        "output_size of at least 1", LARGER),
    bad("size-float", "adaptive_avg_pool2d", X, {"output_size": (None, 2.5)}, TypeError,
        "output_size=2.5 of type float", "output_size as an int", WHOLE),
    bad("one-size-in-a-tuple", "adaptive_avg_pool2d", X, {"output_size": (3,)}, ValueError,
        "output_size=(3,) with 1 numbers", "output_size as one int or 2, one a spatial axis",
        ONE_PER_AXIS),
    bad("three-sizes", "adaptive_avg_pool2d", X, {"output_size": (3, 4, 5)}, ValueError,
        "output_size=(3, 4, 5) with 3 numbers", "output_size as one int or 2, one a spatial axis",
        ONE_PER_AXIS),
    bad("three-axes", "global_max_pool2d", (3, 7, 11), {}, ValueError, "x with shape (3, 7, 11)",
        "x (N, C, H, W)", "add the missing axis, for example x[None]"),
    bad("int64", "global_max_pool2d", (X, "int64"), {}, TypeError, f"{SHAPE} and dtype int64",
        "x in floating point", "scale to float first, for example x.astype(float) / 255"),
    bad("kernel-0", "blur_pool2d", X, {"kernel_size": 0}, ValueError, "kernel_size=0",
        "kernel_size of at least 1", LARGER),
    bad("stride-0", "blur_pool2d", X, {"stride": 0}, ValueError, "stride=0",
        "stride of at least 1", LARGER),
    bad("kernel-pair", "blur_pool2d", X, {"kernel_size": (3, 3)}, TypeError,
        "kernel_size=(3, 3) of type tuple", "kernel_size as an int", WHOLE),
    bad("mirror-too-wide", "blur_pool2d", (2, 3, 2, 11), {"kernel_size": 5}, ValueError,
        "x with shape (2, 3, 2, 11) and kernel_size=5",
        "at least 3 pixels on each axis, to mirror 2 at the rim", "use a smaller kernel_size"),
]  # fmt: skip

OUTPUTS = [
    pytest.param("max_pool1d", (2, 3, 9), K2, (2, 3, 4), id="max_pool1d"),
    pytest.param("max_pool2d", X, K2, (2, 3, 3, 5), id="max_pool2d"),
    pytest.param("max_pool3d", (2, 3, 4, 7, 9), K2, (2, 3, 2, 3, 4), id="max_pool3d"),
    pytest.param("avg_pool1d", (2, 3, 9), K2, (2, 3, 4), id="avg_pool1d"),
    pytest.param("avg_pool2d", X, K2, (2, 3, 3, 5), id="avg_pool2d"),
    pytest.param("avg_pool3d", (2, 3, 4, 7, 9), K2, (2, 3, 2, 3, 4), id="avg_pool3d"),
    pytest.param("adaptive_avg_pool2d", X, {"output_size": 5}, (2, 3, 5, 5), id="adaptive"),
    pytest.param("global_avg_pool2d", X, {}, (2, 3), id="global_avg_pool2d"),
    pytest.param("global_max_pool2d", X, {}, (2, 3), id="global_max_pool2d"),
    pytest.param("blur_pool2d", X, {}, (2, 3, 4, 6), id="blur_pool2d"),
]


def convert(side, x):
    """Make the array or tensor that a table row describes."""
    if isinstance(x, str):
        return x
    shape, dtype = x if isinstance(x[0], tuple) else (x, "float64")
    array = np.ones(shape, dtype)
    return array if side is numpy_ops else torch.from_numpy(array)


@SIDES
@pytest.mark.parametrize(("operation", "x", "options", "error", "text"), BAD)
def test_bad_input_is_explained(side, operation, x, options, error, text):
    received, needed, fix = text
    with pytest.raises(error) as caught:
        getattr(side, operation)(convert(side, x), **options)
    assert type(caught.value) is INVALID[error]
    assert str(caught.value) == sentence(operation, received=received, needed=needed, fix=fix)


@SIDES
@pytest.mark.parametrize(("operation", "x", "options", "error", "text"), BAD)
def test_the_backward_explains_it_under_its_own_name(side, operation, x, options, error, text):
    received, needed, fix = text
    name = f"{operation}_backward"
    with pytest.raises(error) as caught:
        getattr(side, name)(convert(side, (1, 1)), convert(side, x), **options)
    assert str(caught.value) == sentence(name, received=received, needed=needed, fix=fix)


@SIDES
@pytest.mark.parametrize(("operation", "x", "options", "shape"), OUTPUTS)
def test_a_gradient_must_fit_the_output(side, operation, x, options, shape):
    x, backward = convert(side, x), getattr(side, f"{operation}_backward")
    backward(convert(side, shape), x, **options)
    wrong = (*shape[:-1], shape[-1] + 1)
    with pytest.raises(ValueError) as caught:
        backward(convert(side, wrong), x, **options)
    assert str(caught.value) == sentence(
        f"{operation}_backward",
        received=f"grad_y with shape {wrong}",
        needed=f"grad_y with shape {shape}, the shape of the output",
        fix="reshape it or check where it was made",
    )
    with pytest.raises(TypeError, match=r"mixed dtypes \(grad_y float32, x float64\)"):
        backward(convert(side, (shape, "float32")), x, **options)


@pytest.mark.parametrize("step", [100, 10**12, 10**30])
@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "blur_pool2d", "im2col", "conv2d"])
def test_a_step_beyond_the_image_costs_nothing(name, step):
    x = np.random.default_rng(seed=0).standard_normal((2, 3, 5, 7))
    weight = (np.ones((4, 3, 3, 3)),) if name == "conv2d" else ()
    options = {} if name == "conv2d" else {"kernel_size": 3}
    expected = getattr(numpy_ops, name)(x, *weight, stride=7, **options)
    for module, convert in ((numpy_ops, np.asarray), (torch_ops, torch.from_numpy)):
        arrays = [convert(array) for array in (x, *weight)]
        y = getattr(module, name)(*arrays, stride=step, **options)
        np.testing.assert_allclose(np.asarray(y), expected, rtol=1e-12)


def test_exactly_the_windows_that_read_only_padding_are_refused():
    options = itertools.product(range(1, 7), range(1, 5), range(1, 4), range(3), range(1, 5))
    for size, kernel, stride, padding, dilation in options:
        reach = dilation * (kernel - 1) + 1
        if 2 * padding > kernel or reach > size + 2 * padding:
            continue
        firsts = range(-padding, size + padding - reach + 1, stride)
        taps = [[first + dilation * tap for tap in range(kernel)] for first in firsts]
        has_pixels = all(any(0 <= tap < size for tap in window) for window in taps)
        given = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        try:
            numpy_ops.max_pool1d(np.ones((1, 1, size)), **given)
            assert has_pixels, (size, given)
        except ValueError:
            assert not has_pixels, (size, given)
