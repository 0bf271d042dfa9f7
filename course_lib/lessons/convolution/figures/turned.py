"""What the flip of a convolution makes of a patch."""

from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.plots.images import show_image
from course_lib.plots.style import figure, in_course_style


@in_course_style
def show_turned(patch: NDArray) -> Figure:
    """Draw a patch as it is and turned by 180 degrees, in gray levels from 0 to 255."""
    chart, axes = figure(columns=2, width=6, height=3)
    turned = patch[::-1, ::-1]
    pair = {"what we gave it": patch, "what it looked for": turned}
    for ax, (title, pixels) in zip(axes[0], pair.items(), strict=True):
        show_image(pixels / 255, title=title, role="kernel", ticks=False, ax=ax)
    return chart
