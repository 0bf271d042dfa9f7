// Slide a kernel over a small image, product by product.
// State: image (H, W), kernels { name: (K_h, K_w) }, name, kernel (K_h, K_w), row and column of the
// output, reached (outputs seen so far, in reading order), stride, padding, dilation.
import {
  addPlayer, clamp, makeFigure, makeMatrix, moveByKeys, numberText,
} from "../../../live/figure.js";
import { conv2d, fromNested, output_size, reshape, toNested } from "../../../live/nn.js";

const OWN = "my own";

/** The sizes of the output, [H_out, W_out]; below 1 where the kernel does not fit. */
function sizes({ image, kernel, stride, padding, dilation }) {
  const options = { stride, padding, dilation };
  return [
    output_size(image.length, kernel.length, options),
    output_size(image[0].length, kernel[0].length, options),
  ];
}

/** The whole output, and the window, products and sum at one place. */
function numbers(state) {
  const { image, kernel, row, column, stride, padding, dilation } = state;
  const [x, weight] = [image, kernel].map((rows) => reshape(fromNested(rows), [1, 1, rows.length, rows[0].length]));
  const output = toNested(conv2d(x, weight, null, { stride, padding, dilation }))[0][0];
  const pixel = (u, v) =>
    image[row * stride + u * dilation - padding]?.[column * stride + v * dilation - padding] ?? 0;
  const window = kernel.map((weights, u) => weights.map((_, v) => pixel(u, v)));
  const products = kernel.map((weights, u) => weights.map((weight_, v) => weight_ * window[u][v]));
  return { output, window, products, sum: output[row][column] };
}

/** Changes that keep the kernel inside the padded image, and the place inside the output. */
function settle(state) {
  let { dilation } = state;
  while (dilation > 1 && Math.min(...sizes({ ...state, dilation })) < 1) dilation -= 1;
  const [rows, columns] = sizes({ ...state, dilation });
  const [row, column] = [clamp(state.row, 0, rows - 1), clamp(state.column, 0, columns - 1)];
  return { dilation, row, column, reached: Math.max(state.reached, row * columns + column) };
}

const HTML = `
<div class="row stage" role="application" aria-roledescription="sliding window"
     aria-label="Arrow keys move the window">
  <div class="part input"><p class="title"></p></div>
  <div class="sign">×</div>
  <div class="middle">
    <div class="part kernel"><p class="title">kernel <span class="quiet">type your own</span></p></div>
    <div class="part products"><p class="title">products</p></div>
  </div>
  <div class="sign equals">Σ→</div>
  <div class="part output"><p class="title"></p></div>
</div>
<p class="sum" aria-hidden="true"></p>`;

const CSS = `
.stage { padding: .3em .4em; }
.middle { display: flex; flex-direction: column; gap: .9em; }
.sign { font-size: 1.9em; width: 1.2em; text-align: center; margin-top: 2.6em; }
.equals { margin-top: 8.9em; }
.stage > .input { min-height: 23.6em; min-width: 21.6em; }
.sum { margin: .3em .4em 0; font-size: 1.12em; min-height: 1.4em; }
.sum b { color: #00694d; font-size: 1.15em; }
.sum .zero { color: #6e6e6e; }
@container (max-width: 840px) { .sign { display: none; } .stage { justify-content: flex-start; gap: .6em 2em; } }`;

