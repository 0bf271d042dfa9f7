"""Activations in plain NumPy: the public home of all families.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
taught in: notebooks/14_activations.ipynb   symbols: course_lib/shapes.py
"""

from course_lib.numpy_ops.activation_families.rectifiers import relu, relu_backward
from course_lib.numpy_ops.activation_families.softmax import (
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)

__all__ = [
    "log_softmax",
    "log_softmax_backward",
    "relu",
    "relu_backward",
    "softmax",
    "softmax_backward",
]
