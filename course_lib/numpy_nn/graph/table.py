"""The one table of operations: what each ATen operation is in NumPy, and what others need of it."""

from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.ops import (
    activations,
    arithmetic,
    choices,
    convolution,
    creation,
    indexing,
    layout,
    matrices,
    normalization,
    pooling,
    reductions,
    resampling,
)

TOPICS = (
    convolution,
    pooling,
    activations,
    normalization,
    arithmetic,
    choices,
    reductions,
    matrices,
    layout,
    indexing,
    resampling,
    creation,
)
OPERATIONS: dict[str, Operation] = {
    name: row for topic in TOPICS for name, row in topic.TABLE.items()
}

# What of the course no row stands for, and why.
ELSEWHERE = {
    **dict.fromkeys(
        (
            "cross_entropy", "nll_loss", "mse_loss", "binary_cross_entropy",
            "binary_cross_entropy_with_logits", "focal_loss", "binary_focal_loss",
        ),
        "a loss: it comes after the network",
    ),
    **dict.fromkeys(
        ("cross_correlate2d", "convolve2d"), "for one image and one kernel, to teach with"
    ),
    "local_response_norm": "torch spells it out: mul, constant_pad_nd, avg_pool3d, pow and div",
    "blur_pool2d": "torch has none; networks write it as a pad and a convolution",
}  # fmt: skip
