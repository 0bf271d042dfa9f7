"""experiments: the flawed way back, what it does to training, and how ways to compute are timed."""

import numpy as np
import pytest

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck
from course_lib.lessons.convolutional_layer import experiments
from course_lib.parity import relative_error

HELD_BACK = (3, 4, 5)
rng = np.random.default_rng(seed=0)


@pytest.mark.parametrize(
    "options",
    [{}, {"stride": 2, "padding": 1}, {"stride": 3}, {"dilation": 2, "padding": 2}, {"groups": 2}],
    ids=str,
)
def test_only_the_gradient_of_the_input_is_flawed(options):
    x = rng.standard_normal((2, 4, 8, 9))
    weight = rng.standard_normal((6, 4 // options.get("groups", 1), 3, 2))
    grad_y = rng.standard_normal(numpy_ops.conv2d(x, weight, **options).shape)
    right = numpy_ops.conv2d_backward(grad_y, x, weight, **options)
    flawed = experiments.flawed_backward(grad_y, x, weight, **options)
    assert relative_error(flawed.grad_weight, right.grad_weight) <= 1e-12
    assert flawed.grad_x.shape == x.shape
    assert relative_error(flawed.grad_x, right.grad_x) > 0.1


def test_the_flaw_is_a_forgotten_flip():
    x, weight = rng.standard_normal((1, 2, 5, 6)), rng.standard_normal((3, 2, 3, 3))
    grad_y = rng.standard_normal((1, 3, 3, 4))
    turned = np.ascontiguousarray(weight[:, :, ::-1, ::-1])
    right = numpy_ops.conv2d_backward(grad_y, x, turned).grad_x
    assert relative_error(experiments.flawed_backward(grad_y, x, weight).grad_x, right) <= 1e-12


def test_no_gradient_of_the_input_where_none_is_needed():
    x, weight = rng.standard_normal((1, 1, 4, 4)), rng.standard_normal((1, 1, 3, 3))
    grads = experiments.flawed_backward(np.ones((1, 1, 2, 2)), x, weight, needs_grad_x=False)
    assert grads.grad_x is None


def test_gradcheck_names_the_gradient_of_x():
    given = rng.standard_normal((1, 2, 5, 6)), rng.standard_normal((3, 2, 3, 3))
    with pytest.raises(AssertionError, match="gradient of x"):
        gradcheck(numpy_ops.conv2d, given, backward=experiments.flawed_backward)


def test_both_sides_start_from_the_same_weights_and_see_the_same_batches():
    sides = experiments.compare(1, learning_rate=0.05, seeds=(7,))
    right, flawed = (runs[0] for runs in sides.values())
    assert right.losses == flawed.losses  # one layer never sends anything on
    shares = experiments.shares_right(sides)
    assert shares["right"] == shares["flawed"] == right.test_accuracies[-1:]


def test_only_the_last_convolution_gets_its_right_gradient():
    angles = experiments.gradient_angles(3, seed=7)
    assert len(angles) == 3 and angles[-1] < 0.1 and min(angles[:-1]) > 10


def test_times_are_scaled_to_the_whole_layer():
    ways = {"a part": lambda: sum(range(9999)), "all": lambda: sum(range(9999))}
    timed = experiments.speeds(ways, whole=800, counts={"a part": 100})
    part, full = timed.values()
    assert part.milliseconds * part.gflops == pytest.approx(2e-6 * 800)
    assert full.milliseconds * full.gflops == pytest.approx(2e-6 * 800)
    assert part.milliseconds > 2 * full.milliseconds


def test_the_three_filters_answer_to_what_they_are_named_after():
    red, gray = np.zeros((1, 3, 3, 3)), np.full((1, 3, 3, 3), 0.75)
    red[:, 0] = 1
    weight, bias = experiments.three_filters()
    assert numpy_ops.conv2d(red, weight, bias).ravel() == pytest.approx([0, 1, 1 / 3 - 0.5])
    assert numpy_ops.conv2d(gray, weight, bias).ravel() == pytest.approx([0, 0, 0.25])


@pytest.mark.slow
def test_verdicts_of_the_notebook_hold_on_other_seeds():
    two, four = (
        experiments.shares_right(experiments.compare(n, learning_rate=0.05, seeds=HELD_BACK))
        for n in (2, 4)
    )
    assert min(two["right"] + two["flawed"]) > 0.9
    assert min(four["right"]) > 0.85 and max(four["flawed"]) < 0.3
    slower = experiments.shares_right(experiments.compare(4, learning_rate=0.02, seeds=HELD_BACK))
    assert all(right > flawed for right, flawed in zip(*slower.values(), strict=True))
    assert min(slower["flawed"]) > 0.4
    for n in (2, 4):
        for seed in HELD_BACK:
            angles = experiments.gradient_angles(n, seed=seed)
            assert angles[-1] < 0.1 and min(angles[:-1]) > 10
