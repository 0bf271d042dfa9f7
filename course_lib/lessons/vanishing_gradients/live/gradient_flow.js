// A deep network of fresh weights: the gradient of every layer, and how far images still differ.
// State: depth, activation, times (the variance of the weights times the inputs of their layer),
// normalized and shortcuts (the other cures); images (N, I) in sixteenths and classes (N,); first
// (O, I), hidden (layers, O, O) and last (10, O), random numbers of variance 1, packed.
import { makeFigure, makePlot, numberText } from "../../../live/figure.js";
import {
  batch_norm, batch_norm_backward, cross_entropy_backward, linear, linear_backward, product, relu, relu_backward,
  sigmoid, sigmoid_backward, tanh, tanh_backward, tensor, unpack,
} from "../../../live/nn.js";

const ACTIVATIONS = { sigmoid: [sigmoid, sigmoid_backward], tanh: [tanh, tanh_backward], relu: [relu, relu_backward] };
const TRAINING = { training: true };
const LOWEST = -7; // powers of ten: images that differ by less than float32 tells apart

const add = (a, b) => tensor(a.data.map((value, k) => value + b.data[k]), a.shape);
const scaled = ({ data, shape }, factor) => tensor(data.map((value) => value * factor), shape);
/** Whether a shortcut ends at this layer: at the third, the fifth, the seventh... */
const closes = (number, shortcuts) => shortcuts && number >= 3 && number % 2 === 1;

let unpacked = {};
function drawn({ images, first, hidden, last }) {
  if (unpacked.images !== images || unpacked.hidden !== hidden) {
    const each = unpack(hidden);
    const size = product(each.shape.slice(1));
    const layers = Array.from({ length: each.shape[0] }, (_, k) =>
      tensor(each.data.slice(k * size, (k + 1) * size), each.shape.slice(1)));
    unpacked = { images, hidden, x: scaled(unpack(images), 1 / 16), layers: [unpack(first), ...layers], last: unpack(last) };
  }
  return unpacked;
}

/** All layers forward: their inputs, sums, and what goes into the activation. */
function forward(x, weights, { activation, normalized, shortcuts }) {
  const kept = { inputs: [x], sums: [], bent: [] };
  weights.forEach((weight, k) => {
    const z = linear(kept.inputs[k], weight);
    const u = normalized ? batch_norm(z, null, null, null, null, TRAINING).y : z;
    kept.sums.push(z);
    kept.bent.push(closes(k + 1, shortcuts) ? add(u, kept.inputs[k - 1]) : u);
    kept.inputs.push(ACTIVATIONS[activation][0](kept.bent[k]));
  });
  return kept;
}

/** All layers backward, from the gradient of the last output: the gradient of each weight. */
function backward(grad_h, weights, kept, { activation, normalized, shortcuts }) {
  const grads = [];
  let waiting = null; // what a shortcut carries past the two layers of its block
  for (let k = weights.length - 1; k >= 0; k--) {
    const grad_u = ACTIVATIONS[activation][1](grad_h, kept.bent[k]);
    const delta = normalized
      ? batch_norm_backward(grad_u, kept.sums[k], null, null, null, null, TRAINING).grad_x : grad_u;
    const { grad_x, grad_weight } = linear_backward(delta, kept.inputs[k], weights[k]);
    grads[k] = grad_weight;
    grad_h = waiting ? add(grad_x, waiting) : grad_x;
    waiting = closes(k + 1, shortcuts) ? grad_u : null;
  }
  return grads;
}

const norm = ({ data }) => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));

/** The standard deviation over the images, averaged over the units. */
function spreadOf({ data, shape: [N, I] }) {
  let total = 0;
  for (let i = 0; i < I; i++) {
    let [mean, square] = [0, 0];
    for (let n = 0; n < N; n++) mean += data[n * I + i] / N;
    for (let n = 0; n < N; n++) square += (data[n * I + i] - mean) ** 2 / N;
    total += Math.sqrt(square) / I;
  }
  return total;
}

/**
 * The points of both curves, [layer, value]: powers of ten of the gradients, and the spreads from the
 * images on; and what one layer multiplies the gradient by on the way back.
 */
