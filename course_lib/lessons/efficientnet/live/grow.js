// EfficientNet-B0 grows: wider, deeper, with more pixels. A drawing of its blocks, what it costs, and
// what the rule d · w² · r² expects.
// State: network, one of the released names or "my own"; width, depth, resolution; and what never
// changes: plan, the rows of B0's stages, and released, [width, depth, resolution] by name.
import { makeFigure } from "../../../live/figure.js";

const OWN = "my own";
const DIVISOR = 8;
const BASE = 224; // pixels of B0
const DOUBLINGS = 7; // on the axis of the bars
const COLORS = { depth: "#0072B2", width: "#E69F00", pixels: "#CC79A7" };

/** Round channels to a multiple of 8, and never below 90 % of what was asked for. */
function divisible(channels) {
  const rounded = Math.max(DIVISOR, Math.floor((channels + DIVISOR / 2) / DIVISOR) * DIVISOR);
  return rounded < 0.9 * channels ? rounded + DIVISOR : rounded;
}

/** Side behind a block, its parameters and its multiply-adds. */
function countBlock({ expansion, kernel, stride }, before, channels, side) {
  const hidden = expansion * before;
  const after = Math.ceil(side / stride);
  const expand = expansion > 1 ? before * hidden : 0;
  const look = kernel ** 2 * hidden;
  const project = hidden * channels;
  const squeezed = Math.max(1, Math.floor(before / 4));
  const gate = 2 * hidden * squeezed;
  const norms = 2 * (hidden * (expand ? 2 : 1) + channels);
  return [after, expand + look + project + norms + gate + squeezed + hidden,
    expand * side ** 2 + (look + project) * after ** 2 + gate];
}

/** Channels, repeats and sides of the stages; all that the whole network costs. */
function count({ plan, width, depth, resolution }) {
  let side = Math.ceil(resolution / 2);
  let before = divisible(plan[0].before * width);
  let [parameters, products] = [29 * before, 27 * before * side ** 2];
  const stages = plan.map((stage) => {
    const channels = divisible(stage.channels * width);
    const repeats = Math.ceil(stage.repeats * depth);
    for (let k = 0; k < repeats; k++) {
      const block = k ? { ...stage, stride: 1 } : stage;
      const [after, more, work] = countBlock(block, before, channels, side);
      [side, before, parameters, products] = [after, channels, parameters + more, products + work];
    }
    return { channels, repeats, side };
  });
  const head = 4 * before;
  parameters += before * head + 2 * head + 1000 * head + 1000;
  return { stages, parameters, products: products + before * head * side ** 2 + 1000 * head };
}

function numbers(state) {
  const { stages, parameters, products } = count(state);
  const base = count({ plan: state.plan, width: 1, depth: 1, resolution: BASE }).products;
  const factors = [state.depth, state.width ** 2, (state.resolution / BASE) ** 2];
  return {
    channels: stages.map((one) => one.channels), repeats: stages.map((one) => one.repeats),
    sides: stages.map((one) => one.side), parameters, multiply_adds: products,
    counted: products / base, factors, expected: factors[0] * factors[1] * factors[2],
  };
}

/** The name of a released network with these three numbers. */
function nameOf({ released, width, depth, resolution }) {
  const same = ([, [w, d, r]]) => Math.abs(w - width) + Math.abs(d - depth) + Math.abs(r - resolution) < 1e-6;
  return Object.entries(released).find(same)?.[0] ?? OWN;
}

