"""Where a patch of a photo is, and where a search finds it."""

from collections.abc import Mapping

from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.datasets.patches import Place
from course_lib.plots.images import mark_window, show_image
from course_lib.plots.style import INPUT, KERNEL, OKABE_ITO, figure, in_course_style

# The true place comes first, in blue; what was found after it.
LOOKS = ((INPUT, "-"), (OKABE_ITO["purple"], "--"), (KERNEL, ":"))


@in_course_style
def show_search(photo: NDArray, patch: NDArray, places: Mapping[str, Place]) -> Figure:
    """Draw a patch, and the photo with a labeled frame at each place.

    Parameters
    ----------
    photo : (H, W)
        Gray levels from 0 to 255.
    patch : (K_h, K_w)
        What is searched for, in gray levels.
    places : mapping of str to Place
        Upper left corners of the frames by their label; up to three, the true one first.

    Returns
    -------
    Figure
        Axes from left to right: patch, photo.
    """
    chart, axes = figure(columns=2, width=8.5, height=4.4, width_ratios=[1, 2.2])
    show_image(patch / 255, title="the piece", role="kernel", ticks=False, ax=axes[0, 0])
    ax = show_image(photo / 255, title="the photo", role="input", ticks=False, ax=axes[0, 1])
    height, width = patch.shape
    for (label, place), (color, line) in zip(places.items(), LOOKS, strict=False):
        mark_window(ax, row=place.row, column=place.column, height=height, width=width, color=color)
        ax.patches[-1].set(linestyle=line, linewidth=3.5)
        ax.annotate(
            label, (place.column, place.row + height), xytext=(0, -4), textcoords="offset points",
            va="top", color="white", fontsize=13, zorder=9,
            bbox={"facecolor": "#222222", "edgecolor": "none", "pad": 2},
        )  # fmt: skip
    return chart
