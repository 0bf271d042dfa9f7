// Whom a number is normalized with: maps of a few images as a grid of blocks, before and after.
// State: x, 12 blocks of 2×2 numbers as one grid (6, 8), a row of blocks an image, a column a
// channel; norm; images in the batch; side of the maps in pixels (1 takes the first of a block);
// row and column of the number at hand, in the grid that is shown; value, which is that number.
import { clamp, makeFigure, makeMatrix, moveByKeys, numberText } from "../../../live/figure.js";
import { batch_norm, fromNested, reshape, toNested } from "../../../live/nn.js";

const [CHANNELS, SIDE, GROUPS, EPS] = [4, 2, 2, 1e-5];
const NORMS = ["batch", "layer", "instance", "group"];

/** Where the number at hand stands: image, channel, and its companions as a box of the grid. */
function place({ norm, images, side, row, column }) {
  const [n, c] = [Math.floor(row / side), Math.floor(column / side)];
  const members = { batch: 1, layer: CHANNELS, instance: 1, group: CHANNELS / GROUPS }[norm];
  const first = Math.floor(c / members) * members;
  const all = norm === "batch";
  return { n, c, box: {
    row: all ? 0 : n * side, height: all ? images * side : side, column: first * side, width: members * side,
  } };
}

/** The numbers that are in the batch, as a grid (images · side, channels · side). */
function shownOf({ x, images, side }) {
  const stay = (k) => k % SIDE < side;
  return x.filter((_, i) => Math.floor(i / SIDE) < images && stay(i)).map((row) => row.filter((_, j) => stay(j)));
}

/** A grid of blocks as maps (N, C, H, W), and back. */
function mapsOf(grid, side) {
  const images = Array.from({ length: grid.length / side }, (_, n) => grid.slice(n * side, (n + 1) * side));
  return fromNested(images.map((rows) =>
    Array.from({ length: CHANNELS }, (_, c) => rows.map((row) => row.slice(c * side, (c + 1) * side)))));
}
const gridOf = (maps) => toNested(maps).flatMap((channels) => channels[0].map((_, i) => channels.flatMap((map) => map[i])));

/** Batch norm, or the same on maps whose groups are laid out as the channels of one image. */
function normalize(maps, { norm }) {
  if (norm === "batch") return batch_norm(maps, null, null, null, null, { training: true, eps: EPS }).y;
  const [N, C, H, W] = maps.shape;
  const groups = { layer: 1, instance: C, group: GROUPS }[norm];
  const size = (C / groups) * H * W;
  if (size === 1) return reshape({ data: maps.data.map(() => 0) }, maps.shape); // alone, a number is its own mean
  const apart = reshape(maps, [1, N * groups, size]);
  return reshape(batch_norm(apart, null, null, null, null, { training: true, eps: EPS }).y, maps.shape);
}

function numbers(state) {
  const shown = shownOf(state);
  const { box } = place(state);
  const rows = shown.slice(box.row, box.row + box.height);
  const companions = rows.flatMap((row) => row.slice(box.column, box.column + box.width));
  const mean = companions.reduce((sum, value) => sum + value, 0) / companions.length;
  const variance = companions.reduce((sum, value) => sum + (value - mean) ** 2, 0) / companions.length;
  return {
    output: gridOf(normalize(mapsOf(shown, state.side), state)),
    count: companions.length, mean, spread: Math.sqrt(variance + EPS),
  };
}

/** Where a row or column of the shown grid stands in x. */
const inX = (k, side) => Math.floor(k / side) * SIDE + (k % side);

function settle(state) {
  const { norm, side, x } = state;
  const images = norm === "batch" && side === 1 ? Math.max(state.images, 2) : state.images; // one has no spread
  const row = clamp(state.row, 0, images * side - 1);
  const column = clamp(state.column, 0, CHANNELS * side - 1);
  return { images, row, column, value: x[inX(row, side)][inX(column, side)] };
}

/** x with another number at hand. */
function changed({ x, side, row, column }, value) {
  const edited = x.map((numbers_) => [...numbers_]);
  edited[inX(row, side)][inX(column, side)] = value;
  return edited;
}

const HTML = `
<div class="row">
  <div class="part input"><p class="title">input x <span class="quiet">point at a number</span></p></div>
  <div class="part output"><p class="title">normalized</p></div>
</div>
<p class="line now" aria-hidden="true"></p>
<p class="line sum" aria-hidden="true"></p>`;

const CSS = `
.row { justify-content: space-evenly; }
.mark:not(:nth-last-child(-n + 2)) { outline-width: .1em; } /* blocks; then companions, and the number */
.line { margin: .45em .4em 0; min-height: 1.4em; }
.line b { color: #8a5a00; } .line .y { color: #00694d; font-weight: 700; }`;

function render(context) {
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [
      { kind: "choice", name: "norm", options: NORMS },
      { kind: "slider", name: "images", label: "images in the batch", min: 1, max: 3 },
      { kind: "slider", name: "side", label: "pixels a side", min: 1, max: SIDE },
      { kind: "slider", name: "value", label: "the number", min: -9, max: 9,
        then: (value) => ({ x: changed(figure.state, value) }) },
    ],
  });
  const point = (row, column) => figure.set({ row, column });
  const look = { width: 20, cell: 2.4, point };
  const input = makeMatrix(figure.find(".input"), { ...look, label: "input" });
  const output = makeMatrix(figure.find(".output"), { ...look, label: "normalized" });
  moveByKeys(input.grid, (rows, columns) =>
    figure.set({ row: figure.state.row + rows, column: figure.state.column + columns }));
  figure.onChange((state) => {
    const found = numbers(state);
    draw(input, shownOf(state), state, "kernel", 9);
    draw(output, found.output, state, "output", 2.5);
    write(figure, state, found);
  });
}

function draw(matrix, grid, state, role, limit) {
  const { side, images, row, column } = state;
  const blocks = Array.from({ length: images * CHANNELS }, (_, k) => ({
    row: Math.floor(k / CHANNELS) * side, column: (k % CHANNELS) * side, height: side, width: side, role: "quiet",
  }));
  matrix.draw(grid, { colors: "signed", limit, digits: role === "output" ? 1 : null });
  matrix.mark([...blocks, { ...place(state).box, role }, { row, column, role: "ink" }]);
}

function write(figure, state, { output, count, mean, spread }) {
  const { n, c } = place(state);
  const value = numberText(shownOf(state)[state.row][state.column]);
  const [m, s, y] = [mean, spread, output[state.row][state.column]].map((number) => numberText(number));
  const who = `<b>${count} ${count === 1 ? "companion, itself alone" : "companions"}</b>`;
  figure.find(".now").innerHTML = `image ${n}, channel ${c}: the number ${value} has ${who}, mean ${m}, spread ${s}`;
  figure.find(".sum").innerHTML = `(${value} − mean) / spread = <span class="y">${y}</span>`
    + ' &nbsp;<span class="quiet">whoever is framed on the left counts for all that is framed on the right</span>';
  figure.say(`${state.norm} norm, image ${n}, channel ${c}: ${value} among ${count} numbers of mean ${m} and spread ${s} becomes ${y}.`);
}

export default { render, numbers };
