"""Activations as layers; each is the operation of the same name in `numpy_ops`."""

from course_lib import numpy_ops
from course_lib.numpy_nn.module import Operation


class ReLU(Operation):
    """Keep what is positive, element by element: max(0, x)."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.relu, numpy_ops.relu_backward)
