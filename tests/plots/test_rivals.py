"""show_rivals: points at their cost and accuracy, names where they belong."""

import pytest

from course_lib.plots import Rival, show_rivals

LOOK = {"VGG": ("black", "-", "o")}
TWO = {"VGG": [Rival("11", 7.0, 70.0), Rival("13", 9.0, 71.0)]}


def test_networks_stand_at_their_cost_and_accuracy_with_their_names():
    ax = show_rivals(TWO, LOOK)
    assert ax.lines[0].get_xydata().tolist() == [[7, 70], [9, 71]]
    assert [text.get_text() for text in ax.texts] == ["11", "13", "VGG"]


@pytest.mark.parametrize(("beside", "place"), [(False, (9.0, 69.5)), (True, (9.9, 71.0))])
def test_the_family_stands_below_or_beside_its_last_network(beside, place):
    ax = show_rivals(TWO, LOOK, beside=beside)
    assert ax.texts[-1].get_position() == pytest.approx(place)


def test_a_family_without_a_look_is_an_error():
    with pytest.raises(KeyError, match="VGG"):
        show_rivals(TWO, {})
