// Pictures of the reader's own, read in the page: they never leave it.
import { tensor } from "./arrays.js";

const LUMINANCE = [0.2125, 0.7154, 0.0721]; // of red, green and blue, as datasets.photo weighs them

const WIDEST = 4096; // pixels: browsers have no canvas of any width

/**
 * Read a picture file as gray levels (height, width) from 0 to 1, `height` pixels high, on a ground
 * that shows where it is transparent.
 */
export async function readPicture(file, height, ground = "#fff") {
  const picture = await createImageBitmap(file);
  const width = Math.min(WIDEST, Math.max(1, Math.round((picture.width / picture.height) * height)));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(context, { fillStyle: ground, imageSmoothingQuality: "high" });
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const gray = (_, k) => LUMINANCE.reduce((sum, weight, c) => sum + weight * data[4 * k + c], 0) / 255;
  return tensor(Float32Array.from({ length: width * height }, gray), [height, width]);
}

/** Add a button that opens a picture: taken(levels, file) gets what `readPicture` reads. */
export function addPictureButton(figure, { label = "own picture", height, taken }) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept: "image/*", className: "unseen", tabIndex: -1 });
  input.setAttribute("aria-label", label);
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    try {
      taken(await readPicture(file, height), file);
    } catch {
      figure.warn(`${file.name} cannot be read as a picture.`);
    }
    input.value = ""; // the same file may be chosen again
  });
  const button = figure.add({ kind: "button", label, press: () => input.click() });
  button.after(input);
  return button;
}
