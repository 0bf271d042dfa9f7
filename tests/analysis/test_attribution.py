"""Attribution methods against networks whose answer is a formula."""

import pytest
import torch
from compare import assert_same
from torch import nn

from course_lib.analysis.attribution import (
    activation_maximization,
    grad_cam,
    occlusion,
    saliency,
)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture
def linear():
    return nn.Sequential(nn.Flatten(), nn.Linear(2 * 5 * 6, 3)).double()


@pytest.fixture
def x():
    return torch.randn(4, 2, 5, 6, dtype=torch.float64)


def test_saliency_of_a_linear_network_is_its_weight(linear, x):
    target = torch.tensor([0, 2, 1, 2])
    weight = linear[1].weight.detach().reshape(3, 2, 5, 6)[target]
    assert_same(saliency(linear, x, target), weight.abs().amax(dim=1))


def test_one_target_holds_for_all(linear, x):
    assert_same(saliency(linear, x, 1), saliency(linear, x, torch.ones(4, dtype=torch.long)))


def test_occlusion_of_a_linear_network_is_what_it_covers(linear, x):
    fall = occlusion(linear, x, 2, window=2, stride=3, fill=0.5)
    share = (linear[1].weight.detach().reshape(3, 2, 5, 6)[2] * (x - 0.5)).sum(dim=1)
    assert fall.shape == (4, 2, 2)
    assert_same(fall[:, 1, 0], share[:, 3:5, 0:2].sum(dim=(1, 2)))
    assert_same(fall[:, 0, 1], share[:, 0:2, 3:5].sum(dim=(1, 2)))


def test_grad_cam_before_global_pooling_is_the_class_activation_map(x):
    conv = nn.Conv2d(2, 7, 3).double()
    head = nn.Linear(7, 3).double()
    net = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)
    maps = conv(x).detach()
    # With a global average before the head, every pixel of map k has gradient weight / pixels.
    importance = head.weight.detach()[1] / maps[0, 0].numel()
    expected = torch.einsum("k,nkhw->nhw", importance, maps).relu()
    assert_same(grad_cam(net, x, 1, layer=conv), expected)


def test_grad_cam_works_with_frozen_weights_and_leaves_no_hook(x):
    conv = nn.Conv2d(2, 3, 3).double()
    net = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten()).requires_grad_(False)
    assert grad_cam(net, x, 0, layer=conv).shape == (4, 3, 4)
    assert not conv._forward_hooks


def test_activation_maximization_climbs_and_repeats():
    conv = nn.Conv2d(1, 1, 3, bias=False)

    def score(image):
        return conv(image).tanh()

    image = activation_maximization(score, shape=(1, 1, 8, 8), steps=30)
    noise = 0.1 * torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    assert score(image).mean() > score(noise).mean() + 0.2
    assert torch.equal(image, activation_maximization(score, shape=(1, 1, 8, 8), steps=30))


@pytest.mark.parametrize("method", [saliency, grad_cam, occlusion], ids=lambda m: m.__name__)
def test_scores_must_be_one_row_an_image(method, x):
    conv = nn.Conv2d(2, 3, 3).double()
    options = {saliency: {}, grad_cam: {"layer": conv}, occlusion: {"window": 2}}[method]
    with pytest.raises(ValueError, match=rf"{method.__name__} received scores with shape"):
        method(conv, x, 0, **options)
    with pytest.raises(ValueError, match=r"needs x \(N, C, H, W\)"):
        method(conv, x[0], 0, **options)


def test_bad_layers_and_windows_are_refused(linear, x):
    with pytest.raises(ValueError, match="that was not called"):
        grad_cam(linear, x, 0, layer=nn.Conv2d(1, 1, 1))
    with pytest.raises(ValueError, match=r"with output \(4, 3\)"):
        grad_cam(linear, x, 0, layer=linear[1])
    with pytest.raises(ValueError, match="no larger than the image"):
        occlusion(linear, x, 0, window=6)
