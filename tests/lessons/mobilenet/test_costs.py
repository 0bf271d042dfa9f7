"""costs: the papers' tables, as counted in the networks themselves."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.analysis import complexity, network_blocks
from course_lib.lessons.mobilenet import costs


@pytest.fixture(scope="module")
def network():
    return costs.without_weights("mobilenet_v1")


def test_the_full_network_is_the_one_of_the_paper():
    cost = complexity(costs.full_mobilenet(), costs.IMAGE)
    assert round(cost.parameters / 1e6, 1) == costs.PAPER_FULL.parameters
    assert cost.multiply_adds / 1e6 == pytest.approx(costs.PAPER_FULL.multiply_adds, abs=1.5)


def test_shares_are_the_paper_s_but_for_a_misprint(network):
    mine, paper = costs.shares(network), costs.PAPER_SHARES
    np.testing.assert_allclose(np.sum(list(mine.values()), axis=0), 100)
    for kind in ("1×1", "depthwise 3×3", "dense"):
        np.testing.assert_allclose(mine[kind], paper[kind], atol=0.006)
    assert mine["full 3×3"][0] == pytest.approx(1.91, abs=0.01)
    assert sum(work for work, _ in paper.values()) == pytest.approx(99.29)


@pytest.mark.parametrize(("width", "paper"), costs.PAPER_WIDTHS.items())
def test_widths_are_the_published_ones(width, paper):
    network = costs.without_weights("mobilenet_v1", width=width)
    cost = complexity(network, costs.IMAGE)
    buffers = sum(b.numel() for name, b in network.named_buffers() if "running" in name)
    assert cost.parameters + buffers == costs.KERAS_PARAMETERS[width]
    assert cost.multiply_adds / 1e6 == pytest.approx(paper.multiply_adds, abs=1)


@pytest.mark.parametrize(("side", "paper"), costs.PAPER_SIDES.items())
def test_sides_are_the_published_ones(network, side, paper):
    cost = complexity(network, (1, 3, side, side))
    assert cost.multiply_adds / 1e6 == pytest.approx(paper.multiply_adds, abs=1)


def test_tables_have_a_row_a_network():
    assert len(costs.widths().splitlines()) == len(costs.sides().splitlines()) == 5


def test_rows_of_blocks_are_those_of_table_2():
    blocks = network_blocks(costs.without_weights("mobilenet_v2"), costs.IMAGE)
    rows = [line.split()[:4] for line in costs.rows_of_blocks(blocks).splitlines()[1:]]
    assert [" ".join(row) for row in rows] == [
        "1 16 1 1", "6 24 2 2", "6 32 3 2", "6 64 4 2", "6 96 3 1", "6 160 3 2", "6 320 1 1",
    ]  # fmt: skip


def test_blocks_keep_channels_and_size():
    x = torch.rand(2, 8, 6, 5)
    for make in (costs.full_block, costs.separable_block, costs.inverted_residual):
        assert make(8)(x).shape == x.shape
    assert costs.resnet_bottleneck(8)(x).shape == x.shape


def test_an_intensity_counts_input_weights_and_output_once():
    one = nn.Conv2d(2, 3, 1, bias=False)
    assert costs.intensity(one, 5) == pytest.approx(6 * 25 / (4 * (50 + 6 + 75)))
    assert list(costs.convolutions(4)) == ["full 3×3", "1×1", "depthwise 3×3"]
