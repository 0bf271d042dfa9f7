"""figures.show_shift: what it writes under a difference is the equivariance error."""

import numpy as np
import pytest

from course_lib.analysis.equivariance import equivariance_error, shift_image
from course_lib.lessons.equivariance_and_invariance import figures
from course_lib.lessons.equivariance_and_invariance.experiments import (
    HALVINGS,
    moved_along,
    shift_maps,
)

IMAGE = np.random.default_rng(seed=0).random((16, 24))


def titles(chart):
    return [ax.get_title() for ax in chart.axes]


@pytest.mark.parametrize("halving", HALVINGS)
def test_the_difference_on_the_picture_is_the_equivariance_error(halving):
    chart = figures.show_shift(IMAGE, down=1, right=2, halving=halving)

    def small(x):
        return shift_maps(x[0, 0], halving=halving).small[None, None]

    moved = moved_along(
        small(IMAGE[None, None])[0, 0],
        small(shift_image(IMAGE, (1, 2))[None, None])[0, 0],
        shift=(1, 2),
        stride=4,
    )
    error = equivariance_error(small, IMAGE[None, None], shift=(1, 2), stride=4)
    assert moved.shape == (4, 6)
    assert titles(chart)[5:7] == ["difference 0 %", f"difference {100 * error:.0f} %"]


@pytest.mark.parametrize("shape", [(4, 8), (16, 18), (16,), (1, 16, 16)], ids=str)
def test_sizes_it_cannot_halve_are_named(shape):
    with pytest.raises(ValueError, match=r"^shift_maps received image with shape"):
        figures.show_shift(np.zeros(shape), down=0, right=1)
