"""GoogLeNet: nine Inception modules and two auxiliary heads.

Szegedy et al., 2015: Going deeper with convolutions, CVPR, arXiv:1409.4842, Table 1, Figure 3
and section 5.

Differs from the paper
----------------------
`variant="paper"`: Xavier's initialization, as the BVLC replication (the paper gives none); the
paper does not give the constants of its response normalization, these are the usual ones; an
adaptive average pooling after the last one and in the heads, without effect at 224 px, lets other
sizes through.
`variant="torchvision"` (the default, whose published weights load) differs in more: batch norm
after each convolution, which then has no bias; no response normalization; 3 × 3 convolutions in
the branch of the 5 × 5; a 2 × 2 window in the fourth pooling; 4 × 4 bins over the whole map in
the heads; dropout 0.2 instead of 0.4; weights from N(0, 0.01²). What torchvision does to its
input (`transform_input`) is done by `course_lib.models.preprocess`.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.checks import (
    require_choice,
    require_flag,
    require_int,
    require_number,
)
from course_lib.models.layers import ImageNetwork, initialize
from course_lib.models.registry import Preparation, Published, Weights, register

__all__ = ["GoogLeNetOutputs", "googlenet"]


class Branches(NamedTuple):
    """Output channels inside one Inception module, a row of Table 1."""

    ones: int
    threes_reduced: int
    threes: int
    fives_reduced: int
    fives: int
    pooled: int

    @property
    def total(self) -> int:
        """Channels after concatenation."""
        return self.ones + self.threes + self.fives + self.pooled


PLANS = {
    "3a": Branches(64, 96, 128, 16, 32, 32),
    "3b": Branches(128, 128, 192, 32, 96, 64),
    "4a": Branches(192, 96, 208, 16, 48, 64),
    "4b": Branches(160, 112, 224, 24, 64, 64),
    "4c": Branches(128, 128, 256, 24, 64, 64),
    "4d": Branches(112, 144, 288, 32, 64, 64),
    "4e": Branches(256, 160, 320, 32, 128, 128),
    "5a": Branches(256, 160, 320, 32, 128, 128),
    "5b": Branches(384, 192, 384, 48, 128, 128),
}


class Variant(NamedTuple):
    """Where the paper and torchvision part."""

    name: str
    large_kernel: int
    fourth_pool: int
    batch_norm: bool
    dropout: float
    minimum_size: int  # with the heads


VARIANTS = {
    "torchvision": Variant("torchvision", 3, 2, True, 0.2, 15),
    "paper": Variant("paper", 5, 3, False, 0.4, 79),
}


class GoogLeNetOutputs(NamedTuple):
    """What GoogLeNet returns while training, each (N, num_classes).

    In the order of torchvision: the deeper head comes first. `aux_logits1` leaves after Inception
    4a, `aux_logits2` after 4d; the paper weighs the loss of both with 0.3.
    """

    logits: Tensor
    aux_logits2: Tensor
    aux_logits1: Tensor


class ConvRelu(nn.Module):
    """A convolution and a ReLU, with batch norm between in torchvision's variant."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        variant: Variant,
        *,
        kernel_size: int,
        stride: int = 1,
    ) -> None:
        super().__init__()
        padding = kernel_size // 2
        bias = not variant.batch_norm
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=bias)
        # differs: torchvision's batch norm is younger than the paper
        self.bn = nn.BatchNorm2d(out_channels, eps=1e-3) if variant.batch_norm else nn.Identity()
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C_in, H, W) to (N, C_out, H_out, W_out)."""
        return self.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    """Four branches side by side: 1 × 1, 3 × 3, 5 × 5 and pooling (Figure 2b)."""

    def __init__(self, in_channels: int, plan: Branches, variant: Variant) -> None:
        super().__init__()
        self.branch1 = ConvRelu(in_channels, plan.ones, variant, kernel_size=1)
        self.branch2 = nn.Sequential(
            ConvRelu(in_channels, plan.threes_reduced, variant, kernel_size=1),
            ConvRelu(plan.threes_reduced, plan.threes, variant, kernel_size=3),
        )
        self.branch3 = nn.Sequential(
            ConvRelu(in_channels, plan.fives_reduced, variant, kernel_size=1),
            # differs: 3 in torchvision, see github.com/pytorch/vision/issues/906
            ConvRelu(plan.fives_reduced, plan.fives, variant, kernel_size=variant.large_kernel),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            ConvRelu(in_channels, plan.pooled, variant, kernel_size=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C_in, H, W) to (N, plan.total, H, W)."""
        branches = [self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)]
        return torch.cat(branches, dim=1)


