"""Figures of the course, one look for all: `ax=None` in, axes out, `describe` at the end.

Every figure in a notebook ends with `plots.describe(ax, "alt text")`, which shows it once, with
words for readers who cannot see it.
"""

from course_lib.plots.curves import emphasise, show_arrow, show_curves, show_text
from course_lib.plots.im2col import show_im2col_step
from course_lib.plots.images import (
    mark_window,
    show_image,
    show_kernel,
    show_map,
    show_numbers,
)
from course_lib.plots.kernels import show_output_size, show_response
from course_lib.plots.numbers import number_text, numbers_on
from course_lib.plots.parameters import show_layer_costs
from course_lib.plots.publish import describe, render_png
from course_lib.plots.receptive_field import show_field, show_field_cone
from course_lib.plots.shift import show_shift
from course_lib.plots.sliding import show_sliding_step
from course_lib.plots.style import (
    GRADIENT,
    INK,
    INPUT,
    KERNEL,
    OKABE_ITO,
    OUTPUT,
    QUIET,
    course_style,
    figure,
    frame,
    in_course_style,
)
from course_lib.plots.training import show_confusion, show_paths

__all__ = [
    "GRADIENT",
    "INK",
    "INPUT",
    "KERNEL",
    "OKABE_ITO",
    "OUTPUT",
    "QUIET",
    "course_style",
    "describe",
    "emphasise",
    "figure",
    "frame",
    "in_course_style",
    "mark_window",
    "number_text",
    "numbers_on",
    "render_png",
    "show_arrow",
    "show_confusion",
    "show_curves",
    "show_field",
    "show_field_cone",
    "show_im2col_step",
    "show_image",
    "show_kernel",
    "show_layer_costs",
    "show_map",
    "show_numbers",
    "show_output_size",
    "show_paths",
    "show_response",
    "show_shift",
    "show_sliding_step",
    "show_text",
]
