"""Pictures of notebook 25: signals, what reaches what, sounds, and what a filter looks for."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from course_lib import plots
from course_lib.lessons.signals_1d.signals import (
    BASES,
    CALL_BAND,
    HOP,
    SAMPLE_RATE,
    WINDOW,
    spectrogram,
)
from course_lib.plots.style import INK, INPUT, KERNEL, OKABE_ITO, OUTPUT, QUIET, axes_or_new

BASE_COLORS = dict(zip(BASES, ("green", "blue", "orange", "red"), strict=True))


@plots.in_course_style
def show_recordings(recordings: Mapping[str, NDArray], *, rate: float, label: str) -> Figure:
    """Draw signals (L,) below each other, on one scale, a name above each.

    Parameters
    ----------
    recordings : mapping of str to (L,)
        By name, from top to bottom.
    rate : float
        Readings a second.
    label : str
        What they measure, with the unit.

    Returns
    -------
    Figure
        One axes a signal.

    Examples
    --------
    >>> chart = show_recordings({"a": np.arange(5.0)}, rate=10, label="push")
    >>> chart.axes[0].lines[0].get_xdata().tolist()
    [0.0, 0.1, 0.2, 0.3, 0.4]
    """
    count = len(recordings)
    chart, axes = plots.figure(rows=count, height=1.15 * count + 0.4)
    for ax, (name, x) in zip(axes[:, 0], recordings.items(), strict=True):
        ax.plot(np.arange(len(x)) / rate, x, color=INPUT, linestyle="-", lw=1.8)
        ax.set_title(name, loc="left", fontsize=13)
        ax.sharey(axes[0, 0])
        ax.grid(True)
        ax.tick_params(labelbottom=ax is axes[-1, 0])
    axes[-1, 0].set_xlabel("time (s)")
    chart.supylabel(label, fontsize=14)
    return chart


def paths(
    *, steps: int, kernel: int, dilations: Sequence[int], causal: bool, output: int
) -> list[NDArray]:
    """Count the ways that lead from each unit to one output, layer by layer, the input first.

    It is the gradient of that output where all weights are 1.

    Returns
    -------
    list of (steps,)
        One array more than there are layers.

    Examples
    --------
    >>> paths(steps=5, kernel=2, dilations=(1, 2), causal=True, output=4)[0].tolist()
    [0.0, 1.0, 1.0, 1.0, 1.0]
    """
    counts = [np.eye(steps)[output]]
    for dilation in reversed(dilations):
        reach = dilation * (kernel - 1)
        left = reach if causal else reach // 2
        padded = np.zeros(steps + reach)
        for tap in range(kernel):
            padded[tap * dilation : tap * dilation + steps] += counts[0]
        counts.insert(0, padded[left : left + steps])
    return counts


@plots.in_course_style
def show_paths(
    *, steps: int, kernel: int, dilations: Sequence[int], causal: bool = True, output: int,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw layers as rows of units, input below, and all ways that lead to one output.

    Parameters
    ----------
    steps : int
        Length of the signal.
    kernel : int
        Taps of each layer.
    dilations : sequence of int
        One a layer, from the input on.
    causal : bool, default=True
        Whether all padding stands in front; False puts half of it behind.
    output : int
        The step of the last layer whose ways are drawn.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = show_paths(steps=5, kernel=2, dilations=(1, 2), output=4)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['input', 'dilation 1', 'dilation 2']
    """
    ax = axes_or_new(ax, width=9.0, height=1.3 + 0.75 * len(dilations))
    counts = paths(
        steps=steps, kernel=kernel, dilations=dilations, causal=causal, output=output
    )  # fmt: skip
    for row, dilation in enumerate(dilations, start=1):
        reach = dilation * (kernel - 1)
        left = reach if causal else reach // 2
        for place in np.flatnonzero(counts[row]):
            for source in place - left + dilation * np.arange(kernel):
                if 0 <= source < steps:
                    ax.plot([source, place], [row - 1, row], "-", color=KERNEL, lw=1.8)
    for row, count in enumerate(counts):
        color = INPUT if row == 0 else OUTPUT
        used = count > 0
        ax.scatter(np.flatnonzero(~used), [row] * (~used).sum(), s=40, c="#DDDDDD", zorder=3)
        ax.scatter(np.flatnonzero(used), [row] * used.sum(), s=75, c=color, zorder=3)
    ax.set_yticks(range(len(counts)), ["input", *(f"dilation {d}" for d in dilations)])
    ax.set(xlabel="time (steps)", ylim=(-0.5, len(dilations) + 0.5))
    ax.spines["left"].set_visible(False)
    return ax


@plots.in_course_style
def show_sounds(x: NDArray, names: Sequence[str]) -> Figure:
    """Draw sounds (N, L) above their spectrograms, a column each.

    Returns
    -------
    Figure
        Two rows of N axes: amplitude, and frequency (Hz), against time (s); one color bar.
    """
    chart, axes = plots.figure(rows=2, columns=len(x), height=4.4, height_ratios=(1, 2))
    length, pictures = x.shape[1] / SAMPLE_RATE, np.log(spectrogram(x) + 1)
    # A column of the picture stands in the middle of its window.
    edges = (np.array([0, pictures.shape[2]]) * HOP + (WINDOW - HOP) / 2) / SAMPLE_RATE
    for ax, wave, name in zip(axes[0], x, names, strict=True):
        ax.plot(np.linspace(0, length, len(wave)), wave, color=INPUT, linestyle="-", lw=0.5)
        ax.set(title=name, ylim=(-3.5, 3.5), xlim=(0, length), xticks=[], yticks=[])
    for ax, picture in zip(axes[1], pictures, strict=True):
        drawn = ax.imshow(
            picture, origin="lower", aspect="auto", cmap="viridis", vmin=0, vmax=pictures.max(),
            extent=(*edges, 0, SAMPLE_RATE / 2),
        )  # fmt: skip
        ax.set(xlabel="time (s)", xlim=(0, length), xticks=[0, 0.1, 0.2])
        ax.tick_params(labelleft=ax is axes[1, 0])
    chart.colorbar(drawn, ax=axes.ravel().tolist(), label="log(1 + strength)")
    axes[1, 0].set_ylabel("frequency (Hz)")
    axes[0, 0].set_ylabel("wave")
    return chart


