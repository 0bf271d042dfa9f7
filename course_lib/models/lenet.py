"""LeNet-5: the digit reader of 1998 as its paper draws it, and as it is taught today.

LeCun, Bottou, Bengio, Haffner, 1998: Gradient-based learning applied to document recognition,
Proceedings of the IEEE 86(11), section II.B, Figure 2, Table I.

Differs from the paper
----------------------
`lenet5_original`: the stylized digits of the output codes are redrawn, and the distances to them
come back with a minus sign, so that the largest output is the answer.
`lenet5`: all maps of C3 see all maps of S2, max pooling instead of trainable subsampling, ReLU
instead of tanh, a linear output for softmax instead of distances, He's initialization.
"""

import torch
from torch import Tensor, nn

from course_lib.checks import per_axis, require_int
from course_lib.errors import InvalidValue
from course_lib.models.layers import ImageNetwork, he_fan_out, initialize
from course_lib.models.registry import Published, register

__all__ = ["lenet5", "lenet5_original"]

FIRST_MAPS = 6  # C1 and S2
SECOND_MAPS = 16  # C3 and S4
FIRST_UNITS = 120  # C5
SECOND_UNITS = 84  # F6: a digit drawn on 7 × 12 pixels

LECUN = "LeCun et al. 1998, Proceedings of the IEEE 86(11), section II.B"

# Table I: which maps of S2 each map of C3 reads; its last map reads all six
TRIPLES = ((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5))
QUADRUPLES = (
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
)  # fmt: skip

# differs: drawn anew in the manner of Figure 3, which shows the paper's own bitmaps
DIGITS = """
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
..###.. ...#... .#####. .#####. .....#. ####### ..####. ####### .#####. .#####.
.#...#. ..##... #.....# #.....# ....##. #...... .#..... ......# #.....# #.....#
#.....# .#.#... ......# ......# ...#.#. #...... #...... ......# #.....# #.....#
#.....# ...#... ......# ......# ..#..#. #...... #...... .....#. #.....# #.....#
#.....# ...#... .....#. ..####. .#...#. ######. ######. .....#. .#####. #.....#
#.....# ...#... ....#.. ......# #....#. ......# #.....# ....#.. #.....# .######
#.....# ...#... ...#... ......# ####### ......# #.....# ....#.. #.....# ......#
#.....# ...#... ..#.... ......# .....#. ......# #.....# ...#... #.....# ......#
.#...#. ...#... .#..... #.....# .....#. #.....# #.....# ...#... #.....# .....#.
..###.. .#####. ####### .#####. .....#. .#####. .#####. ...#... .#####. .####..
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
"""


class LeNet5(ImageNetwork):
    """LeNet-5 with ReLU and max pooling: see `lenet5`."""

    def __init__(
        self, num_classes: int, in_channels: int, image_size: tuple[int, int], padding: int
    ) -> None:
        super().__init__("lenet5", in_channels=in_channels, image_size=image_size, fixed_size=True)
        height, width = (_size_after_pooling(side, padding) for side in image_size)
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, FIRST_MAPS, 5, padding=padding),  # (N, 6, 28, 28) from 32 px
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 6, 14, 14)
            nn.Conv2d(FIRST_MAPS, SECOND_MAPS, 5),  # (N, 16, 10, 10)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 16, 5, 5)
        )
        self.flatten = nn.Flatten()  # (N, 400)
        self.classifier = nn.Sequential(
            nn.Linear(SECOND_MAPS * height * width, FIRST_UNITS),
            nn.ReLU(),
            nn.Linear(FIRST_UNITS, SECOND_UNITS),
            nn.ReLU(),
            nn.Linear(SECOND_UNITS, num_classes),
        )
        initialize(self, convolution=he_fan_out, linear=he_fan_out)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        return self.classifier(self.flatten(self.features(x)))


