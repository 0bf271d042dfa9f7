"""The microscope in a page: draw, point, send back, train; its twins of NumPy; its page."""

import re

import numpy as np
import pytest
from browser.conftest import new_page
from browser.live_figures import ROOT, STATE, WORDS, open_figure
from live.strokes import points_of
from PIL import Image, ImageDraw
from PIL.Image import Transpose

from course_lib import datasets, numpy_nn
from course_lib.cli import main
from course_lib.live import microscope, network_state, pack, unpack
from course_lib.live.bundling import joined
from course_lib.live.ink import MNIST_FILL, as_drawings, centered, resized
from course_lib.live.microscope_figure import MODULE, microscope_numbers, run

pytestmark = pytest.mark.browser

FOLDER = MODULE.parent
NAMES = ("nn", "ink", "network", "training", "microscope_training", "microscope_stages")
DIGITS = datasets.load("digits")


@pytest.fixture(scope="module")
def modules(browser):
    """Load the modules into an empty page as nn_js, ink_js, ..."""
    page = new_page(browser)
    page.goto("about:blank")
    script = joined(*(FOLDER / f"{name}.js" for name in NAMES))
    names = ", ".join(f"{name}_js" for name in NAMES)
    page.add_script_tag(content=f"{script}Object.assign(globalThis, {{ {names} }});")
    yield page
    page.close()


@pytest.fixture
def shown(page, tmp_path):
    """Open the microscope on the course's network."""
    open_figure(page, microscope(), tmp_path)
    yield page
    assert page.faults == []


def answer(page):
    return page.locator(".verdict").text_content()


# Twins


@pytest.mark.parametrize("size, fill", [(20, MNIST_FILL), (20, 1.0), (8, 1.0)])
def test_centering_in_the_page_is_numpys(modules, size, fill):
    rng = np.random.default_rng(seed=0)
    for _ in range(5):
        ink = np.zeros((20, 20), np.float32)
        top, left = rng.integers(0, 12, 2)
        ink[top : top + 8, left : left + 5] = rng.random((8, 5))
        found = modules.evaluate(
            """([x, size, fill]) => [ink_js.centered(nn_js.unpack(x), size, fill),
              ink_js.resized(nn_js.unpack(x), size)].map((y) => Array.from(y.data))""",
            [pack(ink), size, fill],
        )
        expected = [centered(ink, size=size, fill=fill), resized(ink, size=size)]
        np.testing.assert_allclose(np.reshape(found, (2, size, size)), expected, atol=1e-5)


@pytest.mark.parametrize("size", [8, 20, 28])
def test_digits_become_the_same_drawings_in_the_page(modules, size):
    images = DIGITS.x_test[:6, 0]
    found = modules.evaluate(
        "([x, size, fill]) => Array.from(ink_js.asDrawings(nn_js.unpack(x), size, fill).data)",
        [pack(images), size, MNIST_FILL],
    )
    expected = as_drawings(images, size=size)
    np.testing.assert_allclose(np.reshape(found, expected.shape), expected, atol=1e-5)


TRAIN = """([state, x, labels, rate, count]) => {
  const network = network_js.makeNetwork(state);
  const optimizer = training_js.makeAdam(network, { learning_rate: rate });
  const images = nn_js.unpack(x);
  const losses = [];
  let first;
  for (let step = 0; step < count; step++) {
    const places = Array.from({ length: 16 }, (_, k) => (16 * step + k) % labels.length);
    const target = nn_js.tensor(places.map((k) => labels[k]), [16]);
    const done = training_js.trainStep(network, optimizer, microscope_training_js.take(images, places), target);
    losses.push(done.loss);
    first ??= done.gradients.parameters.flatMap((layer) => Object.values(layer)).map((g) => Array.from(g.data));
  }
  return { losses, first };
}"""  # noqa: E501


def fresh_network():
    """Build the course's network with random weights."""
    rng = np.random.default_rng(seed=3)
    return numpy_nn.Sequential(
        numpy_nn.Conv2d(1, 8, 5, padding=2, generator=rng), numpy_nn.ReLU(),
        numpy_nn.MaxPool2d(2),
        numpy_nn.Conv2d(8, 16, 3, padding=1, generator=rng), numpy_nn.ReLU(),
        numpy_nn.MaxPool2d(2), numpy_nn.Flatten(), numpy_nn.Linear(784, 10, generator=rng),
    )  # fmt: skip


