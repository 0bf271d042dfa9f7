"""experiments: what is counted, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.lessons.pooling import experiments, networks

HELD_BACK = (3, 4, 5)


class Leftmost(nn.Module):
    """Answer with the number of empty columns at the left, modulo 10."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))  # says on which device the network is

    def forward(self, x):
        """Give scores (N, 10) for images (N, 1, H, W)."""
        first = (x.amax(dim=(1, 2)) > 0).int().argmax(dim=1)
        return nn.functional.one_hot(first % 10, 10).float()


def test_no_test_digit_leaves_its_canvas():
    x = experiments.digits().x_test
    border = experiments.LARGEST_SHIFT
    assert not x[..., -border:].any() and not x[..., :border].any()


def test_an_answer_that_follows_the_digit_never_survives(monkeypatch):
    monkeypatch.setattr(experiments, "_trained", lambda *_: Leftmost())
    experiments._shifted.cache_clear()
    shares = experiments.shifted("max", seeds=(0,))
    experiments._shifted.cache_clear()
    assert shares.survived[0].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_walk_goes_from_left_to_right_and_asks_every_network():
    walk = experiments.walk({"a": Leftmost()}, number=0)
    assert walk.images.shape == (7, 16, 16)
    assert (np.diff(walk.answers["a"]) % 10).tolist() == [1] * 6


def test_the_least_steady_digit_is_read_right_in_place():
    model = networks.network("max").eval()
    number = experiments.least_steady(model)
    data = experiments.digits()
    [answer] = experiments.answers(model, data.x_test[number : number + 1])
    assert answer == data.y_test[number]


def test_equal_pixels_are_ties_and_unlike_ones_are_none(monkeypatch):
    maps = np.zeros((1, 1, 4, 4), np.float32)
    maps[0, 0, :2, :2] = [[1, 2], [3, 3]]  # a tie above 0, and three windows of zeros
    monkeypatch.setattr(experiments, "digits", lambda: type("Data", (), {"x_train": maps}))
    tied = experiments.ties(nn.Sequential(nn.Identity(), nn.Identity(), nn.Identity()))
    assert tied == (1.0, 0.25)
    maps[0, 0, 1, 0] = 0
    assert experiments.ties(nn.Sequential(*[nn.Identity()] * 3)) == (0.75, 0.0)


def test_halving_saves_multiply_adds_and_no_weights():
    costs = [experiments.multiply_adds(name) for name in ("stride", "max", "none")]
    assert costs == sorted(costs) and costs[2] > 6 * costs[1]


@pytest.mark.parametrize("halving", networks.HALVINGS)
def test_networks_differ_in_their_halvings_only(halving):
    torch.manual_seed(0)
    model = networks.network(halving)
    assert sum(p.numel() for p in model.parameters()) == 9_226
    side = 16 if halving == "none" else 4
    before_head = model[:-3](torch.rand(2, 1, 16, 16))
    assert before_head.shape == (2, 24, side, side)


def test_dense_max_and_a_step_of_two_are_max_pooling():
    x = torch.randn(2, 3, 6, 8)
    expected = nn.functional.max_pool2d(x, 2)
    torch.testing.assert_close(networks.DenseMax()(x)[..., ::2, ::2], expected, rtol=0, atol=0)


@pytest.mark.parametrize("given", [{"halving": "mean"}, {"halving": "max", "head": "none"}])
def test_unknown_names_are_refused(given):
    with pytest.raises(ValueError, match=r"^network received"):
        networks.network(**given)


@pytest.mark.slow
def test_verdicts_hold_on_other_seeds():
    names = ("stride", "max", "overlapping max", "average", "max, blur", "none")
    measured = experiments.measure(names, seeds=HELD_BACK)
    stay = {name: shares.survived[:, 1] for name, shares in measured.items()}
    right = {name: shares.right[:, 0] for name, shares in measured.items()}
    assert max(stay["stride"]) + 0.1 < min(min(v) for n, v in stay.items() if n != "stride")
    assert max(stay["max"]) < min(stay["max, blur"]) and max(stay["max"]) < min(stay["none"])
    assert np.mean(stay["max"]) < np.mean(stay["average"]) < np.mean(stay["max, blur"])
    assert max(right["stride"]) + 0.1 < min(right["max"]) < min(right["max, blur"])
    assert abs(np.mean(right["max"]) - np.mean(right["average"])) < 0.04


@pytest.mark.slow
def test_pooling_helps_a_dense_head_and_hurts_a_global_one_on_other_seeds():
    dense, dense_max = (
        experiments.shifted(kind, seeds=HELD_BACK, head="dense").survived[:, 1]
        for kind in ("none", "max")
    )
    assert max(dense) + 0.05 < min(dense_max)
    for model in experiments.trained("max", seeds=HELD_BACK):
        tied, (pixels, kernels) = experiments.ties(model), experiments.tie_rule_matters(model)
        assert tied.windows > 0.6 and tied.above_zero > 0.1
        assert pixels > 0.5 and kernels < 1e-4
