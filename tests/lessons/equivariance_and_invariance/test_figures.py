"""figures.show_shift: what it writes under a difference is the equivariance error."""

import numpy as np
import pytest

from course_lib.analysis.equivariance import equivariance_error, shift_image
from course_lib.lessons.equivariance_and_invariance import figures
from course_lib.lessons.equivariance_and_invariance.experiments import (
    HALVINGS,
    moved_along,
    shift_maps,
)

IMAGE = np.random.default_rng(seed=0).random((16, 24))


def titles(chart):
    return [ax.get_title() for ax in chart.axes]


@pytest.mark.parametrize("halving", HALVINGS)
def test_the_difference_on_the_picture_is_the_equivariance_error(halving):
    chart = figures.show_shift(IMAGE, down=1, right=2, halving=halving)

    def small(x):
        return shift_maps(x[0, 0], halving=halving).small[None, None]

    moved = moved_along(
        small(IMAGE[None, None])[0, 0],
        small(shift_image(IMAGE, (1, 2))[None, None])[0, 0],
        shift=(1, 2),
        stride=4,
    )
    error = equivariance_error(small, IMAGE[None, None], shift=(1, 2), stride=4)
    assert moved.shape == (4, 6)
    assert titles(chart)[5:7] == ["difference 0 %", f"difference {100 * error:.0f} %"]


@pytest.mark.parametrize("shape", [(4, 8), (16, 18), (16,), (1, 16, 16)], ids=str)
def test_sizes_it_cannot_halve_are_named(shape):
    with pytest.raises(ValueError, match=r"^shift_maps received image with shape"):
        figures.show_shift(np.zeros(shape), down=0, right=1)


def test_every_digit_has_a_picture_and_every_row_a_name():
    chart = figures.show_digits({"a": np.zeros((3, 1, 4, 4)), "b": np.ones((3, 1, 4, 4))})
    assert [ax.get_ylabel() for ax in chart.axes] == ["a", "", "", "b", "", ""]
    assert chart.axes[0].images[0].get_array().min() == 1  # ink is dark


def test_every_seed_is_a_point_in_its_row():
    ax = figures.show_shares({"a": {"x": [0.1, 0.2]}, "b": {"x": [0.3, 0.4]}})
    assert [line.get_xdata().tolist() for line in ax.lines] == [[0.1, 0.2], [0.3, 0.4]]
    assert [round(line.get_ydata().mean()) for line in ax.lines] == [0, 1]


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(figures.show_by_shift, id="shift"),
        pytest.param(lambda curves: figures.show_by_count((50, 250), curves), id="count"),
    ],
)
def test_curves_have_a_mean_and_a_point_a_seed(draw):
    ax = draw({"a": np.array([[0.5, 0.7], [0.6, 0.8], [0.7, 0.9]])})
    mean, *points = (line.get_ydata().tolist() for line in ax.lines)
    np.testing.assert_allclose(mean, [0.6, 0.8])
    assert points == [[0.5, 0.7], [0.6, 0.8], [0.7, 0.9]]
    assert ax.get_legend() is None
