"""widgets.im2col_explorer at every extreme of its controls, without a browser."""

import itertools

import numpy as np
import pytest

from course_lib import numpy_ops, plots
from course_lib.lessons.convolutional_layer import widgets
from course_lib.widgets import explorer as explorer_module

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

rng = np.random.default_rng(seed=0)
X = rng.integers(0, 10, (2, 3, 4)).astype(float)
WEIGHTS = {
    name: rng.integers(-2, 3, (2, 2, *kernel)).astype(float)
    for name, kernel in {"2×2": (2, 2), "3×1": (3, 1), "1×1": (1, 1)}.items()
}


def extremes(control):
    return control.options if hasattr(control, "options") else (control.min, control.max)


@pytest.mark.parametrize("name", ["weight", "column", "stride", "padding", "dilation"])
def test_every_control_draws_at_its_extremes(name):
    explorer = widgets.im2col_explorer(X, WEIGHTS)
    for value in extremes(explorer.controls[name]):
        explorer.controls[name].value = value
        assert "data:image/png;base64,iVBOR" in explorer.picture.value


def test_the_words_are_right_in_every_corner(monkeypatch):
    monkeypatch.setattr(explorer_module, "render_png", lambda figure, **options: b"")
    explorer = widgets.im2col_explorer(X, WEIGHTS)
    controls = explorer.controls
    for name, stride, padding, dilation in itertools.product(WEIGHTS, (1, 3), (0, 1), (1, 2)):
        controls["weight"].value = name
        wanted = {"padding": padding, "stride": stride, "dilation": dilation}
        for option, value in wanted.items():
            controls[option].value = min(value, controls[option].max)
        controls["column"].value = controls["column"].max
        options = {option: controls[option].value for option in wanted}
        y = numpy_ops.conv2d(X[None], WEIGHTS[name], **options)[0]
        assert controls["column"].value == y[0].size - 1
        sums = ", ".join(plots.number_text(value) for value in y[:, -1, -1])
        words = repr(explorer)
        assert f"of {y[0].size} is the window" in words
        assert words.endswith(f"the filters give {sums}.")


def test_a_kernel_of_one_pixel_takes_no_padding_and_gives_it_back():
    explorer = widgets.im2col_explorer(X, WEIGHTS)
    explorer.controls["padding"].value = 1
    explorer.controls["weight"].value = "1×1"
    assert explorer.controls["padding"].value == explorer.controls["padding"].max == 0
    explorer.controls["weight"].value = "3×1"
    assert explorer.controls["padding"].max == 1


def test_every_control_has_a_name_that_can_be_read():
    explorer = widgets.im2col_explorer(X, WEIGHTS)
    assert [c.description for c in explorer.controls.values()] == list(explorer.controls)


@pytest.mark.parametrize(
    "x, weights",
    [
        pytest.param(X, {}, id="no-weight"),
        pytest.param(X, {"tall": np.ones((1, 2, 4, 1))}, id="too-tall"),
        pytest.param(X, {"thin": np.ones((1, 1, 2, 2))}, id="one-channel"),
        pytest.param(X[0], WEIGHTS, id="two-axes"),
        pytest.param(X, {"flat": np.ones((2, 2))}, id="no-filters"),
    ],
)
def test_bad_input_is_named(x, weights):
    with pytest.raises(ValueError, match=r"^im2col_explorer received x"):
        widgets.im2col_explorer(x, weights)
