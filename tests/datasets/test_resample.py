"""datasets.resample against SciPy's interpolation."""

import numpy as np
import pytest
from compare import assert_same
from scipy.ndimage import map_coordinates

from course_lib.datasets.resample import paste, sample_bilinear

rng = np.random.default_rng(seed=0)


def test_sampling_matches_scipy_inside_and_outside():
    images = rng.standard_normal((3, 5, 5))
    rows, columns = rng.uniform(-3, 8, (2, 3, 7, 4))
    expected = np.stack(
        [
            map_coordinates(image, [r, c], order=1, mode="grid-constant")
            for image, r, c in zip(images, rows, columns, strict=True)
        ]
    )
    assert_same(sample_bilinear(images, rows, columns), expected)


@pytest.mark.parametrize("position", [-1e9, -1.0, -0.0, 4.0, 5.0, 1e9])
def test_sampling_never_reads_outside_its_memory(position):
    where = np.full((1, 1, 1), position)
    value = sample_bilinear(np.ones((1, 5, 5)), where, where)
    assert value == (1.0 if 0 <= position <= 4 else 0.0)


def test_paste_at_its_own_size_moves_whole_pixels():
    images = rng.standard_normal((2, 4, 4))
    canvas = paste(images, size=9, width=np.full(2, 4.0), centers=np.array([[2, 2], [6, 5]]))
    assert_same(canvas[0, :4, :4], images[0])
    assert_same(canvas[1, 4:8, 3:7], images[1])
    assert np.count_nonzero(canvas) == 32


def test_a_quarter_turn_rotates_the_pixels():
    images = rng.standard_normal((1, 4, 4))
    canvas = paste(
        images,
        size=4,
        width=np.array([4.0]),
        centers=np.array([[2, 2]]),
        angle=np.array([np.pi / 2]),
    )
    turns = [np.abs(canvas[0] - np.rot90(images[0], k)).max() for k in (1, 3)]
    assert min(turns) < 1e-12


def test_paste_twice_as_wide_keeps_four_times_the_ink():
    image = np.zeros((1, 8, 8))
    image[0, 2:6, 3:5] = 1.0
    canvas = paste(image, size=30, width=np.array([16.0]), centers=np.array([[13.3, 17.9]]))
    assert canvas.sum() == pytest.approx(4 * image.sum(), rel=1e-12)
