"""figures.show_im2col_step: the numbers on the picture are those of im2col and conv2d."""

import numpy as np
import pytest

from course_lib import numpy_ops, plots
from course_lib.lessons.convolutional_layer import figures

rng = np.random.default_rng(seed=0)
X = rng.integers(0, 10, (2, 3, 4)).astype(float)
WEIGHT = rng.integers(-2, 3, (3, 2, 2, 2)).astype(float)


def numbers_of(ax):
    texts = [*plots.numbers_on(ax), *(text.get_text() for text in ax.texts)]
    return [float(text.replace("−", "-")) for text in texts]


@pytest.mark.parametrize(
    "column, options",
    [
        pytest.param(0, {}, id="first"),
        pytest.param(5, {}, id="last"),
        pytest.param(2, {"stride": 2, "padding": 1}, id="stride-padding"),
        pytest.param(1, {"dilation": 2}, id="dilation"),
    ],
)
def test_picture_shows_the_numbers_of_im2col(column, options):
    chart = figures.show_im2col_step(X, WEIGHT, column=column, **options)
    *channels, columns, weight, output = chart.axes
    expected = numpy_ops.im2col(X[None], kernel_size=2, **options)[0]
    y = numpy_ops.conv2d(X[None], WEIGHT, **options)
    padded = np.pad(X, ((0, 0), *((options.get("padding", 0),) * 2,) * 2))
    assert [numbers_of(ax) for ax in channels] == padded.reshape(2, -1).tolist()
    assert numbers_of(columns) == expected.ravel().tolist()
    assert numbers_of(weight) == WEIGHT.ravel().tolist()
    assert numbers_of(output) == y.ravel().tolist()


def marked_cells(ax, values):
    """List the values under the orange boxes on a grid."""
    found = []
    for box in ax.patches:
        left, top = round(box.get_x() + 0.5), round(box.get_y() + 0.5)
        window = values[top:, left:][: round(box.get_height()), : round(box.get_width())]
        found += window.ravel().tolist()
    return found


@pytest.mark.parametrize(
    "options",
    [{}, {"stride": 2, "padding": 1}, {"dilation": 2}, {"dilation": 2, "padding": 1}],
    ids=str,
)
def test_the_marked_pixels_are_the_marked_column(options):
    padding = options.get("padding", 0)
    columns = numpy_ops.im2col(X[None], kernel_size=2, **options)[0]
    for column in range(columns.shape[1]):
        chart = figures.show_im2col_step(X, WEIGHT, column=column, **options)
        marked = [
            value
            for ax, channel in zip(chart.axes, X, strict=False)
            for value in marked_cells(ax, np.pad(channel, padding))
        ]
        assert marked == columns[:, column].tolist()


def test_of_many_columns_only_the_marked_one_has_numbers():
    chart = figures.show_im2col_step(X, WEIGHT, column=11, padding=1)
    columns = numpy_ops.im2col(X[None], kernel_size=2, padding=1)[0]
    assert numbers_of(chart.axes[2]) == columns[:, 11].tolist()
    assert plots.render_png(chart).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "x, weight, column, text",
    [
        pytest.param(X, WEIGHT, 6, "column=6; it needs column from 0 to 5", id="column"),
        pytest.param(X, WEIGHT, -1, "column=-1", id="negative"),
        pytest.param(np.ones((3, 3, 3)), np.ones((1, 3, 1, 1)), 0, "3 channels", id="channels"),
        pytest.param(X, np.ones((4, 2, 2, 2)), 0, "4 filters", id="filters"),
        pytest.param(X, np.ones((1, 2, 3, 2)), 0, r"columns \(12, 3\)", id="taps"),
        pytest.param(np.ones((1, 6, 6)), np.ones((1, 1, 2, 2)), 0, r"\(4, 25\)", id="columns"),
    ],
)
def test_what_cannot_be_drawn_is_named(x, weight, column, text):
    with pytest.raises(ValueError, match=rf"^show_im2col_step received .*{text}"):
        figures.show_im2col_step(x, weight, column=column)
