// The linear layer, and flatten before it.
import { product, requireOptions, tensor, zeros } from "./arrays.js";

/** (N, ...) to (N, features). */
export const flatten = (x) => tensor(x.data.slice(), [x.shape[0], product(x.shape.slice(1))]);

export const flatten_backward = (grad_y, x) => tensor(grad_y.data.slice(), x.shape);

/** y[...,o] = bias[o] + sum_i weight[o,i] x[...,i]; x (..., I), weight (O, I), bias (O,) or null. */
export function linear(x, weight, bias = null) {
  const [O, I] = weight.shape;
  if (x.shape.at(-1) !== I) throw new Error(`linear cannot put x (${x.shape}) through (${weight.shape})`);
  const y = zeros([...x.shape.slice(0, -1), O]);
  const rows = product(x.shape.slice(0, -1));
  for (let n = 0; n < rows; n++)
    for (let o = 0; o < O; o++) {
      let sum = bias ? bias.data[o] : 0;
      for (let i = 0; i < I; i++) sum += weight.data[o * I + i] * x.data[n * I + i];
      y.data[n * O + o] = sum;
    }
  return y;
}

/** Gradients { grad_x, grad_weight, grad_bias }; with needs_grad_x false, grad_x is null. */
export function linear_backward(grad_y, x, weight, bias = null, options = {}) {
  requireOptions("linear_backward", options, ["needs_grad_x"]);
  const [O, I] = weight.shape;
  const rows = product(x.shape.slice(0, -1));
  const wanted = options.needs_grad_x ?? true;
  const [toX, toWeight, toBias] = [x.data.length * wanted, O * I, O].map((n) => new Float64Array(n));
  for (let n = 0; n < rows; n++)
    for (let o = 0; o < O; o++) {
      const g = grad_y.data[n * O + o];
      toBias[o] += g;
      for (let i = 0; i < I; i++) toWeight[o * I + i] += g * x.data[n * I + i];
      if (wanted) for (let i = 0; i < I; i++) toX[n * I + i] += g * weight.data[o * I + i];
    }
  return {
    grad_x: wanted ? tensor(Float32Array.from(toX), x.shape) : null,
    grad_weight: tensor(Float32Array.from(toWeight), weight.shape),
    grad_bias: tensor(Float32Array.from(toBias), [O]),
  };
}
