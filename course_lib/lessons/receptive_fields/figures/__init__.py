"""Still pictures of notebook 05."""

from course_lib.lessons.receptive_fields.figures.cones import (
    show_field_cone,
    show_growing_cones,
    show_ways,
)
from course_lib.lessons.receptive_fields.figures.measured import (
    show_readers,
    show_shares,
    show_spreads,
    show_two_digits,
)
from course_lib.lessons.receptive_fields.figures.photos import (
    field_box,
    show_field,
    show_fields,
    units_over,
)

__all__ = [
    "field_box",
    "show_field",
    "show_field_cone",
    "show_fields",
    "show_growing_cones",
    "show_readers",
    "show_shares",
    "show_spreads",
    "show_two_digits",
    "show_ways",
    "units_over",
]
