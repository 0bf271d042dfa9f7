// How one number of a network came about: what it was made of, and what it does to the loss.
import { largest, numberText, paintMap } from "./figure.js";
import { windowOf } from "./network.js";
import { channelsOf, fieldOfPlace, nameOf, tileOf } from "./microscope_stages.js";

const MOST_TERMS = 8; // terms of a sum that are drawn; the others are added up

/** The window that one number of a stage is made of, in channel c of what goes in: nested rows. */
export function windowAt(layer, x, channel, row, column) {
  const { size, stride, padding, dilation } = windowOf(layer);
  const [, , H, W] = x.shape;
  return Array.from({ length: size[0] }, (_, u) => Array.from({ length: size[1] }, (_, v) => {
    const i = row * stride[0] - padding[0] + u * dilation[0];
    const j = column * stride[1] - padding[1] + v * dilation[1];
    return i < 0 || j < 0 || i >= H || j >= W ? 0 : x.data[(channel * H + i) * W + j];
  }));
}

/** The kernel of filter o for its c-th input channel, as nested rows. */
export function kernelAt({ data, shape: [, C, K_h, K_w] }, o, c) {
  const first = (o * C + c) * K_h * K_w;
  return Array.from({ length: K_h }, (_, u) => Array.from(data.subarray(first + u * K_w, first + (u + 1) * K_w)));
}

/**
 * Windows, kernels and products of the chosen number of a convolution, { window, kernel, products },
 * each (C, K_h, K_w); the window alone for a pooling, and nothing for other stages.
 */
export function partsOf(layers, stage, outputs, x, { map, row, column }) {
  const layer = layers[stage.first];
  const input = outputs[stage.first - 1] ?? x;
  if (stage.op === "conv2d") {
    const channels = channelsOf(layer, map);
    const window = channels.map((channel) => windowAt(layer, input, channel, row, column));
    const kernel = channels.map((_, c) => kernelAt(layer.parameters.weight, map, c));
    const products = window.map((rows, c) => rows.map((values, u) => values.map((value, v) => value * kernel[c][u][v])));
    return { window, kernel, products };
  }
  return ["max_pool2d", "avg_pool2d"].includes(stage.op) ? { window: [windowAt(layer, input, map, row, column)] } : {};
}

const sumOf = (nested) => nested.flat(2).reduce((sum, value) => sum + value, 0);

/** A small picture of numbers with words below. */
function picture(rows, { em, colors, limit, role = "" }) {
  const canvas = document.createElement("canvas");
  canvas.className = role;
  paintMap(canvas, rows.flat(), [rows.length, rows[0].length], { colors, limit });
  canvas.style.cssText = `width: ${em}em; height: ${(em * rows.length) / rows[0].length}em`;
  return canvas;
}

function term(pictures, words = "") {
  const box = Object.assign(document.createElement("div"), { className: "term" });
  box.append(...pictures, words);
  return box;
}

/**
 * Fill the panel below the maps.
 *
 * @param {{ large, story, terms }} places elements
 * @param {object} shown network layers, stages, outputs, x, looks (colors and limit of each stage),
 *   grads (null in a forward pass), names of the classes
 * @param {{ stage, map, row, column }} place the chosen number; in the last stage column is a class
 */
export function tellStory(places, shown, place) {
  places.terms.replaceChildren();
  const stage = shown.stages[place.stage];
  if (place.stage === shown.stages.length - 1) return tellClass(places, shown, place.column);
  drawLarge(places.large, shown, stage, place);
  if (shown.grads) return tellGradient(places, shown, stage, place);
  if (stage.op === "conv2d") return tellConvolution(places, shown, stage, place);
  if (stage.op === "linear") return tellUnit(places, shown, stage, place);
  return tellOther(places, shown, stage, place);
}

function write(story, title, lines) {
  story.innerHTML = `<b>${title}</b>${lines.filter(Boolean).map((line) => `<p>${line}</p>`).join("")}`;
}

const asText = (name) => name.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const strong = (value) => `<span class="number">${numberText(value)}</span>`;
const change = (text) => `<span class="change">${text.replace("-", "−")}</span>`;
const andBias = (bias) => (bias === undefined ? "" : `, and the bias ${numberText(bias)}`);
const where = ({ title, units, columns }, { map, row, column }) =>
  (units ? `${title}, unit ${row * columns + column}` : `${title}, map ${map}, row ${row}, column ${column}`);

function drawLarge(large, { outputs, looks, grads }, stage, place) {
  const look = looks[place.stage];
  const values = tileOf(stage, (grads ? grads.outputs : outputs)[stage.last], place.map);
  paintMap(large.querySelector("canvas"), values, [stage.rows, stage.columns], look);
  const spot = large.querySelector(".spot");
  Object.assign(spot.style, {
    top: `${(100 * place.row) / stage.rows}%`, left: `${(100 * place.column) / stage.columns}%`,
    height: `${100 / stage.rows}%`, width: `${100 / stage.columns}%`,
  });
  large.style.setProperty("--shape", stage.columns / stage.rows);
}

