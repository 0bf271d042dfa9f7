// Train the network in the page: steps between frames, a loss curve, accuracy on digits not seen.
import { makePlot } from "./figure.js";
import { makeAdam, makeRandom, randomize, trainStep } from "./training.js";
import { product, tensor } from "./nn.js";

const [BATCH, LEARNING_RATE] = [16, 3e-3];
const [SAMPLE_EVERY, MOST_TESTED] = [20, 100]; // steps between measurements, and digits in each
const MOST_STEPS = 600;
const SMOOTH = 10; // steps that the curve averages

/** Some samples of (N, ...) by their places. */
export function take({ data, shape: [, ...rest] }, places) {
  const each = product(rest);
  const y = new Float32Array(places.length * each);
  places.forEach((from, to) => y.set(data.subarray(from * each, (from + 1) * each), to * each));
  return tensor(y, [places.length, ...rest]);
}

/** The share of samples whose largest score is that of their class. */
export function accuracy(network, { x, labels }) {
  const { data, shape: [N, K] } = network.forward(x).at(-1);
  const right = labels.filter((label, n) => {
    const scores = data.subarray(n * K, (n + 1) * K);
    return scores.indexOf(Math.max(...scores)) === label;
  });
  return right.length / N;
}

/** Numbers of a network packed as `course_lib.live.network_state` does, for the state of a figure. */
export function packNetwork(layers) {
  const packed = ({ data, shape }) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    let letters = "";
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return { shape: [...shape], dtype: "float32", base64: btoa(letters) };
  };
  return {
    layers: layers.map(({ op, options, parameters, buffers }) => ({
      op, options, ...Object.fromEntries(Object.entries({ ...parameters, ...buffers })
        .filter(([, value]) => value).map(([name, value]) => [name, packed(value)])),
    })),
  };
}

/**
 * A training that goes on until it is paused.
 *
 * @param {{ train, test }} digits each { x: Tensor (N, C, S, S), labels: number[] }
 * @param {() => object} network the network to train, in place
 * @param {{ stepped: () => void, stopped: () => void }} told called after every step, and at the end
 */
export function makeTraining(place, digits, network, { stepped, stopped }) {
  const plot = makePlot(place.querySelector(".curve"), {
    x: "step", y: "loss (nats)", label: "Loss of each step", width: 560, height: 230,
  });
  const told = place.querySelector(".progress");
  let [timer, seed, run] = [null, 0, null];

  function begin() {
    const random = makeRandom((seed += 1));
    randomize(network(), random);
    run = { random, optimizer: makeAdam(network(), { learning_rate: LEARNING_RATE }), losses: [], order: [], right: null };
    measure();
  }

  function measure() {
    const places = digits.test.labels.map((_, k) => k).slice(0, MOST_TESTED);
    const sample = { x: take(digits.test.x, places), labels: digits.test.labels.slice(0, MOST_TESTED) };
    run.right = accuracy(network(), sample);
  }

  function step() {
    if (!place.isConnected) { // the figure was taken away
      pause();
      return;
    }
    if (run.order.length < BATCH) run.order = shuffled(digits.train.labels.length, run.random);
    const places = run.order.splice(0, BATCH);
    const target = tensor(places.map((k) => digits.train.labels[k]), [places.length]);
    run.losses.push(trainStep(network(), run.optimizer, take(digits.train.x, places), target).loss);
    if (run.losses.length % SAMPLE_EVERY === 0) measure();
    draw();
    stepped();
    if (run.losses.length >= MOST_STEPS) pause();
    else if (timer !== null) timer = setTimeout(step);
  }

  function draw() {
    const { losses, right } = run;
    const points = losses.map((_, k) => {
      const window = losses.slice(Math.max(0, k - SMOOTH + 1), k + 1);
      return [k + 1, window.reduce((a, b) => a + b, 0) / window.length];
    });
    const raw = losses.map((loss, k) => [k + 1, Math.min(loss, 3)]);
    plot.draw([{ points: raw, color: "#c8c8c8", dash: "" }, { points, color: "#D55E00", dash: "" }],
      { xs: [0, Math.max(50, losses.length)], ys: [0, 3] });
    const epochs = (losses.length * BATCH) / digits.train.labels.length;
    told.innerHTML = `step <b>${losses.length}</b>, ${BATCH} digits each: ${epochs.toFixed(1)} times all ${digits.train.labels.length}<br>`
      + `loss <b>${points.length ? points.at(-1)[1].toFixed(2) : "–"}</b> (mean of ${SMOOTH} steps)<br>`
      + `right on <b>${Math.round(100 * right)} %</b> of ${Math.min(MOST_TESTED, digits.test.labels.length)} digits it does not train on`;
  }

  function pause() {
    clearTimeout(timer);
    timer = null;
    stopped();
  }

  return {
    get running() { return timer !== null; },
    get begun() { return run !== null; },
    get summary() { return told.textContent; },
    /** Start from random weights, or go on. */
    start() {
      if (!run || run.losses.length >= MOST_STEPS) begin();
      timer = setTimeout(step);
    },
    pause,
    /** Forget the training; the next start draws other weights. */
    forget() {
      if (timer !== null) pause();
      run = null;
    },
  };
}

function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1));
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}
