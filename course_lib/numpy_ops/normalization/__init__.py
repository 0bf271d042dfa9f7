"""Normalizations in plain NumPy, forward beside backward.

twin: course_lib/torch_ops/normalization.py   test: tests/parity/test_normalization.py
checks: course_lib/contracts/normalization.py   symbols: course_lib/shapes.py
"""

from course_lib.exports import names_of
from course_lib.numpy_ops.normalization.batch import *
from course_lib.numpy_ops.normalization.group import *
from course_lib.numpy_ops.normalization.layer import *
from course_lib.numpy_ops.normalization.local_response import *

__all__ = names_of(__name__, "batch", "group", "layer", "local_response")
