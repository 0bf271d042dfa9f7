"""figures: what is drawn is what was measured."""

import numpy as np
import pytest

from course_lib.lessons.initialization import experiments, figures, signals
from course_lib.lessons.initialization.figures.trained import smooth


def one(sums=(4.0, 2.0, 1.0), deltas=(0.25, 0.5, 1.0), grads=(8.0, 8.0, 8.0)):
    return signals.Signals(*map(np.array, (sums, deltas, grads)))


def drawn(ax):
    return [line.get_ydata().tolist() for line in ax.lines]


def test_sizes_are_drawn_in_bits_with_theory_from_zero():
    chart = figures.show_sizes({"LeCun": [one()]}, {"LeCun": -1.0}, backward=True)
    there, back = chart.axes
    assert drawn(there) == [[2, 1, 0], [0, -1, -2]]
    assert drawn(back) == [[-2, -1, 0], [-2, -1, 0]]
    assert [text.get_text() for text in there.texts] == ["LeCun"]


def test_gradients_are_drawn_for_every_seed_and_named_once():
    ax = figures.show_gradients([one(), one()])
    assert drawn(ax)[:3] == [[2, 1, 0], [-2, -1, 0], [3, 3, 3]]
    assert len(ax.lines) == 6 and len(ax.get_legend().texts) == 3


def test_tanh_curves_cross_the_diagonal_where_the_walk_ends():
    chart = figures.show_tanh([3.0])
    curve, walk = chart.axes[0].lines[0], chart.axes[1].lines[0]
    place = np.argmin(abs(curve.get_ydata() - curve.get_xdata())[1:]) + 1
    assert curve.get_xdata()[place] == pytest.approx(walk.get_ydata()[-1], abs=0.1)


def test_sums_have_one_scale_and_their_spread():
    rng = np.random.default_rng(seed=0)
    chart = figures.show_sums({n: np.sqrt(n) * rng.standard_normal(5000) for n in (1, 16)})
    assert len({ax.get_xlim() for ax in chart.axes[1:]}) == 1
    assert [ax.get_title()[:12] for ax in chart.axes] == ["n = 1: sprea", "n = 16: spre"]
    assert np.ptp(chart.axes[1].lines[0].get_xdata()) == pytest.approx(8, rel=0.05)


def test_widths_show_every_network_and_the_median():
    chart = figures.show_widths({"normal": np.array([[-3.0, -1.0, 5.0]])}, [4])
    points, median, _ = chart.axes[0].lines
    assert points.get_xdata().tolist() == [-3, -1, 5]
    assert set(median.get_xdata()) == {-1}


def test_tiles_lie_row_by_row():
    sums = np.arange(12 * 64.0).reshape(12, 64)
    board = figures.show_scale(sums, sums, 3.0).axes[0].images[0].get_array()
    assert board.shape == (17, 89)
    np.testing.assert_array_equal(board[9:17, 9:17].ravel(), sums[11])


def test_losses_are_smoothed_and_stand_against_their_steps():
    losses = np.arange(30.0)[None] / 10
    ax = figures.show_losses({"one": losses})
    np.testing.assert_allclose(ax.lines[0].get_ydata(), smooth(losses)[0])
    assert ax.lines[0].get_xdata()[[0, -1]].tolist() == [10, 30]
    assert ax.lines[1].get_ydata()[0] == pytest.approx(np.log(10))


def test_depths_share_one_scale():
    chart = figures.show_depths({d: {"He": np.full((1, 12), 1.0)} for d in (22, 30)})
    assert [ax.get_title() for ax in chart.axes] == ["22 layers", "30 layers"]
    assert len({ax.get_ylim() for ax in chart.axes}) == 1


def test_the_sweep_names_factors_and_the_bits_of_theory():
    accuracies = np.array([[0.1, 0.2], [0.7, 0.9]])
    runs = experiments.Runs((1.0, 6**0.5), np.ones((2, 2, 5)), accuracies, np.ones((2, 2)))
    ax = figures.show_sweep(runs)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.15, 0.8])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "2.45"]
    above = ax.child_axes[0].get_xticklabels()
    assert [label.get_text() for label in above] == ["−78", "0"]
