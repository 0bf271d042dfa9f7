"""tables, reads: the published numbers, and the places that are read."""

import pytest

from course_lib import models
from course_lib.lessons.resnet import exercises, reads, tables
from course_lib.models.resnet import PLANS


def test_layers_are_those_of_the_name_and_costs_those_published():
    rows = tables.family().splitlines()[1:]
    for name, row in zip(PLANS, rows, strict=True):
        network, published = tables.without_weights(name), models.facts(name).published
        assert tables.num_layers(network) == int(name.removeprefix("resnet"))
        assert row.startswith(name) and row.count(f"{published.parameters:,}") == 2
        assert row.count(f"{published.multiply_adds:.2f}") == 2


def test_the_stride_moves_cost_and_field_as_published():
    first, second = (tables.totals("resnet50", stride) for stride in ("1x1", "3x3"))
    assert (first.field, second.field) == (483, 427)
    assert first.multiply_adds / 1e9 == pytest.approx(3.8, abs=0.1)
    extra = sum(3 * c * (2 * c) * size**2 for c, size in ((128, 28), (256, 14), (512, 7)))
    assert second.multiply_adds - first.multiply_adds == extra


@pytest.mark.parametrize("name", ["vgg19", "resnet34"])
def test_a_bill_adds_up(name):
    total = sum(tables.bill(name).values())
    assert total == pytest.approx(models.facts(name).published.multiply_adds, abs=0.001)


def test_the_small_networks_have_the_published_parameters():
    for line in tables.small_family().splitlines()[1:]:
        _, _, counted, published, _ = line.split()
        digits = len(published.split(".")[1])
        assert round(int(counted.replace(",", "")) / 1e6, digits) == float(published)


def test_a_bottleneck_costs_17_squares_and_a_basic_block_18():
    wide, narrow = tables.bottleneck(32, 8), tables.basic(8)
    assert tables.cost_of(wide, 32, 5).multiply_adds == 17 * 8**2 * 25
    assert tables.cost_of(narrow, 8, 5).multiply_adds == 18 * 8**2 * 25
    assert exercises.cost(32, 8, 5) == 17 * 8**2 * 25


@pytest.mark.parametrize("stride_on, share", [("1x1", 0.25), ("3x3", 1.0)])
def test_the_projection_always_reads_a_quarter(stride_on, share):
    read = reads.places_read(stride_on, size=6)
    assert (read["branch"].mean(), read["projection"].mean()) == (share, 0.25)
