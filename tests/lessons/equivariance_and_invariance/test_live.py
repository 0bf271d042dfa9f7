"""What the live figure of shifts claims at the shifts that matter; tests/browser tries the rest."""

import numpy as np
import pytest

from course_lib.lessons.equivariance_and_invariance import live

IMAGE = np.random.default_rng(seed=0).random((16, 24))


@pytest.mark.parametrize("halving", ["stride", "max pooling", "average pooling", "blur pooling"])
def test_only_shifts_by_four_pixels_leave_no_difference(halving):
    state = live.shift(IMAGE).state | {"halving": halving}
    shares = np.array(live.shift_numbers(state)["along"])
    np.testing.assert_allclose(shares[:, 0], 0, atol=1e-12)
    np.testing.assert_allclose(shares[[0, 4, 8], 1], 0, atol=1e-12)
    assert shares[[1, 2, 3, 5, 6, 7], 1].min() > 0.01
    assert shares[4, 2] > 0.1


def test_a_size_that_cannot_be_halved_twice_is_refused():
    with pytest.raises(ValueError, match="multiples of 4"):
        live.shift(np.zeros((10, 12)))
