"""Rows of points: every seed is there, in its row, with the look that was asked for."""

import numpy as np
import pytest

from course_lib import plots

VALUES = {"one": [0.1, 0.3], "two": [0.6]}


def points_of(ax):
    return [line for line in ax.lines if line.get_linestyle() == "None"]


def test_every_value_is_a_point_in_its_row():
    points = points_of(plots.show_rows(VALUES, label="share"))
    assert [line.get_xdata().tolist() for line in points] == [[0.1, 0.3], [0.6]]
    assert [line.get_ydata().tolist() for line in points] == [[0, 0], [1]]


def test_the_first_row_is_on_top():
    low, high = plots.show_rows(VALUES, label="share").get_ylim()
    assert low > high


def test_means_and_a_reference_are_lines():
    ax = plots.show_rows(VALUES, label="share", means=True, reference=0.5)
    upright = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() != "None"]
    np.testing.assert_allclose(upright, [0.2, 0.6, 0.5])


@pytest.mark.parametrize("limits", [None, (0, 1)])
def test_limits_are_those_asked_for(limits):
    low, high = plots.show_rows(VALUES, label="share", limits=limits).get_xlim()
    assert (low, high) == limits if limits else low < 0.1 < 0.6 < high


def test_a_look_is_one_of_a_row():
    ax = plots.show_rows(VALUES, label="share", looks={"two": ("#D55E00", "s")})
    assert [(line.get_color(), line.get_marker()) for line in points_of(ax)] == [
        (plots.OUTPUT, "o"), ("#D55E00", "s"),
    ]  # fmt: skip
