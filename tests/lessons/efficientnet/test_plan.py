"""plan, networks: costs by formula are those of the modules, and those published."""

import pytest
import torch

from course_lib import models
from course_lib.analysis import complexity
from course_lib.lessons.efficientnet import networks, plan
from course_lib.models import Scaling
from course_lib.models.efficientnet import efficientnet


@pytest.mark.parametrize(
    "scaling",
    [Scaling(1, 1, 224), Scaling(0.5, 0.6, 63), Scaling(1.3, 2.1, 150)],
    ids=["B0", "small", "own"],
)
def test_rows_count_what_the_network_has(scaling):
    with torch.device("meta"):
        network = efficientnet(scaling)
    cost = complexity(network, (1, 3, scaling.resolution, scaling.resolution))
    assert sum(row.parameters for row in plan.rows(scaling)) == cost.parameters
    assert plan.multiply_adds(scaling) == cost.multiply_adds


@pytest.mark.parametrize("name", plan.POWERS)
def test_released_networks_have_the_published_parameters(name):
    published = models.facts(f"efficientnet_{name.lower()}").published
    assert sum(row.parameters for row in plan.rows(plan.released(name))) == published.parameters


def test_the_family_stands_beside_the_published():
    lines = plan.family().splitlines()
    assert len(lines) == 9
    assert lines[1].split()[:4] == ["B0", "5,288,548", "5,288,548", "224"]
    assert lines[2].split()[-2:] == ["1.78", "1.39"]


def test_depth_is_rounded_up_stage_by_stage():
    blocks = [
        sum(row.repeats for row in plan.rows(plan.B0._replace(depth=depth))[1:-1])
        for depth in (1, 1.1, 2, 2.1, 2.2)
    ]
    assert blocks == [16, 23, 32, 39, 39]


def test_the_rule_expects_the_product_of_its_factors():
    assert plan.product(Scaling(2, 3, 448)) == 3 * 4 * 4
    assert plan.product(plan.B0) == 1
    assert pytest.approx(1.92, abs=0.001) == plan.GROWTH


def test_the_rule_and_what_was_released():
    line = plan.by_the_rule().splitlines()[-1].split()
    assert line == ["B7", "7", "1.95", "2.0", "3.58", "3.1", "596", "600"]


def test_table_7_counts_beside_what_was_printed():
    lines = plan.table_7().splitlines()[1:]
    assert [line.split()[-3:] for line in lines] == [
        ["1.58", "1.8", "79.0"], ["1.45", "1.8", "78.9"], ["1.54", "1.9", "79.1"],
        ["1.80", "1.8", "81.1"],
    ]  # fmt: skip


def test_parts_of_a_block_add_up():
    block = plan.without_weights("efficientnet_b0").features[3][1]
    parts = plan.parts_of(block, (1, 40, 28, 28))
    cost = complexity(block, (1, 40, 28, 28))
    assert list(parts) == list(plan.PARTS)
    assert sum(parameters for parameters, _ in parts.values()) == cost.parameters
    assert sum(products for _, products in parts.values()) == cost.multiply_adds
    assert parts["squeeze and excite"] == (2 * 240 * 10 + 10 + 240, 2 * 240 * 10)


def test_accuracies_are_the_published():
    families = plan.accuracies()
    assert [len(points) for points in families.values()] == [4, 5, 8]
    assert families["EfficientNet"][0] == ("B0", 0.386, 77.692)


def test_small_networks_cost_about_four_times_the_base():
    costs = {}
    for name, size in networks.SIZES.items():
        with torch.device("meta"):
            network = networks.build(size, seeds=(0,))
        costs[name] = complexity(network, (1, 1, size.resolution, size.resolution)).multiply_adds
    grown = [cost / costs["base"] for name, cost in costs.items() if name != "base"]
    assert 3.4 < min(grown) and max(grown) < 4.3


@pytest.mark.parametrize("squeeze", [True, False])
def test_a_network_is_the_same_alone_and_beside_another(squeeze):
    x = torch.rand(6, 1, 14, 14, generator=torch.Generator().manual_seed(0))
    size = networks.SIZES["base"]
    alone = networks.build(size, seeds=(4,), squeeze=squeeze)(x)
    beside = networks.build(size, seeds=(3, 4), squeeze=squeeze)(x.expand(-1, 2, -1, -1))
    assert torch.allclose(alone[:, :, 0, 0], beside[:, 10:, 0, 0], atol=1e-4)
    assert not torch.allclose(alone[:, :, 0, 0], beside[:, :10, 0, 0], atol=1e-2)
