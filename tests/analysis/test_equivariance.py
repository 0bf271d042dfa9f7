"""Equivariance and invariance errors on functions whose answer is known."""

import numpy as np
import pytest
import torch
from scipy.ndimage import shift as scipy_shift
from torch import nn

from course_lib import numpy_ops
from course_lib.analysis.equivariance import equivariance_error, invariance_error, shift_image


@pytest.fixture
def x():
    return np.random.default_rng(seed=0).standard_normal((2, 3, 16, 20))


@pytest.mark.parametrize("shift", [(2, 3), (-1, 4), (0, 0), (3, -2)])
@pytest.mark.parametrize("fill, mode", [(None, "grid-wrap"), (0.0, "constant")])
def test_shift_image_matches_scipy(x, shift, fill, mode):
    expected = scipy_shift(x, (0, 0, *shift), order=0, mode=mode)
    assert np.array_equal(shift_image(x, shift, fill=fill), expected)


def circular_convolution(x):
    weight = np.random.default_rng(seed=1).standard_normal((4, 3, 3, 3))
    return numpy_ops.conv2d(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap"), weight)


def padded_convolution(x):
    weight = np.random.default_rng(seed=1).standard_normal((4, 3, 3, 3))
    return numpy_ops.conv2d(x, weight, padding=1)


def test_circular_convolution_is_equivariant(x):
    assert equivariance_error(circular_convolution, x, shift=(2, 3)) < 1e-14


def test_zero_padding_breaks_it_at_the_border_only(x):
    assert equivariance_error(padded_convolution, x, shift=1) > 0.05
    assert equivariance_error(padded_convolution, x, shift=1, border=2) < 1e-14


def test_a_stride_keeps_whole_steps_and_breaks_the_rest(x):
    def every_second(x):
        return x[:, :, ::2, ::2]

    assert equivariance_error(every_second, x, shift=2, stride=2) == 0.0
    assert equivariance_error(every_second, x, shift=-4, stride=2) == 0.0
    assert equivariance_error(every_second, x, shift=1, stride=2) > 1.0


def test_forgetting_the_stride_shows(x):
    assert equivariance_error(lambda x: x[:, :, ::2, ::2], x, shift=2, stride=1) > 1.0


def test_the_error_is_relative_to_the_output(x):
    def offset_by_row(x):
        return np.ones_like(x) * np.arange(16)[:, None]

    rolled = np.roll(np.arange(16), 1)
    expected = np.linalg.norm(np.arange(16) - rolled) / np.linalg.norm(np.arange(16))
    assert equivariance_error(offset_by_row, x, shift=(1, 0)) == pytest.approx(expected)


def test_invariance(x):
    assert invariance_error(lambda x: x.mean(axis=(2, 3)), x, shift=3) < 1e-14
    assert invariance_error(lambda x: x.mean(axis=(2, 3)), x, shift=3, fill=0.0) > 0.01
    assert invariance_error(lambda x: x, x, shift=3) > 1.0


def test_torch_modules_are_called_without_gradients(x):
    module = nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular")
    assert equivariance_error(module, x, shift=1) < 1e-6
    assert all(p.grad is None for p in module.parameters())
    assert torch.is_grad_enabled()


def test_bad_input_is_refused(x):
    with pytest.raises(ValueError, match="larger than the border"):
        equivariance_error(lambda x: x, x, shift=1, border=8)
    with pytest.raises(ValueError, match="stop before the dense head"):
        equivariance_error(lambda x: x.mean(axis=(2, 3)), x, shift=1)
    with pytest.raises(TypeError, match="shift as an int"):
        equivariance_error(lambda x: x, x, shift=0.5)
