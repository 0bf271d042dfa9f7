"""The twins agree on the numbers at the edge: half precision, NaN, nothing at all."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_ops, torch_ops

RNG = np.random.default_rng(seed=0)
SCORES = RNG.standard_normal((6, 5))
LABELS = RNG.integers(0, 5, 6)
YES = RNG.integers(0, 2, (6, 5)).astype(float)


def both(name, *arrays, **options):
    """Run an operation of both sides on the same arrays; return lists of results."""
    tensors = [torch.from_numpy(np.array(a)) for a in arrays]
    results = [
        getattr(numpy_ops, name)(*arrays, **options),
        getattr(torch_ops, name)(*tensors, **options),
    ]
    return [[np.asarray(a) for a in (r if isinstance(r, tuple) else (r,))] for r in results]


def check(name, *arrays, tolerance=1e-7, **options):
    for actual, expected in zip(*both(name, *arrays, **options), strict=True):
        assert_same(actual, expected, tolerance=tolerance)
    backward = f"{name}_backward"
    y = both(name, *arrays, **options)[0][0]
    grad_y = np.asarray(np.random.default_rng(seed=1).standard_normal(y.shape), y.dtype)
    for actual, expected in zip(*both(backward, grad_y, *arrays, **options), strict=True):
        assert_same(actual, expected, tolerance=tolerance)


LOSSES = {
    "cross_entropy": (SCORES, LABELS),
    "focal_loss": (SCORES, LABELS),
    "binary_cross_entropy_with_logits": (SCORES, YES),
    "binary_focal_loss": (SCORES, YES),
    "mse_loss": (SCORES, YES),
}


@pytest.mark.parametrize("scale", [1.0, 1e4])
@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_half_precision(name, scale):
    scale = min(scale, 150.0) if name == "mse_loss" else scale  # whose square has to fit
    scores, target = LOSSES[name]
    target = target.astype(np.float16) if target.dtype == float else target
    check(name, (scale * scores).astype(np.float16), target, tolerance=2e-3)


def test_the_energy_of_half_precision_does_not_end_at_65504():
    x = (1e4 * SCORES[..., None]).astype(np.float16)
    check("local_response_norm", x, size=3, tolerance=2e-3)
    assert np.abs(both("local_response_norm", x, size=3)[1][0]).max() > 1


NORMS = {
    "group_norm": {"num_groups": 1},
    "layer_norm": {"normalized_shape": (3, 40)},
    "instance_norm": {},
}


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("value", [65000.0, 1e6, 5.5e19, 3e38])
@pytest.mark.parametrize("name", NORMS)
def test_a_constant_is_zero_for_both(name, value, dtype):
    if value > float(np.finfo(dtype).max):
        return
    x = np.full((2, 3, 40), value, dtype)
    for (y,) in both(name, x, **NORMS[name]):
        assert not y.any()
    for side in both("batch_norm", x, np.zeros(3, dtype), np.ones(3, dtype), training=True):
        assert not np.isnan(side[0]).any()
        assert (side[2] >= 0).all()


@pytest.mark.parametrize("name", ["gelu", "relu", "sigmoid", "silu", "softplus", "tanh"])
def test_what_is_nan_stays_nan_on_the_way_back(name):
    x = np.array([1.0, np.nan, -2.0, np.nan])
    grads = [g for (g,) in both(f"{name}_backward", np.full(4, 3.0), x)]
    np.testing.assert_allclose(grads[0], grads[1], rtol=1e-12)


def test_an_unknown_target_gives_an_unknown_loss():
    target = np.array([1.0, np.nan, 0.0])
    check("binary_cross_entropy", np.array([0.3, 0.4, np.nan]), target, reduction="none")


def test_an_infinite_weight_is_seen_by_its_own_class_only():
    log_p, weight = np.log(np.full((3, 2), 0.5)), np.array([np.inf, 1.0])
    grads = numpy_ops.nll_loss_backward(
        np.ones(3), log_p, np.array([0, 1, 1]), weight=weight, reduction="none"
    )
    np.testing.assert_array_equal(grads, [[-np.inf, 0], [0, -1], [0, -1]])


NOTHING = {
    "im2col": ((2, 0, 4, 5), {"kernel_size": 2}),
    "col2im": ((2, 0, 12), {"output_size": (4, 5), "kernel_size": 2}),
    "group_norm": ((2, 0, 4), {"num_groups": 2}),
    "instance_norm": ((2, 0, 4), {}),
    "local_response_norm": ((2, 0, 4), {"size": 3}),
    "instance_norm of no image": ((0, 3, 4), {}),
    "batch_norm": ((0, 3, 4), {}),
}


@pytest.mark.parametrize("case", NOTHING)
def test_no_channel_and_no_image_give_nothing(case):
    shape, options = NOTHING[case]
    name = case.split()[0]
    if name == "batch_norm":
        results = [numpy_ops.batch_norm(np.zeros(shape), None, None).y]
        results.append(torch_ops.batch_norm(torch.zeros(shape), None, None).y)
        assert [tuple(y.shape) for y in results] == [shape, shape]
        return
    check(name, np.zeros(shape), **options)


@pytest.mark.parametrize("name", ["conv1d", "conv2d", "conv3d"])
def test_a_convolution_of_half_precision_is_rounded_once(name):
    axes = int(name[4])
    rng = np.random.default_rng(seed=3)
    x = rng.uniform(-5e4, 5e4, (2, 3) + (5,) * axes).astype(np.float16)
    weight = rng.standard_normal((4, 3) + (3,) * axes).astype(np.float16)
    weight /= 3  # single sums go beyond 65504, of which most come back
    wide = getattr(numpy_ops, name)(x.astype(float), weight.astype(float))
    y = getattr(numpy_ops, name)(x, weight)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(y, wide.astype(np.float16), rtol=2e-3, atol=100)
    grad_y = rng.uniform(-3e4, 3e4, y.shape).astype(np.float16)
    backward = getattr(numpy_ops, f"{name}_backward")
    expected = backward(*(a.astype(float) for a in (grad_y, x, weight)))
    for actual, grad in zip(backward(grad_y, x, weight), expected, strict=True):
        assert not np.isnan(actual).any()
        with np.errstate(over="ignore"):
            np.testing.assert_allclose(actual, grad.astype(np.float16), rtol=2e-3, atol=100)
