// What one unit of a layer sees of a photo. The unit stays where it is when the layer changes.
// State: photo { src, height, width }, layers [{ name, type, size, jump, start, padding }] as
// analysis.receptive_field gives them (size null: the whole image), layer (from 1), y and x (the
// place in pixels that the unit is nearest to).
import { COLORS, clamp, makeFigure, makePlot, moveByKeys } from "../../../live/figure.js";

const MARGIN = 0.15; // of the photo, around it: fields reach over the edge
const DOTS_FROM = 4; // pixels between units whose centers can be told apart

/** Units over the photo [rows, columns], the unit, its field, and how much of it is padding. */
function numbers({ photo: { height, width }, layers, layer, y, x }) {
  const { size, jump, start, padding } = layers[layer - 1];
  if (size === null) return { units: [1, 1], unit: [0, 0], size: [height, width], first: [0, 0], outside: 0 };
  const units = [height, width].map((n) => Math.max(1, Math.floor((n - 1 - start) / jump) + 1));
  const unit = [y, x].map((place, axis) => clamp(Math.floor((place - start) / jump + 0.5), 0, units[axis] - 1));
  const first = unit.map((index) => index * jump - padding);
  const inside = [height, width].map((n, axis) => Math.min(first[axis] + size, n) - Math.max(first[axis], 0));
  return { units, unit, size: [size, size], first, outside: 1 - (inside[0] * inside[1]) / size ** 2 };
}

/** Keep the place on the photo. */
const settle = ({ photo: { height, width }, y, x }) => ({ y: clamp(y, 0, height - 1), x: clamp(x, 0, width - 1) });

const HTML = `
<div class="row">
  <div class="part photo"><p class="title"></p>
    <div class="stage" role="application" aria-roledescription="unit over a photo"
         aria-label="Arrow keys move the unit"><svg role="img"></svg></div></div>
  <div class="side">
    <div class="part output"><p class="title">what it sees</p><svg class="seen" role="img"></svg></div>
    <div class="growth"></div>
  </div>
</div>
<p class="facts"></p>`;

const CSS = `
.photo { width: 34em; max-width: 100%; } .stage { cursor: crosshair; touch-action: none; }
.stage svg { width: 100%; } .side { width: 25em; max-width: 100%; }
.seen { width: 13em; height: 13em; background: #fff; overflow: hidden; outline: .2em solid var(--output); }
.growth { margin-top: .7em; } .growth svg text { font-size: 18px; }
.facts { margin: .5em 0 0; min-height: 2.7em; } .facts b { color: #00694d; }`;

function render(context) {
  const { photo, layers } = Object.fromEntries(["photo", "layers"].map((name) => [name, context.model.get(name)]));
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [{ kind: "slider", name: "layer", min: 1, max: layers.length }],
  });
  const stage = figure.find(".stage");
  const plot = makePlot(figure.find(".growth"), {
    x: "layer", y: "field (pixels)", label: "Size of the field, layer by layer", height: 250,
  });
  moveByKeys(stage, (rows, columns) => moveUnit(figure, rows, columns));
  const point = (event) => {
    const box = stage.getBoundingClientRect();
    const along = (share, n) => (share * (1 + 2 * MARGIN) - MARGIN) * n - 0.5;
    figure.set({
      y: along((event.clientY - box.top) / box.height, photo.height),
      x: along((event.clientX - box.left) / box.width, photo.width),
    });
  };
  stage.addEventListener("pointermove", point);
  stage.addEventListener("pointerdown", point);
  figure.onChange((state) => {
    const shown = numbers(state);
    drawPhoto(figure.find(".stage svg"), state, shown);
    drawSeen(figure.find(".seen"), state, shown);
    drawGrowth(plot, state);
    write(figure, state, shown);
  });
}

/** Go to the center of a unit beside the present one. */
function moveUnit(figure, rows, columns) {
  const { unit } = numbers(figure.state);
  const { jump, start } = figure.state.layers[figure.state.layer - 1];
  if (jump !== null) figure.set({ y: start + (unit[0] + rows) * jump, x: start + (unit[1] + columns) * jump });
}

const picture = ({ src, height, width }) =>
  `<image href="${src}" x="-0.5" y="-0.5" width="${width}" height="${height}"/>`;
