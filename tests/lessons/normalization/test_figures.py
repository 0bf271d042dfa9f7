"""figures: a point a seed, a line a seed, and orange where the companions are."""

import numpy as np
from matplotlib.colors import to_hex

from course_lib import plots
from course_lib.lessons.normalization import figures
from course_lib.lessons.normalization.companions import COMPANIONS, companions_of
from course_lib.lessons.normalization.experiments import Drift


def test_seeds_are_thin_and_their_mean_is_thick():
    ax = figures.show_seeds(
        [1, 10], {"one": np.array([[1.0, 3.0], [2.0, 9.0]])}, x_label="x", y_label="y",
        limits=(0, 5),
    )  # fmt: skip
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1, 2], [3, 5], [2, 5]]
    assert [line.get_linewidth() for line in ax.lines] == [1, 1, 2.5]


def test_orange_are_the_companions():
    chart = figures.show_norms()
    for ax, norm in zip(chart.axes, COMPANIONS, strict=True):
        orange = [to_hex(patch.get_facecolor()).upper() == plots.KERNEL for patch in ax.patches]
        marked = companions_of(norm, figures.SHOWN_SHAPE, figures.SHOWN_PLACE)
        assert orange[:-1] == marked.ravel().tolist()


def test_blocks_hold_the_numbers():
    x = np.arange(16.0).reshape(2, 2, 2, 2)
    chart = figures.show_blocks(x, -x)
    assert plots.numbers_on(chart.axes[0])[:8] == ["0", "1", "4", "5", "2", "3", "6", "7"]


def test_drift_is_drawn_in_three_panels():
    found = {name: Drift(np.ones(3), np.full(3, 50.0), np.zeros(3)) for name in ("a", "b")}
    chart = figures.show_drift(found)
    assert [len(ax.lines) for ax in chart.axes] == [2, 2, 2]
    assert "degrees" in chart.axes[1].get_xlabel()


def test_opening_shows_both_orders():
    chart = figures.show_opening(np.zeros((4, 8, 8)), np.ones((4, 8, 8)), [0.9, 0.8], [0.2, 0.1])
    assert [ax.get_ylabel() for ax in chart.axes[:2]] == ["shuffled", "sorted"]
    assert chart.axes[0].images[0].get_array().shape[:2] == (8, 40)
