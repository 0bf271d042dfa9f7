"""figures: lines and bars are those that were asked for."""

import numpy as np

from course_lib.lessons.claims_checked import figures
from course_lib.lessons.claims_checked.record import OPEN, RIGHT, WRONG


def test_slopes_have_a_line_a_seed_and_a_name_a_kind():
    ax = figures.show_slopes({"plain": [np.array([4.0, 2.0]), np.ones(2)], "residual": [[1, 1]]})
    assert [line.get_ydata().tolist() for line in ax.lines] == [[4, 2], [1, 1], [1, 1]]
    assert ax.lines[0].get_xdata().tolist() == [1, 2] and ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_legend().texts] == ["plain", "residual"]


def test_verdicts_are_bars_one_behind_the_other():
    ax = figures.show_verdicts({"a": {RIGHT: 2, WRONG: 3}, "b": {OPEN: 4}})
    bars = [(p.get_x(), p.get_width()) for p in ax.patches if p.get_width()]
    assert bars == [(0, 2), (2, 3), (0, 4)]
    assert sorted(text.get_text() for text in ax.texts) == ["2", "3", "4"]
    assert [text.get_text() for text in ax.get_legend().texts] == [RIGHT, WRONG, OPEN]
