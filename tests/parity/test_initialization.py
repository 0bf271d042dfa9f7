"""The initializers of both sides: numbers exactly, random weights by their moments."""

from math import prod, sqrt

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_ops, torch_ops
from course_lib.contracts.initialization import NONLINEARITIES
from course_lib.parity.cases.initialization import NOT_COMPARED

SIDES = pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])
SHAPES = pytest.mark.parametrize("shape", [(300, 200), (200, 300), (64, 32, 3, 5)], ids=str)

# The variance of each initializer, from the fans and the gain.
VARIANCES = {
    "lecun_normal": lambda fan_in, fan_out: 1 / fan_in,
    "xavier_normal": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "xavier_uniform": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he_normal": lambda fan_in, fan_out: 2 / fan_in,
    "he_uniform": lambda fan_in, fan_out: 2 / fan_in,
}


def draw(side, name, shape, *, gain=1.0, seed=0):
    """Call an initializer on one side; return an array."""
    numpy_side = side is numpy_ops
    generator = np.random.default_rng(seed) if numpy_side else torch.Generator().manual_seed(seed)
    weight = getattr(side, name)(shape, gain=gain, generator=generator)
    return weight if numpy_side else weight.numpy()


def fans(shape):
    return shape[1] * prod(shape[2:]), shape[0] * prod(shape[2:])


@SIDES
@SHAPES
@pytest.mark.parametrize("gain", [1.0, 0.5])
@pytest.mark.parametrize("name", VARIANCES)
def test_weights_have_the_promised_moments(side, name, shape, gain):
    weight = draw(side, name, shape, gain=gain)
    assert weight.shape == shape
    assert weight.dtype == np.float64
    variance = gain**2 * VARIANCES[name](*fans(shape))
    count = weight.size
    # Six standard deviations of the mean, and of the variance of normal numbers.
    assert abs(weight.mean()) < 6 * sqrt(variance / count)
    assert abs(weight.var() / variance - 1) < 6 * sqrt(2 / count)
    kurtosis = np.mean(weight**4) / variance**2
    expected = 9 / 5 if name.endswith("uniform") else 3
    assert abs(kurtosis - expected) < 6 * sqrt(96 / count)


@SIDES
@SHAPES
@pytest.mark.parametrize("name", ["xavier_uniform", "he_uniform"])
def test_uniform_weights_reach_their_bound_and_stop_there(side, name, shape):
    bound = sqrt(3 * VARIANCES[name](*fans(shape)))
    weight = draw(side, name, shape, seed=1)
    assert -bound <= weight.min() < -0.999 * bound
    assert 0.999 * bound < weight.max() <= bound


@SIDES
@pytest.mark.parametrize("shape", [(5, 7), (7, 5), (4, 4), (3, 2, 3, 5), (40, 2, 3, 5)], ids=str)
def test_orthogonal_weights_are_orthogonal(side, shape):
    weight = draw(side, "orthogonal", shape, gain=3.0)
    assert weight.shape == shape
    assert weight.dtype == np.float64
    matrix = weight.reshape(shape[0], -1)
    rows, columns = matrix.shape
    product = matrix @ matrix.T if rows <= columns else matrix.T @ matrix
    assert_same(product, 9.0 * np.eye(min(rows, columns)))


@SIDES
def test_every_orthogonal_matrix_is_equally_likely(side):
    weights = np.stack([draw(side, "orthogonal", (3, 3), seed=seed) for seed in range(600)])
    # Without the sign correction the diagonal would lean to one side.
    assert np.abs(weights.mean(axis=0)).max() < 6 * sqrt(1 / 3 / 600)
    assert np.abs((weights**2).mean(axis=0) - 1 / 3).max() < 0.08


@SIDES
@pytest.mark.parametrize("name", [*VARIANCES, "orthogonal"])
def test_a_seed_repeats_the_weights(side, name):
    first, again = (draw(side, name, (5, 7), seed=3) for _ in range(2))
    assert_same(first, again, tolerance=0.0)
    assert not np.allclose(first, draw(side, name, (5, 7), seed=4))


@SIDES
@pytest.mark.parametrize("shape", [(5, 3), (64, 3, 7, 11), (4, 2, 3), [2, 3, 1, 5, 7]], ids=str)
def test_fans_are_those_of_torch(side, shape):
    theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert side.fan_in_and_fan_out(shape) == theirs == fans(shape)


@pytest.mark.parametrize("name", NONLINEARITIES)
def test_gains_are_those_of_torch(name):
    expected = pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-15)
    assert numpy_ops.calculate_gain(name) == expected
    assert torch_ops.calculate_gain(name) == expected


@SIDES
@pytest.mark.parametrize("slope", [0, 0.2, 1])
def test_the_gain_of_leaky_relu_depends_on_its_slope(side, slope):
    expected = pytest.approx(sqrt(2 / (1 + slope**2)))
    assert side.calculate_gain("leaky_relu", slope) == expected
    assert side.calculate_gain("leaky_relu", negative_slope=slope) == expected


@SIDES
def test_a_relu_keeps_the_scale_of_a_signal_after_he_weights(side):
    x = np.random.default_rng(seed=5).standard_normal((300, 400))
    y = np.maximum(x @ draw(side, "he_normal", (400, 400)).T, 0)
    assert np.mean(y**2) == pytest.approx(np.mean(x**2), rel=0.1)


def test_what_the_parity_run_leaves_out_is_compared_here():
    tested = {*VARIANCES, "orthogonal", "fan_in_and_fan_out", "calculate_gain"}
    assert tested == set(NOT_COMPARED)
