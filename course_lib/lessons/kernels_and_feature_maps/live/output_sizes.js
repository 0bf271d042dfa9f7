// How many windows fit along an axis, window by window.
// State: size, kernel, stride, padding, dilation (all along one axis), window (the one looked at).
import { COLORS, clamp, makeFigure, moveByKeys, numberText } from "../../../live/figure.js";
import { output_size } from "../../../live/nn.js";

const KERNELS = 7;

/** The pixels of the padded input that each window reads, what no window covers, and the size. */
function numbers({ size, kernel, stride, padding, dilation }) {
  const output = output_size(size, kernel, { stride, padding, dilation });
  const span = dilation * (kernel - 1) + 1;
  const windows = Array.from({ length: output }, (_, i) =>
    Array.from({ length: kernel }, (_, u) => i * stride + u * dilation));
  const covered = (place) => windows.some(([first]) => first <= place && place < first + span);
  const unread = Array.from({ length: size + 2 * padding }, (_, place) => Number(!covered(place)));
  return { output, jumps: (size + 2 * padding - span) / stride, windows, unread };
}

/** Keep the kernel inside the padded input, and the window among those that fit. */
function settle(state) {
  const largest = Math.floor((state.size + 2 * state.padding - 1) / state.dilation) + 1;
  const kernel = Math.min(state.kernel, KERNELS, largest);
  const { output } = numbers({ ...state, kernel });
  return { kernel, window: clamp(state.window, 0, output - 1) };
}

const HTML = `
<div class="stage" role="application" aria-roledescription="windows along an axis"
     aria-label="Up and down arrow keys choose a window"><svg role="img"></svg></div>
<p class="formula"></p><p class="look"></p>`;
const CSS = `
.stage { margin-top: .6em; } .stage svg { width: 100%; height: 21em; }
.formula { font-size: 1.25em; margin: .5em 0 0; } .formula b { color: #00694d; }
.look { margin: .3em 0 0; min-height: 1.4em; }
.chosen rect { stroke: ${COLORS.ink}; }
@container (max-width: 600px) { .stage svg { height: 23em; } .formula { font-size: 1em; } }`;

function render(context) {
  const slider = (name, min, max) => ({ kind: "slider", name, min, max, label: name === "size" ? "input" : name });
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [
      slider("size", 1, 14), slider("kernel", 1, KERNELS), slider("stride", 1, 4),
      slider("padding", 0, 3), slider("dilation", 1, 3),
    ],
  });
  const stage = figure.find(".stage");
  moveByKeys(stage, (rows) => figure.set({ window: figure.state.window + rows }));
  stage.addEventListener("pointermove", (event) => {
    const row = event.target.closest("[data-window]");
    if (row) figure.set({ window: Number(row.dataset.window) });
  });
  figure.onChange((state) => {
    const shown = numbers(state);
    draw(figure.find("svg"), state, shown);
    write(figure, state, shown);
  });
}

const HATCH = `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">
  <path d="M0 0L6 6M6 0L0 6" stroke="${COLORS.ink}" stroke-width="1.2"/></pattern></defs>`;
const CELL = 24; // units of the drawing
const TOP = 2.2 * CELL; // of the windows; the names stand above the rows, so that a narrow page shows them

const rect = (x, y, width, fill, more = "") =>
  `<rect x="${x}" y="${y}" width="${width}" height="${CELL}" fill="${fill}" stroke="#fff" stroke-width="2" ${more}/>`;
const text = (x, y, words, color, anchor = "start") =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" dominant-baseline="central" font-size="18"
    style="fill: ${color}">${words}</text>`;

function draw(svg, { size, kernel, padding, dilation, window }, { output, windows, unread }) {
  const padded = size + 2 * padding;
  const at = (place) => place * CELL + 1;
  const out = at(padded) + 1.6 * CELL;
  const inside = (place) => place >= padding && place < padding + size;
  const pixels = unread.map((left, place) => {
    const crossed = left ? rect(at(place), 0, CELL, "url(#hatch)") : "";
    const zero = inside(place) ? "" : text(at(place) + CELL / 2, CELL / 2, "0", COLORS.ink, "middle");
    return rect(at(place), 0, CELL, inside(place) ? COLORS.input : "#e2e6ea") + zero + crossed;
  });
  const span = (dilation * (kernel - 1) + 1) * CELL;
  const order = [...windows.keys()].sort((a, b) => (a === window) - (b === window)); // its outline on top
  const rows = order.map((i) => {
    const taps = windows[i];
    const y = TOP + i * CELL;
    const chosen = i === window;
    return `<g data-window="${i}" ${chosen ? 'class="chosen"' : ""}>
      <rect x="${at(0)}" y="${y}" width="${out + CELL - at(0)}" height="${CELL}"
        fill="${chosen ? "#f1f3f6" : "#fff"}" style="stroke: none"/>
      <rect x="${at(taps[0])}" y="${y}" width="${span}" height="${CELL}"
        fill="none" stroke="#8a8a8a" stroke-dasharray="2 3"/>
      ${taps.map((place) => rect(at(place), y, CELL, COLORS.kernel)).join("")}
      ${text(at(padded) + 0.8 * CELL, y + CELL / 2, "→", COLORS.ink, "middle")}
      ${rect(out, y, CELL, COLORS.output)}</g>`;
  });
  const crossed = unread.includes(1) ? `<tspan dx="10" style="fill: ${COLORS.ink}">crossed: in no window</tspan>` : "";
  const width = Math.max(out + CELL + 1, crossed ? 290 : 190);
  svg.setAttribute("viewBox", `0 -28 ${width} ${TOP + Math.max(output, 6) * CELL + 30}`);
  svg.setAttribute("preserveAspectRatio", "xMinYMin meet");
  svg.innerHTML = HATCH + [
    ...pixels, ...rows,
    text(1, -14, `input, ${size}${crossed}`, "#005f96"), text(1, TOP - 14, "windows", "#8a5a00"),
    text(Math.max(out + CELL, 189), TOP - 14, `output, ${output}`, "#00694d", "end"),
  ].join("");
}

function write(figure, { size, kernel, stride, padding, dilation, window }, { output, jumps, windows, unread }) {
  const left = unread.reduce((a, b) => a + b, 0);
  const settings = `Input ${size}, kernel ${kernel}, stride ${stride}, padding ${padding}, dilation ${dilation}`;
  const words = `${settings}: output ${output}`;
  figure.find("svg").setAttribute("aria-label", words);
  const room = `(${size} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}`;
  figure.find(".formula").innerHTML = `⌊${room}⌋ + 1 = ⌊${numberText(jumps)}⌋ + 1 = <b>${output}</b>`;
  const places = windows[window].map((place) => place - padding);
  const inside = places.filter((place) => place >= 0 && place < size);
  figure.find(".look").textContent = `Window ${window} of ${output} reads `
    + (inside.length ? `pixel ${inside.join(", ")}` : "no pixel")
    + (inside.length < kernel ? `, and ${kernel - inside.length} of the zeros.` : ".");
  figure.say(`${words}${left ? `; ${left} at the end in no window` : ""}. ${figure.find(".look").textContent}`);
}

export default { render, numbers };
