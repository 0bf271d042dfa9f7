"""Random convolutions that are valid, for the property tests."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st


class Convolution(NamedTuple):
    """The arrays and options of one call of `conv2d`, and a gradient for its output."""

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    options: dict

    @property
    def operands(self):
        return self.x, self.weight, self.bias


PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
KERNELS = st.tuples(st.integers(1, 5), st.integers(1, 5))


@st.composite
def convolutions(draw, kernels=KERNELS):
    """Draw shapes and options that fit each other; the numbers come from a drawn seed."""
    kernel, stride, dilation = draw(kernels), draw(PAIRS), draw(PAIRS)
    padding = draw(st.tuples(st.integers(0, 6), st.integers(0, 6)))
    groups = draw(st.integers(1, 3))
    width_in, width_out = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    smallest = [max(1, span - 2 * p) for span, p in zip(spans, padding, strict=True)]
    size = [draw(st.integers(least, least + 9)) for least in smallest]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.standard_normal((draw(st.integers(0, 3)), width_in * groups, *size))
    weight = rng.standard_normal((width_out * groups, width_in, *kernel))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return Convolution(x, weight, rng.standard_normal(len(weight)), options)
