// Convolution, and which pixels its windows read.
import { pair, requireOptions, zeros } from "./arrays.js";

/** Windows of k taps that fit along n pixels; as course_lib.shapes.conv_output_size. */
export function output_size(n, k, { stride = 1, padding = 0, dilation = 1 } = {}) {
  return Math.floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1;
}

/**
 * Where the windows along one axis stand.
 * Tap u of window i reads pixel `i * stride + u * dilation - before`; `count` windows fit.
 */
function windows(n, k, stride, padding, dilation) {
  if (padding === "same" && stride !== 1) throw new Error("padding same needs stride 1");
  const span = dilation * (k - 1);
  const total = padding === "same" ? span : padding === "valid" ? 0 : 2 * padding;
  const count = Math.floor((n + total - span - 1) / stride) + 1;
  if (count < 1) throw new Error("the kernel is larger than the padded input");
  return { count, stride, dilation, before: Math.floor(total / 2), n };
}

/** The windows, first to before last, whose tap u reads a pixel of the image, not padding. */
function reach({ count, stride, dilation, before, n }, u) {
  const shift = u * dilation - before;
  const first = Math.max(0, Math.ceil(-shift / stride));
  return { shift, first, end: Math.min(count, Math.floor((n - 1 - shift) / stride) + 1) };
}

const OPTIONS = ["stride", "padding", "dilation", "groups", "needs_grad_x"];

function geometry(x, weight, options) {
  requireOptions("conv2d", options, OPTIONS);
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const [[, C, H, W], [O, C_group, K_h, K_w]] = [x.shape, weight.shape];
  if (C !== C_group * groups || O % groups) {
    throw new Error(`conv2d cannot put x (${x.shape}) through ${groups} groups of (${weight.shape})`);
  }
  const [s, p, d] = [stride, padding, dilation].map(pair);
  const [rows, columns] = [windows(H, K_h, s[0], p[0], d[0]), windows(W, K_w, s[1], p[1], d[1])];
  return { rows, columns, C, C_group, O, O_group: O / groups, K_h, K_w, area: H * W };
}

/**
 * Visit each weight once a sample: visit(n, o, c, k, pairs), k its place in the weight's numbers.
 * pairs(each) goes over the rows of windows whose tap reads the image, as
 * each(first pixel, step in pixels, first output, number of outputs).
 */
function overTaps(N, { rows, columns, C_group, O, O_group, K_h, K_w }, visit) {
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++)
      for (let k = o * C_group * K_h * K_w, c = 0; c < C_group; c++)
        for (let u = 0; u < K_h; u++)
          for (let v = 0; v < K_w; v++, k++) {
            const [down, along] = [reach(rows, u), reach(columns, v)];
            const pixel = along.first * columns.stride + along.shift;
            visit(n, o, Math.floor(o / O_group) * C_group + c, k, (each) => {
              for (let i = down.first; i < down.end; i++) {
                const row = (i * rows.stride + down.shift) * columns.n;
                each(row + pixel, columns.stride, i * columns.count + along.first, along.end - along.first);
              }
            });
          }
}

/**
 * y[n,o,i,j] = bias[o] + sum_cuv weight[o,c,u,v] * x_pad[n,c, S*i + D*u, S*j + D*v]
 *
 * x (N, C_in, H, W), weight (C_out, C_in / groups, K_h, K_w), bias (C_out,) or null; gives
 * (N, C_out, H_out, W_out). Options: stride, padding (a number, two, "same" or "valid"),
 * dilation, groups. Sums are kept in double precision.
 */
export function conv2d(x, weight, bias = null, options = {}) {
  const shape = geometry(x, weight, options);
  const { rows, columns, C, O, area } = shape;
  const size = rows.count * columns.count;
  const y = zeros([x.shape[0], O, rows.count, columns.count]);
  const sums = new Float64Array(y.data.length);
  if (bias) for (let at = 0; at < sums.length; at++) sums[at] = bias.data[Math.floor(at / size) % O];
  overTaps(x.shape[0], shape, (n, o, c, k, pairs) => {
    const w = weight.data[k];
    const [from, to] = [(n * C + c) * area, (n * O + o) * size];
    pairs((pixel, step, output, length) => {
      for (let j = 0; j < length; j++) sums[to + output + j] += w * x.data[from + pixel + j * step];
    });
  });
  y.data.set(sums);
  return y;
}

/** Gradients { grad_x, grad_weight, grad_bias }; with needs_grad_x false, grad_x is null. */
export function conv2d_backward(grad_y, x, weight, bias = null, options = {}) {
  const shape = geometry(x, weight, options);
  const { rows, columns, C, O, area } = shape;
  const size = rows.count * columns.count;
  const wanted = options.needs_grad_x ?? true;
  const [toX, toWeight, toBias] = [x.data.length * wanted, weight.data.length, O].map((n) => new Float64Array(n));
  overTaps(x.shape[0], shape, (n, o, c, k, pairs) => {
    const w = weight.data[k];
    const [at, out] = [(n * C + c) * area, (n * O + o) * size];
    pairs((pixel, step, output, length) => {
      let sum = 0;
      for (let j = 0; j < length; j++) {
        const g = grad_y.data[out + output + j];
        const place = at + pixel + j * step;
        sum += g * x.data[place];
        if (wanted) toX[place] += w * g;
      }
      toWeight[k] += sum;
    });
  });
  grad_y.data.forEach((g, at) => { toBias[Math.floor(at / size) % O] += g; });
  const filled = (numbers, like) => ({ data: Float32Array.from(numbers), shape: [...like] });
  return {
    grad_x: wanted ? filled(toX, x.shape) : null,
    grad_weight: filled(toWeight, weight.shape),
    grad_bias: filled(toBias, [O]),
  };
}
