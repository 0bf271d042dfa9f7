"""What the live figure refuses; tests/browser tries the rest."""

import numpy as np
import pytest

from course_lib.lessons.convolutional_layer import live

X = np.arange(12.0).reshape(1, 3, 4)


@pytest.mark.parametrize(
    "weights",
    [{}, {"too large": np.ones((1, 1, 4, 1))}, {"other channels": np.ones((1, 2, 2, 2))}],
    ids=list,
)
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(ValueError, match=r"^im2col received x \(1, 3, 4\)"):
        live.im2col(X, weights)
