// Arrays as NumPy has them: numbers in reading order, and a shape. All of nn.js works on them.

/** @typedef {{ data: Float32Array, shape: number[] }} Tensor numbers of any shape, such as (N, C, H, W) */

export const product = (numbers) => numbers.reduce((a, b) => a * b, 1);

/** Make an array of these numbers; `shape` must hold as many. */
export function tensor(data, shape) {
  if (data.length !== product(shape)) throw new Error(`${data.length} numbers do not fill (${shape})`);
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), shape: [...shape] };
}

export const zeros = (shape) => tensor(new Float32Array(product(shape)), shape);

/** Read nested lists of any depth: [[1, 2], [3, 4]] has the shape (2, 2). */
export function fromNested(nested) {
  const shape = [];
  for (let level = nested; Array.isArray(level); level = level[0]) shape.push(level.length);
  return tensor([nested].flat(Infinity), shape);
}

/** Write an array as nested lists, as JSON has them. */
export function toNested({ data, shape }) {
  if (!shape.length) return data[0];
  const step = product(shape.slice(1));
  return Array.from({ length: shape[0] }, (_, k) =>
    toNested({ data: data.subarray(k * step, (k + 1) * step), shape: shape.slice(1) }));
}

/** The same numbers in another shape; the numbers are shared. */
export const reshape = ({ data }, shape) => tensor(data, shape);

const KINDS = { uint8: Uint8Array, float32: Float32Array };

/** Unpack what `course_lib.live.pack` made of an array: { shape, dtype, base64 }, little-endian. */
export function unpack({ shape, dtype, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (dtype === "float16") return tensor(halves(bytes), shape);
  if (!(dtype in KINDS)) throw new Error(`packed numbers are uint8, float16 or float32, not ${dtype}`);
  return tensor(new KINDS[dtype](bytes.buffer), shape);
}

/** Numbers of 16 bits (IEEE 754 half precision) as 32-bit ones. */
function halves(bytes) {
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 2 }, (_, k) => {
    const bits = view.getUint16(2 * k, true);
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    if (exponent === 31) return fraction ? NaN : bits >> 15 ? -Infinity : Infinity;
    const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction;
    return bits >> 15 ? -size : size;
  });
}

/** An option of one number or two, for rows and columns. */
export const pair = (option) => (Array.isArray(option) ? option : [option, option]);

/** Refuse options that a function does not have: a misspelt one would go unseen. */
export function requireOptions(operation, options, known) {
  const strange = Object.keys(options).filter((name) => !known.includes(name));
  if (strange.length) {
    throw new Error(`${operation} does not know ${strange}; its options are ${known.join(", ")}`);
  }
}

/** Pack gray levels from 0 to 1 as `course_lib.live.pack` does with uint8: 0 to 255. */
export function packGray({ data, shape }) {
  const letters = Array.from(data, (level) => String.fromCharCode(Math.round(255 * Math.min(Math.max(level, 0), 1))));
  return { shape: [...shape], dtype: "uint8", base64: btoa(letters.join("")) };
}
