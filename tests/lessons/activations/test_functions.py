"""functions: slopes are those of a nudge, chains multiply them, folds double the pieces."""

import numpy as np
import pytest

from course_lib.lessons.activations.functions import FUNCTIONS, chain, tents, value_and_slope

AWAY_FROM_CORNERS = np.array([-3.7, -1.3, -0.2, 0.4, 2.1, 4.5])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_slope_is_that_of_a_nudge(name):
    up, down = (value_and_slope(name, AWAY_FROM_CORNERS + nudge)[0] for nudge in (1e-6, -1e-6))
    slope = value_and_slope(name, AWAY_FROM_CORNERS)[1]
    np.testing.assert_allclose(slope, (up - down) / 2e-6, atol=1e-8)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_slope_through_layers_is_that_of_a_nudge_at_the_input(name):
    passed = chain(name, 0.7, weight=1.3, layers=4)
    up, down = (chain(name, 0.7 + nudge, weight=1.3, layers=4).y for nudge in (1e-6, -1e-6))
    np.testing.assert_allclose(passed.through, (up - down) / 2e-6, rtol=1e-6)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_each_fold_doubles_the_teeth(times):
    corners = np.arange(2**times + 1) / 2**times
    assert tents(corners, times).tolist() == [k % 2 for k in range(2**times + 1)]
