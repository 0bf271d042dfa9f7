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
