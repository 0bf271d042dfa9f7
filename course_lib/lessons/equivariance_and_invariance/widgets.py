"""The widget of the notebook on equivariance."""

import ipywidgets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.analysis.equivariance import shift_image
from course_lib.lessons.equivariance_and_invariance.experiments import (
    FACTOR,
    HALVINGS,
    moved_along,
    shift_maps,
)
from course_lib.lessons.equivariance_and_invariance.figures import relative_change, show_shift
from course_lib.widgets.explorer import Explorer

LARGEST_SHIFT = 8  # pixels: two whole pixels of the small map


def shift_explorer(image: NDArray) -> Explorer:
    """Shift an image and watch whether the maps move along.

    Parameters
    ----------
    image : (H, W)
        Gray levels from 0 to 1; H and W are multiples of 4, at least 8.

    Returns
    -------
    Explorer
        Controls: `right` and `down`, in pixels, and `halving`, how the map gets smaller.

    Raises
    ------
    ValueError
        As `figures.show_shift`.

    Examples
    --------
    >>> import numpy as np
    >>> watch = shift_explorer(np.eye(16))
    >>> watch.controls["right"].value = 4
    >>> watch
    Widget with sliders; it needs a running kernel. Now: 4 pixels right, 0 down, max pooling: the
    convolution differs from its moved map by 0 %, the small map by 0 %; the scores change
    by 84 %.
    """

    def draw(right: int, down: int, halving: str) -> Figure:
        return show_shift(image, down=down, right=right, halving=halving)

    def describe(right: int, down: int, halving: str) -> str:
        shift = (down, right)
        before = shift_maps(image, halving=halving)
        after = shift_maps(shift_image(image, shift), halving=halving)
        conv, small = (
            relative_change(new, moved_along(old, new, shift=shift, stride=stride))
            for old, new, stride in (
                (before.conv, after.conv, 1),
                (before.small, after.small, FACTOR),
            )
        )
        scores = relative_change(after.scores, before.scores)
        return (
            f"{right} pixels right, {down} down, {halving}: the convolution differs from its "
            f"moved map by {100 * conv:.0f} %, the small map by {100 * small:.0f} %; the scores "
            f"change by {100 * scores:.0f} %."
        )

    slider = ipywidgets.IntSlider
    controls = {
        "right": slider(0, 0, LARGEST_SHIFT, description="right"),
        "down": slider(0, 0, LARGEST_SHIFT, description="down"),
        "halving": ipywidgets.Dropdown(
            options=list(HALVINGS), value="max pooling", description="halving"
        ),
    }
    return Explorer(controls, draw, describe)
