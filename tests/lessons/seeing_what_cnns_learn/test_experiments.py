"""experiments: what is measured is what is said, and the verdicts hold on seeds not shown."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.lessons.seeing_what_cnns_learn import experiments, maps, networks

HELD_BACK, OTHER_PHOTOS = (3, 4, 5), ("flower", "china", "rocket", "coffee")


@pytest.fixture(scope="module")
def network():
    return networks.trained()


def test_nothing_drawn_anew_changes_nothing(network):
    x = networks.inputs(("coffee",))
    found = experiments.survival(network, x, depths=(0,), seeds=(0,))
    assert all(each.shape == (1, 1) and each[0, 0] > 0.999 for each in found.values())


def test_a_collage_holds_its_photographs_where_it_says(network):
    made = experiments.collage(network, seed=1)
    assert made.x.shape == (1, 3, 224, 224) and sorted(made.names) == sorted(networks.PHOTOS)
    for place, name in enumerate(made.names):
        row, column = (112 * k for k in divmod(place, 2))
        quarter = made.x[0, :, row : row + 112, column : column + 112]
        alone = networks.inputs((name,))
        torch.testing.assert_close(quarter, nn.functional.avg_pool2d(alone, 2)[0])
        assert made.target[place] == networks.first_guesses(network, alone)[0]
    assert made.names != experiments.collage(network, seed=0).names


def test_quarters_are_shares():
    values = np.zeros((1, 28, 28))
    values[0, :14, 14:], values[0, 20, 3] = 1, 196
    np.testing.assert_allclose(experiments.quarters(values), [[0, 0.5, 0.5, 0]])


def test_a_nudge_moves_the_score_of_the_first_guess():
    module = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False)).double()
    module[1].weight.data = torch.tensor([[1.0, 2.0], [0.0, 0.0]]).double()
    x = torch.tensor([1.0, 1.0, 0.5, -0.2]).double().reshape(2, 1, 1, 2)
    grad = experiments.signed_gradient(module, x)
    np.testing.assert_allclose(grad.flatten(), [1, 2, 1, 2])
    found = experiments.nudge(module, x, levels=64, signs=-grad.sign())
    np.testing.assert_allclose(found.falls, [1.5, 1.5])
    assert found.kept == 1


def test_cosines_follow_the_formula_where_layers_are_wide():
    expected = experiments.expected_cosines(4)
    np.testing.assert_allclose(expected[:3], [0, 1 / np.pi, 0.4938], atol=1e-3)
    found = experiments.cosines(4, guided=True, width=1500, seeds=(7, 8))
    assert found.shape == (2, 5) and np.abs(found.mean(axis=0) - expected).max() < 0.08
    plain = experiments.cosines(4, guided=False, width=1500, seeds=(7, 8))
    assert np.abs(plain.mean(axis=0)).max() < 0.15


def test_the_climb_reaches_its_class():
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)
    module = nn.Sequential(*layers).eval()
    module[4].weight.data *= 20  # the score weighs more than smoothness
    made = experiments.climb(module, (1, 3), size=24, steps=30)
    start = experiments.climb(module, (1, 3), size=24, steps=1)
    assert made.shape == (2, 3, 24, 24) and made.abs().max() <= 1
    for place, label in enumerate((1, 3)):
        assert module(made)[place, label] > module(start)[place, label] + 0.1
    assert torch.equal(made, experiments.climb(module, (1, 3), size=24, steps=30))


def test_frames_are_maps_of_one_image(network):
    x = networks.inputs(("coffee", "cat"))
    found = experiments.frames(network, x, (0,), place=1)
    assert all(each.shape == (1, 28, 28) for each in found.values())
    alone = maps.explain(network, x[1:], networks.first_guesses(network, x[1:]))
    assert maps.rank_correlation(alone["gradient"][0], found["gradient"][0]) > 0.999


@pytest.mark.slow
@pytest.mark.parametrize("photos", [networks.PHOTOS, OTHER_PHOTOS], ids=["shown", "others"])
def test_what_survives_on_other_seeds_and_photographs(network, photos):
    x = networks.inputs(photos)
    guided, gradient, cam = experiments.survival(network, x, seeds=HELD_BACK).values()
    assert guided[0].min() > 0.95 and guided[1].min() > 0.7
    assert (guided[:2] > gradient[:2] + 0.1).all() and gradient[2].mean() < 0.5
    assert np.abs(cam[1:].mean(axis=1)).max() < 0.4  # one classifier by chance may look alike
    assert (gradient[:2].mean(axis=1) > cam[:2].mean(axis=1)).all()
    if photos == networks.PHOTOS:  # as the notebook shows them
        assert np.abs(cam.mean(axis=1)).max() < 0.4
        assert (gradient.mean(axis=1) > cam.mean(axis=1)).all()
    assert (np.diff(guided.mean(axis=1)) < 0).all()


@pytest.mark.slow
def test_what_knows_the_question_on_other_seeds(network):
    points = experiments.pointing(network, seeds=HELD_BACK)
    low = [np.mean(points[name]) for name in ("guided backprop", "gradient")]
    assert min(points["Grad-CAM"]) > 0.55 and max(low) < 0.45 and low[0] < low[1]
    asked = experiments.asked_otherwise(network, networks.inputs()[:2], seeds=HELD_BACK)
    assert min(asked["guided backprop"]) > 0.97 and np.mean(asked["gradient"]) > 0.5
    assert np.mean(asked["Grad-CAM"]) < 0.5
    curves = experiments.forgetting(seeds=HELD_BACK)
    assert np.abs(curves["guided"] - curves["guided, computed"]).max() < 0.1
    assert np.abs(curves["plain gradient"]).max() < 0.2


@pytest.mark.slow
def test_slopes_and_climbs_on_other_photographs_and_seeds(network):
    x = networks.inputs(OTHER_PHOTOS)
    grad = experiments.signed_gradient(network, x)
    against = experiments.nudge(network, x, levels=1, signs=-grad.sign())
    noise = torch.from_numpy(np.random.default_rng(5).choice([-1.0, 1.0], x.shape)).float()
    chance = experiments.nudge(network, x, levels=1, signs=noise)
    assert against.falls.min() > 2.5 and np.abs(chance.falls).max() < 0.6
    assert against.kept < chance.kept
    sure = network(experiments.climb(network, (985, 872), seed=3)).softmax(dim=1)
    assert sure[[0, 1], [985, 872]].min() > 0.9
