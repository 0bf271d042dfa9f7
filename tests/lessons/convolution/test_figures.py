"""figures.show_sliding_step: the numbers on the picture are those of conv2d."""

import numpy as np
import pytest

from course_lib import numpy_ops, plots
from course_lib.lessons.convolution import figures

rng = np.random.default_rng(seed=0)
IMAGE = rng.integers(0, 17, (5, 7)).astype(float)
KERNEL = rng.integers(-3, 4, (3, 2)).astype(float)


def numbers_of(ax):
    return [float(text.replace("−", "-")) for text in plots.numbers_on(ax)]


@pytest.mark.parametrize(
    "row, column, stride, padding",
    [(0, 0, 1, 0), (2, 5, 1, 0), (1, 2, 2, 1), (3, 4, 2, 2)],
    ids=str,
)
def test_picture_shows_the_numbers_of_conv2d(row, column, stride, padding):
    chart = figures.show_sliding_step(
        IMAGE, KERNEL, row=row, column=column, stride=stride, padding=padding
    )
    _, window, kernel, products, output = chart.axes
    y = numpy_ops.conv2d(IMAGE[None, None], KERNEL[None, None], stride=stride, padding=padding)
    done = y[0, 0].ravel()[: row * y.shape[3] + column + 1]
    assert numbers_of(output) == done.tolist()
    assert numbers_of(kernel) == KERNEL.ravel().tolist()
    assert np.multiply(numbers_of(window), numbers_of(kernel)).tolist() == numbers_of(products)
    [total] = output.texts
    assert total.get_text() == f"sum = {plots.number_text(done[-1])}"
    # The arrow ends at the lower edge of the marked cell and hides no number above it.
    assert total.xy == (column, row + 0.5)
    chart.draw_without_rendering()
    box = total.get_window_extent()  # text and arrow
    assert box.y0 >= 0
    assert box.y1 <= output.transData.transform((0, row))[1]
    assert box.x1 <= chart.bbox.x1


def test_large_images_are_drawn_without_numbers():
    chart = figures.show_sliding_step(rng.standard_normal((20, 30)), KERNEL, row=3, column=4)
    assert plots.numbers_on(chart.axes[0]) == []
    assert plots.render_png(chart).startswith(b"\x89PNG")


@pytest.mark.parametrize("row, column", [(3, 0), (0, 6), (-1, 0)], ids=str)
def test_outputs_that_do_not_exist_are_named(row, column):
    with pytest.raises(ValueError, match=r"^show_sliding_step received (row|column)="):
        figures.show_sliding_step(IMAGE, KERNEL, row=row, column=column)


def test_turned_patch_is_the_patch_read_backward():
    patch = np.arange(6.0).reshape(2, 3)
    given, turned = (ax.images[0].get_array() for ax in figures.show_turned(patch).axes)
    np.testing.assert_allclose(np.ravel(turned), np.ravel(given)[::-1])


def test_waves_tell_the_gain_and_the_shift_of_each_kernel():
    kernels = {"mean": np.full(3, 1 / 3), "edge": np.array([1.0, 0.0, -1.0])}
    mean, edge = figures.show_waves(kernels).axes
    assert "height 0.80\nat the same place" in [text.get_text() for text in mean.texts]
    assert "height 1.41\n2 pixels earlier" in [text.get_text() for text in edge.texts]
    for ax, row in zip((mean, edge), kernels.values(), strict=True):
        shown = ax.lines[1].get_ydata()
        assert max(shown) == pytest.approx(abs(np.fft.fft(row, 64)[8]))


def test_few_waves_end_with_the_photo():
    photo = rng.integers(0, 256, (16, 16)).astype(float)
    chart = figures.show_few_waves(photo, (1, 5))
    assert [ax.get_title() for ax in chart.axes] == ["1 wave", "5 waves", "all 128"]
    np.testing.assert_allclose(chart.axes[-1].images[0].get_array(), photo / 255)


def test_blur_shows_gains_with_the_longest_wave_in_the_middle():
    photo = rng.integers(0, 256, (16, 20)).astype(float)
    chart = figures.show_blur_of_waves(photo, 3)
    gain = chart.axes[2].images[0].get_array()
    assert gain[8, 10] == gain.max() == pytest.approx(1)
    mean = np.full((3, 3), 1 / 9)
    blurred = numpy_ops.cross_correlate2d(photo, mean) / 255
    np.testing.assert_allclose(chart.axes[3].images[0].get_array(), blurred)
