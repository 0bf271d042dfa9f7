// Softmax and its logarithm along an axis; stable for every finite input.
import { product, requireOptions, zeros } from "./arrays.js";

/** Visit every row along the axis: visit(first place, step to the next number, numbers in a row). */
function overRows(operation, { shape }, options, visit) {
  requireOptions(operation, options, ["axis"]);
  if (!Number.isInteger(options.axis)) throw new Error(`${operation} needs the option axis`);
  const axis = options.axis < 0 ? options.axis + shape.length : options.axis;
  const length = shape[axis] ?? 1;
  const step = product(shape.slice(axis + 1));
  const total = product(shape);
  for (let first = 0; first < total; first += length * step)
    for (let k = first; k < first + step; k++) visit(k, step, length);
}

/** log_softmax of each row into `to`, in double precision; the largest is taken off first. */
function logRows(operation, x, options, to) {
  overRows(operation, x, options, (first, step, length) => {
    let most = -Infinity;
    for (let k = 0; k < length; k++) most = Math.max(most, x.data[first + k * step]);
    if (most === -Infinity) throw new Error(`${operation}: a row of only −∞ has no softmax`);
    let sum = 0;
    for (let k = 0; k < length; k++) sum += Math.exp(x.data[first + k * step] - most);
    for (let k = 0; k < length; k++) to[first + k * step] = x.data[first + k * step] - most - Math.log(sum);
  });
  return to;
}

/** log(exp(x) / sum exp(x)) along `axis`. */
export function log_softmax(x, options) {
  const y = zeros(x.shape);
  y.data.set(logRows("log_softmax", x, options, new Float64Array(y.data.length)));
  return y;
}

/** exp(x) / sum exp(x) along `axis`. */
export function softmax(x, options) {
  const y = zeros(x.shape);
  y.data.set(logRows("softmax", x, options, new Float64Array(y.data.length)).map(Math.exp));
  return y;
}

/** grad_x = y (grad_y − sum grad_y y) */
export function softmax_backward(grad_y, x, options) {
  const y = logRows("softmax", x, options, new Float64Array(x.data.length)).map(Math.exp);
  return fromRowSums(grad_y, x, options, (k) => grad_y.data[k] * y[k], (k, sum) => y[k] * (grad_y.data[k] - sum));
}

/** grad_x = grad_y − softmax(x) sum grad_y */
export function log_softmax_backward(grad_y, x, options) {
  const y = logRows("log_softmax", x, options, new Float64Array(x.data.length)).map(Math.exp);
  return fromRowSums(grad_y, x, options, (k) => grad_y.data[k], (k, sum) => grad_y.data[k] - y[k] * sum);
}

function fromRowSums(grad_y, x, options, added, made) {
  const grad_x = zeros(x.shape);
  overRows("softmax", x, options, (first, step, length) => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += added(first + k * step);
    for (let k = 0; k < length; k++) grad_x.data[first + k * step] = made(first + k * step, sum);
  });
  return grad_x;
}
