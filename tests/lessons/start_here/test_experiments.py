"""experiments: the notebook's own ten lines, and its verdicts on starts it does not show."""

import re
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets
from course_lib.lessons.start_here import experiments

HELD_BACK = (4, 5, 6)
NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "src" / "00_start_here.py"


def test_the_network_is_the_one_of_the_notebook():
    built = re.search(r"^cnn = (nn\.Sequential\(.*?^\))", NOTEBOOK.read_text("utf-8"), re.M | re.S)
    shown = eval(built[1], {"nn": experiments.nn})
    assert str(shown) == str(experiments.digits_cnn())


def test_each_start_reads_all_digits_and_starts_differ():
    read = experiments.readings((7, 8), passes=1)
    assert read.shape == (2, 500)
    assert (read[0] != read[1]).any()
    assert set(np.unique(read)) <= set(range(10))


@pytest.mark.slow
def test_verdicts_hold_on_other_starts():
    read, truth = experiments.readings(HELD_BACK), datasets.load("digits").y_test
    wrong = read != truth
    assert wrong.mean(axis=1).max() < 0.05
    assert wrong.all(axis=0).sum() < wrong.sum(axis=1).min() / 2
    assert len(set(read[:, 8])) > 1
