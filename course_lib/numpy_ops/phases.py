"""A stride as several images without one: each pixel belongs to the phase `position % stride`.

A window that moves S pixels at a time reads, with any one tap, only every S-th pixel. Sorted by
phase, an image falls into S*S smaller ones, and within each of them the stride is 1. An axis of
five pixels, with one zero on each side, at stride 2:

    padded axis   . 0 1 2 3 4 .
    position      0 1 2 3 4 5 6
    phase 0       .   1   3   .     pixels 1, 3 at places 1, 2; zeros at places 0, 3
    phase 1         0   2   4       pixels 0, 2, 4 at places 0, 1, 2

Source: Crochiere and Rabiner, 1983, "Multirate Digital Signal Processing" (the polyphase form of a
filter).
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple


class Phase(NamedTuple):
    """The pixels of one phase along an axis, and their places in the phase's own image."""

    number: int
    pixels: slice
    places: slice


class ImagePhase(NamedTuple):
    """A phase of an image: what `Phase` holds, once for each spatial axis."""

    number: tuple[int, ...]
    pixels: tuple[slice, ...]
    places: tuple[slice, ...]


class TransposedPhase(NamedTuple):
    """Along an axis: the taps that read the pixels of a phase, and the outputs they read for.

    With `padding` zeros around them these outputs, correlated with the taps in reverse, give one
    number a pixel.
    """

    taps: slice
    pixels: slice
    outputs: slice
    padding: tuple[int, int]
    num_pixels: int


def phases_of_axis(size: int, pads: tuple[int, int], stride: int) -> Iterator[Phase]:
    """Yield the phases of an axis of `size` pixels between zeros.

    Pixel i stands at `i + pads[0]` of the padded axis: phase (i + pads[0]) % stride, place
    (i + pads[0]) // stride.

    Examples
    --------
    >>> for phase in phases_of_axis(5, (1, 1), 2):
    ...     print(phase.number, phase.pixels, phase.places)
    0 slice(1, None, 2) slice(1, 3, None)
    1 slice(0, None, 2) slice(0, 3, None)
    """
    for index in range(stride):
        first = (index - pads[0]) % stride
        place, count = (first + pads[0]) // stride, len(range(first, size, stride))
        yield Phase(index, slice(first, None, stride), slice(place, place + count))


def phases_of_image(
    image_size: tuple[int, ...], padding: tuple[tuple[int, int], ...], stride: tuple[int, ...]
) -> list[ImagePhase]:
    """List the phases of an image: one of each axis, in every combination.

    Examples
    --------
    >>> [phase.number for phase in phases_of_image((5, 7), ((1, 1), (0, 0)), (2, 1))]
    [(0, 0), (1, 0)]
    """
    axes = zip(image_size, padding, stride, strict=True)
    by_axis = [list(phases_of_axis(size, pads, step)) for size, pads, step in axes]
    return [
        ImagePhase(
            number=tuple(phase.number for phase in phases),
            pixels=tuple(phase.pixels for phase in phases),
            places=tuple(phase.places for phase in phases),
        )
        for phases in product(*by_axis)
    ]


def transposed_phases(
    size: int, pads: tuple[int, int], stride: int, num_taps: int, num_outputs: int
) -> Iterator[TransposedPhase]:
    """Yield, for each phase that some tap reads, where its gradient comes from (dilation 1).

    Tap u = index + k * stride reads place q for output q - k.

    Examples
    --------
    >>> first, second = transposed_phases(5, (1, 1), 2, 3, 3)
    >>> first.taps, first.outputs, first.padding  # taps 0 and 2 read pixels 1 and 3
    (slice(0, None, 2), slice(0, 3, None), (0, 0))
    >>> second.taps, second.outputs, second.padding  # tap 1 reads pixels 0, 2 and 4
    (slice(1, None, 2), slice(0, 3, None), (0, 0))
    """
    for index, pixels, places in phases_of_axis(size, pads, stride):
        reach = len(range(index, num_taps, stride)) - 1  # -1: no tap reads this phase
        first, last = places.start - reach, places.stop
        # Outputs beyond the ends do not exist: zeros stand for them.
        outputs = slice(max(first, 0), min(last, num_outputs))
        if reach >= 0 and places.start < places.stop and outputs.start < outputs.stop:
            padding = (outputs.start - first, last - outputs.stop)
            num_pixels = places.stop - places.start
            yield TransposedPhase(slice(index, None, stride), pixels, outputs, padding, num_pixels)
