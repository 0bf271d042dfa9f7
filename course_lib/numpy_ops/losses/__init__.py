"""Losses in plain NumPy, forward beside backward.

Each backward returns one array, the gradient for the first input: targets and class weights are
data, nothing is learned through them.

twin: course_lib/torch_ops/losses.py   test: tests/parity/test_losses.py
checks: course_lib/contracts/losses.py
"""

from course_lib.exports import names_of
from course_lib.numpy_ops.losses.binary import *
from course_lib.numpy_ops.losses.classes import *
from course_lib.numpy_ops.losses.focal import *
from course_lib.numpy_ops.losses.squared import *

__all__ = names_of(__name__, "classes", "binary", "focal", "squared")
