"""The PyTorch twins: same files, names and signatures as `course_lib.numpy_ops`."""

from course_lib.contracts import TOPICS
from course_lib.exports import names_of
from course_lib.torch_ops.activations import *
from course_lib.torch_ops.conv_transpose import *
from course_lib.torch_ops.convolution import *
from course_lib.torch_ops.correlation import *
from course_lib.torch_ops.initialization import *
from course_lib.torch_ops.linear import *
from course_lib.torch_ops.losses import *
from course_lib.torch_ops.normalization import *
from course_lib.torch_ops.pooling import *
from course_lib.torch_ops.regularization import *
from course_lib.torch_ops.unfolding import *

__all__ = names_of(__name__, *TOPICS)