class AuxiliaryHead(nn.Module):
    """A small classifier on a middle layer that brings it a gradient while training."""

    def __init__(
        self, in_channels: int, num_classes: int, dropout: float, variant: Variant
    ) -> None:
        super().__init__()
        windows = [] if variant.name == "torchvision" else [nn.AvgPool2d(5, stride=3)]
        self.pool = nn.Sequential(*windows, nn.AdaptiveAvgPool2d(4))
        self.conv = ConvRelu(in_channels, 128, variant, kernel_size=1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(dropout)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of maps x (N, C_in, 14, 14)."""
        x = torch.flatten(self.conv(self.pool(x)), 1)  # (N, 2048)
        return self.fc2(self.dropout(self.relu(self.fc1(x))))


class GoogLeNet(ImageNetwork):
    """Nine Inception modules and two auxiliary heads: see `googlenet`."""

    def __init__(
        self,
        variant: Variant,
        num_classes: int,
        in_channels: int,
        aux_logits: bool,
        dropout: float,
        dropout_aux: float,
    ) -> None:
        super().__init__(
            "googlenet",
            in_channels=in_channels,
            image_size=(224, 224),
            minimum_size=variant.minimum_size if aux_logits else 15,
        )
        self._add_stem(in_channels, variant)
        channels = 192
        for name, plan in PLANS.items():
            self.add_module(f"inception{name}", Inception(channels, plan, variant))
            channels = plan.total
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.maxpool4 = nn.MaxPool2d(variant.fourth_pool, stride=2, ceil_mode=True)
        self.aux1 = self.aux2 = None
        if aux_logits:
            after_4a, after_4d = PLANS["4a"].total, PLANS["4d"].total
            self.aux1 = AuxiliaryHead(after_4a, num_classes, dropout_aux, variant)
            self.aux2 = AuxiliaryHead(after_4d, num_classes, dropout_aux, variant)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(channels, num_classes)
        weights = _narrow_normal if variant.batch_norm else nn.init.xavier_uniform_
        initialize(self, convolution=weights, linear=weights)

    def _add_stem(self, in_channels: int, variant: Variant) -> None:
        self.conv1 = ConvRelu(in_channels, 64, variant, kernel_size=7, stride=2)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.norm1 = nn.Identity() if variant.batch_norm else nn.LocalResponseNorm(5)
        self.conv2 = ConvRelu(64, 64, variant, kernel_size=1)
        self.conv3 = ConvRelu(64, 192, variant, kernel_size=3)
        self.norm2 = nn.Identity() if variant.batch_norm else nn.LocalResponseNorm(5)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)

    def forward(self, x: Tensor) -> Tensor | GoogLeNetOutputs:
        """Return the logits of images x (N, in_channels, H, W); training adds both heads'."""
        x = self.norm1(self.maxpool1(self.conv1(x)))  # (N, 64, 56, 56)
        x = self.maxpool2(self.norm2(self.conv3(self.conv2(x))))  # (N, 192, 28, 28)
        x = self.inception3b(self.inception3a(x))  # (N, 480, 28, 28)
        after_4a = self.inception4a(self.maxpool3(x))  # (N, 512, 14, 14)
        after_4d = self.inception4d(self.inception4c(self.inception4b(after_4a)))  # (N, 528, ...)
        x = self.maxpool4(self.inception4e(after_4d))  # (N, 832, 7, 7)
        x = self.inception5b(self.inception5a(x))  # (N, 1024, 7, 7)
        if self.training and self.aux1 is not None:
            aux1, aux2 = self.aux1(after_4a), self.aux2(after_4d)
            return GoogLeNetOutputs(self._classify(x), aux_logits2=aux2, aux_logits1=aux1)
        return self._classify(x)

    def _classify(self, x: Tensor) -> Tensor:
        x = torch.flatten(self.avgpool(x), 1)  # (N, 1024)
        return self.fc(self.dropout(x))


@register(
    year=2014,
    weights=Weights("googlenet-1378be20.pth"),
    published=Published(
        parameters=6_624_904, multiply_adds=1.498, receptive_field=379, top1=69.778, top5=89.53
    ),
    # torchvision's network turns the usual input into this one itself (`transform_input`)
    preparation=Preparation(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
    single_output={"aux_logits": False},
)
def googlenet(
    *,
    variant: str = "torchvision",
    num_classes: int = 1000,
    in_channels: int = 3,
    aux_logits: bool = True,
    dropout: float | None = None,
    dropout_aux: float = 0.7,
) -> GoogLeNet:
    """Build GoogLeNet, as torchvision has it or as published.

    Parameters
    ----------
    variant : {"torchvision", "paper"}, default="torchvision"
        Which of the two: the top of this file lists what differs.
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images, at least 15 × 15 pixels each (79 × 79 with the paper's heads).
    aux_logits : bool, default=True
        Whether to have the two auxiliary heads; they run only while training.
    dropout : float, default=None
        Share dropped before the last layer while training; None means the variant's own, 0.2
        (torchvision) or 0.4 (paper).
    dropout_aux : float, default=0.7
        The same in the heads.

    Returns
    -------
    GoogLeNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes), while training with heads
        to `GoogLeNetOutputs`. Parameters without and with heads: 6,624,904 and 13,004,888
        (torchvision), 6,998,552 and 13,378,280 (paper).

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = googlenet(variant="paper", aux_logits=False)
    >>> sum(p.numel() for p in network.parameters())
    6998552
    """
    chosen = VARIANTS[require_choice("googlenet", "variant", variant, VARIANTS)]
    rate = chosen.dropout if dropout is None else dropout
    return GoogLeNet(
        chosen,
        require_int("googlenet", "num_classes", num_classes, minimum=1),
        require_int("googlenet", "in_channels", in_channels, minimum=1),
        require_flag("googlenet", "aux_logits", aux_logits),
        require_number("googlenet", "dropout", rate, minimum=0.0, maximum=1.0),
        require_number("googlenet", "dropout_aux", dropout_aux, minimum=0.0, maximum=1.0),
    )


def _narrow_normal(weight: Tensor) -> Tensor:
    return nn.init.normal_(weight, std=0.01)
