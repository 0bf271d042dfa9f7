// The pad that digits are drawn on: by mouse, finger, keys, from real digits, from a picture.
import { clamp, paintMap } from "./figure.js";
import { drawLine, inkOfPicture } from "./ink.js";
import { tensor, zeros } from "./nn.js";
import { readPicture } from "./picture.js";

const PICTURE_HEIGHT = 112; // pixels that a picture is read with
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export const padHtml = (names) => `
<div class="pad"><canvas class="ink" tabindex="0" role="application" aria-roledescription="drawing pad"
  aria-label="Drawing pad: a number key puts a real digit, arrow keys move the pen, space puts it down and up, Delete clears"></canvas>
  <i class="pen"></i><p class="hint">draw a digit here</p></div>
<div class="presets" role="group" aria-label="real digits">${names.map((name, k) =>
  `<button data-preset="${k}" aria-label="put a real ${name}">${name}</button>`).join("")}</div>`;

const isEven = ({ data }) => data.every((level) => level === data[0]);

/** Read a picture on white, or on black where that alone shows white ink on a transparent ground. */
async function readInk(file) {
  const picture = await readPicture(file, PICTURE_HEIGHT);
  return isEven(picture) ? readPicture(file, PICTURE_HEIGHT, "#000") : picture;
}

/**
 * Make the pad work.
 *
 * @param {ShadowRoot} root holds what padHtml wrote, buttons .clear and .open, and a field for files
 * @param {{ size: number, presets: Tensor, changed: (ink: Tensor, preset?: number) => void, say, warn }} options
 *   presets (K, 1, S, S); changed is told the drawing, and which real digit it is, if it is one
 */
export function makePad(root, { size, presets, changed, say, warn }) {
  const canvas = root.querySelector(".ink");
  const pen = root.querySelector(".pen");
  let ink = zeros([size, size]);
  let [from, pointer] = [null, null]; // where the pen went last, while it is down; the mouse or finger that holds it
  let [at, down] = [[size / 2, size / 2], false]; // the pen of the keys
  const put = (image, preset) => { ink = image; changed(ink, preset); };
  const put_ = (k) => {
    const each = size * size;
    put(tensor(presets.data.slice(k * each, (k + 1) * each), [size, size]), k);
  };
  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  };
  const line = (a, b) => {
    drawLine(ink, a, b);
    changed(ink);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || (from && !event.isPrimary)) return; // not a pen: a menu, a second finger
    pointer = event.pointerId;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(pointer);
    from = placeOf(event);
    line(from, from);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from || event.pointerId !== pointer) return;
    for (const each of event.getCoalescedEvents?.() ?? []) {
      drawLine(ink, from, placeOf(each));
      from = placeOf(each);
    }
    line(from, placeOf(event));
    from = placeOf(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => { if (event.pointerId === pointer) from = null; });
  }

  const showPen = () => {
    Object.assign(pen.style, { left: `${(100 * at[0]) / size}%`, top: `${(100 * at[1]) / size}%` });
    pen.classList.toggle("down", down);
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const known = event.key in MOVES || event.key === " " || ["Delete", "Backspace"].includes(event.key) || /^\d$/.test(event.key);
    if (!known) return;
    event.preventDefault();
    if (event.key in MOVES) {
      const next = at.map((place, k) => clamp(place + (size / 28) * MOVES[event.key][k], 0.5, size - 0.5));
      if (down) line(at, next);
      at = next;
    } else if (event.key === " ") {
      down = !down;
      if (down) line(at, at);
      say(down ? "pen down" : "pen up");
    } else if (/^\d$/.test(event.key)) {
      if (Number(event.key) < presets.shape[0]) put_(Number(event.key));
    } else {
      put(zeros([size, size]));
    }
    showPen();
  });
  root.querySelectorAll("[data-preset]").forEach((button, k) => button.addEventListener("click", () => put_(k)));
  root.querySelector(".clear").addEventListener("click", () => put(zeros([size, size])));
  const file = root.querySelector("input[type=file]");
  root.querySelector(".open").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    const { name } = file.files[0];
    try {
      const picture = await readInk(file.files[0]);
      if (isEven(picture)) warn(`${name} shows nothing: all of it is equally light.`);
      else put(inkOfPicture(picture, size));
    } catch {
      warn(`${name} cannot be read as a picture.`);
    }
    file.value = ""; // the same file may be chosen again
  });
  showPen();

  return {
    /** Take over a drawing from the state. */
    take(image) { if (!from) ink = tensor(image.data.slice(), image.shape); },
    /** Show what is drawn. */
    paint(drawing) {
      paintMap(canvas, drawing.data, [size, size], { limit: 1 });
      root.querySelector(".hint").hidden = ink.data.some((level) => level > 0.1);
    },
  };
}
