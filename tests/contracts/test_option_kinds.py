"""Every option of every public operation, given as numbers of other kinds.

NumPy's scalars stand for their value on both sides, however few bits they have; what stands for
no number, or for none that fits, is refused by both twins with the same words.
"""

import inspect
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_ops, shapes, torch_ops
from course_lib.errors import InvalidType, InvalidValue
from course_lib.parity.cases import all_cases

SIDES = {"numpy": numpy_ops, "torch": torch_ops}
SMALL = {"uint8": np.uint8, "int8": np.int8, "uint64": np.uint64, "0-d": np.array}
REALS = {
    "float16": np.float16, "float32": np.float32, "float64": np.float64,
    "longdouble": np.longdouble, "uint8": np.uint8, "Fraction": Fraction,
}  # fmt: skip
NO_NUMBERS = {
    "bool": True, "numpy bool": np.bool_(True), "0-d bool": np.array(True),
    "bool tensor": torch.tensor(True), "Decimal": Decimal(1), "complex": 1j, "string": "1",
    "two": np.array([2, 2]), "beyond float": 10**400, "nothing": [],
}  # fmt: skip
RANDOM = ("dropout", "normal", "uniform", "orthogonal")


def options_of(case):
    """Name the options that are numbers, by default or as the case gives them."""
    parameters = inspect.signature(getattr(numpy_ops, case.operation)).parameters
    given = {
        name: case.options.get(name, parameter.default)
        for name, parameter in parameters.items()
        if parameter.kind == parameter.KEYWORD_ONLY
    }
    return {k: v for k, v in given.items() if type(v) in (int, float)}


CALLS = {
    f"{case.operation}-{option}": (case, option, value)
    for case in all_cases()
    if all(0 not in np.shape(a) for a in case.inputs(np.random.default_rng(seed=0)))
    for option, value in options_of(case).items()
    if not any(word in case.operation for word in RANDOM)
}
WHOLE = {k: v for k, v in CALLS.items() if type(v[2]) is int}
PARTS = {k: v for k, v in CALLS.items() if type(v[2]) is float}


def call(side, case, option, value):
    """Run an operation and its backward with one option replaced; return all results."""
    convert = torch.from_numpy if side == "torch" else np.asarray
    inputs = [a if a is None else convert(a) for a in case.inputs(np.random.default_rng(seed=0))]
    options = {
        name: convert(given) if isinstance(given, np.ndarray) else given
        for name, given in case.options.items()
    } | {option: value}
    y = getattr(SIDES[side], case.operation)(*inputs, **options)
    results = list(y) if isinstance(y, tuple) else [y]
    backward = getattr(SIDES[side], f"{case.operation}_backward", None)
    if backward is not None:
        known = inspect.signature(backward).parameters
        options = {name: given for name, given in options.items() if name in known}
        grads = backward(results[0] * 0 + 1, *inputs, **options)
        results += list(grads) if isinstance(grads, tuple) else [grads]
    return [np.asarray(a) for a in results if a is not None]


def test_every_kind_of_option_is_tried():
    assert {option for _, option, _ in CALLS.values()} >= {
        "kernel_size", "stride", "padding", "dilation", "groups", "output_padding", "num_groups",
        "size", "axis", "eps", "momentum", "alpha", "beta", "k", "gamma", "label_smoothing",
        "negative_slope", "threshold",
    }  # fmt: skip


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("side", SIDES)
def test_a_whole_number_of_any_type_stands_for_its_value(side, name, kind):
    case, option, value = WHOLE[name]
    if value < 0 and kind.startswith("uint"):
        return
    expected = call(side, case, option, value)
    for actual, plain in zip(call(side, case, option, SMALL[kind](value)), expected, strict=True):
        np.testing.assert_array_equal(actual, plain)


@pytest.mark.parametrize("kind", REALS)
@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("side", SIDES)
def test_a_number_of_any_precision_stands_for_its_value(side, name, kind):
    case, option, value = PARTS[name]
    given = REALS[kind](max(value, 1) if kind == "uint8" else value)
    try:
        expected = call(side, case, option, float(given))
    except InvalidValue:
        with pytest.raises(InvalidValue):
            call(side, case, option, given)
        return
    for actual, plain in zip(call(side, case, option, given), expected, strict=True):
        assert actual.dtype == plain.dtype
        np.testing.assert_array_equal(actual, plain)


@pytest.mark.parametrize("kind", NO_NUMBERS)
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_number_is_refused_with_the_same_words(name, kind):
    case, option, value = CALLS[name]
    if kind == "beyond float" and type(value) is int:
        return  # a step as long as that leads out of the input, and is as good as another
    texts = []
    for side in SIDES:
        with pytest.raises((InvalidType, InvalidValue)) as caught:
            call(side, case, option, NO_NUMBERS[kind])
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


def test_sizes_of_few_bits_do_not_overflow():
    few = np.uint8
    assert shapes.conv_output_size(few(200), few(3), padding=few(100)) == 398
    assert shapes.pool_output_size(few(200), few(200), padding=few(100)) == 2
    assert shapes.conv_transpose_output_size(few(200), few(3), stride=few(2)) == 401


