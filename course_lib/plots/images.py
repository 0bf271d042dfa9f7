"""Images, signed maps and small grids of numbers."""

import matplotlib.patches as patches
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from course_lib.checks import require_choice
from course_lib.errors import InvalidValue
from course_lib.plots.numbers import write_numbers
from course_lib.plots.style import INK, ROLE_COLORS, axes_or_new, frame, in_course_style


@in_course_style
def show_image(
    image: NDArray,
    *,
    title: str = "",
    role: str | None = None,
    ticks: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw an image as it is: gray from 0 (black) to 1 (white), or color.

    Parameters
    ----------
    image : (H, W) or (1, H, W) or (3, H, W)
        Values from 0 to 1, or uint8 from 0 to 255; channels first.
    title : str, default=""
        Text above the image.
    role : {"input", "kernel", "output", "gradient"}, default=None
        Frames the image in the color of its role.
    ticks : bool, default=True
        With False, no pixel numbers and no axis labels.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If the shape is none of these, or values are outside the range.

    Examples
    --------
    >>> ax = show_image(np.eye(3), title="a diagonal", role="input")
    >>> ax.get_title()
    'a diagonal'
    """
    pixels, top = _as_pixels(image)
    ax = axes_or_new(ax)
    ax.imshow(pixels, cmap="gray", vmin=0, vmax=top)
    _finish(ax, title=title, role=role, ticks=ticks)
    return ax


@in_course_style
def show_map(
    values: NDArray,
    *,
    unit: str,
    title: str = "",
    signed: bool = True,
    limit: float | None = None,
    role: str | None = None,
    ticks: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw a map of numbers with a color bar.

    Parameters
    ----------
    values : (H, W)
        The numbers.
    unit : str
        What the numbers are, for the color bar: "response (gray levels)".
    title : str, default=""
        Text above the map.
    signed : bool, default=True
        Blue below zero, white at zero, red above it. With False: viridis, from 0 upwards.
    limit : float, default=None
        Largest absolute value of the colors; None takes it from `values`. Give the same to
        maps that will be compared.
    role, ticks, ax
        As for `show_image`.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `values` is not (H, W).

    Examples
    --------
    >>> ax = show_map(np.array([[-1.0, 2.0]]), unit="response (gray levels)")
    >>> ax.images[0].get_clim()
    (-2.0, 2.0)
    """
    _require_map("show_map", values)
    ax = axes_or_new(ax)
    high = limit or float(np.abs(values).max(initial=0.0)) or 1.0
    shown = ax.imshow(
        values, cmap="RdBu_r" if signed else "viridis", vmin=-high if signed else 0, vmax=high
    )
    bar = ax.figure.colorbar(shown, ax=ax, shrink=0.8, label=unit)
    bar.locator = MaxNLocator(nbins=5)
    bar.update_ticks()
    _finish(ax, title=title, role=role, ticks=ticks)
    return ax


@in_course_style
def show_numbers(
    values: NDArray,
    *,
    title: str = "",
    role: str | None = None,
    signed: bool = False,
    limit: float | None = None,
    digits: int | None = None,
    hidden: NDArray | None = None,
    text_size: float = 16,
    ax: Axes | None = None,
) -> Axes:
    """Draw a small array as a grid of cells with the number written in each.

    Parameters
    ----------
    values : (H, W) or (L,)
        The numbers; one axis is drawn as one row.
    title : str, default=""
        Text above the grid.
    role : {"input", "kernel", "output", "gradient"}, default=None
        Frames the grid in the color of its role.
    signed : bool, default=False
        Colors the cells blue below zero and red above it; with False they are gray levels,
        the largest value white.
    limit : float, default=None
        Largest absolute value of the colors; None takes it from `values`.
    digits : int, default=None
        Digits after the point; None writes as many as the numbers need, at most two.
    hidden : (H, W) of bool, default=None
        Cells to leave empty: not computed yet.
    text_size : float, default=16
        Size of the numbers, in points; 0 writes none.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `values` has other axes.

    Examples
    --------
    >>> from course_lib.plots import numbers_on
    >>> ax = show_numbers(np.array([1.0, 0.0, -1.0]), title="kernel", role="kernel")
    >>> numbers_on(ax)
    ['1', '0', '−1']
    """
    grid = np.asarray(values)[None] if np.ndim(values) == 1 else np.asarray(values)
    _require_map("show_numbers", grid)
    hidden = np.zeros(grid.shape, bool) if hidden is None else hidden.reshape(grid.shape)
    ax = axes_or_new(ax)
    colors = _cell_colors(grid, signed=signed, limit=limit)
    colors[hidden] = 1.0
    ax.imshow(colors)
    write_numbers(ax, grid, digits=digits, hidden=hidden, colors=colors, size=text_size)
    _cell_borders(ax, grid.shape)
    _finish(ax, title=title, role=role, ticks=False)
    return ax


@in_course_style
def show_kernel(
    kernel: NDArray,
    *,
    title: str = "kernel",
    digits: int | None = None,
    text_size: float = 16,
    ax: Axes | None = None,
) -> Axes:
    """Draw a kernel (K_h, K_w) or (K,) as signed cells with numbers, in the kernel's frame.

    Examples
    --------
    >>> ax = show_kernel(np.array([[-1.0, 1.0]]))
    >>> ax.get_title()
    'kernel'
    """
    return show_numbers(
        kernel, title=title, role="kernel", signed=True, digits=digits, text_size=text_size, ax=ax
    )


def mark_window(
    ax: Axes, *, row: float, column: float, height: int, width: int, color: str, line: float = 4.0
) -> Axes:
    """Outline the `height` x `width` cells whose first one is (`row`, `column`)."""
    box = patches.Rectangle(
        (column - 0.5, row - 0.5),
        width,
        height,
        fill=False,
        edgecolor=color,
        linewidth=line,
        zorder=5,
        clip_on=False,
    )
    ax.add_patch(box)
    return ax


def _as_pixels(image: NDArray) -> tuple[NDArray, int]:
    """Return the image as imshow wants it, and the value that is white."""
    image = np.asarray(image)
    planes = image[0] if image.ndim == 3 and image.shape[0] == 1 else image
    if not (planes.ndim == 2 or (planes.ndim == 3 and planes.shape[0] == 3)):
        raise InvalidValue(
            "show_image", received=f"image with shape {image.shape}",
            needed="image (H, W), (1, H, W) or (3, H, W)",
            fix="pick one image, channels first")  # fmt: skip
    top = 255 if image.dtype == np.uint8 else 1
    if image.size and not (image.min() >= 0 and image.max() <= top):
        raise InvalidValue(
            "show_image", received=f"values from {image.min():.3g} to {image.max():.3g}",
            needed=f"values from 0 to {top}",
            fix="scale the image, or draw numbers of any size with show_map")  # fmt: skip
    return (planes if planes.ndim == 2 else planes.transpose(1, 2, 0)), top


def _require_map(operation: str, values: NDArray) -> None:
    if np.ndim(values) != 2 or 0 in np.shape(values):
        raise InvalidValue(
            operation, received=f"values with shape {np.shape(values)}",
            needed="values (H, W) with at least one number",
            fix="pick one map, for example y[0, 0]")  # fmt: skip


def _cell_colors(grid: NDArray, *, signed: bool, limit: float | None) -> NDArray:
    """Give each cell an RGB color, pale enough for a number on top."""
    high = limit or float(np.abs(grid).max()) or 1.0
    if signed:
        # The dark ends of the color map are left out, where no number could be read.
        return colormaps["RdBu_r"](Normalize(-1.8 * high, 1.8 * high)(grid))[..., :3]
    return np.repeat(np.clip(grid / high, 0, 1)[..., None] * 0.75 + 0.25, 3, axis=2)


def _cell_borders(ax: Axes, shape: tuple[int, int]) -> None:
    height, width = shape
    look = {"color": "#BBBBBB", "linewidth": 1, "linestyle": "-"}
    ax.hlines(np.arange(height - 1) + 0.5, -0.5, width - 0.5, **look)
    ax.vlines(np.arange(width - 1) + 0.5, -0.5, height - 0.5, **look)


def _finish(ax: Axes, *, title: str, role: str | None, ticks: bool) -> None:
    ax.set_title(title)
    if role is not None:
        require_choice("plots", "role", role, ROLE_COLORS)
    if ticks:
        ax.set(xlabel="column (pixels)", ylabel="row (pixels)")
        ax.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    else:
        ax.set(xticks=[], yticks=[])
    ax.tick_params(labelsize=12)
    frame(ax, INK if role is None else ROLE_COLORS[role], width=1.0 if role is None else 3.5)
