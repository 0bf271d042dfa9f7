// The CNN microscope: draw a digit, and see every number of a small CNN; point at one to see how it
// came about; send the gradient back through the same picture; train the network in the page.
// State: network as network_state writes it, size and channels of its input, its classes (names),
// digits { images (N, s, s) packed, labels, train }: the first `train` train the network, the others
// test it; presets (places in digits of ten to draw), ink (P, P) packed, centered (until it fills a
// share `fill` of the canvas), backward, target (the class that the loss asks for), and the number
// looked at: place { stage, map, row, column }.
import { clamp, largest, makeFigure, paintMap } from "./figure.js";
import { MNIST_FILL, asDrawings, centered, resized } from "./ink.js";
import { makePad, padHtml } from "./microscope_pad.js";
import { fieldOfPlace, frame, makeStages, settled, stagesOf, strongest } from "./microscope_stages.js";
import { partsOf, tellStory } from "./microscope_story.js";
import { CSS } from "./microscope_style.js";
import { makeTraining, packNetwork, take } from "./microscope_training.js";
import { makeNetwork } from "./network.js";
import { cross_entropy_backward, log_softmax, packGray, softmax, tensor, unpack } from "./nn.js";

const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

// The network of each state, kept as long as the state: training changes its numbers in place.
const made = new WeakMap();
function networkOf({ network }) {
  if (!made.has(network)) made.set(network, makeNetwork(network));
  return made.get(network);
}

const read = ({ ink }) => {
  const { data, shape } = unpack(ink);
  return tensor(data.map((level) => level / 255), shape);
};

/** What the network is given: (1, channels, S, S). */
function inputOf({ ink, centered: isCentered, fill, size, channels }) {
  const drawn = isCentered ? centered(read({ ink }), size, fill) : resized(read({ ink }), size);
  const x = tensor(new Float32Array(channels * size * size), [1, channels, size, size]);
  for (let c = 0; c < channels; c++) x.data.set(drawn.data, c * size * size);
  return x;
}

/** Forward, and backward where it is asked for. */
function run(state) {
  const network = networkOf(state);
  const x = inputOf(state);
  const outputs = network.forward(x);
  const logits = outputs.at(-1);
  const target = tensor([state.classes.indexOf(state.target)], [1]);
  const grads = state.backward
    ? network.backward(cross_entropy_backward(tensor([1], []), logits, target), x, outputs) : null;
  const logs = log_softmax(logits, { axis: 1 });
  return { layers: network.layers, x, outputs, grads, logs, probabilities: softmax(logits, { axis: 1 }), loss: -logs.data[target.data[0]] };
}

/** Every number that is shown: what goes in, what each layer gives, gradients, the chosen number's parts. */
function numbers(state) {
  const { layers, x, outputs, grads, logs, probabilities } = run(state);
  const shown = { x, ...named("layer", outputs), probabilities, log_probabilities: logs }; // the loss is one of these
  if (grads) Object.assign(shown, { grad_x: grads.grad_x, ...named("grad", grads.outputs) });
  const stages = stagesOf(layers, outputs);
  const stage = stages[Math.min(state.place.stage, stages.length - 1)];
  return { ...shown, ...(stage.units ? {} : partsOf(layers, stage, outputs, x, settled(stage, state.place))) };
}

const named = (word, tensors) => Object.fromEntries(tensors.map((value, k) => [`${word}${k}`, value]));

const HTML = `
<div class="row bench">
  <div class="part input"><p class="title">input<br><span class="quiet">draw, or press a digit</span></p>${padHtml(DIGITS)}</div>
  <div class="part input"><p class="title">it sees<br><span class="quiet given"></span></p>
    <div class="seen"><canvas role="img" aria-label="what the network is given"></canvas><i class="spot field" hidden></i></div>
    <div class="tools"><button class="clear">clear</button><button class="open">picture…</button>
      <input class="unseen" type="file" accept="image/*" tabindex="-1" aria-label="open a picture"></div></div>
  <div class="stages" role="application" aria-roledescription="maps of the network"
    aria-label="Arrow keys move inside a map, with Shift from map to map"></div>
  <div class="part output scores"><p class="title">output<br><span class="quiet last"></span></p>
    <div class="list" role="group" aria-label="classes"></div><p class="verdict"></p></div>
</div>
<div class="panel detail"><div class="large"><canvas role="img" aria-label="the map, enlarged"></canvas><i class="spot"></i></div>
  <div class="story"></div><div class="terms"></div></div>
<div class="panel training" hidden><div class="curve"></div><div><p class="progress"></p>
  <p class="quiet">The network began with random weights. Its maps above change with every step.
    <b>reset</b> brings the trained ones back.</p></div></div>`;

