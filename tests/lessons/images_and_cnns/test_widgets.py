"""widgets.parameter_calculator at every extreme of its controls, without a browser."""

import itertools

import pytest
from torch import nn

from course_lib.lessons.images_and_cnns import widgets
from course_lib.widgets import explorer as explorer_module

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

NAMES = ["size", "channels", "filters", "kernel", "units"]


@pytest.mark.parametrize("name", NAMES)
def test_every_control_draws_at_its_extremes(name):
    explorer = widgets.parameter_calculator()
    control = explorer.controls[name]
    for value in (control.min, control.max):
        control.value = value
        assert "data:image/png;base64,iVBOR" in explorer.picture.value


def test_the_words_are_right_in_every_corner(monkeypatch):
    monkeypatch.setattr(explorer_module, "render_png", lambda figure, **options: b"")
    explorer = widgets.parameter_calculator()
    controls = explorer.controls
    corners = itertools.product(*((controls[n].min, controls[n].max) for n in NAMES))
    for corner in corners:
        for name, value in zip(NAMES, corner, strict=True):
            controls[name].value = min(value, controls[name].max)
        size, channels, filters, kernel, units = (controls[n].value for n in NAMES)
        conv = nn.Conv2d(channels, filters, kernel, device="meta")
        parameters = sum(p.numel() for p in conv.parameters())
        words = repr(explorer)
        assert f"convolution: {parameters:,} parameters" in words
        assert f"{filters * (size - kernel + 1) ** 2:,} outputs" in words
        assert f"dense: {(channels * size**2 + 1) * units:,} parameters" in words


def test_the_kernel_never_outgrows_the_image():
    explorer = widgets.parameter_calculator(size=20, kernel=15)
    explorer.controls["size"].value = 8
    assert explorer.controls["kernel"].value == explorer.controls["kernel"].max == 8


def test_every_control_has_a_name_that_can_be_read():
    explorer = widgets.parameter_calculator()
    assert [c.description for c in explorer.controls.values()] == list(explorer.controls) == NAMES
