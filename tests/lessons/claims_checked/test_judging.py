"""judging: a row is judged by its length and by what changes, and what is no row is handed on."""

import numpy as np
import pytest

from course_lib.lessons.claims_checked.judging import pooled_and_shifted


@pytest.mark.parametrize(
    "row, judged",
    [
        ([1, 2, 3, 4], [4, 2]),
        ([4, 3, 2, 1], [4, 1]),
        (np.array([0.0, 0, 0, 1, 0, 0]), [6, 2]),
        ((1, 5, 5, 5, 5), [5, 1]),
    ],
    ids=["rising", "falling", "array", "odd"],
)
def test_places_that_change_are_counted(row, judged):
    assert pooled_and_shifted(lambda n: row)(len(row)) == judged


@pytest.mark.parametrize("row", ["text", 5, [[1, 2]], [1], [1, float("nan")]], ids=str)
def test_what_is_no_row_is_handed_on(row):
    assert pooled_and_shifted(lambda n: row)(4) is row


def test_an_empty_function_is_handed_back():
    def make(n):
        """Do nothing yet."""

    assert pooled_and_shifted(make) is make
