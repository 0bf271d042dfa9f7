"""Every operation, on both sides, takes arrays of any memory layout and leaves them alone."""

import copy

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_ops, torch_ops
from course_lib.parity.cases import all_cases
from course_lib.parity.compare import to_numpy


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def every_second_element(x):
    """Lay `x` out with a gap after each element of the last axis."""
    return np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x.copy()


def axes_swapped(x):
    """Lay `x` out with its axes stored in the opposite order."""
    return np.array(x.T, order="C").T


def reversed_axes(x):
    """Lay `x` out backwards in memory: negative strides on every axis."""
    return np.flip(np.flip(x).copy())


def as_tensor(layout):
    """Give a tensor the layout of the array, sharing its memory."""
    return lambda x: torch.from_numpy(layout(x))


LAYOUTS = {
    "numpy-read-only": (numpy_ops, read_only),
    "numpy-gapped": (numpy_ops, every_second_element),
    "numpy-swapped": (numpy_ops, axes_swapped),
    "numpy-reversed": (numpy_ops, reversed_axes),
    "torch-gapped": (torch_ops, as_tensor(every_second_element)),
    "torch-swapped": (torch_ops, as_tensor(axes_swapped)),
}


def call(side, name, arrays, options):
    """Return the results as a tuple of those that are there."""
    results = getattr(side, name)(*arrays, **copy.deepcopy(options))
    results = results if isinstance(results, tuple) else (results,)
    return [r for r in results if hasattr(r, "shape")]


def check_call(name, arrays, options, side, layout):
    """Call `name` plain and laid out: same results, inputs unchanged, no shared memory."""
    given = [None if x is None else layout(x) for x in arrays]
    laid_out = {k: layout(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    expected = call(numpy_ops, name, arrays, options)
    results = call(side, name, given, laid_out)
    assert len(results) == len(expected)
    arguments = [(x, g) for x, g in zip(arrays, given, strict=True) if x is not None]
    arguments += [(v, laid_out[k]) for k, v in options.items() if isinstance(v, np.ndarray)]
    for before, after in arguments:
        np.testing.assert_array_equal(to_numpy(after), before)
    for result, wanted in zip(results, expected, strict=True):
        assert_same(to_numpy(result), wanted)
        for _, argument in arguments:
            assert not np.shares_memory(to_numpy(result), to_numpy(argument))
    return expected


@pytest.mark.parametrize(("side", "layout"), LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_any_layout_in_and_new_memory_out(case, side, layout):
    rng = np.random.default_rng(seed=1)
    inputs = case.inputs(rng)
    results = check_call(case.operation, inputs, case.options, side, layout)
    backward = f"{case.operation}_backward"
    if hasattr(numpy_ops, backward):
        grad_y = np.asarray(rng.standard_normal(results[0].shape))
        check_call(backward, (grad_y, *inputs), case.options, side, layout)


@pytest.mark.parametrize("layout", [every_second_element, axes_swapped, reversed_axes])
def test_the_layouts_are_what_they_say(layout):
    x = np.arange(24.0).reshape(2, 3, 4)
    laid_out = layout(x)
    np.testing.assert_array_equal(laid_out, x)
    assert not laid_out.flags.c_contiguous
    assert not np.shares_memory(laid_out, x)
