// Shift an image, and watch whether convolution, halved map and scores move along.
// State: image (H, W) packed as uint8, weight (scores, H W / 16) packed, halvings (their names),
// halving, right and down in pixels, largest (the largest shift).
import {
  COLORS, clamp, largest, makeColorBar, makeFigure, makePlot, moveByKeys, paintMap,
} from "../../../live/figure.js";
import { avg_pool2d, conv2d, fromNested, linear, max_pool2d, relu, reshape, tensor, unpack } from "../../../live/nn.js";

const EDGE = reshape(fromNested([1, 0, -1, 1, 0, -1, 1, 0, -1]), [1, 1, 3, 3]);
const BLUR = reshape(fromNested([1, 2, 1, 2, 4, 2, 1, 2, 1].map((tap) => tap / 16)), [1, 1, 3, 3]);
const ONE = tensor([1], [1, 1, 1, 1]);
const FACTOR = 4; // input pixels a pixel of the small map: two halvings

/** Shift a map (1, 1, H, W) down and right; what leaves on one side comes back on the other. */
function shifted({ data, shape }, down, right) {
  const [H, W] = shape.slice(2);
  const back = (k, n) => ((k % n) + n) % n;
  return tensor(data.map((_, k) => data[back(Math.floor(k / W) - down, H) * W + back((k % W) - right, W)]), shape);
}

/** Give a map a rim of one pixel from its other side. */
function around({ data, shape }) {
  const [H, W] = shape.slice(2);
  const at = (i, j) => data[((i + H - 1) % H) * W + ((j + W - 1) % W)];
  const numbers_ = Float32Array.from({ length: (H + 2) * (W + 2) }, (_, k) => at(Math.floor(k / (W + 2)), k % (W + 2)));
  return tensor(numbers_, [1, 1, H + 2, W + 2]);
}

const HALVE = {
  "stride": (x) => conv2d(x, ONE, null, { stride: 2 }),
  "max pooling": (x) => max_pool2d(x, { kernel_size: 2 }),
  "average pooling": (x) => avg_pool2d(x, { kernel_size: 2 }),
  "blur pooling": (x) => conv2d(around(x), BLUR, null, { stride: 2 }),
};

/** The network: edges, two halvings, a dense layer with fixed random weights. */
function layersOf(image, weight, halving) {
  const conv = relu(conv2d(around(image), EDGE));
  const small = HALVE[halving](HALVE[halving](conv));
  const scores = linear(reshape(small, [1, small.data.length]), weight);
  const size = Math.sqrt(small.data.length);
  return { conv, small, scores: tensor(scores.data.map((score) => score / size), [weight.shape[0]]) };
}

const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const minus = (a, b) => tensor(a.data.map((value, k) => value - b.data[k]), a.shape);

/** The difference to the unshifted map moved along, by whole pixels of it, as near as they come. */
function difference(before, after, { down, right }, stride) {
  const near = (shift) => [...new Set([Math.floor(shift / stride), Math.ceil(shift / stride)])];
  const moved = near(down).flatMap((i) => near(right).map((j) => shifted(before, i, j)));
  const lengths = moved.map((map) => norm(minus(after, map).data));
  const best = moved[lengths.indexOf(Math.min(...lengths))];
  return { difference: minus(after, best), share: Math.min(...lengths) / (norm(best.data) || 1) };
}

const last = {};
/** The same for the same inputs, without doing it again. */
function remembered(name, inputs, make) {
  if (!last[name] || inputs.some((input, k) => input !== last[name].inputs[k])) last[name] = { inputs, value: make() };
  return last[name].value;
}

function read({ image, weight }) {
  return remembered("read", [image, weight], () => {
    const { data, shape: [H, W] } = unpack(image);
    return { image: tensor(data.map((level) => level / 255), [1, 1, H, W]), weight: unpack(weight) };
  });
}

/** What the layers give for the shifted image, and how far that is from what they gave before. */
function compare(state, down, right) {
  const { image, weight } = read(state);
  const before = layersOf(image, weight, state.halving);
  const moved = shifted(image, down, right);
  const after = layersOf(moved, weight, state.halving);
  const conv = difference(before.conv, after.conv, { down, right }, 1);
  const small = difference(before.small, after.small, { down, right }, FACTOR);
  const change = minus(after.scores, before.scores);
  return {
    shifted: moved, conv: after.conv, small: after.small, scores: after.scores, before: before.scores,
    conv_difference: conv.difference, small_difference: small.difference, change,
    shares: [conv.share, small.share, norm(change.data) / (norm(before.scores.data) || 1)],
  };
}

/** All that is shown: the maps at this shift, and the shares at every shift to the right. */
function numbers(state) {
  const { image, weight, halving, down, right } = state;
  const along = remembered("along", [image, weight, halving, down], () =>
    Array.from({ length: state.largest + 1 }, (_, k) => compare(state, down, k).shares));
  return { ...compare(state, down, right), along };
}

const part = (name, role, title, below) => `<div class="part ${role}"><p class="title">${title}</p>
  <canvas class="${name}" role="img"></canvas><p class="title second">${below}</p><canvas class="${name}-below" role="img"></canvas></div>`;

