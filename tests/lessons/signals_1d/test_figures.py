"""figures: signals, trees and letters are those that were asked for."""

import numpy as np
import pytest

from course_lib.lessons.signals_1d import figures


def test_recordings_share_one_scale_and_have_their_time():
    chart = figures.show_recordings(
        {"a": np.arange(5.0), "b": np.full(5, 9.0)}, rate=10, label="push (g)"
    )
    assert [ax.get_title(loc="left") for ax in chart.axes] == ["a", "b"]
    assert chart.axes[0].get_ylim() == chart.axes[1].get_ylim()
    assert chart.axes[1].lines[0].get_xdata().tolist() == [0, 0.1, 0.2, 0.3, 0.4]


def test_ways_are_the_powers_of_a_kernel_of_ones():
    layers = figures.paths(steps=9, kernel=3, dilations=(1, 1), causal=True, output=8)
    assert [layer.tolist()[-5:] for layer in layers] == [
        [1, 2, 3, 2, 1], [0, 0, 1, 1, 1], [0, 0, 0, 0, 1],
    ]  # fmt: skip


def test_ways_lead_into_the_future_unless_causal():
    causal, other = (
        figures.paths(steps=9, kernel=3, dilations=(1, 2), causal=causal, output=4)[0]
        for causal in (True, False)
    )
    assert not causal[5:].any()
    assert other[5:].any() and other.tolist() == other[::-1].tolist()


def test_a_tree_of_two_taps_has_a_line_for_each_tap():
    ax = figures.show_paths(steps=12, kernel=2, dilations=(1, 2, 4), output=11)
    assert len(ax.lines) == 2 * (4 + 2 + 1)
    assert len(ax.collections) == 2 * 4  # units that are used and those that are not, row by row


def test_sounds_stand_above_their_spectrograms():
    x = np.sin(2 * np.pi * 1000 * np.arange(1024) / 4000)[None]
    chart = figures.show_sounds(x, ["tone"])
    picture = chart.axes[1].images[0]
    assert picture.get_array().shape == (33, 31)
    left, right, bottom, top = picture.get_extent()
    assert (bottom, top) == (0, 2000) and 0 < left < right < 1024 / 4000
    assert picture.get_array().argmax(axis=0).tolist() == [16] * 31  # half of the way to 2,000 Hz


def test_filters_are_sorted_by_their_strongest_frequency():
    strengths = np.eye(3)[[2, 0, 1]]
    chart = figures.show_filter_spectra(np.arange(3.0), {"one": strengths})
    assert chart.axes[0].images[0].get_array().tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    "shares, bits", [((1, 0, 0, 0), 2), ((0.5, 0.5, 0, 0), 1), ((0.25,) * 4, 0)], ids=str
)
def test_information_in_bits(shares, bits):
    assert figures.information(np.array(shares, float)[:, None])[0] == pytest.approx(bits, abs=1e-9)


def test_letters_are_as_high_as_their_share_of_the_information():
    letters = np.array([[1.0, 0.5], [0, 0.5], [0, 0], [0, 0]])
    ax = figures.show_logo(letters)
    boxes = [patch.get_path().get_extents() for patch in ax.patches]
    assert [box.height for box in boxes] == pytest.approx([2, 0.5, 0.5])
    assert boxes[1].y1 == pytest.approx(boxes[2].y0)


def test_a_margin_moves_the_places():
    ax = figures.show_logo(np.eye(4)[:, [0, 1, 2, 3, 0]], margin=1)
    assert ax.get_xticks().tolist() == [-1, 0, 1, 2, 3]
    first = ax.patches[0].get_path().get_extents()
    assert (first.x0 + first.x1) / 2 == pytest.approx(-1)


def test_letters_have_dark_cells_where_they_stand():
    ax = figures.show_letters(np.eye(3)[:, [0, 2]], "a ", ["a", "b", " "])
    assert ax.images[0].get_array().tolist() == [[0, 1], [1, 1], [1, 0]]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "␣"]