class ScaledTanh(nn.Module):
    """y = 1.7159 * tanh(2/3 * x): slope near 1 at 0, and exactly ±1 at ±1 (Appendix A)."""

    def forward(self, x: Tensor) -> Tensor:
        """Squash x, of any shape."""
        return 1.7159 * torch.tanh(x * (2 / 3))


class Subsampling(nn.Module):
    """Add each 2 × 2 square, times a trained coefficient, plus a trained bias, one pair a map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.mean = nn.AvgPool2d(2)
        self.coefficient = nn.Conv2d(maps, maps, 1, groups=maps)

    def forward(self, x: Tensor) -> Tensor:
        """Halve the maps x (N, C, H, W)."""
        return self.coefficient(4.0 * self.mean(x))  # (N, C, H / 2, W / 2)


class PartialConv2d(nn.Module):
    """Layer C3: each output map reads its own choice of input maps, given by Table I."""

    def __init__(self) -> None:
        super().__init__()
        self.triples = nn.Conv2d(3 * len(TRIPLES), len(TRIPLES), 5, groups=len(TRIPLES))
        self.quadruples = nn.Conv2d(4 * len(QUADRUPLES), len(QUADRUPLES), 5, groups=len(QUADRUPLES))
        self.everything = nn.Conv2d(FIRST_MAPS, 1, 5)

    def forward(self, x: Tensor) -> Tensor:
        """Turn 6 maps x (N, 6, H, W) into 16, 4 pixels smaller."""
        maps = torch.chunk(x, FIRST_MAPS, dim=1)
        threes = torch.cat([maps[i] for chosen in TRIPLES for i in chosen], dim=1)  # (N, 18, H, W)
        fours = torch.cat([maps[i] for chosen in QUADRUPLES for i in chosen], dim=1)
        parts = [self.triples(threes), self.quadruples(fours), self.everything(x)]
        return torch.cat(parts, dim=1)  # (N, 16, H - 4, W - 4)


class DistanceOutput(nn.Module):
    """Minus the squared distance to the drawing of each class: the paper's RBF units.

    y[n, i] = -sum_j (x[n, j] - code[i, j])², with the 84 values of F6 taken as a 7 × 12 picture.
    The codes are drawn by hand and not trained.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.register_buffer("codes", digit_codes()[:num_classes])

    def forward(self, x: Tensor) -> Tensor:
        """Compare x (N, 84) with each code."""
        difference = x.unsqueeze(1) - self.codes  # (N, num_classes, 84)
        return -(difference * difference).sum(2)  # differs: the paper's penalty, times -1


class LeNet5Original(ImageNetwork):
    """LeNet-5 of 1998: see `lenet5_original`."""

    def __init__(self, num_classes: int) -> None:
        super().__init__("lenet5_original", in_channels=1, image_size=(32, 32), fixed_size=True)
        self.c1 = nn.Conv2d(1, FIRST_MAPS, 5)
        self.s2 = Subsampling(FIRST_MAPS)
        self.c3 = PartialConv2d()
        self.s4 = Subsampling(SECOND_MAPS)
        self.c5 = nn.Conv2d(SECOND_MAPS, FIRST_UNITS, 5)
        self.f6 = nn.Linear(FIRST_UNITS, SECOND_UNITS)
        self.output = DistanceOutput(num_classes)
        self.squash = ScaledTanh()
        self.flatten = nn.Flatten()
        initialize(self, convolution=_uniform_by_fan_in, linear=_uniform_by_fan_in)

    def forward(self, x: Tensor) -> Tensor:
        """Return minus the penalties (N, num_classes) of images x (N, 1, 32, 32)."""
        x = self.squash(self.c1(x))  # (N, 6, 28, 28)
        x = self.squash(self.s2(x))  # (N, 6, 14, 14)
        x = self.squash(self.c3(x))  # (N, 16, 10, 10)
        x = self.squash(self.s4(x))  # (N, 16, 5, 5)
        x = self.flatten(self.squash(self.c5(x)))  # (N, 120)
        return self.output(self.squash(self.f6(x)))  # (N, 84), then (N, num_classes)


