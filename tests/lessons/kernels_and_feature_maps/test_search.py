"""search: three kinds of answers, held to the formulas, and their verdicts on other seeds."""

import numpy as np
import pytest

from course_lib.datasets.patches import FACE, cut, man_with_camera
from course_lib.lessons.kernels_and_feature_maps import search

rng = np.random.default_rng(seed=0)
IMAGE = 5 + rng.random((9, 11))
HELD_BACK = (3, 4, 5)


def test_contrast_is_the_distance_of_each_window_from_its_mean():
    shown = search.contrast(IMAGE, (3, 4))
    windows = np.lib.stride_tricks.sliding_window_view(IMAGE, (3, 4))
    expected = windows.std(axis=(2, 3)) * np.sqrt(12)
    np.testing.assert_allclose(shown, expected, rtol=1e-10)


def test_answers_follow_the_formulas_at_every_place():
    patch = rng.random((3, 4))
    maps = search.answers(IMAGE, patch)
    for at in np.ndindex(*maps.sum_0.shape):
        x = IMAGE[at[0] :, at[1] :][:3, :4]
        assert maps.as_it_is[at] == pytest.approx((x * patch).sum())
        assert maps.sum_0[at] == pytest.approx((x * (patch - patch.mean())).sum())
        alike = np.corrcoef(x.ravel(), patch.ravel())[0, 1]
        assert maps.sum_0_by_contrast[at] == pytest.approx(alike)


def test_likeness_does_not_depend_on_light_and_a_plain_wall_has_none():
    image = np.zeros((6, 8))
    image[1:4, 2:4] = [[1.0, 2.0], [0.0, 3.0], [5.0, 1.0]]
    patch = 10 + 0.5 * image[1:4, 2:4]
    maps = search.answers(image, patch)
    assert maps.sum_0_by_contrast[1, 2] == pytest.approx(1)
    assert maps.sum_0_by_contrast[:, 5:].tolist() == np.zeros((4, 2)).tolist()
    assert search.peaks(maps)[2] == (1, 2)


def test_the_face_is_in_the_sky_until_its_mean_is_taken_away():
    image = man_with_camera() / 255
    maps = search.answers(image, cut(image, FACE))
    sky, *repaired = search.peaks(maps)
    assert maps.as_it_is[sky] > 1.4 * maps.as_it_is[FACE]
    assert repaired == [FACE, FACE]


def test_counts_follow_the_seed():
    [found] = search.times_found(seeds=(7,), patches=10)["sum_0_by_contrast"]
    assert found == 10
    few = search.times_found(seeds=(7, 7), patches=10)
    assert all(one == other for one, other in few.values())


@pytest.mark.slow
def test_only_division_by_contrast_finds_every_patch_on_other_seeds():
    found = search.times_found(seeds=HELD_BACK)
    assert found["as_it_is"] == [0, 0, 0]
    assert all(25 < count < 60 for count in found["sum_0"])
    assert found["sum_0_by_contrast"] == [100, 100, 100]