const outline = (x, y, width, height) => `M${x} ${y}h${width}v${height}h${-width}z`;

function drawPhoto(svg, { photo, layers, layer }, { units, unit, size: [tall, wide], first: [top, left] }) {
  const { height, width } = photo;
  const { jump, start } = layers[layer - 1];
  const [rim, brim] = [MARGIN * width, MARGIN * height];
  const all = outline(-rim - 0.5, -brim - 0.5, width + 2 * rim, height + 2 * brim);
  const field = outline(left - 0.5, top - 0.5, wide, tall);
  const dots = jump >= DOTS_FROM ? `<pattern id="units" patternUnits="userSpaceOnUse" x="${start - jump / 2}"
    y="${start - jump / 2}" width="${jump}" height="${jump}">
      <circle cx="${jump / 2}" cy="${jump / 2}" r="1" fill="#fff" fill-opacity=".75"/></pattern>
    <rect x="${start - jump / 2}" y="${start - jump / 2}" width="${units[1] * jump}" height="${units[0] * jump}" fill="url(#units)"/>` : "";
  const [middle, center] = [left + (wide - 1) / 2, top + (tall - 1) / 2];
  svg.setAttribute("viewBox", `${-rim - 0.5} ${-brim - 0.5} ${width + 2 * rim} ${height + 2 * brim}`);
  svg.innerHTML = `<rect x="${-rim - 0.5}" y="${-brim - 0.5}" width="${width + 2 * rim}" height="${height + 2 * brim}" fill="#eef1f4"/>
    ${picture(photo)}<path d="${all}${field}" fill="#000" fill-opacity=".4" fill-rule="evenodd"/>${dots}
    <path d="${outline(-0.5, -0.5, width, height)}" fill="none" stroke="${COLORS.input}" stroke-width="2.5"/>
    <path d="${field}" fill="none" stroke="#fff" stroke-width="3.6"/>
    <path d="${field}" fill="none" stroke="${COLORS.output}" stroke-width="2.2"/>
    ${tall > height / 8 ? `<circle cx="${middle}" cy="${center}" r="3" fill="${COLORS.output}" stroke="#fff"/>` : ""}`;
  svg.setAttribute("aria-label", `A photo with the field of unit row ${unit[0]}, column ${unit[1]}`);
}

/** The photo inside the field, enlarged; what is white is padding. */
function drawSeen(svg, { photo }, { size: [tall, wide], first: [top, left] }) {
  svg.setAttribute("viewBox", `${left - 0.5} ${top - 0.5} ${wide} ${tall}`);
  svg.setAttribute("aria-label", `${tall} by ${wide} pixels, enlarged`);
  svg.innerHTML = picture(photo);
}

function drawGrowth(plot, { layers, layer }) {
  const points = layers.map(({ size }, k) => [k + 1, size]).filter(([, size]) => size !== null);
  const largest = Math.max(...points.map(([, size]) => size));
  const here = layers[layer - 1].size;
  plot.draw([{ points, dots: true }], {
    xs: [1, layers.length], ys: [0, largest], at: here === null ? null : [layer, here],
  });
}

function write(figure, { layers, layer }, { units, unit, size: [tall, wide], outside }) {
  const { name, type, jump } = layers[layer - 1];
  figure.find(".photo .title").textContent = `${layer}. ${name} (${type})`;
  const sees = jump === null ? "the whole image" : `${tall} × ${wide} pixels`;
  const share = Math.round(100 * outside);
  const over = outside > 0 ? ` The field reaches over the edge: ${share < 1 ? "under 1" : share} % of it is padding.` : "";
  const apart = jump === null ? "" : ` Its neighbors' fields lie ${jump} pixel${jump === 1 ? "" : "s"} further.`;
  const where = `Unit row ${unit[0]}, column ${unit[1]} of ${units[0]} × ${units[1]} sees`;
  figure.find(".facts").innerHTML = `${where} <b>${sees}</b>.${apart}${over}`;
  figure.say(`Layer ${layer}, ${name}: ${where} ${sees}.${apart}${over}`.replaceAll("×", "by"));
}

export default { render, numbers };
