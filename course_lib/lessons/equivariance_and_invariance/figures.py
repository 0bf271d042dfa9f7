"""One image and its shifted copy on their way through a small network."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.analysis.equivariance import shift_image
from course_lib.lessons.equivariance_and_invariance.experiments import (
    FACTOR,
    moved_along,
    shift_maps,
)
from course_lib.plots.images import show_image
from course_lib.plots.style import INK, OUTPUT, QUIET, frame, in_course_style

WIDTH, HEIGHT = 9.0, 4.7  # in units of 100 displayed pixels
SIDE = 1.72


@in_course_style
def show_shift(image: NDArray, *, down: int, right: int, halving: str = "max pooling") -> Figure:
    """Draw what convolution, pooling and a dense layer make of a shifted image.

    Above: the shifted image and the output of each layer. Below: what is left of each map after
    subtracting the map of the unshifted image, moved along as far as it should have moved.

    Parameters
    ----------
    image : (H, W)
        Gray levels from 0 to 1; H and W are multiples of 4. Shifts wrap around.
    down, right : int
        The shift, in pixels.
    halving : {"stride", "max pooling", "average pooling", "blur pooling"}
        How the map is halved, twice; see `experiments.shift_maps`.

    Returns
    -------
    Figure
        Axes, above: image, convolution, small map, scores; below: unshifted image, two
        differences, change of the scores; last the color bar.

    Raises
    ------
    ValueError
        As `shift_maps`.

    Examples
    --------
    >>> chart = show_shift(np.eye(8), down=0, right=4)
    >>> [ax.get_title() for ax in chart.axes[5:7]]
    ['difference 0 %', 'difference 0 %']
    """
    before = shift_maps(image, halving=halving)
    shifted = shift_image(image, (down, right))
    after = shift_maps(shifted, halving=halving)
    shifts = {"shift": (down, right)}
    expected = [
        moved_along(before.conv, after.conv, stride=1, **shifts),
        moved_along(before.small, after.small, stride=FACTOR, **shifts),
    ]
    chart = plt.figure(figsize=(WIDTH, HEIGHT), layout="none")
    top, bottom = ([_axes_at(chart, column, y) for column in range(4)] for y in (2.62, 0.42))
    show_image(shifted, title="shifted input", role="input", ticks=False, ax=top[0])
    show_image(image, title="input", role="input", ticks=False, ax=bottom[0])
    _draw_maps(chart, top[1:3], bottom[1:3], (after.conv, after.small), expected, halving)
    _draw_scores(top[3], bottom[3], before.scores, after.scores)
    return chart


def relative_change(values: NDArray, expected: NDArray) -> float:
    """Measure ||values - expected|| / ||expected||."""
    return float(np.linalg.norm(values - expected) / (np.linalg.norm(expected) or 1.0))


def _axes_at(chart: Figure, column: int, bottom: float) -> Axes:
    left = (0.12, 2.02, 3.92, 7.08)[column]
    return chart.add_axes((left / WIDTH, bottom / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT))


def _draw_maps(
    chart: Figure,
    top: list[Axes],
    bottom: list[Axes],
    maps: tuple[NDArray, NDArray],
    expected: list[NDArray],
    halving: str,
) -> None:
    high = max(float(values.max()) for values in (*maps, *expected)) or 1.0
    scale = {"cmap": "RdBu_r", "vmin": -high, "vmax": high}
    titles = ("convolution", f"{halving} ×2")
    for above, below, values, wanted, title in zip(
        top, bottom, maps, expected, titles, strict=True
    ):
        above.imshow(values, **scale)
        above.set_title(title)
        below.imshow(values - wanted, **scale)
        below.set_title(f"difference {100 * relative_change(values, wanted):.0f} %")
        for ax in (above, below):
            ax.set(xticks=[], yticks=[])
            frame(ax, OUTPUT)
    place = chart.add_axes((5.75 / WIDTH, 0.6 / HEIGHT, 0.12 / WIDTH, 3.55 / HEIGHT))
    colors = ScalarMappable(Normalize(-high, high), cmap="RdBu_r")
    chart.colorbar(colors, cax=place, label="response (gray levels)")


def _draw_scores(top: Axes, bottom: Axes, before: NDArray, after: NDArray) -> None:
    classes = np.arange(len(before))
    high = 1.1 * max(np.abs(before).max(), np.abs(after).max(), 1e-9)
    for ax, values in ((top, after), (bottom, after - before)):
        ax.bar(classes, values, color=OUTPUT)
        ax.axhline(0, color=INK, linewidth=1)
        ax.set(xticks=[], ylim=(-high, high))
    top.plot(classes, before, linestyle="", marker="_", markersize=11, color=QUIET, mew=3)
    top.set(title="dense scores")
    bottom.set(title=f"change {100 * relative_change(after, before):.0f} %", xlabel="score 0 to 9")
