"""widgets.shift_explorer at every extreme of its controls, without a browser."""

import itertools
import re
import time

import numpy as np
import pytest

from course_lib.lessons.equivariance_and_invariance import widgets
from course_lib.widgets import explorer as explorer_module

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

IMAGE = np.random.default_rng(seed=0).random((32, 40))


def extremes(control):
    return control.options if hasattr(control, "options") else (control.min, control.max)


@pytest.mark.parametrize("name", ["right", "down", "halving"])
def test_every_control_draws_at_its_extremes(name):
    explorer = widgets.shift_explorer(IMAGE)
    for value in extremes(explorer.controls[name]):
        explorer.controls[name].value = value
        assert "data:image/png;base64,iVBOR" in explorer.picture.value


def test_the_words_follow_every_corner(monkeypatch):
    monkeypatch.setattr(explorer_module, "render_png", lambda figure, **options: b"")
    explorer = widgets.shift_explorer(IMAGE)
    controls = explorer.controls
    for right, down, halving in itertools.product(*map(extremes, controls.values())):
        for name, value in {"right": right, "down": down, "halving": halving}.items():
            controls[name].value = value
        words = repr(explorer)
        assert f"{right} pixels right, {down} down, {halving}: " in words
        conv, small, scores = (int(n) for n in re.findall(r"(\d+) %", words))
        assert conv == 0
        assert small == 0
        assert (scores == 0) == (right == down == 0)


def test_part_steps_show_in_the_small_map():
    explorer = widgets.shift_explorer(IMAGE)
    explorer.controls["right"].value = 1
    assert int(re.findall(r"(\d+) %", repr(explorer))[1]) > 10


def test_every_control_has_a_name_that_can_be_read():
    controls = widgets.shift_explorer(IMAGE).controls
    assert [c.description for c in controls.values()] == list(controls)


def seconds_of_a_change(explorer, right):
    start = time.process_time()
    explorer.controls["right"].value = right
    return time.process_time() - start


@pytest.mark.slow  # a time: for a quiet machine
def test_a_change_is_drawn_soon():
    explorer = widgets.shift_explorer(IMAGE)
    assert min(seconds_of_a_change(explorer, right) for right in range(1, 6)) < 0.3


def test_bad_images_are_named():
    with pytest.raises(ValueError, match=r"^shift_maps received image"):
        widgets.shift_explorer(IMAGE[:, :-1])