/** What the rows of small pictures are. */
function labels(names) {
  const box = Object.assign(document.createElement("div"), { className: "term names" });
  box.innerHTML = names.map((name) => `<span class="${name === "sums" ? name : ""}">${name}</span>`).join("");
  return box;
}

/** The number at a place of what a layer gave. */
const numberAt = (stage, output, { map, row, column }) => tileOf(stage, output, map)[row * stage.columns + column];

/** What the layers behind the first of a stage made of a number: "ReLU(−1.2) = 0". */
function chain({ layers, outputs }, stage, place) {
  let before = numberAt(stage, outputs[stage.first], place);
  const steps = layers.slice(stage.first + 1, stage.last + 1).map(({ op }, k) => {
    const after = numberAt(stage, outputs[stage.first + 1 + k], place);
    const text = `${nameOf(op)}(${numberText(before)}) = ${strong(after)}`;
    before = after;
    return text;
  });
  return steps.join(" → ");
}

function sees({ layers, size }, stage, place) {
  if (stage.units) return "It sees the whole input.";
  const { height, width } = fieldOfPlace(layers, stage, place, size);
  return `It sees ${height} × ${width} pixels of the input${height > size ? ", padding included" : ""}.`;
}

function tellConvolution({ story, terms }, shown, stage, place) {
  const { layers, outputs, x, looks } = shown;
  const { window, kernel, products } = partsOf(layers, stage, outputs, x, place);
  const bias = layers[stage.first].parameters.bias?.data[place.map];
  const before = looks[stage.index - 1] ?? { colors: "gray", limit: 1 };
  const end = largest(kernel.flat(2));
  const sums = products.map(sumOf);
  if (window.length === 1) {
    const part = (rows, look, words) => term([picture(rows, { em: 5.6, ...look })], words);
    terms.append(part(window[0], { ...before, role: "x" }, "window"), "×",
      part(kernel[0], { colors: "signed", limit: end, role: "k" }, "kernel"),
      "=", part(products[0], { colors: "signed", limit: largest(products.flat(2)) }, "products"));
  } else {
    const order = sums.map((_, c) => c).sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a])).slice(0, MOST_TERMS).sort((a, b) => a - b);
    terms.append(labels(["windows", `kernel ${place.map}`, "sums"]));
    for (const c of order) {
      const pictures = [
        picture(window[c], { em: 2.5, ...before, role: "x" }),
        picture(kernel[c], { em: 2.5, colors: "signed", limit: end, role: "k" }),
      ];
      terms.append(term(pictures, numberText(sums[c], 2)));
    }
    addRest(terms, sums, order);
  }
  const what = window.length === 1 ? "Products" : "Window times kernel, channel by channel";
  const total = `${what}, added up${bias === undefined ? "" : ` (${numberText(sumOf(products))})`}`;
  const plain = numberAt(stage, outputs[stage.first], place);
  write(story, where(stage, place), [
    `${total}${andBias(bias)}: ${stage.first === stage.last ? strong(plain) : numberText(plain)}`,
    chain(shown, stage, place), sees(shown, stage, place),
  ]);
}

function addRest(terms, sums, order) {
  if (order.length === sums.length) return;
  const rest = sums.reduce((sum, value, c) => (order.includes(c) ? sum : sum + value), 0);
  terms.append(term([], `and ${sums.length - order.length} more: ${numberText(rest, 2)}`));
}

/** The products of a linear unit's weights with what went in, tile by tile of the stage before. */
function drawProducts(terms, { stages }, stage, products) {
  const before = stages[stage.index - 1];
  const end = largest(products);
  if (!before) return;
  const each = before.rows * before.columns;
  const tiles = Array.from({ length: before.tiles }, (_, map) => products.slice(map * each, (map + 1) * each));
  const sums = tiles.map((values) => values.reduce((a, b) => a + b, 0));
  const order = sums.map((_, c) => c).sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a])).slice(0, 2 * MOST_TERMS).sort((a, b) => a - b);
  const grid = Object.assign(document.createElement("div"), { className: "many" });
  for (const map of order) {
    const values = [...tiles[map], ...Array(each - tiles[map].length).fill(0)];
    const rows = Array.from({ length: before.rows }, (_, i) => values.slice(i * before.columns, (i + 1) * before.columns));
    grid.append(term([picture(rows, { em: before.units ? 7 : 2.6, colors: "signed", limit: end, role: "k" })], numberText(sums[map], 1)));
  }
  terms.append(grid);
  addRest(terms, sums, order);
}

