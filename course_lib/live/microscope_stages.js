// What of a network is shown side by side: a stage is a convolution, pooling or linear layer with
// the activations behind it. Its numbers lie in tiles: a map each, or all units together.
import { clamp, largest, paintMap } from "./figure.js";
import { fieldOf, windowOf } from "./network.js";

const NAMES = {
  conv2d: "conv", max_pool2d: "max pool", avg_pool2d: "mean pool", adaptive_avg_pool2d: "mean pool",
  global_avg_pool2d: "global mean", global_max_pool2d: "global max", linear: "linear",
};
const BEHIND = {
  relu: "ReLU", relu6: "ReLU6", batch_norm: "norm", leaky_relu: "leaky ReLU", prelu: "PReLU", elu: "ELU", selu: "SELU",
  gelu: "GELU", silu: "SiLU", hardswish: "hard swish", hardsigmoid: "hard sigmoid",
};
const NEVER_NEGATIVE = ["relu", "relu6", "sigmoid", "hardsigmoid", "softplus", "softmax"];
const UNITS_A_ROW = 8;

export const nameOf = (op) => NAMES[op] ?? BEHIND[op] ?? op.replace("_", " ");

/**
 * Stages of a network that gave `outputs`: [{ index, first, last, op, title, rows, columns, tiles,
 * units, positive }]; `first` and `last` are places of layers, `units` is true where a stage gives
 * a vector, `positive` where no number is below 0.
 */
export function stagesOf(layers, outputs) {
  const stages = [];
  const count = {};
  layers.forEach(({ op }, k) => {
    if (op === "flatten") return;
    if (op in NAMES || !stages.length || layers[k - 1].op === "flatten") {
      count[op] = (count[op] ?? 0) + 1;
      const before = stages.at(-1)?.positive ?? true; // the ink is not negative
      stages.push({
        index: stages.length, first: k, op, behind: "", title: nameOf(op), number: count[op],
        positive: op.includes("pool") && before,
      });
    } else {
      stages.at(-1).behind += ` + ${nameOf(op)}`;
    }
    const stage = stages.at(-1);
    stage.positive = NEVER_NEGATIVE.includes(op) || (stage.positive && stage.first === k);
    stage.last = k;
  });
  return stages.map((stage) => {
    const number = count[stage.op] > 1 ? ` ${stage.number}` : "";
    return { ...stage, title: `${stage.title}${number}${stage.behind}`, ...sizeOf(outputs[stage.last].shape) };
  });
}

function sizeOf(shape) {
  if (shape.length === 4) return { units: false, tiles: shape[1], rows: shape[2], columns: shape[3] };
  const columns = Math.min(shape[1], UNITS_A_ROW);
  return { units: true, tiles: 1, rows: Math.ceil(shape[1] / columns), columns };
}

/** The numbers of one tile, a view of the stage's tensor. */
export function tileOf({ units, rows, columns }, { data }, map) {
  return units ? data : data.subarray(map * rows * columns, (map + 1) * rows * columns);
}

/** Keep a place inside its stage. */
export function settled(stage, { map, row, column }) {
  return {
    stage: stage.index, map: clamp(map, 0, stage.tiles - 1),
    row: clamp(row, 0, stage.rows - 1), column: clamp(column, 0, stage.columns - 1),
  };
}

/** The place of the largest number of a tile. */
export function strongest(stage, output, map) {
  const values = tileOf(stage, output, map);
  let at = 0;
  values.forEach((value, k) => { if (Math.abs(value) > Math.abs(values[at])) at = k; });
  return { stage: stage.index, map, row: Math.floor(at / stage.columns), column: at % stage.columns };
}

const ROOM = 36; // em for all stages
const GAP = 1.1;
const acrossFor = ({ units, tiles }) => (units || tiles === 1 ? 1 : tiles <= 8 ? 2 : tiles <= 20 ? 4 : tiles <= 48 ? 6 : 8);

/** How many tiles of each stage lie side by side, and how wide each is, in em. */
function layout(stages) {
  const across = stages.map(acrossFor);
  const shares = across.map(Math.sqrt);
  const total = shares.reduce((a, b) => a + b, 0);
  return across.map((count, k) => {
    const width = ((ROOM - GAP * stages.length) * shares[k]) / total;
    return { across: count, tile: clamp(width / count - 0.3, 1.3, stages[k].units ? 6 : 4) };
  });
}

/**
 * Draw all stages but the last into an element. `point(place)` is called when a number is pointed at.
 * Gives { paint(outputs, signed), mark(place, inputMark, size), elements }.
 */
