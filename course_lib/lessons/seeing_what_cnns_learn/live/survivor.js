// Which map survives when weights are drawn anew? Maps made beforehand, compared in the page.
// State: photo (H, W) and maps { method: (steps, 28, 28) }, packed as uint8; shares and parts, of
// the parameters and of the network's parts drawn anew, step by step; method; step.
import { clamp, makeBars, makeFigure, numberText, paintMap } from "../../../live/figure.js";
import { product, unpack } from "../../../live/nn.js";

/** Numbers from 1, the smallest, upwards; equal values share the mean of their numbers. */
function ranks(values) {
  const order = Array.from(values, (_, k) => k).sort((a, b) => values[a] - values[b]);
  const found = new Float64Array(values.length);
  for (let first = 0; first < order.length;) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]] === values[order[first]]) last += 1;
    for (let k = first; k <= last; k++) found[order[k]] = (first + last) / 2 + 1;
    first = last + 1;
  }
  return found;
}

const dot = (one, other) => one.reduce((sum, value, k) => sum + value * other[k], 0);

const read = new WeakMap(); // packed maps by their pack: values and ranks, each made once

/** One map of a pack: its values in reading order, and its ranks less their mean. */
function mapOf(packed, step) {
  if (!read.has(packed)) read.set(packed, { ...unpack(packed), steps: [] });
  const { data, shape, steps } = read.get(packed);
  const size = product(shape.slice(1));
  if (!steps[step]) {
    const values = data.subarray(step * size, (step + 1) * size);
    steps[step] = { values, ranks: ranks(values).map((rank) => rank - (size + 1) / 2) };
  }
  return steps[step];
}

/** Spearman's rank correlation of two maps of a pack; 0 where one is the same everywhere. */
function rankCorrelation(packed, step) {
  const [one, other] = [mapOf(packed, 0).ranks, mapOf(packed, step).ranks];
  const length = Math.sqrt(dot(one, one) * dot(other, other));
  return length ? dot(one, other) / length : 0;
}

/** The map before and after, and how alike they are, for each method. */
function numbers({ maps, method, step }) {
  return {
    before: Array.from(mapOf(maps[method], 0).values),
    after: Array.from(mapOf(maps[method], step).values),
    alike: Object.values(maps).map((packed) => rankCorrelation(packed, step)),
  };
}

const HTML = `
<div class="row stage">
  <div class="part input"><p class="title">photograph</p><canvas class="photo" role="img"></canvas></div>
  <div class="part gradient"><p class="title">map, trained</p><canvas class="before" role="img"></canvas></div>
  <div class="part gradient"><p class="title">map, weights drawn anew</p><canvas class="after" role="img"></canvas></div>
</div>
<div class="part output"><p class="title">rank correlation of the two maps</p></div>
<p class="line" aria-hidden="true"></p>`;

const CSS = `
.stage { gap: .4em 1em; flex-wrap: wrap; }
.stage canvas { width: 13em; height: 13em; display: block; image-rendering: pixelated; }
.photo { image-rendering: auto; }
.output { margin-top: .6em; }
.line { margin: .3em .4em 0; min-height: 1.4em; }
.line b { color: #00694d; }
@container (max-width: 760px) { .stage canvas { width: 11em; height: 11em; } }`;

function render(context) {
  const { photo, maps, parts } = Object.fromEntries(
    ["photo", "maps", "parts"].map((name) => [name, context.model.get(name)]));
  const last = parts.length - 1;
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle: ({ step }) => ({ step: clamp(step, 0, last) }),
    controls: [
      { kind: "choice", name: "method", options: Object.keys(maps) },
      { kind: "slider", name: "step", min: 0, max: last, label: "step, from the end" },
    ],
  });
  const bars = makeBars(figure.find(".output"), { labels: Object.keys(maps), signed: true });
  const picture = unpack(photo);
  paintMap(figure.find(".photo"), picture.data, picture.shape, { colors: "gray", limit: 255 });
  figure.find(".photo").setAttribute("aria-label", "the photograph, in gray");
  figure.onChange((state) => draw(figure, bars, state, numbers(state)));
}

function draw(figure, bars, { maps, parts, shares, method, step }, { before, after, alike }) {
  const size = maps[method].shape.slice(1);
  for (const [name, values] of Object.entries({ before, after })) {
    paintMap(figure.find(`.${name}`), values, size, { colors: "magnitude", limit: 255 });
    figure.find(`.${name}`).setAttribute("aria-label", `${method}, ${name} drawing anew`);
  }
  bars.draw(alike, { limit: 1, best: Object.keys(maps).indexOf(method), text: numberText });
  const share = `${numberText(100 * shares[step])} %`;
  const what = parts[step] ? `The last ${parts[step]} of 10 parts drawn anew, ${share} of the parameters` : "Nothing drawn anew";
  const value = numberText(alike[Object.keys(maps).indexOf(method)]);
  figure.find(".line").innerHTML = `${what}: rank correlation of ${method} <b>${value}</b>`;
  figure.say(`${what}: the rank correlation of ${method} is ${value}.`);
}

export default { render, numbers };
