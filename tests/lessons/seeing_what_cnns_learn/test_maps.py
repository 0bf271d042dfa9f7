"""maps: guided backpropagation by hand, ranks beside SciPy, edges, one resolution for all."""

import numpy as np
import pytest
import torch
from scipy.stats import rankdata, spearmanr
from torch import nn

from course_lib.lessons.seeing_what_cnns_learn import maps, networks


@pytest.fixture(scope="module")
def network():
    return networks.trained()


def small(activation):
    torch.manual_seed(0)
    layers = [nn.Conv2d(2, 4, 3), activation, nn.Conv2d(4, 3, 2), activation.__class__()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(3 * 3 * 4, 5)).double()


@pytest.mark.parametrize("activation", [nn.ReLU(), nn.ReLU(inplace=True), nn.ReLU6(inplace=True)])
def test_guided_backprop_drops_what_is_negative_at_every_relu(activation):
    module, x = small(activation), torch.randn(2, 2, 6, 7, dtype=torch.float64)
    cap = 6 if isinstance(activation, nn.ReLU6) else np.inf
    x = 4 * x
    z1 = module[0](x)
    y1 = z1.clamp(0, cap)
    z2 = module[2](y1)
    grad = module[5].weight[[3, 1]].reshape(z2.shape)
    for z, layer, size in ((z2, module[2], y1.shape), (z1, module[0], x.shape)):
        grad = grad * (z > 0) * (z < cap) * (grad > 0)
        grad = nn.grad.conv2d_input(size, layer.weight, grad)
    found = maps.guided_backprop(module, x, torch.tensor([3, 1]))
    torch.testing.assert_close(found, grad.abs().amax(dim=1))


def test_guided_backprop_leaves_the_network_as_it_was():
    module = small(nn.ReLU(inplace=True))
    maps.guided_backprop(module, torch.randn(1, 2, 6, 7, dtype=torch.float64), 0)
    assert module[1].inplace and not any(layer._backward_hooks for layer in module)
    assert all(p.grad is None for p in module.parameters())


def test_without_negative_numbers_guided_backprop_is_the_gradient():
    module = small(nn.ReLU())
    for parameter in module.parameters():
        parameter.data = parameter.data.abs()
    x = torch.rand(1, 2, 6, 7, dtype=torch.float64)
    torch.testing.assert_close(maps.guided_backprop(module, x, 2), maps.saliency(module, x, 2))


def test_methods_explain_each_image_at_one_resolution(network):
    x = networks.inputs(("coffee", "cat"))
    found = maps.explain(network, x, networks.first_guesses(network, x))
    assert tuple(found) == maps.METHODS
    assert all(each.shape == (2, 28, 28) and each.min() >= 0 for each in found.values())
    alone = maps.explain(network, x[1:], networks.first_guesses(network, x[1:]))
    for name in maps.METHODS:
        assert maps.rank_correlation(alone[name][0], found[name][1]) > 0.999


def test_fine_maps_are_averaged_and_rough_ones_keep_their_places():
    fine = np.zeros((1, 56, 56))
    fine[0, 2:4, 4:6] = 4
    assert maps.coarse(fine)[0, 1, 2] == 4 and maps.coarse(fine).sum() == 4
    rough = np.zeros((1, 7, 7))
    rough[0, 5, 1] = 1
    drawn = maps.coarse(torch.from_numpy(rough))[0]
    assert np.unravel_index(drawn.argmax(), drawn.shape)[0] // 4 == 5
    assert drawn[:16].max() == 0 and drawn[:, 12:].max() == 0


def test_edges_are_where_brightness_changes():
    x = torch.zeros(1, 3, 6, 8)
    x[..., 4:] = 1
    found = maps.edges(x)
    assert found.shape == (1, 6, 8)
    np.testing.assert_allclose(found[0], [[0, 0, 0, 0.5, 0.5, 0, 0, 0]] * 6)
    turned = maps.edges(x.transpose(2, 3))
    np.testing.assert_allclose(turned[0], found[0].T)


@pytest.mark.parametrize("digits", [1, 12])
def test_rank_correlation_is_spearmans_with_and_without_ties(digits):
    one, other = np.random.default_rng(0).random((2, 9, 7)).round(digits)
    expected = spearmanr(one.ravel(), other.ravel()).statistic
    assert maps.rank_correlation(one, other) == pytest.approx(expected, abs=1e-9)
    np.testing.assert_array_equal(maps.ranks(one), rankdata(one))


def test_rank_correlation_knows_only_the_order():
    values = np.random.default_rng(1).random((4, 5))
    assert maps.rank_correlation(values, np.exp(9 * values)) == 1
    assert maps.rank_correlation(values, -values) == -1
    assert maps.rank_correlation(values, np.ones((4, 5))) == 0


def test_maps_of_two_resolutions_are_refused():
    with pytest.raises(ValueError, match=r"^rank_correlation received shapes \(2, 2\) and \(4,\)"):
        maps.rank_correlation(np.eye(2), np.ones(4))


def test_likeness_is_a_mean_over_the_images():
    values = np.random.default_rng(2).random((2, 3, 3))
    other = np.stack([values[0], -values[1]])
    assert maps.likeness({"one": values}, {"one": other}) == {"one": 0.0}
