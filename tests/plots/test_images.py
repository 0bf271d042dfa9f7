"""plots.images: what is drawn, in which colors, and what is refused."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_lib import plots

rng = np.random.default_rng(seed=0)
MAP = rng.standard_normal((4, 6))


@pytest.mark.parametrize("shape", [(4, 6), (1, 4, 6), (3, 4, 6)], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_show_image_keeps_rows_and_columns(shape, dtype):
    image = (rng.random(shape) * (255 if dtype == "uint8" else 1)).astype(dtype)
    drawn = plots.show_image(image).images[0]
    assert drawn.get_array().shape[:2] == (4, 6)
    assert drawn.get_clim() == (0, 255 if dtype == "uint8" else 1)


def test_show_map_centers_signed_colors_on_zero():
    ax = plots.show_map(MAP, unit="response")
    low, high = ax.images[0].get_clim()
    assert low == -high == -np.abs(MAP).max()
    assert ax.images[0].get_cmap().name == "RdBu_r"


def test_show_map_draws_magnitudes_from_zero():
    ax = plots.show_map(abs(MAP), unit="cost", signed=False, limit=5.0)
    assert ax.images[0].get_clim() == (0, 5.0)
    assert ax.images[0].get_cmap().name == "viridis"


def test_show_map_of_zeros_needs_no_special_care():
    assert plots.show_map(np.zeros((2, 3)), unit="response").images[0].get_clim() == (-1, 1)


def test_every_map_has_units():
    ax = plots.show_map(MAP, unit="response (gray levels)")
    labels = {a.get_ylabel() for a in ax.figure.axes} | {ax.get_xlabel()}
    assert labels == {"row (pixels)", "column (pixels)", "response (gray levels)"}


def test_show_numbers_writes_each_cell_but_the_hidden():
    hidden = np.array([[False, True], [False, False]])
    ax = plots.show_numbers(np.array([[0.5, 9.0], [-1.0, 2.0]]), hidden=hidden)
    assert plots.numbers_on(ax) == ["0.5", "−1", "2"]
    assert ax.collections[0].get_offsets().tolist() == [[0, 0], [0, 1], [1, 1]]


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "gray"])
@pytest.mark.parametrize("value", [-1.0, -0.5, 0.0, 0.4, 0.6, 1.0])
def test_numbers_stand_out_from_their_cells(signed, value):
    ax = plots.show_numbers(np.array([[value, 1.0]]), signed=signed, limit=1.0)
    cell = ax.images[0].get_array()[0, 0]
    ink = ax.collections[0].get_facecolors()[0, :3]
    assert contrast(cell, ink) >= 4.5


def contrast(a, b):
    """Contrast ratio of the Web Content Accessibility Guidelines; 4.5 is the least for text."""

    def luminance(rgb):
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    dark, light = sorted([luminance(a), luminance(b)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("role", ["input", "kernel", "output", "gradient"])
def test_roles_have_one_color_each(role):
    ax = plots.show_image(np.eye(3), role=role)
    colors = {to_hex(spine.get_edgecolor()).upper() for spine in ax.spines.values()}
    assert colors == {getattr(plots, role.upper())}


def test_mark_window_outlines_its_cells():
    ax = plots.mark_window(
        plots.show_image(np.eye(5)), row=1, column=2, height=3, width=2, color=plots.KERNEL
    )
    assert ax.patches[-1].get_bbox().bounds == (1.5, 0.5, 2, 3)


def test_drawing_leaves_the_readers_settings_alone():
    before = dict(mpl.rcParams)
    plots.show_map(MAP, unit="response")
    plots.show_curves(np.arange(3), {"a": np.arange(3)}, x_label="x", y_label="y")
    assert dict(mpl.rcParams) == before


def test_axes_given_are_drawn_on_and_returned():
    chart, axes = plots.figure(rows=2, columns=3)
    assert plots.show_map(MAP, unit="response", ax=axes[1, 2]) is axes[1, 2]
    assert plt.get_fignums() == [chart.number]


BAD = [
    pytest.param(plots.show_image, np.ones((6, 4, 3)), {}, "channels first", id="channels-last"),
    pytest.param(plots.show_image, np.full((2, 2), 7.0), {}, "values from 0 to 1", id="range"),
    pytest.param(plots.show_image, np.full((2, 2), np.nan), {}, "values from 0 to 1", id="nan"),
    pytest.param(plots.show_map, np.ones(3), {"unit": "x"}, "pick one map", id="map-axes"),
    pytest.param(plots.show_numbers, np.ones((0, 3)), {}, "pick one map", id="no-numbers"),
    pytest.param(plots.show_image, np.eye(2), {"role": "weight"}, "'kernel'", id="role"),
]


@pytest.mark.parametrize("draw, values, options, text", BAD)
def test_bad_input_is_named(draw, values, options, text):
    with pytest.raises(ValueError, match=text):
        draw(values, **options)
