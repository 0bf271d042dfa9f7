// Cross-entropy and the mean squared error.
import { product, requireOptions, tensor, zeros } from "./arrays.js";
import { log_softmax } from "./softmax.js";

const REDUCTIONS = ["none", "mean", "sum"];
const OPTIONS = ["weight", "label_smoothing", "reduction"];

function requireReduction(operation, reduction) {
  if (REDUCTIONS.includes(reduction)) return;
  throw new Error(`${operation}: reduction is none, mean or sum, not ${reduction}`);
}

/**
 * How much of each class the target asks for, position by position: mass(n, class), in which the
 * weights of the classes are contained. `total` is what a mean divides by.
 */
function targetMass(logits, target, { weight = null, label_smoothing = 0 }) {
  const [N, K] = logits.shape;
  const inner = product(logits.shape.slice(2));
  const soft = target.shape.length === logits.shape.length;
  const factor = (k) => (weight ? weight.data[k] : 1);
  const wanted = (n, place, k) =>
    (soft ? target.data[(n * K + k) * inner + place] : Number(target.data[n * inner + place] === k));
  const mass = (n, place, k) => (wanted(n, place, k) * (1 - label_smoothing) + label_smoothing / K) * factor(k);
  let total = N * inner;
  if (weight && !soft) total = target.data.reduce((sum, k) => sum + weight.data[k], 0);
  return { N, K, inner, mass, total };
}

/** Visit each position: visit(position in the loss, k => place of class k, k => mass of class k). */
function overPositions({ N, K, inner, mass }, visit) {
  for (let n = 0; n < N; n++)
    for (let place = 0; place < inner; place++)
      visit(n * inner + place, (k) => (n * K + k) * inner + place, (k) => mass(n, place, k));
}

/**
 * −sum_k target_k log softmax(logits)_k
 *
 * logits (N, classes, ...); target (N, ...) of classes from 0, or probabilities in the shape of
 * the logits. Options: weight (classes,), label_smoothing = 0, reduction = "mean".
 */
export function cross_entropy(logits, target, options = {}) {
  requireOptions("cross_entropy", options, OPTIONS);
  const { reduction = "mean" } = options;
  requireReduction("cross_entropy", reduction);
  const masses = targetMass(logits, target, options);
  const logs = log_softmax(logits, { axis: 1 });
  const losses = new Float64Array(masses.N * masses.inner);
  overPositions(masses, (at, place, mass) => {
    for (let k = 0; k < masses.K; k++) if (mass(k)) losses[at] -= mass(k) * logs.data[place(k)];
  });
  return reduced(losses, [logits.shape[0], ...logits.shape.slice(2)], reduction, masses.total);
}

/** The gradient for the logits: (softmax sum of the masses − mass) grad_y, shared out as reduced. */
export function cross_entropy_backward(grad_y, logits, target, options = {}) {
  requireOptions("cross_entropy_backward", options, OPTIONS);
  const { reduction = "mean" } = options;
  const masses = targetMass(logits, target, options);
  const logs = log_softmax(logits, { axis: 1 });
  const grad = zeros(logits.shape);
  const share = shareOf(grad_y, reduction, masses.total);
  overPositions(masses, (at, place, mass) => {
    let sum = 0;
    for (let k = 0; k < masses.K; k++) sum += mass(k);
    for (let k = 0; k < masses.K; k++) {
      grad.data[place(k)] = (Math.exp(logs.data[place(k)]) * sum - mass(k)) * share(at);
    }
  });
  return grad;
}

function reduced(losses, shape, reduction, total) {
  if (reduction === "none") return tensor(Float32Array.from(losses), shape);
  const sum = losses.reduce((a, b) => a + b, 0);
  return tensor([reduction === "sum" ? sum : sum / total], []);
}

const shareOf = (grad_y, reduction, total) =>
  (at) => (reduction === "none" ? grad_y.data[at] : reduction === "sum" ? grad_y.data[0] : grad_y.data[0] / total);

/** (prediction − target)², any shape. Option: reduction = "mean". */
export function mse_loss(prediction, target, options = {}) {
  requireOptions("mse_loss", options, ["reduction"]);
  const { reduction = "mean" } = options;
  requireReduction("mse_loss", reduction);
  const losses = Float64Array.from(prediction.data, (p, k) => (p - target.data[k]) ** 2);
  return reduced(losses, prediction.shape, reduction, losses.length);
}

/** The gradient for the prediction. */
export function mse_loss_backward(grad_y, prediction, target, options = {}) {
  requireOptions("mse_loss_backward", options, ["reduction"]);
  const share = shareOf(grad_y, options.reduction ?? "mean", prediction.data.length);
  const grad = prediction.data.map((p, k) => 2 * (p - target.data[k]) * share(k));
  return tensor(grad, prediction.shape);
}
