"""signals: measured sizes follow theory, and theory follows the samples."""

from math import log2, sqrt

import numpy as np
import pytest
import torch

from course_lib import gradcheck, numpy_ops
from course_lib.lessons.initialization import signals

HELD_BACK = (3, 4, 5)
DEFAULT, ONE, TWO = 1 / 3, 1.0, 2.0  # n times the variance of a weight
VARIANCES = {"PyTorch's default": DEFAULT, "LeCun": ONE, "Glorot": ONE, "He": TWO}


def test_the_default_is_that_of_torch():
    ours = signals.pytorch_default((256, 256), generator=np.random.default_rng(seed=0))
    with torch.random.fork_rng(devices=[]):
        theirs = torch.nn.Linear(256, 256).weight.detach().numpy()
    assert abs(ours).max() == pytest.approx(abs(theirs).max(), rel=1e-3)
    assert ours.var() == pytest.approx(theirs.var(), rel=0.02) == pytest.approx(1 / 768, rel=0.02)


def test_by_fan_out_counts_outputs():
    weight = signals.he_by_fan_out((300, 40, 3, 3), generator=np.random.default_rng(seed=0))
    assert weight.var() == pytest.approx(2 / (300 * 9), rel=0.02)


@pytest.mark.parametrize("name", signals.ACTIVATIONS)
def test_slopes_are_those_of_the_values(name):
    value, slope = signals.ACTIVATIONS[name]
    z = np.array([[-2.0, -0.3, 0.2, 1.5]])
    gradcheck.gradcheck(value, [z], backward=lambda grad, z: (grad * slope(z),))


@pytest.mark.parametrize("initializer", VARIANCES)
@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_sums_and_slopes_change_as_theory_says(initializer, activation):
    expected = log2(VARIANCES[initializer] * (0.5 if activation == "relu" else 1))
    for seed in HELD_BACK:
        sent = signals.send(initializer, activation, seed=seed)
        assert signals.bits_a_layer(sent.sums) == pytest.approx(expected, abs=0.15)
        assert -signals.bits_a_layer(sent.deltas[1:]) == pytest.approx(expected, abs=0.15)


def test_gradients_are_those_of_autograd():
    widths = (64, 7, 5)
    weights = signals.draw_weights("He", widths, seed=0)
    tensors = [torch.tensor(weight, requires_grad=True) for weight in weights]
    h = torch.from_numpy(signals.digit_rows(3))
    z = torch.tanh(h @ tensors[0].T) @ tensors[1].T
    z.backward(torch.from_numpy(np.random.default_rng([0, 1]).standard_normal(z.shape)))
    grads = [tensor.grad.numpy() / 3 for tensor in tensors]
    sent = signals.send("He", "tanh", seed=0, widths=widths, images=3)
    np.testing.assert_allclose(sent.grads, [(g**2).mean() for g in grads], rtol=1e-10)


def test_gradients_of_relu_layers_are_equal_however_small():
    for initializer in ("PyTorch's default", "LeCun", "He"):
        for seed in HELD_BACK:
            bits = np.log2(signals.send(initializer, "relu", seed=seed).grads[1:])
            assert np.ptp(bits) < 4, (initializer, seed)


def test_the_average_of_both_fans_loses_both_ways():
    widths = (64, *15 * [64, 256])
    for seed in HELD_BACK:
        by = {"He": 1.0, "He, fan-out": 1.0, "Glorot": sqrt(2)}
        ends = {}
        for name, gain in by.items():
            sent = signals.send(name, "relu", seed=seed, gain=gain, widths=widths)
            ends[name] = np.log2(sent.sums[-2] / sent.sums[0]), np.log2(sent.deltas[1])
        assert max(ends.pop("Glorot")) < -5
        assert min(map(min, ends.values())) > -4


def test_zeros_around_a_map_cost_a_tenth_of_a_bit():
    for seed in HELD_BACK:
        bits = {
            padding: signals.bits_a_layer(
                signals.send_through_convolutions(seed=seed, padding=padding)
            )
            for padding in ("zeros", "circular")
        }
        assert 0.05 < bits["circular"] - bits["zeros"] < 0.25


@pytest.mark.parametrize("gain", [1.0, 5 / 3, 3.0])
def test_tanh_follows_its_theory(gain):
    theory = signals.theory_of_tanh(gain)
    for seed in HELD_BACK:
        sent = signals.send("LeCun", "tanh", seed=seed, gain=gain)
        assert signals.bits_a_layer(sent.sums) == pytest.approx(theory.forward, abs=0.08)
        assert -signals.bits_a_layer(sent.deltas[1:]) == pytest.approx(theory.backward, abs=0.08)


def test_expectations_are_those_of_samples():
    z = np.sqrt(2.5) * np.random.default_rng(seed=0).standard_normal(200_000)
    assert signals.expected(np.tanh, 2.5) == pytest.approx(0, abs=1e-12)
    sampled = (numpy_ops.tanh(z) ** 2).mean()
    assert signals.next_size(2.5, gain=2.0) == pytest.approx(4 * sampled, rel=0.01)


@pytest.mark.parametrize(
    "call",
    [
        lambda: signals.send("Xavier", "relu", seed=0),
        lambda: signals.send("He", "gelu", seed=0),
        lambda: signals.send_through_convolutions(seed=0, padding="reflect"),
    ],
    ids=["initializer", "activation", "padding"],
)
def test_an_unknown_word_is_refused(call):
    with pytest.raises(ValueError, match="received"):
        call()
