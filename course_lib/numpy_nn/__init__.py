"""Networks in NumPy alone: layers with weights, optimizers, and the names of `torch.nn`.

network = Sequential(Conv2d(1, 8, 3, generator=rng), ReLU(), Flatten(), ...)
loss = CrossEntropyLoss()
optimizer = SGD(network.parameters(), learning_rate=0.1, momentum=0.9)

loss(network(x), target)
network.zero_grad()
network.backward(loss.backward(), needs_grad_x=False)
optimizer.step()
"""

from course_lib.numpy_nn.activations import ReLU
from course_lib.numpy_nn.containers import Concat, Residual, Sequential
from course_lib.numpy_nn.convolution import Conv2d
from course_lib.numpy_nn.linear import Flatten, Linear
from course_lib.numpy_nn.losses import CrossEntropyLoss
from course_lib.numpy_nn.module import Module, Operation, Parameter
from course_lib.numpy_nn.optimizers import SGD, Adam, Optimizer
from course_lib.numpy_nn.pooling import MaxPool2d

__all__ = [
    "SGD",
    "Adam",
    "Concat",
    "Conv2d",
    "CrossEntropyLoss",
    "Flatten",
    "Linear",
    "MaxPool2d",
    "Module",
    "Operation",
    "Optimizer",
    "Parameter",
    "ReLU",
    "Residual",
    "Sequential",
]
