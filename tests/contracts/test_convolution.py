"""Bad input to the convolutions: the exact error type and text, the same from both twins."""

import numpy as np
import pytest
import torch
from compare import INVALID

from course_lib import numpy_ops, torch_ops
from course_lib.errors import sentence

X, W = (2, 3, 7, 11), (5, 3, 3, 2)
GROUPED = "x with shape (2, 3, 7, 11) and weight with shape (5, 3, 3, 2) with groups"
FLOAT_FIX = "scale to float first, for example x.astype(float) / 255"
MORE_AXES, FEWER_AXES = (
    "add the missing axis, for example {}[None]",
    "remove or merge the extra axes",
)
CHANNELS_FIX = "check that x is (N, C, ...), channels first, and the weight was made for it"
TRANSPOSED_FIX = (
    "check that x is (N, C, H, W), channels first, and that the weight is "
    "(C_in, C_out / groups, K_h, K_w), input channels first"
)
WHOLE, LARGER, RESHAPE = (
    "pass a whole number",
    "use a larger number",
    "reshape it or check where it was made",
)


def bad(name, operation, arrays, options, error, received, needed, fix):
    """Name a call that must fail; an array is a shape, a (shape, dtype), None, or not an array."""
    return pytest.param(
        operation, arrays, options, error, (received, needed, fix), id=f"{operation}-{name}"
    )


def shapes(x, weight):
    return f"x with shape {x} and weight with shape {weight}"


