"""What the families share: the input check, a few small layers, and how weights start."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.checks import (
    dtype_name,
    require_axes,
    require_float,
    require_number,
    shape_text,
)
from course_lib.errors import InvalidType, InvalidValue

__all__ = ["ImageNetwork"]

NormFactory = Callable[[int], nn.Module]
ActivationFactory = Callable[[], nn.Module]


class ImageNetwork(nn.Module):
    """A network for images that says clearly which images it cannot take.

    The check stands in `__call__`, not in `forward`, so that torch.fx finds layers only: the
    microscope reads a network with it.

    Parameters
    ----------
    name : str
        Name as in `course_lib.models.list_models()`; it opens every error text.
    in_channels : int
        Channels of the images: 3 for color, 1 for gray.
    image_size : (int, int)
        Height and width the network was published for, in pixels.
    minimum_size : int, default=1
        Smallest height and width that leave at least one pixel after the last layer.
    fixed_size : bool, default=False
        Whether only `image_size` fits, because a layer sees the whole image.
    """

    def __init__(
        self,
        name: str,
        *,
        in_channels: int,
        image_size: tuple[int, int],
        minimum_size: int = 1,
        fixed_size: bool = False,
    ) -> None:
        super().__init__()
        self.name = name
        self.in_channels = in_channels
        self.image_size = image_size
        self.minimum_size = minimum_size
        self.fixed_size = fixed_size

    def __call__(self, x: Tensor) -> Any:
        """Check the images (N, in_channels, H, W), then run the network."""
        if not isinstance(x, torch.fx.Proxy):  # a tracer's stand-in has no shape yet
            check_images(self, x)
        return super().__call__(x)

    def extra_repr(self) -> str:
        """Show the name when the network is printed."""
        return self.name


def check_images(network: ImageNetwork, x: Tensor) -> None:
    """Raise TypeError or ValueError unless `network` can take the images `x`."""
    require_float(network.name, images=x)
    require_axes(network.name, "images", x, f"N, {network.in_channels}, H, W")
    weight = next(network.parameters())
    if x.dtype != weight.dtype:
        raise InvalidType(
            network.name, received=f"images of {dtype_name(x)}",
            needed=f"images of {dtype_name(weight)}, as its weights",
            fix="convert one of them, for example images.to(weight.dtype)")  # fmt: skip
    if x.shape[1] != network.in_channels:
        raise InvalidValue(
            network.name, received=f"images with shape {shape_text(x)}",
            needed=f"images (N, {network.in_channels}, H, W), channels first",
            fix="move or repeat the channel axis, or build it with another in_channels",
        )  # fmt: skip
    _check_size(network, x)


def _check_size(network: ImageNetwork, x: Tensor) -> None:
    size = tuple(x.shape[2:])
    if network.fixed_size and size != network.image_size:
        needed = "H = {} and W = {}".format(*network.image_size)
    elif min(size) < network.minimum_size:
        needed = f"H and W of at least {network.minimum_size}"
    else:
        return
    raise InvalidValue(
        network.name, received=f"images with shape {shape_text(x)}", needed=needed,
        fix="resize or pad the images")  # fmt: skip


class ConvNormActivation(nn.Sequential):
    """A convolution that keeps the size at stride 1, a norm, an activation.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels in and out.
    kernel_size : int, default=3
        Odd; (kernel_size - 1) / 2 zeros are added on each side.
    stride : int, default=1
        2 halves the image.
    groups : int, default=1
        `in_channels` makes the convolution depthwise.
    norm : callable, default=nn.BatchNorm2d
        Takes the number of channels.
    activation : callable or None, default=nn.ReLU
        None leaves the result linear.
    shift_padding : bool, default=False
        At stride 2 add one zero less at the top and left, as TensorFlow's "SAME" does for even
        sizes: its weights look half a pixel further to the bottom right.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel_size: int = 3,
        stride: int = 1,
        groups: int = 1,
        norm: NormFactory = nn.BatchNorm2d,
        activation: ActivationFactory | None = nn.ReLU,
        shift_padding: bool = False,
    ) -> None:
        super().__init__()
        padding = (kernel_size - 1) // 2
        if shift_padding and stride == 2:
            self.add_module("pad", nn.ZeroPad2d((padding - 1, padding) * 2))
            padding = 0
        convolution = nn.Conv2d(
            in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=False
        )
        self.add_module("0", convolution)  # the numbers are torchvision's keys
        self.add_module("1", norm(out_channels))
        if activation is not None:
            self.add_module("2", activation())


class SqueezeExcitation(nn.Module):
    """Weigh each channel by a number between 0 and 1 that all channels decide together.

    y = x * sigmoid(fc2(silu(fc1(mean of x over its pixels))))

    Hu, Shen, Sun 2018 (arXiv:1709.01507), equations 2 to 4, with SiLU instead of ReLU as in
    EfficientNet.
    """

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.activation = nn.SiLU()
        self.fc2 = nn.Conv2d(squeezed, channels, 1)
        self.scale_activation = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        """Scale x (N, C, H, W) channel by channel."""
        squeezed = self.activation(self.fc1(self.avgpool(x)))  # (N, squeezed, 1, 1)
        return self.scale_activation(self.fc2(squeezed)) * x  # (N, C, H, W)


def stochastic_depth(x: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """Drop whole images of a residual branch with probability p, and scale the others by 1/(1-p).

    Huang et al. 2016 (arXiv:1603.09382). Arguments are those of torchvision's function of this
    name; `mode` is "row" (each image on its own) or "batch" (all or none).
    """
    if not training or p == 0.0:
        return x
    shape = (x.shape[0] if mode == "row" else 1,) + (1,) * (x.ndim - 1)
    kept = torch.empty(shape, dtype=x.dtype, device=x.device).bernoulli_(1.0 - p)
    return x * (kept / (1.0 - p))


class StochasticDepth(nn.Module):
    """Skip a residual branch at random while training: see `stochastic_depth`."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = require_number("StochasticDepth", "p", p, minimum=0.0, maximum=0.999)

    def forward(self, x: Tensor) -> Tensor:
        """Drop images of x (N, C, H, W) when training."""
        return stochastic_depth(x, self.p, "row", self.training)

    def extra_repr(self) -> str:
        """Show the probability when the network is printed."""
        return f"p={self.p}"


def make_divisible(channels: float, divisor: int = 8) -> int:
    """Round a scaled number of channels to a multiple of `divisor`, never down by more than 10%.

    The rule of the MobileNet and EfficientNet code of their authors.

    Examples
    --------
    >>> make_divisible(32 * 1.1), make_divisible(16 * 0.6)
    (32, 16)
    """
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def initialize(
    network: nn.Module,
    *,
    convolution: Callable[[Tensor], Any],
    linear: Callable[[Tensor], Any] | None,
) -> None:
    """Fill the weights in place, biases with 0; norms start as scale 1, shift 0 by themselves.

    Draws come from torch's global generator: call `torch.manual_seed` first to repeat them.
    `linear` None keeps PyTorch's own start for linear layers, their biases included.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            convolution(layer.weight)
        elif isinstance(layer, nn.Linear) and linear is not None:
            linear(layer.weight)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def he_fan_out(weight: Tensor) -> Tensor:
    """Draw from N(0, 2 / fan_out), He et al. 2015 (arXiv:1502.01852), equation 14."""
    return nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu")
