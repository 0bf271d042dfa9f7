// Type a 3 x 3 kernel, and see what it makes of a photograph.
// State: photo (H, W) packed as uint8, caption, presets { name: (3, 3) }, name, kernel (3, 3), row
// and column of the feature map.
import {
  clamp, largest, makeColorBar, makeFigure, makeMatrix, moveByKeys, numberText, paintMap,
} from "../../../live/figure.js";
import { conv2d, fromNested, packGray, reshape, tensor, unpack } from "../../../live/nn.js";
import { addPictureButton } from "../../../live/picture.js";

const OWN = "own numbers";
const OWN_HEIGHT = 128; // pixels: small enough to follow the typing
const LONGEST = 21; // em of a picture's longer side

const pixelsOf = (photo) => {
  const { data, shape } = unpack(photo);
  return tensor(data.map((level) => level / 255), shape);
};

/** The feature map, and the window, products and sum at one place of it. */
function numbers({ photo, kernel, row, column }) {
  const pixels = pixelsOf(photo);
  const [H, W] = pixels.shape;
  const weight = reshape(fromNested(kernel), [1, 1, 3, 3]);
  const y = conv2d(reshape(pixels, [1, 1, H, W]), weight);
  const response = reshape(y, [H - 2, W - 2]);
  const window = kernel.map((weights, u) => weights.map((_, v) => pixels.data[(row + u) * W + column + v]));
  const products = kernel.map((weights, u) => weights.map((value, v) => value * window[u][v]));
  const total = weight.data.reduce((a, b) => a + b, 0);
  return { response, window, products, sum: response.data[row * (W - 2) + column], total };
}

/** Keep the place inside the feature map. */
const settle = ({ photo: { shape: [H, W] }, row, column }) =>
  ({ row: clamp(row, 0, H - 3), column: clamp(column, 0, W - 3) });

const HTML = `
<div class="row stage">
  <div class="part input"><p class="title"></p>
    <div class="picture"><canvas class="photo" role="img"></canvas><div class="place"></div></div>
    <p class="caption quiet"></p></div>
  <div class="middle">
    <div class="part kernel"><p class="title">kernel <span class="quiet">type your own</span></p></div>
    <div class="part window"><p class="title">window × kernel</p></div>
    <p class="sum"></p>
  </div>
  <div class="part output"><p class="title"></p>
    <div class="picture map" role="application" aria-roledescription="place on the feature map"
         aria-label="Arrow keys move the window">
      <canvas class="response" role="img"></canvas><div class="place"></div></div>
    <div class="bar-of-colors"></div></div>
</div>`;

const CSS = `
.picture { position: relative; width: var(--width); outline: .2em solid var(--input); }
.map { outline-color: var(--output); cursor: crosshair; }
.picture canvas { width: 100%; height: 100%; }
.place { position: absolute; outline: .15em solid var(--kernel); pointer-events: none; }
.map .place { outline: .15em solid var(--ink); }
.middle { display: flex; flex-direction: column; gap: .7em; }
.caption { margin: .4em 0 0; }
.input, .output { width: ${LONGEST}em; }
.sum { margin: 0; } .sum b { color: #00694d; }
.bar-of-colors { margin-top: .8em; }`;

