// A small network, as course_lib.live.network_state writes it: forward with all maps, backward
// with all gradients. The twin of numpy_nn.Sequential. training.js trains it.
import {
  adaptive_avg_pool2d, adaptive_avg_pool2d_backward, avg_pool2d, avg_pool2d_backward, batch_norm,
  batch_norm_backward, conv2d, conv2d_backward, elu, elu_backward, flatten, flatten_backward, gelu,
  gelu_backward, global_avg_pool2d, global_avg_pool2d_backward, global_max_pool2d,
  global_max_pool2d_backward, hardsigmoid, hardsigmoid_backward, hardswish, hardswish_backward,
  leaky_relu, leaky_relu_backward, linear, linear_backward, log_softmax, log_softmax_backward,
  max_pool2d, max_pool2d_backward, pair, prelu, prelu_backward, relu, relu_backward, relu6,
  relu6_backward, selu, selu_backward, sigmoid, sigmoid_backward, silu, silu_backward, softmax,
  softmax_backward, softplus, softplus_backward, tanh, tanh_backward, unpack,
} from "./nn.js";
import { countWindows } from "./pooling.js";

// A layer without weights is one operation; one with weights gives them to it in this order.
const OPERATIONS = {
  adaptive_avg_pool2d: [adaptive_avg_pool2d, adaptive_avg_pool2d_backward],
  avg_pool2d: [avg_pool2d, avg_pool2d_backward],
  batch_norm: [batch_norm, batch_norm_backward],
  conv2d: [conv2d, conv2d_backward],
  elu: [elu, elu_backward],
  flatten: [flatten, flatten_backward],
  gelu: [gelu, gelu_backward],
  global_avg_pool2d: [global_avg_pool2d, global_avg_pool2d_backward],
  global_max_pool2d: [global_max_pool2d, global_max_pool2d_backward],
  hardsigmoid: [hardsigmoid, hardsigmoid_backward],
  hardswish: [hardswish, hardswish_backward],
  leaky_relu: [leaky_relu, leaky_relu_backward],
  linear: [linear, linear_backward],
  log_softmax: [log_softmax, log_softmax_backward],
  max_pool2d: [max_pool2d, max_pool2d_backward],
  prelu: [prelu, prelu_backward],
  relu: [relu, relu_backward],
  relu6: [relu6, relu6_backward],
  selu: [selu, selu_backward],
  sigmoid: [sigmoid, sigmoid_backward],
  silu: [silu, silu_backward],
  softmax: [softmax, softmax_backward],
  softplus: [softplus, softplus_backward],
  tanh: [tanh, tanh_backward],
};
const PARAMETERS = {
  conv2d: ["weight", "bias"], linear: ["weight", "bias"], prelu: ["weight"], batch_norm: ["gamma", "beta"],
};
const BUFFERS = { batch_norm: ["running_mean", "running_var"] };

/** @typedef {{ op: string, options: object, parameters: object, buffers: object }} Layer tensors by name */

/** Unpack a layer; a bias or gamma that it does not have is null. */
function makeLayer({ op, options = {}, ...arrays }) {
  if (!(op in OPERATIONS)) throw new Error(`a network in a page has no layer ${op}`);
  const pick = (names = []) =>
    Object.fromEntries(names.map((name) => [name, arrays[name] ? unpack(arrays[name]) : null]));
  return { op, options, parameters: pick(PARAMETERS[op]), buffers: pick(BUFFERS[op]) };
}

/** The arrays behind x in the call of a layer's operation, and its options. */
function argumentsOf({ op, options, parameters, buffers }, training) {
  if (op !== "batch_norm") return [...Object.values(parameters), options];
  return [buffers.running_mean, buffers.running_var, parameters.gamma, parameters.beta, { ...options, training }];
}

/**
 * Make a network of a state { layers: [{ op, options, weight, bias, ... }] }.
 *
 * `layers` may be looked at and its numbers changed. `forward(x, { training })` gives what each
 * layer gives, a list of tensors; the last one is the output. In training batch norm uses the
 * batch and moves its running averages.
 */