BAD = [
    bad("list", "conv2d", ["a list", W], {}, TypeError,
        "x of type str", "x as an array or tensor",
        "convert it with np.asarray or torch.as_tensor"),
    bad("int64", "conv2d", [(X, "int64"), W], {}, TypeError,
        "x with shape (2, 3, 7, 11) and dtype int64", "x in floating point", FLOAT_FIX),
    bad("uint8", "conv2d", [(X, "uint8"), W], {}, TypeError,
        "x with shape (2, 3, 7, 11) and dtype uint8", "x in floating point", FLOAT_FIX),
    bad("mixed", "conv2d", [X, (W, "float32")], {}, TypeError,
        "mixed dtypes (x float64, weight float32)", "one dtype for all arrays",
        "convert them to the same dtype"),
    bad("mixed-bias", "conv2d", [X, W, ((5,), "float32")], {}, TypeError,
        "mixed dtypes (x float64, weight float64, bias float32)", "one dtype for all arrays",
        "convert them to the same dtype"),
    bad("no-batch-axis", "conv2d", [(3, 7, 11), W], {}, ValueError,
        "x with shape (3, 7, 11)", "x (N, C_in, H, W)", MORE_AXES.format("x")),
    bad("extra-axis", "conv2d", [(1, *X), W], {}, ValueError,
        "x with shape (1, 2, 3, 7, 11)", "x (N, C_in, H, W)", FEWER_AXES),
    bad("flat-weight", "conv2d", [X, (5, 3, 3)], {}, ValueError,
        "weight with shape (5, 3, 3)", "weight (C_out, C_in / groups, K_h, K_w)",
        MORE_AXES.format("weight")),
    bad("channels-last", "conv2d", [(2, 7, 11, 3), W], {}, ValueError,
        shapes((2, 7, 11, 3), W) + " with groups=1",
        "equal C_in: weight.shape[1] * groups == x.shape[1]", CHANNELS_FIX),
    bad("groups-do-not-divide", "conv2d", [X, W], {"groups": 2}, ValueError,
        f"{GROUPED}=2", "C_in and C_out divisible by groups", "choose groups that divides both"),
    bad("groups-do-not-divide-the-filters", "conv2d", [(2, 4, 7, 11), (5, 2, 3, 2)],
        {"groups": 2}, ValueError,
        "x with shape (2, 4, 7, 11) and weight with shape (5, 2, 3, 2) with groups=2",
        "C_in and C_out divisible by groups", "choose groups that divides both"),
    bad("groups-0", "conv2d", [X, W], {"groups": 0}, ValueError,
        "groups=0", "groups of at least 1", LARGER),
    bad("groups-float", "conv2d", [X, W], {"groups": 1.0}, TypeError,
        "groups=1.0 of type float", "groups as an int", WHOLE),
    bad("bias-too-long", "conv2d", [X, W, (3,)], {}, ValueError,
        "bias with shape (3,)", "bias with shape (5,), one number an output channel", RESHAPE),
    bad("kernel-0", "conv2d", [X, (5, 3, 0, 2)], {}, ValueError,
        shapes(X, (5, 3, 0, 2)), "a kernel of at least 1 pixel on each axis",
        "use a kernel size of 1 or more"),
    bad("kernel-too-large", "conv2d", [X, (5, 3, 8, 2)], {}, ValueError,
        shapes(X, (5, 3, 8, 2)) + ": a kernel that spans 8 pixels on a padded axis of 7",
        "a kernel no larger than the padded input", "pad more or use a smaller kernel or dilation"),
    bad("dilated-kernel-too-large", "conv2d", [X, W], {"dilation": 4, "padding": (0, 1)},
        ValueError,
        shapes(X, W) + ": a kernel that spans 9 pixels on a padded axis of 7",
        "a kernel no larger than the padded input", "pad more or use a smaller kernel or dilation"),
    bad("stride-0", "conv2d", [X, W], {"stride": 0}, ValueError,
        "stride=0", "stride of at least 1", LARGER),
    bad("stride-for-three-axes", "conv2d", [X, W], {"stride": (1, 2, 1)}, ValueError,
        "stride=(1, 2, 1) with 3 numbers", "stride as one int or 2, one a spatial axis",
        "give one number for each axis"),
    bad("stride-float", "conv2d", [X, W], {"stride": 1.5}, TypeError,
        "stride=1.5 of type float", "stride as an int", WHOLE),
    bad("stride-bool", "conv2d", [X, W], {"stride": True}, TypeError,
        "stride=True of type bool", "stride as an int", WHOLE),
    bad("negative-padding", "conv2d", [X, W], {"padding": (0, -1)}, ValueError,
        "padding=-1", "padding of at least 0", LARGER),
    bad("unknown-padding", "conv2d", [X, W], {"padding": "full"}, ValueError,
        "padding='full'", "padding as one of 'valid', 'same'", "choose one of these"),
    bad("same-with-stride", "conv2d", [X, W], {"padding": "same", "stride": (1, 2)}, ValueError,
        'padding="same" with stride=(1, 2)', 'stride 1 with padding="same"',
        "give the padding as numbers"),
    bad("dilation-0", "conv2d", [X, W], {"dilation": (1, 0)}, ValueError,
        "dilation=0", "dilation of at least 1", LARGER),
    bad("image", "conv1d", [X, W], {}, ValueError,
        "x with shape (2, 3, 7, 11)", "x (N, C_in, L)", FEWER_AXES),
    bad("stride-pair", "conv1d", [(2, 3, 7), (5, 3, 2)], {"stride": (1, 2)}, ValueError,
        "stride=(1, 2) with 2 numbers", "stride as one int or 1, one a spatial axis",
        "give one number for each axis"),
    bad("kernel-too-long", "conv1d", [(2, 3, 7), (5, 3, 8)], {}, ValueError,
        shapes((2, 3, 7), (5, 3, 8)) + ": a kernel that spans 8 pixels on a padded axis of 7",
        "a kernel no larger than the padded input", "pad more or use a smaller kernel or dilation"),
    bad("image", "conv3d", [X, W], {}, ValueError,
        "x with shape (2, 3, 7, 11)", "x (N, C_in, D, H, W)", MORE_AXES.format("x")),
    bad("flat-weight", "conv3d", [(2, 3, 4, 5, 6), W], {}, ValueError,
        "weight with shape (5, 3, 3, 2)", "weight (C_out, C_in / groups, K_d, K_h, K_w)",
        MORE_AXES.format("weight")),
    bad("stride-0", "conv3d", [(2, 3, 4, 5, 6), (4, 3, 1, 1, 1)], {"stride": (1, 1, 0)}, ValueError,
        "stride=0", "stride of at least 1", LARGER),
    bad("int32", "conv_transpose2d", [(X, "int32"), (3, 5, 3, 2)], {}, TypeError,
        "x with shape (2, 3, 7, 11) and dtype int32", "x in floating point", FLOAT_FIX),
    bad("no-batch-axis", "conv_transpose2d", [(3, 7, 11), (3, 5, 3, 2)], {}, ValueError,
        "x with shape (3, 7, 11)", "x (N, C_in, H, W)", MORE_AXES.format("x")),
    bad("weight-of-conv2d", "conv_transpose2d", [X, W], {}, ValueError,
        shapes(X, W), "equal C_in: weight.shape[0] == x.shape[1]", TRANSPOSED_FIX),
    bad("groups-do-not-divide", "conv_transpose2d", [X, (3, 5, 3, 2)], {"groups": 2}, ValueError,
        shapes(X, (3, 5, 3, 2)) + " with groups=2", "C_in divisible by groups",
        "choose groups that divides C_in"),
    bad("bias-of-input", "conv_transpose2d", [X, (3, 5, 3, 2), (3,)], {}, ValueError,
        "bias with shape (3,)", "bias with shape (5,), one number an output channel", RESHAPE),
    bad("kernel-0", "conv_transpose2d", [X, (3, 5, 3, 0)], {}, ValueError,
        shapes(X, (3, 5, 3, 0)), "a kernel of at least 1 pixel on each axis",
        "use a kernel size of 1 or more"),
    bad("output-padding", "conv_transpose2d", [X, (3, 5, 3, 2)],
        {"stride": 2, "output_padding": (0, 2)}, ValueError,
        "output_padding 2 with stride 2 and dilation 1",
        "output_padding below stride or below dilation", "reduce output_padding"),
    bad("negative-output-padding", "conv_transpose2d", [X, (3, 5, 3, 2)], {"output_padding": -1},
        ValueError, "output_padding=-1", "output_padding of at least 0", LARGER),
    bad("nothing-left", "conv_transpose2d", [(2, 3, 1, 1), (3, 5, 2, 2)], {"padding": 1},
        ValueError,
        shapes((2, 3, 1, 1), (3, 5, 2, 2))
        + ": a full output of 2 pixels, less padding 1 on both sides",
        "at least one pixel in and one pixel out on each axis", "reduce padding or use a larger x"),
    bad("no-pixels", "conv_transpose2d", [(2, 3, 0, 1), (3, 5, 2, 2)], {}, ValueError,
        shapes((2, 3, 0, 1), (3, 5, 2, 2))
        + ": a full output of 1 pixels, less padding 0 on both sides",
        "at least one pixel in and one pixel out on each axis", "reduce padding or use a larger x"),
    bad("padding-word", "conv_transpose2d", [X, (3, 5, 3, 2)], {"padding": "same"}, TypeError,
        "padding='same' of type str", "padding as an int", WHOLE),
    bad("batch", "cross_correlate2d", [X, (3, 2)], {}, ValueError,
        "image with shape (2, 3, 7, 11)", "image (H, W)", FEWER_AXES),
    bad("row", "cross_correlate2d", [(7, 11), (3,)], {}, ValueError,
        "kernel with shape (3,)", "kernel (K_h, K_w)", MORE_AXES.format("kernel")),
    bad("uint8", "cross_correlate2d", [((7, 11), "uint8"), (3, 2)], {}, TypeError,
        "image with shape (7, 11) and dtype uint8", "image in floating point", FLOAT_FIX),
    bad("mixed", "convolve2d", [(7, 11), ((3, 2), "float32")], {}, TypeError,
        "mixed dtypes (image float64, kernel float32)", "one dtype for all arrays",
        "convert them to the same dtype"),
    bad("kernel-larger", "convolve2d", [(7, 11), (8, 2)], {}, ValueError,
        "image with shape (7, 11) and kernel with shape (8, 2): a kernel that spans 8 pixels on a "
        "padded axis of 7",
        "a kernel no larger than the padded input", "pad more or use a smaller kernel or dilation"),
    bad("no-taps", "convolve2d", [(7, 11), (0, 2)], {}, ValueError,
        "image with shape (7, 11) and kernel with shape (0, 2)",
        "a kernel of at least 1 pixel on each axis", "use a kernel size of 1 or more"),
    bad("no-batch-axis", "im2col", [(3, 7, 11)], {"kernel_size": 2}, ValueError,
        "x with shape (3, 7, 11)", "x (N, C, H, W)", MORE_AXES.format("x")),
    bad("kernel-0", "im2col", [X], {"kernel_size": (2, 0)}, ValueError,
        "kernel_size=0", "kernel_size of at least 1", LARGER),
    bad("kernel-larger", "im2col", [X], {"kernel_size": (2, 12)}, ValueError,
        "x with shape (2, 3, 7, 11), an image of (7, 11) and kernel_size=(2, 12): a kernel that "
        "spans 12 pixels on a padded axis of 11",
        "a kernel no larger than the padded input", "pad more or use a smaller kernel or dilation"),
    bad("padding-word", "im2col", [X], {"kernel_size": 2, "padding": "same"}, TypeError,
        "padding='same' of type str", "padding as an int", WHOLE),
    bad("image", "col2im", [X], {"output_size": 4, "kernel_size": 2}, ValueError,
        "columns with shape (2, 3, 7, 11)", "columns (N, C * K_h * K_w, H_out * W_out)",
        FEWER_AXES),
    bad("taps-left-over", "col2im", [(2, 7, 9)], {"output_size": 4, "kernel_size": 2}, ValueError,
        "columns with shape (2, 7, 9) and kernel_size=(2, 2)",
        "columns.shape[1] divisible by the 4 taps of the kernel",
        "use the kernel_size that im2col was called with"),
    bad("windows-missing", "col2im", [(2, 8, 8)], {"output_size": 4, "kernel_size": 2}, ValueError,
        "columns with shape (2, 8, 8)",
        "columns with shape (2, 8, 9), one column for each window on an image of (4, 4)", RESHAPE),
    bad("output-size-0", "col2im", [(2, 8, 9)], {"output_size": 0, "kernel_size": 2}, ValueError,
        "output_size=0", "output_size of at least 1", LARGER),
    bad("two-numbers", "pad2d", [X], {"padding": (1, 2)}, ValueError,
        "padding=(1, 2) with 2 numbers", "padding as one int or as (left, right, top, bottom)",
        "give one number for each side"),
    bad("negative", "pad2d", [X], {"padding": (1, 2, 0, -1)}, ValueError,
        "padding=-1", "padding of at least 0", LARGER),
    bad("value-text", "pad2d", [X], {"padding": 1, "value": "edge"}, TypeError,
        "value='edge' of type str", "value as a number", "pass an int or a float"),
    bad("int64", "pad2d", [(X, "int64")], {"padding": 1}, TypeError,
        "x with shape (2, 3, 7, 11) and dtype int64", "x in floating point", FLOAT_FIX),
]  # fmt: skip

