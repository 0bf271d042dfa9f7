"""Still pictures of notebook 02."""

from course_lib.lessons.convolution.figures.sliding_step import show_sliding_step
from course_lib.lessons.convolution.figures.turned import show_turned
from course_lib.lessons.convolution.figures.waves import (
    show_blur_of_waves,
    show_few_waves,
    show_waves,
)

__all__ = [
    "show_blur_of_waves",
    "show_few_waves",
    "show_sliding_step",
    "show_turned",
    "show_waves",
]
