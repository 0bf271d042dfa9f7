// Loss curves of many trainings: each press shows one more, earlier ones stay.
// State: optimizers (names), rates (numbers), losses (optimizers, rates, steps) packed, chosen
// [{ optimizer, rate, look }] in the order of choice: places in the lists, and which curve style,
// average (steps), limits [lowest, highest loss on the axis].
import { CURVES, DASHES, clamp, makeFigure, makePlot } from "../../../live/figure.js";
import { unpack } from "../../../live/nn.js";

const MOST = CURVES.length; // curves that can be told apart

/** The mean of each value with those before it, `width` values or as many as there are. */
const runningMean = (values, width) => Array.from(values, (_, k) => {
  const window = values.slice(Math.max(0, k - width + 1), k + 1);
  return window.reduce((sum, value) => sum + value, 0) / window.length;
});

let unpacked = {};
function lossesOf({ losses }) {
  if (unpacked.losses !== losses) unpacked = { losses, read: unpack(losses) };
  return unpacked.read;
}

/** The losses of one training, step by step. */
function curveOf(state, { optimizer, rate }) {
  const { data, shape: [, R, T] } = lossesOf(state);
  const first = (optimizer * R + rate) * T;
  return data.subarray(first, first + T);
}

/** The averaged curves of all that are chosen, and where each ends. */
function numbers(state) {
  const averaged = state.chosen.map((one) => runningMean(curveOf(state, one), state.average));
  return { averaged, last: averaged.map((curve) => curve.at(-1)) };
}

/** Choose one more, or put it away; the oldest leaves when no curve style is free. */
function toggled(chosen, optimizer, rate) {
  const same = (one) => one.optimizer === optimizer && one.rate === rate;
  if (chosen.some(same)) return chosen.filter((one) => !same(one));
  const kept = chosen.slice(-(MOST - 1));
  const look = CURVES.findIndex((_, k) => kept.every((one) => one.look !== k));
  return [...kept, { optimizer, rate, look }];
}

const HTML = `
<div class="row">
  <table class="grid"><caption></caption><thead></thead><tbody></tbody></table>
  <div class="curves"></div>
</div>
<p class="last"></p>`;

const CSS = `
.row { flex-wrap: nowrap; } .grid { border-spacing: .25em; border-collapse: separate; } .curves { width: 41em; }
caption { text-align: left; color: var(--quiet); padding: 0 .25em .3em; } th { font-weight: 600; text-align: right; white-space: nowrap; }
thead th, td { text-align: center; } .grid button { width: 5.2em; height: 2em; padding: 0; background: #fff; color: var(--ink); }
.grid button svg { width: 100%; height: 100%; pointer-events: none; }
.last { margin: .4em 0 0; min-height: 1.4em; }
@container (max-width: 840px) { .row { flex-wrap: wrap; } .curves { width: 100%; } .curves svg { font-size: 17px !important; } }`;

function render(context) {
  const { model } = context;
  const [optimizers, rates] = [model.get("optimizers"), model.get("rates")];
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "slider", name: "average", min: 1, max: 20, label: "average of (steps)" },
      { kind: "button", label: "clear", press: () => figure.set({ chosen: [] }) },
    ],
  });
  figure.find("caption").textContent = "learning rate: press for its curve";
  figure.find("thead").innerHTML = `<tr><td></td>${optimizers.map((name) => `<th scope="col">${name}</th>`).join("")}</tr>`;
  const buttons = rates.map((rate, r) => {
    const row = figure.find("tbody").insertRow();
    row.innerHTML = `<th scope="row">${numberOf(rate)}</th>`;
    return optimizers.map((name, o) => {
      const button = Object.assign(document.createElement("button"), { tabIndex: r || o ? -1 : 0 });
      button.setAttribute("aria-label", `${name}, rate ${numberOf(rate)}`);
      button.addEventListener("click", () => figure.set({ chosen: toggled(figure.state.chosen, o, r) }));
      row.insertCell().append(button);
      return button;
    });
  });
  goByKeys(figure.find("tbody"), buttons);
  const plot = makePlot(figure.find(".curves"), {
    x: "step", y: "loss (nats)", label: "Loss against step of the chosen trainings", width: 620, height: 370,
  });
  figure.onChange((state) => {
    const shown = numbers(state);
    mark(buttons, state, shown);
    draw(plot, state, shown);
    write(figure, state, shown);
  });
}

const numberOf = (rate) => String(Number(rate.toPrecision(2)));

/** Arrow keys go from button to button; Tab leaves the table. */
function goByKeys(table, buttons) {
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  table.addEventListener("keydown", (event) => {
    if (!(event.key in moves)) return;
    event.preventDefault();
    const row = buttons.findIndex((row_) => row_.includes(event.target));
    const column = buttons[row].indexOf(event.target);
    const [down, right] = moves[event.key];
    const next = buttons[clamp(row + down, 0, buttons.length - 1)][clamp(column + right, 0, buttons[0].length - 1)];
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

/** Show on each chosen button the line of its curve, as in a legend, and where it ends. */
function mark(buttons, { chosen }, { last }) {
  buttons.flat().forEach((button) => {
    button.setAttribute("aria-pressed", "false");
    button.textContent = "";
    button.style.borderColor = "";
  });
  chosen.forEach(({ optimizer, rate, look }, k) => {
    const button = buttons[rate][optimizer];
    button.setAttribute("aria-pressed", "true");
    button.style.borderColor = CURVES[look];
    button.innerHTML = `<svg viewBox="0 0 96 34"><line x1="6" x2="38" y1="17" y2="17" stroke="${CURVES[look]}" stroke-width="4"
      stroke-dasharray="${DASHES[look]}"/><text x="90" y="23" text-anchor="end" font-size="17">${short(last[k])}</text></svg>`;
  });
}

const short = (loss) => (Number.isFinite(loss) ? (loss < 1000 ? loss.toPrecision(loss < 0.1 ? 2 : 3) : loss.toExponential(0)) : "✕");

function draw(plot, state, { averaged }) {
  const { chosen, limits: [low, high] } = state;
  const points = (values) => Array.from(values, (loss, k) => [k + 1, clamp(loss, low, high)]);
  const latest = chosen.at(-1);
  const each = latest && state.average > 1 ? [{ points: points(curveOf(state, latest)), color: "#c4c4c4", dash: "" }] : [];
  const curves = averaged.map((values, k) => ({ points: points(values), color: CURVES[chosen[k].look], dash: DASHES[chosen[k].look] }));
  plot.draw([...each, ...curves], { xs: [0, lossesOf(state).shape[2]], ys: [low, high], logY: true });
}

function write(figure, { optimizers, rates, chosen, average }, { averaged, last }) {
  const steps = average === 1 ? "at the last step" : `averaged over the last ${average} steps`;
  const told = chosen.map(({ optimizer, rate }, k) => {
    const end = Number.isFinite(last[k]) ? `goes from ${short(averaged[k][0])} to ${short(last[k])}` : "explodes";
    return `${optimizers[optimizer]}, rate ${numberOf(rates[rate])}: the loss ${end}`;
  });
  figure.find(".last").textContent = told.length ? `${told.at(-1)}, ${steps}.` : "Nothing is chosen.";
  figure.say(`${told.length} of ${optimizers.length * rates.length} trainings shown, ${steps}. ${told.reverse().join("; ")}`);
}

export default { render, numbers };
