// Maps of numbers, one pixel a number, and the bar that says what their colors mean.
import { SCALES, largest, numberText } from "./style.js";

const known = {};
/** The 513 shades that numbers are sorted into, made once: 0 has a shade of its own. */
const shadesOf = (colors) =>
  (known[colors] ??= Array.from({ length: 513 }, (_, k) => SCALES[colors]((k - 256) / 256, 1)));

/**
 * Paint numbers into a canvas, one pixel a number; CSS sets how large they appear.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values in reading order
 * @param {[number, number]} size rows and columns
 * @param {{ colors?: "gray" | "signed" | "magnitude", limit?: number }} [look]
 */
export function paintMap(canvas, values, [rows, columns], { colors = "gray", limit } = {}) {
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d", { willReadFrequently: true }); // kept where pixels are set
  const picture = context.createImageData(columns, rows);
  const end = limit ?? largest(values);
  const shades = shadesOf(colors);
  for (let k = 0; k < rows * columns; k++) {
    const [red, green, blue] = shades[Math.round(256 * Math.min(Math.max(values[k] / end, -1), 1)) + 256] ?? [0, 0, 0];
    picture.data[4 * k] = red;
    picture.data[4 * k + 1] = green;
    picture.data[4 * k + 2] = blue;
    picture.data[4 * k + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/**
 * A bar that says which color is which number.
 *
 * @param {HTMLElement} place
 * @param {{ unit: string }} options what the numbers are
 */
export function makeColorBar(place, { unit }) {
  place.insertAdjacentHTML("beforeend",
    '<canvas class="colors" aria-hidden="true"></canvas>'
    + '<div class="ends"><span></span><span></span><span></span></div>');
  const [canvas, ends] = [place.querySelector(".colors"), place.querySelector(".ends")];
  /** Show a scale from −limit (signed) or 0 to limit. */
  function draw({ colors, limit }) {
    const low = colors === "signed" ? -limit : 0;
    const shades = Array.from({ length: 256 }, (_, k) => low + ((limit - low) * k) / 255);
    paintMap(canvas, shades, [1, 256], { colors, limit });
    [numberText(low), unit, numberText(limit)].forEach((text, k) => { ends.children[k].textContent = text; });
  }
  return { draw };
}
