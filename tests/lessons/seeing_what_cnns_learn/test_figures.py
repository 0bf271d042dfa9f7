"""figures: panels, windows and points are those that were asked for."""

import numpy as np
import pytest

from course_lib.lessons.seeing_what_cnns_learn import figures

PICTURE = np.full((3, 8, 8), 0.25)


def test_panels_stand_in_reading_order_under_their_titles():
    drawn = figures.show_panels({"a": PICTURE, "b": np.eye(4), "c": PICTURE}, columns=2)
    assert [ax.get_title() for ax in drawn.axes] == ["a", "b", "c"]
    assert drawn.axes[0].images[0].get_array().shape == (8, 8, 3)
    np.testing.assert_array_equal(drawn.axes[1].images[0].get_array(), np.eye(4))


def test_a_few_large_values_do_not_darken_the_rest():
    values = np.linspace(1, 2, 10_000).reshape(100, 100)
    values[0, 0] = 1000
    gray = figures.as_gray(values)
    assert gray.min() == 0 and gray.max() == 1 and np.median(gray) == pytest.approx(0.5, abs=0.02)


def test_fine_maps_are_drawn_by_means():
    values = np.zeros((224, 224))
    values[2:4, 6:8] = [[1, 2], [3, 2]]
    gray = figures.as_gray(values)
    assert gray.shape == (112, 112) and gray[1, 3] == 1 and gray.sum() == 1


def test_a_mosaic_lays_kernels_side_by_side():
    kernels = np.zeros((4, 3, 3, 3))
    kernels[2, 0, 1, 2] = -5  # the first of the second row
    laid = figures.mosaic(kernels, columns=2, size=1)
    assert laid.shape == (3, 9, 9)
    assert laid[0, 6, 3] == 0 and laid[1, 6, 3] == 0.5 and laid[0, 0, 0] == 1
    assert (laid[:, 1:4, 1:4] == 0.5).all()


def test_the_covered_window_is_gray_and_marked_on_both_sides():
    falls = np.arange(9.0).reshape(3, 3)
    image, grid, *_ = figures.show_falls(PICTURE, falls, window=4, place=(2, 1)).axes
    covered = np.asarray(image.images[0].get_array())
    assert (covered[4:8, 2:6] == 0.5).all() and (covered[:4] == 0.25).all()
    assert [ax.patches[0].get_xy() for ax in (image, grid)] == [(1.5, 3.5), (0.5, 1.5)]
    assert (PICTURE == 0.25).all()


def test_rough_maps_cover_the_whole_picture():
    drawn = figures.show_over(
        [PICTURE] * 2, {"cup": np.eye(2), "a long name of a class": np.eye(2)}
    )
    first, second = drawn.axes
    assert first.images[1].get_extent() == [-0.5, 7.5, 7.5, -0.5]
    assert second.get_title().count("\n") == 1


def test_survival_is_a_line_of_means_and_a_point_a_seed():
    found = {"gradient": np.array([[0.4, 0.6], [0.1, 0.3]]), "Grad-CAM": np.zeros((2, 2))}
    ax = figures.show_survival(found, [0.5, 1.0])
    line = ax.lines[0]
    np.testing.assert_allclose(line.get_ydata(), [1, 0.5, 0.2])
    dots = [each.get_ydata().tolist() for each in ax.lines if each.get_marker() == "s"]
    assert dots == [[0.4, 0.6], [0.1, 0.3]]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0 %", "50 %", "100 %"]
    assert {text.get_text() for text in ax.texts} == {"gradient", "Grad-CAM"}


def test_a_frame_shows_both_maps():
    drawn = figures.show_frame(PICTURE, np.eye(3), np.zeros((3, 3)), "5 parts")
    assert [ax.get_title() for ax in drawn.axes] == ["photograph", "trained", "5 parts"]