export function makeNetwork(state) {
  const layers = state.layers.map(makeLayer);

  function forward(x, { training = false } = {}) {
    const outputs = [];
    for (const layer of layers) {
      const result = OPERATIONS[layer.op][0](outputs.at(-1) ?? x, ...argumentsOf(layer, training));
      outputs.push(layer.op === "batch_norm" ? result.y : result);
      if (layer.op === "batch_norm" && training) {
        layer.buffers = { running_mean: result.running_mean, running_var: result.running_var };
      }
    }
    return outputs;
  }

  /**
   * Send a gradient of the loss back through the forward pass that gave `outputs` from `x`.
   *
   * Gives { grad_x, outputs, parameters }: the gradient for the input (null unless needs_grad_x),
   * for what each layer gave, and { weight, bias, ... } for each layer.
   */
  function backward(grad_y, x, outputs, { training = false, needs_grad_x = true } = {}) {
    const grads = { grad_x: null, outputs: Array(layers.length), parameters: Array(layers.length) };
    let grad = grad_y;
    for (let k = layers.length - 1; k >= 0; k--) {
      grads.outputs[k] = grad;
      const result = backThrough(layers[k], grad, outputs[k - 1] ?? x, training, k > 0 || needs_grad_x);
      grads.parameters[k] = Object.fromEntries(Object.keys(layers[k].parameters)
        .filter((name) => layers[k].parameters[name]).map((name) => [name, result[`grad_${name}`]]));
      grad = result.grad_x ?? result;
    }
    grads.grad_x = needs_grad_x ? grad : null;
    return grads;
  }

  return { layers, forward, backward };
}

/** Gradients of one layer; a layer without weights gives that of its input alone. */
function backThrough(layer, grad_y, x, training, needs_grad_x) {
  const given = argumentsOf(layer, training);
  if (["conv2d", "linear"].includes(layer.op)) given.push({ ...given.pop(), needs_grad_x });
  return OPERATIONS[layer.op][1](grad_y, x, ...given);
}

const WINDOWED = ["conv2d", "max_pool2d", "avg_pool2d"];
const WHOLE = ["adaptive_avg_pool2d", "global_avg_pool2d", "global_max_pool2d", "flatten", "linear"];

/** The window of a layer along both axes: { size, stride, padding, dilation }, each [rows, columns]. */
export function windowOf({ op, options, parameters }) {
  if (!WINDOWED.includes(op)) return { size: [1, 1], stride: [1, 1], padding: [0, 0], dilation: [1, 1] };
  const size = op === "conv2d" ? parameters.weight.shape.slice(2) : pair(options.kernel_size);
  const dilation = pair(options.dilation ?? 1);
  const stride = pair(options.stride ?? (op === "conv2d" ? 1 : size));
  const padding = options.padding === "same" ? size.map((k, a) => Math.floor((dilation[a] * (k - 1)) / 2))
    : pair(options.padding === "valid" ? 0 : options.padding ?? 0);
  return { size, stride, padding, dilation };
}

/** Rows and columns of what a layer makes of an input of this size; nothing is left of them behind
 * a layer that gives vectors. */
function sizeBehind(layer, [rows, columns]) {
  if (WHOLE.includes(layer.op)) return pair(layer.options.output_size ?? 1);
  const { size, stride, padding, dilation } = windowOf(layer);
  if (layer.options.padding === "same") return [rows, columns];
  return [rows, columns].map((n, a) =>
    countWindows(n, size[a], stride[a], padding[a], dilation[a], layer.options.ceil_mode ?? false));
}

/**
 * What an output of layer `upto` sees of an input of [rows, columns] `shape`: { row, column,
 * height, width }. It may reach into the padding. A layer that looks at whole maps (linear,
 * global pooling) sees all that they see.
 */
export function fieldOf(layers, upto, [row, column], shape) {
  const sizes = [shape];
  for (const layer of layers.slice(0, upto)) sizes.push(sizeBehind(layer, sizes.at(-1)));
  let [first, last] = [[row, column], [row, column]];
  for (let k = upto; k >= 0; k--) {
    const { size, stride, padding, dilation } = windowOf(layers[k]);
    const whole = WHOLE.includes(layers[k].op);
    const start = (at, a) => at * stride[a] - padding[a];
    last = last.map((at, a) => (whole ? sizes[k][a] - 1 : start(at, a) + dilation[a] * (size[a] - 1)));
    first = first.map((at, a) => (whole ? 0 : start(at, a)));
  }
  return { row: first[0], column: first[1], height: last[0] - first[0] + 1, width: last[1] - first[1] + 1 };
}
