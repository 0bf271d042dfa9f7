"""gradcheck accepts right gradients and names the wrong ones."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest

from course_lib import numpy_ops
from course_lib.gradcheck import gradcheck


def product(x, weight, *, scale=1.0):
    return scale * x * weight


class ProductGrads(NamedTuple):
    grad_x: np.ndarray
    grad_weight: np.ndarray


def product_backward(grad_y, x, weight, *, scale=1.0):
    return ProductGrads(scale * grad_y * weight, scale * grad_y * x)


@pytest.fixture
def arrays():
    rng = np.random.default_rng(seed=0)
    return rng.standard_normal((2, 3)), rng.standard_normal((2, 3))


def test_a_right_backward_passes_and_the_error_is_returned(arrays):
    assert gradcheck(partial(product, scale=3.0), arrays) < 1e-8


def test_every_element_is_checked(arrays):
    def one_wrong_element(grad_y, x, weight):
        grads = product_backward(grad_y, x, weight)
        grads.grad_weight[1, 2] += 0.5
        return grads

    with pytest.raises(AssertionError, match=r"product: gradient of weight at index \(1, 2\)"):
        gradcheck(product, arrays, backward=one_wrong_element)


def test_the_message_gives_both_values():
    x = np.array([3.0])
    square_backward = {"backward": lambda grad_y, x: grad_y * x}  # the factor 2 is missing
    with pytest.raises(AssertionError, match=r"analytic .*, numeric "):
        gradcheck(lambda x: x**2, (x,), **square_backward)


def test_a_missing_transpose_is_seen():
    rng = np.random.default_rng(seed=1)
    x, weight = rng.standard_normal((4, 4)), rng.standard_normal((4, 4))
    with pytest.raises(AssertionError, match="gradient of weight"):
        gradcheck(
            lambda x, weight: x @ weight,
            (x, weight),
            backward=lambda grad_y, x, weight: (grad_y @ weight.T, grad_y.T @ x),
        )


def test_a_wrong_shape_is_seen(arrays):
    with pytest.raises(AssertionError, match="shape"):
        gradcheck(product, arrays, backward=lambda grad_y, x, weight: grad_y.sum(axis=0))


def test_inputs_are_put_back(arrays):
    before = [x.copy() for x in arrays]
    gradcheck(product, arrays)
    assert all(np.array_equal(x, old) for x, old in zip(arrays, before, strict=True))


def test_the_generator_draws_the_upstream_gradient(arrays):
    seen = []

    def spy(grad_y, x, weight):
        seen.append(grad_y)
        return product_backward(grad_y, x, weight)

    gradcheck(product, arrays, backward=spy, generator=np.random.default_rng(seed=5))
    assert np.array_equal(seen[0], np.random.default_rng(seed=5).standard_normal((2, 3)))


def test_float32_inputs_are_refused():
    with pytest.raises(TypeError, match="float64"):
        gradcheck(numpy_ops.conv2d, (np.ones((1, 1, 3, 3), np.float32),))


def test_a_function_without_backward_is_refused(arrays):
    with pytest.raises(ValueError, match="without a backward"):
        gradcheck(np.multiply, arrays)
