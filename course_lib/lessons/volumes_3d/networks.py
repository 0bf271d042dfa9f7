"""Networks of notebook 26: all alike but for how far kernels reach along the third axis."""

from torch import nn

from course_lib.checks import require_choice

CLIP_KINDS = ("per frame", "frames as channels", "3-D", "(2+1)-D")
VOLUME_KINDS = ("per slice", "7 slices as channels", "3-D")
CLIP_WIDTHS = (8, 16)  # channels of the two convolutions that read clips
VOLUME_WIDTH = 8  # channels of the three convolutions that look through volumes
FIELD = 7  # slices that three kernels of 3, one behind the other, look at


def middle_channels(before: int, after: int, *, time: int = 3, size: int = 3) -> int:
    """Count the channels with which a (2+1)-D pair has as many weights as one 3-D kernel, or fewer.

    Parameters
    ----------
    before, after : int
        Channels in and out.
    time, size : int, default=3
        Kernel sizes: frames, and pixels along both other axes.

    Returns
    -------
    int
        floor(time * size² * before * after / (size² * before + time * after)).

    References
    ----------
    Tran et al., 2018, arXiv:1711.11248, section 3.5.

    Examples
    --------
    >>> middle_channels(64, 64)
    144
    """
    return time * size**2 * before * after // (size**2 * before + time * after)


def convolution(before: int, after: int, kernel: tuple[int, int, int]) -> nn.Conv3d:
    """Make a convolution without bias that keeps every size."""
    padding = tuple(length // 2 for length in kernel)
    return nn.Conv3d(before, after, kernel, padding=padding, bias=False)


def pair(before: int, after: int, middle: int | None = None) -> nn.Sequential:
    """Make a (2+1)-D pair: a 3 × 3 in each frame, norm, ReLU, then 3 frames at each pixel.

    `middle` is the number of channels between; None takes `middle_channels`.
    """
    middle = middle_channels(before, after) if middle is None else middle
    return nn.Sequential(
        convolution(before, middle, (1, 3, 3)), nn.BatchNorm3d(middle), nn.ReLU(),
        convolution(middle, after, (3, 1, 1)),
    )  # fmt: skip


def clip_network(kind: str, *, num_classes: int, frames: int = 6) -> nn.Sequential:
    """Make a small network that classifies clips: two convolutions, a mean over all places.

    Parameters
    ----------
    kind : {"per frame", "frames as channels", "3-D", "(2+1)-D"}
        "per frame" has kernels of 1 × 3 × 3, "3-D" of 3 × 3 × 3, "(2+1)-D" a pair for each of
        these; "frames as channels" is a network for images.
    num_classes : int
        Logits.
    frames : int, default=6
        Length of the clips; only "frames as channels" cannot do without it.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, 1, frames, H, W) to logits (N, num_classes).

    Raises
    ------
    ValueError
        If `kind` is unknown.

    Examples
    --------
    >>> import torch
    >>> clip_network("3-D", num_classes=8)(torch.zeros(2, 1, 6, 12, 12)).shape
    torch.Size([2, 8])
    """
    require_choice("clip_network", "kind", kind, CLIP_KINDS)
    first, second = CLIP_WIDTHS
    if kind == "frames as channels":
        return nn.Sequential(
            nn.Flatten(1, 2),  # (N, 1, frames, H, W) to (N, frames, H, W)
            nn.Conv2d(frames, first, 3, padding=1, bias=False), nn.BatchNorm2d(first), nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(first, second, 3, padding=1, bias=False), nn.BatchNorm2d(second), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(second, num_classes),
        )  # fmt: skip
    return nn.Sequential(
        _layer(kind, 1, first), nn.BatchNorm3d(first), nn.ReLU(),
        nn.MaxPool3d((1, 2, 2)),
        _layer(kind, first, second), nn.BatchNorm3d(second), nn.ReLU(),
        nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(second, num_classes),
    )  # fmt: skip


def _layer(kind: str, before: int, after: int) -> nn.Module:
    if kind == "(2+1)-D":
        return pair(before, after)
    return convolution(before, after, (1 if kind == "per frame" else 3, 3, 3))


def segmenter(kind: str, *, width: int = VOLUME_WIDTH) -> nn.Sequential:
    """Make a small network that gives each voxel a score: three convolutions, then a 1 × 1 × 1.

    Parameters
    ----------
    kind : {"per slice", "7 slices as channels", "3-D"}
        How far kernels reach through the slices: 1; 7 in the first layer and then 1; or 3 each,
        which comes to 7 as well.
    width : int, default=8
        Channels.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, 1, D, H, W) to scores (N, 1, D, H, W).

    Raises
    ------
    ValueError
        If `kind` is unknown.

    Examples
    --------
    >>> import torch
    >>> segmenter("per slice")(torch.zeros(1, 1, 4, 5, 6)).shape
    torch.Size([1, 1, 4, 5, 6])
    """
    require_choice("segmenter", "kind", kind, VOLUME_KINDS)
    depths = {"per slice": (1, 1, 1), "7 slices as channels": (FIELD, 1, 1), "3-D": (3, 3, 3)}[kind]
    layers: list[nn.Module] = []
    before = 1
    for depth in depths:
        layers += [convolution(before, width, (depth, 3, 3)), nn.BatchNorm3d(width), nn.ReLU()]
        before = width
    return nn.Sequential(*layers, nn.Conv3d(width, 1, 1))
