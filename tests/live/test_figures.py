"""A live figure in Python: one element with script, still and words, and a widget of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib import live
from course_lib.lessons.convolution.live import sliding_kernel
from course_lib.lessons.kernels_and_feature_maps.live import kernel_editor
from course_lib.live import Figure, pack, unpack
from course_lib.plots import show_numbers

MODULES = sorted(Path(live.__file__).parents[1].rglob("*.js"))
EXAMPLE = Path(live.__file__).with_name("example.js")
LONGEST_LINE, LONGEST_FILE, LONGEST_DATA = 140, 300, 100
TRICKY = {"n": 3, "text": 'it\'s </script> <!-- \\ "quoted" ×', "array": np.arange(3) / 4}


def figure(state=TRICKY, words="A slider & the square."):
    return Figure(EXAMPLE, state, still=show_numbers([[9.0]]), words=words)


def state_in(html):
    """Read the state back as the browser would join and parse it."""
    literal = re.search(r"JSON\.parse\(\n(.*?)\)\);\n</script>", html, re.DOTALL)[1]
    lines = re.findall(r"^'(.*)'(?: \+)?$", literal, re.MULTILINE)
    assert len(lines) == literal.count("\n") + 1
    return json.loads("".join(re.sub(r"\\(.)", r"\1", line) for line in lines))


def test_the_state_reaches_the_page_unchanged():
    html = figure()._repr_html_()
    assert state_in(html) == {**TRICKY, "array": [0, 0.25, 0.5]}
    assert html.count("</script") == 1 and "<!--" not in html


def test_still_and_words_stand_in_the_element():
    html = figure()._repr_html_()
    element, script = html.split('<script type="module">')
    assert 'alt="A slider &amp; the square."' in element
    assert "data:image/png;base64,iVBOR" in element
    key = re.search(r'<div data-figure="(example-\w{8})">', element)[1]
    assert f'mount("{key}", example_js.default' in script
    assert repr(figure()) == "Live figure: A slider & the square."


def test_lines_of_data_are_short():
    editor = kernel_editor(np.random.default_rng(seed=0).random((64, 64)))
    lines = editor._repr_html_().splitlines()
    packed = [line for line in lines if re.search(r"[A-Za-z0-9+/]{60}", line)]
    assert len(packed) > 60
    assert max(map(len, packed[1:])) <= LONGEST_DATA


def test_the_key_follows_the_content():
    keys = [figure(state)._repr_html_().split('"')[1] for state in ({"n": 3}, {"n": 3}, {"n": 4})]
    assert keys[0] == keys[1] != keys[2]


def test_the_still_is_closed():
    before = plt.get_fignums()
    figure()
    assert plt.get_fignums() == before


@pytest.mark.parametrize("value", [{1, 2}, object(), EXAMPLE])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError, match=r"^Figure received a \w+ in its state"):
        figure({"n": value})


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        figure({"n": float("nan")})._repr_html_()


def test_python_reads_and_sets_the_values_of_a_widget():
    widget = figure().widget()
    assert (widget.n, widget.array, widget.names) == (3, [0, 0.25, 0.5], ["n", "text", "array"])
    seen = []
    widget.observe(lambda change: seen.append(change.new), "n")
    widget.n = 5
    assert seen == [5] and "example_js.default" in widget._esm
    assert repr(widget) == repr(figure())


def test_a_name_that_widgets_have_is_refused():
    with pytest.raises(ValueError, match=r"names comm, close"):
        figure({"comm": 1, "close": 2}).widget()


def test_without_anywidget_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(FileNotFoundError, match="packages of the lab extra"):
        figure().widget()


def test_figures_need_no_anywidget():
    code = (
        "import sys; sys.modules['anywidget'] = None; import course_lib.live;"
        "import course_lib.lessons.convolution.live"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("dtype, step", [("float32", 0), ("float16", 1e-3), ("uint8", 1)])
def test_packed_numbers_come_back(dtype, step):
    array = np.random.default_rng(seed=0).uniform(0, 255 if dtype == "uint8" else 1, (3, 4))
    array = array.astype(np.float32)
    back = unpack(json.loads(json.dumps(pack(array, dtype))))
    np.testing.assert_allclose(back, array, atol=step)
    assert back.shape == (3, 4) and back.dtype == np.float32


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="pack received dtype='int8'"):
        pack(np.zeros(3), "int8")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_are_short_and_say_what_they_are(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_FILE
    if "lecture" not in path.parts:
        assert lines[0].startswith("// ")
        code = [line for line in lines if not line.startswith((".", "@", ":"))]  # not style rules
        assert max(map(len, code)) <= LONGEST_LINE


@pytest.mark.parametrize(
    "image, kernels",
    [
        pytest.param((5, 5), [], id="none"),
        pytest.param((5, 5), [(3, 3), (2, 2)], id="sizes-differ"),
        pytest.param((2, 5), [(3, 3)], id="too-large"),
        pytest.param((1, 5, 5), [(3, 3)], id="channels"),
    ],
)
def test_kernels_that_cannot_slide_are_refused(image, kernels):
    given = {str(k): np.zeros(shape) for k, shape in enumerate(kernels)}
    with pytest.raises(ValueError, match=r"^sliding_kernel received image"):
        sliding_kernel(np.zeros(image), given)


@pytest.mark.parametrize("shape", [(2, 9), (1, 9, 9)])
def test_photos_that_cannot_be_edited_are_refused(shape):
    with pytest.raises(ValueError, match=r"^kernel_editor received a photo"):
        kernel_editor(np.zeros(shape))
