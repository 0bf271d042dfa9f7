"""Figures of the course, one look for all: `ax=None` in, axes out, `describe` at the end.

Every figure in a notebook ends with `plots.describe(ax, "alt text")`, which shows it once, with
words for readers who cannot see it.
"""

from course_lib.plots.architecture import show_architecture
from course_lib.plots.curves import show_curves
from course_lib.plots.display import describe, render_png
from course_lib.plots.images import (
    mark_window,
    show_image,
    show_kernel,
    show_map,
    show_numbers,
)
from course_lib.plots.numbers import number_text, numbers_on
from course_lib.plots.rivals import Rival, show_rivals
from course_lib.plots.rows import show_rows
from course_lib.plots.search import show_search
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

__all__ = [
    "GRADIENT",
    "INK",
    "INPUT",
    "KERNEL",
    "OKABE_ITO",
    "OUTPUT",
    "QUIET",
    "Rival",
    "course_style",
    "describe",
    "figure",
    "frame",
    "in_course_style",
    "mark_window",
    "number_text",
    "numbers_on",
    "render_png",
    "show_architecture",
    "show_curves",
    "show_image",
    "show_kernel",
    "show_map",
    "show_numbers",
    "show_rivals",
    "show_rows",
    "show_search",
]
