"""Confusion matrices and walks downhill."""

import numpy as np
import pytest

from course_lib.lessons.training_a_cnn import figures


def test_confusion_shows_every_count_that_is_not_zero():
    counts = np.array([[5, 0, 2], [0, 7, 0], [1, 0, 9]])
    ax = figures.show_confusion(counts, ["ant", "bee", "cat"], title="insects")
    shown = {tuple(map(int, text.get_position())): text.get_text() for text in ax.texts}
    assert shown == {(0, 0): "5", (2, 0): "2", (1, 1): "7", (0, 2): "1", (2, 2): "9"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ant", "bee", "cat"]
    drawn = ax.images[0].get_array()
    assert np.array_equal(drawn, [[0, 0, 2], [0, 0, 0], [1, 0, 0]])  # mistakes only


@pytest.mark.parametrize("counts, names", [(np.ones((2, 3)), "ab"), (np.ones((2, 2)), "abc")])
def test_confusion_refuses_what_does_not_fit(counts, names):
    with pytest.raises(ValueError, match="show_confusion received counts with shape"):
        figures.show_confusion(counts, list(names))


def test_walks_stand_on_one_scale_and_are_seen_whole():
    rng = np.random.default_rng(seed=0)
    paths = {"first": rng.standard_normal((9, 2)), "second": 3 * rng.standard_normal((5, 2))}
    left, right = figures.show_walks(lambda a, b: a**2 + 4 * b**2, paths).axes
    assert (left.get_title(loc="left"), right.get_title(loc="left")) == ("first", "second")
    assert (left.get_xlim(), left.get_ylim()) == (right.get_xlim(), right.get_ylim())
    assert np.array_equal(left.lines[0].get_xydata(), paths["first"])
    points = np.concatenate(list(paths.values()))
    for (low, high), values in zip((left.get_xlim(), left.get_ylim()), points.T, strict=True):
        assert low < values.min() and values.max() < high


def test_runs_draw_a_line_a_seed_and_name_each_kind_once():
    runs = {"calm": np.array([[2.0, 1.0, 0.5], [2.1, 1.2, 0.4]]), "wild": np.full((1, 3), 3.0)}
    ax = figures.show_runs(np.array([0.1, 1, 10]), runs, x_label="x", y_label="y", log_x=True)
    drawn = [line.get_ydata().tolist() for line in ax.lines[:3]]
    assert drawn == [[2.0, 1.0, 0.5], [2.1, 1.2, 0.4], [3.0, 3.0, 3.0]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["calm", "wild"]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_first_maps_follow_one_channel_on_one_scale():
    image = np.random.default_rng(seed=0).random((1, 1, 4, 4))
    two = lambda x: np.concatenate([x, -3 * x], axis=1)  # noqa: E731
    chart = figures.show_first_maps([two, np.abs, np.copy], image, channel=1)
    drawn = [ax.images[0] for ax in chart.axes[:4]]
    for picture, expected in zip(drawn, (1, -3, 3, 3), strict=True):
        np.testing.assert_allclose(picture.get_array(), expected * image[0, 0])
    assert len({picture.get_clim() for picture in drawn[1:]}) == 1


@pytest.mark.parametrize("weight", [-1.0, 0.5])
def test_the_tangent_touches_the_loss(weight):
    curve, tangent, point = figures.show_slope(weight).lines
    at = np.interp(tangent.get_xdata(), *curve.get_data())
    gap = at - tangent.get_ydata()
    assert gap.min() > -1e-3 and np.interp(weight, tangent.get_xdata(), gap) < 2e-3
    assert point.get_ydata() == pytest.approx(np.interp(weight, *curve.get_data()), abs=1e-3)


def test_misread_digits_keep_their_titles():
    images = np.random.default_rng(seed=0).random((8, 1, 8, 8))
    axes = figures.show_misread(images, [f"digit {k}" for k in range(8)]).axes
    assert [ax.get_title() for ax in axes[:8]] == [f"digit {k}" for k in range(8)]
    assert np.array_equal(axes[7].images[0].get_array(), images[7, 0])
