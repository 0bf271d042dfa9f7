"""figures: points, bars and lines are those that were asked for."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.analysis import network_blocks
from course_lib.lessons.vgg import figures


def test_photos_stand_beside_each_other_on_one_scale():
    chart = figures.show_photos({"one": np.full((4, 5), 0.5), "two": np.zeros((4, 5))})
    assert [ax.get_title() for ax in chart.axes] == ["one", "two"]
    assert {ax.images[0].get_clim() for ax in chart.axes} == {(0, 1)}


def test_shares_are_those_of_the_blocks():
    with torch.device("meta"):
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10))
    blocks = network_blocks(net, (1, 1, 8, 8))
    chart = figures.show_shares(blocks, ["conv", "dense"])
    widths = [bar.get_width() * 1e6 for bar in chart.axes[0].patches]
    assert widths == pytest.approx([20, 730])
    assert [text.get_text() for text in chart.axes[0].texts] == [" 3%", " 97%"]


def test_windows_hold_25_pixels_9_units_and_1():
    chart = figures.show_windows()
    filled = [sum(patch.get_fill() for patch in ax.patches) for ax in chart.axes]
    assert filled == [25, 9, 1]


def test_fields_are_drawn_a_point_a_convolution():
    ax = figures.show_fields({"A": [3, 8], "B": [3, 5, 10]})
    assert [line.get_ydata().tolist() for line in ax.lines[:2]] == [[3, 8], [3, 5, 10]]
