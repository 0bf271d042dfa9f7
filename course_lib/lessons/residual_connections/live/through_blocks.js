// Digits and their smudged copies go forward through a chain of dense blocks, slopes go back.
// State: packed images (2 N, 64), first (D, 64), weights (layers, D, D) and sent (2 N, D); blocks;
// shortcut s of the block y = relu(F(x) + s x), with F = norm(W2 relu(norm(W1 x))).
import { COLORS, makeFigure, makePlot, moveByKeys, numberText, clamp } from "../../../live/figure.js";
import {
  batch_norm, batch_norm_backward, linear, relu, relu_backward, tensor, unpack,
} from "../../../live/nn.js";

const TRAINING = { training: true };
const norm = (z) => batch_norm(z, null, null, null, null, TRAINING).y;
const normBack = (grad, z) => batch_norm_backward(grad, z, null, null, null, null, TRAINING).grad_x;
const mix = (a, b, share) => tensor(a.data.map((value, k) => value + share * b.data[k]), a.shape);

const chains = new WeakMap(); // what a figure starts from is unpacked once

/** Images, first weights, slopes sent, and for each layer its weights (D, D) and their transpose. */
function chainOf({ images, first, weights, sent }) {
  if (!chains.has(weights)) {
    const { data, shape: [count, D] } = unpack(weights);
    const layers = Array.from({ length: count }, (_, k) => {
      const weight = tensor(data.slice(k * D * D, (k + 1) * D * D), [D, D]);
      const across = weight.data.map((_, i) => weight.data[(i % D) * D + Math.floor(i / D)]);
      return { weight, across: tensor(across, [D, D]) };
    });
    const start = relu(norm(linear(unpack(images), unpack(first))));
    chains.set(weights, { layers, start, sent: unpack(sent), passages: new Map() });
  }
  return chains.get(weights);
}

/** One block forward, with all that its way back needs. */
function forward(x, [layer1, layer2], shortcut) {
  const z1 = linear(x, layer1.weight);
  const n1 = norm(z1);
  const z2 = linear(relu(n1), layer2.weight);
  const sum = mix(norm(z2), x, shortcut);
  return { z1, n1, z2, sum, y: relu(sum) };
}

/** Through a linear layer slopes go back by its transpose: grad_z W. */
function backward(grad_y, { z1, n1, z2, sum }, [layer1, layer2], shortcut) {
  const delta = relu_backward(grad_y, sum);
  const grad_h = linear(normBack(delta, z2), layer2.across);
  const through = linear(normBack(relu_backward(grad_h, n1), z1), layer1.across);
  return mix(through, delta, shortcut);
}

/** How far a sample is from its copy, as a share of how far it is from other samples. */
function mixedUp({ data, shape: [rows, D] }) {
  const N = rows / 2;
  const distance = (a, b) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += (data[a * D + d] - data[b * D + d]) ** 2;
    return Math.sqrt(sum);
  };
  let [own, others] = [0, 0];
  for (let a = 0; a < N; a++) {
    own += distance(a, a + N) / N;
    for (let b = 0; b < a; b++) others += distance(a, b) / ((N * (N - 1)) / 2);
  }
  return own / others;
}

const length = ({ data }) => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));

/** As `measure`; what was measured once is kept, for the plain chain is drawn at every change. */
function passThrough(state, shortcut) {
  const chain = chainOf(state);
  const key = `${state.blocks} ${shortcut}`;
  if (!chain.passages.has(key)) chain.passages.set(key, measure(chain, state.blocks, shortcut));
  return chain.passages.get(key);
}

/** Measures before the first block and after each, for one strength of the shortcut. */
function measure({ layers, start, sent }, blocks, shortcut) {
  const steps = [];
  for (let b = 0; b < blocks; b++) {
    steps.push(forward(steps.at(-1)?.y ?? start, layers.slice(2 * b, 2 * b + 2), shortcut));
  }
  const grads = [sent];
  for (let b = blocks - 1; b >= 0; b--) {
    grads.unshift(backward(grads[0], steps[b], layers.slice(2 * b, 2 * b + 2), shortcut));
  }
  return { mixed_up: [start, ...steps.map(({ y }) => y)].map(mixedUp), slopes: grads.map(length) };
}

function numbers(state) {
  const [plain, yours] = [0, state.shortcut].map((shortcut) => passThrough(state, shortcut));
  return {
    plain_mixed_up: plain.mixed_up, plain_slopes: plain.slopes,
    mixed_up: yours.mixed_up, slopes: yours.slopes,
  };
}

const HTML = `
<div class="row" role="application" aria-roledescription="chain"
     aria-label="Left and right arrow keys take a block away or add one">
  <div class="part forward"><p class="title">forward: a digit and its smudged copy</p></div>
  <div class="part back"><p class="title">backward: slopes</p></div>
</div>
<p class="line" aria-hidden="true"></p>`;
const CSS = `.part { flex: 1 1 20em; } .line { margin: .3em .4em 0; min-height: 2.8em; }
@container (max-width: 760px) { .part { font-size: 1.1em; } }`;

function render(context) {
  const most = context.model.get("weights").shape[0] / 2;
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "slider", name: "blocks", label: "depth (blocks)", min: 1, max: most },
      { kind: "slider", name: "shortcut", label: "shortcut ×", min: 0, max: 1, step: 0.25 },
    ],
  });
  moveByKeys(figure.find(".row"), (_, columns) =>
    figure.set({ blocks: clamp(figure.state.blocks + columns, 1, most) }));
  const x = "after block";
  const forwardPlot = makePlot(figure.find(".forward"),
    { x, y: "distance (1 = strangers)", label: "distance of copies against block" });
  const backPlot = makePlot(figure.find(".back"),
    { x, y: "length of the slopes", label: "length of the slopes against block" });
  figure.onChange((state) => draw(figure, state, numbers(state), most, forwardPlot, backPlot));
}

function draw(figure, state, shown, most, forwardPlot, backPlot) {
  const curve = (values, more) => ({ points: values.map((value, k) => [k, value]), dots: true, ...more });
  const [plain, yours] = [{ color: COLORS.gradient, dash: "" }, { color: COLORS.input, dash: "7 4" }];
  const xs = [0, most];
  forwardPlot.draw([curve(shown.plain_mixed_up, plain), curve(shown.mixed_up, yours)], { xs, ys: [0, 1.2] });
  backPlot.draw([curve(shown.plain_slopes, plain), curve(shown.slopes, yours)],
    { xs, ys: [0.5, 1000], logY: true });
  const tell = (far, slopes) =>
    `at the end a copy is ${numberText(far.at(-1))} times as far as a stranger; slopes of length 1 arrive as ${numberText(slopes[0])}`;
  const [line, other] = [tell(shown.plain_mixed_up, shown.plain_slopes), tell(shown.mixed_up, shown.slopes)];
  figure.find(".line").innerHTML = `<b style="color: #a84300">plain</b>: ${line}.<br>`
    + `<b style="color: #005a8f">shortcut × ${numberText(state.shortcut)}</b>: ${other}.`;
  figure.say(`${state.blocks} blocks. Plain: ${line}. With shortcut times ${numberText(state.shortcut)}: ${other}.`);
}

export default { render, numbers };
