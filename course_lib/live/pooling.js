// Poolings, forward and backward.
import { pair, product, requireOptions, zeros } from "./arrays.js";

/** How many windows fit; with ceil, also one that starts inside and ends outside. */
export function countWindows(n, kernel, stride, padding, dilation, ceil) {
  const room = (n + 2 * padding - dilation * (kernel - 1) - 1) / stride;
  const whole = Math.floor(room) + 1;
  const count = ceil && room % 1 && whole * stride < n + padding ? whole + 1 : whole;
  if (count < 1) throw new Error("the window is larger than the padded input");
  return count;
}

/** Options of both axes, [rows, columns]: { n, kernel, stride, padding, dilation, count }. */
function axes(operation, x, options, known) {
  requireOptions(operation, options, known);
  const { kernel_size, stride = null, padding = 0, dilation = 1, ceil_mode = false } = options;
  const [k, s, p, d] = [kernel_size, stride ?? kernel_size, padding, dilation].map(pair);
  return [0, 1].map((a) => {
    const n = x.shape[2 + a];
    const count = countWindows(n, k[a], s[a], p[a], d[a], ceil_mode);
    return { n, kernel: k[a], stride: s[a], padding: p[a], dilation: d[a], count };
  });
}

const MAX_OPTIONS = ["kernel_size", "stride", "padding", "dilation", "ceil_mode"];

/** Visit every window of every channel with the place of its largest number, ties to the first. */
function overLargest(x, options, visit) {
  const [rows, columns] = axes("max_pool2d", x, options, MAX_OPTIONS);
  const area = rows.n * columns.n;
  for (let at = 0, channel = 0; channel < product(x.shape.slice(0, 2)); channel++)
    for (let i = 0; i < rows.count; i++)
      for (let j = 0; j < columns.count; j++, at++) {
        let best = -1;
        for (let u = 0; u < rows.kernel; u++) {
          const h = i * rows.stride + u * rows.dilation - rows.padding;
          if (h < 0 || h >= rows.n) continue;
          for (let v = 0; v < columns.kernel; v++) {
            const w = j * columns.stride + v * columns.dilation - columns.padding;
            if (w < 0 || w >= columns.n) continue;
            const place = channel * area + h * columns.n + w;
            if (best < 0 || x.data[place] > x.data[best] || Number.isNaN(x.data[place])) best = place;
          }
        }
        visit(at, best);
      }
}

/**
 * The largest number of each window. x (N, C, H, W); gives (N, C, H_out, W_out).
 * Options: kernel_size, stride = kernel_size, padding, dilation, ceil_mode.
 */
export function max_pool2d(x, options) {
  const [rows, columns] = axes("max_pool2d", x, options, MAX_OPTIONS);
  const y = zeros([...x.shape.slice(0, 2), rows.count, columns.count]);
  overLargest(x, options, (at, place) => { y.data[at] = x.data[place]; });
  return y;
}

/** The gradient goes to the largest number of each window. */
export function max_pool2d_backward(grad_y, x, options) {
  const sums = new Float64Array(x.data.length);
  overLargest(x, options, (at, place) => { sums[place] += grad_y.data[at]; });
  return rounded(sums, x.shape);
}

const rounded = (sums, shape) => ({ data: Float32Array.from(sums), shape: [...shape] });

/** Visit each pixel of each window: visit(output, pixel, share); ranges are { from, to, count }. */
function overPixels(x, rows, columns, visit) {
  const [H, W] = x.shape.slice(2);
  for (let at = 0, channel = 0; channel < product(x.shape.slice(0, 2)); channel++)
    for (const row of rows)
      for (const column of columns) {
        const share = 1 / (row.count * column.count);
        for (let h = row.from; h < row.to; h++)
          for (let w = column.from; w < column.to; w++) visit(at, (channel * H + h) * W + w, share);
        at += 1;
      }
}

function average(x, rows, columns) {
  const shape = [...x.shape.slice(0, 2), rows.length, columns.length];
  const sums = new Float64Array(product(shape));
  overPixels(x, rows, columns, (at, pixel, share) => { sums[at] += share * x.data[pixel]; });
  return rounded(sums, shape);
}

function averageBackward(grad_y, x, rows, columns) {
  const sums = new Float64Array(x.data.length);
  overPixels(x, rows, columns, (at, pixel, share) => { sums[pixel] += share * grad_y.data[at]; });
  return rounded(sums, x.shape);
}

const AVG_OPTIONS = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"];

/** The pixels of each window along both axes, and by how many the sum is divided. */
function averaged(x, options) {
  const { count_include_pad = true } = options;
  return axes("avg_pool2d", x, options, AVG_OPTIONS).map(({ n, kernel, stride, padding, count }) =>
    Array.from({ length: count }, (_, k) => {
      const start = k * stride - padding;
      const stop = Math.min(start + kernel, n + padding);
      const [from, to] = [Math.max(start, 0), Math.min(stop, n)];
      return { from, to, count: count_include_pad ? stop - start : to - from };
    }));
}

/**
 * The mean of each window. Options: kernel_size, stride = kernel_size, padding, ceil_mode,
 * count_include_pad = true: zeros of the padding count.
 */
export const avg_pool2d = (x, options) => average(x, ...averaged(x, options));

export const avg_pool2d_backward = (grad_y, x, options) => averageBackward(grad_y, x, ...averaged(x, options));

function adapted(x, options) {
  requireOptions("adaptive_avg_pool2d", options, ["output_size"]);
  const wanted = pair(options.output_size);
  return x.shape.slice(2).map((n, a) => {
    const length = wanted[a] ?? n;
    return Array.from({ length }, (_, k) => {
      const [from, to] = [Math.floor((k * n) / length), Math.ceil(((k + 1) * n) / length)];
      return { from, to, count: to - from };
    });
  });
}

/** Means of windows that share the image evenly. Option: output_size, a number, two, or null. */
export const adaptive_avg_pool2d = (x, options) => average(x, ...adapted(x, options));

export const adaptive_avg_pool2d_backward = (grad_y, x, options) =>
  averageBackward(grad_y, x, ...adapted(x, options));

const WHOLE = { output_size: 1 };

/** The mean of each channel: (N, C, H, W) to (N, C). */
export function global_avg_pool2d(x) {
  const y = adaptive_avg_pool2d(x, WHOLE);
  return { ...y, shape: y.shape.slice(0, 2) };
}

export const global_avg_pool2d_backward = (grad_y, x) => adaptive_avg_pool2d_backward(grad_y, x, WHOLE);

const whole = (x) => ({ kernel_size: x.shape.slice(2) });

/** The largest number of each channel: (N, C, H, W) to (N, C). */
export function global_max_pool2d(x) {
  const y = max_pool2d(x, whole(x));
  return { ...y, shape: y.shape.slice(0, 2) };
}

export const global_max_pool2d_backward = (grad_y, x) => max_pool2d_backward(grad_y, x, whole(x));
