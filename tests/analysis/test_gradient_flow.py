"""Measured variances and norms against a network small enough to do by hand."""

import pytest
import torch
from torch import nn

from course_lib.analysis.gradient_flow import gradient_flow


def test_a_linear_chain_by_hand():
    net = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU(inplace=True), nn.Linear(1, 1))
    with torch.no_grad():
        net[0].weight.fill_(2.0)
        net[2].weight.fill_(3.0)
    x = torch.tensor([[1.0], [3.0]])
    first, rectified, last = gradient_flow(
        net, x, lambda y: (y * torch.tensor([[1.0], [2.0]])).sum()
    )
    assert first.output_variance == pytest.approx(4.0)  # of 2 and 6
    assert first.grad_output_variance == pytest.approx(2.25)  # of 3 and 6
    assert rectified.grad_output_variance == pytest.approx(2.25)
    assert last.grad_output_variance == pytest.approx(0.25)  # of 1 and 2
    assert (first.weight_norm, last.weight_norm) == (2.0, 3.0)
    assert first.grad_weight_norm == pytest.approx(3 * 1 + 6 * 3)
    assert last.grad_weight_norm == pytest.approx(1 * 2 + 2 * 6)
    assert (rectified.weight_norm, rectified.grad_weight_norm) == (None, None)


def test_dead_units_pass_nothing_back():
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    with torch.no_grad():
        net[0].weight.fill_(0.0)
        net[0].bias.fill_(-1.0)
    rows = gradient_flow(net, torch.randn(5, 2), lambda y: y.mean())
    assert rows[0].grad_output_variance == 0.0
    assert rows[0].grad_weight_norm == 0.0


def test_a_layer_used_twice_has_two_rows():
    layer = nn.Linear(3, 3)
    rows = gradient_flow(nn.Sequential(layer, nn.Tanh(), layer), torch.randn(2, 3), torch.sum)
    assert [row.name for row in rows] == ["0", "1", "0"]


def test_nothing_is_left_behind():
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    gradient_flow(net, torch.randn(5, 2), torch.sum)
    assert net[0].weight.grad is None
    assert not net[0]._forward_hooks


def test_the_loss_must_be_a_scalar():
    with pytest.raises(ValueError, match="scalar loss"):
        gradient_flow(nn.Linear(2, 2), torch.randn(5, 2), lambda y: y)
