// Follow one window of an image into its column, and the column into the output.
// State: x (C_in, H, W), weights { name: (C_out, C_in, K_h, K_w) }, name, row and column of the
// output, stride, padding, dilation.
import { addPlayer, clamp, makeFigure, makeMatrix, moveByKeys, numberText } from "../../../live/figure.js";
import { conv2d, fromNested, output_size, reshape, toNested } from "../../../live/nn.js";

const sizeOf = (nested) => (Array.isArray(nested) ? [nested.length, ...sizeOf(nested[0])] : []);

/** The sizes of the output, [H_out, W_out]; below 1 where the kernel does not fit. */
function sizes({ x, weights, name, stride, padding, dilation }) {
  const [, H, W] = sizeOf(x);
  const [, , K_h, K_w] = sizeOf(weights[name]);
  return [[H, K_h], [W, K_w]].map(([n, k]) => output_size(n, k, { stride, padding, dilation }));
}

/** The padded image, its windows as columns, the filters as rows, and their product. */
function numbers(state) {
  const { x, weights, name, row, column, stride, padding, dilation } = state;
  const [[C, H, W], [O, , K_h, K_w]] = [sizeOf(x), sizeOf(weights[name])];
  const [rows, width] = sizes(state);
  const y = conv2d(reshape(fromNested(x), [1, C, H, W]), fromNested(weights[name]), null, { stride, padding, dilation });
  const output = toNested(reshape(y, [O, rows * width]));
  const taps = x.flatMap((_, c) => Array.from({ length: K_h * K_w }, (_, k) => [c, Math.floor(k / K_w), k % K_w]));
  const pixel = (c, i, j) => x[c][i - padding]?.[j - padding] ?? 0;
  const columns = taps.map(([c, u, v]) => output[0].map((_, at) =>
    pixel(c, Math.floor(at / width) * stride + u * dilation, (at % width) * stride + v * dilation)));
  const filters = weights[name].map((filter) => filter.flat(2));
  const padded = x.map((_, c) => Array.from({ length: H + 2 * padding }, (_, i) =>
    Array.from({ length: W + 2 * padding }, (_, j) => pixel(c, i, j))));
  const at = row * width + column;
  return { padded, columns, filters, output, at, sums: output.map((sums) => sums[at]) };
}

/** Changes that keep the kernel inside the padded image, and the place inside the output. */
function settle(state) {
  const kernel = sizeOf(state.weights[state.name]).slice(2);
  const padding = Math.min(state.padding, Math.max(...kernel) - 1); // a window of padding alone says nothing
  let { dilation } = state;
  while (dilation > 1 && Math.min(...sizes({ ...state, padding, dilation })) < 1) dilation -= 1;
  const [rows, columns] = sizes({ ...state, padding, dilation });
  return { padding, dilation, row: clamp(state.row, 0, rows - 1), column: clamp(state.column, 0, columns - 1) };
}

const HTML = `
<div class="row stage" role="application" aria-roledescription="windows of an image" aria-label="Arrow keys move the window">
  <div class="left"><div class="channels"></div></div>
  <div class="part input columns"><p class="title"></p></div>
</div>
<div class="row">
  <div class="left"><div class="part kernel filters"><p class="title"></p></div><div class="sign">=</div></div>
  <div class="part output product"><p class="title"></p></div>
</div>
<p class="sums"></p>`;

const CSS = `
.row { justify-content: flex-start; gap: .8em 1.6em; }
.left { width: 24em; display: flex; align-items: center; justify-content: space-between; }
.channels { display: flex; gap: 1em; }
.sign { font-size: 1.8em; margin-top: .6em; }
.columns .cell > *, .filters .cell > *, .product .cell > * { font-size: max(10px, calc(var(--cell) * .5)); }
.columns .cell, .product .cell, .filters .cell { cursor: pointer; }
.sums { margin: .5em 0 0; min-height: 2.7em; } .sums b { color: #00694d; }
@container (max-width: 840px) { .left { width: auto; } .sign { display: none; } }`;

const WIDE = 35; // em of columns and output

