"""figures: bars, boxes and points are those that were asked for."""

import numpy as np
import pytest

from course_lib import plots
from course_lib.lessons.efficientnet import figures, plan
from course_lib.lessons.efficientnet.figures import Seen
from course_lib.models.photos import Guess

GRAY = np.full((1, 6, 9), 0.5)


def test_guesses_stand_under_their_picture():
    seen = [Seen("one", GRAY, [Guess("cup", 0.7), Guess("pot", 0.001)]), Seen("two", GRAY, [])]
    one, bars, two, _ = figures.show_guesses(seen).axes
    assert (one.get_title(), two.get_title()) == ("one", "two")
    assert [bar.get_width() for bar in bars.patches] == [0.7, 0.001]
    assert [text.get_text() for text in bars.texts] == ["cup", "70 %", "pot", "< 1 %"]


def test_pictures_go_on_in_the_next_row():
    drawn = figures.show_guesses([Seen(str(k), GRAY, []) for k in range(3)], columns=2)
    places = [ax.get_subplotspec() for ax in drawn.axes[::2]]
    found = [(place.rowspan.start, place.colspan.start) for place in places]
    assert found == [(0, 0), (0, 1), (2, 0)]


def test_the_square_that_is_cut_out_is_marked_in_the_middle():
    seen = Seen("seen", GRAY, [Guess("wall", 0.5)])
    whole, cut, bars = figures.show_cut(np.ones((3, 256, 400)), seen).axes
    [box] = whole.patches
    assert (box.get_width(), box.get_height()) == (224, 224)
    assert box.get_xy() == ((400 - 224) / 2 - 0.5, (256 - 224) / 2 - 0.5)
    assert cut.get_title() == "seen" and bars.patches[0].get_width() == 0.5


def test_networks_are_drawn_to_one_scale_a_box_a_block():
    drawn = figures.show_growth({name: plan.released(name) for name in ("B0", "B7")})
    small, large = drawn.axes
    assert (len(small.patches), len(large.patches)) == (16, 55)
    assert small.get_xlim() == large.get_xlim() and small.get_ylim() == large.get_ylim()
    first, last = small.patches[0], small.patches[-1]
    assert first.get_height() / last.get_height() == pytest.approx((112 / 7) ** 0.5)
    assert last.get_width() / first.get_width() == pytest.approx((320 / 16) ** 0.5)
    assert "16 blocks" in small.texts[0].get_text()


def test_accuracies_stand_at_their_cost():
    ax = figures.show_accuracies(plan.accuracies())
    assert [len(line.get_xdata()) for line in ax.lines] == [4, 5, 8]
    assert ax.get_xscale() == "log"
    words = [text.get_text() for text in ax.texts]
    assert {"VGG", "ResNet", "EfficientNet", "B7", "152"} <= set(words)


def test_a_block_names_its_channels():
    words = [text.get_text() for text in figures.show_block(16, 4, 5).texts]
    assert words.count("64") == 3 and words.count("16") == 2
    assert any("5×5" in each for each in words)
    assert "mean of each channel → 4 → 64 → σ" in words


def test_gating_multiplies_each_channel():
    x = np.arange(8.0).reshape(2, 2, 2)
    drawn = figures.show_gating(x, x.mean(axis=(1, 2)), np.array([0.5, 0.0]))
    assert plots.numbers_on(drawn.axes[1]) == ["1.5"]
    assert plots.numbers_on(drawn.axes[3]) == ["0", "0.5", "1", "1.5"]
    assert plots.numbers_on(drawn.axes[7]) == ["0"] * 4


def test_confidence_is_a_row_a_group():
    ax = figures.show_confidence({"fits": {"a": 0.9, "b": 0.4}, "none": {"c": 0.7}})
    dots = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert dots == [[[0.4, 0]], [[0.9, 0]], [[0.7, 1]]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["fits", "none"]
