// Activations: y = f(x) number by number, and grad_x = grad_y f'(x). Any shape.
import { requireOptions, tensor } from "./arrays.js";

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
const GELU_CUBIC = 0.044715; // Hendrycks and Gimpel, 2016, section 2

/** Make the pair [forward, backward] of a function and its slope, both of (x, options). */
function pairOf(operation, f, slope, known = []) {
  return [
    (x, options = {}) => {
      requireOptions(operation, options, known);
      return tensor(x.data.map((v) => f(v, options)), x.shape);
    },
    (grad_y, x, options = {}) => {
      requireOptions(operation, options, known);
      return tensor(grad_y.data.map((g, k) => g * slope(x.data[k], options)), x.shape);
    },
  ];
}

const logistic = (v) => 1 / (1 + Math.exp(-v));
const hard = (v) => Math.min(Math.max(v + 3, 0), 6) / 6;
const exponential = (v, alpha) => (v > 0 ? v : alpha * Math.expm1(v));

export const [relu, relu_backward] = pairOf("relu", (v) => (v < 0 ? 0 : v), (v) => Number(v > 0));

export const [relu6, relu6_backward] = pairOf(
  "relu6", (v) => Math.min(Math.max(v, 0), 6), (v) => Number(v > 0 && v < 6));

export const [leaky_relu, leaky_relu_backward] = pairOf(
  "leaky_relu",
  (v, { negative_slope = 0.01 }) => (v > 0 ? v : negative_slope * v),
  (v, { negative_slope = 0.01 }) => (v > 0 ? 1 : negative_slope),
  ["negative_slope"]);

export const [elu, elu_backward] = pairOf(
  "elu",
  (v, { alpha = 1 }) => exponential(v, alpha),
  (v, { alpha = 1 }) => (v > 0 ? 1 : alpha * Math.exp(v)),
  ["alpha"]);

export const [selu, selu_backward] = pairOf(
  "selu",
  (v) => SELU_SCALE * exponential(v, SELU_ALPHA),
  (v) => SELU_SCALE * (v > 0 ? 1 : SELU_ALPHA * Math.exp(v)));

export const [sigmoid, sigmoid_backward] = pairOf(
  "sigmoid", logistic, (v) => logistic(v) * (1 - logistic(v)));

export const [tanh, tanh_backward] = pairOf("tanh", Math.tanh, (v) => 1 - Math.tanh(v) ** 2);

export const [silu, silu_backward] = pairOf(
  "silu", (v) => v * logistic(v), (v) => logistic(v) * (1 + v * (1 - logistic(v))));

export const [hardsigmoid, hardsigmoid_backward] = pairOf(
  "hardsigmoid", hard, (v) => Number(v > -3 && v < 3) / 6);

export const [hardswish, hardswish_backward] = pairOf(
  "hardswish", (v) => v * hard(v), (v) => (v <= -3 || v >= 3 ? Number(v > 0) : v / 3 + 0.5));

export const [softplus, softplus_backward] = pairOf(
  "softplus",
  (v, { beta = 1, threshold = 20 }) =>
    (beta * v > threshold ? v : (Math.log1p(Math.exp(-Math.abs(beta * v))) + Math.max(beta * v, 0)) / beta),
  (v, { beta = 1, threshold = 20 }) => (beta * v > threshold ? 1 : logistic(beta * v)),
  ["beta", "threshold"]);

/** The error function, by its series of positive terms: erf(z) = 2/√π e^(−z²) Σ 2ⁿ z^(2n+1) / (2n+1)!! */
function erf(z) {
  if (Math.abs(z) > 6) return Math.sign(z); // to the last digit
  let term = z;
  let sum = z;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * z * z) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}

/** The share of the normal distribution below v: exactly, or by tanh. */
function shareBelow(v, approximate) {
  if (approximate === "none") return (1 + erf(v / Math.SQRT2)) / 2;
  return (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + GELU_CUBIC * v ** 3))) / 2;
}

function geluSlope(v, { approximate = "none" }) {
  const share = shareBelow(v, approximate);
  const near = Math.min(Math.max(v, -50), 50); // further out the density is 0
  const density = approximate === "none"
    ? Math.exp((-near * near) / 2) / Math.sqrt(2 * Math.PI)
    : 2 * Math.sqrt(2 / Math.PI) * share * (1 - share) * (1 + 3 * GELU_CUBIC * near * near);
  return share + near * density;
}

export const [gelu, gelu_backward] = pairOf(
  "gelu", (v, { approximate = "none" }) => v * shareBelow(v, approximate), geluSlope, ["approximate"]);

/** Which slope belongs to the number at k: one for all, or one for each channel (axis 1). */
function slopeOf({ shape, data }, weight) {
  const channels = weight.data.length;
  const each = channels === 1 ? data.length : data.length / (shape[0] * channels);
  return (k) => Math.floor(k / each) % channels;
}

/** y = x where x > 0, else weight[c] x; weight (C,), (1,) or a single number. */
export function prelu(x, weight) {
  const slope = slopeOf(x, weight);
  return tensor(x.data.map((v, k) => (v > 0 ? v : weight.data[slope(k)] * v)), x.shape);
}

/** Gradients { grad_x, grad_weight }. */
export function prelu_backward(grad_y, x, weight) {
  const slope = slopeOf(x, weight);
  const sums = new Float64Array(weight.data.length);
  grad_y.data.forEach((g, k) => { if (!(x.data[k] > 0)) sums[slope(k)] += g * x.data[k]; });
  const grad_x = grad_y.data.map((g, k) => (x.data[k] > 0 ? g : weight.data[slope(k)] * g));
  return { grad_x: tensor(grad_x, x.shape), grad_weight: tensor(Float32Array.from(sums), weight.shape) };
}
