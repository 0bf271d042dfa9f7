"""Controls over a picture: what the sliders of every lesson are made of."""

from course_lib.widgets.explorer import Explorer

__all__ = ["Explorer"]
