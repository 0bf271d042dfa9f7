"""What the live figure of layer costs starts with; tests/browser tries the rest."""

import pytest

from course_lib.lessons.images_and_cnns import live


def test_numbers_of_the_default_are_those_of_the_words():
    figure = live.layer_costs()
    assert live.layer_costs_numbers(figure.state)["same"][0] == 24_092_320
    assert "24,092,320" in repr(figure)


def test_a_kernel_larger_than_the_image_is_refused():
    with pytest.raises(ValueError, match="kernel"):
        live.layer_costs(size=8, kernel=9)
