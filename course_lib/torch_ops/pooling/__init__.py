"""Pooling in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/pooling (its docstrings hold for this folder too)
"""

from course_lib.exports import names_of
from course_lib.torch_ops.pooling.average import *
from course_lib.torch_ops.pooling.blur import *
from course_lib.torch_ops.pooling.max import *
from course_lib.torch_ops.pooling.whole import *

__all__ = names_of(__name__, "max", "average", "whole", "blur")
