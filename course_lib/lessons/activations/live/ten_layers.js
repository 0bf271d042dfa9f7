// An activation and its slope, and one number on its way through ten layers of it.
// State: activation (a name in FUNCTIONS), x (the input), weight (the same in every layer).
import { CURVES, clamp, largest, makeBars, makeFigure, makePlot, moveByKeys, numberText } from "../../../live/figure.js";
import {
  elu, elu_backward, gelu, gelu_backward, hardswish, hardswish_backward, leaky_relu, leaky_relu_backward,
  relu, relu_backward, sigmoid, sigmoid_backward, silu, silu_backward, tanh, tanh_backward, tensor,
} from "../../../live/nn.js";

const same = (x) => tensor(Float32Array.from(x.data), x.shape);
const FUNCTIONS = {
  "no activation": [same, same],
  sigmoid: [sigmoid, sigmoid_backward],
  tanh: [tanh, tanh_backward],
  ReLU: [relu, relu_backward],
  "leaky ReLU": [leaky_relu, leaky_relu_backward],
  ELU: [elu, elu_backward],
  GELU: [gelu, gelu_backward],
  SiLU: [silu, silu_backward],
  "hard-swish": [hardswish, hardswish_backward],
};
const LAYERS = 10;
const END = 5; // of the axis on both sides
const GRID = Array.from({ length: 20 * END + 1 }, (_, k) => -END + k / 10);
const POWERS = [-12, 6]; // of ten, on the axis of the slope

/** The curve and its slope on GRID; sums z, outputs y and slopes of ten layers; their product. */
function numbers({ activation, x, weight }) {
  const [forward, backward] = FUNCTIONS[activation];
  const at = (values) => {
    const input = tensor(values, [values.length]);
    const ones = tensor(values.map(() => 1), [values.length]);
    return [forward(input), backward(ones, input)].map(({ data }) => Array.from(data));
  };
  const [curve, curve_slope] = at(GRID);
  const [z, y, slopes, through] = [[], [], [], []];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    z.push(weight * (layer ? y[layer - 1] : x));
    const [[value], [slope]] = at([z[layer]]);
    y.push(value);
    slopes.push(slope);
    through.push(weight * slope * (layer ? through[layer - 1] : 1));
  }
  return { curve, curve_slope, z, y, slopes, through };
}

const HTML = `<div class="row stage">
  <div class="part output"><p class="title">f <span class="quiet">and, dashed, its slope</span></p><div class="function"></div></div>
  <div class="part"><p class="title">output of layer</p><div class="values"></div></div>
  <div class="part gradient"><p class="title">slope of layers 1 to n</p><div class="slopes"></div></div>
</div>
<p class="line" aria-hidden="true"></p>`;

const CSS = `
.stage { flex-wrap: nowrap; gap: .8em; align-items: stretch; } .stage .part { flex: 1 1 0; min-width: 0; }
.function svg { cursor: ew-resize; touch-action: none; }
.values .bar { grid-template-columns: 1.4em 1fr 4.6em; height: 1.62em; }
.line { margin: .5em .4em 0; min-height: 1.4em; } .line b { color: #00694d; } .line .slope, .line .slope b { color: #a84300; }
@container (max-width: 760px) { .stage { flex-wrap: wrap; } .stage .part { flex: 1 1 100%; } }`;

/** Two digits, or a power of ten where they would be too many or too few. */
function short(value) {
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.01 && size < 10000)) return numberText(value);
  return value.toExponential(0).replaceAll("-", "−").replace("e+", "e");
}

const PLOT = { width: 360, height: 310 };
const MARGIN = { left: 62, right: 12 }; // of the axes, as makePlot draws them

function render(context) {
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "choice", name: "activation", options: Object.keys(FUNCTIONS) },
      { kind: "slider", name: "x", min: -END, max: END, step: 0.1, label: "input x" },
      { kind: "slider", name: "weight", min: 0.5, max: 4, step: 0.1, label: "weight of every layer" },
    ],
  });
  const parts = {
    f: makePlot(figure.find(".function"), { x: "w · x", y: "f and f′", label: "The activation and its slope", ...PLOT }),
    values: makeBars(figure.find(".values"), { labels: GRID.slice(0, LAYERS).map((_, k) => `${k + 1}`), signed: true }),
    slopes: makePlot(figure.find(".slopes"), { x: "layers n", y: "power of ten", label: "Slope through the first layers", ...PLOT }),
  };
  dragOn(parts.f.svg, figure);
  moveByKeys(figure.find(".function"), (_, columns) => moveTo(figure, figure.state.x + columns / 10));
  figure.onChange((state) => {
    const shown = numbers(state);
    draw(parts, state, shown);
    write(figure, state, shown);
  });
}

const moveTo = (figure, x) => figure.set({ x: Number(clamp(x, -END, END).toFixed(1)) });

/** The point follows the pointer, in the units of the horizontal axis, which is w · x. */
function dragOn(svg, figure) {
  const follow = (event) => {
    const box = svg.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * PLOT.width;
    const share = (place - MARGIN.left) / (PLOT.width - MARGIN.left - MARGIN.right);
    moveTo(figure, ((2 * share - 1) * END) / figure.state.weight);
  };
  svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); follow(event); });
  svg.addEventListener("pointermove", (event) => { if (event.buttons) follow(event); });
}

function draw({ f, values, slopes }, state, shown) {
  const onGrid = (heights) => GRID.map((x, k) => [x, heights[k]]);
  const passed = shown.z.map((z, k) => [z, shown.y[k]]).filter(([z, y]) => Math.abs(z) <= END && y <= 4);
  f.draw([
    { points: onGrid(shown.curve).filter(([, y]) => Math.abs(y) <= 4), color: CURVES[0], dash: "" },
    { points: onGrid(shown.curve_slope), color: CURVES[1], dash: "7 4" },
    { points: passed, color: CURVES[2], dash: "0 9999", dots: true },
  ], { xs: [-END, END], ys: [-1.5, 4], at: passed[0]?.[0] === shown.z[0] ? passed[0] : null });
  values.draw(shown.y, { limit: largest(shown.y), text: short });
  const onAxis = (slope) => (slope === 0 ? NaN : clamp(Math.log10(Math.abs(slope)), ...POWERS));
  slopes.draw(
    [{ points: shown.through.map((slope, k) => [k + 1, onAxis(slope)]), color: CURVES[1], dash: "", dots: true }],
    { xs: [0, LAYERS], ys: POWERS });
}

function write(figure, { activation, x, weight }, { y, through }) {
  const [end, slope] = [y, through].map((values) => short(values.at(-1)));
  figure.find(".line").innerHTML = `x = ${short(x)} becomes <b>${end}</b> after ten layers. If x moves by a little, that moves by `
    + `<span class="slope"><b>${slope}</b> times as much</span>.`;
  figure.say(`${activation}, weight ${short(weight)}: ${short(x)} becomes ${end} after ten layers, with the slope ${slope}.`);
}

export default { render, numbers };
