"""experiments: what they measure, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest

from course_lib.lessons.vanishing_gradients import experiments, network
from course_lib.lessons.vanishing_gradients.network import Recipe

HELD_BACK = (3, 4, 5)
SIGMOID, RELU, SIZED = Recipe(), Recipe("relu", 1.0), Recipe("relu", 2.0)
NORMED, ALL_FOUR = SIZED._replace(normalized=True), Recipe("relu", 2.0, True, True)


def test_flow_measures_the_gradients_of_the_network():
    x, target = network.digits(count=256)
    layers = network.fresh_weights(4, scale=1.0, seed=3)
    kept = network.forward(x.astype(float), layers, SIGMOID)
    grads, _ = network.gradients(target, layers, SIGMOID, kept)
    measured = experiments.flow(SIGMOID, 4, seed=3)
    assert measured.gradients[0] == pytest.approx(np.sqrt((grads[0].W ** 2).sum()))
    assert measured.gradients.shape == measured.spreads.shape == (5,)
    assert measured.spreads[0] == pytest.approx(x.std(axis=0).mean(), rel=1e-5)


def test_heat_maps_hold_a_line_a_depth_and_no_layer_is_nan():
    rows = experiments.heat_maps(["relu"], [2.0], [2, 5], seed=1)["relu", 2.0]
    assert np.isnan(rows).tolist() == [[False] * 2 + [True] * 3, [False] * 5]
    expected = experiments.flow(SIZED, 5, seed=1, images=64).gradients[:-1]
    np.testing.assert_allclose(10 ** rows[1], expected)


def test_training_moves_only_what_is_trained_and_keeps_the_better_rate():
    trained = experiments.train(Recipe("tanh"), 2, seeds=(0, 1), rates=(1e-5, 1e-2), steps=30)
    assert trained.rate == 1e-2
    assert trained.losses.shape == (2, 30) and trained.accuracies.shape == (2,)
    assert trained.moved.shape == (2, 3) and (trained.moved > 0).all()
    assert (trained.losses[:, -1] < trained.losses[:, 0]).all()


def test_a_rate_that_blows_up_is_not_chosen():
    trained = experiments.train(SIZED, 4, seeds=(0,), rates=(1e3, 0.01), steps=25, adam=False)
    assert trained.rate == 0.01


def test_networks_of_a_stack_train_as_if_alone():
    both = experiments.train(Recipe("tanh"), 2, seeds=(0, 1), rates=(1e-2,), steps=5)
    alone = experiments.train(Recipe("tanh"), 2, seeds=(1,), rates=(1e-2,), steps=5)
    np.testing.assert_allclose(both.losses[1], alone.losses[0], rtol=1e-3)


def test_a_variance_of_four_explodes_and_two_does_not():
    assert np.isfinite(experiments.explode(2.0, 30, seed=1, rate=0.1, steps=3)).all()
    assert not np.isfinite(experiments.explode(4.0, 30, seed=1, rate=0.1, steps=4)[-1])


def test_convolutions_vanish_like_dense_layers():
    norms = experiments.conv_flow("sigmoid", 1.0, 8, seed=1)
    assert norms.shape == (8,)
    assert 0.1 < experiments.factor_per_layer(norms[1:]) < 0.3
    with pytest.raises(ValueError, match=r"^conv_flow received activation="):
        experiments.conv_flow("gelu", 1.0, 2, seed=0)


@pytest.mark.parametrize("seed", HELD_BACK)
def test_verdicts_on_gradients_hold_on_other_seeds(seed):
    def factor(recipe):
        norms = experiments.flow(recipe, 30, seed=seed).gradients
        return experiments.factor_per_layer(norms[1:-1])

    assert 0.15 < factor(SIGMOID) < 0.3
    assert 0.9 < factor(RELU) < 1.1 and 0.9 < factor(SIZED) < 1.1
    assert factor(NORMED) == pytest.approx(1 / np.sqrt(1 - 1 / np.pi), rel=0.05)
    assert factor(ALL_FOUR) < 1.12
    assert experiments.flow(RELU, 30, seed=seed).gradients.max() < 1e-3


@pytest.mark.slow
def test_verdicts_on_depth_hold_on_other_seeds():
    shallow, five, ten, deep = (
        experiments.train(SIGMOID, depth, seeds=HELD_BACK).accuracies for depth in (2, 5, 10, 30)
    )
    assert shallow.min() > 0.9 and deep.max() < 0.2
    assert ten.mean() < 0.4 and five.mean() < 0.9
    rescued = experiments.train(SIGMOID._replace(normalized=True), 10, seeds=HELD_BACK)
    assert rescued.accuracies.min() > 0.85


@pytest.mark.slow
def test_layers_nearest_the_image_learn_slowest_on_other_seeds():
    trained = experiments.train(SIGMOID, 5, seeds=HELD_BACK, rates=(0.3,), adam=False)
    assert (trained.moved[:, :3].max(axis=1) * 3 < trained.moved[:, 4]).all()


@pytest.mark.slow
def test_verdicts_on_the_cures_hold_on_other_seeds():
    runs = [
        experiments.train(recipe, 30, seeds=HELD_BACK)
        for recipe in (SIGMOID, RELU, SIZED, NORMED, ALL_FOUR, SIZED._replace(shortcuts=True))
    ]
    none, relu, sized, _, _, around = (run.accuracies.mean() for run in runs)
    assert none + 0.05 < relu < sized - 0.05
    assert around > sized + 0.05
    assert runs[3].losses[:, -20:].mean() > runs[2].losses[:, -20:].mean() + 0.2
    assert runs[4].accuracies.min() > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe, depth", [pair for pair in experiments.BEST_RATES if not pair[0].normalized], ids=str
)
def test_the_rates_that_are_kept_are_the_best_ones(recipe, depth):
    found = experiments.train(recipe, depth, seeds=(0, 1, 2), rates=experiments.RATES)
    kept = experiments.train(recipe, depth, seeds=(0, 1, 2))
    ends = [run.losses[:, -20:].mean() for run in (kept, found)]
    assert ends[0] < ends[1] + 0.1  # thirty sigmoid layers learn as little at any rate
