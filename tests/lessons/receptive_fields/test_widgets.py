"""widgets.field_explorer at every extreme of its controls, without a browser."""

import numpy as np
import pytest
from torch import nn

from course_lib.analysis.receptive_field import ReceptiveFields, receptive_field
from course_lib.lessons.receptive_fields import widgets

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

IMAGE = np.zeros((3, 24, 33))
FIELDS = receptive_field(
    nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(4, 4, 5), nn.Flatten())
)


@pytest.mark.parametrize("layer", range(len(FIELDS.layers)))
def test_every_layer_draws_at_its_corners(layer):
    explorer = widgets.field_explorer(IMAGE, FIELDS)
    explorer.controls["layer"].value = layer
    for name in ("row", "column"):
        for value in (0, explorer.controls[name].max):
            explorer.controls[name].value = value
            assert "data:image/png;base64,iVBOR" in explorer.picture.value
    assert FIELDS.layers[layer].name in repr(explorer)


def test_words_say_size_and_edge():
    explorer = widgets.field_explorer(IMAGE, FIELDS)
    assert "sees 3 by 3 pixels, neighbors 1 pixels apart." in repr(explorer)
    assert "over the edge" not in repr(explorer)
    explorer.controls["row"].value = 0
    assert repr(explorer).endswith("Its field reaches over the edge.")


def test_units_follow_the_layer_and_come_back():
    explorer = widgets.field_explorer(IMAGE, FIELDS)
    explorer.controls["column"].value = 32
    explorer.controls["layer"].value = 3
    assert explorer.controls["column"].value == explorer.controls["column"].max == 0
    assert "sees the whole image" in repr(explorer)
    explorer.controls["layer"].value = 1
    assert explorer.controls["column"].max == 15


def test_every_control_has_a_name_that_can_be_read():
    explorer = widgets.field_explorer(IMAGE, FIELDS)
    assert [c.description for c in explorer.controls.values()] == list(explorer.controls)


def test_no_layer_is_named():
    with pytest.raises(ValueError, match=r"^field_explorer received no layers"):
        widgets.field_explorer(IMAGE, ReceptiveFields(()))
