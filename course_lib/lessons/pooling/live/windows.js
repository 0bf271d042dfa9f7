// Pooling windows over a small map, forward and on the way back; the map can be dragged.
// State: image (H, W), kind, kernel, stride, padding, down and right (how far the map has moved,
// wrapped around), row and column of the output looked at. Slopes 1, 2, 3, ... arrive at the outputs.
import { clamp, makeFigure, makeMatrix, moveByKeys, numberText } from "../../../live/figure.js";
import {
  avg_pool2d, avg_pool2d_backward, fromNested, max_pool2d, max_pool2d_backward, output_size, reshape,
  tensor, toNested,
} from "../../../live/nn.js";

const KINDS = ["max", "average", "first (stride)"];
const map4 = (rows) => reshape(fromNested(rows), [1, 1, rows.length, rows[0].length]);
const rowsOf = (array) => toNested(array)[0][0];
const mod = (n, m) => ((n % m) + m) % m;

/** Move a map down and right; what leaves on one side comes back on the other. */
function moved(image, down, right) {
  const [H, W] = [image.length, image[0].length];
  return image.map((row, i) => row.map((_, j) => image[mod(i - down, H)][mod(j - right, W)]));
}

/** What one kind does: options of its windows, forward and backward; "first" is a window of 1. */
function poolingOf({ kind, kernel, stride, padding }) {
  if (kind === "first (stride)") return [max_pool2d, max_pool2d_backward, { kernel_size: 1, stride }];
  const options = { kernel_size: kernel, stride, padding };
  return kind === "max"
    ? [max_pool2d, max_pool2d_backward, options]
    : [avg_pool2d, avg_pool2d_backward, options];
}

/** The moved map, the output, the slopes 1, 2, 3, ... of the outputs, and what they send back. */
function numbers(state) {
  const [pool, back, options] = poolingOf(state);
  const input = moved(state.image, state.down, state.right);
  const x = map4(input);
  const y = pool(x, options);
  const unmoved = pool(map4(state.image), options);
  const slopes = tensor(y.data.map((_, k) => k + 1), y.shape);
  const only = tensor(y.data.map((_, k) => (k === state.row * y.shape[3] + state.column ? k + 1 : 0)), y.shape);
  return {
    input, output: rowsOf(y), slopes: rowsOf(slopes),
    grad_x: rowsOf(back(slopes, x, options)), share: rowsOf(back(only, x, options)),
    unchanged: y.data.reduce((count, value, k) => count + Number(value === unmoved.data[k]), 0),
  };
}

/** Keep the padding below half a window, and the chosen output among those there are. */
function settle(state) {
  const padding = state.kind === "first (stride)" ? 0 : Math.min(state.padding, Math.floor(state.kernel / 2));
  const kernel = state.kind === "first (stride)" ? 1 : state.kernel;
  const size = (n) => output_size(n, kernel, { stride: state.stride, padding });
  const [H, W] = [state.image.length, state.image[0].length];
  return {
    padding, kernel, down: mod(state.down, H), right: mod(state.right, W),
    row: clamp(state.row, 0, size(H) - 1), column: clamp(state.column, 0, size(W) - 1),
  };
}

const HTML = `
<div class="stage">
  <div class="part input" role="application" aria-roledescription="movable map"
       aria-label="Arrow keys move the map"><p class="title">input x <span class="quiet">drag it</span></p></div>
  <div class="part output" role="application" aria-roledescription="outputs"
       aria-label="Arrow keys choose an output"><p class="title">output y <span class="quiet">point at one</span></p></div>
  <div class="part gradient slopes"><p class="title">∂L/∂y</p></div>
  <div class="part gradient to-x"><p class="title">∂L/∂x</p></div>
</div>
<p class="line now" aria-hidden="true"></p><p class="line back" aria-hidden="true"></p>
<p class="line shift" aria-hidden="true"></p>`;

const CSS = `
.stage { display: grid; grid-template-columns: repeat(4, 13.4em); justify-content: space-between;
  align-items: start; gap: .6em; padding: .3em .4em; margin-top: .2em; }
.input .matrix { cursor: grab; touch-action: none; user-select: none; }
.line { margin: .3em .4em 0; min-height: 1.4em; }
.line b { color: #a84300; } .line .y { color: #00694d; }
@container (max-width: 760px) { .stage { grid-template-columns: repeat(2, 13.4em); justify-content: start; font-size: 1.15em; } }
@container (max-width: 450px) { .stage { grid-template-columns: repeat(2, max-content); gap: .6em 1em; font-size: .84em; } .stage .title { white-space: normal; } }`;

