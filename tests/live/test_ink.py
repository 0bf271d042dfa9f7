"""Centering a drawing, as NumPy does it; the page does the same (tests/browser)."""

import numpy as np
import pytest

from course_lib import datasets
from course_lib.live.ink import MNIST_FILL, as_drawings, centered


def box(size, top, left, height, width):
    ink = np.zeros((size, size))
    ink[top : top + height, left : left + width] = 1
    return ink


@pytest.mark.parametrize("top, left", [(0, 0), (12, 17), (5, 3)])
def test_place_and_size_do_not_matter(top, left):
    small, large = box(28, top, left, 8, 4), box(28, 4, 9, 20, 10)
    found = centered(small)
    assert np.abs(found - centered(large))[2:-2].mean() < 0.06
    rows, columns = np.nonzero(found > 0.5)
    assert rows.max() - rows.min() + 1 == round(MNIST_FILL * 28)
    mass = np.array([rows.mean(), columns.mean()])
    np.testing.assert_allclose(mass, 13.5, atol=0.3)


def test_the_heavy_side_comes_to_the_middle():
    ink = box(28, 4, 4, 4, 16) + 0.8 * box(28, 8, 4, 16, 4)
    rows = centered(ink).sum(axis=1)
    assert (rows @ np.arange(28)) / rows.sum() == pytest.approx(13.5, abs=0.2)


def test_it_is_moved_back_where_it_would_stick_out():
    rows, columns = np.nonzero(centered(box(8, 0, 0, 2, 6) + box(8, 2, 0, 6, 1), fill=1.0) > 0.5)
    assert (rows.min(), rows.max()) == (0, 7)
    assert columns.max() - columns.min() == 5


def test_nothing_stays_nothing():
    assert not centered(np.zeros((28, 28))).any()


def test_digits_of_the_same_size_stay_as_they_are():
    images = datasets.load("digits").x_test[:5, 0]
    same = as_drawings(images, size=8)
    np.testing.assert_array_equal(same, images)
    assert not np.shares_memory(same, images)
