"""signals: slopes are those of autograd, and they shrink towards the first layer."""

import numpy as np
import pytest
import torch

from course_lib import numpy_ops
from course_lib.lessons.claims_checked.signals import sigmoid_slopes


def by_autograd(depth, seed, width):
    """Draw the same numbers in the same order, and let PyTorch go back."""
    rng = np.random.default_rng(seed)
    x = torch.tensor(rng.standard_normal((64, width)))
    weights = [
        torch.tensor(numpy_ops.lecun_normal((width, width), generator=rng), requires_grad=True)
        for _ in range(depth)
    ]
    for weight in weights:
        x = torch.sigmoid(x @ weight.T)
    x.backward(torch.tensor(rng.standard_normal(x.shape)))
    return [weight.grad.norm().item() for weight in weights]


def test_slopes_are_those_of_autograd():
    assert sigmoid_slopes(depth=4, seed=3, width=5) == pytest.approx(by_autograd(4, 3, 5))


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_sigmoids_lose_the_slope_on_other_seeds(seed):
    slopes = sigmoid_slopes(depth=32, seed=seed)
    assert slopes[0] / slopes[-1] < 1e-12