BAD_GRADS = [
    pytest.param("conv1d", [(2, 3, 7), (5, 3, 2)], {}, (2, 5, 6), id="conv1d"),
    pytest.param("conv2d", [X, W], {"stride": 2}, (2, 5, 3, 5), id="conv2d"),
    pytest.param("conv3d", [(2, 3, 4, 5, 6), (7, 3, 2, 3, 1)], {}, (2, 7, 3, 3, 6), id="conv3d"),
    pytest.param("conv_transpose2d", [X, (3, 5, 3, 2)], {}, (2, 5, 9, 12), id="conv_transpose2d"),
    pytest.param("cross_correlate2d", [(7, 11), (3, 2)], {}, (5, 10), id="cross_correlate2d"),
    pytest.param("convolve2d", [(7, 11), (3, 2)], {}, (5, 10), id="convolve2d"),
    pytest.param("im2col", [X], {"kernel_size": 2}, (2, 12, 60), id="im2col"),
    pytest.param(
        "col2im", [(2, 12, 60)], {"output_size": (7, 11), "kernel_size": 2}, X, id="col2im"
    ),
    pytest.param("pad2d", [X], {"padding": (1, 0, 0, 2)}, (2, 3, 9, 12), id="pad2d"),
]

SIDES = pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])


def convert(side, array):
    """Make ones of a shape or a (shape, dtype) for one side; pass anything else on."""
    if not isinstance(array, tuple):
        return array
    shape, dtype = array if isinstance(array[0], tuple) else (array, "float64")
    ones = np.ones(shape, dtype)
    return torch.from_numpy(ones) if side is torch_ops else ones


