"""The classic convolutional networks, one family a file, built by name.

Their state-dict keys and shapes are torchvision's wherever torchvision has the network, so its
published weights load with `strict=True`. Every file lists what "Differs from the paper".
"""

from course_lib.models.alexnet import alexnet, alexnet_original
from course_lib.models.efficientnet import (
    efficientnet,
    efficientnet_b0,
    efficientnet_b1,
    efficientnet_b2,
    efficientnet_b3,
    efficientnet_b4,
    efficientnet_b5,
    efficientnet_b6,
    efficientnet_b7,
    efficientnet_lite0,
)
from course_lib.models.googlenet import GoogLeNetOutputs, googlenet
from course_lib.models.layers import ImageNetwork
from course_lib.models.lenet import lenet5, lenet5_original
from course_lib.models.mobilenet import mobilenet_v1, mobilenet_v2
from course_lib.models.photos import Guess, classify, imagenet_labels, preprocess
from course_lib.models.preact_resnet import (
    preact_resnet18,
    preact_resnet34,
    preact_resnet50,
    preact_resnet101,
    preact_resnet152,
)
from course_lib.models.pretrained import load_pretrained
from course_lib.models.registry import build, names
from course_lib.models.resnet import resnet18, resnet34, resnet50, resnet101, resnet152
from course_lib.models.scaling import Scaling, compound_scaling
from course_lib.models.vgg import (
    vgg11,
    vgg11_bn,
    vgg13,
    vgg13_bn,
    vgg16,
    vgg16_bn,
    vgg19,
    vgg19_bn,
)

__all__ = [
    "GoogLeNetOutputs",
    "Guess",
    "ImageNetwork",
    "Scaling",
    "alexnet",
    "alexnet_original",
    "build",
    "classify",
    "compound_scaling",
    "efficientnet",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_lite0",
    "googlenet",
    "imagenet_labels",
    "lenet5",
    "lenet5_original",
    "load_pretrained",
    "mobilenet_v1",
    "mobilenet_v2",
    "names",
    "preact_resnet18",
    "preact_resnet34",
    "preact_resnet50",
    "preact_resnet101",
    "preact_resnet152",
    "preprocess",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
]
