"""Activations in plain NumPy: the public home of all families.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
taught in: notebooks/07_activations.ipynb   symbols: course_lib/shapes.py
"""

from course_lib.numpy_ops._activations_exponentials import (
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    selu,
    selu_backward,
    softplus,
    softplus_backward,
)
from course_lib.numpy_ops._activations_rectifiers import (
    leaky_relu,
    leaky_relu_backward,
    prelu,
    prelu_backward,
    relu,
    relu6,
    relu6_backward,
    relu_backward,
)
from course_lib.numpy_ops._activations_sigmoids import (
    hardsigmoid,
    hardsigmoid_backward,
    hardswish,
    hardswish_backward,
    sigmoid,
    sigmoid_backward,
    silu,
    silu_backward,
    tanh,
    tanh_backward,
)
from course_lib.numpy_ops._activations_softmax import (
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)

__all__ = [  # noqa: RUF022 (in the order of the course)
    "sigmoid",
    "sigmoid_backward",
    "tanh",
    "tanh_backward",
    "relu",
    "relu_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "prelu",
    "prelu_backward",
    "elu",
    "elu_backward",
    "selu",
    "selu_backward",
    "gelu",
    "gelu_backward",
    "silu",
    "silu_backward",
    "relu6",
    "relu6_backward",
    "hardswish",
    "hardswish_backward",
    "hardsigmoid",
    "hardsigmoid_backward",
    "softplus",
    "softplus_backward",
    "softmax",
    "softmax_backward",
    "log_softmax",
    "log_softmax_backward",
]
