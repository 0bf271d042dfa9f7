"""widgets.sliding_kernel at every extreme of its controls, without a browser."""

import itertools

import numpy as np
import pytest

from course_lib import numpy_ops, plots
from course_lib.lessons.convolution import widgets
from course_lib.widgets import explorer as explorer_module

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

rng = np.random.default_rng(seed=0)
IMAGE = rng.integers(0, 17, (6, 8)).astype(float)
KERNELS = {"edge": np.array([[1.0, 0.0, -1.0]] * 3), "wide": rng.standard_normal((2, 5))}


def extremes(control):
    return control.options if hasattr(control, "options") else (control.min, control.max)


def expected_sum(kernel, row, column, stride, padding):
    y = numpy_ops.conv2d(
        IMAGE[None, None], KERNELS[kernel][None, None], stride=stride, padding=padding
    )
    return y[0, 0, row, column], y.shape[2:]


@pytest.mark.parametrize("name", ["kernel", "row", "column", "stride", "padding"])
def test_every_control_draws_at_its_extremes(name):
    explorer = widgets.sliding_kernel(IMAGE, KERNELS)
    for value in extremes(explorer.controls[name]):
        explorer.controls[name].value = value
        assert "data:image/png;base64,iVBOR" in explorer.picture.value


def test_the_sum_in_words_is_right_in_every_corner(monkeypatch):
    monkeypatch.setattr(explorer_module, "render_png", lambda figure, **options: b"")
    explorer = widgets.sliding_kernel(IMAGE, KERNELS)
    controls = explorer.controls
    for kernel, stride, padding in itertools.product(
        *(extremes(controls[name]) for name in ("kernel", "stride", "padding"))
    ):
        controls["kernel"].value = kernel
        controls["stride"].value = stride
        controls["padding"].value = padding
        for name in ("row", "column"):
            controls[name].value = controls[name].max
        where = controls["row"].value, controls["column"].value
        total, shape = expected_sum(kernel, *where, stride, padding)
        words = repr(explorer)
        assert f"gives the sum {plots.number_text(total)};" in words
        assert words.endswith(f"the output is {shape[0]} by {shape[1]}.")
        assert where == (shape[0] - 1, shape[1] - 1)


def test_every_control_has_a_name_that_can_be_read():
    explorer = widgets.sliding_kernel(IMAGE, KERNELS)
    assert [c.description for c in explorer.controls.values()] == list(explorer.controls)


@pytest.mark.parametrize(
    "image, kernels",
    [
        pytest.param(IMAGE, {}, id="no-kernel"),
        pytest.param(IMAGE, {"tall": np.ones((7, 3))}, id="too-tall"),
        pytest.param(IMAGE[None], KERNELS, id="three-axes"),
        pytest.param(IMAGE, {"row": np.ones(3)}, id="one-axis"),
    ],
)
def test_bad_input_is_named(image, kernels):
    with pytest.raises(ValueError, match=r"^sliding_kernel received image"):
        widgets.sliding_kernel(image, kernels)