export function makeStages(root, stages, layers, { point, place }) {
  const sizes = layout(stages);
  const elements = stages.map((stage, k) => makeStage(root, stage, sizes[k], point));
  if (elements.length) elements[0][0].tabIndex = 0; // a single linear layer has no stage before it
  root.addEventListener("keydown", (event) => moveBetween(event, stages, elements, { point, place }));

  /** Paint all tiles; gives the number at the end of each stage's colors. */
  function paint(outputs, signed) {
    return stages.map((stage, s) => {
      const limit = largest(outputs[stage.last].data);
      const colors = signed || !stage.positive ? "signed" : "magnitude";
      elements[s].forEach((tile, map) => paintMap(tile.firstChild, tileOf(stage, outputs[stage.last], map),
        [stage.rows, stage.columns], { colors, limit }));
      return { limit, colors };
    });
  }

  /** Frame the chosen number, and the window it is made of in the stage before it. */
  function mark({ stage: index, map, row, column }) {
    root.querySelectorAll(".spot").forEach((spot) => { spot.hidden = true; });
    elements.flat().forEach((tile) => tile.classList.remove("chosen"));
    const stage = stages[index];
    if (!stage) return;
    const tile = elements[index][map];
    tile.classList.add("chosen");
    frame(tile.lastChild, { row, column, height: 1, width: 1 }, [stage.rows, stage.columns]);
    const before = stages[index - 1];
    if (!before || before.units || stage.units) return;
    const { size, stride, padding, dilation } = windowOf(layers[stage.first]);
    const [height, width] = size.map((taps, axis) => dilation[axis] * (taps - 1) + 1);
    const box = { row: row * stride[0] - padding[0], column: column * stride[1] - padding[1], height, width };
    const read = stage.op === "conv2d" ? channelsOf(layers[stage.first], map) : [map];
    for (const channel of read) frame(elements[index - 1][channel].lastChild, box, [before.rows, before.columns]);
  }

  return { elements, paint, mark };
}

/** The input channels that one filter of a convolution reads. */
export function channelsOf({ options, parameters: { weight } }, filter) {
  const [O, C] = weight.shape;
  const group = Math.floor(filter / (O / (options.groups ?? 1)));
  return Array.from({ length: C }, (_, c) => group * C + c);
}

/** Put a frame around a part of a map, clipped to it. */
export function frame(spot, { row, column, height, width }, [rows, columns]) {
  const span = (first, length, n) => [clamp(first, 0, n), clamp(first + length, 0, n)].map((at) => (100 * at) / n);
  const [[top, bottom], [left, right]] = [span(row, height, rows), span(column, width, columns)];
  Object.assign(spot.style, { top: `${top}%`, left: `${left}%`, height: `${bottom - top}%`, width: `${right - left}%` });
  spot.hidden = false;
}

/** What a number of a stage sees of the input. */
export const fieldOfPlace = (layers, stage, { row, column }, size) => fieldOf(layers, stage.first, [row, column], [size, size]);

function makeStage(root, stage, { across, tile }, point) {
  const part = document.createElement("div");
  part.className = "part output stage";
  const shape = stage.units ? "units" : `${stage.tiles} × ${stage.rows} × ${stage.columns}`;
  part.innerHTML = `<p class="title">${stage.title}<br><span class="quiet">${shape}</span></p>
    <div class="tiles" style="grid-template-columns: repeat(${across}, ${tile}em)"></div>`;
  root.append(part);
  return Array.from({ length: stage.tiles }, (_, map) => {
    const button = Object.assign(document.createElement("button"), { className: "tile", tabIndex: -1 });
    button.innerHTML = '<canvas></canvas><i class="spot" hidden></i>';
    button.style.height = `${(tile * stage.rows) / stage.columns}em`;
    button.setAttribute("aria-label", stage.units ? stage.title : `${stage.title}, map ${map}`);
    const told = (event) => {
      const box = button.getBoundingClientRect();
      const at = (share, n) => Math.floor(share * n);
      point(settled(stage, {
        map, row: at((event.clientY - box.top) / box.height, stage.rows), column: at((event.clientX - box.left) / box.width, stage.columns),
      }));
    };
    button.addEventListener("pointermove", told);
    button.addEventListener("pointerdown", told);
    part.lastElementChild.append(button);
    button.dataset.stage = stage.index;
    button.dataset.map = map;
    return button;
  });
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Arrow keys move inside a map, with Shift from map to map. */
function moveBetween(event, stages, elements, { point, place }) {
  const step = MOVES[event.key];
  const tile = event.target.closest(".tile");
  if (!step || !tile) return;
  event.preventDefault();
  const [index, map] = [Number(tile.dataset.stage), Number(tile.dataset.map)];
  const here = place();
  const same = here.stage === index && here.map === map;
  if (!event.shiftKey) {
    const { row, column } = same ? here : { row: 0, column: 0 };
    point(settled(stages[index], { map, row: row + step[0], column: column + step[1] }));
    return;
  }
  const all = elements.flat();
  const next = all[clamp(all.indexOf(tile) + step[0] * acrossOf(tile) + step[1], 0, all.length - 1)];
  tile.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
  const stage = stages[Number(next.dataset.stage)];
  point(settled(stage, { ...here, map: Number(next.dataset.map) }));
}

const acrossOf = (tile) => getComputedStyle(tile.parentElement).gridTemplateColumns.split(" ").length;
