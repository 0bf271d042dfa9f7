"""figures: lines, points, boxes and bars are those that were asked for."""

import numpy as np
import pytest

from course_lib.lessons.alexnet import figures
from course_lib.lessons.alexnet.experiments import Race

NAMES = ("conv1", "conv2", "conv3", "conv4", "conv5", "dense6", "dense7", "dense8")


@pytest.fixture
def races():
    errors = np.linspace(1, 0, 24).reshape(2, 2, 6)
    return {
        "one": Race((0.1, 0.2), errors, np.array([[3.0, 4.0], [5.0, 6.0]])),
        "two": Race((0.1, 0.2), errors, np.array([[np.inf, 2.0], [np.inf, np.inf]])),
    }


def test_the_race_draws_a_line_a_seed_at_the_fastest_rate(races):
    ax = figures.show_race(races)
    lines = [line for line in ax.lines if len(line.get_ydata()) == 6]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "one, rate 0.1", "two, rate 0.2",
    ]  # fmt: skip
    np.testing.assert_array_equal(lines[1].get_ydata(), races["one"].errors[0, 1])
    assert len(lines) == 4


def test_who_never_arrives_stands_on_top(races):
    ax = figures.show_rates(races)
    points = [line.get_ydata() for line in ax.lines if len(line.get_ydata()) == 4]
    np.testing.assert_array_equal(points[0], [3, 4, 5, 6])
    never = 1.15 * 6
    np.testing.assert_allclose(points[1], [never, 2, never, never])
    assert ax.get_yticklabels()[-1].get_text() == "never"


def test_cards_hold_half_of_each_layer_and_talk_where_lines_cross():
    widths = dict(zip(NAMES, (96, 256, 384, 384, 256, 4096, 4096, 1000), strict=True))
    ax = figures.show_cards(widths)
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("48") == 2 and texts.count("2048") == 4
    crossing = [line for line in ax.lines if line.get_ydata()[0] != line.get_ydata()[1]]
    places = {round(line.get_xdata()[1] + 0.34) for line in crossing}
    assert {list(figures.COLUMNS)[place] for place in places} == {
        "conv3", "dense6", "dense7", "dense8",
    }  # fmt: skip


def test_the_contest_shows_shares_before_and_after():
    voices = np.array([0.5, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5, 0.5])
    chart = figures.show_contest(voices, (1, 1000))
    for ax in chart.axes:
        heights = [bar.get_height() for bar in ax.patches]
        np.testing.assert_allclose(heights[:8], voices)
        assert max(heights[8:]) == pytest.approx(1)
    small, large = ([bar.get_height() for bar in ax.patches[8:]] for ax in chart.axes)
    np.testing.assert_allclose(small, voices, atol=1e-3)
    assert large[7] > large[4] + 0.1  # the last is out of reach of the loud one
