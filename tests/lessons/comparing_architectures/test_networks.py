"""networks: one budget for all, and the same weights from the same seed."""

import pytest
import torch

from course_lib.analysis import complexity
from course_lib.lessons.comparing_architectures.judging import within_budget
from course_lib.lessons.comparing_architectures.networks import IMAGE, SMALL, build


@pytest.mark.parametrize("name", SMALL)
def test_each_spends_the_same_multiply_adds(name):
    network = build(name).train()
    assert complexity(network, IMAGE).multiply_adds == pytest.approx(240_000, rel=0.1)
    y = network(torch.rand(4, *IMAGE[1:]))
    y.square().sum().backward()
    assert y.shape == (4, 10)
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


def test_the_control_differs_by_its_norms_alone():
    plain, normed = (
        [type(layer).__name__ for layer in build(name)] for name in ("VGG, 2014", "VGG with norm")
    )
    assert [kind for kind in normed if kind != "BatchNorm2d"] == plain
    assert normed.count("BatchNorm2d") == plain.count("Conv2d")


def test_an_unknown_network_is_named():
    with pytest.raises(ValueError, match="name='VGG'"):
        build("VGG")


def test_a_design_is_judged_by_shape_costs_field_and_output():
    def design(num_classes):
        return torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 25, stride=8), torch.nn.AdaptiveAvgPool2d(1),
            torch.nn.Flatten(), torch.nn.Linear(8, num_classes),
        )  # fmt: skip

    assert within_budget(design)(6) == [2, 6, 1, 1, 1, 1]
    assert within_budget(lambda n: torch.nn.Flatten())(6) == [2, 3072, 1, 1, 0, 1]
    assert within_budget(lambda n: 5)(6) == 5
