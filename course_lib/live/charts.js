// Bars and curves.
import { COLORS, CURVES, DASHES, largest, numberText } from "./style.js";

/**
 * Bars that lie on their side, a row each.
 *
 * @param {HTMLElement} place
 * @param {{ labels: string[], signed?: boolean }} options signed bars start in the middle
 */
export function makeBars(place, { labels, signed = false }) {
  const rows = labels.map((label) => {
    const row = Object.assign(document.createElement("div"), { className: "bar" });
    row.innerHTML = '<span></span><span class="length"><i></i></span><span class="value"></span>';
    row.firstChild.textContent = label;
    return place.appendChild(row);
  });
  /** Draw a number a bar; `limit` is a full bar; `best` is the bar to set in bold. */
  function draw(values, { limit = largest(values), best = null, text = numberText } = {}) {
    rows.forEach((row, k) => {
      const share = Math.min(Math.max(values[k] / limit, -1), 1) * (signed ? 50 : 100);
      const bar = row.querySelector("i");
      bar.style.width = `${Math.abs(share)}%`;
      bar.style.left = `${signed ? 50 + Math.min(share, 0) : 0}%`;
      bar.style.background = share < 0 ? COLORS.input : "";
      row.lastChild.textContent = text(values[k]);
      row.classList.toggle("best", k === best);
    });
  }
  return { rows, draw };
}

const [WIDTH, HEIGHT] = [520, 300]; // of a plot, in units of its own
const ROOM = { left: 62, right: 12, top: 12, bottom: 46 };

/**
 * A plot of curves with axes.
 *
 * @param {HTMLElement} place
 * @param {{ x: string, y: string, label: string }} options what the axes are, with their units
 */
export function makePlot(place, { x, y, label, width = WIDTH, height = HEIGHT }) {
  place.insertAdjacentHTML("beforeend",
    `<svg role="img" viewBox="0 0 ${width} ${height}" style="width: 100%; font-size: 15px"></svg>`);
  const svg = place.lastChild;
  svg.setAttribute("aria-label", label);

  /**
   * Draw curves.
   *
   * @param {{ points: [number, number][], name?: string, color?: string, dash?: string, dots?: boolean }[]} curves
   * @param {{ xs: [number, number], ys: [number, number], at?: [number, number], logY?: boolean }} range
   *   of the axes; `at` marks a point; with `logY` ten times as much is always as far
   */
  function draw(curves, { xs, ys, at = null, logY = false }) {
    const share = (value, [low, high], scale = (number) => number) =>
      (scale(value) - scale(low)) / (scale(high) - scale(low) || 1);
    const project = ([a, b]) => [
      ROOM.left + share(a, xs) * (width - ROOM.left - ROOM.right),
      height - ROOM.bottom - share(b, ys, logY ? Math.log10 : undefined) * (height - ROOM.top - ROOM.bottom),
    ];
    svg.innerHTML = axes({ x, y, xs, ys, width, height, project, up: logY ? decades : ticks })
      + curves.map((curve, k) => path(curve, k, project)).join("")
      + (at ? dot(project(at), COLORS.kernel, 7) : "");
  }
  return { svg, draw };
}

/** Round numbers between two ends, about five of them. */
export function ticks(low, high) {
  const rough = (high - low || 1) / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((n) => n * unit >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const length = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** Round numbers for an axis of powers: 1, 2 and 5 of every decade, or 1 alone where they are many. */
function decades(low, high) {
  const steps = Math.log10(high / low) > 2 ? [1] : [1, 2, 5];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  return Array.from({ length: last - first + 1 }, (_, k) => steps.map((step) => Number(`${step}e${first + k}`)))
    .flat().filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
}

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const dot = ([a, b], color, size) => `<circle cx="${a}" cy="${b}" r="${size}" fill="${color}"/>`;
const tickText = (value) => {
  const plain = value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 1e4);
  return (plain ? String(value) : value.toExponential(0)).replace("-", "−");
};
const label = (x, y, anchor, text, more = "") =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${escape(text)}</text>`;

function axes({ x, y, xs, ys, width, height, project, up: marks }) {
  const [base, left] = [height - ROOM.bottom, ROOM.left];
  const line = (x1, y1, x2, y2, color) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}"/>`;
  const across = ticks(...xs).map((value) => {
    const [a] = project([value, ys[0]]);
    return line(a, base, a, base + 5, COLORS.ink) + label(a, base + 20, "middle", tickText(value));
  });
  const up = marks(...ys).map((value) => {
    const [, b] = project([xs[0], value]);
    return line(left, b, width - ROOM.right, b, "#dddddd") + label(left - 7, b + 5, "end", tickText(value));
  });
  return [
    ...up, ...across,
    line(left, base, width - ROOM.right, base, COLORS.ink), line(left, ROOM.top, left, base, COLORS.ink),
    label((left + width - ROOM.right) / 2, height - 6, "middle", x),
    `<text transform="translate(16 ${(ROOM.top + base) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>`,
  ].join("");
}

function path({ points, name = "", color, dash, dots = false }, k, project) {
  const shown = points.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b)).map(project);
  if (!shown.length) return "";
  const stroke = color ?? CURVES[k % CURVES.length];
  const places = shown.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ");
  const [a, b] = shown.at(-1);
  const dashes = dash ?? DASHES[k % DASHES.length];
  return `<polyline points="${places}" fill="none" stroke="${stroke}" stroke-width="2.5" stroke-dasharray="${dashes}"/>`
    + (dots ? shown.map((at) => dot(at, stroke, 4)).join("") : "")
    + (name ? label(a - 4, b - 8, "end", name, `style="fill: ${stroke}; font-weight: 600"`) : "");
}
