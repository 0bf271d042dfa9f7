// Step forward and backward through a tiny convolution, number by number.
// State: image (H, W), kernel (K_h, K_w), target (H_out, W_out), step, and row and column of the
// pixel whose sum is written out. With M outputs, steps 0 to M − 1 compute them one by one, and
// steps M to 2M − 1 send their δ back one by one.
import {
  addPlayer, clamp, makeFigure, makeMatrix, moveByKeys, numberText,
} from "../../../live/figure.js";
import { conv2d, conv2d_backward, fromNested, reshape, tensor, toNested } from "../../../live/nn.js";

const map4 = (rows) => reshape(fromNested(rows), [1, 1, rows.length, rows[0].length]);
const rowsOf = (array) => toNested(array)[0][0];
const countOutputs = ({ target }) => target.length * target[0].length;

/** Where the way stands: [row, column] of the output at hand, and whether it goes back. */
function place({ step, target }) {
  const count = target.length * target[0].length;
  const k = step % count;
  return { i: Math.floor(k / target[0].length), j: k % target[0].length, k, back: step >= count };
}

/**
 * The output; δ of every output, and of those that were sent back so far (the others are 0); the
 * gradients that have arrived; and what the δ at hand adds to each of them.
 */
function numbers(state) {
  const { image, kernel, target } = state;
  const { i, j, k, back } = place(state);
  const [x, weight, wanted] = [image, kernel, target].map(map4);
  const y = conv2d(x, weight);
  const delta = tensor(y.data.map((value, at) => value - wanted.data[at]), y.shape);
  const sent = tensor(delta.data.map((value, at) => (back && at <= k ? value : 0)), y.shape);
  const { grad_x, grad_weight } = conv2d_backward(sent, x, weight);
  const here = back ? delta.data[k] : 0;
  return {
    output: rowsOf(y), delta: rowsOf(delta), sent: rowsOf(sent),
    grad_x: rowsOf(grad_x), grad_kernel: rowsOf(grad_weight),
    loss: delta.data.reduce((sum, value) => sum + (value * value) / 2, 0),
    to_kernel: kernel.map((weights, u) => weights.map((_, v) => here * image[i + u][j + v])),
    to_pixels: kernel.map((weights) => weights.map((value) => here * value)),
  };
}

const settle = (state) => ({
  step: clamp(state.step, 0, 2 * countOutputs(state) - 1),
  row: clamp(state.row, 0, state.image.length - 1),
  column: clamp(state.column, 0, state.image[0].length - 1),
});

const HTML = `
<div class="stage" role="application" aria-roledescription="steps"
     aria-label="Left and right arrow keys go one step back or forward">
  <div class="part input"><p class="title">input x <span class="quiet">type your own</span></p></div>
  <div class="part kernel"><p class="title">kernel K</p></div>
  <div class="part output"><p class="title">output y</p></div>
  <div class="part target"><p class="title">target t</p></div>
  <div class="part gradient to-x"><p class="title">∂L/∂x <span class="quiet">point at a pixel</span></p></div>
  <div class="part gradient to-kernel"><p class="title">∂L/∂K</p></div>
  <div class="part gradient delta"><p class="title">δ = y − t</p></div>
</div>
<p class="line now" aria-hidden="true"></p>
<p class="line pixel" aria-hidden="true"></p>`;

const CSS = `
.stage { display: grid; grid-template-columns: repeat(4, max-content); justify-content: space-between;
  gap: .6em 1.6em; padding: .3em .4em; margin-top: .2em; }
.to-x { grid-column: 1; }
.line { margin: .3em .4em 0; min-height: 1.4em; }
.line b { color: #a84300; } .line .y { color: #00694d; }
@container (max-width: 760px) { .stage { grid-template-columns: repeat(2, max-content); justify-content: start; font-size: 1.15em; } }
@container (max-width: 340px) { .stage { gap: .6em 1em; font-size: 1em; } }`;

function render(context) {
  const last = 2 * countOutputs({ target: context.model.get("target") }) - 1;
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [{ kind: "slider", name: "step", min: 0, max: last }],
  });
  const move = (by) => { player.stop(); figure.set({ step: figure.state.step + by }); };
  const player = addPlayer(figure, { label: "play", ms: 900, step: () => oneStep(figure, last) });
  figure.add({ kind: "button", label: "↺", describe: "start again",
    press: () => { player.stop(); figure.set({ step: 0 }); } });

  const grids = makeGrids(figure);
  moveByKeys(figure.find(".stage"), (rows, columns) => move(rows + columns));
  moveByKeys(grids.grad_x.grid, (rows, columns) =>
    figure.set({ row: figure.state.row + rows, column: figure.state.column + columns }));
  figure.onChange((state) => {
    const shown = numbers(state);
    draw(grids, state, shown);
    write(figure, state, shown);
  });
}

