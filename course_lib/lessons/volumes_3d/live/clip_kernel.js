// A 3-D kernel on its way through a clip of five frames.
// State: clips and kernels, by name (5, 5, 5) and (3, 3, 3); clip and kernel, the chosen names;
// frame, row and column of the output looked at.
import { clamp, makeFigure, makeMatrix, moveByKeys, numberText } from "../../../live/figure.js";
import { conv2d, fromNested, reshape, toNested } from "../../../live/nn.js";

const FRAMES = 5;
const SLICES = 3;
const OUTPUTS = FRAMES - SLICES + 1;
const range = (count) => Array.from({ length: count }, (_, k) => k);

/** Three frames as the channels of an image under a kernel of three channels: one frame of output. */
function frameOf(clip, kernel, frame) {
  const x = fromNested([clip.slice(frame, frame + SLICES)]);
  return toNested(conv2d(x, fromNested([kernel])))[0][0];
}

/** All outputs; of the chosen one the 27 products, their sum in each slice, and the whole. */
function numbers({ clips, kernels, clip, kernel, frame, row, column }) {
  const [x, weight] = [clips[clip], kernels[kernel]];
  const output = range(OUTPUTS).map((t) => frameOf(x, weight, t));
  const products = weight.map((slice, u) =>
    slice.map((line, v) => line.map((w, h) => w * x[frame + u][row + v][column + h])));
  const window = range(SLICES).map((u) =>
    x[frame + u].slice(row, row + SLICES).map((line) => line.slice(column, column + SLICES)));
  const parts = range(SLICES).map((u) => conv2d(fromNested([[window[u]]]), fromNested([[weight[u]]])).data[0]);
  return { output, products, parts, sum: output[frame][row][column] };
}

const settle = ({ frame, row, column }) => ({
  frame: clamp(frame, 0, OUTPUTS - 1), row: clamp(row, 0, OUTPUTS - 1), column: clamp(column, 0, OUTPUTS - 1),
});

const parts = (kind, count, title) =>
  range(count).map((k) => `<div class="part ${kind} ${kind}-${k}"><p class="title">${title} ${k}</p></div>`).join("");

const HTML = `
<div class="stage frames">${parts("input", FRAMES, "frame")}</div>
<div class="stage below">
  <div class="stage three">${parts("kernel", SLICES, "kernel")}</div>
  <div class="stage three outputs" role="application" aria-roledescription="outputs"
       aria-label="Arrow keys choose an output">${parts("output", OUTPUTS, "output")}</div>
</div>
<p class="line" aria-hidden="true"></p>`;

const CSS = `
.stage { display: flex; flex-wrap: wrap; gap: .5em .9em; padding: .2em .3em; }
.frames { justify-content: space-between; }
.below { justify-content: space-between; padding: 0; gap: .4em 1.2em; margin-top: .2em; }
.outputs { border-radius: .3em; }
.input.away > .matrix { outline-color: #bbbbbb; }
.line { margin: .3em .4em 0; min-height: 1.4em; }
.line b { color: #a84300; } .line .y { color: #00694d; }
@container (max-width: 760px) { .stage { font-size: 1.15em; } .stage .stage { font-size: 1em; } }`;

function render(context) {
  const { clips, kernels } = Object.fromEntries(context.model.get("names").map((name) => [name, context.model.get(name)]));
  const place = (name) => ({ kind: "slider", name, min: 0, max: OUTPUTS - 1, label: name });
  const figure = makeFigure(context, {
    html: HTML, css: CSS, settle,
    controls: [
      { kind: "choice", name: "clip", options: Object.keys(clips), label: "bar" },
      { kind: "choice", name: "kernel", options: Object.keys(kernels), label: "kernel" },
      ...["frame", "row", "column"].map(place),
    ],
  });
  const make = (kind, count, options) => range(count).map((k) =>
    makeMatrix(figure.find(`.${kind}-${k}`), { cell: 1.9, label: `${kind} ${k}`, ...options(k) }));
  const grids = {
    frames: make("input", FRAMES, () => ({})),
    kernels: make("kernel", SLICES, () => ({ cell: 2.2 })),
    outputs: make("output", OUTPUTS, (frame) => ({
      cell: 2.2, point: (row, column) => figure.set({ frame, row, column }),
    })),
  };
  moveByKeys(figure.find(".outputs"), (rows, columns) =>
    figure.set({ row: figure.state.row + rows, column: figure.state.column + columns }));
  figure.onChange((state) => draw(figure, grids, state, numbers(state)));
}

function draw(figure, grids, state, shown) {
  const { clips, kernels, clip, kernel, frame, row, column } = state;
  grids.frames.forEach((grid, t) => {
    const met = t >= frame && t < frame + SLICES;
    grid.draw(clips[clip][t], { limit: 1 });
    grid.mark(met ? [{ row, column, height: SLICES, width: SLICES }] : []);
    figure.find(`.input-${t}`).classList.toggle("away", !met);
  });
  grids.kernels.forEach((grid, u) => {
    grid.draw(kernels[kernel][u], { colors: "signed", limit: 2 });
    grid.mark(lit(shown.products[u]));
  });
  grids.outputs.forEach((grid, t) => {
    grid.draw(shown.output[t], { colors: "signed", limit: 18 });
    grid.mark(t === frame ? [{ row, column, role: "output" }] : []);
  });
  const sums = shown.parts.map((part) => numberText(part));
  const at = `(${frame}, ${row}, ${column})`;
  figure.find(".line").innerHTML = `output at frame, row, column ${at}: `
    + sums.map((text, u) => `frame ${frame + u} gives <b>${text}</b>`).join(", ")
    + `; together <b class="y">${numberText(shown.sum)}</b>`;
  figure.say(`The bar ${clip}, kernel ${kernel}. Output ${at}: frames ${frame} to ${frame + SLICES - 1} give `
    + `${sums.join(", ")}, together ${numberText(shown.sum)}.`);
}

/** The weights that meet something: whose product is not 0. */
const lit = (products) => products.flatMap((line, row) =>
  line.flatMap((value, column) => (value ? [{ row, column, role: "input" }] : [])));

export default { render, numbers };
