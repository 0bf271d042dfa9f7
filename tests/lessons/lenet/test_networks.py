"""networks: the same arithmetic as models.lenet, and first weights of the size they should have."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import models
from course_lib.errors import InvalidValue
from course_lib.lessons.lenet import networks
from course_lib.lessons.lenet.networks import TODAY, YEAR_1998, TableConv2d, TrainedSubsampling
from course_lib.models.lenet import QUADRUPLES, TRIPLES


def with_kernels_of(layer):
    """Make a `TableConv2d` with the weights of a `PartialConv2d`; what the table hides is noise."""
    copy = TableConv2d().double()
    groups = [*zip(TRIPLES, layer.triples.weight, strict=True),
              *zip(QUADRUPLES, layer.quadruples.weight, strict=True),
              (range(6), layer.everything.weight[0])]  # fmt: skip
    with torch.no_grad():
        for row, (read, kernels) in enumerate(groups):
            copy.weight[row, list(read)] = kernels
        parts = (layer.triples, layer.quadruples, layer.everything)
        copy.bias.copy_(torch.cat([part.bias for part in parts]))
    return copy


def test_the_table_reads_as_the_models_c3_does():
    layer = models.lenet.PartialConv2d().double()
    x = torch.randn(2, 6, 8, 9, dtype=torch.float64)
    assert_same(with_kernels_of(layer)(x), layer(x))


def test_what_the_table_hides_gets_no_gradient():
    layer = TableConv2d()
    layer(torch.randn(2, 6, 7, 7)).square().sum().backward()
    assert torch.equal(layer.weight.grad.abs().amax((2, 3)) > 0, layer.table > 0)


def test_subsampling_is_the_models():
    layer, ours = models.lenet.Subsampling(3).double(), TrainedSubsampling(3).double()
    ours.coefficient.data = layer.coefficient.weight.data.flatten()
    ours.bias.data = layer.coefficient.bias.data
    x = torch.randn(2, 3, 4, 6, dtype=torch.float64)
    assert_same(ours(x), layer(x))


@pytest.mark.parametrize("name", ["lenet5_original", "lenet5"])
def test_whole_networks_are_the_models(name):
    model = models.build(name).double()
    ours = networks.build(TODAY if name == "lenet5" else YEAR_1998).double()
    if name == "lenet5":
        theirs = list(model.parameters())
    else:
        c3 = with_kernels_of(model.c3)
        theirs = [
            *model.c1.parameters(), *model.s2.parameters(), *c3.parameters(),
            *model.s4.parameters(), *model.c5.parameters(), *model.f6.parameters(),
        ]  # fmt: skip
    with torch.no_grad():
        for mine, given in zip(ours.parameters(), theirs, strict=True):
            mine.copy_(given.reshape(mine.shape))
    x = torch.randn(2, 1, 32, 32, dtype=torch.float64)
    assert_same(ours(x), model(x))


@pytest.mark.parametrize(
    "version, expected",
    [
        (YEAR_1998, 60_000),
        (YEAR_1998._replace(table="full"), 60_900),
        (YEAR_1998._replace(pooling="max"), 59_956),
        (YEAR_1998._replace(output="linear"), 60_850),
        (TODAY, 61_706),
    ],
)
def test_parameters_of_each_change(version, expected):
    assert networks.parameters(networks.build(version)) == expected


@pytest.mark.parametrize(
    "start, expected", [("by count", 2.4 / np.sqrt(3) / 400), ("by root", 1 / np.sqrt(400))]
)
def test_first_weights_have_the_spread_they_should(start, expected):
    torch.manual_seed(0)
    network = networks.build(YEAR_1998._replace(start=start))
    c5 = next(p for p in network.parameters() if p.shape == (120, 400))
    assert float(c5.detach().std()) == pytest.approx(expected, rel=0.02)


def test_c3_counts_only_the_inputs_that_its_table_lets_through():
    torch.manual_seed(0)
    layer = next(m for m in networks.build(YEAR_1998).modules() if isinstance(m, TableConv2d))
    largest = layer.weight.detach().abs().amax((1, 2, 3))
    np.testing.assert_allclose(largest * layer.table.sum(dim=1) * 25, 2.4, rtol=0.05)


@pytest.mark.parametrize("place", YEAR_1998._fields)
def test_an_unknown_part_is_refused(place):
    with pytest.raises(InvalidValue, match=place):
        networks.build(YEAR_1998._replace(**{place: "other"}))
