"""figures: boxes, bars and points are those that were asked for."""

import numpy as np
import pytest

from course_lib.lessons.googlenet import figures
from course_lib.lessons.googlenet.experiments import Part
from course_lib.models.googlenet import PLANS


def test_a_module_is_drawn_from_its_row():
    texts = [text.get_text() for text in figures.show_module(192, PLANS["3a"]).texts]
    assert "5×5\n→ 32" in texts and "1×1\n→ 16" in texts
    assert texts[-2:] == ["input: 192 channels", "joined: 64 + 128 + 32 + 32 = 256 channels"]


def test_parts_are_shares_of_the_first_module():
    names = list(figures.PART_COLORS)
    modules = {
        "a": dict.fromkeys(names, Part(20, 1.0)),
        "b": dict.fromkeys(names, Part(5, 0.8)),
    }
    work, time = figures.show_parts(modules).axes
    assert [bar.get_width() for bar in work.patches] == pytest.approx([20] * 5 + [5] * 5)
    assert [text.get_text() for text in time.texts] == ["100 %", "80 %"]


def test_channels_are_drawn_a_line_for_each_way():
    ax = figures.show_channels({"naive": [3, 9], "as published": [2, 4]}, ["3a", "3b"])
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3, 9], [2, 4]]


def test_mixtures_are_drawn_a_line_for_each_network():
    ax = figures.show_mixtures((1, 2, 4), np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]]))
    assert [line.get_ydata()[0] for line in ax.lines] == [0.1, 0.3]
    assert ax.get_xscale() == "log"


def test_class_maps_have_one_scale_around_zero():
    maps = np.array([[[1.0, -4.0]], [[2.0, 3.0]]])
    chart = figures.show_class_maps(np.zeros((2, 6, 6)), maps, [7, 3])
    shown = [ax.images[0] for ax in chart.axes[:4]]
    assert [ax.get_title() for ax in chart.axes[:2]] == ["class 7", "class 3"]
    assert {image.get_clim() for image in shown[2:]} == {(-4, 4)}