function render(context) {
  const presets = context.model.get("presets");
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [{ kind: "choice", name: "name", label: "start from", options: [...Object.keys(presets), OWN],
      then: (name) => (name === OWN ? {} : { kernel: presets[name] }) }],
  });
  addPictureButton(figure, {
    label: "own photo…", height: OWN_HEIGHT,
    taken: (levels, file) => takePhoto(figure, levels, file),
  });
  const kernel = makeMatrix(figure.find(".kernel"), {
    width: 9.3, cell: 3.1, label: "kernel weight", edit: (row, column, value) => {
      const edited = figure.state.kernel.map((weights) => [...weights]);
      edited[row][column] = value;
      figure.set({ kernel: edited, name: OWN });
    },
  });
  const products = makeMatrix(figure.find(".window"), { width: 9.3, cell: 3.1, label: "products" });
  const bar = makeColorBar(figure.find(".bar-of-colors"), { unit: "response (white pixel = 1)" });
  moveByKeys(figure.find(".map"), (rows, columns) => {
    const { row, column } = figure.state;
    figure.set({ row: row + rows, column: column + columns });
  });
  pointAt(figure, figure.find(".map"), 0);
  pointAt(figure, figure.find(".input .picture"), 1);

  figure.onChange((state) => {
    const shown = numbers(state);
    const end = largest(shown.response.data);
    kernel.draw(state.kernel, { colors: "signed" });
    products.draw(shown.products, { colors: "signed", limit: largest(state.kernel.flat()) });
    drawPictures(figure, state, shown.response, end);
    bar.draw({ colors: "signed", limit: end });
    write(figure, state, shown);
  });
}

/** Follow the mouse: the place on the picture, less `rim` pixels, is the place on the map. */
function pointAt(figure, picture, rim) {
  const told = (event) => {
    const box = picture.getBoundingClientRect();
    const [H, W] = figure.state.photo.shape.map((n) => n - 2 + 2 * rim);
    figure.set({
      row: Math.floor(((event.clientY - box.top) / box.height) * H) - rim,
      column: Math.floor(((event.clientX - box.left) / box.width) * W) - rim,
    });
  };
  picture.addEventListener("pointermove", told);
  picture.addEventListener("pointerdown", told);
}

function takePhoto(figure, levels, file) {
  if (Math.min(...levels.shape) < 3) return figure.warn(`${file.name} is too narrow for a kernel of 3 by 3.`);
  return figure.set({ photo: packGray(levels), caption: file.name });
}

function drawPictures(figure, { photo, row, column }, response, end) {
  const [H, W] = photo.shape;
  const size = (rows, columns) =>
    ({ "--width": `${(LONGEST * columns) / Math.max(H, W)}em`, "aspect-ratio": `${columns} / ${rows}` });
  const place = (rows, columns, side) => ({
    left: `${(100 * column) / columns}%`, top: `${(100 * row) / rows}%`,
    width: `${(100 * side) / columns}%`, height: `${(100 * side) / rows}%`,
  });
  const style = (selector, rules) => {
    for (const [name, value] of Object.entries(rules)) figure.find(selector).style.setProperty(name, value);
  };
  paintMap(figure.find(".photo"), pixelsOf(photo).data, [H, W], { colors: "gray", limit: 1 });
  paintMap(figure.find(".response"), response.data, [H - 2, W - 2], { colors: "signed", limit: end });
  style(".input .picture", size(H, W));
  style(".map", size(H - 2, W - 2));
  style(".input .place", place(H, W, 3));
  style(".map .place", place(H - 2, W - 2, 1));
}

function write(figure, { photo: { shape: [H, W] }, caption, kernel, row, column }, { response, sum, total }) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of response.data) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const ends = `${numberText(low)} to ${numberText(high)}`;
  figure.find(".input .title").textContent = `input ${H} × ${W}`;
  figure.find(".caption").textContent = caption;
  figure.find(".photo").setAttribute("aria-label", `${caption}, ${H} by ${W} pixels`);
  figure.find(".output > .title").textContent = `feature map ${H - 2} × ${W - 2}`;
  figure.find(".response").setAttribute("aria-label", `feature map with responses from ${ends}`);
  figure.find(".sum").innerHTML = `added up: <b>${numberText(sum, 2)}</b><br>
    <span class="quiet">sum of the kernel: ${numberText(total)}</span>`;
  const weights = kernel.map((values) => values.map((value) => numberText(value)).join(" ")).join("; ");
  figure.say(`Kernel ${weights}, sum ${numberText(total)}: `
    + `responses from ${ends}; at row ${row}, column ${column} it is ${numberText(sum, 2)}.`);
}

export default { render, numbers };
