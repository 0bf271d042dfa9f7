"""The NumPy reference: every operation of the course, forward and backward, without torch.

`__all__` lists what has a PyTorch twin; the `<name>_loops` beside it spell the formulas out.
"""

from course_lib.numpy_ops.convolution import conv2d, conv2d_backward
from course_lib.numpy_ops.loops.convolution import conv2d_loops as conv2d_loops
from course_lib.numpy_ops.loops.losses import cross_entropy_loops as cross_entropy_loops
from course_lib.numpy_ops.loops.pooling import max_pool2d_loops as max_pool2d_loops
from course_lib.numpy_ops.losses import cross_entropy, cross_entropy_backward
from course_lib.numpy_ops.pooling import max_pool2d, max_pool2d_backward

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
