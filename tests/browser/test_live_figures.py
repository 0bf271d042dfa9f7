"""Every live figure in a browser: it draws, answers keys, speaks, and its numbers are NumPy's."""

import re
import statistics
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import new_page
from browser.live_figures import (
    CONTROLS,
    EXAMPLE,
    LESSONS,
    NUMBERS,
    SET,
    STATE,
    WORDS,
    example,
    numbers_shown,
    open_figure,
    trials,
)
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.live import Figure, Trial
from course_lib.parity.compare import TOLERANCES, relative_error
from course_lib.plots import show_numbers

pytestmark = pytest.mark.browser

# Pixels of a narrow page, and of the smallest type on it. 320 is a page of 1280 at 400 %, which
# WCAG 1.4.10 asks for: 7 there are 28 on the screen.
NARROW = {480: 10, 320: 7}


@pytest.fixture(scope="module", params=trials())
def shown(request, browser, tmp_path_factory):
    """Open a figure once for all tests of it."""
    figure = request.param.figure()
    page = new_page(browser)
    open_figure(page, figure, tmp_path_factory.mktemp("figure"))
    yield SimpleNamespace(page=page, figure=figure, numbers=request.param.numbers)
    page.close()


def require_numpy_numbers(shown, setting):
    state = shown.page.evaluate(STATE)
    expected, found = shown.numbers(state), numbers_shown(shown.page)
    assert list(found) == list(expected), setting
    for name, value in expected.items():
        error = relative_error(found[name], np.asarray(value, np.float32))
        assert error <= TOLERANCES["float32"].output, f"{name} at {setting}: error {error:.1e}"


def test_the_still_and_its_words_stand_behind_it(shown):
    still = shown.page.locator("[data-figure] > img")
    assert still.get_attribute("alt") == shown.figure.words
    assert not still.is_visible()
    assert shown.page.locator("[data-figure]").get_attribute("aria-label") == shown.figure.words


def test_numbers_equal_numpy_at_the_ends_of_all_controls(shown):
    require_numpy_numbers(shown, "the start")
    controls = shown.page.evaluate(CONTROLS)
    for end in (0, 1):
        for control in controls:
            set_and_compare(shown, control, control["ends"][end])
    for control in controls:  # each alone at its lower end, the others at the upper one
        for value in (*control["others"], *control["ends"]):
            set_and_compare(shown, control, value)
    assert shown.page.faults == []


def set_and_compare(shown, control, value):
    shown.page.evaluate(SET, [control["id"], value])
    require_numpy_numbers(shown, f"{control['id']} at {value}")


def test_arrow_keys_change_it_and_stay_inside(shown):
    page = shown.page
    page.evaluate(
        "window.seen = []; document.addEventListener('keydown', (e) => window.seen.push(e.key))"
    )
    page.locator("#before").focus()
    changed = []
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "after":
            break
        before = page.evaluate(STATE)
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)
            changed.append(page.evaluate(STATE) != before)
    assert page.evaluate("document.activeElement.id") == "after", "Tab does not get out of it"
    assert any(changed)
    assert not [key for key in page.evaluate("window.seen") if key.startswith("Arrow")]


def test_a_change_is_said_in_words(shown):
    controls = shown.page.evaluate(CONTROLS)
    words = set()
    for end in (0, 1):
        for control in controls:
            shown.page.evaluate(SET, [control["id"], control["ends"][end]])
        words.add(shown.page.evaluate(WORDS))
    assert len(words) == 2 and all(len(text) > 10 for text in words)


TOO_WIDE = """(smallest) => {
  const root = document.querySelector("[data-figure]").shadowRoot;
  const area = root.querySelector(".figure").getBoundingClientRect();
  const faults = [];
  for (const element of root.querySelectorAll(".figure *:not(.unseen)")) {
    const box = element.getBoundingClientRect();
    if (!box.width || !element.checkVisibility()) continue;
    const name = `${element.tagName} ${element.className.baseVal ?? element.className}`;
    const svg = element.ownerSVGElement;
    const cut = svg && getComputedStyle(svg).overflow === "hidden";
    const outside = box.right > area.right + 1 || box.left < area.left - 1;
    if (outside && !cut) faults.push(`outside: ${name}`);
    const written = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const type = parseFloat(getComputedStyle(element).fontSize);
    const scale = svg ? svg.getScreenCTM().a : 1;
    if (written && type * scale < smallest) faults.push(`type of ${type * scale} pixels: ${name}`);
  }
  return [...new Set(faults)];
}"""


@pytest.mark.parametrize("width", NARROW)
def test_it_can_be_read_on_a_narrow_page(shown, width):
    shown.page.set_viewport_size({"width": width, "height": 800})
    faults = shown.page.evaluate(TOO_WIDE, NARROW[width])
    scrolled = shown.page.evaluate("document.documentElement.scrollWidth")
    shown.page.set_viewport_size({"width": 1280, "height": 720})
    assert faults == [] and scrolled <= width


LOOKS = """() => {
  const all = document.querySelector("[data-figure]").shadowRoot.querySelectorAll(".figure, .figure *");
  const shown = [...all].filter((element) => !element.matches("button, select, option, input"));
  return shown.map((element) => {
    const { color, backgroundColor, backgroundImage, outlineColor, fill, stroke } = getComputedStyle(element);
    return [element.tagName, color, backgroundColor, backgroundImage, outlineColor, fill, stroke].join(" ");
  });
}"""  # noqa: E501


def test_colors_that_mean_something_stay_where_the_system_forces_its_own(shown):
    before = shown.page.evaluate(LOOKS)
    shown.page.emulate_media(forced_colors="active")
    forced = shown.page.evaluate(LOOKS)
    shown.page.emulate_media(forced_colors="none")
    assert forced == before


