"""The parts that live figures are made of look as the plots do, and answer mouse and typing."""

import numpy as np
import pytest
from browser.live_figures import ROOT, STATE, WORDS, open_figure
from browser.nn_page import LIVE
from matplotlib import colormaps
from PIL import Image

from course_lib import datasets, plots
from course_lib.lessons.convolution.live import sliding_kernel
from course_lib.lessons.kernels_and_feature_maps.live import PRESETS, kernel_editor, output_sizes
from course_lib.live import unpack
from course_lib.live.bundling import joined
from course_lib.plots import style
from course_lib.plots.images import _cell_colors

pytestmark = pytest.mark.browser
RNG = np.random.default_rng(seed=0)


@pytest.fixture(scope="module")
def look(browser):
    """Load style.js and charts.js into an empty page."""
    page = browser.new_page()
    page.goto("about:blank")
    script = joined(LIVE / "style.js", LIVE / "charts.js")
    page.add_script_tag(content=f"{script}Object.assign(globalThis, {{ style_js, charts_js }});")
    yield page
    page.close()


def test_colors_are_those_of_the_plots(look):
    roles = {**style.ROLE_COLORS, "ink": style.INK}
    assert look.evaluate("style_js.COLORS") == roles
    assert look.evaluate("style_js.CURVES") == style.CURVE_COLORS


@pytest.mark.parametrize("name, scale", [("RdBu_r", "signed"), ("viridis", "magnitude")])
def test_color_scales_are_matplotlibs(look, name, scale):
    low = -1 if scale == "signed" else 0
    values = np.linspace(low, 1, 101)
    found = look.evaluate(
        "([scale, values]) => values.map((value) => style_js.SCALES[scale](2 * value, 2))",
        [scale, values.tolist()],
    )
    expected = 255 * colormaps[name]((values - low) / (1 - low))[:, :3]
    assert np.abs(np.array(found) - expected).max() < 7  # of 255: cannot be told apart


@pytest.mark.parametrize("scale", ["signed", "gray"])
def test_cells_have_the_colors_of_show_numbers(look, scale):
    values = RNG.normal(size=(3, 4)) if scale == "signed" else RNG.random((3, 4))
    limit = float(np.abs(values).max())
    found = look.evaluate(
        "([s, values, limit]) => values.map((v) => style_js.CELL_SCALES[s](v, limit))",
        [scale, values.ravel().tolist(), limit],
    )
    expected = 255 * _cell_colors(values, signed=scale == "signed", limit=None)
    assert np.abs(np.array(found) - expected.reshape(-1, 3)).max() < 5


@pytest.mark.parametrize("digits", [None, 0, 1, 2])
def test_numbers_are_written_as_in_the_plots(look, digits):
    ties = np.concatenate([np.arange(-40, 41) / 8, np.arange(-300, 301) / 200])
    values = [*RNG.normal(0, 20, 500), *ties, *RNG.integers(-99, 99, 50) * 1.0, 12345.678, -0.0]
    values = [float(value) for value in values]
    found = look.evaluate(
        "([values, digits]) => values.map((v) => style_js.numberText(v, digits))", [values, digits]
    )
    assert found == [plots.number_text(value, digits=digits) for value in values]


def test_infinite_numbers_are_written(look):
    found = look.evaluate("[Infinity, -Infinity, NaN].map((v) => style_js.numberText(v))")
    assert found == ["∞", "−∞", "NaN"]


def test_ticks_are_round_and_inside(look):
    found = look.evaluate(
        "[[0, 1], [-3, 17], [0.02, 0.031], [5, 5]].map((e) => charts_js.ticks(...e))"
    )
    assert found[0] == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert found[1] == [0, 5, 10, 15]
    assert found[2] == [0.02, 0.025, 0.03]
    assert found[3] == [5]


DIGIT = np.round(16 * datasets.load("digits").x_train[0, 0])
EDGE = np.array([[1.0, 0.0, -1.0]] * 3)


def cells(page, place):
    return page.locator(f"{place} .cell").all_text_contents()


def test_cells_show_the_numbers(page, tmp_path):
    open_figure(page, sliding_kernel(DIGIT, {"edge": EDGE}), tmp_path)
    for _ in range(20):
        page.get_by_role("application").press("ArrowDown")
        page.get_by_role("application").press("ArrowRight")
    state = page.evaluate(STATE)
    assert (state["row"], state["column"], state["reached"]) == (5, 5, 35)
    y = np.array([[(DIGIT[i : i + 3, j : j + 3] * EDGE).sum() for j in range(6)] for i in range(6)])
    assert cells(page, ".output") == [plots.number_text(value) for value in y.ravel()]
    assert cells(page, ".input") == [plots.number_text(value) for value in DIGIT.ravel()]
    assert page.locator(".sum b").text_content() == plots.number_text(y[5, 5])