def test_fifty_steps_in_the_page_are_numpys(modules):
    network, rate = fresh_network(), 3e-3
    x, labels = as_drawings(DIGITS.x_train[:160, 0])[:, None], DIGITS.y_train[:160]
    sent = [network_state(network), pack(x), labels.tolist(), rate, 50]
    found = modules.evaluate(TRAIN, sent)
    loss = numpy_nn.CrossEntropyLoss()
    optimizer = numpy_nn.Adam(network.parameters(), learning_rate=rate)
    losses = []
    for step in range(50):
        places = (16 * step + np.arange(16)) % 160
        losses.append(float(loss(network(x[places]), labels[places])))
        network.zero_grad()
        network.backward(loss.backward(), needs_grad_x=False)
        if step == 0:
            grads = [parameter.grad.ravel().copy() for parameter in network.parameters()]
        optimizer.step()
    for grad, expected in zip(found["first"], grads, strict=True):
        np.testing.assert_allclose(grad, expected, atol=1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(found["losses"], losses, atol=1e-4)
    assert losses[-1] < 0.5 * losses[0]


# What a reader does


def draw(page, strokes):
    box = page.locator("canvas.ink").bounding_box()
    for stroke in strokes:
        places = np.array([box["x"], box["y"]]) + stroke * box["width"] / 28
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()


def test_drawn_digits_are_read(shown):
    rng = np.random.default_rng(seed=2)
    read = []
    for digit in range(10):
        shown.get_by_role("button", name="clear").click()
        assert answer(shown) == "Draw a digit."
        draw(shown, points_of(digit, rng))
        read.append(answer(shown) == f"It is a {digit}.")
    assert sum(read) >= 8, read


def test_a_network_that_is_not_sure_does_not_say_so(page, tmp_path):
    rng = np.random.default_rng(seed=0)
    network = numpy_nn.Sequential(numpy_nn.Flatten(), numpy_nn.Linear(784, 10, generator=rng))
    open_figure(page, microscope(network), tmp_path)
    page.get_by_role("button", name="put a real 4").click()
    assert re.fullmatch(r"Perhaps a \d\.", answer(page))
    assert re.match(r"Perhaps a \d\. evidence for \d Weights", page.evaluate(WORDS))


def test_a_small_digit_in_a_corner_is_lost_without_centering(shown):
    rng = np.random.default_rng(seed=5)
    lost = 0
    for digit in (2, 3, 5, 7, 8):
        shown.get_by_role("button", name="clear").click()
        draw(shown, [0.5 * stroke for stroke in points_of(digit, rng)])
        shown.get_by_label("center the drawing").uncheck()
        lost += answer(shown) != f"It is a {digit}."
        shown.get_by_label("center the drawing").check()
    assert lost >= 3


def test_keys_draw_and_number_keys_put_real_digits(shown):
    pad = shown.locator("canvas.ink")
    pad.focus()
    shown.keyboard.press("Delete")
    assert not unpack(shown.evaluate(STATE)["ink"]).any()
    for key in ("Space", *["ArrowUp"] * 9, "Space", *["ArrowDown"] * 9):
        shown.keyboard.press(key)
    ink = unpack(shown.evaluate(STATE)["ink"])
    rows, columns = np.nonzero(ink > 200)
    assert rows.max() - rows.min() >= 9 and columns.max() - columns.min() <= 4
    shown.keyboard.press("7")
    assert answer(shown) == "It is a 7." and shown.evaluate(STATE)["target"] == "7"


def test_a_picture_is_read_as_ink(shown, tmp_path):
    paper = np.full((90, 120), 235, np.uint8)
    paper[20:70, 58:64] = 40
    Image.fromarray(paper).save(tmp_path / "one.png")
    shown.get_by_label("open a picture").set_input_files(tmp_path / "one.png")
    shown.locator(".verdict", has_text="It is a 1.").wait_for()
    shown.get_by_label("open a picture").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    )
    shown.wait_for_function(f"{WORDS}.includes('notes.txt cannot be read')")