def test_axe_finds_nothing_serious(shown):
    violations = Axe().run(shown.page).response["violations"]
    serious = [v for v in violations if v["impact"] in ("serious", "critical")]
    assert [(v["id"], v["nodes"][0]["html"], v["help"]) for v in serious] == []


FRAMES = """async ([id, ends, count]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const element = document.querySelector("[data-figure]").shadowRoot.getElementById(id);
  const times = [];
  for (let k = 0; k < count; k++) {
    await frame();
    const start = performance.now();
    element[typeof ends[0] === "boolean" ? "checked" : "value"] = ends[k % 2];
    element.dispatchEvent(new Event("input", { bubbles: true }));
    await frame();
    const channel = new MessageChannel(); // its message comes once the frame is painted
    await new Promise((done) => { channel.port1.onmessage = done; channel.port2.postMessage(0); });
    times.push(performance.now() - start);
  }
  return times;
}"""


@pytest.mark.slow
def test_a_change_is_drawn_within_two_frames(shown):
    control = shown.page.evaluate(CONTROLS)[0]
    times = shown.page.evaluate(FRAMES, [control["id"], control["ends"], 50])
    assert statistics.median(times) < 2 * 1000 / 60


def test_every_module_of_a_lesson_has_a_trial():
    tried = {parameter.values[0].figure().module.resolve() for parameter in trials()[1:]}
    figures = {
        path
        for path in LESSONS.glob("*/live/*.js")
        if "export default" in path.read_text(encoding="utf-8")
    }
    assert figures <= tried  # lessons also show figures of the engine, such as the microscope


@pytest.mark.parametrize("allowed", [False, True])
def test_the_still_stays_where_no_script_runs(browser, tmp_path, allowed):
    context = browser.new_context(java_script_enabled=allowed)
    page = context.new_page()
    path = tmp_path / "figure.html"
    path.write_text(example()._repr_html_(), encoding="utf-8")
    page.goto(path.as_uri())
    assert page.get_by_alt_text("A slider, and the square").is_visible() != allowed
    context.close()


BROKEN = """function render({ el }) {
  el.attachShadow({ mode: "open" }).innerHTML = "half";
  throw new Error("out of paper");
}
export default { render, numbers: render };
"""


def test_a_figure_that_fails_says_so_and_keeps_its_still(page, tmp_path):
    module = tmp_path / "broken.js"
    module.write_text(BROKEN, encoding="utf-8")
    open_figure(page, example(module), tmp_path)
    assert "out of paper" in page.get_by_role("alert").text_content()
    assert page.get_by_alt_text("A slider, and the square").is_visible()
    assert len(page.faults) == 1


def test_a_wrong_number_would_be_seen(page, tmp_path):
    open_figure(page, example(), tmp_path)
    wrong = SimpleNamespace(page=page, numbers=lambda state: {"square": state["n"] ** 2 + 1e-4})
    with pytest.raises(AssertionError, match="square at here"):
        require_numpy_numbers(wrong, "here")
    assert page.evaluate(NUMBERS) == {"square": {"numbers": [9], "shape": []}}


def test_page_keys_reach_the_page_and_escape_gives_the_keys_back(page, tmp_path):
    open_figure(page, example(), tmp_path)
    page.evaluate(
        "window.seen = []; document.addEventListener('keydown', (e) => window.seen.push(e.key))"
    )
    page.get_by_role("slider").focus()
    for key in ("PageDown", "PageUp", "ArrowRight", "Control+s", "Escape", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.evaluate("window.seen") == ["PageDown", "PageUp", "Control", "s", "ArrowLeft"]


def test_a_figure_drawn_again_keeps_its_place(page, tmp_path):
    open_figure(page, example(), tmp_path)
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(
        """() => {
          const old = document.querySelector("[data-figure]");
          const fresh = document.createElement("div");
          fresh.dataset.figure = old.dataset.figure;
          old.replaceWith(fresh);
          const script = document.createElement("script");
          script.type = "module";
          script.textContent = document.querySelector("script").textContent;
          document.body.append(script);
        }"""
    )
    page.wait_for_function("document.querySelector('[data-figure]').live")
    assert page.evaluate(STATE) == {"n": 4}


CONTRIBUTING = LESSONS.parents[1] / "CONTRIBUTING.md"


def contributed(folder):
    """Build the figure that CONTRIBUTING shows, as its author would."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    script, code = (re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)[1] for kind in KINDS)
    modules = folder / "lessons" / "activations" / "live"
    modules.mkdir(parents=True)
    (folder / "live").symlink_to(EXAMPLE.parent)
    (modules / "one_slope.js").write_text(script, encoding="utf-8")
    still = SimpleNamespace(show_slope=lambda x: show_numbers([[x]]))
    known = {"Any": Any, "Figure": Figure, "MODULES": modules, "Mapping": Mapping, "Trial": Trial}
    known |= {"NDArray": NDArray, "figures": still, "np": np, "numpy_ops": numpy_ops}
    exec(code, known)
    return known["TRIALS"][0]


KINDS = ("js", "python")


def test_the_figure_in_contributing_works(page, tmp_path):
    trial = contributed(tmp_path)
    figure = trial.figure()
    open_figure(page, figure, tmp_path)
    shown = SimpleNamespace(page=page, figure=figure, numbers=trial.numbers)
    for control in page.evaluate(CONTROLS):
        for value in control["ends"]:
            set_and_compare(shown, control, value)
    assert page.evaluate(WORDS) == "At 3, y is 3 and the slope 1."
    assert page.faults == []