const HTML = `
<div class="row stage"><div class="maps" role="application" aria-roledescription="image to shift" aria-label="Arrow keys shift the image">
  ${part("image", "input", "shifted input", "input")}
  ${part("conv", "output", "convolution", "difference <b></b>")}
  ${part("small", "output", "halved twice", "difference <b></b>")}
  <div class="part output"><p class="title">dense scores</p><svg class="scores" role="img" viewBox="0 -52 100 104"></svg>
    <p class="title second">change <b></b></p><svg class="scores-below" role="img" viewBox="0 -52 100 104"></svg></div></div>
  <div class="side"><p class="key"><span>halved twice</span> <span>scores</span></p><div class="along"></div>
    <div class="colors-of-maps"></div></div>
</div>`;

const CSS = `
.maps { display: flex; flex-wrap: wrap; gap: .6em .8em; max-width: 100%; }
.maps .part { width: 10.4em; } .maps canvas, .maps svg { width: 10.4em; height: 10.4em; }
.maps .input canvas { outline: .2em solid var(--input); } .maps .output canvas { outline: .2em solid var(--output); }
.second { margin-top: .5em; line-height: 1.3; } .maps svg { outline: .1em solid #bbb; }
.side { width: 18em; } .key { margin: 0 0 .3em 4em; display: flex; gap: 1.4em; white-space: nowrap; }
.key span { border-bottom: .2em solid var(--output); } .key span + span { border-bottom: .2em dashed var(--gradient); } .along svg text { font-size: 20px; } .colors-of-maps { margin-top: 1.2em; }
@container (max-width: 840px) { .maps { gap: .6em 2.4em; } .side { width: 26em; } }`;

function render(context) {
  const most = context.model.get("largest");
  const slider = (name) => ({ kind: "slider", name, min: 0, max: most });
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle: ({ right, down }) => ({ right: clamp(right, 0, most), down: clamp(down, 0, most) }),
    controls: [slider("right"), slider("down"), { kind: "choice", name: "halving", options: Object.keys(HALVE) }],
  });
  moveByKeys(figure.find(".maps"), (rows, columns) =>
    figure.set({ down: figure.state.down + rows, right: figure.state.right + columns }));
  const bar = makeColorBar(figure.find(".colors-of-maps"), { unit: "response (gray levels)" });
  const plot = makePlot(figure.find(".along"), {
    x: "shift right (pixels)", y: "change (%)", label: "Difference and change at every shift to the right", width: 400, height: 320,
  });
  figure.onChange((state) => {
    const shown = numbers(state);
    drawMaps(figure, bar, state, shown);
    drawScores(figure, shown);
    drawAlong(plot, state, shown);
    write(figure, state, shown);
  });
}

function drawMaps(figure, bar, state, shown) {
  const end = Math.max(largest(shown.conv.data), largest(shown.small.data));
  const paint = (name, map, look) => paintMap(figure.find(`.${name}`), map.data, map.shape.slice(2), look);
  paint("image", shown.shifted, { limit: 1 });
  paint("image-below", read(state).image, { limit: 1 });
  for (const name of ["conv", "small"]) {
    paint(name, shown[name], { colors: "signed", limit: end });
    paint(`${name}-below`, shown[`${name}_difference`], { colors: "signed", limit: end });
  }
  bar.draw({ colors: "signed", limit: end });
}

/** Bars of the scores, with a line where each was before the shift; below their change. */
function drawScores(figure, { scores, before, change }) {
  const scale = 48 / Math.max(largest(scores.data), largest(before.data));
  const wide = 100 / scores.data.length;
  const bars = (values) => Array.from(values, (value, k) =>
    `<rect x="${(k + 0.15) * wide}" width="${0.7 * wide}" y="${Math.min(0, -value * scale)}"
      height="${Math.abs(value * scale)}" fill="${COLORS.output}"/>`);
  const zero = `<line x1="0" x2="100" y1="0" y2="0" stroke="${COLORS.ink}" stroke-width=".6"/>`;
  const lines = Array.from(before.data, (value, k) =>
    `<line x1="${k * wide}" x2="${(k + 1) * wide}" y1="${-value * scale}" y2="${-value * scale}"
      stroke="${COLORS.ink}" stroke-width="1.6"/>`);
  figure.find(".scores").innerHTML = [...bars(scores.data), zero, ...lines].join("");
  figure.find(".scores-below").innerHTML = [...bars(change.data), zero].join("");
}

function drawAlong(plot, { right, largest: most }, { along, shares }) {
  const curve = (k, color, dash) => ({
    points: along.map((at, shift) => [shift, 100 * at[k]]), color, dash, dots: true,
  });
  const end = 100 * Math.max(...along.flat(), 0.01);
  plot.draw([curve(1, COLORS.output, ""), curve(2, COLORS.gradient, "9 4")], {
    xs: [0, most], ys: [0, 1.05 * end], at: [right, 100 * shares[1]],
  });
}

function write(figure, { right, down, halving }, { shares }) {
  const percent = shares.map((share) => `${Math.round(100 * share)} %`);
  figure.root.querySelectorAll(".second b").forEach((place, k) => { place.textContent = percent[k]; });
  const names = { image: "shifted image", "image-below": "image", conv: "map of the convolution",
    "conv-below": `its difference, ${percent[0]}`, small: `map after ${halving}, twice`, "small-below": `its difference, ${percent[1]}`,
    scores: "ten scores", "scores-below": `their change, ${percent[2]}` };
  for (const [name, words] of Object.entries(names)) figure.find(`.${name}`).setAttribute("aria-label", words);
  figure.say(`${right} pixels right, ${down} down, ${halving}: the convolution differs from its moved map by ${percent[0]}, `
    + `the small map by ${percent[1]}; the scores change by ${percent[2]}.`);
}

export default { render, numbers };