TOO_LARGE = {
    "transposed": ("conv_transpose2d", [(1, 2, 2, 2), (2, 3, 3, 3)], {"stride": 10**6}),
    "padded": ("conv2d", [(1, 2, 4, 4), (3, 2, 3, 3)], {"padding": 10**12}),
    "pooled": ("max_pool2d", [(1, 2, 4, 4)], {"kernel_size": 2 * 10**12, "padding": 10**12}),
    "adaptive": ("adaptive_avg_pool2d", [(1, 2, 4, 4)], {"output_size": 10**9}),
    "rims": ("pad2d", [(1, 2, 4, 4)], {"padding": 10**9}),
    "image": (
        "col2im",
        [(1, 8, 4)],
        {"output_size": 10**9, "kernel_size": 2, "stride": 10**9 // 2},
    ),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_no_memory_holds_is_refused_before_any_work(name):
    operation, sizes, options = TOO_LARGE[name]
    texts = []
    for side, ones in (("numpy", np.ones), ("torch", torch.ones)):
        arrays = [ones(size) for size in sizes]
        with pytest.raises(InvalidValue, match="memory can hold") as caught:
            getattr(SIDES[side], operation)(*arrays, **options)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


def test_a_step_from_a_single_pixel_may_be_of_any_length():
    x, weight = np.ones((1, 2, 1, 1)), np.ones((2, 3, 3, 2))
    expected = numpy_ops.conv_transpose2d(x, weight)
    for side, convert in (("numpy", np.asarray), ("torch", torch.from_numpy)):
        y = SIDES[side].conv_transpose2d(convert(x), convert(weight), stride=10**15)
        assert_same(np.asarray(y), expected)


@pytest.mark.parametrize("slope", [np.inf, -np.inf])
@pytest.mark.parametrize("name", ["leaky_relu", "elu", "prelu"])
def test_an_infinite_slope_leaves_what_is_positive(name, slope):
    x = np.array([[-2.0, 1.0, 3.0, np.inf]])
    for side, convert in (("numpy", np.asarray), ("torch", torch.from_numpy)):
        arrays, options = [convert(x)], {"negative_slope": slope}
        if name == "prelu":
            arrays, options = [*arrays, convert(np.array([slope]))], {}
        elif name == "elu":
            options = {"alpha": slope}
        y = getattr(SIDES[side], name)(*arrays, **options)
        np.testing.assert_array_equal(np.asarray(y), [[-slope, 1, 3, np.inf]])
        grad_y = convert(np.full_like(x, 2.0))
        grads = getattr(SIDES[side], f"{name}_backward")(grad_y, *arrays, **options)
        grad_x = grads[0] if name == "prelu" else grads
        np.testing.assert_array_equal(np.asarray(grad_x), [[slope, 2, 2, 2]])


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("ceil_mode", [True, False])
@pytest.mark.parametrize(
    ("size", "kernel"), [((2, 3, 3), 4), ((1, 4, 2), (3, 2, 4)), ((3, 1, 1), 2)]
)
def test_a_window_longer_than_the_image_is_averaged_alike(
    size, kernel, ceil_mode, count_include_pad
):
    x = np.random.default_rng(seed=0).standard_normal((2, 3, *size))
    padding = kernel // 2 if isinstance(kernel, int) else tuple(k // 2 for k in kernel)
    options = {
        "kernel_size": kernel, "stride": 2, "padding": padding, "ceil_mode": ceil_mode,
        "count_include_pad": count_include_pad,
    }  # fmt: skip
    y = numpy_ops.avg_pool3d(x, **options)
    assert_same(np.asarray(torch_ops.avg_pool3d(torch.from_numpy(x), **options)), y)
    grad_y = np.random.default_rng(seed=1).standard_normal(y.shape)
    grad_x = torch_ops.avg_pool3d_backward(torch.from_numpy(grad_y), torch.from_numpy(x), **options)
    assert_same(np.asarray(grad_x), numpy_ops.avg_pool3d_backward(grad_y, x, **options))


@pytest.mark.parametrize("beta", [50.0, 1e6])
def test_local_response_with_a_huge_exponent_has_the_same_gradient(beta):
    x = np.random.default_rng(seed=0).standard_normal((2, 5, 3))
    options = {"size": 3, "alpha": 1.0, "beta": beta}
    expected = numpy_ops.local_response_norm_backward(np.ones_like(x), x, **options)
    tensors = torch.ones(2, 5, 3, dtype=torch.float64), torch.from_numpy(x)
    assert_same(np.asarray(torch_ops.local_response_norm_backward(*tensors, **options)), expected)


@pytest.mark.parametrize("given", [np.array([2, 2]), 1, None, np.bool_(True)], ids=str)
@pytest.mark.parametrize("name", ["conv1d", "conv2d", "conv3d", "conv_transpose2d", "linear"])
def test_needs_grad_x_is_a_flag(name, given):
    axes = {"conv1d": 1, "conv3d": 3, "linear": 0}.get(name, 2)
    arrays = [np.ones((2, 2) + (2,) * axes), np.ones((2, 2) + (1,) * axes)]
    grad_y = getattr(numpy_ops, name)(*arrays)
    for side, convert in (("numpy", np.asarray), ("torch", torch.from_numpy)):
        with pytest.raises(InvalidType, match="needs_grad_x as True or False"):
            getattr(SIDES[side], f"{name}_backward")(
                convert(grad_y), *map(convert, arrays), needs_grad_x=given
            )
