"""plots.curves: told apart by color and by line."""

import numpy as np
import pytest

from course_lib import plots

X = np.arange(5)


def test_curves_differ_in_color_and_in_line():
    ax = plots.show_curves(X, {f"{n}": X * n for n in range(7)}, x_label="x", y_label="y")
    looks = [(line.get_color(), line.get_linestyle(), line._dash_pattern) for line in ax.lines]
    assert len({color for color, _, _ in looks}) == 7
    assert len({str(look[1:]) for look in looks}) == 7
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list("0123456")


def test_one_curve_needs_no_legend():
    ax = plots.show_curves(X, {"a": X}, x_label="time (ms)", y_label="y", log_x=True, log_y=True)
    assert ax.get_legend() is None
    assert (ax.get_xlabel(), ax.get_xscale(), ax.get_yscale()) == ("time (ms)", "log", "log")


@pytest.mark.parametrize("log_x", [True, False], ids=["log", "linear"])
def test_measurements_are_named_on_the_axis(log_x):
    x = np.array([1.5, 3, 17])
    ax = plots.show_curves(x, {"a": x}, x_label="x", y_label="y", log_x=log_x, markers=True)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1.5", "3", "17"]
    assert len(ax.xaxis.get_minorticklocs()) == 0


@pytest.mark.parametrize(
    "curves, text",
    [
        pytest.param({}, "0 curves", id="none"),
        pytest.param({str(n): X for n in range(8)}, "8 curves", id="more-than-colors"),
        pytest.param({"a": X[:3]}, r"curve 'a' with shape \(3,\)", id="short"),
    ],
)
def test_bad_curves_are_named(curves, text):
    with pytest.raises(ValueError, match=text):
        plots.show_curves(X, curves, x_label="x", y_label="y")
