"""figures: points, bars and boxes are those that were asked for."""

import numpy as np
import pytest

from course_lib import plots
from course_lib.lessons.resnet import figures
from course_lib.lessons.resnet.figures import Layer


def test_rivals_are_drawn_as_plain_and_residual_networks_are():
    ax = figures.show_rivals({"ResNet": [plots.Rival("18", 7.0, 70.0)]})
    color, line, marker = figures.LOOKS["residual"]
    (drawn,) = ax.lines
    assert (drawn.get_color(), drawn.get_linestyle(), drawn.get_marker()) == (color, line, marker)


def test_a_bill_is_a_bar_of_parts_in_their_order():
    ax = figures.show_bills({"one": {"56": 1.0, "28": 0.2, "14": 2.0}})
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([1.0, 0.2, 2.0])
    assert [bar.get_x() for bar in ax.patches] == pytest.approx([0, 1, 1.2])
    assert [text.get_text() for text in ax.texts] == ["56", "14", "3.2"]


def test_blocks_are_drawn_to_one_scale():
    chart = figures.show_shapes({"a": (64, [Layer("3×3", 64)]), "b": (256, [Layer("1×1", 64)])})
    narrow, wide = (ax.patches[0].get_width() for ax in chart.axes)
    assert narrow == wide / 4
    assert [text.get_text() for text in chart.axes[1].texts] == ["256", "1×1", "64", "+"]


def test_places_that_are_read_are_dark():
    read = np.array([[True, False], [False, False]])
    [ax] = figures.show_places({"a": read}).axes
    assert ax.images[0].get_array().tolist() == (~read).tolist()


def test_depths_are_drawn_a_point_a_seed_and_a_line_through_the_means():
    values = {"plain": {8: np.array([1.0, 3.0]), 20: np.array([4.0, 9.0])}}
    mean = figures.show_depths(values, y_label="loss (nats)").lines[0]
    assert mean.get_xydata().tolist() == [[8, 2], [20, 6.5]]
    geometric = figures.show_depths(values, y_label="length", log_y=True).lines[0]
    assert geometric.get_ydata() == pytest.approx([3**0.5, 6])


def test_kinds_are_drawn_a_row_each():
    ax = figures.show_kinds({"plain": np.array([1.0, 2.0]), "zero start": np.array([0.5])})
    assert [text.get_text() for text in ax.get_yticklabels()] == ["plain", "zero start"]
    assert [line.get_ydata().tolist() for line in ax.lines[:2]] == [[0, 0], [1]]