@register(year=1998)
def lenet5(
    *,
    num_classes: int = 10,
    in_channels: int = 1,
    image_size: int | tuple[int, int] = 32,
    padding: int = 0,
) -> LeNet5:
    """Build LeNet-5 as it is taught today.

    Parameters
    ----------
    num_classes : int, default=10
        Length of the output.
    in_channels : int, default=1
        Channels of the images.
    image_size : int or (int, int), default=32
        Height and width of the images in pixels, fixed by the first linear layer.
    padding : int, default=0
        Zeros around the image. With 2, images of 28 px act as the paper's 32 px.

    Returns
    -------
    LeNet5
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 61,706 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is not a whole number in range, or nothing is left after the second pooling.

    Examples
    --------
    >>> network = lenet5(image_size=28, padding=2)
    >>> network(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    >>> sum(p.numel() for p in network.parameters())
    61706
    """
    num_classes = require_int("lenet5", "num_classes", num_classes, minimum=1)
    in_channels = require_int("lenet5", "in_channels", in_channels, minimum=1)
    padding = require_int("lenet5", "padding", padding, minimum=0)
    size = per_axis("lenet5", "image_size", image_size, num_axes=2, minimum=1)
    return LeNet5(num_classes, in_channels, (size[0], size[1]), padding)


@register(
    year=1998,
    published=Published(parameters=60_000, receptive_field=32, image_size=32, source=LECUN),
)
def lenet5_original(*, num_classes: int = 10) -> LeNet5Original:
    """Build LeNet-5 of 1998: partial connections, trained subsampling, tanh, drawn codes.

    Parameters
    ----------
    num_classes : int, default=10
        At most 10: there is one drawn code for each digit.

    Returns
    -------
    LeNet5Original
        Maps images (N, 1, 32, 32) to minus the squared distance to each code, (N, num_classes);
        60,000 trainable parameters, 340,908 connections, as in the paper.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is not a whole number from 1 to 10.

    Notes
    -----
    The paper's loss without its constant (equation 9, j to infinity) is the cross-entropy of
    these outputs. Its images are -0.1 where white and 1.175 where black (section II.B).

    Examples
    --------
    >>> network = lenet5_original()
    >>> sum(p.numel() for p in network.parameters())
    60000
    """
    num_classes = require_int("lenet5_original", "num_classes", num_classes, minimum=1)
    if num_classes > len(digit_codes()):
        raise InvalidValue(
            "lenet5_original", received=f"num_classes={num_classes}",
            needed="num_classes from 1 to 10, one a drawn digit",
            fix="use lenet5 for more classes")  # fmt: skip
    return LeNet5Original(num_classes)


def digit_codes() -> Tensor:
    """Return the ten drawn digits as (10, 84): +1 for ink, -1 for paper."""
    lines = [line.split() for line in DIGITS.strip().split("\n")]
    drawings = ["".join(rows) for rows in zip(*lines, strict=True)]
    return torch.tensor([[1.0 if pixel == "#" else -1.0 for pixel in d] for d in drawings])


def _uniform_by_fan_in(weight: Tensor) -> Tensor:
    """Draw from U(-2.4 / F, 2.4 / F) with F inputs a unit, as Appendix A of the paper says."""
    fan_in = weight[0].numel()
    return nn.init.uniform_(weight, -2.4 / fan_in, 2.4 / fan_in)


def _size_after_pooling(side: int, padding: int) -> int:
    left = ((side + 2 * padding - 4) // 2 - 4) // 2
    if left < 1:
        raise InvalidValue(
            "lenet5", received=f"image_size {side} with padding {padding}",
            needed="at least 16 pixels, padding included",
            fix="use larger images or more padding")  # fmt: skip
    return left
