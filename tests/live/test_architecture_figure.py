"""The live drawing of a network in Python: its blocks, its words, its numbers."""

from torch import nn

from course_lib.live import architecture
from course_lib.live.architecture_figure import architecture_numbers

NET = nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 4))


def test_the_numbers_are_those_of_the_chosen_block():
    figure = architecture(NET, (1, 1, 8, 8), title="A net")
    assert repr(figure).startswith("Live figure: A net as a row of 3 boxes, from conv 3×3 (2 × 6")
    state = figure.state | {"block": 2}
    shown = architecture_numbers(state)
    assert shown["values"].tolist() == [20, 0, 12]
    assert (shown["value"], shown["share"], shown["before"]) == (12, 12 / 32, 32)


def test_what_has_no_field_sees_the_whole_image():
    figure = architecture(NET, (1, 1, 8, 8), title="A net")
    shown = architecture_numbers(figure.state | {"block": 1, "bars": "receptive field"})
    assert shown["values"].tolist() == [3, 8, 8]
    assert (shown["value"], shown["share"], shown["before"]) == (8, 1, 8)