function oneStep(figure, last) {
  const { step } = figure.state;
  if (step < last) figure.set({ step: step + 1 });
  return step < last;
}

function makeGrids(figure) {
  const edit = (name) => (row, column, value) => {
    const edited = figure.state[name].map((numbers_) => [...numbers_]);
    edited[row][column] = value;
    figure.set({ [name]: edited });
  };
  const make = (place_, options) => makeMatrix(figure.find(place_), { width: 10, cell: 2.5, ...options });
  return {
    image: make(".input", { label: "input", edit: edit("image") }),
    kernel: make(".kernel", { label: "kernel", edit: edit("kernel") }),
    target: make(".target", { label: "target", edit: edit("target") }),
    output: make(".output", { label: "output" }),
    delta: make(".delta", { label: "delta" }),
    grad_kernel: make(".to-kernel", { label: "gradient of the kernel" }),
    grad_x: make(".to-x", {
      label: "gradient of the input", point: (row, column) => figure.set({ row, column }),
    }),
  };
}

function draw(grids, state, shown) {
  const { i, j, k, back } = place(state);
  const [K_h, K_w] = [state.kernel.length, state.kernel[0].length];
  const later = (row, column) => row * shown.output[0].length + column > k;
  const window = { row: i, column: j, height: K_h, width: K_w };
  const signed = { colors: "signed" };
  grids.image.draw(state.image, signed);
  grids.kernel.draw(state.kernel, signed);
  grids.target.draw(state.target, signed);
  grids.output.draw(shown.output, { ...signed, hidden: back ? () => false : later });
  grids.delta.draw(shown.delta, { ...signed, hidden: () => !back });
  grids.grad_kernel.draw(shown.grad_kernel, { ...signed, hidden: () => !back });
  grids.grad_x.draw(shown.grad_x, { ...signed, hidden: () => !back });
  grids.image.mark([window]);
  grids.output.mark([{ row: i, column: j, role: "output" }]);
  grids.delta.mark(back ? [{ row: i, column: j, role: "gradient" }] : []);
  const pixel = { row: state.row, column: state.column, role: "ink" };
  grids.grad_x.mark(back ? [{ ...window, role: "gradient" }, pixel] : [pixel]);
  grids.kernel.mark([]);
  grids.grad_kernel.mark(back ? [{ row: 0, column: 0, height: K_h, width: K_w, role: "gradient" }] : []);
}

const bracket = (value) => (value < 0 ? `(${numberText(value)})` : numberText(value));
const listed = (rows) => rows.map((row) => row.map((value) => numberText(value)).join(" ")).join(" / ");

/** The sum behind the pixel that is pointed at: one term for each window that has sent to it. */
function termsOf(state, { delta }) {
  const { k, back } = place(state);
  const terms = [];
  delta.forEach((row, i) => row.forEach((value, j) => {
    const weight = state.kernel[state.row - i]?.[state.column - j];
    const done = back && i * row.length + j <= k;
    if (weight !== undefined && done) terms.push(`${bracket(value)}·${bracket(weight)}`);
  }));
  return terms;
}

function write(figure, state, shown) {
  const { i, j, back } = place(state);
  const at = `${i}, ${j}`;
  const value = numberText(shown.output[i][j]);
  const here = numberText(shown.delta[i][j]);
  const products = state.kernel.flatMap((weights, u) =>
    weights.map((weight, v) => `${bracket(state.image[i + u][j + v])}·${bracket(weight)}`));
  const forward = `forward: y at (${at}) = ${products.join(" + ")} = <b class="y">${value}</b>`;
  const backward = `backward: <b>δ at (${at}) = ${here}</b> sends ${here}·window = ${listed(shown.to_kernel)}`
    + ` to ∂L/∂K and ${here}·K = ${listed(shown.to_pixels)} to ∂L/∂x`;
  figure.find(".now").innerHTML = back ? backward : forward;
  const terms = termsOf(state, shown);
  const total = numberText(shown.grad_x[state.row][state.column]);
  const sum = terms.length ? `${terms.join(" + ")} = <b>${total}</b>` : "nothing has arrived yet";
  figure.find(".pixel").innerHTML = `pixel (${state.row}, ${state.column}): ${sum}`
    + ` &nbsp;·&nbsp; <span class="quiet">L = ½ Σ δ² = ${numberText(shown.loss)}</span>`;
  figure.say(back
    ? `Backward: delta at ${at} is ${here}. The gradient of pixel ${state.row}, ${state.column} is ${total} so far.`
    : `Forward: the output at ${at} is ${value}.`);
}

export default { render, numbers };