function productsOf({ layers, outputs, x }, stage, unit) {
  const { weight, bias } = layers[stage.first].parameters;
  const input = outputs[stage.first - 1] ?? x;
  const n = weight.shape[1];
  return { products: Array.from({ length: n }, (_, k) => weight.data[unit * n + k] * input.data[k]), bias: bias?.data[unit] };
}

function tellUnit({ story, terms }, shown, stage, place) {
  const unit = place.row * stage.columns + place.column;
  if (unit >= shown.outputs[stage.last].data.length) return write(story, stage.title, ["There is no unit here."]);
  const { products, bias } = productsOf(shown, stage, unit);
  drawProducts(terms, shown, stage, products);
  return write(story, where(stage, place), [
    `${products.length} weights times what goes in, added up${andBias(bias)}: ${numberText(shown.outputs[stage.first].data[unit])}`,
    chain(shown, stage, place), sees(shown, stage, place),
  ]);
}

function tellOther({ story, terms }, shown, stage, place) {
  const { layers, outputs, x, looks } = shown;
  const { window } = partsOf(layers, stage, outputs, x, place);
  const value = numberAt(stage, outputs[stage.last], place);
  if (!window) return write(story, where(stage, place), [strong(value), sees(shown, stage, place)]);
  const before = looks[stage.index - 1] ?? { colors: "gray", limit: 1 };
  terms.append(term([picture(window[0], { em: 5.6, ...before, role: "x" })], "window"));
  const inside = window[0].flat().map((number) => numberText(number)).join(", ");
  const made = stage.op === "max_pool2d" ? "The largest of" : "The mean of";
  return write(story, where(stage, place), [
    `${made} ${inside}: ${strong(numberAt(stage, outputs[stage.first], place))}`,
    chain(shown, stage, place), sees(shown, stage, place),
  ]);
}

/** Backward: what the loss would do, and for a convolution what its kernel is to change. */
function tellGradient({ story, terms }, { layers, outputs, grads }, stage, place) {
  const [value, gradient] = [outputs, grads.outputs].map((all) => numberAt(stage, all[stage.last], place));
  const { weight } = layers[stage.first].parameters;
  if (stage.op === "conv2d") {
    const [kernels, changes] = [weight, grads.parameters[stage.first].weight].map((tensor) =>
      Array.from({ length: Math.min(weight.shape[1], MOST_TERMS) }, (_, c) => kernelAt(tensor, place.map, c)));
    const [end, most] = [kernels, changes].map((all) => largest(all.flat(2)));
    const em = 2.5;
    terms.append(labels([`kernel ${place.map}`, "gradient"]));
    kernels.forEach((kernel, c) => terms.append(term([picture(kernel, { em, colors: "signed", limit: end, role: "k" }),
      picture(changes[c], { em, colors: "signed", limit: most, role: "g" })])));
  }
  const closed = layers.slice(stage.first, stage.last + 1).some(({ op }) => op === "relu") && value === 0;
  write(story, `${where(stage, place)}, backward`, [
    `The number is ${numberText(value)}; its gradient ${change(gradient === 0 ? "0" : gradient.toPrecision(2))}: ${gradient === 0
      ? "a small change of it leaves the loss as it is."
      : `were it a little larger, the loss would ${gradient > 0 ? "grow" : "fall"}.`}`,
    closed ? "ReLU gave 0 here, so no gradient goes on from it to the kernel." : "",
  ]);
}

function tellClass({ large, story, terms }, shown, unit) {
  const { stages, outputs, probabilities, grads } = shown;
  const name = asText(shown.names[unit]);
  const stage = stages.at(-1);
  const logits = outputs.at(-1).data;
  const facing = grads ? grads.outputs.at(-1).data[unit] : null;
  paintMap(large.querySelector("canvas"), grads ? grads.outputs.at(-1).data : logits, [1, logits.length], { colors: "signed" });
  large.style.setProperty("--shape", 2.5);
  const [left, width] = [unit, 1].map((count) => `${(100 * count) / logits.length}%`);
  Object.assign(large.querySelector(".spot").style, { top: 0, height: "100%", left, width });
  const share = `softmax: ${(100 * probabilities.data[unit]).toFixed(1)} %`;
  if (stage.op !== "linear") return write(story, `class ${name}`, [`score ${strong(logits[unit])}`, share]);
  const { products, bias } = productsOf(shown, stage, unit);
  drawProducts(terms, shown, stage, products);
  return write(story, `evidence for ${name}`, [
    `Weights times ${stages.at(-2)?.title ?? "the input"} (red speaks for ${name}, blue against it), added up`
      + `${andBias(bias)}: score ${strong(logits[unit])}; ${share}`,
    grads ? `The gradient of the loss for this score is ${change(facing.toFixed(3))}: its probability`
      + `${facing < 0 ? ", less the 1 it should be" : ""}.` : "",
  ]);
}
