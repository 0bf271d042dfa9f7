"""What the pooling explorer computes; tests/browser holds what it shows to this."""

import numpy as np
import pytest

from course_lib.lessons.pooling import live


def numbers(**changes):
    return live.windows_numbers({**live.windows(live.MAP).state, **changes})


def test_a_bare_stride_keeps_the_first_pixel_and_sends_to_it():
    shown = numbers(kind="first (stride)")
    np.testing.assert_array_equal(shown["output"], live.MAP[::2, ::2])
    assert shown["grad_x"][2, 4] == 6 and (shown["grad_x"] != 0).sum() == 9


def test_slopes_are_kept_in_sum_without_padding():
    for kind in ("max", "average"):
        shown = numbers(kind=kind)
        assert shown["grad_x"].sum() == pytest.approx(shown["slopes"].sum())


def test_a_map_put_back_changes_nothing():
    shown = numbers(right=6, down=-6)
    assert shown["unchanged"] == shown["output"].size
    assert numbers(right=1)["unchanged"] < shown["unchanged"]


def test_the_chosen_output_sends_its_share_only():
    shown = numbers(row=2, column=1, kind="average")
    assert shown["share"].sum() == pytest.approx(8)
    assert (shown["share"] != 0).sum() == 4
