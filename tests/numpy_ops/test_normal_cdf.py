"""The distribution function in single precision, against SciPy in double."""

import numpy as np
import scipy.special
from compare import assert_same

from course_lib.numpy_ops.normal_cdf import normal_cdf


def test_single_precision_keeps_its_digits_in_the_tail_too():
    x = np.linspace(-12, 12, 100_001, dtype=np.float32)
    exact = scipy.special.ndtr(x.astype(float))
    y = normal_cdf(x)
    assert y.dtype == np.float32
    assert abs(y - exact).max() <= 3e-7
    near = abs(x) <= 5
    assert (abs(y - exact) / exact)[near].max() <= 5e-6


def test_the_ends():
    x = np.array([-np.inf, -3e38, -0.0, 0.0, 3e38, np.inf], np.float32)
    assert_same(normal_cdf(x), np.array([0, 0, 0.5, 0.5, 1, 1], np.float32), tolerance=1e-7)
    assert np.isnan(normal_cdf(np.array([np.nan], np.float32))).all()
