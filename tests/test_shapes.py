"""Size formulas against PyTorch, which is asked for the real output."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, example, given
from hypothesis import strategies as st

from course_lib.shapes import conv_output_size, conv_transpose_output_size, pool_output_size

sizes, kernels, steps = st.integers(1, 20), st.integers(1, 6), st.integers(1, 4)


@given(size=sizes, kernel=kernels, stride=steps, padding=st.integers(0, 5), dilation=steps)
def test_conv_output_size(size, kernel, stride, padding, dilation):
    assume(dilation * (kernel - 1) + 1 <= size + 2 * padding)
    y = F.conv1d(
        torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), None, stride, padding, dilation
    )
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    assert conv_output_size(size, kernel, **options) == y.shape[2]


@given(
    size=sizes,
    kernel=kernels,
    stride=steps,
    padding=st.integers(0, 3),
    dilation=steps,
    ceil_mode=st.booleans(),
)
@example(size=5, kernel=2, stride=3, padding=1, dilation=1, ceil_mode=True)  # starts in the padding
@example(size=2, kernel=3, stride=2, padding=0, dilation=1, ceil_mode=True)  # larger than the axis
def test_pool_output_size(size, kernel, stride, padding, dilation, ceil_mode):
    assume(2 * padding <= kernel)
    x = torch.zeros(1, 1, size)
    options = {"padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    try:
        y = F.max_pool1d(x, kernel, stride, **options)
    except RuntimeError:  # a window larger than the padded axis; with ceil_mode it may stick out
        with pytest.raises(ValueError, match="no larger than the padded input"):
            pool_output_size(size, kernel, stride=stride, **options)
    else:
        assert pool_output_size(size, kernel, stride=stride, **options) == y.shape[2]


@given(
    size=sizes,
    kernel=kernels,
    stride=steps,
    padding=st.integers(0, 3),
    output_padding=st.integers(0, 3),
    dilation=steps,
)
def test_conv_transpose_output_size(size, kernel, stride, padding, output_padding, dilation):
    assume(output_padding < max(stride, dilation))
    assume((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding >= 0)
    x, weight = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel)
    y = F.conv_transpose1d(x, weight, None, stride, padding, output_padding, 1, dilation)
    options = {"padding": padding, "output_padding": output_padding, "dilation": dilation}
    assert conv_transpose_output_size(size, kernel, stride=stride, **options) == y.shape[2]


def test_pooling_stride_defaults_to_the_window():
    assert pool_output_size(9, 3) == 3


BAD = {
    "kernel too large": (conv_output_size, (4, 5), {}, ValueError, "no larger than the padded"),
    "kernel 0": (conv_output_size, (4, 0), {}, ValueError, "kernel of at least 1"),
    "size 0": (conv_output_size, (0, 1), {"padding": 2}, ValueError, "size of at least 1"),
    "stride 0": (conv_output_size, (4, 2), {"stride": 0}, ValueError, "stride of at least 1"),
    "padding -1": (conv_output_size, (4, 2), {"padding": -1}, ValueError, "padding of at least 0"),
    "dilation 0": (conv_output_size, (4, 2), {"dilation": 0}, ValueError, "dilation of at least"),
    "half a pixel": (conv_output_size, (4.5, 2), {}, TypeError, "size as an int"),
    "flag for a number": (conv_output_size, (4, True), {}, TypeError, "kernel as an int"),
    "pool flag": (pool_output_size, (9, 3), {"ceil_mode": 1}, TypeError, "True or False"),
    "pool window": (pool_output_size, (3, 5), {"padding": 0}, ValueError, "spans 5 pixels on a"),
    "pool padding": (pool_output_size, (9, 3), {"padding": 2}, ValueError, "half the window"),
    "transpose crops all": (
        conv_transpose_output_size,
        (1, 2),
        {"padding": 1},
        ValueError,
        "one pixel out",
    ),
    "output_padding": (
        conv_transpose_output_size,
        (4, 3),
        {"output_padding": 1},
        ValueError,
        "below stride",
    ),
}


@pytest.mark.parametrize("function, sizes, options, error, text", BAD.values(), ids=BAD)
def test_bad_sizes_are_refused(function, sizes, options, error, text):
    with pytest.raises(error, match=text):
        function(*sizes, **options)