@SIDES
@pytest.mark.parametrize(("operation", "arrays", "options", "error", "text"), BAD)
def test_bad_input_is_explained(side, operation, arrays, options, error, text):
    received, needed, fix = text
    inputs = [convert(side, array) for array in arrays]
    with pytest.raises(error) as caught:
        getattr(side, operation)(*inputs, **options)
    assert type(caught.value) is INVALID[error]
    assert str(caught.value) == sentence(operation, received=received, needed=needed, fix=fix)


@SIDES
@pytest.mark.parametrize(("operation", "arrays", "options", "error", "text"), BAD)
def test_the_backward_explains_it_under_its_own_name(side, operation, arrays, options, error, text):
    received, needed, fix = text
    inputs = [convert(side, array) for array in arrays]
    name = f"{operation}_backward"
    with pytest.raises(error) as caught:
        getattr(side, name)(convert(side, (1, 1)), *inputs, **options)
    assert str(caught.value) == sentence(name, received=received, needed=needed, fix=fix)


@SIDES
@pytest.mark.parametrize(("operation", "arrays", "options", "shape"), BAD_GRADS)
def test_a_gradient_must_have_the_shape_of_the_output(side, operation, arrays, options, shape):
    inputs = [convert(side, array) for array in arrays]
    backward = getattr(side, f"{operation}_backward")
    backward(convert(side, shape), *inputs, **options)
    wrong = (*shape[:-1], shape[-1] + 1)
    with pytest.raises(ValueError) as caught:
        backward(convert(side, wrong), *inputs, **options)
    assert str(caught.value) == sentence(
        f"{operation}_backward",
        received=f"grad_y with shape {wrong}",
        needed=f"grad_y with shape {shape}, the shape of the output",
        fix=RESHAPE,
    )


@SIDES
@pytest.mark.parametrize(("operation", "arrays", "options", "shape"), BAD_GRADS)
def test_a_gradient_must_have_the_dtype_of_the_inputs(side, operation, arrays, options, shape):
    inputs = [convert(side, array) for array in arrays]
    with pytest.raises(TypeError, match=r"_backward received mixed dtypes \(grad_y float32, "):
        getattr(side, f"{operation}_backward")(
            convert(side, (shape, "float32")), *inputs, **options
        )
