"""Pictures of notebook 10."""

from course_lib.lessons.initialization.figures.sizes import (
    show_gradients,
    show_scale,
    show_sizes,
    show_sums,
    show_tanh,
    show_widths,
)
from course_lib.lessons.initialization.figures.trained import (
    show_depths,
    show_losses,
    show_sweep,
)

__all__ = [
    "show_depths",
    "show_gradients",
    "show_losses",
    "show_scale",
    "show_sizes",
    "show_sums",
    "show_sweep",
    "show_tanh",
    "show_widths",
]
