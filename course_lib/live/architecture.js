// A network as a row of boxes, and what the chosen one costs and sees.
// State: blocks, each { name, count, shape, parameters, multiply_adds, activation_bytes, sees }, the
// side of the image in pixels, what the bars show, and the place of the chosen block.
import { clamp, makeFigure, moveByKeys } from "./figure.js";

const QUANTITIES = {
  parameters: { key: "parameters", unit: "" },
  "multiply-adds": { key: "multiply_adds", unit: "" },
  "activation memory": { key: "activation_bytes", unit: " bytes" },
  "receptive field": { key: "sees", unit: " pixels" },
};
const COLORS = { convolution: "#F3CF80", block: "#EDB53A", pooling: "#D9D9D9", dense: "#E5BFD4" };
const TALLEST = 4.5; // em, of the highest box
const BAR = 3; // em, of the longest bar

/** The bars; how much the chosen block has, its share, and what it and all before it have. */
function numbers({ blocks, side, bars, block }) {
  const { key } = QUANTITIES[bars];
  const values = blocks.map((one) => one[key] ?? side); // no field: the whole image
  const sum = (upTo) => values.slice(0, upTo).reduce((total, value) => total + value, 0);
  const total = key === "sees" ? side : sum(values.length);
  return { values, value: values[block], share: values[block] / (total || 1),
    before: key === "sees" ? values[block] : sum(block + 1) };
}

const HTML = `<div class="net" role="group" aria-label="blocks: arrow keys choose"></div>
<p class="told"></p><p class="quiet more"></p>`;
const CSS = `
.net { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: .15em; margin-top: .4em; padding: .2em; }
.net button { display: grid; grid-template-rows: 8.4em ${TALLEST}em 7em ${BAR}em; justify-items: center;
  border: .15em solid transparent; border-radius: .3em; padding: .2em 0; background: none; min-width: 0; }
.net button[aria-pressed=true] { border-color: #b5179e; background: #faf0f8; color: inherit; }
.net b, .net span { writing-mode: vertical-rl; text-orientation: sideways; transform: rotate(180deg); white-space: nowrap; font-weight: 400; font-size: max(10px, .78em); }
.net b { align-self: end; text-align: left; } .net span { text-align: right; align-self: start; padding-bottom: .3em; }
.net i { display: block; align-self: center; border: .1em solid var(--ink); max-width: 95%; }
.net u { display: block; width: 60%; align-self: end; background: var(--output); min-height: .1em; }
.told { margin: .5em 0 0; font-size: 1.1em; } .told b { color: #00694d; } .more { margin: .2em 0 0; min-height: 1.3em; }
@container (max-width: 700px) { .net { gap: 0; } }`;

const whole = (count) => Math.round(count).toLocaleString("en-US");
const nameOf = ({ name, count }) => (count > 1 ? `${count} × ${name}` : name);
const sizes = (shape) => shape.join(" × ");

function render(context) {
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [{ kind: "choice", name: "bars", label: "the bars show", options: Object.keys(QUANTITIES) }],
  });
  const { blocks } = figure.state;
  const net = figure.find(".net");
  const columns = blocks.map((one, k) => net.appendChild(columnOf(one, blocks, () => figure.set({ block: k }))));
  moveByKeys(net, (down, right) => {
    figure.set({ block: clamp(figure.state.block + down + right, 0, blocks.length - 1) });
  });
  figure.onChange((state) => draw(figure, columns, state));
}

/** A button with the name, the box, its shape and its bar, one above the other. */
function columnOf(block, blocks, choose) {
  const [channels, side = 1] = block.shape;
  const most = (pick) => Math.max(...blocks.map(pick));
  const tallest = most(({ shape }) => shape[1] ?? 1);
  const widest = most(({ shape }) => shape[0]);
  const button = document.createElement("button");
  button.innerHTML = `<b></b><i></i><span></span><u></u>`;
  button.tabIndex = -1;
  button.querySelector("b").textContent = nameOf(block);
  button.querySelector("span").textContent = sizes(block.shape);
  button.setAttribute("aria-label", `${nameOf(block)}, output ${sizes(block.shape)}`);
  Object.assign(button.querySelector("i").style, {
    height: `${Math.max(0.4, TALLEST * Math.sqrt(side / tallest))}em`,
    width: `${Math.max(15, (90 * Math.log2(1 + channels)) / Math.log2(1 + widest))}%`,
    background: COLORS[block.kind],
  });
  button.addEventListener("click", choose);
  return button;
}

function draw(figure, columns, state) {
  const { values, value, share, before } = numbers(state);
  const longest = Math.max(...values) || 1;
  columns.forEach((column, k) => {
    column.setAttribute("aria-pressed", k === state.block);
    column.querySelector("u").style.height = `${(BAR * values[k]) / longest}em`;
  });
  const chosen = state.blocks[state.block];
  const { key, unit } = QUANTITIES[state.bars];
  const all = key === "sees" && chosen.sees === null;
  const told = all ? "sees the whole image" : `${state.bars} ${whole(value)}${unit}`;
  figure.find(".told").innerHTML = `<b></b> <span></span>`;
  figure.find(".told b").textContent = nameOf(chosen);
  const shown = `gives ${sizes(chosen.shape)} · ${told}`
    + (key === "sees" ? "" : ` · ${(100 * share).toFixed(1)} % of the network · up to here ${whole(before)}`);
  figure.find(".told span").textContent = shown;
  const sees = chosen.sees === null ? "the whole image" : `${chosen.sees} pixels`;
  const more = `${whole(chosen.parameters)} parameters, ${whole(chosen.multiply_adds)} multiply-adds, `
    + `${whole(chosen.activation_bytes / 1024)} KiB of activations; one number of its output sees ${sees}.`;
  figure.find(".more").textContent = more;
  figure.say(`${nameOf(chosen)} ${shown}. ${more}`);
}

export default { render, numbers };
