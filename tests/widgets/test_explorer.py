"""widgets.Explorer: draws at each change, follows its limits, and fails where one can see it."""

import re

import ipywidgets
import matplotlib.pyplot as plt
import pytest

from course_lib import plots
from course_lib.widgets import Explorer


def slider(value=1, largest=5):
    return ipywidgets.IntSlider(value=value, min=0, max=largest)


def make(draw, limits=None, **controls):
    return Explorer(controls, draw, lambda **values: f'values "{values}"', limits=limits)


def alt_of(explorer):
    return re.search(r'alt="([^"]*)"', explorer.picture.value)[1]


def test_every_change_draws_once():
    drawn = []

    def draw(n, m):
        drawn.append((n, m))
        return plots.show_numbers([[n, m]])

    explorer = make(draw, n=slider(), m=slider())
    explorer.controls["n"].value = 3
    explorer.controls["m"].value = 0
    assert drawn == [(1, 1), (3, 1), (3, 0)]
    assert "data:image/png;base64,iVBOR" in explorer.picture.value


def test_the_words_follow_the_values_and_are_escaped():
    explorer = make(lambda n: plots.show_numbers([[n]]), n=slider())
    explorer.controls["n"].value = 4
    assert alt_of(explorer) == "values &quot;{&#x27;n&#x27;: 4}&quot;"
    assert repr(explorer).endswith("""Now: values "{'n': 4}\"""")


def test_limits_pull_values_down_and_draw_once():
    drawn = []

    def draw(stride, row):
        drawn.append((stride, row))
        return plots.show_numbers([[row]])

    explorer = make(
        draw, limits=lambda stride, row: {"row": 6 // stride}, stride=slider(1), row=slider(5, 6)
    )
    explorer.controls["stride"].value = 3
    assert explorer.controls["row"].value == explorer.controls["row"].max == 2
    assert drawn == [(1, 5), (3, 2)]


def breaks_at_three(n):
    if n == 3:
        plots.show_numbers([[n]])
        plt.close("all")
        raise RuntimeError("three is <wrong>")
    return plots.show_numbers([[n]])


def test_an_error_is_shown_and_raised_and_goes_away():
    explorer = make(breaks_at_three, n=slider())
    with pytest.raises(RuntimeError, match="three"):
        explorer.controls["n"].value = 3
    assert 'role="alert"' in explorer.picture.value
    assert "RuntimeError: three is &lt;wrong&gt;" in explorer.picture.value
    assert "n = 3" in explorer.picture.value
    explorer.controls["n"].value = 4
    assert "<img" in explorer.picture.value


def test_an_error_at_the_start_stops_the_cell():
    with pytest.raises(RuntimeError, match="three"):
        make(breaks_at_three, n=slider(3))
