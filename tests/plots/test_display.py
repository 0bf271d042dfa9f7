"""plots.describe: one picture with an alt text, and the figure is gone."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_lib import datasets, plots
from course_lib.plots import display

ALT = "A diagonal of white pixels from top left to bottom right."


@pytest.fixture
def shown(monkeypatch):
    """Collect what `describe` displays, as if in a notebook."""
    calls = []
    monkeypatch.setattr(display, "get_ipython", lambda: object())
    monkeypatch.setattr(display, "display", lambda data, **options: calls.append((data, options)))
    return calls


def test_describe_shows_one_picture_with_its_alt_text(shown):
    plots.describe(plots.show_image(np.eye(3)), ALT)
    [(data, options)] = shown
    assert set(data) == {"text/html", "text/plain"}
    start, png = data["text/html"].split("data:image/png;base64,")
    assert start == f'<img alt="{ALT}" width="500" src="'
    assert base64.b64decode(png.removesuffix('">')).startswith(b"\x89PNG")
    assert data["text/plain"] == f"Figure: {ALT}"
    assert options == {"raw": True}


def test_quotes_and_angles_in_the_words_stay_words():
    html = display.picture_html(b"", 'a < b, "c" & d', width=1)
    assert html.startswith('<img alt="a &lt; b, &quot;c&quot; &amp; d" ')


def test_describe_closes_the_figure(shown):
    plots.describe(plots.show_image(np.eye(3)), ALT)
    assert plt.get_fignums() == []


def test_describe_accepts_a_whole_figure_and_folds_line_breaks(shown):
    chart, _ = plots.figure(columns=2)
    assert plots.describe(chart, "A figure\n    with two pairs of axes.") is None
    assert 'alt="A figure with two pairs of axes."' in shown[0][0]["text/html"]


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_drawings_are_stored_smaller_with_the_colors_kept():
    ax = plots.show_map(np.random.default_rng(0).standard_normal((9, 9)), unit="response")
    png = plots.render_png(ax.figure)
    small = display.small_png(png)
    difference = abs(pixels(png) - pixels(small))
    assert len(small) < 0.7 * len(png)
    assert difference.mean() < 0.5


def test_color_photographs_keep_every_color():
    png = plots.render_png(plots.show_image(datasets.photo("coffee", size=100)).figure)
    assert display.small_png(png) == png


def test_described_photographs_are_small_and_look_the_same():
    png = plots.render_png(plots.show_image(datasets.photo("coffee"), ticks=False).figure)
    small = display.small_picture(png)
    assert len(small) < len(png) / 4
    shrunk = Image.open(io.BytesIO(small))
    original = Image.open(io.BytesIO(png)).convert("RGB").resize(shrunk.size)
    assert abs(np.asarray(shrunk, int) - np.asarray(original, int)).mean() < 4
    html = display.picture_html(small, "A cup of coffee.", width=500)
    assert html.startswith('<img alt="A cup of coffee." width="500" src="data:image/jpeg;base64,')


def test_described_drawings_stay_sharp():
    png = plots.render_png(plots.show_map(np.eye(5), unit="response").figure)
    assert display.small_picture(png) == display.small_png(png)


@pytest.mark.parametrize("alt", ["", "   ", "a plot"], ids=["empty", "blank", "too-short"])
def test_describe_refuses_figures_without_words(shown, alt):
    with pytest.raises(ValueError, match=r"^describe received the alt text .* 20 characters"):
        plots.describe(plots.show_image(np.eye(3)), alt)
    assert shown == []


def test_describe_refuses_what_is_not_a_figure():
    with pytest.raises(TypeError, match=r"^describe received a ndarray; it needs axes"):
        plots.describe(np.eye(3), ALT)
