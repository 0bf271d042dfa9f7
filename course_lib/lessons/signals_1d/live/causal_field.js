// Which inputs reach one output of a stack of 1-D convolutions.
// State: steps, kernel (taps), layers, growth (what the dilation does from layer to layer), causal
// (all padding in front), output (the step whose ways are drawn).
import { COLORS, clamp, makeFigure, moveByKeys } from "../../../live/figure.js";

const GROWTHS = { doubles: 2, "stays 1": 1, triples: 3 };
const [LEFT, GAP, TALL, ROW] = [150, 20, 290, 25]; // of the drawing, in its own units

const dilationsOf = ({ layers, growth }) => Array.from({ length: layers }, (_, layer) => GROWTHS[growth] ** layer);
const leftOf = ({ kernel, causal }, dilation) =>
  causal ? dilation * (kernel - 1) : Math.floor((dilation * (kernel - 1)) / 2);

/** Ways from each unit to the output, layer by layer, the input first; field and costs. */
function numbers(state) {
  const { steps, kernel, output } = state;
  const dilations = dilationsOf(state);
  const ways = [Array.from({ length: steps }, (_, step) => Number(step === output))];
  for (const dilation of [...dilations].reverse()) {
    const below = new Array(steps).fill(0);
    ways[0].forEach((count, place) => sources(state, dilation, place).forEach((source) => { below[source] += count; }));
    ways.unshift(below);
  }
  const reached = ways[0].flatMap((count, step) => (count ? [step] : []));
  return {
    ways,
    field: 1 + (kernel - 1) * dilations.reduce((sum, dilation) => sum + dilation, 0),
    inputs: reached.length,
    ahead: reached.filter((step) => step > output).length,
    weights: kernel * dilations.length,
  };
}

/** Units of the row below that a unit reads; padding is left out. */
function sources(state, dilation, place) {
  return Array.from({ length: state.kernel }, (_, tap) => place - leftOf(state, dilation) + tap * dilation)
    .filter((source) => source >= 0 && source < state.steps);
}

const HTML = `
<div class="stage" role="application" aria-roledescription="outputs of a stack of layers"
     aria-label="Left and right arrow keys move the output"><svg role="img"></svg></div>
<p class="facts"></p>`;

const CSS = `
.stage { cursor: pointer; touch-action: none; } .stage svg { width: 100%; font-size: 19px; }
.facts { margin: .4em 0 0; min-height: 4em; } .facts b { color: #00694d; } .facts b.leak { color: #a84300; }`;

function render(context) {
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle: ({ steps, output }) => ({ output: clamp(Math.round(output), 0, steps - 1) }),
    controls: [
      { kind: "slider", name: "kernel", min: 2, max: 4, label: "taps" },
      { kind: "slider", name: "layers", min: 1, max: 5 },
      { kind: "choice", name: "growth", options: Object.keys(GROWTHS), label: "dilation" },
      { kind: "switch", name: "causal" },
    ],
  });
  const stage = figure.find(".stage");
  moveByKeys(stage, (_, columns) => figure.set({ output: figure.state.output + columns }));
  const point = (event) => {
    const box = stage.getBoundingClientRect();
    const wide = LEFT + GAP * figure.state.steps;
    figure.set({ output: (((event.clientX - box.left) / box.width) * wide - LEFT) / GAP - 0.5 });
  };
  stage.addEventListener("pointerdown", point);
  stage.addEventListener("pointermove", (event) => { if (event.buttons) point(event); });
  figure.onChange((state) => {
    const shown = numbers(state);
    draw(figure.find("svg"), state, shown);
    write(figure, state, shown);
  });
}

function draw(svg, state, { ways }) {
  const { steps, layers, output } = state;
  const dilations = dilationsOf(state);
  const x = (step) => LEFT + GAP * (step + 0.5);
  const y = (row) => TALL - ROW - (row * (TALL - 2 * ROW)) / layers;
  const lines = dilations.map((dilation, layer) => ways[layer + 1].map((count, place) => !count ? "" :
    sources(state, dilation, place).map((source) => `M${x(source)} ${y(layer)}L${x(place)} ${y(layer + 1)}`).join("")).join(""));
  const units = ways.map((counts, row) => counts.map((count, step) => {
    const color = !count ? "#dddddd" : row === 0 && step > output ? COLORS.gradient : row === 0 ? COLORS.input : COLORS.output;
    return `<circle cx="${x(step)}" cy="${y(row)}" r="${count ? 7 : 4.5}" fill="${color}"/>`;
  }).join("")).join("");
  const names = ways.map((_, row) =>
    `<text x="0" y="${y(row) + 6}">${row === 0 ? "input" : `dilation ${dilations[row - 1]}`}</text>`).join("");
  svg.setAttribute("viewBox", `0 0 ${LEFT + GAP * steps} ${TALL}`);
  svg.setAttribute("aria-label", `${layers} layers above the input, with all ways to the output of step ${output}`);
  svg.innerHTML = `<path d="${lines.join("")}" fill="none" stroke="${COLORS.kernel}" stroke-width="2"/>${units}${names}
    <circle cx="${x(output)}" cy="${y(layers)}" r="11" fill="none" stroke="${COLORS.ink}" stroke-width="2.5"/>`;
}

function write(figure, { output, kernel, layers }, { ways, field, inputs, ahead, weights }) {
  const most = Math.max(...ways[0]);
  const leak = ahead ? ` <b class="leak">${ahead} of them lie${ahead === 1 ? "s" : ""} in its future.</b>` : " None lies in its future.";
  const text = `Output ${output}: a field of <b>${field} steps</b>, of which <b>${inputs}</b> of the signal reach it.${leak}
    ${layers} × ${kernel} = ${weights} weights for each pair of channels; at most ${most} way${most === 1 ? "" : "s"} from one input.`;
  figure.find(".facts").innerHTML = text;
  figure.say(text.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").replaceAll("×", "times"));
}

export default { render, numbers };
