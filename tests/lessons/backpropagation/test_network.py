"""network: gradients against nudges and autograd, and slips that are wrong just where they say."""

import numpy as np
import pytest

from course_lib.lessons.backpropagation import experiments, network

X, TARGET = network.digits(5)


def away_from_corners(seed=0, channels=network.CHANNELS):
    """Give weights with random biases: with biases 0 black paper sits on the corner of the ReLU."""
    weights = network.fresh_weights(seed, channels=channels)
    generator = np.random.default_rng(seed)
    for name in ("b1", "b2", "b3"):
        weights[name] += 0.1 * generator.standard_normal(weights[name].shape)
    return weights


def test_gradients_are_those_of_autograd():
    weights = away_from_corners()
    expected = network.by_autograd(X, TARGET, weights)
    grads = network.gradients(X, TARGET, weights)
    assert list(grads) == list(weights)
    for name, grad in grads.items():
        assert grad.shape == weights[name].shape
        np.testing.assert_allclose(grad, expected[name], rtol=1e-9, atol=1e-14)


def test_gradients_are_those_of_nudges():
    weights = away_from_corners(seed=1, channels=2)
    loss = lambda: network.loss_of(X, TARGET, weights)  # noqa: E731
    nudged = experiments.central_differences(loss, weights)
    for name, grad in network.gradients(X, TARGET, weights).items():
        np.testing.assert_allclose(grad, nudged[name], atol=1e-8)


def differing(slip):
    weights = away_from_corners()
    right, wrong = (
        network.gradients(X, TARGET, weights, slip=s) for s in ("nothing left out", slip)
    )
    return {name for name in right if not np.allclose(right[name], wrong[name])}


@pytest.mark.parametrize(
    "slip, spoiled",
    [
        ("no transpose", {"K1", "b1"}),
        ("no sum over the batch", {"K1", "b1", "K2", "b2"}),
        ("δ overwritten", {"K1", "b1"}),
    ],
)
def test_a_slip_spoils_what_it_says_and_nothing_else(slip, spoiled):
    assert differing(slip) == spoiled


def test_overwriting_keeps_the_tap_that_came_last():
    delta, weight = np.ones((1, 1, 2, 2)), np.arange(1.0, 5).reshape(1, 1, 2, 2)
    grad_x, _, _ = network.overwritten(delta, np.zeros((1, 1, 3, 3)), weight)
    assert grad_x[0, 0].tolist() == [[1, 2, 2], [3, 4, 4], [3, 4, 4]]


def test_the_missing_sum_is_the_last_image_alone():
    rng = np.random.default_rng(seed=0)
    delta, x, weight = (rng.standard_normal(s) for s in ((3, 2, 3, 4), (3, 1, 5, 5), (2, 1, 3, 2)))
    _, grad_weight, grad_bias = network.no_batch_sum(delta, x, weight)
    _, expected, expected_bias = network.correct(delta[2:], x[2:], weight)
    np.testing.assert_array_equal(grad_weight, expected)
    np.testing.assert_array_equal(grad_bias, expected_bias)


def test_a_slip_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"^gradients received slip="):
        network.gradients(X, TARGET, network.fresh_weights(0), slip="none")


def test_no_channels_are_refused():
    with pytest.raises(ValueError, match=r"^fresh_weights received channels="):
        network.fresh_weights(0, channels=0)
