"""figures.show_response and figures.show_output_size: what is drawn is what is computed."""

import numpy as np
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_rgb

from course_lib import numpy_ops, plots
from course_lib.lessons.kernels_and_feature_maps import figures
from course_lib.shapes import conv_output_size

rng = np.random.default_rng(seed=0)
PHOTO = rng.random((9, 12))
KERNEL = np.array([[1.0, 0.0, -2.0], [0.5, 0.0, 1.0]])


def cells_of(ax, color):
    """Give the lower left corners of all cells of a color."""
    drawn = [artist for artist in ax.collections if isinstance(artist, PatchCollection)]
    of_color = [a for a in drawn if np.allclose(a.get_facecolor()[:, :3], to_rgb(color))
                 and a.get_facecolor().size]  # fmt: skip
    return [tuple(p.vertices.min(0)) for artist in of_color for p in artist.get_paths()]


def test_response_is_the_cross_correlation():
    chart = figures.show_response(PHOTO, KERNEL)
    shown = chart.axes[2].images[0].get_array()
    assert np.array_equal(shown, numpy_ops.cross_correlate2d(PHOTO, KERNEL))
    assert chart.axes[1].get_title() == "kernel, sum 0.5"
    assert plots.numbers_on(chart.axes[1]) == ["1", "0", "−2", "0.5", "0", "1"]


@pytest.mark.parametrize("shape", [(128, 128), (96, 300), (300, 96)], ids=str)
def test_response_stays_inside_its_figure(shape):
    chart = figures.show_response(rng.random(shape), KERNEL)
    chart.canvas.draw()
    box, page = chart.get_tightbbox(), chart.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= page[0]
    assert box.y1 <= page[1]


@pytest.mark.parametrize(
    "size, kernel, stride, padding, dilation",
    [(5, 3, 1, 0, 1), (6, 3, 2, 0, 1), (9, 2, 3, 1, 2), (4, 1, 4, 0, 3), (1, 1, 1, 3, 1)],
    ids=str,
)
def test_windows_stand_where_the_formula_says(size, kernel, stride, padding, dilation):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    ax = figures.show_output_size(size, kernel, **options)
    num_outputs = conv_output_size(size, kernel, **options)
    taps = [
        (row * stride + tap * dilation, row + 1.5)
        for row in range(num_outputs)
        for tap in range(kernel)
    ]
    assert cells_of(ax, plots.KERNEL) == taps
    assert len(cells_of(ax, plots.OUTPUT)) == num_outputs
    assert cells_of(ax, plots.INPUT) == [(padding + n, 0) for n in range(size)]
    texts = {text.get_text() for text in ax.texts}
    assert {f"input, {size}", f"output, {num_outputs}"} <= texts


@pytest.mark.parametrize(
    "size, stride, told", [(7, 2, False), (6, 2, True), (7, 4, True)], ids=["fits", "end", "gap"]
)
def test_pixels_in_no_window_are_told(size, stride, told):
    ax = figures.show_output_size(size, 3, stride=stride)
    assert ("crossed: in no window" in {text.get_text() for text in ax.texts}) is told


def test_kernels_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"^conv_output_size received size=4.* spans 5"):
        figures.show_output_size(4, 3, dilation=2)