function numbers(state) {
  const { x, layers, last } = drawn(state);
  const weights = layers.slice(0, state.depth).map((each) =>
    scaled(each, Math.sqrt(state.times / each.shape[1])));
  const output = scaled(last, 1 / Math.sqrt(last.shape[1]));
  const kept = forward(x, weights, state);
  const target = tensor(state.classes, [state.classes.length]);
  const logits = linear(kept.inputs.at(-1), output);
  const start = cross_entropy_backward(tensor([1], []), logits, target);
  const { grad_x } = linear_backward(start, kept.inputs.at(-1), output);
  const gradients = backward(grad_x, weights, kept, state).map((grad, k) => [k + 1, Math.log10(norm(grad))]);
  const fell = gradients[1][1] - gradients.at(-1)[1]; // without the first layer, which has other inputs
  return {
    gradients, spreads: kept.inputs.map((h, k) => [k, spreadOf(h)]),
    factor: 10 ** (fell / (state.depth - 2)),
  };
}

const HTML = `<div class="row"><div class="plot back"></div><div class="plot ahead"></div></div>
<p class="told" aria-hidden="true"></p>`;
const CSS = `.plot { width: 49%; } .told { margin: .2em .4em 0; min-height: 1.4em; } .told b { color: #a84300; }
@container (max-width: 760px) { .plot { width: 100%; } .plot svg { font-size: 17px !important; } }`;

function render(context) {
  const most = drawn(context.model.get("names").reduce((all, n) => ({ ...all, [n]: context.model.get(n) }), {})).layers.length;
  let pinned = null;
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "slider", name: "depth", label: "layers", min: 3, max: most },
      { kind: "choice", name: "activation", options: Object.keys(ACTIVATIONS) },
      { kind: "slider", name: "times", label: "variance in 1/n", min: 0.25, max: 4, step: 0.25 },
      { kind: "switch", name: "normalized", label: "batch norm" },
      { kind: "switch", name: "shortcuts" },
      { kind: "button", label: "keep this curve", press: () => { pinned = numbers(figure.state); show(figure.state); } },
    ],
  });
  const size = { height: 330 };
  const back = makePlot(figure.find(".back"), {
    x: "layer (1 is nearest the image)", y: "gradient, power of 10", label: "Gradient of the weights of each layer", ...size,
  });
  const ahead = makePlot(figure.find(".ahead"), {
    x: "after layer (0: the images)", y: "images differ by, power of 10",
    label: "How far images differ after each layer", ...size,
  });
  const show = (state) => {
    const shown = numbers(state);
    const xs = [0, most];
    back.draw(curves(shown, pinned, ({ gradients }) => gradients, "#D55E00"), { xs, ys: [-22, 8] });
    const power = ([layer, spread]) => [layer, Math.max(Math.log10(spread), LOWEST)];
    ahead.draw(curves(shown, pinned, ({ spreads }) => spreads.map(power), "#009E73"), { xs, ys: [LOWEST, 5] });
    write(figure, state, shown);
  };
  figure.onChange(show);
}

const curves = (shown, pinned, pointsOf, color) => [
  ...(pinned ? [{ points: pointsOf(pinned), color: "#767676", dash: "6 4" }] : []),
  { points: pointsOf(shown), color, dash: "", dots: true },
];

const RAISED = { "-": "⁻", "+": "", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((digit, k) => [k, digit])) };

/** A number as one writes it: 0.35, 40 or 2·10⁻¹⁸. */
function inWords(value) {
  if (value >= 0.01 && value < 1e4) return String(Number(value.toPrecision(value < 1 ? 2 : 1)));
  const [digit, power] = value.toExponential(0).split("e");
  return `${digit}·10${[...power].map((letter) => RAISED[letter]).join("")}`;
}

function write(figure, { depth, activation, times }, { gradients, spreads, factor }) {
  const layer = factor.toPrecision(2);
  const first = inWords(10 ** (gradients[0][1] - gradients.at(-1)[1]));
  const end = spreads.at(-1)[1];
  const last = end < 10 ** LOWEST ? "less than 10⁻⁷" : numberText(Number(end.toPrecision(2)), end < 0.01 ? 7 : 2);
  figure.find(".told").innerHTML = `On the way back a layer multiplies the gradient by about <b>${layer}</b>: `
    + `the first layer gets <b>${first}</b> times that of layer ${depth}. At the end images differ by ${last}.`;
  figure.say(`${depth} layers of ${activation}, variance ${numberText(times)} over n: a layer multiplies the gradient by`
    + ` about ${layer}, the first layer gets ${first} times that of the last, and images differ by ${last} at the end.`);
}

export default { render, numbers };