const key = ([name, color]) => `<span><i style="background: ${color}"></i>${name}</span>`;
const HTML = `<div class="net" aria-hidden="true"></div>
<p class="totals"></p>
<div class="growth"><span>rule d · w² · r²</span><span class="length rule"><i></i><i></i><i></i><b></b></span></div>
<div class="growth"><span>counted</span><span class="length counted"><i></i><b></b></span></div>
<div class="growth axis"><span></span><span class="length"></span></div>
<p class="key" aria-hidden="true">${Object.entries(COLORS).map(key).join("")}</p>`;
const CSS = `
.net { display: flex; align-items: center; height: 8.6em; margin: .4em 0 .2em; gap: .5%; }
.net > span { display: flex; align-items: center; gap: .08em; height: 100%; flex: none; }
.net i { display: block; flex: 1 1 0; min-width: 0; background: #EDB53A; border: .04em solid var(--ink); }
.totals { margin: .2em 0 .4em; font-size: 1.1em; min-height: 2.7em; } .totals b { color: #00694d; }
.growth { display: grid; grid-template-columns: 9em 1fr; align-items: center; gap: .8em; height: 1.9em; }
.growth > span:first-child { text-align: right; }
.growth .length { position: relative; display: flex; height: 1.3em; margin-right: 4.5em;
  background: repeating-linear-gradient(90deg, #ccc 0 1px, transparent 1px ${100 / DOUBLINGS}%); }
.growth i { display: block; height: 100%; } .counted i { background: var(--output); }
${Object.values(COLORS).map((color, k) => `.rule i:nth-child(${k + 1}) { background: ${color}; }`).join(" ")}
.growth b { margin: 0 .4em; white-space: nowrap; background: #fff; padding: 0 .2em; line-height: 1.3em; }
.axis .length { background: none; } .axis .length span { position: absolute; transform: translateX(-50%); }
.key { display: flex; gap: 1.4em; margin: .1em 0 0 9.8em; } .key span { display: inline-flex; align-items: center; gap: .4em; }
.key i { width: 1em; height: 1em; }
@container (max-width: 700px) { .growth { grid-template-columns: 7.5em 1fr; } .key { margin-left: 8.3em; } .net { height: 6.6em; } .totals { min-height: 4em; } }
@container (max-width: 340px) { .key { margin-left: 0; } }`;

const times = (factor) => `× ${factor.toFixed(factor < 10 ? 2 : 1)}`;

function render(context) {
  const slider = (name, label, min, max, step) => ({ kind: "slider", name, label, min, max, step });
  const released = context.model.get("released");
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle: (state) => ({ network: nameOf(state) }),
    controls: [
      {
        kind: "choice", name: "network", label: "network", options: [...Object.keys(released), OWN],
        then: (name) => {
          if (!(name in released)) return {};
          const [width, depth, resolution] = released[name];
          return { width, depth, resolution };
        },
      },
      slider("depth", "depth ×", 1, 3.1, 0.1), slider("width", "width ×", 1, 2, 0.1),
      slider("resolution", "pixels", BASE, 600, 4),
    ],
  });
  const axis = figure.find(".axis .length");
  for (let k = 0; k <= DOUBLINGS; k++) {
    const mark = axis.appendChild(document.createElement("span"));
    mark.style.left = `${(100 * k) / DOUBLINGS}%`;
    mark.textContent = k ? `×${2 ** k}` : "B0";
  }
  figure.onChange((state) => draw(figure, state, numbers(state)));
}

function draw(figure, state, shown) {
  drawBlocks(figure.find(".net"), shown, state);
  const share = (factor) => `${(100 * Math.log2(factor)) / DOUBLINGS}%`;
  const parts = figure.root.querySelectorAll(".rule i");
  shown.factors.forEach((factor, k) => { parts[k].style.width = share(factor); });
  figure.find(".counted i").style.width = share(shown.counted);
  figure.find(".rule b").textContent = times(shown.expected);
  figure.find(".counted b").textContent = times(shown.counted);
  const blocks = shown.repeats.reduce((sum, one) => sum + one, 0);
  const [parameters, work] = [shown.parameters / 1e6, shown.multiply_adds / 1e9].map((value) => value.toFixed(2));
  figure.find(".totals").innerHTML = `<b>${state.network}</b>: ${blocks} blocks, ${shown.channels.at(-1)} channels at the end · `
    + `<b>${parameters}</b> million parameters · <b>${work}</b> · 10⁹ multiply-adds`;
  figure.say(`${state.network}: depth times ${state.depth}, width times ${state.width}, ${state.resolution} pixels. ${blocks} blocks, `
    + `${parameters} million parameters, ${work} billion multiply-adds: ${shown.counted.toFixed(2)} times B0, `
    + `where the rule expects ${shown.expected.toFixed(2)} times.`);
}

/** A box a block: its width follows the root of the channels, its height the root of the side. */
function drawBlocks(place, { channels, repeats, sides }, { plan, released }) {
  const wide = (counts, numbers) => counts.reduce((sum, count, k) => sum + numbers[k] * Math.sqrt(count), 0);
  const [width, depth] = Object.values(released).at(-1); // the largest fills the line
  const most = wide(plan.map((stage) => divisible(stage.channels * width)),
    plan.map((stage) => Math.ceil(stage.repeats * depth)));
  place.innerHTML = channels.map((count, k) => {
    const share = (96 * repeats[k] * Math.sqrt(count)) / most;
    const height = 100 * Math.sqrt(sides[k] / 300);
    return `<span style="width: ${share}%">${`<i style="height: ${height}%"></i>`.repeat(repeats[k])}</span>`;
  }).join("");
}

export default { render, numbers };
