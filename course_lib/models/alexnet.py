"""AlexNet: the network that won ImageNet 2012, and the one-GPU version that torchvision has.

Krizhevsky, Sutskever, Hinton, 2012: ImageNet classification with deep convolutional neural
networks, NIPS, Figure 2 and sections 3 to 5.
Krizhevsky, 2014: One weird trick for parallelizing convolutional neural networks,
arXiv:1404.5997 (the channels of `alexnet`).

Differs from the paper
----------------------
Both: an adaptive average pooling before the linear layers, without effect at 224 px, lets other
sizes through; 2 zeros around the image, because 224 px without them do not give the 55 × 55 maps
of Figure 2.
`alexnet_original`: nothing else; its two groups stand for the two GPUs.
`alexnet`: 64 and 192 channels in the first two layers, no groups, no response normalization,
PyTorch's default initialization, all as torchvision has it.
"""

import torch
from torch import Tensor, nn

from course_lib.checks import require_choice, require_int, require_number
from course_lib.models.layers import ImageNetwork, initialize
from course_lib.models.registry import Published, Weights, register

__all__ = ["alexnet", "alexnet_original"]

MINIMUM_SIZE = 63  # leaves 1 pixel after the third pooling
KRIZHEVSKY = "Krizhevsky et al. 2012, Figure 2; counted from its layers"
POOLED = 6  # height and width that the first linear layer sees


class AlexNet(ImageNetwork):
    """AlexNet as in torchvision: see `alexnet`."""

    def __init__(self, num_classes: int, in_channels: int, dropout: float) -> None:
        super().__init__(
            "alexnet", in_channels=in_channels, image_size=(224, 224), minimum_size=MINIMUM_SIZE
        )
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 64, 11, stride=4, padding=2),  # (N, 64, 55, 55)
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),  # (N, 64, 27, 27)
            nn.Conv2d(64, 192, 5, padding=2),  # (N, 192, 27, 27)
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),  # (N, 192, 13, 13)
            nn.Conv2d(192, 384, 3, padding=1),  # (N, 384, 13, 13)
            nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1),  # (N, 256, 13, 13)
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),  # (N, 256, 6, 6)
        )
        self.avgpool = nn.AdaptiveAvgPool2d(POOLED)  # differs: other image sizes
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),  # differs: before the linear layers, not after them
            nn.Linear(256 * POOLED * POOLED, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.avgpool(self.features(x))  # (N, 256, 6, 6)
        return self.classifier(torch.flatten(x, 1))  # (N, 9216), then (N, num_classes)


class AlexNetOriginal(ImageNetwork):
    """AlexNet as published: see `alexnet_original`."""

    def __init__(self, num_classes: int, in_channels: int, groups: int, dropout: float) -> None:
        super().__init__(
            "alexnet_original",
            in_channels=in_channels,
            image_size=(224, 224),
            minimum_size=MINIMUM_SIZE,
        )
        self.features = _original_features(in_channels, groups)
        self.avgpool = nn.AdaptiveAvgPool2d(POOLED)  # differs: other image sizes
        self.classifier = nn.Sequential(
            nn.Linear(256 * POOLED * POOLED, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        initialize(self, convolution=_narrow_normal, linear=_narrow_normal)
        self._raise_biases()

    def _raise_biases(self) -> None:
        """Start the biases that section 5 names at 1, so that their ReLUs see positive input."""
        convolutions = [m for m in self.features if isinstance(m, nn.Conv2d)]
        linears = [m for m in self.classifier if isinstance(m, nn.Linear)]
        for layer in (convolutions[1], convolutions[3], convolutions[4], *linears[:2]):
            nn.init.ones_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.avgpool(self.features(x))  # (N, 256, 6, 6)
        return self.classifier(torch.flatten(x, 1))  # (N, 9216), then (N, num_classes)


def _original_features(in_channels: int, groups: int) -> nn.Sequential:
    return nn.Sequential(
        # differs: with padding 2, without which 224 px do not give 55
        nn.Conv2d(in_channels, 96, 11, stride=4, padding=2),  # (N, 96, 55, 55)
        nn.ReLU(),
        response_norm(),
        nn.MaxPool2d(3, stride=2),  # (N, 96, 27, 27), overlapping: 3 above 2
        nn.Conv2d(96, 256, 5, padding=2, groups=groups),  # (N, 256, 27, 27)
        nn.ReLU(),
        response_norm(),
        nn.MaxPool2d(3, stride=2),  # (N, 256, 13, 13)
        nn.Conv2d(256, 384, 3, padding=1),  # (N, 384, 13, 13); here the two GPUs talk
        nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1, groups=groups),
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1, groups=groups),  # (N, 256, 13, 13)
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),  # (N, 256, 6, 6)
    )


def response_norm() -> nn.LocalResponseNorm:
    """Build the normalization of section 3.3: n = 5, k = 2, alpha = 1e-4, beta = 0.75.

    PyTorch divides its alpha by the number of channels in the window; the paper does not.
    """
    return nn.LocalResponseNorm(size=5, alpha=5 * 1e-4, beta=0.75, k=2.0)


@register(
    year=2012,
    weights=Weights("alexnet-owt-7be5be79.pth"),
    published=Published(
        parameters=61_100_840, multiply_adds=0.714, receptive_field=195, top1=56.522, top5=79.066
    ),
)
def alexnet(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> AlexNet:
    """Build AlexNet as torchvision has it, with its state-dict keys.

    Parameters
    ----------
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images, at least 63 × 63 pixels each.
    dropout : float, default=0.5
        Share of inputs dropped before the first two linear layers while training.

    Returns
    -------
    AlexNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 61,100,840 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> with torch.device("meta"):  # shapes only, no memory
    ...     network = alexnet()
    >>> sum(p.numel() for p in network.parameters())
    61100840
    """
    return AlexNet(
        require_int("alexnet", "num_classes", num_classes, minimum=1),
        require_int("alexnet", "in_channels", in_channels, minimum=1),
        require_number("alexnet", "dropout", dropout, minimum=0.0, maximum=1.0),
    )


@register(
    year=2012,
    published=Published(parameters=60_965_224, receptive_field=195, source=KRIZHEVSKY),
)
def alexnet_original(
    *, groups: int = 2, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5
) -> AlexNetOriginal:
    """Build AlexNet as published: response normalization, overlapping pooling, two groups.

    Parameters
    ----------
    groups : {2, 1}, default=2
        2 splits layers 2, 4 and 5 as the two GPUs did; 1 joins them.
    num_classes, in_channels, dropout
        As for `alexnet`; dropout follows the first two linear layers.

    Returns
    -------
    AlexNetOriginal
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 60,965,224 parameters with
        two groups, 62,378,344 with one.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> with torch.device("meta"):
    ...     network = alexnet_original()
    >>> sum(p.numel() for p in network.parameters())
    60965224
    """
    groups = require_int("alexnet_original", "groups", groups, minimum=1)
    require_choice("alexnet_original", "groups", groups, (1, 2))
    return AlexNetOriginal(
        require_int("alexnet_original", "num_classes", num_classes, minimum=1),
        require_int("alexnet_original", "in_channels", in_channels, minimum=1),
        groups,
        require_number("alexnet_original", "dropout", dropout, minimum=0.0, maximum=1.0),
    )


def _narrow_normal(weight: Tensor) -> Tensor:
    """Draw from N(0, 0.01²), as section 5 says."""
    return nn.init.normal_(weight, std=0.01)
