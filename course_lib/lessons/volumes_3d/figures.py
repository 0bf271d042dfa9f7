"""Still pictures of notebook 26: clips cut three ways, slices with marks, clouds, memory."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.volumes_3d.experiments import SPACE
from course_lib.plots.style import INPUT, KERNEL, OKABE_ITO, QUIET, axes_or_new

NODULE, VESSEL = OKABE_ITO["red"], OKABE_ITO["sky"]


@plots.in_course_style
def show_clips(clips: Mapping[str, NDArray]) -> Figure:
    """Draw clips frame by frame, a row a clip.

    Parameters
    ----------
    clips : mapping of str to (T, H, W)
        By the text at their left; gray levels from 0 to 1.

    Returns
    -------
    Figure
        Axes a frame, its number above the first row.

    Examples
    --------
    >>> chart = show_clips({"a": np.zeros((3, 4, 4))})
    >>> [ax.get_title() for ax in chart.axes]
    ['frame 0', 'frame 1', 'frame 2']
    """
    frames = max(len(clip) for clip in clips.values())
    height = 0.5 + 9.0 / frames * len(clips)
    chart, axes = plots.figure(rows=len(clips), columns=frames, width=9.0, height=min(height, 4.9))
    for row, (name, clip) in enumerate(clips.items()):
        for number, frame in enumerate(clip):
            title = f"frame {number}" if row == 0 else ""
            plots.show_image(frame, title=title, role="input", ticks=False, ax=axes[row, number])
        axes[row, 0].set_ylabel(name)
    return chart


@plots.in_course_style
def show_cuts(clips: Mapping[str, NDArray], *, frame: int, row: int, column: int) -> Figure:
    """Draw blocks of frames cut three ways: one frame, one row and one column over time.

    Parameters
    ----------
    clips : mapping of str to (T, H, W)
        By the text at their left; gray levels from 0 to 1.
    frame, row, column : int
        Where each cut goes through.

    Returns
    -------
    Figure
        Three axes a clip; in the second and third, time runs down.

    Examples
    --------
    >>> chart = show_cuts({"a": np.zeros((3, 4, 5))}, frame=0, row=1, column=2)
    >>> [ax.images[0].get_array().shape for ax in chart.axes]
    [(4, 5), (3, 5), (3, 4)]
    """
    height = min(2.4 * len(clips) + 0.3, 4.9)
    chart, axes = plots.figure(rows=len(clips), columns=3, width=9.0, height=height)
    for line, (name, clip) in enumerate(clips.items()):
        cuts = (
            (f"frame {frame}", clip[frame], "column (pixels)", "row (pixels)"),
            (f"row {row} over time", clip[:, row], "column (pixels)", "frame"),
            (f"column {column} over time", clip[:, :, column], "row (pixels)", "frame"),
        )
        for ax, (title, cut, x_label, y_label) in zip(axes[line], cuts, strict=True):
            last = line == len(clips) - 1
            plots.show_image(cut, title="" if line else title, role="input", ax=ax)
            ax.set(xlabel=x_label if last else "", ylabel=y_label)
        axes[line, 0].set_ylabel(f"{name}\nrow (pixels)")
    return chart


@plots.in_course_style
def show_slices(
    volume: NDArray,
    tissue: NDArray,
    numbers: Sequence[int],
    *,
    marks: Mapping[str, NDArray] | None = None,
) -> Figure:
    """Draw slices of a volume; below, what the voxels are and what networks mark as nodules.

    Parameters
    ----------
    volume : (D, H, W)
        Gray levels from 0 to 1.
    tissue : (D, H, W)
        1 where there is a vessel, 2 where there is a nodule.
    numbers : sequence of int
        Which slices.
    marks : mapping of str to (D, H, W) of bool, default=None
        By the text at the left of their row; None draws the volume and the truth alone.

    Returns
    -------
    Figure
        A column a slice. Nodules and marks are red, vessels blue.

    Examples
    --------
    >>> chart = show_slices(np.zeros((4, 5, 5)), np.zeros((4, 5, 5), int), (0, 2))
    >>> [ax.get_title() for ax in chart.axes]
    ['slice 0', 'slice 2', '', '']
    """
    rows = {"truth": tissue} | {name: 2 * marked for name, marked in (marks or {}).items()}
    rows = rows if marks is None else {name: rows[name] for name in (*marks, "truth")}
    count = len(rows) + 1
    chart, axes = plots.figure(
        rows=count, columns=len(numbers), width=9.0, height=min(0.4 + 1.35 * count, 4.9)
    )
    for place, number in enumerate(numbers):
        title = f"slice {number}"
        plots.show_image(volume[number], title=title, role="input", ticks=False, ax=axes[0, place])
        for line, labels in enumerate(rows.values(), 1):
            ax = axes[line, place]
            plots.show_image(_colored(labels[number]), role="output", ticks=False, ax=ax)
    for line, name in enumerate(("volume", *rows)):
        axes[line, 0].set_ylabel(name, rotation=0, ha="right", va="center")
    return chart


def _colored(labels: NDArray) -> NDArray:
    """Paint vessels blue and nodules red: (3, H, W)."""
    colors = np.ones((*labels.shape, 3))
    for label, color in ((1, VESSEL), (2, NODULE)):
        colors[labels == label] = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return colors.transpose(2, 0, 1)


@plots.in_course_style
def show_clouds(points: Mapping[str, NDArray], grids: Mapping[str, NDArray]) -> Figure:
    """Draw clouds of points from the side, and below each the middle slice of its voxels.

    Parameters
    ----------
    points : mapping of str to (P, 3)
        By name: x, y, z from 0 to below 1.
    grids : mapping of str to (D, H, W)
        Their voxels, by the same names.

    Returns
    -------
    Figure
        Two axes a cloud. Points are lighter the larger their y.

    Examples
    --------
    >>> chart = show_clouds({"a": np.zeros((2, 3))}, {"a": np.zeros((4, 4, 4))})
    >>> [ax.get_title() for ax in chart.axes]
    ['a', 'slice 2 of 4']
    """
    chart, axes = plots.figure(rows=2, columns=len(points), width=9.0, height=4.9)
    for (above, below), (name, cloud) in zip(axes.T, points.items(), strict=True):
        shade = cloud[:, 1]
        above.scatter(cloud[:, 0], cloud[:, 2], c=shade, cmap="Blues_r", vmin=0, vmax=1.4, s=9)
        above.set(title=name, aspect="equal", xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        above.set(xlabel="x (sides)", ylabel="z (sides)" if above is axes[0, 0] else "")
        plots.frame(above, INPUT)
        depth = len(grids[name])
        title = f"slice {depth // 2} of {depth}"
        plots.show_image(grids[name][depth // 2], title=title, role="input", ticks=False, ax=below)
    return chart


@plots.in_course_style
def show_memory(sides: Sequence[int], flat: NDArray, deep: NDArray) -> Axes:
    """Draw what training keeps of one square image and of one cube, by the side.

    Parameters
    ----------
    sides : sequence of int
        Pixels or voxels.
    flat, deep : (len(sides),)
        Bytes, of the image and of the cube.

    Returns
    -------
    Axes
        Both axes logarithmic; a line stands at 8 GB.

    Examples
    --------
    >>> ax = show_memory((8, 16), np.array([1e3, 4e3]), np.array([1e4, 8e4]))
    >>> [text.get_text() for text in ax.texts]
    ['image', 'volume', '8 GB']
    """
    ax = axes_or_new(None, width=8.5, height=4.3)
    for name, values, color, marker in (
        ("image", flat, INPUT, "o"), ("volume", deep, KERNEL, "s"),
    ):  # fmt: skip
        ax.plot(sides, values / 1e9, marker=marker, color=color, linestyle="-")
        ax.text(sides[-1] * 1.06, values[-1] / 1e9, name, va="center", color="black")
    ax.axhline(SPACE / 1e9, color=QUIET, linestyle=":", lw=2)
    ax.text(sides[0], SPACE / 1e9 * 1.3, "8 GB", va="bottom")
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(sides, [str(side) for side in sides])
    ax.set(xlabel="side (pixels or voxels)", ylabel="kept for the way back (GB)")
    ax.set_xlim(right=sides[-1] * 1.6)
    ax.grid(True)
    return ax


@plots.in_course_style
def show_explorer(clip: NDArray, kernel: NDArray, output: NDArray) -> Figure:
    """Draw the still of the live figure: a clip of 5 frames, a kernel of 3 slices, 3 outputs.

    Parameters
    ----------
    clip : (5, H, W)
        Numbers of the input.
    kernel : (3, K, K)
        Weights.
    output : (3, H - K + 1, W - K + 1)
        What the kernel gives.

    Returns
    -------
    Figure
        Two rows: frames above; slices of the kernel, then frames of the output below.

    Examples
    --------
    >>> ones = np.ones((5, 5, 5))
    >>> len(show_explorer(ones, np.ones((3, 3, 3)), np.ones((3, 3, 3))).axes)
    11
    """
    chart, _ = plots.figure(width=9.0, height=4.2)
    chart.clear()
    rows = chart.add_gridspec(2, 1, height_ratios=(5, 3))
    above, below = rows[0].subgridspec(1, 5), rows[1].subgridspec(1, 6)
    for number, frame in enumerate(clip):
        ax = chart.add_subplot(above[number])
        plots.show_numbers(frame, title=f"frame {number}", role="input", text_size=11, ax=ax)
    for number in range(3):
        ax = chart.add_subplot(below[number])
        plots.show_kernel(kernel[number], title=f"kernel {number}", text_size=11, ax=ax)
        ax = chart.add_subplot(below[3 + number])
        plots.show_numbers(output[number], title=f"output {number}", role="output", signed=True,
                           limit=float(np.abs(output).max()), text_size=11, ax=ax)  # fmt: skip
    return chart
