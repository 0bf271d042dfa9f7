// A spiral of two numbers is spread over n units, cut off by ReLU, and worked back.
// State: points, packed (P, 2); weight, packed (U, 2), a row a unit; units, how many are used.
import { COLORS, clamp, makeFigure, moveByKeys, numberText } from "../../../live/figure.js";
import { linear, relu, tensor, unpack } from "../../../live/nn.js";

const unpacked = new WeakMap(); // points and weights never change, so they are unpacked once

function arrayOf(packed) {
  if (!unpacked.has(packed)) unpacked.set(packed, unpack(packed));
  return unpacked.get(packed);
}

/** The shortest point that gives the lit units what they show: exact where two are lit. */
function workBack(rows, values) {
  if (!rows.length) return [0, 0];
  const sum = (term) => rows.reduce((total, row, k) => total + term(row, values[k]), 0);
  const [aa, ab, bb] = [sum(([a]) => a * a), sum(([a, b]) => a * b), sum(([, b]) => b * b)];
  const [ya, yb] = [sum(([a], y) => a * y), sum(([, b], y) => b * y)];
  if (rows.length === 1) return [ya / (aa + bb), yb / (aa + bb)];
  const determinant = aa * bb - ab * ab;
  return [(bb * ya - ab * yb) / determinant, (aa * yb - ab * ya) / determinant];
}

function numbers({ points, weight, units }) {
  const x = arrayOf(points);
  const used = tensor(arrayOf(weight).data.slice(0, 2 * units), [units, 2]);
  const y = relu(linear(x, used)); // (P, units)
  const [lit, found] = [[], []];
  for (let p = 0; p < x.shape[0]; p++) {
    const values = Array.from(y.data.slice(p * units, (p + 1) * units));
    const on = values.flatMap((value, k) => (value > 0 ? [k] : []));
    lit.push(on.length);
    found.push(workBack(on.map((k) => [used.data[2 * k], used.data[2 * k + 1]]), on.map((k) => values[k])));
  }
  return {
    lit, found, share: lit.filter((count) => count >= 2).length / lit.length,
    expected: 1 - (units + 1) / 2 ** units,
  };
}

const LOOKS = [["#222222", 4, "nothing is left"], ["#E69F00", 4, "a line is left"], [COLORS.input, 3, "all is left"]];
const HTML = `
<p class="line" aria-hidden="true">${LOOKS.map(([color, , words]) => `<b style="color: ${color}">●</b> ${words}`).join(" &nbsp; ")}</p>
<div class="row" role="application" aria-roledescription="units"
     aria-label="Left and right arrow keys take units away or add them">
  <div class="part before"><p class="title">two numbers</p></div>
  <div class="part after"><p class="title">worked back from the lit units</p></div>
</div>
<p class="line told" aria-hidden="true"></p>`;
const CSS = `.part { flex: 1 1 14em; } svg { width: 100%; max-height: 17em; } .line { margin: .3em .4em; } .told { min-height: 2.8em; }
@container (max-width: 760px) { .stage { font-size: 1.15em; } }`;

function dots(points, lit) {
  const marks = LOOKS.map(([color, radius], number) => {
    const places = points.filter((_, p) => Math.min(lit[p], 2) === number)
      .map(([a, b]) => `M${(100 + 90 * a).toFixed(1)} ${(100 - 90 * b).toFixed(1)}h0`); // round ends make dots
    return `<path d="${places.join("")}" stroke="${color}" stroke-width="${2 * radius}" stroke-linecap="round"/>`;
  });
  return '<path d="M0 100H200M100 0V200" stroke="#bbbbbb" fill="none"/>' + marks.join("");
}

function render(context) {
  const most = context.model.get("weight").shape[0];
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    controls: [{ kind: "slider", name: "units", label: "units n", min: 1, max: most }],
  });
  moveByKeys(figure.find("[role=application]"), (rows, columns) => figure.set({
    units: clamp(figure.state.units + columns - rows, 1, most),
  }));
  const drawings = ["before", "after"].map((name) => {
    const place = figure.find(`.${name}`);
    place.insertAdjacentHTML("beforeend", '<svg role="img" viewBox="0 0 200 200"></svg>');
    place.lastChild.setAttribute("aria-label", `the spiral ${name} the units`);
    return place.lastChild;
  });
  figure.onChange((state) => {
    const shown = numbers(state);
    const { data, shape: [P] } = arrayOf(state.points);
    drawings[0].innerHTML = dots(Array.from({ length: P }, (_, p) => [data[2 * p], data[2 * p + 1]]), shown.lit);
    drawings[1].innerHTML = dots(shown.found, shown.lit);
    const percent = (share) => `${numberText(Math.round(1000 * share) / 10)} %`;
    const text = `${state.units} units: ${percent(shown.share)} of the points light two units or more and are `
      + `kept; ${percent(shown.expected)} is what to expect of random weights`;
    figure.find(".told").textContent = text;
    figure.say(`${text}.`);
  });
}

export default { render, numbers };
