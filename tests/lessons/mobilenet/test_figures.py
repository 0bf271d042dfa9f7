"""figures: bars, squares and points are those that were asked for."""

import numpy as np
import pytest

from course_lib.lessons.mobilenet import figures


def test_shares_are_bars_with_a_line_at_one():
    ax = figures.show_shares({"a": 0.5, "b": 1.2}, label="share")
    assert [bar.get_width() for bar in ax.patches] == [0.5, 1.2]
    assert list(ax.lines[0].get_xdata()) == [1, 1]


def test_a_number_never_stands_on_the_line():
    ax = figures.show_shares({"a": 0.5, "b": 0.9, "c": 1.2}, label="share")
    assert [text.get_ha() for text in ax.texts] == ["left", "right", "left"]


def test_answers_of_a_layer_have_one_scale():
    maps = np.arange(12.0).reshape(3, 2, 2)
    axes = figures.show_answers({"a": maps, "b": -5 * maps}).axes
    images = [ax.images[0] for ax in axes]
    assert [image.get_clim() for image in images] == [(-11, 11)] * 3 + [(-55, 55)] * 3
    np.testing.assert_array_equal(images[4].get_array(), -5 * maps[1])


def test_every_weight_is_a_square():
    full, depthwise, pointwise = figures.show_split(4, 6).axes
    assert [len(ax.patches) for ax in (full, depthwise, pointwise)] == [216, 36, 24]


def test_times_stand_at_their_width():
    ax = figures.show_times({8: 4.2, 64: 7.9}, {8: 0.5, 64: 2.0})
    assert ax.lines[1].get_xydata().tolist() == [[8, 0.5], [64, 2.0]]
    assert [text.get_text() for text in ax.texts] == ["fewer multiply-adds", "less time"]


def test_rates_stand_beside_intensities():
    left, right = figures.show_rates({"a": 2.0, "b": 8.0}, {"a": 0.2, "b": 1.0}).axes
    assert [bar.get_width() for bar in left.patches] == [2, 8]
    assert [bar.get_width() for bar in right.patches] == [0.2, 1]


def test_blocks_are_drawn_to_one_scale():
    first, second = figures.show_blocks({"a": [256, 64, 256], "b": [24, 144, 24]}).axes
    assert first.get_xlim() == second.get_xlim()
    assert [bar.get_width() for bar in second.patches] == [24, 144, 24]


def test_points_are_drawn_by_what_is_left_of_them():
    points = np.array([[0.5, 0.5], [0.5, -0.5], [-0.5, -0.5]])
    (ax,) = figures.show_kept(points, [np.eye(2)]).axes
    gone, line, all_there = (drawn.get_xydata() for drawn in ax.lines[1:])
    assert gone == pytest.approx(np.array([[0, 0]]))
    assert line == pytest.approx(np.array([[0.5, 0]]))
    assert all_there == pytest.approx(np.array([[0.5, 0.5]]))


def test_looks_go_by_the_first_word():
    looks = figures.looks_of(["full, 8 channels", "linear, shortcut"])
    assert list(looks.values()) == [figures.LOOKS["full"], figures.LOOKS["linear"]]
