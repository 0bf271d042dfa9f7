"""Cases for the normalizations."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from course_lib.parity.cases import Case, normal


def batch_inputs(
    *shape: int, affine: bool = True, running: bool = True
) -> Callable[[np.random.Generator], tuple[NDArray | None, ...]]:
    """Draw x, running statistics with positive variances, gamma and beta, or None for them."""

    def draw(rng: np.random.Generator) -> tuple[NDArray | None, ...]:
        x = rng.standard_normal(shape) * 3 + 1
        mean, gamma, beta = rng.standard_normal((3, shape[1]))
        var = rng.uniform(0.5, 2.0, shape[1])
        statistics = (mean, var) if running else (None, None)
        return (x, *statistics, *((gamma, beta) if affine else (None, None)))

    return draw


TRAINING = {"training": True}

CASES = [
    Case("batch_norm", "train-image", batch_inputs(4, 3, 5, 6), TRAINING),
    Case("batch_norm", "eval-image", batch_inputs(4, 3, 5, 6)),
    Case("batch_norm", "train-vector", batch_inputs(7, 5), TRAINING),
    Case("batch_norm", "eval-vector", batch_inputs(7, 5, affine=False)),
    Case("batch_norm", "train-volume", batch_inputs(2, 3, 4, 5, 6), TRAINING),
    Case(
        "batch_norm",
        "train-options",
        batch_inputs(4, 3, 5),
        {"training": True, "momentum": 0.3, "eps": 0.5},
    ),
    Case("batch_norm", "train-not-tracked", batch_inputs(4, 3, 5, running=False), TRAINING),
    Case("batch_norm", "eval-not-tracked", batch_inputs(4, 3, 5, running=False)),
    Case("batch_norm", "train-no-affine", batch_inputs(4, 3, 5, affine=False), TRAINING),
    Case("batch_norm", "train-empty-batch", batch_inputs(0, 3, 5), TRAINING),
    Case("batch_norm", "eval-empty-batch", batch_inputs(0, 3, 5)),
    Case("batch_norm", "train-one-image", batch_inputs(1, 3, 5, 4), TRAINING),
    Case("group_norm", "image", normal((2, 6, 5, 4), (6,), (6,)), {"num_groups": 3}),
    Case("group_norm", "no-affine", normal((2, 6, 5), None, None), {"num_groups": 2}),
    Case("group_norm", "vector-eps", normal((3, 8), (8,), (8,)), {"num_groups": 2, "eps": 0.1}),
    Case("group_norm", "one-group", normal((1, 4, 5, 3), (4,), None), {"num_groups": 1}),
    Case("group_norm", "empty-batch", normal((0, 6, 5), (6,), (6,)), {"num_groups": 3}),
    Case("layer_norm", "vector", normal((3, 7), (7,), (7,)), {"normalized_shape": 7}),
    Case(
        "layer_norm",
        "image",
        normal((2, 3, 4, 5), (3, 4, 5), None),
        {"normalized_shape": (3, 4, 5)},
    ),
    Case(
        "layer_norm",
        "last-axes",
        normal((2, 3, 4, 5), (4, 5), (4, 5)),
        {"normalized_shape": (4, 5), "eps": 0.1},
    ),
    Case("layer_norm", "no-affine", normal((3, 2, 7), None, None), {"normalized_shape": (7,)}),
    Case("layer_norm", "no-batch", normal((4, 7), (4, 7), (4, 7)), {"normalized_shape": (4, 7)}),
    Case("layer_norm", "empty-batch", normal((0, 7), (7,), (7,)), {"normalized_shape": 7}),
    Case("instance_norm", "image", normal((2, 3, 5, 4), (3,), (3,))),
    Case("instance_norm", "signal", normal((2, 3, 7), None, None), {"eps": 0.1}),
    Case("instance_norm", "volume", normal((1, 2, 3, 4, 5), (2,), None)),
    Case("local_response_norm", "alexnet", normal((2, 7, 4, 3)), {"size": 5, "k": 2.0}),
    Case("local_response_norm", "even-size", normal((2, 7, 4, 3)), {"size": 4, "alpha": 0.5}),
    Case(
        "local_response_norm",
        "wider-than-channels",
        normal((2, 3, 5)),
        {"size": 9, "alpha": 2.0, "beta": 0.5, "k": 0.3},
    ),
    Case("local_response_norm", "volume", normal((2, 5, 4, 3, 2)), {"size": 3, "alpha": 1.0}),
    Case("local_response_norm", "empty-batch", normal((0, 5, 4)), {"size": 3}),
]