function render(context) {
  const slider = (name, min, max) => ({ kind: "slider", name, min, max });
  const kernels = context.model.get("kernels");
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [
      { kind: "choice", name: "name", label: "kernel", options: [...Object.keys(kernels), OWN],
        then: (name) => (name === OWN ? {} : { kernel: kernels[name] }) },
      slider("stride", 1, 3), slider("padding", 0, 2), slider("dilation", 1, 3),
    ],
  });
  const go = (row, column) => figure.set({ row, column });
  const goByHand = (row, column) => { player.stop(); go(row, column); };
  const player = addPlayer(figure, { label: "slide", step: () => step(figure) });
  figure.add({ kind: "button", label: "↺", describe: "start again", press: () => startAgain(figure, player) });

  /** The output whose window has its middle at this row or column of the padded input. */
  const centered = (at, taps) => {
    const { stride, dilation } = figure.state;
    return Math.round((at - dilation * (taps - 1) / 2) / stride);
  };
  const input = makeMatrix(figure.find(".input"), {
    width: 21.6, label: "input", point: (row, column) => {
      const { kernel } = figure.state;
      goByHand(centered(row, kernel.length), centered(column, kernel[0].length));
    },
  });
  const kernel = makeMatrix(figure.find(".kernel"), {
    width: 9.3, cell: 3.1, label: "kernel weight", edit: (row, column, value) => {
      const edited = figure.state.kernel.map((weights) => [...weights]);
      edited[row][column] = value;
      figure.set({ kernel: edited, name: OWN });
    },
  });
  const products = makeMatrix(figure.find(".products"), { width: 9.3, cell: 3.1, label: "products" });
  const output = makeMatrix(figure.find(".output"), { width: 19.6, cell: 2.9, label: "output", point: goByHand });
  moveByKeys(figure.find(".stage"), (rows, columns) =>
    goByHand(figure.state.row + rows, figure.state.column + columns));

  figure.onChange((state) => {
    const shown = numbers(state);
    drawInput(input, state);
    kernel.draw(state.kernel, { colors: "signed" });
    products.draw(shown.products, { colors: "signed" });
    drawOutput(output, state, shown);
    write(figure, state, shown);
  });
}

/** One output further; false at the last one. */
function step(figure) {
  const { row, column } = figure.state;
  const [rows, columns] = sizes(figure.state);
  const next = row * columns + column + 1;
  if (next >= rows * columns) return false;
  figure.set({ row: Math.floor(next / columns), column: next % columns });
  return true;
}

function startAgain(figure, player) {
  player.stop();
  figure.set({ row: 0, column: 0, reached: 0 });
}

function drawInput(matrix, { image, kernel, row, column, stride, padding, dilation }) {
  const zeros = (count) => Array(count).fill(0);
  const [height, width] = [image.length, image[0].length];
  const rim = Array.from({ length: padding }, () => zeros(width + 2 * padding));
  const padded = [...rim, ...image.map((pixels) => [...zeros(padding), ...pixels, ...zeros(padding)]), ...rim];
  matrix.draw(padded, { padding });
  const [top, left] = [row * stride, column * stride];
  const [K_h, K_w] = [kernel.length, kernel[0].length];
  const taps = dilation === 1 ? [{ row: top, column: left, height: K_h, width: K_w }]
    : kernel.flatMap((weights, u) => weights.map((_, v) => ({ row: top + u * dilation, column: left + v * dilation })));
  matrix.mark([{ row: padding, column: padding, height, width, role: "input" }, ...taps]);
}

function drawOutput(matrix, { row, column, reached }, { output }) {
  const columns = output[0].length;
  const hidden = (i, j) => i * columns + j > reached;
  const narrow = Math.max(output.length, columns) > 8 && output.flat().some((y) => !Number.isInteger(y));
  matrix.draw(output, { colors: "signed", hidden, digits: narrow ? 1 : null });
  matrix.mark([{ row, column, role: "output" }]);
}

function write(figure, { image, kernel, row, column, stride, padding, dilation }, { output, window, products, sum }) {
  const total = numberText(sum);
  const bracket = (value) => (value < 0 ? `(${numberText(value)})` : numberText(value));
  const terms = window.flatMap((pixels, u) => pixels.map((pixel, v) =>
    `<span class="${products[u][v] ? "" : "zero"}">${numberText(pixel)}·${bracket(kernel[u][v])}</span>`));
  const rim = padding ? `<span class="quiet"> + padding ${padding}</span>` : "";
  figure.find(".input .title").innerHTML = `input ${image.length} × ${image[0].length}${rim}`;
  figure.find(".output .title").textContent = `output ${output.length} × ${output[0].length}`;
  figure.find(".sum").innerHTML = `${terms.join(" + ")} = <b>${total}</b>`;
  figure.say(`Stride ${stride}, padding ${padding}, dilation ${dilation}: the window for output row ${row}, `
    + `column ${column} gives the sum ${total}; the output is ${output.length} by ${output[0].length}.`);
}

export default { render, numbers };
