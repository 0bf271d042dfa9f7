"""experiments.shift_maps: its layers, and what shifts by whole and by part steps leave over."""

import numpy as np
import pytest
from scipy.ndimage import correlate

from course_lib.analysis.equivariance import shift_image
from course_lib.lessons.equivariance_and_invariance.experiments import (
    HALVINGS,
    moved_along,
    shift_maps,
)

IMAGE = np.random.default_rng(seed=0).random((16, 24))


@pytest.mark.parametrize("halving", HALVINGS)
@pytest.mark.parametrize("shift", [(0, 0), (4, -8), (16, 24)], ids=str)
def test_whole_steps_move_the_small_map_along(halving, shift):
    before = shift_maps(IMAGE, halving=halving)
    after = shift_maps(shift_image(IMAGE, shift), halving=halving)
    np.testing.assert_allclose(after.conv, shift_image(before.conv, shift), rtol=0, atol=1e-14)
    wanted = moved_along(before.small, after.small, shift=shift, stride=4)
    np.testing.assert_allclose(after.small, wanted, rtol=0, atol=1e-14)


def test_part_steps_are_compared_with_the_nearest_whole_ones():
    small = np.arange(6.0).reshape(2, 3)
    for target in ((0, 1), (1, 0), (1, 1), (0, 0)):
        moved = moved_along(small, shift_image(small, target), shift=(2, 3), stride=4)
        np.testing.assert_array_equal(moved, shift_image(small, target))


def test_the_convolution_is_that_of_scipy():
    kernel = np.array([[1.0, 0.0, -1.0]] * 3)
    expected = np.maximum(correlate(IMAGE, kernel, mode="wrap"), 0)
    np.testing.assert_allclose(shift_maps(IMAGE, halving="stride").conv, expected, atol=1e-14)


def test_the_scores_are_a_dense_layer_on_the_small_map():
    maps = [shift_maps(image, halving="stride") for image in (IMAGE, 3 * IMAGE, IMAGE[::-1])]
    assert maps[0].scores.shape == (10,)
    np.testing.assert_allclose(maps[1].scores, 3 * maps[0].scores, rtol=1e-12)
    assert not np.allclose(maps[2].scores, maps[0].scores)


@pytest.mark.parametrize("shape", [(4, 8), (16, 18), (16,), (1, 16, 16)], ids=str)
def test_other_sizes_are_named(shape):
    with pytest.raises(ValueError, match=r"^shift_maps received image with shape"):
        shift_maps(np.zeros(shape), halving="stride")


def test_an_unknown_halving_is_named():
    with pytest.raises(ValueError, match=r"^shift_maps received halving='median'"):
        shift_maps(IMAGE, halving="median")