function render(context) {
  const slider = (name, min, max) => ({ kind: "slider", name, min, max, label: name === "kernel" ? "window" : name });
  const figure = makeFigure(context, {
    html: HTML, css: CSS, settle,
    controls: [
      { kind: "choice", name: "kind", options: KINDS, label: "pooling" },
      slider("kernel", 1, 4), slider("stride", 1, 4), slider("padding", 0, 1),
    ],
  });
  figure.add({ kind: "button", label: "↺", describe: "put the map back", press: () => figure.set({ down: 0, right: 0 }) });
  const make = (place, options) => makeMatrix(figure.find(place), { width: 13, cell: 2.1, ...options });
  const point = (row, column) => figure.set({ row, column });
  const grids = {
    input: make(".input", { label: "input" }), output: make(".output", { label: "output", point }),
    slopes: make(".slopes", { label: "slopes of the outputs", point }),
    grad_x: make(".to-x", { label: "slopes of the input" }),
  };
  const shift = (rows, columns) =>
    figure.set({ down: figure.state.down + rows, right: figure.state.right + columns });
  moveByKeys(figure.find(".input"), shift);
  moveByKeys(figure.find(".output"), (rows, columns) =>
    figure.set({ row: figure.state.row + rows, column: figure.state.column + columns }));
  dragCells(grids.input.grid, shift);
  figure.onChange((state) => {
    const shown = numbers(state);
    draw(grids, state, shown);
    write(figure, state, shown);
  });
}

/** Call move(rows, columns) whenever a stroke has gone one cell further. */
function dragCells(grid, move) {
  let from = null;
  grid.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, y: event.clientY };
    grid.setPointerCapture(event.pointerId);
  });
  grid.addEventListener("pointermove", (event) => {
    if (!from) return;
    const side = grid.querySelector(".cell").getBoundingClientRect().width;
    const [rows, columns] = [event.clientY - from.y, event.clientX - from.x].map((way) => Math.trunc(way / side));
    if (!rows && !columns) return;
    from = { x: from.x + columns * side, y: from.y + rows * side };
    move(rows, columns);
  });
  for (const name of ["pointerup", "pointercancel"]) grid.addEventListener(name, () => { from = null; });
}

const windowAt = ({ row, column, kernel, stride }) =>
  ({ row: row * stride, column: column * stride, height: kernel, width: kernel });

function draw(grids, state, shown) {
  const { padding, kind, row, column } = state;
  const blank = Array(shown.input[0].length + 2 * padding).fill(kind === "max" ? -Infinity : 0);
  const rim = Array.from({ length: padding }, () => blank);
  const side = blank.slice(0, padding);
  const padded = [...rim, ...shown.input.map((numbers_) => [...side, ...numbers_, ...side]), ...rim];
  const digits = kind === "average" ? 1 : null;
  grids.input.draw(padded, { padding, limit: 9 });
  grids.output.draw(shown.output, { limit: 9, digits });
  grids.slopes.draw(shown.slopes, { colors: "signed" });
  grids.grad_x.draw(shown.grad_x, { colors: "signed", digits });
  const box = windowAt(state);
  grids.input.mark([box]);
  grids.output.mark([{ row, column, role: "output" }]);
  grids.slopes.mark([{ row, column, role: "gradient" }]);
  grids.grad_x.mark(inside(box, padding, shown.grad_x));
}

/** The part of a window that lies on the map itself. */
function inside({ row, column, height, width }, padding, map) {
  const [top, left] = [row - padding, column - padding].map((n) => Math.max(n, 0));
  const bottom = Math.min(row - padding + height, map.length);
  const right = Math.min(column - padding + width, map[0].length);
  return [{ row: top, column: left, height: bottom - top, width: right - left, role: "gradient" }];
}

function write(figure, state, shown) {
  const { row, column, kind, down, right } = state;
  const at = `(${row}, ${column})`;
  const value = numberText(shown.output[row][column]);
  const slope = numberText(shown.slopes[row][column]);
  const verb = { max: "the largest", average: "the mean", "first (stride)": "the first" }[kind];
  const given = shown.share.flat().filter((part) => part !== 0);
  figure.find(".now").innerHTML = `y at ${at}: ${verb} of its window is <b class="y">${value}</b>`;
  figure.find(".back").innerHTML = `its slope <b>${slope}</b> goes back to ${given.length} pixel${given.length > 1 ? "s" : ""}`
    + `, ${numberText(given[0])}${given.length > 1 ? " each" : ""}; where windows overlap, slopes add up`;
  const outputs = shown.output.flat().length;
  figure.find(".shift").textContent = `map moved by ${down} down, ${right} right: ${shown.unchanged} of ${outputs} outputs`
    + " are what they were";
  figure.say(`Output ${at} is ${value}. Its slope ${slope} goes back to ${given.length} pixels. Moved by ${down} down,`
    + ` ${right} right: ${shown.unchanged} of ${outputs} outputs unchanged.`);
}

export default { render, numbers };