function render(context) {
  const { model } = context;
  const slider = (name, min, max) => ({ kind: "slider", name, min, max });
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [
      { kind: "choice", name: "name", label: "weight", options: Object.keys(model.get("weights")) },
      slider("stride", 1, 3), slider("padding", 0, 1), slider("dilation", 1, 2),
    ],
  });
  const go = (row, column) => { player.stop(); figure.set({ row, column }); };
  const goTo = (at) => go(Math.floor(at / sizes(figure.state)[1]), at % sizes(figure.state)[1]);
  const player = addPlayer(figure, { label: "slide", ms: 700, step: () => step(figure) });
  const channels = model.get("x").map((_, c) => {
    const place = document.createElement("div");
    place.className = "part input";
    place.innerHTML = `<p class="title">channel ${c}</p>`;
    figure.find(".channels").append(place);
    return makeMatrix(place, { width: 11, cell: 2.4, label: `channel ${c}`, point: (row, column) => goNear(figure, go, row, column) });
  });
  const pointed = (label) => ({ width: WIDE, cell: 2.4, label, point: (_, at) => goTo(at) });
  const grids = {
    channels,
    columns: makeMatrix(figure.find(".columns"), pointed("columns, one a window")),
    filters: makeMatrix(figure.find(".filters"), { width: 21, cell: 2.1, label: "filters, one a row" }),
    product: makeMatrix(figure.find(".product"), pointed("output, one row a filter")),
  };
  moveByKeys(figure.find(".stage"), (rows, columns) => go(figure.state.row + rows, figure.state.column + columns));
  figure.onChange((state) => {
    const shown = numbers(state);
    draw(grids, state, shown);
    write(figure, state, shown);
  });
}

/** Go to the window whose middle is at this pixel of the padded image. */
function goNear(figure, go, row, column) {
  const { weights, name, stride, dilation } = figure.state;
  const [K_h, K_w] = sizeOf(weights[name]).slice(2);
  const near = (at, taps) => Math.round((at - (dilation * (taps - 1)) / 2) / stride);
  go(near(row, K_h), near(column, K_w));
}

/** One window further, and from the last one back to the first. */
function step(figure) {
  const { row, column } = figure.state;
  const [rows, columns] = sizes(figure.state);
  const next = (row * columns + column + 1) % (rows * columns);
  figure.set({ row: Math.floor(next / columns), column: next % columns });
}

function draw({ channels, columns, filters, product }, state, shown) {
  const { weights, name, row, column, stride, padding, dilation } = state;
  const [, , K_h, K_w] = sizeOf(weights[name]);
  const taps = Array.from({ length: K_h * K_w }, (_, k) => [Math.floor(k / K_w), k % K_w]);
  const boxes = dilation === 1 ? [{ row: row * stride, column: column * stride, height: K_h, width: K_w }]
    : taps.map(([u, v]) => ({ row: row * stride + u * dilation, column: column * stride + v * dilation }));
  const end = Math.max(...shown.padded.flat(2).map(Math.abs)) || 1;
  channels.forEach((grid, c) => {
    grid.draw(shown.padded[c], { padding, limit: end });
    grid.mark(boxes);
  });
  const column_ = (height, role) => [{ row: 0, column: shown.at, height, width: 1, role }];
  columns.draw(shown.columns, { limit: end });
  columns.mark(column_(shown.columns.length, "kernel"));
  filters.draw(shown.filters, { colors: "signed" });
  product.draw(shown.output, { colors: "signed" });
  product.mark(column_(shown.output.length, "output"));
}

function write(figure, { name, row, column, stride, padding, dilation }, { columns, filters, output, at, sums }) {
  const title = (selector, text, rows) => {
    figure.find(`${selector} > .title`).innerHTML = `${text} <span class="quiet">${rows.length} × ${rows[0].length}</span>`;
  };
  title(".columns", "columns", columns);
  title(".filters", "weight", filters);
  title(".product", "output = weight × columns", output);
  const bracket = (weight) => (weight < 0 ? `(${numberText(weight)})` : numberText(weight));
  const products = filters.map((filter, o) => {
    const terms = filter.map((weight, k) => `${bracket(weight)}·${numberText(columns[k][at])}`).join(" + ");
    return `${terms} = <b>${numberText(sums[o])}</b>`;
  });
  const places = output[0].length;
  figure.find(".sums").innerHTML = `column ${at} of ${places}: output row ${row}, column ${column}<br>${products[0]}`;
  figure.say(`Weight ${name}, stride ${stride}, padding ${padding}, dilation ${dilation}: column ${at} of ${places} is the window for `
    + `output row ${row}, column ${column}; the filters give ${sums.map((sum) => numberText(sum)).join(", ")}.`);
}

export default { render, numbers };