function render(context) {
  const { model } = context;
  const [names, original] = ["classes", "network"].map((name) => model.get(name));
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "switch", name: "centered", label: "center the drawing" },
      { kind: "switch", name: "backward", label: "backward: gradient of the loss" },
      { kind: "choice", name: "target", label: "right answer", options: names },
    ],
  });
  const digits = readDigits(model.get("digits"), figure.state);
  const [padSize] = model.get("ink").shape;
  const { images } = model.get("digits");
  const pad = makePad(figure.root, {
    size: padSize, say: figure.say, warn: figure.warn, presets: asDrawings(take(grayOf(images), model.get("presets")), padSize, MNIST_FILL),
    changed: (ink, digit) => {
      const target = digit === undefined ? null : names[digits.all.labels[model.get("presets")[digit]]];
      figure.set({ ink: packGray(ink), ...(target ? { target } : {}) });
    },
  });
  const first = run(figure.state);
  const stages = stagesOf(first.layers, first.outputs);
  const point = (place) => { showPanel(figure, false); figure.set({ place }); };
  const grid = makeStages(figure.find(".stages"), stages.slice(0, -1), first.layers, { point, place: () => figure.state.place });
  const bars = makeScores(figure, names, (unit) => point({ stage: stages.length - 1, map: 0, row: 0, column: unit }));
  const draw = (state) => drawAll({ figure, pad, stages, grid, bars, names }, state);
  if (names.length >= 10) addTraining(figure, { model, digits, original, draw });
  figure.find(".stages").addEventListener("focusin", (event) => {
    const { stage, map } = event.target.dataset;
    const here = figure.state.place;
    if (stage === undefined || (here.stage === Number(stage) && here.map === Number(map))) return;
    point(strongest(stages[stage], run(figure.state).outputs[stages[stage].last], Number(map)));
  });
  figure.onChange(draw);
}

/** The digits that the page carries, as drawings; those to train on, and those to test on. */
function readDigits({ images, labels, train }, { size, channels, fill }) {
  const gray = asDrawings(grayOf(images), size, fill);
  const [N, each] = [labels.length, size * size];
  const x = tensor(new Float32Array(N * channels * each), [N, channels, size, size]);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < channels; c++) x.data.set(gray.data.subarray(n * each, (n + 1) * each), (n * channels + c) * each);
  const part = (from, to) => ({
    x: tensor(x.data.subarray(from * channels * each, to * channels * each), [to - from, channels, size, size]),
    labels: labels.slice(from, to),
  });
  return { all: { x, labels }, train: part(0, train), test: part(train, N) };
}

/** The small digits (N, s, s) as gray levels from 0 to 1. */
function grayOf(images) {
  const { data, shape } = unpack(images);
  return tensor(data.map((level) => level / 16), shape);
}

/** Bars of the probabilities; each can be pointed at. */
function makeScores(figure, names, point) {
  const list = figure.find(".list");
  const bars = names.map((name, unit) => {
    const bar = Object.assign(document.createElement("button"), { className: "score", tabIndex: unit ? -1 : 0 });
    bar.innerHTML = "<span></span><i></i><span></span>";
    bar.firstChild.textContent = name;
    for (const event of ["pointerenter", "focus"]) bar.addEventListener(event, () => point(unit));
    list.append(bar);
    return bar;
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = clamp(bars.indexOf(event.target) + step, 0, bars.length - 1);
    bars.forEach((bar, k) => { bar.tabIndex = k === next ? 0 : -1; });
    bars[next].focus();
  });
  return bars;
}

