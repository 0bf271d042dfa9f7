"""Figures of notebook 01: what layers cost, how alike pixels are, who reads shuffled digits."""

from course_lib.lessons.images_and_cnns.figures.costs import show_layer_costs
from course_lib.lessons.images_and_cnns.figures.digits import (
    show_arrangements,
    show_readers,
    show_tiles,
)
from course_lib.lessons.images_and_cnns.figures.pixels import show_alike, show_pairs, show_sum

__all__ = [
    "show_alike",
    "show_arrangements",
    "show_layer_costs",
    "show_pairs",
    "show_readers",
    "show_sum",
    "show_tiles",
]
