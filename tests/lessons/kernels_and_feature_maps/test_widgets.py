"""The kernel editor and the output-size explorer at all extremes, without a browser."""

import datetime
import io
import itertools
import re
import time

import numpy as np
import pytest
from PIL import Image

from course_lib.lessons.kernels_and_feature_maps import widgets
from course_lib.lessons.kernels_and_feature_maps.widgets import PRESETS
from course_lib.shapes import conv_output_size
from course_lib.widgets import explorer as explorer_module

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

PHOTO = np.random.default_rng(seed=0).random((32, 40))


def upload(name, content):
    file = {"name": name, "type": "image/png", "size": len(content)}
    now = datetime.datetime.now(datetime.UTC)
    return ({**file, "content": memoryview(content), "last_modified": now},)


@pytest.fixture
def no_pictures(monkeypatch):
    monkeypatch.setattr(explorer_module, "render_png", lambda figure, **options: b"")


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_sets_the_nine_numbers(preset, no_pictures):
    editor = widgets.kernel_editor(PHOTO)
    editor.controls["start from"].value = preset
    assert editor.values()["kernel"] == np.array(PRESETS[preset], float).tolist()
    assert editor.controls["start from"].value == preset


@pytest.mark.parametrize("value", [-99.0, 99.0, 0.25])
def test_every_number_draws_at_its_extremes(value):
    editor = widgets.kernel_editor(PHOTO)
    editor.controls["row 2, column 0"].value = value
    assert editor.values()["kernel"][2][0] == value
    assert editor.controls["start from"].value == "own numbers"
    assert "data:image/png;base64,iVBOR" in editor.picture.value


def test_a_kernel_of_zeros_draws():
    editor = widgets.kernel_editor(PHOTO)
    for row, column in itertools.product(range(3), repeat=2):
        editor.controls[f"row {row}, column {column}"].value = 0
    assert "responses from 0 to 0" in repr(editor)


def test_an_uploaded_photo_is_used(no_pictures):
    buffer = io.BytesIO()
    Image.new("L", (60, 30), 255).save(buffer, format="PNG")
    editor = widgets.kernel_editor(PHOTO)
    editor.controls["own photo"].value = upload("mine.png", buffer.getvalue())
    editor.controls["start from"].value = "sum of nine"
    assert "on mine.png: responses from 9 to 9" in repr(editor)


def test_an_upload_that_is_no_picture_is_told_and_raised():
    editor = widgets.kernel_editor(PHOTO)
    with pytest.raises(ValueError, match=r"^datasets\.photo received .*note\.png, which cannot"):
        editor.controls["own photo"].value = upload("note.png", b"no picture")
    assert 'role="alert"' in editor.picture.value


def test_every_corner_of_the_output_size(no_pictures):
    explorer = widgets.output_size_explorer()
    controls = explorer.controls
    for corner in itertools.product(*((c.min, c.max) for c in controls.values())):
        for control, value in zip(controls.values(), corner, strict=True):
            control.value = value
        now = explorer.values()
        expected = conv_output_size(now.pop("size"), now.pop("kernel"), **now)
        assert re.search(rf"output {expected}\.$", repr(explorer))


def test_the_kernel_never_outgrows_the_input():
    explorer = widgets.output_size_explorer()
    explorer.controls["kernel"].value = 7
    explorer.controls["size"].value = 1
    assert explorer.controls["kernel"].value == 1
    assert "data:image/png;base64,iVBOR" in explorer.picture.value


def test_every_control_has_a_name_that_can_be_read():
    sizes = widgets.output_size_explorer().controls
    assert [c.description for c in sizes.values()] == ["input", *list(sizes)[1:]]
    editor = widgets.kernel_editor(PHOTO)
    assert all(c.description or c.tooltip for c in editor.controls.values())


def large_editor():
    return widgets.kernel_editor(np.tile(PHOTO, (4, 4)))


@pytest.mark.parametrize(
    "make, name",
    [(large_editor, "row 1, column 1"), (widgets.output_size_explorer, "padding")],
    ids=["kernel", "size"],
)
@pytest.mark.slow  # a time: for a quiet machine
def test_a_change_is_drawn_soon(make, name):
    explorer = make()
    explorer.controls[name].value = 2
    start = time.process_time()
    explorer.controls[name].value = 3
    assert time.process_time() - start < 0.3


def test_bad_photos_are_named():
    with pytest.raises(ValueError, match=r"^cross_correlate2d received"):
        widgets.kernel_editor(PHOTO[None])
