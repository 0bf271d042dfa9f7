"""Every public operation of both sides, forward and backward, called with what is no array of it.

The valid calls are the parity cases; in each one array after the other is replaced.
"""

import inspect
import re

import numpy as np
import pytest
import torch

from course_lib import numpy_ops, torch_ops
from course_lib.errors import InvalidType
from course_lib.parity.cases import all_cases

SIDES = {"numpy": numpy_ops, "torch": torch_ops}
NO_ARRAYS = {
    "list": [1.0, 2.0],
    "string": "photo.png",
    "objects": np.array([[1.0], [2.0, 3.0]], dtype=object),
}
INITIALIZERS = [
    "fan_in_and_fan_out", "he_normal", "he_uniform", "lecun_normal", "orthogonal",
    "xavier_normal", "xavier_uniform",
]  # fmt: skip


def fullest_cases():
    """Choose for each operation the case that gives the most arrays."""
    cases = {}
    for case in all_cases():
        count = len(arrays_of(case, case.operation))
        if case.operation not in cases or count > cases[case.operation][0]:
            cases[case.operation] = count, case
    return [case for _, case in cases.values()]


def arrays_of(case, name):
    """Bind the arrays of a valid call to the parameters of an operation or its backward."""
    inputs = case.inputs(np.random.default_rng(seed=0))
    if name != case.operation:
        y = getattr(numpy_ops, case.operation)(*inputs, **case.options)
        inputs = (np.ones_like(y[0] if isinstance(y, tuple) else y), *inputs)
    parameters = inspect.signature(getattr(numpy_ops, name)).parameters
    given = dict(zip(parameters, inputs, strict=False)) | dict(case.options)
    return {key: value for key, value in given.items() if isinstance(value, np.ndarray)}


def names_of(case):
    backward = f"{case.operation}_backward"
    return [case.operation, *([backward] if hasattr(numpy_ops, backward) else [])]


CALLS = [
    pytest.param(case, name, parameter, id=f"{name}-{parameter}")
    for case in fullest_cases()
    for name in names_of(case)
    for parameter in arrays_of(case, name)
]


def call(side, case, name, **replaced):
    convert = torch.from_numpy if side == "torch" else np.asarray
    arrays = {key: convert(value) for key, value in arrays_of(case, name).items()}
    function = getattr(SIDES[side], name)
    parameters = inspect.signature(function).parameters
    known = {key: value for key, value in case.options.items() if key in parameters}
    return function(**(known | arrays | replaced))


def refusal(side, case, name, parameter, value):
    """Return the words in which a call is refused, if it is refused as it should."""
    with pytest.raises(InvalidType) as caught:
        call(side, case, name, **{parameter: value})
    text = str(caught.value)
    assert re.fullmatch(rf"{name} received .*\b{parameter}\b.*; it needs .+; .+\.", text), text
    return text


def test_every_operation_is_tried():
    tried = {call.values[1] for call in CALLS}
    assert tried == set(numpy_ops.__all__) - {*INITIALIZERS, "calculate_gain"}
    assert tried == set(torch_ops.__all__) - {*INITIALIZERS, "calculate_gain"}


@pytest.mark.parametrize("case", fullest_cases(), ids=str)
@pytest.mark.parametrize("side", SIDES)
def test_the_calls_are_valid_before_an_array_is_replaced(side, case):
    for name in names_of(case):
        call(side, case, name)


@pytest.mark.parametrize(("case", "name", "parameter"), CALLS)
@pytest.mark.parametrize("kind", ["list", "string"])
def test_no_array_is_refused_with_the_same_words_by_both_twins(kind, case, name, parameter):
    value = NO_ARRAYS[kind]
    assert refusal("numpy", case, name, parameter, value) == (
        refusal("torch", case, name, parameter, value)
    )


def is_required(name, parameter):
    return "None" not in str(inspect.signature(getattr(numpy_ops, name)).parameters[parameter])


@pytest.mark.parametrize(
    ("case", "name", "parameter"), [call for call in CALLS if is_required(*call.values[1:])]
)
def test_a_missing_array_is_refused_with_the_same_words_by_both_twins(case, name, parameter):
    text = refusal("numpy", case, name, parameter, None)
    assert f"received {parameter}=None; it needs {parameter} as an array" in text
    assert text == refusal("torch", case, name, parameter, None)


@pytest.mark.parametrize(("case", "name", "parameter"), CALLS)
def test_an_array_of_the_other_library_is_refused(case, name, parameter):
    array = arrays_of(case, name)[parameter]
    text = refusal("numpy", case, name, parameter, torch.from_numpy(array))
    assert "as a NumPy array; convert it with" in text
    text = refusal("torch", case, name, parameter, array)
    assert "as a tensor; convert it with torch.as_tensor" in text


@pytest.mark.parametrize(("case", "name", "parameter"), CALLS)
def test_an_array_of_objects_is_refused(case, name, parameter):
    array = arrays_of(case, name)[parameter].astype(object)
    assert "dtype object" in refusal("numpy", case, name, parameter, array)
    refusal("torch", case, name, parameter, array)


@pytest.mark.parametrize("case", fullest_cases(), ids=str)
def test_the_byte_order_of_an_array_does_not_matter(case):
    for name in names_of(case):
        swapped = {
            key: value.astype(value.dtype.newbyteorder(">"))
            for key, value in arrays_of(case, name).items()
        }
        results = [call("numpy", case, name), call("numpy", case, name, **swapped)]
        plain, turned = (r if isinstance(r, tuple) else (r,) for r in results)
        for expected, actual in zip(plain, turned, strict=True):
            np.testing.assert_allclose(actual, expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [None, "3x2", [None, 2], np.array([3, 2]), torch.ones(3, 2)])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializers_refuse_what_is_no_shape_with_the_same_words(name, shape):
    generators = {"numpy": np.random.default_rng(seed=0), "torch": torch.Generator()}
    texts = []
    for side, module in SIDES.items():
        options = {} if name == "fan_in_and_fan_out" else {"generator": generators[side]}
        with pytest.raises(InvalidType) as caught:
            getattr(module, name)(shape, **options)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    assert texts[0].startswith(f"{name} received shape=")


OWN_RULES = {  # by name: what to make of an array, on which side, and the advice
    "masked": ("numpy", np.ma.masked_array, ".filled(0)"),
    "matrix": ("numpy", lambda array: array.view(np.matrix), "np.asarray"),
    "sparse": ("torch", lambda array: torch.from_numpy(array).to_sparse(), ".to_dense()"),
    "meta": ("torch", lambda array: torch.from_numpy(array).to("meta"), "fill it"),
}


@pytest.mark.parametrize(("case", "name", "parameter"), CALLS)
@pytest.mark.parametrize("kind", OWN_RULES)
def test_an_array_with_rules_of_its_own_is_refused(kind, case, name, parameter):
    side, make, advice = OWN_RULES[kind]
    array = arrays_of(case, name)[parameter]
    if kind == "matrix" and array.ndim != 2:
        array = array.reshape(-1, 1)
    assert advice in refusal(side, case, name, parameter, make(array))


def test_a_subclass_without_rules_of_its_own_is_taken(tmp_path):
    stored = np.memmap(tmp_path / "x", dtype=np.float64, shape=(2, 3), mode="w+")
    stored[...] = [[-1, 2, -3], [4, -5, 6]]
    np.testing.assert_array_equal(numpy_ops.relu(stored), np.maximum(stored, 0))
