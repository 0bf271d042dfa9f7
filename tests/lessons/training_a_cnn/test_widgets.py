"""widgets.learning_curves at every extreme of its controls, without a browser."""

import numpy as np
import pytest

from course_lib.lessons.training_a_cnn import widgets
from course_lib.lessons.training_a_cnn.widgets import running_mean

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

rng = np.random.default_rng(seed=0)
CURVES = {
    (name, rate): 2.3 * np.exp(-np.arange(40) * rate) + 0.05 * rng.random(40)
    for name in ("sgd", "adam")
    for rate in (0.01, 0.1, 1.0)
}


@pytest.mark.parametrize(
    "name, values", [("optimizer", ("sgd", "adam")), ("rate", (0.01, 1.0)), ("average", (1, 20))]
)
def test_every_control_draws_at_its_extremes(name, values):
    explorer = widgets.learning_curves(CURVES)
    for value in values:
        explorer.controls[name].value = value
        assert "data:image/png;base64,iVBOR" in explorer.picture.value


def test_the_words_tell_the_chosen_curve():
    explorer = widgets.learning_curves(CURVES)
    explorer.controls["optimizer"].value = "adam"
    explorer.controls["rate"].value = 0.1
    explorer.controls["average"].value = 10
    losses = CURVES["adam", 0.1]
    assert f"adam, rate 0.1: the loss goes from {losses[0]:.3g}" in repr(explorer)
    assert f"{losses[-10:].mean():.3g}, averaged over the last 10 steps" in repr(explorer)


def test_a_training_that_exploded_is_drawn_too():
    curves = {("sgd", 1.0): np.array([2.3, 50.0, np.inf, np.nan]), ("sgd", 0.1): np.ones(4)}
    explorer = widgets.learning_curves(curves)
    explorer.controls["rate"].value = 1.0
    assert "could not be drawn" not in explorer.picture.value


@pytest.mark.parametrize("width", [1, 3, 99])
def test_running_mean_averages_the_latest(width):
    values = rng.random(12)
    expected = [values[max(0, i - width + 1) : i + 1].mean() for i in range(12)]
    np.testing.assert_allclose(running_mean(values, width), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "curves", [{}, {("sgd", 0.1): np.ones(3), ("adam", 0.2): np.ones(3)}], ids=["none", "missing"]
)
def test_missing_curves_are_refused(curves):
    with pytest.raises(ValueError, match="one curve for every optimizer and learning rate"):
        widgets.learning_curves(curves)
