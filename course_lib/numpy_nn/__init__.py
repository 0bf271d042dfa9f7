"""Networks in NumPy alone: layers with weights, optimizers, and the names of `torch.nn`.

network = Sequential(Conv2d(1, 8, 3, generator=rng), ReLU(), Flatten(), ...)
loss = CrossEntropyLoss()
optimizer = SGD(network.parameters(), learning_rate=0.1, momentum=0.9)

loss(network(x), target)
network.zero_grad()
network.backward(loss.backward(), needs_grad_x=False)
optimizer.step()
"""

from course_lib.numpy_nn.activations import (
    ELU,
    GELU,
    SELU,
    Hardsigmoid,
    Hardswish,
    LeakyReLU,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from course_lib.numpy_nn.containers import Concat, Residual, Sequential
from course_lib.numpy_nn.convolution import Conv1d, Conv2d, Conv3d, Convolution, ConvTranspose2d
from course_lib.numpy_nn.linear import Flatten, Linear
from course_lib.numpy_nn.losses import CrossEntropyLoss
from course_lib.numpy_nn.module import Module, Operation, Parameter
from course_lib.numpy_nn.normalization import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm,
    LocalResponseNorm,
    Normalization,
)
from course_lib.numpy_nn.optimizers import SGD, Adam, Optimizer
from course_lib.numpy_nn.pooling import (
    AdaptiveAvgPool2d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    BlurPool2d,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
    MaxPool,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from course_lib.numpy_nn.regularization import Dropout, Dropout2d

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "SGD",
    "Adam",
    "AdaptiveAvgPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "BlurPool2d",
    "Concat",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose2d",
    "Convolution",
    "CrossEntropyLoss",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "GlobalAvgPool2d",
    "GlobalMaxPool2d",
    "GroupNorm",
    "Hardsigmoid",
    "Hardswish",
    "InstanceNorm2d",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "LogSoftmax",
    "MaxPool",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "Mish",
    "Module",
    "Normalization",
    "Operation",
    "Optimizer",
    "PReLU",
    "Parameter",
    "ReLU",
    "ReLU6",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]
