"""Normalizations in plain NumPy: the public home of all families.

twin: course_lib/torch_ops/normalization.py   test: tests/parity/test_normalization.py
checks: course_lib/contracts/normalization.py   symbols: course_lib/shapes.py
"""

from course_lib.numpy_ops._normalization_batch import batch_norm, batch_norm_backward
from course_lib.numpy_ops._normalization_group import (
    group_norm,
    group_norm_backward,
    instance_norm,
    instance_norm_backward,
)
from course_lib.numpy_ops._normalization_layer import layer_norm, layer_norm_backward
from course_lib.numpy_ops._normalization_local_response import (
    local_response_norm,
    local_response_norm_backward,
)

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "group_norm",
    "group_norm_backward",
    "instance_norm",
    "instance_norm_backward",
    "layer_norm",
    "layer_norm_backward",
    "local_response_norm",
    "local_response_norm_backward",
]
