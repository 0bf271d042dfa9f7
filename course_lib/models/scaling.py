"""The compound-scaling rule: how EfficientNet-B0 grows into B1 to B7.

Tan, Le, 2019: EfficientNet: rethinking model scaling for convolutional neural networks, ICML,
arXiv:1905.11946, Table 1, equation 3.
"""

from math import ceil
from typing import NamedTuple

from course_lib.checks import require_number
from course_lib.models.layers import make_divisible

__all__ = ["Scaling", "compound_scaling"]

DEPTH_BASE, WIDTH_BASE, RESOLUTION_BASE = 1.2, 1.1, 1.15  # alpha, beta, gamma of section 3.3
BASE_RESOLUTION = 224


class Stage(NamedTuple):
    """A row of Table 1: some inverted bottlenecks; the first has the stride."""

    expansion: int
    kernel_size: int
    stride: int
    in_channels: int
    out_channels: int
    repeats: int


BASE_PLAN = (
    Stage(expansion=1, kernel_size=3, stride=1, in_channels=32, out_channels=16, repeats=1),
    Stage(expansion=6, kernel_size=3, stride=2, in_channels=16, out_channels=24, repeats=2),
    Stage(expansion=6, kernel_size=5, stride=2, in_channels=24, out_channels=40, repeats=2),
    Stage(expansion=6, kernel_size=3, stride=2, in_channels=40, out_channels=80, repeats=3),
    Stage(expansion=6, kernel_size=5, stride=1, in_channels=80, out_channels=112, repeats=3),
    Stage(expansion=6, kernel_size=5, stride=2, in_channels=112, out_channels=192, repeats=4),
    Stage(expansion=6, kernel_size=3, stride=1, in_channels=192, out_channels=320, repeats=1),
)


class Scaling(NamedTuple):
    """Factors on the channels and repeats of B0, and the image size in pixels."""

    width: float
    depth: float
    resolution: int


# differs: the authors' code rounds by hand; the comment is the phi of equation 3 that is meant
SCALINGS = {
    "efficientnet_b0": Scaling(1.0, 1.0, 224),  # 0
    "efficientnet_b1": Scaling(1.0, 1.1, 240),  # 0.5
    "efficientnet_b2": Scaling(1.1, 1.2, 260),  # 1
    "efficientnet_b3": Scaling(1.2, 1.4, 300),  # 2
    "efficientnet_b4": Scaling(1.4, 1.8, 380),  # 3.5
    "efficientnet_b5": Scaling(1.6, 2.2, 456),  # 5
    "efficientnet_b6": Scaling(1.8, 2.6, 528),  # 6
    "efficientnet_b7": Scaling(2.0, 3.1, 600),  # 7
}


def compound_scaling(phi: float) -> Scaling:
    """Scale depth by 1.2^phi, width by 1.1^phi and resolution by 1.15^phi.

    Each step of 1 in phi about doubles the multiply-adds: 1.2 * 1.1² * 1.15² = 1.92 (equation 3).

    Parameters
    ----------
    phi : float
        0 gives B0; larger networks have larger phi.

    Returns
    -------
    Scaling
        The factors, and the resolution in whole pixels.

    Raises
    ------
    TypeError, ValueError
        If `phi` is not a number of at least 0.

    References
    ----------
    Tan and Le, 2019, arXiv:1905.11946, equation 3 and section 4.

    Examples
    --------
    >>> compound_scaling(0)
    Scaling(width=1.0, depth=1.0, resolution=224)
    >>> compound_scaling(1)  # released as B2: 1.1, 1.2, 260
    Scaling(width=1.1, depth=1.2, resolution=258)
    """
    phi = require_number("compound_scaling", "phi", phi, minimum=0.0)
    resolution = round(BASE_RESOLUTION * RESOLUTION_BASE**phi)
    return Scaling(WIDTH_BASE**phi, DEPTH_BASE**phi, resolution)


def scaled_blocks(scaling: Scaling) -> list[list[Stage]]:
    """Scale the plan of B0: channels to the nearest multiple of 8, repeats up to a whole number.

    Returns one list a stage with one `Stage` of a single block each.
    """
    stages = []
    for stage in BASE_PLAN:
        channels = make_divisible(stage.in_channels * scaling.width)
        out_channels = make_divisible(stage.out_channels * scaling.width)
        repeats = ceil(stage.repeats * scaling.depth)
        first = stage._replace(in_channels=channels, out_channels=out_channels, repeats=1)
        later = first._replace(in_channels=out_channels, stride=1)
        stages.append([first] + [later] * (repeats - 1))
    return stages
