"""experiments: searches that must succeed, waves that add up, and the verdicts on other seeds."""

import numpy as np
import pytest

from course_lib import numpy_ops
from course_lib.datasets.patches import FACE, Place, cut, man_with_camera
from course_lib.lessons.convolution import experiments

HELD_BACK = (3, 4, 5)


def test_face_is_found_by_correlation_and_by_convolution_with_the_turned_face_only():
    photo = man_with_camera()
    face = cut(photo, FACE)
    convolution, correlation = experiments.WAYS.values()
    assert experiments.best_place(photo, face, correlation) == FACE
    assert experiments.best_place(photo, face[::-1, ::-1], convolution) == FACE
    wrong = experiments.best_place(photo, face, convolution)
    assert np.hypot(*np.subtract(wrong, FACE)) > 30


def test_best_place_takes_the_mean_of_the_patch_away():
    image = np.zeros((6, 7))
    image[1:3, 2:4] = [[1.0, 0.0], [0.0, 1.0]]
    image[4:, 5:] = 1.0  # brighter, but flat
    patch = cut(image, Place(1, 2), size=2)
    assert experiments.best_place(image, patch, numpy_ops.cross_correlate2d) == (1, 2)


def test_misses_are_distances_and_follow_the_seed():
    def first_place(image, patch):
        answers = np.zeros((108, 108))
        answers[0, 0] = 1
        return answers

    [off, other] = experiments.misses(first_place, seeds=(7, 8), patches=5)
    corners = np.random.default_rng(7).integers(0, 108, (5, 2))
    np.testing.assert_allclose(off, np.hypot(*corners.T))
    assert not np.array_equal(off, other)


def test_few_waves_of_an_image_made_of_three():
    rows, columns = np.mgrid[:16, :12]
    strong = 5 * np.cos(2 * np.pi * (rows / 8 + columns / 4))
    weak = np.sin(2 * np.pi * columns / 6)
    image = 2 + strong + weak
    np.testing.assert_allclose(experiments.few_waves(image, 1), 2 + strong, atol=1e-12)
    np.testing.assert_allclose(experiments.few_waves(image, 96), image, atol=1e-12)


def test_race_times_every_way_at_every_size():
    seen = []
    ways = {name: lambda kernel: lambda: seen.append(kernel.shape) for name in ("one", "other")}
    times = experiments.race(ways, (2, 3))
    assert {name: len(each) for name, each in times.items()} == {"one": 2, "other": 2}
    assert set(seen) == {(2, 2), (3, 3)}
    assert all((each > 0).all() for each in times.values())


@pytest.mark.slow
def test_convolution_finds_no_patch_and_correlation_some_on_other_seeds():
    convolution, correlation = experiments.WAYS.values()
    for off in experiments.misses(convolution, seeds=HELD_BACK):
        assert (off > 0).all() and np.median(off) > 40
    for off in experiments.misses(correlation, seeds=HELD_BACK):
        assert 25 < (off == 0).sum() < 60