def seven(folder, name, size=(90, 90), ground=(255, 255, 255, 255), ink=(0, 0, 0, 255)):
    picture = Image.new("RGBA", size, ground)
    w, h = size
    strokes = [(0.25 * w, 0.2 * h), (0.75 * w, 0.2 * h), (0.45 * w, 0.85 * h)]
    ImageDraw.Draw(picture).line(strokes, fill=ink, width=h // 11, joint="curve")
    picture.save(folder / name)


def lying(folder, name):
    """Save a picture as a phone does: on its side, with a word on how to turn it."""
    seven(folder, "upright.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.open(folder / "upright.png").convert("RGB").transpose(Transpose.ROTATE_90)
    picture.save(folder / name, exif=exif)


CLEAR = (255, 255, 255, 0)
PICTURES = {
    "on its side.jpg": lying,
    "dark on nothing.png": lambda *to: seven(*to, ground=CLEAR),
    "light on nothing.png": lambda *to: seven(*to, ground=CLEAR, ink=(255, 255, 255, 255)),
    "large.png": lambda *to: seven(*to, size=(1200, 900), ground=(240, 230, 200, 255)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_many_kinds_are_read(shown, tmp_path, name):
    PICTURES[name](tmp_path, name)
    shown.get_by_role("button", name="clear").click()
    shown.get_by_label("open a picture").set_input_files(tmp_path / name)
    shown.wait_for_function(f"{ROOT}.querySelector('.verdict').textContent === 'It is a 7.'")


def white(folder, name, size):
    Image.new("L", size, 255).save(folder / name)


NO_PICTURES = {
    "text.png": (lambda to, name: (to / name).write_text("no picture"), "cannot be read"),
    "empty.png": (lambda to, name: (to / name).write_bytes(b""), "cannot be read"),
    "one pixel.png": (lambda *to: white(*to, (1, 1)), "shows nothing"),
    "thread.png": (lambda *to: white(*to, (1, 3000)), "shows nothing"),
    "horizon.png": (lambda *to: white(*to, (60000, 1)), "shows nothing"),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_a_file_without_a_digit_is_told_to_all(shown, tmp_path, name):
    make, words = NO_PICTURES[name]
    make(tmp_path, name)
    before = shown.evaluate(STATE)
    shown.get_by_label("open a picture").set_input_files(tmp_path / name)
    notice = shown.locator(".notice")
    notice.wait_for(state="visible")
    assert notice.text_content() == shown.evaluate(WORDS) and f"{name} {words}" in shown.evaluate(
        WORDS
    )
    assert shown.evaluate(STATE) == before
    shown.get_by_role("button", name="put a real 4").click()
    notice.wait_for(state="hidden")


POINTERS = """([name, more]) => {
  const canvas = document.querySelector("[data-figure]").shadowRoot.querySelector(".ink");
  const { left, top, width } = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  for (const [kind, id, x, y] of more) {
    canvas.dispatchEvent(new PointerEvent(`pointer${kind}`, {
      pointerId: id, isPrimary: id === 1, button: name === "menu" ? 2 : kind === "move" ? -1 : 0,
      clientX: left + x * width, clientY: top + y * width, bubbles: true,
    }));
  }
}"""
HELD = [["down", 1, 0.1, 0.1], ["down", 2, 0.9, 0.9], ["move", 2, 0.9, 0.8], ["up", 2, 0.9, 0.8]]


@pytest.mark.parametrize(
    "name, events, drawn",
    [
        ("menu", HELD, [False, False, False]),
        ("one finger of two", [*HELD, ["move", 1, 0.1, 0.5]], [True, True, False]),
        ("a lost finger", [["down", 1, 0.1, 0.1], ["down", 1, 0.9, 0.9]], [True, False, True]),
    ],
)
def test_one_finger_holds_the_pen(shown, name, events, drawn):
    shown.get_by_role("button", name="clear").click()
    shown.evaluate(POINTERS, [name, events])
    ink = unpack(shown.evaluate(STATE)["ink"])
    assert [bool(ink[i, j] > 100) for i, j in ((2, 2), (13, 2), (25, 25))] == drawn


def test_two_on_one_page_do_not_share_a_training(page, tmp_path):
    figure = microscope()._repr_html_()
    (tmp_path / "two.html").write_text(f"<!DOCTYPE html>{figure}{figure}", encoding="utf-8")
    page.goto((tmp_path / "two.html").as_uri())
    first, second = (page.locator("[data-figure]").nth(k) for k in (0, 1))
    before = page.evaluate(STATE)["network"]
    button = first.get_by_role("button", name="train from random weights")
    button.click()
    first.locator(".progress b").first.wait_for()
    second.get_by_role("button", name="put a real 4").click()
    button.click()
    old, new = (
        unpack(network["layers"][0]["weight"])
        for network in (before, page.evaluate(STATE)["network"])
    )
    assert np.abs(new - old).max() > 0.1  # it began with random weights, and went on from them
    assert second.locator(".verdict").text_content() == "It is a 4."
    assert page.faults == []


def test_a_figure_taken_away_stops_training(shown):
    button = shown.get_by_role("button", name="train from random weights")
    button.click()
    shown.locator(".progress b").first.wait_for()
    shown.evaluate("""() => {
      window.taken = document.querySelector("[data-figure]");
      taken.replaceWith(window.place = document.createElement("div"));
    }""")
    shown.wait_for_function(
        "[...taken.shadowRoot.querySelectorAll('button')].some((b) => b.textContent === '▶ train')"
    )
    shown.evaluate("place.replaceWith(taken)")
    assert button.text_content() == "▶ train"


def test_any_number_tells_how_it_came_about(shown):
    tile = shown.get_by_label("conv 2 + ReLU, map 3", exact=True)
    tile.hover(position={"x": 8, "y": 8})
    state = shown.evaluate(STATE)
    place = state["place"]
    assert (place["stage"], place["map"]) == (2, 3)
    numbers = microscope_numbers(state)
    total = numbers["products"].sum() + unpack(state["network"]["layers"][3]["bias"])[3]
    story = shown.locator(".story").text_content()
    assert f"{total:.2f}".rstrip("0").rstrip(".").replace("-", "−") in story
    assert "10 × 10 pixels" in story
    assert shown.locator(".terms .term canvas").count() == 16
    shown.get_by_label("class 5", exact=False).hover()
    assert "evidence for 5" in shown.locator(".story").text_content()


def test_arrow_keys_go_through_maps_and_numbers(shown):
    shown.get_by_label("conv 1 + ReLU, map 0", exact=True).focus()
    before = shown.evaluate(STATE)["place"]
    shown.keyboard.press("ArrowRight")
    after = shown.evaluate(STATE)["place"]
    assert (after["column"] - before["column"], after["map"]) == (1, 0)
    shown.keyboard.press("Shift+ArrowRight")
    assert shown.evaluate(STATE)["place"] == {**after, "map": 1}
    shown.keyboard.press("Shift+ArrowDown")
    assert shown.evaluate(STATE)["place"]["map"] == 3


def test_backward_shows_the_gradient_and_the_loss(shown):
    shown.get_by_label("backward").check()
    shown.get_by_label("right answer").select_option("3")
    numbers = microscope_numbers(shown.evaluate(STATE))
    assert f"{-numbers['log_probabilities'][0, 3]:.2f}" in answer(shown)
    assert "its gradient" in shown.locator(".story").text_content()
    assert shown.locator(".given").text_content() == "its gradient"


def test_it_learns_in_the_page_and_comes_back(shown):
    before = shown.evaluate(STATE)["network"]
    button = shown.get_by_role("button", name="train from random weights")
    button.click()
    shown.wait_for_function(
        """() => { const root = document.querySelector("[data-figure]").shadowRoot;
          return Number(root.querySelector(".progress b")?.textContent) >= 100; }""",
        timeout=120_000,
    )
    button.click()
    step, loss, right = (text for text in shown.locator(".progress b").all_text_contents())
    trained = shown.evaluate(STATE)
    old, new = (unpack(state["layers"][0]["weight"]) for state in (before, trained["network"]))
    assert np.abs(new - old).max() > 0.1 and int(step) >= 100
    assert float(loss) < 1 and int(right.removesuffix(" %")) >= 75
    images = as_drawings(DIGITS.x_test[:, 0])
    assert share_right(trained["network"]["layers"], images) >= 0.75
    shown.get_by_role("button", name="bring the trained weights back").click()
    assert shown.evaluate(STATE)["network"] == before
    assert shown.locator(".detail").is_visible()


def share_right(layers, images):
    scores = run(layers, images[:, None].astype(np.float32))[-1]
    return (scores.argmax(axis=1) == DIGITS.y_test).mean()


def test_the_page_works_offline_by_itself(page, tmp_path):
    path = tmp_path / "microscope.html"
    assert main(["microscope", "--output", str(path)]) == 0
    page.context.set_offline(True)
    page.goto(path.as_uri())
    page.get_by_role("button", name="put a real 4").click()
    assert answer(page) == "It is a 4." and page.faults == []
    page.context.set_offline(False)


def test_a_network_with_hidden_units_and_few_classes_is_shown(page, tmp_path):
    rng = np.random.default_rng(seed=0)
    network = numpy_nn.Sequential(
        numpy_nn.Conv2d(3, 5, 3, generator=rng), numpy_nn.Tanh(), numpy_nn.AvgPool2d(2),
        numpy_nn.Flatten(), numpy_nn.Linear(5 * 7 * 7, 9, generator=rng), numpy_nn.ReLU(),
        numpy_nn.Linear(9, 3, generator=rng),
    )  # fmt: skip
    open_figure(page, microscope(network, class_names=["cat", "dog", "<cow>"]), tmp_path)
    assert page.get_by_role("button", name="train").count() == 0
    page.get_by_label("linear 1 + ReLU").hover()
    assert "It sees the whole input." in page.locator(".story").text_content()
    page.get_by_label("class <cow>").hover()
    assert "evidence for <cow>" in page.locator(".story").text_content()
    assert page.faults == []
