"""plots.show_search: a frame with a name at each place."""

import numpy as np

from course_lib.datasets.patches import Place
from course_lib.plots import show_search


def test_search_frames_each_place_and_names_it():
    photo, patch = np.full((20, 30), 255.0), np.zeros((4, 5))
    places = {"here": Place(3, 6), "there": Place(10, 2)}
    _, ax = show_search(photo, patch, places).axes
    frames = [p for p in ax.patches if (p.get_width(), p.get_height()) == (5, 4)]
    assert [p.get_xy() for p in frames] == [(5.5, 2.5), (1.5, 9.5)]
    assert [text.get_text() for text in ax.texts] == ["here", "there"]
