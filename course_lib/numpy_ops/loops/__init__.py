"""Each formula written out as loops: slow, plain to see, and the oracle of the tests.

A file here has the name of the topic in `numpy_ops` whose formulas it spells out.
"""

from course_lib.exports import names_of
from course_lib.numpy_ops.loops.conv_transpose import *
from course_lib.numpy_ops.loops.convolution import *
from course_lib.numpy_ops.loops.correlation import *
from course_lib.numpy_ops.loops.losses import *
from course_lib.numpy_ops.loops.normalization import *
from course_lib.numpy_ops.loops.pooling import *
from course_lib.numpy_ops.loops.unfolding import *

__all__ = names_of(
    __name__,
    "convolution",
    "conv_transpose",
    "correlation",
    "unfolding",
    "pooling",
    "normalization",
    "losses",
)
