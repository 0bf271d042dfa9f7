"""figures: lines, points and boxes are those that were asked for."""

import numpy as np
import pytest

from course_lib.lessons.residual_connections import figures
from course_lib.lessons.residual_connections.signals import Passage


def test_training_is_drawn_a_line_a_network_as_means_of_ten_steps():
    losses = np.arange(40.0)[None] + np.array([[0.0], [100.0]])
    ax = figures.show_training([figures.Curve("plain", 8, losses)])
    lines = [line for line in ax.lines if len(line.get_xdata()) == 4]
    assert [line.get_ydata()[0] for line in lines] == [4.5, 104.5]
    assert lines[0].get_xdata().tolist() == [5, 15, 25, 35]


def test_the_deepest_network_of_a_kind_is_drawn_thick():
    curves = [figures.Curve("plain", depth, np.ones((1, 20))) for depth in (8, 32)]
    shallow, deep = figures.show_training(curves).lines[:2]
    assert shallow.get_linewidth() < deep.get_linewidth()


@pytest.mark.parametrize("num_slopes, x_label, first", [(4, "after block", 0), (6, "layer", 1)])
def test_slopes_stand_at_their_block_or_layer(num_slopes, x_label, first):
    flow = Passage(np.ones(4), np.ones(4), np.arange(1.0, 1 + num_slopes))
    _, slopes = figures.show_flows({"plain": [flow, flow]}, back="slopes").axes
    assert slopes.get_xlabel() == x_label
    assert [line.get_xdata()[0] for line in slopes.lines] == [first, first]


def test_tails_are_drawn_a_row_a_network_and_a_point_a_seed():
    ax = figures.show_tails({"one": ("plain", [0.1, 0.2]), "two": ("residual", [0.3, 0.4])})
    assert [text.get_text() for text in ax.get_yticklabels()] == ["one", "two"]
    assert [line.get_ydata().tolist() for line in ax.lines[:2]] == [[0, 0], [1, 1]]


@pytest.mark.parametrize("kind", figures.BLOCKS)
def test_a_block_shows_its_steps(kind):
    texts = [text.get_text() for text in figures.show_blocks(kind).axes[0].texts]
    assert tuple(texts[1:]) == figures.BLOCKS[kind]


def test_an_unknown_block_is_named():
    with pytest.raises(ValueError, match=r"^show_blocks received kind='dense'"):
        figures.show_blocks("dense")
