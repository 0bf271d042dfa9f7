"""figures: what is drawn is what was measured or derived."""

import numpy as np
import pytest

from course_lib.lessons.losses import figures
from course_lib.lessons.losses.experiments import Answers, Confidence

GIVEN = Answers(np.array([0.9, 0.6, 0.3, 0.1]), np.array([True, False, True, False]))


def test_cross_entropy_and_square_are_least_at_the_chance_the_distance_at_none():
    ax = figures.show_coin(0.05)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == pytest.approx([0.05, 0.05, 0], abs=2e-3)


def test_focal_curve_of_no_focus_is_cross_entropy():
    right = np.array([0.1, 0.5, 0.9])
    loss, pull = figures.focal_curve(right, 0.0)
    np.testing.assert_allclose(loss, -np.log(right), rtol=1e-12)
    np.testing.assert_allclose(pull, 1 - right, rtol=1e-12)


def test_pull_is_the_slope_of_the_loss():
    p, nudge = np.array([0.2, 0.7]), 1e-6
    z = np.log(p / (1 - p))
    up, down = (figures.focal_curve(1 / (1 + np.exp(-z - n)), 2.0)[0] for n in (nudge, -nudge))
    np.testing.assert_allclose(figures.focal_curve(p, 2.0)[1], (down - up) / (2 * nudge), rtol=1e-6)


def test_tradeoff_marks_the_threshold_of_a_half():
    ax = figures.show_tradeoff({"cross-entropy": [GIVEN]}).axes[0]
    dot = next(line for line in ax.lines if line.get_marker() == "o")
    assert dot.get_xydata().tolist() == [[0.5, 0.5]]


def test_tradeoff_rings_another_threshold_in_every_panel():
    chart = figures.show_tradeoff({"weight 3": [GIVEN, GIVEN]}, ring=("weight 3", 0.2))
    for ax in chart.axes:
        (ring,) = (line for line in ax.lines if line.get_label() == "weight 3 at 0.2")
        assert ring.get_xydata().tolist() == [[0.5, 1.0]]


def test_calibration_leaves_out_bins_of_few_answers():
    said, truth = np.repeat([0.25, 0.85], [40, 5]), np.arange(45) < 10
    chart = figures.show_calibration({"weight 3": [Answers(said, truth)]}, {"weight 3": {}})
    dots = next(line for line in chart.axes[0].lines if line.get_marker() == "o")
    assert dots.get_xydata() == pytest.approx(np.array([[0.25, 0.25]]))


def test_shares_have_a_row_a_method_and_a_point_a_seed():
    chart = figures.show_shares({"found": {"cross-entropy": [0.1, 0.2], "stamp": [0.0, 0.0]}})
    assert [line.get_xdata().tolist() for line in chart.axes[0].lines] == [[0.1, 0.2], [0.0, 0.0]]
    assert [tick.get_text() for tick in chart.axes[0].get_yticklabels()] == [
        "cross-entropy",
        "stamp",
    ]


def test_arrows_go_from_share_right_to_confidence():
    ax = figures.show_confidence({"a": [Confidence(0.5, 0.8, 0.3), Confidence(0.6, 0.4, 0.2)]})
    assert [(t.xyann[0], t.xy[0]) for t in ax.texts] == [(0.5, 0.8), (0.6, 0.4)]


def test_scans_of_both_kinds_are_shown():
    chart = figures.show_scans(np.zeros((30, 1, 8, 8)), np.arange(30) < 15)
    assert [ax.get_title() for ax in chart.axes] == ["8"] * 7 + ["no 8"] * 7
