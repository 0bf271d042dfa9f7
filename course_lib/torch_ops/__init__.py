"""The PyTorch twins: same files, names and signatures as `course_lib.numpy_ops`."""

from course_lib.torch_ops.activations import (
    log_softmax,
    log_softmax_backward,
    relu,
    relu_backward,
    softmax,
    softmax_backward,
)
from course_lib.torch_ops.convolution import conv2d, conv2d_backward
from course_lib.torch_ops.initialization import (
    calculate_gain,
    fan_in_and_fan_out,
    he_normal,
    he_uniform,
    lecun_normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)
from course_lib.torch_ops.linear import (
    flatten,
    flatten_backward,
    linear,
    linear_backward,
)
from course_lib.torch_ops.losses import cross_entropy, cross_entropy_backward
from course_lib.torch_ops.pooling import max_pool2d, max_pool2d_backward

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
