"""figures: cuts, marks and curves are those that were asked for."""

import numpy as np
import pytest

from course_lib import plots
from course_lib.lessons.volumes_3d import figures, live


def test_a_clip_is_a_row_of_frames():
    chart = figures.show_clips({"a": np.zeros((3, 4, 4)), "b": np.ones((3, 4, 4))})
    assert [ax.get_ylabel() for ax in chart.axes] == ["a", "", "", "b", "", ""]
    assert chart.axes[5].images[0].get_array().min() == 1


def test_cuts_go_where_they_should():
    block = np.arange(60.0).reshape(3, 4, 5) / 60
    chart = figures.show_cuts({"a": block}, frame=2, row=1, column=3)
    for ax, cut in zip(chart.axes, (block[2], block[:, 1], block[:, :, 3]), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), cut)
    assert [ax.get_ylabel() for ax in chart.axes] == ["a\nrow (pixels)", "frame", "frame"]


def test_marks_are_red_and_vessels_blue():
    tissue = np.zeros((2, 2, 2), int)
    tissue[1, 0] = 1, 2
    chart = figures.show_slices(np.zeros((2, 2, 2)), tissue, (1,), marks={"net": tissue == 2})
    assert [ax.get_ylabel() for ax in chart.axes] == ["volume", "net", "truth"]
    net, truth = (ax.images[0].get_array() for ax in chart.axes[1:])
    assert net[0, 0].tolist() == [1, 1, 1] and net[0, 1].tolist() == truth[0, 1].tolist()
    assert truth[0, 1, 0] > 0.8 > truth[0, 0, 0]


def test_memory_is_in_gigabytes():
    ax = figures.show_memory((8, 16), np.array([1e9, 4e9]), np.array([1e10, 8e10]))
    assert ax.lines[0].get_ydata() == pytest.approx([1, 4])
    assert ax.lines[2].get_ydata() == [8, 8]


def test_the_still_shows_what_the_live_figure_starts_with():
    shown = live.clip_kernel_numbers(live.clip_kernel().state)
    chart = figures.show_explorer(live.bars()["goes right"], live.kernels()["right"],
                                  shown["output"])  # fmt: skip
    titles = [ax.get_title() for ax in chart.axes]
    assert plots.numbers_on(chart.axes[titles.index("output 1")])[4] == "18"
    assert plots.numbers_on(chart.axes[titles.index("frame 0")])[5:10] == ["1", "0", "0", "0", "0"]
