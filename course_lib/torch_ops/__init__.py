"""The PyTorch twins: same files, names and signatures as `course_lib.numpy_ops`."""

from course_lib.torch_ops.convolution import conv2d, conv2d_backward
from course_lib.torch_ops.losses import cross_entropy, cross_entropy_backward
from course_lib.torch_ops.pooling import max_pool2d, max_pool2d_backward

__all__ = [
    # convolution
    "conv2d",
    "conv2d_backward",
    # pooling
    "max_pool2d",
    "max_pool2d_backward",
    # losses
    "cross_entropy",
    "cross_entropy_backward",
]
