"""Waves: what a kernel does to one, and a photo as a sum of many."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.lessons.convolution.experiments import few_waves
from course_lib.plots.images import show_image, show_map
from course_lib.plots.style import INK, INPUT, OUTPUT, figure, in_course_style


@in_course_style
def show_waves(kernels: Mapping[str, NDArray], *, period: int = 8, length: int = 24) -> Figure:
    """Draw a wave and what each kernel makes of it, with the two changes marked.

    Parameters
    ----------
    kernels : mapping of str to (K,)
        Rows of weights, by name; K odd. An output is drawn below the middle of its window.
    period : int, default=8
        Of the wave, in pixels.
    length : int, default=24
        Pixels drawn.

    Returns
    -------
    Figure
        One axes for each kernel, side by side on one scale.
    """
    chart, axes = figure(columns=len(kernels), width=9, height=3.7)
    at = np.arange(length)
    for ax, (name, row) in zip(axes[0], kernels.items(), strict=True):
        half = len(row) // 2
        wave = np.cos(2 * np.pi * np.arange(-half, length + half) / period)
        after = np.convolve(wave, row, mode="valid")
        ax.plot(at, wave[half : half + length], "o-", color=INPUT, markersize=4)
        ax.plot(at, after, "s--", color=OUTPUT, markersize=5)
        _mark_top(ax, at, after, period)
        ax.set(title=name, xlabel="pixel", ylim=(-1.9, 2.3), xticks=at[::period])
    axes[0, 0].set_ylabel("value")
    axes[0, 0].text(length - 3, 1.25, "wave in", color=INPUT, ha="right")
    axes[0, 0].text(length - 3, -1.55, "wave out", color="#00694d", ha="right")
    return chart


def _mark_top(ax: Axes, at: NDArray, after: NDArray, period: int) -> None:
    """Point from a top of the wave that goes in to the nearest one of the wave that comes out."""
    top = period + int(np.argmax(after[period // 2 : period + period // 2])) - period // 2
    ax.annotate(
        f"height {after[top]:.2f}\n{_moved(period - top)}", (at[top], after[top]),
        xytext=(at[top], 2.2), ha="center", va="top", fontsize=12, color=INK,
    )  # fmt: skip
    ax.vlines([period, top], -1.9, [1.0, after[top]], colors=[INPUT, OUTPUT], linestyles=":")


def _moved(pixels: int) -> str:
    return f"{pixels} pixels earlier" if pixels else "at the same place"


@in_course_style
def show_few_waves(photo: NDArray, counts: Sequence[int]) -> Figure:
    """Draw a photo, (H, W) in gray levels, as the sum of only its strongest waves."""
    chart, axes = figure(columns=len(counts) + 1, width=9, height=2.9)
    for ax, count in zip(axes[0], counts, strict=False):
        summed = np.clip(few_waves(photo, count) / 255, 0, 1)
        name = f"{count:,} wave" + ("s" if count > 1 else "")
        show_image(summed, title=name, role="output", ticks=False, ax=ax)
    all_waves = f"all {photo.size // 2:,}"
    show_image(photo / 255, title=all_waves, role="input", ticks=False, ax=axes[0, -1])
    return chart


@in_course_style
def show_blur_of_waves(photo: NDArray, size: int) -> Figure:
    """Draw a photo, the strengths of its waves, the gains of a mean, and the blurred photo.

    Parameters
    ----------
    photo : (H, W)
        In gray levels from 0 to 255.
    size : int
        Rows and columns of the mean, in pixels.

    Returns
    -------
    Figure
        Axes: photo, strengths of its waves and gains of the mean (slow waves in the middle),
        blurred photo, and the color bars.
    """
    mean = np.full((size, size), 1 / size**2)
    strength = abs(np.fft.fftshift(np.fft.fft2(photo)))
    gain = abs(np.fft.fftshift(np.fft.fft2(mean, photo.shape)))
    chart, axes = figure(columns=4, width=9, height=2.6, width_ratios=[1.15, 1.4, 1.4, 1.15])
    show_image(photo / 255, title="photo", role="input", ticks=False, ax=axes[0, 0])
    log_strength = np.log10(1 + strength)
    plain = {"signed": False, "ticks": False}
    show_map(log_strength, title="its waves", unit="log₁₀ strength", ax=axes[0, 1], **plain)
    show_map(gain, title=f"{size} × {size} mean", unit="gain", ax=axes[0, 2], **plain)
    blurred = numpy_ops.cross_correlate2d(photo, mean) / 255
    show_image(blurred, title="blurred photo", role="output", ticks=False, ax=axes[0, 3])
    return chart
