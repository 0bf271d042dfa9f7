"""Sliders over the figures of `course_lib.plots`; each has a still figure beside it."""

from course_lib.widgets.convolution import sliding_kernel
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.im2col import im2col_explorer
from course_lib.widgets.parameters import parameter_calculator
from course_lib.widgets.shift import shift_explorer
from course_lib.widgets.training import learning_curves

__all__ = [
    "Explorer",
    "im2col_explorer",
    "learning_curves",
    "parameter_calculator",
    "shift_explorer",
    "sliding_kernel",
]
