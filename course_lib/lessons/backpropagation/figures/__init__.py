"""Still pictures of notebook 08."""

from course_lib.lessons.backpropagation.figures.graph import GraphNumbers, graph_numbers, show_graph
from course_lib.lessons.backpropagation.figures.layers import (
    show_first_delta,
    show_sending_back,
    show_shapes,
)
from course_lib.lessons.backpropagation.figures.measured import (
    show_learning,
    show_slips,
)

__all__ = [
    "GraphNumbers",
    "graph_numbers",
    "show_first_delta",
    "show_graph",
    "show_learning",
    "show_sending_back",
    "show_shapes",
    "show_slips",
]
