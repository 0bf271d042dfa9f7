"""relu_losses: what two lit units tell is exact, and shares are those of the formula."""

import numpy as np
import pytest

from course_lib.lessons.mobilenet.relu_losses import keep, share_kept, spiral, spread


def test_two_lit_units_tell_all_one_a_line_none_nothing():
    weight = np.array([[1.0, 0.0], [1.0, 2.0]])
    points = np.array([[1.0, 3.0], [2.0, -3.0], [-1.0, -1.0]])
    kept = keep(points, weight)
    assert kept.lit.tolist() == [2, 1, 0]
    np.testing.assert_allclose(kept.found, [[1, 3], [2, 0], [0, 0]], atol=1e-12)


def test_many_units_give_the_spiral_back():
    points = spiral()
    kept = keep(points, spread(16, seed=0))
    np.testing.assert_allclose(kept.found, points, atol=1e-9)
    assert np.linalg.norm(points, axis=1).max() == pytest.approx(1)


def test_the_first_units_are_the_same_for_any_number():
    np.testing.assert_array_equal(spread(3, seed=5), spread(9, seed=5)[:3])


@pytest.mark.parametrize("units", [2, 3, 5])
def test_the_share_is_the_one_of_many_draws(units):
    points = spiral(40)
    shares = [(keep(points, spread(units, seed=s)).lit >= 2).mean() for s in range(300)]
    assert np.mean(shares) == pytest.approx(share_kept(units), abs=0.03)
