"""What the live figure starts with; tests/browser holds what it shows to NumPy."""

import numpy as np
import pytest

from course_lib.lessons.activations import live
from course_lib.lessons.activations.functions import FUNCTIONS


def test_ten_sigmoids_pass_on_less_than_a_millionth_and_the_words_say_so():
    figure = live.ten_layers("sigmoid", x=0.0, weight=1.0)
    shown = live.ten_layers_numbers(figure.state)
    assert 0 < shown["through"][-1] < 0.25**10
    assert f"{shown['through'][-1]:.0e}" in figure.words


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "PReLU"])
def test_first_layer_lies_on_the_curve(name):
    figure = live.ten_layers(name, x=1.5, weight=2.0)
    shown = live.ten_layers_numbers(figure.state)
    grid = np.arange(-50, 51) / 10
    assert shown["y"][0] == pytest.approx(shown["curve"][grid == 3.0][0])
    assert shown["through"][0] == pytest.approx(2 * shown["curve_slope"][grid == 3.0][0])
