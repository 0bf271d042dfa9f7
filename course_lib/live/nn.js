// The third twin: layers of a CNN, forward and backward, on Float32Array in the order (N, C, H, W).
// Names, arguments, defaults and results are those of course_lib.numpy_ops; options come as one
// object behind the arrays. tests/browser/test_nn.py holds every function to it on the parity cases.

export { fromNested, packGray, pair, product, reshape, tensor, toNested, unpack, zeros } from "./arrays.js";
export { conv2d, conv2d_backward, output_size } from "./convolution.js";
export {
  adaptive_avg_pool2d, adaptive_avg_pool2d_backward, avg_pool2d, avg_pool2d_backward,
  global_avg_pool2d, global_avg_pool2d_backward, global_max_pool2d, global_max_pool2d_backward,
  max_pool2d, max_pool2d_backward,
} from "./pooling.js";
export {
  elu, elu_backward, gelu, gelu_backward, hardsigmoid, hardsigmoid_backward, hardswish,
  hardswish_backward, leaky_relu, leaky_relu_backward, prelu, prelu_backward, relu, relu_backward,
  relu6, relu6_backward, selu, selu_backward, sigmoid, sigmoid_backward, silu, silu_backward,
  softplus, softplus_backward, tanh, tanh_backward,
} from "./activations.js";
export { log_softmax, log_softmax_backward, softmax, softmax_backward } from "./softmax.js";
export { batch_norm, batch_norm_backward } from "./normalization.js";
export { flatten, flatten_backward, linear, linear_backward } from "./linear.js";
export { cross_entropy, cross_entropy_backward, mse_loss, mse_loss_backward } from "./losses.js";
