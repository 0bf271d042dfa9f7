// Batch normalization, in evaluation and in training.
import { product, requireOptions, tensor, zeros } from "./arrays.js";

const OPTIONS = ["training", "momentum", "eps"];

/** Visit the numbers of channel c: visit(place). */
function overChannel({ shape }, c, visit) {
  const each = product(shape.slice(2));
  for (let n = 0; n < shape[0]; n++)
    for (let k = 0, first = (n * shape[1] + c) * each; k < each; k++) visit(first + k);
}

/** Mean and biased variance of each channel. */
function moments(x) {
  const count = x.data.length / x.shape[1];
  return Array.from({ length: x.shape[1] }, (_, c) => {
    let [sum, squares] = [0, 0];
    overChannel(x, c, (k) => { sum += x.data[k]; });
    const mean = sum / count;
    overChannel(x, c, (k) => { squares += (x.data[k] - mean) ** 2; });
    return { mean, variance: squares / count };
  });
}

/** What each channel is normalized with: of the batch in training, else what was kept. */
function statistics(x, running_mean, running_var, { training = false }) {
  if (!training && running_mean) {
    return Array.from(running_mean.data, (mean, c) => ({ mean, variance: running_var.data[c] }));
  }
  const count = x.data.length / x.shape[1];
  if (count === 1) throw new Error("batch_norm needs more than one number a channel to train on");
  return moments(x);
}

/**
 * y = gamma (x − mean) / sqrt(variance + eps) + beta, channel by channel (axis 1).
 *
 * x (N, C, ...); running_mean, running_var, gamma, beta (C,) or null. Gives { y, running_mean,
 * running_var }. Options: training = false, momentum = 0.1 (weighs the new value), eps = 1e-5.
 */
export function batch_norm(x, running_mean, running_var, gamma = null, beta = null, options = {}) {
  requireOptions("batch_norm", options, OPTIONS);
  const { training = false, momentum = 0.1, eps = 1e-5 } = options;
  const y = zeros(x.shape);
  const used = statistics(x, running_mean, running_var, options);
  used.forEach(({ mean, variance }, c) => {
    const slope = (gamma ? gamma.data[c] : 1) / Math.sqrt(variance + eps);
    const shift = beta ? beta.data[c] : 0;
    overChannel(x, c, (k) => { y.data[k] = (x.data[k] - mean) * slope + shift; });
  });
  if (!running_mean) return { y, running_mean: null, running_var: null };
  const count = x.data.length / x.shape[1];
  const learns = training && count > 0;
  const unbiased = used.map(({ variance }) => (variance * count) / (count - 1));
  const kept = (old, fresh) =>
    tensor(old.data.map((value, c) => (learns ? (1 - momentum) * value + momentum * fresh[c] : value)), old.shape);
  const means = used.map(({ mean }) => mean);
  return { y, running_mean: kept(running_mean, means), running_var: kept(running_var, unbiased) };
}

/** Gradients { grad_x, grad_gamma, grad_beta }; in training also through mean and variance. */
export function batch_norm_backward(grad_y, x, running_mean, running_var, gamma = null, beta = null, options = {}) {
  requireOptions("batch_norm_backward", options, OPTIONS);
  const { training = false, eps = 1e-5 } = options;
  const [grad_x, grad_gamma, grad_beta] = [x.shape, [x.shape[1]], [x.shape[1]]].map(zeros);
  const count = x.data.length / x.shape[1];
  const throughBatch = training || !running_mean;
  statistics(x, running_mean, running_var, options).forEach(({ mean, variance }, c) => {
    const inverse = 1 / Math.sqrt(variance + eps);
    const normal = (k) => (x.data[k] - mean) * inverse;
    let [sum, along] = [0, 0];
    overChannel(x, c, (k) => { sum += grad_y.data[k]; along += grad_y.data[k] * normal(k); });
    grad_beta.data[c] = sum;
    grad_gamma.data[c] = along;
    const slope = (gamma ? gamma.data[c] : 1) * inverse;
    overChannel(x, c, (k) => {
      const back = throughBatch ? (sum + normal(k) * along) / count : 0;
      grad_x.data[k] = slope * (grad_y.data[k] - back);
    });
  });
  return { grad_x, grad_gamma, grad_beta };
}
