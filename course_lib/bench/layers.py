"""What is measured: twelve convolutions from the networks of the course, and other layers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class ConvLayer(NamedTuple):
    """A convolution of square images: sizes in pixels."""

    name: str
    batch: int
    channels_in: int
    channels_out: int
    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    is_input: bool = False  # the first layer of its network: nothing needs its grad_x
    operation: str = "conv2d"

    @property
    def output_size(self) -> int:
        """Height and width of the output."""
        return (self.size + 2 * self.padding - self.kernel) // self.stride + 1

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of a forward pass, done directly."""
        taps = self.channels_in // self.groups * self.kernel**2
        return self.batch * self.channels_out * self.output_size**2 * taps

    @property
    def options(self) -> dict[str, int]:
        """The options of `conv2d`."""
        return {"stride": self.stride, "padding": self.padding, "groups": self.groups}


@dataclass(frozen=True)
class Operation:
    """Another operation: the name of its line, the shapes of its inputs, and its options."""

    operation: str
    name: str
    shapes: tuple[tuple[int, ...], ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    constants: tuple[int, ...] = ()  # inputs without a gradient, such as running statistics


CONV_LAYERS = (
    ConvLayer("lenet_conv1", 64, 1, 6, size=28, kernel=5, padding=2, is_input=True),
    ConvLayer("lenet_conv2", 64, 6, 16, size=14, kernel=5),
    ConvLayer("alexnet_conv1", 8, 3, 96, size=227, kernel=11, stride=4, is_input=True),
    ConvLayer("alexnet_conv2", 8, 96, 256, size=27, kernel=5, padding=2),
    ConvLayer("vgg_conv1_2", 2, 64, 64, size=224, kernel=3, padding=1),
    ConvLayer("vgg_conv3_1", 4, 128, 256, size=56, kernel=3, padding=1),
    ConvLayer("resnet_1x1", 8, 256, 64, size=56, kernel=1),
    ConvLayer("resnet_3x3_stride2", 8, 128, 128, size=56, kernel=3, stride=2, padding=1),
    ConvLayer("resnet_last", 16, 512, 512, size=7, kernel=3, padding=1),
    ConvLayer("mobilenet_depthwise", 8, 256, 256, size=28, kernel=3, padding=1, groups=256),
    ConvLayer("efficientnet_depthwise", 8, 672, 672, size=14, kernel=5, padding=2, groups=672),
    ConvLayer("googlenet_5x5", 16, 32, 96, size=28, kernel=5, padding=2),
)

MAPS = (16, 64, 56, 56)
CHANNELS = (64,)

OPERATIONS = (
    Operation("max_pool2d", "max_pool2d 2x2", (MAPS,), {"kernel_size": 2}),
    Operation(
        "max_pool2d",
        "max_pool2d 3x3 stride 2",
        (MAPS,),
        {"kernel_size": 3, "stride": 2, "padding": 1},
    ),
    Operation("avg_pool2d", "avg_pool2d 2x2", (MAPS,), {"kernel_size": 2}),
    Operation("global_avg_pool2d", "global_avg_pool2d", (MAPS,)),
    Operation(
        "batch_norm",
        "batch_norm training",
        (MAPS, CHANNELS, CHANNELS, CHANNELS, CHANNELS),
        {"training": True},
        constants=(1, 2),
    ),
    Operation("group_norm", "group_norm", (MAPS, CHANNELS, CHANNELS), {"num_groups": 8}),
    Operation(
        "layer_norm", "layer_norm", ((512, 768), (768,), (768,)), {"normalized_shape": (768,)}
    ),
    Operation("relu", "relu", (MAPS,)),
    Operation("leaky_relu", "leaky_relu", (MAPS,)),
    Operation("sigmoid", "sigmoid", (MAPS,)),
    Operation("tanh", "tanh", (MAPS,)),
    Operation("gelu", "gelu", (MAPS,)),
    Operation("silu", "silu", (MAPS,)),
    Operation("softmax", "softmax", ((512, 1000),), {"axis": 1}),
)
