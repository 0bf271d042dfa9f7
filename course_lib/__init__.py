"""The package behind the course: every operation of a CNN, twice, and held to each other.

`course_lib.numpy_ops` is the reference one can read, `course_lib.torch_ops` its PyTorch twin.
Importing `course_lib` alone loads nothing heavy.
"""

from course_lib.threads import get_num_threads, set_num_threads

__all__ = ["__version__", "get_num_threads", "set_num_threads"]

__version__ = "0.1.0"
