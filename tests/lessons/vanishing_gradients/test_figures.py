"""figures: the numbers on the pictures are those of the chain and of the measurements."""

import numpy as np
import pytest

from course_lib.lessons.vanishing_gradients import figures
from course_lib.lessons.vanishing_gradients.chain import run_chain


def texts_of(ax):
    return [text.get_text() for text in ax.texts]


def test_chain_shows_its_factors_only_when_asked():
    plain, full = (
        texts_of(figures.show_chain(0.5, [1.0, -2.0], target=1.0, slopes=slopes))
        for slopes in (False, True)
    )
    assert {"x\n0.5", "w₂ = −2"} <= set(plain)
    assert not [text for text in plain if "σ′" in text or "∂" in text]
    chain = run_chain(0.5, [1.0, -2.0], target=1.0)
    assert f"∂L/∂w₁\n{chain.grad_w[0]:.2g}" in full
    assert f"σ′ = {chain.slopes[1]:.2g}" in full


def test_slope_touches_a_quarter_and_its_powers_fall():
    left, right = figures.show_slope(5).axes
    assert left.lines[1].get_ydata().max() == 0.25
    assert right.lines[0].get_ydata().tolist() == [0.25**n for n in range(1, 6)]


def test_depths_are_drawn_a_point_a_seed():
    ax = figures.show_depths({"a": {2: [0.9, 0.8], 30: [0.1]}, "b": {30: [0.95]}})
    assert [text.get_text() for text in ax.get_legend().texts] == ["a", "b"]
    points = [line.get_ydata() for line in ax.lines if line.get_linestyle() == "None"]
    assert [len(values) for values in points] == [2, 1, 1]


def test_norms_count_layers_from_one():
    ax = figures.show_norms({"a": [np.array([0.1, 1.0, 10.0])]})
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert ax.get_yscale() == "log"


def test_flows_end_where_float32_ends():
    chart = figures.show_flows({"a": (np.array([1.0]), np.array([0.1, 1e-12]))})
    assert chart.axes[1].lines[0].get_ydata().tolist() == [0.1, 1e-7]


def test_flows_give_a_network_one_color_in_both_panels():
    flow = (np.ones(2), np.ones(3))
    left, right = figures.show_flows({"a": flow, "b": flow}).axes
    assert [line.get_color() for line in left.lines] == [
        line.get_color() for line in right.lines[:2]
    ]


def test_bars_are_means_in_percent():
    ax = figures.show_moved(np.array([[0.01, 0.1], [0.03, 0.2]]))
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([2, 15])


def test_heat_maps_are_a_panel_for_each_combination():
    rows = np.zeros((2, 3))
    maps = {(a, s): rows for a in ("tanh", "relu") for s in (2.0, 1.0)}
    chart = figures.show_heat_maps(maps, [2, 3])
    assert len(chart.axes) == 4 + 1
    assert [ax.get_title() for ax in chart.axes[:2]] == ["variance 1/n", "variance 2/n"]
    assert {ax.collections[0].get_clim() for ax in chart.axes[:4]} == {(-12, 12)}


def test_cures_are_drawn_a_row_each():
    ends = {"one": (1e-9, 0.1), "two": (1.0, 0.1)}
    left, right = figures.show_cures(ends, {"one": [0.1, 0.2], "two": [0.9, 0.8]}).axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["one", "two"]
    assert [len(line.get_xdata()) for line in right.lines[:2]] == [2, 2]
