"""The NumPy reference: every operation of the course, forward and backward, without torch.

`__all__` lists what has a PyTorch twin; the `<name>_loops` beside it spell the formulas out.
"""

from course_lib.numpy_ops.activations import (
    log_softmax,
    log_softmax_backward,
    relu,
    relu_backward,
    softmax,
    softmax_backward,
)
from course_lib.numpy_ops.convolution import conv2d, conv2d_backward
from course_lib.numpy_ops.initialization import (
    calculate_gain,
    fan_in_and_fan_out,
    he_normal,
    he_uniform,
    lecun_normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)
from course_lib.numpy_ops.linear import (
    flatten,
    flatten_backward,
    linear,
    linear_backward,
)
from course_lib.numpy_ops.loops.convolution import conv2d_loops as conv2d_loops
from course_lib.numpy_ops.loops.losses import cross_entropy_loops as cross_entropy_loops
from course_lib.numpy_ops.loops.pooling import max_pool2d_loops as max_pool2d_loops
from course_lib.numpy_ops.losses import cross_entropy, cross_entropy_backward
from course_lib.numpy_ops.pooling import max_pool2d, max_pool2d_backward

__all__ = [  # noqa: RUF022 (in the order of the course)
    # convolution
    "conv2d",
    "conv2d_backward",
    # pooling
    "max_pool2d",
    "max_pool2d_backward",
    # activations
    "relu",
    "relu_backward",
    "softmax",
    "softmax_backward",
    "log_softmax",
    "log_softmax_backward",
    # losses
    "cross_entropy",
    "cross_entropy_backward",
    # linear
    "linear",
    "linear_backward",
    "flatten",
    "flatten_backward",
    # initialization
    "fan_in_and_fan_out",
    "calculate_gain",
    "lecun_normal",
    "xavier_normal",
    "xavier_uniform",
    "he_normal",
    "he_uniform",
    "orthogonal",
]
