"""Pictures of notebook 04 beside im2col: their numbers are those of the operations."""

import numpy as np
import pytest

from course_lib import numpy_ops, plots
from course_lib.lessons.convolutional_layer import figures
from course_lib.lessons.convolutional_layer.figures.backward import spread_out
from course_lib.training import History

rng = np.random.default_rng(seed=0)
X = rng.integers(0, 9, (7, 6)).astype(float)
KERNEL = rng.integers(-3, 4, (3, 2)).astype(float)
DELTA = rng.integers(-3, 4, (3, 2)).astype(float)
GRADS = numpy_ops.conv2d_backward(
    DELTA[None, None], X[None, None, :, :5], KERNEL[None, None], stride=2
)


def numbers_of(ax):
    return [float(text.replace("−", "-")) for text in plots.numbers_on(ax)]


@pytest.mark.parametrize("tap", [(0, 0), (2, 1)], ids=str)
def test_a_tap_collects_its_slope(tap):
    chart = figures.show_tap(X[:, :5], DELTA, tap=tap, stride=2)
    total = sum(numbers_of(chart.axes[2]))
    assert total == pytest.approx(GRADS.grad_weight[0, 0][tap])
    assert chart.axes[2].get_title().endswith(f"sum {plots.number_text(total)}")


def test_the_spread_slopes_give_the_gradient_of_the_input():
    chart = figures.show_spread(DELTA, KERNEL, stride=2, shape=(7, 5), pixel=(2, 2))
    assert numbers_of(chart.axes[2]) == GRADS.grad_x.ravel().tolist()
    spread = spread_out(DELTA, (3, 2), stride=2, shape=(7, 5))
    assert numbers_of(chart.axes[0]) == spread.ravel().tolist()


def test_one_filter_adds_its_channels():
    x, weight = rng.integers(0, 5, (2, 4, 3)).astype(float), np.stack([KERNEL, -2 * KERNEL])
    chart = figures.show_sums(x, weight, 3.0)
    y = numpy_ops.conv2d(x[None], weight[None], np.array([3.0]))
    assert numbers_of(chart.axes[-1]) == y.ravel().tolist()


def test_stamps_add_up_to_the_transposed_layer():
    chart = figures.show_stamps(DELTA, KERNEL, stride=2)
    y = numpy_ops.conv_transpose2d(DELTA[None, None], KERNEL[None, None], stride=2)
    assert numbers_of(chart.axes[2]) == y.ravel().tolist()
    stamps = [box for box in chart.axes[2].patches if box.get_height() == 3]
    assert len(stamps) == DELTA.size


def test_even_stamps_keep_flat_gray_flat_and_uneven_ones_do_not():
    even, uneven = (
        figures.show_checkerboard(np.full((6, 6), 0.5), sizes).axes[1].images[0].get_array()
        for sizes in ((4, 4), (3, 3))
    )
    assert np.ptp(even) < 1e-9 and np.ptp(uneven) > 0.3


def test_losses_are_means_and_accuracies_stand_below():
    run = History(losses=[3.0, 1.0] * 20, test_accuracies=[0.1, 0.9])
    (ax,) = figures.show_losses({"2 layers": {"right": [run], "flawed": [run]}}).axes
    assert [line.get_ydata().tolist() for line in ax.lines] == [[2.0, 2.0]] * 2
    assert ax.get_xlabel().splitlines()[1] == "right: 90 % of unseen digits"
