// All networks as points on two axes that the reader chooses; a click tells about one.
// State: networks, each { name, family, color, side, and a number (or null) for each axis }, the
// names of the two axes, and the place of the chosen network.
import { COLORS, makeFigure, moveByKeys } from "../../../live/figure.js";

const AXES = {
  parameters: { log: true, unit: "" },
  "multiply-adds": { log: true, unit: "" },
  memory: { log: true, unit: " bytes" },
  "receptive field": { log: true, unit: " px" },
  "top-1 accuracy": { log: false, unit: " %" },
  "top-5 accuracy": { log: false, unit: " %" },
  year: { log: false, unit: "" },
};
const OPTIONS = Object.keys(AXES);
const [WIDTH, HEIGHT] = [760, 330];
const ROOM = { left: 74, right: 96, top: 14, bottom: 46 };

/** Which networks have both values, their places on the axes, and how the chosen one stands. */
function numbers({ networks, x, y, network }) {
  const known = networks.map((one) => one[x] !== null && one[y] !== null);
  const shown = networks.filter((_, k) => known[k]);
  const placed = (name) => shown.map((one) => (AXES[name].log ? Math.log10(one[name]) : one[name]));
  const [xs, ys] = [placed(x), placed(y)];
  const below = (name) =>
    known[network] ? shown.filter((one) => one[name] < networks[network][name]).length : 0;
  return { drawn: known.map(Number), x: xs, y: ys, correlation: correlation(xs, ys), below: [below(x), below(y)] };
}

function correlation(xs, ys) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const sum = (pick) => xs.reduce((total, _, k) => total + pick(xs[k] - mx, ys[k] - my), 0);
  return sum((a, b) => a * b) / Math.sqrt(sum((a) => a * a) * sum((_, b) => b * b));
}

const HTML = `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group"
  aria-label="Networks as points: arrow keys choose the next one to the left or right"></svg>
<p class="told"><b></b> <span></span></p><p class="quiet more"></p>`;
const CSS = `
.chart { width: 100%; font-size: 15px; margin-top: .3em; } .chart circle { cursor: pointer; }
.chart .chosen { font-weight: 700; }
.told { margin: .3em 0 0; min-height: 1.4em; } .told b { color: #00694d; } .more { margin: .2em 0 0; min-height: 2.7em; }
@container (max-width: 700px) { .chart { font-size: 22px; } .more { min-height: 4em; } }`;

function render(context) {
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [
      { kind: "choice", name: "x", label: "across", options: OPTIONS },
      { kind: "choice", name: "y", label: "up", options: OPTIONS },
    ],
  });
  const chart = figure.find(".chart");
  moveByKeys(chart, (down, right) => figure.set({ network: neighbor(figure.state, right - down) }));
  chart.addEventListener("click", ({ target }) => {
    if (target.dataset?.network) figure.set({ network: Number(target.dataset.network) });
  });
  figure.onChange((state) => {
    const shown = numbers(state);
    chart.innerHTML = picture(state, shown);
    tell(figure, state, shown);
  });
}

/** The drawn network that comes next to the right or left; the first where none is chosen. */
function neighbor(state, step) {
  const { drawn, x } = numbers(state);
  const places = drawn.flatMap((yes, k) => (yes ? [k] : []));
  const order = places.map((k, i) => [x[i], k]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, k]) => k);
  const at = order.indexOf(state.network);
  return order[Math.min(Math.max(at + step, 0), order.length - 1)];
}

function picture(state, { drawn, x, y }) {
  const ends = (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const edge = 0.05 * (high - low || 1);
    return [low - edge, high + edge];
  };
  const [xs, ys] = [ends(x), ends(y)];
  const across = (value) => ROOM.left + ((value - xs[0]) / (xs[1] - xs[0])) * (WIDTH - ROOM.left - ROOM.right);
  const up = (value) => HEIGHT - ROOM.bottom - ((value - ys[0]) / (ys[1] - ys[0])) * (HEIGHT - ROOM.top - ROOM.bottom);
  const places = drawn.flatMap((yes, k) => (yes ? [k] : []));
  const dots = places.map((k, i) => dot(state, k, across(x[i]), up(y[i])));
  const top = places.indexOf(state.network); // what is chosen lies on top of the others
  if (top >= 0) dots.push(...dots.splice(top, 1), nameOf(state, across(x[top]), up(y[top])));
  return frame(state, xs, ys, across, up) + dots.join("");
}

