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


def test_paths_are_drawn_with_their_own_look_and_the_whole_walk_is_seen():
    rng = np.random.default_rng(seed=0)
    paths = {"first": rng.standard_normal((9, 2)), "second": 3 * rng.standard_normal((5, 2))}
    ax = figures.show_paths(lambda a, b: a**2 + 4 * b**2, paths, title="down")
    first, second = ax.lines
    assert np.array_equal(first.get_xydata(), paths["first"])
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()
    points = np.concatenate(list(paths.values()))
    for (low, high), values in zip((ax.get_xlim(), ax.get_ylim()), points.T, strict=True):
        assert low < values.min() and values.max() < high
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["first", "second"]
