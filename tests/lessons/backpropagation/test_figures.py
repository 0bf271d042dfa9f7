"""figures: the numbers on the pictures are those of NumPy and of a nudge."""

import numpy as np
import pytest

from course_lib import numpy_ops, plots
from course_lib.lessons.backpropagation import experiments, figures

GRAPHS = [
    {"w": 2.0, "pixels": (1, 3), "readout": (4, -1), "target": 5},
    {"w": -1.5, "pixels": (2, 0.5), "readout": (1, 3), "target": 4},
]


def loss_of(w, *, pixels, readout, target):
    return (np.dot(readout, np.multiply(w, pixels)) - target) ** 2 / 2


@pytest.mark.parametrize("numbers", GRAPHS, ids=str)
def test_slope_on_the_graph_is_that_of_a_nudge(numbers):
    options = {name: value for name, value in numbers.items() if name != "w"}
    graph = figures.graph_numbers(numbers["w"], **options)
    up, down = (loss_of(numbers["w"] + nudge, **options) for nudge in (1e-6, -1e-6))
    assert graph.values["L"] == pytest.approx(loss_of(numbers["w"], **options))
    assert graph.slopes["w"] == pytest.approx((up - down) / 2e-6, rel=1e-6)


def texts_of(ax):
    return [text.get_text() for text in ax.texts]


def test_graph_shows_its_numbers_and_slopes_only_when_asked():
    plain, full = texts_of(figures.show_graph()), texts_of(figures.show_graph(slopes=True))
    assert {"4.5", "½(s − 5)²", "·(−1)"} <= set(plain)
    assert not [text for text in plain if text.startswith("∂L")]
    assert {"∂L/∂w = −3", "∂L/∂y₀ = −12", "∂L/∂y₁ = 3", "9"} <= set(full)


def numbers_of(ax):
    return [float(text.replace("−", "-")) for text in plots.numbers_on(ax)]


def test_what_is_sent_back_is_what_conv2d_backward_says():
    rng = np.random.default_rng(seed=0)
    image, kernel, target = (rng.integers(-3, 4, s).astype(float) for s in ((4, 5), (2, 3), (3, 3)))
    chart = figures.show_sending_back(image, kernel, target)
    x, weight = image[None, None], kernel[None, None]
    delta = numpy_ops.conv2d(x, weight) - target
    grads = numpy_ops.conv2d_backward(delta, x, weight)
    shown = [numbers_of(ax) for ax in (chart.axes[4], chart.axes[5], chart.axes[6])]
    assert shown == [array.ravel().tolist() for array in (grads.grad_x, grads.grad_weight, delta)]


def test_a_target_of_another_size_is_named():
    with pytest.raises(ValueError, match=r"^show_sending_back received target"):
        figures.show_sending_back(np.ones((3, 4)), np.ones((2, 2)), np.ones((3, 3)))


def test_first_delta_pulls_one_class_and_sums_to_zero():
    logits = np.random.default_rng(seed=0).standard_normal(10)
    chart = figures.show_first_delta(np.zeros((1, 8, 8)), logits, 4)
    heights = [bar.get_height() for bar in chart.axes[2].patches]
    assert np.flatnonzero(np.less(heights, 0)).tolist() == [4]
    assert sum(heights) == pytest.approx(0)


def test_a_way_to_learn_is_drawn_a_line_and_an_end_a_seed():
    traces = [experiments.Trace(np.array([0, 3]), np.array([2.3, low])) for low in (1.0, 0.5)]
    ax = figures.show_learning({"guessing": traces, "backpropagation": traces[:1]})
    assert len(ax.lines) == 2 * 3 + 1
    assert [text.get_text() for text in ax.get_legend().texts] == ["guessing", "backpropagation"]


def test_slips_are_drawn_a_row_each_and_a_point_a_seed():
    errors = {name: [experiments.SlipError(30.0, 1.0)] * 3 for name in ("one", "two")}
    chart = figures.show_slips(errors, {"one": [0.9, 0.91, 0.92], "two": [0.8, 0.81, 0.82]})
    angles, accuracies = chart.axes
    assert [label.get_text() for label in angles.get_yticklabels()] == ["one", "two"]
    assert [len(line.get_xdata()) for line in accuracies.lines] == [3, 3]


def test_shapes_name_every_axis():
    chart = figures.show_shapes()
    letters = [sum(t in ("N", "O", "I") for t in texts_of(ax)) for ax in chart.axes]
    assert letters == [6, 6]
