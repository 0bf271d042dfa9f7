"""figures.show_layer_costs: every number is written, and bad input is named."""

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
