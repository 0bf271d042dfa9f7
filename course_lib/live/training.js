// Training in the page: the optimizers of numpy_nn, one step, and random weights.
import { cross_entropy, cross_entropy_backward, product, tensor } from "./nn.js";

/** All numbers that training changes: [{ layer, name, value: Tensor }], in order. */
export const parametersOf = ({ layers }) => layers.flatMap(({ parameters }, layer) =>
  Object.entries(parameters).filter(([, value]) => value).map(([name, value]) => ({ layer, name, value })));

/** An optimizer that moves each parameter by `move(k, numbers, gradient)`, in place. */
function makeOptimizer(network, options, move) {
  return {
    options, // may be changed between steps
    /** Take one step; `gradients` as `network.backward` gives them. */
    step(gradients) {
      parametersOf(network).forEach(({ layer, name, value }, k) => {
        const grad = gradients.parameters[layer][name].data;
        const { weight_decay = 0 } = options;
        move(k, value.data, weight_decay ? grad.map((g, i) => g + weight_decay * value.data[i]) : grad);
      });
    },
  };
}

/** As numpy_nn.SGD. Options: learning_rate, momentum = 0, weight_decay = 0. */
export function makeSgd(network, options) {
  const velocities = [];
  return makeOptimizer(network, options, (k, numbers, grad) => {
    const { learning_rate, momentum = 0 } = options;
    velocities[k] = velocities[k]?.map((v, i) => momentum * v + grad[i]) ?? Float32Array.from(grad);
    for (let i = 0; i < numbers.length; i++) numbers[i] -= learning_rate * velocities[k][i];
  });
}

/** As numpy_nn.Adam. Options: learning_rate = 1e-3, betas, eps = 1e-8, weight_decay = 0. */
export function makeAdam(network, options = {}) {
  const averages = [];
  return makeOptimizer(network, options, (k, numbers, grad) => {
    const { learning_rate = 1e-3, betas: [b1, b2] = [0.9, 0.999], eps = 1e-8 } = options;
    averages[k] ??= { t: 0, mean: new Float32Array(grad.length), square: new Float32Array(grad.length) };
    const { mean, square } = averages[k];
    const t = (averages[k].t += 1);
    for (let i = 0; i < numbers.length; i++) {
      mean[i] = b1 * mean[i] + (1 - b1) * grad[i];
      square[i] = b2 * square[i] + (1 - b2) * grad[i] ** 2;
      numbers[i] -= (learning_rate / (1 - b1 ** t)) * mean[i] / (Math.sqrt(square[i] / (1 - b2 ** t)) + eps);
    }
  });
}

/**
 * One step on a batch: x (N, ...) and the class of each sample, target (N,).
 * Gives { loss, outputs, gradients }, all from before the step.
 */
export function trainStep(network, optimizer, x, target) {
  const outputs = network.forward(x, { training: true });
  const logits = outputs.at(-1);
  const loss = cross_entropy(logits, target).data[0];
  const grad = cross_entropy_backward(tensor([1], []), logits, target);
  const gradients = network.backward(grad, x, outputs, { training: true, needs_grad_x: false });
  optimizer.step(gradients);
  return { loss, outputs, gradients };
}

/** A source of random numbers from 0 to 1 that starts again at every seed: "mulberry32". */
export function makeRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draw all weights anew, as a fresh numpy_nn network has them: uniform, up to 1 / sqrt(fan_in). */
export function randomize({ layers }, random) {
  for (const { op, parameters, buffers } of layers) {
    if (op === "conv2d" || op === "linear") {
      const limit = 1 / Math.sqrt(product(parameters.weight.shape.slice(1)));
      for (const value of Object.values(parameters)) value?.data.set(value.data.map(() => (2 * random() - 1) * limit));
    } else {
      const fresh = { gamma: 1, beta: 0, weight: 0.25, running_mean: 0, running_var: 1 };
      for (const [name, value] of Object.entries({ ...parameters, ...buffers })) value?.data.fill(fresh[name]);
    }
  }
}
