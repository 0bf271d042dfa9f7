"""figures.show_shift and the maps under it: what a shift by whole and by part steps leaves over."""

import numpy as np
import pytest
from scipy.ndimage import correlate

from course_lib.analysis.equivariance import equivariance_error, shift_image
from course_lib.lessons.equivariance_and_invariance import figures
from course_lib.lessons.equivariance_and_invariance.experiments import (
    HALVINGS,
    moved_along,
    shift_maps,
)

rng = np.random.default_rng(seed=0)
IMAGE = rng.random((16, 24))

each_halving = pytest.mark.parametrize("halving", HALVINGS)


def titles(chart):
    return [ax.get_title() for ax in chart.axes]


@each_halving
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


@each_halving
@pytest.mark.parametrize("shift", [(0, 0), (4, -8), (16, 24)], ids=str)
def test_whole_steps_move_the_small_map_along(halving, shift):
    before = shift_maps(IMAGE, halving=halving)
    after = shift_maps(shift_image(IMAGE, shift), halving=halving)
    np.testing.assert_allclose(after.conv, shift_image(before.conv, shift), rtol=0, atol=1e-14)
    wanted = moved_along(before.small, after.small, shift=shift, stride=4)
    np.testing.assert_allclose(after.small, wanted, rtol=0, atol=1e-14)


def test_the_convolution_is_that_of_scipy():
    kernel = np.array([[1.0, 0.0, -1.0]] * 3)
    expected = np.maximum(correlate(IMAGE, kernel, mode="wrap"), 0)
    np.testing.assert_allclose(shift_maps(IMAGE, halving="stride").conv, expected, atol=1e-14)


@pytest.mark.parametrize("shape", [(4, 8), (16, 18), (16,), (1, 16, 16)], ids=str)
def test_other_sizes_are_named(shape):
    with pytest.raises(ValueError, match=r"^shift_maps received image with shape"):
        figures.show_shift(np.zeros(shape), down=0, right=1)


def test_an_unknown_halving_is_named():
    with pytest.raises(ValueError, match=r"^shift_maps received halving='median'"):
        figures.show_shift(IMAGE, down=0, right=1, halving="median")
