"""The NumPy reference: every operation of the course, forward and backward, without torch.

`__all__` lists what has a PyTorch twin; the `<name>_loops` beside it spell the formulas out.
"""

from course_lib.numpy_ops.activations import (
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    hardsigmoid,
    hardsigmoid_backward,
    hardswish,
    hardswish_backward,
    leaky_relu,
    leaky_relu_backward,
    log_softmax,
    log_softmax_backward,
    prelu,
    prelu_backward,
    relu,
    relu6,
    relu6_backward,
    relu_backward,
    selu,
    selu_backward,
    sigmoid,
    sigmoid_backward,
    silu,
    silu_backward,
    softmax,
    softmax_backward,
    softplus,
    softplus_backward,
    tanh,
    tanh_backward,
)
from course_lib.numpy_ops.conv_transpose import (
    conv_transpose2d,
    conv_transpose2d_backward,
)
from course_lib.numpy_ops.convolution import (
    conv1d,
    conv1d_backward,
    conv2d,
    conv2d_backward,
    conv3d,
    conv3d_backward,
)
from course_lib.numpy_ops.correlation import (
    convolve2d,
    convolve2d_backward,
    cross_correlate2d,
    cross_correlate2d_backward,
)
from course_lib.numpy_ops.initialization import (
    calculate_gain,
    fan_in_and_fan_out,
    he_normal,
    he_uniform,
    lecun_normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)
from course_lib.numpy_ops.linear import (
    flatten,
    flatten_backward,
    linear,
    linear_backward,
)
from course_lib.numpy_ops.loops.conv_transpose import (
    conv_transpose2d_loops as conv_transpose2d_loops,
)
from course_lib.numpy_ops.loops.convolution import conv1d_loops as conv1d_loops
from course_lib.numpy_ops.loops.convolution import conv2d_loops as conv2d_loops
from course_lib.numpy_ops.loops.convolution import conv3d_loops as conv3d_loops
from course_lib.numpy_ops.loops.correlation import convolve2d_loops as convolve2d_loops
from course_lib.numpy_ops.loops.correlation import (
    cross_correlate2d_loops as cross_correlate2d_loops,
)
from course_lib.numpy_ops.loops.losses import (
    binary_cross_entropy_loops as binary_cross_entropy_loops,
)
from course_lib.numpy_ops.loops.losses import (
    binary_cross_entropy_with_logits_loops as binary_cross_entropy_with_logits_loops,
)
from course_lib.numpy_ops.loops.losses import binary_focal_loss_loops as binary_focal_loss_loops
from course_lib.numpy_ops.loops.losses import cross_entropy_loops as cross_entropy_loops
from course_lib.numpy_ops.loops.losses import focal_loss_loops as focal_loss_loops
from course_lib.numpy_ops.loops.losses import mse_loss_loops as mse_loss_loops
from course_lib.numpy_ops.loops.losses import nll_loss_loops as nll_loss_loops
from course_lib.numpy_ops.loops.normalization import batch_norm_loops as batch_norm_loops
from course_lib.numpy_ops.loops.normalization import group_norm_loops as group_norm_loops
from course_lib.numpy_ops.loops.normalization import instance_norm_loops as instance_norm_loops
from course_lib.numpy_ops.loops.normalization import layer_norm_loops as layer_norm_loops
from course_lib.numpy_ops.loops.normalization import (
    local_response_norm_loops as local_response_norm_loops,
)
from course_lib.numpy_ops.loops.pooling import (
    adaptive_avg_pool2d_loops as adaptive_avg_pool2d_loops,
)
from course_lib.numpy_ops.loops.pooling import avg_pool2d_loops as avg_pool2d_loops
from course_lib.numpy_ops.loops.pooling import blur_pool2d_loops as blur_pool2d_loops
from course_lib.numpy_ops.loops.pooling import max_pool2d_loops as max_pool2d_loops
from course_lib.numpy_ops.loops.pooling_1d_3d import avg_pool1d_loops as avg_pool1d_loops
from course_lib.numpy_ops.loops.pooling_1d_3d import avg_pool3d_loops as avg_pool3d_loops
from course_lib.numpy_ops.loops.pooling_1d_3d import max_pool1d_loops as max_pool1d_loops
from course_lib.numpy_ops.loops.pooling_1d_3d import max_pool3d_loops as max_pool3d_loops
from course_lib.numpy_ops.loops.unfolding import col2im_loops as col2im_loops
from course_lib.numpy_ops.loops.unfolding import im2col_loops as im2col_loops
from course_lib.numpy_ops.loops.unfolding import pad2d_loops as pad2d_loops
from course_lib.numpy_ops.losses import (
    binary_cross_entropy,
    binary_cross_entropy_backward,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_backward,
    binary_focal_loss,
    binary_focal_loss_backward,
    cross_entropy,
    cross_entropy_backward,
    focal_loss,
    focal_loss_backward,
    mse_loss,
    mse_loss_backward,
    nll_loss,
    nll_loss_backward,
)
from course_lib.numpy_ops.normalization import (
    batch_norm,
    batch_norm_backward,
    group_norm,
    group_norm_backward,
    instance_norm,
    instance_norm_backward,
    layer_norm,
    layer_norm_backward,
    local_response_norm,
    local_response_norm_backward,
)
from course_lib.numpy_ops.pooling import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    avg_pool1d,
    avg_pool1d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    avg_pool3d,
    avg_pool3d_backward,
    blur_pool2d,
    blur_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    global_max_pool2d_backward,
    max_pool1d,
    max_pool1d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool3d,
    max_pool3d_backward,
)
from course_lib.numpy_ops.regularization import (
    dropout,
    dropout2d,
    dropout2d_backward,
    dropout_backward,
)
from course_lib.numpy_ops.unfolding import (
    col2im,
    col2im_backward,
    im2col,
    im2col_backward,
    pad2d,
    pad2d_backward,
)
from course_lib.numpy_ops.workspace import keep_freed_memory

__all__ = [  # noqa: RUF022 (in the order of the course)
    # convolution
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "cross_correlate2d",
    "cross_correlate2d_backward",
    "convolve2d",
    "convolve2d_backward",
    "im2col",
    "im2col_backward",
    "col2im",
    "col2im_backward",
    "pad2d",
    "pad2d_backward",
    # pooling
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool3d",
    "max_pool3d_backward",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "global_max_pool2d",
    "global_max_pool2d_backward",
    "blur_pool2d",
    "blur_pool2d_backward",
    # activations
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
    # normalization
    "batch_norm",
    "batch_norm_backward",
    "group_norm",
    "group_norm_backward",
    "layer_norm",
    "layer_norm_backward",
    "instance_norm",
    "instance_norm_backward",
    "local_response_norm",
    "local_response_norm_backward",
    # losses
    "cross_entropy",
    "cross_entropy_backward",
    "nll_loss",
    "nll_loss_backward",
    "binary_cross_entropy",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "focal_loss",
    "focal_loss_backward",
    "binary_focal_loss",
    "binary_focal_loss_backward",
    "mse_loss",
    "mse_loss_backward",
    # linear
    "linear",
    "linear_backward",
    "flatten",
    "flatten_backward",
    # regularization
    "dropout",
    "dropout_backward",
    "dropout2d",
    "dropout2d_backward",
    # initialization
    "fan_in_and_fan_out",
    "calculate_gain",
    "lecun_normal",
    "xavier_normal",
    "xavier_uniform",
    "he_normal",
    "he_uniform",
    "orthogonal",
]

keep_freed_memory()
