"""figures: points, lines and words are those that were asked for."""

from types import SimpleNamespace

import numpy as np
import pytest

from course_lib.lessons.regularization import figures, live
from course_lib.lessons.regularization.experiments import Watched


def test_gaps_are_drawn_a_row_a_method_and_a_pair_a_network():
    rows = {
        "nothing": SimpleNamespace(train=np.array([1.0, 0.9]), test=np.array([0.4, 0.6])),
        "other": SimpleNamespace(train=np.array([0.8, 0.7]), test=np.array([0.5, 0.3])),
    }
    ax = figures.show_gaps(rows)
    train, test = ax.lines[:2]
    assert train.get_xdata().tolist() == [1.0, 0.9] and test.get_xdata().tolist() == [0.4, 0.6]
    assert train.get_ydata() == pytest.approx(test.get_ydata())
    assert [text.get_text() for text in ax.get_yticklabels()] == ["nothing", "other"]
    assert ax.lines[-1].get_xdata() == [0.5, 0.5]


def test_the_lowest_validation_loss_is_marked():
    loss = np.array([[3.0, 2.0], [1.0, 4.0], [2.0, 5.0]])
    watched = Watched(np.array([0, 10, 20]), loss / 10, loss, loss / 10, loss / 10)
    losses, shares = figures.show_watched(watched).axes
    marks = losses.lines[-1]
    assert marks.get_xdata().tolist() == [10, 0] and marks.get_ydata().tolist() == [1.0, 2.0]
    assert shares.lines[-1].get_ydata() == pytest.approx([0.1, 0.2])


def test_images_stand_in_a_row_with_their_words():
    axes = figures.show_images([np.zeros((2, 3)), np.ones((2, 3))], ["one", "two"]).axes
    assert [ax.get_xlabel() for ax in axes] == ["one", "two"]
    assert np.array_equal(axes[1].images[0].get_array(), np.ones((2, 3)))


def test_running_mean_and_variance_are_those_of_the_first_outputs():
    outputs = np.random.default_rng(0).standard_normal(7)
    means, variances = figures.running(outputs)
    assert means == pytest.approx([outputs[:k].mean() for k in range(1, 8)])
    assert variances == pytest.approx([outputs[:k].var() for k in range(1, 8)])


def test_draws_are_drawn_beside_the_formulas():
    chart = figures.show_draws(np.array([1.0, 3.0]), mean=2.5, variance=1.5)
    assert [ax.lines[0].get_ydata().tolist() for ax in chart.axes] == [[1, 2], [0, 1]]
    assert [ax.lines[1].get_ydata()[0] for ax in chart.axes] == [2.5, 1.5]


def test_the_live_figure_settles_at_the_formulas():
    figure = live.dropping(np.array([1.0, 2.0]), np.array([1.0, -1.0]), p=0.2, draws=5000)
    shown = live.dropping_numbers(figure.state)
    assert shown["mean"] == -1 and shown["variance"] == pytest.approx(1.25)
    assert shown["means"][-1] == pytest.approx(-1, abs=0.05)
    assert shown["variances"][-1] == pytest.approx(1.25, abs=0.1)
