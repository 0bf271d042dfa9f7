// Drawn digits as the microscope's network sees them; the twin of ink.py. And the pen.
import { tensor, zeros } from "./arrays.js";

export const MNIST_FILL = 20 / 28; // longer side of a centered digit, as a share of its canvas
const PAD = 28; // pixels that a drawing has at least, also for a network of smaller input
const DARK = 0.3; // from here on a pixel counts as ink
const [EDGE, STEEPNESS] = [0.4, 2.5]; // from blurred gray levels to ink
const [RADIUS, SOFT] = [1.9 / 28, 1.2 / 28]; // of the pen, and of its rim, as shares of the canvas

const clip = (value) => Math.min(Math.max(value, 0), 1);

/** Read an image (H, W) at a fractional place; 0 outside. */
function bilinear({ data, shape: [H, W] }, row, column) {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const at = (i, j) => (i < 0 || j < 0 || i >= H || j >= W ? 0 : data[i * W + j]);
  const [down, right] = [row - top, column - left];
  const along = (i) => at(i, left) * (1 - right) + at(i, left + 1) * right;
  return along(top) * (1 - down) + along(top + 1) * down;
}

/** Read a drawing around a place; where it shrinks, each pixel is a mean of several places. */
function resampled(ink, middles, step, size) {
  const fine = Math.max(1, Math.floor(step + 0.5));
  const count = size * fine;
  const [rows, columns] = middles.map((middle) => Array.from({ length: count }, (_, k) => middle + (step / fine) * (k - (count - 1) / 2)));
  const sums = new Float64Array(size * size);
  rows.forEach((row, i) => columns.forEach((column, j) => {
    sums[Math.floor(i / fine) * size + Math.floor(j / fine)] += bilinear(ink, row, column);
  }));
  return tensor(Float32Array.from(sums, (sum) => sum / fine ** 2), [size, size]);
}

/** Scale a whole drawing (S, S) to (size, size), where it is. */
export function resized(ink, size) {
  const [S] = ink.shape;
  return S === size ? ink : resampled(ink, [(S - 1) / 2, (S - 1) / 2], S / size, size);
}

/**
 * Scale a drawing (S, S) until its longer side is a share `fill` of (size, size), and put its center
 * of mass in the middle, or as near to it as the drawing does not stick out.
 */
export function centered(ink, size, fill) {
  const { data, shape: [S] } = ink;
  let [top, left, bottom, right] = [S, S, -1, -1];
  let [mass, down, along] = [0, 0, 0];
  data.forEach((value, k) => {
    const [i, j] = [Math.floor(k / S), k % S];
    mass += value;
    down += value * i;
    along += value * j;
    if (value > DARK) {
      [top, left] = [Math.min(top, i), Math.min(left, j)];
      [bottom, right] = [Math.max(bottom, i), Math.max(right, j)];
    }
  });
  if (bottom < 0) return zeros([size, size]);
  const step = (1 + Math.max(bottom - top, right - left)) / (fill * size);
  const half = (size * step) / 2;
  const kept = (middle, first, last) => Math.min(Math.max(middle, last + 0.5 - half), first - 0.5 + half);
  return resampled(ink, [kept(down / mass, top, bottom), kept(along / mass, left, right)], step, size);
}

/** Turn small digits (N, s, s) into centered drawings (N, 1, size, size); those of that size stay. */
export function asDrawings({ data, shape: [N, s] }, size, fill) {
  if (s === size) return tensor(data.slice(), [N, 1, s, s]);
  const y = zeros([N, 1, size, size]);
  const pad = Math.max(size, PAD);
  const step = s / (0.9 * pad);
  for (let n = 0; n < N; n++) {
    const small = tensor(data.slice(n * s * s, (n + 1) * s * s), [s, s]);
    const large = resampled(small, [(s - 1) / 2, (s - 1) / 2], step, pad);
    large.data.forEach((level, k) => { large.data[k] = clip((level - EDGE) * STEEPNESS + 0.5); });
    y.data.set(centered(large, size, fill).data, n * size * size);
  }
  return y;
}

/** Draw a line of the pen from a to b, [x, y] in pixels, into a drawing (S, S), in place. */
export function drawLine({ data, shape: [S] }, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1;
  for (let k = 0; k < data.length; k++) {
    const [x, y] = [(k % S) + 0.5 - ax, Math.floor(k / S) + 0.5 - ay];
    const share = clip((x * dx + y * dy) / length);
    const distance = Math.hypot(x - share * dx, y - share * dy) / S;
    data[k] = Math.max(data[k], clip((RADIUS + SOFT - distance) / (2 * SOFT)));
  }
}

/** The ink of a picture (height, width) as gray levels: light on dark, the digit as large as fits (S, S). */
export function inkOfPicture({ data, shape: [H, W] }, size) {
  const sorted = Float32Array.from(data).sort();
  const [low, middle, high] = [0.02, 0.5, 0.98].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  const onPaper = middle > (low + high) / 2; // mostly light: dark ink on paper
  const range = high - low || 1;
  const inked = data.map((level) => clip(((onPaper ? high - level : level - low) / range - 0.25) / 0.5));
  const side = Math.max(H, W);
  const y = zeros([size, size]);
  const step = side / size;
  for (let k = 0; k < size * size; k++) { // the mean over a square of the picture
    const first = (n, at) => Math.floor(at * step - (side - n) / 2);
    const [i, j] = [Math.floor(k / size), k % size];
    let [sum, count] = [0, 0];
    for (let row = first(H, i); row < Math.max(first(H, i + 1), first(H, i) + 1); row++)
      for (let column = first(W, j); column < Math.max(first(W, j + 1), first(W, j) + 1); column++, count++)
        if (row >= 0 && row < H && column >= 0 && column < W) sum += inked[row * W + column];
    y.data[k] = sum / count;
  }
  return y;
}
