// Inputs of one unit are dropped at random; mean and variance of its output beside the formulas.
// State: x and w (D,); chances, packed (draws, D), from 0 to 1: an input is kept where its chance is
// at least p; drawn, how many masks so far.
import {
  COLORS, addPlayer, clamp, makeFigure, makeMatrix, makePlot, moveByKeys, numberText,
} from "../../../live/figure.js";
import { unpack } from "../../../live/nn.js";

const unpacked = new WeakMap(); // chances never change, so they are unpacked once

function rowsOf(chances) {
  if (!unpacked.has(chances)) {
    const { data, shape: [draws, D] } = unpack(chances);
    unpacked.set(chances, Array.from({ length: draws }, (_, k) => Array.from(data.slice(k * D, (k + 1) * D))));
  }
  return unpacked.get(chances);
}

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

function numbers({ x, w, chances, p, drawn }) {
  const keeps = rowsOf(chances).slice(0, drawn).map((row) => row.map((chance) => (chance >= p ? 1 : 0)));
  const thin = (keep) => keep.map((kept, d) => (kept * x[d]) / (1 - p));
  let [sum, squares] = [0, 0];
  const [means, variances] = [[], []];
  keeps.forEach((keep, k) => {
    const output = dot(thin(keep), w);
    sum += output;
    squares += output * output;
    means.push(sum / (k + 1));
    variances.push(squares / (k + 1) - (sum / (k + 1)) ** 2);
  });
  const [keep, y] = [keeps.at(-1), thin(keeps.at(-1))];
  return {
    keep, y, output: dot(y, w), means, variances,
    mean: dot(w, x), variance: (p / (1 - p)) * dot(w.map((each) => each * each), x.map((each) => each * each)),
  };
}

const HTML = `
<div class="row numbers">
  <div class="part input"><p class="title">input x</p></div>
  <div class="part gradient"><p class="title">mask (1 = kept)</p></div>
  <div class="part input y"><p class="title">y = x · mask / (1 − p)</p></div>
  <div class="part kernel"><p class="title">weights w</p></div>
</div>
<p class="line" aria-hidden="true"></p>
<div class="row plots" role="application" aria-roledescription="draws"
     aria-label="Left and right arrow keys draw fewer or more masks, up and down change p">
  <div class="part mean"></div><div class="part variance"></div>
</div>`;
const CSS = `.plots .part { flex: 1 1 18em; } .line { margin: .3em .4em; min-height: 2.8em; }
@container (max-width: 760px) { .stage { font-size: 1.15em; } }`;

function render(context) {
  const draws = context.model.get("chances").shape[0];
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "slider", name: "p", label: "share dropped p", min: 0, max: 0.9, step: 0.1 },
      { kind: "slider", name: "drawn", label: "masks drawn", min: 1, max: draws },
    ],
  });
  const player = addPlayer(figure, { label: "draw", step: () => {
    figure.set({ drawn: figure.state.drawn % draws + 1 });
    return figure.state.drawn < draws;
  } });
  figure.add({ kind: "button", label: "↺", describe: "begin with one mask", press: () => {
    player?.stop?.();
    figure.set({ drawn: 1 });
  } });
  moveByKeys(figure.find(".plots"), (rows, columns) => figure.set({
    drawn: clamp(figure.state.drawn + columns, 1, draws),
    p: clamp(Math.round(10 * figure.state.p - rows) / 10, 0, 0.9),
  }));
  const grid = (place, label) => makeMatrix(figure.find(place), { label, cell: 3 });
  const grids = {
    x: grid(".input", "input"), keep: grid(".gradient", "mask"),
    y: grid(".y", "what is handed on"), w: grid(".kernel", "weights"),
  };
  const x = "masks drawn";
  const plots = ["mean", "variance"].map((name) => makePlot(figure.find(`.${name}`),
    { x, y: `${name} of the output`, label: `${name} of the output against the masks drawn`, height: 240 }));
  figure.onChange((state) => draw(figure, state, numbers(state), draws, grids, plots));
}

function draw(figure, state, shown, draws, grids, plots) {
  grids.x.draw([state.x], { colors: "signed", limit: 4 });
  grids.keep.draw([shown.keep], { colors: "signed", limit: 2 });
  grids.y.draw([shown.y], { colors: "signed", limit: 4 });
  grids.w.draw([state.w], { colors: "signed", limit: 4 });
  const laid = [[shown.means, shown.mean], [shown.variances, shown.variance]];
  laid.forEach(([values, formula], k) => {
    const most = 1.25 * Math.max(...values, formula, 0.5);
    plots[k].draw([
      { points: values.map((value, d) => [d + 1, value]), color: COLORS.output, dash: "" },
      { points: [[1, formula], [draws, formula]], color: "#222222", dash: "3 5" },
    ], { xs: [1, draws], ys: [Math.min(0, 1.1 * Math.min(...values)), most] });
  });
  const text = `this mask gives ${numberText(shown.output)}; mean of ${state.drawn}: `
    + `${numberText(shown.means.at(-1))} (formula ${numberText(shown.mean)}), variance `
    + `${numberText(shown.variances.at(-1))} (formula ${numberText(shown.variance)})`;
  figure.find(".line").textContent = text;
  figure.say(`Share dropped ${numberText(state.p)}: ${text}.`);
}

export default { render, numbers };
