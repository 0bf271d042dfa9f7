"""A small data set that can be learned in seconds."""

from types import SimpleNamespace

import numpy as np
import pytest


@pytest.fixture
def stripes():
    """Noisy 6x5 images with a bright row (class 0), column (1) or neither (2)."""
    rng = np.random.default_rng(seed=0)
    x = rng.uniform(0, 0.5, (90, 1, 6, 5)).astype(np.float32)
    y = np.arange(90) % 3
    for image, label in zip(x, y, strict=True):
        if label == 0:
            image[0, rng.integers(6)] += 0.5
        if label == 1:
            image[0, :, rng.integers(5)] += 0.5
    return SimpleNamespace(x_train=x[:70], y_train=y[:70], x_test=x[70:], y_test=y[70:])