function showPanel(figure, isTraining) {
  figure.find(".training").hidden = !isTraining;
  figure.find(".detail").hidden = isTraining;
}

/** The buttons that train the network in the page, pause, and bring its weights back. */
function addTraining(figure, { model, digits, original, draw }) {
  let own = null; // the state of the network that is trained: a copy, for another figure may show the same
  const training = makeTraining(figure.find(".training"), digits, () => networkOf(figure.state), {
    stepped: () => draw(figure.state),
    stopped: () => {
      const trained = networkOf(figure.state);
      own = packNetwork(trained.layers);
      made.set(own, trained);
      figure.set({ network: own });
      button.textContent = "▶ train";
      figure.say(`Training paused. ${training.summary}`);
    },
  });
  const button = figure.add({ kind: "button", label: "▶ train", describe: "train from random weights, or pause", press() {
    if (training.running) return training.pause();
    showPanel(figure, true);
    if (!training.begun) {
      own = packNetwork(networkOf(figure.state).layers);
      figure.set({ network: own });
    }
    button.textContent = "❚❚ pause";
    return training.start();
  } });
  figure.add({ kind: "button", label: "reset", describe: "bring the trained weights back", press() {
    training.forget();
    showPanel(figure, false);
    figure.set({ network: original });
  } });
  model.on("change:network", () => { if (model.get("network") !== own) training.forget(); });
}

function drawAll({ figure, pad, stages, grid, bars, names }, state) {
  const shown = { ...run(state), stages, names, size: state.size };
  const { outputs, grads, x, probabilities, loss } = shown;
  const stage = stages[Math.min(state.place.stage, stages.length - 1)];
  const unit = Math.min(state.place.column, names.length - 1);
  const place = stage.index === stages.length - 1 ? { ...state.place, column: unit } : settled(stage, state.place);
  pad.take(read(state));
  pad.paint(read(state));
  paintMap(figure.find(".seen canvas"), (grads ? grads.grad_x : x).data, [state.size, state.size],
    grads ? { colors: "signed", limit: largest(grads.grad_x.data) } : { limit: 1 });
  figure.find(".bench").classList.toggle("backward", Boolean(grads));
  shown.looks = grid.paint(grads ? grads.outputs : outputs, Boolean(grads));
  grid.mark(place);
  markField(figure, state, shown, stage, place);
  tellStory({ large: figure.find(".large"), story: figure.find(".story"), terms: figure.find(".terms") }, shown, place);
  const empty = !x.data.some((level) => level > 0.1);
  const best = probabilities.data.indexOf(Math.max(...probabilities.data));
  bars.forEach((bar, k) => {
    const percent = Math.round(100 * probabilities.data[k]);
    bar.classList.toggle("best", k === best && !empty);
    bar.classList.toggle("chosen", stage.index === stages.length - 1 && place.column === k);
    bar.children[1].style.width = `${100 * probabilities.data[k]}%`;
    bar.lastChild.textContent = `${percent} %`;
    bar.setAttribute("aria-label", `class ${names[k]}: ${percent} percent`);
  });
  const opening = probabilities.data[best] < 0.5 ? "Perhaps" : "It is";
  const verdict = empty ? "Draw a digit." : `${opening} a ${names[best]}.`;
  figure.find(".verdict").textContent = grads ? `loss ${loss.toFixed(2)}` : verdict;
  figure.find(".given").textContent = grads ? "its gradient" : `${state.channels} × ${state.size} × ${state.size}`;
  figure.find(".last").textContent = `${stages.at(-1).title} + softmax`;
  if (!figure.find(".training").hidden) return;
  const facts = [
    verdict, state.centered ? "" : "Not centered.",
    grads ? `The loss for a ${state.target} is ${loss.toFixed(2)}.` : "",
    ...[...figure.find(".story").children].map((part) => part.textContent),
  ];
  figure.say(facts.filter(Boolean).join(" "));
}

/** Frame what the chosen number sees of the input. */
function markField(figure, state, { layers }, stage, place) {
  const spot = figure.find(".field");
  spot.hidden = stage.units;
  if (!spot.hidden) frame(spot, fieldOfPlace(layers, stage, place, state.size), [state.size, state.size]);
}

export default { render, numbers };
