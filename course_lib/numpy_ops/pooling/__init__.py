"""Pooling in plain NumPy, forward beside backward.

twin: course_lib/torch_ops/pooling   test: tests/parity/test_pooling.py
symbols: course_lib/shapes.py
"""

from course_lib.exports import names_of
from course_lib.numpy_ops.pooling.average import *
from course_lib.numpy_ops.pooling.blur import *
from course_lib.numpy_ops.pooling.max import *
from course_lib.numpy_ops.pooling.whole import *

__all__ = names_of(__name__, "max", "average", "whole", "blur")
