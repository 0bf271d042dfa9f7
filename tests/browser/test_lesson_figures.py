"""What readers do with single live figures, beyond what every figure is tried for."""

import numpy as np
import pytest
from browser.live_figures import STATE, open_figure

from course_lib.lessons.activations import live as activations
from course_lib.lessons.claims_checked import live as claims
from course_lib.lessons.claims_checked.record import VERDICTS
from course_lib.lessons.convolutional_layer import live as layer
from course_lib.lessons.images_and_cnns import live as images
from course_lib.lessons.training_a_cnn import live as training

pytestmark = pytest.mark.browser

X = np.arange(12.0).reshape(1, 3, 4)
WEIGHTS = {"2×2": np.ones((1, 1, 2, 2)), "1×1": np.ones((2, 1, 1, 1))}


def trainings(**exploded):
    """Make falling losses of two optimizers and three rates."""
    falling = np.linspace(2.3, 0.1, 40)
    curves = {(name, rate): falling / rate for name in ("sgd", "adam") for rate in (1.0, 2.0, 4.0)}
    return curves | {("sgd", 4.0): exploded.get("sgd", falling)}


def test_a_kernel_is_never_larger_than_the_image(page, tmp_path):
    open_figure(page, images.layer_costs(kernel=15), tmp_path)
    page.get_by_label("size").press("Home")
    assert page.evaluate(STATE)["kernel"] == page.evaluate(STATE)["size"] == 8


def test_a_window_of_padding_alone_is_not_offered(page, tmp_path):
    open_figure(page, layer.im2col(X, WEIGHTS), tmp_path)
    page.get_by_label("padding").press("End")
    assert page.evaluate(STATE)["padding"] == 1
    page.get_by_label("weight").select_option("1×1")
    assert page.evaluate(STATE)["padding"] == 0


def test_a_column_is_chosen_by_the_mouse(page, tmp_path):
    open_figure(page, layer.im2col(X, WEIGHTS), tmp_path)
    page.locator(".columns .cell[data-column='5']").first.hover()
    state = page.evaluate(STATE)
    assert (state["row"], state["column"]) == (1, 2)
    assert page.locator(".sums b").text_content() == "34"  # 6 + 7 + 10 + 11


def test_an_exploded_training_is_drawn_and_told(page, tmp_path):
    figure = training.learning_curves(trainings(sgd=np.array([2.3, 50.0, *[np.inf] * 38])))
    open_figure(page, figure, tmp_path)
    button = page.get_by_role("button", name="sgd, rate 4")
    button.click()
    assert button.get_attribute("aria-pressed") == "true" and "✕" in button.text_content()
    assert "sgd, rate 4: the loss explodes" in page.locator(".last").text_content()
    assert page.faults == []


def test_earlier_choices_stay_until_pressed_again_or_cleared(page, tmp_path):
    open_figure(page, training.learning_curves(trainings()), tmp_path)
    pressed = page.locator("button[aria-pressed=true]")
    before = pressed.count()
    page.get_by_role("button", name="adam, rate 2").click()
    assert pressed.count() == before + 1
    page.get_by_role("button", name="adam, rate 2").click()
    assert pressed.count() == before
    page.get_by_role("button", name="clear").click()
    assert pressed.count() == 0 and page.locator(".last").text_content() == "Nothing is chosen."


def test_the_point_follows_the_pointer_on_the_axis_of_w_times_x(page, tmp_path):
    open_figure(page, activations.ten_layers("tanh", x=0.0, weight=2.0), tmp_path)
    plot = page.locator(".function svg")
    box = plot.bounding_box()
    ticks = {t.text_content(): t.bounding_box() for t in plot.locator("text").all()}
    start, end = (ticks[name]["x"] + ticks[name]["width"] / 2 for name in ("0", "4"))
    page.mouse.move(start, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(end, box["y"] + 40, steps=4)
    page.mouse.up()
    assert page.evaluate(STATE)["x"] == pytest.approx(2.0, abs=0.1)
    page.mouse.move(start, box["y"] + 40)  # let go: it follows no more
    assert page.evaluate(STATE)["x"] == pytest.approx(2.0, abs=0.1)


def test_a_quiz_keeps_the_first_guess_and_goes_on_to_the_next_open_claim(page, tmp_path):
    open_figure(page, claims.guess_the_verdict({}), tmp_path)
    true = page.evaluate(STATE)["claims"][0]["verdict"]
    for verdict in (VERDICTS[true], VERDICTS[true - 1]):  # the second comes too late
        page.get_by_role("button", name=verdict, exact=True).click()
    assert page.evaluate(STATE)["guesses"][:2] == [true, -1]
    assert page.get_by_text(f"✓ Yes: {VERDICTS[true]}.").first.is_visible()
    page.get_by_role("button", name="next open").click()
    assert page.evaluate(STATE)["at"] == 1
    page.get_by_role("button", name="start again").click()
    assert set(page.evaluate(STATE)["guesses"]) == {-1}