def test_a_number_typed_into_the_kernel_counts(page, tmp_path):
    open_figure(page, sliding_kernel(DIGIT, {"edge": EDGE}), tmp_path)
    field = page.get_by_label("kernel weight, row 1, column 1")
    field.fill("−2,5")
    expected = EDGE.copy()
    expected[1, 1] = -2.5
    assert page.evaluate(STATE)["kernel"] == expected.tolist()
    assert page.get_by_role("combobox").input_value() == "my own"
    field.fill("two")
    field.press("ArrowUp")
    assert page.evaluate(STATE)["kernel"] == expected.tolist()
    field.fill("3")
    field.press("ArrowDown")
    assert page.evaluate(STATE)["kernel"][1][1] == 2
    page.get_by_role("combobox").select_option("edge")
    assert page.evaluate(STATE)["kernel"] == EDGE.tolist()
    assert page.faults == []


def test_the_window_follows_the_mouse_and_slides_by_itself(page, tmp_path):
    open_figure(page, sliding_kernel(DIGIT, {"edge": EDGE}), tmp_path)
    page.locator(".input [data-row='4'][data-column='6']").hover()
    assert [page.evaluate(STATE)[name] for name in ("row", "column")] == [3, 5]
    page.locator(".output [data-row='1'][data-column='0']").hover()
    assert [page.evaluate(STATE)[name] for name in ("row", "column")] == [1, 0]
    page.mouse.move(0, 0)
    page.get_by_role("button", name="start again").click()
    assert page.evaluate(STATE)["reached"] == 0
    page.get_by_role("button", name="slide").click()
    page.wait_for_function(f"{STATE}.column === 2")
    page.get_by_role("button", name="pause").click()
    place = page.evaluate(STATE)
    page.wait_for_timeout(400)
    assert page.evaluate(STATE) == place


def test_every_preset_of_the_editor_sets_its_numbers(page, tmp_path):
    open_figure(page, kernel_editor(RNG.random((20, 24))), tmp_path)
    for name, kernel in PRESETS.items():
        page.get_by_label("start from").select_option(name)
        assert page.evaluate(STATE)["kernel"] == [list(row) for row in kernel]


def test_the_editor_opens_a_picture_and_follows_the_mouse(page, tmp_path):
    open_figure(page, kernel_editor(RNG.random((20, 24))), tmp_path)
    pixels = np.kron(np.array([[0, 255], [80, 160]]), np.ones((128, 256))).astype(np.uint8)
    Image.fromarray(pixels).convert("RGB").save(tmp_path / "mine.png")
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.png")
    page.wait_for_function(f"{STATE}.caption === 'mine.png'")
    found = unpack(page.evaluate(STATE)["photo"])
    assert found.shape == (128, 256)
    expected = datasets.photo(tmp_path / "mine.png", size=128, gray=True)[0]
    flat = np.ix_([20, 100], [50, 200])  # away from the edges, where each scales its own way
    np.testing.assert_allclose(found[flat] / 255, expected[flat], atol=1.5 / 255)
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25)
    state = page.evaluate(STATE)
    assert abs(state["row"] - 31) <= 1 and abs(state["column"] - 190) <= 1


@pytest.mark.parametrize("name", ["narrow.png", "broken.png"])
def test_a_picture_that_cannot_be_used_is_told(page, tmp_path, name):
    open_figure(page, kernel_editor(RNG.random((20, 24))), tmp_path)
    Image.new("L", (1, 300)).save(tmp_path / "narrow.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    before = page.evaluate(STATE)
    page.locator("input[type=file]").set_input_files(tmp_path / name)
    page.wait_for_function(f"{WORDS}.startsWith('{name}')")
    assert page.evaluate(STATE) == before


def test_output_sizes_keeps_the_kernel_inside(page, tmp_path):
    open_figure(page, output_sizes(), tmp_path)
    kernel, size = (page.get_by_role("slider", name=name) for name in ("kernel", "input"))
    kernel.fill("7")
    size.fill("2")
    assert page.evaluate(STATE)["kernel"] == 2
    kernel.fill("5")  # moves back
    assert kernel.input_value() == "2"
    size.fill("9")
    page.get_by_role("application").press("ArrowDown")
    assert page.locator(".look").text_content() == "Window 1 of 8 reads pixel 1, 2."


SMALLEST_TYPE = f"""() => {{
  const texts = [...{ROOT}.querySelectorAll(".stage text")];
  return Math.min(...texts.map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getScreenCTM().a));
}}"""


@pytest.mark.parametrize("kernel, stride", [(1, 1), (7, 1), (1, 4), (7, 4)])
def test_output_sizes_at_its_largest_can_be_read_on_a_phone(page, tmp_path, kernel, stride):
    page.set_viewport_size({"width": 320, "height": 800})
    open_figure(page, output_sizes(), tmp_path)
    settings = {"input": 14, "padding": 3, "kernel": kernel, "stride": stride}
    for name, value in settings.items():
        page.get_by_role("slider", name=name).fill(str(value))
    assert page.evaluate(SMALLEST_TYPE) >= 9
