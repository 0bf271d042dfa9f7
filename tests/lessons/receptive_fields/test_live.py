"""What the live figure starts with; tests/browser holds what it shows to NumPy."""

import numpy as np
import pytest

from course_lib.analysis.receptive_field import LayerField, ReceptiveFields
from course_lib.lessons.receptive_fields import live

LAYER = LayerField("conv", "Conv2d", size=6, jump=4, start=1.5, padding=1)


@pytest.mark.parametrize("shape", [(20, 30), (1, 20, 30), (3, 20, 30)])
def test_a_photo_becomes_a_picture_of_its_size(shape):
    figure = live.receptive_field(np.zeros(shape), ReceptiveFields((LAYER,)))
    photo = figure.state["photo"]
    assert (photo["height"], photo["width"]) == (20, 30)
    assert photo["src"].startswith("data:image/jpeg;base64,")
    assert "conv sees: 6 by 6 pixels" in figure.words


def test_the_unit_is_the_one_nearest_to_the_place():
    figure = live.receptive_field(np.zeros((20, 30)), ReceptiveFields((LAYER,)))
    shown = live.receptive_field_numbers({**figure.state, "y": 18.9, "x": 11.4})
    assert shown["unit"] == (4, 2)
    assert shown["first"] == (15, 7)
    assert shown["outside"] == pytest.approx(1 / 6)  # one row of six lies below the photo


def test_no_layer_is_named():
    with pytest.raises(ValueError, match=r"^receptive_field received no layers"):
        live.receptive_field(np.zeros((20, 30)), ReceptiveFields(()))
