"""Sliders over the figures of `course_lib.plots`; each has a still figure beside it."""

from course_lib.widgets.convolution import sliding_kernel
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.im2col import im2col_explorer
from course_lib.widgets.kernels import kernel_editor, output_size_explorer
from course_lib.widgets.parameters import parameter_calculator
from course_lib.widgets.receptive_field import field_explorer
from course_lib.widgets.shift import shift_explorer
from course_lib.widgets.training import learning_curves

__all__ = [
    "Explorer",
    "field_explorer",
    "im2col_explorer",
    "kernel_editor",
    "learning_curves",
    "output_size_explorer",
    "parameter_calculator",
    "shift_explorer",
    "sliding_kernel",
]
