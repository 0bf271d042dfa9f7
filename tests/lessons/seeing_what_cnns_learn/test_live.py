"""live: the figure's state holds what its numbers need, and it begins with the surprise."""

import numpy as np
import pytest

from course_lib.lessons.seeing_what_cnns_learn import live, maps
from course_lib.live import unpack


@pytest.fixture(scope="module")
def state():
    return live.survivor(steps=(0, 5), step=1).state


def test_the_figure_begins_with_a_map_that_survives(state):
    numbers = live.survivor_numbers(state)
    assert state["parts"] == [0, 5] and state["shares"][1] == pytest.approx(0.945, abs=0.001)
    assert numbers["alike"][0] > 0.7 > numbers["alike"][1] > numbers["alike"][2]


def test_maps_are_packed_whole_and_brightest_at_255(state):
    assert tuple(state["maps"]) == maps.METHODS
    for packed in state["maps"].values():
        values = unpack(packed)
        assert values.shape == (2, 28, 28) and (values.max(axis=(1, 2)) == 255).all()


def test_nothing_drawn_anew_is_the_same_map(state):
    numbers = live.survivor_numbers({**state, "step": 0, "method": "Grad-CAM"})
    np.testing.assert_array_equal(numbers["before"], numbers["after"])
    assert numbers["alike"] == [1, 1, 1]
