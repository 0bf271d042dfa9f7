// Thirty dense layers of 64 numbers die or explode, by the size of their weights.
// State: digit (64 numbers), seed, factor on PyTorch's default weights, activation.
import { clamp, makeFigure, makePlot, numberText, paintMap } from "../../../live/figure.js";
import { linear, linear_backward, relu, relu_backward, tanh, tanh_backward, tensor } from "../../../live/nn.js";
import { makeRandom } from "../../../live/training.js";

const [LAYERS, WIDTH, SEEDS] = [30, 64, 8];
const [LIMIT, MOST_BITS] = [3, 90]; // full color of a tile, and the ends of the plot
const ACTIVATIONS = {
  relu: { value: relu, back: relu_backward, share: 1 / 2 },
  linear: { value: (z) => z, back: (grad) => grad, share: 1 },
  tanh: { value: tanh, back: tanh_backward, share: 1 },
};

const drawn = {};
/** Numbers from −1 to 1: weights of all layers, then 64 slopes. Made once for every seed. */
function draw(seed) {
  const random = makeRandom(seed);
  const many = LAYERS * WIDTH * WIDTH + WIDTH;
  return (drawn[seed] ??= Float64Array.from({ length: many }, () => 2 * random() - 1));
}

/**
 * Sums z and slopes δ of every layer (30, 64), their mean squares in bits, and the bits a layer that
 * theory expects; for tanh as long as its numbers are small.
 */
function numbers({ digit, seed, factor, activation }) {
  const { value, back, share } = ACTIVATIONS[activation];
  const random = draw(seed);
  const weights = Array.from({ length: LAYERS }, (_, layer) => {
    const part = random.subarray(layer * WIDTH * WIDTH, (layer + 1) * WIDTH * WIDTH);
    return tensor(part.map((number) => (number / Math.sqrt(WIDTH)) * factor), [WIDTH, WIDTH]);
  });
  let h = tensor(digit, [1, WIDTH]);
  const sums = weights.map((weight) => {
    const z = linear(h, weight);
    h = value(z);
    return z;
  });
  const deltas = Array(LAYERS);
  deltas[LAYERS - 1] = tensor(random.slice(-WIDTH).map((number) => number * Math.sqrt(3)), [1, WIDTH]);
  for (let layer = LAYERS - 1; layer > 0; layer--) {
    const { grad_x } = linear_backward(deltas[layer], sums[layer - 1], weights[layer]);
    deltas[layer - 1] = back(grad_x, sums[layer - 1]);
  }
  const rows = (list) => list.map(({ data }) => Array.from(data));
  return {
    sums: rows(sums), deltas: rows(deltas), forward: sums.map(bits), backward: deltas.map(bits),
    theory: Math.log2((factor ** 2 * share) / 3),
  };
}

const bits = ({ data }) =>
  Math.log2(data.reduce((total, number) => total + (number * number) / data.length, 0));

const HTML = `
<div class="stage">
  <div>
    <div class="part output"><p class="title">sums z <span class="quiet">layers 1 to 30, full color at ±${LIMIT}</span></p>
      <div class="strip sums" role="img" aria-label="sums of thirty layers"></div></div>
    <div class="part gradient"><p class="title">slopes δ <span class="quiet">sent back from layer 30 to 1</span></p>
      <div class="strip deltas" role="img" aria-label="slopes of thirty layers"></div></div>
  </div>
  <div class="plot"></div>
</div>
<p class="line" aria-hidden="true"></p>`;

const CSS = `
.stage { display: grid; grid-template-columns: max-content 1fr; gap: .4em 2em; margin-top: .3em; }
.part { margin-bottom: .5em; }
.strip { display: grid; grid-template-columns: repeat(10, 2.1em); gap: .2em; }
.strip canvas { width: 2.1em; height: 2.1em; outline: .06em solid #999; }
.line { margin: .2em .4em 0; min-height: 1.4em; }
.line .forward { color: #00694d; font-weight: 600; } .line .backward { color: #a84300; font-weight: 600; }
@container (max-width: 760px) { .stage { grid-template-columns: 1fr; } }`;

function render(context) {
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "slider", name: "factor", min: 0.7, max: 6, step: 0.05, label: "PyTorch's weights times" },
      { kind: "choice", name: "activation", options: Object.keys(ACTIVATIONS) },
    ],
  });
  figure.add({ kind: "button", label: "other weights",
    press: () => figure.set({ seed: (figure.state.seed + 1) % SEEDS }) });
  const [sums, deltas] = [".sums", ".deltas"].map((place) => makeTiles(figure.find(place)));
  const plot = makePlot(figure.find(".plot"), {
    x: "layer", y: "mean square (bits: log₂)", label: "mean squares of sums and slopes, layer by layer",
  });
  figure.onChange((state) => {
    const shown = numbers(state);
    sums(shown.sums);
    deltas(shown.deltas);
    plot.draw(curvesOf(state, shown), { xs: [1, LAYERS], ys: [-MOST_BITS, MOST_BITS] });
    write(figure, state, shown);
  });
}

function makeTiles(place) {
  const tiles = Array.from({ length: LAYERS }, (_, layer) =>
    place.appendChild(Object.assign(document.createElement("canvas"), { title: `layer ${layer + 1}` })));
  return (rows) => tiles.forEach((tile, layer) =>
    paintMap(tile, rows[layer], [8, 8], { colors: "signed", limit: LIMIT }));
}

function curvesOf({ activation }, { forward, backward, theory }) {
  const points = (values) => values.map((value, at) => [at + 1, value])
    .filter(([, value]) => Math.abs(value) <= MOST_BITS);
  const expected = forward.map((_, layer) => forward[0] + layer * theory);
  const curves = [
    { points: points(forward), color: "#009E73", dash: "", name: "z" },
    { points: points(backward), color: "#D55E00", dash: "9 4" },
    { points: points(backward).slice(2, 3), color: "#D55E00", name: "δ" },
  ];
  if (activation !== "tanh") curves.push({ points: points(expected), color: "#222222", dash: "2 3" });
  return curves;
}

const signed = (value) => (value < 0 ? "" : "+") + numberText(value, 1);
const power = (value) => `2<sup>${signed(clamp(value, -999, 999)).replace(/\.0$/, "")}</sup>`;

function write(figure, { factor, activation }, { forward, backward, theory }) {
  const gained = forward[LAYERS - 1] - forward[0];
  const lost = backward[0] - backward[LAYERS - 1];
  const law = activation === "tanh" ? "theory, while sums are small" : "theory (dotted)";
  const times = 2 ** theory < 10 ? (2 ** theory).toFixed(2) : numberText(2 ** theory, 0);
  figure.find(".line").innerHTML = `${law}: times ${times} a layer, ${signed(theory)} bits`
    + ` · measured from end to end: <span class="forward">z ${power(gained)}</span>,`
    + ` <span class="backward">δ ${power(lost)}</span>`;
  figure.say(`Weights times ${numberText(factor)}, ${activation}: over thirty layers the mean square of the sums`
    + ` changes by ${signed(gained)} bits, that of the slopes by ${signed(lost)} bits.`);
}

export default { render, numbers };
