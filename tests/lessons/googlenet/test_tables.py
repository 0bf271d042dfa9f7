"""tables: totals to the unit, and formulas held to networks that are counted."""

import pytest
import torch

from course_lib.analysis import complexity
from course_lib.lessons.googlenet import networks, tables
from course_lib.models.googlenet import PLANS


@pytest.mark.parametrize("variant", tables.PUBLISHED)
def test_totals_are_the_published_ones(variant):
    counted = tuple(tables.count(variant=variant, heads=heads) for heads in (False, True))
    assert counted == tables.PUBLISHED[variant]


def test_the_table_has_a_row_for_each_layer_with_parameters():
    lines = tables.table_1().splitlines()
    assert len(lines) == 1 + 3 + 9 + 1 + 1
    assert lines[4].split()[-2:] == ["163,696", "128"]
    assert lines[-1].split() == ["total", "6,998,552", "1583"]


def test_naive_modules_pass_on_what_came_in():
    naive = tables.naive_modules()
    assert naive[0] == ("3a", 192 + 64 + 128 + 32, 303_464_448)
    assert [each.name for each in naive] == list(PLANS)
    assert naive[-1].channels == 4944


@pytest.mark.parametrize("name, channels, side", [("3a", 192, 28), ("5b", 832, 7)])
def test_savings_are_those_of_modules_that_are_counted(name, channels, side):
    saved = tables.savings()[name]
    for reduced, expected in ((False, saved.direct), (True, saved.reduced)):
        with torch.device("meta"):
            block = networks.module(channels, PLANS[name], reduced=reduced)
        assert complexity(block, (1, channels, side, side)).multiply_adds == expected
