"""figures of notebook 13: what they write and where."""

import numpy as np
import pytest

from course_lib import plots
from course_lib.lessons.pooling import figures, live
from course_lib.lessons.pooling.experiments import Walk


def test_wrong_answers_are_crossed_and_places_signed():
    walk = Walk(np.zeros((7, 4, 4)), {"a": np.arange(7), "b": np.full(7, 3)}, target=3)
    chart = figures.show_walk(walk)
    assert [ax.get_title() for ax in chart.axes[2:5]] == ["−1 px", "in place", "+1 px"]
    assert [text.get_text() for text in chart.axes[2].texts] == ["2 ✗", "3"]
    assert [text.get_text() for text in chart.axes[0].texts] == ["0 ✗", "a", "3", "b"]


def test_every_seed_is_a_point_in_the_row_of_its_network():
    ax = figures.show_shares({"a": [0.5, 0.6, 0.7], "b": [0.9]}, x_label="share", low=0.4)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert [line.get_ydata().mean() for line in ax.lines] == pytest.approx([0, 1])
    assert ax.get_xlim()[0] == 0.4


def test_curves_are_means_over_networks():
    ax = figures.show_by_shift({"a": np.array([[1.0, 0.8, 0.6, 0.4], [1.0, 0.6, 0.6, 0.2]])})
    assert ax.lines[0].get_ydata() == pytest.approx([1.0, 0.7, 0.6, 0.3])


def test_names_stand_at_the_ends_of_the_curves_and_not_on_one_another():
    ends = {"low": 0.5, "high": 0.9, "close": 0.89}
    ax = figures.show_by_shift({name: np.array([[1.0, 1, 1, end]]) for name, end in ends.items()})
    assert ax.get_legend() is None
    names = {text.get_text(): text for text in ax.texts}
    assert [names[line.get_label()].get_color() for line in ax.lines] == [
        line.get_color() for line in ax.lines
    ]
    heights = {name: text.get_position()[1] for name, text in names.items()}
    assert heights["high"] == 0.9 and heights["low"] == 0.5
    assert 0.03 < heights["high"] - heights["close"] < 0.06
    assert ax.get_xlim()[1] > names["low"].get_position()[0] > 3


def test_windows_show_their_largest_and_their_mean():
    ax = figures.show_windows(np.array([3.0, 1, -2, -4, 5]), kernel_size=3, stride=2)
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["3", "1", "−2", "−4", "5", "max", "3", "5", "mean", "0.67", "−0.33"]


def test_a_tie_goes_to_the_first_and_a_mean_to_all():
    chart = figures.show_sent_back(np.array([[0.0, 4], [4, 1]]), np.array([[-4.0]]))
    by_max, by_average = chart.axes[2:4]
    assert plots.numbers_on(by_max) == ["0", "−4", "0", "0"]
    assert plots.numbers_on(by_average) == ["−1"] * 4


def test_the_still_shows_what_the_live_figure_starts_with():
    shown = live.windows_numbers(live.windows(live.MAP).state)
    names = ("input", "output", "slopes", "grad_x")
    chart = figures.show_explorer(*(shown[name] for name in names))
    assert plots.numbers_on(chart.axes[1])[:3] == ["2", "7", "0"]
    assert [ax.get_title() for ax in chart.axes] == ["input x", "output y", "∂L/∂y", "∂L/∂x"]


def test_halved_pictures_are_outputs():
    chart = figures.show_halved({"photo": np.ones((4, 4)), "max": np.ones((2, 2))})
    colors = [ax.spines["left"].get_edgecolor() for ax in chart.axes]
    assert colors[0] != colors[1]
