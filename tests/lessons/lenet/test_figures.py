"""figures: what is drawn is what was given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib.lessons.lenet import figures, networks

SHARES = {"one": [0.9, 0.8], "two": [0.3, 0.5]}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_point_a_seed_and_a_bar_at_the_mean():
    ax = figures.show_accuracies(SHARES, start="two")
    points = [line.get_xdata() for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(points, list(SHARES.values()))
    bars = [line.get_xdata()[0] for line in ax.lines if line.get_marker() != "o"]
    np.testing.assert_allclose(bars, [0.85, 0.4, 0.4])


def test_the_opening_has_digits_above_and_accuracies_below():
    top, below = figures.show_opening(np.zeros((3, 8, 8)), SHARES).axes
    assert top.images[0].get_array().shape[:2] == (8, 30)
    assert [text.get_text() for text in below.get_yticklabels()] == list(SHARES)


def test_the_table_has_a_cell_for_each_place():
    table = networks.connection_table().numpy()
    ax = figures.show_table(table)
    filled = [p.get_xy() for p in ax.patches if p.get_facecolor() != (1, 1, 1, 1)]
    assert sorted(filled) == [tuple(place) for place in np.argwhere(table)]


def test_codes_are_pictures_of_ink():
    codes = np.where(np.arange(840).reshape(10, 84) % 3 == 0, 1.0, -1.0)
    axes = figures.show_codes(codes).axes
    assert [ax.get_title() for ax in axes] == [str(digit) for digit in range(10)]
    np.testing.assert_array_equal(axes[4].images[0].get_array().ravel(), codes[4])


def test_the_squash_passes_through_its_targets():
    line = figures.show_squash().lines[0]
    np.testing.assert_allclose(np.interp([-1, 1], *line.get_data()), [-1, 1], atol=1e-3)


def test_spreads_are_drawn_on_a_logarithmic_scale():
    ax = figures.show_spreads({"one": {"image": 0.3, "C1": 0.01}, "two": {"image": 0.3, "C1": 0.2}})
    assert ax.get_yscale() == "log"
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.3, 0.01], [0.3, 0.2]]
