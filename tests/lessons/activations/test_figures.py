"""figures: what is drawn is what was given."""

import numpy as np
import pytest

from course_lib.lessons.activations import figures
from course_lib.lessons.activations.experiments import Costs, Dead, Run
from course_lib.lessons.activations.functions import FUNCTIONS, chain


def test_functions_are_drawn_with_their_slopes():
    chart = figures.show_functions(["tanh", "ReLU"])
    value, slope = (line.get_ydata() for line in chart.axes[0].lines)
    x = chart.axes[0].lines[0].get_xdata()
    np.testing.assert_allclose(value, np.tanh(x))
    np.testing.assert_allclose(slope, 1 - np.tanh(x) ** 2)


def test_gates_are_shares():
    for ax in figures.show_functions(["ReLU", "SiLU", "GELU", "hard-swish"], gates=True).axes:
        gate = ax.lines[2].get_ydata()
        assert gate.min() >= -1e-9 and gate.max() <= 1 + 1e-9
        assert (np.diff(gate) >= -1e-9).all()


def test_ten_folds_have_1024_pieces():
    titles = [ax.get_title() for ax in figures.show_tents((1, 2, 3, 10)).axes]
    pieces = [int(title.split()[-2].replace(",", "")) for title in titles]
    assert pieces == [2, 4, 8, 1024]


def test_the_sum_of_bends_is_drawn():
    x = np.linspace(0, 1, 5)
    ax = figures.show_bends(x, {"a": x, "b": -3 * x})
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), -2 * x)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_chain_shows_outputs_and_slopes(name):
    chart = figures.show_chain(name, -1.5, weight=1.2)
    passed = chain(name, -1.5, weight=1.2)
    bars = [bar.get_width() for bar in chart.axes[1].patches]
    np.testing.assert_allclose(bars, passed.y)
    shown = chart.axes[2].lines[0].get_ydata()
    np.testing.assert_allclose(np.nan_to_num(shown), np.abs(passed.through))


def test_losses_are_means_over_seeds():
    runs = [Run(None, np.full(20, height), 0.5) for height in (1.0, 2.0)]
    ax = figures.show_losses([{"ReLU": runs}]).axes[0]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 1.5)


def test_dead_shares_and_accuracies_have_a_point_a_seed():
    found = {0.01: [Dead(0.1, 0.6), Dead(0.0, 0.7)], 0.1: [Dead(0.9, 0.1)]}
    left, right = figures.show_dead(found).axes
    assert np.concatenate([line.get_ydata() for line in left.lines]).tolist() == [0.1, 0.0, 0.9]
    assert np.concatenate([line.get_ydata() for line in right.lines]).tolist() == [0.6, 0.7, 0.1]


def test_costs_stand_beside_the_convolution():
    ax = figures.show_costs(Costs({"ReLU": 1.0, "tanh": 3.0}, {"ReLU": 1.0, "tanh": 9.0}, 20.0))
    assert [bar.get_width() for bar in ax.patches] == [1.0, 3.0, 1.0, 9.0]
    assert ax.lines[0].get_xdata()[0] == 20.0
