"""figures: points and lines are those that were asked for."""

import pytest

from course_lib.lessons.comparing_architectures import figures, tables
from course_lib.lessons.comparing_architectures.figures import Timed

ROWS = [tables.row(name) for name in ("resnet34", "resnet18", "alexnet", "lenet5")]


def test_networks_of_a_family_are_joined_and_those_without_a_value_left_out():
    ax = figures.show_networks(ROWS, x="multiply_adds", y="top1")
    assert [line.get_ydata().tolist() for line in ax.lines] == [[56.522], [69.758, 73.314]]
    assert [text.get_text() for text in ax.texts] == ["AlexNet", "ResNet"]
    assert ax.get_xscale() == "log" and ax.get_yscale() == "linear"


def test_the_frontier_joins_what_nothing_beats():
    ax = figures.show_networks(ROWS, x="parameters", y="top1", frontier=True)
    assert ax.lines[0].get_ydata().tolist() == [69.758, 73.314]


def test_times_lie_against_the_best_of_their_program():
    timed = {"A": [Timed("quick", 10**9, 0.1), Timed("slow", 10**9, 0.3)]}
    [ax] = figures.show_times(timed).axes
    x, y = ax.lines[0].get_data()
    assert y[1] / x[1] == pytest.approx(100)  # ms for 10⁹
    assert [line.get_ydata()[0] for line in ax.lines[1:]] == pytest.approx([100, 300])
