"""One change that would make a wrong array right is found, and none is made up."""

import numpy as np
import pytest

from course_lib.exercises.diagnosis import resemblance

GRID = np.array([[1.0, -2.0, 0.5], [4.0, 3.0, 7.0]])
MAPS = np.stack([GRID, 3 - 2 * GRID**2])
HOLES = np.where(GRID > 1, GRID, 0.0)
SQUARE = np.array([[1.0, 2.0], [5.0, -3.0]])


@pytest.mark.parametrize(
    "received, expected, text",
    [
        pytest.param(3 * GRID, GRID, "all numbers are 3 times the expected ones", id="factor"),
        pytest.param(2 * HOLES, HOLES, "all numbers are 2 times the expected ones", id="zeros"),
        pytest.param(GRID / 6, GRID, "all numbers are 0.1667 times the expected ones", id="share"),
        pytest.param(-2 * GRID, GRID, "all numbers are -2 times the expected ones", id="minus-two"),
        pytest.param(-GRID, GRID, "all numbers have the wrong sign", id="sign"),
        pytest.param(GRID + 2, GRID, "all numbers are 2 too large", id="larger"),
        pytest.param(GRID - 0.5, GRID, "all numbers are 0.5 too small", id="smaller"),
        pytest.param(GRID[::-1, ::-1], GRID, "turned by 180°", id="turned"),
        pytest.param(MAPS[:, ::-1, ::-1], MAPS, "turned by 180°", id="each-map-turned"),
        pytest.param(GRID[::-1], GRID, "mirrored top to bottom", id="top-to-bottom"),
        pytest.param(GRID[:, ::-1], GRID, "mirrored left to right", id="left-to-right"),
        pytest.param(SQUARE.T, SQUARE, "rows and columns swapped", id="square-transposed"),
        pytest.param(GRID.T, GRID, "rows and columns swapped", id="transposed"),
        pytest.param(GRID[0, ::-1], GRID[0], "in reverse order", id="reversed"),
        pytest.param(np.roll(GRID, 1), GRID, "at other places", id="rolled"),
        pytest.param(GRID.ravel(), GRID, "in another shape", id="flat"),
        pytest.param(GRID[:, 1:], GRID, "a part of the expected ones", id="part"),
        pytest.param(GRID, GRID[1:, 1:], "the expected numbers are a part of these", id="whole"),
    ],
)
def test_one_change_is_found(received, expected, text):
    found = resemblance(received, expected, 1e-6)
    assert found is not None
    assert found.endswith(text)


@pytest.mark.parametrize(
    "received, expected",
    [
        pytest.param(GRID * np.array([[1.0], [2.0]]), GRID, id="one-row-doubled"),
        pytest.param(3 * GRID + 0.01, GRID, id="nearly-a-multiple"),
        pytest.param(np.zeros((2, 3)), GRID, id="nothing-received"),
        pytest.param(np.ones((2, 3)), np.zeros((2, 3)), id="nothing-expected"),
        pytest.param(np.full(3, 2.5), np.array([1.0, 2.0, 3.0]), id="constant"),
        pytest.param(np.array(2.0), np.array(1.0), id="one-number"),
        pytest.param(np.array([]), GRID, id="empty"),
        pytest.param(GRID * np.nan, GRID, id="nan"),
        pytest.param(GRID[None, :, :2], GRID, id="other-axes"),
        pytest.param(GRID[:, ::2], GRID, id="not-a-block"),
    ],
)
def test_no_change_is_made_up(received, expected):
    assert resemblance(received, expected, 1e-6) is None
