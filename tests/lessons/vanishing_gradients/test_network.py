"""network: gradients against nudges and autograd, with every cure; networks side by side."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from course_lib import numpy_ops
from course_lib.lessons.vanishing_gradients import network
from course_lib.lessons.vanishing_gradients.network import Layer, Recipe

RECIPES = [
    Recipe(),
    Recipe("tanh", 1.0, shortcuts=True),
    Recipe("relu", 2.0, normalized=True),
    Recipe("sigmoid", 1.0, normalized=True, shortcuts=True),
]


def given(depth=6, seed=0):
    x, target = network.digits(count=12)
    rng = np.random.default_rng(seed)
    layers = [
        Layer(layer.W, 0.1 * rng.standard_normal(layer.b.shape))
        for layer in network.fresh_weights(depth, scale=2.0, seed=seed, width=5)
    ]
    return x.astype(float), target, layers


def by_autograd(x, target, layers, recipe):
    tensors = [Layer(*(torch.tensor(a, requires_grad=True) for a in layer)) for layer in layers]
    activation = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
    inputs = [torch.from_numpy(x)]
    for number, layer in enumerate(tensors[:-1], start=1):
        u = functional.linear(inputs[-1], layer.W, layer.b)
        if recipe.normalized:
            u = functional.batch_norm(u, None, None, training=True)
        if recipe.shortcuts and number in (3, 5, 7):
            u = u + inputs[-2]
        inputs.append(activation[recipe.activation](u))
    logits = functional.linear(inputs[-1], tensors[-1].W, tensors[-1].b)
    functional.cross_entropy(logits, torch.from_numpy(target)).backward()
    return [Layer(layer.W.grad.numpy(), layer.b.grad.numpy()) for layer in tensors]


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
@pytest.mark.parametrize("depth", [1, 6, 7])
def test_gradients_are_those_of_autograd(recipe, depth):
    x, target, layers = given(depth)
    kept = network.forward(x, layers, recipe)
    grads, deltas = network.gradients(target, layers, recipe, kept)
    assert len(deltas) == depth + 1
    for grad, expected in zip(grads, by_autograd(x, target, layers, recipe), strict=True):
        for mine, theirs in zip(grad, expected, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-7, atol=1e-12)


def test_gradients_are_those_of_nudges():
    x, target, layers = given(depth=4)
    recipe = Recipe("tanh", normalized=True, shortcuts=True)

    def loss():
        return float(numpy_ops.cross_entropy(network.forward(x, layers, recipe).logits, target))

    grads, _ = network.gradients(target, layers, recipe, network.forward(x, layers, recipe))
    for layer, grad in zip(layers, grads, strict=True):
        for index in ((0, 0), (3, 4)):
            value = layer.W[index]
            layer.W[index] = value + 1e-5
            above = loss()
            layer.W[index] = value - 1e-5
            slope = (above - loss()) / 2e-5
            layer.W[index] = value
            assert grad.W[index] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_networks_side_by_side_do_not_meddle(recipe):
    x, target, _ = given()
    both = [given(seed=seed)[2] for seed in (0, 1)]
    stacked = [Layer(*map(np.stack, zip(*pair, strict=True))) for pair in zip(*both, strict=True)]
    kept = network.forward(x, stacked, recipe)
    grads, _ = network.gradients(target, stacked, recipe, kept)
    for place, layers in enumerate(both):
        alone = network.forward(x, layers, recipe)
        np.testing.assert_allclose(kept.logits[place], alone.logits, rtol=1e-12, atol=1e-12)
        expected, _ = network.gradients(target, layers, recipe, alone)
        for grad, one in zip(grads, expected, strict=True):
            np.testing.assert_allclose(grad.W[place], one.W, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(grad.b[place], one.b, rtol=1e-9, atol=1e-12)


def test_kept_statistics_give_the_same_answers_for_other_batches():
    x, _, layers = given()
    recipe = Recipe("relu", 2.0, normalized=True)
    statistics = network.forward(x, layers, recipe).statistics
    whole = network.forward(x, layers, recipe, statistics=statistics)
    single = network.forward(x[3:4], layers, recipe, statistics=statistics)
    np.testing.assert_allclose(single.logits[0], whole.logits[3], rtol=1e-9)


def test_weights_start_with_the_variance_asked_for():
    layers = network.fresh_weights(3, scale=2.0, seed=0, width=400)
    assert [layer.W.var() * layer.W.shape[1] for layer in layers[:-1]] == pytest.approx(
        [2.0] * 3, rel=0.05
    )
    assert layers[-1].W.var() * 400 == pytest.approx(1.0, rel=0.1)
    assert not any(layer.b.any() for layer in layers)


def test_what_is_not_there_is_named():
    x, _, layers = given()
    with pytest.raises(ValueError, match=r"^forward received activation="):
        network.forward(x, layers, Recipe("gelu"))
    with pytest.raises(ValueError, match=r"^fresh_weights received depth="):
        network.fresh_weights(0, seed=0)
