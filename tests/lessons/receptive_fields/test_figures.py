"""figures.show_field and show_field_cone: what is marked is what a gradient finds."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.analysis.receptive_field import receptive_field
from course_lib.lessons.receptive_fields import experiments, figures
from course_lib.lessons.receptive_fields.figures import field_box, units_over

IMAGE = np.zeros((20, 31))
NET = nn.Sequential(
    nn.Conv2d(1, 1, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(1, 1, 5, stride=2), nn.Flatten()
)
LAYERS = receptive_field(NET).layers


def seen_by(module, unit):
    x = torch.ones(1, 1, *IMAGE.shape, requires_grad=True)
    module(x)[0, 0, *unit].backward()
    return np.flatnonzero(x.grad[0, 0].sum(0)), np.flatnonzero(x.grad[0, 0].sum(1))


@pytest.mark.parametrize("unit", [(0, 0), (1, 2), (2, 3)], ids=str)
def test_the_box_is_where_the_gradient_is(unit):
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 1, 3, padding=1), nn.AvgPool2d(2), nn.Conv2d(1, 1, 5, stride=2)
    )
    columns, rows = seen_by(net, unit)
    (tall, wide), top, left = field_box(receptive_field(net).last, unit, IMAGE.shape)
    assert (rows[0], rows[-1]) == (max(top, 0), min(top + tall, 20) - 1)
    assert (columns[0], columns[-1]) == (max(left, 0), min(left + wide, 31) - 1)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.type)
def test_the_outline_is_the_box_at_every_corner(layer):
    last = tuple(n - 1 for n in units_over(layer, IMAGE.shape))
    for row, column in ((0, 0), last):
        ax = figures.show_field(IMAGE, layer, row=row, column=column)
        (tall, wide), top, left = field_box(layer, (row, column), IMAGE.shape)
        outline = ax.patches[-1]
        assert outline.get_xy() == (left - 0.5, top - 0.5)
        assert (outline.get_width(), outline.get_height()) == (wide, tall)


@pytest.mark.parametrize(
    "layers, seen", [([(3, 1), (3, 1)], 5), ([(3, 1), (2, 2), (3, 1)], 8), ([(1, 1)], 1)], ids=str
)
def test_the_cone_is_as_wide_as_the_recursion_says(layers, seen):
    ax = figures.show_field_cone(layers, length=12, unit=1)
    assert ax.get_title() == f"one unit sees {seen} of 12 pixels"
    net = nn.Sequential(*(nn.Conv1d(1, 1, kernel, stride=stride) for kernel, stride in layers))
    assert receptive_field(net).last.size == seen


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda: figures.show_field(IMAGE, LAYERS[0], row=20), id="row"),
        pytest.param(lambda: figures.show_field(IMAGE, LAYERS[0], column=-1), id="column"),
        pytest.param(lambda: figures.show_field_cone([(3, 1)], length=5, unit=3), id="unit"),
    ],
)
def test_units_that_do_not_exist_are_named(draw):
    with pytest.raises(ValueError, match=r"^show_field received unit"):
        draw()


def test_every_cone_has_the_field_of_its_layer():
    chart = figures.show_growing_cones([(3, 1), (2, 2), (3, 1)], length=12)
    assert [ax.get_title() for ax in chart.axes] == [
        "layer 1: 3 pixels", "layer 2: 4 pixels", "layer 3: 8 pixels",
    ]  # fmt: skip


def test_ways_are_the_sums_of_those_above():
    written = [text.get_text() for text in figures.show_ways(3).texts]
    assert written[:7] == ["1", "3", "6", "7", "6", "3", "1"]
    assert sum(map(int, written[:7])) == 3**3


def test_enlarged_fields_have_their_size_and_hold_the_place():
    layers = [layer for layer in LAYERS if layer.size is not None]
    chart = figures.show_fields(IMAGE, layers, place=(9, 15))
    for layer, ax in zip(layers, chart.axes[1::2], strict=True):
        (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
        assert (right - left, bottom - top) == (layer.size, layer.size)
        assert left < 15 < right and top < 9 < bottom


def test_windows_between_digits_have_their_size_and_the_same_middle():
    data = experiments.two_digits(seed=0, num_train=2, num_test=2)
    chart = figures.show_two_digits(data, fields={"7": 7, "22": 22})
    for ax in chart.axes:
        small, large = ax.patches
        assert (small.get_width(), large.get_width()) == (7, 22)
        assert small.get_x() + 3.5 == large.get_x() + 11


def test_every_seed_is_a_point():
    ax = figures.show_readers({"one": [0.5, 0.6], "two": [1.0, 1.0]})
    assert [len(line.get_xdata()) for line in ax.lines] == [2, 2, 2]  # and the line of guessing


def test_effective_fields_share_their_scale():
    chart = figures.show_shares({"a": np.eye(3), "b": np.eye(9)})
    assert chart.axes[0].get_xlim() == chart.axes[1].get_xlim()
    assert [ax.images[0].get_clim() for ax in chart.axes[:2]] == [(0, 1)] * 2


def test_spreads_stand_beside_the_rule():
    ax = figures.show_spreads(np.array([6]), np.array([[2.0, 2.1, 2.2]]), fields=np.array([13]))
    heights = [line.get_ydata().tolist() for line in ax.lines]
    assert heights == [[13], [2.0], [2.0], [2.1], [2.2]]
