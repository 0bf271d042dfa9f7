"""figures: every number is written, curves hold what was given, and bad input is named."""

import numpy as np
import pytest

from course_lib.analysis.complexity import LayerCounts, conv_costs, dense_costs
from course_lib.lessons.images_and_cnns import figures


def test_every_bar_has_its_length_and_number():
    costs = {
        "convolution": conv_costs(32, channels=3, filters=10, kernel_size=5),
        "dense": dense_costs(3072, 100),
    }
    ax = figures.show_layer_costs(costs, title="two layers")
    wanted = [760, 7840, 588_000, 307_300, 100, 307_200]
    assert [round(bar.get_width()) for bar in ax.patches] == wanted
    assert [text.get_text() for text in ax.texts] == [f"{count:,}" for count in wanted]
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.get_legend().texts] == list(costs)


@pytest.mark.parametrize("count", [0, 5])
def test_bad_input_is_named(count):
    costs = {str(n): LayerCounts(1, 1, 1, 1) for n in range(count)}
    with pytest.raises(ValueError, match=r"^show_layer_costs received"):
        figures.show_layer_costs(costs)


def test_the_longest_bar_leaves_room_for_its_number():
    for inputs in (20, 10**9):
        ax = figures.show_layer_costs({"dense": dense_costs(inputs, 3)})
        assert ax.get_xlim()[1] > 100 * dense_costs(inputs, 3).parameters
        assert max(ax.get_xticks()) <= ax.get_xlim()[1]


def test_clouds_carry_the_correlation_of_all_pairs():
    stripes = np.tile([0.0, 1.0], (3, 4))
    chart = figures.show_pairs(stripes, distances=(1, 2), generator=np.random.default_rng(seed=0))
    titles = [ax.get_title() for ax in chart.axes]
    assert titles == ["1 pixel apart: r = -1.00", "2 pixels apart: r = 1.00"]
    assert [len(ax.lines[0].get_xdata()) for ax in chart.axes] == [21, 18]


def test_named_photos_and_no_others_are_written_beside_their_lines():
    lines = {name: np.array([0.9, level]) for name, level in (("cat", 0.5), ("coins", 0.2))}
    ax = figures.show_alike(np.array([1, 2]), lines, lines, named=["coins"])
    assert [text.get_text() for text in ax.texts] == ["coins", "all of them, shuffled"]
    assert len(ax.lines) == 4


def test_both_sums_and_every_product_are_written():
    chart = figures.show_sum(np.array([5, 1, 3]), np.array([2, -4, 1]), np.array([1, 2, 0]))
    assert [ax.get_title() for ax in chart.axes] == ["as it was: sum 9", "moved: sum 9"]
    for ax in chart.axes:
        texts = [text.get_text() for text in ax.texts]
        assert {"10", "−4", "3"} <= set(texts)


def test_readers_have_a_line_a_seed_and_end_with_their_name():
    found = {"as they are": [0.9, 0.8], "shuffled": [0.2, 0.4]}
    ax = figures.show_readers({"CNN": found, "MLP": found})
    assert [list(line.get_ydata()) for line in ax.lines[:2]] == [[0.9, 0.2], [0.8, 0.4]]
    assert [text.get_text() for text in ax.texts] == ["CNN", "MLP", "guessing"]


def test_arrangements_stand_in_the_order_of_the_cnn():
    cnn = {"as they are": [0.9], "tiles": [0.5], "shuffled": [0.1]}
    ax = figures.show_arrangements(cnn, {"as they are": [0.4], "shuffled": [0.45]})
    drawn = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines[:5]]
    assert drawn == [(0, 0.9), (1, 0.5), (2, 0.1), (0, 0.4), (2, 0.45)]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list(cnn)


def test_rows_of_images_carry_their_names():
    chart = figures.show_tiles({"dark": np.zeros((2, 1, 4, 4)), "light": np.ones((2, 1, 4, 4))})
    assert [ax.get_ylabel() for ax in chart.axes] == ["dark", "", "light", ""]
