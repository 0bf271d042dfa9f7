"""Still pictures of notebook 09."""

from course_lib.lessons.vanishing_gradients.figures.factors import show_chain, show_slope
from course_lib.lessons.vanishing_gradients.figures.measured import (
    show_cures,
    show_depths,
    show_flows,
    show_heat_maps,
    show_moved,
    show_norms,
)

__all__ = [
    "show_chain",
    "show_cures",
    "show_depths",
    "show_flows",
    "show_heat_maps",
    "show_moved",
    "show_norms",
    "show_slope",
]