@plots.in_course_style
def show_filter_spectra(frequencies: NDArray, strengths: Mapping[str, NDArray]) -> Figure:
    """Draw which frequencies filters let through, a row a filter, sorted by the strongest.

    Parameters
    ----------
    frequencies : (F,)
        In Hz.
    strengths : mapping of str to (C, F)
        By the title of the panel, from 0 to 1.

    Returns
    -------
    Figure
        A panel for each name.
    """
    chart, axes = plots.figure(columns=len(strengths), height=3.8)
    for ax, (name, values) in zip(axes[0], strengths.items(), strict=True):
        ordered = values[np.argsort(values.argmax(axis=1))]
        picture = ax.imshow(
            ordered, aspect="auto", cmap="viridis", vmin=0, vmax=1,
            extent=(frequencies[0], frequencies[-1], len(values) + 0.5, 0.5),
        )  # fmt: skip
        for low_or_high in CALL_BAND:
            ax.axvline(low_or_high, color="white", linestyle=":", lw=2.5)
        ax.set(title=name, xlabel="frequency (Hz)")
        ax.set_xticks([0, 500, 1000, 1500])
    axes[0, 0].set_ylabel("filter (sorted)")
    chart.colorbar(picture, ax=axes[0].tolist(), label="strength (largest = 1)")
    return chart


def information(letters: NDArray) -> NDArray:
    """Measure by how much the shares of letters (4, W) differ from chance, in bits: (W,).

    2 bits where only one letter ever stands, 0 where all four are as frequent.

    Examples
    --------
    >>> information(np.array([[1.0, 0.25], [0, 0.25], [0, 0.25], [0, 0.25]])).round(3)
    array([2., 0.])
    """
    shares = np.clip(letters, 1e-12, 1)
    return np.log2(len(letters)) + (shares * np.log2(shares)).sum(axis=0)


@plots.in_course_style
def show_logo(letters: NDArray, *, margin: int = 0, ax: Axes | None = None) -> Axes:
    """Draw which letters stand where: each as high as its share of the information.

    Parameters
    ----------
    letters : (4, W)
        Shares of A, C, G and T at each place; each column sums to 1.
    margin : int, default=0
        Places on either side that lie outside of the filter; its ends are marked.
    ax : Axes, default=None
        Where to draw; None starts a figure.

    Returns
    -------
    Axes
        Information (bits) by place.

    References
    ----------
    Schneider and Stephens, 1990, Sequence logos, Nucleic Acids Research 18.

    Examples
    --------
    >>> len(show_logo(np.eye(4)).patches)
    4
    """
    ax = axes_or_new(ax, width=9.0, height=3.2)
    heights = letters * information(letters)
    for place, column in enumerate(heights.T):
        bottom = 0.0
        for base in np.argsort(column):
            if column[base] > 0.01:
                _draw_letter(ax, BASES[base], place - margin, bottom, column[base])
                bottom += column[base]
    width = letters.shape[1]
    for end in (0, width - 2 * margin):
        ax.axvline(end - 0.5, color=QUIET, linestyle=":", lw=2 if margin else 0)
    ax.set(xlabel="place, from the first of the filter (letters)", ylabel="information (bits)")
    ax.set(xlim=(-margin - 0.5, width - margin - 0.5), ylim=(0, 2))
    ax.set_xticks(range(-margin, width - margin))
    return ax


def _draw_letter(ax: Axes, base: str, place: int, bottom: float, height: float) -> None:
    shape = TextPath((0, 0), base, size=1)
    box = shape.get_extents()
    fit = (
        Affine2D().translate(-box.x0, -box.y0).scale(0.86 / box.width, height / box.height)
        .translate(place - 0.43, bottom)
    )  # fmt: skip
    color = OKABE_ITO[BASE_COLORS[base]]
    ax.add_patch(PathPatch(fit.transform_path(shape), facecolor=color, edgecolor=INK, lw=0.3))


@plots.in_course_style
def show_letters(channels: NDArray, text: str, alphabet: Sequence[str]) -> Axes:
    """Draw a text as the network gets it: a row a letter of the alphabet, a column a place."""
    ax = axes_or_new(None, width=9.0, height=4.6)
    ax.imshow(1 - channels, cmap="gray", vmin=-0.2, vmax=1.15, aspect="auto")
    ax.set_xticks(range(len(text)), [letter.replace(" ", "␣") for letter in text])
    ax.set_yticks(range(len(alphabet)), [letter.replace(" ", "␣") for letter in alphabet])
    ax.tick_params(axis="y", labelsize=9)
    ax.set(xlabel="text, letter by letter", ylabel="channel")
    return ax
