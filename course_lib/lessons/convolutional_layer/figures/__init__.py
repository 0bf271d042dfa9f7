"""Still pictures of notebook 04."""

from course_lib.lessons.convolutional_layer.figures.backward import (
    show_one_slope,
    show_spread,
    show_tap,
)
from course_lib.lessons.convolutional_layer.figures.im2col import show_im2col_step
from course_lib.lessons.convolutional_layer.figures.layer import (
    show_checkerboard,
    show_matrix,
    show_responses,
    show_stamps,
    show_sums,
    show_who_sees_whom,
)
from course_lib.lessons.convolutional_layer.figures.measured import show_losses, show_speeds

__all__ = [
    "show_checkerboard",
    "show_im2col_step",
    "show_losses",
    "show_matrix",
    "show_one_slope",
    "show_responses",
    "show_speeds",
    "show_spread",
    "show_stamps",
    "show_sums",
    "show_tap",
    "show_who_sees_whom",
]