function dot({ networks, network }, k, a, b) {
  const chosen = k === network;
  return `<circle data-network="${k}" cx="${a.toFixed(1)}" cy="${b.toFixed(1)}" r="${chosen ? 11 : 8}"
    fill="${networks[k].color}" stroke="${chosen ? "#b5179e" : "#ffffff"}"
    stroke-width="${chosen ? 4 : 1.5}"><title>${networks[k].name}</title></circle>`;
}

function nameOf({ networks, network }, a, b) {
  const left = a > WIDTH * 0.55;
  return `<text class="chosen" x="${a + (left ? -17 : 17)}" y="${b < 60 ? b + 30 : b - 10}"
    text-anchor="${left ? "end" : "start"}">${networks[network].name}</text>`;
}

function frame({ x, y }, xs, ys, across, up) {
  const [base, right] = [HEIGHT - ROOM.bottom, WIDTH - ROOM.right];
  const line = (x1, y1, x2, y2, color) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}"/>`;
  const bottom = marks(xs, AXES[x].log, 6).map(([at, text]) =>
    line(across(at), base, across(at), base + 5, COLORS.ink)
    + `<text x="${across(at)}" y="${base + 21}" text-anchor="middle">${text}</text>`);
  const side = marks(ys, AXES[y].log, 5).map(([at, text]) =>
    line(ROOM.left, up(at), right, up(at), "#dddddd")
    + `<text x="${ROOM.left - 8}" y="${up(at) + 5}" text-anchor="end">${text}</text>`);
  const axes = [[right, base], [ROOM.left, ROOM.top]].map(([a, b]) => line(ROOM.left, base, a, b, COLORS.ink));
  return [...side, ...bottom, ...axes].join("");
}

/** Round values between two ends, each with its place; on an axis of powers the ends are logarithms. */
function marks([low, high], log, most) {
  if (log) {
    const wide = high - low > 2.5;
    const steps = wide ? [1] : high - low > 1 ? [1, 3] : [1, 2, 5];
    const decades = Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, k) => Math.floor(low) + k);
    return decades.flatMap((power) => steps.map((step) => step * 10 ** power))
      .map((value) => [Math.log10(value), short(value)]).filter(([at]) => at >= low && at <= high);
  }
  const rough = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, unit * [1, 2, 5, 10].find((n) => n * unit >= rough));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => [(first + k) * step, String((first + k) * step)]);
}

/** A number in few letters: 3 k, 20 M, 1 G. */
function short(value) {
  const [size, letter] = [[1e9, " G"], [1e6, " M"], [1e3, " k"], [1, ""]].find(([limit]) => value >= limit * 0.999) ?? [1, ""];
  return `${Number((value / size).toPrecision(3))}${letter}`;
}

const said = (value, name) =>
  value === null ? "not published" : `${name === "year" ? value : value.toLocaleString("en-US")}${AXES[name].unit}`;

function tell(figure, { networks, x, y, network }, { drawn, correlation: r, below }) {
  const one = networks[network];
  const count = drawn.reduce((sum, yes) => sum + yes, 0);
  const others = drawn[network]
    ? `${below[0]} of ${count - 1} others have less ${x}, ${below[1]} less ${y}.`
    : "It has no place on these axes.";
  figure.find(".told b").textContent = `${one.name}:`;
  figure.find(".told span").textContent = `${x} ${said(one[x], x)}, ${y} ${said(one[y], y)}. ${others}`;
  const rest = OPTIONS.filter((name) => ![x, y].includes(name)).map((name) => `${name} ${said(one[name], name)}`);
  const together = `All ${count} on these axes: correlation ${r.toFixed(2).replace("-", "−")}.`;
  const told = `${rest.join(" · ")} · images of ${one.side} px. ${together}`;
  figure.find(".more").textContent = told;
  figure.say(`${one.name}: ${figure.find(".told span").textContent} ${told}`);
}

export default { render, numbers };
