"""Totals that others have published for the networks of `course_lib.models`."""

from typing import NamedTuple

TORCHVISION = "torchvision 0.28, weights IMAGENET1K_V1"
KERAS = "keras.applications MobileNet, without its 21,888 batch norm statistics"
LECUN = "LeCun et al. 1998, Proceedings of the IEEE 86(11), section II.B"
KRIZHEVSKY = "Krizhevsky et al. 2012, Figure 2; counted from its layers"


class Published(NamedTuple):
    """Totals of a network for one image; None where nobody gives the number.

    `multiply_adds` are in units of 10⁹ at `image_size` pixels; the receptive field, in pixels, is
    that of the last layer that does not see the whole image, by the closed form of Araujo, Norris
    and Sim 2019 (doi:10.23915/distill.00021); `top1` and `top5` are accuracies on the ImageNet
    validation set, one crop, in percent, with the weights of the source.
    """

    parameters: int
    multiply_adds: float | None
    image_size: int
    receptive_field: int | None
    top1: float | None
    top5: float | None
    source: str


PUBLISHED = {
    "lenet5_original": Published(60_000, None, 32, 32, None, None, LECUN),
    "alexnet_original": Published(60_965_224, None, 224, 195, None, None, KRIZHEVSKY),
    "alexnet": Published(61_100_840, 0.714, 224, 195, 56.522, 79.066, TORCHVISION),
    "vgg11": Published(132_863_336, 7.609, 224, 150, 69.02, 88.628, TORCHVISION),
    "vgg11_bn": Published(132_868_840, 7.609, 224, 150, 70.37, 89.81, TORCHVISION),
    "vgg13": Published(133_047_848, 11.308, 224, 156, 69.928, 89.246, TORCHVISION),
    "vgg13_bn": Published(133_053_736, 11.308, 224, 156, 71.586, 90.374, TORCHVISION),
    "vgg16": Published(138_357_544, 15.47, 224, 212, 71.592, 90.382, TORCHVISION),
    "vgg16_bn": Published(138_365_992, 15.47, 224, 212, 73.36, 91.516, TORCHVISION),
    "vgg19": Published(143_667_240, 19.632, 224, 268, 72.376, 90.876, TORCHVISION),
    "vgg19_bn": Published(143_678_248, 19.632, 224, 268, 74.218, 91.842, TORCHVISION),
    "googlenet": Published(6_624_904, 1.498, 224, 379, 69.778, 89.53, TORCHVISION),
    "resnet18": Published(11_689_512, 1.814, 224, 435, 69.758, 89.078, TORCHVISION),
    "resnet34": Published(21_797_672, 3.664, 224, 899, 73.314, 91.42, TORCHVISION),
    "resnet50": Published(25_557_032, 4.089, 224, 427, 76.13, 92.862, TORCHVISION),
    "resnet101": Published(44_549_160, 7.801, 224, 971, 77.374, 93.546, TORCHVISION),
    "resnet152": Published(60_192_808, 11.514, 224, 1451, 78.312, 94.046, TORCHVISION),
    "mobilenet_v2": Published(3_504_872, 0.301, 224, 491, 71.878, 90.286, TORCHVISION),
    "efficientnet_b0": Published(5_288_548, 0.386, 224, 851, 77.692, 93.532, TORCHVISION),
    "efficientnet_b1": Published(7_794_184, 0.687, 240, 1183, 78.642, 94.186, TORCHVISION),
    "efficientnet_b2": Published(9_109_994, 1.088, 288, 1183, 80.608, 95.31, TORCHVISION),
    "efficientnet_b3": Published(12_233_232, 1.827, 300, 1407, 82.008, 96.054, TORCHVISION),
    "efficientnet_b4": Published(19_341_616, 4.394, 380, 1799, 83.384, 96.594, TORCHVISION),
    "efficientnet_b5": Published(30_389_784, 10.266, 456, 2131, 83.444, 96.628, TORCHVISION),
    "efficientnet_b6": Published(43_040_704, 19.068, 528, 2523, 84.008, 96.916, TORCHVISION),
    "efficientnet_b7": Published(66_347_960, 37.746, 600, 3079, 84.122, 96.908, TORCHVISION),
    "mobilenet_v1": Published(4_231_976, 0.569, 224, 315, None, None, KERAS),
}
