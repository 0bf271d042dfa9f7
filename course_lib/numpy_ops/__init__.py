"""The NumPy reference: every operation of the course, forward and backward, without torch.

`__all__` lists what has a PyTorch twin; the `<name>_loops` beside it spell the formulas out.
"""

from course_lib.contracts import TOPICS
from course_lib.exports import names_of
from course_lib.numpy_ops.activations import *
from course_lib.numpy_ops.conv_transpose import *
from course_lib.numpy_ops.convolution import *
from course_lib.numpy_ops.correlation import *
from course_lib.numpy_ops.initialization import *
from course_lib.numpy_ops.linear import *
from course_lib.numpy_ops.loops import *
from course_lib.numpy_ops.losses import *
from course_lib.numpy_ops.normalization import *
from course_lib.numpy_ops.pooling import *
from course_lib.numpy_ops.regularization import *
from course_lib.numpy_ops.reused_memory import keep_freed_memory
from course_lib.numpy_ops.unfolding import *
from course_lib.threads import keep_blas_to_one_thread

__all__ = names_of(__name__, *TOPICS)

keep_freed_memory()
keep_blas_to_one_thread()
