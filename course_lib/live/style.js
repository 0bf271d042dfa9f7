// The look of course_lib.plots.style: blue is an input, orange a kernel, green an output, red a
// gradient. Colors that text is written in are darker, to be read on white. They mean something, so
// a figure keeps them, with its white ground, where the system forces its own.

export const COLORS = {
  input: "#0072B2", kernel: "#E69F00", output: "#009E73", gradient: "#D55E00", ink: "#222222",
};
/** Curves in order, told apart by color and by dashes. */
export const CURVES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
export const DASHES = ["", "9 4", "9 3 2 3", "2 3", "12 3 2 3 2 3", "14 5", "3 3"];

const [BUTTON, LINE, FOCUS] = ["#767676", "#bbbbbb", "#b5179e"];

// Sizes are in em of a type that follows the width of the figure: 1/64 of it, at least 13 pixels.
export const STYLE = `
:host { display: block; container-type: inline-size; color-scheme: light; max-width: 1200px; margin: 0 auto;
  --input: ${COLORS.input}; --kernel: ${COLORS.kernel}; --output: ${COLORS.output};
  --gradient: ${COLORS.gradient}; --ink: ${COLORS.ink}; --quiet: #595959; }
.figure { font: clamp(13px, calc(100cqw / 64), 19px) / 1.3 "DejaVu Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  color: var(--ink); background: #fff; text-align: left; padding: .35em; overflow: hidden;
  forced-color-adjust: none; }
.figure, .figure * { box-sizing: border-box; }
button, select, input, label { font: inherit; color: inherit; }
button, select { background: #fff; border: .1em solid ${BUTTON}; border-radius: .35em; padding: .15em .6em;
  cursor: pointer; }
button:hover { background: #eef3f8; }
button[aria-pressed=true] { background: var(--ink); color: #fff; }
button:disabled { color: ${BUTTON}; border-color: ${LINE}; cursor: default; }
input[type=range] { accent-color: var(--ink); width: 6em; height: 1.3em; margin: 0; }
input[type=checkbox] { accent-color: var(--ink); width: 1.1em; height: 1.1em; margin: 0; }
:focus-visible { outline: .17em solid ${FOCUS}; outline-offset: .12em; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: .35em 1.3em; min-height: 2.2em; }
.controls label { display: inline-flex; align-items: center; gap: .5em; white-space: nowrap; }
.controls output { min-width: 1.3em; font-weight: 700; }
.row { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; gap: .6em; margin-top: .5em; }
.part { flex: none; }
.title { font: inherit; font-weight: 600; margin: 0 0 .3em; white-space: nowrap; }
.input > .title { color: #005f96; } .kernel > .title { color: #8a5a00; }
.output > .title { color: #00694d; } .gradient > .title { color: #a84300; }
.quiet { color: var(--quiet); font-weight: 400; }
.notice { margin: .2em 0; font-weight: 600; color: #a84300; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
canvas { display: block; image-rendering: pixelated; }
.matrix { position: relative; display: grid; width: max-content; outline: .2em solid var(--ink);
  grid-template-columns: repeat(var(--columns), var(--cell)); grid-auto-rows: var(--cell); }
.input > .matrix { outline-color: var(--input); } .kernel > .matrix { outline-color: var(--kernel); }
.output > .matrix { outline-color: var(--output); } .gradient > .matrix { outline-color: var(--gradient); }
.input > .matrix.padded { outline: 0; }
.cell { display: flex; align-items: center; justify-content: center; overflow: hidden; white-space: nowrap;
  border: .03em solid ${LINE}; }
.cell > * { font-size: max(10px, calc(var(--cell) * .43)); }
.cell.long > * { font-size: max(10px, calc(var(--cell) * .35)); }
.cell.longer > * { font-size: max(10px, calc(var(--cell) * .29)); }
.cell.outside { color: #555; background: repeating-linear-gradient(45deg, #fff, #fff .25em, #e7eef4 .25em, #e7eef4 .5em); }
.cell input { width: 100%; height: 100%; border: 0; padding: 0; text-align: center; background: transparent; cursor: text; }
.mark { position: absolute; pointer-events: none; outline: .26em solid; transition: left .09s, top .09s; }
.bar { display: grid; grid-template-columns: max-content 1fr 3.6em; align-items: center; gap: .5em; height: 1.5em; }
.bar .length { position: relative; height: 1em; } .bar i { position: absolute; top: 0; height: 100%; background: var(--output); }
.bar.best { font-weight: 700; } .bar .value { text-align: right; white-space: nowrap; }
.colors { width: 100%; height: .9em; outline: .05em solid ${BUTTON}; }
.ends { display: flex; justify-content: space-between; margin-top: .2em; }
svg { display: block; overflow: visible; } svg text { fill: var(--ink); }
@container (max-width: 340px) { .title { white-space: normal; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

// ColorBrewer RdBu turned round: matplotlib's "RdBu_r"; and every 16th color of its "viridis".
const RD_BU = [
  "053061", "2166ac", "4393c3", "92c5de", "d1e5f0", "f7f7f7", "fddbc7", "f4a582", "d6604d", "b2182b", "67001f",
].map(rgb);
const VIRIDIS = [
  "440154", "481a6c", "472f7d", "414487", "39568c", "31688e", "2a788e", "23888e", "1f988b", "22a884", "35b779",
  "54c568", "7ad151", "a5db36", "d2e21b", "fde725",
].map(rgb);

function rgb(hex) {
  return [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

/** The color at a share, 0 to 1, of the way along a list of colors. */
function along(colors, share) {
  const place = Math.min(Math.max(share, 0), 1) * (colors.length - 1);
  const k = Math.min(Math.floor(place), colors.length - 2);
  return colors[k].map((low, c) => Math.round(low + (place - k) * (colors[k + 1][c] - low)));
}

/** Colors of numbers as [r, g, b], 0 to 255; `limit` is the number at the end of the colors. */
export const SCALES = {
  gray: (value, limit) => Array(3).fill(Math.round(255 * Math.min(Math.max(value / limit, 0), 1))),
  magnitude: (value, limit) => along(VIRIDIS, value / limit),
  signed: (value, limit) => along(RD_BU, (value / limit + 1) / 2),
};

/** The same for cells with a number on top: without the dark ends, where none could be read. */
export const CELL_SCALES = {
  gray: (value, limit) => Array(3).fill(Math.round(255 * (0.25 + 0.75 * Math.min(Math.max(value / limit, 0), 1)))),
  magnitude: (value, limit) => SCALES.magnitude(value, limit),
  signed: (value, limit) => SCALES.signed(value, 1.8 * limit),
};

const luminance = ([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;

/** The color of a number on a cell of this color. */
export const inkOn = (color) => (luminance(color) < 0.45 ? "#fff" : COLORS.ink);
export const css = (color) => `rgb(${color})`;

/** The largest absolute value, to color by; 1 where all are 0. */
export const largest = (values) => {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most || 1;
};

/**
 * Write a number as plots.number_text does: at most two digits, a true minus sign. With `digits`,
 * exactly so many. Ties go to the even digit as in Python; toFixed would round them up.
 */
export function numberText(value, digits = null) {
  if (!Number.isFinite(value)) return String(value).replace("-", "−").replace("Infinity", "∞");
  const places = digits ?? 2;
  const tie = Math.abs((value * 2 ** (places + 1)) % 2) === 1;
  const rounded = tie ? (2 * Math.round((value * 10 ** places) / 2)) / 10 ** places : Number(value.toFixed(places));
  const plain = rounded + 0; // −0 becomes 0
  const text = digits === null ? String(Number(plain.toPrecision(6))) : plain.toFixed(digits);
  return text.replace("-", "−");
}
