"""figures: every image has its title, every class its bar."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_lib.lessons.start_here import figures
from course_lib.plots.style import INK, QUIET


@pytest.mark.parametrize("count", [1, 3, 4])
def test_every_image_has_its_title_and_no_axes_are_left(count):
    images = np.arange(count)[:, None, None, None] * np.full((1, 1, 2, 2), 0.25)
    chart = figures.show_digits(images, [f"number {n}" for n in range(count)], columns=3)
    assert [ax.get_title() for ax in chart.axes] == [f"number {n}" for n in range(count)]
    assert [ax.images[0].get_array().max() for ax in chart.axes] == [0.25 * n for n in range(count)]


def test_the_class_that_is_read_is_dark_and_the_truth_is_named():
    chart = figures.show_answer(np.zeros((1, 8, 8)), np.array([0.1, 0.7, 0.2]), truth=2)
    bars = chart.axes[1].patches
    assert [bar.get_height() for bar in bars] == pytest.approx([0.1, 0.7, 0.2])
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [QUIET, INK, QUIET]
    assert chart.axes[1].get_xlabel() == "class (it is a 2)"
